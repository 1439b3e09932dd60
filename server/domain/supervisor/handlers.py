"""What a supervisor op does (SUP-01..04). A term begins and ends by itself; every report gets an answer in its term."""

from msgspec.structs import replace

from server.domain.base import APPLIED, Domain, Op, Outcome, Tx, held, refused, stale
from server.domain.hall.blobs import attached, bind, show_due
from server.domain.hall.handlers import put_person
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.leaving import leave_devices, masked, newly_passed
from server.domain.hall.ops import Names
from server.domain.hall.recount import calendar_changed, day_or_none, was_due
from server.domain.hall.rules import is_unlisted, is_visitor_number, may_any
from server.domain.hall.tables import PersonRecord, UnitRecord
from server.domain.supervisor import ops
from server.domain.supervisor.ops import AnswerReport, Appoint, EndTerm, FileReport, Nominate
from server.domain.supervisor.registers import REGISTERS
from server.domain.supervisor.rules import answer_due, sane_term, state_on
from server.domain.supervisor.tables import ReportRecord, SupervisorRecord
from server.domain.supervisor.views import own_face, report_face, supervisor_face

NAME_CHARS_MAX, NUMBER_CHARS_MAX = 120, 32


def nominate(tx: Tx, op: Op[Nominate]) -> Outcome:
    """推荐: a person is proposed, vetted, or put right; no account yet (SUP-01)."""
    a = op.a
    if not may_any(op.actor, "OFF", "EFF", "CHECK"):
        return refused("NO_RIGHT")
    known = tx.get(SupervisorRecord, op.rid)
    sane = 0 < len(a.name.strip()) <= NAME_CHARS_MAX and a.checked.strip() and all(tx.ask("unit", unit=one) for one in a.units)
    if not sane or (known is None and tx.ask("person", uid=op.rid) is not None):
        return refused("INVALID")
    if known and (old := stale(tx, op, "supervisor")):
        return old
    record = known or SupervisorRecord(rid=op.rid, name="", kind=a.kind, units=[], checked="")
    record.name, record.kind, record.units, record.checked, record.text = a.name.strip(), a.kind, a.units, a.checked, a.text
    _save(tx, record)
    return APPLIED


def appoint(tx: Tx, op: Op[Appoint]) -> Outcome:
    """聘任: for a term, with a certificate whose number is the login; again for another term (SUP-02)."""
    a, record = op.a, tx.get(SupervisorRecord, op.rid)
    if not may_any(op.actor, "OFF", "LEAD", "TOP"):
        return refused("NO_RIGHT")
    if record is None:
        return refused("GONE")
    if old := stale(tx, op, "supervisor"):
        return old
    number = a.number.strip()
    if not 0 < len(number) <= NUMBER_CHARS_MAX or not sane_term(a.from_day, a.to_day, today_of(tx)):
        return refused("INVALID")
    # No answer tells that there is a visitor from outside (CHK-05).
    if is_visitor_number(number) and number != record.number:
        return refused("INVALID")
    if any(one.badge == number and one.rid != op.rid and not one.left and not is_unlisted(one.roles) for one in tx.ask("people")):
        return refused("TAKEN")
    record.number, record.from_day, record.to_day, record.state, record.text = number, a.from_day, a.to_day, "appointed", ""
    _save(tx, record)
    return APPLIED


def end(tx: Tx, op: Op[EndTerm]) -> Outcome:
    """辞任或解聘: access ends at once, the records stay."""
    record = tx.get(SupervisorRecord, op.rid)
    if not may_any(op.actor, "OFF", "LEAD", "TOP"):
        return refused("NO_RIGHT")
    if record is None or record.state in ("resigned", "dismissed"):
        return refused("GONE")
    if old := stale(tx, op, "supervisor"):
        return old
    if not op.a.text.strip():
        return refused("INVALID")
    record.state, record.text = op.a.why, op.a.text
    _save(tx, record)
    return APPLIED


def report(tx: Tx, op: Op[FileReport]) -> Outcome:
    """What a supervisor saw, suggests or asks to know; the term of its answer runs from its receipt (SUP-03, SUP-04).

    A clock that is ahead loses nothing: it was seen at the latest when it was said, and said at the latest when it was received.
    """
    a = op.a
    if "SUP" not in op.actor.roles:
        return held("NO_RIGHT")
    if not a.text.strip() or (a.unit and tx.ask("unit", unit=a.unit) is None) or tx.get(ReportRecord, op.rid):
        return held("INVALID")
    term = answer_due(hall_of(tx), a.kind, op.received_at)
    _show(
        tx,
        ReportRecord(
            rid=op.rid,
            by=op.actor.uid,
            kind=a.kind,
            unit=a.unit,
            text=a.text,
            at=min(a.at, op.window.at, op.received_at),
            grade=op.window.grade,
            received_at=op.received_at,
            due_day=term.day,
            due_at=term.at,
            overdue=tx.now > term.at,
            provisional=term.provisional,
            blobs=bind(tx, op),
        ),
    )
    return APPLIED


