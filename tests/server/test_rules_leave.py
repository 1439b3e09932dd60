"""Leave as tables: counting over the official 2026 calendar, quotas, chains of approvers, spans (LV-03, LV-08, LVT-01, LVT-02, CAL-01)."""

from typing import Any

import msgspec
import pytest

from server.domain.hall.calendar import day_kinds, shipped, versions
from server.domain.hall.handlers import new_hall
from server.domain.hall.rules import at_time
from server.domain.hall.spans import cut, union, without
from server.domain.leave.counting import Used as U
from server.domain.leave.counting import apart, calendars_of, carried, count, full_years, granted, longest_run
from server.domain.leave.ops import LeaveQuota, LeaveSetType, LeaveTypeRule
from server.domain.leave.policy import defaults, rank_of
from server.domain.leave.rules import Chain, gives_way, outcome_of, outlook
from server.domain.leave.rules import Rival as R
from server.domain.leave.tables import Decided
from tests.server.scenes.small_hall import ACTORS, small_hall

HALL = new_hall({"zh_Hans": "厅"}, "zh_Hans")
KINDS = {one.code: one.rule for one in defaults().types}
H = 3_600_000


def span(text: str) -> tuple[int, int]:
    """ "02-13 08:30..02-25 17:30" in 2026, in ms."""
    start, end = (f"2026-{part}".split(" ") for part in text.split(".."))
    return at_time(*start, HALL.tz), at_time(*end, HALL.tz)


COUNTED = [
    # working days of the official calendar: make-up days count, holidays do not
    ("annual", "02-13 08:30..02-25 17:30", 400),
    ("annual", "02-14 08:30..02-14 17:30", 100),
    ("annual", "02-16 08:30..02-20 17:30", 0),
    ("annual", "09-18 08:30..09-21 17:30", 300),
    ("annual", "09-30 14:30..10-08 12:00", 100),
    ("annual", "10-10 08:30..10-10 17:30", 100),
    ("annual", "04-30 08:30..05-09 17:30", 500),
    ("annual", "05-01 08:30..05-05 17:30", 0),
    ("annual", "11-21 08:30..11-22 17:30", 0),
    ("annual", "11-20 08:30..11-23 17:30", 200),
    ("annual", "01-01 08:30..01-05 17:30", 200),
    # half days: every session that is touched
    ("annual", "11-24 14:30..11-24 17:30", 50),
    ("annual", "11-24 08:30..11-24 12:00", 50),
    ("annual", "11-24 14:30..11-25 12:00", 100),
    ("personal", "11-24 09:40..11-24 11:00", 50),
    ("personal", "11-24 12:00..11-24 14:30", 0),
    # whole days only
    ("marriage", "11-24 14:30..11-24 17:30", 100),
    ("marriage", "11-20 08:30..11-24 17:30", 300),
    # hours: of eight, begun ones count
    ("comp", "11-24 08:30..11-24 10:30", 25),
    ("comp", "11-24 08:30..11-24 09:31", 25),
    ("comp", "11-24 08:30..11-24 09:30", 12),
    ("comp", "11-24 08:30..11-24 17:30", 88),
    ("nursing", "11-21 08:30..11-21 10:30", 0),
    # every day of the calendar
    ("maternity", "01-01 00:00..04-08 24:00", 9800),
    ("trip", "02-14 08:30..02-24 17:30", 1100),
    ("home_visit", "10-01 08:30..10-07 17:30", 700),
]


@pytest.mark.parametrize(("code", "when", "expected"), COUNTED)
def test_days_are_counted_by_type_and_calendar(code: str, when: str, expected: int) -> None:
    """LV-08, LVT-01, CAL-01."""
    assert count(HALL, KINDS[code], [span(when)]) == expected


