"""Rescue files: unsent ops of a device, encrypted to its site, carried by hand (sync.md A9; PROTOCOL.md section 6)."""

import os
from collections.abc import Callable

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.keys import b64, unb64
from sync.messages import RescueFile

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has: secrets lie below it."""
IV_BYTES, TAG_BYTES = 12, 16


class BadRescue(ValueError):
    """A file that is no rescue file of this site, or was damaged."""


class Rescued(msgspec.Struct):
    """What is inside: a push of any length. `from`: number of the first op; `prev`: link before it (hex); `made_at` ms."""

    dev: str
    key: str
    epoch: str
    first: int = msgspec.field(name="from")
    prev: str
    ops: list[str]
    sig: str
    made_at: int


def secret(random: Callable[[int], bytes]) -> bytes:
    """A fresh rescue key: the secret number of a P-256 key, 32 bytes."""
    return (int.from_bytes(random(32), "big") % (ORDER - 1) + 1).to_bytes(32, "big")


def public_of(secret: bytes) -> bytes:
    """The raw public point (65 bytes) of a rescue key."""
    return _point(_private(secret).public_key())


def _private(secret: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _cipher(mine: ec.EllipticCurvePrivateKey, theirs: bytes) -> AESGCM:
    shared = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=b"zg-rescue").derive(shared))


def seal(site: str, rescue_key: bytes, inside: Rescued, random: Callable[[int], bytes] = os.urandom) -> RescueFile:
    """The file of a device for the site with this public rescue key (raw point)."""
    mine, iv = _private(secret(random)), random(IV_BYTES)
    data = _cipher(mine, rescue_key).encrypt(iv, msgspec.json.encode(inside), None)
    return RescueFile(1, site, inside.dev, b64(_point(mine.public_key())), b64(iv), b64(data))


def open_file(file: RescueFile, site: str, secret: bytes) -> Rescued:
    """What a file holds. Raises `BadRescue`."""
    if file.v != 1 or file.site != site:
        raise BadRescue("made for another site or by a later release")
    try:
        plain = _cipher(_private(secret), unb64(file.epk)).decrypt(unb64(file.iv), unb64(file.data), None)
        inside = msgspec.json.decode(plain, type=Rescued)
    except (InvalidTag, ValueError, RecursionError):
        raise BadRescue("it cannot be decrypted with the key of this site, or was damaged") from None
    if inside.dev != file.dev:
        raise BadRescue("it names two devices")
    return inside
