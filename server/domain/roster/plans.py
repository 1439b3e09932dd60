"""What a day would be: drafts over the roster, judged by the rules, and kept once it is published (ORG-02..07)."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from server.domain.base import Tx
from server.domain.hall.duty import Starts, in_session, plan_of, session_starts
from server.domain.hall.handlers import put_duty, put_hall
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import LUNCH, Hall, SessionDuty, Swap
from server.domain.hall.rules import add_days, day_start, lunch_span, posted_sessions, rule, works_on
from server.domain.hall.tables import DutyRecord, HallRecord, PersonRecord, PostRecord, UnitRecord
from server.domain.leave.rules import LeaveSpan
from server.domain.roster.ops import RosterAsk, RosterCheck, RosterLoad
from server.domain.roster.rules import (
    Day,
    Limits,
    Seat,
    Skills,
    Verdict,
    assigned,
    cleaned,
    cover_kind,
    judge,
    lunch_seat,
    seat_at,
    skills_of,
    unit_on,
)
from server.domain.roster.tables import ChangeRecord, ConsentRecord, DraftRecord, QualificationRecord
from server.domain.roster.views import ask_face, change_face, check_face, draft_face
from sync.units import DAY_MS

Plan = list[SessionDuty]
LEAVES_AHEAD_DAYS = 500
"""Further than a roster can be written."""


def rid_of(day: str, post: str) -> str:
    """The rid of a cell."""
    return f"{day}:{post}"


def drafts_of(tx: Tx, day: str) -> dict[str, DraftRecord]:
    """The drafts of a day by post."""
    return {draft.post: draft for draft in tx.find(DraftRecord, "day = ? AND dropped = ?", [day, False])}


def plan_of_draft(draft: DraftRecord) -> Plan:
    """A draft as a plan."""
    return [SessionDuty(0, draft.a, draft.b, draft.c), *draft.later]


def published_plan(hall: Hall, duty: DutyRecord) -> Plan:
    """The day as the office last published it, also what it changed after the day had begun; not what those at the post changed themselves
    (ORG-07, ORG-09). What first filled a place open until then stands for the whole of it: the hours before are nobody's gap any more.
    """
    plan = {part.n: part for part in plan_of(duty)}
    starts = session_starts(hall, duty.day)
    for swap in sorted((one for one in duty.swaps if not one.op), key=lambda one: one.at):
        n = LUNCH if swap.lunch else max((n for n, start in enumerate(starts) if start <= swap.at), default=0)
        before = max(known for known in plan if known <= n)
        filled = before if Seat(plan[before].a, plan[before].b, plan[before].c) == Seat() else n
        plan[filled] = SessionDuty(filled, swap.a, swap.b, swap.c or "")
    return [plan[n] for n in sorted(plan)]


def session_count(hall: Hall, day: str) -> int:
    """How many opening sessions a day has; one when it is closed and staffed all the same."""
    return max(1, len(posted_sessions(hall, day)))


def kept_plan(hall: Hall, day: str, plan: Sequence[SessionDuty]) -> Plan:
    """A plan as it is kept for a day."""
    return cleaned(plan, session_count(hall, day), lunch=lunch_span(hall, day) is not None)


def skills(tx: Tx) -> Skills:
    """Who may do what, of everything that is recorded."""
    return skills_of(
        (q.person, q.service, q.trained and q.authorised and q.seal)
        for q in tx.find(QualificationRecord)
        if q.trained or q.authorised or q.seal
    )


class Looking:
    """The hall as one op finds it, read once for all the days it is about."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.hall = hall_of(tx)
        self.posts: list[PostRecord] = tx.ask("posts")
        self.people = {p.rid: p for p in tx.find(PersonRecord) if not p.outside}
        self.skills = skills(tx)
        self.contact = frozenset(u.contact_post for u in tx.find(UnitRecord) if u.contact_post and not u.retired)
        self.today = today_of(tx)
        self.leaves: dict[str, list[LeaveSpan]] = {}

    def here(self, day: str) -> set[str]:
        """Everybody who may be named for a day."""
        return {uid for uid, person in self.people.items() if not person.left_day or day < person.left_day}

    def judge(self, day: str, plans: dict[str, Plan], consents_of: str = "") -> Verdict:
        """What is to be said of these plans. `consents_of`: the unit whose head is asking, who thereby agrees."""
        keys = ("ab.min_staff_per_post", "ab.max_live_posts_warn", "ab.max_live_posts_consent")
        limits = Limits(*(rule(self.hall, key, day) for key in keys))
        units = {uid: unit_on(person, day) for uid, person in self.people.items()}
        agreed = {uid: len(self.posts) for uid, unit in units.items() if consents_of and unit == consents_of}
        for consent in self.tx.find(ConsentRecord, "from_day <= ? AND to_day >= ?", [day, day]):
            agreed[consent.person] = max(agreed.get(consent.person, 0), consent.posts_max)
        away = self._away(day, plans)
        sessions, lunch = session_count(self.hall, day), lunch_span(self.hall, day) is not None
        return judge(Day(self.posts, self.contact, plans, units, self.skills, sessions, limits, agreed, away, lunch))

    def _away(self, day: str, plans: dict[str, Plan]) -> dict[int, frozenset[str]]:
        """Who of those planned is on approved leave all through a session, or lunch duty (LV-10)."""
        spans = dict(enumerate(posted_sessions(self.hall, day)))
        if lunch := lunch_span(self.hall, day):
            spans[LUNCH] = lunch
        named = sorted({uid for plan in plans.values() for part in plan for uid in (part.a, part.b, part.c) if uid})
        return {
            n: frozenset(uid for uid in named if any(one.from_at <= opens and closes <= one.to_at for one in self._leaves(uid)))
            for n, (opens, closes) in spans.items()
        }

    def _leaves(self, uid: str) -> list[LeaveSpan]:
        """Approved leave from today on."""
        if uid not in self.leaves:
            from_at = day_start(self.today, self.hall.tz)
            span = {"from_at": from_at, "to_at": from_at + LEAVES_AHEAD_DAYS * DAY_MS}
            found: list[LeaveSpan] = self.tx.ask("leaves_of", uid=uid, **span) if self.tx.knows("leaves_of") else []
            self.leaves[uid] = [one for one in found if one.state == "approved"]
        return self.leaves[uid]

    def covered(self, post: PostRecord, day: str, plan: Sequence[SessionDuty]) -> Plan:
        """The plan with what each B may do there."""
        found = []
        for part in plan:
            unit = unit_on(self.people[part.b], day) if part.b in self.people else ""
            found.append(SessionDuty(part.n, part.a, part.b, part.c, cover_kind(post, part.b, unit, self.skills)))
        return found


