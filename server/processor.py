"""Which processors the parts of this process run on.

SQLite's driver lets go of Python's lock at every statement. With two free processors the loop and the writer then wake each other
hundreds of times for one push; on one processor they take turns, and a push costs a third less (`./run bench push`, docs/scale.md).
Everything else that works beside them (readers, passwords, files, child processes) is free to run anywhere.
"""

import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

MAY_CHOOSE = hasattr(os, "sched_setaffinity")
"""Linux alone lets a thread choose."""
EVERYWHERE: Collection[int] = os.sched_getaffinity(0) if MAY_CHOOSE else ()
THIS_THREAD = 0


def keep_together(threads: Collection[int]) -> None:
    """Keep this thread and `threads` (native ids) on one processor; which, goes by the process, so that two of them seldom share it."""
    if len(EVERYWHERE) > 1:
        one = {sorted(EVERYWHERE)[os.getpid() % len(EVERYWHERE)]}
        for thread in (THIS_THREAD, *threads):
            os.sched_setaffinity(thread, one)


@contextmanager
def everywhere() -> Iterator[None]:
    """What this thread starts meanwhile may run on any processor; without, it would stay on its parent's."""
    if not MAY_CHOOSE:
        yield
        return
    mine = os.sched_getaffinity(THIS_THREAD)
    os.sched_setaffinity(THIS_THREAD, EVERYWHERE)
    try:
        yield
    finally:
        os.sched_setaffinity(THIS_THREAD, mine)


def roam() -> None:
    """Let this thread run on any processor."""
    if MAY_CHOOSE:
        os.sched_setaffinity(THIS_THREAD, EVERYWHERE)


def roaming_pool() -> ThreadPoolExecutor:
    """Threads for what blocks, on any processor."""
    return ThreadPoolExecutor(thread_name_prefix="aside", initializer=roam)
