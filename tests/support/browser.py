"""Real Chromium for journeys: a phone is one profile with its own storage, an offline switch and a tap counter."""

import json
import os
import re
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, CDPSession, Locator, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.support import memory

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
# What a phone calls its hall, wherever that listens: a profile made at one hall then serves at any copy of it.
HOME = "http://hall.localhost"
# What Playwright itself turns off, as the last list given holds alone, and two pages of suggestions no headless browser shows.
WITHOUT = (
    "AimEnabled,AvoidCorsURLLoaderRestartOnRedirect,AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,"
    "HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,LensOverlay,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,"
    "PreconnectToSearch,ThirdPartyStoragePartitioning,WebUIOmniboxAimPopup,WebUIOmniboxPopup"
)
FLAGS = [
    f"--disable-features={WITHOUT}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that beeps.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
WALL = {"width": 1920, "height": 1080}
SYNCED = "已同步"
# Whether the worker has kept what this page has loaded of the institutions that follow the first screens.
KEPT = """Promise.all(performance.getEntriesByType("resource").map(({name}) => new URL(name).pathname)
  .filter((path) => /^\\/assets\\/(x\\.|more-)/.test(path)).map((path) => caches.match(path)))
  .then((all) => all.length > 0 && all.every(Boolean))"""

# When something is given up: far beyond what a busy machine needs, as a journey that works never waits for it.
UNTIL_SECONDS_MAX = 60
ACTION_MS_MAX = 30_000
LOOK_AGAIN_MS = 50
expect.set_options(timeout=ACTION_MS_MAX)
# Of a journey that failed: so much of each screen is told.
LOOKS_CHARS_MAX = 700
LOOKS_MS_MAX = 5_000


def chromium_path() -> str:
    """The Chromium of this machine."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("no Chromium: apt install chromium, or leave the browser tests out with --without-chromium")
    return path


@contextmanager
def playwright() -> Iterator[Playwright]:
    """Playwright itself; it drives the machine's own Chromium and downloads nothing."""
    with sync_playwright() as driver:
        yield driver


# The page's clocks are as far ahead of the real ones as the hall's; `passTime` lets more time go by for both of them.
AHEAD = """{
  let ahead_ms = %d;
  let passed_ms = 0;
  const Real = Date;
  globalThis.Date = class Date extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + ahead_ms);
      else super(...given);
    }
    static now() {
      return Real.now() + ahead_ms;
    }
  };
  const mono = performance.now.bind(performance);
  performance.now = () => mono() + passed_ms;
  globalThis.passTime = (ms, mono_ms = ms) => {
    ahead_ms += ms;
    passed_ms += mono_ms;
  };
}"""


class Phone:
    """One person's browser profile. `open` starts the app, `kill` ends the browser process; storage stays between them.

    `at` is where its hall listens; `ready` is the profile of a phone that has been signed in at a hall this one is a copy of. In a `job`
    its processor is `slow` times slower; beside its seconds stands what an empty page takes there, if `floor_seconds` says so.
    """

    running: ClassVar[list["Phone"]] = []
    """Every browser of this process that is open just now."""

    def __init__(
        self,
        driver: Playwright,
        at: str,
        *,
        ahead_ms: int = 0,
        language: str = "zh-CN",
        size: dict[str, int] = PHONE,
        slow: int = 1,
        floor_seconds: float | None = None,
        ready: Path | None = None,
    ) -> None:
        self.url = HOME
        self.taps = 0
        self.slow = slow
        self._beside = "" if floor_seconds is None else f", an empty page {floor_seconds:.2f} s"
        self._rate = 1
        self._throttles: dict[Page, CDPSession] = {}
        self.errors: list[str] = []
        self._ahead_ms = ahead_ms
        self._passed_ms = self._opened_at = 0
        self._driver = driver
        self._at = at
        self._flags = [*FLAGS, f"--host-resolver-rules=MAP {urlsplit(HOME).netloc} {urlsplit(at).netloc}"]
        self._profile = tempfile.mkdtemp(prefix="zaigang-phone-", dir=memory.folder())
        if ready:
            shutil.copytree(ready, self._profile, dirs_exist_ok=True)
        self._options: dict[str, Any] = {"locale": language, "timezone_id": "Asia/Shanghai", "viewport": size, "has_touch": size is PHONE}
        self._context: BrowserContext | None = None
        self._offline = False

    # The app -----------------------------------------------------------------------------------------------------

    def open(self, path: str = "/") -> Page:
        """Start the app if it is not running and go to `path`."""
        page = self._running().pages[0]
        self._opened_at = time.time_ns() // 1_000_000 + self._ahead_ms + self._passed_ms
        page.goto(self.url + path)
        return page

    def tab(self, path: str = "/") -> Page:
        """A second tab of the same profile."""
        page = self._watched(self._running().new_page())
        page.goto(self.url + path)
        return page

    def kill(self) -> None:
        """End the whole browser; nothing on the page gets a chance to save itself."""
        context, self._context = self._context, None
        self._throttles.clear()
        if context is not None:
            self.running.remove(self)
            context.close()

    def crash(self) -> None:
        """SIGKILL to every process of this browser: what it had not written is lost."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        with suppress(PlaywrightError):  # the driver may have noticed
            self.kill()
        self._gone()
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (self.profile / name).unlink(missing_ok=True)

    def _processes(self) -> list[int]:
        """Those of this browser, as far as they are alive."""
        mine = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"--user-data-dir={self._profile}" in (process / "cmdline").read_bytes().decode().split("\0"):
                    mine.append(int(process.name))
        return mine

    def _gone(self) -> None:
        """A process that was killed holds its files for a moment more: the next browser finds them locked, and begins without them."""
        give_up = time.monotonic() + UNTIL_SECONDS_MAX
        while left := self._processes():
            assert time.monotonic() < give_up, f"killed, and still there: {left}"
            time.sleep(LOOK_AGAIN_MS / 1000)

    def destroy(self) -> None:
        """End the browser and forget its profile."""
        self.kill()
        shutil.rmtree(self._profile, ignore_errors=True)

    @property
    def page(self) -> Page:
        """The first tab."""
        return self._running().pages[0]

    @property
    def profile(self) -> Path:
        """Where this browser keeps everything."""
        return Path(self._profile)

    @property
    def context(self) -> BrowserContext:
        return self._running()

    def offline(self, value: bool = True) -> None:
        """Cut the network or bring it back, for pages and service worker alike."""
        self._offline = value
        self._running().set_offline(value)

    def pass_ms(self, ms: int, *, heard: bool = False) -> None:
        """Time goes on by `ms` on this device. `heard`: a screen that had contact all along, which only reads another time of day."""
        self._passed_ms += ms
        script = f"passTime({ms}, {0 if heard else ms})"
        self._running().add_init_script(script)
        for page in self._running().pages:
            page.evaluate(script)

    def outside(self, url: str) -> str:
        """An address of the hall for those who do not know it by the name this browser has for it."""
        return url.replace(HOME, self._at, 1)

    def cdp(self) -> CDPSession:
        """The protocol session of the first tab."""
        return self._running().new_cdp_session(self.page)

    def _running(self) -> BrowserContext:
        if self._context is None:
            self._context = self._driver.chromium.launch_persistent_context(
                self._profile, executable_path=chromium_path(), headless=True, args=self._flags, **self._options
            )
            self._context.set_default_timeout(ACTION_MS_MAX)
            self._context.add_init_script(AHEAD % self._ahead_ms)
            self._context.set_offline(self._offline)
            self._watched(self._context.pages[0])
            self.running.append(self)
        return self._context

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        if self._rate > 1:
            self._throttle(page)
        return page

    @contextmanager
    def slowed(self) -> Iterator[None]:
        """For as long as something is measured: it keeps a processor of this machine busy, even when the page does nothing."""
        before = self._rate
        self._pace(self.slow)
        try:
            yield
        finally:
            self._pace(before)

    def _pace(self, rate: int) -> None:
        self._rate = rate
        for page in self._context.pages if self._context else ():
            self._throttle(page)

    def _throttle(self, page: Page) -> None:
        if page not in self._throttles:
            self._throttles[page] = self._running().new_cdp_session(page)
        self._throttles[page].send("Emulation.setCPUThrottlingRate", {"rate": self._rate})

    # The finger --------------------------------------------------------------------------------------------------

    def tap(self, target: Locator) -> None:
        """One tap, counted against the job's budget."""
        self.taps += 1
        target.click()

    def hold(self, target: Locator) -> None:
        """One press of a second, counted like a tap."""
        self.taps += 1
        target.click(delay=1000)

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    @contextmanager
    def job(self, name: str, taps_max: int) -> Iterator[None]:
        """A job from the home screen with its tap budget; prints what it took."""
        before, start = self.taps, time.monotonic()
        with self.slowed():
            yield
        taps, seconds = self.taps - before, time.monotonic() - start
        print(f"\n  {name}: {taps} taps (at most {taps_max}), {seconds:.2f} s at {self.slow}x CPU{self._beside}")
        assert taps <= taps_max, f"{name} took {taps} taps"

    # What people do and see everywhere --------------------------------------------------------------------------------

    def sign_in(self, hall: str, person: str) -> None:
        """Through the door of the demo; done when the first screen is there and everything is synced."""
        self.enter(hall, person)
        self.arrived()

    def enter(self, hall: str, person: str) -> None:
        """Through the door of the demo: the hall, then who to be."""
        page = self.open()
        page.get_by_role("button", name=hall).click()
        page.get_by_role("button", name=person).click()

    def arrived(self) -> None:
        """Wait until the first screen is there, all rows of the hall are, and the worker has kept what follows the first screens."""
        expect(self.page.get_by_role("navigation")).to_be_visible()
        expect(self.pill).to_contain_text(SYNCED)
        self.until(self._caught_up)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        self.until(lambda: bool(self.page.evaluate(KEPT)))

    def fetched(self) -> None:
        """Wait until the screens one may go to are on the device: what follows may happen without a network."""
        self.until(lambda: self.page.evaluate("localStorage.getItem('zg.ahead')") is not None)

    def _caught_up(self) -> bool:
        """The hall has answered since the app was opened, and nothing is left to be fetched: the pill speaks of the outbox alone."""
        metas = [one for one in self.stored("meta") if isinstance(one, dict)]
        sync, clock = (next(one for one in metas if field in one) for field in ("snaps", "contact_at"))
        left = sync["snaps"] or sync["fill"] or sync["differs"] or not sync["cur"]
        return not left and (clock["contact_at"] or 0) >= self._opened_at

    @property
    def pill(self) -> Locator:
        """The status pill of the header."""
        return self.page.locator("header a[href='/outbox']")

    def chip(self, name: str) -> Locator:
        """A choice among chips."""
        return self.page.locator("label").filter(has=self.page.get_by_role("radio", name=name))

    @property
    def receipt(self) -> Locator:
        """The local receipt, later the server's."""
        return self.page.get_by_role("status").filter(has_text="编号").or_(self.page.get_by_role("status").filter(has_text="回执号"))

    def rows(self, *kinds: str) -> dict[tuple[str, str], str]:
        """Every row this device has from the server, or those of some kinds."""
        return {(row["k"], row["rid"]): row["d"] for row in self.stored("rows", *kinds)}

    def stored(self, store: str, *kinds: str) -> list[Any]:
        """Everything in one store of the person's database, or those rows of it that are of some kinds."""
        (database,) = self.databases()
        return rows_of(self.page, database, store, *kinds)

    def databases(self) -> list[str]:
        """The names of the databases of people on this device."""
        names = self.page.evaluate("indexedDB.databases().then(all => all.map(one => one.name))")
        return [name for name in names if re.fullmatch(r"zg:\w+:[\w@-]+", name)]

    def until(self, reached: Callable[[], bool], seconds_max: float = UNTIL_SECONDS_MAX) -> None:
        """Look again and again until the device is where the journey wants it."""
        self.becomes(lambda: bool(reached()), True, seconds_max)

    def becomes(self, look: Callable[[], T], wanted: T, seconds_max: float = UNTIL_SECONDS_MAX) -> None:
        """Look again and again until what is seen is what is `wanted`; who gives up says what was seen instead."""
        give_up = time.monotonic() + seconds_max
        while (seen := look()) != wanted:
            assert time.monotonic() < give_up, f"after {seconds_max} s still {seen!r}, not {wanted!r}"
            self.page.wait_for_timeout(LOOK_AGAIN_MS)

    def looks(self) -> str:
        """What its screens show and its database holds just now, for whoever reads why a journey failed."""
        told = [f"errors {self.errors}"] if self.errors else []
        try:
            # A page that a journey has frozen answers nothing, and only what has a time limit comes back from it.
            for page in self.context.pages:
                told.append(str(page.wait_for_function(LOOKS, arg=LOOKS_CHARS_MAX, timeout=LOOKS_MS_MAX).json_value()))
            kinds = Counter(kind for kind, _ in self.rows())
            sent = [f"{op['seq']} {json.loads(op['body'])['k']} {op.get('result', {}).get('st', 'unsent')}" for op in self.stored("outbox")]
            told.append(f"outbox: {', '.join(sent) or 'empty'}; rows: {', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))}")
        except (PlaywrightError, ValueError) as error:
            told.append(f"no more can be read: {error}")
        return "\n".join(told)


class Board(Phone):
    """A lobby screen."""

    def pair(self, admin: Phone) -> None:
        """Show the code, have it confirmed, wait for the windows."""
        admin.open(f"/pair?code={self.code()}")
        admin.button("确认配对").click()
        expect(admin.page.get_by_text("大屏已配对")).to_be_visible()
        expect(self.page.locator("[data-post]").first).to_be_visible()

    def code(self) -> str:
        """The code a new screen shows."""
        code = self.open("/display?site=yunting").locator(".code")
        expect(code).to_have_attribute("aria-label", re.compile(r"\d{6}"))
        return str(code.get_attribute("aria-label"))

    def labels(self) -> dict[str, str]:
        """The public label of every window."""
        return {rid: json.loads(body)["label"] for (_, rid), body in self.rows("post.pub").items()}

    def language(self) -> str:
        """The language the wall speaks at this moment."""
        return str(self.page.locator("html").get_attribute("lang"))

    def drawn(self) -> dict[str, tuple[str, str]]:
        """What is on the wall at this moment: the label of every window that stands there, and the times said of it."""
        return {post: (label, times) for post, label, times in self.page.evaluate(DRAWN)}


# In the page: where it is and what can be read there.
LOOKS = """(chars) => `${location.pathname}${location.search}: ${document.body.innerText.replace(/\\s+/g, " ").slice(0, chars)}`"""
DRAWN = """() => Array.from(document.querySelectorAll("[data-post]"), (cell) =>
  [cell.dataset.post, cell.dataset.label, cell.querySelector(".back")?.innerText.replace(/[^0-9:]/g, "") ?? ""])"""
MakePhone = Callable[..., Phone]
MakeBoard = Callable[[], Board]


def axe_violations(page: Page) -> list[str]:
    """What axe-core, best practices included, finds wrong on the page as it stands: rule and element, one line each."""
    page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished))")
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def layout_faults(page: Page) -> list[str]:
    """What does not fit on the page as it stands: what stands out at a side, what is cut off there, words broken by the end of a line."""
    return list(page.evaluate(LAYOUT))


