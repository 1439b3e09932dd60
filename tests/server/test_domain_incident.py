"""Incidents through their handlers: a first report, three ticks, and time that calls the next person (EMG-01..03, EMG-07)."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.base import Actor, Outcome
from server.domain.hall.rules import FOREVER
from server.domain.incident.ops import NoteStep, Report, Tick
from server.domain.incident.rules import DUTIES
from server.domain.incident.tables import IncidentRecord
from server.domain.presence.ops import Announce
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


def test_nobody_ends_an_incident_of_his_own_alone() -> None:
    """EMG-05, IDX-37: whatever its reporter ticks and writes, it is neither over nor in time until somebody else has done something."""
    hall = small_hall()
    report(hall)
    for duty in DUTIES:
        ticked(hall, "wang", duty, "10:02")
    for step in ("cause", "improve", "truthful"):
        summed = NoteStep(step, at("10:03"), "已写明")
        hall.send(ACTORS["wang"], "incident.note", "i1", summed, received=at("10:03"))
    (one,) = hall.tx.find(IncidentRecord)
    assert (hall.row("incident", "i1")["state"], one.in_time, one.ended_at) == ("handling", False, FOREVER)
    seen = NoteStep("instruction", at("10:20"), "同意")
    assert hall.send(ACTORS["ma"], "incident.note", "i1", seen, received=at("10:20")).st == "applied"
    (one,) = hall.tx.find(IncidentRecord)
    assert (hall.row("incident", "i1")["state"], one.in_time, one.ended_at) == ("closed", True, at("10:02"))


def test_the_three_ticks_resolve_it_and_what_is_written_down_afterwards_closes_it() -> None:
    """EMG-03, EMG-05: cause, improvement and the truthful report upward."""
    hall = small_hall()
    report(hall)
    assert hall.row("incident", "i1")["state"] == "reported"
    ticked(hall, "zhao", "handling", "10:02")
    assert hall.row("incident", "i1")["state"] == "handling"
    ticked(hall, "zhou", "report", "10:05")
    ticked(hall, "wang", "feedback", "10:30")
    body = hall.row("incident", "i1")
    assert body["state"] == "resolved"
    for step in ("cause", "improve", "truthful"):
        assert hall.row("incident", "i1")["state"] == "resolved"
        summed = NoteStep(step, at("11:00"), "已写明")
        assert hall.send(ACTORS["zhao"], "incident.note", "i1", summed, received=at("11:00")).st == "applied"
    assert hall.row("incident", "i1")["state"] == "closed"
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
    ("who", "allowed"), [("zhao", True), ("wang", True), ("lin", True), ("ma", True), ("top", True), ("qian", False), ("feng", False)]
)
def test_who_may_tick(who: str, allowed: bool) -> None:
    hall = small_hall()
    report(hall)
    actor = Actor("top", "c-lead", frozenset({"TOP"})) if who == "top" else ACTORS[who]
    said = hall.send(actor, "incident.tick", "i1", Tick("handling", at("10:02")), received=at("10:02"))
    assert (said.st == "applied") is allowed
    word = NoteStep("media", at("10:03"), "记者要求采访", permitted=False)
    assert (hall.send(actor, "incident.note", "i1", word, received=at("10:03")).st == "applied") is (who in ("ma", "top"))


def test_nobody_answers_and_the_next_one_is_called() -> None:
    hall = small_hall()
    report(hall)
    called = {}
    for clock in ("10:02:59", "10:03", "10:05", "10:14:59", "10:15", "11:00"):
        hall.tick(at(clock))
        called[clock] = hall.row("incident", "i1")["escalated"]
    assert called == {"10:02:59": "", "10:03": "responder", "10:05": "head", "10:14:59": "head", "10:15": "lead", "11:00": "lead"}


def calls(hall: MemoryHall) -> list[tuple[str, list[str]]]:
    return [(one["step"], one["people"]) for one in hall.row("incident", "i1").get("calls", [])]


def test_each_step_calls_exactly_the_people_it_names_and_they_see_it() -> None:
    """EMG-07: the head and whoever serves at the post, the head, the leaders; a leader in charge of the unit alone, where there is one."""
    hall = small_hall()
    report(hall, "li")
    assert calls(hall) == []
    for clock in ("10:03", "10:05", "10:15", "11:00"):
        hall.tick(at(clock))
    assert calls(hall) == [("responder", ["zhao", "wang"]), ("head", ["zhao"]), ("lead", ["ma"])]
    assert "u:wang" in hall.buckets("incident", "i1")
    assert ticked(hall, "wang", "handling", "11:01").st == "applied"


def test_for_a_head_who_is_away_his_deputy_answers() -> None:
    """EMG-01, EMG-07: another head of the unit, else whoever is at the post."""
    for deputy, first in ((True, "qian"), (False, "wang")):
        hall = small_hall()
        person = hall.tx.ask("person", uid="qian")
        person.roles = ["STF", "HEAD"] if deputy else ["STF"]
        hall.tx.put(person)
        notice = Announce([], "meeting", at("9:30"), at("10:30"), "zhao")
        assert hall.send(ACTORS["zhao"], "away.announce", "n1", notice, received=at("9:20")).st == "applied"
        report(hall, "li")
        assert hall.row("incident", "i1")["responder"] == first
        hall.tick(at("10:05"))
        assert calls(hall)[1] == ("head", ["zhao", *(["qian"] if deputy else [])])


def test_a_feedback_alone_stops_no_timer() -> None:
    """EMG-07: it is handled when somebody has handled it."""
    hall = small_hall()
    report(hall)
    ticked(hall, "wang", "feedback", "10:01")
    hall.tick(at("10:15"))
    assert hall.row("incident", "i1")["escalated"] == "lead"
    assert [step for step, _ in calls(hall)] == ["responder", "head", "lead"]


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
