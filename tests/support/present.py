"""Devices without a browser at the hall of a journey, which runs in its own present time."""

import time

from tests.support.cast import Device
from tests.support.clock import DeviceClocks, World
from tests.support.hall import Hall


class Present(World):
    """The hall's present time."""

    def __init__(self, hall: Hall) -> None:
        super().__init__(0)
        self._ahead_ms = hall.ahead_ms

    @property
    def at(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead_ms

    @at.setter
    def at(self, _: int) -> None:
        """It passes by itself."""


def device_of(hall: Hall, persona: str) -> Device:
    """A device of theirs, signed in and up to date."""
    device = Device(hall.url, DeviceClocks(Present(hall)), site=hall.site)
    device.sign_in(persona)
    device.enrol()
    return device.pull()
