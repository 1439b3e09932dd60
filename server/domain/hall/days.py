"""The hall's days and hours: year calendars from a file, the hall's own closures and openings, sessions by season (CAL-01..03, CAL-05).

Everything is kept: every version of a calendar, every change of a day, the hours of before. What follows, `Hall.days` and `Hall.calendars`,
is laid anew over them, and every post is looked at again, so that whoever is concerned is told.
"""

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import ClassVar, Literal

import msgspec

from server.domain.base import APPLIED, Face, Handler, Op, Outcome, Record, Tx, refused, stale
from server.domain.hall.audiences import HALL
from server.domain.hall.calendar import BadCalendar, Region, YearCalendar, day_kinds, parse, provisional_kinds, region_of, shipped, version
from server.domain.hall.here import today_of
from server.domain.hall.ops import Earlier, Season
from server.domain.hall.rules import add_days, day_of, is_day, kind_of, may_any
from server.domain.hall.tables import DutyRecord, HallRecord
from server.domain.hall.terms import next_session
from server.domain.hall.views import hall_face
from sync.ops import RowKind, command

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
YEARS_AHEAD = 2
"""How many years after the last published one are known provisionally, and how many after this one can have been published (CAL-03)."""
DAYS_MAX = 62
"""A closure or opening is said for so many days at once, at most."""
Hours = dict[str, list[tuple[str, str]]]


class HallCalendar(msgspec.Struct):
    """`hall.calendar`, rid `hall`: a published year as the file says it (CAL-02); the whole file or nothing of it."""

    file: str


class HallOpening(msgspec.Struct, omit_defaults=True):
    """`hall.opening`, rid `hall`: opening hours from the day `valid_from` (ISO) on (CAL-05); from when at the earliest: as `hall.rules`."""

    valid_from: str
    hours: Hours
    seasons: list[Season] = []
    lunch: tuple[str, str] | None = None


class HallDay(msgspec.Struct, omit_defaults=True):
    """`hall.day`, rid `hall`: the hall's own closure or opening (周末不打烊) of the days from `first` to `last` (ISO, both included);
    `calendar`: as the calendar says again.
    """

    first: str
    last: str
    kind: Literal["closed", "open", "calendar"]
    text: str = ""


class CalendarVersion(msgspec.Struct, omit_defaults=True):
    """Row `calendar`, rid = version: a year calendar that was imported, for the hall. `current`: it is in force; `days`: how many it
    names; `changed`: days whose kind it changed.
    """

    year: int
    papers: list[str]
    days: int
    changed: int
    at: int
    by: str
    current: bool


class DayChange(msgspec.Struct, omit_defaults=True):
    """Row `hall.day`, rid = op: a closure or opening of the hall's own, for the hall."""

    first: str
    last: str
    kind: Literal["closed", "open", "calendar"]
    at: int
    by: str
    text: str = ""


class CalendarRecord(Record):
    """One version of a year calendar, rid = version; `at`: when it was imported (ms)."""

    TABLE: ClassVar[str] = "calendar"

    year: int
    file: str
    at: int
    by: str
    changed: int = 0


class DayChangeRecord(Record):
    """One closure or opening, rid = op."""

    TABLE: ClassVar[str] = "hall_day"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("at",)

    first: str
    last: str
    kind: Literal["closed", "open", "calendar"]
    at: int
    by: str
    text: str = ""


def import_calendar(tx: Tx, op: Op[HallCalendar]) -> Outcome:
    """A year's calendar comes into force; what was computed without it, or with another, is computed anew (CAL-02, CAL-03)."""
    if not may_any(op.actor, "ADM", "OFF"):
        return refused("NO_RIGHT")
    try:
        calendar = parse(op.a.file.encode())
    except BadCalendar:
        return refused("CALENDAR_BAD")
    record = record_of(tx)
    if calendar.year > _year(tx) + YEARS_AHEAD:
        return refused("CALENDAR_BAD")
    new = CalendarRecord(rid=version(calendar), year=calendar.year, file=op.a.file, at=tx.now, by=op.actor.uid)
    before = record.hall
    tx.put(new)
    lay_anew(tx, record)
    days = {day for day in (*before.days, *record.hall.days) if day.startswith(f"{calendar.year}-")}
    new.changed = sum(kind_of(before, day) != kind_of(record.hall, day) for day in days)
    tx.put(new)
    _show_calendars(tx)
    return APPLIED


def set_day(tx: Tx, op: Op[HallDay]) -> Outcome:
    """The hall's own closure or opening."""
    if not may_any(op.actor, "ADM", "OFF"):
        return refused("NO_RIGHT")
    a = op.a
    if not (is_day(a.first) and is_day(a.last)) or not a.first <= a.last < add_days(a.first, DAYS_MAX):
        return refused("INVALID")
    record = DayChangeRecord(rid=op.id, first=a.first, last=a.last, kind=a.kind, at=tx.now, by=op.actor.uid, text=a.text)
    tx.put(record)
    tx.project(Face("hall.day", op.id, HALL, DayChange(record.first, record.last, record.kind, record.at, record.by, record.text)))
    lay_anew(tx, record_of(tx))
    return APPLIED


def set_opening(tx: Tx, op: Op[HallOpening]) -> Outcome:
    """Opening hours from a day on; the days before keep those they had (GEN-03)."""
    if not may_any(op.actor, "ADM", "OFF"):
        return refused("NO_RIGHT")
    record = record_of(tx)
    hall, a = record.hall, op.a
    if old := stale(tx, op, "hall", "hall"):
        return old
    today = day_of(op.received_at, hall.tz)
    if not is_day(a.valid_from) or a.valid_from < today or not is_sane(a):
        return refused("INVALID")
    if a.valid_from < first_day(tx, today):
        return refused("RULE_DAY")
    kept = [e for e in hall.earlier if e.until < a.valid_from]
    # What was laid down for a day that has not come yet is replaced by this; before it stands what stood there.
    before = next((e for e in hall.earlier if e.until >= a.valid_from), hall)
    earlier = [*kept, Earlier(a.valid_from, before.hours, before.seasons, before.lunch)]
    record.hall = msgspec.structs.replace(hall, hours=a.hours, seasons=a.seasons, lunch=a.lunch, earlier=earlier)
    _put(tx, record)
    return APPLIED


