"""What a plan op does (CHK-01..05). Everything about a plan is in its lead's own bucket until it is revealed: nothing counts it elsewhere.

A stranger learns nothing from an answer: NO_RIGHT is all he gets, whether a plan exists or not.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from server.domain.base import APPLIED, Face, Op, Outcome, Tx, refused, stale
from server.domain.hall.audiences import HALL
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, add_days, day_start, rule, works_on
from server.domain.hall.tables import PersonRecord, UnitRecord
from server.domain.hall.views import is_lead, is_visitor
from server.domain.visit.coverage import keep, of_plan, scope_of
from server.domain.visit.draw import (
    SECRET_BYTES,
    Candidate,
    CannotDraw,
    Drawn,
    Inputs,
    Replaced,
    check,
    commitment_of,
    draw,
    needed,
    replacement_of,
    seed_of,
    substitutes,
)
from server.domain.visit.lists import checklist_of
from server.domain.visit.plan_ops import (
    CommitPlan,
    Covered,
    DrawPlan,
    DrawPublic,
    DropPlan,
    LogProof,
    LogReplaced,
    Plan,
    PublishPlan,
    Replacement,
    ReplaceVisit,
    RevealPlan,
)
from server.domain.visit.recuse import units_of
from server.domain.visit.tables import KeptReplacement, MissionRecord, PlanRecord, VisitRecord
from server.domain.visit.views import mission_face
from sync.units import HOUR_MS

PERIOD_DAYS_MAX = 366
REVEAL_DAYS, SEALED_DAYS_MAX = 14, 90
"""How many days after its period a drawn plan is revealed by itself; how many when a result of it is still sealed. Nobody is told of a
sealed result by the draw, and nobody draws several plans, uses the one that pleases and leaves the others unread."""
ALIAS_DIGITS = 12


def commit(tx: Tx, op: Op[CommitPlan]) -> Outcome:
    """Freeze the scope and bind the lead, before the first day of the period begins (CHK-02, CHK-04)."""
    if "CHECK" not in op.actor.roles:
        return refused("NO_RIGHT")
    a, hall = op.a, hall_of(tx)
    days = _days(hall, a.from_day, a.to_day)
    percent_min, team_min = rule(hall, "chk.coverage_min_percent", tx.now), rule(hall, "chk.team_min", tx.now)
    percent = percent_min if a.coverage_percent is None else a.coverage_percent
    team_size = team_min if a.team_size is None else a.team_size
    if percent < percent_min or team_size < team_min:
        return refused("INVALID")
    if a.campaign and (not tx.knows("campaign") or tx.ask("campaign", campaign=a.campaign) is None):
        return refused("INVALID")
    checklist = checklist_of(tx, a.checklist)
    if not days or tx.get(PlanRecord, op.rid) or checklist is None or checklist.use != "visit" or not a.title.strip():
        return refused("INVALID")
    if len(a.secret) != 2 * SECRET_BYTES or not _is_hex(a.secret):
        return refused("INVALID")
    if day_start(a.from_day, hall.tz) <= tx.now:
        return refused("PLAN_LATE")
    units = [tx.ask("unit", unit=one) for one in a.units]
    people = [tx.ask("person", uid=one) for one in a.visitors]
    known = all(units) and all(person is not None and is_visitor(person) for person in people)
    if not known or not a.recused.keys() <= set(a.visitors):
        return refused("INVALID")
    # Nobody sees, strikes or tells what was found in the own unit.
    if not (units_of(tx, op.actor.uid, tx.now) | {op.actor.unit}).isdisjoint(a.units):
        return refused("OWN_WORK")
    aliases = {person.rid: _alias(a.secret, person.rid) for person in people}
    inputs = Inputs(
        units=scope_of(tx, units),
        visitors=[Candidate(aliases[p.rid], _recused(tx, p, a.recused.get(p.rid, []), set(a.units))) for p in people],
        coverage_percent=percent,
        team_size=team_size,
        days=days,
        slots=a.slots,
    )
    try:
        check(inputs)
    except CannotDraw as wrong:
        return refused(wrong.refused_as)
    commitment = commitment_of(inputs, _shown_secret(a.secret))
    save_plan(
        tx,
        PlanRecord(
            rid=op.rid,
            op=op.id,
            title=a.title,
            method=a.method,
            checklist=a.checklist,
            lead=op.actor.uid,
            story=a.story,
            from_day=a.from_day,
            to_day=a.to_day,
            committed_at=tx.now,
            inputs=inputs,
            aliases={alias: uid for uid, alias in aliases.items()},
            secret=a.secret,
            commitment=commitment,
            nonce=tx.bind(bytes.fromhex(commitment)).hex(),
            campaign=a.campaign,
        ),
    )
    return APPLIED


def _is_hex(text: str) -> bool:
    return all(digit in "0123456789abcdef" for digit in text)


def _days(hall: Hall, first: str, last: str) -> list[str]:
    """The working days of the period; none when it is reversed, too long or no date."""
    try:
        end = add_days(first, PERIOD_DAYS_MAX)
        if not first <= add_days(last, 0) < end:
            return []
    except ValueError:
        return []
    days = [first]
    while days[-1] < last:
        days.append(add_days(days[-1], 1))
    return [day for day in days if works_on(hall, day)]


def _alias(secret: str, uid: str) -> str:
    """Under which a visitor stands in what is published. Only who holds the lead's secret, which never is, can tell who it is (PRV-15)."""
    return hmac.digest(bytes.fromhex(secret), b"zaigang-alias\n" + uid.encode(), "sha256").hex()[:ALIAS_DIGITS]


