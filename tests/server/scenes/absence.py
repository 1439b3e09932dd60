"""Absences as the tests say them in the small hall."""

from typing import Any

from server.domain.base import Outcome
from server.domain.presence.ops import Announce
from tests.server.scenes.small_hall import ACTORS, at
from tests.support.memory_tx import MemoryHall

MINUTE = 60_000


def leave(hall: MemoryHall, who: str = "wang", rid: str = "n1", *, clock: str = "10:00", by: str = "", **more: Any) -> Outcome:
    """王 (or another) announces at `clock`; by default a step away of 20 minutes from w1."""
    args = {"posts": ["w1"], "reason": "step_away", "leaves_at": at(clock), "back_at": at(clock) + 20 * MINUTE, "person": who} | more
    return hall.send(ACTORS[by or who], "away.announce", rid, Announce(**args), received=at(clock))


def said(hall: MemoryHall, who: str, kind: str, rid: str, args: Any, clock: str, **how: Any) -> Outcome:
    """Somebody says something at `clock`."""
    return hall.send(ACTORS[who], kind, rid, args, received=at(clock), **how)


def public(hall: MemoryHall, post: str = "w1") -> Any:
    """What the lobby knows of a post."""
    return hall.row("post.pub", post)
