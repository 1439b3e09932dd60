"""Fan-out: who hears of a commit, each row encoded once, and one reader that stops does not hold up the others (law I30)."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from websockets.sync.client import connect

from server.domain.base import Face
from server.gateway import hub as hubs
from server.gateway import live as lives
from server.gateway.hub import POKE, QUEUE_FRAMES_MAX, Encoder, Hub, Link
from server.store.contract import Committed, OwnChange, RowChange, StoreTrouble, Unit
from server.store.sqlite import SqliteStore
from sync import messages as m
from sync.cursor import Cursor, Seal
from sync.live import LiveSession, Phase
from sync.messages import Head
from sync.rows import bucket_set_hash, row_hash
from tests.support.cast import Cast, Device
from tests.support.cast import Link as Live
from tests.support.clock import World
from tests.support.server import RunningServer, serve
from tests.support.tiny import Note

SEAL = Seal(bytes(64), "yunting", "epoch")
_frames = msgspec.json.Decoder(m.ServerFrame)


class Wire:
    """An ASGI send whose socket can be stopped and drained."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.open = asyncio.Event()
        self.open.set()
        self.gone = False

    async def send(self, event: Any) -> None:
        await self.open.wait()
        if self.gone:
            raise ConnectionResetError
        self.sent.append(event)

    @property
    def frames(self) -> list[m.ServerFrame]:
        return [_frames.decode(e["text"]) for e in self.sent if e["type"] == "websocket.send"]

    @property
    def closed(self) -> list[int]:
        return [e["code"] for e in self.sent if e["type"] == "websocket.close"]


def listener(hub: Hub, wire: Wire, *buckets: str, dev: str = "d1", phase: Phase = "live", abort: Callable[[], None] | None = None) -> Link:
    session = LiveSession("yunting", "epoch", SEAL, "nonce")
    session.phase, session.dev, session.buckets = phase, dev, frozenset((*buckets, f"dev:{dev}"))
    session.bh, session.token = bucket_set_hash(session.buckets), SEAL.cursor(Cursor(0, 0))
    link = Link(session, wire.send, abort)
    link.until_at = 10**15
    hub.join(link)
    return link


def change(cid: int, rid: str, *live: str, hit: tuple[str, ...] = (), text: str = "x") -> RowChange:
    body = f'{{"text":"{text}"}}' if live else None
    return RowChange(cid, "note", rid, cid, row_hash("note", rid, cid, body or ""), body, frozenset(live), frozenset(hit or live))


def committed(*rows: RowChange, heads: dict[str, Head] | None = None, own: tuple[OwnChange, ...] = ()) -> Committed:
    return Committed(0, max((r.cid for r in rows), default=1), list(rows), list(own), heads or {})


def run(test: Callable[[], Any]) -> None:
    asyncio.run(test())


# --- who hears what --------------------------------------------------------------------------------------------------


def test_frames_carry_each_devices_own_view_and_chain_by_its_cursor() -> None:
    async def test() -> None:
        hub, staff, board, other = Hub(SEAL), Wire(), Wire(), Wire()
        listener(hub, staff, "hall", "u:1", dev="a")
        listener(hub, board, "pub", dev="b")
        listener(hub, other, "unit:9", dev="c")
        hub.publish(committed(change(1, "n1", "hall", "pub"), change(2, "n2", "hall", "u:1", "u:2")))
        hub.publish(committed(change(3, "n1", "hall", hit=("hall", "pub"))))
        one, two = staff.frames
        assert isinstance(one, m.Commit)
        assert isinstance(two, m.Commit)
        assert [(r.rid, r.b) for r in one.rows] == [("n1", ["hall"]), ("n2", ["hall", "u:1"])]
        assert (one.prev, one.to, two.prev) == (SEAL.cursor(Cursor(0, 0)), SEAL.cursor(Cursor(2, 2)), one.to)
        first, gone = board.frames
        assert isinstance(first, m.Commit)
        assert isinstance(gone, m.Commit)
        # The screen's cursor moves with what it sees: the commit it was not shown leaves no gap.
        assert first.to == SEAL.cursor(Cursor(1, 1))
        assert [(r.rid, r.b, r.d) for r in gone.rows] == [("n1", [], None)]
        assert other.sent == []

    run(test)


