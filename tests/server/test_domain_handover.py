"""工作移交单 through its handlers: its life, who sees it, what comes back, and what it tells others (AB-01..06, AB-10)."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.handover.ops import (
    Back,
    HandoverItem,
    ItemNote,
    Prepare,
    SheetAnswer,
    SheetAssign,
    SheetClose,
    SheetReceived,
    SheetWithdraw,
)
from server.domain.handover.registers import REGISTERS
from server.domain.handover.rules import HandoverFact
from server.domain.handover.tables import HandoverRecord
from server.domain.presence.ops import Announce, Return, StepUp
from tests.server.scenes.absence import leave, public, said
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.support.memory_tx import MemoryHall

TOMORROW = "2026-11-24"
ITEMS = [
    HandoverItem("张女士社保转移", due=TOMORROW, materials="身份证复印件", appointment=at("10:00", TOMORROW)),
    HandoverItem("补正材料三份", state="doing"),
    HandoverItem("月报", due="2026-11-30"),
]


def sheet(**more: Any) -> Prepare:
    """王 hands w1 to 李 for the whole of tomorrow."""
    args: dict[str, Any] = {"post": "w1", "person": "wang", "to": "li", "from_at": at("8:30", TOMORROW), "to_at": at("17:30", TOMORROW)}
    return Prepare(**(args | {"reason": "trip", "items": ITEMS, "keys": ["业务专用章一枚"], "notes": "叫号机钥匙在抽屉"} | more))


def handed(hall: MemoryHall, *, clock: str = "9:30", by: str = "wang", rid: str = "s1", **more: Any) -> Outcome:
    """The sheet is written at `clock`."""
    return said(hall, by, "handover.prepare", rid, sheet(**more), clock)


def row(hall: MemoryHall, rid: str = "s1") -> Any:
    """The sheet as A, B and HEAD see it."""
    return hall.row("handover", rid)


# --- who sees it, who may say it --------------------------------------------------------------------------------------


def test_a_sheet_is_seen_by_a_b_and_head_and_only_its_cover_state_by_those_who_patrol() -> None:
    hall = small_hall()
    assert handed(hall).st == "applied"
    assert hall.buckets("handover", "s1") == {"u:wang", "u:li", "head:u1"}
    assert hall.buckets("handover.cover", "s1") == {"role:INS", "role:EFF", "role:OFF"}
    cover = hall.tx.rows["handover.cover", "s1"].body
    assert not any(secret in cover for secret in ("张女士", "专用章", "抽屉", "月报"))
    assert {kind for kind, _ in hall.seen_by("pub", "inside", "hall")} & {"handover", "handover.cover"} == set()


@pytest.mark.parametrize(("by", "code"), [("wang", None), ("zhao", None), ("zhou", None), ("qian", "NO_RIGHT"), ("feng", "NO_RIGHT")])
def test_a_sheet_comes_from_a_the_head_or_the_office(by: str, code: str | None) -> None:
    assert handed(small_hall(), by=by).code == code


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"post": "w3", "person": "qian"}, None),
        ({"post": "w1", "person": "feng"}, "NO_RIGHT"),
        ({"post": "w1", "person": "feng", "to": "wang"}, "NO_RIGHT"),
        ({"post": "w1", "person": "feng", "by": "zhao"}, None),
    ],
    ids=["B of another unit's post", "a stranger to it", "to A himself", "said by the head of the post's unit"],
)
def test_nobody_hands_over_a_post_that_is_not_his(more: dict[str, Any], code: str | None) -> None:
    """AB-01, AB-02: of the post's unit, its A or B that day, or was by a roster a phone may still have; else its head says so."""
    said_by = {"by": more["person"]} | more
    hall = small_hall()
    assert handed(hall, **said_by).code == code
    assert (row(hall) is None) is (code is not None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "wang"},
        {"to": "nobody"},
        {"person": "nobody"},
        {"post": "w9"},
        {"to_at": at("8:30", TOMORROW)},
        {"items": [HandoverItem(" ")]},
        {"items": [HandoverItem("一")] * 61},
    ],
    ids=["to oneself", "to nobody", "of nobody", "no such post", "no time", "an empty matter", "too many matters"],
)
def test_an_inconsistent_sheet_is_kept_for_a_person_and_has_no_effect(wrong: dict[str, Any]) -> None:
    hall = small_hall()
    assert handed(hall, **wrong) == Outcome("held", "INVALID")
    assert row(hall) is None