def test_a_year_of_working_days_is_248_in_2026_however_it_is_cut() -> None:
    """No day counts twice, none is lost (CON-17)."""
    whole = span("01-01 00:00..12-31 24:00")
    cuts = [(whole[0] + n * 37 * 24 * H, whole[0] + (n + 1) * 37 * 24 * H) for n in range(9)]
    assert count(HALL, KINDS["annual"], [whole]) == 24800
    assert count(HALL, KINDS["annual"], [*cuts, whole]) == 24800


QUOTAS: list[tuple[LeaveQuota, dict[str, Any], int | None]] = [
    (KINDS["annual"].quota, {"years_worked": 0}, 0),
    (KINDS["annual"].quota, {"years_worked": 1}, 500),
    (KINDS["annual"].quota, {"years_worked": 9}, 500),
    (KINDS["annual"].quota, {"years_worked": 10}, 1000),
    (KINDS["annual"].quota, {"years_worked": 20}, 1500),
    (KINDS["annual"].quota, {"years_worked": None}, None),
    (KINDS["annual"].quota, {"years_worked": 9, "given": 750}, 750),
    (KINDS["personal"].quota, {"years_worked": 9}, None),
    (KINDS["marriage"].quota, {"years_worked": 9}, 300),
    (KINDS["maternity"].quota, {"years_worked": 9, "event_days": 113}, 11300),
    (KINDS["paternity"].quota, {"years_worked": 9}, None),
    (KINDS["comp"].quota, {"years_worked": 9}, 0),
]


@pytest.mark.parametrize(("quota", "about", "expected"), QUOTAS)
def test_a_quota_follows_years_of_work_events_and_what_the_office_has_set(
    quota: LeaveQuota, about: dict[str, Any], expected: int | None
) -> None:
    """LV-08, LVT-01."""
    assert granted(quota, about.get("given"), about["years_worked"], about.get("event_days")) == expected


def test_what_is_left_is_carried_over_as_far_as_the_rule_says() -> None:
    """LVT-01."""
    assert [carried(LeaveQuota(carry_days=3), left) for left in (500, 200, -100, None)] == [300, 200, 0, 0]
    assert [full_years("2016-11-24", day) for day in ("2026-11-23", "2026-11-24")] == [9, 10]
    assert full_years("", "2026-11-24") is None


CHAINS = [
    ("staff", 25, ["HEAD"]),
    ("staff", 50, ["HEAD", "OFF"]),
    ("staff", 100, ["HEAD", "OFF"]),
    ("staff", 200, ["HEAD", "OFF", "LEAD"]),
    ("staff", 9800, ["HEAD", "OFF", "LEAD", "TOP"]),
    ("head", 50, ["OFF"]),
    ("head", 200, ["OFF", "LEAD"]),
    ("lead", 50, ["TOP"]),
]


@pytest.mark.parametrize(("rank", "centidays", "steps"), CHAINS)
def test_the_chain_follows_length_and_rank(rank: str, centidays: int, steps: list[str]) -> None:
    """LV-03, LV-04."""
    row = next(r for r in defaults().chains["usual"] if r.rank == rank and (not r.upto_centidays or centidays <= r.upto_centidays))
    assert row.steps == steps


def test_the_shipped_types_are_those_of_the_catalogue() -> None:
    """LVT-01, LVT-03: names in four locales, each with its own; statutory types are protected; medical ones are sealed, giving blood
    too, though it shares a row of §8 with civic duties."""
    assert len(KINDS) == 23
    assert (KINDS["blood"].privacy, KINDS["civic"].privacy) == ("P3", "P2")
    assert not [names for names in KINDS["civic"].names.values() if "血" in names]
    assert all(set(rule.names) == {"zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"} for rule in KINDS.values())
    assert (KINDS["annual"].names["zh_Hant_TW"], KINDS["annual"].names["zh_Hant_HK"]) == ("休假", "年假")
    assert [c for c in ("sick", "maternity", "bereavement", "injury") if KINDS[c].displaceable] == []
    assert {c for c, rule in KINDS.items() if rule.privacy == "P4"} == {"suspension"}
    assert all(rule.chain in defaults().chains for rule in KINDS.values())
    assert [rank_of(roles) for roles in (["STF"], ["STF", "HEAD"], ["TOP", "HEAD"])] == ["staff", "head", "lead"]


