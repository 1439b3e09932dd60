"""What stands in for a punch when there is none: the hand list (ATT-05) and the correction (ATT-06), and who accepts them."""

from typing import Any

from server.domain.attendance import views
from server.domain.attendance.days import reckon
from server.domain.attendance.ops import AttDecide, HandList, Listed, PunchCorrect
from server.domain.attendance.tables import CorrectionRecord, HandListRecord, Judged, PunchRecord
from server.domain.base import APPLIED, Op, Outcome, Tx, held, refused, stale
from server.domain.hall.blobs import attached, bind, show_due
from server.domain.hall.here import hall_of, unit_then
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_start, leads, near, rule
from sync.units import DAY_MS

SESSIONS_MAX = 8
PEOPLE_MAX = 200


def is_edge(day: str, session: int) -> bool:
    """An ISO day, as every day here is written, and a session a day can have."""
    try:
        return len(day) == 10 and add_days(day, 0) == day and 0 <= session < SESSIONS_MAX
    except ValueError:
        return False


def _within(hall: Hall, day: str, at: int) -> bool:
    """True when a claimed time lies on the day."""
    start = day_start(day, hall.tz)
    return start <= at < start + DAY_MS


def _recent(hall: Hall, op: Op[Any], day: str) -> bool:
    """True when the day has begun and is not so long ago that nobody can mean it (`att.late_days`)."""
    return near(day_start(day, hall.tz), (op.window.at, op.received_at), rule(hall, "att.late_days", op.received_at))


def touch_posts(tx: Tx, uid: str, day: str, at: int) -> None:
    """Whoever signed was there then: what was seen empty at his posts is looked at anew (EVD-07)."""
    for post in tx.ask("posts_of", uid=uid, day=day):
        tx.touch(post, at, at)


# --- hand lists -------------------------------------------------------------------------------------------------------


def hand_list(tx: Tx, op: Op[HandList]) -> Outcome:
    """手工签到表: somebody of the unit enters the paper list. HEAD's or OFF's own with the photo stands at once, but not for himself."""
    a = op.a
    hall = hall_of(tx)
    if tx.get(HandListRecord, op.rid) or not is_edge(a.day, a.session) or not 0 < len(a.people) <= PEOPLE_MAX:
        return held("INVALID")
    if not leads(op.actor, a.unit) and op.actor.unit != a.unit:
        return held("NO_RIGHT")
    if not _recent(hall, op, a.day):
        return held("TIME_UNLIKELY")
    if len({one.person for one in a.people}) < len(a.people) or not all(_is_listed(tx, hall, a, one) for one in a.people):
        return held("INVALID")
    trusted = leads(op.actor, a.unit) and bool(op.blobs)
    record = HandListRecord(
        rid=op.rid,
        unit=a.unit,
        day=a.day,
        session=a.session,
        way=a.way,
        people=a.people,
        cause=a.cause,
        text=a.text,
        by=op.actor.uid,
        at=op.window.at,
        received_at=op.received_at,
        grade=op.window.grade,
        state="accepted" if trusted else "waiting",
        blobs=bind(tx, op),
    )
    tx.put(record)
    _apply_list(tx, hall, record)
    return APPLIED


def _is_listed(tx: Tx, hall: Hall, a: HandList, one: Listed) -> bool:
    """A line names somebody who was of the unit that day (CON-43), and a time of it."""
    return tx.ask("person", uid=one.person) is not None and unit_then(tx, one.person, a.day) == a.unit and _within(hall, a.day, one.at)


def decide_list(tx: Tx, op: Op[AttDecide]) -> Outcome:
    """HEAD or OFF, but not the author, accepts or refuses a hand list."""
    record = tx.get(HandListRecord, op.rid)
    if record is None or not leads(op.actor, record.unit) or op.actor.uid == record.by:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "att.list"):
        return old
    if record.judged is not None or (not op.a.accept and not op.a.text.strip()):
        return refused("GONE" if record.judged else "INVALID", tx.version("att.list", op.rid))
    record.judged = Judged(op.id, op.window.at, op.actor.uid, op.a.accept, op.a.text)
    record.state = "accepted" if op.a.accept else "refused"
    tx.put(record)
    _apply_list(tx, hall_of(tx), record)
    return APPLIED


def _apply_list(tx: Tx, hall: Hall, record: HandListRecord) -> None:
    """Every line as a punch of its person: sure once accepted by somebody else than the person, gone once refused."""
    for one in record.people:
        judge = record.judged.by if record.judged else record.by
        punch = _stand_in(tx, f"{record.rid}:{one.person}", one.person, record, one.at)
        punch.sure = record.state == "accepted" and judge != one.person
        punch.refused = record.judged if record.state == "refused" else None
        tx.put(punch)
        reckon(tx, hall, one.person, record.day)
        touch_posts(tx, one.person, record.day, one.at)
    _show_list(tx, record)


