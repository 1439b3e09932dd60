"""Ways to falsify a copy of a hall's database, each of which must be found: see tests/server/test_evidence_verify.py."""

import random
import sqlite3
from collections.abc import Callable
from typing import Any

from server.store import evidence
from sync import merkle
from sync.minute import Entry
from sync.notes import Checkpoint, sign_checkpoint
from tests.support.evidence import START, WITNESS
from tools import zaigang_verify as verify

Falsify = Callable[[sqlite3.Connection, random.Random], str]
"""Changes a copy in one way; returns what must be named (a pattern)."""


def rebuild_tiles(sql: sqlite3.Connection) -> bytes:
    """Make the tiles of the entries that are there; the root over them."""
    leaves = [merkle.leaf_hash(Entry(at, root).packed) for at, root in sql.execute("SELECT at, root FROM log_entry ORDER BY i")]
    kept: dict[merkle.Tile, bytes] = {}
    tiles = merkle.Tiles(lambda tile: kept.get(tile, b""))
    for i, leaf in enumerate(leaves):
        kept.update(tiles.append(i, leaf))
    sql.execute("DELETE FROM log_tile")
    sql.executemany("INSERT INTO log_tile VALUES (?, ?, ?)", [(*tile, hashes) for tile, hashes in kept.items()])
    return merkle.root(tiles.node, len(leaves))


def pick(sql: sqlite3.Connection, rng: random.Random, query: str) -> Any:
    return rng.choice(sql.execute(query).fetchall())


def flipped(data: bytes, rng: random.Random) -> bytes:
    """One bit is another."""
    i = rng.randrange(len(data))
    return data[:i] + bytes((data[i] ^ 1 << rng.randrange(8),)) + data[i + 1 :]


def retyped(text: str, rng: random.Random) -> str:
    """One letter is another, one is gone, or one is there twice."""
    i = rng.randrange(len(text))
    letter = rng.choice("0123456789abcdef在岗")
    return rng.choice(
        [text[:i] + (letter if letter != text[i] else "z") + text[i + 1 :], text[:i] + text[i + 1 :], text[:i] + text[i] + text[i:]]
    )


def op_text(sql: sqlite3.Connection, rng: random.Random) -> str:
    n, body = pick(sql, rng, "SELECT n, body FROM op WHERE salt IS NOT NULL")
    sql.execute("UPDATE op SET body = ? WHERE n = ?", (retyped(body, rng), n))
    return rf"op {n} "


def op_salt(sql: sqlite3.Connection, rng: random.Random) -> str:
    n, salt = pick(sql, rng, "SELECT n, salt FROM op WHERE salt IS NOT NULL")
    sql.execute("UPDATE op SET salt = ? WHERE n = ?", (flipped(salt, rng), n))
    return rf"op {n} "


def op_time(sql: sqlite3.Connection, rng: random.Random) -> str:
    n, at = pick(sql, rng, "SELECT n, at FROM op WHERE salt IS NOT NULL")
    sql.execute("UPDATE op SET at = ? WHERE n = ?", (at + rng.choice([-1, 1]) * rng.randint(1, 10**7), n))
    return rf"op {n} "


def op_id(sql: sqlite3.Connection, rng: random.Random) -> str:
    n, name = pick(sql, rng, "SELECT n, id FROM op WHERE id IS NOT NULL")
    sql.execute("UPDATE op SET id = ? WHERE n = ?", (retyped(name, rng), n))
    return rf"op {n} "


def ops_swapped(sql: sqlite3.Connection, rng: random.Random) -> str:
    (a, one), (b, two) = rng.sample(sql.execute("SELECT n, body FROM op WHERE salt IS NOT NULL").fetchall(), 2)
    sql.execute("UPDATE op SET body = ? WHERE n = ?", (two, a))
    sql.execute("UPDATE op SET body = ? WHERE n = ?", (one, b))
    return rf"op {a} "


def op_gone(sql: sqlite3.Connection, rng: random.Random) -> str:
    """Alone, with its result, or with every trace of it."""
    (n,) = pick(sql, rng, "SELECT n FROM result")
    sql.execute("DELETE FROM op WHERE n = ?", (n,))
    depth = rng.randrange(3)
    if depth >= 1:
        sql.execute("DELETE FROM result WHERE n = ?", (n,))
    if depth == 2:
        (minute,) = sql.execute("SELECT entry FROM log_leaf WHERE kind = 'op' AND n = ?", (n,)).fetchone()
        sql.execute("DELETE FROM log_leaf WHERE kind = 'op' AND n = ?", (n,))
        return rf"minute {minute}:"
    return rf"op {n}\b"


