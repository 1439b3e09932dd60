"""Nobody sees, strikes or tells what was found in the own unit, nor visits it unasked; striking a tie undoes nothing (CHK-04, PTL-07)."""

import msgspec
import pytest

from server.domain.base import Actor, Outcome
from server.domain.hall.handlers import put_person, put_post
from server.domain.hall.tables import PersonRecord, UnitTerm
from server.domain.patrol.ops import Tie
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit, Void
from server.domain.visit.plan_ops import DropPlan, HandOverPlan
from server.domain.visit.result_ops import SettleItem
from tests.server.scenes.small_hall import ACTORS, at
from tests.server.test_domain_plan_handed import DAY, ITEMS, drawn, gone, hand, missions, of_plan, visited
from tests.server.test_domain_plans import commit, small_hall
from tests.support.memory_tx import MemoryHall

NEXT = "2026-11-25"


def tie(hall: MemoryHall, uid: str, units: list[str], people: list[str], clock: str, day: str = DAY) -> None:
    said = Tie(units, people, "亲属" if units or people else "")
    assert hall.send(ACTORS[uid], "patrol.tie", uid, said, at=at(clock, day), received=at(clock, day)).st == "applied"


def moved(hall: MemoryHall, uid: str, to: str, since: str = NEXT) -> None:
    """Somebody belongs to another unit from a day on."""
    person = hall.tx.get(PersonRecord, uid)
    assert person is not None
    units = [UnitTerm(person.unit, "2026-01-01", DAY), UnitTerm(to, since)] if person.unit else []
    put_person(hall.tx, msgspec.structs.replace(person, unit=to, units=units))


def sheet(hall: MemoryHall, who: str, rid: str, *, fails: str = "", clock: str = "10:00", actor: Actor | None = None) -> Outcome:
    answers = [ItemAnswer(item, "fail" if item == fails else "full") for item in ITEMS]
    args = RecordVisit(missions(hall)["u1"], "ms-1", at("9:00", DAY), at("9:20", DAY), answers)
    return hall.send(actor or ACTORS[who], "visit.record", rid, args, received=at(clock, DAY))


def asked(hall: MemoryHall, rid: str) -> list[str]:
    hints: list[str] = hall.row("visit.team", missions(hall)["u1"]).get("hints", {}).get(rid, [])
    return hints


@pytest.mark.parametrize("first", ["tie", "sheet"])
def test_a_lead_is_told_of_a_tie_to_the_unit_whether_it_or_the_sheet_arrives_first(first: str) -> None:
    """CHK-04, PTL-07: what keeps a sheet from being published without a reason is seen before; who has no sheet changes nothing."""
    hall = drawn()
    for step in (first, *({"tie", "sheet"} - {first})):
        if step == "tie":
            tie(hall, "wu", ["u1"], [], "08:00")
        else:
            assert sheet(hall, "wu", "v1").st == "applied"
    tie(hall, "lin", ["u1"], [], "10:30")
    assert asked(hall, "v1") == ["tie", "alone"]


def by_lead(hall: MemoryHall, kind: str, rid: str, args: msgspec.Struct, row: str = "visit", actor: Actor = ACTORS["sun"]) -> Outcome:
    return hall.send(actor, kind, rid, args, guard={rid: hall.tx.version(row, rid) or 0}, received=at("12:00", NEXT))


def test_a_lead_who_moves_into_a_unit_of_the_scope_leads_its_plan_no_more_and_sees_nothing_of_it() -> None:
    """CHK-04, CHK-05: sheets that come later neither; another who may leads it from then on."""
    hall = drawn()
    gone(hall, unit="u1", roles=["CHECK", "HEAD"])
    assert sheet(hall, "wu", "v1", fails="MS11").st == "applied"
    assert of_plan(hall, "sun") == set()
    assert of_plan(hall, "gong") == {("plan", "p1")}
    here = Actor("sun", "u1", frozenset({"CHECK", "HEAD"}))
    assert by_lead(hall, "visit.void", "v1", Void("身份暴露"), actor=here) == Outcome("refused", "NO_RIGHT")
    assert hand(hall, "gong", "gong", "原负责人调入受检单位").st == "applied"
    assert ("visit", "v1") in of_plan(hall, "gong")


def test_a_visitor_who_moves_into_the_unit_sees_no_more_of_it_and_a_sheet_is_told_with_a_reason_only() -> None:
    """CHK-04, CHK-05: it is kept; the lead is told why it is asked about."""
    hall = drawn()
    assert sheet(hall, "zheng", "v2").st == "applied"
    moved(hall, "wu", "u1")
    hall.tick(at("10:30", DAY))
    own = missions(hall)["u1"]
    assert {key for key in of_plan(hall, "wu") if key in {("mission", own), ("visit", "v2")}} == set()
    assert ("mission", own) in of_plan(hall, "zheng")
    assert sheet(hall, "wu", "v1", actor=Actor("wu", "u1", frozenset({"TEAM"}))).st == "applied"
    assert (asked(hall, "v1"), asked(hall, "v2")) == (["tie"], [])
    assert by_lead(hall, "visit.publish", "v1", Publish()).code == "ITEMS_OPEN"


