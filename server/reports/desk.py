"""A reader at the desk: which registers are his, a page of one, a row with what lies behind it, a whole register for a file."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from server.domain.base import Actor, Column, Reading, Register
from server.domain.hall.ops import Hall
from server.domain.hall.rules import day_of, local, rule, text
from server.domain.hall.tables import HallRecord
from server.papers.press import Sheet
from server.reports import measure, query, table
from server.reports.export import ROWS_MAX, Format, Head, Value, Writer, class_mark, plain, safe, write_csv, write_xlsx
from server.reports.indices import INDICES, Index, Span, point, together, worst_first
from server.reports.labels import Namer, ids_in
from server.reports.paper import paper_of
from server.reports.query import Asked, BadQuery
from server.reports.rights import best, columns_of, opened_by_purpose, readings_of
from server.reports.table import Source
from server.reports.words import say, word_of
from server.store.contract import Sql
from server.store.institutions import Institutions
from sync.desk import (
    IndexPage,
    IndexSeries,
    IndexUnit,
    RegisterColumn,
    RegisterDetail,
    RegisterInfo,
    RegisterLink,
    RegisterList,
    RegisterPage,
    Totals,
)
from sync.errors import N_

BATCH_ROWS = 500
SEES_ALL = frozenset({"OFF", "EFF", "LEAD", "TOP"})
"""Whose indices are those of the whole hall; a head has those of the own unit (§11)."""


class Opened(NamedTuple):
    """What a reading leaves behind: the columns that were read for a purpose, how many rows, and the question as it was asked."""

    columns: tuple[str, ...]
    rows: int
    purpose: str
    asked: str


class File(NamedTuple):
    """An exported register. `name`: what the file is called; `body`: of a PDF the sheet that is to be set."""

    name: str
    kind: Format
    body: bytes | Sheet
    trace: Opened


class Reader:
    """One person reading within one consistent state. `now`: server time (ms). Raises `BadQuery` and, where nothing is, `LookupError`."""

    def __init__(self, sql: Sql, institutions: Institutions, actor: Actor, locale: str, now: int) -> None:
        self._sql = sql
        self._institutions = institutions
        self._actor = actor
        self._locale = locale
        self._now = now
        founded = institutions.tables[HallRecord].get(sql, "hall")
        if founded is None:
            raise LookupError("no hall has been set up")
        self._hall: Hall = founded.hall
        self._namer = Namer(sql, institutions, self._hall, locale)

    # --- what there is ---

    def registers(self) -> RegisterList:
        """The registers this person may read, each with its columns."""
        mine = ((r, self._readings(r)) for r in self._institutions.registers.values())
        return RegisterList([self._info(register, readings) for register, readings in mine if readings])

    def _info(self, register: Register, readings: Sequence[Reading]) -> RegisterInfo:
        columns = [self._column(register, readings, column) for column in columns_of(register, readings)]
        whole = any(reading.rows == "hall" for reading in readings)
        units = self._units(whole) if register.unit else []
        return RegisterInfo(register.name, say(self._locale, register.title), register.at, columns, units, register.totals)

    def _column(self, register: Register, readings: Sequence[Reading], column: Column) -> RegisterColumn:
        of = self._institutions.tables[register.record]
        return RegisterColumn(
            key=column.key,
            title=say(self._locale, column.title),
            kind=column.kind,
            privacy=column.privacy,
            choices=[(value, word_of(self._locale, word)) for value, word in column.choices.items()],
            filters=query.filterable(of, column),
            sorts=query.sortable(of, column),
            sealed=best(readings, column, "") == "sealed",
        )

    # --- reading ---

    def page(self, name: str, asked_for: Mapping[str, str]) -> tuple[RegisterPage, Opened]:
        """One page; the first with totals."""
        source, readings, asked = self._ask(name, asked_for)
        columns = columns_of(source.register, readings)
        lines = table.page(self._sql, source, asked, asked.limit + 1)
        rows = [table.row_of(line, columns, asked.purpose) for line in lines[: asked.limit]]
        more = None
        if len(lines) > asked.limit:
            last = lines[asked.limit - 1].record
            more = query.cursor(asked, getattr(last, asked.sort), last.rid)
        page = RegisterPage(
            rows=rows,
            labels=self._namer.labels(columns, rows),
            from_day=asked.from_day,
            to_day=asked.to_day,
            asked_at=self._now,
            next=more,
            totals=None if asked.after else self._totals(source, asked),
        )
        return page, self._trace(readings, columns, asked.purpose, len(rows), asked_for)

    def detail(self, name: str, rid: str, asked_for: Mapping[str, str]) -> tuple[RegisterDetail, Opened]:
        """One row, and where the facts behind it are."""
        source, readings = self._source(name)
        purpose = query.purpose_of(asked_for)
        line = table.one(self._sql, source, readings, rid)
        if line is None:
            raise LookupError(rid)
        columns = columns_of(source.register, readings)
        row = table.row_of(line, columns, purpose)
        labels = self._namer.labels(columns, [row])
        return RegisterDetail(row, labels, list(self._related(source, line))), self._trace(readings, columns, purpose, 1, {"rid": rid})

    def _related(self, source: Source, line: table.Line) -> Iterator[RegisterLink]:
        """Links to registers this person may read; none that would tell what is sealed in this row."""
        unseen = [c for c in source.register.columns if best(line.readings, c, "") != "open"]
        hidden = {id for c in unseen for id in ids_in(table.cell_of(c, line.record))}
        for one in source.register.related(line.record) if source.register.related else ():
            target = self._institutions.registers.get(one.register)
            if target and self._readings(target) and hidden.isdisjoint(",".join(one.filters.values()).split(",")):
                days = {"from": day_of(one.from_at, self._hall.tz), "to": day_of(max(one.from_at, one.to_at), self._hall.tz)}
                yield RegisterLink(one.register, say(self._locale, one.title), {**days, **{f"f.{k}": v for k, v in one.filters.items()}})

    # --- files ---

    def export(self, name: str, kind: Format, asked_for: Mapping[str, str], by: str) -> File:
        """Everything that fulfils the query, as a file. `by`: the reader's name."""
        source, readings, asked = self._ask(name, asked_for)
        ((rows,),) = table.count(self._sql, source, asked, ())
        if rows > ROWS_MAX[kind]:
            raise BadQuery("export_large", rows=ROWS_MAX[kind])
        columns = columns_of(source.register, readings)
        head = self._head(source, readings, columns, asked, by)
        written = self._written(source, asked, columns, plain if kind == "pdf" else safe)
        body: bytes | Sheet
        if kind == "pdf":
            body = paper_of(head, written, self._locale)
        else:
            body = write_xlsx(head, columns, written) if kind == "xlsx" else write_csv(head, written)
        trace = self._trace(readings, columns, asked.purpose, rows, asked_for)
        return File(f"{head.title}_{asked.from_day}_{asked.to_day}.{kind}", kind, body, trace)

    def _written(self, source: Source, asked: Asked, columns: Sequence[Column], clean: Callable[[str], str]) -> Iterator[list[Value]]:
        writer = Writer(columns, self._namer, self._hall.tz, self._locale, clean)
        while lines := table.page(self._sql, source, asked, BATCH_ROWS):
            rows = [table.row_of(line, columns, asked.purpose) for line in lines]
            self._namer.meet(columns, rows)
            yield from (writer.values(row) for row in rows)
            last = lines[-1].record
            asked = asked._replace(after=(getattr(last, asked.sort), last.rid))

    def _head(self, source: Source, readings: Sequence[Reading], columns: Sequence[Column], asked: Asked, by: str) -> Head:
        shown = [c for c in columns if best(readings, c, asked.purpose) == "open"]
        said = {f.column.key: f for f in asked.filters}
        title = say(self._locale, source.register.title)
        mark, time = class_mark(shown, self._locale), local(self._now, self._hall.tz).strftime("%Y-%m-%d %H:%M:%S")
        lines = [
            text(self._hall.names, self._locale),
            say(self._locale, N_("密级标识：{mark}　导出人：{name}　导出时间：{time}"), mark=mark, name=by, time=time),
            say(self._locale, N_("起止：{from_day} 至 {to_day}"), from_day=asked.from_day, to_day=asked.to_day),
        ]
        if asked.unit:
            lines.append(say(self._locale, N_("单位：{name}"), name=self._namer.name("unit", asked.unit)))
        if said:
            titles = [say(self._locale, f.column.title) for f in said.values()]
            lines.append(say(self._locale, N_("筛选：{filters}"), filters=say(self._locale, N_("、")).join(titles)))
        if asked.purpose:
            lines.append(say(self._locale, N_("用途：{purpose}"), purpose=asked.purpose))
        return Head(title, tuple(lines), tuple(say(self._locale, c.title) for c in columns), f"{mark} · {by} · {time}")

    # --- indices ---

    def indices(self, asked_for: Mapping[str, str]) -> IndexPage:
        """Every index over a period: of the hall for those who answer for it, of the own unit for its head."""
        unit = self._unit_of_indices(asked_for)
        asked = measure.period(asked_for, day_of(self._now, self._hall.tz))
        counted = measure.count(self._sql, self._institutions, self._hall, asked, unit)
        min_n = rule(self._hall, "idx.min_n", self._now)
        series = [self._series(index, counted, min_n, unit) for index in INDICES]
        return IndexPage(asked.from_day, asked.to_day, asked.by, min_n, self._now, series, self._units(not self._heads_only()))

    def _heads_only(self) -> bool:
        return self._actor.roles.isdisjoint(SEES_ALL)

    def _unit_of_indices(self, asked_for: Mapping[str, str]) -> str:
        """The unit asked for, "" for all; a head has one answer whatever is asked."""
        if unknown := asked_for.keys() - {"by", "from", "to", "unit", "locale"}:
            raise BadQuery("query_bad", field=min(unknown)[:40])
        if not self._heads_only():
            return asked_for.get("unit", "")
        if "HEAD" not in self._actor.roles or not self._actor.unit:
            raise BadQuery("forbidden")
        return self._actor.unit

    def _series(self, index: Index, counted: measure.Counted, min_n: int, unit: str) -> IndexSeries:
        whole = Span(counted.spans[0].from_day, counted.spans[-1].to_day, any(span.provisional for span in counted.spans))
        points = [point(index, numbers, span, min_n) for numbers, span in zip(counted.of_spans, counted.spans, strict=True)]
        ranked = worst_first(index, ((id, point(index, numbers, whole, min_n)) for id, numbers in counted.of_units.items() if id))
        return IndexSeries(
            id=index.id,
            key=index.key,
            title=say(self._locale, index.title),
            kind=index.kind,
            good=index.good,
            counts=(say(self._locale, index.counts[0]), say(self._locale, index.counts[1]) if index.counts[1] else ""),
            points=points,
            total=point(index, together(counted.of_units.values()), whole, min_n),
            parts=[say(self._locale, word) for _, word in index.parts],
            units=[IndexUnit(id, self._namer.name("unit", id), p) for id, p in ranked] if not unit else [],
            facts=list(self._facts(index)),
        )

    def _facts(self, index: Index) -> Iterator[RegisterLink]:
        """The registers behind an index that this person may read; the screen adds days and unit."""
        for one in index.facts:
            register = self._institutions.registers.get(one.register)
            if register and self._readings(register):
                yield RegisterLink(one.register, say(self._locale, register.title), {f"f.{k}": v for k, v in one.filters.items()})

    def _units(self, whole: bool) -> list[tuple[str, str]]:
        return [(id, name) for id, name in self._namer.units.items() if whole or id == self._actor.unit]

    # --- parts ---

    def _readings(self, register: Register) -> tuple[Reading, ...]:
        return readings_of(register, self._actor.roles, self._hall.rules)

    def _source(self, name: str) -> tuple[Source, tuple[Reading, ...]]:
        register = self._institutions.registers.get(name)
        if register is None:
            raise LookupError(name)
        readings = self._readings(register)
        if not readings:
            raise BadQuery("forbidden")
        return Source(register, self._institutions.tables[register.record], self._hall, self._actor), readings

    def _ask(self, name: str, asked_for: Mapping[str, str]) -> tuple[Source, tuple[Reading, ...], Asked]:
        source, readings = self._source(name)
        asked = query.read(source.register, source.table, readings, asked_for, day_of(self._now, self._hall.tz))
        return source, readings, asked

    def _totals(self, source: Source, asked: Asked) -> Totals:
        """Counts by the register's choice column and by unit, of what the query is about."""
        register = source.register
        by = [name for name in (register.totals, register.unit) if self._is_open(register, asked, name)]
        states: Counter[str] = Counter()
        units: Counter[str] = Counter()
        rows = 0
        for *values, n in table.count(self._sql, source, asked, by):
            rows += n
            named = dict(zip(by, values, strict=True))
            if register.totals in named:
                states[str(named[register.totals])] += n
            if register.unit in named:
                units[self._namer.unit_of_post(named["post"]) if register.unit == "post" else named[register.unit]] += n
        return Totals(rows=rows, by=sorted(states.items()), units=units.most_common())

    def _is_open(self, register: Register, asked: Asked, key: str) -> bool:
        """Whether rows may be counted by a column: the unit of a post always, for a unit names nobody."""
        column = next((c for c in register.columns if c.key == key), None)
        return key != "" and (column is None or key == register.unit or best(asked.readings, column, asked.purpose) == "open")

    def _trace(
        self, readings: Sequence[Reading], columns: Iterable[Column], purpose: str, rows: int, asked_for: Mapping[str, str]
    ) -> Opened:
        opened = tuple(c.key for c in opened_by_purpose(readings, columns)) if purpose else ()
        asked = "&".join(f"{k}={v}" for k, v in sorted(asked_for.items()) if k not in ("purpose", "locale", "after"))
        return Opened(opened, rows, purpose, asked)
