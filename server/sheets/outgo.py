"""Organisation and roster as spreadsheets that can be taken in again unchanged, and empty ones as templates (ORG-10)."""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from server.domain.base import Tx
from server.domain.hall.ops import LUNCH, Hall, Names
from server.domain.hall.rules import add_days, day_of
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord, RoleTerm, UnitRecord, UnitTerm
from server.domain.hall.views import listed_roles
from server.domain.roster.plans import kept_plan, published_plan
from server.domain.roster.tables import QualificationRecord, ServiceRecord
from server.reports.export import safe
from server.reports.words import say
from server.sheets.columns import LUNCH_WORD, SHEETS, Col, Sheet, word
from sync.errors import N_

ROSTER_DAYS = 62
Cells = dict[str, str]


class Book:
    """What a hall says of itself, sheet by sheet. `find` gives records as `Tx.find` does."""

    def __init__(self, find: Callable[..., list[Any]], hall: Hall, now: int, locale: str) -> None:
        self._find = find
        self._hall = hall
        self._locale = locale
        self._today = day_of(now, hall.tz)
        self._people = [p for p in find(PersonRecord) if not p.outside and not p.left]
        self._badges = {p.rid: p.badge for p in self._people}
        self._posts = sorted(find(PostRecord, "retired = ?", [False]), key=lambda p: (p.zone, p.order, p.number))
        self._numbers = {p.rid: p.number for p in self._posts}

    def rows(self, sheet: Sheet) -> list[list[str]]:
        """The lines of a sheet under its titles, words in the reader's language."""
        made: Iterable[Cells] = getattr(self, f"_lines_{sheet.key}")()
        return [[self._word(col, cells.get(col.key, "")) for col in sheet.cols] for cells in made]

    def _word(self, col: Col, text: str) -> str:
        if not col.words or not text:
            return text
        if col.key == "terms":
            return "; ".join(self._term(col, part) for part in text.split("; "))
        return word(col, text, self._locale)

    def _term(self, col: Col, text: str) -> str:
        role, at, days = text.partition("@")
        return f"{word(col, role, self._locale)}{at}{days}"

    def _lines_zones(self) -> Iterable[Cells]:
        return [{"id": zone.id, "floor": str(zone.floor), **_named("names", zone.names)} for zone in self._hall.zones]

    def _lines_units(self) -> Iterable[Cells]:
        for unit in self._find(UnitRecord, "retired = ?", [False]):
            yield {
                **{key: getattr(unit, key) for key in ("kind", "category", "parent", "phone")},
                "id": unit.rid,
                **_named("names", unit.names),
                "short": unit.short.get("zh_Hans", ""),
                **{key: self._badges.get(getattr(unit, key), "") for key in ("head", "chief", "leader")},
                "contact_post": self._numbers.get(unit.contact_post, ""),
            }

    def _lines_services(self) -> Iterable[Cells]:
        for service in self._find(ServiceRecord, "retired = ?", [False]):
            yield {"id": service.rid, "unit": service.unit, **_named("names", service.names)}

    def _lines_posts(self) -> Iterable[Cells]:
        for post in self._posts:
            yield {
                **{key: getattr(post, key) for key in ("number", "zone", "unit", "group", "kind")},
                "order": str(post.order),
                "services": "; ".join(post.service_ids),
                "required": "1" if post.required else "0",
                "min_staff": str(post.min_staff),
                "sessions": "; ".join(str(n + 1) for n in post.sessions),
                "promise": post.promise.get("zh_Hans", ""),
                "standard": post.standard.get("zh_Hans", ""),
            }

    def _lines_people(self) -> Iterable[Cells]:
        for person in sorted(self._people, key=lambda p: (len(p.badge), p.badge)):
            roles = [t for t in person.terms if listed_roles([t.role])]
            yield {
                **{key: getattr(person, key) for key in ("badge", "name", "phone", "employment", "entered", "service_base")},
                **_named("names", person.names),
                **_named("title", person.title),
                "units": "; ".join(_span(t.unit, t) for t in person.units) or person.unit,
                "terms": "; ".join(_span(t.role, t) for t in roles) or "; ".join(listed_roles(person.roles)),
                "rank": str(person.rank),
            }

    def _lines_qualifications(self) -> Iterable[Cells]:
        for entry in self._find(QualificationRecord):
            if entry.person in self._badges and (entry.trained or entry.authorised or entry.seal):
                flags = {key: "1" if getattr(entry, key) else "0" for key in ("trained", "authorised", "seal")}
                yield {"person": self._badges[entry.person], "service": entry.service, "since": entry.since, "proof": entry.proof, **flags}

    def _lines_roster(self) -> Iterable[Cells]:
        """From today on: days gone by are history, not something to take in."""
        span = [self._today, add_days(self._today, ROSTER_DAYS)]
        for duty in self._find(DutyRecord, "day >= ? AND day <= ?", span, "day, post"):
            for part in kept_plan(self._hall, duty.day, published_plan(self._hall, duty)) if duty.post in self._numbers else []:
                people = {key: self._badges.get(uid, "") for key, uid in (("a", part.a), ("b", part.b), ("c", part.c))}
                yield {"day": duty.day, "post": self._numbers[duty.post], "n": self._session(part.n), **people}

    def _session(self, n: int) -> str:
        return say(self._locale, LUNCH_WORD) if n == LUNCH else str(n + 1)


