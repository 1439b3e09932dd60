"""Swaps said late, by others, or by a clock nobody can believe: whom an empty window counts against (CON-23, CON-42, EVD-03, EVD-04)."""

import pytest

from server.domain.hall.handlers import put_duty
from server.domain.hall.ops import SessionDuty
from server.domain.hall.tables import DutyRecord
from server.domain.roster.ops import DutyCell, PublishRoster, PutDraft, PutSwap
from tests.server.scenes.conflicts import empty
from tests.server.scenes.ledger import kept_as_made, told
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.support.memory_tx import MemoryHall


def swapped(hall: MemoryHall, who: str, received: int) -> None:
    """That 李 had w1 from 9:57 on, said then, heard much later."""
    hall.tick(received - 1)
    assert hall.send(ACTORS[who], "roster.swap", "s1", PutSwap("w1", DAY, "li", "wang"), at=at("9:57"), received=received).st == "applied"


def test_whom_a_finding_turns_to_later_has_the_days_to_answer_too() -> None:
    """EVD-12, CON-23: 王 was counted; on 2 December 李's own word arrives that he had the post by then."""
    hall = told(empty("o1", "10:02"), empty("o2", "10:13"))
    swapped(hall, "li", at("10:00", "2026-12-02"))
    own = hall.row("finding.own", "o1")
    assert (own["person"], own["person_count"], own["answer_until"]) == ("li", 1, "2026-12-07")
    assert hall.tx.ask("confirmed", from_day=DAY, to_day=DAY) == ([], 1)
    hall.tick(at("09:00", "2026-12-08"))
    assert [one.rid for one in hall.tx.ask("confirmed", from_day=DAY, to_day=DAY).findings] == ["o1"]


def test_a_swap_that_others_say_and_nobody_could_read_counts_against_nobody() -> None:
    """CON-23, EVD-04: it clears 王; 李, whose phone could not have had it, is asked, and the office decides."""
    hall = told(empty("o1", "10:02"), empty("o2", "10:13"))
    swapped(hall, "wang", at("15:31"))
    body = hall.row("finding", "o1")
    assert (body["person"], body["person_count"], body["state"]) == ("li", 0, "pending")
    assert body["explain"] == {
        "key": "explain.swapped",
        "params": {"again": at("10:13"), "by": "wang", "minutes": 10, "person": "li", "seen": at("10:02"), "taken": at("9:57")},
    }


def doubtful_swap(who: str, said: str, received: str, *looks: Said) -> MemoryHall:
    """`who` says, by a clock nobody can believe, that 李 has had w1 since `said`."""
    hall = told(*looks)
    got = at(received)
    hall.tick(got - 1)
    a = PutSwap("w1", DAY, "li", "wang")
    assert hall.run(hall.op(ACTORS[who], "roster.swap", "s1", a, at=at(said), received=got, grade="C")).st == "applied"
    return hall


@pytest.mark.parametrize("who", ["wang", "li"])
def test_a_swap_by_a_clock_nobody_can_believe_makes_a_doubt_of_the_time_before_it_arrived(who: str) -> None:
    """CON-23, EVD-03, EVD-04: it neither clears 王 nor accuses 李; the office decides."""
    hall = doubtful_swap(who, "9:57", "15:31", empty("o1", "10:02"), empty("o2", "10:13"))
    body = hall.row("finding", "o1")
    assert (body["person"], body["person_count"], body["state"]) == ("wang", 0, "pending")
    assert body["explain"] == {
        "key": "explain.swap_clock",
        "params": {"b": "li", "by": who, "person": "wang", "seen": at("10:02"), "taken": at("9:57")},
    }


def test_a_swap_that_says_it_was_after_the_looks_is_no_doubt() -> None:
    """EVD-03: were it true, 王 would be counted all the same."""
    hall = doubtful_swap("wang", "10:20", "15:31", empty("o1", "10:02"), empty("o2", "10:13"))
    assert (hall.row("finding", "o1")["person"], hall.row("finding", "o1")["person_count"]) == ("wang", 1)


