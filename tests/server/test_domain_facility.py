"""Inspections and repairs through their handlers: every failed item is a repair, who repairs never checks (FAC-01..08)."""

from itertools import permutations
from typing import Any

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.facility.handlers import DOMAIN as FACILITY
from server.domain.facility.ops import AssignRepair, CheckRepair, DropRepair, Fault, Inspect, Repaired, ReportFault
from server.domain.facility.rules import is_overdue, orders_of, state_of
from server.domain.facility.tables import RepairFact
from server.domain.norms.ops import ReadHandbook
from server.domain.norms.rules import ItemAnswer, items_of, shipped_checklists
from server.domain.visit.ops import RecordVisit
from sync.ops import Blob
from tests.server.scenes.small_hall import ACTORS, DOMAINS, at, small_hall
from tests.support.memory_tx import MemoryHall

LIST = shipped_checklists()["fa-1"]
HALL = DOMAINS if FACILITY in DOMAINS else (*DOMAINS, FACILITY)
PHOTO = "ab" * 32


def hall_of(now: str = "09:00") -> MemoryHall:
    return small_hall(now, domains=HALL)


def inspect(hall: MemoryHall, who: str = "lin", rid: str = "c1", failed: tuple[str, ...] = ("FC04", "FF05"), **more: Any) -> Outcome:
    """A round of the whole hall, all well but the failed items."""
    answers = [ItemAnswer(one, "fail", "坏了") if one in failed else ItemAnswer(one, "full") for one in items_of(LIST)]
    args = {"checklist": "fa-1", "from_at": at("9:00"), "to_at": at("9:25"), "answers": answers, "said_tenths": 950} | more
    return hall.send(ACTORS[who], "facility.inspect", rid, Inspect(**args), at=at("9:26"), received=at("9:30"))


def act(hall: MemoryHall, who: str, kind: str, args: msgspec.Struct, rid: str = "r1", clock: str = "10:00", **how: Any) -> Outcome:
    return hall.send(ACTORS[who], kind, rid, args, **({"at": at(clock), "received": at(clock)} | how))


def report(hall: MemoryHall, who: str = "wang", rid: str = "r1", **more: Any) -> Outcome:
    args = {"place": "w1", "text": "打印机卡纸", "at": at("9:30")} | more
    return act(hall, who, "repair.report", ReportFault(**args), rid, "9:30")


def state(hall: MemoryHall, rid: str = "r1") -> Any:
    return hall.row("repair", rid)["state"]


def test_a_round_is_scored_by_its_list_and_every_failed_item_becomes_a_repair() -> None:
    """FAC-05, FAC-06, FAC-01..04: offline work arrives whole, the list of §6.2 scores it."""
    hall = hall_of()
    assert inspect(hall, faults={"FF05": Fault("missing", "grave"), "FC04": Fault(place="w1", closes=True)}).st == "applied"
    seen = hall.row("facility", "c1")
    assert (seen["score"]["tenths"], seen["failed"]) == (950, ["FC04", "FF05"])
    assert hall.buckets("facility", "c1") == {"role:INS", "role:EFF", "role:OFF", "u:lin"}
    kit, kiosk = hall.row("repair", "c1.FF05"), hall.row("repair", "c1.FC04")
    assert (kit["kind"], kit["severity"], kit["unit"], kit["names"]) == ("missing", "grave", "c-office", items_of(LIST)["FF05"].names)
    assert (kiosk["place"], kiosk["unit"], kiosk["closes"]) == ("w1", "u1", True)
    assert hall.buckets("repair", "c1.FC04") == {"role:INS", "role:EFF", "role:OFF", "u:lin", "head:u1"}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"checklist": "fa-9"}, "CHECKLIST_UNKNOWN"),
        ({"checklist": "ms-1"}, "CHECKLIST_UNKNOWN"),
        ({"answers": [ItemAnswer("MS01", "full")]}, "ITEM_UNKNOWN"),
        ({"answers": [ItemAnswer("FF01", "fail")]}, "PROOF_MISSING"),
        ({"answers": [ItemAnswer("FG03", "na"), ItemAnswer("FG04", "full")]}, "INVALID"),
        ({"said_tenths": 940}, "SCORE_DIFFERS"),
        ({"to_at": at("8:00")}, "INVALID"),
        ({"place": "attic"}, "INVALID"),
        ({"faults": {"FF05": Fault(place="attic")}}, "INVALID"),
        ({"faults": {"FA01": Fault()}}, "INVALID"),
        ({"answers": [ItemAnswer("FC04", "fail", photos=[PHOTO])], "said_tenths": -1}, "INVALID"),
        ({"who": "wang"}, "NO_RIGHT"),
        ({"who": "wu"}, "NO_RIGHT"),
    ],
)
def test_what_does_not_fit_its_list_is_held_with_its_reason(wrong: dict[str, Any], code: str) -> None:
    """FAC-06: nothing lost, nothing counted."""
    hall = hall_of()
    before = dict(hall.tx.rows)
    assert inspect(hall, **wrong) == Outcome("held", code)
    assert hall.tx.rows == before


