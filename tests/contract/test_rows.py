"""Records and faces: structs come back as they went in, each audience sees exactly its rows, and any paging gives the same state."""

import asyncio
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.base import Face, Record
from server.store import ledger
from server.store.contract import Sql, Unit
from server.store.ledger import Device
from server.store.pages import Page, read_page
from server.store.records import RecordTable, record_tables
from server.store.site import head
from server.store.sqlite import WRITER, Connection, SqliteStore
from server.store.tables import CORE
from sync.messages import Row
from sync.ops import first_link
from sync.rows import row_hash
from tests.support.stores import opened
from tests.support.tiny import Note, NoteRecord, domain

_row = msgspec.json.Decoder(Row)
Held = dict[tuple[str, str], tuple[int, str, tuple[str, ...]]]


class Everything(Record):
    """One field of every shape."""

    TABLE: ClassVar[str] = "everything"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("number", ("word", "maybe"))

    word: str
    number: int
    yes: bool
    maybe: str | None
    perhaps: int | None
    or_not: bool | None
    names: dict[str, str]
    days: list[tuple[str, int]]
    note: Note | None


@pytest.fixture
def sql(tmp_path: Path) -> Iterable[Connection]:
    connection = Connection(tmp_path / "r.sqlite", WRITER)
    yield connection
    connection.close()


# --- records ---------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
EVERYTHING = st.builds(
    Everything,
    rid=st.just("r"),
    word=TEXT,
    number=st.integers(-(2**53), 2**53),
    yes=st.booleans(),
    maybe=st.none() | TEXT,
    perhaps=st.none() | st.integers(-(2**53), 2**53),
    or_not=st.none() | st.booleans(),
    names=st.dictionaries(TEXT, TEXT, max_size=3),
    days=st.lists(st.tuples(TEXT, st.integers(0, 9)), max_size=3),
    note=st.none() | st.builds(Note, text=TEXT, state=TEXT),
)


@pytest.mark.engine("sqlite")
@settings(max_examples=60, deadline=None)
@given(st.lists(EVERYTHING, min_size=1, max_size=3))
def test_a_record_comes_back_as_it_was_put_and_the_last_one_stays(records: list[Everything]) -> None:
    with TemporaryDirectory() as folder:
        sql = Connection(Path(folder) / "r.sqlite", WRITER)
        table = RecordTable(Everything)
        table.create(sql)
        for record in records:
            table.put(sql, record)
            assert table.get(sql, "r") == record
        assert table.find(sql, "number = ?", [records[-1].number], "rid") == [records[-1]]
        sql.close()


@pytest.mark.engine("sqlite")
def test_a_field_added_later_gets_its_default_in_old_rows(sql: Connection) -> None:
    class Before(Record):
        TABLE: ClassVar[str] = "grows"
        word: str

    class After(Record):
        TABLE: ClassVar[str] = "grows"
        word: str
        loud: bool = True
        tags: list[str] = msgspec.field(default_factory=lambda: ["new"])
        since: int | None = None

    RecordTable(Before).create(sql)
    RecordTable(Before).put(sql, Before(rid="r", word="old"))
    for _ in range(2):
        RecordTable(After).create(sql)
    assert RecordTable(After).get(sql, "r") == After(rid="r", word="old", loud=True, tags=["new"], since=None)


@pytest.mark.engine("sqlite")
def test_indexes_named_by_a_record_exist(sql: Connection) -> None:
    RecordTable(Everything).create(sql)
    found = {name for (name,) in sql.all("SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix_%'")}
    assert found == {"ix_everything_number", "ix_everything_word_maybe"}


@pytest.mark.engine("sqlite")
def test_two_kinds_of_records_may_not_share_a_table() -> None:
    class Other(Record):
        TABLE: ClassVar[str] = "note"

    with pytest.raises(ValueError, match="share a table"):
        record_tables([NoteRecord, Other])


