"""Lunch duty (CAL-05): who serves at which window between the sessions, and who is due there then; nobody else is."""

from itertools import permutations
from typing import Any

import msgspec
import pytest

from server.domain.attendance.facts import is_due
from server.domain.hall.days import HallOpening
from server.domain.hall.duty import assigned, due_spans, lunch_spans, session_starts
from server.domain.hall.handlers import put_duty, put_hall
from server.domain.hall.ops import LUNCH, Hall, Season, SessionDuty, Swap
from server.domain.hall.params import DEFAULT_RULES
from server.domain.hall.rules import lunch_span, posted_sessions
from server.domain.hall.tables import DutyRecord, HallRecord, PersonRecord, PostRecord
from server.domain.patrol.ops import Observe, RoundStart
from server.domain.patrol.slots import hours_of
from server.domain.patrol.tables import RoundRecord
from server.domain.presence.ops import Announce, StepUp
from server.domain.roster.ops import CopyRoster, DutyCell, PublishRoster, PutDraft, PutSwap
from server.domain.trail import check
from server.sheets.columns import BY_KEY
from server.sheets.outgo import book_of, to_csv
from tests.server.scenes.conflicts import back, notice
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, HOURS, KNEW, PEOPLE, at, small_hall
from tests.server.test_import_keeps import ROSTER, faults, take
from tests.server.test_trail_ledger import numbers
from tests.support.memory_tx import MemoryHall
from tests.support.sentences import sentence

WED = "2026-11-25"
LUNCH_TIME = ("12:00", "14:30")
NAMES = {uid: name for uid, (name, _, _) in PEOPLE.items()}
LI = SessionDuty(LUNCH, "li")


def lunch_hall(*later: SessionDuty, now: str = "08:00", **changed: Any) -> MemoryHall:
    """The small hall with lunch duty from 12:00 to 14:30; at w1, whose A is 王, 李 has it unless told otherwise."""
    hall = small_hall(now)
    record = hall.tx.get(HallRecord, "hall")
    record.hall = msgspec.structs.replace(record.hall, **({"lunch": LUNCH_TIME} | changed))
    put_hall(hall.tx, record)
    put_duty(hall.tx, DutyRecord(rid=f"{DAY}:w1", day=DAY, post="w1", a="wang", b="li", later=list(later or (LI,))))
    hall.tick(at(now))
    return hall


def send(hall: MemoryHall, who: str, kind: str, rid: str, args: Any, clock: str, day: str = DAY) -> Any:
    return hall.send(ACTORS[who], kind, rid, args, received=at(clock, day))


def look(rid: str, clock: str, post: str = "w1") -> Said:
    """林 sees nobody at a window."""
    return Said("lin", clock, "patrol.observe", rid, Observe("r1", post, "empty_no_notice", at(clock), KNEW))


def ended(*said: Said, hall: MemoryHall | None = None, later: tuple[SessionDuty, ...] = ()) -> MemoryHall:
    """The hall once all was said; every order of arrival ends alike, and what is kept is what the facts come to."""
    ends: dict[Any, MemoryHall] = {}
    for order in permutations(said):
        one = hall.copy() if hall else lunch_hall(*later)
        one.tick(at("15:00"))
        for op in order:
            one.run(op.op(one))
        assert check.compare_day(one.tx, DAY) == []
        ends[tuple(sorted((key, row.body) for key, row in one.tx.rows.items() if key[0].startswith("finding")))] = one
    assert len(ends) == 1
    return next(iter(ends.values()))


def ledger(hall: MemoryHall, rid: str = "o1") -> Any:
    """State, both counts, whose it is and the sentence of a finding; None: there is none."""
    body = hall.row("finding", rid)
    return body and (body["state"], body["post_count"], body["person_count"], body["explain"]["params"]["person"], body["explain"]["key"])


def on_duty(hall: MemoryHall, clock: str, post: str = "w1", day: str = DAY) -> tuple[str, str]:
    on = hall.tx.ask("on_duty", post=post, at=at(clock, day))
    return on.a, on.b


