"""Who sees what of a patrol (§7): rounds and observations those who patrol."""

from server.domain.base import Face
from server.domain.hall.blobs import Attached
from server.domain.patrol.ops import Observation, Round, ZoneDone
from server.domain.patrol.tables import ObservationRecord, RoundRecord, ZoneSeenRecord

PATROL = frozenset({"role:INS", "role:EFF"})


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
