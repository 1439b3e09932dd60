"""Leave through its handlers: who may ask, decide, see and change what (LV-01..12, LVT-02, LVT-04, PRV-02, VIS-03, CAL-03)."""

import json
from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.hall.days import HallCalendar, HallDay, HallOpening
from server.domain.hall.ops import Season
from server.domain.leave.ops import (
    LeaveChainRow,
    LeaveCover,
    LeaveDecide,
    LeaveDeputy,
    LeaveEntitle,
    LeaveMerge,
    LeaveOpen,
    LeaveProof,
    LeaveRecall,
    LeaveRequest,
    LeaveReturn,
    LeaveSetChain,
    LeaveSetType,
    LeaveTold,
    LeaveTypeRule,
    LeaveWithdraw,
)
from server.domain.leave.policy import defaults
from server.domain.leave.tables import LeaveRecord
from tests.server.scenes.absence import public
from tests.server.scenes.conflicts import empty
from tests.server.scenes.small_hall import ACTORS, DAY, HOURS, at, small_hall
from tests.support.memory_tx import MemoryHall

NEXT = "2026-11-24"
SICK = "重感冒发烧"


def send(hall: MemoryHall, who: str, kind: str, rid: str, args: Any, clock: str = "08:00", day: str = DAY, **how: Any) -> Outcome:
    return hall.send(ACTORS[who], kind, rid, args, received=at(clock, day), **how)


def hall_with(rules: dict[str, Any], now: str = "09:00") -> MemoryHall:
    """The hall with parameters of its own."""
    return small_hall(now, **rules)


def ask(hall: MemoryHall, rid: str = "a", who: str = "wang", type: str = "annual", *, by: str = "", **more: Any) -> Outcome:
    """王 asks for the afternoon of the next day, unless told otherwise."""
    args: dict[str, Any] = {"person": who, "type": type, "from_at": at("14:30", NEXT), "to_at": at("17:30", NEXT)} | more
    return send(hall, by or who, "leave.request", rid, LeaveRequest(**args))


def approve(hall: MemoryHall, rid: str = "a", *by: str, clock: str = "08:30") -> None:
    for who in by or ("zhao", "zhou"):
        assert send(hall, who, "leave.decide", rid, LeaveDecide(True), clock).st == "applied"


def leave(hall: MemoryHall, rid: str = "a") -> Any:
    return hall.row("leave", rid)


# --- asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "allowed"), [("wang", True), ("li", True), ("zhao", True), ("zhou", True), ("feng", False), ("lin", False)])
def test_leave_is_asked_for_by_the_person_a_colleague_the_head_or_the_office(by: str, allowed: bool) -> None:
    """LV-01, LV-05."""
    assert ask(small_hall(), by=by) == (Outcome("applied") if allowed else Outcome("held", "NO_RIGHT"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"to_at": at("14:00", NEXT)},
        {"type": "holiday"},
        {"stand_in": "wang"},
        {"stand_in": "nobody"},
        {"person": "nobody"},
        {"event": "twins"},
        {"to_at": at("17:30", "2029-11-24")},
    ],
    ids=["reversed", "unknown type", "own stand-in", "unknown stand-in", "unknown person", "case of another type", "three years"],
)
def test_a_request_that_cannot_be_is_kept_for_a_person_and_has_no_effect(wrong: dict[str, Any]) -> None:
    """LV-12: never lost."""
    hall = small_hall()
    assert (
        ask(hall, **wrong) == Outcome("held", "INVALID")
        if "person" not in wrong
        else ask(hall, by="wang", **wrong) == Outcome("held", "INVALID")
    )
    assert leave(hall) is None


def test_some_types_are_entered_by_the_office_alone() -> None:
    """§8."""
    hall = small_hall()
    assert ask(hall, type="absence").code == "NO_RIGHT"
    assert ask(hall, type="absence", by="zhou").st == "applied"


