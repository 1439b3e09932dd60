"""The two ledgers in numbers: what one post-day and one person-day count, and how months add up (§0.3; IDX-01, 03..06, 09, 41). Pure.

Post (availability):    looks · looks_served · absences · absences_noticed · absent_min · covered_min · noticed_empty_min · bare_empty_min ·
                        both_away · findings · pending · post_count · lag0 …
Person (responsibility): named · person_count · cover_count · notices · late_notices · late_refused · ended · ended_in_time · lag0 …
Unit:                   the numbers of its posts and of its people by the day of the fact (CON-43).
`lagN`: records that reached the server less than 2^N seconds after they were made (and not less than 2^(N-1)).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.domain.hall.rules import FOREVER
from server.domain.hall.spans import Span, union, within, without
from server.domain.handover.rules import HandoverFact
from server.domain.patrol.rules import EMPTY
from server.domain.presence.rules import NoticeFact, is_late
from server.domain.trail.episodes import Found
from server.domain.trail.facts import LeaveFact, Params, PostFacts
from server.domain.trail.judge import came_back, contradictor, is_about, known_back
from server.domain.trail.ops import Scope
from sync.units import MINUTE_MS

Numbers = dict[str, int]
LAG_BITS_MAX = 24


class Day(NamedTuple):
    """One day of a ledger. `unit`: by the day of the fact."""

    scope: Scope
    of: str
    day: str
    unit: str
    numbers: Numbers


class DayAt(NamedTuple):
    """A day: its first and last moment, and when the hall is open, or somebody has to be at the post (ms); `lunch`: which of that is lunch
    duty.
    """

    from_at: int
    to_at: int
    sessions: tuple[Span, ...]
    lunch: tuple[Span, ...] = ()


def add(into: Numbers, more: Numbers, sign: int = 1) -> Numbers:
    """`into` with `more` added; what comes to nothing is left out. `into` is changed."""
    for key, value in more.items():
        total = into.get(key, 0) + sign * value
        if total:
            into[key] = total
        else:
            into.pop(key, None)
    return into


def difference(now: Numbers, before: Numbers) -> Numbers:
    """What `now` has more than `before`."""
    return add(dict(now), before, -1)


# --- a post -----------------------------------------------------------------------------------------------------------


def post_numbers(facts: PostFacts, found: Sequence[Found], day: DayAt, params: Params) -> Numbers:
    """Everything one post-day counts."""
    numbers: Numbers = {}
    _looks(numbers, facts, params)
    _absences(numbers, facts, found, day)
    _minutes(numbers, facts, found, day)
    add(numbers, {"both_away": _both_away(facts, day)})
    told = [f for f in found if f.state not in ("glance", "withdrawn")]
    add(numbers, {"findings": len(told), "pending": sum(f.state == "pending" for f in told)})
    add(numbers, {"post_count": sum(f.post_count for f in found)})
    return numbers


def _looks(numbers: Numbers, facts: PostFacts, params: Params) -> None:
    """IDX-01: every look that is not withdrawn, except at posts closed by plan and those that contradict each other."""
    live = [s for s in facts.sightings if not s.withdrawn and s.what != "neutral"]
    for seen in live:
        add(numbers, {lag_key(seen.at, seen.received_at): 1} if seen.received_at else {})
        if seen.what in EMPTY and contradictor(seen, live, params):
            continue
        add(numbers, {"looks": 1, "looks_served": int(seen.what not in EMPTY)})


def _absences(numbers: Numbers, facts: PostFacts, found: Sequence[Found], day: DayAt) -> None:
    """IDX-03: absences of the post that day, and how many had been announced before leaving, or before anybody saw it. Approved leave of
    the A is announced by its approval, once for the day it begins, unless a notice of the same absence is counted."""
    empties = [s.at for s in facts.sightings if s.what in EMPTY and not s.withdrawn]
    here = [n for n in facts.notices if _counts(n) and (not (n.member or n.without) or within(_kept_from(facts, n, day), day.sessions))]
    begun = {n.rid: n for n in here if day.from_at <= n.leaves_at < day.to_at}.values()
    noticed = sum(not is_late(n.leaves_at, n.announced_at) or not _seen_before(n, empties) for n in begun)
    bare = sum(f.post_count for f in found if not f.notice and f.state in ("unattended", "pending"))
    told = [n for n in facts.notices if _counts(n)]
    leaves = [one for one in _leaves_of_a(facts) if day.from_at <= one.from_at < day.to_at and not _is_told(one, told)]
    noticed += sum(not any(one.from_at <= at < one.decided_at for at in empties) for one in leaves)
    add(numbers, {"absences": len(begun) + len(leaves) + bare, "absences_noticed": noticed})


def _leaves_of_a(facts: PostFacts) -> list[LeaveFact]:
    """Approved leave that took whoever was A then away from the post."""
    return [one for one in facts.leaves if one.state == "approved" and _away_on(facts, one)]


def _away_on(facts: PostFacts, leave: LeaveFact) -> list[Span]:
    """When a leave took the A of the moment away."""
    return within([(leave.from_at, leave.to_at)], [(since, until) for since, until, a in facts.shifts if a == leave.person])


def _is_told(leave: LeaveFact, notices: Iterable[NoticeFact]) -> bool:
    """True when the person also announced that absence."""
    return any(n.person == leave.person and n.leaves_at < leave.to_at and leave.from_at < _until(n) for n in notices)


def _counts(notice: NoticeFact) -> bool:
    return not notice.cancelled


def _seen_before(notice: NoticeFact, empties: Iterable[int]) -> bool:
    """True when the post was seen empty during the absence before it was announced; a claim nobody can date announces nothing."""
    return notice.grade == "C" or any(notice.leaves_at <= at < notice.announced_at for at in empties)


def _minutes(numbers: Numbers, facts: PostFacts, found: Sequence[Found], day: DayAt) -> None:
    """IDX-04, IDX-05: minutes of opening time without A, with B, and with nobody, by whether it had been announced: by notice or by leave.

    B serves by a step-up, a promise or a sheet in force; one whose time nobody can prove (grade C) is not counted.
    """
    on_leave = [part for one in _leaves_of_a(facts) for part in _away_on(facts, one)]
    away = union([*(part for n in facts.notices if _counts(n) for part in _kept_from(facts, n, day)), *on_leave])
    empty = union([(f.from_at, f.to_at) for f in found if f.post_count])
    absent = within(union([*away, *empty]), day.sessions)
    covers = [span for c in facts.covers if c.grade != "C" for span in without([(c.from_at, c.until_at)], _own_post(facts, c.person))]
    covers += [_in_force(sheet) for sheet in facts.handovers if sheet.grade != "C"]
    promised = [n for n in facts.notices if _counts(n) and n.stand_in and n.accepted]
    covers += [part for n in promised for part in within(_kept_from(facts, n, day), [(n.leaves_at, n.relieved_at)])]
    covered = without(within(absent, union(covers)), empty)
    alone = without(absent, covered)
    add(numbers, {"absent_min": minutes(absent), "covered_min": minutes(covered)})
    add(numbers, {"noticed_empty_min": minutes(within(alone, away)), "bare_empty_min": minutes(without(alone, away))})


def _kept_from(facts: PostFacts, notice: NoticeFact, day: DayAt) -> list[Span]:
    """The time of an absence, without the lunch duty of others there; that of a whole unit, without the time of those it is not of, or who
    came back alone."""
    if notice.whole_unit:
        others = [(since, until) for since, until, a in facts.shifts if not is_about(notice, a)]
    else:
        others = within([(since, until) for since, until, a in facts.shifts if a != notice.person], day.lunch)
    return without([(notice.leaves_at, _until(notice))], others)


def _own_post(facts: PostFacts, uid: str) -> list[Span]:
    """When a person was A here and stood in for nobody."""
    return [(since, until) for since, until, a in facts.shifts if a == uid]


def _in_force(sheet: HandoverFact) -> Span:
    """When B served by a sheet: from taking over, or from its beginning once accepted, until it was over."""
    return min(sheet.taken_at, max(sheet.from_at, sheet.accepted_at)), min(sheet.until_at, sheet.ended_at)


def _until(notice: NoticeFact) -> int:
    """The end of an absence: as proven, or as last expected when nobody ended it."""
    return notice.ended_at if notice.ended_at < FOREVER else known_back(notice, FOREVER, ("A", "B", "C"))


def _both_away(facts: PostFacts, day: DayAt) -> int:
    """IDX-09: sessions in which A and B both were on approved leave."""
    holder = facts.holders[0][1] if facts.holders else None
    if holder is None or not holder.b:
        return 0
    spans = [span for span in day.sessions if span not in day.lunch]
    return sum(_on_leave(facts.leaves, holder.a, span) and _on_leave(facts.leaves, holder.b, span) for span in spans)


def _on_leave(leaves: Iterable[LeaveFact], uid: str, span: Span) -> bool:
    return any(one.person == uid and one.state == "approved" and one.from_at < span[1] and span[0] < one.to_at for one in leaves)


# --- a person ---------------------------------------------------------------------------------------------------------


class Named(NamedTuple):
    """A finding as far as it concerns people: whose post it was, and the stand-in."""

    person: str
    cover: str
    state: str
    person_count: int
    cover_count: int


def person_numbers(notices: Sequence[NoticeFact], found: Sequence[Named], uid: str, day: DayAt, params: Params) -> Numbers:
    """Everything one person-day counts: `found` are the findings that name the person as holder or as stand-in."""
    numbers: Numbers = {}
    mine = [n for n in notices if n.person == uid and _counts(n) and day.from_at <= n.leaves_at < day.to_at]
    late = [n for n in mine if is_late(n.leaves_at, n.announced_at)]
    ended = [n for n in mine if came_back(n)]
    add(numbers, {"notices": len(mine), "late_notices": len(late), "late_refused": sum(n.late_accepted is False for n in late)})
    add(numbers, {"ended": len(ended), "ended_in_time": sum(_in_time(n, params) for n in ended)})
    add(numbers, {"named": sum(f.person == uid and f.state not in ("glance", "withdrawn") for f in found)})
    add(numbers, {"person_count": sum(f.person_count for f in found if f.person == uid)})
    add(numbers, {"cover_count": sum(f.cover_count for f in found if f.cover == uid)})
    for notice in mine:
        add(numbers, {lag_key(notice.announced_at, notice.received_at): 1} if notice.received_at else {})
    return numbers


def _in_time(notice: NoticeFact, params: Params) -> bool:
    """IDX-06: back by the return expected when it was due, with grace; when he said so, since what is said hours later proves no more."""
    return notice.proved_at <= known_back(notice, notice.proved_at, ("A", "B")) + params.grace


# --- spans ------------------------------------------------------------------------------------------------------------


def minutes(spans: Iterable[Span]) -> int:
    """Whole minutes of spans that do not overlap."""
    return sum(b - a for a, b in spans) // MINUTE_MS


# --- delays -----------------------------------------------------------------------------------------------------------


def lag_key(made_at: int, received_at: int) -> str:
    """The class of a record's delay (IDX-41)."""
    seconds = max(0, received_at - made_at) // 1000
    return f"lag{min(LAG_BITS_MAX, int(seconds).bit_length())}"


def lag_seconds(numbers: Numbers, percent: int) -> int | None:
    """The delay within which `percent` of the records arrived: the upper end of its class (s); None without records (IDX-41)."""
    classes = sorted((int(key[3:]), n) for key, n in numbers.items() if key.startswith("lag"))
    total = sum(n for _, n in classes)
    seen = 0
    for bits, n in classes:
        seen += n
        if seen * 100 >= total * percent:
            return 1 << bits
    return None
