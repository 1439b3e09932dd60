"""Pure decisions about supervisors: what a term makes of them on a day, and by when a report is answered (SUP-02, SUP-03).

Answers of this domain, for `Tx.ask`: `supervisor`(uid) -> SupervisorRecord | None.
"""

from datetime import date

from server.domain.hall.ops import Hall
from server.domain.hall.rules import is_day
from server.domain.hall.terms import Due, due_by
from server.domain.supervisor.ops import ReportKind, SupervisorState

TERM_DAYS_MAX = 3 * 366
"""A term is one or two years; three and more is a mistake."""


def state_on(state: SupervisorState, from_day: str, to_day: str, day: str) -> SupervisorState:
    """What a supervisor is on a day (ISO): the term begins and ends by itself, an ended engagement stays ended."""
    if state not in ("appointed", "active", "expired"):
        return state
    if day < from_day:
        return "appointed"
    return "active" if day <= to_day else "expired"


def sane_term(from_day: str, to_day: str, today: str) -> bool:
    """Two days in order, not over already, not longer than anybody is engaged."""
    if not is_day(from_day) or not is_day(to_day):
        return False
    length = (date.fromisoformat(to_day) - date.fromisoformat(from_day)).days
    return 0 <= length <= TERM_DAYS_MAX and today <= to_day


def answer_due(hall: Hall, kind: ReportKind, at: int) -> Due:
    """By when a report received at `at` (ms) is answered: a request to know has a term of its own (SUP-03, SUP-04)."""
    return due_by(hall, "sup.inform_days" if kind == "request" else "sup.answer_days", at)
