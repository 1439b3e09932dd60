"""Who sees an incident (§7): those who patrol, the office, the leaders, the head of the place, and whoever reported it."""

from server.domain.base import Face
from server.domain.hall.blobs import Attached
from server.domain.incident.ops import Incident
from server.domain.incident.rules import Escalated, done, state_of
from server.domain.incident.tables import IncidentRecord


def incident_face(record: IncidentRecord, escalated: Escalated, blobs: list[Attached]) -> Face:
    """The one face of an incident."""
    audience = {"role:INS", "role:EFF", "role:OFF", "role:LEAD", f"u:{record.reporter}"}
    if record.unit:
        audience.add(f"head:{record.unit}")
    if record.responder:
        audience.add(f"u:{record.responder}")
    body = Incident(
        kind=record.kind,
        place=record.place,
        found_at=record.found_at,
        received_at=record.received_at,
        level=record.level,
        reporter=record.reporter,
        responder=record.responder,
        people=record.people,
        text=record.text,
        done=done(record.ticks),
        escalated=escalated,
        state=state_of(record.ticks),
        blobs=blobs,
    )
    return Face("incident", record.rid, frozenset(audience), body)
