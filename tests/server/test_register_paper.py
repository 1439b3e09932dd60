"""Registers taken away as PDF: the rows of the other files, titles and watermark on every page, refused alike (VIS-04).

Read as people read them: the text, the pages and the fonts of the PDF that the server gave.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pypdf
import pytest

from server.app import DOMAINS
from server.domain.base import Domain
from server.papers.values import common
from server.reports.paper import EDGE_CHARS, LINE_CHARS, wide, widths
from server.store.contract import Unit
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import FirstMorning, World
from tests.support.registers import FILE_DOMAIN, FORMULAS, FileRecord, ask, played_day, traces
from tests.support.server import RunningServer

MM = 72 / 25.4
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31", "sort": "day"}
SEPTEMBER = {"from": "2026-09-01", "to": "2026-09-30", "sort": "day"}
AUGUST = {"from": "2026-08-01", "to": "2026-08-31"}
JULY = {"from": "2026-07-01", "to": "2026-07-31"}
MARKS = {"zh_Hans": "内部", "zh_Hant_TW": "內部", "zh_Hant_HK": "內部", "en": "Internal"}


@pytest.fixture(scope="module")
def world() -> World:
    return FirstMorning()


@pytest.fixture(scope="module")
def domains() -> Sequence[Domain]:
    return (*DOMAINS, FILE_DOMAIN)


@pytest.fixture(scope="module")
def played(server: RunningServer, world: World) -> Iterator[Cast]:
    """A day has been played; of September there are 500 files, of August one too many, of July few with too much in them."""
    with played_day(server, world) as cast:
        person = cast["李"].uid

        def fill(work: Unit) -> None:
            with work.step() as tx:
                for month, rows, remark in (("09", 500, "row-{n:03d}."), ("08", 2001, "x"), ("07", 310, "长" * 1000)):
                    for n in range(rows):
                        day = f"2026-{month}-{n % 28 + 1:02d}"
                        said = remark.format(n=n)
                        tx.put(FileRecord(rid=f"{month}-{n:04d}", day=day, unit="", person=person, days=n, diagnosis="cold", remark=said))
                tx.put(FileRecord(rid="lost", day="2026-06-01", unit="", person=person, days=1, diagnosis="", remark="朱\U0003134a"))

        server.call(lambda: server.app.gate.place(SITE).store.write(fill))
        yield cast


def pages(device: Device, name: str, **query: str) -> list[pypdf.PageObject]:
    """The pages of a register."""
    answer = ask(device, f"register/{name}.pdf", **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert f'filename="{name}.pdf"' in answer.headers["content-disposition"]
    return list(pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def said(page: pypdf.PageObject) -> str:
    """The text of a page without the spaces that a line or a digit makes."""
    return bare(page.extract_text())


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_five_hundred_rows_have_titles_watermark_and_page_number_on_every_page(played: Cast) -> None:
    """VIS-04: nothing is lost at the turn of a page, and a page torn out still says what it is and who took it."""
    office = played["周"]
    name = office.pull().replica.body("me", office.uid)["name"]
    made = pages(office, "file", **SEPTEMBER)
    assert len(made) > 5
    found: Counter[str] = Counter()
    for n, page in enumerate(made, start=1):
        text = said(page)
        for title in ("day", "unit", "person", "days", "diagnosis", "remark"):
            assert title in text
        assert len(re.findall(rf"内部·{name}·\d{{4}}-\d\d-\d\d\d\d:\d\d:\d\d", text)) >= 6, "the watermark"
        assert f"密级标识：内部导出人：{name}导出时间：20" in text
        assert f"第{n}页，共{len(made)}页" in text
        found.update(re.findall(r"row-\d{3}", text))
    assert found == Counter({f"row-{n:03d}": 1 for n in range(500)})
    assert "起止：2026-09-01至2026-09-30共500条" in said(made[0])


def test_pages_lie_across_and_every_font_travels_with_them(played: Cast) -> None:
    """A narrow register has A4 landscape, one of twenty columns A3; nothing depends on the fonts of who opens it."""
    for name, mm in (("file", (297, 210)), ("away", (420, 297))):
        printed = pages(played["周"], name)
        assert len(printed)
        for page in printed:
            assert (round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)) == mm
            fonts = [one.get_object() for font in page["/Resources"]["/Font"].values() for one in font["/DescendantFonts"]]  # type: ignore[index]
            assert fonts
            assert all(any(key.startswith("/FontFile") for key in font["/FontDescriptor"]) for font in fonts)
            assert any("CJKsc" in str(font["/BaseFont"]) for font in fonts)


@pytest.mark.parametrize("locale", MARKS)
def test_a_register_is_printed_in_every_language_with_what_the_table_of_the_others_holds(played: Cast, locale: str) -> None:
    """VIS-04, I18N-01: titles, words of the cells, class mark and page in the reader's language; cell by cell what the CSV says."""
    office = played["周"]
    lines = list(csv.reader(io.StringIO(ask(office, "register/away.csv", locale=locale).content.decode("utf-8-sig"), newline="")))
    cells = [cell for line in lines[4:] for cell in line if cell]
    assert len(cells) > 40
    made = pages(office, "away", locale=locale)
    text = "".join(map(said, made))
    assert [cell for cell in cells if bare(cell.removeprefix("'")) not in text] == []
    assert bare(lines[0][0]) in text
    assert bare(lines[1][0]) in text
    assert f"{MARKS[locale]}·" in text
    assert bare(common()[locale]["page"].replace("{n}", "1").replace("{m}", str(len(made)))) in text


