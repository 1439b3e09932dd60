"""Pure decisions about incidents (EMG-03, EMG-07).

reported ─▶ handling (a duty is ticked) ─▶ closed (all three are). Until somebody handles it, timers call the next person:
"" ─ responder_min ─▶ responder ─ head_min ─▶ head ─ lead_min ─▶ lead.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from server.domain.hall.rules import FOREVER
from server.domain.incident.ops import Done, Duty
from server.domain.incident.tables import Ticked

DUTIES: tuple[Duty, ...] = ("handling", "report", "feedback")
"""处理到位 报告到位 反馈到位, in the order people see them."""

Escalated = Literal["", "responder", "head", "lead"]
State = Literal["reported", "handling", "closed"]


class Timers(NamedTuple):
    """After how long, counted from the server's receipt, each is called (ms)."""

    responder: int
    head: int
    lead: int


def done(ticks: Iterable[Ticked]) -> list[Done]:
    """The duties that are done; of several ticks of one duty the earliest counts, in whatever order they arrive."""
    first: dict[Duty, Ticked] = {}
    for tick in sorted(ticks, key=lambda t: (t.at, t.op)):
        first.setdefault(tick.duty, tick)
    return [Done(duty=d, by=first[d].by, at=first[d].at, text=first[d].text) for d in DUTIES if d in first]


def state_of(ticks: Iterable[Ticked]) -> State:
    """How far the incident is."""
    count = len(done(ticks))
    return "closed" if count == len(DUTIES) else "handling" if count else "reported"


def escalated(received_at: int, ticks: list[Ticked], now: int, timers: Timers) -> Escalated:
    """Who has been called by now; nobody more once it is handled. A late report starts its timers when it arrives."""
    waited = _handled_at(ticks, now) - received_at
    steps: list[tuple[int, Escalated]] = [(timers.lead, "lead"), (timers.head, "head"), (timers.responder, "responder")]
    return next((who for after, who in steps if waited >= after), "")


def due_at(received_at: int, ticks: list[Ticked], now: int, timers: Timers) -> int:
    """When the next person is called, FOREVER when it is handled or all have been."""
    if any(t.duty == "handling" for t in ticks):
        return FOREVER
    return min((received_at + after for after in timers if received_at + after > now), default=FOREVER)


def _handled_at(ticks: list[Ticked], now: int) -> int:
    return min([now, *(t.at for t in ticks if t.duty == "handling")])
