"""Pure decisions about absence (AWY-01..10, AB): the state of a notice, of its cover, and the public label of a post.

    announced ─▶ active ─▶ returned          told ─▶ accepted ─▶ in force
                  │  ▲       ▲                 ├──▶ declined
        extended ─┘  └─ … overdue ─▶ closed    └──▶ silent (after awy.standin_confirm_min)
    cancelled ◀─ before leaving

Answer of this domain, for `Tx.ask`: `post_day`(post, from_at, to_at) -> PostDay.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from server.domain.hall.rules import FOREVER, MINUTE_MS
from server.domain.presence.ops import CoverState, Label, NoticeState, Reason
from server.domain.presence.tables import CoverRecord, Extension, Mark, NoticeRecord

LATE_TOLERANCE_MS = 2 * MINUTE_MS
RETIRE_AFTER_MS = 36 * 60 * MINUTE_MS
"""An ended notice leaves the devices after this time; the record stays."""

REASON_LABEL: dict[Reason, Label] = {
    "step_away": "step_away",
    "trip": "official_out",
    "site_visit": "official_out",
    "errand": "official_out",
    "meeting": "meeting_training",
    "training": "meeting_training",
    "off_today": "off_today",
}
"""AWY-09: the public learns a class, never a reason."""
SERVED: frozenset[Label] = frozenset({"on_post", "covered"})
UNSERVED: frozenset[Label] = frozenset({"suspended", "off_today"})


class Times(NamedTuple):
    """The hall's parameters for absence, in ms (§16)."""

    grace: int
    confirm: int


class NoticeFact(NamedTuple):
    """A notice as those who judge an observation need it. `ended_at`: FOREVER while open;
    `proved_at`: when the end was said, which alone proves presence. `accepted`: the stand-in said yes;
    `relieved_at`: gave the post back, FOREVER if not. `own_at`: since when the person answers for it: 0 when he made it himself,
    FOREVER while only others have spoken.
    """

    rid: str
    person: str
    whole_unit: bool
    announced_at: int
    grade: Literal["A", "B", "C"]
    leaves_at: int
    first_back_at: int
    extensions: tuple[Extension, ...]
    ended_at: int
    proved_at: int
    end_grade: Literal["A", "B", "C"]
    cancelled: bool
    late_accepted: bool | None
    stand_in: str
    accepted: bool
    relieved_at: int = FOREVER
    own_at: int = 0


class CoverFact(NamedTuple):
    """A cover as those who judge an observation need it. `proved_at`: when the step-up was said, not before it is claimed to begin;
    `until_at`: likewise its end.
    """

    rid: str
    person: str
    from_at: int
    proved_at: int
    until_at: int
    grade: Literal["A", "B", "C"]


class PostDay(NamedTuple):
    """Everything presence knows about one post in a span of time."""

    notices: tuple[NoticeFact, ...]
    covers: tuple[CoverFact, ...]


def is_late(leaves_at: int, made_at: int) -> bool:
    """补告示: made after the claimed departure, beyond tolerance (CON-03, EVD-05)."""
    return leaves_at < made_at - LATE_TOLERANCE_MS


def back_at(notice: NoticeRecord) -> int:
    """Expected return as last said (the order of saying counts, not of arrival)."""
    if not notice.extensions:
        return notice.first_back_at
    return max(notice.extensions, key=lambda e: (e.at, e.op)).back_at


def ended(notice: NoticeRecord) -> Mark | None:
    """What ended the absence, the earliest proof first."""
    marks = [m for m in (notice.returned, notice.cancelled, notice.closed) if m]
    return min(marks, key=lambda m: (m.at, m.op), default=None)


def earlier(known: Mark | None, new: Mark) -> Mark:
    """Of two marks of one kind the earlier stands, whichever arrived first."""
    return new if known is None else min(known, new, key=lambda m: (m.at, m.op))