def test_a_day_ahead_means_before_business_ends_on_the_working_day_before() -> None:
    """AB-02 by CAL-09: Friday's sheet for Monday is made on Friday."""
    hall = small_hall()
    handed(hall)
    assert row(hall)["planned"] is True
    handed(hall, rid="s2", clock="17:31")
    assert row(hall, "s2")["planned"] is False
    handed(hall, rid="s3", clock="17:32", from_at=at("8:30", "2026-11-25"), to_at=at("12:00", "2026-11-25"))
    assert row(hall, "s3")["planned"] is True


# --- its life ---------------------------------------------------------------------------------------------------------


def test_from_written_to_closed() -> None:
    hall = small_hall()
    handed(hall)
    states = [row(hall)["state"]]
    for who, kind, args, clock, day in (
        ("li", "handover.received", SheetReceived(), "9:31", DAY),
        ("li", "handover.answer", SheetAnswer(True), "9:40", DAY),
        ("li", "handover.item", ItemNote(0, "done", "已办结"), "10:20", TOMORROW),
        ("li", "handover.back", Back(at("17:20", TOMORROW), "办结一件，补正一件"), "17:20", TOMORROW),
        ("wang", "handover.close", SheetClose(), "17:40", TOMORROW),
    ):
        hall.send(ACTORS[who], kind, "s1", args, received=at(clock, day))
        states.append(row(hall)["state"])
    assert states == ["prepared", "delivered", "accepted", "in_force", "handed_back", "closed"]
    end = row(hall)
    assert (end["delivered_at"], end["accepted_at"], end["back_at"]) == (at("9:31"), at("9:40"), at("17:20", TOMORROW))
    assert end["report"] == "办结一件，补正一件"
    assert [i.get("state", "open") for i in end["items"]] == ["done", "doing", "open"]
    assert end["open_items"] == [1, 2], "what is open returns to A with a list (AB-06)"


def test_time_alone_puts_an_accepted_sheet_in_force_and_the_lobby_reads_b() -> None:
    """AB-01, AB-09: B serves, and the plate names A and B."""
    hall = small_hall()
    handed(hall)
    said(hall, "li", "handover.answer", "s1", SheetAnswer(True), "9:40")
    assert public(hall)["label"] == "on_post"
    hall.tick(at("8:30", TOMORROW))
    assert row(hall)["state"] == "in_force"
    assert (public(hall)["label"], public(hall)["plate"], public(hall)["stand_in"]) == ("covered", "王", "李")
    assert hall.tx.ask("serving", post="w1", at=at("9:00", TOMORROW)).person == "li"


def test_a_who_comes_back_early_is_at_the_post_again() -> None:
    hall = small_hall()
    handed(hall, from_at=at("10:00"), to_at=at("12:00"))
    said(hall, "li", "handover.answer", "s1", SheetAnswer(True), "9:40")
    leave(hall, reason="meeting", back_at=at("12:00"), stand_in="li")
    assert public(hall)["label"] == "covered"
    said(hall, "wang", "away.return", "n1", Return(at("11:00")), "11:00")
    assert public(hall)["label"] == "on_post"


def test_b_is_asked_to_hand_back_when_a_is_back_from_the_absence_it_was_made_for() -> None:
    """AB-06."""
    hall = small_hall()
    leave(hall, reason="meeting", back_at=at("12:00"), stand_in="li")
    handed(hall, clock="10:01", from_at=at("10:00"), to_at=at("12:00"), notice="n1", why="临时会议")
    said(hall, "li", "handover.answer", "s1", SheetAnswer(True), "10:02")
    assert "a_back" not in row(hall)
    said(hall, "wang", "away.return", "n1", Return(at("11:00")), "11:00")
    assert (row(hall)["state"], row(hall)["a_back"]) == ("in_force", True)


