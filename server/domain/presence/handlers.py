"""What an absence op does: who may say it, is it sane, write the fact, show the four faces (AWY-01..10, AB-02)."""

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held
from server.domain.hall.here import hall_of
from server.domain.hall.ops import Hall
from server.domain.hall.order import by_moment, earlier
from server.domain.hall.rules import day_of, leads, may_any, opens_within
from server.domain.hall.tables import PersonRecord, PostRecord, UnitRecord
from server.domain.presence import decisions, facts, ops, posts
from server.domain.presence.bounds import can_begin, can_last
from server.domain.presence.keep import (
    duty_moved,
    end_covers,
    review,
    save,
    save_cover,
    settle,
    speaks_for,
    stand_in_moved,
    touch_stand_ins,
)
from server.domain.presence.ops import Announce, Answer, Cancel, Extend, HandBack, Return, StepUp
from server.domain.presence.others import belongs, holders
from server.domain.presence.registers import REGISTERS
from server.domain.presence.returns import note_back, note_back_alone
from server.domain.presence.rules import LATE_TOLERANCE_MS, is_late
from server.domain.presence.tables import (
    AwayPostRecord,
    BackRecord,
    CoverRecord,
    Extension,
    Got,
    Mark,
    NoticeRecord,
    PhaseRecord,
    PostStateRecord,
    Reply,
)
from sync.units import DAY_MS


def announce(tx: Tx, op: Op[Announce]) -> Outcome:
    """离岗告示: whereabouts, expected return, stand-in (AWY-01); the whole unit away tells the office (AWY-02, AWY-03)."""
    a = op.a
    hall = hall_of(tx)
    person: PersonRecord | None = tx.ask("person", uid=a.person)
    if person is None or a.back_at <= a.leaves_at or a.stand_in == a.person or tx.get(NoticeRecord, op.rid):
        return held("INVALID")
    if a.unit is not None and tx.ask("unit", unit=a.unit) is None:
        return held("INVALID")
    if a.stand_in and tx.ask("person", uid=a.stand_in) is None:
        return held("INVALID")
    said = (op.window.at, op.received_at)
    if not (can_begin(hall, a.leaves_at, said) and can_last(hall, a.reason, a.leaves_at, a.back_at)):
        return held("TIME_UNLIKELY")
    if not _may_announce(tx, op.actor, person, a):
        return held("NO_RIGHT")
    if a.unit is not None and _empties_office(tx, hall, a.unit, a.leaves_at, a.back_at):
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
        paper=a.paper,
        leave=a.leave or "",
    )
    if may_any(op.actor, "OFF"):
        notice.got = [Got(op.id, op.window.at, op.actor.uid, True)]
    save(tx, notice, hall)
    for cover in tx.find(CoverRecord, "notice = ?", [notice.rid]):
        save_cover(tx, cover)
    end_covers(tx, notice)
    touch_stand_ins(tx, notice)
    return APPLIED


def _may_announce(tx: Tx, actor: Actor, person: PersonRecord, a: Announce) -> bool:
    """The person, the head or the office; and only for posts that are the person's that day or the unit's. That a whole unit is away, which
    clears others, its head or the office says (§13)."""
    if a.unit is not None and not leads(actor, a.unit):
        return False
    if leads(actor, person.unit):
        return True
    if actor.uid != a.person:
        return False
    return all(belongs(tx, uid=actor.uid, unit=actor.unit, post=post, at=a.leaves_at) for post in a.posts)


def _empties_office(tx: Tx, hall: Hall, unit_id: str, leaves_at: int, back_at: int) -> bool:
    """The unit that holds the office contact point may not be wholly away in working hours (AWY-03, ORG-06)."""
    unit: UnitRecord | None = tx.ask("unit", unit=unit_id)
    return unit is not None and bool(unit.contact_post) and opens_within(hall, leaves_at, back_at)


