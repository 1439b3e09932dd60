#!/usr/bin/env python3
"""zaigang-verify: checks the evidence of a hall without its server. One file; needs Python 3.11 and the package `cryptography`.

    python zaigang_verify.py hall.sqlite --vkey 'zaigang/hall/…+…'          a copy of the database
    python zaigang_verify.py export/ --vkey … --checkpoint kept.txt         what `log export` wrote, against a checkpoint kept elsewhere
    python zaigang_verify.py --proof record.tlog-proof --body op.json --vkey …      one record, alone
    python zaigang_verify.py hall.sqlite --receipt answer.json              what the site answered a device at a push

Exit codes: 0 everything holds · 10 a tail is not signed yet · 20 a proof, signature or tile does not hold
· 30 contradicts a checkpoint or receipt · 40 a record was altered. The highest counts; every finding names what it is about.
"""

import argparse
import base64
import hashlib
import hmac
import json
import sqlite3
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

OK, UNSIGNED, INVALID, DIVERGED, ALTERED = 0, 10, 20, 30, 40
DEPTH = 20
TOLERANCE_MS = 120_000
ERASED_ACT, ENROLLED_ACT, PAIRED_ACT, REVOKED_ACT = "op.erase", "device.enrol", "display.pair", "device.revoke"
CLOCK_ACT = "clock.back"
COUNTED = ("records", "waiting", "erased", "devices", "signatures", "minutes", "checkpoints", "outside_window", "clock_set_back")


class Finding(NamedTuple):
    """Something that does not hold. `code`: the exit code it asks for."""

    code: int
    text: str


class Wrong(Exception):
    """An input that cannot be read as what it should be."""


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha(b"\x01", left, right)


# --- notes, keys, proofs (c2sp.org) ----------------------------------------------------------------------------------


class Vkey(NamedTuple):
    """A verifier key. `kind` 1 signs checkpoints, 4 cosigns them."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return sha(self.name.encode(), b"\n", bytes((self.kind,)), self.public)[:4]


def read_vkey(text: str) -> Vkey:
    if Path(text).is_file():
        text = Path(text).read_text("utf-8")
    try:
        name, key_id, packed = text.strip().split("+", 2)
        data = base64.b64decode(packed, validate=True)
        key = Vkey(name, data[0], data[1:])
    except (ValueError, IndexError):
        raise Wrong(f"not a verifier key: {text!r}") from None
    if key.kind not in (1, 4) or len(key.public) != 32 or key.id.hex() != key_id:
        raise Wrong(f"not an Ed25519 verifier key: {text!r}")
    return key


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Head(NamedTuple):
    """A checkpoint: whose log, how many entries, which root."""

    origin: str
    size: int
    root: bytes


class Note(NamedTuple):
    """A checkpoint's note: its head, its exact text, and its signatures by (name, key id)."""

    head: Head
    text: str
    signatures: dict[tuple[str, bytes], bytes]


def read_note(text: str) -> Note:
    body, blank, rest = text.rpartition("\n\n")
    try:
        origin, size, root = body.split("\n")
        signatures = {}
        for line in rest.removesuffix("\n").split("\n"):
            dash, name, packed = line.split(" ")
            data = base64.b64decode(packed, validate=True)
            if dash != "\u2014" or base64.b64encode(data).decode() != packed:
                raise ValueError
            signatures[name, data[:4]] = data[4:]
        head = Head(origin, int(size), base64.b64decode(root, validate=True))
        if not blank or not rest.endswith("\n") or f"{origin}\n{head.size}\n{base64.b64encode(head.root).decode()}" != body:
            raise ValueError
    except ValueError:
        raise Wrong("not a checkpoint") from None
    return Note(head, body + "\n", signatures)


def signed_by(note: Note, key: Vkey) -> bool:
    """Whether the log's key signed this note."""
    signature = note.signatures.get((key.name, key.id))
    return note.head.origin == key.name and signature is not None and holds(key.public, signature, note.text.encode())


def cosigned(note: Note, key: Vkey) -> int | None:
    """When a witness cosigned it (s): None when it has no line of it, -1 when its line does not hold."""
    data = note.signatures.get((key.name, key.id))
    if data is None:
        return None
    time_s = int.from_bytes(data[:8], "big")
    return time_s if holds(key.public, data[8:], f"cosignature/v1\ntime {time_s}\n{note.text}".encode()) else -1


def root_of_inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return None
    here, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        here, last = here >> 1, last >> 1
    return found if last == 0 else None


