"""The stamp of a printed document: what its QR code says, and who has signed that (DOC; ED25519 as in notes.py, or a device's P-256).

A stamp holds an opaque id, the kind of document, its number, copy and time, and a hash over what the document says: no name, no text.
The server's stamps are signed notes of the site's key, their texts begin otherwise than beacons and checkpoints; a phone without a
network stamps with its device key, and says so.
"""

import hashlib
import re
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.keys import Key, b64, bytes_of, ed25519_holds
from sync.ops import verify

HASH_CHARS, SIGNATURE_CHARS = 43, 86
CODE_CHARS_MAX = 400
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_KIND = re.compile(r"[a-z][a-z_]{1,31}")
_NUMBER = re.compile(r"-|[0-9]{4}-[1-9][0-9]{0,8}")
_COUNT = re.compile(r"[1-9][0-9]{0,14}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class BadStamp(ValueError):
    """A text that is no stamp. The message says what is wrong, in English."""


class Stamp(NamedTuple):
    """What is signed. `number`: "2026-3", or "-" where only the server gives one; `copy` counts from 1; `at` ms; `digest`: see `digest`.

    `dev`: the device that stamped, "" for the site itself.
    """

    site: str
    id: str
    kind: str
    number: str
    copy: int
    at: int
    digest: str
    dev: str = ""

    @property
    def text(self) -> str:
        """The text of its note."""
        by = f"device {self.dev}\n" if self.dev else ""
        head = f"zaigang paper/v1\nsite {self.site}\n{by}id {self.id}\nkind {self.kind}\n"
        return f"{head}number {self.number}\ncopy {self.copy}\nat {self.at}\nhash {self.digest}\n"


class Signed(NamedTuple):
    """A stamp with its signature (base64url)."""

    stamp: Stamp
    signature: str

    @property
    def code(self) -> str:
        """As it stands in an address: letters, digits, `-`, `_` and full stops only."""
        s = self.stamp
        head = ["2", s.dev] if s.dev else ["1"]
        return ".".join([*head, s.id, s.kind, s.number, str(s.copy), _base36(s.at), s.digest, self.signature])


def digest(kind: str, rid: str, values: Any) -> str:
    """SHA-256 (base64url) over what a document says, before any language: its kind, its record and its values with sorted keys."""
    text = msgspec.json.encode([kind, rid, values], order="sorted")
    return b64(hashlib.sha256(text).digest())


def sign(stamp: Stamp, private: Ed25519PrivateKey) -> Signed:
    """A stamp of the site."""
    return Signed(stamp, b64(private.sign(stamp.text.encode())))


def sign_on_device(stamp: Stamp, key: Key) -> Signed:
    """A stamp of a phone."""
    return Signed(stamp, b64(key.sign(stamp.text.encode())))


def read(site: str, code: str) -> Signed:
    """The stamp of a code; nothing is verified. Raises `BadStamp`."""
    parts = code.split(".") if len(code) <= CODE_CHARS_MAX else []
    dev = ""
    if len(parts) == 9 and parts[0] == "2":
        dev = parts.pop(1)
    elif len(parts) != 8 or parts[0] != "1":
        raise BadStamp("not the stamp of a document")
    _, name, kind, number, copy, at, hashed, signature = parts
    if not (_ID.fullmatch(name) and _KIND.fullmatch(kind) and _NUMBER.fullmatch(number) and _COUNT.fullmatch(copy)):
        raise BadStamp("a stamp without its id, kind, number or copy")
    if (dev and not _ID.fullmatch(dev)) or len(hashed) != HASH_CHARS or len(signature) != SIGNATURE_CHARS:
        raise BadStamp("a stamp without its hash or signature")
    if not 1 <= len(at) <= 10 or not set(at) <= set(_DIGITS):
        raise BadStamp("a stamp without its time")
    return Signed(Stamp(site, name, kind, number, int(copy), int(at, 36), hashed, dev), signature)


def holds(signed: Signed, public: bytes) -> bool:
    """Whether the key has signed: the site's raw Ed25519 key, or for a phone's stamp the raw point of its device key."""
    message = signed.stamp.text.encode()
    return (verify if signed.stamp.dev else ed25519_holds)(public, message, bytes_of(signed.signature))


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"
