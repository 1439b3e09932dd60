"""Law I18, two worlds at a time: the same seed with and without what only its own audience may know. Nobody else may receive another byte.

Only sealed cursors may differ, and not in length. Frames, their number and size, answers with status and headers, pages, sums and whole
first pulls are compared.
"""

import asyncio
import logging
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

import server.gateway.live
import server.gateway.session
import server.store.writer
from sync import messages as m
from sync.replica import Replica
from tests.simulation import hall
from tests.simulation.keys import cheap_crypto, cheap_key, make_cheap, patched
from tests.simulation.loop import VirtualLoop
from tests.simulation.power import MEMORY
from tests.simulation.server import SimServer, Socket, founded
from tests.simulation.store import Disk
from tests.simulation.world import PEOPLE, START, Clock, Repeating, quiet_chores
from tests.support.clock import DeviceClocks, Ids

HIDDEN = "xu"
SEALED = re.compile(r'"(prev|to)":"([A-Za-z0-9_-]{59})"')
RANDOM = re.compile(r"/(blobs|p)/([0-9a-f]{32}|[A-Za-z0-9_-]{60,})(?![0-9a-f/])")
"""Ids of uploads and codes of papers."""
_frame: msgspec.json.Decoder[m.ServerFrame] = msgspec.json.Decoder(m.ServerFrame)
_line: msgspec.json.Decoder[m.PullLine] = msgspec.json.Decoder(m.PullLine)
Told = dict[str, list[str]]


def bare(text: str) -> str:
    """`text` with sealed cursors, and what is random in addresses, measured instead of shown."""
    return RANDOM.sub(lambda found: f"/{found[1]}/<{len(found[2])}>", SEALED.sub(lambda found: f'"{found[1]}":"<{len(found[2])}>"', text))


class Guest:
    """A device without faults that keeps every byte it is sent."""

    def __init__(self, server: SimServer, clock: Clock, uid: str) -> None:
        self.server, self.uid = server, uid
        self.heard: list[str] = []
        self.replica = Replica(hall.SITE, cheap_key(sum(uid.encode()) + 1), DeviceClocks(clock), Ids(uid), uid)
        self.replica.sv = hall.SHAPES
        self.cookie = ""
        self.vital: m.Vital | None = None
        self.socket: Socket | None = None

    async def ask(self, method: str, path: str, query: str = "", body: bytes = b"", known: tuple[int, ...] = (200,), **more: str) -> bytes:
        """One request; its answer, of a status that is `known`, is kept. `more`: headers, with _ for -."""
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        answer = await self.server.ask(method, f"/s/{hall.SITE}/{path}", query, body, self.cookie, headers)
        assert not known or answer.status in known, (path, answer)
        if path == "session":
            self.cookie = answer.headers.pop("set-cookie").partition(";")[0]
        answer.headers.pop("set-cookie", "")
        self.heard.append(bare(f"{answer.status} {sorted(answer.headers.items())}\n{answer.body.decode(errors='replace')}"))
        return answer.body

    async def arrive(self) -> None:
        """Sign in, enrol, catch up, listen."""
        session = await self.sign_in()
        enrolled = await self.ask("POST", "devices", body=_json(self.replica.enrol(session.nonce)))
        self.replica.enrolled(msgspec.json.decode(enrolled, type=m.Enrolled))
        await self.listen()

    async def sign_in(self) -> m.Session:
        """Open a session."""
        return msgspec.json.decode(await self.ask("POST", "session", body=_json(m.SignIn(persona=self.uid))), type=m.Session)

    async def listen(self) -> None:
        """Catch up, and follow from there."""
        await self.pull()
        self.socket = self.server.connect(self.cookie, self._frame, lambda _: None)

    async def pull(self) -> None:
        """Catch up."""
        more = True
        while more:
            asked = self.replica.asking
            query = "&".join(f"{k}={v}" for k, v in self.replica.pull_query().items())
            lines = [_line.decode(line) for line in (await self.ask("GET", "pull", query)).split(b"\n") if line]
            more = self.replica.pulled(asked, lines)

    async def push(self) -> list[m.Result]:
        """Send what waits; what became of it."""
        push = self.replica.push(vital=self.vital)
        answer = msgspec.json.decode(await self.ask("POST", "push", body=_json(push)), type=m.PushAnswer)
        self.replica.push_answered(answer, push)
        return answer.results

    def act(self, rng: random.Random, audiences: list[str]) -> None:
        """Record something for some of these audiences."""
        notes = sorted(rid for kind, rid in self.replica.rows if kind == "sim.note")
        to, roll = rng.sample(audiences, rng.randint(0, min(2, len(audiences)))), rng.random()
        if notes and roll < 0.3:
            self.replica.save(hall.MOVE, hall.Move(to), rng.choice(notes))
        elif notes and roll < 0.45:
            self.replica.save(hall.ERASE, hall.Erase(), rng.choice(notes))
        else:
            self.replica.save(hall.WRITE, hall.Write("new", to, way=rng.choice(["", "", "crash", "hold"])))

    def _frame(self, text: str) -> None:
        self.heard.append(bare(text) if '"t":"c"' in text else text)
        answer = self.replica.frame(_frame.decode(text))
        if isinstance(answer, m.Hello):
            answer = msgspec.structs.replace(answer, vital=self.vital)
        if answer is not None and self.socket is not None:
            self.socket.say(msgspec.json.encode(answer).decode())


