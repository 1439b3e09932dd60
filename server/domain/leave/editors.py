"""What the desk sets: types and tables of approvers from a day on, entitlements, deputies (LVT-01, LVT-02, LV-03)."""

from server.domain.base import APPLIED, Op, Outcome, Tx, refused
from server.domain.hall.duty import people_of
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.recount import calendar_changed
from server.domain.hall.rules import add_days, day_of, is_day, may_any
from server.domain.hall.tables import DutyRecord
from server.domain.leave.account import show_account
from server.domain.leave.derive import covers_changed, save
from server.domain.leave.ops import LeaveDeputy, LeaveEntitle, LeaveSetChain, LeaveSetType
from server.domain.leave.policy import defaults, put_chain, put_type
from server.domain.leave.tables import (
    LeaveChainRecord,
    LeaveDeputyRecord,
    LeavePersonRecord,
    LeaveRecord,
    LeaveTypeRecord,
)
from server.domain.leave.views import deputy_face
from sync.units import DAY_MS

CODE_CHARS_MAX = 24
ROSTER_DAYS = 8
YEAR_MS = 366 * DAY_MS
CENTIDAYS_MAX = 400 * 100


def set_type(tx: Tx, op: Op[LeaveSetType]) -> Outcome:
    """A type as it is from a day on, never from a past day: what has begun keeps the rule of its start (LVT-02)."""
    code, _, day = op.rid.partition("@")
    if (wrong := _not_from(tx, op, day)) is not None:
        return wrong
    a = op.a.rule
    chains = {c.name for c in tx.find(LeaveChainRecord)}
    if not 0 < len(code) <= CODE_CHARS_MAX or a.valid_from != day or not a.names.get("zh_Hans") or a.chain not in chains:
        return refused("INVALID")
    put_type(tx, LeaveTypeRecord(rid=op.rid, code=code, valid_from=day, rule=a))
    _derive_again(tx, day)
    return APPLIED


def set_chain(tx: Tx, op: Op[LeaveSetChain]) -> Outcome:
    """A table of approvers as it is from a day on."""
    name, _, day = op.rid.partition("@")
    if (wrong := _not_from(tx, op, day)) is not None:
        return wrong
    if (
        not 0 < len(name) <= CODE_CHARS_MAX
        or op.a.valid_from != day
        or not op.a.rows
        or any(not r.steps or r.upto_centidays < 0 for r in op.a.rows)
    ):
        return refused("INVALID")
    put_chain(tx, LeaveChainRecord(rid=op.rid, name=name, valid_from=day, rows=op.a.rows))
    _derive_again(tx, day)
    return APPLIED


def _not_from(tx: Tx, op: Op[LeaveSetType] | Op[LeaveSetChain], day: str) -> Outcome | None:
    """Only office and administrator, and only from today on."""
    if not may_any(op.actor, "OFF", "ADM"):
        return refused("NO_RIGHT")
    hall = hall_of(tx)
    return refused("INVALID") if not is_day(day) or day < day_of(op.received_at, hall.tz) else None


def _derive_again(tx: Tx, day: str) -> None:
    """Leaves that begin under the new rule are judged by it."""
    for leave in tx.find(LeaveRecord, "to_at > ?", [tx.now]):
        hall = hall_of(tx)
        if day_of(leave.from_at, hall.tz) >= day:
            save(tx, leave)


def entitle(tx: Tx, op: Op[LeaveEntitle]) -> Outcome:
    """What a person's entitlements rest on, set by the office."""
    if "OFF" not in op.actor.roles:
        return refused("NO_RIGHT")
    a = op.a
    types = {t.code for t in tx.find(LeaveTypeRecord)} | {t.code for t in defaults().types}
    sane = all(
        year.isdigit() and code in types and 0 <= n <= CENTIDAYS_MAX
        for key, n in a.granted.items()
        for year, _, code in [key.partition(":")]
    )
    if tx.ask("person", uid=op.rid) is None or not sane or (a.worked_since and not is_day(a.worked_since)):
        return refused("INVALID")
    tx.put(LeavePersonRecord(rid=op.rid, worked_since=a.worked_since, sex=a.sex, status=a.status, granted=a.granted))
    leaves = tx.find(LeaveRecord, "person = ? AND to_at > ?", [op.rid, tx.now - DAY_MS])
    for leave in leaves:
        save(tx, leave)
    if not leaves:
        show_account(tx, hall_of(tx), op.rid)
    return APPLIED


def set_deputy(tx: Tx, op: Op[LeaveDeputy]) -> Outcome:
    """Who decides for an approver while he is away: appointed by himself or the office (LV-04)."""
    if op.actor.uid != op.rid and "OFF" not in op.actor.roles:
        return refused("NO_RIGHT")
    a = op.a
    if a.deputy and (
        a.deputy == op.rid or tx.ask("person", uid=a.deputy) is None or not is_day(a.first) or not is_day(a.last) or a.last < a.first
    ):
        return refused("INVALID")
    record = LeaveDeputyRecord(rid=op.rid, deputy=a.deputy, first=a.first, last=a.last)
    tx.put(record)
    tx.project(deputy_face(record))
    for leave in tx.find(LeaveRecord, "to_at > ? AND state = 'pending'", [tx.now]):
        save(tx, leave)
    return APPLIED


def recount(tx: Tx) -> None:
    """Calendars, hours or parameters have changed: leave of the year behind and ahead is counted anew, and says what it was (CAL-03)."""
    if calendar_changed(tx, "leave"):
        for leave in tx.find(LeaveRecord, "to_at > ?", [tx.now - YEAR_MS]):
            save(tx, leave)


def recover(tx: Tx, touched: frozenset[str]) -> None:
    """Posts changed: derive again the leaves of the coming days of everybody who is on the roster there."""
    coming = tx.find(LeaveRecord, "to_at > ? AND from_at < ?", [tx.now, tx.now + ROSTER_DAYS * DAY_MS])
    if not (leaves := [leave for leave in coming if not leave.merged_into]):
        return
    hall = hall_of(tx)
    today = today_of(tx)
    there: set[str] = set()
    for post in sorted(touched):
        for ahead in range(ROSTER_DAYS):
            duty: DutyRecord | None = tx.ask("duty_of", post=post, day=add_days(today, ahead))
            there |= people_of(duty) if duty else set()
    for leave in leaves:
        if (leave.person in there or {slot.post for slot in leave.cover} & touched) and covers_changed(tx, hall, leave):
            save(tx, leave)
