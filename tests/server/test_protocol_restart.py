"""The server dies and comes back: what it acknowledged is there, what it did not is sent again, and screens catch up (laws I1, I2, I13)."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

from server.domain.incident.ops import Report
from server.domain.presence.ops import Announce, Return
from server.gateway.gate import HANDSHAKES_AT_ONCE
from server.gateway.hub import Hub
from server.gateway.live import Driver
from sync import messages as m
from tests.support.cast import Cast, Device, Link, renew_screen
from tests.support.clock import World
from tests.support.day import MINUTE, post_of
from tests.support.hall import Hall
from tests.support.server import serve

_frame: msgspec.json.Decoder[m.ServerFrame] = msgspec.json.Decoder(m.ServerFrame)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path / "data")
    hall.start()
    yield hall
    hall.stop()


def test_a_killed_server_has_lost_nothing_it_acknowledged_and_takes_the_rest_once(hall: Hall, world: World) -> None:
    cast = Cast(hall.url, world)
    lin = cast["林"].pull()
    place, epoch = sorted(lin.replica.bodies("post"))[0], lin.replica.epoch
    for n in range(60):
        lin.save("incident.report", Report("other", place, lin.replica.time.now(), 3, text=f"k{n}"))
        if n in (19, 39):
            answer = lin.push_once(lin.replica.push())
            if n == 19:
                lin.replica.push_answered(answer)  # the answer of the second push is lost with the server
            hall.restart()
    lin.push()
    assert lin.pull().replica.epoch == epoch
    assert [op.state for op in lin.replica.outbox] == ["applied"] * 60
    texts = [body["text"] for body in lin.replica.bodies("incident").values()]
    assert sorted(texts) == sorted(f"k{n}" for n in range(60))
    assert lin.replica.state() == lin.refetch()
    cast.close()


def test_a_board_that_was_away_while_much_changed_equals_a_fresh_load(hall: Hall, world: World) -> None:
    cast = Cast(hall.url, world)
    wang, screen = cast["王"].pull(), cast["屏"]
    with screen.live():
        pass
    post, before = post_of(wang), screen.replica.cursor
    for n in range(25):
        now = wang.replica.time.now()
        notice = wang.do("away.announce", Announce([post], "step_away", now, now + (n + 5) * MINUTE, wang.uid)).rid
        wang.do("away.return", Return(now + 1), notice)
        if n == 12:
            hall.restart()
    renew_screen(screen)
    with screen.live() as link:
        link.settle()
        assert screen.replica.cursor != before
        assert screen.replica.state() == screen.refetch()
        assert not any(isinstance(f, m.Ok) and f.mode == "reset" for f in link.frames)
    cast.close()


def test_a_server_that_goes_says_when_to_come_back(world: World) -> None:
    """I31: and that not everybody is to come at the same moment."""
    with serve(clock=world) as server:
        cast = Cast(server.base_url, world)
        lin = cast["林"]
        with lin.socket() as socket:
            link = Link(lin, socket)
            link.meet()
            server.close()
            bye = link.next()
            assert isinstance(bye, m.Bye)
            assert bye.after_ms > 0
            assert bye.spread_ms > 0
            assert lin.replica.live == "closed"
        cast.close()


SOCKETS = 100


async def come_back(device: Device) -> ClientConnection:
    """A socket of this device, live."""
    cookies = "; ".join(f"{c.name}={c.value}" for c in device.http.cookies.jar)
    address = device.url.replace("http", "ws", 1) + f"/s/{device.site}/live"
    headers = {"Cookie": cookies}
    socket = await connect(address, additional_headers=headers, origin=device.url, compression=None, proxy=None)  # type: ignore[arg-type]
    hi = _frame.decode(await socket.recv())
    assert isinstance(hi, m.Hi)
    await socket.send(msgspec.json.encode(device.replica.hello(hi)).decode())
    assert isinstance(_frame.decode(await socket.recv()), m.Ok)
    await socket.send(msgspec.json.encode(device.replica.at()).decode())
    await socket.send(msgspec.json.encode(m.Ping()).decode())
    while not isinstance(_frame.decode(await socket.recv()), m.Pong):
        pass
    return socket


def test_a_hundred_sockets_dropped_at_once_come_back_in_turn_while_pushes_are_served(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """I31: never more are let in at once than the cap, all are live again, and no push hears of it."""
    inside, most, full = 0, 0, asyncio.Event()
    look_up = Driver._look_up

    async def slowly(driver: Driver, dev: str, hello: m.Head) -> Any:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == HANDSHAKES_AT_ONCE:
            full.set()
        try:
            await full.wait()
            await asyncio.sleep(0.05)  # the others are at the door by now
            return await look_up(driver, dev, hello)
        finally:
            inside -= 1

    async def storm(people: list[Device], hub: Hub, push: Callable[[], int]) -> list[int]:
        sockets = await asyncio.gather(*(come_back(people[n % len(people)]) for n in range(SOCKETS)))
        for socket in sockets:
            socket.transport.abort()
        monkeypatch.setattr(Driver, "_look_up", slowly)
        back = asyncio.gather(*(come_back(people[n % len(people)]) for n in range(SOCKETS)))
        pushed = [await asyncio.to_thread(push)]
        while not back.done():
            pushed.append(await asyncio.to_thread(push))
        sockets = await back
        assert len([link for link in hub.links if link.session.phase == "live"]) == SOCKETS
        for socket in sockets:
            socket.transport.abort()
        return pushed

    with serve(clock=world) as server:
        cast = Cast(server.base_url, world)
        people = [cast[name].pull() for name in "王李赵周"]
        lin = cast["林"].pull()
        place = post_of(people[0])

        def push() -> int:
            lin.save("incident.report", Report("other", place, lin.replica.time.now(), 3))
            message = lin.replica.push()
            answer = lin.post("push", message)
            lin.replica.push_answered(msgspec.json.decode(answer.content, type=m.PushAnswer), message)
            return answer.status_code

        pushed = asyncio.run(storm(people, server.app.gate.places["yunting"].hub, push))
        assert set(pushed) == {200}
        assert most == HANDSHAKES_AT_ONCE
        assert server.app.gate.handshakes._value == HANDSHAKES_AT_ONCE, "everybody is through"
        cast.close()
