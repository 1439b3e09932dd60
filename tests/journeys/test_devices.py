"""Journey (i): a device is disabled while it holds unsent work. Its records wait for a person; accepted, they take effect as said."""

import json

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium


def test_what_a_disabled_device_still_held_takes_effect_when_somebody_accepts_it(hall: Hall, phone: MakePhone) -> None:
    staff, admin, office = phone("staff"), phone("admin"), phone("office")
    staff.offline()
    staff.open("/incident")
    staff.chip("停电").click()
    staff.page.locator(".submit button").click()
    expect(staff.pill).to_contain_text("离线 1")

    admin.open("/devices")
    admin.page.locator("a.cell").filter(has_text=hall.person("staff")).click()
    admin.button("停用这台设备").click()
    admin.page.get_by_role("alertdialog").get_by_role("button", name="停用", exact=True).click()
    expect(admin.page.get_by_text("这台设备已不能再使用。")).to_be_visible()
    staff.offline(False)
    expect(staff.page.get_by_text("这台设备已被停用，本机内容已清除。")).to_be_visible()

    office.until(lambda: bool(office.rows("op.held")))
    assert not office.rows("incident")
    office.open("/held")
    office.page.locator("a.cell").filter(has_text="报告突发事件").click()
    office.button("采纳").click()
    office.page.get_by_role("alertdialog").get_by_role("button", name="采纳", exact=True).click()

    office.until(lambda: bool(office.rows("incident")))
    (incident,) = [json.loads(body) for body in office.rows("incident").values()]
    assert incident["kind"] == "power"
    office.becomes(lambda: office.rows("op.held"), {})
    expect(office.page.get_by_text("没有待定记录")).to_be_visible()
