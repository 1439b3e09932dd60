"""Sealed cursors, snapshot names and beacon ids (PROTOCOL.md §2, §5).

A cursor is (pos, start) and, while buckets the device newly got are being filled, how far: up to which commit it has every row it may
see, the head when its catch-up began, up to which commit the new buckets are filled, and which they are.
Sealing is deterministic (AES-SIV), fixed length, and bound to site and epoch: a token carries nothing a device could order or count by.
"""

import struct
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from sync.keys import b64, unb64

CURSOR_CHARS, BEACON_CHARS = 59, 43


class Cursor(NamedTuple):
    """`pos`: last commit whose rows the device has; `start`: the head when its catch-up began (equal once caught up).

    `fill`: up to which commit buckets it newly got are filled; `tag` (first bytes of their set's hash) says which; both 0 when none.
    """

    pos: int
    start: int
    fill: int = 0
    tag: int = 0

    @property
    def whole(self) -> bool:
        """Whether the device has everything up to `pos`: else only a pull goes on from here."""
        return self.start <= self.pos and not self.tag


class BeaconMark(NamedTuple):
    """What a beacon id proves when it comes back: the server's time (ms) and the first bytes of the chain head it answered."""

    at: int
    nonce: bytes


class Seal:
    """Seals and opens the tokens of one site and epoch. `key`: 64 random bytes kept by the site."""

    def __init__(self, key: bytes, site: str, epoch: str) -> None:
        self._siv = AESSIV(key)
        self._cursor = [b"cursor", site.encode(), epoch.encode()]
        self._beacon = [b"beacon", site.encode()]
        self._snapshot = [b"snapshot", site.encode(), epoch.encode()]

    def cursor(self, cursor: Cursor) -> str:
        """The token of `cursor`: always `CURSOR_CHARS` characters."""
        return b64(self._siv.encrypt(struct.pack(">QQQI", *cursor), self._cursor))

    def open_cursor(self, token: str) -> Cursor | None:
        """The cursor in `token`, or None when it was not sealed here in this epoch."""
        plain = self._open(token, CURSOR_CHARS, self._cursor)
        return Cursor(*struct.unpack(">QQQI", plain)) if plain else None

    def snapshot_id(self, bucket: str, cid: int) -> str:
        """The name under which the snapshot of a bucket at a commit can be fetched: it says nothing of either."""
        return b64(self._siv.encrypt(struct.pack(">Q", cid), [*self._snapshot, bucket.encode()]))

    def beacon_id(self, mark: BeaconMark) -> str:
        """The id of a beacon, to be quoted by later ops."""
        return b64(self._siv.encrypt(struct.pack(">Q8s", mark.at, mark.nonce[:8]), self._beacon))

    def open_beacon(self, token: str) -> BeaconMark | None:
        """The mark in a quoted beacon id, or None when it is not this site's."""
        plain = self._open(token, BEACON_CHARS, self._beacon)
        return BeaconMark(*struct.unpack(">Q8s", plain)) if plain else None

    def _open(self, token: str, chars: int, context: list[bytes]) -> bytes | None:
        if len(token) != chars:
            return None
        try:
            return self._siv.decrypt(unb64(token), context)
        except (InvalidTag, ValueError):
            return None
