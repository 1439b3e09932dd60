"""What a patrol op does: it stores what was seen; the findings follow from it in the trail (PTL-01..04, PTL-08, EVD-01).

Facts of one round may arrive in any order and from several phones; none of them waits for another, except to be finished.
"""

from collections.abc import Iterable

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Touched, Tx, held
from server.domain.hall.blobs import attached, bind, show_due
from server.domain.hall.here import hall_of
from server.domain.hall.leaving import leave_devices
from server.domain.hall.ops import Hall
from server.domain.hall.recount import calendar_changed
from server.domain.hall.rules import day_of, may_any, vacancy_ms
from server.domain.hall.tables import PostRecord
from server.domain.patrol import facts, ops, points, summary, ties, video
from server.domain.patrol.facts import may_void, moved, touch_day
from server.domain.patrol.ops import Observe, RoundFinish, RoundStart, ScanPoint, Tie, Withdraw, ZoneClear
from server.domain.patrol.registers import MEASURES, REGISTERS
from server.domain.patrol.rules import EMPTY, WHAT, RoundFact, whole_by
from server.domain.patrol.slots import (
    facts_of,
    later_walks,
    look_again,
    looked_at,
    may_count,
    of_hour,
    over_at,
    over_lunch,
    posts_due,
    round_changed,
    slot_of,
    tick,
)
from server.domain.patrol.tables import (
    AskRecord,
    EmptyDayRecord,
    LaterHour,
    ObservationRecord,
    PointRecord,
    ReadersRecord,
    RoundRecord,
    RoundTallyRecord,
    SlotRecord,
    TieRecord,
    ZoneCodesRecord,
    ZoneSeenRecord,
)
from server.domain.patrol.ties import Marked
from server.domain.patrol.views import observation_face, round_audience, round_face
from sync.clock import Grade, Window
from sync.units import DAY_MS, MINUTE_MS

WRITTEN_AT_ONCE_MS = 15 * MINUTE_MS
"""A sighting written down later than this is a memory: its time is grade C."""
QUEUE_MAX = 10_000


def patrols(actor: Actor) -> bool:
    """Those who patrol each hour or at irregular times (PTL-01)."""
    return may_any(actor, "INS", "EFF")


def start(tx: Tx, op: Op[RoundStart]) -> Outcome:
    """开始一轮巡查 for a slot; a second round of one slot is kept and marked (CON-08)."""
    if not patrols(op.actor):
        return held("NO_RIGHT")
    if tx.get(RoundRecord, op.rid):
        return held("INVALID")
    hall = hall_of(tx)
    at, grade = _seen(op.a.at, op.window)
    slot, tally = slot_of(hall, op.a.slot, at), tx.get(RoundTallyRecord, op.rid)
    posts = [] if op.a.type == "irregular" else posts_due(tx, hall, slot if op.a.type == "hourly" else "", at)
    record = RoundRecord(
        rid=op.rid,
        slot=slot,
        type=op.a.type,
        inspector=op.actor.uid,
        started_at=at,
        received_at=op.received_at,
        grade=grade,
        posts_due=len(posts),
        posts_seen=len(tally.looked) if tally else 0,
        posts=posts,
        unit=ties.unit_then(tx, op.actor, day_of(at, hall.tz)),
    )
    _measure(tx, record)
    tx.put(record)
    _show_photos_due(tx, op.rid, at)
    _show_hour(tx, record, [])
    return APPLIED


def zone_clear(tx: Tx, op: Op[ZoneClear]) -> Outcome:
    """本区其余全部在岗: one tap, but every post it covers is stored (PTL-02)."""
    if not patrols(op.actor):
        return held("NO_RIGHT")
    if not op.a.posts or any(tx.ask("post", post=p) is None for p in op.a.posts):
        return held("INVALID")
    hall = hall_of(tx)
    at, grade = _seen(op.a.at, op.window)
    seen = ZoneSeenRecord(
        rid=op.id,
        round=op.rid,
        zone=op.a.zone,
        day=day_of(at, hall.tz),
        posts=list(dict.fromkeys(op.a.posts)),
        at=at,
        received_at=op.received_at,
        grade=grade,
        inspector=op.actor.uid,
        knew=op.a.knew,
        offset_ms=op.window.offset_ms,
        unit=ties.unit_then(tx, op.actor, day_of(at, hall.tz)),
    )
    tx.put(seen)
    _looked(tx, op.rid, seen.posts, seen)
    for post in seen.posts:
        touch_day(tx, post, at)
    return APPLIED


