"""The store's contract (server/store/contract.py).

Durable groups, steps that stand or fall alone, gapless commit numbers, readers on one state.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from server.domain.base import Face
from server.store import people
from server.store import sqlite as engine
from server.store import writer as engine_writer
from server.store.contract import Committed, Sql, StoreTrouble, Unit, UnsafeStore
from server.store.migrate import files
from server.store.sqlite import READER, WRITER, Connection, FolderLock, SqliteStore, Writing, check_version
from tests.support.clock import World
from tests.support.stores import START, opened
from tests.support.tiny import Note, NoteRecord

sqlite3 = engine.sqlite3


def run(test: Callable[[], Any]) -> None:
    """Run an async test."""
    asyncio.run(test())


def note(rid: str, *buckets: str, text: str = "x") -> Face:
    return Face("note", rid, frozenset(buckets), Note(text, "open"))


def write_note(rid: str, *buckets: str, text: str = "x") -> Callable[[Unit], int]:
    """A unit of one step; its value is the commit number it used."""

    def unit(unit: Unit) -> int:
        with unit.step() as tx:
            tx.project(note(rid, *buckets, text=text))
            return tx.stamp()

    return unit


async def numbers(store: SqliteStore) -> list[int]:
    return [cid for (cid,) in await store.read(lambda sql: sql.all("SELECT DISTINCT cid FROM bucket_row ORDER BY cid"))]


# --- opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.engine("sqlite")
def test_sqlite_with_the_wal_reset_bug_is_refused_and_ours_is_not() -> None:
    for affected in ((3, 7, 0), (3, 40, 1), (3, 51, 2)):
        with pytest.raises(UnsafeStore, match="write-ahead log"):
            check_version(affected)
    check_version((3, 51, 3))
    check_version()
    assert sqlite3.__name__ == "pysqlite3"


@pytest.mark.engine("sqlite")
def test_every_connection_reads_back_the_pragmas_it_was_given(tmp_path: Path) -> None:
    names = {"WAL": "wal", "FULL": 2, "ON": 1, "MEMORY": 2}
    for pragmas in (WRITER, READER):
        connection = Connection(tmp_path / "x.sqlite", pragmas)
        for name, _, value in (p.partition("=") for p in pragmas):
            expected = names[value] if value in names else int(value)
            assert connection.one(f"PRAGMA {name}") == (expected,), name
        connection.close()


@pytest.mark.engine("sqlite")
def test_what_the_writer_says_again_is_not_parsed_again_however_much_else_it_has_said(tmp_path: Path) -> None:
    writing, parsed = Writing(tmp_path / "x.sqlite", WRITER), [0]

    def authorize(*_: object) -> int:
        """Asked whenever a statement is parsed."""
        parsed[0] += 1
        return int(sqlite3.SQLITE_OK)

    writing.raw.set_authorizer(authorize)
    for statement in [f"SELECT {n}" for n in range(2_000)] * 2:
        writing.one(statement)
    counts = []
    for _ in range(10):
        assert (writing.one("SELECT 'this'"), writing.one("SELECT 'that'")) == (("this",), ("that",))
        counts.append(parsed[0])
    writing.close()
    assert counts == [counts[0]] * 10


@pytest.mark.engine("sqlite")
def test_a_reader_cannot_write(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            with pytest.raises((sqlite3.OperationalError, StoreTrouble), match="readonly"):
                await store.read(lambda sql: sql.run("UPDATE site SET head = 9"))

    run(test)


@pytest.mark.engine("sqlite")
def test_a_second_process_is_kept_out_of_a_data_folder(tmp_path: Path) -> None:
    first = FolderLock(tmp_path)
    with pytest.raises(UnsafeStore, match="another process"):
        FolderLock(tmp_path)
    first.close()
    FolderLock(tmp_path).close()


def test_opening_again_keeps_the_site_and_applies_no_migration_twice(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            facts = store.facts
            await store.write(write_note("a", "hall"))
        async with opened(tmp_path / "s.sqlite") as store:
            assert store.facts == facts
            assert await store.read(lambda sql: sql.all("SELECT name FROM migration ORDER BY name")) == [
                (name,) for name, _ in files("sqlite")
            ]
            assert await store.write(write_note("b", "hall")) == 2

    run(test)


@pytest.mark.engine("sqlite")
def test_a_database_of_a_later_release_is_refused(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite"):
            pass
        connection = Connection(tmp_path / "s.sqlite", WRITER)
        connection.run("INSERT INTO migration VALUES ('9999_later', '', 0)")
        connection.close()
        with pytest.raises(UnsafeStore, match="9999_later"):
            async with opened(tmp_path / "s.sqlite"):
                pass

    run(test)


# --- units and steps -------------------------------------------------------------------------------------------------


def test_commit_numbers_are_gapless_and_a_unit_that_changes_nothing_uses_none(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            assert [await store.write(write_note(rid, "hall")) for rid in "abc"] == [1, 2, 3]

            def same_again(unit: Unit) -> None:
                with unit.step() as tx:
                    tx.project(note("a", "hall"))
                with unit.step() as tx:
                    tx.put(NoteRecord(rid="kept", text="no face, no number"))

            await store.write(same_again)
            assert await store.write(write_note("d", "hall")) == 4
            assert await numbers(store) == [1, 2, 3, 4]

    run(test)


def test_a_failed_step_leaves_nothing_and_does_not_touch_its_neighbours(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:

            def unit(unit: Unit) -> str:
                with unit.step() as tx:
                    tx.project(note("good", "hall"))
                with suppress(ZeroDivisionError), unit.step() as tx:
                    tx.project(note("bad", "hall"))
                    tx.put(NoteRecord(rid="bad", text="x"))
                    raise ZeroDivisionError
                with unit.step() as tx:
                    tx.project(note("after", "hall"))
                return "done"

            def failing(unit: Unit) -> None:
                with unit.step() as tx:
                    tx.project(note("worse", "hall"))
                    raise KeyError("mine alone")

            results = await asyncio.gather(
                store.write(unit), store.write(failing), store.write(write_note("z", "hall")), return_exceptions=True
            )
            assert results[0] == "done"
            assert isinstance(results[1], KeyError)
            assert results[2] == 3
            rids = await store.read(lambda sql: sql.all("SELECT rid FROM view_row ORDER BY n"))
            assert rids == [("good",), ("after",), ("z",)]
            assert await store.read(lambda sql: sql.all("SELECT rid FROM note")) == []
            assert await numbers(store) == [1, 2, 3]

    run(test)


@pytest.mark.engine("sqlite")
def test_many_units_share_one_flush_and_all_are_durable(tmp_path: Path) -> None:
    async def test() -> None:
        heard: list[Committed] = []
        async with opened(tmp_path / "s.sqlite") as store:
            store.listen(heard.append)
            cids = await asyncio.gather(*(store.write(write_note(f"n{i}", "hall")) for i in range(200)))
            assert sorted(cids) == list(range(1, 201))
            # Another process would see every one of them now.
            other = Connection(tmp_path / "s.sqlite", READER)
            assert other.one("SELECT count(*), max(cid) FROM bucket_row") == (200, 200)
            assert other.one("SELECT head FROM site") == (200,)
            other.close()
        assert sum(len(c.rows) for c in heard) == 200
        assert len(heard) < 100
        assert [c.head for c in heard] == sorted({c.head for c in heard})

    run(test)


def test_listeners_hear_after_the_unit_is_answered_and_only_of_changes(tmp_path: Path) -> None:
    async def test() -> None:
        order: list[str] = []
        async with opened(tmp_path / "s.sqlite") as store:
            store.listen(lambda committed: order.append(f"heard {committed.head}"))
            asked = asyncio.ensure_future(store.write(write_note("a", "hall")))
            asked.add_done_callback(lambda _: order.append("answered"))
            await asked
            await store.write(lambda unit: None)
            await asyncio.sleep(0)
        assert sorted(order) == ["answered", "heard 1"]

    run(test)


def test_time_never_goes_back_within_a_site(tmp_path: Path) -> None:
    async def test() -> None:
        world = World(START)
        async with opened(tmp_path / "s.sqlite", world=world) as store:
            assert await store.write(lambda unit: unit.now) == START
            world.pass_ms(-60_000)
            assert await store.write(lambda unit: unit.now) == START
            world.pass_ms(120_000)
            assert await store.write(lambda unit: unit.now) == START + 60_000

    run(test)


def test_time_never_goes_back_from_one_process_to_the_next(tmp_path: Path) -> None:
    """The next one's clock may be behind."""

    def say(unit: Unit) -> int:
        with unit.step() as tx:
            people.audit(tx, "u1", "said", "x")
            return tx.now

    async def test() -> None:
        world = World(START)
        async with opened(tmp_path / "s.sqlite", world=world) as store:
            assert await store.write(say) == START
        world.pass_ms(-60_000)
        async with opened(tmp_path / "s.sqlite", world=world) as store:
            assert (store.now(), store.behind(), await store.write(say)) == (START, 60_000, START)
            world.pass_ms(120_000)
            assert (store.now(), store.behind(), await store.write(say)) == (START + 60_000, 0, START + 60_000)

    run(test)


