"""Tap budgets of the first jobs, offline on a phone slowed four times; seconds are printed beside an empty page's."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Playwright, expect

from tests.support.browser import MakePhone, Phone
from tests.support.floor import cold_start_seconds, empty_page, visited
from tests.support.photos import jpeg

pytestmark = pytest.mark.chromium
SLOW = 4


@pytest.fixture(scope="module")
def floor_seconds(driver: Playwright) -> float:
    """What an empty page takes on such a phone in this very run."""
    empty = Phone(driver, "", slow=SLOW)
    with empty_page() as url:
        visited(empty, url)
    try:
        return cold_start_seconds(empty, "#app", starts=1)
    finally:
        empty.destroy()


@pytest.fixture
def slow(phone: MakePhone, floor_seconds: float) -> Callable[[str], Phone]:
    """Makes phones whose jobs are measured."""
    return lambda persona: phone(persona, slow=SLOW, floor_seconds=floor_seconds)


def ready(phone: Phone) -> None:
    """On the home screen, without a network."""
    phone.offline()
    phone.open()
    expect(phone.page.get_by_role("navigation")).to_be_visible()


def saved(phone: Phone) -> None:
    expect(phone.receipt).to_contain_text("已存本机")


def test_staff_leave_and_come_back_within_their_taps(slow: Callable[[str], Phone]) -> None:
    staff = slow("staff")
    ready(staff)
    with staff.job("离岗", taps_max=3):
        staff.tap(staff.button("离岗", exact=False))
        staff.tap(staff.chip("30 分钟"))
        staff.tap(staff.button("提交（联网后自动发送）"))
        saved(staff)
    staff.button("关闭").click()
    with staff.job("返岗", taps_max=1):
        staff.tap(staff.button("返岗", exact=False))
        saved(staff)


def test_staff_leave_until_the_time_proposed_within_two_taps(slow: Callable[[str], Phone]) -> None:
    """AWY-06: reason, return and stand-in are chosen already; offline."""
    staff = slow("staff")
    ready(staff)
    with staff.job("离岗（建议的时间）", taps_max=2):
        staff.tap(staff.button("离岗", exact=False))
        staff.tap(staff.button("提交（联网后自动发送）"))
        saved(staff)


def test_a_stand_in_accepts_within_two_taps(phone: MakePhone, slow: Callable[[str], Phone]) -> None:
    staff, standin = phone("staff"), slow("standin")
    staff.button("离岗", exact=False).click()
    staff.button("提交并发送").click()
    accept = standin.button("接受")
    expect(accept).to_be_visible()
    standin.offline()
    with standin.job("接受顶岗", taps_max=2):
        standin.tap(accept)
        saved(standin)


def test_an_hourly_round_with_three_exceptions_within_twenty_five_taps(slow: Callable[[str], Phone], tmp_path: Path) -> None:
    """PTL-01, PTL-02, PTL-03, PTL-08."""
    inspector = slow("inspector")
    ready(inspector)

    (tmp_path / "photo.jpg").write_bytes(jpeg())

    def exception(tile: Locator, *, photo: bool = False) -> None:
        inspector.tap(tile)
        inspector.tap(inspector.chip("空岗-无告示"))
        if photo:  # one tap; the camera is the phone's own
            with inspector.page.expect_file_chooser() as camera:
                inspector.tap(inspector.page.locator("label.take"))
            camera.value.set_files(tmp_path / "photo.jpg")
            expect(inspector.page.locator(".strip img")).to_have_count(1)
        inspector.tap(inspector.button("提交（联网后自动发送）"))
        expect(inspector.page.locator("dialog[open]")).to_have_count(0)

    with inspector.job("整点巡查（三处异常）", taps_max=25):
        inspector.tap(inspector.button("开始巡查", exact=False))
        with inspector.job("一处异常（附照片）", taps_max=4):
            exception(inspector.page.locator(".tile").nth(0), photo=True)
        exception(inspector.page.locator(".tile").nth(20))
        exception(inspector.page.locator(".tile").nth(40))
        zones = inspector.page.get_by_role("button", name="个均在岗")
        with inspector.job("一个区域全部在岗", taps_max=1):
            left = zones.count()
            inspector.tap(zones.first)
            expect(zones).to_have_count(left - 1)
        while zones.count() > 0:
            left = zones.count()
            inspector.tap(zones.first)
            expect(zones).to_have_count(left - 1)
        inspector.tap(inspector.button("结束巡查", exact=False))
        expect(inspector.button("开始巡查", exact=False).or_(inspector.page.get_by_text("本时段已巡"))).to_be_visible()


def test_a_first_report_of_an_incident_within_four_taps(slow: Callable[[str], Phone]) -> None:
    staff = slow("staff")
    ready(staff)
    with staff.job("突发事件首报", taps_max=4):
        staff.tap(staff.button("报告突发事件"))
        staff.tap(staff.chip("停电"))
        staff.tap(staff.button("报告（联网后自动发送）"))
        saved(staff)


def test_an_incident_at_ones_own_window_is_reported_with_one_press(slow: Callable[[str], Phone]) -> None:
    """EMG-07: offline, from the home screen; a short tap still opens the form and reports nothing."""
    staff = slow("staff")
    ready(staff)
    with staff.job("一键报告", taps_max=1):
        staff.hold(staff.button("报告突发事件"))
        saved(staff)
    expect(staff.page).to_have_url(re.compile("/incidents/"))
    expect(staff.page.get_by_text("一键报告，情况随后补充。")).to_be_visible()
    staff.page.go_back()
    staff.button("报告突发事件").click()
    expect(staff.chip("停电")).to_be_visible()
    assert len(staff.stored("outbox")) == 1


def test_a_checklist_item_is_one_tap(slow: Callable[[str], Phone]) -> None:
    shopper = slow("shopper")
    ready(shopper)
    shopper.page.locator("a.cell").first.click()
    item = shopper.page.locator(".v-item").first
    with shopper.job("暗访一项", taps_max=1):
        shopper.tap(item.locator("label").filter(has=shopper.page.get_by_role("radio", name="合格", exact=True)))
        expect(shopper.page.locator(".v-item input:checked")).to_have_count(1)
