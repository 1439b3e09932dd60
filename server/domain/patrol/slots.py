"""整点巡查 by the hour: did every slot of opening time have its round; an alarm that a late one takes back (CAL-10, CON-08, CON-09)."""

from collections.abc import Iterable
from typing import Literal

from msgspec.structs import replace

from server.domain.base import Face, Tx
from server.domain.hall.audiences import NOBODY, PATROL_AND_OFFICE
from server.domain.hall.duty import lunch_spans
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, add_days, day_of, day_start, local, lunch_span, minutes_ms, posted_sessions, rule
from server.domain.patrol import ties
from server.domain.patrol.ops import Slot
from server.domain.patrol.rules import (
    Grade,
    RoundFact,
    completes,
    first_round,
    gaps,
    left_out,
    reached,
    since_last,
    slot_state,
    slot_walked,
    unused,
)
from server.domain.patrol.tables import RoundRecord, RoundTallyRecord, SlotRecord
from sync.units import HOUR_MS

SHOWN_DAYS = 2
"""An alarm leaves the devices after so many days; the record stays."""
SLEPT_DAYS_MAX = 31
"""A server that was off looks back no further."""
OPEN_DAYS_MAX = 62
"""So long, at most, the month of a day stays open (EVD-10)."""


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


def posts_due(tx: Tx, hall: Hall, slot: str, at: int) -> list[str]:
    """The posts a round of `slot`, "" for none, begun at `at` (ms) is to look at: those in use then; over lunch those with lunch duty
    (CAL-05). The hour decides, not the clock, where somebody begins within tolerance of it (PTL-06).
    """
    day = day_of(at, hall.tz)
    start, end = next(((first, last) for name, first, last in hours_of(hall, day) if name == slot), (at, at + 1))
    then = min(max(at, start), end - 1)
    noon = None if hall.rules.get("demo.always_open") else lunch_span(hall, day)
    over_lunch = noon is not None and noon[0] <= then < noon[1]
    return [post.rid for post in tx.ask("posts_at", at=at) if not over_lunch or on_lunch_duty(tx, hall, post.rid, then)]


def on_lunch_duty(tx: Tx, hall: Hall, post: str, at: int) -> bool:
    """Whether somebody has lunch duty at the post at that moment (ms)."""
    return any(start <= at < end for start, end in lunch_spans(hall, tx.ask("duty_of", post=post, day=day_of(at, hall.tz))))


def due_slots(hall: Hall, day: str, now: int) -> list[tuple[str, int]]:
    """Slots of a day whose hour is over, with tolerance, and when that was (ms)."""
    tolerance = minutes_ms(hall, "ptl.tolerance_min", day)
    return [(slot, end + tolerance) for slot, _, end in hours_of(hall, day) if end + tolerance <= now]


def tick(tx: Tx) -> None:
    """Note every slot whose hour is over, those of days the server slept through, too; tell of those without a round."""
    hall = hall_of(tx)
    today = today_of(tx)
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


def round_changed(tx: Tx, hours: Iterable[str]) -> None:
    """A round of these hours was walked further, or arrived late: they are looked at again."""
    # One that arrives late shortens the gap of the hour after its own, too.
    first = {hour[:10]: hour for hour in sorted(hours, reverse=True)}
    for day, hour in sorted(first.items()):
        for slot in tx.find(SlotRecord, "day = ? AND rid >= ?", [day, hour]):
            look(tx, slot.rid, slot.over_at)


