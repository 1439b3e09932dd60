"""One sighting of an empty post against everything that may explain it: the best for the person counts (EVD-02..05).

A trusted notice made before the sighting clears (EVD-02); grade C never accuses and never clears (EVD-03). An approved leave clears,
one that is asked for waits (CON-22). A hand-over made before clears A, and B's part is looked at (CON-10..13).
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from server.domain.hall.order import by_moment
from server.domain.hall.rules import FOREVER
from server.domain.handover.rules import HandoverFact
from server.domain.patrol.rules import EMPTY, Sighting
from server.domain.presence.rules import CoverFact, NoticeFact, is_late
from server.domain.trail.facts import Elsewhere, Excuse, Grade, Holder, LeaveFact, Params, PostFacts

Standing = Literal[
    "cleared",
    "on_leave",
    "permitted",
    "handed",
    "elsewhere",
    "late_accepted",
    "clock",
    "plate",
    "leave_pending",
    "late_waiting",
    "unagreed",
    "unasked",
    "ended_by",
    "permit_ended",
    "other_post",
    "unit_away",
    "two_posts",
    "sheet_ended",
    "late_refused",
    "overdue",
    "bare",
]
BEST_FOR_PERSON: tuple[Standing, ...] = (
    *("cleared", "on_leave", "permitted", "handed", "elsewhere", "late_accepted", "clock", "plate", "leave_pending", "late_waiting"),
    *("unagreed", "unasked", "ended_by", "permit_ended", "other_post", "unit_away", "two_posts", "sheet_ended", "late_refused"),
    *("overdue", "bare"),
)
"""When several facts bear on one sighting, the one that serves the person best counts (EVD-04)."""


class Judged(NamedTuple):
    """One sighting against the facts. `holder`: whose post it was at that moment."""

    sighting: Sighting
    standing: Standing
    holder: Holder
    notice: NoticeFact | None = None
    back_at: int = 0
    leave: LeaveFact | None = None
    handover: HandoverFact | None = None
    elsewhere: Elsewhere | None = None


def came_back(notice: NoticeFact) -> bool:
    """True when the absence has a trusted end."""
    return notice.ended_at < FOREVER and not notice.cancelled and notice.end_grade != "C"


def holder_of(facts: PostFacts, sighting: Sighting) -> Holder:
    """Whose post it was: from the newest roster, never from the inspector's memory (CON-23)."""
    return next((holder for rid, holder in facts.holders if rid == sighting.id), Holder(facts.a))


def judge(sighting: Sighting, facts: PostFacts, params: Params) -> Judged:
    """A sighting against every notice, leave and hand-over of the post: the best for the person counts."""
    holder = holder_of(facts, sighting)
    options = [j for n in facts.notices if (j := _by_notice(sighting, holder, n, params)) and not _seen_since(facts, j)]
    options += [j for n in facts.unnamed if (j := _by_unnamed(sighting, holder, n, params))]
    options += [j for leave in facts.leaves if (j := _by_leave(sighting, holder, leave))]
    options += [j for h in facts.handovers if (j := _by_handover(sighting, holder, h, params))]
    options += [j for one in facts.elsewhere if (j := _by_other_post(sighting, holder, one, facts))]
    options += [Judged(sighting, "permitted", holder)] if sighting.id in facts.permitted else []
    options += [Judged(sighting, "permit_ended", holder)] if sighting.id in facts.permit_ended else []
    options.append(Judged(sighting, "plate" if sighting.what == "plate" else "bare", holder))
    return min(options, key=_rank)


def _rank(judged: Judged) -> tuple[int, int, str]:
    notice, other = judged.notice, judged.leave or judged.handover
    rid = notice.rid if notice else other.rid if other else ""
    return BEST_FOR_PERSON.index(judged.standing), notice.announced_at if notice else 0, rid


