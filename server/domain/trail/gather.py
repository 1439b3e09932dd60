"""Collecting the facts of one post-day, or one person-day, from those who keep them. A domain that is not there knows nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from server.domain.attendance.rules import PunchFact
from server.domain.base import Tx
from server.domain.hall.duty import Assigned, assigned, due_spans, lunch_spans, own_words, session_starts, stood_spans
from server.domain.hall.here import unit_then
from server.domain.hall.ops import Hall, Swap
from server.domain.hall.rules import FOREVER, add_days, day_start, minutes_ms, rule, sessions, vacancy_ms
from server.domain.hall.spans import Span
from server.domain.hall.tables import DutyRecord, PostRecord
from server.domain.hall.terms import next_session
from server.domain.handover.rules import HandoverFact
from server.domain.leave.rules import LeaveSpan
from server.domain.patrol.rules import EMPTY, PRAISE_CODE, Sighting, Stray
from server.domain.presence.rules import CoverFact, NoticeFact, PostDay, by_member, of_member, still_matters, with_words
from server.domain.trail.elsewhere import excuses_elsewhere, with_elsewhere
from server.domain.trail.facts import Asked, Excuse, Holder, LeaveFact, Params, PostFacts, Ruling, UnprovenSwap
from server.domain.trail.judge import holder_of
from server.domain.trail.ledger import DayAt
from server.domain.trail.tables import CodedRecord, FindingAnswerRecord, PublishedRecord, RulingRecord
from sync.units import DAY_MS


def params_of(hall: Hall, day: str) -> Params:
    """The hall's parameters for reconciliation of a day (ISO)."""
    return Params(
        vacancy_ms(hall, day),
        minutes_ms(hall, "awy.return_grace_min", day),
        rule(hall, "evd.offset_tolerance_s", day) * 1000,
        minutes_ms(hall, "awy.consent_min", day),
    )


def day_at(hall: Hall, day: str) -> DayAt:
    """The day of the hall in moments."""
    return DayAt(day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz), tuple(sessions(hall, day)))


def due_day(tx: Tx, hall: Hall, day: str, post: PostRecord) -> DayAt:
    """The day of a post, with the sessions, and the lunch duty, in which somebody has to be there."""
    duty: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=day)
    return day_at(hall, day)._replace(sessions=tuple(due_spans(hall, post, day, duty)), lunch=tuple(lunch_spans(hall, duty)))


def post_facts(tx: Tx, hall: Hall, post: PostRecord, day: str) -> PostFacts:
    """Everything known about the post on that day."""
    duty: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=day)
    lunch = lunch_spans(hall, duty)
    span = day_at(hall, day)
    span = span._replace(sessions=tuple(sorted([*span.sessions, *lunch])), lunch=tuple(lunch))
    a, b = (duty.a, duty.b) if duty else ("", "")
    seen: list[Sighting] = tx.ask("seen_at", post=post.rid, day=day, zone=post.zone)
    due = due_spans(hall, post, day, duty)
    closed: list[tuple[int, int]] = tx.ask("stood_closed", day=day) if any(s.what in EMPTY for s in seen) else []
    sightings = tuple(_counted(tx, post.rid, due, closed, effective(tx, s)) for s in seen)
    holders = _holders(tx, hall, post.rid, duty, sightings)
    shifts = _shifts(hall, duty, span) if duty else ()
    held_by = {h.a for _, h in holders} | {a} | {who for since, _, who in shifts if any(x <= since < y for x, y in lunch)}
    away: PostDay = tx.ask("post_day", post=post.rid, from_at=span.from_at - DAY_MS, to_at=span.to_at)
    kept = [n for n in away.notices if any(still_matters(n, holder, span.from_at) for holder in held_by)]
    words, had_by = own_words(hall, post, duty), held_by | {who for _, _, who in shifts}
    units = {uid: unit_then(tx, uid, day) for uid in sorted(had_by - {""})} if any(n.whole_unit for n in kept) else {}
    notices = tuple(_dutiful(tx, hall, one) for n in kept for one in by_member(with_words(n, words), had_by, _of_others(n, units)))
    facts = PostFacts(
        a=a,
        sightings=sightings,
        notices=notices,
        covers=tuple(part for c in away.covers if span.from_at <= c.from_at < span.to_at for part in _of_duty(hall, duty, c)),
        breaks=tuple(closes for _, closes in span.sessions),
        holders=holders or (("", Holder(a, b)),),
        leaves=_leaves(tx, held_by | {b} | {who for _, _, who in shifts}, span),
        shifts=shifts,
    )
    if notices or facts.leaves or any(s.what in EMPTY for s in sightings):
        facts = facts._replace(handovers=_handovers(tx, post.rid, span))
    if not any(s.what in EMPTY for s in sightings):
        return facts
    unnamed = _unnamed(tx, hall, post.rid, facts.sightings, held_by, span) + _of_units_away(tx, post.rid, words, held_by, span)
    facts = _with_permits(tx, facts._replace(unnamed=unnamed))
    return _with_doubts(tx, hall, facts, post.rid, day, span, held_by)


