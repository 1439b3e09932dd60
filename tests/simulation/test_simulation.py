"""The proof machine in a test run: many worlds with every fault. `./run simulate` runs more of it.

Laws I1–I15, I17–I20, I22–I24, I29, I35, I36; what broke here is told with its seed, to be played again.
"""

import logging
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation import __main__ as command
from tests.simulation import many
from tests.simulation.plan import draw
from tests.simulation.world import Report, live_through

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
SLICES, SEEDS_EACH = 4, 32
DEVICE_HOURS_EACH = 5_000
"""A test run lives through four slices of worlds, 20,000 device-hours in all; each ends once it has its share."""


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    """What servers of these worlds say in their logs is no news."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("part", range(SLICES))
def test_no_law_breaks_in_twenty_thousand_device_hours_of_faults(part: int) -> None:
    """I1–I15, I17, I19, I20, I22, I23, I35: none lost, doubled, divergent or stuck, and enough happened to mean something."""
    found = many.Sum()
    for seed in range(1 + part * SEEDS_EACH, 1 + (part + 1) * SEEDS_EACH):
        found.add(many.one(seed))
        if found.device_hours >= DEVICE_HOURS_EACH:
            break
    assert not found.broken, "\n".join(f"seed {report.seed}: {report.broken}" for report in found.broken)
    assert found.device_hours >= DEVICE_HOURS_EACH
    assert found.worlds >= many.MANY
    assert found.missing() == []


def test_a_storage_that_went_back_meets_a_fork_and_goes_on_under_another_key() -> None:
    """I9: what happens too seldom to be counted on in thirty worlds (`many.SELDOM`), brought about."""
    report = live_through(1, draw(1, dense=True)._replace(rollback_every=2_000.0))
    assert not report.broken, report.broken
    assert min(report.counts["stop fork"], report.counts["re-enrolled"]) > 0


@pytest.mark.parametrize("seed", [2, 4])
def test_devices_revoked_and_apps_upgraded_with_a_queue_lose_nothing_of_it(seed: int) -> None:
    """I1, I35: R1 asks for it in mid-queue; in thirty worlds a revocation may meet empty queues only."""
    report = live_through(seed, draw(seed, dense=True)._replace(revoke_every=1_500.0, sync_every=900.0, push_ops_max=2, upgrades=0.9))
    assert not report.broken, report.broken
    assert min(report.counts[what] for what in ("revoked with a queue", "upgraded", "wiped", "stop wipe")) > 0


@pytest.mark.parametrize("seed", [3, 11])
def test_the_same_seed_gives_the_same_run(seed: int) -> None:
    """I36: to the byte, for the log's last head hashes every record with its salt."""
    first, second = (live_through(seed, draw(seed, dense=True)) for _ in range(2))
    assert (first.trace, first.counts) == (second.trace, second.counts)
    assert first.trace != live_through(seed + 1, draw(seed + 1, dense=True)).trace


def test_a_run_does_not_depend_on_the_process_it_runs_in() -> None:
    """I36: neither on the order of sets."""
    code = "from tests.simulation.world import *; print(live_through(5, draw(5, dense=True)).trace)"
    traces = Counter(
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": salt}, capture_output=True, text=True, check=True
        ).stdout
        for salt in ("1", "2")
    )
    assert len(traces) == 1


def test_a_broken_law_ends_the_command_with_its_seed() -> None:
    """What `./run simulate` is for: non-zero, and the seed on the last line."""
    code = (
        "import sys; from tests.simulation import __main__ as command, many; from tests.simulation.world import Report;"
        "from collections import Counter; many.Sum.add = lambda s, r: s.broken.append(r._replace(broken='I1'));"
        "sys.argv = ['simulate', '--seeds', '1', '--seed', '77', '--dense']; sys.exit(command.main())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (1, ["FAILED seed 77"]), done.stderr


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (Report(1, 168.0, Counter(), "x", ""), "seed 1: only"),
        (Report(1, 168.0, Counter(dict.fromkeys(many.PER_WORLD | dict.fromkeys(many.SOMETIMES), 1_000)), "x", ""), ""),
        (Report(1, 168.0, Counter(dict.fromkeys(many.PER_WORLD, 1_000)), "x", ""), "upgraded: never"),
        (Report(1, 168.0, Counter(dict.fromkeys(many.SOMETIMES, 1) | many.EACH_WORLD), "x", ""), "drop: 0 a world"),
    ],
    ids=["nothing at all", "all of it", "no fault ever", "too little of it"],
)
def test_a_run_in_which_too_little_happened_proves_nothing_and_fails(
    report: Report, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`./run simulate` and its hour at night cannot pass by doing nothing."""
    found = many.Sum()
    for _ in range(many.MANY):
        found.add(report)
    monkeypatch.setattr(command, "run", lambda *_: found)
    monkeypatch.setattr(sys, "argv", ["simulate"])
    assert command.main() == (1 if told else 0)
    assert told in capsys.readouterr().out
    monkeypatch.setattr(command, "run", lambda *_: many.Sum())
    assert command.main() == 1
