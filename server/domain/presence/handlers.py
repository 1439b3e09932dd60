"""What an absence op does: who may say it, is it sane, write the fact, show the four faces (AWY-01..10, AB-02)."""

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held, refused
from server.domain.hall.ops import Hall
from server.domain.hall.rules import DAY_MS, FOREVER, day_of, leads, opens_within
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord, UnitRecord
from server.domain.presence import ops, posts
from server.domain.presence.ops import Announce, Answer, Cancel, Close, Extend, HandBack, JudgeLate, Return, StepUp
from server.domain.presence.rules import LATE_TOLERANCE_MS, cover_of, due_at, earlier, ended, is_late, state_of
from server.domain.presence.tables import (
    AwayPostRecord,
    CoverRecord,
    Extension,
    Judgement,
    Mark,
    NoticeRecord,
    PhaseRecord,
    PostStateRecord,
    Reply,
)
from server.domain.presence.views import cover_face, notice_faces


def announce(tx: Tx, op: Op[Announce]) -> Outcome:
    """离岗告示: whereabouts, expected return, stand-in (AWY-01); the whole unit away tells the office (AWY-02, AWY-03)."""
    a = op.a
    hall: Hall = tx.ask("hall")
    person: PersonRecord | None = tx.ask("person", uid=a.person)
    if person is None or a.back_at <= a.leaves_at or a.stand_in == a.person or tx.get(NoticeRecord, op.rid):
        return held("INVALID")
    if a.unit is not None and tx.ask("unit", unit=a.unit) is None:
        return held("INVALID")
    if a.stand_in and tx.ask("person", uid=a.stand_in) is None:
        return held("INVALID")
    if not _may_announce(tx, op.actor, person, a):
        return held("NO_RIGHT")
    if a.unit is not None and _empties_office(tx, hall, a):
        return held("OFFICE_NEVER_EMPTY")
    left = a.posts or ([p.rid for p in tx.ask("posts") if p.unit == a.unit] if a.unit else [])
    if any(tx.ask("post", post=p) is None for p in left):
        return held("INVALID")
    notice = NoticeRecord(
        rid=op.rid,
        person=a.person,
        unit=a.unit or person.unit,
        whole_unit=a.unit is not None,
        posts=list(dict.fromkeys(left)),
        reason=a.reason,
        text=a.text,
        destination=a.destination,
        contact=a.contact,
        leaves_at=a.leaves_at,
        first_back_at=a.back_at,
        announced_at=op.window.at,
        received_at=op.received_at,
        grade=op.window.grade,
        late=is_late(a.leaves_at, op.window.at),
        by=op.actor.uid,
        stand_in=a.stand_in or "",
        handed=a.handed,
    )
    notice.returned = _back_already(tx, notice)
    _save(tx, notice, hall)
    _touch_where_standing_in(tx, a.person)
    return APPLIED


def _back_already(tx: Tx, notice: NoticeRecord) -> Mark | None:
    """The return from another absence, said after this notice, when this one arrives later: it ended this one too (`_end_older`)."""
    others = tx.find(NoticeRecord, "person = ? AND state = 'returned' AND whole_unit = ?", [notice.person, notice.whole_unit])
    marks = [m for o in others if (m := o.returned) and m.grade != "C" and m.made_at > notice.announced_at and m.at >= notice.leaves_at]
    return min(marks, key=lambda m: (m.at, m.op), default=None)


def _may_announce(tx: Tx, actor: Actor, person: PersonRecord, a: Announce) -> bool:
    """The person, the head or the office; and only for posts that are the person's that day or the unit's."""
    if leads(actor, person.unit):
        return True
    if actor.uid != a.person or (a.unit is not None and a.unit != actor.unit):
        return False
    return all(_belongs(tx, actor, post, a.leaves_at) for post in a.posts)


def _belongs(tx: Tx, actor: Actor, post_id: str, at: int) -> bool:
    """True when the post is the actor's unit's, or the actor is its A or B that day."""
    post: PostRecord | None = tx.ask("post", post=post_id)
    if post is None or post.unit == actor.unit:
        return True
    return actor.uid in _duty(tx, post_id, at)


