"""`GET /s/{site}/snapshot/{id}[?after=chunk]`: a large bucket as one immutable file, to whom the bucket is open."""

import asyncio
import logging
import re
import zlib
from io import BufferedReader
from pathlib import Path
from typing import Protocol

import zstandard

from server.gateway import access
from server.gateway.cookies import Jar
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.wire import AsgiReceive, AsgiScope, AsgiSend, accepted_coding, header
from server.store import people
from server.store.contract import Sql
from server.store.snapshots import Snapshot

PART_BYTES = 256 * 1024
STALLED_SECONDS = 30
alarm = logging.getLogger("zaigang.alarm")
_AFTER = re.compile(rb"(?:after=(\d{1,6}))?")


async def snapshot(gate: Gate, place: Place, scope: AsgiScope, _: AsgiReceive, send: AsgiSend) -> None:
    """Serve one snapshot, or what comes after a chunk of it. A name nobody gave to this person is not there."""
    asked = _AFTER.fullmatch(scope["query_string"])
    if asked is None:
        raise ProblemError("malformed")
    after, name = int(asked[1] or 0), scope["path"].rpartition("/")[2]
    jar = gate.jar(place)
    uid, found = await place.store.read(lambda sql: find(sql, place, jar, scope, name))
    if after > found.chunks:
        raise ProblemError("malformed")
    coding = accepted_coding(header(scope, b"accept-encoding"))
    etag = f'"{found.id}.{after}.{coding}"'
    headers = [("content-type", "application/x-ndjson"), ("vary", "accept-encoding"), ("etag", etag)]
    if etag in header(scope, b"if-none-match"):
        await _start(send, 304, headers)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    with gate.own_snapshots.enter(uid), gate.snapshots:
        parts = Whole(place.snapshots.path(found, coding)) if not after else Rest(place.snapshots.path(found, ""), found, after, coding)
        await _stream(send, headers + ([("content-encoding", coding)] if coding else []), parts)


def find(sql: Sql, place: Place, jar: Jar, scope: AsgiScope, name: str) -> tuple[str, Snapshot]:
    """The snapshot, if somebody signed in here may read its bucket, and who that is."""
    sessions = access.sessions(sql, scope, jar, place.clock())
    if not sessions:
        raise ProblemError("login_required")
    for who in sessions:
        if found := place.snapshots.open(sql, name, people.audience(who.actor)):
            return who.uid, found
    raise ProblemError("not_found")


class Parts(Protocol):
    """Something to be sent piece by piece; `read` runs outside the loop and returns nothing at the end."""

    def read(self) -> bytes: ...

    def close(self) -> None: ...


class Whole:
    """A packed file as it is."""

    def __init__(self, path: Path) -> None:
        self._file = _opened(path)

    def read(self) -> bytes:
        """The next piece."""
        return self._file.read(PART_BYTES)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Rest:
    """The first line and what comes after a chunk, packed on the way: few ask for it."""

    def __init__(self, path: Path, found: Snapshot, after: int, coding: str) -> None:
        self._file = _opened(path)
        self._lead = self._file.read(found.marks[0])
        self._file.seek(found.marks[after])
        self._packer = _packer(coding)
        self._over = False

    def read(self) -> bytes:
        """The next piece."""
        while not self._over:
            plain, self._lead = self._lead or self._file.read(PART_BYTES), b""
            self._over = not plain
            if part := self._packer.compress(plain) if plain else self._packer.flush():
                return part
        return b""

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Packer(Protocol):
    """A streaming compressor."""

    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class Plain:
    """No compressor."""

    def compress(self, data: bytes, /) -> bytes:
        """The data itself."""
        return data

    def flush(self) -> bytes:
        """Nothing is held back."""
        return b""


def _packer(coding: str) -> Packer:
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=1).compressobj()
    return zlib.compressobj(level=1, wbits=31) if coding == "gzip" else Plain()


def _opened(path: Path) -> BufferedReader:
    """The file, or `not_found`: it was replaced since it was offered."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise ProblemError("not_found") from None


async def _stream(send: AsgiSend, headers: list[tuple[str, str]], parts: Parts) -> None:
    """Send piece by piece; a reader that stops reading is dropped, so that it holds nobody else up."""
    try:
        await _start(send, 200, headers)
        while part := await asyncio.to_thread(parts.read):
            async with asyncio.timeout(STALLED_SECONDS):
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    except TimeoutError:
        alarm.warning("a reader of a snapshot stalled")
    finally:
        parts.close()


async def _start(send: AsgiSend, status: int, headers: list[tuple[str, str]]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})
