"""Reading what changed for a device: rows of its buckets after its cursor, in commit order, latest version only (PROTOCOL.md §2)."""

import heapq
import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from server.store.contract import Sql
from server.store.ledger import Device, kept_at, row_change
from server.store.shapes import Shape
from sync.cursor import Cursor
from sync.messages import Row
from sync.rows import ROW_PAGE_MAX, row_hash

PAGE_BYTES_MAX = 512 * 1024
LATELY = 256
"""A device not more commits behind than this is nearly up to date."""
AHEAD = 64
"""How many entries are looked at together: one question for their faces instead of one each."""
_FACES = (
    "SELECT n, kind, rid, ver, hash, body, (SELECT group_concat(bucket, char(10)) FROM bucket_row b WHERE b.n = v.n AND b.live = 1)"
    " FROM view_row v WHERE v.n "
)
_FACE = f"{_FACES}= ?"
_SOME_FACES = f"{_FACES}IN ({', '.join('?' * AHEAD)})"
_encoder = msgspec.json.Encoder()


Touched = tuple[Any, ...]
"""One entry of the change index: (commit, own, n, live). `n`: number of the face, or of the op in the device's chain when `own`.

A bare tuple as the database gives it: a row comes once for every bucket that both it and the device are in.
"""


class Page(NamedTuple):
    """Encoded rows of whole commits after a cursor. `to`: the last commit in it; `more`: there are others."""

    rows: list[bytes]
    to: int
    more: bool
    size: int


def touched_lately(sql: Sql, device: Device, buckets: frozenset[str], pos: int) -> Iterator[Touched]:
    """The same as `touched_after` with one question, for a device that is nearly up to date: all of it is sorted at once."""
    faces = sorted(bucket for bucket in buckets if not bucket.startswith("dev:"))
    parts: list[str] = []
    values: list[Any] = []
    if faces:
        parts.append(f"SELECT cid, 0, n, live FROM bucket_row WHERE bucket IN ({', '.join('?' * len(faces))}) AND cid > ?")
        values += [*faces, pos]
    if len(faces) < len(buckets):
        parts.append("SELECT cid, 1, seq, live FROM result WHERE device = ? AND cid > ?")
        values += [device.n, pos]
    return iter(sql.all(" UNION ALL ".join(parts) + " ORDER BY 1, 2, 3", values)) if parts else iter(())


def touched_after(sql: Sql, device: Device, buckets: frozenset[str], pos: int) -> Iterator[Touched]:
    """What changed in these buckets after a commit, in commit order; a row may come several times."""
    faces = "SELECT cid, 0, n, live FROM bucket_row WHERE bucket = ? AND cid > ? ORDER BY cid, n"
    own = "SELECT cid, 1, seq, live FROM result WHERE device = ? AND cid > ? ORDER BY cid, seq"
    streams = [sql.stream(faces, (bucket, pos)) for bucket in sorted(buckets) if not bucket.startswith("dev:")]
    if any(bucket.startswith("dev:") for bucket in buckets):
        streams.append(sql.stream(own, (device.n, pos)))
    return heapq.merge(*streams)


def live_between(sql: Sql, device: Device, buckets: frozenset[str], after: int, upto: int) -> Iterator[Touched]:
    """What is in these buckets and was last changed there by a commit after `after`, up to `upto`."""
    return (touched for touched in itertools.takewhile(lambda t: t[0] <= upto, touched_after(sql, device, buckets, after)) if touched[3])


def read_page(
    sql: Sql,
    device: Device,
    buckets: frozenset[str],
    pos: int,
    rows_max: int = ROW_PAGE_MAX,
    bytes_max: int = PAGE_BYTES_MAX,
    start: int = 0,
    shape: Shape | None = None,
    head: int | None = None,
) -> Page:
    """The next page after `pos`. Pages end on whole commits; one commit larger than a page is a page of its own.

    `start`: the head when a device began from nothing: what had left by then it cannot have. `shape`: for an app of an older release.
    `head`: the last commit there is, if it is known.
    """
    reader = RowReader(sql, device, buckets, start, shape)
    touched = touched_lately if head is not None and head - pos <= LATELY else touched_after
    return _page(reader, touched(sql, device, buckets, pos), pos, rows_max, bytes_max)


