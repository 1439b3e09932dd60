"""Keeping what was said about an absence: what follows from the facts is derived, shown, and every post looked at again."""

import msgspec

from server.domain.base import Actor, Touched, Tx
from server.domain.hall.duty import own_words
from server.domain.hall.here import hall_of, people_then, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, add_days, day_of, day_start, leads, opens_within
from server.domain.hall.tables import PersonRecord, PostRecord, UnitRecord
from server.domain.presence import posts
from server.domain.presence.ops import Barred
from server.domain.presence.others import duty_in_force, handed_to, holders, leaves_known, on_leave, serves_by_sheet
from server.domain.presence.returns import backs_of, returned_of
from server.domain.presence.rules import (
    StandIn,
    answers,
    asks,
    back_at,
    consent_of,
    cover_of,
    due_at,
    ended,
    is_barred,
    state_of,
    told_of,
    trouble_of,
)
from server.domain.presence.tables import AwayPostRecord, BackRecord, CoverRecord, NoticeRecord, Reply
from server.domain.presence.views import cover_face, notice_faces


def save(tx: Tx, notice: NoticeRecord, hall: Hall) -> None:
    """Derive what follows from the facts, keep it, show the faces, and let every domain look at the posts again."""
    refresh(tx, notice, hall)
    end = ended(notice)
    for post in notice.posts:
        until = end.at if end else FOREVER
        tx.put(AwayPostRecord(rid=f"{notice.rid}:{post}", notice=notice.rid, post=post, from_at=notice.leaves_at, until_at=until))
        tx.touch(post, *_span(tx, notice))
    if not notice.whole_unit and not posts.has_any(tx, hall, notice):
        for post in tx.ask("posts_of", uid=notice.person, day=today_of(tx)):
            tx.touch(post, tx.now, tx.now)
    if notice.stand_in:
        _touch_own(tx, notice.stand_in)
    people = people_then(tx, notice.unit, day_of(notice.leaves_at, hall.tz)) if notice.whole_unit else []
    for uid in sorted({notice.person, *people, *(said.by for said in notice.replies if said.by), *(m.by for m in notice.backs)}):
        tx.touch_person(uid, *_span(tx, notice))


def _span(tx: Tx, notice: NoticeRecord) -> tuple[int, int]:
    """The time the facts of a notice lie in: from its earliest to its last, or now."""
    end = ended(notice)
    return min(notice.leaves_at, notice.announced_at), max(back_at(notice), end.at if end else 0, end.made_at if end else 0, tx.now)


def refresh(tx: Tx, notice: NoticeRecord, hall: Hall) -> None:
    """Derive, keep and show; posts are left alone."""
    times = posts.times_of(hall, notice.leaves_at)
    derive(tx, notice, hall)
    tx.put(notice)
    for face in notice_faces(notice, tx.now, told_of(notice, tx.now, times)):
        tx.project(face)


def derive(tx: Tx, notice: NoticeRecord, hall: Hall) -> None:
    """What follows from the facts, written into the notice."""
    times = posts.times_of(hall, notice.leaves_at)
    if notice.asked:
        notice.stand_in = asks(notice)[-1].person
    if notice.reply and not notice.replies:  # kept by a release that knew of one stand-in only
        notice.replies = [Reply(notice.reply.op, notice.reply.at, notice.reply.accept, notice.reply.text, notice.stand_in)]
    notice.reply = answers(notice, notice.stand_in)
    notice.returned, notice.own_return = returned_of(tx, notice)
    notice.backs = backs_of(tx, notice)
    taken = [c for c in tx.find(CoverRecord, "notice = ?", [notice.rid], "from_at, rid") if c.person == notice.stand_in]
    notice.stepped_up_at = taken[0].from_at if taken else 0
    notice.handed_back_at = taken[-1].handed_back.at if taken and taken[-1].handed_back else 0
    notice.alone_until = _alone_until(tx, notice, hall)
    notice.barred = _barred(tx, notice, hall)
    notice.consent = consent_of(notice, times)
    notice.state = state_of(notice, tx.now, times)
    notice.cover = cover_of(notice, tx.now, times)
    notice.trouble = trouble_of(notice, tx.now, times, _stand_in(tx, notice))
    notice.due_at = due_at(notice, tx.now, times)
    notice.until_at = end.at if (end := ended(notice)) else FOREVER


