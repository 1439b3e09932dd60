"""What the facts come to: a day, its exceptions, and the sheet of the month, reckoned anew whenever a fact about them arrives."""

from server.domain.attendance import views
from server.domain.attendance.facts import free_spans, is_due, params_of, punched, punches_on, seen_on
from server.domain.attendance.ops import AttCandidate, AttUnit, DayLine, Kind, MonthTotals, SheetState, UnitState
from server.domain.attendance.rules import (
    ACCUSING,
    EXCEPTIONS,
    UNDECIDED,
    Case,
    DayFacts,
    Edge,
    half_days,
    is_counted,
    judge_day,
    over_limit,
    sessions_due,
    spells_of,
    state_of,
)
from server.domain.attendance.tables import (
    AdjustmentRecord,
    AnswerRecord,
    BookRecord,
    DayRecord,
    ExceptionRecord,
    SheetRecord,
    UnitMonthRecord,
)
from server.domain.base import Tx
from server.domain.hall.here import today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, at_time, day_start, local, next_working_day, posted_sessions, rule, setting
from server.domain.hall.sentence import Explain
from server.domain.hall.tables import PersonRecord


def book_of(tx: Tx) -> BookRecord | None:
    """Where attendance stands; None before the hall is founded."""
    return tx.get(BookRecord, "book")


def reckon(tx: Tx, hall: Hall, uid: str, day: str) -> None:
    """Judge one day of one person from all that is known now, and show what changed."""
    book = book_of(tx)
    person: PersonRecord | None = tx.ask("person", uid=uid)
    if person is None or book is None:
        return
    record = tx.get(DayRecord, f"{day}:{uid}")
    if record is None:
        record = _new_day(tx, hall, person, day, book)
        if record is None:
            return
    if record.state == "closed":
        _after_settlement(tx, hall, record, book)
        return
    edges, before = _edges(tx, hall, record, book), len(record.spells)
    record.spells = spells_of(edges)
    record.plain = all(e.kind == "ok" for e in edges)
    record.due = sessions_due(record.spells)
    tx.put(record)
    changed = [_update(tx, hall, record, edge) for edge in edges]
    if not edges or len(record.spells) < before:
        changed += _clear_gone(tx, record, edges)
    tx.project(views.day_face(record, punches_on(tx, uid, day)))
    if any(changed) or record.state != "open":
        show_sheet(tx, hall, uid, record.month)
    sheet = tx.get(SheetRecord, f"{record.month}:{uid}") if any(changed) or record.state != "open" else None
    if sheet and sheet.said:  # of a sheet that reads otherwise than when he confirmed it, he is asked again
        show_unit(tx, hall, record.month, sheet.unit)


def _new_day(tx: Tx, hall: Hall, person: PersonRecord, day: str, book: BookRecord) -> DayRecord | None:
    """A day that is due, or that somebody punched on; days before attendance was kept are none."""
    before = day_start(add_days(day, 1), hall.tz) <= book.since_at
    if before or not posted_sessions(hall, day) or not is_due(tx, hall, person, day):
        return None
    state = "provisional" if day <= book.closed else "open"
    if book.settled and day[:7] <= book.settled:
        return None
    return DayRecord(
        rid=f"{day}:{person.rid}",
        person=person.rid,
        unit=person.unit,
        day=day,
        month=day[:7],
        spells=[],
        state="provisional" if state == "provisional" else "open",
    )


def _edges(tx: Tx, hall: Hall, record: DayRecord, book: BookRecord) -> list[Edge]:
    sessions = tuple(posted_sessions(hall, record.day))
    person: PersonRecord | None = tx.ask("person", uid=record.person)
    # Nobody was missed before the hall knew of him.
    since_at = max(book.since_at, person.known_at if person else 0)
    facts = DayFacts(
        sessions=sessions,
        punches=tuple(punched(p) for p in punches_on(tx, record.person, record.day)),
        free=tuple(free_spans(tx, hall, record.person, record.unit, record.day, since_at)),
        seen=tuple(seen_on(tx, hall, record.person, record.day)),
    )
    return judge_day(facts, params_of(hall, record.day), tx.now, record.state != "open")


def exception_rid(day: str, uid: str, session: int, way: str) -> str:
    """The rid of the exception of one edge."""
    return f"{day}:{uid}:{session}:{way}"