def test_a_picture_of_another_inspection_is_a_hint_and_one_of_anything_else_is_none() -> None:
    """FAC-05, CHK-05: whichever came first; what a sealed visit took is no hint, since it would say that there was one."""
    hall, answers = hall_of(), [ItemAnswer("FF05", "fail", photos=[PHOTO])]
    sealed = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), [ItemAnswer("MS01", "fail", photos=[PHOTO])])
    blobs = [Blob(PHOTO, 9, "image/jpeg", at("9:10"))]
    assert hall.send(ACTORS["wu"], "visit.record", "v1", sealed, blobs=blobs).st == "applied"

    def seen(rid: str, who: str) -> bool:
        args = Inspect("fa-1", at("9:00"), at("9:25"), answers, said_tenths=-1)
        assert hall.send(ACTORS[who], "facility.inspect", rid, args, received=at("9:30"), blobs=blobs).st == "applied"
        return bool(hall.row("facility", rid).get("reused", False))

    assert not seen("c1", "lin")
    assert seen("c2", "chen")
    assert hall.row("facility", "c1")["reused"]


def test_anybody_reports_a_fault_and_somebody_else_than_the_repairer_sees_it_work() -> None:
    """FAC-05: reported → assigned → repaired → checked; returned once on the way."""
    hall = hall_of()
    assert report(hall).st == "applied"
    assert act(hall, "zhou", "repair.assign", AssignRepair("li")).st == "applied"
    assert (state(hall), hall.row("repair", "r1")["due_day"]) == ("assigned", "2026-11-30"), "five working days for what is minor"
    assert act(hall, "qian", "repair.done", Repaired("换了搓纸轮", at("10:10")), clock="10:10") == Outcome("held", "NO_RIGHT")
    assert act(hall, "li", "repair.done", Repaired("换了搓纸轮", at("10:10")), clock="10:10").st == "applied"
    assert act(hall, "lin", "repair.check", CheckRepair(False, "还是卡"), clock="10:20").st == "applied"
    assert state(hall) == "assigned"
    act(hall, "li", "repair.done", Repaired("换了整机", at("10:30")), clock="10:30")
    assert act(hall, "lin", "repair.check", CheckRepair(True), clock="10:40").st == "applied"
    assert [step["step"] for step in hall.row("repair", "r1")["steps"]] == [
        "reported",
        "assigned",
        "repaired",
        "returned",
        "repaired",
        "checked",
    ]


@pytest.mark.parametrize(("owner", "by", "checker"), [("zhou", "zhou", "zhou"), ("li", "zhao", "zhao"), ("lin", "zhao", "lin")])
def test_who_repairs_or_was_to_repair_never_checks(owner: str, by: str, checker: str) -> None:
    """FAC-05: checker ≠ repairer; the fault stays repaired until another has looked."""
    hall = hall_of()
    report(hall)
    act(hall, "zhou", "repair.assign", AssignRepair(owner))
    assert act(hall, by, "repair.done", Repaired("好了", at("10:10")), clock="10:10").st == "applied"
    assert act(hall, checker, "repair.check", CheckRepair(True), clock="10:20") == Outcome("refused", "OWN_REPAIR")
    assert act(hall, "chen", "repair.check", CheckRepair(True), clock="10:30").st == "applied"


