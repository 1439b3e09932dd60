"""Journey: papers printed in a power cut, on the phone alone, and what a stranger makes of them afterwards (DOC-07, AWY-11)."""

import io

import httpx
import pypdf
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import expect

from server.papers.check import words as verdicts
from tests.support.browser import MakePhone
from tests.support.hall import Hall
from tests.support.sheets import print_document, said

pytestmark = pytest.mark.chromium


def test_what_is_printed_without_a_network_is_told_as_the_halls_by_its_code(hall: Hall, phone: MakePhone) -> None:
    """DOC-07, DOC-08, DOC-10, DOC-11: also of what was written on this phone a moment ago, and nobody else has yet."""
    staff = phone("staff")
    staff.fetched()
    staff.offline()
    staff.button("离岗", exact=False).click()
    staff.button("提交（联网后自动发送）").click()
    staff.page.get_by_role("link", name="打印告示卡").click()
    expect(staff.page.get_by_role("heading", name="离岗告示")).to_be_visible()
    expect(staff.page.locator(".paper-code svg")).to_be_visible()

    sheet = staff.page.pdf(prefer_css_page_size=True, print_background=True)
    (page,) = pypdf.PdfReader(io.BytesIO(sheet)).pages
    assert (round(float(page.mediabox.width) / 72 * 25.4), round(float(page.mediabox.height) / 72 * 25.4)) == (210, 148)
    (text,) = said(sheet)
    assert all(words in text for words in ("离岗告示", "暂离", "预计返回", hall.person("staff")))

    (code,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(sheet)[0].render(scale=4).to_pil())
    address = staff.outside(code.text)
    genuine = httpx.get(address, params={"locale": "zh_Hans"}, trust_env=False).text
    assert verdicts()["zh_Hans"]["device"] in genuine
    forged = httpx.get(address[:-6] + "AAAAAA", params={"locale": "zh_Hans"}, trust_env=False).text
    assert verdicts()["zh_Hans"]["forged"] in forged

    # Still in the dark: a leave asked for, work handed over, and the board of who is where.
    staff.open("/leave/new")
    staff.chip("年休假").click()
    staff.chip("今天下午").click()
    staff.button("提交请假（联网后自动发送）").click()
    expect(staff.receipt).to_be_visible()
    staff.open("/handover/new")
    staff.button("＋ 待办件").click()
    staff.button("移交（联网后自动发送）").click()
    expect(staff.receipt).to_be_visible()
    assert hall.person("staff") in print_document(staff, "请假单")
    assert "待办件" in print_document(staff, "工作移交单")
    assert "暂离" in print_document(staff, "人员去向一览表")
