"""Pure decisions about leave (LV-01..12, CON-14..19): what its facts come to, in whatever order they arrived.

    told ─▶ filed ─▶ pending ─▶ approved ─▶ running ─▶ ended ─▶ returned (销假) | extended | overdue
                       │ ▲          │           └── 召回 recalled
        withdrawn ◀────┘ └ refused ◀┘ (CON-16: by competence rank; time taken in reliance stays approved)

Answers of this domain, for `Tx.ask`: `leaves_of`(uid, from_at, to_at) -> list[LeaveSpan], the parts of a person's leaves that meet
[from_at, to_at), in time order; `leaves_between`(from_at, to_at) -> list[LeaveSpan]: those of everybody.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from server.domain.hall.order import by_moment
from server.domain.hall.rules import FOREVER
from server.domain.hall.spans import cut, without
from server.domain.leave.ops import ApproverRole, BackSaid, Capacity, LeaveDecision, LeaveState, LeaveStep
from server.domain.leave.tables import SECRET, Assigned, Converted, Decided, LeaveRecord, Said, Span, SpanState
from sync.units import MINUTE_MS

TOLERANCE_MS = 2 * MINUTE_MS
"""A claimed moment may lie this far behind the saying of it: a clock's tolerance."""
ROLE_RANK: dict[str, int] = {"HEAD": 10, "OFF": 20, "LEAD": 30, "TOP": 40}
DIS_RANK = 35
"""The discipline section speaks about what is secret only, and the principal leader's word stands over its own."""
Outcome = Literal["yes", "no", "open"]


class LeaveSpan(NamedTuple):
    """A part of a person's leave in one state, [from_at, to_at) in ms. `decided_at`: when the state was decided, 0 while pending.

    `grade`: what the time of the request is worth. A leave told by phone and not yet filed is `pending` with type ""; `told_at`: when
    that call was recorded, 0: there was none.
    """

    rid: str
    person: str
    type: str
    from_at: int
    to_at: int
    state: SpanState
    decided_at: int
    grade: Literal["A", "B", "C"]
    told_at: int = 0


def spans_of(leave: LeaveRecord, from_at: int, to_at: int) -> list[LeaveSpan]:
    """The parts of a leave that meet [from_at, to_at)."""
    grade = leave.asked.grade if leave.asked else "A"
    meets = [s for s in leave.spans if s.from_at < to_at and from_at < s.to_at]
    told_at = leave.told.at if leave.told else 0
    decided = {s.state: 0 if s.state == "pending" else leave.approved_at for s in meets}
    return [LeaveSpan(leave.rid, leave.person, leave.type, s.from_at, s.to_at, s.state, decided[s.state], grade, told_at) for s in meets]


# --- who decides ------------------------------------------------------------------------------------------------------


class Chain(NamedTuple):
    """The approvers of one leave. `escalates_at`: from when the unit's step may be decided by the centre, too (silent or away approver);
    `secret`: the discipline section speaks, too (§8).
    """

    steps: tuple[ApproverRole, ...]
    unit: str
    person: str
    escalates_at: int
    secret: bool = False


def rank_at(chain: Chain, role: ApproverRole, said: Decided) -> int:
    """The rank in which this decision speaks at a step, 0 when it does not: the role itself, a higher one of the same line, a deputy one
    below his principal; at the unit's step the centre only once it has escalated (LV-04).
    """
    if said.by == chain.person:
        return 0
    return max(_rank(chain, role, said.roles, said.unit, said.at), _rank(chain, role, said.for_roles, said.for_unit, said.at) - 1, 0)


def _rank(chain: Chain, role: ApproverRole, roles: Sequence[str], unit: str, at: int) -> int:
    best = 0
    for held in roles:
        if held == "DIS" and chain.secret:
            best = max(best, DIS_RANK)
        if held not in ROLE_RANK or ROLE_RANK[held] < ROLE_RANK[role]:
            continue
        if held == "HEAD" and unit != chain.unit:
            continue
        if role == "HEAD" and held != "HEAD" and at < chain.escalates_at:
            continue
        best = max(best, ROLE_RANK[held])
    return best


