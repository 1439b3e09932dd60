"""Applications followed step by step (CHK-01, CHK-08): sealed, in order of their times, and a test burdens nobody."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.visit.case_ops import OpenCase, PermitCase, StepCase
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit
from server.domain.visit.result_ops import FactCheck
from server.domain.visit.tables import ResultRecord
from tests.server.scenes.small_hall import ACTORS, PEOPLE, at, small_hall
from tests.support.memory_tx import MemoryHall

SEALED = {"u:wu", "u:zheng", "u:sun"}
SHARED = {"hall", "pub", "unit:u1", "head:u1", "role:OFF", "role:INS", "role:EFF", "role:LEAD", "role:TEAM", "role:CHECK", "role:SUP"}
STEPS = (
    StepCase("submitted", at("9:05")),
    StepCase("receipt", at("9:20"), number="受2026-118", due_day="2026-11-27"),
    StepCase("asked", at("9:40"), text="问了办理时限", equal="no"),
    StepCase("withdrawn", at("9:55"), text="说明是测试，当场撤回"),
)


def permit(hall: MemoryHall, who: str = "sun", **more: Any) -> Outcome:
    args: dict[str, Any] = {"mission": "m1", "number": "测2026-7", "matter": "个体户登记", "until_day": "2026-11-30"}
    return hall.send(ACTORS[who], "case.permit", "p1", PermitCase(**(args | more)), received=at("8:50"))


def begin(hall: MemoryHall, kind: Any = "test", who: str = "wu", permitted: str = "测2026-7") -> Outcome:
    args = OpenCase("m1", kind, "个体户登记", permitted if kind == "test" else "")
    return hall.send(ACTORS[who], "case.open", "c1", args, at=at("9:00"), received=at("10:00"))


def step(hall: MemoryHall, args: StepCase, who: str = "wu") -> Outcome:
    return hall.send(ACTORS[who], "case.step", "c1", args, at=args.at, received=at("10:00"), op_id=f"op-{args.at}")


def followed(*steps: StepCase, kind: Any = "test") -> MemoryHall:
    hall = small_hall()
    assert permit(hall).st == "applied"
    assert begin(hall, kind).st == "applied"
    for one in steps:
        assert step(hall, one).st == "applied"
    return hall


def test_an_application_is_followed_with_receipt_promise_and_end() -> None:
    """CHK-01, CHK-08."""
    row = followed(*STEPS).row("case", "c1")
    assert [one["kind"] for one in row["steps"]] == ["submitted", "receipt", "asked", "withdrawn"]
    assert (row["permitted"], row["open"], row["due_day"], row.get("late", False)) == (True, False, "2026-11-27", False)
    assert row["steps"][1]["number"] == "受2026-118"


def test_steps_stand_in_the_order_of_their_times_whatever_arrives_first() -> None:
    """CHK-08: even before the application itself."""
    rows = set()
    for order in permutations(STEPS[:3]):
        hall = small_hall()
        permit(hall)
        assert step(hall, order[0]).code == "REF_WAIT"
        begin(hall)
        for one in order[1:]:
            step(hall, one)
        rows.add(hall.tx.rows["case", "c1"].body)
    assert len(rows) == 1


def test_nobody_outside_the_mission_sees_or_learns_anything() -> None:
    """CHK-05."""
    quiet = small_hall()
    hall = followed(*STEPS)
    others = {f"u:{uid}" for uid in PEOPLE} - SEALED
    assert hall.seen_by(*others, *SHARED) == quiet.seen_by(*others, *SHARED)
    assert hall.buckets("case", "c1") == hall.buckets("case.permit", "p1") == SEALED
    for who in ("wang", "zhao", "zhou", "ma"):
        assert step(hall, STEPS[0], who) == step(small_hall(), STEPS[0], who) == Outcome("held", "NO_RIGHT")
        assert begin(hall, who=who) == Outcome("held", "NO_RIGHT")
        assert permit(hall, who).code == permit(small_hall(), who).code == "NO_RIGHT"


@pytest.mark.parametrize("last", [None, StepCase("finished", at("9:50"))])
def test_nothing_is_told_while_a_test_application_stands(last: StepCase | None) -> None:
    """CHK-08: a test that is merely finished would be a false official act."""
    hall = followed(*STEPS[:3], *([last] if last else []))
    args = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), [ItemAnswer("MS01", "full")])
    hall.send(ACTORS["wu"], "visit.record", "v1", args, received=at("10:00"))
    guard = {"v1": hall.tx.version("visit", "v1") or 0}
    for kind, said in (("visit.publish", Publish("只查了几项")), ("visit.check", FactCheck())):
        assert hall.send(ACTORS["sun"], kind, "v1", said, guard=guard).code == "CASE_OPEN"
    step(hall, StepCase("marked", at("9:59"), text="已标注测试件"))
    assert (
        hall.send(ACTORS["sun"], "visit.publish", "v1", Publish("只查了几项"), guard={"v1": hall.tx.version("visit", "v1") or 0}).st
        == "applied"
    )
    (told,) = hall.row("visit.unit", "v1")["cases"]
    assert (told["number"], told["permit"], told["ended"]) == ("受2026-118", "测2026-7", "marked")
    (result,) = hall.tx.find(ResultRecord)
    assert (result.tested, result.equal) == (1, 0)


def test_the_lead_ends_a_test_application_whose_visitors_are_gone_and_records_nothing_else_of_it() -> None:
    """CHK-08: or nobody could ever be told of the check."""
    hall = followed(*STEPS[:2])
    assert step(hall, StepCase("finished", at("9:50")), "sun") == Outcome("held", "NO_RIGHT")
    assert step(hall, StepCase("marked", at("9:51"), text="已请受检单位标注"), "zhao") == Outcome("held", "NO_RIGHT")
    assert step(hall, StepCase("marked", at("9:52"), text="已请受检单位标注"), "sun").st == "applied"
    row = hall.row("case", "c1")
    assert (row["open"], row["steps"][-1]["by"], hall.buckets("case", "c1")) == (False, "sun", SEALED)


def test_of_a_real_application_the_unit_is_told_nothing_that_finds_it_in_its_records() -> None:
    """CHK-05, CHK-08: its number or matter would be the visitor's name."""
    hall = followed(
        StepCase("receipt", at("9:20"), number="受2026-118", due_day="2026-11-27"), StepCase("finished", at("9:50")), kind="real"
    )
    args = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), [ItemAnswer("MS01", "full")])
    hall.send(ACTORS["wu"], "visit.record", "v1", args, received=at("10:00"))
    hall.send(ACTORS["sun"], "visit.publish", "v1", Publish("只查了几项"), guard={"v1": hall.tx.version("visit", "v1") or 0})
    assert hall.row("visit.unit", "v1")["cases"] == [{"kind": "real", "ended": "finished"}]
    assert not any(said in hall.tx.rows["visit.unit", "v1"].body for said in ("受2026-118", "个体户"))


