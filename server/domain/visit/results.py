"""What is told of a mission: fact check, publication, withdrawal, answers, review (CHK-09, CON-35, CON-44, EVD-12).

A stranger learns nothing from an answer: whether there is a visit or a result, NO_RIGHT is all he gets (CHK-05).
"""

from typing import Any

from server.domain.base import APPLIED, Op, Outcome, Tx, held, refused, stale, unseen
from server.domain.hall.here import hall_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, day_of, may_any
from server.domain.hall.terms import due_by
from server.domain.visit import plans
from server.domain.visit.case_ops import CaseKind
from server.domain.visit.lists import checklist_of, same_list
from server.domain.visit.ops import Publish, VisitAnswer, VisitReview, Void
from server.domain.visit.plan_ops import LeftOut, PublishPlan
from server.domain.visit.recuse import people_then, units_of
from server.domain.visit.result_ops import AnswerVisit, FactCheck, ReviewVisit, SettleItem, TellPerson, WithdrawVisit
from server.domain.visit.rules import items_of
from server.domain.visit.show import answered, doubts_of, read_by, show_mission
from server.domain.visit.tables import CaseRecord, MissionRecord, ResultRecord, Settled, VisitRecord
from server.domain.visit.team import followed
from server.domain.visit.views import requests
from sync.clock import earliest

PUBLISHABLE = ("recorded", "checking", "withdrawn")


def check_facts(tx: Tx, op: Op[FactCheck]) -> Outcome:
    """事实核对: the head of the unit alone sees the result and may correct facts before it is published."""
    decided = _decide(tx, op)
    if isinstance(decided, Outcome):
        return decided
    visit, mission = decided
    if stale := _team_moved(tx, op, mission):
        return stale
    if visit.state not in ("recorded", "withdrawn"):
        return refused("GONE", tx.version("visit", visit.rid))
    known = _known(tx, visit)
    if known is not None and known.state == "published":
        # A late sheet of the team takes nothing back that everybody has read.
        return refused("GONE", tx.version("visit", visit.rid))
    if _standing(tx, mission):
        return refused("CASE_OPEN")
    result = _result(tx, visit, mission)
    result.checked_at, result.replied, result.published_at = tx.now, False, 0
    _tell(tx, result, mission, "checking", op.a.text)
    return APPLIED


def publish(tx: Tx, op: Op[Publish]) -> Outcome:
    """The lead opens the result to the unit, on exactly the version seen; every sheet of the team is in it (CHK-09, CON-35)."""
    decided = _decide(tx, op)
    if isinstance(decided, Outcome):
        return decided
    visit, mission = decided
    if stale := _team_moved(tx, op, mission):
        return stale
    result = _publishable(tx, visit, mission, op.a.text)
    if isinstance(result, Outcome):
        return result
    result.published_at = tx.now
    _tell(tx, result, mission, "published", op.a.text)
    return APPLIED


def publish_plan(tx: Tx, op: Op[PublishPlan]) -> Outcome:
    """Everything of a plan that is finished and fact-checked is published in one step, on exactly the versions seen (CHK-09, PRV-17).

    Each result keeps its own record; what cannot be published stays sealed and is named to the lead, with the reason.
    """
    plan = plans.own_plan(tx, op)
    if isinstance(plan, Outcome):
        return plan
    if plan.state not in ("drawn", "revealed"):
        return refused("GONE", tx.version("plan", plan.rid))
    plan.published_at, plan.left = tx.now, []
    for rid in dict.fromkeys(op.a.visits):
        visit = tx.get(VisitRecord, rid)
        mission = tx.get(MissionRecord, visit.mission) if visit else None
        if visit is None or mission is None or mission.plan != plan.rid or mission.lead != op.actor.uid:
            plan.left.append(LeftOut(rid, "NO_RIGHT"))
        elif visit.state != "published" and (wrong := _published_with_others(tx, op, visit, mission)):
            plan.left.append(LeftOut(rid, wrong))
    plans.save_plan(tx, plan)
    return APPLIED


def _published_with_others(tx: Tx, op: Op[PublishPlan], visit: VisitRecord, mission: MissionRecord) -> str:
    """Publish one result of a plan; why it cannot be, "" when it is. What nobody has marked is told one by one, with a reason."""
    if unseen(tx, op, "visit", visit.rid) or _team_moved(tx, op, mission):
        return "STALE"
    known = _known(tx, visit)
    if not op.a.unchecked and (known is None or known.state != "checking"):
        return "UNCHECKED"
    result = _publishable(tx, visit, mission, "")
    if isinstance(result, Outcome):
        return result.code or "INVALID"
    result.published_at = tx.now
    _tell(tx, result, mission, "published", op.a.text)
    return ""


