"""What is said to findings and decided on them; what time alone settles: doubts lapse, months close (EVD-10, EVD-12, CON-02, CON-44)."""

from server.domain.base import APPLIED, Domain, Op, Outcome, Tx, held, refused
from server.domain.hall.leaving import leave_devices
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_of, day_start, leads, may_any
from server.domain.trail import books, ops
from server.domain.trail.books import Books, show_adjustment
from server.domain.trail.confirmed import confirmed_in
from server.domain.trail.ops import FindingAnswer, FindingDecide, FindingVoid, LedgerAdjust
from server.domain.trail.registers import REGISTERS
from server.domain.trail.review import review
from server.domain.trail.settlement import Settlement, month_of, monthly_close, settlement
from server.domain.trail.tables import (
    AdjustmentRecord,
    DayRecord,
    FindingAnswerRecord,
    FindingRecord,
    MonthRecord,
    PublishedRecord,
    RulingRecord,
    TallyRecord,
)


def answer(tx: Tx, op: Op[FindingAnswer]) -> Outcome:
    """陈述: the person concerned, the stand-in or the head of the unit says its part (EVD-12). It stays with the sighting."""
    finding = tx.get(FindingRecord, op.rid)
    if finding is None:
        return held("REF_WAIT")
    if op.actor.uid not in (finding.person, finding.cover) and not leads(op.actor, finding.unit):
        return held("NO_RIGHT")
    if not op.a.text.strip():
        return held("INVALID")
    said = FindingAnswerRecord(
        rid=op.id, finding=op.rid, post=finding.post, day=finding.day, by=op.actor.uid, at=op.window.at, text=op.a.text
    )
    tx.put(said)
    _touch_day(tx, finding.post, finding.day)
    return APPLIED


def decide(tx: Tx, op: Op[FindingDecide]) -> Outcome:
    """待核 decided by the office, never by the person it is about; it is a fact from then on (CON-02)."""
    finding = tx.get(FindingRecord, op.rid)
    if not may_any(op.actor, "OFF") or (finding is not None and op.actor.uid in (finding.person, finding.cover)):
        return refused("NO_RIGHT")
    if finding is None or not finding.state:
        return refused("GONE")
    if stale := _stale(tx, "finding", op.rid, op.guard):
        return stale
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


def void(tx: Tx, op: Op[FindingVoid]) -> Outcome:
    """After publication an observation is taken back by the office or the efficiency group, never by its author (CON-44)."""
    if not may_any(op.actor, "OFF", "EFF"):
        return refused("NO_RIGHT")
    if not op.a.text.strip():
        return refused("INVALID")
    outcome: Outcome = tx.ask("void_observation", observation=op.rid, by=op.actor.uid, text=op.a.text)
    return outcome


def adjust(tx: Tx, op: Op[LedgerAdjust]) -> Outcome:
    """A change of a closed month: the office accepts or refuses it, with a reason; nobody decides on his own numbers (EVD-10)."""
    one = tx.get(AdjustmentRecord, op.rid)
    if not may_any(op.actor, "OFF") or (one is not None and one.scope == "person" and one.of == op.actor.uid):
        return refused("NO_RIGHT")
    if one is None or one.state != "proposed":
        return refused("GONE")
    if stale := _stale(tx, "ledger.adjust", op.rid, op.guard):
        return stale
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


def _stale(tx: Tx, kind: str, rid: str, guard: dict[str, int]) -> Outcome | None:
    """A decision on another version than the present one is not carried out."""
    present = tx.version(kind, rid)
    return refused("STALE", present) if guard.get(rid, present) != present else None


def _touch_day(tx: Tx, post: str, day: str) -> None:
    hall: Hall = tx.ask("hall")
    start = day_start(day, hall.tz)
    tx.touch(post, start, start + 1)


def tick(tx: Tx) -> None:
    """Doubts nobody decided lapse; the month before is closed when its day comes; findings of long ago leave the devices."""
    leave_devices(tx, FindingRecord, "from_at", "finding", "finding.own")
    for finding in tx.find(FindingRecord, "decide_at <= ?", [tx.now]):
        _lapse(tx, finding)
    _close_month(tx, tx.ask("hall"))


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
    month = month_of(day_of(tx.now, hall.tz))
    for _ in range(2):
        month = month_of(add_days(f"{month}-01", -1))
        if tx.get(MonthRecord, month) is None and tx.now >= monthly_close(hall, month):
            tx.put(MonthRecord(rid=month, closed_at=tx.now))


def _settlement(tx: Tx, *, day: str) -> Settlement:
    return settlement(tx.ask("hall"), day, tx.now, books.is_closed(tx, month_of(day)))


DOMAIN = Domain(
    name="trail",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(
        FindingRecord,
        FindingAnswerRecord,
        RulingRecord,
        PublishedRecord,
        DayRecord,
        TallyRecord,
        MonthRecord,
        AdjustmentRecord,
    ),
    handlers={"finding.answer": answer, "finding.decide": decide, "finding.void": void, "ledger.adjust": adjust},
    review=review,
    tick=tick,
    answers={
        "tallies": books.tallies,
        "tally_of": books.tally_of,
        "days_of": books.days_of,
        "settlement": _settlement,
        "confirmed": confirmed_in,
    },
    registers=REGISTERS,
)
