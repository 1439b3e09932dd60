"""What becomes of a visit: team sheets joined, fact check, publication, answers, review (CHK-09, CON-35, CON-44, EVD-12).

A result belongs to a mission: every sheet its team handed in is part of it. Its rid is that of the visit the lead acted on first.
"""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from server.domain.visit.ops import ChecklistItem, ItemAnswer, Mark, Part, Score, VisitAnswer, VisitReview
from sync.ops import RowKind, command, evidence, under_seal

Hint = Literal[
    "dwell",
    "batch",
    "photo_reused",
    "photo_time",
    "hours",
    "day",
    "ahead",
    "alone",
    "tie",
    "conflict",
    "revealed",
    "drawn",
    "window",
]
"""停留过短, 集中勾选, 照片用过, 照片不在现场时间拍: what a reader may ask about, never a judgement by itself."""


class FactCheck(msgspec.Struct, omit_defaults=True):
    """`visit.check`, rid = visit, `if` its version: the head of the unit alone is shown the result, to correct facts before publication."""

    text: str = ""


class WithdrawVisit(msgspec.Struct):
    """`visit.withdraw`, rid = visit: by its visitor before publication, by the lead the published result, with the reason (CON-44)."""

    text: str


class SettleItem(msgspec.Struct, omit_defaults=True):
    """`visit.settle`, rid = mission: the lead decides an item on which the team's sheets differ (CON-35)."""

    item: str
    mark: Mark
    text: str = ""


class TellPerson(msgspec.Struct):
    """`visit.tell`, rid = visit: the head of the unit passes the result on to the person it concerns (CHK-09)."""

    person: str


class AnswerVisit(msgspec.Struct, omit_defaults=True):
    """`visit.answer`, rid = visit: the unit or the person says its part, adds facts, or asks for a review (EVD-12)."""

    text: str
    review: bool = False


class ReviewVisit(msgspec.Struct, omit_defaults=True):
    """`visit.review`, rid = visit, `if` its version: decided by the lead or a leader, never by who observed. `changed`: item -> mark."""

    text: str
    changed: dict[str, Mark] = {}


class Differing(msgspec.Struct, omit_defaults=True):
    """An item on which sheets differ. `marks`: visit -> mark; `mark`: what the lead decided, none yet without."""

    item: str
    marks: dict[str, Mark]
    mark: Mark | None = None
    text: str = ""


class VisitTeam(msgspec.Struct, omit_defaults=True):
    """Row `visit.team`, rid = mission, for its lead: the sheets of the team as one. Items still undecided are in no sum.

    `hints`: visit -> what one may ask about it. `answers`: the items as they stand; `answered` of `items` somebody has marked (CHK-07).
    """

    checklist: str
    visits: list[str]
    differs: list[Differing]
    undecided: int
    answers: list[ItemAnswer]
    score: Score
    parts: list[Part]
    hints: dict[str, list[Hint]] = {}
    answered: int = 0
    items: int = 0


class VisitOwn(msgspec.Struct, omit_defaults=True):
    """Row `visit.own`, rid made of visit and uid, for a person the result concerns: what failed, what to say to it until when, and
    until when a review may be asked for (EVD-12). `told_at`: when it was passed on, or published anew since (ms).
    """

    visit: str
    unit: str
    day: str
    window: str
    score: Score
    failed: list[ChecklistItem]
    notes: list[ItemAnswer]
    state: Literal["published", "withdrawn"]
    told_at: int
    answer_until: str
    text: str = ""
    answers: list[VisitAnswer] = []
    reviews: list[VisitReview] = []
    blobs: list[Attached] = []
    review_until: str = ""


class VisitPublic(msgspec.Struct):
    """Row `visit.public`, rid = visit, for social supervisors once published: unit and score, no item, no person (CHK-09, SUP-02)."""

    unit: str
    unit_names: dict[str, str]
    day: str
    score: Score


OPS = (
    *under_seal(command("visit.check", 1, FactCheck), command("visit.withdraw", 1, WithdrawVisit), command("visit.settle", 1, SettleItem)),
    command("visit.tell", 1, TellPerson),
    evidence("visit.answer", 1, AnswerVisit),
    command("visit.review", 1, ReviewVisit),
)
ROWS = (
    RowKind("visit.team", VisitTeam, sealed=True),
    RowKind("visit.own", VisitOwn),
    RowKind("visit.public", VisitPublic),
)
