"""The real store on the scheduler: the same file, statements, writer and groups as `SqliteStore`, without its threads.

What a disk does is decided here: how long a flush takes, when it is full, and at which statement the power goes.
"""

import asyncio
import queue
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from server.store import site
from server.store.contract import Committed, Sql, StoreTrouble, T, Unit, Values
from server.store.institutions import Institutions
from server.store.sqlite import READER, WRITER, Connection, Writing, prepare, sqlite3
from server.store.threaded import ThreadedStore
from server.store.writer import Group, Writer

PAGES_MAX = 1_073_741_823


class PowerLoss(BaseException):
    """The server stops in the middle of a statement; nothing after it happens."""


class Disk:
    """What the disk of a run does. `crash_in`: statements until the power goes (0: never)."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.crash_in = 0
        self.crash_after_flush = False
        self.flush_seconds = 0.002

    def statement(self) -> None:
        """One statement of the writer."""
        if self.crash_in:
            self.crash_in -= 1
            if self.crash_in == 0:
                self.crash_in = 1  # Whatever tries to go on meets the same end.
                raise PowerLoss


class Fragile(Writing):
    """A writer's connection over such a disk."""

    def __init__(self, path: Path, disk: Disk) -> None:
        super().__init__(path, WRITER)
        self.disk = disk

    def one(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        self.disk.statement()
        return super().one(sql, values)

    def run(self, sql: str, values: Values = ()) -> int:
        self.disk.statement()
        return super().run(sql, values)

    def many(self, sql: str, rows: Any) -> None:
        self.disk.statement()
        super().many(sql, rows)


class InlineStore(ThreadedStore):
    """`SqliteStore` with its threads taken out: units gather for one flush and are answered after it; `broke` hears of a power loss."""

    def __init__(
        self,
        path: Path,
        institutions: Institutions,
        clock: Callable[[], int],
        disk: Disk,
        broke: Callable[[], None],
        new: site.NewSite | None = None,
    ) -> None:
        self.path, self.disk, self._broke = path, disk, broke
        self.sql = Fragile(path, disk)
        prepare(self.sql, institutions, clock(), new)
        self.facts = site.facts(self.sql)
        self._writer = Writer(self.sql, self.facts, institutions, clock)
        self._clock = clock
        self.reader = Connection(path, READER)
        self._queue = queue.SimpleQueue()
        self._listeners: list[Callable[[Committed], None]] = []
        self._loop = asyncio.get_running_loop()
        self._flushing = False
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether the file is somebody else's now."""
        return self._closed

    async def write(self, unit: Callable[[Unit], T], repeatable: bool = False) -> T:
        """Run `unit` with the next flush."""
        if not self._flushing and not self._closed:
            self._flushing = True
            self._loop.call_later(self.disk.flush_seconds, self._flush)
        return await super().write(unit, repeatable)

    async def read(self, query: Callable[[Sql], T], brief: bool = False) -> T:
        """Run `query` over one consistent state."""
        if self._closed:
            raise StoreTrouble(False, "the store is closed")
        return self._query(self.reader, query)

    def fill_disk(self, full: bool) -> None:
        """From now on the file cannot grow, or can again."""
        (pages,) = self.sql.raw.execute("PRAGMA page_count").fetchone()
        self.sql.raw.execute(f"PRAGMA max_page_count={pages if full else PAGES_MAX}").fetchone()

    def lose_power(self) -> None:
        """Leave the file as it is this moment."""
        self._closed = True
        with suppress(sqlite3.Error):
            self.reader.close()
        self.sql.raw.close()

    async def close(self) -> None:
        """Close in good order."""
        self.lose_power()

    def _flush(self) -> None:
        self._flushing = False
        while not self._closed and not self._queue.empty():
            first = self._queue.get_nowait()
            assert first is not None
            try:
                done, committed = Group(self._writer, self._queue).commit(first)
                if self.disk.crash_after_flush:
                    self.disk.crash_after_flush = False
                    raise PowerLoss
            except PowerLoss:
                self._broke()
                return
            self._answer(done, committed)
