"""Who is due when, and from when one has to answer for it (ATT, EVD-12)."""

from typing import Any

import pytest

from server.domain.hall.days import HallDay
from server.domain.hall.tables import RoleTerm, UnitTerm
from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.presence.ops import Announce, Cancel, Close, Return
from server.domain.roster.ops import PutPerson
from tests.server.scenes.attendance import attendance_hall, decide, exc, punch
from tests.server.scenes.small_hall import ACTORS, DAY, at

SATURDAY = "2026-11-28"


def test_the_time_to_answer_begins_when_something_speaks_against_the_person() -> None:
    """EVD-12: a leave that is refused two weeks later makes the absence of that day; the head does not confirm it two minutes after."""
    hall = attendance_hall()
    asked = LeaveRequest("wang", "personal", at("08:30"), at("12:00"), text="家事")
    assert hall.send(ACTORS["wang"], "leave.request", "l", asked, received=at("08:00")).st == "applied"
    punch(hall, "wang", "in", 1, "14:25")
    for clock in ("08:40", "12:10", "17:40"):
        hall.tick(at(clock))
    hall.tick(at("12:10", "2026-11-24"))
    assert hall.row("att.exc", exc("in"))["kind"] == "pending"
    no = LeaveDecide(False, "人手不足")
    assert hall.send(ACTORS["zhao"], "leave.decide", "l", no, received=at("09:00", "2026-12-01")).st == "applied"
    hall.tick(at("09:01", "2026-12-01"))
    row = hall.row("att.exc", exc("in"))
    assert (row["kind"], row["answer_until"]) == ("absent", "2026-12-04")
    assert decide(hall, "zhao", "att.decide", exc("in"), False, "旷", clock="09:02", day="2026-12-01").code == "ANSWER_TIME"


def test_on_a_saturday_the_hall_opens_those_are_due_who_are_on_the_roster() -> None:
    """ATT, ORG-07: an extra opening makes nobody absent whom nobody has asked to come."""
    hall = attendance_hall()
    assert (
        hall.send(ACTORS["zhou"], "hall.day", "hall", HallDay(SATURDAY, SATURDAY, "open", "周末不打烊"), received=at("07:10")).st
        == "applied"
    )
    for day in ("2026-11-27", SATURDAY, "2026-11-30"):
        for clock in ("07:00", "08:40", "12:10", "14:40", "17:40"):
            hall.tick(at(clock, day))
    assert [rid for rid, _ in hall.rows("att.exc") if SATURDAY in rid] == []


def test_an_adjustment_lapses_with_the_late_fact_that_proposed_it() -> None:
    """EVD-10: a leave that is refused after all clears nothing of a month that is settled."""
    hall = attendance_hall()
    for way, session, clock in (("in", 0, "08:45"), ("out", 0, "12:01"), ("in", 1, "14:25"), ("out", 1, "17:31")):
        punch(hall, "wang", way, session, clock)
    hall.tick(at("12:30", "2026-11-24"))
    hall.tick(at("09:00", "2026-12-01"))
    decide(hall, "zhao", "att.decide", exc("in"), False, "迟到", clock="09:05", day="2026-12-01")
    hall.tick(at("12:01", "2026-12-03"))
    asked = LeaveRequest("wang", "personal", at("08:30"), at("10:00"), text="家事")
    hall.send(ACTORS["wang"], "leave.request", "l", asked, received=at("13:00", "2026-12-03"))
    for n, who in enumerate(("zhao", "zhou")):
        hall.send(ACTORS[who], "leave.decide", "l", LeaveDecide(True), received=at(f"13:0{n + 5}", "2026-12-03"))
    assert hall.row("att.adjustment", exc("in"))["counts"] is False
    hall.send(ACTORS["zhou"], "leave.decide", "l", LeaveDecide(False, "不准"), received=at("14:00", "2026-12-03"))
    assert hall.row("att.adjustment", exc("in")) is None
    assert decide(hall, "zhou", "att.approve", exc("in"), True, "", clock="14:10", day="2026-12-03").code == "GONE"
    hall.send(ACTORS["zhou"], "leave.decide", "l", LeaveDecide(True), received=at("14:20", "2026-12-03"))
    assert hall.row("att.adjustment", exc("in"))["counts"] is False


def test_who_has_signed_in_after_a_leave_is_not_overdue() -> None:
    """LV-07: the word that ends the leave is still asked for; nobody looks for somebody who is there."""
    hall = attendance_hall()
    asked = LeaveRequest("wang", "personal", at("08:30"), at("12:00"), text="家事")
    hall.send(ACTORS["wang"], "leave.request", "l", asked, received=at("07:30"))
    for who in ("zhao", "zhou"):
        hall.send(ACTORS[who], "leave.decide", "l", LeaveDecide(True), received=at("07:40"))
    punch(hall, "wang", "in", 1, "14:25")
    hall.tick(at("15:01"))
    assert hall.row("leave", "l")["state"] == "ended"


def test_who_is_put_in_at_three_in_the_afternoon_was_not_absent_in_the_morning() -> None:
    """ATT, ORG-03."""
    hall = attendance_hall()
    new = PutPerson("新人", "n01", [UnitTerm("u1", DAY)], [RoleTerm("STF", DAY)], title={"zh_Hans": "职员"}, entered=DAY)
    assert hall.send(ACTORS["zhou"], "org.person", "new", new, received=at("15:00")).st == "applied"
    hall.tick(at("17:40"))
    hall.tick(at("12:30", "2026-11-24"))
    found = {rid: row for rid, row in hall.rows("att.exc") if rid.startswith(f"{DAY}:new:")}
    assert found.keys() <= {f"{DAY}:new:1:out"}, "the way out of the afternoon is the first thing the hall could have missed"


@pytest.mark.parametrize(
    ("said", "args"), [("away.cancel", Cancel("不准")), ("away.return", Return(at("08:10"))), ("away.close", Close("应已回来"))]
)
def test_what_the_head_says_of_a_trip_makes_nobody_late_who_has_not_heard_of_it(said: str, args: Any) -> None:
    """EVD-05, AWY-06: on his way since eight, he signs in when the trip is over."""
    hall = attendance_hall()
    trip = Announce(["w1"], "trip", at("08:00"), at("11:00"), "wang")
    assert hall.send(ACTORS["wang"], "away.announce", "n1", trip, at=at("07:50"), received=at("07:50")).st == "applied"
    assert hall.send(ACTORS["zhao"], said, "n1", args, at=at("08:10"), received=at("08:10")).st == "applied"
    punch(hall, "wang", "in", 0, "10:50")
    hall.tick(at("11:30"))
    row = hall.row("att.exc", exc("in"))
    assert row is None or row["kind"] == "pending"
