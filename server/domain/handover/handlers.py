"""What a handover op does: who may say it, is it sane, write the fact, show the two faces (AB-01..06)."""

import msgspec

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Touched, Tx, held
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.order import by_moment, earlier
from server.domain.hall.rules import day_of, day_start, leads, minutes_ms, near, rule
from server.domain.hall.tables import PersonRecord, PostRecord
from server.domain.hall.terms import day_ahead
from server.domain.handover import ops
from server.domain.handover.ops import (
    Back,
    ItemNote,
    Prepare,
    SheetAnswer,
    SheetAssign,
    SheetClose,
    SheetReceived,
    SheetWithdraw,
)
from server.domain.handover.registers import MEASURES, REGISTERS
from server.domain.handover.rules import (
    RETIRE_AFTER_MS,
    TOLERANCE_MS,
    HandoverFact,
    Taker,
    Times,
    b_of,
    due_at,
    ended,
    fact_of,
    in_force,
    is_retired,
    keeps_from,
    state_of,
    trouble_of,
)
from server.domain.handover.tables import Answered, Delivered, Ended, HandoverRecord, Named, Worked
from server.domain.handover.views import sheet_faces
from server.domain.presence.rules import NoticeFact, PostCover, PostDay
from sync.units import DAY_MS

ITEMS_MAX = 60


def prepare(tx: Tx, op: Op[Prepare]) -> Outcome:
    """移交: what B takes over, for how long. A, HEAD or the office writes it; a day ahead when it can be (AB-02)."""
    a = op.a
    post: PostRecord | None = tx.ask("post", post=a.post)
    people: list[PersonRecord | None] = [tx.ask("person", uid=uid) for uid in (a.person, a.to)]
    giver, taker = people
    if post is None or giver is None or taker is None or a.to == a.person or a.to_at <= a.from_at or tx.get(HandoverRecord, op.rid):
        return held("INVALID")
    if len(a.items) > ITEMS_MAX or any(not item.matter.strip() for item in a.items):
        return held("INVALID")
    mine = op.actor.uid == a.person or leads(op.actor, giver.unit)
    if not (leads(op.actor, post.unit) or (mine and tx.ask("belongs", uid=a.person, unit=giver.unit, post=post.rid, at=a.from_at))):
        return held("NO_RIGHT")
    hall = hall_of(tx)
    late_days, ahead_days = (rule(hall, key, op.received_at) for key in ("ab.sheet_late_days", "ab.sheet_ahead_days"))
    if not near(a.from_at, (op.window.at, op.received_at), late_days, ahead_days):
        return held("TIME_UNLIKELY")
    if a.to_at > a.from_at + rule(hall, "ab.sheet_max_days", op.received_at) * DAY_MS:
        return held("TIME_UNLIKELY")
    sheet = HandoverRecord(
        rid=op.rid,
        post=post.rid,
        unit=post.unit,
        a=a.person,
        from_at=a.from_at,
        to_at=a.to_at,
        reason=a.reason,
        items=a.items,
        by=op.actor.uid,
        made_at=op.window.at,
        received_at=op.received_at,
        grade=op.window.grade,
        planned=op.window.at <= day_ahead(hall, day_of(a.from_at, hall.tz), rule(hall, "ab.handover_ahead_days", op.window.at)),
        keys=a.keys,
        notes=a.notes,
        why=a.why,
        paper=a.paper,
        notice=a.notice or "",
        leave=a.leave or "",
        named=[Named(op.id, op.window.at, a.to, op.actor.uid)],
    )
    _save(tx, sheet)
    return APPLIED


def received(tx: Tx, op: Op[SheetReceived]) -> Outcome:
    """送达回执: B's phone has the sheet (CON-11, CON-12)."""
    sheet = tx.get(HandoverRecord, op.rid)
    if sheet is None:
        return held("REF_WAIT")
    if op.actor.uid not in {n.person for n in sheet.named}:
        return held("NO_RIGHT")
    sheet.delivered.append(Delivered(op.id, op.window.at, op.actor.uid))
    sheet.delivered.sort(key=by_moment)
    _save(tx, sheet)
    return APPLIED


def answer(tx: Tx, op: Op[SheetAnswer]) -> Outcome:
    """B, and nobody else, accepts or declines."""
    sheet = tx.get(HandoverRecord, op.rid)
    if sheet is None:
        return held("REF_WAIT")
    if op.actor.uid not in {n.person for n in sheet.named}:
        return held("NO_RIGHT")
    sheet.answers.append(Answered(op.id, op.window.at, op.actor.uid, op.a.accept, op.a.text))
    sheet.answers.sort(key=by_moment)
    _save(tx, sheet)
    return APPLIED


def assign(tx: Tx, op: Op[SheetAssign]) -> Outcome:
    """Another B, named by HEAD, the office or A (declined → HEAD assigns; CON-13)."""
    sheet = tx.get(HandoverRecord, op.rid)
    if sheet is None:
        return held("REF_WAIT")
    if not _speaks_for(op.actor, sheet):
        return held("NO_RIGHT")
    if op.a.to == sheet.a or tx.ask("person", uid=op.a.to) is None:
        return held("INVALID")
    sheet.named.append(Named(op.id, op.window.at, op.a.to, op.actor.uid, op.a.text))
    sheet.named.sort(key=by_moment)
    _save(tx, sheet)
    return APPLIED


