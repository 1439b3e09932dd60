"""What an inspection and a repair op does (FAC-01..08)."""

from typing import Any, Literal

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held, refused, stale
from server.domain.facility import ops
from server.domain.facility.ops import AssignRepair, CheckRepair, DropRepair, Fault, Inspect, Repaired, ReportFault
from server.domain.facility.registers import REGISTERS
from server.domain.facility.rules import (
    ENDED,
    WORKS,
    first_term,
    is_extended,
    is_overdue,
    is_shut,
    order_of,
    orders_of,
    repairers,
    state_of,
)
from server.domain.facility.tables import InspectionRecord, RepairFact, RepairRecord
from server.domain.facility.views import inspection_face, repair_face
from server.domain.hall.blobs import Attached, attached, bind, records_alike, show_due, show_in
from server.domain.hall.here import hall_of
from server.domain.hall.leaving import leave_devices
from server.domain.hall.ops import Hall
from server.domain.hall.recount import calendar_changed, day_or_none, was_due
from server.domain.hall.rules import day_of, is_day, may_any, of_the_hall
from server.domain.hall.tables import PersonRecord, PostRecord, UnitRecord
from server.domain.hall.terms import Due, closing, due_by
from server.domain.norms.rules import Checklist, ItemAnswer, answers_wrong, items_of, photos_sent, score, shipped_checklists
from sync.clock import earliest, within
from sync.ops import Blob

INSPECTORS = ("INS", "EFF", "OFF", "CHECK")
KEEPERS = ("OFF", "EFF", "LEAD", "TOP")
CHECKERS = ("INS", *KEEPERS)
DAYS: dict[str, Literal["fac.minor_days", "fac.serious_days", "fac.grave_days"]] = {
    "minor": "fac.minor_days",
    "serious": "fac.serious_days",
    "grave": "fac.grave_days",
}
NOT_KNOWN = -1


def inspect(tx: Tx, op: Op[Inspect]) -> Outcome:
    """A whole round by a checklist (FAC-05, FAC-06). The version it was made with counts, however old."""
    a = op.a
    if not may_any(op.actor, *INSPECTORS):
        return held("NO_RIGHT")
    checklist = _checklist(tx, a.checklist)
    if checklist is None or checklist.use != "facility":
        return held("CHECKLIST_UNKNOWN")
    if wrong := answers_wrong(checklist, a.answers) or _wrong(tx, op):
        return held(wrong)
    if a.said_tenths not in (NOT_KNOWN, worth := score(checklist, a.answers).tenths):
        return held("SCORE_DIFFERS")
    failed = [answer for answer in a.answers if answer.mark == "fail"]
    record = InspectionRecord(
        rid=op.rid,
        checklist=a.checklist,
        place=a.place,
        by=op.actor.uid,
        from_at=min(a.from_at, op.window.at),
        to_at=min(a.to_at, op.window.at),
        received_at=op.received_at,
        grade=op.window.grade,
        answers=a.answers,
        tenths=worth,
        failed=len(failed),
        text=a.text,
        blobs=bind(tx, op),
    )
    tx.put(record)
    _show_inspection(tx, record, checklist)
    for other in _alike(tx, record):
        show_again(tx, other.rid)
    for answer in failed:
        _open_repair(tx, op, record, checklist, answer)
    return APPLIED


def _checklist(tx: Tx, rid: str) -> Checklist | None:
    """A version of a list; a site without norms knows the shipped ones."""
    found: Checklist | None = tx.ask("checklist", id=rid) if tx.knows("checklist") else shipped_checklists().get(rid)
    return found


def _wrong(tx: Tx, op: Op[Inspect]) -> str:
    """What else does not fit: places the hall does not have, faults at items that did not fail, photos that were not sent."""
    a = op.a
    failed = {answer.item for answer in a.answers if answer.mark == "fail"}
    hall = hall_of(tx)
    zones = {"", *(zone.id for zone in hall.zones)}
    places = all(_place(tx, fault.place) is not None for fault in a.faults.values() if fault.place)
    sane = a.from_at <= a.to_at and a.place in zones and places and a.faults.keys() <= failed
    return "" if sane and photos_sent(a.answers, op.blobs) and tx.get(InspectionRecord, op.rid) is None else "INVALID"


