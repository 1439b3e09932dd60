"""The evidence log as the store keeps it (PROTOCOL.md section 8): what waits, one entry a minute, its tiles, its checkpoints.

A record costs its writer 32 random bytes. Once a minute what waits is committed to: read and hashed beside the writer, then placed in
one short step that first makes sure that the log still continues the last head that was signed.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Literal, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.store.contract import SiteFacts, Sql
from server.store.ledger import name_of
from server.store.pen import Pen
from server.store.people import audit
from server.store.transaction import Transaction
from sync import merkle
from sync.merkle import Tile, Tiles
from sync.minute import NO_LINK, RECORDS_MAX, Entry, Minute, commitment
from sync.notes import ED25519, BadNote, Checkpoint, Note, Vkey, open_checkpoint, sign_checkpoint, vkey_of
from sync.units import MINUTE_MS

RecordKind = Literal["op", "audit"]
_OPS = (
    "SELECT o.n, o.salt, o.body, r.link, o.at FROM op o JOIN result r ON r.n = o.n"
    " WHERE o.n > ? AND o.at < ? AND o.salt IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM log_leaf l WHERE l.kind = 'op' AND l.n = o.n) ORDER BY o.n LIMIT ?"
)
_AUDITS = (
    "SELECT a.n, a.salt, a.at, a.uid, a.act, a.about, a.detail FROM audit a WHERE a.n > ? AND a.at < ?"
    " AND NOT EXISTS (SELECT 1 FROM log_leaf l WHERE l.kind = 'audit' AND l.n = a.n) ORDER BY a.n LIMIT ?"
)
_FIRST_OP = (
    "SELECT o.n FROM op o WHERE o.n > ? AND o.salt IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM log_leaf l WHERE l.kind = 'op' AND l.n = o.n) ORDER BY o.n LIMIT 1"
)
_FIRST_AUDIT = (
    "SELECT a.n FROM audit a WHERE a.n > ? AND NOT EXISTS (SELECT 1 FROM log_leaf l WHERE l.kind = 'audit' AND l.n = a.n)"
    " ORDER BY a.n LIMIT 1"
)


class LogBroken(Exception):
    """What is kept does not continue what was signed: nothing more is signed. The message says what differs."""


class Leaf(NamedTuple):
    """A record's place in a minute."""

    slot: int
    kind: RecordKind
    n: int
    hash: bytes


class Entered(NamedTuple):
    """Numbers up to which every op and every audit entry is in the log."""

    op: int = 0
    audit: int = 0


class Draft(NamedTuple):
    """The next entry, reckoned beside the writer. `i`: its number; `entered`: what was in the log before it."""

    i: int
    entry: Entry
    leaves: list[Leaf]
    entered: Entered


def origin_of(facts: SiteFacts) -> str:
    """The name of a site's log. A restored site has another epoch, and a log of its own that says so."""
    return f"zaigang/{facts.id}/{facts.epoch}"


def signer_of(facts: SiteFacts) -> Ed25519PrivateKey:
    """The key that signs checkpoints: the same as beacons, whose texts begin otherwise."""
    return Ed25519PrivateKey.from_private_bytes(facts.sign_key)


def vkey(facts: SiteFacts) -> Vkey:
    """What verifies its checkpoints."""
    return vkey_of(signer_of(facts), origin_of(facts), ED25519)


def filler_key(facts: SiteFacts, at: int) -> bytes:
    """The secret behind the empty places of the minute that ended at `at`."""
    return hmac.digest(facts.seal_key, b"zg-fill\n" + at.to_bytes(8, "big"), "sha256")


def audit_text(n: int, at: int, uid: str, act: str, about: str, detail: str) -> str:
    """The text of an audit entry that is committed to. An op's body is an object, never a list."""
    return json.dumps([n, at, uid, act, about, detail], ensure_ascii=False, separators=(",", ":"))


def body_hash(text: str) -> bytes:
    """What a commitment holds of a record's text."""
    return hashlib.sha256(text.encode()).digest()


