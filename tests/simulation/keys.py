"""Keys for a world: real ones, or cheap ones that hold as long as nobody forges (signatures have tests of their own)."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cryptography.exceptions import InvalidTag

import server.gateway.devices
import server.gateway.place
import server.gateway.push
import sync.cursor
import sync.live
import sync.outbox
from sync.keys import Key, key_from
from tools import zaigang_verify


def cheap_key(secret: int) -> Key:
    """A key whose signature anybody could make."""
    public = b"\4" + hashlib.sha512(secret.to_bytes(32, "big")).digest()
    return Key(public, lambda message: _mark(public, message))


def _mark(public: bytes, message: bytes) -> bytes:
    return hashlib.sha512(public + message).digest()


def _matches(public: bytes, message: bytes, signature: bytes) -> bool:
    return _mark(public, message) == signature


class _CheapSigner:
    """Signs beacons of a world nobody forges in."""

    def sign(self, message: bytes) -> bytes:
        return hashlib.sha512(message).digest()


class _CheapSeal:
    """Stands for AES-SIV: as long, as deterministic, bound to its key and context, and legible."""

    MARK_BYTES = 16

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encrypt(self, plain: bytes, context: Sequence[bytes]) -> bytes:
        return self._mark(plain, context) + plain

    def decrypt(self, token: bytes, context: Sequence[bytes]) -> bytes:
        mark, plain = token[: self.MARK_BYTES], token[self.MARK_BYTES :]
        if mark != self._mark(plain, context):
            raise InvalidTag
        return plain

    def _mark(self, plain: bytes, context: Sequence[bytes]) -> bytes:
        return hashlib.blake2b(b"\0".join((*context, plain)), key=self._key, digest_size=self.MARK_BYTES).digest()


def keys_of(real: bool) -> Callable[[int], Key]:
    """What makes the keys of a world's devices."""
    return key_from if real else cheap_key


@contextmanager
def patched(*changes: tuple[Any, str, Any]) -> Iterator[None]:
    """Attributes replaced for the length of a `with`."""
    before = [(owner, name, owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)) for owner, name, _ in changes]
    for owner, name, value in changes:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for owner, name, value in reversed(before):
            setattr(owner, name, value)


def cheap_crypto(real: bool) -> tuple[tuple[Any, str, Any], ...]:
    """What must be replaced for cheap keys to be believed."""
    if real:
        return ()
    return (
        (server.gateway.push, "verify", _matches),
        (server.gateway.devices, "verify", _matches),
        (sync.live, "verify", _matches),
        (sync.outbox, "beacon_holds", lambda *_: True),
        (sync.cursor, "AESSIV", _CheapSeal),
        (zaigang_verify, "device_signed", lambda *_: True),
    )


def make_cheap(place: "server.gateway.place.Place") -> None:
    """Beacons of this place are signed cheaply."""
    place._signer = _CheapSigner()  # type: ignore[assignment]