def test_a_row_that_comes_into_one_bucket_is_told_with_every_bucket_the_device_has_it_in() -> None:
    """Law I18: and with no other."""

    async def test() -> None:
        hub, both, one = Hub(SEAL), Wire(), Wire()
        listener(hub, both, "hall", "u:1", dev="a")
        listener(hub, one, "hall", "u:2", dev="b")
        moved = RowChange(4, "note", "n", 2, "00" * 8, "{}", frozenset(("hall", "u:1", "u:9")), frozenset(("u:1", "u:2")))
        hub.publish(committed(moved, change(5, "m", "u:1")))
        told = [[(r.rid, r.b) for frame in wire.frames if isinstance(frame, m.Commit) for r in frame.rows] for wire in (both, one)]
        assert told == [[("n", ["hall", "u:1"]), ("m", ["u:1"])], [("n", ["hall"])]]

    run(test)


def test_rows_are_encoded_once_for_all_who_get_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        encoded: list[Any] = []

        class Counting:
            def encode(self, row: Any) -> bytes:
                encoded.append(row)
                return msgspec.json.encode(row)

        monkeypatch.setattr(hubs, "_row", Counting())
        hub, wires = Hub(SEAL), [Wire() for _ in range(50)]
        for n, wire in enumerate(wires):
            listener(hub, wire, "pub", dev=f"d{n}")
        hub.publish(committed(change(1, "n1", "pub"), change(2, "n2", "pub")))
        assert len(encoded) == 2
        assert all(len(wire.frames) == 1 for wire in wires)

    run(test)


def test_a_result_is_made_into_a_row_only_for_a_device_that_listens() -> None:
    async def test() -> None:
        made: list[str] = []

        def own(dev: str) -> OwnChange:
            def make() -> RowChange:
                made.append(dev)
                return change(5, f"op-{dev}", f"dev:{dev}")

            return OwnChange(dev, make)

        hub, wire = Hub(SEAL), Wire()
        listener(hub, wire, "hall", dev="here")
        hub.publish(committed(heads={"here": Head(7, "ab")}, own=(own("here"), own("elsewhere"))))
        (frame,) = wire.frames
        assert isinstance(frame, m.Commit)
        assert ([r.rid for r in frame.rows], frame.ack, made) == (["op-here"], Head(7, "ab"), ["here"])

    run(test)


def test_a_delta_too_large_for_a_frame_is_told_as_a_poke() -> None:
    async def test() -> None:
        hub, wire = Hub(SEAL), Wire()
        link = listener(hub, wire, "hall")
        hub.publish(committed(change(1, "n1", "hall", text="x" * 40_000)))
        hub.publish(committed(change(2, "n2", "hall")))
        assert ([type(f) for f in wire.frames], link.session.phase) == ([m.Poke], "pull")

    run(test)


def test_a_commit_during_a_read_is_remembered_and_one_already_read_is_not_sent_again() -> None:
    async def test() -> None:
        hub, wire = Hub(SEAL), Wire()
        link = listener(hub, wire, "hall", phase="reading")
        hub.publish(committed(change(4, "n1", "hall")))
        assert (link.session.hit_at, wire.sent) == (4, [])
        link.session.phase, link.session.pos = "live", 4
        hub.publish(committed(change(4, "n1", "hall")))
        assert wire.sent == []

    run(test)


