"""Collecting the facts of one post-day, or one person-day, from those who keep them. A domain that is not there knows nothing."""

from collections.abc import Iterable, Sequence

from server.domain.attendance.rules import PunchFact
from server.domain.base import Tx
from server.domain.hall.duty import Assigned
from server.domain.hall.ops import Hall
from server.domain.hall.rules import DAY_MS, add_days, day_start, minutes_ms, rule, sessions
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord
from server.domain.handover.rules import HandoverFact
from server.domain.leave.rules import LeaveSpan
from server.domain.patrol.rules import EMPTY, Sighting, Stray
from server.domain.presence.rules import NoticeFact, PostDay, still_matters
from server.domain.trail.facts import Excuse, Holder, LeaveFact, Params, PostFacts, Ruling
from server.domain.trail.ledger import DayAt
from server.domain.trail.tables import PublishedRecord, RulingRecord


def params_of(hall: Hall) -> Params:
    """The hall's parameters for reconciliation."""
    return Params(
        minutes_ms(hall, "evd.vacancy_min_minutes"),
        minutes_ms(hall, "awy.return_grace_min"),
        rule(hall, "evd.offset_tolerance_s") * 1000,
    )


def day_at(hall: Hall, day: str, *, required: bool = True) -> DayAt:
    """The day in moments."""
    return DayAt(day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz), tuple(sessions(hall, day)), required)


def post_facts(tx: Tx, hall: Hall, post: PostRecord, day: str) -> PostFacts:
    """Everything known about the post on that day."""
    span = day_at(hall, day)
    duty: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=day)
    a, b = (duty.a, duty.b) if duty else ("", "")
    seen: list[Sighting] = tx.ask("seen_at", post=post.rid, day=day, zone=post.zone)
    sightings = tuple(_counted(tx, post.rid, _effective(tx, s)) for s in seen)
    holders = _holders(tx, post.rid, Holder(a, b), sightings)
    held_by = {h.a for _, h in holders} | {a}
    away: PostDay = tx.ask("post_day", post=post.rid, from_at=span.from_at - DAY_MS, to_at=span.to_at)
    notices = tuple(n for n in away.notices if any(still_matters(n, holder, span.from_at) for holder in held_by))
    facts = PostFacts(
        a=a,
        sightings=sightings,
        notices=notices,
        covers=tuple(c for c in away.covers if span.from_at <= c.from_at < span.to_at),
        breaks=tuple(closes for _, closes in span.sessions),
        holders=holders or (("", Holder(a, b)),),
        leaves=_leaves(tx, held_by | {b}, span),
    )
    if not any(s.what in EMPTY for s in sightings):
        return facts
    return _with_doubts(tx, facts, post.rid, day, span, held_by)


def _with_doubts(tx: Tx, facts: PostFacts, post: str, day: str, span: DayAt, held_by: set[str]) -> PostFacts:
    """What only matters where the post was seen empty: hand-overs, rulings, 串岗, and what kept stand-ins from standing in."""
    handovers = _handovers(tx, post, span)
    facts = facts._replace(
        handovers=handovers,
        rulings=tuple(Ruling(r.finding, r.at, r.by, r.counts) for r in tx.find(RulingRecord, "post = ? AND day = ?", [post, day])),
        strays=_strays(tx, held_by, span),
        arrivals=_arrivals(tx, held_by, span),
    )
    named = {n.stand_in for n in facts.notices} | {one.person for n in facts.notices for one in n.asked}
    named |= {c.person for c in facts.covers} | {h.b for h in handovers}
    return facts._replace(excused=_excuses(tx, named - {""}, post, span))


def _effective(tx: Tx, sighting: Sighting) -> Sighting:
    """A sighting its author took back counts as such only when that was before publication, or others decided so (CON-44)."""
    if not sighting.withdrawn_at and not sighting.void:
        return sighting
    published = tx.get(PublishedRecord, sighting.id)
    in_time = bool(sighting.withdrawn_at) and (published is None or sighting.withdrawn_at <= published.at)
    return sighting._replace(withdrawn=sighting.void or in_time)


