"""视频巡查: what a camera shows is a source of its own, with its own readers; somebody on the floor looks again where possible (PTL-11).

The sighting counts in reconciliation like any other, at best with a corrected time (grade B): a camera's clock is not the hall's.
Clips are named, never copied (PRH-07).
"""

from server.domain.base import APPLIED, Actor, Op, Outcome, Tx, held
from server.domain.hall.ops import Hall
from server.domain.hall.rules import DEFAULT_RULES, day_of, minutes_ms
from server.domain.hall.tables import PostRecord
from server.domain.patrol.facts import touch_day
from server.domain.patrol.ops import Knew, VideoSeen
from server.domain.patrol.rules import EMPTY, WHAT
from server.domain.patrol.tables import AskRecord, EmptyDayRecord, ObservationRecord
from server.domain.patrol.ties import is_tied
from server.domain.patrol.views import ask_face, video_face
from sync.clock import Grade

CAMERA_CHARS_MAX = 40
CLIP_CHARS_MAX = 200


def readers(hall: Hall) -> frozenset[str]:
    """Roles that may record and read video findings (PRH-07)."""
    return frozenset(str(hall.rules.get("ptl.video_roles", DEFAULT_RULES["ptl.video_roles"])).split(","))


def may_record(hall: Hall, actor: Actor) -> bool:
    """Whether this person may record what cameras show."""
    return not actor.roles.isdisjoint(readers(hall))


def record(tx: Tx, op: Op[VideoSeen]) -> Outcome:
    """What a camera shows, with its number and its time stamp; pictures of it are not taken over."""
    a = op.a
    hall: Hall = tx.ask("hall")
    if not may_record(hall, op.actor):
        return held("NO_RIGHT")
    post: PostRecord | None = tx.ask("post", post=a.post)
    camera = a.camera.strip()
    if post is None or tx.get(ObservationRecord, op.rid) or op.blobs or not 1 <= len(camera) <= CAMERA_CHARS_MAX:
        return held("INVALID")
    if not 0 < a.at <= op.window.not_after or len(a.clip) > CLIP_CHARS_MAX:
        return held("INVALID")
    grade: Grade = "C" if op.window.grade == "C" else "B"
    day = day_of(a.at, hall.tz)
    seen = ObservationRecord(
        rid=op.rid,
        round="",
        post=a.post,
        day=day,
        seen=a.seen,
        at=a.at,
        received_at=op.received_at,
        grade=grade,
        inspector=op.actor.uid,
        own_unit=post.unit == op.actor.unit,
        tied=is_tied(tx, op.actor.uid, post, day),
        knew=Knew(0, [], 0),
        codes=a.codes,
        note=a.note,
        source="video",
        camera=camera,
        clip=a.clip,
    )
    tx.put(seen)
    if WHAT[a.seen] in EMPTY:
        if day == day_of(tx.now, hall.tz):
            tx.put(AskRecord(rid=op.rid, day=day))
        tx.put(EmptyDayRecord(rid=f"{a.post}:{day}", post=a.post, day=day))
    show(tx, seen, hall)
    touch_day(tx, a.post, a.at)
    return APPLIED


def show(tx: Tx, seen: ObservationRecord, hall: Hall) -> None:
    """A video record; the question to the floor goes when somebody has looked, or when there is nothing left to look at."""
    looks = tx.find(ObservationRecord, "recheck_of = ?", [seen.rid], "at, rid")
    live = [one for one in looks if not one.withdrawn and not one.void]
    ask = tx.get(AskRecord, seen.rid)
    if ask and ask.open and (live or seen.withdrawn or seen.void or ask.day < day_of(tx.now, hall.tz)):
        ask.open = False
        tx.put(ask)
    tx.project(video_face(seen, readers(hall), live[0] if live else None))
    if ask:
        tx.project(ask_face(seen, seen.at + minutes_ms(hall, "evd.vacancy_min_minutes"), shown=ask.open))


def tick(tx: Tx) -> None:
    """A question nobody answered lapses with its day: nobody can look back."""
    waiting = tx.find(AskRecord, "open = ?", [True])
    if not waiting:
        return
    hall: Hall = tx.ask("hall")
    for ask in waiting:
        seen = tx.get(ObservationRecord, ask.rid)
        if seen and ask.day < day_of(tx.now, hall.tz):
            show(tx, seen, hall)