# --- when there is lunch duty ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hours", "lunch", "expected"),
    [
        (DAY, HOURS, LUNCH_TIME, ("12:00", "14:30")),
        (DAY, HOURS, ("12:30", "13:30"), ("12:30", "13:30")),
        # What of it lies in a session is opening time, not lunch duty.
        (DAY, HOURS, ("11:30", "15:00"), ("12:00", "14:30")),
        (DAY, HOURS, None, None),
        # Nothing is between the sessions of half a day, nor of a day without any.
        (DAY, HOURS[:1], LUNCH_TIME, None),
        ("2026-11-28", HOURS, LUNCH_TIME, None),
    ],
)
def test_lunch_duty_lies_between_the_sessions_of_a_day(day: str, hours: Any, lunch: Any, expected: Any) -> None:
    """CAL-05."""
    hall = lunch_hall(hours={"1": hours}, lunch=lunch).tx.ask("hall")
    assert lunch_span(hall, day) == (expected and tuple(at(clock, day) for clock in expected))


def test_lunch_duty_follows_the_season() -> None:
    """CAL-05: hours and lunch duty are those of the season."""
    seasons = [Season("06-01", {"1": HOURS}, ("12:00", "13:00")), Season("10-01", {"1": HOURS})]
    hall = lunch_hall(seasons=seasons).tx.ask("hall")
    assert (lunch_span(hall, DAY), lunch_span(hall, "2026-06-01")) == (None, (at("12:00", "2026-06-01"), at("13:00", "2026-06-01")))


def test_whoever_has_lunch_duty_is_due_then_and_nobody_else() -> None:
    """CAL-05, ORG-01: w1 has lunch duty, w2 has none."""
    tx = lunch_hall().tx
    hall: Hall = tx.ask("hall")
    sessions = [(at("08:30"), at("12:00")), (at("14:30"), at("17:30"))]
    lunch = (at("12:00"), at("14:30"))
    duties = {post: tx.get(DutyRecord, f"{DAY}:{post}") for post in ("w1", "w2")}
    assert due_spans(hall, tx.get(PostRecord, "w1"), DAY, duties["w1"]) == [sessions[0], lunch, sessions[1]]
    assert due_spans(hall, tx.get(PostRecord, "w2"), DAY, duties["w2"]) == sessions
    unrequired = msgspec.structs.replace(tx.get(PostRecord, "w1"), required=False)
    assert due_spans(hall, unrequired, DAY, duties["w1"]) == []


def test_who_is_at_a_post_turns_with_lunch_and_back() -> None:
    """CAL-05, ORG-01."""
    hall = lunch_hall()
    assert [on_duty(hall, clock) for clock in ("11:59", "12:00", "14:29", "14:30")] == [
        ("wang", "li"),
        ("li", ""),
        ("li", ""),
        ("wang", "li"),
    ]
    assert on_duty(hall, "12:20", "w2") == ("qian", "wang"), "where nobody has lunch duty the plan stays what it is"
    shown = []
    for clock in ("11:59", "12:00", "14:30"):
        hall.tick(at(clock))
        shown.append(hall.row("duty", f"{DAY}:w1")["a"])
    assert shown == ["wang", "li", "wang"]


@pytest.mark.parametrize(
    ("lunch", "swap", "expected"),
    [
        # Said in the morning: of the sessions. Said over lunch by who has lunch duty: of lunch.
        (SessionDuty(LUNCH, "qian", "zhao"), ("09:30", "li", "wang"), ["li", "qian", "qian", "li"]),
        (SessionDuty(LUNCH, "qian", "zhao"), ("12:20", "zhao", "qian"), ["wang", "qian", "zhao", "wang"]),
        # Said over lunch by those of the sessions alone: of the afternoon.
        (SessionDuty(LUNCH, "qian", "zhao"), ("12:20", "li", "wang"), ["wang", "qian", "qian", "li"]),
        # The same people have both: from now on.
        (SessionDuty(LUNCH, "wang", "li"), ("12:20", "li", "wang"), ["wang", "wang", "li", "li"]),
    ],
)
def test_a_swap_is_of_the_duty_of_those_it_names(lunch: SessionDuty, swap: Any, expected: list[str]) -> None:
    """ORG-09: whom a swap of others does not concern, keeps what is his."""
    clock, a, b = swap
    duty = DutyRecord(rid="d", day=DAY, post="w1", a="wang", b="li", later=[lunch], swaps=[Swap(at(clock), a, b, a, op="s")])
    hall = lunch_hall().tx.ask("hall")
    starts = session_starts(hall, DAY)
    assert [assigned(duty, starts, at(when)).a for when in ("11:00", "12:10", "12:30", "15:00")] == expected
    assert lunch_spans(hall, duty) == [(at("12:00"), at("14:30"))]