def look(tx: Tx, slot: str, over_at: int) -> None:
    """What the rounds that have arrived make of a slot. An alarm is raised until the daily close; a round takes it back with a note."""
    hall = hall_of(tx)
    day = slot[:10]
    walked = _walked(tx, day, slot)
    facts = [fact for fact in walked if fact.slot == slot]
    known = tx.get(SlotRecord, slot)
    if known and tx.now >= _closes(tx, hall, day)[1]:
        return
    if _is_exempt(tx, hall, slot):
        alarms = (known.alarm_at, known.wide_at) if known else (0, 0)
        exempt = SlotRecord(rid=slot, day=day, over_at=over_at, state="exempt", alarm_at=alarms[0], wide_at=alarms[1])
        if known != exempt:
            tx.put(exempt)
            _show(tx, exempt)
        return
    alarm_at, wide_at = (known.alarm_at, known.wide_at) if known else (0, 0)
    state = slot_state(facts, over_at, alarm_at, tx.now)
    best = first_round(facts) if facts else None
    seen, left = frozenset[str]().union(*(fact.looked for fact in facts)), left_out(facts)
    gap_min = gaps(hours_of(hall, day), _open(tx, day, posted_sessions(hall, day)), [fact.started_at for fact in walked]).get(slot, 0)
    wide = _is_wide(tx, hall, slot, walked)
    if tx.now < _closes(tx, hall, day)[0]:
        alarm_at = alarm_at or (tx.now if state in ("missed", "partial") else 0)
        wide_at = wide_at or (tx.now if wide else 0)
    record = SlotRecord(
        rid=slot,
        day=day,
        over_at=over_at,
        state=state,
        alarm_at=alarm_at,
        round=best.rid if best else "",
        # What left the devices days ago comes back only when it is told otherwise.
        shown=bool(alarm_at or wide_at) and (known is None or known.shown or (known.state, known.wide) != (state, wide)),
        gap_min=gap_min,
        made=best is not None and not left,
        wide=wide,
        wide_at=wide_at,
        looked=len(seen),
        due=len(seen | left),
    )
    if record != known:
        tx.put(record)
        _show(tx, record)


def _is_exempt(tx: Tx, hall: Hall, slot: str) -> bool:
    """Whether no more than half of this hour was open: closed by the hall's word said later, or by one taken back (CAL-01, CAL-10)."""
    day = slot[:10]
    hour = next((one for one in hours_of(hall, day) if one[0] == slot), None)
    return hour is None or sum(b - a for a, b in _open(tx, day, [hour[1:]])) <= (hour[2] - hour[1]) // 2


