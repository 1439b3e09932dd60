"""What a problem rests on: a sighting or a published result; when that is taken back, the problem is lifted (CON-44, CHK-05, PTL-10)."""

import random
from itertools import permutations
from typing import Any

import msgspec
import pytest

from server.domain.base import Op, Outcome
from server.domain.bulletin.gather import gather
from server.domain.bulletin.handlers import DOMAIN as BULLETIN
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.handlers import sealed
from server.domain.campaign.ops import ClaimDone, CloseProblem, FindProblem, OrderProblem, Phase, PutCampaign, VerifyProblem
from server.domain.campaign.tables import ProblemRecord
from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.patrol.ops import Observe, Seen, Withdraw
from server.domain.trail.ops import FindingVoid
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit, Void
from server.domain.visit.result_ops import FactCheck, WithdrawVisit
from tests.server.scenes.small_hall import ACTORS, DAY, DOMAINS, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

HALL = (*DOMAINS, CAMPAIGN, BULLETIN)
LATER = "2026-12-02"
"""A day after the three working days to answer what was told on Monday."""


def a_hall() -> MemoryHall:
    """With a campaign over both units."""
    hall = small_hall(domains=HALL)
    put = PutCampaign("专项整治", ["u1", "u2"], [Phase("self_check", DAY, "2026-11-30")], "ma")
    assert hall.send(ACTORS["chen"], "camp.put", "c1", put).st == "applied"
    return hall


def act(hall: MemoryHall, who: str, kind: str, rid: str, args: msgspec.Struct, clock: str, **how: Any) -> Outcome:
    """A decision on what is there now, or a fact."""
    row = {"visit": "visit", "problem": "problem"}.get(kind.split(".")[0], "")
    known = hall.tx.version(row, rid)
    received = at(clock, how.pop("day", DAY))
    return hall.send(ACTORS[who], kind, rid, args, **({"received": received, "guard": {rid: known} if known else {}} | how))


def look(
    hall: MemoryHall, rid: str, clock: str, seen: Seen = "serving", codes: Any = ("P11",), *, waited: bool = False, **how: Any
) -> None:
    observe = Observe("", "w1", seen, at(clock), KNEW, codes=list(codes), waited=waited)
    assert act(hall, "lin", "patrol.observe", rid, observe, clock, **how).st == "applied"


def find(hall: MemoryHall, fact: str, clock: str, source: Any = "patrol", who: str = "chen", rid: str = "p1") -> Outcome:
    return act(hall, who, "problem.find", rid, FindProblem("u1", source, "F14", "未亮身份", campaign="c1", fact=fact), clock)


def order(hall: MemoryHall, clock: str, rid: str = "p1") -> Outcome:
    return act(hall, "zhou", "problem.order", rid, OrderProblem("整改", "wang"), clock)


def state(hall: MemoryHall, rid: str = "p1") -> Any:
    row = hall.row("problem", rid)
    return row and row["state"]


def counted(hall: MemoryHall, kind: Any = "patrol_week", day: str = LATER) -> tuple[int, int, int]:
    """How often the problem stands in the bulletin of the week, in the summary of the campaign and in IDX-28."""
    hall.tick(max(hall.tx.now, at("9:00", day)))
    hall.tx.ask("campaign_checked", campaign="c1")
    told = [one for one in gather(hall.tx, kind, DAY, "2026-11-29").details if one.what == "F14"]
    measure = next(one for one in CAMPAIGN.measures if "rct_due" in one.sums)
    return len(told), hall.row("camp.summary", "c1")["found"], len(hall.tx.find(ProblemRecord, measure.where))


def visited(hall: MemoryHall, rid: str = "v1", who: str = "wu") -> None:
    """A sheet without a fault that opens a problem by itself."""
    answers = [ItemAnswer(item, "full") for item in items_of(shipped_checklists()["ms-1"])]
    sheet = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), answers)
    assert act(hall, who, "visit.record", rid, sheet, "9:30").st == "applied"


def publish(hall: MemoryHall, clock: str, rid: str = "v1") -> None:
    assert act(hall, "sun", "visit.publish", rid, Publish(""), clock).st == "applied"


