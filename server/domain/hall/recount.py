"""Terms that reach an unpublished year are provisional: once a calendar or opening hours change, all are counted anew (CAL-03)."""

from hashlib import sha256
from typing import ClassVar

from server.domain.base import Record, Tx
from server.domain.hall.here import hall_of
from server.domain.hall.rules import day_of


class CountedRecord(Record):
    """By which calendars, days of its own, hours and parameters an institution counted its days last, rid = its name."""

    TABLE: ClassVar[str] = "counted_by"

    stamp: str


RECORDS = (CountedRecord,)


def calendar_changed(tx: Tx, institution: str) -> bool:
    """True once for each institution after its days must be counted anew; not the first time it asks."""
    if not tx.ask("founded"):
        return False
    hall = hall_of(tx)
    rules = [f"{one.from_day}:{sorted(one.rules.items())}" for one in hall.dated]
    years = [f"{year}:{name}" for year, name in sorted(hall.calendars.items())]
    days = sha256(repr(sorted(hall.days.items())).encode()).hexdigest()[:16]
    stamp = " ".join([*years, days, *(earlier.until for earlier in hall.earlier), *rules])
    known = tx.get(CountedRecord, institution)
    if known is not None and known.stamp == stamp:
        return False
    tx.put(CountedRecord(rid=institution, stamp=stamp))
    return known is not None


def was_due(known_at: int, was_at: int, at: int) -> int:
    """What the end of a term was before it was counted anew (ms); 0: it has stayed. `known_at`: as kept, `at`: as counted now."""
    return known_at if known_at and known_at != at else was_at


def day_or_none(at: int, tz: str) -> str:
    """The day of a moment (ISO); "" for 0."""
    return day_of(at, tz) if at else ""
