"""Journey: the office copies a week, changes it, is refused without a reason and publishes with one; A and B change places offline."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browser import SYNCED, MakePhone, Phone

pytestmark = pytest.mark.chromium
TODAY = "2026-11-24"
NEXT_WEEK = (date.fromisoformat(TODAY) + timedelta(days=7)).isoformat()
STEPS_MAX = 30


def go_to(desk: Phone, wanted: Locator, key: str = "Tab") -> None:
    """With the keyboard alone, from where the focus is to what is `wanted`."""
    expect(wanted).to_be_enabled()
    for _ in range(STEPS_MAX):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        desk.page.keyboard.press(key)
    raise AssertionError(f"the keyboard never got to {wanted}")


def test_a_week_is_copied_changed_and_published_with_a_reason_by_keyboard_alone(phone: MakePhone) -> None:
    """ORG-01, ORG-02, ORG-07: drafts are the office's; an uncovered required post wants its reason; then everybody has the roster."""
    office, staff = phone("office"), phone("staff")
    page = office.page
    page.set_viewport_size({"width": 1440, "height": 900})
    office.open(f"/roster/week?day={NEXT_WEEK}")
    grid = page.get_by_role("grid")
    expect(grid).to_be_visible()
    go_to(office, office.button("复制上周"))
    page.keyboard.press("Enter")
    office.until(lambda: len(office.rows("duty.draft")) > 100)
    assert not staff.rows("duty.draft")

    # Empty the cell in the second row of Wednesday, and give the one below another A by badge number.
    cells = grid.get_by_role("row").nth(1).get_by_role("gridcell").get_by_role("button")
    go_to(office, cells.first)
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Delete")
    expect(grid.get_by_text("缺A岗")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("1008")
    expect(page.get_by_role("combobox", name="A岗", exact=True)).to_have_value("1008")
    expect(page.get_by_role("combobox", name="A岗", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="B岗", exact=True)).to_be_focused()
    page.keyboard.type("1009")
    page.keyboard.press("Enter")  # takes the person and saves, at once
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(grid.get_by_role("row").nth(4).get_by_role("gridcell").nth(2).get_by_role("button")).to_be_focused()
    # On a slow machine the second key comes before the dialog was drawn.
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    for key in ("Enter", "Escape"):
        page.keyboard.press(key)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(grid.get_by_role("row").nth(4).get_by_role("gridcell").nth(2).get_by_role("button")).to_be_focused()

    go_to(office, office.button("发布（", exact=False), "Shift+Tab")
    page.keyboard.press("Enter")
    publish = office.button("发布")
    expect(publish).to_be_disabled()
    go_to(office, page.get_by_label("缺A岗", exact=False))
    page.keyboard.type("窗口停办一天")
    go_to(office, publish)
    page.keyboard.press("Enter")
    expect(office.pill).to_contain_text(SYNCED)
    expect(office.button("没有待发布的改动")).to_be_disabled()
    wednesday = (date.fromisoformat(NEXT_WEEK) + timedelta(days=1)).isoformat()

    def of(post: str, place: str = "a") -> Any:
        return json.loads(staff.rows("duty").get(("duty", f"{wednesday}:{post}"), "{}")).get(place)

    staff.becomes(lambda: [of("A02"), of("A03"), of("A03", "b")], ["", "p008", "p009"])
    assert of("A01")
    assert office.errors == staff.errors == []


def test_a_and_b_change_places_with_one_tap_and_no_network(phone: MakePhone) -> None:
    """ORG-09: saved at once, effective from the tap, seen by those who patrol once it has been sent."""
    staff, inspector = phone("staff"), phone("inspector")
    staff.open("/roster")
    swap = staff.button("调换：", exact=False).first
    expect(swap).to_be_visible()
    mine = staff.page.locator(".duty-line").first
    before = mine.locator(".pair").inner_text().split()
    staff.offline()
    with staff.job("swap A and B from the roster", taps_max=1):
        staff.tap(swap)
    expect(staff.receipt).to_contain_text("已存本机")
    expect(mine).to_contain_text("已调换，待发送")
    after = mine.locator(".pair").inner_text().split()
    assert [after[1], after[3]] == [before[3], before[1]]
    staff.offline(False)
    expect(staff.pill).to_contain_text(SYNCED)
    inspector.until(lambda: any('"swaps"' in body for body in inspector.rows("duty").values()))
    inspector.open("/roster")
    expect(inspector.page.get_by_text("已调换")).to_be_visible()
    assert staff.errors == inspector.errors == []
