"""Who is at a post at a moment: the plan of the day by sessions, and the swaps laid over it (ORG-01, ORG-09). Pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from server.domain.hall.ops import CoverKind, Hall, SessionDuty, Swap
from server.domain.hall.rules import day_of, day_start, posted_sessions, sessions
from server.domain.hall.tables import DutyRecord, PostRecord, Presence


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
    """When the planned sessions of a day begin (ms). `breaks`: when the break before each began, for the first the day itself."""

    breaks: Sequence[int] = ()


def session_starts(hall: Hall, day: str) -> Starts:
    """When the planned sessions of a day begin: the first with the day itself, the others with their posted hours."""
    spans, start = posted_sessions(hall, day), day_start(day, hall.tz)
    found = Starts([start, *(opens for opens, _ in spans[1:])])
    found.breaks = [start, *(closes for _, closes in spans[:-1])]
    return found


def due_spans(hall: Hall, post: PostRecord, day: str) -> list[tuple[int, int]]:
    """应到时段: when somebody has to be at the post that day (ms). Outside of it, and where nobody has to be, nobody is missing
    (ORG-01)."""
    then = _presence(post, day)
    if not then.required:
        return []
    spans = sessions(hall, day)
    if not then.sessions or hall.rules.get("demo.always_open"):
        return spans
    return [span for n, span in enumerate(spans) if n in then.sessions]


def is_kept(hall: Hall, post: PostRecord, at: int) -> bool:
    """False outside of the sessions of a post that is required in some only: whoever is planned there is not looked for (ORG-01)."""
    if not (post.sessions or post.earlier):
        return True
    day = day_of(at, hall.tz)
    then = _presence(post, day)
    return not (then.required and then.sessions) or any(start <= at < end for start, end in due_spans(hall, post, day))


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


def assigned(duty: DutyRecord, starts: Sequence[int], at: int) -> Assigned:
    """Who is at the post at `at`. The last swap by time wins, whatever arrived first; it ends where the plan itself changes. What those who
    are there say in the break before that, they say of what follows (ORG-09)."""
    part, since = _planned(plan_of(duty), starts, at)
    said_from = starts.breaks[part.n] if isinstance(starts, Starts) and part.n < len(starts) else since
    swaps = [swap for swap in duty.swaps if (said_from if swap.op else since) <= swap.at <= at]
    if not swaps:
        return Assigned(part.a, part.b, part.c, since, duty.version, "A", part.cover)
    last = max(swaps, key=_order)
    others = (uid for uid in (part.c, part.b, part.a) if uid not in (last.a, last.b))
    second = last.c if last.c is not None else next(others, "") if part.c else ""
    cover = part.cover if last.b == part.b else "full" if last.b else "none"
    return Assigned(last.a, last.b, second, last.at, duty.version, last.grade, cover, last.by, max(last.at, last.received_at))


def _planned(plan: Sequence[SessionDuty], starts: Sequence[int], at: int) -> tuple[SessionDuty, int]:
    """The entry of the plan in force, and since when."""
    begun = [part for part in plan if part.n == 0 or (part.n < len(starts) and starts[part.n] <= at)]
    part = begun[-1]
    return part, starts[part.n] if part.n < len(starts) else 0


def _order(swap: Swap) -> tuple[int, str]:
    return swap.at, swap.op
