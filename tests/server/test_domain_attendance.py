"""Attendance through its handlers: who may say it, what it makes of a day and a month, and which faces it has (ATT-01..10, EVD-10, VIS)."""

import itertools
import random
from typing import Any

import pytest

from server.domain.attendance.ops import (
    AnswerException,
    AttDecide,
    EndExcuse,
    ExcuseAll,
    Punch,
    PunchCorrect,
)
from server.domain.base import Outcome
from server.domain.incident.ops import NoteStep, Report
from server.domain.patrol.ops import ZoneClear
from server.domain.presence.ops import Announce, JudgeLate
from tests.server.scenes.attendance import (
    NEXT,
    answer,
    attendance_hall,
    closed_day,
    correct,
    decide,
    exc,
    excuse_all,
    punch,
    sheet,
    state,
    whole_day,
)
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at
from tests.support.memory_tx import MemoryHall

NOON = "12:01"


# --- faces ------------------------------------------------------------------------------------------------------------


def test_a_persons_attendance_is_for_the_person_the_head_and_the_office_alone() -> None:
    """§7, VIS-01: those who patrol learn that there is an exception, and nothing else; nobody else learns anything."""
    hall = closed_day(in0="08:41")
    own = {"u:wang", "head:u1", "role:OFF"}
    assert hall.buckets("att.exc", exc()) == own
    assert hall.buckets("att.sheet", "2026-11:wang") == own
    assert hall.buckets("att.exc.ins", exc()) == {"role:INS", "role:EFF"}
    assert set(hall.row("att.exc.ins", exc())) == {"person", "unit", "day", "session", "way", "kind", "state"}
    others = hall.seen_by("hall", "pub", "unit:u1", "u:li", "head:u2", "role:LEAD", "role:TEAM")
    assert not [rid for kind, rid in others if kind.startswith("att.") and "wang" in rid]