def step_decision(chain: Chain, role: ApproverRole, said: Iterable[Decided]) -> Decided | None:
    """The decision that stands at a step: of each decider the last, of all the highest in rank, then the earliest (CON-15, CON-16)."""
    last: dict[str, Decided] = {}
    for one in sorted(said, key=by_moment):
        last[one.by] = one
    able = [d for d in last.values() if rank_at(chain, role, d)]
    return min(able, key=lambda d: (-rank_at(chain, role, d), d.at, d.op), default=None)


def outcome_of(chain: Chain, said: Sequence[Decided]) -> Outcome:
    """What the decisions come to: no, when a step says no; yes, when every step says yes."""
    stands = [step_decision(chain, role, said) for role in chain.steps]
    if any(d is not None and not d.accept for d in stands):
        return "no"
    return "yes" if all(d is not None for d in stands) else "open"


def steps_of(chain: Chain, said: Sequence[Decided], since: int, now: int) -> list[LeaveStep]:
    """The steps as people read them; only the first open one waits."""
    shown: list[LeaveStep] = []
    for role in chain.steps:
        stands = step_decision(chain, role, said)
        if stands is not None:
            shown.append(LeaveStep(role, "yes" if stands.accept else "no", stands.by))
        else:
            waits = all(s.st == "yes" for s in shown)
            st: Literal["waits", "later"] = "waits" if waits else "later"
            escalated = waits and role == "HEAD" and now >= chain.escalates_at
            shown.append(LeaveStep(role, st, since=since if waits else 0, escalated=escalated))
    return shown


def decisions_of(chain: Chain, said: Sequence[Decided]) -> list[LeaveDecision]:
    """Every decision in order of time, with the capacity it was taken in and whether it is one that stands."""
    stands = {d.op for role in chain.steps if (d := step_decision(chain, role, said))}
    shown = []
    for one in sorted(said, key=by_moment):
        role, for_uid = capacity(chain, one)
        shown.append(LeaveDecision(one.by, role, one.accept, one.at, one.grade, one.text, for_uid, one.op in stands))
    return shown


def capacity(chain: Chain, said: Decided) -> tuple[Capacity, str]:
    """The highest role this decision speaks in, and whose deputy it was when only that made it speak."""
    own: list[ApproverRole] = [r for r in chain.steps if _rank(chain, r, said.roles, said.unit, said.at)]
    able: list[ApproverRole] = own or [r for r in chain.steps if rank_at(chain, r, said)]
    roles: list[Capacity] = ["TOP", "DIS"] if chain.secret else ["TOP", "LEAD", "OFF", "HEAD"]
    held = set(said.roles if own else said.for_roles)
    best = next((r for r in roles if r in held and (r != "HEAD" or "HEAD" in able)), able[-1] if able else "HEAD")
    return best, "" if own else said.for_uid


# --- what it comes to -------------------------------------------------------------------------------------------------


class Outlook(NamedTuple):
    """What decisions come to over time: `spells` of [from, to) in which all knew the leave as approved; `approved_at`: when it was."""

    now: Outcome
    approved_at: int
    spells: tuple[tuple[int, int], ...]


def outlook(chain: Chain, said: Sequence[Decided]) -> Outlook:
    """Walk through the decisions as they became known: who relied on an approval was on leave until told otherwise (CON-16)."""
    spells: list[tuple[int, int]] = []
    began = 0
    moments = sorted({d.known_at for d in said})
    for moment in moments:
        known = outcome_of(chain, [d for d in said if d.known_at <= moment])
        if known == "yes" and not began:
            began = moment
        elif known != "yes" and began:
            spells.append((began, moment))
            began = 0
    if began:
        spells.append((began, FOREVER))
    result = outcome_of(chain, said)
    stands = [d for role in chain.steps if (d := step_decision(chain, role, said))]
    return Outlook(result, max((d.at for d in stands), default=0), tuple(spells))


