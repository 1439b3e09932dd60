"""Two people, one checklist: joined item by item in any order of arrival (CON-35), and what one may ask about a sheet."""

from typing import Any

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.hall.handlers import put_duty, put_hall
from server.domain.hall.ops import LUNCH, SessionDuty
from server.domain.hall.tables import DutyRecord, HallRecord
from server.domain.norms.ops import PutChecklist
from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.patrol.ops import Tie
from server.domain.visit.handlers import put_mission
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit, Void
from server.domain.visit.result_ops import AnswerVisit, FactCheck, Hint, SettleItem, WithdrawVisit
from server.domain.visit.team import Doubt, Floors, Seen, doubts, hints
from sync.ops import Blob
from tests.server.scenes.small_hall import ACTORS, DAY, DOMAINS, at, mission, small_hall
from tests.server.scenes.team import TEAM_SCENES, Filled
from tests.support.memory_tx import MemoryHall

FLOORS = Floors(dwell_minutes=10, batch_items=3, batch_seconds=5)


def hand_in(hall: MemoryHall, sheet: Filled) -> Outcome:
    args = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), sheet.answers())
    return hall.send(ACTORS[sheet.who], "visit.record", sheet.rid, args, received=at("10:00"))


def settle(hall: MemoryHall, item: str, mark: Any, who: str = "sun") -> Outcome:
    guard = {"m1": hall.tx.version("visit.team", "m1") or 0}
    return hall.send(ACTORS[who], "visit.settle", "m1", SettleItem(item, mark, "录音为证"), guard=guard)


DIFFER = next(scene for scene in TEAM_SCENES if scene.undecided)


def differing() -> MemoryHall:
    hall = small_hall()
    for sheet in DIFFER.sheets:
        hand_in(hall, sheet)
    return hall


def test_only_the_lead_sees_the_sheets_as_one_and_both_words_stay() -> None:
    """CON-35, CHK-05."""
    hall = differing()
    assert hall.buckets("visit.team", "m1") == {"u:sun"}
    (one,) = hall.row("visit.team", "m1")["differs"]
    assert (one["item"], one["marks"]) == ("MS11", {"v1": "fail", "v2": "full"})
    marks = {rid: {a["item"]: a["mark"] for a in row["answers"]}["MS11"] for rid, row in hall.rows("visit")}
    assert marks == {"v1": "fail", "v2": "full"}


def test_an_item_is_settled_by_the_lead_on_what_the_lead_saw() -> None:
    """CON-35: no stranger, no visitor, no stale look, nothing on which nobody differs."""
    hall = differing()
    assert settle(hall, "MS11", "fail", "wu").code == settle(hall, "MS11", "fail", "zhao").code == "NO_RIGHT"
    assert hall.send(ACTORS["sun"], "visit.settle", "m1", SettleItem("MS11", "fail"), guard={"m1": 1}).code == "STALE"
    assert settle(hall, "MS01", "fail").code == "INVALID"
    assert settle(hall, "MS11", "half").st == "applied"
    assert hall.row("visit.team", "m1")["undecided"] == 0


def test_a_lead_who_went_along_does_not_decide_between_the_others_word_and_his_own() -> None:
    """CON-35."""
    hall = small_hall()
    one = mission()
    one.team = ["wu", "sun"]
    hall.tx.put(one)
    for sheet in DIFFER.sheets:
        assert hand_in(hall, sheet._replace(who={"zheng": "sun"}.get(sheet.who, sheet.who))).st == "applied"
    assert settle(hall, "MS11", "fail").code == "OBSERVER"

    other = next(rid for rid, row in hall.rows("visit") if row["visitor"] != "sun")
    version = hall.tx.version("visit", other) or 0
    assert hall.send(ACTORS["sun"], "visit.void", other, Void("身份暴露"), guard={other: version}).code == "OBSERVER"