def _by_notice(sighting: Sighting, holder: Holder, notice: NoticeFact, params: Params) -> Judged | None:
    """What one notice says about a sighting; None when it does not bear on it."""
    if sighting.at < notice.leaves_at - params.tolerance or not is_about(notice, holder.a):
        return None
    over = notice.end_grade != "C" and (notice.cancelled or notice.ended_at <= sighting.at)
    if over and _knows_end(notice, holder.a or notice.person, sighting.at):
        return None
    back = known_back(notice, sighting.at, ("A", "B"))
    in_time = sighting.at <= back + params.grace
    if over:
        return Judged(sighting, "ended_by", holder, notice, back) if in_time else None
    if notice.grade == "C" or notice.cancelled:
        return Judged(sighting, "clock", holder, notice, back) if in_time else None
    if notice.announced_at > sighting.at:
        bears = in_time and notice.leaves_at <= sighting.at
        standing = _agreed(_own(_afterwards(notice), notice, sighting), notice, sighting, params)
        return Judged(sighting, standing, holder, notice, back) if bears else None
    if in_time:
        return Judged(sighting, _agreed("cleared", notice, sighting, params), holder, notice, back)
    if sighting.at <= known_back(notice, sighting.at, ("A", "B", "C")) + params.grace:
        return Judged(sighting, "clock", holder, notice, back)
    return Judged(sighting, _own("overdue", notice, sighting), holder, notice, back)


def is_about(notice: NoticeFact, a: str) -> bool:
    """True when the absence is that of whoever held the post, or of his unit, unless he has come back from it alone."""
    if notice.member or a in notice.without:
        return notice.member == a
    return notice.whole_unit or not a or notice.person == a


def _knows_end(notice: NoticeFact, whose: str, at: int) -> bool:
    """True when whoever it protects has ended the absence himself, or his phone had by then what others said (EVD-02, EVD-04)."""
    return notice.end_by in ("", whose) or (whose == notice.person and notice.known_end_at <= at)


def _by_unnamed(sighting: Sighting, holder: Holder, notice: NoticeFact, params: Params) -> Judged | None:
    """A notice that does not name this post says that its person was away, and accuses of nothing here; where he also had the post it
    names, he may have left that one alone. That his whole unit is away, others say of its own posts.
    """
    judged = _by_notice(sighting, holder, notice, params)
    if judged is None or judged.standing in ("overdue", "late_refused", "unasked"):
        return None
    if notice.whole_unit:
        return judged._replace(standing="unit_away")
    return judged._replace(standing="other_post") if notice.elsewhere and judged.standing != "clock" else judged


def _agreed(standing: Standing, notice: NoticeFact, sighting: Sighting, params: Params) -> Standing:
    """A notice that needed HEAD's word and has not got it does not clear by itself; whether its person knew of a refusal nobody knows,
    so it does not count either (AWY-05, AWY-12, EVD-04).
    """
    return "unagreed" if standing == "cleared" and not notice.agreed and _needs_word(notice, sighting, params) else standing


def _needs_word(notice: NoticeFact, sighting: Sighting, params: Params) -> bool:
    """True when HEAD's word was needed, as far as had been said by then; what others said for the person, they agreed to."""
    last = max((e for e in notice.extensions if e.at <= sighting.at and e.grade != "C"), key=by_moment, default=None)
    if {notice.by, last.by if last else ""} - {"", notice.person}:
        return False
    back = last.back_at if last else notice.first_back_at
    return sighting.at < notice.barred_until or (notice.reason == "step_away" and back - notice.leaves_at > params.consent)


def _seen_since(facts: PostFacts, judged: Judged) -> bool:
    """True when the notice would accuse for all the time since leaving, though somebody was seen there since.

    Then only the sightings count.
    """
    notice, seen = judged.notice, judged.sighting.at
    if judged.standing not in ("overdue", "late_refused") or notice is None:
        return False
    there = [s.at for s in facts.sightings if s.what == "present" and accuses(s) and not s.withdrawn]
    there += [at for at, who in facts.arrivals if who == notice.person]
    return any(notice.leaves_at < at < seen for at in there)


