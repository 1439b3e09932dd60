"""How missions and visits are kept (CHK-05, CHK-07)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hall.ops import Names
from server.domain.visit.draw import Drawn, Inputs
from server.domain.visit.ops import ItemAnswer
from server.domain.visit.plan_ops import Method, PlanState
from sync.ops import Blob

Grade = Literal["A", "B", "C"]


class PlanRecord(Record):
    """检查方案 InspectionPlan, P5 until revealed. `op`: the op that committed it; `aliases`: alias -> uid; `entry`: root of the minute of
    the log that the seed was made with, hex; `ready`: that minute is there; `revealed_at` 0 until then.
    """

    TABLE: ClassVar[str] = "check_plan"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("state", "ready"),)

    op: str
    title: str
    method: Method
    checklist: str
    lead: str
    story: str
    from_day: str
    to_day: str
    committed_at: int
    inputs: Inputs
    aliases: dict[str, str]
    secret: str
    commitment: str
    state: PlanState = "committed"
    ready: bool = False
    entry: str = ""
    drawn: list[Drawn] = msgspec.field(default_factory=list)
    revealed_at: int = 0
    text: str = ""


class MissionRecord(Record):
    """抽取结果: which unit and window, who goes, who leads, the cover story (P5). `plan`: the plan that drew it, "" for none."""

    TABLE: ClassVar[str] = "mission"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("plan",)

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
    plan: str = ""
    slot: str = ""


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
