"""How many days a leave is (LV-08, LVT-01): pure arithmetic over the hall's calendar and posted hours, in hundredths of a day.

Working types count sessions of working days, make-up days included and holidays left out; calendar types count every day they touch.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, at_time, day_of, day_start, posted_sessions, rule
from server.domain.hall.spans import Span, cut, union, without
from server.domain.leave.ops import LeaveQuota, LeaveTypeRule
from sync.units import HOUR_MS

DAY = 100
"""One day, in hundredths."""


def days_in(hall: Hall, from_at: int, to_at: int) -> list[str]:
    """Every day (ISO) that [from_at, to_at) touches."""
    day, found = day_of(from_at, hall.tz), []
    while day_start(day, hall.tz) < to_at:
        found.append(day)
        day = add_days(day, 1)
    return found


def count(hall: Hall, kind: LeaveTypeRule, spans: Iterable[Span]) -> int:
    """Hundredths of a day in `spans`, by the type's counting and smallest unit. Spans that meet are one: no day counts twice."""
    joined = union(spans)
    days = dict.fromkeys(day for start, end in joined for day in days_in(hall, start, end))
    return sum(_of_day(hall, kind, day, joined) for day in days)


def count_year(hall: Hall, kind: LeaveTypeRule, spans: Iterable[Span], year: int) -> int:
    """The part of it that falls into a calendar year (CAL-07)."""
    first, last = at_time(f"{year}-01-01", "00:00", hall.tz), at_time(f"{year + 1}-01-01", "00:00", hall.tz)
    return count(hall, kind, cut(spans, first, last))


def _of_day(hall: Hall, kind: LeaveTypeRule, day: str, spans: Sequence[Span]) -> int:
    if kind.count == "calendar":
        return DAY
    sessions = posted_sessions(hall, day)
    if not sessions:
        return 0
    taken = [sum(e - s for s, e in cut(spans, start, end)) for start, end in sessions]
    if kind.min_unit == "day":
        return DAY if any(taken) else 0
    if kind.min_unit == "half_day":
        return round(DAY * sum(t > 0 for t in taken) / len(sessions))
    hours = -(-sum(taken) // (HOUR_MS))
    return min(DAY, round(DAY * hours / rule(hall, "lv.day_hours", day))) if hours else 0


def calendars_of(hall: Hall, from_at: int, to_at: int) -> tuple[list[str], bool]:
    """What a leave is counted with, the versions of the calendars and the kinds of its days; and whether a year it reaches is not published
    yet (暂定, CAL-03).
    """
    first, last = day_of(from_at, hall.tz), day_of(to_at - 1, hall.tz)
    years = [str(year) for year in range(int(first[:4]), int(last[:4]) + 1)]
    kinds = [f"{day} {kind}" for day, kind in sorted(hall.days.items()) if first <= day <= last]
    return [*(hall.calendars.get(year, f"{year}-") for year in years), *kinds], any(year not in hall.calendars for year in years)


class Used(NamedTuple):
    """The approved or pending time of one leave. `order`: earlier decisions keep their days when two leaves overlap."""

    rid: str
    kind: LeaveTypeRule
    spans: tuple[Span, ...]
    order: tuple[int, str]


def apart(hall: Hall, leaves: Iterable[Used]) -> dict[str, list[Span]]:
    """What each leave takes of the person's time when nothing counts twice: who was decided first keeps it, in the units it is counted by
    (CON-17): of a day that one leave has used up, nothing is left for another.
    """
    taken: list[Span] = []
    own: dict[str, list[Span]] = {}
    for leave in sorted(leaves, key=lambda u: u.order):
        own[leave.rid] = without(_in_units(hall, leave.kind, union(leave.spans)), taken)
        taken = union([*taken, *own[leave.rid]])
    return own


def _in_units(hall: Hall, kind: LeaveTypeRule, spans: Sequence[Span]) -> list[Span]:
    """The whole days, or sessions, that these spans are counted as; themselves where hours are counted."""
    days = dict.fromkeys(day for start, end in spans for day in days_in(hall, start, end))
    if kind.count == "calendar" or kind.min_unit == "day":
        return union(_day(hall, day) for day in days)
    if kind.min_unit == "half_day":
        return union(session for day in days for session in posted_sessions(hall, day) if cut(spans, *session))
    return list(spans)


def granted(quota: LeaveQuota, given: int | None, years_worked: int | None, event_days: int | None = None) -> int | None:
    """Hundredths of a day that a rule gives in a year, or per event; `given`: set in its place. None: no limit is set."""
    if given is not None:
        return given
    if quota.by == "event":
        days = event_days if event_days is not None else (quota.days[0][1] if quota.days else None)
        return None if days is None else days * DAY
    if quota.by == "none" or not quota.days:
        return None
    if quota.by == "fixed":
        return quota.days[0][1] * DAY
    if years_worked is None:
        return None
    return max((days for years, days in quota.days if years <= years_worked), default=0) * DAY


def full_years(since: str, day: str) -> int | None:
    """Full years from one ISO day to another; None when the first is not known."""
    if not since:
        return None
    years = int(day[:4]) - int(since[:4])
    return max(0, years - (day[5:] < since[5:]))


def carried(quota: LeaveQuota, left_last_year: int | None) -> int:
    """What of last year's rest comes over."""
    return min(quota.carry_days * DAY, max(0, left_last_year)) if left_last_year is not None else 0


def longest_run(hall: Hall, spans: Iterable[Span], working: bool) -> tuple[int, int]:
    """Days of absence in a row at most, and all together (LV-11): working days, or every day. Days of rest do not break a row."""
    joined = union(spans)
    absent = {day for start, end in joined for day in days_in(hall, start, end) if cut(joined, *_day(hall, day))}
    if not absent:
        return 0, 0
    if not working:
        return _runs(sorted(absent), lambda a, b: add_days(a, 1) == b), len(absent)
    days = sorted(day for day in absent if posted_sessions(hall, day))
    return _runs(days, lambda a, b: _next_open(hall, a) == b), len(days)


def _day(hall: Hall, day: str) -> Span:
    return day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz)


def _next_open(hall: Hall, day: str) -> str:
    for _ in range(60):
        day = add_days(day, 1)
        if posted_sessions(hall, day):
            return day
    return ""


def _runs(days: list[str], follows: Callable[[str, str], bool]) -> int:
    best = run = 1 if days else 0
    for before, after in pairwise(days):
        run = run + 1 if follows(before, after) else 1
        best = max(best, run)
    return best