def _own(standing: Standing, notice: NoticeFact, sighting: Sighting) -> Standing:
    """What others said for a person clears, but does not accuse: of that he is asked first (EVD-04)."""
    known = notice.own_at < FOREVER if standing == "late_refused" else notice.own_at <= sighting.at
    return standing if known or standing not in ("overdue", "late_refused") else "unasked"


def _afterwards(notice: NoticeFact) -> Standing:
    """A notice made after the sighting: on leaving, within tolerance, or a 补告示 that HEAD judges (CON-03)."""
    if not is_late(notice.leaves_at, notice.announced_at):
        return "cleared"
    if notice.late_accepted is None:
        return "late_waiting"
    return "late_accepted" if notice.late_accepted else "late_refused"


def known_back(notice: NoticeFact, at: int, grades: tuple[Grade, ...]) -> int:
    """Expected return as it had been said by `at`: an extension made in time counts however late it arrives (CON-04)."""
    said = [e for e in notice.extensions if e.at <= at and e.grade in grades]
    return max(said, key=by_moment).back_at if said else notice.first_back_at


def _by_leave(sighting: Sighting, holder: Holder, leave: LeaveFact) -> Judged | None:
    """An approved leave clears whenever it was approved; one asked for makes the finding wait; a refused one says nothing (CON-22)."""
    if leave.person != holder.a or leave.state == "refused" or not leave.from_at <= sighting.at < leave.to_at:
        return None
    return Judged(sighting, "on_leave" if leave.state == "approved" else "leave_pending", holder, leave=leave)


def _by_handover(sighting: Sighting, holder: Holder, handover: HandoverFact, params: Params) -> Judged | None:
    """A hand-over said before the sighting clears A; one B declined before does not; one of grade C neither clears nor accuses, nor one
    of which others say that it is over: whether A knew, nobody knows (EVD-04)."""
    bears = handover.from_at - params.tolerance <= sighting.at < handover.until_at
    if handover.a != holder.a or not bears or handover.made_at > sighting.at or handover.declined_at <= sighting.at:
        return None
    over = handover.ended_at <= sighting.at
    return Judged(sighting, "clock" if handover.grade == "C" else "sheet_ended" if over else "handed", holder, handover=handover)


def _by_other_post(sighting: Sighting, holder: Holder, other: Elsewhere, facts: PostFacts) -> Judged | None:
    """Who serves another post is not missed at his own; where that is not proven, the office decides (AB-01, EVD-04). Who had taken this
    one in his place answers for it.
    """
    if other.sighting != sighting.id or cover_at(facts, sighting.at, holder.a):
        return None
    return Judged(sighting, "elsewhere" if other.proven else "two_posts", holder, elsewhere=other)


# --- the stand-in -----------------------------------------------------------------------------------------------------


class Cover(NamedTuple):
    """Who should have served instead of A at a sighting, and why. `bound`: he said yes, took the post, or knew and was free."""

    person: str
    kind: Literal["stood", "said_yes", "silent", "unreached", "unavailable", "permitted"]
    bound: bool


def cover_behind(judged: Judged, facts: PostFacts) -> Cover | None:
    """B's part in a sighting that A is cleared of (CON-05, CON-10..13)."""
    seen = judged.sighting.at
    if judged.notice:
        return _behind_notice(facts, judged.notice, seen)
    return _behind_handover(facts, judged.handover, seen) if judged.handover else None


def _behind_notice(facts: PostFacts, notice: NoticeFact, seen: int) -> Cover | None:
    """Whoever had been named last by then: he may have said yes, or be told, or not be reached, or be on leave himself."""
    named = [one for one in notice.asked if one.at <= seen]
    b = max(named, key=by_moment).person if named else notice.stand_in
    said = [r for r in notice.replies if r.at <= seen and r.by == b]
    yes = max(said, key=by_moment).accept if said else notice.accepted and not notice.replies
    if not b or (said and not yes) or seen >= notice.relieved_at:
        return None
    if _permitted(facts, b, seen):
        return Cover(b, "permitted", False)
    if yes:
        return _bound(facts, b, "said_yes", seen, max((r.at for r in said), default=notice.told_at))
    if _on_leave(facts, b, seen):
        return Cover(b, "unavailable", False)
    if notice.told_at <= seen:
        return _bound(facts, b, "silent", seen, notice.told_at)
    return Cover(b, "unreached", False)


