"""A plan goes to another check lead with all that belongs to it, and leaves no trace elsewhere (CHK-05, VIS-02)."""

from typing import Any

import msgspec
import pytest

from server.domain.base import Actor, Outcome
from server.domain.campaign.handlers import sealed as sealed_problem
from server.domain.hall.handlers import put_person
from server.domain.hall.tables import PersonRecord
from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.patrol.ops import Tie
from server.domain.visit.case_ops import OpenCase, PermitCase, StepCase
from server.domain.visit.coverage import visit_team
from server.domain.visit.handlers import sealed
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit
from server.domain.visit.people_ops import RelieveLead
from server.domain.visit.plan_ops import CommitPlan, DropPlan, HandOverPlan
from server.domain.visit.result_ops import AnswerVisit
from sync.ops import Blob
from tests.server.scenes.small_hall import ACTORS, PEOPLE, at, small_hall
from tests.support.memory_tx import MemoryHall

DAY = "2026-11-24"
ITEMS = list(items_of(shipped_checklists()["ms-1"]))
LEADS = {"gong": "c-lead", "guan": "u2"}
"""Two more check leads; one of them belongs to a unit of the scope."""
ALL = LEADS.keys() | ACTORS.keys() - {"sun"}


def lead(hall: MemoryHall, uid: str, unit: str, roles: list[str], **more: Any) -> None:
    put_person(hall.tx, PersonRecord(rid=uid, name=uid, badge=uid, unit=unit, title={"zh_Hans": "职员"}, roles=roles, **more))


def gone(hall: MemoryHall, **how: Any) -> None:
    """孙 leads checks no more."""
    person = hall.tx.get(PersonRecord, "sun")
    assert person is not None
    put_person(hall.tx, msgspec.structs.replace(person, **(how or {"roles": ["DIS"]})))


def drawn() -> MemoryHall:
    """A plan of 孙 over both units, drawn; a sheet of each with a photo that is missing, and a test application."""
    hall = small_hall()
    for uid, unit in LEADS.items():
        lead(hall, uid, unit, ["CHECK"])
    plan = CommitPlan("验收", "covert", "ms-1", ["u1", "u2"], ["wu", "zheng"], DAY, DAY, ["上午", "下午"], "5a" * 32, coverage_percent=100)
    assert hall.send(ACTORS["sun"], "plan.commit", "p1", plan, received=at("10:00")).st == "applied"
    hall.tx.minutes = [(at("10:02"), b"after")]
    hall.tick(at("10:03"))
    return hall


def visited() -> MemoryHall:
    hall = drawn()
    for unit, mission in missions(hall).items():
        photo = Blob("ab" * 32, 1000, "image/jpeg", at("9:10", DAY))
        sheet = RecordVisit(mission, "ms-1", at("9:00", DAY), at("9:20", DAY), [ItemAnswer(item, "full") for item in ITEMS])
        assert hall.send(ACTORS["wu"], "visit.record", unit, sheet, received=at("10:00", DAY), blobs=[photo]).st == "applied"
    one = missions(hall)["u1"]
    permitted = PermitCase(one, "测7", "个体户登记", DAY)
    assert hall.send(ACTORS["sun"], "case.permit", "permit", permitted, received=at("10:01", DAY)).st == "applied"
    assert (
        hall.send(ACTORS["wu"], "case.open", "case", OpenCase(one, "test", "个体户登记", "测7"), received=at("10:02", DAY)).st == "applied"
    )
    withdrawn = StepCase("withdrawn", at("10:02", DAY))
    assert hall.send(ACTORS["wu"], "case.step", "case", withdrawn, received=at("10:03", DAY)).st == "applied"
    return hall


def missions(hall: MemoryHall) -> dict[str, str]:
    return {row["unit"]: rid for rid, row in hall.rows("mission") if rid.startswith("p1:")}


def actor(uid: str) -> Actor:
    return Actor(uid, LEADS[uid], frozenset({"CHECK"})) if uid in LEADS else ACTORS[uid]


def hand(hall: MemoryHall, to: str = "gong", who: str = "sun", text: str = "调离", **how: Any) -> Outcome:
    guard = {"p1": hall.tx.version("plan", "p1") or 0}
    return hall.send(actor(who), "plan.hand_over", "p1", HandOverPlan(to, text), **({"guard": guard, "received": at("11:00", DAY)} | how))


