"""Reconciliation: from what was seen and said at one post on one day to findings, whatever arrived first (CON-01..13, 22..24, EVD-02..08).

Pure: all facts in, all findings out. An episode (EVD-07) runs from the first sighting of an empty post to the first proof that somebody
serves again. Two ledgers: `post_count` says the window was unattended, `person_count` says the person answers for it (§0.3).

    sightings ─▶ episodes ─▶ each sighting judged (judge.py) ─▶ one state, one sentence (explain.py)
    in doubt the person is not counted and the post is (EVD-04) · a single glance counts for nobody (EVD-08)
    what stays doubtful is decided by the office; after its term nobody is counted (CON-02)

Answers of this domain, for `Tx.ask`: `settlement`(day) -> Settlement, how final the numbers of a day are (settlement.py) ·
`confirmed`(from_day, to_day) -> Confirmed, findings nothing can clear any more by what its people may still say ·
`sighting_stands`(sighting) -> bool | None: it, or another of the same absence, was not taken back, None: there is none ·
`sighting_open`(sighting) -> bool: who is coded in it may still answer, or its finding does not stand yet.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from server.domain.hall.sentence import Explain
from server.domain.patrol.rules import Sighting, Stray
from server.domain.presence.rules import CoverFact
from server.domain.trail.claims import Claim, said_of, speaks_against
from server.domain.trail.episodes import Episode, Found, episodes_of
from server.domain.trail.explain import Values, own_key
from server.domain.trail.facts import Grade, Holder, Params, PostFacts, Ruling
from server.domain.trail.judge import (
    Cover,
    Judged,
    accuses,
    confirmed,
    contradictor,
    cover_at,
    cover_behind,
    holder_of,
    is_empty,
    judge,
    stood_in,
)
from server.domain.trail.ops import FindingState, SaidAt
from sync.units import MINUTE_MS


class ConfirmedFinding(NamedTuple):
    """A finding that stands: where, from when to when (ms). Whose it is, is not told."""

    rid: str
    unit: str
    post: str
    from_at: int
    to_at: int


class Confirmed(NamedTuple):
    """Findings that stand (PTL-10), and how many others may yet come to stand or to nothing."""

    findings: list[ConfirmedFinding]
    waiting: int


def reconcile(facts: PostFacts, params: Params) -> list[Found]:
    """All findings of the post and day, by time. The same facts in any order give the same findings."""
    found = [_judge_episode(episode) for episode in episodes_of(facts, params)]
    spans = [(f.from_at, f.to_at) for f in found]
    gone = [s for s in facts.sightings if s.withdrawn and is_empty(s)]
    found += [_withdrawn(Episode(facts, params, (), (s,), None)) for s in gone if not any(a <= s.at <= b for a, b in spans)]
    return sorted(found, key=lambda f: (f.from_at, f.rid))


def same_absence(sighting: str, facts: PostFacts, params: Params) -> frozenset[str]:
    """The sightings that stand of the absence this one was of, had nobody taken any of it back: nothing when all were (CON-44)."""
    revived = tuple(s._replace(withdrawn=False) if is_empty(s) else s for s in facts.sightings)
    standing = {s.id for s in facts.sightings if not s.withdrawn}
    groups = [{s.id for s in episode.group} for episode in episodes_of(facts._replace(sightings=revived), params)]
    return frozenset(next((group & standing for group in groups if sighting in group), set()))


# --- one episode ------------------------------------------------------------------------------------------------------


def _judge_episode(episode: Episode) -> Found:
    """One state and one sentence for an episode; a doubt is decided as the office ruled; what belongs to it is noted."""
    found = _state_of(episode)
    if found.person_count and (claim := _speaks_against(episode, found)):
        found = _doubted(found, claim)
    asked_at, sound = _asked_at(episode), not found.doubt
    if asked_at and found.state == "unattended" and found.person_count:
        found = _in_review(episode, found)
    if found.doubt and (ruling := _ruling(episode, asked_at, sound=sound)):
        found = _ruled(episode, found, ruling)
    return _with_notes(episode, found)


def _state_of(episode: Episode) -> Found:
    facts, params = episode.facts, episode.params
    sound = [s for s in episode.group if not contradictor(s, episode.live, params)]
    if not sound:
        return _contradictory(episode)
    judged = [judge(s, facts, params) for s in sound]
    for standing in ("overdue", "late_refused"):
        if hit := _first(judged, standing, trusted=True):
            return _found(episode, "unattended", _said(standing, hit, params), (1, 1), hit)
    bare = [j for j in judged if j.standing == "bare"]
    trusted = [j for j in bare if accuses(j.sighting)]
    taken = cover_at(facts, bare[0].sighting.at, bare[0].holder.a) if bare else None
    if taken is None and _confirmed(trusted, params):
        return _unattended(episode, trusted)
    if taken and _confirmed(bare, params):
        return _cover_absent(episode, bare, taken)
    return _not_accused(episode, judged, bare)


def _unattended(episode: Episode, bare: list[Judged]) -> Found:
    """空岗无告示: seen long enough, nothing explains it, nobody stood in. Whoever held the post all that time answers for it."""
    params = episode.params
    runs = [own for own in _by_holder(bare) if own[0].holder.a and _confirmed(own, params)]
    mine = min(runs, key=lambda own: bool(own[0].holder.by), default=[])
    said = mine or bare
    seen, again = said[0].sighting.at, said[-1].sighting.at
    values: Values = {"seen": seen, "again": again, "person": said[0].holder.a, "minutes": _minutes(params.vacancy)}
    if mine and (by := mine[0].holder.by):
        values |= {"by": by, "taken": mine[0].holder.since}
        return _found(episode, "pending", ("explain.swapped", values), (1, 0), mine[0], doubt=True)
    if mine:
        key = "explain.unattended" if again - seen >= params.vacancy else "explain.waited"
        return _found(episode, "unattended", (key, values), (1, 1), mine[0])
    key = "explain.changed_hands" if any(j.holder.a for j in bare) else "explain.nobody"
    return _found(episode, "unattended", (key, values), (1, 0), bare[0])


def _by_holder(bare: Sequence[Judged]) -> list[list[Judged]]:
    """Sightings in a row under one holder: a swap of the post in between divides what each answers for (CON-23)."""
    return [list(own) for _, own in groupby(bare, key=lambda j: j.holder.a)]


def _cover_absent(episode: Episode, bare: list[Judged], taken: CoverFact) -> Found:
    """B had taken the post and was not there: A is cleared, B's part is looked into by people (CON-05, CON-10)."""
    facts = episode.facts
    his = [j for j in bare if cover_at(facts, j.sighting.at, j.holder.a) == taken]
    first, cover, long = _part([(j, stood_in(facts, taken, j.sighting.at)) for j in his], episode.params)
    values: Values = {"seen": first.sighting.at, "b": taken.person, "taken": taken.from_at, "person": first.holder.a}
    key = "explain.cover_permitted" if cover.kind == "permitted" else "explain.cover_absent"
    return _found(episode, "explained", (key, values), (1, 0), first, cover, long)


