"""A site in one SQLite file: one writer thread with one connection and group commit; readers that can only read.

Durability: WAL with synchronous=FULL, one flush per group. Only the writer's connection checkpoints, and an SQLite with the
WAL-reset bug (fixed in 3.51.3) is refused, so the log cannot be damaged by two connections at once.
"""

import asyncio
import fcntl
import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from server.store import site
from server.store.contract import Committed, SiteFacts, StoreTrouble, T, Unit, UnsafeStore, Values
from server.store.institutions import Institutions
from server.store.migrate import migrate
from server.store.transaction import Changes, Transaction

alarm = logging.getLogger("zaigang.alarm")
SAFE_VERSION = (3, 51, 3)
GROUP_UNITS_MAX = 256
GROUP_SECONDS_MAX = 0.004
QUEUE_UNITS_MAX = 5_000
READERS = 3
NUMBERED = ("op", "view_row", "device", "contact", "audit")
COMMON = ("busy_timeout=5000", "foreign_keys=ON", "temp_store=MEMORY")
WRITER = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=1000", "journal_size_limit=67108864", "cache_size=-65536", *COMMON)
READER = ("wal_autocheckpoint=0", "query_only=ON", "cache_size=-16384", *COMMON)
TRANSIENT = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_CORRUPT,
}


