"""Journey: a form that was begun is lost neither to a kill nor to a second tab, and once sent nobody asks about it again (OFF-02).

Two tabs of one person write one draft and make one record of it; after a SIGKILL, 恢复 opens exactly the form it belongs to.
"""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import MakePhone, Phone

pytestmark = pytest.mark.chromium
ITEMS = 46
# One press after the other; what it does is drawn in between.
ANSWER = """async (items) => {
  const shown = document.querySelectorAll(".v-item");
  for (const n of items) {
    [...shown[n].querySelectorAll("label")].find((one) => one.textContent === "合格").click();
    await new Promise((go) => setTimeout(go, 10));
  }
}"""


def kept(phone: Phone, word: str) -> bool:
    """Whether some draft on this device says `word`."""
    return any(word in one["text"] for one in phone.stored("drafts") if "text" in one)


def said(phone: Phone, kind: str) -> list[dict[str, Any]]:
    """The records of one kind in the outbox."""
    bodies = [json.loads(op["body"]) for op in phone.stored("outbox")]
    return [body for body in bodies if body["k"] == kind]


def chip(at: Page | Locator, name: str) -> Locator:
    """A choice among chips of a page or sheet."""
    return at.locator("label").filter(has_text=name).first


def left_behind(page: Page) -> Locator:
    return page.get_by_text("没有写完")


def restarted(phone: Phone) -> tuple[Page, Page]:
    """The app after a SIGKILL, in two tabs that both ask about what was left."""
    phone.crash()
    first = phone.open()
    second = phone.tab()
    for page in (first, second):
        expect(left_behind(page)).to_be_visible()
        expect(page.locator("dialog[open]")).to_have_count(0)
    return first, second


def restore(page: Page, title: str) -> Locator:
    """恢复, and the sheet it opens."""
    page.get_by_role("button", name="恢复").click()
    sheet = page.get_by_role("dialog", name=title)
    expect(sheet).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(1)
    expect(page).not_to_have_url(re.compile("draft"))
    return sheet


def send(sheet: Locator) -> None:
    sheet.get_by_role("button", name="提交").click()


def quiet(phone: Phone, pages: tuple[Page, Page]) -> None:
    """Nobody asks about it any more: in no tab, and not at the next start."""
    for page in pages:
        expect(left_behind(page)).to_have_count(0)
        expect(page.locator("dialog[open]")).to_have_count(0)
    phone.crash()
    page = phone.open()
    expect(page.get_by_role("navigation")).to_be_visible()
    expect(page.locator("header a[href='/outbox']")).to_be_visible()
    page.wait_for_timeout(500)
    expect(left_behind(page)).to_have_count(0)
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_two_tabs_on_one_visit_lose_no_answer_and_hand_in_one_record(phone: MakePhone) -> None:
    """CHK-06, OFF-02, GEN-06."""
    shopper = phone("shopper")
    first = shopper.page
    first.locator("a.cell").first.click()
    expect(first.locator(".v-item")).to_have_count(ITEMS)
    at = first.url.removeprefix(shopper.url)
    second = shopper.tab(at)
    expect(second.locator(".v-item")).to_have_count(ITEMS)
    shopper.offline()
    first.evaluate(ANSWER, list(range(ITEMS - 1)))
    second.evaluate(ANSWER, [ITEMS - 1])
    for page in (first, second):
        expect(page.locator(".v-item input:checked")).to_have_count(ITEMS)
    shopper.crash()
    first = shopper.open(at)
    expect(first.locator(".v-item input:checked")).to_have_count(ITEMS)
    second = shopper.tab(at)
    expect(second.locator(".v-item input:checked")).to_have_count(ITEMS)

    # What one tab still writes the other hands in.
    first.get_by_label("对方原话").fill("请到二楼")
    first.get_by_role("button", name="现在").last.click()
    chip(first, "无利害关系").click()
    expect(second.get_by_label("对方原话")).to_have_value("请到二楼")
    second.get_by_role("button", name="提交（联网后自动发送）").click()
    expect(second.get_by_role("heading", name="已办理")).to_be_visible()
    expect(first.get_by_text("这里没有待写的内容")).to_be_visible()
    [record] = said(shopper, "visit.record")
    assert (len(record["a"]["answers"]), record["a"]["said"]) == (ITEMS, "请到二楼")
    quiet(shopper, (first, second))


