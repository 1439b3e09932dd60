"""When numbers become final, and what happens to them afterwards (EVD-10). Pure.

open ─▶ daily: provisional close at `evd.daily_close` of the next working day
     ─▶ closed: the same time on working day `evd.monthly_close_day` of the next month
     ─▶ a later fact makes an adjustment: proposed ─▶ accepted | refused by the office with a reason
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, at_time, next_working_day, rule, setting
from server.domain.trail.ledger import Numbers, add, difference

Standing = Literal["open", "daily", "closed"]


class Settlement(NamedTuple):
    """How final the numbers of a day are. `daily_at`, `closed_at`: when that close is (ms)."""

    standing: Standing
    daily_at: int
    closed_at: int


def month_of(day: str) -> str:
    """The calendar month of an ISO day (CAL-07)."""
    return day[:7]


def next_month(month: str) -> str:
    """The first day of the month after `month`."""
    return f"{add_days(f'{month}-28', 4)[:7]}-01"


def daily_close(hall: Hall, day: str) -> int:
    """When the numbers of `day` close provisionally (ms)."""
    return at_time(next_working_day(hall, day), _clock(hall, day), hall.tz)


def monthly_close(hall: Hall, month: str) -> int:
    """When the numbers of `month` become final (ms)."""
    last = add_days(next_month(month), -1)
    return at_time(next_working_day(hall, last, rule(hall, "evd.monthly_close_day", last)), _clock(hall, last), hall.tz)


def _clock(hall: Hall, day: str) -> str:
    return str(setting(hall, "evd.daily_close", day))


def settlement(hall: Hall, day: str, now: int, closed: bool) -> Settlement:
    """The state of a day at `now`; `closed`: its month has been closed."""
    daily, monthly = daily_close(hall, day), monthly_close(hall, month_of(day))
    return Settlement("closed" if closed else "daily" if now >= daily else "open", daily, monthly)


def to_adjust(now: Numbers, settled: Numbers, decided: Sequence[Numbers]) -> Numbers:
    """What is still to be decided: the facts' numbers against those settled and all changes decided since, accepted or not.

    How long records were on their way says nothing about anybody and is not adjusted.
    """
    base = dict(settled)
    for change in decided:
        add(base, change)
    return {key: value for key, value in difference(now, base).items() if not key.startswith("lag")}