def test_what_was_told_by_phone_is_filed_afterwards_in_either_order() -> None:
    """LV-05."""
    told = LeaveTold("wang", at("08:00"), at("08:30"), at("12:00"), "家中急事")
    filed = LeaveRequest("wang", "personal", at("08:30"), at("12:00"))
    first, second = small_hall(), small_hall()
    assert send(first, "zhao", "leave.told", "a", told, "08:05").st == "applied"
    assert (leave(first)["state"], leave(first)["file_by"]) == ("told", at("17:30", NEXT))
    send(first, "wang", "leave.request", "a", filed, "13:00")
    send(second, "wang", "leave.request", "a", filed, "13:00", at=at("13:00"))
    send(second, "zhao", "leave.told", "a", told, "13:00", at=at("08:05"))
    for hall in (first, second):
        row = leave(hall)
        assert (row["state"], row["late"], row["told_at"]) == ("pending", True, at("08:00"))
        assert "leave.filed_late" in [note["key"] for note in row["notes"]]


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_unit_and_centre_both_have_a_say_and_nobody_about_himself() -> None:
    """LV-03, LV-04."""
    hall = small_hall()
    ask(hall)
    assert [(s["role"], s["st"]) for s in leave(hall)["steps"]] == [("HEAD", "waits"), ("OFF", "later")]
    assert send(hall, "wang", "leave.decide", "a", LeaveDecide(True)).code == "NO_RIGHT"
    assert send(hall, "feng", "leave.decide", "a", LeaveDecide(True)).code == "NO_RIGHT"
    approve(hall, "a", "zhao")
    assert leave(hall)["state"] == "pending"
    approve(hall, "a", "zhou")
    assert leave(hall)["state"] == "approved"
    ask(hall, "b", "zhao")
    assert [s["role"] for s in leave(hall, "b")["steps"]] == ["OFF"], "the head's own leave goes to the centre"


def test_a_refusal_ends_it_and_is_said_with_its_reason() -> None:
    """LV-03."""
    hall = small_hall()
    ask(hall)
    send(hall, "zhao", "leave.decide", "a", LeaveDecide(False, "当天有验收"))
    row = leave(hall)
    assert (row["state"], row["decisions"][0]["text"]) == ("refused", "当天有验收")
    assert hall.tx.ask("leaves_of", uid="wang", from_at=0, to_at=at("23:00", NEXT))[0].state == "refused"


def test_a_deputy_decides_while_he_is_appointed() -> None:
    """LV-04."""
    hall = small_hall()
    ask(hall)
    assert send(hall, "li", "leave.decide", "a", LeaveDecide(True)).code == "NO_RIGHT"
    assert send(hall, "feng", "leave.deputy", "zhao", LeaveDeputy("li", DAY, DAY)) == Outcome("refused", "NO_RIGHT")
    assert send(hall, "zhao", "leave.deputy", "zhao", LeaveDeputy("li", DAY, DAY)).st == "applied"
    assert "u:li" in hall.buckets("leave", "a")
    assert send(hall, "li", "leave.decide", "a", LeaveDecide(True)).st == "applied"
    assert [(d["role"], d.get("for_uid")) for d in leave(hall)["decisions"]] == [("HEAD", "zhao")]
    assert [s["st"] for s in leave(hall)["steps"]] == ["yes", "waits"]
    assert send(hall, "li", "leave.decide", "a", LeaveDecide(True), "09:00", NEXT).code == "NO_RIGHT", "the day after he is no deputy"


def test_a_silent_head_is_passed_over_after_working_hours_and_an_absent_one_at_once() -> None:
    """LV-04: automatic escalation, by the hall's own parameter."""
    hall = hall_with({"lv.silent_hours": 4})
    ask(hall)
    hall.tick(at("12:00"))
    assert leave(hall)["steps"][0].get("escalated", False) is False
    hall.tick(at("15:00"))
    assert leave(hall)["steps"][0]["escalated"] is True, "3.5 hours until noon, the rest from 14:30"
    send(hall, "zhou", "leave.decide", "a", LeaveDecide(True), "15:01")
    assert leave(hall)["state"] == "approved", "one word of the office at both steps"
    away = small_hall()
    ask(away, "h", "zhao", from_at=at("08:30"), to_at=at("17:30", NEXT))
    approve(away, "h", "zhou", "ma", clock="08:01")
    ask(away)
    assert leave(away)["steps"][0]["escalated"] is True


