"""All results of a plan published in one act: together, each with its own record, what cannot be is named (CHK-09, PRV-17)."""

from typing import Any

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit
from server.domain.visit.plan_ops import CommitPlan, DrawPlan, DropPlan, PublishPlan, RevealPlan
from server.domain.visit.result_ops import AnswerVisit, FactCheck
from tests.server.scenes.small_hall import ACTORS, PEOPLE, at, small_hall
from tests.support.memory_tx import MemoryHall

DAY = "2026-11-24"
ITEMS = list(items_of(shipped_checklists()["ms-1"]))
HEADS = {"u1": "zhao", "u2": "feng"}


def visited(items: dict[str, int] | None = None, *, sheets: bool = True) -> MemoryHall:
    """A plan over both units, drawn, and a sheet of each; `items`: how many of them are marked in a unit, all without."""
    hall = small_hall()
    plan = CommitPlan("验收", "covert", "ms-1", ["u1", "u2"], ["wu", "zheng"], DAY, DAY, ["上午", "下午"], "5a" * 32, coverage_percent=100)
    assert hall.send(ACTORS["sun"], "plan.commit", "p1", plan, received=at("10:00")).st == "applied"
    hall.tx.minutes = [(at("10:02"), b"after")]
    assert hall.send(ACTORS["sun"], "plan.draw", "p1", DrawPlan(), guard={"p1": hall.tx.version("plan", "p1") or 0}).st == "applied"
    missions = {row["unit"]: rid for rid, row in hall.rows("mission") if rid.startswith("p1:")}
    assert missions.keys() == HEADS.keys()
    for unit, mission in sorted(missions.items()) if sheets else ():
        answers = [ItemAnswer(item, "full") for item in ITEMS[: (items or {}).get(unit)]]
        sheet = RecordVisit(mission, "ms-1", at("9:00", DAY), at("9:20", DAY), answers)
        assert hall.send(ACTORS["wu"], "visit.record", unit, sheet, received=at("10:00", DAY)).st == "applied"
    return hall


def lead(hall: MemoryHall, kind: str, rid: str, args: Any, clock: str = "10:10", day: str = DAY) -> Outcome:
    return hall.send(ACTORS["sun"], kind, rid, args, guard={rid: hall.tx.version("visit", rid) or 0}, received=at(clock, day))


def publish_all(
    hall: MemoryHall, clock: str = "11:00", day: str = DAY, who: str = "sun", seen: dict[str, int] | None = None, **more: Any
) -> Outcome:
    guard = {rid: hall.tx.version("visit", rid) or 0 for rid in ("u1", "u2")} if seen is None else seen
    return hall.send(ACTORS[who], "plan.publish", "p1", PublishPlan(["u1", "u2"], **more), guard=guard, received=at(clock, day))


def states(hall: MemoryHall) -> dict[str, str]:
    return {unit: row["state"] for unit in HEADS if (row := hall.row("visit", unit))}


def left(hall: MemoryHall) -> dict[str, str]:
    return {one["visit"]: one["code"] for one in hall.row("plan", "p1").get("left", [])}


def test_everything_that_is_checked_is_published_together_and_each_keeps_its_own_record() -> None:
    """CHK-09, PRV-17: at one moment, to unit, office and leaders."""
    hall = visited()
    for unit, head in HEADS.items():
        assert lead(hall, "visit.check", unit, FactCheck()).st == "applied"
        assert hall.send(ACTORS[head], "visit.answer", unit, AnswerVisit("情况属实"), received=at("10:30", DAY)).st == "applied"
        assert hall.buckets("visit.unit", unit) == {f"head:{unit}", "u:sun"}
    assert publish_all(hall, text="请举一反三").st == "applied"
    assert states(hall) == {"u1": "published", "u2": "published"}
    assert left(hall) == {}
    rows = [hall.row("visit.unit", unit) for unit in HEADS]
    assert [(row["published_at"], row["text"], row["unit"]) for row in rows] == [(at("11:00", DAY), "请举一反三", unit) for unit in HEADS]
    assert hall.buckets("visit.unit", "u1") == {"head:u1", "u:sun", "role:OFF", "role:LEAD", "role:DIS"}
    plan = hall.row("plan", "p1")
    assert (plan["covered"]["reached"], plan["published_at"]) == (2, at("11:00", DAY))


