"""What follows from the facts of a leave, kept and shown: state, cover, balance, faces; and the other leaves it bears on (CON-14..19)."""

from typing import NamedTuple

from msgspec.structs import replace

from server.domain.base import Tx
from server.domain.hall.blobs import attached, show_due
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import (
    FOREVER,
    add_days,
    at_time,
    day_of,
    day_start,
    minutes_ms,
    next_working_day,
    posted_sessions,
    rule,
)
from server.domain.hall.terms import LOOK_AHEAD_DAYS, closing, day_ahead
from server.domain.leave import account, cover, sealing
from server.domain.leave.counting import calendars_of, count
from server.domain.leave.ops import Leave, LeaveTypeRule, PrivacyClass
from server.domain.leave.policy import chain_of, deputies_of, holders, standing_of, type_on
from server.domain.leave.rules import (
    Chain,
    Ends,
    Outlook,
    Return,
    approved_until,
    bounds,
    came_back,
    claim_of,
    decisions_of,
    how_said,
    is_late_return,
    is_said_late,
    is_unproven_return,
    outlook,
    parts,
    stand_in_at,
    state_of,
    steps_of,
    type_now,
    words_of,
)
from server.domain.leave.tables import SECRET, Asked, Decided, LeaveRecord, Span
from server.domain.leave.tell import Circumstances, Lacks, notes_of
from server.domain.leave.views import MEDICAL, deciders, ins_face, leave_face, reads_face, sealed_face, unit_face
from sync.units import DAY_MS

ROUNDS_MAX = 60
NO_CHAIN = Chain((), "", "", FOREVER)


class Judged(NamedTuple):
    """A leave with what it is judged by."""

    kind: LeaveTypeRule | None
    chain: Chain
    view: Outlook
    back_by: int


def save(tx: Tx, leave: LeaveRecord) -> None:
    """Keep a leave whose facts have changed, and derive it and every leave it bears on until nothing changes any more."""
    tx.put(leave)
    waiting, people = [leave.rid], {leave.person}
    for _ in range(ROUNDS_MAX):
        if not waiting:
            break
        one = tx.get(LeaveRecord, waiting.pop(0))
        if one is None:
            continue
        before = _bearing(one)
        _derive(tx, one)
        if _bearing(one) != before:
            waiting += [r.rid for r in _related(tx, one) if r.rid not in waiting]
            people.add(one.person)
            _touch(tx, one)
    hall = hall_of(tx)
    for uid in sorted(people):
        account.show_account(tx, hall, uid)


def covers_changed(tx: Tx, hall: Hall, leave: LeaveRecord) -> bool:
    """True when the roster says something else about the cover of a leave than what is kept."""
    slots = cover.slots_of(tx, hall, leave)
    lacks = cover.lacks_third(tx, leave, slots) is not None if approved_until(leave.spans) else False
    return cover.cover_of(tx, leave, slots) != leave.cover or lacks != leave.needs_cover


def _bearing(leave: LeaveRecord) -> tuple[object, ...]:
    """What of a leave others depend on."""
    return (leave.spans, leave.state, leave.approved_at, leave.type, leave.needs_cover, leave.centidays, leave.cover)


def _related(tx: Tx, leave: LeaveRecord) -> list[LeaveRecord]:
    """Leaves that may read differently because of this one: the person's own, those of partners at a post, 续假 and its base."""
    hall = hall_of(tx)
    from_at, to_at = bounds(leave)
    year = day_of(from_at, hall.tz)[:4]
    own = tx.find(LeaveRecord, "person = ? AND to_at > ?", [leave.person, at_time(f"{year}-01-01", "00:00", hall.tz)])
    found = [*own, *tx.find(LeaveRecord, "extension_of = ? OR merged_into = ?", [leave.rid, leave.rid])]
    found += [base for rid in (leave.extension_of, leave.merged_into) if rid and (base := tx.get(LeaveRecord, rid))]
    for uid in cover.partners_of(tx, hall, leave):
        found += tx.find(LeaveRecord, "person = ? AND to_at > ? AND from_at < ?", [uid, from_at, to_at])
    return [one for one in {one.rid: one for one in found}.values() if one.rid != leave.rid]


