"""The way of one problem: what counts for its term, what reopens it, who may decide on it, what comes back (RCT-01..03, CON-36, PTL-10)."""

import random
from itertools import permutations
from typing import Any

import msgspec
import pytest

from server.domain.base import Op, Outcome
from server.domain.bulletin.gather import gather
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.ops import (
    AnswerProblem,
    ClaimDone,
    CloseProblem,
    FindProblem,
    OrderProblem,
    SetMeasures,
    VerifyProblem,
    WithdrawProblem,
)
from server.domain.campaign.tables import ProblemRecord
from server.domain.patrol.ops import Observe
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit
from server.domain.visit.result_ops import WithdrawVisit
from sync.ops import Blob
from tests.server.scenes.small_hall import ACTORS, KNEW, at, small_hall
from tests.server.test_domain_campaign import HALL, SEEN, find, put, state
from tests.support.memory_tx import MemoryHall

LATE = "2026-12-20"
"""Long after five working days from Monday 23 November."""
AGAIN = OrderProblem("再改", "wang")


def campaign(**rules: Any) -> MemoryHall:
    """Over two units; the problem to come belongs to it."""
    hall = small_hall(domains=HALL, **rules)
    assert put(hall).st == "applied"
    return hall


def say(hall: MemoryHall, who: str, kind: str, args: msgspec.Struct, clock: str, day: str = "2026-11-23", **how: Any) -> Outcome:
    """Said, and received at once unless told otherwise; commands on the version there is."""
    then = at(clock, day)
    guard = {"p1": hall.tx.version("problem", "p1") or 0} if kind.split(".")[1] not in ("measures", "claim", "answer") else {}
    return hall.send(ACTORS[who], kind, "p1", args, **({"at": then, "received": then, "guard": guard} | how))


def done(hall: MemoryHall, *said: tuple[str, str, msgspec.Struct, str], day: str = "2026-11-23") -> None:
    for who, kind, args, clock in said:
        assert say(hall, who, f"problem.{kind}", args, clock, day).st == "applied"


ORDERED = ("chen", "order", OrderProblem("五日内补齐", "wang"), "9:40")
CLAIMED = ("wang", "claim", ClaimDone("已改"), "9:50")
RETURNED = ("lin", "verify", VerifyProblem(False, "没有改"), "10:00")


def problem(*said: tuple[str, str, msgspec.Struct, str]) -> MemoryHall:
    """A problem of u1, found by 陈, with what was said of it that Monday."""
    hall = campaign()
    find(hall)
    done(hall, *said)
    return hall


def in_time(hall: MemoryHall) -> tuple[bool, int, int]:
    """Whether the problem is overdue; in the summary and in IDX-28, how many were verified in time."""
    rct = next(measure for measure in CAMPAIGN.measures if "rct_in_time" in measure.sums)
    on_time = hall.row("camp.summary", "c1")["on_time"]
    return hall.row("problem", "p1").get("overdue", False), on_time, hall.tx.sums(rct)["u1"]["rct_in_time"]


# What counts for a term -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "late"),
    [
        ((), True),
        ((("chen", "order", AGAIN, "10:10"),), True),
        ((("chen", "order", AGAIN, "10:10"), ("wang", "claim", ClaimDone("又改"), "10:20")), False),
        ((("wang", "claim", ClaimDone("又改"), "10:20"),), False),
    ],
)
def test_a_claim_that_was_returned_does_not_keep_a_term(more: Any, late: bool) -> None:
    """RCT-01, RCT-02: nor does one made before a new order."""
    hall = problem(ORDERED, CLAIMED, RETURNED, *more)
    hall.tick(at("12:00", LATE))
    assert hall.row("problem", "p1").get("overdue", False) is late