@pytest.mark.engine("sqlite")
def test_readers_never_see_part_of_a_commit(tmp_path: Path) -> None:
    """Law I11: whoever sees commit n sees all of it and everything before."""

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            torn: list[list[int]] = []
            stop = threading.Event()

            def watch() -> None:
                reader = Connection(tmp_path / "s.sqlite", READER)
                while not stop.is_set():
                    reader.run("BEGIN")
                    a, b, head = (
                        reader.one("SELECT count(*) FROM bucket_row WHERE bucket = 'left'"),
                        reader.one("SELECT count(*) FROM bucket_row WHERE bucket = 'right'"),
                        reader.one("SELECT head FROM site"),
                    )
                    seen = [row[0] for row in (a, b, head) if row]
                    if len(set(seen)) != 1:
                        torn.append(seen)
                    reader.run("ROLLBACK")
                reader.close()

            watchers = [threading.Thread(target=watch) for _ in range(2)]
            for watcher in watchers:
                watcher.start()
            for i in range(60):
                await asyncio.gather(*(store.write(write_note(f"{i}-{j}", "left", "right")) for j in range(4)))
            stop.set()
            for watcher in watchers:
                watcher.join()
            assert torn == []
            assert await store.read(lambda sql: sql.one("SELECT head FROM site")) == (240,)

    run(test)


