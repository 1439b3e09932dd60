"""`python -m server reconcile`: make findings, ledgers and tallies anew from the facts; with --check only compare, and name differences."""

import argparse
import asyncio
import time
from functools import partial
from typing import NamedTuple

from server.app import DOMAINS, system_clock
from server.domain.trail import check
from server.domain.trail.check import Difference
from server.seed import open_kept
from server.settings import Settings
from server.store.contract import Unit
from server.store.institutions import Institutions
from server.store.people import has_accounts
from server.store.sqlite import FolderLock
from server.store.threaded import ThreadedStore

SHOWN_MAX = 50


class Result(NamedTuple):
    """What a pass over a hall found: `days` gone through, the differences there were, seconds of one core it took."""

    days: int
    differences: list[Difference]
    seconds: float


def options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--check", action="store_true", help="change nothing; fail when anything differs")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Go through every hall of the folder or database."""
    return asyncio.run(_all(settings, given.check))


async def _all(settings: Settings, check_only: bool) -> int:
    lock = FolderLock(settings.data)
    wrong = 0
    try:
        for store in await open_kept(settings, Institutions(DOMAINS), system_clock):
            if not await store.read(has_accounts):
                print(f"{store.facts.id}: is not set up yet")
                await store.close()
                continue
            result = await compare(store)
            wrong += len(result.differences)
            print(f"{store.facts.id}: {result.days} days, {len(result.differences)} differences, {result.seconds:.1f} s")
            for one in result.differences[:SHOWN_MAX]:
                print(f"  {one.what}: kept {one.kept}, the facts make {one.made}")
            if not check_only:
                print(f"{store.facts.id}: made anew in {await rebuild(store):.1f} s")
            await store.close()
    finally:
        lock.close()
    return 1 if wrong and check_only else 0


async def compare(store: ThreadedStore) -> Result:
    """Everything kept against what the facts come to; nothing is written."""
    begun = time.process_time()
    first, last = await store.write(_span)
    differences: list[Difference] = []
    days = list(check.days(first, last))
    for day in days:
        differences += await store.write(partial(_compare_day, day=day))
    differences += await store.write(_compare_months)
    return Result(len(days), differences, time.process_time() - begun)


async def rebuild(store: ThreadedStore) -> float:
    """Everything made anew, day by day; how many seconds of one core that took."""
    begun = time.process_time()
    first, last = await store.write(_span)
    for day in check.days(first, last):
        await store.write(partial(_rebuild_day, day=day))
    await store.write(_rebuild_months)
    return time.process_time() - begun


def _span(unit: Unit) -> tuple[str, str]:
    with unit.step() as tx:
        return check.span(tx)


def _compare_day(unit: Unit, day: str) -> list[Difference]:
    with unit.step() as tx:
        return check.compare_day(tx, day)


def _compare_months(unit: Unit) -> list[Difference]:
    with unit.step() as tx:
        return check.compare_months(tx)


def _rebuild_day(unit: Unit, day: str) -> None:
    with unit.step() as tx:
        check.rebuild_day(tx, day)
        tx.settle()


def _rebuild_months(unit: Unit) -> None:
    with unit.step() as tx:
        check.rebuild_months(tx)
