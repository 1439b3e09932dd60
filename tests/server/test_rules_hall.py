"""The hall's calendar, hours, plates and buckets (CAL-01, CAL-05, DSP-06, VIS-01)."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from server.domain.bulletin.rules import is_period
from server.domain.campaign.ops import CampaignDuty, Phase
from server.domain.campaign.rules import duties_wrong, phases_wrong
from server.domain.hall.calendar import day_kinds, shipped, versions
from server.domain.hall.handlers import OFFICE_HOURS as HOURS
from server.domain.hall.handlers import found
from server.domain.hall.ops import Hall
from server.domain.hall.params import DEFAULT_RULES
from server.domain.hall.rules import (
    at_time,
    buckets_of,
    day_of,
    is_day,
    is_open,
    next_working_day,
    opens_within,
    plate,
    sessions,
    text,
    vacancy_ms,
    works_on,
)
from server.domain.hot.rules import period_wrong
from server.domain.irregular.rules import days_of
from server.domain.supervisor.rules import sane_term
from sync.units import MINUTE_MS
from tests.server.scenes.small_hall import DOMAINS
from tests.support.memory_tx import MemoryHall

TZ = "Asia/Shanghai"
SHIPPED = {"leave.type", "leave.chain", "incident.plan", "checklist", "code", "phrase", "tagset", "handbook"}
TITLE = {"zh_Hans": "主任", "zh_Hant_TW": "主任", "en": "Director"}
HALL = Hall(
    names={"zh_Hans": "厅"},
    phone="",
    tz=TZ,
    locale="zh_Hans",
    plate="name",
    zones=[],
    hours={str(d): HOURS for d in range(1, 6)},
    days=day_kinds(shipped("cn")),
    calendars=versions(shipped("cn")),
    rules={},
    rule_set="",
    roster_version=1,
    demo=True,
)


def hall(**changes: Any) -> Hall:
    """The hall with other settings."""
    return msgspec.structs.replace(HALL, **changes)


def test_2026_has_the_working_days_it_has() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    by_month = [sum(works_on(HALL, d.isoformat()) for d in days if d.month == month) for month in range(1, 13)]
    assert by_month == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_make_up_days_work_with_a_mondays_hours(day: str) -> None:
    assert date.fromisoformat(day).isoweekday() >= 6
    assert sessions(HALL, day) == [(at_time(day, a, TZ), at_time(day, b, TZ)) for a, b in HOURS]


@pytest.mark.parametrize(
    ("accepted", "count", "due"),
    [
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-09-18", 2, "2026-09-21"),
        ("2026-04-30", 7, "2026-05-13"),
        ("2026-09-30", 7, "2026-10-15"),
        ("2026-05-08", 1, "2026-05-09"),
        ("2026-11-02", 10, "2026-11-16"),
    ],
)
def test_working_day_terms_of_the_catalogue(accepted: str, count: int, due: str) -> None:
    assert next_working_day(HALL, accepted, count) == due


@pytest.mark.parametrize(
    ("clock", "open_now"), [("08:29", False), ("08:30", True), ("11:59", True), ("12:00", False), ("14:30", True), ("17:30", False)]
)
def test_open_inside_the_sessions_only(clock: str, open_now: bool) -> None:
    assert is_open(HALL, at_time("2026-11-23", clock, TZ)) is open_now
    assert is_open(hall(rules={"demo.always_open": True}), at_time("2026-11-22", clock, TZ))
    assert not is_open(HALL, at_time("2026-11-22", clock, TZ)), "a Sunday"


def test_an_absence_over_a_weekend_still_meets_opening_hours() -> None:
    friday, sunday, monday = (at_time(d, "18:00", TZ) for d in ("2026-11-20", "2026-11-22", "2026-11-23"))
    assert not opens_within(HALL, friday, sunday)
    assert opens_within(HALL, friday, monday)


def test_a_hall_closed_or_opened_by_itself_overrides_the_calendar() -> None:
    days = {"2026-11-23": "closed", "2026-11-22": "open"}
    assert (works_on(hall(days=days), "2026-11-23"), works_on(hall(days=days), "2026-11-22")) == (False, True)


def test_days_begin_at_the_halls_midnight() -> None:
    midnight = at_time("2026-11-22", "24:00", TZ)
    assert (day_of(midnight - 1, TZ), day_of(midnight, TZ)) == ("2026-11-22", "2026-11-23")


def test_a_hall_sets_its_own_numbers_over_the_defaults() -> None:
    slower = hall(rules={"evd.vacancy_min_minutes": 15})
    assert [vacancy_ms(one, "2026-11-23") // MINUTE_MS for one in (HALL, slower)] == [10, 15]
    assert all(isinstance(v, int | str | bool) for v in DEFAULT_RULES.values())


@pytest.mark.parametrize(
    ("policy", "name", "expected"),
    [
        ("name", "于演甲", "于演甲"),
        ("name", "示𠮷辛", "示𠮷辛"),
        ("badge", "于演甲", "1007"),
        ("surname_title", "范示乙", "范 主任"),
        ("surname_title", "𠮷示辛", "𠮷 主任"),
        ("surname_title", "欧阳修", "欧阳 主任"),
        ("surname_title", "司馬示甲", "司馬 主任"),
        ("surname_title", "諸葛示", "諸葛 主任"),
        ("surname_title", "欧阳", "欧 主任"),
        ("surname_title", "欧示阳", "欧 主任"),
        ("surname_title", "", " 主任"),
        ("surname_title", "Demonstratia Fictivox", "Fictivox 主任"),
    ],
)
def test_plates_follow_the_halls_policy_and_never_convert(policy: str, name: str, expected: str) -> None:
    assert plate(hall(plate=policy, locale="zh_Hant_TW"), name, "1007", TITLE) == expected


def test_a_missing_text_falls_back_to_the_source() -> None:
    assert (text(TITLE, "en"), text(TITLE, "zh_Hant_HK")) == ("Director", "主任")


@pytest.mark.parametrize(
    ("unit", "roles", "expected"),
    [
        ("u1", ["STF"], {"u:x", "hall", "pub", "unit:u1"}),
        ("u1", ["STF", "HEAD"], {"u:x", "hall", "pub", "unit:u1", "head:u1"}),
        ("c", ["OFF"], {"u:x", "hall", "pub", "unit:c", "role:OFF"}),
        ("c", ["TOP"], {"u:x", "hall", "pub", "unit:c", "role:LEAD", "role:TOP"}),
        ("", ["TEAM"], {"u:x", "role:TEAM"}),
        ("c", ["TEAM", "STF"], {"u:x", "hall", "pub", "unit:c", "role:TEAM"}),
    ],
)
def test_buckets_of_a_person(unit: str, roles: list[str], expected: set[str]) -> None:
    assert buckets_of("x", unit, roles) == expected


def test_an_empty_start_has_a_hall_its_administrator_and_what_it_begins_with_and_time_passes_quietly() -> None:
    empty = MemoryHall(DOMAINS, at_time("2026-11-23", "09:00", TZ))
    empty.tick(at_time("2026-11-23", "09:01", TZ))
    assert not empty.tx.rows
    found(empty.tx, {"zh_Hans": "新大厅"}, "zh_Hans", "x", "于演甲")
    empty.found()
    begun = dict(empty.tx.rows)
    empty.found()
    assert empty.tx.rows == begun, "what is there stays"
    empty.tick(at_time("2026-11-23", "09:02", TZ))
    shipped = {key[0] for key in empty.tx.rows} - {"hall", "person", "me"}
    assert shipped == SHIPPED, "the rules, lists and plans it begins with"
    assert {key: shown.buckets for key, shown in empty.tx.rows.items() if key[0] not in shipped} == {
        ("hall", "hall"): {"hall", "pub", "role:TEAM", "role:SUP"},
        ("person", "x"): {"hall"},
        ("me", "x"): {"u:x"},
    }
    assert empty.row("me", "x")["roles"] == ["ADM"]


@pytest.mark.parametrize("tuesday", ["20261124", "2026-W48-2", "2026-11-31", "２０２６-11-24", ""])
def test_a_day_is_written_in_one_way_only(tuesday: str) -> None:
    """Days are compared as text: another ISO form of one would be before or after every day there is."""
    day, next_year = "2026-11-24", "2027-01-02"
    assert not is_day(tuesday)
    assert is_day(day)
    for days in ((tuesday, day), (day, tuesday), (tuesday, next_year), (tuesday, tuesday)):
        assert not is_period("check", *days)
        assert period_wrong(*days)
        assert not sane_term(*days, "")
        assert phases_wrong([Phase("other", *days)])
        assert days_of(*days) == []
    assert [is_period("check", day, day), not period_wrong(day, day), sane_term(day, day, day)] == [True] * 3
    assert days_of(day, day) == [day]
    duty = CampaignDuty("a", "整改", by_day=tuesday)
    assert duties_wrong([Phase("other", day, day, duties=[duty])]) is bool(tuesday)
