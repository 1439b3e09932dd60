"""What the examples are played with: who there is, when it was, what people say, and how an op is run at a time gone by."""

import random
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import msgspec

from server.domain.base import Actor, Handler, Op, Tx
from server.domain.hall.here import hall_of
from server.domain.hall.ops import Names
from server.domain.hall.rules import add_days, at_time, day_of, posted_sessions
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord, UnitRecord
from server.settings import ROOT
from sync.clock import Window
from sync.ids import uuid7
from sync.units import MINUTE_MS

DATA = ROOT / "server" / "domain" / "hall" / "demo_data" / "examples.json"
BEGUN_MS = 90 * MINUTE_MS
"""A day counts as the last one worked once it has gone on for so long."""
TRAVEL_MS = 2_000
ROSTER_DAYS = 5


class Hands(NamedTuple):
    """What only the store can do: set the time of what follows (ms), enter the minute of the evidence log that ends at a time,
    find the handler of an op kind, and let every institution settle.
    """

    clock: Callable[[int], None]
    minute: Callable[[int], None]
    handler: Callable[[str], Handler]
    settle: Callable[[], None]


@cache
def _words() -> dict[str, dict[str, str]]:
    return msgspec.json.decode(DATA.read_bytes(), type=dict[str, dict[str, str]])


class Scene:
    """A demo hall at `now` (ms) and its people. `personas`: uid by the part one may play."""

    def __init__(self, tx: Tx, hands: Hands, personas: dict[str, str], seed: int) -> None:
        self.tx, self._hands, self.personas, self.now = tx, hands, personas, tx.now
        self.hall = hall_of(tx)
        self.rng = random.Random(f"examples:{tx.site}:{seed}")
        self.words = _words()[self.hall.locale]
        self.people: dict[str, PersonRecord] = {p.rid: p for p in tx.find(PersonRecord)}
        self.posts = sorted((p for p in tx.find(PostRecord) if not p.retired), key=lambda p: (p.zone, p.order, p.rid))
        self.units = [u for u in tx.find(UnitRecord, "kind = 'resident'") if u.head]
        self.today = day_of(self.now, self.hall.tz)
        self.days = self._days_behind(30)
        self._coming = self._days_ahead(40)
        self._remember_roster()

    # --- when ---------------------------------------------------------------------------------------------------------

    def _days_behind(self, count: int) -> list[str]:
        """The last working days, the newest first: today once it has gone on for a while."""
        day = self.today
        found: list[str] = []
        while len(found) < count:
            sessions = posted_sessions(self.hall, day)
            if sessions and sessions[0][0] + BEGUN_MS <= self.now:
                found.append(day)
            day = add_days(day, -1)
        return found

    def _days_ahead(self, count: int) -> list[str]:
        """The coming working days, tomorrow at the earliest."""
        found = [add_days(self.today, n) for n in range(1, count)]
        return [day for day in found if posted_sessions(self.hall, day)]

    def at(self, back: int, clock: str) -> int:
        """A time of the `back`-th last working day (ms); what would still be to come was two minutes ago."""
        return min(at_time(self.days[back], clock, self.hall.tz), self.now - 2 * MINUTE_MS)

    def coming_day(self, ahead: int) -> str:
        """The `ahead`-th coming working day, from 0 (ISO)."""
        return self._coming[ahead]

    def coming(self, ahead: int, clock: str) -> int:
        """A time of a coming working day (ms)."""
        return at_time(self._coming[ahead], clock, self.hall.tz)

    def _remember_roster(self) -> None:
        """The days something is told of had today's people at their posts."""
        for duty in self.tx.find(DutyRecord, "day = ?", [self.today]):
            for day in self.days[:ROSTER_DAYS]:
                rid = f"{day}:{duty.post}"
                if self.tx.get(DutyRecord, rid) is None:
                    self.tx.put(msgspec.structs.replace(duty, rid=rid, day=day, shown=False, later=[], swaps=[], reason=""))

    # --- who ----------------------------------------------------------------------------------------------------------

    def has(self, *parts: str) -> bool:
        """Whether this hall has people for these parts."""
        return all(part in self.personas for part in parts)

    def who(self, part: str) -> str:
        """The uid of a part."""
        return self.personas[part]

    @property
    def own(self) -> UnitRecord:
        """The unit of the staff one may play, first; others follow in `units`."""
        unit = self.people[self.who("staff")].unit
        return next(one for one in self.units if one.rid == unit)

    def others(self) -> list[UnitRecord]:
        """The other units, in a fixed order."""
        return [unit for unit in self.units if unit.rid != self.own.rid]

    def colleagues(self, unit: str) -> list[str]:
        """Who works in a unit and leads nothing."""
        return [uid for uid, p in sorted(self.people.items()) if p.unit == unit and "HEAD" not in p.roles and "STF" in p.roles]

    def post_of(self, unit: str) -> PostRecord:
        """The first post of a unit."""
        return next(post for post in self.posts if post.unit == unit)

    def duty(self, post: str, day: str) -> tuple[str, str]:
        """A and B of a post on a day, "" for nobody."""
        known = self.tx.get(DutyRecord, f"{day}:{post}")
        return (known.a, known.b) if known else ("", "")

    # --- what ---------------------------------------------------------------------------------------------------------

    def rid(self, at: int) -> str:
        """A fresh UUIDv7 of that moment."""
        return uuid7(at, self.rng.getrandbits(12) << 62 | self.rng.getrandbits(62))

    def names(self, key: str) -> Names:
        """Something said in every language."""
        return {locale: said[key] for locale, said in _words().items()}

    def secret(self, digits: int = 64) -> str:
        """So many hex digits."""
        return f"{self.rng.getrandbits(4 * digits):0{digits}x}"

    def minute(self, at: int) -> None:
        """The evidence log enters the minute that ends at `at`."""
        self._hands.minute(at - at % MINUTE_MS)

    def let(self, at: int, act: Callable[[Tx], None]) -> None:
        """Let time make something due at `at`."""
        self._hands.clock(at)
        act(self.tx)
        self._hands.clock(self.now)

    def new(self, at: int, who: str, kind: str, args: msgspec.Struct) -> str:
        """Somebody says something about a new record; returns its rid."""
        rid = self.rid(at)
        self.say(at, who, kind, rid, args)
        return rid

    def say(self, at: int, who: str, kind: str, rid: str, args: msgspec.Struct, *, seen: str = "") -> None:
        """Run an op as any phone's. `who`: a part, or a uid; `seen`: the kind of row whose present version is decided on.
        What follows from it elsewhere is there after `settle`.

        Raises `RuntimeError` when it is not applied: the example is wrong then.
        """
        person = self.people[self.personas.get(who, who)]
        received = min(at + TRAVEL_MS, self.now)
        self._hands.clock(received)
        window = Window(at - MINUTE_MS, received, at, "OK", "A")
        actor = Actor(person.rid, person.unit, frozenset(person.roles))
        version = self.tx.version(seen, rid) if seen else None
        guard = {} if version is None else {rid: version}
        op = Op(self.rid(received), kind, rid, args, "demo", actor, window, received, guard)
        outcome = self._hands.handler(kind)(self.tx, op)
        if outcome.st != "applied":
            raise RuntimeError(f"the demo hall does not accept its own {kind} of {who}: {outcome} {args}")
        self._hands.clock(self.now)

    def settle(self) -> None:
        """Let every institution draw its conclusions from what was said."""
        self._hands.settle()
