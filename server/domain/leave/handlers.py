"""What a leave op does: who may say it, is it sane, write the fact, derive what follows (LV-01..12, CON-14..19)."""

import msgspec

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held, refused, stale
from server.domain.hall.audiences import OFFICE
from server.domain.hall.blobs import bind
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.order import by_moment, earlier
from server.domain.hall.rules import day_of, leads, may_any, minutes_ms, near, rule
from server.domain.hall.tables import PersonRecord
from server.domain.hall.terms import next_session
from server.domain.leave import editors, ops, sealing
from server.domain.leave.derive import save
from server.domain.leave.ops import (
    LeaveConvert,
    LeaveCover,
    LeaveDecide,
    LeaveMerge,
    LeaveOpen,
    LeaveProof,
    LeaveRead,
    LeaveRecall,
    LeaveRequest,
    LeaveReturn,
    LeaveTold,
    LeaveTypeRule,
    LeaveWithdraw,
)
from server.domain.leave.policy import principals_of, put_defaults, rank_of, type_on
from server.domain.leave.registers import MEASURES, REGISTERS
from server.domain.leave.rules import ROLE_RANK, TOLERANCE_MS, LeaveSpan, approved_until, earlier_recall, spans_of, words_of
from server.domain.leave.tables import (
    SECRET,
    SECRET_READERS,
    Asked,
    Assigned,
    Converted,
    Decided,
    LeaveAlarmRecord,
    LeaveChainRecord,
    LeaveDeputyRecord,
    LeavePersonRecord,
    LeaveRecord,
    LeaveTypeRecord,
    Proof,
    Recalled,
    Said,
    ToldBy,
)
from server.domain.leave.views import SECRETLY
from sync.units import DAY_MS

SPAN_MS_MAX = 2 * 366 * DAY_MS
"""Nobody asks for more than two years at once: a longer span is a slip."""


# --- asking -----------------------------------------------------------------------------------------------------------


def request(tx: Tx, op: Op[LeaveRequest]) -> Outcome:
    """请假, by the person, or filed for a colleague (LV-01, LV-05); also what was told by phone before."""
    a = op.a
    person: PersonRecord | None = tx.ask("person", uid=a.person)
    known = tx.get(LeaveRecord, op.rid)
    hall = hall_of(tx)
    late_days, ahead_days = (rule(hall, key, op.received_at) for key in ("lv.late_days", "lv.ahead_days"))
    if not near(a.from_at, (op.window.at, op.received_at), late_days, ahead_days):
        return held("TIME_UNLIKELY")
    kind = type_on(tx, a.type, day_of(a.from_at, hall.tz))
    if (
        person is None
        or kind is None
        or kind.closed
        or not _is_sane(a.from_at, a.to_at)
        or (known and (known.asked or known.person != a.person))
    ):
        return held("INVALID")
    if (a.stand_in and (a.stand_in == a.person or tx.ask("person", uid=a.stand_in) is None)) or (
        a.event and a.event not in {e.code for e in kind.events}
    ):
        return held("INVALID")
    if a.extension_of and (base := tx.get(LeaveRecord, a.extension_of)) is None:
        return held("REF_WAIT")
    if a.extension_of and base and (base.person != a.person or a.from_at < base.from_at):
        return held("INVALID")
    if not may_file(op.actor, person, kind):
        return held("NO_RIGHT")
    leave = known or LeaveRecord(rid=op.rid, person=a.person, unit=person.unit)
    leave.asked = Asked(
        op=op.id,
        at=op.window.at,
        received_at=op.received_at,
        grade=op.window.grade,
        by=op.actor.uid,
        rank=rank_of(person.roles),
        type=a.type,
        from_at=a.from_at,
        to_at=a.to_at,
        text=a.text,
        stand_in=a.stand_in or "",
        extension_of=a.extension_of or "",
        event=a.event,
        out_of_city=a.out_of_city,
    )
    if op.blobs:
        leave.proofs.append(Proof(op.id, op.window.at, op.actor.uid, 0, "", bind(tx, op)))
    save(tx, leave)
    return APPLIED


