"""Journey: from what was seen to a problem: the finding, and the published result, fill in the unit, the source and what it rests on."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from server.domain.visit.ops import Publish
from tests.journeys.test_check_result import recorded
from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.cast import PERSONAS
from tests.support.hall import Hall
from tests.support.present import device_of

pytestmark = pytest.mark.chromium
OFFLINE = "（联网后自动发送）"


def register(phone: Phone, text: str) -> dict[str, Any]:
    """Follow the link, say what it is, without a network; the problem as the device has it once it is synced."""
    phone.page.get_by_role("link", name="登记问题").click()
    phone.offline()
    expect(phone.page.get_by_label("单位", exact=False).first).not_to_have_value("")
    phone.page.get_by_label("问题类别", exact=False).select_option(index=1)
    phone.page.get_by_label("情况", exact=False).fill(text)
    phone.button(f"登记{OFFLINE}").click()
    expect(phone.page.get_by_text(text).first).to_be_visible()
    phone.offline(False)
    expect(phone.pill).to_contain_text(SYNCED)

    def registered() -> list[dict[str, Any]]:
        """Found by its text: a problem somebody else registered may still be on its way to this phone."""
        return [body for row in phone.rows("problem").values() if (body := json.loads(row))["text"] == text]

    phone.becomes(lambda: len(registered()), 1)
    (problem,) = registered()
    return problem


def test_a_problem_is_registered_from_a_finding_and_from_a_result_and_names_it(hall: Hall, phone: MakePhone) -> None:
    """RCT-01, CAMP-04: source and fact are filled in, so that nothing is counted twice and nobody types it again."""
    inspector = phone("inspector")
    inspector.button("开始巡查", exact=False).click()
    inspector.page.locator(".tile").first.click()
    inspector.chip("空岗-无告示").click()
    inspector.button("提交并发送").click()
    inspector.until(lambda: bool(inspector.rows("finding")))
    ((_, finding),) = inspector.rows("finding")
    inspector.open(f"/findings/{finding}")
    problem = register(inspector, "窗口无人，也没有告示牌")
    assert (problem["source"], problem["fact"], problem["text"]) == ("patrol", finding, "窗口无人，也没有告示牌")
    post = next(iter(json.loads(body)["post"] for body in inspector.rows("finding").values()))
    assert problem["unit"] == json.loads(inspector.rows("post")["post", post])["unit"]

    recorded(hall)
    sun = device_of(hall, PERSONAS["孙"])
    ((visit, _),) = sun.replica.bodies("visit").items()
    guard = {visit: sun.replica.rows["visit", visit].ver}
    assert sun.do("visit.publish", Publish("请整改"), visit, guard=guard).st == "applied"
    lead = phone("checklead")
    lead.open(f"/visits/{visit}")
    problem = register(lead, "材料清单是旧版")
    assert (problem["source"], problem["fact"]) == ("covert", visit)
    office = phone("office")
    office.open(f"/visit-results/{visit}")
    link = office.page.get_by_role("link", name="登记问题")
    expect(link).to_have_attribute("href", f"/problems/new?unit={problem['unit']}&source=covert&fact={visit}")