class Opened(NamedTuple):
    """A proof, taken apart: what it says of the record, and which root it leads to."""

    body_hash: bytes
    at: int
    entry_at: int
    root: bytes | None
    note: Note


def open_proof(text: str) -> Opened:
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    try:
        if lines[0] != "c2sp.org/tlog-proof@v1" or not blank:
            raise ValueError
        extra = base64.b64decode(lines[1].removeprefix("extra "), validate=True)
        index = int(lines[2].removeprefix("index "))
        path = [base64.b64decode(line, validate=True) for line in lines[3:]]
        version, slot, entry_at, at, salt, body_hash, link = struct.unpack(">BIQQ32s32s32s", extra[:117])
        rest = extra[117:]
        # One spelling only: nothing may be changed in a proof without its being seen.
        written = ["c2sp.org/tlog-proof@v1", f"extra {base64.b64encode(extra).decode()}", f"index {index}"]
        written += [base64.b64encode(one).decode() for one in path]
        if version != 1 or slot >> DEPTH or len(rest) != DEPTH * 32 or written != lines or any(len(one) != 32 for one in path):
            raise ValueError
    except (ValueError, IndexError, struct.error):
        raise Wrong("not a proof of a record") from None
    found = sha(b"\x02", salt, body_hash, link, at.to_bytes(8, "big"))
    for height in range(DEPTH):
        sibling = rest[32 * height : 32 * height + 32]
        found = node_hash(sibling, found) if slot >> height & 1 else node_hash(found, sibling)
    note = read_note(checkpoint)
    leaf = sha(b"\x00", entry_at.to_bytes(8, "big"), found)
    return Opened(body_hash, at, entry_at, root_of_inclusion(leaf, index, note.head.size, path), note)


# --- where the evidence comes from -----------------------------------------------------------------------------------

COLUMNS: dict[str, str] = {
    "site": "id epoch server_key:x",
    "device": "n:i dev key:x uid seq:i link:x revoked_at:i stolen:i",
    "op": "n:i id at:i body salt:x beacon_at:i",
    "result": "n:i device:i seq:i link:x",
    "audit": "n:i at:i uid act about detail salt:x",
    "signed": "device:i seq:i sig:x",
    "entry": "i:i at:i root:x filler:x",
    "leaf": "entry:i slot:i kind n:i hash:x body_hash:x",
    "tile": "level:i n:i hashes:x",
    "bundle": "n:i entries:x",
    "checkpoint": "size:i note",
}
"""Names of what is read, in order; `:i` marks whole numbers, `:x` bytes, which an export writes in hex; the rest is text."""


def clean(name: str, values: Sequence[Any]) -> tuple[Any, ...]:
    """A row with the types it should have: what was put there with another type equals nothing that was signed."""
    cleaners = CLEANERS[name]
    if len(values) != len(cleaners):
        raise Wrong(f"a row of {name} has {len(values)} values")
    return tuple(None if value is None else cleaner(value) for cleaner, value in zip(cleaners, values, strict=True))


def whole(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 1 << 63 else -1


CLEAN: dict[str, Callable[[Any], Any]] = {
    "": lambda value: value if isinstance(value, str) else repr(value),
    "i": whole,
    "x": lambda value: value if isinstance(value, bytes) else b"",
}
CLEANERS = {name: [CLEAN[column.partition(":")[2]] for column in columns.split()] for name, columns in COLUMNS.items()}


class Source(Protocol):
    """A copy of a site. Rows come in the order of their first columns."""

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]: ...