def test_nothing_says_where_a_punch_was_made() -> None:
    """ATT-08, AWY-13, PRV-05: in the hall, yes or no."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:20", in_hall=True)
    assert Punch.__struct_fields__ == ("day", "session", "way", "in_hall", "method")
    (shown,) = hall.row("att.day", f"{DAY}:wang")["punches"]
    assert set(shown) <= {"session", "way", "at", "received_at", "grade", "method", "in_hall"}
    assert shown["in_hall"] is True


def test_a_running_day_is_a_row_of_its_own_and_then_a_line_of_the_month() -> None:
    hall = attendance_hall()
    whole_day(hall, "wang")
    assert hall.row("att.day", f"{DAY}:wang")["spells"] == [
        {"in_at": at("08:20"), "out_at": at("12:01")},
        {"in_at": at("14:25"), "out_at": at("17:31")},
    ]
    hall.tick(at(NOON, NEXT))
    assert hall.row("att.day", f"{DAY}:wang") is None
    (line,) = sheet(hall)["days"]
    assert (line["day"], line["spells"]) == (
        23,
        [{"in_at": at("08:20"), "out_at": at("12:01")}, {"in_at": at("14:25"), "out_at": at("17:31")}],
    )
    assert sheet(hall)["totals"] == {"days": 1}


def test_leaders_and_visitors_of_the_check_team_are_not_due() -> None:
    hall = attendance_hall()
    hall.tick(at("08:31"))
    due = {rid.split(":")[1] for rid, _ in hall.rows("att.day")}
    assert due == {"wang", "li", "zhao", "qian", "sun", "lin", "chen", "zhou", "han", "feng"}


def test_a_hall_with_shifts_goes_by_its_roster() -> None:
    """ORG-01: who is on no roster that day is not due."""
    hall = attendance_hall(**{"att.due": "roster"})
    hall.tick(at("08:31"))
    due = {rid.split(":")[1] for rid, _ in hall.rows("att.day")}
    assert due == {"wang", "li", "qian", "feng", "han", "zhou"}


# --- punches ----------------------------------------------------------------------------------------------------------


def test_the_same_punch_twice_is_one_and_nonsense_waits_for_a_person() -> None:
    hall = attendance_hall()
    assert punch(hall, "wang", "in", 0, "08:20", rid="p1").st == "applied"
    assert punch(hall, "wang", "in", 0, "08:20", rid="p1").code == "INVALID"
    for day in ("2026-11-33", "today", "2026-1-1", "2020-01-01"):
        assert hall.send(ACTORS["wang"], "att.punch", f"x{day}", Punch(day, 0, "in"), received=at("08:20")) == Outcome("held", "INVALID")
    assert hall.send(ACTORS["wang"], "att.punch", "x9", Punch(DAY, 99, "in"), received=at("08:20")).code == "INVALID"


def test_silence_is_unseen_until_the_daily_close_and_then_missing_and_a_late_arrival_still_clears() -> None:
    """EVD-10, CON-20: provisional until settled."""
    hall = attendance_hall()
    whole_day(hall, "wang", in0="")
    hall.tick(at("08:31"))
    assert hall.row("att.day", f"{DAY}:wang")["spells"][0]["in_kind"] == "unseen"
    assert state(hall, exc()) is None
    hall.tick(at("11:59", NEXT))
    assert state(hall, exc()) is None
    hall.tick(at(NOON, NEXT))
    assert state(hall, exc()) == ("missing", "detected", False)
    punch(hall, "wang", "in", 0, "08:29", received="16:00", received_day=NEXT)
    assert state(hall, exc()) == ("ok", "cleared", False)
    assert hall.row("att.exc.ins", exc()) is None
    assert sheet(hall)["totals"] == {"days": 1}


def test_attendance_begins_with_its_first_day_and_judges_nothing_before() -> None:
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:20", day="2026-11-20", received_day=DAY, received="08:00")
    assert hall.row("att.day", "2026-11-20:wang") is None


# --- exceptions -------------------------------------------------------------------------------------------------------


def test_an_exception_keeps_its_clocks_apart() -> None:
    """GEN-02, GEN-08: captured, received, decided."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:41", received="09:30", grade="B")
    answer(hall, exc(), "路上拥堵", "09:40")
    decide(hall, "zhao", "att.decide", exc(), False, "不成立", clock="10:00")
    row = hall.row("att.exc", exc())
    assert (row["at"], row["received_at"], row["decided_at"], row["grade"]) == (at("08:41"), at("09:30"), at("10:00"), "B")
    assert (row["answers"], row["decided_by"], row["decision"]) == (["路上拥堵"], "zhao", "不成立")
    assert row["answer_until"] == "2026-11-27", "three working days after the day it is closed"


def test_detected_answered_confirmed_appealed_withdrawn() -> None:
    """ATT states; the appeal goes to the office, and to nobody who decided before."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:41")
    assert state(hall, exc()) == ("late", "detected", False)
    answer(hall, exc(), "路上拥堵", "09:00")
    assert state(hall, exc()) == ("late", "answered", False)
    assert decide(hall, "zhao", "att.decide", exc(), False, "不成立").st == "applied"
    assert state(hall, exc()) == ("late", "confirmed", True)
    answer(hall, exc(), "有监控可查", "15:10", appeal=True)
    assert state(hall, exc()) == ("late", "appealed", False)
    assert decide(hall, "zhao", "att.decide", exc(), True).code == "NO_RIGHT"
    assert decide(hall, "zhou", "att.decide", exc(), True, "经核实").st == "applied"
    assert state(hall, exc()) == ("late", "withdrawn", False)
    assert hall.row("att.exc", exc())["appeal"] == "有监控可查"


def test_an_accepted_explanation_counts_for_nothing() -> None:
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:41")
    answer(hall, exc(), "先接待群众", "09:00")
    decide(hall, "zhao", "att.decide", exc(), True)
    assert state(hall, exc()) == ("late", "explained", False)
    assert decide(hall, "zhao", "att.decide", exc(), False, "又想了想").code == "GONE"


def test_silence_is_no_confession_until_the_time_to_answer_is_over() -> None:
    """EVD-12: three working days."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:41")
    assert decide(hall, "zhao", "att.decide", exc(), False, "迟到").code == "ANSWER_TIME"
    assert decide(hall, "zhao", "att.decide", exc(), False, "迟到", day="2026-11-27").code == "ANSWER_TIME"
    assert decide(hall, "zhao", "att.decide", exc(), False, "迟到", day="2026-11-28").st == "applied"