# --- who sees it ------------------------------------------------------------------------------------------------------


def test_one_leave_has_its_faces_and_nothing_is_public() -> None:
    """LV-09, LV-10, LVT-04, PRV-02, VIS-01."""
    hall = small_hall()
    ask(hall, type="sick", text=SICK, stand_in="li")
    assert hall.buckets("leave", "a") == {"u:wang", "head:u1", "role:OFF"}
    assert hall.buckets("leave.unit", "a") == {"u:li"}
    assert hall.buckets("leave.ins", "a") == set()
    approve(hall)
    assert hall.buckets("leave.unit", "a") == {"u:li", "unit:u1"}
    assert hall.buckets("leave.ins", "a") == {"role:INS", "role:EFF"}
    assert hall.row("leave.ins", "a") == {"person": "wang", "from_at": at("14:30", NEXT), "to_at": at("17:30", NEXT)}
    assert not {kind for kind, _ in hall.seen_by("pub")} - {"post.pub", "hall"}
    for key, shown in hall.tx.rows.items():
        if SICK in shown.body:
            assert (key, set(shown.buckets)) == (("leave.sealed", "a"), {"u:wang"})
        if key[0] in ("leave.unit", "leave.ins", "post.pub"):
            assert "sick" not in shown.body


def test_the_sealed_part_is_read_for_a_purpose_for_a_while_and_the_person_sees_who() -> None:
    """LV-09, VIS-03, PRV-04."""
    hall = hall_with({"lv.read_minutes": 15})
    ask(hall, type="sick", text=SICK)
    assert leave(hall)["sealed"] is True
    assert send(hall, "zhao", "leave.open", "a", LeaveOpen("看看")) == Outcome("refused", "NO_RIGHT")
    assert send(hall, "zhou", "leave.open", "a", LeaveOpen(" ")) == Outcome("refused", "INVALID")
    assert send(hall, "zhou", "leave.open", "a", LeaveOpen("核对天数"), "09:00").st == "applied"
    assert hall.buckets("leave.sealed", "a") == {"u:wang", "u:zhou"}
    assert hall.buckets("leave.reads", "a") == {"u:wang"}
    assert hall.row("leave.reads", "a")["reads"] == [{"by": "zhou", "at": at("09:00"), "purpose": "核对天数"}]
    hall.tick(at("09:15"))
    assert hall.buckets("leave.sealed", "a") == {"u:wang"}
    hall.tick(at("09:00", "2027-06-01"))
    assert hall.buckets("leave.sealed", "a") == set(), "off the devices"
    assert send(hall, "zhou", "leave.open", "a", LeaveOpen("归档"), "09:00", "2027-12-31").st == "applied"
    assert send(hall, "zhou", "leave.open", "a", LeaveOpen("归档"), "09:00", "2028-01-01") == Outcome("refused", "GONE")
    hall.tick(at("09:01", "2028-01-01"))
    kept = hall.tx.get(LeaveRecord, "a")
    assert kept is not None
    assert kept.asked is not None
    assert (kept.asked.text, kept.type) == ("", "sick"), "the words are gone, a year after the year of the leave"


def test_an_approver_learns_that_a_certificate_is_there_and_for_how_many_days() -> None:
    """LV-09."""
    hall = small_hall()
    ask(hall, type="sick", from_at=at("08:30", NEXT), to_at=at("17:30", "2026-11-26"))
    assert leave(hall)["proof_due"] is True
    assert send(hall, "lin", "leave.proof", "a", LeaveProof(3)).code == "NO_RIGHT"
    send(hall, "wang", "leave.proof", "a", LeaveProof(3, "人民医院"))
    row = leave(hall)
    assert (row.get("proof_due", False), row["proof_days"], row["sealed"]) == (False, 3, True)
    assert "人民医院" not in json.dumps(row, ensure_ascii=False)


