"""Reading: a first pull, and the pulls of a phone that is up to date; beside a bare app that reads the same lines."""

import time
from pathlib import Path

import msgspec

from server.bench.bare import write_page
from server.bench.crowd import Phone, body_of, pull_path, pushes
from server.bench.load import Answers, Process, Run, dial, flood, free_port, get
from sync import messages as m
from sync.replica import Replica

_lines = msgspec.json.Decoder(m.PullLine)
READERS = 4


def lines_of(raw: bytes) -> list[m.PullLine]:
    """The lines of a raw pull answer."""
    return [_lines.decode(text) for text in raw.partition(b"\r\n\r\n")[2].split(b"\n") if text.startswith(b"{")]


async def catch_up(process: Process, phone: Phone) -> list[bytes]:
    """Pull until there is no more; the requests made."""
    line = await dial(process.port)
    requests, more = [], True
    while more:
        asked = phone.replica.cursor
        requests.append(get(pull_path(phone.replica), process.port, phone.cookie))
        more = phone.replica.pulled(asked, lines_of(await line.ask(requests[-1])))
    line.close()
    return requests


async def first_pulls(process: Process, phone: Phone, seconds: float, folder: Path) -> tuple[Run, Run]:
    """The first page of a device that starts from nothing, again and again; units are rows. And the same lines from the bare app."""
    empty: Replica = phone.replica
    fresh = Phone(Replica(empty.site, empty.key, empty.time.clocks, empty.new_id, "bench"), phone.cookie)
    request = get(pull_path(fresh.replica), process.port, phone.cookie)
    line = await dial(process.port)
    raw = await line.ask(request)
    line.close()
    rows = len(lines_of(raw)) - 2
    run, _ = await flood(process, [[request] * int(seconds * 40)] * READERS, seconds, rows)
    page, port = folder / "page.sqlite", free_port()
    write_page(page, raw.partition(b"\r\n\r\n")[2].splitlines())
    with Process(["-m", "server.bench.bare", "asgi", str(port), "", str(page)], port, folder / "page.log") as floor:
        bare, _ = await flood(floor, [[get("/", port)] * int(seconds * 400)] * READERS, seconds, rows)
    return run, bare


async def idle_pulls(process: Process, phone: Phone, seconds: float) -> Run:
    """A phone that is up to date asks: nothing."""
    await catch_up(process, phone)
    request = get(pull_path(phone.replica), process.port, phone.cookie)
    run, _ = await flood(process, [[request] * int(seconds * 3000)], seconds)
    return run


async def one_row_pulls(process: Process, phone: Phone, sender: Phone, where: list[str], count: int) -> Run:
    """Somebody records one thing, the phone fetches it; the latency is the pull's."""
    line = await dial(process.port)
    answers, cpu, start = Answers([], []), 0.0, time.perf_counter()
    for request in pushes(process, sender, where, count, 1):
        body_of(await line.ask(request), m.PushAnswer)
        asked, before, cpu_before = phone.replica.cursor, time.perf_counter(), process.cpu_s()
        raw = await line.ask(get(pull_path(phone.replica), process.port, phone.cookie))
        answers.delays_ms.append((time.perf_counter() - before) * 1000)
        cpu += process.cpu_s() - cpu_before
        phone.replica.pulled(asked, lines_of(raw))
        if len(lines_of(raw)) < 3:
            raise RuntimeError("a record did not arrive")
    line.close()
    return Run(count, time.perf_counter() - start, cpu, answers.delays_ms)
