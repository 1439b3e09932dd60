"""What HEAD or the office orders binds and protects whom it sends: to another post, or away with his whole unit (AB-05, AB-10, EVD-04)."""

from typing import Any

import pytest

from server.app import DOMAINS
from server.domain.handover.ops import HandoverItem, Prepare, SheetAnswer, SheetAssign
from server.domain.presence.ops import Announce, Answer, Assign, Received, Return
from server.domain.trail.tables import DayRecord
from tests.server.scenes.conflicts import accepts, look, notice
from tests.server.scenes.ledger import kept_as_made, ledger
from tests.server.scenes.others_word import QIAN_ASKS_NOBODY, QIAN_LEAVES, SEEN, SENT, TWO_POSTS
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import at, small_hall
from tests.support.memory_tx import MemoryHall
from tests.support.orders import orders

ACCUSED = ("unattended", 1, 1, "explain.unattended")


def halls(facts: tuple[Said, ...]) -> list[MemoryHall]:
    """A hall for every order in which the facts can arrive; what answers another is heard after it."""
    found = []
    for order in orders(facts):
        hall, waiting = small_hall("08:00", domains=DOMAINS), [*order]
        for _ in order:
            waiting = [said for said in waiting if hall.run(said.op(hall)).st != "applied"]
        assert waiting == []
        kept_as_made(hall)
        found.append(hall)
    return found


def in_every_order(facts: tuple[Said, ...], rid: str = "o1") -> Any:
    """What a finding comes to, the same in every order."""
    ends = {ledger(hall, rid) for hall in halls(facts)}
    assert len(ends) == 1, ends
    return ends.pop()


# --- sent to another post, and nothing heard of it ----------------------------------------------------------------------


def order(who: str = "zhao", clock: str = "9:52", to: str = "wang") -> Said:
    return Said(who, clock, "away.assign", "n2", Assign(to, "去顶"))


ORDERS = {
    "by the head": ((QIAN_ASKS_NOBODY, SENT), TWO_POSTS),
    "by the office": ((QIAN_ASKS_NOBODY, order("zhou")), TWO_POSTS),
    "and his phone has it": ((QIAN_ASKS_NOBODY, SENT, Said("wang", "9:53", "away.received", "n2", Received())), TWO_POSTS),
    "by whoever leaves": ((QIAN_LEAVES,), ACCUSED),
    "after the looks": ((QIAN_ASKS_NOBODY, order(clock="10:30")), ACCUSED),
    "he has said no": ((QIAN_ASKS_NOBODY, SENT, Said("wang", "9:55", "away.answer", "n2", Answer(False, "本窗口有人"))), ACCUSED),
    "another was sent after that": ((QIAN_ASKS_NOBODY, SENT, order("zhou", "9:55", "li")), ACCUSED),
}


@pytest.mark.parametrize("way", ORDERS)
def test_whom_the_head_has_sent_to_another_post_is_in_doubt_at_his_own_whether_or_not_he_answered(way: str) -> None:
    """AB-05, EVD-04: 王 is A of w1, and was told to serve w2; whether he went, nobody knows."""
    facts, expected = ORDERS[way]
    assert in_every_order((*facts, *SEEN)) == expected


W2_SEEN = (look("p1", "10:10", "empty_no_notice", post="w2"), look("p2", "10:21", "empty_no_notice", post="w2"))


@pytest.mark.parametrize(("told", "count"), [((), 0), ((Said("wang", "9:53", "away.received", "n2", Received()),), 1)])
def test_the_order_accuses_nobody_whose_phone_has_not_had_it(told: tuple[Said, ...], count: int) -> None:
    """AB-10, CON-11: 钱, whose head ordered cover in time, is cleared at w2 either way; 王 answers for it only if he knew."""
    rows = [hall.row("finding", "p1") for hall in halls((QIAN_ASKS_NOBODY, SENT, *told, *W2_SEEN))]
    seen = {(r["state"], r["person"], r["person_count"], r["cover"], r.get("cover_count", 0)) for r in rows}
    assert seen == {("explained", "qian", 0, "wang", count)}


