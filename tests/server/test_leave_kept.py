"""Leave that stands: nobody takes it from the person who has it, and what was sealed once stays sealed (CON-14, LV-09, PRV-04)."""

from itertools import permutations
from typing import Any

import msgspec
import pytest

from server.domain.leave.ops import LeaveConvert, LeaveDecide, LeaveRecall, LeaveRequest, LeaveReturn, LeaveWithdraw
from server.domain.leave.tables import LeaveRecord
from tests.server.scenes.conflicts import empty
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.support.memory_tx import MemoryHall

TOMORROW = "2026-11-24"


def asks(hall: MemoryHall, kind: str = "sick", who: str = "wang", text: str = "腰椎间盘突出") -> None:
    args = LeaveRequest("wang", kind, at("08:30"), at("17:30", TOMORROW), text=text)
    assert hall.send(ACTORS[who], "leave.request", "l", args, received=at("07:05")).st == "applied"


def approve(hall: MemoryHall, clock: str = "07:10") -> None:
    for who in ("zhao", "zhou", "ma"):
        hall.send(ACTORS[who], "leave.decide", "l", LeaveDecide(True), at=at(clock), received=at(clock))


def on_leave(**how: Any) -> MemoryHall:
    hall = small_hall("07:00")
    asks(hall, **how)
    approve(hall)
    assert hall.row("leave", "l")["state"] == "approved"
    return hall


def accused(hall: MemoryHall) -> bool:
    """Whether two looks at the empty window count against the person."""
    for said in (empty("o1", "10:10"), empty("o2", "10:21")):
        hall.send(ACTORS["lin"], said.kind, said.rid, said.args, at=at(said.clock), received=at(said.clock))
    row = hall.row("finding", "o1")
    return row is not None and bool(row.get("person_count", 0))


@pytest.mark.parametrize(("who", "clock"), [("zhao", "07:20"), ("zhao", "10:00"), ("zhou", "07:20")])
def test_an_approved_leave_is_taken_back_by_nobody_but_the_person(who: str, clock: str) -> None:
    """CON-14: what a recall may not do, a withdrawal may not either."""
    hall = on_leave()
    assert hall.send(ACTORS[who], "leave.withdraw", "l", LeaveWithdraw(), at=at(clock), received=at(clock)).code == "NO_RIGHT"
    assert not accused(hall)
    assert hall.send(ACTORS["wang"], "leave.withdraw", "l", LeaveWithdraw(), at=at("10:30"), received=at("10:30")).st == "applied"
    assert hall.row("leave", "l")["state"] == "returned"


def test_who_filed_a_leave_by_mistake_takes_it_back_while_nobody_has_approved_it() -> None:
    hall = small_hall("07:00")
    asks(hall, who="li")
    assert hall.send(ACTORS["li"], "leave.withdraw", "l", LeaveWithdraw("填错人"), received=at("07:08")).st == "applied"
    assert hall.row("leave", "l")["state"] == "withdrawn"


@pytest.mark.parametrize("order", [*permutations(range(4))])
@pytest.mark.parametrize(("clock", "state"), [("07:08", "withdrawn"), ("07:20", "approved")])
def test_whether_a_withdrawal_by_another_came_before_the_approval_is_told_by_their_times(
    order: tuple[int, ...], clock: str, state: str
) -> None:
    """EVD: whichever arrives first."""
    hall = small_hall("07:00")
    asks(hall, kind="personal", text="家事")

    def withdrawn() -> None:
        hall.send(ACTORS["zhao"], "leave.withdraw", "l", LeaveWithdraw(), at=at(clock), received=at("07:30"))

    def decided(who: str) -> None:
        hall.send(ACTORS[who], "leave.decide", "l", LeaveDecide(True), at=at("07:10"), received=at("07:30"))

    said = [withdrawn, lambda: decided("zhao"), lambda: decided("zhou"), lambda: decided("ma")]
    for n in order:
        said[n]()
    assert hall.row("leave", "l")["state"] == state


def test_nobody_cuts_the_leave_of_another_short_for_the_time_that_is_gone() -> None:
    """LV-07, CON-19: the head may say that somebody is back; not that he had been, before the end of what was approved."""
    hall = on_leave()
    said = hall.send(ACTORS["zhao"], "leave.return", "l", LeaveReturn(at("10:00")), at=at("15:00"), received=at("15:00"))
    assert said.st == "applied"
    assert not accused(hall)
    leave = hall.tx.get(LeaveRecord, "l")
    assert leave is not None
    assert leave.returned is not None
    assert leave.returned.at == at("15:00")


def test_after_the_leave_the_head_confirms_when_the_person_was_back() -> None:
    """LV-07: who was back in time and forgot to say so is not late because the head says it on the day after."""
    hall = on_leave()
    back = LeaveReturn(at("08:30", "2026-11-25"))
    hall.send(ACTORS["zhao"], "leave.return", "l", back, at=at("09:00", "2026-11-26"), received=at("09:00", "2026-11-26"))
    assert not hall.row("leave", "l").get("late_return", False)


def test_a_recall_holds_from_the_next_session() -> None:
    """CON-14: said at ten in the morning, nobody is off post at ten past."""
    hall = on_leave(kind="annual", text="休息")
    assert hall.send(ACTORS["zhao"], "leave.recall", "l", LeaveRecall(at("10:00"), "人手不足"), received=at("10:00")).st == "applied"
    assert not accused(hall)
    assert hall.row("leave", "l")["recalled_at"] == at("14:30")


def test_sick_leave_is_not_converted_into_what_only_the_office_enters() -> None:
    """CON-18, LV-11: absence without leave is no type a head chooses for somebody who is ill."""
    hall = on_leave()
    refused = hall.send(ACTORS["zhao"], "leave.convert", "l", LeaveConvert("absence", "没有证明"), received=at("10:00"))
    assert (refused.st, refused.code) == ("held", "NO_RIGHT")
    assert hall.row("leave", "l")["type"] == "sick"


def test_what_was_sealed_once_stays_sealed_and_is_erased_in_its_time() -> None:
    """LV-09, PRV-04: the diagnosis is read by nobody because the leave goes by another name."""
    hall = on_leave()
    sealed = hall.tx.get(LeaveRecord, "l")
    assert sealed is not None
    erase_at = sealed.erase_at
    assert hall.send(ACTORS["zhou"], "leave.convert", "l", LeaveConvert("personal", "按事假"), received=at("10:00")).st == "applied"
    row = hall.row("leave", "l")
    assert (row["type"], row.get("text", ""), row["sealed"]) == ("personal", "", True)
    everything = msgspec.json.encode({f"{kind}/{rid}": shown.body for (kind, rid), shown in hall.tx.rows.items() if kind != "leave.sealed"})
    assert "腰椎".encode() not in everything
    assert b"\\u8170" not in everything
    leave = hall.tx.get(LeaveRecord, "l")
    assert leave is not None
    assert leave.erase_at == erase_at
