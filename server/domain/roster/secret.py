"""Roles of the check team, which no list, file or register shows: given and taken by days, to people of the hall and to visitors from
outside (CHK-05, CHK-06, VIS-02). Asked for by the institution of the checks; nothing that anybody else sees of a person changes.
"""

from server.domain.base import Tx
from server.domain.hall.handlers import put_person
from server.domain.hall.here import today_of
from server.domain.hall.rules import is_unlisted, visitor_number
from server.domain.hall.tables import PersonRecord, ScreenRecord
from server.domain.roster.organisation import hold_person, sane_rid, secret_terms
from server.domain.roster.rules import turned


def secret_role(tx: Tx, *, uid: str, role: str, from_day: str, last_day: str = "", gives: bool) -> bool:
    """Give a person of the hall a role until `last_day` ("" for good), or take it, from a day on; False where that changes nothing."""
    known = tx.get(PersonRecord, uid)
    if known is None:
        return False
    today = today_of(tx)
    secret = secret_terms(known)
    said = turned(secret, role, today, from_day, last_day, gives=gives)
    begun = [term for term in secret if term.role == role and term.from_day <= today]
    if said == secret or (gives and any(term.to_day == last_day and (not last_day or last_day >= from_day) for term in begun)):
        return False
    open_terms = [term for term in known.terms if term not in secret]
    known.terms, known.roles = [*open_terms, *said], [one for one in known.roles if one != role]
    hold_person(tx, known, today)
    return True


def put_visitor(tx: Tx, *, uid: str, name: str, last_day: str) -> bool:
    """Somebody from outside visits from today until `last_day`, with an account of a number that nobody else gets; "" ends it today."""
    known, today = tx.get(PersonRecord, uid), today_of(tx)
    if known is None and (not sane_rid(uid) or tx.get(ScreenRecord, uid) or (tx.knows("supervisor") and tx.ask("supervisor", uid=uid))):
        return False
    record = known or PersonRecord(rid=uid, name=name, badge=_free_number(tx, uid), unit="", title={}, roles=["TEAM"], outside=True)
    record.name, record.known_at = name, record.known_at or tx.now
    record.terms = turned(record.terms, "TEAM", today, today, last_day, gives=bool(last_day))
    _keep(tx, record, left=not last_day)
    return True


def end_visitors(tx: Tx, today: str) -> None:
    """A new day: who was to visit until yesterday does so no more."""
    # `left` is a word of SQL's own: PostgreSQL reads it only in quotes.
    for record in tx.find(PersonRecord, 'outside = ? AND "left" = ?', [True, False]):
        last = record.terms[-1:] if is_unlisted(record.roles) else []
        if any(term.to_day and term.to_day < today for term in last):
            _keep(tx, record, left=True)


def _keep(tx: Tx, record: PersonRecord, *, left: bool) -> None:
    """The account of one who ended keeps its role: whoever has none would be somebody of the hall."""
    record.left = left
    put_person(tx, record)
    tx.grant(record.rid, record.badge, record.name, "", record.roles, not left)


def _free_number(tx: Tx, uid: str) -> str:
    again = 0
    while tx.find(PersonRecord, "badge = ?", [visitor_number(uid, again)]):
        again += 1
    return visitor_number(uid, again)
