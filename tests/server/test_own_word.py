"""Whose unit is away and who has a window all the same: by his own word since, or at another unit's (AWY-02, AWY-09, ORG-09, EVD-04)."""

from collections.abc import Sequence
from typing import Any

import pytest

from server.app import DOMAINS
from server.domain.hall.handlers import put_duty
from server.domain.hall.tables import DutyRecord
from server.domain.handover.ops import HandoverItem, Prepare, SheetAnswer
from server.domain.patrol.ops import Observe
from server.domain.presence.ops import Announce, Return, StepUp
from server.domain.roster.ops import PutSwap
from server.domain.trail import check
from tests.server.scenes.attendance import NEXT, attendance_hall, exc, state
from tests.server.scenes.conflicts import look
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at, small_hall
from tests.server.test_back_alone import AFTER, BEFORE, GONE, LEAVES, Fact, Seen, away, in_every_order, lobby, lunch_of_qian, send
from tests.server.test_stand_in_gone import trouble
from tests.server.test_trail_ledger import numbers
from tests.support.memory_tx import MemoryHall
from tests.support.orders import orders

LI_TAKES_W1 = PutSwap("w1", DAY, "li", "wang")
OWN_WORD: Fact = ("li", "roster.swap", "s", LI_TAKES_W1, "10:20", "A")
LATER: Seen = (("o1", "10:25"), ("o2", "10:36"))


def heard(facts: Sequence[Fact], clock: str) -> MemoryHall:
    """A hall that hears all of it then, in this order; what waits for its notice is tried again."""
    hall = small_hall(clock, domains=DOMAINS)
    waiting = [hall.op(ACTORS[who], kind, rid, args, at=at(said), received=at(clock)) for who, kind, rid, args, said, _ in facts]
    for _ in range(2):
        waiting = [one for one in waiting if hall.run(one).code == "REF_WAIT"]
    assert waiting == []
    return hall


# --- at a window of his unit: what he has taken since, he stands at ------------------------------------------------------


def test_who_takes_a_window_himself_after_his_unit_left_is_there_and_the_others_stay_away() -> None:
    """AWY-09, ORG-09."""
    hall = away()
    assert send(hall, "li", "roster.swap", "s", LI_TAKES_W1, "10:20").st == "applied"
    row = hall.row("post.pub", "w1")
    assert (lobby(hall, "w1"), row["plate"], row["since"]) == (("on_post", "", ""), "李", at("10:20"))
    assert lobby(hall, "w2") == ("suspended", "", "meeting_training")
    serves = [hall.tx.ask("serving", post="w1", at=at(clock)).person for clock in ("10:10", "10:25")]
    assert serves == ["", "li"]
    assert hall.row("away.office", "u")["state"] == "active"
    send(hall, "zhao", "away.return", "u", Return(at("10:40")), "10:40")
    assert (lobby(hall, "w1"), lobby(hall, "w2")) == (("on_post", "", ""), ("on_post", "", ""))


@pytest.mark.parametrize(
    ("who", "clock", "grade"), [("wang", "10:20", "A"), ("li", "10:20", "C"), ("li", "09:55", "A")], ids=["another", "clock", "before"]
)
def test_what_others_say_or_nobody_can_believe_or_was_said_before_brings_nobody_back(who: str, clock: str, grade: Any) -> None:
    """EVD-03, EVD-04: the window stays away, and the notice protects whoever has it."""
    hall = small_hall("09:00")
    said = [("zhao", "away.announce", "u", GONE, "09:50", "A"), (who, "roster.swap", "s", LI_TAKES_W1, clock, grade)]
    for by, kind, rid, args, when, worth in sorted(said, key=lambda one: one[4]):
        assert send(hall, by, kind, rid, args, when, grade=worth).st == "applied"
    hall.tick(at("10:22"))
    assert lobby(hall, "w1") == ("suspended", "", "meeting_training")
    swap: Fact = (who, "roster.swap", "s", LI_TAKES_W1, clock, grade)
    assert in_every_order([LEAVES, swap], "w1", LATER) == [("explained", "zhao", 0, "explain.notice_before")]


