"""What a roster op does: drafts, copies, publishing with its refusals, and the swap of A and B by those who stand there (ORG-01..09)."""

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held, refused
from server.domain.hall.duty import NOBODY_ASSIGNED, Assigned, assigned, people_of, session_starts
from server.domain.hall.handlers import show_duty
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import SessionDuty, Swap
from server.domain.hall.order import by_moment
from server.domain.hall.rules import add_days, day_of, day_start, is_day, leads, may_any, posted_sessions, rule
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord
from server.domain.roster import ops, organisation, plans, secret
from server.domain.roster.ops import CELLS_MAX, Consent, CopyRoster, Discard, PublishRoster, PutDraft, PutSwap
from server.domain.roster.plans import Looking, drafts_of, in_span, rid_of, show_checks
from server.domain.roster.registers import REGISTERS
from server.domain.roster.rules import is_sane, unit_on
from server.domain.roster.tables import (
    ChangeRecord,
    ConsentRecord,
    DraftRecord,
    QualificationRecord,
    RosterPhaseRecord,
    ServiceRecord,
)
from server.domain.roster.views import change_face, consent_face

DAYS_MAX = 62
AHEAD_DAYS_MAX = 400
TEXT_MAX = 400
SHOWN_DAYS = 60
"""How long changes and consents of days gone by stay on the devices; the records stay."""


def may_keep(actor: Actor, unit: str) -> bool:
    """The office and administrators keep the roster, a head that of his unit."""
    return may_any(actor, "OFF", "ADM") or leads(actor, unit)


def draft(tx: Tx, op: Op[PutDraft]) -> Outcome:
    """Cells of days to come, not yet for others to see."""
    looking = Looking(tx)
    posts = {post.rid: post for post in looking.posts}
    if not 0 < len(op.a.cells) <= CELLS_MAX or any(not _is_writable(cell.day, looking.today) for cell in op.a.cells):
        return refused("INVALID")
    for cell in op.a.cells:
        post = posts.get(cell.post)
        plan = plans.kept_plan(looking.hall, cell.day, [SessionDuty(0, cell.a, cell.b, cell.c), *cell.later])
        if post is None or not is_sane(plan, looking.here(cell.day)):
            return refused("INVALID")
        if not may_keep(op.actor, post.unit):
            return refused("NO_RIGHT")
        plans.put_draft(tx, post, cell.day, plan, op.actor.uid)
    show_checks(tx, (cell.day for cell in op.a.cells))
    return APPLIED


def discard(tx: Tx, op: Op[Discard]) -> Outcome:
    """Drafts are dropped; what is published stays."""
    days = _span(op.a.from_day, op.a.to_day)
    if days is None:
        return refused("INVALID")
    for day in days:
        for found in drafts_of(tx, day).values():
            post: PostRecord | None = tx.ask("post", post=found.post)
            if (not op.a.posts or found.post in op.a.posts) and may_keep(op.actor, post.unit if post else ""):
                plans.drop_draft(tx, found)
    show_checks(tx, days)
    return APPLIED


def copy(tx: Tx, op: Op[CopyRoster]) -> Outcome:
    """A week again: drafts of the days to come from what stood, or was drafted, on the days before."""
    looking = Looking(tx)
    a = op.a
    if not (is_day(a.from_day) and _is_writable(a.to_day, looking.today) and 0 < a.days <= DAYS_MAX):
        return refused("INVALID")
    here = [post for post in looking.posts if (not a.posts or post.rid in a.posts) and may_keep(op.actor, post.unit)]
    if not here:
        return refused("NO_RIGHT")
    targets = []
    for n in range(a.days):
        source, target = add_days(a.from_day, n), add_days(a.to_day, n)
        if not posted_sessions(looking.hall, target):
            continue
        targets.append(target)
        known = plans.plans_of(tx, source, drafts_of(tx, source))
        for post in here:
            plan = plans.kept_plan(looking.hall, target, known.get(post.rid, []))
            if plan and is_sane(plan, looking.here(target)):
                plans.put_draft(tx, post, target, plan, op.actor.uid)
    show_checks(tx, targets)
    return APPLIED


