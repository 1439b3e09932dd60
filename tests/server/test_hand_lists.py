"""Hand lists: who may enter which, what they prove, and who reads them (ATT-05, GEN-08, VIS-03)."""

import pytest

from server.domain.base import Outcome
from tests.server.scenes.attendance import NEXT, attendance_hall, closed_day, decide, exc, hand_list, state
from tests.server.scenes.small_hall import DAY, at


def test_a_hand_list_with_its_photo_stands_when_head_enters_it_but_never_for_himself() -> None:
    """ATT-05."""
    hall = closed_day(in0="")
    assert hand_list(hall, "zhao", {"wang": "08:25", "zhao": "08:26"}, clock="13:00", day=DAY).st == "applied"
    assert state(hall, exc()) == ("ok", "cleared", False)
    assert state(hall, exc(who="zhao")) == ("pending", "pending", False)
    assert decide(hall, "zhou", "att.decide_list", "l1", True, day=NEXT).st == "applied"
    assert state(hall, exc(who="zhao")) == ("ok", "cleared", False)


def test_whom_a_hand_list_names_reads_what_it_says_of_him_and_of_nobody_else() -> None:
    """GEN-08, VIS-03, ATT-05: from the moment another wrote it down, whatever becomes of it; its author has the list itself."""
    hall = attendance_hall()
    assert hand_list(hall, "li", {"wang": "08:25", "li": "08:26"}, clock="13:00").st == "applied"
    row = hall.row("att.listed", "l1:wang")
    assert (row["person"], row["claim_at"], row["by"], row["state"]) == ("wang", at("08:25"), "li", "waiting")
    assert hall.buckets("att.listed", "l1:wang") == {"u:wang"}
    assert hall.row("att.listed", "l1:li") is None
    assert decide(hall, "zhao", "att.decide_list", "l1", False, "查无", clock="13:10").st == "applied"
    row = hall.row("att.listed", "l1:wang")
    assert (row["state"], row["decided_by"], row["decision"]) == ("refused", "zhao", "查无")
    hall.tick(at("07:00", "2027-01-04"))
    assert hall.row("att.listed", "l1:wang") is None, "it leaves the phones with the list"


def test_a_colleagues_hand_list_waits_for_the_head() -> None:
    hall = closed_day(in0="")
    assert hand_list(hall, "li", {"wang": "08:25"}, clock="13:00").st == "applied"
    assert state(hall, exc()) == ("pending", "pending", False)
    assert decide(hall, "li", "att.decide_list", "l1", True, day=NEXT).code == "NO_RIGHT"
    assert decide(hall, "zhao", "att.decide_list", "l1", False, "照片看不清", day=NEXT).st == "applied"
    assert state(hall, exc()) == ("missing", "detected", False)
    assert decide(hall, "zhao", "att.decide_list", "l1", True, day=NEXT).code == "GONE"


@pytest.mark.parametrize(
    ("who", "people", "photo", "outcome"),
    [
        ("li", {"wang": "08:25"}, False, Outcome("applied")),
        ("feng", {"wang": "08:25"}, True, Outcome("held", "NO_RIGHT")),
        ("li", {"feng": "08:25"}, True, Outcome("held", "INVALID")),
        ("li", {}, True, Outcome("held", "INVALID")),
        ("li", {"nobody": "08:25"}, True, Outcome("held", "INVALID")),
    ],
    ids=["without proof it waits", "another unit", "a stranger on it", "empty", "unknown"],
)
def test_who_may_enter_which_list(who: str, people: dict[str, str], photo: bool, outcome: Outcome) -> None:
    hall = attendance_hall()
    assert hand_list(hall, who, people, clock="13:00", photo=photo) == outcome
    if outcome.st == "applied":
        assert hall.row("att.list", "l1")["state"] == "waiting"