def op_erased_in_silence(sql: sqlite3.Connection, rng: random.Random) -> str:
    """The text goes as an erasure would take it, but nobody says so."""
    (n,) = pick(sql, rng, "SELECT n FROM op WHERE salt IS NOT NULL")
    (body,) = sql.execute("SELECT body FROM op WHERE n = ?", (n,)).fetchone()
    sql.execute("UPDATE log_leaf SET body_hash = ? WHERE kind = 'op' AND n = ?", (evidence.body_hash(body), n))
    sql.execute("UPDATE op SET body = '{}', salt = NULL WHERE n = ?", (n,))
    return rf"op {n} was erased, and no audit"


def erased_hash(sql: sqlite3.Connection, rng: random.Random) -> str:
    n, digest = pick(sql, rng, "SELECT n, body_hash FROM log_leaf WHERE body_hash IS NOT NULL")
    sql.execute("UPDATE log_leaf SET body_hash = ? WHERE kind = 'op' AND n = ?", (flipped(digest, rng), n))
    return rf"op {n} "


def result_link(sql: sqlite3.Connection, rng: random.Random) -> str:
    n, link = pick(sql, rng, "SELECT n, link FROM result")
    sql.execute("UPDATE result SET link = ? WHERE n = ?", (flipped(link, rng), n))
    return rf"op {n} "


def result_place(sql: sqlite3.Connection, rng: random.Random) -> str:
    n, device = pick(sql, rng, "SELECT n, device FROM result")
    if rng.random() < 0.5:
        sql.execute("UPDATE result SET seq = seq + 1000 WHERE n = ?", (n,))
    else:
        (other,) = pick(sql, rng, f"SELECT n FROM device WHERE n <> {device}")
        sql.execute("UPDATE result SET device = ?, seq = seq + 2000 WHERE n = ?", (other, n))
    return rf"op {n} "


def results_swapped(sql: sqlite3.Connection, rng: random.Random) -> str:
    """Two ops of one device change places."""
    rows = sql.execute("SELECT n, device, seq, link FROM result").fetchall()
    a = rng.choice(rows)
    b = rng.choice([row for row in rows if row[1] == a[1] and row[0] != a[0]])
    sql.execute("UPDATE result SET seq = -1 WHERE n = ?", (a[0],))
    sql.execute("UPDATE result SET seq = ?, link = ? WHERE n = ?", (a[2], a[3], b[0]))
    sql.execute("UPDATE result SET seq = ?, link = ? WHERE n = ?", (b[2], b[3], a[0]))
    return rf"op {a[0]} "


def device_row(sql: sqlite3.Connection, rng: random.Random) -> str:
    n, dev, key, link = pick(sql, rng, "SELECT n, dev, key, link FROM device WHERE seq > 0")
    what = rng.randrange(3)
    if what == 0:
        sql.execute("UPDATE device SET key = ? WHERE n = ?", (flipped(key, rng), n))
    elif what == 1:
        sql.execute("UPDATE device SET link = ? WHERE n = ?", (flipped(link, rng), n))
    else:
        sql.execute("UPDATE device SET seq = seq + ? WHERE n = ?", (rng.choice([-1, 1, 5]), n))
    return rf"device {dev}"


def device_owner(sql: sqlite3.Connection, rng: random.Random) -> str:
    """What one person recorded becomes another's, or nobody's."""
    n, dev, uid = pick(sql, rng, "SELECT n, dev, uid FROM device")
    others = [other for (other,) in sql.execute("SELECT DISTINCT uid FROM device WHERE uid <> ? ORDER BY uid", (uid,))]
    sql.execute("UPDATE device SET uid = ? WHERE n = ?", (rng.choice([*others, ""]), n))
    return rf"\[40\] device {dev} is kept as that of .*, the audit says {uid}"


def device_end(sql: sqlite3.Connection, rng: random.Random) -> str:
    """It was never disabled, or at another time, or was not stolen."""
    n, dev, at, stolen = pick(sql, rng, "SELECT n, dev, revoked_at, stolen FROM device WHERE revoked_at IS NOT NULL OR n % 3 = 0")
    if rng.random() < 0.5:
        sql.execute("UPDATE device SET stolen = ? WHERE n = ?", (1 - stolen, n))
    else:
        sql.execute("UPDATE device SET revoked_at = ? WHERE n = ?", (rng.choice([at + 1, None]) if at else START, n))
    return rf"\[40\] device {dev}: when it was disabled"


