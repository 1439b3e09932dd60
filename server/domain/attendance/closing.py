"""What time alone makes due: who has not signed in, the daily provisional close, the month's sheet and its settlement (EVD-10, ATT-09)."""

from server.domain.attendance import demo, views
from server.domain.attendance.days import book_of, next_month, reckon, settles_at, show_sheet, show_unit, totals_of
from server.domain.attendance.facts import is_due, params_of
from server.domain.attendance.ops import AttCounts, MonthTotals
from server.domain.attendance.tables import (
    AdjustmentRecord,
    BookRecord,
    CorrectionRecord,
    DayRecord,
    ExceptionRecord,
    HandListRecord,
    SheetRecord,
)
from server.domain.base import Tx
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.recount import calendar_changed
from server.domain.hall.rules import add_days, at_time, day_start, next_working_day, posted_sessions, setting
from server.domain.hall.tables import PersonRecord
from sync.units import DAY_MS, MINUTE_MS

CATCH_UP_DAYS_MAX = 62
"""After a longer stop of the server, earlier days are not made up: nobody is judged by a clock that stood still."""


def found(tx: Tx) -> None:
    """The book is opened."""
    if book_of(tx) is None:
        hall = hall_of(tx)
        tx.put(demo.begin(tx) if hall.demo else _begin(tx, today_of(tx)))


def tick(tx: Tx) -> None:
    """Reckon at the moments of the hall's day at which time changes something; otherwise nothing is read but the book."""
    hall = hall_of(tx)
    today = today_of(tx)
    book = book_of(tx)
    if book is None:
        return
    if calendar_changed(tx, "attendance"):
        for exc in tx.find(ExceptionRecord, "day >= ? AND settled = ?", [_first_open(book), False]):
            if exc.until >= today or exc.session >= len(posted_sessions(hall, exc.day)):
                reckon(tx, hall, exc.person, exc.day)
        _look_at_settled(tx, hall, book)
    step = sum(moment <= tx.now for moment in _moments(hall, today))
    if (book.day, book.step) == (today, step):
        return
    fresh = book.day != today or book.step < 0
    since = max(book.day, add_days(today, -CATCH_UP_DAYS_MAX))
    book.day, book.step = today, step
    tx.put(book)
    if hall.demo:
        demo.play(tx, hall, since, today)
    _close_days(tx, hall, book)
    _open_days(tx, hall, since, today, book)
    _settle_months(tx, hall, book)
    if fresh:
        _ask_for_months(tx, hall, today)


def _look_at_settled(tx: Tx, hall: Hall, book: BookRecord) -> None:
    """A day of a settled month on which the hall is closed now, or open again: the office sees what it cost, and sheets say so (EVD-10)."""
    day = f"{book.first_month}-01"
    while book.settled and day[:7] <= book.settled:
        keeps = len(posted_sessions(hall, day))
        if any(len(one.spells) > keeps or one.shut for one in tx.find(DayRecord, "day = ?", [day], "rid LIMIT 1")):
            for record in tx.find(DayRecord, "day = ? AND state = 'closed'", [day]):
                record.shut = len(record.spells) > keeps
                tx.put(record)
                reckon(tx, hall, record.person, day)
                show_sheet(tx, hall, record.person, record.month)
        day = add_days(day, 1)


def _begin(tx: Tx, today: str) -> BookRecord:
    """Attendance is kept from now on: what is past accuses nobody."""
    return BookRecord(rid="book", since_at=tx.now - tx.now % MINUTE_MS, day=today, closed=add_days(today, -1), first_month=today[:7])


def _moments(hall: Hall, day: str) -> list[int]:
    """When time changes something: each session's edges with their grace, and the daily close."""
    late = (params_of(hall, day).grace + 1) * MINUTE_MS
    edges = [moment for start, end in posted_sessions(hall, day) for moment in (start + late, end + MINUTE_MS)]
    return [*edges, *_closes(hall, day)]


def _closes(hall: Hall, day: str) -> list[int]:
    """When the days before are closed on a day: those since the last working day, and that one."""
    found, before = [], add_days(day, -1)
    while next_working_day(hall, before) == day:
        found.append(close_at(hall, before))
        before = add_days(before, -1)
    return found


def close_at(hall: Hall, day: str) -> int:
    """When a day is closed: on the next working day, by the clock that was the hall's on the day itself."""
    return at_time(next_working_day(hall, day), str(setting(hall, "evd.daily_close", day)), hall.tz)


def _open_days(tx: Tx, hall: Hall, since: str, today: str, book: BookRecord) -> None:
    """Every day from the last one reckoned up to today: whoever is due has a line; what is not plain is judged again."""
    people: list[PersonRecord] = tx.ask("people")
    day = since
    while day <= today:
        if posted_sessions(hall, day):
            for person in people:
                if day == today or (is_due(tx, hall, person, day) and tx.get(DayRecord, f"{day}:{person.rid}") is None):
                    reckon(tx, hall, person.rid, day)
        day = add_days(day, 1)
    for record in tx.find(DayRecord, "day >= ? AND day < ? AND state <> 'closed' AND plain = ?", [_first_open(book), today, False]):
        reckon(tx, hall, record.person, record.day)


