"""The command: `./run phone [--tiny]`."""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from server.app import system_clock
from tests.phone import measure
from tests.support.browser import Phone, playwright
from tests.support.hall import Hall, build_app, morning_ms
from tests.support.server import serve_demo


def main() -> None:
    """Measure and print, a line a figure."""
    parser = argparse.ArgumentParser(prog="./run phone", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="a little of everything: whether it works, not how fast it is")
    tiny = parser.parse_args().tiny
    rows, starts, saves, seconds = (120, 1, 1, 1.0) if tiny else (2_000, 5, 9, 60.0)
    build_app()
    with playwright() as driver, tempfile.TemporaryDirectory(prefix="zaigang-phone-") as folder:
        _phone(driver, Hall(Path(folder) / "data"), rows, starts, saves)
        _board(driver, seconds)


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
        say(f"cold start without a network, {kept:,} rows, {measure.SLOW}x CPU", ours.seconds, empty.seconds, "s", "floor + 1.1")
        say("  first contentful paint", ours.first_paint_s, empty.first_paint_s, "s", "1.0")
        say("  main thread, 1x CPU", ours.cpu_ms, empty.cpu_ms, "ms", "180")
        listed = measure.long_list(phone, rows)
        say(f"a list of {listed.rows:,}, of which the page holds {listed.in_page}: main thread", listed.cpu_ms, None, "ms", "200")
        delays = measure.save_to_visible_ms(phone, saves)
        say("saved and seen after the finger, median", median(delays), None, "ms", "50")
    finally:
        phone.destroy()
        hall.kill()


def _board(driver: measure.Playwright, seconds: float) -> None:
    ahead_ms = morning_ms()
    with serve_demo(clock=lambda: system_clock() + ahead_ms) as server:
        hall = Hall.served(server.base_url, ahead_ms)
        admin = Phone(driver, hall.url, ahead_ms=ahead_ms)
        try:
            admin.sign_in(hall.names(), hall.person("admin"))
            found = measure.board_under_load(driver, server, hall, admin, seconds)
        finally:
            admin.destroy()
    rate = f"{measure.CHANGED} windows {found.commits / seconds:.1f} times a second"
    say(f"board, {rate}: main thread a second", found.cpu_ms_per_s, None, "ms", "80")
    say("  nodes more than before", found.nodes_after - found.nodes_before, None, "", "0")
    say(f"  heap more than before, after {seconds:.0f} s", max(0, found.heap_grown_bytes) / 1e3, None, "kB", f"{seconds / 3.6:.0f}")


def say(what: str, value: float, floor: float | None, unit: str, aim: str) -> None:
    """A line: the figure, the floor of the same run, what it should be at most."""
    beside = "" if floor is None else f", an empty page {floor:.2f}"
    print(f"{what}: {value:.2f} {unit}{beside} (at most {aim})", flush=True)


if __name__ == "__main__":
    main()
