"""The real server on the scheduler: the whole ASGI app over an inline store, started, crashed, backed up and restored in place."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from litestar import Litestar
from litestar.params import FromPath

import server.app
import server.seed
from server.domain.base import Domain
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.wire import AsgiReceive, AsgiScope, AsgiSend
from server.settings import Settings
from server.store import backup
from server.store import people as store_people
from server.store.backup import Backup
from server.store.institutions import Institutions
from server.store.people import Account
from server.store.site import NewSite
from server.store.sqlite import sqlite3
from tests.simulation.hall import SITE, domain
from tests.simulation.keys import patched
from tests.simulation.loop import VirtualLoop
from tests.simulation.store import Disk, InlineStore

HOST = "hall.test"
SNAPSHOT_EVERY, LOG_EVERY = 4, 5
"""Snapshots are looked after, and a minute enters the evidence log, with every so many chores."""


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class SimApp(server.app.App):
    """The app. Its framework takes as long to make as hours of a small world: all worlds of a process have one."""

    _made: "Litestar | None" = None

    def _make_framework(self) -> Litestar:
        SimApp._made = SimApp._made or super()._make_framework()
        return SimApp._made

    async def __call__(self, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
        ASKED.set(self)
        await super().__call__(scope, receive, send)

    def _gate(self) -> Gate:
        return ASKED.get().gate

    def _place(self, site: FromPath[str]) -> Place:
        return ASKED.get().gate.place(site)


ASKED: ContextVar[SimApp] = ContextVar("asked")
"""Whom the request under way asks."""


class SimServer:
    """One server process after another over one data folder. `opened` gets each store before anybody else hears of it."""

    def __init__(
        self,
        data: Path,
        clock: Callable[[], int],
        disk: Disk,
        opened: Callable[[InlineStore], None],
        domains: tuple[Domain, ...] | None = None,
    ) -> None:
        self.data, self.disk = data, disk
        self.path = data / f"{SITE}.sqlite"
        self.app = SimApp(Settings(data=data, dist=data, tombstone_days=1), domains or (domain(),), clock)
        self.up = False
        self.lock = asyncio.Lock()
        self.crashes = self._chores = 0
        self._opened = opened
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sockets: set[Socket] = set()

    @property
    def place(self) -> Place:
        """The hall, while the server runs."""
        return self.app.gate.place(SITE)

    @property
    def store(self) -> InlineStore:
        store = self.place.store
        assert isinstance(store, InlineStore)
        return store

    # --- life ---

    async def start(self) -> None:
        """Open the hall as a server does at its start. Hold `lock`, so that nobody else starts or stops it meanwhile."""
        assert not self.up, "stopped before"
        self.disk.crash_in, self.disk.crash_after_flush = 0, False
        await self.app.stop()

        def opened(path: Path, institutions: Any, clock: Callable[[], int], new: Any = None) -> InlineStore:
            store = InlineStore(path, institutions, clock, self.disk, self.crash, new)
            self._opened(store)
            return store

        with patched((server.seed, "SqliteStore", opened)):
            await self.app.start()
        self.up = True

    def crash(self) -> None:
        """The process is gone: what was not on disk is lost, sockets break, nobody is answered."""
        if not self.up:
            return
        self.crashes += 1
        self.up = False
        self.disk.crash_in = 0
        self.store.lose_power()
        self._end()

    async def stop(self) -> None:
        """End in good order. Hold `lock`."""
        if self.up:
            self.up = False
            self._end()
        await self.app.stop()

    def _end(self) -> None:
        for socket in list(self._sockets):
            socket.lost()
        for task in list(self._tasks):
            task.cancel()

    def back_up(self) -> Backup:
        """A backup as the server makes it, looked through."""
        return backup.make(self.path, self.data.parent / "backups", self.app.clock())

    async def tell(self, made: Backup) -> None:
        """Devices hear what is durable now."""
        await self.app.keeper._tell(self.place, made)

    def restore(self, path: Path, random_bytes: Callable[[int], bytes]) -> None:
        """Put a backup in the place of a stopped server's database: another incarnation."""
        backup.restore(path, self.data, self.app.institutions, self.app.clock(), random_bytes)

    def ids_kept(self) -> set[str]:
        """Ids of the ops in the database, whether a server runs or not."""
        connection = sqlite3.connect(self.path)
        found = {op_id for (op_id,) in connection.execute("SELECT id FROM op WHERE id IS NOT NULL")}
        connection.close()
        return found

    async def chores(self) -> bool:
        """What the server does by the clock. True when a minute may have entered its log."""
        if self.up:
            await self.app._sweep()
            await self.app.purge()
            self._chores += 1
            if self._chores % SNAPSHOT_EVERY == 0:
                await self.app.make_snapshots()
            if self._chores % LOG_EVERY == 0:
                await self.place.log.turn()
                return True
        return False

    # --- being asked ---

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that dies with the process."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and self.up:
            raise error

    async def ask(
        self, method: str, path: str, query: str = "", body: bytes = b"", cookie: str = "", more: Mapping[str, str] = MappingProxyType({})
    ) -> Answer:
        """One request through the whole stack; `more`: headers, in small letters."""
        named = {"host": HOST, "content-type": "application/json", "content-length": str(len(body)), **more}
        headers = [(name.encode(), value.encode()) for name, value in named.items()]
        if cookie:
            headers.append((b"cookie", cookie.encode()))
        scope = {
            **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": path},
            **{"raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": headers},
            **{"client": ("10.0.0.1", 1), "server": (HOST, 80), "state": {}, "extensions": {}, "app": None},
        }
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: Any) -> None:
            sent.append(event)

        await self.app(scope, receive, send)
        got = {k.decode(): v.decode("latin-1") for k, v in sent[0]["headers"]}
        return Answer(sent[0]["status"], got, b"".join(event.get("body", b"") for event in sent[1:]))

    def connect(self, cookie: str, heard: Callable[[str], None], over: Callable[[int], None]) -> "Socket":
        """Open a live socket; `heard` gets each frame, `over` the code it ends with."""
        socket = Socket(self, heard, over)
        self._sockets.add(socket)
        path = f"/s/{SITE}/live"
        scope = {
            **{"type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "ws", "path": path},
            **{"raw_path": path.encode(), "query_string": b"", "root_path": "", "subprotocols": [], "state": {}, "extensions": {}},
            **{"headers": [(b"host", HOST.encode()), (b"cookie", cookie.encode())], "client": ("10.0.0.1", 1), "server": (HOST, 80)},
            "app": None,
        }

        async def serve() -> None:
            try:
                await self.app(scope, socket.receive, socket.send)
            finally:
                socket.lost()

        self.spawn(serve())
        return socket

    def forget(self, socket: "Socket") -> None:
        """It is over."""
        self._sockets.discard(socket)


class Socket:
    """Both ends of a live socket. `stalled`: the device reads nothing for now, so the server's send waits."""

    def __init__(self, server: SimServer, heard: Callable[[str], None], over: Callable[[int], None]) -> None:
        self._server, self._heard, self._over = server, heard, over
        self._inbox: asyncio.Queue[Any] = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        self._drained: asyncio.Future[None] | None = None
        self.open = True
        self.stalled = False

    async def receive(self) -> Any:
        return await self._inbox.get()

    async def send(self, event: Any) -> None:
        """The server's side."""
        while self.stalled and self.open:
            if self._drained is None:
                self._drained = asyncio.get_running_loop().create_future()
            await self._drained
        if not self.open:
            return
        if event["type"] == "websocket.send":
            self._heard(event.get("text") or event["bytes"].decode())
        elif event["type"] == "websocket.close":
            self._close(event["code"])

    def say(self, text: str) -> None:
        """The device's side."""
        if self.open:
            self._inbox.put_nowait({"type": "websocket.receive", "text": text})

    def stall(self, stalled: bool) -> None:
        """The device stops reading, or goes on."""
        self.stalled = stalled
        if not stalled and self._drained is not None:
            drained, self._drained = self._drained, None
            if not drained.done():
                drained.set_result(None)

    def lost(self) -> None:
        """The connection broke."""
        self._close(1006)

    def _close(self, code: int) -> None:
        if not self.open:
            return
        self.open = False
        self.stall(False)
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": code})
        self._server.forget(self)
        self._over(code)


def founded(
    data: Path,
    people: list[tuple[str, str, tuple[str, ...]]],
    clock: Callable[[], int],
    domains: tuple[Domain, ...] | None = None,
    lay_out: Callable[[Any], None] = lambda _: None,
) -> None:
    """Make the hall of a world: its file, its people (uid, unit, roles), and whatever `lay_out` puts there."""

    async def make() -> None:
        rng = random.Random("site")
        new = NewSite(SITE, {"zh_Hans": "云汀"}, "zh_Hans", True, rng.randbytes)
        store = InlineStore(data / f"{SITE}.sqlite", Institutions(domains or (domain(),)), clock, Disk(rng), lambda: None, new)

        def unit(unit: Any) -> None:
            with unit.step() as tx:
                for uid, unit_id, roles in people:
                    store_people.put_account(tx, Account(uid, uid, uid, None, unit_id, roles, uid))
                lay_out(tx)

        await store.write(unit)
        await store.close()

    loop = VirtualLoop()
    with suppress(FileExistsError):
        data.mkdir(parents=True)
    loop.run_until_complete(make())
    loop.close()