def _part(looks: Sequence[tuple[Judged, Cover]], params: Params) -> tuple[Judged, Cover, bool]:
    """B's part in some looks: the first he had no permission to miss, if any, and whether those at which he was bound last long enough."""
    due = [(j, c) for j, c in looks if c.kind != "permitted"] or looks
    first, cover = due[0]
    own = [j for j, c in due if c.bound and c.person == cover.person and accuses(j.sighting)]
    return first, cover, _confirmed(own, params)


def _not_accused(episode: Episode, judged: list[Judged], bare: list[Judged]) -> Found:
    """Everything that leaves the person uncounted, from the clearest reason to the weakest sighting."""
    params = episode.params
    for standing, state in NOT_ACCUSED:
        if standing in IF_CONFIRMED and not _confirmed(judged, params):
            continue  # a glance counts for nobody, whatever it leaves in doubt
        if hit := _first(judged, standing):
            return _cleared(episode, judged, hit, state)
    again = episode.group[-1].at
    untrusted = [j for j in judged if j.standing in ("overdue", "late_refused")]
    if doubtful := untrusted or (bare if _confirmed(bare, params) else []):
        said = _said(_why_doubtful(doubtful), doubtful[0], params, again)
        return _found(episode, "pending", said, (1, 0), doubtful[0], doubt=True)
    return _glance(episode)


