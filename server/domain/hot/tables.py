"""How orders to sections are kept: every word about one a fact with its own time (EMG-06)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hot.ops import Counted, State


class Said(msgspec.Struct):
    """One thing said about an order. `at`: when, inside what can be proven; `early_at`: the earliest it can have been (ms)."""

    op: str
    kind: Literal["answered", "returned", "settled"]
    by: str
    at: int
    early_at: int
    text: str


class HotOrderRecord(Record):
    """An order to a section. `said`: as it arrived. `state`, `overdue`, `answered_at` (ms, 0 not yet) follow from it and are cached.
    `days`: term in working days (0: the hall's own) from `received_at` (ms, 0: from `at`) on; `was_due_at`: its end before the calendar
    changed.
    """

    TABLE: ClassVar[str] = "hot_order"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("at", "rid"), ("unit", "at", "rid"), ("overdue", "due_at"))

    unit: str
    topic: str
    demand: str
    from_day: str
    to_day: str
    counted: list[Counted]
    by: str
    at: int
    due_at: int
    due_day: str
    provisional: bool
    said: list[Said] = msgspec.field(default_factory=list)
    state: State = "ordered"
    overdue: bool = False
    answered_at: int = 0
    days: int = 0
    received_at: int = 0
    was_due_at: int = 0
