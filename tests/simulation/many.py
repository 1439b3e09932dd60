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

    def add(self, report: Report) -> None:
        """One more."""
        self.worlds += 1
        self.device_hours += report.device_hours
        self.counts.update(report.counts)
        if report.broken:
            self.broken.append(report)

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
