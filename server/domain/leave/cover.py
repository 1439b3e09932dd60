"""Cover of a leave: who serves its posts session by session, and which of two leaves needs a third person (LV-06, AB-05, CON-14)."""

from typing import NamedTuple

from server.domain.base import Tx
from server.domain.hall.duty import Assigned, Span, assigned, lunch_spans, people_of, session_starts
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_of, day_start, posted_sessions
from server.domain.hall.tables import DutyRecord
from server.domain.leave.counting import days_in
from server.domain.leave.ops import LeaveSlot, SlotState
from server.domain.leave.policy import type_on
from server.domain.leave.rules import Rival, gives_way, stand_in_at
from server.domain.leave.tables import LeaveRecord
from server.domain.leave.tell import Lacks

DAYS_SHOWN = 21
"""Cover is said for so many days of a leave; the roster reaches no further."""
DAYS_BACK = 70
"""How far back a leave that is decided late may still change what was found about a post."""


class Slot(NamedTuple):
    """One session of one post on which the person is on the roster."""

    post: str
    from_at: int
    to_at: int
    duty: Assigned


def slots_of(tx: Tx, hall: Hall, leave: LeaveRecord) -> list[Slot]:
    """Every session of the leave, and lunch duty, in which the roster knows the person as A or B."""
    spans = [s for s in leave.spans if s.state in ("approved", "pending")]
    days = dict.fromkeys(day for s in spans for day in days_in(hall, s.from_at, s.to_at)[:DAYS_SHOWN])
    found = []
    for day in days:
        for post in tx.ask("posts_of", uid=leave.person, day=day):
            duty: DutyRecord | None = tx.ask("duty_of", post=post, day=day)
            if duty is None:
                continue
            starts = session_starts(hall, day)
            for start, end in _kept(hall, duty, day):
                here = assigned(duty, starts, start)
                if leave.person in (here.a, here.b, here.second_b) and any(s.from_at < end and start < s.to_at for s in spans):
                    found.append(Slot(post, start, end, here))
    return found


def cover_of(tx: Tx, leave: LeaveRecord, slots: list[Slot]) -> list[LeaveSlot]:
    """Who is there instead, for every session in which the person is A."""
    return [_covered(tx, leave, slot) for slot in slots if slot.duty.a == leave.person]


def _covered(tx: Tx, leave: LeaveRecord, slot: Slot) -> LeaveSlot:
    named = stand_in_at(leave, slot.from_at)
    others = [_third(tx, b, slot) for b in (slot.duty.b, slot.duty.second_b) if b]
    best: LeaveSlot | None = None
    for who in dict.fromkeys(w for w in (named, slot.duty.b, slot.duty.second_b, *others) if w and w != leave.person):
        shown = LeaveSlot(slot.post, slot.from_at, slot.to_at, _standing(tx, who, slot), who)
        if shown.st == "ok":
            return shown
        best = best or shown
    return best or LeaveSlot(slot.post, slot.from_at, slot.to_at, "none")


def _third(tx: Tx, partner: str, slot: Slot) -> str:
    """Whom the head named in the partner's leave for this time."""
    for other in approved_leaves(tx, partner, slot.from_at, slot.to_at):
        if third := stand_in_at(other, slot.from_at):
            return third
    return ""


def _standing(tx: Tx, who: str, slot: Slot) -> SlotState:
    """Whether somebody can be at the post in that session: not on leave, not the A of another post at the same time."""
    if approved_leaves(tx, who, slot.from_at, slot.to_at):
        return "on_leave"
    hall = hall_of(tx)
    day = day_of(slot.from_at, hall.tz)
    starts = session_starts(hall, day)
    for post in tx.ask("posts_of", uid=who, day=day):
        duty: DutyRecord | None = tx.ask("duty_of", post=post, day=day)
        kept = duty and any(opens <= slot.from_at < closes for opens, closes in _kept(hall, duty, day))
        if post != slot.post and duty and kept and assigned(duty, starts, slot.from_at).a == who:
            return "busy"
    return "ok"


def _kept(hall: Hall, duty: DutyRecord, day: str) -> list[Span]:
    """When somebody is at a post that day: in the sessions, and over lunch where there is lunch duty (CAL-05)."""
    return sorted([*posted_sessions(hall, day), *lunch_spans(hall, duty)])


def lacks_third(tx: Tx, leave: LeaveRecord, slots: list[Slot]) -> Lacks | None:
    """The post, the partner and whether his leave is protected, when both are on approved leave, nobody else is there, and this is
    the leave that gives way (CON-14). Both leaves stay approved.
    """
    for slot in slots:
        partners = [p for p in (slot.duty.a, slot.duty.b, slot.duty.second_b) if p and p != leave.person]
        for partner in partners if leave.person == slot.duty.a else [slot.duty.a]:
            for other in approved_leaves(tx, partner, slot.from_at, slot.to_at) if partner else []:
                if _has_third(tx, leave, other, slot):
                    continue
                mine, theirs = _rival(tx, leave), _rival(tx, other)
                if gives_way((mine, theirs)) == leave.rid:
                    protected = not (mine.displaceable or theirs.displaceable)
                    return Lacks(slot.post, other.person, protected, theirs.approved_at <= mine.approved_at)
    return None


def _has_third(tx: Tx, leave: LeaveRecord, other: LeaveRecord, slot: Slot) -> bool:
    """Somebody else is named for this session, in either leave, and can be there."""
    pair = {leave.person, other.person}
    named = {stand_in_at(leave, slot.from_at), stand_in_at(other, slot.from_at), slot.duty.b, slot.duty.second_b} - pair - {""}
    return any(not approved_leaves(tx, who, slot.from_at, slot.to_at) for who in named)


def _rival(tx: Tx, leave: LeaveRecord) -> Rival:
    hall = hall_of(tx)
    kind = type_on(tx, leave.type, day_of(leave.from_at, hall.tz))
    return Rival(leave.rid, kind.displaceable if kind else True, leave.approved_at)


def partners_of(tx: Tx, hall: Hall, leave: LeaveRecord) -> list[str]:
    """Everybody who is on the roster at the same posts and days."""
    duties: list[DutyRecord | None] = [tx.ask("duty_of", post=post, day=day) for post, day in posts_touched(tx, hall, leave)]
    return sorted({uid for duty in duties if duty for uid in people_of(duty)} - {leave.person})


def posts_touched(tx: Tx, hall: Hall, leave: LeaveRecord) -> set[tuple[str, str]]:
    """Posts and days a leave bears on, as far as the roster is known: from the months that may still change to a week ahead."""
    today = today_of(tx)
    first, last = add_days(today, -DAYS_BACK), add_days(today, DAYS_SHOWN)
    return {(post, day) for day in _between(hall, leave, first, last) for post in tx.ask("posts_of", uid=leave.person, day=day)}


def _between(hall: Hall, leave: LeaveRecord, first: str, last: str) -> list[str]:
    day, found = max(first, day_of(leave.from_at, hall.tz)), []
    until = min(day_start(add_days(last, 1), hall.tz), leave.to_at)
    while day_start(day, hall.tz) < until:
        found.append(day)
        day = add_days(day, 1)
    return found


def approved_leaves(tx: Tx, uid: str, from_at: int, to_at: int) -> list[LeaveRecord]:
    """Leaves of a person with approved time in a span."""
    found = tx.find(LeaveRecord, "person = ? AND to_at > ? AND from_at < ?", [uid, from_at, to_at])
    return [one for one in found if any(s.state == "approved" and s.from_at < to_at and from_at < s.to_at for s in one.spans)]