def test_a_claim_from_before_a_new_order_does_not_keep_the_new_term() -> None:
    """RCT-01: nobody has returned it; what is ordered then is to be done then."""
    hall = problem(ORDERED, CLAIMED, ("chen", "order", AGAIN, "10:10"))
    assert state(hall) == "ordered"
    assert say(hall, "lin", "problem.verify", SEEN, "10:20") == Outcome("refused", "INVALID")
    hall.tick(at("12:00", LATE))
    assert hall.row("problem", "p1")["overdue"] is True


def test_what_was_done_in_earnest_only_after_the_term_is_late_in_every_number() -> None:
    """IDX-28, CAMP-07: the empty claim within the term was returned."""
    hall = problem(ORDERED, CLAIMED, RETURNED)
    hall.tick(at("12:00", LATE))
    done(hall, ("wang", "claim", ClaimDone("真改了"), "12:01"), ("lin", "verify", SEEN, "12:30"), day=LATE)
    assert (state(hall), *in_time(hall)) == ("verified", True, 0, 0)
    assert hall.row("problem", "p1")["overdue"] is True


def test_a_claim_of_before_that_arrives_after_a_return_was_returned_by_nobody() -> None:
    """CON-36, EVD-01: made offline within the term; who returned the one before has not seen it."""
    hall = problem(ORDERED, CLAIMED, RETURNED)
    sent = {"received": at("11:00")}
    assert say(hall, "wang", "problem.claim", ClaimDone("又补一张"), "9:55", **sent).st == "applied"
    assert state(hall) == "claimed"
    hall.tick(at("12:00", LATE))
    done(hall, ("lin", "verify", SEEN, "12:30"), day=LATE)
    assert in_time(hall) == (False, 1, 1)


# Closed as not done ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", [("measures", SetMeasures("再改"), "10:10", "2026-11-23"), ("claim", ClaimDone("又改"), "12:01", LATE)])
def test_a_claim_that_was_returned_reopens_nothing(then: Any) -> None:
    """CON-36: neither after new measures nor under a claim that came too late."""
    kind, args, clock, day = then
    hall = problem(ORDERED, CLAIMED, RETURNED)
    if day == LATE:
        hall.tick(at("12:00", LATE))
    done(hall, ("wang", kind, args, clock), day=day)
    done(hall, ("chen", "close", CloseProblem("没有改"), "12:10"), day=LATE)
    assert state(hall) == "not_done"
    assert say(hall, "lin", "problem.verify", SEEN, "12:30", LATE) == Outcome("refused", "INVALID")


@pytest.mark.parametrize(("day", "want"), [("2026-11-24", "claimed"), (LATE, "not_done")])
def test_only_proof_within_the_term_reopens_what_was_closed_though_it_is_made_after_that(day: str, want: str) -> None:
    """CON-36: proof is always kept; made late it reopens nothing, whenever it was closed."""
    hall = problem(ORDERED, ("chen", "close", CloseProblem("没有改"), "11:00"))
    done(hall, ("wang", "claim", ClaimDone("改了"), "10:00"), day=day)
    assert state(hall) == want
    assert hall.row("problem", "p1")["steps"][-1]["step"] == "claimed"


# Ordered again --------------------------------------------------------------------------------------------------------


def test_what_is_verified_is_not_ordered_again() -> None:
    """RCT-01: owner and term of what is closed stay as they were; what is there again is a problem of its own (RCT-03)."""
    hall = problem(ORDERED, CLAIMED, ("lin", "verify", SEEN, "10:00"))
    before = hall.row("problem", "p1")
    assert say(hall, "chen", "problem.order", OrderProblem("再改", "li", "complex"), "10:10").code == "GONE"
    assert hall.row("problem", "p1") == before


