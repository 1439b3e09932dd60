"""The days a demo hall has behind it: what its people would have said, hour by hour, from a seed (catalogue §14). Nothing here is real.

A plan is made day by day from who is on the roster; the caller runs it through the same handlers as any phone's ops (server/past.py).
"""

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from server.domain.attendance.ops import Punch
from server.domain.base import Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import posted_sessions
from server.domain.handover.ops import Back, HandoverItem, ItemNote, Prepare, SheetAnswer, SheetClose, SheetReceived
from server.domain.incident.ops import Report
from server.domain.leave.ops import LeaveDecide, LeaveRequest, LeaveReturn
from server.domain.patrol.ops import Knew, Observe, RoundFinish, RoundStart, ZoneClear
from server.domain.presence.ops import Announce, Answer, Extend, HandBack, JudgeLate, Reason, Received, Return, StepUp
from server.domain.presence.rules import LATE_TOLERANCE_MS
from server.domain.trail.ops import FindingAnswer, FindingDecide
from server.domain.trail.tables import FindingRecord
from sync.clock import Grade
from sync.ids import uuid7
from sync.units import HOUR_MS, MINUTE_MS

DATA = Path(__file__).parent / "hall" / "demo_data" / "past.json"


class Words(msgspec.Struct):
    """What the people of the demo say."""

    destinations: list[str]
    errands: list[str]
    late_ok: str
    late_no: str
    answers: list[str]
    rulings: list[str]
    withdrawn: str
    leave_texts: list[str]
    matters: list[str]
    incidents: list[str]
    answered: str
    reports: list[str]
    closed: str


@cache
def words(locale: str) -> Words:
    """The words of the past of a demo hall that writes in this language."""
    return msgspec.json.decode(DATA.read_bytes(), type=dict[str, Words])[locale]


class Said(NamedTuple):
    """One op of the past: said at `at` (ms), received at `received_at`, its time worth `grade`."""

    at: int
    kind: str
    uid: str
    rid: str
    args: msgspec.Struct
    received_at: int
    grade: Grade = "A"


def is_said(tx: Tx, said: Said) -> bool:
    """Whether there is anything to say it about: of a finding one answers what is held against one, and decides what is in doubt."""
    if said.kind not in ("finding.answer", "finding.decide"):
        return True
    finding = tx.get(FindingRecord, said.rid)
    return finding is not None and bool(finding.state) and (finding.doubt or said.kind == "finding.answer")


class People(NamedTuple):
    """Who plays what in a hall: `zones` of posts; `duties`: A and B of a post that day; `heads` by unit; `units` by person."""

    staff: list[str]
    inspectors: list[str]
    office: list[str]
    zones: dict[str, list[str]]
    duties: dict[str, tuple[str, str]]
    units: dict[str, str]
    heads: dict[str, str]


def plan(hall: Hall, people: People, day: str, seed: int) -> list[Said]:
    """Everything that is said on a day, in the order in which it reaches the server."""
    if not posted_sessions(hall, day):
        return []
    said = [*_Day(hall, people, day, random.Random(f"{seed}:{day}")).all()]
    return sorted(said, key=lambda s: (s.received_at, s.at, s.rid, s.kind))


