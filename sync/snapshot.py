"""Snapshots on the device: which are still to be fetched, and how far the one under way has come (PROTOCOL.md §2)."""

from collections.abc import Iterable
from typing import NamedTuple

from sync import messages as m
from sync.shelf import Damaged, Shelf, check_hashes
from sync.sums import NOTHING, told


class Wanted(NamedTuple):
    """A snapshot to fetch: `GET /s/{site}/snapshot/{id}?after={after}`."""

    id: str
    after: int


class Fetching:
    """Snapshots offered with a start from nothing. What one chunk brought is kept for good, so that a cut stream goes on after it."""

    def __init__(self) -> None:
        self._snaps: list[m.Snap] = []
        self._chunk = 0
        self._sum = NOTHING
        self.whole: frozenset[str] = frozenset()

    def offered(self, snaps: list[m.Snap]) -> None:
        """Begin anew with these."""
        self._snaps, self.whole = list(snaps), frozenset()
        self._rewind()

    @property
    def next(self) -> Wanted | None:
        """What to fetch now; None when nothing is left."""
        return Wanted(self._snaps[0].id, self._chunk) if self._snaps else None

    def skip(self) -> None:
        """It cannot be had (gone, or the server is busy): its bucket is filled by pages instead."""
        self._snaps.pop(0)
        self._rewind()

    def take(self, wanted: Wanted, lines: Iterable[m.SnapLine], shelf: Shelf) -> bool:
        """Put whole chunks on the shelf as they come; True when the snapshot is complete.

        A stream may end anywhere: what is no whole chunk is dropped. Raises `Damaged` when what came is not what was offered.
        """
        if wanted != self.next:
            return False
        snap, rows = self._snaps[0], list[m.Row]()
        n, total = self._sum[0], int(self._sum[1], 16)
        for line in lines:
            match line:
                case m.SnapHead():
                    if (line.bucket, line.n, line.sum) != (snap.bucket, snap.n, snap.sum):
                        raise Damaged(f"another snapshot than that of {snap.bucket}")
                case m.Row():
                    if line.d is None or line.b != [snap.bucket]:
                        raise Damaged(f"a row that is not of {snap.bucket}")
                    rows.append(line)
                    n, total = n + 1, total + int(line.h, 16)
                case m.SnapChunk():
                    if line.i != self._chunk + 1 or (line.n, line.sum) != told(n, total):
                        raise Damaged(f"chunk {line.i} of {snap.bucket}")
                    check_hashes(rows)
                    for row in rows:
                        shelf.add(row)
                    rows, self._chunk, self._sum = [], line.i, (line.n, line.sum)
        if self._chunk < snap.chunks:
            return False
        if self._sum != (snap.n, snap.sum):
            raise Damaged(f"the sum of {snap.bucket}")
        self.whole |= {snap.bucket}
        self.skip()
        return True

    def _rewind(self) -> None:
        self._chunk, self._sum = 0, NOTHING
