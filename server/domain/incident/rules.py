"""Pure decisions about incidents (EMG-03, EMG-07).

reported ─▶ handling (a duty is ticked) ─▶ resolved (all three are, and not by its reporter alone) ─▶ closed (cause, improvement and the
report upward are written down, EMG-05; an exercise needs neither); mistaken from anywhere, and back. Until somebody handles it, timers call
the next person:
"" ─ responder_min ─▶ responder ─ head_min ─▶ head ─ lead_min ─▶ lead.

Answers of this domain, for `Tx.ask`: `emergencies`(level, from_at, to_at) -> list[str]: incidents of that level or graver that were being
dealt with in the span (AWY-12) · `suspended`(post, at) -> str | None: the incident at the post or its zone, or that empties the hall,
during which nobody there is counted as off post or late (EMG-11) · `suspensions`(post, from_at, to_at) -> list[tuple[int, int]]: the spans
of such incidents.

Nobody is freed by his own word: a report suspends once somebody else has acted on it, and no longer than its day.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import msgspec

from server.domain.hall.ops import Names
from server.domain.hall.order import by_moment
from server.domain.hall.rules import FOREVER
from server.domain.incident.ops import CallStep, Done, Duty, Entry, Kind, Noted
from server.domain.incident.tables import Entered, IncidentRecord, Ticked, Whole
from sync.units import DAY_MS, MINUTE_MS

DUTIES: tuple[Duty, ...] = ("handling", "report", "feedback")
"""处理到位 报告到位 反馈到位, in the order people see them."""

Escalated = Literal["", "responder", "head", "lead"]
LADDER: tuple[CallStep, ...] = ("responder", "head", "lead")
State = Literal["reported", "handling", "resolved", "closed", "mistaken"]
SUMMED_UP: frozenset[Entry] = frozenset({"cause", "improve", "truthful"})
"""What is written down of every incident before it is closed: 查明原因 改进措施 如实上报 (EMG-05)."""


class Timers(NamedTuple):
    """After how long, counted from the server's receipt, each is called (ms)."""

    responder: int
    head: int
    lead: int


def done(ticks: Iterable[Ticked]) -> list[Done]:
    """The duties that are done; of several ticks of one duty the earliest counts, in whatever order they arrive."""
    first: dict[Duty, Ticked] = {}
    for tick in sorted(ticks, key=by_moment):
        first.setdefault(tick.duty, tick)
    return [Done(duty=d, by=first[d].by, at=first[d].at, text=first[d].text) for d in DUTIES if d in first]


def whole_of(reports: Sequence[IncidentRecord]) -> Whole:
    """All reports of one incident, summed up."""
    by_two = len({one.reporter for one in reports}) > 1
    return Whole(len(reports), min(one.said_at for one in reports), min(one.received_at for one in reports), by_two)


def is_witnessed(main: IncidentRecord, acted: Iterable[IncidentRecord], *, by_two: bool) -> bool:
    """Whether two people reported it, or anybody but its reporter has done or written down anything about it, but that it was a mistake:
    nobody ends an incident of his own alone (EMG-05)."""
    words = [e.by for one in acted for e in one.log if e.step != "mistaken"]
    others = (by != main.reporter for by in (*(t.by for one in acted for t in one.ticks), *words))
    return main.drill or by_two or any(others)


def state_of(ticks: Iterable[Ticked], steps: Iterable[Entry], *, witnessed: bool, drill: bool) -> State:
    """How far the incident is. `steps`: what was written down about it."""
    count = len(done(ticks))
    if count < len(DUTIES) or not witnessed:
        return "handling" if count else "reported"
    return "closed" if drill or set(steps) >= SUMMED_UP else "resolved"


def ended_at(ticks: Iterable[Ticked], *, witnessed: bool) -> int:
    """When the last of the three duties was done, as far as can be proven; FOREVER until then (ms)."""
    at = _proven(ticks)
    return max(at.values()) if witnessed and len(at) == len(DUTIES) else FOREVER


def _proven(ticks: Iterable[Ticked]) -> dict[Duty, int]:
    """When each duty that is done was done, as far as can be proven (ms)."""
    at: dict[Duty, int] = {}
    for tick in ticks:
        at[tick.duty] = min(tick.proven_at, at.get(tick.duty, FOREVER))
    return at


def free_until(report: IncidentRecord, ended: int, day_end: int) -> int:
    """Until when nobody at the place is counted (ms, EMG-11); 0: everybody is.

    An exercise frees nobody, nor does a report on which nobody but its reporter has acted; one that nobody closes ends with its day.
    """
    return 0 if report.drill or not others_than_reporter(report) else min(ended, day_end)


def others_than_reporter(report: IncidentRecord, more: Iterable[str] = ()) -> set[str]:
    """Who else has acted on a report, `more` among them."""
    word = report.said_link
    acted = {*(t.by for t in report.ticks), *(e.by for e in report.log), *([word.by] if word and word.to else [])}
    return {*acted, *more} - {report.reporter}


def escalated(received_at: int, ticks: list[Ticked], now: int, timers: Timers) -> Escalated:
    """Who has been called by now; nobody more once it is handled. A late report starts its timers when it arrives."""
    waited = _handled_at(ticks, now) - received_at
    steps: list[tuple[int, Escalated]] = [(timers.lead, "lead"), (timers.head, "head"), (timers.responder, "responder")]
    return next((who for after, who in steps if waited >= after), "")


