"""Journey (d): one op among a hundred crashes its handler: the other ninety-nine land, that one is in 需处理 with its reason."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone, Phone
from tests.support.hall import KILLED, Hall
from tests.support.serve import POISON

pytestmark = pytest.mark.chromium
OPS = 100


def leave(phone: Phone) -> None:
    phone.button("离岗", exact=False).click()
    phone.page.get_by_role("dialog").get_by_role("button", name="提交").click()


def leave_and_return(phone: Phone, times: int) -> None:
    """Two ops each time."""
    for _ in range(times):
        leave(phone)
        phone.button("返岗", exact=False).click()
        expect(phone.button("返岗", exact=False)).to_have_count(0)


def report_poison(phone: Phone) -> None:
    phone.button("报告突发事件").click()
    phone.chip("停电").click()
    phone.page.get_by_text("人数、情况说明").click()
    phone.page.get_by_role("textbox", name="情况说明").fill(POISON)
    phone.button("报告（联网后自动发送）").click()
    phone.page.wait_for_url("**/incidents/*")
    phone.open()


@KILLED
def test_ninety_nine_ops_land_around_one_that_crashes(hall: Hall, phone: MakePhone, killed: bool) -> None:
    staff = phone("staff")
    staff.offline()
    leave_and_return(staff, 24)
    report_poison(staff)
    leave_and_return(staff, 25)
    leave(staff)
    expect(staff.pill).to_contain_text(f"离线 {OPS}")
    if killed:
        hall.restart()

    staff.offline(False)
    expect(staff.pill).to_contain_text("需处理 1", timeout=30_000)
    staff.open("/outbox")
    line = staff.page.get_by_role("link", name="报告突发事件")
    expect(line).to_contain_text("服务器处理时出错，已留存并通知管理员。")
    landed = sorted(op["result"]["st"] for op in staff.stored("outbox"))
    assert landed == ["applied"] * (OPS - 1) + ["held"]