@pytest.mark.parametrize(
    ("who", "allowed"), [("zhao", True), ("zhou", True), ("wang", False), ("li", False), ("feng", False), ("lin", False)]
)
def test_only_head_and_office_decide(who: str, allowed: bool) -> None:
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:41")
    answer(hall, exc(), "堵车", "09:00")
    outcome = decide(hall, who, "att.decide", exc(), True)
    assert outcome == (Outcome("applied") if allowed else Outcome("refused", "NO_RIGHT"))


def test_nobody_decides_about_himself() -> None:
    hall = attendance_hall()
    punch(hall, "zhao", "in", 0, "08:41")
    answer(hall, exc(who="zhao"), "开会", "09:00", who="zhao")
    assert decide(hall, "zhao", "att.decide", exc(who="zhao"), True).code == "NO_RIGHT"
    assert decide(hall, "zhou", "att.decide", exc(who="zhao"), True).st == "applied"


def test_a_decision_on_another_version_is_not_carried_out() -> None:
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:41")
    answer(hall, exc(), "堵车", "09:00")
    before = hall.tx.version("att.exc", exc())
    answer(hall, exc(), "补充：有同事可证明", "09:10")
    op = hall.op(ACTORS["zhao"], "att.decide", exc(), AttDecide(True), guard={exc(): before or 0}, received=at("10:00"))
    assert hall.run(op).code == "STALE"


