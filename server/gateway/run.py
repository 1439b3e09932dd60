"""Running one op through its institution: arguments, rights as of the time it was said, the version it decides on, the handler."""

import logging
from typing import Any, NamedTuple

import msgspec

from server.domain.base import APPLIED, Actor, Op, Outcome, held, refused
from server.store import faces, people
from server.store.contract import Sql, Unit
from server.store.institutions import Institutions
from server.store.ledger import Device
from server.store.transaction import Transaction
from sync.clock import Window
from sync.ops import OpBody, countable, has_nul, sane_blobs

alarm = logging.getLogger("zaigang.alarm")


class Said(NamedTuple):
    """An op to be run: its content, the id it is kept under, and what its time is worth."""

    body: OpBody
    op_id: str
    window: Window


class Undone(Exception):
    """The handler decided against the op: its writes are undone, its outcome stands."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


class Runner:
    """Runs ops of any device inside one unit; what it looked up of people is kept that long."""

    def __init__(self, unit: Unit, institutions: Institutions) -> None:
        self._unit = unit
        self._institutions = institutions
        self._people: dict[str, people.Rights] = {}

    def run(self, tx: Transaction, device: Device, said: Said) -> Outcome:
        """What the op comes to. Its writes are in `tx`; the caller undoes them unless it is applied."""
        body = said.body
        known = self._institutions.known(body.k, body.sv)
        if known is None:
            return held("UNSUPPORTED")
        evidence = known.kind.cls == "e"
        bad = held("INVALID") if evidence else refused("INVALID")
        if body.t != known.kind.cls:
            return bad
        try:
            args = known.decode(body.a)
        except (msgspec.MsgspecError, RecursionError):
            return bad
        if not countable(args) or has_nul(body.a) or not sane_blobs(body.blobs):
            return bad
        actor = self.actor(tx.sql, device.uid, said.window if evidence else None)
        if actor is None:
            return held("NO_RIGHT") if evidence else refused("NO_RIGHT")
        if not evidence and known.kind.guarded and (stale := _stale(tx, body, actor)):
            return stale
        op: Op[Any] = Op(said.op_id, body.k, body.rid, args, device.dev, actor, said.window, tx.now, body.guard, body.blobs)
        outcome = known.handler(tx, op)
        if outcome.st == "refused" and evidence:
            raise AssertionError(f"{op.kind} is evidence and may not be refused")
        return outcome

    def actor(self, sql: Sql, uid: str, window: Window | None) -> Actor | None:
        """The person with the rights of the moment an op says, inside what can be proven of it; without a window, of now."""
        if uid not in self._people:
            self._people[uid] = people.rights(sql, uid)
        at = None if window is None else min(max(window.at, window.not_before), window.not_after)
        return self._people[uid].at(at)

    def crashed(self, kind: str, op_id: str, crash: Exception) -> None:
        """The alarm of a handler that crashed. Of a sealed check it says no more than that: who reads logs may be whom it visits.

        The stack is kept with the op.
        """
        if self._institutions.sealed_by(kind):
            alarm.error("an op crashed its handler")
        else:
            alarm.error("op %s %s crashed its handler", kind, op_id, exc_info=crash)


def _stale(tx: Transaction, body: OpBody, actor: Actor) -> Outcome | None:
    """Refuse a command whose guard matches no version this person can see now. The handler checks which face was meant."""
    for rid, ver in body.guard.items():
        versions = faces.versions_seen(tx.sql, rid, people.audience(actor))
        if not versions:
            return refused("GONE")
        if ver not in versions.values():
            return refused("STALE", cur=max(versions.values()))
    return None


def noted(body: OpBody, outcome: Outcome, window: Window) -> Outcome:
    """An applied fact whose clock claim fails says so (PROTOCOL.md, section 1)."""
    if outcome == APPLIED and body.t == "e" and window.verdict != "OK":
        return Outcome("applied", window.verdict)
    return outcome