@pytest.mark.engine("sqlite")
def test_what_piccolo_declares_is_what_the_migrations_made(tmp_path: Path) -> None:
    async def columns() -> dict[str, dict[str, tuple[str, bool]]]:
        async with opened(tmp_path / "s.sqlite") as store:
            return await store.read(
                lambda sql: {
                    table: {name: (kind, not required) for _, name, kind, required, *_ in sql.all(f"PRAGMA table_info({table})")}
                    for (table,) in sql.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
                    if table not in ("migration", *(record.TABLE for record in domain().records))
                }
            )

    kinds = {"TEXT": "TEXT", "INTEGER": "INTEGER", "BLOB": "BLOB"}
    declared = {
        table._meta.tablename: {c._meta.db_column_name: (kinds[c.column_type], c._meta.null) for c in table._meta.columns} for table in CORE
    }
    assert asyncio.run(columns()) == declared


def test_the_ledger_can_be_neither_changed_nor_emptied(tmp_path: Path) -> None:
    def change(unit: Unit, sql: str) -> None:
        with unit.step() as tx:
            tx.sql.run(sql)

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(partial(change, sql="INSERT INTO op (n, id, at, body) VALUES (1, 'a', 0, '{}')"))
            for attack in ("UPDATE op SET body = 'x'", "DELETE FROM op"):
                with pytest.raises(Exception, match="never"):
                    await store.write(partial(change, sql=attack))
            assert await store.read(lambda sql: sql.all("SELECT body FROM op")) == [("{}",)]

    asyncio.run(test())


# --- faces -----------------------------------------------------------------------------------------------------------


async def show(store: SqliteStore, rid: str, buckets: Iterable[str], text: str = "x") -> None:
    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            tx.project(Face("note", rid, frozenset(buckets), Note(text, "open")))

    await store.write(unit)


async def faces(store: SqliteStore) -> dict[str, tuple[int, str | None, list[str]]]:
    """rid -> version, body, buckets that hold it."""

    def query(sql: Sql) -> dict[str, tuple[int, str | None, list[str]]]:
        found = {}
        for n, rid, ver, body, digest in sql.all("SELECT n, rid, ver, body, hash FROM view_row"):
            assert digest == row_hash("note", rid, ver, body or "")
            live = [b for (b,) in sql.all("SELECT bucket FROM bucket_row WHERE n = ? AND live = 1 ORDER BY bucket", (n,))]
            found[rid] = (ver, body, live)
        return found

    return await store.read(query)


def test_a_face_is_seen_by_exactly_its_buckets_and_its_version_moves_with_its_bytes_only(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            first, second = '{"text":"x","state":"open"}', '{"text":"y","state":"open"}'
            await show(store, "a", ["hall", "pub"])
            assert await faces(store) == {"a": (1, first, ["hall", "pub"])}
            await show(store, "a", ["hall", "unit:1"])
            assert await faces(store) == {"a": (1, first, ["hall", "unit:1"])}
            await show(store, "a", ["hall", "unit:1"], "y")
            assert await faces(store) == {"a": (2, second, ["hall", "unit:1"])}
            await show(store, "a", [])
            assert await faces(store) == {"a": (3, None, [])}
            await show(store, "a", ["hall"], "y")
            assert await faces(store) == {"a": (4, second, ["hall"])}

    asyncio.run(test())


def test_handlers_find_the_version_of_what_somebody_sees_and_none_of_what_nobody_does(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:

            def unit(unit: Unit) -> list[int | None]:
                with unit.step() as tx:
                    found = [tx.version("note", "a")]
                    tx.project(Face("note", "a", frozenset(("hall",)), Note("x", "open")))
                    found.append(tx.version("note", "a"))
                    tx.retract("note", "a")
                    tx.retract("note", "never there")
                    return [*found, tx.version("note", "a")]

            assert await store.write(unit) == [None, 1, None]

    asyncio.run(test())


# --- pages -----------------------------------------------------------------------------------------------------------

BUCKETS = ("hall", "pub", "unit:1", "role:OFF")
MOVES = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sets(st.sampled_from(BUCKETS)), st.sampled_from(["x", "y"])), min_size=1, max_size=25
)