def test_a_lead_with_a_tie_decides_nothing_about_the_unit_and_hands_the_plan_over() -> None:
    """CHK-04, PTL-07, CON-35: declared after the commitment, and struck again after the visit."""
    hall = drawn()
    sheet(hall, "wu", "v1", fails="MS11")
    sheet(hall, "zheng", "v2")
    tie(hall, "sun", ["u1"], [], "8:00")
    for clock, units in (("11:00", ["u1"]), ("11:30", [])):
        tie(hall, "sun", units, [], clock)
        assert by_lead(hall, "visit.void", "v1", Void("不像")) == Outcome("refused", "OWN_WORK")
        assert by_lead(hall, "visit.publish", "v1", Publish()) == Outcome("refused", "OWN_WORK")
        mission = missions(hall)["u1"]
        assert by_lead(hall, "visit.settle", mission, SettleItem("MS11", "full"), "visit.team") == Outcome("refused", "OWN_WORK")
        assert by_lead(hall, "plan.drop", "p1", DropPlan("改期"), "plan") == Outcome("refused", "OWN_WORK")
    assert by_lead(hall, "plan.hand_over", "p1", HandOverPlan("gong", "回避"), "plan").st == "applied"


@pytest.mark.parametrize("people", [[], ["wang"]])
def test_nobody_lays_down_or_takes_over_a_plan_with_a_unit_he_has_a_tie_to(people: list[str]) -> None:
    """CHK-04, PTL-07: through somebody who works there, too."""
    hall = small_hall()
    tie(hall, "sun", [] if people else ["u1"], people, "9:30", "2026-11-23")
    assert commit(hall) == Outcome("refused", "OWN_WORK")

    hall = visited()
    heir = Actor("gong", "c-lead", frozenset({"CHECK"}))
    said = Tie([] if people else ["u1"], people, "亲属")
    assert hall.send(heir, "patrol.tie", "gong", said, received=at("10:30", DAY)).st == "applied"
    assert hand(hall) == Outcome("refused", "OWN_WORK")


@pytest.mark.parametrize("people", [[], ["wang"]])
def test_a_tie_at_the_time_of_the_visit_is_asked_about_whatever_is_declared_or_moved_later(people: list[str]) -> None:
    """CHK-04, PTL-07: struck by declaring anew, or the relative was transferred the day after."""
    hall = drawn()
    tie(hall, "wu", [] if people else ["u1"], people, "8:00")
    sheet(hall, "wu", "v1")
    assert asked(hall, "v1") == ["tie", "alone"]
    if people:
        hall.tick(at("8:00", NEXT))
        moved(hall, "wang", "u2")
    else:
        tie(hall, "wu", [], [], "11:00")
    sheet(hall, "zheng", "v2", clock="11:10")
    assert asked(hall, "v1") == ["tie"]
    assert by_lead(hall, "visit.publish", "v1", Publish()).code == "ITEMS_OPEN"


@pytest.mark.parametrize("people", [[], ["li"]])
def test_a_lead_is_told_of_a_unit_that_is_known_only_after_the_sheet(people: list[str]) -> None:
    """CHK-04, CON-43: where the visitor, or somebody he has a tie to, belonged that day; no publication is refused for what nobody sees."""
    hall = drawn()
    sheet(hall, "zheng", "v2")
    assert sheet(hall, "wu", "v1").st == "applied"
    if people:
        tie(hall, "wu", [], ["feng"], "8:00")
    assert asked(hall, "v1") == []
    who = hall.tx.get(PersonRecord, "feng" if people else "wu")
    assert who is not None
    units = [UnitTerm("u1", "2026-01-01", DAY), UnitTerm("c-lead", NEXT)]
    hall.tick(at("8:00", NEXT))
    put_person(hall.tx, msgspec.structs.replace(who, unit="c-lead", units=units))
    assert (asked(hall, "v1"), asked(hall, "v2")) == (["tie"], [])
    assert by_lead(hall, "visit.publish", "v1", Publish()).code == "ITEMS_OPEN"


def test_who_moves_into_the_unit_from_the_day_of_the_visit_on_finds_nothing_to_visit_that_day() -> None:
    """CHK-04, VIS-02: said by the office days before."""
    hall = drawn()
    own = missions(hall)["u1"]
    person = hall.tx.get(PersonRecord, "wu")
    assert person is not None
    units = [UnitTerm("c-lead", "2026-01-01", DAY), UnitTerm("u1", NEXT)]
    put_person(hall.tx, msgspec.structs.replace(person, unit="c-lead", units=units, outside=False))
    hall.tick(at("16:00", DAY))
    assert ("mission", own) in of_plan(hall, "wu")
    hall.tick(at("0:01", NEXT))
    assert ("mission", own) not in of_plan(hall, "wu")
    assert ("mission", own) in of_plan(hall, "zheng")


def test_a_window_that_is_another_units_by_the_time_of_the_visit_is_asked_about() -> None:
    """CHK-04, CHK-09: what was seen there is told to the unit that was drawn with a reason only; a move after the visit is none."""
    hall = drawn()
    window = hall.row("mission", missions(hall)["u1"])["window"]
    assert sheet(hall, "zheng", "v2").st == "applied"
    post = next(one for one in hall.tx.ask("posts") if one.number == window)
    put_post(hall.tx, msgspec.structs.replace(post, unit="u2"))
    assert sheet(hall, "wu", "v1").st == "applied"
    assert (asked(hall, "v1"), asked(hall, "v2")) == (["window"], [])
    assert by_lead(hall, "visit.publish", "v1", Publish()).code == "ITEMS_OPEN"


def test_a_tie_that_was_over_before_the_visit_is_none() -> None:
    """CHK-04."""
    hall = drawn()
    tie(hall, "wu", ["u1"], [], "7:00")
    tie(hall, "wu", [], [], "8:00")
    sheet(hall, "wu", "v1")
    assert asked(hall, "v1") == ["alone"]
