"""The form of every offline conflict told as a scene (catalogue §2.2): who said what on which phone when, and what is read in the end.

One script for two stages: in memory, where every fact may arrive alone and whole halls are compared (`in_memory`), and with signed ops of
two to four phones pushed to and pulled from a whole server, phone by phone in every order (`tests/support/theatre.py`).
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from server.domain.base import Op
from tests.server.scenes.small_hall import ACTORS, DAY, at
from tests.support.memory_tx import MemoryHall

RECEIVED = "15:00"
Grade = Literal["A", "B", "C"]
GUARDED = {"visit.settle": "visit.team", "visit.publish": "visit"}
"""The row whose version a decision of that kind goes by."""


class Said(NamedTuple):
    """One op on somebody's phone: who, when, about which record, and what its time is worth. `phone`: which of several that he has."""

    who: str
    clock: str
    kind: str
    rid: str
    args: msgspec.Struct
    grade: Grade = "A"
    day: str = DAY
    phone: str = ""

    @property
    def at(self) -> int:
        """When it was said (ms)."""
        return at(self.clock, self.day)

    @property
    def device(self) -> str:
        """The phone it was said on: one whose clock is good, drifts, or was set back is another each."""
        return f"{self.who}{self.phone}{self.grade if self.grade != 'A' else ''}"

    def op(self, hall: MemoryHall, received: int = 0) -> Op[Any]:
        """The op as it reaches the server: at 15:00 of its day, or at `received` (ms), in every order of arrival."""
        arrived, number = received or at(RECEIVED, self.day), f"{self.rid}-{self.device}-{self.kind}-{self.clock}"
        seen = hall.tx.version(GUARDED[self.kind], self.rid) if self.kind in GUARDED else None
        how: dict[str, Any] = {"at": self.at, "received": arrived, "grade": self.grade, "guard": seen and {self.rid: seen}}
        return hall.op(ACTORS[self.who], self.kind, self.rid, self.args, op_id=number, **how)


class Both(NamedTuple):
    """A sentence as it is read in Simplified and in Traditional Chinese."""

    hans: str
    hant: str


class Read(NamedTuple):
    """A row as `who` has pulled it in the end: the values of some fields, and the sentences it explains itself with. None: no such row
    reaches this person. A field may be a path, "balances/annual/used", through fields and through lists by type or item; what is left out
    on the wire has its default.

    `shows`: what the phone itself makes of the row in words (pwa/test/features/scenes.test.ts holds it to that).
    """

    who: str
    kind: str
    rid: str
    fields: Mapping[str, Any] | None
    says: tuple[Both, ...] = ()
    shows: tuple[Both, ...] = ()


class Play(NamedTuple):
    """A conflict. `facts`: said without a network, on two to four phones that are back at `arrives`; `before`: said meanwhile by those with
    a network; `after`: decided when everything has arrived; `looks`: times at which the server does what is due before that.
    """

    id: str
    facts: tuple[Said, ...]
    reads: tuple[Read, ...]
    before: tuple[Said, ...] = ()
    after: tuple[Said, ...] = ()
    looks: tuple[int, ...] = ()
    arrives: int = at(RECEIVED)
    ends: int = at("15:30")

    @property
    def phones(self) -> tuple[str, ...]:
        """The phones that come back, in the order in which they spoke."""
        return tuple(dict.fromkeys(said.device for said in self.facts))

    @property
    def case(self) -> str:
        """The case of the catalogue: CON-01."""
        return self.id[:6]


def finding(rid: str, *says: Both, state: str, post: int, person: int, whose: str = "wang", **more: Any) -> tuple[Read, ...]:
    """A finding as the office reads it: state, both counts, whom it names, and its sentences."""
    return (Read("zhou", "finding", rid, {"state": state, "post_count": post, "person_count": person, "person": whose, **more}, says),)


def value(row: Any, path: str, expected: Any) -> Any:
    """What a row has at the end of a path; its default where that is left out."""
    for part in path.split("/"):
        if isinstance(row, list):
            row = next((one for one in row if part in (one.get("type"), one.get("item"))), {})
        elif row is not None:
            row = row.get(part)
    return type(expected)() if row is None and isinstance(expected, (bool, int, str, list)) else row
