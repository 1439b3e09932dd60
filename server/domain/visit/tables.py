"""How missions and visits are kept (CHK-05, CHK-07)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hall.ops import Names
from server.domain.visit.ops import ItemAnswer
from sync.ops import Blob

Grade = Literal["A", "B", "C"]


class MissionRecord(Record):
    """抽取结果: which unit and window, who goes, who leads, the cover story (P5)."""

    TABLE: ClassVar[str] = "mission"

    checklist: str
    unit: str
    unit_names: Names
    window: str
    from_day: str
    to_day: str
    team: list[str]
    team_names: list[str]
    lead: str
    story: str
    state: Literal["open", "recorded", "published", "void"] = "open"


class VisitRecord(Record):
    """检查: one visit as its visitor saw it, P5 until published."""

    TABLE: ClassVar[str] = "visit"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("mission",)

    mission: str
    checklist: str
    unit: str
    visitor: str
    arrived_at: int
    left_at: int
    received_at: int
    grade: Grade
    answers: list[ItemAnswer]
    state: Literal["recorded", "published", "void"] = "recorded"
    badge: str = ""
    story: str = ""
    said: str = ""
    revealed: bool = False
    conflict: str = ""
    text: str = ""
    published_at: int = 0
    blobs: list[Blob] = msgspec.field(default_factory=list)
