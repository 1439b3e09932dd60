"""A month of attendance: candidates, confirmed sheets, settlement, adjustments (ATT-02, ATT-04, ATT-09, EVD-10)."""

from typing import Any

import pytest
from msgspec import convert

from server.domain.attendance.ops import (
    AdjustSettled,
    CloseDay,
    CloseMonth,
    ConfirmSheet,
    ConfirmUnitMonth,
    MonthTotals,
)
from server.domain.hall.days import HallDay
from server.domain.presence.ops import Announce
from tests.server.scenes.attendance import (
    NEXT,
    answer,
    attendance_hall,
    decide,
    exc,
    punch,
    sheet,
    state,
    whole_day,
)
from tests.server.scenes.small_hall import ACTORS, DAY, at
from tests.support.memory_tx import MemoryHall

NOON = "12:01"


# --- the month --------------------------------------------------------------------------------------------------------

WEEK = ("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30")
DECEMBER = "2026-12-01"
SETTLED = "2026-12-03"
AFTER = "2026-12-04"


def a_month(**changed: str) -> MemoryHall:
    """王 and 赵 from 23 November to the end of the month; 王 as `changed` says on the first four days."""
    hall = attendance_hall()
    for number, day in enumerate(WEEK):
        hall.tick(at("07:00", day))
        whole_day(hall, "wang", day, **(changed if number < 4 else {}))
        whole_day(hall, "zhao", day)
        whole_day(hall, "li", day)
        whole_day(hall, "qian", day)
    hall.tick(at("12:01", DECEMBER))
    return hall


def test_the_fourth_confirmed_late_morning_of_a_month_makes_a_candidate() -> None:
    """ATT-02, GEN-05, PRV-06: for those who may look into it; nothing else follows."""
    hall = a_month(in0="08:41")
    assert hall.row("att.candidate", "2026-11:wang") is None
    for number, day in enumerate(WEEK[:4]):
        answer(hall, exc(day=day), "堵车", "12:10", DECEMBER)
        decide(hall, "zhao", "att.decide", exc(day=day), False, "不成立", day=DECEMBER)
        assert (hall.row("att.candidate", "2026-11:wang") is None) == (number < 3)
    assert hall.buckets("att.candidate", "2026-11:wang") == {"u:wang", "head:u1", "role:OFF", "role:EFF"}
    assert len(hall.row("att.candidate", "2026-11:wang")["events"]) == 4
    answer(hall, exc(day=WEEK[0]), "有证据", "16:00", DECEMBER, appeal=True)
    assert hall.row("att.candidate", "2026-11:wang") is None, "what is appealed against counts for nothing"


def test_a_converted_event_is_no_late_event_too() -> None:
    """ATT-04."""
    hall = a_month(in0="09:10")
    for day in WEEK[:4]:
        answer(hall, exc(day=day), "堵车", "12:10", DECEMBER)
        decide(hall, "zhao", "att.decide", exc(day=day), False, "不成立", day=DECEMBER)
    assert sheet(hall)["totals"] == {"days": 6, "half_days": 4}
    assert hall.row("att.candidate", "2026-11:wang") is None


def test_the_person_confirms_then_the_unit_then_it_is_settled_and_published_as_counts() -> None:
    """ATT-09, EVD-10."""
    hall = a_month()
    assert sheet(hall)["state"] == "asked"
    assert hall.send(ACTORS["li"], "att.confirm", "2026-11:wang", ConfirmSheet(True), received=at("12:05", DECEMBER)).code == "NO_RIGHT"
    hall.send(ACTORS["wang"], "att.confirm", "2026-11:wang", ConfirmSheet(True), received=at("12:10", DECEMBER))
    assert sheet(hall)["state"] == "confirmed"
    assert hall.row("att.unit", "2026-11:u1")["confirmed"] == 1
    assert (
        hall.send(ACTORS["feng"], "att.confirm_unit", "2026-11:u1", ConfirmUnitMonth(), received=at("12:20", DECEMBER)).code == "NO_RIGHT"
    )
    assert hall.send(ACTORS["zhao"], "att.confirm_unit", "2026-11:u1", ConfirmUnitMonth(), received=at("12:20", DECEMBER)).st == "applied"
    assert sheet(hall)["state"] == "unit"
    assert hall.row("att.counts", "2026-11:u1") is None
    hall.tick(at("11:59", SETTLED))
    assert sheet(hall)["state"] == "unit"
    hall.tick(at("12:00", SETTLED))
    assert sheet(hall)["state"] == "closed"
    assert hall.buckets("att.counts", "2026-11:u1") == {"unit:u1", "role:OFF", "role:LEAD"}
    assert hall.row("att.counts", "2026-11:u1") == {"unit": "u1", "month": "2026-11", "people": 4, "totals": {"days": 24}}


