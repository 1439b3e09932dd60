"""Who is at a post at a moment: the plan of the day by sessions, and the swaps laid over it (ORG-01, ORG-09). Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

from server.domain.hall.ops import LUNCH, CoverKind, Hall, SessionDuty, Swap
from server.domain.hall.rules import day_of, day_start, lunch_span, posted_sessions, sessions
from server.domain.hall.tables import DutyRecord, PostRecord, Presence

Span = tuple[int, int]


class Assigned(NamedTuple):
    """Who is A, B and second B of a post at a moment; "" for nobody. `since`: from when on (ms); `version`: of the roster that says so, 0
    for none; `grade`: what the time of the swap behind it is worth, "A" for the plan; `cover`: what B may do here (ORG-03, ORG-04);
    `by`: who said the swap, "" for the plan; `told_at`: since when everybody could read it (ms), 0 for the plan.
    """

    a: str
    b: str
    second_b: str
    since: int
    version: int
    grade: Literal["A", "B", "C"] = "A"
    cover: CoverKind = "full"
    by: str = ""
    told_at: int = 0


# msgspec leaves out a default it knows by identity: what comes from the database must be that very text, or equal rows differ in bytes.
_COVER: dict[CoverKind, CoverKind] = {kind: kind for kind in get_args(CoverKind)}

NOBODY_ASSIGNED = Assigned("", "", "", 0, 0, "A", "none")


class Starts(list[int]):
    """When the planned sessions of a day begin (ms). `breaks`: when the break before each began, for the first the day itself; `lunch`:
    from when to when there is lunch duty.
    """

    breaks: Sequence[int] = ()
    lunch: Span | None = None


def session_starts(hall: Hall, day: str) -> Starts:
    """When the planned sessions of a day begin: the first with the day itself, the others with their posted hours."""
    spans, start = posted_sessions(hall, day), day_start(day, hall.tz)
    found = Starts([start, *(opens for opens, _ in spans[1:])])
    found.breaks = [start, *(closes for _, closes in spans[:-1])]
    found.lunch = lunch_span(hall, day)
    return found


def due_spans(hall: Hall, post: PostRecord, day: str, duty: DutyRecord | None) -> list[Span]:
    """应到时段: when somebody has to be at the post that day (ms). Outside of it, and where nobody has to be, nobody is missing
    (ORG-01); over lunch whoever has lunch duty there, and nobody else (CAL-05)."""
    then = _presence(post, day)
    if not then.required:
        return []
    spans = sessions(hall, day)
    if hall.rules.get("demo.always_open"):
        return spans
    return sorted([span for n, span in enumerate(spans) if not then.sessions or n in then.sessions] + lunch_spans(hall, duty))


def has_lunch(duty: DutyRecord) -> bool:
    """Whether anybody is planned for lunch duty there."""
    return any(part.n == LUNCH for part in duty.later)


def lunch_spans(hall: Hall, duty: DutyRecord | None) -> list[Span]:
    """When somebody has lunch duty at a post (ms). A hall that is always open closes for no lunch."""
    if duty is None or not has_lunch(duty) or hall.rules.get("demo.always_open"):
        return []
    starts = session_starts(hall, duty.day)
    if starts.lunch is None:
        return []
    from_at, to_at = starts.lunch
    marks = [from_at, *sorted({swap.at for swap in duty.swaps if from_at < swap.at < to_at}), to_at]
    found: list[Span] = []
    for start, end in pairwise(marks):
        if assigned(duty, starts, start).a:
            found = [*found[:-1], (found[-1][0], end)] if found and found[-1][1] == start else [*found, (start, end)]
    return found


def closed_for_lunch(hall: Hall, duty: DutyRecord | None, day: str) -> Span | None:
    """The lunch time at a post where nobody has lunch duty (ms)."""
    if hall.rules.get("demo.always_open") or (duty and has_lunch(duty)):
        return None
    return session_starts(hall, day).lunch


def is_kept(hall: Hall, post: PostRecord, at: int, duty: DutyRecord | None) -> bool:
    """False outside of the sessions of a post that is required in some only: whoever is planned there is not looked for (ORG-01)."""
    if not (post.sessions or post.earlier):
        return True
    day = day_of(at, hall.tz)
    then = _presence(post, day)
    return not (then.required and then.sessions) or any(start <= at < end for start, end in due_spans(hall, post, day, duty))


def _presence(post: PostRecord, day: str) -> Presence:
    return next((one for one in post.earlier if day < one.until), Presence("", post.required, post.sessions))


def plan_of(duty: DutyRecord) -> list[SessionDuty]:
    """The published day: who begins it, and from which session on it is others."""
    first = SessionDuty(0, duty.a, duty.b, duty.c, _COVER[duty.cover])
    later = [SessionDuty(part.n, part.a, part.b, part.c, _COVER[part.cover]) for part in duty.later]
    return [first, *sorted(later, key=lambda part: part.n)]


def people_of(duty: DutyRecord) -> set[str]:
    """Everybody who is planned at the post that day."""
    return {uid for part in plan_of(duty) for uid in (part.a, part.b, part.c) if uid}


def has_only_lunch(duty: DutyRecord, uid: str) -> bool:
    """True for who is planned there for lunch duty and no session."""
    planned = {part.n == LUNCH for part in plan_of(duty) if uid in (part.a, part.b, part.c)}
    return planned == {True}


def assigned(duty: DutyRecord, starts: Sequence[int], at: int) -> Assigned:
    """Who is at the post at `at`. The last swap by time wins, whatever arrived first; it ends where the plan itself changes. What those who
    are there say in the break before that, they say of what follows (ORG-09); what those say who have the session and lunch duty alike,
    holds for both."""
    lunch = _lunch_of(duty, starts)
    if lunch is None or not lunch.from_at <= at < lunch.to_at:
        return in_session(duty, starts, at)
    if _is_of_both(duty, starts, lunch, at) and not any(swap.lunch and swap.at <= at for swap in duty.swaps):
        return in_session(duty, starts, at)
    people, of_session = lunch.people, _people(in_session(duty, starts, at))
    swaps = [swap for swap in duty.swaps if lunch.from_at <= swap.at <= at]
    # Who is planned for the session alone speaks of that; what is said by those of both, holds for both.
    own = [s for s in swaps if s.lunch or (s.op and (_named(s) & people or not _named(s) & of_session))]
    return _swapped(duty, lunch.part, lunch.from_at, own)


def in_session(duty: DutyRecord, starts: Sequence[int], at: int) -> Assigned:
    """Who is at the post at `at` by the plan of the sessions: whoever has lunch duty there left out of account."""
    part, since = _planned(plan_of(duty), starts, at)
    said_from = starts.breaks[part.n] if isinstance(starts, Starts) and part.n < len(starts) else since
    swaps = [swap for swap in duty.swaps if not swap.lunch and (said_from if swap.op else since) <= swap.at <= at]
    if lunch := _lunch_of(duty, starts):
        only = lunch.people - {part.a, part.b, part.c}
        both = _is_of_both(duty, starts, lunch, at)
        of_lunch = [s for s in swaps if s.op and lunch.from_at <= s.at < lunch.to_at]
        # Whoever has lunch duty in another seat than in the session speaks of lunch while it lasts.
        left_out = [s for s in of_lunch if _named(s) & only or (not both and _named(s) <= lunch.people)]
        swaps = [s for s in swaps if s not in left_out]
    return _swapped(duty, part, since, swaps)


def own_words(hall: Hall, post: PostRecord, duty: DutyRecord | None) -> list[Swap]:
    """By which swaps of the day somebody says that he has the post himself from then on, while somebody has to be there and by a clock
    that can be believed: he stands there (ORG-09). By time."""
    if duty is None or not duty.swaps:
        return []
    starts, due = session_starts(hall, duty.day), due_spans(hall, post, duty.day, duty)
    own = [s for s in duty.swaps if s.op and s.by == s.a and s.grade != "C" and any(opens <= s.at < closes for opens, closes in due)]
    return sorted((s for s in own if assigned(duty, starts, s.at).a == s.by), key=_order)


def is_parted(duty: DutyRecord, starts: Sequence[int], from_at: int, at: int) -> bool:
    """Whether who stands in since `from_at` does so no more at `at`: lunch duty of others has begun, or that of others is over. Whoever
    stopped for it resumes, unless the afternoon begins as another's."""
    lunch = _lunch_of(duty, starts)
    if lunch is None or at < lunch.from_at or from_at >= lunch.to_at:
        return False
    a = assigned(duty, starts, from_at).a
    if from_at < lunch.from_at and at >= lunch.to_at:
        follows = min((start for start in starts if start >= lunch.to_at), default=lunch.to_at)
        return a not in (assigned(duty, starts, lunch.from_at).a, assigned(duty, starts, follows).a)
    return (from_at < lunch.from_at or at >= lunch.to_at) and a != assigned(duty, starts, at).a


