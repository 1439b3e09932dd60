"""Orders to sections through their handlers: given on figures, with a term, answered by the section, settled by others (EMG-06, RCT-04)."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.hot.handlers import DOMAIN as HOT
from server.domain.hot.ops import AnswerOrder, Counted, OrderSection, SettleOrder
from tests.server.scenes.small_hall import ACTORS, DOMAINS, at, small_hall
from tests.support.memory_tx import MemoryHall

HALL = (*DOMAINS, HOT)


def ordered(who: str = "zhou", hall: MemoryHall | None = None, **more: Any) -> tuple[MemoryHall, Outcome]:
    """The office tells section u1 to do something about queues."""
    hall = hall or small_hall(domains=HALL)
    args: dict[str, Any] = {"unit": "u1", "topic": "排队拥挤", "demand": "增开窗口", "from_day": "2026-10-23", "to_day": "2026-11-23"}
    args |= {"counted": [Counted("incident", "crowd", 4)]} | more
    return hall, hall.send(ACTORS[who], "hot.order", "h1", OrderSection(**args), received=at("10:00"))


def answered(hall: MemoryHall, who: str = "zhao", clock: str = "11:00", text: str = "高峰增开两窗", **how: Any) -> Outcome:
    return hall.send(ACTORS[who], "hot.answer", "h1", AnswerOrder(text), **({"received": at(clock)} | how))


def settled(hall: MemoryHall, accept: bool = True, text: str = "", who: str = "zhou", **how: Any) -> Outcome:
    return hall.send(ACTORS[who], "hot.settle", "h1", SettleOrder(accept, text), **({"received": at("12:00")} | how))


def test_an_order_keeps_its_figures_and_has_a_term_in_working_days() -> None:
    """EMG-06: five working days when nothing is said; the head of the section sees it, another does not."""
    hall, outcome = ordered()
    assert outcome.st == "applied"
    row = hall.row("hot.order", "h1")
    assert (row["due_day"], row["state"]) == ("2026-11-30", "ordered")
    assert row["counted"] == [{"source": "incident", "kind": "crowd", "count": 4}]
    assert hall.buckets("hot.order", "h1") == {"head:u1", "role:OFF", "role:EFF", "role:LEAD", "role:TOP"}
    assert ordered(days=2)[0].row("hot.order", "h1")["due_day"] == "2026-11-25"


def test_an_answer_is_returned_with_a_reason_given_anew_and_settled() -> None:
    """EMG-06."""
    hall, _ = ordered()
    assert settled(hall) == Outcome("refused", "GONE", 1)
    assert answered(hall).st == "applied"
    assert settled(hall, False) == Outcome("refused", "INVALID")
    assert settled(hall, False, "没写何时").st == "applied"
    assert hall.row("hot.order", "h1")["state"] == "returned"
    assert answered(hall, clock="13:00").st == "applied"
    assert settled(hall, received=at("14:00")).st == "applied"
    row = hall.row("hot.order", "h1")
    assert [step["step"] for step in row["steps"]] == ["ordered", "answered", "returned", "answered", "settled"]
    assert row["state"] == "settled"


@pytest.mark.parametrize(("made", "late"), [("2026-11-30", False), ("2026-12-02", True)])
def test_what_was_answered_in_time_counts_however_late_it_arrives(made: str, late: bool) -> None:
    """EMG-06, EVD-01."""
    hall, _ = ordered()
    hall.tick(at("10:00", "2026-12-01"))
    assert hall.row("hot.order", "h1")["overdue"] is True
    answered(hall, at=at("9:00", made), received=at("11:00", "2026-12-03"))
    assert hall.row("hot.order", "h1").get("overdue", False) is late


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"who": "zhao"}, "NO_RIGHT"),
        ({"who": "lin"}, "NO_RIGHT"),
        ({"unit": "u9"}, "INVALID"),
        ({"topic": " "}, "INVALID"),
        ({"demand": ""}, "INVALID"),
        ({"from_day": "2026-11-24"}, "INVALID"),
        ({"to_day": "heute"}, "INVALID"),
        ({"counted": []}, "INVALID"),
        ({"counted": [Counted("incident", "crowd", 0)]}, "INVALID"),
        ({"counted": [Counted("incident", "crowd", 1), Counted("incident", "crowd", 2)]}, "INVALID"),
        ({"days": 61}, "INVALID"),
        ({"days": -1}, "INVALID"),
    ],
)
def test_an_order_that_rests_on_nothing_is_refused(wrong: dict[str, Any], code: str) -> None:
    """EMG-06."""
    assert ordered(**wrong)[1] == Outcome("refused", code)


def test_only_the_head_of_the_section_answers_and_nobody_settles_the_own_answer() -> None:
    """EMG-06: an answer that comes before its order waits for it."""
    hall = small_hall(domains=HALL)
    assert answered(hall) == Outcome("held", "REF_WAIT")
    ordered(hall=hall)
    assert hall.row("hot.order", "h1")["state"] == "answered"
    assert answered(hall, "wang") == Outcome("held", "NO_RIGHT")
    assert answered(hall, "feng") == Outcome("held", "NO_RIGHT")
    assert answered(hall, text=" ") == Outcome("held", "INVALID")
    own = ACTORS["zhao"]._replace(roles=frozenset({"HEAD", "EFF"}))
    assert hall.send(own, "hot.settle", "h1", SettleOrder(True)) == Outcome("refused", "OWN_WORK")
    assert settled(hall, guard={"h1": 1}).code == "STALE"


@pytest.mark.parametrize(
    ("since", "grade", "late"),
    [("2026-11-29", "A", False), ("2026-12-02", "A", True), ("2026-11-29", "C", False), ("2026-12-02", "C", True)],
)
def test_an_answer_is_in_time_as_far_as_can_be_proven(since: str, grade: Any, late: bool) -> None:
    """EMG-06, EVD-03: no clock put back makes it so; an unknown one accuses nobody who can be right."""
    hall, _ = ordered()
    hall.tick(at("10:00", "2026-12-01"))
    made, received = at("9:00", "2026-11-24"), at("11:00", "2026-12-03")
    answered(hall, at=made, received=received, not_before=at("9:00", since), grade=grade)
    row = hall.row("hot.order", "h1")
    assert row.get("overdue", False) is late
    assert row["steps"][1]["at"] == at("9:00", since)


def test_a_term_begins_when_the_order_is_given_whatever_its_clock_says() -> None:
    """EMG-06."""
    hall = small_hall(domains=HALL)
    args = OrderSection("u1", "排队拥挤", "增开窗口", "2026-10-23", "2026-11-23", [Counted("incident", "crowd", 4)])
    hall.send(ACTORS["zhou"], "hot.order", "h1", args, at=at("10:00", "2026-11-09"), received=at("10:00"), not_before=at("9:59"))
    row = hall.row("hot.order", "h1")
    assert (row["due_day"], row["at"]) == ("2026-11-30", at("9:59"))


def test_answers_in_any_order_give_the_same_end() -> None:
    """EVD-01."""
    ends = set()
    for order in permutations(range(3)):
        hall, _ = ordered()
        for n in order:
            answered(hall, at=at(f"11:0{n}"), received=at("12:00"), text=f"答复{n}", op_id=f"o{n}")
        ends.add(str(hall.row("hot.order", "h1")))
    assert len(ends) == 1


def test_the_term_of_an_order_whose_answer_was_returned_runs_on() -> None:
    """EMG-06, EVD-03: an answer that was returned keeps no term; one that whoever returned it had not seen does."""
    hall, _ = ordered()
    answered(hall)
    settled(hall, False, "没写何时")
    hall.tick(at("9:00", "2026-12-01"))
    row = hall.row("hot.order", "h1")
    assert (row["state"], row.get("overdue", False)) == ("returned", True)
    answered(hall, at=at("11:30"), received=at("9:10", "2026-12-01"))
    row = hall.row("hot.order", "h1")
    assert (row["state"], row.get("overdue", False)) == ("answered", False)
    settled(hall, False, "还是没写", received=at("9:20", "2026-12-01"))
    assert hall.row("hot.order", "h1")["overdue"] is True
    answered(hall, at=at("9:30", "2026-12-01"), received=at("9:30", "2026-12-01"))
    assert hall.row("hot.order", "h1")["overdue"] is True, "it came late"