def of_plan(hall: MemoryHall, uid: str) -> set[tuple[str, str]]:
    """The rows of the plan and of what belongs to it in the personal bucket of one."""
    kinds = {"plan", "mission", "visit", "visit.team", "visit.unit", "case", "case.permit", "blob.due"}
    return {key for key in hall.seen_by(f"u:{uid}") if key[0] in kinds and key[1] != "m1"}


def test_who_takes_a_plan_over_sees_all_that_belongs_to_it_and_who_gave_it_nothing() -> None:
    """CHK-05, VIS-02, CHK-08: plan, missions, sheets, what the team says as one, applications, permissions, photos that are missing."""
    hall = visited()
    before = of_plan(hall, "sun")
    assert {kind for kind, _ in before} == {"plan", "mission", "visit", "visit.team", "case", "case.permit", "blob.due"}
    team = of_plan(hall, "wu")
    others = hall.seen_by("hall", "head:u1", "role:OFF", "role:LEAD", "role:CHECK", "u:guan", "u:zhao")
    assert hand(hall).st == "applied"
    assert (of_plan(hall, "sun"), of_plan(hall, "gong"), of_plan(hall, "wu")) == (set(), before, team)
    assert hall.seen_by("hall", "head:u1", "role:OFF", "role:LEAD", "role:CHECK", "u:guan", "u:zhao") == others
    plan = hall.row("plan", "p1")
    assert plan["lead"] == "gong"
    assert plan["handed"] == [{"of": "sun", "to": "gong", "by": "sun", "at": at("11:00", DAY), "text": "调离"}]
    assert {hall.row("mission", rid)["lead"] for rid in missions(hall).values()} == {"gong"}


def test_from_then_on_the_new_lead_decides_and_the_old_one_is_told_what_a_stranger_is() -> None:
    """CHK-05, CHK-09."""
    hall = visited()
    hand(hall)
    guard = {rid: hall.tx.version(kind, rid) or 0 for kind, rid in (("visit", "u1"), ("plan", "p1"))}
    for who, outcome in (("sun", ("refused", "NO_RIGHT")), ("gong", ("applied", None))):
        told = hall.send(actor(who), "visit.publish", "u1", Publish("情况属实"), guard=guard, received=at("11:10", DAY))
        assert (told.st, told.code) == outcome
    told = hall.send(ACTORS["sun"], "plan.drop", "p1", DropPlan("改期"), guard=guard, received=at("11:10", DAY))
    assert told == Outcome("refused", "NO_RIGHT")
    assert hand(hall, "sun", "gong", "交回").st == "applied"
    assert [one["to"] for one in hall.row("plan", "p1")["handed"]] == ["gong", "sun"]


def test_what_a_unit_was_told_says_the_same_when_the_lead_changes() -> None:
    """CHK-05: who has it gets no new version of the same body (I12), which would tell that something has happened to the plan."""
    hall = visited()
    guard = {"u1": hall.tx.version("visit", "u1") or 0}
    assert hall.send(ACTORS["sun"], "visit.publish", "u1", Publish("请举一反三"), guard=guard, received=at("10:30", DAY)).st == "applied"
    said = AnswerVisit("情况属实")
    assert hall.send(ACTORS["zhao"], "visit.answer", "u1", said, received=at("10:40", DAY)).st == "applied"
    told = hall.row("visit.unit", "u1")
    assert hand(hall).st == "applied"
    assert (hall.row("visit.unit", "u1"), hall.buckets("visit.unit", "u1") & {"u:sun", "u:gong"}) == (told, {"u:gong"})


@pytest.mark.parametrize("who", sorted(ALL))
def test_nobody_else_hands_a_plan_over_and_hears_the_same_whether_there_is_one_or_not(who: str) -> None:
    """CHK-05."""
    hall = visited()
    assert hand(hall, "gong", who) == Outcome("refused", "NO_RIGHT")
    assert hall.send(actor(who), "plan.hand_over", "p9", HandOverPlan("gong", "调离"), received=at("11:00", DAY)) == Outcome(
        "refused", "NO_RIGHT"
    )


@pytest.mark.parametrize(
    ("to", "text", "code"),
    [
        ("gong", " ", "INVALID"),
        ("sun", "调离", "INVALID"),
        ("zhou", "调离", "INVALID"),
        ("nobody", "调离", "INVALID"),
        ("guan", "调离", "OWN_WORK"),
    ],
)
def test_a_plan_goes_to_another_check_lead_who_belongs_to_no_unit_of_its_scope_and_with_a_reason(to: str, text: str, code: str) -> None:
    """CHK-04, CHK-05: nobody sees what was found in the own unit."""
    hall = visited()
    assert hand(hall, to, text=text) == Outcome("refused", code)
    assert of_plan(hall, to) == (of_plan(hall, "sun") if to == "sun" else set())


