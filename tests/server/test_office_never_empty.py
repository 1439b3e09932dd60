"""The office contact post is never empty (AWY-03, ORG-06), and what it means for a finding: the order of saying counts, not of arrival."""

from itertools import permutations
from typing import Any

import pytest

from server.app import DOMAINS
from server.domain.hall.handlers import put_duty
from server.domain.hall.ops import LUNCH, SessionDuty
from server.domain.hall.tables import DutyRecord
from server.domain.handover.ops import HandoverItem, Prepare, SheetAnswer
from server.domain.leave.ops import LeaveDecide, LeaveRequest, LeaveTold
from server.domain.presence.ops import Announce, Answer, GiveConsent, HandBack, Return, StepUp
from tests.server.scenes.conflicts import look
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.server.scenes.small_hall import DAY as DATE
from tests.server.test_lunch_duty import lunch_hall
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


# --- A of the contact post serves another -------------------------------------------------------------------------------

FENG_LEAVES: Fact = ("feng", "away.announce", "f", Announce(["w3"], "trip", at("09:58"), at("11:30"), "feng", stand_in="han"), "09:30")
TAKES_W3: Fact = ("han", "cover.step_up", "k", StepUp("w3", at("10:00"), "f"), "10:00")
SAYS_YES: Fact = ("han", "away.answer", "f", Answer(True), "09:40")
SHEET = Prepare("w3", "feng", "han", at("09:58"), at("11:30"), "trip", [HandoverItem("一件")], why="临时")
WAYS: dict[str, list[Fact]] = {
    "took it": [FENG_LEAVES, TAKES_W3],
    "said yes": [FENG_LEAVES, SAYS_YES],
    "has the sheet": [("feng", "handover.prepare", "s1", SHEET, "09:30"), ("han", "handover.answer", "s1", SheetAnswer(True, ""), "09:40")],
}


def say(hall: MemoryHall, fact: Fact) -> None:
    who, kind, rid, args, clock = fact
    assert hall.run(hall.op(ACTORS[who], kind, rid, args, at=at(clock), received=max(at(clock), hall.tx.now))).st == "applied", kind


def contact(hall: MemoryHall) -> tuple[str, str]:
    """What the lobby says of the office's contact post, and who stands in there."""
    row = hall.row("post.pub", "d1")
    return row["label"], row.get("stand_in", "")


@pytest.mark.parametrize("way", WAYS)
def test_the_contact_post_whose_person_serves_another_is_not_shown_as_kept(way: str) -> None:
    """ORG-06, AB-05: 韩 of d1 serves w3; d1 is a gap for all to see until 周 takes it."""
    hall = small_hall("09:00", domains=DOMAINS)
    for fact in WAYS[way]:
        say(hall, fact)
    hall.tick(at("10:01"))
    assert hall.row("post.pub", "w3")["label"] == "covered"
    assert contact(hall) == ("suspended", "")
    say(hall, ("zhou", "cover.step_up", "z", StepUp("d1", at("10:05")), "10:05"))
    assert contact(hall) == ("covered", "周")


def test_once_he_has_given_the_other_post_back_the_contact_post_is_kept_again() -> None:
    """ORG-06, AB-06."""
    hall = small_hall("09:00", domains=DOMAINS)
    for fact in WAYS["took it"]:
        say(hall, fact)
    assert contact(hall) == ("suspended", "")
    say(hall, ("han", "cover.hand_back", "k", HandBack(at("10:20")), "10:20"))
    assert contact(hall) == ("on_post", "")


NOON_LEAVE: Fact = ("feng", "away.announce", "f", Announce(["w3"], "trip", at("11:40"), at("16:00"), "feng", stand_in="han"), "11:30")
DEAL = [HandoverItem("一件")]
AT_NOON: dict[str, list[Fact]] = {
    "took it": [NOON_LEAVE, ("han", "cover.step_up", "k", StepUp("w3", at("11:40"), "f"), "11:40")],
    "said yes": [NOON_LEAVE, ("han", "away.answer", "f", Answer(True), "11:35")],
    "has the sheet": [
        ("feng", "handover.prepare", "s1", Prepare("w3", "feng", "han", at("11:40"), at("16:00"), "trip", DEAL, why="临时"), "11:30"),
        ("han", "handover.answer", "s1", SheetAnswer(True, ""), "11:35"),
    ],
}


@pytest.mark.parametrize("way", AT_NOON)
def test_over_lunch_that_another_serves_there_the_contact_post_is_kept(way: str) -> None:
    """ORG-06, CAL-05: 韩 serves w3 for 冯; over lunch that is 钱's, and d1 is 韩's."""
    hall = lunch_hall()
    for post, a, b, lunch in (("d1", "han", "zhou", "han"), ("w3", "feng", "qian", "qian")):
        put_duty(hall.tx, DutyRecord(rid=f"{DATE}:{post}", day=DATE, post=post, a=a, b=b, later=[SessionDuty(LUNCH, lunch)]))
    for fact in AT_NOON[way]:
        say(hall, fact)
    for clock, label in (("11:45", "suspended"), ("12:30", "on_post"), ("14:35", "suspended")):
        hall.tick(at(clock))
        assert contact(hall) == (label, ""), clock


def test_at_other_posts_whoever_stands_in_next_door_keeps_his_own_too() -> None:
    """AB-04: his own work goes on; the public reads 在岗 at w1."""
    hall = small_hall("09:00", domains=DOMAINS)
    say(hall, ("wang", "cover.step_up", "k", StepUp("w2", at("10:00")), "10:00"))
    assert hall.row("post.pub", "w1")["label"] == "on_post"
