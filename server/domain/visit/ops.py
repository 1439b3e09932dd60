"""暗访检查 mystery visits (CHK-02, 05, 06, 07): sealed until the lead publishes. Nobody outside the audience receives a byte."""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from sync.ops import RowKind, command, evidence

Mark = Literal["full", "half", "fail", "na"]


class ItemAnswer(msgspec.Struct, omit_defaults=True):
    """One checklist item's answer. `photos`: the hashes of those of the op's blobs that show it."""

    item: str
    mark: Mark
    note: str = ""
    photos: list[str] = []


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
    """`visit.publish`, rid = visit, `if` its version: the lead opens the result to the unit."""

    text: str = ""


class Void(msgspec.Struct):
    """`visit.void`, rid = visit: identity revealed, wrong unit."""

    text: str


class ChecklistItem(msgspec.Struct, omit_defaults=True):
    """One item: points, and whether failing it caps the visit at 59."""

    id: str
    names: dict[str, str]
    points: int
    veto: bool = False


class ChecklistGroup(msgspec.Struct):
    """A group of items in order."""

    id: str
    names: dict[str, str]
    items: list[ChecklistItem]


class Checklist(msgspec.Struct):
    """Row `checklist`, rid e.g. `ms-1`: for TEAM and CHECK."""

    names: dict[str, str]
    version: int
    groups: list[ChecklistGroup]


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


class Score(msgspec.Struct):
    """100 x got / possible, one decimal kept as tenths; `capped` by a veto; `grade` by the hall's bands."""

    tenths: int
    got_halves: int
    possible: int
    capped: bool
    vetoes: list[str]
    grade: Literal["good", "acceptable", "to_correct", "failed"]


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
    state: Literal["recorded", "published", "void"]
    badge: str = ""
    story: str = ""
    said: str = ""
    revealed: bool = False
    conflict: str = ""
    text: str = ""
    published_at: int | None = None
    blobs: list[Attached] = []


class VisitUnit(msgspec.Struct, omit_defaults=True):
    """Row `visit.unit`, only after publication: for the head of the unit, OFF and LEAD. Failed items with their text, no visitor.

    `notes`, `blobs`: what was written and photographed at items that lost points.
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


OPS = (evidence("visit.record", 1, RecordVisit, window_hours=14 * 24), command("visit.publish", 1, Publish), command("visit.void", 1, Void))
ROWS = (
    RowKind("checklist", Checklist),
    RowKind("mission", Mission, sealed=True),
    RowKind("visit", Visit, sealed=True),
    RowKind("visit.unit", VisitUnit),
)
