"""Journey: what a phone without a network recorded is carried by hand to an administrator (OFF-04): everything, once."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.test_photos import report_with
from tests.support.browser import SYNCED, MakePhone
from tests.support.hall import Hall
from tests.support.photos import jpeg

pytestmark = pytest.mark.chromium


def test_a_record_and_its_photo_are_carried_in_by_hand_once(hall: Hall, phone: MakePhone, desk: MakePhone, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(jpeg(1200, 900))
    staff, admin, office = phone("staff"), desk("admin"), desk("office")
    office.open("/incidents")
    expect(office.page.get_by_text("没有突发事件")).to_be_visible()
    staff.offline()
    report_with(staff, tmp_path / "photo.jpg")
    staff.becomes(lambda: len(staff.stored("outbox")), 1)
    staff.open("/outbox")
    with staff.page.expect_download() as download:
        staff.page.get_by_role("button", name="连同 1 件照片、录音导出").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert len(file.read_text().splitlines()) == 2

    admin.open("/rescue")
    for times, known in ((1, "0"), (2, "1")):
        admin.page.locator("input[type=file]").set_input_files(file)
        expect(admin.page.get_by_text("救援文件里的 1 条记录都已收下。")).to_have_count(times)
        expect(admin.page.locator("dl").first).to_contain_text(f"早已送达{known}")
        expect(admin.page.locator("dl").first).to_contain_text("照片、录音1")

    expect(office.page.locator("a.cell")).to_have_count(1)
    office.page.locator("a.cell").first.click()
    expect(office.page.get_by_text("附件 1/1")).to_be_visible()
    staff.offline(False)
    expect(staff.pill).to_contain_text(SYNCED)
    assert [op["result"]["st"] for op in staff.stored("outbox")] == ["applied"]
