"""A mission and everything of it as its audiences see it now: one function, called after every change."""

from collections.abc import Iterable

from server.domain.base import Tx
from server.domain.hall.blobs import Attached, attached, records_alike, show_due, show_in
from server.domain.hall.duty import lunch_spans
from server.domain.hall.here import hall_of
from server.domain.hall.ops import Hall, Names
from server.domain.hall.rules import FOREVER, day_of, is_open, rule
from server.domain.hall.tables import DutyRecord
from server.domain.hall.terms import due_by
from server.domain.visit import plans
from server.domain.visit.coverage import leads_before, open_until
from server.domain.visit.lists import checklist_of, same_list
from server.domain.visit.ops import CaseTold, Checklist, ItemAnswer, Score
from server.domain.visit.recuse import people_then, units_of
from server.domain.visit.result_ops import Hint
from server.domain.visit.rules import Vetoed, items_of, score
from server.domain.visit.tables import CaseRecord, MissionRecord, PlanRecord, ResultRecord, VisitRecord
from server.domain.visit.team import Doubt, Floors, Joined, Seen, Sheet, compared, doubts, finished_day, followed, hints, join
from server.domain.visit.views import Until, mission_face, own, own_face, own_rid, public_face, team_face, unit_face, visit_face


def put_mission(tx: Tx, mission: MissionRecord) -> None:
    """Keep a mission and show it to its sealed audience."""
    tx.put(mission)
    tx.project(mission_face(mission))


def show_mission(tx: Tx, mission: MissionRecord) -> None:
    """Let a mission follow its visits, and show it, its sheets and its results."""
    visits = tx.find(VisitRecord, "mission = ?", [mission.rid])
    states = {visit.state for visit in visits}
    if states:
        mission.state = "published" if "published" in states else "recorded" if states - {"void"} else "void"
    put_mission(tx, mission)
    plans.mission_moved(tx, mission)
    shown = {visit.rid: _show_visit(tx, visit, mission) for visit in visits}
    sheets = [visit for visit in visits if visit.state != "void"]
    _show_team(tx, mission, sheets, visits)
    for result in tx.find(ResultRecord, "mission = ?", [mission.rid]):
        _show_result(tx, result, mission, [visit for visit in sheets if visit.rid in result.visits], shown)


def tell_others(tx: Tx) -> None:
    """Results whose unit had its time to answer, for those who are told only then (PRV-17)."""
    for rid in {result.mission for result in tx.find(ResultRecord, "public_at < ?", [tx.now])}:
        if mission := tx.get(MissionRecord, rid):
            show_mission(tx, mission)


def ties_declared(tx: Tx, *, uid: str) -> None:
    """Somebody has declared ties, or belonged elsewhere than was known: the leads of his sheets are told, whichever came first (CHK-04,
    PTL-07).
    """
    for rid in sorted({visit.mission for visit in tx.find(VisitRecord, "visitor = ?", [uid])}):
        if mission := tx.get(MissionRecord, rid):
            show_mission(tx, mission)


def show_alike(tx: Tx, visit: VisitRecord) -> None:
    """The leads of other missions with a picture of this sheet are told as this one's is, whichever came first."""
    alike = [one for rid in records_alike(tx, visit.blobs) if (one := tx.get(VisitRecord, rid))]
    for rid in sorted({one.mission for one in alike} - {visit.mission}):
        if mission := tx.get(MissionRecord, rid):
            show_mission(tx, mission)


def _show_visit(tx: Tx, visit: VisitRecord, mission: MissionRecord) -> list[Attached]:
    shown = attached(tx, visit.visitor, visit.blobs)
    if checklist := checklist_of(tx, visit.checklist):
        tx.project(visit_face(visit, mission, checklist, shown))
    show_due(tx, "visit", visit.rid, visit.visitor, shown, own(mission.lead, visit.visitor), visit.received_at)
    return shown


def joined(mission: MissionRecord, checklist: Checklist, visits: list[VisitRecord], result: ResultRecord | None) -> Joined:
    """The sheets as one, with what was decided about them."""
    settled = {item: (one.mark, one.text) for item, one in mission.settled.items()}
    changed = {item: mark for one in result.reviews for item, mark in one.changed.items()} if result else {}
    return join(checklist, [Sheet(visit.rid, visit.answers) for visit in visits], settled, changed)


