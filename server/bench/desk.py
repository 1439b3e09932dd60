"""The desk: pages of registers and the indices with a year of records, as an office asks for them; beside a bare indexed query."""

import asyncio
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from server.bench.crowd import SITE, body_of, cookies_of
from server.bench.load import Line, Process, Run, dial, get, post
from server.store.sqlite import Connection
from sync import messages as m
from sync.desk import IndexPage, RegisterList, RegisterPage

PERSONA = "office"
P95_MS_MAX = 150


class Asked(NamedTuple):
    """One kind of question, and how long its answers took."""

    name: str
    run: Run

    @property
    def p95_ms(self) -> float:
        """What 95 of 100 waited at most, ms."""
        return self.run.percentile(95)


async def sign_in(process: Process) -> tuple[Line, str]:
    """A line and the cookie of the office."""
    line = await dial(process.port)
    raw = await line.ask(post(f"/s/{SITE}/session", process.port, msgspec.json.encode(m.SignIn(persona=PERSONA))))
    body_of(raw, m.Session)
    return line, cookies_of(raw)


async def questions(process: Process, times: int, span: str) -> list[Asked]:
    """Every register: newest, a later page, one unit, a filter, another order; and the indices by day, week and month."""
    line, cookie = await sign_in(process)
    listed = body_of(await line.ask(get(f"/s/{SITE}/registers", process.port, cookie)), RegisterList).registers
    found = []
    for info in listed:
        base = f"register/{info.name}?{span}"
        first = body_of(await line.ask(get(f"/s/{SITE}/{base}&limit=50", process.port, cookie)), RegisterPage)
        paths = {"first page": base, "sorted up": f"{base}&sort={info.at}"}
        if first.next:
            paths["next page"] = f"{base}&after={first.next}"
        if info.units:
            paths["one unit"] = f"{base}&unit={info.units[0][0]}"
        if choice := next((c for c in info.columns if c.filters and c.choices and not c.sealed), None):
            paths[f"by {choice.key}"] = f"{base}&f.{choice.key}={choice.choices[-1][0]}"
        found += [Asked(f"{info.name}, {what}", await _ask(process, line, cookie, path, times)) for what, path in paths.items()]
    for by in ("day", "week", "month"):
        found.append(Asked(f"indices by {by}", await _ask(process, line, cookie, f"indices?by={by}", times)))
    body_of(await line.ask(get(f"/s/{SITE}/indices?by=day", process.port, cookie)), IndexPage)
    line.close()
    return found


async def _ask(process: Process, line: Line, cookie: str, path: str, times: int) -> Run:
    request = get(f"/s/{SITE}/{path}", process.port, cookie)
    await line.ask(request)
    delays, cpu, start, size = [], process.cpu_s(), time.perf_counter(), 0
    for _ in range(times):
        asked = time.perf_counter()
        raw = await line.ask(request)
        delays.append((time.perf_counter() - asked) * 1000)
        size += len(raw)
        if b" 200 " not in raw[:16]:
            raise RuntimeError(f"{path}: {raw[:300]!r}")
    return Run(times, time.perf_counter() - start, process.cpu_s() - cpu, delays, size)


def bare_query(database: Path, times: int) -> Run:
    """The ceiling: the newest fifty rows of the largest register by its index, on one connection, nothing else."""
    sql = Connection(database, ("query_only=ON",))
    delays, cpu, start = [], time.process_time(), time.perf_counter()
    for _ in range(times):
        asked = time.perf_counter()
        sql.all("SELECT * FROM away_notice ORDER BY leaves_at DESC, rid DESC LIMIT 50")
        delays.append((time.perf_counter() - asked) * 1000)
    run = Run(times, time.perf_counter() - start, time.process_time() - cpu, delays)
    sql.close()
    return run


def measure(process: Process, times: int, span: str) -> list[Asked]:
    """Ask everything; from outside an event loop."""
    return asyncio.run(questions(process, times, span))
