"""Reading what changed for a device: rows of its buckets after its cursor, in commit order, latest version only (sync.md A4)."""

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from server.store.contract import Sql
from server.store.ledger import Device, kept_at, row_change
from sync.messages import Row
from sync.rows import ROW_PAGE_MAX, row_hash

PAGE_BYTES_MAX = 512 * 1024
_FACE = (
    "SELECT kind, rid, ver, hash, body, (SELECT group_concat(bucket, char(10)) FROM bucket_row b WHERE b.n = v.n AND b.live = 1)"
    " FROM view_row v WHERE v.n = ?"
)
_encoder = msgspec.json.Encoder()


class Touched(NamedTuple):
    """One entry of the change index. `n`: number of the face, or of the op in the device's chain when `own`."""

    cid: int
    own: bool
    n: int
    live: bool


class Page(NamedTuple):
    """Encoded rows of whole commits after a cursor. `to`: the last commit in it; `more`: there are others."""

    rows: list[bytes]
    to: int
    more: bool
    size: int


def touched_after(sql: Sql, device: Device, buckets: frozenset[str], pos: int) -> Iterator[Touched]:
    """What changed in these buckets after a commit, in commit order; a row may come several times."""
    faces = "SELECT cid, n, live FROM bucket_row WHERE bucket = ? AND cid > ? ORDER BY cid, n"
    own = "SELECT cid, seq, live FROM result WHERE device = ? AND cid > ? ORDER BY cid, seq"
    streams = [_entries(sql, faces, bucket, pos, False) for bucket in sorted(buckets) if not bucket.startswith("dev:")]
    return heapq.merge(*streams, _entries(sql, own, device.n, pos, True))


def _entries(sql: Sql, query: str, key: str | int, pos: int, own: bool) -> Iterator[Touched]:
    for cid, n, live in sql.stream(query, (key, pos)):
        yield Touched(cid, own, n, bool(live))


def read_page(
    sql: Sql, device: Device, buckets: frozenset[str], pos: int, rows_max: int = ROW_PAGE_MAX, bytes_max: int = PAGE_BYTES_MAX
) -> Page:
    """The next page after `pos`. Pages end on whole commits; one commit larger than a page is a page of its own."""
    reader = _Reader(sql, device, buckets, first=pos == 0)
    to = pos
    for cid, commit in _commits(touched_after(sql, device, buckets, pos)):
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
        if commit and entry.cid != commit[0].cid:
            yield commit[0].cid, commit
            commit = []
        commit.append(entry)
    if commit:
        yield commit[0].cid, commit


class _Reader:
    """Collects encoded rows, each once."""

    def __init__(self, sql: Sql, device: Device, buckets: frozenset[str], first: bool) -> None:
        self.rows: list[bytes] = []
        self.size = 0
        self._sql = sql
        self._device = device
        self._buckets = buckets
        self._first = first
        self._done: dict[tuple[bool, int], None] = {}

    def mark(self) -> tuple[int, int, int]:
        """Where `back_to` can return to."""
        return len(self.rows), self.size, len(self._done)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Forget what came after `mark`: it goes into the next page."""
        count, self.size, done = mark
        del self.rows[count:]
        for key in list(self._done)[done:]:
            del self._done[key]

    def take(self, entry: Touched) -> None:
        """Add what an entry is about, as it is now; once."""
        key = (entry.own, entry.n)
        if key in self._done:
            return
        self._done[key] = None
        row = self._result(entry.n) if entry.own else self._face(entry.n)
        # A device that starts from nothing has no row to lose.
        if self._first and row.d is None:
            return
        line = _encoder.encode(row)
        self.rows.append(line)
        self.size += len(line) + 1

    def _face(self, n: int) -> Row:
        found = self._sql.one(_FACE, (n,))
        assert found is not None, "buckets hold rows that exist"
        kind, rid, ver, digest, body, live = found
        mine = sorted(self._buckets.intersection(live.split("\n"))) if live else []
        if not mine:
            # It left: not even the hash of what the others see now.
            return Row([], kind, rid, ver, row_hash(kind, rid, ver, ""), None)
        return Row(mine, kind, rid, ver, digest, body)

    def _result(self, seq: int) -> Row:
        kept = kept_at(self._sql, self._device, seq)
        assert kept is not None, "results have ops"
        change = row_change(self._device.dev, kept, 0)
        return Row(sorted(change.live), change.kind, change.rid, change.ver, change.hash, change.body)
