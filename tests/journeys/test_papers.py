"""Journey: an away card printed in a power cut, on the phone alone, and what a stranger makes of it afterwards (DOC-07, AWY-11)."""

import io
import unicodedata

import httpx
import pypdf
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import expect

from server.papers.check import words
from tests.support.browser import MakePhone
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium


def test_a_card_printed_without_a_network_is_told_as_the_halls_by_its_code(hall: Hall, phone: MakePhone) -> None:
    staff = phone("staff")
    staff.until(lambda: staff.page.evaluate("localStorage.getItem('zg.ahead')") is not None)
    staff.offline()
    staff.button("离岗", exact=False).click()
    staff.button("提交（联网后自动发送）").click()
    staff.page.get_by_role("link", name="打印告示卡").click()
    expect(staff.page.get_by_role("heading", name="离岗告示")).to_be_visible()
    expect(staff.page.locator(".paper-code svg")).to_be_visible()

    sheet = staff.page.pdf(prefer_css_page_size=True, print_background=True)
    (page,) = pypdf.PdfReader(io.BytesIO(sheet)).pages
    assert (round(float(page.mediabox.width) / 72 * 25.4), round(float(page.mediabox.height) / 72 * 25.4)) == (210, 148)
    # Chromium maps some glyphs back to the radicals they look like.
    text = "".join(unicodedata.normalize("NFKC", page.extract_text()).split())
    assert all(said in text for said in ("离岗告示", "暂离", "预计返回", hall.person("staff")))

    (code,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(sheet)[0].render(scale=4).to_pil())
    address = staff.outside(code.text)
    said = httpx.get(address, params={"locale": "zh_Hans"}, trust_env=False).text
    assert words()["zh_Hans"]["device"] in said
    forged = httpx.get(address[:-6] + "AAAAAA", params={"locale": "zh_Hans"}, trust_env=False).text
    assert words()["zh_Hans"]["forged"] in forged
