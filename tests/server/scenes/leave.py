"""The conflicts of leave (CON-14..19) as scenes: what each phone holds, what must come out of it in every order of arrival, and which
sentence says so. 王 is A of w1 and 李 his B; 赵 heads their unit, 周 is the office, 马 a leader.
"""

from typing import Any, Literal, NamedTuple

import msgspec

from server.domain.base import Op
from server.domain.leave.ops import LeaveConvert, LeaveCover, LeaveDecide, LeaveMerge, LeaveRequest, LeaveReturn, LeaveWithdraw
from tests.server.scenes.small_hall import ACTORS, DAY, at
from tests.support.memory_tx import MemoryHall

RECEIVED = "15:00"
NEXT = "2026-11-24"


class Said(NamedTuple):
    """One op on somebody's phone: who, when, about which leave; received long after it was said unless told otherwise."""

    who: str
    clock: str
    kind: str
    rid: str
    args: msgspec.Struct
    received: str = RECEIVED
    grade: Literal["A", "B", "C"] = "A"
    day: str = DAY

    def op(self, hall: MemoryHall) -> Op[Any]:
        """The op as it reaches the server; its times are its own in every order of arrival."""
        return hall.op(
            ACTORS[self.who],
            self.kind,
            self.rid,
            self.args,
            at=at(self.clock, self.day),
            received=at(self.received, self.day),
            grade=self.grade,
            op_id=f"{self.rid}-{self.who}-{self.kind}-{self.clock}",
        )


def asks(rid: str, who: str, clock: str, from_at: str, to_at: str, type: str = "annual", *, day: str = DAY, **more: Any) -> Said:
    """Somebody asks for leave on `day`."""
    return Said(who, clock, "leave.request", rid, LeaveRequest(who, type, at(from_at, day), at(to_at, day), **more))


def says(rid: str, who: str, clock: str, accept: bool = True, received: str = RECEIVED) -> Said:
    """An approver decides."""
    return Said(who, clock, "leave.decide", rid, LeaveDecide(accept), received)


def back(rid: str, clock: str, who: str = "wang", text: str = "") -> Said:
    """销假, said at `clock`."""
    return Said(who, clock, "leave.return", rid, LeaveReturn(at(clock), text))


class Scene(NamedTuple):
    """A conflict whose facts may arrive in any order. `rows`: what the row of each leave must hold afterwards; `says`: which sentence (by
    key) it must hold; `used`: hundredths of a day of annual leave that 王 has used; `now`: when everybody looks.
    """

    id: str
    facts: tuple[Said, ...]
    rows: dict[str, dict[str, Any]]
    says: dict[str, str]
    used: int | None = None
    now: str = "15:30"


MORNING = ("08:30", "12:00")
AFTERNOON = ("14:30", "17:30")
"""Both sessions of the hall's day."""

