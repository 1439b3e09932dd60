"""What a bulletin is made of: confirmed facts of other institutions (PTL-10). One that is not there has nothing to tell."""

from typing import NamedTuple

import msgspec

from server.domain.base import Tx
from server.domain.bulletin.ops import BulletinDetail, BulletinLine, BulletinNumbers, Kind
from server.domain.bulletin.rules import UNATTENDED, lines_of
from server.domain.campaign.rules import FoundFact
from server.domain.hall.here import hall_of
from server.domain.hall.rules import add_days, day_start
from server.domain.patrol.rules import Patrolled
from server.domain.trail.rules import Confirmed
from server.domain.visit.rules import Checked
from sync.units import MINUTE_MS

PATROL_SOURCES = frozenset({"patrol"})
CHECK_SOURCES = frozenset({"covert", "evaluation"})


class Facts(NamedTuple):
    """BulletinNumbers, lines by unit, and the facts one by one."""

    numbers: BulletinNumbers
    lines: list[BulletinLine]
    details: list[BulletinDetail]


def gather(tx: Tx, kind: Kind, from_day: str, to_day: str) -> Facts:
    """The facts of a period as they stand now."""
    return _checks(tx, from_day, to_day) if kind == "check" else _patrols(tx, from_day, to_day)


def is_same(one: Facts, other: Facts) -> bool:
    """Whether both tell the same, whenever they were gathered."""
    later = msgspec.structs.replace(one.numbers, made_at=other.numbers.made_at)
    return one._replace(numbers=later) == other


def _patrols(tx: Tx, from_day: str, to_day: str) -> Facts:
    seen: Patrolled = tx.ask("patrolled", from_day=from_day, to_day=to_day) if tx.knows("patrolled") else Patrolled()
    known = tx.ask("confirmed", from_day=from_day, to_day=to_day) if tx.knows("confirmed") else Confirmed([], 0)
    details = [
        BulletinDetail(one.unit, one.from_at, UNATTENDED, one.post, (one.to_at - one.from_at) // MINUTE_MS) for one in known.findings
    ]
    details += _problems(tx, from_day, to_day, PATROL_SOURCES)
    numbers = BulletinNumbers(
        made_at=tx.now,
        slots_due=seen.slots_due,
        slots_done=seen.slots_done,
        slots_late=seen.slots_late,
        slots_partial=seen.slots_partial,
        gap_min=seen.gap_min,
        looks=seen.looks,
        served=seen.served,
        rounds=seen.rounds,
        reminders=seen.reminders,
        findings=len(known.findings),
        problems=len(details) - len(known.findings),
        waiting=known.waiting,
    )
    return Facts(numbers, lines_of(details, ()), sorted(details, key=lambda one: (one.unit, one.at, one.post, one.what)))


def _checks(tx: Tx, from_day: str, to_day: str) -> Facts:
    checked: Checked = tx.ask("checked", from_day=from_day, to_day=to_day) if tx.knows("checked") else Checked([], 0, 0)
    details = _problems(tx, from_day, to_day, CHECK_SOURCES)
    numbers = BulletinNumbers(
        made_at=tx.now,
        results=len(checked.results),
        problems=len(details),
        scope=checked.scope,
        reached=checked.reached,
        waiting=checked.waiting,
    )
    return Facts(numbers, lines_of(details, checked.results), sorted(details, key=lambda one: (one.unit, one.at, one.what)))


def _problems(tx: Tx, from_day: str, to_day: str, sources: frozenset[str]) -> list[BulletinDetail]:
    """Problems of the list that somebody has ordered to be rectified: until then they are not confirmed."""
    if not tx.knows("problems_found"):
        return []
    hall = hall_of(tx)
    span = {"from_at": day_start(from_day, hall.tz), "to_at": day_start(add_days(to_day, 1), hall.tz)}
    found: list[FoundFact] = tx.ask("problems_found", **span)
    told = [one for one in found if one.source in sources and one.confirmed and not _is_open(tx, one.fact)]
    return [BulletinDetail(one.unit, one.at, one.code) for one in told]


def _is_open(tx: Tx, fact: str) -> bool:
    """Whether it comes from a result its unit may still answer (PRV-17), or from a sighting something may yet come of (PTL-10): nothing of
    it is told to others before that.
    """
    if not fact:
        return False
    open_result = tx.knows("result_open") and tx.ask("result_open", result=fact)
    return bool(open_result or (tx.knows("sighting_open") and tx.ask("sighting_open", sighting=fact)))
