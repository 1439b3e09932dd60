"""The month: the person finds the sheet right, HEAD vouches for the unit, OFF settles; afterwards only adjustments (ATT-09, EVD-10)."""

from server.domain.attendance import closing, views
from server.domain.attendance.days import (
    book_of,
    month_over_at,
    next_month,
    put_adjustment,
    sheet_totals,
    show_exception,
    show_sheet,
    show_unit,
)
from server.domain.attendance.ops import AdjustSettled, AttDecide, CloseDay, CloseMonth, ConfirmSheet, ConfirmUnitMonth
from server.domain.attendance.tables import AdjustmentRecord, DayRecord, ExceptionRecord, Judged, SheetRecord, UnitMonthRecord
from server.domain.base import APPLIED, Op, Outcome, Tx, held, refused, stale
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.rules import leads, may_any, posted_sessions


def confirm(tx: Tx, op: Op[ConfirmSheet]) -> Outcome:
    """The person finds the sheet right, or says what is wrong; the last word counts, whichever arrives last."""
    record = tx.get(SheetRecord, op.rid)
    month, _, uid = op.rid.partition(":")
    if uid != op.actor.uid:
        return held("NO_RIGHT")
    if record is None:
        return held("REF_WAIT")
    if not op.a.agree and not op.a.text.strip():
        return held("INVALID")
    said = Judged(op.id, op.window.at, op.actor.uid, op.a.agree, op.a.text)
    if record.said is None or (record.said.at, record.said.op) < (said.at, said.op):
        record.said, record.said_totals = said, op.a.totals or sheet_totals(tx, record)
    tx.put(record)
    hall = hall_of(tx)
    show_sheet(tx, hall, uid, month)
    show_unit(tx, hall, month, record.unit)
    return APPLIED


def confirm_unit(tx: Tx, op: Op[ConfirmUnitMonth]) -> Outcome:
    """HEAD (or OFF) vouches for the unit's month. Whatever somebody has said something to must have been decided one by one; what nobody
    answered in the time there was is confirmed with it, but never HEAD's own."""
    month, _, unit = op.rid.partition(":")
    hall = hall_of(tx)
    if not tx.find(SheetRecord, "month = ? AND unit = ?", [month, unit]) or not leads(op.actor, unit):
        return refused("NO_RIGHT")
    if old := stale(tx, op, "att.unit"):
        return old
    if tx.now < month_over_at(hall, month):
        return refused("TOO_EARLY", tx.version("att.unit", op.rid))
    if _is_settled(tx, month):
        return refused("SETTLED", tx.version("att.unit", op.rid))
    cases = tx.find(ExceptionRecord, "month = ? AND unit = ?", [month, unit])
    if any(e.state in ("answered", "pending", "appealed") and e.person != op.actor.uid for e in cases):
        return refused("UNDECIDED", tx.version("att.unit", op.rid))
    judged = Judged(op.id, op.window.at, op.actor.uid, True, op.a.text)
    today = today_of(tx)
    for exc in cases:
        if exc.state == "detected" and exc.until < today and exc.person != op.actor.uid:
            exc.decided, exc.decided_kind = Judged(op.id, op.window.at, op.actor.uid, False, op.a.text), exc.kind
            show_exception(tx, exc)
    tx.put(UnitMonthRecord(rid=op.rid, unit=unit, month=month, confirmed=judged))
    for sheet in tx.find(SheetRecord, "month = ? AND unit = ?", [month, unit]):
        show_sheet(tx, hall, sheet.person, month)
    show_unit(tx, hall, month, unit)
    return APPLIED


def close_day(tx: Tx, op: Op[CloseDay]) -> Outcome:
    """OFF closes a day that is over before its time; only in order, so that no day is left open behind it."""
    if not may_any(op.actor, "OFF"):
        return refused("NO_RIGHT")
    hall = hall_of(tx)
    book = book_of(tx)
    if book is None or op.rid > today_of(tx):
        return refused("TOO_EARLY")
    if op.rid <= book.closed:
        return refused("GONE")
    if any(tx.now <= end for _, end in posted_sessions(hall, op.rid)) or tx.find(DayRecord, "day < ? AND state = 'open'", [op.rid]):
        return refused("TOO_EARLY")
    closing.close_day(tx, hall, op.rid, book)
    return APPLIED