def _open(tx: Tx, day: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of these spans (ms) the hall did not stand closed."""
    for closed, again in tx.ask("stood_closed", day=day):
        parts = [part for a, b in spans for part in ((a, min(b, closed)), (max(a, again), b))]
        spans = [(a, b) for a, b in parts if a < b]
    return spans


def look_again(tx: Tx) -> None:
    """Days and hours of the hall are others: what hours of days gone by had to have their round."""
    for slot in tx.find(SlotRecord, "day >= ?", [add_days(today_of(tx), -OPEN_DAYS_MAX)]):
        look(tx, slot.rid, slot.over_at)


def _walked(tx: Tx, day: str, slot: str) -> list[RoundFact]:
    """The rounds of a day, up to a slot, that count."""
    hall = hall_of(tx)
    closes = _closes(tx, hall, day)
    return [fact for fact in _facts(tx, day, slot) if completes(fact, *closes)]


def _facts(tx: Tx, from_slot: str, slot: str) -> list[RoundFact]:
    """What was looked at for the hours between two of them, both included."""
    began = "(slot >= ? AND slot <= ?) OR (last_slot >= ? AND slot < ?)"
    rounds = tx.find(RoundRecord, f"({began}) AND type = 'hourly' AND posts_seen > 0", [from_slot, slot, from_slot, slot])
    return [fact for one in rounds for fact in facts_of(tx, one) if from_slot <= fact.slot <= slot]


def facts_of(tx: Tx, record: RoundRecord) -> list[RoundFact]:
    """A round, with what was looked at on it: a look is one, whether or not its round was walked to its end. After it, the other hours that
    were walked on it.
    """
    looked = frozenset(record.reached) or looked_at(tx, record)
    own = RoundFact(record.rid, record.slot, record.started_at, record.received_at, record.grade, looked, frozenset(record.left))
    # When each of their looks was is known by itself.
    made = own._replace(grade="A")
    rest = [(one.slot, one.started_at, frozenset(one.reached), frozenset(one.left)) for one in record.later]
    return [own, *(made._replace(slot=slot, started_at=at, looked=seen, missing=left) for slot, at, seen, left in rest)]


def looked_at(tx: Tx, record: RoundRecord) -> frozenset[str]:
    """The posts that were looked at on a round, within its hour."""
    tally = tx.get(RoundTallyRecord, record.rid)
    if tally is None:
        return frozenset()
    # Of looks kept by a server of before nobody knows when they were.
    return reached(tally.times, *_span(tx, record)) | (tally.looked.keys() - tally.times.keys())


def later_walks(tx: Tx, record: RoundRecord) -> list[tuple[RoundRecord, frozenset[str]]]:
    """The hours that were walked on an hourly round once its own was over, each as the round it would be, with the posts looked at: the
    inspector was there, though he forgot to end the one and begin the next (PTL-06).
    """
    tally = tx.get(RoundTallyRecord, record.rid)
    walked, ended = record, record.finished_at or FOREVER
    known = tally.times if tally and record.type == "hourly" else {}
    # A second look at what an ended round saw is no walk.
    times = {post: [at for at in looks if at <= ended] for post, looks in known.items()}
    found = []
    while times:
        if _ends(hall_of(tx), walked):
            times = unused(times, *_span(tx, walked), _ends(hall_of(tx), walked))
        begun = min((at for looks in times.values() for at in looks if _hour(tx, at) > walked.slot), default=0)
        if not begun:
            break
        slot = _hour(tx, begun)
        walked = replace(record, slot=slot, started_at=begun, posts=posts_due(tx, hall_of(tx), slot, begun))
        found.append((walked, reached(times, *_span(tx, walked))))
    return found


def _hour(tx: Tx, at: int) -> str:
    """The hour that needs a round, "" for none, a look (ms) is of where its round is of no other."""
    hall = hall_of(tx)
    return slot_walked(hours_of(hall, day_of(at, hall.tz)), "", at, minutes_ms(hall, "ptl.tolerance_min", at))


def _span(tx: Tx, record: RoundRecord) -> tuple[int, int]:
    """From when to when (ms) looks count for a round."""
    return record.started_at - minutes_ms(hall_of(tx), "ptl.tolerance_min", record.started_at), over_at(tx, record)


def over_at(tx: Tx, record: RoundRecord) -> int:
    """Until when (ms) a look counts for an hourly round: to the end of its hour, or an hour from its beginning, and tolerance (PTL-06)."""
    if record.type != "hourly":
        return FOREVER
    hall, at = hall_of(tx), record.started_at
    interval = min(minutes_ms(hall, "ptl.interval_min", at), HOUR_MS)
    return max(_ends(hall, record), at + interval) + minutes_ms(hall, "ptl.tolerance_min", at)


def _ends(hall: Hall, record: RoundRecord) -> int:
    """When the hour of a round is over (ms); 0 for one that needs none."""
    return next((last for name, _, last in hours_of(hall, record.slot[:10]) if name == record.slot), 0)


def may_count(tx: Tx, at: int, grade: Grade, received_at: int) -> bool:
    """Whether a look of `at` (ms) may still change its hour: one whose time nobody can prove, until the daily close alone (EVD-03)."""
    return grade != "C" or received_at < _closes(tx, hall_of(tx), day_of(at, hall_of(tx).tz))[0]


def of_hour(tx: Tx, slot: str) -> list[RoundFact]:
    """The hourly rounds of a slot on which anything was looked at."""
    return [fact for fact in _facts(tx, slot, slot) if fact.looked]


def over_lunch(tx: Tx, from_at: int, to_at: int) -> list[RoundRecord]:
    """Rounds walked in the lunch time of the days of these moments (ms): their posts follow from who has lunch duty (CAL-05)."""
    hall = hall_of(tx)
    day, found = day_of(from_at, hall.tz), list[RoundRecord]()
    while day <= day_of(to_at - 1, hall.tz):
        if noon := lunch_span(hall, day):
            found += [one for one in ties.rounds_within(tx, *noon) if one.type != "irregular"]
        day = add_days(day, 1)
    return found


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
    told: Literal["missed", "partial", "late", "wide"] = "wide" if record.wide else "late"
    if record.state in ("missed", "partial"):
        told = record.state
    body = Slot(
        slot=record.rid,
        state=told,
        alarm_at=record.alarm_at or record.wide_at,
        final_at=closes,
        round=record.round or None,
        gap_min=record.gap_min if told == "wide" else 0,
        looked=record.looked if told == "partial" else 0,
        due=record.due if told == "partial" else 0,
    )
    tx.project(Face("slot", record.rid, PATROL_AND_OFFICE if record.shown else NOBODY, body))