def _update(tx: Tx, hall: Hall, day: DayRecord, edge: Edge) -> bool:
    """Keep and show the exception of an edge, if it is one or was; True when something changed."""
    rid = exception_rid(day.day, day.person, edge.session, edge.way)
    known = tx.get(ExceptionRecord, rid)
    twin = edge.kind == "absent" and edge.way == "out"
    if known is None and (edge.kind not in EXCEPTIONS or twin):
        return False
    exc = known or ExceptionRecord(
        rid=rid,
        person=day.person,
        unit=day.unit,
        day=day.day,
        month=day.month,
        session=edge.session,
        way=edge.way,
        kind=edge.kind,
        due_at=edge.due_at,
        explain=edge.explain,
        until="",
    )
    kind: Kind = "ok" if twin else edge.kind
    # Nobody has to answer what did not speak against him: the time begins when it does (EVD-12).
    if not exc.told or (kind in ACCUSING and exc.kind not in ACCUSING):
        exc.told, exc.until, exc.was_until = max(next_working_day(hall, day.day, 1), today_of(tx)), "", ""
    until = next_working_day(hall, exc.told, rule(hall, "evd.answer_days", day.day))
    exc.was_until = exc.until if exc.until not in ("", until) else exc.was_until
    exc.until, exc.kind = until, kind
    exc.due_at, exc.explain, exc.minutes = edge.due_at, edge.explain, edge.minutes
    exc.at, exc.received_at, exc.grade = edge.at, edge.received_at, edge.grade
    return show_exception(tx, exc)


def _clear_gone(tx: Tx, day: DayRecord, edges: list[Edge]) -> list[bool]:
    """The hall was closed after all, or keeps fewer sessions: what had been missed in them is no exception any more (CAL-03)."""
    left = {(edge.session, edge.way) for edge in edges}
    known = tx.find(ExceptionRecord, "person = ? AND month = ?", [day.person, day.month])
    gone = [exc for exc in known if exc.day == day.day and (exc.session, exc.way) not in left]
    for exc in gone:
        exc.kind, exc.explain, exc.minutes = "ok", Explain("att.cleared", {}), 0
    return [show_exception(tx, exc) for exc in gone]


def show_exception(tx: Tx, exc: ExceptionRecord) -> bool:
    """Derive the state of an exception, keep and show it; True when it is not what it was."""
    answers = tx.find(AnswerRecord, "exception = ?", [exc.rid], "at, rid")
    if not exc.settled:
        exc.state = state_of(
            Case(
                kind=exc.kind,
                answered=any(not a.appeal for a in answers),
                decided=exc.decided.accept if exc.decided else None,
                decided_kind=exc.decided_kind,
                appealed=any(a.appeal for a in answers),
                appeal_upheld=None if exc.appeal_judged is None else not exc.appeal_judged.accept,
            )
        )
        exc.counted = is_counted(exc.kind, exc.state)
    changed = tx.get(ExceptionRecord, exc.rid) != exc
    tx.put(exc)
    for face in views.exception_faces(exc, answers):
        tx.project(face)
    return changed


def _after_settlement(tx: Tx, hall: Hall, record: DayRecord, book: BookRecord) -> None:
    """A fact that came after the settlement changes nothing by itself: what it would clear is put before the office (EVD-10)."""
    edges = {(e.session, e.way): e for e in _edges(tx, hall, record, book)}
    for exc in tx.find(ExceptionRecord, "person = ? AND month = ?", [record.person, record.month]):
        edge = edges.get((exc.session, exc.way))
        if exc.day != record.day or not exc.counted:
            continue
        known = tx.get(AdjustmentRecord, exc.rid)
        if edge is None or edge.kind not in EXCEPTIONS:
            if known is None or known.lapsed:
                put_adjustment(tx, exc, counts=False, text="", by="")
        elif known and not known.by and not known.judged and not known.lapsed:
            known.lapsed = True
            tx.put(known)
            tx.retract("att.adjustment", known.rid)


def put_adjustment(tx: Tx, exc: ExceptionRecord, *, counts: bool, text: str, by: str) -> AdjustmentRecord:
    """Propose a change of a settled exception."""
    record = AdjustmentRecord(
        rid=exc.rid,
        person=exc.person,
        unit=exc.unit,
        day=exc.day,
        month=exc.month,
        session=exc.session,
        way=exc.way,
        was=exc.state,
        counts=counts,
        text=text,
        at=tx.now,
        by=by,
    )
    tx.put(record)
    tx.project(views.adjustment_face(record))
    return record


# --- the month --------------------------------------------------------------------------------------------------------


def settles_at(hall: Hall, month: str) -> int:
    """When a month is settled: at the daily close of the so-manieth working day of the next one (EVD-10)."""
    last = add_days(f"{next_month(month)}-01", -1)
    day = next_working_day(hall, last, rule(hall, "evd.monthly_close_day", last))
    return at_time(day, str(setting(hall, "evd.daily_close", last)), hall.tz)


