"""回避: ties an inspector has to units and people; what he or she sees there is marked, for another to look at (PTL-07)."""

from collections.abc import Iterable
from typing import NamedTuple

from server.domain.base import Face, Op, Outcome, Tx, held
from server.domain.hall.duty import people_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, day_of, may_any
from server.domain.hall.tables import DutyRecord, PostRecord
from server.domain.patrol.ops import Tie, Ties
from server.domain.patrol.tables import ObservationRecord, TieRecord, ZoneSeenRecord
from sync.clock import Window

NONE = Ties([], [], 0)
OPEN = ("INS", "EFF")
"""Of whom everybody knows that they inspect."""


class Marked(NamedTuple):
    """What an inspector saw while a declaration holds: `looks` whose mark changed, to be shown again, and whole `zones`."""

    looks: list[ObservationRecord]
    zones: list[ZoneSeenRecord]


def declare(tx: Tx, op: Op[Tie]) -> Outcome | Marked:
    """Everybody says his own ties; each declaration says all of them, from when it was made until the next one.

    Declarations and sightings arrive in any order.
    """
    a = op.a
    if op.rid != op.actor.uid or not may_any(op.actor, *OPEN, "TEAM", "CHECK", "SUP"):
        return held("NO_RIGHT")
    if not all(tx.ask("unit", unit=unit) for unit in a.units) or not all(tx.ask("person", uid=uid) for uid in a.people):
        return held("INVALID")
    at = _provable(op.window)
    known = tx.get(TieRecord, op.rid)
    declared = sorted([*(known.declared if known else []), Ties(a.units, a.people, at, a.text)], key=_order)
    tx.put(TieRecord(rid=op.rid, declared=declared))
    # Whoever visits in secret is known to those who send him alone (PRV-15).
    others = {"role:EFF", "role:OFF"} if may_any(op.actor, *OPEN) else {"role:CHECK"}
    tx.project(Face("tie", op.rid, frozenset({f"u:{op.rid}", *others}), declared[-1]))
    span = [op.rid, at, min((ties.at for ties in declared if ties.at > at), default=FOREVER)]
    looks = _changed(tx, tx.find(ObservationRecord, "inspector = ? AND at >= ? AND at < ?", span, "at, rid"))
    return Marked(looks, tx.find(ZoneSeenRecord, "inspector = ? AND at >= ? AND at < ?", span, "at, rid"))


def _provable(window: Window) -> int:
    """When it was declared, within what can be proven: a phone a year ahead must not outlast all that is declared later (ms)."""
    return max(window.not_before, min(window.at, window.not_after))


def _order(ties: Ties) -> tuple[int, list[str], list[str], str]:
    """By time; two of one moment in an order that does not depend on which arrived first."""
    return ties.at, ties.units, ties.people, ties.text


def of_roster(tx: Tx, post: str, from_at: int, to_at: int) -> list[ObservationRecord]:
    """What was seen at a post between two moments (ms) and is marked otherwise now that other people are planned there."""
    if not any(ties.people for known in tx.find(TieRecord) for ties in known.declared):
        return []
    hall: Hall = tx.ask("hall")
    days = [post, day_of(from_at, hall.tz), day_of(to_at - 1, hall.tz)]
    return _changed(tx, tx.find(ObservationRecord, "post = ? AND day >= ? AND day <= ?", days, "at, rid"))


def _changed(tx: Tx, seen_there: Iterable[ObservationRecord]) -> list[ObservationRecord]:
    changed = []
    for seen in seen_there:
        post: PostRecord | None = tx.ask("post", post=seen.post)
        if post and (tied := is_tied(tx, seen.inspector, post, seen.at, seen.day)) != seen.tied:
            seen.tied = tied
            tx.put(seen)
            changed.append(seen)
    return changed


def is_tied(tx: Tx, uid: str, post: PostRecord, at: int, day: str) -> bool:
    """Whether this inspector had at that moment (ms) declared a tie to the unit of a post, or to somebody planned there that day."""
    ties = _in_force(tx, uid, at)
    duty: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=day) if ties.people else None
    return post.unit in ties.units or (duty is not None and not _people_of(duty).isdisjoint(ties.people))


def _people_of(duty: DutyRecord) -> set[str]:
    """Everybody who was planned at the post that day, or changed places into it."""
    return people_of(duty) | {uid for swap in duty.swaps for uid in (swap.a, swap.b)}


def _in_force(tx: Tx, uid: str, at: int) -> Ties:
    """The newest declaration made up to then (ms)."""
    known = tx.get(TieRecord, uid)
    return next((ties for ties in reversed(known.declared) if ties.at <= at), NONE) if known else NONE


def tied_units(tx: Tx, *, uid: str, at: int = FOREVER) -> frozenset[str]:
    """Units this person has declared a tie to, by themselves or through people who work there: as it stood at a moment (ms), or now."""
    ties = _in_force(tx, uid, at)
    hall: Hall = tx.ask("hall")
    day = day_of(min(at, tx.now), hall.tz)
    through = [tx.ask("unit_on", uid=one, day=day) if tx.knows("unit_on") else tx.ask("person", uid=one).unit for one in ties.people]
    return frozenset({*ties.units, *through}) - {""}
