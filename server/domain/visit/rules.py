"""Pure decisions about visits: is an answer sheet sane, what is it worth (CHK-07, catalogue §6).

score = 100 x got / possible; n.a. and unanswered items leave both sums; half counts half; a failed veto item caps the score at 59.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from server.domain.visit.ops import Checklist, ChecklistItem, ItemAnswer, Mark, Score

Grade = Literal["good", "acceptable", "to_correct", "failed"]

HALVES: dict[Mark, int] = {"full": 2, "half": 1, "fail": 0}
VETO_CAP_TENTHS = 590
GOOD_TENTHS, ACCEPTABLE_TENTHS, TO_CORRECT_TENTHS = 900, 800, 600
CHECKLISTS = Path(__file__).parent / "checklists"


@cache
def checklists() -> dict[str, Checklist]:
    """The checklists shipped with the product, by id (§6.1)."""
    return {path.stem: msgspec.json.decode(path.read_bytes(), type=Checklist) for path in sorted(CHECKLISTS.glob("*.json"))}


def items_of(checklist: Checklist) -> dict[str, ChecklistItem]:
    """Every item by id, in order."""
    return {item.id: item for group in checklist.groups for item in group.items}


def is_sane(checklist: Checklist, answers: list[ItemAnswer]) -> bool:
    """Known items, each at most once, and something that can be scored."""
    ids = [a.item for a in answers]
    known = items_of(checklist)
    return len(set(ids)) == len(ids) and all(i in known for i in ids) and any(a.mark != "na" for a in answers)


def score(checklist: Checklist, answers: Iterable[ItemAnswer]) -> Score:
    """What the answers are worth, in tenths of a point, rounded half up."""
    items = items_of(checklist)
    rated = [(items[a.item], HALVES[a.mark]) for a in answers if a.mark != "na"]
    got_halves = sum(item.points * halves for item, halves in rated)
    possible = sum(item.points for item, _ in rated)
    vetoes = [item.id for item, halves in rated if item.veto and halves == 0]
    tenths = (1000 * got_halves + possible) // (2 * possible) if possible else 0
    if vetoes:
        tenths = min(tenths, VETO_CAP_TENTHS)
    return Score(tenths=tenths, got_halves=got_halves, possible=possible, capped=bool(vetoes), vetoes=sorted(vetoes), grade=_grade(tenths))


def _grade(tenths: int) -> Grade:
    if tenths >= GOOD_TENTHS:
        return "good"
    if tenths >= ACCEPTABLE_TENTHS:
        return "acceptable"
    return "to_correct" if tenths >= TO_CORRECT_TENTHS else "failed"


def failed_items(checklist: Checklist, answers: Iterable[ItemAnswer]) -> list[ChecklistItem]:
    """The items that failed, in checklist order, with their text."""
    failed = {a.item for a in answers if a.mark == "fail"}
    return [item for item in items_of(checklist).values() if item.id in failed]


def notes_for_unit(answers: Iterable[ItemAnswer]) -> list[ItemAnswer]:
    """What the unit is told beside the score: notes and photos at items that lost points; nothing else the visitor wrote or took."""
    return [a for a in answers if a.mark in ("fail", "half") and (a.note or a.photos)]
