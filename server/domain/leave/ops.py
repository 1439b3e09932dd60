"""请销假 leave and return (LV-01..12, LVT-01..04): what people say, and the faces others see.

Times are ms since 1970; a leave lasts from `from_at` until before `to_at`. Amounts of leave are hundredths of a day (`centidays`), so that
half days and hours stay whole numbers.
"""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from server.domain.hall.ops import Names
from server.domain.hall.sentence import Explain
from sync.ops import RowKind, command, evidence

Count = Literal["working", "calendar"]
"""Counting of days (§8): working days of the hall's calendar, or every day."""
MinUnit = Literal["hour", "half_day", "day"]
QuotaBy = Literal["none", "fixed", "service_years", "event"]
PrivacyClass = Literal["P1", "P2", "P3", "P4"]
ApproverRole = Literal["HEAD", "OFF", "LEAD", "TOP"]
Capacity = Literal["HEAD", "OFF", "LEAD", "TOP", "DIS"]
Rank = Literal["staff", "head", "lead"]
Sex = Literal["", "f", "m"]
Status = Literal["", "civil_servant", "institution", "contract"]
"""Kind of employment, which decides how absence without leave is counted (LV-11)."""
LeaveState = Literal[
    "told",
    "pending",
    "approved",
    "running",
    "ended",
    "overdue",
    "returned",
    "extended",
    "refused",
    "withdrawn",
    "recalled",
    "merged",
]
"""`ended`: over, 销假 is due; `overdue`: nobody has said it in time; `told`: by phone only, still to be filed (补办)."""
BackSaid = Literal["", "then", "late", "clock", "vouched"]
"""How 销假 was reported: on return; later, by the person alone; later, with an untrusted clock; confirmed by HEAD or OFF."""
SlotState = Literal["ok", "none", "on_leave", "busy"]


class LeaveRequest(msgspec.Struct, omit_defaults=True):
    """`leave.request`, rid = the leave: 请假. For oneself, or filed for a colleague (补办, LV-05). `extension_of`: 续假 of that leave.

    `event`: which case of a type with several (§8); `text` of a type of class P3 is sealed with the proofs, which travel as photos.
    """

    person: str
    type: str
    from_at: int
    to_at: int
    text: str = ""
    stand_in: str | None = None
    extension_of: str | None = None
    event: str = ""
    out_of_city: str = ""


class LeaveTold(msgspec.Struct, omit_defaults=True):
    """`leave.told`, rid = the leave to be filed: somebody reported an urgent absence by phone at `told_at` (LV-05)."""

    person: str
    told_at: int
    from_at: int
    to_at: int
    text: str = ""


class LeaveDecide(msgspec.Struct, omit_defaults=True):
    """`leave.decide`, rid = leave: an approver says yes or no (LV-03, LV-04). Decisions made offline are merged, never refused (CON-16)."""

    accept: bool
    text: str = ""


class LeaveWithdraw(msgspec.Struct, omit_defaults=True):
    """`leave.withdraw`, rid = leave: the person takes it back; once it has begun that is coming back."""

    text: str = ""


class LeaveReturn(msgspec.Struct, omit_defaults=True):
    """`leave.return`, rid = leave: 销假 by the person, or confirmed by HEAD or OFF. `text`: why it is late, when it is."""

    back_at: int
    text: str = ""


class LeaveRecall(msgspec.Struct):
    """`leave.recall`, rid = leave: 召回 from `from_at` on; discretionary types only."""

    from_at: int
    text: str


class LeaveCover(msgspec.Struct, omit_defaults=True):
    """`leave.cover`, rid = leave: HEAD or OFF names who stands in (LV-06, CON-14), for the whole leave or between two moments."""

    person: str
    from_at: int | None = None
    to_at: int | None = None


class LeaveProof(msgspec.Struct, omit_defaults=True):
    """`leave.proof`, rid = leave: a certificate, as photos of this op, covering `days` days; sealed (LV-09)."""

    days: int
    text: str = ""


class LeaveOpen(msgspec.Struct):
    """`leave.open`, rid = leave: OFF opens the sealed part for a while, for a purpose; the op is the trace of the reading (VIS-03)."""

    purpose: str


class LeaveMerge(msgspec.Struct):
    """`leave.merge`, rid = leave: it is the same leave as `into`, entered twice (CON-17)."""

    into: str


class LeaveConvert(msgspec.Struct):
    """`leave.convert`, rid = leave: HEAD or OFF makes it another type (CON-18)."""

    type: str
    text: str


