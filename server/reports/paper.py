"""A register on paper: one long table on landscape pages, with class mark, reader and time behind the text of each (VIS-04).

The press of the printed documents sets it (server/papers)."""

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from server.papers.layout import REGIONS, SANS, SIZES
from server.papers.press import Sheet
from server.papers.template import Block
from server.papers.values import Speaker
from server.reports.export import Head, Value, shown
from server.reports.query import BadQuery
from server.reports.words import say
from sync.errors import N_

CHARS_MAX = 300_000
"""So much of a table the press sets well within its time (server/papers/press.py)."""
LINE_CHARS = {"A4L": 160, "A3L": 235}
"""Half-width characters side by side on a sheet, at the size of look.typ."""
WISH_CHARS_MAX = 28
WORD_CHARS_MAX = 18
EDGE_CHARS = 2


def paper_of(head: Head, rows: Iterable[list[Value]], locale: str) -> Sheet:
    """The sheet of a register. Raises `BadQuery` when it is more than can be set."""
    table: list[list[str]] = []
    chars = 0
    for row in rows:
        table.append([shown(value) for value in row])
        chars += sum(map(len, table[-1]))
        if chars > CHARS_MAX:
            raise BadQuery("export_large", rows=len(table))
    columns = list(zip(head.columns, *table, strict=True))
    wishes = [min(WISH_CHARS_MAX, max(map(wide, cells))) + EDGE_CHARS for cells in columns]
    size = "A4L" if sum(wishes) <= LINE_CHARS["A4L"] else "A3L"
    width, height = SIZES[size]
    lang, region = REGIONS[locale]
    hall, marked, *asked = head.lines
    across = widths(columns, wishes, LINE_CHARS[size])
    return Sheet(
        look="register",
        size=size,
        width=width,
        height=height,
        lang=lang,
        region=region,
        serif=[],
        sans=[SANS[locale]],
        heading=[],
        hall=hall,
        title=head.title,
        number="",
        blocks=[
            Block("text", text=marked),
            Block("text", text="\u3000".join([*asked, say(locale, N_("共 {n} 条"), n=len(table))])),
            Block("table", rows=table, head=list(head.columns), widths=across, aligns=["start"] * len(across)),
        ],
        foot=[],
        strip=f"{head.title}\u3000{marked}",
        page=Speaker(locale, "", {}).word("page"),
        sign_date="",
        qr="",
        qr_note="",
        watermark=head.watermark,
    )


def widths(columns: Sequence[Sequence[str]], wishes: Sequence[int], room: int) -> list[int]:
    """How wide each column is: its longest word has its place, and what is left goes to those that wish for more."""
    needs = [min(WORD_CHARS_MAX, max(_word(cell) for cell in cells)) + EDGE_CHARS for cells in columns]
    left, wished = max(0, room - sum(needs)), sum(wishes) - sum(needs)
    return [need + (wish - need) * left // max(wished, 1) for need, wish in zip(needs, wishes, strict=True)]


def wide(text: str) -> int:
    """Half-width characters of a text on one line."""
    return len(text) + sum(1 for char in text if east_asian_width(char) in "WF")


def _word(text: str) -> int:
    """The longest part of a text that stays on one line: a word; of Chinese, two characters."""
    return max((len(word) if word.isascii() else 4 for word in text.split()), default=0)
