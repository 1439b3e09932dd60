"""Journey: the hourly round of every post with three exceptions, without a network; the phone dies in the middle, another one does the
rest, and nothing that was recorded is lost.
"""

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browser import SYNCED, MakePhone, Phone

pytestmark = pytest.mark.chromium
SLOW, POSTS, TAPS_MAX = 4, 62, 25
BARE = "<!doctype html><button style='font-size:3rem'>+</button><output></output>"
COUNTING = "document.querySelector('button').onclick = () => { document.querySelector('output').textContent += '|' }"


def zones_left(phone: Phone) -> Locator:
    return phone.page.get_by_role("button", name="个均在岗")


def clear_zones(phone: Phone, most: int) -> None:
    """One tap for everybody else of a zone, zone by zone."""
    for _ in range(most):
        left = zones_left(phone).count()
        phone.tap(zones_left(phone).first)
        expect(zones_left(phone)).to_have_count(left - 1)


def exception(phone: Phone, at: int) -> None:
    """An empty window: what is seen there, and saved."""
    phone.tap(phone.page.locator(".tile").nth(at))
    phone.tap(phone.chip("空岗-无告示"))
    phone.tap(phone.button("提交（联网后自动发送）"))
    expect(phone.page.locator("dialog[open]")).to_have_count(0)


def floor_seconds(phone: Phone, taps: int) -> float:
    """The same finger on a page that does nothing but count."""
    page = phone.context.new_page()
    page.set_content(BARE)
    page.evaluate(COUNTING)
    with phone.slowed():
        begin = time.monotonic()
        for n in range(taps):
            page.get_by_role("button").click()
            page.wait_for_function("n => document.querySelector('output').textContent.length > n", arg=n)
        seconds = time.monotonic() - begin
    page.close()
    return seconds


def bodies(phone: Phone, kind: str) -> list[dict[str, Any]]:
    return [json.loads(body) for body in phone.rows(kind).values()]


def test_a_round_begun_on_a_phone_that_dies_is_ended_on_another_and_nothing_is_lost(phone: MakePhone) -> None:
    """PTL-01, PTL-02, PTL-03, CON-08, OFF-01: within the taps of one round, and all of it on the server in the end."""
    first, second = phone("inspector", slow=SLOW), phone("inspector", slow=SLOW)
    for one in (first, second):
        one.offline()
        one.open()
        expect(one.page.get_by_role("navigation")).to_be_visible()
    begin = time.monotonic()
    with first.slowed():
        first.tap(first.button("开始巡查", exact=False))
        exception(first, 0)
        exception(first, 20)
        half = zones_left(first).count() // 2
        clear_zones(first, half)
    first.kill()

    with second.slowed():
        second.tap(second.button("开始巡查", exact=False))
        exception(second, 40)
        rest = zones_left(second).count() - half
        for _ in range(rest):
            left = zones_left(second).count()
            second.tap(zones_left(second).last)
            expect(zones_left(second)).to_have_count(left - 1)
        second.tap(second.button("结束巡查", exact=False))
        second.tap(second.page.get_by_role("alertdialog").get_by_role("button", name="结束巡查"))
        expect(second.button("开始巡查", exact=False).or_(second.page.get_by_text("本时段已巡"))).to_be_visible()
    taps, seconds = first.taps + second.taps, time.monotonic() - begin
    floor = floor_seconds(second, taps)
    print(f"\n  a round on two phones: {taps} taps (at most {TAPS_MAX}), {seconds:.1f} s at {SLOW}x CPU; taps alone {floor:.1f} s")
    assert taps <= TAPS_MAX

    # The dead phone is charged: what it had recorded is still there, and goes out.
    first.open()
    for one in (first, second):
        one.offline(False)
        expect(one.pill).to_contain_text(SYNCED)

    def known() -> tuple[int, int, list[str], int]:
        """Posts looked at, observations, what became of the rounds, and of how many hours they are."""
        rounds, seen = bodies(second, "round"), bodies(second, "obs")
        looked_at = {post for one in rounds for zone in one["zones"] for post in zone["posts"]} | {one["post"] for one in seen}
        return len(looked_at), len(seen), sorted(one["state"] for one in rounds), len({one["slot"] for one in rounds})

    second.becomes(known, (POSTS, 3, ["done", "running"], 1))
