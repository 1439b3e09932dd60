"""The dated data leave is judged by: types, tables of approvers, deputies, what a person is entitled to (LVT-01, LVT-02, LV-03)."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from server.domain.base import Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, add_days, day_of, posted_sessions, rule
from server.domain.hall.tables import PersonRecord
from server.domain.leave.ops import ApproverRole, LeaveChainRow, LeaveTypeRule, Rank, Sex, Status
from server.domain.leave.rules import Chain
from server.domain.leave.tables import SECRET, LeaveChainRecord, LeaveDeputyRecord, LeavePersonRecord, LeaveRecord, LeaveTypeRecord
from server.domain.leave.views import chain_face, type_face
from sync.units import HOUR_MS

DEFAULTS = Path(__file__).parent / "defaults.json"
STATUS: dict[str, Status] = {"civil_servant": "civil_servant", "institution": "institution", "contract": "contract"}
"""What the personnel list calls it, as far as it is one of those the law counts by (LV-11)."""
LAST_RESORT: tuple[ApproverRole, ...] = ("TOP", "LEAD", "OFF")
"""Who decides when nobody of a chain is left but the person."""


class DefaultType(msgspec.Struct):
    """A type as shipped."""

    code: str
    rule: LeaveTypeRule


class Defaults(msgspec.Struct):
    """What a new hall begins with (§8)."""

    valid_from: str
    chains: dict[str, list[LeaveChainRow]]
    types: list[DefaultType]


@cache
def defaults() -> Defaults:
    """The types and chains that come with the product."""
    return msgspec.json.decode(DEFAULTS.read_bytes(), type=Defaults)


def put_defaults(tx: Tx) -> None:
    """Give the hall every shipped type and chain it has no version of; a no-op when they are known."""
    shipped = defaults()
    for one in shipped.types:
        if not tx.find(LeaveTypeRecord, "code = ?", [one.code]):
            put_type(
                tx, LeaveTypeRecord(rid=f"{one.code}@{one.rule.valid_from}", code=one.code, valid_from=one.rule.valid_from, rule=one.rule)
            )
    for name, rows in shipped.chains.items():
        if not tx.find(LeaveChainRecord, "name = ?", [name]):
            put_chain(tx, LeaveChainRecord(rid=f"{name}@{shipped.valid_from}", name=name, valid_from=shipped.valid_from, rows=rows))


def put_type(tx: Tx, record: LeaveTypeRecord) -> None:
    """Keep a version of a type and show it."""
    tx.put(record)
    tx.project(type_face(record))


def put_chain(tx: Tx, record: LeaveChainRecord) -> None:
    """Keep a version of a table of approvers and show it."""
    tx.put(record)
    tx.project(chain_face(record))


def type_on(tx: Tx, code: str, day: str) -> LeaveTypeRule | None:
    """The rule of a type on a day: the last version that had begun (LVT-02)."""
    found = tx.find(LeaveTypeRecord, "code = ? AND valid_from <= ?", [code, day], "valid_from")
    return found[-1].rule if found else None


def chain_on(tx: Tx, name: str, day: str) -> list[LeaveChainRow]:
    """A table of approvers on a day."""
    found = tx.find(LeaveChainRecord, "name = ? AND valid_from <= ?", [name, day], "valid_from")
    return found[-1].rows if found else []


def rank_of(roles: list[str]) -> Rank:
    """The rank of a person as the tables of approvers know it."""
    if "LEAD" in roles or "TOP" in roles:
        return "lead"
    return "head" if "HEAD" in roles else "staff"


class Standing(NamedTuple):
    """What entitlements of a person rest on: own entries of the office first, then the personnel list."""

    worked_since: str
    sex: Sex
    status: Status
    granted: dict[str, int]


def standing_of(tx: Tx, uid: str) -> Standing:
    """What is known of a person for entitlements."""
    known = tx.get(LeavePersonRecord, uid) or LeavePersonRecord(rid=uid)
    person: PersonRecord | None = tx.ask("person", uid=uid)
    base = (person.service_base or person.entered) if person else ""
    status = known.status or (STATUS.get(person.employment, "") if person else "")
    return Standing(known.worked_since or base, known.sex, status, known.granted)


def deputies_of(tx: Tx, uid: str, day: str) -> list[str]:
    """Who decides for a principal on a day."""
    found = tx.get(LeaveDeputyRecord, uid)
    return [found.deputy] if found and found.deputy and found.first <= day <= found.last else []


def principals_of(tx: Tx, uid: str, day: str) -> list[str]:
    """For whom a person decides on a day."""
    return [d.rid for d in tx.find(LeaveDeputyRecord, "deputy = ?", [uid]) if d.first <= day <= d.last]


# --- the chain of one leave -------------------------------------------------------------------------------------------


def chain_of(tx: Tx, hall: Hall, leave: LeaveRecord, kind: LeaveTypeRule, centidays: int) -> Chain:
    """The approvers of a leave by type, length and rank (LV-03): nobody decides about himself, and a step nobody holds is left out.

    What is secret (P4) waits for TOP alone, even where nobody is; DIS, which may see it, too, speaks at that step (§8).
    """
    assert leave.asked is not None, "only what is asked for is decided"
    if kind.privacy == SECRET:
        return Chain(("TOP",), leave.unit, leave.person, FOREVER, secret=True)
    rows = chain_on(tx, kind.chain, day_of(leave.from_at, hall.tz))
    row = next((r for r in rows if r.rank == leave.asked.rank and (not r.upto_centidays or centidays <= r.upto_centidays)), None)
    steps = tuple(role for role in (row.steps if row else ()) if holders(tx, role, leave))
    if not steps:
        steps = tuple(role for role in LAST_RESORT if holders(tx, role, leave))[:1]
    return Chain(steps, leave.unit, leave.person, escalates_at(tx, hall, leave))


def holders(tx: Tx, role: ApproverRole, leave: LeaveRecord) -> list[str]:
    """Who holds a role for this leave, without the person."""
    if role == "HEAD":
        people: list[str] = tx.ask("heads", unit=leave.unit)
    else:
        people = people_with(tx, role)
    return [uid for uid in people if uid != leave.person]


def people_with(tx: Tx, role: str) -> list[str]:
    """Everybody of the hall with a role."""
    return [p.rid for p in tx.find(PersonRecord, "roles LIKE ?", [f'%"{role}"%']) if not p.outside and not p.left]


def escalates_at(tx: Tx, hall: Hall, leave: LeaveRecord) -> int:
    """From when the centre may decide at the unit's step: the head has been silent for so many working hours, or is away for the day."""
    assert leave.asked is not None
    since = leave.asked.received_at
    silent = working_time_after(hall, since, rule(hall, "lv.silent_hours", since) * HOUR_MS)
    heads = holders(tx, "HEAD", leave)
    away = [a for uid in heads if (a := away_from(tx, uid, since, silent)) is not None]
    return max([since, *away]) if heads and len(away) == len(heads) else silent


def away_from(tx: Tx, uid: str, since: int, until: int) -> int | None:
    """When an approver's own approved leave meets the time in which he is asked, if it does and nobody decides for him."""
    spans = [s for leave in tx.find(LeaveRecord, "person = ? AND to_at > ? AND from_at < ?", [uid, since, until]) for s in leave.spans]
    starts = [max(s.from_at, since) for s in spans if s.state == "approved" and s.from_at < until and s.to_at > since]
    return min(starts, default=None)


def working_time_after(hall: Hall, at: int, length: int) -> int:
    """The moment `length` ms of posted opening time after `at`."""
    day = day_of(at, hall.tz)
    for _ in range(400):
        for start, end in posted_sessions(hall, day):
            start = max(start, at)
            if start < end and length <= end - start:
                return start + length
            length -= max(0, end - start)
        day = add_days(day, 1)
    return at + length