# A sighting -----------------------------------------------------------------------------------------------------------


def test_a_problem_from_a_sighting_its_author_took_back_is_lifted() -> None:
    """CON-44, PTL-10, CAMP-07, IDX-28: it stays in the record and with its owner, and stands in no bulletin, summary or index."""
    hall = a_hall()
    look(hall, "o1", "10:00", received=at("10:05"))
    assert find(hall, "o1", "10:06").st == "applied"
    assert order(hall, "10:07").st == "applied"
    before = hall.copy()
    assert counted(before) == (1, 1, 1)
    assert act(hall, "lin", "patrol.withdraw", "o1", Withdraw("看错窗口"), "10:08", at=at("10:03")).st == "applied"
    assert (state(hall), "u:wang" in hall.buckets("problem", "p1"), "head:u1" in hall.buckets("problem", "p1")) == ("lifted", True, True)
    assert [step["step"] for step in hall.row("problem", "p1")["steps"]] == ["found", "ordered"]
    assert counted(hall) == (0, 0, 0)


def test_a_problem_from_a_sighting_others_voided_is_lifted() -> None:
    """CON-44: after publication the office takes it back."""
    hall = a_hall()
    look(hall, "o1", "10:00")
    find(hall, "o1", "10:01")
    assert act(hall, "zhou", "finding.void", "o1", FindingVoid("不是这个窗口"), "11:00").st == "applied"
    assert state(hall) == "lifted"


def test_a_withdrawal_after_publication_lifts_nothing() -> None:
    """CON-44: the finding stands, and so does what was made of it; made before and late to arrive, it counts."""
    for made, want in (("10:20", "found"), ("10:12:30", "lifted")):
        hall = a_hall()
        look(hall, "o1", "10:02", "empty_no_notice", (), waited=True, received=at("10:13"))
        find(hall, "o1", "10:15")
        assert act(hall, "lin", "patrol.withdraw", "o1", Withdraw("看错窗口"), "10:30", at=at(made)).st == "applied"
        assert state(hall) == want


def test_of_two_withdrawals_the_earlier_counts_whichever_arrives_first() -> None:
    """CON-44, EVD-01."""
    for first, second in permutations(("10:12:30", "10:20")):
        hall = a_hall()
        look(hall, "o1", "10:02", "empty_no_notice", (), waited=True, received=at("10:13"))
        find(hall, "o1", "10:15")
        for made in (first, second):
            act(hall, "lin", "patrol.withdraw", "o1", Withdraw("看错窗口"), "10:30", at=at(made))
        assert state(hall) == "lifted"


def test_sighting_problem_and_withdrawal_come_to_the_same_in_any_order() -> None:
    """EVD-01, CON-44: a problem waits for the sighting it names."""
    hall = a_hall()

    def said() -> list[Op[Any]]:
        facts: list[tuple[str, str, str, msgspec.Struct, str]] = [
            ("lin", "patrol.observe", "o1", Observe("", "w1", "serving", at("10:00"), KNEW, codes=["P11"]), "10:00"),
            ("chen", "problem.find", "p1", FindProblem("u1", "patrol", "F14", "未亮身份", campaign="c1", fact="o1"), "10:01"),
            ("lin", "patrol.withdraw", "o1", Withdraw("看错窗口"), "10:02"),
        ]
        return [hall.op(ACTORS[who], kind, rid, args, at=at(clock), received=at("12:00")) for who, kind, rid, args, clock in facts]

    ends = set()
    for ops in permutations(said()):
        one = hall.copy()
        for op in ops:
            assert one.run(op).code in (None, "REF_WAIT")
        assert state(one) == "lifted"
        ends.add(str(one.row("problem", "p1")) + str(one.row("camp.summary", "c1")))
    assert len(ends) == 1


