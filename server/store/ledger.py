"""The ledger: devices, the ops they sent, and what became of them.

Bodies are kept once, exactly as signed; results stand apart from them.
"""

import hashlib
from functools import partial
from typing import Literal, NamedTuple

import msgspec

from server.domain.hall.ops import OpResult
from server.store.contract import RowChange, Sql
from server.store.site import site_id
from server.store.transaction import Transaction
from sync.clock import Grade, Window
from sync.messages import Head, OutcomeState, Result
from sync.ops import first_link, to_json
from sync.rows import row_hash


class Device(NamedTuple):
    """A device as the site knows it. `seq`, `link`: its chain head; `claim_at`: corrected claim of its last op."""

    n: int
    dev: str
    key: bytes
    uid: str
    label: str
    seq: int
    link: bytes
    claim_at: int | None
    seen: int
    revoked_at: int | None

    @property
    def head(self) -> Head:
        """The chain head as messages carry it."""
        return Head(self.seq, self.link.hex())


class Name(msgspec.Struct):
    """What a result needs to know of a body."""

    id: str = ""
    k: str = ""
    rid: str = ""


class Consumed(NamedTuple):
    """An op with its number, link and outcome, ready to be kept. `id` is None when an earlier op has it (dup)."""

    id: str | None
    seq: int
    link: bytes
    body: str
    st: OutcomeState
    code: str | None
    grade: Grade
    claim_at: int | None
    first_st: OutcomeState | None = None
    cur: int | None = None


class Kept(NamedTuple):
    """One op of the ledger with its result."""

    n: int
    device: int
    seq: int
    link: bytes
    at: int
    body: str
    id: str | None
    live: int
    ver: int
    st: Literal["applied", "held", "refused", "dup"]
    code: str | None
    first_st: Literal["applied", "held", "refused", "dup"] | None
    grade: Grade
    cur: int | None

    @property
    def name(self) -> Name:
        """Id, kind and record, from the body: as its device knows them."""
        return name_of(self.body)

    def result(self, name: Name) -> Result:
        """What became of it, as messages carry it; `name` is that of its body."""
        return Result(self.seq, name.id, name.k, name.rid, self.st, self.at, self.grade, self.code, self.first_st, self.cur)

    @property
    def row_body(self) -> str:
        """Body of its `op.result` row."""
        name = self.name
        return to_json(OpResult(self.seq, name.k, name.rid, self.st, self.at, self.grade, self.code, self.cur))


ID_CHARS_MAX = 64
NOBODY: frozenset[str] = frozenset()
_KEPT = (
    "SELECT r.n, r.device, r.seq, r.link, o.at, o.body, o.id, r.live, r.ver, r.st, r.code, r.first_st, r.grade, r.cur"
    " FROM result r JOIN op o ON o.n = r.n"
)
_DEVICE = "SELECT n, dev, key, uid, label, seq, link, claim_at, seen, revoked_at FROM device"
_names = msgspec.json.Decoder(Name)


def name_of(body: str) -> Name:
    """Id, kind and record named in a body; an unreadable one is named by its hash."""
    try:
        name = _names.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        name = Name()
    if 0 < len(name.id) <= ID_CHARS_MAX and len(name.rid) <= ID_CHARS_MAX and len(name.k) <= ID_CHARS_MAX:
        return name
    return Name(_id_from(body), name.k[:ID_CHARS_MAX], name.rid[:ID_CHARS_MAX])


