"""Long lists: the page holds a hundred of them, and the rest is one wish away."""

import re

import pytest
from playwright.sync_api import expect

from tests.phone.measure import fill
from tests.support.browser import MakePhone
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium
REPORTED = 120


def test_a_long_list_begins_with_a_hundred_and_shows_the_rest_when_asked(hall: Hall, phone: MakePhone) -> None:
    """FAC-05: two thousand cells would keep a phone busy; none of them is out of reach, and who presses a key goes on with the next."""
    fill(hall, REPORTED)
    inspector = phone("inspector")
    inspector.until(lambda: len(inspector.rows("repair")) >= REPORTED)
    inspector.open("/repairs")
    cells = inspector.page.get_by_role("list", name="报修与维修").get_by_role("listitem")
    expect(cells).to_have_count(100)
    more = inspector.page.get_by_role("button", name=re.compile("显示更多（还有 \\d+ 条）"))
    left = int(re.findall(r"\d+", more.inner_text())[0])
    more.press("Enter")
    expect(cells).to_have_count(100 + left)
    expect(more).to_have_count(0)
    expect(cells.nth(100).get_by_role("link")).to_be_focused()