def _barred(tx: Tx, notice: NoticeRecord, hall: Hall) -> Barred:
    """Whether leaving needs HEAD's word: an emergency is in force (AWY-12), or nobody would be left in the office (AWY-03)."""
    if ended(notice) or notice.by not in ("", notice.person):
        return ""
    if duty_in_force(tx, hall, _left_at(notice)):
        return "duty"
    return "office" if tx.now < notice.alone_until else ""


def _left_at(notice: NoticeRecord) -> int:
    return max(notice.announced_at, notice.leaves_at)


def _alone_until(tx: Tx, notice: NoticeRecord, hall: Hall) -> int:
    """Until when (ms) everybody else of the office is away, judged by what was said and decided before this notice; 0 when somebody is
    there. What is said later takes nothing from it, and an absence that is over remains what it was (EVD-02).
    """
    unit: UnitRecord | None = tx.ask("unit", unit=notice.unit)
    if notice.whole_unit or notice.by not in ("", notice.person) or unit is None or not unit.contact_post:
        return 0
    if not opens_within(hall, notice.leaves_at, back_at(notice)):
        return 0
    others = [uid for uid in tx.ask("unit_people", unit=notice.unit) if uid != notice.person]
    return min((_gone_until(tx, uid, notice) for uid in others), default=FOREVER)


def _gone_until(tx: Tx, uid: str, notice: NoticeRecord) -> int:
    """When somebody comes back who, as had been said or decided before, is away during this absence; 0: nobody said so."""
    left, back, said = _left_at(notice), back_at(notice), (notice.announced_at, notice.rid)
    gone = [leave.to_at for leave in leaves_known(tx, uid, left, back, notice.announced_at)]
    for other in notices_in(tx, uid, left, back):
        may = not other.alone_until or (other.consented is not None and other.consented.accept)
        if (other.announced_at, other.rid) < said and may and not is_barred(other) and _is_away_at(other, left):
            gone.append(end.at if (end := ended(other)) else FOREVER)
    return max(gone, default=0)


def _is_away_at(notice: NoticeRecord, at: int) -> bool:
    """True when he is expected back after that, or has not come back by then."""
    end = ended(notice)
    return end.at > at if end else back_at(notice) > at or notice.state == "overdue"


def notices_in(tx: Tx, uid: str, from_at: int, to_at: int) -> list[NoticeRecord]:
    """The person's own notices that touch a span and were not taken back; an open one lasts until somebody ends it."""
    found = tx.find(NoticeRecord, "person = ? AND until_at > ? AND leaves_at < ?", [uid, from_at, to_at])
    return [n for n in found if not n.cancelled]


def review(tx: Tx, touched: frozenset[Touched]) -> None:
    """Whether others of the office may leave depends on who has said before that he leaves, or is on leave (AWY-03)."""
    hall = hall_of(tx)
    for one in sorted(one for one in touched if one.person):
        person: PersonRecord | None = tx.ask("person", uid=one.person)
        unit: UnitRecord | None = tx.ask("unit", unit=person.unit) if person and person.unit else None
        if unit is None or not unit.contact_post:
            continue
        people = [uid for uid in tx.ask("unit_people", unit=unit.rid) if uid != one.person]
        others = [n for uid in people for n in notices_in(tx, uid, one.from_at, max(one.to_at, tx.now))]
        for other in sorted(others, key=lambda n: (n.announced_at, n.rid)):
            before = other.alone_until, other.barred
            derive(tx, other, hall)
            if (other.alone_until, other.barred) != before:
                refresh(tx, other, hall)
                for post in other.posts:
                    tx.touch(post, *_span(tx, other))


def overlaps(notice: NoticeRecord, from_at: int, to_at: int) -> bool:
    """True when the absence touches the span, as far as its end is known or expected; a barred one is none."""
    end = ended(notice)
    until = end.at if end else max(back_at(notice), to_at if notice.state == "overdue" else 0)
    return not is_barred(notice) and notice.leaves_at < to_at and from_at < until