def _id_from(text: str) -> str:
    """An id that follows from a text."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def row_change(dev: str, kept: Kept, cid: int) -> RowChange:
    """The `op.result` row of a ledger entry, as commit `cid` left it."""
    rid, body = kept.name.id, kept.row_body if kept.live else None
    bucket = frozenset((f"dev:{dev}",))
    return RowChange(
        cid, "op.result", rid, kept.ver, row_hash("op.result", rid, kept.ver, body or ""), body, bucket if kept.live else NOBODY, bucket
    )


# --- devices ---------------------------------------------------------------------------------------------------------


def device(sql: Sql, dev: str) -> Device | None:
    """The device with this id."""
    row = sql.one(f"{_DEVICE} WHERE dev = ?", (dev,))
    return Device(*row) if row else None


def device_n(sql: Sql, n: int) -> Device:
    """The device with this number."""
    row = sql.one(f"{_DEVICE} WHERE n = ?", (n,))
    assert row is not None, "results name devices that exist"
    return Device(*row)


def add_device(tx: Transaction, dev: str, key: bytes, uid: str, label: str, link: bytes) -> None:
    """Enrol a device with an empty chain."""
    tx.sql.run(
        "INSERT INTO device (n, dev, key, uid, label, seq, link, claim_at, seen, created_at) VALUES (?, ?, ?, ?, ?, 0, ?, NULL, 0, ?)",
        (tx.next_n("device"), dev, key, uid, label, link, tx.now),
    )


def revoke(tx: Transaction, dev: str) -> None:
    """The device may neither push nor read any more."""
    tx.sql.run("UPDATE device SET revoked_at = ? WHERE dev = ? AND revoked_at IS NULL", (tx.now, dev))


def readmit(tx: Transaction, dev: str) -> None:
    """An administrator takes a revoked device back."""
    tx.sql.run("UPDATE device SET revoked_at = NULL WHERE dev = ?", (dev,))


def move_device(tx: Transaction, known: Device) -> None:
    """Keep a device's new chain head."""
    tx.sql.run("UPDATE device SET seq = ?, link = ?, claim_at = ? WHERE n = ?", (known.seq, known.link, known.claim_at, known.n))
    tx.heads[known.dev] = known.head


# --- contacts --------------------------------------------------------------------------------------------------------


class Contact(NamedTuple):
    """At `at` the device first said that its chain ends with `link` at `seq`."""

    seq: int
    link: bytes
    at: int


def contacts(sql: Sql, known: Device) -> list[Contact]:
    """Contacts that can bound ops after the present head, in order: the last one at or below it, and all above."""
    rows = sql.all(
        "SELECT seq, link, at FROM contact WHERE device = ?1 AND seq >="
        " (SELECT coalesce(max(seq), 0) FROM contact WHERE device = ?1 AND seq <= ?2) ORDER BY seq",
        (known.n, known.seq),
    )
    return [Contact(*row) for row in rows]


def add_contact(tx: Transaction, known: Device, seq: int, link: bytes) -> None:
    """Note a head reported now, unless it was reported before."""
    tx.sql.run(
        "INSERT INTO contact (n, device, seq, link, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (device, seq) DO NOTHING",
        (tx.next_n("contact"), known.n, seq, link, tx.now),
    )
    # Of those at or below the chain's head only the last still bounds anything.
    tx.sql.run(
        "DELETE FROM contact WHERE device = ?1 AND seq < (SELECT max(seq) FROM contact WHERE device = ?1 AND seq <= ?2)",
        (known.n, known.seq),
    )


# --- ops and results -------------------------------------------------------------------------------------------------


def kept_at(sql: Sql, known: Device, seq: int) -> Kept | None:
    """The op a device sent under a number."""
    row = sql.one(f"{_KEPT} WHERE r.device = ? AND r.seq = ?", (known.n, seq))
    return Kept(*row) if row else None


def link_at(sql: Sql, known: Device, seq: int) -> bytes | None:
    """Link number `seq` of a device's chain, if it has come that far."""
    if not 0 <= seq <= known.seq:
        return None
    if seq == known.seq:
        return known.link
    if seq == 0:
        return first_link(site_id(sql), known.dev)
    kept = kept_at(sql, known, seq)
    return kept.link if kept else None


def kept_n(sql: Sql, n: int) -> Kept:
    """Op `n` of the ledger."""
    row = sql.one(f"{_KEPT} WHERE r.n = ?", (n,))
    assert row is not None, "every op has its result"
    return Kept(*row)


def kept_id(sql: Sql, op_id: str) -> Kept | None:
    """The op with this id."""
    row = sql.one(f"{_KEPT} WHERE o.id = ?", (op_id,))
    return Kept(*row) if row else None


def own_id(sql: Sql, uid: str, op_id: str) -> tuple[str, Kept | None]:
    """The id under which an op of this person is kept, and the op of this person that has it already.

    What somebody else sent under an id takes nothing from this person: the op is then kept under an id that follows from both.
    """
    while (kept := kept_id(sql, op_id)) is not None:
        if device_n(sql, kept.device).uid == uid:
            return op_id, kept
        op_id = _id_from(f"{uid}\n{op_id}")
    return op_id, None


