"""axe-core, best practices included, finds nothing on any screen: both scripts, three text sizes, sheets and questions open."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import MakeBoard, MakePhone, Phone, axe_violations
from tests.support.hall import Hall

pytestmark = [pytest.mark.chromium, pytest.mark.long]
LANGUAGES = ("zh_Hans", "zh_Hant_TW")
SIZES = ("standard", "large", "elder")
EVERYBODY = ("/me", "/todo", "/messages", "/outbox", "/storage", "/settings", "/pin", "/nowhere", "/incident", "/incidents")
READING = re.compile("正在读取|正在讀取")
SCREENS = {
    "staff": ("/post", "/records", *EVERYBODY),
    "head": ("/post", "/records", "/visit-results"),
    "inspector": ("/patrol", "/findings"),
    "office": (
        *("/overview", "/findings", "/visit-results", "/pair", "/devices", "/held", "/registers", "/registers/away"),
        *("/bulletins", "/zone-codes", "/leave/policy/types/annual"),
    ),
    "efficiency": ("/irregular", "/irregular/new", "/ties", "/rounds", "/video"),
    "checklead": ("/visits", "/devices", "/held"),
    "leader": ("/overview", "/visit-results", "/indices"),
    "shopper": ("/missions", "/me"),
    "admin": ("/pair", "/devices", "/held", "/rescue"),
}


def check(phone: Phone, where: str) -> list[str]:
    """Every text size on the screen as it stands."""
    found = []
    for size in SIZES:
        phone.page.evaluate("size => { document.documentElement.dataset.size = size; }", size)
        found += [f"{where} ({size}): {fault}" for fault in axe_violations(phone.page, resized=size != SIZES[0])]
    return found


def speak(phone: Phone, language: str) -> None:
    """Switch the language as the settings do."""
    phone.page.evaluate("language => localStorage.setItem('zg.locale', language)", language)


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


def open_leave(phone: Phone) -> None:
    phone.button("离岗", exact=False).click()


def open_post(phone: Phone) -> None:
    phone.page.locator("button.cell").first.click()


def open_observation(phone: Phone) -> None:
    phone.button("开始巡查", exact=False).or_(phone.page.locator(".tile")).first.click()
    phone.page.locator(".tile").first.click()
    phone.chip("空岗-无告示").click()


def open_finish(phone: Phone) -> None:
    phone.button("开始巡查", exact=False).or_(phone.page.locator(".tile")).first.wait_for()
    if phone.page.locator(".tile").count() == 0:
        phone.button("开始巡查", exact=False).click()
    phone.button("结束巡查", exact=False).click()


def open_sign_out(phone: Phone) -> None:
    phone.page.goto(f"{phone.url}/me")
    phone.button("退出登录").click()


def open_device(phone: Phone) -> None:
    phone.open("/devices")
    phone.page.locator("a.cell").first.click()
    phone.button("停用这台设备").click()


def open_lock(phone: Phone) -> None:
    phone.open("/pin")
    phone.button("设定 PIN").click()
    phone.page.get_by_label("新的 PIN").fill("271828")
    phone.page.get_by_label("再输一次").fill("271828")
    phone.button("确定").click()
    phone.button("立即锁定").click()


def open_checklist(phone: Phone) -> None:
    phone.page.locator("a.cell").first.click()
    phone.page.locator(".v-item").first.locator("label").filter(has=phone.page.get_by_role("radio", name="不合格", exact=True)).click()


ABOVE: list[tuple[str, Callable[[Phone], None], str]] = [
    ("staff", open_leave, "dialog[open]"),
    ("staff", open_post, "dialog[open]"),
    ("staff", open_sign_out, "dialog[open]"),
    ("inspector", open_observation, "dialog[open]"),
    ("inspector", open_finish, "dialog[open]"),
    ("shopper", open_checklist, ".v-item textarea"),
    ("admin", open_device, "dialog[open]"),
    ("admin", open_lock, "main.door input"),
]


@pytest.mark.parametrize("persona", SCREENS)
def test_no_screen_and_no_sheet_or_question_above_one_has_a_violation(persona: str, phone: MakePhone) -> None:
    person = phone(persona)
    found = []
    for language in LANGUAGES:
        speak(person, language)
        person.open()
        for path in SCREENS[persona]:
            person.page.evaluate(LINK, path)
            settled(person.page)
            found += check(person, f"{path} {language}")
    speak(person, LANGUAGES[0])
    for whose, open_it, shown in ABOVE:
        if whose == persona:
            person.open()
            open_it(person)
            expect(person.page.locator(shown).first).to_be_visible()
            found += check(person, open_it.__name__)
    assert found == []


def test_the_door_and_the_wall_have_no_violation(phone: MakePhone, board: MakeBoard, hall: Hall) -> None:
    stranger = phone()
    stranger.open()
    expect(stranger.page.get_by_role("button", name=hall.names())).to_be_visible()
    wall = board()
    assert check(stranger, "door") + check(wall, "wall") == []
