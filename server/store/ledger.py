"""The ledger: devices, the ops they sent, and what became of them.

Bodies are kept once, exactly as signed; results stand apart from them.
"""

import hashlib
from functools import partial
from sys import intern
from typing import Any, Literal, NamedTuple

import msgspec

from server.domain.hall.audiences import NOBODY
from server.domain.hall.ops import OpResult
from server.store.contract import RowChange, Sql
from server.store.pen import Pen, fact
from server.store.site import site_id
from server.store.transaction import Transaction
from sync.clock import Grade
from sync.messages import Head, OutcomeState, Result
from sync.ops import OP_BYTES_MAX, ORIG_BYTES_MAX, OpBody, countable, decode_body, first_link, to_json
from sync.rows import row_hash


class Device(NamedTuple):
    """A device as the site knows it. `seq`, `link`: its chain head; `claim_at`: corrected claim of its last op.

    `stolen`: its key is not its person's any more; `closed_at`: its chain broke and another device goes on from it, which names it in
    `replaces` (a number); `dur`: its highest number in a verified backup.
    """

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
    stolen: int = 0
    closed_at: int | None = None
    replaces: int | None = None
    dur: int = 0

    @property
    def head(self) -> Head:
        """The chain head as messages carry it."""
        return Head(self.seq, self.link.hex())

    def at(self, seq: int, link: bytes, claim_at: int | None) -> "Device":
        """The device with its chain gone on. (`_replace` takes three times as long, and this is done for every op.)"""
        return Device._make((*self[:5], seq, link, claim_at, *self[8:]))


class Name(msgspec.Struct):
    """What a result needs to know of a body."""

    id: str = ""
    k: str = ""
    rid: str = ""


class Consumed(NamedTuple):
    """An op with its number, link and outcome, ready to be kept. `id` is None when an earlier op, number `first_n`, has it (dup)."""

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
    first_n: int | None = None


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
        """Body of its `op.result` row: the same bytes whether it was just made or read back (msgspec knows a default by identity)."""
        name = self.name
        grade: Any = intern(self.grade)
        return to_json(OpResult(self.seq, name.k, name.rid, self.st, self.at, grade, self.code, self.cur, self.first_st))


ID_CHARS_MAX = 64
_OP = "INSERT INTO op (n, id, at, body, salt) VALUES (?, ?, ?, ?, ?)"
_RESULT = (
    "INSERT INTO result (n, device, seq, link, cid, live, ver, st, code, first_st, grade, cur, first_n)"
    " VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?, ?, ?, ?, ?)"
)
_MOVE = "UPDATE device SET seq = ?, link = ?, claim_at = ? WHERE n = ?"
_KEPT = (
    "SELECT r.n, r.device, r.seq, r.link, o.at, o.body, o.id, r.live, r.ver, r.st, r.code, r.first_st, r.grade, r.cur"
    " FROM result r JOIN op o ON o.n = r.n"
)
_DEVICE = "SELECT n, dev, key, uid, label, seq, link, claim_at, seen, revoked_at, stolen, closed_at, replaces, dur FROM device"
_names = msgspec.json.Decoder(Name)


def readable(text: str) -> OpBody | None:
    """The decoded body, or None when it is no op of any version."""
    size = len(text.encode()) if 4 * len(text) > OP_BYTES_MAX else 0
    if size > OP_BYTES_MAX + ORIG_BYTES_MAX:
        return None
    try:
        body = decode_body(text)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return body if countable(body.clk) and (size <= OP_BYTES_MAX or body.orig) else None


def name_of(text: str, body: OpBody | None = None) -> Name:
    """Id, kind and record named in a text; an unreadable one is named by its hash. `body`: the text decoded, if that is done already."""
    try:
        name = Name(body.id, body.k, body.rid) if body is not None else _names.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        name = Name()
    if name.id and _is_plain(name.id) and _is_plain(name.k) and _is_plain(name.rid):
        return name
    return Name(_id_from(text), _plain(name.k), _plain(name.rid))


def _is_plain(text: str) -> bool:
    return len(text) <= ID_CHARS_MAX and "\0" not in text


def _plain(text: str) -> str:
    """A name as every database can keep it."""
    return text[:ID_CHARS_MAX].replace("\0", "\ufffd")


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
    return fact(sql, "device", dev, lambda below: _device(below, dev))


def _device(sql: Sql, dev: str) -> Device | None:
    row = sql.one(f"{_DEVICE} WHERE dev = ?", (dev,))
    return Device(*row) if row else None


def device_n(sql: Sql, n: int) -> Device:
    """The device with this number."""
    row = sql.one(f"{_DEVICE} WHERE n = ?", (n,))
    assert row is not None, "results name devices that exist"
    return Device(*row)