def keep(tx: Transaction, known: Device, op: Consumed) -> Kept:
    """Write an op and its result, and tell the device by a row in its own bucket."""
    n, cid = tx.next_n("op"), tx.stamp()
    tx.sql.run("INSERT INTO op (n, id, at, body) VALUES (?, ?, ?, ?)", (n, op.id, tx.now, op.body))
    tx.sql.run(
        "INSERT INTO result (n, device, seq, link, cid, live, ver, st, code, first_st, grade, cur)"
        " VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?, ?, ?, ?)",
        (n, known.n, op.seq, op.link, cid, op.st, op.code, op.first_st, op.grade, op.cur),
    )
    kept = Kept(n, known.n, op.seq, op.link, tx.now, op.body, op.id, 1, 1, op.st, op.code, op.first_st, op.grade, op.cur)
    tx.emit_own(known.dev, partial(row_change, known.dev, kept))
    return kept


def amend(tx: Transaction, known: Device, kept: Kept) -> None:
    """A held op has a new outcome: keep it and tell its device again."""
    kept = kept._replace(ver=kept.ver + 1, live=1)
    tx.sql.run(
        "UPDATE result SET cid = ?, live = 1, ver = ?, st = ?, code = ?, cur = ? WHERE n = ?",
        (tx.stamp(), kept.ver, kept.st, kept.code, kept.cur, kept.n),
    )
    tx.emit_own(known.dev, partial(row_change, known.dev, kept))


def forget_results(tx: Transaction, known: Device, seen: int) -> int:
    """The device has its results up to `seen`: their rows leave its bucket. Returns the mark now kept."""
    seen = min(seen, known.seq)
    if seen <= known.seen:
        return known.seen
    gone = live_results(tx.sql, known, seen)
    if gone:
        tx.sql.run(
            "UPDATE result SET live = 0, ver = ver + 1, cid = ? WHERE device = ? AND seq <= ? AND live = 1", (tx.stamp(), known.n, seen)
        )
        for kept in gone:
            tx.emit_own(known.dev, partial(row_change, known.dev, kept._replace(ver=kept.ver + 1, live=0)))
    tx.sql.run("UPDATE device SET seen = ? WHERE n = ?", (seen, known.n))
    return seen


def live_results(sql: Sql, known: Device, seen: int) -> list[Kept]:
    """Results up to a number that still have a row."""
    return [
        Kept(*row)
        for row in sql.all(f"{_KEPT} WHERE r.device = ? AND r.seq > ? AND r.seq <= ? AND r.live = 1", (known.n, known.seen, seen))
    ]


# --- ops set aside ---------------------------------------------------------------------------------------------------


def bury(tx: Transaction, known: Device, n: int, rid: str, error: str) -> None:
    """Keep an op whose handler crashed for a later run by hand."""
    tx.sql.run("INSERT INTO dead_op (n, device, rid, error, at) VALUES (?, ?, ?, ?, ?)", (n, known.n, rid, error, tx.now))


def has_dead_ops(sql: Sql, known: Device) -> bool:
    """Whether any op of this device crashed."""
    return sql.one("SELECT 1 FROM dead_op WHERE device = ?", (known.n,)) is not None


def is_blocked(sql: Sql, known: Device, rid: str) -> bool:
    """Whether an earlier op of this device on this record crashed (order per record, law I4)."""
    return sql.one("SELECT 1 FROM dead_op WHERE device = ? AND rid = ?", (known.n, rid)) is not None


def wait(tx: Transaction, n: int, known: Device, window: Window) -> None:
    """An op waits for what it refers to; its time is judged already."""
    tx.sql.run("INSERT INTO waiting (n, device, window) VALUES (?, ?, ?)", (n, known.n, to_json(window)))


def has_waiting(sql: Sql) -> bool:
    """Whether anything waits."""
    return sql.one("SELECT 1 FROM waiting") is not None


def waiting_for(sql: Sql, rid: str) -> list[tuple[int, int, Window]]:
    """(n, device number, window) of waiting ops whose body names this record, oldest first."""
    rows = sql.all("SELECT w.n, w.device, w.window FROM waiting w JOIN op o ON o.n = w.n WHERE instr(o.body, ?) > 0 ORDER BY w.n", (rid,))
    return [(n, number, msgspec.json.decode(window, type=Window)) for n, number, window in rows]


def stop_waiting(tx: Transaction, n: int) -> None:
    """The op has its outcome."""
    tx.sql.run("DELETE FROM waiting WHERE n = ?", (n,))
