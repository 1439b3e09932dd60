"""What others say, or say afterwards, or say with a clock nobody can trust, counts against nobody (EVD-02..04, AB-06)."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.presence.ops import Announce, Answer, Cancel, Extend, HandBack, Return, StepUp
from tests.server.scenes.absence import leave, public, said
from tests.server.scenes.conflicts import empty, notice, steps_up
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import at, small_hall
from tests.support.memory_tx import MemoryHall


def judged(*facts: Said) -> list[tuple[str, int]]:
    """State and count against the person of every finding; the same in every order of arrival."""
    seen = []
    for order in permutations(facts):
        hall = small_hall("09:00")
        for fact in order:
            hall.run(fact.op(hall))
        hall.tick(at("15:30"))
        seen.append([(row["state"], row["person_count"]) for _, row in hall.rows("finding")])
    assert all(one == seen[0] for one in seen)
    return seen[0]


# --- nobody serves, so nobody is said to ------------------------------------------------------------------------------


def covered(how: str = "both") -> MemoryHall:
    """王 is away and 李 has taken the post, after saying yes if `how` is both."""
    hall = small_hall()
    leave(hall, stand_in="li", back_at=at("11:00"))
    if how == "both":
        said(hall, "li", "away.answer", "n1", Answer(True), "10:01")
    said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("10:02"), "n1"), "10:02")
    assert public(hall)["label"] == "covered"
    return hall


@pytest.mark.parametrize("how", ["both", "step"])
@pytest.mark.parametrize("by", ["li", "wang", "zhao"])
def test_a_post_handed_back_while_its_person_is_away_is_covered_by_nobody(how: str, by: str) -> None:
    hall = covered(how)
    assert said(hall, by, "cover.hand_back", "k1", HandBack(at("10:20")), "10:20").st == "applied"
    assert (public(hall)["label"], public(hall).get("stand_in", "")) == ("step_away", "")
    assert hall.row("away.office", "n1")["cover"] == "declined"
    hall.tick(at("10:40"))
    assert public(hall)["label"] == "step_away"


@pytest.mark.parametrize(
    ("kind", "rid", "args"),
    [("cover.step_up", "k2", StepUp("w1", at("10:30"), "n1")), ("away.answer", "n1", Answer(True))],
    ids=["takes", "says"],
)
def test_who_handed_back_may_take_the_post_again(kind: str, rid: str, args: Any) -> None:
    hall = covered()
    said(hall, "li", "cover.hand_back", "k1", HandBack(at("10:20")), "10:20")
    said(hall, "li", kind, rid, args, "10:30")
    assert (public(hall)["label"], hall.row("away.office", "n1")["cover"]) == ("covered", "in_force")


def test_a_hand_back_that_arrives_before_the_notice_counts_all_the_same() -> None:
    hall = small_hall()
    said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("10:02"), "n1"), "10:02")
    said(hall, "li", "cover.hand_back", "k1", HandBack(at("10:20")), "10:20")
    leave(hall, stand_in="li", back_at=at("11:00"))
    hall.tick(at("10:30"))
    assert (public(hall)["label"], hall.row("away.office", "n1")["cover"]) == ("step_away", "declined")


# --- said afterwards --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("clock", "grade"), [("10:40", "A"), ("10:01", "C")], ids=["afterwards", "by a clock set back"])
def test_b_cannot_hand_the_blame_back_to_a(clock: str, grade: Any) -> None:
    hands_back = Said("li", clock, "cover.hand_back", "k1", HandBack(at("10:01")), grade)
    assert judged(steps_up("9:50"), hands_back, empty("o1", "10:02"), empty("o2", "10:13")) == [("explained", 0)]


def test_after_a_hand_back_said_in_time_the_post_is_as_again() -> None:
    hands_back = Said("li", "10:00", "cover.hand_back", "k1", HandBack(at("10:00")))
    assert judged(steps_up("9:50"), hands_back, empty("o1", "10:02"), empty("o2", "10:13")) == [("unattended", 1)]


@pytest.mark.parametrize("who", ["zhao", "zhou"])
def test_a_return_others_claim_afterwards_takes_no_protection_back(who: str) -> None:
    returned = Said(who, "10:40", "away.return", "n1", Return(at("10:00")))
    assert judged(notice("9:50", "9:50", "10:15"), returned, empty("o1", "10:02"), empty("o2", "10:13")) == [("explained", 0)]


def test_a_cancellation_by_a_clock_nobody_can_trust_accuses_nobody() -> None:
    cancelled = Said("zhao", "9:40", "away.cancel", "n1", Cancel(), "C")
    assert judged(notice("9:30", "9:50", "10:15"), cancelled, empty("o1", "10:02"), empty("o2", "10:13")) == [("pending", 0)]


@pytest.mark.parametrize("who", ["zhao", "zhou"])
def test_only_the_person_promises_to_be_back_earlier(who: str) -> None:
    hall = small_hall()
    leave(hall)
    assert said(hall, who, "away.extend", "n1", Extend(at("10:10")), "10:02") == Outcome("held", "INVALID")
    assert said(hall, who, "away.extend", "n1", Extend(at("10:40")), "10:03").st == "applied"
    assert said(hall, "wang", "away.extend", "n1", Extend(at("10:10")), "10:04").st == "applied"


# --- several absences -------------------------------------------------------------------------------------------------


def test_who_is_back_is_back_from_an_absence_whose_notice_arrives_later() -> None:
    first = Said("wang", "9:50", "away.announce", "n1", Announce(["w1"], "step_away", at("9:50"), at("12:00"), "wang"))
    second = Said("wang", "10:00", "away.announce", "n2", Announce(["w1"], "step_away", at("10:00"), at("12:00"), "wang"))
    back = Said("wang", "10:30", "away.return", "n2", Return(at("10:30")))
    third = Said("wang", "10:40", "away.announce", "n3", Announce(["w1"], "step_away", at("10:29"), at("18:00"), "wang"))
    for order in permutations((first, second, back)):
        hall = small_hall("09:00")
        for fact in order:
            hall.run(fact.op(hall))
        hall.tick(at("10:35"))
        assert {rid: row["state"] for rid, row in hall.rows("away.unit")} == {"n1": "returned", "n2": "returned"}
        assert public(hall)["label"] == "on_post"
        hall.run(third.op(hall))
        assert hall.row("away.unit", "n3")["state"] == "active", "an absence announced since is another one"
