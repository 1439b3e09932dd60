"""Campaigns and rectification through their handlers: nothing left out, proof in time counts, nobody verifies his own work (CAMP, RCT)."""

from typing import Any

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.ops import (
    Batch,
    ClaimDone,
    CloseProblem,
    FindProblem,
    FinishPhase,
    FoundProblem,
    OrderProblem,
    Output,
    Phase,
    PutCampaign,
    SelfCheck,
    VerifyProblem,
    WithdrawProblem,
)
from server.domain.campaign.tables import ProblemRecord
from server.domain.hall.handlers import put_person
from server.domain.hall.tables import PersonRecord
from tests.server.scenes.small_hall import ACTORS, DOMAINS, at, small_hall
from tests.support.memory_tx import MemoryHall

PHASES = [
    Phase("mobilise", "2026-11-02", "2026-11-06"),
    Phase("self_check", "2026-11-09", "2026-11-27", ["逐项自查"]),
    Phase("rules", "2026-11-30", "2026-12-04"),
    Phase("acceptance", "2026-12-07", "2026-12-11"),
]
HALL = (*DOMAINS, CAMPAIGN) if CAMPAIGN not in DOMAINS else DOMAINS


def campaign(**more: Any) -> MemoryHall:
    """A campaign over two units, kept by 陈 of the efficiency group."""
    hall = small_hall(domains=HALL)
    assert put(hall, **more).st == "applied"
    return hall


def put(hall: MemoryHall, who: str = "chen", **more: Any) -> Outcome:
    args: dict[str, Any] = {"title": "专项整治", "units": ["u1", "u2"], "phases": PHASES, "first": "ma"}
    guard = {"c1": version} if (version := hall.tx.version("campaign", "c1")) else {}
    return hall.send(ACTORS[who], "camp.put", "c1", PutCampaign(**(args | more)), guard=guard)


def act(hall: MemoryHall, who: str, kind: str, args: msgspec.Struct, rid: str = "p1", clock: str = "10:00", **how: Any) -> Outcome:
    return hall.send(ACTORS[who], kind, rid, args, **({"at": at(clock)} | how))


def find(hall: MemoryHall, rid: str = "p1", who: str = "chen", clock: str = "9:30", **more: Any) -> Outcome:
    args = {"unit": "u1", "source": "patrol", "code": "F20", "text": "材料清单没有一次给全", "campaign": "c1"} | more
    return act(hall, who, "problem.find", FindProblem(**args), rid, clock)


SEEN = VerifyProblem(True, "现场看过", "口头服务，无物可拍")
"""Verified without material from before and after, which wants words and the reason."""


def rectified(hall: MemoryHall, rid: str = "p1", clock: str = "9:40") -> None:
    """Found, ordered, claimed, verified."""
    find(hall, rid)
    act(hall, "chen", "problem.order", OrderProblem("五日内补齐", "wang"), rid, clock)
    act(hall, "wang", "problem.claim", ClaimDone("清单已上墙"), rid, "9:50")
    assert act(hall, "lin", "problem.verify", SEEN, rid, "9:55").st == "applied"


