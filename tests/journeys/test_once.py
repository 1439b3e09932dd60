"""Journey (e): two tabs, a double tap, an answer lost on the way: one record. Journey (f): a captive portal: nothing is marked sent."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import KILLED, Hall

pytestmark = pytest.mark.chromium
PUSH = "**/s/*/push"


def notices(phone: Phone) -> list[str]:
    """The away notices this device knows of."""
    return [rid for _, rid in phone.rows("away.office")]


@KILLED
def test_two_tabs_a_double_tap_and_a_lost_answer_make_one_record(hall: Hall, phone: MakePhone, killed: bool) -> None:
    staff, office = phone("staff"), phone("office")
    before = notices(office)
    other = staff.tab()
    expect(other.get_by_role("navigation")).to_be_visible()
    delivered = []

    def lose_the_answer(route: Route) -> None:
        """The server gets the push and takes it; the phone never hears of it."""
        route.fetch(url=staff.outside(route.request.url), headers={**route.request.headers, "host": urlsplit(staff.url).netloc})
        delivered.append(route.request.url)
        route.abort()

    staff.context.route(PUSH, lose_the_answer, times=1)
    staff.button("离岗", exact=False).click()
    staff.button("提交并发送").dblclick()
    expect(staff.page.get_by_text("离岗中")).to_be_visible()
    expect(other.get_by_text("离岗中")).to_be_visible()
    staff.until(lambda: delivered != [])
    if killed:
        hall.restart()
    expect(staff.pill).to_contain_text(SYNCED)
    expect(other.locator("header a[href='/outbox']")).to_contain_text(SYNCED)

    staff.open("/outbox")
    expect(staff.page.locator("a.cell")).to_have_count(1)
    office.becomes(lambda: len(notices(office)), len(before) + 1)
    office.page.wait_for_timeout(1_000)
    assert len(notices(office)) == len(before) + 1

    # One form in both tabs is one record, whichever of them sends it.
    for page in (staff.page, other):
        page.goto(f"{staff.url}/incident")
    staff.page.locator("label").filter(has=staff.page.get_by_role("radio", name="停电")).click()
    expect(other.get_by_role("radio", name="停电")).to_be_checked()
    other.locator(".submit button").click()
    expect(other.locator("h1")).to_have_text("突发事件")
    expect(staff.page.get_by_role("radio", name="停电")).not_to_be_checked()
    other.goto(f"{staff.url}/outbox")
    expect(other.locator("a.cell").filter(has_text="已送达")).to_have_count(2)
    assert [op["seq"] for op in staff.stored("outbox")] == [1, 2]


@KILLED
def test_behind_a_captive_portal_nothing_is_marked_sent(hall: Hall, phone: MakePhone, killed: bool) -> None:
    staff, office = phone("staff"), phone("office")
    before = notices(office)
    asked = []

    def portal(route: Route) -> None:
        """Every address answers with the login page of somebody's wireless network."""
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<!doctype html><title>欢迎使用免费网络</title><form>手机号</form>")

    staff.context.route("**/s/**", portal)
    staff.context.route_web_socket("**/live", lambda socket: socket.close())
    staff.page.reload()
    staff.button("离岗", exact=False).click()
    staff.button("提交", exact=False).click()
    expect(staff.page.get_by_text("离岗中")).to_be_visible()
    staff.until(lambda: any(url.endswith("/push") for url in asked))
    staff.page.wait_for_timeout(2_000)
    expect(staff.pill).not_to_contain_text(SYNCED)
    staff.page.goto(f"{staff.url}/outbox")
    expect(staff.page.locator("a.cell")).to_contain_text("已存本机")
    assert notices(office) == before
    if killed:
        hall.restart()

    staff.context.unroute("**/s/**")
    staff.page.evaluate("dispatchEvent(new Event('online'))")
    expect(staff.pill).to_contain_text(SYNCED)
    expect(staff.page.locator("a.cell")).to_contain_text("已送达")
    office.becomes(lambda: len(notices(office)), len(before) + 1)