def first_day(tx: Tx, today: str) -> str:
    """From when what days are judged by may be another: tomorrow; in a hall that never had a roster, where nobody is judged, today."""
    return add_days(today, 1) if tx.find(DutyRecord, order="rid LIMIT 1") else today


def is_sane(a: HallOpening) -> bool:
    """True when every span is a span, spans of a day follow each other, and seasons begin on different days."""
    firsts = [s.first for s in a.seasons]
    tables: list[Hours] = [a.hours, *(s.hours for s in a.seasons)]
    lunches = [lunch for lunch in (a.lunch, *(s.lunch for s in a.seasons)) if lunch]
    return (
        len(set(firsts)) == len(firsts)
        and all(is_day(f"2024-{first}") for first in firsts)
        and all(set(table) <= {str(n) for n in range(1, 8)} and all(map(_in_order, table.values())) for table in tables)
        and all(_in_order([lunch]) for lunch in lunches)
        and any(table for table in tables)
    )


def _in_order(spans: Iterable[tuple[str, str]]) -> bool:
    edges = [edge for span in spans for edge in span]
    return all(CLOCK.fullmatch(edge) for edge in edges) and all(x < y for x, y in pairwise(edges))


def lay_anew(tx: Tx, record: HallRecord) -> None:
    """`days` and `calendars` of the hall from everything imported and said: the last version of a year, over it the hall's own days."""
    hall = record.hall
    region = region_of(hall.locale)
    published = {c.year: c for c in shipped(region) if str(c.year) in hall.calendars}
    published |= {c.year: parse(c.file.encode()) for c in tx.find(CalendarRecord, order="at, rid")}
    this = _year(tx)
    last = max(published, default=this - 1)
    unknown = {year for year in range(min(this, last + 1), last + 1 + YEARS_AHEAD) if year not in published}
    kinds: dict[str, str] = provisional_kinds(region, unknown) | day_kinds(published.values())
    versions = {str(year): version(calendar) for year, calendar in published.items()}
    changes = tx.find(DayChangeRecord, order="at, rid")
    for change in changes:
        for day in _days(change):
            kinds = _with(kinds, region, published, day, change.kind)
    for year, name in versions.items():
        said = sum(change.first[:4] <= year <= change.last[:4] for change in changes)
        versions[year] = f"{name}+{said}" if said else name
    record.hall = msgspec.structs.replace(hall, days=dict(sorted(kinds.items())), calendars=versions)
    _put(tx, record)


def _year(tx: Tx) -> int:
    """The year it is."""
    return date.fromisoformat(today_of(tx)).year


def _with(kinds: dict[str, str], region: Region, published: dict[int, YearCalendar], day: str, kind: str) -> dict[str, str]:
    if kind != "calendar":
        return kinds | {day: kind}
    year = int(day[:4])
    own = day_kinds([published[year]]) if year in published else provisional_kinds(region, [year])
    return {d: k for d, k in kinds.items() if d != day} | ({day: own[day]} if day in own else {})


def _days(change: DayChangeRecord) -> list[str]:
    day, found = change.first, []
    while day <= change.last:
        found.append(day)
        day = add_days(day, 1)
    return found


def stood_closed(tx: Tx, *, day: str) -> list[tuple[int, int]]:
    """When (ms) a day had been closed by the hall's own word that was taken back later: from then to the session after that, for which
    whoever stayed away could hear of it.
    """
    changes = tx.find(DayChangeRecord, "first <= ? AND last >= ?", [day, day], "at, rid")
    hall = record_of(tx).hall if changes else None
    if hall is None:
        return []
    found, since = list[tuple[int, int]](), 0
    for change in changes:
        if change.kind == "closed":
            since = since or change.at
        elif since:
            found.append((since, next_session(hall, change.at)))
            since = 0
    return found


def _put(tx: Tx, record: HallRecord) -> None:
    """Keep and show the hall, and have every post looked at again."""
    tx.put(record)
    tx.project(hall_face(record))
    for post in tx.ask("posts"):
        tx.touch(post.rid)


def _show_calendars(tx: Tx) -> None:
    """Every version that was imported; the last of a year is the one in force."""
    versions = tx.find(CalendarRecord, order="at, rid")
    last = {c.year: c.rid for c in versions}
    for one in versions:
        known = parse(one.file.encode())
        body = CalendarVersion(one.year, known.papers, len(known.days), one.changed, one.at, one.by, last[one.year] == one.rid)
        tx.project(Face("calendar", one.rid, HALL, body))


def record_of(tx: Tx) -> HallRecord:
    """The hall, to be changed."""
    record = tx.get(HallRecord, "hall")
    if record is None:
        raise LookupError("this site has no hall yet")
    return msgspec.structs.replace(record)


OPS = (command("hall.calendar", 1, HallCalendar), command("hall.opening", 1, HallOpening), command("hall.day", 1, HallDay))
ROWS = (RowKind("calendar", CalendarVersion), RowKind("hall.day", DayChange))
RECORDS: tuple[type[Record], ...] = (CalendarRecord, DayChangeRecord)
HANDLERS: dict[str, Handler] = {"hall.calendar": import_calendar, "hall.opening": set_opening, "hall.day": set_day}
