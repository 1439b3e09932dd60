"""A real server of the demo halls, in this process, and the cast that uses it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest

from server.app import DOMAINS
from server.domain.base import Domain
from server.store.sqlite import Connection
from tests.support.cast import SITE, Cast
from tests.support.clock import World
from tests.support.server import RunningServer, serve

Open = Callable[[World], AbstractContextManager[RunningServer]]


class RealTime(World):
    """A world whose time is the real one: devices and server agree on it."""

    passes = True

    def __init__(self) -> None:
        super().__init__(0)

    @property
    def at(self) -> int:
        return time.time_ns() // 1_000_000

    @at.setter
    def at(self, _: int) -> None:
        """Nobody turns it."""


@pytest.fixture(scope="module")
def domains() -> Sequence[Domain]:
    """The institutions of the server; a test module may add its own."""
    return DOMAINS


@pytest.fixture(scope="module")
def world() -> World:
    return RealTime()


@pytest.fixture(scope="module")
def server(world: World, domains: Sequence[Domain]) -> Iterator[RunningServer]:
    """One server for the tests of a module: they speak of different records."""
    with serve(domains, clock=world) as up:
        up.tick()  # what has become due since its hall was founded is done
        yield up


@pytest.fixture
def cast(server: RunningServer, world: World) -> Iterator[Cast]:
    """Everybody with a fresh device."""
    people = Cast(server.base_url, world)
    yield people
    people.close()


@pytest.fixture
def opened() -> Open:
    """Open a server of one's own: `opened(world)`."""
    return lambda world: serve(clock=world)


@pytest.fixture
def ledger(server: RunningServer) -> Callable[[], Any]:
    """What must not move when a request is refused: ledger, results, devices, faces, and what waits."""

    def look() -> Any:
        tables = ("op", "result", "device", "view_row", "bucket_row", "dead_op", "waiting", "pairing")
        with closing(Connection(database(server), ("query_only=ON",))) as sql:
            return {name: sql.one(f"SELECT count(*) FROM {name}") for name in tables}

    return look


def database(server: RunningServer) -> Path:
    """The database of the cast's hall."""
    return server.settings.data / f"{SITE}.sqlite"
