"""整点巡查 by the hour: did every slot of opening time have its round; an alarm that a late one takes back (CAL-10, CON-08, CON-09)."""

from typing import Literal

from server.domain.base import Face, Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, MINUTE_MS, add_days, day_of, day_start, local, minutes_ms, posted_sessions, rule
from server.domain.patrol.ops import Slot
from server.domain.patrol.rules import RoundFact, completes, first_round, gaps, since_last, slot_state, slot_walked
from server.domain.patrol.tables import RoundRecord, SlotRecord

HOUR_MS = 60 * MINUTE_MS
SHOWN_DAYS = 2
"""An alarm leaves the devices after so many days; the record stays."""
SLEPT_DAYS_MAX = 31
"""A server that was off looks back no further."""
AUDIENCE = frozenset({"role:INS", "role:EFF", "role:OFF"})


def hours_of(hall: Hall, day: str) -> list[tuple[str, int, int]]:
    """The slots of a day: name, from, to (ms); together they are all of its opening time. Half an hour or less that opening hours cut off
    an hour belongs to the slot beside it, a whole session of that length is one (CAL-10).
    """
    return [
        (f"{day}T{local(hour, hall.tz).hour:02d}", first, last)
        for start, end in posted_sessions(hall, day)
        for hour, first, last in _hours(start, end)
    ]