def _shown_secret(secret: str) -> bytes:
    """The secret of the draw, published with it: the hash of the lead's, from which nothing leads back to that one and to the aliases."""
    return hashlib.sha256(b"zaigang-draw-secret\n" + bytes.fromhex(secret)).digest()


def _recused(tx: Tx, person: PersonRecord, declared: Iterable[str], scope: set[str]) -> list[str]:
    """Units of the scope this visitor does not go to: the own one, and where ties were declared by the lead or the person (PTL-07).

    Units outside the scope bear on no draw, and would only tell whose alias it is.
    """
    own_word: frozenset[str] = tx.ask("tied_units", uid=person.rid) if tx.knows("tied_units") else frozenset()
    return sorted({person.unit, *declared, *own_word} & scope)


def draw_plan(tx: Tx, op: Op[DrawPlan]) -> Outcome:
    """Asked for by phones of an older release. The draw is nobody's decision: it is made as soon as it can be, asked for or not."""
    plan = _of_lead(tx, op)
    if plan is None:
        return refused("NO_RIGHT")
    _look(tx, plan)
    if plan.state == "committed":
        return refused("TOO_EARLY")
    return APPLIED if plan.state in ("drawn", "revealed") else refused("GONE", tx.version("plan", plan.rid))


def tick(tx: Tx) -> None:
    """What time alone makes due: the draw, and that what was drawn or given up is revealed."""
    for plan in tx.find(PlanRecord, "look_at <= ?", [tx.now]):
        _look(tx, plan)


def _look(tx: Tx, plan: PlanRecord) -> None:
    hall = hall_of(tx)
    today = today_of(tx)
    before = plan.state, plan.entry
    if plan.state == "committed" and today > plan.to_day:
        plan.state, plan.lapsed = "dropped", True
    if not plan.entry:
        _draw(tx, plan)
    must_reveal = not plan.revealed_at and _must_reveal(tx, plan, today)
    if must_reveal:
        plan.left_alone = plan.state == "drawn" and _has_sealed(tx, plan)
        plan.state, plan.revealed_at = "revealed" if plan.state == "drawn" else plan.state, tx.now
    log = plan.log or _log(tx, plan)
    if must_reveal or log != plan.log or before != (plan.state, plan.entry):
        save_plan(tx, plan)
    elif (look_at := _next_look(plan, hall.tz, tx.now)) != plan.look_at:
        plan.look_at = look_at
        tx.put(plan)


