"""Pure decisions about campaigns and problems (CAMP, RCT): the state follows from the facts in whatever order they arrive.

found ─ ordered ─▶ ordered ─ measures ─▶ rectifying ─ claimed ─▶ claimed ─┬─ verified ─▶ verified
                                            ▲                             └─ returned ─▶ returned ─ claimed ─▶ claimed
                                            └──────────────────── not done ◀─ closed as not done; proof made in time reopens it (CON-36)

Answers of this domain, for `Tx.ask`: `problems_of`(campaign) -> list[ProblemRecord] · `campaign`(campaign) -> CampaignRecord | None ·
`problems_found`(from_at, to_at) -> list[FoundFact], problems found between two moments · `vetoed`(result, unit, by, at, campaign, items:
list[Vetoed]): the veto items that failed in a published result become problems, those of it that are not named any more are lifted (§6) ·
`facts_moved`(facts): sightings or results were taken back or published, what was made of them is lifted or stands again (CON-44) ·
`campaign_checked`(campaign): a plan of it was revealed, its summary follows (CAMP-07).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise, zip_longest
from typing import NamedTuple

from server.domain.board.rules import BoardProgress
from server.domain.campaign.ops import (
    CampaignDuty,
    CheckCoverage,
    DutyDone,
    Level,
    Phase,
    ProblemState,
    ProblemStep,
    Progress,
    Proof,
    Source,
    Summary,
)
from server.domain.campaign.tables import CampaignRecord, DutyRecord, Fact, OutputRecord, ProblemRecord, SelfCheckRecord
from server.domain.hall.rules import FOREVER
from server.domain.hall.terms import Standing, missed
from server.domain.visit.rules import PlanChecked

LEVELS: tuple[Level, ...] = ("minor", "serious", "grave")
DONE: frozenset[ProblemState] = frozenset({"claimed", "verified"})
ENDED: frozenset[ProblemState] = frozenset({"verified", "not_done", "lifted"})
ON_THE_SPOT: frozenset[Source] = frozenset({"patrol", "covert"})
"""What was seen there can be shown as it was, and as it is (RCT-02)."""
NEEDS_ALL_VERIFIED = frozenset({"self_check", "acceptance", "other"})
"""Phases that end only when every problem is rectified and verified, unless they were laid down otherwise (CAMP-04)."""


def ordered(facts: Iterable[Fact]) -> list[Fact]:
    """Facts in the order in which they were said."""
    return sorted(facts, key=lambda f: (f.at, f.op))


def state_of(facts: Sequence[Fact], due_at: int) -> ProblemState:
    """Where a problem stands. A claim whose time can be proven and lies within the term outlives a later "not done" (CON-36)."""
    state: ProblemState = "found"
    in_time = [f for f in facts if f.kind == "claimed" and f.proven_at <= due_at]
    for fact in ordered(facts):
        if fact.kind == "ordered":
            state = "ordered" if state == "found" else state
        elif fact.kind == "measures":
            state = "rectifying" if state in ("found", "ordered", "returned") else state
        elif fact.kind == "claimed":
            state = state if state == "verified" else "claimed"
        elif fact.kind == "not_done":
            state = "claimed" if any(claim.at <= fact.at for claim in in_time) and state != "returned" else "not_done"
        elif state == "claimed":
            state = "verified" if fact.kind == "verified" else "returned"
    return state


def orders_of(facts: Iterable[Fact], due_of: Callable[[Fact], int]) -> list[Standing]:
    """Every order with its term and how long it stood: until the next one (RCT-01). `due_of`: when the term of an order ends (ms)."""
    orders = [f for f in ordered(facts) if f.kind == "ordered"]
    return [Standing(due_of(order), then.at if then else FOREVER) for order, then in zip_longest(orders, orders[1:])]


def is_overdue(facts: Iterable[Fact], orders: Iterable[Standing], now: int) -> bool:
    """True when the term of an order ended while it stood and nothing was claimed within it, nor can have been (EVD-03)."""
    return missed(orders, min((f.early_at for f in facts if f.kind == "claimed"), default=FOREVER), now)


def is_unproven(facts: Sequence[Fact], orders: Sequence[Standing], now: int) -> bool:
    """True when the term ended and nobody can tell whether a claim was made within it: neither in time nor late (EVD-03)."""
    proven_at = min((f.proven_at for f in facts if f.kind == "claimed"), default=FOREVER)
    return missed(orders, proven_at, now) and not is_overdue(facts, orders, now)


def material(facts: Iterable[Fact]) -> tuple[list[str], list[str]]:
    """What shows how it was before and after (RCT-02): of the last claim with any of that kind, the rest of it may be sent again."""
    claims = [f for f in ordered(facts) if f.kind == "claimed"]
    before = next((f.before for f in reversed(claims) if f.before), [])
    return before, claims[-1].after if claims else []


def proof_missing(facts: Iterable[Fact], proof: Proof, text: str, unshown: str) -> bool:
    """Whether a claim cannot be accepted (RCT-02): without material from before and after it takes words on how it was verified and, by
    what `proof` is asked for, the reason why there can be none; or it cannot be at all.
    """
    if all(material(facts)):
        return False
    return not text.strip() or proof == "material" or (proof == "reason" and not unshown.strip())


class FoundFact(NamedTuple):
    """A problem as other institutions read it: found when (ms), from which source; `confirmed`: somebody has ordered it to be rectified;
    `fact`: the finding or result it comes from.
    """

    unit: str
    code: str
    at: int
    source: str
    confirmed: bool
    fact: str = ""


class Earlier(NamedTuple):
    """An earlier problem of the same code in the same unit. `level`: what it has come to."""

    rid: str
    found_at: int
    ended_at: int
    level: Level


def grades(same: Iterable[ProblemRecord], window_ms: Callable[[int], int]) -> dict[str, tuple[str, Level]]:
    """Of every problem of one code in a unit, which one has come back in it ("" none) and how much it weighs now: each time more than the
    time before (RCT-03). `window_ms`: how long the hall looks out for it, of the moment the earlier one ended.
    """
    known: list[Earlier] = []
    found: dict[str, tuple[str, Level]] = {}
    for one in sorted(same, key=lambda p: (p.found_at, p.rid)):
        back = recurrence(one.found_at, known, window_ms)
        level = raised(one.level, back.level) if back else one.level
        found[one.rid] = (back.rid if back else "", level)
        if one.lifted:
            continue
        known.append(Earlier(one.rid, one.found_at, verified_at(one.facts), level))
    return found


def recurrence(found_at: int, earlier: Iterable[Earlier], window_ms: Callable[[int], int]) -> Earlier | None:
    """The closed problem that has come back within the window (RCT-03); the one that ended last."""
    before = [e for e in earlier if e.ended_at and e.ended_at <= found_at <= e.ended_at + window_ms(e.ended_at)]
    return max(before, key=lambda e: (e.ended_at, e.rid), default=None)


def raised(level: Level, before: Level) -> Level:
    """What comes back weighs more than it did (RCT-03)."""
    return LEVELS[min(len(LEVELS) - 1, max(LEVELS.index(level), LEVELS.index(before) + 1))]


def verified_at(facts: Iterable[Fact]) -> int:
    """When it was verified last (ms); 0 never."""
    return max((f.at for f in facts if f.kind == "verified"), default=0)


def came_back(ended_at: int, found: Iterable[int], window_ms: int) -> bool:
    """True when a problem that was closed at `ended_at` was found again within the window; 0: it is not closed (RCT-03, IDX-29)."""
    return bool(ended_at) and any(ended_at <= at <= ended_at + window_ms for at in found)


def claimed_at(facts: Iterable[Fact]) -> int:
    """When it was first said to be rectified (ms); 0 never."""
    return min((f.at for f in facts if f.kind == "claimed"), default=0)


def steps_of(problem: ProblemRecord) -> list[ProblemStep]:
    """The way of a problem, in the order in which it was gone."""
    said = (ProblemStep(f.kind, f.by, f.at, f.text, f.unshown) for f in ordered(problem.facts))
    return [ProblemStep("found", problem.by, problem.found_at), *said]


def progress_of(units: Iterable[str], problems: Sequence[ProblemRecord], checks: Sequence[SelfCheckRecord]) -> dict[str, Progress]:
    """Found, rectified, verified by unit (CAMP-04)."""
    reported = {check.unit: check.zero for check in sorted(checks, key=lambda c: (c.at, c.rid))}

    def of(unit: str) -> Progress:
        mine = [p for p in problems if p.unit == unit and not p.lifted]
        return Progress(
            found=len(mine),
            rectified=sum(p.state in DONE for p in mine),
            verified=sum(p.state == "verified" for p in mine),
            reported=unit in reported,
            zero=reported.get(unit, False),
        )

    return {unit: of(unit) for unit in units}


def public_progress(problems: Sequence[ProblemRecord], since: str) -> BoardProgress:
    """How far all that was found since a day (ISO) has come, for the lobby: totals, and how many of the units have nothing left to do
    (RCT-05).
    """
    open_units = {p.unit for p in problems if p.state != "verified"}
    units = {p.unit for p in problems}
    return BoardProgress(
        since=since,
        found=len(problems),
        rectified=sum(p.state in DONE for p in problems),
        verified=sum(p.state == "verified" for p in problems),
        units=len(units),
        done=len(units - open_units),
    )


def phases_wrong(phases: Sequence[Phase]) -> bool:
    """True for no phase, a reversed or impossible one, or two that overlap."""
    if not phases:
        return True
    try:
        spans = [(date.fromisoformat(p.from_day), date.fromisoformat(p.to_day)) for p in phases]
    except ValueError:
        return True
    if any(first > last for first, last in spans):
        return True
    return any(left[1] >= right[0] for left, right in pairwise(spans))


def ended_changed(known: CampaignRecord, phases: Sequence[Phase]) -> bool:
    """True when a phase that is done would be another one, or gone: what was decided of it stays decided of it."""
    return any(
        number >= len(phases)
        or (phases[number].kind, phases[number].from_day) != (known.phases[number].kind, known.phases[number].from_day)
        for number in known.finished
    )


def duties_wrong(phases: Sequence[Phase]) -> bool:
    """True for a task without a text, of an id that is there twice, or by a day outside its phase (CAMP-01)."""
    every = [(phase, duty) for phase in phases for duty in phase.duties]
    ids = {duty.id for _, duty in every}
    sane = all(duty.id and duty.text.strip() and _in_phase(phase, duty.by_day) for phase, duty in every)
    return not sane or len(ids) != len(every)


def _in_phase(phase: Phase, day: str) -> bool:
    try:
        return day == "" or phase.from_day <= date.fromisoformat(day).isoformat() <= phase.to_day
    except ValueError:
        return False


def duty_of(phases: Iterable[Phase], rid: str) -> tuple[Phase, CampaignDuty] | None:
    """A task and its phase."""
    return next(((phase, duty) for phase in phases for duty in phase.duties if duty.id == rid), None)


def answers_for_duty(campaign: CampaignRecord, duty: str) -> frozenset[str]:
    """Who answers for a task: who is named for it, for its phase, or for the campaign; nobody where there is no such task (CAMP-01)."""
    found = duty_of(campaign.phases, duty)
    if found is None:
        return frozenset()
    named = found[1].who or found[0].who
    return frozenset({named} if named else {campaign.first, campaign.deputy} - {""})


def done_of(said: Iterable[DutyRecord]) -> dict[str, DutyDone]:
    """The tasks that are done by what was said of each last."""
    last = {one.duty: one for one in sorted(said, key=lambda one: (one.at, one.rid))}
    return {duty: DutyDone(one.by, one.at, one.text) for duty, one in sorted(last.items()) if one.done}


def batches_wrong(campaign_units: Sequence[str], batches: Sequence[Sequence[str]]) -> bool:
    """True when batches do not deal with every unit of the scope exactly once."""
    dealt = [unit for batch in batches for unit in batch]
    return bool(batches) and sorted(dealt) != sorted(campaign_units)


def needs_all_verified(phases: Sequence[Phase], number: int) -> bool:
    """Whether a phase ends only with everything verified: as laid down, else by its kind; the last one always (CAMP-04)."""
    said = phases[number].all_verified
    return number == len(phases) - 1 or (phases[number].kind in NEEDS_ALL_VERIFIED if said is None else said)


def may_finish(campaign: CampaignRecord, number: int, progress: dict[str, Progress]) -> bool:
    """A phase is done after those before it; one that looks for problems when its units have reported and all they have is verified.

    Where units are dealt with in batches, a phase of another kind is about those whose day has come by its end (CAMP-02, CAMP-04).
    """
    phase = campaign.phases[number]
    if not set(range(number)) <= set(campaign.finished):
        return False
    if not needs_all_verified(campaign.phases, number):
        return True
    later = {unit for batch in campaign.batches for unit in batch.units if batch.by_day > phase.to_day}
    every = phase.kind != "other" or number == len(campaign.phases) - 1 or later >= progress.keys()
    in_it = [one for unit, one in progress.items() if every or unit not in later]
    all_in = phase.kind != "self_check" or all(one.reported for one in in_it)
    return all_in and all(one.verified == one.found for one in in_it)


def summary_of(
    campaign: CampaignRecord,
    problems: Sequence[ProblemRecord],
    checks: Sequence[SelfCheckRecord],
    outputs: Sequence[OutputRecord],
    inspected: Sequence[PlanChecked],
) -> Summary:
    """The final summary, made of the facts (CAMP-07)."""
    problems = [p for p in problems if not p.lifted]
    progress = progress_of(campaign.units, problems, checks)
    kinds = Counter(one.kind for one in outputs)
    verified = [p for p in problems if p.state == "verified"]
    return Summary(
        units=len(campaign.units),
        reported=sum(one.reported for one in progress.values()),
        found=len(problems),
        rectified=sum(one.rectified for one in progress.values()),
        verified=len(verified),
        on_time=sum(p.due_at > 0 and not p.overdue and not p.unproven for p in verified),
        with_term=sum(p.due_at > 0 for p in verified),
        returned=sum(any(f.kind == "returned" for f in p.facts) for p in problems),
        recurred=sum(bool(p.recurs) for p in problems),
        open=sum(p.state not in ENDED for p in problems),
        codes=_most(p.code for p in problems),
        sources=_most(p.source for p in problems),
        rules=kinds["rule"],
        trainings=kinds["training"],
        facilities=kinds["facility"],
        good=sorted(one.title for one in outputs if one.kind == "good_practice"),
        evaluations=sorted((one.unit, one.figure) for one in outputs if one.kind == "evaluation"),
        checks=[CheckCoverage(*one) for one in inspected],
    )


def _most(words: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0]))
