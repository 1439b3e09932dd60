"""Which halls a server opens, and what a new one begins with."""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server import examples
from server.domain import demo
from server.domain.base import Handler
from server.gateway.logbook import choose
from server.gateway.passwords import HASHER
from server.settings import Settings
from server.store import evidence, people
from server.store.contract import Unit, UnsafeStore
from server.store.institutions import Institutions
from server.store.people import Account
from server.store.postgres import PostgresStore, sites_in
from server.store.site import NewSite
from server.store.sqlite import SqliteStore
from server.store.threaded import ThreadedStore
from server.store.transaction import Transaction

alarm = logging.getLogger("zaigang.alarm")
SUFFIX = ".sqlite"
DEMO_ZONE = ZoneInfo("Asia/Shanghai")
DEMO_PASSWORD = "zaigang-demo"


async def open_kept(settings: Settings, institutions: Institutions, clock: Callable[[], int]) -> list[ThreadedStore]:
    """Open every hall that is there, of a demo or real; `UnsafeStore` when there is none: a mistyped folder stays empty."""
    halls = _present(settings)
    if not halls:
        raise UnsafeStore(f"{settings.database or settings.data} holds no hall")
    stores: list[ThreadedStore] = []
    try:
        for hall in _chosen(settings, halls):
            stores.append(_open(settings, hall, institutions, clock, None))
    except BaseException:
        for store in stores:
            await store.close()
        raise
    return stores


def _open(settings: Settings, hall: str, institutions: Institutions, clock: Callable[[], int], new: NewSite | None) -> ThreadedStore:
    if settings.database:
        return PostgresStore(settings.database, hall, institutions, clock, new)
    return SqliteStore(settings.data / f"{hall}{SUFFIX}", institutions, clock, new)


async def open_sites(settings: Settings, institutions: Institutions, clock: Callable[[], int]) -> list[ThreadedStore]:
    """Open every hall of the data folder or database, making those that a start of this mode begins with."""
    stores: list[ThreadedStore] = []
    try:
        for hall in _wanted(settings):
            new = NewSite(hall, {"zh_Hans": hall}, "zh_Hans", settings.demo)
            stores.append(_open(settings, hall, institutions, clock, new))
            _check_mode(settings, stores[-1])
            if settings.demo and await fill(stores[-1], settings.seed) and settings.examples:
                try:
                    await enliven(stores[-1], institutions, settings.seed)
                except Exception as wrong:  # a day of the year may not suit one of them: the hall opens all the same
                    alarm.error("%s begins without examples", hall, exc_info=wrong)
    except BaseException:
        for store in stores:
            await store.close()
        raise
    return stores


def _wanted(settings: Settings) -> list[str]:
    """The halls to open: those already there, else those to begin with. A new hall is called by its id until it is set up."""
    halls = _present(settings) or (list(demo.SITES) if settings.demo else [settings.site])
    if not settings.demo and settings.site not in (Settings.site, *halls):
        raise UnsafeStore(
            f"site only names the hall of an empty start, and {settings.database or settings.data} already holds {', '.join(halls)}:"
            f" leave out site={settings.site} to serve what is there (sites chooses among several), or choose another folder for a new hall"
        )
    return _chosen(settings, halls)


def _present(settings: Settings) -> list[str]:
    files = (path.name.removesuffix(SUFFIX) for path in settings.data.glob(f"*{SUFFIX}"))
    return sorted(sites_in(settings.database) if settings.database else files, key=_rank)


def _chosen(settings: Settings, halls: Sequence[str]) -> list[str]:
    """Those of them that `sites` names, all when it names none."""
    if missing := set(settings.sites) - set(halls):
        raise UnsafeStore(f"sites names no hall that is there: {', '.join(sorted(missing))}; there are {', '.join(halls)}")
    return [hall for hall in halls if hall in settings.sites or not settings.sites]


def _rank(hall: str) -> tuple[int, str]:
    """The demo halls in their own order, the larger one first; any other by its id."""
    return (demo.SITES.index(hall) if hall in demo.SITES else len(demo.SITES), hall)


def _check_mode(settings: Settings, store: ThreadedStore) -> None:
    """Demo personas sign in without a password: a demo hall is served in demo mode only, a real one never."""
    if store.facts.demo != settings.demo:
        held, mode = ("a demo hall", "without --empty") if store.facts.demo else ("a real hall", "with --empty")
        raise UnsafeStore(f"{settings.data} holds {held} ({store.facts.id}): start {mode}, or choose another folder with --data")


async def fill(store: ThreadedStore, seed: int) -> bool:
    """Give an empty demo hall its people: all of it or nothing. False when they are there already."""

    def unit(unit: Unit) -> bool:
        if people.has_accounts(unit.sql):
            return False
        password = HASHER.hash(DEMO_PASSWORD)
        with unit.step() as tx:
            for user in demo.seed(tx, tx.site, seed, _today(unit.now), tx.found):
                people.put_account(
                    tx, Account(user.uid, user.login, user.name, password, user.unit, tuple(user.roles), user.persona or None)
                )
            tx.settle()
        return True

    return await store.write(unit)


async def enliven(store: ThreadedStore, institutions: Institutions, seed: int) -> None:
    """Give a demo hall examples on every screen: all of them or none."""

    def unit(unit: Unit) -> None:
        personas = {one.persona: one.uid for one in people.personas(unit.sql) if one.persona}
        with unit.step() as tx:
            examples.play(examples.Scene(tx, _hands(tx, store, institutions), personas, seed))

    await store.write(unit)


def _hands(tx: Transaction, store: ThreadedStore, institutions: Institutions) -> examples.Hands:
    def clock(at: int) -> None:
        tx.now = at

    def minute(at: int) -> None:
        made = evidence.draft(tx.sql, store.facts, at, choose, evidence.Entered())
        if made is not None:
            evidence.place(tx, store.facts, made, None)

    def handler(kind: str) -> Handler:
        known = institutions.known(kind, 1)
        if known is None:
            raise LookupError(f"no institution knows {kind}")
        return known.handler

    return examples.Hands(clock, minute, handler, tx.settle)


def _today(now: int) -> date:
    return datetime.fromtimestamp(now / 1000, DEMO_ZONE).date()
