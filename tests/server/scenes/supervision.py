"""CON-08, 09, 36 and 40 as scenes: what phones said offline, what was said online meanwhile, and what must be read in the end.

Every phone sends its queue in order; the queues arrive in every order. `meanwhile` is said by the server's clock before any of them.
"""

from typing import Any, Literal, NamedTuple

import msgspec

from server.domain.campaign.ops import ClaimDone, CloseProblem, FindProblem, OrderProblem
from server.domain.incident.ops import Report
from server.domain.patrol.ops import Knew, RoundFinish, RoundStart, ZoneClear
from tests.server.scenes.small_hall import DAY, at


class Spoken(NamedTuple):
    """One op: who, when (day and clock), what. `grade`: what its time is worth."""

    who: str
    clock: str
    kind: str
    rid: str
    args: msgspec.Struct
    day: str = DAY
    grade: Literal["A", "B", "C"] = "A"


class SupervisionScene(NamedTuple):
    """A conflict. `arrives`: day and clock at which all phones are back; `read`: row -> the fields it must have (None: absent)."""

    id: str
    phones: tuple[tuple[Spoken, ...], ...]
    read: dict[tuple[str, str], dict[str, Any]]
    meanwhile: tuple[Spoken, ...] = ()
    arrives: tuple[str, str] = ("15:00", DAY)
    seen_at: str = ""


def walk(who: str, rid: str, clock: str, slot: str = "10") -> tuple[Spoken, Spoken, Spoken]:
    """A whole round of half an hour."""
    done = f"{clock.split(':')[0]}:{int(clock.split(':')[1]) + 20:02d}"
    return (
        Spoken(who, clock, "patrol.start", rid, RoundStart(f"{DAY}T{slot}", "hourly", at(clock))),
        Spoken(who, clock, "patrol.zone_clear", rid, ZoneClear("B", ["w3"], at(clock), Knew(1, [], 0))),
        Spoken(who, done, "patrol.finish", rid, RoundFinish(at(done))),
    )


def dispute(who: str, clock: str, rid: str) -> tuple[Spoken]:
    """Somebody reports the quarrel at w1."""
    return (Spoken(who, clock, "incident.report", rid, Report("dispute", "w1", at(clock), 3)),)


def proof(day: str, grade: Literal["A", "B", "C"] = "A") -> tuple[Spoken]:
    """王 has put it right, and says so offline on `day`."""
    return (Spoken("wang", "9:00", "problem.claim", "p1", ClaimDone("清单已上墙"), day, grade),)


LATER = "2026-12-03"
ORDERED = (
    Spoken("chen", "9:30", "problem.find", "p1", FindProblem("u1", "patrol", "F20", "清单没有一次给全")),
    Spoken("chen", "10:00", "problem.order", "p1", OrderProblem("五日内补齐", "wang")),
)
CLOSED = (Spoken("chen", "10:00", "problem.close", "p1", CloseProblem("未见整改"), LATER),)

SUPERVISION_SCENES = (
    SupervisionScene(
        "CON-08 one slot, two inspectors: the earlier walk completes it",
        (walk("lin", "r1", "10:02"), walk("chen", "r2", "10:10")),
        {("round", "r1"): {"state": "done", "repeated": None}, ("round", "r2"): {"state": "done", "repeated": True}},
    ),
    SupervisionScene(
        "CON-09 the slot was shown as missed; the round arrives",
        (walk("lin", "r1", "10:02"),),
        {("slot", f"{DAY}T10"): {"state": "late", "round": "r1"}},
        meanwhile=walk("lin", "r0", "9:05", "09"),
        seen_at="11:11",
    ),
    SupervisionScene(
        "CON-36 proof made within the term reopens what was closed as not done",
        (CLOSED, proof("2026-11-27")),
        {("problem", "p1"): {"state": "claimed", "overdue": None}},
        meanwhile=ORDERED,
        arrives=("11:00", LATER),
    ),
    SupervisionScene(
        "CON-36 proof made after it is taken, and reopens nothing",
        (CLOSED, proof("2026-12-02")),
        {("problem", "p1"): {"state": "not_done", "overdue": True}},
        meanwhile=ORDERED,
        arrives=("11:00", LATER),
    ),
    SupervisionScene(
        "CON-36 proof by a clock nobody can believe reopens nothing by itself",
        (CLOSED, proof("2026-11-27", "C")),
        {("problem", "p1"): {"state": "not_done"}},
        meanwhile=ORDERED,
        arrives=("11:00", LATER),
    ),
    SupervisionScene(
        "CON-40 three reports: one incident, the earliest report is its time, the head of the place answers",
        (dispute("wang", "10:00", "i1"), dispute("lin", "10:04", "i2"), dispute("li", "10:01", "i3")),
        {
            ("incident", "i1"): {"main": None, "reports": 3, "first_at": at("10:00"), "responder": "zhao"},
            ("incident", "i2"): {"main": "i1", "responder": "zhao"},
            ("incident", "i3"): {"main": "i1", "responder": "zhao"},
        },
    ),
)