def devices_of(sql: Sql, uid: str) -> list[Device]:
    """Every device of a person."""
    return [Device(*row) for row in sql.all(f"{_DEVICE} WHERE uid = ? ORDER BY n", (uid,))]


def known_device(sql: Sql, dev: str) -> Device:
    """The device with this id, which exists."""
    found = device(sql, dev)
    assert found is not None, "looked up before"
    return found


def add_device(tx: Transaction, dev: str, key: bytes, uid: str, label: str, link: bytes) -> None:
    """Enrol a device with an empty chain."""
    tx.sql.run(
        "INSERT INTO device (n, dev, key, uid, label, seq, link, claim_at, seen, created_at) VALUES (?, ?, ?, ?, ?, 0, ?, NULL, 0, ?)",
        (tx.next_n("device"), dev, key, uid, label, link, tx.now),
    )


def revoke(tx: Transaction, dev: str, stolen: bool = False) -> None:
    """The device reads no more; what it still sends is kept in quarantine, or refused when its key is `stolen`."""
    tx.sql.run("UPDATE device SET revoked_at = coalesce(revoked_at, ?), stolen = max(stolen, ?) WHERE dev = ?", (tx.now, int(stolen), dev))


def close_chain(tx: Transaction, old: Device, by: str) -> None:
    """The chain of `old` broke: nothing more is added to it, and device `by` goes on from it."""
    tx.sql.run("UPDATE device SET closed_at = coalesce(closed_at, ?) WHERE n = ?", (tx.now, old.n))
    tx.sql.run("UPDATE device SET replaces = ? WHERE dev = ?", (old.n, by))


def readmit(tx: Transaction, dev: str) -> None:
    """An administrator takes a revoked device back."""
    tx.sql.run("UPDATE device SET revoked_at = NULL, stolen = 0 WHERE dev = ?", (dev,))


def move_device(tx: Transaction, known: Device) -> None:
    """Keep a device's new chain head."""
    tx.sql.later(_MOVE, known.n, (known.seq, known.link, known.claim_at, known.n))
    tx.sql.note("device", known.dev, known)
    tx.heads[known.dev] = known.head


# --- contacts --------------------------------------------------------------------------------------------------------


CONTACTS_MAX = 500
"""How many reported heads of a device are kept: every push looks through them. One that is lost only makes a window wider."""


class Contact(NamedTuple):
    """At `at` the device first said that its chain ends with `link` at `seq`, at `last_at` the last time."""

    seq: int
    link: bytes
    at: int
    last_at: int


def contacts(sql: Sql, known: Device) -> list[Contact]:
    """Contacts that can bound ops after the present head, in order: the last one at or below it, and all above."""
    every = all_contacts(sql, known)
    last = max((contact.seq for contact in every if contact.seq <= known.seq), default=0)
    return [contact for contact in every if contact.seq >= last]


def add_branch(tx: Transaction, of: Device, dev: str, seq: int, link: bytes) -> Device:
    """Where ops of a device are kept that do not continue its chain: a chain of its own, closed from the beginning."""
    tx.sql.run(
        "INSERT INTO device (n, dev, key, uid, label, seq, link, claim_at, seen, created_at, closed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 0, ?, ?)",
        (tx.next_n("device"), dev, of.key, of.uid, of.label, seq, link, tx.now, tx.now),
    )
    return known_device(tx.sql, dev)


def all_contacts(sql: Sql, known: Device) -> tuple[Contact, ...]:
    """Every contact of a device that is still kept."""
    return fact(sql, "contact", known.n, lambda below: _contacts(below, known.n))


def _contacts(sql: Sql, n: int) -> tuple[Contact, ...]:
    found = sql.all("SELECT seq, link, at, coalesce(last_at, at) FROM contact WHERE device = ? ORDER BY seq", (n,))
    return tuple(Contact(*row) for row in found)


def add_contact(tx: Transaction, known: Device, seq: int, link: bytes) -> None:
    """Note a head reported now; of one reported before, that it was again. Who reports heads without end loses those furthest ahead."""
    every = all_contacts(tx.sql, known)
    if any((contact.seq, contact.link) == (seq, link) for contact in every):
        tx.sql.run("UPDATE contact SET last_at = ? WHERE device = ? AND seq = ?", (tx.now, known.n, seq))
        return
    if len(every) >= CONTACTS_MAX:
        furthest = every[-1].seq
        if seq >= furthest or any(contact.seq == seq for contact in every):
            return
        tx.sql.run("DELETE FROM contact WHERE device = ? AND seq = ?", (known.n, furthest))
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
    noted: bytes | None = sql.known("link", (known.n, seq), None) if isinstance(sql, Pen) else None
    if noted is not None:
        return noted
    kept = kept_at(sql, known, seq)
    if kept is None:
        return None
    note_link(sql, known, seq, kept.link)
    return kept.link