def test_a_swap_by_a_clock_nobody_can_believe_counts_from_when_the_server_had_it() -> None:
    """ORG-09: what is seen later is 李's, whatever the clock was."""
    hall = doubtful_swap("li", "9:57", "10:00")
    for said in (empty("o1", "10:02"), empty("o2", "10:13")):
        hall.run(said.op(hall))
    assert (hall.row("finding", "o1")["person"], hall.row("finding", "o1")["person_count"]) == ("li", 1)


def test_a_swap_everybody_could_read_before_the_look_counts_as_the_roster_does() -> None:
    """CON-23, CON-42."""
    hall = small_hall()
    swapped(hall, "wang", at("9:58"))
    for said in (empty("o1", "10:02"), empty("o2", "10:13")):
        hall.run(said.op(hall))
    assert (hall.row("finding", "o1")["person"], hall.row("finding", "o1")["person_count"]) == ("li", 1)


def test_a_second_swap_under_the_name_of_another_is_held_and_the_first_stays() -> None:
    """ORG-09, EVD-01: of a clock nobody can believe, so that both would be looked up by what was said of them."""
    hall = doubtful_swap("li", "9:57", "15:31", empty("o1", "10:02"), empty("o2", "10:13"))
    again = {"at": at("10:05"), "received": at("15:32"), "grade": "C"}
    assert hall.send(ACTORS["wang"], "roster.swap", "s1", PutSwap("w1", DAY, "wang", "li"), **again).code == "INVALID"
    assert hall.row("finding", "o1")["explain"]["key"] == "explain.swap_clock"


def test_a_swap_said_in_the_break_is_one_of_the_session_that_follows() -> None:
    """ORG-09, CON-23: the plan has an afternoon of its own; what is said at noon is not void at 14:30, what was said in the morning is."""
    afternoon = [SessionDuty(1, "wang", "li", "zhao")]
    for clock, whose in (("12:40", "li"), ("11:50", "wang")):
        hall = small_hall("07:00")
        put_duty(hall.tx, DutyRecord(rid=f"{DAY}:w1", day=DAY, post="w1", a="wang", b="li", later=afternoon))
        assert hall.send(ACTORS["li"], "roster.swap", "s1", PutSwap("w1", DAY, "li", "wang"), received=at(clock)).st == "applied"
        assert hall.row("duty", f"{DAY}:w1")["a"] == "li", "shown at once"
        hall.tick(at("14:31"))
        assert hall.row("duty", f"{DAY}:w1")["a"] == whose
        for said in (empty("o1", "15:10"), empty("o2", "15:21")):
            hall.run(said.op(hall, said.at))
        row = hall.row("finding", "o1")
        assert (row["person"], row["person_count"]) == (whose, 1)
        kept_as_made(hall)


def test_what_the_office_publishes_in_the_break_leaves_the_afternoon_as_it_is_published() -> None:
    """ORG-07: 13:00, the day is 赵's for the morning that is over, and 钱's from 14:30 on."""
    hall = small_hall("07:00")
    put_duty(hall.tx, DutyRecord(rid=f"{DAY}:w1", day=DAY, post="w1", a="wang", b="li", later=[SessionDuty(1, "wang", "li", "zhao")]))
    cell = DutyCell(DAY, "w1", "zhao", "li", "", [SessionDuty(1, "li", "wang")])
    assert hall.send(ACTORS["zhou"], "roster.draft", "d", PutDraft([cell]), received=at("12:55")).st == "applied"
    published = PublishRoster(DAY, DAY, ["w1"], {}, "调整")
    assert hall.send(ACTORS["zhou"], "roster.publish", "p", published, received=at("13:00")).st == "applied"
    assert [hall.tx.ask("on_duty", post="w1", at=at(clock)).a for clock in ("12:00", "13:01", "14:31")] == ["wang", "zhao", "li"]
