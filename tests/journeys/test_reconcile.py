"""Journey (b): the notice of 9:58 and the observation of 10:02, both made offline: the end and its sentences do not depend on the order."""

import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import KILLED, Hall

pytestmark = pytest.mark.chromium
CLOCK = re.compile(r"\d{1,2}:\d{2}")
BETWEEN_MS = 4 * 60_000


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
    """What a person is told about the window."""
    phone.open(path)
    cell = phone.page.locator("a.cell").filter(has=phone.page.get_by_text(number, exact=True)).first
    expect(cell).to_contain_text("已告示离岗")
    return cell.inner_text()


def named(told: str, times: dict[str, str]) -> str:
    """`told` with each of its times called by what happened then; it says no other."""
    return CLOCK.sub(lambda found: times[found[0]], told)


def clock(ms: int) -> str:
    """A time of the hall's day as its screens say it."""
    return f"{datetime.fromtimestamp(ms / 1000, ZoneInfo('Asia/Shanghai')):%H:%M}"


def said(phone: Phone, kind: str, field: str) -> int:
    """What the one record of this kind in the outbox says (ms)."""
    (args,) = [body["a"] for body in (json.loads(op["body"]) for op in phone.stored("outbox")) if body["k"] == kind]
    return int(args[field])


@KILLED
def test_notice_and_observation_made_offline_end_the_same_in_both_orders_of_arrival(
    hall: Hall, another_hall: Hall, phone: MakePhone, killed: bool
) -> None:
    """EVD-12: and whoever it is about answers in two taps."""
    ends = []
    for one, notice_first in ((hall, True), (another_hall, False)):
        staff, inspector = phone("staff", at=one), phone("inspector", at=one)
        number = staff.page.locator(".cell .no").first.inner_text()
        staff.offline()
        inspector.offline()
        leave(staff)
        for each in (staff, inspector):
            each.pass_ms(BETWEEN_MS)
        one.ahead_ms += BETWEEN_MS
        see_empty(inspector, number)
        left_at, seen_at = said(staff, "away.announce", "leaves_at"), said(inspector, "patrol.observe", "at")
        assert BETWEEN_MS <= seen_at - left_at < BETWEEN_MS + 60_000
        one.restart()
        first, second = (staff, inspector) if notice_first else (inspector, staff)
        first.offline(False)
        expect(first.pill).to_contain_text(SYNCED)
        if killed:
            one.restart()
        second.offline(False)
        expect(second.pill).to_contain_text(SYNCED)
        times = {clock(left_at): "告示时", clock(seen_at): "所见时"}
        ends.append(tuple(named(sentence(who, path, number), times) for who, path in ((inspector, "/findings"), (staff, "/records"))))
    assert ends[0] == ends[1]
    for told in ends[0]:
        assert re.search("所见时 见空岗.*告示时 已告示离岗", told), told
        assert any(words in told for words in ("个人不计", "不计个人", "双方都不计")), told

    # What is said to it is said in the person's own file: the record, then a word that saves; the inspector reads it.
    page, word = staff.open("/own"), "当时由同事临时代办"
    with staff.job("答复巡查核对", taps_max=2):
        staff.tap(page.get_by_role("button", name="巡查核对："))
        staff.tap(staff.button(word))
        expect(staff.receipt).to_be_visible()
    inspector.until(lambda: any(word in body for body in inspector.rows("finding").values()))
