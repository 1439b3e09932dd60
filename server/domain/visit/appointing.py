"""What appointing does (CHK-05, CHK-06): the director gives and takes the lead of checks, a lead has people visit. Nobody else can, and to
nobody else anything of a person changes.
"""

from server.domain.base import APPLIED, Op, Outcome, Tx, refused, stale
from server.domain.hall.here import today_of
from server.domain.hall.rules import add_days, is_day, is_unlisted
from server.domain.hall.tables import PersonRecord
from server.domain.visit.people_ops import AppointLead, PutVisitor

NAME_CHARS_MAX = 120
TERM_DAYS_MAX = 3 * 366
"""For how long an account from outside may be open."""


def appoint(tx: Tx, op: Op[AppointLead]) -> Outcome:
    """牵头人: named by the director alone, and never himself; from today or a day to come, since what was done before was done without."""
    a = op.a
    if "TOP" not in op.actor.roles:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "check.lead"):
        return old
    person: PersonRecord | None = tx.ask("person", uid=op.rid)
    if person is None or person.outside or person.left or not is_day(a.from_day) or a.from_day < today_of(tx):
        return refused("INVALID")
    if op.rid == op.actor.uid and not a.ends:
        return refused("OWN_WORK")
    return _outcome(tx.ask("secret_role", uid=op.rid, role="CHECK", from_day=a.from_day, gives=not a.ends))


def put_visitor(tx: Tx, op: Op[PutVisitor]) -> Outcome:
    """检查人员: somebody from outside, or of the hall, who goes to no unit of his own (CHK-04). Nobody leads what he himself visits."""
    a = op.a
    if "CHECK" not in op.actor.roles:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "check.visitor"):
        return old
    person: PersonRecord | None = tx.ask("person", uid=op.rid)
    if not a.ends and a.last_day and not _is_term(a.last_day, today_of(tx)):
        return refused("INVALID")
    if person is None or person.outside:
        return _from_outside(tx, op, person)
    if person.left or a.name:
        return refused("INVALID")
    if op.rid == op.actor.uid and not a.ends:
        return refused("OWN_WORK")
    if not a.ends and not set(person.roles) - {"TEAM"}:
        return refused("INVALID")
    last_day = "" if a.ends else a.last_day
    return _outcome(tx.ask("secret_role", uid=op.rid, role="TEAM", from_day=today_of(tx), last_day=last_day, gives=not a.ends))


def _from_outside(tx: Tx, op: Op[PutVisitor], known: PersonRecord | None) -> Outcome:
    a = op.a
    if known is None if a.ends else not a.last_day:
        return refused("INVALID")
    if known and (not is_unlisted(known.roles) or (a.ends and known.left)):
        return refused("GONE" if is_unlisted(known.roles) else "INVALID")
    name = a.name.strip() or (known.name if known else "")
    if not 0 < len(name) <= NAME_CHARS_MAX:
        return refused("INVALID")
    done = tx.ask("put_visitor", uid=op.rid, name=name, last_day="" if a.ends else a.last_day)
    return APPLIED if done else refused("INVALID")


def _is_term(last_day: str, today: str) -> bool:
    return is_day(last_day) and today <= last_day <= add_days(today, TERM_DAYS_MAX)


def _outcome(changed: bool) -> Outcome:
    return APPLIED if changed else refused("GONE")
