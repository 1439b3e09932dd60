"""A demo hall signs in and out by itself, so that a month has something in it. Deterministic by day and person."""

from zlib import crc32

from server.domain.attendance.facts import is_due, punches_on
from server.domain.attendance.ops import Spell
from server.domain.attendance.tables import BookRecord, DayRecord, PunchRecord
from server.domain.attendance.views import day_face
from server.domain.base import Tx
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_start, posted_sessions, works_on
from server.domain.hall.tables import PersonRecord
from sync.units import MINUTE_MS

DAYS_BACK = 5
"""How many working days of a new demo hall are already in the books."""
LATE_MS = 6 * MINUTE_MS


def begin(tx: Tx) -> BookRecord:
    """The book of a new demo hall, opened a working week ago."""
    hall = hall_of(tx)
    today = today_of(tx)
    day = today
    for _ in range(DAYS_BACK):
        day = add_days(day, -1)
        while not works_on(hall, day):
            day = add_days(day, -1)
    return BookRecord(rid="book", since_at=day_start(day, hall.tz), day=day, closed=add_days(day, -1), first_month=day[:7])


def play(tx: Tx, hall: Hall, since: str, today: str) -> None:
    """Everybody's punches from `since` on that lie in the past and that nobody made himself."""
    people: list[PersonRecord] = tx.ask("people")
    day = since
    while day <= today:
        for person in people if posted_sessions(hall, day) else ():
            if is_due(tx, hall, person, day):
                _play_day(tx, hall, person, day, late=person is people[0] and day == since)
        day = add_days(day, 1)


def _play_day(tx: Tx, hall: Hall, person: PersonRecord, day: str, late: bool) -> None:
    """One person's day; one that is over and as it should be needs no judging. `late`: so that there is something to answer."""
    made = {(p.session, p.way) for p in punches_on(tx, person.rid, day)}
    spells: list[Spell] = []
    for session, (start, end) in enumerate(posted_sessions(hall, day)):
        come, go = (_moment(f"{day}:{person.rid}:{session}:{way}", way, due) for way, due in (("in", start), ("out", end)))
        if late and session:
            come = start + LATE_MS
        for way, at in (("in", come), ("out", go)):
            if at and at <= tx.now and (session, way) not in made:
                tx.put(_terminal_punch(person, day, session, way, at))
        if 0 < come <= start and end <= go <= tx.now:
            spells.append(Spell(come, go))
    rid = f"{day}:{person.rid}"
    if not made and len(spells) == len(posted_sessions(hall, day)) and day < today_of(tx) and tx.get(DayRecord, rid) is None:
        record = DayRecord(rid=rid, person=person.rid, unit=person.unit, day=day, month=day[:7], spells=spells, due=len(spells))
        tx.put(record)
        tx.project(day_face(record, ()))


def _moment(key: str, way: str, due: int) -> int:
    """When: mostly a few minutes to spare; one in sixty is late or early, one in two hundred is forgotten (0)."""
    roll = crc32(key.encode())
    if roll % 200 == 0:
        return 0
    spare = 1 + roll // 200 % 14
    if roll % 60 == 0:
        spare = -spare
    return due - spare * MINUTE_MS if way == "in" else due + spare * MINUTE_MS


def _terminal_punch(person: PersonRecord, day: str, session: int, way: str, at: int) -> PunchRecord:
    return PunchRecord(
        rid=f"demo-{day}-{person.rid}-{session}-{way}",
        person=person.rid,
        unit=person.unit,
        day=day,
        session=session,
        way="in" if way == "in" else "out",
        at=at,
        not_before=at,
        not_after=at,
        received_at=at,
        grade="A",
        method="terminal",
        by=person.rid,
    )
