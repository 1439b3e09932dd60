"""A register as a file: XLSX, CSV or PDF (paper.py) with class mark, reader's name and time (VIS-04). No cell can become a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from server.domain.base import Column
from server.domain.hall.rules import local
from server.reports.labels import Namer, ids_in
from server.reports.rights import SEALED_CLASSES
from server.reports.words import say, word_of
from sync.desk import Cell as Held
from sync.desk import RegisterRow
from sync.errors import N_

Format = Literal["xlsx", "csv", "pdf"]
Value = str | int | float | datetime | None

MEDIA: dict[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
ROWS_MAX: dict[Format, int] = {"xlsx": 50_000, "csv": 50_000, "pdf": 2_000}
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
SEALED_MARK = "***"
CELL_CHARS_MAX = 32_000
WIDTHS: dict[str, int] = {"time": 17, "day": 12, "number": 9, "minutes": 9, "flag": 8, "choice": 14, "person": 11, "unit": 22, "post": 14}
TEXT_WIDTH = 28
TIME_FORMAT = "yyyy-mm-dd hh:mm"
# Control characters no spreadsheet may hold.
UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


class Head(NamedTuple):
    """What stands above the table: title, hall, class mark with who took it when, and what was asked. `watermark`: the mark in short."""

    title: str
    lines: tuple[str, ...]
    columns: tuple[str, ...]
    watermark: str


def class_mark(columns: Iterable[Column], locale: str) -> str:
    """内部 or 敏感, by the gravest class among the columns shown (VIS-04, catalogue 0.4)."""
    sensitive = any(column.privacy in SEALED_CLASSES for column in columns)
    return say(locale, N_("敏感")) if sensitive else say(locale, N_("内部"))


def plain(text: str) -> str:
    """Text without what cannot be printed."""
    return text.translate(UNPRINTABLE)[:CELL_CHARS_MAX]


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    clean = plain(text)
    return f"'{clean}" if clean.startswith(FORMULA_BEGINS) else clean


class Writer:
    """Makes cells of rows, for one reader. `tz`: of the hall; `clean`: what every text goes through."""

    def __init__(self, columns: Sequence[Column], namer: Namer, tz: str, locale: str, clean: Callable[[str], str] = safe) -> None:
        self._columns = columns
        self._namer = namer
        self._tz = tz
        self._locale = locale
        self._clean = clean

    def values(self, row: RegisterRow) -> list[Value]:
        """A row as it is written."""
        sealed = frozenset(row.sealed)
        return [SEALED_MARK if c.key in sealed else self._value(c, cell) for c, cell in zip(self._columns, row.cells, strict=True)]

    def _value(self, column: Column, cell: Held) -> Value:
        if cell is None:
            return None
        if column.kind == "time" and isinstance(cell, int):
            return local(cell, self._tz).replace(tzinfo=None, second=0, microsecond=0)
        if column.kind == "flag":
            return say(self._locale, N_("是")) if cell else say(self._locale, N_("否"))
        if column.kind in ("person", "unit", "post"):
            return self._clean(say(self._locale, N_("、")).join(self._namer.name(column.kind, id) for id in ids_in(cell)))
        if isinstance(cell, str):
            return self._clean(word_of(self._locale, column.choices[cell]) if cell in column.choices else cell)
        return self._clean(" ".join(cell)) if isinstance(cell, list) else cell


def shown(value: Value) -> str:
    """A cell as it is read."""
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)


def write_csv(head: Head, rows: Iterable[list[Value]]) -> bytes:
    """CSV as office programs open it: a byte order mark, CRLF, the head above the table."""
    out = io.StringIO(newline="")
    pen = csv.writer(out, lineterminator="\r\n")
    for line in (head.title, *head.lines):
        pen.writerow([safe(line)])
    pen.writerow([safe(title) for title in head.columns])
    for row in rows:
        pen.writerow([shown(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_xlsx(head: Head, columns: Sequence[Column], rows: Iterable[list[Value]]) -> bytes:
    """XLSX, written row by row: the head, a bold line of titles that stays in view, times as times."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(head.title[:31].translate(str.maketrans("[]:*?/\\", "-------")))
    for n, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = WIDTHS.get(column.kind, TEXT_WIDTH)
    sheet.freeze_panes = f"A{len(head.lines) + 3}"

    def cell(value: Value, bold: bool = False, size: int = 11) -> Cell:
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, datetime):
            made.number_format = TIME_FORMAT
        if isinstance(value, str):
            made.data_type = "s"  # never a formula, whatever it begins with
        if bold:
            made.font = Font(bold=True, size=size)
            made.alignment = Alignment(vertical="center")
        return made

    sheet.append([cell(head.title, bold=True, size=14)])
    for line in head.lines:
        sheet.append([cell(line)])
    sheet.append([cell(title, bold=True) for title in head.columns])
    for row in rows:
        sheet.append([cell(value) if isinstance(value, (datetime, str)) else value for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