def test_what_cannot_be_published_yet_is_left_sealed_and_named_with_the_reason() -> None:
    """CHK-05, EVD-12: one unit has answered, the other still has its time."""
    hall = visited()
    for unit in HEADS:
        lead(hall, "visit.check", unit, FactCheck())
    hall.send(ACTORS["zhao"], "visit.answer", "u1", AnswerVisit("情况属实"), received=at("10:30", DAY))
    assert publish_all(hall).st == "applied"
    assert (states(hall), left(hall)) == ({"u1": "published", "u2": "checking"}, {"u2": "ANSWER_TIME"})
    assert hall.buckets("visit.unit", "u2") == {"head:u2", "u:sun"}
    assert hall.buckets("plan", "p1") == {"u:sun"}
    assert publish_all(hall, day="2026-12-02").st == "applied"
    assert (states(hall), left(hall)) == ({"u1": "published", "u2": "published"}, {})
    assert hall.row("visit.unit", "u1")["published_at"] == at("11:00", DAY), "what was told stays as it was told"


@pytest.mark.parametrize(
    ("how", "codes"),
    [
        ({}, {"u1": "UNCHECKED", "u2": "UNCHECKED"}),
        ({"unchecked": True}, {}),
        ({"unchecked": True, "seen": {"u1": 99}}, {"u1": "STALE", "u2": "STALE"}),
    ],
)
def test_who_was_not_asked_to_check_is_published_only_when_the_lead_says_so_and_on_the_version_seen(
    how: dict[str, Any], codes: dict[str, str]
) -> None:
    """CHK-09."""
    hall = visited()
    assert publish_all(hall, **how).st == "applied"
    assert left(hall) == codes
    assert states(hall) == {unit: "recorded" if unit in codes else "published" for unit in HEADS}


def test_a_sheet_with_items_nobody_has_marked_is_told_one_by_one() -> None:
    """CHK-07: it wants a reason of its own."""
    hall = visited({"u2": 5})
    assert publish_all(hall, unchecked=True, text="请整改").st == "applied"
    assert left(hall) == {"u2": "ITEMS_OPEN"}


def test_a_visit_of_another_plan_is_not_published_with_this_one() -> None:
    hall = visited()
    sheet = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), [ItemAnswer(item, "full") for item in ITEMS])
    assert hall.send(ACTORS["wu"], "visit.record", "v1", sheet, received=at("10:30", DAY)).st == "applied"
    guard = {"v1": hall.tx.version("visit", "v1") or 0}
    both = PublishPlan(["v1", "no such visit"], unchecked=True)
    assert hall.send(ACTORS["sun"], "plan.publish", "p1", both, guard=guard, received=at("11:00", DAY)).st == "applied"
    assert left(hall) == {"v1": "NO_RIGHT", "no such visit": "NO_RIGHT"}
    assert hall.row("visit", "v1")["state"] == "recorded"


def test_nobody_hears_of_it_before_and_nobody_else_can_do_it() -> None:
    """CHK-05: a stranger learns from the answer that he has no right, whether there is a plan or not."""
    hall = visited()
    others = [uid for uid in PEOPLE if uid != "sun"]
    assert {publish_all(hall, who=uid, unchecked=True).code for uid in others} == {"NO_RIGHT"}
    seen = hall.seen_by("hall", "head:u1", "role:OFF", "role:LEAD", *(f"u:{uid}" for uid in others if uid not in ("wu", "zheng")))
    assert publish_all(hall).st == "applied"
    assert hall.seen_by("hall", "head:u1", "role:OFF", "role:LEAD", *(f"u:{uid}" for uid in others if uid not in ("wu", "zheng"))) == seen


