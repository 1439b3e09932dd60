"""Pure decisions about absence (AWY-01..10, AB): the state of a notice and of its cover.

    announced ─▶ active ─▶ returned          told ─▶ accepted ─▶ in force
                  │  ▲       ▲                 ├──▶ declined
        extended ─┘  └─ … overdue ─▶ closed    └──▶ silent (after awy.standin_confirm_min)
    cancelled ◀─ before leaving

Answers of this domain, for `Tx.ask`: `post_day`(post, from_at, to_at) -> PostDay ·
`away_of`(uid, from_at, to_at) -> list[NoticeFact]: the person's own notices, and those of the whole unit, that touch the span ·
`away_unnamed`(uid, post, from_at, to_at) -> list[NoticeFact]: the person's own notices of the span that do not name this post ·
`duty_moved`(post, day): told that the roster of a post and day is another ·
`stand_in_moved`(people): told that these people have taken over, or promised, another post, or no more ·
`belongs`(uid, unit, post, at) -> bool: the post is of the person's unit, or the person's by any roster of that day ·
`left_in`(uid, from_at, to_at) -> list[NoticeFact]: the person's own notices of departures in the span ·
`covers_of`(uid, from_at, to_at) -> list[PostCover]: the posts a person had taken for somebody ·
`promised_by`(uid, from_at, to_at) -> list[NoticeFact]: notices whose stand-in the person is and has said yes ·
`sent_to`(uid, from_at, to_at) -> list[Order]: posts to which HEAD or the office had sent the person, whatever he answered ·
`serving`(post, at) -> Serving: who answers for what is done there at that moment (AB-03).
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest
from typing import Literal, NamedTuple

from server.domain.hall.ops import Swap
from server.domain.hall.order import by_moment
from server.domain.hall.rules import FOREVER
from server.domain.presence.ops import Consent, CoverState, Label, NoticeState, Reason, Told, Trouble
from server.domain.presence.tables import Asked, CoverRecord, Extension, Mark, NoticeRecord, Reply
from sync.units import HOUR_MS, MINUTE_MS

LATE_TOLERANCE_MS = 2 * MINUTE_MS
RETIRE_AFTER_MS = 36 * HOUR_MS
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


def away_label(reason: Reason, *, whole_unit: bool, overdue: bool) -> Label:
    """What the public reads of an absence for which nobody stands in, in the lobby and on paper (AWY-09)."""
    return "suspended" if whole_unit or overdue else REASON_LABEL[reason]


def person_label(away: Label | None, posts: Sequence[Label]) -> Label:
    """What a board says of somebody: his absence, else what the lobby says of the posts that are his, as far as he keeps none of them."""
    kept = not posts or any(label in ("on_post", "closed") for label in posts)
    return away or ("on_post" if kept else posts[0])


class Times(NamedTuple):
    """The hall's parameters for absence, in ms (§16). `consent`: a longer step-away needs HEAD's word; `office`: the office is told of an
    overdue return so long after it was expected; `empty`: a patrol saw nobody so long ago that the lobby names a neighbour (DSP-08).
    """

    grace: int
    confirm: int
    consent: int = FOREVER
    office: int = FOREVER
    empty: int = FOREVER


class NoticeFact(NamedTuple):
    """A notice as those who judge an observation need it. `ended_at`: FOREVER while open;
    `proved_at`: when the end was said, which alone proves presence. `accepted`: the stand-in said yes;
    `relieved_at`: gave the post back, FOREVER if not. `own_at`: since when the person answers for it: 0 when he made it himself,
    FOREVER while only others have spoken. `told_at`: the stand-in's phone had it, `answered_at`: the stand-in's last answer; both FOREVER
    when not. `asked`, `replies`: everybody named as stand-in and every answer, as they were said. `barred_until`: so long leaving
    needs HEAD's word whatever its length (AWY-03, AWY-12), 0: not; `agreed`: that word was given last. `end_by`: whose word the end is;
    `known_end_at`: since when he knows of one: said it himself, or his phone had what others said (FOREVER: not that we know).
    `elsewhere`: it names none but another post he also has, so that whether he left this one is not said.
    `backs`: who came back alone while the whole unit was away; `member`: about whom alone it speaks, "": about all it is of but `without`;
    `unit`: which unit that is.
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
    told_at: int = FOREVER
    answered_at: int = FOREVER
    asked: tuple[Asked, ...] = ()
    replies: tuple[Reply, ...] = ()
    reason: Reason = "step_away"
    by: str = ""
    received_at: int = 0
    barred_until: int = 0
    agreed: bool = False
    posts: tuple[str, ...] = ()
    end_by: str = ""
    known_end_at: int = FOREVER
    elsewhere: bool = False
    backs: tuple[Mark, ...] = ()
    member: str = ""
    without: tuple[str, ...] = ()
    unit: str = ""


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