def test_a_decision_does_not_stick_to_another_fact() -> None:
    """EVD-06: what was confirmed as late is open again when it turns out to be half a day."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:41")
    answer(hall, exc(), "堵车", "09:00")
    decide(hall, "zhao", "att.decide", exc(), False, "不成立")
    excuse_all(hall, "08:00", "08:35")
    assert hall.row("att.exc", exc())["minutes"] == 6
    assert state(hall, exc()) == ("late", "confirmed", True)
    hall.send(ACTORS["zhou"], "att.end_excuse", "e1", EndExcuse("误操作"))
    assert hall.row("att.exc", exc())["minutes"] == 11


def test_what_is_said_before_the_exception_is_known_is_kept_for_it() -> None:
    """EVD-01: any order of arrival."""
    early, late = attendance_hall(), attendance_hall()
    assert answer(early, exc(), "堵车", "08:50").st == "applied"
    punch(early, "wang", "in", 0, "08:41", received="09:00")
    punch(late, "wang", "in", 0, "08:41", received="09:00")
    answer(late, exc(), "堵车", "09:01")
    assert state(early, exc()) == state(late, exc()) == ("late", "answered", False)
    assert answer(early, exc(), "代他说", "09:00", who="li").code == "NO_RIGHT"
    assert answer(early, exc(), " ", "09:00").code == "INVALID"
    assert answer(early, "nonsense", "x", "09:00").code == "INVALID"


def test_an_untrusted_punch_that_a_person_does_not_believe_leaves_what_is_there_without_it() -> None:
    """CON-21: until then nothing is counted; afterwards it can be answered like any other."""
    hall = closed_day(in0="")
    punch(hall, "wang", "in", 0, "08:29", received="16:00", received_day=NEXT, grade="C")
    assert state(hall, exc()) == ("pending", "pending", False)
    assert decide(hall, "zhao", "att.decide", exc(), False, "与门禁记录不符", day="2026-11-25").st == "applied"
    assert state(hall, exc()) == ("missing", "detected", False)
    believed = closed_day(in0="")
    punch(believed, "wang", "in", 0, "08:29", received="16:00", received_day=NEXT, grade="C")
    decide(believed, "zhao", "att.decide", exc(), True, day="2026-11-25")
    assert state(believed, exc()) == ("pending", "explained", False)


# --- what others know -------------------------------------------------------------------------------------------------


def test_an_official_absence_is_not_missing_and_one_announced_afterwards_waits_for_its_judgement() -> None:
    """ATT-07: by the notices of another institution, whenever they arrive."""
    hall = closed_day(in0="")
    assert state(hall, exc()) == ("missing", "detected", False)
    said = Announce(["w1"], "meeting", at("08:00"), at("09:30"), "wang", destination="市局")
    hall.send(ACTORS["wang"], "away.announce", "n1", said, at=at("07:50"), received=at("13:00", NEXT))
    assert state(hall, exc()) == ("official", "cleared", False)

    late = closed_day(in0="")
    late.send(ACTORS["wang"], "away.announce", "n1", said, at=at("08:50"), received=at("13:00", NEXT))
    assert state(late, exc()) == ("pending", "pending", False)
    late.send(ACTORS["zhao"], "away.judge_late", "n1", JudgeLate(True, "属实"), received=at("14:00", NEXT))
    assert state(late, exc()) == ("official", "cleared", False)


def test_a_sighting_makes_an_absence_a_missing_punch() -> None:
    """CON-21: other proofs are looked up."""
    hall = attendance_hall()
    hall.tick(at(NOON, NEXT))
    assert state(hall, exc()) == ("absent", "detected", False)
    seen = ZoneClear("A", ["w1", "w2"], at("09:00"), KNEW)
    hall.send(ACTORS["lin"], "patrol.zone_clear", "r1", seen, at=at("09:00"), received=at("14:00", NEXT))
    assert state(hall, exc()) == ("missing", "detected", False)


def test_others_may_ask_for_punches_and_excuses() -> None:
    """The answers of this institution: `punches_of`, `excused`."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:20", in_hall=True)
    correct(hall, "c1", "out", 0, "12:00", "13:00")
    (fact,) = hall.tx.ask("punches_of", uid="wang", from_at=at("00:00"), to_at=at("24:00"))
    assert (fact.at, fact.way, fact.session, fact.grade, fact.in_hall) == (at("08:20"), "in", 0, "A", True)
    assert hall.tx.ask("excused", uid="wang", at=at("09:00")) is None
    excuse_all(hall, "08:00", "10:00")
    assert hall.tx.ask("excused", uid="wang", at=at("09:00")) == "weather"
    assert hall.tx.ask("excused", uid="wang", at=at("10:00")) is None


# --- corrections, excuses ---------------------------------------------------------------------------------------------


def test_corrections_are_limited_in_a_month_and_beyond_it_the_offices() -> None:
    """ATT-06: two a month."""
    hall = closed_day(in0="", out0="", in1="")
    for rid, way, session, claim in (("c1", "in", 0, "08:30"), ("c2", "out", 0, "12:00"), ("c3", "in", 1, "14:30")):
        assert correct(hall, rid, way, session, claim, "18:00").st == "applied"  # type: ignore[arg-type]
    assert state(hall, exc()) == ("pending", "pending", False)
    assert decide(hall, "wang", "att.decide_correction", "c1", True, day=NEXT).code == "NO_RIGHT"
    assert decide(hall, "zhao", "att.decide_correction", "c1", True, day=NEXT).st == "applied"
    assert decide(hall, "zhao", "att.decide_correction", "c2", True, day=NEXT).st == "applied"
    assert state(hall, exc()) == ("ok", "cleared", False)
    assert decide(hall, "zhao", "att.decide_correction", "c3", True, "情有可原", day=NEXT).code == "OVER_LIMIT"
    assert decide(hall, "zhou", "att.decide_correction", "c3", True, day=NEXT).code == "INVALID", "the office gives a reason"
    assert decide(hall, "zhou", "att.decide_correction", "c3", True, "出差归来", day=NEXT).st == "applied"
    assert hall.row("att.correction", "c3")["nth"] == 3


