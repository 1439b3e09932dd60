"""到场凭据 on a phone whose browser reads no codes, without a network: by the app's camera, the phone's own, and by hand (PTL-09)."""

import json
from urllib.parse import quote

import pypdfium2
import pytest
from playwright.sync_api import Locator, expect

from tests.support.browser import DESK, MakePhone, Phone

pytestmark = pytest.mark.chromium

# The picture of a code before the camera; the browser's own reader is taken away, as WebKit and Firefox have none.
BEFORE_THE_CAMERA = """([path, modules]) => {
  delete globalThis.BarcodeDetector;
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const pen = canvas.getContext("2d");
  const draw = () => {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 640, 480);
    pen.translate(120, 40);
    pen.scale(400 / modules, 400 / modules);
    pen.fillStyle = "#000";
    pen.fill(new Path2D(path));
  };
  draw();
  setInterval(draw, 100);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
}"""

NO_CAMERA = "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"


def points(phone: Phone) -> list[str]:
    rounds = [json.loads(body) for body in phone.rows("round").values()]
    return next((one.get("points", []) for one in rounds if one["state"] == "running" and one.get("points")), [])


def picture_of(figure: Locator) -> tuple[str | None, int]:
    """A printed code: its path, and how many modules it is wide."""
    code = figure.locator("svg")
    expect(code.locator("path")).to_be_attached()
    return code.locator("path").get_attribute("d"), int((code.get_attribute("viewBox") or "").split()[2])


def test_the_code_printed_for_a_window_opens_its_sheet_on_a_round(phone: MakePhone) -> None:
    """PTL-09: offline, on a phone whose browser reads no codes; it names the window and is no proof of having been in its zone."""
    office, inspector = phone("office"), phone("inspector")
    office.open("/zone-codes")
    printed = office.page.locator(".windows figure")
    expect(printed).to_have_count(len(office.rows("post")))
    number = printed.nth(2).inner_text().strip()
    picture = picture_of(printed.nth(2))

    inspector.offline()
    inspector.button("开始巡查", exact=False).click()
    inspector.page.evaluate(BEFORE_THE_CAMERA, picture)
    inspector.button("扫窗口或分区的二维码", exact=False).click()
    expect(inspector.page.get_by_role("dialog")).to_contain_text(number)
    inspector.page.keyboard.press("Escape")
    expect(inspector.button("扫窗口或分区的二维码", exact=False)).to_contain_text("到场凭据 0 个分区")


def test_the_codes_of_all_windows_stand_on_the_printed_pages(phone: MakePhone) -> None:
    """PTL-03, on a desk: the frame of the screens cuts nothing off on paper."""
    office = phone("office", size=DESK)
    office.open("/zone-codes")
    windows = office.page.locator(".codes.windows figcaption")
    expect(windows.first).to_be_visible()
    paper = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(office.page.pdf(format="A4")))
    names = windows.all_inner_texts()
    assert len(names) > 60
    assert [name for name in names if name not in paper] == []


def test_a_zone_is_proven_by_the_camera_by_a_link_and_by_hand_on_a_phone_that_reads_no_codes(phone: MakePhone) -> None:
    """PTL-09: each way leaves its proof with the round that runs, offline; the server takes all three."""
    office, inspector = phone("office"), phone("inspector")
    office.open("/zone-codes")
    office.button("生成").click()
    printed = office.page.locator(".codes:not(.windows) figure")
    expect(printed.locator("svg path").first).to_be_attached()
    office.until(lambda: ("zone.codes", "zones") in office.rows("zone.codes"))
    codes = json.loads(office.rows("zone.codes")["zone.codes", "zones"])["codes"]
    scanned, linked, typed = list(codes)[:3]
    names = {zone["id"]: zone["names"]["zh_Hans"] for zone in json.loads(office.rows("hall")["hall", "hall"])["zones"]}
    figure = printed.filter(has_text=names[scanned]).first
    picture = picture_of(figure)
    short = printed.filter(has_text=names[typed]).first.locator("code").inner_text()

    inspector.offline()
    inspector.button("开始巡查", exact=False).click()
    page = inspector.page
    page.evaluate(BEFORE_THE_CAMERA, picture)
    inspector.button("扫窗口或分区的二维码", exact=False).click()
    expect(inspector.button("扫窗口或分区的二维码", exact=False)).to_contain_text("到场凭据 1 个分区")

    page.evaluate(NO_CAMERA)
    inspector.button("扫窗口或分区的二维码", exact=False).click()
    expect(page.get_by_text("没有得到相机")).to_be_visible()
    page.get_by_text("不能扫码时，输入分区码下方的短码").click()
    inspector.chip(names[typed]).click()
    page.get_by_label("短码").fill(short.lower())
    inspector.button("记下到场").click()
    expect(inspector.button("扫窗口或分区的二维码", exact=False)).to_contain_text("到场凭据 2 个分区")

    inspector.open(f"/zone?z={quote(codes[linked])}")
    expect(page.get_by_text(f"已记下到场：{names[linked]}")).to_be_visible()

    inspector.offline(False)
    inspector.becomes(lambda: points(inspector), sorted([scanned, linked, typed]))