def test_an_order_reopens_what_was_closed_as_not_done_and_takes_no_delay_back() -> None:
    """CAMP-04, RCT-01: nothing is left out for good; the demand says why, the new term is for the new claim."""
    hall = problem(ORDERED)
    hall.tick(at("12:00", "2026-12-02"))
    done(hall, ("chen", "close", CloseProblem("没有改"), "12:10"), day="2026-12-02")
    assert state(hall) == "not_done"
    done(hall, ("chen", "order", AGAIN, "12:20"), day="2026-12-02")
    row = hall.row("problem", "p1")
    assert (row["state"], row["due_day"], row["overdue"]) == ("ordered", "2026-12-09", True)
    done(hall, ("wang", "claim", ClaimDone("改了"), "12:30"), ("lin", "verify", SEEN, "12:40"), day="2026-12-02")
    assert (state(hall), *in_time(hall)) == ("verified", True, 0, 0)


def test_an_order_given_anew_before_each_term_keeps_the_first_term_and_is_told_as_more_time() -> None:
    """RCT-01, IDX-28, CAMP-07: never overdue, and never in time."""
    hall = problem(ORDERED)
    assert "first_due_day" not in hall.row("problem", "p1")
    done(hall, ("chen", "order", AGAIN, "9:00"), day="2026-11-27")
    row = hall.row("problem", "p1")
    assert (row["first_due_day"], row["due_day"], row.get("extended", False)) == ("2026-11-30", "2026-12-04", False)
    done(hall, ("chen", "order", AGAIN, "9:00"), day="2026-11-30")
    hall.tick(at("18:00", "2026-11-30"))
    row = hall.row("problem", "p1")
    assert (row["first_due_day"], row["due_day"], row["extended"], row.get("overdue", False)) == ("2026-11-30", "2026-12-07", True, False)
    done(hall, ("wang", "claim", ClaimDone("改了"), "12:30"), ("lin", "verify", SEEN, "12:40"), day="2026-12-01")
    assert (state(hall), *in_time(hall)) == ("verified", False, 0, 0)
    assert (hall.row("camp.summary", "c1")["extended"], hall.row("camp.summary", "c1")["with_term"]) == (1, 1)


def test_what_was_claimed_within_the_term_given_first_was_in_time_though_more_was_given() -> None:
    """RCT-01: what was given takes nothing from who needed none of it; an order that gives less, or comes too late, gives no more time."""
    hall = problem(ORDERED)
    done(hall, ("chen", "order", AGAIN, "9:00"), ("wang", "claim", ClaimDone("改了"), "9:30"), day="2026-11-27")
    done(hall, ("lin", "verify", SEEN, "12:40"), day="2026-11-27")
    hall.tick(at("12:00", LATE))
    assert (hall.row("problem", "p1").get("extended", False), *in_time(hall)) == (False, False, 1, 1)
    hall = problem(("chen", "order", OrderProblem("限期", "wang", "complex"), "9:40"), ("chen", "order", AGAIN, "9:45"))
    assert "first_due_day" not in hall.row("problem", "p1")
    hall = problem(ORDERED)
    done(hall, ("chen", "order", AGAIN, "12:00"), day="2026-12-02")
    assert hall.row("problem", "p1")["overdue"] is True
    assert "first_due_day" not in hall.row("problem", "p1")


# What comes back ------------------------------------------------------------------------------------------------------


def recurred(hall: MemoryHall, earlier: str, later: str) -> tuple[str, str, bool]:
    """Which problem the later one is taken for, its level, and whether the earlier one is marked."""
    row, closed = hall.row("problem", later), hall.tx.get(ProblemRecord, earlier)
    assert closed is not None
    return row.get("recurs", ""), row["level"], closed.came_back


@pytest.mark.parametrize(("clock", "want"), [("9:00", ("", "minor", False)), ("10:30", ("p1", "serious", True))])
def test_what_was_seen_before_the_correction_has_not_come_back_though_it_is_entered_after(clock: str, want: Any) -> None:
    """RCT-03, IDX-29: by the time of the sighting."""
    hall = problem(ORDERED, CLAIMED, ("lin", "verify", SEEN, "10:00"))
    observe = Observe("", "w1", "serving", at(clock), KNEW, codes=["P12"])
    assert hall.send(ACTORS["chen"], "patrol.observe", "o1", observe, at=at(clock), received=at("10:40")).st == "applied"
    assert find(hall, "p2", clock="11:00", fact="o1").st == "applied"
    assert recurred(hall, "p1", "p2") == want