def test_a_refused_correction_leaves_the_exception() -> None:
    hall = closed_day(in0="")
    correct(hall, "c1", "in", 0, "08:30", "18:00")
    assert decide(hall, "zhao", "att.decide_correction", "c1", False, day=NEXT).code == "INVALID", "a refusal says why"
    decide(hall, "zhao", "att.decide_correction", "c1", False, "当时不在", day=NEXT)
    assert state(hall, exc()) == ("missing", "detected", False)


@pytest.mark.parametrize(("claim", "day"), [("08:30", "2026-11-22"), ("19:00", DAY)], ids=["another day", "the future"])
def test_a_correction_claims_a_time_of_its_day_that_has_been(claim: str, day: str) -> None:
    hall = attendance_hall()
    args = PunchCorrect(DAY, 0, "in", at(claim, day), "忘了")
    assert hall.send(ACTORS["wang"], "att.correct", "c1", args, received=at("18:00")) == Outcome("held", "INVALID")


def test_one_click_excuses_everybody_and_can_be_taken_back() -> None:
    """ATT-07: hall-wide causes."""
    hall = attendance_hall()
    for who in ("wang", "feng"):
        punch(hall, who, "in", 0, "08:50")
    assert excuse_all(hall, "08:00", "09:00", by="zhao").code == "NO_RIGHT"
    assert excuse_all(hall, "08:00", "09:00").st == "applied"
    assert {state(hall, exc(who=w)) for w in ("wang", "feng")} == {("ok", "cleared", False)}
    assert hall.buckets("att.excuse", "e1") == {"role:OFF"}
    hall.send(ACTORS["zhou"], "att.end_excuse", "e1", EndExcuse("预警解除"))
    assert {state(hall, exc(who=w)) for w in ("wang", "feng")} == {("late", "detected", False)}


def test_an_excuse_for_one_unit_leaves_the_others() -> None:
    hall = attendance_hall()
    for who in ("wang", "feng"):
        punch(hall, who, "in", 0, "08:50")
    excuse_all(hall, "08:00", "09:00", units=["u2"])
    assert state(hall, exc()) == ("late", "detected", False)
    assert state(hall, exc(who="feng")) == ("ok", "cleared", False)


def test_a_standing_permission_frees_an_hour_of_each_day_and_keeps_its_ground_to_itself() -> None:
    """ATT-07, PRV-02: the nursing hour."""
    hall = attendance_hall()
    args = ExcuseAll(at("00:00"), at("00:00", "2026-12-31"), "granted", "甲乙丙丁", people=["wang"], daily_from="08:30", daily_to="09:30")
    hall.send(ACTORS["zhou"], "att.excuse", "e1", args)
    for day, clock, kind in ((DAY, "09:25", None), (NEXT, "09:40", ("late", "detected", False))):
        hall.tick(at("07:30", day))
        punch(hall, "wang", "in", 0, clock, day=day, received_day=day)
        assert state(hall, exc(day=day)) == kind
    assert "甲乙丙丁" not in str([shown.body for shown in hall.tx.rows.values() if "role:OFF" not in shown.buckets])
    assert "甲乙丙丁" not in str([body for (kind, _), body in hall.seen_by("role:OFF").items() if kind != "att.excuse"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_clock": "09:00"},
        {"daily_from": "08:30"},
        {"daily_from": "9", "daily_to": "10"},
        {"units": ["u9"]},
        {"people": ["nobody"]},
        {"people": ["zhou"]},
    ],
    ids=["reversed", "half a clock", "no clock", "no unit", "no person", "himself"],
)
def test_an_inconsistent_excuse_is_refused(wrong: dict[str, Any]) -> None:
    hall = attendance_hall()
    start = wrong.pop("from_clock", "08:00")
    assert excuse_all(hall, start, "08:30", **wrong) == Outcome("refused", "INVALID")


# --- any order --------------------------------------------------------------------------------------------------------