def has_parted(hall: Hall, duty: DutyRecord | None, from_at: int, at: int) -> bool:
    """Whether who stands in at the post since `from_at` does so no more at `at`, by the lunch duty of that day (CAL-05)."""
    return duty is not None and has_lunch(duty) and is_parted(duty, session_starts(hall, duty.day), from_at, at)


def stood_spans(hall: Hall, duty: DutyRecord | None, from_at: int, until_at: int) -> list[Span]:
    """What of a standing in is of the duty it was begun in (ms): lunch duty of others is none of it, nor what follows one begun in lunch
    duty."""
    lunch = session_starts(hall, duty.day).lunch if duty and has_lunch(duty) else None
    edges = [from_at, *(edge for edge in lunch or () if from_at < edge < until_at), until_at]
    if not any(has_parted(hall, duty, from_at, edge) for edge in edges[1:-1]):
        return [(from_at, until_at)]
    return [(start, end) for start, end in pairwise(edges) if not has_parted(hall, duty, from_at, start)]


class _Lunch(NamedTuple):
    """Lunch duty at a post: who is planned for it, from when to when (ms)."""

    part: SessionDuty
    from_at: int
    to_at: int

    @property
    def people(self) -> set[str]:
        return {self.part.a, self.part.b, self.part.c} - {""}


