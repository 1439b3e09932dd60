"""Irregular rounds through their handlers: drawn, repeatable, and known to nobody but the efficiency group (PTL-05)."""

from typing import Any

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.irregular.handlers import DOMAIN as IRREGULAR
from server.domain.irregular.ops import CommitRounds, DropRounds
from server.domain.irregular.rules import days_of, moments
from server.domain.patrol.ops import RoundStart, Tie, ZoneClear
from tests.server.scenes.small_hall import ACTORS, DOMAINS, KNEW, PEOPLE, at, small_hall
from tests.support.draw_tool import tool
from tests.support.memory_tx import MemoryHall

SECRET = "5a" * 32
HALL = (*DOMAINS, IRREGULAR)
BUCKETS = {
    "hall",
    "pub",
    "unit:u1",
    "unit:u2",
    "head:u1",
    "head:u2",
    "role:OFF",
    "role:INS",
    "role:LEAD",
    "role:TEAM",
    "role:CHECK",
    "role:ADM",
}


def commit(hall: MemoryHall, who: str = "chen", **more: Any) -> Outcome:
    """A week of irregular rounds from tomorrow on."""
    args: dict[str, Any] = {"from_day": "2026-11-24", "to_day": "2026-11-27", "secret": SECRET} | more
    return hall.send(ACTORS[who], "irregular.commit", "p1", CommitRounds(**args), received=at("10:00"))


def drawn(**more: Any) -> MemoryHall:
    """A plan whose minute of the log is there."""
    hall = small_hall(domains=HALL)
    assert commit(hall, **more).st == "applied"
    hall.tx.minutes = [(at("10:00"), b"before"), (at("10:02"), b"after")]
    hall.tick(at("10:03"))
    return hall


def test_rounds_are_drawn_by_time_and_zone_once_the_log_has_its_minute_and_every_zone_comes_first() -> None:
    """PTL-05: nobody chooses; the times lie in opening hours."""
    hall = small_hall(domains=HALL)
    commit(hall)
    hall.tx.minutes = [(at("10:00"), b"before")]
    hall.tick(at("10:01"))
    assert hall.row("irregular", "p1")["state"] == "committed"
    hall.tx.minutes.append((at("10:02"), b"after"))
    hall.tick(at("10:02"))
    plan = hall.row("irregular", "p1")
    assert plan["state"] == "drawn"
    assert len(plan["rounds"]) == 3  # 60 % of two zones with two chances each, rounded up
    assert {one["zone"] for one in plan["rounds"]} == {"A", "B"}
    times = {at(m[11:], m[:10]) for m in moments(hall.tx.ask("hall"), days_of("2026-11-24", "2026-11-27"), 30 * 60_000, 20 * 60_000)}
    assert {one["at"] for one in plan["rounds"]} <= times
    assert {one["who"] for one in plan["rounds"]} == {"chen"}


def test_the_draw_follows_from_its_inputs_and_can_be_repeated_with_the_tool() -> None:
    """PTL-05, CHK-04: the same seed gives the same rounds; another input is found out."""
    first, again, other = drawn(), drawn(), drawn(secret="6b" * 32)
    assert first.row("irregular", "p1") == again.row("irregular", "p1")
    assert first.row("irregular", "p1")["rounds"] != other.row("irregular", "p1")["rounds"]
    proof = first.row("irregular.proof", "p1")
    assert list(tool().differences(proof)) == []
    proof["inputs"]["days"].pop()
    assert list(tool().differences(proof)) != []


def test_nobody_but_the_efficiency_group_sees_that_there_is_a_plan() -> None:
    """PTL-05: not its rounds, not a gap, not a count, before, during and after its period."""
    quiet, hall = small_hall(domains=HALL), drawn()
    quiet.tick(at("10:03"))
    others = {f"u:{uid}" for uid in PEOPLE} | BUCKETS
    for clock, day in (("10:04", "2026-11-23"), ("11:00", "2026-11-25"), ("13:00", "2026-12-01")):
        quiet.tick(at(clock, day))
        hall.tick(at(clock, day))
        assert hall.seen_by(*others) == quiet.seen_by(*others)
    assert hall.buckets("irregular", "p1") == hall.buckets("irregular.proof", "p1") == {"role:EFF"}


def test_a_walked_round_is_seen_whenever_it_arrives_and_one_is_missed_only_after_the_daily_close() -> None:
    """PTL-05, PTL-06."""
    hall = drawn(zones=["A"], per_zone=1, percent=100)
    (one,) = hall.row("irregular", "p1")["rounds"]
    hall.tick(one["at"] + 60 * 60_000)
    assert hall.row("irregular", "p1")["rounds"] == [one]
    walked = drawn(zones=["A"], per_zone=1, percent=100)
    late = one["at"] + 3 * 60 * 60_000
    start = RoundStart("2026-11-24T10", "irregular", one["at"] + 60_000)
    walked.send(ACTORS["chen"], "patrol.start", "r1", start, at=one["at"] + 60_000, received=late)
    clear = ZoneClear("A", ["w1", "w2"], one["at"] + 120_000, KNEW)
    walked.send(ACTORS["chen"], "patrol.zone_clear", "r1", clear, at=one["at"] + 120_000, received=late)
    for told in (hall, walked):
        told.tick(at("12:01", "2026-12-01"))
    assert hall.row("irregular", "p1")["rounds"][0]["state"] == "missed"
    (done,) = walked.row("irregular", "p1")["rounds"]
    assert (done["state"], done["round"]) == ("done", "r1")