def _derive(tx: Tx, leave: LeaveRecord) -> None:
    """Everything that follows from the facts, in one go."""
    hall = hall_of(tx)
    leave.type = type_now(leave)
    leave.from_at, leave.to_at = bounds(leave)
    leave.extension_of = leave.asked.extension_of if leave.asked else ""
    leave.planned = leave.asked is not None and is_ahead(hall, leave.from_at, _asked_at(leave.asked))
    judged = _judge(tx, hall, leave)
    leave.privacy = _privacy(tx, hall, leave, judged.kind)
    back, ends = _end_by_returns(leave, judged.view)
    leave.approved_at = judged.view.approved_at
    leave.steps = steps_of(judged.chain, _said(tx, leave), leave.asked.received_at if leave.asked else 0, tx.now)
    slots = cover.slots_of(tx, hall, leave)
    leave.cover = cover.cover_of(tx, leave, slots)
    tx.put(leave)
    lacks = cover.lacks_third(tx, leave, slots) if approved_until(leave.spans) else None
    leave.needs_cover = lacks is not None
    back_by = back_by_of(hall, leave)
    judged = judged._replace(back_by=back_by)
    leave.state = state_of(
        leave, judged.view, leave.spans, Ends(back_by, _is_extended(tx, leave, back_by), _has_signed_in(tx, leave)), tx.now
    )
    leave.alarmed = leave.alarmed or leave.state == "overdue"
    _judge_return(leave, back, ends, back_by)
    leave.twin = _twin(tx, leave)
    left = _reckon(tx, hall, leave, judged.kind)
    leave.due_at = _due_at(hall, leave, judged, tx.now)
    leave.erase_at = sealing.erase_at(hall, leave)
    leave.shown = tx.now < _shown_until(hall, leave) or leave.state == "overdue"
    tx.put(leave)
    _show(tx, hall, leave, judged, lacks, left)


def _end_by_returns(leave: LeaveRecord, view: Outlook) -> tuple[Return | None, int]:
    """The parts of the leave; what its 销假 come to; and until when it was approved but for them (ms)."""
    leave.backs, leave.returned = words_of(leave), None
    leave.spans = _parts(leave, view)
    ends = approved_until(leave.spans) or leave.to_at
    if back := came_back(leave, ends):
        leave.returned = replace(back.said, at=back.at)
        leave.spans = _parts(leave, view)
    return back, ends


def _parts(leave: LeaveRecord, view: Outlook) -> list[Span]:
    return parts(leave, view) if leave.asked else [Span(*bounds(leave), "pending")]


def _judge_return(leave: LeaveRecord, back: Return | None, ends: int, back_by: int) -> None:
    """Whether 销假 was late, in time, or neither; and who else said it."""
    leave.back_said = how_said(leave, back, ends, back_by)
    leave.back_late = is_late_return(back, leave.back_said, back_by)
    leave.back_unproven = is_unproven_return(back, leave.back_said, back_by)
    leave.confirmed_by = min((one.by for one in leave.backs if one.by != leave.person), default="")


def _privacy(tx: Tx, hall: Hall, leave: LeaveRecord, kind: LeaveTypeRule | None) -> PrivacyClass:
    """The class of its type; what was once asked for as sick leave stays sealed, whatever it is converted into (LV-09, PRV-04)."""
    now = kind.privacy if kind else "P2"
    day = day_of(leave.from_at, hall.tz)
    types = {leave.asked.type if leave.asked else "", *(one.type for one in leave.converted)}
    was_sealed = any((known := type_on(tx, code, day)) is not None and known.privacy == sealing.ERASED for code in types)
    return sealing.ERASED if was_sealed and now < sealing.ERASED else now


def _asked_at(asked: Asked) -> int:
    """When it was asked for, as far as that can be proven."""
    return asked.received_at if asked.grade == "C" else asked.at


def is_ahead(hall: Hall, from_at: int, said_at: int) -> bool:
    """Whether an absence that begins then was said as early as a planned one must be: as for the hand-over it needs (AB-02, CAL-09)."""
    return said_at <= day_ahead(hall, day_of(from_at, hall.tz), rule(hall, "ab.handover_ahead_days", said_at))


def _said(tx: Tx, leave: LeaveRecord) -> list[Decided]:
    """The decisions about a leave; one that was entered twice shares those of the other (CON-17)."""
    twin = tx.get(LeaveRecord, leave.merged_into) if leave.merged_into else None
    return [*leave.decided, *(twin.decided if twin else [])]


def _judge(tx: Tx, hall: Hall, leave: LeaveRecord) -> Judged:
    kind = type_on(tx, leave.type, day_of(leave.from_at, hall.tz)) if leave.asked else None
    if leave.asked is None or kind is None:
        return Judged(kind, NO_CHAIN, Outlook("open", 0, ()), FOREVER)
    chain = chain_of(tx, hall, leave, kind, count(hall, kind, [bounds(leave)]))
    return Judged(kind, chain, outlook(chain, _said(tx, leave)), FOREVER)


def back_by_of(hall: Hall, leave: LeaveRecord) -> int:
    """Until when 销假 is due: the next opening after the leave, with its grace (LV-07)."""
    end = approved_until(leave.spans)
    return next_opening(hall, end) + minutes_ms(hall, "lv.return_grace_min", end) if end else FOREVER


