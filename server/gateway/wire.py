"""Bodies on the wire for the two hot endpoints: bounded, inflated, compressed; plain ASGI without the framework's overhead."""

import zlib
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, cast

import zstandard

from server.gateway.problems import ProblemError, problem_body, problem_of

AsgiScope = MutableMapping[str, Any]
AsgiReceive = Callable[[], Awaitable[Any]]
AsgiSend = Callable[[Any], Awaitable[None]]

COMPRESS_FROM = 1024


def header(scope: AsgiScope, name: bytes) -> str:
    """A request header, or empty."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


def plain(scope: object) -> AsgiScope:
    """The framework's scope as the plain mapping it is."""
    return cast(AsgiScope, scope)


async def read_body(scope: AsgiScope, receive: AsgiReceive, bytes_max: int) -> bytes:
    """The whole request body, inflated if it was deflated. More than `bytes_max` is `too_large` before it is held."""
    if (announced := header(scope, b"content-length")).isdigit() and int(announced) > bytes_max:
        raise ProblemError("too_large")
    parts, size = [], 0
    while True:
        event: Any = await receive()
        if event["type"] == "http.disconnect":
            raise ProblemError("malformed")
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if size > bytes_max:
            raise ProblemError("too_large")
        if not event.get("more_body"):
            break
    body = b"".join(parts)
    coding = header(scope, b"content-encoding")
    if coding == "gzip":
        return inflate(body, bytes_max)
    if coding not in ("", "identity"):
        raise ProblemError("unsupported")
    return body


def inflate(body: bytes, bytes_max: int) -> bytes:
    """Un-gzip at most `bytes_max` bytes."""
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(body, bytes_max + 1)
    except zlib.error:
        raise ProblemError("malformed") from None
    if len(plain) > bytes_max or stream.unconsumed_tail:
        raise ProblemError("too_large")
    if not stream.eof or stream.unused_data:
        raise ProblemError("malformed")
    return plain


def accepted_coding(accept: str, among: Iterable[str] = ("zstd", "gzip")) -> str:
    """The first coding the client takes, or nothing; one with q=0 is refused."""
    return next((name for name in among if _accepts(accept, name)), "")


def _accepts(accept: str, coding: str) -> bool:
    for part in accept.lower().replace(" ", "").split(","):
        name, _, quality = part.partition(";q=")
        if name == coding:
            return quality.strip("0.") != "" if quality else True
    return False


def compress(body: bytes, coding: str) -> bytes:
    """The body in a coding; fast levels, for it is done per answer."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=1).compress(body)
    if coding == "gzip":
        stream = zlib.compressobj(level=1, wbits=31)
        return stream.compress(body) + stream.flush()
    return body


async def respond(send: AsgiSend, status: int, headers: list[tuple[str, str]], body: bytes, head_only: bool = False) -> None:
    """One whole response; to a HEAD only what its body would be like."""
    raw = [(k.encode(), v.encode("latin-1")) for k, v in headers]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if head_only else body, "more_body": False})


async def respond_problem(send: AsgiSend, error: Exception) -> None:
    """A problem, whatever the exception."""
    problem = error if isinstance(error, ProblemError) else problem_of(error)
    await respond(send, *problem_body(problem))