def _is_sane(from_at: int, to_at: int) -> bool:
    return 0 < from_at < to_at <= from_at + SPAN_MS_MAX


def may_file(actor: Actor, person: PersonRecord, kind: LeaveTypeRule) -> bool:
    """Oneself, a colleague of the unit, its head or the office; some types only the office, or only leaders, enter; what is
    secret (P4) only who may see it (§8)."""
    if kind.privacy == SECRET:
        return may_any(actor, *SECRET_READERS)
    if kind.who == "lead":
        return may_any(actor, "LEAD", "TOP")
    if kind.who == "office":
        return "OFF" in actor.roles
    return actor.uid == person.rid or (bool(actor.unit) and actor.unit == person.unit) or leads(actor, person.unit)


def told(tx: Tx, op: Op[LeaveTold]) -> Outcome:
    """先电话报告，后补办 (LV-05): by whoever took the call."""
    a = op.a
    person: PersonRecord | None = tx.ask("person", uid=a.person)
    known = tx.get(LeaveRecord, op.rid)
    if person is None or not _is_sane(a.from_at, a.to_at) or (known and (known.told or known.person != a.person)):
        return held("INVALID")
    if op.actor.unit != person.unit and not leads(op.actor, person.unit):
        return held("NO_RIGHT")
    leave = known or LeaveRecord(rid=op.rid, person=a.person, unit=person.unit)
    leave.told = ToldBy(op.id, op.window.at, op.received_at, op.actor.uid, a.told_at, a.from_at, a.to_at, a.text)
    save(tx, leave)
    return APPLIED


def withdraw(tx: Tx, op: Op[LeaveWithdraw]) -> Outcome:
    """撤回 by the person; by whoever filed it, HEAD or OFF only while it is not approved (CON-14); what is secret (P4) by TOP or DIS. After
    it began it means being back.
    """
    leave = tx.get(LeaveRecord, op.rid)
    if leave is None:
        return held("REF_WAIT")
    if not _speaks_for(op.actor, leave) or (leave.privacy == SECRET and not may_any(op.actor, *SECRET_READERS)):
        return held("NO_RIGHT")
    said_at = op.received_at if op.window.grade == "C" else op.window.at  # by then, at the latest, he has said it (EVD-03)
    said = Said(op.id, said_at, said_at, op.actor.uid, op.window.grade, op.a.text)
    if op.actor.uid == leave.person or leave.privacy == SECRET:
        leave.withdrawn = earlier(leave.withdrawn, said)
    elif approved_until(leave.spans) and leave.approved_at <= said_at:
        return held("NO_RIGHT")
    else:
        leave.taken_back = earlier(leave.taken_back, said)
    save(tx, leave)
    return APPLIED


def prove(tx: Tx, op: Op[LeaveProof]) -> Outcome:
    """A certificate: by the person, or whoever files for him; sealed at once (LV-09)."""
    leave = tx.get(LeaveRecord, op.rid)
    if leave is None:
        return held("REF_WAIT")
    if not _speaks_for(op.actor, leave) and op.actor.unit != leave.unit:
        return held("NO_RIGHT")
    if op.a.days < 0:
        return held("INVALID")
    leave.proofs.append(Proof(op.id, op.window.at, op.actor.uid, op.a.days, op.a.text, bind(tx, op)))
    leave.proofs.sort(key=by_moment)
    save(tx, leave)
    return APPLIED


def _speaks_for(actor: Actor, leave: LeaveRecord) -> bool:
    if leave.privacy == SECRET:
        return actor.uid == leave.person or may_any(actor, *SECRET_READERS)
    filed = leave.asked.by if leave.asked else ""
    return actor.uid in (leave.person, filed) or leads(actor, leave.unit)


# --- deciding ---------------------------------------------------------------------------------------------------------


