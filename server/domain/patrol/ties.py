"""回避: ties an inspector has to units and people; what he or she sees there is marked, for another to look at (PTL-07)."""

from server.domain.base import APPLIED, Face, Op, Outcome, Tx, held
from server.domain.hall.rules import may_any
from server.domain.hall.tables import DutyRecord, PostRecord
from server.domain.patrol.ops import Tie, Ties
from server.domain.patrol.tables import TieRecord


def declare(tx: Tx, op: Op[Tie]) -> Outcome:
    """Everybody says his own ties; the newest declaration says all of them."""
    a = op.a
    if op.rid != op.actor.uid or not may_any(op.actor, "INS", "EFF", "TEAM", "CHECK"):
        return held("NO_RIGHT")
    if not all(tx.ask("unit", unit=unit) for unit in a.units) or not all(tx.ask("person", uid=uid) for uid in a.people):
        return held("INVALID")
    known = tx.get(TieRecord, op.rid)
    if known and known.at > op.window.at:
        return APPLIED  # an older declaration that arrives later changes nothing
    tx.put(TieRecord(rid=op.rid, units=a.units, people=a.people, at=op.window.at, text=a.text))
    body = Ties(a.units, a.people, op.window.at, a.text)
    tx.project(Face("tie", op.rid, frozenset({f"u:{op.rid}", "role:EFF", "role:OFF"}), body))
    return APPLIED


def is_tied(tx: Tx, uid: str, post: PostRecord, day: str) -> bool:
    """Whether this inspector has declared a tie to the unit of a post, or to its A or B of the day."""
    tie = tx.get(TieRecord, uid)
    if tie is None:
        return False
    duty: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=day) if tie.people else None
    return post.unit in tie.units or (duty is not None and not {duty.a, duty.b}.isdisjoint(tie.people))


def tied_units(tx: Tx, *, uid: str) -> frozenset[str]:
    """Units this person has declared a tie to, by themselves or through people who work there."""
    tie = tx.get(TieRecord, uid)
    if tie is None:
        return frozenset()
    return frozenset({*tie.units, *(tx.ask("person", uid=one).unit for one in tie.people)}) - {""}