# --- the roster --------------------------------------------------------------------------------------------------------


def drafted(*later: SessionDuty, post: str = "w1", day: str = WED) -> PutDraft:
    return PutDraft([DutyCell(day, post, "wang", "li", "", list(later))])


def test_lunch_duty_is_drafted_published_and_copied_with_the_week() -> None:
    """CAL-05, ORG-02: no post needs it; a day without lunch duty takes none in."""
    hall = small_hall()
    opening = HallOpening("2026-11-25", {str(n): HOURS for n in range(1, 6)} | {"5": HOURS[:1]}, lunch=LUNCH_TIME)
    assert hall.send(ACTORS["zhou"], "hall.opening", "hall", opening, guard={"hall": hall.tx.version("hall", "hall")}).st == "applied"
    send(hall, "zhou", "roster.draft", "r1", drafted(LI), "09:10")
    assert send(hall, "zhou", "roster.publish", "r2", PublishRoster(WED, WED, posts=["w1"]), "09:11").st == "applied"
    assert on_duty(hall, "12:20", day=WED) == ("li", "")
    send(hall, "zhou", "roster.copy", "r3", CopyRoster(WED, "2026-12-02", posts=["w1"]), "09:12")
    assert hall.row("duty.draft", "2026-12-02:w1")["later"] == [{"n": LUNCH, "a": "li"}]
    send(hall, "zhou", "roster.draft", "r4", drafted(LI, day="2026-11-27"), "09:13")
    assert "later" not in hall.row("duty.draft", "2026-11-27:w1"), "a Friday is half a day"


def test_who_has_lunch_duty_at_two_windows_is_told_of() -> None:
    """EVD-04: missed at one of the two, he could not be at the other."""
    hall = lunch_hall()
    both = PutDraft([DutyCell(WED, "w1", "wang", "li", "", [LI]), DutyCell(WED, "w2", "qian", "wang", "", [LI])])
    send(hall, "zhou", "roster.draft", "r1", both, "09:10")
    assert hall.row("roster.check", WED)["double"] == ["li"]
    assert send(hall, "zhou", "roster.publish", "r2", PublishRoster(WED, WED, posts=["w1", "w2"]), "09:11").code == "REASON_MISSING"


def test_lunch_duty_that_has_begun_is_changed_from_now_on() -> None:
    """ORG-07, EVD-05: to another, to nobody, and to somebody where there was none; the afternoon stays what it was."""
    for before, wanted, now, after in (
        ([LI], [SessionDuty(LUNCH, "qian")], ("li", "qian"), [("12:00", "14:30")]),
        ([LI], [], ("li", ""), [("12:00", "12:30")]),
        ([], [LI], ("wang", "li"), [("12:30", "14:30")]),
    ):
        hall = lunch_hall()
        put_duty(hall.tx, DutyRecord(rid=f"{DAY}:w1", day=DAY, post="w1", a="wang", b="li", later=before))
        send(hall, "zhou", "roster.draft", "r1", drafted(*wanted, day=DAY), "12:29")
        send(hall, "zhou", "roster.publish", "r2", PublishRoster(DAY, DAY, posts=["w1"], text="有事"), "12:30")
        duty = hall.tx.get(DutyRecord, f"{DAY}:w1")
        assert (lunch_spans(hall.tx.ask("hall"), duty), on_duty(hall, "15:00")) == ([(at(x), at(y)) for x, y in after], ("wang", "li"))
        if before:
            assert (on_duty(hall, "12:29")[0], on_duty(hall, "12:31")[0]) == now


# --- the lobby ---------------------------------------------------------------------------------------------------------