# --- what it feeds ----------------------------------------------------------------------------------------------------


def test_approved_leave_shows_as_not_on_duty_today_and_nothing_more() -> None:
    """LV-10, AWY-09."""
    hall = small_hall()
    ask(hall, from_at=at("08:30"), to_at=at("12:00"), type="sick")
    approve(hall)
    hall.tick(at("09:00"))
    assert public(hall)["label"] == "off_today"
    hall.tick(at("14:31"))
    assert public(hall)["label"] == "on_post"


def test_an_empty_post_waits_for_a_pending_leave_and_follows_its_decision() -> None:
    """CON-22, the side of leave: posts and person are looked at again when it is decided."""
    hall = small_hall("08:00")
    ask(hall, from_at=at("08:30"), to_at=at("12:00"))
    for one in (empty("o1", "10:02"), empty("o2", "10:13", recheck_of="o1")):
        hall.run(one.op(hall))
    before = hall.tx.ask("leaves_of", uid="wang", from_at=at("10:02"), to_at=at("10:03"))
    assert [span.state for span in before] == ["pending"]
    approve(hall, clock="15:10")
    after = hall.tx.ask("leaves_of", uid="wang", from_at=at("10:02"), to_at=at("10:03"))
    assert [span.state for span in after] == ["approved"]
    assert hall.row("finding", "o1")["person_count"] == 0


def test_cover_is_said_for_every_session_and_a_third_person_may_be_named() -> None:
    """LV-06, AB-05."""
    hall = small_hall()
    ask(hall, from_at=at("08:30", NEXT), to_at=at("17:30", NEXT))
    slots = leave(hall)["cover"]
    assert [(s["post"], s["st"], s["stand_in"]) for s in slots] == [("w1", "ok", "li"), ("w1", "ok", "li")]
    ask(hall, "b", "li", from_at=at("14:30", NEXT), to_at=at("17:30", NEXT))
    approve(hall, "b")
    assert [s["st"] for s in leave(hall)["cover"]] == ["ok", "on_leave"]
    assert send(hall, "wang", "leave.cover", "a", LeaveCover("zhao")).code == "NO_RIGHT"
    assert send(hall, "zhao", "leave.cover", "a", LeaveCover("zhao", at("14:30", NEXT), at("17:30", NEXT))).st == "applied"
    assert [(s["st"], s["stand_in"]) for s in leave(hall)["cover"]] == [("ok", "li"), ("ok", "zhao")]


# --- running, coming back ---------------------------------------------------------------------------------------------


def test_a_leave_runs_ends_is_due_and_overdue_and_is_ended_by_one_tap() -> None:
    """LV-07."""
    hall = hall_with({"lv.return_grace_min": 30}, "07:50")
    ask(hall, from_at=at("08:30"), to_at=at("12:00"))
    approve(hall, clock="08:01")
    seen = []
    for clock in ("08:29", "09:00", "12:30", "14:59", "15:01"):
        hall.tick(at(clock))
        seen.append(leave(hall)["state"])
    assert seen == ["approved", "running", "ended", "ended", "overdue"]
    assert send(hall, "li", "leave.return", "a", LeaveReturn(at("15:02")), "15:02").code == "NO_RIGHT"
    assert send(hall, "zhao", "leave.return", "a", LeaveReturn(at("14:50")), "15:02").st == "applied"
    assert (leave(hall)["state"], leave(hall)["confirmed_by"]) == ("returned", "zhao")


