"""`./run hidden --seeds N --seed S [--toy]`: pairs of worlds with and without what is sealed, on all processors; not one byte may differ.

Every seed is a morning of a small hall with the real institutions (tests/simulation/sealed.py); with --toy one of the proof machine's own
institution, which moves rows between audiences in every way there is (tests/simulation/hidden.py). Exits with 1 at a difference.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.simulation.hidden import Compared, compare
from tests.simulation.sealed import compare_checks


def compared(one: Callable[[int], Compared], seeds: Iterable[int], chunk: int = 5) -> list[Compared]:
    """Pairs of worlds, each process building its ground once."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return list(pool.map(one, seeds, chunksize=chunk))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="./run hidden", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1_000, help="how many pairs of worlds (1,000)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; with --seeds 1 a failure is played again")
    parser.add_argument("--toy", action="store_true", help="the proof machine's own institution instead of the real ones")
    chosen = parser.parse_args()
    began = time.monotonic()
    found = compared(compare if chosen.toy else compare_checks, range(chosen.seed, chosen.seed + chosen.seeds), 20)
    messages, size = sum(one.messages for one in found), sum(one.characters for one in found)
    print(f"{len(found):,} pairs of worlds, {messages:,} messages, {size:,} characters in {time.monotonic() - began:.0f} s")
    differing = [one.found for one in found if one.found]
    print("\n".join(differing[:5]))
    print(f"{len(differing)} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