def _duty(tx: Tx, post: str, at: int) -> tuple[str, str]:
    """A and B of a post on the day of `at`."""
    hall: Hall = tx.ask("hall")
    duty: DutyRecord | None = tx.ask("duty_of", post=post, day=day_of(at, hall.tz))
    return (duty.a, duty.b) if duty else ("", "")


def _empties_office(tx: Tx, hall: Hall, a: Announce) -> bool:
    """The unit that holds the office contact point may not be wholly away in working hours (AWY-03, ORG-06)."""
    unit: UnitRecord | None = tx.ask("unit", unit=a.unit)
    return unit is not None and bool(unit.contact_post) and opens_within(hall, a.leaves_at, a.back_at)


def extend(tx: Tx, op: Op[Extend]) -> Outcome:
    """续: a later return, said by the subject, HEAD or OFF."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    if not _speaks_for(op.actor, notice):
        return held("NO_RIGHT")
    # Only the person may promise to be back earlier: being late accuses.
    if op.a.back_at <= (notice.leaves_at if op.actor.uid == notice.person else notice.first_back_at):
        return held("INVALID")
    notice.extensions.append(Extension(op.id, op.window.at, op.a.back_at, op.window.grade, op.actor.uid))
    notice.extensions.sort(key=lambda e: (e.at, e.op))
    _save(tx, notice, tx.ask("hall"))
    return APPLIED


def come_back(tx: Tx, op: Op[Return]) -> Outcome:
    """返岗. Back before leaving means the person did not go; being back ends every earlier absence and the cover."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    if not _speaks_for(op.actor, notice):
        return held("NO_RIGHT")
    hall: Hall = tx.ask("hall")
    mark = Mark(op.id, min(op.a.back_at, op.window.at + LATE_TOLERANCE_MS), op.window.at, op.actor.uid, op.window.grade)
    if mark.at < notice.leaves_at:
        notice.cancelled = earlier(notice.cancelled, mark)
    else:
        notice.returned = earlier(notice.returned, mark)
        _end_older(tx, notice, mark, hall)
    _save(tx, notice, hall)
    _end_covers(tx, notice)
    _touch_where_standing_in(tx, notice.person)
    return APPLIED


def _end_older(tx: Tx, notice: NoticeRecord, mark: Mark, hall: Hall) -> None:
    """Earlier notices of the same person that nobody ended: who is back is back from all of them."""
    for other in tx.find(NoticeRecord, "person = ? AND state IN ('active', 'overdue')", [notice.person]):
        if other.rid != notice.rid and other.leaves_at <= mark.at and other.whole_unit == notice.whole_unit:
            other.returned = earlier(other.returned, mark)
            _save(tx, other, hall)
            _end_covers(tx, other)


def _end_covers(tx: Tx, notice: NoticeRecord) -> None:
    """A is back: whoever stood in at the posts of this notice since then is relieved (AB-06)."""
    end = ended(notice)
    if end is None:
        return
    for post in notice.posts:
        for cover in tx.find(CoverRecord, "post = ? AND until_at > ? AND from_at < ?", [post, end.at, end.at]):
            if cover.for_person == notice.person or cover.notice == notice.rid:
                cover.until_at = end.at
                _save_cover(tx, cover)


