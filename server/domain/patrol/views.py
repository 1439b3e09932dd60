"""Who sees what of a patrol (§7): observations those who patrol; findings the office too; the person's own face names no inspector."""

from server.domain.base import Face
from server.domain.hall.blobs import Attached
from server.domain.patrol.ops import Finding, FindingOwn, Observation, Round, ZoneDone
from server.domain.patrol.rules import Found
from server.domain.patrol.tables import ObservationRecord, RoundRecord, ZoneSeenRecord

PATROL = frozenset({"role:INS", "role:EFF"})
NOBODY: frozenset[str] = frozenset()


def round_face(record: RoundRecord, zones: list[ZoneSeenRecord], exceptions: int, repeated: bool) -> Face:
    """A round, for those who patrol."""
    body = Round(
        slot=record.slot,
        type=record.type,
        inspector=record.inspector,
        started_at=record.started_at,
        zones=[ZoneDone(zone=z.zone, posts=z.posts, at=z.at) for z in sorted(zones, key=lambda z: (z.at, z.rid))],
        exceptions=exceptions,
        state="done" if record.finished_at else "running",
        repeated=repeated,
        finished_at=record.finished_at or None,
    )
    return Face("round", record.rid, PATROL, body)


def observation_face(record: ObservationRecord, recheck_due_at: int | None, blobs: list[Attached]) -> Face:
    """An observation, for its author and those who patrol; never for the person before it is a finding."""
    body = Observation(
        round=record.round,
        post=record.post,
        seen=record.seen,
        at=record.at,
        received_at=record.received_at,
        grade=record.grade,
        inspector=record.inspector,
        codes=record.codes,
        person=record.person or None,
        note=record.note,
        reminded=record.reminded,
        recheck_of=record.recheck_of or None,
        recheck_due_at=recheck_due_at,
        withdrawn=record.withdrawn,
        own_unit=record.own_unit,
        blobs=blobs,
    )
    return Face("obs", record.rid, PATROL | {f"u:{record.inspector}"}, body)


def finding_faces(found: Found, post: str, unit: str, answers: list[str], answer_until: str, blobs: list[Attached]) -> list[Face]:
    """Two faces of a finding. A glance accuses nobody and is told to nobody but those who patrol and the office."""
    own_audience = {f"head:{unit}"} | ({f"u:{found.person}"} if found.person else set())
    whole = Finding(
        post=post,
        from_at=found.from_at,
        to_at=found.to_at,
        state=found.state,
        observations=list(found.observations),
        explain=found.explain,
        post_count=found.post_count,
        person_count=found.person_count,
        grade=found.grade,
        person=found.person or None,
        notice=found.notice or None,
        answers=answers,
        blobs=blobs,
    )
    own = FindingOwn(
        post=post,
        from_at=found.from_at,
        to_at=found.to_at,
        state=found.state,
        explain=found.own,
        post_count=found.post_count,
        person_count=found.person_count,
        grade=found.grade,
        answer_until=answer_until,
        person=found.person or None,
        notice=found.notice or None,
        answers=answers,
    )
    return [
        Face("finding", found.rid, PATROL | {"role:OFF"}, whole),
        Face("finding.own", found.rid, NOBODY if found.state == "glance" else frozenset(own_audience), own),
    ]
