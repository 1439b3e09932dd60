"""Who was at work elsewhere as told, or is known only afterwards to have come, is not counted at his own window (AB-01, EVD-01, EVD-04)."""

from datetime import date, timedelta

import pytest

from server.domain.attendance.ops import HandList, Listed, PunchCorrect
from server.domain.base import Outcome
from server.domain.hall.tables import RoleTerm, UnitTerm
from server.domain.handover.ops import HandoverItem, Prepare, SheetAnswer
from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.patrol.ops import Observe
from server.domain.presence.ops import Announce, Answer, Assign, HandBack, Return, StepUp
from server.domain.roster.ops import DutyCell, PublishRoster, PutDraft, PutPerson, PutSwap
from server.domain.trail.tables import DayRecord
from tests.server.scenes.attendance import NEXT, answer, attendance_hall, decide, exc, punch
from tests.server.scenes.conflicts import accepts, empty, notice
from tests.server.scenes.handover import sheet, sheet_answered
from tests.server.scenes.ledger import kept_as_made, ledger
from tests.server.scenes.others_word import QIAN_ASKS_NOBODY, QIAN_LEAVES, SEEN, SENT, TWO_POSTS
from tests.server.scenes.play import Grade, Said
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall
from tests.support.orders import orders


def looked(hall: MemoryHall) -> MemoryHall:
    for said in SEEN:
        assert hall.run(said.op(hall, said.at)).st == "applied"
    return hall


# --- known afterwards ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["hand list", "correction"])
def test_who_was_there_by_a_paper_entered_the_next_morning_is_not_counted(way: str) -> None:
    """ATT-05, ATT-06, EVD-01: 王 came at 10:15, between the two looks; whether that was entered before them or a day later is the same."""
    hall = looked(attendance_hall())
    assert ledger(hall) == ("unattended", 1, 1, "explain.unattended")
    if way == "hand list":
        args = HandList("u1", DAY, 0, "in", [Listed("wang", at("10:15"))], "power", "停电")
        entered = hall.send(ACTORS["zhao"], "att.hand_list", "l1", args, received=at("09:10", NEXT))
        assert (entered.st, decide(hall, "zhou", "att.decide_list", "l1", True, clock="09:20", day=NEXT).st) == ("applied", "applied")
    else:
        args = PunchCorrect(DAY, 0, "in", at("10:15"), "忘记签到")
        assert hall.send(ACTORS["wang"], "att.correct", "c1", args, received=at("09:00", NEXT)).st == "applied"
        assert ledger(hall) == ("unattended", 1, 1, "explain.unattended")
        assert decide(hall, "zhao", "att.decide_correction", "c1", True, clock="09:10", day=NEXT).st == "applied"
    assert ledger(hall) == ("glance", 0, 0, "explain.returned")
    kept_as_made(hall)


def test_a_punch_nobody_believes_any_more_holds_no_finding_back() -> None:
    """EVD-03, EVD-04: 王's punch by a doubtful clock was a doubt; once the head has refused it, it is none."""
    hall = looked(attendance_hall())
    assert punch(hall, "wang", "in", 0, "10:15", received="10:30", grade="C").st == "applied"
    hall.tick(at("12:30", NEXT))
    assert ledger(hall) == ("pending", 1, 0, "explain.return_clock")
    answer(hall, exc("in"), "在岗", "13:00", NEXT)
    assert decide(hall, "zhao", "att.decide", exc("in"), False, "查无", clock="13:10", day=NEXT).st == "applied"
    assert ledger(hall) == ("unattended", 1, 1, "explain.unattended")
    kept_as_made(hall)


# --- at another post, as told --------------------------------------------------------------------------------------------

WANG_SAYS_YES = Said("wang", "9:52", "away.answer", "n2", Answer(True))


def takes_w2(grade: Grade = "A", who: str = "wang", notice: str | None = "n2") -> Said:
    return Said(who, "10:00", "cover.step_up", "k2", StepUp("w2", at("10:00"), notice), grade)


def sheet_of_w2(grade: Grade = "A") -> tuple[Said, ...]:
    """钱 hands w2 to 王, who says yes."""
    made = Prepare("w2", "qian", "wang", at("9:58"), at("11:00"), "meeting", [HandoverItem("收件三份")], why="临时会议")
    return (
        Said("qian", "9:30", "handover.prepare", "s2", made, grade),
        Said("wang", "9:40", "handover.answer", "s2", SheetAnswer(True, "")),
    )