def answer(tx: Tx, op: Op[AnswerReport]) -> Outcome:
    """答复: by the office or the efficiency group. An answer out of time is still one, and stays overdue (SUP-03)."""
    record = tx.get(ReportRecord, op.rid)
    if not may_any(op.actor, "OFF", "EFF"):
        return refused("NO_RIGHT")
    if record is None or record.answered_at:
        return refused("GONE", tx.version("sup.report", op.rid))
    if not op.a.text.strip():
        return refused("INVALID")
    # A time that cannot be proven clears nothing (EVD-03).
    said_at = op.received_at if op.window.grade == "C" else op.window.at
    record.answer, record.answered_by, record.answered_at = op.a.text, op.actor.uid, said_at
    record.overdue = said_at > record.due_at
    _show(tx, record)
    return APPLIED


def _count_anew(tx: Tx, record: ReportRecord) -> None:
    """The calendar of the term's year has been published (CAL-03)."""
    term = answer_due(hall_of(tx), record.kind, record.received_at)
    record.was_due_at = was_due(record.due_at, record.was_due_at, term.at)
    record.due_at, record.due_day, record.provisional = term.at, term.day, term.provisional
    record.overdue = tx.now > term.at
    _show(tx, record)


def tick(tx: Tx) -> None:
    """A term begins or has ended, an answer is overdue; numbers go from what was answered long ago (PRV-09), and it leaves the devices."""
    today = today_of(tx)
    for record in tx.find(SupervisorRecord, "state = 'appointed' OR state = 'active'"):
        if state_on(record.state, record.from_day, record.to_day, today) != record.state:
            _save(tx, record)
    for late in tx.find(ReportRecord, "answered_at = 0 AND due_at < ? AND overdue = ?", [tx.now, False]):
        late.overdue = True
        _show(tx, late)
    for one in tx.find(ReportRecord, "answered_at = 0") if calendar_changed(tx, "supervisor") else []:
        _count_anew(tx, one)
    leave_devices(tx, ReportRecord, "at", "sup.report", is_open=lambda one: not one.answered_at)
    for one in newly_passed(tx, ReportRecord, "answered_at", "masked:supervisor_report", "prv.mask_citizen_days"):
        if (masked(one.text), masked(one.answer)) != (one.text, one.answer):
            _show(tx, replace(one, text=masked(one.text), answer=masked(one.answer)))


def show_again(tx: Tx, rid: str) -> None:
    """A photo of a report has arrived."""
    if record := tx.get(ReportRecord, rid):
        _show(tx, record)


def supervisor_of(tx: Tx, *, uid: str) -> SupervisorRecord | None:
    """A supervisor."""
    return tx.get(SupervisorRecord, uid)


# --- common ----------------------------------------------------------------------------------------------------------


def _save(tx: Tx, record: SupervisorRecord) -> None:
    """Keep a supervisor, and give the account the same term: it ends by itself."""
    show_supervisor(tx, record)
    if record.number:
        active = record.state == "active"
        # An ended account keeps its role: whoever has none would be somebody of the hall.
        person = PersonRecord(
            rid=record.rid, name=record.name, badge=record.number, unit="", title={}, roles=["SUP"], outside=True, left=not active
        )
        put_person(tx, person)
        tx.grant(record.rid, record.number, record.name, "", ["SUP"], active)


def show_supervisor(tx: Tx, record: SupervisorRecord) -> None:
    """Keep a supervisor as the day has him or her, and show it."""
    record.state = state_on(record.state, record.from_day, record.to_day, today_of(tx))
    tx.put(record)
    names = _areas(tx, record.units)
    tx.project(supervisor_face(record, names))
    if record.number:
        tx.project(own_face(record, names))


def _areas(tx: Tx, units: list[str]) -> dict[str, Names]:
    """The names of the units to look at: all that serve the public where none are named."""
    known: list[UnitRecord] = tx.ask("units")
    return {one.rid: one.names for one in known if not one.retired and (one.rid in units if units else one.kind != "centre")}


def _show(tx: Tx, record: ReportRecord) -> None:
    tx.put(record)
    author = tx.get(SupervisorRecord, record.by)
    unit: UnitRecord | None = tx.ask("unit", unit=record.unit) if record.unit else None
    shown = attached(tx, record.by, record.blobs)
    hall = hall_of(tx)
    was_day = day_or_none(record.was_due_at, hall.tz)
    tx.project(report_face(record, author.name if author else "", unit.names if unit else {}, shown, was_day))
    show_due(tx, "sup.report", record.rid, record.by, shown, {"role:OFF", f"u:{record.by}"}, record.received_at)


DOMAIN = Domain(
    name="supervisor",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(SupervisorRecord, ReportRecord),
    handlers={"sup.nominate": nominate, "sup.appoint": appoint, "sup.end": end, "sup.report": report, "sup.answer": answer},
    tick=tick,
    answers={"supervisor": supervisor_of},
    attached=show_again,
    registers=REGISTERS,
)
