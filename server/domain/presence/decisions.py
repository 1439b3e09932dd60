"""What others do about an absence: HEAD's word, another stand-in, a phone that has received it (AWY-05, AWY-08, AWY-12, AB-05)."""

from server.domain.base import APPLIED, Op, Outcome, Tx, held, refused, stale
from server.domain.hall.here import hall_of
from server.domain.hall.order import by_moment
from server.domain.hall.rules import leads, may_any
from server.domain.presence.keep import end_covers, save, speaks_for, touch_stand_ins, touch_where_standing_in
from server.domain.presence.ops import Assign, Close, GiveConsent, JudgeLate, Received
from server.domain.presence.rules import ended
from server.domain.presence.tables import Asked, Got, Judgement, Mark, NoticeRecord


def received(tx: Tx, op: Op[Received]) -> Outcome:
    """送达: the phone of the stand-in, or of the office, has the notice and says so by itself (AWY-02, AWY-08, CON-11); the person's own
    has the end that others gave it (EVD-02)."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    office = may_any(op.actor, "OFF")
    concerned = {notice.person, notice.stand_in, *(a.person for a in notice.asked)}
    if op.actor.uid not in concerned and not office:
        return held("NO_RIGHT")
    # What may count against the person is known to him, by a clock nobody can believe, when the server has heard of it.
    at = op.received_at if op.window.grade == "C" and op.actor.uid == notice.person else op.window.at
    notice.got.append(Got(op.id, at, op.actor.uid, office))
    notice.got.sort(key=by_moment)
    save(tx, notice, hall_of(tx))
    return APPLIED


def assign(tx: Tx, op: Op[Assign]) -> Outcome:
    """Another stand-in, named by the person, HEAD or OFF; who was named last is asked (AB-05, CON-13)."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None:
        return held("REF_WAIT")
    if not speaks_for(op.actor, notice):
        return held("NO_RIGHT")
    if op.a.stand_in == notice.person or tx.ask("person", uid=op.a.stand_in) is None:
        return held("INVALID")
    before = notice.stand_in
    if not notice.asked and before:
        notice.asked.append(Asked("", notice.announced_at, before, notice.by))
    notice.asked.append(Asked(op.id, op.window.at, op.a.stand_in, op.actor.uid))
    save(tx, notice, hall_of(tx))
    # Whom HEAD sends there, somebody may have missed elsewhere.
    tx.touch_person(op.a.stand_in, op.window.at, max(op.window.at, tx.now))
    touch_where_standing_in(tx, before)
    return APPLIED


def consent(tx: Tx, op: Op[GiveConsent]) -> Outcome:
    """HEAD's word on a long step-away or a barred absence; never the subject's own (AWY-05, AWY-12). A refusal says why."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None or not leads(op.actor, notice.unit) or op.actor.uid == notice.person:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "away.office"):
        return old
    if notice.consent == "none" or not (op.a.accept or op.a.text.strip()):
        return refused("INVALID")
    notice.consented = Judgement(op.window.at, op.actor.uid, op.a.accept, op.a.text)
    save(tx, notice, hall_of(tx))
    touch_stand_ins(tx, notice)
    return APPLIED


def close(tx: Tx, op: Op[Close]) -> Outcome:
    """HEAD or OFF ends an absence nobody ended."""
    notice = tx.get(NoticeRecord, op.rid)
    # One answer for a notice that is not there and for one of another unit.
    if notice is None or not leads(op.actor, notice.unit):
        return refused("NO_RIGHT")
    if old := stale(tx, op, "away.office"):
        return old
    if ended(notice):
        return refused("GONE", tx.version("away.office", op.rid))
    notice.closed = Mark(op.id, op.window.at, op.window.at, op.actor.uid, op.window.grade, op.a.text)
    save(tx, notice, hall_of(tx))
    end_covers(tx, notice)
    touch_stand_ins(tx, notice)
    return APPLIED


def judge_late(tx: Tx, op: Op[JudgeLate]) -> Outcome:
    """HEAD or OFF, never the subject, accepts or refuses a 补告示, with the reason (CON-03, EVD-05)."""
    notice = tx.get(NoticeRecord, op.rid)
    if notice is None or not leads(op.actor, notice.unit) or op.actor.uid == notice.person:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "away.office"):
        return old
    if not (notice.late and op.a.text.strip()):
        return refused("INVALID")
    notice.judged = Judgement(op.window.at, op.actor.uid, op.a.accept, op.a.text)
    save(tx, notice, hall_of(tx))
    return APPLIED
