"""The secret that opens a vault beside its PIN (docs/security.md): only right after a sign-in, one per person, never a session's."""

from collections.abc import Iterator

import pytest

from sync.units import MINUTE_MS
from tests.support.cast import Device
from tests.support.clock import DeviceClocks, World
from tests.support.server import RunningServer, serve_demo
from tests.support.stores import START


@pytest.fixture(scope="module")
def world() -> World:
    return World(START)


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[RunningServer]:
    with serve_demo(clock=world) as running:
        yield running


def secret_of(server: RunningServer, world: World, persona: str, *, after_ms: int = 0) -> str:
    """What an enrolment `after_ms` after a sign-in on a new device brings."""
    device = Device(server.base_url, DeviceClocks(world))
    device.sign_in(persona)
    world.pass_ms(after_ms)
    return device.enrol().unlock


def test_a_sign_in_brings_the_persons_secret_to_every_device(server: RunningServer, world: World) -> None:
    first, second = secret_of(server, world, "staff"), secret_of(server, world, "staff")
    assert first == second
    assert len(first) >= 43


def test_another_person_has_another_secret(server: RunningServer, world: World) -> None:
    assert secret_of(server, world, "staff") != secret_of(server, world, "head")


def test_a_session_found_open_brings_none(server: RunningServer, world: World) -> None:
    assert secret_of(server, world, "staff", after_ms=3 * MINUTE_MS) == ""
