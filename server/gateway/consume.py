"""What becomes of an op: A3 of the protocol, step by step, inside the writer. Every outcome consumes the op's number.

seen before → its result · gap, fork → stop · known id → dup · unknown kind → held · bad arguments → held or refused
stale guard → refused · handler → applied, held, refused · handler crashed → held INTERNAL, bytes kept, alarm
"""

import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from server.domain.base import APPLIED, Actor, Op, Outcome, held, refused
from server.store import faces, ledger, people
from server.store.contract import Sql, StoreTrouble, Unit
from server.store.institutions import Institutions, Known
from server.store.ledger import Consumed, Device, Kept, Name
from server.store.transaction import Transaction
from sync.clock import Evidence, Policy, Window, judge
from sync.cursor import BeaconMark, Seal
from sync.messages import Result, Stop
from sync.ops import OP_BYTES_MAX, OpBody, countable, decode_body

alarm = logging.getLogger("zaigang.alarm")
HOUR_MS = 3_600_000
UNKNOWN_WINDOW = Window(0, 0, 0, "OK", "C")


class Sent(NamedTuple):
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


class Undone(Exception):
    """The handler decided against the op: its writes are undone, its outcome stands."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


def readable(text: str) -> OpBody | None:
    """The decoded body, or None when it is no op of any version."""
    if len(text.encode()) > OP_BYTES_MAX:
        return None
    try:
        body = decode_body(text)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return body if countable(body.clk) else None


class Consumer:
    """Consumes the ops of one push in order. Made per unit; `results` and `device` are what the answer needs."""

    def __init__(self, unit: Unit, institutions: Institutions, seal: Seal, device: Device) -> None:
        self._unit = unit
        self._institutions = institutions
        self._seal = seal
        self.device = device
        self.results: list[Result] = []
        self._actors: dict[str, Actor | None] = {}
        self._rules: dict[str, Any] | None = None
        self._beacons: dict[str, BeaconMark | None] = {}

    def consume(self, ops: Sequence[Sent], seen: int) -> Stop | None:
        """Take every op up to the first that cannot be taken; says why it stopped."""
        self._contacts = ledger.contacts(self._unit.sql, self.device)
        self._blocked = ledger.has_dead_ops(self._unit.sql, self.device)
        self._waiters = ledger.has_waiting(self._unit.sql)
        self._links = {op.seq: op.link for op in ops}
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
        if op.prev != self.device.link or (op.body is not None and op.body.prev != op.prev.hex()):
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
        window = self._window(op.body) if op.body else UNKNOWN_WINDOW
        applied_rid = None
        kept_as, first = ledger.own_id(self._unit.sql, self.device.uid, op.name.id)
        op = op._replace(kept_as=kept_as)
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
                self._keep(tx, op, window, _noted(op.body, outcome, window))
        except Undone as undone:
            with self._step() as tx:
                kept = self._keep(tx, op, window, undone.outcome)
                if undone.outcome.code == "REF_WAIT":
                    ledger.wait(tx, kept.n, self.device, window)
                    self._waiters = True
        except StoreTrouble:
            raise
        except Exception as crash:
            self._bury(op, window, crash)
        if applied_rid is not None and self._waiters:
            self._wake(applied_rid)

    def _outcome(self, tx: Transaction, op: Sent, window: Window) -> Outcome:
        """Steps 7 and 8: what an op that repeats none comes to."""
        body = op.body
        if body is None or not body.rid or op.name != Name(body.id, body.k, body.rid):
            return held("INVALID")
        if (body.site, body.dev) != (tx.site, self.device.dev):
            return held("INVALID")
        if self._blocked and ledger.is_blocked(tx.sql, self.device, body.rid):
            return held("BEHIND_HELD")
        return self._run(tx, body, op.kept_as, window)

    def _run(self, tx: Transaction, body: OpBody, op_id: str, window: Window) -> Outcome:
        known = self._institutions.ops.get((body.k, body.sv))
        if known is None:
            return held("UNSUPPORTED")
        bad = held("INVALID") if known.kind.cls == "e" else refused("INVALID")
        if body.t != known.kind.cls:
            return bad
        try:
            args = known.args.decode(body.a)
        except (msgspec.MsgspecError, RecursionError):
            return bad
        if not countable(args):
            return bad
        actor = self._actor(tx.sql)
        if actor is None:
            return held("NO_RIGHT") if known.kind.cls == "e" else refused("NO_RIGHT")
        if known.kind.cls == "c" and (stale := self._stale(tx, body, actor)):
            return stale
        op = Op(op_id, body.k, body.rid, args, self.device.dev, actor, window, tx.now, body.guard)
        return self._handle(tx, known, op)

    def _actor(self, sql: Sql) -> Actor | None:
        uid = self.device.uid
        if uid not in self._actors:
            self._actors[uid] = people.actor(sql, uid)
        return self._actors[uid]

    def _stale(self, tx: Transaction, body: OpBody, actor: Actor) -> Outcome | None:
        """A version the command decided on is none that its person sees now. Which face it was is checked by the handler."""
        for rid, ver in body.guard.items():
            versions = faces.versions_seen(tx.sql, rid, people.audience(actor))
            if not versions:
                return refused("GONE")
            if ver not in versions.values():
                return refused("STALE", cur=max(versions.values()))
        return None

    def _handle(self, tx: Transaction, known: Known, op: Op[Any]) -> Outcome:
        outcome = known.handler(tx, op)
        if outcome.st == "refused" and known.kind.cls == "e":
            raise AssertionError(f"{op.kind} is evidence and may not be refused")
        return outcome

    # --- time ---

    def _window(self, body: OpBody) -> Window:
        """Judge the claim of an op against what can be proven (A8)."""
        beacon = self._beacon(body.clk.b) if body.clk.b else None
        before = [c.at for c in self._contacts if c.seq < body.seq and self._holds(c)]
        after = [c.at for c in self._contacts if c.seq >= body.seq and self._holds(c)]
        proof = Evidence(
            received_at=self._unit.now,
            beacon_at=beacon.at if beacon else None,
            contact_before=max(before, default=None),
            contact_after=min(after, default=None),
            previous_at=self.device.claim_at,
        )
        return judge(body.clk, proof, self._policy(body))

    def _beacon(self, token: str) -> BeaconMark | None:
        """Ops of one push mostly quote one beacon."""
        if token not in self._beacons:
            self._beacons[token] = self._seal.open_beacon(token)
        return self._beacons[token]

    def _holds(self, contact: ledger.Contact) -> bool:
        """Whether a reported head is one of this chain."""
        if contact.seq == self.device.seq:
            return contact.link == self.device.link
        if contact.seq in self._links:
            return contact.link == self._links[contact.seq]
        return ledger.link_at(self._unit.sql, self.device, contact.seq) == contact.link

    def _policy(self, body: OpBody) -> Policy:
        known = self._institutions.ops.get((body.k, body.sv))
        if self._rules is None:
            self._rules = self._read_rules()
        rules = self._rules
        return Policy(
            tolerance_ms=int(rules.get("evd.offset_tolerance_s", 120)) * 1000,
            anchor_ms=int(rules.get("evd.anchor_hours", 24)) * HOUR_MS,
            window_ms=(known.kind.window_hours if known else 8 * 24) * HOUR_MS,
        )

    def _read_rules(self) -> dict[str, Any]:
        """The hall's parameters as they are now; none before the hall is set up."""
        row = self._unit.sql.one("SELECT body FROM view_row WHERE rid = 'hall' AND kind = 'hall' AND body IS NOT NULL")
        return _rules_in(row[0]) if row else {}

    # --- keeping ---

    def _keep(self, tx: Transaction, op: Sent, window: Window, outcome: Outcome) -> Kept:
        claim_at = window.at if op.body else self.device.claim_at
        consumed = Consumed(op.kept_as, op.seq, op.link, op.text, outcome.st, outcome.code, window.grade, claim_at, None, outcome.cur)
        return self._advance(tx, consumed, op.name)

    def _keep_dup(self, tx: Transaction, op: Sent, first: Kept) -> None:
        """A re-signed op: its number is consumed, its bytes are kept, its first result is repeated."""
        consumed = Consumed(
            None, op.seq, op.link, op.text, "dup", first.code, first.grade, self.device.claim_at, first.first_st or first.st, first.cur
        )
        self._advance(tx, consumed, op.name)

    def _advance(self, tx: Transaction, consumed: Consumed, name: Name) -> Kept:
        moved = self.device._replace(seq=consumed.seq, link=consumed.link, claim_at=consumed.claim_at)
        kept = ledger.keep(tx, moved, consumed)
        ledger.move_device(tx, moved)
        self.device = moved
        self.results.append(kept.result(name))
        return kept

    @contextmanager
    def _step(self) -> Iterator[Transaction]:
        """A step of the unit. When it is undone, so is what was noted of it here: nothing is acknowledged that is not kept."""
        device, results = self.device, self.results.copy()
        try:
            with self._unit.step() as tx:
                yield tx
        except BaseException:
            self.device, self.results = device, results
            raise

    def _bury(self, op: Sent, window: Window, crash: Exception) -> None:
        """A handler crashed: nothing of it remains but the bytes, the result and an alarm (law I6)."""
        alarm.error("op %s %s crashed its handler", op.name.k, op.name.id, exc_info=crash)
        error = "".join(traceback.format_exception(crash))[-4_000:]
        with self._step() as tx:
            kept = self._keep(tx, op, window, held("INTERNAL"))
            ledger.bury(tx, self.device, kept.n, op.name.rid, error)
        self._blocked = True

    # --- ops that waited ---

    def _wake(self, rid: str) -> None:
        """Something arrived: run again what waited for it, and what waited for that."""
        arrived = [rid]
        while arrived:
            for n, number, window in ledger.waiting_for(self._unit.sql, arrived.pop()):
                if self._retry(n, number, window):
                    arrived.append(ledger.kept_n(self._unit.sql, n).name.rid)

    def _retry(self, n: int, number: int, window: Window) -> bool:
        """Run a waiting op again. True when it is applied now."""
        own, self.device = self.device, ledger.device_n(self._unit.sql, number)
        kept = ledger.kept_n(self._unit.sql, n)
        body = decode_body(kept.body)
        try:
            with self._step() as tx:
                outcome = self._run(tx, body, kept.id or body.id, window)
                if outcome.st != "applied":
                    raise Undone(outcome)
                tx.settle()
                self._amend(tx, kept, _noted(body, outcome, window))
            return True
        except Undone as undone:
            if undone.outcome.code != "REF_WAIT":
                with self._step() as tx:
                    self._amend(tx, kept, undone.outcome)
            return False
        except StoreTrouble:
            raise
        except Exception as crash:
            alarm.error("op %s %s crashed its handler", body.k, body.id, exc_info=crash)
            with self._step() as tx:
                self._amend(tx, kept, held("INTERNAL"))
                ledger.bury(tx, self.device, n, body.rid, str(crash))
            self._blocked = True
            return False
        finally:
            self.device = own

    def _amend(self, tx: Transaction, kept: Kept, outcome: Outcome) -> None:
        ledger.stop_waiting(tx, kept.n)
        amended = kept._replace(st=outcome.st, code=outcome.code, cur=outcome.cur)
        ledger.amend(tx, self.device, amended)
        result = amended.result(amended.name)
        self.results = [result if r.id == result.id else r for r in self.results]


class _HallRules(msgspec.Struct):
    rules: dict[str, Any] = {}


@lru_cache(maxsize=4)
def _rules_in(body: str) -> dict[str, Any]:
    return msgspec.json.decode(body, type=_HallRules).rules


def _noted(body: OpBody, outcome: Outcome, window: Window) -> Outcome:
    """An applied fact whose clock claim fails says so (PROTOCOL.md, section 1)."""
    if outcome == APPLIED and body.t == "e" and window.verdict != "OK":
        return Outcome("applied", window.verdict)
    return outcome