class PostCover(NamedTuple):
    """A cover and the post it is at. `sent_at`: since when others than those two had sent him there (ms), 0: they had not."""

    post: str
    cover: CoverFact
    sent_at: int = 0


class Order(NamedTuple):
    """HEAD or the office sends somebody to the posts of an absence: when it was said, until when it holds (ms)."""

    notice: NoticeFact
    sent_at: int
    until_at: int


class Serving(NamedTuple):
    """Who answers for the work at a post: A, or whoever stands in (`cover`: that record or notice). "" while nobody does (AB-03)."""

    person: str
    capacity: Literal["A", "B", ""]
    cover: str = ""


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
    return max(notice.extensions, key=by_moment).back_at


def ended(notice: NoticeRecord) -> Mark | None:
    """What ended the absence, the earliest proof first."""
    marks = [m for m in (notice.returned, notice.cancelled, notice.closed) if m]
    return min(marks, key=by_moment, default=None)


def is_back(notice: NoticeRecord, uid: str) -> bool:
    """True when the person has come back alone while the whole unit is away (AWY-02)."""
    return any(mark.by == uid for mark in notice.backs)


def stood_at(notice: NoticeRecord | NoticeFact, words: Iterable[Swap], uid: str) -> int:
    """Since when (ms) somebody of a unit that is away has its post by his own word, said after the notice and after leaving: he is there.
    0: he has not said so (AWY-02, ORG-09)."""
    # For the day of the swap only, unlike 返岗: it says who has a window that day and nothing of the absence. On the next day he may have
    # joined the others: the public would be sent to nobody, and he be missed, on the strength of yesterday's word (EVD-04).
    after = max(notice.leaves_at, notice.announced_at)
    return min((said.at for said in words if notice.whole_unit and said.by == uid and said.at > after), default=0)


def bears_on(notice: NoticeRecord, a: str, unit: str) -> bool:
    """True when it is the absence of this A, or of the unit A is of; where a post has no A, of whichever unit is away from it (AWY-02)."""
    return notice.person == a or (notice.whole_unit and (not a or notice.unit == unit))


def ended_for(notice: NoticeRecord, uid: str) -> Mark | None:
    """What ended the absence for one of those it is of."""
    marks = [m for m in (ended(notice), *notice.backs) if m and (m.by == uid or m not in notice.backs)]
    return min(marks, key=by_moment, default=None)


def state_of(notice: NoticeRecord, now: int, times: Times) -> NoticeState:
    """The state of a notice at `now` (AWY-07)."""
    if notice.cancelled:
        return "cancelled"
    if notice.returned:
        return "returned"
    if notice.closed:
        return "closed"
    return "overdue" if now >= back_at(notice) + times.grace else "active"


def told_of(notice: NoticeRecord, now: int, times: Times) -> Told:
    """How far an overdue return has been told (AWY-07): person, then HEAD and stand-in, then the office."""
    if ended(notice):
        return ""
    late = now - back_at(notice)
    if late < 0:
        return ""
    return "person" if late < times.grace else "head" if late < times.office else "office"


def asks(notice: NoticeRecord) -> list[Asked]:
    """Everybody who was named as stand-in, in the order of saying."""
    return sorted(notice.asked, key=by_moment)


def answers(notice: NoticeRecord, person: str) -> Reply | None:
    """The last answer of `person`, however they arrived."""
    said = [r for r in notice.replies if r.by == person]
    return max(said, key=by_moment, default=None)


def told_at(notice: NoticeRecord) -> int:
    """Since when the phone of the present stand-in has the notice; an answer and a step-up say it too. FOREVER: not that we know."""
    times = [g.at for g in notice.got if g.person == notice.stand_in]
    times += [notice.reply.at] if notice.reply else []
    times += [notice.stepped_up_at] if notice.stepped_up_at else []
    return min(times, default=FOREVER)