def _why_doubtful(judged: Sequence[Judged]) -> str:
    """Why sightings do not accuse by themselves: who saw it has a tie (PTL-07), or nobody knows when it was (EVD-03)."""
    return "sighting_tied" if any(j.sighting.tied for j in judged) else "sighting_clock"


NOT_ACCUSED: tuple[tuple[str, FindingState], ...] = (
    ("clock", "pending"),
    ("unagreed", "pending"),
    ("unasked", "pending"),
    ("leave_pending", "pending"),
    ("late_waiting", "late_notice"),
    ("late_accepted", "late_notice"),
    ("cleared", "explained"),
    ("on_leave", "explained"),
    ("permitted", "explained"),
    ("handed", "explained"),
    ("elsewhere", "explained"),
    ("ended_by", "pending"),
    ("permit_ended", "pending"),
    ("other_post", "pending"),
    ("unit_away", "pending"),
    ("two_posts", "pending"),
    ("sheet_ended", "pending"),
    ("plate", "pending"),
)
IF_CONFIRMED = frozenset({"ended_by", "permit_ended", "other_post", "unit_away", "two_posts", "sheet_ended", "plate"})
DECIDED_BY_OFFICE = frozenset({"clock", "unagreed", "unasked"}) | IF_CONFIRMED
"""Doubts for the office; a leave and a late notice are decided by those who decide on leaves and notices."""


def _cleared(episode: Episode, judged: list[Judged], hit: Judged, state: FindingState) -> Found:
    """A is not counted; who should have served instead is named, and counted for people to decide once it was seen long enough."""
    standing, long = hit.standing, False
    cover = cover_behind(hit, episode.facts) if standing in ("cleared", "handed") else None
    if cover:
        same = [(j, c) for j in judged if j.standing == standing and (c := cover_behind(j, episode.facts))]
        hit, cover, long = _part(same, episode.params)
    said = _said(standing, hit, episode.params, cover=cover)
    return _found(episode, state, said, (1, 0), hit, cover, long, doubt=standing in DECIDED_BY_OFFICE)


def _glance(episode: Episode) -> Found:
    """临时不在位: too short to count for anybody (EVD-08)."""
    end = episode.end
    values: Values = {"seen": episode.group[0].at, "minutes": _minutes(episode.params.vacancy)}
    if end and end.kind == "cover":
        return _found(episode, "covered", ("explain.covered", values | {"taken": end.at, "b": end.who}), (0, 0))
    if end and end.kind in ("present", "returned", "covered"):
        return _found(episode, "glance", ("explain.returned", values | {"back": end.at}), (0, 0))
    return _found(episode, "glance", ("explain.glance", values), (0, 0))


def _contradictory(episode: Episode) -> Found:
    other = contradictor(episode.group[0], episode.live, episode.params)
    seen = episode.group[0].at
    values: Values = {"seen": seen, "present": other.at if other else seen, "minutes": _minutes(episode.params.tolerance)}
    return _found(episode._replace(end=None), "contradictory", ("explain.contradictory", values), (0, 0))


def _withdrawn(episode: Episode) -> Found:
    return _found(episode, "withdrawn", ("explain.withdrawn", {"seen": episode.group[0].at}), (0, 0))


# --- what nobody can prove ---------------------------------------------------------------------------------------------


def _speaks_against(episode: Episode, found: Found) -> Claim | None:
    """The unproven word that somebody served: were it true, alone or with one other, the person would not be counted (EVD-03, EVD-04)."""
    since = min([found.from_at, *(n.leaves_at for n in episode.facts.notices if n.rid == found.notice)]) - episode.params.vacancy
    span = (since, episode.group[-1].at + episode.params.tolerance)
    return speaks_against(
        episode.facts, span, lambda facts: any(_same_count(found, _state_of(e)) for e in episodes_of(facts, episode.params))
    )


def _same_count(found: Found, other: Found) -> bool:
    return bool(other.person_count) and other.person == found.person and not set(other.observations).isdisjoint(found.observations)


