"""Incidents through their handlers: a first report, three ticks, and time that calls the next person (EMG-01..03, EMG-07)."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.incident.ops import Report, Tick
from server.domain.incident.rules import DUTIES
from server.domain.incident.tables import IncidentRecord
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.support.memory_tx import MemoryHall


def report(hall: MemoryHall, who: str = "wang", *, received: str = "10:00", **more: Any) -> Outcome:
    """A dispute at w1, found at 9:58."""
    args = {"kind": "dispute", "place": "w1", "found_at": at("9:58"), "level": 3} | more
    return hall.send(ACTORS[who], "incident.report", "i1", Report(**args), received=at(received))


def ticked(hall: MemoryHall, who: str, duty: Any, clock: str) -> Outcome:
    """One duty is done."""
    return hall.send(ACTORS[who], "incident.tick", "i1", Tick(duty, at(clock), "已办"), received=at(clock), op_id=f"{duty}-{clock}")


def test_the_head_of_the_place_is_first_responsible_and_those_concerned_see_it() -> None:
    hall = small_hall()
    assert report(hall, "li").st == "applied"
    assert hall.row("incident", "i1")["responder"] == "zhao"
    assert hall.buckets("incident", "i1") == {"role:INS", "role:EFF", "role:OFF", "role:LEAD", "head:u1", "u:zhao", "u:li"}


def test_a_zone_is_the_offices() -> None:
    hall = small_hall()
    report(hall, place="B")
    assert hall.row("incident", "i1")["responder"] == "zhou"


@pytest.mark.parametrize("wrong", [{"place": "w9"}, {"level": 0}, {"level": 5}, {"people": -1}])
def test_an_inconsistent_report_is_kept_for_a_person(wrong: dict[str, Any]) -> None:
    hall = small_hall()
    assert report(hall, **wrong) == Outcome("held", "INVALID")
    assert hall.row("incident", "i1") is None


def test_a_mystery_shopper_reports_nothing_to_the_hall() -> None:
    hall = small_hall()
    assert report(hall, "wu") == Outcome("held", "NO_RIGHT")


@pytest.mark.parametrize(
    ("clocks", "in_time"),
    [
        (("10:15", "10:30", "10:00"), True),
        (("10:16", "10:30", "11:00"), False),
        (("10:15", "10:31", "11:00"), False),
        (("9:50", "9:55", "9:59"), True),
    ],
)
def test_three_duties_in_place_are_in_time_or_not(clocks: tuple[str, str, str], in_time: bool) -> None:
    """EMG-03, IDX-37: counted from the arrival of the first report; what was done before took no time."""
    hall = small_hall()
    report(hall)
    for duty, clock in zip(DUTIES, clocks, strict=True):
        assert hall.tx.find(IncidentRecord)[0].in_time is False
        ticked(hall, "zhao", duty, clock)
    (one,) = hall.tx.find(IncidentRecord)
    assert one.in_time is in_time
    assert (one.waited_min, one.handled_at) == (max(0, (at(clocks[0]) - at("10:00")) // 60_000), at(clocks[0]))


def test_three_ticks_with_times_and_names_close_it() -> None:
    hall = small_hall()
    report(hall)
    assert hall.row("incident", "i1")["state"] == "reported"
    ticked(hall, "zhao", "handling", "10:02")
    assert hall.row("incident", "i1")["state"] == "handling"
    ticked(hall, "zhou", "report", "10:05")
    ticked(hall, "wang", "feedback", "10:30")
    body = hall.row("incident", "i1")
    assert body["state"] == "closed"
    assert [(d["duty"], d["by"], d["at"]) for d in body["done"]] == [
        ("handling", "zhao", at("10:02")),
        ("report", "zhou", at("10:05")),
        ("feedback", "wang", at("10:30")),
    ]


def test_ticks_in_any_order_and_twice_give_the_same_end_and_the_earliest_counts() -> None:
    ticks = [("zhao", "handling", "10:02"), ("lin", "handling", "10:01"), ("zhou", "report", "10:05")]
    ends = []
    for order in permutations(ticks):
        hall = small_hall()
        waiting = ticked(hall, *order[0])
        assert waiting.code == "REF_WAIT"
        report(hall, received="10:06")
        for one in order[1:]:
            ticked(hall, *one)
        ends.append(hall.row("incident", "i1"))
    assert all(end == ends[0] for end in ends)
    assert ends[0]["done"][0]["by"] == "lin"


@pytest.mark.parametrize(
    ("who", "allowed"), [("zhao", True), ("wang", True), ("lin", True), ("ma", True), ("qian", False), ("feng", False)]
)
def test_who_may_tick(who: str, allowed: bool) -> None:
    hall = small_hall()
    report(hall)
    assert (ticked(hall, who, "handling", "10:02").st == "applied") is allowed


def test_nobody_answers_and_the_next_one_is_called() -> None:
    hall = small_hall()
    report(hall)
    called = {}
    for clock in ("10:02:59", "10:03", "10:05", "10:14:59", "10:15", "11:00"):
        hall.tick(at(clock))
        called[clock] = hall.row("incident", "i1")["escalated"]
    assert called == {"10:02:59": "", "10:03": "responder", "10:05": "head", "10:14:59": "head", "10:15": "lead", "11:00": "lead"}


def test_once_handled_nobody_more_is_called() -> None:
    hall = small_hall()
    report(hall)
    hall.tick(at("10:03"))
    ticked(hall, "zhao", "handling", "10:04")
    hall.tick(at("10:30"))
    assert hall.row("incident", "i1")["escalated"] == "responder"


def test_a_report_that_arrives_an_hour_late_starts_its_timers_when_it_arrives() -> None:
    hall = small_hall()
    report(hall, received="11:00")
    assert hall.row("incident", "i1")["escalated"] == ""
    hall.tick(at("11:03"))
    assert hall.row("incident", "i1")["escalated"] == "responder"
