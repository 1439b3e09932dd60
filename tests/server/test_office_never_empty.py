"""The office contact post is never empty (AWY-03, ORG-06), and what it means for a finding: the order of saying counts, not of arrival."""

from itertools import permutations
from typing import Any

import pytest

from server.app import DOMAINS
from server.domain.leave.ops import LeaveDecide, LeaveRequest, LeaveTold
from server.domain.presence.ops import Announce, GiveConsent, Return
from tests.server.scenes.conflicts import look
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.support.memory_tx import MemoryHall

Fact = tuple[str, str, str, Any, str]
HAN_LEAVES: Fact = ("han", "away.announce", "n1", Announce(["d1"], "errand", at("10:00"), at("10:50"), "han", destination="局里"), "10:00")
LEAVE: Fact = ("zhou", "leave.request", "l1", LeaveRequest("zhou", "annual", at("10:05"), at("12:00")), "09:00")
ZHOU_LEAVES: Fact = ("zhou", "away.announce", "n0", Announce([], "errand", at("09:55"), at("11:30"), "zhou", destination="局里"), "09:55")
ZHOU_IS_BACK: Fact = ("zhou", "away.return", "n0", Return(at("10:15")), "10:15")
HAN_IS_BACK: Fact = ("han", "away.return", "n1", Return(at("10:40")), "10:40")
NO: Fact = ("zhou", "away.consent", "n1", GiveConsent(False, "办公室没有人"), "10:12")
YES: Fact = ("zhou", "away.consent", "n1", GiveConsent(True), "10:12")
DAY = [(f"o{n}", clock) for n, clock in enumerate(("10:10", "10:21"), 1)]


def decided(clock: str) -> Fact:
    return ("ma", "leave.decide", "l1", LeaveDecide(True, "同意"), clock)


def told(facts: list[Fact], seen: list[tuple[str, str]] = DAY) -> MemoryHall:
    """A hall that hears these facts one by one at a quarter to eleven, in this order."""
    hall = small_hall("10:45", domains=DOMAINS)
    for who, kind, rid, args, clock in facts:
        op = hall.op(ACTORS[who], kind, rid, args, at=at(clock), received=at("10:45"), op_id=f"{kind}{rid}")
        assert hall.run(op).st == "applied", kind
    for rid, clock in seen:
        assert hall.run(look(rid, clock, "empty_no_notice", "lin", post="d1").op(hall, at("10:45"))).st == "applied"
    return hall


def finding(hall: MemoryHall) -> tuple[str, int, str]:
    body = hall.row("finding", "o1")
    return body["state"], body["person_count"], body["explain"]["key"]


def test_a_leave_approved_after_the_notice_takes_nothing_from_it() -> None:
    """EVD-02: 韩 had said at 10:00 that he leaves; that 周's leave was approved at 10:03 he could not know."""
    hall = told([LEAVE, HAN_LEAVES, decided("10:03")])
    assert finding(hall) == ("explained", 0, "explain.notice_before")
    assert "barred" not in hall.row("away.office", "n1")


def test_whoever_is_last_after_an_approved_leave_needs_a_word_whatever_arrives_first() -> None:
    """AWY-03."""
    ends = set()
    for facts in permutations([HAN_LEAVES, decided("09:30")]):
        hall = told([LEAVE, *facts])
        ends.add((*finding(hall), hall.row("away.office", "n1")["barred"]))
    assert ends == {("pending", 0, "explain.unagreed", "office")}


@pytest.mark.parametrize(
    ("word", "standing"), [(NO, "pending"), (YES, "explained"), (None, "pending")], ids=["refused", "agreed", "nothing said"]
)
def test_a_return_does_not_make_a_refusal_undone(word: Fact | None, standing: str) -> None:
    """AWY-03, EVD-04: while he was away the office was empty without leave to go; that he is back changes nothing of it."""
    before = [ZHOU_LEAVES, HAN_LEAVES, *([word] if word else [])]
    hall = told(before)
    assert finding(hall)[0] == standing
    hall = told([*before, HAN_IS_BACK])
    assert finding(hall)[0] == standing
    assert "barred" not in hall.row("away.office", "n1"), "it is over"


def test_once_somebody_is_in_the_office_again_the_notice_clears() -> None:
    """AWY-03: from 10:15 on 周 was there, whenever that was heard."""
    facts = [ZHOU_LEAVES, HAN_LEAVES, ZHOU_IS_BACK]
    orders = [list(order) for order in permutations(facts) if order.index(ZHOU_LEAVES) < order.index(ZHOU_IS_BACK)]
    ends = {finding(told(order, [("o1", "10:20"), ("o2", "10:31")])) for order in orders}
    assert ends == {("explained", 0, "explain.notice_before")}


def test_who_said_it_before_is_no_longer_barred_when_that_arrives_late() -> None:
    """The same facts in any order are the same finding: 周's notice of 9:55 arrives after 韩's and the sightings."""
    first = told([ZHOU_LEAVES, HAN_LEAVES])
    late = told([HAN_LEAVES])
    assert finding(late)[0] == "explained"
    who, kind, rid, args, clock = ZHOU_LEAVES
    late.run(late.op(ACTORS[who], kind, rid, args, at=at(clock), received=at("10:45"), op_id=f"{kind}{rid}"))
    assert finding(late) == finding(first) == ("pending", 0, "explain.unagreed")


TOLD: Fact = ("zhou", "leave.told", "t1", LeaveTold("zhou", at("09:10"), at("09:10"), at("12:00"), "发烧"), "09:10")
TOLD_AFTER: Fact = ("zhou", "leave.told", "t1", LeaveTold("zhou", at("10:05"), at("09:10"), at("12:00"), "发烧"), "10:05")


@pytest.mark.parametrize(("call", "barred"), [(TOLD, "office"), (TOLD_AFTER, None)], ids=["told before", "told after"])
def test_whoever_is_last_while_another_has_called_in_sick_needs_a_word_whatever_arrives_first(call: Fact, barred: str | None) -> None:
    """AWY-03, LV-05: what was told by phone before he left counts before it is filed; what was told afterwards he could not know."""
    for facts in permutations([HAN_LEAVES, call]):
        assert told([*facts]).row("away.office", "n1").get("barred") == barred
