"""Signed notes, checkpoints, cosignatures and proofs as texts.

The formats are those of c2sp.org: signed-note, tlog-checkpoint, tlog-cosignature/v1, tlog-proof.

Reading is strict: one spelling for every value, nothing that is not understood is passed over in silence but lines of unknown keys.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.keys import ed25519_holds
from sync.merkle import HASH_BYTES, leaf_hash, root_of_inclusion
from sync.minute import Opening, read_opening

ED25519, COSIGNATURE = 0x01, 0x04
NOTE_CHARS_MAX = 16 * 1024
SIGNATURES_MAX = 32
PATH_MAX = 63
PROOF_LINE = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_NAME = re.compile(r"[^\s+]{1,256}")


class BadNote(ValueError):
    """A text that is not what it should be, or that nobody trusted has signed. The message says what is wrong, in English."""


def std_b64(data: bytes) -> str:
    """Standard base64, as notes write it."""
    return base64.b64encode(data).decode()


def std_unb64(text: str) -> bytes:
    """The inverse of `std_b64`; only its own spelling is read."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("not base64") from None
    if std_b64(data) != text:
        raise BadNote("base64 in an unusual spelling")
    return data


def number(text: str) -> int:
    """A decimal without leading zeroes."""
    if not _NUMBER.fullmatch(text):
        raise BadNote("not a number")
    return int(text)


def _hash(text: str) -> bytes:
    data = std_unb64(text)
    if len(data) != HASH_BYTES:
        raise BadNote("not a hash")
    return data


# --- keys ------------------------------------------------------------------------------------------------------------


class Vkey(NamedTuple):
    """A key to verify notes with. `kind`: `ED25519` signs checkpoints, `COSIGNATURE` cosigns them."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes((self.kind,)) + self.public).digest()[:4]

    def __str__(self) -> str:
        """The text to pass on: `name+id+key`."""
        return f"{self.name}+{self.id.hex()}+{std_b64(bytes((self.kind,)) + self.public)}"


def read_vkey(text: str) -> Vkey:
    """The key of its text. Raises `BadNote`."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
        raise BadNote("not a verifier key: name+id+key")
    packed = std_unb64(parts[2])
    if len(packed) != 33 or packed[0] not in (ED25519, COSIGNATURE):
        raise BadNote("not an Ed25519 verifier key")
    key = Vkey(parts[0], packed[0], packed[1:])
    if key.id.hex() != parts[1]:
        raise BadNote("the id of the verifier key is not that of its key")
    return key


