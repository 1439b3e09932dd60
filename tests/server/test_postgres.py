"""One site served by two processes over one PostgreSQL: what one takes, the sockets of the other tell (laws I11, I12, I19)."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from server import keeping
from server.domain.base import Face
from server.domain.incident.ops import Report
from server.store import people, snapshots
from server.store.contract import Committed, StoreTrouble, Unit, UnsafeStore
from server.store.institutions import Institutions
from server.store.people import Account
from server.store.postgres import CHANNEL, Connection, PostgresStore
from tests.support import postgres
from tests.support.cast import Cast, Device
from tests.support.clock import FirstMorning, World
from tests.support.day import Act, Day
from tests.support.photos import Tus, blob_of, fetch, jpeg
from tests.support.server import RunningServer, serve
from tests.support.stores import NEW, START
from tests.support.tiny import Note, domain

EVERYBODY = "林王李赵周吴郑孙屏"


class TwoDoors(Cast):
    """The cast, everybody at the process named for them: every other person at the second."""

    def __init__(self, first: RunningServer, second: RunningServer, world: World) -> None:
        super().__init__(first.base_url, world)
        self.doors = (first.base_url, second.base_url)

    def device(self, name: str, *args: Any, **more: Any) -> Device:
        """One more device of this person."""
        self.url = self.doors[EVERYBODY.find(name) % 2]
        return super().device(name, *args, **more)

    def screen(self) -> Device:
        """A lobby screen, at the second process."""
        self["管"]
        self.url = self.doors[1]
        return super().screen()


@pytest.fixture(scope="module")
def founded() -> str:
    """A database with the demo halls; copied, never used."""
    database = postgres.new_database()
    with serve(clock=FirstMorning(), database=database):
        return database


@pytest.fixture
def both(founded: str, tmp_path: Path) -> Iterator[tuple[RunningServer, RunningServer, str]]:
    """Two processes and their database, as docs/scale.md says: data folders of their own, photos in places both reach."""
    database = postgres.new_database(like=founded)
    shared = {"uploads": tmp_path / "uploads", "blob_store_url": f"file://{tmp_path}/blobs"}
    with (
        serve(clock=FirstMorning(), data=tmp_path / "a", database=database, **shared) as first,
        serve(clock=FirstMorning(), data=tmp_path / "b", database=database, **shared) as second,
    ):
        yield first, second, database


class Turnabout(httpx.BaseTransport):
    """A proxy that keeps no state: every request goes to the process whose turn it is. `asked`: (process, method, path, status)."""

    def __init__(self, *doors: RunningServer) -> None:
        self._doors = cycle([httpx.URL(door.base_url) for door in doors])
        self._line = httpx.HTTPTransport()
        self.asked: list[tuple[int | None, str, str, int]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one on."""
        door = next(self._doors)
        request.url = request.url.copy_with(port=door.port)
        request.headers["host"] = f"{door.host}:{door.port}"
        request.headers["origin"] = f"http://{door.host}:{door.port}"
        answer = self._line.handle_request(request)
        self.asked.append((door.port, request.method, request.url.path, answer.status_code))
        return answer

    def close(self) -> None:
        """Let go of the connections."""
        self._line.close()


@pytest.fixture
def behind(both: tuple[RunningServer, RunningServer, str]) -> Iterator[tuple[Device, Turnabout]]:
    """王 behind a proxy that sends her to another process with every request."""
    first, second, _ = both
    cast = Cast(first.base_url, FirstMorning())
    wang, proxy = cast["王"], Turnabout(first, second)
    wang.http = httpx.Client(base_url=first.base_url, cookies=wang.http.cookies, transport=proxy, timeout=40)
    yield wang, proxy
    cast.close()


