"""A push run over the real writer, the real consumer and a drive of our own: what was acknowledged when."""

import asyncio
import logging
import queue
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import apsw

import server.store.writer
from server.gateway.consume import Consumer
from server.gateway.push import anchor, arrange
from server.store import evidence, ledger, people, site
from server.store.contract import StoreTrouble, Unit
from server.store.institutions import Institutions
from server.store.ledger import readable
from server.store.people import Account
from server.store.site import NewSite
from server.store.sqlite import prepare
from server.store.writer import Group, Waiting, Writer
from sync.cursor import Seal
from sync.messages import Push
from sync.minute import SLOTS
from sync.ops import first_link
from sync.replica import Replica
from tests.simulation.disk import PRAGMAS, Drive, DriveConnection, Outage, put
from tests.simulation.keys import cheap_key, patched
from tests.support.clock import DeviceClocks, Ids, World
from tests.support.tiny import WRITE, Write, domain

NAME = "hall.sqlite"
START = 1_773_799_800_000
DEVICES = 3


class State(NamedTuple):
    """What a database holds: last commit number, number of ops, minutes in the evidence log, and how many its head was signed over."""

    head: int
    ops: int
    minutes: int
    signed: int


class Acked(NamedTuple):
    """A group was answered when so many steps were done; it left the database like this."""

    steps: int
    state: State


class PushRun:
    """Devices that push to a writer over a drive, group by group."""

    def __init__(self, seed: int, pragmas: Sequence[str] = PRAGMAS) -> None:
        self.rng = random.Random(f"power/{seed}")
        self.world = World(START)
        self.drive = Drive()
        self.institutions = Institutions((domain(),))
        self.sql = DriveConnection(self.drive, NAME, pragmas)
        prepare(self.sql, self.institutions, START, NewSite("hall", {"zh_Hans": "云汀"}, "zh_Hans", True, self.rng.randbytes))
        self.facts = facts = site.facts(self.sql)
        self.seal = Seal(facts.seal_key, facts.id, facts.epoch)
        self.writer = Writer(self.sql, facts, self.institutions, self.world)
        self.devices = [Replica("hall", cheap_key(n + 1), DeviceClocks(self.world), Ids((seed, n)), "load") for n in range(DEVICES)]
        self.sql.run("PRAGMA wal_checkpoint(TRUNCATE)")
        self.acked: list[Acked] = []
        self.loop = asyncio.new_event_loop()

    def enrol(self) -> None:
        """Everybody is known."""

        def unit(unit: Unit) -> None:
            with unit.step() as tx:
                for n, device in enumerate(self.devices):
                    people.put_account(tx, Account(f"u{n}", None, "", None, "A", ("WIN",)))
                    ledger.add_device(tx, device.dev, device.key.public, f"u{n}", "", first_link("hall", device.dev))

        self.group([unit])

    def group(self, units: list[Callable[[Unit], Any]]) -> list[Any]:
        """One group commit of the real writer: values, or the errors they ended with."""
        waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        entries = [Waiting(unit, True, asyncio.Future(loop=self.loop)) for unit in units]
        for entry in entries[1:]:
            waiting.put(entry)
        done, _ = Group(self.writer, waiting).commit(entries[0])
        while not waiting.empty():  # A slow machine ended the group early.
            more, _ = Group(self.writer, waiting).commit(waiting.get_nowait())  # type: ignore[arg-type]
            done += more
        answers = {one.answer: one for one in done}
        return [answers[entry.answer].error or answers[entry.answer].value for entry in entries]

    def push(self) -> bool:
        """Some devices push at once. Whoever is answered has it acknowledged; True when all are."""
        senders = self.rng.sample(self.devices, self.rng.randint(1, DEVICES))
        for device in senders:
            if not device.pending:
                for _ in range(self.rng.randint(1, 4)):
                    device.save(WRITE, Write("岗" * self.rng.choice((1, 30, 400))))
        whole = True
        for device, answer in zip(senders, self.group([self._consume(device) for device in senders]), strict=True):
            if isinstance(answer, Exception):
                assert isinstance(answer, StoreTrouble), answer
                whole = False
            else:
                device.acked = answer
        if whole:
            self.acked.append(Acked(len(self.drive.steps), self.state()))
        self.world.pass_ms(1000)
        return whole

    def enter(self) -> None:
        """A minute passes and enters the evidence log; its head is out in the world from then on."""
        self.world.pass_ms(60_000)
        made = evidence.draft(self.sql, self.facts, self.world.at, lambda count: self.rng.sample(range(SLOTS), count), evidence.Entered())
        assert made is not None

        def unit(unit: Unit) -> None:
            with unit.step() as tx:
                evidence.place(tx, self.facts, made, None)

        assert self.group([unit]) == [None]
        self.acked.append(Acked(len(self.drive.steps), self.state()))

    def _consume(self, device: Replica) -> Callable[[Unit], int]:
        bodies = [op.body for op in device.pending]

        def unit(unit: Unit) -> int:
            known = ledger.device(unit.sql, device.dev)
            assert known is not None
            decoded = [readable(text) for text in bodies]
            ops = arrange(Push(1, device.dev, bodies, ""), decoded, *anchor(unit.sql, Push(1, device.dev, bodies, ""), decoded, known))
            consumer = Consumer(unit, self.institutions, self.seal, known)
            stop = consumer.consume(ops, 0)
            if stop is not None:
                raise StoreTrouble(False, stop.code)
            return consumer.device.seq

        return unit

    def state(self) -> State:
        """What the database holds now."""
        return state_of(self.sql.raw.execute)


