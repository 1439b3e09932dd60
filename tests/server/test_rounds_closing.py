"""Rounds of hours that are longer than others, that a hall closed in, or that were ended much later (PTL-06, CAL-01, CAL-10, IDX-24)."""

import pytest

from server.domain.hall.days import HallDay
from server.domain.patrol.ops import RoundFinish, RoundStart
from server.domain.patrol.tables import SlotRecord
from server.domain.roster.ops import EndUse
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.server.test_domain_incident_mistake import counted, seen
from tests.server.test_rounds_unfinished import TEN, begun, due_and_done, looked, opening, slot
from tests.server.test_trail_rounds import kept, send
from tests.support.memory_tx import MemoryHall

ALL = ("w1", "w2", "w3", "d1")


def ended(clock: str, day: str = DAY) -> Said:
    return Said("lin", clock, "patrol.finish", "r1", RoundFinish(at(clock, day)))


def hour(hall: MemoryHall, name: str) -> SlotRecord:
    return slot(hall, f"{DAY}T{name}")


@pytest.mark.parametrize(
    ("name", "start", "last", "finish", "rules"),
    [
        ("09", "08:32", "09:50", "09:55", {}),
        ("15", "14:35", "15:50", "15:55", {}),
        ("10", "10:02", "10:50", "10:51", {"ptl.interval_min": 30}),
    ],
)
def test_a_look_in_its_own_hour_counts_however_long_that_is(name: str, start: str, last: str, finish: str, rules: dict[str, int]) -> None:
    """PTL-06: the first hour of a session may have ninety minutes (CAL-10)."""
    hall = small_hall("08:00", **rules)
    send(hall, begun(clock=start), looked("w1", "w2", clock=start), looked("w3", "d1", clock=last), ended(finish))
    hall.tick(at("16:15"))
    assert (hour(hall, name).state, hall.row("round", "r1")["looked"]) == ("done", 4)


def test_no_interval_lets_an_hour_be_walked_in_another() -> None:
    """PTL-06."""
    hall = small_hall("08:00", **{"ptl.interval_min": 480})
    send(hall, begun(), looked("w1", "w2"), looked("w3", "d1", clock="15:00"))
    hall.tick(at("15:30"))
    assert (slot(hall).state, slot(hall).looked) == ("partial", 2)


def test_ending_a_round_days_later_takes_nothing_from_its_hour_and_adds_nothing() -> None:
    """PTL-06, EVD-03: the looks had arrived in time, and what went out of use meanwhile was not looked at."""
    next_day = "2026-11-24"
    unprovable, missed = small_hall("08:00"), small_hall("08:00")
    for said in (begun(), looked(*ALL)):
        out = unprovable.send(ACTORS["lin"], said.kind, said.rid, said.args, at=at(said.clock), received=at("10:40"), grade="C")
        assert out.st == "applied"
    send(missed, begun(), looked("w1", "w2", "d1"))
    for hall in (unprovable, missed):
        hall.tick(at("09:00", next_day))
    before = [(slot(hall).state, slot(hall).made) for hall in (unprovable, missed)]
    guard = {"w3": missed.tx.version("post", "w3") or 0}
    out = missed.send(
        ACTORS["zhou"], "org.post_end", "w3", EndUse("停用"), at=at("09:10", next_day), received=at("09:10", next_day), guard=guard
    )
    assert out.st == "applied"
    for hall in (unprovable, missed):
        said = ended("13:05", next_day)
        assert (
            hall.send(ACTORS["lin"], said.kind, "r1", said.args, at=at("13:05", next_day), received=at("13:05", next_day)).st == "applied"
        )
        hall.tick(at("13:10", next_day))
    assert [(slot(hall).state, slot(hall).made) for hall in (unprovable, missed)] == before == [("done", True), ("partial", False)]


