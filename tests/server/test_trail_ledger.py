"""The two ledgers and their settlement: what a day counts, how months close, and what a late fact does afterwards (§0.3, EVD-07..12)."""

from typing import Any

import msgspec
import pytest

from server.domain.hall.handlers import put_duty
from server.domain.hall.rules import FOREVER
from server.domain.hall.spans import union, within, without
from server.domain.hall.tables import DutyRecord, PersonRecord, UnitTerm
from server.domain.handover.ops import HandoverItem, Prepare, SheetAnswer
from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.patrol.ops import Withdraw
from server.domain.presence.ops import Announce, JudgeLate, StepUp
from server.domain.trail import check
from server.domain.trail.books import is_closed
from server.domain.trail.ledger import Numbers, add, difference, lag_key, lag_seconds, minutes
from server.domain.trail.ops import FindingAnswer, FindingDecide, FindingVoid, LedgerAdjust
from server.domain.trail.settlement import daily_close, monthly_close, next_month, to_adjust
from server.domain.trail.tables import DayRecord, FindingRecord, TallyRecord
from tests.server.scenes.conflicts import accepts, all_present, back, empty, look, notice, steps_up
from tests.server.scenes.ledger import told
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.support.memory_tx import MemoryHall

DECEMBER = "2026-12-04"
"""November is closed on the third working day of December, a Thursday, at noon."""


def tally(hall: MemoryHall, scope: Any, of: str) -> Numbers:
    """Numbers of November."""
    found = hall.tx.get(TallyRecord, f"{scope}:{of}:2026-11")
    return found.numbers if found else {}


def numbers(hall: MemoryHall, scope: Any, of: str, *keys: str) -> list[int]:
    """Some of them."""
    counted = tally(hall, scope, of)
    return [counted.get(key, 0) for key in keys]


# --- two ledgers ------------------------------------------------------------------------------------------------------


def test_the_window_counts_and_the_person_does_not() -> None:
    """§0.3: the post was unattended at 10:02, the person is cleared."""
    hall = told(empty("o1", "10:02"), empty("o2", "10:13"), notice("9:58", "9:58", "10:30"), back("10:28"))
    assert numbers(hall, "post", "w1", "post_count", "findings", "absences", "absences_noticed") == [1, 1, 1, 1]
    assert numbers(hall, "person", "wang", "person_count", "named", "notices", "late_notices", "ended", "ended_in_time") == [
        0,
        1,
        1,
        0,
        1,
        1,
    ]
    assert numbers(hall, "unit", "u1", "post_count", "person_count", "notices") == [1, 0, 1]


def test_minutes_away_are_divided_by_who_served_and_whether_it_was_announced() -> None:
    """IDX-04, IDX-05: of half an hour away B serves twenty minutes; an unannounced absence is its own kind."""
    hall = told(notice("9:30", "9:30", "10:00"), steps_up("9:40"), back("10:00"))
    assert numbers(hall, "post", "w1", "absent_min", "covered_min", "noticed_empty_min", "bare_empty_min") == [30, 20, 10, 0]
    hall = told(empty("o1", "10:02"), empty("o2", "10:14"), all_present("10:20"))
    assert numbers(hall, "post", "w1", "absent_min", "covered_min", "noticed_empty_min", "bare_empty_min") == [18, 0, 0, 18]
    assert numbers(hall, "post", "w1", "absences", "absences_noticed") == [1, 0]


def test_minutes_are_those_of_opening_hours() -> None:
    """An absence over noon counts until closing and from opening again."""
    hall = told(notice("11:45", "11:45", "14:40"), back("14:40"))
    assert numbers(hall, "post", "w1", "absent_min") == [25]


MINUTES = ("absent_min", "covered_min", "noticed_empty_min", "bare_empty_min")


