"""Terms: from 天, 工作日, 周 and 小时 to the date a citizen, a judge and a program agree on (CAL-03..09, CAL-12).

The day of the event is not counted; an event after the cut-off, or on a day of rest, counts as received on the next working day; a term
that ends on a day of rest ends on the next working day; on its last day it ends when business stops (Civil Code arts. 201, 203).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, at_time, day_of, next_working_day, posted_sessions, rule, works_on
from sync.units import HOUR_MS

WEEK_DAYS = 7
LOOK_AHEAD_DAYS = 40
SPAN_DAYS_MAX = 3_660
"""A term that has not ended after ten years is a mistake in its rule."""


class Term(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule of a term (CAL-04). `cut_off` "HH:MM", empty for the end of business; `roll`: an end on a day of rest moves to the next
    working day; `hard`: no "一般" or "原则上" softens it. Hours run only while the hall is open.
    """

    amount: int
    unit: Literal["working_day", "calendar_day", "week", "hour"]
    cut_off: str = ""
    roll: bool = True
    hard: bool = True


class Pause(NamedTuple):
    """The clock stood still from `from_at` until what it waited for was there (ms), not until somebody pressed resume (STP)."""

    from_at: int
    to_at: int


class Due(NamedTuple):
    """When a term ends. `received`: the day that counts as day zero; `at`: the moment (ms); `provisional`: it reaches a year whose calendar
    is not published (暂定); `calendars`: the versions it was computed with.
    """

    received: str
    day: str
    at: int
    provisional: bool
    calendars: tuple[str, ...]


class Endless(ValueError):
    """The hall never opens, or the clock never runs: there is no such day."""


def due(hall: Hall, term: Term, event_at: int, pauses: Sequence[Pause] = ()) -> Due:
    """The end of `term` counted from an event. A working day counts if the clock runs at its cut-off."""
    received = received_on(hall, term, event_at)
    if term.unit == "hour":
        at = _hours_later(hall, event_at, term.amount * HOUR_MS, pauses)
        return _due(hall, received, day_of(at, hall.tz), at)
    if term.unit == "working_day":
        day = _working_days_later(hall, term, received, pauses)
    else:
        length = term.amount * (WEEK_DAYS if term.unit == "week" else 1)
        day = add_days(received, length + _days_stopped(hall, term, pauses))
        if term.roll and not works_on(hall, day):
            day = next_working_day(hall, day)
    return _due(hall, received, day, closing(hall, day))


def due_by(hall: Hall, key: str, event_at: int) -> Due:
    """The end of a term of as many working days as the parameter `key` said on the day it starts (GEN-03)."""
    return due(hall, Term(rule(hall, key, event_at), "working_day"), event_at)


def received_on(hall: Hall, term: Term, event_at: int) -> str:
    """The day an event counts as received (CAL-06): the next working day when it came after the cut-off or on a day of rest."""
    day = day_of(event_at, hall.tz)
    if works_on(hall, day) and event_at <= _cut_off(hall, term, day):
        return day
    return next_working_day(hall, day)


def day_ahead(hall: Hall, day: str, days: int = 1) -> int:
    """The last moment that is "one day ahead" of `day` (CAL-09): the end of business of the working day before; of the `days`-th before,
    where a hall wants more (AB-02).
    """
    before, left = day, max(1, days)
    for _ in range(SPAN_DAYS_MAX):
        before = add_days(before, -1)
        left -= works_on(hall, before)
        if not left:
            return closing(hall, before)
    raise Endless(day)


class Promise(NamedTuple):
    """What binds when a paper and a later computation differ. `alarm`: the paper promised more than the law allows."""

    day: str
    alarm: bool


def binding(printed: str, computed: str, legal: str) -> Promise:
    """The date better for the citizen binds; never one past the legal limit (CAL-12). ISO days."""
    return Promise(min(printed, computed, legal), printed > legal)


class Standing(NamedTuple):
    """One order with a term: when the term ends, and until when the order stood (ms); a later one took its place then."""

    due_at: int
    until_at: int


def missed(orders: Iterable[Standing], done_at: int, now: int) -> bool:
    """Whether the term of any order ended while it stood and nothing was done by then (ms): a later order gives a new term and takes no
    delay back.
    """
    return any(order.due_at < min(now, order.until_at) and done_at > order.due_at for order in orders)


def next_session(hall: Hall, at: int) -> int:
    """When the next session begins after `at` (ms); `at` itself when there is none in sight."""
    day = day_of(at, hall.tz)
    for _ in range(LOOK_AHEAD_DAYS):
        for start, _end in posted_sessions(hall, day):
            if at < start:
                return start
        day = add_days(day, 1)
    return at


def closing(hall: Hall, day: str) -> int:
    """When business stops on `day`; its midnight on a day without business (a term that does not roll)."""
    return max((end for _, end in posted_sessions(hall, day)), default=at_time(day, "24:00", hall.tz))


def _cut_off(hall: Hall, term: Term, day: str) -> int:
    return at_time(day, term.cut_off, hall.tz) if term.cut_off else closing(hall, day)


def _due(hall: Hall, received: str, day: str, at: int) -> Due:
    years = [str(year) for year in range(int(received[:4]), int(day[:4]) + 1)]
    known = tuple(hall.calendars[year] for year in years if year in hall.calendars)
    return Due(received, day, at, len(known) < len(years), known)


def _stopped(pauses: Sequence[Pause], at: int) -> bool:
    return any(pause.from_at <= at < pause.to_at for pause in pauses)


def _working_days_later(hall: Hall, term: Term, day: str, pauses: Sequence[Pause]) -> str:
    left = term.amount
    for _ in range(SPAN_DAYS_MAX):
        if left <= 0:
            return day
        day = next_working_day(hall, day)
        left -= not _stopped(pauses, _cut_off(hall, term, day))
    raise Endless(day)


def _days_stopped(hall: Hall, term: Term, pauses: Sequence[Pause]) -> int:
    """Calendar days at whose cut-off the clock stood still."""
    days = set()
    for pause in pauses:
        day, last = day_of(pause.from_at, hall.tz), day_of(pause.to_at, hall.tz)
        while day <= last:
            if _stopped(pauses, _cut_off(hall, term, day)):
                days.add(day)
            day = add_days(day, 1)
    return len(days)


def _hours_later(hall: Hall, event_at: int, left: int, pauses: Sequence[Pause]) -> int:
    """Walk through opening time, outside pauses, until `left` ms are used."""
    day = day_of(event_at, hall.tz)
    for _ in range(SPAN_DAYS_MAX):
        for start, end in _running(hall, day, pauses):
            start = max(start, event_at)
            if start < end and left <= end - start:
                return start + left
            left -= max(0, end - start)
        day = add_days(day, 1)
    raise Endless(day)


def _running(hall: Hall, day: str, pauses: Sequence[Pause]) -> list[tuple[int, int]]:
    """Opening spans of a day with the pauses cut out."""
    spans = posted_sessions(hall, day)
    for pause in pauses:
        cut = []
        for start, end in spans:
            cut += [(start, min(end, pause.from_at)), (max(start, pause.to_at), end)]
        spans = [(start, end) for start, end in cut if start < end]
    return sorted(spans)


def working_days(hall: Hall, first: str, last: str) -> int:
    """How many working days lie in a span, both ends included (LVT)."""
    count = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    return sum(works_on(hall, add_days(first, n)) for n in range(max(0, count)))
