"""Who sees what of a patrol (§7): rounds and observations those who patrol."""

from server.domain.base import Face
from server.domain.hall.audiences import NOBODY, PATROL, PATROL_AND_OFFICE
from server.domain.hall.blobs import Attached
from server.domain.patrol.ops import Observation, Round, VideoAsk, VideoFinding, ZoneDone
from server.domain.patrol.tables import ObservationRecord, RoundRecord, ZoneSeenRecord


def round_audience(record: RoundRecord) -> frozenset[str]:
    """Those who patrol; the office sees the hourly rounds, which it answers for (PTL-05)."""
    return PATROL_AND_OFFICE if record.type == "hourly" else PATROL


def round_face(
    record: RoundRecord, zones: list[ZoneSeenRecord], exceptions: int, repeated: bool, points: list[str], left: list[str]
) -> Face:
    """A round, for those who may know of it; `left`: what it left out, and nobody else of its hour looked at."""
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
        points=points,
        due=record.posts_due,
        looked=record.posts_seen,
        queue_len=record.queue_len if record.queue_len >= 0 else None,
        remark=record.remark,
        missing=len(left),
        left=left,
    )
    return Face("round", record.rid, round_audience(record), body)


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
        tied=record.tied,
    )
    return Face("obs", record.rid, PATROL | {f"u:{record.inspector}"}, body)


def video_face(record: ObservationRecord, roles: frozenset[str], recheck: ObservationRecord | None) -> Face:
    """A video record, for its author and the hall's `roles` alone: others learn what became of it (PRH-07)."""
    body = VideoFinding(
        camera=record.camera,
        at=record.at,
        post=record.post,
        seen=record.seen,
        received_at=record.received_at,
        grade=record.grade,
        by=record.inspector,
        codes=record.codes,
        clip=record.clip,
        note=record.note,
        recheck=recheck.rid if recheck else "",
        recheck_seen=recheck.seen if recheck else None,
        withdrawn=record.withdrawn,
    )
    return Face("video", record.rid, frozenset({f"u:{record.inspector}", *(f"role:{role}" for role in roles)}), body)


def ask_face(record: ObservationRecord, due_at: int, *, shown: bool) -> Face:
    """Somebody on the floor please look: shown while it is asked (PTL-11)."""
    return Face("video.ask", record.rid, PATROL if shown else NOBODY, VideoAsk(record.post, record.at, due_at))