CHAIN = Chain(("HEAD", "OFF"), "u1", "wang", escalates_at=1000)


def said(by: str, roles: list[str], accept: bool, at: int, unit: str = "u1", known: int = 0, **deputy: Any) -> Decided:
    return Decided(f"{by}{at}", by, at, known or at, "A", accept, "", roles, unit, **deputy)


HEAD, OFF = ("zhao", ["HEAD"]), ("zhou", ["OFF"])
DEPUTY: dict[str, Any] = {"for_uid": "zhao", "for_roles": ["HEAD"], "for_unit": "u1"}
OUTCOMES = [
    ([said(*HEAD, True, 10), said(*OFF, True, 20, "c")], "yes"),
    ([said(*HEAD, True, 10)], "open"),
    ([said(*OFF, True, 20, "c")], "open"),
    ([said(*OFF, True, 2000, "c")], "yes"),
    ([said("li", ["STF"], True, 10, **DEPUTY), said(*OFF, True, 20, "c")], "yes"),
    ([said("li", ["STF"], True, 10, **DEPUTY), said(*HEAD, False, 20)], "no"),
    ([said("li", ["STF"], False, 30, **DEPUTY), said(*HEAD, True, 20), said(*OFF, True, 40, "c")], "yes"),
    ([said("feng", ["HEAD"], True, 10, "u2"), said(*OFF, True, 20, "c")], "open"),
    ([said("wang", ["HEAD", "OFF"], True, 10)], "open"),
    ([said(*HEAD, False, 10), said(*HEAD, True, 12), said(*OFF, True, 20, "c")], "yes"),
    ([said(*HEAD, True, 10), said(*OFF, True, 20, "c"), said("ma", ["LEAD"], False, 5, "l")], "no"),
]


@pytest.mark.parametrize(("decisions", "expected"), OUTCOMES)
def test_decisions_come_to_an_outcome_by_competence_whatever_their_order(decisions: list[Decided], expected: str) -> None:
    """LV-04, CON-15, CON-16: unit first, deputies, higher rank, an approver who is silent, nobody about himself."""
    assert outcome_of(CHAIN, decisions) == outcome_of(CHAIN, decisions[::-1]) == expected


def test_who_relied_on_an_approval_was_on_leave_until_told_otherwise() -> None:
    """CON-16."""
    decisions = [said(*HEAD, True, 10), said(*OFF, True, 20, "c"), said("ma", ["LEAD"], False, 5, "l", known=90)]
    assert outlook(CHAIN, decisions) == ("no", 10, ((20, 90),))


def test_spans_join_and_part() -> None:
    assert union([(5, 7), (1, 3), (3, 4), (6, 9)]) == [(1, 4), (5, 9)]
    assert without([(1, 9)], [(3, 4), (6, 20)]) == [(1, 3), (4, 6)]
    assert cut([(1, 9)], 3, 5) == [(3, 5)]


def test_when_two_leaves_meet_the_one_decided_first_keeps_its_time() -> None:
    """CON-17: where hours are counted, to the minute."""
    hours = KINDS["comp"]
    assert hours.min_unit == "hour"
    spans = apart(HALL, [U("b", hours, ((5, 20),), (9, "b")), U("a", hours, ((1, 10),), (3, "a"))])
    assert spans == {"a": [(1, 10)], "b": [(10, 20)]}


