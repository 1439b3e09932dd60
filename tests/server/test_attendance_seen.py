"""Who was seen at work: a look proves whoever held the post at that moment, swaps and step-ups counted (CON-21, ORG-09)."""

import pytest

from server.domain.patrol.ops import ZoneClear
from server.domain.presence.ops import StepUp
from server.domain.roster.ops import PutSwap
from tests.server.scenes.attendance import attendance_hall, exc, punch
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at
from tests.support.memory_tx import MemoryHall


def swapped(*, late: bool = False) -> MemoryHall:
    """王 and 李 change places at w1 at 8:20; somebody is seen there at 8:29; both sign in at 8:45. `late`: the swap arrives last."""
    hall = attendance_hall()

    def swap() -> None:
        args = PutSwap("w1", DAY, "li", "wang")
        assert hall.send(ACTORS["li"], "roster.swap", "s1", args, at=at("08:20"), received=at("09:30" if late else "08:21")).st == "applied"

    if not late:
        swap()
    seen = ZoneClear("A", ["w1"], at("08:29"), KNEW)
    assert hall.send(ACTORS["lin"], "patrol.zone_clear", "r1", seen, at=at("08:29"), received=at("08:29")).st == "applied"
    for who in ("wang", "li"):
        punch(hall, who, "in", 0, "08:45")
    if late:
        swap()
    return hall


@pytest.mark.parametrize("late", [False, True])
def test_a_sighting_clears_whoever_held_the_post_at_that_moment(late: bool) -> None:
    """CON-21, EVD-01: the swap is of 8:20, so it was 李 who was seen; whichever arrived first."""
    hall = swapped(late=late)
    assert hall.row("att.exc", exc("in", 0, "li")) is None or hall.row("att.exc", exc("in", 0, "li"))["state"] == "cleared"
    assert (hall.row("att.exc", exc("in", 0, "wang"))["kind"], hall.row("att.exc", exc("in", 0, "wang"))["minutes"]) == ("late", 15)


def test_a_stand_in_is_proven_there_by_the_step_up_and_by_being_seen() -> None:
    """CON-21: not the A for whom B had stepped up."""
    hall = attendance_hall()
    hall.send(ACTORS["li"], "cover.step_up", "k1", StepUp("w1", at("08:25")), at=at("08:25"), received=at("08:26"))
    hall.send(ACTORS["lin"], "patrol.zone_clear", "r1", ZoneClear("A", ["w1"], at("08:29"), KNEW), at=at("08:29"), received=at("08:29"))
    for who in ("wang", "li"):
        punch(hall, who, "in", 0, "08:45")
    assert hall.row("att.exc", exc("in", 0, "li")) is None
    assert hall.row("att.exc", exc("in", 0, "wang"))["kind"] == "late"
