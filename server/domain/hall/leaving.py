"""What is long over leaves the devices (`dev.shown_days`); numbers that lead to a person leave the texts (`prv.mask_citizen_days`).

The register keeps the record; the evidence log keeps what was said (PRV-09).
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar

from server.domain.base import R, Record, Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_of, day_start, rule

PRIVATE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
"""A mobile number or an identity number of the mainland."""
MASK = "***"
AT_ONCE = 200
"""So many records are dealt with in one step: others wait for the writer."""


class PassedRecord(Record):
    """Up to when (ms) what lies behind one of the hall's horizons has been dealt with, rid = what it is about."""

    TABLE: ClassVar[str] = "passed"
    SHARED: ClassVar[bool] = True

    until_at: int


def masked(text: str) -> str:
    """A text without the numbers that lead to a person."""
    return PRIVATE.sub(MASK, text)


def newly_passed(tx: Tx, record: type[R], at: str, what: str, key: str) -> list[R]:
    """Records whose field `at` (ms, 0 never) has come to lie more than `key` days (a rule of the hall) back since this was asked last, the
    oldest first; for a `tick`. After an upgrade or a long stop there may be very many: only some come at once, the others at later ticks.

    `what` it is asked for; `at` is a field the record has an index for.
    """
    hall: Hall = tx.ask("hall")
    until = day_start(add_days(day_of(tx.now, hall.tz), -rule(hall, key)), hall.tz)
    known = tx.get(PassedRecord, what)
    since = known.until_at if known else 1
    if since >= until:
        return []
    found = tx.find(record, f"{at} >= ? AND {at} < ?", [since, until], f"{at}, rid LIMIT {AT_ONCE + 1}")
    if len(found) > AT_ONCE:
        until = getattr(found[-1], at)
        if until == since:
            found, until = tx.find(record, f"{at} = ?", [since]), since + 1
        else:
            found = [one for one in found if getattr(one, at) < until]
    tx.put(PassedRecord(rid=what, until_at=until))
    return found


def leave_devices(tx: Tx, record: type[Record], at: str, *kinds: str, is_open: Callable[[Any], bool] = lambda _: False) -> None:
    """Retract the rows of `kinds` of every record whose field `at` (ms) has come to lie behind the hall's horizon; for a `tick`.

    What is still open stays, and what is changed later is shown again.
    """
    for one in newly_passed(tx, record, at, f"left:{record.TABLE}", "dev.shown_days"):
        if not is_open(one):
            for kind in kinds:
                tx.retract(kind, one.rid)


RECORDS: tuple[type[Record], ...] = (PassedRecord,)