class _Day:
    def __init__(self, hall: Hall, people: People, day: str, rng: random.Random) -> None:
        self.hall, self.people, self.day, self.rng = hall, people, day, rng
        self.words = words(hall.locale)
        self.sessions = posted_sessions(hall, day)
        self.gone: dict[str, list[tuple[int, int, bool]]] = {}
        self.on_leave: set[str] = set()

    def all(self) -> Iterator[Said]:
        """Leaves first: who is on leave neither punches nor leaves a post."""
        yield from self.leaves()
        yield from self.punches()
        yield from self.absences()
        yield from self.rounds()
        yield from self.incidents()

    def said(
        self, at: int, kind: str, uid: str, rid: str, args: msgspec.Struct, *, offline: float = 0.25, grade: Grade = "A", after: int = 0
    ) -> Said:
        """An op, received at once or, one in so many, some time later: a basement without signal. Not received before `after`."""
        late = self.rng.randrange(5 * MINUTE_MS, 90 * MINUTE_MS) if self.rng.random() < offline else self.rng.randrange(300, 4_000)
        return Said(at, kind, uid, rid, args, max(at + late, after + 1), grade)

    def rid(self, at: int) -> str:
        """A fresh UUIDv7 of that moment."""
        return uuid7(at, self.rng.getrandbits(12) << 62 | self.rng.getrandbits(62))

    def moment(self, start: int, end: int) -> int:
        """A whole second of a span."""
        return self.rng.randrange(start, max(end, start + 1000), 1000)

    # --- leave and hand-over -----------------------------------------------------------------------------------------

    def leaves(self) -> Iterator[Said]:
        """A few half days of leave a day, with their approvals, the hand-over and the return."""
        pairs = [(post, a, b) for post, (a, b) in sorted(self.people.duties.items()) if a and b and a != b]
        for post, a, b in self.rng.sample(pairs, min(len(pairs), 2)):
            unit = self.people.units.get(a, "")
            head = self.people.heads.get(unit, "")
            if head in ("", a) or {a, b} & self.on_leave:
                continue
            start, end = self.rng.choice(self.sessions)
            asked = self.sessions[0][0] - self.rng.randrange(2 * HOUR_MS, 20 * HOUR_MS)
            leave, sheet = self.rid(asked), self.rid(asked + 1)
            ask = LeaveRequest(a, "personal", start, end, self.rng.choice(self.words.leave_texts), b)
            yield self.said(asked, "leave.request", a, leave, ask, offline=0)
            yield self.said(asked + 20 * MINUTE_MS, "leave.decide", head, leave, LeaveDecide(True), offline=0)
            yield self.said(asked + 40 * MINUTE_MS, "leave.decide", self.people.office[0], leave, LeaveDecide(True), offline=0)
            items = [HandoverItem(self.rng.choice(self.words.matters), due=self.day)]
            yield self.said(asked + 30_000, "handover.prepare", a, sheet, Prepare(post, a, b, start, end, "leave", items), offline=0)
            yield self.said(asked + 50_000, "handover.received", b, sheet, SheetReceived(), offline=0)
            yield self.said(asked + 90_000, "handover.answer", b, sheet, SheetAnswer(True), offline=0)
            yield from self._handed_back(sheet, a, b, end)
            yield self.said(end - 5 * MINUTE_MS, "leave.return", a, leave, LeaveReturn(end), after=end)
            if start == self.sessions[0][0] or len(self.sessions) == 1:
                self.on_leave.add(a)
            self.gone.setdefault(post, []).append((start, end, self.rng.random() < 0.9))

    def _handed_back(self, sheet: str, a: str, b: str, end: int) -> Iterator[Said]:
        """What came of the matter, everything handed back with a report, and A has it again."""
        if self.rng.random() < 0.8:
            yield self.said(end - 30 * MINUTE_MS, "handover.item", b, sheet, ItemNote(0, "done"), offline=0)
        back = self.said(end, "handover.back", b, sheet, Back(end, self.rng.choice(self.words.reports)), offline=0.1)
        yield back
        if self.rng.random() < 0.9:
            yield self.said(end + 6 * MINUTE_MS, "handover.close", a, sheet, SheetClose(self.words.closed), after=back.received_at)

    def punches(self) -> Iterator[Said]:
        """Everybody signs in and out of each session; a few are late, a few forget."""
        for uid in self.people.staff:
            if uid in self.on_leave:
                continue
            for n, (start, end) in enumerate(self.sessions):
                into = start - self.rng.randrange(0, 15 * MINUTE_MS) + (self.rng.random() < 0.01) * 20 * MINUTE_MS
                yield self.said(into, "att.punch", uid, self.rid(into), Punch(self.day, n, "in", True), offline=0.05)
                out = end + self.rng.randrange(0, 10 * MINUTE_MS)
                if self.rng.random() > 0.003:
                    yield self.said(out, "att.punch", uid, self.rid(out), Punch(self.day, n, "out", True), offline=0.05)

    # --- absence -----------------------------------------------------------------------------------------------------

    def absences(self) -> Iterator[Said]:
        """Every post is left now and then, mostly with a notice made on leaving and somebody who stands in."""
        for post, (a, b) in sorted(self.people.duties.items()):
            if not a or a in self.on_leave:
                continue
            for start, end in self.sessions:
                if self.rng.random() < 0.45:
                    yield from self._absence(post, a, b, start, end)

    def _absence(self, post: str, a: str, b: str, start: int, end: int) -> Iterator[Said]:
        rng = self.rng
        leaves = self.moment(start + 10 * MINUTE_MS, end - 50 * MINUTE_MS)
        back = leaves + rng.choice((5, 10, 15, 20, 30)) * MINUTE_MS
        gone = min(end - MINUTE_MS, back + rng.choice((-4, -2, 0, 3, 6, 18)) * MINUTE_MS)
        way = rng.random()
        if way < 0.03:  # without a notice
            self.gone.setdefault(post, []).append((leaves, gone, False))
            return
        made = leaves + rng.randrange(4, 25) * MINUTE_MS if way < 0.07 else leaves - rng.randrange(0, MINUTE_MS)
        grade: Grade = "C" if rng.random() < 0.01 else "B" if rng.random() < 0.05 else "A"
        named = b if b and b not in self.on_leave and back - leaves >= 15 * MINUTE_MS else None
        rid = self.rid(made)
        reason: Reason = "meeting" if back - leaves > 20 * MINUTE_MS else "step_away"
        where = rng.choice(self.words.destinations) if reason == "meeting" else ""
        notice = Announce([post], reason, leaves, back, a, destination=where, text=rng.choice(self.words.errands), stand_in=named)
        said = self.said(made, "away.announce", a, rid, notice, grade=grade)
        yield said
        known = said.received_at
        covered = False
        if named:
            yield self.said(made + 20_000, "away.received", b, rid, Received(), after=known, offline=0)
            if rng.random() < 0.8:
                covered = rng.random() < 0.95
                yield self.said(made + 40_000, "away.answer", b, rid, Answer(True, self.words.answered), after=known, offline=0)
                if covered:
                    yield from self._cover(post, b, rid, leaves, gone, known)
        if gone > back + 12 * MINUTE_MS and rng.random() < 0.7:
            yield self.said(back - MINUTE_MS, "away.extend", a, rid, Extend(gone), after=known)
        if made > leaves + LATE_TOLERANCE_MS and (head := self.people.heads.get(self.people.units.get(a, ""), "")) not in ("", a):
            accept = rng.random() < 0.7
            text = self.words.late_ok if accept else self.words.late_no
            yield self.said(made + 30 * MINUTE_MS, "away.judge_late", head, rid, JudgeLate(accept, text), after=known, offline=0)
        yield self.said(gone, "away.return", a, rid, Return(gone), after=known)
        self.gone.setdefault(post, []).append((leaves, gone, covered))

    def _cover(self, post: str, b: str, notice: str, leaves: int, gone: int, known: int) -> Iterator[Said]:
        rid = self.rid(leaves + MINUTE_MS)
        taken = self.said(leaves + MINUTE_MS, "cover.step_up", b, rid, StepUp(post, leaves + MINUTE_MS, notice), after=known)
        yield taken
        yield self.said(gone, "cover.hand_back", b, rid, HandBack(gone), after=taken.received_at)

    # --- patrol ------------------------------------------------------------------------------------------------------

    def rounds(self) -> Iterator[Said]:
        """An hourly round through every zone: who is missing is looked at again ten minutes later."""
        for start, end in self.sessions:
            hour = start + (-start) % HOUR_MS
            while hour + 40 * MINUTE_MS <= end:
                if self.rng.random() < 0.97:
                    yield from self._round(hour + self.rng.randrange(0, 8 * MINUTE_MS, 1000))
                hour += HOUR_MS

    def _round(self, at: int) -> Iterator[Said]:
        who = self.rng.choice(self.people.inspectors)
        rid, begun = self.rid(at), at
        slot = f"{self.day}T{(begun // HOUR_MS + 8) % 24:02d}"
        offline = 1.0 if self.rng.random() < 0.3 else 0.0
        yield self.said(at, "patrol.start", who, rid, RoundStart(slot, "hourly", at), offline=offline)
        for zone, posts in self.people.zones.items():
            at += self.rng.randrange(2, 5) * MINUTE_MS
            knew = Knew(1, [], at - 10 * MINUTE_MS)
            empty = [post for post in posts if self._is_gone(post, at)]
            for post in empty:
                yield from self._found_empty(who, rid, post, at, knew, offline)
            if others := [post for post in posts if post not in empty]:
                yield self.said(at, "patrol.zone_clear", who, rid, ZoneClear(zone, others, at, knew), offline=offline)
        # A phone sends in the order in which things were said.
        last = at + 2 * HOUR_MS if offline else at + 2 * MINUTE_MS
        yield self.said(at + MINUTE_MS, "patrol.finish", who, rid, RoundFinish(at + MINUTE_MS), offline=offline, after=last)

    def _is_gone(self, post: str, at: int) -> bool:
        return any(start <= at < end and not covered for start, end, covered in self.gone.get(post, ()))

    def _found_empty(self, who: str, rid: str, post: str, at: int, knew: Knew, offline: float) -> Iterator[Said]:
        first = self.rid(at)
        grade: Grade = "C" if self.rng.random() < 0.02 else "A"
        args = Observe(rid, post, "empty_no_notice", at, knew, codes=["P4"])
        seen = self.said(at, "patrol.observe", who, first, args, offline=offline, grade=grade)
        yield seen
        again = at + self.rng.randrange(10, 13) * MINUTE_MS
        still = self._is_gone(post, again)
        args = Observe(rid, post, "empty_no_notice" if still else "serving", again, knew, recheck_of=first)
        look = self.said(again, "patrol.observe", who, self.rid(again), args, offline=offline, grade=grade)
        yield look
        a = self.people.duties[post][0]
        if still and a and self.rng.random() < 0.4:
            known = max(seen.received_at, look.received_at)
            text = self.rng.choice(self.words.answers)
            yield self.said(known + HOUR_MS, "finding.answer", a, first, FindingAnswer(text), offline=0)
            decide = FindingDecide(self.rng.random() < 0.3, self.rng.choice(self.words.rulings))
            yield self.said(known + 2 * HOUR_MS, "finding.decide", self.people.office[0], first, decide, offline=0)

    def incidents(self) -> Iterator[Said]:
        """Something small every other day."""
        if self.rng.random() < 0.5:
            at = self.moment(*self.sessions[0])
            place, text = self.rng.choice(sorted(self.people.duties)), self.rng.choice(self.words.incidents)
            yield self.said(at, "incident.report", self.people.inspectors[0], self.rid(at), Report("crowd", place, at, 3, 12, text))
