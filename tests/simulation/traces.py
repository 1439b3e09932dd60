"""What devices of simulated worlds went through, for the TypeScript twin to go through again: `python -m tests.simulation.traces`.

Writes pwa/test/sync/traces.json.gz: by trace the ops saved, the answers, pages, snapshots, repairs and frames taken, the storage that went
back, was damaged or began anew, and where the device stood after each. vitest reads that file; a test run of Python has it read others, of
the engine as it is now (`test_traces.py`).
"""

import gzip
import hashlib
import logging
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from sync import messages as m
from sync.outbox import OutboxOp
from sync.replica import Asked, Replica
from tests.simulation import hall
from tests.simulation.device import Device
from tests.simulation.keys import patched
from tests.simulation.plan import HOUR, Plan, draw
from tests.simulation.server import Answer
from tests.simulation.troubles import Troubles
from tests.simulation.world import live_through

FILE = Path(__file__).resolve().parents[2] / "pwa" / "test" / "sync" / "traces.json.gz"
CALM, STORMY = 6, 14
"""How many traces of each kind are checked in."""
STEPS = 40, 120
"""How long one is, calm or stormy, at most."""
QUIET = {
    **{"restore_every": 0.0, "rollback_every": 0.0, "corrupt_every": 0.0, "revoke_every": 0.0, "purge_after": 0.0},
    **{"snapshot_from": 0, "upgrades": 0.0},
}
"""Days on which nothing but the network goes wrong: one chain of one incarnation, and pages."""
STORM = {
    **{"restore_every": 0.7 * HOUR, "backup_every": 0.5 * HOUR, "rollback_every": 0.4 * HOUR, "corrupt_every": 0.5 * HOUR},
    **{"member_every": 0.7 * HOUR, "purge_after": 0.5 * HOUR, "devices": 3, "asleep": 0.1},
}
Step = dict[str, Any]


def stands(replica: Replica) -> Step:
    """Where a device stands: cursor, what the server has taken, what is still laid over the rows, what is wrong, and the rows themselves.

    Before its first page, or another first page, the twins may hold different rows: only what they will send is compared.
    """
    sent: Step = {"cur": replica.cursor, "sent": replica.acked, "broken": replica.trouble == "fork", "head": replica.head.hash}
    if not replica.cursor:
        return sent
    rows = sorted((k, rid, row.ver, row.hash, sorted(row.buckets)) for (k, rid), row in replica.rows.items())
    digest = hashlib.sha256(msgspec.json.encode(rows)).hexdigest()
    over = [op.id for op in replica.unshown if op.seq > replica.dur and op.state != "refused"]
    return {**sent, "over": over, "differs": sorted(replica._differing), "rows": len(rows), "digest": digest}


def outboxed(op: OutboxOp) -> Step:
    """An op as a trace holds it."""
    return {"seq": op.seq, "id": op.id, "body": op.body, "link": op.link}