@pytest.mark.parametrize(
    ("who", "kind", "args", "outcome"),
    [
        ("wang", "repair.assign", AssignRepair("li"), Outcome("refused", "NO_RIGHT")),
        ("feng", "repair.assign", AssignRepair("li"), Outcome("refused", "NO_RIGHT")),
        ("zhou", "repair.assign", AssignRepair("nobody"), Outcome("refused", "INVALID")),
        ("zhou", "repair.assign", AssignRepair("wu"), Outcome("refused", "INVALID")),
        ("zhou", "repair.assign", AssignRepair("li", "2026-11-22"), Outcome("refused", "INVALID")),
        ("lin", "repair.check", CheckRepair(True), Outcome("refused", "GONE", 1)),
        ("zhou", "repair.drop", DropRepair(" "), Outcome("refused", "INVALID")),
        ("wang", "repair.drop", DropRepair("重复"), Outcome("refused", "NO_RIGHT")),
        ("wang", "repair.done", Repaired("好了", at("10:00")), Outcome("held", "NO_RIGHT")),
        ("zhao", "repair.done", Repaired(" ", at("10:00")), Outcome("held", "INVALID")),
    ],
)
def test_a_step_that_is_not_ones_own_goes_no_further(who: str, kind: str, args: msgspec.Struct, outcome: Outcome) -> None:
    """FAC-05."""
    hall = hall_of()
    report(hall)
    assert act(hall, who, kind, args) == outcome
    assert state(hall) == "reported"


@pytest.mark.parametrize("wrong", [{"place": "attic"}, {"text": " "}])
def test_a_report_of_nothing_is_kept_for_a_person(wrong: dict[str, Any]) -> None:
    """FAC-05."""
    assert report(hall_of(), **wrong) == Outcome("held", "INVALID")


def test_a_report_made_twice_is_dropped_with_its_reason_and_can_be_taken_up_again() -> None:
    """FAC-05: the heads of their own unit may say so, too; a change nobody saw is not overwritten."""
    hall = hall_of()
    report(hall)
    assert act(hall, "zhao", "repair.drop", DropRepair("已报过"), guard={"r1": 9}) == Outcome("refused", "STALE", 1)
    assert act(hall, "zhao", "repair.drop", DropRepair("已报过"), guard={"r1": 1}).st == "applied"
    assert state(hall) == "dropped"
    assert act(hall, "zhou", "repair.drop", DropRepair("已报过")) == Outcome("refused", "GONE", 2)
    assert act(hall, "zhou", "repair.assign", AssignRepair("li"), clock="10:30").st == "applied"
    assert state(hall) == "assigned"


def test_who_was_to_repair_it_or_heads_what_was_inspected_does_not_say_that_nothing_is_wrong() -> None:
    """FAC-05: who repairs never decides about it."""
    hall = hall_of()
    inspect(hall, faults={"FC04": Fault(place="w1")})
    report(hall)
    act(hall, "zhou", "repair.assign", AssignRepair("chen"))
    own = Outcome("refused", "OWN_REPAIR")
    assert act(hall, "chen", "repair.drop", DropRepair("没坏")) == own
    act(hall, "zhou", "repair.assign", AssignRepair("li"), clock="10:05")
    assert act(hall, "chen", "repair.drop", DropRepair("没坏")) == own, "it was given to him"
    act(hall, "zhao", "repair.done", Repaired("好了", at("10:10")), clock="10:10")
    assert act(hall, "zhao", "repair.drop", DropRepair("没坏")) == own, "he said to have repaired it"
    assert act(hall, "zhao", "repair.drop", DropRepair("没坏"), "c1.FC04") == own, "his unit was inspected"
    assert act(hall, "zhou", "repair.drop", DropRepair("没坏"), "c1.FC04").st == "applied"
    assert act(hall, "zhou", "repair.drop", DropRepair("已报过"), clock="10:20").st == "applied"


