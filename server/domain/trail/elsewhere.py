"""Where else whoever is missed was to serve then: a post he had taken or promised to, or a second one of his own (AB-01, CON-12)."""

from collections.abc import Iterable
from typing import NamedTuple

from server.domain.base import Tx
from server.domain.hall.duty import Assigned, closed_for_lunch, due_spans, stood_spans
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, day_of, minutes_ms
from server.domain.hall.tables import DutyRecord, PostRecord
from server.domain.handover.rules import HandoverFact
from server.domain.patrol.rules import EMPTY
from server.domain.presence.rules import NoticeFact, Order, PostCover, sent_at
from server.domain.trail.facts import Elsewhere, Excuse, PostFacts
from server.domain.trail.judge import holder_of, known_back
from server.domain.trail.ledger import DayAt


class Stand(NamedTuple):
    """Somebody serves `post` from `from_at` to `until_at` (ms), as had been said by `known_at`. `proven`: he had taken it, by a clock that
    can be believed, or has a sheet in force. `sent_at`: when HEAD or the office had sent him there, 0: not.
    """

    post: str
    from_at: int
    until_at: int
    known_at: int
    proven: bool
    sent_at: int


def stands_of(tx: Tx, hall: Hall, uid: str, post: str, span: DayAt) -> list[Stand]:
    """Every other post the person was to serve for somebody that day."""
    about = {"uid": uid, "from_at": span.from_at, "to_at": span.to_at}
    covers: list[PostCover] = tx.ask("covers_of", **about)
    found = [_of_cover(one) for one in covers if one.post != post]
    promised: list[NoticeFact] = tx.ask("promised_by", **about)
    told = [_of_promise(hall, n, uid, other) for n in promised for other in n.posts if other != post]
    orders: list[Order] = tx.ask("sent_to", **about)
    told += [_of_order(hall, one, other) for one in orders for other in one.notice.posts if other != post]
    sheets: list[HandoverFact] = tx.ask("handed_to", **about) if tx.knows("handed_to") else []
    told += [_of_sheet(sheet) for sheet in sheets if sheet.post != post]
    day = day_of(span.from_at, hall.tz)
    parts = [part for one in found for part in _of_duty(tx, hall, one, day)]
    parts += [part for one in told for part in _of_duty(tx, hall, one, day, told=True)]
    return sorted(one for one in parts if one.from_at < one.until_at)


def _of_duty(tx: Tx, hall: Hall, one: Stand, day: str, *, told: bool = False) -> list[Stand]:
    """What of it is of the duty it was begun in (CAL-05). `told`: it was only said that he would be there, so not while nobody has to."""
    duty: DutyRecord | None = tx.ask("duty_of", post=one.post, day=day)
    spans = stood_spans(hall, duty, one.from_at, one.until_at)
    if told and (closed := closed_for_lunch(hall, duty, day)):
        spans = [part for start, end in spans for part in ((start, min(end, closed[0])), (max(start, closed[1]), end))]
    return [one._replace(from_at=start, until_at=end) for start, end in spans]


def _of_cover(one: PostCover) -> Stand:
    cover = one.cover
    return Stand(one.post, cover.from_at, cover.until_at, cover.proved_at, cover.grade != "C", one.sent_at)


def _of_promise(hall: Hall, notice: NoticeFact, uid: str, post: str) -> Stand:
    """What was promised lasts while A is away as far as was said, with the grace of a return."""
    until = min(_last_back(hall, notice), notice.relieved_at)
    return Stand(post, max(notice.leaves_at, notice.answered_at), until, notice.answered_at, False, sent_at(notice, uid))


def _last_back(hall: Hall, notice: NoticeFact) -> int:
    back = known_back(notice, notice.ended_at, ("A", "B", "C")) + minutes_ms(hall, "awy.return_grace_min", notice.leaves_at)
    return min(back, notice.ended_at)


def _of_order(hall: Hall, order: Order, post: str) -> Stand:
    """Whether he heard of it and went, nobody knows: a doubt, which neither clears nor accuses (AB-10, EVD-04)."""
    until = min(_last_back(hall, order.notice), order.until_at)
    return Stand(post, max(order.notice.leaves_at, order.sent_at), until, order.sent_at, False, order.sent_at)


def _of_sheet(sheet: HandoverFact) -> Stand:
    begins = min(sheet.taken_at, max(sheet.from_at, sheet.accepted_at))
    known = min(sheet.taken_at, sheet.accepted_at)
    if known == FOREVER and sheet.sent_at:
        until = min(sheet.until_at, sheet.ended_at, sheet.declined_at)
        return Stand(sheet.post, max(sheet.from_at, sheet.sent_at), until, sheet.sent_at, False, sheet.sent_at)
    return Stand(sheet.post, begins, min(sheet.until_at, sheet.ended_at), known, sheet.grade != "C", sheet.sent_at)


def excuses_elsewhere(tx: Tx, hall: Hall, people: Iterable[str], post: str, span: DayAt) -> tuple[Excuse, ...]:
    """What kept stand-ins at another post (CON-12); one promised by a clock nobody can believe does as well: it only takes a count away."""
    found: list[Excuse] = []
    for uid in sorted(people):
        stands = [one for one in stands_of(tx, hall, uid, post, span) if one.proven or one.sent_at]
        found += [Excuse(uid, s.from_at, s.until_at, "elsewhere", s.known_at, sent_at=s.sent_at) for s in stands]
    return tuple(found)


def with_elsewhere(tx: Tx, hall: Hall, facts: PostFacts, post: str, day: str, span: DayAt) -> PostFacts:
    """For each look that found nobody: where else whoever held the post was to be at that moment."""
    held = [(s.id, s.at, holder_of(facts, s).a) for s in facts.sightings if s.what in EMPTY and not s.withdrawn]
    people = {uid for _, _, uid in held} - {""}
    stands = {uid: stands_of(tx, hall, uid, post, span) for uid in people}
    own = {uid: _own_posts(tx, uid, post, day) for uid in people}
    found: list[Elsewhere] = []
    for rid, at, uid in held:
        there = [s for s in stands.get(uid, ()) if s.from_at <= at < s.until_at]
        proven = [s for s in there if s.proven and s.known_at <= at]
        if proven:
            found.append(Elsewhere(rid, proven[0].post, proven[0].from_at, True))
        elif there:
            found.append(Elsewhere(rid, there[0].post, there[0].from_at, False))
        elif other := next((one for one in own.get(uid, ()) if _is_due(tx, hall, one, day, uid, at)), None):
            found.append(Elsewhere(rid, other.rid, at, False))
    return facts._replace(elsewhere=tuple(found))


def _own_posts(tx: Tx, uid: str, post: str, day: str) -> list[PostRecord]:
    found: list[PostRecord | None] = [tx.ask("post", post=one) for one in tx.ask("posts_of", uid=uid, day=day) if one != post]
    return [one for one in found if one] if tx.knows("on_duty") else []


def _is_due(tx: Tx, hall: Hall, post: PostRecord, day: str, uid: str, at: int) -> bool:
    """Whether the person was A there at that moment, and somebody had to be there."""
    on: Assigned = tx.ask("on_duty", post=post.rid, at=at)
    duty: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=day)
    return on.a == uid and any(opens <= at < closes for opens, closes in due_spans(hall, post, day, duty))
