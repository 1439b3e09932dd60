"""What an attendance op does: who may say it, is it sane, keep the fact, reckon the day anew (ATT-01..10)."""

from server.domain.attendance import closing, monthly, ops, requests, views
from server.domain.attendance.days import book_of, reckon, show_exception, show_sheet, show_unit
from server.domain.attendance.facts import excuse_stood, excused, punches_of, punches_on
from server.domain.attendance.ops import AnswerException, AttDecide, EndExcuse, ExcuseAll, Punch
from server.domain.attendance.registers import MEASURES, REGISTERS
from server.domain.attendance.rules import EXCEPTIONS, UNPROVEN
from server.domain.attendance.tables import (
    RECORDS,
    AnswerRecord,
    DayRecord,
    ExceptionRecord,
    ExcuseRecord,
    Judged,
    PunchRecord,
)
from server.domain.base import APPLIED, Domain, Op, Outcome, Touched, Tx, held, refused, stale
from server.domain.hall.duty import people_of
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, add_days, day_of, day_start, leads, may_any, posted_sessions
from server.domain.hall.tables import DutyRecord
from server.domain.hall.terms import next_session
from sync.units import DAY_MS

REVIEW_DAYS_MAX = 62
"""A fact is reckoned with at most so many days at once: beyond two months nothing is open."""


def punch(tx: Tx, op: Op[Punch]) -> Outcome:
    """签到/签退 by the person himself, now. The time is the op's own, so there is nothing to claim."""
    a = op.a
    hall = hall_of(tx)
    if tx.get(PunchRecord, op.rid) or not requests.is_edge(a.day, a.session):
        return held("INVALID")
    if abs(op.window.at - day_start(a.day, hall.tz) - DAY_MS // 2) > DAY_MS and op.window.grade != "C":
        return held("INVALID")
    tx.put(
        PunchRecord(
            rid=op.rid,
            person=op.actor.uid,
            unit=op.actor.unit,
            day=a.day,
            session=a.session,
            way=a.way,
            at=op.window.at,
            not_before=op.window.not_before,
            not_after=op.window.not_after,
            received_at=op.received_at,
            grade=op.window.grade,
            method=a.method,
            in_hall=-1 if a.in_hall is None else int(a.in_hall),
            by=op.actor.uid,
        )
    )
    reckon(tx, hall, op.actor.uid, a.day)
    requests.touch_posts(tx, op.actor.uid, a.day, op.window.at)
    return APPLIED


def answer(tx: Tx, op: Op[AnswerException]) -> Outcome:
    """陈述 and 申诉, by the person concerned. It is kept even before the exception is known (EVD-01)."""
    parts = op.rid.split(":")
    if len(parts) != 4 or not op.a.text.strip():
        return held("INVALID")
    if parts[1] != op.actor.uid:
        return held("NO_RIGHT")
    exc = tx.get(ExceptionRecord, op.rid)
    if op.a.appeal and (exc is None or exc.decided is None):
        return held("REF_WAIT")
    tx.put(AnswerRecord(rid=op.id, exception=op.rid, at=op.window.at, grade=op.window.grade, text=op.a.text, appeal=op.a.appeal))
    if exc:
        if op.a.appeal and exc.settled:
            exc.state = "appealed"
        show_exception(tx, exc)
        show_sheet(tx, hall_of(tx), exc.person, exc.month)
        show_unit(tx, hall_of(tx), exc.month, exc.unit)
    return APPLIED


def decide(tx: Tx, op: Op[AttDecide]) -> Outcome:
    """HEAD or OFF, never the subject: the explanation stands (nothing is counted), or the exception is confirmed (ATT, GEN-05).

    Confirming what nobody has answered waits until the person has had the time to (EVD-12). An appeal is the office's, and nobody decides
    on an appeal against himself.
    """
    exc = tx.get(ExceptionRecord, op.rid)
    if exc is None or not leads(op.actor, exc.unit) or op.actor.uid == exc.person:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "att.exc"):
        return old
    if exc.settled and exc.state != "appealed":
        return refused("SETTLED", tx.version("att.exc", op.rid))
    if exc.kind not in EXCEPTIONS:
        return refused("GONE", tx.version("att.exc", op.rid))
    hall = hall_of(tx)
    judged = Judged(op.id, op.window.at, op.actor.uid, op.a.accept, op.a.text)
    if exc.state == "appealed" or has_appeal(tx, exc):
        return _judge_appeal(tx, op, hall, exc, judged)
    if exc.state in ("confirmed", "explained", "upheld", "withdrawn"):
        return refused("GONE", tx.version("att.exc", op.rid))
    if not op.a.accept:
        if not op.a.text.strip():
            return refused("INVALID")
        if exc.state == "detected" and today_of(tx) <= exc.until:
            return refused("ANSWER_TIME", tx.version("att.exc", op.rid))
        if exc.kind == "pending":
            return _refuse_doubt(tx, hall, exc, judged)
    exc.decided, exc.decided_kind = judged, exc.kind
    _show(tx, hall, exc)
    return APPLIED