def on_leave(from_at: int, to_at: int, *, asked: str = "08:10", now: str = "08:00") -> MemoryHall:
    """王, A of w1, is on approved leave; heard of before the day unless told otherwise."""
    hall = small_hall(now)
    args = LeaveRequest("wang", "annual", from_at, to_at)
    assert hall.send(ACTORS["wang"], "leave.request", "v1", args, received=at(asked)).st == "applied"
    for who in ("zhao", "zhou", "ma"):
        assert hall.send(ACTORS[who], "leave.decide", "v1", LeaveDecide(True), received=at(asked)).st == "applied"
    assert {one.state for one in hall.tx.ask("leaves_of", uid="wang", from_at=from_at, to_at=to_at)} == {"approved"}
    return hall


def agrees(hall: MemoryHall, *days: str) -> bool:
    """What was kept as facts came is what they make anew."""
    return not [one for day in days for one in check.compare_day(hall.tx, day)] and not check.compare_months(hall.tx)


def test_approved_leave_is_an_announced_absence_of_the_post() -> None:
    """IDX-03, IDX-04, IDX-05: with B serving by a step-up, with nobody, and for half a day only."""
    hall = on_leave(at("08:30"), at("17:30"))
    assert hall.send(ACTORS["li"], "cover.step_up", "k1", StepUp("w1", at("08:30")), at=at("08:30"), received=at("08:31")).st == "applied"
    assert numbers(hall, "post", "w1", *MINUTES, "absences", "absences_noticed") == [390, 390, 0, 0, 1, 1]
    hall = on_leave(at("08:30"), at("17:30"))
    for said in (empty("o1", "10:02"), empty("o2", "10:13")):
        hall.run(said.op(hall))
    assert hall.row("finding", "o1")["state"] == "explained"
    assert numbers(hall, "post", "w1", *MINUTES, "absences", "absences_noticed") == [390, 0, 390, 0, 1, 1]
    assert agrees(hall, DAY)
    hall = on_leave(at("14:30"), at("17:30"))
    assert numbers(hall, "post", "w1", *MINUTES) == [180, 0, 180, 0]
    assert numbers(hall, "post", "w2", *MINUTES) == [0, 0, 0, 0], "where 王 is only B nobody is away"


def test_leave_approved_after_the_post_was_seen_empty_announced_nothing() -> None:
    """IDX-03, CON-22."""
    hall = small_hall()
    for said in (empty("o1", "10:02"), empty("o2", "10:13")):
        hall.run(said.op(hall))
    hall.send(ACTORS["wang"], "leave.request", "v1", LeaveRequest("wang", "sick", at("09:30"), at("12:00")), received=at("11:00"))
    for who in ("zhao", "zhou"):
        hall.send(ACTORS[who], "leave.decide", "v1", LeaveDecide(True), received=at("11:10"))
    absences = numbers(hall, "post", "w1", "absences", "absences_noticed")
    assert absences[1] == 0
    assert absences[0] >= 1
    assert agrees(hall, DAY)


def test_a_sheet_in_force_is_cover_and_leave_counts_on_each_of_its_days() -> None:
    """IDX-03..05, AB-01: a week's leave is one absence; what goes on over night is counted as the day begins, with a sheet and without."""
    hall = on_leave(at("08:30"), at("17:30", "2026-11-25"))
    sheet = Prepare("w1", "wang", "li", at("08:30", "2026-11-24"), at("17:30", "2026-11-24"), "leave", [HandoverItem("来件")], why="临时")
    assert hall.send(ACTORS["wang"], "handover.prepare", "h1", sheet, received=at("08:20")).st == "applied"
    assert hall.send(ACTORS["li"], "handover.answer", "h1", SheetAnswer(True), received=at("08:25")).st == "applied"
    hall.tick(at("00:01", "2026-11-24"))
    assert agrees(hall, DAY, "2026-11-24")
    day = hall.tx.get(DayRecord, "post:w1:2026-11-24")
    assert day is not None
    assert [day.numbers.get(key, 0) for key in MINUTES] == [390, 390, 0, 0]
    assert numbers(hall, "post", "w1", *MINUTES, "absences", "absences_noticed") == [780, 390, 390, 0, 1, 1]