def _show_team(tx: Tx, mission: MissionRecord, sheets: list[VisitRecord], visits: list[VisitRecord]) -> None:
    """The sheets of the mission's checklist, in whatever version, as one, for the lead; nothing while there are none."""
    rid = read_by(mission, sheets)
    checklist = checklist_of(tx, rid)
    if checklist is None:
        tx.retract("visit.team", mission.rid)
        return
    mine = [visit for visit in sheets if same_list(visit.checklist, rid)]
    every = tx.find(ResultRecord, "mission = ?", [mission.rid])
    results = [one for one in every if same_list(one.checklist, rid) and one.state != "void"]
    whole = joined(mission, checklist, mine, results[0] if results else None)
    known = {one.rid for one in visits} | {own_rid(one.rid, uid) for one in every for uid in one.told}
    asked = {visit.rid: _hints(tx, visit, mission, known) + doubts_of(tx, visit, mission) for visit in mine}
    if len(mine) == 1 < len(mission.team):
        asked[mine[0].rid].append("alone")
    counted = _counted(mine, checklist)
    tx.project(team_face(mission, rid, checklist, [v.rid for v in mine], whole, {k: v for k, v in asked.items() if v}, counted))


def read_by(mission: MissionRecord, sheets: Iterable[VisitRecord]) -> str:
    """By which list sheets are read: a team that filled two versions of one by that its mission asked for; "" without a sheet."""
    asked = mission.checklist
    return min({visit.checklist for visit in sheets}, key=lambda one: (one != asked, not same_list(one, asked), one), default="")


def _counted(visits: Iterable[VisitRecord], checklist: Checklist) -> tuple[int, int]:
    """Items of the list somebody has marked, and all of them."""
    items = items_of(checklist).keys()
    return len(answered(visits) & items), len(items)


def _hints(tx: Tx, visit: VisitRecord, mission: MissionRecord, mine: set[str]) -> list[Hint]:
    """What one may ask about a sheet (shown as hints only)."""
    hall = hall_of(tx)
    floors = Floors(*(rule(hall, key, visit.arrived_at) for key in ("chk.dwell_min_minutes", "chk.batch_items", "chk.batch_seconds")))
    reused = not records_alike(tx, visit.blobs) <= mine
    photos = [(blob.sha256, blob.taken) for blob in visit.blobs]
    seen = Seen(mission.method, visit.arrived_at, visit.left_at, visit.answers, photos, reused)
    return hints(seen, floors)


def doubts_of(tx: Tx, visit: VisitRecord, mission: MissionRecord) -> list[Hint]:
    """What the lead has to pass over to publish a sheet of a mission."""
    hall = hall_of(tx)
    plan = tx.get(PlanRecord, mission.plan) if mission.plan else None
    return doubts(
        Doubt(
            method=mission.method,
            day=day_of(visit.arrived_at, hall.tz),
            days=(mission.from_day, mission.to_day),
            is_open=is_open(hall, visit.arrived_at) or _on_lunch_duty(tx, hall, mission.unit, visit.arrived_at),
            ahead=visit.left_at > visit.received_at,
            tied=mission.unit in units_of(tx, visit.visitor, visit.arrived_at),
            conflict=bool(visit.conflict.strip()),
            revealed=visit.revealed,
            drawn=plan is not None and 0 < plan.revealed_at < visit.known_at,
            moved=visit.moved,
        )
    )


def _on_lunch_duty(tx: Tx, hall: Hall, unit: str, at: int) -> bool:
    """Whether a window of the unit was open with lunch duty at that moment (CAL-05)."""
    duties: list[DutyRecord | None] = [
        tx.ask("duty_of", post=one.rid, day=day_of(at, hall.tz)) for one in tx.ask("posts") if one.unit == unit
    ]
    return any(start <= at < end for duty in duties for start, end in lunch_spans(hall, duty))