def _open_repair(tx: Tx, op: Op[Inspect], seen: InspectionRecord, checklist: Checklist, answer: ItemAnswer) -> None:
    """An item that failed is a repair (FAC-05)."""
    fault = op.a.faults.get(answer.item, Fault())
    place = fault.place or seen.place
    unit, is_post = _place(tx, place) or _hall_office(tx)
    photos = [blob for blob in seen.blobs if blob.sha256 in answer.photos]
    repair = RepairRecord(
        rid=f"{op.rid}.{answer.item}",
        place=place,
        unit=unit,
        kind=fault.kind,
        severity=fault.severity,
        text=answer.note,
        by=op.actor.uid,
        reported_at=seen.to_at,
        names=items_of(checklist)[answer.item].names,
        inspection=op.rid,
        item=answer.item,
        closes=fault.closes and is_post and _may_close(op.actor, unit),
        blobs=photos,
    )
    show_in(tx, repair.rid, op.actor.uid, photos)
    _save(tx, repair)


def report(tx: Tx, op: Op[ReportFault]) -> Outcome:
    """Something does not work: anybody of the hall says so; that it closes a window, those of its unit and those who patrol."""
    a = op.a
    if not of_the_hall(op.actor):
        return held("NO_RIGHT")
    place = _place(tx, a.place)
    if place is None or not a.text.strip() or tx.get(RepairRecord, op.rid):
        return held("INVALID")
    unit, is_post = place
    repair = RepairRecord(
        rid=op.rid,
        place=a.place,
        unit=unit,
        kind=a.kind,
        severity=a.severity,
        text=a.text,
        by=op.actor.uid,
        reported_at=min(a.at, within(op.window, op.window.at)),
        closes=a.closes and is_post and _may_close(op.actor, unit),
        blobs=bind(tx, op),
    )
    _save(tx, repair)
    return APPLIED


def _may_close(actor: Actor, unit: str) -> bool:
    """Whose word that something broken closes a window of a unit goes on the board (FAC-07)."""
    return (bool(actor.unit) and actor.unit == unit) or may_any(actor, "INS", "EFF", "OFF", "LEAD")


def _place(tx: Tx, place: str) -> tuple[str, bool] | None:
    """The unit that answers for a post or a zone, and whether it is a post; None for a place the hall does not have."""
    post: PostRecord | None = tx.ask("post", post=place)
    if post is not None:
        return post.unit, True
    hall = hall_of(tx)
    return _hall_office(tx) if place in {zone.id for zone in hall.zones} else None


def _hall_office(tx: Tx) -> tuple[str, bool]:
    """What belongs to no window is the office's."""
    office: UnitRecord | None = tx.ask("office")
    return (office.rid if office else "", False)


def assign(tx: Tx, op: Op[AssignRepair]) -> Outcome:
    """Who repairs it, and by when: as said, else as the hall's terms say for its severity. More time than was given takes a reason."""
    repair = _decided(tx, op, KEEPERS)
    if isinstance(repair, Outcome):
        return repair
    if repair.state in WORKS - {"dropped"}:
        return refused("GONE", tx.version("repair", repair.rid))
    person: PersonRecord | None = tx.ask("person", uid=op.a.to)
    hall = hall_of(tx)
    day = op.a.due_day
    if person is None or person.outside or (day and (not is_day(day) or day < day_of(op.received_at, hall.tz))):
        return refused("INVALID")
    order = _fact(op, "assigned", op.a.text, to=op.a.to, due_day=day)
    before = order_of(repair.facts)
    if before and repair.state == "assigned" and not op.a.text.strip() and _due_at(hall, repair, order) > _due_at(hall, repair, before):
        return refused("INVALID")
    repair.facts.append(order)
    _save(tx, repair)
    return APPLIED