def test_an_absence_over_night_is_counted_as_the_day_begins_even_when_the_server_slept() -> None:
    """IDX-05: no fact arrives on the second day, and still it is a day of absence."""
    hall = small_hall()
    args = Announce(["w1"], "trip", at("16:30"), at("10:00", "2026-11-24"), "wang")
    assert hall.send(ACTORS["wang"], "away.announce", "n1", args, received=at("16:30")).st == "applied"
    hall.tick(at("12:00", "2026-11-25"))
    assert agrees(hall, DAY, "2026-11-24", "2026-11-25")
    assert numbers(hall, "post", "w1", "absent_min") == [60 + 90]


def test_cover_by_a_clock_nobody_can_prove_is_not_counted() -> None:
    """IDX-04: what is unproven neither accuses nor clears."""
    hall = told(notice("9:30", "9:30", "10:00"), back("10:00"))
    step = StepUp("w1", at("9:40"), "n1")
    assert hall.send(ACTORS["li"], "cover.step_up", "k1", step, at=at("9:40"), received=at("15:35"), grade="C").st == "applied"
    assert numbers(hall, "post", "w1", *MINUTES) == [30, 0, 30, 0]


def test_looks_that_say_nothing_or_contradict_are_not_counted() -> None:
    """IDX-01: posts seen served ÷ looks; closed by plan, withdrawn and contradicted looks are left out."""
    hall = told(empty("o1", "9:30"), look("o2", "9:50", "serving"), look("o3", "10:10", "suspended"), look("o4", "10:30", "covered"))
    assert numbers(hall, "post", "w1", "looks", "looks_served") == [3, 2]
    hall = told(empty("o1", "10:02"), look("o2", "10:03", "serving", "chen"))
    assert numbers(hall, "post", "w1", "looks", "looks_served") == [1, 1]


def test_a_late_notice_has_its_own_number_and_a_refused_one_counts() -> None:
    """EVD-05, IDX-41: 补告示 is its own indicator; the head decides whether the person answers for the absence."""
    hall = told(empty("o1", "10:02"), notice("10:05", "9:55", "10:15"))
    assert numbers(hall, "person", "wang", "late_notices", "late_refused", "person_count") == [1, 0, 0]
    hall.send(ACTORS["zhao"], "away.judge_late", "n1", JudgeLate(False, "应当先告示"))
    assert numbers(hall, "person", "wang", "late_notices", "late_refused", "person_count") == [1, 1, 1]
    assert numbers(hall, "post", "w1", "absences", "absences_noticed") == [1, 0]


def test_a_stand_in_who_was_not_there_is_a_candidate_for_people_to_decide() -> None:
    """CON-10: A is cleared, B's part counts as one to be looked into, and B reads and may answer it."""
    left = notice("9:58", "9:58", "10:40", stand_in="li", reason="meeting")
    hall = told(left, accepts("9:59"), empty("o1", "10:02"), empty("o2", "10:14"))
    assert numbers(hall, "person", "wang", "person_count") == [0]
    assert numbers(hall, "person", "li", "cover_count", "person_count") == [1, 0]
    assert "u:li" in hall.buckets("finding.own", "o1")
    assert hall.send(ACTORS["li"], "finding.answer", "o1", FindingAnswer("临时被叫去处理设备")).st == "applied"


def test_when_records_arrive_is_told_in_classes() -> None:
    """IDX-41: p50 and p95 of received − made."""
    assert [lag_key(0, ms) for ms in (0, 999, 1_000, 3_999, 4_000, -5)] == ["lag0", "lag0", "lag1", "lag2", "lag3", "lag0"]
    assert lag_seconds({"lag0": 50, "lag10": 45, "lag16": 5, "looks": 9}, 50) == 1
    assert lag_seconds({"lag0": 50, "lag10": 45, "lag16": 5}, 95) == 1024
    assert lag_seconds({}, 50) is None


