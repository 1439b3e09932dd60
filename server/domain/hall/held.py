"""Deciding held ops: whoever sees one may let it take effect or set it aside, but never its author (PROTOCOL §2; CON-03 in spirit)."""

from server.domain.base import NO_TIMES, Op, Outcome, Times, Tx, refused, stale
from server.domain.hall.ops import HeldAccept, HeldReject
from server.domain.hall.rules import buckets_of


def accept(tx: Tx, op: Op[HeldAccept]) -> Outcome:
    """The op takes effect as its author said it, with the rights he had then; refused when it cannot.

    Times that cannot be meant may be entered as the decider found them, with his reason (EVD-05).
    """
    return _decide(tx, op, True, op.a.times)


def reject(tx: Tx, op: Op[HeldReject]) -> Outcome:
    """The op stays without effect for good; its author is told why."""
    return _decide(tx, op, False)


def _decide(tx: Tx, op: Op[HeldAccept] | Op[HeldReject], accepted: bool, times: Times = NO_TIMES) -> Outcome:
    waits = tx.held(op.rid)
    actor = op.actor
    # One answer for what is not there and for what this person may not know of.
    if waits is None or not waits.audience & buckets_of(actor.uid, actor.unit, actor.roles):
        return refused("GONE")
    if actor.uid == waits.uid:
        return refused("NO_RIGHT")
    if (times or not accepted) and not op.a.text.strip():
        return refused("INVALID")
    if old := stale(tx, op, "op.held"):
        return old
    return tx.decide(op.rid, actor.uid, accepted, op.a.text, times)
