"""axe-core, best practices included, finds nothing on any screen, with sheets and questions open, in four languages and three text sizes,
and everything fits: on a phone of 360 px nothing stands out, is cut off or broken within a word.

By day each is looked at in one language and one size, which go on from one to the next; nightly in all of them. What buttons of a screen
open is found by pressing them, one after the other, without a network: by day on some of the screens, others each day.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from server import locales
from server.domain.incident.ops import Report
from sync import messages as m
from tests.support.browser import DESK, PHONE, WALL, Board, MakePhone, Phone, axe_violations, layout_faults
from tests.support.cast import Layout
from tests.support.hall import Hall
from tests.support.present import device_of
from tests.support.screens import DESKS, SCREENS
from tests.support.server import serve

pytestmark = [pytest.mark.chromium, pytest.mark.long]
LANGUAGES = {"zh_Hans": "简体中文", "zh_Hant_TW": "繁體中文（臺灣）", "zh_Hant_HK": "繁體中文（香港）", "en": "English"}
SIZES = ("standard", "large", "elder")
# Every combination comes up in twelve screens beside one another.
TURNS = [(language, size) for size in SIZES for language in LANGUAGES]
PIN = "271828"
DIALOG = "dialog[open]"
READING = re.compile("正在读取|正在讀取|Reading")
NARROW = {"width": 360, "height": 740}
# Each day another of so many parts of the screens has its buttons pressed.
PARTS = 12
PRESSES_MAX = 20
DAY_SECONDS = 86_400
UNPRESSED = ("/pin", "/settings")
"""Where a press changes what follows: the lock and the language."""


class Person(NamedTuple):
    """Somebody at the app in one language."""

    phone: Phone
    said: Callable[[str], str]

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.phone.button(self.said(name), exact=exact)

    def chip(self, name: str) -> Locator:
        return self.phone.page.locator("label").filter(has=self.phone.page.get_by_role("radio", name=self.said(name), exact=True))


def words_of(language: str) -> Callable[[str], str]:
    """What the app says in a language for a text in Simplified Chinese."""
    catalogue = {str(m.id): str(m.string or m.id) for m in locales.messages(locales.read(language))} if language != "zh_Hans" else {}
    return lambda text: catalogue.get(text, text)


# A link as the app has them; two frames later the way to the next screen has begun.
LINK = """async (path) => {
  const link = Object.assign(document.createElement("a"), { href: path });
  document.body.append(link);
  link.click();
  link.remove();
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}"""


def settled(page: Page) -> None:
    """The screen has been drawn: it has its heading and nothing is being read any more."""
    expect(page.locator("h1").first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=READING)).to_have_count(0)


def show(phone: Phone, path: str) -> None:
    """Go there as a link does."""
    phone.page.evaluate(LINK, path)
    settled(phone.page)


def speak(phone: Phone, language: str) -> None:
    show(phone, "/settings")
    phone.page.locator("label").filter(has_text=LANGUAGES[language]).click()
    expect(phone.page.locator(f"html[lang^='{language[:7].replace('_', '-')}']")).to_have_count(1)


def faults(phone: Phone, where: str, size: str) -> list[str]:
    """What is wrong on the screen as it stands, in a text size."""
    phone.page.evaluate("size => { document.documentElement.dataset.size = size; }", size)
    return [f"{where} ({size}): {fault}" for fault in axe_violations(phone.page) + layout_faults(phone.page)]


def filled(phone: Phone, path: str) -> str:
    """An address with a row of this person for every kind it names; `kind.field` is what such a row says there."""

    def one(match: re.Match[str]) -> str:
        name = match[1]
        if name == "outbox":
            return str(phone.stored("outbox")[0]["id"])
        kind = "visit.own" if name == "visit.own.visit" else name
        phone.until(lambda: bool(phone.rows(kind)))
        rows = phone.rows(kind)
        return str(json.loads(next(iter(rows.values())))["visit"]) if kind != name else max(rid for _, rid in rows)

    return re.sub(r"\{([\w.]+)\}", one, path)


def open_leave(one: Person) -> None:
    """Whoever is away comes back first."""
    back, leave = (one.button(name, exact=False) for name in ("返岗", "离岗"))
    back.or_(leave).first.wait_for()
    if back.count():
        back.click()
    leave.click()


def open_post(one: Person) -> None:
    one.phone.page.locator("button.cell").first.click()


def open_whole_leave(one: Person) -> None:
    one.button("全室离岗").click()


def open_extension(one: Person) -> None:
    open_leave(one)
    one.phone.page.locator(f"{DIALOG} .submit button").click()
    one.button("延长").click()


def open_tick(one: Person) -> None:
    show(one.phone, filled(one.phone, "/incidents/{incident}"))
    one.phone.page.locator("button.cell").first.click()


def open_observation(one: Person) -> None:
    show(one.phone, "/patrol")
    begin, tiles = one.button("开始巡查", exact=False), one.phone.page.locator(".tile")
    begin.or_(tiles).first.wait_for()
    if begin.count():
        begin.click()
    tiles.first.click()
    one.chip("空岗-无告示").click()


def open_finish(one: Person) -> None:
    show(one.phone, "/patrol")
    one.button("结束巡查", exact=False).click()


def open_sign_out(one: Person) -> None:
    show(one.phone, "/me")
    one.button("退出登录").click()


def open_device(one: Person) -> None:
    show(one.phone, "/devices")
    one.phone.page.locator("a.cell").first.click()
    one.button("停用这台设备").click()


def open_lock(one: Person) -> None:
    show(one.phone, "/pin")
    if one.button("设定 PIN").count():
        one.button("设定 PIN").click()
        one.phone.page.get_by_label(one.said("新的 PIN")).fill(PIN)
        one.phone.page.get_by_label(one.said("再输一次")).fill(PIN)
        one.button("确定").click()
    one.button("立即锁定").click()


def unlock(one: Person) -> None:
    one.phone.page.get_by_label("PIN").fill(PIN)
    one.button("解锁").click()
    expect(one.phone.page.get_by_role("navigation")).to_be_visible()


def open_checklist(one: Person) -> None:
    show(one.phone, "/missions")
    one.phone.page.locator("a.cell").first.click()
    one.phone.page.locator(".v-item").first.locator("label").filter(
        has=one.phone.page.get_by_role("radio", name=one.said("不合格"), exact=True)
    ).click()


ABOVE: dict[str, list[tuple[Callable[[Person], None], str]]] = {
    "staff": [(open_leave, DIALOG), (open_post, DIALOG), (open_extension, DIALOG), (open_sign_out, DIALOG)],
    "head": [(open_whole_leave, DIALOG)],
    "inspector": [(open_observation, DIALOG), (open_finish, DIALOG), (open_tick, DIALOG)],
    "shopper": [(open_checklist, ".v-item textarea")],
    "admin": [(open_device, DIALOG), (open_lock, "main.door input")],
}


@pytest.fixture(scope="module")
def hall(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """One hall for this file, with examples, an incident to deal with, and a record held for the administrator."""
    one = Hall.copy_of(seeded, tmp_path_factory.mktemp("lively") / "data")
    one.enliven()
    one.start()
    reporter, lost, admin = (device_of(one, persona) for persona in ("inspector", "standin", "admin"))
    for device in (reporter, lost):
        now = device.replica.time.now()
        device.save("incident.report", Report("other", max(device.replica.bodies("post")), now, 4))
    admin.http.delete(f"/s/{one.site}/devices/{lost.replica.dev}").raise_for_status()
    assert [[result.st for result in device.push()] for device in (reporter, lost)] == [["applied"], ["held"]]
    yield one
    one.kill()


def today() -> int:
    """A number that goes on by one each day."""
    return int(time.time() // DAY_SECONDS)


def turns(number: int, nightly: bool) -> list[tuple[str, str]]:
    """In which languages and sizes the screen at this place of the list is looked at now."""
    return TURNS if nightly else [TURNS[number % len(TURNS)]]


def screens(phone: Phone, persona: str, language: str, nightly: bool) -> list[str]:
    found = []
    every = [(one, path) for one, paths in SCREENS.items() for path in paths]
    for number, (whose, path) in enumerate(every):
        for size in [size for spoken, size in turns(number, nightly) if (whose, spoken) == (persona, language)]:
            show(phone, filled(phone, path))
            found += faults(phone, f"{path} {language}", size)
    return found


def above(one: Person, persona: str, language: str, nightly: bool) -> list[str]:
    """Sheets and questions: by day each in one size, and all of a person in one language, the next day in another."""
    found: list[str] = []
    if not nightly and language != list(LANGUAGES)[(len(persona) + today()) % len(LANGUAGES)]:
        return found
    for number, (open_it, shown) in enumerate(ABOVE.get(persona, [])):
        show(one.phone, "/")
        open_it(one)
        expect(one.phone.page.locator(shown).first).to_be_visible()
        for size in SIZES if nightly else [SIZES[(number + len(persona)) % len(SIZES)]]:
            found += faults(one.phone, f"{open_it.__name__} {language}", size)
        if open_it is open_lock:
            unlock(one)
        one.phone.page.keyboard.press("Escape")
        expect(one.phone.page.locator(DIALOG)).to_have_count(0)
    return found


# Buttons that look and read alike do alike, and so do those of a list: of each the first is pressed. Says which, whether something now
# stands above the screen, and whether it was left; what it does it has done by the fourth time the page has nothing else to do.
PRESS = """async (done) => {
  const words = (one) => (one.matches(".cell, .tile") ? "" : one.getAttribute("aria-label") ?? one.textContent.replace(/[0-9:]+/g, ""));
  const kind = (one) => `${one.className} ${words(one)}`;
  const fits = (one) => one.checkVisibility() && !one.disabled && one.type !== "submit" && !done.includes(kind(one));
  const next = [...document.querySelectorAll("main button, main summary")].find(fits);
  if (!next) return null;
  const here = location.pathname, pressed = kind(next);
  next.click();
  const idle = () => new Promise((go) => requestIdleCallback(go, { timeout: 1000 }));
  for (let wait = 0; wait < 4 && !document.querySelector("dialog[open]"); wait += 1) await idle();
  return { pressed, opened: document.querySelector("dialog[open]") !== null, left: here !== location.pathname };
}"""


def pressed(phone: Phone, persona: str, language: str, nightly: bool) -> list[str]:
    """What the buttons of this person's screens open, in one language and, by day, one size."""
    found, seen = [], 0
    for number, path in enumerate(path for path in SCREENS[persona] if path not in UNPRESSED):
        if not nightly and (number + len(persona) + today()) % PARTS:
            continue
        done: list[str] = []
        here = filled(phone, path)
        show(phone, here)
        while len(done) < PRESSES_MAX and (one := phone.page.evaluate(PRESS, done)):
            done.append(one["pressed"])
            if one["opened"]:
                seen += 1
                for size in SIZES if nightly else [SIZES[seen % len(SIZES)]]:
                    found += faults(phone, f"{path}: {one['pressed']} {language}", size)
                phone.page.keyboard.press("Escape")
            if one["left"]:
                show(phone, here)
            elif one["opened"] and phone.page.locator(DIALOG).count():
                phone.open(here)
                settled(phone.page)
    print(f"  {persona}: {seen} opened")
    return found


