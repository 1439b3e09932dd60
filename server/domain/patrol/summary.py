"""What the patrol of some days came to, in numbers: what bulletins are made of (PTL-10, DOC-13)."""

from server.domain.base import Tx
from server.domain.hall.here import hall_of
from server.domain.hall.rules import add_days, day_start
from server.domain.patrol.rules import WHAT, Patrolled
from server.domain.patrol.tables import ObservationRecord, RoundRecord, SlotRecord, ZoneSeenRecord

MET = frozenset({"present", "covered"})


def patrolled(tx: Tx, *, from_day: str, to_day: str) -> Patrolled:
    """Rounds, looks and reminders of these days, both included. Irregular rounds are in the looks and are not counted apart (PTL-05)."""
    hall = hall_of(tx)
    span = [day_start(from_day, hall.tz), day_start(add_days(to_day, 1), hall.tz)]
    slots = tx.find(SlotRecord, "day >= ? AND day <= ? AND state <> 'exempt'", [from_day, to_day])
    seen = tx.find(ObservationRecord, "at >= ? AND at < ?", span)
    live = [one for one in seen if not one.withdrawn and not one.void]
    cleared = sum(len(zone.posts) for zone in tx.find(ZoneSeenRecord, "day >= ? AND day <= ?", [from_day, to_day]))
    return Patrolled(
        slots_due=len(slots),
        slots_done=sum(slot.made for slot in slots),
        slots_late=sum(slot.state == "late" for slot in slots),
        slots_partial=sum(slot.state == "partial" for slot in slots),
        gap_min=max((slot.gap_min for slot in slots), default=0),
        rounds=len(tx.find(RoundRecord, "started_at >= ? AND started_at < ? AND type = 'hourly'", span)),
        looks=cleared + len(live),
        served=cleared + sum(WHAT[one.seen] in MET for one in live),
        reminders=sum(one.reminded for one in live),
    )