def test_a_later_day_takes_no_delay_back() -> None:
    """FAC-05: but a term moved before it ended is moved, and what was repaired in time counts however late it arrives."""
    hall = hall_of()
    for rid in ("r1", "r2"):
        report(hall, rid=rid, severity="grave")
        act(hall, "zhou", "repair.assign", AssignRepair("li"), rid)

    def late(rid: str = "r1") -> Any:
        return hall.row("repair", rid).get("overdue", False)

    act(hall, "zhou", "repair.assign", AssignRepair("li", "2026-12-10", "等配件"), "r2", "11:00")
    noon = at("12:00", "2026-11-25")
    hall.tick(noon)
    assert (late(), late("r2")) == (True, False)
    act(hall, "zhou", "repair.assign", AssignRepair("li", "2026-12-10", "等配件"), at=noon, received=noon)
    assert late() is True
    act(hall, "li", "repair.done", Repaired("好了", at("16:00")), at=at("16:00"), received=noon + 1)
    assert late() is False


@pytest.mark.parametrize(
    ("since", "grade", "late"),
    [("2026-11-23", "A", False), ("2026-11-25", "A", True), ("2026-11-23", "C", False), ("2026-11-25", "C", True)],
)
def test_a_repair_is_in_time_as_far_as_can_be_proven(since: str, grade: Any, late: bool) -> None:
    """FAC-05, EVD-03: said at noon of the third day to have been done on the first; an unknown clock accuses nobody who can be right."""
    hall = hall_of()
    report(hall, severity="grave")
    act(hall, "zhou", "repair.assign", AssignRepair("li"))
    noon = at("12:00", "2026-11-25")
    hall.tick(noon)
    done = Repaired("好了", at("10:10"))
    act(hall, "li", "repair.done", done, at=noon, received=noon, not_before=at("10:00", since), grade=grade)
    assert (hall.row("repair", "r1").get("overdue", False), state(hall)) == (late, "repaired")


@pytest.mark.parametrize(("who", "closes"), [("wang", True), ("lin", True), ("ma", True), ("feng", False), ("sun", False)])
def test_a_window_is_closed_by_the_word_of_its_unit_or_of_those_who_patrol(who: str, closes: bool) -> None:
    """FAC-07: the fault itself anybody of the hall reports."""
    hall = hall_of()
    assert report(hall, who, closes=True).st == "applied"
    assert hall.row("repair", "r1").get("closes", False) is closes


@pytest.mark.parametrize("roles", [{"SUP"}, {"TEAM"}, {"TEAM", "SUP"}, {"BOARD"}, {"SUP", "BOARD"}])
def test_who_comes_from_outside_reports_no_fault_to_the_hall(roles: set[str]) -> None:
    """SUP-02, CHK-05."""
    hall = hall_of()
    stranger = ACTORS["wu"]._replace(roles=frozenset(roles))
    args = ReportFault("w1", "卡纸", at("9:30"))
    assert hall.send(stranger, "repair.report", "r1", args, received=at("9:30")) == Outcome("held", "NO_RIGHT")
    assert hall.send(stranger, "norm.read", "1", ReadHandbook(at("9:30")), received=at("9:30")) == Outcome("held", "NO_RIGHT")


def test_the_hall_sets_the_terms_and_what_is_late_says_so() -> None:
    """FAC-05: by severity, by the calendar; a day that was said goes before."""
    hall = hall_of()
    report(hall, severity="grave")
    act(hall, "zhou", "repair.assign", AssignRepair("li"))
    assert hall.row("repair", "r1")["due_day"] == "2026-11-24"
    hall.tick(at("18:00", "2026-11-24"))
    assert hall.row("repair", "r1")["overdue"] is True
    report(hall, rid="r2")
    act(hall, "zhou", "repair.assign", AssignRepair("li", "2026-12-10", "等配件"), "r2")
    assert (hall.row("repair", "r2")["due_day"], hall.row("repair", "r2").get("overdue", False)) == ("2026-12-10", False)


