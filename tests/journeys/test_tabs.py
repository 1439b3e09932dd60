"""Journey (l): several tabs of one phone show one state; one leads, and a frozen one is replaced by a tab somebody looks at (I28, I29)."""

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium
# Whoever leads holds this lock.
HELD = "navigator.locks.query().then(all => all.held.filter(lock => lock.name.startsWith('zg-sync:')).map(lock => lock.clientId))"


def term(page: Page) -> int:
    """How many leaders there have been."""
    found = page.evaluate(
        """async () => {
          const name = (await indexedDB.databases()).map(one => one.name).find(name => /^zg:\\w+:\\w+$/.test(name));
          const db = await new Promise(resolve => { const open = indexedDB.open(name); open.onsuccess = () => resolve(open.result); });
          const term = await new Promise(resolve => {
            const get = db.transaction("meta").objectStore("meta").get("term");
            get.onsuccess = () => resolve(get.result);
          });
          db.close();
          return term;
        }"""
    )
    return int(found)


def freeze(phone: Phone, page: Page) -> CDPSession:
    """As a browser does with a tab in the background: its script stands still, its locks stay.

    `Page.setWebLifecycleState` freezes only what is hidden, and no tab of a headless browser is: the debugger holds the script instead.
    """
    session = phone.context.new_cdp_session(page)
    session.send("Debugger.enable")
    session.send("Debugger.pause")
    return session


def leave(page: Page) -> None:
    page.get_by_role("button", name="离岗").click()
    page.get_by_role("dialog").get_by_role("button", name="提交").click()
    expect(page.get_by_text("离岗中")).to_be_visible()


def pill(page: Page) -> str:
    return str(page.locator("header a[href='/outbox']").inner_text())


def test_tabs_agree_and_a_frozen_leader_is_replaced(hall: Hall, phone: MakePhone) -> None:
    staff = phone("staff")
    first = staff.page
    second, third = staff.tab(), staff.tab()
    for page in (second, third):
        expect(page.locator("header a[href='/outbox']")).to_contain_text(SYNCED)
    assert len(first.evaluate(HELD)) == 1
    before = term(second)

    # What one tab saves all of them show, and none of them shows anything else.
    leave(second)
    for page in (first, second, third):
        expect(page.get_by_text("离岗中")).to_be_visible()
        expect(page.locator("header a[href='/outbox']")).to_contain_text(SYNCED)
    assert {pill(page) for page in (first, second, third)} == {pill(first)}
    assert term(second) == before

    # The first tab leads: it was there first. Frozen, it keeps its lock for ever; a tab somebody looks at takes the work over.
    session = freeze(staff, first)
    staff.until(lambda: term(second) > before)
    second.get_by_role("button", name="返岗").click()
    expect(second.locator("header a[href='/outbox']")).to_contain_text(SYNCED)
    expect(third.get_by_text("离岗中")).to_have_count(0)
    after = term(second)

    # Thawed, it follows: it shows what the others show and takes nothing back.
    session.send("Debugger.disable")
    expect(first.get_by_text("离岗中")).to_have_count(0)
    leave(first)
    expect(third.get_by_text("离岗中")).to_be_visible()
    expect(third.locator("header a[href='/outbox']")).to_contain_text(SYNCED)
    assert term(second) >= after
    assert [op["result"]["st"] for op in staff.stored("outbox")] == ["applied"] * 3


def test_a_closed_leader_hands_over(hall: Hall, phone: MakePhone) -> None:
    staff = phone("staff")
    other = staff.tab()
    before = term(other)

    staff.page.close()
    staff.until(lambda: term(other) > before)

    leave(other)
    expect(other.locator("header a[href='/outbox']")).to_contain_text(SYNCED)
