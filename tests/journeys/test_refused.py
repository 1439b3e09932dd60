"""Journey (d): what the server does not carry out stays on the phone with its reason, and holds up nothing else."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import KILLED, Hall

pytestmark = pytest.mark.chromium


def judge(head: Phone, verdict: str) -> None:
    """Open the late notice that waits and decide on it."""
    head.page.get_by_role("button", name="补告示待判定").click()
    head.chip("经核实，确有公务").click()
    head.button(verdict).click()


def late_notice(staff: Phone) -> None:
    """A notice made ten minutes after leaving."""
    staff.button("离岗", exact=False).click()
    staff.page.get_by_text("离岗时间、事由、联系方式、衔接事项").click()
    staff.page.get_by_role("button", name="10 分钟前已离开").click()
    staff.button("提交并发送").click()
    expect(staff.receipt).to_contain_text("已送达")


def report(phone: Phone, kind: str) -> None:
    """A first report of an incident where the phone proposes."""
    phone.button("报告突发事件").click()
    phone.chip(kind).click()
    phone.button("报告（联网后自动发送）").click()


@KILLED
def test_a_refused_decision_is_shown_with_its_reason_and_what_was_saved_after_it_lands(hall: Hall, phone: MakePhone, killed: bool) -> None:
    staff, head, at_home = phone("staff"), phone("head"), phone("head")
    late_notice(staff)
    for one in (head, at_home):
        expect(one.page.get_by_role("button", name="补告示待判定")).to_be_visible()

    at_home.offline()
    judge(at_home, "不采信")
    report(at_home, "停电")
    expect(at_home.pill).to_contain_text("离线 2")
    judge(head, "采信")
    expect(head.receipt).to_contain_text("已送达")
    if killed:
        hall.restart()

    at_home.offline(False)
    expect(at_home.pill).to_contain_text("需处理 1")
    at_home.open("/outbox")
    line = at_home.page.get_by_role("link", name="不采信补告示")
    expect(line).to_contain_text("未采纳")
    expect(line).to_contain_text("对方已先作出改动，请看现状后再决定。")
    expect(at_home.page.get_by_role("link", name="报告突发事件")).to_contain_text("已送达")

    line.click()
    with at_home.page.expect_download() as kept:
        at_home.button("导出").click()
    said = json.loads(Path(kept.value.path()).read_text("utf-8"))
    assert (said["a"]["accept"], said["state"], said["reason"]) == (False, "refused", "STALE")
    at_home.button("放弃").click()
    dialog = at_home.page.get_by_role("alertdialog")
    dialog.get_by_role("textbox").fill("同事已判定")
    dialog.get_by_role("button", name="放弃").click()
    expect(at_home.pill).to_contain_text(SYNCED)
    expect(at_home.page.get_by_text("同事已判定")).to_be_visible()