def extend(tx: Tx, op: Op[Extend]) -> Outcome:
    """续: a later return, said by the subject, HEAD or OFF."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    if not speaks_for(op.actor, notice):
        return held("NO_RIGHT")
    # Only the person may promise to be back earlier: being late accuses.
    if op.a.back_at <= (notice.leaves_at if op.actor.uid == notice.person else notice.first_back_at):
        return held("INVALID")
    hall = hall_of(tx)
    if not can_last(hall, notice.reason, notice.leaves_at, op.a.back_at):
        return held("TIME_UNLIKELY")
    if notice.whole_unit and _empties_office(tx, hall, notice.unit, notice.leaves_at, op.a.back_at):
        return held("OFFICE_NEVER_EMPTY")
    notice.extensions.append(Extension(op.id, op.window.at, op.a.back_at, op.window.grade, op.actor.uid))
    notice.extensions.sort(key=by_moment)
    save(tx, notice, hall)
    touch_stand_ins(tx, notice)
    return APPLIED


def come_back(tx: Tx, op: Op[Return]) -> Outcome:
    """返岗. Back before leaving means the person did not go; being back ends every earlier absence and the cover."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    if not speaks_for(op.actor, notice):
        return _back_alone(tx, op, notice)
    hall = hall_of(tx)
    mark = Mark(op.id, min(op.a.back_at, op.window.at + LATE_TOLERANCE_MS), op.window.at, op.actor.uid, op.window.grade)
    if mark.at < notice.leaves_at:
        notice.cancelled = earlier(notice.cancelled, mark)
    else:
        for other in note_back(tx, notice, mark):
            save(tx, other, hall)
            end_covers(tx, other)
    save(tx, notice, hall)
    end_covers(tx, notice)
    touch_stand_ins(tx, notice)
    return APPLIED


def _back_alone(tx: Tx, op: Op[Return], notice: NoticeRecord) -> Outcome:
    """One of a unit that is away is back, or has stayed: his post serves again, the others stay away (AWY-02)."""
    if not notice.whole_unit or op.actor.unit != notice.unit:
        return held("NO_RIGHT")
    hall = hall_of(tx)
    at = max(notice.leaves_at, min(op.a.back_at, op.window.at + LATE_TOLERANCE_MS))
    mark = Mark(op.id, at, op.window.at, op.actor.uid, op.window.grade)
    for absence in {one.rid: one for one in (notice, *note_back_alone(tx, notice, mark))}.values():
        save(tx, absence, hall)
        end_covers(tx, absence)
    stand_in_moved(tx, people=[op.actor.uid])
    return APPLIED


def cancel(tx: Tx, op: Op[Cancel]) -> Outcome:
    """取消 before leaving; after it, it can only mean that the person is back."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    if not speaks_for(op.actor, notice):
        return held("NO_RIGHT")
    mark = Mark(op.id, op.window.at, op.window.at, op.actor.uid, op.window.grade, op.a.text)
    if mark.at <= notice.leaves_at + LATE_TOLERANCE_MS:
        notice.cancelled = earlier(notice.cancelled, mark)
    else:
        note_back(tx, notice, mark, alone=True)
    save(tx, notice, hall_of(tx))
    end_covers(tx, notice)
    touch_stand_ins(tx, notice)
    return APPLIED


def answer(tx: Tx, op: Op[Answer]) -> Outcome:
    """The stand-in, and nobody else, accepts or declines (AWY-08)."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    if op.actor.uid not in {notice.stand_in, *(a.person for a in notice.asked)}:
        return held("NO_RIGHT")
    notice.replies.append(Reply(op.id, op.window.at, op.a.accept, op.a.text, op.actor.uid))
    save(tx, notice, hall_of(tx))
    return APPLIED


def step_up(tx: Tx, op: Op[StepUp]) -> Outcome:
    """顶岗: B takes the post, with or without a notice (AB-02); from now on the work is B's (AB-03)."""
    post: PostRecord | None = tx.ask("post", post=op.a.post)
    if post is None or tx.get(CoverRecord, op.rid):
        return held("INVALID")
    hall = hall_of(tx)
    if not can_begin(hall, op.a.at, (op.window.at, op.received_at)):
        return held("TIME_UNLIKELY")
    notice = tx.get(NoticeRecord, op.a.notice) if op.a.notice else None
    if op.actor.uid != (notice.stand_in if notice else "") and not _may_serve(tx, op.actor, post, op.a.at):
        return held("NO_RIGHT")
    cover = CoverRecord(
        rid=op.rid,
        post=post.rid,
        person=op.actor.uid,
        for_person="",  # save_cover says for whom
        from_at=op.a.at,
        made_at=op.window.at,
        grade=op.window.grade,
        notice=op.a.notice or "",
    )
    save_cover(tx, cover)
    if notice:
        save(tx, notice, hall)
    return APPLIED