def _json(message: msgspec.Struct) -> bytes:
    return msgspec.json.encode(message)


class _Seconds:
    """Whole seconds: what happens at each takes no time from the next, so both worlds keep the same."""

    def __init__(self) -> None:
        self._at = 100.0

    async def next(self) -> None:
        """Wait for the next one."""
        self._at += 1
        await asyncio.sleep(self._at - asyncio.get_running_loop().time())


async def _live_through(seed: int, hidden: bool, sim: SimServer, clock: Clock, secret_to: str) -> Told:
    async with sim.lock:
        await sim.start()
    make_cheap(sim.place)
    guests = {uid: Guest(sim, clock, uid) for uid in (*(uid for uid, _, _ in PEOPLE), HIDDEN)}
    for guest in guests.values():
        await guest.arrive()
    second = _Seconds()
    await second.next()
    seen, secret = random.Random(f"seen/{seed}"), random.Random(f"secret/{seed}")
    others = [guest for uid, guest in guests.items() if uid != HIDDEN]
    for _ in range(seen.randint(4, 9)):
        if hidden:
            guests[HIDDEN].act(secret, [secret_to])
            await guests[HIDDEN].push()
        await second.next()
        guest = seen.choice(others)
        guest.act(seen, ["hall", "pub", "unit:A", "unit:B", "role:OFF", "role:INS"])
        await guest.push()
        await second.next()
        if seen.random() < 0.5:
            await seen.choice(others).pull()
    for guest in others:
        guest.replica._from_nothing()
        await guest.pull()
    assert bool(guests[HIDDEN].replica.outbox) is hidden
    async with sim.lock:
        await sim.stop()
    return {guest.uid: guest.heard for guest in others}


def told(seed: int, hidden: bool, secret_to: str = "role:TEAM") -> Told:
    """All that reached each person but those who may know, that is those in the bucket `secret_to`."""
    loop = VirtualLoop()
    clock = Clock(loop)
    with calm(seed):
        sim = _ground().laid_out(clock)
        try:
            return loop.run_until_complete(_live_through(seed, hidden, sim, clock, secret_to))
        finally:
            loop.close()


class _Ground:
    """What all worlds of a process stand on: one server over one folder, laid out anew for each."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="zaigang-hidden-", dir=MEMORY)
        root = Path(self._folder.name)
        founded(root / "founded", [*PEOPLE, (HIDDEN, "", ("TEAM",))], lambda: START)
        self._data = root / "data"
        self._founded = root / "founded" / f"{hall.SITE}.sqlite"
        self._clock: Clock | None = None
        self._sim = SimServer(self._data, self._now, Disk(random.Random(0)), lambda _: None)

    def _now(self) -> int:
        assert self._clock is not None, "a world has its clock"
        return self._clock()

    def laid_out(self, clock: Clock) -> SimServer:
        """The server, stopped, over a hall as it was founded."""
        self._clock = clock
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir()
        shutil.copy(self._founded, self._data)
        self._sim.lock = asyncio.Lock()
        return self._sim


@cache
def _ground() -> _Ground:
    return _Ground()


def compare(seed: int) -> "Compared":
    """One pair of worlds."""
    with unheard():
        return difference(seed, told(seed, False), told(seed, True))


class Compared(NamedTuple):
    """How much of a pair of worlds was compared, and the first difference, "" when there is none."""

    messages: int
    characters: int
    found: str


def difference(seed: int, without: Told, with_it: Told) -> Compared:
    """Whether what reached everybody is the same."""
    messages = size = 0
    for uid, heard in without.items():
        other = with_it[uid]
        messages, size = messages + len(heard), size + sum(map(len, heard))
        for a, b in zip(heard, other, strict=False):
            if a != b:
                at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
                return Compared(messages, size, f"seed {seed}, {uid}: {a[max(0, at - 200) : at + 200]} | {b[max(0, at - 200) : at + 200]}")
        if len(heard) != len(other):
            return Compared(messages, size, f"seed {seed}, {uid}: {len(heard)} messages, with what is hidden {len(other)}")
    return Compared(messages, size, "")


@contextmanager
def unheard() -> Iterator[None]:
    """Nothing is logged: crashes are part of these worlds."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def calm(seed: int) -> Iterator[None]:
    """Cheap keys, repeating secrets, and no chore by the clock: two worlds differ in nothing but what is said in them."""
    repeating = Repeating(seed)
    changes = (
        *cheap_crypto(False),
        *quiet_chores(),
        (server.gateway.live, "secrets", repeating),
        (server.gateway.session, "secrets", repeating),
        (server.store.writer, "GROUP_SECONDS_MAX", float("inf")),
    )
    with patched(*changes):
        yield
