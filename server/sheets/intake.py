"""A spreadsheet as ops: every row is said through the same handlers as at the desk, by the person who brings it (ORG-10).

All of it is one step of the writer: a dry run is that step undone, so that what it says is what would be.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from server.domain.base import Actor, Op, Outcome
from server.domain.hall.duty import plan_of
from server.domain.hall.ops import Hall, Names, SessionDuty
from server.domain.hall.rules import day_of
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord, RoleTerm, UnitRecord, UnitTerm
from server.domain.hall.views import listed_roles
from server.domain.roster.handlers import DOMAIN
from server.domain.roster.ops import CELLS_MAX, DutyCell, PutDraft, PutPerson, PutPost, PutService, PutUnit, PutZone, Qualify
from server.domain.roster.tables import QualificationRecord, ServiceRecord
from server.reports.words import say
from server.sheets.columns import SHEETS, Sheet, known_sheet, meaning, titles_of, without_empty
from server.store.transaction import Transaction
from sync.clock import Window
from sync.errors import CODES, N_
from sync.sheets import SheetCount, SheetError, SheetReport

ERRORS_MAX = 200
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


class Bad(Exception):
    """A cell, or with no column the row, cannot be taken. `text` is a message id."""

    def __init__(self, text: str, column: str = "", **values: str | int) -> None:
        super().__init__(text)
        self.text, self.column, self.values = text, column, values


class Row(NamedTuple):
    """One row: its number, its cells by key of the column, and what is wrong with them."""

    number: int
    cells: dict[str, str]
    wrong: list[Bad]

    def get(self, key: str) -> str:
        """A cell; "" for none."""
        return self.cells.get(key, "")


class Intake:
    """One file being taken in by one person. `report` says what came of it."""

    def __init__(self, tx: Transaction, actor: Actor, locale: str) -> None:
        self.tx = tx
        self.actor = actor
        self.locale = locale
        hall: Hall = tx.ask("hall")
        self.today = day_of(tx.now, hall.tz)
        self.errors: list[SheetError] = []
        self.counts: list[SheetCount] = []
        self.more = 0
        self.again = False

    def take(self, sheets: list[tuple[str, Rows]]) -> SheetReport:
        """Say everything in the file, in the order in which one thing rests on another."""
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
        rows = [
            Row(number, {key: cells[n] for key, n in places.items() if 0 <= n < len(cells) and cells[n]}, []) for number, cells in table[1:]
        ]
        tally = {"added": 0, "changed": 0, "same": 0}
        for row in rows:
            self._complete(sheet, row)
        if sheet.key == "roster":
            self._take_roster(rows, tally)
        else:
            take = getattr(self, f"_take_{sheet.key}")
            for row in rows:
                became = take(row, rows)
                tally[became] += not row.wrong
        for row in rows:
            for bad in sorted(row.wrong, key=lambda bad: places.get(bad.column, -1)):
                self._wrong(name, row.number, self._letter(places, bad.column), bad)
        if not self.again:
            self.counts.append(SheetCount(say(self.locale, sheet.title), **tally))

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

    def _take_zones(self, row: Row, rows: list[Row]) -> str:
        hall: Hall = self.tx.ask("hall")
        known = next((zone for zone in hall.zones if zone.id == row.get("id")), None)
        names, floor, place = _names(row, "names"), _number(row, "floor"), rows.index(row)
        if known and (known.names, known.floor) == (names, floor) and hall.zones.index(known) == place:
            return "same"
        self._say(row, "org.zone", row.get("id"), PutZone(names, floor, place), "id")
        return "changed" if known else "added"

    def _take_units(self, row: Row, _: list[Row]) -> str:
        rid = row.get("id")
        known = self.tx.get(UnitRecord, rid)
        args = PutUnit(
            names=_names(row, "names"),
            kind=row.get("kind"),  # type: ignore[arg-type]
            head=self._uid(row, "head"),
            category=row.get("category"),
            phone=row.get("phone"),
            short=_text(row, "short", known.short if known else {}),
            parent=row.get("parent"),
            leader=self._uid(row, "leader"),
            chief=self._uid(row, "chief"),
            contact_post=self._post(row, "contact_post", later=True),
        )
        if known and not known.retired and _same(known, args):
            return "same"
        self._say(row, "org.unit", rid, args, "id")
        return "changed" if known else "added"

    def _take_services(self, row: Row, _: list[Row]) -> str:
        rid = row.get("id")
        known = self.tx.get(ServiceRecord, rid)
        args = PutService(_names(row, "names"), row.get("unit"))
        if known and not known.retired and _same(known, args):
            return "same"
        self._say(row, "org.service", rid, args, "id")
        return "changed" if known else "added"

    def _take_posts(self, row: Row, _: list[Row]) -> str:
        found = self._by_number(row.get("number"))
        args = PutPost(
            number=row.get("number"),
            zone=row.get("zone"),
            unit=row.get("unit"),
            order=_number(row, "order"),
            services=_listed(row.get("services")),
            group=row.get("group"),
            kind=row.get("kind"),  # type: ignore[arg-type]
            required=row.get("required") == "1",
            min_staff=_number(row, "min_staff", 1),
            sessions=[_session(row, "sessions", text) for text in _listed(row.get("sessions"))],
            promise=_text(row, "promise", found.promise if found else {}),
            standard=_text(row, "standard", found.standard if found else {}),
        )
        if found and _same(found, args, {"services": found.service_ids}):
            return "same"
        self._say(row, "org.post", found.rid if found else str(uuid.uuid4()), args, "number")
        return "changed" if found else "added"

    def _take_people(self, row: Row, _: list[Row]) -> str:
        found = self._by_badge(row.get("badge"))
        args = PutPerson(
            name=row.get("name"),
            badge=row.get("badge"),
            units=[UnitTerm(*span) for span in self._spans(row, "units", found.units if found else [], found.unit if found else "")],
            terms=self._terms(row, found),
            title=_names(row, "title"),
            names=_names(row, "names"),
            phone=row.get("phone"),
            employment=row.get("employment"),
            entered=row.get("entered"),
            service_base=row.get("service_base"),
            rank=_number(row, "rank"),
        )
        if found and self._is_same_person(found, args):
            return "same"
        self._say(row, "org.person", found.rid if found else str(uuid.uuid4()), args, "badge")
        return "changed" if found else "added"

    @staticmethod
    def _is_same_person(found: PersonRecord, args: PutPerson) -> bool:
        """Whether a person is what the row says; one whose units and roles have no days yet, by those of today."""
        if found.units:
            return _same(found, args, {"terms": _open_terms(found)})
        today = [found.unit] == [t.unit for t in args.units] and listed_roles(found.roles) == [t.role for t in args.terms]
        return today and _same(found, args, {"units": args.units, "terms": args.terms})

    def _take_qualifications(self, row: Row, _: list[Row]) -> str:
        uid = self._uid(row, "person")
        rid = f"{uid}.{row.get('service')}"
        known = self.tx.get(QualificationRecord, rid)
        flags = {key: row.get(key) == "1" for key in ("trained", "authorised", "seal")}
        args = Qualify(uid, row.get("service"), **flags, since=row.get("since"), proof=row.get("proof"))
        if known and _same(known, args):
            return "same"
        self._say(row, "org.qualify", rid, args, "service")
        return "changed" if known else "added"

    def _take_roster(self, rows: list[Row], tally: dict[str, int]) -> None:
        """Rows of one post and day are one cell; what differs from the published roster becomes a draft of the office's."""
        parts: dict[tuple[str, str], list[tuple[Row, SessionDuty]]] = {}
        for row in rows:
            a, b, c = (self._uid(row, key) for key in ("a", "b", "c"))
            part = SessionDuty(_session(row, "n", row.get("n")), a, b, c)
            cell = _day(row, "day"), self._post(row, "post")
            if not row.wrong:
                parts.setdefault(cell, []).append((row, part))
        cells = []
        for (day, post), found in parts.items():
            first, *later = sorted((part for _, part in found), key=lambda p: p.n)
            known = self.tx.get(DutyRecord, f"{day}:{post}")
            if len({part.n for _, part in found}) < len(found) or first.n:
                found[0][0].wrong.append(Bad(N_("同一天同一窗口的时段重复，或缺少上午。")))
            elif known and [_bare(part) for part in plan_of(known)] == [first, *later]:
                tally["same"] += 1
            else:
                cells.append((found[0][0], DutyCell(day, post, first.a, first.b, first.c, later), "changed" if known else "added"))
        self._draft(cells)
        for row, _, became in cells:
            tally[became] += not row.wrong

    def _draft(self, cells: list[tuple[Row, DutyCell, str]]) -> None:
        """Say the drafts, many at once; where that is refused, one by one, to find the rows."""
        for begin in range(0, len(cells), CELLS_MAX):
            chunk = cells[begin : begin + CELLS_MAX]
            if self._run("roster.draft", str(uuid.uuid4()), PutDraft([cell for _, cell, _ in chunk])).st == "applied":
                continue
            for row, cell, _ in chunk:
                self._say(row, "roster.draft", str(uuid.uuid4()), PutDraft([cell]), "")

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

    def _uid(self, row: Row, key: str) -> str:
        """The person whose badge number a cell holds. Units come before people: their heads are said in the second round."""
        badge = row.get(key)
        if not badge:
            return ""
        found = self._by_badge(badge)
        if found is None and key in ("head", "chief", "leader") and not self.tx.find(PersonRecord, "badge = ?", [badge]):
            return self._second_round(row, key, badge)
        if found is None:
            row.wrong.append(Bad(N_("没有工号为“{badge}”的人员。"), key, badge=badge[:40]))
        return found.rid if found else ""

    def _post(self, row: Row, key: str, *, later: bool = False) -> str:
        """The post whose number a cell holds."""
        number = row.get(key)
        found = self._by_number(number) if number else None
        if number and found is None and later:
            return self._second_round(row, key, number)
        if number and found is None:
            row.wrong.append(Bad(N_("没有号码为“{number}”的窗口。"), key, number=number[:40]))
        return found.rid if found else ""

    def _second_round(self, row: Row, key: str, text: str) -> str:
        """What is not there yet may come with a later sheet; the second time it must be there."""
        if self.again:
            row.wrong.append(Bad(N_("没有“{word}”。"), key, word=text[:40]))
        return ""

    def _terms(self, row: Row, found: PersonRecord | None) -> list[RoleTerm]:
        """Roles with their days, by word or code."""
        col = next(col for sheet in SHEETS for col in sheet.cols if col.key == "terms")
        known = _open_terms(found) if found else []
        present = listed_roles(found.roles) if found else []
        terms = []
        for text in _listed(row.get("terms")):
            word, from_day, to_day = _span(row, "terms", text)
            role = meaning(col, word)
            if role is None:
                row.wrong.append(Bad(N_("“{word}”不是这一列的可选值。"), "terms", word=word[:40]))
                continue
            since = next((t.from_day for t in known if t.role == role), "") or (FIRST_DAY if role in present else self.today)
            terms.append(RoleTerm(role, from_day or since, to_day))
        return terms

    def _spans(self, row: Row, key: str, known: list[UnitTerm], present: str) -> Iterator[tuple[str, str, str]]:
        for text in _listed(row.get(key)):
            unit, from_day, to_day = _span(row, key, text)
            if self.tx.get(UnitRecord, unit) is None:
                row.wrong.append(Bad(N_("没有“{word}”。"), key, word=unit[:40]))
            since = next((t.from_day for t in known if t.unit == unit), "") or (FIRST_DAY if unit == present else self.today)
            yield unit, from_day or since, to_day


ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NO_DAY = N_("“{word}”不是日期，请写成 2026-01-31。")
FIRST_DAY = "2000-01-01"
"""Since when somebody holds what he holds, where nobody has said."""


