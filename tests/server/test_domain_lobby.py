"""What the office says on the lobby board: dated, without anybody's number, gone by itself (DSP-01, DSP-02, DSP-03)."""

from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.board.handlers import DOMAIN as BOARD
from server.domain.board.ops import BoardTotals, EndBoardItem, PutBoardItem
from server.domain.board.rules import is_private, item_wrong
from server.domain.hall.handlers import put_hall, put_person
from server.domain.hall.tables import HallRecord, PersonRecord
from tests.server.scenes.small_hall import ACTORS, DOMAINS, at, small_hall
from tests.support.memory_tx import MemoryHall

TODAY = "2026-11-23"
WORDS = {"zh_Hans": "周六上午照常办理。", "en": "Open on Saturday morning."}


def notice(**changed: Any) -> PutBoardItem:
    """A notice that may stand."""
    return PutBoardItem(**({"kind": "notice", "first": TODAY, "title": {"zh_Hans": "周六开放"}, "words": WORDS, "checked": True} | changed))


def totals(month: str = "2026-10", cases: int = 400, in_time: int = 396, rated: int = 120, satisfied: int = 118) -> PutBoardItem:
    return PutBoardItem("figures", totals=BoardTotals(month, cases, in_time, rated, satisfied))


def hall_of(*items: tuple[str, PutBoardItem], now: str = "09:00") -> MemoryHall:
    """The small hall with what the office has put on its board."""
    hall = small_hall(now, domains=(*DOMAINS, BOARD))
    for rid, item in items:
        assert put(hall, item, rid).st == "applied", rid
    return hall


def put(hall: MemoryHall, item: PutBoardItem, rid: str = "i1", who: str = "zhou", **how: Any) -> Outcome:
    return hall.send(ACTORS[who], "board.put", rid, item, **how)


def on_board(hall: MemoryHall) -> set[str]:
    """What lobby screens hold of it."""
    return {rid for (kind, rid) in hall.seen_by("pub") if kind == "board.pub"}


def test_a_notice_stands_between_its_days_and_leaves_by_itself() -> None:
    """DSP-01, DIS-07: screens have it a week ahead, lose it when it is over; the office keeps it for a while, then no device does."""
    hall = hall_of(("near", notice(until="2026-11-25")), ("far", notice(first="2026-12-10", until="2026-12-11")))
    assert on_board(hall) == {"near"}
    assert hall.buckets("board.item", "near") == {"role:OFF", "role:ADM"}
    hall.tick(at("00:01", "2026-11-26"))
    assert on_board(hall) == set()
    assert hall.row("board.item", "near")["until"] == "2026-11-25"
    hall.tick(at("00:01", "2026-12-03"))
    assert on_board(hall) == {"far"}
    hall.tick(at("00:01", "2027-02-10"))
    assert dict(hall.rows("board.item")) == dict(hall.rows("board.pub")) == {}


def test_screens_get_the_texts_and_not_who_wrote_them() -> None:
    """DSP-03: a closed list of fields."""
    hall = hall_of(("n", notice()))
    assert hall.row("board.pub", "n") == {
        **{"kind": "notice", "first": TODAY, "until": "9999-12-31", "at": at("09:00")},
        **{"title": {"zh_Hans": "周六开放"}, "words": WORDS},
    }
    assert hall.row("board.item", "n")["by"] == "zhou"


def test_the_duty_leader_is_told_by_plate_as_the_hall_decides_and_not_after_leaving() -> None:
    """DSP-01, DSP-06: another plate policy or a person who has left is shown with the next tick."""
    hall = hall_of(("l", PutBoardItem("leader", TODAY, "2026-11-27", person="ma")))
    assert hall.row("board.pub", "l")["plate"] == "马"
    record = hall.tx.get(HallRecord, "hall")
    assert record
    record.hall.plate = "badge"
    put_hall(hall.tx, record)
    hall.tick(at("09:01"))
    leader = hall.tx.get(PersonRecord, "ma")
    assert leader
    assert hall.row("board.pub", "l")["plate"] == leader.badge != "马"
    leader.left = True
    put_person(hall.tx, leader)
    hall.tick(at("09:02"))
    assert on_board(hall) == set()


