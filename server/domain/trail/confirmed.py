"""Which findings stand: what a bulletin may speak of (PTL-10).

A finding stands when it says that a window was unattended without notice, whoever it concerns was told, the time to answer is over
(EVD-12), and nothing about it waits for a decision. Until then it is no more than something that was seen.
"""

from server.domain.base import Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_of, day_start, rule
from server.domain.hall.terms import Term, due
from server.domain.trail.rules import Confirmed, ConfirmedFinding
from server.domain.trail.tables import FindingRecord

OPEN = frozenset({"unattended", "pending", "late_notice", "contradictory"})
"""States of which something may yet come."""


def confirmed_in(tx: Tx, *, from_day: str, to_day: str) -> Confirmed:
    """Findings of these days (ISO, both included) that stand, by time."""
    hall: Hall = tx.ask("hall")
    span = [day_start(from_day, hall.tz), day_start(add_days(to_day, 1), hall.tz)]
    found = tx.find(FindingRecord, "from_at >= ? AND from_at < ? AND state <> '' AND post_count > 0", span, "from_at, rid")
    standing = [one for one in found if _stands(tx, hall, one)]
    waiting = sum(one.state in OPEN for one in found) - len(standing)
    return Confirmed([ConfirmedFinding(f.rid, f.unit, f.post, f.from_at, f.to_at) for f in standing], waiting)


def _stands(tx: Tx, hall: Hall, one: FindingRecord) -> bool:
    if one.state != "unattended" or one.doubt or not one.told_at:
        return False
    until = due(hall, Term(rule(hall, "evd.answer_days"), "working_day"), one.told_at).day
    return day_of(tx.now, hall.tz) > until
