"""What a visit op does. Nothing here touches a post or a shared row before publication (CHK-05).

A stranger learns nothing from an answer: whether a mission or visit exists, NO_RIGHT is all he gets.
"""

import msgspec

from server.domain.base import APPLIED, Domain, Op, Outcome, Tx, held
from server.domain.hall.audiences import CHECK_LEADS, NOBODY
from server.domain.hall.blobs import bind
from server.domain.hall.rules import may_any
from server.domain.visit import (
    appointing,
    audience,
    case_ops,
    cases,
    coverage,
    ops,
    people_ops,
    plan_ops,
    plans,
    recuse,
    result_ops,
    results,
)
from server.domain.visit.cases import show_case
from server.domain.visit.lists import checklist_of
from server.domain.visit.ops import RecordVisit
from server.domain.visit.registers import MEASURES, REGISTERS
from server.domain.visit.rules import answers_wrong, photos_sent
from server.domain.visit.show import put_mission, show_alike, show_mission, tell_others, ties_declared
from server.domain.visit.tables import CaseRecord, MissionRecord, PermitRecord, PlanRecord, ResultRecord, VisitRecord
from server.domain.visit.views import own
from sync.ops import under_seal

__all__ = ["DOMAIN", "put_mission"]


def record_visit(tx: Tx, op: Op[RecordVisit]) -> Outcome:
    """A whole visit as its visitor saw it (CHK-06, CHK-07)."""
    a = op.a
    mission = tx.get(MissionRecord, a.mission)
    if mission is None or op.actor.uid not in mission.team or not may_any(op.actor, "TEAM", "SUP", "CHECK"):
        return held("NO_RIGHT")
    checklist = checklist_of(tx, a.checklist)
    if checklist is None or checklist.use != "visit":
        return held("CHECKLIST_UNKNOWN")
    if wrong := answers_wrong(checklist, a.answers):
        return held(wrong)
    if a.left_at < a.arrived_at or tx.get(VisitRecord, op.rid) or not photos_sent(a.answers, op.blobs):
        return held("INVALID")
    visit = VisitRecord(
        rid=op.rid,
        mission=a.mission,
        checklist=a.checklist,
        unit=mission.unit,
        visitor=op.actor.uid,
        arrived_at=a.arrived_at,
        left_at=a.left_at,
        received_at=op.received_at,
        known_at=op.window.not_after,
        grade=op.window.grade,
        answers=a.answers,
        badge=a.badge,
        story=a.story,
        said=a.said,
        revealed=a.revealed,
        conflict=a.conflict,
        blobs=bind(tx, op),
        moved=all((post.unit, post.number) != (mission.unit, mission.window) for post in tx.ask("posts")),
    )
    tx.put(visit)
    show_mission(tx, mission)
    show_alike(tx, visit)
    return APPLIED


def tick(tx: Tx) -> None:
    """What time alone makes due of plans and results."""
    plans.tick(tx)
    audience.leave_out(tx)
    tell_others(tx)


def show_again(tx: Tx, rid: str) -> None:
    """A photo of a visit, or of a step of a case, has arrived."""
    visit, case = tx.get(VisitRecord, rid), tx.get(CaseRecord, rid)
    mission = tx.get(MissionRecord, visit.mission if visit else case.mission if case else "")
    if mission and case:
        show_case(tx, case, mission)
    if mission and visit:
        show_mission(tx, mission)


def sealed(tx: Tx, rid: str, args: bytes, uid: str) -> frozenset[str]:
    """Who hears of a visit or case op that was held: the lead of the mission, else the check leads; never the author (CHK-05)."""
    try:
        named = msgspec.json.decode(args, type=Named).mission
    except (msgspec.MsgspecError, RecursionError):
        named = ""
    known = tx.get(VisitRecord, rid) or tx.get(CaseRecord, rid)
    mission = tx.get(MissionRecord, known.mission if known else named)
    heard = own(mission.lead) if mission and mission.lead != uid else NOBODY
    plan = tx.get(PlanRecord, mission.plan) if mission and not mission.lead else None
    return heard or (own(*plans.leaders(tx, plan)) if plan else NOBODY) or CHECK_LEADS


class Named(msgspec.Struct):
    """The mission that arguments name."""

    mission: str = ""


DOMAIN = Domain(
    name="visit",
    ops=(*under_seal(*ops.OPS, *case_ops.OPS, *plan_ops.OPS, *people_ops.OPS), *result_ops.OPS),
    rows=(*ops.ROWS, *result_ops.ROWS, *case_ops.ROWS, *plan_ops.ROWS),
    records=(MissionRecord, VisitRecord, ResultRecord, PermitRecord, CaseRecord, PlanRecord, coverage.CoverageRecord),
    handlers={
        "visit.record": record_visit,
        "visit.check": results.check_facts,
        "visit.publish": results.publish,
        "visit.void": results.void,
        "visit.withdraw": results.withdraw,
        "visit.settle": results.settle,
        "visit.tell": results.tell_person,
        "visit.answer": results.answer,
        "visit.review": results.review,
        "case.permit": cases.permit,
        "case.open": cases.open_case,
        "case.step": cases.step,
        "plan.commit": plans.commit,
        "plan.draw": plans.draw_plan,
        "plan.replace": plans.replace,
        "plan.publish": results.publish_plan,
        "plan.reveal": plans.reveal,
        "plan.drop": plans.drop,
        "plan.hand_over": audience.hand_over,
        "check.appoint": appointing.appoint,
        "check.relieve": audience.relieve,
        "check.visitor": appointing.put_visitor,
    },
    tick=tick,
    sealed=sealed,
    attached=show_again,
    answers={
        "checked": coverage.checked,
        "result_open": coverage.result_open,
        "result_stands": coverage.result_stands,
        "result_seen": coverage.result_seen,
        "visit_team": coverage.visit_team,
        "checks_of": coverage.checks_of,
        "covered_of": coverage.covered_of,
        "lead_moved": audience.lead_moved,
        "ties_declared": ties_declared,
        "belonged": recuse.belonged,
        "decides_own": recuse.decides_own,
    },
    registers=(*REGISTERS, *coverage.REGISTERS),
    measures=(*MEASURES, *coverage.MEASURES),
)