def test_whom_the_head_names_on_a_sheet_is_in_doubt_at_his_own_window_too() -> None:
    """AB-05, CON-12: 李 says no to the sheet of w2, 赵 sends 王, of whom nothing is heard."""
    sheet = Prepare("w2", "qian", "li", at("9:58"), at("11:00"), "meeting", [HandoverItem("收件三份")], why="临时会议")
    facts = (
        Said("qian", "9:30", "handover.prepare", "s2", sheet),
        Said("li", "9:40", "handover.answer", "s2", SheetAnswer(False, "本窗口忙")),
        Said("zhao", "9:45", "handover.assign", "s2", SheetAssign("wang", "去顶")),
        *SEEN,
    )
    assert in_every_order(facts) == TWO_POSTS


# --- away with his whole unit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("clock", "count"), [("9:50", 0), ("10:30", 1)])
def test_a_stand_in_whose_whole_unit_was_sent_away_after_his_promise_is_not_counted(clock: str, count: int) -> None:
    """AB-05, AWY-02, CON-10: 冯 of w3 has the promise of 钱 of u1; at 9:50 the head says that u1 is away from 9:58 on."""
    gone = Announce([], "meeting", at("9:58" if clock == "9:50" else "10:30"), at("11:00"), "zhao", unit="u1", contact="1")
    facts = (
        Said("feng", "9:05", "away.announce", "f", Announce(["w3"], "trip", at("10:00"), at("11:30"), "feng", stand_in="qian")),
        Said("qian", "9:10", "away.answer", "f", Answer(True)),
        Said("zhao", clock, "away.announce", "u", gone),
        look("o1", "10:10", "empty_no_notice", post="w3"),
        look("o2", "10:21", "empty_no_notice", post="w3"),
    )
    rows = [hall.row("finding", "o1") for hall in halls(facts)]
    assert {(r["state"], r["person_count"], r["cover"], r.get("cover_count", 0)) for r in rows} == {("explained", 0, "qian", count)}


def test_who_says_yes_knowing_that_his_unit_leaves_has_promised() -> None:
    """CON-10: the promise came after the notice."""
    facts = (
        notice("8:55", "9:58", "11:30", stand_in="li", reason="meeting"),
        accepts("9:00"),
        Said("zhao", "8:50", "away.announce", "n3", Announce(["w2"], "meeting", at("9:58"), at("11:00"), "li")),
        *SEEN,
    )
    rows = [hall.row("finding", "o1") for hall in halls(facts)]
    assert {(r["cover"], r.get("cover_count", 0)) for r in rows} == {("li", 1)}


# --- how far a return is believed ------------------------------------------------------------------------------------------


def person_days(hall: MemoryHall, uid: str) -> dict[str, int]:
    day = hall.tx.get(DayRecord, f"person:{uid}:2026-11-23")
    return day.counted if day else {}


@pytest.mark.parametrize(("said", "in_time"), [("10:59", 1), ("11:08", 1), ("11:12", 0), ("16:00", 0)])
def test_a_return_is_in_time_only_as_far_as_it_was_said_in_time(said: str, in_time: int) -> None:
    """IDX-06, EVD-03: expected at 11:00, grace ten minutes; what he claims at four o'clock proves no return at eleven."""
    hall = small_hall("08:00")
    for one in (notice("9:50", "9:58", "11:00"), Said("wang", said, "away.return", "n1", Return(at("10:55")))):
        assert hall.run(one.op(hall, at("16:30"))).st == "applied"
    hall.tick(at("17:00"))
    numbers = person_days(hall, "wang")
    assert (numbers["ended"], numbers.get("ended_in_time", 0)) == (1, in_time)