def test_what_is_sealed_is_sealed_on_paper_and_opens_for_a_purpose_which_leaves_a_trace(played: Cast, server: RunningServer) -> None:
    """VIS-03, VIS-04: the sensitive column shows stars until a purpose is stated; then the page is marked so."""
    office, before = played["周"], len(traces(server, "register.export"))
    text = "".join(map(said, pages(office, "file", **OCTOBER)))
    assert "cold" not in text
    assert text.count("***") == 40
    assert "敏感" not in text
    opened = [said(page) for page in pages(office, "file", **OCTOBER, purpose="年度核对")]
    assert sum(page.count("cold") for page in opened) == 40
    assert all("敏感·" in page and "内部·" not in page for page in opened)
    assert "用途：年度核对" in opened[0]
    found = traces(server, "register.export")[before:]
    assert [(who, about) for who, about, _ in found] == [(office.uid, "file.pdf")] * 2
    assert "rows 40; columns diagnosis; purpose 年度核对" in found[1][2]


def test_everybody_gets_the_rows_and_fields_of_the_other_files_and_nobody_more(played: Cast) -> None:
    """VIS-01, VIS-05: own unit for a head, no name for a leader without a purpose; who has no CSV has no PDF, and the same answer."""
    served = 0
    for device in (played[who] for who in ("周", "赵", "王", "李", "林", "吴", "屏")):
        for query in (OCTOBER, {**OCTOBER, "purpose": "年度核对"}):
            text, paper = (ask(device, f"register/file.{kind}", **query) for kind in ("csv", "pdf"))
            assert paper.status_code == text.status_code
            if text.status_code != 200:
                assert paper.json() == text.json()
                continue
            served += 1
            lines = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"), newline="")))
            rows = [line for line in lines if re.match(r"2026-10-\d\d$", line[0])]
            page = "".join(said(one) for one in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
            for word in ("cold", "***", "plain"):
                assert page.count(word) == sum(line.count(word) for line in rows), (device.login, word)
            assert len(re.findall(r"2026-10-\d\d", page.replace("2026-10-01至2026-10-31", ""))) == len(rows)
    assert served >= 4
    assert ask(played["吴"], "register/file.pdf", **OCTOBER).status_code == 403
    assert ask(played["周"], "register/nothing.pdf").status_code == ask(played["周"], "register/nothing.csv").status_code == 404


def test_what_people_typed_stands_there_as_they_typed_it(played: Cast) -> None:
    """GEN-07: paper has no formulas to guard against, and no markup; a character no font has is printed as its code point."""
    text = "".join(map(said, pages(played["周"], "file", **OCTOBER)))
    assert [one for one in FORMULAS if bare(one) not in text] == []
    assert "'=1" not in text
    assert "朱〔U+3134A〕" in said(pages(played["周"], "file", **{"from": "2026-06-01", "to": "2026-06-30"})[0])


def test_too_many_rows_or_too_much_in_them_are_to_be_narrowed(played: Cast, world: World) -> None:
    """A PDF has its own bounds: the other files take what is too long for paper."""
    for query, rows in ((AUGUST, 2000), (JULY, 300)):
        answer = ask(played["周"], "register/file.pdf", **query)
        assert (answer.status_code, answer.json()["type"]) == (413, "export_large")
        assert rows - 5 <= answer.json()["params"]["rows"] <= rows
        assert ask(played["周"], "register/file.csv", **query).status_code == 200


def test_every_column_has_room_for_its_longest_word() -> None:
    """Twenty columns share a sheet: short ones get what they need, long texts what is left."""
    columns = [("Provisional", "yes", "no"), ("时间", "2026-11-24 09:05"), ("说明", "很长的说明" * 30), ("n", "7"), ("人", "")] * 4
    room = LINE_CHARS["A3L"]
    across = widths(columns, [min(28, max(map(wide, cells))) + EDGE_CHARS for cells in columns], room)
    assert sum(across) <= room
    assert across[0] >= len("Provisional") + EDGE_CHARS
    assert across[1] >= len("2026-11-24") + EDGE_CHARS
    assert across[2] > 2 * across[3]
    assert wide("12号窗口") == 8
