"""Who belongs to a unit, or has a tie to it: 回避, he decides nothing about it and does not visit it unasked (CHK-04, PTL-07)."""

from server.domain.base import Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import day_of
from server.domain.hall.tables import PersonRecord
from server.domain.visit.tables import ResultRecord


def units_of(tx: Tx, uid: str, *moments: int) -> frozenset[str]:
    """Units somebody belonged to, or had declared a tie to, at any of these moments (ms), or does now: striking a tie undoes nothing."""
    hall: Hall = tx.ask("hall")
    person: PersonRecord | None = tx.ask("person", uid=uid)
    units = {person.unit} if person else set()
    if tx.knows("unit_on"):
        units |= {tx.ask("unit_on", uid=uid, day=day_of(at, hall.tz)) for at in moments}
    if tx.knows("tied_units"):
        units |= tx.ask("tied_units", uid=uid).union(*(tx.ask("tied_units", uid=uid, at=at) for at in moments))
    return frozenset(units - {""})


def people_then(tx: Tx, result: ResultRecord) -> list[str]:
    """Everybody still here who belonged to the unit on the day of the visit: whom its result may concern (CON-43)."""
    people: list[PersonRecord] = [one for one in tx.ask("people") if not one.left and not one.outside]
    if tx.knows("unit_on"):
        return sorted(one.rid for one in people if tx.ask("unit_on", uid=one.rid, day=result.day) == result.unit)
    return sorted(one.rid for one in people if one.unit == result.unit)
