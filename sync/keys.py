"""A device's key pair, how keys and signatures are written, and the check of Ed25519 ones."""

import base64
from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


class Key(NamedTuple):
    """A device key: raw public point (65 bytes) and a function that signs to raw r||s (64 bytes)."""

    public: bytes
    sign: Callable[[bytes], bytes]


def key_from(secret: int) -> Key:
    """The P-256 key of a secret number; its signatures are deterministic (RFC 6979), so a run repeats byte for byte."""
    private = ec.derive_private_key(secret, ec.SECP256R1())
    public = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    def sign(message: bytes) -> bytes:
        der = private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return Key(public, sign)


def b64(data: bytes) -> str:
    """base64url without padding, as every signature and key travels."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The inverse of `b64`."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def bytes_of(text: str) -> bytes:
    """`unb64` of what somebody else wrote; nothing when it is no such text (no key and no signature is empty)."""
    try:
        return unb64(text)
    except ValueError:
        return b""


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """True when the raw Ed25519 key signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
