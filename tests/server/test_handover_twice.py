"""One person by whom two posts would be served at once (ORG-05, AB-05)."""

import pytest

from server.domain.handover.ops import Back, HandoverItem, Prepare, SheetAnswer
from tests.server.scenes.small_hall import ACTORS, at, small_hall
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
