"""Records as tables: a Record struct becomes a Piccolo table, its statements are compiled once, rows come back as the struct.

str, int, bool (and optional ones) are columns of their own; everything else is kept as JSON text. A field added later gets its
struct default in old rows; fields are never dropped or retyped here (that is a migration).
"""

import types
import typing
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, Generic, Literal

import msgspec
from msgspec.structs import FieldInfo, fields
from piccolo.columns import BigInt, Boolean, Column, Real, Text
from piccolo.table import Table, create_table_class

from server.domain.base import R, Record
from server.store.contract import Sql
from server.store.pen import Pen
from server.store.tables import DECLARED

Shape = Literal["text", "int", "bool", "float", "json"]
_UNKNOWN: Any = object()
_PLAIN: dict[type, Shape] = {str: "text", int: "int", bool: "bool", float: "float"}


def shape_of(hint: Any) -> tuple[Shape, bool]:
    """How a field's type is kept, and whether it may be null."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        rest = [a for a in args if a is not type(None)]
        if len(rest) == 1 and len(args) == 2 and (inner := shape_of(rest[0])[0]) != "json":
            return inner, True
        return "json", False
    if origin is Literal and all(isinstance(a, str) for a in args):
        return "text", False
    return _PLAIN.get(hint, "json"), False


def _kept(value: Any, shape: Shape) -> Any:
    """A field's value as its column gives it back."""
    if shape == "json":
        return "[]" if value == [] else msgspec.json.encode(value).decode()
    return float(value) if shape == "float" and value is not None else value


def _default(field: FieldInfo, shape: Shape, null: bool) -> Any:
    """What old rows get when the field is added later."""
    if field.default is not msgspec.NODEFAULT:
        return _kept(field.default, shape)
    if field.default_factory is not msgspec.NODEFAULT:
        return _kept(field.default_factory(), shape)
    return None if null else {"text": "", "int": 0, "bool": False, "float": 0.0, "json": "null"}[shape]


def _column(field: FieldInfo) -> Column:
    shape, null = shape_of(field.type)
    if field.name == "rid":
        return Text(primary_key=True)
    make: Any = {"text": Text, "json": Text, "int": BigInt, "bool": Boolean, "float": Real}[shape]
    column: Column = make(null=null, default=_default(field, shape, null))
    return column


def record_table(record: type[Record]) -> type[Table]:
    """The Piccolo table of a record struct."""
    members = {f.name: _column(f) for f in fields(record)}
    return create_table_class(record.__name__, class_kwargs={"tablename": record.TABLE, "db": DECLARED}, class_members=members)


