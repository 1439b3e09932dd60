"""What is said to findings and decided on them; what time alone settles: doubts lapse, months close (EVD-10, EVD-12, CON-02, CON-44)."""

from collections.abc import Collection

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held, refused, stale
from server.domain.hall.here import hall_of, today_of, unit_then
from server.domain.hall.leaving import leave_devices
from server.domain.hall.ops import Hall
from server.domain.hall.recount import calendar_changed
from server.domain.hall.rules import add_days, day_start, leads, may_any
from server.domain.hall.tables import PostRecord
from server.domain.leave.rules import LeaveSpan
from server.domain.patrol.rules import SeenAt
from server.domain.presence.rules import PostDay
from server.domain.trail import books, ops
from server.domain.trail.books import Books, show_adjustment
from server.domain.trail.coded import answer_coded
from server.domain.trail.confirmed import confirmed_in, sighting_open, sighting_stands
from server.domain.trail.ops import FindingAnswer, FindingDecide, FindingVoid, LedgerAdjust
from server.domain.trail.registers import REGISTERS
from server.domain.trail.review import OPEN_DAYS, review, review_until
from server.domain.trail.settlement import Settlement, month_of, monthly_close, settlement
from server.domain.trail.tables import (
    AdjustmentRecord,
    BegunRecord,
    CodedRecord,
    DayRecord,
    FindingAnswerRecord,
    FindingRecord,
    MonthRecord,
    PublishedRecord,
    RulingRecord,
    TallyRecord,
)
from sync.clock import earliest
from sync.units import DAY_MS


def answer(tx: Tx, op: Op[FindingAnswer]) -> Outcome:
    """陈述: the person concerned, the stand-in or the head of the unit says its part (EVD-12), an inspector whom another contradicts his
    (CON-07). It stays with the sighting. A review that was provably asked for after `evd.review_days` is not taken up; the words stand.
    """
    finding, matter = tx.get(FindingRecord, op.rid), tx.get(CodedRecord, op.rid)
    if matter and (finding is None or not finding.state):
        return answer_coded(tx, op, matter)
    if finding is None:
        return held("REF_WAIT")
    concerned = op.actor.uid in (finding.person, finding.cover) or leads(op.actor, finding.unit)
    if not concerned and op.actor.uid not in finding.asked:
        return held("NO_RIGHT")
    if not op.a.text.strip():
        return held("INVALID")
    asks = op.a.review and concerned
    late = asks and earliest(op.window, op.window.at) > review_until(hall_of(tx), finding.told_at)
    said = FindingAnswerRecord(
        rid=op.id,
        finding=op.rid,
        post=finding.post,
        day=finding.day,
        by=op.actor.uid,
        at=op.window.at,
        text=op.a.text,
        review=asks and not late,
        patrol=not concerned,
    )
    tx.put(said)
    _touch_day(tx, finding.post, finding.day)
    return Outcome("applied", "REVIEW_LATE") if late else APPLIED


def decide(tx: Tx, op: Op[FindingDecide]) -> Outcome:
    """待核 decided by the office, never by the person it is about nor by who saw it; it is a fact from then on (CON-02, EVD-12)."""
    finding = tx.get(FindingRecord, op.rid)
    if not may_any(op.actor, "OFF") or (finding is not None and op.actor.uid in (finding.person, finding.cover)):
        return refused("NO_RIGHT")
    if finding is None or not finding.state:
        return refused("GONE")
    if _saw(tx, op.actor.uid, finding):
        return refused("OBSERVER")
    if _decides_own(tx, op.actor, op.rid, ("OFF",)):
        return refused("OWN_WORK")
    if old := stale(tx, op, "finding"):
        return old
    if not op.a.text.strip():
        return refused("INVALID")
    if not finding.doubt:
        return refused("GONE", tx.version("finding", op.rid))
    ruling = RulingRecord(
        rid=op.id,
        finding=op.rid,
        post=finding.post,
        day=finding.day,
        by=op.actor.uid,
        at=op.window.at,
        counts=op.a.count,
        text=op.a.text,
    )
    tx.put(ruling)
    _touch_day(tx, finding.post, finding.day)
    return APPLIED


