"""整点巡查 by the hour: did every slot of opening time have its round; an alarm that a late one takes back (CAL-10, CON-08, CON-09)."""

from server.domain.base import Face, Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import MINUTE_MS, add_days, day_of, local, minutes_ms, posted_sessions
from server.domain.patrol.ops import Slot
from server.domain.patrol.rules import RoundFact, first_round, gaps, slot_state
from server.domain.patrol.tables import RoundRecord, SlotRecord

HOUR_MS = 60 * MINUTE_MS
SHOWN_DAYS = 2
"""An alarm leaves the devices after so many days; the record stays."""
AUDIENCE = frozenset({"role:INS", "role:EFF", "role:OFF"})


def hours_of(hall: Hall, day: str) -> list[tuple[str, int, int]]:
    """The slots of a day: name, from, to (ms). The first and last hour may be cut by opening hours."""
    found = []
    for start, end in posted_sessions(hall, day):
        hour = start // HOUR_MS * HOUR_MS
        while hour < end:
            first, last = max(hour, start), min(hour + HOUR_MS, end)
            # A slot of less than half an hour needs no round of its own.
            if last - first > HOUR_MS // 2:
                found.append((f"{day}T{local(hour, hall.tz).hour:02d}", first, last))
            hour += HOUR_MS
    return found


def due_slots(hall: Hall, day: str, now: int) -> list[tuple[str, int]]:
    """Slots of a day whose hour is over, with tolerance, and when that was (ms)."""
    tolerance = minutes_ms(hall, "ptl.tolerance_min")
    return [(slot, end + tolerance) for slot, _, end in hours_of(hall, day) if end + tolerance <= now]


def tick(tx: Tx) -> None:
    """Note every slot whose hour is over; tell of those without a round."""
    hall: Hall = tx.ask("hall")
    today = day_of(tx.now, hall.tz)
    if not tx.find(RoundRecord, "", [], "rid LIMIT 1"):
        return  # a hall that has never patrolled misses nothing
    known = {s.rid for s in tx.find(SlotRecord, "day = ?", [today])}
    for slot, over_at in due_slots(hall, today, tx.now):
        if slot not in known:
            look(tx, slot, over_at)
    for old in tx.find(SlotRecord, "shown = ? AND day < ?", [True, add_days(today, -SHOWN_DAYS)]):
        old.shown = False
        tx.put(old)
        _show(tx, old)


def round_changed(tx: Tx, record: RoundRecord) -> None:
    """A round was begun or finished, or arrived late: its slot is looked at again."""
    if record.type != "hourly":
        return
    # One that arrives late shortens the gap of the hour after its own, too.
    for slot in tx.find(SlotRecord, "day = ? AND rid >= ?", [record.slot[:10], record.slot]):
        look(tx, slot.rid, slot.over_at)


def look(tx: Tx, slot: str, over_at: int) -> None:
    """What the rounds that have arrived make of a slot. Only hours of today raise an alarm; a round takes it back with a note."""
    rounds = tx.find(RoundRecord, "slot = ? AND type = 'hourly' AND finished_at > 0", [slot])
    facts = [RoundFact(r.rid, r.slot, r.started_at, r.received_at) for r in rounds]
    known = tx.get(SlotRecord, slot)
    alarm_at = known.alarm_at if known else 0
    state = slot_state(facts, over_at, alarm_at, tx.now)
    if state == "missed" and not alarm_at:
        alarm_at = tx.now
    record = SlotRecord(
        rid=slot,
        day=slot[:10],
        over_at=over_at,
        state=state,
        alarm_at=alarm_at,
        round=first_round(facts) if facts else "",
        # What left the devices days ago comes back only when it is told otherwise.
        shown=bool(alarm_at) and (known is None or known.shown or known.state != state),
        gap_min=_gap(tx, slot),
        made=bool(facts),
    )
    if record != known:
        tx.put(record)
        _show(tx, record)


def _gap(tx: Tx, slot: str) -> int:
    """Opening minutes without a round that end in this slot (IDX-24)."""
    hall: Hall = tx.ask("hall")
    day = slot[:10]
    walked = tx.find(RoundRecord, "slot >= ? AND slot <= ? AND type = 'hourly' AND finished_at > 0", [day, slot])
    return gaps(hours_of(hall, day), posted_sessions(hall, day), [r.started_at for r in walked]).get(slot, 0)


def _show(tx: Tx, record: SlotRecord) -> None:
    """Only what had raised an alarm is shown. It is provisional until the daily close."""
    closes = tx.ask("settlement", day=record.day).daily_at if tx.knows("settlement") else 0
    body = Slot(
        slot=record.rid,
        state="late" if record.state == "late" else "missed",
        alarm_at=record.alarm_at,
        final_at=closes,
        round=record.round or None,
    )
    tx.project(Face("slot", record.rid, AUDIENCE if record.shown else frozenset(), body))