def _stand_in(tx: Tx, rid: str, uid: str, record: HandListRecord | CorrectionRecord, at: int) -> PunchRecord:
    """The punch that a list or a correction stands for."""
    known = tx.get(PunchRecord, rid)
    if known is not None:
        return known
    return PunchRecord(
        rid=rid,
        person=uid,
        unit=unit_then(tx, uid, record.day) or record.unit,
        day=record.day,
        session=record.session,
        way=record.way,
        at=at,
        not_before=0,
        not_after=record.received_at,
        received_at=record.received_at,
        grade="A",
        method="hand_list" if isinstance(record, HandListRecord) else "correction",
        sure=False,
        source=record.rid,
        by=record.by if isinstance(record, HandListRecord) else uid,
    )


def _show_list(tx: Tx, record: HandListRecord) -> None:
    blobs = attached(tx, record.by, record.blobs)
    for face in (views.list_face(record, blobs, shown=True), *views.listed_faces(record, shown=True)):
        tx.project(face)
    show_due(tx, "att.list", record.rid, record.by, blobs, {"role:OFF", f"u:{record.by}"}, record.received_at)


def show_again(tx: Tx, rid: str) -> None:
    """A photo of a hand list has arrived."""
    if record := tx.get(HandListRecord, rid):
        _show_list(tx, record)


# --- corrections ------------------------------------------------------------------------------------------------------


def correct(tx: Tx, op: Op[PunchCorrect]) -> Outcome:
    """补签: the person asks, with the reason; HEAD decides (ATT-06)."""
    a = op.a
    hall = hall_of(tx)
    if tx.get(CorrectionRecord, op.rid) or not is_edge(a.day, a.session) or not a.text.strip():
        return held("INVALID")
    if not _within(hall, a.day, a.claim_at) or a.claim_at > max(op.window.at, op.received_at):
        return held("INVALID")
    if not _recent(hall, op, a.day):
        return held("TIME_UNLIKELY")
    record = CorrectionRecord(
        rid=op.rid,
        person=op.actor.uid,
        unit=op.actor.unit,
        day=a.day,
        month=a.day[:7],
        session=a.session,
        way=a.way,
        claim_at=a.claim_at,
        text=a.text,
        at=op.window.at,
        received_at=op.received_at,
        grade=op.window.grade,
    )
    tx.put(record)
    _apply_correction(tx, hall, record)
    return APPLIED


def decide_correction(tx: Tx, op: Op[AttDecide]) -> Outcome:
    """HEAD or OFF, never the subject. Beyond the hall's limit in a month only OFF may still accept, with a reason (ATT-06)."""
    record = tx.get(CorrectionRecord, op.rid)
    if record is None or not leads(op.actor, record.unit) or op.actor.uid == record.person:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "att.correction"):
        return old
    if record.judged is not None:
        return refused("GONE", tx.version("att.correction", op.rid))
    if not op.a.accept and not op.a.text.strip():
        return refused("INVALID")
    hall = hall_of(tx)
    if op.a.accept and _accepted(tx, record) >= rule(hall, "att.corrections_month", f"{record.month}-01"):
        if "OFF" not in op.actor.roles:
            return refused("OVER_LIMIT", tx.version("att.correction", op.rid))
        if not op.a.text.strip():
            return refused("INVALID")
    record.judged = Judged(op.id, op.window.at, op.actor.uid, op.a.accept, op.a.text)
    record.state = "accepted" if op.a.accept else "refused"
    tx.put(record)
    _apply_correction(tx, hall, record)
    for other in tx.find(CorrectionRecord, "person = ? AND month = ? AND state = 'waiting'", [record.person, record.month]):
        tx.project(views.correction_face(other, _nth(tx, other), shown=True))
    return APPLIED


def _accepted(tx: Tx, record: CorrectionRecord) -> int:
    """How many corrections of the person were accepted in the month."""
    return len(tx.find(CorrectionRecord, "person = ? AND month = ? AND state = 'accepted'", [record.person, record.month]))


def _nth(tx: Tx, record: CorrectionRecord) -> int:
    """The how-manieth it is, or would be, of its month."""
    return _accepted(tx, record) + (record.state != "accepted")


def _apply_correction(tx: Tx, hall: Hall, record: CorrectionRecord) -> None:
    """The punch it stands for: sure once accepted, gone once refused."""
    punch = _stand_in(tx, record.rid, record.person, record, record.claim_at)
    punch.sure = record.state == "accepted"
    punch.refused = record.judged if record.state == "refused" else None
    tx.put(punch)
    reckon(tx, hall, record.person, record.day)
    touch_posts(tx, record.person, record.day, record.claim_at)
    tx.project(views.correction_face(record, _nth(tx, record), shown=True))
