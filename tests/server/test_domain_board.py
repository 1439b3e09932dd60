"""The lobby's face of a post: closed labels, rounded times, a served neighbour, and the clock that changes them (AWY-09, DSP-01)."""

from typing import Any

import pytest

from server.domain.hall.handlers import put_hall
from server.domain.hall.tables import HallRecord
from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.patrol.ops import Observe, Withdraw
from server.domain.presence.lobby import Neighbour, nearest
from server.domain.presence.ops import Answer, Return, StepUp
from server.domain.trail.ops import FindingAnswer
from tests.server.scenes.absence import leave, public, said
from tests.server.scenes.small_hall import ACTORS, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall


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
    rules: dict[str, Any] = {"demo.always_open": True}
    hall = small_hall("23:00", **rules)
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


# --- what a patrol and a leave do to the lobby ------------------------------------------------------------------------


def look(hall: MemoryHall, rid: str, clock: str, seen: Any = "empty_no_notice", **more: Any) -> None:
    """林 looks at w1."""
    said(hall, "lin", "patrol.observe", rid, Observe("r1", "w1", seen, at(clock), KNEW, **more), clock)


def test_a_window_seen_empty_sends_people_to_a_neighbour_after_ten_minutes() -> None:
    """DSP-08: the lobby helps and accuses nobody."""
    hall = small_hall()
    look(hall, "o1", "10:02", codes=["P4"])
    hall.tick(at("10:11"))
    assert public(hall)["label"] == "on_post"
    hall.tick(at("10:12"))
    assert (public(hall)["label"], public(hall)["go_to"], public(hall)["since"]) == ("suspended", "w2", at("10:12"))
    look(hall, "o2", "10:20", "serving")
    assert public(hall)["label"] == "on_post"


@pytest.mark.parametrize("how", ["seen", "covered", "withdrawn", "untrusted", "noon"])
def test_a_window_somebody_came_back_to_is_not_moved_away_from(how: str) -> None:
    hall = small_hall()
    if how == "untrusted":
        op = hall.op(ACTORS["lin"], "patrol.observe", "o1", Observe("r1", "w1", "empty_no_notice", at("10:02"), KNEW), grade="C")
        hall.run(op)
    else:
        look(hall, "o1", "11:55" if how == "noon" else "10:02")
    if how == "seen":
        look(hall, "o2", "10:05", "serving")
    if how == "covered":
        said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("10:05")), "10:05")
    if how == "withdrawn":
        said(hall, "lin", "patrol.withdraw", "o1", Withdraw("看错窗口"), "10:05")
    hall.tick(at("14:31" if how == "noon" else "10:30"))
    assert public(hall)["label"] == ("covered" if how == "covered" else "on_post")


def test_a_notice_explains_itself_and_is_not_turned_into_a_suspension() -> None:
    hall = small_hall()
    leave(hall, reason="meeting", back_at=at("11:00"))
    look(hall, "o1", "10:02")
    hall.tick(at("10:20"))
    assert public(hall)["label"] == "meeting_training"


def test_under_investigation_changes_nothing_in_public() -> None:
    """DSP-12: what is found, said or decided about a person leaves the label alone."""
    hall = small_hall()
    look(hall, "o1", "9:02")
    look(hall, "o2", "9:13", recheck_of="o1")
    look(hall, "o3", "9:20", "serving")
    before = hall.tx.rows["post.pub", "w1"]
    assert hall.row("finding", "o1")["state"] == "unattended"
    said(hall, "wang", "finding.answer", "o1", FindingAnswer("去取材料"), "9:30")
    hall.tick(at("10:30"))
    assert hall.tx.rows["post.pub", "w1"] == before


def test_approved_leave_is_not_on_post_today_and_tells_nobody_its_kind() -> None:
    """PRV-02: that a person is not at the post is public; that it is sick leave is not."""
    hall = small_hall("8:00")
    said(hall, "wang", "leave.request", "l1", LeaveRequest("wang", "sick", at("8:30"), at("17:30"), text="发烧"), "8:01")
    for who in ("zhao", "zhou"):
        said(hall, who, "leave.decide", "l1", LeaveDecide(True), "8:10")
    hall.tick(at("8:30"))
    row = public(hall)
    assert row["label"] in ("off_today", "covered")
    assert not any(word in hall.tx.rows["post.pub", "w1"].body for word in ("sick", "发烧", "l1"))


@pytest.mark.parametrize(("policy", "shown"), [("name", "王"), ("badge", "wang"), ("surname_title", "王 职员")])
def test_names_are_plates_as_the_hall_decides(policy: Any, shown: str) -> None:
    """DSP-06."""
    hall = small_hall()
    record = hall.tx.get(HallRecord, "hall")
    assert record
    record.hall.plate = policy
    tx: Any = hall.tx
    put_hall(tx, record)
    leave(hall, "li", rid="n0", posts=[])
    said(hall, "li", "away.return", "n0", Return(at("10:01")), "10:01")
    said(hall, "qian", "cover.step_up", "k1", StepUp("w1", at("10:05")), "10:05")
    assert public(hall)["plate"] == shown
    assert hall.row("post.in", "w1")["a"] == shown