def _publishable(tx: Tx, visit: VisitRecord, mission: MissionRecord, text: str) -> ResultRecord | Outcome:
    """The result with every sheet there is, when nothing keeps it from being published."""
    if visit.state not in PUBLISHABLE:
        return refused("GONE", tx.version("visit", visit.rid))
    if _standing(tx, mission):
        return refused("CASE_OPEN")
    known = _known(tx, visit)
    checked = known.visits if known and known.state == "checking" else None
    result = _result(tx, visit, mission)
    if checked is not None and checked != result.visits:
        # The head has said nothing yet to what came since.
        return refused("UNCHECKED")
    if result.state == "checking" and not result.replied and tx.now <= _reply_until(hall_of(tx), result.checked_at):
        return refused("ANSWER_TIME")
    if not text.strip() and (_unmarked(tx, result) or _doubtful(tx, result, mission)):
        return refused("ITEMS_OPEN")
    return result


def void(tx: Tx, op: Op[Void]) -> Outcome:
    """作废: identity revealed, wrong unit. What the unit saw of this sheet is taken back; the record stays.

    One of several sheets of a published result is not: the result would say something else. It is withdrawn first (EVD-12).
    """
    decided = _decide(tx, op)
    if isinstance(decided, Outcome):
        return decided
    visit, mission = decided
    result = _known(tx, visit)
    one_of_many = result is not None and result.state == "published" and visit.rid in result.visits and len(result.visits) > 1
    if visit.state == "void" or one_of_many:
        return refused("GONE", tx.version("visit", visit.rid))
    # Who went along does not strike the word of those he went with.
    if op.actor.uid in mission.team and op.actor.uid != visit.visitor:
        return refused("OBSERVER")
    if not op.a.text.strip():
        return refused("INVALID")
    _strike(tx, visit, mission, op.a.text)
    return APPLIED


def withdraw(tx: Tx, op: Op[WithdrawVisit]) -> Outcome:
    """撤回: a visitor takes the own sheet back before publication, the lead the published result; both with a reason (CON-44)."""
    visit = tx.get(VisitRecord, op.rid)
    mission = tx.get(MissionRecord, visit.mission) if visit else None
    takes_result_back = visit is not None and visit.state == "published" and mission is not None and mission.lead == op.actor.uid
    if visit is not None and visit.visitor == op.actor.uid and not takes_result_back:
        return _withdraw_own(tx, op, visit)
    decided = _decide(tx, op)
    if isinstance(decided, Outcome):
        return decided
    visit, mission = decided
    result = _known(tx, visit)
    if not op.a.text.strip():
        return refused("INVALID")
    if result is None or result.state not in ("checking", "published"):
        return refused("GONE", tx.version("visit", visit.rid))
    _tell(tx, result, mission, "withdrawn", op.a.text)
    return APPLIED


def _withdraw_own(tx: Tx, op: Op[WithdrawVisit], visit: VisitRecord) -> Outcome:
    mission = tx.get(MissionRecord, visit.mission)
    if mission is None or not op.a.text.strip():
        return refused("INVALID")
    if visit.state != "recorded":
        return refused("GONE", tx.version("visit", visit.rid))
    _strike(tx, visit, mission, op.a.text)
    return APPLIED


def settle(tx: Tx, op: Op[SettleItem]) -> Outcome:
    """The lead decides an item on which the sheets of the team differ (CON-35); once the result is published it is withdrawn first, so that
    those concerned have their time to answer what it says then (EVD-12).
    """
    mission = tx.get(MissionRecord, op.rid)
    if "CHECK" not in op.actor.roles or mission is None or op.actor.uid != mission.lead:
        return refused("NO_RIGHT")
    if old := unseen(tx, op, "visit.team", mission.rid):
        return old
    if _own_work(tx, op, mission):
        return refused("OWN_WORK")
    marks = {a.mark for v in _sheets(tx, mission) for a in v.answers if a.item == op.a.item}
    if len(marks) < 2:
        return refused("INVALID")
    # An observer does not decide between his own word and another's.
    if op.actor.uid in mission.team:
        return refused("OBSERVER")
    if any(one.state == "published" for one in tx.find(ResultRecord, "mission = ?", [mission.rid])):
        return refused("GONE", tx.version("visit.team", mission.rid))
    mission.settled[op.a.item] = Settled(op.a.mark, op.a.text)
    for one in tx.find(ResultRecord, "mission = ? AND state = 'checking'", [mission.rid]):
        _check_anew(tx, one)
    show_mission(tx, mission)
    return APPLIED