def facts_of_a_day(hall: MemoryHall) -> list[Any]:
    """Ops of a full day as they would be sent, each with its own time, all received the next afternoon."""
    late: dict[str, Any] = {"received": at("16:00", NEXT)}
    who = ACTORS["wang"]
    taps: list[tuple[Any, int, str, Any]] = [
        ("in", 0, "08:45", "A"),
        ("in", 0, "08:29", "B"),
        ("out", 0, "11:50", "A"),
        ("in", 1, "14:20", "C"),
        ("out", 1, "17:31", "A"),
    ]
    punches = [
        hall.op(who, "att.punch", f"p{n}", Punch(DAY, s, way), at=at(clock), grade=grade, op_id=f"op-p{n}", **late)
        for n, (way, s, clock, grade) in enumerate(taps)
    ]
    said = Announce(["w1"], "meeting", at("11:45"), at("13:00"), "wang", destination="市局")
    return [
        *punches,
        hall.op(who, "away.announce", "n1", said, at=at("11:40"), op_id="op-n1", **late),
        hall.op(who, "att.answer", exc("in", 1), AnswerException("手机刚换"), at=at("18:00"), op_id="op-a1", **late),
        hall.op(who, "att.correct", "c1", PunchCorrect(DAY, 0, "out", at("12:00"), "忘了"), at=at("18:00"), op_id="op-c1", **late),
    ]


def test_whatever_arrives_first_the_day_comes_to_the_same() -> None:
    """EVD-01, OFF-05, CON-20: every order of arrival ends alike."""
    shuffle = random.Random(7)
    ends = []
    for _ in range(6):
        hall = attendance_hall()
        hall.tick(at(NOON, NEXT))
        ops = facts_of_a_day(hall)
        shuffle.shuffle(ops)
        for op in ops:
            assert hall.run(op).st == "applied"
        rows = {key: shown.body for key, shown in hall.tx.rows.items() if key[0].startswith("att.") and "wang" in key[1]}
        kept = {rid: body for (kind, rid), body in rows.items() if kind == "att.exc" and '"state":"cleared"' not in body}
        ends.append((rows["att.sheet", "2026-11:wang"], sorted(kept.items())))
    assert all(end == ends[0] for end in ends)


def test_every_pair_of_punches_of_one_edge_ends_alike_in_both_orders() -> None:
    for first, second in itertools.permutations([("08:29", "A"), ("08:45", "A"), ("08:20", "C")], 2):
        ends = []
        for order in ((first, second), (second, first)):
            hall = attendance_hall()
            for clock, grade in order:
                punch(hall, "wang", "in", 0, clock, received="10:00", grade=grade)
            spell = hall.row("att.day", f"{DAY}:wang")["spells"][0]
            ends.append((spell, state(hall, exc())))
        assert ends[0][0] == ends[1][0]


@pytest.mark.parametrize(("drill", "place", "excused"), [(False, "A", True), (False, "B", False), (True, "A", False)])
def test_whoever_is_late_through_an_incident_at_the_place_is_not_counted(drill: bool, place: str, excused: bool) -> None:
    """EMG-11: also when the report arrives after the punch; an incident elsewhere and an exercise excuse nobody."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "8:50")
    assert state(hall, exc()) == ("late", "detected", False)
    burning = Report("fire", place, at("8:20"), 3, drill=drill)
    assert hall.send(ACTORS["lin"], "incident.report", "i1", burning, at=at("8:25"), received=at("9:10")).st == "applied"
    assert state(hall, exc()) == ("late", "detected", False), "nobody but its reporter has said so"
    done = NoteStep("action", at("9:00"), "疏散")
    assert hall.send(ACTORS["zhou"], "incident.note", "i1", done, at=at("9:00"), received=at("9:20")).st == "applied"
    edge = hall.row("att.day", f"{DAY}:wang")["spells"][0].get("in_kind")
    assert edge == ("excused" if excused else "late")
    assert (state(hall, exc()) in (None, ("excused", "cleared", False))) == excused, state(hall, exc())