def _of_duty(hall: Hall, duty: DutyRecord | None, cover: CoverFact) -> list[CoverFact]:
    """A step-up as far as it is of the duty it was made in: lunch duty of others is none of it, nor what follows one made in lunch duty."""
    parts = stood_spans(hall, duty, cover.from_at, cover.until_at)
    if parts == [(cover.from_at, cover.until_at)]:
        return [cover]
    return [cover._replace(from_at=x, proved_at=max(x, cover.proved_at), until_at=y) for x, y in parts if cover.proved_at < y]


def _of_others(notice: NoticeFact, units: Mapping[str, str]) -> list[str]:
    """Who is not of the unit that is away as a whole: it sends nobody else away (AWY-02)."""
    return [uid for uid, unit in units.items() if notice.whole_unit and unit != notice.unit and uid != notice.person]


def _with_permits(tx: Tx, facts: PostFacts) -> PostFacts:
    """The looks at which whoever held the post was excused like one on leave, or believed so until it was taken back (ATT-07)."""
    if not tx.knows("excused"):
        return facts
    held = [(s, holder_of(facts, s).a) for s in facts.sightings if s.what in EMPTY]
    looks = [(s, uid) for s, uid in held if uid]
    return facts._replace(
        permitted=tuple(s.id for s, uid in looks if tx.ask("excused", uid=uid, at=s.at)),
        permit_ended=tuple(s.id for s, uid in looks if tx.ask("excuse_stood", uid=uid, at=s.at)),
    )


def _unnamed(tx: Tx, hall: Hall, post: str, sightings: Sequence[Sighting], held_by: set[str], span: DayAt) -> tuple[NoticeFact, ...]:
    """Notices of whoever held the post that do not name it: his phone may have known another roster (CON-42)."""
    looks = [s.at for s in sightings if s.what in EMPTY]
    found: list[NoticeFact] = []
    for uid in sorted(held_by - {""}):
        away: list[NoticeFact] = tx.ask("away_unnamed", uid=uid, post=post, from_at=span.from_at - DAY_MS, to_at=span.to_at)
        found += [_dutiful(tx, hall, n)._replace(elsewhere=_has_named(tx, n, looks)) for n in away if still_matters(n, uid, span.from_at)]
    return tuple(found)


def _of_units_away(tx: Tx, post: str, words: Sequence[Swap], held_by: set[str], span: DayAt) -> tuple[NoticeFact, ...]:
    """Absences of the whole unit of whoever held the post, which is another unit's: whether he went along, they do not say (AWY-02)."""
    found: list[NoticeFact] = []
    for uid in sorted(held_by - {""}):
        away: list[NoticeFact] = tx.ask("away_of", uid=uid, from_at=span.from_at, to_at=span.to_at, taken_back=True)
        whole = [n for n in away if n.whole_unit and post not in n.posts and still_matters(n, uid, span.from_at)]
        found += [_of_one(of_member(with_words(n, words), uid), uid) for n in whole]
    return tuple(found)


def _of_one(notice: NoticeFact, uid: str) -> NoticeFact:
    """The absence of a whole unit as that of one of it: of an end that others said he did not know."""
    return notice._replace(person=uid, member=uid, known_end_at=notice.known_end_at if notice.end_by == uid else FOREVER)


def _has_named(tx: Tx, notice: NoticeFact, looks: Sequence[int]) -> bool:
    """True when he was A or B at a post the notice does name as this one was seen empty."""
    if not tx.knows("on_duty"):
        return False
    there: list[Assigned] = [tx.ask("on_duty", post=named, at=at) for named in notice.posts for at in looks]
    return any(notice.person in (on.a, on.b) for on in there)