def tell_person(tx: Tx, op: Op[TellPerson]) -> Outcome:
    """The head of the unit passes the result on to the person it concerns (CHK-09): lead, head, person, in this order."""
    result = tx.get(ResultRecord, op.rid)
    if result is None or result.state != "published" or not _heads(op, result):
        return refused("NO_RIGHT")
    if op.a.person not in people_then(tx, result):
        return refused("INVALID")
    result.told.setdefault(op.a.person, tx.now)
    _keep(tx, result)
    return APPLIED


def answer(tx: Tx, op: Op[AnswerVisit]) -> Outcome:
    """陈述: the unit or the person says its part, adds facts, or asks for a review; silence is no confession (EVD-12).

    What is said is kept whenever it comes; a review that was provably asked for after its term is not taken up.
    """
    result = tx.get(ResultRecord, op.rid)
    if result is None or not (_heads(op, result) or op.actor.uid in result.told):
        return held("NO_RIGHT")
    if not op.a.text.strip():
        return held("INVALID")
    late = op.a.review and earliest(op.window, op.window.at) > _review_until(hall_of(tx), result, op.actor.uid)
    result.said.append(VisitAnswer(op.actor.uid, op.window.at, op.a.text, op.a.review and not late))
    result.said.sort(key=lambda one: (one.at, one.by))
    # What was provably said before this check answers an earlier version.
    result.replied |= result.state == "checking" and _heads(op, result) and op.window.not_after >= result.checked_at
    _keep(tx, result)
    return Outcome("applied", "REVIEW_LATE") if late else APPLIED


def review(tx: Tx, op: Op[ReviewVisit]) -> Outcome:
    """复核: decided by the lead or a leader, never by who observed or whom it concerns; items may get another mark, and the score follows.

    Each review answers a request that came after the one before, and takes back nothing it does not name.
    """
    result = tx.get(ResultRecord, op.rid)
    mission = tx.get(MissionRecord, result.mission) if result else None
    if result is None or mission is None or result.state == "void" or not (op.actor.uid == mission.lead or _leads(op, result)):
        return refused("NO_RIGHT")
    if op.actor.uid in mission.team:
        return refused("OBSERVER")
    if _own_work(tx, op, mission) or op.actor.uid in {*result.told, *(said.by for said in result.said)}:
        return refused("OWN_WORK")
    if old := unseen(tx, op, "visit.unit", result.rid):
        return old
    asked = requests(result)
    if asked <= result.decided:
        return refused("GONE", tx.version("visit.unit", result.rid))
    checklist = checklist_of(tx, result.checklist)
    if not op.a.text.strip() or checklist is None or not op.a.changed.keys() <= items_of(checklist).keys():
        return refused("INVALID")
    result.reviews.append(VisitReview(op.actor.uid, tx.now, op.a.text, op.a.changed))
    result.decided = asked
    _keep(tx, result)
    return APPLIED


# --- common ----------------------------------------------------------------------------------------------------------


def _decide(tx: Tx, op: Op[Any]) -> tuple[VisitRecord, MissionRecord] | Outcome:
    """The visit and its mission, when this actor may decide on the version named in `if`."""
    visit = tx.get(VisitRecord, op.rid)
    mission = tx.get(MissionRecord, visit.mission) if visit else None
    # One answer for a visit that is not there and for one of another lead.
    if "CHECK" not in op.actor.roles or visit is None or mission is None or op.actor.uid != mission.lead:
        return refused("NO_RIGHT")
    if old := unseen(tx, op, "visit", visit.rid):
        return old
    return refused("OWN_WORK") if _own_work(tx, op, mission) else (visit, mission)


def _team_moved(tx: Tx, op: Op[Any], mission: MissionRecord) -> Outcome | None:
    """Stale, when another sheet of the team has come, or was struck, since this actor looked; phones of an older release do not say."""
    return stale(tx, op, "visit.team", mission.rid)


def _check_anew(tx: Tx, result: ResultRecord) -> None:
    """The head is shown something else than before: the time to correct it begins again."""
    result.checked_at, result.replied = tx.now, False
    tx.put(result)


def _own_work(tx: Tx, op: Op[Any], mission: MissionRecord) -> bool:
    """Whether the actor belongs or has a tie to the unit, or did when it was visited: nobody decides about it (CHK-04)."""
    visits = tx.find(VisitRecord, "mission = ?", [mission.rid])
    return mission.unit in {op.actor.unit, *units_of(tx, op.actor.uid, *(visit.arrived_at for visit in visits))}


def _heads(op: Op[Any], result: ResultRecord) -> bool:
    return "HEAD" in op.actor.roles and op.actor.unit == result.unit


def _leads(op: Op[Any], result: ResultRecord) -> bool:
    """A leader, of what leaders see."""
    return may_any(op.actor, "LEAD", "TOP") and result.state == "published"