def decide(tx: Tx, op: Op[LeaveDecide]) -> Outcome:
    """An approver or a deputy says yes or no. All are kept; which one stands follows from rank and time (LV-03, CON-16)."""
    leave = tx.get(LeaveRecord, op.rid)
    if leave is None or leave.asked is None:
        return held("REF_WAIT")
    if op.actor.uid == leave.person or (leave.privacy == SECRET and not may_any(op.actor, *SECRET_READERS)):
        return held("NO_RIGHT")
    hall = hall_of(tx)
    principals = principals_of(tx, op.actor.uid, day_of(op.window.at, hall.tz))
    stands_for = [
        p for uid in principals if uid != leave.person and (p := tx.ask("person", uid=uid)) and _may_speak(p.unit, p.roles, leave)
    ]
    if leave.privacy != SECRET and not _may_speak(op.actor.unit, op.actor.roles, leave) and not stands_for:
        return held("NO_RIGHT")
    known_at = max(op.window.at, op.received_at)
    said = Decided(
        op=op.id,
        by=op.actor.uid,
        at=known_at if op.window.grade == "C" else op.window.at,
        known_at=known_at,
        grade=op.window.grade,
        accept=op.a.accept,
        text=op.a.text,
        roles=sorted(op.actor.roles),
        unit=op.actor.unit,
    )
    if stands_for:
        first = min(stands_for, key=lambda p: (-_weight(p.roles), p.rid))
        said.for_uid, said.for_roles, said.for_unit = first.rid, sorted(first.roles), first.unit
    leave.decided.append(said)
    leave.decided.sort(key=by_moment)
    save(tx, leave)
    return APPLIED


def _weight(roles: list[str]) -> int:
    return max((ROLE_RANK.get(role, 0) for role in roles), default=0)


def _may_speak(unit: str, roles: frozenset[str] | list[str], leave: LeaveRecord) -> bool:
    """The head of the unit, the office and leaders; what each of them decides is told by the table of approvers."""
    return any(role in ("OFF", "LEAD", "TOP") or (role == "HEAD" and unit == leave.unit) for role in roles)


def assign(tx: Tx, op: Op[LeaveCover]) -> Outcome:
    """HEAD or OFF names who stands in (LV-06, CON-14)."""
    leave = tx.get(LeaveRecord, op.rid)
    if leave is None:
        return held("REF_WAIT")
    if not leads(op.actor, leave.unit):
        return held("NO_RIGHT")
    from_at = leave.from_at if op.a.from_at is None else op.a.from_at
    to_at = leave.to_at if op.a.to_at is None else op.a.to_at
    if op.a.person == leave.person or tx.ask("person", uid=op.a.person) is None or from_at >= to_at:
        return held("INVALID")
    leave.assigned.append(Assigned(op.id, op.window.at, op.actor.uid, op.a.person, from_at, to_at))
    leave.assigned.sort(key=lambda a: (a.made_at, a.op))
    save(tx, leave)
    return APPLIED


def convert(tx: Tx, op: Op[LeaveConvert]) -> Outcome:
    """转换假别 by HEAD or OFF (CON-18), into a type they may enter; into what is secret (P4), or out of it, by TOP or DIS alone."""
    leave = tx.get(LeaveRecord, op.rid)
    if leave is None or leave.asked is None:
        return held("REF_WAIT")
    if not (leads(op.actor, leave.unit) or may_any(op.actor, *SECRET_READERS)) or op.actor.uid == leave.person:
        return held("NO_RIGHT")
    hall = hall_of(tx)
    kind = type_on(tx, op.a.type, day_of(leave.from_at, hall.tz))
    if kind is None:
        return held("INVALID")
    secret = SECRET in (leave.privacy, kind.privacy)
    if not (may_any(op.actor, *SECRET_READERS) if secret else leads(op.actor, leave.unit) or "TOP" in op.actor.roles):
        return held("NO_RIGHT")
    person: PersonRecord = tx.ask("person", uid=leave.person)
    if not secret and "TOP" not in op.actor.roles and not may_file(op.actor, person, kind):
        return held("NO_RIGHT")
    leave.converted.append(Converted(op.id, op.window.at, op.actor.uid, op.a.type, op.a.text))
    leave.converted.sort(key=by_moment)
    save(tx, leave)
    return APPLIED