async def enrolled(store: SqliteStore) -> Device:
    def unit(unit: Unit) -> Device:
        with unit.step() as tx:
            ledger.add_device(tx, "d" * 32, b"key", "u1", "", first_link("yunting", "d" * 32))
        device = ledger.device(unit.sql, "d" * 32)
        assert device is not None
        return device

    return await store.write(unit)


def apply(held: Held, rows: Iterable[bytes]) -> None:
    for line in rows:
        row = _row.decode(line)
        if row.d is None:
            held.pop((row.k, row.rid), None)
        else:
            held[row.k, row.rid] = (row.v, row.d, tuple(row.b))


async def catch_up(store: SqliteStore, device: Device, mine: frozenset[str], held: Held, pos: int, rows_max: int) -> int:
    def page_after(sql: Sql, pos: int) -> Page:
        """The next page; who is nearly up to date is asked after in another way and gets the same."""
        page = read_page(sql, device, mine, pos, rows_max=rows_max)
        assert page == read_page(sql, device, mine, pos, rows_max=rows_max, head=head(sql))
        return page

    more = True
    while more:
        page = await store.read(lambda sql, pos=pos: page_after(sql, pos))  # type: ignore[misc]
        apply(held, page.rows)
        assert page.to > pos or not page.more
        pos, more = page.to, page.more
    return pos


BATCHES = st.lists(MOVES, min_size=1, max_size=3)
MINE = st.sets(st.sampled_from(BUCKETS))


@pytest.mark.engine("sqlite")
@settings(max_examples=40, deadline=None)
@given(BATCHES, MINE, st.integers(1, 4))
def test_pages_of_any_size_and_pulls_at_any_time_end_at_the_same_state(batches: list[Any], mine: set[str], rows_max: int) -> None:
    """Laws I12 and I17: what a device holds is what its buckets hold, whatever it missed and however it was paged."""
    pages_agree(batches, mine, rows_max)


@pytest.mark.engine("postgres")
@settings(max_examples=12, deadline=None)
@given(BATCHES, MINE, st.integers(1, 4))
def test_pages_of_any_size_end_at_the_same_state_on_postgresql_too(batches: list[Any], mine: set[str], rows_max: int) -> None:
    """Laws I12 and I17."""
    pages_agree(batches, mine, rows_max)


def pages_agree(batches: list[Any], mine: set[str], rows_max: int) -> None:
    async def test(folder: str) -> None:
        async with opened(Path(folder) / "s.sqlite") as store:
            device, held, pos = await enrolled(store), Held(), 0
            for moves in batches:
                for rid, buckets, text in moves:
                    await show(store, rid, buckets, text)
                pos = await catch_up(store, device, frozenset(mine), held, pos, rows_max)
            whole: Held = {}
            await catch_up(store, device, frozenset(mine), whole, 0, 1000)
            truth = {
                ("note", rid): (ver, body, tuple(b for b in live if b in mine))
                for rid, (ver, body, live) in (await faces(store)).items()
                if mine & set(live)
            }
            assert held == whole == truth

    with TemporaryDirectory() as folder:
        asyncio.run(test(folder))


def test_a_page_ends_on_a_whole_commit_even_when_one_is_larger_than_a_page(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            device = await enrolled(store)

            def many(unit: Unit) -> None:
                with unit.step() as tx:
                    for i in range(30):
                        tx.project(Face("note", f"many{i}", frozenset(("hall",)), Note("x", "open")))

            await show(store, "first", ["hall"])
            await store.write(many)
            await show(store, "last", ["hall"])
            sizes, pos, more = [], 0, True
            while more:
                page = await store.read(lambda sql, pos=pos: read_page(sql, device, frozenset(("hall",)), pos, rows_max=10))  # type: ignore[misc]
                sizes.append(len(page.rows))
                pos, more = page.to, page.more
            assert sizes == [1, 30, 1]

    asyncio.run(test())
