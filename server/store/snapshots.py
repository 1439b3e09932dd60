"""Large buckets as immutable files, made now and then and fetched at a start from nothing instead of pages (PROTOCOL.md §2, law I24).

A file stands under a sealed id that says nothing of bucket or commit. Nothing depends on these files: whoever finds none, or loses one
half-way, goes on by pages.
"""

import asyncio
import logging
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from server.store import site
from server.store.contract import Sql, Store
from server.store.horizon import horizon
from server.store.sums import sums_of
from sync.cursor import Seal
from sync.messages import Row, Snap, SnapChunk, SnapHead
from sync.sums import told
from sync.units import DAY_MS, MINUTE_MS
from sync.version import SHAPES

SNAPSHOT_FROM = 2_000
CHUNK_ROWS = 500
STALE_MS = DAY_MS
STALE_SHARE = 5
"""A snapshot is made anew when more than one row in this many has changed since."""
LEFT_MS = 15 * MINUTE_MS
"""A snapshot is not given out once a row of it has left the bucket; it is made anew at most this often because of that."""
SUFFIXES = {"": ".ndjson", "gzip": ".ndjson.gz", "zstd": ".ndjson.zst"}
INDEX = ".json"
alarm = logging.getLogger("zaigang.alarm")
_encoder = msgspec.json.Encoder()


class Snapshot(msgspec.Struct):
    """One file. `at`: when it was made (ms); `marks`: where in the plain file the first line and then each chunk ends."""

    id: str
    bucket: str
    cid: int
    at: int
    n: int
    sum: str
    marks: list[int]

    @property
    def chunks(self) -> int:
        """How many chunks it has."""
        return len(self.marks) - 1

    @property
    def offer(self) -> Snap:
        """What a device is told of it."""
        return Snap(self.bucket, self.id, self.n, self.chunks, self.sum)


class Snapshots:
    """The snapshots of one site in a folder of their own."""

    def __init__(self, folder: Path, seal: Seal) -> None:
        self.folder = folder
        self.making = asyncio.Lock()
        self._seal = seal
        self._by_id: dict[str, Snapshot] = {}
        self._newest: dict[str, Snapshot] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in folder.glob(f"*{INDEX}"):
            self._load(path)
        self.sweep()

    # --- giving out --------------------------------------------------------------------------------------------------

    def offered(self, sql: Sql, buckets: frozenset[str]) -> list[Snapshot]:
        """What a device that starts from nothing may fetch of its buckets."""
        limit = horizon(sql)
        newest = (self._newest[bucket] for bucket in sorted(buckets & self._newest.keys()))
        return [one for one in newest if one.cid >= limit and not has_left(sql, one.bucket, one.cid)]

    def open(self, sql: Sql, id: str, buckets: frozenset[str]) -> Snapshot | None:
        """The snapshot with this id, if its bucket is one of these and everything in it is still there to be seen."""
        found = self._by_id.get(id)
        if found is None or found.bucket not in buckets or found.cid < horizon(sql):
            return None  # Behind the horizon nobody knows any more what has left.
        return None if has_left(sql, found.bucket, found.cid) else found

    def path(self, snapshot: Snapshot, coding: str) -> Path:
        """The file in a content coding; empty: plain."""
        return self.folder / (snapshot.id + SUFFIXES[coding])

    # --- making ------------------------------------------------------------------------------------------------------

    def due(self, sql: Sql, now: int) -> list[str]:
        """Large buckets without a snapshot, or with one that is too old."""
        large = sql.all("SELECT bucket, n FROM bucket_sum WHERE n >= ? ORDER BY bucket", (SNAPSHOT_FROM,))
        return [bucket for bucket, n in large if self._is_due(sql, bucket, n, now)]

    def _is_due(self, sql: Sql, bucket: str, n: int, now: int) -> bool:
        last = self._newest.get(bucket)
        if last is None:
            return True
        row = sql.one("SELECT count(*) FROM bucket_row WHERE bucket = ? AND cid > ?", (bucket, last.cid))
        changed, age = row[0] if row else 0, now - last.at
        if changed * STALE_SHARE > n or (changed and age >= STALE_MS):
            return True
        return age >= LEFT_MS and has_left(sql, bucket, last.cid)

    def write(self, sql: Sql, bucket: str, now: int) -> Snapshot | None:
        """Write the plain file from one state of the site; None when it does not add up, which is told."""
        head = site.head(sql)
        made = Snapshot(self._seal.snapshot_id(bucket, head), bucket, head, now, *sums_of(sql, [bucket])[bucket], [])
        n = total = 0
        with self.path(made, "").open("wb") as file:
            file.write(_encoder.encode(SnapHead(bucket, made.n, made.sum, SHAPES)) + b"\n")
            made.marks.append(file.tell())
            for chunk in _chunks(_rows(sql, bucket)):
                n, total = n + len(chunk), total + sum(int(row.h, 16) for row in chunk)
                end = SnapChunk(len(made.marks), *told(n, total))
                file.write(b"\n".join(map(_encoder.encode, (*chunk, end))) + b"\n")
                made.marks.append(file.tell())
        if told(n, total) != (made.n, made.sum):
            alarm.error("the sum of bucket %s does not hold: %s kept, %s found", bucket, (made.n, made.sum), told(n, total))
            self.path(made, "").unlink()
            return None
        return made

    def publish(self, made: Snapshot) -> None:
        """Pack it, and give it out from now on instead of the one before."""
        pack(self.path(made, ""), self.path(made, "gzip"), gzip_to)
        pack(self.path(made, ""), self.path(made, "zstd"), zstd_to)
        index = self.folder / (made.id + INDEX)
        fresh = index.with_suffix(".new")
        fresh.write_bytes(_encoder.encode(made))
        # All of it is on the disk before it counts: after a power cut a file is whole or not there.
        for path in (*(self.path(made, coding) for coding in SUFFIXES), fresh):
            _flush(path)
        fresh.rename(index)
        before = self._newest.get(made.bucket)
        self._take(made)
        for old in [one for one in self._by_id.values() if one.bucket == made.bucket and one not in (made, before)]:
            del self._by_id[old.id]
        self.sweep()

    def _load(self, path: Path) -> None:
        """Take a snapshot left by an earlier run; one of another epoch is nobody's."""
        try:
            found = msgspec.json.decode(path.read_bytes(), type=Snapshot)
        except msgspec.MsgspecError:
            return
        whole = all(self.path(found, coding).is_file() for coding in SUFFIXES)
        if whole and found.id == self._seal.snapshot_id(found.bucket, found.cid):
            self._take(found)

    def _take(self, one: Snapshot) -> None:
        self._by_id[one.id] = one
        newest = self._newest.get(one.bucket)
        if newest is None or newest.cid <= one.cid:
            self._newest[one.bucket] = one

    def sweep(self) -> None:
        """Delete every file of no known snapshot; one that is being sent stays open until it is."""
        for path in self.folder.iterdir():
            if path.name.partition(".")[0] not in self._by_id:
                path.unlink(missing_ok=True)


