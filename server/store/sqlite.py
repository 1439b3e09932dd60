"""A site in one SQLite file: one writer thread with one connection and group commit; readers that can only read.

Durability: WAL with synchronous=FULL, one flush per group. Only the writer's connection checkpoints, and an SQLite with the
WAL-reset bug (fixed in 3.51.3) is refused, so the log cannot be damaged by two connections at once.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from server.store import site
from server.store.contract import StoreTrouble, UnsafeStore, Values
from server.store.institutions import Institutions
from server.store.migrate import migrate
from server.store.threaded import ThreadedStore

SAFE_VERSION = (3, 51, 3)
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


def _nothing(_: None) -> None:
    """NULL."""


# What is no plain int, float or str is first asked in vain how it would like to be kept: that costs more than to insert it.
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(bool, int)
sqlite3.register_adapter(type(None), _nothing)


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


def trouble(error: Exception) -> StoreTrouble | None:
    """The passing trouble behind an error of the engine; None when the statement itself is wrong."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF if isinstance(error, sqlite3.Error) else 0
    return StoreTrouble(code == sqlite3.SQLITE_FULL, str(error)) if code in TRANSIENT else None


class Connection:
    """`Sql` over one SQLite connection; transactions are opened and closed by hand."""

    STATEMENTS = 512
    """How many stay parsed. Once they are more, a new one takes the place of the newest: two that come in turn are parsed for ever."""

    def __init__(self, path: Path, pragmas: Sequence[str]) -> None:
        self.raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=self.STATEMENTS)
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

    def begin(self) -> bool:
        """Open the transaction of a group; nobody else writes this file."""
        self.run("BEGIN IMMEDIATE")
        return False

    def commit(self, _: Sequence[str]) -> None:
        """End it and flush it to the disk."""
        self.run("COMMIT")

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction stands."""
        return self.raw.in_transaction

    @property
    def is_failed(self) -> bool:
        """A statement that failed undid itself alone."""
        return False

    def trouble(self, error: Exception) -> StoreTrouble | None:
        """The passing trouble behind an error."""
        return trouble(error)

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()


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


def is_demo(path: Path) -> bool:
    """Whether a file holds a demo hall; False, too, when it cannot be told."""
    try:
        with closing(Connection(path, READER)) as sql:
            return site.facts(sql).demo
    except (sqlite3.Error, UnsafeStore):
        return False


class Writing(Connection):
    """The writer's connection, which alone brings the log into the file.

    Nothing is written outside a group: a full disk ends the transaction, and what the unit went on to write would be committed alone.
    """

    STATEMENTS = 4096
    """Several times what all institutions say (a demo hall with its examples 760, within minutes)."""

    def run(self, sql: str, values: Values = ()) -> int:
        """Change rows, inside a transaction only."""
        if not self.raw.in_transaction and not sql.startswith(("BEGIN", "PRAGMA")):
            raise StoreTrouble(False, "the transaction was lost")
        return super().run(sql, values)

    def many(self, sql: str, rows: Sequence[Values]) -> None:
        """The same change for many rows, inside a transaction only."""
        if not self.raw.in_transaction:
            raise StoreTrouble(False, "the transaction was lost")
        super().many(sql, rows)

    def close(self) -> None:
        """Bring the log into the file, then close."""
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")
        super().close()


class SqliteStore(ThreadedStore):
    """`Store` over one SQLite file, made with `new` if it holds no site yet. Open it inside the event loop that will use it."""

    READS_HERE = True

    def __init__(self, path: Path, institutions: Institutions, clock: Callable[[], int], new: site.NewSite | None = None) -> None:
        check_version()
        writing = Writing(path, WRITER)
        try:
            mode, level = writing.one("PRAGMA journal_mode"), writing.one("PRAGMA synchronous")
            if (mode, level) != (("wal",), (2,)):
                raise UnsafeStore(f"{path} cannot be kept durable: journal_mode {mode}, synchronous {level}")
            prepare(writing, institutions, clock(), new)
            super().__init__(site.facts(writing), writing, lambda: Connection(path, READER), institutions, clock)
        except BaseException:
            Connection.close(writing)
            raise