def test_no_row_is_told_in_a_bucket_that_the_same_commit_takes_away() -> None:
    """Law I19: rights first, then rows; others of the bucket hear everything."""

    async def test() -> None:
        hub, wire, other = Hub(SEAL), Wire(), Wire()
        listener(hub, wire, "hall", "role:OFF", dev="a").uid = "u1"
        listener(hub, other, "hall", "role:OFF", dev="b").uid = "u2"
        granted = {"u1": frozenset(("hall",)), "u3": None}
        rows = [change(1, "early", "role:OFF"), change(3, "late", "role:OFF", "hall")]
        hub.publish(Committed(0, 3, rows, [], {}, granted))
        hub.publish(committed(change(4, "later", "role:OFF")))
        assert wire.frames == [m.Poke()]
        assert [type(frame) for frame in other.frames] == [m.Commit, m.Commit]

    run(test)


def test_a_grant_that_changes_nothing_interrupts_nobody_and_an_ended_account_is_shut_out() -> None:
    async def test() -> None:
        hub, wire, ended = Hub(SEAL), Wire(), Wire()
        listener(hub, wire, "hall", dev="a").uid = "u1"
        listener(hub, ended, "hall", dev="b").uid = "u2"
        hub.publish(Committed(0, 0, [], [], {}, {"u1": frozenset(("hall",)), "u2": None}))
        hub.publish(committed(change(1, "n1", "hall")))
        assert [type(frame) for frame in wire.frames] == [m.Commit]
        assert (ended.closed, ended.frames) == ([4401], [])

    run(test)


def test_frames_of_a_lost_bucket_that_still_wait_are_not_sent() -> None:
    async def test() -> None:
        hub, wire = Hub(SEAL), Wire()
        link = listener(hub, wire, "hall", "role:OFF", dev="a")
        link.uid = "u1"
        wire.open.clear()
        for cid in (1, 2, 3):
            hub.publish(committed(change(cid, f"n{cid}", "role:OFF")))
        hub.publish(Committed(0, 3, [], [], {}, {"u1": frozenset(("hall",))}))
        wire.open.set()
        await asyncio.sleep(0.01)
        # The one that was under way cannot be called back.
        assert [type(frame) for frame in wire.frames] == [m.Commit, m.Poke]

    run(test)


def test_a_long_poll_wakes_for_news_of_its_person_session_or_device() -> None:
    async def test() -> None:
        hub = Hub(SEAL)
        news = (
            lambda: hub.publish(Committed(0, 0, [], [], {}, {"u1": frozenset(("pub",))})),
            lambda: hub.close_session("t1"),
            lambda: hub.close_device("d1"),
        )
        for tell in news:
            with hub.watch(frozenset(("hall", "dev:d1")), "u1", "t1") as mine, hub.watch(frozenset(("hall",)), "u2", "t2") as other:
                tell()
                assert (mine.woken.is_set(), other.woken.is_set()) == (True, False)

    run(test)


def test_a_long_poll_wakes_for_its_own_buckets_only() -> None:
    async def test() -> None:
        hub = Hub(SEAL)
        with hub.watch(frozenset(("u:1",))) as waiter:
            hub.publish(committed(change(1, "n1", "u:2")))
            assert not await waiter.wait(0.01)
            hub.publish(committed(change(2, "n2", "u:1")))
            assert await waiter.wait(1)
        hub.publish(committed(change(3, "n3", "u:1")))

    run(test)


def test_who_left_hears_nothing_and_leaves_nothing_behind() -> None:
    async def test() -> None:
        hub, wire = Hub(SEAL), Wire()
        link = listener(hub, wire, "hall")
        hub.leave(link)
        hub.publish(committed(change(1, "n1", "hall")))
        assert (wire.sent, hub.links, hub._by_bucket) == ([], set(), {})

    run(test)


# --- bounded sends ---------------------------------------------------------------------------------------------------