def open_notices(tx: Tx, uid: str) -> list[NoticeRecord]:
    """The person's own notices that nobody ended."""
    return tx.find(NoticeRecord, "person = ? AND until_at = ?", [uid, FOREVER])


def _stand_in(tx: Tx, notice: NoticeRecord) -> StandIn:
    """What others' facts say of the stand-in during the absence."""
    if ended(notice):
        return StandIn(False, False, False)
    from_at, to_at = max(notice.leaves_at, tx.now), max(back_at(notice), tx.now + 1)
    uid = notice.stand_in
    own = open_notices(tx, uid) + posts.of_whole_unit(tx, uid) if uid else []
    # A unit that is away with this very post is told of by its own notice.
    away = any(overlaps(n, from_at, to_at) for n in own if not (n.whole_unit and {*notice.posts} <= {*n.posts}))
    covers = tx.find(CoverRecord, "person = ? AND until_at > ? AND from_at < ?", [uid, from_at, to_at]) if uid else []
    elsewhere = {c.post for c in covers}.union(serves_by_sheet(tx, uid, from_at, to_at) if uid else ())
    said_at = notice.reply.at if notice.reply else 0
    left = any(c.post not in notice.posts and c.from_at > said_at for c in covers)
    served = all(_served(tx, notice, post) for post in notice.posts)
    return StandIn(away, bool(uid) and on_leave(tx, uid, from_at, to_at), served, bool(elsewhere - {*notice.posts}), left)


def _served(tx: Tx, notice: NoticeRecord, post: str) -> bool:
    """True when somebody has taken the post who is not away, or nobody needs to be there."""
    record: PostRecord | None = tx.ask("post", post=post)
    if record is None or not record.required:
        return True
    covers = tx.find(CoverRecord, "post = ? AND until_at > ?", [post, max(tx.now, notice.leaves_at)])
    return any(not posts.is_away(tx, c.person, c) for c in covers)


def end_covers(tx: Tx, notice: NoticeRecord) -> None:
    """A is back: whoever stood in at the posts of this notice since then is relieved (AB-06)."""
    for post in notice.posts:
        for cover in tx.find(CoverRecord, "post = ? AND until_at > ?", [post, notice.leaves_at]):
            mine = cover.for_person in {notice.person, *(m.by for m in notice.backs)} or cover.notice == notice.rid
            if mine and cover_until(tx, cover) != cover.until_at:
                save_cover(tx, cover)


def cover_until(tx: Tx, cover: CoverRecord) -> int:
    """When a cover ended: handed back, the absence it was for over, or its day; whatever was said first, in any order of arrival."""
    hall = hall_of(tx)
    day_end = day_start(add_days(day_of(cover.from_at, hall.tz), 1), hall.tz)
    ends = [cover.handed_back.at] if cover.handed_back else []
    ends += [day_end] if tx.now >= day_end else []
    a = _a_of(tx, cover)
    for link in tx.find(AwayPostRecord, "post = ? AND until_at > ? AND from_at < ?", [cover.post, cover.from_at, day_end]):
        if notice := tx.get(NoticeRecord, link.notice):
            ends += [link.until_at] if notice.rid == cover.notice or notice.person == cover.for_person else []
            ends += [mark.at for mark in notice.backs if mark.by == a and cover.from_at < mark.at < day_end]
    for back in tx.find(BackRecord, "person = ? AND at > ? AND at < ? AND unit <> ''", [a, cover.from_at, day_end]):
        ends += [back.at] if (gone := tx.get(NoticeRecord, back.notice)) and cover.post in gone.posts else []
    post: PostRecord | None = tx.ask("post", post=cover.post)
    words = own_words(hall, post, tx.ask("duty_of", post=cover.post, day=day_of(cover.from_at, hall.tz))) if post else []
    ends += [said.at for said in words if said.by != cover.person and said.at > cover.from_at]
    if (own := tx.get(NoticeRecord, cover.notice)) and (end := ended(own)) and end.at > cover.from_at:
        ends.append(end.at)
    return min(ends, default=FOREVER)


