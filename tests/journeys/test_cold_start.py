"""Cold start without a server on a phone slowed four times, beside an empty page's; seconds are printed."""

import math

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone
from tests.support.floor import cold_start_seconds, empty_page, visited
from tests.support.hall import Hall

pytestmark = [pytest.mark.chromium, pytest.mark.alone]
SLOW = 4
STARTS_MAX = 8
OVER_SECONDS_MAX = 1.1
# What an empty page takes where nothing else runs: a machine on which it takes longer takes as much longer for ours.
CALM_SECONDS = 0.5


def test_a_cold_start_without_a_server_costs_little_more_than_an_empty_page(hall: Hall, phone: MakePhone) -> None:
    staff, empty = phone("staff", slow=SLOW), phone(slow=SLOW)
    with empty_page() as url:
        visited(empty, url)
    hall.kill()
    floor = ours = math.inf
    over_seconds_max = 0.0
    # What else the machine does only ever costs time: the least of some starts is what a start takes.
    for _ in range(STARTS_MAX):
        floor, ours = min(floor, cold_start_seconds(empty, "#app")), min(ours, cold_start_seconds(staff, "nav"))
        over_seconds_max = OVER_SECONDS_MAX * max(1, floor / CALM_SECONDS)
        if ours - floor <= over_seconds_max:
            break
    print(
        f"\n  cold start without a server at {SLOW}x CPU: {ours:.2f} s, an empty page {floor:.2f} s (at most {over_seconds_max:.1f} s more)"
    )
    expect(staff.button("离岗", exact=False)).to_be_visible()
    assert ours - floor <= over_seconds_max
