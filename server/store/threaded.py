"""What every store of a site has in common, whatever its database: one writer thread with group commit, a few reader threads, listeners."""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from server.store.contract import Committed, SiteFacts, Sql, StoreTrouble, T, Unit
from server.store.institutions import Institutions
from server.store.writer import Done, Engine, Group, Waiting, Writer

QUEUE_UNITS_MAX = 5_000
READERS = 3


class Opened(Engine, Protocol):
    """A connection the store has opened."""

    def close(self) -> None:
        """Close it."""


class Question(NamedTuple):
    """Something to be read, and who waits for it."""

    query: Callable[[Sql], Any]
    answer: "asyncio.Future[Any]"


class ThreadedStore:
    """`Store` over connections that block: `writing` is the writer's, `open_reader` makes those that only read."""

    READS_HERE = False
    """Whether a brief read may run on the loop: where a look at the database is a matter of microseconds."""
    _underway = 0
    """How many reads and writes have been asked for and not been answered."""
    _own: Opened | None = None

    def __init__(
        self, facts: SiteFacts, writing: Opened, open_reader: Callable[[], Opened], institutions: Institutions, clock: Callable[[], int]
    ) -> None:
        self.facts = facts
        self._writing = writing
        self._writer = Writer(writing, facts, institutions, clock)
        self._clock = clock
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._listeners: list[Callable[[Committed], None]] = []
        self._loop = asyncio.get_running_loop()
        self._new_reader = open_reader
        # A thread pool of the standard library costs a small read as much again as the read itself.
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._readers = [threading.Thread(target=self._read_on, name=f"read-{facts.id}-{n}", daemon=True) for n in range(READERS)]
        for thread in self._readers:
            thread.start()
        self._thread = threading.Thread(target=self._run, name=f"write-{facts.id}", daemon=True)
        self._thread.start()
        self._closed = False
        self._answers = True

    # --- the contract ---

    @property
    def leads(self) -> bool:
        """Whether the jobs that must run once run here: always, where one process has the site to itself."""
        return True

    @property
    def shared(self) -> bool:
        """Whether other processes may serve this site beside this one."""
        return False

    @property
    def writers(self) -> Sequence[int]:
        """The writer's thread, where the database is inside this process as well."""
        return [self._thread.native_id or 0] if self.READS_HERE else []

    def now(self) -> int:
        """The site's time (ms)."""
        return max(self._writer.now, self._clock())

    def behind(self) -> int:
        """How far the machine's clock is behind it (ms)."""
        return self.now() - self._clock()

    async def write(self, unit: Callable[[Unit], T], repeatable: bool = False) -> T:
        """Run `unit` in the writer; its value comes back once it is durable."""
        if self._closed or self._queue.qsize() > QUEUE_UNITS_MAX:
            raise StoreTrouble(False, "the store is closed" if self._closed else "too many units wait")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._underway += 1
        self._queue.put(Waiting(unit, repeatable, answer))
        return await answer

    async def read(self, query: Callable[[Sql], T], brief: bool = False) -> T:
        """Run `query` over one consistent state: in a reader's thread, or here when it is brief and no thread is at work.

        To hand a few look-ups to a thread and back costs as much as they do; with threads at work they would wait for each other here.
        """
        if not self._answers:
            raise StoreTrouble(False, "the store is closed")
        if brief and self.READS_HERE and not self._underway:
            self._own = self._own or self._new_reader()
            return self._query(self._own, query)
        self._underway += 1
        answer: asyncio.Future[T] = self._loop.create_future()
        self._questions.put(Question(query, answer))
        return await answer

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """Call `listener` after each commit devices can see."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Finish what was accepted, then close."""
        self._closed = True
        self._queue.put(None)
        await self._loop.run_in_executor(None, self._thread.join)
        self._answers = False
        for _ in self._readers:
            self._questions.put(None)
        for thread in self._readers:
            await self._loop.run_in_executor(None, thread.join)
        if self._own is not None:
            self._own.close()
        self._writing.close()

    # --- readers ---

    def _read_on(self) -> None:
        """Answer questions, over a connection that is opened for the first of them."""
        sql: Opened | None = None
        while (asked := self._questions.get()) is not None:
            value, error = None, None
            try:
                sql = sql or self._new_reader()
                value = self._query(sql, asked.query)
            except BaseException as thrown:
                error = thrown
            self._loop.call_soon_threadsafe(self._settle, asked.answer, value, error)
        if sql is not None:
            sql.close()

    def _query(self, sql: Opened, query: Callable[[Sql], T]) -> T:
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
        for one in done:
            self._settle(*one)
        if committed is not None:
            self._tell(committed)

    def _tell(self, committed: Committed) -> None:
        for listener in self._listeners:
            listener(committed)

    def _settle(self, answer: "asyncio.Future[Any]", value: Any, error: BaseException | None) -> None:
        """Tell who asked, if he still waits."""
        self._underway -= 1
        if answer.cancelled():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(value)
