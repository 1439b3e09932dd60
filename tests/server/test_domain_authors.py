"""A notice made by another clears the person, and accuses him of nothing before he has spoken himself (EVD-02, EVD-04, AWY-01)."""

from itertools import permutations

import msgspec
import pytest

from server.domain.presence.ops import Extend, JudgeLate
from tests.server.scenes.conflicts import empty, notice
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import at, small_hall
from tests.support.memory_tx import MemoryHall


def made_by(who: str, said: Said) -> Said:
    """The same notice, made for 王 by somebody else."""
    return said._replace(who=who)


def after(*facts: Said, then: tuple[Said, ...] = ()) -> list[tuple[str, int, int, str]]:
    """State, counts and sentence of every finding; the same in every order in which the facts arrive. `then` comes after all of them."""
    seen = []
    for order in permutations(facts):
        hall = small_hall("09:00")
        for fact in (*order, *then):
            assert hall.run(fact.op(hall)).st == "applied", fact
        hall.tick(at("15:30"))
        seen.append([(r["state"], r["post_count"], r["person_count"], r["explain"]["key"]) for _, r in hall.rows("finding")])
    assert all(one == seen[0] for one in seen)
    return seen[0]


OVERDUE = notice("10:00", "10:00", "10:20"), empty("o1", "10:50")
REFUSED = notice("10:50", "10:00", "11:00"), empty("o1", "10:30")


def refuse(who: str) -> Said:
    return Said(who, "11:30", "away.judge_late", "n1", JudgeLate(False, "事先没有说过"))


def test_ones_own_promise_accuses_on_one_glance() -> None:
    assert after(*OVERDUE) == [("unattended", 1, 1, "explain.overdue")]
    assert after(*REFUSED, then=(refuse("zhao"),)) == [("unattended", 1, 1, "explain.late_refused")]


@pytest.mark.parametrize("who", ["zhao", "zhou"])
def test_a_promise_made_by_another_accuses_nobody_whichever_arrives_first(who: str) -> None:
    said, seen = OVERDUE
    assert after(made_by(who, said), seen) == [("pending", 1, 0, "explain.unasked")]


def test_a_late_notice_made_by_another_and_refused_accuses_nobody() -> None:
    said, seen = REFUSED
    assert after(made_by("zhou", said), seen, then=(refuse("zhao"),)) == [("pending", 1, 0, "explain.unasked")]


def test_it_clears_as_well_as_ones_own() -> None:
    said, _ = OVERDUE
    assert after(made_by("zhao", said), empty("o1", "10:15")) == [("explained", 1, 0, "explain.notice_before")]


def test_who_has_put_it_off_himself_knew_of_it_and_answers_for_it_from_then_on() -> None:
    said, seen = OVERDUE
    extend = Said("wang", "10:15", "away.extend", "n1", Extend(at("10:30")))
    assert after(made_by("zhao", said), then=(extend, seen)) == [("unattended", 1, 1, "explain.overdue")]
    assert after(made_by("zhao", said), seen, then=(extend,)) == [("unattended", 1, 1, "explain.overdue")]
    of_another = extend._replace(who="zhao")
    assert after(made_by("zhao", said), then=(of_another, seen)) == [("pending", 1, 0, "explain.unasked")]


def test_every_face_says_who_made_the_notice() -> None:
    hall: MemoryHall = small_hall()
    said = made_by("zhao", notice("10:00", "10:00", "10:20"))
    hall.run(said.op(hall))
    assert {hall.row(kind, "n1")["by"] for kind in ("away.office", "away.unit", "away.ins")} == {"zhao"}
    assert msgspec.json.decode(msgspec.json.encode(hall.row("away.office", "n1")))["person"] == "wang"