def _doubted(found: Found, claim: Claim) -> Found:
    """待核: the claim is shown, and the office decides (EVD-03)."""
    key, values = said_of(claim, found.from_at, found.person)
    said = Explain(key, values)
    return found._replace(
        state="pending", explain=said, own=Explain(own_key(key), values), person_count=0, cover="", cover_count=0, grade="C", doubt=True
    )


# --- what people decided ----------------------------------------------------------------------------------------------


def _asked_at(episode: Episode) -> int:
    """When a review was first asked for (ms), 0: it was not. What is decided after that is decided for good (EVD-12)."""
    about = {s.id for s in episode.group}
    return min((asked.at for asked in episode.facts.reviews if asked.sighting in about), default=0)


def _in_review(episode: Episode, found: Found) -> Found:
    """Until the office has decided, with a reason, the person is not counted (EVD-04)."""
    values: Values = {"person": found.person, "seen": episode.group[0].at}
    said = Explain("explain.in_review", values), Explain(own_key("explain.in_review"), values)
    return found._replace(state="pending", explain=said[0], own=said[1], person_count=0, doubt=True)


def _ruling(episode: Episode, asked_at: int, *, sound: bool) -> Ruling | None:
    """The last word of a person on any sighting of the episode; else what stands because the term passed. A review that was asked for
    is decided by what was said after it; that an earlier doubt lapsed is no answer where the finding itself is `sound`.
    """
    about = {s.id for s in episode.group}
    said = [r for r in episode.facts.rulings if r.sighting in about and (r.at >= asked_at or not (sound or r.by))]
    return max(said, key=lambda r: (bool(r.by), r.at, r.sighting, r.by, r.counts), default=None)


def _ruled(episode: Episode, found: Found, ruling: Ruling) -> Found:
    """A doubt that was decided (CON-02): by the office, or by the term, after which the person is not counted."""
    values: Values = {"seen": episode.group[0].at, "person": found.person}
    if not ruling.by:
        key = "explain.lapsed"
    else:
        values["by"] = ruling.by
        key = "explain.ruled_against" if ruling.counts else "explain.ruled_clear"
    counts = bool(ruling.by) and ruling.counts and bool(found.person)
    ordered: Values = dict(sorted(values.items()))
    return found._replace(
        state="unattended" if counts else "explained",
        explain=Explain(key, ordered),
        own=Explain(own_key(key), ordered),
        person_count=int(counts),
        doubt=False,
    )


# --- what belongs to the same fact ------------------------------------------------------------------------------------


def _with_notes(episode: Episode, found: Found) -> Found:
    """串岗 seen elsewhere at that time is the same fact (CON-24); a roster newer than the inspector's is named (CON-42)."""
    stray = _stray(episode, found) if found.post_count and found.person else None
    also = Explain("explain.stray", {"person": stray.person, "then": stray.at, "there": stray.post}) if stray else None
    others = _contradictors(episode) if found.state == "contradictory" else []
    asked = sorted({s.inspector for s in (*episode.group, *others)}) if others else []
    return found._replace(also=also, note=_newer_roster(episode, found), times=_times(episode, found, others), asked=tuple(asked))


def _contradictors(episode: Episode) -> list[Sighting]:
    """Who saw somebody there where others saw nobody (CON-07)."""
    found = {s.id: s for one in episode.group if (s := contradictor(one, episode.live, episode.params))}
    return sorted(found.values(), key=lambda s: (s.at, s.id))


def _times(episode: Episode, found: Found, others: list[Sighting]) -> tuple[SaidAt, ...]:
    """The records behind a finding with both clocks: when they say they were made, when they arrived (CON-02)."""
    notices = [n for n in (*episode.facts.notices, *episode.facts.unnamed) if n.rid == found.notice]
    said = [SaidAt("notice", n.announced_at, n.received_at, n.grade) for n in notices]
    said += [SaidAt("seen", s.at, s.received_at, s.grade, s.offset_ms) for s in episode.group]
    said += [SaidAt("present", s.at, s.received_at, s.grade, s.offset_ms) for s in others]
    return tuple(sorted(said, key=lambda one: one.at))


