"""Journey: a social supervisor writes down an own visit without a network, and the answer comes back to the phone (SUP-01..03)."""

import pytest
from playwright.sync_api import expect

from server.domain.supervisor.ops import AnswerReport
from tests.support.browser import SYNCED, MakePhone
from tests.support.hall import Hall
from tests.support.present import device_of

pytestmark = pytest.mark.chromium
SEEN = "十点二十分，咨询台前七人排队，无人引导。"
ANSWER = "已增派引导员，并在高峰时段开设快速通道。"


def test_an_own_visit_is_reported_offline_from_a_cold_start_and_answered(hall: Hall, phone: MakePhone) -> None:
    """SUP-01, SUP-02, SUP-03: a limited account, a report kept on the phone, an answer in its term."""
    supervisor = phone("supervisor")
    page = supervisor.open("/reports/new")
    expect(page.get_by_label("内容")).to_be_visible()
    supervisor.fetched()

    supervisor.offline()
    supervisor.kill()
    page = supervisor.open("/reports/new")
    page.get_by_label("内容").fill(SEEN)
    page.locator(".submit button").last.click()
    expect(supervisor.receipt).to_contain_text("已存本机")
    expect(page.locator("main")).to_contain_text(SEEN)

    supervisor.offline(False)
    expect(supervisor.pill).to_contain_text(SYNCED)
    office = device_of(hall, "office")
    ((rid, report),) = office.replica.bodies("sup.report").items()
    assert (report["text"], report.get("answer", "")) == (SEEN, "")
    assert office.do("sup.answer", AnswerReport(ANSWER), rid).st == "applied"
    expect(page.locator("main")).to_contain_text(ANSWER)
    assert {kind for kind, _ in supervisor.rows()}.isdisjoint({"person", "duty", "away.unit"}), "nothing of the hall's people on it"