def note_link(sql: Sql, known: Device, seq: int, link: bytes) -> None:
    """What will be asked for again: a link of a chain never changes."""
    if isinstance(sql, Pen):
        sql.note("link", (known.n, seq), link)


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
    while fact(sql, "op", op_id, lambda below, op_id=op_id: _has(below, op_id)):  # type: ignore[misc]
        kept = kept_id(sql, op_id)
        assert kept is not None, "it has this id"
        if device_n(sql, kept.device).uid == uid:
            return op_id, kept
        op_id = _id_from(f"{uid}\n{op_id}")
    return op_id, None


def _has(sql: Sql, op_id: str) -> tuple[int] | None:
    return sql.one("SELECT n FROM op WHERE id = ?", (op_id,))


def keep(tx: Transaction, known: Device, op: Consumed) -> Kept:
    """Write an op and its result, and tell the device by a row in its own bucket."""
    n, cid = tx.next_n("op"), tx.stamp()
    tx.sql.later(_OP, n, (n, op.id, tx.now, op.body, tx.salt or tx.fresh_salt()))
    tx.sql.later(_RESULT, n, (n, known.n, op.seq, op.link, cid, op.st, op.code, op.first_st, op.grade, op.cur, op.first_n))
    if op.id is not None:
        tx.sql.note("op", op.id, (n,))
    kept = Kept(n, known.n, op.seq, op.link, tx.now, op.body, op.id, 1, 1, op.st, op.code, op.first_st, op.grade, op.cur)
    tx.emit_own(known.dev, partial(row_change, known.dev, kept, cid))
    return kept


def amend(tx: Transaction, known: Device, kept: Kept) -> None:
    """A held op has a new outcome: keep it and tell its device again, and every device that repeated it."""
    _amend(tx, known, kept)
    for row in tx.sql.all(f"{_KEPT} WHERE r.first_n = ?", (kept.n,)):
        again = Kept(*row)
        _amend(tx, device_n(tx.sql, again.device), again._replace(first_st=kept.st, code=kept.code, cur=kept.cur))


def _amend(tx: Transaction, known: Device, kept: Kept) -> None:
    kept, cid = kept._replace(ver=kept.ver + 1, live=1), tx.stamp()
    tx.sql.run(
        "UPDATE result SET cid = ?, live = 1, ver = ?, st = ?, code = ?, first_st = ?, cur = ? WHERE n = ?",
        (cid, kept.ver, kept.st, kept.code, kept.first_st, kept.cur, kept.n),
    )
    tx.emit_own(known.dev, partial(row_change, known.dev, kept, cid))


# --- re-signed ops ---------------------------------------------------------------------------------------------------


def add_orig_link(tx: Transaction, n: int, branch: Device, old: Device, seq: int, link: bytes) -> None:
    """Op `n` of `branch` stood under this number of `old` first, as its hash proves."""
    tx.sql.run("INSERT INTO orig_link (n, branch, device, seq, link) VALUES (?, ?, ?, ?, ?)", (n, branch.n, old.n, seq, link))


def orig_links(sql: Sql, old: Device, seq: int) -> list[bytes]:
    """Links under a number of a closed chain that ops signed again have proven."""
    return [link for (link,) in sql.all("SELECT link FROM orig_link WHERE device = ? AND seq = ?", (old.n, seq))]


def own_orig_link(sql: Sql, branch: Device, old: Device, seq: int) -> bytes | None:
    """The same, as proven by ops of one device."""
    row = sql.one("SELECT link FROM orig_link WHERE device = ? AND seq = ? AND branch = ?", (old.n, seq, branch.n))
    return row[0] if row else None


def forget_results(tx: Transaction, known: Device, seen: int) -> int:
    """The device has its results up to `seen`: their rows leave its bucket. Returns the mark now kept.

    A result that was amended stays (law I7): `seen` was said of what the device knew, and that may have been the first one.
    """
    seen = min(seen, known.seq)
    if seen <= known.seen:
        return known.seen
    gone = live_results(tx.sql, known, seen)
    if gone:
        cid = tx.stamp()
        tx.sql.run(
            "UPDATE result SET live = 0, ver = ver + 1, cid = ? WHERE device = ? AND seq > ? AND seq <= ? AND live = 1 AND ver = 1",
            (cid, known.n, known.seen, seen),
        )
        for kept in gone:
            tx.emit_own(known.dev, partial(row_change, known.dev, kept._replace(ver=kept.ver + 1, live=0), cid))
    tx.sql.run("UPDATE device SET seen = ? WHERE n = ?", (seen, known.n))
    return seen


def live_results(sql: Sql, known: Device, seen: int) -> list[Kept]:
    """Results up to a number that still have their first row."""
    first = f"{_KEPT} WHERE r.device = ? AND r.seq > ? AND r.seq <= ? AND r.live = 1 AND r.ver = 1"
    return [Kept(*row) for row in sql.all(first, (known.n, known.seen, seen))]
