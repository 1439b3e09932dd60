"""Journey: the director names who leads checks, and a lead enters a visitor, who signs in with what was shown once (CHK-05, CHK-06)."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone
from tests.support.cast import Device
from tests.support.hall import Hall
from tests.support.present import device_of

pytestmark = pytest.mark.chromium


def test_a_lead_is_appointed_and_a_visitor_entered_on_the_phones_themselves(hall: Hall, phone: MakePhone) -> None:
    """CHK-05, CHK-06, VIS-02: and the office has heard nothing of either."""
    office = device_of(hall, "office")
    before = office.refetch()
    staff = hall.person("staff")
    director = phone("director")
    page = director.open("/leads")
    page.get_by_role("button", name="指定牵头人").click()
    chosen = page.locator("dialog select")
    chosen.select_option(label=chosen.locator("option", has_text=staff).first.text_content())
    page.locator("dialog .submit button").last.click()
    expect(page.locator("main .cell", has_text=staff)).not_to_contain_text("已存本机")
    device = device_of(hall, "staff")
    assert "CHECK" in device.replica.body("me", device.uid)["roles"]

    lead = phone("checklead")
    page = lead.open("/visitors")
    page.get_by_role("button", name="增加检查人员").click()
    page.get_by_label("姓名").fill("辛某")
    page.locator("dialog .submit button").last.click()
    entered = page.locator("main .cell", has_text="辛某")
    expect(entered).to_contain_text("在用")
    entered.click()
    page.get_by_role("button", name="发放新密码").click()
    told = re.search(r"账号 (\d{10})，密码 (\S+)", page.locator("main", has_text="只显示这一次").inner_text())
    assert told, "number and password are shown"
    visitor = Device(hall.url, office.clocks, site=hall.site)
    assert visitor.sign_in_with(*told.groups()).roles == ["TEAM"]
    visitor.close()
    after = office.refetch()
    assert of_people(after) == of_people(before)
    assert {kind for kind, _ in after}.isdisjoint({"check.lead", "check.visitor", "visitor"})


def of_people(rows: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    """What the office has of people, with versions."""
    return {key: row for key, row in rows.items() if key[0].startswith("person")}