def has_appeal(tx: Tx, exc: ExceptionRecord) -> bool:
    """True while an appeal against a confirmed exception waits, settled or not."""
    waits = exc.decided is not None and not exc.decided.accept and exc.appeal_judged is None
    return waits and bool(tx.find(AnswerRecord, "exception = ? AND appeal = ?", [exc.rid, True]))


def _judge_appeal(tx: Tx, op: Op[AttDecide], hall: Hall, exc: ExceptionRecord, judged: Judged) -> Outcome:
    """The office decides an appeal, but not whoever took the decision appealed against."""
    first = exc.decided
    if "OFF" not in op.actor.roles or (first and first.by == op.actor.uid):
        return refused("NO_RIGHT")
    exc.appeal_judged = judged
    if exc.settled:
        monthly.settle_appeal(tx, exc, judged)
    _show(tx, hall, exc)
    return APPLIED


def _refuse_doubt(tx: Tx, hall: Hall, exc: ExceptionRecord, judged: Judged) -> Outcome:
    """A person does not believe an unproven punch: what is left without it is judged, and can be answered like any other (CON-21)."""
    if exc.explain.key not in UNPROVEN:
        return refused("UNDECIDED", tx.version("att.exc", exc.rid))
    for record in punches_on(tx, exc.person, exc.day):
        if (record.session, record.way, record.at) == (exc.session, exc.way, exc.at):
            record.refused = judged
            tx.put(record)
            requests.touch_posts(tx, exc.person, exc.day, record.at)
    reckon(tx, hall, exc.person, exc.day)
    return APPLIED


def _show(tx: Tx, hall: Hall, exc: ExceptionRecord) -> None:
    """An exception after a decision, with the month it belongs to."""
    show_exception(tx, exc)
    show_sheet(tx, hall, exc.person, exc.month)
    show_unit(tx, hall, exc.month, exc.unit)


# --- general excuses --------------------------------------------------------------------------------------------------


def excuse(tx: Tx, op: Op[ExcuseAll]) -> Outcome:
    """统一免计 by OFF in one click: weather, traffic, a failure; or a standing permission for some (ATT-07)."""
    a = op.a
    if not may_any(op.actor, "OFF"):
        return refused("NO_RIGHT")
    daily = bool(a.daily_from) and bool(a.daily_to)
    if a.from_at >= a.to_at or a.to_at - a.from_at > YEAR_MS or not a.text.strip() or bool(a.daily_from) != bool(a.daily_to):
        return refused("INVALID")
    if daily and not (_is_clock(a.daily_from) and _is_clock(a.daily_to) and a.daily_from < a.daily_to):
        return refused("INVALID")
    if tx.get(ExcuseRecord, op.rid) or op.actor.uid in a.people:
        return refused("INVALID")
    if any(tx.ask("unit", unit=u) is None for u in a.units) or any(tx.ask("person", uid=p) is None for p in a.people):
        return refused("INVALID")
    record = ExcuseRecord(
        rid=op.rid,
        from_at=a.from_at,
        to_at=a.to_at,
        cause=a.cause,
        text=a.text,
        units=a.units,
        people=a.people,
        daily_from=a.daily_from,
        daily_to=a.daily_to,
        by=op.actor.uid,
        at=op.window.at,
    )
    _put_excuse(tx, record)
    return APPLIED


def end_excuse(tx: Tx, op: Op[EndExcuse]) -> Outcome:
    """OFF takes a general excuse back, with the reason. Until the next session whoever it was for may not have heard of it (EVD-04)."""
    record = tx.get(ExcuseRecord, op.rid)
    if record is None or not may_any(op.actor, "OFF"):
        return refused("NO_RIGHT")
    if record.ended:
        return refused("GONE", tx.version("att.excuse", op.rid))
    if not op.a.text.strip():
        return refused("INVALID")
    record.ended = op.a.text
    record.relied_until = next_session(hall_of(tx), max(op.window.at, op.received_at))
    _put_excuse(tx, record)
    return APPLIED