@pytest.mark.parametrize(
    ("spans", "made"),
    [
        (union([(5, 9), (1, 3), (3, 4), (8, 12), (7, 7)]), [(1, 4), (5, 12)]),
        (within([(0, 10), (20, 30)], [(5, 25)]), [(5, 10), (20, 25)]),
        (without([(0, 10), (20, 30)], [(2, 4), (8, 22)]), [(0, 2), (4, 8), (22, 30)]),
        (without([(0, 10)], [(0, 10)]), []),
    ],
)
def test_spans_are_added_cut_and_taken_away(spans: list[tuple[int, int]], made: list[tuple[int, int]]) -> None:
    assert spans == made


def test_minutes_are_whole() -> None:
    assert minutes([(0, 90_000), (120_000, 150_000)]) == 2


# --- who is told, and until when --------------------------------------------------------------------------------------


def test_three_working_days_to_answer_run_from_being_told_not_from_the_fact() -> None:
    """EVD-12: the record was offline from Monday to Thursday; the person can answer until Tuesday."""
    hall = small_hall()
    for said in (empty("o1", "10:02"), empty("o2", "10:13")):
        op = said.op(hall)
        hall.run(hall.op(ACTORS["lin"], op.kind, op.rid, op.a, at=op.window.at, received=at("10:00", "2026-11-26")))
    assert hall.row("finding.own", "o1")["answer_until"] == "2026-12-01"


def test_who_turns_out_to_be_counted_later_is_given_the_days_anew() -> None:
    hall = told(empty("o1", "10:02"), empty("o2", "10:13"), notice("10:14", "9:55", "10:40"))
    assert hall.row("finding.own", "o1")["answer_until"] == "2026-11-26"
    judged = JudgeLate(False, "应当先告示")
    hall.send(ACTORS["zhao"], "away.judge_late", "n1", judged, received=at("10:00", "2026-11-25"))
    own = hall.row("finding.own", "o1")
    assert (own["person_count"], own["answer_until"]) == (1, "2026-11-30")


def test_a_doubt_that_arises_late_has_its_whole_term() -> None:
    """CON-02: 王 was counted on the 23rd; on 2 December a step-up arrives whose time nobody can prove."""
    hall = told(empty("o1", "10:02"), empty("o2", "10:13"))
    hall.tick(at("09:59", "2026-12-02"))
    said = steps_up("9:58", grade="C")
    hall.run(hall.op(ACTORS["li"], said.kind, said.rid, said.args, at=at("9:58"), received=at("10:00", "2026-12-02"), grade="C"))
    assert (hall.row("finding", "o1")["state"], hall.row("finding", "o1")["decide_until"]) == ("pending", "2026-12-07")
    hall.tick(at("17:00", "2026-12-07"))
    assert hall.row("finding", "o1")["state"] == "pending"


# --- doubts -----------------------------------------------------------------------------------------------------------


def doubtful() -> MemoryHall:
    """A notice by a clock nobody can believe."""
    return told(empty("o1", "10:02"), empty("o2", "10:13"), notice("9:58", "9:58", "10:30", grade="C"))


def test_a_doubt_nobody_decides_lapses_after_three_working_days_in_favour_of_the_person() -> None:
    """CON-02."""
    hall = doubtful()
    assert hall.row("finding", "o1")["decide_until"] == "2026-11-26"
    hall.tick(at("17:29", "2026-11-26"))
    assert hall.row("finding", "o1")["state"] == "pending"
    hall.tick(at("17:31", "2026-11-26"))
    body = hall.row("finding", "o1")
    assert (body["state"], body["person_count"], body["explain"]["key"]) == ("explained", 0, "explain.lapsed")
    assert hall.send(ACTORS["zhou"], "finding.decide", "o1", FindingDecide(True, "晚了")).code == "GONE"


