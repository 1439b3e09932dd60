"""What a patrol op does: it stores what was seen; the findings follow in `settle` (PTL-01..04, PTL-08, EVD-01).

Facts of one round may arrive in any order and from several phones; none of them waits for another, except to be finished.
"""

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held
from server.domain.hall.blobs import attached, bind, show_due
from server.domain.hall.ops import Hall
from server.domain.hall.rules import MINUTE_MS, day_of, leads, may_any, minutes_ms
from server.domain.hall.tables import PostRecord
from server.domain.patrol import findings, ops
from server.domain.patrol.ops import FindingAnswer, Observe, RoundFinish, RoundStart, Withdraw, ZoneClear
from server.domain.patrol.rules import EMPTY, WHAT
from server.domain.patrol.tables import (
    EmptyDayRecord,
    FindingAnswerRecord,
    FindingRecord,
    ObservationRecord,
    RoundRecord,
    RoundTallyRecord,
    ZoneSeenRecord,
)
from server.domain.patrol.views import observation_face, round_face
from sync.clock import Grade, Window

WRITTEN_AT_ONCE_MS = 15 * MINUTE_MS
"""A sighting written down later than this is a memory: its time is grade C."""


def patrols(actor: Actor) -> bool:
    """Those who patrol each hour or at irregular times (PTL-01)."""
    return may_any(actor, "INS", "EFF")


def start(tx: Tx, op: Op[RoundStart]) -> Outcome:
    """开始一轮巡查 for a slot; a second round of one slot is kept and marked (CON-08)."""
    if not patrols(op.actor):
        return held("NO_RIGHT")
    if tx.get(RoundRecord, op.rid):
        return held("INVALID")
    tx.put(RoundRecord(rid=op.rid, slot=op.a.slot, type=op.a.type, inspector=op.actor.uid, started_at=op.a.at))
    for same in tx.find(RoundRecord, "slot = ? AND type = 'hourly'", [op.a.slot]):
        _show_round(tx, same)
    _show_round_of(tx, op.rid)
    return APPLIED


def zone_clear(tx: Tx, op: Op[ZoneClear]) -> Outcome:
    """本区其余全部在岗: one tap, but every post it covers is stored (PTL-02)."""
    if not patrols(op.actor):
        return held("NO_RIGHT")
    if not op.a.posts or any(tx.ask("post", post=p) is None for p in op.a.posts):
        return held("INVALID")
    hall: Hall = tx.ask("hall")
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
    )
    tx.put(seen)
    _show_round_of(tx, op.rid)
    for post in seen.posts:
        tx.touch(post)
    return APPLIED


def observe(tx: Tx, op: Op[Observe]) -> Outcome:
    """What was seen at one post, with what the phone knew (EVD-09). An inspector's own unit is recorded and marked (PTL-07)."""
    a = op.a
    if not patrols(op.actor):
        return held("NO_RIGHT")
    post: PostRecord | None = tx.ask("post", post=a.post)
    if post is None or tx.get(ObservationRecord, op.rid):
        return held("INVALID")
    hall: Hall = tx.ask("hall")
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
        own_unit=post.unit == op.actor.unit,
        knew=a.knew,
        codes=a.codes,
        person=a.person or "",
        note=a.note,
        reminded=a.reminded,
        waited=a.waited,
        recheck_of=a.recheck_of or "",
        blobs=bind(tx, op),
    )
    tx.put(seen)
    _count(tx, a.round, 1)
    if WHAT[a.seen] in EMPTY:
        tx.put(EmptyDayRecord(rid=f"{a.post}:{seen.day}", post=a.post, day=seen.day))
    _show_observation(tx, seen, hall)
    if first := tx.get(ObservationRecord, seen.recheck_of):
        _show_observation(tx, first, hall)
    _show_round_of(tx, a.round)
    tx.touch(a.post)
    return APPLIED


def _seen(claim: int, window: Window) -> tuple[int, Grade]:
    """When it was seen, never later than written down, and what that time is worth: little when written down much later."""
    at = min(claim, window.at)
    return at, window.grade if window.at - at <= WRITTEN_AT_ONCE_MS else "C"


