"""One entry of the evidence log is one minute: the root of a sparse tree whose places hold commitments to records (PROTOCOL.md section 8).

Nobody who sees an entry, a proof or a checkpoint learns how many records a minute holds: every tree has the same depth, records lie
in random places, and an empty subtree stands for a value that only the site can tell from a real one.
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sync.merkle import HASH_BYTES, node_hash

DEPTH = 20
SLOTS = 1 << DEPTH
RECORDS_MAX = 1 << 16
"""How many records at most go into one minute; more wait for the next. Places stay sparse, and one minute's work stays bounded."""
SALT_BYTES = 32
NO_LINK = bytes(HASH_BYTES)
"""The link of what is no op (an audit entry)."""
_ENTRY = struct.Struct(">Q32s")
_OPENING = struct.Struct(">BIQQ32s32s32s")
_VERSION = 1


def commitment(salt: bytes, body_hash: bytes, link: bytes, at: int) -> bytes:
    """What stands in the log for one record: nothing can be told from it without the salt. `at`: when the site took it (ms)."""
    return hashlib.sha256(b"\x02" + salt + body_hash + link + at.to_bytes(8, "big")).digest()


def bound_salt(what: bytes, nonce: bytes) -> bytes:
    """A salt that binds its record to the 32 bytes `what`: like any other to everybody, until the `nonce` (32 random bytes) is told."""
    return hashlib.sha256(b"zaigang-bound-salt\n" + what + nonce).digest()


def filler(key: bytes, height: int, index: int) -> bytes:
    """The value of an empty subtree of 2^height places."""
    return hashlib.sha256(b"\x03" + key + bytes((height,)) + index.to_bytes(4, "big")).digest()


class Minute:
    """The tree of one minute. `key`: the secret of its empty places; `taken`: commitments by place."""

    def __init__(self, key: bytes, taken: Mapping[int, bytes]) -> None:
        self._key = key
        self._levels: list[dict[int, bytes]] = [dict(taken)]
        for height in range(DEPTH):
            parents = {index >> 1 for index in self._levels[height]}
            self._levels.append({p: node_hash(self._at(height, 2 * p), self._at(height, 2 * p + 1)) for p in parents})

    def _at(self, height: int, index: int) -> bytes:
        found = self._levels[height].get(index)
        return filler(self._key, height, index) if found is None else found

    @property
    def root(self) -> bytes:
        """The root: all that is published of a minute."""
        return self._at(DEPTH, 0)

    def path(self, slot: int) -> list[bytes]:
        """The siblings from a place up to the root: always `DEPTH` of them."""
        return [self._at(height, (slot >> height) ^ 1) for height in range(DEPTH)]


def root_of_path(slot: int, leaf: bytes, path: Iterable[bytes]) -> bytes:
    """The root a place's path leads to."""
    found = leaf
    for height, sibling in enumerate(path):
        found = node_hash(sibling, found) if slot >> height & 1 else node_hash(found, sibling)
    return found


class Entry(NamedTuple):
    """One entry of the log. `at`: the end of its minute (ms)."""

    at: int
    root: bytes

    @property
    def packed(self) -> bytes:
        """The 40 bytes that are hashed and published."""
        return _ENTRY.pack(self.at, self.root)


def read_entry(packed: bytes) -> Entry:
    """The entry of its bytes. Raises `ValueError`."""
    try:
        return Entry(*_ENTRY.unpack(packed))
    except struct.error:
        raise ValueError("an entry has 40 bytes") from None


class Opening(NamedTuple):
    """What the holder of a record needs to find it in an entry: the extra line of its proof. `at`: when the site took it (ms)."""

    slot: int
    entry_at: int
    at: int
    salt: bytes
    body_hash: bytes
    link: bytes
    path: tuple[bytes, ...]

    @property
    def packed(self) -> bytes:
        """Its bytes: the same number for every record."""
        head = _OPENING.pack(_VERSION, self.slot, self.entry_at, self.at, self.salt, self.body_hash, self.link)
        return head + b"".join(self.path)

    @property
    def entry(self) -> Entry:
        """The entry that this opening leads to."""
        leaf = commitment(self.salt, self.body_hash, self.link, self.at)
        return Entry(self.entry_at, root_of_path(self.slot, leaf, self.path))


def read_opening(packed: bytes) -> Opening:
    """The opening of its bytes. Raises `ValueError`."""
    if len(packed) != _OPENING.size + DEPTH * HASH_BYTES or packed[0] != _VERSION:
        raise ValueError("not the opening of a record")
    _, slot, entry_at, at, salt, body_hash, link = _OPENING.unpack(packed[: _OPENING.size])
    if slot >= SLOTS:
        raise ValueError("no such place")
    path = packed[_OPENING.size :]
    return Opening(slot, entry_at, at, salt, body_hash, link, tuple(path[i : i + HASH_BYTES] for i in range(0, len(path), HASH_BYTES)))
