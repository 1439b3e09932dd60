"""Pulling a list down asks the server at once; pushing a line of the outbox aside does what its page offers. Both only accelerate."""

from collections.abc import Sequence

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone, Phone

pytestmark = pytest.mark.chromium
Point = tuple[float, float]


def drag(phone: Phone, begin: Point, end: Point, *, steps: int = 12) -> None:
    """A finger put down at `begin`, moved to `end` and lifted."""
    cdp = phone.cdp()

    def touch(kind: str, points: Sequence[Point]) -> None:
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", [begin])
    for step in range(1, steps + 1):
        part = step / steps
        touch("touchMove", [(begin[0] + (end[0] - begin[0]) * part, begin[1] + (end[1] - begin[1]) * part)])
    phone.page.wait_for_timeout(50)
    touch("touchEnd", [])


def test_pulling_a_list_down_refreshes_and_a_short_pull_does_not(phone: MakePhone) -> None:
    staff = phone("staff")
    staff.open("/me")
    expect(staff.page.locator("main .list").first).to_be_visible()
    words = staff.page.get_by_role("status").filter(has_text="正在刷新")
    drag(staff, (200, 150), (200, 190))
    expect(staff.page.locator(".pulled")).to_have_count(0)
    drag(staff, (200, 150), (200, 400))
    expect(words).to_be_visible()
    expect(words).to_have_count(0)


def test_pushing_an_unsent_line_aside_tries_again(phone: MakePhone) -> None:
    staff = phone("staff")
    staff.offline()
    staff.open()
    staff.button("离岗", exact=False).click()
    staff.button("提交（联网后自动发送）").click()
    expect(staff.page.get_by_text("已存本机").first).to_be_visible()
    staff.open("/outbox")
    line = staff.page.locator(".swipes a.cell").first
    expect(line).to_be_visible()
    box = line.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    staff.offline(False)
    drag(staff, (box["x"] + 300, y), (box["x"] + 100, y))
    expect(staff.page).to_have_url(f"{staff.url}/outbox")
    expect(staff.pill).to_contain_text("已同步")
