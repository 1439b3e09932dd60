"""Pure decisions about attendance (ATT-01..10, CON-20, CON-21, EVD-02..04): what the facts of a day come to, whatever arrived first.

    sessions − leave − official − excused = what is due ─▶ each edge (in, out) judged by the punches ─▶ ok | an exception
    the earliest trusted sign-in and the latest trusted sign-out count (a punch made in time wins, however late it arrives)
    what is unproven (grade C, a request, a pending leave) never accuses and never clears: 待核

    detected ─▶ answered ─▶ explained                     decided by HEAD or OFF, never by a machine (GEN-05)
        └──────────┴──────▶ confirmed ─▶ appealed ─▶ upheld | withdrawn
    pending (待核) ─▶ as above once a person has decided; cleared: the facts make it no exception any more

Answers of this domain, for `Tx.ask`: `punches_of`(uid, from_at, to_at) -> list[PunchFact], the punches with a trusted time in
[from_at, to_at), in time order; `excused`(uid, at) -> the cause (ops.Cause) of a general excuse or standing permission then, or None;
`excuse_stood`(uid, at) -> bool: one that was taken back afterwards held for the person then.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from server.domain.attendance.ops import Cause, ExceptionState, Grade, Kind, Method, Spell, Way
from server.domain.hall.sentence import Explain
from server.domain.hall.spans import Span, without
from sync.units import HOUR_MS, MINUTE_MS

ACCUSING: frozenset[Kind] = frozenset({"late", "early", "half_day", "missing", "absent"})
EXCEPTIONS: frozenset[Kind] = ACCUSING | {"pending"}
LIMITED: frozenset[Kind] = frozenset({"late", "early"})
"""What counts towards the monthly limit (ATT-02)."""
COUNTED: frozenset[ExceptionState] = frozenset({"confirmed", "upheld"})
UNDECIDED: frozenset[ExceptionState] = frozenset({"detected", "pending", "answered", "appealed"})


UNPROVEN: frozenset[str] = frozenset({"att.clock_in", "att.clock_out", "att.clock_proof", "att.outside", "att.too_early"})
"""Sentences about a punch that a person may believe or not; what else waits has a decision of its own."""


class PunchFact(NamedTuple):
    """A punch as other institutions read it. `method` says whether a machine or a person vouches for the time."""

    rid: str
    person: str
    at: int
    day: str
    session: int
    way: Way
    grade: Grade
    method: Method
    in_hall: bool | None
    received_at: int


class Punched(NamedTuple):
    """A punch as a day is judged by it. `not_before`, `not_after`: provable bounds (ms). `sure`: no person has to accept it first."""

    id: str
    session: int
    way: Way
    at: int
    not_before: int
    not_after: int
    received_at: int
    grade: Grade = "A"
    method: Method = "phone"
    in_hall: bool | None = None
    sure: bool = True


class Free(NamedTuple):
    """A span in which nothing is due, or perhaps nothing: `sure` false while the leave or notice behind it is undecided or unproven."""

    from_at: int
    to_at: int
    why: Literal["leave", "official", "excused", "incident"]
    sure: bool = True


class Seen(NamedTuple):
    """Somebody or something else saw the person at work: an inspector, a case served, a step-up (CON-21). Trusted times only."""

    id: str
    at: int


class Params(NamedTuple):
    """The hall's parameters (§16). `half_day` minutes convert into half a day, 0 never; `punches` a day: 2 or 4; a session
    can be signed in to from `open_ms` before it begins.
    """

    grace: int = 0
    half_day: int = 30
    punches: int = 4
    missing_half_day: bool = False
    in_hall_required: bool = False
    open_ms: int = 120 * MINUTE_MS


class DayFacts(NamedTuple):
    """Everything known about one person and day. `sessions`: opening sessions (ms); `closed`: the day is closed, provisionally at least."""

    sessions: tuple[Span, ...]
    punches: tuple[Punched, ...] = ()
    free: tuple[Free, ...] = ()
    seen: tuple[Seen, ...] = ()


class Edge(NamedTuple):
    """One edge of a session as judged. `at`: the punch that counts (0: none); `minutes` late or early, negative when ahead of time."""

    session: int
    way: Way
    kind: Kind
    due_at: int
    explain: Explain
    at: int = 0
    received_at: int = 0
    grade: Grade = "A"
    minutes: int = 0


class _Slot(NamedTuple):
    """What is due under one number: a session, or with two punches a day the whole day."""

    number: int
    spans: tuple[Span, ...]


def judge_day(facts: DayFacts, params: Params, now: int, closed: bool) -> list[Edge]:
    """Every edge of a day. `closed`: what is not there by now is missing; before, it is only not seen yet."""
    return [edge for slot in _slots(facts.sessions, params.punches) for edge in _judge_slot(slot, facts, params, now, closed)]


def _slots(sessions: Sequence[Span], punches: int) -> list[_Slot]:
    """Two punches a day bracket the whole day, four every session (ATT-03)."""
    if punches >= 2 * len(sessions) or len(sessions) < 2:
        return [_Slot(number, (span,)) for number, span in enumerate(sessions)]
    return [_Slot(0, tuple(sessions))]


def _judge_slot(slot: _Slot, facts: DayFacts, params: Params, now: int, closed: bool) -> list[Edge]:
    """Both edges; neither signed in nor out nor seen is one absence, not two missing punches."""
    punches = sorted((p for p in facts.punches if p.session == slot.number), key=lambda p: (p.at, p.id))
    edges = [_Judge(slot, way, punches, facts, params, now, closed).judge() for way in ("in", "out")]
    start, end = slot.spans[0][0], slot.spans[-1][1]
    seen = any(start <= s.at < end for s in facts.seen)
    if [e.kind for e in edges] in (["missing", "missing"], ["half_day", "half_day"]) and not punches and not seen:
        first, last = edges
        whole = Explain("att.absent", {"due": first.due_at, "end": last.due_at})
        return [first._replace(kind="absent", explain=whole), last._replace(kind="absent", explain=whole)]
    return edges


class _Judge:
    """The judgement of one edge: everything it depends on, so that its steps read one after the other."""

    def __init__(self, slot: _Slot, way: Way, punches: Sequence[Punched], facts: DayFacts, params: Params, now: int, closed: bool) -> None:
        self.slot, self.way, self.params, self.now, self.closed = slot, way, params, now, closed
        self.sign = 1 if way == "in" else -1
        self.start, self.end = slot.spans[0][0], slot.spans[-1][1]
        self.edge_at = self.start if way == "in" else self.end
        self.free = sorted(f for f in facts.free if f.from_at < self.end and self.start < f.to_at)
        self.seen = sorted((s for s in facts.seen if self.start - DAWN_MS <= s.at < self.end), key=lambda s: (s.at, s.id))
        self.sure_due = self._due([f for f in self.free if f.sure])
        self.all_due = self._due(self.free)
        mine = [p for p in punches if p.way == way]
        self.trusted = [p for p in mine if self._is_trusted(p)]
        self.doubtful = [p for p in mine if not self._is_trusted(p)]

    def judge(self) -> Edge:
        """What this edge comes to."""
        if self.sure_due is None:
            return self._free_edge()
        best = min(self.trusted, key=lambda p: (self.sign * self._time(p), p.id), default=None)
        minutes = self._minutes(best, self.sure_due)
        if best is not None and minutes is not None and minutes <= self.params.grace:
            key = "att.in_time" if self.way == "in" else "att.out_time"
            return self._edge("ok", key, best, minutes)
        if self.way == "out" and self.now < self.sure_due + MINUTE_MS and not self.closed:
            return self._edge("waiting", "att.cleared", best, 0)
        if self.sure_due != self.edge_at and best is None:
            return self._free_edge()
        if self._seen_in_time(best):
            return self._edge("ok", "att.seen", best, 0, proof=self.seen[0].at)
        if (doubt := self._doubt(best)) is not None:
            return doubt
        if best is None:
            return self._nothing()
        assert minutes is not None
        return self._accusation(best, minutes)

    # --- what is due ---

    def _due(self, free: Iterable[Free]) -> int | None:
        """When to sign in or out when these spans are free; None when nothing is due at all."""
        left = without(self.slot.spans, [(f.from_at, f.to_at) for f in free])
        if not left:
            return None
        return left[0][0] if self.way == "in" else left[-1][1]

    def _free_edge(self) -> Edge:
        """Leave, an official absence or an excuse lies at this edge."""
        at = self.edge_at if self.way == "in" else self.edge_at - 1
        cover = next((f for f in self.free if f.sure and f.from_at <= at < f.to_at), None)
        cover = cover or next((f for f in self.free if f.sure), None)
        assert cover is not None
        kind = "excused" if cover.why == "incident" else cover.why
        return self._edge(kind, f"att.{cover.why}", None, 0, at=cover.from_at)

    # --- the punches ---

    def _is_trusted(self, punch: Punched) -> bool:
        """Grades A and B count as they are; an untrusted clock only as far as the server's own clock proves it was in time."""
        if not punch.sure or self._is_outside(punch) or self._is_too_early(punch.at):
            return False
        if punch.grade != "C":
            return True
        due = self.sure_due if self.sure_due is not None else self.edge_at
        bound = punch.not_after if self.way == "in" else punch.not_before
        return not self._is_too_early(bound) and _floor(self.sign * (bound - due)) <= self.params.grace

    def _is_outside(self, punch: Punched) -> bool:
        """The hall wants proof that a phone was in it, and there is none."""
        return self.params.in_hall_required and punch.method == "phone" and punch.in_hall is not True

    def _is_too_early(self, at: int) -> bool:
        """Nobody signs in for the morning at night."""
        return self.way == "in" and at < self.start - self.params.open_ms

    def _time(self, punch: Punched) -> int:
        """The time by which a trusted punch counts: its own, or the bound that is proven."""
        if punch.grade != "C":
            return punch.at
        return punch.not_after if self.way == "in" else punch.not_before

    def _minutes(self, punch: Punched | None, due: int | None) -> int | None:
        """Whole minutes late (in) or early (out); seconds are given to the person."""
        if punch is None or due is None:
            return None
        return _floor(self.sign * (self._time(punch) - due))

    # --- what speaks for the person ---

    def _seen_in_time(self, best: Punched | None) -> bool:
        """Somebody saw the person at work by the time due: the punch is late, the person was not."""
        if self.way == "out" or best is None or self.sure_due is None or not self.seen:
            return False
        return _floor(self.seen[0].at - self.sure_due) <= self.params.grace

    def _doubt(self, best: Punched | None) -> Edge | None:
        """待核: something unproven would clear the edge, or nothing proven accuses."""
        better = [p for p in self.doubtful if best is None or self.sign * p.at < self.sign * self._time(best)]
        if better:
            return self._doubtful(min(better, key=lambda p: (self.sign * p.at, p.id)))
        for cover in self.free:
            if not cover.sure and self._would_clear(best):
                return self._edge("pending", WAITING[cover.why], best, 0, at=cover.from_at)
        return None

    def _would_clear(self, best: Punched | None) -> bool:
        """Whether nothing would be wrong here if everything undecided were decided for the person."""
        if self.all_due is None or (best is None and self.all_due != self.edge_at):
            return True
        minutes = self._minutes(best, self.all_due)
        return minutes is not None and minutes <= self.params.grace

    def _doubtful(self, punch: Punched) -> Edge:
        if not punch.sure:
            return self._edge("pending", "att.request" if punch.method == "correction" else "att.listed", punch, 0)
        if self._is_outside(punch):
            return self._edge("pending", "att.outside", punch, 0)
        if punch.grade != "C":
            return self._edge("pending", "att.too_early", punch, 0)
        if self.seen:
            return self._edge("pending", "att.clock_proof", punch, 0, proof=self.seen[0].at)
        return self._edge("pending", f"att.clock_{self.way}", punch, 0)

    # --- what accuses ---

    def _nothing(self) -> Edge:
        """No punch: not due yet, not heard of yet, or missing once the day is closed."""
        assert self.sure_due is not None
        if not self.closed:
            over = self.now >= self.sure_due + (self.params.grace + 1) * MINUTE_MS
            return self._edge("unseen" if over and self.way == "in" else "waiting", "att.cleared", None, 0)
        if self.params.missing_half_day:
            return self._edge("half_day", f"att.unsigned_{self.way}", None, 0)
        return self._edge("missing", f"att.missing_{self.way}", None, 0)

    def _accusation(self, punch: Punched, minutes: int) -> Edge:
        """Late or early; from so many minutes on half a day, and then nothing else (ATT-04)."""
        if 0 < self.params.half_day <= minutes:
            return self._edge("half_day", f"att.half_{self.way}", punch, minutes)
        return self._edge("late" if self.way == "in" else "early", "att.late" if self.way == "in" else "att.early", punch, minutes)

    def _edge(self, kind: Kind, key: str, punch: Punched | None, minutes: int, **more: int) -> Edge:
        due = self.sure_due if self.sure_due is not None else self.edge_at
        said = {"due": due, "late": minutes, "ladder": self.params.half_day}
        if punch:
            said |= {"at": punch.at, "received": punch.received_at}
        said |= more
        params: dict[str, str | int] = {k: said[k] for k in _SAYS[key]}
        explain = Explain(key, params)
        if punch is None:
            return Edge(self.slot.number, self.way, kind, due, explain)
        return Edge(self.slot.number, self.way, kind, due, explain, punch.at, punch.received_at, punch.grade, minutes)


