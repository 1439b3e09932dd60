"""How missions and visits are kept (CHK-05, CHK-07)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hall.ops import Names
from server.domain.hall.rules import FOREVER
from server.domain.visit.case_ops import CaseKind, StepCase
from server.domain.visit.draw import Drawn, Inputs
from server.domain.visit.ops import ItemAnswer, Mark, Method, VisitAnswer, VisitReview, VisitState
from server.domain.visit.plan_ops import HandedOver, LeftOut, LogProof, PlanState, Replacement
from sync.ops import Blob

Grade = Literal["A", "B", "C"]


class KeptReplacement(Replacement, kw_only=True):
    """A replacement with the op that said it, and the `nonce` that opens what the log keeps of it (hex)."""

    op: str
    nonce: str


class PlanRecord(Record):
    """检查方案 InspectionPlan, P5 until revealed. `op`: the op that committed it; `aliases`: alias -> uid, made with `secret`, which is
    never published; `nonce`: opens what the log keeps of `commitment` (hex); `entry`: root of the minute of the log that the seed was made
    with, hex; `revealed_at` 0 until then; `log`: what is published with it; `lapsed`: not drawn in time; `look_at`: when time alone may
    make something due (ms). `campaign` "" for none; `published_at` (ms): when results were last published together, `left`: those that
    were not. `lead` "": who led it is gone, and nobody has taken it over; `left_alone`: revealed by itself with a result still sealed.
    """

    TABLE: ClassVar[str] = "check_plan"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("look_at", ("campaign", "from_day"), "lead")

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
    nonce: str = ""
    state: PlanState = "committed"
    lapsed: bool = False
    look_at: int = 0
    entry: str = ""
    drawn: list[Drawn] = msgspec.field(default_factory=list)
    revealed_at: int = 0
    text: str = ""
    campaign: str = ""
    published_at: int = 0
    left: list[LeftOut] = msgspec.field(default_factory=list)
    log: LogProof | None = None
    replaced: list[KeptReplacement] = msgspec.field(default_factory=list)
    handed: list[HandedOver] = msgspec.field(default_factory=list)
    left_alone: bool = False


class Settled(msgspec.Struct, omit_defaults=True):
    """What the lead decided about an item, and why."""

    mark: Mark
    text: str = ""


class Led(msgspec.Struct):
    """Who led a mission before, and until when (ms)."""

    of: str
    until_at: int


class MissionRecord(Record):
    """抽取结果: which unit and window, who goes, who leads, the cover story (P5). `plan`: the plan that drew it, "" for none.

    `settled`: item -> what the lead decided where the sheets of the team differ (CON-35); `gone`: who of the team visits no more (VIS-02);
    `led`: who led it before, the first first.
    """

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
    method: Method = "covert"
    settled: dict[str, Settled] = msgspec.field(default_factory=dict)
    gone: list[str] = msgspec.field(default_factory=list)
    led: list[Led] = msgspec.field(default_factory=list)


class VisitRecord(Record):
    """检查: one visit as its visitor saw it, P5 until published. `known_at`: the moment (ms) from which it is proven to have been there;
    `moved`: the window was no more the unit's when it arrived.
    """

    TABLE: ClassVar[str] = "visit"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("mission", "visitor")

    mission: str
    checklist: str
    unit: str
    visitor: str
    arrived_at: int
    left_at: int
    received_at: int
    grade: Grade
    answers: list[ItemAnswer]
    state: VisitState = "recorded"
    badge: str = ""
    story: str = ""
    said: str = ""
    revealed: bool = False
    conflict: str = ""
    text: str = ""
    published_at: int = 0
    blobs: list[Blob] = msgspec.field(default_factory=list)
    known_at: int = 0
    moved: bool = False


class ResultRecord(Record):
    """What is told of a mission, rid = the visit the lead acted on first: fact check, publication, answers, review.

    `visits`: the sheets it is made of; `day` ISO, of the first of them; `told`: uid -> when (ms) it was passed on; `replied`: the head
    has said something to the present fact check; `decided`: how many requests for a review had come when the last of `reviews` was
    decided. For the indices: `tenths`, `vetoes` of the score, and how often what was told was `tested` against the guide, and `equal`
    (IDX-26, IDX-27). `public_at`: until when (ms) those wait for it who are told last.
    """

    TABLE: ClassVar[str] = "visit_result"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("mission", ("day", "rid"), "public_at")

    mission: str
    unit: str
    day: str
    checklist: str
    visits: list[str]
    state: Literal["checking", "published", "withdrawn", "void"]
    text: str = ""
    checked_at: int = 0
    replied: bool = False
    published_at: int = 0
    told: dict[str, int] = msgspec.field(default_factory=dict)
    said: list[VisitAnswer] = msgspec.field(default_factory=list)
    reviews: list[VisitReview] = msgspec.field(default_factory=list)
    decided: int = 0
    tenths: int = 0
    vetoes: int = 0
    tested: int = 0
    equal: int = 0
    public_at: int = FOREVER


class PermitRecord(Record):
    """A permission for a test application (CHK-08), P5."""

    TABLE: ClassVar[str] = "case_permit"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("mission",)

    mission: str
    number: str
    matter: str
    until_day: str


class KeptStep(StepCase, kw_only=True, omit_defaults=True):
    """A step as it was said: by which op, by whom, what its time is worth, its photos."""

    op: str
    by: str
    grade: Grade
    blobs: list[Blob] = msgspec.field(default_factory=list)


class CaseRecord(Record):
    """TestCase 办件跟踪: an application followed, P5 until published. `steps` by time."""

    TABLE: ClassVar[str] = "check_case"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("mission",)

    mission: str
    kind: CaseKind
    matter: str
    permit: str
    by: str
    at: int
    steps: list[KeptStep] = msgspec.field(default_factory=list)