def test_a_published_result_moves_only_by_being_withdrawn_first() -> None:
    """EVD-12, CON-35: what is decided a month later would count, and the time to ask for a review would be over."""
    hall = differing()
    assert publish(hall, "v1").st == "applied"
    before = hall.row("visit.unit", "v1")
    assert settle(hall, "MS11", "fail").code == "GONE"
    assert hall.row("visit.unit", "v1") == before
    guard = {"v1": hall.tx.version("visit", "v1") or 0}
    assert hall.send(ACTORS["sun"], "visit.withdraw", "v1", WithdrawVisit("补认定"), guard=guard).st == "applied"
    assert settle(hall, "MS11", "fail").st == "applied"


def publish(hall: MemoryHall, rid: str) -> Outcome:
    return hall.send(ACTORS["sun"], "visit.publish", rid, Publish("请整改"), guard={rid: hall.tx.version("visit", rid) or 0})


def test_one_result_is_published_of_all_sheets_and_says_nothing_undecided() -> None:
    """CON-35, CHK-09: the mission has one result, whichever sheet the lead published it from."""
    hall = differing()
    assert publish(hall, "v2").st == "applied"
    assert [rid for rid, _ in hall.rows("visit.unit")] == ["v2"]
    row = hall.row("visit.unit", "v2")
    assert (row["score"]["tenths"], row["undecided"], row["failed"]) == (1000, 1, [])
    assert {row["state"] for _, row in hall.rows("visit")} == {"published"}
    assert publish(hall, "v1").code == "GONE"


def test_a_sheet_that_arrives_after_publication_waits_for_the_lead() -> None:
    """CON-35: what the unit sees moves only when the lead publishes anew."""
    hall = small_hall()
    first, second = DIFFER.sheets
    hand_in(hall, second)
    publish(hall, "v2")
    before = hall.row("visit.unit", "v2")
    hand_in(hall, first)
    assert hall.row("visit.unit", "v2") == before
    assert hall.row("visit.team", "m1")["undecided"] == 1
    assert publish(hall, "v1").st == "applied"
    assert hall.row("visit.unit", "v2")["undecided"] == 1


@pytest.mark.parametrize("kind", ["check", "publish"])
def test_the_lead_tells_nothing_of_a_sheet_that_came_after_he_looked(kind: str) -> None:
    """CHK-09, CON-35: on exactly the versions seen, of the sheet and of the team's word."""
    hall = small_hall()
    first, second = DIFFER.sheets
    hand_in(hall, first)
    seen = {"v1": hall.tx.version("visit", "v1") or 0, "m1": hall.tx.version("visit.team", "m1") or 0}
    hand_in(hall, second)
    args = Publish("请整改") if kind == "publish" else FactCheck()
    known = hall.tx.version("visit.team", "m1")
    assert hall.send(ACTORS["sun"], f"visit.{kind}", "v1", args, guard=seen) == Outcome("refused", "STALE", known)
    assert hall.row("visit.unit", "v1") is None
    assert hall.send(ACTORS["sun"], f"visit.{kind}", "v1", args, guard=seen | {"m1": known or 0}).st == "applied"


def check(hall: MemoryHall, rid: str) -> Outcome:
    return hall.send(ACTORS["sun"], "visit.check", rid, FactCheck(), guard={rid: hall.tx.version("visit", rid) or 0})


def agree(hall: MemoryHall, rid: str = "v1") -> None:
    assert hall.send(ACTORS["zhao"], "visit.answer", rid, AnswerVisit("无误")).st == "applied"


def test_a_sheet_that_comes_after_the_fact_check_is_checked_too_before_anything_is_published() -> None:
    """CHK-09, EVD-12: the head saw the other one alone, and said it was right."""
    hall = small_hall()
    first, second = DIFFER.sheets
    hand_in(hall, second)
    assert check(hall, "v2").st == "applied"
    hand_in(hall, first)
    agree(hall, "v2")
    assert publish(hall, "v2").code == publish(hall, "v1").code == "UNCHECKED"
    assert check(hall, "v1").st == "applied"
    assert publish(hall, "v2").code == "ANSWER_TIME"
    agree(hall, "v2")
    assert publish(hall, "v2").st == "applied"