def _counted(tx: Tx, post: str, sighting: Sighting) -> Sighting:
    """While an incident at the place lasts nobody is off post (EMG-11): an empty chair then says nothing."""
    if sighting.what not in EMPTY or not tx.knows("suspended") or tx.ask("suspended", post=post, at=sighting.at) is None:
        return sighting
    return sighting._replace(what="neutral")


def _holders(tx: Tx, post: str, planned: Holder, sightings: Sequence[Sighting]) -> tuple[tuple[str, Holder], ...]:
    """Who held the post at each look that found nobody: by the newest roster with its swaps (CON-23, CON-42)."""
    looks = [s for s in sightings if s.what in EMPTY]
    if not tx.knows("on_duty"):
        return tuple((s.id, planned) for s in looks)
    found = []
    for seen in looks:
        on: Assigned = tx.ask("on_duty", post=post, at=seen.at)
        found.append((seen.id, Holder(on.a, on.b, on.version)))
    return tuple(found)


def _leaves(tx: Tx, people: Iterable[str], span: DayAt) -> tuple[LeaveFact, ...]:
    if not tx.knows("leaves_of"):
        return ()
    found: list[LeaveFact] = []
    for uid in sorted(set(people) - {""}):
        spans: list[LeaveSpan] = tx.ask("leaves_of", uid=uid, from_at=span.from_at, to_at=span.to_at)
        for one in spans:  # a part that was withdrawn or recalled explains nothing
            if one.state in ("pending", "approved", "refused"):
                found.append(LeaveFact(one.rid, one.person, one.from_at, one.to_at, one.state, one.decided_at))
    return tuple(found)


def _handovers(tx: Tx, post: str, span: DayAt) -> tuple[HandoverFact, ...]:
    """Hand-over sheets of the post that touch the day (CON-10..13)."""
    if not tx.knows("handovers_on"):
        return ()
    return tuple(tx.ask("handovers_on", post=post, from_at=span.from_at, to_at=span.to_at))


def _strays(tx: Tx, people: Iterable[str], span: DayAt) -> tuple[Stray, ...]:
    return tuple(s for uid in sorted(set(people) - {""}) for s in tx.ask("strays_of", uid=uid, from_at=span.from_at, to_at=span.to_at))


def _arrivals(tx: Tx, people: Iterable[str], span: DayAt) -> tuple[tuple[int, str], ...]:
    """When they signed in: who has, is there again (EVD-07)."""
    if not tx.knows("punches_of"):
        return ()
    found: list[tuple[int, str]] = []
    for uid in sorted(set(people) - {""}):
        punches: list[PunchFact] = tx.ask("punches_of", uid=uid, from_at=span.from_at, to_at=span.to_at)
        found += [(p.at, uid) for p in punches if p.way == "in" and p.grade != "C"]
    return tuple(found)


def _excuses(tx: Tx, people: Iterable[str], post: str, span: DayAt) -> tuple[Excuse, ...]:
    """What kept a stand-in from standing in: his own absence, leave, or another post he had taken (CON-12, CON-13)."""
    found: list[Excuse] = []
    for uid in sorted(people):
        away: list[NoticeFact] = tx.ask("away_of", uid=uid, from_at=span.from_at, to_at=span.to_at)
        found += [Excuse(uid, n.leaves_at, n.ended_at, "away", n.announced_at) for n in away if not n.cancelled and n.grade != "C"]
        found += [Excuse(uid, one.from_at, one.to_at, "leave", 0) for one in _leaves(tx, [uid], span) if one.state == "approved"]
    return tuple(found)


# --- a person ---------------------------------------------------------------------------------------------------------


def notices_of(tx: Tx, uid: str, span: DayAt) -> list[NoticeFact]:
    """The person's own notices that begin that day."""
    found: list[NoticeFact] = tx.ask("left_in", uid=uid, from_at=span.from_at, to_at=span.to_at)
    return found


def unit_then(tx: Tx, uid: str, day: str) -> str:
    """The unit a person belonged to on a day (CON-43)."""
    if tx.knows("unit_on"):
        unit: str = tx.ask("unit_on", uid=uid, day=day)
        return unit
    person: PersonRecord | None = tx.ask("person", uid=uid)
    return person.unit if person else ""
