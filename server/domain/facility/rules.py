"""Pure decisions about repairs (FAC-05): the state follows from the facts in whatever order they arrive.

reported ─ assigned ─▶ assigned ─ repaired ─▶ repaired ─┬─ checked ─▶ checked
                          ▲                             └─ returned ─▶ assigned
dropped from anywhere but checked; said again after that, it stands again.

Answers of this domain, for `Tx.ask`: `shut_by_fault`(post) -> int, since when something broken closes this window (ms); 0:
nothing does (FAC-07).
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from server.domain.facility.ops import RepairState, RepairStep
from server.domain.facility.tables import RepairFact, RepairRecord
from server.domain.hall.order import in_order
from server.domain.hall.rules import FOREVER
from server.domain.hall.terms import Standing, missed

ENDED: frozenset[RepairState] = frozenset({"checked", "dropped"})
WORKS: frozenset[RepairState] = frozenset({"repaired", "checked", "dropped"})
"""From the report that it works again the window may open; who checks it may close it again (`is_shut`)."""


def standing(facts: Sequence[RepairFact]) -> list[RepairFact]:
    """The words that it works which nobody has returned: whoever did had seen all that had arrived. `facts`: as they arrived."""
    return [fact for fact in facts[_returned(facts) :] if fact.kind == "repaired"]


def _returned(facts: Sequence[RepairFact]) -> int:
    """The place of the last return among what arrived; 0 for none."""
    return max((place for place, fact in enumerate(facts) if fact.kind == "returned"), default=0)


def _unseen(facts: Sequence[RepairFact], said: RepairFact) -> bool:
    """Whether a word that it works, from before it was returned, has arrived since; what was returned was another."""
    other = any(fact.kind == "repaired" for fact in facts[: _returned(facts)])
    return other and any(fact.at <= said.at for fact in standing(facts))


def state_of(facts: Sequence[RepairFact]) -> RepairState:
    """Where a repair stands. What was repaired before anybody was named counts all the same; a word that it works which whoever returned
    another had not seen is looked at anew.
    """
    state: RepairState = "reported"
    for fact in in_order(facts):
        if fact.kind == "assigned":
            state = "assigned" if state in ("reported", "dropped") else state
        elif fact.kind == "repaired":
            state = state if state == "checked" else "repaired"
        elif fact.kind == "dropped":
            state = state if state == "checked" else "dropped"
        elif state == "repaired":
            state = "checked" if fact.kind == "checked" else "repaired" if _unseen(facts, fact) else "assigned"
    return state


def is_shut(facts: Iterable[RepairFact], state: RepairState) -> bool:
    """Whether what closes a window still does (FAC-07): until somebody says that it works again; where such a word was returned, until
    another has seen that it does.
    """
    returned = any(fact.kind == "returned" for fact in facts)
    return state not in (ENDED if returned else WORKS)


def order_of(facts: Iterable[RepairFact]) -> RepairFact | None:
    """The assignment in force: the last one said."""
    return next((f for f in reversed(in_order(facts)) if f.kind == "assigned"), None)


def repairers(facts: Iterable[RepairFact]) -> set[str]:
    """Whoever was to repair it or said to have done so: none of them checks it (FAC-05)."""
    return {f.to if f.kind == "assigned" else f.by for f in facts if f.kind in ("assigned", "repaired")}


def orders_of(facts: Iterable[RepairFact], due_of: Callable[[RepairFact], int]) -> list[Standing]:
    """Every order with its term and until when it stood: the next one, or that nothing is wrong after all. `due_of`: when the term of an
    order ends (ms).
    """
    said = [f for f in in_order(facts) if f.kind in ("assigned", "dropped")]
    with_next = zip_longest(said, said[1:])
    return [Standing(due_of(order), then.at if then else FOREVER) for order, then in with_next if order.kind == "assigned"]


def is_overdue(facts: Sequence[RepairFact], orders: Iterable[Standing], state: RepairState, now: int) -> bool:
    """True when the term of an order ended while it was in force and nobody said in time that it works, nor can have (EVD-03), but for what
    was returned: the term runs on. A later order gives a new term and takes no delay back.
    """
    return state != "dropped" and any(missed([order], _works_at(facts, order, state), now) for order in orders)


def first_term(facts: Iterable[RepairFact], due_of: Callable[[RepairFact], int]) -> int:
    """The end of the term that was given first (ms), where a later order gave more before it was over; 0 where none did (FAC-05). What was
    dropped in between and came back begins anew.
    """
    orders: list[RepairFact] = []
    for fact in in_order(facts):
        orders = [] if fact.kind == "dropped" else [*orders, fact] if fact.kind == "assigned" else orders
    if len(orders) < 2 or orders[1].at > due_of(orders[0]) or due_of(orders[-1]) <= due_of(orders[0]):
        return 0
    return due_of(orders[0])


def is_extended(facts: Sequence[RepairFact], first_at: int, state: RepairState, now: int) -> bool:
    """True when the term given first (ms, 0: no other was) is over and was kept only by giving more."""
    return first_at > 0 and is_overdue(facts, [Standing(first_at, FOREVER)], state, now)


def _works_at(facts: Sequence[RepairFact], order: Standing, state: RepairState) -> int:
    """The earliest it can have worked again under an order (ms): what was said before nothing was wrong says nothing once it is again."""
    dropped_at = max((fact.at for fact in facts if fact.kind == "dropped"), default=0) if state not in WORKS else 0
    words = (fact for fact in standing(facts) if not fact.at < dropped_at < order.until_at)
    return min((fact.early_at for fact in words), default=FOREVER)


def steps_of(repair: RepairRecord) -> list[RepairStep]:
    """The way of a repair, in the order in which it was gone."""
    return [
        RepairStep("reported", repair.by, repair.reported_at),
        *(RepairStep(f.kind, f.by, f.at, f.text) for f in in_order(repair.facts)),
    ]
