"""Running the server in this process: uvicorn as measured, quiet, one worker, and a socket protocol that can drop a dead peer."""

import asyncio
import errno
import gc
import socket
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.app import App
from server.processor import keep_together, roaming_pool
from server.settings import BadSetting, Settings
from sync.live import encode
from sync.messages import FRAME_BYTES_MAX, Bye

GRACEFUL_SECONDS = 5
ELSEWHERE = ("192.0.2.1", 9)
"""Somewhere outside (RFC 5737): nothing is sent there, the system only chooses by which of its addresses it would."""
BYE = encode(Bye("restart", after_ms=1_000, spread_ms=5_000)).encode()


class SocketProtocol(WebSocketsSansIOProtocol):
    """Offers the app two things ASGI has no word for.

    `zaigang.abort` drops a connection whose peer no longer reads: a close frame would wait behind what it does not take.
    `zaigang.write` sends one text frame at once, in a quarter of the time of ASGI's way: most of what a broadcast costs.
    """

    is_full = False

    async def run_asgi(self) -> None:
        """Serve one socket."""
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions["zaigang.abort"] = {"abort": self.transport.abort}
        extensions["zaigang.write"] = {"write": self.writer()}
        await super().run_asgi()

    def pause_writing(self) -> None:
        """The peer does not keep up."""
        super().pause_writing()
        self.is_full = True

    def resume_writing(self) -> None:
        """The peer has caught up."""
        super().resume_writing()
        self.is_full = False

    def writer(self) -> Callable[[bytes], bool]:
        """What sends a frame now. False, and nothing is sent, when the socket is not open or is full: `send` knows what to do then."""
        write, is_closing = self.transport.write, self.transport.is_closing

        def write_text(text: bytes) -> bool:
            if self.is_full or self.close_sent or not self.handshake_complete or is_closing():
                return False
            write(text_header(len(text)) + text)
            return True

        return write_text

    def shutdown(self) -> None:
        """The server goes away: say when to come back, then close."""
        if self.handshake_complete and not self.close_sent and not self.transport.is_closing():
            self.conn.send_text(BYE)
            self.transport.write(b"".join(self.conn.data_to_send()))
        super().shutdown()


@lru_cache(maxsize=1024)
def text_header(size: int) -> bytes:
    """The header of an unmasked, unfragmented text frame (RFC 6455, section 5.2)."""
    if size < 126:
        return bytes((0x81, size))
    if size < 65536:
        return struct.pack(">BBH", 0x81, 126, size)
    return struct.pack(">BBQ", 0x81, 127, size)


class Server(uvicorn.Server):
    """Calls `started_at(port)` once it listens."""

    def __init__(self, config: uvicorn.Config, started_at: Callable[[int], None] | None = None) -> None:
        super().__init__(config)
        self._started_at = started_at

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.servers[0].sockets[0].getsockname()[1])

    async def startup(self, sockets: Any = None) -> None:
        """Open the sockets, then tell."""
        await super().startup(sockets)
        if self.started and self._started_at is not None:
            self._started_at(self.port)

    async def shutdown(self, sockets: Any = None) -> None:
        """Let go of long polls, which would each hold this up as long as may be, then close."""
        if isinstance(self.config.app, App):
            self.config.app.release()
        await super().shutdown(sockets)


def config(app: Any, settings: Settings) -> uvicorn.Config:
    """Uvicorn's settings for this server (stack-server figures: uvloop, httptools, sansio sockets without deflate)."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws=SocketProtocol,
        ws_per_message_deflate=False,
        ws_max_size=FRAME_BYTES_MAX,
        ws_ping_interval=25,
        ws_ping_timeout=20,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        backlog=2048,
        limit_concurrency=20_000,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        ssl_certfile=str(settings.tls_cert) if settings.tls_cert else None,
        ssl_keyfile=str(settings.tls_key) if settings.tls_key else None,
    )


def check_port(host: str, port: int) -> None:
    """`BadSetting` when nobody can listen there, before anything is made or opened."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in places:
            with socket.socket(family, kind, protocol) as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind(address)
    except OSError as wrong:
        if isinstance(wrong, socket.gaierror) or wrong.errno == errno.EADDRNOTAVAIL:
            raise BadSetting(f"host {host} is no address of this machine: {wrong.strerror}. Choose another with --host") from None
        raise BadSetting(f"port {port} of {host} cannot be listened on: {wrong.strerror}. Choose another with --port") from None


def outward_host() -> str:
    """The address of this machine that others in its network can use; its name where it has no network yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(ELSEWHERE)
        except OSError:
            return socket.gethostname()
        return str(one.getsockname()[0])


def run(app: App, settings: Settings, started_at: Callable[[int], None]) -> bool:
    """Serve until told to stop; False when it could not start."""
    server = Server(config(app, settings), started_at)
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.get_loop().set_default_executor(roaming_pool())
        # Before uvicorn, whose own way of telling a failed start is a stack.
        runner.run(app.start())
        keep_together([thread for place in app.gate.places.values() for thread in place.store.writers])
        # What is alive now stays; young objects mostly die by themselves.
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        try:
            runner.run(server.serve())
        finally:
            runner.run(app.stop())
    return server.started
