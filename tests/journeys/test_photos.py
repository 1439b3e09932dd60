"""Photos from the phone to the desk: kept before 已存本机, sent after the record, resumed after a kill, seen by the office."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Request, Route, expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import KILLED, Hall
from tests.support.photos import CHUNK, jpeg

pytestmark = pytest.mark.chromium
# Each second stands there for one second only.
AT_LEAST_2_SECONDS = re.compile("停止（已录 ([2-9]|[1-6][0-9]) 秒）")


def report_with(phone: Phone, photo: Path) -> None:
    """A first report with one photo; the link may be down."""
    phone.open("/incident")
    phone.chip("纠纷争执").click()
    phone.page.locator("input[type=file]").set_input_files(photo)
    expect(phone.page.locator(".strip img")).to_have_count(1)
    phone.button("报告", exact=False).last.click()


def kept(phone: Phone) -> list[dict[str, Any]]:
    """What this device knows of its files."""
    script = """async () => {
      const name = (await indexedDB.databases()).map((db) => db.name).find((name) => name.endsWith(':files'));
      const db = await new Promise((done) => (indexedDB.open(name).onsuccess = (event) => done(event.target.result)));
      const files = db.transaction('files').objectStore('files');
      const all = await new Promise((done) => (files.getAll().onsuccess = (event) => done(event.target.result)));
      db.close();
      return JSON.stringify(all);
    }"""
    return json.loads(phone.page.evaluate(script))


@KILLED
def test_a_photo_taken_offline_reaches_the_office(hall: Hall, phone: MakePhone, desk: MakePhone, tmp_path: Path, killed: bool) -> None:
    """I33: over a kill no more is sent twice than the piece that was on its way."""
    (tmp_path / "photo.jpg").write_bytes(jpeg(2400, 1800, quality=95))
    staff, office = phone("staff"), desk("office")
    office.open("/incidents")
    staff.offline()
    report_with(staff, tmp_path / "photo.jpg")
    expect(staff.page.get_by_text("附件 0/1")).to_be_visible()
    (file,) = kept(staff)
    assert (len(file["ops"]), file["named"], file["stored_at"]) == (1, False, None)
    assert CHUNK < file["size"] <= 400_000
    sent: list[int] = []

    def count(request: Request) -> None:
        headers = request.headers
        if "/blobs" in request.url and request.method in ("POST", "PATCH") and "dGh1bWI=" not in headers.get("upload-metadata", ""):
            sent.append(min(CHUNK, file["size"] - int(headers.get("upload-offset", "0"))))

    staff.page.on("request", count)
    if killed:

        def kill(route: Route) -> None:
            hall.kill()
            route.continue_()

        staff.context.route(lambda url: "/blobs/" in url, kill, times=1)
    staff.offline(False)
    if killed:
        staff.until(lambda: len(sent) >= 2)
        hall.start()
        staff.page.evaluate("dispatchEvent(new Event('online'))")
    expect(staff.pill).to_contain_text(SYNCED)
    expect(staff.page.get_by_text("附件 1/1")).to_be_visible()
    assert sum(sent) <= file["size"] + CHUNK * killed
    office.page.locator("a.cell").first.click()
    expect(office.page.get_by_text("附件 1/1")).to_be_visible()
    thumb = office.page.locator(".strip img")
    office.until(lambda: thumb.evaluate("(image) => image.naturalWidth") > 0)
    thumb.click()
    whole = office.page.locator("dialog .whole img")
    expect(whole).to_be_visible()
    office.becomes(lambda: whole.evaluate("(image) => image.naturalWidth"), 1600)
    assert whole.get_attribute("alt")


def test_a_sound_is_recorded_and_heard_at_the_desk(phone: MakePhone, desk: MakePhone) -> None:
    """A sound is served as it came, as an attachment, and still plays in its place."""
    staff, office = phone("staff"), desk("office")
    staff.open("/incident")
    staff.chip("纠纷争执").click()
    staff.button("录音").click()
    expect(staff.page.get_by_role("button", name=AT_LEAST_2_SECONDS)).to_be_visible()
    staff.button("停止", exact=False).click()
    expect(staff.page.locator(".strip audio")).to_have_count(1)
    staff.button("报告", exact=False).last.click()
    expect(staff.page.get_by_text("附件 1/1")).to_be_visible()
    office.open("/incidents")
    office.page.locator("a.cell").first.click()
    sound = office.page.locator(".strip audio")
    expect(sound).to_be_visible()
    played = sound.evaluate(
        "(audio) => { audio.muted = true; return audio.play().then(() => audio.duration > 1 || audio.duration === Infinity); }"
    )
    assert played