def _draw(tx: Tx, plan: PlanRecord) -> None:
    """Draw from scope, secret and the log's first minute after the commitment, which nobody could choose (CHK-04).

    One that was given up, or whose period is over, is drawn as well, for all to see what it came to; nobody is sent.
    """
    entry = tx.minute_after(plan.committed_at)
    if entry is None:
        return
    plan.entry = entry.hex()
    plan.drawn = draw(plan.inputs, _seed(plan))
    if plan.state == "committed":
        plan.state = "drawn"
        for number, one in enumerate(plan.drawn, start=1):
            _send(tx, plan, number, one)


def _seed(plan: PlanRecord) -> bytes:
    return seed_of(plan.inputs, _shown_secret(plan.secret), bytes.fromhex(plan.entry))


def _send(tx: Tx, plan: PlanRecord, number: int, one: Drawn) -> None:
    """A visit of the draw becomes a sealed mission."""
    team = [plan.aliases[alias] for alias in one.team]
    unit: UnitRecord = tx.ask("unit", unit=one.unit)
    mission = MissionRecord(
        rid=f"{plan.rid}:{number}",
        checklist=plan.checklist,
        unit=one.unit,
        unit_names=unit.names,
        window=one.window,
        from_day=one.day,
        to_day=one.day,
        team=team,
        team_names=[tx.ask("person", uid=uid).name for uid in team],
        lead=plan.lead,
        story=plan.story,
        plan=plan.rid,
        slot=one.slot,
        method=plan.method,
    )
    tx.put(mission)
    tx.project(mission_face(mission))


def replace(tx: Tx, op: Op[ReplaceVisit]) -> Outcome:
    """A drawn visit that is void, or that nobody has made and nobody can, gives way to another of the same draw (CHK-02, CHK-04).

    The log bears out which it was, when and why, so that nobody says otherwise afterwards. A sheet that comes all the same is kept.
    """
    plan = own_plan(tx, op)
    if isinstance(plan, Outcome):
        return plan
    missions = _missions(tx, plan)
    mission = next((one for one in missions if one.unit == op.a.unit), None)
    if plan.state != "drawn" or (mission and mission.state not in ("open", "void")):
        return refused("GONE", tx.version("plan", plan.rid))
    if mission is None or not op.a.text.strip():
        return refused("INVALID")
    said = Replaced(op.a.unit, today_of(tx), op.a.text)
    try:
        *_, visit = substitutes(plan.inputs, _seed(plan), [*map(_said, plan.replaced), said])
    except CannotDraw as wrong:
        return refused(wrong.refused_as)
    nonce = tx.bind(replacement_of(plan.commitment, len(plan.replaced) + 1, said)).hex()
    plan.replaced.append(KeptReplacement(said.unit, said.day, said.text, tx.now, visit, op=op.id, nonce=nonce))
    mission.state = "void"
    tx.put(mission)
    tx.project(mission_face(mission))
    _send(tx, plan, len(missions) + 1, visit)
    save_plan(tx, plan)
    return APPLIED


def _said(one: Replacement) -> Replaced:
    return Replaced(one.unit, one.day, one.text)


def _must_reveal(tx: Tx, plan: PlanRecord, today: str) -> bool:
    """Whether it is due without its lead."""
    if plan.state == "committed" or today <= add_days(plan.to_day, _waits(plan)):
        return False
    return today > add_days(plan.to_day, SEALED_DAYS_MAX) or not _has_sealed(tx, plan)


def _has_sealed(tx: Tx, plan: PlanRecord) -> bool:
    """Whether somebody was there of which nobody has been told."""
    return any(mission.state == "recorded" for mission in _missions(tx, plan))


def _next_look(plan: PlanRecord, tz: str, now: int) -> int:
    """When to look again (ms): every time until the log has its minute, then when it is to be revealed, then for what the log proves."""
    if not plan.entry:
        return 0
    if plan.revealed_at:
        return FOREVER if plan.log or not plan.nonce else now + HOUR_MS
    due = day_start(add_days(plan.to_day, 1 + _waits(plan)), tz)
    return due if due > now else now + HOUR_MS


