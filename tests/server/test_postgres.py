"""One site served by two processes over one PostgreSQL: what one takes, the sockets of the other tell (laws I11, I12, I19)."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from server import keeping
from server.domain.base import Face
from server.domain.incident.ops import Report
from server.store import people
from server.store.contract import Committed, StoreTrouble, Unit, UnsafeStore
from server.store.institutions import Institutions
from server.store.people import Account
from server.store.postgres import Connection, PostgresStore
from tests.support import postgres
from tests.support.cast import Cast, Device
from tests.support.clock import FirstMorning, World
from tests.support.day import Act, Day
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
    """Two processes and their database."""
    database = postgres.new_database(like=founded)
    with (
        serve(clock=FirstMorning(), data=tmp_path / "a", database=database) as first,
        serve(clock=FirstMorning(), data=tmp_path / "b", database=database) as second,
    ):
        yield first, second, database


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
    """I19."""
    first, second, _ = both
    cast = TwoDoors(first, second, FirstMorning())
    with cast["王"].live() as link:
        revoked = cast["管"].http.delete(f"/s/yunting/devices/{cast['王'].replica.dev}")
        assert revoked.is_success
        assert link.closed_with() == 4403
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
        leads = second.app.desk.places["yunting"].store
        assert leads.leads
        with serve(clock=FirstMorning(), data=tmp_path / "a", database=database) as first:
            follows = first.app.desk.places["yunting"].store
            assert not follows.leads
            second.close()
            until(lambda: follows.leads)


def test_commit_numbers_of_two_processes_are_one_gapless_sequence_and_both_hear_all_of_it() -> None:
    """I11."""

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
        used = await asyncio.gather(*(store.write(note(f"{i}-{n}")) for n in range(60) for i, store in enumerate(stores)))
        assert sorted(used) == list(range(1, 121))
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
    leader = first if first.app.desk.places["yunting"].store.leads else second
    leader.call(leader.app.keeper.turn)
    assert cast["林"].pull().replica.dur == 0
    monkeypatch.setattr(keeping, "has_synchronous_replica", lambda sql: True)
    leader.call(leader.app.keeper.turn)
    assert cast["林"].pull().replica.dur == 1
    cast.close()
