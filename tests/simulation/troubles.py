"""Everything that goes wrong in a world by the plan of its seed: with the server, its disk, the networks, the devices, the people."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from server.store import ledger
from server.store import people as store_people
from server.store.backup import Backup
from server.store.contract import StoreTrouble
from server.store.people import Account
from sync.rows import row_hash
from tests.simulation import end
from tests.simulation.device import Device
from tests.simulation.keys import make_cheap
from tests.simulation.loop import VirtualLoop
from tests.simulation.plan import HOUR, Plan
from tests.simulation.server import SimServer
from tests.simulation.store import Disk

MEMBERSHIPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    *(("A", ("WIN",)), ("B", ("WIN",)), ("A", ("WIN", "HEAD")), ("", ("OFF",)), ("", ("INS",)), ("", ("TEAM",))),
)


class Troubles:
    """The faults of a world, each a small story of its own. `SimWorld` starts them at random times."""

    plan: Plan
    rng: random.Random
    loop: VirtualLoop
    server: SimServer
    disk: Disk
    devices: list[Device]
    uids: list[str]
    folder: Path
    backups: list[Path]
    counts: "Counter[str]"
    ids: dict[str, str]
    excused: set[str]
    calm: bool
    server_ahead_ms: int

    def _faults(self) -> list[tuple[float, Callable[[], Coroutine[Any, Any, None]]]]:
        plan = self.plan
        return [
            *((plan.partition_every, self._partition), (plan.clog_every, self._swizzle)),
            *((plan.server_crash_every, self._crash_server), (plan.server_stop_every, self._stop_server)),
            *((plan.disk_full_every, self._fill_disk), (plan.slow_disk_every, self._slow_disk)),
            *((plan.backup_every, self._backup), (plan.restore_every, self._restore), (plan.rollback_every, self._rollback)),
            *((plan.member_every, self._member), (plan.step_clock_every, self._step_clock), (plan.stall_every, self._stall)),
            *((plan.corrupt_every, self._corrupt), (plan.revoke_every, self._revoke), (plan.server_clock_every, self._set_server_clock)),
        ]

    # --- the server's troubles ---------------------------------------------------------------------------------------

    async def start_server(self) -> None:
        """Start it, unless somebody has. Hold the server's lock."""
        if not self.server.up:
            await self.server.start()
            if not self.plan.real_keys:
                make_cheap(self.server.place)

    async def _crash_server(self) -> None:
        """The power goes at some statement soon; sometimes right after a flush that nobody was told of."""
        if self.rng.random() < 0.3:
            self.disk.crash_after_flush = True
        else:
            self.disk.crash_in = self.rng.randrange(1, 120)
        self.counts["server crash armed"] += 1
        await asyncio.sleep(self.rng.uniform(1, 900))
        if self.server.up and self.rng.random() < 0.3:
            self.server.crash()
        await asyncio.sleep(self.rng.uniform(5, 300))
        async with self.server.lock:
            await self.start_server()

    async def _stop_server(self) -> None:
        """An orderly restart, as for an upgrade."""
        async with self.server.lock:
            self.counts["server stop"] += 1
            await self.server.stop()
            await asyncio.sleep(self.rng.uniform(1, 600))
            await self.start_server()

    async def _fill_disk(self) -> None:
        if self.server.up:
            self.counts["disk full"] += 1
            store = self.server.store
            store.fill_disk(True)
            await asyncio.sleep(self.rng.uniform(60, 1800))
            if not store.closed:
                store.fill_disk(False)

    async def _set_server_clock(self) -> None:
        """Somebody sets the server's clock, and right again later: one of the two is back."""
        self.counts["clock set on the server"] += 1
        self.server_ahead_ms = self.rng.choice((-1, 1)) * self.rng.randrange(5_400_000)
        await asyncio.sleep(self.rng.uniform(300, 2 * HOUR))
        self.server_ahead_ms = 0

    async def _slow_disk(self) -> None:
        self.counts["slow disk"] += 1
        self.disk.flush_seconds = self.rng.uniform(0.5, 30)
        await asyncio.sleep(self.rng.uniform(60, 1200))
        self.disk.flush_seconds = 0.002

    async def _backup(self) -> None:
        """A backup that is verified, or one nobody looked at."""
        if not self.server.up:
            return
        made = self.server.back_up()
        self.backups.append(made.path)
        self.counts["backup"] += 1
        if self.rng.random() < 0.7:
            # Older ones are thrown away before devices are told: what they let go of is in this one.
            del self.backups[:-1]
            self.server.spawn(self._tell(made))

    async def _tell(self, made: Backup) -> None:
        with suppress(StoreTrouble):
            await self.server.tell(made)

    async def _restore(self) -> None:
        """The database is replaced by a backup: another epoch. What is on no device and not in it is gone with nobody's fault."""
        if not self.backups:
            return
        async with self.server.lock:
            self.counts["server restore"] += 1
            if self.server.up:
                end.judge_tables(self.server.store.reader)
            await self.server.stop()
            await asyncio.sleep(self.rng.uniform(10, 600))
            chosen = self.rng.randrange(len(self.backups))
            self.server.restore(self.backups[chosen], self.rng.randbytes)
            self.backups = [self.backups[chosen]]
            self._excuse()
            await self.start_server()

    async def _revoke(self) -> None:
        """A device is ended by its owner; sometimes because it was stolen."""
        device = self.rng.choice(self.devices)
        if not self.server.up or device.replica.wiped or device.lost or not device.enrolled:
            return
        stolen = self.rng.random() < 0.3
        self.counts["revoked"] += 1
        self.counts["revoked with a queue"] += bool(device.replica.pending)
        dev = device.replica.dev

        def unit(unit: Any) -> None:
            with unit.step() as tx:
                ledger.revoke(tx, dev, stolen)
                store_people.audit(tx, device.uid, "device.revoke", dev, "stolen" if stolen else "")

        async def end_it() -> None:
            try:
                await self.server.store.write(unit)
            except StoreTrouble:
                return
            self.server.place.hub.close_device(dev)
            if stolen:
                self.was_stolen(device)

        self.server.spawn(end_it())

    def _excuse(self) -> None:
        """What is neither in the ledger nor on any device that keeps its word is lost for good."""
        somewhere = self.server.ids_kept() | {op_id for device in self.devices for op_id in device.saved}
        self.excused |= self.ids.keys() - somewhere

    # --- the devices' troubles ---------------------------------------------------------------------------------------

    async def _partition(self) -> None:
        """Some devices hear nothing, or are not heard, or both."""
        self.counts["partition"] += 1
        cut = self.rng.sample(self.devices, self.rng.randint(1, len(self.devices)))
        for device in cut:
            way = self.rng.choice(("up", "down", "both"))
            self.counts[f"partition {way}"] += 1
            device.lane.up, device.lane.down = way == "down", way == "up"
            if way == "both" and device.socket is not None:
                device.socket.lost()
        await asyncio.sleep(self.rng.uniform(60, 2 * HOUR))
        for device in cut:
            device.lane.up = device.lane.down = True

    async def _swizzle(self) -> None:
        """Clog one after another, then open them in another order."""
        self.counts["swizzle"] += 1
        chosen = self.rng.sample(self.devices, self.rng.randint(1, len(self.devices)))
        for device in chosen:
            device.lane.up = device.lane.down = False
            await asyncio.sleep(self.rng.uniform(10, 300))
        self.rng.shuffle(chosen)
        for device in chosen:
            device.lane.up = device.lane.down = True
            await asyncio.sleep(self.rng.uniform(10, 300))

    def _sleep(self, device: Device) -> None:
        """The phone lies in a drawer for a while."""
        if not device.asleep and device.rng.random() < self.plan.asleep:
            device.asleep = True
            self.counts["asleep"] += 1
            if device.socket is not None:
                device.socket.lost()
            self.loop.call_later(device.rng.uniform(0.5, 8) * HOUR, self._wake, device)

    def _wake(self, device: Device) -> None:
        device.asleep = False
        device.sync()

    async def _rollback(self) -> None:
        """A browser profile is copied, and the copy put back later."""
        device = self.rng.choice(self.devices)
        frozen = device.freeze()
        await asyncio.sleep(self.rng.uniform(300, 4 * HOUR))
        if self.calm or device.lost or device.replica.wiped:
            return
        device.thaw(frozen)
        self._excuse()

    async def _step_clock(self) -> None:
        """Somebody sets a phone's clock."""
        self.counts["clock set"] += 1
        self.rng.choice(self.devices).clocks.set_wall(
            self.rng.choice((-1, 1)) * self.rng.choice((3_600_000, 86_400_000, 10 * 365 * 86_400_000))
        )

    async def _stall(self) -> None:
        """A socket whose phone reads nothing for a while."""
        device = self.rng.choice(self.devices)
        socket = device.socket
        if socket is not None:
            self.counts["stalled"] += 1
            socket.stall(True)
            await asyncio.sleep(self.rng.uniform(5, 900))
            socket.stall(False)

    async def _corrupt(self) -> None:
        """The storage of a device loses or damages a row; the daily audit follows."""
        device = self.rng.choice(self.devices)
        shelf = device.replica.shelf
        keys = sorted(key for key in shelf.rows if key[0] != "op.result")
        if not keys or device.unfinished:
            return
        self.counts["row damaged"] += 1
        key = self.rng.choice(keys)
        row = shelf.rows[key]
        how = self.rng.choice(("gone", "damaged", "older"))
        if how == "gone":
            del shelf.rows[key]
        elif how == "damaged" and not row.projected:  # of one in an older shape nobody could tell
            shelf.rows[key] = row._replace(body=row.body + " ")
        else:
            # A write that never reached the disk: what is there is whole, and not what it should be.
            before = row.ver - 1, '{"text":"","writes":0}'
            shelf.rows[key] = row._replace(ver=before[0], body=before[1], hash=row_hash(*key, *before))
        device.damages += 1
        for part in range(100):
            device.replica.audit(part)

    async def _member(self) -> None:
        """Somebody's unit or role changes."""
        uid = self.rng.choice(self.uids)
        unit_id, roles = self.rng.choice(MEMBERSHIPS)
        if not self.server.up:
            return
        self.counts["membership"] += 1

        def unit(unit: Any) -> None:
            with unit.step() as tx:
                store_people.put_account(tx, Account(uid, uid, uid, None, unit_id, roles, uid))

        async def change() -> None:
            try:
                await self.server.store.write(unit)
            except StoreTrouble:
                self.counts["membership refused"] += 1

        self.server.spawn(change())
