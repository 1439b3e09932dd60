"""Pure decisions about the sheets of a team and what one may ask about them (CON-35, CHK-08, CHK-11).

Sheets are joined item by item: what one alone has marked is taken, the same mark is one; where marks differ the lead decides, and what is
undecided is in no sum. Nothing depends on which sheet came first.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from server.domain.visit.case_ops import CaseKind, StepCase, StepKind
from server.domain.visit.ops import Checklist, ItemAnswer, Mark, Part
from server.domain.visit.result_ops import Differing, Hint
from server.domain.visit.rules import HALVES, items_of
from sync.units import MINUTE_MS

SECOND_MS = 1000
WALKED_IN = frozenset({"covert", "key", "special", "open"})
"""Methods for which somebody was at the window, so that the time spent there says something."""


class Sheet(NamedTuple):
    """One visitor's answers. `visit`: its record."""

    visit: str
    answers: Sequence[ItemAnswer]


class Joined(NamedTuple):
    """The sheets as one: decided items in the order of the checklist, and the items on which sheets differ."""

    answers: list[ItemAnswer]
    differs: list[Differing]

    @property
    def undecided(self) -> int:
        """Items the lead has still to decide."""
        return sum(one.mark is None for one in self.differs)


def join(checklist: Checklist, sheets: Iterable[Sheet], settled: Mapping[str, tuple[Mark, str]], changed: Mapping[str, Mark]) -> Joined:
    """`settled`: item -> (mark, reason) where the lead decided; `changed`: item -> mark that a review gave, over everything else."""
    ordered = sorted(sheets)
    answers, differs = [], []
    for item in items_of(checklist):
        given = {sheet.visit: answer for sheet in ordered for answer in sheet.answers if answer.item == item}
        marks = {visit: answer.mark for visit, answer in given.items()}
        mark: Mark | None = next(iter(marks.values())) if len(set(marks.values())) == 1 else None
        if len(set(marks.values())) > 1:
            mark, text = settled.get(item, (None, ""))
            differs.append(Differing(item, marks, mark, text))
        mark = changed.get(item, mark)
        if mark is not None:
            notes = dict.fromkeys(answer.note for answer in given.values() if answer.note)
            photos = dict.fromkeys(photo for answer in given.values() for photo in answer.photos)
            answers.append(ItemAnswer(item, mark, "\n".join(notes), list(photos)))
    return Joined(answers, differs)


def parts_of(checklist: Checklist, answers: Iterable[ItemAnswer]) -> list[Part]:
    """What each group came to, those without a rated item left out (CHK-11)."""
    marks = {answer.item: answer.mark for answer in answers}
    parts = []
    for group in checklist.groups:
        rated = [(item.points, HALVES[mark]) for item in group.items if (mark := marks.get(item.id, "na")) != "na"]
        if rated:
            parts.append(Part(group.id, group.names, sum(p * h for p, h in rated), sum(p for p, _ in rated)))
    return parts


def compared(checklist: Checklist, answers: Iterable[ItemAnswer], steps: Iterable[StepCase]) -> tuple[int, int]:
    """How often what was told was compared with the guide, and how often it was equal (IDX-27): items that ask so, and steps of cases."""
    asked = {item.id for item in items_of(checklist).values() if item.guide}
    said = [answer.mark == "full" for answer in answers if answer.item in asked and answer.mark != "na"]
    said += [step.equal == "yes" for step in steps if step.equal is not None]
    return len(said), sum(said)


# --- hints -----------------------------------------------------------------------------------------------------------


class Floors(NamedTuple):
    """Below what a reader is told to look: minutes at the window, and so many items marked within so many seconds."""

    dwell_minutes: int
    batch_items: int
    batch_seconds: int


class Seen(NamedTuple):
    """What the hints look at. `photos`: hash and when taken (ms); `reused`: a photo another record names."""

    method: str
    arrived_at: int
    left_at: int
    answers: Sequence[ItemAnswer]
    photos: Sequence[tuple[str, int]]
    reused: bool


def hints(seen: Seen, floors: Floors) -> list[Hint]:
    """What one may ask about a sheet. Nothing follows from a hint by itself."""
    found: list[Hint] = []
    walked_in = seen.method in WALKED_IN
    if walked_in and seen.left_at - seen.arrived_at < floors.dwell_minutes * MINUTE_MS:
        found.append("dwell")
    if in_a_batch([answer.at for answer in seen.answers if answer.at], floors):
        found.append("batch")
    if seen.reused:
        found.append("photo_reused")
    if walked_in and any(not seen.arrived_at <= taken <= seen.left_at for _, taken in seen.photos):
        found.append("photo_time")
    return found


class Doubt(NamedTuple):
    """What a result rests on besides the answers. `day` ISO of arrival, `days` first and last of the mission; `is_open`: the hall was, at
    arrival; `ahead`: it ended later than it arrived here; `tied`, `conflict`: to the unit;
    `drawn`: nobody can tell that it was written before everybody knew what was drawn; `moved`: the window was another unit's by then.
    """

    method: str
    day: str
    days: tuple[str, str]
    is_open: bool
    ahead: bool
    tied: bool
    conflict: bool
    revealed: bool
    drawn: bool
    moved: bool


def doubts(one: Doubt) -> list[Hint]:
    """What the lead passes over with a reason only, or not at all: when it was, and who was there (CHK-04, CHK-06)."""
    said: dict[Hint, bool] = {
        "hours": one.method in WALKED_IN and not one.is_open,
        "day": not one.days[0] <= one.day <= one.days[1],
        "ahead": one.ahead,
        "tie": one.tied,
        "conflict": one.conflict,
        "revealed": one.revealed,
        "drawn": one.drawn,
        "window": one.moved,
    }
    return [hint for hint, is_so in said.items() if is_so]


def in_a_batch(marked_at: Iterable[int], floors: Floors) -> bool:
    """Whether so many items were marked within so few seconds as nobody looks at a window."""
    times = sorted(marked_at)
    pairs = zip(times, times[floors.batch_items - 1 :], strict=False)
    return any(last - first <= floors.batch_seconds * SECOND_MS for first, last in pairs)


# --- applications followed -------------------------------------------------------------------------------------------


End = Literal["finished", "withdrawn", "marked"]
ENDS: dict[CaseKind, dict[StepKind, End]] = {
    "real": {"finished": "finished", "withdrawn": "withdrawn"},
    # A test that is merely finished would be a false official act.
    "test": {"withdrawn": "withdrawn", "marked": "marked"},
}


class Followed(NamedTuple):
    """How an application stands. `due_day`: the promised day, ISO, "" for none; `ended`: how, None while it has not."""

    due_day: str
    number: str
    ended: End | None


def followed(kind: CaseKind, steps: Sequence[tuple[StepCase, str]]) -> Followed:
    """From steps in order of time, each with its day: the last receipt and promise; what ends a case of its kind (CHK-08)."""
    ends = ENDS[kind]
    due = [step.due_day for step, _ in steps if step.due_day]
    numbers = [step.number for step, _ in steps if step.number]
    end = next((ends[step.kind] for step, _ in steps if step.kind in ends), None)
    return Followed(due[-1] if due else "", numbers[-1] if numbers else "", end)


def finished_day(steps: Sequence[tuple[StepCase, str]]) -> str:
    """The day it was done, ISO, "" while it was not."""
    return next((day for step, day in steps if step.kind == "finished"), "")
