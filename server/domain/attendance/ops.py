"""考勤 attendance (ATT-01..10): punches, hand lists, corrections, answers, the monthly sheet; and the faces others see.

A punch says which session of which day it is for and, at most, whether it was made in the hall: never where (ATT-08). Its time is that of
its op, which nobody can type. `session` is the number of the opening session that day, from 0; `way` is signing in or out. The exception
of one edge of one session has the rid `{day}:{uid}:{session}:{way}`, a person's sheet `{month}:{uid}`, a unit's `{month}:{unit}`.
"""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from server.domain.hall.sentence import Explain
from sync.ops import RowKind, command, evidence

Way = Literal["in", "out"]
Method = Literal["phone", "terminal", "hand_list", "correction"]
Kind = Literal["ok", "waiting", "unseen", "late", "early", "half_day", "missing", "absent", "pending", "leave", "official", "excused"]
"""What one edge of a session comes to. `waiting`: not due yet; `unseen`: due, nothing heard so far, which accuses nobody before the daily
close; `pending` 待核: something unproven speaks for the person; `leave`, `official`, `excused`: nothing is due."""
ExceptionState = Literal["detected", "pending", "answered", "explained", "confirmed", "appealed", "upheld", "withdrawn", "cleared"]
"""`cleared`: the facts make it no exception any more."""
DayState = Literal["open", "provisional", "closed"]
SheetState = Literal["running", "asked", "confirmed", "disputed", "unit", "closed"]
UnitState = Literal["running", "asked", "confirmed", "closed"]
Cause = Literal["weather", "traffic", "system", "emergency", "event", "granted"]
"""Why many are excused at once; `granted`: a standing permission such as the nursing hour, whose ground is nobody else's business."""
ListCause = Literal["power", "device", "network", "other"]
ListState = Literal["waiting", "accepted", "refused"]
Grade = Literal["A", "B", "C"]


class Punch(msgspec.Struct, omit_defaults=True):
    """`att.punch`, rid = new punch: 签到 or 签退, now. `in_hall`: what the phone itself found out, if it was asked to."""

    day: str
    session: int
    way: Way
    in_hall: bool | None = None
    method: Literal["phone", "terminal"] = "phone"


class Listed(msgspec.Struct):
    """One line of a hand list: who, and the time written down (ms)."""

    person: str
    at: int


class HandList(msgspec.Struct, omit_defaults=True):
    """`att.hand_list`, rid = new list: 手工签到表 after a power cut or a failure, with a photo of the paper (ATT-05)."""

    unit: str
    day: str
    session: int
    way: Way
    people: list[Listed]
    cause: ListCause
    text: str = ""


class PunchCorrect(msgspec.Struct, omit_defaults=True):
    """`att.correct`, rid = new request: 补签, the time claimed (ms) and why (ATT-06)."""

    day: str
    session: int
    way: Way
    claim_at: int
    text: str


class AnswerException(msgspec.Struct, omit_defaults=True):
    """`att.answer`, rid = exception: the person says his part; `appeal`: against a decision (陈述, 申诉)."""

    text: str
    appeal: bool = False


class ConfirmSheet(msgspec.Struct, omit_defaults=True):
    """`att.confirm`, rid = sheet: the person finds the monthly sheet right, or says what is wrong (ATT-09). `totals`: what it came to where
    he read it; what has become of it since, he has not confirmed.
    """

    agree: bool
    text: str = ""
    totals: "MonthTotals | None" = None


class AttDecide(msgspec.Struct, omit_defaults=True):
    """`att.decide`, rid = exception, `att.decide_correction`, rid = request, `att.decide_list`, rid = list: HEAD or OFF, never the subject.

    `accept`: the explanation, the request, the list stands, and nothing is counted.
    """

    accept: bool
    text: str = ""


class ExcuseAll(msgspec.Struct, omit_defaults=True):
    """`att.excuse`, rid = new excuse: 统一免计 (ATT-07). Nothing is due from `from_at` to `to_at` (ms), or each day between `daily_from`
    and `daily_to` ("HH:MM"). Of `units` or `people` only; of everybody when both are empty.
    """

    from_at: int
    to_at: int
    cause: Cause
    text: str
    units: list[str] = []
    people: list[str] = []
    daily_from: str = ""
    daily_to: str = ""


class EndExcuse(msgspec.Struct):
    """`att.end_excuse`, rid = excuse: it was a mistake."""

    text: str