def test_a_coded_sighting_its_person_was_told_of_is_taken_back_by_others_alone() -> None:
    """CON-44, GEN-08: its author no more, however the phone says it; the office may, and then the person is told no more."""
    hall = a_hall()
    look(hall, "o1", "10:00")
    find(hall, "o1", "10:01")
    order(hall, "10:02")
    assert act(hall, "lin", "patrol.withdraw", "o1", Withdraw("看错窗口"), "10:03").st == "applied"
    assert ("u:wang" in hall.buckets("coded", "o1"), state(hall)) == (True, "ordered")
    assert counted(hall.copy()) == (1, 1, 1)
    assert act(hall, "zhou", "finding.void", "o1", FindingVoid("不是这个窗口"), "10:04").st == "applied"
    assert (hall.row("coded", "o1"), state(hall)) == (None, "lifted")
    assert counted(hall) == (0, 0, 0)


def test_a_coded_sighting_taken_back_before_anybody_was_told_is_told_no_more_whenever_that_arrives() -> None:
    """CON-44, EVD-01: both were made without a network, and arrive apart."""
    hall = a_hall()
    look(hall, "o1", "10:00", received=at("10:30"))
    assert "u:wang" in hall.buckets("coded", "o1")
    act(hall, "lin", "patrol.withdraw", "o1", Withdraw("看错窗口"), "10:40", at=at("10:10"))
    assert hall.row("coded", "o1") is None


def test_an_idle_talk_its_person_was_told_of_stays_with_the_finding_though_its_author_takes_it_back() -> None:
    """CON-24, CON-44: a note of one fact is a record like another."""

    def noted(hall: MemoryHall) -> bool:
        return bool(hall.row("finding.own", "o1").get("also"))

    hall = a_hall()
    for rid, clock in (("o1", "10:02"), ("o2", "10:13")):
        look(hall, rid, clock, "empty_no_notice", ())
    idle = Observe("", "w2", "serving", at("10:08"), KNEW, codes=["P8"], person="wang")
    act(hall, "lin", "patrol.observe", "o3", idle, "10:14", at=at("10:08"))
    assert noted(hall)
    act(hall, "lin", "patrol.withdraw", "o3", Withdraw("认错人"), "10:30")
    assert noted(hall)
    act(hall, "zhou", "finding.void", "o3", FindingVoid("认错人"), "10:40")
    assert not noted(hall)


# Several sightings of one absence --------------------------------------------------------------------------------------

ORDERS = 30
SEEN = {"o1": "10:02", "o2": "10:13", "o3": "10:24"}


def absence(hall: MemoryHall, *, void: tuple[str, ...], there: str = "") -> list[Op[Any]]:
    """Three looks at an empty window, a problem made of the first, what the office takes back of them; and, if so, somebody seen there."""
    said: list[tuple[str, str, str, msgspec.Struct, str]] = [
        ("lin", "patrol.observe", rid, Observe("", "w1", "empty_no_notice", at(clock), KNEW), clock) for rid, clock in SEEN.items()
    ]
    if there:
        said.append(("lin", "patrol.observe", "there", Observe("", "w1", "serving", at(there), KNEW), there))
    said.append(("chen", "problem.find", "p1", FindProblem("u1", "patrol", "F14", "空岗", campaign="c1", fact="o1"), "10:30"))
    said += [("zhou", "finding.void", rid, FindingVoid("不是这个窗口"), "10:40") for rid in void]
    return [hall.op(ACTORS[who], kind, rid, args, at=at(clock), received=at("12:00")) for who, kind, rid, args, clock in said]


@pytest.mark.parametrize(
    ("void", "there", "want"),
    [
        (("o1",), "", "found"),
        (("o1", "o2"), "", "found"),
        (("o2", "o3"), "", "found"),
        (("o1", "o2", "o3"), "", "lifted"),
        (("o1",), "10:08", "lifted"),
        (("o1",), "10:20", "found"),
        (("o1", "o2"), "10:20", "lifted"),
        (("o1", "there"), "10:08", "found"),
    ],
)
def test_a_problem_stands_while_a_sighting_of_its_absence_stands_whatever_arrives_first(
    void: tuple[str, ...], there: str, want: str
) -> None:
    """CON-44, EVD-01, EVD-07: whichever of them it was made of; somebody seen in between makes it two absences."""
    hall, chance, ends = a_hall(), random.Random(4), set()
    ops = absence(hall, void=void, there=there)
    orders: list[list[Op[Any]]] = []
    while len(orders) < ORDERS:
        chance.shuffle(ops)
        place = {(op.kind, op.rid): n for n, op in enumerate(ops)}
        # A decision is on what is there.
        if all(place["finding.void", rid] > place["patrol.observe", rid] for rid in void):
            orders.append(list(ops))
    for arrived in orders:
        one = hall.copy()
        for op in arrived:
            assert one.run(op).code in (None, "REF_WAIT")
        ends.add((state(one), str(one.row("problem", "p1")), str(one.row("camp.summary", "c1"))))
    assert {end[0] for end in ends} == {want}
    assert len(ends) == 1