class LeaveQuota(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much there is. `days`: [full years of work, days] in rising order (else one pair); `carry_days` of last year's rest."""

    by: QuotaBy = "none"
    days: list[tuple[int, int]] = []
    carry_days: int = 0


class LeaveEvent(msgspec.Struct):
    """One case of a type that is granted by event."""

    code: str
    names: Names
    days: int


class LeaveTypeRule(msgspec.Struct, omit_defaults=True):
    """One type of leave as it is from `valid_from` on (LVT-01). `chain` names a table of approvers; `proof_days`: a proof is wanted from
    this many days on, -1 never; `who`: who may ask for it; `confirm`: a number that a hall must confirm for its province.
    """

    names: Names
    count: Count
    min_unit: MinUnit
    chain: str
    privacy: PrivacyClass
    displaceable: bool
    valid_from: str
    quota: LeaveQuota = LeaveQuota()
    events: list[LeaveEvent] = []
    proof: Names = {}
    proof_days: int = -1
    pay: Literal["full", "reduced", "none", "local"] = "full"
    sex: Sex = ""
    before_days: int = 0
    after_days: int = 0
    province: str = ""
    who: Literal["self", "office", "lead"] = "self"
    order: int = 0
    confirm: bool = False
    closed: bool = False


class LeaveChainRow(msgspec.Struct):
    """Who decides: leave of people of `rank` up to `upto_centidays` (0: any length) goes through `steps` in this order (LV-03, LV-04)."""

    rank: Rank
    upto_centidays: int
    steps: list[ApproverRole]


class LeaveSetType(msgspec.Struct):
    """`leave.type`, rid = `{code}@{valid_from}`: a type as it is from a day on; what is running keeps the rule of its start (LVT-02)."""

    rule: LeaveTypeRule


class LeaveSetChain(msgspec.Struct):
    """`leave.chain`, rid = `{name}@{valid_from}`: a table of approvers as it is from a day on."""

    valid_from: str
    rows: list[LeaveChainRow]


class LeaveEntitle(msgspec.Struct, omit_defaults=True):
    """`leave.entitle`, rid = uid: what entitlements rest on. `worked_since`: ISO day of the first employment; `granted`: hundredths of a
    day by `{year}:{type}`, in place of the rule (opening balances, overtime for 调休); `status` decides how absence is counted (LV-11).
    """

    worked_since: str = ""
    sex: Sex = ""
    status: Status = ""
    granted: dict[str, int] = {}


class LeaveDeputy(msgspec.Struct, omit_defaults=True):
    """`leave.deputy`, rid = uid of the principal: `deputy` decides for him between two days (ISO, both included); empty: nobody."""

    deputy: str = ""
    first: str = ""
    last: str = ""


class LeaveStep(msgspec.Struct, omit_defaults=True):
    """One step of the chain: who decided, what; `since`: it waits since then (ms); `escalated`: others are asked, too."""

    role: ApproverRole
    st: Literal["waits", "yes", "no", "later"]
    by: str = ""
    since: int = 0
    escalated: bool = False


class LeaveDecision(msgspec.Struct, omit_defaults=True):
    """One decision. `role`: in which capacity; `for_uid`: as whose deputy; `counts`: it is the one that stands at its step."""

    by: str
    role: Capacity
    accept: bool
    at: int
    grade: Literal["A", "B", "C"]
    text: str = ""
    for_uid: str = ""
    counts: bool = True


class LeaveSlot(msgspec.Struct, omit_defaults=True):
    """Cover of one session at one post: who is there instead, or why nobody is (LV-06)."""

    post: str
    from_at: int
    to_at: int
    st: SlotState
    stand_in: str = ""


class Leave(msgspec.Struct, omit_defaults=True):
    """Row `leave`: for the person and those who decide; nothing medical (LV-09).

    `centidays`: as counted; `left_centidays`: what remains of the year after it; `proofs`: how many pages, for `proof_days` days;
    `proof_due`: one is wanted and not there; `late`: filed after it began (补办), `file_by` until when it should have been;
    `back_by`: 销假 is due until then; `back_said_at`: it was said then, where that is later than the time it claims; `back_claims_at`: that
    time, while nobody else bears it out; `back_unproven`: nobody can tell whether it was late (EVD-03);
    `needs_cover`: 已批·待补岗 (CON-14); `over_quota`: 超额待处理 (CON-18); `twin`: the same leave or an overlapping one (CON-17);
    `was_centidays`: as counted before the calendar changed; `provisional`: reaches an unpublished year.
    """

    person: str
    unit: str
    type: str
    from_at: int
    to_at: int
    centidays: int
    state: LeaveState
    asked_at: int
    received_at: int
    grade: Literal["A", "B", "C"]
    by: str
    steps: list[LeaveStep] = []
    decisions: list[LeaveDecision] = []
    cover: list[LeaveSlot] = []
    notes: list[Explain] = []
    text: str = ""
    event: str = ""
    stand_in: str | None = None
    out_of_city: str = ""
    extension_of: str | None = None
    left_centidays: int | None = None
    proofs: int = 0
    proof_days: int = 0
    proof_due: bool = False
    sealed: bool = False
    late: bool = False
    told_at: int | None = None
    file_by: int | None = None
    back_by: int | None = None
    returned_at: int | None = None
    confirmed_by: str = ""
    late_return: bool = False
    back_said: BackSaid = ""
    back_said_at: int | None = None
    back_claims_at: int | None = None
    back_unproven: bool = False
    recalled_at: int | None = None
    ends_at: int | None = None
    needs_cover: bool = False
    over_quota: bool = False
    ineligible: bool = False
    twin: str = ""
    into: str = ""
    provisional: bool = False
    was_centidays: int | None = None
    absent_without: bool = False
    late_reason: str = ""


class LeaveUnit(msgspec.Struct, omit_defaults=True):
    """Row `leave.unit`: for colleagues of the unit and the stand-in: when, and who covers; no type, no reason (LVT-04, PRV-02)."""

    person: str
    from_at: int
    to_at: int
    settled: bool
    stand_in: str | None = None
    cover: list[LeaveSlot] = []


class LeaveIns(msgspec.Struct):
    """Row `leave.ins`: for those who patrol: approved absence, yes (LV-10)."""

    person: str
    from_at: int
    to_at: int


class LeaveSealed(msgspec.Struct, omit_defaults=True):
    """Row `leave.sealed`: reason and proofs; for the person, and for whoever of OFF has just opened it."""

    person: str
    text: str = ""
    proof_text: str = ""
    blobs: list[Attached] = []


class LeaveRead(msgspec.Struct):
    """One reading of a sealed part."""

    by: str
    at: int
    purpose: str


class LeaveReads(msgspec.Struct):
    """Row `leave.reads`: who has read the sealed part and why; for the person (VIS-03, PRV-08)."""

    reads: list[LeaveRead]


class LeaveBalance(msgspec.Struct, omit_defaults=True):
    """One type in one year, in hundredths of a day. `used`: approved; `booked`: of that, what has not begun (LV-08). `granted` None: no
    limit is set.
    """

    type: str
    year: int
    used: int
    pending: int
    granted: int | None = None
    booked: int = 0


class LeaveAccount(msgspec.Struct, omit_defaults=True):
    """Row `leave.account`, rid = uid: balances, and what they rest on; for the person, HEAD and OFF."""

    balances: list[LeaveBalance]
    worked_since: str = ""
    sex: Sex = ""
    status: Status = ""
    granted: dict[str, int] = {}


class LeaveType(msgspec.Struct):
    """Row `leave.type`, rid `{code}@{valid_from}`: for everybody of the hall."""

    code: str
    rule: LeaveTypeRule


class LeaveChain(msgspec.Struct):
    """Row `leave.chain`, rid `{name}@{valid_from}`: for everybody of the hall."""

    name: str
    valid_from: str
    rows: list[LeaveChainRow]


class LeaveDeputyRow(msgspec.Struct):
    """Row `leave.deputy`, rid = uid of the principal: for both, and OFF."""

    deputy: str
    first: str
    last: str


class LeaveAlarm(msgspec.Struct):
    """Row `leave.alarm`, rid `{uid}:{year}`: absence without leave nears a threshold (LV-11); for OFF. `consecutive`, `total`: days as
    counted for the person's status; `level` 5, 10, 15 in a row or 30 in the year.
    """

    person: str
    year: int
    consecutive: int
    total: int
    level: int
    working_days: bool


OPS = (
    evidence("leave.request", 1, LeaveRequest),
    evidence("leave.told", 1, LeaveTold),
    evidence("leave.decide", 1, LeaveDecide),
    evidence("leave.withdraw", 1, LeaveWithdraw),
    evidence("leave.return", 1, LeaveReturn),
    evidence("leave.cover", 1, LeaveCover),
    evidence("leave.proof", 1, LeaveProof),
    evidence("leave.merge", 1, LeaveMerge),
    evidence("leave.convert", 1, LeaveConvert),
    command("leave.recall", 1, LeaveRecall),
    command("leave.open", 1, LeaveOpen),
    command("leave.type", 1, LeaveSetType),
    command("leave.chain", 1, LeaveSetChain),
    command("leave.entitle", 1, LeaveEntitle),
    command("leave.deputy", 1, LeaveDeputy),
)
ROWS = (
    RowKind("leave", Leave),
    RowKind("leave.unit", LeaveUnit),
    RowKind("leave.ins", LeaveIns),
    RowKind("leave.sealed", LeaveSealed),
    RowKind("leave.reads", LeaveReads),
    RowKind("leave.account", LeaveAccount),
    RowKind("leave.type", LeaveType),
    RowKind("leave.chain", LeaveChain),
    RowKind("leave.deputy", LeaveDeputyRow),
    RowKind("leave.alarm", LeaveAlarm),
)