def test_coming_back_early_gives_the_rest_back() -> None:
    """LV-07."""
    hall = small_hall()
    ask(hall, from_at=at("08:30"), to_at=at("17:30", NEXT))
    approve(hall, "a", "zhao", "zhou", "ma")
    send(hall, "wang", "leave.return", "a", LeaveReturn(at("13:00")), "13:00")
    assert leave(hall)["centidays"] == 50
    states = {span.state for span in hall.tx.ask("leaves_of", uid="wang", from_at=at("14:00"), to_at=at("17:30", NEXT))}
    assert states == set()


def test_an_extension_asked_for_in_time_is_no_overdue_return() -> None:
    """LV, 续假."""
    hall = small_hall()
    ask(hall, from_at=at("08:30"), to_at=at("12:00"))
    approve(hall)
    assert ask(hall, "b", from_at=at("12:00"), to_at=at("17:30"), extension_of="zz").code == "REF_WAIT"
    assert ask(hall, "c", from_at=at("12:00"), to_at=at("17:30"), extension_of="a").st == "applied"
    hall.tick(at("15:30"))
    assert leave(hall)["state"] == "extended"
    send(hall, "zhao", "leave.decide", "c", LeaveDecide(False), "15:40")
    assert leave(hall)["state"] == "overdue"


def test_only_discretionary_leave_is_recalled() -> None:
    """CON-14, LV: 召回."""
    hall = small_hall()
    ask(hall, from_at=at("08:30"), to_at=at("17:30", NEXT))
    ask(hall, "s", "li", type="sick")
    approve(hall, "a", "zhao", "zhou", "ma")
    approve(hall, "s")
    assert send(hall, "zhao", "leave.recall", "s", LeaveRecall(at("14:30"), "缺人"), "13:00").code == "LEAVE_PROTECTED"
    assert send(hall, "li", "leave.recall", "a", LeaveRecall(at("14:30"), "缺人"), "13:00") == Outcome("refused", "NO_RIGHT")
    assert send(hall, "zhao", "leave.recall", "a", LeaveRecall(at("14:30"), "缺人"), "13:00", guard={"a": 99}).code == "STALE"
    assert send(hall, "zhao", "leave.recall", "a", LeaveRecall(at("14:30"), "缺人"), "13:00").st == "applied"
    hall.tick(at("14:31"))
    assert (leave(hall)["state"], leave(hall)["centidays"]) == ("recalled", 50)


def test_only_the_same_leave_of_the_same_type_is_merged() -> None:
    """CON-17."""
    hall = small_hall()
    ask(hall)
    ask(hall, "b", type="personal")
    ask(hall, "c", from_at=at("08:30", NEXT), to_at=at("17:30", NEXT))
    assert send(hall, "wang", "leave.merge", "b", LeaveMerge("a")).code == "INVALID"
    assert send(hall, "lin", "leave.merge", "c", LeaveMerge("a")).code == "NO_RIGHT"
    assert send(hall, "wang", "leave.merge", "c", LeaveMerge("a")).st == "applied"
    assert send(hall, "wang", "leave.withdraw", "b", LeaveWithdraw()).st == "applied"
    assert (leave(hall, "c")["state"], leave(hall, "b")["state"]) == ("merged", "withdrawn")


# --- rules, entitlements, thresholds ----------------------------------------------------------------------------------


def rule_of(code: str, day: str, **changes: Any) -> LeaveSetType:
    known = next(one.rule for one in defaults().types if one.code == code)
    fields = {name: getattr(known, name) for name in LeaveTypeRule.__struct_fields__}
    return LeaveSetType(LeaveTypeRule(**(fields | {"valid_from": day} | changes)))