DAWN_MS = HOUR_MS
"""Who is seen at work up to an hour before the session begins has come for it."""

WAITING: dict[str, str] = {"leave": "att.leave_waiting", "official": "att.away_waiting", "excused": "att.excuse_ended"}
"""What is said of a span that is free only perhaps, by why."""

_SAYS: dict[str, tuple[str, ...]] = {
    "att.late": ("due", "at", "late"),
    "att.early": ("due", "at", "late"),
    "att.half_in": ("due", "at", "late", "ladder"),
    "att.half_out": ("due", "at", "late", "ladder"),
    "att.missing_in": ("due",),
    "att.missing_out": ("due",),
    "att.unsigned_in": ("due",),
    "att.unsigned_out": ("due",),
    "att.clock_in": ("at", "received"),
    "att.clock_out": ("at", "received"),
    "att.clock_proof": ("at", "received", "proof"),
    "att.request": ("at",),
    "att.listed": ("at",),
    "att.outside": ("at",),
    "att.too_early": ("at",),
    "att.leave_waiting": ("at",),
    "att.away_waiting": ("at",),
    "att.excuse_ended": ("at",),
    "att.in_time": ("due", "at", "received"),
    "att.out_time": ("due", "at", "received"),
    "att.seen": ("due", "proof"),
    "att.leave": ("at",),
    "att.official": ("at",),
    "att.excused": ("at",),
    "att.incident": ("at",),
    "att.cleared": (),
}
"""What each sentence needs to know."""


