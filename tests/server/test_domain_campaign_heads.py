"""Who answers for a unit in a campaign beside its head, and who has had a part in it and judges nothing of it (CAMP-01, RCT-02)."""

from typing import Any

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.campaign.ops import AnswerProblem, ClaimDone, OrderProblem, Output, SelfCheck, SetMeasures, WithdrawProblem
from server.domain.hall.handlers import put_person
from server.domain.hall.tables import PersonRecord, UnitTerm
from server.domain.patrol.ops import Tie
from tests.server.scenes.small_hall import ACTORS, at
from tests.server.test_domain_campaign import SEEN, act, campaign, find, put, state
from tests.support.memory_tx import MemoryHall

ZERO = SelfCheck("c1", "u1", [], "李")
MEASURES = SetMeasures("先补清单，再培训")


@pytest.mark.parametrize(
    ("kind", "args", "rid"),
    [
        ("camp.self_check", ZERO, "s1"),
        ("camp.output", Output("c1", "u1", "rule", "一次性告知办法", "2026-11-23"), "out"),
        ("problem.measures", MEASURES, "p1"),
        ("problem.answer", AnswerProblem("当时系统停机"), "p1"),
        ("problem.claim", ClaimDone("清单已上墙"), "p1"),
    ],
)
def test_who_is_named_for_a_unit_does_what_its_head_does(kind: str, args: msgspec.Struct, rid: str) -> None:
    """CAMP-01: window head details; until the campaign names another, and nobody else of the unit."""
    hall = campaign(heads={"u1": "li"})
    find(hall)
    assert act(hall, "qian", kind, args, rid) == Outcome("held", "NO_RIGHT")
    assert act(hall, "feng", kind, args, rid) == Outcome("held", "NO_RIGHT")
    assert act(hall, "li", kind, args, rid).st == "applied"


def test_who_is_named_sees_the_problems_of_the_unit_and_a_change_of_names_shows_them_to_the_next() -> None:
    """CAMP-01, §7: what the one before said earlier counts however late it comes; what he says afterwards does not."""
    hall = campaign(heads={"u1": "li"})
    find(hall)
    assert (hall.row("problem", "p1")["named"], "u:li" in hall.buckets("problem", "p1")) == ("li", True)
    hall.tx.now = at("10:00")
    assert put(hall, heads={"u1": "wang"}).st == "applied"
    assert {"u:li", "u:wang"} & hall.buckets("problem", "p1") == {"u:wang"}
    assert act(hall, "li", "problem.measures", MEASURES, clock="9:50").st == "applied"
    assert act(hall, "li", "problem.measures", MEASURES, clock="10:05") == Outcome("held", "NO_RIGHT")
    assert act(hall, "wang", "problem.measures", MEASURES, clock="10:05").st == "applied"


def test_who_is_or_was_named_for_a_unit_neither_verifies_nor_withdraws_its_problems() -> None:
    """RCT-02, CAMP-01: an inspector who answers for another unit than his own."""
    hall = claimed(heads={"u1": "lin"})
    for then in ({"u1": "lin"}, {}):
        assert put(hall, heads=then).st == "applied"
        assert verify(hall, ACTORS["lin"]) == Outcome("refused", "OWN_WORK")
    assert verify(hall, ACTORS["zhou"]).st == "applied"


def claimed(**more: Any) -> MemoryHall:
    """A problem of u1 found at 9:30, ordered, claimed done at 9:50."""
    hall = campaign(**more)
    find(hall)
    act(hall, "chen", "problem.order", OrderProblem("五日内补齐", "wang"), clock="9:40")
    act(hall, "wang", "problem.claim", ClaimDone("清单已上墙"), clock="9:50")
    return hall


def verify(hall: MemoryHall, who: Any, kind: str = "verify", args: msgspec.Struct = SEEN, day: str = "2026-11-24") -> Outcome:
    guard = {"p1": hall.tx.version("problem", "p1") or 0}
    return hall.send(who, f"problem.{kind}", "p1", args, at=at("9:00", day), received=at("9:00", day), guard=guard)


@pytest.mark.parametrize(
    ("last_day", "outcome"),
    [
        ("2026-11-22", Outcome("applied")),
        ("2026-11-23", Outcome("refused", "OWN_WORK")),
    ],
    ids=["gone before it was found", "there while it was worked on"],
)
def test_yesterdays_colleague_does_not_verify_the_work_of_his_unit(last_day: str, outcome: Outcome) -> None:
    """RCT-02: whoever belonged to the unit on a day from the finding to the claim."""
    hall = claimed()
    moved = [UnitTerm("u1", "2020-01-01", last_day), UnitTerm("c-patrol", "2026-11-24")]
    put_person(hall.tx, PersonRecord(rid="li", name="李", badge="li", unit="c-patrol", title={}, roles=["INS"], units=moved))
    who = ACTORS["li"]._replace(unit="c-patrol", roles=frozenset({"INS"}))
    assert verify(hall, who) == outcome


