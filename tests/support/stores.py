"""Stores for contract tests: opened in the test's own loop, on a file of its own, with the tiny institution and a clock turned by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from server.domain.base import Domain
from server.store.institutions import Institutions
from server.store.postgres import PostgresStore
from server.store.site import NewSite
from server.store.sqlite import SqliteStore
from server.store.threaded import ThreadedStore
from tests.support import postgres
from tests.support.clock import World
from tests.support.tiny import domain

NEW = NewSite("yunting", {"zh_Hans": "云汀"}, "zh_Hans", True)
START = 1_773_799_800_000


ENGINE = "sqlite"
"""What `opened` opens: the contract tests run once on each (tests/contract/conftest.py)."""


@asynccontextmanager
async def opened(path: Path, domains: Sequence[Domain] = (), world: World | None = None) -> AsyncIterator[ThreadedStore]:
    """A store for the length of an `async with`."""
    institutions, clock = Institutions(domains or (domain(),)), world or World(START)
    store: ThreadedStore
    if ENGINE == "postgres":
        store = PostgresStore(postgres.url(), postgres.schema_of(path), institutions, clock, NEW)
    else:
        store = SqliteStore(path, institutions, clock, NEW)
    try:
        yield store
    finally:
        await store.close()