@pytest.mark.parametrize(("arrived", "want"), [("9:00", ("", "grave", False)), ("10:30", ("p1", "grave", True))])
def test_a_visit_counts_by_its_day_not_by_that_of_its_publication(arrived: str, want: Any) -> None:
    """RCT-03, IDX-29, CHK-09: seen within the window and published after it, it came back; seen before the correction it did not."""
    hall = campaign(**{"rct.recurrence_days": 2})
    find(hall, code="F16")
    done(hall, ORDERED, CLAIMED, ("lin", "verify", SEEN, "10:00"))
    answers = [ItemAnswer("MS19", "fail", "大声训斥"), ItemAnswer("MS01", "full")]
    sheet = RecordVisit("m1", "ms-1", at(arrived), at(arrived) + 60_000, answers)
    assert hall.send(ACTORS["wu"], "visit.record", "v1", sheet, at=at("10:40"), received=at("10:40")).st == "applied"
    later = {"at": at("9:00", "2026-11-27"), "received": at("9:00", "2026-11-27"), "guard": {"v1": hall.tx.version("visit", "v1") or 0}}
    assert hall.send(ACTORS["sun"], "visit.publish", "v1", Publish("只查几项"), **later).st == "applied"
    (opened,) = {rid for rid, _ in hall.rows("problem")} - {"p1"}
    assert recurred(hall, "p1", opened) == want


# Who decides on it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [("order", OrderProblem("改", "lin"), "chen"), ("measures", SetMeasures("我来改"), "lin")])
def test_whoever_was_to_put_it_right_does_not_verify_it_after_another_was_named(part: Any) -> None:
    """RCT-02: a former owner, with measures or without."""
    hall = problem(("chen", "order", OrderProblem("改", "lin"), "9:40"))
    kind, args, who = part
    done(hall, (who, kind, args, "9:45"), ("chen", "order", AGAIN, "9:46"), CLAIMED)
    assert say(hall, "lin", "problem.verify", SEEN, "10:00") == Outcome("refused", "OWN_WORK")
    assert say(hall, "zhou", "problem.verify", SEEN, "10:01").st == "applied"


def told(hall: MemoryHall, day: str) -> int:
    """How many problems the bulletin of the week tells, as of that morning."""
    hall.tick(at("9:00", day))
    return gather(hall.tx, "patrol_week", "2026-11-23", "2026-11-29").numbers.problems


INSIDE = ACTORS["li"]._replace(roles=frozenset({"STF", "INS"}))
"""An inspector who belongs to the unit."""


@pytest.mark.parametrize(
    ("who", "at_once"), [(ACTORS["chen"], False), (INSIDE, False), (ACTORS["zhou"], True)], ids=["the finder", "one of the unit", "another"]
)
def test_an_order_by_the_finder_or_the_unit_itself_confirms_nothing_before_the_unit_could_answer(who: Any, at_once: bool) -> None:
    """PTL-10, EVD-12: three working days, as for a finding."""
    hall = problem()
    assert hall.send(who, "problem.order", "p1", OrderProblem("改", "wang"), at=at("9:40"), received=at("9:40")).st == "applied"
    assert [told(hall.copy(), day) for day in ("2026-11-24", "2026-11-26", "2026-11-27")] == [at_once, at_once, True]


@pytest.mark.parametrize("who", [ACTORS["chen"], INSIDE], ids=["the finder", "one of the unit"])
def test_who_ordered_what_he_found_or_against_his_own_unit_does_not_verify(who: Any) -> None:
    """RCT-02, PTL-10: not even after he has left the unit; who found it and left the order to another may."""
    hall = problem()
    assert hall.send(who, "problem.order", "p1", OrderProblem("改", "wang"), at=at("9:40"), received=at("9:40")).st == "applied"
    done(hall, CLAIMED)
    moved = who._replace(unit="c-patrol")
    assert hall.send(moved, "problem.verify", "p1", SEEN, at=at("10:00"), received=at("10:00")) == Outcome("refused", "OWN_WORK")
    fair = problem(("zhou", "order", OrderProblem("改", "wang"), "9:40"), CLAIMED, ("chen", "verify", SEEN, "10:00"))
    assert state(fair) == "verified"