def test_a_problem_that_stands_on_the_rest_of_its_sightings_is_not_told_before_they_may_be_answered() -> None:
    """PTL-10, EVD-12: what was told of anew has its whole term, though the sighting the problem names was taken back."""
    hall = a_hall()
    look(hall, "o1", "10:02", "empty_no_notice", ())
    find(hall, "o1", "10:03")
    order(hall, "10:04")
    act(hall, "zhou", "finding.void", "o1", FindingVoid("不是这个窗口"), "10:05")
    assert state(hall) == "lifted"
    for rid, clock in (("o2", "10:13"), ("o3", "10:24")):
        look(hall, rid, clock, "empty_no_notice", ())
    assert state(hall) == "ordered"
    assert counted(hall.copy(), day="2026-11-26")[0] == 0
    assert counted(hall)[0] == 1


def test_nobody_decides_on_what_was_lifted_and_it_is_not_overdue() -> None:
    """CON-44, RCT-01: what its owner says of it is kept."""
    hall = a_hall()
    look(hall, "o1", "10:00")
    find(hall, "o1", "10:01")
    order(hall, "10:02")
    act(hall, "zhou", "finding.void", "o1", FindingVoid("不是这个窗口"), "10:03")
    assert act(hall, "wang", "problem.claim", "p1", ClaimDone("已戴"), "10:04").st == "applied"
    for kind, args in (
        ("problem.order", OrderProblem("再改", "wang")),
        ("problem.verify", VerifyProblem(False, "没有")),
        ("problem.close", CloseProblem("未改")),
    ):
        assert act(hall, "zhou", kind, "p1", args, "10:05").code == "GONE"
    hall.tick(at("9:00", "2026-12-20"))
    assert (state(hall), hall.row("problem", "p1").get("overdue", False)) == ("lifted", False)


@pytest.mark.parametrize(("seen", "codes"), [("serving", ("P11",)), ("empty_no_notice", ())])
def test_what_a_person_may_still_answer_is_not_called_confirmed(seen: Seen, codes: Any) -> None:
    """PTL-10, EVD-12: a coded sighting, or a finding, for three working days from being told; though the problem was ordered."""
    hall = a_hall()
    look(hall, "o1", "10:02", seen, codes)
    look(hall, "o2", "10:13", seen, codes)
    for rid, fact in (("p1", "o1"), ("p2", "o2")):
        assert find(hall, fact, "10:15", rid=rid).st == "applied"
        assert order(hall, "10:16", rid).st == "applied"
    assert counted(hall, day="2026-11-25")[0] == 0
    assert counted(hall)[0] == 2


# A visit --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "args"), [("visit.withdraw", WithdrawVisit("查错单位")), ("visit.void", Void("身份已暴露"))], ids=["withdrawn", "void"]
)
def test_a_problem_from_a_result_that_was_taken_back_is_lifted(kind: str, args: msgspec.Struct) -> None:
    """CON-44, CHK-10, CAMP-07, IDX-28."""
    hall = a_hall()
    visited(hall)
    publish(hall, "9:40")
    assert find(hall, "v1", "9:41", "covert", "sun").st == "applied"
    assert order(hall, "9:42").st == "applied"
    assert counted(hall.copy(), "check") == (1, 1, 1)
    assert act(hall, "sun", kind, "v1", args, "9:50").st == "applied"
    assert state(hall) == "lifted"
    assert counted(hall, "check") == (0, 0, 0)