@pytest.mark.parametrize("how", [{"roles": ["DIS"]}, {"left": True, "left_day": DAY, "roles": []}])
def test_the_plan_of_a_lead_who_is_gone_waits_for_another_to_take_it_over(how: dict[str, Any]) -> None:
    """CHK-05, VIS-02: shown to those alone who may; what was found, to nobody but the team meanwhile."""
    hall = visited()
    gone(hall, **how)
    assert of_plan(hall, "sun") == set()
    assert of_plan(hall, "gong") == {("plan", "p1")}
    assert of_plan(hall, "guan") == set()
    assert {hall.row("plan", "p1")["lead"], hall.row("mission", missions(hall)["u1"])["lead"]} == {""}
    assert hand(hall, "gong", "guan") == Outcome("refused", "NO_RIGHT")
    assert hand(hall, "gong", "gong", "原负责人调离").st == "applied"
    assert ("visit.team", missions(hall)["u2"]) in of_plan(hall, "gong")
    assert [(one["of"], one["to"], one["by"]) for one in hall.row("plan", "p1")["handed"]] == [("sun", "", ""), ("sun", "gong", "gong")]


def test_who_becomes_a_check_lead_sees_the_plans_that_wait_and_who_is_one_no_more_does_not() -> None:
    """VIS-02."""
    hall = visited()
    gone(hall)
    lead(hall, "cui", "c-office", ["CHECK"])
    lead(hall, "gong", "c-lead", ["STF"])
    assert (of_plan(hall, "cui"), of_plan(hall, "gong")) == ({("plan", "p1")}, set())


def test_a_plan_nobody_leads_is_drawn_and_revealed_all_the_same() -> None:
    """CHK-04: nobody gets rid of a draw by leaving."""
    hall = drawn()
    gone(hall)
    hall.tick(at("0:01", "2026-12-09"))
    assert hall.buckets("plan.public", "p1") == {"hall"}
    assert hall.row("plan", "p1")["state"] == "revealed"


def test_a_lead_who_leaves_results_sealed_until_the_draw_shows_itself_can_be_relieved() -> None:
    """CHK-04, CHK-09: one who is ill for long; not before, and not when all was published."""
    hall = visited()
    hall.tick(at("0:01", "2026-12-09"))
    assert of_plan(hall, "gong") == set()
    hall.tick(at("0:01", "2027-02-23"))
    assert hall.row("plan", "p1")["state"] == "revealed"
    assert (hall.row("plan", "p1")["lead"], of_plan(hall, "gong"), of_plan(hall, "guan")) == ("sun", {("plan", "p1")}, set())
    lead(hall, "cui", "c-office", ["CHECK"])
    assert of_plan(hall, "cui") == {("plan", "p1")}
    assert hand(hall, "gong", "gong", "原负责人长期病假", received=at("9:00", "2027-02-23")).st == "applied"
    assert of_plan(hall, "sun") == of_plan(hall, "cui") == set()
    assert ("visit", "u2") in of_plan(hall, "gong")
    hall = drawn()
    hall.tick(at("0:01", "2026-12-09"))
    assert hall.row("plan", "p1")["state"] == "revealed"
    assert of_plan(hall, "gong") == set()


def test_a_held_sheet_is_heard_of_by_whoever_leads_the_mission_now() -> None:
    """CHK-05, EVD-05: not by who led it, nor by a check lead of a unit of the scope."""
    hall = visited()
    args = msgspec.json.encode({"mission": missions(hall)["u1"]})
    assert sealed(hall.tx, "x", args, "wu") == {"u:sun"}
    hand(hall)
    assert sealed(hall.tx, "x", args, "wu") == {"u:gong"}
    gone(hall)
    lead(hall, "gong", "c-lead", [])
    lead(hall, "cui", "c-office", ["CHECK"])
    assert sealed(hall.tx, "x", args, "wu") == {"u:cui"}
    assert visit_team(hall.tx, visit="u1") == {"wu", "zheng", "sun", "gong"}


def test_check_leads_and_the_director_alone_know_who_leads_checks() -> None:
    """PRV-15: for whom a plan may be handed to, and whom the director has appointed."""
    hall = drawn()
    assert {rid for rid, _ in hall.rows("check.lead")} == {"sun", *LEADS}
    assert {frozenset(hall.buckets("check.lead", rid)) for rid, _ in hall.rows("check.lead")} == {frozenset({"role:CHECK", "role:TOP"})}
    gone(hall)
    assert hall.row("check.lead", "sun") is None
    assert "CHECK" not in hall.row("person", "gong")["roles"]