def test_over_lunch_the_lobby_shows_who_serves_and_that_the_others_are_closed() -> None:
    """CAL-05, DSP-01: w1 is open with 李, the others closed; in the afternoon everybody is there."""
    hall = lunch_hall()
    shown = {}
    for clock in ("11:59", "12:30", "14:30"):
        hall.tick(at(clock))
        shown[clock] = [(hall.row("post.pub", post)["label"], hall.row("post.pub", post)["plate"]) for post in ("w1", "w2")]
    assert shown["12:30"][0] == ("on_post", "李")
    assert [label for label, _ in shown["12:30"]] == ["on_post", "closed"]
    assert shown["11:59"] == shown["14:30"] == [("on_post", "王"), ("on_post", "钱")]


def test_who_stood_in_for_another_does_not_serve_over_lunch() -> None:
    """AB-01: 赵 took 王's window in the morning; over lunch it is 李's, in the afternoon 赵's again."""
    hall = lunch_hall()
    assert send(hall, "zhao", "cover.step_up", "c1", StepUp("w1", at("11:50")), "11:50").st == "applied"
    shown = []
    for clock in ("11:55", "12:30", "14:31"):
        hall.tick(at(clock))
        row = hall.row("post.pub", "w1")
        shown.append((row["label"], row.get("stand_in", "") or row["plate"]))
    assert shown == [("covered", "赵"), ("on_post", "李"), ("covered", "赵")]


def test_a_round_over_lunch_looks_at_the_posts_with_lunch_duty_only() -> None:
    """CAL-05, CAL-10, PTL-06: no hour of lunch wants a round; one that is begun then leaves out whoever has gone to lunch."""
    hall = lunch_hall()
    assert not any(at("12:00") <= start < at("14:30") for _, start, _ in hours_of(hall.tx.ask("hall"), DAY))
    for rid, clock, due in (("r1", "11:00", 4), ("r2", "12:20", 1), ("r3", "14:40", 4)):
        begun = RoundStart(f"{DAY}T{clock[:2]}", "hourly", at(clock))
        assert send(hall, "lin", "patrol.start", rid, begun, clock).st == "applied"
        assert hall.tx.get(RoundRecord, rid).posts_due == due


# --- the trail ---------------------------------------------------------------------------------------------------------

SEEN = (look("o1", "12:20"), look("o2", "12:31"))


def test_who_has_lunch_duty_and_is_not_there_is_missed() -> None:
    """CAL-05, EVD-08: as in a session; 王, whose window it is in the sessions, is not."""
    hall = ended(*SEEN)
    assert ledger(hall) == ("unattended", 1, 1, "li", "explain.unattended")
    assert numbers(hall, "person", "wang", "person_count", "named") == [0, 0]


def test_a_notice_made_before_clears_who_has_lunch_duty() -> None:
    """EVD-02: in every order of arrival, and in both scripts."""
    away = Said("li", "12:10", "away.announce", "n1", Announce(["w1"], "meeting", at("12:10"), at("12:50"), "li"))
    hall = ended(away, *SEEN)
    assert ledger(hall)[:4] == ("explained", 1, 0, "li")
    hans, hant = (sentence(hall.row("finding", "o1")["explain"], locale, NAMES, {}) for locale in ("zh_Hans", "zh_Hant_TW"))
    assert hans == "12:20 见空岗；李 12:10 已告示离岗，预计 12:50 返回。岗位计一次，个人不计。"
    assert hant == "12:20 見空崗；李 12:10 已告示離崗，預計 12:50 返回。崗位計一次，個人不計。"


def test_a_window_without_lunch_duty_is_never_missed() -> None:
    """EVD-04, ORG-01: w2 stands empty over lunch, and nobody is accused; that 王 is away then, too, says nothing of lunch at w1."""
    hall = ended(look("o1", "12:20", "w2"), look("o2", "12:40", "w2"))
    assert list(hall.rows("finding")) == []
    hall = ended(notice("11:55", "11:55", "14:40"), back("14:40"))
    assert numbers(hall, "post", "w1", "absent_min") == [15]


def test_lunch_duty_taken_back_before_the_looks_accuses_nobody() -> None:
    """EVD-04: the office takes it back at 12:15."""
    hall = lunch_hall()
    hall.tick(at("12:14"))
    send(hall, "zhou", "roster.draft", "r1", drafted(day=DAY), "12:14")
    send(hall, "zhou", "roster.publish", "r2", PublishRoster(DAY, DAY, posts=["w1"], text="停电"), "12:15")
    assert list(ended(*SEEN, hall=hall).rows("finding")) == []