def merge(tx: Tx, op: Op[LeaveMerge]) -> Outcome:
    """The same leave entered twice becomes one (CON-17): by the person, HEAD or OFF; only the same type, only where they meet."""
    leave, into = tx.get(LeaveRecord, op.rid), tx.get(LeaveRecord, op.a.into)
    if leave is None or into is None or leave.asked is None or into.asked is None:
        return held("REF_WAIT")
    if not _speaks_for(op.actor, leave):
        return held("NO_RIGHT")
    meets = leave.from_at <= into.to_at and into.from_at <= leave.to_at
    if (
        leave.rid == into.rid
        or leave.person != into.person
        or leave.type != into.type
        or not meets
        or into.merged_into
        or leave.merged_into
    ):
        return held("INVALID")
    leave.merged_into = into.rid
    save(tx, leave)
    return APPLIED


def recall(tx: Tx, op: Op[LeaveRecall]) -> Outcome:
    """召回: HEAD, OFF or a leader ends an approved leave of a discretionary type early; statutory leave is never touched (CON-14). It holds
    from the next session at the soonest: nobody is absent before he can have heard of it.
    """
    leave = tx.get(LeaveRecord, op.rid)
    # One answer for what is not there and for what is not this person's business.
    if (
        leave is None
        or leave.asked is None
        or not (leads(op.actor, leave.unit) or may_any(op.actor, "LEAD", "TOP"))
        or op.actor.uid == leave.person
        or (leave.privacy == SECRET and not may_any(op.actor, *SECRET_READERS))
    ):
        return refused("NO_RIGHT")
    hall = hall_of(tx)
    kind = type_on(tx, leave.type, day_of(leave.from_at, hall.tz))
    if kind is None or not kind.displaceable:
        return refused("LEAVE_PROTECTED", tx.version("leave", op.rid))
    if old := stale(tx, op, "leave"):
        return old
    if not approved_until(leave.spans) or leave.returned or not op.a.text.strip():
        return refused("GONE" if leave.returned else "INVALID", tx.version("leave", op.rid))
    from_at = max(op.a.from_at, next_session(hall, tx.now))
    if earlier_recall(leave, from_at, op.id):
        leave.recalled = Recalled(op.id, from_at, op.window.at, op.actor.uid, op.a.text)
    save(tx, leave)
    return APPLIED


# --- coming back ------------------------------------------------------------------------------------------------------


def come_back(tx: Tx, op: Op[LeaveReturn]) -> Outcome:
    """销假: the person says it, or HEAD or OFF confirms it; the time of coming back counts, not of arrival (LV-07, CON-19). What each word
    is worth, said afterwards or by a clock nobody can believe, rules.py decides.
    """
    leave = tx.get(LeaveRecord, op.rid)
    if leave is None:
        return held("REF_WAIT")
    own = op.actor.uid == leave.person
    if not own and not (_speaks_for(op.actor, leave) if leave.privacy == SECRET else leads(op.actor, leave.unit)):
        return held("NO_RIGHT")
    said_at = op.received_at if op.window.grade == "C" else op.window.at
    mark = Said(op.id, min(op.a.back_at, said_at + TOLERANCE_MS), said_at, op.actor.uid, op.window.grade, op.a.text)
    leave.backs = sorted([*words_of(leave), mark], key=by_moment)
    save(tx, leave)
    return APPLIED


# --- the sealed part --------------------------------------------------------------------------------------------------


def open_sealed(tx: Tx, op: Op[LeaveOpen]) -> Outcome:
    """OFF reads reason and proofs for a stated purpose, for a while; of what is secret (P4) TOP and DIS do. The op is the log entry; the
    person sees it, too (VIS-03).

    A year (`lv.sealed_years`) after the year of the leave nobody opens them any more (PRV-04).
    """
    leave = tx.get(LeaveRecord, op.rid)
    if leave is None or not may_any(op.actor, *(SECRET_READERS if leave.privacy == SECRET else ("OFF",))):
        return refused("NO_RIGHT")
    if not op.a.purpose.strip():
        return refused("INVALID")
    hall = hall_of(tx)
    if today_of(tx) > f"{int(day_of(leave.to_at, hall.tz)[:4]) + rule(hall, 'lv.sealed_years', leave.to_at)}-12-31":
        return refused("GONE")
    leave.reads.append(LeaveRead(op.actor.uid, tx.now, op.a.purpose))
    leave.open_to[op.actor.uid] = tx.now + minutes_ms(hall, "lv.read_minutes", tx.now)
    save(tx, leave)
    return APPLIED


