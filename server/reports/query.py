"""What is asked of a register, read from an address: filters, a span of days, an order, a place to go on from. Pure.

from=2026-11-01&to=2026-11-30&unit=u3&sort=-leaves_at&f.state=active,overdue&f.text=…&after=…&limit=50&purpose=…
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec

from server.domain.base import Column, Reading, Register
from server.domain.hall.rules import add_days, is_day
from server.reports.rights import sight
from server.store.records import RecordTable

SPAN_DAYS = 30
SPAN_DAYS_MAX = 366
ROWS = 50
ROWS_MAX = 200
VALUES_MAX = 50
CHARS_MAX = 200
PURPOSE_CHARS_MIN = 2
NUMBER_MAX = 2**53
YEARS = range(2000, 2101)
KNOWN = frozenset({"from", "to", "unit", "sort", "after", "limit", "purpose", "locale"})
IDS = frozenset({"person", "unit", "post"})
SORTED = frozenset({"text", "number", "minutes", "time", "day", "choice"})
RANGES = frozenset({"number", "minutes", "time", "day"})


class BadQuery(Exception):
    """The query cannot be answered. `id` from the error registry, `params` fill its sentence."""

    def __init__(self, id: str, **params: str | int) -> None:
        super().__init__(id)
        self.id = id
        self.params = params


class Filter(NamedTuple):
    """A column that must hold one of `values`, contain the text, or lie in the range (two values, "" for an open end)."""

    column: Column
    how: Literal["one_of", "contains", "within", "holds"]
    values: tuple[str | int, ...]


class Asked(NamedTuple):
    """A query that makes sense. `after`: (value of the sort column, rid) of the last row seen; `readings`: those that may ask so."""

    from_day: str
    to_day: str
    unit: str
    filters: tuple[Filter, ...]
    sort: str
    down: bool
    after: tuple[str | int, str] | None
    limit: int
    purpose: str
    readings: tuple[Reading, ...]
    mark: str


def filterable(table: RecordTable[Any], column: Column) -> bool:
    """Whether one may filter by the column: a plain field, or a list of ids."""
    shape = table.shapes.get(column.key)
    if column.value is not None or shape is None:
        return False
    return shape in ("text", "int", "bool") or (shape == "json" and column.kind in IDS)


def sortable(table: RecordTable[Any], column: Column) -> bool:
    """Whether one may sort by the column. Ids are in no order a reader could follow."""
    return filterable(table, column) and column.kind in SORTED


def read(register: Register, table: RecordTable[Any], readings: tuple[Reading, ...], query: Mapping[str, str], today: str) -> Asked:
    """The query of an address. Raises `BadQuery`."""
    if any("\0" in value or len(value) > CHARS_MAX * 5 for value in query.values()):
        raise BadQuery("query_bad", field="?")
    purpose = purpose_of(query)
    columns = {column.key: column for column in register.columns}
    filters = []
    for key, value in query.items():
        if key in KNOWN:
            continue
        column = columns.get(key.removeprefix("f."))
        if not key.startswith("f.") or column is None or not filterable(table, column):
            raise BadQuery("query_bad", field=key[:40])
        filters.append(_filter(table, column, value))
    sort = query.get("sort", f"-{register.at}")
    down, by = sort.startswith("-"), columns.get(sort.removeprefix("-"))
    if by is None or not sortable(table, by):
        raise BadQuery("query_bad", field="sort")
    unit = query.get("unit", "")
    if unit and not register.unit:
        raise BadQuery("query_bad", field="unit")
    from_day, to_day = _span(query, today)
    used = [f.column for f in filters] + [by]
    allowed = _allowed(readings, used, purpose)
    said = sorted((f.column.key, f.how, f.values) for f in filters)
    mark = _mark(register.name, from_day, to_day, unit, sort, purpose != "", said)
    after = _after(query.get("after", ""), mark, table.shapes[by.key] == "text")
    return Asked(from_day, to_day, unit, tuple(filters), by.key, down, after, _limit(query), purpose, allowed, mark)


def cursor(asked: Asked, value: str | int, rid: str) -> str:
    """What `after` is for the page that follows a row."""
    return base64.urlsafe_b64encode(msgspec.json.encode([asked.mark, value, rid])).decode().rstrip("=")


def purpose_of(query: Mapping[str, str]) -> str:
    """What the reading is for, "" when nothing was stated. Raises `BadQuery` when that says nothing."""
    text = query.get("purpose", "").replace("\0", "")
    purpose = " ".join(text.split())[:CHARS_MAX]
    if text.strip() and len(purpose) < PURPOSE_CHARS_MIN:
        raise BadQuery("query_bad", field="purpose")
    return purpose


def _allowed(readings: tuple[Reading, ...], used: list[Column], purpose: str) -> tuple[Reading, ...]:
    """Nobody learns by filtering or sorting what he may not see: only readings that show every used column answer."""
    sights = {reading: [sight(reading, column, purpose) for column in used] for reading in readings}
    allowed = tuple(reading for reading in readings if set(sights[reading]) <= {"open"})
    if allowed:
        return allowed
    if any("hidden" not in seen for seen in sights.values()):
        raise BadQuery("purpose_required")
    hidden = next(column.key for column in used if all(sight(reading, column, purpose) == "hidden" for reading in readings))
    raise BadQuery("query_bad", field=f"f.{hidden}")


def _filter(table: RecordTable[Any], column: Column, value: str) -> Filter:
    shape = table.shapes[column.key]
    if shape == "json":
        return Filter(column, "holds", _values(column, value))
    if column.kind == "flag":
        if value not in ("0", "1"):
            raise BadQuery("query_bad", field=f"f.{column.key}")
        return Filter(column, "one_of", (value == "1",))
    if column.kind in RANGES:
        return _range(column, value, shape == "int")
    if column.kind == "text":
        if not value.strip() or len(value) > CHARS_MAX:
            raise BadQuery("query_bad", field=f"f.{column.key}")
        return Filter(column, "contains", (value.strip(),))
    values = _values(column, value)
    return Filter(column, "one_of", tuple(int(v) for v in values) if shape == "int" else values)


def _values(column: Column, text: str) -> tuple[str, ...]:
    """Ids, or values of the closed set."""
    values = tuple(dict.fromkeys(v for v in text.split(",") if v))
    known = all(v in column.choices for v in values) if column.kind == "choice" else all(len(v) <= 64 for v in values)
    if not values or len(values) > VALUES_MAX or not known:
        raise BadQuery("query_bad", field=f"f.{column.key}")
    return values


def _range(column: Column, text: str, whole: bool) -> Filter:
    """ "3", "3..", "..7" or "3..7"."""
    first, dots, last = text.partition("..")
    ends = (first, last if dots else first)
    if not any(ends):
        raise BadQuery("query_bad", field=f"f.{column.key}")
    return Filter(column, "within", tuple(_end(column, end, whole) for end in ends))


def _end(column: Column, text: str, whole: bool) -> str | int:
    if not text:
        return ""
    if not whole:
        return day_in(text, f"f.{column.key}")
    if not text.lstrip("-").isascii() or not text.removeprefix("-").isdigit() or abs(int(text[:20])) > NUMBER_MAX:
        raise BadQuery("query_bad", field=f"f.{column.key}")
    return int(text)


def day_in(text: str, field: str) -> str:
    """An ISO day. Raises `BadQuery`."""
    if not is_day(text) or int(text[:4]) not in YEARS:
        raise BadQuery("query_bad", field=field)
    return text


def _span(query: Mapping[str, str], today: str) -> tuple[str, str]:
    """From which day to which, both included: the last days when nothing is said."""
    to_day = day_in(query["to"], "to") if query.get("to") else max(today, query.get("from", ""))
    from_day = day_in(query["from"], "from") if query.get("from") else add_days(to_day, 1 - SPAN_DAYS)
    days = (date.fromisoformat(to_day) - date.fromisoformat(from_day)).days + 1
    if not 1 <= days <= SPAN_DAYS_MAX:
        raise BadQuery("span_bad", days=SPAN_DAYS_MAX)
    return from_day, to_day


def _limit(query: Mapping[str, str]) -> int:
    text = query.get("limit", str(ROWS))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= ROWS_MAX):
        raise BadQuery("query_bad", field="limit")
    return int(text)


def _mark(*what: object) -> str:
    """What a cursor is bound to: it goes on with the same query or not at all."""
    return hashlib.sha256(repr(what).encode()).hexdigest()[:12]


def _after(text: str, mark: str, is_text: bool) -> tuple[str | int, str] | None:
    if not text:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        bound, value, rid = msgspec.json.decode(raw, type=tuple[str, str | int, str])
    except (ValueError, msgspec.MsgspecError):
        raise BadQuery("cursor_bad") from None
    if (
        bound != mark
        or isinstance(value, str) != is_text
        or (isinstance(value, int) and abs(value) > NUMBER_MAX)
        or "\0" in rid + str(value)
    ):
        raise BadQuery("cursor_bad")
    return value, rid