def publish(tx: Tx, op: Op[PublishRoster]) -> Outcome:
    """Drafts become the roster; an uncovered required post needs a reason, the office's contact post accepts none (ORG-02, ORG-06)."""
    looking = Looking(tx)
    days = _span(op.a.from_day, op.a.to_day)
    if days is None or op.a.from_day < looking.today or len(op.a.text) > TEXT_MAX:
        return refused("INVALID")
    posts = {p.rid: p for p in looking.posts if (not op.a.posts or p.rid in op.a.posts) and may_keep(op.actor, p.unit)}
    if not posts:
        return refused("NO_RIGHT")
    head_of = op.actor.unit if "HEAD" in op.actor.roles else ""
    cells: list[tuple[str, DraftRecord, str]] = []
    for day in days:
        if not posted_sessions(looking.hall, day) and not drafts_of(tx, day):
            continue
        drafts = {post: found for post, found in drafts_of(tx, day).items() if post in posts}
        verdict = looking.judge(day, plans.plans_of(tx, day, drafts), head_of)
        uncovered = {gap.post: _reason(op.a, day, gap.post) for gap in verdict.gaps if gap.post in posts}
        if any(gap.kind == "contact" for gap in verdict.gaps if gap.post in posts):
            return refused("ROSTER_CONTACT")
        if not all(uncovered.values()):
            return refused("ROSTER_UNCOVERED")
        if any(load.consent and _names_in(drafts, load.person) for load in verdict.loads):
            return refused("ROSTER_OVERLOAD")
        given_a = {part.a for found in drafts.values() for part in plans.plan_of_draft(found)}
        if not given_a.isdisjoint(verdict.double) and not op.a.text.strip():
            return refused("REASON_MISSING")  # who is A twice is missed at one of the two (EVD-04)
        cells += [(day, found, uncovered.get(post, "")) for post, found in sorted(drafts.items())]
    if refusal := _unexplained(tx, looking, op.a, cells):
        return refusal
    for day, found, reason in cells:
        change = _change(op, day, posts[found.post], plans.lead_days(looking, day), reason)
        plans.publish_cell(tx, looking, posts[found.post], day, plans.plan_of_draft(found), change)
        plans.drop_draft(tx, found)
    if cells:
        plans.raise_version(tx, max(day for day, _, _ in cells))
    show_checks(tx, days)
    return APPLIED


def _reason(a: PublishRoster, day: str, post: str) -> str:
    return (a.reasons.get(rid_of(day, post)) or a.reasons.get(post) or "").strip()[:TEXT_MAX]


def _names_in(drafts: dict[str, DraftRecord], uid: str) -> bool:
    """Whether any of the drafts puts this person anywhere: others' plans are no reason to refuse these."""
    return any(plans.has_people(plans.plan_of_draft(found), {uid}) for found in drafts.values())


def _unexplained(tx: Tx, looking: Looking, a: PublishRoster, cells: list[tuple[str, DraftRecord, str]]) -> Outcome | None:
    """Who had been published and is changed, or is changed at short notice where the hall wants notice, is owed a reason (ORG-07)."""
    if a.text.strip():
        return None
    notice = rule(looking.hall, "ab.change_notice_days", tx.now)
    for day, found, _ in cells:
        if tx.get(DutyRecord, found.rid) is not None:
            return refused("REASON_MISSING")
        before = plans.standing(tx, found.post, day)
        if before is not None and before.a != found.a and plans.lead_days(looking, day) < notice:
            return refused("REASON_MISSING")
    return None


def _change(op: Op[PublishRoster], day: str, post: PostRecord, lead: int, uncovered: str) -> ChangeRecord:
    return ChangeRecord(
        rid=f"{op.id}:{day}:{post.rid}",
        day=day,
        post=post.rid,
        unit=post.unit,
        kind="publish",
        before=[],
        after=[],
        by=op.actor.uid,
        at=op.window.at,
        from_at=0,
        lead=lead,
        text=op.a.text.strip(),
        uncovered=uncovered,
    )


