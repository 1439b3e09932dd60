"""Who sees an incident (§7): those who patrol, the office, the leaders, the head of the place, and whoever reported it."""

from collections.abc import Sequence

from server.domain.base import Face
from server.domain.hall.audiences import HALL, NOBODY
from server.domain.hall.blobs import Attached
from server.domain.hall.rules import FOREVER
from server.domain.incident.ops import Emergency, EmergencyPublic, Incident, IncidentPlan
from server.domain.incident.rules import Escalated, done, log_of
from server.domain.incident.tables import IncidentPlanRecord, IncidentRecord


def incident_face(record: IncidentRecord, acted: Sequence[IncidentRecord], escalated: Escalated, blobs: list[Attached]) -> Face:
    """The face of one report. What was done is that of the whole incident: of its reports about which something was `acted`."""
    audience = {"role:INS", "role:EFF", "role:OFF", "role:LEAD", f"u:{record.reporter}"}
    audience |= {f"u:{uid}" for call in record.calls for uid in call.people}
    if record.unit:
        audience.add(f"head:{record.unit}")
    if record.responder:
        audience.add(f"u:{record.responder}")
    ticks = [tick for one in acted for tick in one.ticks]
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
        done=done(ticks),
        escalated=escalated,
        state=record.state,
        blobs=blobs,
        log=log_of(acted),
        main="" if record.main == record.rid else record.main,
        reports=record.whole.reports if record.whole and record.main == record.rid else 1,
        first_at=record.whole.first_at if record.whole and record.main == record.rid else record.said_at,
        shown=record.showing is not None,
        drill=record.drill,
        paper=record.paper,
        calls=record.calls,
        mistake=record.mistake,
    )
    return Face("incident", record.rid, frozenset(audience), body)


def plan_face(record: IncidentPlanRecord) -> Face:
    """What to do in an incident of a kind, for everybody of the hall (EMG-09)."""
    return Face("incident.plan", record.rid, HALL, IncidentPlan(record.steps, record.by))


def emergency_face(record: IncidentRecord, duty_level: int) -> Face:
    """For the hall, that a grave incident is being dealt with, and since when (AWY-12); nobody otherwise, nor for an exercise."""
    grave = record.level <= duty_level and record.ended_at == FOREVER and not record.drill
    return Face("emergency", record.rid, HALL if grave else NOBODY, Emergency(record.since_at))


def announced_face(record: IncidentRecord) -> Face:
    """What lobby screens say; nobody sees it when nothing is said (EMG-08)."""
    said = record.showing
    body = EmergencyPublic(said.message, said.since, said.go_to, said.paper_posts) if said else EmergencyPublic("system", 0)
    return Face("emergency.pub", record.rid, frozenset({"pub"} if said else ()), body)
