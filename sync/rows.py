"""Rows: (kind, rid, ver, body) with a 64-bit hash (PROTOCOL.md §2).

The hash covers the exact body text, so equal (kind, rid, ver) means equal bytes on every device.
"""

import hashlib

ROW_PAGE_MAX = 1000


def row_hash(kind: str, rid: str, ver: int, body: str) -> str:
    """First 64 bits of BLAKE2b over the row, 16 hex digits."""
    head = f"{kind}\n{rid}\n{ver}\n".encode()
    return hashlib.blake2b(head + body.encode(), digest_size=8).hexdigest()


def bucket_set_hash(buckets: frozenset[str]) -> str:
    """Eight bytes (hex) that name a set of buckets: a frame with another value makes the device pull instead of applying it."""
    return hashlib.blake2b("\n".join(sorted(buckets)).encode(), digest_size=8).hexdigest()