def _floor(ms: int) -> int:
    return ms // MINUTE_MS


def spells_of(edges: Sequence[Edge]) -> list[Spell]:
    """The edges of a day, session by session."""
    numbers = sorted({e.session for e in edges})
    by_key = {(e.session, e.way): e for e in edges}
    spells = []
    for number in numbers:
        come, go = by_key[number, "in"], by_key[number, "out"]
        spells.append(Spell(in_at=come.at, out_at=go.at, in_kind=come.kind, out_kind=go.kind))
    return spells


# --- what became of an exception ---------------------------------------------------------------------------------------


class Case(NamedTuple):
    """An exception and what was said and decided about it. `decided`: whether the explanation was accepted, None while undecided."""

    kind: Kind
    answered: bool = False
    decided: bool | None = None
    decided_kind: Kind = "ok"
    appealed: bool = False
    appeal_upheld: bool | None = None


def state_of(case: Case) -> ExceptionState:
    """The state of an exception; a decision about another kind than the present one is none."""
    if case.kind not in EXCEPTIONS:
        return "cleared"
    if case.decided is None or case.decided_kind != case.kind:
        if case.kind == "pending":
            return "pending"
        return "answered" if case.answered else "detected"
    if case.decided:
        return "explained"
    if case.appeal_upheld is not None:
        return "upheld" if case.appeal_upheld else "withdrawn"
    return "appealed" if case.appealed else "confirmed"


