"""Who is shown a check changes: its plan goes to another lead, its lead is gone, somebody visits no more (CHK-05, VIS-02).

Nobody else receives a byte of it: what others see is the same row in the same version.
"""

from server.domain.base import APPLIED, Op, Outcome, Tx, refused, stale
from server.domain.hall.tables import PersonRecord
from server.domain.hall.views import is_lead, is_visitor
from server.domain.visit.cases import show_cases
from server.domain.visit.people_ops import RelieveLead
from server.domain.visit.plan_ops import HandedOver, HandOverPlan
from server.domain.visit.plans import leaders, may_lead, save_plan, tied
from server.domain.visit.recuse import units_of
from server.domain.visit.show import show_mission, ties_declared
from server.domain.visit.tables import Led, MissionRecord, PlanRecord


def hand_over(tx: Tx, op: Op[HandOverPlan]) -> Outcome:
    """移交: by the lead; by another once that one is gone, or does nothing for a quarter of a year. Who takes it sees all there is, whoever
    led it sees nothing of it any more.
    """
    plan = tx.get(PlanRecord, op.rid)
    if plan is None or "CHECK" not in op.actor.roles or op.actor.uid not in leaders(tx, plan):
        return refused("NO_RIGHT")
    if old := stale(tx, op, "plan", plan.rid):
        return old
    heir: PersonRecord | None = tx.ask("person", uid=op.a.to)
    if heir is None or not is_lead(heir) or heir.rid == plan.lead or not op.a.text.strip():
        return refused("INVALID")
    if not may_lead(plan, heir) or tied(tx, plan, heir.rid):
        return refused("OWN_WORK")
    _give(tx, plan, heir.rid, op.actor.uid, op.a.text)
    return APPLIED


def relieve(tx: Tx, op: Op[RelieveLead]) -> Outcome:
    """代管: the director has somebody else lead what a lead can lead no more. He learns nothing of it, not even whether there is anything:
    what the new one may not lead waits for another check lead.
    """
    if "TOP" not in op.actor.roles:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "check.lead"):
        return old
    people: list[PersonRecord | None] = [tx.ask("person", uid=uid) for uid in (op.rid, op.a.to)]
    if op.rid == op.a.to or not all(one is not None and is_lead(one) for one in people):
        return refused("INVALID")
    if op.a.to == op.actor.uid:
        return refused("OWN_WORK")
    heir = people[1]
    assert heir is not None, "a lead is somebody"
    for plan in tx.find(PlanRecord, "lead = ?", [op.rid]):
        _give(tx, plan, heir.rid if may_lead(plan, heir) and not tied(tx, plan, heir.rid) else "", op.actor.uid, "")
    for mission in tx.find(MissionRecord, "plan = '' AND lead = ?", [op.rid]):
        _entrust(tx, mission, heir.rid, op.rid)
    return APPLIED


def _entrust(tx: Tx, mission: MissionRecord, heir: str = "", but: str = "") -> None:
    """A mission no plan has drawn goes to the heir; to another check lead who belongs elsewhere where he may not, or to nobody yet."""
    people: list[PersonRecord] = tx.ask("people")
    able = [one.rid for one in people if is_lead(one) and one.rid != but and mission.unit not in units_of(tx, one.rid, tx.now)]
    lead = heir if heir in able else min(able, default="")
    if lead != mission.lead:
        _pass_to(tx, mission, lead)


def lead_moved(tx: Tx, *, uid: str) -> None:
    """A person's record changed: plans that person may no longer lead wait for a new lead, and are shown to those who may take over;
    a mission of no plan, which nobody hands over, goes to another. Whose sheets may be of the own unit now is told to their leads.
    """
    person: PersonRecord | None = tx.ask("person", uid=uid)
    for plan in tx.find(PlanRecord, "lead = ?", [uid]):
        if person is None or not may_lead(plan, person):
            _give(tx, plan, "", "", "")
    for plan in tx.find(PlanRecord, "lead = '' OR left_alone = ?", [True]):
        save_plan(tx, plan)
    for mission in tx.find(MissionRecord, "plan = '' AND lead IN ('', ?)", [uid]):
        if not mission.lead or person is None or not is_lead(person) or person.unit == mission.unit:
            _entrust(tx, mission)
    for visitor in sorted({uid, *(tx.ask("tied_to", uid=uid) if tx.knows("tied_to") else ())}):
        ties_declared(tx, uid=visitor)


def _give(tx: Tx, plan: PlanRecord, lead: str, by: str, text: str) -> None:
    plan.handed.append(HandedOver(plan.lead or plan.handed[-1].of, lead, by, tx.now, text))
    plan.lead, plan.left_alone = lead, False
    save_plan(tx, plan)
    for mission in tx.find(MissionRecord, "plan = ?", [plan.rid]):
        _pass_to(tx, mission, lead)


def _pass_to(tx: Tx, mission: MissionRecord, lead: str) -> None:
    """Another leads a mission from now on: what who led it has said until now counts as his (PROTOCOL §2)."""
    mission.led += [Led(mission.lead, tx.now)] if mission.lead else []
    mission.lead = lead
    _show(tx, mission)


def _show(tx: Tx, mission: MissionRecord) -> None:
    show_mission(tx, mission)
    show_cases(tx, mission)


def leave_out(tx: Tx) -> None:
    """Whoever visits no more, or belongs to the unit by now, is shown nothing of a mission of the team any more (VIS-02, CHK-04)."""
    for mission in tx.find(MissionRecord, "state IN ('open', 'recorded')"):
        people = {uid: tx.ask("person", uid=uid) for uid in mission.team}
        gone = [uid for uid, person in people.items() if person is None or not is_visitor(person) or person.unit == mission.unit]
        if gone != mission.gone:
            mission.gone = gone
            _show(tx, mission)