def state(hall: MemoryHall, rid: str = "p1") -> str:
    return str(hall.row("problem", rid)["state"])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"phases": []}, "PHASES_OVERLAP"),
        ({"phases": [PHASES[1], PHASES[0]]}, "PHASES_OVERLAP"),
        ({"phases": [Phase("rules", "2026-11-09", "2026-11-08")]}, "PHASES_OVERLAP"),
        ({"phases": [Phase("rules", "morgen", "2026-11-08")]}, "PHASES_OVERLAP"),
        ({"batches": [Batch(["u1"], "2026-11-30")]}, "PHASES_OVERLAP"),
        ({"batches": [Batch(["u1", "u2"], "2026-11-30"), Batch(["u2"], "2026-12-30")]}, "PHASES_OVERLAP"),
        ({"units": []}, "INVALID"),
        ({"units": ["u1", "u9"]}, "INVALID"),
        ({"units": ["u1", "u1"]}, "INVALID"),
        ({"first": ""}, "INVALID"),
        ({"first": "nobody"}, "INVALID"),
        ({"heads": {"u9": "wang"}}, "INVALID"),
        ({"heads": {"u1": "nobody"}}, "INVALID"),
        ({"documents": [" "]}, "INVALID"),
        ({"phases": [Phase("rules", "2026-11-09", "2026-11-13", who="nobody")]}, "INVALID"),
        ({"title": " "}, "INVALID"),
        ({"who": "wang"}, "NO_RIGHT"),
        ({"who": "zhao"}, "NO_RIGHT"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_refused_with_its_reason(wrong: dict[str, Any], code: str) -> None:
    """CAMP-01, CAMP-02."""
    assert put(small_hall(domains=HALL), **wrong) == Outcome("refused", code)


def test_who_answers_in_a_unit_and_for_a_phase_and_what_it_rests_on_is_laid_down() -> None:
    """CAMP-01."""
    phases = [Phase("acceptance", "2026-11-09", "2026-11-13", ["验收"], who="chen")]
    row = campaign(phases=phases, heads={"u1": "wang"}, documents=["作风整治方案，2026年11月2日"]).row("campaign", "c1")
    assert (row["heads"], row["documents"], row["phases"][0]["who"]) == ({"u1": "wang"}, ["作风整治方案，2026年11月2日"], "chen")


def test_batches_deal_with_every_unit_once() -> None:
    """CAMP-02: three batches of 10, 10 and 14 units in the report of one city."""
    hall = campaign(batches=[Batch(["u2"], "2026-11-30"), Batch(["u1"], "2026-12-31")])
    assert [batch["units"] for batch in hall.row("campaign", "c1")["batches"]] == [["u2"], ["u1"]]


def test_a_self_check_with_problems_and_a_signed_zero_report() -> None:
    """CAMP-03: corrected at once is claimed at once; nothing found needs a name."""
    hall = campaign()
    problems = [FoundProblem("p1", "F15", "未戴工牌", fixed="已佩戴"), FoundProblem("p2", "F36", "台账缺页")]
    assert act(hall, "zhao", "camp.self_check", SelfCheck("c1", "u1", problems), "s1").st == "applied"
    assert act(hall, "feng", "camp.self_check", SelfCheck("c1", "u2", []), "s2") == Outcome("held", "SIGNATURE")
    assert act(hall, "feng", "camp.self_check", SelfCheck("c1", "u2", [], "冯"), "s3").st == "applied"
    assert hall.row("campaign", "c1")["progress"] == {
        "u1": {"found": 2, "rectified": 1, "verified": 0, "reported": True, "zero": False},
        "u2": {"found": 0, "rectified": 0, "verified": 0, "reported": True, "zero": True},
    }


@pytest.mark.parametrize(("signed", "code"), [("x", "SIGNATURE"), ("赵", "SIGNATURE"), ("", "SIGNATURE"), (" 冯　", None)])
def test_a_zero_report_is_signed_with_the_own_name_as_the_hall_has_it(signed: str, code: str | None) -> None:
    """CAMP-03: spaces apart."""
    said = act(campaign(), "feng", "camp.self_check", SelfCheck("c1", "u2", [], signed), "s1")
    assert said == Outcome("held" if code else "applied", code)


@pytest.mark.parametrize(("name", "signed"), [("Ａｎｎａ　Li", "Anna Li"), ("张 三", "张三"), ("张三", "张\u3000三 ")])
def test_spaces_and_the_width_of_letters_do_not_make_another_name(name: str, signed: str) -> None:
    """CAMP-03."""
    hall = campaign()
    feng = hall.tx.get(PersonRecord, "feng")
    assert feng is not None
    put_person(hall.tx, msgspec.structs.replace(feng, name=name))
    assert act(hall, "feng", "camp.self_check", SelfCheck("c1", "u2", [], signed), "s1").st == "applied"


def test_a_code_the_unit_may_not_use_is_marked_and_nothing_else_waits_for_it() -> None:
    """CAMP-03, PRH-01: what was found stands whole; a single report under such a code is held."""
    hall = campaign()
    problems = [FoundProblem("p1", "F15", "未戴工牌", fixed="已佩戴"), FoundProblem("p2", "X99", "台账缺页")]
    assert act(hall, "zhao", "camp.self_check", SelfCheck("c1", "u1", problems), "s1").st == "applied"
    assert [hall.row("problem", rid).get("code_open", False) for rid in ("p1", "p2")] == [False, True]
    assert hall.row("campaign", "c1")["progress"]["u1"] == {"found": 2, "rectified": 1, "verified": 0, "reported": True, "zero": False}
    assert find(hall, "p3", code="X99") == Outcome("held", "INVALID")


def test_a_unit_outside_the_scope_reports_nothing_to_the_campaign() -> None:
    """CAMP-03: it would be counted nowhere; kept for a person."""
    hall = campaign(units=["u2"])
    assert act(hall, "zhao", "camp.self_check", SelfCheck("c1", "u1", [], "赵"), "s1") == Outcome("held", "INVALID")


def test_only_the_head_reports_for_a_unit() -> None:
    """CAMP-03."""
    hall = campaign()
    assert act(hall, "wang", "camp.self_check", SelfCheck("c1", "u1", [], "王"), "s1") == Outcome("held", "NO_RIGHT")
    assert act(hall, "feng", "camp.self_check", SelfCheck("c1", "u1", [], "冯"), "s2") == Outcome("held", "NO_RIGHT")


def test_a_phase_ends_when_every_unit_has_reported_and_all_is_verified() -> None:
    """CAMP-04."""
    hall = campaign()

    def finish(phase: int = 1) -> Outcome:
        return act(hall, "chen", "camp.finish", FinishPhase(phase), "c1")

    assert finish() == Outcome("refused", "NOT_ALL_VERIFIED"), "the one before it is not done"
    assert finish(0).st == "applied"
    assert finish() == Outcome("refused", "NOT_ALL_VERIFIED")
    act(hall, "feng", "camp.self_check", SelfCheck("c1", "u2", [], "冯"), "s2")
    act(hall, "zhao", "camp.self_check", SelfCheck("c1", "u1", [FoundProblem("p1", "F20", "清单不全")]), "s1")
    assert finish() == Outcome("refused", "NOT_ALL_VERIFIED")
    act(hall, "zhao", "problem.claim", ClaimDone("已补齐"))
    assert finish() == Outcome("refused", "NOT_ALL_VERIFIED")
    act(hall, "chen", "problem.verify", SEEN, clock="10:10")
    assert finish().st == "applied"
    assert hall.row("campaign", "c1")["finished"] == [0, 1]


def test_a_phase_of_another_kind_ends_with_everything_verified_and_the_last_one_whatever_was_laid_down() -> None:
    """CAMP-02, CAMP-04: batch by batch, each when the problems of its own units are verified."""

    def of(last: bool | None) -> list[Phase]:
        days = [("2026-11-02", "2026-11-06"), ("2026-11-09", "2026-11-13"), ("2026-11-16", "2026-11-20")]
        said = [None, False, last]
        return [Phase("other", *span, name=f"第{n}批", all_verified=word) for n, (span, word) in enumerate(zip(days, said, strict=True), 1)]

    for last in (None, False):
        hall = campaign(phases=of(last), batches=[Batch(["u2"], "2026-11-06"), Batch(["u1"], "2026-11-20")])
        finish = [act(hall, "chen", "camp.finish", FinishPhase(n), "c1").st for n in (0,)]
        find(hall)
        find(hall, "p2", unit="u2")
        finish += [act(hall, "chen", "camp.finish", FinishPhase(n), "c1").st for n in (1, 2)]
        assert finish == ["applied", "applied", "refused"]
    hall = campaign(phases=of(None), batches=[Batch(["u2"], "2026-11-06"), Batch(["u1"], "2026-11-20")])
    find(hall)
    find(hall, "p2", unit="u2")
    assert act(hall, "chen", "camp.finish", FinishPhase(0), "c1") == Outcome("refused", "NOT_ALL_VERIFIED")
    act(hall, "feng", "problem.claim", ClaimDone("已改"), "p2")
    act(hall, "chen", "problem.verify", SEEN, "p2", "10:10")
    assert act(hall, "chen", "camp.finish", FinishPhase(0), "c1").st == "applied", "what is open belongs to the other batch"


def test_a_unit_with_a_problem_is_not_put_out_of_the_scope_and_one_from_outside_counts() -> None:
    """CAMP-04: nothing is left out; what is taken back frees the unit."""
    hall = campaign(units=["u2"])
    find(hall)
    assert hall.row("campaign", "c1")["progress"]["u1"]["found"] == 1
    assert put(hall).st == "applied"
    assert put(hall, units=["u2"]) == Outcome("refused", "SCOPE_PROBLEMS")
    assert act(hall, "chen", "problem.withdraw", WithdrawProblem("登记错单位")).st == "applied"
    assert put(hall, units=["u2"]).st == "applied"
    assert hall.row("campaign", "c1")["progress"].keys() == {"u2"}


def test_a_phase_does_not_end_before_its_first_day() -> None:
    """CAMP-01, CAMP-04."""
    hall = campaign(phases=[Phase("mobilise", "2026-11-24", "2026-11-27")])
    finish = FinishPhase(0)
    assert act(hall, "chen", "camp.finish", finish, "c1") == Outcome("refused", "TOO_EARLY")
    assert act(hall, "chen", "camp.finish", finish, "c1", received=at("8:00", "2026-11-24")).st == "applied"


def test_what_comes_in_after_a_phase_has_ended_marks_it() -> None:
    """CAMP-04, CAMP-07: on the campaign and in its summary, though it was found before; a phase that verifies nothing is not marked."""
    hall = campaign()
    assert act(hall, "chen", "camp.finish", FinishPhase(0), "c1").st == "applied"
    for head, unit, name in (("zhao", "u1", "赵"), ("feng", "u2", "冯")):
        act(hall, head, "camp.self_check", SelfCheck("c1", unit, [], name), f"s-{unit}")
    rectified(hall)
    assert act(hall, "chen", "camp.finish", FinishPhase(1), "c1").st == "applied"
    assert "found_since" not in hall.row("campaign", "c1")
    find(hall, "p2", clock="9:31")
    assert (hall.row("campaign", "c1")["found_since"], hall.row("camp.summary", "c1")["found_since"]) == ({"1": 1}, 1)
    act(hall, "chen", "problem.withdraw", WithdrawProblem("重复登记"), "p2")
    assert "found_since" not in hall.row("campaign", "c1")


def test_an_order_has_a_term_in_working_days_of_the_calendar() -> None:
    """RCT-01: five working days, fifteen for what is complex."""
    hall = campaign()
    for rid, complexity, day in (("p1", "simple", "2026-11-30"), ("p2", "complex", "2026-12-14")):
        find(hall, rid)
        act(hall, "chen", "problem.order", OrderProblem("整改", "wang", complexity), rid)  # type: ignore[arg-type]
        assert hall.row("problem", rid)["due_day"] == day


def test_a_later_order_gives_a_new_term_and_takes_no_delay_back() -> None:
    """RCT-01, IDX-28: ordered again before its term ended it has the new one; after that it stays overdue, whatever is done then."""
    for day, late in (("2026-11-27", False), ("2026-12-03", True)):
        hall = campaign()
        find(hall)
        act(hall, "chen", "problem.order", OrderProblem("整改", "wang"))
        then = at("11:00", day)
        again: dict[str, Any] = {"at": then, "received": then}
        hall.tick(then)
        assert act(hall, "lin", "problem.order", OrderProblem("再改", "wang"), **again).st == "applied"
        assert act(hall, "wang", "problem.claim", ClaimDone("已改"), at=then + 1, received=then + 1).st == "applied"
        assert act(hall, "lin", "problem.verify", SEEN, at=then + 2, received=then + 2).st == "applied"
        row = hall.row("problem", "p1")
        assert (row.get("overdue", False), row["due_day"] > "2026-11-30") == (late, True)
        assert hall.row("camp.summary", "c1")["on_time"] == (not late)


def test_what_had_no_term_is_neither_in_time_nor_late() -> None:
    """RCT-01, CAMP-07."""
    hall = campaign()
    find(hall)
    act(hall, "zhao", "problem.claim", ClaimDone("已改"))
    act(hall, "lin", "problem.verify", SEEN, clock="10:05")
    summary = hall.row("camp.summary", "c1")
    assert (summary["verified"], summary["with_term"], summary["on_time"]) == (1, 0, 0)


@pytest.mark.parametrize("who", ["zhao", "wang", "li"])
def test_nobody_of_the_unit_verifies_its_work(who: str) -> None:
    """RCT-02."""
    hall = campaign()
    find(hall)
    act(hall, "zhao", "problem.claim", ClaimDone("已改"))
    actor = ACTORS[who]._replace(roles=ACTORS[who].roles | {"INS"})
    assert hall.send(actor, "problem.verify", "p1", VerifyProblem(True)) == Outcome("refused", "OWN_WORK")


def test_the_owner_does_not_verify_even_from_another_unit() -> None:
    """RCT-02."""
    hall = campaign()
    find(hall)
    act(hall, "chen", "problem.order", OrderProblem("整改", "lin"))
    act(hall, "lin", "problem.claim", ClaimDone("已改"), clock="10:05")
    assert act(hall, "lin", "problem.verify", VerifyProblem(True), clock="10:06") == Outcome("refused", "OWN_WORK")


def test_what_is_returned_is_done_again() -> None:
    """RCT-02: a return needs words."""
    hall = campaign()
    find(hall)
    act(hall, "zhao", "problem.claim", ClaimDone("已改"))
    assert act(hall, "lin", "problem.verify", VerifyProblem(False), clock="10:05") == Outcome("refused", "INVALID")
    act(hall, "lin", "problem.verify", VerifyProblem(False, "照片看不出"), clock="10:05")
    assert state(hall) == "returned"
    act(hall, "zhao", "problem.claim", ClaimDone("补拍"), clock="10:10")
    act(hall, "lin", "problem.verify", SEEN, clock="10:15")
    assert state(hall) == "verified"
    assert [step["step"] for step in hall.row("problem", "p1")["steps"]] == ["found", "claimed", "returned", "claimed", "verified"]


@pytest.mark.parametrize(
    ("made", "grade", "want"), [("2026-11-27", "A", "claimed"), ("2026-11-27", "C", "claimed"), ("2026-12-02", "A", "not_done")]
)
def test_proof_made_in_time_reopens_what_was_closed_as_not_done(made: str, grade: Any, want: str) -> None:
    """CON-36: however late it arrives; a time that cannot be proven does not reopen by itself."""
    hall = campaign()
    find(hall)
    act(hall, "chen", "problem.order", OrderProblem("整改", "wang"))
    hall.tick(at("10:00", "2026-12-01"))
    assert hall.row("problem", "p1")["overdue"] is True
    assert act(hall, "chen", "problem.close", CloseProblem(" ")) == Outcome("refused", "INVALID"), "nobody is told why"
    closed = {"at": at("10:00", "2026-12-03"), "received": at("10:00", "2026-12-03")}
    act(hall, "chen", "problem.close", CloseProblem("未见整改"), **closed)
    assert state(hall) == "not_done"
    sent = {"at": at("9:00", made), "received": at("11:00", "2026-12-03"), "grade": grade}
    assert act(hall, "wang", "problem.claim", ClaimDone("离线拍好的照片"), **sent).st == "applied"
    assert state(hall) == ("not_done" if grade == "C" else want)
    assert hall.row("problem", "p1").get("overdue", False) is (made > "2026-11-30" and grade != "C")
    assert hall.row("problem", "p1").get("unproven", False) is (grade == "C")


@pytest.mark.parametrize(
    ("grade", "received", "told"),
    [("A", "2026-12-02", (False, False, 1)), ("C", "2026-12-02", (False, True, 0)), ("C", "2026-11-27", (False, False, 1))],
)
def test_a_time_nobody_can_prove_is_neither_in_time_nor_late(grade: Any, received: str, told: tuple[bool, bool, int]) -> None:
    """EVD-03, CAMP-07, IDX-28: said to be of Friday; what has arrived before the term ended is proven by its arrival."""
    hall = campaign()
    find(hall)
    act(hall, "chen", "problem.order", OrderProblem("整改", "wang"))
    sent = {"at": at("9:00", "2026-11-27"), "received": at("11:00", received), "grade": grade}
    assert act(hall, "wang", "problem.claim", ClaimDone("已改"), **sent).st == "applied"
    hall.tick(at("11:30", "2026-12-02"))
    assert act(hall, "lin", "problem.verify", SEEN, **{"at": at("12:00", "2026-12-02")}).st == "applied"
    row = hall.row("problem", "p1")
    summary = hall.row("camp.summary", "c1")
    assert (row.get("overdue", False), row.get("unproven", False), summary["on_time"]) == told
    assert summary["verified"] == 1
    rct = next(measure for measure in CAMPAIGN.measures if "rct_in_time" in measure.sums)
    assert hall.tx.sums(rct)["u1"]["rct_in_time"] == told[2]


NINETY_DAYS_MS = 90 * 24 * 60 * 60_000


@pytest.mark.parametrize(("after_ms", "back"), [(-1, False), (0, True), (NINETY_DAYS_MS, True), (NINETY_DAYS_MS + 1, False)])
def test_what_is_found_again_on_the_last_of_ninety_days_has_come_back_and_a_moment_later_not(after_ms: int, back: bool) -> None:
    """RCT-03: counted from when it was verified."""
    hall = campaign()
    rectified(hall)
    then = at("9:55") + after_ms
    found = FindProblem("u1", "patrol", "F20", "又没有给全", campaign="c1")
    assert hall.send(ACTORS["chen"], "problem.find", "p2", found, at=then, received=max(then, at("9:55"))).st == "applied"
    again = hall.row("problem", "p2")
    assert (again.get("recurs", ""), again["level"]) == (("p1", "serious") if back else ("", "minor"))
    first = hall.tx.get(ProblemRecord, "p1")
    assert first is not None
    assert first.came_back is back


def test_the_same_code_within_ninety_days_comes_back_heavier() -> None:
    """RCT-03."""
    hall = campaign()
    rectified(hall)
    find(hall, "p2", clock="15:00")
    assert hall.row("problem", "p2")["recurs"] == "p1"
    assert (hall.row("problem", "p1")["level"], hall.row("problem", "p2")["level"]) == ("minor", "serious")
    find(hall, "p3", unit="u2", clock="15:10")
    assert hall.row("problem", "p3").get("recurs", "") == ""


def test_what_comes_back_a_second_time_weighs_more_than_the_time_before() -> None:
    """RCT-03: minor, serious, grave."""
    hall = campaign()
    for n, hour in enumerate((9, 11, 13), 1):
        find(hall, f"p{n}", clock=f"{hour}:30")
        act(hall, "zhao", "problem.claim", ClaimDone("已改"), f"p{n}", f"{hour}:40")
        act(hall, "lin", "problem.verify", SEEN, f"p{n}", f"{hour}:50")
    assert [hall.row("problem", rid)["level"] for rid in ("p1", "p2", "p3")] == ["minor", "serious", "grave"]
    assert [hall.row("problem", rid).get("recurs", "") for rid in ("p1", "p2", "p3")] == ["", "p1", "p2"]


def test_what_was_closed_knows_that_it_came_back_and_what_it_needs_for_its_registers() -> None:
    """RCT-03, IDX-29: the closed one is marked, not the new one; in another unit nothing came back."""
    hall = campaign()
    rectified(hall)
    find(hall, "p2", clock="15:00")
    find(hall, "p3", unit="u2", clock="15:10")
    one, two, three = (hall.tx.get(ProblemRecord, rid) for rid in ("p1", "p2", "p3"))
    assert one is not None
    assert two is not None
    assert three is not None
    assert (one.came_back, two.came_back, three.came_back) == (True, False, False)
    assert (one.closed_at, one.claimed_at, one.demand) == (at("9:55"), at("9:50"), "五日内补齐")
    assert (two.grade, two.closed_at, two.claimed_at) == ("serious", 0, 0)


def test_many_of_one_code_are_a_matter_of_the_section() -> None:
    """RCT-04."""
    hall = campaign()
    for rid in ("p1", "p2"):
        find(hall, rid)
    assert hall.row("problem", "p1").get("many", 0) == 0
    find(hall, "p3")
    assert {hall.row("problem", rid)["many"] for rid in ("p1", "p2", "p3")} == {3}


def test_who_sees_a_problem_and_what_the_hall_sees() -> None:
    """RCT-05, §7: numbers for everybody, texts for those concerned."""
    hall = campaign()
    find(hall)
    assert hall.buckets("problem", "p1") == {"head:u1", "u:chen", "role:EFF", "role:OFF", "role:CHECK", "role:LEAD", "role:DIS"}
    assert hall.buckets("campaign", "c1") == {"hall"}
    assert "材料清单" not in str(hall.row("campaign", "c1"))
    act(hall, "chen", "problem.order", OrderProblem("整改", "wang"))
    assert "u:wang" in hall.buckets("problem", "p1")


def test_the_final_summary_is_made_of_the_facts() -> None:
    """CAMP-05, CAMP-06, CAMP-07."""
    hall = campaign()
    rectified(hall)
    find(hall, "p2", code="F15", clock="15:00")
    for rid, kind, figure in (("o1", "rule", None), ("o2", "training", None), ("o3", "good_practice", None), ("o4", "evaluation", 965)):
        assert act(hall, "zhao", "camp.output", Output("c1", "u1", kind, "领办", "2026-11-20", figure=figure), rid).st == "applied"  # type: ignore[arg-type]
    summary = hall.row("camp.summary", "c1")
    assert (summary["found"], summary["verified"], summary["on_time"], summary["open"]) == (2, 1, 1, 1)
    assert (summary["rules"], summary["trainings"], summary["good"], summary["evaluations"]) == (1, 1, ["领办"], [["u1", 965]])
    assert summary["codes"] == [["F15", 1], ["F20", 1]]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"code": "F99"}, "INVALID"), ({"unit": "u9"}, "INVALID"), ({"text": ""}, "INVALID"), ({"campaign": "c9"}, "REF_WAIT")],
)
def test_a_problem_that_makes_no_sense_is_kept_for_a_person(wrong: dict[str, Any], code: str) -> None:
    assert find(campaign(), **wrong) == Outcome("held", code)
