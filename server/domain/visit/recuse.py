"""Who belongs to a unit, or has a tie to it: 回避, he decides nothing about it and does not visit it unasked (CHK-04, PTL-07)."""

from collections.abc import Collection

from server.domain.base import Tx
from server.domain.hall.here import hall_of, unit_then
from server.domain.hall.rules import day_of
from server.domain.hall.tables import PersonRecord
from server.domain.visit.tables import ResultRecord


def units_of(tx: Tx, uid: str, *moments: int, openly: bool = False) -> frozenset[str]:
    """Units somebody belonged to, or had declared a tie to, at any of these moments (ms), or does now: striking a tie undoes nothing.
    `openly`: by what may bear on the answer to somebody else, who must not learn from it that there is a visitor (PRV-15).
    """
    hall = hall_of(tx)
    person: PersonRecord | None = tx.ask("person", uid=uid)
    units = {person.unit if person else "", *(unit_then(tx, uid, day_of(at, hall.tz)) for at in moments)}
    if tx.knows("tied_units"):
        units |= tx.ask("tied_units", uid=uid, openly=openly)
        units |= frozenset[str]().union(*(tx.ask("tied_units", uid=uid, at=at, openly=openly) for at in moments))
    return frozenset(units - {""})


def belonged(tx: Tx, *, uid: str, unit: str, from_at: int, to_at: int, openly: bool) -> bool:
    """Whether somebody was of this unit, or had declared a tie to it, at any time between two moments (ms), or has it now (RCT-02)."""
    hall = hall_of(tx)
    first, last = day_of(from_at, hall.tz), day_of(max(from_at, to_at), hall.tz)
    person: PersonRecord | None = tx.ask("person", uid=uid)
    terms = person.units if person else []
    then = any(t.unit == unit and t.from_day <= last and (not t.to_day or first <= t.to_day) for t in terms)
    return then or unit in units_of(tx, uid, from_at, to_at, openly=openly)


def decides_own(tx: Tx, *, uid: str, units: Collection[str], at: int, roles: Collection[str], but: Collection[str]) -> bool:
    """Whether somebody would decide about his own unit, one of `units`, of what was seen at `at` (ms), though another with one of the
    `roles` can, who is openly of none of them and not among those it does not fall to either (`but`).
    """
    if units_of(tx, uid, at).isdisjoint(units):
        return False
    people: list[PersonRecord] = tx.ask("people")
    others = (one.rid for one in people if not one.left and not set(roles).isdisjoint(one.roles) and one.rid not in {uid, *but})
    return any(units_of(tx, one, at, openly=True).isdisjoint(units) for one in others)


def people_then(tx: Tx, result: ResultRecord) -> list[str]:
    """Everybody still here who belonged to the unit on the day of the visit: whom its result may concern (CON-43)."""
    people: list[PersonRecord] = [one for one in tx.ask("people") if not one.left and not one.outside]
    return sorted(one.rid for one in people if unit_then(tx, one.rid, result.day) == result.unit)