FACTS = {
    "a": RepairFact("1", "assigned", "zhou", 10, 10, "", to="li"),
    "r": RepairFact("2", "repaired", "li", 20, 20, "好了"),
    "n": RepairFact("3", "returned", "lin", 30, 30, "没好"),
    "s": RepairFact("4", "repaired", "li", 40, 40, "好了"),
    "c": RepairFact("5", "checked", "lin", 50, 50, ""),
    "d": RepairFact("6", "dropped", "zhou", 60, 60, "重复"),
}


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("", "reported"),
        ("a", "assigned"),
        ("r", "repaired"),
        ("ar", "repaired"),
        ("arn", "assigned"),
        ("arnsc", "checked"),
        ("n", "reported"),
        ("c", "reported"),
        ("ad", "dropped"),
        ("rcd", "checked"),
    ],
)
def test_where_a_repair_stands_follows_from_what_was_said_in_whatever_order_it_arrives(said: str, then: str) -> None:
    """FAC-05, EVD-01."""
    assert {state_of([FACTS[one] for one in order]) for order in permutations(said)} == {then}


@pytest.mark.parametrize(
    ("said", "now", "late"), [("a", 25, False), ("a", 31, True), ("ar", 31, False), ("as", 41, True), ("d", 31, False)]
)
def test_late_is_what_nobody_said_in_time_to_work_again(said: str, now: int, late: bool) -> None:
    """FAC-05: due at 30."""
    facts = [FACTS[one] for one in said]
    assert is_overdue(facts, orders_of(facts, lambda _: 30), state_of(facts), now) is late


def test_a_fault_that_closes_a_window_is_on_the_board_until_it_works() -> None:
    """FAC-07: at once, and again when the repair is returned; where to go instead is told. A zone is no window."""
    hall = hall_of()
    hall.tick(at("9:01"))

    def label(post: str = "w1") -> Any:
        return hall.row("post.pub", post)["label"]

    assert label() == "on_post"
    report(hall, closes=True)
    assert (label(), label("w2")) == ("suspended", "on_post")
    assert hall.row("post.pub", "w1")["since"] == at("9:30")
    act(hall, "zhou", "repair.assign", AssignRepair("li"))
    act(hall, "li", "repair.done", Repaired("好了", at("10:10")), clock="10:10")
    assert label() == "on_post"
    act(hall, "lin", "repair.check", CheckRepair(False, "没好"), clock="10:20")
    assert label() == "suspended"
    act(hall, "li", "repair.done", Repaired("这回好了", at("10:25")), clock="10:25")
    assert label() == "suspended", "once it did not work, somebody looks first"
    act(hall, "lin", "repair.check", CheckRepair(True), clock="10:27")
    assert label() == "on_post"
    report(hall, rid="r2", closes=True)
    act(hall, "zhou", "repair.drop", DropRepair("改用备机"), rid="r2", clock="10:30")
    assert label() == "on_post"
    report(hall, rid="r3", place="A", closes=True)
    assert "closes" not in hall.row("repair", "r3")


def test_more_time_than_was_given_takes_a_reason_and_is_told_as_such() -> None:
    """FAC-05, RCT-01: renewing an order avoids nothing; the term given first stays in view, and what did not work in it says so."""
    hall = hall_of()
    report(hall)
    act(hall, "zhou", "repair.assign", AssignRepair("li", "2026-11-25"))
    assert act(hall, "zhou", "repair.assign", AssignRepair("qian", "2026-11-27")) == Outcome("refused", "INVALID")
    assert act(hall, "zhou", "repair.assign", AssignRepair("qian", "2026-11-24"), clock="10:05").st == "applied"
    assert act(hall, "zhou", "repair.assign", AssignRepair("li", "2026-11-25", "改派"), clock="10:06").st == "applied"
    assert row_of(hall) == ("2026-11-25", "", False, False)
    later = at("9:00", "2026-11-25")
    given = AssignRepair("li", "2026-11-30", "等配件")
    assert act(hall, "zhou", "repair.assign", given, at=later, received=later).st == "applied"
    assert row_of(hall) == ("2026-11-30", "2026-11-25", False, False)
    assert hall.row("repair", "r1")["steps"][-1]["text"] == "等配件"
    hall.tick(at("9:00", "2026-11-26"))
    assert row_of(hall) == ("2026-11-30", "2026-11-25", False, True)
    done = at("16:00", "2026-11-25")
    act(hall, "li", "repair.done", Repaired("好了", done), at=done, received=at("10:00", "2026-11-26"))
    assert row_of(hall) == ("2026-11-30", "2026-11-25", False, False), "it worked in time, however late the word of it came"


