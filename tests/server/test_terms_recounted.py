"""Terms past the published year are provisional; once its calendar is there they are counted anew and say what they were (CAL-03)."""

import json
from typing import Any

from server.app import DOMAINS
from server.domain.base import Actor
from server.domain.campaign.ops import FindProblem, OrderProblem
from server.domain.facility.ops import AssignRepair, ReportFault
from server.domain.hall.days import HallCalendar
from server.domain.hot.ops import Counted, OrderSection
from server.domain.supervisor.ops import FileReport
from tests.server.scenes.small_hall import ACTORS, at, small_hall
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
