"""Which halls a server opens, and what a new one begins with."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from server.domain import demo
from server.gateway.passwords import HASHER
from server.settings import Settings
from server.store import people
from server.store.contract import Unit, UnsafeStore
from server.store.institutions import Institutions
from server.store.people import Account
from server.store.site import NewSite
from server.store.sqlite import SqliteStore

SUFFIX = ".sqlite"
DEMO_ZONE = ZoneInfo("Asia/Shanghai")
DEMO_PASSWORD = "zaigang-demo"


async def open_sites(settings: Settings, institutions: Institutions, clock: Callable[[], int]) -> list[SqliteStore]:
    """Open every hall of the data folder, making those that a start of this mode begins with."""
    stores: list[SqliteStore] = []
    try:
        for path, new in _wanted(settings):
            stores.append(SqliteStore(path, institutions, clock, new))
            _check_mode(settings, stores[-1])
            if settings.demo:
                await _fill(stores[-1], settings.seed)
    except BaseException:
        for store in stores:
            await store.close()
        raise
    return stores


def _wanted(settings: Settings) -> list[tuple[Path, NewSite]]:
    """The databases to open. A folder that holds halls already opens those. A new hall is called by its id until it is set up."""
    present = sorted((path.name.removesuffix(SUFFIX) for path in settings.data.glob(f"*{SUFFIX}")), key=_rank)
    halls = present or (list(demo.SITES) if settings.demo else [settings.site])
    return [(settings.data / f"{hall}{SUFFIX}", NewSite(hall, {"zh_Hans": hall}, "zh_Hans", settings.demo)) for hall in halls]


def _rank(hall: str) -> tuple[int, str]:
    """The demo halls in their own order, the larger one first; any other by its id."""
    return (demo.SITES.index(hall) if hall in demo.SITES else len(demo.SITES), hall)


def _check_mode(settings: Settings, store: SqliteStore) -> None:
    """Demo personas sign in without a password: a demo hall is served in demo mode only, a real one never."""
    if store.facts.demo != settings.demo:
        held, mode = ("a demo hall", "without --empty") if store.facts.demo else ("a real hall", "with --empty")
        raise UnsafeStore(f"{settings.data} holds {held} ({store.facts.id}): start {mode}, or choose another folder with --data")


async def _fill(store: SqliteStore, seed: int) -> None:
    """Give an empty demo hall its life: all of it or nothing."""

    def unit(unit: Unit) -> None:
        if people.has_accounts(unit.sql):
            return
        password = HASHER.hash(DEMO_PASSWORD)
        with unit.step() as tx:
            for user in demo.seed(tx, tx.site, seed, _today(unit.now)):
                people.put_account(
                    tx, Account(user.uid, user.login, user.name, password, user.unit, tuple(user.roles), user.persona or None)
                )
            tx.settle()

    await store.write(unit)


def _today(now: int) -> date:
    return datetime.fromtimestamp(now / 1000, DEMO_ZONE).date()
