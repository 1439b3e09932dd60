"""Paper in journeys: what the printer gets of a page, and documents printed from the list of a phone."""

import io
import unicodedata

import pypdf
from playwright.sync_api import Page, expect

from tests.support.browser import Phone

# What can be read beside the sheet.
BESIDE = """() => Array.from(document.querySelectorAll("body :not(.paper, .paper *)"))
  .filter((one) => one.checkVisibility()).flatMap((one) => Array.from(one.childNodes))
  .filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()).map((node) => node.data)"""


def said(pdf: bytes) -> list[str]:
    """The text of every sheet, without spaces, its punctuation half as wide."""
    # Chromium maps some glyphs back to the radicals they look like.
    return ["".join(unicodedata.normalize("NFKC", sheet.extract_text()).split()) for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def printed(page: Page) -> list[str]:
    """What stands on every sheet that comes out of the printer."""
    return said(page.pdf(prefer_css_page_size=True, print_background=True))


def print_document(phone: Phone, title: str) -> str:
    """What the first sheet says of a document printed from the list of this phone: nothing but itself, with its title and code."""
    page = phone.open("/papers")
    page.get_by_role("list", name=title, exact=True).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".paper-code svg")).to_be_visible()
    assert page.evaluate(BESIDE) == []
    page.emulate_media(media="null")
    first, *_ = printed(page)
    assert title in first
    return first
