"""What a case op does (CHK-01, CHK-08): applications followed step by step, sealed like their mission.

A stranger learns nothing from an answer: whether there is a mission or a case, NO_RIGHT is all he gets.
"""

import msgspec

from server.domain.base import APPLIED, Face, Op, Outcome, Tx, held, refused
from server.domain.hall.blobs import attached, bind, show_due
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.order import by_moment
from server.domain.hall.rules import day_of, is_day
from server.domain.visit.case_ops import Case, CasePermit, CaseStep, OpenCase, PermitCase, StepCase
from server.domain.visit.coverage import lead_at
from server.domain.visit.show import show_mission
from server.domain.visit.tables import CaseRecord, KeptStep, MissionRecord, PermitRecord
from server.domain.visit.team import ENDS, finished_day, followed
from server.domain.visit.views import own, sealed
from sync.clock import within

NUMBER_CHARS_MAX = 60


def permit(tx: Tx, op: Op[PermitCase]) -> Outcome:
    """The lead permits a test application for a mission and gives the permission number."""
    a = op.a
    mission = tx.get(MissionRecord, a.mission)
    if mission is None or "CHECK" not in op.actor.roles or op.actor.uid != mission.lead:
        return refused("NO_RIGHT")
    if not 0 < len(a.number.strip()) <= NUMBER_CHARS_MAX or not a.matter.strip() or not is_day(a.until_day) or tx.get(PermitRecord, op.rid):
        return refused("INVALID")
    record = PermitRecord(rid=op.rid, mission=a.mission, number=a.number.strip(), matter=a.matter, until_day=a.until_day)
    tx.put(record)
    show_cases(tx, mission)
    return APPLIED


def open_case(tx: Tx, op: Op[OpenCase]) -> Outcome:
    """An application is followed from now on. A test without the number of a permission is kept for a person."""
    a = op.a
    mission = tx.get(MissionRecord, a.mission)
    if mission is None or op.actor.uid not in mission.team:
        return held("NO_RIGHT")
    if not a.matter.strip() or (a.kind == "test" and not a.permit.strip()) or tx.get(CaseRecord, op.rid):
        return held("INVALID")
    case = CaseRecord(
        rid=op.rid,
        mission=a.mission,
        kind=a.kind,
        matter=a.matter,
        permit=a.permit.strip(),
        by=op.actor.uid,
        at=min(op.window.at, op.received_at),
    )
    tx.put(case)
    show_case(tx, case, mission)
    show_mission(tx, mission)
    return APPLIED


def step(tx: Tx, op: Op[StepCase]) -> Outcome:
    """A step of the application, reported by its visitors (its end also by the lead). Steps may arrive in any order and are kept in
    order of time.

    A clock that is ahead loses nothing: no step is later than its op, no op later than its receipt (PROTOCOL section 1).
    """
    case = tx.get(CaseRecord, op.rid)
    mission = tx.get(MissionRecord, case.mission) if case else None
    if case is None:
        # Only those who go on missions may be ahead of their own record; anybody else learns nothing.
        return held("REF_WAIT" if "TEAM" in op.actor.roles or "SUP" in op.actor.roles else "NO_RIGHT")
    # Its visitors may be gone: while it stands, nobody can be told of the check.
    leads = mission is not None and op.actor.uid in (mission.lead, lead_at(mission, within(op.window, op.window.at)))
    ends = leads and op.a.kind in ENDS[case.kind]
    if mission is None or not (ends or op.actor.uid in mission.team):
        return held("NO_RIGHT")
    a = op.a
    if (a.due_day and not is_day(a.due_day)) or len(a.number) > NUMBER_CHARS_MAX:
        return held("INVALID")
    said = msgspec.structs.asdict(a) | {"at": min(a.at, op.window.at, op.received_at)}
    case.steps.append(KeptStep(**said, op=op.id, by=op.actor.uid, grade=op.window.grade, blobs=bind(tx, op)))
    case.steps.sort(key=by_moment)
    tx.put(case)
    show_case(tx, case, mission)
    show_mission(tx, mission)
    return APPLIED


def show_cases(tx: Tx, mission: MissionRecord) -> None:
    """Permissions and applications of a mission as its audience sees them."""
    for one in tx.find(PermitRecord, "mission = ?", [mission.rid]):
        body = CasePermit(one.mission, one.number, one.matter, one.until_day)
        tx.project(Face("case.permit", one.rid, sealed(mission), body))
    for case in tx.find(CaseRecord, "mission = ?", [mission.rid]):
        show_case(tx, case, mission)


def show_case(tx: Tx, case: CaseRecord, mission: MissionRecord) -> None:
    """An application as its sealed audience sees it; a photo that is missing is a work item there."""
    hall = hall_of(tx)
    permits = tx.find(PermitRecord, "mission = ?", [case.mission])
    began = day_of(case.steps[0].at if case.steps else case.at, hall.tz)
    days = [(one, day_of(one.at, hall.tz)) for one in case.steps]
    how = followed(case.kind, days)
    done = finished_day(days)
    steps = [_step(tx, one) for one in case.steps]
    blobs = [blob for one in steps for blob in one.blobs]
    body = Case(
        mission=case.mission,
        kind=case.kind,
        matter=case.matter,
        by=case.by,
        steps=steps,
        open=not how.ended,
        permitted=case.kind == "real" or any(one.number == case.permit and began <= one.until_day for one in permits),
        permit=case.permit,
        due_day=how.due_day,
        late=bool(how.due_day) and (done or today_of(tx)) > how.due_day,
        blobs=blobs,
    )
    tx.project(Face("case", case.rid, sealed(mission), body))
    show_due(tx, "case", case.rid, case.by, blobs, own(mission.lead, case.by), case.at)


def _step(tx: Tx, one: KeptStep) -> CaseStep:
    said = {name: getattr(one, name) for name in StepCase.__struct_fields__}
    return CaseStep(**said, by=one.by, grade=one.grade, blobs=attached(tx, one.by, one.blobs))