def _first_open(book: BookRecord) -> str:
    """The first day whose month is not settled."""
    return f"{next_month(book.settled) if book.settled else book.first_month}-01"


def _close_days(tx: Tx, hall: Hall, book: BookRecord) -> None:
    """Provisional close: at noon of the next working day (EVD-10)."""
    day = add_days(book.closed, 1)
    while tx.now >= close_at(hall, day):
        close_day(tx, hall, day, book)
        day = add_days(day, 1)


def close_day(tx: Tx, hall: Hall, day: str, book: BookRecord) -> None:
    """What has not been heard of by now is missing, until it arrives."""
    book.closed = max(book.closed, day)
    tx.put(book)
    for record in tx.find(DayRecord, "day = ? AND state = 'open'", [day]):
        record.state = "provisional"
        tx.put(record)
        if not record.plain:
            reckon(tx, hall, record.person, day)
            continue
        tx.project(views.day_face(record, ()))
        show_sheet(tx, hall, record.person, record.month)


# --- the month --------------------------------------------------------------------------------------------------------


def _settle_months(tx: Tx, hall: Hall, book: BookRecord) -> None:
    """Settle every month whose time has come."""
    month = next_month(book.settled) if book.settled else book.first_month
    while tx.now >= settles_at(hall, month):
        settle_month(tx, hall, month, book)
        month = next_month(month)


def settle_month(tx: Tx, hall: Hall, month: str, book: BookRecord) -> None:
    """月结: what is confirmed by now counts; what is not, does not. Afterwards only adjustments."""
    last = add_days(f"{next_month(month)}-01", -1)
    day = max(add_days(book.closed, 1), f"{month}-01")
    while day <= last:
        close_day(tx, hall, day, book)
        day = add_days(day, 1)
    book.settled = month
    tx.put(book)
    for record in tx.find(DayRecord, "day >= ? AND day <= ?", [f"{month}-01", last]):
        record.state = "closed"
        tx.put(record)
    for exc in tx.find(ExceptionRecord, "month = ?", [month]):
        exc.settled = True
        tx.put(exc)
    for sheet in tx.find(SheetRecord, "month = ?", [month]):
        show_sheet(tx, hall, sheet.person, month)
    for unit in tx.ask("units"):
        show_unit(tx, hall, month, unit.rid)
        show_counts(tx, month, unit.rid)
    forget(tx, hall)


def _ask_for_months(tx: Tx, hall: Hall, today: str) -> None:
    """On the first tick of a day: last month's sheets are asked for as soon as it is over."""
    month = add_days(f"{today[:7]}-01", -1)[:7]
    for sheet in tx.find(SheetRecord, "month = ?", [month]):
        show_sheet(tx, hall, sheet.person, month)
    for unit in tx.ask("units"):
        for one in (month, today[:7]):
            show_unit(tx, hall, one, unit.rid)
    forget(tx, hall)


def show_counts(tx: Tx, month: str, unit: str) -> None:
    """A settled month of a unit as numbers, without names (ATT-09)."""
    sheets = tx.find(SheetRecord, "month = ? AND unit = ?", [month, unit])
    if not sheets:
        return
    exceptions = tx.find(ExceptionRecord, "month = ? AND unit = ?", [month, unit])
    parts = [
        totals_of(tx.find(DayRecord, "person = ? AND month = ?", [s.person, month]), [e for e in exceptions if e.person == s.person])
        for s in sheets
    ]
    sums = {name: sum(getattr(part, name) for part in parts) for name in MonthTotals.__struct_fields__}
    tx.project(views.counts_face(f"{month}:{unit}", AttCounts(unit, month, len(sheets), MonthTotals(**sums))))


# --- what phones keep -------------------------------------------------------------------------------------------------


def forget(tx: Tx, hall: Hall) -> None:
    """Rows older than last month leave the devices; the records stay."""
    today = today_of(tx)
    first = f"{add_days(f'{today[:7]}-01', -1)[:7]}-01"
    for sheet in tx.find(SheetRecord, "month < ? AND shown = ?", [first[:7], True]):
        sheet.shown = False
        tx.put(sheet)
        show_sheet(tx, hall, sheet.person, sheet.month)
        tx.retract("att.candidate", sheet.rid)
    for exc in tx.find(ExceptionRecord, "day < ? AND shown = ?", [first, True]):
        exc.shown = False
        tx.put(exc)
        for face in views.exception_faces(exc, ()):
            tx.project(face)
    month = add_days(first, -1)[:7]
    for unit in tx.ask("units"):
        tx.retract("att.unit", f"{month}:{unit.rid}")
        tx.retract("att.counts", f"{month}:{unit.rid}")
    start = day_start(first, hall.tz)
    for request in tx.find(CorrectionRecord, "at < ? AND at >= ?", [start, start - 40 * DAY_MS]):
        tx.retract("att.correction", request.rid)
    for listed in tx.find(HandListRecord, "at < ? AND at >= ?", [start, start - 40 * DAY_MS]):
        tx.retract("att.list", listed.rid)
        for one in listed.people:
            tx.retract("att.listed", f"{listed.rid}:{one.person}")
    for old in tx.find(AdjustmentRecord, "month < ?", [month]):
        if old.judged or old.lapsed:  # what waits for a word, the office goes on seeing
            tx.retract("att.adjustment", old.rid)