def test_a_phone_that_is_fast_loses_no_step() -> None:
    """EVD-03, CHK-08: applied with the time that can be true, graded like every clock that fails."""
    hall = followed()
    fast = hall.op(ACTORS["wu"], "case.step", "c1", StepCase("asked", at("10:07")), at=at("10:06"), received=at("10:00"), grade="C")
    assert hall.run(fast).st == "applied"
    ahead = hall.op(ACTORS["wu"], "case.step", "c1", StepCase("promise", at("9:40")), at=at("9:35"), received=at("10:01"))
    assert hall.run(ahead).st == "applied"
    assert [(one["at"], one["grade"]) for one in hall.row("case", "c1")["steps"]] == [(at("9:35"), "A"), (at("10:00"), "C")]


def test_a_real_application_may_still_be_open_when_the_visit_is_published() -> None:
    """CHK-08: it is somebody's own, and burdens nobody."""
    hall = followed(STEPS[0], kind="real")
    args = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), [ItemAnswer("MS01", "full")])
    hall.send(ACTORS["wu"], "visit.record", "v1", args, received=at("10:00"))
    assert (
        hall.send(ACTORS["sun"], "visit.publish", "v1", Publish("只查了几项"), guard={"v1": hall.tx.version("visit", "v1") or 0}).st
        == "applied"
    )


@pytest.mark.parametrize(
    ("number", "until_day", "good"),
    [("测2026-7", "2026-11-30", True), ("测2026-8", "2026-11-30", False), ("测2026-7", "2026-11-22", False)],
)
def test_a_test_names_a_permission_and_says_whether_it_was_given(number: str, until_day: str, good: bool) -> None:
    """CHK-08: what happened is kept all the same, and the lead sees that nobody had permitted it."""
    hall = small_hall()
    permit(hall, number=number, until_day=until_day)
    begin(hall)
    step(hall, STEPS[0])
    assert hall.row("case", "c1")["permitted"] is good


def test_a_permission_given_later_is_seen_at_the_case() -> None:
    """CHK-08: nothing depends on what arrives first."""
    hall = small_hall()
    begin(hall)
    assert hall.row("case", "c1")["permitted"] is False
    permit(hall)
    assert hall.row("case", "c1")["permitted"] is True


def test_a_promise_that_is_missed_is_late() -> None:
    """CHK-08: finished after the promised day, or not at all."""
    done = StepCase("finished", at("9:30"))
    early = StepCase("promise", at("9:10"), due_day="2026-11-22")
    assert followed(early, done, kind="real").row("case", "c1")["late"] is True
    assert "late" not in followed(StepCase("promise", at("9:10"), due_day="2026-11-23"), done, kind="real").row("case", "c1")


@pytest.mark.parametrize("wrong", [StepCase("promise", at("9:00"), due_day="bald"), StepCase("receipt", 1, number="9" * 61)])
def test_a_step_that_cannot_be_is_kept_for_a_person(wrong: StepCase) -> None:
    """CHK-08."""
    assert step(followed(), wrong) == Outcome("held", "INVALID")


def test_a_test_without_a_number_is_kept_for_a_person() -> None:
    """CHK-08."""
    assert begin(small_hall(), permitted=" ") == Outcome("held", "INVALID")


@pytest.mark.parametrize("wrong", [{"number": " "}, {"matter": ""}, {"until_day": "bald"}])
def test_a_permission_without_number_matter_or_day_is_refused(wrong: dict[str, Any]) -> None:
    """CHK-08."""
    assert permit(small_hall(), **wrong).code == "INVALID"