# Entered by mistake ---------------------------------------------------------------------------------------------------

MISTAKE = WithdrawProblem("登记错单位")


def test_what_was_entered_by_mistake_is_withdrawn_with_its_reason_and_counts_nowhere() -> None:
    """CON-44, CAMP-04, IDX-28: unit and owner see it with the reason; its phase is free of it, and its sighting brings it back no more."""
    hall = problem(ORDERED)
    assert say(hall, "chen", "problem.withdraw", MISTAKE, "9:50").st == "applied"
    row = hall.row("problem", "p1")
    assert (row["state"], row["steps"][-1]["step"], row["steps"][-1]["text"]) == ("lifted", "withdrawn", "登记错单位")
    assert {"head:u1", "u:wang"} <= hall.buckets("problem", "p1")
    assert hall.row("campaign", "c1")["progress"]["u1"]["found"] == 0
    assert (hall.row("camp.summary", "c1")["found"], told(hall, LATE)) == (0, 0)
    assert hall.row("problem", "p1").get("overdue", False) is False
    for kind, args in (("withdraw", MISTAKE), ("order", AGAIN), ("verify", SEEN)):
        assert say(hall, "zhou", f"problem.{kind}", args, "9:00", LATE).code == "GONE"


def test_a_withdrawn_problem_does_not_stand_again_with_its_result() -> None:
    """CON-44: published anew."""
    hall = campaign()
    answers = [ItemAnswer("MS01", "full")]
    hall.send(ACTORS["wu"], "visit.record", "v1", RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), answers), received=at("9:30"))

    def lead(kind: str, args: msgspec.Struct) -> None:
        guard = {"v1": hall.tx.version("visit", "v1") or 0}
        assert hall.send(ACTORS["sun"], f"visit.{kind}", "v1", args, guard=guard, received=at("9:40")).st == "applied"

    lead("publish", Publish("只查几项"))
    assert find(hall, source="covert", fact="v1").st == "applied"
    assert say(hall, "chen", "problem.withdraw", MISTAKE, "9:50").st == "applied"
    lead("withdraw", WithdrawVisit("再核对"))
    lead("publish", Publish("核对无误"))
    assert state(hall) == "lifted"


@pytest.mark.parametrize(
    ("who", "text", "code"),
    [
        ("zhou", "重复登记", None),
        ("ma", "重复登记", None),
        ("zhou", " ", "INVALID"),
        ("lin", "不是我登的", "NO_RIGHT"),
        ("wang", "不是我们", "NO_RIGHT"),
        ("zhao", "不是我们", "NO_RIGHT"),
    ],
)
def test_only_who_entered_a_problem_or_leads_withdraws_it_and_says_why(who: str, text: str, code: str | None) -> None:
    """CON-44, RCT-05."""
    assert say(problem(ORDERED), who, "problem.withdraw", WithdrawProblem(text), "9:50").code == code


def test_nobody_withdraws_what_he_answers_for() -> None:
    """CON-44, CAMP-04: the owner, though he leads; a unit what it has found against itself; nor does anybody what a result has opened."""
    hall = problem(("zhou", "order", OrderProblem("改", "chen"), "9:40"))
    assert say(hall, "chen", "problem.withdraw", MISTAKE, "9:50") == Outcome("refused", "OWN_WORK")
    lead = ACTORS["zhao"]._replace(roles=frozenset({"HEAD", "LEAD"}))
    assert hall.send(lead, "problem.withdraw", "p1", MISTAKE, at=at("9:50"), received=at("9:50")) == Outcome("refused", "OWN_WORK")
    record = hall.tx.get(ProblemRecord, "p1")
    assert record is not None
    record.item = "MS19"
    hall.tx.put(record)
    assert say(hall, "zhou", "problem.withdraw", MISTAKE, "9:51") == Outcome("refused", "INVALID")