def plans_of(tx: Tx, day: str, drafts: dict[str, DraftRecord]) -> dict[str, Plan]:
    """Every post's plan of a day: the draft, else what is published."""
    hall = hall_of(tx)
    plans = {duty.post: published_plan(hall, duty) for duty in tx.find(DutyRecord, "day = ?", [day])}
    return plans | {post: plan_of_draft(draft) for post, draft in drafts.items()}


def show_checks(tx: Tx, days: Iterable[str]) -> None:
    """Tell the office what publishing would say of these days, and the heads what waits for their consent."""
    looking = Looking(tx)
    for day in sorted(set(days)):
        drafts = drafts_of(tx, day)
        if not drafts:
            tx.retract("roster.check", day)
            _show_asks(tx, looking, day, [])
            continue
        verdict = looking.judge(day, plans_of(tx, day, drafts))
        tx.project(check_face(RosterCheck(day, len(drafts), verdict.gaps, verdict.partial, verdict.loads, verdict.double)))
        drafted = {uid for draft in drafts.values() for seat in plan_of_draft(draft) for uid in (seat.a, seat.b, seat.c)}
        _show_asks(tx, looking, day, [load for load in verdict.loads if load.consent and load.person in drafted])


def _show_asks(tx: Tx, looking: Looking, day: str, loads: Sequence[RosterLoad]) -> None:
    """Ask the head of each unit for what its people would carry that day."""
    units = {uid: unit_on(person, day) for uid, person in looking.people.items()}
    for unit in sorted(set(units.values()) - {""}):
        tx.project(ask_face(RosterAsk(day, unit, [load for load in loads if units.get(load.person) == unit])))


def put_draft(tx: Tx, post: PostRecord, day: str, plan: Sequence[SessionDuty], by: str) -> None:
    """Keep a cell of the office's; one that says what is published already is none."""
    published = tx.get(DutyRecord, rid_of(day, post.rid))
    same = published is not None and _people(published_plan(hall_of(tx), published)) == _people(plan)
    first = plan[0] if plan else SessionDuty(0, "")
    draft = DraftRecord(
        rid=rid_of(day, post.rid),
        day=day,
        post=post.rid,
        a=first.a,
        b=first.b,
        c=first.c,
        later=[SessionDuty(part.n, part.a, part.b, part.c) for part in plan[1:]],
        by=by,
        at=tx.now,
        dropped=same,
    )
    if same and tx.get(DraftRecord, draft.rid) is None:
        return
    tx.put(draft)
    tx.project(draft_face(draft, post.unit))


