"""A spreadsheet as ops: every row is said through the same handlers as at the desk, by the person who brings it (ORG-10).

All of it is one step of the writer: a dry run is that step undone, so that what it says is what would be.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping

import msgspec

from server.domain.base import Actor, Op, Outcome
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import SessionDuty
from server.domain.hall.rules import is_day, is_unlisted, lunch_span
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord, RoleTerm, UnitRecord, UnitTerm
from server.domain.hall.views import listed_roles
from server.domain.roster.handlers import DOMAIN
from server.domain.roster.ops import CELLS_MAX, DutyCell, PutDraft, PutPerson, PutPost, PutService, PutUnit, PutZone, Qualify
from server.domain.roster.plans import kept_plan, published_plan, session_count
from server.domain.roster.tables import QualificationRecord, ServiceRecord
from server.reports.words import say
from server.sheets.cells import (
    Bad,
    Row,
    bare,
    day_in,
    from_today,
    is_same,
    left_alone,
    listed,
    names_of,
    number_of,
    open_terms,
    role_terms,
    session_of,
    span_of,
    text_of,
    unit_terms,
)
from server.sheets.columns import SHEETS, Sheet, known_sheet, meaning, titles_of
from server.store.transaction import Transaction
from sync.clock import Window
from sync.errors import CODES, N_
from sync.sheets import SheetCount, SheetError, SheetReport

ERRORS_MAX = 20_000
"""One for every row a sheet may have (reader.ROWS_MAX): some 5 MB of answer. More are counted."""
Rows = list[tuple[int, list[str]]]

FAULTS: dict[str, str] = {
    "old_format": N_("这是旧版或加密的表格文件，请另存为 XLSX 或 CSV 后再导入。"),
    "encoding": N_("文字编码无法识别，请存为 UTF-8 或 GBK（GB 18030）。"),
    "damaged": N_("表格文件已损坏，或不是表格文件。"),
    "macros": N_("表格文件带有宏，没有导入。请另存为不带宏的 XLSX。"),
    "outside": N_("表格文件引用了外部数据，没有导入。请去掉引用后再试。"),
    "locked": N_("表格文件已加密，无法读取。"),
    "too_large": N_("表格文件解开后过大，没有导入。"),
    "too_many_sheets": N_("工作表过多，没有导入。"),
    "too_many_rows": N_("行数过多，没有导入。请分成几份。"),
    "far_down": N_("空了很多行之后还有内容，没有导入。请删去空行或多余的内容。"),
    "too_many_columns": N_("列数过多，没有导入。"),
    "cell_too_long": N_("单元格内容过长。"),
    "formula": N_("单元格是公式，没有导入。请改为数值。"),
    "error_cell": N_("单元格是错误值。"),
    "slow": N_("表格文件读取超时，没有导入。"),
}
"""What the reader finds wrong with a file (reader.Fault)."""


ROWS_MAX = {"zones": 200, "units": 1_000, "services": 5_000, "posts": 2_000, "people": 10_000}
"""More of a kind than any hall has: every row is said one by one, and nobody else's record is written meanwhile."""
SECONDS_MAX = 15
"""How long one file may hold the writer."""


class Slow(Exception):
    """The time of one file is over."""


