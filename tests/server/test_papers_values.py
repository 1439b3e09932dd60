"""What documents say for given rows: the vectors both languages satisfy, and how every kind looks on its sheet (DOC).

`vectors.json` stands beside the code and is read by the client's tests, too (pwa/test/features/papers.test.ts).
"""

import asyncio
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import opencc
import pypdf
import pytest
from babel.messages.catalog import Message

from server import locales
from server.app import DOMAINS
from server.domain.base import Actor
from server.domain.hall.ops import Hall
from server.papers import register
from server.papers import values as v
from server.papers.faces import Reader, rows_of
from server.papers.kinds import KINDS
from server.papers.layout import SIZES, Issue, sheet_of
from server.papers.press import WAITING_MAX, Press, PressFailed
from server.papers.template import LOCALES, Block, compose, mark_of, speaker, template
from sync import stamp
from sync.keys import unb64
from tests.server.scenes.small_hall import small_hall

VECTORS = msgspec.json.decode((Path(v.__file__).parent / "vectors.json").read_bytes())
CASES = {case["name"]: case for case in VECTORS["cases"]}
SAID = {name: case for name, case in CASES.items() if case["values"] is not None}
NOW: int = VECTORS["now"]


def hall() -> Hall:
    return msgspec.convert(VECTORS["rows"]["hall"]["hall"], Hall)


def values_of(case: dict[str, Any]) -> v.Values | None:
    who = case["actor"]
    actor = Actor(who["uid"], who["unit"], frozenset(who["roles"]))
    return KINDS[case["kind"]].data(Reader(actor, rows_of({**VECTORS["rows"], **case["rows"]}), hall(), NOW), case["rid"])


# The vectors ----------------------------------------------------------------------------------------------------------


def test_every_kind_of_document_has_a_case_that_says_something() -> None:
    assert {case["kind"] for case in SAID.values()} == set(KINDS)


@pytest.mark.parametrize("name", CASES)
def test_a_document_says_what_the_rows_of_its_reader_hold(name: str) -> None:
    """DOC-07, 08, 10, 11, 12, 16, 20, 23, EMG-10: every field from the rows, nothing for a reader who does not see them (VIS-01)."""
    assert values_of(CASES[name]) == CASES[name]["values"]


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("locale", LOCALES)
def test_it_says_so_in_every_locale(name: str, locale: str) -> None:
    case = SAID[name]
    blocks = compose(case["kind"], case["values"], speaker(case["kind"], locale, hall().tz))
    assert msgspec.to_builtins(blocks) == case["says"][locale]
    assert stamp.digest(case["kind"], case["rid"], case["values"]) == case["digest"]


@pytest.mark.parametrize("case", VECTORS["stamps"], ids=lambda case: case["code"][:24])
def test_a_stamp_is_read_and_judged_alike_in_both_languages(case: dict[str, Any]) -> None:
    signed = stamp.read(case["site"], case["code"])
    assert signed.stamp.text == case["text"]
    assert signed.code == case["code"]
    assert stamp.holds(signed, unb64(case["key"])) is case["holds"]


@pytest.mark.parametrize("code", VECTORS["no_stamps"], ids=lambda code: code[:24])
def test_what_is_no_stamp_is_not_read(code: str) -> None:
    with pytest.raises(stamp.BadStamp):
        stamp.read("yunting", code)


def test_reasons_of_health_stay_sealed_and_mark_the_paper() -> None:
    """LV-09, VIS-03: the slip says that a reason is kept, and carries the strictest class."""
    sick, plain = (SAID[name] for name in ("sick leave, sealed", "leave approved by the head"))
    assert sick["values"]["text"] == {"word": "sealed"}
    assert mark_of("leave_slip", sick["values"]) == "P3"
    assert mark_of("leave_slip", plain["values"]) == "P2"


