"""The op: one user intent, immutable bytes, linked into its device's chain (PROTOCOL.md §1).

`body` is the exact UTF-8 text the device wrote; nobody re-serialises it.
`link_n = SHA-256(link_{n-1} || SHA-256(body_n))`, and the device signs the last link it sends.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

OP_BYTES_MAX = 32 * 1024
ORIG_BYTES_MAX = 512
"""What an op may be longer once it is signed again: where it stood before, and a longer number."""
PUSH_OPS_MAX = 200
PUSH_BYTES_MAX = 512 * 1024
BLOBS_PER_OP_MAX = 40

OpClass = Literal["e", "c"]


class Clk(msgspec.Struct, omit_defaults=True):
    """What the device's clocks said when the op was saved (PROTOCOL.md §5). Milliseconds; `w` is wall time since 1970.

    `off`: server minus wall, measured at the last contact. `o`, `m`: page load id and ms since that load.
    `b`: id of the last beacon seen; `bo`, `bm`: page load and ms at which it was seen. `st`: a backward step of the clock was seen.
    """

    w: int
    o: str
    m: int
    tz: str = "Asia/Shanghai"
    off: int | None = None
    b: str | None = None
    bo: str | None = None
    bm: int | None = None
    st: bool = False


class Blob(msgspec.Struct):
    """A photo or sound named by an op; the bytes travel on their own lane."""

    sha256: str
    size: int
    mime: str
    taken: int


class Orig(msgspec.Struct):
    """Where a re-signed op stood first: the closed chain's device, its number there and its link (hex)."""

    dev: str
    seq: int
    link: str


class OpBody(msgspec.Struct):
    """The decoded op body. `a` stays raw until the kind is known. `guard` is `if` on the wire: {rid: ver} a command decides on."""

    v: int
    site: str
    dev: str
    seq: int
    prev: str
    id: str
    t: OpClass
    k: str
    sv: int
    rid: str
    a: msgspec.Raw
    clk: Clk
    guard: dict[str, int] = msgspec.field(name="if", default_factory=dict)
    g: str | None = None
    blobs: list[Blob] = []
    orig: Orig | None = None


class OpKind(NamedTuple):
    """One released op kind and version. `window_hours`: a wider provable window makes the verdict WIDE_WINDOW.

    `guarded`: refused when what it decides on has moved since; not so where it asks only for what happens by itself, too.
    `sealed`: it speaks of what is under embargo, or of who must not be known: nobody hears that one waits on a phone (I18).
    """

    kind: str
    version: int
    cls: OpClass
    args: type[msgspec.Struct]
    window_hours: int
    guarded: bool = True
    sealed: bool = False


def evidence(kind: str, version: int, args: type[msgspec.Struct], *, window_hours: int = 8 * 24) -> OpKind:
    """An op that states a fact: applied or held, never refused (EVD-01)."""
    return OpKind(kind, version, "e", args, window_hours)


def command(kind: str, version: int, args: type[msgspec.Struct], *, window_hours: int = 8 * 24, guarded: bool = True) -> OpKind:
    """An op that decides: may be refused with a reason."""
    return OpKind(kind, version, "c", args, window_hours, guarded)


def under_seal(*ops: OpKind) -> tuple[OpKind, ...]:
    """These kinds of ops, as sealed ones."""
    return tuple(op._replace(sealed=True) for op in ops)


class Upcast(NamedTuple):
    """How arguments of an older version of an op kind become those of the next one. Kept for as long as such ops may come (PROTOCOL §2)."""

    kind: str
    version: int
    args: type[msgspec.Struct]
    up: Callable[[Any], msgspec.Struct]


class Older(NamedTuple):
    """How a row's body looked up to shape release `sv` (version.SHAPES): `down` makes it of the next younger body, decoded."""

    sv: int
    down: Callable[[Any], Any]


class RowKind(NamedTuple):
    """One projected row kind and the struct of its body; `older`: the shapes it had before, youngest first.

    `sealed`: it speaks of what is under embargo, or of who must not be known: a phone long without the site shows it no more (PRV-19).
    """

    kind: str
    body: type[msgspec.Struct]
    older: tuple[Older, ...] = ()
    sealed: bool = False


NUMBER_MIN, NUMBER_MAX = -(10**12), 10**13
"""Every number in an op lies between these: a time in ms from 1938 to 2286, and anything smaller."""


