"""Reconciliation: from what was seen and said at one post on one day to findings, whatever arrived first (CON-01..08, EVD-02..08).

Pure: all facts in, all findings out. An episode (EVD-07) runs from the first sighting of an empty post to the first proof that somebody
serves again. Two ledgers: `post_count` says the window was unattended, `person_count` says the person answers for it (§0.3).

    sightings ─▶ episodes ─▶ each sighting judged by the notices ─▶ one state, one sentence
    a trusted notice made before the sighting clears (EVD-02) · grade C never accuses, never clears (EVD-03)
    in doubt the person is not counted and the post is (EVD-04) · a single glance counts for nobody (EVD-08)
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from server.domain.hall.rules import FOREVER
from server.domain.patrol.explain import own_key
from server.domain.patrol.ops import Explain, FindingState
from server.domain.presence.rules import CoverFact, NoticeFact, is_late

Grade = Literal["A", "B", "C"]
Values = dict[str, str | int]
What = Literal["empty", "plate", "present", "covered", "neutral"]

WHAT: dict[str, What] = {
    "serving": "present",
    "idle": "present",
    "empty_notice": "plate",
    "empty_no_notice": "empty",
    "covered": "covered",
    "suspended": "neutral",
    "other": "neutral",
}


EMPTY: frozenset[What] = frozenset({"empty", "plate"})


class Sighting(NamedTuple):
    """One look at a post; a "zone all present" is one for each post it covers. `what` "plate": empty, with a notice standing there."""

    id: str
    at: int
    what: What
    grade: Grade
    inspector: str
    waited: bool = False
    withdrawn: bool = False


class Params(NamedTuple):
    """The hall's parameters, in ms (§16)."""

    vacancy: int
    grace: int
    tolerance: int


class PostFacts(NamedTuple):
    """Every fact about one post on one day. `a`: who is on the newest roster (CON-23). `breaks`: when the hall closes (ms)."""

    a: str
    sightings: tuple[Sighting, ...]
    notices: tuple[NoticeFact, ...] = ()
    covers: tuple[CoverFact, ...] = ()
    breaks: tuple[int, ...] = ()


class Found(NamedTuple):
    """One episode as reconciled. `rid`: its first sighting."""

    rid: str
    from_at: int
    to_at: int
    state: FindingState
    observations: tuple[str, ...]
    explain: Explain
    own: Explain
    post_count: int
    person_count: int
    grade: Grade
    person: str = ""
    notice: str = ""


class End(NamedTuple):
    """What ends an episode: somebody seen, a return, a stand-in, or the closing of the hall."""

    at: int
    kind: Literal["present", "covered", "returned", "cover", "closed"]
    who: str = ""
    inspector: str = ""


Standing = Literal["cleared", "late_accepted", "clock", "plate", "late_waiting", "unasked", "late_refused", "overdue", "bare"]
BEST_FOR_PERSON: tuple[Standing, ...] = (
    *("cleared", "late_accepted", "clock", "plate", "late_waiting", "unasked"),
    *("late_refused", "overdue", "bare"),
)
"""When several notices bear on one sighting, the one that serves the person best counts (EVD-04)."""


class Judged(NamedTuple):
    """One sighting against the notices."""

    sighting: Sighting
    standing: Standing
    notice: NoticeFact | None = None
    back_at: int = 0


def reconcile(facts: PostFacts, params: Params) -> list[Found]:
    """All findings of the post and day, by time. The same facts in any order give the same findings."""
    live = sorted((s for s in facts.sightings if not s.withdrawn), key=lambda s: (s.at, s.id))
    empties = [s for s in live if s.what in EMPTY]
    ends = _ends(facts, live)
    episodes = _episodes(empties, ends)
    found = [_judge_episode(facts, params, live, group, end) for group, end in episodes]
    spans = [(f.from_at, f.to_at) for f in found]
    gone = [s for s in facts.sightings if s.withdrawn and s.what in EMPTY]
    found += [_withdrawn(facts, s) for s in gone if not any(a <= s.at <= b for a, b in spans)]
    return sorted(found, key=lambda f: (f.from_at, f.rid))