def vkey_of(private: Ed25519PrivateKey, name: str, kind: int) -> Vkey:
    """The verifier key of a private one."""
    return Vkey(name, kind, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


# --- notes -----------------------------------------------------------------------------------------------------------


class Signature(NamedTuple):
    """One signature line. `data`: what follows the key's id."""

    name: str
    id: bytes
    data: bytes

    def __str__(self) -> str:
        return f"\u2014 {self.name} {std_b64(self.id + self.data)}\n"


class Note(NamedTuple):
    """A text, ending in a newline, and who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def by(self, key: Vkey) -> Signature | None:
        """The signature line of a key, unverified."""
        return next((s for s in self.signatures if (s.name, s.id) == (key.name, key.id)), None)


def read_note(text: str) -> Note:
    """Text and signature lines of a note; nothing is verified. Raises `BadNote`."""
    if len(text) > NOTE_CHARS_MAX or any(ord(c) < 32 and c != "\n" for c in text):
        raise BadNote("too long for a note, or with control characters")
    body, blank, lines = text.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise BadNote("a note has its text, an empty line and its signatures")
    signed = tuple(map(_signature, lines[:-1].split("\n")))
    if len(signed) > SIGNATURES_MAX or len({s[:2] for s in signed}) != len(signed):
        raise BadNote("too many signatures, or two of one key")
    return Note(body + "\n", signed)


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, data = rest.partition(" ")
    if dash != "\u2014" or not _NAME.fullmatch(name):
        raise BadNote("not a signature line")
    packed = std_unb64(data)
    if len(packed) < 5:
        raise BadNote("a signature line without its signature")
    return Signature(name, packed[:4], packed[4:])


def sign_note(text: str, private: Ed25519PrivateKey, name: str) -> Note:
    """A text signed by the key `name`."""
    key = vkey_of(private, name, ED25519)
    return Note(text, (Signature(key.name, key.id, private.sign(text.encode())),))


# --- checkpoints and cosignatures ------------------------------------------------------------------------------------


class Checkpoint(NamedTuple):
    """The head of a log: who keeps it, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text of its note."""
        return f"{self.origin}\n{self.size}\n{std_b64(self.root)}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text. Raises `BadNote`."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise BadNote("a checkpoint has its origin, size and root")
    return Checkpoint(lines[0], number(lines[1]), _hash(lines[2]))


def sign_checkpoint(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> Note:
    """A checkpoint signed by its log, whose key is named as its origin."""
    return sign_note(checkpoint.text, private, checkpoint.origin)


def open_checkpoint(text: str, key: Vkey) -> Checkpoint:
    """The checkpoint in a note that `key` has signed. Raises `BadNote`."""
    note = read_note(text)
    signature = note.by(key)
    if key.kind != ED25519 or signature is None or not ed25519_holds(key.public, note.text.encode(), signature.data):
        raise BadNote("not signed by the key of the log")
    found = read_checkpoint(note.text)
    if found.origin != key.name:
        raise BadNote("the checkpoint of another log")
    return found


def cosigned_bytes(text: str, time_s: int) -> bytes:
    """What a witness signs: at `time_s` this was the longest log of this origin it had seen, and it continues every earlier one."""
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def cosign(text: str, private: Ed25519PrivateKey, name: str, time_s: int) -> Signature:
    """The signature line of a witness for a checkpoint's text. `time_s`: seconds since 1970."""
    key = vkey_of(private, name, COSIGNATURE)
    return Signature(name, key.id, time_s.to_bytes(8, "big") + private.sign(cosigned_bytes(text, time_s)))


def cosigned_at(note: Note, key: Vkey) -> int | None:
    """When a witness cosigned a note (seconds since 1970), or None when it did not."""
    signature = note.by(key)
    if key.kind != COSIGNATURE or signature is None or len(signature.data) != 72:
        return None
    time_s = int.from_bytes(signature.data[:8], "big")
    return time_s if time_s < 1 << 63 and ed25519_holds(key.public, cosigned_bytes(note.text, time_s), signature.data[8:]) else None


# --- proofs ----------------------------------------------------------------------------------------------------------


class Proof(NamedTuple):
    """Shows without a network that a record is in the log. `entry`: number of its minute; `checkpoint`: a signed note."""

    opening: Opening
    entry: int
    path: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        return proof_text(self.opening.packed, self.entry, self.path, self.checkpoint)


def proof_text(extra: bytes, entry: int, path: Iterable[bytes], checkpoint: str) -> str:
    """A proof as it is passed on. `extra`: the opening of a record, or the 40 bytes of an entry alone."""
    return "\n".join([PROOF_LINE, f"extra {std_b64(extra)}", f"index {entry}", *map(std_b64, path), "", checkpoint])


def read_proof(text: str) -> Proof:
    """The proof of its text; nothing is verified. Raises `BadNote`."""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) < 3 or lines[0] != PROOF_LINE or len(lines) > 3 + PATH_MAX:
        raise BadNote("not a proof of a record in a log")
    if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise BadNote("a proof without the place of its record")
    try:
        opening = read_opening(std_unb64(lines[1].removeprefix("extra ")))
    except BadNote:
        raise
    except ValueError as wrong:
        raise BadNote(str(wrong)) from None
    return Proof(opening, number(lines[2].removeprefix("index ")), tuple(map(_hash, lines[3:])), checkpoint)


class Proven(NamedTuple):
    """What a proof shows: the checkpoint it leads to, and when witnesses cosigned that (seconds since 1970) by name."""

    checkpoint: Checkpoint
    witnessed: dict[str, int]


def verify_proof(proof: Proof, key: Vkey, witnesses: Iterable[Vkey] = ()) -> Proven:
    """Check a proof against the key of the log. Raises `BadNote` with what does not hold."""
    checkpoint = open_checkpoint(proof.checkpoint, key)
    leaf = leaf_hash(proof.opening.entry.packed)
    if root_of_inclusion(leaf, proof.entry, checkpoint.size, proof.path) != checkpoint.root:
        raise BadNote("the record is not in the log of this checkpoint")
    note = read_note(proof.checkpoint)
    times = {witness.name: cosigned_at(note, witness) for witness in witnesses}
    return Proven(checkpoint, {name: time_s for name, time_s in times.items() if time_s is not None})
