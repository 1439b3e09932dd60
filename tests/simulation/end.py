"""What must hold when everything has come to rest: judged from the tables and the devices alone (PROTOCOL.md §9)."""

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from server.store import ledger
from server.store.contract import Sql
from sync.ops import decode_body, first_link, next_link
from tests.simulation import hall
from tests.simulation.hall import NoteRecord, faces
from tests.simulation.laws import LawBroken, Seen, View, rows_now

if TYPE_CHECKING:
    from tests.simulation.device import Device
    from tests.simulation.world import SimWorld


def acked_is_kept(world: "SimWorld", device: "Device") -> None:
    """What a device takes as acknowledged is in the ledger under that number and link (I8, I9)."""
    replica = device.replica
    mark = (replica.dev, replica.epoch, replica.acked)
    if replica.acked == 0 or mark == device.acked_mark or not world.server.up or world.server.place.epoch != replica.epoch:
        return
    device.acked_mark = mark
    sql = world.server.store.reader
    known = ledger.device(sql, replica.dev)
    link = ledger.link_at(sql, known, replica.acked) if known else None
    if replica.acked >= replica.floor.seq and (link is None or link.hex() != replica.link(replica.acked)):
        raise LawBroken(f"I8 {device.name} takes {replica.acked} as acknowledged, which the ledger has not")


def at_rest(world: "SimWorld", device: "Device") -> bool:
    """Nothing is left to do for this device."""
    replica = device.replica
    if device.lost or replica.wiped:
        return True
    return not (replica.pending or replica.trouble or device.unfinished or replica.epoch != world.server.place.epoch) and is_current(
        world, device
    )


def why(world: "SimWorld", device: "Device") -> str:
    """What a device that never came to rest still waits for."""
    r = device.replica
    unknown = [(op.seq, op.state) for op in r.outbox if op.result is None]
    chain = f"{r.acked} of {r.head.seq} acknowledged, floor {r.floor.seq}, unknown {unknown[:3]}, trouble {r.trouble!r}"
    epoch = f"epoch {r.epoch} of {world.server.place.epoch}"
    return f"{device.name}: {chain}, unfinished {device.unfinished}, {epoch}, current {is_current(world, device)}"


def is_current(world: "SimWorld", device: "Device") -> bool:
    """Whether nothing it may see was committed after where it stands, and it knows what became of all its ops."""
    log, view = world.oracle.logs[device.replica.epoch], device.view
    if view is None or view.log is not log or any(op.result is None for op in device.replica.outbox):
        return False
    if view.buckets != world.oracle.audiences[device.uid] | {f"dev:{device.replica.dev}"}:
        return False
    later = (item for group in log.groups[view.index :] for item in group.items())
    return not any(_concerns(view, key, row) for key, row in later)


def _concerns(view: View, key: tuple[str, ...], row: Seen | None) -> bool:
    """Whether a later change is one of this device."""
    others = len(key) > 2 and f"dev:{key[2]}" not in view.buckets
    return not others and (key[:2] in view.rows or bool(row and row.buckets & view.buckets))


def judge(world: "SimWorld") -> None:
    """Every law of rest."""
    sql = world.server.store.reader
    ops = judge_tables(sql)
    _nothing_lost(world, ops)
    _faces_follow(sql)
    _devices_agree(world, sql, {(dev, seq): (st, code) for dev, seq, st, code, _, _ in ops})
    _nothing_waits(sql)


def judge_tables(sql: Sql) -> list[Any]:
    """The laws that hold at every moment, whoever is asleep: judged once an hour too, and before a restore wipes what broke them."""
    ops = _kept(sql)
    _once(sql, ops)
    _in_order(sql, ops)
    _chains(sql)
    _somewhere(sql)
    return ops


def _somewhere(sql: Sql) -> None:
    """I17: a row that has a body is in a bucket, and one that has none is in none: nobody would ever be told that it went."""
    query = (
        "SELECT v.kind, v.rid FROM view_row v LEFT JOIN bucket_row b ON b.n = v.n AND b.live = 1"
        " WHERE (v.body IS NULL) = (b.n IS NOT NULL) LIMIT 1"
    )
    if (row := sql.one(query)) is not None:
        raise LawBroken(f"I17 {row} is shown to nobody, or is still in a bucket after its end")


def _kept(sql: Sql) -> list[tuple[str, int, str, str | None, Any, str]]:
    """Every op of the ledger: (device, number, state, code, body, id), by device and number."""
    rows = sql.all(
        "SELECT d.dev, r.seq, r.st, r.code, o.body FROM result r JOIN op o ON o.n = r.n JOIN device d ON d.n = r.device ORDER BY d.n, r.seq"
    )
    return [(dev, seq, st, code, body, body.id) for dev, seq, st, code, text in rows for body in (_body(text),)]


_body = lru_cache(4_096)(decode_body)
"""The bodies of a world are read again every hour."""


def _nothing_lost(world: "SimWorld", ops: list[Any]) -> None:
    """I1: what was confirmed as saved is in the ledger."""
    lost = world.ids.keys() - world.excused - {op_id for *_, op_id in ops}
    if lost:
        raise LawBroken(f"I1 lost: {[(op_id, world.ids[op_id]) for op_id in sorted(lost)[:3]]} of {len(world.ids)}")