ELSEWHERE = ("explained", 1, 0, "explain.elsewhere")
STOOD = {
    "named, said yes, took it": ((QIAN_LEAVES, WANG_SAYS_YES, takes_w2()), ELSEWHERE),
    "sent by the head, took it": ((QIAN_ASKS_NOBODY, SENT, takes_w2()), ELSEWHERE),
    "took it unasked": ((takes_w2(notice=None),), ELSEWHERE),
    "has the sheet": (sheet_of_w2(), ELSEWHERE),
    "said yes only": ((QIAN_LEAVES, WANG_SAYS_YES), TWO_POSTS),
    "took it, by a clock nobody can believe": ((takes_w2("C", notice=None),), TWO_POSTS),
    "a sheet of such a clock": (sheet_of_w2("C"), TWO_POSTS),
    "named, has said nothing": ((QIAN_LEAVES,), ("unattended", 1, 1, "explain.unattended")),
}


@pytest.mark.parametrize("way", STOOD)
def test_who_stands_in_elsewhere_as_told_is_not_missed_at_his_own_window(way: str) -> None:
    """AB-01, AB-03, EVD-03, EVD-04: whatever arrives first; where only his promise or a bad clock says so, the office decides."""
    facts, expected = STOOD[way]
    for order in orders((*facts, *SEEN)):
        hall = small_hall("09:00")
        for said in order:
            outcome = hall.run(said.op(hall))
            assert outcome.st == "applied" or outcome.code == "REF_WAIT"
        if any(said.kind == "cover.step_up" and said.args.notice and hall.row("cover", "k2") is None for said in facts):
            continue
        assert ledger(hall) == expected, [said.kind for said in order]
        kept_as_made(hall)


def test_who_has_given_the_other_post_back_is_missed_at_his_own_again() -> None:
    """AB-06: he took w2 at 10:00 and gave it back at 10:05."""
    facts = (takes_w2(notice=None), Said("wang", "10:05", "cover.hand_back", "k2", HandBack(at("10:05"))), *SEEN)
    for order in orders(facts):
        hall = small_hall("09:00")
        for said in order:
            hall.run(said.op(hall))
        assert ledger(hall) == ("unattended", 1, 1, "explain.unattended")
        kept_as_made(hall)


def test_a_promise_lasts_no_longer_than_the_absence_it_was_for() -> None:
    """AB-06: 钱 is back at 10:02; a return that arrives last ends 王's part all the same."""
    back = Said("qian", "10:02", "away.return", "n2", Return(at("10:02")))
    for order in orders((QIAN_LEAVES, WANG_SAYS_YES, back, *SEEN)):
        hall = small_hall("09:00")
        for said in order:
            hall.run(said.op(hall))
        assert ledger(hall) == ("unattended", 1, 1, "explain.unattended")
        kept_as_made(hall)


@pytest.mark.parametrize(("sent", "count"), [("9:55", 0), ("8:50", 1)])
def test_whom_the_head_sends_elsewhere_after_he_has_promised_goes_where_he_is_sent(sent: str, count: int) -> None:
    """AB-05, CON-10: 李 had said yes to w1 at 9:00, or says it knowing that he is sent to w2."""
    facts = (
        notice("8:55", "9:58", "11:30", stand_in="li", reason="meeting"),
        accepts("9:00"),
        Said("qian", "8:40", "away.announce", "n2", Announce(["w2"], "meeting", at("9:58"), at("11:00"), "qian")),
        Said("zhao", sent, "away.assign", "n2", Assign("li", "去顶")),
        takes_w2(who="li"),
        *SEEN,
    )
    shuffled = [facts, (*facts[:3], *facts[4:], facts[3]), (facts[4], *facts[:4], *facts[5:]), facts[::-1]]
    for order in shuffled:
        hall = small_hall("08:00")
        for said in order:
            hall.run(said.op(hall))
        if hall.row("cover", "k2") is None:
            continue
        row = hall.row("finding", "o1")
        assert (row["state"], row["person_count"], row["cover"], row.get("cover_count", 0)) == ("explained", 0, "li", count)
        kept_as_made(hall)


def test_who_is_a_of_two_windows_is_in_doubt_at_the_one_that_is_empty() -> None:
    """EVD-04, ORG-01: whichever of roster and looks comes first; a window nobody has to be at in that session is none."""
    for first in (True, False):
        hall = small_hall("09:00")
        if not first:
            looked(hall)
            hall.tick(at("15:00"))
        swap = PutSwap("w2", DAY, "wang", "qian")
        assert (
            hall.send(ACTORS["wang"], "roster.swap", "s1", swap, at=at("9:30"), received=at("9:31" if first else "15:01")).st == "applied"
        )
        if first:
            looked(hall)
        assert ledger(hall) == TWO_POSTS
        assert hall.row("finding", "o1")["explain"]["params"] == {"person": "wang", "seen": at("10:10"), "there": "w2"}
        kept_as_made(hall)


def published(hall: MemoryHall, a: str, clock: str, text: str = "调整") -> Outcome:
    """周 makes somebody A of w1 today."""
    hall.send(ACTORS["zhou"], "roster.draft", "d", PutDraft([DutyCell(DAY, "w1", a, "li")]), received=at(clock))
    return hall.send(ACTORS["zhou"], "roster.publish", "p", PublishRoster(DAY, DAY, ["w1"], {}, text), received=at(clock))