class Export:
    """A folder that `python -m server log export` wrote: one file of JSON lines for each name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        if name in ("tile", "bundle"):
            yield from self._static(name)
            return
        binary = [column.endswith(":x") for column in COLUMNS[name].split()]
        with (self._folder / f"{name}.jsonl").open(encoding="utf-8", errors="surrogateescape") as lines:
            for i, line in enumerate(lines, 1):
                try:
                    values = json.loads(line)
                    row = [bytes.fromhex(v) if x and v is not None else v for v, x in zip(values, binary, strict=True)]
                except (ValueError, TypeError, RecursionError):
                    raise Wrong(f"{name}.jsonl, line {i} cannot be read") from None
                yield clean(name, row)

    def _static(self, name: str) -> Iterator[tuple[Any, ...]]:
        """The files of c2sp.org/tlog-tiles: `tile/LEVEL/x001/234[.p/WIDTH]`."""
        for path in sorted(path for path in (self._folder / "tile").rglob("*") if path.is_file()):
            level, *digits = path.relative_to(self._folder / "tile").as_posix().partition(".p/")[0].split("/")
            try:
                n = int("".join(digits).replace("x", ""))
                if (level == "entries") == (name == "bundle"):
                    yield (n, path.read_bytes()) if name == "bundle" else (int(level), n, path.read_bytes())
            except ValueError:
                raise Wrong(f"{path} is no tile") from None


class Database:
    """A copy of a hall's SQLite file."""

    QUERIES: dict[str, str] = {  # noqa: RUF012 - never changed
        "device": "SELECT n, dev, key, uid, seq, link, revoked_at, stolen FROM device ORDER BY n",
        "op": "SELECT n, id, at, body, salt FROM op ORDER BY n",
        "result": "SELECT n, device, seq, link FROM result ORDER BY n",
        "audit": "SELECT n, at, uid, act, about, detail, salt FROM audit ORDER BY n",
        "signed": "SELECT device, seq, sig FROM signed ORDER BY device, seq",
        "entry": "SELECT i, at, root FROM log_entry ORDER BY i",
        "leaf": "SELECT entry, slot, kind, n, hash, body_hash FROM log_leaf ORDER BY entry, slot",
        "tile": "SELECT level, n, hashes FROM log_tile ORDER BY level, n",
        "checkpoint": "SELECT c.size, c.note || coalesce((SELECT group_concat(line, '') FROM log_cosignature s WHERE s.size = c.size), '')"
        " FROM log_checkpoint c ORDER BY c.size",
    }

    def __init__(self, sql: sqlite3.Connection) -> None:
        self._sql = sql
        self._sql.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        rows = self._sql.execute("SELECT id, epoch, seal_key, sign_key FROM site").fetchall()
        if len(rows) != 1:
            raise Wrong("not the copy of one site")
        self._id, self._epoch, self._seal_key, sign_key = rows[0]
        private = Ed25519PrivateKey.from_private_bytes(sign_key)
        self._server_key = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._siv = AESSIV(self._seal_key)

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        if name == "site":
            yield self._id, self._epoch, self._server_key
        if name not in self.QUERIES:
            return
        for row in self._sql.execute(self.QUERIES[name]):
            if name == "entry":
                at = max(whole(row[1]), 0).to_bytes(8, "big")
                yield clean(name, (*row, hmac.digest(self._seal_key, b"zg-fill\n" + at, "sha256")))
            elif name == "op":
                yield clean(name, (*row, self._beacon_at(row[3])))
            else:
                yield clean(name, row)

    def _beacon_at(self, body: str) -> int | None:
        """The time of the beacon an op quotes."""
        token = clock_of(body).get("b")
        if not isinstance(token, str) or len(token) != 43:
            return None
        try:
            plain = self._siv.decrypt(base64.urlsafe_b64decode(token + "="), [b"beacon", self._id.encode()])
        except (InvalidTag, ValueError):
            return None
        return int.from_bytes(plain[:8], "big")


