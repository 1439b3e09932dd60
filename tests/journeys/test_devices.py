"""Journey (i): a device is disabled while it holds unsent work. Its records wait for a person; accepted, they take effect as said."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect

from tests.journeys.test_photos import kept, report_with
from tests.support.browser import MakePhone, Phone
from tests.support.hall import Hall
from tests.support.photos import CHUNK, jpeg

pytestmark = pytest.mark.chromium
FORGOTTEN = "这台设备已被停用，本机内容已清除。"
# What the browser still has of whoever used it.
LEFT = "indexedDB.databases().then((all) => all.map(({ name }) => name).filter((name) => /^zg:/.test(name)))"


def disable(admin: Phone, whose: str) -> None:
    """An administrator ends the phone of this person."""
    admin.open("/devices")
    admin.page.locator("a.cell").filter(has_text=whose).click()
    admin.button("停用这台设备").click()
    admin.page.get_by_role("alertdialog").get_by_role("button", name="停用", exact=True).click()
    expect(admin.page.get_by_text("这台设备已不能再使用。")).to_be_visible()


def accept(office: Phone) -> None:
    """The office takes the one report that is held."""
    office.until(lambda: bool(office.rows("op.held")))
    assert not office.rows("incident")
    office.open("/held")
    office.page.locator("a.cell").filter(has_text="报告突发事件").click()
    office.button("采纳").click()
    office.page.get_by_role("alertdialog").get_by_role("button", name="采纳", exact=True).click()
    office.until(lambda: bool(office.rows("incident")))


def test_what_a_disabled_device_still_held_takes_effect_when_somebody_accepts_it(hall: Hall, phone: MakePhone) -> None:
    staff, admin, office = phone("staff"), phone("admin"), phone("office")
    staff.offline()
    staff.open("/incident")
    staff.chip("停电").click()
    staff.page.locator(".submit button").click()
    expect(staff.pill).to_contain_text("离线 1")

    disable(admin, hall.person("staff"))
    staff.offline(False)
    expect(staff.page.get_by_text(FORGOTTEN)).to_be_visible()
    accept(office)
    (incident,) = [json.loads(body) for body in office.rows("incident").values()]
    assert incident["kind"] == "power"
    office.becomes(lambda: office.rows("op.held"), {})
    expect(office.page.get_by_text("没有待定记录")).to_be_visible()


def test_the_photo_of_a_disabled_phone_comes_in_by_its_signature_over_a_cut_and_then_nothing_is_left(
    hall: Hall, phone: MakePhone, desk: MakePhone, tmp_path: Path
) -> None:
    """EVD-14: record first, preview, picture; the session opens nothing any more, and the phone forgets only when all of it is there."""
    (tmp_path / "photo.jpg").write_bytes(jpeg(2400, 1800, quality=95))
    staff, admin, office = phone("staff"), phone("admin"), desk("office")
    staff.offline()
    report_with(staff, tmp_path / "photo.jpg")
    staff.becomes(lambda: len(staff.stored("outbox")), 1)
    (file,) = kept(staff)
    assert CHUNK < file["size"] <= 400_000
    disable(admin, hall.person("staff"))

    sent: list[tuple[str, bool]] = []
    cuts: list[str] = []

    def note(request: Request) -> None:
        if "/blobs" in request.url and request.method in ("POST", "PATCH"):
            part = "preview" if "dGh1bWI=" in request.headers.get("upload-metadata", "") else request.method
            sent.append((part, "zaigang-signature" in request.headers))

    def cut(route: Route) -> None:
        cuts.append(route.request.method)
        route.abort()

    staff.page.on("request", note)
    staff.context.route(lambda url: "/blobs/" in url, cut, times=1)
    staff.offline(False)
    expect(staff.page.get_by_text(FORGOTTEN)).to_be_visible()
    assert len(cuts) == 1
    assert {signed for _, signed in sent} == {True}
    assert [part for part, _ in sent[:2]] == ["preview", "POST"]
    assert len([part for part, _ in sent if part == "POST"]) == 1, "nothing is sent twice"
    staff.becomes(lambda: staff.page.evaluate(LEFT), [])

    accept(office)
    office.open("/incidents")
    office.page.locator("a.cell").first.click()
    expect(office.page.get_by_text("附件 1/1")).to_be_visible()
    thumb = office.page.locator(".strip img")
    office.until(lambda: thumb.evaluate("(image) => image.naturalWidth") > 0)
    thumb.click()
    office.becomes(lambda: office.page.locator("dialog .whole img").evaluate("(image) => image.naturalWidth"), 1600)
