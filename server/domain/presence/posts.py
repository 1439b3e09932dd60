"""The lobby's view of posts, recomputed whenever something about a post changed: label, plates, neighbour (AWY-09, DSP-01)."""

from server.domain.base import Tx
from server.domain.hall.duty import Span, has_parted, is_kept, lunch_spans, own_words
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, day_start, is_open, lunch_span, minutes_ms, sessions
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord, UnitRecord
from server.domain.presence.lobby import SERVED, UNSERVED, Neighbour, PostNow, current_notice, nearest, public_state
from server.domain.presence.others import (
    NOT_HANDED,
    Handed,
    Holders,
    handed_over,
    holders,
    on_leave,
    seen_empty,
    sheets_in_force,
    shut_since,
)
from server.domain.presence.rules import PostDay, Times, back_at, cover_fact, cover_of, ended, fact_of, is_back, is_barred, stood_at
from server.domain.presence.tables import AwayPostRecord, CoverRecord, NoticeRecord, PhaseRecord, PostStateRecord
from server.domain.presence.views import Plates, inside_face, public_face


def times_of(hall: Hall, at: int) -> Times:
    """The hall's parameters for an absence that begins at `at` (ms)."""
    return Times(
        grace=minutes_ms(hall, "awy.return_grace_min", at),
        confirm=minutes_ms(hall, "awy.standin_confirm_min", at),
        consent=minutes_ms(hall, "awy.consent_min", at),
        office=minutes_ms(hall, "awy.overdue_office_min", at),
        empty=minutes_ms(hall, "dsp.empty_neighbour_min", at),
    )


def today_at(tx: Tx, hall: Hall) -> int:
    """When the hall's present day began."""
    return day_start(today_of(tx), hall.tz)


def settle(tx: Tx, touched: frozenset[str]) -> None:
    """Show the touched posts, and then those of the same group that send people elsewhere, since "elsewhere" may have changed."""
    hall = hall_of(tx)
    changed_groups: set[str] = set()
    for post_id in sorted(touched):
        post: PostRecord | None = tx.ask("post", post=post_id)
        if post is None:
            continue
        if post.retired:
            _hide(tx, post)
            continue
        before = tx.get(PostStateRecord, post_id)
        label = show(tx, hall, post)
        if before is None or (before.label in SERVED) != (label in SERVED):
            changed_groups.add(post.group)
    for group in sorted(changed_groups):
        for other in tx.find(PostStateRecord, "family = ? AND label IN ('suspended', 'off_today')", [group]):
            if other.rid not in touched:
                show(tx, hall, tx.ask("post", post=other.rid))
    # A touched post that sends people elsewhere may have looked at a neighbour before that neighbour was recomputed.
    for post_id in sorted(touched):
        state = tx.get(PostStateRecord, post_id)
        if state and state.label in UNSERVED:
            show(tx, hall, tx.ask("post", post=post_id))


def _hide(tx: Tx, post: PostRecord) -> None:
    """A post that is closed for good is on no screen, and nobody is sent there."""
    tx.put(PostStateRecord(rid=post.rid, family=post.group, label="closed"))
    for kind in ("post.pub", "post.in"):
        tx.retract(kind, post.rid)


def show(tx: Tx, hall: Hall, post: PostRecord) -> str:
    """Project the public face of a post; returns its label."""
    day: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=today_of(tx))
    duty = holders(tx, hall, post.rid, tx.now) if is_kept(hall, post, tx.now, day) else Holders("", "")
    now = _now(tx, hall, post, day, duty.a)
    state = public_state(now, tx.now, times_of(hall, tx.now))
    plates = Plates(hall)
    people = [_person(tx, uid) for uid in (*duty, state.stand_in)]
    a, b, stand_in = (plates.of(person) for person in people)
    unit: UnitRecord | None = tx.ask("unit", unit=post.unit)
    tx.put(PostStateRecord(rid=post.rid, family=post.group, label=state.label, due_at=state.due_at))
    go_to = _go_to(tx, post) if state.label in UNSERVED else ""
    tx.project(public_face(post, unit, state, (a, b, stand_in), go_to))
    tx.project(inside_face(post, unit, state, (a, b, stand_in), current_notice(now, tx.now)))
    return state.label


