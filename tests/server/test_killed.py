"""The real server is killed at random while devices push. What it acknowledged is there, the rest arrives once (I1, I2)."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.domain.incident.ops import Report
from tests.support.cast import Cast, Device
from tests.support.clock import World
from tests.support.hall import Hall

KILLS = 40
LOADED_KILLS_MIN = 30
"""So many meet a server that has acknowledged something since it was up; the others come at any moment, also while it is starting."""
PUSHERS = "林王李赵"
PENDING_MAX = 10
"""Nobody records without end while the server is away, or a slow machine is given ever more to do."""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path / "data", ahead_ms=0)
    hall.start()
    yield hall
    hall.stop()


class Pusher(threading.Thread):
    """One device that records and pushes until told to stop, whatever becomes of the server."""

    def __init__(self, device: Device, post: str) -> None:
        super().__init__(daemon=True)
        self.device, self.post = device, post
        self.saved: list[str] = []
        self.over = False
        self.failed: BaseException | None = None

    def run(self) -> None:
        """Acknowledged ops are those the replica takes as such."""
        n = 0
        while not self.over:
            n += 1
            replica = self.device.replica
            if len(replica.pending) < PENDING_MAX:
                op = self.device.save("incident.report", Report("other", self.post, replica.time.now(), 3, text=f"{n}"))
                self.saved.append(op.rid)
            try:
                push = replica.push()
                replica.push_answered(self.device.push_once(push), push)
            except httpx.HTTPError:
                time.sleep(0.02)
            except BaseException as failure:
                self.failed = failure
                return


def test_forty_kills_under_load_lose_nothing_acknowledged(hall: Hall, world: World) -> None:
    rng = random.Random(5)
    cast = Cast(hall.url, world)
    post = sorted(cast["林"].pull().replica.bodies("post"))[0]
    pushers = [Pusher(cast[name], post) for name in PUSHERS]
    for pusher in pushers:
        pusher.start()
    acked = dict.fromkeys(pushers, 0)
    loaded = 0
    for kill in range(KILLS):
        before = sum(acked.values())
        while kill % 4 and sum(pusher.device.replica.acked for pusher in pushers) == before:
            assert all(pusher.is_alive() for pusher in pushers), [pusher.failed for pusher in pushers]
            time.sleep(0.01)
        time.sleep(rng.uniform(0.02, 0.4))
        hall.kill()
        for pusher in pushers:
            assert pusher.device.replica.acked >= acked[pusher]
            acked[pusher] = pusher.device.replica.acked
        loaded += sum(acked.values()) > before
        hall.start()
    for pusher in pushers:
        pusher.over = True
        pusher.join(60)
        assert pusher.failed is None, pusher.failed
    assert all(acked.values())
    assert loaded >= LOADED_KILLS_MIN
    for pusher in pushers:
        replica = pusher.device.replica
        pusher.device.push()
        # The server's head is this chain's: every number up to it is there, with these bytes, and none twice.
        assert (replica.trouble, replica.pending) == ("", [])
        assert {op.state for op in replica.outbox} <= {"applied"}
    rows = cast["林"].pull().replica.bodies("incident")
    assert sorted(rid for pusher in pushers for rid in pusher.saved) == sorted(rid for rid, row in rows.items() if row["text"].isdigit())
    cast.close()
