"""A problem is kept, with what follows from it and from the others of its code in the unit, and shown (RCT-01..05)."""

from typing import Literal

import msgspec

from server.domain.base import Tx
from server.domain.campaign.ops import Level, Proof
from server.domain.campaign.rules import (
    ON_THE_SPOT,
    Given,
    came_back,
    claimed_at,
    first_term,
    grades,
    is_disputed,
    is_extended,
    is_overdue,
    is_unproven,
    orders_of,
    seen_at,
    state_of,
    verified_at,
)
from server.domain.campaign.show import show_campaign
from server.domain.campaign.tables import CampaignRecord, Fact, ProblemRecord
from server.domain.campaign.views import problem_face
from server.domain.hall.blobs import Attached, attached, show_due
from server.domain.hall.here import hall_of
from server.domain.hall.ops import Hall
from server.domain.hall.order import in_order
from server.domain.hall.recount import day_or_none, was_due
from server.domain.hall.rules import FOREVER, day_of, rule, setting
from server.domain.hall.terms import Due, due_by
from sync.units import DAY_MS


def enter(tx: Tx, problem: ProblemRecord) -> None:
    """A new problem: what it rests on was seen before it was entered or published (RCT-03); phases that are done did not know of it."""
    campaign = tx.get(CampaignRecord, problem.campaign)
    problem.after = campaign.finished if campaign else []
    problem.told_at, problem.seen_at = tx.now, _seen_at(tx, problem.fact)
    save(tx, problem)


def _seen_at(tx: Tx, fact: str) -> int:
    """When a sighting was made, or a result's first visit (ms); 0: of neither."""
    seen = tx.ask("sighting", observation=fact) if fact and tx.knows("sighting") else None
    visited: int = tx.ask("result_seen", result=fact) if fact and tx.knows("result_seen") else 0
    return seen.sighting.at if seen else visited


def save(tx: Tx, problem: ProblemRecord) -> None:
    """Keep a problem; what recurs and how many there are follows from all of its code in the unit."""
    tx.put(problem)
    same = _same(tx, problem)
    weighed = _weighed(tx, same)
    for one in same:
        _show(tx, one, same, weighed)
    if problem.campaign:
        show_campaign(tx, problem.campaign)
    if tx.knows("told_moved") and (problem.lifted or is_disputed(problem)):
        hall = hall_of(tx)
        tx.ask("told_moved", day=day_of(problem.found_at, hall.tz))


def _weighed(tx: Tx, same: list[ProblemRecord]) -> dict[str, tuple[str, Level]]:
    hall = hall_of(tx)
    return grades(same, lambda at: _window_ms(hall, at))


def _window_ms(hall: Hall, at: int) -> int:
    """How long after `at` (ms) another of its kind is the same come back (RCT-03)."""
    return rule(hall, "rct.recurrence_days", at) * DAY_MS


def _same(tx: Tx, problem: ProblemRecord) -> list[ProblemRecord]:
    """Every problem of its code in its unit, itself among them."""
    return tx.find(ProblemRecord, "unit = ? AND code = ?", [problem.unit, problem.code])


def _show(tx: Tx, problem: ProblemRecord, same: list[ProblemRecord], weighed: dict[str, tuple[str, Level]]) -> None:
    """Derive what follows for a problem among those of its kind, and show it. `weighed`: what `grades` says of them."""
    hall = hall_of(tx)
    facts = problem.facts
    orders = given_orders(hall, problem)
    order = next((f for f in reversed(in_order(facts)) if f.kind == "ordered"), None)
    term = term_of(hall, order, problem.stood_again_at) if order else None
    problem.owner = order.owner if order else ""
    due_at = term.at if term else 0
    same_term = order is not None and order.op == problem.due_for
    problem.was_due_at = was_due(problem.due_at, problem.was_due_at, due_at) if same_term else 0
    problem.due_at, problem.due_for = due_at, order.op if order else ""
    problem.state = "lifted" if problem.lifted else state_of(facts, problem.due_at or FOREVER)
    problem.overdue = not problem.lifted and is_overdue(facts, orders, tx.now)
    problem.unproven = not problem.lifted and is_unproven(facts, orders, tx.now)
    problem.first_due_at = first_term(orders)
    problem.extended = not problem.lifted and is_extended(facts, orders, tx.now)
    problem.recurs, problem.grade = weighed[problem.rid]
    problem.demand = order.text if order else ""
    problem.claimed_at = claimed_at(problem.facts)
    problem.closed_at = verified_at(problem.facts) if problem.state == "verified" else 0
    others = (seen_at(o) for o in same if o.rid != problem.rid and not o.lifted)
    problem.came_back = came_back(problem.closed_at, others, _window_ms(hall, problem.closed_at))
    tx.put(problem)
    near = [o for o in same if not o.lifted and abs(seen_at(o) - seen_at(problem)) <= _window_ms(hall, problem.found_at)]
    many = len(near) if len(near) >= rule(hall, "rct.collective_count", problem.found_at) else 0
    shown = _photos(tx, problem)
    was_day, first_day = day_or_none(problem.was_due_at, hall.tz), day_or_none(problem.first_due_at, hall.tz)
    campaign = tx.get(CampaignRecord, problem.campaign)
    named = campaign.heads.get(problem.unit, "") if campaign else ""
    tx.project(problem_face(problem, term, many, proof_asked(hall, problem), shown, was_day, first_day, named))


def proof_asked(hall: Hall, problem: ProblemRecord) -> Proof:
    """What the hall asked for as proof on the day the problem was found (GEN-03)."""
    asked: Proof = "words"
    if problem.source in ON_THE_SPOT:
        asked = msgspec.convert(setting(hall, "rct.proof", problem.found_at), Proof)
    return asked


def given_orders(hall: Hall, problem: ProblemRecord) -> list[Given]:
    """The orders that bind, with their terms by the calendar."""
    return orders_of(problem.facts, lambda order: term_of(hall, order, problem.stood_again_at).at)


def stand_again(tx: Tx, problem: ProblemRecord, *, stands: bool) -> None:
    """What it rests on fell, or stands again: then whoever was to rectify it has the whole term anew (CON-44)."""
    problem.lifted = not stands
    if stands:
        problem.stood_again_at, problem.due_for = tx.now, ""
    save(tx, problem)


def term_of(hall: Hall, order: Fact, stood_again_at: int) -> Due:
    """The term of an order by the calendar, of a problem that fell meanwhile from when it stood again (ms, 0: it has not; RCT-01)."""
    days: Literal["rct.simple_days", "rct.complex_days"] = "rct.complex_days" if order.complexity == "complex" else "rct.simple_days"
    return due_by(hall, days, max(order.at, stood_again_at))


def come(tx: Tx, problem: ProblemRecord) -> frozenset[str]:
    """The material (hashes) that can be looked at: what is only named, or was refused, shows nothing (RCT-02)."""
    shown = (one for fact in problem.facts for one in attached(tx, fact.by, fact.blobs))
    return frozenset(one.sha256 for one in shown if one.st == "stored")


def _photos(tx: Tx, problem: ProblemRecord) -> list[Attached]:
    """The material of every claim; what is missing is a work item of whoever sent it and of the office, that of the last claim first."""
    claims = [(fact, attached(tx, fact.by, fact.blobs)) for fact in problem.facts if fact.blobs]
    claims.sort(key=lambda claim: any(one.st == "missing" for one in claim[1]))
    for fact, mine in claims[-1:]:
        show_due(tx, "problem", problem.rid, fact.by, mine, {"role:OFF", f"u:{fact.by}"}, fact.at)
    return [one for _, mine in claims for one in mine]