def _now(tx: Tx, hall: Hall, record: PostRecord, duty: DutyRecord | None, a: str) -> PostNow:
    """Everything known about a post now. Over lunch it is open where somebody has lunch duty (CAL-05)."""
    day_at, post = today_at(tx, hall), record.rid
    lunch = lunch_spans(hall, duty)
    links = tx.find(AwayPostRecord, "post = ? AND until_at = ?", [post, FOREVER])
    notices = [n for link in links if (n := tx.get(NoticeRecord, link.notice))]
    notices += _unnamed(tx, hall, post, a)
    covers = [c for c in tx.find(CoverRecord, "post = ? AND until_at > ?", [post, tx.now]) if not has_parted(hall, duty, c.from_at, tx.now)]
    handed = handed_over(tx, post, tx.now)
    words = own_words(hall, record, duty) if any(n.whole_unit for n in notices) else []
    phase_at = _phase_at(tx, hall, lunch)
    came_at = _came_at(tx, hall, post, notices, min(phase_at, handed.from_at) if handed.person else phase_at)
    if came_at >= handed.from_at or has_parted(hall, duty, handed.from_at, tx.now):  # A has come back since
        handed = NOT_HANDED
    back_at = max(came_at, *(stood_at(n, words, a) for n in notices), 0)
    takers = {c.person for c in covers} | {n.stand_in for n in notices if n.stand_in} | {handed.person} - {""}
    return PostNow(
        open=is_open(hall, tx.now) or any(start <= tx.now < end for start, end in lunch),
        phase_at=phase_at,
        day_at=day_at,
        back_at=back_at,
        a=a,
        a_unit=person.unit if (person := _person(tx, a)) else "",
        notices=notices,
        covers=covers,
        away=frozenset(t for t in takers if is_away(tx, t, _last_cover(covers, t), handed, post)),
        handed=handed,
        on_leave=on_leave(tx, a, tx.now, tx.now + 1),
        empty_at=seen_empty(tx, post, max(phase_at, back_at) + 1),
        shut_at=shut_since(tx, post),
        left_at=serves_elsewhere(tx, hall, a, post) if a and is_contact(tx, post) else 0,
        words=words,
    )


def _last_cover(covers: list[CoverRecord], person: str) -> CoverRecord | None:
    return max((c for c in covers if c.person == person), key=lambda c: c.from_at, default=None)


def is_contact(tx: Tx, post: str) -> bool:
    """True for the post at which the office must never be wholly absent (ORG-06)."""
    record: PostRecord | None = tx.ask("post", post=post)
    unit: UnitRecord | None = tx.ask("unit", unit=record.unit) if record else None
    return unit is not None and unit.contact_post == post


def serves_elsewhere(tx: Tx, hall: Hall, uid: str, post: str) -> int:
    """Since when (ms) somebody serves another post: took it, has its sheet, or said yes to an absence; 0: he does not. Lunch duty of others
    there is none of it."""
    covers = tx.find(CoverRecord, "person = ? AND until_at > ? AND from_at <= ?", [uid, tx.now, tx.now])
    taken = [(c.post, c.from_at) for c in covers] + sheets_in_force(tx, uid, tx.now)
    for n in tx.find(NoticeRecord, "stand_in = ? AND until_at = ?", [uid, FOREVER]):
        if cover_of(n, tx.now, Times(0, 0)) == "in_force" and post not in n.posts:
            taken += [(other, n.leaves_at) for other in n.posts or [""]]
    day = today_of(tx)
    since = [at for other, at in taken if other != post and not has_parted(hall, tx.ask("duty_of", post=other, day=day), at, tx.now)]
    return min(since, default=0)


def _unnamed(tx: Tx, hall: Hall, post: str, a: str) -> list[NoticeRecord]:
    """Open notices of A that do not name the post: A is away from this post, too, unless the notice names another post A holds (CON-42)."""
    own = tx.find(NoticeRecord, "person = ? AND until_at = ?", [a, FOREVER]) if a else []
    return [n for n in own if not n.whole_unit and post not in n.posts and not has_any(tx, hall, n)]


def has_any(tx: Tx, hall: Hall, notice: NoticeRecord) -> bool:
    """True when the person is now A of a post the notice names."""
    return any(holders(tx, hall, named, tx.now).a == notice.person for named in notice.posts)


def _came_at(tx: Tx, hall: Hall, post: str, notices: list[NoticeRecord], since: int) -> int:
    """When somebody last came back to the post, of absences that ended since then or go on for others; as of all that is known by now,
    whichever word of it came first. 0: nobody did."""
    links = tx.find(AwayPostRecord, "post = ? AND until_at >= ? AND until_at < ?", [post, since, FOREVER])
    over = [n for link in links if (n := tx.get(NoticeRecord, link.notice))]
    ends = [end.at for n in over if (end := ended(n)) and end is not n.cancelled]
    return max([*ends, *(m.at for n in notices for m in n.backs if holders(tx, hall, post, m.at).a == m.by)], default=0)


