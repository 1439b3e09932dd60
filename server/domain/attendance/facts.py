"""What is known about one person and day, gathered from attendance's own records and from the institutions that know the rest."""

from collections.abc import Sequence

from server.domain.attendance.rules import Excused, Free, Params, Punched, PunchFact, Seen
from server.domain.attendance.tables import ExcuseRecord, PunchRecord
from server.domain.base import Tx
from server.domain.hall.duty import Assigned, has_only_lunch
from server.domain.hall.here import hall_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, at_time, day_of, day_start, minutes_ms, roles_of, rule, setting
from server.domain.hall.spans import Span
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord
from server.domain.leave.rules import LeaveSpan
from server.domain.patrol.rules import Sighting
from server.domain.presence.rules import REASON_LABEL, NoticeFact, PostDay, Serving, is_late
from sync.clock import Grade

TRUSTED: tuple[Grade, ...] = ("A", "B")
OFFICIAL = ("official_out", "meeting_training")
"""The public labels that say an absence is the hall's own business."""


def params_of(hall: Hall, day: str) -> Params:
    """The hall's parameters for attendance on a day (ISO)."""
    return Params(
        grace=rule(hall, "att.grace_min", day),
        half_day=rule(hall, "att.half_day_minutes", day),
        punches=rule(hall, "att.punches", day),
        missing_half_day=bool(rule(hall, "att.missing_half_day", day)),
        in_hall_required=bool(rule(hall, "att.in_hall_required", day)),
        open_ms=minutes_ms(hall, "att.open_minutes", day),
    )


def is_bound(hall: Hall, person: PersonRecord, day: str) -> bool:
    """Whether attendance is kept of a person on a day: members of a unit, but not the roles the hall exempts."""
    return bool(person.unit) and not person.outside and roles_of(setting(hall, "att.exempt_roles", day)).isdisjoint(person.roles)


def is_due(tx: Tx, hall: Hall, person: PersonRecord, day: str) -> bool:
    """Whether the person is due at all that day; a hall with shifts goes by the roster (`att.due` = "roster"), and so does every hall on a
    day it opens beyond the calendar. Lunch duty has no punches, and makes nobody due in a session.
    """
    if not is_bound(hall, person, day):
        return False
    by_roster = setting(hall, "att.due", day) == "roster" or hall.days.get(day) == "open"
    if not by_roster:
        return True
    duties: list[DutyRecord | None] = [tx.ask("duty_of", post=post, day=day) for post in tx.ask("posts_of", uid=person.rid, day=day)]
    return any(duty and not has_only_lunch(duty, person.rid) for duty in duties)


def punches_on(tx: Tx, uid: str, day: str) -> list[PunchRecord]:
    """Every punch of a person that is for this day and that nobody has set aside."""
    return [p for p in tx.find(PunchRecord, "person = ? AND day = ?", [uid, day], "at, rid") if p.refused is None]


def punched(record: PunchRecord) -> Punched:
    """A punch as a day is judged by it."""
    in_hall = None if record.in_hall < 0 else bool(record.in_hall)
    return Punched(
        record.rid,
        record.session,
        record.way,
        record.at,
        record.not_before,
        record.not_after,
        record.received_at,
        record.grade,
        record.method,
        in_hall,
        record.sure,
    )


def free_spans(tx: Tx, hall: Hall, uid: str, unit: str, day: str, since_at: int) -> list[Free]:
    """Leave, official absences, excuses and incidents that touch the day (ATT-07, EMG-11), a closure while it stood; and the time before
    attendance was kept."""
    start, end = day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz)
    free = [Free(start, since_at, "excused")] if since_at > start else []
    free += [Free(max(a, start), min(b, end), "excused") for a, b in tx.ask("stood_closed", day=day) if a < end and start < b]
    free += [f for span in _leaves(tx, uid, start, end) if (f := _free_of_leave(span))]
    for notice in _notices(tx, uid, start, end):
        free += _free_of_notice(notice, minutes_ms(hall, "awy.return_grace_min", notice.leaves_at))
    free += [Free(a, b, "excused") for excuse in excuses_for(tx, uid, unit, start, end) for a, b in excused_on(hall, excuse, day)]
    free += [Free(a, b, "excused", False) for excuse in excuses_stood(tx, uid, unit, start, end) for a, b in excused_on(hall, excuse, day)]
    free += [Free(max(a, start), min(b, end), "incident") for a, b in _incidents(tx, uid, day, start, end)]
    return sorted(free)


