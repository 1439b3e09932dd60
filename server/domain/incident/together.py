"""Which reports can be of one incident at all: what is sorted anew is all of them, or one would be torn from its incident (CON-40)."""

from server.domain.base import Tx
from server.domain.incident.tables import IncidentRecord


def hanging_together(tx: Tx, record: IncidentRecord, within_ms: int) -> dict[str, IncidentRecord]:
    """Every report that hangs together with a kept one, by rid: by kind, place and time from one to the next, however far that reaches, or
    by a person's word.
    """
    near, chained, joined = {record.rid: record}, set[str](), set[str]()
    waiting = [record]
    while waiting:
        one = waiting.pop()
        found = [] if one.rid in chained else _chain(tx, one, within_ms)
        chained |= {other.rid for other in found}
        for main in {one.main, one.said_link.to if one.said_link else ""} - joined - {""}:
            joined.add(main)
            found += tx.find(IncidentRecord, "rid = ? OR main = ?", [main, main])
        for other in found:
            if other.rid not in near:
                near[other.rid] = other
                waiting.append(other)
    return near


def _chain(tx: Tx, one: IncidentRecord, within_ms: int) -> list[IncidentRecord]:
    """Reports of one kind at one place, each found within some minutes of another of them, as far as that reaches."""
    first = last = one.found_at
    while True:
        span = [one.place, one.kind, first - within_ms, last + within_ms]
        found = tx.find(IncidentRecord, "place = ? AND kind = ? AND found_at BETWEEN ? AND ?", span, "found_at, rid")
        if (found[0].found_at, found[-1].found_at) == (first, last):
            return found
        first, last = found[0].found_at, found[-1].found_at
