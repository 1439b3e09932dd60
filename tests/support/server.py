"""A real server on a free port, in a thread of the test: `with serve_demo() as server`, or `RunningServer(settings, domains, clock)`.

`call` runs a coroutine function on the server's own loop, for tests that look inside (ticks, stores).
"""

import asyncio
import atexit
import shutil
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from server.app import DOMAINS, App, create_app, system_clock
from server.domain.base import Domain
from server.serve import Server, config
from server.settings import Settings
from sync.units import DAY_MS
from tests.support import postgres

T = TypeVar("T")
START_SECONDS_MAX = 60
HALL_AHEAD_MS = 8 * 3_600_000
FOUNDED_MS_MAX = 30 * 60_000
_PASSED: set[int] = set()
"""When halls of clocks that go on by themselves were founded."""
POSTGRES = False
"""Whether servers stand on PostgreSQL (pytest --postgres)."""


class RunningServer:
    """The whole server: HTTP, sockets, ticks, its own data folder. `clock` gives ms since 1970."""

    def __init__(self, settings: Settings, domains: Sequence[Domain] = DOMAINS, clock: Callable[[], int] = system_clock) -> None:
        self.settings = settings
        self.app: App = create_app(settings, domains, clock)
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._thread.start()
        if not self._started.wait(START_SECONDS_MAX):
            raise TimeoutError("the server did not start")
        if self._failure is not None:
            raise self._failure

    @property
    def base_url(self) -> str:
        """Where HTTP is answered."""
        return f"{'https' if self.settings.tls_cert else 'http'}://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """Where sockets are opened."""
        return self.base_url.replace("http", "ws", 1)

    def call(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` on the server's loop and return what it returns."""

        async def run() -> T:
            return await work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(30)

    def tick(self) -> None:
        """Do now what time makes due."""
        self.call(self.app.tick)

    def close(self) -> None:
        """Stop in good order; the data folder stays."""
        self._server.should_exit = True
        self._thread.join(30)
        assert not self._thread.is_alive(), "the server did not stop"

    def _run(self) -> None:
        chosen = config(self.app, self.settings)
        self._server = Server(chosen, self._listening)
        with asyncio.Runner(loop_factory=chosen.get_loop_factory()) as runner:
            self._loop = runner.get_loop()
            try:
                runner.run(self.app.start())
                runner.run(self._server.serve())
            except BaseException as failure:
                self._failure = failure
                self._started.set()

    def _listening(self, port: int) -> None:
        self.port = port
        self._started.set()


@cache
def _founded(now: int) -> Path:
    """The data folder of the demo halls as a first start at `now` leaves it; copied, never used."""
    folder = Path(tempfile.mkdtemp(prefix="zaigang-founded-"))
    atexit.register(shutil.rmtree, folder, True)
    RunningServer(Settings(port=0, data=folder / "data", examples=0), DOMAINS, lambda: now).close()
    return folder / "data"


def _founded_for(clock: Callable[[], int]) -> Path:
    """Where time passes by itself, what was founded a little earlier on the same day serves as well."""
    now = clock()
    if clock is system_clock or getattr(clock, "passes", False):
        day = (now + HALL_AHEAD_MS) // DAY_MS
        now = max((at for at in _PASSED if now - FOUNDED_MS_MAX < at <= now and (at + HALL_AHEAD_MS) // DAY_MS == day), default=now)
        _PASSED.add(now)
    return _founded(now)


@contextmanager
def serve(
    domains: Sequence[Domain] = DOMAINS, *, clock: Callable[[], int] = system_clock, data: Path | None = None, **chosen: Any
) -> Iterator[RunningServer]:
    """A server for the length of a `with`; `chosen` are settings, e.g. mode="empty". Without `data` its folder goes with it."""
    # Tests fetch from nothing and ask where sockets stand all the time, to compare.
    chosen.setdefault("starts_per_minute", 1_000_000)
    chosen.setdefault("frames_per_minute", 1_000_000)
    chosen.setdefault("examples", 0)
    if POSTGRES:
        chosen.setdefault("database", postgres.new_database())
    with TemporaryDirectory(prefix="zaigang-test-") as folder:
        settings = Settings(port=0, data=data or Path(folder) / "data", **chosen)
        new = settings.mode == "demo" and not settings.database and not settings.data.exists()
        if domains is DOMAINS and new and not settings.examples:
            shutil.copytree(_founded_for(clock), settings.data)
        server = RunningServer(settings, domains, clock)
        try:
            yield server
        finally:
            server.close()


def serve_demo(*, clock: Callable[[], int] = system_clock, data: Path | None = None, **chosen: Any) -> Any:
    """The two demo halls, freshly made (or as `data` has them)."""
    return serve(DOMAINS, clock=clock, data=data, **chosen)