SCENES = (
    Scene(
        "CON-14 A's and B's leave approved by two approvers: the later waits for a third person, and stays approved",
        (
            asks("a", "wang", "08:00", *AFTERNOON),
            asks("b", "li", "08:01", *AFTERNOON),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:12"),
            says("b", "zhou", "08:20"),
            says("b", "zhao", "08:30"),
        ),
        {"a": {"needs_cover": False, "state": "running"}, "b": {"needs_cover": True, "state": "running"}},
        {"b": "leave.needs_cover"},
    ),
    Scene(
        "CON-14 statutory leave is never displaced, though approved later",
        (
            asks("a", "wang", "08:00", *AFTERNOON),
            asks("b", "li", "08:01", *AFTERNOON, type="sick"),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:12"),
            says("b", "zhou", "08:20"),
            says("b", "zhao", "08:30"),
        ),
        {"a": {"needs_cover": True, "state": "running"}, "b": {"needs_cover": False, "state": "running"}},
        {"a": "leave.needs_cover"},
    ),
    Scene(
        "CON-14 HEAD names a third person",
        (
            asks("a", "wang", "08:00", *AFTERNOON),
            asks("b", "li", "08:01", *AFTERNOON),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:12"),
            says("b", "zhou", "08:20"),
            says("b", "zhao", "08:30"),
            Said("zhao", "08:40", "leave.cover", "b", LeaveCover("zhao")),
        ),
        {"a": {"needs_cover": False}, "b": {"needs_cover": False}},
        {},
    ),
    Scene(
        "CON-15 one leave approved twice: one approval, deducted once",
        (
            asks("a", "wang", "08:00", *AFTERNOON),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:20"),
            says("a", "ma", "08:25"),
        ),
        {"a": {"state": "running"}},
        {"a": "leave.concurring"},
        used=50,
    ),
    Scene(
        "CON-16 approved by one, refused by a higher one, both offline: by rank",
        (
            asks("a", "wang", "08:00", *AFTERNOON),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:20"),
            says("a", "ma", "08:25", accept=False),
        ),
        {"a": {"state": "refused"}},
        {"a": "leave.by_rank"},
        used=0,
    ),
    Scene(
        "CON-16 what was taken relying on an approval stays approved",
        (
            asks("a", "wang", "08:00", "08:30", "17:30"),
            says("a", "zhao", "08:05", received="08:06"),
            says("a", "zhou", "08:10", received="08:12"),
            says("a", "ma", "08:20", accept=False, received="12:30"),
        ),
        {"a": {"state": "refused", "ends_at": at("12:30")}},
        {"a": "leave.relied_on"},
        used=50,
    ),
    Scene(
        "CON-17 the same leave on the phone and at the office: union of days, one deduction",
        (
            asks("a", "wang", "08:00", "08:30", "17:30"),
            asks("b", "wang", "08:05", *AFTERNOON),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:11"),
            says("b", "zhao", "08:12"),
            says("b", "zhou", "08:13"),
        ),
        {"a": {"twin": "b", "centidays": 100}, "b": {"twin": "a", "centidays": 0}},
        {"a": "leave.same_twice", "b": "leave.same_twice"},
        used=100,
    ),
    Scene(
        "CON-17 merged: the other answers for both",
        (
            asks("a", "wang", "08:00", "08:30", "17:30"),
            asks("b", "wang", "08:05", *AFTERNOON),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:11"),
            Said("wang", "08:20", "leave.merge", "b", LeaveMerge("a")),
        ),
        {"a": {"state": "running", "twin": ""}, "b": {"state": "merged", "into": "a"}},
        {},
        used=100,
    ),
    Scene(
        "CON-17 of different types the person chooses; no time counts twice",
        (
            asks("a", "wang", "08:00", "08:30", "17:30"),
            asks("b", "wang", "08:05", *AFTERNOON, type="personal"),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:11"),
            says("b", "zhao", "08:12"),
            says("b", "zhou", "08:13"),
        ),
        {"a": {"centidays": 100}, "b": {"centidays": 0}},
        {"b": "leave.overlap"},
        used=100,
    ),
    Scene(
        "CON-18 an approval beyond the balance stays, flagged",
        (
            asks("a", "wang", "08:00", "08:30", "17:30", type="comp"),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:11"),
        ),
        {"a": {"state": "running", "over_quota": True}},
        {"a": "leave.over_quota"},
    ),
    Scene(
        "CON-18 HEAD converts the type",
        (
            asks("a", "wang", "08:00", "08:30", "17:30", type="comp"),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:11"),
            Said("zhao", "08:20", "leave.convert", "a", LeaveConvert("personal", "改为事假")),
        ),
        {"a": {"state": "running", "type": "personal", "over_quota": False}},
        {"a": "leave.converted"},
    ),
    Scene(
        "a withdrawal before the beginning wins over an approval that arrives later",
        (
            asks("a", "wang", "08:00", *AFTERNOON),
            says("a", "zhao", "08:10"),
            says("a", "zhou", "08:11"),
            Said("wang", "08:30", "leave.withdraw", "a", LeaveWithdraw()),
        ),
        {"a": {"state": "withdrawn"}},
        {},
        used=0,
    ),
)
