"""What absence tells other institutions: the answers of this domain that are about people."""

from server.domain.base import Tx
from server.domain.hall.duty import has_parted, own_words
from server.domain.hall.here import hall_of, unit_then
from server.domain.hall.rules import day_of
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord
from server.domain.presence.others import handed_over, holders, on_leave
from server.domain.presence.rules import (
    NoticeFact,
    Order,
    PostCover,
    Serving,
    bears_on,
    cover_fact,
    ended_for,
    fact_of,
    of_member,
    orders_of,
    sent_at,
    stood_at,
)
from server.domain.presence.tables import AwayPostRecord, CoverRecord, NoticeRecord


def _own(tx: Tx, uid: str, from_at: int, to_at: int, *, taken_back: bool = False) -> list[NoticeRecord]:
    """Notices about the person that touch the span; an open one lasts until somebody ends it."""
    unit = unit_then(tx, uid, day_of(from_at, hall_of(tx).tz))
    notices = tx.find(NoticeRecord, "person = ? AND until_at > ? AND leaves_at < ?", [uid, from_at, to_at])
    if unit:
        touching = "unit = ? AND until_at > ? AND whole_unit = ? AND leaves_at < ?"
        of_unit = tx.find(NoticeRecord, touching, [unit, from_at, True, to_at])
        notices += [n for n in of_unit if n.person != uid]

    def lasted(notice: NoticeRecord) -> bool:
        end = ended_for(notice, uid)
        return end is None or end.at > from_at

    return [n for n in notices if (taken_back if n.cancelled else lasted(n))]


def away_of(tx: Tx, *, uid: str, from_at: int, to_at: int, taken_back: bool = False) -> list[NoticeFact]:
    """The notices of a person, and of the whole unit, that touch the span, by departure. `taken_back`: those that were, too."""
    found = sorted(_own(tx, uid, from_at, to_at, taken_back=taken_back), key=lambda n: (n.leaves_at, n.rid))
    return [of_member(fact_of(n), uid) for n in found]


def away_unnamed(tx: Tx, *, uid: str, post: str, from_at: int, to_at: int) -> list[NoticeFact]:
    """The person's own notices that touch the span and do not name this post, those that were taken back with them, by departure."""
    found = tx.find(NoticeRecord, "person = ? AND until_at >= ? AND leaves_at < ?", [uid, from_at, to_at], "leaves_at, rid")
    return [fact_of(n) for n in found if post not in n.posts and not n.whole_unit]


def left_in(tx: Tx, *, uid: str, from_at: int, to_at: int) -> list[NoticeFact]:
    """The person's own notices of departures in the span, by departure; the cost does not grow with the years."""
    found = tx.find(NoticeRecord, "person = ? AND leaves_at >= ? AND leaves_at < ?", [uid, from_at, to_at], "leaves_at, rid")
    return [fact_of(n) for n in found]


def covers_of(tx: Tx, *, uid: str, from_at: int, to_at: int) -> list[PostCover]:
    """Posts a person had taken for somebody in the span, by time."""
    found = tx.find(CoverRecord, "person = ? AND until_at > ? AND from_at < ?", [uid, from_at, to_at], "from_at, rid")
    behind = [tx.get(NoticeRecord, c.notice) if c.notice else None for c in found]
    return [PostCover(c.post, cover_fact(c), sent_at(fact_of(n), uid) if n else 0) for c, n in zip(found, behind, strict=True)]


def promised_by(tx: Tx, *, uid: str, from_at: int, to_at: int) -> list[NoticeFact]:
    """Absences that touch the span for which the person has said that he stands in, by departure."""
    found = tx.find(NoticeRecord, "stand_in = ? AND until_at > ? AND leaves_at < ?", [uid, from_at, to_at], "leaves_at, rid")
    return [fact_of(n) for n in found if not n.cancelled and n.reply and n.reply.accept]


def sent_to(tx: Tx, *, uid: str, from_at: int, to_at: int) -> list[Order]:
    """Posts of somebody absent to which HEAD or the office had sent the person in the span, answered or not, by departure (AB-05)."""
    found = tx.find(NoticeRecord, "stand_in = ? AND until_at > ? AND leaves_at < ?", [uid, from_at, to_at])
    found += tx.find(NoticeRecord, "leaves_at >= ? AND leaves_at < ?", [from_at, to_at])
    notices = sorted({n.rid: n for n in found if not n.cancelled}.values(), key=lambda n: (n.leaves_at, n.rid))
    return [order for n in notices for order in orders_of(fact_of(n), uid) if order.until_at > from_at]


def _asked_of(tx: Tx, post: str, at: int) -> list[NoticeFact]:
    """Notices in effect at the post at that moment that named somebody to stand in, the last said first."""
    links = tx.find(AwayPostRecord, "post = ? AND until_at > ? AND from_at <= ?", [post, at, at])
    notices = [n for link in links if (n := tx.get(NoticeRecord, link.notice)) and (n.stand_in or n.asked) and not n.cancelled]
    return [fact_of(n) for n in sorted(notices, key=lambda n: (n.announced_at, n.rid), reverse=True)]


def serving(tx: Tx, *, post: str, at: int) -> Serving:
    """Who answers for the work at a post at a moment: whoever had taken it, else the stand-in who had promised, else A (AB-03)."""
    hall = hall_of(tx)
    duty: DutyRecord | None = tx.ask("duty_of", post=post, day=day_of(at, hall.tz))
    covers = tx.find(CoverRecord, "post = ? AND from_at <= ? AND until_at > ?", [post, at, at], "from_at DESC, rid")
    for cover in covers:
        if not has_parted(hall, duty, cover.from_at, at):
            return Serving(cover.person, "B", cover.rid)
    for notice in _asked_of(tx, post, at):
        if notice.accepted and at < notice.relieved_at and not has_parted(hall, duty, notice.leaves_at, at):
            return Serving(notice.stand_in, "B", notice.rid)
    handed = handed_over(tx, post, at)
    if handed.person and not has_parted(hall, duty, handed.from_at, at):
        return Serving(handed.person, "B")
    a = holders(tx, hall, post, at).a
    person: PersonRecord | None = tx.ask("person", uid=a) if a else None
    unit = person.unit if person else ""
    links = tx.find(AwayPostRecord, "post = ? AND until_at > ? AND from_at <= ?", [post, at, at])
    left = [n for link in links if (n := tx.get(NoticeRecord, link.notice)) and not n.cancelled and bears_on(n, a, unit)]
    record: PostRecord | None = tx.ask("post", post=post)
    words = own_words(hall, record, duty) if record and any(n.whole_unit for n in left) else []
    left = [n for n in left if not 0 < stood_at(n, words, a) <= at]
    gone = any((end := ended_for(n, a)) is None or end.at > at for n in left)
    if not a or gone or on_leave(tx, a, at, at + 1):
        return Serving("", "")
    return Serving(a, "A")