def done(tx: Tx, op: Op[Repaired]) -> Outcome:
    """It works again, said by whom it was given to, or by the head of the place."""
    repair = tx.get(RepairRecord, op.rid)
    if repair is None:
        return held("REF_WAIT")
    if op.actor.uid != repair.owner and not _heads(op.actor, repair) and "OFF" not in op.actor.roles:
        return held("NO_RIGHT")
    if not op.a.text.strip():
        return held("INVALID")
    repair.facts.append(_fact(op, "repaired", op.a.text, at=min(op.a.at, op.window.at), blobs=bind(tx, op)))
    _save(tx, repair)
    return APPLIED


def check(tx: Tx, op: Op[CheckRepair]) -> Outcome:
    """Somebody else than the repairer looks: it works, or it does not."""
    repair = _decided(tx, op, CHECKERS)
    if isinstance(repair, Outcome):
        return repair
    if op.actor.uid in repairers(repair.facts):
        return refused("OWN_REPAIR")
    if repair.state != "repaired":
        return refused("GONE", tx.version("repair", repair.rid))
    if not op.a.accept and not op.a.text.strip():
        return refused("INVALID")
    repair.facts.append(_fact(op, "checked" if op.a.accept else "returned", op.a.text))
    _save(tx, repair)
    return APPLIED


def drop(tx: Tx, op: Op[DropRepair]) -> Outcome:
    """Reported twice, or nothing is wrong: not for those to say who were to repair it, nor for the head of what was inspected."""
    repair = _decided(tx, op, KEEPERS)
    if isinstance(repair, Outcome):
        return repair
    if repair.state in ("checked", "dropped"):
        return refused("GONE", tx.version("repair", repair.rid))
    if op.actor.uid in repairers(repair.facts) or (repair.inspection and _heads(op.actor, repair)):
        return refused("OWN_REPAIR")
    if not op.a.text.strip():
        return refused("INVALID")
    repair.facts.append(_fact(op, "dropped", op.a.text))
    _save(tx, repair)
    return APPLIED


def _decided(tx: Tx, op: Op[Any], roles: tuple[str, ...]) -> RepairRecord | Outcome:
    """The repair, when this actor may decide on the version named in `if`."""
    repair = tx.get(RepairRecord, op.rid)
    if repair is None or not (may_any(op.actor, *roles) or _heads(op.actor, repair)):
        return refused("NO_RIGHT")
    return stale(tx, op, "repair") or repair


def _heads(actor: Actor, repair: RepairRecord) -> bool:
    return "HEAD" in actor.roles and bool(actor.unit) and actor.unit == repair.unit


def _fact(
    op: Op[Any], kind: Any, text: str, at: int | None = None, to: str = "", due_day: str = "", blobs: list[Blob] | None = None
) -> RepairFact:
    at = op.window.at if at is None else at
    return RepairFact(op.id, kind, op.actor.uid, within(op.window, at), earliest(op.window, at), text, to, due_day, blobs or [])


def _save(tx: Tx, repair: RepairRecord) -> None:
    """Derive where a repair stands, keep and show it; a window that it closes or opens is looked at again (FAC-07)."""
    hall = hall_of(tx)
    order = order_of(repair.facts)
    repair.owner = order.to if order else ""
    repair.state = state_of(repair.facts)
    due_at = _due_at(hall, repair, order) if order else 0
    same = order is not None and order.op == repair.due_for
    repair.was_due_at = was_due(repair.due_at, repair.was_due_at, due_at) if same else 0
    repair.due_at, repair.due_for = due_at, order.op if order else ""
    repair.overdue = _overdue(tx, hall, repair)
    repair.first_due_at = first_term(repair.facts, lambda one: _due_at(hall, repair, one))
    repair.extended = is_extended(repair.facts, repair.first_due_at, repair.state, tx.now)
    before, repair.shut = repair.shut, repair.closes and is_shut(repair.facts, repair.state)
    tx.put(repair)
    term = _term(hall, repair, order) if order and not order.due_day else None
    days = (day_or_none(at, hall.tz) for at in (repair.was_due_at, repair.first_due_at))
    tx.project(repair_face(repair, term, _photos(tx, repair), *days))
    if before != repair.shut:
        tx.touch(repair.place, tx.now, tx.now + 1)