def finish(tx: Tx, op: Op[RoundFinish]) -> Outcome:
    """本轮结束, by the inspector of the round."""
    record = tx.get(RoundRecord, op.rid)
    if record is None:
        return held("REF_WAIT")
    if op.actor.uid != record.inspector:
        return held("NO_RIGHT")
    record.finished_at = max(record.finished_at, op.a.at)
    tx.put(record)
    _show_round(tx, record)
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
    seen.withdrawn = seen.withdrawn or op.a.text
    tx.put(seen)
    _show_observation(tx, seen, tx.ask("hall"))
    _show_round_of(tx, seen.round)
    tx.touch(seen.post)
    return APPLIED


def answer(tx: Tx, op: Op[FindingAnswer]) -> Outcome:
    """陈述: the person concerned or the head of the unit says its part (EVD-12). It stays with the sighting."""
    finding = tx.get(FindingRecord, op.rid)
    if finding is None:
        return held("REF_WAIT")
    if op.actor.uid != finding.person and not leads(op.actor, finding.unit):
        return held("NO_RIGHT")
    if not op.a.text.strip():
        return held("INVALID")
    said = FindingAnswerRecord(
        rid=op.id, finding=op.rid, post=finding.post, day=finding.day, by=op.actor.uid, at=op.window.at, text=op.a.text
    )
    tx.put(said)
    tx.touch(finding.post)
    return APPLIED


def _show_round_of(tx: Tx, rid: str) -> None:
    if record := tx.get(RoundRecord, rid):
        _show_round(tx, record)


def _show_round(tx: Tx, record: RoundRecord) -> None:
    """A round with the zones and exceptions that have arrived for it."""
    zones = tx.find(ZoneSeenRecord, "round = ?", [record.rid])
    tally = tx.get(RoundTallyRecord, record.rid)
    tx.project(round_face(record, zones, tally.exceptions if tally else 0, _is_repeated(tx, record)))


def _count(tx: Tx, rid: str, change: int) -> None:
    """One exception of a round more or less."""
    tally = tx.get(RoundTallyRecord, rid) or RoundTallyRecord(rid=rid)
    tally.exceptions += change
    tx.put(tally)


def _is_repeated(tx: Tx, record: RoundRecord) -> bool:
    """True when an earlier hourly round of the same slot exists (CON-08)."""
    same = tx.find(RoundRecord, "slot = ? AND type = 'hourly'", [record.slot])
    return record.type == "hourly" and any((r.started_at, r.rid) < (record.started_at, record.rid) for r in same)


def _show_observation(tx: Tx, seen: ObservationRecord, hall: Hall) -> None:
    """An observation; the first sighting of an empty post says when to look again (PTL-04) until somebody has."""
    due = None
    is_first = WHAT[seen.seen] in EMPTY and not seen.recheck_of and not seen.waited and not seen.withdrawn
    if is_first and not tx.find(ObservationRecord, "recheck_of = ?", [seen.rid]):
        due = seen.at + minutes_ms(hall, "evd.vacancy_min_minutes")
    shown = attached(tx, seen.inspector, seen.blobs)
    tx.project(observation_face(seen, due, shown))
    show_due(tx, "obs", seen.rid, seen.inspector, shown, {"role:EFF", "role:OFF", f"u:{seen.inspector}"}, seen.received_at)


def show_again(tx: Tx, rid: str) -> None:
    """A photo of an observation has arrived."""
    if seen := tx.get(ObservationRecord, rid):
        _show_observation(tx, seen, tx.ask("hall"))
        tx.touch(seen.post)


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
        FindingRecord,
        FindingAnswerRecord,
    ),
    handlers={
        "patrol.start": start,
        "patrol.zone_clear": zone_clear,
        "patrol.observe": observe,
        "patrol.finish": finish,
        "patrol.withdraw": withdraw,
        "finding.answer": answer,
    },
    settle=findings.settle,
    attached=show_again,
)
