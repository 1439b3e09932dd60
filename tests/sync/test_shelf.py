"""The rows of a device and their sums: refcounts, versions, repair, audit (laws I14, I17, I20); and snapshots that break off."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import messages as m
from sync.rows import row_hash
from sync.shelf import AUDIT_PARTS, Damaged, Shelf, Stored, check_hashes, part_of
from sync.snapshot import Fetching, Wanted
from sync.sums import leaf_of, leaf_sums, sum_of

BUCKETS = ("hall", "pub", "unit:1")


def row(rid: str, ver: int, *buckets: str, text: str = "x", kind: str = "note") -> m.Row:
    body = f'{{"text":"{text}"}}'
    return m.Row(list(buckets), kind, rid, ver, row_hash(kind, rid, ver, body), body)


def gone(rid: str, ver: int) -> m.Row:
    return m.Row([], "note", rid, ver, row_hash("note", rid, ver, ""), None)


def adds_up(shelf: Shelf) -> None:
    """The sums kept are those of the rows there are."""
    for bucket in BUCKETS:
        rows = [(*key, kept.hash) for key, kept in shelf.rows.items() if bucket in kept.buckets]
        assert shelf.sum(bucket) == sum_of(digest for *_, digest in rows)
        assert shelf.leaves(bucket) == leaf_sums(rows)


ROWS = st.builds(
    lambda rid, ver, buckets: row(rid, ver, *sorted(buckets)) if buckets else gone(rid, ver),
    st.sampled_from("abcde"),
    st.integers(1, 4),
    st.sets(st.sampled_from(BUCKETS)),
)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), ROWS),
        st.tuples(st.just("add"), ROWS.filter(lambda r: r.d is not None)),
        st.tuples(st.just("narrow"), st.frozensets(st.sampled_from(BUCKETS), min_size=1)),
        st.tuples(st.just("repair"), st.lists(ROWS.filter(lambda r: "hall" in r.b), max_size=2)),
        st.tuples(st.just("audit"), st.integers(0, AUDIT_PARTS - 1)),
    ),
    max_size=30,
)


@given(DEEDS)
def test_whatever_is_done_the_sums_are_those_of_the_rows(deeds: list[Any]) -> None:
    shelf = Shelf()
    for deed, what in deeds:
        if deed == "repair":
            shelf.repair("hall", frozenset(leaf_of(one.k, one.rid) for one in what), what)
        else:
            getattr(shelf, deed)(what)
        adds_up(shelf)


def test_a_row_goes_with_the_last_bucket_that_holds_it() -> None:
    shelf = Shelf()
    shelf.take(row("a", 1, "hall", "unit:1"))
    shelf.narrow(frozenset(("hall",)))
    assert shelf.rows["note", "a"].buckets == {"hall"}
    shelf.narrow(frozenset(("pub",)))
    assert shelf.rows == {}
    adds_up(shelf)


def test_versions_never_go_back_and_the_same_version_may_change_its_buckets() -> None:
    shelf = Shelf()
    shelf.take(row("a", 3, "hall", text="drei"))
    shelf.take(row("a", 2, "hall", text="zwei"))
    shelf.take(gone("a", 2))
    assert shelf.rows["note", "a"].ver == 3
    shelf.take(row("a", 3, "pub", text="drei"))
    assert shelf.rows["note", "a"].buckets == {"pub"}
    shelf.take(gone("a", 3))
    assert shelf.rows == {}


def test_of_snapshots_in_any_order_the_higher_version_wins_and_buckets_add_up() -> None:
    one, two = row("a", 1, "hall", text="alt"), row("a", 2, "pub", text="neu")
    for first, second in ((one, two), (two, one)):
        shelf = Shelf()
        shelf.add(first)
        shelf.add(second)
        assert shelf.rows["note", "a"] == Stored(2, two.h, '{"text":"neu"}', frozenset(("hall", "pub")))
        adds_up(shelf)


def test_a_repaired_leaf_is_exactly_what_came_whatever_version_was_there() -> None:
    shelf = Shelf()
    for rid in "abcdefgh":
        shelf.take(row(rid, 9, "hall", "pub"))
    leaf = leaf_of("note", "a")
    true = row("a", 2, "hall", text="wahr")
    others = {key: kept for key, kept in shelf.rows.items() if leaf_of(*key) != leaf}
    shelf.repair("hall", frozenset((leaf,)), [true])
    assert shelf.rows["note", "a"] == Stored(2, true.h, '{"text":"wahr"}', frozenset(("hall",)))
    assert others.items() <= shelf.rows.items()
    shelf.repair("hall", frozenset((leaf,)), [])
    assert ("note", "a") not in shelf.rows
    shelf.repair("hall", frozenset((leaf_of("note", "b"),)), [])
    assert shelf.rows["note", "b"].buckets == {"pub"}
    adds_up(shelf)


@given(st.sampled_from("abcdefgh"), st.sampled_from(["body", "hash", "lost"]))
def test_every_damage_to_one_row_shows_in_the_sums_after_a_round_of_audits(rid: str, how: str) -> None:
    shelf, key = Shelf(), ("note", rid)
    for other in "abcdefgh":
        shelf.take(row(other, 1, "hall"))
    before, kept = shelf.sum("hall"), shelf.rows[key]
    if how == "lost":
        del shelf.rows[key]
    else:
        shelf.rows[key] = kept._replace(body="{}") if how == "body" else kept._replace(hash="0" * 16)
    found = [one for part in range(AUDIT_PARTS) for one in shelf.audit(part)]
    assert found == ([] if how == "lost" else [key])
    assert shelf.sum("hall") != before
    adds_up(shelf)


def test_the_parts_of_the_audit_are_about_equal_and_cover_every_row() -> None:
    counts = [0] * AUDIT_PARTS
    for n in range(20_000):
        counts[part_of(("note", str(n)))] += 1
    assert min(counts) > 100
    assert max(counts) < 400


def test_a_body_in_an_older_shape_is_not_what_the_hash_covers_and_is_let_through() -> None:
    older = m.Row(["hall"], "note", "a", 1, row_hash("note", "a", 1, '{"text":"x"}'), '{"words":"x"}', True)
    check_hashes([older])
    with pytest.raises(Damaged):
        check_hashes([m.Row(["hall"], "note", "a", 1, older.h, '{"words":"x"}')])


# --- snapshots -------------------------------------------------------------------------------------------------------


def snapshot(rows: list[m.Row], chunk: int) -> tuple[m.Snap, list[m.SnapLine]]:
    """A snapshot of these rows of the hall."""
    n, total = sum_of(one.h for one in rows)
    lines: list[m.SnapLine] = [m.SnapHead("hall", n, total, 1)]
    for i, start in enumerate(range(0, len(rows), chunk), 1):
        lines += [*rows[start : start + chunk], m.SnapChunk(i, *sum_of(one.h for one in rows[: start + chunk]))]
    return m.Snap("hall", "s1", n, -(-len(rows) // chunk), total), lines


@given(st.integers(1, 30), st.integers(1, 9), st.lists(st.integers(0, 40), max_size=6))
def test_a_stream_cut_anywhere_any_number_of_times_ends_with_every_row_once(count: int, chunk: int, cuts: list[int]) -> None:
    rows = [row(str(n), 1, "hall") for n in range(count)]
    snap, lines = snapshot(rows, chunk)
    fetching, shelf = Fetching(), Shelf()
    fetching.offered([snap])
    sent = 0
    for cut in [*cuts, 10**6]:
        wanted = fetching.next
        if wanted is None:
            break
        rest = [lines[0], *lines[1 + wanted.after * (chunk + 1) :]][:cut]
        sent += sum(isinstance(line, m.Row) for line in rest)
        fetching.take(wanted, rest, shelf)
    assert (fetching.next, fetching.whole) == (None, {"hall"})
    assert {rid for _, rid in shelf.rows} == {one.rid for one in rows}
    assert sent <= count + len(cuts) * chunk
    adds_up(shelf)


def test_an_answer_to_an_earlier_request_is_not_taken() -> None:
    snap, lines = snapshot([row("a", 1, "hall")], 1)
    fetching, shelf = Fetching(), Shelf()
    fetching.offered([snap])
    assert not fetching.take(Wanted("s0", 0), lines, shelf)
    assert not fetching.take(Wanted("s1", 1), lines, shelf)
    assert shelf.rows == {}
    assert fetching.take(Wanted("s1", 0), lines, shelf)