def _ends(facts: PostFacts, live: Sequence[Sighting]) -> list[End]:
    """Every trusted proof that somebody served again (EVD-07); grade C proves nothing (EVD-03)."""
    ends = [End(s.at, "present", "", s.inspector) for s in live if s.what == "present" and s.grade != "C"]
    ends += [End(s.at, "covered", "", s.inspector) for s in live if s.what == "covered" and s.grade != "C"]
    ends += [End(n.proved_at, "returned", n.person) for n in facts.notices if _came_back(n)]
    ends += [End(c.proved_at, "cover", c.person) for c in facts.covers if c.grade != "C"]
    ends += [End(at, "closed") for at in facts.breaks]
    return sorted(ends)


def _came_back(notice: NoticeFact) -> bool:
    return notice.ended_at < FOREVER and not notice.cancelled and notice.end_grade != "C"


def _episodes(empties: Sequence[Sighting], ends: Sequence[End]) -> list[tuple[list[Sighting], End | None]]:
    """Empty sightings cut where somebody served in between; each with what ended it."""
    episodes: list[tuple[list[Sighting], End | None]] = []
    group: list[Sighting] = []
    for sighting in empties:
        cut = _first_end(ends, group[-1].at, sighting.at) if group else None
        if cut:
            episodes.append((group, cut))
            group = []
        group.append(sighting)
    if group:
        episodes.append((group, _first_end(ends, group[-1].at, FOREVER)))
    return episodes


def _first_end(ends: Sequence[End], after: int, until: int) -> End | None:
    return next((e for e in ends if after < e.at <= until), None)


def _judge_episode(facts: PostFacts, params: Params, live: Sequence[Sighting], group: list[Sighting], end: End | None) -> Found:
    """One state and one sentence for an episode."""
    sound = [s for s in group if not _contradicted(s, live, params)]
    if not sound:
        return _contradictory(facts, params, live, group)
    judged = [_judge(s, facts, params) for s in sound]
    for standing in ("overdue", "late_refused"):
        if hit := _first(judged, standing, trusted=True):
            return _found(facts, group, end, "unattended", _said(standing, hit, params), (1, 1), hit)
    bare = [j for j in judged if j.standing == "bare"]
    absent_cover = _cover_at(facts, bare[0].sighting.at) if bare else None
    if absent_cover is None and _confirmed([j.sighting for j in bare if j.sighting.grade != "C"], params):
        return _unattended(facts, params, group, end, bare)
    if absent_cover and _confirmed([j.sighting for j in bare], params):
        return _cover_absent(facts, group, end, bare[0], absent_cover)
    return _not_accused(facts, params, group, end, judged, bare)


def _unattended(facts: PostFacts, params: Params, group: list[Sighting], end: End | None, bare: list[Judged]) -> Found:
    """空岗无告示: seen long enough, nothing explains it, nobody stood in."""
    seen = [j.sighting for j in bare]
    long = seen[-1].at - seen[0].at >= params.vacancy
    values: Values = {"seen": seen[0].at, "again": seen[-1].at, "person": facts.a, "minutes": _minutes(params.vacancy)}
    if not facts.a:
        return _found(facts, group, end, "unattended", ("explain.nobody", values), (1, 0))
    return _found(facts, group, end, "unattended", ("explain.unattended" if long else "explain.waited", values), (1, 1))


def _cover_absent(facts: PostFacts, group: list[Sighting], end: End | None, first: Judged, cover: CoverFact) -> Found:
    """B had taken the post and was not there: A is cleared, B's duty is looked into by people (CON-05, CON-10)."""
    values: Values = {"seen": first.sighting.at, "b": cover.person, "taken": cover.from_at, "person": facts.a}
    return _found(facts, group, end, "explained", ("explain.cover_absent", values), (1, 0))


