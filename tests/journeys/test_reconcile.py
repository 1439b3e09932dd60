"""Journey (b): the notice of 9:58 and the observation of 10:02, both made offline: the end and its sentences do not depend on the order."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import KILLED, Hall

pytestmark = pytest.mark.chromium
CLOCK = re.compile(r"\d{1,2}:\d{2}")


def leave(staff: Phone) -> None:
    """The notice of 9:58."""
    staff.button("离岗", exact=False).click()
    staff.button("提交（联网后自动发送）").click()
    expect(staff.receipt).to_contain_text("已存本机")


def see_empty(inspector: Phone, number: str) -> None:
    """The observation of 10:02: nobody there, no notice known to this phone."""
    inspector.button("开始巡查", exact=False).click()
    inspector.page.locator(".tile").filter(has=inspector.page.get_by_text(number, exact=True)).click()
    inspector.chip("空岗-无告示").click()
    inspector.button("提交（联网后自动发送）").click()
    expect(inspector.receipt).to_contain_text("已存本机")


def sentence(phone: Phone, path: str, number: str) -> str:
    """What a person is told about the window, without the minutes."""
    phone.open(path)
    cell = phone.page.locator("a.cell").filter(has=phone.page.get_by_text(number, exact=True)).first
    expect(cell).to_contain_text("已告示离岗", timeout=20_000)
    return CLOCK.sub("时:分", cell.inner_text())


@KILLED
def test_notice_and_observation_made_offline_end_the_same_in_both_orders_of_arrival(
    hall: Hall, another_hall: Hall, phone: MakePhone, killed: bool
) -> None:
    ends = []
    for one, notice_first in ((hall, True), (another_hall, False)):
        staff, inspector = phone("staff", at=one), phone("inspector", at=one)
        number = staff.page.locator(".cell .no").first.inner_text()
        staff.offline()
        inspector.offline()
        leave(staff)
        see_empty(inspector, number)
        first, second = (staff, inspector) if notice_first else (inspector, staff)
        first.offline(False)
        expect(first.pill).to_contain_text(SYNCED)
        if killed:
            one.restart()
        second.offline(False)
        expect(second.pill).to_contain_text(SYNCED)
        ends.append((sentence(inspector, "/findings", number), sentence(staff, "/records", number)))
    assert ends[0] == ends[1]
    for told in ends[0]:
        assert any(words in told for words in ("个人不计", "不计个人", "双方都不计")), told
