"""`./run bench push|live|pull`: how much the server does, as a ratio to ceilings measured in the same run.

Wall-clock rates depend on the machine and on what else it does; the ratio of CPU time per unit hardly does.
A run counts only if every record was applied and is on disk.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from server.bench import live, pull, push
from server.bench.crowd import SITE, enrol, places
from server.bench.load import Process, Run, free_port

AIMS = {"store": 0.5, "push": 0.2, "live": 0.5, "pull": 0.5}
"""What the ratios should reach (server ÷ ceiling)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("what", choices=("push", "live", "pull"), help="which path to measure")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each stretch takes, about (default 5)")
    parser.add_argument("--sockets", type=int, default=200, help="how many screens listen in `live` (default 200)")


def run(args: argparse.Namespace) -> int:
    """Measure, print, and return 0 when nothing was lost."""
    measure: dict[str, Callable[[argparse.Namespace, Path], None]] = {"push": bench_push, "live": bench_live, "pull": bench_pull}
    with tempfile.TemporaryDirectory(prefix="zaigang-bench-") as folder:
        try:
            measure[args.what](args, Path(folder))
        except (push.Lost, RuntimeError) as failure:
            print(f"bench: {failure}", file=sys.stderr)
            return 1
    return 0


def server(folder: Path) -> Process:
    """A real server of the demo hall in a process of its own."""
    port = free_port()
    command = ["-m", "server", "serve", "--port", str(port), "--data", str(folder / "data")]
    return Process(command, port, folder / "server.log")


def bench_push(args: argparse.Namespace, folder: Path) -> None:
    """Durable records."""
    with server(folder) as process:
        pushed = asyncio.run(push.compare_push(process, folder, args.seconds))
    kept, sent = push.ops_on_disk(folder / "data" / f"{SITE}.sqlite"), pushed.single.units + pushed.outboxes.units
    if kept != sent:
        raise push.Lost(f"{sent} records answered, {kept} on disk")
    stored, floor = push.compare_store(folder, max(200, int(args.seconds * 2000)))
    heading("push", "records")
    line("single records, 32 phones", pushed.single)
    line("  ceiling: bare ASGI app, same pushes", pushed.bare)
    ratio("push", pushed.single, pushed.bare)
    line("  ceiling: bare ASGI app and the two signatures", pushed.signing)
    ratio("push", pushed.single, pushed.signing, "signed push")
    line("whole outboxes of 50, 32 phones", pushed.outboxes)
    ratio("push", pushed.outboxes, pushed.bare, "outbox record")
    line("store alone, 64 writers", stored)
    line("  ceiling: bare SQLite writer, same rows", floor)
    ratio("store", stored, floor)


def bench_live(args: argparse.Namespace, folder: Path) -> None:
    """Fan-out."""
    commits = max(10, int(args.seconds * 4))
    with server(folder) as process:
        real, alone, frame = asyncio.run(_fan_out(process, args.sockets, commits))
    port = free_port()
    with Process(["-m", "server.bench.bare", "sockets", str(port)], port, folder / "sockets.log") as floor:
        bare = asyncio.run(live.broadcast_bare(floor, args.sockets, frame, commits))
    heading("live", "deliveries")
    line(f"record to {args.sockets} sockets, with its commit", real)
    delivered = real._replace(cpu_s=max(real.cpu_s - alone, 1e-6))
    line("  without what the commits cost alone", delivered)
    line("  ceiling: bare websockets broadcast, same bytes", bare)
    ratio("live", delivered, bare)


async def _fan_out(process: Process, sockets: int, commits: int) -> tuple[Run, float, str]:
    phones = await enrol(process, sockets + 1)
    where = await places(process, phones[-1])
    alone = await live.commits_alone(process, phones[-1], where, commits)
    ears = [await live.listen(process, phone) for phone in phones[:-1]]
    measured = await live.fan_out(process, phones[-1], where, ears, commits)
    for ear in ears:
        await ear.socket.close()
    return measured, alone, ears[0].last


def bench_pull(args: argparse.Namespace, folder: Path) -> None:
    """Reading."""

    async def measure(process: Process) -> tuple[Run, Run, Run, Run]:
        reader, sender = await enrol(process, 2)
        where = await places(process, sender)
        first, bare = await pull.first_pulls(process, reader, args.seconds, folder)
        idle = await pull.idle_pulls(process, reader, args.seconds)
        one = await pull.one_row_pulls(process, reader, sender, where, max(20, int(args.seconds * 20)))
        return first, bare, idle, one

    with server(folder) as process:
        first, bare, idle, one = asyncio.run(measure(process))
    heading("pull", "rows or pulls")
    line("first pull, rows of a page", first)
    line("  ceiling: bare ASGI app, same lines from SQLite", bare)
    ratio("pull", first, bare)
    line("up to date, nothing new", idle)
    line("up to date, one new row", one)


def heading(what: str, units: str) -> None:
    """The head of the table."""
    print(f"bench {what}\n  {'':<50}{units + '/s':>14}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>10}")


def line(name: str, measured: Run) -> None:
    """One row of the table."""
    delays = f"{measured.percentile(50):>9.1f}{measured.percentile(99):>9.1f}" if measured.delays_ms else f"{'':>18}"
    print(f"  {name:<50}{measured.rate:>14,.0f}{delays}{measured.cpu_us:>10.1f}")


def ratio(aim: str, ours: Run, ceiling: Run, name: str = "") -> None:
    """Our share of the ceiling, by CPU and by the clock."""
    by_cpu, by_clock = ceiling.cpu_us / ours.cpu_us, ours.rate / ceiling.rate
    print(f"  = {name or aim}: {by_cpu:.2f} of its ceiling by CPU, {by_clock:.2f} by the clock (aim {AIMS[aim]})")
