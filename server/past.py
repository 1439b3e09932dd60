"""`python -m server demo --days N`: a demo hall is begun N days ago and lives until now, through the handlers phones' ops go through."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from server.domain import demo
from server.domain.base import Actor, Op
from server.domain.hall.here import hall_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_of, day_start
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord
from server.domain.past import People, Said, is_said, plan
from server.seed import enliven, fill
from server.settings import Settings
from server.store.contract import Unit
from server.store.institutions import Institutions
from server.store.site import NewSite
from server.store.sqlite import SqliteStore
from server.store.threaded import ThreadedStore
from server.store.transaction import Transaction
from sync.clock import Window
from sync.units import DAY_MS, HOUR_MS, MINUTE_MS

T = TypeVar("T")
STEP_MS = 20 * MINUTE_MS
"""Ops that arrive within such a stretch share a unit of the writer."""
UNPROVEN_MS = 2 * DAY_MS


class Lived(NamedTuple):
    """What became of the past: how many facts there were, how many of them had no effect, by kind and reason."""

    facts: int
    without_effect: Counter[str]
    seconds: float


class Clock:
    """Server time of the past, which is moved on by hand."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


class _NoEffect(Exception):
    """An op had no effect: nothing of its step remains."""


async def live(store: ThreadedStore, clock: Clock, institutions: Institutions, days: int, seed: int, tell: Callable[[str], None]) -> Lived:
    """Let the hall live `days` days from where its clock stands."""
    begun, facts, odd = time.monotonic(), 0, Counter[str]()
    hall: Hall = await store.write(_asked(hall_of))
    first = day_of(clock.at, hall.tz)
    for n in range(days):
        day = add_days(first, n)
        clock.at = max(clock.at, day_start(day, hall.tz) + 7 * HOUR_MS)
        await store.write(_tick(institutions))
        people = await store.write(_asked(partial(_people, day=day)))
        said = plan(hall, people, day, seed)
        facts += len(said)
        for stretch in _stretches(said):
            clock.at = max(clock.at, stretch[-1].received_at)
            await store.write(_say(institutions, stretch, odd))
            await store.write(_tick(institutions))
        if n % 30 == 29 or n == days - 1:
            tell(f"{store.facts.id}: {day}, {facts:,} facts, {time.monotonic() - begun:.0f} s")
    return Lived(facts, odd, time.monotonic() - begun)


def _asked(question: Callable[[Transaction], T]) -> Callable[[Unit], T]:
    """A unit that only asks."""

    def unit(unit: Unit) -> T:
        with unit.step() as tx:
            return question(tx)

    return unit


def _stretches(said: Sequence[Said]) -> list[list[Said]]:
    """What arrives in each stretch of time."""
    found: list[list[Said]] = []
    for one in said:
        if not found or one.received_at // STEP_MS != found[-1][0].received_at // STEP_MS:
            found.append([])
        found[-1].append(one)
    return found


def _tick(institutions: Institutions) -> Callable[[Unit], None]:
    def unit(unit: Unit) -> None:
        for _, tick in institutions.ticks:
            with unit.step() as tx:
                tick(tx)
                tx.settle()

    return unit


def _say(institutions: Institutions, said: Sequence[Said], odd: Counter[str]) -> Callable[[Unit], None]:
    def unit(unit: Unit) -> None:
        for one in said:
            try:
                with unit.step() as tx:
                    if is_said(tx, one):
                        _run(tx, institutions, one, odd)
            except _NoEffect:
                continue

    return unit


def _run(tx: Transaction, institutions: Institutions, said: Said, odd: Counter[str]) -> None:
    """One op through its handler, as the committer would run it: without effect, nothing of it remains."""
    person: PersonRecord = tx.ask("person", uid=said.uid)
    known = institutions.known(said.kind, 1)
    if known is None:
        raise LookupError(f"no institution knows {said.kind}")
    since = said.at - (UNPROVEN_MS if said.grade == "C" else MINUTE_MS)
    window = Window(since, said.received_at, said.at, "WIDE_WINDOW" if said.grade == "C" else "OK", said.grade)
    actor = Actor(person.rid, person.unit, frozenset(person.roles))
    op = Op(f"past-{said.rid}-{said.kind}-{said.at}", said.kind, said.rid, said.args, "past", actor, window, said.received_at, {})
    outcome = known.handler(tx, op)
    if outcome.st != "applied":
        odd[f"{said.kind} {outcome.st} {outcome.code}"] += 1
        raise _NoEffect
    tx.settle()


def _people(tx: Transaction, day: str) -> People:
    """Who is there and on which post that day."""
    persons = [p for p in tx.find(PersonRecord) if not p.outside and not p.left]
    posts = [p for p in tx.find(PostRecord) if not p.retired]
    zones: dict[str, list[str]] = {}
    duties: dict[str, tuple[str, str]] = {}
    for post in sorted(posts, key=lambda p: (p.zone, p.order)):
        zones.setdefault(post.zone, []).append(post.rid)
        duty: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=day)
        duties[post.rid] = (duty.a, duty.b) if duty else ("", "")
    return People(
        staff=[p.rid for p in persons if "STF" in p.roles],
        inspectors=[p.rid for p in persons if "INS" in p.roles],
        office=[p.rid for p in persons if "OFF" in p.roles],
        zones=zones,
        duties=duties,
        units={p.rid: p.unit for p in persons},
        heads={p.unit: p.rid for p in persons if "HEAD" in p.roles},
    )


async def make_all(settings: Settings, institutions: Institutions, until: int, days: int, tell: Callable[[str], None]) -> None:
    """The demo halls that are not there yet, each with so many days behind it."""
    settings.data.mkdir(parents=True, exist_ok=True)
    for site in demo.SITES:
        if (settings.data / f"{site}.sqlite").exists():
            tell(f"{site}: is there already, and stays as it is (--fresh makes it anew)")
        else:
            lived = await make(settings.data, site, institutions, until, days, settings.seed, tell)
            for what, count in sorted(lived.without_effect.items()):
                tell(f"{site}: {count} without effect: {what}")


async def make(data: Path, site: str, institutions: Institutions, until: int, days: int, seed: int, tell: Callable[[str], None]) -> Lived:
    """A new demo hall in `data` with so many days behind it; the last of them is today."""
    clock = Clock(until - days * DAY_MS)
    store = SqliteStore(data / f"{site}.sqlite", institutions, clock, NewSite(site, {"zh_Hans": site}, "zh_Hans", True))
    try:
        await fill(store, seed)
        lived = await live(store, clock, institutions, days, seed, tell)
        clock.at = until
        await store.write(_tick(institutions))
        await enliven(store, institutions, seed)
        return lived
    finally:
        await store.close()