def _not_accused(
    facts: PostFacts, params: Params, group: list[Sighting], end: End | None, judged: list[Judged], bare: list[Judged]
) -> Found:
    """Everything that leaves the person uncounted, from the clearest reason to the weakest sighting."""
    for standing, state in NOT_ACCUSED:
        if standing == "plate" and not _confirmed([j.sighting for j in judged], params):
            continue  # a glance counts for nobody, plate or not
        if hit := _first(judged, standing):
            return _found(facts, group, end, state, _said(standing, hit, params), (1, 0), hit)
    if untrusted := [j for j in judged if j.standing in ("overdue", "late_refused")]:
        return _found(facts, group, end, "pending", _said("sighting_clock", untrusted[0], params, group[-1].at), (1, 0), untrusted[0])
    if _confirmed([j.sighting for j in bare], params):
        return _found(facts, group, end, "pending", _said("sighting_clock", bare[0], params, group[-1].at), (1, 0))
    return _glance(facts, params, group, end)


NOT_ACCUSED: tuple[tuple[Standing, FindingState], ...] = (
    ("clock", "pending"),
    ("unasked", "pending"),
    ("late_waiting", "late_notice"),
    ("late_accepted", "late_notice"),
    ("cleared", "explained"),
    ("plate", "pending"),
)


def _glance(facts: PostFacts, params: Params, group: list[Sighting], end: End | None) -> Found:
    """临时不在位: too short to count for anybody (EVD-08)."""
    values: Values = {"seen": group[0].at, "minutes": _minutes(params.vacancy)}
    if end and end.kind == "cover":
        return _found(facts, group, end, "covered", ("explain.covered", values | {"taken": end.at, "b": end.who}), (0, 0))
    if end and end.kind in ("present", "returned", "covered"):
        return _found(facts, group, end, "glance", ("explain.returned", values | {"back": end.at}), (0, 0))
    return _found(facts, group, end, "glance", ("explain.glance", values), (0, 0))


def _judge(sighting: Sighting, facts: PostFacts, params: Params) -> Judged:
    """A sighting against every notice of the post: the best for the person counts."""
    options = [j for n in facts.notices if (j := _against(sighting, n, params))]
    options.append(Judged(sighting, "plate" if sighting.what == "plate" else "bare"))
    return min(options, key=_rank)


def _rank(judged: Judged) -> tuple[int, int, str]:
    notice = judged.notice
    return BEST_FOR_PERSON.index(judged.standing), notice.announced_at if notice else 0, notice.rid if notice else ""


def _against(sighting: Sighting, notice: NoticeFact, params: Params) -> Judged | None:
    """What one notice says about a sighting; None when it does not bear on it."""
    if (notice.cancelled and notice.end_grade != "C") or sighting.at < notice.leaves_at - params.tolerance:
        return None
    if _came_back(notice) and notice.ended_at <= sighting.at:
        return None
    back = _known_back(notice, sighting.at, ("A", "B"))
    in_time = sighting.at <= back + params.grace
    if notice.grade == "C" or notice.cancelled:
        return Judged(sighting, "clock", notice, back) if in_time else None
    if notice.announced_at > sighting.at:
        bears = in_time and notice.leaves_at <= sighting.at
        return Judged(sighting, _own(_afterwards(notice), notice, sighting), notice, back) if bears else None
    if in_time:
        return Judged(sighting, "cleared", notice, back)
    if sighting.at <= _known_back(notice, sighting.at, ("A", "B", "C")) + params.grace:
        return Judged(sighting, "clock", notice, back)
    return Judged(sighting, _own("overdue", notice, sighting), notice, back)


def _own(standing: Standing, notice: NoticeFact, sighting: Sighting) -> Standing:
    """What others said for a person clears, but does not accuse: of that he is asked first (EVD-04)."""
    known = notice.own_at < FOREVER if standing == "late_refused" else notice.own_at <= sighting.at
    return standing if known or standing not in ("overdue", "late_refused") else "unasked"


def _afterwards(notice: NoticeFact) -> Standing:
    """A notice made after the sighting: on leaving, within tolerance, or a 补告示 that HEAD judges (CON-03)."""
    if not is_late(notice.leaves_at, notice.announced_at):
        return "cleared"
    if notice.late_accepted is None:
        return "late_waiting"
    return "late_accepted" if notice.late_accepted else "late_refused"