def test_whom_the_office_gives_lunch_duty_that_has_begun_is_not_counted_before_he_can_know() -> None:
    """EVD-04: until the next session it is a doubt."""
    hall = lunch_hall()
    hall.tick(at("12:09"))
    send(hall, "zhou", "roster.draft", "r1", drafted(SessionDuty(LUNCH, "qian"), day=DAY), "12:09")
    send(hall, "zhou", "roster.publish", "r2", PublishRoster(DAY, DAY, posts=["w1"], text="换人"), "12:10")
    assert ledger(ended(*SEEN, hall=hall))[:4] == ("pending", 1, 0, "qian")


def test_who_took_anothers_window_answers_for_no_lunch_duty_of_a_third() -> None:
    """AB-01, EVD-04: 赵 stood in for 王 in the morning; over lunch 李 is due, not he."""
    step = Said("zhao", "11:50", "cover.step_up", "c1", StepUp("w1", at("11:50")))
    assert ledger(ended(step, *SEEN)) == ("unattended", 1, 1, "li", "explain.unattended")


def test_who_stood_in_over_lunch_answers_for_nothing_after_it() -> None:
    """AB-01: 赵 took 李's lunch duty; at 15:00 it is 王 who is missed."""
    step = Said("zhao", "12:05", "cover.step_up", "c1", StepUp("w1", at("12:05")))
    hall = ended(step, look("o1", "14:40"), look("o2", "14:51"))
    assert ledger(hall) == ("unattended", 1, 1, "wang", "explain.unattended")
    assert ledger(ended(step, *SEEN))[2:3] == (0,), "over lunch he had taken it"


def test_looks_before_and_in_lunch_duty_are_not_of_one_absence() -> None:
    """EVD-07: at noon one duty ends and another begins; a single glance counts for nobody."""
    hall = ended(look("o1", "11:55"), look("o2", "12:05"))
    assert {row["state"] for _, row in hall.rows("finding")} == {"glance"}


def test_a_swap_over_lunch_moves_the_lunch_duty() -> None:
    """ORG-09, CON-23: 李 hands it to 钱, who says so himself."""
    later = (SessionDuty(LUNCH, "li", "qian"),)
    swap = Said("qian", "12:10", "roster.swap", "sw", PutSwap("w1", DAY, "qian", "li"))
    assert ledger(ended(swap, *SEEN, later=later))[2:4] == (1, "qian")


def test_lunch_duty_is_no_session_of_attendance() -> None:
    """ATT-03, CAL-05: by the roster nobody is due in a session for lunch duty alone, nor has anybody a session more."""
    hall = lunch_hall(SessionDuty(LUNCH, "zhao"), rules=DEFAULT_RULES | {"att.due": "roster"})
    known = hall.tx.ask("hall")
    due = {uid: is_due(hall.tx, known, hall.tx.get(PersonRecord, uid), DAY) for uid in ("zhao", "wang", "li")}
    assert (due, len(posted_sessions(known, DAY))) == ({"zhao": False, "wang": True, "li": True}, 2)


# --- the roster sheet --------------------------------------------------------------------------------------------------


def test_lunch_duty_goes_out_with_the_roster_sheet_and_comes_in_again() -> None:
    """CAL-05, ORG-10: in every language; a day without lunch duty knows no such session."""
    hall = lunch_hall()
    for locale in ("zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"):
        book = book_of(hall.tx, hall.tx.ask("hall"), locale)
        assert take(hall, to_csv(BY_KEY["roster"], book.rows(BY_KEY["roster"]), locale)).errors == []
    assert list(hall.rows("duty.draft")) == [], "it says what is published already"
    rows = ROSTER + f"{WED},w1,1,wang,li\r\n{WED},w1,午间值班,qian,\r\n"
    assert take(hall, rows).errors == []
    assert hall.row("duty.draft", f"{WED}:w1")["later"] == [{"n": LUNCH, "a": "qian"}]
    assert faults(take(small_hall(), rows)) == [(3, "C", "“午间值班”不是时段。")]
