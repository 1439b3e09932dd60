"""The loop and the writer share a processor; what works beside them may use all."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from server import child, processor
from server.processor import EVERYWHERE, keep_together, roaming_pool

several = pytest.mark.skipif(len(EVERYWHERE) < 2, reason="one processor: nothing to choose")
SAY_WHERE = "import os; print(*sorted(os.sched_getaffinity(0)))"


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "_home", EVERYWHERE)


@pytest.fixture
def elsewhere() -> Callable[[Callable[[], object]], object]:
    """Runs something in a thread of its own: where this one may run stays as it is."""

    def run(what: Callable[[], object]) -> object:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(what).result()

    return run


@several
def test_a_loop_and_its_writer_are_kept_on_one_and_the_same_processor(elsewhere: Callable[[Callable[[], object]], object]) -> None:
    stop = threading.Event()
    writer = threading.Thread(target=stop.wait)
    writer.start()

    def look() -> tuple[set[int], set[int]]:
        keep_together([writer.native_id or 0])
        return os.sched_getaffinity(0), os.sched_getaffinity(writer.native_id or 0)

    try:
        mine, writers = elsewhere(look)  # type: ignore[misc]
    finally:
        stop.set()
        writer.join()

    assert mine == writers
    assert len(mine) == 1


@several
def test_what_a_kept_loop_starts_may_run_anywhere(elsewhere: Callable[[Callable[[], object]], object]) -> None:
    async def start() -> tuple[set[int], set[int], set[int]]:
        keep_together([])
        _, said = await child.run(b"", 30, "-c", SAY_WHERE)
        with roaming_pool() as pool:
            aside = await asyncio.get_running_loop().run_in_executor(pool, os.sched_getaffinity, 0)
        return {int(one) for one in said.split()}, aside, os.sched_getaffinity(0)

    child_s, aside, mine = elsewhere(lambda: asyncio.run(start()))  # type: ignore[misc]

    assert child_s == aside == set(EVERYWHERE)
    assert len(mine) == 1


@several
def test_two_programs_at_once_leave_the_loop_where_it_is(elsewhere: Callable[[Callable[[], object]], object]) -> None:
    async def start() -> set[int]:
        keep_together([])
        await asyncio.gather(*(child.run(b"", 30, "-c", "") for _ in range(2)))
        return os.sched_getaffinity(0)

    assert len(elsewhere(lambda: asyncio.run(start()))) == 1  # type: ignore[arg-type]


def test_where_a_machine_forbids_to_choose_all_runs_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refused)
    keep_together([threading.get_native_id()])
    code, _ = asyncio.run(child.run(b"", 30, "-c", ""))
    assert code == 0


def test_a_program_that_takes_too_long_is_ended() -> None:
    code, made = asyncio.run(child.run(b"", 0.1, "-c", "import time; print(1, flush=True); time.sleep(60)"))

    assert (code, made) == (-9, b"")
