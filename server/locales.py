"""`python -m server locales extract|update|check`: one set of gettext catalogues for server and PWA, made with Babel (I18N-01..03).

The msgid is the Simplified Chinese text itself. Python marks a text with `N_("…")`; TypeScript asks for it with `t("…")` or
`tc("context", "…")` and marks one that is looked up later with `N_("…")`. Translations are written by hand, never converted.
"""

import argparse
import ast
import csv
import json
import re
import string
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "locales"
SOURCE = "zh_Hans"
LOCALES = (SOURCE, "zh_Hant_TW", "zh_Hant_HK", "en")
HEADER = "# Zaigang: message catalogue. The msgid is the Simplified Chinese source text."
DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Written into every header: a real date would make two branches collide in a line that says nothing."""

OWN_WORDING = "own wording"
"""Translator's comment on a Traditional message that says it in local words, not character by character."""
DATA = ROOT / "server"
"""Where data in several languages is shipped: lists, plans, titles, leave types, the invented halls."""
MANIFESTS = ROOT / "pwa" / "public"

# The encodings of the two regions hold no Simplified-only character.
REGION_CODEC = {"zh_Hant_TW": "cp950", "zh_Hant_HK": "big5hkscs"}

_HAN = re.compile(r"[\u4e00-\u9fff]")
_FULL_WIDTH = re.compile(r"[\u3002\uff01-\uff1f]")

Found = tuple[str | None, str]
"""Context (or none) and text of one message in a source file."""

Extractor = Callable[[str], Iterator[Found]]


class NotLiteral(ValueError):
    """A message asked for with something other than a literal: it could never be extracted."""


