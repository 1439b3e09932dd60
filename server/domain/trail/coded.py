"""What an inspector coded beside the state of a post (late, phone, manner: P7 to P13 of the quick list): told to whom it concerns, who may
answer it (GEN-08, EVD-12); the first of a month that was dealt with on the spot ends there (PTL-08). Praise (P0) of somebody by name is
told likewise: there is nothing to answer.
"""

from server.domain.base import APPLIED, Face, Op, Outcome, Tx, held
from server.domain.hall.audiences import PATROL_AND_OFFICE
from server.domain.hall.duty import Assigned
from server.domain.hall.here import hall_of, unit_then
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_start, leads, setting
from server.domain.hall.tables import PostRecord
from server.domain.hall.terms import due_by
from server.domain.patrol.rules import CodedSighting
from server.domain.presence.rules import Serving
from server.domain.trail.gather import effective, is_praise
from server.domain.trail.ops import Coded, FindingAnswer
from server.domain.trail.settlement import month_of, next_month
from server.domain.trail.tables import CodedRecord, FindingAnswerRecord

Whose = tuple[str, str]
"""A person and a month."""


def show_coded(tx: Tx, hall: Hall, post: PostRecord, day: str) -> None:
    """Every coded sighting of a post and day, to whom it concerns now; what was taken back is gone."""
    coded: list[CodedSighting] = tx.ask("coded_at", post=post.rid, day=day) if tx.knows("coded_at") else []
    seen = [one for one in coded if not effective(tx, one.look).withdrawn]
    known = {one.rid: one for one in tx.find(CodedRecord, "post = ? AND day = ?", [post.rid, day])}
    if not seen and not known:
        return
    concerned: set[Whose] = set()
    for one in seen:
        was = known.pop(one.rid, None)
        record = _record(tx, post, day, one, was)
        if record != was:
            tx.put(record)
        concerned |= {_whose(one) for one in (was, record) if one}
    for gone in known.values():
        gone.live = False
        tx.put(gone)
        concerned.add(_whose(gone))
    for person, month in sorted(concerned):
        _show_month(tx, hall, person, month)


def _whose(record: CodedRecord) -> Whose:
    return record.person, month_of(record.day)


def _record(tx: Tx, post: PostRecord, day: str, seen: CodedSighting, was: CodedRecord | None) -> CodedRecord:
    """Whom it concerns: the one the inspector named, else a stand-in, else who held the post by the newest roster (AB-03, CON-23)."""
    person = seen.named or _at_work(tx, post.rid, seen.at)
    return CodedRecord(
        rid=seen.rid,
        post=post.rid,
        unit=post.unit,
        day=day,
        at=seen.at,
        person=person,
        codes=seen.codes,
        note=seen.note,
        grade=seen.grade,
        reminded=seen.reminded,
        tied=seen.look.tied,
        home=unit_then(tx, person, day) if person else "",
        told_at=was.told_at if was else tx.now,
        turned_at=0 if was is None else was.turned_at if was.person == person else tx.now,
    )


def _at_work(tx: Tx, post: str, at: int) -> str:
    serving: Serving | None = tx.ask("serving", post=post, at=at) if tx.knows("serving") else None
    if serving and serving.capacity == "B":
        return serving.person
    on: Assigned | None = tx.ask("on_duty", post=post, at=at) if tx.knows("on_duty") else None
    return on.a if on else ""


def _show_month(tx: Tx, hall: Hall, person: str, month: str) -> None:
    """All of a person's month: another may be the first of it now. With nobody named, none is anybody's first."""
    all_of_it = tx.find(CodedRecord, "person = ? AND day >= ? AND day < ?", [person, f"{month}-01", next_month(month)], "at, rid")
    live = [one for one in all_of_it if one.live and not is_praise(one)]
    for one in all_of_it:
        if one.live:
            first = person != "" and one.reminded and one in live[:1]
            _show(tx, hall, one, ended=is_praise(one) or (first and _ends_there(hall, one)))
        else:
            tx.retract("coded", one.rid)


def _ends_there(hall: Hall, one: CodedRecord) -> bool:
    return bool(setting(hall, "ptl.first_minor_reminder", one.day))


def _show(tx: Tx, hall: Hall, one: CodedRecord, *, ended: bool) -> None:
    said = tx.find(FindingAnswerRecord, "finding = ?", [one.rid], "at, rid")
    body = Coded(
        post=one.post,
        at=one.at,
        codes=one.codes,
        grade=one.grade,
        answer_until="" if is_praise(one) else due_by(hall, "evd.answer_days", one.turned_at or one.told_at).day,
        person=one.person or None,
        note=one.note,
        reminded=one.reminded,
        ended=ended,
        answers=[answer.text for answer in said],
        tied=one.tied,
    )
    # Whoever is named works for another unit than the post's, too: his own head answers for him.
    concerned = frozenset(
        {f"head:{unit}" for unit in (one.unit, one.home) if unit}
        | ({f"u:{one.person}"} if one.person else set())
        | (set() if ended else {"role:DIS"})
    )
    tx.project(Face("coded", one.rid, PATROL_AND_OFFICE | concerned, body))


def answer_coded(tx: Tx, op: Op[FindingAnswer], matter: CodedRecord) -> Outcome:
    """陈述: the person, the head of the unit or his own says its part. There is nothing to review, as it counts for nobody by itself: who
    asks for one is told so.
    """
    if op.actor.uid != matter.person and not leads(op.actor, matter.unit) and not leads(op.actor, matter.home):
        return held("NO_RIGHT")
    if not op.a.text.strip():
        return held("INVALID")
    tx.put(
        FindingAnswerRecord(rid=op.id, finding=op.rid, post=matter.post, day=matter.day, by=op.actor.uid, at=op.window.at, text=op.a.text)
    )
    hall = hall_of(tx)
    tx.touch(matter.post, day_start(matter.day, hall.tz), day_start(add_days(matter.day, 1), hall.tz))
    return Outcome("applied", "NO_REVIEW") if op.a.review else APPLIED