def _incidents(tx: Tx, uid: str, day: str, from_at: int, to_at: int) -> list[Span]:
    """While an incident at a post of the person lasts, or in its zone, nobody there is late or early (EMG-11)."""
    if not tx.knows("suspensions"):
        return []
    return [
        span for post in tx.ask("posts_of", uid=uid, day=day) for span in tx.ask("suspensions", post=post, from_at=from_at, to_at=to_at)
    ]


def _leaves(tx: Tx, uid: str, from_at: int, to_at: int) -> Sequence[LeaveSpan]:
    return tx.ask("leaves_of", uid=uid, from_at=from_at, to_at=to_at) if tx.knows("leaves_of") else ()


def _free_of_leave(span: LeaveSpan) -> Free | None:
    """Approved leave is free; one that waits for its decision is perhaps (CON-22)."""
    if span.state not in ("approved", "pending"):
        return None
    return Free(span.from_at, span.to_at, "leave", span.state == "approved")


def _notices(tx: Tx, uid: str, from_at: int, to_at: int) -> Sequence[NoticeFact]:
    return tx.ask("away_of", uid=uid, from_at=from_at, to_at=to_at) if tx.knows("away_of") else ()


def _free_of_notice(notice: NoticeFact, grace: int) -> list[Free]:
    """An official absence that was announced in time, or accepted afterwards; unproven or undecided ones perhaps (EVD-02, EVD-05), and
    what others have ended or cancelled until the person knows of it.
    """
    by_another = notice.end_by not in ("", notice.member or notice.person)
    gone = notice.cancelled and not by_another
    if gone or REASON_LABEL[notice.reason] not in OFFICIAL or notice.late_accepted is False:
        return []
    late = is_late(notice.leaves_at, notice.announced_at)
    sure = notice.late_accepted is True or (not late and notice.grade in TRUSTED)
    last_back = max([notice.first_back_at, *(e.back_at for e in notice.extensions if e.grade in TRUSTED)])
    back_at = last_back + grace
    ended_at = notice.leaves_at if notice.cancelled else min(notice.ended_at, back_at)
    free = [Free(notice.leaves_at, ended_at, "official", sure)]
    if by_another:
        free.append(Free(ended_at, min(notice.known_end_at, back_at), "official", False))
    return [one for one in free if one.from_at < one.to_at]


def excuses_for(tx: Tx, uid: str, unit: str, from_at: int, to_at: int) -> list[Excused]:
    """General excuses and standing permissions of a person that touch the span."""
    found = tx.find(ExcuseRecord, "to_at > ? AND from_at < ? AND ended = ''", [from_at, to_at], "from_at, rid")
    return [Excused(e.from_at, e.to_at, e.cause, (e.daily_from, e.daily_to)) for e in found if _is_for(e, uid, unit)]


def excuses_stood(tx: Tx, uid: str, unit: str, from_at: int, to_at: int) -> list[Excused]:
    """Those that were taken back afterwards, as long as the person could rely on them: from when they were laid down (EVD-04)."""
    found = tx.find(ExcuseRecord, "to_at > ? AND from_at < ? AND relied_until > ?", [from_at, to_at, from_at], "from_at, rid")
    spans = [(max(e.from_at, e.at), min(e.to_at, e.relied_until), e) for e in found if _is_for(e, uid, unit)]
    return [Excused(a, b, e.cause, (e.daily_from, e.daily_to)) for a, b, e in spans if a < b]


def _is_for(excuse: ExcuseRecord, uid: str, unit: str) -> bool:
    """An excuse names people or units; one that names neither is for everybody."""
    return uid in excuse.people or unit in excuse.units or not (excuse.people or excuse.units)


