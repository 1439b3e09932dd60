"""Work changes hands on two phones, offline in the middle, within the taps of a busy morning (AB-02, AB-06, CON-11)."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone, Phone

pytestmark = pytest.mark.chromium


def saved(phone: Phone) -> None:
    expect(phone.receipt).to_contain_text("已存本机")


def sheets(phone: Phone) -> list[str]:
    """Handover sheets this phone holds."""
    return [rid for _, rid in phone.rows("handover")]


def test_a_hands_over_in_a_few_taps_b_accepts_in_one_and_hands_back(phone: MakePhone) -> None:
    a, b = phone("staff"), phone("standin")
    a.open("/handover/new")
    expect(a.button("＋ 待办件")).to_be_visible()
    a.offline()
    with a.job("移交工作", taps_max=4):
        a.tap(a.button("＋ 待办件"))
        a.tap(a.button("＋ 待补正材料"))
        a.tap(a.button("移交（联网后自动发送）"))
        saved(a)
    a.offline(value=False)
    accept = b.button("接受移交")
    expect(accept).to_be_visible()
    b.becomes(lambda: len(sheets(b)), 1)
    b.offline()
    with b.job("接受移交", taps_max=2):
        b.tap(accept)
        saved(b)
    b.offline(value=False)
    a.open("/handover")
    expect(a.page.get_by_text("已接受")).to_be_visible()


def test_a_phone_says_by_itself_that_it_has_the_notice(phone: MakePhone) -> None:
    """AWY-08: the leaver reads when it reached the stand-in's phone, though nobody there has answered."""
    a, _ = phone("staff"), phone("standin")
    a.button("离岗", exact=False).click()
    a.button("提交并发送").click()
    expect(a.page.get_by_text("已送达顶岗人手机")).to_be_visible()