@pytest.mark.parametrize(
    ("from_at", "why", "unexplained"),
    [(at("8:30", TOMORROW), "", False), (at("10:00"), " ", True), (at("10:00"), "突发公务", False)],
    ids=["a day ahead", "late and no word", "late with a reason"],
)
def test_a_late_sheet_without_a_reason_is_taken_and_marked(from_at: int, why: str, unexplained: bool) -> None:
    """AB-02: the exception needs a reason; B serves all the same, and the register of HEAD and the office says what is missing."""
    hall = small_hall()
    assert handed(hall, clock="9:50", from_at=from_at, to_at=from_at + 60 * 60_000, why=why).st == "applied"
    record = hall.tx.get(HandoverRecord, "s1")
    (mark,) = [column for column in REGISTERS[0].columns if column.key == "unexplained"]
    assert mark.value is not None
    assert mark.value(record) is unexplained


def test_b_says_no_and_head_names_another() -> None:
    hall = small_hall()
    handed(hall)
    said(hall, "li", "handover.answer", "s1", SheetAnswer(False, "当天培训"), "9:40")
    assert (row(hall)["state"], row(hall)["trouble"], row(hall)["declined_text"]) == ("declined", "declined", "当天培训")
    assert hall.row("handover.cover", "s1")["trouble"] == "declined", "the office names somebody when HEAD does not"
    assert said(hall, "qian", "handover.assign", "s1", SheetAssign("qian"), "9:45").code == "NO_RIGHT"
    assert said(hall, "zhao", "handover.assign", "s1", SheetAssign("qian"), "9:50").st == "applied"
    assert (row(hall)["b"], row(hall)["state"], row(hall).get("trouble", "")) == ("qian", "prepared", "")
    assert hall.buckets("handover", "s1") == {"u:wang", "u:qian", "head:u1"}, "who is B no more needs it no more"
    said(hall, "qian", "handover.answer", "s1", SheetAnswer(True), "9:55")
    assert row(hall)["state"] == "accepted"


def test_b_steps_up_without_having_said_anything() -> None:
    """AB-02: forced step-up."""
    hall = small_hall()
    handed(hall, from_at=at("10:00"), to_at=at("12:00"), why="突发公务")
    said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("10:03")), "10:03")
    assert (row(hall)["state"], row(hall)["forced"], row(hall)["taken_at"]) == ("in_force", True, at("10:03"))
    assert row(hall)["delivered_at"] == at("10:03"), "who serves knows of it"


def test_head_is_asked_when_nobody_has_answered_an_hour_before_and_told_whether_it_arrived() -> None:
    hall = small_hall()
    handed(hall)
    hall.tick(at("7:29", TOMORROW))
    assert "trouble" not in row(hall)
    hall.tick(at("7:30", TOMORROW))
    assert row(hall)["trouble"] == "unreached"
    hall.send(ACTORS["li"], "handover.received", "s1", SheetReceived(), received=at("7:35", TOMORROW))
    assert row(hall)["trouble"] == "silent"


def test_head_is_asked_at_once_when_b_will_be_away() -> None:
    """AB-05."""
    hall = small_hall()
    handed(hall)
    away = Announce([], "training", at("9:00", TOMORROW), at("11:00", TOMORROW), "li")
    said(hall, "li", "away.announce", "n0", away, "9:40")
    hall.tick(at("9:41"))
    said(hall, "li", "handover.received", "s1", SheetReceived(), "9:42")
    assert row(hall)["trouble"] == "away"