def countable(value: Any) -> bool:
    """True when every number in decoded arguments can be kept and reckoned with as a time."""
    if isinstance(value, (str, bool, type(None))):
        return True
    if isinstance(value, (int, float)):
        return NUMBER_MIN <= value <= NUMBER_MAX
    if isinstance(value, msgspec.Struct):
        for name in _number_fields(type(value)):
            field = getattr(value, name)
            if field is not None and not (NUMBER_MIN <= field <= NUMBER_MAX if type(field) is int else countable(field)):
                return False
        return True
    return all(map(countable, value.values() if isinstance(value, dict) else value))


def has_nul(raw: msgspec.Raw) -> bool:
    """True when a text in raw JSON holds NUL, which not every database can keep."""
    return b"\\u0000" in bytes(raw) and "\0" in "".join(_texts(msgspec.json.decode(raw)))


def _texts(value: Any) -> Iterator[str]:
    """Every text in decoded JSON, names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.items() if isinstance(value, dict) else value:
            yield from _texts(list(part) if isinstance(part, tuple) else part)


@lru_cache(maxsize=1024)
def _number_fields(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """Fields that may hold a number, or something that does."""
    return tuple(field.name for field in msgspec.structs.fields(struct) if not _is_text(field.type))


def _is_text(hint: Any) -> bool:
    """Whether a field of this type is a text, true or false, or nothing."""
    parts = get_args(hint)
    if get_origin(hint) is Literal:
        return all(isinstance(part, str) for part in parts)
    if get_origin(hint) in (Union, UnionType):
        return all(map(_is_text, parts))
    return hint in (str, bool, type(None))


def sane_blobs(blobs: list[Blob]) -> bool:
    """True when what an op says of its photos and sounds can be kept: hashes, sizes, times, not too many. Bytes are judged later."""
    return not blobs or (
        len(blobs) <= BLOBS_PER_OP_MAX
        and all(
            _HASH.fullmatch(b.sha256) is not None and 0 < b.size <= NUMBER_MAX and len(b.mime) <= 64 and countable(b.taken) for b in blobs
        )
    )


_HASH = re.compile(r"[0-9a-f]{64}")
_decoder = msgspec.json.Decoder(OpBody)


def decode_body(body: str) -> OpBody:
    """Decode an op body. Raises `msgspec.ValidationError`, `msgspec.DecodeError` or `RecursionError` on bad input."""
    return _decoder.decode(body)


def device_id(public_key: bytes) -> str:
    """`dev` of a raw (65-byte, uncompressed) P-256 public key: the first 128 bits of its SHA-256, hex. Self-certifying."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def first_link(site: str, dev: str) -> bytes:
    """`link_0` of a device's chain."""
    return hashlib.sha256(f"zg-sync/1\n{site}\n{dev}".encode()).digest()


def next_link(prev: bytes, body: str) -> bytes:
    """`link_n` from `link_{n-1}` and the exact body text."""
    return hashlib.sha256(prev + hashlib.sha256(body.encode()).digest()).digest()


def chain(prev: bytes, bodies: Iterable[str]) -> list[bytes]:
    """The links of `bodies` after `prev`."""
    links = []
    for body in bodies:
        prev = next_link(prev, body)
        links.append(prev)
    return links


def push_bytes(site: str, dev: str, seq: int, link: bytes) -> bytes:
    """What a device signs at a push: the last link it sends."""
    return f"zg-push\n{site}\n{dev}\n{seq}\n{link.hex()}".encode()


def hello_bytes(site: str, dev: str, nonce: str) -> bytes:
    """What a device signs to prove, at a socket or at enrolment, that it holds the key."""
    return f"zg-hello\n{site}\n{dev}\n{nonce}".encode()


def upload_bytes(site: str, dev: str, sha256: str) -> bytes:
    """What a device that was ended signs with every request about one file (PROTOCOL §7)."""
    return f"zg-upload\n{site}\n{dev}\n{sha256}".encode()


_RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def receipt_code(body: str) -> str:
    """The eight characters a person reads out: Crockford base 32 of the first 40 bits of SHA-256(body)."""
    number = int.from_bytes(hashlib.sha256(body.encode()).digest()[:5], "big")
    return "".join(_RECEIPT_ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))


@lru_cache(maxsize=4096)
def _public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """True when `signature` (raw r||s, 64 bytes, as WebCrypto makes it) is `public_key`'s over `message`."""
    if len(signature) != 64:
        return False
    try:
        key = _public_key(public_key)
        der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        key.verify(der, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def to_json(value: Any) -> str:
    """The compact JSON text of a struct: how rows and Python-made ops are written."""
    return msgspec.json.encode(value).decode()