def test_a_stopped_socket_costs_a_bounded_queue_then_one_poke_and_order_is_kept() -> None:
    async def test() -> None:
        hub, wire, quick = Hub(SEAL), Wire(), Wire()
        link = listener(hub, wire, "hall", dev="slow")
        listener(hub, quick, "hall", dev="quick")
        wire.open.clear()
        for cid in range(1, 6):
            hub.publish(committed(change(cid, f"n{cid}", "hall")))
        assert (len(wire.sent), len(quick.frames)) == (0, 5)
        wire.open.set()
        await asyncio.sleep(0.01)
        tokens = [f.to for f in wire.frames if isinstance(f, m.Commit)]
        assert tokens == [SEAL.cursor(Cursor(n, n)) for n in range(1, 6)]
        wire.open.clear()
        for cid in range(6, 6 + 3 * QUEUE_FRAMES_MAX):
            hub.publish(committed(change(cid, f"n{cid}", "hall")))
        assert len(link._queue) <= QUEUE_FRAMES_MAX
        assert link.session.phase == "pull"
        wire.open.set()
        await asyncio.sleep(0.01)
        assert wire.sent[-1]["text"] == POKE
        assert sum(isinstance(f, m.Poke) for f in wire.frames) == 1
        assert len(quick.frames) == 5 + 3 * QUEUE_FRAMES_MAX

    run(test)


def test_a_socket_that_stays_stopped_is_dropped_and_a_closed_one_is_silent() -> None:
    async def test() -> None:
        dropped: list[str] = []
        hub, wire = Hub(SEAL), Wire()
        link = listener(hub, wire, "hall", abort=lambda: dropped.append("aborted"))
        wire.open.clear()
        link.text("{}")
        hub.sweep(0)
        assert dropped == []
        assert link.stuck_since is not None
        link.stuck_since -= hubs.STALLED_AFTER_S + 1
        hub.sweep(0)
        assert dropped == ["aborted"]
        link.text("{}")
        link.close(4400, "again")
        assert (dropped, link.session.phase) == (["aborted"], "closed")

    run(test)


def test_a_peer_that_is_gone_ends_its_link_quietly() -> None:
    async def test() -> None:
        hub, wire, other = Hub(SEAL), Wire(), Wire()
        listener(hub, wire, "hall", dev="gone")
        listener(hub, other, "hall", dev="here")
        wire.gone = True
        for cid in (1, 2):
            hub.publish(committed(change(cid, "n", "hall")))
        assert (len(wire.sent), len(other.frames)) == (0, 2)

    run(test)


def test_signing_out_revoking_and_the_end_of_a_session_close_the_right_links() -> None:
    async def test() -> None:
        hub = Hub(SEAL)
        wires = {name: Wire() for name in ("out", "revoked", "ended", "stays")}
        links = {name: listener(hub, wire, "hall", dev=name) for name, wire in wires.items()}
        links["out"].token, links["ended"].until_at = "signed-out", 1_000
        hub.close_session("signed-out")
        hub.close_device("revoked")
        hub.sweep(1_000)
        assert {name: wire.closed for name, wire in wires.items()} == {"out": [4401], "revoked": [4403], "ended": [4401], "stays": []}

    run(test)


# --- on a real server ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serve(dist=tmp_path_factory.mktemp("dist")) as running:
        yield running


class RealTime(World):
    """The world as it is."""

    def __init__(self) -> None:
        super().__init__(0)

    @property
    def at(self) -> int:
        return time.time_ns() // 1_000_000

    @at.setter
    def at(self, _: int) -> None:
        """Nobody turns it."""


def show(server: RunningServer, rid: str, text: str) -> None:
    """A large row for the whole hall."""
    place = server.app.gate.places["yunting"]

    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            tx.project(Face("note", rid, frozenset(("hall",)), Note(text, "open")))

    server.call(lambda: place.store.write(unit))