@pytest.mark.parametrize("taken_first", [True, False])
def test_a_takes_it_back_before_it_begins_and_while_b_serves_has_everything_back(taken_first: bool) -> None:
    """AB-06, EVD-01: whichever is known first, and when it is known."""
    hall = small_hall()
    handed(hall, from_at=at("10:00"), to_at=at("12:00"))
    takes = hall.op(ACTORS["li"], "cover.step_up", "k1", StepUp("w1", at("10:03")), at=at("10:03"), received=at("15:00"))
    back = hall.op(ACTORS["wang"], "handover.withdraw", "s1", SheetWithdraw(), at=at("10:05"), received=at("15:00"))
    for op in (takes, back) if taken_first else (back, takes):
        assert hall.run(op).st == "applied"
    assert (row(hall)["state"], row(hall)["taken_at"], row(hall)["forced"]) == ("closed", at("10:03"), True)
    handed(hall, rid="s2")
    assert said(hall, "li", "handover.withdraw", "s2", SheetWithdraw(), "10:06").code == "NO_RIGHT"
    assert said(hall, "wang", "handover.withdraw", "s2", SheetWithdraw("出差取消"), "10:07").st == "applied"
    assert row(hall, "s2")["state"] == "withdrawn"
    assert hall.tx.ask("taken_over", post="w1", at=at("9:30", TOMORROW)) == ("", 0)
    (fact,) = hall.tx.ask("handovers_on", post="w1", from_at=at("9:00", TOMORROW), to_at=at("10:00", TOMORROW))
    assert fact.until_at == at("10:07")


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        ("handover.received", SheetReceived()),
        ("handover.answer", SheetAnswer(True)),
        ("handover.item", ItemNote(0, "done")),
        ("handover.back", Back(at("9:50"))),
    ],
)
def test_what_follows_a_sheet_is_bs_and_waits_for_it(kind: str, args: Any) -> None:
    hall = small_hall()
    assert said(hall, "li", kind, "s1", args, "9:40").code == "REF_WAIT"
    handed(hall)
    early = hall.tx.rows["handover", "s1"].body
    other = small_hall()
    handed(other)
    assert said(other, "feng", kind, "s1", args, "9:40").code == "NO_RIGHT"
    assert other.tx.rows["handover", "s1"].body != early


def test_there_is_no_matter_beyond_the_list() -> None:
    hall = small_hall()
    handed(hall)
    assert said(hall, "li", "handover.item", "s1", ItemNote(3, "done"), "9:40").code == "INVALID"
    assert said(hall, "li", "handover.item", "s1", ItemNote(-1, "done"), "9:40").code == "INVALID"


def test_a_closed_sheet_leaves_the_devices_after_a_week() -> None:
    hall = small_hall()
    handed(hall, from_at=at("10:00"), to_at=at("12:00"))
    said(hall, "wang", "handover.close", "s1", SheetClose(), "12:00")
    hall.tick(at("11:59", "2026-11-30"))
    assert row(hall) is not None
    hall.tick(at("12:00", "2026-11-30"))
    assert row(hall) is None
    assert hall.row("handover.cover", "s1") is None


def test_the_same_facts_in_any_order_give_the_same_sheet() -> None:
    facts = (
        ("wang", "handover.prepare", sheet(from_at=at("10:00"), to_at=at("12:00")), "9:30"),
        ("li", "handover.received", SheetReceived(), "9:31"),
        ("li", "handover.answer", SheetAnswer(True), "9:40"),
        ("li", "handover.item", ItemNote(1, "done"), "10:20"),
        ("li", "handover.back", Back(at("11:50"), "交回"), "11:50"),
    )
    ends = set()
    for order in permutations(facts):
        hall = small_hall()
        for who, kind, args, clock in order:
            hall.run(hall.op(ACTORS[who], kind, "s1", args, at=at(clock), received=at("13:00"), op_id=kind))
        ends.add(hall.tx.rows["handover", "s1"].body)
    assert len(ends) == 1


# --- what it tells others ---------------------------------------------------------------------------------------------


def test_the_facts_of_a_finding_are_who_knew_what_when() -> None:
    """AB-10: failing to step up although told is one thing, not having been told another."""
    hall = small_hall()
    handed(hall, from_at=at("10:00"), to_at=at("12:00"))
    said(hall, "li", "handover.received", "s1", SheetReceived(), "9:31")
    said(hall, "li", "handover.answer", "s1", SheetAnswer(False, "没空"), "9:40")
    fact = sheet_on(hall)
    assert (fact.b, fact.delivered_at, fact.declined_at, fact.planned) == ("li", at("9:31"), at("9:40"), False)
    said(hall, "zhao", "handover.assign", "s1", SheetAssign("qian"), "10:10")
    fact = sheet_on(hall)
    assert (fact.b, fact.delivered_at) == ("qian", 9_007_199_254_740_991)
    assert hall.tx.ask("handovers_on", post="w1", from_at=at("9:00"), to_at=at("10:00")) == []
    assert hall.tx.ask("handovers_on", post="w2", from_at=at("10:00"), to_at=at("11:00")) == []


def sheet_on(hall: MemoryHall) -> HandoverFact:
    """The one sheet of w1 between ten and eleven."""
    (fact,) = hall.tx.ask("handovers_on", post="w1", from_at=at("10:00"), to_at=at("11:00"))
    found: HandoverFact = fact
    return found