def test_last_months_totals_stand_for_a_month_and_few_cases_make_no_share() -> None:
    """DSP-01, SAT-08: typed in by the office, with who and when; the share of answers stands beside that of satisfaction."""
    hall = hall_of(("t", totals()), ("few", totals(cases=9, in_time=9, rated=0, satisfied=0)), ("old", totals("2026-09")))
    shown = hall.row("board.pub", "t")
    assert (shown["first"], shown["until"], shown["month"]) == ("2026-11-01", "2026-11-30", "2026-10")
    assert shown["in_time"] == {"part": 396, "whole": 400}
    assert (shown["satisfied"], shown["answered"]) == ({"part": 118, "whole": 120}, {"part": 120, "whole": 400})
    assert hall.row("board.pub", "few").keys().isdisjoint({"in_time", "satisfied", "answered"})
    assert on_board(hall) == {"t", "few"}
    assert hall.row("board.item", "t")["by"] == "zhou"
    assert put(hall, totals("2026-12"), "december").st == "applied"
    assert hall.row("board.item", "december")["first"] == "2027-01-01"


def test_an_item_is_changed_by_whoever_has_read_it_and_ended_once() -> None:
    """DSP-01, CON-45: a command on a version that is gone is refused; texts are not merged, the second editor sees the first's."""
    hall = hall_of(("n", notice()))
    ver = hall.tx.version("board.item", "n")
    assert put(hall, notice(until="2026-11-30"), "n", guard={"n": ver or 0}).st == "applied"
    assert put(hall, notice(), "n", guard={"n": ver or 0}) == Outcome("refused", "STALE", 2)
    assert put(hall, totals(), "n") == Outcome("refused", "INVALID"), "a notice does not become a number"
    end = EndBoardItem()
    assert hall.send(ACTORS["wang"], "board.end", "n", end) == Outcome("refused", "NO_RIGHT")
    assert hall.send(ACTORS["zhou"], "board.end", "n", end).st == "applied"
    assert (on_board(hall), hall.row("board.item", "n")["ended"]) == (set(), True)
    assert hall.send(ACTORS["zhou"], "board.end", "n", end) == Outcome("refused", "GONE", 3)


@pytest.mark.parametrize(
    "item",
    [
        notice(checked=False),
        notice(words={"en": "Open"}),
        notice(words={"zh_Hans": "长" * 101}),
        notice(title={"zh_Hans": "标题", "fr": "titre"}),
        notice(until="2026-11-22"),
        notice(first="23.11.2026"),
        notice(phone="12345"),
        notice(totals=BoardTotals("2026-10", 1, 1, 1, 1)),
        PutBoardItem("leader", TODAY, person="ma"),
        PutBoardItem("leader", TODAY, "2026-12-31", person="ma"),
        PutBoardItem("leader", TODAY, TODAY),
        PutBoardItem("channel", TODAY),
        PutBoardItem("channel", TODAY, link="javascript:alert(1)"),
        PutBoardItem("channel", TODAY, phone="call me"),
        PutBoardItem("figures"),
        totals("2026-13"),
        totals(in_time=401),
        totals(rated=401, satisfied=1),
        totals(satisfied=121),
        totals(cases=-1),
    ],
)
def test_an_item_that_says_too_little_or_too_much_is_refused(item: PutBoardItem) -> None:
    """DSP-01, DIS-01: texts are checked against the list before they are published."""
    assert item_wrong(item)
    assert put(hall_of(), item) == Outcome("refused", "INVALID")


@pytest.mark.parametrize(
    ("text", "phones", "private"),
    [
        ("请拨 13912345678 咨询", [], True),
        ("证件号 11010119900101123X", [], True),
        ("请拨 010-6512 3456", ["01065123456"], True),
        ("请拨 010-6512 3456", ["01065120000"], False),
        ("分机 8021", ["8021"], False),
        ("编号 20261123000000001", [], False),
    ],
)
def test_a_number_that_leads_to_a_person_never_reaches_the_board(text: str, phones: list[str], private: bool) -> None:
    """DSP-03, PRV-09."""
    assert is_private([text], phones) is private


def test_who_may_and_whose_number_is_found_out_by_the_server() -> None:
    """DSP-03: only the office writes; a text with somebody's number is refused and stays with its author."""
    hall = hall_of()
    assert put(hall, notice(), who="zhao") == Outcome("refused", "NO_RIGHT")
    assert put(hall, notice(words={"zh_Hans": "请拨13912345678"})) == Outcome("refused", "PRIVATE")
    assert put(hall, PutBoardItem("leader", TODAY, TODAY, person="wu"), "l") == Outcome("refused", "INVALID"), "nobody from outside"
    assert on_board(hall) == set()