def test_whoever_has_a_tie_to_a_zone_is_not_drawn_for_it() -> None:
    """PTL-07: with nobody left for a zone there is no draw."""
    hall = small_hall(domains=HALL)
    hall.send(ACTORS["chen"], "patrol.tie", "chen", Tie(["u1"], []))
    assert commit(hall) == Outcome("refused", "DRAW_TEAM")
    assert commit(hall, zones=["B"]).st == "applied"


def test_a_plan_given_up_stays_to_be_read() -> None:
    """PTL-05: nobody draws until the result pleases without its being seen."""
    hall = drawn()
    rounds = hall.row("irregular", "p1")["rounds"]
    assert drop(hall, " ").code == "INVALID"
    assert drop(hall, "改期", guard={"p1": 99}).code == "STALE"
    assert drop(hall, "改期").st == "applied"
    assert (hall.row("irregular", "p1")["state"], hall.row("irregular", "p1")["rounds"]) == ("dropped", rounds)
    assert drop(hall, "改期").code == "GONE"


def test_a_plan_given_up_before_its_draw_is_drawn_to_be_read_and_sends_nobody() -> None:
    """PTL-05, CHK-04: nobody reckons what it will draw and keeps the plan that pleases."""
    hall = small_hall(domains=HALL)
    commit(hall)
    assert drop(hall, "改期").st == "applied"
    hall.tx.minutes = [(at("10:02"), b"after")]
    hall.tick(at("10:03"))
    assert (hall.row("irregular", "p1")["state"], hall.row("irregular", "p1").get("rounds", [])) == ("dropped", [])
    assert len(hall.row("irregular.proof", "p1")["drawn"]) == 3
    assert list(tool().differences(hall.row("irregular.proof", "p1"))) == []


@pytest.mark.parametrize(("day", "due"), [("2026-11-26", True), ("2026-12-01", False)])
def test_nobody_has_missed_a_round_whose_time_was_over_when_the_draw_was_known(day: str, due: bool) -> None:
    """PTL-06, CHK-04: the log stood still for days."""
    hall = small_hall(domains=HALL)
    commit(hall, percent=100)
    hall.tx.minutes = [(at("8:02", day), b"after")]
    hall.tick(at("8:03", day))
    rounds = hall.row("irregular", "p1").get("rounds", [])
    assert (bool(rounds), all(one["at"] > at("8:03", day) for one in rounds)) == (due, True)
    hall.tick(at("8:03", "2026-12-03"))
    assert len(hall.row("irregular.proof", "p1")["drawn"]) == 4


def drop(hall: MemoryHall, text: str, who: str = "chen", **how: Any) -> Outcome:
    return hall.send(ACTORS[who], "irregular.drop", "p1", DropRounds(text), **how)


@pytest.mark.parametrize("who", ["lin", "zhou", "zhao", "wu", "sun", "ma"])
def test_a_stranger_learns_nothing_whether_there_is_a_plan_or_not(who: str) -> None:
    """PTL-05."""
    assert drop(drawn(), "改期", who).code == drop(small_hall(domains=HALL), "改期", who).code == "NO_RIGHT"
    assert commit(small_hall(domains=HALL), who).code == "NO_RIGHT"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"from_day": "2026-11-23"}, "PLAN_LATE"),
        ({"from_day": "2026-11-28", "to_day": "2026-11-29"}, "DRAW_EMPTY"),
        ({"to_day": "2027-11-27"}, "INVALID"),
        ({"to_day": "2026-11-20"}, "INVALID"),
        ({"from_day": "morgen"}, "INVALID"),
        ({"secret": "5a"}, "INVALID"),
        ({"secret": "zz" * 32}, "INVALID"),
        ({"zones": ["Z"]}, "INVALID"),
        ({"zones": ["A", "A"]}, "INVALID"),
        ({"inspectors": ["lin"]}, "INVALID"),
        ({"per_zone": 0}, "INVALID"),
        ({"percent": 0}, "INVALID"),
        ({"percent": 101}, "INVALID"),
    ],
)
def test_a_plan_that_allows_no_draw_is_refused_with_its_reason(wrong: dict[str, Any], code: str) -> None:
    assert commit(small_hall(domains=HALL), **wrong) == Outcome("refused", code)


def test_a_held_op_about_irregular_rounds_is_heard_of_by_the_efficiency_group_alone() -> None:
    hall = small_hall(domains=HALL)
    assert IRREGULAR.sealed is not None
    raw = msgspec.json.encode(CommitRounds("2026-11-24", "2026-11-27", SECRET))
    assert IRREGULAR.sealed(hall.tx, "p1", raw, "chen") == {"role:EFF"}