@contextmanager
def narrow(server: RunningServer, device: Device) -> Iterator[Live]:
    """A live link through a small receive buffer, whose client reads nothing by itself."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", server.port))
        headers = {"Cookie": "; ".join(f"{c.name}={c.value}" for c in device.http.cookies.jar)}
        url = f"{server.ws_url}/s/yunting/live"
        with connect(url, sock=sock, additional_headers=headers, compression=None, ping_interval=None, max_queue=1, proxy=None) as ws:
            link = Live(device, ws)
            link.meet()
            yield link


def test_a_phone_that_stops_reading_delays_nobody_and_ends_at_the_truth(server: RunningServer) -> None:
    cast = Cast(server.base_url, RealTime())
    slow, quick = cast.device("王"), cast.device("林")
    with narrow(server, slow) as sleeping, quick.live() as awake:
        for n in range(60):
            show(server, f"big{n}", "x" * 30_000)
            awake.until(lambda replica, n=n: ("note", f"big{n}") in replica.rows)  # type: ignore[misc]
        links = server.app.gate.places["yunting"].hub.links
        assert max(link._queued for link in links) <= hubs.QUEUE_BYTES_MAX
        sleeping.until(lambda replica: ("note", "big59") in replica.rows)
        assert slow.refetch() == slow.replica.state()
    cast.close()


def test_signing_out_closes_the_socket_of_that_browser(server: RunningServer) -> None:
    cast = Cast(server.base_url, RealTime())
    phone = cast.device("王")
    with phone.live() as link:
        phone.http.delete("/s/yunting/session").raise_for_status()
        assert link.closed_with() == 4401
    cast.close()


@pytest.mark.parametrize(("what", "code"), [("devices/{dev}", 4403), ("session", 4401)])
def test_what_ends_while_a_hello_is_looked_up_is_shut_out(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, what: str, code: int
) -> None:
    """Law I19: the socket was not there yet to be closed, and must not be joined on what was true before."""
    cast, is_forked = Cast(server.base_url, RealTime()), lives.is_forked
    phone = cast.device("王")
    paths = [f"/s/yunting/{what.format(dev=phone.replica.dev)}"]

    def meanwhile(*args: Any) -> bool:
        while paths:
            phone.http.delete(paths.pop()).raise_for_status()
        return is_forked(*args)

    # Where a look-up runs on the loop nothing can come between; in a thread, and in another process, it can.
    monkeypatch.setattr(SqliteStore, "READS_HERE", False)
    monkeypatch.setattr(lives, "is_forked", meanwhile)
    with phone.socket() as socket:
        link = Live(phone, socket)
        link.next()
        assert link.closed_with(3) == code
    cast.close()


def test_a_store_that_fails_for_a_moment_sends_the_phone_away_to_come_back(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast(server.base_url, RealTime())
    with cast["林"].live() as link:
        link.settle()

        def fails(*_: object, **__: object) -> None:
            raise StoreTrouble(False, "away")

        monkeypatch.setattr("server.gateway.live.head_and_horizon", fails)
        link.send(link.device.replica.at())
        assert link.closed_with() == 1013
        monkeypatch.undo()
    with cast["林"].live() as again:
        again.settle()
    cast.close()


def test_a_server_that_stops_says_bye_with_a_time_to_come_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serve(dist=tmp_path_factory.mktemp("dist")) as server:
        cast = Cast(server.base_url, RealTime())
        phone = cast.device("王")
        with phone.live() as link:
            server.close()
            bye = link.next()
            assert isinstance(bye, m.Bye)
            assert (bye.after_ms > 0, bye.spread_ms > 0) == (True, True)
            assert link.closed_with() == 1012
        cast.close()


def test_a_socket_that_could_not_be_told_of_a_commit_is_told_to_pull(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law I12: the next frame must not pass over rows that were never told."""

    async def test() -> None:
        hub, wire = Hub(SEAL), Wire()
        link = listener(hub, wire, "hall")
        with monkeypatch.context() as broken:
            broken.setattr(Encoder, "tell", lambda *_: 1 / 0)
            hub.publish(committed(change(11, "a", "hall", hit=("hall",))))
        hub.publish(committed(change(12, "b", "hall", hit=("hall",))))
        assert wire.frames == [m.Poke()]
        assert link.session.phase != "live"

    run(test)