# --- the minute ------------------------------------------------------------------------------------------------------


def size(sql: Sql) -> int:
    """How many entries the log has."""
    row = sql.one("SELECT max(i) FROM log_entry")
    return row[0] + 1 if row and row[0] is not None else 0


def last_at(sql: Sql) -> int:
    """End of the last minute entered (ms); 0 before the first."""
    row = sql.one("SELECT at FROM log_entry ORDER BY i DESC LIMIT 1")
    return row[0] if row else 0


def _entered(sql: Sql, known: Entered) -> Entered:
    """How far everything is in the log, looked for from what was `known`.

    Numbers rise and times may not: a clock was set back between two runs, or two processes have two. What a minute had to leave out,
    for it was not over then, stands below what it took.
    """
    op, audit = sql.one(_FIRST_OP, (known.op,)), sql.one(_FIRST_AUDIT, (known.audit,))
    return Entered(op[0] - 1 if op else _last_n(sql, "op"), audit[0] - 1 if audit else _last_n(sql, "audit"))


def _last_n(sql: Sql, table: RecordKind) -> int:
    row = sql.one(f"SELECT max(n) FROM {table}")
    return row[0] or 0 if row else 0


def draft(sql: Sql, facts: SiteFacts, now: int, choose: Callable[[int], list[int]], known: Entered) -> Draft | None:
    """The entry of the minute that is over, or None when it is there already. `choose(n)` gives n different random places."""
    at = now - now % MINUTE_MS
    last = sql.one("SELECT i, at FROM log_entry ORDER BY i DESC LIMIT 1")
    if last is not None and at <= last[1]:
        return None
    entered = _entered(sql, known)
    found: list[tuple[RecordKind, int, bytes]] = []
    for n, salt, body, link, taken_at in sql.stream(_OPS, (entered.op, at, RECORDS_MAX)):
        found.append(("op", n, commitment(salt, body_hash(body), link, taken_at)))
    for n, salt, taken_at, *rest in sql.stream(_AUDITS, (entered.audit, at, RECORDS_MAX - len(found))):
        found.append(("audit", n, commitment(salt, body_hash(audit_text(n, taken_at, *rest)), NO_LINK, taken_at)))
    leaves = [Leaf(slot, *one) for slot, one in zip(choose(len(found)), found, strict=True)]
    minute = Minute(filler_key(facts, at), {leaf.slot: leaf.hash for leaf in leaves})
    return Draft(last[0] + 1 if last else 0, Entry(at, minute.root), leaves, entered)


def place(tx: Transaction, facts: SiteFacts, made: Draft, signed: Checkpoint | None) -> Checkpoint:
    """Put an entry into the log and sign the new head. `signed`: the last head this process signed, if any. Raises `LogBroken`."""
    sql = tx.sql
    tiles = tiles_of(sql)
    _check_continues(sql, facts, tiles, made.i, signed)
    sql.run("INSERT INTO log_entry (i, at, root) VALUES (?, ?, ?)", (made.i, made.entry.at, made.entry.root))
    sql.many("INSERT INTO log_leaf (entry, slot, kind, n, hash) VALUES (?, ?, ?, ?, ?)", [(made.i, *leaf) for leaf in made.leaves])
    for tile, hashes in tiles.append(made.i, merkle.leaf_hash(made.entry.packed)).items():
        sql.run(
            "INSERT INTO log_tile (level, n, hashes) VALUES (?, ?, ?) ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes",
            (tile.level, tile.n, hashes),
        )
    head = Checkpoint(origin_of(facts), made.i + 1, merkle.root(tiles.node, made.i + 1))
    sql.run("DELETE FROM log_checkpoint WHERE size NOT IN (SELECT size FROM log_cosignature)")
    sql.run("INSERT INTO log_checkpoint (size, note) VALUES (?, ?)", (head.size, str(sign_checkpoint(head, signer_of(facts)))))
    return head


