"""Cold start without a server on a phone slowed four times, beside an empty page's; seconds are printed."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone
from tests.support.floor import cold_start_seconds, empty_page, visited
from tests.support.hall import Hall

pytestmark = [pytest.mark.chromium, pytest.mark.alone]
SLOW = 4
STARTS = 3
OVER_SECONDS_MAX = 1.1


def test_a_cold_start_without_a_server_costs_little_more_than_an_empty_page(hall: Hall, phone: MakePhone) -> None:
    staff, empty = phone("staff", slow=SLOW), phone(slow=SLOW)
    with empty_page() as url:
        visited(empty, url)
    hall.kill()
    floor, ours = cold_start_seconds(empty, "#app", STARTS), cold_start_seconds(staff, "nav", STARTS)
    print(f"\n  cold start without a server at {SLOW}x CPU: {ours:.2f} s, an empty page {floor:.2f} s (at most {OVER_SECONDS_MAX} s more)")
    expect(staff.button("离岗", exact=False)).to_be_visible()
    assert ours - floor <= OVER_SECONDS_MAX
