"""Which processors the parts of this process run on.

SQLite's driver lets go of Python's lock at every statement. With two free processors the loop and the writer then wake each other
hundreds of times for one push; on one processor they take turns, and a push costs a third less (`./run bench push`, docs/scale.md).
Everything else that works beside them (readers, passwords, files, child processes) is free to run anywhere.
"""

import os
import random
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

MAY_CHOOSE = hasattr(os, "sched_setaffinity")
"""Linux alone lets a thread choose."""
EVERYWHERE: Collection[int] = os.sched_getaffinity(0) if MAY_CHOOSE else ()
THIS_THREAD = 0
_home = EVERYWHERE
"""Where this process keeps its loop."""


def keep_together(threads: Collection[int]) -> None:
    """Keep this thread and `threads` (native ids) on one processor, drawn: servers of several containers have the same number."""
    global _home
    if len(EVERYWHERE) > 1:
        _home = {random.choice(sorted(EVERYWHERE))}
        for thread in (THIS_THREAD, *threads):
            _go(thread, _home)


@contextmanager
def everywhere() -> Iterator[None]:
    """What this thread starts meanwhile may run on any processor; without, it would stay on its parent's."""
    roam()
    try:
        yield
    finally:
        _go(THIS_THREAD, _home)


def roam() -> None:
    """Let this thread run on any processor."""
    _go(THIS_THREAD, EVERYWHERE)


def _go(thread: int, where: Collection[int]) -> None:
    """Only speed hangs on it: where the machine forbids it, a thread stays where it is."""
    if MAY_CHOOSE:
        with suppress(OSError):
            os.sched_setaffinity(thread, where)


def roaming_pool() -> ThreadPoolExecutor:
    """Threads for what blocks, on any processor."""
    return ThreadPoolExecutor(thread_name_prefix="aside", initializer=roam)
