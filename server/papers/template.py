"""Templates and what becomes of them: the blocks of one document with every text said (twin: pwa/src/features/papers/compose.ts)."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec

from server.papers.values import FOLDER, Speaker, Value, Values

Class = Literal["P0", "P1", "P2", "P3", "P5"]
Look = Literal["card", "board", "form", "notice"]
BlockType = Literal["headline", "big", "fields", "table", "text", "sign"]
LOCALES = ("zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en")


class Column(msgspec.Struct):
    """A column of a table; `width` relative to the others."""

    key: str
    width: int
    align: Literal["start", "end", "center"] = "start"


class BlockSpec(msgspec.Struct):
    """A block of a template. `key`, `keys`: which values; `word`: a sentence; `lines`: empty rows a table has at least (to write on);
    `group`: the column whose value becomes a line of its own above the rows that share it; `when`: only if this value is there."""

    type: BlockType
    key: str = ""
    keys: list[str] = []
    word: str = ""
    size: Literal["", "large", "inline", "pair", "heading"] = ""
    group: str = ""
    columns: list[Column] = []
    lines: int = 0
    when: str = ""


class Template(msgspec.Struct):
    """One document. `class`: the class mark of everything in it (VIS-04); `sizes`: paper it may be printed on, the usual first."""

    version: int
    look: Look
    sizes: list[str]
    blocks: list[BlockSpec]
    words: dict[str, dict[str, str]]
    mark: Class = msgspec.field(name="class")


class Block(msgspec.Struct, omit_defaults=True):
    """A block with its texts. `rows` of `fields` are (label, text); of a table its cells, a row of one cell is a group's line."""

    type: BlockType
    text: str = ""
    size: str = ""
    rows: list[list[str]] = []
    head: list[str] = []
    widths: list[int] = []
    aligns: list[str] = []


@cache
def template(kind: str) -> Template:
    """The template of a kind of document."""
    return msgspec.json.decode((FOLDER / f"{kind}.json").read_bytes(), type=Template)


def mark_of(kind: str, values: Values) -> Class:
    """The class mark of a document: its template's, or a stricter one that its values ask for (a leave of health reasons)."""
    mark: Class = max(template(kind).mark, values.get("class", "P0"))
    return mark


def speaker(kind: str, locale: str, tz: str, minguo: bool = False) -> Speaker:
    """Says the values of a kind of document."""
    return Speaker(locale, tz, template(kind).words[locale], minguo and locale == "zh_Hant_TW")


def compose(kind: str, values: Values, says: Speaker) -> list[Block]:
    """Every block of the document that has something to say."""
    made = [_MAKERS[spec.type](spec, values, says) for spec in template(kind).blocks if not spec.when or values.get(spec.when) is not None]
    return [block for block in made if block is not None]


def _headline(spec: BlockSpec, values: Values, says: Speaker) -> Block | None:
    texts = [says.say(values[key]) for key in spec.keys if values.get(key)]
    return Block("headline", rows=[texts]) if texts else None


def _big(spec: BlockSpec, values: Values, says: Speaker) -> Block | None:
    return Block("big", text=says.say(values[spec.key])) if values.get(spec.key) else None


def _fields(spec: BlockSpec, values: Values, says: Speaker) -> Block | None:
    rows = [[says.word(key), says.say(values[key])] for key in spec.keys if values.get(key) is not None]
    return Block("fields", rows=rows, size=spec.size) if rows else None


def _table(spec: BlockSpec, values: Values, says: Speaker) -> Block | None:
    rows: list[list[str]] = []
    group: Value = None
    for row in values.get(spec.key) or []:
        if spec.group and row.get(spec.group) != group:
            group = row.get(spec.group)
            rows.append([says.say(group)])
        rows.append([says.say(row.get(column.key)) for column in spec.columns])
    rows += [[""] * len(spec.columns)] * max(0, spec.lines - len(rows))
    head = [says.word(column.key) for column in spec.columns]
    return Block(
        "table",
        text=says.words.get(spec.word, "") if spec.word else "",
        rows=rows,
        head=head,
        widths=[c.width for c in spec.columns],
        aligns=[c.align for c in spec.columns],
    )


def _text(spec: BlockSpec, values: Values, says: Speaker) -> Block | None:
    parts: Mapping[str, str] = {key: says.say(values.get(key)) for key in spec.keys}
    return Block("text", text=says.word(spec.word, **parts), size=spec.size)


def _sign(spec: BlockSpec, values: Values, says: Speaker) -> Block | None:
    """Places to sign: who, and the name where it is known."""
    return Block("sign", rows=[[says.word(key), says.say(values.get(key))] for key in spec.keys])


_MAKERS = {"headline": _headline, "big": _big, "fields": _fields, "table": _table, "text": _text, "sign": _sign}
