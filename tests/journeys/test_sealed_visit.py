"""Journey (c): a visit of 46 items recorded offline over two restarts of the app, sealed until the lead publishes it (CHK-06, PRV-15)."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import KILLED, Hall

pytestmark = pytest.mark.chromium
ITEMS = 46
# One press after the other; what it does is drawn in between.
ANSWER = """async (answers) => {
  const items = document.querySelectorAll(".v-item");
  for (const [n, word] of answers) {
    [...items[n].querySelectorAll("label")].find((one) => one.textContent === word).click();
    await new Promise((go) => setTimeout(go, 10));
  }
}"""


def answer(shopper: Phone, first: int, last: int) -> None:
    """Answer the items from `first` up to, not including, `last`: the third fails, the fifth does not apply, all others pass."""
    shopper.page.evaluate(ANSWER, [[n, {2: "不合格", 4: "不适用"}.get(n, "合格")] for n in range(first, last)])
    expect(shopper.page.locator(".v-item input:checked")).to_have_count(last)


def drafts(shopper: Phone) -> list[dict[str, Any]]:
    """What forms hold on this device."""
    values = [json.loads(one["text"]) for one in shopper.stored("drafts")]
    return [value for value in values if isinstance(value, dict)]


@KILLED
def test_a_visit_recorded_offline_over_two_restarts_is_seen_by_nobody_until_published(hall: Hall, phone: MakePhone, killed: bool) -> None:
    shopper, office, lead = phone("shopper"), phone("office"), phone("checklead")
    before = office.rows()
    shopper.offline()
    shopper.page.locator("a.cell").first.click()
    expect(shopper.page.locator(".v-item")).to_have_count(ITEMS)
    at = shopper.page.url.removeprefix(shopper.url)

    for first, last in ((0, 18), (18, 33), (33, ITEMS)):
        answer(shopper, first, last)
        if last < ITEMS:
            # The write of the last tap takes a few milliseconds; whatever it took in is kept.
            shopper.becomes(lambda: max((len(one.get("answers", ())) for one in drafts(shopper)), default=0), last)
            shopper.kill()
            shopper.open(at)
            expect(shopper.page.locator(".v-item input:checked")).to_have_count(last)
    shopper.page.locator(".v-item").nth(2).get_by_role("textbox").fill("等候 20 分钟无人应答")
    shopper.page.get_by_label("离开时间").first.scroll_into_view_if_needed()
    shopper.page.get_by_role("button", name="现在").last.click()
    shopper.chip("无利害关系").click()
    shopper.button("提交（联网后自动发送）").click()
    expect(shopper.pill).to_contain_text("离线 1")
    if killed:
        hall.restart()

    shopper.offline(False)
    expect(shopper.pill).to_contain_text(SYNCED)
    lead.until(lambda: bool(lead.rows("visit")))
    assert {row for row in office.rows() if row[0].startswith("visit")} == set()
    changed = {row: body for row, body in office.rows().items() if before.get(row) != body}
    assert "等候 20 分钟" not in str(changed)

    lead.open("/visits")
    lead.page.locator("a.cell").first.click()
    lead.button("公布").click()
    lead.page.get_by_role("alertdialog").get_by_role("button", name="公布").click()
    expect(lead.pill).to_contain_text(SYNCED)
    office.until(lambda: bool(office.rows("visit.unit")))
    office.open("/visit-results")
    office.page.locator("a.cell").first.click()
    expect(office.page.get_by_text("等候 20 分钟无人应答")).to_be_visible()
