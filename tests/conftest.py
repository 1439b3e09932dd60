"""What every test run shares: browsers are left out only by name, and a check that failed before pytest fails the run too."""

import os

import pytest

from tests.support import server

BROWSERS = ("chromium", "webkit")


def pytest_addoption(parser: pytest.Parser) -> None:
    for browser in BROWSERS:
        parser.addoption(f"--without-{browser}", action="store_true", help=f"leave out the tests that need {browser}")
    parser.addoption(
        "--unplugged-seconds", type=float, default=0, help="how long the board's journey leaves it unplugged (600 in a release)"
    )
    parser.addoption(
        "--simulation", action="store_true", help="run the whole proof machine too (its own target: some minutes on two cores)"
    )
    parser.addoption("--postgres", action="store_true", help="run the servers of tests/server over PostgreSQL instead of SQLite")


def pytest_configure(config: pytest.Config) -> None:
    server.POSTGRES = config.getoption("--postgres")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for browser in BROWSERS:
        if config.getoption(f"--without-{browser}"):
            left_out = [item for item in items if item.get_closest_marker(browser)]
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=left_out)
    if not config.getoption("--simulation"):
        left_out = [item for item in items if item.path.name == "test_simulation.py"]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    # Quick tests first: a broken rule is known before any browser starts.
    items.sort(key=lambda item: any(item.get_closest_marker(browser) for browser in BROWSERS))


def failed_steps() -> str:
    """The checks of `./run test` that failed before pytest was started."""
    return os.environ.get("RUN_FAILED_STEPS", "")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if failed_steps() and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if failed_steps():
        terminalreporter.section("failed before pytest", sep="=", red=True)
        terminalreporter.line(failed_steps())
