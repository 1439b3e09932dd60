"""The numbers behind the indices, by unit and span of days: from the ledgers of the trail, and from what other institutions count (§11)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from server.domain.base import Measure
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_start
from server.domain.trail.ledger import Numbers
from server.domain.trail.tables import DayRecord, MonthRecord, TallyRecord
from server.reports.indices import Span, gather, together
from server.reports.query import BadQuery, day_in
from server.store.contract import Sql
from server.store.institutions import Institutions

By = Literal["day", "week", "month"]
BY: tuple[By, ...] = get_args(By)
DAYS: dict[By, int] = {"day": 30, "week": 84, "month": 334}
"""How far back one looks when nothing is said; whole months are then at most a year, which is what a register tells at once."""
DAYS_MAX: dict[By, int] = {"day": 62, "week": 98, "month": 731}
_numbers = msgspec.json.Decoder(dict[str, int])


class Period(NamedTuple):
    """What is asked: whole days, weeks from Monday, or calendar months, all of them within `from_day` and `to_day`."""

    by: By
    from_day: str
    to_day: str
    spans: tuple[tuple[str, str], ...]


def period(query: Mapping[str, str], today: str) -> Period:
    """The spans of a query. Raises `BadQuery`."""
    by = next((one for one in BY if one == query.get("by", "day")), None)
    if by is None:
        raise BadQuery("query_bad", field="by")
    to_day = day_in(query["to"], "to") if query.get("to") else today
    from_day = day_in(query["from"], "from") if query.get("from") else add_days(to_day, 1 - DAYS[by])
    if not 1 <= (date.fromisoformat(to_day) - date.fromisoformat(from_day)).days + 1 <= DAYS_MAX[by]:
        raise BadQuery("span_bad", days=DAYS_MAX[by])
    spans = []
    day = _first(by, from_day)
    while day <= to_day:
        last = _last(by, day)
        spans.append((day, last))
        day = add_days(last, 1)
    return Period(by, spans[0][0], spans[-1][1], tuple(spans))


def _first(by: By, day: str) -> str:
    """The first day of the day's week or month."""
    if by == "week":
        return add_days(day, 1 - date.fromisoformat(day).isoweekday())
    return f"{day[:8]}01" if by == "month" else day


def _last(by: By, first: str) -> str:
    """The last day of the span that begins with `first`."""
    if by == "month":
        next_month = (date.fromisoformat(first) + timedelta(days=31)).replace(day=1)
        return add_days(next_month.isoformat(), -1)
    return add_days(first, 6) if by == "week" else first


class Counted(NamedTuple):
    """Numbers of each span, in their order, and of each unit over all of them."""

    spans: tuple[Span, ...]
    of_spans: tuple[Numbers, ...]
    of_units: dict[str, Numbers]


def count(sql: Sql, institutions: Institutions, hall: Hall, asked: Period, unit: str) -> Counted:
    """Everything counted in the period, of one unit or (with "") of all."""
    of_spans: tuple[dict[str, Numbers], ...] = tuple({} for _ in asked.spans)
    of_units: dict[str, Numbers] = {}
    for day, of, numbers in _told(sql, institutions, hall, asked, unit):
        gather(of_spans[_place(asked, day)].setdefault(of, {}), numbers)
        gather(of_units.setdefault(of, {}), numbers)
    closed = {rid for (rid,) in sql.all(f'SELECT rid FROM "{MonthRecord.TABLE}"')} if MonthRecord in institutions.tables else set()
    spans = tuple(Span(a, b, not {a[:7], b[:7]} <= closed) for a, b in asked.spans)
    return Counted(spans, tuple(together(units.values()) for units in of_spans), of_units)


def _told(sql: Sql, institutions: Institutions, hall: Hall, asked: Period, unit: str) -> Iterable[tuple[str, str, Numbers]]:
    """(day, unit, numbers) from everybody who counts."""
    yield from _ledger(sql, institutions, asked, unit)
    for measure in institutions.measures:
        yield from (told for told in _measured(sql, institutions, hall, measure, asked) if not unit or told[1] == unit)


def _place(asked: Period, day: str) -> int:
    """In which span a day lies."""
    if asked.by == "day":
        return (date.fromisoformat(day) - date.fromisoformat(asked.from_day)).days
    return next(n for n, (first, last) in enumerate(asked.spans) if first <= day <= last)


def _ledger(sql: Sql, institutions: Institutions, asked: Period, unit: str) -> Iterable[tuple[str, str, Numbers]]:
    """(day, unit, numbers) of the trail: months from their tallies, days as they were settled and adjusted, or as the facts say now."""
    if DayRecord not in institutions.tables:
        return
    only, params = (" AND unit = ?", (unit,)) if unit else ("", ())
    if asked.by == "month":
        months = (asked.from_day[:7], asked.to_day[:7])
        found = sql.all(
            f"SELECT month, unit, numbers FROM \"{TallyRecord.TABLE}\" WHERE scope = 'unit' AND month >= ? AND month <= ?{only}",
            (*months, *params),
        )
        yield from ((f"{month}-01", of, _numbers.decode(text)) for month, of, text in found)
        return
    counted = "CASE WHEN closed THEN adjusted ELSE numbers END"
    found = sql.all(
        f"SELECT day, unit, {counted} FROM \"{DayRecord.TABLE}\" WHERE day >= ? AND day <= ? AND {counted} <> '{{}}'{only}",
        (asked.from_day, asked.to_day, *params),
    )
    yield from ((day, of, _numbers.decode(text)) for day, of, text in found)


def _measured(sql: Sql, institutions: Institutions, hall: Hall, measure: Measure, asked: Period) -> Iterable[tuple[str, str, Numbers]]:
    """(day, unit, numbers) of another institution."""
    table = institutions.tables[measure.record]
    names = tuple(measure.sums)
    sums = ", ".join(measure.sums.values())
    where = f" AND ({measure.where})" if measure.where else ""
    at = f'"{measure.at}"'
    if table.shapes[measure.at] == "text":
        begin, end = asked.from_day, add_days(asked.to_day, 1)
        day = f"substr({at}, 1, 7) || '-01'" if asked.by == "month" else at
        select = f'SELECT {day}, "{measure.unit}", {sums} FROM "{table.name}" WHERE {at} >= ? AND {at} < ?{where} GROUP BY 1, 2'
        yield from ((day, of, _numbered(names, values)) for day, of, *values in sql.all(select, (begin, end)))
        return
    select = f'SELECT "{measure.unit}", {sums} FROM "{table.name}" WHERE {at} >= ? AND {at} < ?{where} GROUP BY 1'
    for first, last in asked.spans:
        ends = day_start(first, hall.tz), day_start(add_days(last, 1), hall.tz)
        yield from ((first, of, _numbered(names, values)) for of, *values in sql.all(select, ends))


def _numbered(names: Sequence[str], values: Sequence[Any]) -> Numbers:
    return {name: int(value) for name, value in zip(names, values, strict=True) if value}