def _lunch_of(duty: DutyRecord, starts: Sequence[int]) -> _Lunch | None:
    span = starts.lunch if isinstance(starts, Starts) else None
    if span is None or not has_lunch(duty):
        return None
    return _Lunch(next(part for part in plan_of(duty) if part.n == LUNCH), *span)


def _is_of_both(duty: DutyRecord, starts: Sequence[int], lunch: _Lunch, at: int) -> bool:
    """Whether the office has the same people in the same seats in the session and for lunch duty."""
    part, since = _planned(plan_of(duty), starts, at)
    office = [swap for swap in duty.swaps if not (swap.op or swap.lunch) and since <= swap.at <= at]
    on = _swapped(duty, part, since, office)
    return (on.a, on.b, on.second_b) == (lunch.part.a, lunch.part.b, lunch.part.c)


def _named(swap: Swap) -> set[str]:
    return {swap.a, swap.b} - {""}


def _people(on: Assigned) -> set[str]:
    return {on.a, on.b, on.second_b} - {""}


def _swapped(duty: DutyRecord, part: SessionDuty, since: int, swaps: Sequence[Swap]) -> Assigned:
    """A part of the plan with the last of the swaps said of it."""
    if not swaps:
        return Assigned(part.a, part.b, part.c, since, duty.version, "A", part.cover)
    last = max(swaps, key=_order)
    others = (uid for uid in (part.c, part.b, part.a) if uid not in (last.a, last.b))
    second = last.c if last.c is not None else next(others, "") if part.c else ""
    cover = part.cover if last.b == part.b else "full" if last.b else "none"
    return Assigned(last.a, last.b, second, last.at, duty.version, last.grade, cover, last.by, max(last.at, last.received_at))


def _planned(plan: Sequence[SessionDuty], starts: Sequence[int], at: int) -> tuple[SessionDuty, int]:
    """The entry of the plan in force, and since when."""
    begun = [part for part in plan if part.n == 0 or (part.n < min(len(starts), LUNCH) and starts[part.n] <= at)]
    part = begun[-1]
    return part, starts[part.n] if part.n < len(starts) else 0


def _order(swap: Swap) -> tuple[int, str]:
    return swap.at, swap.op