def state_of(notice: NoticeRecord, now: int, times: Times) -> NoticeState:
    """The state of a notice at `now` (AWY-07)."""
    if notice.cancelled:
        return "cancelled"
    if notice.returned:
        return "returned"
    if notice.closed:
        return "closed"
    return "overdue" if now >= back_at(notice) + times.grace else "active"


def cover_of(notice: NoticeRecord, now: int, times: Times) -> CoverState:
    """Where the stand-in stands (AWY-08). Taking the post says yes louder than any answer."""
    if not notice.stand_in:
        return "none"
    if accepted(notice):
        return "in_force" if now >= notice.leaves_at and not ended(notice) else "accepted"
    if notice.reply is not None or notice.handed_back_at:
        return "declined"
    return "silent" if now >= notice.received_at + times.confirm else "told"


def accepted(notice: NoticeRecord) -> bool:
    """True when the stand-in has said yes, by word or by taking the post, and has not given the post back since (AB-06)."""
    if notice.stepped_up_at and not notice.handed_back_at:
        return True
    return notice.reply is not None and notice.reply.accept and notice.reply.at > notice.handed_back_at


def is_retired(notice: NoticeRecord, now: int) -> bool:
    """True when an ended notice has been shown long enough."""
    end = ended(notice)
    return end is not None and now >= end.at + RETIRE_AFTER_MS


def due_at(notice: NoticeRecord, now: int, times: Times) -> int:
    """When time alone changes something about the notice next."""
    end = ended(notice)
    if end:
        moments = [end.at + RETIRE_AFTER_MS]
    else:
        moments = [notice.leaves_at, back_at(notice) + times.grace]
        if notice.stand_in and notice.reply is None:
            moments.append(notice.received_at + times.confirm)
    return min((m for m in moments if m > now), default=FOREVER)


def fact_of(notice: NoticeRecord) -> NoticeFact:
    """The notice as reconciliation reads it."""
    end = ended(notice)
    return NoticeFact(
        rid=notice.rid,
        person=notice.person,
        whole_unit=notice.whole_unit,
        announced_at=notice.announced_at,
        grade=notice.grade,
        leaves_at=notice.leaves_at,
        first_back_at=notice.first_back_at,
        extensions=tuple(notice.extensions),
        ended_at=_binding_end(notice, end) if end else FOREVER,
        proved_at=max(end.at, end.made_at) if end else FOREVER,
        end_grade=end.grade if end else "A",
        cancelled=notice.cancelled is not None,
        late_accepted=notice.judged.accept if notice.judged else None,
        stand_in=notice.stand_in,
        accepted=bool(notice.stepped_up_at) or (notice.reply is not None and notice.reply.accept),
        relieved_at=notice.handed_back_at or FOREVER,
        own_at=own_at(notice),
    )


def own_at(notice: NoticeRecord) -> int:
    """Since when the person answers for the notice: it is his own, or he has put it off himself, and so knew of it."""
    if notice.by in ("", notice.person):
        return 0
    return min((e.at for e in notice.extensions if e.by == notice.person), default=FOREVER)


def _binding_end(notice: NoticeRecord, end: Mark) -> int:
    """From when the notice protects no more: what others say of the person afterwards takes no protection back."""
    return end.at if end.by == notice.person else max(end.at, end.made_at)


def proved_until(cover: CoverRecord) -> int:
    """Until when a cover speaks for A: B's word that it was over before takes no protection back (EVD-04)."""
    said = cover.handed_back
    return max(said.at, said.made_at) if said and said.at == cover.until_at else cover.until_at


def still_matters(notice: NoticeFact, a: str, day_at: int) -> bool:
    """True for a notice about the day's A whose return was not due before the day began: yesterday's forgotten 返岗 accuses nobody."""
    last_back = max([notice.first_back_at, *(e.back_at for e in notice.extensions)])
    return last_back >= day_at and (notice.whole_unit or not a or notice.person == a)


