"""The sums of buckets: number and sum of the hashes of their live rows, moved in the commit that moves the rows (PROTOCOL.md §2, law I20).

A step tallies what it moves, so that its end undoes that too; the writer keeps the sums in memory, reckons once per group commit and
writes those that changed.
"""

from collections.abc import Iterable

from server.store.contract import Sql
from sync.sums import NOTHING, Told, told

NOWHERE: frozenset[str] = frozenset()


Move = tuple[frozenset[str], frozenset[str], str, frozenset[str], str]


class Tally:
    """What one step moved, to be reckoned once for the whole group: the push path pays for an append."""

    def __init__(self) -> None:
        self.moves: list[Move] = []

    def move(self, hit: frozenset[str], was: frozenset[str], old: str, now: frozenset[str], new: str) -> None:
        """A row that had hash `old` in the buckets `was` has `new` in `now`; only `hit` differ."""
        self.moves.append((hit, was, old, now, new))


class Sums:
    """The sums of every bucket, and what the open group has moved since they were written."""

    def __init__(self, sql: Sql) -> None:
        self._sums = {bucket: [n, int(total, 16)] for bucket, n, total in sql.all("SELECT bucket, n, sum FROM bucket_sum")}
        self._moves: list[Move] = []

    def take(self, tally: Tally) -> None:
        """Count a finished step in."""
        self._moves += tally.moves

    def flush(self, sql: Sql) -> None:
        """Write what the group changed."""
        if self._moves:
            dirty = reckon(self._sums, self._moves)
            self._moves = []
            _put(sql, {bucket: told(*self._sums[bucket]) for bucket in dirty})


def reckon(sums: dict[str, list[int]], moves: Iterable[Move]) -> set[str]:
    """Add moves to sums in place; returns the buckets that changed."""
    dirty: set[str] = set()
    for hit, was, old, now, new in moves:
        dirty |= hit
        if left := was & hit:
            before = int(old, 16)
            for bucket in left:
                found = sums[bucket]
                found[0] -= 1
                found[1] -= before
        if come := now & hit:
            after = int(new, 16)
            for bucket in come:
                found = sums.get(bucket) or sums.setdefault(bucket, [0, 0])
                found[0] += 1
                found[1] += after
    return dirty


def sums_of(sql: Sql, buckets: Iterable[str]) -> dict[str, Told]:
    """The sums of these buckets but a device's own."""
    wanted = sorted(bucket for bucket in buckets if not bucket.startswith("dev:"))
    if not wanted:
        return {}
    marks = ", ".join("?" * len(wanted))
    found = {b: (n, total) for b, n, total in sql.all(f"SELECT bucket, n, sum FROM bucket_sum WHERE bucket IN ({marks})", wanted)}
    return {bucket: found.get(bucket, NOTHING) for bucket in wanted}


def fill(sql: Sql) -> None:
    """Reckon every sum from the rows: once, for a database from before there were sums."""
    rows = "SELECT b.bucket, v.hash FROM bucket_row b JOIN view_row v ON v.n = b.n WHERE b.live = 1"
    sums: dict[str, list[int]] = {}
    places = ((frozenset((bucket,)), digest) for bucket, digest in sql.stream(rows))
    reckon(sums, ((bucket, NOWHERE, "0", bucket, digest) for bucket, digest in places))
    _put(sql, {bucket: told(*found) for bucket, found in sums.items()})


def _put(sql: Sql, sums: dict[str, Told]) -> None:
    sql.many(
        "INSERT INTO bucket_sum (bucket, n, sum) VALUES (?, ?, ?) ON CONFLICT (bucket) DO UPDATE SET n = excluded.n, sum = excluded.sum",
        [(bucket, *sums[bucket]) for bucket in sorted(sums)],
    )