def python_messages(source: str) -> Iterator[Found]:
    """The messages of a .py file: `N_("literal")`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
            text = node.args[0]
            if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
                raise NotLiteral(f"line {node.lineno}: N_() takes a literal string")
            yield None, text.value


_CALL = re.compile(r"(?<![\w.$\\])(t|tc|N_)\(\s*")
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"\s*,?\s*')
_COMMENT = re.compile(r"^\s*(?:/?\*|//).*$|(?<=\s)//.*$", re.MULTILINE)
_DEFINITION = re.compile(r"function\s+$")


def typescript_messages(source: str) -> Iterator[Found]:
    """The messages of a .ts or .tsx file: `t("literal")`, `tc("context", "literal")` and `N_("literal")`.

    Babel's own JavaScript lexer loses calls after an apostrophe in JSX text; this looks for the call itself.
    """
    source = _COMMENT.sub(lambda comment: " " * len(comment[0]), source)
    for call in _CALL.finditer(source):
        if _DEFINITION.search(source[: call.start()]):
            continue
        texts, end = [], call.end()
        for _ in range(2 if call[1] == "tc" else 1):
            literal = _LITERAL.match(source, end)
            if literal is None:
                line = source.count("\n", 0, call.start()) + 1
                raise NotLiteral(f"line {line}: {call[1]}() takes a literal string in double quotes")
            texts.append(ast.literal_eval(f'"{literal[1]}"'))
            end = literal.end()
        yield (texts[0], texts[1]) if call[1] == "tc" else (None, texts[0])


def sources() -> list[tuple[Extractor, Path]]:
    """Every file messages are extracted from, with its extractor, in a stable order."""
    python = [p for folder in ("sync", "server") for p in (ROOT / folder).rglob("*.py")]
    typescript = [p for p in (ROOT / "pwa" / "src").rglob("*.ts*") if ".test." not in p.name]
    found: list[tuple[Extractor, Path]] = [(python_messages, p) for p in sorted(python)]
    return found + [(typescript_messages, p) for p in sorted(typescript)]


def template() -> Catalog:
    """The catalogue of every message in the sources, without translations."""
    pot = _catalog(None)
    for extractor, path in sources():
        name = path.relative_to(ROOT).as_posix()
        try:
            for context, text in extractor(path.read_text(encoding="utf-8")):
                pot.add(text, locations=[(name, 0)], context=context)
        except NotLiteral as error:
            raise NotLiteral(f"{name}, {error}") from None
    return pot


def po_text(catalog: Catalog) -> str:
    """A catalogue as written to its file: sorted, without line numbers, dates or obsolete entries, so that merges stay quiet."""
    out = BytesIO()
    write_po(out, catalog, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return out.getvalue().decode()


def _catalog(locale: str | None) -> Catalog:
    """An empty catalogue whose header holds nothing that changes by itself."""
    return Catalog(
        locale=locale,
        header_comment=HEADER,
        project="zaigang",
        version="1",
        creation_date=DATE,
        revision_date=DATE,
        msgid_bugs_address="-",
        last_translator="zaigang",
        language_team="zaigang",
        charset="utf-8",
        fuzzy=False,
    )


def po_path(locale: str) -> Path:
    """Where the catalogue of `locale` is kept."""
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> Catalog:
    """The kept catalogue of `locale`; an empty one when there is none yet."""
    path = po_path(locale)
    return read_po(BytesIO(path.read_bytes()), locale=locale, charset="utf-8") if path.exists() else _catalog(locale)


def updated(locale: str, pot: Catalog) -> Catalog:
    """The catalogue of `locale` brought up to `pot`: new messages come empty (the source fills itself), old ones go."""
    kept, catalog = read(locale), _catalog(locale)
    for message in messages(pot):
        before = kept.get(message.id, message.context)
        catalog.add(
            message.id,
            message.id if locale == SOURCE else before.string if before else "",
            locations=message.locations,
            flags=before.flags if before else (),
            user_comments=before.user_comments if before else (),
            context=message.context,
        )
    return catalog


def messages(catalog: Catalog) -> list[Message]:
    """The messages of a catalogue without its header."""
    return [m for m in catalog if m.id]


def files() -> dict[Path, str]:
    """Every file `update` writes, with its text."""
    pot = template()
    return {FOLDER / "messages.pot": po_text(pot)} | {po_path(locale): po_text(updated(locale, pot)) for locale in LOCALES}


class Forbidden(NamedTuple):
    """One line of forbidden.csv. `scope`: a locale or a prefix of it; `unless`: right where msgid or context holds one of these (`|`)."""

    term: str
    scope: str
    instead: str
    unless: str
    note: str


@cache
def forbidden() -> tuple[Forbidden, ...]:
    """Words that betray a mechanical conversion or belong to another region (catalogue 18.3)."""
    with (FOLDER / "forbidden.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Forbidden(**row) for row in csv.DictReader(file))


@cache
def glossary() -> tuple[dict[str, str], ...]:
    """Institution and interface terms by locale, longest source term first. Several renderings are separated by `|`; none: free."""
    with (FOLDER / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return tuple(sorted(csv.DictReader(file), key=lambda row: -len(row[SOURCE])))


def placeholders(text: str) -> set[str]:
    """The names in braces of `text`."""
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def faults() -> list[str]:
    """Everything `check` finds wrong, one sentence each."""
    found = [
        f"{path.relative_to(ROOT)} is stale: run `python -m server locales update`"
        for path, text in files().items()
        if not _same(path, text)
    ]
    for locale in LOCALES:
        for message in messages(read(locale)):
            found += [f"{locale}: {message.id!r} {fault}" for fault in message_faults(locale, message)]
    return found + data_faults()


def data_faults() -> list[str]:
    """Forbidden words and wrong characters in what is said outside the catalogues and the papers."""
    shipped = {
        path.relative_to(ROOT).as_posix(): json.loads(path.read_bytes())
        for path in sorted(DATA.rglob("*.json"))
        if "vectors" not in path.name
    }
    shipped["manifest"] = {locale: json.loads((MANIFESTS / f"manifest.{locale}.webmanifest").read_bytes()) for locale in LOCALES}
    return [
        f"{name}: {locale}: {text!r} {fault}"
        for name, data in shipped.items()
        for said in spoken(data)
        for locale, text in said.items()
        for fault in wording_faults(locale, Message(said[SOURCE], text))
    ]


def spoken(data: Any) -> Iterator[dict[str, str]]:
    """Every text of `data` that is there in the source language, by locale; whole parts may be given by locale, too."""
    if isinstance(data, list):
        for one in data:
            yield from spoken(one)
    elif isinstance(data, dict) and SOURCE in data:
        yield from _parallel({locale: part for locale, part in data.items() if locale in LOCALES})
    elif isinstance(data, dict):
        yield from spoken(list(data.values()))


def _parallel(parts: dict[str, Any]) -> Iterator[dict[str, str]]:
    source = parts[SOURCE]
    if isinstance(source, str):
        yield parts
    for key in source if isinstance(source, dict) else range(len(source)) if isinstance(source, list) else ():
        yield from _parallel({locale: part[key] for locale, part in parts.items() if isinstance(part, list) or key in part})


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def message_faults(locale: str, message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    msgid, text = str(message.id), str(message.string)
    if message.fuzzy:
        yield "is fuzzy"
    if not text:
        yield "is not translated"
        return
    if placeholders(text) != placeholders(msgid):
        yield f"has placeholders {sorted(placeholders(text))}, the source has {sorted(placeholders(msgid))}"
    if any(spec and spec.count("|") != 1 for _literal, _name, spec, _conversion in string.Formatter().parse(text)):
        yield "has a placeholder that is neither {n} nor {n:one|several}"
    yield from wording_faults(locale, message)
    if locale == "en":
        yield from (f"holds {char}" for char in sorted(set(text)) if _HAN.match(char) or _FULL_WIDTH.match(char))
    yield from _glossary_faults(locale, msgid, text)


def wording_faults(locale: str, message: Message) -> Iterator[str]:
    """Words and characters a text of `locale` never has, wherever it stands."""
    text = str(message.string)
    for word in forbidden():
        if locale.startswith(word.scope) and word.term in text and not _excused(word, message):
            yield f"says {word.term}, should say {word.instead}"
    if codec := REGION_CODEC.get(locale):
        yield from (f"holds {char}, which is not written there" for char in sorted(set(text)) if _foreign(char, codec))
    if locale != "en" and re.search(r"[\u4e00-\u9fff][,;:?!(]|[,;?!)][\u4e00-\u9fff]", text):
        yield "has half-width punctuation beside Chinese text"


def _excused(word: Forbidden, message: Message) -> bool:
    source = f"{message.context} {message.id}"
    return any(one in source for one in word.unless.split("|") if one)


def _foreign(char: str, codec: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return _HAN.match(char) is not None
    return False


def _glossary_faults(locale: str, msgid: str, text: str) -> Iterator[str]:
    """Terms the translation does not render as the glossary says. Matches are masked: a term inside a longer one is not asked for."""
    for term in glossary():
        if term[SOURCE] not in msgid:
            continue
        msgid = msgid.replace(term[SOURCE], "\0")
        wanted = term[locale].split("|")
        if not any(one.lower() in text.lower() for one in wanted):
            yield f"should render {term[SOURCE]} as {' or '.join(wanted)}"


def unlike_source(to_simplified: Callable[[str], str]) -> list[str]:
    """Traditional messages that do not convert back to their source and are not marked as own wording, and idle marks.

    `to_simplified` is a character conversion such as OpenCC's t2s; it is the oracle here, never the translator.
    """
    found = defaultdict(list)
    for locale in REGION_CODEC:
        for message in messages(read(locale)):
            same = _bare(to_simplified(str(message.string))) == _bare(str(message.id))
            if same == (OWN_WORDING in message.user_comments):
                found[locale].append(
                    f"{locale}: {message.id!r} -> {message.string!r}" + (" is marked without need" if same else " differs")
                )
    return [line for lines in found.values() for line in lines]


def _bare(text: str) -> str:
    """Quotation marks differ by region and mean the same."""
    return text.translate(str.maketrans("「」『』", "“”‘’"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `python -m server locales`."""
    parser.add_argument(
        "action", choices=("extract", "update", "check"), help="print the template; bring the catalogues up to the sources; find faults"
    )


def run(args: argparse.Namespace) -> int:
    """Do it; 1 when `check` found something."""
    if args.action == "extract":
        print(po_text(template()), end="")
        return 0
    if args.action == "update":
        for path, text in files().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return 0
    found = faults()
    print("\n".join(found) or f"{len(messages(read(SOURCE)))} messages in {len(LOCALES)} languages, all in order.")
    return 1 if found else 0
