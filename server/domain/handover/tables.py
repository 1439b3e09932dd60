"""How a handover is kept: every fact with its own time, so that its state follows whatever arrived first (EVD-01)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hall.rules import FOREVER
from server.domain.handover.ops import HandoverItem, HandoverReason, HandoverState, HandoverTrouble, ItemState

Grade = Literal["A", "B", "C"]


class Named(msgspec.Struct):
    """Somebody was named B: when (trusted time, ms) and by whom."""

    op: str
    at: int
    person: str
    by: str
    text: str = ""


class Delivered(msgspec.Struct):
    """The phone of `person` had the sheet at `at` (trusted time, ms)."""

    op: str
    at: int
    person: str


class Answered(msgspec.Struct):
    """What somebody who was named said."""

    op: str
    at: int
    person: str
    accept: bool
    text: str


class Worked(msgspec.Struct):
    """How far a matter was at `at` (trusted time, ms), and who did it (AB-03)."""

    op: str
    at: int
    person: str
    item: int
    state: ItemState
    text: str


class Ended(msgspec.Struct):
    """Handed back, closed or withdrawn. `at`: as said, never later than when it was said; `made_at`: trusted time (ms)."""

    op: str
    at: int
    made_at: int
    by: str
    text: str
    grade: Grade = "A"


class HandoverRecord(Record):
    """工作移交单. Derived by rules.py and cached: `b`, `state`, `trouble`, `due_at` (when time alone changes something next),
    `taken_at` (when B took the post, 0: not yet) and `a_back` (A has come back from the absence it goes with).

    `live`: it may still change by itself; `shown`: its rows are with the people.
    """

    TABLE: ClassVar[str] = "handover"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        ("post", "to_at"),
        ("live", "due_at"),
        ("b", "live"),
        ("unit", "from_at", "rid"),
        ("from_at", "rid"),
    )

    post: str
    unit: str
    a: str
    from_at: int
    to_at: int
    reason: HandoverReason
    items: list[HandoverItem]
    by: str
    made_at: int
    received_at: int
    grade: Grade
    planned: bool
    keys: list[str] = msgspec.field(default_factory=list)
    notes: str = ""
    why: str = ""
    paper: str = ""
    notice: str = ""
    leave: str = ""
    named: list[Named] = msgspec.field(default_factory=list)
    delivered: list[Delivered] = msgspec.field(default_factory=list)
    answers: list[Answered] = msgspec.field(default_factory=list)
    works: list[Worked] = msgspec.field(default_factory=list)
    back: Ended | None = None
    closed: Ended | None = None
    withdrawn: Ended | None = None
    b: str = ""
    state: HandoverState = "prepared"
    trouble: HandoverTrouble = ""
    taken_at: int = 0
    a_back: bool = False
    due_at: int = FOREVER
    live: bool = True
    shown: bool = True
