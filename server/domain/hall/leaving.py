"""What is long over leaves the devices (`dev.shown_days`); numbers that lead to a person leave the texts (`prv.mask_citizen_days`).

The register keeps the record; the evidence log keeps what was said (PRV-09).
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar

from server.domain.base import R, Record, Tx
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.rules import add_days, day_start, rule
from sync.units import DAY_MS

PRIVATE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
"""A mobile number or an identity number of the mainland."""
MASK = "***"
AT_ONCE = 200
"""How many records are dealt with in one step: others wait for the writer."""
LOOKED_AT_ONCE = 50
"""How many of those that have left are looked at again in one step: whether one is shown again."""
AGAIN_MS = 30 * DAY_MS
"""What is shown again after its horizon, because it was open then or something was said of it, is shown this long after its last change."""


class PassedRecord(Record):
    """Up to when (ms) what lies behind one of the hall's horizons has been dealt with, rid = what it is about."""

    TABLE: ClassVar[str] = "passed"
    SHARED: ClassVar[bool] = True

    until_at: int


class AgainRecord(Record):
    """A row that is shown though its record lies behind the horizon, rid = `{kind}.{rid}`: its version, and until when (ms) it may stay."""

    TABLE: ClassVar[str] = "shown_again"
    SHARED: ClassVar[bool] = True

    ver: int
    until_at: int


def masked(text: str) -> str:
    """A text without the numbers that lead to a person."""
    return PRIVATE.sub(MASK, text)


def newly_passed(tx: Tx, record: type[R], at: str, what: str, key: str) -> list[R]:
    """Records whose field `at` (ms, 0 never) has come to lie more than `key` days (a rule of the hall) back since this was asked last, the
    oldest first; for a `tick`. After an upgrade or a long stop there may be very many: only some come at once, the others at later ticks.

    `what` it is asked for; `at` is a field the record has an index for.
    """
    hall = hall_of(tx)
    until = day_start(add_days(today_of(tx), -rule(hall, key, tx.now)), hall.tz)
    known = tx.get(PassedRecord, what)
    since = known.until_at if known else 1
    if since >= until:
        return []
    found, until = _some(tx, record, at, since, until, AT_ONCE)
    tx.put(PassedRecord(rid=what, until_at=until))
    return found


def _some(tx: Tx, record: type[R], at: str, since: int, until: int, wanted: int) -> tuple[list[R], int]:
    """About as many records as wanted whose field `at` lies from `since` on, and up to when these are all; those of one moment together."""
    found = tx.find(record, f"{at} >= ? AND {at} < ?", [since, until], f"{at}, rid LIMIT {wanted + 1}")
    if len(found) <= wanted:
        return found, until
    last: int = getattr(found[-1], at)
    if last == since:
        return tx.find(record, f"{at} = ?", [since]), since + 1
    return [one for one in found if getattr(one, at) < last], last


def leave_devices(tx: Tx, record: type[Record], at: str, *kinds: str, is_open: Callable[[Any], bool] = lambda _: False) -> None:
    """Retract the rows of `kinds` of every record whose field `at` (ms) has come to lie behind the hall's horizon; for a `tick`.

    What is still open stays, and what is changed later is shown again; both go `AGAIN_MS` after their last change.
    """
    left = f"left:{record.TABLE}"
    for one in newly_passed(tx, record, at, left, "dev.shown_days"):
        if not is_open(one):
            for kind in kinds:
                tx.retract(kind, one.rid)
    passed = tx.get(PassedRecord, left)
    for one in _in_turn(tx, record, at, passed.until_at if passed else 1):
        if not is_open(one):
            for kind in kinds:
                _leave_again(tx, kind, one.rid)


def _in_turn(tx: Tx, record: type[R], at: str, until: int) -> list[R]:
    """Some of the records whose field `at` lies before `until`; all of them in turn, from one tick to the next."""
    what = f"again:{record.TABLE}"
    known = tx.get(PassedRecord, what)
    since = known.until_at if known else 1
    found, reached = _some(tx, record, at, since, until, LOOKED_AT_ONCE)
    # At the end from the beginning again.
    after = reached if reached < until else 1
    if after != since:
        tx.put(PassedRecord(rid=what, until_at=after))
    return found


def _leave_again(tx: Tx, kind: str, rid: str) -> None:
    """Retract a row that has not changed for `AGAIN_MS`."""
    ver = tx.version(kind, rid)
    if ver is None:
        return
    known = tx.get(AgainRecord, f"{kind}.{rid}")
    if known is None or known.ver != ver:
        tx.put(AgainRecord(rid=f"{kind}.{rid}", ver=ver, until_at=tx.now + AGAIN_MS))
    elif known.until_at <= tx.now:
        tx.retract(kind, rid)


RECORDS: tuple[type[Record], ...] = (PassedRecord, AgainRecord)