def of_whole_unit(tx: Tx, uid: str) -> list[NoticeRecord]:
    """Open notices, made by others, that the person's whole unit is away."""
    person: PersonRecord | None = tx.ask("person", uid=uid)
    if person is None or not person.unit:
        return []
    found = tx.find(NoticeRecord, "unit = ? AND until_at = ? AND whole_unit = ?", [person.unit, FOREVER, True])
    return [n for n in found if n.person != uid and not is_back(n, uid)]


def is_away(tx: Tx, person: str, cover: CoverRecord | None = None, handed: Handed = NOT_HANDED, post: str = "") -> bool:
    """True when the person's own notice says so right now, overdue or not, or that of the whole unit, or approved leave does; one
    forgotten on an earlier day does not, as at the person's own post (`current_notice`). Who has taken a post (`cover`) has not gone with a
    unit that left before, nor, as who has its sheet (`handed`), with one that left later and does not name the post: it is another unit's
    (AWY-02).
    """
    day_at = today_at(tx, hall_of(tx))
    notices = tx.find(NoticeRecord, "person = ? AND until_at = ?", [person, FOREVER])
    for n in of_whole_unit(tx, person):
        took = cover is not None and (cover.from_at >= n.leaves_at or cover.post not in n.posts)
        has = handed.person == person and handed.from_at < n.leaves_at and post not in n.posts
        notices += [] if took or has else [n]
    gone = any(n.leaves_at <= tx.now and back_at(n) >= day_at and not is_barred(n) for n in notices)
    return gone or on_leave(tx, person, tx.now, tx.now + 1)


def show_due(tx: Tx, hall: Hall) -> None:
    """Look again at the posts that time alone has changed (DSP-08)."""
    for state in tx.find(PostStateRecord, "due_at <= ?", [tx.now]):
        show(tx, hall, tx.ask("post", post=state.rid))


def _person(tx: Tx, uid: str) -> PersonRecord | None:
    person: PersonRecord | None = tx.ask("person", uid=uid) if uid else None
    return person


def _phase_at(tx: Tx, hall: Hall, lunch: list[Span]) -> int:
    """When the hall, or its lunch duty, last opened or closed today."""
    edges = [edge for span in (*sessions(hall, today_of(tx)), *lunch) for edge in span if edge <= tx.now]
    return max(edges, default=today_at(tx, hall))


def _go_to(tx: Tx, post: PostRecord) -> str:
    """The nearest served post of the same group; of one without a group, the nearest of its unit that does a common service."""
    here = Neighbour(post.number, post.zone, post.order)
    served = tx.find(PostStateRecord, "family = ? AND label IN ('on_post', 'covered')", [post.group])
    others: list[PostRecord] = [tx.ask("post", post=s.rid) for s in served if s.rid != post.rid]
    alike = [p for p in others if post.group or (p.unit == post.unit and any(name in post.services for name in p.services))]
    return nearest(here, [Neighbour(p.number, p.zone, p.order) for p in alike])


def enter_phase(tx: Tx, hall: Hall) -> bool:
    """On opening, closing, at lunch and on a new day look at every post again; True when that was so."""
    day = today_of(tx)
    lunch = lunch_span(hall, day)
    present = PhaseRecord(rid="phase", day=day, open=is_open(hall, tx.now), since_at=_phase_at(tx, hall, [lunch] if lunch else []))
    if tx.get(PhaseRecord, "phase") == present:
        return False
    tx.put(present)
    for post in tx.ask("posts"):
        tx.touch(post.rid, tx.now, tx.now)
    return True


def post_day(tx: Tx, *, post: str, from_at: int, to_at: int) -> PostDay:
    """What presence knows about a post between two moments: notices and covers."""
    links = tx.find(AwayPostRecord, "post = ? AND until_at >= ? AND from_at < ?", [post, from_at, to_at])
    notices = tuple(fact_of(n) for link in links if (n := tx.get(NoticeRecord, link.notice)))
    covers = tx.find(CoverRecord, "post = ? AND until_at >= ? AND from_at < ?", [post, from_at, to_at])
    return PostDay(notices, tuple(cover_fact(c) for c in covers))
