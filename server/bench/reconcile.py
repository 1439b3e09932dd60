"""One new fact in a hall with little and with much behind it: findings, ledgers and the lobby's board, and everything made anew."""

import asyncio
import time
from pathlib import Path
from typing import NamedTuple

from server.app import DOMAINS, system_clock
from server.bench.crowd import SITE
from server.bench.load import Run
from server.domain.base import Actor, Op
from server.domain.hall.rules import add_days, day_of, day_start
from server.domain.hall.tables import DutyRecord, PersonRecord
from server.domain.patrol.ops import Knew, Observe
from server.domain.presence.ops import Announce, Return
from server.past import make
from server.reconcile import compare, rebuild
from server.store.contract import Unit
from server.store.institutions import Institutions
from server.store.sqlite import SqliteStore
from server.store.transaction import Transaction
from sync.clock import Window
from sync.units import DAY_MS, HOUR_MS, MINUTE_MS

SEED = 1


class Figures(NamedTuple):
    """A hall of so many `days` and `facts`: what one new fact costs, and a pass over everything (seconds of one core)."""

    days: int
    facts: int
    fact: Run
    compared_s: float
    rebuilt_s: float
    differences: int


def measure(folder: Path, days: int, rounds: int) -> Figures:
    """Make the hall, tell it `rounds` new facts of three kinds, go through everything."""
    return asyncio.run(_measure(folder, days, rounds))


async def _measure(folder: Path, days: int, rounds: int) -> Figures:
    folder.mkdir(parents=True)
    institutions = Institutions(DOMAINS)
    # The past ends yesterday evening: what is told is about a day that is over, and no day turns meanwhile.
    until = system_clock() // DAY_MS * DAY_MS - 9 * HOUR_MS
    lived = await make(folder, SITE, institutions, until, days, SEED, lambda _: None)
    store = SqliteStore(folder / f"{SITE}.sqlite", institutions, lambda: until)
    try:
        await store.write(lambda unit: _facts(unit, institutions, "warm", 3))
        fact = await store.write(lambda unit: _facts(unit, institutions, "told", rounds))
        result = await compare(store)
        return Figures(days, lived.facts, fact, result.seconds, await rebuild(store), len(result.differences))
    finally:
        await store.close()


def _facts(unit: Unit, institutions: Institutions, name: str, rounds: int) -> Run:
    """At `rounds` posts in turn: seen empty, a notice made before arrives, the return. Each with everything that follows from it."""
    with unit.step() as tx:
        today = day_of(tx.now, "Asia/Shanghai")
        duties: list[DutyRecord] = []
        while not (duties := tx.find(DutyRecord, "day = ? AND a <> ''", [today])):
            today = add_days(today, -1)
        inspector = next(p for p in tx.find(PersonRecord) if "INS" in p.roles)
    delays: list[float] = []
    cpu, begun = time.thread_time(), time.perf_counter()
    for n in range(rounds):
        duty = duties[n % len(duties)]
        at = day_start(duty.day, "Asia/Shanghai") + 8 * HOUR_MS + n * MINUTE_MS // 2
        for said in _three(f"{name}-{n}", duty, at, inspector.rid):
            start = time.perf_counter()
            with unit.step() as tx:
                _say(tx, institutions, *said, at)
            delays.append((time.perf_counter() - start) * 1000)
    return Run(3 * rounds, time.perf_counter() - begun, time.thread_time() - cpu, delays)


def _three(rid: str, duty: DutyRecord, at: int, inspector: str) -> list[tuple[str, str, str, object]]:
    """(kind, rid, uid, arguments) of three facts about one post."""
    seen = Observe("bench", duty.post, "empty_no_notice", at, Knew(1, [], at), waited=True)
    notice = Announce([duty.post], "step_away", at - 3 * MINUTE_MS, at + 5 * MINUTE_MS, duty.a)
    return [
        ("patrol.observe", f"{rid}-o", inspector, seen),
        ("away.announce", f"{rid}-n", duty.a, notice),
        ("away.return", f"{rid}-n", duty.a, Return(at + 4 * MINUTE_MS)),
    ]


def _say(tx: Transaction, institutions: Institutions, kind: str, rid: str, uid: str, args: object, at: int) -> None:
    known = institutions.known(kind, 1)
    person: PersonRecord = tx.ask("person", uid=uid)
    if known is None:
        raise LookupError(kind)
    made = at - 3 * MINUTE_MS if kind == "away.announce" else at + 4 * MINUTE_MS if kind == "away.return" else at
    window = Window(made - MINUTE_MS, tx.now, made, "OK", "A")
    actor = Actor(person.rid, person.unit, frozenset(person.roles))
    outcome = known.handler(tx, Op(f"{rid}-{kind}", kind, rid, args, "bench", actor, window, tx.now, {}))
    if outcome.st != "applied":
        raise RuntimeError(f"the hall does not take {kind}: {outcome}")
    tx.settle()
