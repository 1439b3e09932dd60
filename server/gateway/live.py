"""`/s/{site}/live`: performs what `sync/live.py` decides.

Signing in is checked after accepting, so that the app can tell 4401 from a broken server.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

from server.gateway import access
from server.gateway.gate import Gate
from server.gateway.hub import Link
from server.gateway.pace import Bucket
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.wire import AsgiReceive, AsgiScope
from server.store import ledger, people
from server.store.contract import Sql, StoreTrouble
from server.store.horizon import head_and_horizon
from server.store.ledger import Device
from server.store.pages import read_page
from server.store.people import SignedIn
from sync.live import BAD_FRAME, SIGN_IN, STALLED, Changed, Contact, Effect, Identify, Identity, LiveSession, Read, Send, Shut, encode
from sync.messages import DELTA_BYTES_MAX, HEARTBEAT_SECONDS, Beacon, Head, Heartbeat

alarm = logging.getLogger("zaigang.alarm")
HELLO_SECONDS = 5
FRAMES_PER_SECOND = 20
FRAMES_BURST = 5 * FRAMES_PER_SECOND
"""More frames than these is no app of ours."""


async def live(place: Place, gate: Gate, scope: AsgiScope, receive: AsgiReceive, send: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    """Serve one socket until either side ends it."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
    tokens = access.tokens(scope, gate.jar(place))
    session = LiveSession(place.id, place.epoch, place.seal, secrets.token_urlsafe(18))
    link = Link(session, send, _offered(scope, "abort"), _offered(scope, "write"))
    driver = Driver(place, session, link, tokens, gate)
    try:
        if not await driver.is_signed_in():
            link.close(SIGN_IN, "login_required")
        else:
            await driver.perform(session.open(place.clock()))
        await driver.listen(receive)
    except StoreTrouble as trouble:
        # A database that is away for a moment: the phone comes back, and pulls meanwhile.
        alarm.warning("a socket could not be served: %s", trouble)
        link.close(STALLED, "busy")
    finally:
        place.hub.leave(link)


def _offered(scope: AsgiScope, name: str) -> Callable[..., Any] | None:
    """What the server offers beside ASGI, if it does: how to drop a peer, how to write at once (server/serve.py)."""
    extension = (scope.get("extensions") or {}).get(f"zaigang.{name}")
    return extension[name] if extension else None


