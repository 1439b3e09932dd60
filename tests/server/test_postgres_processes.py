"""One site over PostgreSQL in processes of their own, as devices meet them behind a proxy, one of which is killed; and the day it was put
back from a backup. No proxy runs here: the device itself goes to the other process."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

import httpx
import pytest

from server.__main__ import main
from server.app import system_clock
from server.domain.incident.ops import Report
from server.domain.presence.ops import Announce
from tests.support import postgres
from tests.support.cast import Cast, Device
from tests.support.clock import Passing
from tests.support.hall import ROOT, free_port
from tests.support.postgres_pair import pair
from tests.support.server import serve

HOUR_MS, GRACE_MS = 3_600_000, 600_000
"""The grace is awy.return_grace_min, as a hall begins."""


@pytest.fixture(scope="module")
def founded() -> str:
    """A database with the demo halls as of now; copied, never used."""
    database = postgres.new_database()
    with serve(clock=system_clock, database=database):
        return database


@contextmanager
def process(database: str, data: Path, shared: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """`serve --database` as an operator starts it (docs/scale.md), once it answers: its address and the process."""
    port = free_port()
    places = ("--uploads", str(shared / "uploads"), "--blob-store-url", f"file://{shared}/blobs")
    command = (sys.executable, "-m", "server", "serve", "--database", database, "--data", str(data), "--port", str(port), "--examples", "0")
    with subprocess.Popen((*command, *places), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: answers(url, running))
            yield url, running
        finally:
            running.kill()


def answers(url: str, running: "subprocess.Popen[bytes]") -> bool:
    """Whether a process serves yet."""
    assert running.poll() is None, "it ended"
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that happens soon."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.05)


def report(device: Device) -> str:
    """One more incident, saved on the device."""
    place = sorted(device.replica.bodies("post"))[0]
    return device.save("incident.report", Report("other", place, device.replica.time.now(), 3)).rid


def push_on(device: Device, acknowledged: list[str]) -> None:
    """Record and push until nobody answers any more."""
    while True:
        rid = report(device)
        try:
            device.push()
        except httpx.HTTPError:
            return
        acknowledged.append(rid)


def pushed(device: Device) -> bool:
    """Whether everything that waits could be sent."""
    try:
        device.push()
    except httpx.HTTPError:
        return False
    return not device.replica.pending


def go_to(device: Device, url: str) -> Device:
    """The same phone meets another process."""
    device.url, was = url, device.http
    device.http = httpx.Client(base_url=url, headers={"Origin": url}, cookies=was.cookies, timeout=40, trust_env=False)
    was.close()
    return device


def test_two_processes_tell_each_others_sockets_and_when_one_is_killed_the_other_does_its_chores(founded: str, tmp_path: Path) -> None:
    """I1, I11, I12, I19: nothing the dead process had answered is lost, what time makes due is done, and who signs out at one is shut out
    of the other."""
    database, acknowledged = postgres.new_database(like=founded), []
    with ExitStack() as stack:
        (one, leader), (other, _) = (stack.enter_context(process(database, tmp_path / name, tmp_path)) for name in "ab")
        cast = Cast(one, Passing(system_clock()))
        stack.callback(cast.close)
        zhou, lin = cast["周"].pull(), go_to(cast["林"], other).pull()
        with zhou.live() as here, lin.live() as there:
            for device, link in ((zhou, there), (lin, here)):
                heard = ("incident", report(device))
                assert [result.st for result in device.push()] == ["applied"]
                link.until(lambda replica, heard=heard: heard in replica.rows)  # type: ignore[misc]
        wang = go_to(cast["王"], other).pull()
        with wang.live() as there:
            go_to(wang, one).http.delete("/s/yunting/session").raise_for_status()
            assert there.closed_with() == 4401
        pusher = Thread(target=push_on, args=(zhou, acknowledged))
        pusher.start()
        until(lambda: len(acknowledged) > 10)
        leader.kill()
        pusher.join(30)
        go_to(zhou, other).push()
        overdue_at = zhou.replica.time.now() + 500
        notice = zhou.save("away.announce", Announce([], "errand", overdue_at - HOUR_MS, overdue_at - GRACE_MS, zhou.uid)).rid
        zhou.push()
        assert zhou.pull().replica.body("away.unit", notice)["state"] == "active"
        until(lambda: zhou.pull().replica.body("away.unit", notice)["state"] == "overdue")
        assert zhou.replica.state() == zhou.refetch()
        assert {("incident", rid) for rid in acknowledged} <= lin.pull().replica.rows.keys()


def test_when_the_database_machine_dies_the_standby_goes_on_with_every_acknowledged_record(founded: str, tmp_path: Path) -> None:
    """I1, I12: a synchronous pair, one killed, the other promoted; servers find it by one address, and listen again."""
    acknowledged: list[str] = []
    with ExitStack() as stack:
        both = stack.enter_context(pair(founded))
        until(both.in_step)
        one, other = (stack.enter_context(serve(database=both.url, data=tmp_path / name)) for name in "ab")
        cast = Cast(one.base_url, Passing(system_clock()))
        stack.callback(cast.close)
        zhou, lin = cast["周"].pull(), go_to(cast["林"], other.base_url).pull()
        pusher = Thread(target=push_on, args=(zhou, acknowledged))
        pusher.start()
        until(lambda: len(acknowledged) > 10)
        both.kill()
        pusher.join(30)
        both.promote()
        until(lambda: pushed(zhou))
        until(lambda: pushed(lin))
        with zhou.live() as here, lin.live() as there:
            for device, link in ((zhou, there), (lin, here)):
                heard = ("incident", report(device))
                until(lambda device=device: pushed(device))  # type: ignore[misc]
                link.until(lambda replica, heard=heard: heard in replica.rows)  # type: ignore[misc]
        assert {("incident", rid) for rid in acknowledged} <= lin.pull().replica.rows.keys()
        assert {op.state for op in zhou.replica.outbox} == {"applied"}
        assert zhou.replica.state() == zhou.refetch()


def test_a_database_put_back_makes_durable_nothing_that_no_backup_and_no_replica_holds(founded: str, tmp_path: Path) -> None:
    """I10, A9: phones keep what a new epoch brings back, until another machine has it."""
    database, world = postgres.new_database(like=founded), Passing(system_clock())
    with serve(clock=world, database=database, data=tmp_path / "before") as server:
        cast = Cast(server.base_url, world)
        lin = cast["林"].pull()
        report(lin)
        lin.push()
        epoch = lin.pull().replica.epoch
    assert main(["restored", "--database", database]) == 0
    with serve(clock=world, database=database, data=tmp_path / "after") as server:
        go_to(lin, server.base_url).sign_in("inspector")
        lin.pull()
        lin.push()
        assert lin.pull().replica.epoch != epoch
        assert (lin.replica.acked, lin.replica.dur) == (1, 0)
    cast.close()
