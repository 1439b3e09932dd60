"""Phones behind a proxy that cuts, holds up and loses what passes, at a real server over real connections (I1, I2, I13, I35)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import httpx
import pytest
from websockets.exceptions import WebSocketException

from server.domain.incident.ops import Report
from server.store.sqlite import Connection
from sync.replica import Damaged
from tests.server.conftest import database
from tests.support.cast import Cast, Device
from tests.support.clock import World
from tests.support.proxy import CuttingProxy
from tests.support.server import RunningServer

PEOPLE = "林王李赵周陈"
BROKEN = (httpx.TransportError, WebSocketException, OSError, EOFError, Damaged)
FRAMES_MAX = 6


def one_run(device: Device, saved: list[str]) -> None:
    """Record, send, follow the socket for a little while: as far as the connection lets it."""
    replica = device.replica
    place = sorted(replica.bodies("post"))[0]
    saved += [device.save("incident.report", Report("other", place, replica.time.now(), 4)).id for _ in range(3)]
    with suppress(*BROKEN):
        device.push()
    with suppress(*BROKEN), device.live() as link:
        for _ in range(FRAMES_MAX):
            if link.next(0.05) is None:
                break
            link.catch_up()
        device.push()
    replica.live = "off"


def runs(device: Device, count: int) -> list[str]:
    saved: list[str] = []
    for _ in range(count):
        one_run(device, saved)
    return saved


@pytest.mark.parametrize("rounds", [10, pytest.param(170, marks=pytest.mark.nightly)])
def test_nothing_is_lost_doubled_or_stuck_behind_a_proxy_that_cuts(rounds: int, server: RunningServer, world: World) -> None:
    """Sixty runs of sockets by day, a thousand nightly."""
    with CuttingProxy(server.port, seed=rounds) as proxy:
        proxy.calm = True
        cast = Cast(proxy.url, world)
        devices = [cast[name].pull() for name in PEOPLE]
        proxy.calm = False
        with ThreadPoolExecutor(len(devices)) as phones:
            saved = list(phones.map(lambda device: runs(device, rounds), devices))
        proxy.calm = True
        for device in devices:
            device.http.close()
            device.http = httpx.Client(base_url=proxy.url, headers=device.http.headers, cookies=device.http.cookies, trust_env=False)
            device.push()
        for device in devices:
            assert device.pull().replica.state() == device.refetch()
        assert {(fault, way) for fault in ("cut", "hold", "lose") for way in ("up", "down") if not proxy.met[f"{fault} {way}"]} == set()
        assert proxy.met["connections"] > rounds * len(devices)
        kept_once(server, devices, saved)
        cast.close()


def kept_once(server: RunningServer, devices: Sequence[Device], saved: Sequence[list[str]]) -> None:
    """Every record is in the ledger once, in the order of its device, was applied, and waits nowhere."""
    with closing(Connection(database(server), ("query_only=ON",))) as sql:
        for device, ids in zip(devices, saved, strict=True):
            assert device.replica.pending == []
            of_device = "FROM op JOIN result ON result.n = op.n JOIN device ON device.n = result.device WHERE device.dev = ?"
            found = list(sql.all(f"SELECT op.id, result.st {of_device} ORDER BY result.seq", (device.replica.dev,)))
            assert [tuple(row) for row in found if row[0] in set(ids)] == [(one, "applied") for one in ids]