def _show_result(tx: Tx, result: ResultRecord, mission: MissionRecord, visits: list[VisitRecord], shown: dict[str, list[Attached]]) -> None:
    """What unit, persons and supervisors see of a result, and its numbers."""
    hall = hall_of(tx)
    checklist = checklist_of(tx, result.checklist)
    if checklist is None:
        return
    whole = joined(mission, checklist, visits, result)
    worth = score(checklist, whole.answers)
    cases = tx.find(CaseRecord, "mission = ?", [mission.rid])
    result.tenths, result.vetoes = worth.tenths, len(worth.vetoes)
    result.tested, result.equal = compared(checklist, whole.answers, [step for case in cases for step in case.steps])
    waits = open_until(tx, result) if result.state == "published" else 0
    result.public_at = waits or FOREVER
    tx.put(result)
    _open_problems(tx, result, mission, checklist, whole, worth)
    blobs = _told_photos(tx, result, whole.answers, visits, shown)
    asked_at = result.published_at or result.checked_at
    until = Until(
        _last_day(hall, result.published_at, "chk.tell_days"),
        _last_day(hall, asked_at, "evd.answer_days"),
        _last_day(hall, result.published_at, "evd.review_days"),
    )
    told = [_case(case, hall.tz) for case in cases] if result.state == "published" else []
    counted = _counted(visits, checklist)
    after_draw = any("drawn" in doubts_of(tx, visit, mission) for visit in visits)
    there = people_then(tx, result)
    tx.project(unit_face(result, mission, checklist, whole, blobs, until, told, counted, after_draw, there))
    tx.project(public_face(result, mission, worth, told=result.state == "published" and not waits))
    for uid, at in result.told.items():
        since_at = max(at, result.published_at)
        own_until = Until("", _last_day(hall, since_at, "evd.answer_days"), _last_day(hall, since_at, "evd.review_days"))
        tx.project(own_face(result, mission, checklist, whole, blobs, uid, since_at, own_until))


def _open_problems(tx: Tx, result: ResultRecord, mission: MissionRecord, checklist: Checklist, whole: Joined, worth: Score) -> None:
    """A failed veto item of a published result is a problem at once; what does not stand any more is none (§6). Nothing before (CHK-05)."""
    if not result.published_at or not tx.knows("vetoed"):
        return
    hall = hall_of(tx)
    items, said = items_of(checklist), {answer.item: answer.note for answer in whole.answers}
    failed = [items[rid] for rid in worth.vetoes] if result.state == "published" else []
    found = [
        Vetoed(item.id, item.code or item.id, "\n".join(filter(None, (_in(item.names, hall.locale), said[item.id])))) for item in failed
    ]
    plan = tx.get(PlanRecord, mission.plan) if mission.plan else None
    campaign = plan.campaign if plan else ""
    lead = next((uid for uid in (mission.lead, *reversed(leads_before(tx, mission))) if uid), "")
    tx.ask("vetoed", result=result.rid, unit=result.unit, by=lead, at=result.published_at, campaign=campaign, items=found)


def _in(names: Names, locale: str) -> str:
    return names.get(locale) or next(iter(names.values()))


def answered(visits: Iterable[VisitRecord]) -> set[str]:
    """The items somebody of the team has marked, 不适用 among them (CHK-07)."""
    return {answer.item for visit in visits for answer in visit.answers}


def _told_photos(
    tx: Tx, result: ResultRecord, answers: list[ItemAnswer], visits: list[VisitRecord], shown: dict[str, list[Attached]]
) -> list[Attached]:
    """Photos at items that lost points, of every sheet; readable from now on by whoever sees the result."""
    lost = {photo for answer in answers if answer.mark in ("fail", "half") for photo in answer.photos}
    found: list[Attached] = []
    for visit in visits:
        for rid in (result.rid, *(own_rid(result.rid, uid) for uid in result.told)):
            show_in(tx, rid, visit.visitor, [blob for blob in visit.blobs if blob.sha256 in lost])
        found += [one for one in shown[visit.rid] if one.sha256 in lost]
    return list({one.sha256: one for one in found}.values())


def _last_day(hall: Hall, from_at: int, key: str) -> str:
    return due_by(hall, key, from_at).day if from_at else ""


def _case(case: CaseRecord, tz: str) -> CaseTold:
    """What the unit is told of an application. A real one is told by its kind alone: in its own records number, matter or days name the
    visitor (CHK-05).
    """
    steps = [(step, day_of(step.at, tz)) for step in case.steps]
    how = followed(case.kind, steps)
    if case.kind == "real":
        return CaseTold(case.kind, ended=how.ended)
    return CaseTold(case.kind, case.matter, how.number, case.permit, how.due_day, finished_day(steps), how.ended)