def test_a_changed_rule_holds_from_its_day_and_running_leave_keeps_that_of_its_start() -> None:
    """LVT-02, GEN-03."""
    hall = small_hall()
    ask(hall, from_at=at("08:30"), to_at=at("17:30"), type="personal")
    ask(hall, "b", from_at=at("14:30", NEXT), to_at=at("17:30", NEXT), type="personal")
    whole = rule_of("personal", NEXT, min_unit="day")
    assert send(hall, "zhao", "leave.type", f"personal@{NEXT}", whole).code == "NO_RIGHT"
    assert send(hall, "zhou", "leave.type", "personal@2026-11-01", rule_of("personal", "2026-11-01")).code == "INVALID"
    assert send(hall, "zhou", "leave.type", f"personal@{NEXT}", whole).st == "applied"
    assert (leave(hall)["centidays"], leave(hall, "b")["centidays"]) == (100, 100)
    assert hall.row("leave.type", "personal@2000-01-01")["rule"]["min_unit"] == "half_day", "history is kept"
    short = LeaveSetChain(NEXT, [LeaveChainRow("staff", 0, ["HEAD"])])
    assert send(hall, "zhou", "leave.chain", f"usual@{NEXT}", short).st == "applied"
    assert [len(leave(hall, rid)["steps"]) for rid in ("a", "b")] == [2, 1]


def test_what_the_office_grants_is_the_balance() -> None:
    """LV-08, CON-18."""
    hall = small_hall()
    assert send(hall, "zhao", "leave.entitle", "wang", LeaveEntitle("2016-01-01")).code == "NO_RIGHT"
    assert send(hall, "zhou", "leave.entitle", "wang", LeaveEntitle("2016-01-01", granted={"2026:nothing": 100})).code == "INVALID"
    assert send(hall, "zhou", "leave.entitle", "wang", LeaveEntitle("2016-01-01", "m", granted={"2026:comp": 50})).st == "applied"
    balances = {b["type"]: b["granted"] for b in hall.row("leave.account", "wang")["balances"]}
    assert (balances["annual"], balances["comp"]) == (1000, 50)
    assert hall.buckets("leave.account", "wang") == {"u:wang", "head:u1", "role:OFF"}
    ask(hall, type="comp", from_at=at("08:30", NEXT), to_at=at("17:30", NEXT))
    assert leave(hall)["left_centidays"] == 50 - 88
    ask(hall, "m", type="maternity")
    assert leave(hall, "m")["ineligible"] is True


def test_absence_without_leave_alarms_the_office_at_its_thresholds() -> None:
    """LV-11."""
    hall = small_hall()
    ask(hall, type="absence", by="zhou", from_at=at("08:30", "2026-11-16"), to_at=at("17:30", "2026-11-20"))
    assert hall.row("leave.alarm", "wang:2026") is None, "only what is decided counts"
    approve(hall, "a", "zhao", "zhou", "ma")
    alarm = hall.row("leave.alarm", "wang:2026")
    assert (alarm["consecutive"], alarm["total"], alarm["level"], alarm["working_days"]) == (5, 5, 5, True)
    assert hall.buckets("leave.alarm", "wang:2026") == {"role:OFF"}


# --- the calendar -----------------------------------------------------------------------------------------------------


def year(number: int, *days: tuple[str, bool]) -> HallCalendar:
    return HallCalendar(
        json.dumps({"year": number, "papers": ["文"], "days": [{"name": "节", "date": d, "isOffDay": off} for d, off in days]})
    )


def test_an_imported_year_recounts_what_was_provisional_and_tells_the_holder() -> None:
    """CAL-02, CAL-03."""
    hall = small_hall()
    ask(hall, from_at=at("08:30", "2026-12-31"), to_at=at("17:30", "2027-01-05"))
    assert (leave(hall)["centidays"], leave(hall)["provisional"]) == (400, True)
    for number, days in ((2026, [("2026-12-31", True)]), (2027, [("2027-01-01", True), ("2027-01-02", False)])):
        assert send(hall, "zhou", "hall.calendar", "hall", year(number, *days)).st == "applied"
    row = leave(hall)
    assert (row["centidays"], row.get("provisional", False), row["was_centidays"] > 0) == (300, False, True)
    assert "leave.recounted" in [note["key"] for note in row["notes"]]
    assert set(hall.row("hall", "hall")["calendars"]) == {"2026", "2027"}
    assert [row["current"] for _, row in hall.rows("calendar")] == [True, True]