def read_fill(
    sql: Sql,
    device: Device,
    buckets: frozenset[str],
    fill: frozenset[str],
    cursor: Cursor,
    rows_max: int = ROW_PAGE_MAX,
    shape: Shape | None = None,
) -> Page:
    """The next page of what the buckets `fill` hold, as they stood at `cursor.pos`; rows come as they are now."""
    reader = RowReader(sql, device, buckets, 0, shape)
    return _page(reader, live_between(sql, device, fill, cursor.fill, cursor.pos), cursor.fill, rows_max, PAGE_BYTES_MAX)


def _page(reader: "RowReader", entries: Iterator[Touched], pos: int, rows_max: int, bytes_max: int) -> Page:
    """Rows of whole commits, from `pos` until there are no more or the page is full."""
    to = pos
    for cid, commit in _commits(reader.ahead(entries)):
        mark = reader.mark()
        for entry in commit:
            reader.take(entry)
        if to > pos and (len(reader.rows) > rows_max or reader.size > bytes_max):
            reader.back_to(mark)
            return Page(reader.rows, to, True, reader.size)
        to = cid
    return Page(reader.rows, to, False, reader.size)


def _commits(entries: Iterator[Touched]) -> Iterator[tuple[int, list[Touched]]]:
    """Entries grouped by commit."""
    commit: list[Touched] = []
    for entry in entries:
        if commit and entry[0] != commit[0][0]:
            yield commit[0][0], commit
            commit = []
        commit.append(entry)
    if commit:
        yield commit[0][0], commit


class RowReader:
    """Collects encoded rows, each once."""

    def __init__(self, sql: Sql, device: Device, buckets: frozenset[str], start: int = 0, shape: Shape | None = None) -> None:
        self.rows: list[bytes] = []
        self.size = 0
        self._sql = sql
        self._device = device
        self._buckets = buckets
        self._start = start
        self._shape = shape
        self._done: dict[tuple[int, int], None] = {}
        self._known: dict[int, tuple[Any, ...]] = {}
        self._mine: dict[str, list[str]] = {}

    def mark(self) -> tuple[int, int, int]:
        """Where `back_to` can return to."""
        return len(self.rows), self.size, len(self._done)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Forget what came after `mark`: it goes into the next page."""
        count, self.size, done = mark
        del self.rows[count:]
        for key in list(self._done)[done:]:
            del self._done[key]

    def ahead(self, entries: Iterator[Touched]) -> Iterator[Touched]:
        """The same entries, with the faces of the next few looked up together."""
        while some := list(itertools.islice(entries, AHEAD)):
            wanted = {n for _, own, n, _ in some if not own and (0, n) not in self._done}
            if len(wanted) > 1:
                # One statement for any number: what is missing is filled up with the first of them.
                values = [*wanted, *[some[0][2]] * (AHEAD - len(wanted))]
                self._known.update((found[0], found) for found in self._sql.all(_SOME_FACES, values))
            yield from some

    def take(self, entry: Touched) -> None:
        """Add what an entry is about, as it is now; once."""
        cid, own, n, _ = entry
        if (own, n) in self._done:
            return
        row = self._result(n) if own else self._face(n)
        if row.d is None and cid <= self._start:
            return
        self._done[own, n] = None
        self._add(row)

    def face(self, n: int) -> None:
        """Add a face that is there."""
        self._add(self._face(n))

    def _add(self, row: Row) -> None:
        line = _encoder.encode(self._shape(row) if self._shape else row)
        self.rows.append(line)
        self.size += len(line) + 1

    def _face(self, n: int) -> Row:
        found = self._known.pop(n, None) or self._sql.one(_FACE, (n,))
        assert found is not None, "buckets hold rows that exist"
        _, kind, rid, ver, digest, body, live = found
        mine = self._mine.get(live or "")
        if mine is None:
            mine = self._mine[live or ""] = sorted(self._buckets.intersection((live or "").split("\n")))
        if not mine:
            # It left: not even the hash of what the others see now.
            return Row([], kind, rid, ver, row_hash(kind, rid, ver, ""), None)
        return Row(mine, kind, rid, ver, digest, body)

    def _result(self, seq: int) -> Row:
        kept = kept_at(self._sql, self._device, seq)
        assert kept is not None, "results have ops"
        change = row_change(self._device.dev, kept, 0)
        return Row(sorted(change.live), change.kind, change.rid, change.ver, change.hash, change.body)