def _may_serve(tx: Tx, actor: Actor, post: PostRecord, at: int) -> bool:
    """True for those of its unit, and whoever is planned there that day, before a swap or after: which of it is known first, decides
    nothing (EVD-01)."""
    if actor.unit == post.unit or leads(actor, post.unit):
        return True
    hall = hall_of(tx)
    return actor.uid in holders(tx, hall, post.rid, at) or post.rid in tx.ask("posts_of", uid=actor.uid, day=day_of(at, hall.tz))


def hand_back(tx: Tx, op: Op[HandBack]) -> Outcome:
    """交回: B, A, HEAD or OFF end a cover (AB-06)."""
    cover = tx.get(CoverRecord, op.rid)
    if cover is None:
        return held("REF_WAIT")
    post: PostRecord | None = tx.ask("post", post=cover.post)
    if op.actor.uid != cover.person and not (post and _may_end(tx, op.actor, post, cover)):
        return held("NO_RIGHT")
    if op.a.at < cover.from_at:
        return held("INVALID")
    said_at = op.received_at if op.window.grade == "C" else op.window.at
    mark = Mark(op.id, min(op.a.at, said_at + LATE_TOLERANCE_MS), said_at, op.actor.uid, op.window.grade)
    cover.handed_back = earlier(cover.handed_back, mark)
    save_cover(tx, cover)
    if notice := tx.get(NoticeRecord, cover.notice):
        save(tx, notice, hall_of(tx))
    return APPLIED


def _may_end(tx: Tx, actor: Actor, post: PostRecord, cover: CoverRecord) -> bool:
    """Whoever it is for, HEAD and OFF; and who is planned there that day, before a swap or after."""
    day = day_of(cover.from_at, hall_of(tx).tz)
    return actor.uid == cover.for_person or leads(actor, post.unit) or post.rid in tx.ask("posts_of", uid=actor.uid, day=day)


def tick(tx: Tx) -> None:
    """Overdue returns, silent stand-ins, departures announced ahead; the hall opening, closing, and a new day."""
    hall = hall_of(tx)
    for notice in tx.find(NoticeRecord, "due_at <= ?", [tx.now]):
        save(tx, notice, hall)
        touch_stand_ins(tx, notice)
    posts.show_due(tx, hall)
    if posts.enter_phase(tx, hall):
        _end_old_covers(tx, posts.today_at(tx, hall))


def _end_old_covers(tx: Tx, day_at: int) -> None:
    """A cover ends with its day; the day after, its row leaves the devices."""
    for cover in tx.find(CoverRecord, "shown = ? AND from_at < ?", [True, day_at]):
        cover.shown = cover.from_at >= day_at - DAY_MS
        save_cover(tx, cover)


DOMAIN = Domain(
    name="presence",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(NoticeRecord, AwayPostRecord, BackRecord, CoverRecord, PostStateRecord, PhaseRecord),
    handlers={
        "away.announce": announce,
        "away.extend": extend,
        "away.return": come_back,
        "away.cancel": cancel,
        "away.answer": answer,
        "cover.step_up": step_up,
        "cover.hand_back": hand_back,
        "away.received": decisions.received,
        "away.assign": decisions.assign,
        "away.close": decisions.close,
        "away.judge_late": decisions.judge_late,
        "away.consent": decisions.consent,
    },
    settle=settle,
    review=review,
    tick=tick,
    answers={
        "post_day": posts.post_day,
        "away_of": facts.away_of,
        "away_unnamed": facts.away_unnamed,
        "left_in": facts.left_in,
        "covers_of": facts.covers_of,
        "promised_by": facts.promised_by,
        "sent_to": facts.sent_to,
        "duty_moved": duty_moved,
        "stand_in_moved": stand_in_moved,
        "belongs": belongs,
        "serving": facts.serving,
    },
    registers=REGISTERS,
)