def observe(tx: Tx, op: Op[Observe]) -> Outcome:
    """What was seen at one post, with what the phone knew (EVD-09). An inspector's own unit is recorded and marked (PTL-07)."""
    a = op.a
    if not patrols(op.actor):
        return held("NO_RIGHT")
    post: PostRecord | None = tx.ask("post", post=a.post)
    if post is None or tx.get(ObservationRecord, op.rid):
        return held("INVALID")
    hall = hall_of(tx)
    at, grade = _seen(a.at, op.window)
    seen = ObservationRecord(
        rid=op.rid,
        round=a.round,
        post=a.post,
        day=day_of(at, hall.tz),
        seen=a.seen,
        at=at,
        received_at=op.received_at,
        grade=grade,
        inspector=op.actor.uid,
        own_unit=post.unit == ties.unit_then(tx, op.actor, day_of(at, hall.tz)),
        tied=ties.is_tied(tx, op.actor.uid, post, at, day_of(at, hall.tz)),
        knew=a.knew,
        codes=a.codes,
        person=a.person or "",
        note=a.note,
        offset_ms=op.window.offset_ms,
        reminded=a.reminded,
        waited=a.waited,
        recheck_of=a.recheck_of or "",
        blobs=bind(tx, op),
    )
    tx.put(seen)
    _count(tx, a.round, 1)
    _looked(tx, a.round, [a.post], seen)
    if WHAT[a.seen] in EMPTY:
        tx.put(EmptyDayRecord(rid=f"{a.post}:{seen.day}", post=a.post, day=seen.day))
    _show_with_first(tx, seen, hall)
    touch_day(tx, a.post, at, seen.person)
    return APPLIED


def _seen(claim: int, window: Window) -> tuple[int, Grade]:
    """When it was seen, never later than written down, and what that time is worth: little when written down much later."""
    at = min(claim, window.at)
    return at, window.grade if window.at - at <= WRITTEN_AT_ONCE_MS else "C"


def point(tx: Tx, op: Op[ScanPoint]) -> Outcome:
    """The inspector stood at the code of a zone (PTL-09)."""
    if not patrols(op.actor):
        return held("NO_RIGHT")
    if not points.keep(tx, op):
        return held("INVALID")
    _show_round_of(tx, op.rid)
    return APPLIED


def finish(tx: Tx, op: Op[RoundFinish]) -> Outcome:
    """本轮结束, by the inspector of the round."""
    record = tx.get(RoundRecord, op.rid)
    if record is None:
        return held("REF_WAIT")
    if op.actor.uid != record.inspector:
        return held("NO_RIGHT")
    if op.a.queue_len is not None and not 0 <= op.a.queue_len <= QUEUE_MAX:
        return held("INVALID")
    before = facts_of(tx, record)
    record.queue_len = record.queue_len if op.a.queue_len is None else op.a.queue_len
    record.remark = op.a.remark.strip() or record.remark
    record.finished_at = max(record.finished_at, min(op.a.at, op.window.at))
    _measure(tx, record)
    tx.put(record)
    _show_hour(tx, record, before)
    return APPLIED