class PostNow(NamedTuple):
    """What decides a post's public label. `notices`: the open ones; `phase_at`: when the hall opened or
    closed last; `back_at`: when somebody last came back here; `away`: people absent now.
    """

    open: bool
    phase_at: int
    day_at: int
    back_at: int
    a: str
    notices: list[NoticeRecord]
    covers: list[CoverRecord]
    away: frozenset[str]


class PublicState(NamedTuple):
    """The public face of a post: label, since when, who stands in, when somebody is expected back (ms, 0 unknown)."""

    label: Label
    since: int
    stand_in: str = ""
    back_at: int = 0


def public_state(post: PostNow, now: int, times: Times) -> PublicState:
    """The label of a post (AWY-09): closed set, no private reason ever."""
    if not post.open:
        return PublicState("closed", post.phase_at)
    notice = current_notice(post, now)
    stand_in = standing_in(post, notice, now)
    if stand_in:
        return _covered(post, notice, stand_in, now, times)
    if notice is None:
        if not post.a:
            return PublicState("suspended", post.phase_at)
        return PublicState("on_post", max(post.phase_at, post.back_at))
    overdue = state_of(notice, now, times) == "overdue"
    label = "suspended" if notice.whole_unit or overdue else REASON_LABEL[notice.reason]
    since = back_at(notice) + times.grace if overdue else max(notice.leaves_at, post.phase_at)
    return PublicState(label, since, "", _public_back(notice, overdue))


def _covered(post: PostNow, notice: NoticeRecord | None, stand_in: str, now: int, times: Times) -> PublicState:
    """B serves: since the later of leaving and stepping up."""
    starts = [c.from_at for c in _open_covers(post, now) if c.person == stand_in]
    since = min(starts) if starts else (notice.leaves_at if notice else post.phase_at)
    back = _public_back(notice, state_of(notice, now, times) == "overdue") if notice else 0
    return PublicState("covered", max(since, post.phase_at), stand_in, back)


def current_notice(post: PostNow, now: int) -> NoticeRecord | None:
    """The notice that is in effect at the post now: the day's A's, or the whole unit's; one forgotten on an earlier day is not."""
    open_now = [
        n
        for n in post.notices
        if not ended(n) and n.leaves_at <= now and (n.whole_unit or n.person == post.a) and back_at(n) >= post.day_at
    ]
    return max(open_now, key=lambda n: (n.leaves_at, n.rid), default=None)


def standing_in(post: PostNow, notice: NoticeRecord | None, now: int) -> str:
    """Who serves instead of A: B who stepped up, or the stand-in who accepted; nobody who is away too (AB-05)."""
    takers = [c.person for c in _open_covers(post, now)]
    if notice and cover_of(notice, now, Times(0, 0)) == "in_force":
        takers.append(notice.stand_in)
    return next((t for t in takers if t not in post.away), "")


def _open_covers(post: PostNow, now: int) -> list[CoverRecord]:
    covers = [c for c in post.covers if c.from_at <= now < c.until_at]
    return sorted(covers, key=lambda c: (-c.from_at, c.rid))


def _public_back(notice: NoticeRecord, overdue: bool) -> int:
    """The expected return rounded up to 5 minutes; none when it has passed or the person is off for the day."""
    if overdue or notice.reason == "off_today":
        return 0
    return round_up_5_min(back_at(notice))


def round_up_5_min(ms: int) -> int:
    """`ms` rounded up to the next full five minutes: a lobby learns no exact time (DSP-01)."""
    step = 5 * MINUTE_MS
    return -(-ms // step) * step


class Neighbour(NamedTuple):
    """A post that might serve instead."""

    number: str
    zone: str
    order: int


def nearest(post: Neighbour, served: Iterable[Neighbour]) -> str:
    """The number of the nearest served post: the same zone first, then the fewest steps; "" when there is none."""
    best = min(served, key=lambda n: (n.zone != post.zone, abs(n.order - post.order), n.number), default=None)
    return best.number if best else ""