def test_who_has_a_tie_to_the_unit_does_not_verify_its_work() -> None:
    """RCT-02, PTL-07."""
    hall = claimed()
    hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie(["u1"], []), at=at("9:00"), received=at("9:00"))
    assert verify(hall, ACTORS["lin"]) == Outcome("refused", "OWN_WORK")
    assert verify(hall, ACTORS["zhou"], "withdraw", WithdrawProblem("重复")).st == "applied"
    assert state(hall) == "lifted"


def stay(hall: MemoryHall, *stay: str) -> None:
    """Nobody else who may judge is here any more; 林 was of u1 while it was worked on."""
    for uid in {"lin", "chen", "zhou", "ma", "sun"} - {*stay}:
        person = hall.tx.get(PersonRecord, uid)
        assert person is not None
        put_person(hall.tx, msgspec.structs.replace(person, left=True))
    person = hall.tx.get(PersonRecord, "lin")
    assert person is not None
    moved = [UnitTerm("u1", "2020-01-01", "2026-11-23"), UnitTerm("c-patrol", "2026-11-24")]
    put_person(hall.tx, msgspec.structs.replace(person, units=moved))


@pytest.mark.parametrize(
    ("others", "verifies", "withdraws"),
    [((), True, True), (("sun",), True, True), (("chen",), True, False), (("zhou",), False, False)],
    ids=["nobody", "a check lead of whom nobody knows", "who ordered what he had found himself", "another"],
)
def test_who_once_answered_for_a_unit_judges_its_problem_when_nobody_else_can(
    others: tuple[str, ...], verifies: bool, withdraws: bool
) -> None:
    """RCT-02, CHK-05: a small hall; that there is a check lead is not told by the answer."""
    who = ACTORS["lin"]._replace(roles=frozenset({"INS", "OFF"}))
    for kind, args, may in (("verify", SEEN, verifies), ("withdraw", WithdrawProblem("重复"), withdraws)):
        hall = claimed()
        stay(hall, "lin", *others)
        assert verify(hall, who, kind, args) == (Outcome("applied") if may else Outcome("refused", "OWN_WORK"))


@pytest.mark.parametrize("tied", [False, True])
def test_what_a_visitor_declares_in_secret_bears_on_nobody_elses_verification(tied: bool) -> None:
    """CHK-05, PRV-15, RCT-02: who was of the unit once is told that another can, whatever that one has said to those who send him."""
    hall = claimed()
    stay(hall, "lin", "ma")
    person = hall.tx.get(PersonRecord, "ma")
    assert person is not None
    put_person(hall.tx, msgspec.structs.replace(person, roles=["LEAD", "TEAM"]))
    secret = ACTORS["ma"]._replace(roles=frozenset({"LEAD", "TEAM"}))
    if tied:
        assert hall.send(secret, "patrol.tie", "ma", Tie(["u1"], []), at=at("9:00"), received=at("9:00")).st == "applied"
    assert verify(hall, ACTORS["lin"]) == Outcome("refused", "OWN_WORK")
    assert verify(hall, secret).st == "applied"


def test_who_answers_for_a_unit_now_judges_nothing_of_it_though_nobody_else_can() -> None:
    """RCT-02, CAMP-01: nor who took measures."""
    hall = claimed()
    stay(hall, "lin")
    assert verify(hall, ACTORS["zhao"]._replace(roles=frozenset({"HEAD", "OFF"}))) == Outcome("refused", "OWN_WORK")
    assert verify(hall, ACTORS["wang"]._replace(unit="c-patrol", roles=frozenset({"INS"}))) == Outcome("refused", "OWN_WORK")
    assert put(hall, heads={"u1": "lin"}).st == "applied"
    assert verify(hall, ACTORS["lin"]) == Outcome("refused", "OWN_WORK")


def test_all_who_can_judge_were_named_by_mistake_and_judge_all_the_same() -> None:
    """CAMP-01, RCT-02: else nobody could, as long as the campaign lasts."""
    hall = claimed()
    for named in ("zhou", "ma", "sun", "chen", "lin", ""):
        hall.tx.now += 60_000
        assert put(hall, heads={"u1": named} if named else {}).st == "applied"
    assert verify(hall, ACTORS["lin"]).st == "applied"


@pytest.mark.parametrize(("until", "outcome"), [("9:10", Outcome("applied")), ("9:35", Outcome("refused", "OWN_WORK"))])
def test_who_was_named_until_before_it_was_seen_had_no_part_in_it(until: str, outcome: Outcome) -> None:
    """CAMP-01, RCT-02."""
    hall = campaign(heads={"u1": "lin"})
    hall.tx.now = at(until)
    assert put(hall).st == "applied"
    find(hall)
    act(hall, "chen", "problem.order", OrderProblem("五日内补齐", "wang"), clock="9:40")
    act(hall, "wang", "problem.claim", ClaimDone("清单已上墙"), clock="9:50")
    assert verify(hall, ACTORS["lin"]) == outcome
