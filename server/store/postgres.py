"""A site in one schema of a PostgreSQL database, for halls that outgrow one machine.

The same statements, writer and group commits as SQLite (server/store/dialect.py turns the words). Several processes may serve one site:

- Every group begins by locking the site's row, so commits are one gapless sequence whoever makes them. A process that finds that another
  has committed since its own last group reads anew what it keeps in memory (`turn`).
- Every commit ends with one `NOTIFY`. The others read what changed and tell their sockets; a notice that is lost costs nothing but time,
  for frames chain by cursor and the next one shows the gap.
- Jobs that must run once (time passing, backups, the log's minute) run in the process that holds the site's lease, an advisory lock that
  ends with its connection.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg import sql as quoted
from psycopg.pq import TransactionStatus

from server.store import backup, ledger, site
from server.store import people as accounts
from server.store.contract import Committed, OwnChange, RowChange, Sql, StoreTrouble, T, UnsafeStore, Values
from server.store.dialect import postgres
from server.store.institutions import Institutions
from server.store.migrate import migrate
from server.store.threaded import ThreadedStore
from server.store.writer import Done

alarm = logging.getLogger("zaigang.alarm")
CHANNEL = "zaigang-{}"
"""One a hall: a commit wakes nobody who serves other halls."""
MIGRATING, LEASE = 0x7A61_6967, 0x6C65_6173
EVERYBODY = "*"
NOTICE_BYTES_MAX = 7_000
NOTICES_AT_ONCE = 100
LISTEN_SECONDS = 5.0
AGAIN_SECONDS = 1.0
STREAM_ROWS = 500
VERSION_MIN = 150_000
PASSING = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.InFailedSqlTransaction,
)
FULL = (psycopg.errors.DiskFull, psycopg.errors.OutOfMemory)


def trouble(error: Exception) -> StoreTrouble | None:
    """The passing trouble behind an error of the engine; None when the statement itself is wrong."""
    return StoreTrouble(isinstance(error, FULL), str(error)) if isinstance(error, PASSING) else None


def kept(values: Values) -> list[Any]:
    """Parameters as PostgreSQL can keep them: it has no NUL in a text. Op bodies are JSON, where it is written as an escape."""
    return [value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in values]


class Connection:
    """`Sql` over one PostgreSQL connection in a site's schema; opened again after it broke, once nothing stands on it."""

    def __init__(self, url: str, schema: str, reads_only: bool = False) -> None:
        self._url = url
        self._schema = schema
        self._begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if reads_only else "BEGIN"
        self._names = count()
        self._turn = -1
        self.raw = self._open()

    def _open(self) -> "psycopg.Connection[tuple[Any, ...]]":
        raw = psycopg.connect(self._url, autocommit=True, cursor_factory=psycopg.RawCursor, application_name="zaigang")
        # A word given to somebody is on the disk, whatever the server's own setting; text sorts by code point as in SQLite.
        raw.execute("SET synchronous_commit = on")
        raw.execute(quoted.SQL("SET search_path TO {}").format(quoted.Identifier(self._schema)).as_string(raw))
        return raw

    def one(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        """First row, or None."""
        return self._execute(sql, values).fetchone()

    def all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows."""
        return self._execute(sql, values).fetchall()

    def stream(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Rows by the hundred, several streams at a time."""
        name = f"stream_{next(self._names)}"
        self.raw.execute(f"DECLARE {name} CURSOR FOR {postgres(sql)}", kept(values) or None)
        while rows := self.raw.execute(f"FETCH {STREAM_ROWS} FROM {name}").fetchall():
            yield from rows

    def run(self, sql: str, values: Values = ()) -> int:
        """Change rows, or open or end a transaction."""
        if sql.startswith("BEGIN"):
            self._fresh(lambda: self.raw.execute(self._begin))
            return 0
        return self._execute(sql, values).rowcount

    def _fresh(self, begin: Callable[[], T]) -> T:
        """Begin a transaction; on a new connection when the one at hand was cut off since the last."""
        try:
            return begin()
        except psycopg.OperationalError:
            self.raw.close()
            self.raw = self._open()
            return begin()

    def many(self, sql: str, rows: Sequence[Values]) -> None:
        """The same change for many rows, in one round trip."""
        with self.raw.cursor() as cursor:
            cursor.executemany(postgres(sql), [kept(values) for values in rows])

    def _execute(self, sql: str, values: Values) -> "psycopg.Cursor[tuple[Any, ...]]":
        # Without values the simple protocol may carry several statements.
        return self.raw.execute(postgres(sql), kept(values) or None)

    def begin(self) -> bool:
        """Open the transaction of a group and hold the site's row. True when another process has committed since the last one here."""
        turn = self._fresh(self._hold)
        others, self._turn = turn != self._turn, turn
        return others

    def _hold(self) -> int:
        with self.raw.pipeline():
            self.raw.execute(self._begin)
            row = self.raw.execute("SELECT turn FROM site FOR UPDATE")
        return int((row.fetchone() or (0,))[0])

    def commit(self, people: Sequence[str]) -> None:
        """End it and flush it to the disk, with one notice for the other processes."""
        self._turn += 1
        with self.raw.pipeline():
            self.raw.execute("UPDATE site SET turn = $1", (self._turn,))
            self.raw.execute("SELECT pg_notify($1, $2)", (CHANNEL.format(self._schema), said(self.raw.info.backend_pid, people)))
            end = self.raw.execute("COMMIT")
        if end.statusmessage != "COMMIT":
            raise StoreTrouble(False, "the transaction had failed and was rolled back")

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction stands, failed or not."""
        return self.raw.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    @property
    def is_failed(self) -> bool:
        """Whether the transaction takes nothing more until a savepoint is undone."""
        return self.raw.info.transaction_status == TransactionStatus.INERROR

    @property
    def pid(self) -> int:
        """The number of this connection's process; 0 when it is gone: what that process did last may be news here, too."""
        try:
            return 0 if self.raw.closed else self.raw.info.backend_pid
        except psycopg.Error:
            return 0

    def trouble(self, error: Exception) -> StoreTrouble | None:
        """The passing trouble behind an error."""
        return trouble(error)

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()


class PostgresStore(ThreadedStore):
    """`Store` over one schema of a PostgreSQL database (`url`), made with `new` if it holds no site yet.

    Raises `UnsafeStore` when the server would not keep what it acknowledges. Open it in the event loop that will use it.
    """

    def __init__(
        self, url: str, schema: str, institutions: Institutions, clock: Callable[[], int], new: site.NewSite | None = None
    ) -> None:
        make_schema(url, schema)
        writing = Connection(url, schema)
        try:
            check_server(writing)
            prepare(writing, institutions, clock(), new)
            facts, self._known = site.facts(writing), site.head(writing)
            self._known_was = (writing.one("SELECT coalesce(max(n), 0) FROM account_was") or (0,))[0]
            super().__init__(facts, writing, partial(Connection, url, schema, reads_only=True), institutions, clock)
        except BaseException:
            writing.close()
            raise
        self._schema = schema
        self._untold: asyncio.Queue[Committed | Heard] = asyncio.Queue()
        self._teller = self._loop.create_task(self._tell_all())
        self._ears = Ears(url, schema, self._overheard)
        self._ears.start()

    @property
    def leads(self) -> bool:
        """Whether this process holds the site's lease."""
        return self._ears.leads

    @property
    def shared(self) -> bool:
        """Always: nothing tells a process that it is alone."""
        return True

    async def close(self) -> None:
        """Finish what was accepted, then close."""
        await self._loop.run_in_executor(None, self._ears.stop)
        await super().close()
        self._teller.cancel()
        with suppress(asyncio.CancelledError):
            await self._teller

    # --- telling listeners, in commit order ---

    def _answer(self, done: list[Done], committed: Committed | None) -> None:
        """A group that failed may have been kept all the same, with only the answer lost: then listeners hear of it at once."""
        super()._answer(done, committed)
        if committed is None and any(isinstance(one.error, StoreTrouble) for one in done):
            self._untold.put_nowait(Heard(0, ()))

    def _tell(self, committed: Committed) -> None:
        """A commit of this process; directly when nothing of another's comes before it."""
        if self._untold.empty() and committed.base == self._known:
            self._known = committed.head
            super()._tell(committed)
        else:
            self._untold.put_nowait(committed)

    def _overheard(self, heard: "Heard") -> None:
        """Called by the ears: another process has committed, or a connection of this one that is gone, or notices may have been lost."""
        own = self._writing.pid if isinstance(self._writing, Connection) else 0
        if not heard.pid or heard.pid != own:
            self._loop.call_soon_threadsafe(self._untold.put_nowait, heard)

    async def _tell_all(self) -> None:
        while True:
            item = await self._untold.get()
            try:
                await self._tell_one(item)
            except StoreTrouble as trouble:
                # Sockets see the gap at the next frame and pull.
                alarm.warning("a commit of another process was not told: %s", trouble)
            except Exception as crash:
                alarm.error("telling of a commit crashed", exc_info=crash)

    async def _tell_one(self, item: "Committed | Heard") -> None:
        if isinstance(item, Committed):
            if item.base > self._known:
                await self._catch_up(())
            if item.head > self._known or item.people:
                self._known = max(self._known, item.head)
                super()._tell(item)
        else:
            await self._catch_up(item.people)

    async def _catch_up(self, people: Sequence[str]) -> None:
        """Read what others changed, up to now, and tell it.

        That may reach over commits whose own notice is still to come: whose rights changed in them is looked up as well, so that
        nobody is told a row in a bucket that the same commits take away (law I19).
        """

        def look(sql: Sql) -> tuple[Committed, int]:
            changed = sql.all("SELECT uid, n FROM account_was WHERE n > ?", (self._known_was,))
            told = committed_since(sql, self._known, sorted({*people, *(uid for uid, _ in changed)}))
            return told, max((n for _, n in changed), default=self._known_was)

        committed, self._known_was = await self.read(look)
        if committed.head > self._known or committed.people:
            self._known = max(self._known, committed.head)
            super()._tell(committed)


class Heard(NamedTuple):
    """A notice: which process committed (its backend's number; 0: some may have been missed), and whose rights may have changed."""

    pid: int
    people: tuple[str, ...]


def said(pid: int, people: Sequence[str]) -> str:
    """The text of a notice. Far too many people to name are told as everybody."""
    text = " ".join((str(pid), *people))
    return text if len(text.encode()) < NOTICE_BYTES_MAX else f"{pid} {EVERYBODY}"


def committed_since(sql: Sql, known: int, people: Sequence[str]) -> Committed:
    """What commits after `known` changed, as listeners need it: the latest version only."""
    rows = [
        RowChange(cid, kind, rid, ver, digest, body, *_places(sql, n, known))
        for n, cid, kind, rid, ver, digest, body in sql.all(
            "SELECT v.n, max(b.cid), v.kind, v.rid, v.ver, v.hash, v.body FROM bucket_row b JOIN view_row v ON v.n = b.n"
            " WHERE b.cid > ? GROUP BY v.n, v.kind, v.rid, v.ver, v.hash, v.body ORDER BY max(b.cid), v.n",
            (known,),
        )
    ]
    devices = {n: ledger.device_n(sql, n) for (n,) in sql.all("SELECT DISTINCT device FROM result WHERE cid > ?", (known,))}
    own = [
        OwnChange(devices[number].dev, partial(ledger.row_change, devices[number].dev, ledger.kept_n(sql, n), cid))
        for n, number, cid in sql.all("SELECT n, device, cid FROM result WHERE cid > ? ORDER BY cid, seq", (known,))
    ]
    uids = [uid for (uid,) in sql.all("SELECT uid FROM account")] if EVERYBODY in people else people
    actors = {uid: accounts.actor(sql, uid) for uid in uids}
    rights = {uid: accounts.audience(actor) if actor else None for uid, actor in actors.items()}
    return Committed(known, site.head(sql), rows, own, {d.dev: d.head for d in devices.values()}, rights)


def _places(sql: Sql, n: int, known: int) -> tuple[frozenset[str], frozenset[str]]:
    places = sql.all("SELECT bucket, cid, live FROM bucket_row WHERE n = ?", (n,))
    return frozenset(b for b, _, live in places if live), frozenset(b for b, cid, _ in places if cid > known)


class Ears:
    """A thread with a connection of its own: hears other processes, holds the site's lease, and begins anew when it is cut off."""

    def __init__(self, url: str, schema: str, heard: Callable[[Heard], None]) -> None:
        self._url = url
        self._schema = schema
        self._heard = heard
        self._stopping = threading.Event()
        self.leads = False
        self._thread = threading.Thread(target=self._run, name=f"listen-{schema}", daemon=True)
        self.ready = threading.Event()

    def start(self) -> None:
        """Listen from now on; returns once it does, so that nothing is missed."""
        self._thread.start()
        self.ready.wait(LISTEN_SECONDS)

    def stop(self) -> None:
        """Listen no more and give the lease back."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                alarm.warning("listening to the other processes was interrupted: %s", error)
                self.leads = False
                self._stopping.wait(AGAIN_SECONDS)

    def _listen(self) -> None:
        with psycopg.connect(self._url, autocommit=True, application_name="zaigang-listen") as raw:
            raw.execute(f'LISTEN "{CHANNEL.format(self._schema)}"')
            self._lead(raw)
            self.ready.set()
            # Whatever was said before this connection listened is looked up once.
            self._heard(Heard(0, (EVERYBODY,)))
            while not self._stopping.is_set():
                for notice in raw.notifies(timeout=LISTEN_SECONDS / 20, stop_after=NOTICES_AT_ONCE):
                    pid, *people = notice.payload.split(" ")
                    self._heard(Heard(int(pid), tuple(people)))
                self._lead(raw)

    def _lead(self, raw: "psycopg.Connection[tuple[Any, ...]]") -> None:
        if not self.leads:
            row = raw.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (LEASE, self._schema)).fetchone()
            self.leads = bool(row and row[0])


def sites_in(url: str) -> list[str]:
    """The sites a database holds, by their schemas. Raises `UnsafeStore` when it cannot be reached."""
    try:
        with psycopg.connect(url, autocommit=True) as raw:
            found = raw.execute(
                "SELECT table_schema FROM information_schema.columns WHERE table_name = 'site' AND column_name = 'seal_key' ORDER BY 1"
            )
            return [name for (name,) in found]
    except psycopg.OperationalError as error:
        raise UnsafeStore(f"PostgreSQL cannot be reached: {error}") from error


def new_epoch(url: str, schema: str, institutions: Institutions, now: int) -> str:
    """Make a site that was put back from a backup another incarnation of itself (PROTOCOL.md §6). Refused while a process serves it."""
    sql = Connection(url, schema)
    try:
        row = sql.one("SELECT pg_try_advisory_lock(?, hashtext(?))", (LEASE, schema))
        if not row or not row[0]:
            raise UnsafeStore(f"a server is serving {schema}: stop it first")
        prepare(sql, institutions, now, None)
        sql.run("BEGIN")
        epoch = backup.begin_anew(sql, now)
        sql.run("COMMIT")
    finally:
        sql.close()
    return epoch


def has_synchronous_replica(sql: Sql) -> bool:
    """Whether commits wait for another machine's disk."""
    found = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')"
    return sql.one(found) is not None


def make_schema(url: str, schema: str) -> None:
    """Make the site's schema if it is not there. Raises `UnsafeStore` when the server cannot be reached."""
    try:
        with psycopg.connect(url, autocommit=True) as raw:
            raw.execute("SELECT pg_advisory_lock(%s)", (MIGRATING,))
            raw.execute(quoted.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(quoted.Identifier(schema)))
    except psycopg.OperationalError as error:
        raise UnsafeStore(f"PostgreSQL cannot be reached: {error}") from error


def check_server(sql: Connection) -> None:
    """Refuse a server that would lose what it acknowledged, or that is too old."""
    if sql.raw.info.server_version < VERSION_MIN:
        raise UnsafeStore(f"PostgreSQL {sql.raw.info.server_version // 10_000} is too old; {VERSION_MIN // 10_000} or later is needed")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        row = sql.one(f"SHOW {name}")
        if row is None or row[0] == "off":
            raise UnsafeStore(f"this PostgreSQL loses what it acknowledged when the power goes ({name} is off)")


def prepare(sql: Connection, institutions: Institutions, now: int, new: site.NewSite | None) -> None:
    """Bring the schema to this release and make its site; all of it or nothing, and one process at a time."""
    sql.run("BEGIN")
    try:
        sql.run("SELECT pg_advisory_xact_lock(?)", (MIGRATING,))
        migrate(sql, institutions, now)
        # Counts group commits of all processes: whoever finds another number than its own reads anew.
        sql.run("ALTER TABLE site ADD COLUMN IF NOT EXISTS turn INTEGER NOT NULL DEFAULT 0")
        if new is not None and not site.exists(sql):
            site.create(sql, new, now)
        sql.run("COMMIT")
    except BaseException:
        sql.run("ROLLBACK")
        raise
