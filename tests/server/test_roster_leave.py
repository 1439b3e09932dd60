"""Approved leave feeds the roster: a post whose people are all on leave is not covered, whatever is written (LV-10, ORG-02, ORG-06)."""

from server.app import DOMAINS
from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.roster.ops import PublishRoster
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.server.test_domain_roster import WED, cells, say
from tests.support.memory_tx import MemoryHall


def on_leave(*spans: tuple[str, str, str]) -> MemoryHall:
    """A hall in which these people have approved leave on Wednesday."""
    hall = small_hall("08:40", domains=DOMAINS)
    for n, (who, begins, ends) in enumerate(spans):
        rid = f"l{n}"
        asked = LeaveRequest(who, "annual", at(begins, WED), at(ends, WED))
        assert hall.send(ACTORS[who], "leave.request", rid, asked).st == "applied"
        for decides in ("zhao", "zhou", "ma"):
            hall.send(ACTORS[decides], "leave.decide", rid, LeaveDecide(True, "同意"))
        assert hall.row("leave", rid)["state"] == "approved"
    return hall


def gaps(hall: MemoryHall) -> list[tuple[str, str, int]]:
    say(hall, "zhou", "roster.draft", cells(), clock="08:50")
    return [(gap["post"], gap["kind"], gap.get("n", 0)) for gap in hall.row("roster.check", WED).get("gaps", [])]


WHOLE = ("08:30", "17:30")
LI_AND_QIAN = (("li", *WHOLE), ("qian", *WHOLE))
"""w1 and w2 cover each other: with these away all of it is 王's."""


def test_a_post_whose_people_are_all_on_leave_is_not_published_without_a_reason() -> None:
    """LV-10: 王, 李 and 钱 have the whole Wednesday off."""
    hall = on_leave(*LI_AND_QIAN, ("wang", *WHOLE))
    assert gaps(hall) == [("w1", "on_leave", 0), ("w2", "on_leave", 0)]
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED), clock="08:50").code == "ROSTER_UNCOVERED"
    reasons = {"w1": "临时停办", "w2": "临时停办"}
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED, reasons=reasons), clock="08:50").st == "applied"


def test_posts_are_covered_while_anybody_is_there_who_may_stand_in() -> None:
    """ORG-02."""
    assert gaps(on_leave(*LI_AND_QIAN)) == []
    assert gaps(on_leave(("li", *WHOLE), ("wang", *WHOLE))) == [], "钱 of the same group is there"


def test_leave_of_one_session_uncovers_that_session() -> None:
    """A leave that takes a part of it leaves somebody there."""
    assert gaps(on_leave(*LI_AND_QIAN, ("wang", "14:00", "17:30"))) == [("w1", "on_leave", 1), ("w2", "on_leave", 1)]
    assert gaps(on_leave(*LI_AND_QIAN, ("wang", "15:30", "17:30"))) == []


def test_the_contact_post_is_never_left_to_people_on_leave() -> None:
    """ORG-06."""
    hall = on_leave(("han", "08:30", "17:30"), ("zhou", "08:30", "17:30"))
    assert gaps(hall) == [("d1", "contact", 0)]