@pytest.mark.parametrize("how", ["settle", "void"])
def test_a_result_that_says_something_else_after_the_fact_check_is_checked_anew(how: str) -> None:
    """CHK-09, EVD-12: an item decided, or a sheet struck, since the head said it was right."""
    hall = differing()
    assert check(hall, "v1").st == "applied"
    agree(hall)
    hall.tx.now += 60_000
    assert (settle(hall, "MS11", "fail") if how == "settle" else strike(hall, "v2")).st == "applied"
    assert publish(hall, "v1").code == "ANSWER_TIME"
    agree(hall)
    assert publish(hall, "v1").st == "applied"


def test_a_sheet_declared_void_leaves_the_result_to_the_other() -> None:
    """CON-35, EVD-12: what everybody has read is withdrawn first and published anew, with the time to answer what it says then."""
    hall = differing()
    publish(hall, "v1")
    before = hall.row("visit.unit", "v1")
    assert strike(hall, "v1").code == "GONE"
    assert hall.row("visit.unit", "v1") == before
    guard = {"v1": hall.tx.version("visit", "v1") or 0}
    assert hall.send(ACTORS["sun"], "visit.withdraw", "v1", WithdrawVisit("走错窗口"), guard=guard).st == "applied"
    assert strike(hall, "v1").st == "applied"
    hall.tick(at("9:00", "2026-12-20"))
    assert publish(hall, "v2").st == "applied"
    row = hall.row("visit.unit", "v1")
    assert "undecided" not in row
    assert row["answer_until"] > "2026-12-20"
    assert hall.row("mission", "m1")["state"] == "published"


def test_the_last_sheet_of_a_published_result_takes_it_back_altogether() -> None:
    """CON-35, CHK-09: a late sheet that nobody was told of goes without it."""
    hall = small_hall()
    first, second = DIFFER.sheets
    hand_in(hall, second)
    publish(hall, "v2")
    hand_in(hall, first)
    before = hall.row("visit.unit", "v2")
    assert strike(hall, "v1").st == "applied"
    assert hall.row("visit.unit", "v2") == before
    assert strike(hall, "v2").st == "applied"
    assert hall.row("visit.unit", "v2") is None


def strike(hall: MemoryHall, rid: str) -> Outcome:
    return hall.send(ACTORS["sun"], "visit.void", rid, Void("走错窗口"), guard={rid: hall.tx.version("visit", rid) or 0})


@pytest.mark.parametrize("asked", ["ms-1", "ms-2"])
def test_two_versions_of_one_list_are_one_visit(asked: str) -> None:
    """CON-35, IDX-26, §6: one phone had not heard of the new version; items that both have are joined, and what failed is one problem."""
    hall = small_hall(domains=(*DOMAINS, CAMPAIGN))
    old = shipped_checklists()["ms-1"]
    *others, last = old.groups
    *items, first, dropped = last.items
    heavier = msgspec.structs.replace(first, points=first.points + dropped.points)
    groups = [*others, msgspec.structs.replace(last, items=[*items, heavier])]
    newer = PutChecklist(names=old.names, groups=groups, use="visit", valid_from=DAY, text="新版")
    assert hall.send(ACTORS["sun"], "norm.checklist", "ms-2", newer).st == "applied"
    one = mission()
    one.checklist = asked
    put_mission(hall.tx, one)
    for who, rid, version in (("wu", "v1", "ms-1"), ("zheng", "v2", "ms-2")):
        every = items_of(hall.tx.ask("checklist", id=version))
        answers = [ItemAnswer(item, "fail" if item == "MS19" else "full", "训斥") for item in every]
        args = RecordVisit("m1", version, at("9:00"), at("9:20"), answers)
        assert hall.send(ACTORS[who], "visit.record", rid, args, received=at("10:00")).st == "applied"
    team = hall.row("visit.team", "m1")
    assert (team["visits"], team["checklist"], team.get("hints")) == (["v1", "v2"], asked, None)
    assert team["answered"] == team["items"] == len(items_of(hall.tx.ask("checklist", id=asked)))
    assert publish(hall, "v2").st == "applied"
    assert publish(hall, "v1").code == "GONE"
    assert [row["score"]["vetoes"] for _, row in hall.rows("visit.unit")] == [["MS19"]]
    assert len(list(hall.rows("problem"))) == 1


