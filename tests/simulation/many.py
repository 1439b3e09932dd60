"""Many worlds on all processors, each in a process of its own for as long as it lasts; what they came to in all."""

import logging
import os
import time
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from itertools import islice
from multiprocessing import get_context

from tests.simulation.mutants import MUTANTS, caught
from tests.simulation.plan import draw
from tests.simulation.world import Report, live_through

MANY = 25
"""From so many worlds on a run is judged by what happened in it."""
EACH_WORLD = {"saved": 10, "answers": 50, "deliveries": 100, "pages taken": 15, "push answers taken": 8}
"""No single world has less."""
PER_WORLD = {
    **{"saved": 100, "answers": 300, "deliveries": 800, "pages taken": 150, "push answers taken": 60},
    **{"drop": 100, "double": 50, "late": 60, "cut": 10},
}
"""What many worlds have on average."""
SOMETIMES = {
    *("frames taken", "sockets", "stale pages", "unreadable", "lose_frame", "break_socket", "stalled", "resets", "snapshots", "repairs"),
    *("partition", "partition up", "partition down", "partition both", "asleep", "clock years off", "clock set on the server"),
    *("heads taken", "partitioned", "swizzle", "device crash", "storage rollback", "re-enrolled", "tab lost the race", "pipelined"),
    *("server crash armed", "server stop", "server restore", "backup", "disk full", "slow disk", "membership", "clock set", "row damaged"),
    *("upgraded", "revoked", "wiped", "stop epoch", "stop gap", "stop wipe", "problem storage_full", "problem login_required"),
}
"""What happens somewhere in many worlds."""
SELDOM, SELDOM_WORLDS = {"stop fork"}, 300
"""What happens somewhere in so many more."""


def one(seed: int, dense: bool = False) -> Report:
    """A world of its own, told to nobody's log."""
    logging.disable(logging.CRITICAL)
    return live_through(seed, draw(seed, dense))


class Sum:
    """What many worlds came to."""

    def __init__(self) -> None:
        self.worlds, self.device_hours = 0, 0.0
        self.counts: Counter[str] = Counter()
        self.broken: list[Report] = []
        self.idle: list[str] = []

    def add(self, report: Report) -> None:
        """One more."""
        self.worlds += 1
        self.device_hours += report.device_hours
        self.counts.update(report.counts)
        if report.broken:
            self.broken.append(report)
        elif few := {what: report.counts[what] for what, count in EACH_WORLD.items() if report.counts[what] < count}:
            self.idle.append(f"seed {report.seed}: only {few}")

    def missing(self) -> list[str]:
        """What did not happen often enough for the run to prove anything."""
        if not self.worlds:
            return ["no world was lived through"]
        found = list(self.idle)
        if self.worlds >= MANY:
            per_world = {what: self.counts[what] / self.worlds for what in PER_WORLD}
            found += [f"{what}: {per_world[what]:.0f} a world" for what, count in PER_WORLD.items() if per_world[what] < count]
            wanted = SOMETIMES | (SELDOM if self.worlds >= SELDOM_WORLDS else set())
            found += [f"{what}: never" for what in sorted(wanted) if not self.counts[what]]
        return found

    def lines(self) -> list[str]:
        """For people."""
        parts = [f"{count:,} {what}" for what, count in sorted(self.counts.items())]
        return [f"{self.worlds:,} worlds, {self.device_hours:,.0f} device-hours", *parts]


def run(first: int, seeds: int, seconds: float, dense: bool = False) -> Sum:
    """Worlds from seed `first` on, at most `seeds` of them and no new one after `seconds`; stops at the first broken law."""
    found, until, following = Sum(), time.monotonic() + seconds, iter(range(first, first + seeds))
    count = os.cpu_count() or 1
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting: set[Future[Report]] = {pool.submit(one, seed, dense) for seed in islice(following, 2 * count)}
        while waiting:
            done = next(as_completed(waiting))
            waiting.remove(done)
            found.add(done.result())
            if not found.broken and time.monotonic() < until and (seed := next(following, None)) is not None:
                waiting.add(pool.submit(one, seed, dense))
    return found


def hunt(number: int, seeds: int) -> tuple[str, int, str]:
    """(name, worlds, law) of a planted bug that was looked for."""
    logging.disable(logging.CRITICAL)
    return MUTANTS[number].name, *caught(MUTANTS[number], seeds)