def _check_continues(sql: Sql, facts: SiteFacts, tiles: Tiles, count: int, signed: Checkpoint | None) -> None:
    """The kept tree must be the one whose head was signed last: as the database says, and as this process remembers."""
    if count != size(sql):
        raise LogBroken(f"the log has {size(sql)} entries, not {count}")
    kept = last_head(sql, facts)
    if count and kept is None:
        raise LogBroken(f"the log has {count} entries and no checkpoint")
    # What this process signed may be older: another one may have signed since, or the answer to a commit was lost.
    for head, is_newest in ((kept, True), (signed, False)):
        if head is None:
            continue
        if head.size > count or (is_newest and head.size != count):
            raise LogBroken(f"the log has {count} entries; a head of {head.size} was signed")
        try:
            found = merkle.root(tiles.node, head.size)
        except ValueError as wrong:
            raise LogBroken(str(wrong)) from None
        if found != head.root:
            raise LogBroken(f"the tiles of {head.size} entries do not lead to the root that was signed")


def last_head(sql: Sql, facts: SiteFacts) -> Checkpoint | None:
    """The newest head in the database: of this epoch or, right after a restore, of the one before. Raises `LogBroken`."""
    row = sql.one("SELECT size, note FROM log_checkpoint ORDER BY size DESC LIMIT 1")
    if row is None:
        return None
    try:
        head = open_checkpoint(row[1], vkey(facts)._replace(name=row[1].partition("\n")[0]))
    except BadNote as wrong:
        raise LogBroken(f"the last checkpoint: {wrong}") from None
    if head.size != row[0]:
        raise LogBroken(f"the checkpoint kept for {row[0]} entries is of {head.size}")
    return head


# --- what is published -----------------------------------------------------------------------------------------------


def tiles_of(sql: Sql) -> Tiles:
    """The tree as it is kept."""

    def read(tile: Tile) -> bytes:
        row = sql.one("SELECT hashes FROM log_tile WHERE level = ? AND n = ?", (tile.level, tile.n))
        return row[0] if row else b""

    return Tiles(read)


def bundle(sql: Sql, n: int, width: int) -> bytes:
    """Entries 256·n … as c2sp.org/tlog-tiles bundles them; fewer bytes when there are not so many."""
    first = n * merkle.TILE_WIDTH
    rows = sql.all("SELECT at, root FROM log_entry WHERE i >= ? AND i < ? ORDER BY i", (first, first + width))
    packed = [Entry(*row).packed for row in rows]
    return b"".join(len(one).to_bytes(2, "big") + one for one in packed)


def note_of(sql: Sql, count: int) -> str | None:
    """The signed checkpoint of a size that is kept, with the lines of its witnesses."""
    row = sql.one("SELECT note FROM log_checkpoint WHERE size = ?", (count,))
    if row is None:
        return None
    return str(row[0]) + "".join(line for (line,) in sql.all("SELECT line FROM log_cosignature WHERE size = ? ORDER BY name", (count,)))


def newest(sql: Sql) -> tuple[int, str]:
    """Size and note of the newest checkpoint; (0, "") before the first."""
    row = sql.one("SELECT max(size) FROM log_checkpoint")
    count = row[0] if row and row[0] is not None else 0
    return count, (note_of(sql, count) or "") if count else ""


def newest_cosigned(sql: Sql) -> str:
    """The newest note that a witness has cosigned, or nothing."""
    row = sql.one("SELECT max(size) FROM log_cosignature")
    return (note_of(sql, row[0]) or "") if row and row[0] is not None else ""


def keep_cosignature(tx: Transaction, note: Note, count: int, name: str, at: int, line: str) -> None:
    """A witness has cosigned the checkpoint of `count` entries. `note`: as the site signs it; `at` ms. Never back to an older line."""
    tx.sql.run("INSERT INTO log_checkpoint (size, note) VALUES (?, ?) ON CONFLICT (size) DO NOTHING", (count, str(note)))
    tx.sql.run(
        "INSERT INTO log_cosignature (size, name, at, line) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (size, name) DO UPDATE SET at = excluded.at, line = excluded.line WHERE excluded.at > log_cosignature.at",
        (count, name, at, line),
    )