def test_a_decision_is_for_the_office_with_a_reason_and_not_about_oneself() -> None:
    hall = doubtful()
    for who in ("wang", "zhao", "lin", "ma"):
        assert hall.send(ACTORS[who], "finding.decide", "o1", FindingDecide(False, "属实")).code == "NO_RIGHT"
    himself = ACTORS["wang"]._replace(roles=frozenset({"OFF"}))
    assert hall.send(himself, "finding.decide", "o1", FindingDecide(False, "属实")).code == "NO_RIGHT"
    assert hall.send(ACTORS["zhou"], "finding.decide", "o1", FindingDecide(False, " ")).code == "INVALID"
    stale = hall.send(ACTORS["zhou"], "finding.decide", "o1", FindingDecide(False, "属实"), guard={"o1": 99})
    assert (stale.st, stale.code) == ("refused", "STALE")
    assert hall.send(ACTORS["zhou"], "finding.decide", "o9", FindingDecide(False, "属实")).code == "GONE"
    assert hall.send(ACTORS["zhou"], "finding.decide", "o1", FindingDecide(False, "属实")).st == "applied"


def test_a_trusted_fact_that_arrives_after_a_decision_makes_it_void() -> None:
    """Decisions are about doubts: where there is none any more, the facts speak."""
    hall = doubtful()
    hall.send(ACTORS["zhou"], "finding.decide", "o1", FindingDecide(True, "没有佐证"))
    assert hall.row("finding", "o1")["person_count"] == 1
    args = Announce(["w1"], "trip", at("9:50"), at("10:40"), "wang")
    hall.send(ACTORS["wang"], "away.announce", "n2", args, at=at("9:50"), received=at("16:00"))
    assert (hall.row("finding", "o1")["state"], hall.row("finding", "o1")["person_count"]) == ("explained", 0)


def test_after_publication_an_author_alone_takes_nothing_back() -> None:
    """CON-44."""
    hall = small_hall()
    for said in (empty("o1", "10:02"), empty("o2", "10:13")):
        hall.send(ACTORS["lin"], said.kind, said.rid, said.args, received=at(said.clock))
    assert hall.send(ACTORS["lin"], "patrol.withdraw", "o1", Withdraw("看错"), received=at("11:00")).st == "applied"
    assert hall.row("finding", "o1")["state"] == "unattended"
    assert hall.row("obs", "o1")["withdrawn"] == "看错"
    assert hall.send(ACTORS["lin"], "finding.void", "o1", FindingVoid("看错")).code == "NO_RIGHT"
    assert hall.send(ACTORS["chen"], "finding.void", "o1", FindingVoid("属实，是另一窗口")).st == "applied"
    assert hall.row("finding", "o1")["state"] == "withdrawn"
    assert hall.send(ACTORS["zhou"], "finding.void", "o1", FindingVoid("再次")).code == "GONE"


def test_nobody_takes_back_what_was_seen_of_himself() -> None:
    """CON-44: the office may void a sighting, but not one a finding of its own member rests on, the later ones of it included."""
    hall = small_hall()
    put_duty(hall.tx, DutyRecord(rid=f"{DAY}:d1", day=DAY, post="d1", a="zhou", b="han"))
    for said in (empty("o1", "10:02", post="d1"), empty("o2", "10:20", post="d1")):
        hall.send(ACTORS["lin"], said.kind, said.rid, said.args, received=at(said.clock))
    assert hall.row("finding", "o1")["person"] == "zhou"
    for rid in ("o1", "o2"):
        assert hall.send(ACTORS["zhou"], "finding.void", rid, FindingVoid("我在开会"), received=at("10:30")).code == "NO_RIGHT"
    assert hall.row("finding", "o1")["person_count"] == 1


# --- settlement -------------------------------------------------------------------------------------------------------


