"""回避: ties an inspector has to units and people; what he or she sees there is marked, for another to look at (PTL-07)."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from server.domain.base import Actor, Face, Op, Outcome, Tx, held
from server.domain.hall import here
from server.domain.hall.duty import people_of
from server.domain.hall.here import hall_of
from server.domain.hall.rules import FOREVER, add_days, day_of, day_start, may_any
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord
from server.domain.patrol.ops import Tie, Ties
from server.domain.patrol.tables import ObservationRecord, RoundRecord, TieRecord, ZoneSeenRecord
from sync.clock import Window

NONE = Ties([], [], 0)
OPEN = ("INS", "EFF")
"""Roles whose holders are openly known as inspectors."""


class Marked(NamedTuple):
    """What an inspector saw while a declaration holds: `looks` whose mark changed, to be shown again, whole `zones`, and the `rounds`."""

    looks: list[ObservationRecord]
    zones: list[ZoneSeenRecord]
    rounds: list[RoundRecord]


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
    # Whoever visits in secret is known to those who send him alone (PRV-15).
    is_open = may_any(op.actor, *OPEN)
    tx.put(TieRecord(rid=op.rid, declared=declared, openly=[*(known.openly if known else []), *([at] if is_open else [])]))
    others = {"role:EFF", "role:OFF"} if is_open else {"role:CHECK"}
    tx.project(Face("tie", op.rid, frozenset({f"u:{op.rid}", *others}), declared[-1]))
    until = min((ties.at for ties in declared if ties.at > at), default=FOREVER)
    span = [op.rid, at, until]
    looks = _changed(tx, tx.find(ObservationRecord, "inspector = ? AND at >= ? AND at < ?", span, "at, rid"))
    zones = tx.find(ZoneSeenRecord, "inspector = ? AND at >= ? AND at < ?", span, "at, rid")
    return Marked(looks, zones, [one for one in rounds_within(tx, at, until) if one.inspector == op.rid])


def _provable(window: Window) -> int:
    """When it was declared, within what can be proven: a phone a year ahead must not outlast all that is declared later (ms)."""
    return max(window.not_before, min(window.at, window.not_after))


def _order(ties: Ties) -> tuple[int, list[str], list[str], str]:
    """By time; two of one moment in an order that does not depend on which arrived first."""
    return ties.at, ties.units, ties.people, ties.text


def of_roster(tx: Tx, post: str, from_at: int, to_at: int) -> list[ObservationRecord]:
    """What was seen at a post between two moments (ms) and is marked otherwise now that other people are planned there."""
    if not _to_people(tx):
        return []
    hall = hall_of(tx)
    days = [post, day_of(from_at, hall.tz), day_of(to_at - 1, hall.tz)]
    return _changed(tx, tx.find(ObservationRecord, "post = ? AND day >= ? AND day <= ?", days, "at, rid"))


def rounds_of_roster(tx: Tx, post: str, from_at: int, to_at: int) -> list[RoundRecord]:
    """Rounds of the days of these moments (ms) that left out a post at which other people are planned now, to whom their inspectors may
    have ties.
    """
    if not (who := _to_people(tx)):
        return []
    hall = hall_of(tx)
    span = [day_start(day_of(from_at, hall.tz), hall.tz), day_start(add_days(day_of(to_at - 1, hall.tz), 1), hall.tz)]
    return [one for one in rounds_within(tx, *span) if one.inspector in who and (post in one.posts or one.later)]


def rounds_within(tx: Tx, from_at: int, to_at: int) -> list[RoundRecord]:
    """Rounds begun between two moments (ms), and those begun before and left open on which an hour of these days was walked (PTL-06)."""
    begun = "(started_at >= ? AND started_at < ?) OR (last_slot >= ? AND started_at < ?)"
    day = day_of(from_at, hall_of(tx).tz)
    return tx.find(RoundRecord, begun, [from_at, to_at, day, from_at], "started_at, rid")


def unit_then(tx: Tx, actor: Actor, day: str) -> str:
    """The unit somebody belonged to on a day, where days are known; else that of the moment of the op (CON-43)."""
    person: PersonRecord | None = tx.ask("person", uid=actor.uid)
    return here.unit_then(tx, actor.uid, day) if person and person.units else actor.unit


def of_person(tx: Tx, uid: str, from_at: int, to_at: int) -> Marked:
    """What an inspector saw between two moments (ms) and is marked otherwise now that he is known to have belonged elsewhere (CON-43)."""
    person: PersonRecord | None = tx.ask("person", uid=uid)
    marked = Marked([], [], [])
    if person is None or not person.units or {*person.roles, *(term.role for term in person.terms)}.isdisjoint(OPEN):
        return marked
    hall, span = hall_of(tx), [uid, from_at, to_at]
    for seen in tx.find(ObservationRecord, "inspector = ? AND at >= ? AND at < ?", span, "at, rid"):
        own = tx.ask("post", post=seen.post).unit == here.unit_then(tx, uid, seen.day)
        if own != seen.own_unit:
            seen.own_unit = own
            tx.put(seen)
            marked.looks.append(seen)
    zones = tx.find(ZoneSeenRecord, "inspector = ? AND at >= ? AND at < ?", span, "at, rid")
    for zone in zones:
        if zone.unit != (unit := here.unit_then(tx, uid, zone.day)):
            zone.unit = unit
            tx.put(zone)
            marked.zones.append(zone)
    for one in (one for one in rounds_within(tx, from_at, to_at) if one.inspector == uid):
        if one.unit != (unit := here.unit_then(tx, uid, day_of(one.started_at, hall.tz))):
            one.unit = unit
            tx.put(one)
            marked.rounds.append(one)
    return marked


def _to_people(tx: Tx) -> frozenset[str]:
    """Who has ever declared a tie to somebody."""
    return frozenset(known.rid for known in tx.find(TieRecord) if any(ties.people for ties in known.declared))


def tied_to(tx: Tx, *, uid: str) -> frozenset[str]:
    """Who has ever declared a tie to this person."""
    return frozenset(known.rid for known in tx.find(TieRecord) if any(uid in ties.people for ties in known.declared))


def _changed(tx: Tx, seen_there: Iterable[ObservationRecord]) -> list[ObservationRecord]:
    changed = []
    for seen in seen_there:
        post: PostRecord | None = tx.ask("post", post=seen.post)
        if post and (tied := is_tied(tx, seen.inspector, post, seen.at, seen.day)) != seen.tied:
            seen.tied = tied
            tx.put(seen)
            changed.append(seen)
    return changed


def missed(tx: Tx, record: RoundRecord, looked: Collection[str], end_at: int) -> list[str]:
    """The posts a round had to look at and did not (PTL-06): those in use until `end_at` (ms) of which its inspector is neither by unit nor
    by tie (PTL-07).
    """
    hall = hall_of(tx)
    day = day_of(record.started_at, hall.tz)
    left = [post for rid in record.posts if rid not in looked and (post := tx.ask("post", post=rid))]

    def is_due(post: PostRecord) -> bool:
        if post.unit == (record.unit or None) or (post.retired and post.until_at <= end_at):
            return False
        return not is_tied(tx, record.inspector, post, record.started_at, day)

    return [post.rid for post in left if is_due(post)]


def is_tied(tx: Tx, uid: str, post: PostRecord, at: int, day: str) -> bool:
    """Whether this inspector had at that moment (ms) declared a tie to the unit of a post, or to somebody planned there that day."""
    ties = _in_force(tx, uid, at)
    duty: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=day) if ties.people else None
    return post.unit in ties.units or (duty is not None and not _people_of(duty).isdisjoint(ties.people))


def _people_of(duty: DutyRecord) -> set[str]:
    """Everybody who was planned at the post that day, or changed places into it."""
    return people_of(duty) | {uid for swap in duty.swaps for uid in (swap.a, swap.b)}


def _in_force(tx: Tx, uid: str, at: int, *, openly: bool = False) -> Ties:
    """The newest declaration made up to then (ms), of those made `openly` or of all."""
    known = tx.get(TieRecord, uid)
    made = [ties for ties in known.declared if ties.at <= at and (not openly or ties.at in known.openly)] if known else []
    return made[-1] if made else NONE


def tied_units(tx: Tx, *, uid: str, at: int = FOREVER, openly: bool = False) -> frozenset[str]:
    """Units this person has declared a tie to, by themselves or through people who work there: as it stood at a moment (ms), or now.
    `openly`: those only that may bear on what others are told.
    """
    ties = _in_force(tx, uid, at, openly=openly)
    hall = hall_of(tx)
    day = day_of(min(at, tx.now), hall.tz)
    return frozenset({*ties.units, *(here.unit_then(tx, one, day) for one in ties.people)}) - {""}