def consent(tx: Tx, op: Op[Consent]) -> Outcome:
    """HEAD of the person, and nobody else, agrees to more than one post as B (ORG-05)."""
    person: PersonRecord | None = tx.ask("person", uid=op.a.person)
    if person is None or not ("HEAD" in op.actor.roles and op.actor.unit == person.unit):
        return refused("NO_RIGHT")
    days = _span(op.a.from_day, op.a.to_day)
    if days is None or not 0 < op.a.posts_max <= 100 or len(op.a.text) > TEXT_MAX or tx.get(ConsentRecord, op.rid):
        return refused("INVALID")
    record = ConsentRecord(
        rid=op.rid,
        person=person.rid,
        unit=person.unit,
        from_day=op.a.from_day,
        to_day=op.a.to_day,
        posts_max=op.a.posts_max,
        by=op.actor.uid,
        at=op.window.at,
        text=op.a.text,
    )
    tx.put(record)
    tx.project(consent_face(record))
    show_checks(tx, days)
    return APPLIED


def swap(tx: Tx, op: Op[PutSwap]) -> Outcome:
    """A and B change places from now on: those at the post say it, the head or the office; the last by trusted time stands (ORG-09)."""
    hall = hall_of(tx)
    post: PostRecord | None = tx.ask("post", post=op.a.post)
    duty = tx.get(DutyRecord, rid_of(op.a.day, op.a.post))
    if post is None or duty is None or not op.a.a or op.a.a == op.a.b or len(op.a.text) > TEXT_MAX or tx.get(ChangeRecord, op.rid):
        return held("INVALID")
    named = _ever_named(tx, duty)
    if op.actor.uid not in named and not may_keep(op.actor, post.unit):
        return held("NO_RIGHT")
    if {uid for uid in (op.a.a, op.a.b) if uid} - named:
        return held("INVALID")
    start, end = day_start(duty.day, hall.tz), day_start(add_days(duty.day, 1), hall.tz)
    # A time nobody can prove counts from when the server had it: neither accuses nor clears for the time before.
    at = max(start, op.window.at if op.window.grade != "C" else op.received_at)
    if op.window.at >= end:
        return held("INVALID")
    said = Swap(at, op.a.a, op.a.b, op.actor.uid, None, op.window.grade, op.id, op.received_at)
    duty.swaps = sorted([*duty.swaps, said], key=by_moment)
    before = assigned(duty, session_starts(hall, duty.day), at - 1)
    plans.keep_duty(tx, duty)
    _log_swap(tx, op, post, duty, before, at)
    return APPLIED


def _ever_named(tx: Tx, duty: DutyRecord) -> set[str]:
    """Everybody who was published for this post and day at any time: a phone may have known an older roster (CON-42)."""
    named = people_of(duty) | {uid for swap in duty.swaps for uid in (swap.a, swap.b, swap.c or "")}
    for change in tx.find(ChangeRecord, "post = ? AND day = ?", [duty.post, duty.day]):
        named |= {*change.before, *change.after}
    return named - {""}


def _log_swap(tx: Tx, op: Op[PutSwap], post: PostRecord, duty: DutyRecord, before: Assigned, at: int) -> None:
    change = ChangeRecord(
        rid=op.rid,
        day=duty.day,
        post=post.rid,
        unit=post.unit,
        kind="swap",
        before=[before.a, before.b, before.second_b],
        after=[op.a.a, op.a.b, ""],
        by=op.actor.uid,
        at=op.window.at,
        from_at=at,
        text=op.a.text,
    )
    tx.put(change)
    tx.project(change_face(change))


# --- time ------------------------------------------------------------------------------------------------------------


def tick(tx: Tx) -> None:
    """A new session, or lunch, shows who is planned for it; a new day lets old rosters and drafts go, and people be where they belong from
    today."""
    hall = hall_of(tx)
    today = today_of(tx)
    starts = session_starts(hall, today)
    session = sum(edge <= tx.now for edge in (*starts, *(starts.lunch or ())))
    phase = tx.get(RosterPhaseRecord, "phase")
    if phase is not None and (phase.day, phase.session) == (today, session):
        return
    tx.put(RosterPhaseRecord(rid="phase", day=today, session=session))
    for duty in tx.find(DutyRecord, "day = ?", [today]):
        if duty.later or duty.swaps:
            show_duty(tx, duty)
            tx.touch(duty.post, day_start(today, hall.tz), tx.now)
    if phase is None or phase.day != today:
        organisation.begin_day(tx, today)
        secret.end_visitors(tx, today)
        _let_go(tx, today)


