"""Pure decisions about orders to sections (EMG-06): the state follows from what was said, in whatever order it arrives.

ordered ─ answered ─▶ answered ─┬─ settled ─▶ settled
                         ▲      └─ returned ─▶ returned ─ answered ─▶ answered
"""

from collections.abc import Iterable, Sequence
from datetime import date

from server.domain.hot.ops import Counted, OrderStep, State
from server.domain.hot.tables import HotOrderRecord, Said

DAYS_MAX = 60
"""No section is given longer than so many working days for what is urgent by its nature."""


def in_order(said: Iterable[Said]) -> list[Said]:
    """What was said, in the order in which it was said."""
    return sorted(said, key=lambda one: (one.at, one.op))


def state_of(said: Iterable[Said]) -> State:
    """Where an order stands. Nothing follows a settled one; only an answer can be returned or settled."""
    state: State = "ordered"
    for one in in_order(said):
        if one.kind == "answered":
            state = state if state == "settled" else "answered"
        elif state == "answered":
            state = one.kind
    return state


def answered_at(said: Iterable[Said]) -> int:
    """When the section first answered (ms); 0 not yet."""
    return min((one.at for one in said if one.kind == "answered"), default=0)


def is_overdue(said: Iterable[Said], due_at: int, now: int) -> bool:
    """True when the term is over and nothing was answered within it, nor can have been (EVD-03)."""
    return now > due_at and not any(one.kind == "answered" and one.early_at <= due_at for one in said)


def steps_of(order: HotOrderRecord) -> list[OrderStep]:
    """The way of an order."""
    return [OrderStep("ordered", order.by, order.at), *(OrderStep(one.kind, one.by, one.at, one.text) for one in in_order(order.said))]


def period_wrong(from_day: str, to_day: str) -> bool:
    """True for days that are none, or reversed."""
    try:
        return date.fromisoformat(from_day) > date.fromisoformat(to_day)
    except ValueError:
        return True


def counted_wrong(counted: Sequence[Counted]) -> bool:
    """True for an order that rests on nothing, on less than nothing, or on one thing twice."""
    kinds = {(one.source, one.kind) for one in counted}
    return not counted or len(kinds) < len(counted) or any(one.count < 1 or not one.kind for one in counted)