# --- trouble ---------------------------------------------------------------------------------------------------------


@pytest.mark.engine("sqlite")
def test_a_unit_that_goes_on_after_its_transaction_was_lost_commits_nothing_alone(tmp_path: Path) -> None:
    """A full disk ends the whole transaction; a step after that must not stand on its own. Found by simulation."""

    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            tx.project(note("before", "hall"))
        unit.sql.all("PRAGMA max_page_count = 1")
        with suppress(StoreTrouble), unit.step() as tx:
            for n in range(500):
                tx.project(note(f"big{n}", "hall", text="岗" * 900))
        unit.sql.all("PRAGMA max_page_count = 1073741823")
        with unit.step() as tx:
            tx.project(note("after", "hall"))

    async def test() -> None:
        for repeatable in (False, True):
            async with opened(tmp_path / f"{repeatable}.sqlite") as store:
                with pytest.raises(StoreTrouble):
                    await store.write(unit, repeatable=repeatable)
                assert await store.read(lambda sql: sql.all("SELECT rid FROM view_row")) == []
                assert await store.write(write_note("next", "hall")) == 1

    run(test)


@pytest.mark.engine("sqlite")
def test_a_full_disk_refuses_without_a_trace_and_writing_goes_on_when_there_is_room(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            assert await store.write(write_note("before", "hall")) == 1
            await store.write(lambda unit: unit.sql.all("PRAGMA max_page_count = 1"))

            def big(unit: Unit) -> None:
                with unit.step() as tx:
                    tx.project(note("big", "hall", text="x" * 200_000))

            with pytest.raises(StoreTrouble) as refused:
                await store.write(big)
            assert refused.value.full
            await store.write(lambda unit: unit.sql.all("PRAGMA max_page_count = 1073741823"))
            assert await store.write(write_note("after", "hall")) == 2
            assert await store.read(lambda sql: sql.all("SELECT rid FROM view_row ORDER BY n")) == [("before",), ("after",)]

    run(test)


def test_a_commit_that_fails_answers_every_unit_of_its_group_and_the_next_group_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(write_note("first", "hall"))
            failures = iter([True])
            commit = engine_writer.Writer.commit

            def failing(writer: engine_writer.Writer) -> Any:
                if next(failures, False):
                    raise sqlite3.OperationalError("disk I/O error")
                return commit(writer)

            monkeypatch.setattr(engine_writer.Writer, "commit", failing)
            with pytest.raises(StoreTrouble):
                await store.write(write_note("lost", "hall"))
            assert await store.write(write_note("next", "hall")) == 2
            assert await store.read(lambda sql: sql.all("SELECT rid FROM view_row ORDER BY n")) == [("first",), ("next",)]

    run(test)


@pytest.mark.engine("sqlite")
def test_a_group_that_cannot_begin_answers_who_waited_and_the_next_group_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(write_note("a", "hall"))
            engine = store._writer.engine
            fails, begin = [StoreTrouble(False, "gone"), OSError("gone")], engine.begin

            def begins() -> bool:
                if fails:
                    raise fails.pop()
                return begin()

            monkeypatch.setattr(engine, "begin", begins)
            for _ in range(2):
                with pytest.raises(StoreTrouble):
                    await asyncio.wait_for(store.write(write_note("b", "hall")), 5)
            assert await asyncio.wait_for(store.write(write_note("b", "hall")), 5) == 2

    run(test)


def test_a_unit_that_hides_the_loss_of_its_transaction_is_not_answered_as_done(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:

            def hides(unit: Unit) -> str:
                unit.sql.run("ROLLBACK")
                return "as if nothing had happened"

            with pytest.raises(StoreTrouble):
                await store.write(hides)
            assert await store.write(write_note("next", "hall")) == 1

    run(test)


@pytest.mark.engine("sqlite")
def test_a_brief_read_runs_on_the_loop_unless_a_thread_is_at_work(tmp_path: Path) -> None:
    """What was read is the same either way; with something under way nobody waits for it on the loop."""

    def where(sql: Sql) -> tuple[int, bool]:
        (count,) = sql.one("SELECT count(*) FROM view_row") or (0,)
        return count, threading.current_thread() is threading.main_thread()

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(write_note("a", "hall"))
            assert await store.read(where, brief=True) == (1, True)
            assert await store.read(where) == (1, False)
            writing = asyncio.ensure_future(store.write(write_note("b", "hall")))
            await asyncio.sleep(0)
            assert (await store.read(where, brief=True))[1] is False
            await writing
            assert await store.read(where, brief=True) == (2, True)
            with pytest.raises(StoreTrouble):
                await store.read(lambda sql: sql.run("DELETE FROM view_row"), brief=True)

    run(test)


def test_a_closed_store_takes_nothing_and_finishes_what_it_took(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            accepted = [asyncio.ensure_future(store.write(write_note(f"n{i}", "hall"))) for i in range(50)]
            await asyncio.sleep(0)
        assert sorted([await one for one in accepted]) == list(range(1, 51))
        with pytest.raises(StoreTrouble, match="closed"):
            await store.write(write_note("late", "hall"))

    run(test)