def next_month(month: str) -> str:
    """ "2026-12" after "2026-11"."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def month_over_at(hall: Hall, month: str) -> int:
    """Midnight that ends a month."""
    return day_start(f"{next_month(month)}-01", hall.tz)


def show_sheet(tx: Tx, hall: Hall, uid: str, month: str) -> None:
    """A person's month from its closed days and its exceptions, and the candidate that follows from it."""
    days = tx.find(DayRecord, "person = ? AND month = ?", [uid, month], "day")
    if not days:
        return
    exceptions = tx.find(ExceptionRecord, "person = ? AND month = ?", [uid, month])
    record = tx.get(SheetRecord, f"{month}:{uid}") or SheetRecord(rid=f"{month}:{uid}", person=uid, unit=days[-1].unit, month=month)
    tx.put(record)
    lines = [DayLine(int(d.day[8:]), d.spells, d.state, d.shut) for d in days if d.state != "open"]
    totals = totals_of([d for d in days if d.state != "open"], exceptions)
    tx.project(views.sheet_face(record, sheet_state(tx, hall, record, totals), lines, totals, settles_at(hall, month)))
    _show_candidate(tx, hall, record, exceptions)


def sheet_totals(tx: Tx, record: SheetRecord) -> MonthTotals:
    """What the sheet says now."""
    days = tx.find(DayRecord, "person = ? AND month = ? AND state <> 'open'", [record.person, record.month])
    return totals_of(days, tx.find(ExceptionRecord, "person = ? AND month = ?", [record.person, record.month]))


def totals_of(days: list[DayRecord], exceptions: list[ExceptionRecord]) -> MonthTotals:
    """What a month comes to; only what a person confirmed is counted (GEN-05)."""
    counted = [e for e in exceptions if e.counted]
    kinds = [e.kind for e in counted]
    spells = [s for d in days for s in d.spells]
    return MonthTotals(
        days=len(days),
        late=kinds.count("late"),
        early=kinds.count("early"),
        half_days=half_days((e.day, e.session, e.kind) for e in counted),
        absent=kinds.count("absent"),
        missing=kinds.count("missing"),
        leave=sum("leave" in (s.in_kind, s.out_kind) for s in spells),
        official=sum("official" in (s.in_kind, s.out_kind) for s in spells),
        open=sum(e.state in UNDECIDED for e in exceptions),
    )


def sheet_state(tx: Tx, hall: Hall, record: SheetRecord, totals: MonthTotals) -> SheetState:
    """How far a sheet is: running, asked for, said to be right or wrong, vouched for, settled (ATT-09)."""
    book = book_of(tx)
    if book and book.settled and record.month <= book.settled:
        return "closed"
    if tx.now < month_over_at(hall, record.month):
        return "running"
    unit = tx.get(UnitMonthRecord, f"{record.month}:{record.unit}")
    if unit and unit.confirmed:
        return "unit"
    if record.said is None or (record.said.accept and record.said_totals != totals):
        return "asked"
    return "confirmed" if record.said.accept else "disputed"


def _show_candidate(tx: Tx, hall: Hall, record: SheetRecord, exceptions: list[ExceptionRecord]) -> None:
    limit = rule(hall, "att.late_early_month_limit", f"{record.month}-01")
    events = over_limit(((e.rid, e.kind) for e in exceptions if e.counted), limit)
    if events or tx.version("att.candidate", record.rid) is not None:
        body = AttCandidate(record.person, record.unit, record.month, limit, events)
        tx.project(views.candidate_face(record.rid, body))


def show_unit(tx: Tx, hall: Hall, month: str, unit: str) -> None:
    """How far a unit's month is."""
    people = tx.find(SheetRecord, "month = ? AND unit = ?", [month, unit])
    if not people:
        return
    book = book_of(tx)
    record = tx.get(UnitMonthRecord, f"{month}:{unit}")
    confirmed = record.confirmed if record else None
    body = AttUnit(
        unit=unit,
        month=month,
        people=len(people),
        confirmed=sum(bool(p.said and p.said.accept) and p.said_totals == sheet_totals(tx, p) for p in people),
        disputed=sum(bool(p.said and not p.said.accept) for p in people),
        open=sum(e.state in UNDECIDED for e in tx.find(ExceptionRecord, "month = ? AND unit = ?", [month, unit])),
        due_at=settles_at(hall, month),
        state=_unit_state(book, month, confirmed is not None, tx.now >= month_over_at(hall, month)),
        confirmed_by=confirmed.by if confirmed else "",
        confirmed_at=confirmed.at if confirmed else 0,
    )
    tx.project(views.unit_face(f"{month}:{unit}", body, _is_near(tx, hall, month)))


def _unit_state(book: BookRecord | None, month: str, confirmed: bool, over: bool) -> UnitState:
    """How far a unit's month is."""
    if book and book.settled and month <= book.settled:
        return "closed"
    if confirmed:
        return "confirmed"
    return "asked" if over else "running"


def _is_near(tx: Tx, hall: Hall, month: str) -> bool:
    """This month and the last are with the people; older ones only in the records."""
    today = local(tx.now, hall.tz).date().isoformat()
    return month >= add_days(f"{today[:7]}-01", -1)[:7]