# What scrolls sideways by itself may be wider than the page, and what ends in dots says so. Codes are no words; a tile may be too narrow
# for a name, and a column beside a state, in larger text, for a month that is kept with its day.
LAYOUT = """() => {
  const found = [];
  const say = (what, one) => found.push(`${what}: ${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 60)}`);
  const moves = (one) => /auto|scroll/.test(getComputedStyle(one).overflowX) && !one.matches("main");
  const scrolls = (one) => one !== null && (moves(one) || scrolls(one.parentElement));
  for (const one of document.querySelectorAll("body *:not(svg *, .sr, script)")) {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (!one.checkVisibility() || box.width === 0 || scrolls(one)) continue;
    if (box.right > innerWidth + 1 || box.left < -1) say("stands out", one);
    const cuts = /hidden|clip/.test(style.overflowX) && style.textOverflow === "clip";
    if (cuts && one.scrollWidth > one.clientWidth + 1) say("is cut off", one);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const top = (text, at) => (range.setStart(text, at), range.setEnd(text, at + 1), range.getBoundingClientRect().top);
  while (texts.nextNode()) {
    const text = texts.currentNode, one = text.parentElement;
    if (!one.checkVisibility() || one.closest(".sr, option, textarea, .tile")) continue;
    for (const { 0: word, index } of text.data.matchAll(/(?<!\\u00a0)\\b[A-Za-z]{2,20}\\b/g))
      if (top(text, index + word.length - 1) > top(text, index) + 4) say(`breaks ${word}`, one);
  }
  return found;
}"""


