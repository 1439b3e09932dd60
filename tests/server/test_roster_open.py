"""A roster that stays true: who leaves holds no post, the contact post is never open (ORG-02, ORG-06, ORG-07)."""

from typing import Any

import pytest

from server.domain.hall.tables import PostRecord
from server.domain.patrol.ops import Observe
from server.domain.roster.ops import DutyCell, EndPerson, PutDraft, PutPost, PutSwap, PutUnit
from tests.server.scenes.attendance import NEXT
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at, on_duty, small_hall
from tests.support.memory_tx import MemoryHall

WED = "2026-11-25"


def ended(hall: MemoryHall, uid: str, from_day: str) -> None:
    """The office says that somebody is no longer of the hall."""
    assert hall.send(ACTORS["zhou"], "org.person_end", uid, EndPerson(from_day), received=at("16:40")).st == "applied"


# --- who leaves -------------------------------------------------------------------------------------------------------


def test_who_leaves_the_hall_holds_no_post_from_that_day_and_nobody_is_accused() -> None:
    """ORG-07, VIS-02: what was published with him is open; the lobby says so, and an empty window is nobody's."""
    hall = small_hall("09:00")
    ended(hall, "wang", NEXT)
    assert (on_duty(hall, "w1", "10:00"), on_duty(hall, "w1", "10:00", NEXT)) == (("wang", "li"), ("", "li"))
    assert (on_duty(hall, "w2", "10:00"), on_duty(hall, "w2", "10:00", NEXT)) == (("qian", "wang"), ("qian", ""))
    assert [row["after"][0] for _, row in hall.rows("roster.change") if row["post"] == "w1"] == [""]
    for clock in ("08:00", "09:00"):
        hall.tick(at(clock, NEXT))
    assert hall.row("post.pub", "w1")["label"] == "suspended"
    for rid, clock in (("o1", "10:10"), ("o2", "10:21")):
        seen = Observe("r1", "w1", "empty_no_notice", at(clock, NEXT), KNEW)
        hall.send(ACTORS["lin"], "patrol.observe", rid, seen, received=at(clock, NEXT))
    assert [body["person_count"] for _, body in hall.rows("finding")] == [0]


def test_a_draft_that_names_who_leaves_shows_the_gap() -> None:
    """ORG-02: the office sees it before it publishes."""
    hall = small_hall("09:00")
    hall.send(ACTORS["zhou"], "roster.draft", "d", PutDraft([DutyCell(WED, "w1", "wang", "li")]), received=at("09:01"))
    ended(hall, "wang", WED)
    assert {"post": "w1", "kind": "no_a"} in [{k: g[k] for k in ("post", "kind")} for g in hall.row("roster.check", WED)["gaps"]]
    assert hall.row("duty.draft", f"{WED}:w1").get("a", "") == ""


def test_who_leaves_today_is_not_there_for_the_rest_of_it_and_the_swaps_of_others_stay() -> None:
    """ORG-07, ORG-09."""
    hall = small_hall("09:00")
    assert hall.send(ACTORS["li"], "roster.swap", "s", PutSwap("w1", DAY, "li", "wang"), received=at("10:00")).st == "applied"
    ended(hall, "wang", DAY)
    assert on_duty(hall, "w1", "17:00") == ("li", "")


# --- the contact post ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("presence", [{"required": False}, {"required": True, "sessions": [0]}], ids=["not required", "mornings only"])
def test_somebody_has_to_be_at_the_contact_post_all_day(presence: dict[str, Any]) -> None:
    """ORG-06, AWY-03: neither is a post where nobody has to be made the contact post."""
    hall = small_hall("09:00")
    put = PutPost(number="d1", zone="B", unit="c-office", kind="consult", **presence)
    assert hall.send(ACTORS["zhou"], "org.post", "d1", put, received=at("09:01")).code == "ROSTER_CONTACT"
    assert hall.tx.get(PostRecord, "d1").required
    other = PutPost(number="w3", zone="B", unit="u2", kind="window", **presence)
    assert hall.send(ACTORS["zhou"], "org.post", "w3", other, received=at("09:02")).st == "applied"
    office = PutUnit({"zh_Hans": "办公室"}, "centre", contact_post="w3")
    assert hall.send(ACTORS["zhou"], "org.unit", "c-office", office, received=at("09:03")).code == "ROSTER_CONTACT"