class RecordTable(Generic[R]):
    """One record kind with its statements, compiled at start."""

    def __init__(self, record: type[R]) -> None:
        self.record = record
        self.name = record.TABLE
        self.table = record_table(record)
        self.shapes = {f.name: shape_of(f.type)[0] for f in fields(record)}
        # In the order of Piccolo's columns, which is that of its INSERT.
        self._shapes = [(c._meta.name, self.shapes[c._meta.name]) for c in self.table._meta.columns]
        self._values = attrgetter(*(name for name, _ in self._shapes))
        self._other = [(at, shape) for at, (_, shape) in enumerate(self._shapes) if shape in ("json", "float")]
        names = ", ".join(f'"{name}"' for name, _ in self._shapes)
        self._select = f'SELECT {names} FROM "{self.name}"'
        self._get = f"{self._select} WHERE rid = ?"
        self.upsert = _upsert(self.table)
        self._places = {name: at for at, (name, _) in enumerate(self._shapes)}
        self._rid = self._places["rid"]
        self._together = f'{self._select} WHERE "{record.TOGETHER}" = ?'
        # Plain columns come back as they are: what is in the database has been through the struct before.
        self._read = [(f.name, _reader(f.type)) for f in fields(record)]

    def get(self, sql: Sql, rid: str) -> R | None:
        """The record with this rid. One of a kind that is `SHARED` may be another caller's, too."""
        if self.record.SHARED and isinstance(sql, Pen):
            return sql.shared((self.name, rid), lambda: self._own(sql, rid))
        row = self._row(sql, rid)
        return self._struct(row) if row else None

    def _own(self, sql: Sql, rid: str) -> R | None:
        row = self._row(sql, rid)
        return self._struct(row) if row else None

    def _row(self, sql: Sql, rid: str) -> tuple[Any, ...] | None:
        if not isinstance(sql, Pen):
            return sql.one(self._get, (rid,))
        # Nearly always it is known: nothing is made to find out.
        row: tuple[Any, ...] | None = sql.known(self.name, rid, _UNKNOWN)
        return sql.fact(self.name, rid, lambda below: below.one(self._get, (rid,))) if row is _UNKNOWN else row

    def find(self, sql: Sql, where: str, params: typing.Sequence[Any], order: str) -> list[R]:
        """Records matching a condition over their columns."""
        condition = f" WHERE {where}" if where else ""
        statement = f"{self._select}{condition} ORDER BY {order}"
        if isinstance(sql, Pen):
            pen = sql
            rows = pen.answer(self.name, (statement, *params), lambda: self._asked(pen, statement, params))
        else:
            rows = sql.all(statement, params)
        return [self._struct(row) for row in rows]

    def _asked(self, pen: Pen, statement: str, params: typing.Sequence[Any]) -> list[tuple[Any, ...]]:
        """What waits of other tables need not be written for it: a condition is about this one alone."""
        return (pen.below if pen.has_written(self.upsert) else pen).all(statement, params)

    def together(self, pen: Pen, value: str, equal: typing.Mapping[str, Any]) -> list[R]:
        """Records with this value in the column they are found together by, and these in others; no write has to be made for it."""
        rids: tuple[str, ...] | None = pen.known(self.name, ("all", value), None)
        if rids is None:
            kept = {row[self._rid]: row for row in pen.below.all(self._together, (value,))}
            for rid, row in kept.items():
                if pen.known(self.name, rid, None) is None:
                    pen.note(self.name, rid, row)
            rids = tuple(sorted({*kept, *pen.known(self.name, ("new", value), ())}))
            pen.note(self.name, ("all", value), rids)
        wanted = [(self._places[name], other) for name, other in equal.items()]
        rows = [self._row(pen, rid) for rid in rids]
        return [self._struct(row) for row in rows if row and all(row[at] == other for at, other in wanted)]

    def _note_together(self, pen: Pen, value: str, rid: str) -> None:
        """Whoever asks next for those it belongs to finds it too: among all that are known, or else among those that may wait."""
        about = "new" if pen.known(self.name, ("all", value), None) is None else "all"
        rids: tuple[str, ...] = pen.known(self.name, (about, value), ())
        if rid not in rids:
            pen.note(self.name, (about, value), tuple(sorted((*rids, rid))))

    def page(self, sql: Sql, extra: typing.Sequence[str], rest: str, params: typing.Sequence[Any]) -> list[tuple[R, tuple[Any, ...]]]:
        """Records with the values of `extra` expressions over their columns; `rest`: WHERE, ORDER BY and LIMIT. For readers."""
        added = "".join(f", {one}" for one in extra)
        select = self._select.replace(" FROM ", f"{added} FROM ", 1)
        width = len(self._shapes)
        return [(self._struct(row[:width]), row[width:]) for row in sql.all(f"{select} {rest}", params)]

    def put(self, sql: Sql, record: R) -> None:
        """Insert or replace."""
        kept = list(self._values(record))
        for at, shape in self._other:
            kept[at] = _kept(kept[at], shape)
        row = tuple(kept)
        if isinstance(sql, Pen):
            sql.later(self.upsert, record.rid, row)
            sql.note(self.name, record.rid, row)
            sql.unshare((self.name, record.rid))
            sql.changed(self.name)
            if self.record.TOGETHER and (value := getattr(record, self.record.TOGETHER)):
                self._note_together(sql, value, record.rid)
        else:
            sql.run(self.upsert, row)

    def create(self, sql: Sql) -> None:
        """Make the table, its indexes and any column that is not there yet."""
        for statement in self._made_by:
            sql.run(statement)
        present = {row[1] for row in sql.all(f'PRAGMA table_info("{self.name}")')}
        for column in self.table._meta.columns:
            if column._meta.db_column_name not in present:
                sql.run(f'ALTER TABLE "{self.name}" ADD COLUMN {column.ddl}')
        for index in (*self.record.INDEX, *([self.record.TOGETHER] if self.record.TOGETHER else [])):
            columns = (index,) if isinstance(index, str) else index
            listed = ", ".join(f'"{c}"' for c in columns)
            sql.run(f'CREATE INDEX IF NOT EXISTS "ix_{self.name}_{"_".join(columns)}" ON "{self.name}" ({listed})')

    def begins(self, columns: typing.Sequence[str]) -> bool:
        """Whether an index begins with these columns."""
        return any(not isinstance(index, str) and index[: len(columns)] == tuple(columns) for index in self.record.INDEX)

    @cached_property
    def _made_by(self) -> typing.Sequence[str]:
        """As Piccolo writes it, which takes it as long as all the rest of opening a hall."""
        return self.table.create_table(if_not_exists=True).ddl

    def _struct(self, row: tuple[Any, ...]) -> R:
        return self.record(**{name: read(value) if read else value for (name, read), value in zip(self._read, row, strict=True)})


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    """What makes a field's value of a column's; nothing where they are the same."""
    shape, null = shape_of(hint)
    if shape == "json":
        return msgspec.json.Decoder(hint).decode
    if shape == "bool":
        return (lambda value: None if value is None else bool(value)) if null else bool
    return None


def _upsert(table: type[Table]) -> str:
    """Insert-or-replace by rid as Piccolo writes it, without the RETURNING nobody reads (4.5 to 1.2 microseconds a row)."""
    (rid,), others = ([c for c in table._meta.columns if (c._meta.name == "rid") is key] for key in (True, False))
    insert = table.insert(table())
    if others:
        insert = insert.on_conflict(target=rid, action="DO UPDATE", values=others)
    else:
        insert = insert.on_conflict(target=rid, action="DO NOTHING")
    text, _ = insert.querystrings[0].compile_string(engine_type="sqlite")
    return text.partition(" RETURNING ")[0]


@cache
def compiled(record: type[Record]) -> RecordTable[Any]:
    """The table of a record kind. It keeps nothing of a database: one serves every site of this process."""
    return RecordTable(record)


def record_tables(records: Iterable[type[Record]]) -> dict[type[Record], RecordTable[Any]]:
    """Tables for every record kind; two kinds may not share a table."""
    made: dict[type[Record], RecordTable[Any]] = {record: compiled(record) for record in records}
    names = [t.name for t in made.values()]
    if twice := {n for n in names if names.count(n) > 1}:
        raise ValueError(f"two record kinds share a table: {sorted(twice)}")
    return made