def note_item(tx: Tx, op: Op[ItemNote]) -> Outcome:
    """How far one matter is: said by A or whoever was B; who says it, did it (AB-03)."""
    sheet = tx.get(HandoverRecord, op.rid)
    if sheet is None:
        return held("REF_WAIT")
    if op.actor.uid != sheet.a and op.actor.uid not in {n.person for n in sheet.named}:
        return held("NO_RIGHT")
    if not 0 <= op.a.item < len(sheet.items):
        return held("INVALID")
    sheet.works.append(Worked(op.id, op.window.at, op.actor.uid, op.a.item, op.a.state, op.a.text))
    sheet.works.sort(key=by_moment)
    _save(tx, sheet)
    return APPLIED


def hand_back(tx: Tx, op: Op[Back]) -> Outcome:
    """交回: B reports, papers and open matters return to A (AB-06)."""
    sheet = tx.get(HandoverRecord, op.rid)
    if sheet is None:
        return held("REF_WAIT")
    if op.actor.uid not in {n.person for n in sheet.named} and not leads(op.actor, sheet.unit):
        return held("NO_RIGHT")
    at = min(op.a.at, op.window.at + TOLERANCE_MS)
    sheet.back = earlier(sheet.back, Ended(op.id, at, op.window.at, op.actor.uid, op.a.report, op.window.grade))
    _save(tx, sheet)
    return APPLIED


def close(tx: Tx, op: Op[SheetClose]) -> Outcome:
    """A, or HEAD, has everything back."""
    return _end(tx, op, "closed")


def withdraw(tx: Tx, op: Op[SheetWithdraw]) -> Outcome:
    """A, or HEAD, takes it back: nobody goes; where B had taken the post by then, A has everything back, whichever is known first."""
    return _end(tx, op, "withdrawn")


def _end(tx: Tx, op: Op[SheetClose] | Op[SheetWithdraw], how: str) -> Outcome:
    sheet = tx.get(HandoverRecord, op.rid)
    if sheet is None:
        return held("REF_WAIT")
    if not _speaks_for(op.actor, sheet):
        return held("NO_RIGHT")
    mark = Ended(op.id, op.window.at, op.window.at, op.actor.uid, op.a.text, op.window.grade)
    setattr(sheet, how, earlier(getattr(sheet, how), mark))
    _save(tx, sheet)
    return APPLIED


def _speaks_for(actor: Actor, sheet: HandoverRecord) -> bool:
    return actor.uid == sheet.a or leads(actor, sheet.unit)


# --- keeping ----------------------------------------------------------------------------------------------------------


def _times(hall: Hall, at: int) -> Times:
    return Times(minutes_ms(hall, "awy.standin_confirm_min", at), minutes_ms(hall, "ab.answer_before_min", at))


def _save(tx: Tx, sheet: HandoverRecord) -> None:
    """Derive what follows from the facts, keep it, show the faces, and look at the post again."""
    _derive(tx, sheet, hall_of(tx))
    _keep(tx, sheet)
    end = ended(sheet)
    span = min(sheet.from_at, sheet.made_at), max(sheet.to_at, end.at if end else 0, tx.now)
    tx.touch(sheet.post, *span)
    named = sorted({n.person for n in sheet.named})
    for uid in named:  # who serves here is missed elsewhere
        tx.touch_person(uid, *span)
        for other in _agreed(tx, uid):
            tx.touch(other.post, tx.now, tx.now)
    if tx.knows("stand_in_moved"):
        tx.ask("stand_in_moved", people=named)


def _keep(tx: Tx, sheet: HandoverRecord) -> None:
    tx.put(sheet)
    for face in sheet_faces(sheet):
        tx.project(face)


def _derive(tx: Tx, sheet: HandoverRecord, hall: Hall) -> None:
    times = _times(hall, sheet.from_at)
    sheet.b = b_of(sheet)
    taker = _taker(tx, sheet)
    sheet.taken_at = taker.taken_at
    sheet.a_back = taker.a_back
    sheet.state = state_of(sheet, tx.now)
    sheet.trouble = trouble_of(sheet, tx.now, times, taker)
    sheet.due_at = due_at(sheet, tx.now, times)
    sheet.shown = not is_retired(sheet, tx.now)
    sheet.live = sheet.shown