def steps_taken(reached: Escalated) -> tuple[CallStep, ...]:
    """The steps of the ladder up to the one reached."""
    return LADDER[: LADDER.index(reached) + 1] if reached else ()


def due_at(received_at: int, ticks: list[Ticked], now: int, timers: Timers) -> int:
    """When the next person is called, FOREVER when it is handled or all have been."""
    if any(t.duty == "handling" for t in ticks):
        return FOREVER
    return min((received_at + after for after in timers if received_at + after > now), default=FOREVER)


class Terms(NamedTuple):
    """Within how long of the first report's arrival each duty is in time (ms)."""

    handling: int
    report: int
    feedback: int


class InPlace(NamedTuple):
    """When each duty was done (ms, 0 not yet), minutes until the first two, and whether all three were in time (IDX-37)."""

    handled_at: int
    reported_at: int
    told_at: int
    waited_min: int
    report_min: int
    in_time: bool


UNTOUCHED = InPlace(0, 0, 0, 0, 0, False)


def in_place(received_at: int, ticks: Iterable[Ticked], terms: Terms, *, witnessed: bool) -> InPlace:
    """三到位 of an incident. What was done before the report arrived took no time; by its reporter alone nothing is in time."""
    at = _proven(ticks)
    if not at:
        return UNTOUCHED
    took = {duty: max(0, when - received_at) for duty, when in at.items()}
    within = {"handling": terms.handling, "report": terms.report, "feedback": terms.feedback}
    return InPlace(
        at.get("handling", 0),
        at.get("report", 0),
        at.get("feedback", 0),
        took.get("handling", 0) // MINUTE_MS,
        took.get("report", 0) // MINUTE_MS,
        witnessed and len(took) == len(DUTIES) and all(took[duty] <= within[duty] for duty in DUTIES),
    )


def _handled_at(ticks: list[Ticked], now: int) -> int:
    return min([now, *(t.proven_at for t in ticks if t.duty == "handling")])


STEPS_MAX, STEP_CHARS_MAX = 20, 200


@cache
def shipped_plans() -> dict[Kind, list[Names]]:
    """The plans shipped with the product, examples to be replaced by the hall's own (EMG-09)."""
    return msgspec.json.decode((Path(__file__).parent / "plans.json").read_bytes(), type=dict[Kind, list[Names]])


def plan_wrong(kind: str, steps: Sequence[Names]) -> bool:
    """True for a kind nobody knows, no step or too many, an empty step or one that is no step but a treatise."""
    if kind not in get_args(Kind) or not 1 <= len(steps) <= STEPS_MAX:
        return True
    return any(not any(text.strip() for text in step.values()) or any(len(t) > STEP_CHARS_MAX for t in step.values()) for step in steps)


def days_found(from_at: int, to_at: int) -> list[str]:
    """The days (UTC) of a span in ms: by these a report is found again among those around it."""
    return [str(day) for day in range(from_at // DAY_MS, to_at // DAY_MS + 1)]


def same_thing(one: IncidentRecord, other: IncidentRecord, within_ms: int) -> bool:
    """Two reports of one kind, at one place, found within some minutes of each other; an exercise is never the real thing."""
    alike = (one.kind, one.place, one.drill) == (other.kind, other.place, other.drill)
    return alike and abs(one.found_at - other.found_at) <= within_ms


def mains(reports: Sequence[IncidentRecord], within_ms: int) -> dict[str, str]:
    """To which report each belongs (CON-40): the earliest said of those that are the same thing, whatever order they arrive in.

    What is found after an incident was over is another one; what was reported by mistake is by itself, and nothing belongs to it. A
    person's word on a report comes before what its place and time say; words that lead in a circle say nothing.
    """
    ordered = sorted(reports, key=lambda r: (r.said_at, r.rid))
    known = {r.rid for r in ordered if r.mistake is None}
    found: dict[str, str] = {}
    for report in ordered:
        if report.rid not in known:
            found[report.rid] = report.rid
            continue
        word = report.said_link
        mine = (r for r in ordered if r.rid in known and found.get(r.rid) == r.rid and r.said_link is None)
        firsts = (r for r in mine if same_thing(r, report, within_ms))
        alike = (r.rid for r in firsts if _over_at(r, [one for one in ordered if found.get(one.rid) == r.rid]) >= report.found_at)
        found[report.rid] = word.to or report.rid if word and (word.to in known or not word.to) else next(alike, report.rid)
    return {rid: _end(found, rid) for rid in found}


def _over_at(main: IncidentRecord, whole: Sequence[IncidentRecord]) -> int:
    """When an incident was over by what was done about these of its reports (ms)."""
    witnessed = is_witnessed(main, whole, by_two=whole_of(whole).by_two)
    return ended_at((tick for one in whole for tick in one.ticks), witnessed=witnessed)


def _end(found: dict[str, str], rid: str) -> str:
    seen = {rid}
    while (nxt := found[rid]) != rid:
        if nxt in seen:
            return min(seen)
        seen.add(nxt)
        rid = nxt
    return rid


def log_of(reports: Iterable[IncidentRecord]) -> list[Noted]:
    """What was done, by everybody, in the order in which it was done."""
    entries: list[Entered] = sorted((e for r in reports for e in r.log), key=by_moment)
    return [Noted(e.step, e.by, e.at, e.text, e.to, e.permitted) for e in entries]
