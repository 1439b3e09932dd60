"""Who is due when, and from when one has to answer for it (ATT, EVD-12)."""

from typing import Any, Literal

import pytest

from server.domain.hall.days import HallDay
from server.domain.hall.tables import RoleTerm, UnitTerm
from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.patrol.ops import Observe
from server.domain.presence.ops import Announce, Cancel, Close, Return
from server.domain.roster.ops import PutPerson
from tests.server.scenes.attendance import NEXT, attendance_hall, decide, exc, punch, state
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at
from tests.support.memory_tx import MemoryHall

SATURDAY = "2026-11-28"


def test_the_time_to_answer_begins_when_something_speaks_against_the_person() -> None:
    """EVD-12, LV-02: a leave that is refused two weeks later makes the absence of that day; the head does not confirm it at
    once."""
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
    """EVD-05: on his way since eight, he signs in when the trip is over."""
    hall = attendance_hall()
    trip = Announce(["w1"], "trip", at("08:00"), at("11:00"), "wang")
    assert hall.send(ACTORS["wang"], "away.announce", "n1", trip, at=at("07:50"), received=at("07:50")).st == "applied"
    assert hall.send(ACTORS["zhao"], said, "n1", args, at=at("08:10"), received=at("08:10")).st == "applied"
    punch(hall, "wang", "in", 0, "10:50")
    hall.tick(at("11:30"))
    row = hall.row("att.exc", exc("in"))
    assert row is None or row["kind"] == "pending"


def closes(hall: MemoryHall, clock: str, day: str = DAY, *, kind: Literal["closed", "calendar"] = "closed") -> None:
    """周 closes Monday, or takes that back."""
    assert hall.send(ACTORS["zhou"], "hall.day", "hall", HallDay(DAY, DAY, kind, "台风"), received=at(clock, day)).st == "applied"
    hall.tick(at(clock, day) + 1)


@pytest.mark.parametrize(("clock", "day"), [("13:00", NEXT), ("10:00", "2026-12-01")])
def test_a_day_that_is_closed_afterwards_leaves_nobody_absent(clock: str, day: str) -> None:
    """CAL-03, EVD-01: also when the time to answer is over by then; what nobody had to come for, nobody confirms."""
    hall = attendance_hall()
    for when, then in (("08:41", DAY), ("18:00", DAY), ("12:30", NEXT), ("09:00", "2026-12-01"))[: 3 if day == NEXT else 4]:
        hall.tick(at(when, then))
    assert state(hall, exc("in")) == ("absent", "detected", False)
    closes(hall, clock, day)
    assert state(hall, exc("in")) == ("ok", "cleared", False)
    assert decide(hall, "zhao", "att.decide", exc("in"), False, "旷工", clock="10:10", day="2026-12-02").code == "GONE"


def test_who_came_late_to_a_hall_that_is_closed_then_was_not_late() -> None:
    """CAL-03, ATT-02: he came through the storm at 8:55; at 9:30 the office closes the day."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:55")
    assert state(hall, exc("in")) == ("late", "detected", False)
    closes(hall, "09:30")
    assert state(hall, exc("in")) == ("ok", "cleared", False)
    for clock, day in (("18:00", DAY), ("12:30", NEXT)):
        hall.tick(at(clock, day))
    assert {body["state"] for rid, body in hall.rows("att.exc") if DAY in rid} == {"cleared"}


@pytest.mark.parametrize(("closed", "opened", "afternoon"), [("07:30", "15:00", "free"), ("07:30", "13:00", "due")])
def test_who_stayed_home_while_the_day_stood_closed_is_not_missed(closed: str, opened: str, afternoon: str) -> None:
    """EVD-04: closed by mistake and set back; from the session after that whoever had heard so is due again."""
    hall = attendance_hall()
    closes(hall, closed)
    for rid, clock in (("o1", "10:10"), ("o2", "10:21")):
        args = Observe("r1", "w1", "empty_no_notice", at(clock), KNEW)
        assert hall.send(ACTORS["lin"], "patrol.observe", rid, args, received=at(clock)).st == "applied"
    closes(hall, opened, kind="calendar")
    for rid, clock in (("o3", "15:10"), ("o4", "15:21")):
        args = Observe("r1", "w1", "empty_no_notice", at(clock), KNEW)
        assert hall.send(ACTORS["lin"], "patrol.observe", rid, args, received=at(clock)).st == "applied"
    for clock, day in (("17:40", DAY), ("12:30", NEXT)):
        hall.tick(at(clock, day))
    missed = {rid.split(":", 2)[2] for rid, body in hall.rows("att.exc") if rid.startswith(f"{DAY}:wang:") and body["state"] != "cleared"}
    found = {rid for rid, _ in hall.rows("finding")}
    assert (missed, found) == (({"1:in"}, {"o3"}) if afternoon == "due" else (set(), set()))