def test_whom_the_office_gives_a_window_today_answers_for_it_from_the_next_session_on() -> None:
    """EVD-04, ORG-07: published at 10:05; a minute later no phone can be asked to have it, in the afternoon it has."""
    hall = small_hall("09:00")
    assert published(hall, "zhao", "10:05").st == "applied"
    looked(hall)
    assert (ledger(hall), hall.row("finding", "o1")["person"]) == (("pending", 1, 0, "explain.swapped"), "zhao")
    for said in (empty("o3", "14:40"), empty("o4", "14:51")):
        hall.run(said.op(hall, said.at))
    assert ledger(hall, "o3") == ("unattended", 1, 1, "explain.unattended")
    kept_as_made(hall)


@pytest.mark.parametrize(("decided", "count"), [(None, 0), (True, 0), (False, 1)])
@pytest.mark.parametrize("way", ["notice", "sheet", "took it"])
def test_a_stand_in_whose_leave_nobody_has_decided_is_not_counted_meanwhile(way: str, decided: bool | None, count: int) -> None:
    """CON-13, CON-22: 李 had said yes, and fell ill at 9:30; once it is decided, that counts, whatever arrives first."""
    ways = {
        "notice": (notice("8:55", "9:58", "11:30", stand_in="li", reason="meeting"), accepts("9:00")),
        "sheet": (sheet("9:00"), sheet_answered("9:02")),
        "took it": (Said("li", "9:00", "cover.step_up", "k1", StepUp("w1", at("9:00"))),),
    }
    ill = Said("li", "9:30", "leave.request", "l1", LeaveRequest("li", "personal", at("9:30"), at("17:30"), "急事"))
    for order in ((*ways[way], ill, *SEEN), (*SEEN, *ways[way], ill), (ill, *SEEN, *ways[way])):
        hall = small_hall("08:00")
        for said in order:
            assert hall.run(said.op(hall)).st == "applied"
        for n, who in enumerate(("zhao", "zhou") if decided is not None else ()):
            assert hall.send(ACTORS[who], "leave.decide", "l1", LeaveDecide(bool(decided), "已核"), received=at(f"15:1{n}")).st == "applied"
            if not decided:
                break
        row = hall.row("finding", "o1")
        assert (row["person_count"], row["cover"], row.get("cover_count", 0)) == (0, "li", count)
        kept_as_made(hall)


# --- of another unit today -----------------------------------------------------------------------------------------------


def moves(hall: MemoryHall, clock: str, from_day: str) -> None:
    """周: 王 belongs to u2 from a day on."""
    before = date.fromisoformat(from_day) - timedelta(days=1)
    units = [UnitTerm("u1", "2000-01-01", before.isoformat()), UnitTerm("u2", from_day)]
    put = PutPerson("王", "wang", units, [RoleTerm("STF", "2000-01-01")], {"zh_Hans": "职员"})
    assert hall.send(ACTORS["zhou"], "org.person", "wang", put, received=at(clock, NEXT)).st == "applied"


def test_a_paper_list_names_who_was_of_the_unit_that_day() -> None:
    """CON-43, ATT-05: 王 has moved to u2 since; yesterday's list of u1 is right all the same, today's is not."""
    hall = attendance_hall()
    hall.tick(at("07:30", NEXT))
    moves(hall, "08:00", NEXT)
    for rid, day, expected in (("l1", DAY, ("applied", "")), ("l2", NEXT, ("held", "INVALID"))):
        args = HandList("u1", day, 0, "in", [Listed("wang", at("08:20", day)), Listed("li", at("08:21", day))], "power", "停电")
        done = hall.send(ACTORS["zhao"], "att.hand_list", rid, args, received=at("09:10", NEXT))
        assert (done.st, done.code or "") == expected


@pytest.mark.parametrize("from_day", [NEXT, DAY])
def test_numbers_of_days_that_turn_out_to_be_another_units_go_there(from_day: str) -> None:
    """CON-43, §11: the move is said at 11:00, effective today or since yesterday."""
    hall = looked(attendance_hall())
    hall.tick(at("07:30", NEXT))
    for rid, clock in (("o3", "10:10"), ("o4", "10:21")):
        args = Observe("r1", "w1", "empty_no_notice", at(clock, NEXT), KNEW)
        assert hall.send(ACTORS["lin"], "patrol.observe", rid, args, received=at(clock, NEXT)).st == "applied"
    moves(hall, "11:00", from_day)
    kept_as_made(hall)
    kept_as_made(hall, NEXT)
    found = hall.tx.find(DayRecord, "scope = ? AND of = ? AND day >= ? AND day <= ?", ["person", "wang", DAY, NEXT], "day")
    assert [one.unit for one in found] == ["u2" if from_day == DAY else "u1", "u2"]