def test_a_unit_says_its_part_or_that_it_is_not_so() -> None:
    """EVD-12, PTL-10: disputed, it is told to nobody before another than the finder has decided on it."""
    hall = problem(("zhou", "order", OrderProblem("改", "wang"), "9:40"))
    assert told(hall.copy(), LATE) == 1
    done(hall, ("wang", "answer", AnswerProblem("当天没有开窗"), "9:45"))
    assert (hall.row("problem", "p1").get("disputed", False), told(hall.copy(), LATE)) == (False, 1)
    done(hall, ("zhao", "answer", AnswerProblem("不是本单位的窗口", dispute=True), "9:50"))
    row = hall.row("problem", "p1")
    assert ([step["step"] for step in row["steps"]], row["state"]) == (["found", "ordered", "answered", "disputed"], "ordered")
    assert (row["disputed"], told(hall.copy(), LATE)) == (True, 0)
    done(hall, ("chen", "order", AGAIN, "10:00"))
    assert told(hall.copy(), LATE) == 0, "the finder does not decide on it"
    done(hall, ("zhou", "order", AGAIN, "10:10"))
    assert (hall.row("problem", "p1").get("disputed", False), told(hall, LATE)) == (False, 1)


@pytest.mark.parametrize(
    ("who", "text", "code"), [("li", "不是我们", "NO_RIGHT"), ("chen", "是他们", "NO_RIGHT"), ("zhao", " ", "INVALID")]
)
def test_an_answer_by_a_stranger_or_without_words_is_kept_for_a_person(who: str, text: str, code: str) -> None:
    assert say(problem(ORDERED), who, "problem.answer", AnswerProblem(text), "9:50") == Outcome("held", code)
    assert say(campaign(), who, "problem.answer", AnswerProblem(text), "9:50") == Outcome("held", "REF_WAIT")


# In any order ---------------------------------------------------------------------------------------------------------


def facts(hall: MemoryHall) -> list[Op[Any]]:
    """A problem's whole way, made on five devices."""
    said: list[tuple[str, str, msgspec.Struct, str]] = [
        ("chen", "problem.find", FindProblem("u1", "patrol", "F20", "清单不全"), "9:00"),
        ("zhao", "problem.measures", SetMeasures("重印清单"), "9:20"),
        ("zhao", "problem.claim", ClaimDone("已重印"), "9:30"),
        ("li", "problem.claim", ClaimDone("不是我的"), "9:35"),
        ("zhao", "problem.claim", ClaimDone("又补一张"), "9:50"),
    ]
    return [
        hall.op(ACTORS[who], kind, "p1", args, at=at(clock), received=at("12:00"), op_id=f"o{n}")
        for n, (who, kind, args, clock) in enumerate(said)
    ]


def test_facts_in_any_order_give_the_same_end() -> None:
    """EVD-01."""
    ends = set()
    for order in random.Random(4).sample(list(permutations(range(5))), 60):
        hall = small_hall(domains=HALL)
        ops = facts(hall)
        for index in order:
            hall.run(ops[index])
        ends.add(str(hall.row("problem", "p1")))
    assert len(ends) == 1


# What an order did not know of ----------------------------------------------------------------------------------------


def test_a_claim_said_before_a_new_order_and_arriving_after_it_stands() -> None:
    """CON-36, RCT-02: the order did not know of it; somebody looks at it, and it is in time."""
    hall = problem(ORDERED)
    done(hall, ("chen", "order", AGAIN, "10:00"))
    assert say(hall, "wang", "problem.claim", ClaimDone("已改好"), "9:45", received=at("11:00")).st == "applied"
    assert state(hall) == "claimed"
    hall.tick(at("9:00", LATE))
    assert in_time(hall)[0] is False
    assert say(hall, "lin", "problem.verify", SEEN, "9:10", LATE).st == "applied"