def test_who_visits_no_more_sees_no_application_and_no_permission_either() -> None:
    """VIS-02, CHK-08."""
    hall = visited()
    person = hall.tx.get(PersonRecord, "wu")
    assert person is not None
    put_person(hall.tx, msgspec.structs.replace(person, roles=[]))
    hall.tick(at("10:30", DAY))
    assert {kind for kind, _ in of_plan(hall, "wu")} & {"mission", "visit", "case", "case.permit"} == set()
    assert PEOPLE["wu"][0] == "吴"


DIRECTOR = Actor("shou", "c-lead", frozenset({"TOP"}))


def relieve(hall: MemoryHall, who: Actor = DIRECTOR, of: str = "sun", to: str = "gong", **how: Any) -> Outcome:
    return hall.send(who, "check.relieve", of, RelieveLead(to), **({"received": at("11:00", DAY)} | how))


def test_the_director_has_another_lead_all_of_a_lead_who_cannot_any_more_and_learns_nothing() -> None:
    """CHK-05, PRV-15, VIS-02: the same answer whether there is anything to lead; nobody else receives a byte."""
    hall = visited()
    others = ("hall", "head:u1", "role:OFF", "role:LEAD", "role:CHECK", "role:TOP", "u:guan", "u:zhao", "u:shou")
    before, seen, team = of_plan(hall, "sun"), hall.seen_by(*others), of_plan(hall, "wu")
    assert relieve(hall) == Outcome("applied")
    assert (of_plan(hall, "sun"), of_plan(hall, "gong"), of_plan(hall, "wu")) == (set(), before, team)
    assert hall.seen_by(*others) == seen
    assert ("mission", "m1") in hall.seen_by("u:gong"), "what no plan has drawn, too"
    assert hall.row("plan", "p1")["handed"] == [{"of": "sun", "to": "gong", "by": "shou", "at": at("11:00", DAY), "text": ""}]
    assert relieve(hall, of="gong", to="sun").st == "applied"
    assert relieve(hall, of="guan", to="gong") == Outcome("applied"), "who leads nothing"


def test_what_the_new_lead_may_not_lead_waits_for_another_and_the_director_hears_nothing_of_it() -> None:
    """CHK-04, CHK-05: one who belongs to a unit of the scope, or has a tie to it."""
    hall = visited()
    assert relieve(hall, to="guan") == Outcome("applied")
    assert of_plan(hall, "guan") == set()
    assert (hall.row("plan", "p1")["lead"], of_plan(hall, "gong")) == ("", {("plan", "p1")})
    assert hand(hall, "gong", "gong", "接手").st == "applied"
    hall = visited()
    hall.send(actor("gong"), "patrol.tie", "gong", Tie(["u2"], []), at=at("9:00", DAY), received=at("9:00", DAY))
    assert relieve(hall) == Outcome("applied")
    assert hall.row("plan", "p1")["lead"] == ""


@pytest.mark.parametrize(
    ("who", "of", "to", "outcome"),
    [
        (ACTORS["zhou"], "sun", "gong", Outcome("refused", "NO_RIGHT")),
        (actor("gong"), "sun", "gong", Outcome("refused", "NO_RIGHT")),
        (DIRECTOR, "sun", "sun", Outcome("refused", "INVALID")),
        (DIRECTOR, "sun", "zhou", Outcome("refused", "INVALID")),
        (DIRECTOR, "zhou", "gong", Outcome("refused", "INVALID")),
        (DIRECTOR, "sun", "nobody", Outcome("refused", "INVALID")),
        (DIRECTOR._replace(uid="gong"), "sun", "gong", Outcome("refused", "OWN_WORK")),
    ],
)
def test_only_the_director_relieves_a_lead_by_another_and_never_by_himself(who: Actor, of: str, to: str, outcome: Outcome) -> None:
    """CHK-05."""
    hall = visited()
    before = of_plan(hall, "sun")
    assert relieve(hall, who, of, to) == outcome
    assert of_plan(hall, "sun") == before
    assert relieve(hall, guard={"sun": 99}).code == "STALE"


