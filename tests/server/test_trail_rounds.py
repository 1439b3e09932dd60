"""Hourly rounds: one slot done twice, a missed one that arrives after all (CON-08, CON-09, CAL-10), by real devices and in memory."""

from itertools import permutations

import pytest

from server.domain.patrol.ops import RoundFinish, RoundStart
from server.domain.patrol.rules import RoundFact, first_round, slot_state
from server.domain.patrol.slots import due_slots
from tests.server.scenes.conflicts import Said
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.support.memory_tx import MemoryHall


def round_of(who: str, rid: str, clock: str, slot: str = "10") -> tuple[Said, Said]:
    """A whole round of half an hour."""
    hour, minute = clock.split(":")
    done = f"{hour}:{int(minute) + 25:02d}"
    return (
        Said(who, clock, "patrol.start", rid, RoundStart(f"{DAY}T{slot}", "hourly", at(clock))),
        Said(who, done, "patrol.finish", rid, RoundFinish(at(done))),
    )


TEN_TWICE = (*round_of("lin", "r1", "10:02"), *round_of("chen", "r2", "10:10"))


def test_one_slot_done_by_two_is_covered_once_and_both_rounds_stay() -> None:
    """CON-08: whatever arrives first, the earlier round completes the slot and the other is 重复轮次."""
    for order in permutations(TEN_TWICE):
        hall = small_hall("08:00")
        for said in order:
            hall.run(said.op(hall))
        rounds = dict(hall.rows("round"))
        assert {rid: (body["state"], body.get("repeated", False)) for rid, body in rounds.items()} == {
            "r1": ("done", False),
            "r2": ("done", True),
        }


def slots(hall: MemoryHall) -> dict[str, tuple[str, str | None]]:
    """Alarms by the hour, and the round that took each back."""
    return {rid[-2:]: (body["state"], body.get("round")) for rid, body in hall.rows("slot")}


def test_a_missed_slot_is_told_and_its_alarm_withdrawn_by_a_round_that_arrives_late() -> None:
    """CON-09: 0 missed in the end; "missed" is provisional until the daily close at noon of the next working day."""
    hall = small_hall("08:00")
    for said in round_of("lin", "r0", "09:05", "09"):
        hall.send(ACTORS[said.who], said.kind, said.rid, said.args, received=at(said.clock))
    hall.tick(at("11:09"))
    assert slots(hall) == {}
    hall.tick(at("11:11"))
    assert slots(hall) == {"10": ("missed", None)}
    assert hall.row("slot", f"{DAY}T10")["final_at"] == at("12:00", "2026-11-24")
    assert hall.buckets("slot", f"{DAY}T10") == {"role:INS", "role:EFF", "role:OFF"}
    for said in round_of("lin", "r1", "10:02"):
        hall.run(said.op(hall))
    assert slots(hall) == {"10": ("late", "r1")}
    assert hall.row("slot", f"{DAY}T10")["alarm_at"] == at("11:11")


def test_a_round_begun_is_none_until_it_is_finished_and_a_hall_that_never_patrolled_misses_nothing() -> None:
    """PTL-06."""
    hall = small_hall("08:00")
    hall.tick(at("11:30"))
    assert slots(hall) == {}
    started, _ = round_of("lin", "r1", "10:02")
    hall.run(started.op(hall))
    hall.tick(at("15:05"))
    assert slots(hall)["10"] == ("missed", None)


def test_an_alarm_leaves_the_devices_after_two_days() -> None:
    hall = small_hall("08:00")
    hall.run(round_of("lin", "r1", "10:02")[0].op(hall))
    hall.tick(at("15:30"))
    assert slots(hall)
    hall.tick(at("09:00", "2026-11-26"))
    assert slots(hall) == {}


@pytest.mark.parametrize(
    ("now", "hours"),
    [("09:00", []), ("09:40", []), ("10:10", ["09"]), ("12:10", ["09", "10", "11"]), ("18:00", ["09", "10", "11", "15", "16"])],
)
def test_slots_are_the_whole_opening_hours_that_are_over_with_tolerance(now: str, hours: list[str]) -> None:
    """CAL-10."""
    hall = small_hall("08:00")
    assert [slot[-2:] for slot, _ in due_slots(hall.tx.ask("hall"), DAY, at(now))] == hours


def test_the_walk_counts_not_its_arrival() -> None:
    """CON-08, CON-09, PTL-06."""
    early, late = RoundFact("b", "s", 10, 99), RoundFact("a", "s", 20, 30)
    assert first_round([late, early]) == "b"
    assert [slot_state((), 100, 0, now) for now in (99, 100)] == ["due", "missed"]
    assert [slot_state((early,), 100, alarm_at, 200) for alarm_at in (0, 120)] == ["done", "late"]