def clock_of(body: Any) -> dict[str, Any]:
    """What an op's body says of its clocks; nothing when it cannot be read."""
    try:
        clk = json.loads(body)["clk"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
    return clk if isinstance(clk, dict) else {}


# --- a whole copy ----------------------------------------------------------------------------------------------------


class Chain:
    """What is known of a device while its ops pass by."""

    def __init__(self, row: tuple[Any, ...], site: str) -> None:
        self.n, self.dev, self.key, self.uid, self.head_seq, self.head_link, *self.end = row
        # What a rescue file brought and the chain could not take stands on a branch: another id, the same key.
        self.signer = hashlib.sha256(self.key).hexdigest()[:32]
        self.branches = self.dev != self.signer
        self.seq, self.link = 0, sha(f"zg-sync/1\n{site}\n{self.dev}".encode())
        self.to_sign: dict[int, bytes] = {}
        self.signed = 0
        self.broken = False


class Leaf(NamedTuple):
    """A record's place in the log."""

    entry: int
    hash: bytes
    body_hash: bytes | None


class Tree:
    """The log's tree as it grows: hashes by tile level, the roots at the sizes asked for, and the root now."""

    def __init__(self, sizes: set[int]) -> None:
        self.size = 0
        self.roots = {0: sha(b"")} if 0 in sizes else {}
        self._sizes = sizes
        self._peaks: list[tuple[int, bytes]] = []
        self.tiles: dict[tuple[int, int], bytearray] = {}
        self.bundles: dict[int, bytearray] = {}

    def append(self, entry: bytes) -> None:
        leaf = sha(b"\x00", entry)
        height, found = 0, leaf
        self.bundles.setdefault(self.size // 256, bytearray()).extend(len(entry).to_bytes(2, "big") + entry)
        self._tile(0, self.size, leaf)
        self.size += 1
        while self._peaks and self._peaks[-1][0] == height:
            found, height = node_hash(self._peaks.pop()[1], found), height + 1
            if height % 8 == 0:
                self._tile(height // 8, (self.size >> height) - 1, found)
        self._peaks.append((height, found))
        if self.size in self._sizes:
            self.roots[self.size] = self.root

    def _tile(self, level: int, index: int, found: bytes) -> None:
        self.tiles.setdefault((level, index // 256), bytearray()).extend(found)

    @property
    def root(self) -> bytes:
        if not self._peaks:
            return sha(b"")
        found = self._peaks[-1][1]
        for _, peak in self._peaks[-2::-1]:
            found = node_hash(peak, found)
        return found


class Checker:
    """Checks a copy. `findings` and `counts` tell what was found."""

    def __init__(self, source: Source, keys: list[Vkey], known: list[Note], receipts: list[dict[str, Any]]) -> None:
        self._source = source
        self.findings: list[Finding] = []
        self.counts = dict.fromkeys(COUNTED, 0)
        rows = list(source.rows("site"))
        if len(rows) != 1:
            raise Wrong("not the copy of one site")
        self.site, self.epoch, self.server_key = rows[0]
        self._log_keys = [key for key in keys if key.kind == 1]
        self._witnesses = [key for key in keys if key.kind == 4]
        self._known = known
        self._receipts = receipts
        self._links = {link_of(receipt) for receipt in receipts}
        self._met: set[bytes] = set()
        self._erased: set[int] = set()
        self._ends: dict[int, int] = {}
        self._devices: dict[str, Chain] = {}

    def check(self) -> None:
        """Everything, in order: the log, then the records it holds, then what was kept elsewhere."""
        leaves = self._check_log()
        self._check_ops(leaves["op"])
        self._check_audits(leaves["audit"])
        for kind, rest in leaves.items():
            for n, leaf in rest.items():
                self._say(ALTERED, f"{kind} {n}, entered in minute {leaf.entry}, is missing")
        self._check_receipts()

    def _say(self, code: int, text: str) -> None:
        self.findings.append(Finding(code, text))

    # --- the log ---

    def _check_log(self) -> dict[str, dict[int, Leaf]]:
        """Trees, tiles and checkpoints. Returns every record's leaf by kind and number."""
        notes = self._notes()
        tree = Tree({note.head.size for note in [*notes, *self._known]})
        leaves: dict[str, dict[int, Leaf]] = {"op": {}, "audit": {}}
        groups = groupby(self._source.rows("leaf"), key=lambda row: row[0])
        here = next(groups, None)
        before_at = -1
        for index, (i, at, root, filler) in enumerate(self._source.rows("entry")):
            while here is not None and here[0] < i:
                self._strange(here)
                here = next(groups, None)
            taken: dict[int, bytes] = {}
            if here is not None and here[0] == i:
                for _, slot, kind, n, digest, body_hash in here[1]:
                    taken[slot] = digest
                    if kind not in leaves or n in leaves[kind]:
                        self._say(ALTERED, f"minute {i} holds {kind} {n} that is entered elsewhere or of no kind")
                    else:
                        leaves[kind][n] = Leaf(i, digest, body_hash)
                here = next(groups, None)
            if i != index:
                self._say(ALTERED, f"minute {index} is missing: {i} follows")
            if at <= before_at:
                self._say(ALTERED, f"minute {i} ends before the one before it")
            if minute_root(filler, taken) != root:
                self._say(ALTERED, f"minute {i}: its records do not lead to its root ({named(taken, leaves)})")
            before_at, self._ends[i] = at, at
            tree.append(max(at, 0).to_bytes(8, "big") + root)
        while here is not None:
            self._strange(here)
            here = next(groups, None)
        self.counts["minutes"] = tree.size
        self._check_tiles(tree)
        self._check_notes(notes, tree)
        return leaves

    def _strange(self, group: Any) -> None:
        self._say(ALTERED, f"{len(list(group[1]))} records are entered in minute {group[0]}, which is not there")

    def _check_tiles(self, tree: Tree) -> None:
        for level, n, kept in self._source.rows("tile"):
            if tree.tiles.pop((level, n), None) != kept:
                self._say(INVALID, f"tile {level}/{n} is not that of the entries")
        for level, n in tree.tiles:
            self._say(INVALID, f"tile {level}/{n} is missing")
        bundles = dict(self._source.rows("bundle"))
        for n, entries in tree.bundles.items():
            if bundles and bundles.pop(n, None) != entries:
                self._say(INVALID, f"the bundle of minutes {256 * n} to {256 * n + 255} is not that of the entries")
        for n in bundles:
            self._say(INVALID, f"the bundle {n} is of no entries")

    def _notes(self) -> list[Note]:
        notes = []
        for size, text in self._source.rows("checkpoint"):
            try:
                note = read_note(text)
            except Wrong:
                self._say(INVALID, f"the checkpoint kept for {size} entries cannot be read")
                continue
            if note.head.size != size:
                self._say(INVALID, f"the checkpoint kept for {size} entries is of {note.head.size}")
            notes.append(note)
        return notes

    def _check_notes(self, notes: list[Note], tree: Tree) -> None:
        self.counts["checkpoints"] = len(notes) + len(self._known)
        for note, where in [*((n, "the copy") for n in notes), *((n, "what was kept elsewhere") for n in self._known)]:
            what = f"the checkpoint of {note.head.size} entries in {where}"
            if not self._is_signed(note):
                self._say(INVALID, f"{what} is not signed by the key of the log")
            elif note.head.size > tree.size:
                self._say(DIVERGED, f"{what}: the log has only {tree.size}, it was cut off")
            elif tree.roots[note.head.size] != note.head.root:
                self._say(DIVERGED, f"{what} has another root than the entries: history was rewritten")
            for witness in self._witnesses:
                if cosigned(note, witness) == -1:
                    self._say(INVALID, f"{what}: the line of {witness.name} does not hold")
        newest = max((note.head.size for note in notes if self._is_signed(note)), default=0)
        if newest < tree.size:
            self._say(UNSIGNED, f"minutes {newest} to {tree.size - 1} are under no checkpoint")

    def _is_signed(self, note: Note) -> bool:
        """By a key given, under the name of any epoch of the site; else by the key in the copy itself."""
        publics = [key.public for key in self._log_keys] or [self.server_key]
        name = note.head.origin
        return name.startswith(f"zaigang/{self.site}/") and any(signed_by(note, Vkey(name, 1, public)) for public in publics)

    # --- records ---

    def _check_ops(self, leaves: dict[int, Leaf]) -> None:
        devices = [Chain(row, self.site) for row in self._source.rows("device")]
        chains = {chain.n: chain for chain in devices}
        self._devices = {chain.dev: chain for chain in devices}
        self.counts["devices"] = len(devices)
        if len(chains) < len(devices) or len(self._devices) < len(devices):
            self._say(ALTERED, "two devices have one number or one id")
        signatures = self._signatures(chains)
        last = max(leaves, default=0)
        results = self._source.rows("result")
        result = next(results, None)
        before_at = -1
        for n, op_id, at, body, salt, beacon_at in self._source.rows("op"):
            while result is not None and result[0] < n:
                self._say(ALTERED, f"op {result[0]} is missing: only its result is there")
                result = next(results, None)
            if result is None or result[0] != n or result[1] not in chains:
                self._say(ALTERED, f"op {n} has no result of a known device")
                leaves.pop(n, None)
                continue
            chain = chains[result[1]]
            what = f"op {n} (device {chain.dev}, seq {result[2]})"
            self.counts["records"] += 1
            if at < before_at:
                self._say(ALTERED, f"{what} was taken before the op before it")
            before_at = max(before_at, at)
            leaf = leaves.pop(n, None)
            if leaf is None and n <= last:
                self._say(ALTERED, f"{what} is in no minute of the log, but later ones are")
            digest = self._body_hash(what, n, body, salt, leaf)
            self._check_leaf(what, leaf, salt, digest, result[3], at)
            self._check_link(what, chain, result, digest, body)
            self._check_id(what, chain, op_id, body)
            self._check_time(what, body, at, beacon_at)
            result = next(results, None)
        while result is not None:
            self._say(ALTERED, f"op {result[0]} is missing: only its result is there")
            result = next(results, None)
        self._check_heads(chains, signatures)

    def _signatures(self, chains: dict[int, Chain]) -> list[tuple[int, int, bytes]]:
        found = list(self._source.rows("signed"))
        for device, seq, _ in found:
            if device in chains:
                chains[device].to_sign[seq] = b""
        return found

    def _body_hash(self, what: str, n: int, body: str, salt: bytes | None, leaf: Leaf | None) -> bytes:
        """The hash of an op's body: of an erased one as it was kept."""
        if salt is None and leaf is not None and leaf.body_hash is not None:
            self.counts["erased"] += 1
            self._erased.add(n)
            return leaf.body_hash
        if salt is None or (leaf is not None and leaf.body_hash is not None):
            self._say(ALTERED, f"{what} is neither whole nor erased")
        return sha(body.encode("utf-8", "surrogateescape"))

    def _check_leaf(self, what: str, leaf: Leaf | None, salt: bytes | None, digest: bytes, link: bytes, at: int) -> None:
        if leaf is None:
            self.counts["waiting"] += 1
        elif salt is not None and sha(b"\x02", salt, digest, link, max(at, 0).to_bytes(8, "big")) != leaf.hash:
            self._say(ALTERED, f"{what}: not what was entered in minute {leaf.entry}: its text, link, salt or time was altered")
        elif at >= self._ends.get(leaf.entry, at + 1):
            self._say(ALTERED, f"{what} was taken after minute {leaf.entry}, in which it was entered")

    def _check_link(self, what: str, chain: Chain, result: tuple[Any, ...], digest: bytes, body: Any) -> None:
        _, _, seq, link = result
        if chain.branches:
            self._begin_branch(what, chain, seq, link, body)
        if seq != chain.seq + 1 and not chain.broken:
            self._say(ALTERED, f"{what}: number {chain.seq + 1} of its chain should be here")
            chain.broken = True
        elif not chain.broken and chain.link and sha(chain.link, digest) != link:
            self._say(ALTERED, f"{what}: its link is not that of its text and the link before")
        chain.seq, chain.link = seq, link
        if seq in chain.to_sign:
            chain.to_sign[seq] = link
        if link in self._links:
            self._met.add(link)

    def _begin_branch(self, what: str, chain: Chain, seq: int, link: bytes, body: str) -> None:
        """The first op of a branch: its link names the branch, its text says after which link it stands."""
        chain.branches = False
        if (
            hashlib.sha256(f"zg-branch\n{chain.signer}\n{link.hex()}".encode()).hexdigest()[:32] != chain.dev
            or chain.signer not in self._devices
        ):
            self._say(ALTERED, f"{what} begins a chain that is neither a device's nor a branch of one")
        try:
            before = bytes.fromhex(json.loads(body)["prev"])
        except (ValueError, TypeError, KeyError, RecursionError):
            before = b""  # erased, or never readable: the branch's id and the log still bind its link
        chain.seq, chain.link = seq - 1, before

    def _check_id(self, what: str, chain: Chain, op_id: str | None, body: Any) -> None:
        """The id an op is kept under: its own, or one that follows from it and its person."""
        try:
            named_id = json.loads(body)
            own = named_id["id"]
            if op_id is None or not all(0 < len(named_id[key]) <= 64 for key in ("id", "rid", "k")):
                return
        except (ValueError, TypeError, KeyError, RecursionError):
            return
        for _ in range(4):
            if own == op_id:
                return
            digest = hashlib.sha256(f"{chain.uid}\n{own}".encode()).hexdigest()
            own = f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
        self._say(ALTERED, f"{what} is kept under an id that is not its own")

    def _check_time(self, what: str, body: Any, at: int, beacon_at: int | None) -> None:
        if beacon_at is not None and beacon_at > at:
            self._say(INVALID, f"{what} quotes a beacon that was made after it was taken")
        clk = clock_of(body)
        if isinstance(clk.get("w"), int):
            claim = clk["w"] + (clk.get("off") or 0)
            self.counts["outside_window"] += not (beacon_at or 0) - TOLERANCE_MS <= claim <= at + TOLERANCE_MS

    def _check_heads(self, chains: dict[int, Chain], signatures: list[tuple[int, int, bytes]]) -> None:
        for device, seq, sig in signatures:
            chain = chains.get(device)
            link = chain.to_sign.get(seq, b"") if chain else b""
            self.counts["signatures"] += 1
            if chain is None or not link or not device_signed(chain.key, sig, f"zg-push\n{self.site}\n{chain.signer}\n{seq}\n{link.hex()}"):
                self._say(INVALID, f"the signature of device {chain.dev if chain else device} at seq {seq} does not hold")
            else:
                chain.signed = max(chain.signed, seq)
        for chain in chains.values():
            if chain.branches:
                self._say(ALTERED, f"device {chain.dev}: its key is not the one it is named by")
            if (chain.seq, chain.link) != (chain.head_seq, chain.head_link):
                self._say(ALTERED, f"device {chain.dev}: its chain ends at seq {chain.seq}, its head says {chain.head_seq}")
            if chain.signed < chain.seq:
                self._say(UNSIGNED, f"device {chain.dev}: seq {chain.signed + 1} to {chain.seq} are under no signature")

    def _check_audits(self, leaves: dict[int, Leaf]) -> None:
        last = max(leaves, default=0)
        erased = set()
        owners: dict[str, str] = {}
        ends: dict[str, list[Any]] = {}
        for n, at, uid, act, about, detail, salt in self._source.rows("audit"):
            what = f"audit {n} ({act})"
            leaf = leaves.pop(n, None)
            if leaf is None and n <= last:
                self._say(ALTERED, f"{what} is in no minute of the log, but later ones are")
            text = json.dumps([n, at, uid, act, about, detail], ensure_ascii=False, separators=(",", ":"))
            digest = sha(text.encode("utf-8", "surrogateescape"))
            if leaf is not None and (salt is None or leaf.body_hash is not None):
                self._say(ALTERED, f"{what} has lost its salt")
            self._check_leaf(what, leaf, salt, digest, bytes(32), at)
            self.counts["clock_set_back"] += act == CLOCK_ACT
            if act == ERASED_ACT:
                erased.add(about)
            elif act in (ENROLLED_ACT, PAIRED_ACT):
                # A screen is its own person; whoever confirms its code takes it back if it was disabled.
                owners.setdefault(about, uid if act == ENROLLED_ACT else f"board-{about[:8]}")
                ends.pop(about, None)
                if about not in self._devices:
                    self._say(ALTERED, f"device {about}, enrolled by {what}, is missing")
            elif act == REVOKED_ACT:
                first_at, stolen = ends.get(about, (at, 0))
                ends[about] = [first_at, max(stolen, int(detail == "stolen"))]
        self._check_owners(owners, ends)
        for n in self._erased:
            if str(n) not in erased:
                self._say(ALTERED, f"op {n} was erased, and no audit entry says so")

    def _check_owners(self, owners: dict[str, str], ends: dict[str, list[Any]]) -> None:
        """Whose a device is, and when it was disabled, is what the audit says; a branch is of the device whose key it has."""
        for dev, chain in self._devices.items():
            owner = owners.get(chain.signer)
            if chain.uid != owner:
                self._say(ALTERED, f"device {dev} is kept as that of {chain.uid}, the audit says {owner or 'nobody'}")
            if chain.end != ends.get(dev, [None, 0]):
                self._say(ALTERED, f"device {dev}: when it was disabled, or that it was stolen, is not what the audit says")

    # --- receipts ---

    def _check_receipts(self) -> None:
        for receipt in self._receipts:
            link = link_of(receipt)
            if not receipt_holds(receipt, self.site, [key.public for key in self._log_keys] or [self.server_key]):
                self._say(INVALID, f"the receipt of {link.hex()[:16]}… is not signed by the site")
            elif link not in self._met:
                self._say(DIVERGED, f"the site acknowledged {link.hex()}, which is in no chain any more")


def minute_root(key: bytes, taken: dict[int, bytes]) -> bytes:
    """The root of a minute's sparse tree."""

    def at(height: int, index: int) -> bytes:
        found = level.get(index)
        return sha(b"\x03", key, bytes((height,)), index.to_bytes(4, "big")) if found is None else found

    if any(not 0 <= slot < 1 << DEPTH for slot in taken):
        return b""
    level = taken
    for height in range(DEPTH):
        level = {p: node_hash(at(height, 2 * p), at(height, 2 * p + 1)) for p in {index >> 1 for index in level}}
    return at(DEPTH, 0)


def named(taken: dict[int, bytes], leaves: dict[str, dict[int, Leaf]]) -> str:
    """Which records a minute holds, as far as they can be named."""
    wanted = set(taken.values())
    found = [f"{kind} {n}" for kind, by_n in leaves.items() for n, leaf in by_n.items() if leaf.hash in wanted]
    return ", ".join(found[:8]) + (" …" if len(found) > 8 else "") if found else "no record"


def device_signed(key: bytes, sig: bytes, message: str) -> bool:
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        der = utils.encode_dss_signature(int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big"))
        public.verify(der, message.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return len(sig) == 64


def read_receipt(path: Path) -> dict[str, Any]:
    try:
        receipt: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError:
        raise Wrong(f"{path} is not the answer to a push") from None
    return receipt


def link_of(receipt: dict[str, Any]) -> bytes:
    """The chain head that a push answer acknowledges: what its beacon signs."""
    try:
        return bytes.fromhex(receipt["beacon"]["n"])
    except (KeyError, TypeError, ValueError):
        raise Wrong("not the answer to a push: it has no beacon") from None


def receipt_holds(receipt: dict[str, Any], site: str, publics: list[bytes]) -> bool:
    beacon = receipt["beacon"]
    try:
        signature = base64.urlsafe_b64decode(beacon["s"] + "=" * (-len(beacon["s"]) % 4))
        message = f"zg-beacon\n{site}\n{beacon['id']}\n{beacon['t']}\n{beacon['n']}".encode()
    except (KeyError, TypeError, ValueError):
        return False
    last = receipt.get("last")
    said = last["hash"] if isinstance(last, dict) else beacon["n"]
    return said == beacon["n"] and any(holds(public, signature, message) for public in publics)


def check_proof(path: Path, body: Path | None, keys: list[Vkey], say: Callable[[int, str], None]) -> str:
    """Check one proof alone; what it shows, in a sentence."""
    try:
        found = open_proof(path.read_text("utf-8"))
    except (Wrong, UnicodeDecodeError):
        say(INVALID, f"{path}: not a proof of a record")
        return ""
    if not any(signed_by(found.note, key._replace(name=found.note.head.origin)) for key in keys if key.kind == 1):
        say(INVALID, f"{path}: its checkpoint is not signed by the key given")
    if found.root != found.note.head.root:
        say(INVALID, f"{path}: the record is not in the log of its checkpoint")
    if body is not None and sha(body.read_bytes()) != found.body_hash:
        say(ALTERED, f"{body} is not the record that {path} is about")
    seen = [f"{key.name} at {time_s}" for key in keys if key.kind == 4 if (time_s := cosigned(found.note, key)) not in (None, -1)]
    for key in keys:
        if key.kind == 4 and cosigned(found.note, key) == -1:
            say(INVALID, f"{path}: the line of {key.name} does not hold")
    return f"{path}: taken at {found.at} ms, in the log by {found.entry_at} ms; witnesses: {', '.join(seen) or 'none'}"


def opened(path: Path) -> sqlite3.Connection:
    """A copy, which is only read."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zaigang-verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("copy", nargs="?", type=Path, help="copy of a database, or the folder of an export")
    parser.add_argument("--vkey", action="append", default=[], help="verifier key of the log or of a witness, or a file that holds it")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="a checkpoint kept elsewhere")
    parser.add_argument("--receipt", action="append", default=[], type=Path, help="answer of a push (JSON)")
    parser.add_argument("--proof", action="append", default=[], type=Path, help="a .tlog-proof")
    parser.add_argument("--body", type=Path, help="exact text of the record that the proof is about")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Check what is given; prints findings and a summary, returns the exit code."""
    given = arguments().parse_args(argv)
    findings: list[Finding] = []
    try:
        keys = [read_vkey(text) for text in given.vkey]
        known = [read_note(path.read_text("utf-8")) for path in given.checkpoint]
        receipts = [read_receipt(path) for path in given.receipt]
        if given.proof and not any(key.kind == 1 for key in keys):
            raise Wrong("a proof needs the --vkey of its log")
        for path in given.proof:
            print(check_proof(path, given.body, keys, lambda code, text: findings.append(Finding(code, text))))
        if given.copy is not None and not given.copy.exists():
            raise Wrong(f"{given.copy} is not there")
        if given.copy is not None:
            source = Export(given.copy) if given.copy.is_dir() else Database(opened(given.copy))
            checker = Checker(source, keys, known, receipts)
            checker.check()
            findings += checker.findings
            print(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in checker.counts.items()))
            if not any(key.kind == 1 for key in keys):
                print("no --vkey given: the key was taken from the copy itself, so this shows that the copy agrees with itself, no more")
        elif not given.proof:
            raise Wrong("nothing to check: give a copy or a --proof")
    except Exception as wrong:  # a copy may be made to break this tool: however it does, that is no success
        print(f"cannot be read: {wrong or type(wrong).__name__}", file=sys.stderr)
        return INVALID
    for finding in findings[:1000]:
        print(f"[{finding.code}] {finding.text}")
    code = max((finding.code for finding in findings), default=OK)
    print("ok" if code == OK else f"{len(findings)} findings")
    return code


if __name__ == "__main__":
    sys.exit(main())
