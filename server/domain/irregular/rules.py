"""The draw of irregular rounds as inputs of the provable one (PTL-05, CHK-04). Pure.

Every zone has `per_zone` chances (`A/1`, `A/2` …), each a unit of the draw in the stratum of its zone; `percent` of all chances are
drawn, so nobody can tell how often a zone comes, nor when; every zone comes once before any comes twice. The times of beginning are what
the draw calls days; there is one slot. The team is one person of the efficiency group who has no tie to the zone (PTL-07).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, add_days, at_time, is_day, local, posted_sessions
from server.domain.irregular.ops import DueRound
from server.domain.visit.rules import Candidate, Drawn, Inputs, ScopeUnit
from sync.units import MINUTE_MS

PERIOD_DAYS_MAX = 31
CHANCES_MAX = 20
SLOT = "round"
TEAM = 1


class Zone(NamedTuple):
    """A zone with its posts and the units that have them."""

    id: str
    posts: Sequence[str]
    units: frozenset[str]


def days_of(first: str, last: str) -> list[str]:
    """The days of a period; none when it is reversed, too long or no date."""
    if not is_day(first) or not is_day(last) or not first <= last < add_days(first, PERIOD_DAYS_MAX):
        return []
    days = [first]
    while days[-1] < last:
        days.append(add_days(days[-1], 1))
    return days


def moments(hall: Hall, days: Iterable[str], step_ms: int, last_ms: int) -> list[str]:
    """Every time a round may begin ("2026-11-24T09:30", the hall's clock): each `step_ms` of opening time, the last `last_ms` before
    it ends.
    """
    found = []
    for day in days:
        for start, end in posted_sessions(hall, day):
            found += [local(at, hall.tz).strftime("%Y-%m-%dT%H:%M") for at in range(start, end - last_ms + 1, step_ms)]
    return found


def inputs_of(zones: Iterable[Zone], ties: Mapping[str, frozenset[str]], when: list[str], per_zone: int, percent: int) -> Inputs:
    """What the draw rests on. `ties`: who may be drawn, with the units he or she has a tie to."""
    zones = list(zones)
    chances = [ScopeUnit(f"{zone.id}/{n}", zone.id, [zone.id]) for zone in zones for n in range(1, per_zone + 1)]
    candidates = [
        Candidate(uid, [chance.id for zone in zones if zone.units & units for chance in chances if chance.category == zone.id])
        for uid, units in ties.items()
    ]
    return Inputs(chances, candidates, percent, TEAM, when, [SLOT])


def due_rounds(drawn: Iterable[Drawn], tz: str) -> list[DueRound]:
    """What was drawn as rounds to walk, by time."""
    rounds = [DueRound(one.window, _at(one.day, tz), one.team[0]) for one in drawn]
    return sorted(rounds, key=lambda one: (one.at, one.zone))


def _at(moment: str, tz: str) -> int:
    then = datetime.fromisoformat(moment)
    return at_time(then.date().isoformat(), then.strftime("%H:%M"), tz)


def next_look(rounds: Iterable[DueRound], now: int) -> int:
    """When there is something to see to again (ms): each minute while a round is open, else at the next one."""
    return min((max(one.at, now + MINUTE_MS) for one in rounds if one.state == "due"), default=FOREVER)
