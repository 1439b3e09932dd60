"""Who sees supervisors and their reports (SUP-02): those who engage them and answer; never the units they look at."""

from server.domain.base import Face
from server.domain.hall.blobs import Attached
from server.domain.hall.ops import Names
from server.domain.supervisor.ops import Supervisor, SupervisorReport
from server.domain.supervisor.tables import ReportRecord, SupervisorRecord

ANSWERERS = frozenset({"role:OFF", "role:EFF"})
ENGAGERS = ANSWERERS | {"role:CHECK", "role:LEAD"}


def supervisor_face(record: SupervisorRecord, unit_names: dict[str, Names]) -> Face:
    """A supervisor, with the names of the areas: a supervisor holds no hall data."""
    body = Supervisor(
        name=record.name,
        kind=record.kind,
        state=record.state,
        units=record.units,
        unit_names=unit_names,
        number=record.number,
        from_day=record.from_day,
        to_day=record.to_day,
        checked=record.checked,
        text=record.text,
    )
    return Face("supervisor", record.rid, ENGAGERS, body)


def own_face(record: SupervisorRecord, unit_names: dict[str, Names]) -> Face:
    """The same for the supervisor, without who vetted him or her."""
    body = Supervisor(
        name=record.name,
        kind=record.kind,
        state=record.state,
        units=record.units,
        unit_names=unit_names,
        number=record.number,
        from_day=record.from_day,
        to_day=record.to_day,
    )
    return Face("sup.own", record.rid, frozenset({f"u:{record.rid}"}), body)


def report_face(record: ReportRecord, by_name: str, unit_names: Names, blobs: list[Attached], was_day: str) -> Face:
    """A report and its answer."""
    body = SupervisorReport(
        by=record.by,
        by_name=by_name,
        kind=record.kind,
        text=record.text,
        at=record.at,
        grade=record.grade,
        received_at=record.received_at,
        due_day=record.due_day,
        unit=record.unit,
        unit_names=unit_names,
        overdue=record.overdue,
        answer=record.answer,
        answered_by=record.answered_by,
        answered_at=record.answered_at or None,
        blobs=blobs,
        provisional=record.provisional,
        was_due_day=was_day,
    )
    return Face("sup.report", record.rid, ANSWERERS | {f"u:{record.by}"}, body)
