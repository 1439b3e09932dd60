"""The rows of a device and their sums by bucket, kept by adding and subtracting (PROTOCOL.md §2; laws I14, I17, I20).

A row is in a set of buckets; it goes when the last of them drops it.
"""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from sync import messages as m
from sync.rows import row_hash
from sync.sums import Told, leaf_of, leaf_sums, sum_of, told

Key = tuple[str, str]
AUDIT_PARTS = 100


class Stored(NamedTuple):
    """One row: version, hash, exact body text, the buckets it is in, and whether the body is an older shape than the hash covers."""

    ver: int
    hash: str
    body: str
    buckets: frozenset[str]
    projected: bool = False


class Damaged(ValueError):
    """A page, frame or chunk that does not hold together; nothing of it was applied."""


class Shelf:
    """Rows by (kind, rid). Only its methods change them, so that the sums stay true."""

    def __init__(self) -> None:
        self.rows: dict[Key, Stored] = {}
        self._sums: dict[str, list[int]] = {}

    # --- taking rows -------------------------------------------------------------------------------------------------

    def take(self, row: m.Row) -> None:
        """One row as it is now in these buckets, or its end (`check_hashes` first). An older version than is here changes nothing."""
        key = (row.k, row.rid)
        here = self.rows.get(key)
        if here is not None and here.ver > row.v:
            return
        if row.d is None:
            self._drop(key)
        else:
            self._put(key, Stored(row.v, row.h, row.d, frozenset(row.b), row.p))

    def add(self, row: m.Row) -> None:
        """One row of a snapshot: the higher version wins, buckets add up."""
        assert row.d is not None, "a snapshot holds what is there"
        key = (row.k, row.rid)
        here = self.rows.get(key)
        fresh = Stored(row.v, row.h, row.d, frozenset(row.b), row.p)
        if here is None:
            self._put(key, fresh)
        else:
            newer = here if here.ver > row.v else fresh
            self._put(key, newer._replace(buckets=here.buckets | fresh.buckets))

    def narrow(self, buckets: frozenset[str]) -> None:
        """Narrow to these buckets: rows that are in none of them are dropped."""
        if self._sums.keys() <= buckets:
            return
        for key, row in list(self.rows.items()):
            if not row.buckets <= buckets:
                self._keep_in(key, row.buckets & buckets)
        self._sums = {bucket: found for bucket, found in self._sums.items() if bucket in buckets}

    def repair(self, bucket: str, leaves: frozenset[int], rows: Iterable[m.Row]) -> None:
        """These leaves of a bucket are exactly these rows, whatever was here."""
        for row in rows:
            assert row.d is not None, "a leaf holds what is there"
            self._put((row.k, row.rid), Stored(row.v, row.h, row.d, frozenset(row.b), row.p))
        come = {(row.k, row.rid) for row in rows}
        for key in [key for key, row in self.rows.items() if bucket in row.buckets and key not in come and leaf_of(*key) in leaves]:
            self._keep_in(key, self.rows[key].buckets - {bucket})

    def clear(self) -> None:
        """No rows."""
        self.rows, self._sums = {}, {}

    def _keep_in(self, key: Key, buckets: frozenset[str]) -> None:
        if buckets:
            self._put(key, self.rows[key]._replace(buckets=buckets))
        else:
            self._drop(key)

    def _put(self, key: Key, row: Stored) -> None:
        self._drop(key)
        self.rows[key] = row
        for bucket in row.buckets:
            found = self._sums.setdefault(bucket, [0, 0])
            found[0] += 1
            found[1] += int(row.hash, 16)

    def _drop(self, key: Key) -> None:
        gone = self.rows.pop(key, None)
        if gone is None:
            return
        for bucket in gone.buckets:
            found = self._sums[bucket]
            found[0] -= 1
            found[1] -= int(gone.hash, 16)

    # --- sums --------------------------------------------------------------------------------------------------------

    def sum(self, bucket: str) -> Told:
        """Number and sum of the rows in a bucket."""
        return told(*self._sums.get(bucket, (0, 0)))

    def leaves(self, bucket: str) -> dict[int, Told]:
        """Sums by leaf of a bucket, from the rows themselves."""
        return leaf_sums((k, rid, row.hash) for (k, rid), row in self.rows.items() if bucket in row.buckets)

    def audit(self, part: int) -> list[Key]:
        """Hash the bodies of one part of `AUDIT_PARTS` anew and count all rows anew; damaged rows go and are returned.

        What went, and what the storage had lost, shows as a difference at the next page.
        """
        damaged = [key for key, row in self.rows.items() if part_of(key) == part % AUDIT_PARTS and not intact(key, row)]
        for key in damaged:
            self._drop(key)
        buckets = {bucket for row in self.rows.values() for bucket in row.buckets}
        for bucket in buckets | self._sums.keys():
            n, total = sum_of(row.hash for row in self.rows.values() if bucket in row.buckets)
            self._sums[bucket] = [n, int(total, 16)]
        return damaged

    def reshape(self) -> None:
        """The app reads the present shapes now: bodies in older ones go, and come again by repair."""
        for key in [key for key, row in self.rows.items() if row.projected]:
            self._drop(key)


def part_of(key: Key) -> int:
    """In which part of the audit a row is."""
    return int.from_bytes(hashlib.sha256(f"audit\n{key[0]}\n{key[1]}".encode()).digest()[:4], "big") % AUDIT_PARTS


def intact(key: Key, row: Stored) -> bool:
    """Whether a body is what its hash says; one in an older shape cannot be told."""
    return row.projected or row_hash(*key, row.ver, row.body) == row.hash


def check_hashes(rows: Iterable[m.Row]) -> None:
    """Raises `Damaged` when a row is not what its hash says."""
    for row in rows:
        if row.d is not None and not row.p and row_hash(row.k, row.rid, row.v, row.d) != row.h:
            raise Damaged(f"hash of {row.k} {row.rid}")
