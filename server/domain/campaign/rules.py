"""Pure decisions about campaigns and problems (CAMP, RCT): the state follows from the facts in whatever order they arrive.

found ─ ordered ─▶ ordered ─ measures ─▶ rectifying ─ claimed ─▶ claimed ─┬─ verified ─▶ verified
   ▲                                        ▲                             └─ returned ─▶ returned ─ claimed ─▶ claimed
   └─ not done: a new order reopens it      └──────────────────── not done ◀─ closed as not done; proof made in time reopens it (CON-36)

A claim that was returned is used up, and so is one a later order knew of: neither is within a term, reopens or can be verified.

Answers of this domain, for `Tx.ask`: `campaign`(campaign) -> CampaignRecord | None ·
`problems_found`(from_at, to_at) -> list[FoundFact], problems found between two moments · `vetoed`(result, unit, by, at, campaign, items:
list[Vetoed]): the veto items that failed in a published result become problems, those of it that are not named any more are lifted (§6) ·
`facts_moved`(facts): sightings or results were taken back or published, what was made of them is lifted or stands again (CON-44) ·
`campaign_checked`(campaign): a plan of it was revealed, its summary follows (CAMP-07).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
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
from server.domain.hall.order import in_order
from server.domain.hall.rules import FOREVER, is_day
from server.domain.hall.terms import Standing, missed
from server.domain.visit.rules import PlanChecked

LEVELS: tuple[Level, ...] = ("minor", "serious", "grave")
DONE: frozenset[ProblemState] = frozenset({"claimed", "verified"})
ENDED: frozenset[ProblemState] = frozenset({"verified", "not_done", "lifted"})
ON_THE_SPOT: frozenset[Source] = frozenset({"patrol", "covert"})
"""What was seen there can be shown as it was, and as it is (RCT-02)."""
NEEDS_ALL_VERIFIED = frozenset({"self_check", "acceptance", "other"})
"""Phases that end only when every problem is rectified and verified, unless they were laid down otherwise (CAMP-04)."""


def used_up(facts: Sequence[Fact]) -> frozenset[str]:
    """The claims (ops) that were returned: all that had arrived when somebody looked. `facts`: as they arrived."""
    last = max((n for n, f in enumerate(facts) if f.kind == "returned"), default=0)
    return frozenset(f.op for f in facts[:last] if f.kind == "claimed")


def standing(facts: Sequence[Fact]) -> list[Fact]:
    """The claims nobody has returned, in the order in which they were said."""
    used = used_up(facts)
    return [f for f in in_order(facts) if f.kind == "claimed" and f.op not in used]


def _unanswered(facts: Sequence[Fact]) -> list[Fact]:
    """The claims that nobody has returned and no later order, given when they had arrived, has passed over."""
    place, orders = _places(facts), [f for f in in_order(facts) if f.kind == "ordered"]
    return [c for c in standing(facts) if not any(c.at <= order.at and place[c.op] < place[order.op] for order in orders)]


def state_of(facts: Sequence[Fact], due_at: int) -> ProblemState:
    """Where a problem stands. A claim whose time can be proven and lies within the term outlives a "not done" (CON-36)."""
    state: ProblemState = "found"
    used, place = used_up(facts), _places(facts)
    claims: list[Fact] = []
    for fact in in_order(facts):
        if fact.kind == "verified":
            return "verified"
        if fact.kind == "ordered":
            claims = [claim for claim in claims if place[claim.op] > place[fact.op]]
            state = "claimed" if claims else "ordered"
        elif fact.kind == "measures":
            state = "rectifying" if state in ("found", "ordered", "returned") else state
        elif fact.kind == "claimed" and fact.op not in used:
            claims.append(fact)
            state = "claimed" if state != "not_done" or fact.proven_at <= due_at else state
        elif fact.kind == "not_done":
            state = "claimed" if any(claim.proven_at <= due_at for claim in claims) else "not_done"
        elif fact.kind == "returned":
            state = "claimed" if claims else "returned"
    return state


def _places(facts: Iterable[Fact]) -> dict[str, int]:
    """Which of the facts, by its op, arrived as how many-th."""
    return {fact.op: place for place, fact in enumerate(facts)}


class Given(NamedTuple):
    """An order: when it was given (ms), its term and how long it stood; `place`: its position in the order of arrival."""

    at: int
    standing: Standing
    place: int


def orders_of(facts: Sequence[Fact], due_of: Callable[[Fact], int]) -> list[Given]:
    """Every order, in force until the next one (RCT-01). `due_of`: when the term of an order ends (ms)."""
    orders, place = [f for f in in_order(facts) if f.kind == "ordered"], _places(facts)
    return [
        Given(order.at, Standing(due_of(order), then.at if then else FOREVER), place[order.op])
        for order, then in zip_longest(orders, orders[1:])
    ]


def is_overdue(facts: Sequence[Fact], orders: Iterable[Given], now: int) -> bool:
    """True when the term of an order ended while it stood and nothing that stands was claimed within it, nor can have been (EVD-03)."""
    return _missed(facts, orders, now, lambda claim: claim.early_at)


def is_unproven(facts: Sequence[Fact], orders: Sequence[Given], now: int) -> bool:
    """True when the term ended and nobody can tell whether a claim was made within it: neither in time nor late (EVD-03)."""
    return _missed(facts, orders, now, lambda claim: claim.proven_at) and not is_overdue(facts, orders, now)


def first_term(orders: Sequence[Given]) -> int:
    """The end of the term that was given first (ms), where a later order gave more before it was over; 0 where none did (RCT-01)."""
    if len(orders) < 2 or orders[0].standing.until_at > orders[0].standing.due_at:
        return 0
    return orders[0].standing.due_at if orders[-1].standing.due_at > orders[0].standing.due_at else 0


def is_extended(facts: Sequence[Fact], orders: Sequence[Given], now: int) -> bool:
    """True when the term given first is over and was kept only by giving more: nothing that stands can have been claimed in it."""
    first_at = first_term(orders)
    given = [orders[0]._replace(standing=Standing(first_at, FOREVER))] if first_at else []
    return _missed(facts, given, now, lambda claim: claim.early_at)


def _missed(facts: Sequence[Fact], orders: Iterable[Given], now: int, said_at: Callable[[Fact], int]) -> bool:
    """`said_at`: when a claim counts as said (ms). An order knew of what had arrived before it; what was only said before answers it."""
    claims, place = standing(facts), _places(facts)

    def answered(one: Given) -> int:
        return min((said_at(c) for c in claims if c.at >= one.at or place[c.op] > one.place), default=FOREVER)

    return any(missed([one.standing], answered(one), now) for one in orders)


def material(facts: Sequence[Fact]) -> tuple[list[str], list[str]]:
    """What shows how it was before and after (RCT-02): of the last claim with any of that kind, the rest of it may be sent again; what was
    returned, or there before a new order, shows no more how it is now once there is another claim. Once somebody has looked, what he could
    see. `facts`: as they arrived.
    """
    looked = facts[: next((n for n, f in enumerate(facts) if f.kind == "verified"), len(facts))]
    claims = [f for f in in_order(looked) if f.kind == "claimed"]
    before = next((f.before for f in reversed(claims) if f.before), [])
    after = next((f.after for f in reversed(_unanswered(looked) or claims) if f.after), [])
    return before, after


def proof_missing(facts: Sequence[Fact], come: Collection[str], proof: Proof, text: str, unshown: str) -> bool:
    """Whether a claim cannot be accepted (RCT-02): without material from before and after, of which something must have `come` (hashes), it
    takes words on how it was verified and, by what `proof` is asked for, the reason why there can be none; or it cannot be at all.
    """
    if all(not set(come).isdisjoint(part) for part in material(facts)):
        return False
    return not text.strip() or proof == "material" or (proof == "reason" and not unshown.strip())


def judges_own(problem: ProblemRecord, fact: Fact) -> bool:
    """Whether somebody decided on what he has found himself, or on his own unit (PTL-10)."""
    return fact.by == problem.by or fact.unit == problem.unit


def involved(problem: ProblemRecord) -> frozenset[str]:
    """Who has a part in a problem and does not verify it (RCT-02): whoever was to rectify it, took measures or claimed it done; and whoever
    ordered what he had found himself, or against his own unit.
    """
    facts = problem.facts
    owners = {f.owner for f in facts if f.kind == "ordered"}
    doers = {f.by for f in facts if f.kind in ("measures", "claimed")}
    return frozenset(owners | doers | {f.by for f in facts if f.kind == "ordered" and judges_own(problem, f)})


def is_disputed(problem: ProblemRecord) -> bool:
    """Whether the unit has said that it is not so, and nobody else than who found it has ordered it since, knowing of that."""
    disputed = False
    for fact in problem.facts:
        if fact.kind == "ordered" and not judges_own(problem, fact):
            disputed = False
        disputed = disputed or fact.kind == "disputed"
    return disputed


def is_confirmed(problem: ProblemRecord, *, answered: bool) -> bool:
    """Whether a problem may be told to others (PTL-10): it was ordered by somebody who neither found it nor is of the unit, or at all and
    the time to answer is over (`answered`); and nobody has said since that it is not so.
    """
    orders = [f for f in problem.facts if f.kind == "ordered"]
    return bool(orders) and not is_disputed(problem) and (answered or not all(judges_own(problem, f) for f in orders))


class FoundFact(NamedTuple):
    """A problem as other institutions read it: found when (ms), from which source; `confirmed`: it may be told; `fact`: the finding or
    result it comes from.
    """

    unit: str
    code: str
    at: int
    source: str
    confirmed: bool
    fact: str = ""


def seen_at(problem: ProblemRecord) -> int:
    """When what a problem rests on was seen (ms), however late that was entered or published (RCT-03); else when it was found."""
    return problem.seen_at or problem.found_at


class Earlier(NamedTuple):
    """An earlier problem of the same code in the same unit. `level`: what it has come to."""

    rid: str
    ended_at: int
    level: Level


def grades(same: Iterable[ProblemRecord], window_ms: Callable[[int], int]) -> dict[str, tuple[str, Level]]:
    """Of every problem of one code in a unit, which one has come back in it ("" none) and how much it weighs now: each time more than the
    time before, by when it was seen (RCT-03). `window_ms`: how long the hall looks out for it, of the moment the earlier one ended.
    """
    known: list[Earlier] = []
    found: dict[str, tuple[str, Level]] = {}
    for one in sorted(same, key=lambda p: (seen_at(p), p.rid)):
        back = recurrence(seen_at(one), known, window_ms)
        level = raised(one.level, back.level) if back else one.level
        found[one.rid] = (back.rid if back else "", level)
        if one.lifted:
            continue
        known.append(Earlier(one.rid, verified_at(one.facts), level))
    return found


def recurrence(seen: int, earlier: Iterable[Earlier], window_ms: Callable[[int], int]) -> Earlier | None:
    """The closed problem that has come back within the window (RCT-03); the one that ended last."""
    before = [e for e in earlier if e.ended_at and e.ended_at <= seen <= e.ended_at + window_ms(e.ended_at)]
    return max(before, key=lambda e: (e.ended_at, e.rid), default=None)


def raised(level: Level, before: Level) -> Level:
    """What comes back weighs more than it did (RCT-03)."""
    return LEVELS[min(len(LEVELS) - 1, max(LEVELS.index(level), LEVELS.index(before) + 1))]


def verified_at(facts: Iterable[Fact]) -> int:
    """When it was verified last (ms); 0 never."""
    return max((f.at for f in facts if f.kind == "verified"), default=0)


def came_back(ended_at: int, seen: Iterable[int], window_ms: int) -> bool:
    """True when a problem that was closed at `ended_at` was seen again within the window; 0: it is not closed (RCT-03, IDX-29)."""
    return bool(ended_at) and any(ended_at <= at <= ended_at + window_ms for at in seen)


def claimed_at(facts: Sequence[Fact]) -> int:
    """When it was first said to be rectified, and was not returned (ms); 0 never."""
    return min((f.at for f in standing(facts)), default=0)


def steps_of(problem: ProblemRecord) -> list[ProblemStep]:
    """The way of a problem, in the order in which it was gone."""
    said = (ProblemStep(f.kind, f.by, f.at, f.text, f.unshown, f.owner) for f in in_order(problem.facts))
    return [ProblemStep("found", problem.by, problem.found_at), *said]


def progress_of(units: Sequence[str], problems: Sequence[ProblemRecord], checks: Sequence[SelfCheckRecord]) -> dict[str, Progress]:
    """Found, rectified, verified by unit of the scope, and any other with a problem in the campaign: nothing is left out (CAMP-04)."""
    others = {p.unit for p in problems if not p.lifted} - set(units)
    reported: dict[str, bool] = {}
    for check in checks:  # zero is what a unit says that found nothing in any of its lists
        reported[check.unit] = check.zero and reported.get(check.unit, True)

    def of(unit: str) -> Progress:
        mine = [p for p in problems if p.unit == unit and not p.lifted]
        return Progress(
            found=len(mine),
            rectified=sum(p.state in DONE for p in mine),
            verified=sum(p.state == "verified" for p in mine),
            reported=unit in reported,
            zero=reported.get(unit, False),
        )

    return {unit: of(unit) for unit in (*units, *sorted(others))}


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
    if any(not is_day(p.from_day) or not is_day(p.to_day) or p.from_day > p.to_day for p in phases):
        return True
    return any(left.to_day >= right.from_day for left, right in pairwise(phases))


def ended_changed(known: CampaignRecord, phases: Sequence[Phase]) -> bool:
    """True when a phase that is done would be another one, or gone: what was decided of it stays decided of it."""
    return any(number >= len(phases) or _what_ended(phases[number]) != _what_ended(known.phases[number]) for number in known.finished)


def _what_ended(phase: Phase) -> tuple[str, str, str, bool | None]:
    return phase.kind, phase.from_day, phase.to_day, phase.all_verified


def duties_wrong(phases: Sequence[Phase]) -> bool:
    """True for a task without a text, of an id that is there twice, or by a day outside its phase (CAMP-01)."""
    every = [(phase, duty) for phase in phases for duty in phase.duties]
    ids = {duty.id for _, duty in every}
    sane = all(duty.id and duty.text.strip() and _in_phase(phase, duty.by_day) for phase, duty in every)
    return not sane or len(ids) != len(every)


def _in_phase(phase: Phase, day: str) -> bool:
    return day == "" or (is_day(day) and phase.from_day <= day <= phase.to_day)


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


def acceptance_days(campaign: CampaignRecord) -> list[tuple[str, str]]:
    """First and last days (ISO) of the phases in which a visit counts for the coverage of the campaign (CHK-02)."""
    return [(phase.from_day, phase.to_day) for phase in campaign.phases if phase.kind == "acceptance"]


def batches_wrong(campaign_units: Sequence[str], batches: Sequence[Sequence[str]]) -> bool:
    """True when batches do not deal with every unit of the scope exactly once."""
    dealt = [unit for batch in batches for unit in batch]
    return bool(batches) and sorted(dealt) != sorted(campaign_units)


def needs_all_verified(phases: Sequence[Phase], number: int) -> bool:
    """Whether a phase ends only with everything verified: as laid down, else by its kind; the last one always (CAMP-04)."""
    said = phases[number].all_verified
    return number == len(phases) - 1 or (phases[number].kind in NEEDS_ALL_VERIFIED if said is None else said)


def later_units(campaign: CampaignRecord, number: int) -> frozenset[str]:
    """The units a phase is not about: where they are dealt with in batches, a phase of another kind leaves those whose day comes after its
    end (CAMP-02).
    """
    phase = campaign.phases[number]
    later = {unit for batch in campaign.batches for unit in batch.units if batch.by_day > phase.to_day}
    every = phase.kind != "other" or number == len(campaign.phases) - 1 or later >= set(campaign.units)
    return frozenset() if every else frozenset(later)


def may_finish(campaign: CampaignRecord, number: int, progress: dict[str, Progress], retired: Collection[str] = ()) -> bool:
    """A phase is done after those before it; one that looks for problems when its units have reported, but for `retired` ones that nobody
    heads any more, and all they have is verified (CAMP-04).
    """
    if not set(range(number)) <= set(campaign.finished):
        return False
    if not needs_all_verified(campaign.phases, number):
        return True
    in_it = {unit: one for unit, one in progress.items() if unit not in later_units(campaign, number)}
    all_in = campaign.phases[number].kind != "self_check" or all(
        in_it[unit].reported for unit in campaign.units if unit in in_it and unit not in retired
    )
    return all_in and all(one.verified == one.found for one in in_it.values())


def found_since(campaign: CampaignRecord, problems: Iterable[ProblemRecord]) -> dict[str, list[str]]:
    """The problems (rid) that came in after a phase they belong to had ended with all verified, by the number of the phase (CAMP-04)."""
    found = {}
    for number in campaign.finished:
        if needs_all_verified(campaign.phases, number):
            later = later_units(campaign, number)
            found[str(number)] = [p.rid for p in problems if number in p.after and not p.lifted and p.unit not in later]
    return {number: rids for number, rids in found.items() if rids}


def summary_of(
    campaign: CampaignRecord,
    problems: Sequence[ProblemRecord],
    checks: Sequence[SelfCheckRecord],
    outputs: Sequence[OutputRecord],
    inspected: Sequence[PlanChecked],
    whole: PlanChecked | None = None,
) -> Summary:
    """The final summary, made of the facts (CAMP-07). `whole`: how far the campaign was inspected in all."""
    problems = [p for p in problems if not p.lifted]
    progress = progress_of(campaign.units, problems, checks)
    kinds = Counter(one.kind for one in outputs)
    verified = [p for p in problems if p.state == "verified"]
    return Summary(
        units=len(campaign.units),
        reported=sum(progress[unit].reported for unit in campaign.units),
        found=len(problems),
        rectified=sum(one.rectified for one in progress.values()),
        verified=len(verified),
        on_time=sum(p.due_at > 0 and not (p.overdue or p.unproven or p.extended) for p in verified),
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
        found_since=len({rid for rids in found_since(campaign, problems).values() for rid in rids}),
        coverage=CheckCoverage(*whole) if whole else None,
        extended=sum(p.extended for p in problems),
    )


def _most(words: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0]))