def row_of(hall: MemoryHall) -> tuple[str, str, bool, bool]:
    row = hall.row("repair", "r1")
    return row["due_day"], row.get("first_due_day", ""), row.get("overdue", False), row.get("extended", False)


def test_the_term_of_what_was_returned_runs_on() -> None:
    """FAC-05, EVD-03: a word that it works, taken back by whoever looked, keeps no term; one he had not seen does."""
    hall = hall_of()
    report(hall)
    act(hall, "zhou", "repair.assign", AssignRepair("li", "2026-11-25"))
    act(hall, "li", "repair.done", Repaired("好了", at("10:10")), clock="10:10")
    act(hall, "lin", "repair.check", CheckRepair(False, "还是坏的"), clock="10:20")
    hall.tick(at("9:00", "2026-11-26"))
    assert (state(hall), hall.row("repair", "r1").get("overdue")) == ("assigned", True)
    unseen = at("10:15")
    act(hall, "li", "repair.done", Repaired("换了新的", unseen), at=unseen, received=at("10:00", "2026-11-26"))
    assert hall.row("repair", "r1").get("overdue", False) is False
    assert state(hall) == "repaired", "he is to look at that one, too"
    act(
        hall,
        "lin",
        "repair.check",
        CheckRepair(False, "仍是坏的"),
        clock="10:10",
        at=at("10:10", "2026-11-26"),
        received=at("10:10", "2026-11-26"),
    )
    assert (state(hall), hall.row("repair", "r1").get("overdue")) == ("assigned", True)


@pytest.mark.parametrize("order", list(permutations(("first", "second", "look"))), ids=" ".join)
def test_a_repair_that_is_not_done_is_overdue_in_whatever_order_words_of_it_arrive(order: tuple[str, ...]) -> None:
    """FAC-05, EVD-03: two words that it works, one look that says it does not; nothing stays open without anybody's being asked for it."""
    hall, clock = hall_of(), {"first": "10:00", "second": "10:10"}
    report(hall)
    act(hall, "zhou", "repair.assign", AssignRepair("li", "2026-11-25"), clock="9:40")
    looked = False
    for step in (*order, "look"):
        if step == "look":
            looked = (
                act(hall, "lin", "repair.check", CheckRepair(False, "还是坏的"), clock="11:00", received=at("12:00")).st == "applied"
                or looked
            )
        else:
            act(hall, "li", "repair.done", Repaired("好了", at(clock[step])), clock=clock[step], received=at("12:00"))
    assert (looked, state(hall)) == (True, "assigned")
    hall.tick(at("9:00", "2026-11-26"))
    assert hall.row("repair", "r1")["overdue"] is True


@pytest.mark.parametrize("dropped", ["2026-11-24", "2026-11-26"], ids=["before it was due", "after"])
def test_what_was_dropped_and_taken_up_again_is_due_anew(dropped: str) -> None:
    """FAC-05: what was said to work before does not keep the new term; it kept the old one."""
    hall = hall_of()
    report(hall)
    act(hall, "zhou", "repair.assign", AssignRepair("li", "2026-11-25"))
    act(hall, "li", "repair.done", Repaired("好了", at("10:10")), clock="10:10")
    when = {"at": at("9:00", dropped), "received": at("9:00", dropped)}
    assert act(hall, "zhou", "repair.drop", DropRepair("重复"), **when).st == "applied"
    when = {"at": at("9:30", dropped), "received": at("9:30", dropped)}
    assert act(hall, "zhou", "repair.assign", AssignRepair("li", "2026-11-27", "又坏了"), **when).st == "applied"
    assert (state(hall), hall.row("repair", "r1").get("overdue", False)) == ("assigned", False)
    hall.tick(at("9:00", "2026-11-28"))
    assert hall.row("repair", "r1")["overdue"] is True
