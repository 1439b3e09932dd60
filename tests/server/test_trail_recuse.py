"""Nobody decides about his own unit while somebody else can (CHK-04, PTL-07, CON-44, EVD-12)."""

from typing import Any

import pytest

from server.domain.base import Actor, Outcome
from server.domain.hall.handlers import put_person
from server.domain.hall.tables import PersonRecord
from server.domain.patrol.ops import Observe, Tie
from server.domain.trail.ops import FindingDecide, FindingVoid
from tests.server.scenes.small_hall import ACTORS, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

OWN = Outcome("refused", "OWN_WORK")
LATE = at("10:40")


def accused(post: str = "w1", grade: Any = "A", **more: Any) -> MemoryHall:
    """Twice seen empty by 林: 10:00 and 10:20."""
    hall = small_hall()
    for rid, clock in (("o1", "10:00"), ("o2", "10:20")):
        seen = Observe("", post, "empty_no_notice", at(clock), KNEW, **more)
        hall.send(ACTORS["lin"], "patrol.observe", rid, seen, at=at(clock), received=at(clock), grade=grade)
    hall.tick(at("10:30"))
    return hall


def another(hall: MemoryHall, uid: str, unit: str, role: str) -> Actor:
    """Somebody more in the hall."""
    put_person(hall.tx, PersonRecord(rid=uid, name=uid, badge=uid, unit=unit, title={}, roles=["STF", role]))
    return Actor(uid, unit, frozenset({"STF", role}))


def void(hall: MemoryHall, who: Actor, rid: str = "o1") -> Outcome:
    return hall.send(who, "finding.void", rid, FindingVoid("没有的事"), at=LATE, received=LATE)


def decide(hall: MemoryHall, who: Actor) -> Outcome:
    guard = {"o1": hall.tx.version("finding", "o1") or 0}
    return hall.send(who, "finding.decide", "o1", FindingDecide(False, "自己人"), at=LATE, received=LATE, guard=guard)


@pytest.mark.parametrize("role", ["EFF", "OFF"])
def test_nobody_voids_a_sighting_at_a_post_of_his_own_unit(role: str) -> None:
    """CON-44: another may."""
    hall = accused()
    assert void(hall, another(hall, "new", "u1", role)) == OWN
    assert void(hall, ACTORS["chen"]).st == "applied"


def test_nobody_rules_on_a_finding_of_his_own_unit() -> None:
    """CON-02, EVD-12."""
    hall = accused(grade="C")
    assert hall.row("finding", "o1")["doubt"]
    assert decide(hall, another(hall, "new", "u1", "OFF")) == OWN
    assert decide(hall, ACTORS["zhou"]).st == "applied"


def test_the_unit_of_whom_a_sighting_names_is_his_own_at_whatever_post() -> None:
    """CON-23, CON-44: 王 of u1, coded at a post of u2."""
    hall = small_hall()
    seen = Observe("", "w3", "serving", at("10:00"), KNEW, ["P10"], "wang")
    hall.send(ACTORS["lin"], "patrol.observe", "o1", seen, at=at("10:00"), received=at("10:00"))
    assert void(hall, another(hall, "new", "u1", "EFF")) == OWN
    assert void(hall, another(hall, "third", "c-lead", "EFF")).st == "applied"


def test_a_tie_is_as_good_as_belonging() -> None:
    """PTL-07."""
    hall = accused()
    hall.send(ACTORS["chen"], "patrol.tie", "chen", Tie(["u1"], []), at=at("9:00"), received=at("9:00"))
    assert void(hall, ACTORS["chen"]) == OWN


def in_secret(hall: MemoryHall, tied: bool) -> Actor:
    """A colleague who may decide, too, and visits in secret, with a tie to the office's own unit or without."""
    put_person(hall.tx, PersonRecord(rid="tang", name="唐", badge="tang", unit="u2", title={}, roles=["OFF", "TEAM"]))
    who = Actor("tang", "u2", frozenset({"OFF", "TEAM"}))
    if tied:
        assert hall.send(who, "patrol.tie", "tang", Tie(["c-office"], []), at=at("9:00"), received=at("9:00")).st == "applied"
    return who


@pytest.mark.parametrize("tied", [False, True])
def test_what_a_visitor_declares_in_secret_bears_on_nobody_elses_answer(tied: bool) -> None:
    """CHK-05, PRV-15: the refusal would tell that there is a visitor, and whose; on his own acts it bears."""
    hall = accused("d1", grade="C")
    who = in_secret(hall, tied)
    assert decide(hall, ACTORS["zhou"]) == OWN
    assert decide(hall, who).st == "applied"
    hall = accused("d1")
    who = in_secret(hall, tied)
    another(hall, "new", "c-office", "EFF")
    hall.send(ACTORS["chen"], "patrol.tie", "chen", Tie(["c-office"], []), at=at("9:00"), received=at("9:00"))
    assert void(hall, ACTORS["zhou"]) == OWN
    assert void(hall, who).st == "applied"
    hall = accused("d1")
    who = in_secret(hall, tied)
    assert void(hall, who) == (OWN if tied else Outcome("applied")), "the efficiency group can"


def test_a_tie_everybody_may_know_leaves_the_decision_to_whoever_is_there() -> None:
    """PTL-07: 陈 inspects openly; declared while he visited in secret alone, it is none to anybody else."""
    for roles, outcome in ((frozenset({"EFF"}), Outcome("applied")), (frozenset({"TEAM"}), OWN)):
        hall = accused("d1")
        tie = Tie(["c-office"], [])
        hall.send(ACTORS["chen"]._replace(roles=roles), "patrol.tie", "chen", tie, at=at("9:00"), received=at("9:00"))
        assert void(hall, ACTORS["zhou"]) == outcome


def test_where_nobody_else_can_the_own_unit_decides_and_never_the_accused_himself() -> None:
    """CON-02: the enquiry desk is the office's, and who decides is the office."""
    hall = accused("d1", grade="C")
    assert decide(hall, ACTORS["zhou"]).st == "applied"
    hall = accused("d1", grade="C")
    another(hall, "new", "c-lead", "OFF")
    assert decide(hall, ACTORS["zhou"]) == OWN
    assert void(hall, ACTORS["zhou"]) == OWN, "the efficiency group can"