class Recorder:
    """Notes what the first device of a world goes through, until `steps` are noted."""

    def __init__(self, steps: int) -> None:
        self.steps: list[Step] = []
        self.start: Step = {}
        self.left = steps
        self._frozen: dict[int, int] = {}
        self._thawing: Any = None

    def notes(self, device: Device) -> bool:
        """Whether this is a device whose days are noted, and there is room."""
        return device.name == "d0" and bool(self.start) and self.left > 0

    def note(self, device: Device, step: Step) -> None:
        """One thing that happened, and where the device stands now."""
        if not self.notes(device):
            return
        self.left = 0 if device.replica.wiped else self.left - 1
        then = {} if device.replica.wiped else stands(device.replica)
        self.steps.append({**step, "then": then})

    def begin(self, replica: Replica) -> None:
        """From here on: a device that is known and has fetched nothing."""
        ops = [outboxed(op) for op in replica.outbox]
        self.start = {
            "site": hall.SITE,
            "dev": replica.dev,
            "epoch": replica.epoch,
            "link": replica.floor.hash,
            "sv": replica.sv,
            "ops": ops,
        }

    def frozen(self, device: Device, kept: Any) -> None:
        """The storage was copied."""
        self._frozen[id(kept)] = len(self._frozen)
        if device.name == "d0" and not self.start:
            self.left = 0  # What comes back some day lies before the trace.
        self.note(device, {"freeze": self._frozen[id(kept)]})

    def patches(self) -> tuple[tuple[Any, str, Any], ...]:
        """What makes a device tell."""
        return (*self._up(), *self._down(), *self._storage())

    def _up(self) -> tuple[tuple[Any, str, Any], ...]:
        keep, pushed, enrolled = Device._keep, Device._pushed, Device._enrolled

        def told(device: Device, op: OutboxOp) -> bool:
            kept = keep(device, op)
            if kept:
                self.note(device, {"op": outboxed(op)})
            return kept

        def answered(device: Device, push: m.Push, answer: Answer) -> None:
            asked = {"dev": push.dev, "epoch": push.epoch or "", "floor": device.replica.floor.seq}
            pushed(device, push, answer)
            self.note(device, {"answer": answer.body.decode(), "asked": {**asked, "wipes": device.replica.wiped}})

        def known(device: Device, answer: Answer) -> None:
            before, epoch = device.replica.dev, device.replica.epoch
            enrolled(device, answer)
            replica = device.replica
            if device.name == "d0" and not self.start and replica.epoch and not replica.cursor:
                self.begin(replica)
            elif replica.dev != before:
                ops = [{"id": op.id, "link": op.link} for op in replica.outbox]
                self.note(device, {"enrolled": answer.body.decode(), "dev": replica.dev, "ops": ops})
            elif replica.epoch != epoch or msgspec.json.decode(answer.body, type=m.Enrolled).dev == before:
                self.note(device, {"known": answer.body.decode(), "epoch": epoch})

        return (Device, "_keep", told), (Device, "_pushed", answered), (Device, "_enrolled", known)

    def _down(self) -> tuple[tuple[Any, str, Any], ...]:
        pulled, repaired, fetched, framed = Device._pulled, Device._repaired, Device._fetched, Device._framed

        def page(device: Device, asked: Asked, answer: Answer) -> None:
            here = device.replica.asking
            pulled(device, asked, answer)
            # A twin asks for one page at a time: of those that are stale by anything else than cursor and epoch it has none.
            if asked == here or (asked.cursor, asked.epoch) != (here.cursor, here.epoch):
                self.note(device, {"page": answer.body.decode(), "from": {"cur": asked.cursor, "epoch": asked.epoch}})

        def leaves(device: Device, asked: m.Repair, answer: Answer) -> None:
            due = device.replica.repair()
            repaired(device, asked, answer)
            if due is not None and (due.bucket, due.cur, due.epoch, due.leaves) == (asked.bucket, asked.cur, asked.epoch, asked.leaves):
                body = msgspec.to_builtins(asked, str_keys=True)
                self.note(device, {"repaired": answer.body.decode(), "status": answer.status, "asked": body})

        def chunks(device: Device, wanted: Any, answer: Answer) -> None:
            due = device.replica.snapshot()
            fetched(device, wanted, answer)
            if due == wanted:
                asked = {"id": wanted.id, "after": wanted.after}
                self.note(device, {"fetched": answer.body.decode(), "status": answer.status, "asked": asked})

        def frame(device: Device, socket: Any, text: str) -> None:
            live, turn = socket is device.socket and device.replica.live == "live", device.replica.turn
            framed(device, socket, text)
            if live and text.startswith('{"t":"c"'):
                self.note(device, {"frame": text})
            elif device.replica.turn != turn:
                self.note(device, {"began": True})

        return (Device, "_pulled", page), (Device, "_repaired", leaves), (Device, "_fetched", chunks), (Device, "_framed", frame)

    def _storage(self) -> tuple[tuple[Any, str, Any], ...]:
        freeze, thaw, reload = Device.freeze, Device.thaw, Device.reload

        def freezes(device: Device) -> Any:
            kept = freeze(device)
            self.frozen(device, kept)
            return kept

        def thaws(device: Device, kept: Any) -> None:
            self._thawing = kept
            thaw(device, kept)

        def reloads(device: Device) -> None:
            if self._thawing is not None:
                self.note(device, {"thaw": self._frozen[id(self._thawing)]})
                self._thawing = None
            older = device.replica.sv != device._shapes
            reload(device)
            if older:
                self.note(device, {"reshaped": True})

        return (Device, "freeze", freezes), (Device, "thaw", thaws), (Device, "reload", reloads), *self._damage()

    def _damage(self) -> tuple[tuple[Any, str, Any], ...]:
        corrupt, audit = Troubles._corrupt, Replica.audit
        watched: list[Replica] = []
        found: list[dict[tuple[str, str], Any]] = []

        async def corrupts(troubles: Troubles) -> None:
            device = troubles.devices[0]
            before = dict(device.replica.rows)
            watched[:] = [device.replica]
            found.clear()
            await corrupt(troubles)
            for damaged in found:
                for key in [key for key in before if damaged.get(key) != before[key]]:
                    row = damaged.get(key)
                    self.note(device, {"damaged": [*key, row and {"ver": row.ver, "h": row.hash, "d": row.body}]})

        def audits(replica: Replica, part: int) -> Any:
            # Before the first part is looked at: what is on the disk now.
            if part == 0 and replica in watched:
                found.append(dict(replica.rows))
            return audit(replica, part)

        return (Troubles, "_corrupt", corrupts), (Replica, "audit", audits)


def calm(seed: int) -> Plan:
    """A plan in which only networks, and the server's own machine, are bad."""
    return draw(seed, dense=True)._replace(**QUIET, crash=0.0, hours=3, live=True, record_every=400.0)


def stormy(seed: int) -> Plan:
    """A plan in which storage goes back, servers are restored, rows are damaged, people change and apps are upgraded."""
    revoked = 0.8 * HOUR if seed % 8 == 0 else 0.0
    upgrades = 1.0 if seed % 3 == 0 else 0.0
    return draw(seed, dense=True)._replace(
        **STORM, crash=0.0, hours=5, record_every=400.0, revoke_every=revoked, upgrades=upgrades, snapshot_from=5 * (seed % 2)
    )


def traces(first: int = 1, calm_ones: int = CALM, stormy_ones: int = STORMY) -> list[Step]:
    """The traces of the seeds from `first` on whose device is enrolled before it has pulled anything."""
    found: list[Step] = []
    for seed in count(first):
        storm = len(found) >= calm_ones
        recorder = Recorder(STEPS[storm])
        with patched(*recorder.patches()):
            report = live_through(seed, (stormy if storm else calm)(seed))
        assert not report.broken, report.broken
        if len(recorder.steps) > 10:
            found.append({"seed": seed, **recorder.start, "steps": recorder.steps})
        if len(found) == calm_ones + stormy_ones:
            return found
    raise AssertionError("seeds never end")


def write(file: Path, found: list[Step]) -> None:
    """Traces as vitest reads them."""
    file.write_bytes(gzip.compress(msgspec.json.encode(found), 9, mtime=0))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    write(FILE, traces())