def _stray(episode: Episode, found: Found) -> Stray | None:
    near = (found.from_at - episode.params.vacancy, found.to_at + episode.params.vacancy)
    seen = [s for s in episode.facts.strays if s.person == found.person and s.grade != "C" and near[0] <= s.at <= near[1]]
    return min(seen, key=lambda s: (s.at, s.id), default=None)


def _newer_roster(episode: Episode, found: Found) -> Explain | None:
    """The phone knew an older roster, or the inspector named somebody else: the person follows from the newest roster."""
    for sighting in episode.group:
        holder = holder_of(episode.facts, sighting)
        older = 0 < sighting.knew < holder.version
        if found.person and holder.a == found.person and ((older and sighting.named) or sighting.named not in ("", holder.a)):
            return Explain("explain.newer_roster", {"person": holder.a, "seen": sighting.at})
    return None


# --- words and numbers ------------------------------------------------------------------------------------------------


def _confirmed(judged: Sequence[Judged], params: Params) -> bool:
    return confirmed([j.sighting for j in judged], params)


def _first(judged: Iterable[Judged], standing: str, *, trusted: bool = False) -> Judged | None:
    return next((j for j in judged if j.standing == standing and (accuses(j.sighting) or not trusted)), None)


def _said(standing: str, hit: Judged, params: Params, again: int | None = None, cover: Cover | None = None) -> tuple[str, Values]:
    """Key and parameters of the sentence for a sighting judged by a notice, a leave or a hand-over."""
    values: Values = {"seen": hit.sighting.at, "person": hit.holder.a}
    if again is not None:
        values["again"] = again
    if n := hit.notice:
        values |= {"person": n.person, "made": n.announced_at, "left": n.leaves_at, "back": hit.back_at, "minutes": _minutes(params.grace)}
        if standing == "ended_by":
            values |= {"by": n.end_by, "then": n.ended_at}
    if h := hit.handover:
        values |= {"person": h.a, "made": h.made_at}
        if standing == "sheet_ended":
            values |= {"by": h.ended_by, "then": h.ended_at}
    if e := hit.elsewhere:
        values |= {"there": e.there} | ({"taken": e.taken} if e.proven else {})
    if cover:
        values["b"] = cover.person
        return (NAMED_KEYS if hit.notice else HANDED_KEYS)[cover.kind], values
    return KEYS.get(standing, f"explain.{standing}"), values


KEYS: dict[str, str] = {"cleared": "explain.notice_before", "clock": "explain.notice_clock", "plate": "explain.plate_seen"}
NAMED_KEYS: dict[str, str] = {
    "said_yes": "explain.stand_in_absent",
    "silent": "explain.stand_in_silent",
    "unreached": "explain.stand_in_unreached",
    "unavailable": "explain.stand_in_on_leave",
    "permitted": "explain.stand_in_permitted",
}
"""B was named in a notice."""
HANDED_KEYS: dict[str, str] = {
    "said_yes": "explain.handover_absent",
    "silent": "explain.handover_silent",
    "unreached": "explain.handover_unreached",
    "unavailable": "explain.handover_unavailable",
    "permitted": "explain.handover_permitted",
}
"""B was handed the work."""


def _found(
    episode: Episode,
    state: FindingState,
    said: tuple[str, Values],
    counts: tuple[int, int],
    hit: Judged | None = None,
    cover: Cover | None = None,
    long: bool = False,
    *,
    doubt: bool = False,
) -> Found:
    group, end = episode.group, episode.end
    key, values = said
    ordered: Values = dict(sorted(values.items()))
    notice = hit.notice if hit else None
    grades: list[Grade] = [s.grade for s in group] + ([notice.grade] if notice else [])
    holder: Holder = hit.holder if hit else holder_of(episode.facts, group[0])
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
        person=notice.person if notice else holder.a,
        notice=notice.rid if notice else "",
        cover=cover.person if cover else "",
        cover_count=int(bool(cover and cover.bound and long)),
        doubt=doubt,
    )


def _minutes(ms: int) -> int:
    return ms // MINUTE_MS