def _once(sql: Sql, ops: list[Any]) -> None:
    """I2: an applied op took effect once, any other never (I6)."""
    effects = dict(sql.all("SELECT rid, times FROM sim_effect"))
    applied = {op_id for _, _, st, _, _, op_id in ops if st == "applied"}
    if twice := [op_id for op_id, times in effects.items() if times != 1]:
        raise LawBroken(f"I2 took effect more than once: {sorted(twice)[:3]}")
    if without := applied ^ effects.keys():
        raise LawBroken(f"I6 applied without effect, or the other way: {sorted(without)[:3]}")


def _in_order(sql: Sql, ops: list[Any]) -> None:
    """I3: effects of one device on one record follow its numbers, but for what waited for another record.

    I4: nothing is applied behind an op that crashed there at once.
    """
    place = {op_id: (dev, seq) for dev, seq, st, _, body, op_id in ops if st != "dup" and not _may_wait(body)}
    for rid, text in sql.all("SELECT rid, writes FROM sim_note"):
        last: dict[str, int] = {}
        for op_id in msgspec.json.decode(text):
            dev, seq = place.get(op_id, ("", 0))
            if seq < last.get(dev, 0):
                raise LawBroken(f"I3 {op_id} of {dev} took effect on {rid} before an earlier one")
            last[dev] = seq
    dead: dict[tuple[str, str], int] = defaultdict(lambda: 1 << 60)
    for dev, seq, st, code, body, op_id in ops:
        if code == "INTERNAL" and st == "held" and not _may_wait(body):
            dead[dev, body.rid] = min(dead[dev, body.rid], seq)
        elif st == "applied" and seq > dead[dev, body.rid]:
            raise LawBroken(f"I4 {op_id} overtook a held op on {body.rid}")


def _may_wait(body: Any) -> bool:
    """Whether an op names another record, without which it waits."""
    return b'"about":"' in bytes(body.a) and b'"about":""' not in bytes(body.a)


def _chains(sql: Sql) -> None:
    """I5, I9: numbers without gaps, links that follow from the bytes."""
    for n, dev, last, head in sql.all("SELECT n, dev, seq, link FROM device"):
        link = first_link(hall.SITE, dev)
        count = 0
        for count, (seq, kept, body) in enumerate(
            sql.all("SELECT r.seq, r.link, o.body FROM result r JOIN op o ON o.n = r.n WHERE r.device = ? ORDER BY r.seq", (n,)), 1
        ):
            link = next_link(link, body)
            if (seq, kept) != (count, link):
                raise LawBroken(f"I5 the chain of {dev} breaks at {count}")
        if (count, link) != (last, head):
            raise LawBroken(f"I9 the head of {dev} is not its last op")


def _faces_follow(sql: Sql) -> None:
    """I13, I17: what is shown to whom follows from the records alone."""
    wanted: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}
    for row in sql.all('SELECT rid, text, writer, "to", writes, erased FROM sim_note'):
        rid, text, writer, to, writes, erased = row
        note = NoteRecord(
            rid=rid, text=text, writer=writer, to=msgspec.json.decode(to), writes=msgspec.json.decode(writes), erased=bool(erased)
        )
        wanted |= {(f.kind, f.rid): (msgspec.json.encode(f.body).decode(), f.buckets) for f in faces(note) if f.buckets}
    shown = {key: (row.body, row.buckets) for key, row in rows_now(sql).items() if key[0].startswith("sim.")}
    if shown != wanted:
        wrong = sorted({key for key in shown.keys() | wanted.keys() if shown.get(key) != wanted.get(key)})
        raise LawBroken(f"I17 shown otherwise than recorded: {wrong[:3]}")


def _nothing_waits(sql: Sql) -> None:
    """I4: what waited for another record was tried again when that came."""
    for rid, body in sql.all("SELECT o.id, o.body FROM waiting w JOIN op o ON o.n = w.n"):
        about = msgspec.json.decode(body)["a"]["about"]
        if sql.one("SELECT 1 FROM sim_note WHERE rid = ?", (about,)) is not None:
            raise LawBroken(f"I4 {rid} still waits for {about}, which is there")


def _devices_agree(world: "SimWorld", sql: Sql, results: dict[tuple[str, int], tuple[str, str | None]]) -> None:
    """I13: every device holds what its person may see now. I7: and knows what became of every op it kept."""
    present = rows_now(sql)
    for device in world.devices:
        if device.lost or device.replica.wiped:
            continue
        replica = device.replica
        mine = world.oracle.audiences[device.uid] | {f"dev:{replica.dev}"}
        rows = {key[:2]: Seen(*row[:3], row.buckets & mine) for key, row in present.items() if row.buckets & mine}
        world.oracle.same(replica, rows, f"I13 {device.name} at rest")
        for op in replica.outbox:
            if op.result is None:
                raise LawBroken(f"I7 {device.name} never learned what became of {op.seq}")
            told, kept = (op.result.st, op.result.code), results.get((replica.dev, op.seq))
            if op.seq > replica.floor.seq and told != kept:
                raise LawBroken(f"I7 {device.name} takes {op.seq} as {told}, the ledger has {kept}")
