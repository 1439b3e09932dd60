"""Journeys: what the hall is measured by is changed as a new version; the office watches a round from afar, and what a camera shows
is looked at on the floor.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium


def set_points(office: Phone, item: str, points: int) -> None:
    """Open an item of the list being written and give it other points."""
    office.page.locator("button.cell", has_text=item).click()
    sheet = office.page.get_by_role("dialog")
    sheet.get_by_label("分值").fill(str(points))
    sheet.get_by_role("button", name="好", exact=True).click()
    expect(sheet).to_have_count(0)


def test_a_checklist_is_changed_as_a_new_version_and_the_next_inspection_goes_by_it(phone: MakePhone, desk: MakePhone) -> None:
    """FAC-06, CHK-07, OFF-02: the sum must be right before it can be published; the old version stays readable."""
    office, inspector = desk("office"), phone("inspector")
    page = office.open("/norms")
    page.get_by_role("link", name="场所设施检查表").click()
    page.get_by_role("button", name="以最新一版为底改").click()
    expect(page.get_by_text("第 2 版")).to_be_visible()
    set_points(office, "FC01", 4)
    expect(page.get_by_text("应为 100 分")).to_be_visible()
    expect(page.locator(".submit button").last).to_be_disabled()
    set_points(office, "FB01", 3)
    page.locator("button.cell", has_text="FC01").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("内容").first.fill("咨询台始终有人")
    sheet.get_by_role("checkbox", name="否决项").check()
    sheet.get_by_role("button", name="好", exact=True).click()
    page.get_by_label("改了什么").fill("咨询台从严")

    # A draft outlives the browser.
    office.until(lambda: any("咨询台从严" in str(one) for one in office.stored("drafts")))
    office.kill()
    page = office.open("/norms/lists/fa")
    page.get_by_role("button", name="以最新一版为底改").click()
    page.get_by_role("button", name="恢复").click()
    expect(page.get_by_label("改了什么")).to_have_value("咨询台从严")
    page.get_by_role("button", name="发布新版").click()
    expect(page.get_by_role("link", name="场所设施检查表")).to_contain_text("第 2 版")
    expect(office.pill).to_contain_text(SYNCED)

    page.get_by_role("link", name="场所设施检查表").click()
    newest = page.locator("li", has_text="咨询台始终有人")
    expect(newest).to_contain_text("否决项")
    expect(newest).to_contain_text("4 分")
    office.chip("第 1 版").click()
    expect(page.locator("li", has_text="FC01")).to_contain_text("3 分")

    inspector.until(lambda: ("checklist", "fa-2") in inspector.rows("checklist"))
    inspector.open("/facility")
    inspector.button("开始：场所设施检查表").click()
    expect(inspector.page.locator("#item-FC01")).to_contain_text("咨询台始终有人")
    expect(inspector.page).to_have_url(re.compile("/facility/new/fa-2$"))


def test_the_office_sees_a_round_fill_while_it_is_walked(phone: MakePhone, desk: MakePhone, hall: Hall) -> None:
    """PTL-01, PTL-06: who walks, how far he is, and what became of the hour, from another phone's round."""
    office, inspector = desk("office"), phone("inspector")
    page = office.open("/rounds")
    this_hour = page.locator("tbody tr", has_text="待巡")
    expect(page.get_by_text("现在没有人在巡查。")).to_be_visible()
    hour = this_hour.locator("td").first.inner_text()
    tallies = page.locator(".tally")
    expect(tallies.filter(has_text="时段进行中").locator("b")).to_have_text("1")

    inspector.button("开始巡查", exact=False).click()
    left = inspector.page.get_by_role("button", name="个均在岗")
    expect(left.first).to_be_visible()
    zones = left.count()
    walk = page.locator("li", has_text=hall.person("inspector"))
    expect(walk).to_contain_text("看过 0 个区、0 个岗位，记录 0 条")
    left.first.click()
    expect(left).to_have_count(zones - 1)
    expect(walk).to_contain_text(re.compile(r"看过 1 个区、[1-9]\d* 个岗位，记录 0 条"))
    inspector.page.locator(".tile").last.click()
    inspector.chip("空岗-无告示").click()
    inspector.button("提交（联网后自动发送）").or_(inspector.button("提交并发送")).click()
    expect(walk).to_contain_text("记录 1 条")
    row = page.locator("tbody tr", has_text=hour)
    expect(row).to_contain_text("巡查中")
    while left.count():
        before = left.count()
        left.first.click()
        expect(left).to_have_count(before - 1)
    inspector.button("结束巡查", exact=False).click()
    expect(row).to_contain_text("已巡")
    expect(row).to_contain_text(hall.person("inspector"))
    expect(row).to_contain_text("62/62")
    expect(page.get_by_text("现在没有人在巡查。")).to_be_visible()
    expect(tallies.filter(has_text="已巡时段").locator("b")).to_have_text(re.compile(r"^1 / "))


def test_what_a_camera_shows_is_looked_at_on_the_floor_and_a_mistake_is_withdrawn(phone: MakePhone, desk: MakePhone) -> None:
    """PTL-11: camera, time in the picture, post; somebody there looks again; a withdrawal says why and leaves the record."""
    office, inspector = desk("office"), phone("inspector")
    page = office.open("/video")
    page.get_by_role("button", name="记录视频所见").click()
    sheet = page.get_by_role("dialog")
    submit = sheet.locator(".submit button").last
    expect(submit).to_be_disabled()
    sheet.get_by_label("摄像头编号").fill("C-07")
    sheet.get_by_role("button", name="现在").click()
    sheet.get_by_label("岗位").select_option(index=3)
    office.chip("空岗-无告示").click()
    sheet.get_by_label("录像位置").fill("二号盘")
    submit.click()
    entry = page.locator("button.cell", has_text="摄像头 C-07")
    expect(entry).to_contain_text("空岗-无告示")
    expect(entry).to_contain_text("现场还没有人看过")
    number = entry.locator(".no").inner_text()

    asked = inspector.page.locator("section", has_text="待复查").locator("li", has_text=number)
    expect(asked).to_contain_text("起视频里没有看到人")
    asked.get_by_role("button").first.click()
    inspector.button("已在岗").click()
    expect(inspector.page.get_by_text("待复查")).to_have_count(0)
    expect(entry).to_contain_text("现场：在岗")

    entry.click()
    expect(sheet).to_contain_text("二号盘")
    withdraw = sheet.get_by_role("button", name="撤回")
    expect(withdraw).to_be_disabled()
    sheet.get_by_label("撤回要写原因").fill("看错摄像头")
    withdraw.click()
    expect(entry).to_contain_text("已撤回")
    entry.click()
    expect(sheet).to_contain_text("撤回原因：看错摄像头")