def rows_of(page: Page, database: str, store: str, *kinds: str) -> list[Any]:
    """Everything in one IndexedDB store of the page's origin, as JSON, opened with the vault of this device where it is sealed."""
    return list(json.loads(page.evaluate(f"({UNSEALED})({json.dumps([database, store, kinds])})")))


# What the app's own vault does (pwa/src/sync/seal.ts), said once more: a text begins with z1. and is base64 of nonce, ciphertext and tag.
UNSEALED = """async ([name, store, kinds]) => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const all = async (database, from, ranges = [null]) => {
    const db = await done(indexedDB.open(database));
    const store = db.objectStoreNames.contains(from) && db.transaction(from).objectStore(from);
    const values = store ? await Promise.all(ranges.map((range) => done(store.getAll(range)))) : [];
    db.close();
    return values.flat();
  };
  const open = async (key, bytes) =>
    new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, key, bytes.slice(12)));
  const vault = (await all("zg", "vaults")).find(({ site, uid }) => `zg:${site}:${uid}` === name);
  const raw = vault?.bare && await open(vault.device, vault.bare);
  const key = vault?.lease?.key ?? (raw && await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]));
  const plain = async (value) => typeof value === "string" && value.startsWith("z1.")
    ? new TextDecoder().decode(await open(key, Uint8Array.from(atob(value.slice(3)), (char) => char.charCodeAt(0))))
    : value;
  const opened = (value) => typeof value === "object" && value !== null && !Array.isArray(value)
    ? Promise.all(Object.entries(value).map(async ([field, of]) => [field, await plain(of)])).then(Object.fromEntries)
    : value;
  const ofKinds = kinds.length ? kinds.map((kind) => IDBKeyRange.bound([kind], [kind, []])) : [null];
  return JSON.stringify(await Promise.all((await all(name, store, ofKinds)).map(opened)));
}"""