MARKED = [ItemAnswer("MS01", "full", at=at("9:05")), ItemAnswer("MS02", "full", at=at("9:08")), ItemAnswer("MS03", "full", at=at("9:12"))]
RUSHED = [ItemAnswer(item.item, item.mark, at=at("9:15:01") + n * 2000) for n, item in enumerate(MARKED)]
CALM = Seen("covert", at("9:00"), at("9:20"), MARKED, [("a", at("9:10"))], False)


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (CALM, []),
        (CALM._replace(left_at=at("9:09")), ["dwell", "photo_time"]),
        (CALM._replace(method="phone", left_at=at("9:03"), photos=[]), []),
        (CALM._replace(method="open", left_at=at("9:10")), []),
        (CALM._replace(answers=RUSHED), ["batch"]),
        (CALM._replace(answers=RUSHED[:2]), []),
        (CALM._replace(answers=[ItemAnswer(i.item, i.mark) for i in RUSHED]), []),
        (CALM._replace(photos=[("a", at("8:59"))]), ["photo_time"]),
        (CALM._replace(method="tracking", photos=[("a", at("8:59"))]), []),
        (CALM._replace(reused=True), ["photo_reused"]),
    ],
)
def test_hints_say_what_one_may_ask(seen: Seen, said: list[Hint]) -> None:
    """PTL, CHK: batch filling, a reused photo, dwell below the floor are hints, nothing more."""
    assert hints(seen, FLOORS) == said


SOUND = Doubt("covert", DAY, (DAY, DAY), True, ahead=False, tied=False, conflict=False, revealed=False, drawn=False, moved=False)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (SOUND, []),
        (SOUND._replace(is_open=False), ["hours"]),
        (SOUND._replace(is_open=False, method="phone"), []),
        (SOUND._replace(day="2026-11-22"), ["day"]),
        (SOUND._replace(day="2026-11-24"), ["day"]),
        (SOUND._replace(ahead=True, tied=True), ["ahead", "tie"]),
        (SOUND._replace(conflict=True, revealed=True), ["conflict", "revealed"]),
        (SOUND._replace(drawn=True), ["drawn"]),
        (SOUND._replace(moved=True), ["window"]),
    ],
)
def test_doubts_say_what_a_reason_is_wanted_for(one: Doubt, said: list[Hint]) -> None:
    """CHK-04, CHK-06: when it was, and who was there."""
    assert doubts(one) == said


@pytest.mark.parametrize("how", [{"conflict": "我妻子在该窗口"}, {"revealed": True}, {"left_at": at("10:01")}, {"arrived_at": at("2:00")}])
def test_a_doubtful_visit_is_published_with_a_reason_only(how: dict[str, Any]) -> None:
    """CHK-04, CHK-06: at two at night, later than it was sent, by somebody known there or tied to the unit."""
    hall = small_hall()
    answers = [ItemAnswer(item, "full") for item in items_of(shipped_checklists()["ms-1"])]
    sheet = msgspec.structs.replace(RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), answers), **how)
    assert hall.send(ACTORS["wu"], "visit.record", "v1", sheet, received=at("10:00")).st == "applied"
    guard = {"v1": hall.tx.version("visit", "v1") or 0}
    assert hall.send(ACTORS["sun"], "visit.publish", "v1", Publish(""), guard=guard).code == "ITEMS_OPEN"
    assert hall.send(ACTORS["sun"], "visit.publish", "v1", Publish("已核实"), guard=guard).st == "applied"


