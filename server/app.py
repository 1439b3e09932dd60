"""The composition root: the only file that knows everybody."""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any, cast

from litestar import Litestar
from litestar.di import Provide
from litestar.params import FromPath
from litestar.types import Receive, Scope, Send

from server.domain.attendance.handlers import DOMAIN as ATTENDANCE
from server.domain.base import Domain, Tx
from server.domain.board.handlers import DOMAIN as BOARD
from server.domain.bulletin.handlers import DOMAIN as BULLETIN
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.facility.handlers import DOMAIN as FACILITY
from server.domain.hall.handlers import DOMAIN as HALL
from server.domain.handover.handlers import DOMAIN as HANDOVER
from server.domain.hot.handlers import DOMAIN as HOT
from server.domain.incident.handlers import DOMAIN as INCIDENT
from server.domain.irregular.handlers import DOMAIN as IRREGULAR
from server.domain.leave.handlers import DOMAIN as LEAVE
from server.domain.norms.handlers import DOMAIN as NORMS
from server.domain.patrol.handlers import DOMAIN as PATROL
from server.domain.presence.handlers import DOMAIN as PRESENCE
from server.domain.roster.handlers import DOMAIN as ROSTER
from server.domain.supervisor.handlers import DOMAIN as SUPERVISOR
from server.domain.trail.handlers import DOMAIN as TRAIL
from server.domain.visit.handlers import DOMAIN as VISIT
from server.gateway import devices, displays, evidence, papers, public, registers, rescue, rescue_files, session, sheets
from server.gateway.blobread import read_blob
from server.gateway.edge import Edge
from server.gateway.gate import Gate
from server.gateway.live import beat, live
from server.gateway.place import Place
from server.gateway.problems import ProblemError, answer_problem
from server.gateway.pull import pull
from server.gateway.push import push
from server.gateway.repair import repair
from server.gateway.shared import Porter
from server.gateway.snapshot import snapshot
from server.gateway.static import Static
from server.gateway.uploads import uploads
from server.gateway.wire import AsgiReceive, AsgiScope, AsgiSend, respond_problem
from server.keeping import Keeper
from server.papers.register import DOMAIN as PAPERS
from server.seed import open_sites
from server.settings import Settings
from server.store.contract import StoreTrouble, Unit
from server.store.held import any_open, tell_anew
from server.store.horizon import purge
from server.store.institutions import Institutions
from server.store.people import has_accounts
from server.store.snapshots import make_due
from server.store.sqlite import FolderLock

DOMAINS: tuple[Domain, ...] = (
    HALL,
    ROSTER,
    LEAVE,
    PRESENCE,
    HANDOVER,
    PATROL,
    IRREGULAR,
    INCIDENT,
    HOT,
    NORMS,
    FACILITY,
    VISIT,
    SUPERVISOR,
    CAMPAIGN,
    ATTENDANCE,
    TRAIL,
    BULLETIN,
    BOARD,
    PAPERS,
)
TICK_SECONDS = 5
SWEEP_SECONDS = 1
PURGE_SECONDS = 3600
SNAPSHOT_SECONDS = 300
BLOB_SECONDS = 60
KEEP_SECONDS = 60
HELD_SECONDS = 60
BODY_BYTES_MAX = 64 * 1024

HotRoute = Callable[[Gate, Place, AsgiScope, AsgiReceive, AsgiSend], Awaitable[None]]
HOT_DOORS: dict[str, tuple[HotRoute, str]] = {
    "push": (push, "POST"),
    "pull": (pull, "GET"),
    "repair": (repair, "POST"),
    r"snapshot/[\w-]{1,200}": (snapshot, "GET"),
    "blobs(?:/[^/]{1,64})?": (uploads, ""),
    "blobs/[^/]{1,64}/[0-9a-f]{64}": (read_blob, ""),
}
"""Served beside the framework: the path under a site, who answers, and its only method ("": it looks for itself)."""
HOT_PATH = re.compile("/s/([^/]+)/(?:" + "|".join(f"({door})" for door in HOT_DOORS) + ")")
HOT_ROUTES = list(HOT_DOORS.values())
LIVE_PATH = re.compile(r"/s/([^/]+)/live")