def test_whoever_disagrees_says_what_is_wrong_and_whoever_agreed_is_asked_again_when_it_changes() -> None:
    hall = a_month(in0="08:41")
    assert hall.send(ACTORS["wang"], "att.confirm", "2026-11:wang", ConfirmSheet(False), received=at("12:10", DECEMBER)).code == "INVALID"
    hall.send(ACTORS["wang"], "att.confirm", "2026-11:wang", ConfirmSheet(False, "24日按时到岗"), received=at("12:10", DECEMBER))
    assert (sheet(hall)["state"], sheet(hall)["text"]) == ("disputed", "24日按时到岗")
    hall.send(ACTORS["wang"], "att.confirm", "2026-11:wang", ConfirmSheet(True), received=at("12:20", DECEMBER))
    assert sheet(hall)["state"] == "confirmed"
    answer(hall, exc(day=WEEK[0]), "堵车", "12:30", DECEMBER)
    decide(hall, "zhao", "att.decide", exc(day=WEEK[0]), False, "不成立", day=DECEMBER)
    assert sheet(hall)["state"] == "asked"


@pytest.mark.parametrize("first", [True, False])
def test_a_person_confirms_what_he_had_read_and_nothing_that_came_of_it_since(first: bool) -> None:
    """ATT-09, EVD-01: offline he read a month without anything open; whether his word or the head's decision arrives first, he is asked
    again, and a settled month does not say that he confirmed it."""
    hall = a_month(in0="08:41")
    read = convert(sheet(hall)["totals"], MonthTotals)

    def confirms() -> None:
        said = ConfirmSheet(True, totals=read)
        assert hall.send(ACTORS["wang"], "att.confirm", "2026-11:wang", said, received=at("12:20", DECEMBER)).st == "applied"

    if first:
        confirms()
        assert (sheet(hall)["state"], sheet(hall)["confirmed_at"]) == ("confirmed", at("12:20", DECEMBER))
    answer(hall, exc(day=WEEK[0]), "堵车", "12:30", DECEMBER)
    assert decide(hall, "zhao", "att.decide", exc(day=WEEK[0]), False, "不成立", clock="12:40", day=DECEMBER).st == "applied"
    if not first:
        confirms()
    assert sheet(hall)["state"] == "asked"
    hall.tick(at("12:00", SETTLED))
    assert (sheet(hall)["state"], "confirmed_at" in sheet(hall)) == ("closed", False)


def test_vouching_for_a_month_confirms_what_nobody_answered_in_time_and_nothing_that_was_answered() -> None:
    """EVD-12: one by one, where somebody has said something."""
    hall = a_month(in0="08:41")
    answer(hall, exc(day=WEEK[0]), "堵车", "12:30", DECEMBER)
    confirm: dict[str, Any] = {"received": at("12:40", DECEMBER)}
    assert hall.send(ACTORS["zhao"], "att.confirm_unit", "2026-11:u1", ConfirmUnitMonth(), **confirm).code == "UNDECIDED"
    decide(hall, "zhao", "att.decide", exc(day=WEEK[0]), True, clock="12:35", day=DECEMBER)
    assert hall.send(ACTORS["zhao"], "att.confirm_unit", "2026-11:u1", ConfirmUnitMonth(), **confirm).st == "applied"
    states = [state(hall, exc(day=day)) for day in WEEK[:4]]
    assert states == [("late", "explained", False), ("late", "confirmed", True), ("late", "detected", False), ("late", "detected", False)]


def test_a_month_is_not_vouched_for_or_settled_before_it_is_over() -> None:
    hall = attendance_hall()
    whole_day(hall, "wang")
    hall.tick(at(NOON, NEXT))
    late: dict[str, Any] = {"received": at("13:00", NEXT)}
    assert hall.send(ACTORS["zhao"], "att.confirm_unit", "2026-11:u1", ConfirmUnitMonth(), **late).code == "TOO_EARLY"
    assert hall.send(ACTORS["zhou"], "att.close_month", "2026-11", CloseMonth(), **late).code == "TOO_EARLY"
    assert hall.send(ACTORS["zhou"], "att.close_day", NEXT, CloseDay(), **late).code == "TOO_EARLY"
    assert hall.send(ACTORS["zhao"], "att.close_day", NEXT, CloseDay(), **late).code == "NO_RIGHT"
    assert hall.send(ACTORS["zhou"], "att.close_day", DAY, CloseDay(), **late).code == "GONE"
    assert hall.send(ACTORS["zhou"], "att.close_day", NEXT, CloseDay(), received=at("17:40", NEXT)).st == "applied"
    assert state(hall, exc(day=NEXT)) == ("absent", "detected", False)


