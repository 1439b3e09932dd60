"""A real server of the demo hall in its own process, which a journey may kill at any moment and start again on the same port and data."""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.app import DOMAINS, system_clock
from server.seed import enliven, open_sites
from server.settings import Settings
from server.store.institutions import Institutions
from tests.support.serve import serve

# A journey goes through a server that is killed in the middle; nightly also through one that stays, which shows less.
KILLED = pytest.mark.parametrize(
    "killed", [pytest.param(False, id="server stays", marks=pytest.mark.nightly), pytest.param(True, id="server killed in between")]
)
ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS_MAX = 120
ANSWER_SECONDS_MAX = 60
STOP_SECONDS_MAX = 60
# Linux gives those from 32768 on to whoever asks for any.
PORTS = (20_000, 32_768)
# Each server is a process of its own, forked from one that has read the program already.
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["pytest", "tests.support.serve"])


def free_port() -> int:
    """A port nobody listens on just now; one no connection is given by the system while the server that had it is down."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", random.SystemRandom().randrange(*PORTS)))
            return int(probe.getsockname()[1])


def build_app() -> None:
    """Build the PWA if it is stale. `./run test` has done so before; a bare pytest relies on this."""
    subprocess.run([ROOT / "run", "build"], check=True, stdout=subprocess.DEVNULL)


def morning_ms() -> int:
    """How far journeys are ahead of the real clock: they begin on the Tuesday of calendar week 48 of 2026 at 9:40 in the hall's zone."""
    begin = datetime(2026, 11, 24, 9, 40, tzinfo=ZoneInfo("Asia/Shanghai"))
    return int(begin.timestamp() * 1000) - time.time_ns() // 1_000_000


class Hall:
    """The server process of one data folder. `url` stays the same over kills and restarts; `ahead_ms` is its lead over the real clock.

    `phones` are the profiles of phones that are signed in here already, by persona; who uses one takes it out.
    """

    def __init__(self, data: Path, ahead_ms: int | None = None, site: str = "yunting") -> None:
        self.data = data
        self.site = site
        self.ahead_ms = morning_ms() if ahead_ms is None else ahead_ms
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data.parent / f"{data.name}.log"
        self.phones: dict[str, Path] = {}
        self._process: ForkServerProcess | None = None

    @classmethod
    def copy_of(cls, seeded: Path, data: Path, ahead_ms: int | None = None) -> "Hall":
        """A hall, not started, with a copy of the data under `seeded`, and the phones under it; both must be stopped."""
        shutil.copytree(seeded / "data", data)
        one = cls(data, ahead_ms)
        one.phones = {profile.name: profile for profile in (seeded / "phones").iterdir()}
        return one

    @classmethod
    def served(cls, url: str, ahead_ms: int) -> "Hall":
        """A hall for which a server of this very process answers; it is neither started nor stopped here."""
        one = cls(Path(), ahead_ms)
        one.url = url
        return one

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = PROCESSES.Process(target=serve, args=(self.port, self.data, self.ahead_ms, self.log))
        self._process.start()
        self._await_answer()

    def enliven(self) -> None:
        """Examples in every list of every role, as a demo hall begins with; before it is started."""
        with ThreadPoolExecutor(1) as thread:  # a driver of browsers has a loop in this one
            thread.submit(asyncio.run, self._enliven()).result()

    async def _enliven(self) -> None:
        institutions = Institutions(DOMAINS)
        settings = Settings(data=self.data, examples=0)
        stores = await open_sites(settings, institutions, lambda: system_clock() + self.ahead_ms)
        for store in stores:
            if store.facts.id == self.site:
                await enliven(store, institutions, settings.seed)
            await store.close()

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kill it and start it again on the same port and data."""
        self.kill()
        self.start()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def names(self, locale: str = "zh_Hans") -> str:
        """The hall's name as the door shows it, by default in Simplified Chinese."""
        names = self._site()["names"]
        return str(names.get(locale, names["zh_Hans"]))

    def person(self, persona: str) -> str:
        """The name of a demo persona."""
        return next(str(one["name"]) for one in self._site()["personas"] if one["id"] == persona)

    def _site(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/config", timeout=ANSWER_SECONDS_MAX) as answer:
            return next(site for site in json.load(answer)["sites"] if site["id"] == self.site)

    def _end(self, by: signal.Signals) -> None:
        if self._process is not None and self._process.pid is not None and self.running:
            os.kill(self._process.pid, by)
            self._process.join(STOP_SECONDS_MAX)
            assert not self.running, "the server did not end"
        self._process = None

    def _await_answer(self) -> None:
        until = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2).close()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if not self.running:
                    break
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"the server did not answer:\n{self.log.read_text(encoding='utf-8', errors='replace')[-4000:]}")