def _open_terms(person: PersonRecord) -> list[RoleTerm]:
    return [term for term in person.terms if listed_roles([term.role])]


def _names(row: Row, stem: str) -> Names:
    return without_empty({key.partition(".")[2]: text for key, text in row.cells.items() if key.startswith(f"{stem}.")})


def _text(row: Row, key: str, known: Names) -> Names:
    """A text the sheet has in one language only: the others stay while it says the same."""
    text = row.get(key)
    if not text:
        return {}
    return known if known.get("zh_Hans") == text else {"zh_Hans": text}


def _number(row: Row, key: str, default: int = 0) -> int:
    text = row.get(key)
    if not text:
        return default
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        row.wrong.append(Bad(N_("“{word}”不是整数。"), key, word=text[:40]))
        return default
    return int(text)


def _session(row: Row, key: str, text: str) -> int:
    """The session a cell names, counted from 1 in the sheet."""
    if not text:
        return 0
    if not re.fullmatch(r"[1-8]", text):
        row.wrong.append(Bad(N_("“{word}”不是时段。"), key, word=text[:40]))
        return 0
    return int(text) - 1


def _listed(text: str) -> list[str]:
    """The parts of a cell with several."""
    return [part.strip() for part in re.split(r"[;\uff1b\u3001\n]", text) if part.strip()]


def _span(row: Row, key: str, text: str) -> tuple[str, str, str]:
    """`word@from~to`, the days being optional."""
    word, _, days = text.partition("@")
    from_day, _, to_day = days.partition("~")
    if any(day and not ISO_DAY.fullmatch(day) for day in (from_day, to_day)):
        row.wrong.append(Bad(NO_DAY, key, word=days[:40]))
    return word.strip(), from_day, to_day


def _day(row: Row, key: str) -> str:
    text = row.get(key)
    if text and not ISO_DAY.fullmatch(text):
        row.wrong.append(Bad(NO_DAY, key, word=text[:40]))
    return text


def _bare(part: SessionDuty) -> SessionDuty:
    return SessionDuty(part.n, part.a, part.b, part.c)


def _same(known: Any, args: msgspec.Struct, instead: Mapping[str, Any] | None = None) -> bool:
    """Whether a record is already what the row says."""
    other = instead or {}
    return all(other.get(name, getattr(known, name, None)) == getattr(args, name) for name in args.__struct_fields__)
