"""Sockets by the thousand in one process: plain protocols that know no more of RFC 6455 than a bench needs."""

import asyncio
import resource
import struct
import time
from collections.abc import Callable, Sequence

import msgspec

from server.bench.crowd import SITE, Phone
from server.bench.load import Process
from server.bench.pull import catch_up
from sync import messages as m

OPENING_AT_ONCE = 64
_frames = msgspec.json.Decoder(m.ServerFrame)
Heard = Callable[["Ear", bytes], None]


class Ear(asyncio.Protocol):
    """One socket. `heard` gets every text frame; `up` is done when the upgrade is through, or has failed."""

    def __init__(self, port: int, path: str, cookie: str, heard: Heard) -> None:
        self.up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.live: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.bytes = 0
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\n"
            + (f"Cookie: {cookie}\r\n\r\n" if cookie else "\r\n")
        ).encode()
        self._heard = heard
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits learns of it."""
        for waiting in (self.up, self.live):
            if not waiting.done():
                waiting.set_exception(exc or ConnectionResetError("the server closed the socket"))
                waiting.exception()

    def data_received(self, data: bytes) -> None:
        """Take whole frames."""
        self._buffer += data
        self.bytes += len(data)
        if not self.up.done():
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if b" 101 " not in self._buffer[:end]:
                self.up.set_exception(RuntimeError(self._buffer[:200].decode("latin-1")))
                return
            del self._buffer[: end + 4]
            self.up.set_result(None)
        while (frame := self._frame()) is not None:
            self._heard(self, frame)

    def _frame(self) -> bytes | None:
        """The next text frame, if it is whole; others are passed over."""
        while len(self._buffer) >= 2:
            size, start = self._buffer[1] & 127, 2
            if size >= 126:
                start = 4 if size == 126 else 10
                if len(self._buffer) < start:
                    return None
                (size,) = struct.unpack(">H" if size == 126 else ">Q", self._buffer[2:start])
            if len(self._buffer) < start + size:
                return None
            kind, payload = self._buffer[0] & 15, bytes(self._buffer[start : start + size])
            del self._buffer[: start + size]
            if kind == 1:
                return payload
        return None

    def say(self, text: bytes) -> None:
        """Send a text frame, masked with zeros."""
        size = len(text)
        head = struct.pack(">BB", 0x81, 0x80 | size) if size < 126 else struct.pack(">BBH", 0x81, 0xFE, size)
        self.transport.write(head + bytes(4) + text)


def many_files() -> None:
    """As many open sockets as this process may have at all."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def open_ears(port: int, path: str, cookies: Sequence[str], heard: Heard) -> list[Ear]:
    """A socket for each cookie, opened a few dozen at a time."""
    gate = asyncio.Semaphore(OPENING_AT_ONCE)

    async def one(cookie: str) -> Ear:
        async with gate:
            _, ear = await asyncio.get_running_loop().create_connection(lambda: Ear(port, path, cookie, heard), "127.0.0.1", port)
            await ear.up
            return ear

    return list(await asyncio.gather(*(one(cookie) for cookie in cookies)))


class Audience:
    """Sockets of a few phones that are caught up: they say hello and are live. Frames that carry `mark` are counted and timed."""

    def __init__(self, process: Process, phones: Sequence[Phone], size: int, mark: bytes) -> None:
        self.ears: list[Ear] = []
        self.delays_ms: list[float] = []
        self.sent_at = 0.0
        self.heard = 0
        self.last = b""
        self._process = process
        self._phones = [phones[n % len(phones)] for n in range(size)]
        self._mark = mark
        self._of: dict[Ear, Phone] = {}
        self._pulls: list[asyncio.Task[None]] = []
        self._locks: dict[str, asyncio.Lock] = {}

    async def open(self, stalled: int = 0, at_once: int = OPENING_AT_ONCE) -> None:
        """Open every socket and wait until all are live; the last `stalled` of them read nothing from then on."""
        gate = asyncio.Semaphore(at_once)

        async def one(phone: Phone) -> Ear:
            async with gate:
                loop, port = asyncio.get_running_loop(), self._process.port
                _, ear = await loop.create_connection(lambda: self._ear(phone), "127.0.0.1", port)
                await ear.live
                return ear

        self.ears = list(await asyncio.gather(*(one(phone) for phone in self._phones)))
        for ear in self.ears[len(self.ears) - stalled :]:
            ear.transport.pause_reading()

    def _ear(self, phone: Phone) -> Ear:
        ear = Ear(self._process.port, f"/s/{SITE}/live", phone.cookie, self._take)
        self._of[ear] = phone
        return ear

    def _take(self, ear: Ear, text: bytes) -> None:
        if ear.live.done():
            if self._mark in text:
                self.delays_ms.append((time.perf_counter() - self.sent_at) * 1000)
                self.heard += 1
                self.last = text
            return
        frame = _frames.decode(text)
        if isinstance(frame, m.Hi):
            ear.say(msgspec.json.encode(self._of[ear].replica.hello(frame)))
        elif isinstance(frame, m.Ok) and frame.mode == "live":
            ear.live.set_result(None)
        elif isinstance(frame, m.Ok):
            self._pulls.append(asyncio.create_task(self._pull(ear)))

    async def _pull(self, ear: Ear) -> None:
        """Too much has happened for a frame: catch up, then go on from there."""
        phone = self._of[ear]
        async with self._locks.setdefault(phone.replica.dev, asyncio.Lock()):
            await catch_up(self._process, phone)
        ear.say(msgspec.json.encode(phone.replica.at()))
        ear.live.set_result(None)

    async def have_heard(self, count: int, seconds: float = 60) -> None:
        """Wait until so many marked frames have come."""
        async with asyncio.timeout(seconds):
            while self.heard < count:
                await asyncio.sleep(0.001)

    def close(self) -> None:
        """Drop every socket, without a word."""
        for ear in self.ears:
            ear.transport.abort()
        self.ears = []