def cancel(tx: Tx, op: Op[Cancel]) -> Outcome:
    """取消 before leaving; after it, it can only mean that the person is back."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    if not _speaks_for(op.actor, notice):
        return held("NO_RIGHT")
    mark = Mark(op.id, op.window.at, op.window.at, op.actor.uid, op.window.grade, op.a.text)
    if mark.at <= notice.leaves_at + LATE_TOLERANCE_MS:
        notice.cancelled = earlier(notice.cancelled, mark)
    else:
        notice.returned = earlier(notice.returned, mark)
    _save(tx, notice, tx.ask("hall"))
    _end_covers(tx, notice)
    return APPLIED


def answer(tx: Tx, op: Op[Answer]) -> Outcome:
    """The stand-in, and nobody else, accepts or declines (AWY-08)."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    if op.actor.uid != notice.stand_in:
        return held("NO_RIGHT")
    reply = Reply(op.id, op.window.at, op.a.accept, op.a.text)
    if notice.reply is None or (notice.reply.at, notice.reply.op) < (reply.at, reply.op):
        notice.reply = reply
    _save(tx, notice, tx.ask("hall"))
    return APPLIED


def step_up(tx: Tx, op: Op[StepUp]) -> Outcome:
    """顶岗: B takes the post, with or without a notice (AB-02); from now on the work is B's (AB-03)."""
    post: PostRecord | None = tx.ask("post", post=op.a.post)
    if post is None or tx.get(CoverRecord, op.rid):
        return held("INVALID")
    notice = tx.get(NoticeRecord, op.a.notice) if op.a.notice else None
    a, b = _duty(tx, post.rid, op.a.at)
    for_person = notice.person if notice else a
    if op.actor.uid == for_person:
        return held("INVALID")
    named = {b, notice.stand_in if notice else ""}
    if op.actor.uid not in named and op.actor.unit != post.unit and not leads(op.actor, post.unit):
        return held("NO_RIGHT")
    end = ended(notice) if notice else None
    cover = CoverRecord(
        rid=op.rid,
        post=post.rid,
        person=op.actor.uid,
        for_person=for_person,
        from_at=op.a.at,
        made_at=op.window.at,
        grade=op.window.grade,
        notice=op.a.notice or "",
        until_at=end.at if end and end.at > op.a.at else FOREVER,
    )
    _save_cover(tx, cover)
    if notice:
        _save(tx, notice, tx.ask("hall"))
    return APPLIED


def hand_back(tx: Tx, op: Op[HandBack]) -> Outcome:
    """交回: B, A, HEAD or OFF end a cover (AB-06)."""
    cover = tx.get(CoverRecord, op.rid)
    if cover is None:
        return held("REF_WAIT")
    post: PostRecord | None = tx.ask("post", post=cover.post)
    if op.actor.uid not in (cover.person, cover.for_person) and not leads(op.actor, post.unit if post else ""):
        return held("NO_RIGHT")
    if op.a.at < cover.from_at:
        return held("INVALID")
    said_at = op.received_at if op.window.grade == "C" else op.window.at
    mark = Mark(op.id, min(op.a.at, said_at + LATE_TOLERANCE_MS), said_at, op.actor.uid, op.window.grade)
    cover.handed_back = earlier(cover.handed_back, mark)
    cover.until_at = min(cover.until_at, mark.at)
    _save_cover(tx, cover)
    if notice := tx.get(NoticeRecord, cover.notice):
        _save(tx, notice, tx.ask("hall"))
    return APPLIED


def close(tx: Tx, op: Op[Close]) -> Outcome:
    """HEAD or OFF ends an absence nobody ended."""
    notice = tx.get(NoticeRecord, op.rid)
    # One answer for a notice that is not there and for one of another unit.
    if notice is None or not leads(op.actor, notice.unit):
        return refused("NO_RIGHT")
    if stale := _stale(tx, op.rid, op.guard):
        return stale
    if ended(notice):
        return refused("GONE", tx.version("away.office", op.rid))
    notice.closed = Mark(op.id, op.window.at, op.window.at, op.actor.uid, op.window.grade, op.a.text)
    _save(tx, notice, tx.ask("hall"))
    _end_covers(tx, notice)
    return APPLIED


