"""One person by whom two posts would be served at once (ORG-05, AB-05)."""

from itertools import permutations

import pytest

from server.domain.hall.handlers import put_duty
from server.domain.hall.ops import SessionDuty
from server.domain.hall.tables import DutyRecord
from server.domain.handover.ops import Back, HandoverItem, Prepare, SheetAnswer
from server.domain.presence.ops import Announce, Answer, HandBack, StepUp
from tests.server.scenes.conflicts import look
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.support.memory_tx import MemoryHall


def taken(hall: MemoryHall, rid: str, post: str, a: str, from_at: str, to_at: str, clock: str) -> None:
    """A hands a post over to 李, who says yes."""
    args = Prepare(post, a, "li", at(from_at), at(to_at), "meeting", [HandoverItem("一件")], why="临时")
    assert hall.send(ACTORS[a], "handover.prepare", rid, args, received=at(clock)).st == "applied"
    assert hall.send(ACTORS["li"], "handover.answer", rid, SheetAnswer(True, ""), received=at(clock)).st == "applied"


def troubles(hall: MemoryHall) -> list[str]:
    """What HEAD is asked about each sheet."""
    return [hall.row("handover", rid).get("trouble", "") for rid in ("s1", "s2")]


def test_head_is_told_when_b_has_said_yes_to_two_posts_at_once() -> None:
    """ORG-05, AB-05: at once, of both, until one of them is somebody else's or over."""
    hall = small_hall("09:00")
    taken(hall, "s1", "w2", "qian", "09:30", "11:30", "09:10")
    assert hall.row("handover", "s1").get("trouble", "") == ""
    taken(hall, "s2", "w1", "wang", "10:00", "11:00", "09:20")
    assert troubles(hall) == ["busy", "busy"]
    hall.tick(at("10:01"))
    assert troubles(hall) == ["busy", "busy"], "nobody can say at which of them he is"
    assert hall.send(ACTORS["li"], "handover.back", "s1", Back(at("10:05"), "还给钱"), received=at("10:05")).st == "applied"
    assert troubles(hall) == ["", ""]


@pytest.mark.parametrize("span", [("11:30", "12:00"), ("09:00", "09:30")])
def test_one_after_the_other_is_no_trouble(span: tuple[str, str]) -> None:
    """ORG-05."""
    hall = small_hall("08:40")
    taken(hall, "s1", "w2", "qian", "09:30", "11:30", "08:45")
    taken(hall, "s2", "w1", "wang", *span, "08:50")
    assert troubles(hall) == ["", ""]


def steps_up(hall: MemoryHall) -> None:
    """李 takes w1 at 10:05, unasked."""
    assert hall.send(ACTORS["li"], "cover.step_up", "k1", StepUp("w1", at("10:05")), received=at("10:05")).st == "applied"


def told(hall: MemoryHall) -> str:
    return str(hall.row("handover", "s1").get("trouble", ""))


@pytest.mark.parametrize("first", ["the sheet", "the other post"])
def test_head_is_told_when_b_takes_another_post_beside_the_one_he_has_by_a_sheet(first: str) -> None:
    """ORG-05, AB-05: whichever is known first; until he gives that one back."""
    hall = small_hall("09:00")
    if first == "the sheet":
        taken(hall, "s1", "w2", "qian", "09:30", "11:30", "09:10")
        hall.tick(at("09:31"))
        assert told(hall) == ""
        steps_up(hall)
    else:
        steps_up(hall)
        taken(hall, "s1", "w2", "qian", "09:30", "11:30", "10:06")
    assert told(hall) == "busy"
    assert hall.send(ACTORS["li"], "cover.hand_back", "k1", HandBack(at("10:20")), received=at("10:20")).st == "applied"
    assert told(hall) == ""


def test_of_two_posts_he_has_taken_the_one_he_left_is_told_of() -> None:
    """ORG-05: he took w2, which he has by the sheet, at 9:35 and w1 at 10:05; back at w2 he takes that again."""
    hall = small_hall("09:00")
    taken(hall, "s1", "w2", "qian", "09:30", "11:30", "09:10")
    assert hall.send(ACTORS["li"], "cover.step_up", "k0", StepUp("w2", at("09:35")), received=at("09:35")).st == "applied"
    assert told(hall) == ""
    steps_up(hall)
    assert told(hall) == "busy"


def test_who_has_said_yes_to_an_absence_and_takes_another_post_is_told_of_too() -> None:
    """ORG-05, AB-05: 李 said yes to w2 at 9:20."""
    hall = small_hall("09:00")
    left = Announce(["w2"], "meeting", at("09:58"), at("11:00"), "qian", stand_in="li")
    hall.send(ACTORS["qian"], "away.announce", "n2", left, received=at("09:15"))
    hall.send(ACTORS["li"], "away.answer", "n2", Answer(True), received=at("09:20"))
    assert (hall.row("away.told", "n2") or {}).get("trouble", "") == ""
    steps_up(hall)
    assert hall.row("away.told", "n2")["trouble"] == "busy"


W2_EMPTY = [look(rid, clock, "empty_no_notice", post="w2") for rid, clock in (("o1", "10:10"), ("o2", "10:21"))]


def test_what_is_found_at_the_post_he_left_is_the_same_in_every_order() -> None:
    """CON-10, EVD-01: 钱 had handed w2 over and is cleared; 李 had taken it over and left it for w1: that is looked into by people."""
    args = Prepare("w2", "qian", "li", at("09:30"), at("11:30"), "meeting", [HandoverItem("一件")], why="临时")
    facts = (
        Said("qian", "09:10", "handover.prepare", "s1", args),
        Said("li", "09:20", "handover.answer", "s1", SheetAnswer(True, "")),
        Said("li", "10:05", "cover.step_up", "k1", StepUp("w1", at("10:05"))),
        *W2_EMPTY,
    )
    ends = set()
    for order in permutations(facts):
        hall, waiting = small_hall("08:00"), [*order]
        for _ in order:
            waiting = [said for said in waiting if hall.run(said.op(hall)).st != "applied"]
        row = hall.row("finding", "o1")
        ends.add((row["state"], row["person"], row["person_count"], row["cover"], row.get("cover_count", 0)))
    assert ends == {("explained", "qian", 0, "li", 1)}


PREPARED = Said(
    "wang",
    "10:00",
    "handover.prepare",
    "s1",
    Prepare("w1", "wang", "li", at("10:30"), at("16:00"), "meeting", [HandoverItem("一件")], why="临时"),
)
STEPS_UP = Said("li", "11:40", "cover.step_up", "k1", StepUp("w1", at("11:40")))


def test_nobody_stands_in_for_himself_whatever_arrives_first() -> None:
    """ORG-05, ORG-09, EVD-01: 李 has w1 by the sheet until 16:00; from 14:30 on it is his by the plan."""
    ends = set()
    for order in permutations([PREPARED, STEPS_UP]):
        hall = small_hall("08:00")
        put_duty(hall.tx, DutyRecord(rid=f"{DAY}:w1", day=DAY, post="w1", a="wang", b="li", later=[SessionDuty(1, "li", "wang")]))
        hall.tick(at("15:05"))
        for said in order:
            assert hall.run(said.op(hall, at("15:05"))).st == "applied"
        row = hall.row("post.pub", "w1")
        ends.add((row["label"], row.get("stand_in", "")))
    assert ends == {("on_post", "")}
