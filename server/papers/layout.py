"""A document on its sheet: its blocks, and what every document carries: number, date, form, copy, class mark, reader, code (DOC)."""

import io
from collections.abc import Callable
from typing import NamedTuple

import msgspec
import segno

from server.domain.hall.ops import Hall
from server.domain.hall.rules import text
from server.papers.press import Sheet
from server.papers.template import compose, mark_of, speaker, template
from server.papers.values import Speaker, Values

SIZES = {"A3L": (420, 297), "A4": (210, 297), "A4L": (297, 210), "A5": (148, 210), "A5L": (210, 148), "R80": (80, 0)}
"""Width and height in mm; a roll of 80 mm is as long as it needs."""
REGIONS = {"zh_Hans": ("zh", "cn"), "zh_Hant_TW": ("zh", "tw"), "zh_Hant_HK": ("zh", "hk"), "en": ("en", "gb")}
_SERIF_SC, _SERIF_TC = ["Noto Serif SC", "Noto Serif TC"], ["Noto Serif TC", "Noto Serif SC"]
SERIF = {"zh_Hans": _SERIF_SC, "zh_Hant_TW": _SERIF_TC, "zh_Hant_HK": _SERIF_TC, "en": _SERIF_SC}
"""The region's own first; a name typed in the other script keeps the style."""
SANS = {"zh_Hans": "Noto Sans CJK SC", "zh_Hant_TW": "Noto Sans CJK TC", "zh_Hant_HK": "Noto Sans CJK HK", "en": "Noto Sans CJK SC"}
OFFICIAL_TEXT = ("FangSong_GB2312", "FangSong", "STFangsong")
OFFICIAL_HEADING = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05")
"""Faces GB/T 9704 names. They may not be passed on with a product: an operator who has them puts them into `font_folder`."""


class Issue(NamedTuple):
    """What makes a document this copy. `number`: "2026-3" or "" before there is one; `local`: its device-local number; `at` ms;
    `reader`: the name of who prints; `code`: the address in its QR code."""

    kind: str
    number: str
    local: str
    copy: int
    at: int
    reader: str
    code: str


def sheet_of(
    issue: Issue, values: Values, hall: Hall, locale: str, size: str, missing: Callable[[str], set[str]], minguo: bool = False
) -> Sheet:
    """The sheet of a document. `missing`: characters no font has; they are printed as their code points, never left out (GEN-07)."""
    spec = template(issue.kind)
    says = speaker(issue.kind, locale, hall.tz, minguo)
    width, height = SIZES[size]
    lang, region = REGIONS[locale]
    formal = spec.look in ("form", "notice")
    number = official(issue, says)
    sheet = Sheet(
        look=spec.look,
        size=size,
        width=width,
        height=height,
        lang=lang,
        region=region,
        serif=[*(OFFICIAL_TEXT if formal and locale == "zh_Hans" else ()), *SERIF[locale], SANS[locale]],
        sans=[SANS[locale]],
        heading=[*(OFFICIAL_HEADING if locale == "zh_Hans" else ()), *SERIF[locale], SANS[locale]],
        hall=text(hall.names, locale),
        title=says.word("title"),
        number=number,
        blocks=compose(issue.kind, values, says),
        foot=_foot(issue, says, number),
        strip=_strip(issue, mark_of(issue.kind, values), says),
        page=says.word("page"),
        sign_date=says.word("sign_date"),
        qr=_qr(issue.code),
        qr_note=says.word("check"),
    )
    return visible(sheet, says, missing)


def official(issue: Issue, says: Speaker) -> str:
    """The official number in words."""
    if not issue.number:
        return ""
    year, _, n = issue.number.partition("-")
    return says.word("numbered", mark=says.word("mark"), year=year, n=n)


def _foot(issue: Issue, says: Speaker, number: str) -> list[list[str]]:
    """Numbers, copy, form, and when it was issued."""
    numbers = [f"{says.word('no')} {number}"] if number else []
    numbers.append(f"{says.word('local')} {issue.local}")
    form = says.word("version", kind=issue.kind.replace("_", "-"), n=template(issue.kind).version)
    return [numbers, [says.word("copy", n=issue.copy), form], [f"{says.word('printed')} {says.moment(issue.at, 'datetime')}"]]


def _strip(issue: Issue, mark: str, says: Speaker) -> str:
    """The class mark; on what is not public also who has it, since when (VIS-04)."""
    parts = [says.word(f"class.{mark}")]
    if mark != "P0":
        parts += [says.word("reader", name=issue.reader), says.moment(issue.at, "datetime")]
    return "\u3000".join(parts)


def _qr(code: str) -> str:
    """The code as SVG; nothing when there is none."""
    if not code:
        return ""
    out = io.BytesIO()
    segno.make(code, error="l", micro=False).save(out, kind="svg", border=2, xmldecl=False, svgns=True, nl=False)
    return out.getvalue().decode()


def visible(sheet: Sheet, says: Speaker, missing: Callable[[str], set[str]]) -> Sheet:
    """The sheet with every character that no font has written as its code point."""
    plain = msgspec.to_builtins(sheet)
    lost = missing(_texts(plain))
    if not lost:
        return sheet
    table = str.maketrans({char: says.word("missing", code=f"U+{ord(char):04X}") for char in lost})
    keep = plain["qr"]
    return msgspec.structs.replace(msgspec.convert(_translated(plain, table), Sheet), qr=keep)


def _texts(value: object) -> str:
    if isinstance(value, str):
        return value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return "".join(map(_texts, parts))


def _translated(value: object, table: dict[int, str]) -> object:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, list):
        return [_translated(one, table) for one in value]
    return {key: _translated(one, table) for key, one in value.items()} if isinstance(value, dict) else value
