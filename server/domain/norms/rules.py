"""Pure decisions about the hall's norms: is an answer sheet sane, what is it worth, may a list be published (CHK-07, FAC-06, PRH-01, §6).

score = 100 x got / possible; n.a. and unanswered items leave both sums; half counts half; a failed veto item caps the score at 59.

Answers of this domain, for `Tx.ask`: `checklist`(id) -> Checklist | None, any version ever published ·
`checklist_now`(use, day) -> (id, Checklist) | None, the newest in force · `code`(code, day) -> CodeRule | None, as it was that day,
retired ones too · `code_barred`(code, roles, unit, day) -> str: why holders of these roles could not record it about a unit that day,
"" when they could.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from server.domain.hall.ops import Names
from server.domain.hall.rules import is_day
from server.domain.norms.ops import (
    Checklist,
    ChecklistGroup,
    ChecklistItem,
    CodeRule,
    Handbook,
    ItemAnswer,
    Mark,
    Phrase,
    Score,
    TagSet,
    Use,
)
from sync.ops import Blob

__all__ = [
    "Checklist",
    "ChecklistGroup",
    "ChecklistItem",
    "CodeRule",
    "ItemAnswer",
    "Mark",
    "Score",
    "answers_wrong",
    "examples",
    "failed_items",
    "items_of",
    "list_wrong",
    "photos_sent",
    "score",
    "shipped_checklists",
]

Grade = Literal["good", "acceptable", "to_correct", "failed"]

HALVES: dict[Mark, int] = {"full": 2, "half": 1, "fail": 0}
VETO_CAP_TENTHS = 590
GOOD_TENTHS, ACCEPTABLE_TENTHS, TO_CORRECT_TENTHS = 900, 800, 600
POINTS_SUM = 100
ITEMS_MAX, GROUPS_MAX = 120, 30
NAME_CHARS_MAX, TEXT_CHARS_MAX = 300, 8_000
LOCALES = frozenset({"zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"})
ID = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,15}")
CODE = re.compile(r"[A-Z][A-Z0-9]{0,11}")
EDITIONS = re.compile(r"[1-9][0-9]{0,4}")
SHIPPED = Path(__file__).parent / "shipped"


class Examples(msgspec.Struct):
    """Texts that a hall replaces by its own (PRH-05, LNG-06)."""

    valid_from: str
    codes: dict[str, CodeRule]
    phrases: dict[str, Phrase]
    tags: dict[str, TagSet]
    handbook: Handbook


@cache
def examples() -> Examples:
    """The examples that come with the product."""
    return msgspec.json.decode((SHIPPED / "examples.json").read_bytes(), type=Examples)


@cache
def shipped_checklists() -> dict[str, Checklist]:
    """The checklists that come with the product, by id (§6.1..6.3)."""
    return {path.stem: msgspec.json.decode(path.read_bytes(), type=Checklist) for path in sorted((SHIPPED / "checklists").glob("*.json"))}


def items_of(checklist: Checklist) -> dict[str, ChecklistItem]:
    """Every item by id, in order."""
    return {item.id: item for group in checklist.groups for item in group.items}


def answers_wrong(checklist: Checklist, answers: Sequence[ItemAnswer]) -> str:
    """Why an answer sheet cannot stand: ITEM_UNKNOWN, PROOF_MISSING, INVALID (twice, nothing scored, a 不适用 that is not allowed); ""."""
    known = items_of(checklist)
    if any(a.item not in known for a in answers):
        return "ITEM_UNKNOWN"
    if len({a.item for a in answers}) != len(answers) or all(a.mark == "na" for a in answers):
        return "INVALID"
    if any(a.mark == "na" and not known[a.item].na for a in answers):
        return "INVALID"
    bare = any(a.mark == "fail" and known[a.item].proof and not a.note.strip() and not a.photos for a in answers)
    return "PROOF_MISSING" if bare else ""


def photos_sent(answers: Iterable[ItemAnswer], blobs: Iterable[Blob]) -> bool:
    """Whether every photo the answers name comes with the sheet: a hash nobody sends proves nothing (CHK-07, FAC-05)."""
    return {photo for answer in answers for photo in answer.photos} <= {blob.sha256 for blob in blobs}


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


# --- what may be published --------------------------------------------------------------------------------------------


def list_wrong(use: Use, names: Names, groups: Sequence[ChecklistGroup]) -> str:
    """Why a checklist cannot be published: INVALID, or POINTS_SUM when what is scored does not make 100; "" when it can.

    A list of quick codes gives no points.
    """
    items = [item for group in groups for item in group.items]
    ids = [item.id for item in items]
    groups_sane = 0 < len(groups) <= GROUPS_MAX and len({group.id for group in groups}) == len(groups)
    if not groups_sane or not 0 < len(items) <= ITEMS_MAX or len(set(ids)) != len(ids):
        return "INVALID"
    if not all(ID.fullmatch(one) for one in [*ids, *(group.id for group in groups)]) or any(not group.items for group in groups):
        return "INVALID"
    if not all(names_sane(one) for one in (names, *(group.names for group in groups), *(item.names for item in items))):
        return "INVALID"
    if any(not 0 <= item.points <= POINTS_SUM or (item.veto and not item.points) for item in items):
        return "INVALID"
    return "" if sum(item.points for item in items) == (0 if use == "quick" else POINTS_SUM) else "POINTS_SUM"


def names_sane(names: Names, chars_max: int = NAME_CHARS_MAX) -> bool:
    """Texts of known locales, not too long; the Simplified one is there to fall back to (ORG-08)."""
    return bool(names.get("zh_Hans", "").strip()) and names.keys() <= LOCALES and all(len(text) <= chars_max for text in names.values())


def may_lack(names: Names) -> bool:
    """Texts that may be missing altogether."""
    return not names or names_sane(names)


def code_wrong(code: str, rule: CodeRule) -> bool:
    """True for a code nobody can use."""
    sane = bool(CODE.fullmatch(code)) and names_sane(rule.names) and may_lack(rule.basis) and is_day(rule.valid_from)
    return not sane or not 0 <= rule.points <= POINTS_SUM or len(set(rule.proof)) != len(rule.proof) or len(set(rule.who)) != len(rule.who)


def split_version(rid: str) -> tuple[str, int]:
    """("ms", 2) of "ms-2"; ("", 0) when it is no version of a list."""
    name, dash, number = rid.rpartition("-")
    sane = bool(dash) and bool(ID.fullmatch(name)) and bool(EDITIONS.fullmatch(number))
    return (name, int(number)) if sane else ("", 0)


def may_record(rule: CodeRule, roles: Iterable[str]) -> bool:
    """Whether holders of these roles may record a code (PRH-01)."""
    return not rule.who or not set(rule.who).isdisjoint(roles)