def for_whom(tx: Tx, cover: CoverRecord) -> str:
    """For whom B serves: the person of the notice it was for, else A by the newest roster; "" when B is A there himself (EVD-01)."""
    notice = tx.get(NoticeRecord, cover.notice) if cover.notice else None
    person = notice.person if notice else _a_of(tx, cover)
    return person if person != cover.person else ""


def _a_of(tx: Tx, cover: CoverRecord) -> str:
    """Whose post it was by the newest roster when B took it."""
    return holders(tx, hall_of(tx), cover.post, cover.from_at).a


def duty_moved(tx: Tx, *, post: str, day: str) -> None:
    """The roster of a post and day is another: whoever stood in there that day may have done so for somebody else."""
    hall = hall_of(tx)
    start, end = day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz)
    for cover in tx.find(CoverRecord, "post = ? AND until_at > ? AND from_at >= ? AND from_at < ?", [post, start, start, end]):
        if for_whom(tx, cover) != cover.for_person or cover_until(tx, cover) != cover.until_at:
            save_cover(tx, cover)


def save_cover(tx: Tx, cover: CoverRecord) -> None:
    """Keep a cover, show it, and look at its post again."""
    post: PostRecord | None = tx.ask("post", post=cover.post)
    cover.for_person = for_whom(tx, cover)
    cover.until_at = cover_until(tx, cover)
    tx.put(cover)
    tx.project(cover_face(cover, post.unit if post else ""))
    tx.touch(cover.post, cover.from_at, tx.now if cover.until_at == FOREVER else max(cover.until_at, tx.now))
    tx.touch_person(cover.person, cover.from_at, tx.now)
    touch_where_standing_in(tx, cover.person)


def touch_where_standing_in(tx: Tx, person: str) -> None:
    """A stand-in who leaves, comes back or takes another post changes the posts he or she covers, or was asked to (AB-05, CON-12)."""
    for cover in tx.find(CoverRecord, "person = ? AND until_at = ?", [person, FOREVER]):
        tx.touch(cover.post, tx.now, tx.now)
    for notice in tx.find(NoticeRecord, "stand_in = ? AND until_at = ?", [person, FOREVER]):
        for post in notice.posts:
            tx.touch(post, tx.now, tx.now)
    _touch_own(tx, person)


def _touch_own(tx: Tx, person: str) -> None:
    """Where he is A: whether the office's contact post has anybody (ORG-06), and what he serves, or is to serve, by a sheet (ORG-05)."""
    own = tx.ask("posts_of", uid=person, day=today_of(tx))
    for post in [*(one for one in own if posts.is_contact(tx, one)), *handed_to(tx, person, tx.now)]:
        tx.touch(post, tx.now, tx.now)


def stand_in_moved(tx: Tx, *, people: list[str]) -> None:
    """What these people have taken over, or promised to, by another institution's record, is another."""
    for uid in people:
        touch_where_standing_in(tx, uid)


def touch_stand_ins(tx: Tx, notice: NoticeRecord) -> None:
    """Whoever this absence is about may stand in elsewhere."""
    stand_in_moved(tx, people=tx.ask("unit_people", unit=notice.unit) if notice.whole_unit else [notice.person])


def speaks_for(actor: Actor, notice: NoticeRecord) -> bool:
    """The subject, HEAD and OFF may change what a notice says."""
    return actor.uid == notice.person or leads(actor, notice.unit)


def settle(tx: Tx, touched: frozenset[str]) -> None:
    """What others did may have changed who stands in, and whether leaving is barred; then the lobby looks at the posts again."""
    hall = hall_of(tx)
    rids: dict[str, None] = {}
    for post in sorted(touched):
        for link in tx.find(AwayPostRecord, "post = ? AND until_at = ?", [post, FOREVER]):
            rids[link.notice] = None
    for rid in rids:
        notice = tx.get(NoticeRecord, rid)
        before = msgspec.json.encode(notice)
        if notice:
            derive(tx, notice, hall)
            if msgspec.json.encode(notice) != before:
                refresh(tx, notice, hall)
    posts.settle(tx, touched)