def withdraw(tx: Tx, op: Op[Withdraw]) -> Outcome:
    """撤回 an observation: its author, with a reason; the original stays (CON-44)."""
    seen = tx.get(ObservationRecord, op.rid)
    if seen is None:
        return held("REF_WAIT")
    if op.actor.uid != seen.inspector:
        return held("NO_RIGHT")
    if not op.a.text.strip():
        return held("INVALID")
    if not seen.withdrawn:
        _count(tx, seen.round, -1)
    # A time nobody can prove is that of receipt: it must not come before a publication it did not know of.
    said_at = op.received_at if op.window.grade == "C" else op.window.at
    seen.withdrawn_at = min(said_at, seen.withdrawn_at or said_at)
    seen.withdrawn = seen.withdrawn or op.a.text
    tx.put(seen)
    moved(tx, seen.rid)
    _show_with_first(tx, seen, hall_of(tx))
    _show_round_of(tx, seen.round)
    touch_day(tx, seen.post, seen.at, seen.person)
    return APPLIED


def void_observation(tx: Tx, *, observation: str, by: str, text: str) -> Outcome:
    """Answer `void_observation`: after publication others than the author take an observation back; the original stays (CON-44)."""
    seen = tx.get(ObservationRecord, observation)
    outcome = may_void(seen, by)
    if seen is not None and outcome == APPLIED:
        seen.void, seen.void_text = by, text
        tx.put(seen)
        moved(tx, seen.rid)
        _show_with_first(tx, seen, hall_of(tx))
        touch_day(tx, seen.post, seen.at, seen.person)
    return outcome


def declare(tx: Tx, op: Op[Tie]) -> Outcome:
    """Ties of an inspector; what he or she saw since is marked by them, whichever arrived first (PTL-07)."""
    done = ties.declare(tx, op)
    if isinstance(done, Outcome):
        return done
    _mark_anew(tx, done)
    if tx.knows("ties_declared"):
        tx.ask("ties_declared", uid=op.rid)
    return APPLIED


def _mark_anew(tx: Tx, marked: Marked) -> None:
    """What an inspector saw, where he belongs or has ties to other units than was known."""
    for seen in marked.looks:
        _show_observation(tx, seen, hall_of(tx))
        touch_day(tx, seen.post, seen.at)
    for zone in marked.zones:
        for post in zone.posts:
            touch_day(tx, post, zone.at)
    _measure_anew(tx, marked.rounds)


def review(tx: Tx, touched: frozenset[Touched]) -> None:
    """Other people were planned at a post: who had ties to them is marked by the roster as it stands now (PTL-07), and a round over lunch
    looks at the posts with lunch duty as it was then (CAL-05). An inspector belonged elsewhere than was known: what he saw is marked anew.
    """
    for one in touched:
        if one.person and one.to_at:
            _mark_anew(tx, ties.of_person(tx, one.person, one.from_at, one.to_at))
        if one.post and one.to_at:
            _due_anew(tx, over_lunch(tx, one.from_at, one.to_at))
            for seen in ties.of_roster(tx, one.post, one.from_at, one.to_at):
                _show_observation(tx, seen, hall_of(tx))
                touch_day(tx, seen.post, seen.at)
            _measure_anew(tx, ties.rounds_of_roster(tx, one.post, one.from_at, one.to_at))


def _show_round_of(tx: Tx, rid: str) -> None:
    if record := tx.get(RoundRecord, rid):
        _show_round(tx, record)


def _show_round(tx: Tx, record: RoundRecord) -> None:
    """A round with the zones and exceptions that have arrived for it."""
    same = of_hour(tx, record.slot) if record.type == "hourly" else []
    zones = tx.find(ZoneSeenRecord, "round = ?", [record.rid])
    tally = tx.get(RoundTallyRecord, record.rid)
    exceptions = tally.exceptions if tally else 0
    looked = frozenset[str]().union(*(one.looked for one in same))
    left = [post for post in record.left if post not in looked] if record.finished_at else []
    by = whole_by(same)
    repeated = by is not None and by < (record.started_at, record.rid)
    tx.project(round_face(record, zones, exceptions, repeated, points.of_round(tx, record), left))


def _count(tx: Tx, rid: str, change: int) -> None:
    """One exception of a round more or less; a look that was asked for may belong to none."""
    if not rid:
        return
    tally = tx.get(RoundTallyRecord, rid) or RoundTallyRecord(rid=rid)
    tally.exceptions += change
    tx.put(tally)


