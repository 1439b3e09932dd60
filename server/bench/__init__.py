"""`./run bench [what]`: how much the server does, as a ratio to ceilings measured in the same run.

Wall-clock rates depend on the machine and on what else it does; the ratio of CPU time per unit hardly does.
A run counts only if every record was applied and is on disk.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from server.bench import desk, live, pull, push, reconcile, rounds, year
from server.bench.crowd import SITE, enrol, places
from server.bench.ground import FILES, SQLITE, Ground, database, ground
from server.bench.load import Process, Run, free_port
from server.bench.report import fact, growth, heading, line, ratio
from server.bench.stock import stock

FULL = "the sizes of a large site: takes about half an hour"
CEILINGS = """\
ceilings, each taken in the same run on the same machine:
  push    plain records (a fault at a post: one record, one face, five audiences) and incident reports, which are joined, beside
          bare ASGI: uvicorn, one app that reads the body, decodes the push with msgspec and answers; nothing is kept.
          the same with the two signatures of a push (one P-256 check, one Ed25519 signature).
          bare durable writer: the same app, which also inserts every record of a push by id into one SQLite table and commits once a
          push with synchronous=FULL; no rules, no results, no rows for others, no evidence.
          bare Litestar writer: a Litestar application that does the same with the fields of every record decoded and in columns.
  store   one thread, one connection, the very rows the store wrote into the same tables, the same group commits.
  live    `websockets` broadcast of the same bytes to as many sockets; `picows` (C), where it is installed.
  pull    a bare app that reads the same lines from one SQLite table, joins and sends them; for whole first syncs with gzip. Also delta's.
  storm   a bare `websockets` server that accepts as many sockets.
  rounds  a bare app that keeps the same records in one table and the same photos, decoded and written anew in its own process, as
          files; each on the disk before it answers. Processes that make a photo safe count as the server's CPU.
  desk    the newest fifty rows of the largest register by its index, on one bare SQLite connection.