def test_a_departure_left_half_written_is_restored_and_asked_about_no_more_once_sent(phone: MakePhone) -> None:
    """AWY-01, OFF-02."""
    staff = phone("staff")
    staff.page.get_by_role("button", name="离岗").click()
    chip(staff.page.get_by_role("dialog"), "外出办事").click()
    staff.page.get_by_role("dialog").get_by_role("textbox", name="去向").fill("市档案馆")
    staff.until(lambda: kept(staff, "市档案馆"))

    first, second = restarted(staff)
    sheet = restore(first, "离岗")
    expect(sheet.get_by_role("textbox", name="去向")).to_have_value("市档案馆")
    send(sheet)
    expect(first.get_by_text("离岗中")).to_be_visible()
    [notice] = said(staff, "away.announce")
    assert notice["a"]["destination"] == "市档案馆"
    quiet(staff, (first, second))


@pytest.mark.nightly
def test_the_departure_of_a_whole_unit_is_restored_as_that_and_nothing_else(phone: MakePhone) -> None:
    """AWY-02, OFF-02."""
    head = phone("head")
    head.page.get_by_role("button", name="全室离岗").click()
    sheet = head.page.get_by_role("dialog")
    chip(sheet, "会议").click()
    sheet.get_by_role("textbox", name="去向").fill("大厅会议室三")
    sheet.get_by_label("联系方式").fill("8021")
    head.until(lambda: kept(head, "8021"))

    first, second = restarted(head)
    sheet = restore(first, "全室离岗")
    expect(sheet.get_by_role("textbox", name="去向")).to_have_value("大厅会议室三")
    expect(sheet.get_by_label("联系方式")).to_have_value("8021")
    send(sheet)
    head.until(lambda: len(said(head, "away.announce")) == 1)
    [notice] = said(head, "away.announce")
    assert (notice["a"]["unit"] != "", notice["a"]["destination"], notice["a"]["contact"]) == (True, "大厅会议室三", "8021")
    quiet(head, (first, second))


@pytest.mark.nightly
def test_an_observation_left_half_written_is_restored_at_its_own_post(phone: MakePhone) -> None:
    """PTL-03, OFF-02."""
    inspector = phone("inspector")
    inspector.button("开始巡查", exact=False).click()
    inspector.page.locator(".tile").nth(7).click()
    sheet = inspector.page.get_by_role("dialog")
    title = sheet.get_by_role("heading").first.inner_text()
    chip(sheet, "空岗-无告示").click()
    sheet.get_by_label("备注（可不填）").fill("灯开着，人不在")
    inspector.until(lambda: kept(inspector, "灯开着，人不在"))

    first, second = restarted(inspector)
    sheet = restore(first, title)
    expect(sheet.get_by_label("备注（可不填）")).to_have_value("灯开着，人不在")
    expect(sheet.get_by_role("radio", name="空岗-无告示")).to_be_checked()
    send(sheet)
    inspector.until(lambda: len(said(inspector, "patrol.observe")) == 1)
    assert said(inspector, "patrol.observe")[0]["a"]["note"] == "灯开着，人不在"
    quiet(inspector, (first, second))


def test_two_tabs_with_the_departure_open_make_one_notice(phone: MakePhone) -> None:
    """AWY-01: what was said in one tab is not asked for in the other any more."""
    staff = phone("staff")
    first, second = staff.page, staff.tab()
    for page in (first, second):
        page.get_by_role("button", name="离岗").click()
        expect(page.get_by_role("dialog")).to_be_visible()
    send(first.get_by_role("dialog"))
    for page in (first, second):
        expect(page.get_by_text("离岗中")).to_be_visible()
        expect(page.locator("dialog[open]")).to_have_count(0)
    assert len(said(staff, "away.announce")) == 1
    # Back again, no sheet opens by itself.
    first.get_by_role("button", name="返岗").click()
    expect(second.get_by_role("button", name="离岗")).to_be_visible()
    expect(second.locator("dialog[open]")).to_have_count(0)