def check_version(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Refuse an SQLite whose write-ahead log can be damaged."""
    if version < SAFE_VERSION:
        found, wanted = ".".join(map(str, version)), ".".join(map(str, SAFE_VERSION))
        raise UnsafeStore(f"SQLite {found} can damage its write-ahead log; {wanted} or later is needed (package pysqlite3)")


class FolderLock:
    """Keeps a second server process away from a data folder, until closed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise UnsafeStore(f"another process is using the data folder {folder}") from None

    def close(self) -> None:
        """Let the next process in."""
        os.close(self._file)


def trouble(error: sqlite3.Error) -> StoreTrouble | None:
    """The passing trouble behind an error of the engine; None when the statement itself is wrong."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return StoreTrouble(code == sqlite3.SQLITE_FULL, str(error)) if code in TRANSIENT else None


class Connection:
    """`Sql` over one SQLite connection; transactions are opened and closed by hand."""

    def __init__(self, path: Path, pragmas: Sequence[str]) -> None:
        self.raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        for pragma in pragmas:
            self.raw.execute(f"PRAGMA {pragma}").fetchall()

    def one(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        """First row, or None."""
        row: tuple[Any, ...] | None = self.raw.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.raw.execute(sql, values).fetchall()

    def stream(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Rows one by one."""
        return iter(self.raw.execute(sql, values))

    def run(self, sql: str, values: Values = ()) -> int:
        """Change rows."""
        return self.raw.execute(sql, values).rowcount

    def many(self, sql: str, rows: Sequence[Values]) -> None:
        """The same change for many rows."""
        self.raw.executemany(sql, rows)

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()


class Step:
    """A savepoint around one transaction object; leaves it applied or undone."""

    def __init__(self, writer: "Writer") -> None:
        self._writer = writer

    def __enter__(self) -> Transaction:
        self._writer.sql.run("SAVEPOINT step")
        self._tx = self._writer.transaction()
        return self._tx

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        writer = self._writer
        if error is None:
            writer.sql.run("RELEASE step")
            writer.finished(self._tx)
            return
        if writer.sql.raw.in_transaction:
            writer.sql.run("ROLLBACK TO step")
            writer.sql.run("RELEASE step")
        if isinstance(error, sqlite3.Error) and (passing := trouble(error)):
            raise passing from error


class Writer:
    """The state of the one writer: its connection, the head, fresh numbers, and what the open group changed. Implements `Unit`."""

    def __init__(self, sql: Connection, facts: SiteFacts, institutions: Institutions, clock: Callable[[], int]) -> None:
        self.sql = sql
        self.now = 0
        self._facts = facts
        self._institutions = institutions
        self._clock = clock
        self._loaded = False

    def _load(self) -> None:
        """Read the head and the numbers in use: at start, and after a group that did not commit."""
        self.head = self.committed = site.head(self.sql)
        self.counters = {table: (self.sql.one(f"SELECT max(n) FROM {table}") or (None,))[0] or 0 for table in NUMBERED}
        self.changes = Changes({}, [], {})
        self._loaded = True

    def step(self) -> Step:
        """Open a step."""
        return Step(self)

    def transaction(self) -> Transaction:
        """The transaction of the step being opened."""
        return Transaction(self._facts.id, self.now, self.head + 1, self.sql, self._institutions, self.counters)

    def finished(self, step: Transaction) -> None:
        """Count a step in."""
        if step.stamped:
            self.head += 1
        self.changes.take(step)

    def turn(self) -> None:
        """A new unit begins: time never goes back within a site."""
        self.now = max(self.now, self._clock())

    def begin(self) -> None:
        """Open the group."""
        self.sql.run("BEGIN IMMEDIATE")
        if not self._loaded:
            self._load()

    def commit(self) -> Committed | None:
        """One head update, one flush. None when devices can see no change."""
        if self.head != self.committed:
            site.move_head(self.sql, self.head)
        self.sql.run("COMMIT")
        moved, self.committed = self.head != self.committed, self.head
        changes, self.changes = self.changes, Changes({}, [], {})
        return Committed(self.head, list(changes.rows.values()), changes.own, changes.heads) if moved else None

    def abandon(self) -> None:
        """Give the group up; what is in memory is read again before the next."""
        self._loaded = False
        with suppress(sqlite3.Error):
            if self.sql.raw.in_transaction:
                self.sql.run("ROLLBACK")


class Waiting(NamedTuple):
    """A unit and who waits for it."""

    unit: Callable[[Unit], Any]
    answer: "asyncio.Future[Any]"


class Done(NamedTuple):
    """A unit's value, or the error it ends with."""

    answer: "asyncio.Future[Any]"
    value: Any
    error: Exception | None


def prepare(sql: Connection, institutions: Institutions, now: int, new: site.NewSite | None) -> list[str]:
    """Bring a database to this release and make its site; returns the migrations applied. All of it or nothing."""
    sql.run("BEGIN IMMEDIATE")
    try:
        applied = migrate(sql, institutions, now)
        if new is not None and not site.exists(sql):
            site.create(sql, new, now)
        sql.run("COMMIT")
    except BaseException:
        sql.run("ROLLBACK")
        raise
    return applied


class SqliteStore:
    """`Store` over one SQLite file, made with `new` if it holds no site yet. Open it inside the event loop that will use it."""

    def __init__(self, path: Path, institutions: Institutions, clock: Callable[[], int], new: site.NewSite | None = None) -> None:
        check_version()
        self._path = path
        connection = Connection(path, WRITER)
        try:
            mode, level = connection.one("PRAGMA journal_mode"), connection.one("PRAGMA synchronous")
            if (mode, level) != (("wal",), (2,)):
                raise UnsafeStore(f"{path} cannot be kept durable: journal_mode {mode}, synchronous {level}")
            prepare(connection, institutions, clock(), new)
            self.facts = site.facts(connection)
        except BaseException:
            connection.close()
            raise
        self._writer = Writer(connection, self.facts, institutions, clock)
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._listeners: list[Callable[[Committed], None]] = []
        self._loop = asyncio.get_running_loop()
        self._local = threading.local()
        self._open_readers: list[Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"read-{self.facts.id}", initializer=self._open_reader)
        self._thread = threading.Thread(target=self._run, name=f"write-{self.facts.id}", daemon=True)
        self._thread.start()
        self._closed = False

    # --- the contract ---

    async def write(self, unit: Callable[[Unit], T]) -> T:
        """Run `unit` in the writer; its value comes back once it is durable."""
        if self._closed or self._queue.qsize() > QUEUE_UNITS_MAX:
            raise StoreTrouble(False, "the store is closed" if self._closed else "too many units wait")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(Waiting(unit, answer))
        return await answer

    async def read(self, query: Callable[[Connection], T]) -> T:
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
        self._writer.sql.run("PRAGMA wal_checkpoint(TRUNCATE)")
        self._writer.sql.close()

    # --- readers ---

    def _open_reader(self) -> None:
        self._local.sql = Connection(self._path, READER)
        self._open_readers.append(self._local.sql)

    def _query(self, query: Callable[[Connection], T]) -> T:
        sql: Connection = self._local.sql
        sql.run("BEGIN")
        try:
            return query(sql)
        except sqlite3.Error as error:
            raise trouble(error) or error from error
        finally:
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
            for listener in self._listeners:
                listener(committed)


class Group:
    """One group commit: units as they come, up to a bound in number and time; then one flush for all."""

    def __init__(self, writer: Writer, waiting: "queue.SimpleQueue[Waiting | None]") -> None:
        self._writer = writer
        self._waiting = waiting
        self.closing = False

    def commit(self, first: Waiting) -> tuple[list[Done], Committed | None]:
        """Run the group; what every unit ends with, and what listeners hear."""
        done: list[Done] = []
        try:
            self._writer.begin()
            self._gather(first, done)
            return done, self._writer.commit()
        except Exception as error:
            passing = _told(error)
            alarm.error("a group commit failed", exc_info=error)
            self._writer.abandon()
            waiting = {d.answer for d in done} | {self._current.answer}
            return [Done(answer, None, passing) for answer in waiting], None

    def _gather(self, first: Waiting, done: list[Done]) -> None:
        deadline = time.monotonic() + GROUP_SECONDS_MAX
        self._current = first
        while True:
            done.append(self._one(self._current))
            if len(done) >= GROUP_UNITS_MAX or time.monotonic() >= deadline:
                return
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                return
            if following is None:
                self.closing = True
                return
            self._current = following

    def _one(self, waiting: Waiting) -> Done:
        """Run one unit. Trouble that took the whole transaction with it ends the group; any other error is the unit's own."""
        self._writer.turn()
        try:
            done = Done(waiting.answer, waiting.unit(self._writer), None)
        except Exception as error:
            if not self._writer.sql.raw.in_transaction:
                raise
            done = Done(waiting.answer, None, error)
        if not self._writer.sql.raw.in_transaction:
            # The unit swallowed an error that undid everything before it, too.
            raise StoreTrouble(False, "the transaction was lost")
        return done


def _told(error: Exception) -> StoreTrouble:
    """What the units of a lost group are told."""
    if isinstance(error, StoreTrouble):
        return error
    return (trouble(error) if isinstance(error, sqlite3.Error) else None) or StoreTrouble(False, str(error))