def show_again(tx: Tx, rid: str) -> None:
    """A photo of a proof has arrived."""
    if leave := tx.get(LeaveRecord, rid):
        save(tx, leave)


def sealed(tx: Tx, rid: str, args: bytes, uid: str) -> frozenset[str]:
    """What was held may speak of illness: the office alone hears of it; of what is secret (P4) whoever may see that."""
    leave, code = tx.get(LeaveRecord, rid), _type_in(args)
    secret = any(t.code == code and t.rule.privacy == SECRET for t in tx.find(LeaveTypeRecord, "code = ?", [code])) if code else False
    return SECRETLY if secret or (leave is not None and leave.privacy == SECRET) else OFFICE


def _type_in(args: bytes) -> str:
    """The type of leave the arguments of an op name, if any."""
    try:
        said = msgspec.json.decode(args)
    except msgspec.DecodeError:
        return ""
    return str(said.get("type", "")) if isinstance(said, dict) else ""


# --- time, other institutions -----------------------------------------------------------------------------------------


def tick(tx: Tx) -> None:
    """Beginnings and ends, overdue returns, silent approvers, readers whose time is over."""
    for leave in tx.find(LeaveRecord, "due_at <= ?", [tx.now]):
        if current := tx.get(LeaveRecord, leave.rid):
            current.open_to = {uid: until for uid, until in current.open_to.items() if until > tx.now}
            save(tx, current)
    hall = hall_of(tx)
    for leave in sealing.due(tx):
        if leave.erase_at:
            sealing.erase(tx, leave)
            save(tx, leave)
        else:
            leave.erase_at = sealing.erase_at(hall, leave)
            tx.put(leave)


def settle(tx: Tx, touched: frozenset[str]) -> None:
    """The roster of a post changed: the cover of those who are on leave there is looked at again; and all days after a new calendar."""
    editors.recount(tx)
    editors.recover(tx, touched)


def leaves_of(tx: Tx, *, uid: str, from_at: int, to_at: int) -> list[LeaveSpan]:
    """The parts of a person's leaves that meet [from_at, to_at), in time order."""
    found = tx.find(LeaveRecord, "person = ? AND to_at > ? AND from_at < ?", [uid, from_at, to_at])
    spans = [span for leave in found if not leave.merged_into or leave.spans for span in spans_of(leave, from_at, to_at)]
    return sorted(spans, key=lambda s: (s.from_at, s.rid))


def leaves_between(tx: Tx, *, from_at: int, to_at: int) -> list[LeaveSpan]:
    """The parts of everybody's leaves that meet [from_at, to_at)."""
    found = tx.find(LeaveRecord, "to_at > ? AND from_at < ?", [from_at, to_at])
    return sorted(span for leave in found for span in spans_of(leave, from_at, to_at))


DOMAIN = Domain(
    name="leave",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(
        LeaveRecord,
        LeaveTypeRecord,
        LeaveChainRecord,
        LeavePersonRecord,
        LeaveDeputyRecord,
        LeaveAlarmRecord,
    ),
    handlers={
        "leave.request": request,
        "leave.told": told,
        "leave.decide": decide,
        "leave.withdraw": withdraw,
        "leave.return": come_back,
        "leave.cover": assign,
        "leave.proof": prove,
        "leave.merge": merge,
        "leave.convert": convert,
        "leave.recall": recall,
        "leave.open": open_sealed,
        "leave.type": editors.set_type,
        "leave.chain": editors.set_chain,
        "leave.entitle": editors.entitle,
        "leave.deputy": editors.set_deputy,
    },
    settle=settle,
    found=put_defaults,
    tick=tick,
    answers={"leaves_of": leaves_of, "leaves_between": leaves_between},
    attached=show_again,
    sealed=sealed,
    registers=REGISTERS,
    measures=MEASURES,
)