def signature(sql: sqlite3.Connection, rng: random.Random) -> str:
    device, seq, sig = pick(sql, rng, "SELECT device, seq, sig FROM signed")
    (dev,) = sql.execute("SELECT dev FROM device WHERE n = ?", (device,)).fetchone()
    sql.execute("UPDATE signed SET sig = ? WHERE device = ? AND seq = ?", (flipped(sig, rng), device, seq))
    return rf"signature of device {dev} at seq {seq} "


def signatures_swapped(sql: sqlite3.Connection, rng: random.Random) -> str:
    a, b = rng.sample(sql.execute("SELECT device, seq, sig FROM signed").fetchall(), 2)
    sql.execute("UPDATE signed SET sig = ? WHERE device = ? AND seq = ?", (b[2], a[0], a[1]))
    sql.execute("UPDATE signed SET sig = ? WHERE device = ? AND seq = ?", (a[2], b[0], b[1]))
    (dev,) = sql.execute("SELECT dev FROM device WHERE n = ?", (a[0],)).fetchone()
    return rf"signature of device {dev} at seq {a[1]} "


def last_signature_gone(sql: sqlite3.Connection, rng: random.Random) -> str:
    device, seq = pick(sql, rng, "SELECT device, max(seq) FROM signed GROUP BY device")
    sql.execute("DELETE FROM signed WHERE device = ? AND seq = ?", (device, seq))
    (dev,) = sql.execute("SELECT dev FROM device WHERE n = ?", (device,)).fetchone()
    return rf"\[10\] device {dev}: .* to {seq} are under no signature"


def audit_row(sql: sqlite3.Connection, rng: random.Random) -> str:
    n, *_ = pick(sql, rng, "SELECT n FROM audit WHERE n <= (SELECT max(n) FROM log_leaf WHERE kind = 'audit')")
    column = rng.choice(["uid", "act", "about", "detail", "at", "salt", ""])
    if column in ("uid", "act", "about", "detail"):
        sql.execute(f"UPDATE audit SET {column} = {column} || 'x' WHERE n = ?", (n,))
    elif column == "at":
        sql.execute("UPDATE audit SET at = at - 1 WHERE n = ?", (n,))
    elif column == "salt":
        sql.execute("UPDATE audit SET salt = ? WHERE n = ?", (rng.randbytes(32), n))
    else:
        sql.execute("DELETE FROM audit WHERE n = ?", (n,))
    return rf"audit {n}\b"


def entry_row(sql: sqlite3.Connection, rng: random.Random) -> str:
    i, root = pick(sql, rng, "SELECT i, root FROM log_entry")
    what = rng.randrange(3)
    if what == 0:
        sql.execute("UPDATE log_entry SET root = ? WHERE i = ?", (flipped(root, rng), i))
    elif what == 1:
        sql.execute("UPDATE log_entry SET at = at + ? WHERE i = ?", (rng.choice([-60_000, 1, 60_000, 600_000]), i))
    else:
        sql.execute("DELETE FROM log_entry WHERE i = ?", (i,))
        return rf"minute {i} is missing|only {i}, it was cut off"
    return rf"minute {i}\b"


def entries_swapped(sql: sqlite3.Connection, rng: random.Random) -> str:
    (a, one), (b, two) = rng.sample(sql.execute("SELECT i, root FROM log_entry").fetchall(), 2)
    sql.execute("UPDATE log_entry SET root = ? WHERE i = ?", (two, a))
    sql.execute("UPDATE log_entry SET root = ? WHERE i = ?", (one, b))
    return rf"minute {a}:"


def log_cut_off(sql: sqlite3.Connection, rng: random.Random) -> str:
    """The last minutes go, with everything in them, and their tiles are made anew."""
    (size,) = sql.execute("SELECT max(i) + 1 FROM log_entry").fetchone()
    left = rng.randrange(1, size)
    sql.execute("DELETE FROM log_entry WHERE i >= ?", (left,))
    sql.execute("DELETE FROM log_leaf WHERE entry >= ?", (left,))
    rebuild_tiles(sql)
    return rf"\[30\] the checkpoint of {size} entries in the copy: the log has only {left}"


def leaf_row(sql: sqlite3.Connection, rng: random.Random) -> str:
    entry, slot, kind, n, digest, body_hash = pick(sql, rng, "SELECT * FROM log_leaf")
    what = rng.randrange(5)
    where = "WHERE entry = ? AND slot = ?"
    if what == 0:
        sql.execute(f"UPDATE log_leaf SET hash = ? {where}", (flipped(digest, rng), entry, slot))
        return rf"{kind} {n} "
    if what == 1:
        sql.execute(f"UPDATE log_leaf SET slot = ? {where}", (slot ^ 1, entry, slot))
        return rf"minute {entry}: its records"
    if what == 2:
        sql.execute(f"DELETE FROM log_leaf {where}", (entry, slot))
        return rf"minute {entry}:"
    if what == 3:
        sql.execute(f"UPDATE log_leaf SET n = n + 100000 {where}", (entry, slot))
        return rf"{kind} {n + 100000}, entered in minute {entry}, is missing"
    sql.execute(f"UPDATE log_leaf SET body_hash = ? {where}", (rng.randbytes(32) if body_hash is None else None, entry, slot))
    return rf"{kind} {n} "


