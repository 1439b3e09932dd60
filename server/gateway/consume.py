"""What becomes of an op: A3 of the protocol, step by step, inside the writer. Every outcome consumes the op's number.

seen before → its result · gap, fork → stop · known id → dup · unknown kind → held · bad arguments → held or refused
stale guard → refused · handler → applied, held, refused · handler crashed → held INTERNAL, bytes kept, alarm
"""

import logging
from collections.abc import Sequence
from types import TracebackType

import msgspec

from server.domain.base import Outcome, held
from server.domain.hall import blobs
from server.gateway.again import Again, trace
from server.gateway.run import Runner, Said, Undone, noted
from server.gateway.windows import Judge, Linked
from server.store import aside, ledger
from server.store import held as held_ops
from server.store.contract import StoreTrouble, Unit
from server.store.institutions import Institutions
from server.store.ledger import Consumed, Device, Kept, Name
from server.store.pen import Pen, Wanted
from server.store.transaction import HeldOps, Transaction
from sync.clock import Window
from sync.cursor import Seal
from sync.messages import Result, Stop
from sync.ops import OpBody

alarm = logging.getLogger("zaigang.alarm")
UNKNOWN_WINDOW = Window(0, 0, 0, "OK", "C")


class Sent(msgspec.Struct):
    """One op of a push: its place in the chain by position, its link, its exact text, and its content if it can be read.

    `kept_as`: the id the ledger keeps it under, once that is known.
    """

    seq: int
    prev: bytes
    link: bytes
    text: str
    body: OpBody | None
    name: Name
    kept_as: str = ""


def look_up(pen: Pen, institutions: Institutions, ops: Sequence[Sent]) -> None:
    """Look up, in one go, whatever is already stored about these ops; usually nothing."""
    rids = [op.name.rid for op in ops]
    tables = {table for op in ops for table in institutions.tables_of(op.name.k)}
    pen.look_up(
        [
            Wanted("op", "op", "id", [op.name.id for op in ops]),
            Wanted("shown", "view_row", "rid", rids, ()),
            *(Wanted(table, table, "rid", rids) for table in sorted(tables)),
        ]
    )