def _put_excuse(tx: Tx, record: ExcuseRecord) -> None:
    """Keep and show an excuse; the days it bears on are reckoned anew, and what was seen where those it excuses were to be."""
    tx.put(record)
    tx.project(views.excuse_face(record))
    hall = hall_of(tx)
    for day in _days_between(tx, hall, record.from_at, record.to_at):
        for one in tx.find(DayRecord, "day = ? AND state <> 'closed'", [day]):
            if one.person in record.people or one.unit in record.units or not (record.people or record.units):
                reckon(tx, hall, one.person, day)
    until = min(record.to_at, tx.now)
    if record.from_at >= until:
        return
    for uid in sorted({*record.people, *(uid for unit in record.units for uid in tx.ask("unit_people", unit=unit))}):
        tx.touch_person(uid, record.from_at, until)
    for post in tx.ask("posts") if not (record.people or record.units) else ():
        tx.touch(post.rid, record.from_at, until)


def _is_clock(text: str) -> bool:
    hour, _, minute = text.partition(":")
    return len(text) == 5 and hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60


YEAR_MS = 366 * DAY_MS


# --- what others' facts change ----------------------------------------------------------------------------------------


def review(tx: Tx, touched: frozenset[Touched]) -> None:
    """Leave, notices, covers or sightings changed: the days of the people concerned are reckoned anew."""
    book = book_of(tx)
    if book is None or not any(t.from_at for t in touched):
        return
    hall = hall_of(tx)
    concerned = {
        (uid, day) for t in touched if t.from_at for day in _days_between(tx, hall, t.from_at, t.to_at) for uid in _whose(tx, t, day)
    }
    for uid, day in sorted(concerned):
        record = tx.get(DayRecord, f"{day}:{uid}")
        if record is not None and (t_person(touched, uid) or not record.plain or _rests_on_others(hall, record)):
            reckon(tx, hall, uid, day)


def _rests_on_others(hall: Hall, record: DayRecord) -> bool:
    """Whether a day without an exception has a punch after opening: what makes it right are the facts of others."""
    return any(spell.in_at > opens for spell, (opens, _) in zip(record.spells, posted_sessions(hall, record.day), strict=False))


def t_person(touched: frozenset[Touched], uid: str) -> bool:
    """Whether the person himself was touched, and not only his post."""
    return any(t.person == uid for t in touched)


def _whose(tx: Tx, touched: Touched, day: str) -> list[str]:
    """Whose day a touched person or post is about."""
    if touched.person:
        return [touched.person]
    duty: DutyRecord | None = tx.ask("duty_of", post=touched.post, day=day)
    return sorted(people_of(duty) | {uid for swap in duty.swaps for uid in (swap.a, swap.b) if uid}) if duty else []


def _days_between(tx: Tx, hall: Hall, from_at: int, to_at: int) -> list[str]:
    """The days of a span that can still change, or be adjusted."""
    first = max(day_of(from_at, hall.tz), add_days(today_of(tx), -REVIEW_DAYS_MAX))
    last = min(day_of(max(from_at, to_at - 1), hall.tz), today_of(tx)) if to_at < FOREVER else today_of(tx)
    days = []
    while first <= last:
        days.append(first)
        first = add_days(first, 1)
    return days


DOMAIN = Domain(
    name="attendance",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=RECORDS,
    handlers={
        "att.punch": punch,
        "att.hand_list": requests.hand_list,
        "att.correct": requests.correct,
        "att.answer": answer,
        "att.confirm": monthly.confirm,
        "att.decide": decide,
        "att.decide_correction": requests.decide_correction,
        "att.decide_list": requests.decide_list,
        "att.excuse": excuse,
        "att.end_excuse": end_excuse,
        "att.confirm_unit": monthly.confirm_unit,
        "att.close_day": monthly.close_day,
        "att.close_month": monthly.close_month,
        "att.adjust": monthly.adjust,
        "att.approve": monthly.approve,
    },
    review=review,
    found=closing.found,
    tick=closing.tick,
    answers={"punches_of": punches_of, "excused": excused, "excuse_stood": excuse_stood},
    attached=requests.show_again,
    registers=REGISTERS,
    measures=MEASURES,
)
