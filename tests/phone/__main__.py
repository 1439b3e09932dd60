"""The command: `./run phone [--brief | --tiny]`; exits 1 when something costs more than it may (but `--tiny`, which only tries it)."""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

from server.app import system_clock
from tests.phone import measure
from tests.support.browser import Phone, playwright
from tests.support.hall import Hall, build_app, morning_ms
from tests.support.server import serve_demo

OVER: list[str] = []
"""What was more than it may be."""
WARM, COUNTED = 14, 15
"""Minutes. The browser compiles a board that works all the time for a quarter of an hour; what is left of its heap then is its own."""


def main() -> int:
    """Measure and print, a line a figure; whether something was over."""
    parser = argparse.ArgumentParser(prog="./run phone", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--brief", action="store_true", help="without the half hour that tells whether the board's heap grows")
    size.add_argument("--tiny", action="store_true", help="a little of everything: whether it works, not how fast it is")
    args = parser.parse_args()
    rows, starts, saves = (120, 1, 1) if args.tiny else (2_000, 5, 9)
    soak = measure.Soak(1.0, 0, 3) if args.tiny else measure.Soak(60.0, 0, 0) if args.brief else measure.Soak(60.0, WARM, COUNTED)
    build_app()
    with playwright() as driver, tempfile.TemporaryDirectory(prefix="zaigang-phone-") as folder:
        _phone(driver, Hall(Path(folder) / "data"), rows, starts, saves)
        _board(driver, soak)
    print("".join(f"OVER {what}\n" for what in OVER), end="")
    return int(bool(OVER) and not args.tiny)


def _phone(driver: measure.Playwright, hall: Hall, rows: int, starts: int, saves: int) -> None:
    hall.start()
    phone = Phone(driver, hall.url, ahead_ms=hall.ahead_ms, slow=measure.SLOW)
    try:
        measure.fill(hall, rows)
        phone.sign_in(hall.names(), hall.person("inspector"))
        phone.fetched()
        kept = len(phone.rows())
        hall.kill()
        empty, ours = measure.floor(driver, starts), measure.cold_start(phone, "nav", starts)
        say(f"cold start without a network, {kept:,} rows, {measure.SLOW}x CPU", ours.seconds, empty.seconds, "s", 1.1, over_floor=True)
        say("  first contentful paint", ours.first_paint_s, empty.first_paint_s, "s", 1.0)
        say("  main thread, 1x CPU", ours.cpu_ms, empty.cpu_ms, "ms", 180)
        listed = measure.long_list(phone, rows)
        say(f"a list of {listed.rows:,}, of which the page holds {listed.in_page}: main thread", listed.cpu_ms, None, "ms", 200)
        delays = measure.save_to_visible_ms(phone, saves)
        say("saved and seen after the finger, median", median(delays), None, "ms", 50)
    finally:
        phone.destroy()
        hall.kill()


def _board(driver: measure.Playwright, soak: measure.Soak) -> None:
    ahead_ms = morning_ms()
    with serve_demo(clock=lambda: system_clock() + ahead_ms) as server:
        hall = Hall.served(server.base_url, ahead_ms)
        admin = Phone(driver, hall.url, ahead_ms=ahead_ms)
        try:
            admin.sign_in(hall.names(), hall.person("admin"))
            found = measure.board_under_load(driver, server, hall, admin, soak)
        finally:
            admin.destroy()
    rate = f"{measure.CHANGED} windows {found.commits_per_s:.1f} times a second"
    say(f"board, {rate}: main thread a second", found.cpu_ms_per_s, None, "ms", 80)
    say("  nodes more than before", found.nodes_after - found.nodes_before, None, "", 0)
    if found.heap_bytes_per_hour is not None:
        minutes, warm = (count * soak.seconds / 60 for count in (soak.counted, 1 + soak.warm))
        what = f"  heap more an hour, by {minutes:.0f} minutes after {warm:.0f} to warm up"
        say(what, found.heap_bytes_per_hour / 1e3, None, "kB", 1000)


def say(what: str, value: float, floor: float | None, unit: str, aim: float, *, over_floor: bool = False) -> None:
    """A line: the figure, the floor of the same run, what it should be at most, or `over_floor` at most beyond that floor."""
    beside = "" if floor is None else f", an empty page {floor:.2f}"
    most = aim + (floor or 0) * over_floor
    print(f"{what}: {value:.2f} {unit}{beside} (at most {f'floor + {aim:g}' if over_floor else f'{aim:g}'})", flush=True)
    if value > most:
        OVER.append(f"{what.strip()}: {value:.2f} {unit}, at most {most:.2f}")


if __name__ == "__main__":
    sys.exit(main())
