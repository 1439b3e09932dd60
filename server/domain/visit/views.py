"""Who sees a visit: its visitors and its lead, not a byte for anybody else; once published also head, office, leaders (CHK-05, CHK-09)."""

from server.domain.base import Face
from server.domain.hall.blobs import Attached
from server.domain.visit.ops import Checklist, Mission, Visit, VisitUnit
from server.domain.visit.rules import failed_items, notes_for_unit, score
from server.domain.visit.tables import MissionRecord, VisitRecord


def sealed(mission: MissionRecord) -> frozenset[str]:
    """The audience of a mission: personal buckets only, so that no shared counter moves."""
    return frozenset({f"u:{mission.lead}", *(f"u:{uid}" for uid in mission.team)})


def checklist_face(rid: str, checklist: Checklist) -> Face:
    """A checklist: for visitors and check leads."""
    return Face("checklist", rid, frozenset({"role:TEAM", "role:CHECK"}), checklist)


def mission_face(mission: MissionRecord) -> Face:
    """A mission, for its visitors and its lead; it carries the names it needs."""
    body = Mission(
        checklist=mission.checklist,
        unit=mission.unit,
        unit_names=mission.unit_names,
        window=mission.window,
        from_day=mission.from_day,
        to_day=mission.to_day,
        team=mission.team,
        team_names=mission.team_names,
        lead=mission.lead,
        story=mission.story,
        state=mission.state,
        slot=mission.slot,
    )
    return Face("mission", mission.rid, sealed(mission), body)


def visit_faces(visit: VisitRecord, mission: MissionRecord, checklist: Checklist, day: str, blobs: list[Attached]) -> list[Face]:
    """The visit for its sealed audience, and what the unit may see: nothing until published, nothing once void."""
    published = visit.state == "published"
    audience = frozenset({f"head:{visit.unit}", "role:OFF", "role:LEAD"}) if published else frozenset()
    return [
        Face("visit", visit.rid, sealed(mission), _visit(visit, checklist, blobs)),
        Face("visit.unit", visit.rid, audience, _unit(visit, mission, checklist, day, blobs)),
    ]


def _visit(visit: VisitRecord, checklist: Checklist, blobs: list[Attached]) -> Visit:
    return Visit(
        mission=visit.mission,
        checklist=visit.checklist,
        unit=visit.unit,
        visitor=visit.visitor,
        arrived_at=visit.arrived_at,
        left_at=visit.left_at,
        received_at=visit.received_at,
        grade=visit.grade,
        answers=visit.answers,
        score=score(checklist, visit.answers),
        state=visit.state,
        badge=visit.badge,
        story=visit.story,
        said=visit.said,
        revealed=visit.revealed,
        conflict=visit.conflict,
        text=visit.text,
        published_at=visit.published_at or None,
        blobs=blobs,
    )


def _unit(visit: VisitRecord, mission: MissionRecord, checklist: Checklist, day: str, blobs: list[Attached]) -> VisitUnit:
    notes = notes_for_unit(visit.answers)
    told = {photo for note in notes for photo in note.photos}
    return VisitUnit(
        unit=visit.unit,
        day=day,
        window=mission.window,
        score=score(checklist, visit.answers),
        failed=failed_items(checklist, visit.answers),
        notes=notes,
        published_at=visit.published_at,
        text=visit.text,
        blobs=[blob for blob in blobs if blob.sha256 in told],
    )