def _on_leave(facts: PostFacts, b: str, seen: int) -> bool:
    return any(e.person == b and e.kind == "leave" and e.from_at <= seen < e.to_at for e in facts.excused)


def _permitted(facts: PostFacts, b: str, seen: int) -> bool:
    """Whoever has a permission to be absent at that moment answers for no post, whatever he promised: as on leave (ATT-07)."""
    return any(e.person == b and e.kind == "permitted" and e.from_at <= seen < e.to_at for e in facts.excused)


def _behind_handover(facts: PostFacts, h: HandoverFact, seen: int) -> Cover:
    if _permitted(facts, h.b, seen):
        return Cover(h.b, "permitted", False)
    if _on_leave(facts, h.b, seen):
        return Cover(h.b, "unavailable", False)
    if h.accepted_at <= seen:
        return _bound(facts, h.b, "said_yes", seen, h.accepted_at)
    if h.delivered_at <= seen:
        return _bound(facts, h.b, "silent", seen, h.delivered_at)
    return Cover(h.b, "unreached", False)


def _bound(facts: PostFacts, b: str, kind: Literal["stood", "said_yes", "silent"], seen: int, since: int) -> Cover:
    """Nobody answers for a post while something known before kept him from it. Another post he has taken, or an absence for which he named
    nobody, keeps whoever has promised nothing: a promise, given at `since`, was given knowing of it, or left him to name somebody (CON-10,
    CON-12). Whom HEAD or the office has sent elsewhere after that goes where he is sent.
    """
    known = [e for e in facts.excused if e.person == b and e.from_at <= seen < e.to_at and e.known_at <= seen]
    return Cover(b, kind, not known or (kind != "silent" and not any(_frees(e, since) for e in known)))


def _frees(excuse: Excuse, since: int) -> bool:
    """What keeps even somebody from a post who has said, at `since`, that he takes it."""
    return excuse.kind in ("leave", "leave_asked") or excuse.named or excuse.sent_at > since


def cover_at(facts: PostFacts, at: int, a: str) -> CoverFact | None:
    """A trusted step-up in force at that moment; by the A of that moment it is none: the post is his own (ORG-09)."""
    return next((c for c in sorted(facts.covers) if c.grade != "C" and c.person != a and c.proved_at <= at < c.until_at), None)


def stood_in(facts: PostFacts, cover: CoverFact, seen: int) -> Cover:
    """B had taken the post: from then on the work is his (AB-03)."""
    if _permitted(facts, cover.person, seen):
        return Cover(cover.person, "permitted", False)
    return _bound(facts, cover.person, "stood", seen, cover.proved_at)


# --- several sightings ------------------------------------------------------------------------------------------------


def contradictor(sighting: Sighting, live: Sequence[Sighting], params: Params) -> Sighting | None:
    """Another inspector who saw somebody there at nearly the same moment (CON-07)."""
    return next(
        (
            s
            for s in live
            if s.what == "present" and accuses(s) and s.inspector != sighting.inspector and abs(s.at - sighting.at) <= params.tolerance
        ),
        None,
    )


def confirmed(sightings: Sequence[Sighting], params: Params) -> bool:
    """Seen for the minimum time, or one inspector stated to have waited it out (EVD-08)."""
    if any(s.waited for s in sightings):
        return True
    return len(sightings) > 1 and sightings[-1].at - sightings[0].at >= params.vacancy


def accuses(sighting: Sighting) -> bool:
    """True when it proves something by itself: its time can be believed (EVD-03), and who saw it has no tie there (PTL-07)."""
    return sighting.grade != "C" and not sighting.tied


def is_empty(sighting: Sighting) -> bool:
    """True for a look that found nobody."""
    return sighting.what in EMPTY
