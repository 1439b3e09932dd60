"""The writer's pen: gathering writes changes what they cost and nothing else (laws I2–I7 hold however a push is written)."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.base import Face
from server.store.contract import Sql, Store, StoreTrouble, Unit
from server.store.pen import Pen, Wanted
from server.store.records import RecordTable
from server.store.transaction import Transaction
from sync.ops import PUSH_OPS_MAX
from tests.support.stores import opened
from tests.support.tiny import Note, NoteRecord

TABLES = {
    "note": 'SELECT rid, text, state, about, writer, times, loud FROM "note" ORDER BY rid',
    "view_row": "SELECT kind, rid, ver, hash, body FROM view_row ORDER BY kind, rid",
    "bucket_row": "SELECT v.rid, b.bucket, b.cid, b.live FROM bucket_row b JOIN view_row v ON v.n = b.n ORDER BY v.rid, b.bucket",
    "bucket_sum": "SELECT bucket, n, sum FROM bucket_sum ORDER BY bucket",
    "site": "SELECT head FROM site",
}
Seen = list[Any]


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


async def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {name: await store.read(lambda sql, query=query: list(sql.all(query))) for name, query in TABLES.items()}  # type: ignore[misc]


def state(sql: Sql) -> list[tuple[Any, ...]]:
    return list(sql.all('SELECT rid, text, state FROM "note" ORDER BY rid'))


def act(tx: Transaction, what: str, rid: str, text: str) -> Any:
    """One thing a handler or the ledger may do; what it sees."""
    match what:
        case "put":
            tx.put(NoteRecord(rid=rid, text=text, about="here"))
        case "change" if (note := tx.get(NoteRecord, rid)) is not None:
            note.text += text
            tx.put(note)
        case "get":
            return tx.get(NoteRecord, rid)
        case "find":
            found = [note.rid for note in tx.find(NoteRecord, "text = ?", [text])]
            notes = [tx.get(NoteRecord, one) for one in "ab"]
            assert found == [note.rid for note in notes if note is not None and note.text == text]
            return found
        case "together":
            return [(note.rid, note.state) for note in tx.together(NoteRecord, "here", text=text)]
        case "show":
            tx.project(Face("note", rid, frozenset(("hall", text)), Note(text, "open")))
        case "hide":
            tx.retract("note", rid)
        case "version":
            return tx.version("note", rid)
        case "direct":
            return tx.sql.run('UPDATE "note" SET state = ? WHERE rid = ?', (text, rid))
        case "read":
            return tx.sql.one('SELECT text, state FROM "note" WHERE rid = ?', (rid,))
    return None


ACTS = st.tuples(
    st.sampled_from(["put", "change", "get", "find", "together", "show", "hide", "version", "direct", "read"]),
    st.sampled_from("ab"),
    st.sampled_from("xy"),
)
STEPS = st.tuples(st.lists(ACTS, max_size=6), st.booleans())
UNITS = st.lists(st.lists(STEPS, max_size=4), min_size=1, max_size=4)


def unit_of(steps: list[tuple[list[tuple[str, str, str]], bool]]) -> Callable[[Unit], Seen]:
    """A unit of these steps; one that fails is undone and the next goes on."""

    def unit(unit: Unit) -> Seen:
        seen: Seen = []
        for acts, stands in steps:
            try:
                with unit.step() as tx:
                    seen += [act(tx, *one) for one in acts]
                    if not stands:
                        raise LookupError
            except LookupError:
                seen.append("undone")
            seen.append(state(unit.sql))
        return seen

    return unit


@pytest.mark.engine("sqlite")
@settings(max_examples=150, deadline=None)
@given(UNITS, st.lists(st.booleans(), min_size=4, max_size=4))
def test_gathered_or_at_once_every_step_sees_the_same_and_leaves_the_same(units: Any, repeatable: list[bool]) -> None:
    async def outcome(folder: str, gathered: bool) -> tuple[list[Seen], Any]:
        async with opened(Path(folder) / f"{gathered}.sqlite") as store:
            # Put to the writer together, so that several share a group and, where they may, a batch.
            waiting = [store.write(unit_of(steps), repeatable=gathered and may) for steps, may in zip(units, repeatable, strict=False)]
            return list(await asyncio.gather(*waiting)), await content(store)

    async def test() -> None:
        with TemporaryDirectory() as folder:
            assert await outcome(folder, True) == await outcome(folder, False)

    run(test)


def test_a_question_asked_again_is_not_put_again_until_its_table_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    put = RecordTable._asked

    def counted(table: RecordTable[Any], pen: Pen, statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        asked.append(statement)
        return put(table, pen, statement, params)

    monkeypatch.setattr(RecordTable, "_asked", counted)

    def count(tx: Transaction, text: str) -> tuple[int, int]:
        found = len(tx.find(NoteRecord, "text = ?", [text]))
        return found, len(asked)

    def unit(unit: Unit) -> list[tuple[int, int]]:
        said = []
        with unit.step() as tx:
            said += [count(tx, "x"), count(tx, "x"), count(tx, "y")]
            tx.put(NoteRecord(rid="a", text="x"))
            said += [count(tx, "x"), count(tx, "x")]
        with suppress(LookupError), unit.step() as tx:
            tx.put(NoteRecord(rid="b", text="x"))
            said.append(count(tx, "x"))
            raise LookupError
        with unit.step() as tx:
            said += [count(tx, "x"), count(tx, "x")]
        return said

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            assert await store.write(unit, repeatable=True) == [(0, 1), (0, 1), (0, 2), (1, 3), (1, 3), (2, 4), (1, 5), (1, 5)]

    run(test)


def writes(rid: str, text: str = "x") -> Callable[[Unit], str]:
    def unit(unit: Unit) -> str:
        with unit.step() as tx:
            tx.put(NoteRecord(rid=rid, text=text))
            tx.project(Face("note", rid, frozenset(("hall",)), Note("x", "open")))
        return rid

    return unit


@pytest.mark.parametrize("gathered", [True, False], ids=["first of its group", "after a unit that was written at once"])
def test_what_cannot_be_written_fails_alone_and_the_rest_of_its_batch_is_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, gathered: bool
) -> None:
    """A value no column takes is found out only when rows are written together; then everything runs again, one by one."""
    together = threading.Event()

    def first(unit: Unit) -> str:
        together.wait(5)
        return writes("0")(unit)

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            texts: list[Any] = ["fine", object(), "fine"]
            asked = [
                store.write(first, repeatable=gathered),
                *(store.write(writes(str(n), text), repeatable=True) for n, text in enumerate(texts, 1)),
            ]
            with caplog.at_level(logging.WARNING, "zaigang.alarm"):
                answers = asyncio.gather(*asked, return_exceptions=True)
                await asyncio.sleep(0)
                together.set()
                found = await answers
            assert [str(n) if isinstance(one, str) else "failed" for n, one in enumerate(found)] == ["0", "1", "failed", "3"]
            assert [rid for rid, *_ in (await content(store))["note"]] == ["0", "1", "3"]
            assert (await content(store))["site"] == [(3,)]
            assert any("run again one by one" in record.message for record in caplog.records)

    run(test)


@pytest.mark.engine("sqlite")
def test_a_full_disk_met_by_gathered_writes_refuses_without_a_trace(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(writes("before"), repeatable=True)
            await store.write(lambda unit: unit.sql.all("PRAGMA max_page_count = 1"))
            with pytest.raises(StoreTrouble) as refused:
                await store.write(writes("big", "x" * 200_000), repeatable=True)
            assert refused.value.full
            await store.write(lambda unit: unit.sql.all("PRAGMA max_page_count = 1073741823"))
            assert await store.write(writes("after"), repeatable=True) == "after"
            assert [rid for rid, *_ in (await content(store))["note"]] == ["after", "before"]

    run(test)


def test_a_shared_record_changed_by_a_step_that_is_undone_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NoteRecord, "SHARED", True)

    def spoils(unit: Unit) -> str:
        with suppress(LookupError), unit.step() as tx:
            note = tx.get(NoteRecord, "a")
            assert note is not None
            note.text = "spoilt"
            raise LookupError
        with unit.step() as tx:
            first, second = tx.get(NoteRecord, "a"), tx.get(NoteRecord, "a")
            assert first is not None
            assert first is second
            return first.text

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(writes("a"))
            assert [await store.write(spoils, repeatable=again) for again in (True, False)] == ["x", "x"]

    run(test)


def test_what_the_writer_knows_goes_with_a_group_that_does_not_commit(tmp_path: Path) -> None:
    def breaks(unit: Unit) -> None:
        with unit.step() as tx:
            tx.put(NoteRecord(rid="a", text="lost"))
        unit.sql.run("ROLLBACK")

    def reads(unit: Unit) -> str | None:
        with unit.step() as tx:
            note = tx.get(NoteRecord, "a")
            return note.text if note else None

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(writes("a"))
            with pytest.raises(StoreTrouble):
                await store.write(breaks, repeatable=True)
            assert await store.write(reads) == "x"

    run(test)


def test_a_row_that_waits_is_seen_by_whoever_looks_up_its_record_among_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A single op about a record, then a push of several: one row, changed, and no batch torn by it."""

    def shows(text: str) -> Callable[[Unit], int | None]:
        def unit(unit: Unit) -> int | None:
            if text == "second":
                unit.sql.look_up([Wanted("shown", "view_row", "rid", ["a", "b"], ())])
            with unit.step() as tx:
                tx.project(Face("note", "a", frozenset(("hall",)), Note(text, "open")))
                return tx.version("note", "a")

        return unit

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            versions = await asyncio.gather(*(store.write(shows(text), repeatable=True) for text in ("first", "second")))
            assert versions == [1, 2]
            assert [row[:3] for row in (await content(store))["view_row"]] == [("note", "a", 2)]

    with caplog.at_level(logging.WARNING):
        run(test)
    assert "run again" not in caplog.text


@pytest.mark.engine("sqlite")
def test_pushes_of_all_lengths_are_looked_up_in_a_few_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text is parsed once and kept; what is there is found and what is not is noted, however many are asked for."""
    texts: set[str] = set()

    def unit(unit: Unit) -> None:
        ask = unit.sql.below.all
        monkeypatch.setattr(unit.sql.below, "all", lambda sql, values=(): texts.add(sql) or ask(sql, values))
        for count in range(1, PUSH_OPS_MAX + 1):
            rids = [*(f"{count}-{n}" for n in range(1, count)), "a"]
            unit.sql.look_up([Wanted("note", "note", "rid", rids)])
            assert [unit.sql.known("note", rid, "there") for rid in rids] == [*[None] * (count - 1), "there"]

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(writes("a"))
            await store.write(lambda opened: opened.sql.drop())
            await store.write(unit)

    run(test)
    assert len(texts) == 9
