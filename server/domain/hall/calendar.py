"""Year calendars (CAL-01..03): imported data in the shape of NateScarlet/holiday-cn, the years shipped, and what kind of day a day is."""

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from server.domain.hall.rules import is_day

SHIPPED = Path(__file__).parent / "calendars"
DAYS_MAX = 200
Region = Literal["cn", "tw", "hk"]
DayKind = Literal["working", "weekend", "holiday", "adjusted_rest", "make_up", "closed", "open"]
"""`holiday` is statutory, `adjusted_rest` was moved there, `make_up` works instead; `closed`, `open`: the hall's own (CAL-01)."""


class Day(msgspec.Struct, rename={"is_off_day": "isOffDay"}, omit_defaults=True):
    """One day that differs from Monday to Friday. `statutory`: the festival itself, where the file says so."""

    name: str
    date: str
    is_off_day: bool
    statutory: bool | None = None


class YearCalendar(msgspec.Struct):
    """One published year with the papers it follows."""

    year: int
    papers: list[str]
    days: list[Day]


class FixedDay(msgspec.Struct):
    """A statutory day with the same date every year; `day` is "MM-DD"."""

    name: str
    day: str


class FixedDays(msgspec.Struct):
    """The fixed days of a region with the papers they follow: all that is certain of a year nobody has published yet (CAL-03)."""

    papers: list[str]
    days: list[FixedDay]


class BadCalendar(ValueError):
    """A calendar file that cannot be used; says which entry is wrong."""


def parse(data: bytes) -> YearCalendar:
    """Read a calendar file an administrator has. Raises `BadCalendar`; nothing is taken from a file that is wrong anywhere."""
    try:
        calendar = msgspec.json.decode(data, type=YearCalendar)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadCalendar(str(error)) from None
    if not 1949 <= calendar.year <= 2199 or not 0 < len(calendar.days) <= DAYS_MAX:
        raise BadCalendar("year")
    seen = set()
    for day in calendar.days:
        if not is_day(day.date) or int(day.date[:4]) != calendar.year or day.date in seen:
            raise BadCalendar(day.date[:20])
        seen.add(day.date)
    return calendar


def version(calendar: YearCalendar) -> str:
    """The name of exactly this calendar, kept in every term computed with it (CAL-02)."""
    return f"{calendar.year}-{hashlib.sha256(msgspec.json.encode(calendar)).hexdigest()[:8]}"


@cache
def shipped(region: Region) -> tuple[YearCalendar, ...]:
    """The years that come with the product, oldest first."""
    return tuple(parse(path.read_bytes()) for path in sorted(SHIPPED.glob(f"{region}-*.json")))


@cache
def fixed(region: Region) -> FixedDays:
    """The statutory days of `region` that have the same date every year."""
    return msgspec.json.decode((SHIPPED / "fixed.json").read_bytes(), type=dict[Region, FixedDays])[region]


def region_of(locale: str) -> Region:
    """Whose calendar a new hall starts with; its administrator imports another."""
    regions: dict[str, Region] = {"zh_Hant_TW": "tw", "zh_Hant_HK": "hk"}
    return regions.get(locale, "cn")


def versions(calendars: Iterable[YearCalendar]) -> dict[str, str]:
    """Version by year."""
    return {str(calendar.year): version(calendar) for calendar in calendars}


def day_kinds(calendars: Iterable[YearCalendar]) -> dict[str, str]:
    """Kinds of the days that differ from Monday to Friday, by ISO day."""
    return {day.date: _kind(day) for calendar in calendars for day in calendar.days}


def provisional_kinds(region: Region, years: Iterable[int]) -> dict[str, str]:
    """What is known of years without a published calendar: the region's statutory days with a fixed date (CAL-03)."""
    days = sorted(one.day for one in fixed(region).days)
    return {f"{year}-{day}": "holiday" for year in sorted(years) for day in days}


def _kind(day: Day) -> DayKind:
    on_weekend = date.fromisoformat(day.date).isoweekday() > 5
    if not day.is_off_day:
        return "make_up" if on_weekend else "working"
    if day.statutory is False or (day.statutory is None and on_weekend):
        return "weekend" if on_weekend else "adjusted_rest"
    return "holiday"