def test_a_mission_of_no_plan_goes_to_a_lead_who_may_have_it_and_waits_where_there_is_none() -> None:
    """CHK-05, CHK-04: never to one of its unit, nor does it stay with whoever was relieved."""
    hall = visited()
    lead(hall, "uno", "u1", ["CHECK"])
    assert relieve(hall, to="uno") == Outcome("applied")
    assert ("mission", "m1") not in hall.seen_by("u:sun", "u:uno")
    assert hall.row("mission", "m1")["lead"] == "gong"
    for uid in LEADS:
        lead(hall, uid, LEADS[uid], ["STF"])
    gone(hall)
    assert (hall.row("mission", "m1")["lead"], hall.buckets("mission", "m1")) == ("", {"u:wu", "u:zheng"})
    assert sealed(hall.tx, "x", msgspec.json.encode({"mission": "m1"}), "wu") == {"role:CHECK"}
    lead(hall, "cui", "c-office", ["CHECK"])
    assert hall.row("mission", "m1")["lead"] == "cui"


@pytest.mark.parametrize("how", [{"roles": ["DIS"]}, {"left": True, "left_day": DAY, "roles": []}, {"unit": "u1"}])
def test_a_mission_of_no_plan_does_not_stay_with_a_lead_who_is_gone(how: dict[str, Any]) -> None:
    """CHK-05, VIS-02: whom the director has ended first, he cannot relieve any more."""
    hall = visited()
    gone(hall, **how)
    assert hall.row("mission", "m1")["lead"] == "gong"
    assert ("mission", "m1") not in hall.seen_by("u:sun")


def entrusted() -> MemoryHall:
    """The mission of no plan, with a sheet and a test application that is still open."""
    hall = visited()
    sheet = RecordVisit("m1", "ms-1", at("9:00", DAY), at("9:20", DAY), [ItemAnswer(item, "full") for item in ITEMS])
    assert hall.send(ACTORS["wu"], "visit.record", "v1", sheet, received=at("10:10", DAY)).st == "applied"
    opened = OpenCase("m1", "test", "个体户登记", "测8")
    assert hall.send(ACTORS["wu"], "case.open", "c1", opened, received=at("10:11", DAY)).st == "applied"
    return hall


@pytest.mark.parametrize("case", ["c1", "c2"], ids=["of no plan", "of a plan"])
@pytest.mark.parametrize("first", ["step", "relief"])
def test_what_a_lead_said_before_he_was_relieved_counts_whatever_arrives_first(first: str, case: str) -> None:
    """CHK-08, CHK-05: nothing he recorded is lost, and he learns nothing of what became of it; what he says afterwards waits for the new
    lead.
    """
    hall = entrusted()
    opened = OpenCase(missions(hall)["u2"], "test", "个体户登记", "测9")
    assert hall.send(ACTORS["wu"], "case.open", "c2", opened, received=at("10:12", DAY)).st == "applied"
    for step in (first, *({"step", "relief"} - {first})):
        if step == "relief":
            assert relieve(hall, at=at("11:00", DAY)).st == "applied"
            continue
        ended = StepCase("withdrawn", at("10:50", DAY), "当场撤回")
        assert hall.send(ACTORS["sun"], "case.step", case, ended, at=at("10:50", DAY), received=at("11:05", DAY)).st == "applied"
    assert [one["by"] for one in hall.row("case", case)["steps"]] == ["sun"]
    assert hall.buckets("case", case) == {"u:gong", "u:wu", "u:zheng"}
    again = StepCase("withdrawn", at("11:10", DAY), "又撤回")
    said = hall.send(ACTORS["sun"], "case.step", case, again, at=at("11:10", DAY), received=at("11:10", DAY))
    assert said == Outcome("held", "NO_RIGHT")
    assert sealed(hall.tx, case, msgspec.json.encode(again), "sun") == {"u:gong"}


@pytest.mark.parametrize("how", ["relieved", "gone", "of the unit"])
def test_who_led_a_mission_of_no_plan_knows_of_its_visit_like_who_led_a_plan(how: str) -> None:
    """CHK-05: what he says of it and is held goes to the check leads, and to nobody who would learn from it that there was a visit."""
    hall = entrusted()
    if how == "relieved":
        relieve(hall)
    else:
        gone(hall, **({"roles": ["DIS"]} if how == "gone" else {"unit": "u1"}))
    assert hall.row("mission", "m1")["lead"] == "gong"
    assert visit_team(hall.tx, visit="v1") == {"wu", "zheng", "sun", "gong"}
    assert ("visit", "v1") not in hall.seen_by("u:sun")
    named = msgspec.json.encode({"source": "patrol", "fact": "v1"})
    assert {uid: sealed_problem(hall.tx, "p", named, uid) for uid in ("sun", "lin")} == {"sun": {"role:CHECK"}, "lin": None}
