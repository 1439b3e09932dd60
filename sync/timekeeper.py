"""A device's sense of time (PROTOCOL.md §5): its own clocks, the server's at the last contact, and whether somebody set them back."""

from typing import Protocol

from sync import messages as m
from sync.keys import bytes_of, ed25519_holds
from sync.ops import Clk

STEP_MS = 120_000
"""A wall clock that falls behind the monotonic one by more than this was set back (PROTOCOL §5, hint)."""


class Clocks(Protocol):
    """The two clocks of a browser. `mono_ms` starts at the page load and may pause in sleep."""

    def wall_ms(self) -> int: ...

    def mono_ms(self) -> int: ...


def beacon_holds(server_key: str, site: str, beacon: m.Beacon) -> bool:
    """True when the site (raw Ed25519 key, base64url) signed this beacon."""
    message = m.beacon_bytes(site, beacon.id, beacon.t, beacon.n)
    return ed25519_holds(bytes_of(server_key), message, bytes_of(beacon.s))


class Timekeeper:
    """The device's sense of time: the offset measured at the last contact, the last beacon, and whether the clock was set back."""

    def __init__(self, clocks: Clocks, load: str, tz: str = "Asia/Shanghai") -> None:
        self.clocks, self.load, self.tz = clocks, load, tz
        self.off: int | None = None
        self._beacon: tuple[str, str, int] | None = None
        self._stepped = False
        self._seen = (clocks.wall_ms(), clocks.mono_ms())

    def reload(self, clocks: Clocks, load: str) -> None:
        """A new page load: the monotonic clock starts again, what was measured stays."""
        self.clocks, self.load = clocks, load
        self._stepped = self._stepped or clocks.wall_ms() < self._seen[0] - STEP_MS
        self._seen = (clocks.wall_ms(), clocks.mono_ms())

    def contact(self, now: int, beacon: m.Beacon) -> None:
        """The server was reached: measure the offset anew and remember its beacon."""
        self.off = now - self.clocks.wall_ms()
        self._beacon = (beacon.id, self.load, self.clocks.mono_ms())
        self._stepped = False
        self._seen = (self.clocks.wall_ms(), self.clocks.mono_ms())

    def read(self) -> Clk:
        """What the clocks say now, to be signed with an op."""
        wall, mono = self.clocks.wall_ms(), self.clocks.mono_ms()
        self._stepped = self._stepped or wall - self._seen[0] < mono - self._seen[1] - STEP_MS
        self._seen = (wall, mono)
        b, bo, bm = self._beacon or (None, None, None)
        return Clk(wall, self.load, mono, self.tz, self.off, b, bo, bm, self._stepped)

    def now(self) -> int:
        """Server-corrected present time, ms."""
        return self.clocks.wall_ms() + (self.off or 0)