def _known_back(notice: NoticeFact, at: int, grades: tuple[Grade, ...]) -> int:
    """Expected return as it had been said by `at`: an extension made in time counts however late it arrives (CON-04)."""
    said = [e for e in notice.extensions if e.at <= at and e.grade in grades]
    return max(said, key=lambda e: (e.at, e.op)).back_at if said else notice.first_back_at


def _cover_at(facts: PostFacts, at: int) -> CoverFact | None:
    """A trusted step-up in force at that moment."""
    return next((c for c in sorted(facts.covers) if c.grade != "C" and c.proved_at <= at < c.until_at), None)


def _contradicted(sighting: Sighting, live: Sequence[Sighting], params: Params) -> bool:
    """Another inspector saw somebody there at nearly the same moment (CON-07)."""
    return _contradictor(sighting, live, params) is not None


def _contradictor(sighting: Sighting, live: Sequence[Sighting], params: Params) -> Sighting | None:
    return next(
        (
            s
            for s in live
            if s.what == "present" and s.grade != "C" and s.inspector != sighting.inspector and abs(s.at - sighting.at) <= params.tolerance
        ),
        None,
    )


def _confirmed(sightings: Sequence[Sighting], params: Params) -> bool:
    """Seen for the minimum time, or one inspector stated to have waited it out (EVD-08)."""
    if any(s.waited for s in sightings):
        return True
    return len(sightings) > 1 and sightings[-1].at - sightings[0].at >= params.vacancy


def _first(judged: Iterable[Judged], standing: str, *, trusted: bool = False) -> Judged | None:
    return next((j for j in judged if j.standing == standing and not (trusted and j.sighting.grade == "C")), None)


def _said(standing: str, hit: Judged, params: Params, again: int | None = None) -> tuple[str, Values]:
    """Key and parameters of the sentence for a sighting judged by a notice."""
    values: Values = {"seen": hit.sighting.at}
    if again is not None:
        values["again"] = again
    if hit.notice:
        n = hit.notice
        values |= {"person": n.person, "made": n.announced_at, "left": n.leaves_at, "back": hit.back_at, "minutes": _minutes(params.grace)}
        if standing == "cleared" and n.stand_in and n.accepted and hit.sighting.at < n.relieved_at:
            return "explain.stand_in_absent", values | {"b": n.stand_in}
    return KEYS.get(standing, f"explain.{standing}"), values


KEYS: dict[str, str] = {"cleared": "explain.notice_before", "clock": "explain.notice_clock", "plate": "explain.plate_seen"}


def _contradictory(facts: PostFacts, params: Params, live: Sequence[Sighting], group: list[Sighting]) -> Found:
    other = _contradictor(group[0], live, params)
    values: Values = {
        "seen": group[0].at,
        "present": other.at if other else group[0].at,
        "minutes": _minutes(params.tolerance),
    }
    return _found(facts, group, None, "contradictory", ("explain.contradictory", values), (0, 0))


def _withdrawn(facts: PostFacts, sighting: Sighting) -> Found:
    return _found(facts, [sighting], None, "withdrawn", ("explain.withdrawn", {"seen": sighting.at}), (0, 0))


def _found(
    facts: PostFacts,
    group: list[Sighting],
    end: End | None,
    state: FindingState,
    said: tuple[str, Values],
    counts: tuple[int, int],
    hit: Judged | None = None,
) -> Found:
    key, values = said
    ordered: Values = dict(sorted(values.items()))
    notice = hit.notice if hit else None
    grades = [s.grade for s in group] + ([notice.grade] if notice else [])
    return Found(
        rid=group[0].id,
        from_at=group[0].at,
        to_at=end.at if end and end.kind != "closed" else group[-1].at,
        state=state,
        observations=tuple(s.id for s in group),
        explain=Explain(key, ordered),
        own=Explain(own_key(key), ordered),
        post_count=counts[0],
        person_count=counts[1],
        grade=max(grades),
        person=notice.person if notice else facts.a,
        notice=notice.rid if notice else "",
    )


def _minutes(ms: int) -> int:
    return ms // 60_000