def _looked(tx: Tx, rid: str, posts: list[str], seen: ObservationRecord | ZoneSeenRecord) -> None:
    """Posts of a round were looked at once more: a look that is taken back was one (CON-44). Its slot may be done now (PTL-06)."""
    if not rid:
        return
    record = tx.get(RoundRecord, rid)
    before = facts_of(tx, record) if record else []
    tally = tx.get(RoundTallyRecord, rid) or RoundTallyRecord(rid=rid)
    counts = [seen.at] if may_count(tx, seen.at, seen.grade, seen.received_at) else []
    tally.looked = dict(sorted((tally.looked | {post: tally.looked.get(post, 0) + 1 for post in posts}).items()))
    tally.times = dict(sorted((tally.times | {post: sorted([*tally.times.get(post, []), *counts]) for post in posts}).items()))
    tx.put(tally)
    if record:
        record.posts_seen = len(tally.looked)
        _measure(tx, record)
        tx.put(record)
        _show_hour(tx, record, before)


def _measure(tx: Tx, record: RoundRecord) -> None:
    """What a round looked at, and what it did not, as far as it was walked; of its own hour, and of those walked on it after that."""
    tally = tx.get(RoundTallyRecord, record.rid)
    last_at = record.finished_at or (max((at for times in tally.times.values() for at in times), default=0) if tally else 0)

    def left(walked: RoundRecord, looked: frozenset[str]) -> list[str]:
        return ties.missed(tx, walked, looked, min(last_at, over_at(tx, walked)))

    looked = looked_at(tx, record)
    record.reached, record.left = sorted(looked), left(record, looked)
    record.later = [LaterHour(one.slot, one.started_at, sorted(seen), left(one, seen)) for one, seen in later_walks(tx, record)]
    record.last_slot = record.later[-1].slot if record.later else ""


def _due_anew(tx: Tx, rounds: Iterable[RoundRecord]) -> None:
    """Others have lunch duty on these rounds than was known."""
    for record in rounds:
        posts = posts_due(tx, hall_of(tx), record.slot if record.type == "hourly" else "", record.started_at)
        changed = posts != record.posts
        record.posts, record.posts_due = posts, len(posts)
        _measure_anew(tx, [record])
        if changed:
            tx.put(record)
            _show_round_of(tx, record.rid)


def _measure_anew(tx: Tx, rounds: Iterable[RoundRecord]) -> None:
    """Ties of their inspectors have changed, or who is planned at posts he has ties to."""
    for record in rounds:
        before = facts_of(tx, record)
        _measure(tx, record)
        if facts_of(tx, record) != before:
            tx.put(record)
            _show_hour(tx, record, before)


def _show_hour(tx: Tx, record: RoundRecord, before: list[RoundFact]) -> None:
    """A round that was another `before`, and what follows from it: what others of its hours have left to look at, which of them is a
    repeated one, and the slots.
    """
    _show_round(tx, record)
    if record.type != "hourly" or (now := facts_of(tx, record)) == before:
        return
    hours = sorted({one.slot for one in (*before, *now)})
    for hour in hours:
        _show_others(tx, record.rid, hour, [one for one in before if one.slot == hour and one.looked])
    round_changed(tx, hours)


def _show_others(tx: Tx, rid: str, hour: str, was: list[RoundFact]) -> None:
    """The other rounds of an hour in which one is new, or `was` another."""
    same = of_hour(tx, hour)
    others = [one for one in same if one.rid != rid]
    known = frozenset[str]().union(*(one.looked for one in (*others, *was)))
    turned = whole_by([*others, *was]) != whole_by(same)
    fresh = frozenset[str]().union(*(one.looked for one in same)) ^ known
    if fresh or turned:
        for other in tx.find(RoundRecord, "slot = ? AND type = 'hourly' AND rid <> ?", [hour, rid]):
            if turned or not fresh.isdisjoint(other.left):
                _show_round(tx, other)


