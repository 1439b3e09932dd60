"""What a visit op does. Nothing here touches a post or a shared row before publication (CHK-05).

A stranger learns nothing from an answer: whether a mission or visit exists, NO_RIGHT is all he gets.
"""

import msgspec

from server.domain.base import APPLIED, Domain, Op, Outcome, Tx, held, refused
from server.domain.hall.blobs import attached, bind, show_due
from server.domain.hall.ops import Hall
from server.domain.hall.rules import day_of
from server.domain.visit import ops, plan_ops, plans
from server.domain.visit.ops import Publish, RecordVisit, Void
from server.domain.visit.rules import checklists, is_sane
from server.domain.visit.tables import MissionRecord, PlanRecord, VisitRecord
from server.domain.visit.views import checklist_face, mission_face, visit_faces


def record_visit(tx: Tx, op: Op[RecordVisit]) -> Outcome:
    """A whole visit as its visitor saw it (CHK-06, CHK-07)."""
    a = op.a
    mission = tx.get(MissionRecord, a.mission)
    if mission is None or op.actor.uid not in mission.team:
        return held("NO_RIGHT")
    checklist = checklists().get(a.checklist)
    if checklist is None or not is_sane(checklist, a.answers) or a.left_at < a.arrived_at or tx.get(VisitRecord, op.rid):
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
        grade=op.window.grade,
        answers=a.answers,
        badge=a.badge,
        story=a.story,
        said=a.said,
        revealed=a.revealed,
        conflict=a.conflict,
        blobs=bind(tx, op),
    )
    _save(tx, visit, mission)
    return APPLIED


def publish(tx: Tx, op: Op[Publish]) -> Outcome:
    """The lead of the mission opens the result to the unit, on exactly the version seen (CHK-09)."""
    decided = _decide(tx, op)
    if isinstance(decided, Outcome):
        return decided
    visit, mission = decided
    if visit.state != "recorded":
        return refused("GONE", tx.version("visit", visit.rid))
    visit.state, visit.text, visit.published_at = "published", op.a.text, tx.now
    _save(tx, visit, mission)
    return APPLIED


def void(tx: Tx, op: Op[Void]) -> Outcome:
    """作废: identity revealed, wrong unit. What the unit saw is taken back; the record stays."""
    decided = _decide(tx, op)
    if isinstance(decided, Outcome):
        return decided
    visit, mission = decided
    if visit.state == "void":
        return refused("GONE", tx.version("visit", visit.rid))
    visit.state, visit.text = "void", op.a.text
    _save(tx, visit, mission)
    return APPLIED


def _decide(tx: Tx, op: Op[Publish] | Op[Void]) -> tuple[VisitRecord, MissionRecord] | Outcome:
    """The visit and its mission, when this actor may decide on the version named in `if`."""
    visit = tx.get(VisitRecord, op.rid)
    mission = tx.get(MissionRecord, visit.mission) if visit else None
    # One answer for a visit that is not there and for one of another lead.
    if "CHECK" not in op.actor.roles or visit is None or mission is None or op.actor.uid != mission.lead:
        return refused("NO_RIGHT")
    present = tx.version("visit", visit.rid)
    if op.guard.get(visit.rid) != present:
        return refused("STALE", present)
    return visit, mission


def _save(tx: Tx, visit: VisitRecord, mission: MissionRecord) -> None:
    """Keep the visit, let the mission follow, show the faces."""
    tx.put(visit)
    states = {v.state for v in tx.find(VisitRecord, "mission = ?", [mission.rid])}
    mission.state = "published" if "published" in states else "recorded" if "recorded" in states else "void"
    put_mission(tx, mission)
    plans.mission_moved(tx, mission)
    hall: Hall = tx.ask("hall")
    shown = attached(tx, visit.visitor, visit.blobs)
    for face in visit_faces(visit, mission, checklists()[visit.checklist], day_of(visit.arrived_at, hall.tz), shown):
        tx.project(face)
    show_due(tx, "visit", visit.rid, visit.visitor, shown, {f"u:{mission.lead}", f"u:{visit.visitor}"}, visit.received_at)


def show_again(tx: Tx, rid: str) -> None:
    """A photo of a visit has arrived."""
    visit = tx.get(VisitRecord, rid)
    mission = tx.get(MissionRecord, visit.mission) if visit else None
    if visit and mission:
        _save(tx, visit, mission)


def sealed(tx: Tx, rid: str, args: bytes, uid: str) -> frozenset[str]:
    """Who hears of a visit op that was held: the lead of the mission, else the check leads; never the author (CHK-05)."""
    try:
        named = msgspec.json.decode(args, type=Named).mission
    except (msgspec.MsgspecError, RecursionError):
        named = ""
    visit = tx.get(VisitRecord, rid)
    mission = tx.get(MissionRecord, visit.mission if visit else named)
    return frozenset({f"u:{mission.lead}"}) if mission and mission.lead != uid else frozenset({"role:CHECK"})


class Named(msgspec.Struct):
    """The mission that arguments name."""

    mission: str = ""


def put_mission(tx: Tx, mission: MissionRecord) -> None:
    """Keep a mission and show it to its sealed audience."""
    tx.put(mission)
    tx.project(mission_face(mission))


def show_checklists(tx: Tx) -> None:
    """Show the shipped checklists to visitors and check leads; a no-op when they are known."""
    for rid, checklist in checklists().items():
        tx.project(checklist_face(rid, checklist))


DOMAIN = Domain(
    name="visit",
    ops=(*ops.OPS, *plan_ops.OPS),
    rows=(*ops.ROWS, *plan_ops.ROWS),
    records=(MissionRecord, VisitRecord, PlanRecord),
    handlers={
        "visit.record": record_visit,
        "visit.publish": publish,
        "visit.void": void,
        "plan.commit": plans.commit,
        "plan.draw": plans.draw_plan,
        "plan.reveal": plans.reveal,
        "plan.drop": plans.drop,
    },
    tick=plans.tick,
    sealed=sealed,
    attached=show_again,
)
