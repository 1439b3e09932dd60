"""Who sees inspections and repairs (§7): those who patrol and the office all of them, a head those of the unit, others their own."""

from server.domain.base import Face
from server.domain.facility.ops import Inspection, RepairTask
from server.domain.facility.rules import order_of, steps_of
from server.domain.facility.tables import InspectionRecord, RepairRecord
from server.domain.hall.audiences import PATROL_AND_OFFICE
from server.domain.hall.blobs import Attached
from server.domain.hall.order import in_order
from server.domain.hall.terms import Due
from server.domain.norms.rules import Score


def inspection_face(record: InspectionRecord, score: Score, blobs: list[Attached], *, reused: bool) -> Face:
    """An inspection."""
    body = Inspection(
        checklist=record.checklist,
        place=record.place,
        by=record.by,
        from_at=record.from_at,
        to_at=record.to_at,
        received_at=record.received_at,
        grade=record.grade,
        answers=record.answers,
        score=score,
        failed=[a.item for a in record.answers if a.mark == "fail"],
        text=record.text,
        blobs=blobs,
        reused=reused,
    )
    return Face("facility", record.rid, PATROL_AND_OFFICE | {f"u:{record.by}"}, body)


def repair_face(record: RepairRecord, term: Due | None, blobs: list[Attached], was_day: str, first_day: str) -> Face:
    """A repair."""
    order = order_of(record.facts)
    done = next((f for f in reversed(in_order(record.facts)) if f.kind == "repaired"), None)
    body = RepairTask(
        place=record.place,
        unit=record.unit,
        kind=record.kind,
        severity=record.severity,
        text=record.text,
        state=record.state,
        steps=steps_of(record),
        reported_at=record.reported_at,
        names=record.names,
        inspection=record.inspection,
        item=record.item,
        closes=record.closes,
        owner=record.owner,
        due_day=(order.due_day if order else "") or (term.day if term else ""),
        provisional=bool(term and term.provisional),
        was_due_day=was_day,
        overdue=record.overdue,
        first_due_day=first_day,
        extended=record.extended,
        after=[blob.sha256 for blob in done.blobs] if done else [],
        blobs=blobs,
    )
    people = {f"u:{uid}" for uid in (record.by, record.owner) if uid}
    heads = {f"head:{record.unit}"} if record.unit else set[str]()
    return Face("repair", record.rid, PATROL_AND_OFFICE | people | heads, body)
