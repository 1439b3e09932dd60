"""How inspections and repairs are kept: every step a fact with its own time; states are derived (FAC)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.facility.ops import Kind, RepairState, Severity
from server.domain.hall.ops import Names
from server.domain.norms.rules import ItemAnswer
from sync.ops import Blob

Grade = Literal["A", "B", "C"]


class InspectionRecord(Record):
    """场所检查: one round by a checklist. `tenths`: its score; `failed`: how many items."""

    TABLE: ClassVar[str] = "facility_inspection"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("to_at", "rid"),)

    checklist: str
    place: str
    by: str
    from_at: int
    to_at: int
    received_at: int
    grade: Grade
    answers: list[ItemAnswer]
    tenths: int
    failed: int
    text: str = ""
    blobs: list[Blob] = msgspec.field(default_factory=list)


class RepairFact(msgspec.Struct):
    """One thing said about a repair. `at`: when, inside what can be proven; `early_at`: the earliest it can have been (ms)."""

    op: str
    kind: Literal["assigned", "repaired", "checked", "returned", "dropped"]
    by: str
    at: int
    early_at: int
    text: str
    to: str = ""
    due_day: str = ""
    blobs: list[Blob] = msgspec.field(default_factory=list)


class RepairRecord(Record):
    """维修: as reported, and what was said about it since, as it arrived. `state`, `owner`, `due_at`, `overdue` are derived and cached; so
    are `was_due_at`, the end of the term of the order `due_for` (an op) before the calendar changed (ms, 0: it has not), `first_due_at`,
    that of the term given first, where a later order gave more before it was over (ms, 0: none did), and `extended`: it did not work in it.
    """

    TABLE: ClassVar[str] = "repair"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        ("reported_at", "rid"),
        ("unit", "reported_at", "rid"),
        ("overdue", "due_at"),
        ("extended", "first_due_at"),
        ("place", "shut"),
    )

    place: str
    unit: str
    kind: Kind
    severity: Severity
    text: str
    by: str
    reported_at: int
    names: Names = msgspec.field(default_factory=dict)
    inspection: str = ""
    item: str = ""
    closes: bool = False
    facts: list[RepairFact] = msgspec.field(default_factory=list)
    blobs: list[Blob] = msgspec.field(default_factory=list)
    state: RepairState = "reported"
    owner: str = ""
    due_at: int = 0
    was_due_at: int = 0
    due_for: str = ""
    overdue: bool = False
    first_due_at: int = 0
    extended: bool = False
    shut: bool = False
