"""Backups of a hall that are verified before anything relies on them, and the way back (PROTOCOL.md §6).

A copy is taken from one consistent state beside the running writer, then opened and looked through. Only after that are devices told
that what it holds is durable, and may let go of it. A restored database is another incarnation: it has a new epoch, the same keys.
"""

import fcntl
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from server.store import evidence, site
from server.store.contract import Sql, UnsafeStore
from server.store.evidence import LogBroken
from server.store.institutions import Institutions
from server.store.sqlite import READER, WRITER, Connection, check_version, prepare
from sync import merkle
from sync.minute import SALT_BYTES

SUFFIX, PART = ".sqlite", ".part"
_NAMED = r"\d{8}T\d{6}Z(-\d+)?"
"""When it was made; older releases added the commit, which counts what is sealed, too."""
COUNTED = ("op", "result", "device", "account", "view_row", "bucket_row", "audit")


class BadBackup(UnsafeStore):
    """A file that must not be relied on; its message says what is wrong with it."""


class Backup(NamedTuple):
    """A verified copy. `head`: its last commit; `marks`: by device id, the highest number of its chain in it."""

    path: Path
    site: str
    epoch: str
    head: int
    marks: dict[str, int]


class _State(NamedTuple):
    """What must be equal in a copy and its source."""

    site: str
    epoch: str
    head: int
    counts: tuple[int, ...]


def _state(sql: Sql) -> _State:
    row = sql.one("SELECT id, epoch, head FROM site")
    if row is None:
        raise BadBackup("it holds no hall")
    counts = tuple((sql.one(f"SELECT count(*) FROM {table}") or (0,))[0] for table in COUNTED)
    hall, epoch, head = row
    return _State(hall, epoch, head, counts)


def make(database: Path, folder: Path, now: int) -> Backup:
    """Copy a hall's database into `folder`, verify the copy, and only then give it its name. Blocks; run it beside the loop."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = Connection(database, READER)
    try:
        source.run("BEGIN")
        state = _state(source)
        clear(folder, state.site)
        path = folder / f"{state.site}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now / 1000))}{SUFFIX}"
        part = path.with_suffix(PART)
        with _begun(part):
            _copy(source, part)
            verified = verify(part, state)
            _flush(part)
            part.rename(path)
    finally:
        source.close()
    _flush(folder)
    return verified._replace(path=path)


@contextmanager
def _begun(part: Path) -> Iterator[None]:
    """A new file that is at work while this lasts: half a copy must not keep the room that the hall itself may need."""
    held = _created(part)
    try:
        with suppress(OSError):  # a share that knows no locks: then nobody clears there
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            raise BadBackup(f"the copy was not finished: {error}") from None
        raise
    finally:
        os.close(held)


def _created(path: Path) -> int:
    """A new file that only its owner reads, open."""
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)


def clear(folder: Path, hall: str) -> list[Path]:
    """Remove what a cut in the middle of a backup has left; returns what went. A copy that somebody is still making stays."""
    own = re.compile(rf"{re.escape(hall)}-{_NAMED}{re.escape(PART)}(-journal)?")
    left = [path for path in folder.iterdir() if own.fullmatch(path.name)] if folder.is_dir() else []
    gone = [path for path in left if not _is_at_work(path.with_suffix(PART))]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _is_at_work(part: Path) -> bool:
    try:
        with part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return part.exists()
    return False


def _copy(source: Connection, part: Path) -> None:
    """The state that `source` reads, into one file without a log beside it."""
    target = sqlite3.connect(part, isolation_level=None)
    try:
        source.raw.backup(target)
        target.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        target.close()


def _flush(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def verify(path: Path, state: _State | None = None) -> Backup:
    """Look a copy through: its pages and indexes, that it equals its source (`state`), and the root of its evidence log.

    Raises `BadBackup` with a sentence that says what is wrong.
    """
    if not path.is_file():
        raise BadBackup(f"{path} is not there")
    try:
        sql = Connection(path, ("query_only=ON", "temp_store=MEMORY"))
    except sqlite3.Error as error:
        raise BadBackup(f"{path} cannot be opened: {error}") from None
    try:
        faults = [str(row[0]) for row in sql.all("PRAGMA integrity_check(5)")]
        if faults != ["ok"]:
            raise BadBackup(f"{path} is damaged: {'; '.join(faults)}")
        found = _state(sql)
        if state is not None and found != state:
            raise BadBackup(f"{path} differs from what was copied")
        _check_ledger(sql)
        _check_log(sql)
        marks = dict(sql.all("SELECT dev, seq FROM device"))
        return Backup(path, found.site, found.epoch, found.head, marks)
    except sqlite3.Error as error:
        raise BadBackup(f"{path} is damaged or no backup of a hall: {error}") from None
    except LogBroken as error:
        raise BadBackup(f"{path} has a broken evidence log: {error}") from None
    finally:
        sql.close()


def state_of(sql: Sql) -> Backup:
    """This database itself, as a copy of what it holds: where another machine has all of it on its disk."""
    found = _state(sql)
    return Backup(Path(), found.site, found.epoch, found.head, dict(sql.all("SELECT dev, seq FROM device")))


def _check_ledger(sql: Sql) -> None:
    """Every chain ends where its device stands, and every op has its result."""
    row = sql.one(
        "SELECT d.dev FROM device d LEFT JOIN result r ON r.device = d.n AND r.seq = d.seq"
        " WHERE d.seq > 0 AND (r.link IS NULL OR r.link <> d.link) LIMIT 1"
    )
    if row is not None:
        raise BadBackup(f"the chain of device {row[0]} does not end where the device stands")
    row = sql.one("SELECT o.n FROM op o LEFT JOIN result r ON r.n = o.n WHERE r.n IS NULL LIMIT 1")
    if row is not None:
        raise BadBackup(f"op {row[0]} has no result")


def _check_log(sql: Sql) -> None:
    """The tree that is kept leads to the last root that was signed."""
    if sql.one("SELECT 1 FROM sqlite_master WHERE name = 'log_checkpoint'") is None:
        return  # A copy made by a release that kept no log.
    head = evidence.last_head(sql, site.facts(sql))
    if head is None:
        return
    try:
        found = merkle.root(evidence.tiles_of(sql).node, head.size)
    except ValueError as error:
        raise LogBroken(str(error)) from None
    if found != head.root:
        raise LogBroken(f"its {head.size} entries do not lead to the root that was signed")


# --- what is durable -------------------------------------------------------------------------------------------------


def durable(sql: Sql, backup: Backup, now: int) -> bool:
    """A verified copy exists: the marks move, never back. False when it is of another incarnation."""
    if backup.epoch != (sql.one("SELECT epoch FROM site") or ("",))[0]:
        return False
    sql.run("UPDATE site SET durable = CASE WHEN durable > ?1 THEN durable ELSE ?1 END, durable_at = ?2", (backup.head, now))
    marks = [(seq, dev) for dev, seq in backup.marks.items()]
    sql.many("UPDATE device SET dur = CASE WHEN dur > ?1 THEN dur ELSE ?1 END WHERE dev = ?2", marks)
    return True


def durable_head(sql: Sql) -> int:
    """The last commit known durable."""
    row = sql.one("SELECT durable FROM site")
    return int(row[0]) if row else 0


def last_at(sql: Sql) -> int:
    """When the last verified backup was made (ms); 0 never."""
    row = sql.one("SELECT durable_at FROM site")
    return int(row[0]) if row else 0


def thin_out(folder: Path, hall: str, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups of a hall; returns what went."""
    # Halls share a folder, and the name of one may begin with that of another.
    own = re.compile(rf"{re.escape(hall)}-{_NAMED}{re.escape(SUFFIX)}")
    found = sorted(path for path in folder.iterdir() if own.fullmatch(path.name))
    gone = found[:-keep]
    for path in gone:
        path.unlink()
    return gone


