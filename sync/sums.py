"""Sums of rows: what lets a device and the server find in one exchange whether they hold the same (PROTOCOL.md §2, law I20).

The sum of a set of rows is the sum of their 64-bit hashes mod 2^64, with their number beside it. Both sides keep it by adding and
subtracting. Against accidents, not against forgers: the hashes are short and unkeyed.
"""

import hashlib
from collections.abc import Iterable

LEAVES = 256
MASK = 2**64 - 1
Told = tuple[int, str]
"""A sum as messages carry it: the number of rows, and the sum as 16 hex digits."""

NOTHING: Told = (0, "0" * 16)


def told(n: int, total: int) -> Told:
    """A sum for the wire; `total` may be of any size and sign."""
    return n, f"{total & MASK:016x}"


def leaf_of(kind: str, rid: str) -> int:
    """The leaf of a row: the first byte of SHA-256 over its name."""
    return hashlib.sha256(f"{kind}\n{rid}".encode()).digest()[0]


def sum_of(hashes: Iterable[str]) -> Told:
    """The sum of rows with these hashes."""
    n = total = 0
    for digest in hashes:
        n += 1
        total += int(digest, 16)
    return told(n, total)


def leaf_sums(rows: Iterable[tuple[str, str, str]]) -> dict[int, Told]:
    """Sums by leaf of rows given as (kind, rid, hash); empty leaves are left out."""
    leaves: dict[int, list[str]] = {}
    for kind, rid, digest in rows:
        leaves.setdefault(leaf_of(kind, rid), []).append(digest)
    return {leaf: sum_of(hashes) for leaf, hashes in leaves.items()}
