"""A year of a hall's records, put down through the store's own steps: what the registers and indices of the desk are measured on."""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from server.app import create_app, system_clock
from server.bench.crowd import SITE
from server.domain.attendance.tables import DayRecord as AttendanceDay
from server.domain.attendance.tables import ExceptionRecord, PunchRecord
from server.domain.base import Record
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_of, sessions, works_on
from server.domain.hall.sentence import Explain
from server.domain.hall.tables import HallRecord, PersonRecord, PostRecord
from server.domain.handover.tables import HandoverRecord
from server.domain.incident.tables import IncidentRecord
from server.domain.leave.tables import Asked, LeaveRecord
from server.domain.patrol.ops import Knew
from server.domain.patrol.tables import ObservationRecord, RoundRecord
from server.domain.presence.ops import Reason
from server.domain.presence.tables import CoverRecord, Mark, NoticeRecord
from server.domain.trail.tables import DayRecord, FindingRecord, TallyRecord
from server.settings import Settings
from server.store.contract import Sql, Unit
from server.store.institutions import Institutions
from sync.units import DAY_MS, HOUR_MS, MINUTE_MS

RECORDS_EACH = 2_000
REASONS: tuple[Reason, ...] = ("step_away", "errand", "meeting", "training", "site_visit", "trip")
ROUNDS_A_DAY = 7
NOTICES_A_POST = 3
LOOKS_A_POST = 3


class Place(NamedTuple):
    """The hall the year is invented for."""

    hall: Hall
    posts: list[PostRecord]
    people: list[PersonRecord]


