"""The hall a transaction runs in, and what day it is there."""

from server.domain.base import Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import day_of
from server.domain.hall.tables import PersonRecord


def hall_of(tx: Tx) -> Hall:
    """Names, hours and rules of this hall, as they are now."""
    hall: Hall = tx.ask("hall")
    return hall


def today_of(tx: Tx) -> str:
    """The ISO day of this transaction in the hall."""
    return day_of(tx.now, hall_of(tx).tz)


def unit_then(tx: Tx, uid: str, day: str) -> str:
    """The unit a person belonged to on a day (CON-43), "" for none; where no roster is kept, the one of now."""
    if tx.knows("unit_on"):
        unit: str = tx.ask("unit_on", uid=uid, day=day)
        return unit
    person: PersonRecord | None = tx.ask("person", uid=uid)
    return person.unit if person else ""


def people_then(tx: Tx, unit: str, day: str) -> list[str]:
    """Who belonged to a unit on a day (CON-43); where no roster is kept, who does now."""
    people: list[str] = tx.ask("people_on", unit=unit, day=day) if tx.knows("people_on") else tx.ask("unit_people", unit=unit)
    return people