def type_now(leave: LeaveRecord) -> str:
    """The type as last converted (CON-18)."""
    if leave.converted:
        return max(leave.converted, key=by_moment).type
    return leave.asked.type if leave.asked else ""


def bounds(leave: LeaveRecord) -> tuple[int, int]:
    """From and to: as filed, else as told by phone."""
    said = leave.asked or leave.told
    assert said is not None, "a leave begins with a request or a report by phone"
    return said.from_at, said.to_at


class Return(NamedTuple):
    """What every 销假 of a leave comes to: `at` (ms), by the word of `said`."""

    at: int
    said: Said


def words_of(leave: LeaveRecord) -> list[Said]:
    """Every 销假 of a leave; of one kept by an earlier release, the earliest."""
    return leave.backs or ([leave.returned] if leave.returned else [])


def came_back(leave: LeaveRecord, ends: int) -> Return | None:
    """The earliest return by anybody's word, where the leave was approved until `ends` (ms) (LV-07). What is said afterwards of an earlier
    time ends the leave when it was said: whoever is on leave relies on it, and gives no days back for a time nobody else saw; unless the
    person and HEAD or OFF say so both (EVD-02, EVD-04).
    """
    others = [one.at for one in leave.backs if not _is_own(leave, one)]
    found = []
    for one in leave.backs:
        own = _is_own(leave, one)
        at = one.at if own and not is_said_late(one) else max(one.at, min(one.made_at, ends))
        both = [max(one.at, other) for other in others] if own else []
        found.append(Return(min([at, *both]), one))
    return min(found, key=lambda r: (r.at, r.said.op), default=None)


def how_said(leave: LeaveRecord, back: Return | None, ends: int, back_by: int) -> BackSaid:
    """How the return that stands was said. HEAD or OFF confirm a past return by naming its time; once the leave is over, by naming any
    time before 销假 was due (`back_by`, ms).
    """
    if back is None:
        return ""
    if not _is_own(leave, back.said):
        return "vouched"
    if not is_said_late(back.said):
        return "then"
    until = back_by if back.said.at >= ends else back.said.at + TOLERANCE_MS
    if any(one.at <= until for one in leave.backs if not _is_own(leave, one)):
        return "vouched"
    return "clock" if back.said.grade == "C" else "late"


def _is_own(leave: LeaveRecord, said: Said) -> bool:
    """The person's own word; of what is secret (P4), whoever may speak of it speaks for him (§8)."""
    return said.by == leave.person or leave.privacy == SECRET


def is_said_late(said: Said) -> bool:
    """True when it was said later than the time it claims, as far as anybody can prove."""
    return said.made_at > said.at + TOLERANCE_MS


def earlier_recall(known: "LeaveRecord", at: int, op: str) -> bool:
    """True when a recall said now begins before the one known."""
    return known.recalled is None or (at, op) < (known.recalled.at, known.recalled.op)


def withdrawal(leave: LeaveRecord, view: Outlook) -> Said | None:
    """What takes the leave back: the person's own word; that of whoever filed it, or leads, only while it was not approved (CON-14)."""
    said = [leave.withdrawn] if leave.withdrawn else []
    if leave.taken_back and not _is_approved(view, leave.taken_back.at):
        said.append(leave.taken_back)
    return min(said, key=by_moment, default=None)


def _is_approved(view: Outlook, at: int) -> bool:
    return (view.now == "yes" and view.approved_at <= at) or any(start <= at < end for start, end in view.spells)


