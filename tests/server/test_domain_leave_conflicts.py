"""Leave beside the scenes of CON-14..19: what is taken back, what is late, and random orders of arrival (LV-07, EVD-01)."""

from itertools import permutations
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.scenes.leave import AFTERNOON, MORNING, WITHDRAWN, asks, back, says
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import at, small_hall
from tests.support.memory_tx import MemoryHall

EARLIER = {"ma": at("12:40")}
"""Whose word reached the server before the others'."""


def played(facts: tuple[Said, ...], now: str) -> MemoryHall:
    """The hall after these facts have arrived, at `now`."""
    hall = small_hall("07:50")
    for fact in facts:
        outcome = hall.run(fact.op(hall, EARLIER.get(fact.who, 0)))
        assert outcome.st == "applied" or outcome.code == "REF_WAIT", (fact, outcome)
    hall.tick(at(now))
    return hall


def told(hall: MemoryHall) -> dict[str, Any]:
    """Everything anybody is shown of leave."""
    return {f"{kind}/{rid}": row for kind in ("leave", "leave.unit", "leave.ins", "leave.account") for rid, row in hall.rows(kind)}


def test_a_withdrawal_before_the_beginning_wins_over_an_approval_that_arrives_later() -> None:
    """LV-07."""
    ends = [told(played(order, "15:30")) for order in permutations(WITHDRAWN)]
    assert all(end == ends[0] for end in ends)
    assert (ends[0]["leave/a"]["state"], [b for b in ends[0]["leave.account/wang"]["balances"] if b.get("used")]) == ("withdrawn", [])


def test_a_late_return_needs_a_reason_and_is_otherwise_left_to_the_office() -> None:
    """LV-07."""
    for text, key in (("", "leave.back_late"), ("公交延误", "leave.back_late_reason")):
        facts = (asks("a", "wang", "08:00", *MORNING), says("a", "zhao", "08:10"), says("a", "zhou", "08:11"))
        hall = played(facts, "15:05")
        hall.run(back("a", "15:10", text=text).op(hall, at("15:10")))
        row = hall.row("leave", "a")
        assert (row["late_return"], row.get("absent_without", False), row.get("late_reason", "")) == (True, text == "", text)
        assert key in [note["key"] for note in row["notes"]]


def test_why_someone_came_back_late_from_sick_leave_is_sealed_with_the_illness() -> None:
    """LV-07, LV-09, PRV-02."""
    facts = (asks("a", "wang", "08:00", *MORNING, type="sick"), says("a", "zhao", "08:10"), says("a", "zhou", "08:11"))
    hall = played(facts, "15:05")
    hall.run(back("a", "15:10", text="又量了一次血压").op(hall, at("15:10")))
    assert "late_reason" not in hall.row("leave", "a")
    assert (hall.row("leave.sealed", "a")["text"], hall.buckets("leave.sealed", "a")) == ("又量了一次血压", {"u:wang"})


FACTS = (
    asks("a", "wang", "08:00", "08:30", "17:30"),
    asks("b", "li", "08:01", *AFTERNOON),
    says("a", "zhao", "08:10"),
    says("a", "zhou", "08:12"),
    says("a", "ma", "08:14", accept=False),
    says("b", "zhao", "08:20"),
    says("b", "zhou", "08:21"),
    back("a", "14:20"),
    asks("c", "wang", "08:30", *AFTERNOON, type="personal"),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(FACTS))
def test_random_orders_of_arrival_give_one_end_state(order: list[Said]) -> None:
    """EVD-01: facts merge by union; the state follows from them."""
    assert told(played(tuple(order), "15:30")) == END


END = told(played(FACTS, "15:30"))