def _waits(plan: PlanRecord) -> int:
    """For so many days after the period it is its lead who reveals it."""
    return 0 if plan.state == "dropped" else REVEAL_DAYS


def _log(tx: Tx, plan: PlanRecord) -> LogProof | None:
    """What the log proves of a revealed plan, once it does."""
    if not plan.revealed_at or not plan.entry or not plan.nonce:
        return None
    borne = tx.borne_out(plan.op, bytes.fromhex(plan.commitment), bytes.fromhex(plan.nonce))
    replaced = []
    for number, one in enumerate(plan.replaced, start=1):
        found = tx.borne_out(one.op, replacement_of(plan.commitment, number, _said(one)), bytes.fromhex(one.nonce))
        replaced += [LogReplaced(one.nonce, found.record)] if found else []
    if borne is None or len(replaced) < len(plan.replaced):
        return None
    return LogProof(plan.nonce, borne.record, borne.before, borne.minute, replaced)


def reveal(tx: Tx, op: Op[RevealPlan]) -> Outcome:
    """Publish what the draw rests on, after the period (CHK-04), and not before the last result: it would tell who was visited (CHK-05)."""
    plan = own_plan(tx, op)
    if isinstance(plan, Outcome):
        return plan
    if plan.state != "drawn":
        return refused("GONE", tx.version("plan", plan.rid))
    today = today_of(tx)
    if today <= plan.to_day or (_has_sealed(tx, plan) and today <= add_days(plan.to_day, SEALED_DAYS_MAX)):
        return refused("TOO_EARLY")
    plan.state, plan.text, plan.revealed_at = "revealed", op.a.text, tx.now
    save_plan(tx, plan)
    return APPLIED


def drop(tx: Tx, op: Op[DropPlan]) -> Outcome:
    """Give a plan up, with the reason: its open missions are withdrawn. After its period it is shown to everybody all the same, drawn or
    not: nobody lays down several and keeps the one that pleases without its being seen.
    """
    plan = own_plan(tx, op)
    if isinstance(plan, Outcome):
        return plan
    if plan.state not in ("committed", "drawn"):
        return refused("GONE", tx.version("plan", plan.rid))
    if not op.a.text.strip():
        return refused("INVALID")
    plan.state, plan.text = "dropped", op.a.text
    for mission in _missions(tx, plan):
        if mission.state == "open":
            mission.state = "void"
            tx.put(mission)
            tx.project(mission_face(mission))
    save_plan(tx, plan)
    _look(tx, plan)
    return APPLIED


def own_plan(tx: Tx, op: Op[PublishPlan] | Op[RevealPlan] | Op[DropPlan] | Op[ReplaceVisit]) -> PlanRecord | Outcome:
    """The plan, when it is this lead's, and as it is in `if`; who has a tie to one of its units hands it over."""
    plan = _of_lead(tx, op)
    if plan is None:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "plan", plan.rid):
        return old
    return refused("OWN_WORK") if tied(tx, plan, op.actor.uid) else plan


def tied(tx: Tx, plan: PlanRecord, uid: str) -> bool:
    """Whether somebody has a tie to a unit of the scope, or had one when the plan was laid down or a visit made."""
    visits = [visit.arrived_at for mission in _missions(tx, plan) for visit in tx.find(VisitRecord, "mission = ?", [mission.rid])]
    return not units_of(tx, uid, plan.committed_at, *visits).isdisjoint(unit.id for unit in plan.inputs.units)


def leaders(tx: Tx, plan: PlanRecord) -> frozenset[str]:
    """Who sees a plan and may hand it over: its lead; once that one is gone, or has left results sealed for so long that it was revealed by
    itself, whoever may take it over, too.
    """
    lead = frozenset({plan.lead} if plan.lead else ())
    if lead and not plan.left_alone:
        return lead
    people: list[PersonRecord] = tx.ask("people")
    return lead | {one.rid for one in people if may_lead(plan, one)}


