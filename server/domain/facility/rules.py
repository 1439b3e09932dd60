"""Pure decisions about repairs (FAC-05): the state follows from the facts in whatever order they arrive.

reported ─ assigned ─▶ assigned ─ repaired ─▶ repaired ─┬─ checked ─▶ checked
                          ▲                             └─ returned ─▶ assigned
dropped from anywhere but checked; said again after that, it stands again.

Answers of this domain, for `Tx.ask`: `shut_by_fault`(post) -> int, since when something broken closes this window (ms); 0:
nothing does (FAC-07).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

from server.domain.facility.ops import RepairState, RepairStep
from server.domain.facility.tables import RepairFact, RepairRecord
from server.domain.hall.rules import FOREVER
from server.domain.hall.terms import Standing, missed

ENDED: frozenset[RepairState] = frozenset({"checked", "dropped"})
WORKS: frozenset[RepairState] = frozenset({"repaired", "checked", "dropped"})
"""From the report that it works again the window may open; who checks it may close it again."""


def ordered(facts: Iterable[RepairFact]) -> list[RepairFact]:
    """Facts in the order in which they were said."""
    return sorted(facts, key=lambda f: (f.at, f.op))


def state_of(facts: Sequence[RepairFact]) -> RepairState:
    """Where a repair stands. What was repaired before anybody was named counts all the same."""
    state: RepairState = "reported"
    for fact in ordered(facts):
        if fact.kind == "assigned":
            state = "assigned" if state in ("reported", "dropped") else state
        elif fact.kind == "repaired":
            state = state if state == "checked" else "repaired"
        elif fact.kind == "dropped":
            state = state if state == "checked" else "dropped"
        elif state == "repaired":
            state = "checked" if fact.kind == "checked" else "assigned"
    return state


def order_of(facts: Iterable[RepairFact]) -> RepairFact | None:
    """The assignment in force: the last one said."""
    return next((f for f in reversed(ordered(facts)) if f.kind == "assigned"), None)


def repairers(facts: Iterable[RepairFact]) -> set[str]:
    """Whoever was to repair it or said to have done so: none of them checks it (FAC-05)."""
    return {f.to if f.kind == "assigned" else f.by for f in facts if f.kind in ("assigned", "repaired")}


def is_overdue(facts: Sequence[RepairFact], due_of: Callable[[RepairFact], int], state: RepairState, now: int) -> bool:
    """True when the term of an order ended while it was in force and nobody said in time that it works, nor can have (EVD-03).

    A later order gives a new term and takes no delay back. `due_of`: when the term of an order ends (ms).
    """
    if state == "dropped":
        return False
    orders = (Standing(due_of(order), until_at) for order, until_at in _in_force(facts))
    return missed(orders, min((f.early_at for f in facts if f.kind == "repaired"), default=FOREVER), now)


def _in_force(facts: Iterable[RepairFact]) -> Iterator[tuple[RepairFact, int]]:
    """Every order with the moment (ms) until which it stood: the next order, or that nothing is wrong after all."""
    said = [f for f in ordered(facts) if f.kind in ("assigned", "dropped")]
    for order, then in zip_longest(said, said[1:]):
        if order.kind == "assigned":
            yield order, then.at if then else FOREVER


def steps_of(repair: RepairRecord) -> list[RepairStep]:
    """The way of a repair, in the order in which it was gone."""
    return [RepairStep("reported", repair.by, repair.reported_at), *(RepairStep(f.kind, f.by, f.at, f.text) for f in ordered(repair.facts))]
