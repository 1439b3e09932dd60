"""One spreadsheet read to plain text cells: XLSX, or CSV in UTF-8 or GB 18030 (ORG-10).

Runs as a program of its own (`python -I reader.py`), one file a process, so that a hostile file can neither take the server's memory nor
its time: file on stdin; JSON on stdout, `{"sheets": [[name, [[row number, [cells]]…]]…]}` or `{"fault": [code, sheet, row, column]}`.
What is wrong anywhere refuses the whole file. Imports nothing of the server.
"""

import csv
import io
import json
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

MEMORY_BYTES_MAX = 1 << 30
CPU_SECONDS_MAX = 20
UNPACKED_BYTES_MAX = 64 * 1024 * 1024
PARTS_MAX = 300
SHEETS_MAX, ROWS_MAX, COLUMNS_MAX, CHARS_MAX = 20, 20_000, 60, 2_000
EMPTY_ROWS_MAX = 200
"""A sheet ends after this many consecutive empty rows: office programs pad sheets. Rows found after them are refused, not skipped."""
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MACROS = ("vbaproject.bin", "macrosheets/", "activex/")
OUTSIDE = ("externallinks/", "connections.xml", "embeddings/", "querytables/")

Rows = list[tuple[int, list[str]]]


class Fault(Exception):
    """Why a file is refused: code, and where."""

    def __init__(self, code: str, sheet: str = "", row: int = 0, column: str = "") -> None:
        super().__init__(code)
        self.where = (code, sheet, row, column)


def read(data: bytes) -> list[tuple[str, Rows]]:
    """The sheets of a file, by what its first bytes say it is. Raises `Fault`."""
    if data.startswith(OLE):
        raise Fault("old_format")
    if data.startswith(ZIP):
        return workbook(data)
    return [("", numbered("", delimited(text_of(data))))]


def text_of(data: bytes) -> str:
    """The text of a CSV file: UTF-8, with or without a mark, else GB 18030 as Chinese office programs write it."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        raise Fault("encoding")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        first = broken.start
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as broken:
        raise Fault("encoding", row=1 + data.count(b"\n", 0, max(first, broken.start))) from None


def delimited(text: str) -> Iterator[list[str]]:
    """The cells of a CSV file; the separator is the one its first line has most of."""
    csv.field_size_limit(CHARS_MAX * 4)
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error:
        raise Fault("damaged") from None


def workbook(data: bytes) -> list[tuple[str, Rows]]:
    """The cells of an XLSX file, read row by row."""
    check_parts(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        if len(book.sheetnames) > SHEETS_MAX:
            raise Fault("too_many_sheets")
        return [(sheet.title, numbered(sheet.title, cells_of(sheet))) for sheet in book.worksheets]
    except (Fault, MemoryError):
        raise
    except Exception:
        # Whatever a parser stumbles over, the file is what is wrong.
        raise Fault("damaged") from None


def check_parts(data: bytes) -> None:
    """What is in the archive, before any of it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Fault("damaged") from None
    names = [part.filename.lower() for part in parts]
    if any(mark in name for name in names for mark in MACROS):
        raise Fault("macros")
    if any(mark in name for name in names for mark in OUTSIDE):
        raise Fault("outside")
    if any(part.flag_bits & 1 for part in parts):
        raise Fault("locked")
    if len(parts) > PARTS_MAX or len(set(names)) < len(names) or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
        raise Fault("too_large")


def cells_of(sheet: Any) -> Iterator[list[str]]:
    """The rows of a sheet as text."""
    sheet.reset_dimensions()
    blank = None
    for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX + 1), start=1):
        # Rows that are missing, up to a million before one that is there, come as one and the same.
        if row is blank or all(cell.value is None for cell in row):
            blank = row
            yield []
        else:
            yield [cell_text(sheet.title, number, column, cell) for column, cell in enumerate(row, start=1)]


def cell_text(sheet: str, row: int, column: int, cell: Any) -> str:
    """A cell as text: whole numbers without a point, days as ISO days, times as HH:MM. A formula or an error refuses the file."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in ("f", "e"):
        raise Fault("formula" if cell.data_type == "f" else "error_cell", sheet, row, get_column_letter(column))
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat() if isinstance(value, date) else value.isoformat("minutes")
    return str(value)


def numbered(sheet: str, rows: Iterable[list[str]]) -> Rows:
    """The rows that say something, with their numbers, within bounds."""
    kept: Rows = []
    empty = 0
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            empty += 1
            continue
        if empty > EMPTY_ROWS_MAX:
            raise Fault("far_down", sheet, number)
        empty = 0
        if len(kept) > ROWS_MAX:
            raise Fault("too_many_rows", sheet, number)
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > COLUMNS_MAX:
            raise Fault("too_many_columns", sheet, number)
        for column, cell in enumerate(cells, start=1):
            if len(cell) > CHARS_MAX or "\0" in cell:
                raise Fault("cell_too_long", sheet, number, get_column_letter(column))
        kept.append((number, [unquoted(cell) for cell in cells]))
    return kept


def unquoted(cell: str) -> str:
    """A cell without the mark that keeps office programs from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" and len(cell) > 1 else cell


def main() -> int:
    """Read what is on stdin; the answer is on stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    answer: dict[str, Any]
    try:
        answer = {"sheets": read(sys.stdin.buffer.read())}
    except Fault as fault:
        answer = {"fault": fault.where}
    except MemoryError:
        answer = {"fault": ("too_large", "", 0, "")}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