class Intake:
    """One file being taken in by one person. `report` says what came of it."""

    def __init__(self, tx: Transaction, actor: Actor, locale: str) -> None:
        self.tx = tx
        self.actor = actor
        self.locale = locale
        self.today = today_of(tx)
        self.errors: list[SheetError] = []
        self.counts: list[SheetCount] = []
        self.more = 0
        self.again = False
        self.until = time.monotonic() + SECONDS_MAX

    def take(self, sheets: list[tuple[str, Rows]]) -> SheetReport:
        """Say everything in the file, in the order in which one thing rests on another."""
        try:
            return self._take(sheets)
        except Slow:
            return SheetReport(False, [SheetError(say(self.locale, FAULTS["too_many_rows"]))])

    def _take(self, sheets: list[tuple[str, Rows]]) -> SheetReport:
        found = {sheet.key: (name, sheet, table) for name, sheet, table in self._sorted(sheets)}
        for sheet in SHEETS:
            if sheet.key in found:
                name, _, table = found[sheet.key]
                self._sheet(name or say(self.locale, sheet.title), sheet, table)
        if not found and not self.errors:
            self._wrong("", 0, "", Bad(N_("没有认出任何一张表，请用模板的表头。")))
        # Heads and contact posts point at people and posts of later sheets.
        if "units" in found and not self.errors:
            name, sheet, table = found["units"]
            self.again = True
            self._sheet(name or say(self.locale, sheet.title), sheet, table)
        return SheetReport(not self.errors, self.errors, self.counts, self.more)

    def _sorted(self, sheets: list[tuple[str, Rows]]) -> Iterator[tuple[str, Sheet, Rows]]:
        seen = set()
        for name, rows in sheets:
            if not rows:
                continue
            sheet = known_sheet(name, rows[0][1])
            if sheet is None:
                # A sheet of notes is no table; one that looks like a table is not passed over in silence.
                if len(rows[0][1]) > 1:
                    self._wrong(name, rows[0][0], "", Bad(N_("没有认出这张表，请用模板的表头。")))
                continue
            if sheet.key in seen:
                self._wrong(name, rows[0][0], "", Bad(N_("同一种表出现了两次。")))
                continue
            seen.add(sheet.key)
            yield name, sheet, rows

    def _sheet(self, name: str, sheet: Sheet, table: Rows) -> None:
        header = table[0][1]
        places = {col.key: next((n for n, title in enumerate(header) if title in titles_of(col)), -1) for col in sheet.cols}
        for col in sheet.cols:
            if col.needed and places[col.key] < 0:
                self._wrong(name, table[0][0], "", Bad(N_("缺少“{title}”列。"), title=say(self.locale, col.title)))
        if any(col.needed and places[col.key] < 0 for col in sheet.cols):
            return
        if len(table) - 1 > ROWS_MAX.get(sheet.key, len(table)):
            self._wrong(name, table[ROWS_MAX[sheet.key] + 1][0], "", Bad(FAULTS["too_many_rows"]))
            return
        columns = frozenset(key for key, n in places.items() if n >= 0)
        rows = [
            Row(number, {key: cells[n] for key, n in places.items() if 0 <= n < len(cells) and cells[n]}, [], columns)
            for number, cells in table[1:]
        ]
        self._name_twice(sheet, rows)
        tally = {"added": 0, "changed": 0, "same": 0}
        for row in rows:
            self._complete(sheet, row)
        if sheet.key == "roster":
            self._take_roster(rows, tally)
        else:
            take = getattr(self, f"_take_{sheet.key}")
            for n, row in enumerate(rows):
                self._go_on()
                became = take(row, n)
                tally[became] += not row.wrong
        for row in rows:
            for bad in sorted(row.wrong, key=lambda bad: places.get(bad.column, -1)):
                self._wrong(name, row.number, self._letter(places, bad.column), bad)
        if not self.again:
            self.counts.append(SheetCount(say(self.locale, sheet.title), **tally))

    @staticmethod
    def _name_twice(sheet: Sheet, rows: list[Row]) -> None:
        """Of two rows about the same thing neither is to vanish without a word. What a sheet is about stands in its first column."""
        key = sheet.cols[0].key
        seen = {""}
        for row in rows if sheet.key in ROWS_MAX else []:
            if row.get(key) in seen - {""}:
                row.wrong.append(Bad(N_("“{word}”在这张表里出现了不止一次。"), key, word=row.get(key)[:40]))
            seen.add(row.get(key))

    @staticmethod
    def _letter(places: Mapping[str, int], key: str) -> str:
        """The column as an office program names it."""
        n = places.get(key, -1)
        return "" if n < 0 else chr(65 + n) if n < 26 else f"{chr(64 + n // 26)}{chr(65 + n % 26)}"

    def _complete(self, sheet: Sheet, row: Row) -> None:
        for col in sheet.cols:
            if col.needed and not row.get(col.key):
                row.wrong.append(Bad(N_("“{title}”不能为空。"), col.key, title=say(self.locale, col.title)))
            if col.words and row.get(col.key) and col.key != "terms":
                value = meaning(col, row.get(col.key))
                if value is None:
                    row.wrong.append(Bad(N_("“{word}”不是这一列的可选值。"), col.key, word=row.get(col.key)[:40]))
                else:
                    row.cells[col.key] = value

    def _wrong(self, sheet: str, row: int, column: str, bad: Bad) -> None:
        if len(self.errors) >= ERRORS_MAX:
            self.more += 1
            return
        self.errors.append(SheetError(say(self.locale, bad.text, **bad.values), sheet, row, column))

    # --- sheets, one by one; each says "added", "changed" or "same" ---

    def _take_zones(self, row: Row, place: int) -> str:
        hall = hall_of(self.tx)
        known = next((zone for zone in hall.zones if zone.id == row.get("id")), None)
        names, floor = names_of(row, "names", known.names if known else None), number_of(row, "floor")
        if known and (known.names, known.floor) == (names, floor) and hall.zones.index(known) == place:
            return "same"
        self._say(row, "org.zone", row.get("id"), PutZone(names, floor, place), "id")
        return "changed" if known else "added"

    def _take_units(self, row: Row, _: int) -> str:
        rid = row.get("id")
        known = self.tx.get(UnitRecord, rid)
        args = PutUnit(
            names=names_of(row, "names", known.names if known else None),
            kind=row.get("kind"),  # type: ignore[arg-type]
            head=self._uid(row, "head"),
            category=row.get("category"),
            phone=row.get("phone"),
            short=text_of(row, "short", known.short if known else {}),
            parent=self._parent(row, known),
            leader=self._uid(row, "leader"),
            chief=self._uid(row, "chief"),
            contact_post=self._post(row, "contact_post", later=True),
        )
        args = left_alone(row, known, args)
        if known and not known.retired and is_same(known, args):
            return "same"
        self._say(row, "org.unit", rid, args, "id")
        return "changed" if known else "added"

    def _take_services(self, row: Row, _: int) -> str:
        rid = row.get("id")
        known = self.tx.get(ServiceRecord, rid)
        args = left_alone(row, known, PutService(names_of(row, "names", known.names if known else None), row.get("unit")))
        if known and not known.retired and is_same(known, args):
            return "same"
        self._must_be(row, "unit", args.unit, self._unit_is)
        self._say(row, "org.service", rid, args, "id")
        return "changed" if known else "added"

    def _take_posts(self, row: Row, _: int) -> str:
        found = self._by_number(row.get("number"))
        args = PutPost(
            number=row.get("number"),
            zone=row.get("zone"),
            unit=row.get("unit"),
            order=number_of(row, "order"),
            services=listed(row.get("services")),
            group=row.get("group"),
            kind=row.get("kind"),  # type: ignore[arg-type]
            required=row.get("required") == "1",
            min_staff=number_of(row, "min_staff", 1),
            sessions=[session_of(row, "sessions", text) for text in listed(row.get("sessions"))],
            promise=text_of(row, "promise", found.promise if found else {}),
            standard=text_of(row, "standard", found.standard if found else {}),
        )
        services = {"services": found.service_ids} if found else {}
        args = left_alone(row, found, args, services)
        if found and is_same(found, args, services):
            return "same"
        hall = hall_of(self.tx)
        self._must_be(row, "zone", args.zone, {zone.id for zone in hall.zones}.__contains__)
        self._must_be(row, "unit", args.unit, self._unit_is)
        for service in args.services:
            self._must_be(row, "services", service, self._service_is)
        self._say(row, "org.post", found.rid if found else str(uuid.uuid4()), args, "number")
        return "changed" if found else "added"

    def _take_people(self, row: Row, _: int) -> str:
        found = self._by_badge(row.get("badge"))
        args = PutPerson(
            name=row.get("name"),
            badge=row.get("badge"),
            units=self._units(row, unit_terms(found)),
            terms=self._terms(row, role_terms(found)),
            title=names_of(row, "title", found.title if found else None),
            names=names_of(row, "names", found.names if found else None),
            phone=row.get("phone"),
            employment=row.get("employment"),
            entered=row.get("entered"),
            service_base=row.get("service_base"),
            rank=number_of(row, "rank"),
        )
        args = left_alone(row, found, args)
        if found and self._is_same_person(found, args):
            return "same"
        self._say(row, "org.person", found.rid if found else str(uuid.uuid4()), args, "badge")
        return "changed" if found else "added"

    @staticmethod
    def _is_same_person(found: PersonRecord, args: PutPerson) -> bool:
        """Whether a person is what the row says; one whose units and roles have no days yet, by those of today."""
        if found.units:
            return is_same(found, args, {"terms": open_terms(found)})
        today = [found.unit] == [t.unit for t in args.units] and listed_roles(found.roles) == [t.role for t in args.terms]
        return today and is_same(found, args, {"units": args.units, "terms": args.terms})

    def _take_qualifications(self, row: Row, _: int) -> str:
        uid = self._uid(row, "person")
        rid = f"{uid}.{row.get('service')}"
        known = self.tx.get(QualificationRecord, rid)
        flags = {key: row.get(key) == "1" for key in ("trained", "authorised", "seal")}
        args = left_alone(row, known, Qualify(uid, row.get("service"), **flags, since=row.get("since"), proof=row.get("proof")))
        if known and is_same(known, args):
            return "same"
        self._must_be(row, "service", args.service, self._service_is)
        self._say(row, "org.qualify", rid, args, "service")
        return "changed" if known else "added"

    def _take_roster(self, rows: list[Row], tally: dict[str, int]) -> None:
        """Rows of one post and day are one cell; what differs from the published roster becomes a draft of the office's."""
        hall = hall_of(self.tx)
        parts: dict[tuple[str, str], list[tuple[Row, SessionDuty]]] = {}
        for row in rows:
            self._go_on()
            a, b, c = (self._uid(row, key) for key in ("a", "b", "c"))
            cell = day_in(row, "day"), self._post(row, "post")
            most, lunch = (session_count(hall, cell[0]), lunch_span(hall, cell[0])) if is_day(cell[0]) else (1, None)
            part = SessionDuty(session_of(row, "n", row.get("n"), most, lunch=lunch is not None), a, b, c)
            if not row.wrong:
                parts.setdefault(cell, []).append((row, part))
        cells = []
        for (day, post), found in parts.items():
            first, *later = sorted((part for _, part in found), key=lambda p: p.n)
            known = self.tx.get(DutyRecord, f"{day}:{post}")
            if len({part.n for _, part in found}) < len(found) or first.n:
                found[0][0].wrong.append(Bad(N_("同一天同一窗口的时段重复，或缺少上午。")))
            elif known and [bare(part) for part in kept_plan(hall, day, published_plan(hall, known))] == [first, *later]:
                tally["same"] += 1
            else:
                cells.append((found[0][0], DutyCell(day, post, first.a, first.b, first.c, later), "changed" if known else "added"))
        self._draft(cells)
        for row, _, became in cells:
            tally[became] += not row.wrong

    def _draft(self, cells: list[tuple[Row, DutyCell, str]]) -> None:
        """Say the drafts, many at once; where that is refused, one by one, to find the rows."""
        for begin in range(0, len(cells), CELLS_MAX):
            self._go_on()
            chunk = cells[begin : begin + CELLS_MAX]
            if self._run("roster.draft", str(uuid.uuid4()), PutDraft([cell for _, cell, _ in chunk])).st == "applied":
                continue
            for row, cell, _ in chunk:
                self._say(row, "roster.draft", str(uuid.uuid4()), PutDraft([cell]), "")

    def _go_on(self) -> None:
        """Raises `Slow` when the time of the file is over."""
        if time.monotonic() > self.until:
            raise Slow

    # --- what cells mean ---

    def _say(self, row: Row, kind: str, rid: str, args: msgspec.Struct, column: str) -> None:
        """Do what a row says, if nothing is wrong with it so far."""
        if row.wrong:
            return
        outcome = self._run(kind, rid, args)
        if outcome.st != "applied":
            code = outcome.code or "INVALID"
            text = N_("内容不合规定，请核对这一行。") if code == "INVALID" else CODES[code].text
            row.wrong.append(Bad(text, column if code == "TAKEN" else ""))

    def _run(self, kind: str, rid: str, args: msgspec.Struct) -> Outcome:
        now = self.tx.now
        window = Window(now, now, now, "OK", "A")
        return DOMAIN.handlers[kind](self.tx, Op(str(uuid.uuid4()), kind, rid, args, "", self.actor, window, now, {}))

    def _by_badge(self, badge: str) -> PersonRecord | None:
        found = self.tx.find(PersonRecord, "badge = ?", [badge])
        return next((person for person in found if not person.left and not person.outside), None)

    def _by_number(self, number: str) -> PostRecord | None:
        return next(iter(self.tx.find(PostRecord, "number = ? AND retired = ?", [number, False])), None)

    def _unit_is(self, rid: str) -> bool:
        found = self.tx.get(UnitRecord, rid)
        return found is not None and not found.retired

    def _service_is(self, rid: str) -> bool:
        found = self.tx.get(ServiceRecord, rid)
        return found is not None and not found.retired

    @staticmethod
    def _must_be(row: Row, key: str, rid: str, is_there: Callable[[str], bool]) -> None:
        """What a cell names by its id is there."""
        if rid and not is_there(rid):
            row.wrong.append(Bad(N_("没有“{word}”。"), key, word=rid[:40]))

    def _parent(self, row: Row, known: UnitRecord | None) -> str:
        """The unit above, which may stand further down."""
        rid = row.get("parent")
        if not rid or self._unit_is(rid) or (known and known.parent == rid):
            return rid
        return self._second_round(row, "parent", N_("没有“{word}”。"), word=rid[:40])

    def _uid(self, row: Row, key: str) -> str:
        """The person whose badge number a cell holds. Units come before people: their heads are said in the second round."""
        badge = row.get(key)
        if not badge:
            return ""
        found = self._by_badge(badge)
        if (
            found is None
            and key in ("head", "chief", "leader")
            and all(is_unlisted(one.roles) for one in self.tx.find(PersonRecord, "badge = ?", [badge]))
        ):
            return self._second_round(row, key, N_("没有工号为“{badge}”的人员。可以先留空，导入人员以后再补上。"), badge=badge[:40])
        if found is None:
            row.wrong.append(Bad(N_("没有工号为“{badge}”的人员。"), key, badge=badge[:40]))
        return found.rid if found else ""

    def _post(self, row: Row, key: str, *, later: bool = False) -> str:
        """The post whose number a cell holds."""
        number = row.get(key)
        found = self._by_number(number) if number else None
        if number and found is None and later:
            return self._second_round(row, key, N_("没有号码为“{number}”的窗口。可以先留空，导入岗位以后再补上。"), number=number[:40])
        if number and found is None:
            row.wrong.append(Bad(N_("没有号码为“{number}”的窗口。"), key, number=number[:40]))
        return found.rid if found else ""

    def _second_round(self, row: Row, key: str, text: str, **values: str) -> str:
        """What is not there yet may come with a later sheet; the second time it must be there."""
        if self.again:
            row.wrong.append(Bad(text, key, **values))
        return ""

    def _terms(self, row: Row, known: list[RoleTerm]) -> list[RoleTerm]:
        """Roles by word or code, with their days or from today on."""
        col = next(col for sheet in SHEETS for col in sheet.cols if col.key == "terms")
        terms = []
        for text in listed(row.get("terms")):
            word, from_day, to_day = span_of(row, "terms", text)
            role = meaning(col, word)
            if role is None:
                row.wrong.append(Bad(N_("“{word}”不是这一列的可选值。"), "terms", word=word[:40]))
                continue
            since = next((t.from_day for t in known if t.role == role), self.today)
            terms.append(RoleTerm(role, from_day or since, to_day))
        return terms if "@" in row.get("terms") else from_today(known, [RoleTerm(t.role, self.today) for t in terms], self.today)

    def _units(self, row: Row, known: list[UnitTerm]) -> list[UnitTerm]:
        """Units with their days, or the one from today on."""
        terms = []
        for text in listed(row.get("units")):
            unit, from_day, to_day = span_of(row, "units", text)
            if self.tx.get(UnitRecord, unit) is None:
                row.wrong.append(Bad(N_("没有“{word}”。"), "units", word=unit[:40]))
            since = next((t.from_day for t in known if t.unit == unit), self.today)
            terms.append(UnitTerm(unit, from_day or since, to_day))
        return terms if "@" in row.get("units") else from_today(known, [UnitTerm(t.unit, self.today) for t in terms], self.today)
