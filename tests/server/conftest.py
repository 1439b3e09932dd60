"""A real server of the demo halls in this process (its own thread and event loop, a port of its own), and the cast that uses it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.app import DOMAINS, create_app
from server.domain.base import Domain
from server.serve import Server, config
from server.settings import Settings
from server.store.sqlite import Connection
from tests.support.cast import SITE, Cast
from tests.support.clock import World

Open = Callable[..., AbstractContextManager["Running"]]


class Running:
    """A server that listens. `database` is that of the cast's hall."""

    def __init__(self, url: str, database: Path) -> None:
        self.url, self.database = url, database


class RealTime(World):
    """A world whose time is the real one: devices and server agree on it."""

    def __init__(self) -> None:
        super().__init__(0)

    @property
    def at(self) -> int:
        return time.time_ns() // 1_000_000

    @at.setter
    def at(self, _: int) -> None:
        """Nobody turns it."""


@contextmanager
def running(data: Path, world: World, domains: Sequence[Domain] = DOMAINS, seed: int = 1) -> Iterator[Running]:
    """Serve `data` in the time of `world` until left."""
    settings = Settings(port=0, data=data, seed=seed, dist=data / "no-dist")
    ports: list[int] = []
    listens = threading.Event()

    def started(port: int) -> None:
        ports.append(port)
        listens.set()

    server = Server(config(create_app(settings, domains, world), settings), started)

    def serve() -> None:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve())
        listens.set()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    listens.wait(30)
    assert ports, "the server did not start"
    try:
        yield Running(f"http://127.0.0.1:{ports[0]}", data / f"{SITE}.sqlite")
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture(scope="module")
def domains() -> Sequence[Domain]:
    """The institutions of the server; a test module may add its own."""
    return DOMAINS


@pytest.fixture(scope="module")
def world() -> World:
    return RealTime()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, world: World, domains: Sequence[Domain]) -> Iterator[Running]:
    """One server for the tests of a module: they speak of different records."""
    with running(tmp_path_factory.mktemp("data"), world, domains) as up:
        yield up


@pytest.fixture
def cast(server: Running, world: World) -> Iterator[Cast]:
    """Everybody with a fresh device."""
    people = Cast(server.url, world)
    yield people
    people.close()


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Open a server of one's own: `opened(world)`."""

    def make(world: World, domains: Sequence[Domain] = DOMAINS, seed: int = 1) -> AbstractContextManager[Running]:
        return running(tmp_path_factory.mktemp("data"), world, domains, seed)

    return make


@pytest.fixture
def ledger(server: Running) -> Callable[[], Any]:
    """What must not move when a request is refused: ledger, results, devices, faces and the audit."""

    def look() -> Any:
        with closing(Connection(server.database, ("query_only=ON",))) as sql:
            tables = ("op", "result", "device", "view_row", "bucket_row", "dead_op", "waiting", "pairing")
            return {name: sql.one(f"SELECT count(*) FROM {name}") for name in tables}

    return look
