"""What orders to sections do (EMG-06): given on figures, answered by the section, settled by somebody else."""

from typing import Any, Literal

from server.domain.base import APPLIED, Domain, Op, Outcome, Tx, held, refused, stale
from server.domain.hall.here import hall_of
from server.domain.hall.leaving import leave_devices
from server.domain.hall.recount import calendar_changed, was_due
from server.domain.hall.rules import may_any, rule
from server.domain.hall.terms import Due, Term, due
from server.domain.hot import ops
from server.domain.hot.ops import AnswerOrder, OrderSection, SettleOrder
from server.domain.hot.registers import REGISTERS
from server.domain.hot.rules import DAYS_MAX, answered_at, counted_wrong, is_overdue, period_wrong, state_of
from server.domain.hot.tables import HotOrderRecord, Said
from server.domain.hot.views import order_face
from sync.clock import earliest, within

MAY_ORDER = ("EFF", "OFF", "LEAD", "TOP")


def order(tx: Tx, op: Op[OrderSection]) -> Outcome:
    """A section is told to act on what was frequent, with a term from the calendar."""
    a = op.a
    if not may_any(op.actor, *MAY_ORDER):
        return refused("NO_RIGHT")
    if tx.get(HotOrderRecord, op.rid) or tx.ask("unit", unit=a.unit) is None or not a.topic.strip() or not a.demand.strip():
        return refused("INVALID")
    if period_wrong(a.from_day, a.to_day) or counted_wrong(a.counted) or not 0 <= a.days <= DAYS_MAX:
        return refused("INVALID")
    term = _term(tx, a.days, tx.now)
    record = HotOrderRecord(
        rid=op.rid,
        unit=a.unit,
        topic=a.topic,
        demand=a.demand,
        from_day=a.from_day,
        to_day=a.to_day,
        counted=a.counted,
        by=op.actor.uid,
        at=within(op.window, op.window.at),
        due_at=term.at,
        due_day=term.day,
        provisional=term.provisional,
        days=a.days,
        received_at=tx.now,
    )
    _show(tx, record)
    return APPLIED


def answer(tx: Tx, op: Op[AnswerOrder]) -> Outcome:
    """What the section found and does; taken whenever it arrives."""
    record = tx.get(HotOrderRecord, op.rid)
    if record is None:
        return held("REF_WAIT")
    if "HEAD" not in op.actor.roles or op.actor.unit != record.unit:
        return held("NO_RIGHT")
    if not op.a.text.strip():
        return held("INVALID")
    record.said.append(_said(op, "answered", op.a.text))
    _show(tx, record)
    return APPLIED


def settle(tx: Tx, op: Op[SettleOrder]) -> Outcome:
    """The answer is enough, or it is not; whoever belongs to the section does not say so."""
    record = tx.get(HotOrderRecord, op.rid)
    if record is None or not may_any(op.actor, *MAY_ORDER):
        return refused("NO_RIGHT")
    if old := stale(tx, op, "hot.order"):
        return old
    if op.actor.unit == record.unit:
        return refused("OWN_WORK")
    if record.state != "answered":
        return refused("GONE", tx.version("hot.order", op.rid))
    if not op.a.accept and not op.a.text.strip():
        return refused("INVALID")
    record.said.append(_said(op, "settled" if op.a.accept else "returned", op.a.text))
    _show(tx, record)
    return APPLIED


def _term(tx: Tx, days: int, received_at: int) -> Due:
    hall = hall_of(tx)
    return due(hall, Term(days or rule(hall, "emg.order_days", received_at), "working_day"), received_at)


def _said(op: Op[Any], kind: Literal["answered", "settled", "returned"], text: str) -> Said:
    return Said(op.id, kind, op.actor.uid, within(op.window, op.window.at), earliest(op.window, op.window.at), text)


def _show(tx: Tx, record: HotOrderRecord) -> None:
    record.state = state_of(record.said)
    record.answered_at = answered_at(record.said)
    record.overdue = is_overdue(record.said, record.due_at, tx.now)
    tx.put(record)
    tx.project(order_face(record, hall_of(tx)))


def _count_anew(tx: Tx, record: HotOrderRecord) -> None:
    """The calendar of the term's year has been published (CAL-03)."""
    term = _term(tx, record.days, record.received_at or record.at)
    record.was_due_at = was_due(record.due_at, record.was_due_at, term.at)
    record.due_at, record.due_day, record.provisional = term.at, term.day, term.provisional
    _show(tx, record)


def tick(tx: Tx) -> None:
    """Terms that have ended; what was settled long ago leaves the devices."""
    if calendar_changed(tx, "hot"):
        for order in tx.find(HotOrderRecord, "state IN ('ordered', 'returned')"):
            _count_anew(tx, order)
    leave_devices(tx, HotOrderRecord, "at", "hot.order", is_open=lambda one: one.state != "settled")
    for record in tx.find(HotOrderRecord, "overdue = ? AND state IN ('ordered', 'returned') AND due_at < ?", [False, tx.now]):
        if is_overdue(record.said, record.due_at, tx.now):
            _show(tx, record)


DOMAIN = Domain(
    name="hot",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(HotOrderRecord,),
    handlers={"hot.order": order, "hot.answer": answer, "hot.settle": settle},
    tick=tick,
    registers=REGISTERS,
)