def test_a_notice_said_after_it_takes_him_along() -> None:
    """EVD-05: the head says at 10:30 that all of u1 left at 9:58."""
    hall = small_hall("09:00")
    send(hall, "li", "roster.swap", "s", LI_TAKES_W1, "10:20")
    send(hall, "zhao", "away.announce", "u", GONE, "10:30")
    assert lobby(hall, "w1") == ("suspended", "", "meeting_training")


def test_what_is_said_in_the_break_of_the_afternoon_is_no_return() -> None:
    """ORG-09, AWY-09: nobody stands at a window that is closed."""
    hall = small_hall("09:00")
    send(hall, "zhao", "away.announce", "u", Announce([], "meeting", at("11:30"), at("15:30"), "zhao", unit="u1", contact="1"), "11:20")
    send(hall, "li", "roster.swap", "s", LI_TAKES_W1, "12:40")
    hall.tick(at("14:35"))
    assert lobby(hall, "w1")[0] == "suspended"


def test_the_notice_protects_until_he_says_that_he_has_the_window() -> None:
    """EVD-02, EVD-07, CON-23: in every order of arrival; whoever had it before stays protected, and so do the other windows."""
    assert in_every_order([LEAVES, OWN_WORD], "w1", LATER) == [("unattended", "li", 1, "explain.unattended")]
    assert in_every_order([LEAVES, OWN_WORD], "w1", BEFORE) == [("explained", "zhao", 0, "explain.notice_before")]
    assert in_every_order([LEAVES, OWN_WORD], "w2", LATER) == [("explained", "zhao", 0, "explain.notice_before")]


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ([("li", "away.return", "u", Return(at("10:24")), "10:24", "A")], ("on_post", at("10:24"))),
        (
            [("li", "away.announce", "n", Announce(["w1"], "trip", at("10:28"), at("11:30"), "li"), "10:27", "A")],
            ("official_out", at("10:28")),
        ),
        ([("li", "cover.step_up", "k", StepUp("w1", at("10:05")), "10:05", "A")], ("on_post", at("10:20"))),
    ],
    ids=["back as well", "leaves again", "had stepped up"],
)
def test_what_else_he_said_shows_alike_in_every_order_of_arrival(more: list[Fact], shown: tuple[str, int]) -> None:
    """AWY-02, AWY-09, EVD-01."""
    ends = set()
    for order in orders([LEAVES, OWN_WORD, *more]):
        row = heard(order, "10:45").row("post.pub", "w1")
        ends.add((row["label"], row["since"]))
    assert ends == {shown}


# --- the day after: a swap says something of its own day, 返岗 of the absence -------------------------------------------

TWO_DAYS = Announce([], "training", at("09:58"), at("12:00", "2026-11-25"), "zhao", unit="u1", contact="1", destination="党校")


@pytest.mark.parametrize(
    ("stays", "shown", "found", "day"),
    [
        (("roster.swap", "s", LI_TAKES_W1), "suspended", ("explained", "zhao", 0), None),
        (("away.return", "u", Return(at("10:20"))), "on_post", ("unattended", "li", 1), ("absent", "detected", False)),
    ],
    ids=["own word", "back alone"],
)
def test_a_window_taken_for_a_day_says_nothing_of_the_next_and_who_has_come_back_has_come_back(
    stays: tuple[str, str, Any], shown: str, found: tuple[str, str, int], day: tuple[str, str, bool] | None
) -> None:
    """AWY-02, ORG-09, EVD-04, ATT-07: u1 is away till Wednesday, 李 took w1 on Monday and has it by the plan on Tuesday: lobby, patrol and
    attendance take him for away with the others until he says that he is there."""
    hall = attendance_hall()
    put_duty(hall.tx, DutyRecord(rid=f"{NEXT}:w1", day=NEXT, post="w1", a="li", b="wang"))
    send(hall, "zhao", "away.announce", "u", TWO_DAYS, "09:50")
    assert send(hall, "li", *stays, "10:20").st == "applied"
    hall.tick(at("10:00", NEXT))
    serves = "li" if shown == "on_post" else ""
    assert (lobby(hall, "w1")[0], hall.tx.ask("serving", post="w1", at=at("10:00", NEXT)).person) == (shown, serves)
    for rid, clock in (("o1", "10:10"), ("o2", "10:21")):
        seen = Observe("", "w1", "empty_no_notice", at(clock, NEXT), KNEW)
        assert hall.send(ACTORS["lin"], "patrol.observe", rid, seen, received=at(clock, NEXT)).st == "applied"
    row = hall.row("finding", "o1")
    hall.tick(at("12:01", "2026-11-25"))
    assert ((row["state"], row["person"], row["person_count"]), state(hall, exc(who="li", day=NEXT))) == (found, day)