def close_month(tx: Tx, op: Op[CloseMonth]) -> Outcome:
    """OFF settles a month before its time: every unit must have been vouched for."""
    if not may_any(op.actor, "OFF"):
        return refused("NO_RIGHT")
    hall = hall_of(tx)
    month, book = op.rid, book_of(tx)
    units = {s.unit for s in tx.find(SheetRecord, "month = ?", [month])}
    if book is None or not units or month != (next_month(book.settled) if book.settled else book.first_month):
        return refused("GONE")
    if tx.now < month_over_at(hall, month):
        return refused("TOO_EARLY")
    if any(not ((known := tx.get(UnitMonthRecord, f"{month}:{unit}")) and known.confirmed) for unit in units):
        return refused("UNDECIDED")
    closing.settle_month(tx, hall, month, book)
    return APPLIED


def _is_settled(tx: Tx, month: str) -> bool:
    book = book_of(tx)
    return book is not None and book.settled != "" and month <= book.settled


# --- afterwards -------------------------------------------------------------------------------------------------------


def adjust(tx: Tx, op: Op[AdjustSettled]) -> Outcome:
    """OFF proposes to set right what was settled, with the reason; somebody else approves (EVD-10)."""
    exc = tx.get(ExceptionRecord, op.rid)
    if exc is None or not may_any(op.actor, "OFF") or op.actor.uid == exc.person:
        return refused("NO_RIGHT")
    if not exc.settled:
        return refused("TOO_EARLY", tx.version("att.exc", op.rid))
    waiting = tx.get(AdjustmentRecord, op.rid)
    if not op.a.text.strip() or op.a.counts == exc.counted:
        return refused("INVALID")
    if waiting is not None and waiting.judged is None and not waiting.lapsed:
        return refused("GONE", tx.version("att.adjustment", op.rid))
    put_adjustment(tx, exc, counts=op.a.counts, text=op.a.text, by=op.actor.uid)
    return APPLIED


def approve(tx: Tx, op: Op[AttDecide]) -> Outcome:
    """HEAD or OFF, but neither who proposed it nor the subject, approves an adjustment; what a late fact proposed, OFF."""
    record = tx.get(AdjustmentRecord, op.rid)
    if record is None or not leads(op.actor, record.unit) or op.actor.uid in (record.by, record.person):
        return refused("NO_RIGHT")
    if not record.by and "OFF" not in op.actor.roles:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "att.adjustment"):
        return old
    if record.judged is not None or record.lapsed:
        return refused("GONE", tx.version("att.adjustment", op.rid))
    record.judged = Judged(op.id, op.window.at, op.actor.uid, op.a.accept, op.a.text)
    tx.put(record)
    tx.project(views.adjustment_face(record))
    if op.a.accept:
        _carry_out(tx, record)
    return APPLIED


def settle_appeal(tx: Tx, exc: ExceptionRecord, judged: Judged) -> None:
    """An appeal decided after the settlement is an adjustment like any other, or leaves things as they were."""
    exc.state, exc.counted = ("withdrawn", False) if judged.accept else ("upheld", exc.counted)
    if judged.accept:
        record = put_adjustment(tx, exc, counts=False, text=judged.text, by="")
        record.judged = judged
        tx.put(record)
        tx.project(views.adjustment_face(record))


def _carry_out(tx: Tx, record: AdjustmentRecord) -> None:
    """The exception counts, or does not, from now on; the entry says why."""
    hall = hall_of(tx)
    exc = tx.get(ExceptionRecord, record.rid)
    if exc is None:
        return
    exc.state, exc.counted = ("upheld", True) if record.counts else ("withdrawn", False)
    show_exception(tx, exc)
    show_sheet(tx, hall, exc.person, exc.month)
    show_unit(tx, hall, exc.month, exc.unit)
    closing.show_counts(tx, exc.month, exc.unit)