def test_the_office_settles_early_when_every_unit_has_been_vouched_for() -> None:
    hall = a_month()
    late: dict[str, Any] = {"received": at("13:00", DECEMBER)}
    assert hall.send(ACTORS["zhou"], "att.close_month", "2026-11", CloseMonth(), **late).code == "UNDECIDED"
    for unit in ("u1", "u2", "c-office", "c-patrol", "c-check"):
        hall.send(ACTORS["zhou"], "att.confirm_unit", f"2026-11:{unit}", ConfirmUnitMonth(), **late)
    assert hall.send(ACTORS["zhou"], "att.close_month", "2026-11", CloseMonth(), **late).st == "applied"
    assert sheet(hall)["state"] == "closed"


def settled_late() -> MemoryHall:
    """王 was late on the 23rd, 赵 has confirmed it, the month is settled."""
    hall = a_month(in0="08:41")
    answer(hall, exc(), "堵车", "12:30", DECEMBER)
    decide(hall, "zhao", "att.decide", exc(), False, "不成立", clock="12:40", day=DECEMBER)
    hall.tick(at("12:00", SETTLED))
    assert state(hall, exc()) == ("late", "confirmed", True)
    return hall


def test_after_the_settlement_a_late_fact_changes_nothing_by_itself() -> None:
    """EVD-10: it is put before the office; approved by a person it is set right in the open."""
    hall = settled_late()
    punch(hall, "wang", "in", 0, "08:29", received="13:00", received_day=SETTLED)
    assert state(hall, exc()) == ("late", "confirmed", True)
    assert hall.row("att.adjustment", exc())["counts"] is False
    assert decide(hall, "zhao", "att.approve", exc(), True, day=SETTLED).code == "NO_RIGHT", "what nobody proposed is the office's"
    assert decide(hall, "zhou", "att.approve", exc(), True, day=SETTLED).st == "applied"
    assert state(hall, exc()) == ("late", "withdrawn", False)
    assert sheet(hall)["totals"] == {"days": 6, "open": 3}


def closed_day(hall: MemoryHall, day: str, closed: bool, clock: str) -> None:
    """周 says on the day after the settlement that the hall was closed that day, or was not."""
    said = HallDay(day, day, "closed" if closed else "calendar", "停电")
    assert hall.send(ACTORS["zhou"], "hall.day", "hall", said, received=at(clock, AFTER)).st == "applied"
    hall.tick(at(clock, AFTER))


def test_a_settled_day_on_which_the_hall_was_closed_after_all_is_put_before_the_office() -> None:
    """EVD-10, CAL-03: what was settled stays until a person approves it; the sheet says why it reads so, and so until the day is open."""
    hall = settled_late()
    line = sheet(hall)["days"][0]
    closed_day(hall, DAY, True, "09:00")
    assert (state(hall, exc()), sheet(hall)["totals"]["late"]) == (("late", "confirmed", True), 1)
    assert hall.row("att.adjustment", exc())["counts"] is False
    assert sheet(hall)["days"][0] == {**line, "shut": True}
    assert [one.get("shut", False) for one in sheet(hall)["days"]] == [True, *[False] * 5]
    closed_day(hall, DAY, False, "09:30")
    assert (hall.row("att.adjustment", exc()), sheet(hall)["days"][0]) == (None, line)
    closed_day(hall, DAY, True, "10:00")
    hall.tick(at("07:00", "2027-03-01"))
    assert hall.row("att.adjustment", exc())["counts"] is False, "what waits for a word is not forgotten"
    assert decide(hall, "zhou", "att.approve", exc(), True, day="2027-03-01").st == "applied"
    assert hall.row("att.adjustment", exc())["approved"] is True


