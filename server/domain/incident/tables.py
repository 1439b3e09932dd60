"""How incidents are kept (EMG-03)."""

from typing import ClassVar

import msgspec

from server.domain.base import Record
from server.domain.incident.ops import Duty, Kind
from sync.ops import Blob


class Ticked(msgspec.Struct):
    """One `incident.tick` as a fact: which duty, by whom, when it was done (ms)."""

    op: str
    duty: Duty
    by: str
    at: int
    text: str


class IncidentRecord(Record):
    """突发服务事件. `unit`: whose head answers for the place. `due_at`: when the next person is called (ms)."""

    TABLE: ClassVar[str] = "incident"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("due_at", "unit")

    kind: Kind
    place: str
    unit: str
    found_at: int
    received_at: int
    level: int
    reporter: str
    responder: str
    people: int
    text: str
    ticks: list[Ticked]
    due_at: int
    blobs: list[Blob] = msgspec.field(default_factory=list)