def _show_with_first(tx: Tx, seen: ObservationRecord, hall: Hall) -> None:
    """An observation, and the sighting it looks at again: whether somebody has looked may have changed."""
    _show_observation(tx, seen, hall)
    if first := tx.get(ObservationRecord, seen.recheck_of):
        _show_observation(tx, first, hall)


def _show_observation(tx: Tx, seen: ObservationRecord, hall: Hall) -> None:
    """An observation; the first sighting of an empty post says when to look again (PTL-04) until somebody has."""
    if seen.source == "video":
        video.show(tx, seen, hall)
        return
    due = None
    is_first = WHAT[seen.seen] in EMPTY and not seen.recheck_of and not seen.waited and not seen.withdrawn and not seen.void
    if is_first and all(look.withdrawn or look.void for look in tx.find(ObservationRecord, "recheck_of = ?", [seen.rid])):
        due = seen.at + vacancy_ms(hall, seen.at)
    shown = attached(tx, seen.inspector, seen.blobs)
    tx.project(observation_face(seen, due, shown))
    show_due(tx, "obs", seen.rid, seen.inspector, shown, _photo_readers(tx, seen), seen.received_at)


def _photo_readers(tx: Tx, seen: ObservationRecord) -> frozenset[str]:
    """Who hears of missing photos: not the office where the round is none it may know of, or is not known yet (PTL-05)."""
    known = tx.get(RoundRecord, seen.round)
    office = round_audience(known) if known else frozenset[str]()
    return frozenset({"role:EFF", f"u:{seen.inspector}"}) | (office & {"role:OFF"} if seen.round else {"role:OFF"})


def _show_photos_due(tx: Tx, rid: str, started_at: int) -> None:
    """A round has arrived: who hears of photos that are missing from what arrived of it before."""
    for seen in tx.find(ObservationRecord, "at >= ? AND at < ? AND round = ?", [started_at, started_at + DAY_MS, rid]):
        if seen.blobs:
            _show_observation(tx, seen, hall_of(tx))


def show_again(tx: Tx, rid: str) -> None:
    """A photo of an observation has arrived."""
    if seen := tx.get(ObservationRecord, rid):
        _show_observation(tx, seen, hall_of(tx))
        touch_day(tx, seen.post, seen.at)


def tick_all(tx: Tx) -> None:
    """Hours that are over, questions to the floor that have lapsed, and what is long over."""
    if calendar_changed(tx, "patrol"):
        look_again(tx)
    tick(tx)
    video.tick(tx)
    leave_devices(tx, RoundRecord, "started_at", "round")
    leave_devices(tx, ObservationRecord, "at", "obs", "video")


DOMAIN = Domain(
    name="patrol",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(
        RoundRecord,
        RoundTallyRecord,
        ZoneSeenRecord,
        ObservationRecord,
        EmptyDayRecord,
        SlotRecord,
        TieRecord,
        ZoneCodesRecord,
        PointRecord,
        AskRecord,
        ReadersRecord,
    ),
    handlers={
        "patrol.start": start,
        "patrol.zone_clear": zone_clear,
        "patrol.observe": observe,
        "patrol.finish": finish,
        "patrol.withdraw": withdraw,
        "patrol.tie": declare,
        "patrol.codes": points.make_codes,
        "patrol.point": point,
        "patrol.video": video.record,
    },
    answers={
        "seen_at": facts.seen_at,
        "strays_of": facts.strays_of,
        "coded_at": facts.coded_at,
        "empty_days": facts.empty_days,
        "seen_empty": facts.seen_empty,
        "first_day": facts.first_day,
        "photos_of": facts.photos_of,
        "sighting": facts.sighting,
        "void_observation": void_observation,
        "tied_to": ties.tied_to,
        "tied_units": ties.tied_units,
        "zone_mark": points.mark_of,
        "irregular_round": facts.irregular_round,
        "patrolled": summary.patrolled,
    },
    review=review,
    tick=tick_all,
    attached=show_again,
    sealed=video.sealed,
    registers=REGISTERS,
    measures=MEASURES,
)
