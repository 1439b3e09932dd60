"""The budgets of a phone that seconds and processors decide: each figure with its floor, taken in the same run on the same machine.

CPU is that of a page's main thread (Chromium's `TaskDuration` in thread time), which hardly depends on what else the machine does.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple

import msgspec
from playwright.sync_api import CDPSession, Playwright, expect

from server.domain.base import Face
from server.domain.facility.ops import ReportFault
from server.domain.hall.tables import PostRecord
from server.domain.presence.ops import PostPublic
from server.store.contract import Unit
from tests.support.browser import WALL, Board, Phone
from tests.support.floor import empty_page, visited
from tests.support.hall import Hall
from tests.support.present import device_of
from tests.support.server import RunningServer

SLOW = 4
"""A phone that costs little is so many times slower than this machine (Lighthouse's own choice)."""
FAULT = "三号窗口叫号屏不亮，群众看不到号"
HERTZ = 10
CHANGED = 40
HEAP_WAIT_MS = 500


class Start(NamedTuple):
    """One cold start. `seconds`, `first_paint_s`: on a slow phone; `cpu_ms`: at this machine's own pace."""

    seconds: float
    first_paint_s: float
    cpu_ms: float


class BoardLoad(NamedTuple):
    """A board under `HERTZ` commits a second of `CHANGED` windows each. `heap_bytes_per_hour`: what it grows by once it is warm."""

    commits_per_s: float
    cpu_ms_per_s: float
    nodes_before: int
    nodes_after: int
    heap_bytes_per_hour: float | None


class Soak(NamedTuple):
    """How long a board is watched: for its CPU and nodes first, then `warm` times until its code is compiled and its caches are full, then
    `counted` times for what still grows; `seconds` each time."""

    seconds: float
    warm: int
    counted: int


def fill(hall: Hall, rows: int) -> None:
    """So many faults reported by the inspector, which his phone and the office's have as rows."""
    device = device_of(hall, "inspector")
    posts = sorted(device.replica.bodies("post"))
    for n in range(rows):
        device.save("repair.report", ReportFault(posts[n % len(posts)], FAULT, device.replica.time.now()))
    assert all(result.st == "applied" for result in device.push())
    device.close()


@contextmanager
def thread_time(cdp: CDPSession) -> Iterator[Callable[[], float]]:
    """What the main thread has used so far, ms."""
    cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    def used_ms() -> float:
        metrics = {one["name"]: float(one["value"]) for one in cdp.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"] * 1000

    yield used_ms
    cdp.send("Performance.disable")


def cold_start(phone: Phone, shown: str, starts: int) -> Start:
    """From a new browser process to the first screen, without a network. The middle of several."""
    tries = []
    for _ in range(starts):
        phone.kill()
        page = phone.page
        with phone.slowed():
            begin = time.monotonic()
            page.goto(phone.url)
            page.locator(shown).first.wait_for(state="visible")
            seconds = time.monotonic() - begin
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        phone.kill()
        page = phone.page
        with thread_time(phone.cdp()) as used_ms:
            page.goto(phone.url)
            page.locator(shown).first.wait_for(state="visible")
            tries.append(Start(seconds, paint / 1000, used_ms()))
    return Start(*(median(column) for column in zip(*tries, strict=True)))


def floor(driver: Playwright, starts: int) -> Start:
    """What an empty page with a service worker takes."""
    empty = Phone(driver, "http://127.0.0.1:9", slow=SLOW)
    try:
        with empty_page() as url:
            visited(empty, url)
        return cold_start(empty, "#app", starts)
    finally:
        empty.destroy()


class Listed(NamedTuple):
    """A screen with a long list. `in_page`: how many of its `rows` the page holds at first; `cpu_ms` until they are there."""

    rows: int
    in_page: int
    cpu_ms: float


def long_list(phone: Phone, rows: int) -> Listed:
    """From the first screen to the list of all faults, at this machine's own pace."""
    page = phone.open()
    expect(page.get_by_role("navigation")).to_be_visible()
    page.evaluate("document.body.append(Object.assign(document.createElement('a'), {id: 'there', href: '/repairs'}))")
    with thread_time(phone.cdp()) as used_ms:
        before = used_ms()
        page.locator("#there").dispatch_event("click")
        page.get_by_role("list", name="报修与维修").get_by_role("listitem").first.wait_for()
        used = used_ms() - before
    return Listed(rows, page.get_by_role("list", name="报修与维修").get_by_role("listitem").count(), used)


TIMED = """(name) => new Promise((resolve) => {
  let pressed = 0;
  document.addEventListener("click", () => (pressed = performance.now()), { capture: true, once: true });
  new MutationObserver((_, observer) => {
    if (!pressed || !document.querySelector("[role=status]")?.textContent.includes(name)) return;
    observer.disconnect();
    resolve(performance.now() - pressed);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
})"""


def save_to_visible_ms(phone: Phone, times: int) -> list[float]:
    """From the finger on the button to the receipt on the screen, without a network, ms each: the record is on the disk then."""
    phone.offline()
    delays = []
    for _ in range(times):
        phone.open()
        phone.button("报告突发事件").click()
        phone.chip("停电").click()
        phone.page.evaluate(f"void (globalThis.seen = ({TIMED})('已存本机'))")
        phone.button("报告（联网后自动发送）").click()
        delays.append(float(phone.page.evaluate("globalThis.seen")))
    return delays


def changing(server: RunningServer, site: str, turn: int) -> None:
    """One commit which gives `CHANGED` windows another label."""
    place = server.app.gate.places[site]

    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            for post in tx.find(PostRecord)[:CHANGED]:
                ((body,),) = tx.sql.all("SELECT body FROM view_row WHERE kind = 'post.pub' AND rid = ?", (post.rid,))
                shown = msgspec.json.decode(body, type=PostPublic)
                shown.label = "on_post" if turn % 2 else "covered"
                tx.project(Face("post.pub", post.rid, frozenset({"pub"}), shown))

    server.call(lambda: place.store.write(unit))


def board_under_load(driver: Playwright, server: RunningServer, hall: Hall, admin: Phone, soak: Soak) -> BoardLoad:
    """A paired board while windows change all the time."""
    board = Board(driver, hall.url, ahead_ms=hall.ahead_ms, size=WALL)
    try:
        board.pair(admin)
        cdp = board.cdp()
        changing(server, hall.site, 0)
        before, _ = _memory(board, cdp)
        with thread_time(cdp) as used_ms:
            used = used_ms()
            commits, passed = _change(server, hall.site, soak.seconds)
            cpu_ms_per_s = (used_ms() - used) / passed
        after, _ = _memory(board, cdp)
        heaps = []
        for _ in range(soak.warm + soak.counted):
            _change(server, hall.site, soak.seconds)
            heaps.append(_memory(board, cdp)[1])
        grown = per_hour(heaps[soak.warm :], soak.seconds) if soak.counted else None
        return BoardLoad(commits / passed, cpu_ms_per_s, before, after, grown)
    finally:
        board.destroy()


def _change(server: RunningServer, site: str, seconds: float) -> tuple[int, float]:
    """Commits for so long, `HERTZ` a second; how many there were, and the seconds it took."""
    begin, commits = time.monotonic(), 0
    while (passed := time.monotonic() - begin) < seconds:
        commits += 1
        changing(server, site, commits)
        time.sleep(max(0.0, commits / HERTZ - passed))
    return commits, passed


def per_hour(readings: Sequence[int], seconds: float) -> float:
    """What readings so many seconds apart grow by in an hour: from the middle one of the first third to that of the last.

    One that is taken while the browser compiles is up to half a megabyte above its neighbours.
    """
    third = len(readings) // 3
    return (median(readings[-third:]) - median(readings[:third])) / ((len(readings) - third) * seconds) * 3600


def _memory(board: Board, cdp: CDPSession) -> tuple[int, int]:
    """Nodes on the page, bytes of its heap, when what is garbage is gone."""
    for _ in range(3):  # what was garbage's own goes with the next turn
        board.page.wait_for_timeout(HEAP_WAIT_MS)
        cdp.send("HeapProfiler.collectGarbage")
    return int(board.page.evaluate("document.querySelectorAll('*').length")), int(cdp.send("Runtime.getHeapUsage")["usedSize"])
