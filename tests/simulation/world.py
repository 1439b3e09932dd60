"""One world from one seed: a server, devices, everything that can go wrong between them, and a calm end at which all must be well."""

import asyncio
import hashlib
import random
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import server.app
import server.gateway.hub
import server.gateway.live
import server.gateway.logbook
import server.gateway.pull
import server.gateway.session
import server.store.horizon
import server.store.snapshots
import server.store.transaction
import server.store.writer
import sync.outbox
from sync.minute import SLOTS
from sync.outbox import OutboxOp
from tests.simulation import end
from tests.simulation.device import Device
from tests.simulation.keys import cheap_crypto, keys_of, patched
from tests.simulation.laws import LawBroken, Oracle
from tests.simulation.loop import VirtualLoop
from tests.simulation.outside import Outside, Salts
from tests.simulation.plan import HOUR, Plan, draw
from tests.simulation.server import SimServer, founded
from tests.simulation.store import Disk, InlineStore
from tests.simulation.troubles import Troubles

START = 1_773_799_800_000
CALM_ROUNDS_MAX = 60
PEOPLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("zhang", "A", ("WIN",)),
    ("wang", "A", ("WIN", "HEAD")),
    ("li", "B", ("WIN",)),
    ("zhou", "", ("OFF",)),
    ("lin", "", ("INS",)),
)


class Report(NamedTuple):
    """What a world came to. `broken`: the law that does not hold, or nothing."""

    seed: int
    device_hours: float
    counts: "Counter[str]"
    trace: str
    broken: str