def _due_at(hall: Hall, repair: RepairRecord, order: RepairFact) -> int:
    """When the term of an order ends (ms)."""
    return closing(hall, order.due_day) if order.due_day else _term(hall, repair, order).at


def _overdue(tx: Tx, hall: Hall, repair: RepairRecord) -> bool:
    return is_overdue(repair.facts, orders_of(repair.facts, lambda order: _due_at(hall, repair, order)), repair.state, tx.now)


def _term(hall: Hall, repair: RepairRecord, order: RepairFact) -> Due:
    return due_by(hall, DAYS[repair.severity], order.at)


def _photos(tx: Tx, repair: RepairRecord) -> list[Attached]:
    """Its photos from before and after; those of an inspection are waited for there."""
    shown = attached(tx, repair.by, repair.blobs)
    if repair.blobs and not repair.inspection:
        show_due(tx, "repair", repair.rid, repair.by, shown, {"role:OFF", f"u:{repair.by}"}, repair.reported_at)
    for fact in repair.facts:
        shown += attached(tx, fact.by, fact.blobs)
    return shown


def _show_inspection(tx: Tx, record: InspectionRecord, checklist: Checklist) -> None:
    shown = attached(tx, record.by, record.blobs)
    tx.project(inspection_face(record, score(checklist, record.answers), shown, reused=bool(_alike(tx, record))))
    show_due(tx, "facility", record.rid, record.by, shown, {"role:OFF", f"u:{record.by}"}, record.received_at)


def _alike(tx: Tx, record: InspectionRecord) -> list[InspectionRecord]:
    """Other inspections with a picture of this one; of any other record nothing may be said here: it may be sealed (CHK-05)."""
    alike = sorted(records_alike(tx, record.blobs) - {record.rid})
    return [one for rid in alike if (one := tx.get(InspectionRecord, rid))]


def show_again(tx: Tx, rid: str) -> None:
    """A photo of an inspection or a repair has arrived."""
    if repair := tx.get(RepairRecord, rid):
        _save(tx, repair)
    elif (record := tx.get(InspectionRecord, rid)) and (checklist := _checklist(tx, record.checklist)):
        _show_inspection(tx, record, checklist)


def tick(tx: Tx) -> None:
    """Terms that have ended; what is long over leaves the devices."""
    leave_devices(tx, InspectionRecord, "to_at", "facility")
    leave_devices(tx, RepairRecord, "reported_at", "repair", is_open=lambda one: one.state not in ENDED)
    if calendar_changed(tx, "facility"):
        for repair in tx.find(RepairRecord, "due_at > 0"):
            if repair.state not in ENDED:
                _save(tx, repair)
    for repair in tx.find(RepairRecord, "overdue = ? AND due_at > 0 AND due_at < ?", [False, tx.now]):
        if _overdue(tx, hall_of(tx), repair):
            _save(tx, repair)
    first_terms = "extended = ? AND first_due_at > 0 AND first_due_at < ?"
    for repair in tx.find(RepairRecord, first_terms, [False, tx.now]):
        if is_extended(repair.facts, repair.first_due_at, repair.state, tx.now):
            _save(tx, repair)


def shut_by_fault(tx: Tx, *, post: str) -> int:
    """Since when something broken closes this window (ms); 0: nothing does (FAC-07)."""
    return min((repair.reported_at for repair in tx.find(RepairRecord, "place = ? AND shut = ?", [post, True])), default=0)


DOMAIN = Domain(
    name="facility",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(InspectionRecord, RepairRecord),
    handlers={
        "facility.inspect": inspect,
        "repair.report": report,
        "repair.assign": assign,
        "repair.done": done,
        "repair.check": check,
        "repair.drop": drop,
    },
    tick=tick,
    answers={"shut_by_fault": shut_by_fault},
    attached=show_again,
    registers=REGISTERS,
)
