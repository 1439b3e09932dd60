"""Which findings and sightings stand: what a bulletin may speak of, and what others may build on (PTL-10, CON-44).

A finding stands when it says that a window was unattended without notice, whoever it concerns was told, the time to answer is over
(EVD-12), and nothing about it waits for a decision. Until then it is no more than something that was seen.
"""

from server.domain.base import Tx
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_start
from server.domain.hall.tables import PostRecord
from server.domain.hall.terms import due_by
from server.domain.patrol.rules import SeenAt
from server.domain.trail.gather import effective, is_praise, params_of, post_facts
from server.domain.trail.rules import Confirmed, ConfirmedFinding, same_absence
from server.domain.trail.tables import CodedRecord, FindingRecord

OPEN = frozenset({"unattended", "pending", "late_notice", "contradictory"})
"""States of which something may yet come."""


def confirmed_in(tx: Tx, *, from_day: str, to_day: str) -> Confirmed:
    """Findings of these days (ISO, both included) that stand, by time."""
    hall = hall_of(tx)
    span = [day_start(from_day, hall.tz), day_start(add_days(to_day, 1), hall.tz)]
    found = tx.find(FindingRecord, "from_at >= ? AND from_at < ? AND state <> '' AND post_count > 0", span, "from_at, rid")
    standing = [one for one in found if _stands(tx, hall, one)]
    waiting = sum(one.state in OPEN for one in found) - len(standing)
    return Confirmed([ConfirmedFinding(f.rid, f.unit, f.post, f.from_at, f.to_at) for f in standing], waiting)


def _stands(tx: Tx, hall: Hall, one: FindingRecord) -> bool:
    return one.state == "unattended" and not one.doubt and bool(one.told_at) and _answered(tx, hall, one.told_at)


def _answered(tx: Tx, hall: Hall, told_at: int) -> bool:
    """Whether the time to answer what was told then (ms) is over (EVD-12)."""
    return today_of(tx) > due_by(hall, "evd.answer_days", told_at).day


def sighting_stands(tx: Tx, *, sighting: str) -> bool | None:
    """Whether a sighting, or another of the absence it was of, was not taken back: by its author before publication, or by others (CON-44).
    None: there is none.
    """
    seen: SeenAt | None = tx.ask("sighting", observation=sighting)
    return None if seen is None else bool(_standing(tx, seen))


def _standing(tx: Tx, seen: SeenAt) -> frozenset[str]:
    """The sighting; once it was taken back, those that stand of the absence it was of (EVD-07)."""
    rid, hall = seen.sighting.id, hall_of(tx)
    post: PostRecord | None = tx.ask("post", post=seen.post)
    if not effective(tx, seen.sighting).withdrawn:
        return frozenset({rid})
    return same_absence(rid, post_facts(tx, hall, post, seen.day), params_of(hall, seen.day)) if post else frozenset()


def sighting_open(tx: Tx, *, sighting: str) -> bool:
    """Whether something may yet come of a sighting: who is coded in it may still answer, or its finding does not stand yet (PTL-10)."""
    hall = hall_of(tx)
    coded = tx.get(CodedRecord, sighting)
    if coded and coded.live and not is_praise(coded) and not _answered(tx, hall, coded.turned_at or coded.told_at):
        return True
    seen: SeenAt | None = tx.ask("sighting", observation=sighting)
    if seen is None:
        return False
    found = tx.find(FindingRecord, "post = ? AND day = ? AND state <> ''", [seen.post, seen.day])
    of_it = _standing(tx, seen)
    return any(of_it.intersection(one.observations) and one.state in OPEN and not _stands(tx, hall, one) for one in found)