@pytest.mark.parametrize(
    "file",
    [
        "",
        "[]",
        '{"year":2027,"papers":[],"days":[]}',
        '{"year":2027,"papers":[],"days":[{"name":"x","date":"2027-02-30","isOffDay":true}]}',
    ],
)
def test_a_wrong_calendar_changes_nothing(file: str) -> None:
    """CAL-02."""
    hall = small_hall()
    before = hall.row("hall", "hall")
    assert send(hall, "zhou", "hall.calendar", "hall", HallCalendar(file)) == Outcome("refused", "CALENDAR_BAD")
    assert send(hall, "wang", "hall.calendar", "hall", year(2027, ("2027-01-01", True))) == Outcome("refused", "NO_RIGHT")
    assert hall.row("hall", "hall") == before


def test_every_version_of_a_year_is_kept_and_the_last_is_in_force() -> None:
    """CAL-02."""
    hall = small_hall()
    for off in (True, False):
        send(hall, "zhou", "hall.calendar", "hall", year(2027, ("2027-01-04", off)))
    kept = [row for _, row in hall.rows("calendar")]
    assert sorted(row["current"] for row in kept) == [False, True]
    assert hall.row("hall", "hall")["days"].get("2027-01-04") == "working"


def test_the_halls_own_closure_lies_over_the_calendar_until_it_is_taken_back() -> None:
    """CAL-01, CAL-02."""
    hall = small_hall()
    assert send(hall, "wang", "hall.day", "hall", HallDay(NEXT, NEXT, "closed")) == Outcome("refused", "NO_RIGHT")
    assert send(hall, "zhou", "hall.day", "hall", HallDay(NEXT, DAY, "closed")) == Outcome("refused", "INVALID")
    send(hall, "zhou", "hall.day", "hall", HallDay(NEXT, NEXT, "closed", "停电"))
    ask(hall)
    assert (hall.row("hall", "hall")["days"][NEXT], leave(hall)["centidays"]) == ("closed", 0)
    send(hall, "zhou", "hall.day", "hall", HallDay(NEXT, NEXT, "calendar"))
    assert (hall.row("hall", "hall")["days"].get(NEXT), leave(hall)["centidays"]) == (None, 50)
    assert leave(hall)["was_centidays"] == 0, "everyone is told what it was (CAL-03)"


def test_new_opening_hours_hold_from_their_day_and_the_days_before_keep_theirs() -> None:
    """CAL-05, GEN-03."""
    hall = small_hall()
    summer = Season("06-01", {"1": [("08:30", "12:00"), ("15:00", "18:00")]})
    winter = Season("10-01", {str(d): [("09:00", "12:00"), ("14:00", "17:00")] for d in range(1, 6)})
    opening = HallOpening(NEXT, winter.hours, [summer, winter], ("12:00", "14:00"))
    assert send(hall, "zhou", "hall.opening", "hall", opening, guard={"hall": 99}).code == "STALE"
    assert send(hall, "zhou", "hall.opening", "hall", HallOpening("2026-11-20", winter.hours)).code == "INVALID"
    assert send(hall, "zhou", "hall.opening", "hall", HallOpening(NEXT, {"1": [("12:00", "09:00")]})).code == "INVALID"
    assert send(hall, "zhou", "hall.opening", "hall", opening).st == "applied"
    row = hall.row("hall", "hall")
    assert row["earlier"][0]["until"] == NEXT
    assert [list(span) for span in HOURS] == row["earlier"][0]["hours"]["1"]
    again = HallOpening(NEXT, winter.hours | {"5": [("09:00", "12:00")]}, [summer, winter])
    assert send(hall, "zhou", "hall.opening", "hall", again).st == "applied"
    assert hall.row("hall", "hall")["earlier"] == row["earlier"], (
        "a slip that is corrected before its day leaves the days before as they were"
    )
    ask(hall, from_at=at("14:00", NEXT), to_at=at("14:20", NEXT))
    assert leave(hall)["centidays"] == 50, "14:00 is a session of the new winter hours"
