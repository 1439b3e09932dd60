"""A phone's browser is killed again and again: what its receipt said is saved is there afterwards, and lands once (GEN-06, OFF-02)."""

import json
import random

import pytest

from tests.support.browser import MakePhone, Phone

pytestmark = pytest.mark.chromium


def ids(phone: Phone) -> set[str]:
    return {op["id"] for op in phone.stored("outbox")}


def kinds(phone: Phone) -> list[str]:
    """What the records of the outbox say, in their order."""
    return [json.loads(op["body"])["k"] for op in sorted(phone.stored("outbox"), key=lambda op: int(op["seq"]))]


def one_more(phone: Phone) -> None:
    """Leave the post, or come back to it: what is on the disk says which; a screen that draws what it knew before is waited for."""
    if kinds(phone)[-1:] == ["away.announce"]:
        phone.button("返岗", exact=False).first.click()
    else:
        phone.button("离岗", exact=False).first.click()
        phone.page.get_by_role("dialog").get_by_role("button", name="提交", exact=False).click()


def test_what_was_saved_outlives_every_kill_of_the_browser(phone: MakePhone, request: pytest.FixtureRequest) -> None:
    dice, staff = random.Random(20261122), phone("staff")
    staff.page.evaluate("navigator.storage.persist()")
    known: set[str] = set()
    kills = int(request.config.getoption("--browser-kills"))
    for _ in range(kills):
        staff.offline(dice.random() < 0.7)
        one_more(staff)
        if dice.random() < 0.8:  # else killed while it saves: the record is there whole, or it is not
            staff.until(lambda before=known: ids(staff) > before)
            known = ids(staff)
        staff.page.wait_for_timeout(dice.randrange(150))
        staff.crash()
        staff.open()
        # A browser that was killed may throw a database away; the app then makes it anew from the second place.
        staff.until(lambda before=known: bool(staff.databases()) and before <= ids(staff))
        known = ids(staff)
    staff.offline(False)
    # The cookie of the session may be among what was lost: records are delivered all the same.
    staff.until(lambda: all("result" in op for op in staff.stored("outbox")))
    ops = staff.stored("outbox")
    assert {op["id"] for op in ops} >= known
    assert [(op["seq"], op["result"]) for op in ops if op["result"]["st"] != "applied"] == []
    print(f"\n  {kills} kills of the browser, {len(ops)} records, none lost")