def test_a_phone_that_meets_another_process_with_every_request_records_pulls_and_sends_photos(behind: tuple[Device, Turnabout]) -> None:
    """PROTOCOL §7, I12, I24: an upload begun at one process goes on at the other, byte for byte."""
    wang, proxy = behind
    photo = jpeg(1600, 1200, quality=95)
    assert len(photo) > 300_000
    rids, place = [], sorted(wang.pull().replica.bodies("post"))[0]
    for n in range(4):
        rid = wang.replica.new_id(wang.replica.time.now())
        report = Report("other", place, wang.replica.time.now(), 3, text=f"{n}")
        assert wang.do("incident.report", report, rid, blobs=[blob_of(photo)] if n == 0 else None).st == "applied"
        rids.append(rid)
    assert {rid for kind, rid in wang.pull().replica.rows if kind == "incident"} >= set(rids)
    assert wang.replica.state() == wang.refetch()
    tus = Tus(wang)
    url = tus.create(photo).raise_for_status().headers["location"]
    offset = 0
    while offset < len(photo):
        assert tus.offset(url) == offset
        tus.patch(url, offset, photo[offset : offset + 100_001]).raise_for_status()
        offset += 100_001
        wang.http.get("/healthz")  # so that pieces, too, go to either
    assert tus.patch(url, 0, b"x").status_code == 404, "it is whole, and gone from here"
    for _ in range(2):
        assert fetch(wang, rids[0], photo).status_code == 200
    for method, path in (("POST", "/push"), ("GET", "/pull"), ("HEAD", url), ("PATCH", url), ("GET", rids[0])):
        doors = {port for port, how, where, status in proxy.asked if how == method and path in where and status < 300}
        assert len(doors) == 2, f"{method} {path} was answered by both"


def test_two_processes_never_write_to_one_upload_at_once(
    both: tuple[RunningServer, RunningServer, str], behind: tuple[Device, Turnabout]
) -> None:
    """PROTOCOL §7: the one who comes second comes again; what was given up at one process is gone at the other."""
    first, second, _ = both
    wang, _ = behind
    photo = jpeg(seed=9)
    tus = Tus(wang)
    url = tus.create(photo).raise_for_status().headers["location"]
    rooms = [door.app.gate.rooms["yunting"] for door in (first, second)]
    upload = rooms[0].parts.find(url.rpartition("/")[2])
    assert upload is not None
    with rooms[0].parts.alone(upload) as mine:
        assert mine
        assert [tus.patch(url, 0, photo[:1000]).status_code for _ in range(2)] == [423, 423]
        assert tus.offset(url) == 0
    tus.patch(url, 0, photo[:1000]).raise_for_status()
    again = tus.create(photo).raise_for_status().headers["location"]
    assert again != url, "begun anew, the earlier one is given up"
    assert [tus.patch(url, 1000, photo[1000:]).status_code for _ in range(2)] == [404, 404]
    with rooms[1].parts.alone(upload) as mine:
        assert not mine
    with pytest.raises(StoreTrouble):
        rooms[1].parts.append(upload, b"late")
    for room in rooms:
        room.parts.scan()
        assert [one.id for one in room.parts.open.values()] == [again.rpartition("/")[2]]


