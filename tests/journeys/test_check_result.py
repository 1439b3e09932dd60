"""A check beside a counter; its result from the lead to the head to the person, who answer it (CHK-06, 08, 09, EVD-12)."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.cast import Cast
from tests.support.clock import Passing
from tests.support.day import Day, visit_args
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium
OFFLINE = "提交（联网后自动发送）"


def confirm(phone: Phone, verb: str) -> None:
    """A step of the lead, and its question."""
    phone.button(verb).click()
    phone.page.get_by_role("alertdialog").get_by_role("button", name=verb).click()
    expect(phone.pill).to_contain_text(SYNCED)


def answer(phone: Phone, text: str, *, review: bool = False, offline: bool = False) -> None:
    """Say something to a result."""
    phone.button("说明情况").click()
    phone.page.get_by_role("dialog").get_by_role("textbox").fill(text)
    if review:
        phone.page.get_by_label("同时申请复核").check()
    phone.button(OFFLINE if offline else "提交并发送").click()
    expect(phone.page.get_by_text(text).first).to_be_visible()


def recorded(hall: Hall) -> None:
    """A visit handed in by the shopper's phone."""
    world = Passing(0)
    world.ahead_ms = hall.ahead_ms
    cast = Cast(hall.url, world)
    cast["吴"].pull()
    result = cast["吴"].do("visit.record", visit_args(cast["吴"]), Day(cast).new_id("吴"), None)
    assert result.st == "applied"
    cast.close()


def test_a_result_reaches_the_head_and_the_person_and_both_are_heard(hall: Hall, phone: MakePhone) -> None:
    """CHK-09, EVD-12: facts checked with the head alone, published, passed on, a review asked for and decided."""
    recorded(hall)
    lead, head = phone("checklead"), phone("head")
    lead.open("/visits")
    lead.page.locator("a.cell").first.click()
    confirm(lead, "事实核对")

    head.until(lambda: bool(head.rows("visit.unit")))
    head.open("/visit-results")
    head.page.locator("a.cell").first.click()
    expect(head.page.get_by_text("请核对事实")).to_be_visible()
    head.offline()
    answer(head, "当时系统升级", offline=True)
    head.offline(False)
    expect(head.pill).to_contain_text(SYNCED)

    expect(lead.page.get_by_text("当时系统升级")).to_be_visible()
    confirm(lead, "公布")
    head.page.get_by_label("当时在这个窗口的人").select_option(hall.person("staff"))
    head.button("转告").click()
    expect(head.page.get_by_text("已转告：")).to_be_visible()

    staff = phone("staff")
    staff.until(lambda: bool(staff.rows("visit.own")))
    staff.open("/visit-own")
    staff.page.locator("a.cell").first.click()
    answer(staff, "我在接另一部电话", review=True)

    expect(lead.page.get_by_text("我在接另一部电话")).to_be_visible()
    lead.button("作复核决定").click()
    lead.page.get_by_label("MS01 改为合格").check()
    lead.page.get_by_role("dialog").get_by_role("textbox").fill("录音显示五声内接听")
    lead.page.get_by_role("button", name=re.compile("^更正")).click()
    expect(staff.page.get_by_text("已更正")).to_be_visible()
    expect(staff.page.get_by_text("电话在五声铃响内")).to_have_count(0)


def test_beside_a_counter_the_phone_shows_notes_and_nothing_else(phone: MakePhone) -> None:
    """CHK-06, CHK-08: one tap covers everything; notes and a followed application are written down offline and survive a kill."""
    shopper = phone("shopper")
    shopper.offline()
    shopper.button("备忘").first.click()
    notes = shopper.page.get_by_role("dialog", name="备忘")
    expect(notes).to_be_visible()
    notes.get_by_label("写一条").fill("二号窗口，等了八分钟")
    notes.get_by_role("button", name="添加").click()
    expect(shopper.page).to_have_title("备忘")
    expect(notes.get_by_text("二号窗口，等了八分钟")).to_be_visible()
    assert shopper.page.evaluate("document.elementFromPoint(20, 20).closest('dialog') !== null"), "nothing of the app is in sight"
    shopper.kill()

    shopper.open("/cases")
    shopper.button("新跟踪一件").click()
    sheet = shopper.page.get_by_role("dialog", name="新跟踪一件")
    shopper.chip("测试件").click()
    sheet.get_by_label("办什么事").fill("个体户登记")
    sheet.get_by_label("许可号").fill("测2026-7")
    shopper.button(OFFLINE).click()
    shopper.page.get_by_text("个体户登记").first.click()
    expect(shopper.page.get_by_text("许可号不在本任务的许可之内")).to_be_visible()
    shopper.button("记一步").click()
    shopper.chip("已标注为测试件").click()
    shopper.button(OFFLINE).click()
    expect(shopper.page.get_by_text("已标注为测试件").first).to_be_visible()
    shopper.open("/missions")
    shopper.button("备忘").first.click()
    expect(shopper.page.get_by_text("二号窗口，等了八分钟").last).to_be_visible()