def moment(clock: str, day: str) -> int:
    return at_time(f"2026-11-{day}", clock, HALL.tz)


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        (("home_visit", "08:30", "25", "17:30", "27"), ("home_visit", "00:00", "25", "00:00", "28"), (300, 0)),
        (("home_visit", "08:30", "25", "12:00", "26"), ("home_visit", "12:00", "26", "17:30", "27"), (200, 100)),
        (("marriage", "08:30", "25", "12:00", "26"), ("annual", "14:30", "26", "17:30", "26"), (200, 0)),
        (("annual", "09:00", "25", "10:00", "25"), ("annual", "10:00", "25", "12:00", "25"), (50, 0)),
        (("annual", "09:00", "25", "12:00", "25"), ("annual", "13:30", "25", "17:00", "25"), (50, 50)),
    ],
)
def test_a_day_or_half_day_that_one_leave_has_used_up_is_not_counted_for_another(
    first: tuple[str, ...], second: tuple[str, ...], days: tuple[int, int]
) -> None:
    """CON-17: the phone until half past five and the office until midnight are three days, not five."""
    used = [
        U(rid, KINDS[kind], ((moment(start, on), moment(end, off)),), (n, rid))
        for n, (rid, (kind, start, on, end, off)) in enumerate((("a", first), ("b", second)))
    ]
    own = apart(HALL, used)
    assert tuple(count(HALL, one.kind, own[one.rid]) for one in used) == days


def test_statutory_leave_never_gives_way_to_other_leave() -> None:
    """CON-14."""
    assert gives_way([R("a", True, 10), R("b", True, 20)]) == "b"
    assert gives_way([R("a", True, 10), R("b", False, 20)]) == "a"
    assert gives_way([R("a", False, 10), R("b", False, 20)]) == "b"


def test_absence_in_a_row_is_counted_by_the_law_of_the_persons_status() -> None:
    """LV-11: days of the calendar for civil servants, working days for public institutions; a weekend breaks no row of working days."""
    absent = [span("11-19 08:30..11-20 17:30"), span("11-23 08:30..11-25 17:30")]
    assert longest_run(HALL, absent, working=True) == (5, 5)
    assert longest_run(HALL, absent, working=False) == (3, 5)
    assert longest_run(HALL, [], working=True) == (0, 0)


def test_the_calendars_a_leave_was_counted_with_are_named_and_a_year_to_come_is_provisional() -> None:
    """CAL-02, CAL-03."""
    names, provisional = calendars_of(HALL, *span("12-30 08:30..12-31 17:30"))
    assert (names, provisional) == ([versions(shipped("cn"))["2026"]], False)
    assert calendars_of(HALL, span("12-30 08:30..12-31 17:30")[0], at_time("2027-01-05", "12:00", HALL.tz))[1] is True
    assert day_kinds(shipped("cn"))["2026-02-14"] == "make_up"


def test_a_rule_counts_by_what_it_says_and_not_by_its_name() -> None:
    """GEN-03: the same span under two versions of a rule."""
    rule = KINDS["sick"]
    other = LeaveTypeRule(rule.names, "calendar", "day", "usual", "P3", False, "2027-01-01")
    assert [count(HALL, one, [span("11-20 08:30..11-23 17:30")]) for one in (rule, other)] == [200, 400]


def test_each_further_child_of_a_birth_adds_fifteen_days() -> None:
    """LVT-01, catalogue §8: 98 days, 15 more for a difficult birth and for every further child."""
    events = {event.code: event.days for event in KINDS["maternity"].events}
    assert [events[code] for code in ("birth", "difficult", "twins", "triplets")] == [98, 113, 113, 128]


def test_a_rule_begins_on_a_day_and_not_on_another_form_of_one() -> None:
    """LVT-02: "2026-W52-1" would be after every day of 2026, as text."""
    rule = msgspec.structs.replace(defaults().types[0].rule, valid_from="2026-W52-1")
    rid = f"{defaults().types[0].code}@2026-W52-1"
    assert small_hall().send(ACTORS["zhou"], "leave.type", rid, LeaveSetType(rule)).code == "INVALID"