class ConfirmUnitMonth(msgspec.Struct, omit_defaults=True):
    """`att.confirm_unit`, rid = unit's sheet: HEAD vouches for the month; what nobody answered in time is thereby confirmed (ATT-09)."""

    text: str = ""


class CloseDay(msgspec.Struct):
    """`att.close_day`, rid = day: OFF closes it provisionally before its time."""


class CloseMonth(msgspec.Struct):
    """`att.close_month`, rid = month: OFF settles it before its time; afterwards only adjustments (EVD-10)."""


class AdjustSettled(msgspec.Struct):
    """`att.adjust`, rid = exception of a settled month: OFF proposes that it counts, or that it does not, with the reason."""

    counts: bool
    text: str


class Spell(msgspec.Struct, omit_defaults=True):
    """One session of one person: when signed in and out (ms, 0: not), and what each edge comes to."""

    in_at: int = 0
    out_at: int = 0
    in_kind: Kind = "ok"
    out_kind: Kind = "ok"


class PunchShown(msgspec.Struct, omit_defaults=True):
    """One punch as its person and those who answer for attendance see it."""

    session: int
    way: Way
    at: int
    received_at: int
    grade: Grade
    method: Method = "phone"
    in_hall: bool | None = None


class AttDay(msgspec.Struct, omit_defaults=True):
    """Row `att.day`, rid `{day}:{uid}`: a day that still runs. For the person, HEAD and OFF; afterwards it is a line of the sheet."""

    person: str
    unit: str
    day: str
    spells: list[Spell]
    punches: list[PunchShown]
    state: DayState = "open"


class DayLine(msgspec.Struct, omit_defaults=True):
    """One day of a sheet. `day`: of the month; `shut`: the hall was closed after all, as is known since the settlement (EVD-10)."""

    day: int
    spells: list[Spell]
    state: DayState = "provisional"
    shut: bool = False


class MonthTotals(msgspec.Struct, omit_defaults=True):
    """What a month comes to. Only what a person confirmed is counted; `open`: exceptions nobody has decided."""

    days: int = 0
    late: int = 0
    early: int = 0
    half_days: int = 0
    absent: int = 0
    missing: int = 0
    leave: int = 0
    official: int = 0
    open: int = 0


class AttSheet(msgspec.Struct, omit_defaults=True):
    """Row `att.sheet`, rid `{month}:{uid}`: 月考勤表. For the person, HEAD and OFF. `text`: what the person finds wrong; `due_at`: when the
    month is settled (ms).
    """

    person: str
    unit: str
    month: str
    state: SheetState
    days: list[DayLine]
    totals: MonthTotals
    due_at: int
    text: str = ""
    confirmed_at: int = 0


class AttException(msgspec.Struct, omit_defaults=True):
    """Row `att.exc`: one exception with its clocks. For the person, HEAD and OFF.

    `at`: captured, ms (0: nothing was); `received_at`, `decided_at`: likewise; `decided_by`, `decision`: who decided, and the words;
    `answer_until`: last day to answer, `was_answer_until`: before a calendar changed it (CAL-03);
    `counted`: towards the monthly limit; `appeal`: what the person says against the decision.
    """

    person: str
    unit: str
    day: str
    session: int
    way: Way
    kind: Kind
    state: ExceptionState
    explain: Explain
    due_at: int
    at: int = 0
    received_at: int = 0
    grade: Grade = "A"
    minutes: int = 0
    counted: bool = False
    answer_until: str = ""
    was_answer_until: str = ""
    answers: list[str] = []
    appeal: str = ""
    decided_at: int = 0
    decided_by: str = ""
    decision: str = ""


class AttExceptionPatrol(msgspec.Struct, omit_defaults=True):
    """Row `att.exc.ins`: that there is an exception, for those who patrol; neither clocks nor words."""

    person: str
    unit: str
    day: str
    session: int
    way: Way
    kind: Kind
    state: ExceptionState


class AttCorrection(msgspec.Struct, omit_defaults=True):
    """Row `att.correction`: 补签申请. For the person, HEAD and OFF. `nth`: the how-manieth accepted or asked for in its month."""

    person: str
    unit: str
    day: str
    session: int
    way: Way
    claim_at: int
    text: str
    at: int
    received_at: int
    grade: Grade
    nth: int
    state: ListState = "waiting"
    decided_by: str = ""
    decided_at: int = 0
    decision: str = ""


