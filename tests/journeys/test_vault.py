"""Journey (h), goal S6: a lost phone. What was recorded, received and begun on it cannot be read from its files once it is locked;
its PIN opens it without a network; an administrator ends it while it is open (T12, T21; docs/security.md).
"""

import json
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium
PIN = "271828"
CANARIES = 200
IN_ONE = 20
# A canary in eight bits a letter, or in sixteen.
ON_DISK = re.compile(rb"canary[0-9a-f]{16}|c\0a\0n\0a\0r\0y\0(?:[0-9a-f]\0){16}")


def canaries(count: int) -> list[str]:
    """Words nobody else writes."""
    return [f"canary{secrets.token_hex(8)}" for _ in range(count)]


def report(phone: Phone, words: Iterable[str], *, submit: bool = True) -> None:
    """A first report of an incident whose text holds `words`."""
    phone.open("/incident")
    phone.chip("停电").click()
    phone.page.locator("summary").filter(has_text="情况说明").click()
    phone.page.get_by_label("情况说明").fill(" ".join(words))
    if submit:
        phone.page.locator(".submit button").click()
        expect(phone.page.locator("h1")).to_have_text("突发事件")


def set_pin(phone: Phone) -> None:
    phone.open("/pin")
    phone.button("设定 PIN").click()
    phone.page.get_by_label("新的 PIN").fill(PIN)
    phone.page.get_by_label("再输一次").fill(PIN)
    phone.button("确定").click()
    expect(phone.button("更换 PIN")).to_be_visible()


def lock(phone: Phone) -> None:
    phone.open("/pin")
    phone.button("立即锁定").click()
    expect(phone.button("解锁")).to_be_visible()


def unlock(phone: Phone, pin: str = PIN) -> None:
    phone.page.get_by_label("PIN").fill(pin)
    phone.button("解锁").click()


def bytes_of(path: Path) -> bytes:
    """A running browser may take a file away."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def found_on_disk(profile: Path) -> dict[str, set[str]]:
    """Which canaries lie in which files of a browser profile, in the encodings a browser uses."""
    files = ((path.relative_to(profile).as_posix(), bytes_of(path)) for path in profile.rglob("*") if path.is_file())
    found = {name: {word.replace(b"\0", b"").decode() for word in ON_DISK.findall(data)} for name, data in files}
    return {name: which for name, which in found.items() if which}


def test_a_locked_phone_holds_nothing_readable_and_its_pin_opens_it_offline(hall: Hall, phone: MakePhone) -> None:
    staff, other = phone("inspector"), phone("staff")
    set_pin(staff)
    own, received, begun = canaries(160), canaries(20), canaries(20)
    for i in range(0, len(own), IN_ONE):
        report(staff, own[i : i + IN_ONE])
    report(other, received)
    expect(staff.pill).to_contain_text(SYNCED)
    staff.until(lambda: any(received[0] in body for body in staff.rows().values()))
    report(staff, begun, submit=False)
    staff.until(lambda: begun[-1] in json.dumps(staff.stored("drafts")))

    # The control: whoever holds the key finds every one of them.
    kept = json.dumps([staff.stored(store) for store in ("rows", "outbox", "drafts")])
    every = {*own, *received, *begun}
    assert len(every) == CANARIES
    assert {word for word in every if word in kept} == every
    lock(staff)
    staff.kill()
    assert found_on_disk(staff.profile) == {}

    staff.offline()
    staff.open()
    unlock(staff, "161803")
    expect(staff.page.get_by_text("PIN 不对，还可以试 9 次。")).to_be_visible()
    unlock(staff)
    expect(staff.page.get_by_role("navigation")).to_be_visible()
    staff.open("/incident?draft=1")
    expect(staff.page.get_by_label("情况说明")).to_have_value(re.compile(begun[0]))

    # The control of the scan itself: the same words kept in the clear are found.
    staff.page.evaluate(KEEP_CLEAR, sorted(every))
    staff.becomes(lambda: every - set().union(*found_on_disk(staff.profile).values()), set())


KEEP_CLEAR = """words => new Promise((resolve, reject) => {
  const request = indexedDB.open("control", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("words");
  request.onsuccess = () => {
    const tx = request.result.transaction("words", "readwrite", { durability: "strict" });
    for (const word of words) tx.objectStore("words").put([word, word], word);
    tx.oncomplete = () => resolve();
    tx.onerror = () => reject(tx.error);
  };
})"""


@pytest.mark.parametrize("stolen", [False, True], ids=["disabled", "reported stolen"])
def test_a_device_ended_while_it_is_open_closes_within_seconds_and_keeps_nothing(hall: Hall, phone: MakePhone, stolen: bool) -> None:
    staff, admin = phone("staff"), phone("admin")
    admin.open("/devices")
    admin.page.locator("a.cell").filter(has_text=hall.person("staff")).click()
    admin.button("停用这台设备").click()
    if stolen:
        admin.page.get_by_label("已丢失或被盗").check()
    began = monotonic()
    admin.page.get_by_role("alertdialog").get_by_role("button", name="停用", exact=True).click()

    expect(staff.page.get_by_text("这台设备已被停用，本机内容已清除。")).to_be_visible()
    print(f"\n  closed {monotonic() - began:.2f} s after the administrator's tap (goal S6: 5 s)")
    staff.becomes(lambda: kept_by(staff), ["zg"])
    staff.page.reload()
    expect(staff.page.get_by_role("button", name=hall.names())).to_be_visible()
    assert kept_by(staff) == ["zg"]


def kept_by(phone: Phone) -> list[str]:
    """Names of every database and file the app has on this device."""
    return list(phone.page.evaluate(NAMES))


NAMES = """async () => {
  const names = (await indexedDB.databases()).map(one => one.name);
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("zg").catch(() => null);
  for await (const name of folder?.keys() ?? []) names.push(name);
  return names;
}"""