# --- the way back ----------------------------------------------------------------------------------------------------


def restore(path: Path, data: Path, institutions: Institutions, now: int, random: Callable[[int], bytes] = secrets.token_bytes) -> Backup:
    """Put a verified backup in the place of its hall's database. What was there is kept beside it. Hold the folder's lock.

    The new epoch makes every device compare what the server has with what it sent, and send the rest again (PROTOCOL §6).
    """
    check_version()
    verified = verify(path)
    place = data / f"{verified.site}{SUFFIX}"
    part = place.with_suffix(".restoring")
    part.unlink(missing_ok=True)
    os.close(_created(part))
    source = Connection(path, ("query_only=ON",))
    try:
        _copy(source, part)
    finally:
        source.close()
    epoch = _begin_anew(part, institutions, now, random)
    _flush(part)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now / 1000))
    _fold_log(place)
    for beside in ("", "-wal", "-shm"):
        old = Path(f"{place}{beside}")
        if old.exists():
            old.rename(data / f"{verified.site}.replaced-{stamp}{beside}")
    part.rename(place)
    _flush(data)
    return verified._replace(path=place, epoch=epoch)


def _fold_log(place: Path) -> None:
    """Bring the log of what is about to be replaced into its file, so that a kill between two renames parts nothing from it."""
    if place.exists():
        with suppress(sqlite3.Error):  # it may be replaced because it is damaged: then its files go as they are
            sql = Connection(place, WRITER)
            try:
                sql.run("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                sql.close()


def _begin_anew(part: Path, institutions: Institutions, now: int, random: Callable[[int], bytes]) -> str:
    sql = Connection(part, [pragma for pragma in WRITER if not pragma.startswith("journal_mode")])
    try:
        prepare(sql, institutions, now, None)
        sql.run("BEGIN IMMEDIATE")
        epoch = begin_anew(sql, now, random)
        # The file it came from was looked through, and stays.
        sql.run("UPDATE site SET durable = head, durable_at = ?", (now,))
        sql.run("UPDATE device SET dur = seq")
        sql.run("COMMIT")
    finally:
        sql.close()
    return epoch


def begin_anew(sql: Sql, now: int, random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Another incarnation: a new epoch, and nobody signed in. What was known durable is so still, and nothing else (I10)."""
    epoch = random(8).hex()
    (before,) = sql.one("SELECT epoch FROM site") or ("",)
    sql.run("UPDATE site SET epoch = ?, restored_at = ?", (epoch, now))
    sql.run("DELETE FROM session")
    row = sql.one("SELECT max(n) FROM audit") or (0,)
    sql.run(
        "INSERT INTO audit (n, at, uid, act, about, detail, salt) VALUES (?, ?, '', 'site.restore', ?, ?, ?)",
        ((row[0] or 0) + 1, now, epoch, f"from epoch {before}", random(SALT_BYTES)),
    )
    return epoch