def _with_doubts(tx: Tx, hall: Hall, facts: PostFacts, post: str, day: str, span: DayAt, held_by: set[str]) -> PostFacts:
    """What only matters where the post was seen empty: rulings, 串岗, and what kept stand-ins from standing in."""
    said = tx.find(FindingAnswerRecord, "post = ? AND day = ?", [post, day])
    facts = facts._replace(
        rulings=tuple(Ruling(r.finding, r.at, r.by, r.counts) for r in tx.find(RulingRecord, "post = ? AND day = ?", [post, day])),
        strays=_strays(tx, held_by, span),
        arrivals=_arrivals(tx, held_by, span),
        unproven_arrivals=_arrivals(tx, held_by, span, proven=False),
        reviews=tuple(Asked(one.finding, one.at) for one in said if one.review),
        unproven_swaps=_unproven_swaps(tx, hall, post, day, facts.sightings),
    )
    named = {n.stand_in for n in facts.notices} | {one.person for n in facts.notices for one in n.asked}
    named |= {c.person for c in facts.covers} | {h.b for h in facts.handovers}
    people = named - {""}
    excused = _excuses(tx, people, span) + _permits(tx, people, facts) + excuses_elsewhere(tx, hall, people, post, span)
    return with_elsewhere(tx, hall, facts._replace(excused=excused), post, day, span)


def _dutiful(tx: Tx, hall: Hall, notice: NoticeFact) -> NoticeFact:
    """The notice; barred if an emergency was in force when the person left, even if it is over by now (AWY-12)."""
    at = max(notice.announced_at, notice.leaves_at)
    level = rule(hall, "awy.duty_level", at)
    barred = tx.knows("emergencies") and bool(tx.ask("emergencies", level=level, from_at=at, to_at=at + 1))
    return notice._replace(barred_until=FOREVER) if barred else notice


def is_praise(one: CodedRecord) -> bool:
    """True when it says nothing but good of somebody: nothing to answer, and no first of anything."""
    return one.codes == [PRAISE_CODE]


def effective(tx: Tx, sighting: Sighting) -> Sighting:
    """A sighting its author took back counts as such only when that was before anybody was told of it, but for whom it praised, or others
    decided so (CON-44).
    """
    if not sighting.withdrawn_at and not sighting.void:
        return sighting
    found, coded = tx.get(PublishedRecord, sighting.id), tx.get(CodedRecord, sighting.id)
    told_at = min((one for one in (found and found.at, coded and not is_praise(coded) and coded.told_at) if one), default=FOREVER)
    in_time = 0 < sighting.withdrawn_at <= told_at
    return sighting._replace(withdrawn=sighting.void or in_time)


def _counted(tx: Tx, post: str, due: Iterable[Span], closed: Iterable[Span], sighting: Sighting) -> Sighting:
    """Where nobody is due at that time (ORG-01), while the day stood closed (EVD-04), and while an incident there lasts (EMG-11), nobody is
    off post: an empty chair says nothing."""
    if sighting.what not in EMPTY:
        return sighting
    expected = any(a <= sighting.at < b for a, b in due) and not any(a <= sighting.at < b for a, b in closed)
    suspended = tx.knows("suspended") and tx.ask("suspended", post=post, at=sighting.at) is not None
    return sighting if expected and not suspended else sighting._replace(what="neutral")


def _holders(tx: Tx, hall: Hall, post: str, duty: DutyRecord | None, sightings: Sequence[Sighting]) -> tuple[tuple[str, Holder], ...]:
    """Who held the post at each look that found nobody: by the newest roster with its swaps (CON-23, CON-42)."""
    looks = [s for s in sightings if s.what in EMPTY]
    if not tx.knows("on_duty"):
        return tuple((s.id, Holder(duty.a, duty.b) if duty else Holder("", "")) for s in looks)
    published = _republished(hall, duty) if looks and duty else set()
    return tuple((seen.id, _holder(hall, tx.ask("on_duty", post=post, at=seen.at), seen.at, published)) for seen in looks)


def _republished(hall: Hall, duty: DutyRecord) -> set[tuple[int, str]]:
    """When, and by whom, the office gave the post to another on the day itself; a day's first roster takes it from nobody."""
    starts = session_starts(hall, duty.day)
    return {(swap.at, swap.by) for swap in duty.swaps if not swap.op and assigned(duty, starts, swap.at - 1).a}


def _holder(hall: Hall, on: Assigned, seen: int, published: Collection[tuple[int, str]] = ()) -> Holder:
    """What the office changes on the day itself binds whom it puts there from the next session on: until then his phone may not have had
    it (EVD-04)."""
    told_at = next_session(hall, on.told_at) if (on.since, on.by) in published else on.told_at
    return Holder(on.a, on.b, on.version, on.by if on.by != on.a and told_at > seen else "", on.since)


