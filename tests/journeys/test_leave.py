"""请假, 审批 and 销假 on phones, half of it offline, within their taps (LV-06, LV-07, LV-12); seconds are printed."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browser import DESK, MakePhone, Phone
from tests.support.sheets import print_document

pytestmark = pytest.mark.chromium
SLOW = 4
TODAY = "2026-11-24"
AGREE = re.compile(r"^同意 ?\S")


def place(phone: Phone, name: str) -> Locator:
    return phone.page.get_by_role("navigation").get_by_role("link", name=name)


def leaves(phone: Phone) -> list[dict[str, Any]]:
    """Every leave this phone has from the server."""
    return [json.loads(body) for body in phone.rows("leave").values()]


def ask(phone: Phone, type: str, when: str, verb: str) -> None:
    """From the home screen to the saved request."""
    phone.tap(place(phone, "我的"))
    phone.tap(phone.page.get_by_role("link", name="请假", exact=True))
    phone.tap(phone.chip(type))
    phone.tap(phone.chip(when))
    expect(phone.page.get_by_text("顶岗").first).to_be_visible()
    phone.tap(phone.button(verb, exact=False))
    expect(phone.receipt).to_be_visible()


def approve(phone: Phone) -> None:
    """From the home screen to the saved decision."""
    phone.tap(place(phone, "审批"))
    phone.tap(phone.page.get_by_role("button", name=AGREE).first)
    expect(phone.receipt).to_contain_text("已存本机")


def test_a_half_day_is_asked_for_and_approved_offline_within_its_taps_and_ended_by_one(phone: MakePhone) -> None:
    """DOC-11: the paper of the return is there as soon as the return is said, without a network."""
    staff, head, office = phone("staff", slow=SLOW), phone("head", slow=SLOW), phone("office")
    staff.fetched()
    head.fetched()
    staff.offline()
    staff.open()
    with staff.job("请假半天", taps_max=6):
        ask(staff, "年休假", "今天上午", "提交请假（联网后自动发送）")
    expect(staff.page.get_by_text("待审批").first).to_be_visible()
    staff.offline(False)
    head.becomes(lambda: [one["state"] for one in leaves(head)], ["pending"])
    (asked,) = leaves(head)
    assert (asked["centidays"], asked["cover"][0]["st"]) == (50, "ok")
    head.offline()
    head.open()
    with head.job("审批请假", taps_max=2):
        approve(head)
    head.offline(False)
    office.becomes(lambda: [s["st"] for one in leaves(office) for s in one["steps"]], ["yes", "waits"])
    place(office, "审批").click()
    office.page.get_by_role("button", name=AGREE).first.click()
    staff.becomes(lambda: [one["state"] for one in leaves(staff)], ["running"])
    staff.offline()
    staff.open()
    with staff.job("销假", taps_max=1):
        staff.tap(staff.button("销假"))
        expect(staff.receipt).to_contain_text("已存本机")
    assert "年休假" in print_document(staff, "销假单")
    staff.offline(False)
    head.becomes(lambda: [one["state"] for one in leaves(head)], ["returned"])


def test_a_sick_leave_tells_nobody_why(phone: MakePhone) -> None:
    """LV-09, PRV-02: the reason is on the phone of the person alone."""
    staff, head, colleague = phone("staff"), phone("head"), phone("standin")
    staff.open("/leave/new")
    staff.chip("病假").click()
    staff.chip("今天下午").click()
    staff.page.get_by_text("事由、证明").click()
    staff.page.get_by_label("事由", exact=True).fill("高烧不退")
    staff.button("提交请假并发送").click()
    staff.until(lambda: bool(staff.rows("leave.sealed")))
    head.becomes(lambda: len(leaves(head)), 1)
    colleague.until(lambda: bool(colleague.rows("leave.unit")))
    for other in (head, colleague):
        assert not [body for body in other.rows().values() if "高烧" in body]
    assert not [body for body in colleague.rows("leave.unit").values() if "sick" in body]


def test_the_office_edits_types_chains_and_entitlements_as_data_from_a_day_on(phone: MakePhone) -> None:
    """LVT-01, LVT-02, LV-03, LV-08: the desk's forms; what was in force before stays beside it."""
    office = phone("office", size=DESK)
    page = office.page

    def kept(kind: str, rid: str) -> Any:
        office.until(lambda: (kind, rid) in office.rows(kind))
        return json.loads(office.rows(kind)[kind, rid])

    office.open("/leave/policy/types/personal")
    office.chip("一天").click()
    office.button("保存").click()
    assert kept("leave.type", f"personal@{TODAY}")["rule"]["min_unit"] == "day"
    assert kept("leave.type", "personal@2000-01-01")["rule"]["min_unit"] != "day"

    office.open("/leave/policy/chains/usual")
    page.get_by_label("不超过（天）").first.fill("0.5")
    office.button("保存").click()
    assert kept("leave.chain", f"usual@{TODAY}")["rows"][0] == {"rank": "staff", "upto_centidays": 50, "steps": ["HEAD"]}

    office.open("/leave/policy/people/p001")
    page.get_by_label("另定额度的假别").select_option(label="调休")
    office.button("加入").click()
    page.get_by_label("调休 2026 年额度（天）").fill("1.5")
    office.button("保存").click()
    office.becomes(lambda: kept("leave.account", "p001").get("granted"), {"2026:comp": 150})
