"""视频巡查: what a camera shows is a source of its own, with its own readers; somebody on the floor looks again where possible (PTL-11).

The sighting counts in reconciliation like any other, at best with a corrected time (grade B): a camera's clock is not the hall's.
Clips are named, never copied (PRH-07).
"""

import msgspec

from server.domain.base import APPLIED, Actor, Op, Outcome, Tx, held
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.params import DEFAULT_RULES
from server.domain.hall.rules import day_of, roles_of, vacancy_ms
from server.domain.hall.tables import PostRecord
from server.domain.patrol.facts import touch_day
from server.domain.patrol.ops import Knew, VideoSeen
from server.domain.patrol.rules import EMPTY, WHAT
from server.domain.patrol.tables import AskRecord, EmptyDayRecord, ObservationRecord, ReadersRecord
from server.domain.patrol.ties import is_tied, unit_then
from server.domain.patrol.views import ask_face, video_face
from sync.clock import Grade, Window

CAMERA_CHARS_MAX = 40
CLIP_CHARS_MAX = 200
VIDEO = "video"


def readers(hall: Hall) -> frozenset[str]:
    """Roles that may record and read video findings (PRH-07)."""
    return roles_of(hall.rules.get("ptl.video_roles", DEFAULT_RULES["ptl.video_roles"]))


def may_record(hall: Hall, actor: Actor) -> bool:
    """Whether this person may record what cameras show."""
    return not actor.roles.isdisjoint(readers(hall))


def record(tx: Tx, op: Op[VideoSeen]) -> Outcome:
    """What a camera shows, with its number and its time stamp; pictures of it are not taken over."""
    a = op.a
    hall = hall_of(tx)
    if not may_record(hall, op.actor):
        return held("NO_RIGHT")
    post: PostRecord | None = tx.ask("post", post=a.post)
    camera = a.camera.strip()
    if post is None or tx.get(ObservationRecord, op.rid) or op.blobs or not 1 <= len(camera) <= CAMERA_CHARS_MAX:
        return held("INVALID")
    if a.at <= 0 or len(a.clip) > CLIP_CHARS_MAX:
        return held("INVALID")
    at, grade = _seen(a.at, op.window)
    day = day_of(at, hall.tz)
    seen = ObservationRecord(
        rid=op.rid,
        round="",
        post=a.post,
        day=day,
        seen=a.seen,
        at=at,
        received_at=op.received_at,
        grade=grade,
        inspector=op.actor.uid,
        own_unit=post.unit == unit_then(tx, op.actor, day),
        tied=is_tied(tx, op.actor.uid, post, at, day),
        knew=Knew(0, [], 0),
        codes=a.codes,
        note=a.note,
        source="video",
        camera=camera,
        clip=a.clip,
    )
    tx.put(seen)
    if WHAT[a.seen] in EMPTY:
        if day == today_of(tx):
            tx.put(AskRecord(rid=op.rid, day=day))
        tx.put(EmptyDayRecord(rid=f"{a.post}:{day}", post=a.post, day=day))
    if tx.get(ReadersRecord, VIDEO) is None:
        tx.put(ReadersRecord(rid=VIDEO, roles=sorted(readers(hall))))
    show(tx, seen, hall)
    touch_day(tx, a.post, at)
    return APPLIED


def _seen(claim: int, window: Window) -> tuple[int, Grade]:
    """When the camera saw it, never later than it was written down or, if that cannot be proven, received; a camera that is ahead of that
    is worth little.
    """
    written = window.not_after if window.grade == "C" else min(window.at, window.not_after)
    return min(claim, written), "C" if window.grade == "C" or claim > written else "B"


def show(tx: Tx, seen: ObservationRecord, hall: Hall) -> None:
    """A video record; the question to the floor is open on its day until somebody has looked, or there is nothing left to look at."""
    looks = tx.find(ObservationRecord, "recheck_of = ?", [seen.rid], "at, rid")
    live = [one for one in looks if not one.withdrawn and not one.void]
    ask = tx.get(AskRecord, seen.rid)
    wanted = not (live or seen.withdrawn or seen.void)
    if ask and ask.open != (wanted and ask.day >= today_of(tx)):
        ask.open = not ask.open
        tx.put(ask)
    tx.project(video_face(seen, readers(hall), live[0] if live else None))
    if ask:
        tx.project(ask_face(seen, seen.at + vacancy_ms(hall, seen.at), shown=ask.open))


def tick(tx: Tx) -> None:
    """A question nobody answered lapses with its day: nobody can look back. A rule naming other readers holds for what is there."""
    waiting, shown_to = tx.find(AskRecord, "open = ?", [True]), tx.get(ReadersRecord, VIDEO)
    if not waiting and shown_to is None:
        return
    hall = hall_of(tx)
    if shown_to and shown_to.roles != sorted(readers(hall)):
        tx.put(ReadersRecord(rid=VIDEO, roles=sorted(readers(hall))))
        for seen in tx.find(ObservationRecord, "source = 'video'"):
            show(tx, seen, hall)
    for ask in waiting:
        asked = tx.get(ObservationRecord, ask.rid)
        if asked and ask.day < today_of(tx):
            show(tx, asked, hall)


def sealed(tx: Tx, rid: str, args: bytes, uid: str) -> frozenset[str] | None:
    """Who hears of a held op about what a camera showed: the hall's readers of such records alone (PRH-07); None for any other.

    Arguments that cannot be read are taken for such a one.
    """
    known = tx.get(ObservationRecord, rid)
    if not _filmed(args) and (known is None or known.source != VIDEO):
        return None
    return frozenset(f"role:{role}" for role in readers(hall_of(tx)))


def _filmed(args: bytes) -> bool:
    """Whether arguments name a camera or a recording, or cannot be read."""
    try:
        said = msgspec.json.decode(args, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError):
        return True
    return not said or not said.keys().isdisjoint({"camera", "clip"})
