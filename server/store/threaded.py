"""What every store of a site has in common, whatever its database: one writer thread with group commit, a few reader threads, listeners."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from server.store.contract import Committed, SiteFacts, Sql, StoreTrouble, T, Unit
from server.store.institutions import Institutions
from server.store.writer import Done, Engine, Group, Waiting, Writer

QUEUE_UNITS_MAX = 5_000
READERS = 3


class Opened(Engine, Protocol):
    """A connection the store has opened."""

    def close(self) -> None:
        """Close it."""


class ThreadedStore:
    """`Store` over connections that block: `writing` is the writer's, `open_reader` makes those that only read."""

    def __init__(
        self, facts: SiteFacts, writing: Opened, open_reader: Callable[[], Opened], institutions: Institutions, clock: Callable[[], int]
    ) -> None:
        self.facts = facts
        self._writing = writing
        self._writer = Writer(writing, facts, institutions, clock)
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._listeners: list[Callable[[Committed], None]] = []
        self._loop = asyncio.get_running_loop()
        self._local = threading.local()
        self._new_reader = open_reader
        self._open_readers: list[Opened] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"read-{facts.id}", initializer=self._open_reader)
        self._thread = threading.Thread(target=self._run, name=f"write-{facts.id}", daemon=True)
        self._thread.start()
        self._closed = False

    # --- the contract ---

    @property
    def leads(self) -> bool:
        """Whether the jobs that must run once run here: always, where one process has the site to itself."""
        return True

    @property
    def shared(self) -> bool:
        """Whether other processes may serve this site beside this one."""
        return False

    async def write(self, unit: Callable[[Unit], T], repeatable: bool = False) -> T:
        """Run `unit` in the writer; its value comes back once it is durable."""
        if self._closed or self._queue.qsize() > QUEUE_UNITS_MAX:
            raise StoreTrouble(False, "the store is closed" if self._closed else "too many units wait")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(Waiting(unit, repeatable, answer))
        return await answer

    async def read(self, query: Callable[[Sql], T]) -> T:
        """Run `query` over one consistent state."""
        return await self._loop.run_in_executor(self._readers, self._query, query)

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """Call `listener` after each commit devices can see."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Finish what was accepted, then close."""
        self._closed = True
        self._queue.put(None)
        await self._loop.run_in_executor(None, self._thread.join)
        self._readers.shutdown(wait=True)
        for reader in self._open_readers:
            reader.close()
        self._writing.close()

    # --- readers ---

    def _open_reader(self) -> None:
        self._local.sql = self._new_reader()
        self._open_readers.append(self._local.sql)

    def _query(self, query: Callable[[Sql], T]) -> T:
        sql: Opened = self._local.sql
        try:
            sql.run("BEGIN")
            return query(sql)
        except Exception as error:
            raise sql.trouble(error) or error from error
        finally:
            if sql.in_transaction:
                sql.run("ROLLBACK")

    # --- the writer thread ---

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group = Group(self._writer, self._queue)
            done, committed = group.commit(first)
            self._loop.call_soon_threadsafe(self._answer, done, committed)
            if group.closing:
                return

    def _answer(self, done: list[Done], committed: Committed | None) -> None:
        for answer, value, error in done:
            if answer.cancelled():
                continue
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(value)
        if committed is not None:
            self._tell(committed)

    def _tell(self, committed: Committed) -> None:
        for listener in self._listeners:
            listener(committed)
