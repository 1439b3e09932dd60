"""Fan-out: one report, every inspector's socket. Real frames from real commits, against a bare `websockets` broadcast of the same bytes."""

import asyncio
import time
from collections.abc import Sequence

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from server.bench.crowd import SITE, Phone, pull_path, pushes
from server.bench.load import Line, Process, Run, dial, get
from sync import messages as m

_lines = msgspec.json.Decoder(m.PullLine)
_frames = msgspec.json.Decoder(m.ServerFrame)


class Ear:
    """One open socket and the last frame it got."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.last = ""


async def listen(process: Process, phone: Phone) -> Ear:
    """A phone that has caught up and waits for frames."""
    await _catch_up(process, phone)
    url = f"ws://127.0.0.1:{process.port}/s/{SITE}/live"
    socket = await connect(url, additional_headers={"Cookie": phone.cookie}, origin=process.url, compression=None, proxy=None)  # type: ignore[arg-type]
    replica = phone.replica
    while replica.live != "live":
        answer = replica.frame(_frames.decode(await asyncio.wait_for(socket.recv(), 20)))
        if answer is not None:
            await socket.send(msgspec.json.encode(answer), text=True)
        elif replica.live == "pull":
            await _catch_up(process, phone)
            await socket.send(msgspec.json.encode(replica.at()), text=True)
    return Ear(socket)


async def _catch_up(process: Process, phone: Phone) -> None:
    line: Line = await dial(process.port)
    more = True
    while more:
        asked = phone.replica.cursor
        raw = await line.ask(get(pull_path(phone.replica), process.port, phone.cookie))
        lines = [_lines.decode(text) for text in raw.partition(b"\r\n\r\n")[2].split(b"\n") if text.startswith(b"{")]
        more = phone.replica.pulled(asked, lines)
    line.close()


async def count(ear: Ear, mark: str, frames: int, delays: list[float], sent_at: dict[int, float]) -> int:
    """Take frames until `frames` of them carried the mark."""
    got = 0
    while got < frames:
        ear.last = str(await asyncio.wait_for(ear.socket.recv(), 60))
        for _ in range(ear.last.count(mark)):
            delays.append((time.perf_counter() - sent_at[got]) * 1000)
            got += 1
    return got


async def fan_out(process: Process, sender: Phone, where: Sequence[str], ears: Sequence[Ear], commits: int) -> Run:
    """`commits` reports one after another, each to every ear."""
    requests = pushes(process, sender, where, commits, 1)
    delays: list[float] = []
    sent_at: dict[int, float] = {}
    line = await dial(process.port)
    listeners = [asyncio.create_task(count(ear, '\\"kind\\":\\"dispute\\"', commits, delays, sent_at)) for ear in ears]
    await asyncio.sleep(0.2)
    cpu, start = process.cpu_s(), time.perf_counter()
    for n, request in enumerate(requests):
        sent_at[n] = time.perf_counter()
        await line.ask(request)
    delivered = sum(await asyncio.gather(*listeners))
    run = Run(delivered, time.perf_counter() - start, process.cpu_s() - cpu, delays)
    line.close()
    return run


async def commits_alone(process: Process, sender: Phone, where: Sequence[str], commits: int) -> float:
    """CPU seconds of the same reports when nobody listens: what of `fan_out` is no fan-out."""
    line = await dial(process.port)
    requests = pushes(process, sender, where, commits, 1)
    cpu = process.cpu_s()
    for request in requests:
        await line.ask(request)
    line.close()
    return process.cpu_s() - cpu


async def broadcast_bare(process: Process, clients: int, frame: str, commits: int) -> Run:
    """The same number of frames of the same size through `websockets.broadcast`."""
    url = f"ws://127.0.0.1:{process.port}"
    ears = [Ear(await connect(url, compression=None, proxy=None)) for _ in range(clients)]
    delays: list[float] = []
    sent_at: dict[int, float] = {}
    sender = await connect(url, compression=None, proxy=None)
    listeners = [asyncio.create_task(count(ear, "#", commits, delays, sent_at)) for ear in ears]
    await asyncio.sleep(0.2)
    cpu, start = process.cpu_s(), time.perf_counter()
    for n in range(commits):
        sent_at[n] = time.perf_counter()
        await sender.send("#" + frame[1:].replace("#", "+"))
        await sender.recv()
    delivered = sum(await asyncio.gather(*listeners))
    run = Run(delivered, time.perf_counter() - start, process.cpu_s() - cpu, delays)
    for ear in (*ears, Ear(sender)):
        await ear.socket.close()
    return run