def test_the_lobby_card_and_board_know_no_reason_no_kind_of_leave_and_no_exact_time() -> None:
    """AWY-09, DSP-01, DSP-03: public labels of the closed set, times rounded up to five minutes."""
    text = msgspec.json.encode([case["says"] for case in SAID.values() if case["kind"] in ("away_card", "whereabouts")]).decode()
    assert not any(secret in text for secret in ("密", "东区", "0000-11112222", "年休假", "病假", "11:02", "10:02"))
    assert "11:05" in text


# Templates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_has_the_same_words_in_every_locale(kind: str) -> None:
    """DOC: Traditional templates are written by hand, whole."""
    spec = template(kind)
    keys = {locale: set(spec.words[locale]) for locale in LOCALES}
    assert all(found == keys["zh_Hans"] for found in keys.values())
    assert all(text for locale in LOCALES for text in spec.words[locale].values())
    assert set(spec.sizes) <= set(SIZES)
    used = {key for block in spec.blocks for key in (*block.keys, *(c.key for c in block.columns))} - {"headline"}
    labelled = {key for b in spec.blocks if b.type in ("fields", "sign") for key in b.keys} | {
        c.key for b in spec.blocks for c in b.columns
    }
    assert labelled <= keys["zh_Hans"] | set(v.common()["zh_Hans"]), used


