"""Absences of a unit speak of whoever belonged to it that day, and of nobody's window but theirs (AWY-02, CON-43, EVD-01, EVD-04)."""

from typing import Any

import pytest

from server.app import DOMAINS
from server.domain.hall.handlers import put_person
from server.domain.hall.tables import PersonRecord, RoleTerm, UnitTerm
from server.domain.presence.ops import Cancel, StepUp
from server.domain.roster.ops import PutPerson, PutSwap
from server.domain.trail import check
from tests.server.scenes.conflicts import look
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.server.test_back_alone import LEAVES, Fact, lobby
from tests.server.test_own_word import HAS_W3, HEAD_BACK
from tests.support.memory_tx import MemoryHall

NEXT = "2026-11-24"
GIVEN: Fact = ("wang", "roster.swap", "s2", PutSwap("w2", DAY, "wang", "qian"), "09:30", "A")
"""With it 钱 of u1 has w3 of u2 (`HAS_W3`)."""


def say(hall: MemoryHall, *facts: Fact, received: int = at("15:00")) -> None:
    for who, kind, rid, args, clock, grade in facts:
        op = hall.op(ACTORS[who], kind, rid, args, at=at(clock), received=received, op_id=f"{kind}{who}{clock}", grade=grade)  # type: ignore[arg-type]
        assert hall.run(op).st == "applied", (kind, who)


def see(hall: MemoryHall, post: str, *clocks: str, first: int = 1) -> None:
    for n, clock in enumerate(clocks, first):
        assert hall.run(look(f"o{n}", clock, "empty_no_notice", "lin", post=post).op(hall, at("15:00"))).st == "applied"


def judged(hall: MemoryHall, rid: str = "o1") -> tuple[Any, ...]:
    row = hall.row("finding", rid)
    return row["state"], row["person_count"], row["explain"]["key"]


def moves(hall: MemoryHall) -> None:
    """钱 belongs to u2 from the next day on."""
    terms = [UnitTerm("u1", "2020-01-01", DAY), UnitTerm("u2", NEXT)]
    person = PutPerson("钱", "qian", terms, [RoleTerm("STF", "2020-01-01")])
    version = {"qian": hall.tx.version("person", "qian") or 0}
    assert hall.send(ACTORS["zhou"], "org.person", "qian", person, received=at("16:00"), guard=version).st == "applied"


@pytest.mark.parametrize("notice", ["before he moves", "afterwards"])
def test_who_moves_to_another_unit_is_judged_by_the_one_he_belonged_to_that_day(notice: str) -> None:
    """CON-43, EVD-01: whenever the notice arrives, and whatever is looked at anew later."""
    hall = small_hall("15:00", domains=DOMAINS)
    say(hall, GIVEN, HAS_W3, *([LEAVES] if notice == "before he moves" else []))
    see(hall, "w3", "10:20", "10:31")
    moves(hall)
    hall.tick(at("08:40", NEXT))
    if notice == "afterwards":
        say(hall, LEAVES, received=at("09:00", NEXT))
    assert hall.run(look("o9", "11:20", "empty_no_notice", "lin", post="w3").op(hall, at("09:05", NEXT))).st == "applied"
    assert judged(hall) == ("pending", 0, "explain.unit_away")
    assert check.compare_day(hall.tx, DAY) == []


def test_a_head_who_says_that_his_unit_is_back_says_nothing_of_another_units_window() -> None:
    """EVD-04: it parts no absence in two glances that count nothing."""
    hall = small_hall("15:00", domains=DOMAINS)
    say(hall, GIVEN, HAS_W3, LEAVES, HEAD_BACK)
    see(hall, "w3", "10:05", "10:25")
    assert hall.row("finding", "o2") is None
    assert judged(hall) == ("pending", 0, "explain.unit_away")


def test_an_absence_that_was_taken_back_leaves_the_same_doubt_at_every_window() -> None:
    """AWY-02: whoever had heard of it could not know that it was off."""
    hall = small_hall("15:00", domains=DOMAINS)
    say(hall, GIVEN, HAS_W3, LEAVES)
    see(hall, "w3", "10:20", "10:31")
    say(hall, ("zhao", "away.cancel", "u", Cancel(""), "09:55", "A"))
    assert judged(hall)[:2] == ("pending", 0)


def test_who_says_that_he_has_the_window_himself_relieves_whoever_stood_in() -> None:
    """AB-01, AB-06: lobby and finding say the same."""
    cover: Fact = ("zhao", "cover.step_up", "k", StepUp("w1", at("10:05")), "10:05", "A")
    own: Fact = ("li", "roster.swap", "sw", PutSwap("w1", DAY, "li", "wang"), "10:20", "A")
    hall = small_hall("15:00", domains=DOMAINS)
    say(hall, LEAVES, cover, own)
    see(hall, "w1", "10:30", "10:41")
    assert hall.row("finding", "o1").get("cover_count", 0) == 0
    assert hall.row("finding", "o1")["person_count"] == 1
    seen = small_hall("09:00", domains=DOMAINS)
    for fact in (LEAVES, cover, own):
        say(seen, fact, received=at(fact[4]))
    seen.tick(at("10:25"))
    assert lobby(seen, "w1")[0] == "on_post"


def test_saving_the_notice_of_a_unit_asks_nothing_of_anybody_elses() -> None:
    """CON-43: who belonged to it that day is asked for once."""
    hall = small_hall("15:00", domains=DOMAINS)
    others = {f"x{n}" for n in range(30)}
    for uid in others:
        put_person(hall.tx, PersonRecord(rid=uid, name=uid, badge=uid, unit="u2", title={}, roles=["STF"]))
    asked: list[str] = []
    ask = hall.tx.ask
    hall.tx.ask = lambda question, **about: asked.append(about.get("uid", "")) or ask(question, **about)  # type: ignore[method-assign,func-returns-value]
    say(hall, LEAVES)
    assert others.isdisjoint(asked)
