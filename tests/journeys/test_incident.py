"""Journey: one incident, three reporters, one of them without a network; the lobby is told, three duties are ticked, it is printed."""

import pytest
from playwright.sync_api import expect

from server.domain.incident.ops import Report
from tests.support.browser import SYNCED, MakeBoard, MakePhone
from tests.support.cast import PERSONAS, Device
from tests.support.hall import Hall
from tests.support.present import device_of

pytestmark = pytest.mark.chromium


def test_three_reports_are_one_incident_and_the_lobby_is_told(hall: Hall, phone: MakePhone, desk: MakePhone, board: MakeBoard) -> None:
    """EMG-01, EMG-03, EMG-05, EMG-07, EMG-08, CON-40, DOC-20: three reports of one place are one incident; which of them came first
    is asked in tests/server/scenes.
    """
    wall, office, staff = board(), desk("office"), phone("staff")
    staff.offline()
    staff.open("/incident")
    staff.chip("系统故障").click()
    staff.button("报告（联网后自动发送）").click()
    expect(staff.receipt).to_contain_text("已存本机")

    inspector, standin = device_of(hall, PERSONAS["林"]), device_of(hall, PERSONAS["李"])
    post = post_stood_in_for(standin)
    for one in (inspector, standin):
        now = one.replica.time.now()
        assert one.do("incident.report", Report("system", post, now, 3, text="窗口系统中断")).st == "applied"
    staff.offline(False)
    expect(staff.pill).to_contain_text(SYNCED)

    page = office.open("/incidents")
    page.locator("a.cell").filter(has_text="3 份报告").click()
    expect(page.locator("a.cell").filter(has_text="系统故障")).to_have_count(1)
    page.get_by_role("button", name="大屏提示群众").click()
    page.get_by_role("button", name="显示", exact=False).last.click()
    alert = wall.page.get_by_role("alert").filter(has_text="系统故障，正在抢修")
    expect(alert).to_be_visible()

    for duty in ("处理到位", "报告到位", "反馈到位"):
        page.locator("button.cell").filter(has_text=duty).click()
        page.get_by_role("dialog").get_by_role("button", name=duty, exact=False).last.click()
        expect(page.locator("button.cell").filter(has_text=duty)).to_have_count(0)
    expect(page.get_by_text("三到位，待总结").first).to_be_visible()
    expect(alert).to_have_count(0)
    for step, text in (("查明原因", "交换机故障"), ("改进措施", "备一台"), ("如实上报", "已书面上报")):
        page.get_by_role("button", name="记一笔").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_role("radio", name=step).check(force=True)
        sheet.get_by_label("内容").fill(text)
        sheet.get_by_role("button", name="记下", exact=False).last.click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("已办结").first).to_be_visible()
    page.get_by_role("link", name="打印突发事件报告单").click()
    expect(page.locator("article.paper")).to_contain_text("终报")


def post_stood_in_for(device: Device) -> str:
    """The post whose A this person stands in for today: where the first report is made."""
    return next(
        str(duty["post"])
        for rid, duty in sorted(device.replica.bodies("duty").items())
        if rid.startswith("2026-11-24") and duty.get("b") == device.uid
    )
