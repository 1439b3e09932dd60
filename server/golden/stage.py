"""The stage of the golden corpus: one clock, repeatable ids, and a device for every part, as they were when the ops were said."""

import random
from typing import NamedTuple

import msgspec

from server.app import DOMAINS, turn
from server.gateway.place import Place
from server.gateway.push import arrange, take
from server.store import ledger
from server.store.contract import Unit
from server.store.ledger import readable
from server.store.sqlite import Connection
from sync.ids import uuid7
from sync.keys import key_from
from sync.messages import Enrolled, Head, Push, Result
from sync.ops import Blob, OpKind, first_link
from sync.outbox import Outbox, OutboxOp

SITE = "yunting"
BEGIN_MS = 1_773_799_800_000
"""Wednesday 2026-03-18, 10:10 in the hall."""
TODAY = "2026-03-18"
KINDS: dict[str, OpKind] = {kind.kind: kind for domain in DOMAINS for kind in domain.ops}


class Sent(msgspec.Struct):
    """One push of the corpus: when it came (ms), its message, and what became of its ops."""

    at: int
    push: Push
    results: list[Result]


class Clock:
    """The time of the corpus: for the server and for every device."""

    def __init__(self) -> None:
        self.at = BEGIN_MS

    def __call__(self) -> int:
        return self.at

    def wall_ms(self) -> int:
        """A device's wall clock, which is right."""
        return self.at

    def mono_ms(self) -> int:
        """A device's monotonic clock since its page was loaded."""
        return self.at - BEGIN_MS


class Ids:
    """UUIDv7 from a seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def __call__(self, now_ms: int) -> str:
        return uuid7(now_ms, self._random.getrandbits(74))


class Act(NamedTuple):
    """One op of the corpus: whose device says it, of which kind, about which record (a new one without a name), with which photos."""

    who: str
    kind: str
    args: msgspec.Struct
    rid: str = ""
    guard: dict[str, int] = {}  # noqa: RUF012 - never changed
    blobs: tuple[Blob, ...] = ()


class Stage:
    """The hall with its devices, one for every persona and one that was disabled. `books`: its database, to look up what came about."""

    def __init__(self, place: Place, clock: Clock, uids: dict[str, str], books: Connection) -> None:
        self.place, self.clock, self.uids = place, clock, uids
        self.sent: list[Sent] = []
        self.devices = {name: Outbox(SITE, key_from(1000 + n), clock, Ids(name), "load-1") for n, name in enumerate([*uids, "lost"])}
        self._books = books

    def enrol(self, unit: Unit) -> None:
        """Make the devices known; the lost one is ended at once."""
        with unit.step() as tx:
            for name, device in self.devices.items():
                uid = self.uids.get(name, self.uids["standin"])
                ledger.add_device(tx, device.dev, device.key.public, uid, name, first_link(SITE, device.dev))
            ledger.revoke(tx, self.devices["lost"].dev)
            tx.sql.run("UPDATE account SET password = NULL")

    def greet(self) -> None:
        """Every device hears the server."""
        for device in self.devices.values():
            head = Head(device.acked, device.link(device.acked))
            beacon = self.place.beacon(head.hash)
            device.enrolled(Enrolled(device.dev, self.place.epoch, head, beacon, beacon.t, self.place.server_key))

    def wait(self, until_at: int) -> None:
        """Nothing is said until then (ms)."""
        self.clock.at = until_at
        self.greet()

    def found(self, sql: str, *values: str) -> list[str]:
        """The first column of what the hall's books hold now."""
        return [row[0] for row in self._books.all(sql, values)]

    def save(self, act: Act) -> OutboxOp:
        """Record an act on its device."""
        return self.devices[act.who].save(KINDS[act.kind], act.args, act.rid or None, act.guard or None, blobs=[*act.blobs])

    async def push(self, who: str) -> list[Result]:
        """Half a minute later, and after what time alone makes due: send what waits on a device, keep it and what came of it."""
        self.clock.at += 30_000
        await turn(self.place)
        device = self.devices[who]
        message = device.push()
        ops = arrange(message, [readable(text) for text in message.ops], device.acked + 1, bytes.fromhex(device.link(device.acked)))
        taken = await take(self.place, message, ops)
        device.acked = taken.device.seq
        self.sent.append(Sent(self.clock.at, message, taken.results))
        return taken.results
