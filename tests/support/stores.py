"""Stores for contract tests: opened in the test's own loop, on a file of its own, with the tiny institution and a clock turned by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from server.domain.base import Domain
from server.store.institutions import Institutions
from server.store.site import NewSite
from server.store.sqlite import SqliteStore
from tests.support.clock import World
from tests.support.tiny import domain

NEW = NewSite("yunting", {"zh_Hans": "云汀"}, "zh_Hans", True)
START = 1_773_799_800_000


@asynccontextmanager
async def opened(path: Path, domains: Sequence[Domain] = (), world: World | None = None) -> AsyncIterator[SqliteStore]:
    """A store for the length of an `async with`."""
    store = SqliteStore(path, Institutions(domains or (domain(),)), world or World(START), NEW)
    try:
        yield store
    finally:
        await store.close()
