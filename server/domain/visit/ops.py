"""暗访检查 mystery visits (CHK-02, 05, 06, 07): sealed until the lead publishes. Nobody outside the audience receives a byte."""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from server.domain.norms.rules import Checklist as Checklist
from server.domain.norms.rules import ChecklistGroup as ChecklistGroup
from server.domain.norms.rules import ChecklistItem as ChecklistItem
from server.domain.norms.rules import ItemAnswer as ItemAnswer
from server.domain.norms.rules import Mark as Mark
from server.domain.norms.rules import Score as Score
from sync.ops import RowKind, command, evidence

Method = Literal["covert", "key", "special", "tracking", "open", "phone"]
"""暗访, 重点抽查, 专项检查, 办件跟踪, 明查, 电话测试 (CHK-01, CHK-11)."""
VisitState = Literal["recorded", "checking", "published", "withdrawn", "void"]


class RecordVisit(msgspec.Struct, omit_defaults=True):
    """`visit.record`, rid = new visit: a whole visit as the visitor saw it. `arrived_at`, `left_at` ms."""

    mission: str
    checklist: str
    arrived_at: int
    left_at: int
    answers: list[ItemAnswer]
    badge: str = ""
    story: str = ""
    said: str = ""
    revealed: bool = False
    conflict: str = ""


class Publish(msgspec.Struct, omit_defaults=True):
    """`visit.publish`, rid = visit, `if` its version: the lead opens the result to the unit. While nobody has marked some items,
    `text` says why it is told all the same (CHK-07).
    """

    text: str = ""


class Void(msgspec.Struct):
    """`visit.void`, rid = visit: identity revealed, wrong unit."""

    text: str


class Mission(msgspec.Struct, omit_defaults=True):
    """Row `mission`: for the two visitors and the lead. Carries the names it needs, since visitors hold no hall data."""

    checklist: str
    unit: str
    unit_names: dict[str, str]
    window: str
    from_day: str
    to_day: str
    team: list[str]
    team_names: list[str]
    lead: str
    story: str
    state: Literal["open", "recorded", "published", "void"]
    slot: str = ""
    method: Method = "covert"


class Part(msgspec.Struct):
    """One group of a checklist and what it came to: a telephone test has two that are told apart (CHK-11)."""

    id: str
    names: dict[str, str]
    got_halves: int
    possible: int


class VisitAnswer(msgspec.Struct, omit_defaults=True):
    """What the unit or a person said to a result, at (ms, trusted time). `review`: asks for a review."""

    by: str
    at: int
    text: str
    review: bool = False


class VisitReview(msgspec.Struct, omit_defaults=True):
    """A review that was decided: by whom, at (ms), why, and the items that have another mark now."""

    by: str
    at: int
    text: str
    changed: dict[str, Mark] = {}


class CaseTold(msgspec.Struct, omit_defaults=True):
    """An application of the check, as the unit learns of it once published: so that a test can be struck from its own records (CHK-08).

    Of a real one only how it ended: everything else would name the visitor (CHK-05).
    """

    kind: Literal["real", "test"]
    matter: str = ""
    number: str = ""
    permit: str = ""
    due_day: str = ""
    finished_day: str = ""
    ended: Literal["finished", "withdrawn", "marked"] | None = None


class Visit(msgspec.Struct, omit_defaults=True):
    """Row `visit`: for the visitors and the lead."""

    mission: str
    checklist: str
    unit: str
    visitor: str
    arrived_at: int
    left_at: int
    received_at: int
    grade: Literal["A", "B", "C"]
    answers: list[ItemAnswer]
    score: Score
    state: VisitState
    badge: str = ""
    story: str = ""
    said: str = ""
    revealed: bool = False
    conflict: str = ""
    text: str = ""
    published_at: int | None = None
    blobs: list[Attached] = []


class VisitUnit(msgspec.Struct, omit_defaults=True):
    """Row `visit.unit`, only after publication: for the head of the unit, OFF, LEAD and the check lead. Failed items, no visitor.

    `notes`, `blobs`: what was written and photographed at items that lost points. `checking`: shown to the head alone, to correct facts.
    `tell_until`, `answer_until`, `review_until`: the last days to pass it on, to answer, to ask for a review. `told`: the people it was
    passed on to.
    `asked`: a review was asked for that nobody has decided yet. `answered` of `items` of the checklist were marked (CHK-07).
    `after_draw`: nobody can tell that all of it was written before everybody knew what was drawn (CHK-04). `people`: who belonged to the
    unit on that day, whom it may be passed on to (CON-43).
    """

    unit: str
    day: str
    window: str
    score: Score
    failed: list[ChecklistItem]
    notes: list[ItemAnswer]
    published_at: int
    text: str = ""
    blobs: list[Attached] = []
    state: Literal["checking", "published", "withdrawn"] = "published"
    parts: list[Part] = []
    undecided: int = 0
    tell_until: str = ""
    answer_until: str = ""
    told: list[str] = []
    answers: list[VisitAnswer] = []
    reviews: list[VisitReview] = []
    asked: bool = False
    cases: list[CaseTold] = []
    answered: int = 0
    items: int = 0
    review_until: str = ""
    after_draw: bool = False
    people: list[str] = []


OPS = (evidence("visit.record", 1, RecordVisit, window_hours=14 * 24), command("visit.publish", 1, Publish), command("visit.void", 1, Void))
ROWS = (
    RowKind("mission", Mission, sealed=True),
    RowKind("visit", Visit, sealed=True),
    RowKind("visit.unit", VisitUnit),
)