def _taker(tx: Tx, sheet: HandoverRecord) -> Taker:
    """What other institutions know of B during the sheet: a step-up is taking over, whether or not B had said yes."""
    if not sheet.b:
        return Taker(0, away=False, leave=False)
    day: PostDay = tx.ask("post_day", post=sheet.post, from_at=sheet.from_at - TOLERANCE_MS, to_at=sheet.to_at)
    taken = [c.from_at for c in day.covers if c.person == sheet.b and sheet.from_at - TOLERANCE_MS <= c.from_at < sheet.to_at]
    day_at = day_start(today_of(tx), hall_of(tx).tz)
    about = {"uid": sheet.b, "from_at": max(sheet.from_at, tx.now), "to_at": sheet.to_at}
    away: list[NoticeFact] = tx.ask("away_of", **about) if tx.now < sheet.to_at else []
    leaves = tx.ask("leaves_of", uid=sheet.b, from_at=sheet.from_at, to_at=sheet.to_at) if tx.knows("leaves_of") else []
    return Taker(
        min(taken, default=0),
        any(keeps_from(sheet, n, max(taken, default=0), tx.now, day_at) for n in away),
        any(one.state == "approved" for one in leaves),
        any(n.rid == sheet.notice and n.ended_at <= tx.now for n in day.notices),
        any(one.from_at < sheet.to_at and max(sheet.from_at, tx.now) < one.to_at for one in _agreed(tx, sheet.b) if one.post != sheet.post),
        max((one.cover.from_at for one in _taken(tx, sheet.b) if one.post != sheet.post), default=0),
    )


def _taken(tx: Tx, uid: str) -> list[PostCover]:
    """What a person has taken by stepping up and not given back."""
    found: list[PostCover] = tx.ask("covers_of", uid=uid, from_at=tx.now, to_at=tx.now + 1)
    return found


def _agreed(tx: Tx, uid: str) -> list[HandoverRecord]:
    """The sheets a person has said yes to, or taken, and that are not over."""
    return [one for one in tx.find(HandoverRecord, "b = ? AND live = ?", [uid, True]) if one.state in ("accepted", "in_force")]


def settle(tx: Tx, touched: frozenset[str]) -> None:
    """What others did may have changed who serves and who can."""
    hall = hall_of(tx)
    for post in sorted(touched):
        for sheet in tx.find(HandoverRecord, "post = ? AND to_at > ? AND live = ?", [post, tx.now - RETIRE_AFTER_MS, True]):
            _look_again(tx, sheet, hall)


def review(tx: Tx, touched: frozenset[Touched]) -> None:
    """A step-up that arrives when its sheet has left the devices is kept with it all the same (EVD-01)."""
    hall = hall_of(tx)
    old = (one for one in touched if one.post and one.from_at and one.to_at and one.from_at < tx.now - RETIRE_AFTER_MS)
    for one in sorted(old):
        for sheet in _planned(tx, one.post, one.from_at - TOLERANCE_MS, one.to_at):
            _look_again(tx, sheet, hall)


def _look_again(tx: Tx, sheet: HandoverRecord, hall: Hall) -> None:
    before = msgspec.json.encode(sheet)
    _derive(tx, sheet, hall)
    if msgspec.json.encode(sheet) != before:
        _keep(tx, sheet)


def tick(tx: Tx) -> None:
    """Sheets that begin, answers that are late, rows that leave the devices."""
    for sheet in tx.find(HandoverRecord, "live = ? AND due_at <= ?", [True, tx.now]):
        _save(tx, sheet)


# --- answers ----------------------------------------------------------------------------------------------------------


def _planned(tx: Tx, post: str, from_at: int, to_at: int) -> list[HandoverRecord]:
    """Sheets of a post that were made for the span, whatever became of them."""
    return tx.find(HandoverRecord, "post = ? AND to_at > ? AND from_at < ?", [post, from_at, to_at], "made_at, rid")


def _sheets(tx: Tx, post: str, from_at: int, to_at: int) -> list[HandoverRecord]:
    """Sheets of a post that touch the span; those that were taken back are none."""
    found = _planned(tx, post, from_at, to_at)
    return [s for s in found if s.state != "withdrawn" and ((end := ended(s)) is None or end.at > from_at)]


def handovers_on(tx: Tx, *, post: str, from_at: int, to_at: int) -> list[HandoverFact]:
    """Every sheet that was made for the span, by when it was made: what was said before it ended, was said."""
    return [fact_of(s) for s in _planned(tx, post, from_at, to_at)]


def handed_to(tx: Tx, *, uid: str, from_at: int, to_at: int) -> list[HandoverFact]:
    """Every sheet of the span whose B the person is, by when it was made."""
    return [fact_of(s) for s in tx.find(HandoverRecord, "b = ? AND to_at > ? AND from_at < ?", [uid, from_at, to_at], "made_at, rid")]


def taken_over(tx: Tx, *, post: str, at: int) -> tuple[str, int]:
    """Who serves the post by a sheet at a moment, and since when."""
    serving = [s for s in _sheets(tx, post, at, at + 1) if in_force(s, at)]
    if not serving:
        return "", 0
    last = serving[-1]
    return last.b, last.taken_at or last.from_at


DOMAIN = Domain(
    name="handover",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(HandoverRecord,),
    handlers={
        "handover.prepare": prepare,
        "handover.received": received,
        "handover.answer": answer,
        "handover.assign": assign,
        "handover.item": note_item,
        "handover.back": hand_back,
        "handover.close": close,
        "handover.withdraw": withdraw,
    },
    settle=settle,
    review=review,
    tick=tick,
    answers={
        "handovers_on": handovers_on,
        "handed_to": handed_to,
        "taken_over": taken_over,
    },
    registers=REGISTERS,
    measures=MEASURES,
)