def excused_on(hall: Hall, excuse: Excused, day: str) -> list[Span]:
    """The spans of one day that an excuse frees."""
    start, end = day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz)
    if excuse.daily[0]:
        start, end = at_time(day, excuse.daily[0], hall.tz), at_time(day, excuse.daily[1], hall.tz)
    start, end = max(start, excuse.from_at), min(end, excuse.to_at)
    return [(start, end)] if start < end else []


def seen_on(tx: Tx, hall: Hall, uid: str, day: str) -> list[Seen]:
    """Trusted sightings of this person at work: whoever held the post at that moment, swaps included, or stood in there then; and the
    person's own step-ups (CON-21)."""
    if not tx.knows("seen_at"):
        return []
    found: list[Seen] = []
    start, end = day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz)
    for rid in tx.ask("posts_of", uid=uid, day=day):
        post: PostRecord | None = tx.ask("post", post=rid)
        if post is None:
            continue
        looks: list[Sighting] = tx.ask("seen_at", post=rid, day=day, zone=post.zone)
        seen = [s for s in looks if s.what in ("present", "covered") and s.grade in TRUSTED and not s.withdrawn]
        away: PostDay = tx.ask("post_day", post=rid, from_at=start, to_at=end) if tx.knows("post_day") else PostDay((), ())
        stood_in = bool(away.covers or away.notices) or bool(
            tx.knows("handovers_on") and tx.ask("handovers_on", post=rid, from_at=start, to_at=end)
        )
        found += [Seen(s.id, s.at) for s in seen if _worked_there(tx, uid, rid, day, s, stood_in)]
        mine = [c for c in away.covers if c.person == uid and c.grade in TRUSTED and start <= c.proved_at < end]
        found += [Seen(c.rid, c.proved_at) for c in mine]
    return sorted(found)


def _worked_there(tx: Tx, uid: str, post: str, day: str, look: Sighting, stood_in: bool) -> bool:
    """Whether it was this person whom a look found: who stood in at that moment, if anybody did that day, else the A of that moment."""
    if stood_in and tx.knows("serving"):
        on: Serving = tx.ask("serving", post=post, at=look.at)
        if on.capacity == "B":
            return on.person == uid
    if look.what == "covered":
        return False
    if tx.knows("on_duty"):
        held_by: Assigned = tx.ask("on_duty", post=post, at=look.at)
        return held_by.a == uid
    duty: DutyRecord | None = tx.ask("duty_of", post=post, day=day)
    return duty is not None and duty.a == uid


def punches_of(tx: Tx, *, uid: str, from_at: int, to_at: int) -> list[PunchFact]:
    """Answer `punches_of`: the punches of a person between two moments; what nobody has accepted yet is none."""
    found = tx.find(PunchRecord, "person = ? AND at >= ? AND at < ?", [uid, from_at, to_at], "at, rid")
    return [
        PunchFact(
            p.rid, p.person, p.at, p.day, p.session, p.way, p.grade, p.method, None if p.in_hall < 0 else bool(p.in_hall), p.received_at
        )
        for p in found
        if p.sure and p.refused is None
    ]


def excused(tx: Tx, *, uid: str, at: int) -> str | None:
    """Answer `excused`: the cause of an excuse that holds for the person at this moment."""
    return next((one.cause for one in excuses_for(tx, uid, _unit_of(tx, uid), at, at + 1) if _holds(tx, one, at)), None)


def excuse_stood(tx: Tx, *, uid: str, at: int) -> bool:
    """Answer `excuse_stood`: whether an excuse held for the person at this moment that was taken back afterwards."""
    return any(_holds(tx, one, at) for one in excuses_stood(tx, uid, _unit_of(tx, uid), at, at + 1))


def _unit_of(tx: Tx, uid: str) -> str:
    person: PersonRecord | None = tx.ask("person", uid=uid)
    return person.unit if person else ""


def _holds(tx: Tx, excuse: Excused, at: int) -> bool:
    hall = hall_of(tx)
    return any(a <= at < b for a, b in excused_on(hall, excuse, day_of(at, hall.tz)))
