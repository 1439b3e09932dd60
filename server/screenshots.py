"""`python -m server screenshots`: the pictures of the documentation and of the install sheet, taken of a fresh demo hall on a working day.

Needs what `./run test` installs (Playwright and a Chromium); everything happens in a temporary folder.
"""

import argparse
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from server.app import create_app, system_clock
from server.serve import Server, config
from server.settings import ROOT, Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = ROOT / "docs" / "images"
LANGUAGES = {"zh_Hans": "zh-CN", "zh_Hant_TW": "zh-TW"}
INSTALL = ROOT / "pwa" / "public" / "screens"
INSTALL_LANGUAGES = {**LANGUAGES, "zh_Hant_HK": "zh-HK", "en": "en-GB"}
COLOURS = 64
"""Enough for flat surfaces and text; an install sheet is looked at for seconds."""
SCRIPTS = {"zh_Hans": "zh-Hans", "zh_Hant_TW": "zh-Hant"}
ROTATION_MS_MAX = 300_000
MORNING = datetime(2026, 11, 24, 9, 40, tzinfo=ZoneInfo("Asia/Shanghai"))
SITE = "yunting"
START_SECONDS_MAX = 30

# The page lives in the hall's time, or the demo hall of a Sunday would be closed.
AHEAD = "{ const now = Date.now, ahead = %d; Date.now = () => now() + ahead; }"


@contextmanager
def demo_hall(ahead_ms: int) -> Iterator[str]:
    """A demo hall in this process, ahead of the real clock; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(port=0, data=Path(folder))
        server = Server(config(create_app(settings, clock=lambda: system_clock() + ahead_ms), settings))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        give_up = time.monotonic() + START_SECONDS_MAX
        while not server.started and time.monotonic() < give_up:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.port}"
        server.should_exit = True
        thread.join()


def open_page(browser: "Browser", ahead_ms: int, locale: str, width: int, height: int) -> "Page":
    """A new visitor with a screen of this size."""
    context = browser.new_context(
        locale=INSTALL_LANGUAGES[locale], timezone_id="Asia/Shanghai", viewport={"width": width, "height": height}
    )
    context.add_init_script(AHEAD % ahead_ms + f"localStorage.setItem('zg.locale', '{locale}');")
    return context.new_page()


def sign_in(page: "Page", url: str, persona: str) -> None:
    """Through the door of the demo hall as one of its people."""
    site = next(one for one in page.request.get(f"{url}/config").json()["sites"] if one["id"] == SITE)
    name = next(one["name"] for one in site["personas"] if one["id"] == persona)
    page.goto(url)
    page.get_by_role("button", name=site["names"][page.evaluate("localStorage.getItem('zg.locale')")]).click()
    page.get_by_role("button", name=name).click()
    page.get_by_role("navigation").wait_for()


def take(browser: "Browser", url: str, ahead_ms: int, locale: str) -> None:
    """Phone, desk and lobby board in one language."""
    phone = open_page(browser, ahead_ms, locale, 390, 780)
    sign_in(phone, url, "staff")
    phone.locator(".submit .btn.big").click()
    phone.locator("dialog[open]").wait_for()
    shoot(phone, f"phone-{locale}")

    desk = open_page(browser, ahead_ms, locale, 1280, 800)
    sign_in(desk, url, "office")
    desk.goto(f"{url}/overview")
    desk.locator("main table, main .list").first.wait_for()
    shoot(desk, f"desk-{locale}")

    wall = open_page(browser, ahead_ms, locale, 1920, 1080)
    wall.goto(f"{url}/display?site={SITE}")
    code = wall.locator(".code").get_attribute("aria-label")
    confirmed: Any = desk.request.post(f"{url}/s/{SITE}/displays/confirm", data={"code": code, "label": "1"}, headers={"Origin": url})
    if not confirmed.ok:
        raise RuntimeError(f"pairing was answered with {confirmed.status}: {confirmed.text()}")
    wall.locator("[data-post]").first.wait_for()
    # The board changes its language when it has shown every page.
    wall.locator(f"html[lang^='{SCRIPTS[locale]}'] .cell").first.wait_for(timeout=ROTATION_MS_MAX)
    shoot(wall, f"board-{locale}")


def take_install(browser: "Browser", url: str, ahead_ms: int, locale: str) -> None:
    """What the browser shows before it installs the app: a narrow and a wide picture, named in the manifest of the language."""
    phone = open_page(browser, ahead_ms, locale, 390, 780)
    sign_in(phone, url, "staff")
    shoot(phone, f"narrow-{locale}", INSTALL)
    desk = open_page(browser, ahead_ms, locale, 1280, 800)
    sign_in(desk, url, "office")
    desk.goto(f"{url}/overview")
    desk.locator("main table, main .list").first.wait_for()
    shoot(desk, f"wide-{locale}", INSTALL)


def shoot(page: "Page", name: str, folder: Path = IMAGES) -> None:
    """Save what the page shows once it is at rest; pictures that travel with the app with few colours."""
    from PIL import Image

    path = folder / f"{name}.png"
    page.wait_for_timeout(800)
    page.screenshot(path=path)
    if folder == INSTALL:
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"wrote {path.relative_to(ROOT).as_posix()}")


def add_arguments(_: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_: argparse.Namespace) -> int:
    """Take every picture."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("screenshots: needs Chromium (apt install chromium)")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    INSTALL.mkdir(parents=True, exist_ok=True)
    ahead_ms = int(MORNING.timestamp() * 1000) - system_clock()
    with demo_hall(ahead_ms) as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic"])
        for locale in LANGUAGES:
            take(browser, url, ahead_ms, locale)
        for locale in INSTALL_LANGUAGES:
            take_install(browser, url, ahead_ms, locale)
        browser.close()
    return 0