def next_opening(hall: Hall, at: int) -> int:
    """The next moment of posted opening time at or after `at`; `at` itself when the hall opens no more in sight."""
    day = day_of(at, hall.tz)
    for _ in range(LOOK_AHEAD_DAYS):
        for start, end in posted_sessions(hall, day):
            if at < end:
                return max(at, start)
        day = add_days(day, 1)
    return at


def _is_extended(tx: Tx, leave: LeaveRecord, back_by: int) -> bool:
    """True when a 续假 was asked for before 销假 was due and is not refused."""
    follows = tx.find(LeaveRecord, "extension_of = ?", [leave.rid])
    alive = [f for f in follows if any(s.state in ("pending", "approved") for s in f.spans)]
    return any(f.asked is not None and f.asked.at <= back_by for f in alive)


def _has_signed_in(tx: Tx, leave: LeaveRecord) -> bool:
    """Whether the person has signed in after the leave, at a time that can be trusted."""
    end = approved_until(leave.spans)
    if not end or end > tx.now or not tx.knows("punches_of"):
        return False
    return any(one.way == "in" and one.grade != "C" for one in tx.ask("punches_of", uid=leave.person, from_at=end, to_at=tx.now + 1))


def _twin(tx: Tx, leave: LeaveRecord) -> str:
    """Another leave of the person that meets this one and is neither withdrawn nor merged (CON-17); the earliest. What is secret is told
    with no other leave."""
    if leave.merged_into or not any(s.state in ("pending", "approved") for s in leave.spans):
        return ""
    others = tx.find(LeaveRecord, "person = ? AND to_at > ? AND from_at < ?", [leave.person, leave.from_at, leave.to_at])
    known = [o for o in others if o.rid != leave.rid and not o.merged_into and o.asked and (leave.privacy == SECRET or o.privacy != SECRET)]
    meets = [o for o in known if any(_meet(s, p) for s in o.spans for p in leave.spans)]
    return min((o.rid for o in meets), default="")


def _meet(a: Span, b: Span) -> bool:
    live = ("pending", "approved")
    return a.state in live and b.state in live and a.from_at < b.to_at and b.from_at < a.to_at


def _reckon(tx: Tx, hall: Hall, leave: LeaveRecord, kind: LeaveTypeRule | None) -> int | None:
    """Count the days; say what they were when only the calendar has changed since (CAL-03); tell what is left."""
    if kind is None:
        return None
    book = account.book_of(tx, leave.person, secret=leave.privacy == SECRET)
    now = account.centidays_of(hall, book, leave, kind)
    calendars, _ = calendars_of(hall, leave.from_at, leave.to_at)
    if leave.calendars and calendars != leave.calendars and now != leave.centidays:
        leave.was_centidays = leave.centidays
    leave.centidays, leave.calendars = now, calendars
    left = account.left_after(tx, hall, book, leave, kind)
    leave.over_quota = left is not None and left < 0 and approved_until(leave.spans) > 0
    return left


def _due_at(hall: Hall, leave: LeaveRecord, judged: Judged, now: int) -> int:
    """When time alone changes something next: it begins, ends, is overdue, escalates, a reader's time is over, it leaves the devices."""
    moments = [leave.from_at, approved_until(leave.spans), judged.back_by, judged.chain.escalates_at, *leave.open_to.values()]
    moments.append(_shown_until(hall, leave))
    if leave.asked is None and leave.told:
        moments.append(file_by(hall, leave))
    return min((m for m in moments if now < m < FOREVER), default=FOREVER)


def _shown_until(hall: Hall, leave: LeaveRecord) -> int:
    return max(approved_until(leave.spans), leave.to_at) + rule(hall, "lv.shown_days", leave.to_at) * DAY_MS


def file_by(hall: Hall, leave: LeaveRecord) -> int:
    """Until when an absence that was told by phone is to be filed: the end of a working day after it began (LV-05)."""
    return closing(hall, next_working_day(hall, day_of(leave.from_at, hall.tz), rule(hall, "lv.file_days", leave.from_at)))


def _touch(tx: Tx, leave: LeaveRecord) -> None:
    """Let everybody look again at the person and at the posts of those days, and where he stands in."""
    hall = hall_of(tx)
    if tx.knows("stand_in_moved"):
        tx.ask("stand_in_moved", people=[leave.person])
    tx.touch_person(leave.person, leave.from_at, leave.to_at)
    for post, day in sorted(cover.posts_touched(tx, hall, leave)):
        tx.touch(post, day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz))


# --- faces ------------------------------------------------------------------------------------------------------------


