"""The load generator: kept connections that send ready-made bytes, and server processes whose CPU time can be read.

It shares the machine with the server it measures, so wall-clock rates are floors; CPU time per unit is the figure to compare.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from types import TracebackType
from typing import NamedTuple

CHILD_USER, CHILD_SYSTEM = 13, 14
"""Places of cutime and cstime in /proc/pid/stat, counted behind the name (proc(5))."""


class Run(NamedTuple):
    """One measured stretch: units done, wall seconds, CPU seconds of the process under test, latencies in ms, bytes on the wire, and what
    the process held at the end. Nothing that was not measured is told."""

    units: int
    wall_s: float
    cpu_s: float
    delays_ms: list[float]
    bytes: int = 0
    rss_kib: int = 0

    @property
    def rate(self) -> float:
        """Units a second."""
        return self.units / self.wall_s

    @property
    def cpu_us(self) -> float:
        """CPU microseconds a unit."""
        return self.cpu_s * 1e6 / self.units

    def percentile(self, percent: int) -> float:
        """A latency percentile, ms."""
        if len(self.delays_ms) < 2:
            return sum(self.delays_ms)
        return quantiles(self.delays_ms, n=100)[percent - 1]


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """A server in a process of its own, up when entered, gone when left."""

    def __init__(self, command: Sequence[str], port: int, log: Path) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._command, self._log = [sys.executable, *command], log

    def __enter__(self) -> "Process":
        self._file = self._log.open("wb")
        self._child = subprocess.Popen(self._command, stdout=self._file, stderr=subprocess.STDOUT)
        give_up = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                if self._child.poll() is not None or time.monotonic() > give_up:
                    self._file.close()
                    raise RuntimeError(f"did not start: {' '.join(self._command)}\n{self._log.read_text('utf-8', 'replace')}") from None
                time.sleep(0.05)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._child.terminate()
        try:
            self._child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._file.close()

    def rss_kib(self) -> int:
        """Memory it holds now."""
        status = Path(f"/proc/{self._child.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))

    def cpu_s(self) -> float:
        """CPU seconds used so far by all its threads (the kernel counts them in nanoseconds)."""
        threads = Path(f"/proc/{self._child.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def children_s(self) -> float:
        """CPU seconds of the processes it has started and that have ended."""
        fields = Path(f"/proc/{self._child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[CHILD_USER]) + int(fields[CHILD_SYSTEM])) / os.sysconf("SC_CLK_TCK")


class Line(asyncio.Protocol):
    """One kept HTTP/1.1 connection: a request out, the whole answer back."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits learns of it."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        """Collect one answer, with a length or in chunks."""
        self._buffer += data
        if self._answer is None or self._answer.done():
            return
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        if b"transfer-encoding: chunked" in head:
            if not self._buffer.endswith(b"0\r\n\r\n"):
                return
            size = len(self._buffer)
        else:
            size = end + 4 + int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        if len(self._buffer) >= size:
            answer = bytes(self._buffer[:size])
            del self._buffer[:size]
            self._answer.set_result(answer)

    def ask(self, request: bytes) -> "asyncio.Future[bytes]":
        """Send one request; its raw answer (head and body). A line the other side has closed answers nothing."""
        self._answer = asyncio.get_running_loop().create_future()
        if self._transport.is_closing():
            self._answer.set_exception(ConnectionResetError())
        else:
            self._transport.write(request)
        return self._answer

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


async def dial(port: int) -> Line:
    """A new connection."""
    _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
    return line


def post(path: str, port: int, body: bytes, cookie: str = "") -> bytes:
    """The bytes of a POST."""
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Origin: http://127.0.0.1:{port}", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *([f"Cookie: {cookie}"] if cookie else []), "", ""]
    return "\r\n".join(lines).encode() + body


def get(path: str, port: int, cookie: str = "", coding: str = "") -> bytes:
    """The bytes of a GET."""
    extra = (f"Cookie: {cookie}\r\n" if cookie else "") + (f"Accept-Encoding: {coding}\r\n" if coding else "")
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{extra}\r\n".encode()


class Answers(NamedTuple):
    """What came back over every line, in the order asked, and how long each answer took (ms)."""

    bodies: list[bytes]
    delays_ms: list[float]


async def drain(line: Line, requests: Sequence[bytes], until: float, answers: Answers) -> int:
    """Ask one after another until the requests or the time are used up; how many were asked."""
    for count, request in enumerate(requests):
        if time.perf_counter() >= until:
            return count
        start = time.perf_counter()
        raw = await line.ask(request)
        answers.delays_ms.append((time.perf_counter() - start) * 1000)
        answers.bodies.append(raw)
    return len(requests)


async def flood(process: Process, queues: Sequence[Sequence[bytes]], seconds: float, units_each: int = 1) -> tuple[Run, Answers]:
    """Send every queue of requests over a line of its own, all at once."""
    lines = [await dial(process.port) for _ in queues]
    answers = Answers([], [])
    cpu, start = process.cpu_s(), time.perf_counter()
    counts = await asyncio.gather(*(drain(line, q, start + seconds, answers) for line, q in zip(lines, queues, strict=True)))
    wall, used = time.perf_counter() - start, process.cpu_s() - cpu
    for line in lines:
        line.close()
    sent = sum(len(request) for queue, count in zip(queues, counts, strict=True) for request in queue[:count])
    size = sent + sum(map(len, answers.bodies))
    return Run(sum(counts) * units_each, wall, used, answers.delays_ms, size, process.rss_kib()), answers
