"""Journey (a): a notice made without a network survives everything and reaches the inspector and the lobby (GEN-06, OFF-02)."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import SYNCED, MakeBoard, MakePhone
from tests.support.hall import KILLED, Hall

pytestmark = pytest.mark.chromium


@KILLED
def test_a_notice_made_offline_survives_a_reload_and_a_sign_out_and_reaches_inspector_and_board(
    hall: Hall, phone: MakePhone, board: MakeBoard, killed: bool
) -> None:
    wall = board()
    inspector = phone("inspector")
    staff = phone("staff")
    before = wall.labels()

    staff.offline()
    staff.button("离岗", exact=False).click()
    staff.button("提交（联网后自动发送）").click()
    expect(staff.receipt).to_contain_text("已存本机")
    expect(staff.pill).to_contain_text("离线 1")

    staff.page.reload()
    expect(staff.page.get_by_text("离岗中")).to_be_visible()
    expect(staff.pill).to_contain_text("离线 1")
    if killed:
        hall.restart()
    staff.kill()
    staff.open()
    expect(staff.page.get_by_text("离岗中")).to_be_visible()
    assert wall.labels() == before

    # Whoever signs out with it unsent is told so, and finds it after signing in again.
    staff.open("/me")
    staff.button("退出登录").click()
    expect(staff.page.get_by_role("dialog")).to_contain_text("还有 1 条记录没有送达")
    staff.button("留在本机并退出").click()
    expect(staff.page.get_by_role("navigation")).to_have_count(0)
    # Who sees the door is out, even if the browser ends at that very moment.
    staff.kill()

    staff.offline(False)
    staff.sign_in(hall.names(), hall.person("staff"))
    expect(staff.page.get_by_text("离岗中")).to_be_visible()
    expect(staff.pill).to_contain_text(SYNCED)
    wall.until(lambda: [rid for rid, label in wall.labels().items() if label != before[rid]] != [])
    (post,) = [rid for rid, label in wall.labels().items() if label != before[rid]]
    assert wall.labels()[post] in ("step_away", "covered")
    inspector.button("开始巡查", exact=False).click()
    expect(inspector.page.locator(".tile").filter(has_text=post)).to_contain_text("有告示")
