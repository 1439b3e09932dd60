"""What every test run shares: browsers are left out only by name, a check that failed before pytest fails the run too, figures are shown.

`./run test` runs several processes (pytest-xdist). A test marked `alone` measures something: while it runs, the others wait.
"""

import fcntl
import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.support import orders, server

BROWSERS = ("chromium", "webkit")
NEED_MUCH = (*BROWSERS, "much")
BESIDE = "failed once"
TURNS = "TESTS_TURNS"
"""The variable by which the processes of a run find their common locks."""
REPR_CHARS_MAX = 6_000
GC_THRESHOLD = 50_000, 20, 50
"""Objects made before garbage is looked for: the usual 700 are for small programs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    for browser in BROWSERS:
        parser.addoption(f"--without-{browser}", action="store_true", help=f"leave out the tests that need {browser}")
    parser.addoption(
        "--unplugged-seconds", type=float, default=0, help="how long the board's journey leaves it unplugged for real (600 nightly)"
    )
    parser.addoption("--nightly", action="store_true", help="the tests marked nightly, too")
    parser.addoption("--browser-kills", type=int, default=5, help="how often a journey kills a phone's browser (400 nightly)")
    parser.addoption("--postgres", action="store_true", help="run the servers of tests/server over PostgreSQL instead of SQLite")


def pytest_configure(config: pytest.Config) -> None:
    server.POSTGRES = config.getoption("--postgres")
    orders.ALL = config.getoption("--nightly")
    if not hasattr(config, "workerinput"):
        locks = tempfile.TemporaryDirectory(prefix="zaigang-turns-")
        config.add_cleanup(locks.cleanup)
        os.environ[TURNS] = locks.name


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    unmarked = [item.nodeid for item in items if "driver" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("chromium")]
    if unmarked:
        raise pytest.UsageError(f"drives Chromium without its mark (pytestmark = pytest.mark.chromium): {unmarked[0]}")
    for mark in [
        *(browser for browser in BROWSERS if config.getoption(f"--without-{browser}")),
        *([] if config.getoption("--nightly") else ["nightly"]),
    ]:
        left_out = [item for item in items if item.get_closest_marker(mark)]
        items[:] = [item for item in items if not item.get_closest_marker(mark)]
        config.hook.pytest_deselected(items=left_out)
    # The longest files first, so that none is left over at the end; last those with a test that wants the machine to itself, for
    # it waits until no other runs, and with it what its process was to go through after it.
    alone = {item.path for item in items if item.get_closest_marker("alone")}
    items.sort(key=lambda item: [item.path in alone, bool(item.get_closest_marker("alone")), not item.get_closest_marker("long")])


def pytest_collection_finish() -> None:
    """Thousands of tests and all of the program stay for the whole run: it is looked seldom whether they are garbage."""
    gc.set_threshold(*GC_THRESHOLD)


@contextmanager
def turn(item: pytest.Item, alone: bool) -> Iterator[None]:
    """Of the processes of one run all may be in a test at once, but one that is `alone` has the machine to itself."""
    if not hasattr(item.config, "workerinput"):
        yield
        return
    how, locks = fcntl.LOCK_EX if alone else fcntl.LOCK_SH, Path(os.environ[TURNS])
    with (locks / "gate").open("a") as gate, (locks / "room").open("a") as room:
        # Who wants to be alone keeps the gate while those inside finish. Without it others came in for ever, and it waited for minutes.
        fcntl.flock(gate, how)
        fcntl.flock(room, how)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """One test. What needs much of the machine may fail beside others: it gets one more chance, alone, and is named in the summary."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    alone = item.get_closest_marker("alone") is not None
    with turn(item, alone):
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    again = hasattr(item.config, "workerinput") and any(map(item.get_closest_marker, NEED_MUCH))
    if again and (failed := [report.longreprtext for report in reports if report.failed]):
        with turn(item, alone=True):
            reports = runtestprotocol(item, log=False, nextitem=nextitem)
        reports[-1].user_properties.append((BESIDE, "\n".join(failed)[-REPR_CHARS_MAX:]))
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def failed_steps() -> str:
    """The checks of `./run test` that failed before pytest was started."""
    return os.environ.get("RUN_FAILED_STEPS", "")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if failed_steps() and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def figures(passed: list[pytest.TestReport]) -> list[str]:
    """What the journeys printed: taps, seconds, scores, each beside its floor or limit."""
    printed = (text for report in passed if report.when == "call" for name, text in report.sections if name == "Captured stdout call")
    return [line for text in printed for line in text.splitlines() if line.strip()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in terminalreporter.stats.values() for report in kind if isinstance(report, pytest.TestReport)]
    if again := [f"{report.nodeid}\n{text}" for report in reports for key, text in report.user_properties if key == BESIDE]:
        terminalreporter.section("failed once (a race, or a limit that is too tight), run again alone", sep="=", yellow=True)
        terminalreporter.write_line("\n".join(again))
    if seen := figures(terminalreporter.stats.get("passed", [])):
        terminalreporter.section("figures of this run", sep="=")
        terminalreporter.write_line("\n".join(seen))
    if failed_steps():
        terminalreporter.section("failed before pytest", sep="=", red=True)
        terminalreporter.line(failed_steps())