@pytest.mark.parametrize("persona", SCREENS)
def test_no_screen_and_no_sheet_or_question_above_one_has_a_violation(persona: str, phone: MakePhone, pytestconfig: pytest.Config) -> None:
    nightly = bool(pytestconfig.getoption("--nightly"))
    person = phone(persona, size=DESK if persona in DESKS else PHONE)
    person.page.emulate_media(reduced_motion="reduce")
    if persona not in DESKS:
        person.page.set_viewport_size(NARROW)
    if persona == "staff":
        report_something(person)
    found = []
    for language in LANGUAGES:
        speak(person, language)
        found += screens(person, persona, language, nightly)
        found += above(Person(person, words_of(language)), persona, language, nightly)
    person.offline()
    found += pressed(person, persona, list(LANGUAGES)[-1], nightly)
    assert found == [], "\n".join(found)


def report_something(phone: Phone) -> None:
    """So that there is a record in the outbox."""
    show(phone, "/incident")
    phone.chip("停电").click()
    phone.page.locator(".submit button").click()
    expect(phone.page.locator("h1")).to_have_text("突发事件")


def test_the_door_and_the_first_start_have_no_violation(driver: Playwright, phone: MakePhone, hall: Hall, tmp_path: Path) -> None:
    found = []
    for language in ("zh-CN", "zh-TW"):
        stranger = phone(language=language)
        stranger.open()
        expect(stranger.page.get_by_role("button", name=hall.names("zh_Hant_TW" if language == "zh-TW" else "zh_Hans"))).to_be_visible()
        found += [fault for size in SIZES for fault in faults(stranger, f"door {language}", size)]
    with serve(mode="empty", data=tmp_path / "data") as empty:
        first = Phone(driver, empty.base_url)
        first.open()
        expect(first.page.get_by_label("首次启动代码")).to_be_visible()
        found += [fault for size in SIZES for fault in faults(first, "setup", size)]
        first.destroy()
    assert found == [], "\n".join(found)


def test_the_wall_has_no_violation_before_it_is_paired_and_in_each_layout(
    driver: Playwright, hall: Hall, pytestconfig: pytest.Config
) -> None:
    """By day in the lobby's layout and, each day, another one."""
    admin = device_of(hall, "admin")
    others: tuple[Layout, ...] = ("door", "whereabouts", "overview")
    chosen = others if pytestconfig.getoption("--nightly") else (others[today() % len(others)],)
    found = []
    for layout in ("hall", *chosen):
        wall = Board(driver, hall.url, ahead_ms=hall.ahead_ms, size=WALL)
        code = wall.code()
        if layout == "hall":
            found += faults(wall, "pairing", SIZES[0])
        unit = max(admin.replica.bodies("post").values(), key=lambda post: str(post["number"]))["unit"] if layout == "door" else ""
        admin.post("displays/confirm", m.PairingConfirm(code, "大厅", layout, unit)).raise_for_status()
        expect(wall.page.locator("main.wall")).to_be_visible()
        found += faults(wall, layout, SIZES[0])
        assert wall.errors == []
        wall.destroy()
    assert found == [], "\n".join(found)
