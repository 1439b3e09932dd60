"""Journey: 签到 without a network, the month, an exception answered in two taps, the sheet confirmed (ATT-01, ATT-09, GEN-08)."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import time_ns
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.support.browser import SYNCED, MakePhone
from tests.support.hall import Hall, build_app
from tests.support.sheets import print_document

pytestmark = pytest.mark.chromium


def ahead_to(clock: str) -> int:
    """How far a moment of the hall is ahead of the real clock (ms)."""
    begin = datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return int(begin.timestamp() * 1000) - time_ns() // 1_000_000


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a demo hall founded on Tuesday 1 December 2026: November is over, its sheets are asked for."""
    build_app()
    one = Hall(tmp_path_factory.mktemp("founded") / "data", ahead_to("2026-12-01T08:02"))
    one.start()
    one.stop()
    return one.data


@pytest.fixture
def december(founded: Path, tmp_path: Path) -> Iterator[Hall]:
    """This hall at 8:10."""
    shutil.copytree(founded, tmp_path / "december")
    one = Hall(tmp_path / "december", ahead_to("2026-12-01T08:10"))
    one.start()
    yield one
    one.kill()


def test_a_day_and_a_month_of_attendance_on_a_phone(december: Hall, phone: MakePhone) -> None:
    """ATT-01, ATT-06, ATT-09, DOC-12, GEN-08: saying it, asking for a correction and printing both need no network."""
    staff = phone("staff", at=december)
    page = staff.page
    expect(page.get_by_role("button", name="签到")).to_be_visible()

    # Signing in is one tap, and needs no network.
    staff.offline()
    page.get_by_role("button", name="签到").click()
    expect(staff.receipt).to_contain_text("已存本机")
    expect(page.get_by_text("签到 08:1", exact=False).first).to_be_visible()
    staff.page.reload()
    expect(page.get_by_text("签到 08:1", exact=False).first).to_be_visible()
    expect(staff.pill).to_contain_text("离线 1")
    staff.offline(False)
    expect(staff.pill).to_contain_text(SYNCED)

    # The month says what is open; the exception is answered in two taps, without a network too.
    page.get_by_role("link", name="我的考勤").click()
    expect(page.get_by_text("请本人确认")).to_be_visible()
    staff.fetched()
    staff.offline()
    with staff.job("说明考勤异常", taps_max=2):
        staff.tap(page.get_by_role("link", name="待说明"))
        expect(page.get_by_role("dialog")).to_contain_text("应 14:30 签到，14:36 签到，迟到 6 分钟。")
        staff.tap(page.get_by_role("button", name="路上拥堵"))
        expect(page.get_by_text("已说明，待认定").first).to_be_visible()

    # A correction is asked for, too; both papers can be printed before anybody has heard of it (DOC-12).
    page.get_by_role("link", name="已说明，待认定").click()
    page.get_by_role("button", name="申请补签").click()
    page.get_by_label("原因").fill("高架封路")
    page.get_by_role("button", name="提交（联网后自动发送）").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "高架封路" in print_document(staff, "补签单")
    sheet = print_document(staff, "考勤月报")
    assert "2026年11月" in sheet
    assert "路上拥堵" in sheet
    staff.open("/attendance")
    staff.offline(False)
    expect(staff.pill).to_contain_text(SYNCED)

    # The head refuses the correction and accepts what was said: it counts for nothing.
    head = phone("head", at=december)
    head.open("/attendance/unit")
    head.page.get_by_role("button", name="申请补签").click()
    head.chip("与其他记录不符").click()
    head.button("不同意").click()
    head.page.get_by_role("button", name="已说明，待认定").click()
    head.page.get_by_role("button", name="采信，不计").click()
    expect(head.pill).to_contain_text(SYNCED)
    expect(page.get_by_text("说明已采信，不计").first).to_be_visible()

    # The sheet is right.
    page.get_by_role("button", name="确认无误").click()
    expect(page.get_by_text("本人已确认")).to_be_visible()
    expect(staff.pill).to_contain_text(SYNCED)

    # Everything about the person on one screen, with its clocks.
    staff.open("/own")
    page.get_by_role("button", name="说明已采信，不计").click()
    expect(page.get_by_role("dialog")).to_contain_text("服务器收到")
    expect(page.get_by_role("dialog")).to_contain_text("A：时间有凭据")


def test_the_office_reads_the_month_from_the_keyboard(december: Hall, phone: MakePhone) -> None:
    desk = phone("office", at=december, size={"width": 1440, "height": 900})
    desk.open("/attendance/grid")
    page = desk.page
    desk.chip("11月").click()
    grid = page.get_by_role("region").filter(has=page.get_by_role("table")).or_(page.locator(".att-grid"))
    expect(grid.locator("tbody tr").first).to_be_visible()
    page.get_by_role("button", name="11月24日 待办").first.focus()
    expect(page.locator(".detail")).to_contain_text("应到")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".detail")).to_contain_text("11月25日")
    page.get_by_role("button", name="统一免计").click()
    page.get_by_label("依据").fill("暴雨红色预警")
    page.get_by_role("button", name="提交并发送").click()
    expect(page.get_by_text("暴雨红色预警")).to_be_visible()
    expect(desk.pill).to_contain_text(SYNCED)
