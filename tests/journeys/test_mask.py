"""Faces and documents on a photo are covered on the phone, before anything leaves it (PRV-10)."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone
from tests.support.photos import jpeg

pytestmark = pytest.mark.chromium

# How much the grey of neighbouring pixels differs in a square of 12 pixels: in the middle, and at a corner.
ROUGHNESS = """async (image) => {
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const rough = (x, y) => {
    const { data } = pen.getImageData(x, y, 12, 12);
    let sum = 0;
    for (let at = 4; at < data.length; at += 4) if ((at / 4) % 12) sum += Math.abs(data[at] - data[at - 4]);
    return sum;
  };
  return [rough(canvas.width / 2 - 6, canvas.height / 2 - 6), rough(4, 4)];
}"""


def test_what_is_painted_over_is_gone_from_the_photo_that_is_kept(phone: MakePhone, tmp_path: Path) -> None:
    """PRV-10: offline, from the photo just taken; the one without the cover is not kept."""
    (tmp_path / "photo.jpg").write_bytes(jpeg(1200, 900, quality=90))
    staff = phone("staff")
    staff.open("/incident")
    staff.page.locator("input[type=file]").set_input_files(tmp_path / "photo.jpg")
    photo = staff.page.locator(".strip img")
    expect(photo).to_have_count(1)
    before = photo.get_attribute("src")
    middle, corner = photo.evaluate(ROUGHNESS)
    assert middle > corner / 3
    staff.offline()
    photo.click()
    canvas = staff.page.locator("dialog canvas")
    expect(canvas).to_have_js_property("width", 1200)
    canvas.hover()  # once the sheet stands still
    box = canvas.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    staff.page.mouse.move(x - box["width"] / 8, y)
    staff.page.mouse.down()
    staff.page.mouse.move(x + box["width"] / 8, y, steps=3)
    staff.page.mouse.up()
    staff.page.locator("dialog").get_by_role("button", name="保存").click()
    expect(photo).not_to_have_attribute("src", str(before))
    expect(photo).to_have_count(1)
    middle, corner = photo.evaluate(ROUGHNESS)
    assert middle < corner / 3