def test_a_visit_to_a_unit_with_lunch_duty_is_in_opening_time() -> None:
    """CAL-05, CHK-04: at 12:20 there is nothing to explain, where a window of the unit was open then."""
    answers = [ItemAnswer(item, "full") for item in items_of(shipped_checklists()["ms-1"])]
    codes = []
    for later in ([], [SessionDuty(LUNCH, "li")]):
        hall = small_hall(today=DAY)
        record = hall.tx.get(HallRecord, "hall")
        record.hall = msgspec.structs.replace(record.hall, lunch=("12:00", "14:30"))
        put_hall(hall.tx, record)
        put_duty(hall.tx, DutyRecord(rid=f"{DAY}:w1", day=DAY, post="w1", a="wang", b="li", later=later))
        sheet = RecordVisit("m1", "ms-1", at("12:20"), at("12:40"), answers)
        assert hall.send(ACTORS["wu"], "visit.record", "v1", sheet, received=at("13:00")).st == "applied"
        guard = {"v1": hall.tx.version("visit", "v1") or 0}
        codes.append(hall.send(ACTORS["sun"], "visit.publish", "v1", Publish(""), guard=guard).code)
    assert codes == ["ITEMS_OPEN", None]


def test_a_tie_declared_after_the_draw_is_asked_about() -> None:
    """CHK-04, PTL-07."""
    hall = small_hall()
    assert hall.send(ACTORS["wu"], "patrol.tie", "wu", Tie(["u1"], [], "亲属")).st == "applied"
    answers = [ItemAnswer(item, "full") for item in items_of(shipped_checklists()["ms-1"])]
    hall.send(ACTORS["wu"], "visit.record", "v1", RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), answers), received=at("10:00"))
    assert "tie" in hall.row("visit.team", "m1")["hints"]["v1"]


PHOTO = Blob("a" * 64, 9, "image/jpeg", at("9:10"))


def show_photo(hall: MemoryHall, who: str, mission_rid: str, rid: str) -> None:
    args = RecordVisit(mission_rid, "ms-1", at("9:00"), at("9:20"), [ItemAnswer("MS01", "fail", photos=[PHOTO.sha256])])
    assert hall.send(ACTORS[who], "visit.record", rid, args, received=at("10:00"), blobs=[PHOTO]).st == "applied"


@pytest.mark.parametrize("order", [[("wu", "m1", "v1"), ("zheng", "m2", "v2")], [("zheng", "m2", "v2"), ("wu", "m1", "v1")]])
def test_a_picture_of_another_mission_is_a_hint_whoever_sent_it_and_whichever_came_first(order: list[tuple[str, str, str]]) -> None:
    """CHK-07, CHK-05: both leads are told that the picture was used elsewhere, and nobody is told where."""
    hall = small_hall()
    other = msgspec.structs.replace(mission(), rid="m2", team=["zheng"], team_names=["郑"], lead="chen")
    put_mission(hall.tx, other)
    for who, mission_rid, rid in order:
        show_photo(hall, who, mission_rid, rid)
    assert hall.row("visit.team", "m1")["hints"] == {"v1": ["photo_reused", "alone"]}
    assert hall.row("visit.team", "m2")["hints"] == {"v2": ["photo_reused"]}
    assert (hall.buckets("visit.team", "m1"), hall.buckets("visit.team", "m2")) == ({"u:sun"}, {"u:chen"})
    told = [hall.tx.rows[kind, rid].body for kind, rid in (("visit.team", "m1"), ("visit", "v1"), ("mission", "m1"))]
    assert not any(named in body for body in told for named in ("m2", "v2", "chen"))


def test_a_picture_two_of_one_team_share_is_no_hint() -> None:
    """CHK-07: both were there."""
    hall = small_hall()
    show_photo(hall, "wu", "m1", "v1")
    show_photo(hall, "zheng", "m1", "v2")
    assert "hints" not in hall.row("visit.team", "m1")


def test_a_hint_is_the_leads_alone_and_changes_no_score() -> None:
    """CHK-07."""
    hall = small_hall()
    args = RecordVisit("m1", "ms-1", at("9:00"), at("9:02"), [ItemAnswer("MS01", "full")])
    hall.send(ACTORS["wu"], "visit.record", "v1", args, received=at("10:00"))
    assert hall.row("visit.team", "m1")["hints"] == {"v1": ["dwell", "alone"]}
    assert hall.row("visit", "v1")["score"]["tenths"] == 1000
    assert "dwell" not in hall.tx.rows["visit", "v1"].body