alarm = logging.getLogger("zaigang.alarm")


class App:
    """The server as an ASGI app. `gate` is there once it has started."""

    def __init__(self, settings: Settings, domains: Sequence[Domain], clock: Callable[[], int]) -> None:
        self.settings = settings
        self.institutions = Institutions(domains)
        self.clock = clock
        self.gate: Gate
        self.keeper: Keeper
        self.framework = self._make_framework()
        self._open: AsyncExitStack | None = None
        self._edge = Edge(self._route, Static(settings.dist), settings)

    async def __call__(self, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
        """One connection."""
        await self._edge(scope, receive, send)

    def _make_framework(self) -> Litestar:
        return Litestar(
            route_handlers=[
                *(public.config, public.healthz, public.setup),
                *(session.sign_in, session.who_am_i, session.sign_out, session.change_password, devices.enrol, devices.revoke),
                *(rescue.rescue, rescue_files.rescue_file),
                *(displays.ask, displays.poll, displays.confirm, displays.renew),
                *(sheets.take_in, sheets.give_out, sheets.issue_password),
                *(papers.paper, papers.verify, papers.style),
                *(evidence.checkpoint, evidence.tile, evidence.proof, evidence.cosignature, evidence.state),
                *(registers.registers, registers.register, registers.register_row, registers.indices),
            ],
            dependencies={
                "gate": Provide(self._gate, sync_to_thread=False),
                "place": Provide(self._place, sync_to_thread=False),
            },
            exception_handlers={Exception: answer_problem},
            openapi_config=None,
            logging_config=None,
            debug=False,
            request_max_body_size=BODY_BYTES_MAX,
            lifespan=[self._lifespan],
        )

    def _gate(self) -> Gate:
        return self.gate

    def _place(self, site: FromPath[str]) -> Place:
        return self.gate.place(site)

    async def _route(self, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
        """What is asked for most at once, everything else through the framework: its share of a request is a third of what a push costs."""
        if scope["type"] == "websocket" and (hall := LIVE_PATH.fullmatch(scope["path"])) and (place := self.gate.places.get(hall[1])):
            await live(place, self.gate, scope, receive, cast(Any, send))
        elif scope["type"] == "http" and (hot := HOT_PATH.fullmatch(scope["path"])) and hot.lastindex:
            route, method = HOT_ROUTES[hot.lastindex - 2]
            await self._serve(route, method or scope["method"], hot[1], scope, receive, send)
        else:
            await self.framework(cast(Scope, scope), cast(Receive, receive), cast(Send, send))

    async def _serve(self, route: HotRoute, method: str, site: str, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
        """One request to a hot route; whatever goes wrong is told as a problem."""
        try:
            if scope["method"] != method:
                raise ProblemError("method_not_allowed")
            await route(self.gate, self.gate.place(site), scope, receive, send)
        except Exception as error:
            await respond_problem(send, error)

    # --- life ---

    async def start(self) -> None:
        """Open the halls; once. Raises `UnsafeStore` when they must not be opened."""
        if self._open is not None:
            return
        async with AsyncExitStack() as stack:
            stack.callback(FolderLock(self.settings.data).close)
            places: dict[str, Place] = {}
            for store in await open_sites(self.settings, self.institutions, self.clock):
                stack.push_async_callback(store.close)
                places[store.facts.id] = Place(store, self.institutions, self.settings.data / "snapshots" / store.facts.id)
            for place in places.values():
                await place.store.write(partial(_found, institutions=self.institutions))
            self._porters = [Porter(place) for place in places.values()]
            self.gate = Gate(self.settings, places, self.clock, await self._setup_code(places))
            stack.push_async_callback(self.gate.press.close)
            self.keeper = Keeper(self.settings, places, self.institutions)
            self.keeper.begin()
            seldom = (
                (BLOB_SECONDS, self.sweep_blobs),
                (KEEP_SECONDS, self.keeper.turn),
                (PURGE_SECONDS, self.purge),
                (HELD_SECONDS, self.tell_held),
                (SNAPSHOT_SECONDS, self.make_snapshots),
            )
            for seconds, chore in ((SWEEP_SECONDS, self._sweep), (TICK_SECONDS, self.tick), *seldom):
                stack.push_async_callback(_cancelled, asyncio.create_task(every(seconds, chore)))
            self._open = stack.pop_all()

    def release(self) -> None:
        """The server is about to stop: whoever waits in a long poll is answered now."""
        for place in self.gate.places.values():
            place.hub.release()

    async def stop(self) -> None:
        """Finish what was accepted, then close; once."""
        if self._open is not None:
            stack, self._open = self._open, None
            await stack.aclose()

    @asynccontextmanager
    async def _lifespan(self, _: Litestar) -> AsyncIterator[None]:
        await self.start()
        try:
            yield
        finally:
            await self.stop()

    async def _setup_code(self, places: dict[str, Place]) -> str:
        """An empty start that nobody can sign in to yet gets a code for its first administrator."""
        if self.settings.demo:
            return ""
        (place,) = places.values()
        return "" if await place.store.read(has_accounts) else secrets.token_hex(5)

    async def tick(self) -> None:
        """Let every institution of every site do what time alone makes due, and enter the minute that is over."""
        for place in self.gate.places.values():
            if place.store.leads:
                await turn(place)

    async def purge(self) -> None:
        """Forget what left buckets long ago."""
        for place in self.gate.places.values():
            if not place.store.leads:
                continue
            with suppress(StoreTrouble):
                await purge(place.store, self.clock(), self.settings.tombstone_days)

    async def tell_held(self) -> None:
        """Who hears of what is held follows the rules of the hall as they are now."""
        for place in self.gate.places.values():
            with suppress(StoreTrouble):
                if place.store.leads and await place.store.read(any_open):
                    await place.store.write(tell_anew)

    async def make_snapshots(self) -> None:
        """Write large buckets as files."""
        for place in self.gate.places.values():
            with suppress(StoreTrouble):
                await make_due(place.store, place.snapshots, self.clock())

    async def sweep_blobs(self) -> None:
        """Finish interrupted uploads, throw away forgotten ones."""
        for room in self.gate.rooms.values():
            if not room.place.store.leads:
                continue
            with suppress(StoreTrouble):
                await room.sweep()
                await room.make_durable()

    async def _sweep(self) -> None:
        for place in self.gate.places.values():
            place.hub.sweep(self.clock())
            beat(place)
        for porter in self._porters:
            await porter.look()


async def turn(place: Place) -> None:
    """One tick of one site: what time alone makes due, and the minute that is over."""
    with suppress(StoreTrouble):
        await place.store.write(lambda unit: _tick(unit, place.institutions))
    await place.log.turn()


def _tick(unit: Unit, institutions: Institutions) -> None:
    """What time makes due in a founded hall."""
    if _is_founded(unit, institutions):
        _each(unit, "tick", institutions.ticks)


def _found(unit: Unit, institutions: Institutions) -> None:
    """Give a founded hall whatever this release ships and it does not have yet."""
    if _is_founded(unit, institutions):
        _each(unit, "founding", institutions.founds)


def _is_founded(unit: Unit, institutions: Institutions) -> bool:
    founded = institutions.answers.get("founded")
    if founded is None:
        return True
    with unit.step() as tx:
        return bool(founded(tx))


def _each(unit: Unit, what: str, acts: Sequence[tuple[str, Callable[[Tx], None]]]) -> None:
    """One institution after the other; the crash of one is told and holds up no other."""
    for name, act in acts:
        try:
            with unit.step() as tx:
                act(tx)
                tx.settle()
        except StoreTrouble:
            raise
        except Exception as crash:
            alarm.error("the %s of %s crashed", what, name, exc_info=crash)


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def every(seconds: float, chore: Callable[[], Awaitable[None]]) -> None:
    """Do a chore for ever; a failure is told and does not end it."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await chore()
        except Exception as crash:
            alarm.error("a chore crashed", exc_info=crash)


def system_clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def create_app(settings: Settings, domains: Sequence[Domain] = DOMAINS, clock: Callable[[], int] = system_clock) -> App:
    """The server of these settings."""
    return App(settings, domains, clock)
