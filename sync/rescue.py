"""Rescue files: unsent ops of a device, encrypted to its site, carried by hand (PROTOCOL.md §6; PROTOCOL.md section 6)."""

import os
from collections.abc import Callable
from typing import NamedTuple

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


FILE_HEAD_BYTES_MAX = 1024
OPS, FILE = b"zg-rescue", b"zg-rescue-file"
"""What a line of a rescue file is encrypted as."""


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


class RescuedFile(NamedTuple):
    """One photo or sound of a rescue file: the device it lay on, what its record calls it, and the bytes."""

    dev: str
    sha256: str
    mime: str
    data: bytes


class _FileHead(msgspec.Struct):
    dev: str
    sha256: str
    mime: str


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


def _cipher(mine: ec.EllipticCurvePrivateKey, theirs: bytes, what: bytes) -> AESGCM:
    shared = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=what).derive(shared))


def seal(site: str, rescue_key: bytes, inside: Rescued, random: Callable[[int], bytes] = os.urandom) -> RescueFile:
    """The file of a device for the site with this public rescue key (raw point)."""
    return _encrypted(site, rescue_key, inside.dev, msgspec.json.encode(inside), OPS, random)


def seal_file(site: str, rescue_key: bytes, file: RescuedFile, random: Callable[[int], bytes] = os.urandom) -> RescueFile:
    """One photo or sound of a device, a line of its own behind that of the ops."""
    head = msgspec.json.encode(_FileHead(file.dev, file.sha256, file.mime))
    return _encrypted(site, rescue_key, file.dev, head + b"\n" + file.data, FILE, random)


def _encrypted(site: str, rescue_key: bytes, dev: str, plain: bytes, what: bytes, random: Callable[[int], bytes]) -> RescueFile:
    mine, iv = _private(secret(random)), random(IV_BYTES)
    data = _cipher(mine, rescue_key, what).encrypt(iv, plain, None)
    return RescueFile(1, site, dev, b64(_point(mine.public_key())), b64(iv), b64(data))


def open_file(file: RescueFile, site: str, secret: bytes) -> Rescued:
    """What a file holds: the ops of its first line. Raises `BadRescue`."""
    try:
        inside = msgspec.json.decode(_plain(file, site, secret, OPS), type=Rescued)
    except (ValueError, RecursionError) as error:
        raise BadRescue(str(error)) from None
    if inside.dev != file.dev:
        raise BadRescue("it names two devices")
    return inside


def open_line(file: RescueFile, site: str, secret: bytes) -> RescuedFile:
    """The photo or sound in a line behind the first. Its bytes are not compared with its hash here. Raises `BadRescue`."""
    plain = _plain(file, site, secret, FILE)
    end = plain.find(b"\n", 0, FILE_HEAD_BYTES_MAX)
    try:
        head = msgspec.json.decode(plain[: max(end, 0)], type=_FileHead)
    except (ValueError, RecursionError) as error:
        raise BadRescue(str(error)) from None
    if head.dev != file.dev:
        raise BadRescue("it names two devices")
    return RescuedFile(head.dev, head.sha256, head.mime, plain[end + 1 :])


def _plain(file: RescueFile, site: str, secret: bytes, what: bytes) -> bytes:
    """What a line holds."""
    if file.v != 1 or file.site != site:
        raise BadRescue("made for another site or by a later release")
    try:
        return _cipher(_private(secret), unb64(file.epk), what).decrypt(unb64(file.iv), unb64(file.data), None)
    except (InvalidTag, ValueError):
        raise BadRescue("it cannot be decrypted with the key of this site, or was damaged") from None