def _hours(start: int, end: int) -> list[tuple[int, int, int]]:
    """The hours of one session (ms): the full hour each is named by, from, to."""
    hours = range(start // HOUR_MS * HOUR_MS, end, HOUR_MS)
    cut = [(hour, max(hour, start), min(hour + HOUR_MS, end)) for hour in hours]
    whole = [hour for hour, first, last in cut if last - first > HOUR_MS // 2] or [hour for hour, _, _ in cut[:1]]
    return [(hour, start if hour == whole[0] else hour, end if hour == whole[-1] else hour + HOUR_MS) for hour in whole]


def slot_of(hall: Hall, named: str, at: int) -> str:
    """The hour a round begun at `at` (ms) was walked in; where none needs a round, the hour of the clock."""
    day = day_of(at, hall.tz)
    found = slot_walked(hours_of(hall, day), named, at, minutes_ms(hall, "ptl.tolerance_min", at))
    return found or f"{day}T{local(at, hall.tz).hour:02d}"


def due_slots(hall: Hall, day: str, now: int) -> list[tuple[str, int]]:
    """Slots of a day whose hour is over, with tolerance, and when that was (ms)."""
    tolerance = minutes_ms(hall, "ptl.tolerance_min", day)
    return [(slot, end + tolerance) for slot, _, end in hours_of(hall, day) if end + tolerance <= now]


def tick(tx: Tx) -> None:
    """Note every slot whose hour is over, those of days the server slept through, too; tell of those without a round."""
    hall: Hall = tx.ask("hall")
    today = day_of(tx.now, hall.tz)
    day = _noted_until(tx, hall, today)
    while day <= today:
        known = {s.rid for s in tx.find(SlotRecord, "day = ?", [day])}
        for slot, over_at in due_slots(hall, day, tx.now):
            if slot not in known:
                look(tx, slot, over_at)
        day = add_days(day, 1)
    for old in tx.find(SlotRecord, "shown = ? AND day < ?", [True, add_days(today, -SHOWN_DAYS)]):
        old.shown = False
        tx.put(old)
        _show(tx, old)


def _noted_until(tx: Tx, hall: Hall, today: str) -> str:
    """The day from which slots are still to be noted; after `today` where nobody has ever patrolled: such a hall misses nothing."""
    last = tx.find(SlotRecord, "", [], "day DESC, rid DESC LIMIT 1")
    first = [] if last else tx.find(RoundRecord, "", [], "received_at, rid LIMIT 1")
    if not last and not first:
        return add_days(today, 1)
    day = last[0].day if last else day_of(first[0].received_at, hall.tz)
    return max(day, add_days(today, -SLEPT_DAYS_MAX))


def round_changed(tx: Tx, record: RoundRecord) -> None:
    """A round was begun or finished, or arrived late: its slot is looked at again."""
    if record.type != "hourly":
        return
    # One that arrives late shortens the gap of the hour after its own, too.
    for slot in tx.find(SlotRecord, "day = ? AND rid >= ?", [record.slot[:10], record.slot]):
        look(tx, slot.rid, slot.over_at)


def look(tx: Tx, slot: str, over_at: int) -> None:
    """What the rounds that have arrived make of a slot. An alarm is raised until the daily close; a round takes it back with a note."""
    hall: Hall = tx.ask("hall")
    day = slot[:10]
    walked = _walked(tx, day, slot)
    facts = [fact for fact in walked if fact.slot == slot]
    known = tx.get(SlotRecord, slot)
    alarm_at, wide_at = (known.alarm_at, known.wide_at) if known else (0, 0)
    state = slot_state(facts, over_at, alarm_at, tx.now)
    gap_min = gaps(hours_of(hall, day), posted_sessions(hall, day), [fact.started_at for fact in walked]).get(slot, 0)
    wide = _is_wide(tx, hall, slot, walked)
    if tx.now < _closes(tx, hall, day)[0]:
        alarm_at = alarm_at or (tx.now if state == "missed" else 0)
        wide_at = wide_at or (tx.now if wide else 0)
    record = SlotRecord(
        rid=slot,
        day=day,
        over_at=over_at,
        state=state,
        alarm_at=alarm_at,
        round=first_round(facts) if facts else "",
        # What left the devices days ago comes back only when it is told otherwise.
        shown=bool(alarm_at or wide_at) and (known is None or known.shown or (known.state, known.wide) != (state, wide)),
        gap_min=gap_min,
        made=bool(facts),
        wide=wide,
        wide_at=wide_at,
    )
    if record != known:
        tx.put(record)
        _show(tx, record)


def _walked(tx: Tx, day: str, slot: str) -> list[RoundFact]:
    """The rounds of a day, up to a slot, that count."""
    hall: Hall = tx.ask("hall")
    closes = _closes(tx, hall, day)
    rounds = tx.find(RoundRecord, "slot >= ? AND slot <= ? AND type = 'hourly' AND finished_at > 0", [day, slot])
    facts = [RoundFact(r.rid, r.slot, r.started_at, r.received_at, r.grade, r.posts_seen) for r in rounds]
    return [fact for fact in facts if completes(fact, *closes)]


def _is_wide(tx: Tx, hall: Hall, slot: str, walked: list[RoundFact]) -> bool:
    """Whether the round of a slot came too long after the one before (CAL-10); an hour without any in between has its own alarm."""
    day = slot[:10]
    start, end = next(((first, last) for name, first, last in hours_of(hall, day) if name == slot), (0, 0))
    opens = next((a for a, b in posted_sessions(hall, day) if a <= start < b), 0)
    minutes = since_last(start, end, opens, [fact.started_at for fact in walked])
    if minutes <= rule(hall, "ptl.interval_min", day) + rule(hall, "ptl.tolerance_min", day):
        return False
    before = tx.find(SlotRecord, "day = ? AND rid < ?", [day, slot], "rid DESC LIMIT 1")
    return not any(one.state == "missed" and one.over_at > opens for one in before)


def _closes(tx: Tx, hall: Hall, day: str) -> tuple[int, int]:
    """When a day closes provisionally, and for good with its month (ms); with nobody there who settles, alarms end with the day."""
    if not tx.knows("settlement"):
        return day_start(add_days(day, 1), hall.tz), FOREVER
    settled = tx.ask("settlement", day=day)
    return settled.daily_at, settled.closed_at


def _show(tx: Tx, record: SlotRecord) -> None:
    """Only what had raised an alarm is shown. It is provisional until the daily close."""
    closes = tx.ask("settlement", day=record.day).daily_at if tx.knows("settlement") else 0
    told: Literal["missed", "late", "wide"] = "missed" if record.state == "missed" else "wide" if record.wide else "late"
    body = Slot(
        slot=record.rid,
        state=told,
        alarm_at=record.alarm_at or record.wide_at,
        final_at=closes,
        round=record.round or None,
        gap_min=record.gap_min if told == "wide" else 0,
    )
    tx.project(Face("slot", record.rid, AUDIENCE if record.shown else frozenset(), body))
