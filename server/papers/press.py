"""The press: sheets to PDF in a process of its own, one at a time, within a time limit. Equal sheets give equal bytes."""

import asyncio
import contextlib
import logging
import os
import struct
from pathlib import Path

import msgspec

from server import child
from server.papers.fonts import coverage, folders
from server.papers.template import Block
from server.settings import ROOT

alarm = logging.getLogger("zaigang.alarm")
SECONDS_MAX = 20
WAITING_MAX = 8
IDLE_SECONDS = 120
PDF_BYTES_MAX = 64 * 1024 * 1024


class PressBusy(Exception):
    """Too many documents wait already: ask again later."""


class PressFailed(Exception):
    """The document could not be set in time, or not at all."""


class Sheet(msgspec.Struct):
    """One document as the look takes it: every text said, every measure in mm (`height` 0: as long as it needs); `watermark`: behind
    the text of every page."""

    look: str
    size: str
    width: int
    height: int
    lang: str
    region: str
    serif: list[str]
    sans: list[str]
    heading: list[str]
    hall: str
    title: str
    number: str
    blocks: list[Block]
    foot: list[list[str]]
    strip: str
    page: str
    sign_date: str
    qr: str
    qr_note: str
    watermark: str = ""


class Press:
    """Starts the typesetter when the first document is asked for, and lets it go when none has been for a while. `own`: further fonts;
    `seconds`: how long a document may take."""

    def __init__(self, own: Path | None = None, seconds: float = SECONDS_MAX) -> None:
        self._seconds = seconds
        self._places = folders(own)
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._process: asyncio.subprocess.Process | None = None
        self._idle: asyncio.TimerHandle | None = None

    def missing(self, text: str) -> set[str]:
        """The characters of a text that no font has. The first call reads the fonts."""
        known = coverage(tuple(self._places))
        return {char for char in text if ord(char) not in known and not char.isspace()}

    async def print(self, sheet: Sheet) -> bytes:
        """The PDF of a sheet. Raises `PressBusy` or `PressFailed`."""
        if self._waiting >= WAITING_MAX:
            raise PressBusy
        self._waiting += 1
        try:
            async with self._lock:
                return await self._set(msgspec.json.encode(sheet))
        finally:
            self._waiting -= 1

    async def _set(self, sheet: bytes) -> bytes:
        if self._idle:
            self._idle.cancel()
        try:
            async with asyncio.timeout(self._seconds):
                process = await self._running()
                assert process.stdin is not None, "opened with pipes"
                assert process.stdout is not None, "opened with pipes"
                process.stdin.write(struct.pack(">I", len(sheet)) + sheet)
                await process.stdin.drain()
                (size,) = struct.unpack(">I", await process.stdout.readexactly(4))
                made = await process.stdout.readexactly(min(size, PDF_BYTES_MAX))
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.CancelledError) as error:
            await self.close()
            if isinstance(error, asyncio.CancelledError):
                raise
            alarm.error("a document could not be set: %r", error)
            raise PressFailed from None
        self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._rest)
        if not made:
            alarm.error("a document could not be set; the typesetter said why")
            raise PressFailed
        return made

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await child.start(
                *("-P", "-m", "server.papers.typesetter", *map(str, self._places)),
                env={"PYTHONPATH": str(ROOT), "PATH": os.defpath},
                errors=None,
                limit=PDF_BYTES_MAX,
            )
        return self._process

    def _rest(self) -> None:
        """Nobody has asked for a while."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process = None

    async def close(self) -> None:
        """End the typesetter now."""
        if self._idle:
            self._idle.cancel()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