def office_told_at(notice: NoticeRecord) -> int:
    """Since when the office has the notice; FOREVER: not yet."""
    return min((g.at for g in notice.got if g.office), default=FOREVER)


def consent_of(notice: NoticeRecord, times: Times) -> Consent:
    """HEAD's word (AWY-05, AWY-12). Who leads and wrote the notice for another has given it by that."""
    if notice.consented is not None:
        return "given" if notice.consented.accept else "refused"
    long = notice.reason == "step_away" and back_at(notice) - notice.leaves_at > times.consent
    return "waiting" if (long or notice.barred) and notice.by in ("", notice.person) else "none"


def is_barred(notice: NoticeRecord) -> bool:
    """True while leaving does not count: it needs HEAD's word and has not got it."""
    return bool(notice.barred) and notice.consent in ("waiting", "refused")


OFFICIAL: frozenset[Reason] = frozenset({"trip", "meeting", "training", "site_visit"})
"""Absences that say where to."""


def missing(notice: NoticeRecord) -> list[Literal["destination", "contact"]]:
    """What the notice should have said and did not: it counts all the same, HEAD asks (AWY-01, AWY-02, AB-07)."""
    found: list[Literal["destination", "contact"]] = []
    if notice.reason in OFFICIAL and not notice.destination.strip():
        found.append("destination")
    if not notice.contact.strip():
        found.append("contact")
    return found


class StandIn(NamedTuple):
    """The present stand-in during the absence as others' facts have it: away, on approved leave; `served`: somebody has every post;
    `busy`: he has taken another post; `left`: after he had said yes to this one.
    """

    away: bool
    leave: bool
    served: bool
    busy: bool = False
    left: bool = False


def trouble_of(notice: NoticeRecord, now: int, times: Times, stand_in: StandIn) -> Trouble:
    """Why HEAD is asked to stand in or to name somebody (AB-05, CON-11, CON-13)."""
    if ended(notice) or stand_in.served or is_barred(notice) or not notice.posts or notice.whole_unit:
        return ""
    if not notice.stand_in:
        return "nobody"
    cover = cover_of(notice, now, times)
    if cover == "declined":
        return "declined"
    if stand_in.away:
        return "away"
    if stand_in.leave:
        return "leave"
    if stand_in.busy and (stand_in.left or cover in ("told", "silent")):
        return "busy"
    if cover == "silent":
        return "unreached" if told_at(notice) == FOREVER else "silent"
    return ""


def cover_of(notice: NoticeRecord, now: int, times: Times) -> CoverState:
    """Where the stand-in stands (AWY-08). Taking the post says yes louder than any answer."""
    if not notice.stand_in:
        return "none"
    if accepted(notice):
        return "in_force" if now >= notice.leaves_at and not ended(notice) else "accepted"
    if notice.reply is not None or notice.handed_back_at:
        return "declined"
    return "silent" if now >= asked_at(notice) + times.confirm else "told"


def asked_at(notice: NoticeRecord) -> int:
    """Since when the site has been asking the present stand-in."""
    last = asks(notice)[-1:]
    return max(notice.received_at, last[0].at if last else 0)


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
        back = back_at(notice)
        moments = [notice.leaves_at, back, back + times.grace, back + times.office]
        if notice.stand_in and notice.reply is None:
            moments.append(asked_at(notice) + times.confirm)
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
        told_at=told_at(notice),
        answered_at=notice.reply.at if notice.reply else FOREVER,
        asked=tuple(asks(notice)),
        replies=tuple(sorted(notice.replies, key=by_moment)),
        reason=notice.reason,
        by=notice.by,
        received_at=notice.received_at,
        barred_until=notice.alone_until,
        agreed=notice.consented is not None and notice.consented.accept,
        posts=tuple(notice.posts),
        end_by=end.by if end else "",
        known_end_at=known_end_at(notice),
        backs=tuple(notice.backs),
        unit=notice.unit,
    )


def of_member(notice: NoticeFact, uid: str) -> NoticeFact:
    """The absence of a whole unit as it was for one who came back alone before the others."""
    mark = next((m for m in notice.backs if m.by == uid), None)
    if mark is None or notice.cancelled or notice.ended_at <= mark.at:
        return notice
    proved_at, known = max(mark.at, mark.made_at), mark.at if mark.grade != "C" else FOREVER
    return notice._replace(ended_at=mark.at, proved_at=proved_at, end_grade=mark.grade, end_by=uid, known_end_at=known, member=uid)