def parts(leave: LeaveRecord, view: Outlook) -> list[Span]:
    """The leave in parts by state: what is approved, what was recalled, what is not (CON-16, CON-19)."""
    from_at, to_at = bounds(leave)
    withdrawn = withdrawal(leave, view)
    if withdrawn and withdrawn.at <= from_at:
        return [Span(from_at, to_at, "withdrawn")]
    if view.now == "open" and not view.spells:
        return [Span(from_at, to_at, "pending")]
    rest: SpanState = "refused" if view.now == "no" else "pending"
    approved = [(from_at, to_at)] if view.now == "yes" else cut(view.spells, from_at, to_at)
    found = [Span(s, e, rest) for s, e in without([(from_at, to_at)], approved)]
    end = min((s.at for s in (leave.returned, withdrawn) if s), default=to_at)
    called = leave.recalled.at if leave.recalled else FOREVER
    found += [Span(s, e, "approved") for s, e in cut(approved, from_at, min(end, called, to_at))]
    found += [Span(s, e, "recalled") for s, e in cut(approved, max(from_at, called), min(end, to_at))]
    return sorted(found, key=lambda s: s.from_at)


def approved_until(spans: Iterable[Span]) -> int:
    """When the approved time ends, 0 when none is."""
    return max((s.to_at for s in spans if s.state == "approved"), default=0)


class Ends(NamedTuple):
    """What ends a leave besides its own facts. `back_by`: when 销假 is due; `extended`: a 续假 that was asked for in time goes on;
    `signed_in`: the person has signed in since, so that nobody is missing, only the word of it.
    """

    back_by: int
    extended: bool
    signed_in: bool


def state_of(leave: LeaveRecord, view: Outlook, spans: Sequence[Span], ends: Ends, now: int) -> LeaveState:
    """The state of a leave at `now`."""
    if leave.merged_into:
        return "merged"
    withdrawn = withdrawal(leave, view)
    if withdrawn and withdrawn.at <= bounds(leave)[0]:
        return "withdrawn"
    if leave.asked is None:
        return "told"
    if view.now == "no":
        return "refused"
    if not any(s.state == "approved" for s in spans) and leave.recalled is None:
        return "pending"
    return "returned" if leave.returned or withdrawn else _after_approval(leave, spans, ends, now)


def _after_approval(leave: LeaveRecord, spans: Sequence[Span], ends: Ends, now: int) -> LeaveState:
    if leave.recalled and now >= leave.recalled.at:
        return "recalled"
    end = approved_until(spans)
    if now < bounds(leave)[0]:
        return "approved"
    if now < end:
        return "running"
    if ends.extended:
        return "extended"
    return "ended" if now < ends.back_by or ends.signed_in else "overdue"


def claim_of(leave: LeaveRecord) -> Said | None:
    """The 销假 that stands, as it was said: with the time it claims."""
    return next((one for one in leave.backs if leave.returned and one.op == leave.returned.op), None)


def is_late_return(back: Return | None, how: BackSaid, back_by: int) -> bool:
    """True when 销假 was said to be after it was due (LV-07): by the time of coming back, not of its arrival (CON-19), and by a clock that
    can be believed (EVD-03).
    """
    return back is not None and back.at > back_by and how != "clock"


def is_unproven_return(back: Return | None, how: BackSaid, back_by: int) -> bool:
    """True when nobody but the person says, after it was due, that he was back in time, or a clock nobody can believe says when: neither
    late nor in time (EVD-03, EVD-04).
    """
    if back is None or how not in ("late", "clock") or back.said.made_at <= back_by:
        return False
    return back.at <= back_by or how == "clock"


def stand_in_at(leave: LeaveRecord, at: int) -> str:
    """Who stands in at a moment: as last assigned by HEAD or OFF, else whom the person named."""
    named: list[Assigned] = [a for a in leave.assigned if a.from_at <= at < a.to_at]
    if named:
        return max(named, key=lambda a: (a.made_at, a.op)).person
    return leave.asked.stand_in if leave.asked else ""


class Rival(NamedTuple):
    """An approved leave of A or of B of one post (CON-14)."""

    rid: str
    displaceable: bool
    approved_at: int


def gives_way(rivals: Iterable[Rival]) -> str:
    """Which of the leaves of A and B needs a third person: the later approved; statutory leave never before other leave (CON-14)."""
    return max(rivals, key=lambda r: (r.displaceable, r.approved_at, r.rid)).rid


def last_converted(leave: LeaveRecord) -> Converted | None:
    """The conversion that stands."""
    return max(leave.converted, key=by_moment, default=None)