class Year:
    """Records of so many working days up to today; the same seed makes the same year."""

    def __init__(self, place: Place, today: str, days: int, seed: int = 1) -> None:
        self._place = place
        self._today = today
        self._days = days
        self._random = random.Random(seed)
        self._n = 0
        self._months: dict[tuple[str, str], dict[str, int]] = {}

    def records(self) -> Iterator[Record]:
        """Everything, day by day; the months at the end."""
        for back in range(self._days, 0, -1):
            day = add_days(self._today, -back)
            if works_on(self._place.hall, day):
                yield from self._day(day)
        for (unit, month), numbers in sorted(self._months.items()):
            yield TallyRecord(rid=f"unit:{unit}:{month}", scope="unit", of=unit, month=month, unit=unit, numbers=numbers)

    def _day(self, day: str) -> Iterator[Record]:
        opens = sessions(self._place.hall, day)[0][0]
        for hour in range(ROUNDS_A_DAY):
            at = opens + hour * HOUR_MS
            yield RoundRecord(
                rid=self._id(), slot=f"{day}T{9 + hour:02d}", type="hourly", inspector=self._somebody(), started_at=at, finished_at=at
            )
        for post in self._place.posts:
            yield from self._post_day(post, day, opens)
        for person in self._place.people:
            yield self._ledger(
                "person",
                person.rid,
                day,
                person.unit,
                {"notices": 2, "late_notices": self._n % 9 // 8, "ended": 2, "ended_in_time": 1, "lag3": 2},
            )
            yield from self._attendance(person, day, opens)
        yield self._incident(opens)
        yield self._leave(opens)
        yield self._handover(opens)

    def _post_day(self, post: PostRecord, day: str, opens: int) -> Iterator[Record]:
        for _ in range(NOTICES_A_POST):
            yield from self._absence(post, opens)
        for _ in range(LOOKS_A_POST):
            seen = self._observation(post, day, opens)
            yield seen
            if self._random.random() < 0.1:
                yield self._finding(post, day, seen)
        numbers = {"looks": 9, "looks_served": 8, "absences": 3, "absences_noticed": 2, "absent_min": 90, "covered_min": 60}
        yield self._ledger(
            "post", post.rid, day, post.unit, numbers | {"noticed_empty_min": 20, "bare_empty_min": 10, "findings": 1, "lag5": 9}
        )

    def _absence(self, post: PostRecord, opens: int) -> Iterator[Record]:
        left = opens + self._random.randrange(400) * MINUTE_MS
        back = left + self._random.randrange(5, 90) * MINUTE_MS
        person, other, rid = self._somebody(), self._somebody(), self._id()
        yield NoticeRecord(
            rid=rid,
            person=person,
            unit=post.unit,
            whole_unit=False,
            posts=[post.rid],
            reason=self._random.choice(REASONS),
            text="...",
            destination="...",
            contact="...",
            leaves_at=left,
            first_back_at=back,
            announced_at=left,
            received_at=left + 500,
            grade="A",
            late=self._random.random() < 0.05,
            stand_in=other,
            returned=Mark(op=rid, at=back, made_at=back, by=person, grade="A"),
            state="returned",
        )
        if self._random.random() < 0.6:
            yield CoverRecord(
                rid=self._id(),
                post=post.rid,
                person=other,
                for_person=person,
                from_at=left,
                made_at=left,
                grade="A",
                until_at=back,
                shown=False,
            )

    def _observation(self, post: PostRecord, day: str, opens: int) -> ObservationRecord:
        at = opens + self._random.randrange(420) * MINUTE_MS
        return ObservationRecord(
            rid=self._id(),
            round="",
            post=post.rid,
            day=day,
            seen=self._random.choice(("serving", "idle", "empty_notice", "empty_no_notice", "covered")),
            at=at,
            received_at=at + 900,
            grade="A",
            inspector=self._somebody(),
            own_unit=False,
            knew=Knew(1, [], at),
        )

    def _finding(self, post: PostRecord, day: str, seen: ObservationRecord) -> FindingRecord:
        state = self._random.choice(("unattended", "explained", "pending", "glance"))
        return FindingRecord(
            rid=seen.rid,
            post=post.rid,
            day=day,
            unit=post.unit,
            person=self._somebody(),
            observations=[seen.rid],
            state=state,
            from_at=seen.at,
            to_at=seen.at,
        )

    def _ledger(self, scope: str, of: str, day: str, unit: str, numbers: dict[str, int]) -> DayRecord:
        month = self._months.setdefault((unit, day[:7]), {})
        for key, n in numbers.items():
            month[key] = month.get(key, 0) + n
        return DayRecord(
            rid=f"{scope}:{of}:{day}", scope="post" if scope == "post" else "person", of=of, day=day, unit=unit, numbers=numbers
        )

    def _attendance(self, person: PersonRecord, day: str, opens: int) -> Iterator[Record]:
        uid, unit, month = person.rid, person.unit, day[:7]
        yield AttendanceDay(rid=f"{day}:{uid}", person=uid, unit=unit, day=day, month=month, spells=[], due=2, state="closed")
        yield PunchRecord(
            rid=self._id(),
            person=uid,
            unit=unit,
            day=day,
            session=0,
            way="in",
            at=opens,
            not_before=opens,
            not_after=opens,
            received_at=opens,
            grade="A",
            method="phone",
        )
        if self._random.random() < 0.02:
            yield ExceptionRecord(
                rid=f"{day}:{uid}:0:in",
                person=uid,
                unit=unit,
                day=day,
                month=month,
                session=0,
                way="in",
                kind="late",
                due_at=opens,
                explain=Explain("att.late", {}),
                until=day,
                minutes=3,
                state="confirmed",
                counted=True,
            )

    def _leave(self, opens: int) -> LeaveRecord:
        person = self._random.choice(self._place.people)
        ends, rid = opens + DAY_MS, self._id()
        return LeaveRecord(
            rid=rid,
            person=person.rid,
            unit=person.unit,
            asked=Asked(
                op=rid, at=opens, received_at=opens, grade="A", by=person.rid, rank="staff", type="personal", from_at=opens, to_at=ends
            ),
            type="personal",
            privacy="P2",
            from_at=opens,
            to_at=ends,
            state="returned",
            shown=False,
        )

    def _handover(self, opens: int) -> HandoverRecord:
        post = self._random.choice(self._place.posts)
        return HandoverRecord(
            rid=self._id(),
            post=post.rid,
            unit=post.unit,
            a=self._somebody(),
            b=self._somebody(),
            from_at=opens,
            to_at=opens + DAY_MS,
            reason="leave",
            items=[],
            by="",
            made_at=opens,
            received_at=opens,
            grade="A",
            planned=True,
            state="closed",
            live=False,
            shown=False,
        )

    def _incident(self, opens: int) -> IncidentRecord:
        post = self._random.choice(self._place.posts)
        at = opens + self._random.randrange(420) * MINUTE_MS
        return IncidentRecord(
            rid=self._id(), kind="system", place=post.rid, unit=post.unit, found_at=at, received_at=at, level=4,
            reporter=self._somebody(), responder="", people=0, text="...", ticks=[], due_at=2**53 - 1,
        )  # fmt: skip

    def _somebody(self) -> str:
        return self._random.choice(self._place.people).rid

    def _id(self) -> str:
        self._n += 1
        return f"00000000-0000-7000-8000-{self._n:012x}"


async def fill(data: Path, days: int) -> int:
    """Put a year down in the demo hall of `data`; how many records."""
    app = create_app(Settings(data=data))
    await app.start()
    try:
        place = app.gate.place(SITE)
        year = await place.store.read(lambda sql: invented(sql, place.institutions, days))
        records = list(year.records())
        for first in range(0, len(records), RECORDS_EACH):
            await place.store.write(_put(records[first : first + RECORDS_EACH]), repeatable=True)
        await place.store.write(_analyze)
    finally:
        await app.stop()
    return len(records)


def span(days: int) -> str:
    """The year as the query of a register: all of it, as far as a register looks back."""
    today = day_of(system_clock(), "Asia/Shanghai")
    return f"from={add_days(today, -min(days, 365))}&to={today}"


def invented(sql: Sql, institutions: Institutions, days: int) -> Year:
    """A year for the hall that is there."""
    tables = institutions.tables
    founded = tables[HallRecord].get(sql, "hall")
    if founded is None:
        raise LookupError("no hall has been set up")
    place = Place(founded.hall, tables[PostRecord].find(sql, "", (), "rid"), tables[PersonRecord].find(sql, "unit <> ''", (), "rid"))
    return Year(place, day_of(system_clock(), founded.hall.tz), days)


def _put(records: Sequence[Record]) -> Callable[[Unit], None]:
    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            for record in records:
                tx.put(record)

    return unit


def _analyze(unit: Unit) -> None:
    with unit.step() as tx:
        tx.sql.run("ANALYZE")
