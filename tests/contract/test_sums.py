"""The sums of buckets: whatever is done and undone, they are what the live rows add up to (law I20), and old databases get them."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.base import Face
from server.store import sums
from server.store import writer as engine
from server.store.contract import Sql, Store, StoreTrouble, Unit
from server.store.ledger import Device
from server.store.repair import read_leaves
from server.store.sums import sums_of
from sync.ops import first_link
from sync.sums import LEAVES, Told, leaf_of, leaf_sums, sum_of, told
from tests.support.stores import opened
from tests.support.tiny import Note

BUCKETS = ("hall", "pub", "unit:1", "role:OFF")
DEVICE = Device(1, "d" * 32, b"key", "u1", "", 0, first_link("yunting", "d" * 32), None, 0, None)


def run(test: Callable[[], Any]) -> None:
    """Run an async test."""
    asyncio.run(test())


def face(rid: str, *buckets: str, text: str = "x") -> Face:
    return Face("note", rid, frozenset(buckets), Note(text, "open"))


def counted(sql: Sql) -> dict[str, Told]:
    """The sums as the rows have them."""
    rows = sql.all("SELECT b.bucket, v.hash FROM bucket_row b JOIN view_row v ON v.n = b.n WHERE b.live = 1")
    return {bucket: sum_of(digest for b, digest in rows if b == bucket) for bucket in BUCKETS}


def kept(sql: Sql) -> dict[str, Told]:
    return sums_of(sql, BUCKETS)


async def holds(store: Store) -> dict[str, Told]:
    """What is kept, once it is sure to be what is there."""
    found, true = await store.read(lambda sql: (kept(sql), counted(sql)))
    assert found == true
    return found


STEPS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sets(st.sampled_from(BUCKETS)), st.sampled_from("xyz"), st.booleans()), min_size=1, max_size=30
)


@pytest.mark.engine("sqlite")
@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=3))
def test_sums_follow_the_rows_through_any_steps_kept_and_undone_in_any_groups(groups: list[Any]) -> None:
    sums_follow(groups)


@pytest.mark.engine("postgres")
@settings(max_examples=15, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=3))
def test_sums_follow_the_rows_on_postgresql_too(groups: list[Any]) -> None:
    sums_follow(groups)


def sums_follow(groups: list[Any]) -> None:
    def step(unit: Unit, rid: str, buckets: set[str], text: str, fails: bool) -> None:
        try:
            with unit.step() as tx:
                tx.project(face(rid, *buckets, text=text))
                if fails:
                    tx.project(face("other", *BUCKETS, text=text))
                    raise ValueError("undone")
        except ValueError:
            assert fails

    async def test(folder: str) -> None:
        async with opened(Path(folder) / "s.sqlite") as store:
            for steps in groups:
                await store.write(lambda unit, steps=steps: [step(unit, *one) for one in steps])  # type: ignore[misc]
                await holds(store)
        async with opened(Path(folder) / "s.sqlite") as store:
            await store.write(lambda unit: step(unit, "again", set(BUCKETS), "x", False))
            await holds(store)

    with TemporaryDirectory() as folder:
        asyncio.run(test(folder))


def test_a_group_that_did_not_commit_leaves_the_sums_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(lambda unit: write(unit, face("a", "hall")))
            before = await holds(store)
            commit = engine.Writer.commit

            def failing(writer: engine.Writer) -> Any:
                monkeypatch.setattr(engine.Writer, "commit", commit)
                raise StoreTrouble(False, "no")

            monkeypatch.setattr(engine.Writer, "commit", failing)
            with pytest.raises(StoreTrouble):
                await store.write(lambda unit: write(unit, face("b", "hall")))
            assert await holds(store) == before
            await store.write(lambda unit: write(unit, face("c", "hall")))
            assert (await holds(store))["hall"][0] == 2

    run(test)


def write(unit: Unit, *faces: Face) -> None:
    with unit.step() as tx:
        for one in faces:
            tx.project(one)


def test_a_database_from_before_there_were_sums_gets_them_when_it_is_opened(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            await store.write(lambda unit: write(unit, *(face(f"n{i}", BUCKETS[i % 4], "hall", text=str(i)) for i in range(50))))
            await store.write(lambda unit: write(unit, face("n1", "pub"), face("n2")))
            before = await holds(store)

            def forget(unit: Unit) -> None:
                unit.sql.run("DELETE FROM bucket_sum")
                sums.fill(unit.sql)

            await store.write(forget)
            assert await holds(store) == before

    run(test)


def test_only_a_commit_that_moved_rows_of_a_bucket_writes_its_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once per group, whatever the number of steps."""
    written: list[dict[str, Told]] = []
    put = sums._put
    monkeypatch.setattr(sums, "_put", lambda sql, found: (written.append(found), put(sql, found)))

    async def test() -> None:
        async with opened(tmp_path / "s.sqlite") as store:
            written.clear()
            await store.write(lambda unit: [write(unit, face(str(n), "hall", "pub")) for n in range(20)])
            await store.write(lambda unit: write(unit, face("0", "hall", "pub")))
            await store.write(lambda unit: write(unit, face("0", "hall")))

    run(test)
    assert [sorted(found) for found in written] == [["hall", "pub"], ["pub"]]