def tile_row(sql: sqlite3.Connection, rng: random.Random) -> str:
    level, n, hashes = pick(sql, rng, "SELECT * FROM log_tile")
    what = rng.randrange(3)
    spoiled = [flipped(hashes, rng), hashes[:-32], None][what]
    if spoiled is None:
        sql.execute("DELETE FROM log_tile WHERE level = ? AND n = ?", (level, n))
    else:
        sql.execute("UPDATE log_tile SET hashes = ? WHERE level = ? AND n = ?", (spoiled, level, n))
    return rf"tile {level}/{n} "


def checkpoint_text(sql: sqlite3.Connection, rng: random.Random) -> str:
    size, note = pick(sql, rng, "SELECT * FROM log_checkpoint")
    i = rng.randrange(len(note) - 1)
    spoiled = note[:i] + ("A" if note[i] != "A" else "B") + note[i + 1 :]
    sql.execute("UPDATE log_checkpoint SET note = ? WHERE size = ?", (spoiled, size))
    return rf"the checkpoint (kept for|of) {size} entries|\[20\] the checkpoint of|under no checkpoint"


def checkpoint_exchanged(sql: sqlite3.Connection, rng: random.Random) -> str:
    """An older one in its place, one of another root, one by another key, or none."""
    (size, note), (key,) = (
        sql.execute("SELECT * FROM log_checkpoint ORDER BY size DESC").fetchone(),
        sql.execute("SELECT sign_key FROM site").fetchone(),
    )
    head = verify.read_note(note).head
    private = evidence.Ed25519PrivateKey.from_private_bytes(key)
    what = rng.randrange(4)
    if what == 0:
        sql.execute("DELETE FROM log_checkpoint WHERE size = ?", (size,))
        return rf"\[10\] minutes \d+ to {size - 1} are under no checkpoint"
    if what == 1:
        (older,) = sql.execute("SELECT note FROM log_checkpoint ORDER BY size LIMIT 1").fetchone()
        sql.execute("UPDATE log_checkpoint SET note = ? WHERE size = ?", (older, size))
        return rf"kept for {size} entries is of"
    root, signer = (rng.randbytes(32), private) if what == 2 else (head.root, WITNESS)
    sql.execute(
        "UPDATE log_checkpoint SET note = ? WHERE size = ?", (str(sign_checkpoint(Checkpoint(head.origin, size, root), signer)), size)
    )
    return rf"the checkpoint of {size} entries in the copy (has another root|is not signed)"


def witness_line(sql: sqlite3.Connection, rng: random.Random) -> str:
    size, line = pick(sql, rng, "SELECT size, line FROM log_cosignature")
    start = len("\u2014 discipline.example/w1 ") + 6
    i = rng.randrange(start, len(line) - 3)
    sql.execute("UPDATE log_cosignature SET line = ?", (line[:i] + ("A" if line[i] != "A" else "B") + line[i + 1 :],))
    return rf"the checkpoint of {size} entries in the copy: the line of discipline.example/w1|kept for {size} entries cannot be read"


def site_key(sql: sqlite3.Connection, rng: random.Random) -> str:
    what = rng.choice(["seal_key", "sign_key"])
    (key,) = sql.execute(f"SELECT {what} FROM site").fetchone()
    if what == "sign_key":
        sql.execute("UPDATE site SET sign_key = ?, id = id || 'x'", (flipped(key, rng),))
        return "is not signed by the key of the log"
    sql.execute("UPDATE site SET seal_key = ?", (flipped(key, rng),))
    return "minute 0: its records do not lead to its root"


WAYS: tuple[Falsify, ...] = (
    *(
        op_text,
        op_salt,
        op_time,
        op_id,
        ops_swapped,
        op_gone,
        op_erased_in_silence,
        erased_hash,
        result_link,
        result_place,
        results_swapped,
    ),
    *(
        device_row,
        device_owner,
        device_end,
        signature,
        signatures_swapped,
        last_signature_gone,
        audit_row,
        entry_row,
        entries_swapped,
        log_cut_off,
        leaf_row,
    ),
    *(tile_row, checkpoint_text, checkpoint_exchanged, witness_line, site_key),
)
