"""Pure decisions about the roster: is a day covered, by whom how far, and who has too much (ORG-02..06).

Answers of this domain, for `Tx.ask`:
`on_duty`(post, at) -> Assigned(a, b, second_b, since, version, grade, cover, by, told_at): who is A and B of a post at a moment (ms),
sessions of the day and swaps taken into account whatever order they arrived in; everybody "" when there is no roster. Ask this, not
`duty_of`, whenever a *moment* is judged (an observation, a punch, a step-up): `duty_of` is the plan of the day. A swap whose time is not
proven (grade C) counts only from when the server had it ·
`swaps_unproven`(post, day) -> list[tuple[int, Swap]]: those swaps, each with the time it claims (ms) ·
`ever_named`(post, day) -> set[str]: everybody who was published for a post and day at any time ·
`unit_on`(uid, day) -> str: the unit a person belonged to that day (CON-43), "" for none; `people_on`(unit, day) -> list[str]: who did ·
`secret_role`(uid, role, from_day, last_day, gives) -> bool, `put_visitor`(uid, name, last_day) -> bool: see secret.py (CHK-05).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from server.domain.hall.duty import NOBODY_ASSIGNED, Assigned, assigned, plan_of, session_starts
from server.domain.hall.ops import LUNCH, CoverKind, SessionDuty
from server.domain.hall.rules import add_days, is_unlisted
from server.domain.hall.tables import PersonRecord, PostRecord, RoleTerm
from server.domain.hall.views import SECRET_ROLES
from server.domain.roster.ops import RosterGap, RosterLoad

__all__ = ["NOBODY_ASSIGNED", "Assigned", "assigned", "plan_of", "session_starts"]

Skill = tuple[str, str]
"""A person and a service."""


class Skills(NamedTuple):
    """Who may do what: `able` may do all of a service (trained, authorised, with seal); `tracked` services are those anybody has an entry
    for: of the others nobody can be said to lack it.
    """

    able: frozenset[Skill]
    tracked: frozenset[str]


class Seat(NamedTuple):
    """Who would be at a post in one session; "" for nobody."""

    a: str = ""
    b: str = ""
    c: str = ""


class Limits(NamedTuple):
    """The hall's parameters (§16): handlers every post needs (its own `min_staff` may be more), and from
    how many posts as B a warning and a consent are due."""

    min_staff: int
    warn: int
    consent: int


class Day(NamedTuple):
    """One day as it would be. `contact`: posts that may never be empty; `units`: of every person; `sessions`: how many the day has;
    `agreed`: up to how many posts as B the heads have agreed to; `away`: who is on approved leave all through a session, or LUNCH (LV-10);
    `lunch`: whether there is lunch duty, which no post needs to have (CAL-05).
    """

    posts: Sequence[PostRecord]
    contact: frozenset[str]
    plans: Mapping[str, Sequence[SessionDuty]]
    units: Mapping[str, str]
    skills: Skills
    sessions: int
    limits: Limits
    agreed: Mapping[str, int]
    away: Mapping[int, frozenset[str]] = MappingProxyType({})
    lunch: bool = False


class Verdict(NamedTuple):
    """What is to be said of a day."""

    gaps: list[RosterGap]
    partial: list[str]
    loads: list[RosterLoad]
    double: list[str]


def seat_at(plan: Sequence[SessionDuty], session: int) -> Seat:
    """Who is at a post in a session: of the last entry begun by then."""
    begun = [part for part in plan if part.n <= session]
    return Seat(begun[-1].a, begun[-1].b, begun[-1].c) if begun else Seat()


def lunch_seat(plan: Sequence[SessionDuty]) -> Seat:
    """Who has lunch duty at a post (CAL-05)."""
    return next((Seat(part.a, part.b, part.c) for part in plan if part.n == LUNCH), Seat())


def cover_kind(post: PostRecord, uid: str, unit: str, skills: Skills) -> CoverKind:
    """What a person of `unit` may do at a post as its B (ORG-03). One of another unit who is not qualified for its services receives,
    informs and registers (ORG-04)."""
    if not uid:
        return "none"
    tracked = [service for service in post.service_ids if service in skills.tracked]
    able = [service for service in tracked if (uid, service) in skills.able]
    if unit != post.unit:
        return "full" if tracked and len(able) == len(post.service_ids) else "limited"
    return "full" if len(able) == len(tracked) else "partial"


def judge(day: Day) -> Verdict:
    """Gaps of required posts, posts only partly covered, people with too many posts."""
    seats = {post.rid: [seat_at(day.plans.get(post.rid, ()), n) for n in range(day.sessions)] for post in day.posts}
    gaps = [gap for post in day.posts if (gap := _gap(day, post, seats) or _lunch_gap(day, post))]
    partial = [post.rid for post in day.posts if post.required and any(_is_partial(day, post, seat) for seat in seats[post.rid])]
    lunch = [lunch_seat(day.plans.get(post.rid, ())) for post in day.posts if day.lunch]
    at_once = [[seats[post.rid][n] for post in day.posts] for n in range(day.sessions)] + [lunch]
    return Verdict(gaps, partial, _loads(day, at_once), _double(at_once))


def _gap(day: Day, post: PostRecord, seats: Mapping[str, Sequence[Seat]]) -> RosterGap | None:
    """The first session in which a required post is not covered; the contact post is required in every one (ORG-06)."""
    contact = post.rid in day.contact
    for n, seat in enumerate(seats[post.rid]):
        if not contact and (not post.required or (post.sessions and n not in post.sessions)):
            continue
        if not seat.a:
            return RosterGap(post.rid, "contact" if contact else "no_a", n)
        handlers = _handlers(day, post, n, seats)
        if handlers <= day.away.get(n, frozenset()):
            return RosterGap(post.rid, "contact" if contact else "on_leave", n)
        if len(handlers) < max(day.limits.min_staff, post.min_staff):
            return RosterGap(post.rid, "no_b", n)
    return None


def _lunch_gap(day: Day, post: PostRecord) -> RosterGap | None:
    """Lunch duty whose people are all on leave (LV-10); without any nobody is missing."""
    people = {uid for uid in lunch_seat(day.plans.get(post.rid, ())) if uid}
    on_leave = day.lunch and post.required and people and people <= day.away.get(LUNCH, frozenset())
    return RosterGap(post.rid, "on_leave", LUNCH) if on_leave else None


def _handlers(day: Day, post: PostRecord, n: int, seats: Mapping[str, Sequence[Seat]]) -> set[str]:
    """Who covers each other at a post: its own people, and who serves a post of the same group and may do its services (ORG-02)."""
    seat = seats[post.rid][n]
    mates = {
        mate
        for other in day.posts
        if post.group and other.group == post.group and other.rid != post.rid
        if (mate := seats[other.rid][n].a) and cover_kind(post, mate, day.units.get(mate, ""), day.skills) == "full"
    }
    return {uid for uid in seat if uid} | mates


def _is_partial(day: Day, post: PostRecord, seat: Seat) -> bool:
    kinds = [cover_kind(post, uid, day.units.get(uid, ""), day.skills) for uid in (seat.b, seat.c) if uid]
    return bool(kinds) and "full" not in kinds


def _loads(day: Day, at_once: Iterable[Sequence[Seat]]) -> list[RosterLoad]:
    """People who are B at more posts at once than the hall lets pass without a word (ORG-05)."""
    most: Counter[str] = Counter()
    for seats in at_once:
        for uid, count in Counter(seat.b for seat in seats).items():
            most[uid] = max(most[uid], count)
    over = sorted((uid, count) for uid, count in most.items() if uid and count > day.limits.warn)
    return [RosterLoad(uid, count, count > max(day.limits.consent, day.agreed.get(uid, 0))) for uid, count in over]


def _double(at_once: Iterable[Sequence[Seat]]) -> list[str]:
    """People who would be A at two posts in one session, or have lunch duty at two."""
    twice: set[str] = set()
    for seats in at_once:
        twice |= {uid for uid, count in Counter(seat.a for seat in seats).items() if uid and count > 1}
    return sorted(twice)


def skills_of(entries: Iterable[tuple[str, str, bool]]) -> Skills:
    """Skills from entries of person, service, and whether he may do all of it."""
    known = list(entries)
    return Skills(frozenset((p, s) for p, s, whole in known if whole), frozenset(s for _, s, _ in known))


def cleaned(plan: Sequence[SessionDuty], sessions: int, *, lunch: bool = False) -> list[SessionDuty]:
    """A plan as it is kept: by session, without entries that change nothing or lie beyond the day; then lunch duty, where there is any."""
    kept: list[SessionDuty] = []
    for part in sorted((one for one in plan if one.n != LUNCH), key=lambda p: p.n):
        if part.n >= max(sessions, 1) or (kept and kept[-1].n == part.n):
            continue
        if not kept or seat_at(kept, part.n) != Seat(part.a, part.b, part.c):
            kept.append(part)
    return kept + [part for part in plan if lunch and part.n == LUNCH and lunch_seat(plan) != Seat()][:1]


def is_sane(plan: Sequence[SessionDuty], people: Collection[str]) -> bool:
    """True when everybody named is there and nobody covers himself."""
    for part in plan:
        named = [uid for uid in (part.a, part.b, part.c) if uid]
        if len(set(named)) < len(named) or any(uid not in people for uid in named) or part.n < 0:
            return False
    return True


def unit_on(person: PersonRecord, day: str) -> str:
    """The unit a person belongs to on a day (CON-43)."""
    if not person.units:
        return person.unit
    return next((t.unit for t in person.units if t.from_day <= day and (not t.to_day or day <= t.to_day)), "")


def roles_on(person: PersonRecord, day: str) -> list[str]:
    """The roles a person holds on a day, in the order they were given.

    Those of the check team are said by days apart from the others, so that nothing of these tells that they are (CHK-05). Whoever visits
    and has no other role would be taken for somebody from outside: a person of the hall does not visit then.
    """
    if not person.terms:
        return list(person.roles)
    held: list[str] = []
    for secretly in (False, True):
        terms = [t for t in person.terms if (t.role in SECRET_ROLES) == secretly]
        today = [t.role for t in terms if t.from_day <= day and (not t.to_day or day <= t.to_day)]
        held += today if terms else [role for role in person.roles if (role in SECRET_ROLES) == secretly]
    return [] if is_unlisted(held) else list(dict.fromkeys(held))


def turned(terms: list[RoleTerm], role: str, today: str, from_day: str, last_day: str, *, gives: bool) -> list[RoleTerm]:
    """The terms of a person once a role is given from a day until `last_day` ("" for good), or taken from a day on (all ISO).

    What was given for later and never began is forgotten.
    """
    others = [term for term in terms if term.role != role]
    begun = [term for term in terms if term.role == role and term.from_day < from_day and term.from_day <= today]
    before = add_days(from_day, -1)
    ended = [term if term.to_day and term.to_day < from_day else RoleTerm(role, term.from_day, before) for term in begun]
    return [*others, *ended, *([RoleTerm(role, from_day, last_day)] if gives else [])]