def with_words(notice: NoticeFact, words: Sequence[Swap]) -> NoticeFact:
    """The absence of a whole unit as it was at a post: who has it by his own word since, came back to it then, unless he had before."""
    marks = [Mark(said.op, said.at, said.at, said.by, said.grade) for said in words if said.at == stood_at(notice, words, said.by)]
    return notice._replace(backs=tuple(sorted((*marks, *notice.backs), key=lambda m: (m.grade == "C", by_moment(m)))))


def by_member(notice: NoticeFact, people: Iterable[str], others: Collection[str] = ()) -> list[NoticeFact]:
    """The absence of a whole unit: for each of these people who came back alone, and for everybody else but `others`, who are of none."""
    alone = [one for uid in sorted({*people} - {*others}) if (one := of_member(notice, uid)).member]
    return [notice._replace(without=(*(one.member for one in alone), *others)), *alone]


def sent_at(notice: NoticeFact, uid: str) -> int:
    """Since when HEAD or the office had named this stand-in (ms); 0: they had not, the person himself asked."""
    named = notice.asked or (Asked("", notice.announced_at, notice.stand_in, notice.by),)
    return max((a.at for a in named if a.person == uid and a.by not in ("", notice.person, uid)), default=0)


def orders_of(notice: NoticeFact, uid: str) -> list[Order]:
    """Every time HEAD or the office named this stand-in: it holds until he says no, gives the post back, or another is named."""
    named = notice.asked or (Asked("", notice.announced_at, notice.stand_in, notice.by),)
    found = []
    for one, then in zip_longest(named, named[1:]):
        if one.person != uid or one.by in ("", notice.person, uid):
            continue
        refused = min((r.at for r in notice.replies if r.by == uid and not r.accept and r.at >= one.at), default=FOREVER)
        until = min(refused, then.at if then else FOREVER, notice.relieved_at if notice.stand_in == uid else FOREVER, notice.ended_at)
        found.append(Order(notice, one.at, until))
    return found


def own_at(notice: NoticeRecord) -> int:
    """Since when the person answers for the notice: it is his own, or he has put it off himself, and so knew of it."""
    if notice.by in ("", notice.person):
        return 0
    return min((e.at for e in notice.extensions if e.by == notice.person), default=FOREVER)


def known_end_at(notice: NoticeRecord) -> int:
    """Since when the person knows that the absence is over, by a clock that can be believed."""
    marks = [m for m in (notice.own_return, notice.returned, notice.cancelled, notice.closed) if m]
    own = [m.at for m in marks if m.by == notice.person and m.grade != "C"]
    return min([*own, ended_told_at(notice)], default=FOREVER)


def ended_told_at(notice: NoticeRecord) -> int:
    """Since when the person's phone has the end that others said first; FOREVER: not that we know, or it is his own word."""
    end = ended(notice)
    if end is None or end.by == notice.person:
        return FOREVER
    return min((g.at for g in notice.got if g.person == notice.person and g.at >= end.made_at), default=FOREVER)


def _binding_end(notice: NoticeRecord, end: Mark) -> int:
    """From when the notice protects no more: what others say of the person afterwards takes no protection back."""
    return end.at if end.by == notice.person else max(end.at, end.made_at)


def proved_until(cover: CoverRecord) -> int:
    """Until when a cover speaks for A: B's word that it was over before takes no protection back (EVD-04)."""
    said = cover.handed_back
    return max(said.at, said.made_at) if said and said.at == cover.until_at else cover.until_at


def cover_fact(cover: CoverRecord) -> CoverFact:
    """A cover as reconciliation reads it."""
    return CoverFact(cover.rid, cover.person, cover.from_at, max(cover.from_at, cover.made_at), proved_until(cover), cover.grade)


def still_matters(notice: NoticeFact, a: str, day_at: int) -> bool:
    """True for a notice about the day's A whose return was not due before the day began: yesterday's forgotten 返岗 accuses nobody."""
    last_back = max([notice.first_back_at, *(e.back_at for e in notice.extensions)])
    return last_back >= day_at and (notice.whole_unit or not a or notice.person == a)
