"""Journey: an inspection in a basement without a network, started from cold; its fault is repaired by one and seen by another."""

import pytest
from playwright.sync_api import expect

from server.domain.facility.ops import Repaired
from tests.support.browser import SYNCED, MakePhone
from tests.support.cast import PERSONAS, Device
from tests.support.clock import DeviceClocks
from tests.support.hall import Hall
from tests.support.present import Present

pytestmark = pytest.mark.chromium


def test_an_inspection_is_made_offline_from_a_cold_start_and_its_fault_is_repaired(hall: Hall, phone: MakePhone, desk: MakePhone) -> None:
    """FAC-05, FAC-06, LNG-06, PRH-06: the list, the phrase book and the handbook are on the phone before the network goes."""
    inspector, office = phone("inspector"), desk("office")
    page = inspector.open("/facility")
    page.get_by_role("button", name="开始：场所设施检查表").click()
    expect(page.locator(".v-item")).to_have_count(47)
    page.goto(f"{inspector.url}/phrases")
    expect(page.get_by_text("您好，请问您要办理什么业务？")).to_be_visible()
    page.goto(f"{inspector.url}/handbook")
    expect(page.get_by_role("button", name="我已阅读")).to_be_visible()

    inspector.offline()
    inspector.kill()
    page = inspector.open("/handbook")
    page.get_by_role("button", name="我已阅读").click()
    expect(page.get_by_text("已存本机，联网后送达。")).to_be_visible()
    page.goto(f"{inspector.url}/facility/new/fa-1")
    expect(page.locator(".v-item")).to_have_count(47)
    parts = page.locator(".v-part > .btn")
    for left in reversed(range(parts.count())):
        parts.first.click()
        expect(parts).to_have_count(left)
    page.locator("#item-FF05 label").filter(has_text="不合格").click()
    submit = page.locator(".submit button").last
    expect(submit).to_be_disabled()
    page.locator("#item-FF05 textarea").fill("过期两个月")
    expect(page.get_by_text("1 项不合格将成为报修。")).to_be_visible()
    submit.click()
    expect(inspector.receipt).to_contain_text("已存本机")
    expect(page.locator("dd").filter(has_text="97").first).to_be_visible()

    inspector.offline(False)
    expect(inspector.pill).to_contain_text(SYNCED)
    board = office.open("/repairs")
    board.locator("a.cell").filter(has_text="急救箱齐全并在有效期内").click()
    board.get_by_role("button", name="派修").click()
    sheet = board.get_by_role("dialog")
    staff = Device(hall.url, DeviceClocks(Present(hall)), site=hall.site)
    staff.sign_in(PERSONAS["王"])
    staff.enrol()
    sheet.get_by_label("维修人").select_option(staff.uid)
    sheet.get_by_role("button", name="派修并发送").click()
    expect(board.locator(".tag").filter(has_text="已派修").first).to_be_visible()
    office.until(lambda: bool(staff.pull().replica.bodies("repair")))
    (repair,) = staff.replica.bodies("repair")
    assert staff.do("repair.done", Repaired("已换新", int(staff.replica.time.now())), repair).st == "applied"

    page.goto(f"{inspector.url}/repairs/{repair}")
    page.get_by_role("button", name="检查通过").click()
    page.get_by_role("dialog").get_by_role("button", name="检查通过并发送").click()
    expect(board.locator(".tag").filter(has_text="已修好").first).to_be_visible()
