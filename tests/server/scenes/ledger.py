"""What the ledger says of a finding, and whether it is what the facts come to."""

from typing import Any

from server.domain.trail import check
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import DAY, at, small_hall
from tests.support.memory_tx import MemoryHall


def told(*facts: Said, now: str = "09:00") -> MemoryHall:
    """A hall that has heard all of it by half past three."""
    hall = small_hall(now)
    for said in facts:
        assert hall.run(said.op(hall)).st == "applied"
    hall.tick(at("15:30"))
    return hall


def ledger(hall: MemoryHall, rid: str = "o1") -> tuple[Any, ...] | None:
    """State, both counts and the sentence of a finding; None: there is none."""
    body = hall.row("finding", rid)
    return body and (body["state"], body["post_count"], body["person_count"], body["explain"]["key"])


def kept_as_made(hall: MemoryHall, day: str = DAY) -> None:
    """What is kept of the day is what its facts come to."""
    assert check.compare_day(hall.tx, day) == []
