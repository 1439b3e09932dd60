"""Planted bugs: one rule of the real code switched off at a time. A machine that does not see them proves nothing (PROTOCOL.md §9).

A mutant that needs a rare meeting of faults gets a schedule of its own (`rush`); all run in short, crowded worlds.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import msgspec

import server.gateway.hub
import server.gateway.live
import server.gateway.pull
import server.store.backup
import server.store.site
import sync.outbox
import sync.scope
from server.gateway.again import Again
from server.gateway.consume import Consumer
from server.gateway.hub import Hub
from server.gateway.windows import Judge
from server.store import aside, evidence, ledger
from server.store.contract import StoreTrouble
from server.store.transaction import Transaction
from server.store.writer import Step, Writer
from sync import messages as m
from sync.cursor import Cursor
from sync.outbox import Outbox, OutboxOp
from sync.replica import Replica
from sync.shelf import Shelf
from tests.simulation.plan import Plan, draw
from tests.simulation.world import live_through

Patch = tuple[Any, str, Any]
SEEDS_MAX = 200


class Mutant(NamedTuple):
    """A rule switched off. `laws`: what it is for, none for the evidence log. `rush`: fields of the plan that bring about what shows it.

    `seed`: a short world that is known to show it, looked at before the others.
    """

    name: str
    laws: tuple[int, ...]
    patches: tuple[Patch, ...]
    rush: dict[str, Any] = {}  # noqa: RUF012 - never changed
    seed: int = 3


def after(owner: Any, name: str, then: Callable[..., None]) -> Patch:
    """The method, and then something more."""
    original = getattr(owner, name)

    def changed(self: Any, *args: Any, **more: Any) -> Any:
        result = original(self, *args, **more)
        then(self, *args, **more)
        return result

    return owner, name, changed


def before(owner: Any, name: str, first: Callable[..., tuple[Any, ...]]) -> Patch:
    """The method with other arguments."""
    original = getattr(owner, name)
    return owner, name, lambda self, *args: original(self, *first(self, *args))


# --- the device, up --------------------------------------------------------------------------------------------------


def _all_sent(outbox: Outbox, *_: Any) -> None:
    outbox.acked = outbox.head.seq


def _drop_acknowledged(outbox: Outbox, *_: Any) -> None:
    last = outbox.op(outbox.acked)
    if last is not None:
        outbox.floor = m.Head(last.seq, last.link)
        outbox.outbox = [op for op in outbox.outbox if op.seq > last.seq]


def _wipe_at_once(outbox: Outbox, answer: m.PushAnswer, *_: Any) -> None:
    if answer.stop and answer.stop.code == "wipe" and not outbox.wiped:
        outbox._wipe()


_resigned = sync.outbox.resigned


def _other_id(op: OutboxOp, dev: str, place: Any) -> str:
    return _resigned(op, dev, place).replace(op.id, _fresh(op.id))


def _fresh(op_id: str) -> str:
    return op_id[:-12] + hashlib.sha256(op_id.encode()).hexdigest()[:12]


def _append_as_said(outbox: Outbox, op_id: str, kind: str, rid: str, body: str) -> OutboxOp:
    op = outbox._link(msgspec.json.decode(body)["id"], kind, rid, body, outbox.time.now())
    outbox.outbox.append(op)
    return op


def _keep_anyway(outbox: Outbox, op: OutboxOp) -> bool:
    outbox.outbox.append(op)
    return True


# --- the device, down ------------------------------------------------------------------------------------------------


def _drop_left(shelf: Shelf, row: m.Row) -> tuple[m.Row]:
    here = shelf.rows.get((row.k, row.rid))
    left = here is not None and not here.buckets <= set(row.b)
    return (msgspec.structs.replace(row, b=[], d=None) if left else row,)


def _older_wins(shelf: Shelf, row: m.Row) -> None:
    shelf.take(msgspec.structs.replace(row, v=1 << 40))
    here = shelf.rows[row.k, row.rid]
    shelf._put((row.k, row.rid), here._replace(ver=row.v))


def _only_numbers(replica: Replica, sums: dict[str, Any], now: int) -> tuple[Any, int]:
    return {b: replica.shelf.sum(b) if told[0] == replica.shelf.sum(b)[0] else told for b, told in sums.items()}, now


def _continues(replica: Replica, frame: m.Commit) -> tuple[m.Commit]:
    return (msgspec.structs.replace(frame, prev=replica.cursor),)


# --- the server ------------------------------------------------------------------------------------------------------

_misplaced, _keep, _plan, _own_id = Consumer._misplaced, Consumer._keep, sync.scope.plan, ledger.own_id


def _no_gap(consumer: Consumer, op: Any) -> Any:
    stop = _misplaced(consumer, op)
    return None if stop and stop.code == "gap" else stop


def _no_fork(consumer: Consumer, op: Any) -> Any:
    stop = _misplaced(consumer, op)
    return None if stop and stop.code == "fork" and consumer.device.closed_at is None else stop


def _refused_is_raised(consumer: Consumer, tx: Any, op: Any, window: Any, outcome: Any) -> Any:
    if outcome.st == "refused":
        raise StoreTrouble(False, "a refusal is trouble")
    return _keep(consumer, tx, op, window, outcome)


def _no_dedupe(sql: Any, uid: str, op_id: str) -> Any:
    found, kept = _own_id(sql, uid, op_id)
    while kept is not None:
        found, kept = _own_id(sql, uid, _fresh(found))
    return found, None


def _no_dedupe_at_first(sql: Any, uid: str, op_id: str) -> Any:
    """Only until the site is restored: what was doubled is gone then, with nothing left to tell of it."""
    return _own_id(sql, uid, op_id) if sql.one("SELECT 1 FROM site WHERE restored_at > 0") else _no_dedupe(sql, uid, op_id)


def _pass_over(writer: Writer, step: Transaction) -> None:
    writer.head += 7 if step.stamped else 0


_draft = evidence.draft


def _draft_without_last(*args: Any) -> Any:
    made = _draft(*args)
    return made and made._replace(leaves=made.leaves[:-1])


def _stands(step: Step, kind: Any, error: Any, _: Any) -> Any:
    return _exit(step, None, None, None) if isinstance(error, ValueError) else _exit(step, kind, error, _)


_exit = Step.__exit__


def _plan_by_pos(cursor: Cursor | None, *rest: Any) -> Any:
    return _plan(cursor._replace(start=cursor.pos) if cursor else None, *rest)


def _plan_without_horizon(cursor: Cursor | None, head: int, _: int, *rest: Any) -> Any:
    return _plan(cursor, head, 0, *rest)


def _amend_untold(tx: Transaction, _: Any, kept: Any) -> None:
    tx.sql.run("UPDATE result SET st = ?, code = ?, cur = ? WHERE n = ?", (kept.st, kept.code, kept.cur, kept.n))


_encode_one = server.gateway.hub.Encoder._one


def _with_body(encoder: Any, index: int, mine: frozenset[str], *shape: Any) -> bytes:
    return _encode_one(encoder, index, mine or frozenset(("left",)), *shape)


_restore = server.store.backup.restore


def _same_epoch(path: Any, data: Any, institutions: Any, now: int, _: Any) -> Any:
    epoch = server.store.backup.verify(path).epoch
    return _restore(path, data, institutions, now, lambda _: bytes.fromhex(epoch))


RESTORES = {"backup_every": 1_500.0, "restore_every": 4_000.0, "rollback_every": 0.0}
ROLLBACKS = {"rollback_every": 2_000.0, "restore_every": 0.0}
MEMBERS = {"member_every": 900.0}
UPGRADES = {"upgrades": 0.9}
CLOCKS = {"server_clock_every": 1_200.0, "server_stop_every": 1_200.0}

MUTANTS: tuple[Mutant, ...] = (
    Mutant("ack by number", (8,), ((Outbox, "_wrote", lambda o, head: o.floor.seq <= head.seq <= o.head.seq),), ROLLBACKS),
    Mutant("acknowledged ops are forgotten at once", (1, 10), (after(Outbox, "_ack", _drop_acknowledged),), RESTORES),
    Mutant("another epoch acknowledges everything", (10,), (after(Outbox, "_new_epoch", _all_sent),), RESTORES),
    Mutant(
        "re-signed with other ids", (2,), ((Outbox, "append", _append_as_said), (sync.outbox, "resigned", _other_id)), ROLLBACKS, seed=1
    ),
    Mutant("wipe before quarantine", (1,), (after(Outbox, "push_answered", _wipe_at_once),), {"revoke_every": 1_500.0, "push_ops_max": 1}),
    Mutant("results counted as seen too early", (7,), ((Outbox, "seen", property(lambda o: o.acked)),)),
    Mutant("two tabs, one number", (29,), ((Outbox, "keep", _keep_anyway),), {"tabs": True}),
    Mutant("settled before its rows", (15,), (after(Outbox, "_taken", lambda o, head: setattr(o, "shown", o.acked)),)),
    Mutant("stale page applied", (14,), (before(Replica, "pulled", lambda r, _, lines: (r.asking, lines)),)),
    Mutant("frame applied across prev", (12,), (before(Replica, "_commit", _continues),), {"live": True}),
    Mutant("leaving one bucket is leaving all", (17,), (before(Shelf, "take", _drop_left),)),
    Mutant("sums compare numbers only", (20,), (before(Replica, "_compare", _only_numbers),), {"corrupt_every": 900.0}),
    Mutant("a snapshot wins over what is newer", (24,), ((Shelf, "add", _older_wins),), {"snapshot_from": 3, **MEMBERS}, seed=2),
    Mutant(
        "repair drops rows of other leaves",
        (20,),
        (before(Shelf, "repair", lambda s, bucket, _, rows: (bucket, frozenset(range(256)), rows)),),
        {"corrupt_every": 900.0},
    ),
    Mutant("no deduplication", (2,), ((ledger, "own_id", _no_dedupe),), ROLLBACKS),
    Mutant("no gap check", (3,), ((Consumer, "_misplaced", _no_gap),), {"pipelined": True, "push_ops_max": 1}),
    Mutant("no fork check", (9,), ((Consumer, "_misplaced", _no_fork),), ROLLBACKS, seed=9),
    Mutant("a refusal consumes no number", (5, 35), ((Consumer, "_keep", _refused_is_raised),)),
    Mutant("a crash leaves its writes", (6,), ((Step, "__exit__", _stands),), {"poison": 0.08}),
    Mutant("released behind a held op", (4,), ((aside, "is_blocked", lambda *_: False),), {"poison": 0.2}),
    Mutant(
        "results in the answer only",
        (7,),
        ((ledger, "_RESULT", ledger._RESULT.replace("1, 1", "0, 1")), (Transaction, "emit_own", lambda *_: None)),
    ),
    Mutant("an amended result is not told", (7,), ((ledger, "_amend", _amend_untold),), seed=2),
    Mutant("nothing that waits is woken", (4,), ((Again, "wake", lambda *_: None),), seed=2),
    Mutant("the horizon is ignored", (22,), ((server.gateway.pull, "plan", _plan_without_horizon),), {"purge_after": 600.0, "asleep": 0.9}),
    Mutant(
        "the horizon is compared with the position",
        (23,),
        ((server.gateway.pull, "plan", _plan_by_pos),),
        {"purge_after": 400.0, "page_rows_max": 3, "sync_every": 400.0},
        seed=5,
    ),
    Mutant(
        "a fill goes on for other buckets",
        (17,),
        ((sync.scope, "tag_of", lambda _: 1),),
        {"page_rows_max": 1, "member_every": 60.0, "sync_every": 60.0},
    ),
    Mutant(
        "a full page moves on to the head",
        (12, 13),
        ((server.gateway.pull, "after_rows", lambda cursor, to, more, head: Cursor(head, head)),),
        {"page_rows_max": 3},
    ),
    Mutant("whoever lost a row still gets it", (18,), ((server.gateway.hub.Encoder, "_one", _with_body),), {"live": True}),
    Mutant("sockets keep the rights they began with", (19,), ((Hub, "_regrant", lambda *_: None),), {"live": True, "member_every": 300.0}),
    Mutant("durable without a backup", (10,), ((ledger.Device, "dur", property(lambda device: device.seq)),), RESTORES),
    Mutant("rows in an older shape stay after an upgrade", (13,), ((Shelf, "reshape", lambda _: None),), UPGRADES),
    Mutant("an upgrade empties the outbox", (1,), (after(Replica, "reshape", lambda r, _: r.outbox.clear()),), UPGRADES),
    Mutant("a restored server keeps its epoch", (10,), ((server.store.backup, "restore", _same_epoch),), RESTORES),
    Mutant("a commit number is passed over", (11,), (after(Writer, "finished", _pass_over),)),
    Mutant(
        "no deduplication until a restore",
        (2,),
        ((ledger, "own_id", _no_dedupe_at_first),),
        {"rollback_every": 1_000.0, "backup_every": 900.0, "restore_every": 3_000.0},
    ),
    Mutant("time begins anew with a process", (), ((server.store.site, "last_at", lambda _: 0),), CLOCKS),
    Mutant(
        "a time mark does not bind who made it",
        (),
        ((Judge, "_beacon", lambda judge, token: judge._seal.open_beacon(token)),),
        CLOCKS,
        seed=5,
    ),
    Mutant("a minute drops a record it has committed to", (), ((evidence, "draft", _draft_without_last),)),
    Mutant("a restored log keeps its name", (), ((evidence, "origin_of", lambda facts: f"zaigang/{facts.id}/0"),), RESTORES),
)


def caught(mutant: Mutant, seeds: int = SEEDS_MAX) -> tuple[int, str]:
    """(worlds it took, the law it broke). The law is empty when it survived them all. The same world without it must be well."""
    order = (mutant.seed, *(seed for seed in range(1, seeds + 1) if seed != mutant.seed))
    for worlds, seed in enumerate(order, 1):
        plan = rushed(draw(seed, dense=True), mutant)
        if broken := live_through(seed, plan, mutant.patches).broken:
            wrong = sound(seed, plan)
            return worlds, f"without it, too, seed {seed}: {wrong}" if wrong else broken
    return seeds, ""


@cache
def sound(seed: int, plan: Plan) -> str:
    """What breaks in a world of the code as it is: many bugs show in the same world."""
    return live_through(seed, plan).broken


def rushed(plan: Plan, mutant: Mutant) -> Plan:
    """The plan with what this mutant needs to be noticed. Apps change under the mutants of that only."""
    return plan._replace(**{"upgrades": 0.0, **mutant.rush})