def test_a_problem_stands_again_with_its_result() -> None:
    """CON-44: withdrawn, checked once more, published; while only the head sees it, it stays lifted."""
    hall = a_hall()
    visited(hall)
    publish(hall, "9:40")
    find(hall, "v1", "9:41", "covert", "sun")
    states = []
    for kind, args, day in (
        ("visit.withdraw", WithdrawVisit("查错单位"), DAY),
        ("visit.check", FactCheck("再核对"), DAY),
        ("visit.publish", Publish("核对无误"), LATER),
    ):
        assert act(hall, "sun", kind, "v1", args, "10:00", day=day).st == "applied"
        states.append(state(hall))
    assert states == ["lifted", "lifted", "found"]


def test_a_problem_from_one_sheet_of_a_team_falls_with_that_sheet() -> None:
    """CON-35, CON-44: the result, withdrawn for it and published anew, stands on the other."""
    hall = a_hall()
    visited(hall)
    visited(hall, "v2", "zheng")
    publish(hall, "9:40")
    for rid, fact in (("p1", "v1"), ("p2", "v2")):
        assert find(hall, fact, "9:41", "covert", "sun", rid).st == "applied"
    assert act(hall, "sun", "visit.withdraw", "v2", WithdrawVisit("身份已暴露"), "9:49").st == "applied"
    assert act(hall, "sun", "visit.void", "v2", Void("身份已暴露"), "9:50").st == "applied"
    publish(hall, "9:51")
    assert (state(hall, "p1"), state(hall, "p2")) == ("found", "lifted")


def test_a_visit_is_not_voided_without_a_reason() -> None:
    """CHK-05, CON-44."""
    hall = a_hall()
    visited(hall)
    assert act(hall, "sun", "visit.void", "v1", Void(" "), "9:40") == Outcome("refused", "INVALID")
    assert hall.row("visit", "v1")["state"] == "recorded"


@pytest.mark.parametrize("source", ["covert", "patrol"])
@pytest.mark.parametrize("who", ["sun", "chen", "zhou", "zhao"])
def test_a_problem_waits_for_a_visit_nobody_was_told_of_as_for_one_there_is_none_of(who: str, source: str) -> None:
    """PRV-15, CHK-05, CHK-09: not a byte of it reaches anybody, and the answer is the same; published, it takes effect by itself."""
    hall = a_hall()
    visited(hall)
    shown = dict(hall.tx.rows)
    answers = {find(hall, fact, "9:35", source, who, rid) for fact, rid in (("v1", "p1"), ("nothing", "p2"))}
    assert answers == {Outcome("held", "REF_WAIT")}
    assert hall.tx.rows == shown
    publish(hall, "9:40")
    assert (state(hall), state(hall, "p2")) == ("found", None)


def test_a_visit_that_was_struck_before_anybody_was_told_stays_unknown() -> None:
    """CHK-05."""
    hall = a_hall()
    visited(hall)
    act(hall, "sun", "visit.void", "v1", Void("身份已暴露"), "9:40")
    assert find(hall, "v1", "9:41", "covert", "sun") == Outcome("held", "REF_WAIT")


@pytest.mark.parametrize(
    ("who", "said", "audience"),
    [
        ("chen", b'{"source":"covert","fact":"v1"}', {"role:CHECK"}),
        ("chen", b'{"source":"covert","fact":"nothing"}', {"role:CHECK"}),
        ("chen", b'{"source":"patrol","fact":"v1"}', None),
        ("chen", b'{"source":"patrol","fact":"nothing"}', None),
        ("sun", b'{"source":"patrol","fact":"v1"}', {"role:CHECK"}),
        ("sun", b'{"source":"media"}', None),
        ("sun", b'{"text":"x"}', None),
        ("sun", b"{", None),
    ],
)
def test_a_held_problem_about_a_check_is_known_to_the_check_leads_alone(who: str, said: bytes, audience: set[str] | None) -> None:
    """CHK-05: the office does not learn of a visit from what waits too long; who is not of its team learns nothing by it."""
    hall = a_hall()
    visited(hall)
    assert sealed(hall.tx, "p1", said, who) == audience
