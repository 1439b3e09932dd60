"""What a seed draws: how large the world is, how bad it is, and which faults it knows at all (swarm testing)."""

import random
from typing import NamedTuple

from tests.simulation.network import Faults

HOUR = 3600.0


class Plan(NamedTuple):
    """One world. Times in seconds; `…_every`: mean time between two such events, 0: never."""

    hours: float
    devices: int
    faults: Faults
    record_every: float
    sync_every: float
    live: bool
    pipelined: bool
    tabs: bool
    poison: float
    old_ops: float
    crash: float
    skewed: float
    asleep: float
    push_ops_max: int
    page_rows_max: int
    real_keys: bool
    partition_every: float
    clog_every: float
    server_crash_every: float
    server_stop_every: float
    disk_full_every: float
    slow_disk_every: float
    backup_every: float
    restore_every: float
    rollback_every: float
    member_every: float
    step_clock_every: float
    stall_every: float
    corrupt_every: float
    revoke_every: float
    purge_after: float
    snapshot_from: int
    delta_bytes_max: int
    upgrades: float
    server_clock_every: float


def draw(seed: int, dense: bool = False) -> Plan:
    """The plan of a seed. `dense`: short and crowded, to find planted bugs quickly."""
    rng = random.Random(f"plan/{seed}")

    def maybe(chance: float, every: float) -> float:
        """Whether this world knows a fault, and how often then."""
        return every * rng.uniform(0.5, 2) if rng.random() < chance else 0.0

    pace = 0.25 if dense else 1.0
    faults = Faults() if rng.random() < 0.85 else Faults(drop=0.3, double=0.2, cut=0.1, late=0.2)
    return Plan(
        hours=6 if dense else 24,
        devices=rng.randint(3, 5) if dense else rng.randint(5, 9),
        faults=faults,
        record_every=rng.choice((1200, 2400, 3600)) * pace,
        sync_every=rng.choice((300, 600, 900)) * pace,
        live=rng.random() < 0.6,
        pipelined=rng.random() < 0.5,
        tabs=rng.random() < 0.5,
        poison=rng.choice((0, 0.03, 0.08)),
        old_ops=rng.choice((0, 0.2)),
        crash=rng.choice((0, 0.01, 0.03)),
        skewed=rng.choice((0, 0.3)),
        asleep=rng.choice((0.2, 0.5)),
        push_ops_max=rng.choice((1, 2, 5, 200)),
        page_rows_max=rng.choice((3, 10, 1000) if dense else (20, 80, 1000)),
        real_keys=rng.random() < 0.1,
        partition_every=maybe(0.7, 3 * HOUR * pace),
        clog_every=maybe(0.3, 6 * HOUR * pace),
        server_crash_every=maybe(0.6, 4 * HOUR * pace),
        server_stop_every=maybe(0.3, 8 * HOUR * pace),
        disk_full_every=maybe(0.3, 8 * HOUR * pace),
        slow_disk_every=maybe(0.3, 6 * HOUR * pace),
        backup_every=maybe(0.6, 3 * HOUR * pace),
        restore_every=maybe(0.6, 8 * HOUR * pace),
        rollback_every=maybe(0.4, 8 * HOUR * pace),
        member_every=maybe(0.6, 2 * HOUR * pace),
        step_clock_every=maybe(0.4, 4 * HOUR * pace),
        stall_every=maybe(0.3, 3 * HOUR * pace),
        corrupt_every=maybe(0.3, 6 * HOUR * pace),
        revoke_every=maybe(0.25, 12 * HOUR * pace),
        purge_after=maybe(0.4, HOUR * pace),
        snapshot_from=rng.choice((0, 0, 5, 20)),
        delta_bytes_max=rng.choice((400, 2_000, 32 * 1024)),
        upgrades=rng.choice((0, 0, 0.4)),
        server_clock_every=maybe(0.3, 6 * HOUR * pace),
    )