def test_a_hall_that_says_twice_that_it_is_closed_was_closed_from_the_first_word_on() -> None:
    """CAL-01: whoever stayed away relied on it; nobody is accused, and no hour of it wants a round."""
    for words in (["09:05"], ["09:05", "10:50"]):
        hall = small_hall("08:00")
        send(hall, begun("r9", clock="08:35"), looked(*ALL, rid="r9", clock="08:40"))
        opening(hall, "closed", words[0])
        seen(hall, "o1", "w1", "10:02")
        seen(hall, "o2", "w1", "10:20")
        for clock in words[1:]:
            opening(hall, "closed", clock)
        opening(hall, "calendar", "11:40")
        hall.tick(at("12:30"))
        assert (counted(hall), {rid[-2:]: state for rid, (state, _) in kept(hall).items()}) == (
            {},
            dict.fromkeys(("09", "10", "11"), "exempt"),
        )


def test_two_minutes_of_closing_do_not_excuse_an_hour() -> None:
    """CAL-10: an hour of which more than half was open wants its round."""
    hall = small_hall("08:00")
    send(hall, begun("r9", clock="09:02"), looked(*ALL, rid="r9", clock="09:05"))
    opening(hall, "closed", "10:59")
    opening(hall, "calendar", "11:01")
    hall.tick(at("11:15"))
    assert (kept(hall)[TEN], due_and_done(hall)) == (("missed", False), (2, 1))


def test_closing_and_opening_again_makes_no_round_in_time_and_takes_no_alarm_away() -> None:
    """PTL-06, IDX-24."""
    hall = small_hall("08:00")
    send(hall, begun("r9", clock="09:05"), looked(*ALL, rid="r9", clock="09:06"))
    hall.tick(at("11:11"))
    alarm_at = slot(hall).alarm_at
    for said in (begun(clock="10:05"), looked(*ALL, clock="10:06")):
        hall.send(ACTORS["lin"], said.kind, said.rid, said.args, at=at(said.clock), received=at("11:20"))
    hall.tick(at("11:21"))
    opening(hall, "closed", "11:30")
    hall.tick(at("11:31"))
    opening(hall, "calendar", "11:31")
    hall.tick(at("11:32"))
    assert (slot(hall).state, slot(hall).alarm_at, slot(hall).shown) == ("late", alarm_at, True)
    assert alarm_at > 0


def test_the_time_a_hall_stood_closed_is_no_time_without_a_round() -> None:
    """IDX-24, CAL-10."""
    hall = small_hall("08:00")
    send(hall, begun("r9", clock="09:05"), looked(*ALL, rid="r9", clock="09:06"))
    opening(hall, "closed", "10:12")
    opening(hall, "calendar", "10:40")
    send(hall, begun("r15", clock="14:35"), looked(*ALL, rid="r15", clock="14:36"))
    send(hall, begun("r16", clock="16:02"), looked(*ALL, rid="r16", clock="16:03"))
    hall.tick(at("17:45"))
    assert hall.tx.ask("patrolled", from_day=DAY, to_day=DAY).gap_min < 120


@pytest.mark.parametrize(("clock", "day"), [("09:00", "2026-09-02"), ("13:00", "2026-09-02"), ("09:00", "2026-10-05")])
def test_hours_of_a_day_that_is_said_later_to_have_been_closed_accuse_nobody(clock: str, day: str) -> None:
    """CAL-01, CAL-10, IDX-24: before its daily close and after it, as long as the month is open."""
    first = "2026-09-01"
    hall = small_hall("08:00", today=first)
    start = RoundStart(f"{first}T09", "hourly", at("09:05", first))
    assert hall.send(ACTORS["lin"], "patrol.start", "r1", start, received=at("09:05", first)).st == "applied"
    hall.tick(at("18:00", first))
    assert {rid for rid, _ in hall.rows("slot")} == {f"{first}T{name}" for name in ("09", "10", "11", "15", "16")}
    hall.tick(at(clock, day))
    said = HallDay(first, first, "closed", "停电")
    assert hall.send(ACTORS["zhou"], "hall.day", "hall", said, received=at(clock, day)).st == "applied"
    hall.tick(at(clock, day) + 60_000)
    assert {one.state for one in hall.tx.find(SlotRecord, "day = ?", [first])} == {"exempt"}
    assert not [rid for rid, _ in hall.rows("slot") if rid.startswith(first)]
    assert hall.tx.ask("patrolled", from_day=first, to_day=first).slots_due == 0