def drop_draft(tx: Tx, draft: DraftRecord) -> None:
    """A draft is published or thrown away."""
    draft.dropped = True
    tx.put(draft)
    tx.project(draft_face(draft, ""))


def _people(plan: Sequence[SessionDuty]) -> list[tuple[int, str, str, str]]:
    return [(part.n, part.a, part.b, part.c) for part in plan]


def publish_cell(tx: Tx, looking: Looking, post: PostRecord, day: str, plan: Plan, said: ChangeRecord) -> None:
    """A cell becomes the roster; what has begun of today is changed from now on, never before. `said`: who says it, why."""
    plan = looking.covered(post, day, kept_plan(looking.hall, day, plan)) or [SessionDuty(0, "", cover="none")]
    known = tx.get(DutyRecord, rid_of(day, post.rid))
    if known is None and _has_begun(looking, day, tx.now):
        known = DutyRecord(rid=rid_of(day, post.rid), day=day, post=post.rid, a="", cover="none")
    version = looking.hall.roster_version + 1
    if known is not None and day == looking.today:
        duty, from_at = _from_now_on(tx, looking, known, plan, said.by), tx.now
    else:
        first = plan[0]
        duty = DutyRecord(
            rid=rid_of(day, post.rid), day=day, post=post.rid, a=first.a, b=first.b, c=first.c, later=plan[1:], cover=first.cover
        )
        from_at = day_start(day, looking.hall.tz)
        before = known or standing(tx, post.rid, day)
        said.before = _names(plan_of(before)) if before else []
    if known is not None and day == looking.today:
        said.before = _names(published_plan(looking.hall, known))
    duty.version, duty.reason = version, said.uncovered
    keep_duty(tx, duty)
    said.after, said.from_at = _names(plan), from_at
    if said.before != said.after or said.uncovered:
        tx.put(said)
        tx.project(change_face(said))


def keep_duty(tx: Tx, duty: DutyRecord) -> None:
    """The duty of a post and day is another: for whom somebody stood in there may be, too."""
    put_duty(tx, duty)
    start = day_start(duty.day, hall_of(tx).tz)
    if start <= tx.now:  # who is A here may have been missed where he is A, too
        for uid in sorted({part.a for part in plan_of(duty)} | {swap.a for swap in duty.swaps} - {""}):
            tx.touch_person(uid, start, start + DAY_MS)
    if tx.knows("duty_moved"):
        tx.ask("duty_moved", post=duty.post, day=duty.day)


def leave_open(tx: Tx, uid: str, from_day: str, by: str, op: str) -> None:
    """Who is no longer of the hall holds no post from that day on, published or drafted: what was his is open (ORG-02, ORG-07)."""
    looking = Looking(tx)
    first = max(from_day, looking.today)
    posts = {post.rid: post for post in looking.posts}
    found = tx.find(DutyRecord, "day >= ? AND (a = ? OR b = ? OR people LIKE ?)", [first, uid, uid, f"%,{uid},%"])
    for duty in (one for one in found if one.post in posts):
        before = plan_of(duty)
        plan = looking.covered(posts[duty.post], duty.day, _without(before, uid))
        duty.a, duty.b, duty.c, duty.cover, duty.later = plan[0].a, plan[0].b, plan[0].c, plan[0].cover, plan[1:]
        duty.swaps = [_swap_without(swap, uid) for swap in duty.swaps]
        duty.version = looking.hall.roster_version + 1
        keep_duty(tx, duty)
        said = ChangeRecord(
            rid=f"{op}:{duty.rid}",
            day=duty.day,
            post=duty.post,
            unit=posts[duty.post].unit,
            kind="publish",
            before=_names(before),
            after=_names(plan),
            by=by,
            at=tx.now,
            from_at=day_start(duty.day, looking.hall.tz),
            lead=lead_days(looking, duty.day),
        )
        tx.put(said)
        tx.project(change_face(said))
    drafts = [draft for draft in tx.find(DraftRecord, "day >= ? AND dropped = ?", [first, False]) if draft.post in posts]
    for draft in (one for one in drafts if has_people(plan_of_draft(one), {uid})):
        put_draft(tx, posts[draft.post], draft.day, _without(plan_of_draft(draft), uid), draft.by)
    if found:
        raise_version(tx, max(duty.day for duty in found))
    show_checks(tx, {duty.day for duty in found} | {draft.day for draft in drafts})