async def make_due(store: Store, snapshots: Snapshots, now: int) -> None:
    """Make every snapshot that is due, one after the other. Whoever asks meanwhile waits: two rounds would write the same files."""
    async with snapshots.making:
        for bucket in await store.read(lambda sql: snapshots.due(sql, now)):
            try:
                made = await store.read(lambda sql, bucket=bucket: snapshots.write(sql, bucket, now))  # type: ignore[misc]
                if made:
                    await asyncio.to_thread(snapshots.publish, made)
            except OSError as error:
                alarm.error("no snapshot of bucket %s: %s", bucket, error)
                snapshots.sweep()


def has_left(sql: Sql, bucket: str, cid: int) -> bool:
    """Whether a row has left a bucket since a commit: then not everybody who reads it now may read what was in it then (law I18)."""
    return sql.one("SELECT 1 FROM bucket_row WHERE bucket = ? AND cid > ? AND live = 0 LIMIT 1", (bucket, cid)) is not None


def _rows(sql: Sql, bucket: str) -> Iterator[Row]:
    query = (
        "SELECT v.kind, v.rid, v.ver, v.hash, v.body FROM bucket_row b JOIN view_row v ON v.n = b.n"
        " WHERE b.bucket = ? AND b.live = 1 ORDER BY v.kind, v.rid"
    )
    for kind, rid, ver, digest, body in sql.stream(query, (bucket,)):
        yield Row([bucket], kind, rid, ver, digest, body)


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield chunk


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def pack(plain: Path, packed: Path, pack_to: Callable[[Any, Any], None]) -> None:
    """Write one file in a content coding beside another."""
    with plain.open("rb") as source, packed.open("wb") as target:
        pack_to(source, target)


def gzip_to(source: Any, target: Any) -> None:
    """As gzip, once for many: slower and smaller than what is packed per answer."""
    stream = zlib.compressobj(level=9, wbits=31)
    while part := source.read(1 << 20):
        target.write(stream.compress(part))
    target.write(stream.flush())


def zstd_to(source: Any, target: Any) -> None:
    """As zstd, within the window every browser reads (RFC 9659)."""
    chosen = zstandard.ZstdCompressionParameters.from_level(12, window_log=23)
    zstandard.ZstdCompressor(compression_params=chosen).copy_stream(source, target)