def test_a_confirmation_that_has_lapsed_is_counted_as_none() -> None:
    """ATT-09, EVD-10: 王 finds his sheet right, then a punch of the 24th arrives that makes it another."""
    hall = a_month(in1="")
    unit = "2026-11:u1"
    hall.send(ACTORS["wang"], "att.confirm", "2026-11:wang", ConfirmSheet(True), received=at("13:00", DECEMBER))
    assert (sheet(hall)["state"], hall.row("att.unit", unit).get("confirmed", 0)) == ("confirmed", 1)
    punch(hall, "wang", "in", 1, "14:29", day="2026-11-24", received="13:30", received_day=DECEMBER)
    assert (sheet(hall)["state"], hall.row("att.unit", unit).get("confirmed", 0)) == ("asked", 0)
    hall.send(ACTORS["wang"], "att.confirm", "2026-11:wang", ConfirmSheet(True), received=at("14:00", DECEMBER))
    assert hall.row("att.unit", unit)["confirmed"] == 1


def test_a_confirmation_lapses_for_the_head_too_when_no_exception_is_another() -> None:
    """ATT-09: 王 finds his sheet right, then his notice of the 24th arrives: the afternoon he signed in for was official."""
    hall = a_month()
    unit, day = "2026-11:u1", "2026-11-24"
    hall.send(ACTORS["wang"], "att.confirm", "2026-11:wang", ConfirmSheet(True), received=at("13:00", DECEMBER))
    assert (sheet(hall)["state"], hall.row("att.unit", unit).get("confirmed", 0)) == ("confirmed", 1)
    out = Announce(["w1"], "trip", at("14:30", day), at("17:30", day), "wang", destination="政府")
    said = {"at": at("14:00", day), "received": at("13:30", DECEMBER)}
    assert hall.run(hall.op(ACTORS["wang"], "away.announce", "n1", out, **said)).st == "applied"
    assert sheet(hall)["totals"].get("official") == 1
    assert (sheet(hall)["state"], hall.row("att.unit", unit).get("confirmed", 0)) == ("asked", 0)


def test_a_proposed_adjustment_needs_somebody_else() -> None:
    hall = settled_late()
    late: dict[str, Any] = {"received": at("13:00", SETTLED)}
    assert decide(hall, "zhao", "att.decide", exc(day=WEEK[1]), True, day=SETTLED).code == "SETTLED"
    assert hall.send(ACTORS["zhao"], "att.adjust", exc(), AdjustSettled(False, "误判"), **late).code == "NO_RIGHT"
    assert hall.send(ACTORS["zhou"], "att.adjust", exc(), AdjustSettled(True, "误判"), **late).code == "INVALID", "it counts already"
    assert hall.send(ACTORS["zhou"], "att.adjust", exc(), AdjustSettled(False, "误判"), **late).st == "applied"
    assert decide(hall, "zhou", "att.approve", exc(), True, day=SETTLED).code == "NO_RIGHT"
    assert state(hall, exc()) == ("late", "confirmed", True)
    assert decide(hall, "zhao", "att.approve", exc(), True, day=SETTLED).st == "applied"
    assert state(hall, exc()) == ("late", "withdrawn", False)
    assert hall.buckets("att.adjustment", exc()) == {"u:wang", "head:u1", "role:OFF"}


def test_an_appeal_after_the_settlement_is_an_adjustment_too() -> None:
    hall = settled_late()
    answer(hall, exc(), "找到录像", "13:00", SETTLED, appeal=True)
    assert hall.row("att.exc", exc())["state"] == "appealed"
    assert decide(hall, "zhou", "att.decide", exc(), True, "录像属实", day=SETTLED).st == "applied"
    assert state(hall, exc()) == ("late", "withdrawn", False)
    assert hall.row("att.adjustment", exc())["approved"] is True


def test_phones_keep_this_month_and_the_last() -> None:
    hall = settled_late()
    hall.tick(at("07:00", "2027-01-04"))
    assert not [rid for kind in ("att.exc", "att.sheet", "att.exc.ins", "att.unit") for rid, _ in hall.rows(kind) if "2026-11" in rid]
    assert hall.tx.ask("punches_of", uid="wang", from_at=at("00:00"), to_at=at("24:00")), "the records stay"


def test_an_untrusted_clock_counts_for_nobody_until_a_person_has_decided() -> None:
    """CON-21, EVD-03: neither in the person's totals nor towards the limit."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:29", received="09:40", grade="C")
    hall.tick(at(NOON, NEXT))
    totals = sheet(hall)["totals"]
    assert "late" not in totals
    assert totals["open"] >= 1