# --- leaves ----------------------------------------------------------------------------------------------------------


def test_sums_wrap_at_sixty_four_bits_and_do_not_mind_the_order() -> None:
    assert told(2, 2**64 + 5) == (2, "0000000000000005")
    assert told(1, -1) == (1, "f" * 16)
    assert sum_of(["ffffffffffffffff", "0000000000000002"]) == sum_of(["0000000000000002", "ffffffffffffffff"]) == (2, "0" * 15 + "1")


def test_leaves_spread_and_add_up() -> None:
    rows = [("note", str(n), f"{n * 7919:016x}") for n in range(5000)]
    leaves = leaf_sums(rows)
    assert set(leaves) == set(range(LEAVES))
    assert told(sum(n for n, _ in leaves.values()), sum(int(s, 16) for _, s in leaves.values())) == sum_of(digest for *_, digest in rows)
    assert max(n for n, _ in leaves.values()) < 3 * 5000 / LEAVES


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, 199)), st.sets(st.integers(0, 199)), st.integers(200, 4000))
def test_exactly_the_leaves_that_differ_come_whole(lost: set[int], stale: set[int], bytes_max: int) -> None:
    """Law I21: no row of a leaf that is equal, every row of one that is not; what does not fit one answer is said to be missing."""

    async def test(folder: str) -> None:
        async with opened(Path(folder) / "s.sqlite") as store:
            await store.write(lambda unit: write(unit, *(face(f"n{i}", "hall") for i in range(200))))
            rows = await store.read(lambda sql: sql.all("SELECT kind, rid, hash FROM view_row"))
            theirs = leaf_sums((k, rid, "0" * 16 if int(rid[1:]) in stale else h) for k, rid, h in rows if int(rid[1:]) not in lost)
            mine = frozenset(("hall",))
            wrong = sorted({leaf_of("note", f"n{i}") for i in lost | stale})
            everything = await store.read(lambda sql: read_leaves(sql, DEVICE, mine, "hall", theirs, 2**30))
            assert (everything.leaves, everything.more) == (wrong, False)
            assert len(everything.rows) == sum(leaf_of(k, rid) in wrong for k, rid, _ in rows)
            part = await store.read(lambda sql: read_leaves(sql, DEVICE, mine, "hall", theirs, bytes_max))
            assert part.leaves == wrong[: len(part.leaves)]
            assert part.more == (len(part.leaves) < len(wrong))
            assert part.ours == sum_of(digest for *_, digest in rows)

    with TemporaryDirectory() as folder:
        asyncio.run(test(folder))
