"""The hall's own days and hours: from when they hold, weekdays without business, years nobody has published (CAL-01..03, CAL-05)."""

import json

import pytest

from server.domain.base import Outcome
from server.domain.hall.days import HallCalendar, HallDay, HallOpening
from server.domain.hall.ops import Hall
from server.domain.hall.rules import at_time, kind_of, sessions
from tests.server.scenes.attendance import NEXT, attendance_hall
from tests.server.scenes.small_hall import ACTORS, DAY, HOURS, at, small_hall
from tests.support.memory_tx import MemoryHall

WEDNESDAY = "2026-11-25"
WEEK = {str(weekday): HOURS for weekday in range(1, 6)}


def open_from(hall: MemoryHall, day: str, hours: dict[str, list[tuple[str, str]]] = WEEK) -> Outcome:
    """The office sets opening hours."""
    return hall.send(ACTORS["zhou"], "hall.opening", "hall", HallOpening(day, hours))


def settings(hall: MemoryHall) -> Hall:
    """The hall as it is."""
    found: Hall = hall.tx.ask("hall")
    return found


# --- from when --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "code"), [("2026-11-22", "INVALID"), (DAY, "RULE_DAY"), (NEXT, "")])
def test_opening_hours_hold_from_tomorrow_at_the_earliest(day: str, code: str) -> None:
    """CAL-05, GEN-03: nobody is late or gone by hours that were said after the day had begun."""
    hall = small_hall("17:45")
    assert (open_from(hall, day).code or "") == code
    assert bool(settings(hall).earlier) is (code == "")


def test_before_there_is_any_roster_a_new_hall_sets_its_hours_for_today() -> None:
    """CAL-05: on the day a hall is founded nobody is on duty yet."""
    hall = small_hall("08:35")
    hall.tx._db.execute("DELETE FROM duty")
    assert open_from(hall, DAY).st == "applied"


# --- days of the week -------------------------------------------------------------------------------------------------


def without_wednesday() -> MemoryHall:
    """From tomorrow on the hall has no business on Wednesdays; everybody's attendance is kept."""
    hall = attendance_hall()
    assert open_from(hall, NEXT, {day: spans for day, spans in WEEK.items() if day != "3"}).st == "applied"
    return hall


def test_a_weekday_without_hours_has_no_session_and_nobody_is_missed() -> None:
    """CAL-01, CAL-05: what the editor leaves empty is closed."""
    hall = without_wednesday()
    assert sessions(settings(hall), WEDNESDAY) == []
    for clock, day in (("08:31", WEDNESDAY), ("18:00", WEDNESDAY), ("12:30", "2026-11-26")):
        hall.tick(at(clock, day))
    assert [rid for rid, _ in hall.rows("att.exc") if WEDNESDAY in rid] == []


@pytest.mark.parametrize("day", ["2026-11-28", WEDNESDAY])
def test_a_day_the_hall_opens_by_itself_keeps_the_hours_of_a_monday(day: str) -> None:
    """CAL-01: said to be open, a Saturday or a weekday without hours of its own has a Monday's."""
    hall = without_wednesday()
    assert hall.send(ACTORS["zhou"], "hall.day", "hall", HallDay(day, day, "open", "周末不打烊")).st == "applied"
    tz = settings(hall).tz
    assert sessions(settings(hall), day) == [(at_time(day, start, tz), at_time(day, end, tz)) for start, end in HOURS]


# --- years ------------------------------------------------------------------------------------------------------------


def year(number: int, *days: tuple[str, bool]) -> HallCalendar:
    """A calendar file of a year with these days, off or not."""
    return HallCalendar(
        json.dumps({"year": number, "papers": ["x"], "days": [{"name": "-", "date": d, "isOffDay": off} for d, off in days]})
    )


def test_a_later_year_imported_first_leaves_the_one_between_provisional() -> None:
    """CAL-03: what is certain of a year nobody has published yet stays known."""
    hall = small_hall()
    for number in (2026, 2028):
        assert hall.send(ACTORS["zhou"], "hall.calendar", "hall", year(number, (f"{number}-01-03", True))).st == "applied"
    found = settings(hall)
    assert [kind_of(found, day) for day in ("2027-01-01", "2027-10-01", "2029-10-01", "2030-10-01")] == ["holiday"] * 4
    assert set(found.calendars) == {"2026", "2028"}, "a term that reaches 2027 is provisional"


def test_a_year_too_far_off_is_a_slip() -> None:
    """CAL-02: 2062 was not meant."""
    hall = small_hall()
    assert hall.send(ACTORS["zhou"], "hall.calendar", "hall", year(2062, ("2062-01-02", True))).code == "CALENDAR_BAD"
    assert settings(hall).calendars == {}