def _without(plan: Plan, uid: str) -> Plan:
    """A plan with the places of a person open."""
    return [
        SessionDuty(part.n, part.a if part.a != uid else "", part.b if part.b != uid else "", part.c if part.c != uid else "")
        for part in plan
    ]


def _swap_without(swap: Swap, uid: str) -> Swap:
    a, b, c = ("" if one == uid else one for one in (swap.a, swap.b, swap.c))
    return msgspec.structs.replace(swap, a=a or "", b=b or "", c=c)


def _has_begun(looking: Looking, day: str, now: int) -> bool:
    """True once the hall has opened that day: nobody answers for hours for which nobody was published then."""
    return any(opens <= now for opens, _ in posted_sessions(looking.hall, day))


def _names(plan: Sequence[SessionDuty]) -> list[str]:
    """A, B and second B of each part of a plan in a row."""
    return [uid for part in plan for uid in (part.a, part.b, part.c)]


def _from_now_on(tx: Tx, looking: Looking, known: DutyRecord, plan: Plan, by: str) -> DutyRecord:
    """Today's duty with what is left of the day changed."""
    starts = session_starts(looking.hall, known.day)
    current = max((n for n, start in enumerate(starts) if start <= tx.now), default=0)
    wanted = seat_at(plan, current)
    now = in_session(known, starts, tx.now)
    lunch_begun = starts.lunch is not None and starts.lunch[0] <= tx.now
    begun = [part for part in known.later if (lunch_begun if part.n == LUNCH else part.n <= current)]
    rest = [part for part in plan if (not lunch_begun if part.n == LUNCH else part.n > current)]
    duty = DutyRecord(
        rid=known.rid,
        day=known.day,
        post=known.post,
        a=known.a,
        b=known.b,
        c=known.c,
        cover=known.cover,
        swaps=list(known.swaps),
        later=[*begun, *rest],
    )
    if Seat(now.a, now.b, now.second_b) != wanted:
        duty.swaps.append(Swap(tx.now, wanted.a, wanted.b, by, wanted.c))
    if starts.lunch and starts.lunch[0] <= tx.now < starts.lunch[1]:
        _change_lunch(tx, duty, starts, lunch_seat(plan), by)
    return duty


def _change_lunch(tx: Tx, duty: DutyRecord, starts: Starts, wanted: Seat, by: str) -> None:
    """Lunch duty that has begun is another's from now on, or nobody's."""
    if not any(part.n == LUNCH for part in duty.later):
        if wanted == Seat():
            return
        duty.later.append(SessionDuty(LUNCH, "", cover="none"))
    now = assigned(duty, starts, tx.now)
    if Seat(now.a, now.b, now.second_b) != wanted:
        duty.swaps.append(Swap(tx.now, wanted.a, wanted.b, by, wanted.c, lunch=True))


def standing(tx: Tx, post: str, day: str) -> DutyRecord | None:
    """The last published duty of a post before a day: what people there are used to (ORG-07)."""
    found = tx.find(DutyRecord, "post = ? AND day < ? AND day >= ?", [post, day, add_days(day, -14)], "day DESC")
    return found[0] if found else None


def raise_version(tx: Tx, last_day: str) -> None:
    """The roster has a new version, and reaches until `last_day` at least."""
    record = tx.get(HallRecord, "hall")
    if record is not None:
        record.hall.roster_version += 1
        record.roster_until = max(record.roster_until, last_day)
        put_hall(tx, record)


def lead_days(looking: Looking, day: str) -> int:
    """Working days between today and the day a change counts from."""
    count, at = 0, looking.today
    while at < day:
        at = add_days(at, 1)
        count += works_on(looking.hall, at)
    return count


def in_span(first: str, last: str) -> list[str]:
    """The days of a span, both ends included."""
    days, day = [], first
    while day <= last:
        days.append(day)
        day = add_days(day, 1)
    return days


def has_people(plan: Sequence[SessionDuty], people: Collection[str]) -> bool:
    """Whether any of the people is named."""
    return any(uid in people for part in plan for uid in (part.a, part.b, part.c))
