"""How leave is kept: every fact with its own time; state, cover and balance follow from them in whatever order they arrive (EVD-01)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hall.rules import FOREVER
from server.domain.leave.ops import (
    BackSaid,
    LeaveChainRow,
    LeaveRead,
    LeaveSlot,
    LeaveState,
    LeaveStep,
    LeaveTypeRule,
    PrivacyClass,
    Rank,
    Sex,
    Status,
)
from sync.ops import Blob

Grade = Literal["A", "B", "C"]
SpanState = Literal["pending", "approved", "refused", "withdrawn", "recalled"]
SECRET: PrivacyClass = "P4"
"""Suspension, detention, investigation: for the person and SECRET_READERS; all others see that somebody is not there today (§8)."""
SECRET_READERS = ("TOP", "DIS")
"""The principal leader and the discipline section."""


class Asked(msgspec.Struct):
    """The request. `at`: when it was made (trusted time, ms); `by`: who filed it; `rank`: of the person, who it is about, then."""

    op: str
    at: int
    received_at: int
    grade: Grade
    by: str
    rank: Rank
    type: str
    from_at: int
    to_at: int
    text: str = ""
    stand_in: str = ""
    extension_of: str = ""
    event: str = ""
    out_of_city: str = ""


class ToldBy(msgspec.Struct):
    """Reported by phone before it was filed (LV-05)."""

    op: str
    at: int
    received_at: int
    by: str
    told_at: int
    from_at: int
    to_at: int
    text: str = ""


class Decided(msgspec.Struct):
    """One decision. `at`: when it was taken, as far as it can be trusted; `known_at`: when everybody could know it (ms).

    `roles` and `unit`: what the decider was then; `for_uid`, `for_roles`, `for_unit`: as whose deputy he spoke, and what that one was.
    """

    op: str
    by: str
    at: int
    known_at: int
    grade: Grade
    accept: bool
    text: str
    roles: list[str]
    unit: str
    for_uid: str = ""
    for_roles: list[str] = []
    for_unit: str = ""


class Said(msgspec.Struct):
    """An end of a leave: when (ms, as claimed), said by whom and when (`made_at`: as far as that can be proven), worth what."""

    op: str
    at: int
    made_at: int
    by: str
    grade: Grade
    text: str = ""


class Recalled(msgspec.Struct):
    """召回 from `at` on."""

    op: str
    at: int
    made_at: int
    by: str
    text: str


class Assigned(msgspec.Struct):
    """HEAD or OFF named a stand-in between two moments; the last said counts."""

    op: str
    made_at: int
    by: str
    person: str
    from_at: int
    to_at: int


class Proof(msgspec.Struct):
    """A certificate for `days` days."""

    op: str
    at: int
    by: str
    days: int
    text: str
    blobs: list[Blob]


class Converted(msgspec.Struct):
    """Another type, said when and by whom; the last said counts."""

    op: str
    at: int
    by: str
    type: str
    text: str


class Span(msgspec.Struct):
    """A part of a leave in one state, [from_at, to_at)."""

    from_at: int
    to_at: int
    state: SpanState


class LeaveRecord(Record):
    """请假单 LeaveRequest. The first block are facts; what follows `type` is derived by rules.py and cached for whoever asks.

    `backs`: every 销假, as it was said; `returned`: what they come to, `back_said`: how that was said, `confirmed_by`: who else said it.
    `person`, `unit`, `type`, `from_at`, `to_at` are what the facts say now; `until_at` is when it stops to matter to anybody's day;
    `calendars`: the versions its days were counted with; `alarmed`: 销假 was once called overdue; `back_late`: 销假 was late,
    `back_unproven`: nobody can tell whether it was;
    `planned`: asked for a day ahead or more (AB-02); `privacy`: of the type when it began; SECRET until that is known, so that
    nothing is shown by mistake (VIS-01);
    `erase_at`: when what is sealed goes (ms, PRV-04; 0: not reckoned yet, FOREVER: nothing is sealed, or it is gone).
    """

    TABLE: ClassVar[str] = "leave"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        ("person", "to_at"),
        "due_at",
        "erase_at",
        ("to_at", "from_at"),
        ("from_at", "rid"),
        ("unit", "from_at", "rid"),
        "extension_of",
        "merged_into",
    )

    person: str
    unit: str
    asked: Asked | None = None
    told: ToldBy | None = None
    decided: list[Decided] = msgspec.field(default_factory=list)
    withdrawn: Said | None = None
    taken_back: Said | None = None
    backs: list[Said] = msgspec.field(default_factory=list)
    recalled: Recalled | None = None
    assigned: list[Assigned] = msgspec.field(default_factory=list)
    proofs: list[Proof] = msgspec.field(default_factory=list)
    converted: list[Converted] = msgspec.field(default_factory=list)
    merged_into: str = ""
    reads: list[LeaveRead] = msgspec.field(default_factory=list)
    open_to: dict[str, int] = msgspec.field(default_factory=dict)

    type: str = ""
    privacy: PrivacyClass = SECRET
    from_at: int = 0
    to_at: int = 0
    extension_of: str = ""
    state: LeaveState = "pending"
    spans: list[Span] = msgspec.field(default_factory=list)
    steps: list[LeaveStep] = msgspec.field(default_factory=list)
    cover: list[LeaveSlot] = msgspec.field(default_factory=list)
    approved_at: int = 0
    centidays: int = 0
    was_centidays: int = -1
    alarmed: bool = False
    returned: Said | None = None
    confirmed_by: str = ""
    back_said: BackSaid = ""
    back_late: bool = False
    back_unproven: bool = False
    planned: bool = False
    needs_cover: bool = False
    over_quota: bool = False
    twin: str = ""
    calendars: list[str] = msgspec.field(default_factory=list)
    shown: bool = True
    due_at: int = FOREVER
    erase_at: int = 0


class LeaveTypeRecord(Record):
    """One version of a type, rid `{code}@{valid_from}` (LVT-02)."""

    TABLE: ClassVar[str] = "leave_type"
    SHARED: ClassVar[bool] = True
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("code",)

    code: str
    valid_from: str
    rule: LeaveTypeRule


class LeaveChainRecord(Record):
    """One version of a table of approvers, rid `{name}@{valid_from}`."""

    TABLE: ClassVar[str] = "leave_chain"
    SHARED: ClassVar[bool] = True
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("name",)

    name: str
    valid_from: str
    rows: list[LeaveChainRow]


class LeavePersonRecord(Record):
    """What a person's entitlements rest on, rid = uid."""

    TABLE: ClassVar[str] = "leave_person"

    worked_since: str = ""
    sex: Sex = ""
    status: Status = ""
    granted: dict[str, int] = msgspec.field(default_factory=dict)


class LeaveDeputyRecord(Record):
    """Who decides for the principal (rid = uid), and when (ISO days, both included)."""

    TABLE: ClassVar[str] = "leave_deputy"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("deputy",)

    deputy: str
    first: str
    last: str


class LeaveAlarmRecord(Record):
    """Absence without leave of a person in a year, rid `{uid}:{year}` (LV-11)."""

    TABLE: ClassVar[str] = "leave_alarm"

    person: str
    year: int
    level: int