def test_the_proof_of_whoever_was_to_do_it_before_another_was_named_is_taken() -> None:
    """CON-36: said by him as it was his, however late it arrives."""
    hall = problem(ORDERED)
    done(hall, ("chen", "order", OrderProblem("换人办", "li"), "10:00"))
    assert say(hall, "wang", "problem.claim", ClaimDone("已改好"), "9:45", received=at("11:00")).st == "applied"
    assert state(hall) == "claimed"
    assert say(hall, "qian", "problem.claim", ClaimDone("不是我的"), "9:46", received=at("11:00")).code == "NO_RIGHT"


def test_that_it_is_not_so_said_before_an_order_and_arriving_after_it_is_not_passed_over() -> None:
    """EVD-12, PTL-10: it is told to nobody before whoever leads has decided on it."""
    hall = campaign()
    find(hall)
    done(hall, ("zhou", "order", OrderProblem("改", "wang"), "10:00"))
    assert told(hall, "2026-11-23") == 1
    assert say(hall, "zhao", "problem.answer", AnswerProblem("不是这样", dispute=True), "9:45", received=at("11:00")).st == "applied"
    assert told(hall, "2026-11-23") == 0
    done(hall, ("zhou", "order", AGAIN, "11:10"))
    assert told(hall, "2026-11-23") == 1


def test_what_arrives_after_somebody_has_looked_changes_nothing_of_what_he_saw() -> None:
    """RCT-02, CON-36: the material a problem was verified on stays."""
    hall = problem(ORDERED)
    shown = [Blob("a" * 64, 10, "image/webp", 1), Blob("b" * 64, 10, "image/webp", 2)]
    claim = ClaimDone("已改", [shown[0].sha256], [shown[1].sha256])
    assert say(hall, "wang", "problem.claim", claim, "9:50", blobs=shown).st == "applied"
    for one in shown:
        hall.bytes_of("wang", one.sha256)
    assert say(hall, "lin", "problem.verify", VerifyProblem(True, "看过"), "10:00").st == "applied"
    before = hall.row("problem", "p1")["after"]
    assert before == [shown[1].sha256]
    assert say(hall, "wang", "problem.claim", ClaimDone("早就改了"), "9:55", received=at("11:00")).st == "applied"
    assert (hall.row("problem", "p1")["after"], state(hall)) == (before, "verified")


def test_what_fell_and_stands_again_has_its_whole_term_anew() -> None:
    """CON-44, RCT-01: nobody is late by a term that ran out while there was no problem."""
    hall = campaign()
    answers = [ItemAnswer("MS01", "full")]
    hall.send(ACTORS["wu"], "visit.record", "v1", RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), answers), received=at("9:30"))

    def lead(kind: str, args: msgspec.Struct, clock: str, day: str = "2026-11-23") -> None:
        guard = {"v1": hall.tx.version("visit", "v1") or 0}
        said = {"guard": guard, "at": at(clock, day), "received": at(clock, day)}
        assert hall.send(ACTORS["sun"], f"visit.{kind}", "v1", args, **said).st == "applied"

    lead("publish", Publish("只查几项"), "9:40")
    assert find(hall, source="covert", fact="v1", clock="9:45").st == "applied"
    done(hall, ("chen", "order", OrderProblem("改", "wang"), "9:50"))
    lead("withdraw", WithdrawVisit("再核对"), "10:00")
    lead("publish", Publish("核对无误"), "10:00", "2026-12-10")
    hall.tick(at("9:00", "2026-12-17"))
    row = hall.row("problem", "p1")
    assert (row["state"], row["due_day"], row.get("overdue", False), row.get("was_due_day")) == ("ordered", "2026-12-17", False, None)
    hall.tick(at("9:00", LATE))
    assert hall.row("problem", "p1")["overdue"] is True
