"""What is long over leaves the devices (`dev.shown_days`); numbers that lead to a person leave the texts (`prv.mask_citizen_days`).

The register keeps the record; the evidence log keeps what was said (PRV-09).
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from server.domain.base import Record, Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_of, day_start, rule

PRIVATE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
"""A mobile number or an identity number of the mainland."""
MASK = "***"


class PassedRecord(Record):
    """Up to when (ms) what lies behind one of the hall's horizons has been dealt with, rid = what it is about."""

    TABLE: ClassVar[str] = "passed"
    SHARED: ClassVar[bool] = True

    until_at: int


class Passed(NamedTuple):
    """A span (ms, the end not included) that has come to lie behind a horizon."""

    from_at: int
    to_at: int


def masked(text: str) -> str:
    """A text without the numbers that lead to a person."""
    return PRIVATE.sub(MASK, text)


def newly_passed(tx: Tx, what: str, key: str) -> Passed | None:
    """The days that have come to lie more than `key` days (a rule of the hall) back since this was asked last; once a day, for a `tick`."""
    hall: Hall = tx.ask("hall")
    until = day_start(add_days(day_of(tx.now, hall.tz), -rule(hall, key)), hall.tz)
    known = tx.get(PassedRecord, what)
    since = known.until_at if known else 0
    if since >= until:
        return None
    tx.put(PassedRecord(rid=what, until_at=until))
    return Passed(since, until)


def leave_devices(tx: Tx, record: type[Record], at: str, *kinds: str, is_open: Callable[[Any], bool] = lambda _: False) -> None:
    """Retract the rows of `kinds` of every record whose field `at` (ms) has come to lie behind the hall's horizon; for a `tick`.

    What is still open stays, and what is changed later is shown again. `at` is a field the record has an index for.
    """
    span = newly_passed(tx, f"left:{record.TABLE}", "dev.shown_days")
    for one in tx.find(record, f"{at} >= ? AND {at} < ?", span) if span else ():
        if not is_open(one):
            for kind in kinds:
                tx.retract(kind, one.rid)


RECORDS: tuple[type[Record], ...] = (PassedRecord,)
