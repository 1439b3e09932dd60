"""`./run simulate --seeds N --minutes M --seed S`: worlds on all processors until the seeds or the time are used up.

Exits with 1 when a law breaks; the last line is then the seed: `FAILED seed 123`. Exits with 1, too, when too little happened for the run
to mean anything (`Sum.missing`).
"""

import argparse
import sys
import time

from tests.simulation.many import run


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="./run simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, help="how many worlds at most (100, or as many as the minutes allow)")
    parser.add_argument("--minutes", type=float, help="no new world after this time")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; with --seeds 1 a failure is played again")
    parser.add_argument("--dense", action="store_true", help="short, crowded worlds")
    chosen = parser.parse_args()
    seeds = chosen.seeds or (1_000_000_000 if chosen.minutes else 100)
    began = time.monotonic()
    found = run(chosen.seed, seeds, chosen.minutes * 60 if chosen.minutes else float("inf"), chosen.dense)
    print("\n".join(found.lines()))
    print(f"{found.device_hours / (time.monotonic() - began):,.0f} device-hours a second")
    for report in found.broken:
        print(f"seed {report.seed}: {report.broken}")
    if found.broken:
        print(f"FAILED seed {min(report.seed for report in found.broken)}")
        return 1
    if missing := found.missing():
        print("\n".join(missing))
        print("FAILED: too little happened")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
