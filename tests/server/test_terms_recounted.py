"""Terms past the published year are provisional; once its calendar is there they are counted anew and say what they were (CAL-03)."""

import json
from typing import Any

from server.app import DOMAINS
from server.domain.base import Actor
from server.domain.campaign.ops import FindProblem, OrderProblem
from server.domain.facility.ops import AssignRepair, ReportFault
from server.domain.hall.days import HallCalendar
from server.domain.hall.handlers import put_duty
from server.domain.hall.tables import DutyRecord
from server.domain.hot.ops import Counted, OrderSection
from server.domain.patrol.ops import Observe
from server.domain.presence.ops import Announce
from server.domain.supervisor.ops import FileReport
from tests.server.scenes.attendance import attendance_hall, decide, exc, punch
from tests.server.scenes.small_hall import ACTORS, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

LAST_DAYS = "2026-12-30"
NEW_YEAR = {
    "year": 2027,
    "papers": ["演示"],
    "days": [{"name": "元旦", "date": f"2027-01-{n:02d}", "isOffDay": True} for n in range(1, 9)],
}
"""Nobody works from the first to the eighth of January; the ninth and tenth are a weekend."""


OLD_YEAR = {"year": 2026, "papers": ["演示"], "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": True}]}
SUPERVISOR = Actor("s-1", "", frozenset({"SUP"}))


def publish(hall: MemoryHall, year: dict[str, Any]) -> None:
    assert hall.send(ACTORS["zhou"], "hall.calendar", "hall", HallCalendar(json.dumps(year))).st == "applied"
    hall.tick(at("10:05", LAST_DAYS))


def hall_with_terms() -> MemoryHall:
    """Some working days from 30 December, in each institution that has terms of its own."""
    hall = small_hall("10:00", domains=DOMAINS, today=LAST_DAYS)
    publish(hall, OLD_YEAR)
    office = ACTORS["zhou"]
    said: list[tuple[Actor, str, str, Any]] = [
        (office, "hot.order", "h1", OrderSection("u1", "排队", "增开", "2026-12-01", "2026-12-28", [Counted("incident", "crowd", 2)], 3)),
        (office, "problem.find", "p1", FindProblem("u1", "patrol", "F20", "清单没有一次给全")),
        (office, "problem.order", "p1", OrderProblem("五日内补齐", "wang")),
        (ACTORS["wang"], "repair.report", "r1", ReportFault("w1", "卡纸", at("09:30", LAST_DAYS))),
        (office, "repair.assign", "r1", AssignRepair("han")),
        (SUPERVISOR, "sup.report", "s1", FileReport("seen", "排队很久", at("09:30", LAST_DAYS))),
    ]
    for who, kind, rid, args in said:
        assert hall.send(who, kind, rid, args).st == "applied", kind
    return hall


def test_every_term_follows_the_calendar_once_it_is_published() -> None:
    """CAL-03: each says what it was, and none is overdue before a working day has passed."""
    hall = hall_with_terms()
    kinds = {"hot.order": "h1", "problem": "p1", "repair": "r1", "sup.report": "s1"}
    before = {kind: hall.row(kind, rid)["due_day"] for kind, rid in kinds.items()}
    assert all(hall.row(kind, rid)["provisional"] for kind, rid in kinds.items())
    publish(hall, NEW_YEAR)
    for kind, rid in kinds.items():
        row = hall.row(kind, rid)
        assert row["due_day"] > "2027-01-10", kind
        assert (row["was_due_day"], row.get("provisional", False)) == (before[kind], False)
    hall.tick(at("09:00", "2027-01-11"))
    assert not any(hall.row(kind, rid).get("overdue") for kind, rid in kinds.items())


def test_a_term_that_stays_says_nothing_of_the_new_calendar() -> None:
    hall = hall_with_terms()
    usual = NEW_YEAR | {"days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]}
    publish(hall, usual)
    row = hall.row("hot.order", "h1")
    assert (row.get("was_due_day", ""), row.get("provisional", False)) == ("", False)


def test_the_last_day_to_answer_follows_the_calendar_too() -> None:
    """CAL-03, EVD-12: of a finding, of the doubt about it, and of an exception of attendance: nobody is confirmed late after a holiday in
    which he could say nothing.
    """
    hall = attendance_hall(LAST_DAYS)
    put_duty(hall.tx, DutyRecord(rid=f"{LAST_DAYS}:w1", day=LAST_DAYS, post="w1", a="wang", b="li"))
    assert published(hall, OLD_YEAR, "07:05")
    punch(hall, "wang", "in", 0, "08:50", day=LAST_DAYS)
    punch(hall, "wang", "out", 0, "12:01", day=LAST_DAYS)
    left = Announce(["w1"], "meeting", at("9:58", LAST_DAYS), at("11:00", LAST_DAYS), "wang")
    hall.send(ACTORS["wang"], "away.announce", "n1", left, received=at("15:00", LAST_DAYS), at=at("9:58", LAST_DAYS), grade="C")
    for rid, clock in (("o1", "10:02"), ("o2", "10:13")):
        seen = Observe("r1", "w1", "empty_no_notice", at(clock, LAST_DAYS), KNEW)
        hall.send(ACTORS["lin"], "patrol.observe", rid, seen, received=at("15:00", LAST_DAYS), at=at(clock, LAST_DAYS))
    late = exc("in", 0, "wang", LAST_DAYS)
    hall.tick(at("15:10", LAST_DAYS))
    before = hall.row("finding", "o1"), hall.row("finding.own", "o1"), hall.row("att.exc", late)
    assert before[0]["doubt"] is True
    assert published(hall, NEW_YEAR, "16:00")
    hall.tick(at("16:05", LAST_DAYS))
    after = hall.row("finding", "o1"), hall.row("finding.own", "o1"), hall.row("att.exc", late)
    assert after[0]["decide_until"] > before[0]["decide_until"]
    for was, now in zip(before[1:], after[1:], strict=True):
        assert now["answer_until"] > was["answer_until"]
        assert now["was_answer_until"] == was["answer_until"]
    hall.tick(at("18:00", "2027-01-06"))
    assert hall.row("finding", "o1")["doubt"] is True, "no working day has passed in which the office could decide"
    no = decide(hall, "zhao", "att.decide", late, False, "迟到", clock="08:01", day="2027-01-11")
    assert no.code == "ANSWER_TIME"


def published(hall: MemoryHall, year: dict[str, Any], clock: str) -> bool:
    said = HallCalendar(json.dumps(year))
    return hall.send(ACTORS["zhou"], "hall.calendar", "hall", said, received=at(clock, LAST_DAYS)).st == "applied"