def may_lead(plan: PlanRecord, person: PersonRecord) -> bool:
    """Nobody sees, strikes or tells what was found in the own unit."""
    return is_lead(person) and person.unit not in {unit.id for unit in plan.inputs.units}


def _of_lead(tx: Tx, op: Op[Any]) -> PlanRecord | None:
    plan = tx.get(PlanRecord, op.rid)
    return plan if plan and "CHECK" in op.actor.roles and op.actor.uid == plan.lead else None


def _missions(tx: Tx, plan: PlanRecord) -> list[MissionRecord]:
    return tx.find(MissionRecord, "plan = ?", [plan.rid])


def mission_moved(tx: Tx, mission: MissionRecord) -> None:
    """A mission of a plan has another state: its lead sees the coverage move, nobody else anything."""
    plan = tx.get(PlanRecord, mission.plan) if mission.plan else None
    if plan is not None:
        save_plan(tx, plan)


def save_plan(tx: Tx, plan: PlanRecord) -> None:
    """Keep a plan and show it, with how far it has come."""
    missions = _missions(tx, plan)
    covered, categories = of_plan(plan, missions)
    plan.log = plan.log or _log(tx, plan)
    plan.look_at = _next_look(plan, hall_of(tx).tz, tx.now)
    tx.put(plan)
    body = Plan(
        title=plan.title,
        method=plan.method,
        checklist=plan.checklist,
        lead=plan.lead,
        state=plan.state,
        from_day=plan.from_day,
        to_day=plan.to_day,
        commitment=plan.commitment,
        committed_at=plan.committed_at,
        coverage_percent=plan.inputs.coverage_percent,
        team_size=plan.inputs.team_size,
        needed=needed(len(plan.inputs.units), plan.inputs.coverage_percent),
        covered=covered,
        categories=categories,
        ready=plan.entry != "",
        names={uid: tx.ask("person", uid=uid).name for uid in plan.aliases.values()},
        missions=[m.rid for m in missions],
        text=plan.text,
        campaign=plan.campaign,
        published_at=plan.published_at,
        left=plan.left,
        lapsed=plan.lapsed,
        replaced={one.unit: one.text for one in plan.replaced},
        handed=plan.handed,
    )
    tx.project(Face("plan", plan.rid, frozenset(f"u:{uid}" for uid in leaders(tx, plan)), body))
    if plan.state == "revealed":
        keep(tx, plan, missions)
        if plan.campaign:
            tx.ask("campaign_checked", campaign=plan.campaign)
    if plan.revealed_at:
        tx.project(Face("plan.public", plan.rid, HALL, _public(tx, plan, covered, categories)))


def _public(tx: Tx, plan: PlanRecord, covered: Covered, categories: dict[str, Covered]) -> DrawPublic:
    struck = [(one.unit, len(tx.find(VisitRecord, "mission = ? AND state = 'void'", [one.rid]))) for one in _missions(tx, plan)]
    return DrawPublic(
        title=plan.title,
        method=plan.method,
        from_day=plan.from_day,
        to_day=plan.to_day,
        committed_at=plan.committed_at,
        revealed_at=plan.revealed_at,
        op=plan.op,
        inputs=plan.inputs,
        secret=_shown_secret(plan.secret).hex(),
        entry=plan.entry,
        commitment=plan.commitment,
        drawn=plan.drawn,
        covered=covered,
        categories=categories,
        unit_names={unit.id: tx.ask("unit", unit=unit.id).names for unit in plan.inputs.units},
        dropped=plan.state == "dropped",
        text=plan.text,
        lapsed=plan.lapsed,
        tz=hall_of(tx).tz,
        log=plan.log,
        replaced=[Replacement(one.unit, one.day, one.text, one.at, one.visit) for one in plan.replaced],
        struck={unit: count for unit, count in struck if count},
    )
