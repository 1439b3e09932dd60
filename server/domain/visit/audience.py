"""Who is shown a check changes: its plan goes to another lead, its lead is gone, somebody visits no more (CHK-05, VIS-02).

Nobody else receives a byte of it: what others see is the same row in the same version.
"""

from server.domain.base import APPLIED, Op, Outcome, Tx, refused
from server.domain.hall.tables import PersonRecord
from server.domain.hall.views import is_lead, is_visitor
from server.domain.visit.cases import show_cases
from server.domain.visit.plan_ops import HandedOver, HandOverPlan
from server.domain.visit.plans import leaders, may_lead, save_plan, tied
from server.domain.visit.show import show_mission
from server.domain.visit.tables import MissionRecord, PlanRecord


def hand_over(tx: Tx, op: Op[HandOverPlan]) -> Outcome:
    """移交: by the lead; by another once that one is gone, or does nothing for a quarter of a year. Who takes it sees all there is, whoever
    led it sees nothing of it any more.
    """
    plan = tx.get(PlanRecord, op.rid)
    if plan is None or "CHECK" not in op.actor.roles or op.actor.uid not in leaders(tx, plan):
        return refused("NO_RIGHT")
    present = tx.version("plan", plan.rid)
    if op.guard.get(plan.rid, present) != present:
        return refused("STALE", present)
    heir: PersonRecord | None = tx.ask("person", uid=op.a.to)
    if heir is None or not is_lead(heir) or heir.rid == plan.lead or not op.a.text.strip():
        return refused("INVALID")
    if not may_lead(plan, heir) or tied(tx, plan, heir.rid):
        return refused("OWN_WORK")
    _give(tx, plan, heir.rid, op.actor.uid, op.a.text)
    return APPLIED


def lead_moved(tx: Tx, *, uid: str) -> None:
    """A person was put: what he may not lead any more waits for another; what waits is shown to those who may take it over now."""
    person: PersonRecord | None = tx.ask("person", uid=uid)
    for plan in tx.find(PlanRecord, "lead = ?", [uid]):
        if person is None or not may_lead(plan, person):
            _give(tx, plan, "", "", "")
    for plan in tx.find(PlanRecord, "lead = '' OR left_alone = ?", [True]):
        save_plan(tx, plan)


def _give(tx: Tx, plan: PlanRecord, lead: str, by: str, text: str) -> None:
    plan.handed.append(HandedOver(plan.lead or plan.handed[-1].of, lead, by, tx.now, text))
    plan.lead, plan.left_alone = lead, False
    save_plan(tx, plan)
    for mission in tx.find(MissionRecord, "plan = ?", [plan.rid]):
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
