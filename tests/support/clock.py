"""Clocks that tests turn by hand: true time, a device's wrong wall clock, its pausing monotonic clock, and ids made from them."""

import random
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from sync.ids import uuid7


class World:
    """True time (ms). The server and every device clock of a test hang on one of these. `passes`: time goes on by itself."""

    passes = False

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def pass_ms(self, ms: int) -> None:
        """Time goes on."""
        self.at += ms


class FirstMorning(World):
    """A world in which time passes as it really does, from 9:40 on the first day of a month on: in the demo hall last month is over, not
    settled yet, and its last day is still open. All of a test run tell the same time.
    """

    passes = True
    _ahead_ms = int(datetime(2026, 12, 1, 9, 40, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000) - time.time_ns() // 1_000_000

    def __init__(self) -> None:
        super().__init__(0)

    @property
    def at(self) -> int:
        return self._ahead_ms + time.time_ns() // 1_000_000

    @at.setter
    def at(self, _: int) -> None:
        """Nobody turns it."""


class Passing(World):
    """A world in which time passes as it really does from `at` (ms) on, and faster when a test says so. `ahead_ms` of the real clock."""

    passes = True
    ahead_ms = 0

    @property
    def at(self) -> int:
        return self.ahead_ms + time.time_ns() // 1_000_000

    @at.setter
    def at(self, ms: int) -> None:
        self.ahead_ms = ms - time.time_ns() // 1_000_000


class DeviceClocks:
    """A device's clocks in a world: `error_ms` off the truth, running `drift_ppm` fast; asleep, the monotonic clock stands still."""

    def __init__(self, world: World, error_ms: int = 0, drift_ppm: int = 0) -> None:
        self._world, self._error_ms, self._drift_ppm = world, error_ms, drift_ppm
        self._born = self._loaded = world.at
        self._slept = 0

    def wall_ms(self) -> int:
        return self._world.at + self._error_ms + (self._world.at - self._born) * self._drift_ppm // 1_000_000

    def mono_ms(self) -> int:
        return self._world.at - self._loaded - self._slept

    def set_wall(self, ms: int) -> None:
        """Somebody turns the device's clock by `ms`."""
        self._error_ms += ms

    def sleep(self, ms: int) -> None:
        """The device sleeps while the world goes on."""
        self._world.pass_ms(ms)
        self._slept += ms

    def reload(self) -> None:
        """The page is loaded again."""
        self._loaded, self._slept = self._world.at, 0


class Ids:
    """UUIDv7 strings from a seed: the time part from the caller, the rest repeatable."""

    def __init__(self, seed: object) -> None:
        self._random = random.Random(str(seed))

    def __call__(self, now_ms: int) -> str:
        return uuid7(now_ms, self._random.getrandbits(74))
