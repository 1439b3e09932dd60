"""A page of a register: one indexed query over the records of one kind, from a known place on, with who may see what of each row."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from server.domain.base import Actor, Column, Reading, Record, Register
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_start
from server.reports.query import Asked, Filter
from server.reports.rights import best
from server.store.contract import Sql
from server.store.records import RecordTable
from sync.desk import Cell, RegisterRow

ESCAPE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


class Said(NamedTuple):
    """A piece of SQL with its parameters. Text from outside is only ever among the parameters."""

    sql: str
    params: tuple[Any, ...] = ()


class Line(NamedTuple):
    """A record of the page, with the readings it is seen by."""

    record: Record
    readings: tuple[Reading, ...]


class Source(NamedTuple):
    """Where a register's rows come from, and who asks."""

    register: Register
    table: RecordTable[Any]
    hall: Hall
    actor: Actor


def page(sql: Sql, source: Source, asked: Asked, most: int) -> list[Line]:
    """Up to `most` rows from the place the query goes on from."""
    scopes = [scope(source, reading) for reading in asked.readings]
    where = _joined(_conditions(source, asked, scopes) + _keyset(asked))
    direction = "DESC" if asked.down else "ASC"
    order = f'ORDER BY "{asked.sort}" {direction}, rid {direction} LIMIT ?'
    seen = [f"CASE WHEN {s.sql} THEN 1 ELSE 0 END" for s in scopes]
    params = (*(p for s in scopes for p in s.params), *where.params, most)
    found = source.table.page(sql, seen, f"WHERE {where.sql} {order}", params)
    return [Line(record, _by(asked.readings, flags)) for record, flags in found]


def one(sql: Sql, source: Source, readings: Sequence[Reading], rid: str) -> Line | None:
    """One row by its id, if the reader sees it."""
    scopes = [scope(source, reading) for reading in readings]
    seen = [f"CASE WHEN {s.sql} THEN 1 ELSE 0 END" for s in scopes]
    rest = f"WHERE rid = ?{_and(source.register.where)}"
    found = source.table.page(sql, seen, rest, (*(p for s in scopes for p in s.params), rid))
    lines = [Line(record, _by(readings, flags)) for record, flags in found]
    return next((line for line in lines if line.readings), None)


def count(sql: Sql, source: Source, asked: Asked, by: Sequence[str]) -> list[tuple[Any, ...]]:
    """How many rows fulfil the query, by the values of these columns: (value, …, number). One look at each row, however many they are.

    Where nothing but days is asked and an index begins with these columns, it is walked in its order and no row is sorted.
    """
    scopes = [scope(source, reading) for reading in asked.readings]
    conditions = _conditions(source, asked, scopes)
    if by and len(conditions) == 2 and all(r.rows == "hall" and not r.where for r in asked.readings) and source.table.begins(by):
        span, *others = conditions
        conditions = [Said(f"({span.sql}) IS TRUE", span.params), *others]
    where = _joined(conditions)
    columns = "".join(f'"{name}", ' for name in by)
    group = f" GROUP BY {', '.join(str(n + 1) for n in range(len(by)))}" if by else ""
    return sql.all(f'SELECT {columns}count(*) FROM "{source.table.name}" WHERE {where.sql}{group}', where.params)


def scope(source: Source, reading: Reading) -> Said:
    """Which rows a reading is about."""
    extra = _and(reading.where)
    if reading.rows == "hall":
        return Said(f"(1 = 1{extra})")
    if reading.rows == "own":
        return Said(f'("{source.register.own}" = ?{extra})', (source.actor.uid,))
    of_unit = _of_unit(source.register, source.actor.unit)
    return Said(f"({of_unit.sql}{extra})", of_unit.params)


def _by(readings: Sequence[Reading], flags: Sequence[Any]) -> tuple[Reading, ...]:
    return tuple(reading for reading, flag in zip(readings, flags, strict=True) if flag)


def _and(condition: str) -> str:
    return f" AND ({condition})" if condition else ""


def _of_unit(register: Register, unit: str) -> Said:
    if register.unit == "post":
        return Said('"post" IN (SELECT rid FROM "post" WHERE unit = ?)', (unit,))
    return Said(f'"{register.unit}" = ?', (unit,))


def _conditions(source: Source, asked: Asked, scopes: Sequence[Said]) -> list[Said]:
    """Everything a row must fulfil, except where the page begins."""
    either = Said(" OR ".join(s.sql for s in scopes), tuple(p for s in scopes for p in s.params))
    conditions = [_span(source, asked), Said(f"({either.sql})", either.params)]
    if source.register.where:
        conditions.append(Said(f"({source.register.where})"))
    if asked.unit:
        conditions.append(_of_unit(source.register, asked.unit))
    return conditions + [_filter(one) for one in asked.filters]


def _span(source: Source, asked: Asked) -> Said:
    at, after = source.register.at, add_days(asked.to_day, 1)
    if source.table.shapes[at] == "text":
        return Said(f'"{at}" >= ? AND "{at}" < ?', (asked.from_day, after))
    return Said(f'"{at}" >= ? AND "{at}" < ?', (day_start(asked.from_day, source.hall.tz), day_start(after, source.hall.tz)))


def _filter(one: Filter) -> Said:
    name = f'"{one.column.key}"'
    if one.how == "contains":
        return Said(f"{name} LIKE ? ESCAPE '\\'", (f"%{str(one.values[0]).translate(ESCAPE)}%",))
    if one.how == "holds":
        likes = tuple(f'%"{str(value).translate(ESCAPE)}"%' for value in one.values)
        return Said("(" + " OR ".join(f"{name} LIKE ? ESCAPE '\\'" for _ in likes) + ")", likes)
    if one.how == "within":
        first, last = one.values
        ends = [Said(f"{name} >= ?", (first,))] if first != "" else []
        return _joined(ends + ([Said(f"{name} <= ?", (last,))] if last != "" else []))
    return Said(f"{name} IN ({', '.join('?' for _ in one.values)})", one.values)


def _keyset(asked: Asked) -> list[Said]:
    if asked.after is None:
        return []
    return [Said(f'("{asked.sort}", rid) {"<" if asked.down else ">"} (?, ?)', asked.after)]


def _joined(conditions: Iterable[Said]) -> Said:
    listed = list(conditions)
    return Said(" AND ".join(c.sql for c in listed), tuple(p for c in listed for p in c.params))


def row_of(line: Line, columns: Sequence[Column], purpose: str) -> RegisterRow:
    """The row as its readers see it: a sealed cell is empty and named."""
    cells: list[Cell] = []
    sealed = []
    for column in columns:
        seen = best(line.readings, column, purpose)
        value = cell_of(column, line.record) if seen != "hidden" else None
        if seen == "sealed":
            sealed.append(column.key)
        cells.append(value if seen == "open" else None)
    return RegisterRow(line.record.rid, cells, sealed)


def cell_of(column: Column, record: Record) -> Cell:
    """What the record says in this column; nothing where it says "" about a person or a place."""
    value = column.value(record) if column.value else getattr(record, column.key)
    if column.kind == "choice" and isinstance(value, int):
        value = str(value)
    return None if value == "" and column.kind not in ("text", "choice") else value