def judge_late(tx: Tx, op: Op[JudgeLate]) -> Outcome:
    """HEAD or OFF, never the subject, accepts or refuses a 补告示 (CON-03, EVD-05)."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None or not leads(op.actor, notice.unit) or op.actor.uid == notice.person:
        return refused("NO_RIGHT")
    if stale := _stale(tx, op.rid, op.guard):
        return stale
    if not notice.late:
        return refused("INVALID")
    notice.judged = Judgement(op.window.at, op.actor.uid, op.a.accept, op.a.text)
    _save(tx, notice, tx.ask("hall"))
    return APPLIED


def _stale(tx: Tx, rid: str, guard: dict[str, int]) -> Outcome | None:
    """A decision on another version than the present one is not carried out."""
    present = tx.version("away.office", rid)
    return refused("STALE", present) if guard.get(rid, present) != present else None


def _speaks_for(actor: Actor, notice: NoticeRecord) -> bool:
    return actor.uid == notice.person or leads(actor, notice.unit)


def _save(tx: Tx, notice: NoticeRecord, hall: Hall) -> None:
    """Derive what follows from the facts, keep it, show the faces, and let every domain look at the posts again."""
    times = posts.times_of(hall)
    taken = [c for c in tx.find(CoverRecord, "notice = ?", [notice.rid], "from_at, rid") if c.person == notice.stand_in]
    notice.stepped_up_at = taken[0].from_at if taken else 0
    notice.handed_back_at = taken[-1].handed_back.at if taken and taken[-1].handed_back else 0
    notice.state = state_of(notice, tx.now, times)
    notice.cover = cover_of(notice, tx.now, times)
    notice.due_at = due_at(notice, tx.now, times)
    tx.put(notice)
    end = ended(notice)
    for post in notice.posts:
        until = end.at if end else FOREVER
        tx.put(AwayPostRecord(rid=f"{notice.rid}:{post}", notice=notice.rid, post=post, from_at=notice.leaves_at, until_at=until))
        if end and end is not notice.cancelled:
            posts.note_return(tx, post, end.at)
        tx.touch(post)
    for face in notice_faces(notice, tx.now):
        tx.project(face)


def _save_cover(tx: Tx, cover: CoverRecord) -> None:
    post: PostRecord | None = tx.ask("post", post=cover.post)
    tx.put(cover)
    tx.project(cover_face(cover, post.unit if post else ""))
    tx.touch(cover.post)


def _touch_where_standing_in(tx: Tx, person: str) -> None:
    """A stand-in who leaves or comes back changes the posts he or she covers (AB-05)."""
    for cover in tx.find(CoverRecord, "person = ? AND until_at = ?", [person, FOREVER]):
        tx.touch(cover.post)
    for notice in tx.find(NoticeRecord, "stand_in = ? AND state IN ('active', 'overdue')", [person]):
        for post in notice.posts:
            tx.touch(post)


def tick(tx: Tx) -> None:
    """Overdue returns, silent stand-ins, departures announced ahead; the hall opening, closing, and a new day."""
    if not tx.ask("founded"):
        return
    hall: Hall = tx.ask("hall")
    for notice in tx.find(NoticeRecord, "due_at <= ?", [tx.now]):
        _save(tx, notice, hall)
    if posts.enter_phase(tx, hall):
        _end_old_covers(tx, posts.today_at(tx, hall))


def _end_old_covers(tx: Tx, day_at: int) -> None:
    """A cover ends with its day; the day after, its row leaves the devices."""
    for cover in tx.find(CoverRecord, "shown = ? AND from_at < ?", [True, day_at]):
        cover.until_at = min(cover.until_at, day_at)
        cover.shown = cover.from_at >= day_at - DAY_MS
        _save_cover(tx, cover)


DOMAIN = Domain(
    name="presence",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(NoticeRecord, AwayPostRecord, CoverRecord, PostStateRecord, PhaseRecord),
    handlers={
        "away.announce": announce,
        "away.extend": extend,
        "away.return": come_back,
        "away.cancel": cancel,
        "away.answer": answer,
        "cover.step_up": step_up,
        "cover.hand_back": hand_back,
        "away.close": close,
        "away.judge_late": judge_late,
    },
    settle=posts.settle,
    tick=tick,
    answers={"post_day": posts.post_day},
)