def cosigned(sql: Sql) -> dict[str, tuple[int, int]]:
    """By witness: the largest size it has cosigned, and when (ms)."""
    rows = sql.all("SELECT name, size, at FROM log_cosignature ORDER BY size")
    return {name: (count, at) for name, count, at in rows}


# --- one record ------------------------------------------------------------------------------------------------------


def keep_signature(pen: Pen, device: int, seq: int, sig: bytes) -> None:
    """What a device signed: the link of its op `seq`, and by it all before (I9)."""
    row = (device, seq, sig)
    pen.later("INSERT INTO signed (device, seq, sig) VALUES (?, ?, ?) ON CONFLICT (device, seq) DO NOTHING", row[:2], row)


def keep_rescued(pen: Pen, key: bytes, seq: int, link: bytes, sig: bytes) -> None:
    """What a device signed in a rescue file: a link of its chain, or of a branch kept beside it under the same key."""
    rows = pen.all(
        "SELECT r.device FROM device d JOIN result r ON r.device = d.n WHERE d.key = ? AND r.seq = ? AND r.link = ?", (key, seq, link)
    )
    for (device,) in rows:
        keep_signature(pen, device, seq, sig)


class Placed(NamedTuple):
    """Where op `n` stands in the log, and what opens its commitment."""

    entry: int
    slot: int
    at: int
    salt: bytes | None
    body: str
    link: bytes


def placed(sql: Sql, n: int) -> Placed | None:
    """The place of an op, once its minute is over."""
    row = sql.one(
        "SELECT l.entry, l.slot, o.at, o.salt, o.body, r.link FROM log_leaf l JOIN op o ON o.n = l.n JOIN result r ON r.n = l.n"
        " WHERE l.kind = 'op' AND l.n = ?",
        (n,),
    )
    return Placed(*row) if row else None


def minute(sql: Sql, facts: SiteFacts, index: int) -> tuple[Entry, Minute]:
    """Entry `index` and its tree, built anew."""
    row = sql.one("SELECT at, root FROM log_entry WHERE i = ?", (index,))
    assert row is not None, "leaves name entries that exist"
    taken: dict[int, bytes] = dict(sql.all("SELECT slot, hash FROM log_leaf WHERE entry = ?", (index,)))
    return Entry(*row), Minute(filler_key(facts, row[0]), taken)


class NotErasable(Exception):
    """The message says why a record cannot be erased."""


class ErasedAlready(NotErasable):
    """There is nothing left to erase."""


def erase(tx: Transaction, op_id: str, uid: str, reason: str) -> int:
    """Take body and salt of an op away and say so in the audit; returns its number. Raises `NotErasable`.

    Its link, its commitment and the hash of its body stay, so every proof and every chain holds. What institutions made of it is theirs.
    """
    row = tx.sql.one("SELECT o.n, r.st FROM op o JOIN result r ON r.n = o.n WHERE o.id = ?", (op_id,))
    found = placed(tx.sql, row[0]) if row else None
    if row is None or found is None:
        raise NotErasable("not in the log: unknown, or its minute is not over yet")
    if found.salt is None:
        raise ErasedAlready("erased already")
    if row[1] == "held":
        raise NotErasable("still held: let somebody decide it first")
    n, name = row[0], name_of(found.body)
    tx.sql.run("UPDATE log_leaf SET body_hash = ? WHERE kind = 'op' AND n = ?", (body_hash(found.body), n))
    left = json.dumps({"id": name.id, "k": name.k, "rid": name.rid, "erased": True}, separators=(",", ":"))
    tx.sql.run("UPDATE op SET body = ?, salt = NULL WHERE n = ?", (left, n))
    audit(tx, uid, "op.erase", str(n), reason)
    return int(n)