def _unproven_swaps(tx: Tx, hall: Hall, post: str, day: str, sightings: Sequence[Sighting]) -> tuple[UnprovenSwap, ...]:
    """Swaps whose time nobody can believe, each with whose post it would have been at the looks had it been made when it says (EVD-03)."""
    duty: DutyRecord | None = tx.ask("duty_of", post=post, day=day)
    if duty is None or not duty.swaps or not tx.knows("swaps_unproven"):
        return ()
    starts = session_starts(hall, day)
    looks = [s for s in sightings if s.what in EMPTY]
    found = []
    claimed: list[tuple[int, Swap]] = tx.ask("swaps_unproven", post=post, day=day)
    for at, said in claimed:
        moved = replace(duty, swaps=[replace(s, at=max(at, starts[0])) if s == said else s for s in duty.swaps])
        holders = tuple((s.id, _holder(hall, assigned(moved, starts, s.at), s.at)) for s in looks)
        found.append(UnprovenSwap(said.op, at, said.by, said.a, holders))
    return tuple(found)


def _shifts(hall: Hall, duty: DutyRecord, span: DayAt) -> tuple[tuple[int, int, str], ...]:
    """Who was A from when to when in opening hours, sessions of the roster and swaps counted (CON-23, CON-42)."""
    starts = session_starts(hall, duty.day)
    turns = {*starts, *(starts.lunch or ()), *(swap.at for swap in duty.swaps)}
    found = []
    for opens, closes in span.sessions:
        marks = [opens, *sorted(at for at in turns if opens < at < closes), closes]
        found += [(since, until, assigned(duty, starts, since).a) for since, until in pairwise(marks)]
    return tuple(one for one in found if one[2])


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
    found: list[Stray] = []
    for uid in sorted(set(people) - {""}):
        found += tx.ask("strays_of", uid=uid, from_at=span.from_at, to_at=span.to_at)
    return tuple(one for one in found if not effective(tx, one.look).withdrawn)


def _arrivals(tx: Tx, people: Iterable[str], span: DayAt, *, proven: bool = True) -> tuple[tuple[int, str], ...]:
    """When they signed in: who has, is there again (EVD-07). Apart from those whose time nobody can believe (EVD-03)."""
    if not tx.knows("punches_of"):
        return ()
    found: list[tuple[int, str]] = []
    for uid in sorted(set(people) - {""}):
        punches: list[PunchFact] = tx.ask("punches_of", uid=uid, from_at=span.from_at, to_at=span.to_at)
        found += [(p.at, uid) for p in punches if p.way == "in" and (p.grade != "C") is proven]
    return tuple(found)


def _excuses(tx: Tx, people: Iterable[str], span: DayAt) -> tuple[Excuse, ...]:
    """What kept a stand-in from standing in: his own absence or leave (CON-13), or does perhaps: leave nobody has decided (CON-22)."""
    found: list[Excuse] = []
    for uid in sorted(people):
        away: list[NoticeFact] = tx.ask("away_of", uid=uid, from_at=span.from_at, to_at=span.to_at)
        gone = [n for n in away if not n.cancelled and n.grade != "C"]
        found += [_of_absence(uid, n) for n in gone]
        leaves = [one for one in _leaves(tx, [uid], span) if one.state != "refused"]
        found += [Excuse(uid, one.from_at, one.to_at, "leave" if one.state == "approved" else "leave_asked") for one in leaves]
    return tuple(found)


def _of_absence(uid: str, notice: NoticeFact) -> Excuse:
    """Whom HEAD or the office says to be away, alone or with his whole unit, went because he was told to (AWY-02)."""
    sent_at = notice.announced_at if notice.by not in ("", uid) else 0
    named = bool(notice.stand_in or notice.asked)
    return Excuse(uid, notice.leaves_at, notice.ended_at, "away", notice.announced_at, named, sent_at)


def _permits(tx: Tx, people: Iterable[str], facts: PostFacts) -> tuple[Excuse, ...]:
    """Looks at which a stand-in was generally excused or had a standing permission, be it taken back since (ATT-07)."""
    if not tx.knows("excused"):
        return ()
    looks = [(uid, s.at) for uid in sorted(people) for s in facts.sightings if s.what in EMPTY]
    then = [(uid, at) for uid, at in looks if tx.ask("excused", uid=uid, at=at) or tx.ask("excuse_stood", uid=uid, at=at)]
    return tuple(Excuse(uid, at, at + 1, "permitted") for uid, at in then)


# --- a person ---------------------------------------------------------------------------------------------------------


def notices_of(tx: Tx, uid: str, span: DayAt) -> list[NoticeFact]:
    """The person's own notices that begin that day."""
    found: list[NoticeFact] = tx.ask("left_in", uid=uid, from_at=span.from_at, to_at=span.to_at)
    return found