def test_a_day_closes_provisionally_at_noon_and_a_month_on_its_third_working_day() -> None:
    """EVD-10."""
    hall = small_hall().tx.ask("hall")
    assert daily_close(hall, DAY) == at("12:00", "2026-11-24")
    assert daily_close(hall, "2026-11-27") == at("12:00", "2026-11-30")
    assert monthly_close(hall, "2026-11") == at("12:00", "2026-12-03")
    assert [next_month(m) for m in ("2026-02", "2026-11", "2026-12")] == ["2026-03-01", "2026-12-01", "2027-01-01"]


def closed(*facts: Said) -> MemoryHall:
    """November is over and closed."""
    hall = told(*facts)
    hall.tick(at("11:59", "2026-12-03"))
    assert not is_closed(hall.tx, "2026-11")
    hall.tick(at("12:01", "2026-12-03"))
    assert is_closed(hall.tx, "2026-11")
    assert hall.tx.ask("settlement", day=DAY).standing == "closed"
    return hall


def late_notice_of_9_58(hall: MemoryHall) -> None:
    """The phone with the notice is found in December."""
    args = Announce(["w1"], "trip", at("9:58"), at("10:30"), "wang")
    outcome = hall.send(ACTORS["wang"], "away.announce", "n1", args, at=at("9:58"), received=at("10:00", DECEMBER))
    assert outcome.st == "applied"


def test_after_the_close_a_late_fact_clears_the_finding_and_the_number_waits_for_the_office() -> None:
    """EVD-10: never a silent edit; an adjustment with reason and approver."""
    hall = closed(empty("o1", "10:02"), empty("o2", "10:13"))
    late_notice_of_9_58(hall)
    assert hall.row("finding", "o1")["state"] == "explained"
    assert numbers(hall, "person", "wang", "person_count") == [1]
    (rid,) = [rid for rid, body in hall.rows("ledger.adjust") if body["of"] == "wang"]
    body = hall.row("ledger.adjust", rid)
    assert (body["state"], body["change"]["person_count"]) == ("proposed", -1)
    assert hall.buckets("ledger.adjust", rid) == {"role:OFF", "u:wang", "head:u1"}
    for who in ("wang", "zhao"):
        assert hall.send(ACTORS[who], "ledger.adjust", rid, LedgerAdjust(True, "属实")).code == "NO_RIGHT"
    assert hall.send(ACTORS["zhou"], "ledger.adjust", rid, LedgerAdjust(True, "")).code == "INVALID"
    assert hall.send(ACTORS["zhou"], "ledger.adjust", rid, LedgerAdjust(True, "时间可信")).st == "applied"
    assert numbers(hall, "person", "wang", "person_count", "notices") == [0, 1]
    assert numbers(hall, "unit", "u1", "person_count") == [0]
    after = hall.row("ledger.adjust", rid)
    assert (after["state"], after["by"], after["text"]) == ("accepted", "zhou", "时间可信")
    assert day_of_wang(hall) == tally(hall, "person", "wang"), "the day that is opened says what the month says"
    assert hall.send(ACTORS["zhou"], "ledger.adjust", rid, LedgerAdjust(False, "再想")).code == "GONE"
    assert check.compare_months(hall.tx) == []


def day_of_wang(hall: MemoryHall) -> Numbers:
    """The one day of November anything is known of 王."""
    (found,) = hall.tx.find(DayRecord, "scope = ? AND of = ? AND day LIKE ?", ["person", "wang", "2026-11-%"])
    return found.counted


