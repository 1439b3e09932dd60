"""Reading: a first pull, and the pulls of a phone that is up to date; beside a bare app that reads the same lines."""

import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import msgspec

from server.bench.bare import write_page
from server.bench.crowd import SITE, Phone, body_of, pull_path, pushes
from server.bench.load import Answers, Process, Run, dial, flood, free_port, get
from sync import messages as m
from sync.replica import Replica

_lines = msgspec.json.Decoder(m.PullLine)
_snap_lines = msgspec.json.Decoder(m.SnapLine)
READERS = 4


def plain(raw: bytes) -> bytes:
    """The body of a raw answer, put together and inflated."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0] + b" ":
        raise RuntimeError(raw[:300].decode("latin-1"))
    if b"transfer-encoding: chunked" in head.lower():
        parts, at = [], 0
        while size := int(body[at : (end := body.index(b"\r\n", at))], 16):
            parts.append(body[end + 2 : end + 2 + size])
            at = end + 4 + size
        body = b"".join(parts)
    return zlib.decompress(body, wbits=31) if b"content-encoding: gzip" in head.lower() else body


def lines_of(raw: bytes) -> list[m.PullLine]:
    """The lines of a raw pull answer."""
    return [_lines.decode(text) for text in plain(raw).splitlines() if text]


async def catch_up(process: Process, phone: Phone, coding: str = "") -> int:
    """Fetch snapshots and pages until there is no more; how many bytes came."""
    line, replica = await dial(process.port), phone.replica
    size, more = 0, True
    while more:
        while wanted := replica.snapshot():
            path = f"/s/{SITE}/snapshot/{wanted.id}" + (f"?after={wanted.after}" if wanted.after else "")
            raw = await line.ask(get(path, process.port, phone.cookie, coding))
            size += len(raw)
            replica.fetched(wanted, [_snap_lines.decode(text) for text in plain(raw).splitlines() if text])
        if replica.repair():
            raise RuntimeError("what the phone holds differs from what the server says it holds")
        asked = replica.cursor
        raw = await line.ask(get(pull_path(replica), process.port, phone.cookie, coding))
        size += len(raw)
        more = replica.pulled(asked, lines_of(raw))
    line.close()
    return size


def anew(phone: Phone) -> Phone:
    """The same device with nothing on it."""
    replica = phone.replica
    return Phone(Replica(replica.site, replica.key, replica.time.clocks, replica.new_id, "bench"), phone.cookie)


async def first_syncs(process: Process, phone: Phone, times: int) -> Run:
    """Whole first syncs of a phone with nothing on it, one after another; units are rows, a delay is that of one sync."""
    rows = size = 0
    delays: list[float] = []
    used = wall = 0.0
    for _ in range(times):
        fresh = anew(phone)
        cpu, start = process.cpu_s(), time.perf_counter()
        size += await catch_up(process, fresh, "gzip")
        wall, used = wall + time.perf_counter() - start, used + process.cpu_s() - cpu
        delays.append((time.perf_counter() - start) * 1000)
        rows += len(fresh.replica.rows)
    return Run(rows, wall, used, delays, size, process.rss_kib())


async def lines_bare(process: Process, phone: Phone, folder: Path, times: int) -> Run:
    """The same rows, as lines in a table, from a bare app that reads, joins and compresses them."""
    fresh = anew(phone)
    await catch_up(process, fresh)
    rows = fresh.replica.rows
    lines = [msgspec.json.encode(m.Row(sorted(row.buckets), kind, rid, row.ver, row.hash, row.body)) for (kind, rid), row in rows.items()]
    page, port = folder / f"rows-{len(lines)}.sqlite", free_port()
    write_page(page, lines)
    with Process(["-m", "server.bench.bare", "asgi", str(port), "", str(page), "gzip"], port, folder / "rows.log") as floor:
        run, _ = await flood(floor, [[get("/", port)] * times], 600, len(lines))
    return run


async def first_pulls(process: Process, phone: Phone, seconds: float, folder: Path) -> tuple[Run, Run]:
    """The first page of a device that starts from nothing, again and again; units are rows. And the same lines from the bare app."""
    fresh = anew(phone)
    request = get(pull_path(fresh.replica), process.port, phone.cookie)
    line = await dial(process.port)
    raw = await line.ask(request)
    line.close()
    rows = len(lines_of(raw)) - 2
    run, _ = await flood(process, [[request] * int(seconds * 40)] * READERS, seconds, rows)
    return run, await answers_bare(raw, folder, [int(seconds * 400)] * READERS, seconds, rows)


async def answers_bare(raw: bytes, folder: Path, times: Sequence[int], seconds: float, units_each: int = 1) -> Run:
    """The lines of an answer from a bare app that reads and joins them, so often over each of some connections."""
    page, port = folder / f"page-{uuid4().hex}.sqlite", free_port()
    write_page(page, plain(raw).splitlines())
    with Process(["-m", "server.bench.bare", "asgi", str(port), "", str(page)], port, folder / "page.log") as floor:
        run, _ = await flood(floor, [[get("/", port)] * count for count in times], seconds, units_each)
    return run


async def idle_pulls(process: Process, phone: Phone, seconds: float) -> tuple[Run, bytes]:
    """A phone that is up to date asks: nothing. And such an answer."""
    await catch_up(process, phone)
    request = get(pull_path(phone.replica), process.port, phone.cookie)
    run, answers = await flood(process, [[request] * int(seconds * 3000)], seconds)
    return run, answers.bodies[-1]


async def one_row_pulls(process: Process, phone: Phone, sender: Phone, where: list[str], count: int) -> tuple[Run, bytes]:
    """Somebody records one thing, the phone fetches it; the latency is the pull's. And such an answer."""
    line = await dial(process.port)
    answers, cpu, size, start = Answers([], []), 0.0, 0, time.perf_counter()
    for told in pushes(process, sender, where, count, 1):
        body_of(await line.ask(told), m.PushAnswer)
        asked, before, cpu_before = phone.replica.cursor, time.perf_counter(), process.cpu_s()
        request = get(pull_path(phone.replica), process.port, phone.cookie)
        answers.bodies.append(raw := await line.ask(request))
        answers.delays_ms.append((time.perf_counter() - before) * 1000)
        cpu += process.cpu_s() - cpu_before
        size += len(request) + len(raw)
        phone.replica.pulled(asked, lines_of(raw))
        if len(lines_of(raw)) < 3:
            raise RuntimeError("a record did not arrive")
    line.close()
    return Run(count, time.perf_counter() - start, cpu, answers.delays_ms, size, process.rss_kib()), answers.bodies[-1]
