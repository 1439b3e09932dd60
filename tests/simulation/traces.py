"""What devices of simulated worlds went through, for the TypeScript twin to go through again: `python -m tests.simulation.traces`.

Writes pwa/test/sync/traces.json.gz: by trace the ops saved, the answers and frames taken, and where the device stood after each. vitest
reads that file; a test run of Python has it read others, of the engine as it is now (`test_traces.py`).
"""

import gzip
import hashlib
import logging
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from sync.outbox import OutboxOp
from sync.replica import Replica
from tests.simulation import hall
from tests.simulation.device import Device
from tests.simulation.keys import patched
from tests.simulation.plan import Plan, draw
from tests.simulation.world import live_through

FILE = Path(__file__).resolve().parents[2] / "pwa" / "test" / "sync" / "traces.json.gz"
TRACES, STEPS = 20, 40
CALM = {
    "restore_every": 0.0,
    "rollback_every": 0.0,
    "corrupt_every": 0.0,
    "revoke_every": 0.0,
    "snapshot_from": 0,
    "purge_after": 0.0,
    "upgrades": 0.0,
}
"""A trace holds one chain of one incarnation, and pages; what else there is has tests of its own on both sides."""


def stands(replica: Replica) -> dict[str, Any]:
    """Where a device stands: cursor, what the server has taken, and its rows."""
    rows = sorted((k, rid, row.ver, row.hash, sorted(row.buckets)) for (k, rid), row in replica.rows.items())
    digest = hashlib.sha256(msgspec.json.encode(rows)).hexdigest()
    return {"cur": replica.cursor, "sent": replica.acked, "shown": replica.shown, "rows": len(rows), "digest": digest}


class Recorder:
    """Notes what the first device of a world goes through."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []
        self.start: dict[str, Any] = {}

    def note(self, device: Device, step: dict[str, Any]) -> None:
        """One thing that happened, and where the device stands now."""
        if device.name == "d0" and self.start and len(self.steps) < STEPS:
            then = stands(device.replica)
            if '"ask":true' in step.get("page", ""):
                # When rows of lost buckets go, with this page or with the next, is left to each twin.
                then = {name: then[name] for name in ("cur", "sent", "shown")}
            self.steps.append({**step, "then": then})

    def patches(self) -> tuple[tuple[Any, str, Any], ...]:
        """What makes a device tell."""
        keep, pushed, pulled, framed, enrolled = Device._keep, Device._pushed, Device._pulled, Device._framed, Device._enrolled

        def told(device: Device, op: OutboxOp) -> bool:
            kept = keep(device, op)
            if kept and self.start:
                self.note(device, {"op": {"seq": op.seq, "id": op.id, "body": op.body, "link": op.link}})
            return kept

        def known(device: Device, answer: Any) -> None:
            enrolled(device, answer)
            if device.name == "d0" and not self.start and device.replica.epoch and not device.replica.cursor:
                replica = device.replica
                ops = [{"seq": op.seq, "id": op.id, "body": op.body, "link": op.link} for op in replica.outbox]
                self.start = {"site": hall.SITE, "dev": replica.dev, "epoch": replica.epoch, "link": replica.floor.hash, "ops": ops}

        def answered(device: Device, push: Any, answer: Any) -> None:
            pushed(device, push, answer)
            self.note(device, {"answer": answer.body.decode()})

        def page(device: Device, asked: Any, answer: Any) -> None:
            pulled(device, asked, answer)
            self.note(device, {"page": answer.body.decode(), "from": {"cur": asked.cursor, "epoch": asked.epoch}})

        def frame(device: Device, socket: Any, text: str) -> None:
            live = socket is device.socket and device.replica.live == "live"
            framed(device, socket, text)
            if live and text.startswith('{"t":"c"'):
                self.note(device, {"frame": text})

        return (
            *((Device, "_keep", told), (Device, "_enrolled", known), (Device, "_pushed", answered), (Device, "_pulled", page)),
            (Device, "_framed", frame),
        )


def calm(seed: int) -> Plan:
    """A plan without what a trace cannot hold."""
    return draw(seed, dense=True)._replace(**CALM, crash=0.0, hours=3, live=True, record_every=400.0)


def traces(first: int = 1, wanted: int = TRACES) -> list[dict[str, Any]]:
    """The traces of the seeds from `first` on whose device is enrolled before it has pulled anything."""
    found: list[dict[str, Any]] = []
    for seed in count(first):
        recorder = Recorder()
        with patched(*recorder.patches()):
            report = live_through(seed, calm(seed))
        assert not report.broken, report.broken
        if recorder.start:
            found.append({"seed": seed, **recorder.start, "steps": recorder.steps})
        if len(found) == wanted:
            return found
    raise AssertionError("seeds never end")


def write(file: Path, found: list[dict[str, Any]]) -> None:
    """Traces as vitest reads them."""
    file.write_bytes(gzip.compress(msgspec.json.encode(found), 9, mtime=0))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    write(FILE, traces())