def book_of(tx: Tx, hall: Hall, locale: str) -> Book:
    """The book of a transaction."""
    return Book(tx.find, hall, tx.now, locale)


def _named(stem: str, names: Names) -> Cells:
    return {f"{stem}.{locale}": text for locale, text in names.items()}


def _span(text: str, term: UnitTerm | RoleTerm) -> str:
    return f"{text}@{term.from_day}~{term.to_day}"


def titles(sheet: Sheet, locale: str) -> list[str]:
    """The line of titles."""
    return [say(locale, col.title) for col in sheet.cols]


def to_csv(sheet: Sheet, rows: Iterable[list[str]], locale: str) -> bytes:
    """CSV as office programs open it: a byte order mark, CRLF; no cell can become a formula."""
    out = io.StringIO(newline="")
    pen = csv.writer(out, lineterminator="\r\n")
    pen.writerow(titles(sheet, locale))
    pen.writerows([safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_xlsx(tables: Iterable[tuple[Sheet, Iterable[list[str]]]], locale: str) -> bytes:
    """XLSX with a sheet for each table and one of notes; every cell is text, so that numbers keep their zeros."""
    book = Workbook(write_only=True)
    for sheet, rows in tables:
        page = book.create_sheet(say(locale, sheet.title))
        page.freeze_panes = "A2"
        for n, title in enumerate(titles(sheet, locale), start=1):
            page.column_dimensions[get_column_letter(n)].width = max(12, 2.2 * len(title))
        page.append([_cell(page, title, bold=True) for title in titles(sheet, locale)])
        for row in rows:
            page.append([_cell(page, text) if text else None for text in row])
    _notes(book, locale)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: Any, text: str, *, bold: bool = False) -> Cell:
    made = WriteOnlyCell(page, safe(text))
    made.data_type = "s"
    made.number_format = "@"
    if bold:
        made.font = Font(bold=True)
        made.alignment = Alignment(vertical="center", wrap_text=True)
    return made


def _notes(book: Workbook, locale: str) -> None:
    """What may stand in which column, one to a line in a single column: no table."""
    page = book.create_sheet(say(locale, N_("填写说明")))
    page.column_dimensions["A"].width = 100
    for sheet in SHEETS:
        page.append([_cell(page, say(locale, sheet.title), bold=True)])
        for col in sheet.cols:
            parts = [say(locale, N_("必填"))] if col.needed else []
            parts += [" / ".join(say(locale, text) for _, text in col.words)] if col.words else []
            parts += [say(locale, col.hint)] if col.hint else []
            page.append([_cell(page, f"{say(locale, col.title)}  {'  '.join(parts)}".rstrip())])