def test_a_plan_that_was_given_up_publishes_nothing_by_itself_and_a_revealed_one_still_does() -> None:
    hall = visited()
    assert lead(hall, "visit.publish", "u1", Publish()).st == "applied"
    guard = {"p1": hall.tx.version("plan", "p1") or 0}
    reveal = hall.send(ACTORS["sun"], "plan.reveal", "p1", RevealPlan(), guard=guard, received=at("9:00", "2026-11-30"))
    assert reveal.code == "TOO_EARLY", "it would tell which unit was visited and not told yet (CHK-05)"
    hall.tick(at("9:00", "2027-03-15"))
    assert hall.row("plan.public", "p1") is not None
    assert publish_all(hall, day="2027-03-15", unchecked=True).st == "applied"
    assert states(hall) == {"u1": "published", "u2": "published"}
    assert hall.row("plan.public", "p1")["covered"]["reached"] == 2
    hall = visited()
    guard = {"p1": hall.tx.version("plan", "p1") or 0}
    assert hall.send(ACTORS["sun"], "plan.drop", "p1", DropPlan("改期"), guard=guard).st == "applied"
    assert publish_all(hall, unchecked=True).code == "GONE"


# After the draw was shown ---------------------------------------------------------------------------------------------


def late(known: tuple[str, str]) -> MemoryHall:
    """A plan without a sheet is revealed by itself on 9 December; one of u1 arrives the day after, proven to have been there at `known`."""
    hall = visited({}, sheets=False)
    hall.tick(at("0:01", "2026-12-09"))
    assert hall.row("plan.public", "p1") is not None
    answers = [ItemAnswer(item, "full") for item in ITEMS]
    (mission,) = [rid for rid, row in hall.rows("mission") if rid.startswith("p1:") and row["unit"] == "u1"]
    sheet = RecordVisit(mission, "ms-1", at("9:00", DAY), at("9:20", DAY), answers)
    op = hall.op(ACTORS["wu"], "visit.record", "u1", sheet, at=at("9:21", DAY), received=at("10:00", "2026-12-10"))
    window = msgspec.structs.replace(op.window, not_after=at(*known))
    assert hall.run(msgspec.structs.replace(op, window=window)).st == "applied"
    return hall


def test_a_sheet_nobody_can_tell_was_there_before_the_draw_was_shown_is_taken_with_a_doubt_the_lead_passes_over_with_a_reason() -> None:
    """CHK-04, EVD-01: who knows the draw could have made it up; it is kept, and the unit is told."""
    hall = late(("10:00", "2026-12-10"))
    (team,) = [row for _, row in hall.rows("visit.team") if row["visits"] == ["u1"]]
    assert "drawn" in team["hints"]["u1"]
    assert publish_all(hall, day="2026-12-10", unchecked=True).st == "applied"
    assert left(hall)["u1"] == "ITEMS_OPEN"
    assert lead(hall, "visit.publish", "u1", Publish(), day="2026-12-10").code == "ITEMS_OPEN"
    assert lead(hall, "visit.publish", "u1", Publish("手机送修，记录当天写成"), day="2026-12-10").st == "applied"
    assert (hall.row("visit.unit", "u1")["after_draw"], hall.row("visit.unit", "u1")["text"]) == (True, "手机送修，记录当天写成")


def test_a_sheet_proven_to_have_been_there_before_the_draw_was_shown_is_as_good_as_any_whenever_it_arrives() -> None:
    """CHK-04, EVD-03: the phone had told the server of its chain."""
    hall = late(("23:59", "2026-12-08"))
    assert lead(hall, "visit.publish", "u1", Publish(), day="2026-12-10").st == "applied"
    assert "after_draw" not in hall.row("visit.unit", "u1")