def is_counted(kind: Kind, state: ExceptionState) -> bool:
    """Only what a person confirmed, and no appeal is open against, counts; what is unproven never does."""
    return kind in ACCUSING and state in COUNTED


def over_limit(counted: Iterable[tuple[str, Kind]], limit: int) -> list[str]:
    """The exceptions that make a candidate: late and early together more than `limit` in the month (ATT-02), else none."""
    events = sorted(rid for rid, kind in counted if kind in LIMITED)
    return events if len(events) > limit else []


def half_days(counted: Iterable[tuple[str, int, Kind]]) -> int:
    """Half days lost: each session of a day at most once, whatever happened at its two edges."""
    return len({(day, session) for day, session, kind in counted if kind == "half_day"})


class Excused(NamedTuple):
    """A general excuse or a standing permission, as far as it bears on one person. `daily`: "HH:MM" to "HH:MM" of each day, or all day."""

    from_at: int
    to_at: int
    cause: Cause
    daily: tuple[str, str] = ("", "")


NOT_DUE: frozenset[Kind] = frozenset({"leave", "official", "excused", "waiting"})


def sessions_due(spells: Sequence[Spell]) -> int:
    """In how many sessions the person had to be there: those of leave, official duty and general excuses are not due (IDX-02, ATT-07)."""
    return sum(spell.in_kind not in NOT_DUE for spell in spells)