@pytest.mark.parametrize("path", sorted(v.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_templates_are_held_to_the_house_rules_of_messages(path: Path) -> None:
    """I18N-03: placeholders, words that conversion breaks, characters of another script, the glossary."""
    texts = msgspec.json.decode(path.read_bytes())
    texts = texts.get("words", texts)
    found = [
        fault
        for locale in LOCALES
        for key, text in texts[locale].items()
        if key not in OWN_ORDER
        for fault in locales.message_faults(locale, Message(texts["zh_Hans"][key], text))
    ]
    assert found == []


OWN_ORDER = frozenset({"date", "short_date", "month_of", "own", "mark"})
"""English dates name the month, each language names itself, and the mark of a number is an abbreviation."""


GLOSSARY = {
    "工作移交": "工作移交",
    "人员去向一览表": "人員去向一覽表",
    "离岗告示": "離崗告示",
    "销假": "銷假",
    "补签": "補簽",
    "考勤": "差勤",
}


def test_institutions_keep_their_names_in_traditional_characters() -> None:
    """I18N-02: glossary §18."""
    to_simplified, found = opencc.OpenCC("t2s").convert, 0
    for kind in KINDS:
        words = template(kind).words
        for term, traditional in GLOSSARY.items():
            if term in words["zh_Hans"]["title"]:
                found += 1
                assert traditional in words["zh_Hant_TW"]["title"]
                assert to_simplified(words["zh_Hant_HK"]["title"]).startswith(term)
    assert found


# Sheets ---------------------------------------------------------------------------------------------------------------


ISSUE = Issue("", "2026-3", "0123ABCD", 2, NOW, "周示例", "https://hall.example/s/yunting/p/1." + "a" * 170)


@pytest.fixture(scope="module")
def printed() -> Iterator[Any]:
    """Prints a case: its PDF."""
    loop, press = asyncio.new_event_loop(), Press()

    def print_case(case: dict[str, Any], locale: str, size: str) -> bytes:
        sheet = sheet_of(ISSUE._replace(kind=case["kind"]), case["values"], hall(), locale, size, press.missing)
        return loop.run_until_complete(press.print(sheet))

    yield print_case
    loop.run_until_complete(press.close())
    loop.close()


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def words_of(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Every text of a document's blocks."""
    for block in blocks:
        yield block.get("text", "")
        yield from block.get("head", [])
        for row in block.get("rows", []):
            yield from row


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("locale", LOCALES)
def test_everything_a_document_says_stands_on_its_paper(printed: Any, name: str, locale: str) -> None:
    """DOC: each kind in each locale, on each size it may be printed on; number, copy, hall, class mark and reader with it (VIS-04)."""
    case = SAID[name]
    lost = "\U0003134a"
    assert template(case["kind"]).sizes
    assert any(words_of(case["says"][locale]))
    for size in template(case["kind"]).sizes:
        text = text_of(printed(case, locale, size))
        for said in words_of(case["says"][locale]):
            shown = said.replace(lost, v.common()[locale]["missing"].replace("{code}", "U+3134A"))
            assert re.sub(r"\s+", "", shown) in text, (size, shown)
        assert "0123ABCD" in text
        assert re.sub(r"\s+", "", hall().names[locale]) in text
        if mark_of(case["kind"], case["values"]) != "P0" and size != "R80":
            assert "周示例" in text


def test_a_character_no_font_has_is_printed_as_its_code_point_and_rare_ones_as_themselves(printed: Any) -> None:
    """GEN-07: names of the supplementary planes never vanish."""
    text = text_of(printed(SAID["the hall for the office"], "zh_Hans", "A3L"))
    assert "王䶮𰻞" in text
    assert "朱𫗧〔U+3134A〕" in text


@pytest.mark.parametrize("name", ["the hall for the office", "a sheet just written", "a month"])
def test_a_document_with_nothing_in_its_tables_is_printed_all_the_same(printed: Any, name: str) -> None:
    case = SAID[name]
    nothing = {**case, "values": {key: [] if isinstance(value, list) else value for key, value in case["values"].items()}}
    kind = case["kind"]
    assert template(kind).words["zh_Hans"]["title"] in text_of(printed(nothing, "zh_Hans", template(kind).sizes[0]))


def test_equal_sheets_are_equal_bytes(printed: Any) -> None:
    case = SAID["leave approved by the head"]
    assert printed(case, "zh_Hant_HK", "A4") == printed(case, "zh_Hant_HK", "A4")


def test_a_sheet_that_cannot_be_set_fails_and_the_next_one_is_set() -> None:
    """The typesetter is a process of its own: what breaks it breaks nothing else."""

    async def both() -> tuple[bytes, int]:
        press, failures = Press(), 0
        sheet = sheet_of(ISSUE._replace(kind="att_correction"), SAID["a correction"]["values"], hall(), "en", "A5", press.missing)
        broken = msgspec.structs.replace(sheet, blocks=[Block("nonsense")])  # type: ignore[arg-type]
        try:
            await press.print(broken)
        except PressFailed:
            failures = 1
        try:
            return await press.print(sheet), failures
        finally:
            await press.close()

    made, failures = asyncio.run(both())
    assert made.startswith(b"%PDF")
    assert failures == 1


def test_a_sheet_that_takes_too_long_is_given_up_and_so_is_one_too_many() -> None:
    """Bounded: a time limit for each document, and so many may wait."""

    async def late() -> list[str]:
        press = Press(seconds=0)
        sheet = sheet_of(ISSUE._replace(kind="att_correction"), SAID["a correction"]["values"], hall(), "en", "A5", press.missing)
        ends = await asyncio.gather(*(press.print(sheet) for _ in range(WAITING_MAX + 2)), return_exceptions=True)
        await press.close()
        return sorted(type(end).__name__ for end in ends)

    assert asyncio.run(late()) == ["PressBusy"] * 2 + ["PressFailed"] * WAITING_MAX


def test_the_number_of_what_may_be_sealed_says_nothing_of_how_many_there_are() -> None:
    """CHK-05, DOC-14: a visitor who prints twice would count what others printed in between."""

    def numbers(*printed: str, sealed: bool) -> list[str]:
        tx = small_hall(domains=DOMAINS).tx
        asked = [register.Asked(rid, "visit_record", rid, "wu", "zh_Hans", 1, "0" * 64, "Asia/Shanghai", False, sealed) for rid in printed]
        return [register.enter(tx, one).number for one in asked]

    assert numbers("v1", "v2", sealed=False) == ["2026-1", "2026-2"]
    alone, after_others = numbers("v1", sealed=True), numbers("v7", "v8", "v1", sealed=True)
    assert alone == after_others[-1:]
    assert len({*after_others}) == 3
    assert KINDS["visit_record"].sealed
