"""Cold start without a server on a phone slowed four times, beside an empty page's; seconds are printed."""

import time
from statistics import median

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone, Phone
from tests.support.floor import empty_page
from tests.support.hall import Hall

pytestmark = [pytest.mark.chromium, pytest.mark.alone]
SLOW = 4
STARTS = 3
START_OVER_FLOOR_SECONDS_MAX = 1.1


def cold_start_seconds(phone: Phone, shown: str) -> float:
    """From a new browser process to the first screen; the server is gone. The middle of several tries."""
    tries = []
    for _ in range(STARTS):
        phone.kill()
        page = phone.page
        with phone.slowed():
            begin = time.monotonic()
            page.goto(phone.url)
            page.locator(shown).first.wait_for(state="visible")
            tries.append(time.monotonic() - begin)
    return median(tries)


def test_a_cold_start_without_a_server_costs_little_more_than_an_empty_page(hall: Hall, phone: MakePhone) -> None:
    staff, empty = phone("staff", slow=SLOW), phone(slow=SLOW)
    with empty_page() as url:
        empty.url = url
        empty.open().evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    hall.kill()
    floor, ours = cold_start_seconds(empty, "#app"), cold_start_seconds(staff, "nav")
    print(f"\n  cold start without a server at {SLOW}x CPU: {ours:.2f} s, an empty page {floor:.2f} s")
    expect(staff.button("离岗", exact=False)).to_be_visible()
    # The floor of a quiet machine is half a second; on a busy one everything takes longer alike.
    assert ours - floor <= START_OVER_FLOOR_SECONDS_MAX * max(1, floor / 0.5)