Over PostgreSQL (--database) the bare durable writer of push and drain keeps its table in a database of the same server, and what the
database itself uses is counted on neither side. The other ceilings are what they are over SQLite: bare apps over a file, or over nothing;
there a ratio by CPU leaves out what the database did for the server. store, reconcile and desk measure SQLite only.
The load generator shares the machine with the server: rates by the clock are floors, CPU a unit is what to compare.
"""


class Sizes:
    """How much is measured: quick figures in about two minutes, or those of a large site."""

    def __init__(self, args: argparse.Namespace, ground: Ground = FILES) -> None:
        self.ground = ground
        self.seconds: float = args.seconds
        self.hall: Path | None = args.hall
        full, tiny = args.full, args.tiny
        self.sockets: tuple[int, ...] = (100, 1_000, 5_000) if full else (8,) if tiny else (100, 1_000)
        # Few would measure what the first frame of a socket costs; as many deliveries to few sockets as to many.
        self.deliveries, self.commits = (0, 3) if tiny else (50_000, 100)
        self.phones, self.records = (4, 50) if tiny else (50, 200)
        self.first: tuple[int, ...] = (1_000, 10_000, 100_000) if full else (60,) if tiny else (1_000, 10_000)
        self.stored: tuple[int, ...] = (10_000, 100_000, 1_000_000) if full else (20, 60) if tiny else (1_000, 20_000)
        self.storm = 12 if tiny else 1_000
        self.inspectors, self.calm = (1, 2) if tiny else (60, 60 if full else 40)
        self.pulls = 10 if tiny else 200
        self.past: tuple[int, ...] = (30, 365) if full else (1, 2) if tiny else (7, 35)
        self.facts = 5 if tiny else 200
        self.days, self.questions = (7, 4) if tiny else (365, 60)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = CEILINGS
    parser.add_argument("what", nargs="?", choices=(*BENCHES, "all"), default="all", help="which path to measure (default: all)")
    parser.add_argument("--seconds", type=float, default=1.5, help="how long a timed stretch takes, about (default 1.5)")
    parser.add_argument(
        "--database",
        dest="over",
        default=SQLITE,
        help="sqlite (default); postgresql: a server of the run's own; or postgresql://user@host/name, in databases of the run's own",
    )
    parser.add_argument(
        "--hall",
        type=Path,
        metavar="FOLDER",
        help="desk: ask a copy of this data folder (of `./run demo --days 365`, say) instead of a year invented for the bench",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help=FULL)
    size.add_argument("--tiny", action="store_true", help="a few of everything: whether it works, not how fast it is")


def run(args: argparse.Namespace) -> int:
    """Measure, print, and return 0 when nothing was lost."""
    files = args.over == SQLITE
    if not files and args.what in FILES_ONLY:
        print(f"bench {args.what}: measures SQLite only", file=sys.stderr)
        return 2
    chosen = [name for name in BENCHES if args.what in (name, "all") and (files or name not in FILES_ONLY)]
    what = args.what
    try:
        with database(args.over) as url:
            for what in chosen:
                with tempfile.TemporaryDirectory(prefix="zaigang-bench-") as folder, ground(url) as over:
                    BENCHES[what](Sizes(args, over), Path(folder))
    except (push.Lost, RuntimeError, TimeoutError) as failure:
        print(f"bench {what}: {failure}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def server(folder: Path, stored: int = 0, ground: Ground = FILES) -> Iterator[Process]:
    """A real server of the demo hall in a process of its own, with so many records of earlier years."""
    data, port = folder / "data", free_port()
    data.mkdir(parents=True, exist_ok=True)
    address = ground.database(folder)
    if stored:
        asyncio.run(stock(data, stored, address))
    # All phones of the load are of a few persons, whom the server would tell to come again.
    pace = ["--starts-per-minute", "1000000", "--frames-per-minute", "1000000"]
    chosen = ["--port", str(port), "--data", str(data), *pace, *(["--database", address] if address else [])]
    with Process(["-m", "server", "serve", *chosen], port, folder / "server.log") as process:
        yield process


def count_ops(folder: Path, sent: int, ground: Ground) -> None:
    """Raise unless everything sent is on the disk."""
    if (kept := ground.ops(folder)) != sent:
        raise push.Lost(f"{sent} records answered, {kept} on disk")


def bench_push(sizes: Sizes, folder: Path) -> None:
    """Durable records."""
    with server(folder, ground=sizes.ground) as process:
        pushed = asyncio.run(push.compare_push(process, folder, sizes.seconds, sizes.ground.database(folder / "durable")))
    count_ops(folder, pushed.units, sizes.ground)
    heading(f"push (records{sizes.ground.named})")
    line(f"pushes of {push.BATCH} plain records, {push.PHONES} phones", pushed.many)
    line("  ceiling: bare ASGI, same pushes", pushed.bare_many)
    ratio("records", pushed.many, pushed.bare_many, "bare ASGI")
    line("  ceiling: bare durable writer, same pushes", pushed.durable)
    ratio("durable", pushed.many, pushed.durable, "the bare durable writer")
    line("  ceiling: bare Litestar writer, same pushes", pushed.litestar)
    ratio("litestar", pushed.many, pushed.litestar, "the bare Litestar writer")
    line(f"pushes of {push.BATCH} incident reports, which are joined", pushed.incidents)
    line(f"single plain records, {push.PHONES} phones", pushed.single)
    line("  ceiling: bare ASGI, same pushes", pushed.bare)
    ratio("records", pushed.single, pushed.bare, "bare ASGI")
    line("  ceiling: bare ASGI with the two signatures", pushed.signing)
    ratio("records", pushed.single, pushed.signing, "bare ASGI with the two signatures")
    line("single incident reports", pushed.single_incidents)


def bench_store(sizes: Sizes, folder: Path) -> None:
    """The store by itself."""
    stored, floor = push.compare_store(folder, max(200, int(sizes.seconds * 2_000)))
    heading("store (records)")
    line(f"store alone, {push.STORE_CLIENTS} writers", stored)
    line("  ceiling: bare SQLite writer, same rows", floor)
    ratio("store", stored, floor, "the bare SQLite writer")


def bench_drain(sizes: Sizes, folder: Path) -> None:
    """W1: backlogs, with little and with much stored."""
    heading(f"drain (W1, records{sizes.ground.named})")
    runs = []
    for stored in (sizes.stored[0], sizes.stored[-1]):
        here, bare = folder / str(stored), sizes.ground.database(folder / f"{stored}-durable")
        with server(here, stored, sizes.ground) as process:
            drained = asyncio.run(push.drain_backlogs(process, here, sizes.phones, sizes.records, bare))
        count_ops(here, drained.run.units + stored, sizes.ground)
        line(f"{sizes.phones} phones x {sizes.records}, {stored:,} stored before", drained.run)
        line("  ceiling: bare durable writer, same pushes", drained.durable)
        ratio("drain", drained.run, drained.durable, "the bare durable writer")
        runs.append(drained.run)
    growth("drain", runs[0], runs[-1])


def bench_live(sizes: Sizes, folder: Path) -> None:
    """W2: fan-out."""
    heading(f"live (W2, deliveries{sizes.ground.named})")
    for sockets in sizes.sockets:
        with server(folder / str(sockets), ground=sizes.ground) as process:
            commits = max(sizes.commits, sizes.deliveries // sockets)
            heard = asyncio.run(_fan_out(process, sockets, commits))
        line(f"a record to {sockets:,} sockets, 1 in {live.STALLED_SHARE} stalled", heard.run)
        line("  without what the commits cost alone", heard.delivered)
        fact("  memory of an idle socket", heard.rss_each_kib, "KiB", "aim at most 30")
        for kind, of in (("sockets", "bare websockets"), *((("picows", "the C server"),) if live.has_picows() else ())):
            bare = live.bare_broadcast(folder, kind, heard.frame, sockets, commits)
            line(f"  ceiling: {of}, same bytes", bare)
            ratio("live" if kind == "sockets" else kind, heard.delivered, bare, of)


async def _fan_out(process: Process, sockets: int, commits: int) -> live.Heard:
    phones = await enrol(process, min(sockets, 20) + 1)
    return await live.fan_out(process, phones, await places(process), sockets, commits)


def bench_pull(sizes: Sizes, folder: Path) -> None:
    """A page, as the phones of a small hall ask for it."""

    async def measure(process: Process) -> tuple[Run, Run]:
        (reader,) = await enrol(process, 1)
        return await pull.first_pulls(process, reader, sizes.seconds, folder)

    with server(folder, ground=sizes.ground) as process:
        first, bare = asyncio.run(measure(process))
    heading(f"pull (rows{sizes.ground.named})")
    line("first page, again and again", first)
    line("  ceiling: bare app, same lines from SQLite", bare)
    ratio("pull", first, bare, "the bare app")


def bench_first(sizes: Sizes, folder: Path) -> None:
    """W3: whole first syncs."""

    async def measure(process: Process, stored: int) -> tuple[Run, Run]:
        (reader,) = await enrol(process, 1)
        await pull.catch_up(process, reader)
        times = max(1, min(5, 20_000 // stored))
        return await pull.first_syncs(process, reader, times), await pull.lines_bare(process, reader, folder / str(stored), times)

    heading(f"first (W3, rows{sizes.ground.named})")
    for stored in sizes.first:
        with server(folder / str(stored), stored, sizes.ground) as process:
            first, bare = asyncio.run(measure(process, stored))
        line(f"first sync, {stored:,} rows, gzip", first)
        fact("  server time of one", first.cpu_s / len(first.delays_ms), "s", "aim at most 0.2 at 10,000")
        line("  ceiling: bare app, same rows, gzip", bare)
        ratio("first", first, bare, "the bare app")


def bench_delta(sizes: Sizes, folder: Path) -> None:
    """W4: pulls of a phone that is up to date, with little and with much stored."""

    async def measure(process: Process) -> list[tuple[Run, Run]]:
        reader, sender = await enrol(process, 2)
        where = await places(process)
        # The best of three: the chores of a server that has just begun come in between.
        idle = [await pull.idle_pulls(process, reader, sizes.seconds / 4) for _ in range(3)]
        new = [await pull.one_row_pulls(process, reader, sender, where, max(5, sizes.pulls // 3)) for _ in range(3)]
        return [(run, await pull.answers_bare(raw, folder, [max(5, sizes.pulls)], sizes.seconds)) for run, raw in (best(idle), best(new))]

    heading(f"delta (W4, pulls{sizes.ground.named})")
    told = {"nothing new": "", "one new row": " (aim p50 1 ms)"}
    runs = []
    for stored in sizes.stored:
        with server(folder / str(stored), stored, sizes.ground) as process:
            runs.append(asyncio.run(measure(process)))
        for (name, aim), (run, bare) in zip(told.items(), runs[-1], strict=True):
            line(f"{name}, {stored:,} stored{aim}", run)
            line("  ceiling: bare app, same lines from SQLite", bare)
            ratio("delta", run, bare, "the bare app")
    for name, (small, _), (large, _) in zip(told, runs[0], runs[-1], strict=True):
        growth(name, small, large)


def best(measured: Sequence[tuple[Run, bytes]]) -> tuple[Run, bytes]:
    """Of runs of the same the one with the least CPU a unit."""
    return min(measured, key=lambda one: one[0].cpu_us)


def bench_storm(sizes: Sizes, folder: Path) -> None:
    """W5: everybody comes back at once."""

    async def measure(process: Process) -> live.Storm:
        phones = await enrol(process, min(sizes.storm, 20) + 1)
        return await live.storm(process, phones, await places(process), sizes.storm)

    with server(folder, ground=sizes.ground) as process:
        storm = asyncio.run(measure(process))
    port = free_port()
    with Process(["-m", "server.bench.bare", "sockets", str(port)], port, folder / "sockets.log") as floor:
        bare = asyncio.run(live.connects(floor, sizes.storm))
    heading(f"storm (W5, sockets{sizes.ground.named})")
    line(f"{sizes.storm:,} sockets come back, hello and all", storm.back)
    fact("  until all are live", storm.seconds, "s", "aim at most 60")
    line("  records pushed meanwhile", storm.pushed)
    line("  ceiling: bare websockets, connect alone", bare)
    ratio("storm", storm.back, bare, "bare websockets")


def bench_rounds(sizes: Sizes, folder: Path) -> None:
    """Every inspector sends a whole round with its photos at once; what the lobby hears meanwhile."""
    with server(folder, ground=sizes.ground) as process:
        storm = asyncio.run(rounds.storm(process, folder, sizes.inspectors, sizes.calm))
    heading(f"rounds (a check-in storm, requests, all photos at once{sizes.ground.named})")
    line(f"{sizes.inspectors} rounds, {storm.records} records, {storm.photo_bytes / 1e6:.1f} MB of photos", storm.drained)
    line("  ceiling: bare keeper, same requests", storm.kept)
    ratio("rounds", storm.drained, storm.kept, "the bare keeper")
    fact("  until everything was kept", storm.drained.wall_s, "s", "aim at most 60")
    fact("  photos the server put off, sent again when it said", storm.put_off, "times", "none is lost")
    line("news on the wall, nobody else there", storm.calm)
    line("  meanwhile", storm.board)
    calm, during = storm.calm.percentile(95), storm.board.percentile(95)
    fact("  95 of 100 of the news were there after", during / 1000, "s", "aim at most 2")
    fact("  as often as long as when nobody else is there", during / max(calm, 0.001), "times", "aim at most 20")


def bench_desk(sizes: Sizes, folder: Path) -> None:
    """What an office asks of a year: every register and the indices."""
    heading("desk (questions, a year of records)")
    data = folder / "data"
    if sizes.hall:
        shutil.copytree(sizes.hall, data)
    else:
        data.mkdir()
        asyncio.run(year.fill(data, sizes.days))
    with server(folder) as process:
        asked = desk.measure(process, sizes.questions, year.span(sizes.days))
    for one in asked:
        line(f"{one.name} (95 of 100: {one.p95_ms:.0f} ms)", one.run)
    bare = desk.bare_query(data / f"{SITE}.sqlite", sizes.questions)
    line("  ceiling: bare indexed query, fifty rows", bare)
    first = next(one for one in asked if one.name == "away, first page")
    later = next((one for one in asked if one.name == "away, next page"), first)
    ratio("desk", later.run, bare, "the bare query")
    slowest = max(asked, key=lambda one: one.p95_ms)
    fact(f"  95 of 100 wait at most ({slowest.name})", slowest.p95_ms, "ms", f"aim at most {desk.P95_MS_MAX}")


def bench_reconcile(sizes: Sizes, folder: Path) -> None:
    """Findings, ledgers and the board after one new fact, with little and with much behind the hall; everything made anew."""
    heading("reconcile (facts)")
    told = []
    for days in sizes.past:
        figures = reconcile.measure(folder / str(days), days, sizes.facts)
        line(f"one new fact, {figures.days} days and {figures.facts:,} facts before", figures.fact)
        fact("  everything compared with what is kept", figures.compared_s, "s", "aim at most 30 for a year")
        fact("  everything made anew", figures.rebuilt_s, "s", "aim at most 30 for a year")
        if figures.differences:
            raise push.Lost(f"{figures.differences} findings or numbers differ from what the facts make")
        told.append(figures.fact)
    growth("one new fact", told[0], told[-1], "reconcile")


FILES_ONLY = ("store", "reconcile", "desk")
"""What looks into the database files of a hall itself."""
BENCHES: dict[str, Callable[[Sizes, Path], None]] = {
    "push": bench_push,
    "store": bench_store,
    "drain": bench_drain,
    "live": bench_live,
    "pull": bench_pull,
    "first": bench_first,
    "delta": bench_delta,
    "storm": bench_storm,
    "rounds": bench_rounds,
    "reconcile": bench_reconcile,
    "desk": bench_desk,
}