def _sheets(tx: Tx, mission: MissionRecord) -> list[VisitRecord]:
    return tx.find(VisitRecord, "mission = ? AND state <> ?", [mission.rid, "void"])


def _known(tx: Tx, visit: VisitRecord) -> ResultRecord | None:
    """The result this visit belongs to, or would: one for each checklist of a mission, in whatever version."""
    found = tx.find(ResultRecord, "mission = ?", [visit.mission])
    return next((one for one in found if same_list(one.checklist, visit.checklist) and one.state != "void"), None)


def _result(tx: Tx, visit: VisitRecord, mission: MissionRecord) -> ResultRecord:
    """The result of the visit's mission, as it is or new, with every sheet there is by now."""
    hall = hall_of(tx)
    sheets = [v for v in _sheets(tx, mission) if same_list(v.checklist, visit.checklist)]
    day = day_of(min(v.arrived_at for v in sheets), hall.tz)
    result = _known(tx, visit) or ResultRecord(
        rid=visit.rid, mission=mission.rid, unit=visit.unit, day=day, checklist=visit.checklist, visits=[], state="void"
    )
    result.visits, result.day, result.checklist = sorted(v.rid for v in sheets), day, read_by(mission, sheets)
    return result


def _tell(tx: Tx, result: ResultRecord, mission: MissionRecord, state: Any, text: str) -> None:
    """The result and its sheets are in another state."""
    result.state, result.text = state, text
    for rid in result.visits:
        visit = tx.get(VisitRecord, rid)
        if visit is not None:
            visit.state, visit.text = state, text
            visit.published_at = result.published_at
            tx.put(visit)
    tx.put(result)
    show_mission(tx, mission)
    _moved(tx, {result.rid, *result.visits})


def _strike(tx: Tx, visit: VisitRecord, mission: MissionRecord, text: str) -> None:
    """A sheet counts no more; a result without any is void."""
    visit.state, visit.text = "void", text
    tx.put(visit)
    facts = {visit.rid}
    for result in tx.find(ResultRecord, "mission = ?", [mission.rid]):
        if visit.rid in result.visits:
            result.visits.remove(visit.rid)
            result.state = result.state if result.visits else "void"
            tx.put(result)
            if result.state == "checking":
                _check_anew(tx, result)
            facts.add(result.rid)
    show_mission(tx, mission)
    _moved(tx, facts)


def _moved(tx: Tx, facts: set[str]) -> None:
    """Results or sheets were published or taken back: what others made of them follows (CON-44)."""
    if tx.knows("facts_moved"):
        tx.ask("facts_moved", facts=facts)
    days = {result.day for fact in facts if (result := tx.get(ResultRecord, fact)) and result.published_at}
    for day in sorted(days) if tx.knows("told_moved") else []:
        tx.ask("told_moved", day=day)


def _keep(tx: Tx, result: ResultRecord) -> None:
    tx.put(result)
    mission = tx.get(MissionRecord, result.mission)
    if mission is not None:
        show_mission(tx, mission)


def _standing(tx: Tx, mission: MissionRecord) -> bool:
    """Whether a test application of this mission is still neither withdrawn nor marked (CHK-08)."""
    test: CaseKind = "test"
    cases = tx.find(CaseRecord, "mission = ? AND kind = ?", [mission.rid, test])
    return any(not followed(case.kind, [(step, "") for step in case.steps]).ended for case in cases)


def _unmarked(tx: Tx, result: ResultRecord) -> bool:
    """Whether some item of the checklist nobody of the team has marked, not even as 不适用 (CHK-07)."""
    checklist = checklist_of(tx, result.checklist)
    sheets = [visit for rid in result.visits if (visit := tx.get(VisitRecord, rid))]
    return checklist is not None and not items_of(checklist).keys() <= answered(sheets)


def _doubtful(tx: Tx, result: ResultRecord, mission: MissionRecord) -> bool:
    """Whether there is anything about when it was, or who was there, that is passed over with a reason only."""
    sheets = [visit for rid in result.visits if (visit := tx.get(VisitRecord, rid))]
    return any(doubts_of(tx, visit, mission) for visit in sheets)


def _reply_until(hall: Hall, checked_at: int) -> int:
    return due_by(hall, "evd.answer_days", checked_at).at


def _review_until(hall: Hall, result: ResultRecord, uid: str) -> int:
    """Until when (ms) this person may ask for a review: counted from when he or she was told, the head from the publication (EVD-12)."""
    told_at = max(result.told.get(uid, 0), result.published_at)
    return due_by(hall, "evd.review_days", told_at).at if result.published_at else FOREVER
