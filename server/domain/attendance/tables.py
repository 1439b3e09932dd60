"""How attendance is kept: facts as they were said, and what was made of them last, day by day (ATT, GEN-01, GEN-02)."""

from typing import ClassVar

import msgspec

from server.domain.attendance.ops import (
    Cause,
    DayState,
    ExceptionState,
    Grade,
    Kind,
    ListCause,
    Listed,
    ListState,
    Method,
    MonthTotals,
    Spell,
    Way,
)
from server.domain.base import Record
from server.domain.hall.sentence import Explain
from sync.ops import Blob


class Judged(msgspec.Struct):
    """What somebody decided: when (ms), who, and the words."""

    op: str
    at: int
    by: str
    accept: bool
    text: str = ""


class PunchRecord(Record):
    """签到/签退, rid = op id; of an accepted correction or hand list `{its rid}` or `{its rid}:{uid}`. Nothing here says where (ATT-08).

    `at`: trusted time; `not_before`, `not_after`: what can be proven (ms). `in_hall`: 1 yes, 0 no, -1 not said.
    `sure`: it stands by itself; a request or list nobody has accepted yet only
    speaks for the person. `by`: who entered it. `refused`: a person did not believe an unproven one.
    """

    TABLE: ClassVar[str] = "att_punch"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        ("person", "day", "at", "rid"),
        ("person", "at"),
        "source",
        ("at", "rid"),
        ("method", "unit", "at"),
    )

    person: str
    unit: str
    day: str
    session: int
    way: Way
    at: int
    not_before: int
    not_after: int
    received_at: int
    grade: Grade
    method: Method
    in_hall: int = -1
    sure: bool = True
    source: str = ""
    by: str = ""
    refused: Judged | None = None


class HandListRecord(Record):
    """手工签到表 (ATT-05)."""

    TABLE: ClassVar[str] = "att_list"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("unit", "day"), ("at", "rid"))

    unit: str
    day: str
    session: int
    way: Way
    people: list[Listed]
    cause: ListCause
    text: str
    by: str
    at: int
    received_at: int
    grade: Grade
    state: ListState
    blobs: list[Blob] = msgspec.field(default_factory=list)
    judged: Judged | None = None


class CorrectionRecord(Record):
    """补签申请 (ATT-06). `month`: of the day it is for."""

    TABLE: ClassVar[str] = "att_correction"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("person", "month"), ("at", "rid"))

    person: str
    unit: str
    day: str
    month: str
    session: int
    way: Way
    claim_at: int
    text: str
    at: int
    received_at: int
    grade: Grade
    state: ListState = "waiting"
    judged: Judged | None = None


class AnswerRecord(Record):
    """What the person says to an exception, or against the decision on it, rid = op id. It may be there before the exception is."""

    TABLE: ClassVar[str] = "att_answer"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("exception",)

    exception: str
    at: int
    grade: Grade
    text: str
    appeal: bool = False


class ExcuseRecord(Record):
    """统一免计 (ATT-07). `ended`: why it was taken back; `relied_until`: so long whoever it was for could take it as it stood (ms, 0: it
    stands, or nobody knows)."""

    TABLE: ClassVar[str] = "att_excuse"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("to_at",)

    from_at: int
    to_at: int
    cause: Cause
    text: str
    units: list[str]
    people: list[str]
    daily_from: str
    daily_to: str
    by: str
    at: int
    ended: str = ""
    relied_until: int = 0


class DayRecord(Record):
    """考勤日 AttendanceDay, rid `{day}:{uid}`: what the facts came to last. `plain`: every edge is as it should be;
    `due`: how many sessions the person had to be there (IDX-02); `shut`: settled, and the hall was closed after all (EVD-10).
    """

    TABLE: ClassVar[str] = "att_day"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        ("person", "month"),
        ("day", "state"),
        ("day", "rid"),
        ("day", "unit", "state", "due"),
    )

    person: str
    unit: str
    day: str
    month: str
    spells: list[Spell]
    state: DayState = "open"
    plain: bool = True
    due: int = 0
    shut: bool = False


class ExceptionRecord(Record):
    """One exception that was shown, rid `{day}:{uid}:{session}:{way}`, with what was decided about it.

    `kind`, `minutes`, `at` and the sentence follow from the facts; `decided_kind`: what it was when it was decided. A decision on another
    kind is none. `told` (ISO): from when it spoke against the person; `until`: last day to answer, `was_until`: before a calendar
    changed it (CAL-03). `shown`: still with the people. `settled`: the month is closed, only adjustments change it.
    """

    TABLE: ClassVar[str] = "att_exception"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("person", "month"), ("month", "unit"), ("day", "rid"), ("unit", "day", "rid"))

    person: str
    unit: str
    day: str
    month: str
    session: int
    way: Way
    kind: Kind
    due_at: int
    explain: Explain
    until: str
    told: str = ""
    was_until: str = ""
    at: int = 0
    received_at: int = 0
    grade: Grade = "A"
    minutes: int = 0
    decided: Judged | None = None
    decided_kind: Kind = "ok"
    appeal_judged: Judged | None = None
    state: ExceptionState = "detected"
    counted: bool = False
    settled: bool = False
    shown: bool = True


class SheetRecord(Record):
    """月考勤表, rid `{month}:{uid}`. `said`: what the person said of it last, of `said_totals`; when they change he is asked again."""

    TABLE: ClassVar[str] = "att_sheet"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("month", "unit"), ("person", "month"))

    person: str
    unit: str
    month: str
    said: Judged | None = None
    said_totals: MonthTotals | None = None
    shown: bool = True


class UnitMonthRecord(Record):
    """A unit's month, rid `{month}:{unit}`: who vouched for it."""

    TABLE: ClassVar[str] = "att_unit"

    unit: str
    month: str
    confirmed: Judged | None = None


class AdjustmentRecord(Record):
    """调整: a change of what was settled, rid = exception (EVD-10). `by` "": a fact that came late, `lapsed` when it is none any more;
    `judged`: by somebody else.
    """

    TABLE: ClassVar[str] = "att_adjustment"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("month", "unit"), ("at", "rid"))

    person: str
    unit: str
    day: str
    month: str
    session: int
    way: Way
    was: ExceptionState
    counts: bool
    text: str
    at: int
    by: str = ""
    judged: Judged | None = None
    lapsed: bool = False


class BookRecord(Record):
    """Where attendance stands, rid `book`. `since_at`: when it began (ms), nothing before is due; `day`, `step`: the last moment of the
    hall's day that was reckoned; `closed`: days closed provisionally up to here; `settled`: the last month settled.
    """

    TABLE: ClassVar[str] = "att_book"

    since_at: int
    day: str
    step: int = -1
    closed: str = ""
    settled: str = ""
    first_month: str = ""


RECORDS: tuple[type[Record], ...] = (
    PunchRecord,
    HandListRecord,
    CorrectionRecord,
    AnswerRecord,
    ExcuseRecord,
    DayRecord,
    ExceptionRecord,
    SheetRecord,
    UnitMonthRecord,
    AdjustmentRecord,
    BookRecord,
)
