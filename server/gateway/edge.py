"""The outermost layer: what every response carries, what no request may do, and where it goes. A plain ASGI app around the framework."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from server.gateway.problems import ProblemError
from server.gateway.static import Static
from server.gateway.wire import AsgiReceive, AsgiScope, AsgiSend, header, respond_problem
from server.settings import Settings
from sync.live import NOT_YOURS

API_PATHS = ("/config", "/healthz")
SETUP_PATH = "/setup"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
PATH_BYTES_MAX = 2048
BODY_SECONDS = 30
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")

FIXED_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"accelerometer=(), camera=(self), geolocation=(), gyroscope=(), microphone=(self), payment=(), usb=()"),
    (b"x-frame-options", b"DENY"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000")


def content_security_policy(host: str) -> bytes:
    """Nothing but our own files runs, nothing is framed, nothing is posted by a form; older engines need the socket named."""
    sockets = f" ws://{host} wss://{host}" if host else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        f"connect-src 'self'{sockets}; manifest-src 'self'; worker-src 'self'; font-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types zaigang"
    ).encode()


def _in_time(receive: AsgiReceive) -> AsgiReceive:
    """A body must be here before long: a client that trickles holds nothing up but itself."""
    deadline = asyncio.get_running_loop().time() + BODY_SECONDS

    async def in_time() -> Any:
        try:
            async with asyncio.timeout_at(deadline):
                return await receive()
        except TimeoutError:
            raise ProblemError("malformed") from None

    return in_time


def _is_api(method: str, path: str) -> bool:
    """What the site itself answers. `/setup` is a screen to open and a message to post."""
    return path.startswith("/s/") or path in API_PATHS or (path == SETUP_PATH and method == "POST")


class Edge:
    """Headers, host and origin checks, then the framework or the static files."""

    def __init__(self, api: Callable[[AsgiScope, AsgiReceive, AsgiSend], Awaitable[None]], static: Static, settings: Settings) -> None:
        self._api = api
        self._static = static
        self._settings = settings
        self._policies: dict[str, bytes] = {}

    async def __call__(self, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
        """One connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._api(scope, receive, send)

    async def _http(self, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
        host = header(scope, b"host")
        api = _is_api(scope["method"], scope["path"])
        guarded = self._guarded(send, host if _HOST.fullmatch(host) else "", api)
        try:
            if not _HOST.fullmatch(host) or len(scope["path"]) > PATH_BYTES_MAX:
                raise ProblemError("malformed")
            if scope["method"] not in SAFE_METHODS and not self._same_origin(scope, host):
                raise ProblemError("origin_refused")
            if scope["method"] not in SAFE_METHODS:
                receive = _in_time(receive)
            if api:
                await self._api(scope, receive, guarded)
            else:
                await self._static(scope, guarded)
        except ProblemError as problem:
            await respond_problem(guarded, problem)

    async def _socket(self, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
        origin = header(scope, b"origin")
        if origin and not self._ours(origin, header(scope, b"host")):
            # Accepted first, so that the page is told why.
            await receive()
            await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
            await send({"type": "websocket.close", "code": NOT_YOURS, "reason": "origin_refused"})
            return
        await self._api(scope, receive, send)

    def _guarded(self, send: AsgiSend, host: str, api: bool) -> AsgiSend:
        """Adds what every response carries, problems and files included."""
        extra = [*FIXED_HEADERS, (b"content-security-policy", self._policy(host))]
        if self._settings.secure:
            extra.append(HSTS)

        async def guarded(event: Any) -> None:
            if event["type"] == "http.response.start":
                headers = list(event.get("headers", ()))
                if api and not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                event["headers"] = [*headers, *extra]
            await send(event)

        return guarded

    def _policy(self, host: str) -> bytes:
        if host not in self._policies:
            if len(self._policies) > 100:
                self._policies.clear()
            self._policies[host] = content_security_policy(host)
        return self._policies[host]

    def _same_origin(self, scope: AsgiScope, host: str) -> bool:
        """A browser says where a request comes from; what is no browser has no cookies to abuse."""
        site = header(scope, b"sec-fetch-site")
        if site and site not in ("same-origin", "none"):
            return False
        origin = header(scope, b"origin")
        return not origin or self._ours(origin, host)

    def _ours(self, origin: str, host: str) -> bool:
        """Exact comparison: with the addresses set, else with the host asked."""
        if self._settings.origins and origin in self._settings.origins:
            return True
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and bool(host) and parts.netloc == host