def _let_go(tx: Tx, today: str) -> None:
    """Rows of days gone by leave the devices; the records stay."""
    for duty in tx.find(DutyRecord, "day < ? AND shown = ?", [add_days(today, -1), True]):
        duty.shown = False
        tx.put(duty)
        show_duty(tx, duty)
    old = tx.find(DraftRecord, "day < ? AND dropped = ?", [today, False])
    for found in old:
        plans.drop_draft(tx, found)
    for day in {found.day for found in old}:
        tx.retract("roster.check", day)
    for change in tx.find(ChangeRecord, "day < ? AND shown = ?", [add_days(today, -SHOWN_DAYS), True]):
        change.shown = False
        tx.put(change)
        tx.project(change_face(change))
    for agreed in tx.find(ConsentRecord, "to_day < ? AND shown = ?", [add_days(today, -SHOWN_DAYS), True]):
        agreed.shown = False
        tx.put(agreed)
        tx.project(consent_face(agreed))


# --- answers ---------------------------------------------------------------------------------------------------------


def _on_duty(tx: Tx, *, post: str, at: int) -> Assigned:
    hall = hall_of(tx)
    day = day_of(at, hall.tz)
    duty = tx.get(DutyRecord, rid_of(day, post))
    return assigned(duty, session_starts(hall, day), at) if duty else NOBODY_ASSIGNED


def _swaps_unproven(tx: Tx, *, post: str, day: str) -> list[tuple[int, Swap]]:
    duty = tx.get(DutyRecord, rid_of(day, post))
    kept = [said for said in duty.swaps if said.grade == "C"] if duty else []
    if not kept:
        return []
    changes = tx.find(ChangeRecord, "post = ? AND day = ? AND kind = ?", [post, day, "swap"])
    claimed = {(c.from_at, c.by, *c.after[:2]): c.at for c in changes}
    return [(claimed[said.at, said.by, said.a, said.b], said) for said in kept]


def _everybody_named(tx: Tx, *, post: str, day: str) -> set[str]:
    duty = tx.get(DutyRecord, rid_of(day, post))
    return _ever_named(tx, duty) if duty else set()


def _unit_on(tx: Tx, *, uid: str, day: str) -> str:
    person: PersonRecord | None = tx.ask("person", uid=uid)
    return unit_on(person, day) if person else ""


def _people_on(tx: Tx, *, unit: str, day: str) -> list[str]:
    people: list[PersonRecord] = tx.ask("people")
    return [one.rid for one in people if unit_on(one, day) == unit]


# --- days ------------------------------------------------------------------------------------------------------------


def _is_writable(day: str, today: str) -> bool:
    """A day that can still be written."""
    return is_day(day) and today <= day <= add_days(today, AHEAD_DAYS_MAX)


def _span(first: str, last: str) -> list[str] | None:
    """The days of a span; None for one that is none."""
    if not (is_day(first) and is_day(last) and first <= last <= add_days(first, DAYS_MAX)):
        return None
    return in_span(first, last)


DOMAIN = Domain(
    name="roster",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(ServiceRecord, QualificationRecord, DraftRecord, ConsentRecord, ChangeRecord, RosterPhaseRecord),
    handlers={
        **organisation.HANDLERS,
        "roster.draft": draft,
        "roster.discard": discard,
        "roster.copy": copy,
        "roster.publish": publish,
        "roster.consent": consent,
        "roster.swap": swap,
    },
    tick=tick,
    answers={
        "on_duty": _on_duty,
        "swaps_unproven": _swaps_unproven,
        "ever_named": _everybody_named,
        "unit_on": _unit_on,
        "people_on": _people_on,
        "secret_role": secret.secret_role,
        "put_visitor": secret.put_visitor,
    },
    registers=REGISTERS,
)