@pytest.mark.parametrize("made_by", [1, 2], ids=["made by one process", "made by both"])
def test_a_snapshot_offered_by_one_process_and_asked_of_another_ends_in_the_same_rows(
    both: tuple[RunningServer, RunningServer, str], behind: tuple[Device, Turnabout], made_by: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I24: of one commit it has one name everywhere; whoever finds none goes on by pages."""
    monkeypatch.setattr(snapshots, "SNAPSHOT_FROM", 150)
    wang, proxy = behind
    first, second, _ = both
    for door in (first, second)[:made_by]:
        door.call(door.app.make_snapshots)
    whole = wang.refetch()
    fetched = [status for _, _, path, status in proxy.asked if "/snapshot/" in path]
    assert fetched
    assert set(fetched) == {200} if made_by == 2 else fetched[0] == 404
    assert whole == wang.pull().replica.state()


def until(true: Callable[[], bool]) -> None:
    """Wait for something that happens soon."""
    for _ in range(200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to be")


def test_frames_of_either_process_equal_a_fresh_fetch_for_every_op_kind(both: tuple[RunningServer, RunningServer, str]) -> None:
    """I12, I24 over two processes."""
    first, second, _ = both
    cast = TwoDoors(first, second, FirstMorning())
    with ExitStack() as stack:
        stack.callback(cast.close)
        links = {name: stack.enter_context(cast[name].live()) for name in EVERYBODY}

        turns = cycle(EVERYBODY)

        def equal(_: Act) -> None:
            name = next(turns)
            until(lambda: _settled(links[name], cast[name]))

        Day(cast).play(equal)


def _settled(link: object, device: Device) -> bool:
    link.settle()  # type: ignore[attr-defined]
    return not device.replica.wants_pull and device.replica.state() == device.refetch()


def test_a_device_revoked_at_one_process_is_shut_out_of_the_other(both: tuple[RunningServer, RunningServer, str]) -> None:
    """I19: within five seconds, whatever else the socket is told meanwhile."""
    first, second, _ = both
    cast = TwoDoors(first, second, FirstMorning())
    with cast["王"].live() as link:
        revoked = cast["管"].http.delete(f"/s/yunting/devices/{cast['王'].replica.dev}")
        assert revoked.is_success
        assert link.closed_with(5) == 4403
    cast.close()


def test_a_process_whose_connections_are_cut_serves_on_and_misses_nothing(both: tuple[RunningServer, RunningServer, str]) -> None:
    first, second, database = both
    cast = TwoDoors(first, second, FirstMorning())
    with cast["屏"].live() as screen:
        screen.settle()
        with psycopg.connect(database, autocommit=True) as raw:
            raw.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'zaigang%'")
        Day(cast).play(lambda _: None)
        until(lambda: _settled(screen, cast["屏"]))
    cast.close()


def test_the_lease_passes_on_when_its_holder_goes(founded: str, tmp_path: Path) -> None:
    database = postgres.new_database(like=founded)
    with serve(clock=FirstMorning(), data=tmp_path / "b", database=database) as second:
        leads = second.app.gate.places["yunting"].store
        assert leads.leads
        with serve(clock=FirstMorning(), data=tmp_path / "a", database=database) as first:
            follows = first.app.gate.places["yunting"].store
            assert not follows.leads
            second.close()
            until(lambda: follows.leads)


def test_commit_numbers_of_two_processes_are_one_gapless_sequence_and_both_hear_all_of_it() -> None:
    """I11. There is one notice a group commit, however many records it holds."""

    def note(rid: str) -> Callable[[Unit], int]:
        def unit(unit: Unit) -> int:
            with unit.step() as tx:
                tx.project(Face("note", rid, frozenset(("pub",)), Note("x", "open")))
                return tx.stamp()

        return unit

    async def test() -> None:
        database = postgres.new_database()
        stores = [PostgresStore(database, "s", Institutions((domain(),)), World(START), NEW) for _ in range(2)]
        heard: list[list[str]] = [[], []]
        heads: list[list[tuple[int, int]]] = [[], []]
        for i, store in enumerate(stores):
            store.listen(lambda c, i=i: heard[i].extend(row.rid for row in c.rows))  # type: ignore[misc]
            store.listen(lambda c, i=i: heads[i].append((c.base, c.head)))  # type: ignore[misc]
        with psycopg.connect(database, autocommit=True) as raw:
            raw.execute(f'LISTEN "{CHANNEL.format("s")}"')
            (before,) = raw.execute("SELECT turn FROM s.site").fetchone() or (0,)
            used = await asyncio.gather(*(store.write(note(f"{i}-{n}")) for n in range(60) for i, store in enumerate(stores)))
            (after,) = raw.execute("SELECT turn FROM s.site").fetchone() or (0,)
            notices = list(raw.notifies(timeout=0.5))
        assert sorted(used) == list(range(1, 121))
        assert len(notices) == after - before < 120
        for _ in range(100):
            if all(len(set(rids)) == 120 for rids in heard):
                break
            await asyncio.sleep(0.05)
        assert [len(set(rids)) for rids in heard] == [120, 120]
        for told in heads:
            assert told[0][0] == 0
            assert all(before[1] >= after[0] for before, after in pairwise(told)), "nobody is told past a gap"
        for store in stores:
            await store.close()

    asyncio.run(test())


class Gone:
    """A connection that is broken as this side sees it."""

    closed = True

    def __getattr__(self, name: str) -> Any:
        raise psycopg.OperationalError("the connection is lost")

    def close(self) -> None:
        """There is nothing to close."""


@pytest.mark.parametrize("kept_after_s", [0.0, 0.3])
def test_what_was_kept_though_its_answer_was_lost_is_told_at_once_and_not_with_the_next_commit(kept_after_s: float) -> None:
    """I12: own sockets wait for no other commit, whether the lost one is there already or only a moment later."""

    def note(unit: Unit) -> None:
        with unit.step() as tx:
            tx.project(Face("note", "n", frozenset(("pub",)), Note("x", "open")))

    async def test() -> None:
        store = PostgresStore(postgres.new_database(), "s", Institutions((domain(),)), World(START), NEW)
        told: list[str] = []
        store.listen(lambda committed: told.extend(row.rid for row in committed.rows))
        writing = store._writing
        assert isinstance(writing, Connection)
        behind = Connection.__new__(Connection)

        def lost(people: Sequence[str]) -> None:
            vars(behind).update(vars(writing))
            if not kept_after_s:
                Connection.commit(behind, people)
                time.sleep(0.3)  # the notice comes while this side still believes in its connection
            writing.raw = Gone()  # type: ignore[assignment]
            raise psycopg.OperationalError("the answer is lost")

        writing.commit = lost  # type: ignore[method-assign]
        with pytest.raises(StoreTrouble):
            await store.write(note)
        if kept_after_s:
            await asyncio.sleep(kept_after_s)
            assert told == []
            await asyncio.get_running_loop().run_in_executor(None, Connection.commit, behind, ())
        for _ in range(100):
            if told:
                break
            await asyncio.sleep(0.05)
        assert told == ["n"]
        behind.close()
        await store.close()

    asyncio.run(test())


def test_processes_whose_clocks_differ_tell_one_time_that_only_goes_on() -> None:
    """A record is never of an earlier time than the one before it, whoever took it."""

    def say(unit: Unit) -> int:
        with unit.step() as tx:
            people.audit(tx, "u1", "said", "x")
            return tx.now

    async def test() -> None:
        database = postgres.new_database()
        worlds = [World(START), World(START - 3_600_000)]
        stores = [PostgresStore(database, "s", Institutions((domain(),)), world, NEW) for world in worlds]
        told = []
        for n in range(6):
            told.append(await stores[n % 2].write(say))
            for world in worlds:
                world.pass_ms(1_000)
        assert told == [START, START, START + 2_000, START + 2_000, START + 4_000, START + 4_000]
        for store in stores:
            await store.close()

    asyncio.run(test())


def test_rows_read_before_the_notice_of_their_commit_come_with_the_rights_it_changed() -> None:
    """I19: what is read after one notice may reach over the next commit, too."""

    def moves(unit: Unit, role: str, text: str) -> None:
        with unit.step() as tx:
            people.put_account(tx, Account("u1", "u1", "王", None, "", (role,)))
            tx.project(Face("note", "n", frozenset((f"role:{role}",)), Note(text, "open")))

    async def test() -> None:
        database = postgres.new_database()
        stores = [PostgresStore(database, "s", Institutions((domain(),)), World(START), NEW) for _ in range(2)]
        here, other = stores
        await other.write(lambda unit: moves(unit, "OFF", "before"))
        await asyncio.get_running_loop().run_in_executor(None, here._ears.stop)
        await here._catch_up(())
        told: list[Committed] = []
        here.listen(told.append)
        await other.write(lambda unit: moves(unit, "STAFF", "after"))
        await here._catch_up(())
        (committed,) = told
        assert [row.rid for row in committed.rows] == ["n"]
        assert list(committed.people) == ["u1"]
        for store in stores:
            await store.close()

    asyncio.run(test())


def test_a_database_that_cannot_be_reached_or_would_lose_commits_is_refused() -> None:
    async def opened(url: str) -> None:
        PostgresStore(url, "s", Institutions((domain(),)), World(START), NEW)

    with pytest.raises(UnsafeStore, match="cannot be reached"):
        asyncio.run(opened("postgresql://nobody@127.0.0.1:9/none?connect_timeout=1"))
    database = postgres.new_database()
    with psycopg.connect(database, autocommit=True) as raw:
        raw.execute("ALTER SYSTEM SET full_page_writes = off")
        raw.execute("SELECT pg_reload_conf()")
        try:
            until(lambda: raw.execute("SHOW full_page_writes").fetchone() == ("off",))
            with pytest.raises(UnsafeStore, match="full_page_writes"):
                asyncio.run(opened(database))
        finally:
            raw.execute("ALTER SYSTEM RESET full_page_writes")
            raw.execute("SELECT pg_reload_conf()")


def test_what_a_synchronous_replica_has_is_durable_and_nothing_is_without_one(
    both: tuple[RunningServer, RunningServer, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """I10: devices let go of their records only when another machine has them."""
    first, second, _ = both
    cast = TwoDoors(first, second, FirstMorning())
    cast["林"].do("incident.report", Report("other", "w-a-01", cast.world.at, 3))
    leader = first if first.app.gate.places["yunting"].store.leads else second
    leader.call(leader.app.keeper.turn)
    assert cast["林"].pull().replica.dur == 0
    monkeypatch.setattr(keeping, "has_synchronous_replica", lambda sql: True)
    leader.call(leader.app.keeper.turn)
    assert cast["林"].pull().replica.dur == 1
    cast.close()