class AttList(msgspec.Struct, omit_defaults=True):
    """Row `att.list`: 手工签到表. For its author, HEAD and OFF."""

    unit: str
    day: str
    session: int
    way: Way
    people: list[Listed]
    cause: ListCause
    by: str
    at: int
    received_at: int
    state: ListState
    text: str = ""
    blobs: list[Attached] = []
    decided_by: str = ""
    decided_at: int = 0
    decision: str = ""


class AttListed(msgspec.Struct, omit_defaults=True):
    """Row `att.listed`, rid `{list}:{uid}`: what a hand list written by another says of one person, for that person (GEN-08).

    `claim_at`: when he came or went by it; `at`: when it was written down (ms).
    """

    person: str
    day: str
    session: int
    way: Way
    claim_at: int
    cause: ListCause
    by: str
    at: int
    received_at: int
    state: ListState
    decided_by: str = ""
    decided_at: int = 0
    decision: str = ""


class AttExcuse(msgspec.Struct, omit_defaults=True):
    """Row `att.excuse`, for OFF."""

    from_at: int
    to_at: int
    cause: Cause
    text: str
    by: str
    at: int
    units: list[str] = []
    people: list[str] = []
    daily_from: str = ""
    daily_to: str = ""
    ended: str = ""


class AttUnit(msgspec.Struct, omit_defaults=True):
    """Row `att.unit`, rid `{month}:{unit}`, for HEAD and OFF: how far the month is."""

    unit: str
    month: str
    people: int
    confirmed: int
    disputed: int
    open: int
    due_at: int
    state: UnitState = "running"
    confirmed_by: str = ""
    confirmed_at: int = 0


class AttCounts(msgspec.Struct, omit_defaults=True):
    """Row `att.counts`, rid `{month}:{unit}`: a settled month of a unit as numbers, for the unit and the leaders (ATT-09)."""

    unit: str
    month: str
    people: int
    totals: MonthTotals


class AttAdjustment(msgspec.Struct, omit_defaults=True):
    """Row `att.adjustment`, rid = exception: what was settled is set right in the open (EVD-10). For the person, HEAD and OFF.

    `by` "": a fact that came after the settlement; `approved`: None while it waits for somebody else than `by`.
    """

    person: str
    unit: str
    day: str
    session: int
    way: Way
    was: ExceptionState
    counts: bool
    text: str
    at: int
    by: str = ""
    approved: bool | None = None
    approved_by: str = ""
    approved_at: int = 0


class AttCandidate(msgspec.Struct, omit_defaults=True):
    """Row `att.candidate`, rid `{month}:{uid}`: more confirmed events in a month than the hall allows (ATT-02). Nothing follows from it
    but a look by a named person (GEN-05). For the person, HEAD, OFF and EFF. `limit`: how many are allowed; `events`: exceptions.
    """

    person: str
    unit: str
    month: str
    limit: int
    events: list[str]


OPS = (
    evidence("att.punch", 1, Punch),
    evidence("att.hand_list", 1, HandList),
    evidence("att.correct", 1, PunchCorrect),
    evidence("att.answer", 1, AnswerException),
    evidence("att.confirm", 1, ConfirmSheet),
    command("att.decide", 1, AttDecide),
    command("att.decide_correction", 1, AttDecide),
    command("att.decide_list", 1, AttDecide),
    command("att.excuse", 1, ExcuseAll),
    command("att.end_excuse", 1, EndExcuse),
    command("att.confirm_unit", 1, ConfirmUnitMonth),
    command("att.close_day", 1, CloseDay),
    command("att.close_month", 1, CloseMonth),
    command("att.adjust", 1, AdjustSettled),
    command("att.approve", 1, AttDecide),
)
ROWS = (
    RowKind("att.day", AttDay),
    RowKind("att.sheet", AttSheet),
    RowKind("att.exc", AttException),
    RowKind("att.exc.ins", AttExceptionPatrol),
    RowKind("att.correction", AttCorrection),
    RowKind("att.list", AttList),
    RowKind("att.listed", AttListed),
    RowKind("att.excuse", AttExcuse),
    RowKind("att.unit", AttUnit),
    RowKind("att.counts", AttCounts),
    RowKind("att.adjustment", AttAdjustment),
    RowKind("att.candidate", AttCandidate),
)
