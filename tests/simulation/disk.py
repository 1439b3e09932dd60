"""A disk of our own under the real store: every write and sync of SQLite is noted, so that power can be cut at each of them, and any
of them can fail (R6). `Drive` is the disk, `DriveConnection` the store's connection over it.
"""

import os
import random
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

import apsw

from server.store.sqlite import WRITER, Writing, sqlite3

SECTOR = 512
PRAGMAS = tuple(
    "wal_autocheckpoint=60" if pragma.startswith("wal_autocheckpoint") else pragma for pragma in ("locking_mode=EXCLUSIVE", *WRITER)
)
"""The store's own, with the log brought into the file often; alone with the file, so that no shared memory is needed."""
_names = count()


class Write(NamedTuple):
    """Bytes written to a file at a place."""

    file: str
    at: int
    data: bytes


class Cut(NamedTuple):
    """A file made shorter."""

    file: str
    size: int


class Sync(NamedTuple):
    """Everything written to a file before this is on the disk."""

    file: str


Step = Write | Cut | Sync


class Broken(Exception):
    """What the disk says when it fails."""


class Drive(apsw.VFS):
    """Files in memory. `steps`: what was done to them since `begin`. `fails`: says of each step whether it fails, and how."""

    def __init__(self) -> None:
        self.name = f"drive{next(_names)}"
        self.files: dict[str, bytearray] = {}
        self.steps: list[Step] = []
        self.before: dict[str, bytes] = {}
        self.done = 0
        self.fails: Any = lambda _n, _step: None
        super().__init__(self.name, "")

    def begin(self) -> None:
        """Note every step from here on."""
        self.before = {name: bytes(data) for name, data in self.files.items()}
        self.steps, self.done = [], 0

    def step(self, step: Step) -> None:
        """One thing done to a file, or the error it ends with."""
        error = self.fails(self.done, step)
        self.done += 1
        if error is not None:
            raise error
        self.steps.append(step)
        apply(self.files.setdefault(step.file, bytearray()), step)

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.files

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.files.pop(filename, None)

    def xFullPathname(self, name: str) -> str:
        return name

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        opened = name.filename() if isinstance(name, apsw.URIFilename) else name or f"temp{next(_names)}"
        self.files.setdefault(opened, bytearray())
        flags[1] = flags[0]
        return DriveFile(self, opened)


class DriveFile:
    """One open file of a drive."""

    def __init__(self, drive: Drive, name: str) -> None:
        self._drive, self._name = drive, name

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._drive.files[self._name][offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._drive.step(Write(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        self._drive.step(Cut(self._name, newsize))

    def xSync(self, flags: int) -> None:
        self._drive.step(Sync(self._name))

    def xFileSize(self) -> int:
        return len(self._drive.files[self._name])

    def xLock(self, level: int) -> None:
        pass

    def xUnlock(self, level: int) -> None:
        pass

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xClose(self) -> None:
        pass


def apply(data: bytearray, step: Step) -> None:
    """What a step does to the bytes of its file."""
    if isinstance(step, Write):
        if len(data) < step.at:
            data.extend(bytes(step.at - len(data)))
        data[step.at : step.at + len(step.data)] = step.data
    elif isinstance(step, Cut):
        del data[step.size :]


class Outage:
    """Goes along the steps of a drive; at each, what the disk may hold if the power goes there."""

    def __init__(self, drive: Drive) -> None:
        self._steps = drive.steps
        self._durable = {name: bytearray(data) for name, data in drive.before.items()}
        self._synced = dict(drive.before)
        self._waiting: dict[str, list[Step]] = {}

    def each(self, rng: random.Random, variants: int) -> Iterator[tuple[int, dict[str, bytes]]]:
        """(steps done, files) for every step, several times: what was not synced is kept, lost or torn as it comes."""
        for done, step in enumerate(self._steps):
            for _ in range(variants):
                yield done, self._left(rng)
            self._take(step)

    def _take(self, step: Step) -> None:
        if isinstance(step, Sync):
            durable = self._durable.setdefault(step.file, bytearray())
            for waiting in self._waiting.pop(step.file, []):
                apply(durable, waiting)
            self._synced[step.file] = bytes(durable)
        else:
            self._waiting.setdefault(step.file, []).append(step)

    def _left(self, rng: random.Random) -> dict[str, bytes]:
        found = dict(self._synced)
        for name, steps in self._waiting.items():
            data, luck = bytearray(found.get(name, b"")), rng.random()
            for step in steps:
                if rng.random() < luck:
                    apply(data, torn(step, rng) if rng.random() < 0.2 else step)
            found[name] = bytes(data)
        return found


def torn(step: Step, rng: random.Random) -> Step:
    """Only some sectors of a write."""
    if not isinstance(step, Write) or len(step.data) <= 1:
        return step
    keep = rng.randrange(1, len(step.data)) // SECTOR * SECTOR
    return Write(step.file, step.at, step.data[:keep])


class _Raw:
    """What the store's connection needs of a driver, over apsw."""

    def __init__(self, drive: Drive, name: str) -> None:
        self.db = apsw.Connection(name, vfs=drive.name)

    @property
    def in_transaction(self) -> bool:
        return self.db.in_transaction

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return _Cursor(self, lambda: self.db.execute(sql, tuple(values)))

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> Any:
        return _Cursor(self, lambda: self.db.executemany(sql, [tuple(row) for row in rows]))

    def close(self) -> None:
        self.db.close(True)


class _Cursor:
    """Rows already fetched, so that an error comes where the statement is."""

    def __init__(self, raw: _Raw, run: Any) -> None:
        try:
            self._rows = iter(list(run()))
        except apsw.Error as error:
            told = sqlite3.OperationalError(str(error))
            told.sqlite_errorcode = getattr(error, "extendedresult", 1)
            raise told from error
        self.rowcount = raw.db.changes()

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return self._rows


class DriveConnection(Writing):
    """The store's writing connection over a drive, with its own pragmas."""

    def __init__(self, drive: Drive, name: str, pragmas: Sequence[str] = PRAGMAS) -> None:
        self.raw = _Raw(drive, name)  # type: ignore[assignment]
        for pragma in pragmas:
            self.raw.execute(f"PRAGMA {pragma}").fetchall()


def put(folder: str, files: dict[str, bytes], known: dict[str, bytes]) -> bool:
    """Write the files of an outage, those that are not there like this already. False when all of them were."""
    changed = False
    for name, data in files.items():
        if known.get(name) != data:
            place = os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT)
            os.ftruncate(place, os.pwrite(place, data, 0))
            os.close(place)
            known[name] = data
            changed = True
    return changed
