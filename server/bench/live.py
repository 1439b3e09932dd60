"""Fan-out (W2) and a storm of reconnects (W5): real frames from real commits, beside a bare broadcast of the same bytes."""

import asyncio
import importlib.util
import time
from collections.abc import Sequence
from pathlib import Path

from server.bench.crowd import Phone, pushes
from server.bench.ears import Audience, Ear, many_files, open_ears
from server.bench.load import Process, Run, dial, free_port
from server.bench.pull import catch_up

MARK = b'\\"kind\\":\\"dispute\\"'
STALLED_SHARE = 50
"""One socket in so many reads nothing."""


class Heard:
    """What fan-out to one number of sockets came to. `alone`: CPU seconds of the same commits when nobody listens."""

    def __init__(self, run: Run, alone: float, frame: bytes, rss_each_kib: float) -> None:
        self.run = run
        self.delivered = run._replace(cpu_s=max(run.cpu_s - alone, 1e-6))
        self.frame = frame
        self.rss_each_kib = rss_each_kib


async def commits_alone(process: Process, sender: Phone, where: Sequence[str], commits: int, apart_s: float) -> float:
    """CPU seconds of single reports when nobody listens, as far apart as when somebody does: what of a fan-out is no fan-out."""
    line = await dial(process.port)
    requests = pushes(process, sender, where, commits, 1)
    cpu, start = process.cpu_s(), time.perf_counter()
    for n, request in enumerate(requests, 1):
        await line.ask(request)
        await asyncio.sleep(max(0.0, start + n * apart_s - time.perf_counter()))
    line.close()
    return process.cpu_s() - cpu


async def fan_out(process: Process, phones: Sequence[Phone], where: Sequence[str], sockets: int, commits: int) -> Heard:
    """`commits` reports one after another, each to every socket; some of the sockets have stopped reading."""
    many_files()
    *readers, sender = phones
    for phone in readers:
        await catch_up(process, phone)
    audience = Audience(process, readers, sockets, MARK)
    before_kib = process.rss_kib()
    await audience.open(stalled := sockets // STALLED_SHARE)
    await asyncio.sleep(0.2)
    rss_each = (process.rss_kib() - before_kib) / sockets
    line = await dial(process.port)
    cpu, start = process.cpu_s(), time.perf_counter()
    for n, request in enumerate(pushes(process, sender, where, commits, 1), 1):
        audience.sent_at = time.perf_counter()
        await line.ask(request)
        await audience.have_heard(n * (sockets - stalled))
    wall, used, units = time.perf_counter() - start, process.cpu_s() - cpu, commits * sockets
    run = Run(units, wall, used, audience.delays_ms, units * len(audience.last), process.rss_kib())
    line.close()
    audience.close()
    await asyncio.sleep(0.5)
    alone = await commits_alone(process, sender, where, commits, wall / commits)
    return Heard(run, alone, audience.last, rss_each)


class Broadcast:
    """The same frame to as many sockets of a bare server."""

    def __init__(self, frame: bytes) -> None:
        self.delays_ms: list[float] = []
        self.heard = 0
        self._frame = b"#" + frame[1:].replace(b"#", b"+")

    def _take(self, _: Ear, text: bytes) -> None:
        self.delays_ms.append((time.perf_counter() - self._sent_at) * 1000)
        self.heard += 1

    async def run(self, process: Process, sockets: int, commits: int) -> Run:
        """Every frame is waited for before the next is sent."""
        ears = await open_ears(process.port, "/", [""] * sockets, self._take)
        cpu, start = process.cpu_s(), time.perf_counter()
        for n in range(1, commits + 1):
            self._sent_at = time.perf_counter()
            ears[0].say(self._frame)
            async with asyncio.timeout(60):
                while self.heard < n * sockets:
                    await asyncio.sleep(0.001)
        wall, used, units = time.perf_counter() - start, process.cpu_s() - cpu, commits * sockets
        run = Run(units, wall, used, self.delays_ms, units * len(self._frame), process.rss_kib())
        for ear in ears:
            ear.transport.abort()
        return run


def bare_broadcast(folder: Path, kind: str, frame: bytes, sockets: int, commits: int) -> Run:
    """The ceiling, in a process of its own."""
    port = free_port()
    with Process(["-m", "server.bench.bare", kind, str(port)], port, folder / f"{kind}.log") as floor:
        return asyncio.run(Broadcast(frame).run(floor, sockets, commits))


def has_picows() -> bool:
    """Whether the C server is installed (requirements-bench.lock): the project itself does not need it."""
    return importlib.util.find_spec("picows") is not None


# --- W5 --------------------------------------------------------------------------------------------------------------


class Storm:
    """What a storm came to: the reconnects, the pushes meanwhile, and how long until all were live (s)."""

    def __init__(self, back: Run, pushed: Run, seconds: float) -> None:
        self.back = back
        self.pushed = pushed
        self.seconds = seconds


async def storm(process: Process, phones: Sequence[Phone], where: Sequence[str], sockets: int) -> Storm:
    """Every socket is dropped at once and comes back at once, while one phone goes on pushing."""
    many_files()
    *readers, sender = phones
    requests = pushes(process, sender, where, 2_000, 1)
    for phone in readers:
        await catch_up(process, phone)
    audience = Audience(process, readers, sockets, MARK)
    await audience.open()
    audience.close()
    await asyncio.sleep(0.5)
    line = await dial(process.port)
    delays: list[float] = []
    sizes: list[int] = []
    back = asyncio.Event()

    async def push() -> None:
        for request in requests:
            if back.is_set():
                return
            start = time.perf_counter()
            sizes.append(len(request) + len(await line.ask(request)))
            delays.append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(0.05)

    again = Audience(process, readers, sockets, MARK)
    pushing = asyncio.create_task(push())
    cpu, start = process.cpu_s(), time.perf_counter()
    await again.open(at_once=sockets)
    wall, used = time.perf_counter() - start, process.cpu_s() - cpu
    back.set()
    await pushing
    line.close()
    came, rss = sum(ear.bytes for ear in again.ears), process.rss_kib()
    again.close()
    return Storm(Run(sockets, wall, used, [], came, rss), Run(len(delays), wall, used, delays, sum(sizes), rss), wall)


async def connects(process: Process, sockets: int) -> Run:
    """As many sockets opened to a bare server."""
    many_files()
    cpu, start = process.cpu_s(), time.perf_counter()
    ears = await open_ears(process.port, "/", [""] * sockets, lambda *_: None)
    wall, used = time.perf_counter() - start, process.cpu_s() - cpu
    run = Run(sockets, wall, used, [], sum(ear.bytes for ear in ears), process.rss_kib())
    for ear in ears:
        ear.transport.abort()
    return run