def state_of(execute: Callable[[str], Any]) -> State:
    """What a database holds."""
    (head,) = execute("SELECT head FROM site").fetchone()
    (ops,) = execute("SELECT count(*) FROM op").fetchone()
    (minutes,) = execute("SELECT count(*) FROM log_entry").fetchone()
    (signed,) = execute("SELECT coalesce(max(size), 0) FROM log_checkpoint").fetchone()
    return State(head, ops, minutes, signed)


class Verdict(NamedTuple):
    """What came of cutting the power at every step of a run: cuts, how many lost what was acknowledged, what else was wrong."""

    cuts: int
    lost: int
    wrong: list[str]


def cut_everywhere(seed: int, groups: int, variants: int, folder: Path, pragmas: Sequence[str] = PRAGMAS) -> Verdict:
    """Run once, then cut the power at each of its steps, open what is left, and compare it with what had been acknowledged."""
    run = PushRun(seed, pragmas)
    run.enrol()
    run.drive.begin()
    run.acked = [Acked(0, run.state())]
    with patched((server.store.writer, "GROUP_SECONDS_MAX", float("inf"))):
        for n in range(groups):
            assert run.push()
            if n % 3 == 2:
                run.enter()
    states = [acked.state for acked in run.acked]
    cuts, lost, wrong, known = 0, 0, list[str](), dict[str, bytes]()
    acknowledged = 0
    found, whole = None, ""
    for done, files in Outage(run.drive).each(random.Random(f"cuts/{seed}"), variants):
        while acknowledged + 1 < len(states) and run.acked[acknowledged + 1].steps <= done:
            acknowledged += 1
        if put(str(folder), files, known):  # else what is left is what was looked at last
            found, whole = _opened(f"{folder}/{NAME}")
        cuts += 1
        if whole != "ok":
            wrong.append(f"after {done} steps: {whole}")
        elif found not in states:
            wrong.append(f"after {done} steps: {found} is between two groups")
        elif states.index(found) < acknowledged:
            lost += 1
    return Verdict(cuts, lost, wrong)


def _opened(path: str) -> tuple[State | None, str]:
    """The state of a database after its log was read again, and whether it is whole. The files stay as they are."""
    db = apsw.Connection(path)
    try:
        db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        db.execute("PRAGMA locking_mode=EXCLUSIVE")  # nobody else looks: its index of the log needs no file
        (whole,) = db.execute("PRAGMA integrity_check(3)").fetchone()
        return state_of(db.execute), whole
    except apsw.Error as error:
        return None, str(error)
    finally:
        db.close()


MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
LAX = tuple("synchronous=NORMAL" if pragma == "synchronous=FULL" else pragma for pragma in PRAGMAS)
"""What does not flush before it answers: a store that the cuts must find wanting."""


def cuts(seed: int, pragmas: Sequence[str] = PRAGMAS, groups: int = 12, variants: int = 6) -> Verdict:
    """One push run, cut at each of its steps, in a folder of its own."""
    logging.disable(logging.CRITICAL)
    with TemporaryDirectory(prefix="zaigang-power-", dir=MEMORY) as folder:
        return cut_everywhere(seed, groups, variants, Path(folder), pragmas)