# --- at another unit's window: the notice of his own does not speak of it -------------------------------------------------

QIAN_TAKES_W3 = PutSwap("w3", DAY, "qian", "feng")
HAS_W3: Fact = ("qian", "roster.swap", "s", QIAN_TAKES_W3, "09:40", "A")
TAKES_W3: Fact = ("qian", "roster.swap", "s", QIAN_TAKES_W3, "10:10", "A")
BACK: Fact = ("qian", "away.return", "u", Return(at("10:15")), "10:15", "A")
HEAD_BACK: Fact = ("zhao", "away.return", "u", Return(at("10:15")), "10:15", "A")
IN_DOUBT = [("pending", "qian", 0, "explain.unit_away")]
MISSED = [("unattended", "qian", 1, "explain.unattended")]


def test_a_window_of_another_unit_is_not_taken_off_the_lobby() -> None:
    """AWY-02, AWY-09: 钱 of u1 has w3 of u2 by a swap."""
    hall = small_hall("09:00")
    for who, kind, rid, args, clock, _ in (HAS_W3, LEAVES):
        assert send(hall, who, kind, rid, args, clock).st == "applied"
    hall.tick(at("10:05"))
    assert (lobby(hall, "w3"), hall.row("post.pub", "w3")["plate"]) == (("on_post", "", ""), "钱")
    assert lobby(hall, "w2") == ("suspended", "", "meeting_training")


def test_who_had_taken_the_window_of_another_unit_keeps_it_when_his_own_leaves() -> None:
    """AB-02, AB-05: 冯 is away, 钱 took w3 at 9:50; u1 leaves at 9:58. Whoever is asked about 冯's absence has nothing to arrange."""
    hall = small_hall("09:00")
    send(hall, "feng", "away.announce", "f", Announce(["w3"], "trip", at("09:45"), at("11:30"), "feng"), "09:40")
    send(hall, "qian", "cover.step_up", "k", StepUp("w3", at("09:50")), "09:50")
    send(hall, "zhao", "away.announce", "u", GONE, "09:52")
    hall.tick(at("10:05"))
    assert lobby(hall, "w3") == ("covered", "钱", "")
    assert trouble(hall, "f") == ""
    assert lobby(hall, "w2")[0] == "suspended"


def test_who_has_a_sheet_for_the_window_of_another_unit_keeps_it_too_but_takes_none_up_on_the_way() -> None:
    """AB-01, AB-05: 钱 serves w3 by 冯's sheet since 9:40, or would from 10:20 on; u1 leaves at 9:58."""
    shown = []
    for begins, clock in (("09:40", "10:05"), ("10:20", "10:25")):
        hall = small_hall("09:00")
        sheet = Prepare("w3", "feng", "qian", at(begins), at("11:30"), "trip", [HandoverItem("一件")], why="临时")
        send(hall, "feng", "away.announce", "f", Announce(["w3"], "trip", at(begins), at("11:30"), "feng"), "09:10")
        send(hall, "feng", "handover.prepare", "h", sheet, "09:10")
        send(hall, "qian", "handover.answer", "h", SheetAnswer(True, ""), "09:20")
        send(hall, "zhao", "away.announce", "u", GONE, "09:50")
        hall.tick(at(clock))
        shown.append(lobby(hall, "w3"))
    assert shown == [("covered", "钱", ""), ("official_out", "", "")]