class Repeating:
    """Stands for `secrets` where a run must repeat."""

    def __init__(self, seed: object) -> None:
        self._rng = random.Random(f"{seed}/secrets")

    def token_urlsafe(self, size: int) -> str:
        return hashlib.sha256(self._rng.randbytes(32)).hexdigest()[: size * 4 // 3]

    def choose(self, count: int) -> list[int]:
        """Places of a minute of the evidence log."""
        return self._rng.sample(range(SLOTS), count)


class Clock:
    """True time, ms, hung on the loop."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    @property
    def at(self) -> int:
        return START + int(self._loop.time() * 1000)

    def __call__(self) -> int:
        return self.at


class SimWorld(Troubles):
    """Everything of one run."""

    def __init__(self, seed: int, plan: Plan, folder: Path) -> None:
        self.seed, self.plan, self.folder = seed, plan, folder
        self.rng = random.Random(f"{seed}/world")
        self.loop = VirtualLoop()
        self.clock = Clock(self.loop)
        self.counts: Counter[str] = Counter()
        self.oracle = Oracle()
        self.uids = [uid for uid, _, _ in PEOPLE]
        self.rids: list[str] = []
        self.refused_rids: list[str] = []
        self.ids: dict[str, str] = {}
        self.excused: set[str] = set()
        self.backups: list[Path] = []
        self.calm = False
        self.server_ahead_ms = self._hour = 0
        self.outside = Outside()
        self._running: set[asyncio.Task[None]] = set()
        self._digests: dict[str, Any] = {}
        founded(folder, [*PEOPLE], lambda: START)
        self.disk = Disk(random.Random(f"{seed}/disk"))
        self.server = SimServer(folder, self._server_clock, self.disk, self._opened)
        key = keys_of(plan.real_keys)
        self.devices = [Device(self, f"d{n}", self.uids[n % len(self.uids)], key) for n in range(plan.devices)]

    def _server_clock(self) -> int:
        return self.clock.at + self.server_ahead_ms

    def _opened(self, store: InlineStore) -> None:
        self.oracle.opened(store)

    # --- what devices tell -------------------------------------------------------------------------------------------

    def saved(self, device: Device, op: OutboxOp) -> None:
        """An op was confirmed as saved: it may not be lost any more."""
        self.ids[op.id] = device.name
        self.counts["saved"] += 1
        if op.k == "sim.write":
            self.rids.append(op.rid)

    def wiped(self, device: Device) -> None:
        """A device has forgotten everything, as told: what it had must be in the ledger now (PROTOCOL §2)."""
        self.counts["wiped"] += 1
        if lost := set(device.saved) - self.server.ids_kept():
            raise LawBroken(f"I1 {device.name} was wiped with {len(lost)} ops unsent")
        device.saved = []

    def was_stolen(self, device: Device) -> None:
        """Nothing this device has is taken any more."""
        device.lost, device.saved = True, []
        self._excuse()

    def left(self, device: Device, text: str) -> None:
        """Bytes left the server for a device."""
        try:
            self.oracle.left(device.uid, text)
        except LawBroken as broken:
            self.loop.fail(broken)  # The server takes any error of a send for a lost peer.

    def judge(self, device: Device) -> None:
        """The laws, after a step of a device."""
        replica = device.replica
        whole = not device.unfinished and replica.whole == replica.buckets
        device.view = self.oracle.check(replica, device.view, whole)
        if len(replica.differences) != device.judged:
            device.judged = len(replica.differences)
            if len({one.at for one in replica.differences}) > device.damages:
                raise LawBroken(f"I20 {device.name} differs, damaged {device.damages} times: {replica.differences[-3:]}")
        if whole and not device.rolled_back and any(op.result is None for op in replica.outbox if op.seq <= replica.shown):
            raise LawBroken(f"I7 {device.name} was told that an op is shown, and not what became of it")
        end.acked_is_kept(self, device)
        self.trace(device, f"{replica.acked} {replica.shown} {replica.cursor}".encode())

    def trace(self, device: Device, what: bytes) -> None:
        """Everything a device goes through, in its order: the same seed gives the same again."""
        digest = self._digests.setdefault(device.name, hashlib.sha256())
        digest.update(f"{self.loop.time():.6f} {len(what)} ".encode() + what)
        self.counts["deliveries"] += 1

    @property
    def trace_hash(self) -> str:
        """One hash over all that happened to all devices."""
        return hashlib.sha256(b"".join(name.encode() + d.digest() for name, d in sorted(self._digests.items()))).hexdigest()

    # --- a run -------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Live through it. Raises what breaks."""
        main = self.loop.create_task(self._main())
        main.add_done_callback(lambda _: self.loop.stop())
        try:
            self.loop.run_forever()
            if self.loop.failures:
                raise self.loop.failures[0]
            main.result()
        finally:
            self.server.crash()
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

    async def _main(self) -> None:
        async with self.server.lock:
            await self.start_server()
        for device in self.devices:
            self._often(self.plan.record_every, device.record, device.rng)
            self._often(self.plan.sync_every, device.sync, device.rng)
            self._often(6 * HOUR, lambda device=device: self._sleep(device), device.rng)
            self.loop.call_later(device.rng.uniform(0, 300), device.sync)
        self._often(300, self._chores, self.rng)
        for every, fault in self._faults():
            if every:
                self._often(every, lambda fault=fault: self._spawn(fault()), random.Random(f"{self.seed}/{fault.__name__}"))
        await asyncio.sleep(self.plan.hours * HOUR)
        await self._heal()
        await self._come_to_rest()
        head = await self.outside.audit(self.server)
        self._digests["the log"] = hashlib.sha256(head.encode())
        self.counts["heads taken"] += self.outside.looks
        end.judge(self)

    def _spawn(self, fault: Coroutine[Any, Any, None]) -> None:
        """Let a fault take its course."""
        task = self.loop.create_task(fault)
        self._running.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error

    def _often(self, every: float, what: Callable[[], Any], rng: random.Random) -> None:
        """Do something again and again at random times, until the calm."""

        def again() -> None:
            if not self.calm:
                self.loop.call_later(rng.expovariate(1 / every), again)
                what()

        self.loop.call_later(rng.expovariate(1 / every), again)

    def _chores(self) -> None:
        if self.server.up:
            self.server.spawn(self._chore())

    async def _chore(self) -> None:
        """What the server does by the clock; now and then those outside look at its log, and we at its tables."""
        if await self.server.chores():
            await self.outside.look(self.server)
        if self.loop.time() >= self._hour + HOUR:
            self._hour = int(self.loop.time())
            end.judge_tables(self.server.store.reader)

    # --- the calm ----------------------------------------------------------------------------------------------------

    async def _heal(self) -> None:
        """Everything works again."""
        self.calm = True
        self.disk.flush_seconds, self.disk.crash_in, self.disk.crash_after_flush = 0.002, 0, False
        for device in self.devices:
            device.lane.heal()
            device.asleep = False
            if device.socket is not None:
                device.socket.stall(False)
        await asyncio.sleep(2 * HOUR)
        async with self.server.lock:
            await self.start_server()
            self.server.store.fill_disk(False)

    async def _come_to_rest(self) -> None:
        """Within a bounded number of rounds every queue is empty and every device is up to date (I5, I23, I35)."""
        for round_number in range(CALM_ROUNDS_MAX):
            for device in self.devices:
                device.reload()
                device.sync()
            await asyncio.sleep(120)
            if round_number and all(end.at_rest(self, device) for device in self.devices):
                return
        stuck = [end.why(self, device) for device in self.devices if not end.at_rest(self, device)]
        raise LawBroken(f"I35 never came to rest: {stuck[:3]}")


def quiet_chores() -> tuple[tuple[Any, str, Any], ...]:
    """What the server does by its own clock is done here, or not at all."""
    return tuple((server.app, name, 1e9) for name in vars(server.app) if name.endswith("_SECONDS"))


def live_through(seed: int, plan: Plan | None = None, mutant: tuple[tuple[Any, str, Any], ...] = ()) -> Report:
    """One world from its seed to its end."""
    plan = plan or draw(seed)
    secrets = Repeating(seed)
    changes = (
        *cheap_crypto(plan.real_keys),
        (server.gateway.live, "secrets", secrets),
        (server.gateway.session, "secrets", secrets),
        (server.gateway.logbook, "choose", secrets.choose),
        (server.store.transaction, "_salts", Salts(seed)),
        (server.store.writer, "GROUP_SECONDS_MAX", float("inf")),
        *quiet_chores(),
        (sync.outbox, "PUSH_OPS_MAX", plan.push_ops_max),
        (server.gateway.pull, "PAGE_ROWS", plan.page_rows_max),
        (server.gateway.live, "DELTA_BYTES_MAX", plan.delta_bytes_max),
        (server.gateway.hub, "DELTA_BYTES_MAX", plan.delta_bytes_max),
        (server.store.horizon, "DAY_MS", int(plan.purge_after * 1000) or 24 * 3_600_000),
        (server.store.snapshots, "SNAPSHOT_FROM", plan.snapshot_from or 2_000),
        (server.store.snapshots, "CHUNK_ROWS", 3 if plan.snapshot_from else 500),
        # The devices here take files as they are; packing them well is the dearest thing in a world.
        (server.store.snapshots, "zstd_to", server.store.snapshots.gzip_to),
    )
    with TemporaryDirectory(prefix="zaigang-sim-", dir=_memory()) as folder, patched(*changes, *mutant):
        world = SimWorld(seed, plan, Path(folder) / "data")
        broken = ""
        try:
            world.run()
        except Exception as error:
            broken = f"{type(error).__name__}: {error}"
            if not isinstance(error, LawBroken):
                broken += "\n" + "".join(traceback.format_exception(error)[-6:])
        return Report(seed, plan.hours * plan.devices, world.counts, world.trace_hash, broken)


def _memory() -> str | None:
    """A folder in memory, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
