"""Pure decisions about orders to sections (EMG-06): the state follows from what was said, in whatever order it arrives.

ordered ─ answered ─▶ answered ─┬─ settled ─▶ settled
                         ▲      └─ returned ─▶ returned ─ answered ─▶ answered
"""

from collections.abc import Iterable, Sequence

from server.domain.hall.order import in_order
from server.domain.hall.rules import is_day
from server.domain.hot.ops import Counted, OrderStep, State
from server.domain.hot.tables import HotOrderRecord, Said

DAYS_MAX = 60
"""No section is given longer than so many working days for what is urgent by its nature."""


def standing(said: Sequence[Said]) -> list[Said]:
    """The answers nobody has returned: whoever returned one had seen all that had arrived. `said`: as it arrived."""
    last = max((place for place, one in enumerate(said) if one.kind == "returned"), default=0)
    return [one for one in said[last:] if one.kind == "answered"]


def state_of(said: Sequence[Said]) -> State:
    """Where an order stands. Nothing follows a settled one; only an answer can be returned or settled. `said`: as it arrived."""
    if any(one.kind == "settled" for one in said):
        return "settled"
    if standing(said):
        return "answered"
    return "returned" if any(one.kind == "returned" for one in said) else "ordered"


def answered_at(said: Iterable[Said]) -> int:
    """When the section first answered (ms); 0 not yet."""
    return min((one.at for one in said if one.kind == "answered"), default=0)


def is_overdue(said: Sequence[Said], due_at: int, now: int) -> bool:
    """True when the term is over and nothing that stands was answered within it, nor can have been (EVD-03): an answer that was returned is
    none, the term runs on. `said`: as it arrived.
    """
    return now > due_at and not any(one.early_at <= due_at for one in standing(said))


def steps_of(order: HotOrderRecord) -> list[OrderStep]:
    """The way of an order."""
    return [OrderStep("ordered", order.by, order.at), *(OrderStep(one.kind, one.by, one.at, one.text) for one in in_order(order.said))]


def period_wrong(from_day: str, to_day: str) -> bool:
    """True for days that are none, or reversed."""
    return not is_day(from_day) or not is_day(to_day) or from_day > to_day


def counted_wrong(counted: Sequence[Counted]) -> bool:
    """True for an order that rests on nothing, on less than nothing, or on one thing twice."""
    kinds = {(one.source, one.kind) for one in counted}
    return not counted or len(kinds) < len(counted) or any(one.count < 1 or not one.kind for one in counted)
