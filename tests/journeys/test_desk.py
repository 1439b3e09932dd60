"""The desk in a real browser: a register sorted, filtered, opened, taken away, printed; from an index to its facts; without a network."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.support.browser import MakePhone
from tests.support.hall import Hall
from tests.support.sheets import printed, said

pytestmark = pytest.mark.chromium


def test_an_office_sorts_and_filters_a_register_opens_a_row_takes_it_away_and_prints_it(desk: MakePhone, hall: Hall) -> None:
    """VIS-04: what is on the screen is what stands in the file and on paper, with class mark, reader and time above it."""
    one = desk("office")
    page = one.open("/registers")
    page.get_by_role("link", name="离岗告示台账").click()
    rows = page.locator("tbody tr")
    expect(rows.first).to_be_visible()
    all_rows = rows.count()
    title = page.get_by_role("columnheader", name="离岗时间")
    expect(title).to_have_attribute("aria-sort", "descending")
    newest_first = rows.locator("td:first-child").all_inner_texts()
    assert newest_first == sorted(newest_first, reverse=True)
    title.get_by_role("button").click()
    expect(title).to_have_attribute("aria-sort", "ascending")
    expect(rows.locator("td:first-child")).to_have_text(newest_first[::-1])
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("checkbox", name="会议").check()
    page.get_by_role("button", name="查看结果").click()
    expect(page.get_by_role("button", name="去掉筛选：去向类别：会议")).to_be_visible()
    expect(rows).to_have_count(1)
    assert all_rows > 1
    rows.first.press("Enter")
    detail = page.get_by_role("complementary", name="所选记录")
    expect(detail.get_by_text("时间凭据")).to_be_visible()
    expect(detail.get_by_role("link", name="巡查问题")).to_have_attribute("href", re.compile(r"^/registers/finding\?from="))
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 CSV 文件").click()
    lines = download.value.path().read_bytes().decode("utf-8-sig").split("\r\n")
    assert download.value.suggested_filename.startswith("离岗告示台账_")
    assert lines[2].startswith("密级标识：内部")
    assert len([line for line in lines if ",会议," in line]) == 1
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 XLSX 表格").click()
    table = list(load_workbook(BytesIO(download.value.path().read_bytes())).active.values)
    assert str(table[2][0]).startswith("密级标识：内部")
    (line,) = [line for line in table if "会议" in line]
    shown = rows.first.locator("td").nth(1).inner_text()
    assert shown in line
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 PDF 文件，每页有水印").click()
    assert download.value.suggested_filename.endswith(".pdf")
    (sheet,) = said(download.value.path().read_bytes())
    assert f"内部·{hall.person('office')}·2026-11-24" in sheet
    assert "会议" in sheet
    assert shown in sheet

    # On paper it is the table, also while a row is open, and it says how much of the register is on it.
    head = f"密级标识:内部打印人:{hall.person('office')}打印时间:2026年11月24日"
    (paper,) = printed(page)
    assert all(words in paper for words in ("离岗告示台账", head, "去向类别:会议;共1条,列出1条", "预计返回", shown)), paper
    one.open("/registers/duty")
    expect(rows).to_have_count(50)
    page.evaluate("window.print = () => window.paper = true")
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.paper")
    first, *_ = printed(page)
    assert all(words in first for words in (head, "共124条,列出50条")), first


def test_leaders_state_a_purpose_before_a_name_is_shown(desk: MakePhone) -> None:
    """VIS-05: totals first; a name needs a word and leaves a trace."""
    page = desk("leader").open("/registers/away")
    person = page.locator("tbody tr").first.locator("td").nth(1)
    expect(person).to_have_text("•••")
    page.get_by_role("button", name="写明用途").click()
    page.get_by_role("radio", name="核实投诉").check()
    page.get_by_role("button", name="查看并留下记录").click()
    expect(person).not_to_have_text("•••")


def test_an_index_opens_its_facts(desk: MakePhone) -> None:
    """§11: from the figure to the register with its days set, in a chart, in a table and as a link."""
    page = desk("office").open("/indices")
    card = page.locator(".card", has=page.get_by_role("heading", name="告示率", exact=True))
    expect(card.get_by_role("img", name=re.compile("^告示率，"))).to_be_visible()
    card.get_by_text("看表格").click()
    expect(card.get_by_role("table")).to_be_visible()
    card.get_by_role("link", name="查看事实：离岗告示台账").click()
    expect(page).to_have_url(re.compile(r"/registers/away\?from=\d{4}-\d\d-\d\d&to="))
    expect(page.locator("tbody tr").first).to_be_visible()


def test_without_a_network_the_desk_says_so_and_shows_todays_posts(desk: MakePhone, hall: Hall) -> None:
    """Registers need the network; who is where today does not."""
    one = desk("office")
    one.open("/registers")
    expect(one.page.get_by_role("link", name="离岗告示台账")).to_be_visible()
    one.open("/overview")
    expect(one.page.get_by_role("heading", name="现在的缺口")).to_be_visible()
    hall.stop()
    one.page.get_by_role("link", name="台账").first.click()
    expect(one.page.get_by_text("台账和指标在服务器上，需要联网查看；本机不保存。")).to_be_visible()
    one.page.get_by_role("link", name="总览").first.click()
    expect(one.page.get_by_role("table", name="人员去向一览表")).to_be_visible()