class Driver:
    """Performs the effects of one session."""

    def __init__(self, place: Place, session: LiveSession, link: Link, tokens: list[str], gate: Gate) -> None:
        self._place = place
        self._session = session
        self._link = link
        self._tokens = tokens
        self._device: Device | None = None
        self._budget = Bucket(FRAMES_BURST, FRAMES_PER_SECOND)
        self._brake = gate.frames
        self._handshakes = gate.handshakes

    async def is_signed_in(self) -> bool:
        """Whether the socket came with a session that stands."""

        def query(sql: Sql) -> bool:
            return any(people.session(sql, token, self._place.clock()) for token in self._tokens)

        async with self._handshakes:
            return await self._place.store.read(query, brief=True)

    async def listen(self, receive: AsgiReceive) -> None:
        """Take frames until the socket ends. The hello must come soon."""
        while True:
            try:
                async with asyncio.timeout(HELLO_SECONDS if self._session.phase == "hello" else None):
                    event = await receive()
            except TimeoutError:
                self._link.close(BAD_FRAME, "hello_timeout")
                continue
            if event["type"] == "websocket.disconnect":
                return
            if self._session.phase == "closed":
                continue
            if not self._budget.take(asyncio.get_running_loop().time()):
                self._link.close(BAD_FRAME, "rate_limited")
                continue
            text = event.get("text")
            effects = self._session.receive(text if text is not None else event.get("bytes") or b"")
            if self._may(effects):
                await self.perform(effects)

    def _may(self, effects: list[Effect]) -> bool:
        """Whether a person's sockets together do not say too often where they stand: each time is a read."""
        if not any(isinstance(effect, Contact) for effect in effects):
            return True
        try:
            self._brake.check(self._link.uid)
        except ProblemError as problem:
            self._link.close(BAD_FRAME, problem.id)
            return False
        return True

    async def perform(self, effects: list[Effect]) -> None:
        """Do what the session decided, and what follows from that."""
        for effect in effects:
            match effect:
                case Send(text):
                    self._link.text(text)
                case Shut(code, reason):
                    self._link.close(code, reason)
                case Identify(dev):
                    async with self._handshakes:
                        await self._identify(dev)
                case Read(pos):
                    await self.perform(self._session.changed(await self._read(pos)))
                case Contact(head):
                    assert self._device is not None, "only an identified device reports"
                    self._place.contact(self._device, head)

    async def _identify(self, dev: str) -> None:
        hello = self._session.reported
        device, who, forked = await self._look_up(dev, hello)
        if device is None:
            await self.perform(self._session.identified(None, self._beacon(None)))
            return
        buckets = people.buckets(who.actor, dev) if who else frozenset[str]()
        identity = Identity(device.key, device.head, buckets, who is not None, device.revoked_at is not None, forked)
        self._link.board = who is not None and "BOARD" in who.roles
        self._link.level = self._place.shapes.level(self._session.sv)
        effects = self._session.identified(identity, self._beacon(device))
        if self._session.phase != "closed" and who is not None:
            self._device, self._session.dur = device, device.dur
            self._place.vitals.note(device, self._session.vital)
            self._link.uid, self._link.token, self._link.until_at = who.uid, who.token, who.until_at
            self._link.beat_at = asyncio.get_running_loop().time() + HEARTBEAT_SECONDS
            self._place.hub.join(self._link)
        await self.perform(effects)

    async def _look_up(self, dev: str, hello: Head) -> tuple[Device | None, SignedIn | None, bool]:
        """The device, its person as he stands now, and whether the head it reports contradicts its chain."""

        def query(sql: Sql) -> tuple[Device | None, SignedIn | None, bool]:
            device = ledger.device(sql, dev)
            if device is None:
                return None, None, False
            sessions = (people.session(sql, token, self._place.clock()) for token in self._tokens)
            standing = (who for who in sessions if who and who.uid == device.uid and not access.is_ended(sql, who))
            return device, next(standing, None), is_forked(sql, device, hello)

        while True:
            heard = self._place.hub.regrants
            found = await self._place.store.read(query, brief=True)
            if heard == self._place.hub.regrants:
                return found

    async def _read(self, pos: int) -> Changed:
        device, buckets, token = self._device, self._session.buckets, self._link.token
        shape = self._place.shapes.shape(self._link.level)
        assert device is not None, "only an identified device reads"

        def query(sql: Sql) -> Changed:
            who = people.session(sql, token, self._place.clock())
            head, limit = head_and_horizon(sql)
            if who is None or people.buckets(who.actor, device.dev) != buckets or pos < limit:
                # What follows is for a pull to say: to somebody with other rights, or from nothing.
                return Changed([], pos, head, False)
            if pos == head:
                return Changed([], pos, head, True)
            page = read_page(sql, device, buckets, pos, bytes_max=DELTA_BYTES_MAX, shape=shape, head=head)
            return Changed(page.rows, page.to, head, not page.more and page.size <= DELTA_BYTES_MAX)

        return await self._place.store.read(query, brief=self._place.is_near(pos))

    def _beacon(self, device: Device | None) -> Beacon:
        return self._place.beacon(device.link.hex() if device and not self._link.board else "")


def is_forked(sql: Sql, device: Device, head: Head) -> bool:
    """Whether the head a device reports contradicts what it sent before (law I9)."""
    if device.closed_at is not None:
        return True
    if not 0 < head.seq <= device.seq:
        return False
    kept = ledger.kept_at(sql, device, head.seq)
    return kept is None or kept.link.hex() != head.hash


def beat(place: Place) -> None:
    """Send the heartbeats that are due; wall screens share one beacon."""
    now = asyncio.get_running_loop().time()
    shared: str | None = None
    for link in list(place.hub.links):
        if link.beat_at > now or link.session.phase == "closed":
            continue
        link.beat_at = now + HEARTBEAT_SECONDS
        if link.board:
            shared = shared or _heartbeat(place, "")
            link.text(shared)
        else:
            link.text(_heartbeat(place, link.session.ack.hash))


def _heartbeat(place: Place, head: str) -> str:
    beacon = place.beacon(head)
    return encode(Heartbeat(beacon.t, beacon))