@pytest.mark.parametrize(
    ("facts", "seen", "ends"),
    [
        ([HAS_W3], AFTER, IN_DOUBT),
        ([HAS_W3], (("o1", "10:30"),), [("glance", "qian", 0, "explain.glance")]),
        ([HAS_W3], (("o1", "09:41"), ("o2", "09:52")), MISSED),
        ([TAKES_W3], AFTER, MISSED),
        ([HAS_W3, BACK], AFTER, MISSED),
        ([HAS_W3, HEAD_BACK], AFTER, IN_DOUBT),
    ],
    ids=["away", "glance", "before", "taken since", "back alone", "head"],
)
def test_whether_he_went_along_from_another_units_window_nobody_knows(facts: list[Fact], seen: Seen, ends: Any) -> None:
    """AWY-02, EVD-04: it neither clears nor accuses him, in every order of arrival; before it, and once he says that he is there, it says
    nothing."""
    given: Fact = ("wang", "roster.swap", "s2", PutSwap("w2", DAY, "wang", "qian"), "09:30", "A")
    assert in_every_order([given, LEAVES, *facts], "w3", seen) == ends


def test_the_absence_of_the_windows_own_unit_never_was_his() -> None:
    """AWY-02, EVD-02: 钱 of u1 has w3 from 9:40 on and says so again at 10:20; that u2 is away all the time protects him at no moment."""
    gone: Fact = (
        "feng",
        "away.announce",
        "u2",
        Announce([], "trip", at("09:45"), at("11:00"), "feng", unit="u2", contact="1"),
        "09:44",
        "A",
    )
    again: Fact = ("qian", "roster.swap", "s3", QIAN_TAKES_W3, "10:20", "A")
    given: Fact = ("wang", "roster.swap", "s2", PutSwap("w2", DAY, "wang", "qian"), "09:30", "A")
    assert in_every_order([given, gone, HAS_W3, again], "w3", (("o1", "10:02"),)) == [("glance", "qian", 0, "explain.glance")]


def test_over_lunch_too() -> None:
    """CAL-05, EVD-04: 钱 has lunch duty at w3 of u2, and u1 is away over lunch."""
    gone = Said("zhao", "11:40", "away.announce", "u", Announce([], "trip", at("11:50"), at("14:00"), "zhao", unit="u1", contact="1"))
    seen = (look("o1", "12:20", "empty_no_notice", post="w3"), look("o2", "12:31", "empty_no_notice", post="w3"))
    ends: set[Any] = set()
    hall: MemoryHall
    for order in orders([gone, *seen]):
        hall = lunch_of_qian()
        hall.tick(at("15:00"))
        for said in order:
            assert hall.run(said.op(hall, at("15:00"))).st == "applied"
        row = hall.row("finding", "o1")
        ends.add((row["state"], row["person"], row["person_count"], row["explain"]["key"]))
    assert ends == set(IN_DOUBT)
    hall = lunch_of_qian()
    hall.run(gone.op(hall, at("11:40")))
    hall.tick(at("12:20"))
    assert (lobby(hall, "w3")[0], hall.tx.ask("serving", post="w3", at=at("12:20")).person) == ("on_post", "qian")


# --- minutes -------------------------------------------------------------------------------------------------------------

MINUTES = ("absent_min", "noticed_empty_min", "absences", "absences_noticed")


@pytest.mark.parametrize(
    ("fact", "post", "minutes"),
    [(OWN_WORD, "w1", [22, 22, 1, 1]), (BACK, "w2", [17, 17, 1, 1]), (BACK, "w1", [62, 62, 1, 1])],
    ids=["own word", "back alone", "others"],
)
def test_a_window_is_without_its_person_until_he_is_back_at_it(fact: Fact, post: str, minutes: list[int]) -> None:
    """IDX-03, IDX-04, AWY-02: of the hour the unit is away, in every order of arrival; one absence of the window."""
    home: Fact = ("zhao", "away.return", "u", Return(at("11:00")), "11:00", "A")
    ends = set()
    for order in orders([LEAVES, fact, home]):
        hall = heard(order, "11:05")
        hall.tick(at("15:30"))
        assert check.compare_day(hall.tx, DAY) == []
        ends.add(tuple(numbers(hall, "post", post, *MINUTES)))
    assert ends == {tuple(minutes)}