def _saw(tx: Tx, uid: str, finding: FindingRecord) -> bool:
    """Whether one of the sightings of a finding is this person's."""
    return any(tx.ask("photos_of", observation=rid)[0] == uid for rid in finding.observations)


def void(tx: Tx, op: Op[FindingVoid]) -> Outcome:
    """After publication an observation is taken back by the office or the efficiency group, never by its author nor by those it is about
    (CON-44)."""
    if not may_any(op.actor, "OFF", "EFF") or _is_about(tx, op.actor.uid, op.rid):
        return refused("NO_RIGHT")
    if not op.a.text.strip():
        return refused("INVALID")
    if _decides_own(tx, op.actor, op.rid, ("OFF", "EFF")):
        return refused("OWN_WORK")
    outcome: Outcome = tx.ask("void_observation", observation=op.rid, by=op.actor.uid, text=op.a.text)
    return outcome


def _decides_own(tx: Tx, actor: Actor, observation: str, roles: Collection[str]) -> bool:
    """Whether somebody of the unit of the post, or of those it is about, decides though another can (CHK-04, PTL-07): about what a finding
    says of a sighting, or the sighting itself.
    """
    seen: SeenAt | None = tx.ask("sighting", observation=observation)
    if seen is None:
        return False
    findings = [one for one in tx.find(FindingRecord, "post = ? AND day = ?", [seen.post, seen.day]) if observation in one.observations]
    coded = tx.get(CodedRecord, observation)
    people = {seen.sighting.named, coded.person if coded else "", *(uid for one in findings for uid in (one.person, one.cover))} - {""}
    post: PostRecord = tx.ask("post", post=seen.post)
    units = {post.unit, *(one.unit for one in findings), *(unit_then(tx, uid, seen.day) for uid in people)} - {""}
    looks = [rid for one in findings for rid in one.observations]
    authors = {tx.ask("photos_of", observation=rid)[0] for rid in (observation, *looks)}
    who = {"uid": actor.uid, "roles": roles, "but": people | authors}
    return tx.knows("decides_own") and bool(tx.ask("decides_own", units=units, at=seen.sighting.at, **who))


def _is_about(tx: Tx, uid: str, observation: str) -> bool:
    """Whether a finding of this person, or of what he covered, rests on an observation, or it codes him."""
    coded = tx.get(CodedRecord, observation)
    return (coded is not None and coded.person == uid) or any(
        observation in one.observations for one in tx.find(FindingRecord, "person = ? OR cover = ?", [uid, uid])
    )


def adjust(tx: Tx, op: Op[LedgerAdjust]) -> Outcome:
    """A change of a closed month: the office accepts or refuses it, with a reason; nobody decides on his own numbers (EVD-10)."""
    one = tx.get(AdjustmentRecord, op.rid)
    if not may_any(op.actor, "OFF") or (one is not None and one.scope == "person" and one.of == op.actor.uid):
        return refused("NO_RIGHT")
    if one is None or one.state != "proposed":
        return refused("GONE")
    if old := stale(tx, op, "ledger.adjust"):
        return old
    if not op.a.text.strip():
        return refused("INVALID")
    one.state = "accepted" if op.a.accept else "refused"
    one.by, one.text, one.at = op.actor.uid, op.a.text, op.window.at
    tx.put(one)
    ledgers = Books(tx)
    ledgers.settle_adjustment(one)
    ledgers.flush()
    show_adjustment(tx, one)
    return APPLIED


def _touch_day(tx: Tx, post: str, day: str) -> None:
    hall = hall_of(tx)
    start = day_start(day, hall.tz)
    tx.touch(post, start, start + 1)


RECOUNTED_DAYS = 60
"""Whose last day to answer is longer ago than any rule allows is not asked again."""


