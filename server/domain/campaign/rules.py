"""Pure decisions about campaigns and problems (CAMP, RCT): the state follows from the facts in whatever order they arrive.

found ─ ordered ─▶ ordered ─ measures ─▶ rectifying ─ claimed ─▶ claimed ─┬─ verified ─▶ verified
                                            ▲                             └─ returned ─▶ returned ─ claimed ─▶ claimed
                                            └──────────────────── not done ◀─ closed as not done; proof made in time reopens it (CON-36)

Answers of this domain, for `Tx.ask`: `problems_of`(campaign) -> list[ProblemRecord] · `campaign`(campaign) -> CampaignRecord | None ·
`problems_found`(from_at, to_at) -> list[FoundFact], problems found between two moments.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from server.domain.campaign.ops import Level, Phase, ProblemState, ProblemStep, Progress, Summary
from server.domain.campaign.tables import CampaignRecord, Fact, OutputRecord, ProblemRecord, SelfCheckRecord

LEVELS: tuple[Level, ...] = ("minor", "serious", "grave")
DONE: frozenset[ProblemState] = frozenset({"claimed", "verified"})
ENDED: frozenset[ProblemState] = frozenset({"verified", "not_done"})
NEEDS_ALL_VERIFIED = frozenset({"self_check", "acceptance"})
"""Phases that end only when every problem is rectified and verified (CAMP-04)."""


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


def is_overdue(facts: Iterable[Fact], due_at: int, now: int) -> bool:
    """True when the term ended and nothing was claimed within it, nor can have been (EVD-03)."""
    return 0 < due_at < now and not any(f.kind == "claimed" and f.early_at <= due_at for f in facts)


def is_unproven(facts: Sequence[Fact], due_at: int, now: int) -> bool:
    """True when the term ended and nobody can tell whether a claim was made within it: neither in time nor late (EVD-03)."""
    in_time = any(f.kind == "claimed" and f.proven_at <= due_at for f in facts)
    return 0 < due_at < now and not in_time and not is_overdue(facts, due_at, now)


class FoundFact(NamedTuple):
    """A problem as other institutions read it: found when (ms), from which source; `confirmed`: somebody has ordered it to be rectified."""

    unit: str
    code: str
    at: int
    source: str
    confirmed: bool


class Earlier(NamedTuple):
    """An earlier problem of the same code in the same unit."""

    rid: str
    found_at: int
    ended_at: int
    level: Level


def recurrence(found_at: int, earlier: Iterable[Earlier], window_ms: int) -> Earlier | None:
    """The closed problem that has come back within the window (RCT-03); the one that ended last."""
    before = [e for e in earlier if e.ended_at and e.ended_at <= found_at <= e.ended_at + window_ms]
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
    return [ProblemStep("found", problem.by, problem.found_at), *(ProblemStep(f.kind, f.by, f.at, f.text) for f in ordered(problem.facts))]


def progress_of(units: Iterable[str], problems: Sequence[ProblemRecord], checks: Sequence[SelfCheckRecord]) -> dict[str, Progress]:
    """Found, rectified, verified by unit (CAMP-04)."""
    reported = {check.unit: check.zero for check in sorted(checks, key=lambda c: (c.at, c.rid))}

    def of(unit: str) -> Progress:
        mine = [p for p in problems if p.unit == unit]
        return Progress(
            found=len(mine),
            rectified=sum(p.state in DONE for p in mine),
            verified=sum(p.state == "verified" for p in mine),
            reported=unit in reported,
            zero=reported.get(unit, False),
        )

    return {unit: of(unit) for unit in units}


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


def batches_wrong(campaign_units: Sequence[str], batches: Sequence[Sequence[str]]) -> bool:
    """True when batches do not deal with every unit of the scope exactly once."""
    dealt = [unit for batch in batches for unit in batch]
    return bool(batches) and sorted(dealt) != sorted(campaign_units)


def may_finish(phase: Phase, progress: dict[str, Progress]) -> bool:
    """A phase that looks for problems is done when every unit has reported and all it has is verified (CAMP-04)."""
    if phase.kind not in NEEDS_ALL_VERIFIED:
        return True
    all_in = phase.kind != "self_check" or all(one.reported for one in progress.values())
    return all_in and all(one.verified == one.found for one in progress.values())


def summary_of(
    campaign: CampaignRecord, problems: Sequence[ProblemRecord], checks: Sequence[SelfCheckRecord], outputs: Sequence[OutputRecord]
) -> Summary:
    """The final summary, made of the facts (CAMP-07)."""
    progress = progress_of(campaign.units, problems, checks)
    kinds = Counter(one.kind for one in outputs)
    verified = [p for p in problems if p.state == "verified"]
    return Summary(
        units=len(campaign.units),
        reported=sum(one.reported for one in progress.values()),
        found=len(problems),
        rectified=sum(one.rectified for one in progress.values()),
        verified=len(verified),
        on_time=sum(not p.overdue and not p.unproven for p in verified),
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
    )


def _most(words: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0]))
