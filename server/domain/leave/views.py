"""Who sees which face of a leave (§7, LV-09, LV-10, LVT-04, PRV-02): person and deciders, the unit, those who patrol. Nothing is public."""

from collections.abc import Iterable

from server.domain.base import Face
from server.domain.hall.audiences import HALL, NOBODY, OFFICE, PATROL
from server.domain.hall.blobs import Attached
from server.domain.hall.order import by_moment
from server.domain.leave.ops import (
    Leave,
    LeaveAccount,
    LeaveAlarm,
    LeaveChain,
    LeaveDeputyRow,
    LeaveIns,
    LeaveReads,
    LeaveSealed,
    LeaveType,
    LeaveUnit,
)
from server.domain.leave.tables import SECRET, SECRET_READERS, LeaveChainRecord, LeaveDeputyRecord, LeaveRecord, LeaveTypeRecord

SECRETLY = frozenset(f"role:{role}" for role in SECRET_READERS)
"""Who reads what is secret (P4), beside the person."""
MEDICAL = ("P3", "P4")
"""Privacy classes whose reason is sealed with the proofs."""


def deciders(leave: LeaveRecord, deputies: Iterable[str]) -> frozenset[str]:
    """Who reads the whole request: the person, whoever filed it, the head and the office; leaders only when they are asked (§7).

    A suspension or investigation (P4) is for the person, the principal leader and the discipline section alone (§8).
    """
    own = {f"u:{leave.person}"}
    if leave.privacy == SECRET:
        return SECRETLY | own
    own |= {f"u:{said.by}" for said in (leave.asked, leave.told) if said}
    asked = {"role:LEAD"} if any(s.role in ("LEAD", "TOP") for s in leave.steps) else set()
    return frozenset(own | asked | {f"head:{leave.unit}", "role:OFF", *(f"u:{uid}" for uid in deputies)})


def leave_face(leave: LeaveRecord, body: Leave, buckets: frozenset[str]) -> Face:
    """The request as those concerned read it."""
    return Face("leave", leave.rid, buckets if leave.shown else NOBODY, body)


def unit_face(leave: LeaveRecord, stand_in: str) -> Face:
    """For the unit once it is approved, for the stand-in from the beginning: when, and who covers."""
    approved = [s for s in leave.spans if s.state == "approved"]
    waits = [s for s in leave.spans if s.state == "pending"]
    shown = approved or waits
    buckets = ({f"unit:{leave.unit}"} if approved else set()) | ({f"u:{stand_in}"} if stand_in and shown else set())
    body = LeaveUnit(
        person=leave.person,
        from_at=min((s.from_at for s in shown), default=leave.from_at),
        to_at=max((s.to_at for s in shown), default=leave.to_at),
        settled=bool(approved),
        stand_in=stand_in or None,
        cover=leave.cover if approved else [],
    )
    return Face("leave.unit", leave.rid, frozenset(buckets) if leave.shown else NOBODY, body)


def ins_face(leave: LeaveRecord) -> Face:
    """Approved absence, yes; or nothing."""
    approved = [s for s in leave.spans if s.state == "approved"]
    body = LeaveIns(
        person=leave.person,
        from_at=min((s.from_at for s in approved), default=leave.from_at),
        to_at=max((s.to_at for s in approved), default=leave.to_at),
    )
    return Face("leave.ins", leave.rid, PATROL if approved and leave.shown else NOBODY, body)


def sealed_face(leave: LeaveRecord, text: str, blobs: list[Attached], now: int) -> Face:
    """Reason and proofs: for the person, and for readers who have said why, while their time lasts (VIS-03)."""
    readers = {f"u:{uid}" for uid, until in leave.open_to.items() if until > now}
    body = LeaveSealed(
        person=leave.person,
        text=text,
        proof_text="\n".join(p.text for p in sorted(leave.proofs, key=by_moment) if p.text),
        blobs=blobs,
    )
    there = bool(text or leave.proofs)
    own = {f"u:{leave.person}"} if leave.shown else set()
    return Face("leave.sealed", leave.rid, frozenset(own | readers) if there else NOBODY, body)


def reads_face(leave: LeaveRecord) -> Face:
    """Who has read the sealed part: for the person."""
    body = LeaveReads(reads=sorted(leave.reads, key=lambda r: (r.at, r.by)))
    return Face("leave.reads", leave.rid, frozenset({f"u:{leave.person}"}) if leave.reads and leave.shown else NOBODY, body)


def account_face(uid: str, unit: str, body: LeaveAccount) -> Face:
    """Balances: for the person, the head and the office; therefore without what is secret."""
    return Face("leave.account", uid, frozenset({f"u:{uid}", f"head:{unit}", "role:OFF"}), body)


def type_face(record: LeaveTypeRecord) -> Face:
    """A version of a type, for the hall."""
    return Face("leave.type", record.rid, HALL, LeaveType(record.code, record.rule))


def chain_face(record: LeaveChainRecord) -> Face:
    """A version of a table of approvers, for the hall."""
    return Face("leave.chain", record.rid, HALL, LeaveChain(record.name, record.valid_from, record.rows))


def deputy_face(record: LeaveDeputyRecord) -> Face:
    """Who decides for whom: for both and the office."""
    body = LeaveDeputyRow(record.deputy, record.first, record.last)
    buckets = {f"u:{record.rid}", f"u:{record.deputy}", "role:OFF"} if record.deputy else set()
    return Face("leave.deputy", record.rid, frozenset(buckets), body)


def alarm_face(rid: str, body: LeaveAlarm) -> Face:
    """Absence without leave near a threshold: for the office."""
    return Face("leave.alarm", rid, OFFICE, body)