def tick(tx: Tx) -> None:
    """Doubts nobody decided lapse; the month before is closed when its day comes; findings of long ago leave the devices."""
    leave_devices(tx, FindingRecord, "from_at", "finding", "finding.own")
    leave_devices(tx, CodedRecord, "at", "coded")
    if calendar_changed(tx, "trail"):
        for finding in tx.find(FindingRecord, "from_at > ? AND state <> ''", [tx.now - RECOUNTED_DAYS * DAY_MS]):
            _touch_day(tx, finding.post, finding.day)
    for finding in tx.find(FindingRecord, "decide_at <= ?", [tx.now]):
        _lapse(tx, finding)
    hall = hall_of(tx)
    _begin_day(tx, hall)
    _close_month(tx, hall)


def _begin_day(tx: Tx, hall: Hall) -> None:
    """A new day: posts whose people are on leave, or still away from the day before, are absent from its first session on (IDX-04, IDX-05).

    Days on which the server slept are made up for.
    """
    today = today_of(tx)
    known = tx.get(BegunRecord, "day")
    if known is not None and known.day >= today:
        return
    tx.put(BegunRecord(rid="day", day=today))
    day = max(add_days(known.day, 1), add_days(today, -OPEN_DAYS)) if known else today
    while day <= today:
        start, end = day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz)
        for post in _absent_posts(tx, day, start, end) if known else _posts_on_leave(tx, day, start, end):
            tx.touch(post, start, end)
        day = add_days(day, 1)


def _posts_on_leave(tx: Tx, day: str, from_at: int, to_at: int) -> set[str]:
    leaves: list[LeaveSpan] = tx.ask("leaves_between", from_at=from_at, to_at=to_at) if tx.knows("leaves_between") else []
    away = {one.person for one in leaves if one.state == "approved"}
    return {post for uid in away for post in tx.ask("posts_of", uid=uid, day=day)}


def _absent_posts(tx: Tx, day: str, from_at: int, to_at: int) -> set[str]:
    """Posts with an absence that began on a day before, too."""
    found = _posts_on_leave(tx, day, from_at, to_at)
    posts: list[PostRecord] = tx.find(PostRecord)
    for post in posts:
        facts: PostDay = tx.ask("post_day", post=post.rid, from_at=from_at, to_at=to_at)
        if any(n.leaves_at < from_at and not n.cancelled for n in facts.notices):
            found.add(post.rid)
    return found


def _lapse(tx: Tx, finding: FindingRecord) -> None:
    """Nobody decided in time: the person is not counted (CON-02)."""
    tx.put(
        RulingRecord(
            rid=f"lapsed:{finding.rid}", finding=finding.rid, post=finding.post, day=finding.day, by="", at=finding.decide_at, counts=False
        )
    )
    _touch_day(tx, finding.post, finding.day)


def _close_month(tx: Tx, hall: Hall) -> None:
    """The month before this one, or the one before that where a server slept; older ones were closed in their time."""
    month = month_of(today_of(tx))
    for _ in range(2):
        month = month_of(add_days(f"{month}-01", -1))
        if tx.get(MonthRecord, month) is None and tx.now >= monthly_close(hall, month):
            tx.put(MonthRecord(rid=month, closed_at=tx.now))


def _settlement(tx: Tx, *, day: str) -> Settlement:
    return settlement(hall_of(tx), day, tx.now, books.is_closed(tx, month_of(day)))


DOMAIN = Domain(
    name="trail",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(
        FindingRecord,
        CodedRecord,
        FindingAnswerRecord,
        RulingRecord,
        PublishedRecord,
        DayRecord,
        TallyRecord,
        MonthRecord,
        BegunRecord,
        AdjustmentRecord,
    ),
    handlers={"finding.answer": answer, "finding.decide": decide, "finding.void": void, "ledger.adjust": adjust},
    review=review,
    tick=tick,
    answers={
        "settlement": _settlement,
        "confirmed": confirmed_in,
        "sighting_stands": sighting_stands,
        "sighting_open": sighting_open,
    },
    registers=REGISTERS,
)