def test_a_refused_adjustment_leaves_the_number_and_is_not_proposed_again() -> None:
    hall = closed(empty("o1", "10:02"), empty("o2", "10:13"))
    late_notice_of_9_58(hall)
    for rid, _ in list(hall.rows("ledger.adjust")):
        assert hall.send(ACTORS["zhou"], "ledger.adjust", rid, LedgerAdjust(False, "证据不足")).st == "applied"
    hall.send(ACTORS["wang"], "finding.answer", "o1", FindingAnswer("手机丢了才补送"))
    assert numbers(hall, "person", "wang", "person_count") == [1]
    assert {body["state"] for _, body in hall.rows("ledger.adjust")} == {"refused"}
    assert day_of_wang(hall) == tally(hall, "person", "wang")
    assert day_of_wang(hall)["person_count"] == 1
    assert check.compare_months(hall.tx) == []


def test_what_is_still_to_adjust_leaves_out_what_was_decided_and_mere_delays() -> None:
    assert to_adjust({"a": 3, "lag4": 2}, {"a": 1}, [{"a": 1}]) == {"a": 1}
    assert to_adjust({"a": 1}, {"a": 1}, []) == {}
    assert difference({"a": 1}, {"a": 3, "b": 1}) == {"a": -2, "b": -1}
    assert add({"a": 1}, {"a": -1, "b": 2}) == {"b": 2}


def test_a_person_who_moved_counts_where_he_was_on_the_day_of_the_fact() -> None:
    """CON-43: 王 belongs to u2 from the 24th; the record of the 23rd arrives on the 25th and counts for u1."""
    hall = small_hall()
    hall.tick(at("09:00", "2026-11-25"))
    person = hall.tx.get(PersonRecord, "wang")
    assert person is not None
    moved = [UnitTerm("u1", "2020-01-01", "2026-11-23"), UnitTerm("u2", "2026-11-24")]
    hall.tx.put(msgspec.structs.replace(person, unit="u2", units=moved))
    for said in (empty("o1", "10:02"), empty("o2", "10:13")):
        op = said.op(hall)
        hall.run(hall.op(ACTORS["lin"], op.kind, op.rid, op.a, at=op.window.at, received=at("10:00", "2026-11-25")))
    assert numbers(hall, "unit", "u1", "person_count", "post_count") == [1, 1]
    assert numbers(hall, "unit", "u2", "person_count") == [0]


# --- made anew --------------------------------------------------------------------------------------------------------


def test_everything_made_anew_is_what_is_kept_and_a_falsified_number_is_named() -> None:
    hall = told(empty("o1", "10:02"), empty("o2", "10:13"), notice("9:58", "9:58", "10:30", grade="C"), steps_up("10:20"))
    assert (check.compare_day(hall.tx, DAY), check.compare_months(hall.tx)) == ([], [])
    finding, day = hall.tx.get(FindingRecord, "o1"), hall.tx.get(DayRecord, f"post:w1:{DAY}")
    assert finding
    assert day
    finding.person_count, finding.state = 1, "unattended"
    day.numbers = day.numbers | {"post_count": 7}
    total = hall.tx.get(TallyRecord, "unit:u1:2026-11")
    assert total
    total.numbers = total.numbers | {"notices": 40}
    for record in (finding, day, total):
        hall.tx.put(record)
    named = {d.what: (d.kept, d.made) for d in (*check.compare_day(hall.tx, DAY), *check.compare_months(hall.tx))}
    assert named[f"{DAY} w1 finding o1 state"] == ("unattended", "pending")
    assert named[f"{DAY} w1 post_count"] == ("7", "1")
    assert named["tally unit:u1:2026-11 notices"] == ("40", "1")
    check.rebuild_day(hall.tx, DAY)
    check.rebuild_months(hall.tx)
    assert (check.compare_day(hall.tx, DAY), check.compare_months(hall.tx)) == ([], [])
    assert check.span(hall.tx) == (DAY, DAY)


def test_a_doubt_that_is_over_has_no_term() -> None:
    hall = doubtful()
    hall.send(ACTORS["zhou"], "finding.decide", "o1", FindingDecide(False, "属实"))
    finding = hall.tx.get(FindingRecord, "o1")
    assert finding
    assert finding.decide_at == FOREVER
