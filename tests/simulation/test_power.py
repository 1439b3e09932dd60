"""Power cuts at every step of the disk under the real writer, and a disk that fails at any of them. Laws I1, I2."""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import apsw
import pytest

from tests.simulation.disk import Step, Sync
from tests.simulation.power import LAX, PushRun, cuts

pytestmark = pytest.mark.long

CUTS = 20_000
RUNS = 4


def test_a_power_cut_at_any_step_loses_nothing_acknowledged_and_leaves_whole_groups() -> None:
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        found = list(pool.map(cuts, range(RUNS)))
    assert sum(verdict.cuts for verdict in found) >= CUTS
    assert [verdict.wrong for verdict in found if verdict.wrong] == []
    assert sum(verdict.lost for verdict in found) == 0


def test_the_cuts_see_a_store_that_does_not_flush() -> None:
    """The control: with synchronous=NORMAL the same cuts lose what was acknowledged, and damage nothing."""
    found = cuts(0, LAX, groups=4)
    assert found.lost > found.cuts // 10
    assert found.wrong == []


class Failing:
    """A disk that fails at one step, and at those after it, for a while."""

    def __init__(self, first: int, length: int, error: type[Exception]) -> None:
        self.first, self.length, self.error = first, length, error
        self.failed = 0

    def __call__(self, number: int, step: Step) -> Exception | None:
        if self.error is apsw.FullError and isinstance(step, Sync):
            return None
        if number >= self.first and self.failed < self.length:
            self.failed += 1
            return self.error("made to fail")
        return None


def steps_of(seed: int) -> int:
    """How many steps a run without trouble takes."""
    run = PushRun(seed)
    run.enrol()
    run.drive.begin()
    for _ in range(3):
        assert run.push()
    return run.drive.done


def failing_at() -> Iterator[tuple[type[Exception], int]]:
    for error in (apsw.FullError, apsw.IOError):
        for length in (1, 40):
            yield error, length


@pytest.mark.parametrize(("error", "length"), list(failing_at()))
def test_a_disk_that_fails_at_any_step_acknowledges_nothing_it_has_not_and_goes_on_after(error: type[Exception], length: int) -> None:
    logging.disable(logging.CRITICAL)
    try:
        total = steps_of(7)
        refused = 0
        for first in range(0, total, max(1, total // 60)):
            refused += not outlived(first, Failing(first, length, error))
        assert refused > 20
    finally:
        logging.disable(logging.NOTSET)


def outlived(seed: int, failing: Failing) -> bool:
    """A run over a failing disk that works again in the end: everything is there, once. True when nobody was refused meanwhile."""
    run = PushRun(7)
    run.enrol()
    run.drive.begin()
    run.drive.fails = failing
    pushed = [run.push() for _ in range(3)]
    acked = {device.dev: device.acked for device in run.devices}
    run.drive.fails = lambda number, step: None
    kept = dict(run.sql.all("SELECT dev, seq FROM device"))
    assert all(kept[dev] >= seq for dev, seq in acked.items()), "acknowledged and not there"
    for _ in range(20):
        if not any(device.pending for device in run.devices):
            break
        run.push()
    saved = sorted(op.id for device in run.devices for op in device.outbox)
    assert sorted(op_id for (op_id,) in run.sql.all("SELECT id FROM op")) == saved
    assert run.sql.one("PRAGMA integrity_check") == ("ok",)
    return all(pushed)
