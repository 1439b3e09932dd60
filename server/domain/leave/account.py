"""Balances: what of each type is used, asked for and left in a year, no day twice (LV-08, CON-15, CON-17, CON-18, LV-11)."""

from typing import NamedTuple

from server.domain.base import Tx
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import at_time, day_of, rule
from server.domain.hall.spans import Span
from server.domain.leave.counting import Used, apart, carried, count, count_year, full_years, granted, longest_run
from server.domain.leave.ops import LeaveAccount, LeaveAlarm, LeaveBalance, LeaveTypeRule
from server.domain.leave.policy import Standing, standing_of, type_on
from server.domain.leave.tables import SECRET, LeaveAlarmRecord, LeaveRecord, LeaveTypeRecord
from server.domain.leave.views import account_face, alarm_face

ABSENCE = "absence"


class Book(NamedTuple):
    """A person's leaves with what each takes of the time, no moment twice; `pending` likewise, behind what is approved."""

    leaves: tuple[LeaveRecord, ...]
    own: dict[str, list[Span]]


def book_of(tx: Tx, uid: str, *, secret: bool = False) -> Book:
    """Everything a person has taken, or asked for. What is `secret` (P4) has a book of its own: in no number of others does it leave a
    trace (§8)."""
    hall = hall_of(tx)
    leaves = [one for one in tx.find(LeaveRecord, "person = ?", [uid]) if one.asked and (one.privacy == SECRET) is secret]
    kinds = [type_on(tx, one.type, day_of(one.from_at, hall.tz)) for one in leaves]
    used = [Used(one.rid, kind, _spans(one), _order(one)) for one, kind in zip(leaves, kinds, strict=True) if kind]
    return Book(tuple(leaves), apart(hall, used))


def _spans(leave: LeaveRecord) -> tuple[Span, ...]:
    return tuple((s.from_at, s.to_at) for s in leave.spans if s.state in ("approved", "pending"))


def _order(leave: LeaveRecord) -> tuple[int, str]:
    """Approved time comes before time asked for; then who was decided first."""
    approved = any(s.state == "approved" for s in leave.spans)
    assert leave.asked is not None
    return (leave.approved_at if approved else leave.asked.at + (1 << 50), leave.rid)


def centidays_of(hall: Hall, book: Book, leave: LeaveRecord, kind: LeaveTypeRule) -> int:
    """What a leave costs: its own part of the time, where it overlaps no other."""
    return count(hall, kind, book.own.get(leave.rid, []))


Kinds = dict[str, list[LeaveTypeRecord]]
"""Every version of every type, by code, in order."""


def kinds_of(tx: Tx) -> Kinds:
    """All types with their history."""
    found: Kinds = {}
    for record in tx.find(LeaveTypeRecord, order="valid_from, rid"):
        found.setdefault(record.code, []).append(record)
    return found


def balance(hall: Hall, kinds: Kinds, book: Book, standing: Standing, code: str, year: int, now: int, depth: int = 1) -> LeaveBalance:
    """One type in one year, as it is at `now` (CAL-07)."""
    used = pending = booked = 0
    versions = [record for record in kinds.get(code, []) if record.valid_from <= f"{year}-12-31"]
    kind = versions[-1].rule if versions else None
    for leave in book.leaves:
        # A leave follows the rule that held when it began (LVT-02).
        begun = [record.rule for record in kinds.get(code, []) if record.valid_from <= day_of(leave.from_at, hall.tz)]
        if leave.type == code and begun:
            amount = count_year(hall, begun[-1], book.own.get(leave.rid, []), year)
            if any(s.state == "approved" for s in leave.spans):
                used += amount
                booked += amount if leave.from_at > now else 0
            else:
                pending += amount
    given = standing.granted.get(f"{year}:{code}")
    limit = granted(kind.quota, given, full_years(standing.worked_since, f"{year}-12-31")) if kind and kind.quota.by != "event" else given
    if kind and limit is not None and kind.quota.carry_days and depth:
        before = balance(hall, kinds, book, standing, code, year - 1, now, 0)
        known = before.granted is not None and (before.used or f"{year - 1}:{code}" in standing.granted)
        limit += carried(kind.quota, before.granted - before.used if known and before.granted is not None else None)
    return LeaveBalance(code, year, used, pending, limit, booked)


def left_after(tx: Tx, hall: Hall, book: Book, leave: LeaveRecord, kind: LeaveTypeRule) -> int | None:
    """What is left of the year, or of the event, when this leave is granted, of several years the least; None where no limit is set.
    Negative: 超额 (CON-18).
    """
    if kind.quota.by == "event":
        days = next((e.days for e in kind.events if leave.asked and e.code == leave.asked.event), None)
        limit = granted(kind.quota, None, None, days)
        return None if limit is None else limit - centidays_of(hall, book, leave, kind)
    first, last = (int(day_of(at, hall.tz)[:4]) for at in (leave.from_at, leave.to_at - 1))
    kinds, standing = kinds_of(tx), standing_of(tx, leave.person)
    years = [balance(hall, kinds, book, standing, leave.type, year, tx.now) for year in range(first, last + 1)]
    return min((now.granted - now.used - now.pending for now in years if now.granted is not None), default=None)


def show_account(tx: Tx, hall: Hall, uid: str) -> None:
    """Show a person's balances of this year, the last and the next where there is something to say."""
    standing, book = standing_of(tx, uid), book_of(tx, uid)
    this = int(today_of(tx)[:4])
    kinds = kinds_of(tx)
    shown = []
    for year in (this - 1, this, this + 1):
        for code in sorted(kinds):
            one = balance(hall, kinds, book, standing, code, year, tx.now)
            if one.used or one.pending or (year == this and one.granted):
                shown.append(one)
    person = tx.ask("person", uid=uid)
    body = LeaveAccount(shown, standing.worked_since, standing.sex, standing.status, standing.granted)
    tx.project(account_face(uid, person.unit if person else "", body))
    _watch_absence(tx, hall, uid, book, standing, this)


def _watch_absence(tx: Tx, hall: Hall, uid: str, book: Book, standing: Standing, year: int) -> None:
    """Tell the office when absence without leave nears a threshold (LV-11)."""
    first, last = at_time(f"{year}-01-01", "00:00", hall.tz), at_time(f"{year + 1}-01-01", "00:00", hall.tz)
    spans = [
        (max(s.from_at, first), min(s.to_at, last))
        for leave in book.leaves
        if leave.type == ABSENCE
        for s in leave.spans
        if s.state == "approved"
    ]
    working = standing.status != "civil_servant"
    row, total = longest_run(hall, [s for s in spans if s[0] < s[1]], working)
    on = max((end for _, end in spans), default=last) - 1
    steps = [rule(hall, key, on) for key in ("lv.absence_first_days", "lv.absence_second_days", "lv.absence_limit_days")]
    level = max([s for s in steps if row >= s], default=0)
    if total >= (whole := rule(hall, "lv.absence_year_days", on)):
        level = whole
    rid = f"{uid}:{year}"
    known = tx.get(LeaveAlarmRecord, rid)
    if level:
        tx.put(LeaveAlarmRecord(rid=rid, person=uid, year=year, level=level))
        tx.project(alarm_face(rid, LeaveAlarm(uid, year, row, total, level, working)))
    elif known and known.level:
        tx.put(LeaveAlarmRecord(rid=rid, person=uid, year=year, level=0))
        tx.retract("leave.alarm", rid)