class Consumer:
    """Consumes the ops of one push in order. Made per unit; `results` and `device` are what the answer needs."""

    def __init__(self, unit: Unit, institutions: Institutions, seal: Seal, device: Device) -> None:
        self._unit = unit
        self._institutions = institutions
        self._seal = seal
        self.device = device
        self.results: list[Result] = []
        self._runner = Runner(unit, institutions)
        self._again = Again(unit, self._runner)

    def consume(self, ops: Sequence[Sent], seen: int) -> Stop | None:
        """Take every op up to the first that cannot be taken; says why it stopped."""
        look_up(self._unit.sql, self._institutions, [op for op in ops if op.seq > self.device.seq])
        links = {op.seq: Linked(op.link, op.body, op.text) for op in ops}
        self._judge = Judge(self._unit, self._institutions, self._seal, self.device, links)
        self._blocked = aside.has_dead_ops(self._unit.sql, self.device)
        self._waiters = aside.has_waiting(self._unit.sql)
        stop = None
        for op in ops:
            stop = self._misplaced(op)
            if stop or self._repeated(op):
                if stop:
                    break
                continue
            try:
                self._take(op)
            except StoreTrouble as trouble:
                alarm.error("store trouble: %s", trouble)
                if not self.results:
                    raise
                stop = Stop("busy", retry_ms=5_000)
                break
        if seen > self.device.seen:
            with self._unit.step() as tx:
                self.device = self.device._replace(seen=ledger.forget_results(tx, self.device, seen))
        return stop

    # --- the chain ---

    def _misplaced(self, op: Sent) -> Stop | None:
        """A gap or a fork: nothing from here on can be taken."""
        last = self.device.seq
        if op.seq < 1:
            return Stop("fork", want=last + 1)
        if op.seq > last + 1 or (op.body is not None and op.body.seq != op.seq):
            return Stop("gap", want=last + 1)
        if op.seq <= last:
            kept = ledger.kept_at(self._unit.sql, self.device, op.seq)
            return None if kept and kept.link == op.link else Stop("fork", want=last + 1)
        if self.device.closed_at is not None or op.prev != self.device.link or (op.body is not None and op.body.prev != op.prev.hex()):
            return Stop("fork", want=last + 1)
        return None

    def _repeated(self, op: Sent) -> bool:
        """The same bytes again: the stored result again."""
        if op.seq > self.device.seq:
            return False
        kept = ledger.kept_at(self._unit.sql, self.device, op.seq)
        assert kept is not None, "consumed numbers have results"
        self.results.append(kept.result(kept.name))
        return True

    # --- one op ---

    def _take(self, op: Sent) -> None:
        window = self._window(op.body)
        applied_rid, decided = None, list[tuple[int, str]]()
        kept_as, first = ledger.own_id(self._unit.sql, self.device.uid, op.name.id)
        op.kept_as = kept_as
        try:
            with self._step() as tx:
                if first is not None:
                    self._keep_dup(tx, op, first)
                    return
                outcome = self._outcome(tx, op, window)
                if outcome.st != "applied":
                    raise Undone(outcome)
                tx.settle()
                assert op.body is not None, "only readable ops are applied"
                applied_rid = op.body.rid
                self._keep(tx, op, window, noted(op.body, outcome, window))
                decided = tx.decided
        except Undone as undone:
            with self._step() as tx:
                kept = self._keep(tx, op, window, undone.outcome)
                if undone.outcome.code == "REF_WAIT":
                    aside.wait(tx, kept.n, self.device, window)
                    self._waiters = True
        except StoreTrouble:
            raise
        except Exception as crash:
            self._bury(op, window, crash)
        if applied_rid is not None:
            self._follow(applied_rid, decided)

    def _follow(self, rid: str, decided: list[tuple[int, str]]) -> None:
        """What was applied lets others go on: what waited for its record, and what was held behind an op it decided."""
        if self._waiters:
            self._again.wake(rid)
        for device, record in decided:
            self._again.follow(device, record)
        if self._again.amended:
            self.results = [self._again.amended.get(result.id, result) for result in self.results]
            self._blocked = aside.has_dead_ops(self._unit.sql, self.device)

    def _outcome(self, tx: Transaction, op: Sent, window: Window) -> Outcome:
        """The outcome of an op that repeats no earlier one."""
        body = op.body
        if body is None or not body.rid or (op.name.id, op.name.k, op.name.rid) != (body.id, body.k, body.rid):
            return held("INVALID")
        if (body.site, body.dev) != (tx.site, self.device.dev):
            return held("INVALID")
        if self._is_of_revoked(body):
            return held("REVOKED")
        if self._blocked and aside.is_blocked(tx.sql, self.device, body.rid):
            return held("BEHIND_HELD")
        return self._runner.run(tx, self.device, Said(body, op.kept_as, window))

    def _window(self, body: OpBody | None) -> Window:
        """What an op's time is worth. Nobody answers for the clock of a phone that was lost or disabled: grade C (EVD-14)."""
        if body is None:
            return UNKNOWN_WINDOW
        window = self._judge.window(self.device, body)
        return msgspec.structs.replace(window, grade="C") if self._is_of_revoked(body) else window

    def _is_of_revoked(self, body: OpBody) -> bool:
        """Whether an op comes from a device that was ended, or was signed again to get past the end of one."""
        if self.device.revoked_at is not None:
            return True
        old = ledger.device(self._unit.sql, body.orig.dev) if body.orig else None
        return old is not None and old.revoked_at is not None

    # --- keeping ---

    def _keep(self, tx: Transaction, op: Sent, window: Window, outcome: Outcome) -> Kept:
        claim_at = window.at if op.body else self.device.claim_at
        consumed = Consumed(op.kept_as, op.seq, op.link, op.text, outcome.st, outcome.code, window.grade, claim_at, None, outcome.cur)
        if op.body and op.body.blobs:
            blobs.name(tx, self.device.uid, op.body)
        kept = self._advance(tx, consumed, op.name)
        if outcome.st == "held":
            held_ops.note(tx, self.device, kept, window)
        if op.body and op.body.orig and (first := self._judge.first(self.device, op.body)):
            ledger.add_orig_link(tx, kept.n, self.device, first.device, first.seq, first.link)
        return kept

    def _keep_dup(self, tx: Transaction, op: Sent, first: Kept) -> None:
        """A re-signed op: its number is consumed, its bytes are kept, its first result is repeated."""
        consumed = Consumed(
            *(None, op.seq, op.link, op.text, "dup", first.code, first.grade, self.device.claim_at),
            *(first.first_st or first.st, first.cur, first.n),
        )
        kept = self._advance(tx, consumed, op.name)
        if op.body and (stood := self._judge.first(self.device, op.body)):
            ledger.add_orig_link(tx, kept.n, self.device, stood.device, stood.seq, stood.link)

    def _advance(self, tx: Transaction, consumed: Consumed, name: Name) -> Kept:
        moved = self.device.at(consumed.seq, consumed.link, consumed.claim_at)
        kept = ledger.keep(tx, moved, consumed)
        ledger.move_device(tx, moved)
        self.device = moved
        self.results.append(kept.result(name))
        return kept

    def _step(self) -> "_Step":
        return _Step(self, self._unit, self._again)

    def _bury(self, op: Sent, window: Window, crash: Exception) -> None:
        """A handler crashed: nothing of it remains but the bytes, the result and an alarm (law I6)."""
        self._runner.crashed(op.name.k, op.name.id, crash)
        with self._step() as tx:
            kept = self._keep(tx, op, window, held("INTERNAL"))
            aside.bury(tx, self.device, kept.n, op.name.rid, trace(crash))
        self._blocked = True


class _Step:
    """A step of the unit. When it is undone, so is what was noted of it: nothing is acknowledged that is not kept."""

    def __init__(self, consumer: Consumer, unit: Unit, held_ops: HeldOps) -> None:
        self._consumer = consumer
        self._step = unit.step()
        self._held_ops = held_ops

    def __enter__(self) -> Transaction:
        self._device, self._count = self._consumer.device, len(self._consumer.results)
        tx = self._step.__enter__()
        tx.held_ops = self._held_ops
        return tx

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            self._consumer.device = self._device
            del self._consumer.results[self._count :]
        self._step.__exit__(kind, error, trace)
