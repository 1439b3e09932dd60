"""The lobby's face of a post: closed labels, rounded times, a served neighbour, and the clock that changes them (AWY-09, DSP-01)."""

import pytest

from server.domain.presence.ops import Answer, Return
from server.domain.presence.rules import Neighbour, nearest
from tests.server.scenes.absence import leave, public, said
from tests.server.scenes.small_hall import at, small_hall


@pytest.mark.parametrize(
    ("reason", "label"),
    [
        ("step_away", "step_away"),
        ("trip", "official_out"),
        ("site_visit", "official_out"),
        ("errand", "official_out"),
        ("meeting", "meeting_training"),
        ("training", "meeting_training"),
        ("off_today", "off_today"),
    ],
)
def test_the_lobby_learns_a_class_from_the_closed_set(reason: str, label: str) -> None:
    hall = small_hall()
    leave(hall, reason=reason)
    assert public(hall)["label"] == label


def test_the_expected_return_is_rounded_up_to_five_minutes_and_hidden_when_it_says_nothing() -> None:
    hall = small_hall()
    leave(hall, back_at=at("10:21"))
    assert public(hall)["back_at"] == at("10:25")
    other = small_hall()
    leave(other, reason="off_today", back_at=at("17:30"))
    assert "back_at" not in public(other)
    assert public(other)["go_to"] == "w2"


def test_a_neighbour_that_closes_is_no_longer_recommended() -> None:
    hall = small_hall()
    leave(hall, reason="off_today", back_at=at("17:30"))
    assert public(hall)["go_to"] == "w2"
    leave(hall, "qian", rid="n2", posts=["w2"], clock="10:05")
    assert public(hall)["go_to"] == "w3"
    said(hall, "qian", "away.return", "n2", Return(at("10:10")), "10:10")
    assert public(hall)["go_to"] == "w2"


def test_the_board_follows_the_opening_hours_by_itself() -> None:
    hall = small_hall("8:00")
    assert (public(hall)["label"], public(hall)["since"]) == ("closed", at("00:00"))
    hall.tick(at("8:30"))
    assert (public(hall)["label"], public(hall)["since"]) == ("on_post", at("8:30"))
    hall.tick(at("12:00"))
    assert (public(hall)["label"], public(hall)["since"]) == ("closed", at("12:00"))
    hall.tick(at("14:30"))
    assert public(hall)["label"] == "on_post"


def test_a_demo_hall_may_be_open_all_day() -> None:
    hall = small_hall("23:00", **{"demo.always_open": True})
    assert public(hall)["label"] == "on_post"


def test_a_return_forgotten_yesterday_does_not_close_the_window_today() -> None:
    hall = small_hall()
    leave(hall)
    hall.tick(at("9:00", "2026-11-24"))
    assert hall.row("away.unit", "n1")["state"] == "overdue"
    assert public(hall)["label"] == "on_post"


def test_a_post_without_anybody_on_the_roster_is_suspended() -> None:
    hall = small_hall()
    hall.tick(at("9:00", "2026-11-26"))
    assert public(hall)["label"] == "suspended"


def test_a_quiet_tick_changes_nothing() -> None:
    hall = small_hall()
    leave(hall)
    before = dict(hall.tx.rows)
    hall.tick(at("10:05"))
    assert hall.tx.rows == before


@pytest.mark.parametrize(
    ("served", "number"),
    [
        ([("B05", "B", 5), ("A01", "A", 1)], "A01"),
        ([("A01", "A", 1), ("A07", "A", 7)], "A07"),
        ([("A07", "A", 7), ("A03", "A", 3)], "A03"),
        ([("B09", "B", 9), ("C05", "C", 5)], "C05"),
        ([], ""),
    ],
    ids=["the same zone first", "then the fewest steps", "then the lower number", "another zone if need be", "nobody"],
)
def test_the_nearest_served_window(served: list[tuple[str, str, int]], number: str) -> None:
    assert nearest(Neighbour("A05", "A", 5), [Neighbour(*one) for one in served]) == number


def test_a_window_covered_before_the_doors_open_is_covered_since_they_did() -> None:
    hall = small_hall("8:00")
    leave(hall, clock="8:01", reason="off_today", back_at=at("17:30"), stand_in="li")
    said(hall, "li", "away.answer", "n1", Answer(True), "8:02")
    hall.tick(at("8:30"))
    assert (public(hall)["label"], public(hall)["since"]) == ("covered", at("8:30"))