def _show(tx: Tx, hall: Hall, leave: LeaveRecord, judged: Judged, lacks: Lacks | None, left: int | None) -> None:
    body = _body(tx, hall, leave, judged, lacks, left)
    day = today_of(tx)
    principals = {uid for role in judged.chain.steps for uid in holders(tx, role, leave)}
    deputies = [d for uid in sorted(principals) for d in deputies_of(tx, uid, day)]
    tx.project(leave_face(leave, body, deciders(leave, deputies)))
    tx.project(unit_face(leave, stand_in_at(leave, max(tx.now, leave.from_at))))
    tx.project(ins_face(leave))
    tx.project(reads_face(leave))
    shown = [one for proof in leave.proofs for one in attached(tx, proof.by, proof.blobs)]
    tx.project(sealed_face(leave, _medical_text(leave) if leave.privacy in MEDICAL else "", shown, tx.now))
    if leave.proofs:
        show_due(tx, "leave", leave.rid, leave.proofs[0].by, shown, {f"u:{leave.person}"}, min(p.at for p in leave.proofs))


def _medical_text(leave: LeaveRecord) -> str:
    asked = leave.asked.text if leave.asked else leave.told.text if leave.told else ""
    return "\n".join(text for text in (asked, _late_reason(leave)) if text)


def _late_reason(leave: LeaveRecord) -> str:
    """Why the return was late, in the words of whoever said it; "" of one in time."""
    return leave.returned.text if leave.back_late and leave.returned else ""


def _body(tx: Tx, hall: Hall, leave: LeaveRecord, judged: Judged, lacks: Lacks | None, left: int | None) -> Leave:
    kind, asked, told = judged.kind, leave.asked, leave.told
    medical = leave.privacy in MEDICAL
    _, provisional = calendars_of(hall, leave.from_at, leave.to_at)
    end = approved_until(leave.spans)
    said = asked or told
    assert said is not None
    late = asked is not None and asked.at > leave.from_at
    claim = claim_of(leave)
    by_then = file_by(hall, leave) if late or asked is None else None
    said_of = _said(tx, leave)
    ineligible = _ineligible(tx, leave, kind)
    known = Circumstances(
        judged.chain, judged.view, said_of, judged.back_by, lacks, left, provisional, by_then, _other_type(tx, leave), ineligible
    )
    return Leave(
        person=leave.person,
        unit=leave.unit,
        type=leave.type,
        from_at=leave.from_at,
        to_at=leave.to_at,
        centidays=leave.centidays,
        state=leave.state,
        asked_at=said.at,
        received_at=said.received_at,
        grade=asked.grade if asked else "A",
        by=said.by,
        steps=leave.steps,
        decisions=decisions_of(judged.chain, said_of),
        cover=leave.cover,
        notes=notes_of(leave, known),
        text="" if medical else (asked.text if asked else told.text if told else ""),
        event=asked.event if asked else "",
        stand_in=stand_in_at(leave, max(tx.now, leave.from_at)) or None,
        out_of_city=asked.out_of_city if asked else "",
        extension_of=leave.extension_of or None,
        left_centidays=left,
        proofs=sum(len(p.blobs) for p in leave.proofs),
        proof_days=max((p.days for p in leave.proofs), default=0),
        proof_due=_proof_due(leave, kind),
        sealed=bool(leave.proofs) or (medical and bool(_medical_text(leave))),
        late=late,
        told_at=told.told_at if told else None,
        file_by=by_then,
        back_by=judged.back_by if end else None,
        returned_at=leave.returned.at if leave.returned else None,
        confirmed_by=leave.confirmed_by,
        late_return=leave.back_late,
        back_said=leave.back_said,
        back_said_at=claim.made_at if claim and is_said_late(claim) else None,
        back_claims_at=claim.at if claim and leave.back_said in ("late", "clock") else None,
        back_unproven=leave.back_unproven,
        recalled_at=leave.recalled.at if leave.recalled else None,
        ends_at=end if end and end != leave.to_at else None,
        needs_cover=leave.needs_cover,
        over_quota=leave.over_quota,
        ineligible=ineligible,
        twin=leave.twin,
        into=leave.merged_into,
        provisional=provisional,
        was_centidays=leave.was_centidays if leave.was_centidays >= 0 else None,
        absent_without=leave.back_late and not _late_reason(leave),
        late_reason="" if medical else _late_reason(leave),
    )


def _other_type(tx: Tx, leave: LeaveRecord) -> str:
    """The type of the leave this one meets."""
    other = tx.get(LeaveRecord, leave.twin) if leave.twin else None
    return other.type if other else ""


def _proof_due(leave: LeaveRecord, kind: LeaveTypeRule | None) -> bool:
    if kind is None or kind.proof_days < 0 or leave.proofs or leave.state in ("withdrawn", "refused", "merged"):
        return False
    return leave.centidays >= kind.proof_days * 100


def _ineligible(tx: Tx, leave: LeaveRecord, kind: LeaveTypeRule | None) -> bool:
    sex = standing_of(tx, leave.person).sex
    return bool(kind and kind.sex and sex and kind.sex != sex)
