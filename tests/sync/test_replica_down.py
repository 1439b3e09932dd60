"""The device's half of scope, sums and snapshots: what it holds, what it drops, which pages it takes (PROTOCOL §2; I17, I19, I20)."""

from typing import Any

import msgspec
import pytest

from sync import messages as m
from sync.replica import RESTART_AGAIN_MS, SECOND_DIFFERENCE_MS, Replica
from sync.rows import bucket_set_hash
from sync.sums import NOTHING, Told, leaf_of, sum_of
from tests.sync.test_replica import BEACON, START, device, row

A, B = ["a"], ["b"]
AB = ["a", "b"]


def bh(buckets: list[str]) -> str:
    return bucket_set_hash(frozenset(buckets))


def page(buckets: list[str], rows: list[m.Row], to: str, *, more: bool = False, now: int = START, **head: Any) -> list[m.PullLine]:
    """A page for an audience; a last one tells the sums that are true when the device had nothing else."""
    fill = head.get("fill", [])
    sums: dict[str, Told] = head.pop("sums", {})
    first = m.PullHead("e1", buckets, head.pop("bh", bh([b for b in buckets if b not in fill])), head.pop("reset", False), **head)
    return [first, *rows, m.PullEnd(to, more, m.Head(0, device().link(0)), 0, BEACON, now, sums)]


def holding(buckets: list[str], *rows: m.Row) -> Replica:
    """A device that holds these buckets whole."""
    replica = device()
    assert not replica.pulled(replica.asking, page(buckets, list(rows), "t1", reset=True))
    return replica


def test_it_says_what_it_holds_only_when_asked_and_until_the_fill_has_ended() -> None:
    replica = holding(A, row("1", 1, "{}", buckets=A))
    assert "have" not in replica.pull_query()
    assert replica.pulled(replica.asking, page(AB, [], "t1", more=True, ask=True, bh=bh(A)))
    assert (replica.pull_query()["have"], replica.pull_query()["bh"]) == ("a", bh(A))
    assert replica.pulled(replica.asking, page(AB, [row("2", 1, "{}", buckets=B)], "t2", more=True, fill=B))
    assert (replica.pull_query()["have"], replica.pull_query()["bh"]) == ("a", bh(A))
    assert replica.pulled(replica.asking, page(AB, [row("3", 1, "{}", buckets=AB)], "t1", more=True))
    assert "have" not in replica.pull_query()
    assert (replica.bh, set(replica.bodies("unit"))) == (bh(AB), {"1", "2", "3"})


def test_with_the_question_already_what_it_may_not_read_goes() -> None:
    replica = holding(AB, row("1", 1, "{}", buckets=A), row("2", 1, "{}", buckets=B), row("3", 1, "{}", buckets=AB))
    replica.pulled(replica.asking, page(["a", "c"], [], "t1", more=True, ask=True, bh=bh(AB)))
    assert set(replica.bodies("unit")) == {"1", "3"}
    assert replica.rows["unit", "3"].buckets == {"a"}
    assert replica.pull_query()["have"] == "a"


def test_a_page_from_before_a_fill_is_not_taken_though_the_cursor_is_the_same_again() -> None:
    replica = holding(AB, row("1", 1, "{}", buckets=A), row("2", 1, "{}", buckets=B))
    before = replica.asking
    replica.pulled(before, page(A, [], "t1"))
    late = page(AB, [], "t1", sums={"b": NOTHING})
    assert replica.pulled(before, late)
    assert (replica.whole, replica.buckets) == ({"a"}, {"a"})


def test_frames_apply_only_over_the_buckets_held_whole() -> None:
    replica = holding(A)
    replica.pulled(replica.asking, page(AB, [], "t2", more=True, fill=B))
    replica.live = "live"
    frame = m.Commit("t2", "t3", bh(AB), [row("1", 1, "{}", buckets=A)], m.Head(0, replica.link(0)), 0)
    replica.frame(frame)
    assert (replica.cursor, replica.wants_pull, replica.rows) == ("t2", True, {})
    replica.frame(msgspec.structs.replace(frame, bh=bh(A)))
    assert (replica.cursor, set(replica.bodies("unit"))) == ("t3", {"1"})


def differing(replica: Replica, now: int = START) -> m.Repair | None:
    """A last page with a sum for `a` that is not the device's."""
    replica.pulled(replica.asking, page(A, [], replica.cursor, now=now, sums={"a": sum_of([row("1", 1, "{}").h])}))
    return replica.repair()


def answer(asked: m.Repair, rows: list[m.Row], leaves: list[int] | None, **head: Any) -> list[m.PullLine]:
    first, last = page(A, [], asked.cur, more=True, **head)
    told = [] if leaves is None else [m.Leaf(asked.bucket, leaves)]
    return [first, *told, *rows, last]


def test_a_difference_is_asked_about_leaf_by_leaf_and_healed() -> None:
    replica = holding(A, row("2", 1, "{}", buckets=A))
    asked = differing(replica)
    assert asked is not None
    assert (asked.bucket, asked.cur, asked.bh, set(asked.leaves)) == ("a", "t1", bh(A), {leaf_of("unit", "2")})
    replica.repaired(asked, answer(asked, [row("1", 1, "{}", buckets=A)], [leaf_of("unit", "1"), leaf_of("unit", "2")]))
    assert (set(replica.bodies("unit")), replica.repair(), replica.wants_pull) == ({"1"}, None, True)
    assert differing(replica) is None
    assert len(replica.differences) == 1


def test_while_leaves_are_missing_it_asks_again_and_counts_one_difference() -> None:
    replica = holding(A, row("2", 1, "{}", buckets=A))
    asked = differing(replica)
    assert asked is not None
    replica.repaired(asked, answer(asked, [row("1", 1, "{}", buckets=A)], [leaf_of("unit", "1")], fill=A))
    again = replica.repair()
    assert again is not None
    assert set(again.leaves) == {leaf_of("unit", "1"), leaf_of("unit", "2")}
    replica.repaired(again, answer(again, [], [leaf_of("unit", "2")]))
    assert (replica.repair(), set(replica.bodies("unit")), len(replica.differences)) == (None, {"1"}, 1)


def test_a_page_that_comes_before_the_repair_tells_of_the_same_difference() -> None:
    """I20. Found by simulation: it counted as a second one, and everything was fetched again."""
    replica = holding(A, row("2", 1, "{}", buckets=A))
    asked = differing(replica)
    assert differing(replica) == asked
    assert (replica.cursor, len(replica.differences)) == ("t1", 1)
    replica.pulled(replica.asking, page(A, [], "t2", sums={"a": sum_of([row("2", 1, "{}").h])}))
    assert (replica.repair(), len(replica.differences)) == (None, 1)


def test_a_page_asked_for_before_a_repair_is_not_taken_after_it() -> None:
    """I14, I20: it is from before the leaves, and so are its sums."""
    replica = holding(A, row("2", 1, "{}", buckets=A))
    before, asked = replica.asking, differing(replica)
    assert asked is not None
    replica.repaired(asked, answer(asked, [row("1", 1, "{}", buckets=A)], [leaf_of("unit", "1"), leaf_of("unit", "2")]))
    assert replica.pulled(before, page(A, [row("2", 2, "{}", buckets=A)], "t2", sums={"a": NOTHING}))
    assert (set(replica.bodies("unit")), replica.cursor, len(replica.differences)) == ({"1"}, "t1", 1)


def test_rows_that_differ_though_they_were_fetched_anew_are_not_fetched_for_ever_but_once_an_hour() -> None:
    """I20, I35: the fault may be the server's."""
    replica = holding(A)
    asked = differing(replica)
    assert asked is not None
    replica.repaired(asked, answer(asked, [], []))
    began, turns = replica.turn, []
    for at in (1, 2, RESTART_AGAIN_MS, RESTART_AGAIN_MS + 1):
        assert differing(replica, START + at) is None
        turns.append((replica.turn - began, replica.distrusted))
        replica.pulled(replica.asking, page(A, [], "t1", reset=not replica.cursor, now=START + at))
    assert turns == [(1, False), (1, True), (1, True), (2, False)]
    assert not replica.distrusted


@pytest.mark.parametrize(("later", "cursor"), [(SECOND_DIFFERENCE_MS - 1, ""), (SECOND_DIFFERENCE_MS, "t1")])
def test_a_difference_after_a_repair_starts_from_nothing_within_a_day_and_is_repaired_after(later: int, cursor: str) -> None:
    replica = holding(A)
    asked = differing(replica)
    assert asked is not None
    replica.repaired(asked, answer(asked, [], []))
    assert (differing(replica, START + later) is None) == (not cursor)
    assert (replica.cursor, replica.wants_pull) == (cursor, not cursor)


def test_where_nothing_was_compared_the_next_difference_is_the_first_again() -> None:
    replica = holding(A)
    asked = differing(replica)
    assert asked is not None
    replica.repaired(asked, answer(asked, [], None))
    assert (replica.repair(), replica.wants_pull) == (None, True)
    assert differing(replica) is not None


def test_a_repair_that_is_refused_is_left_and_the_next_page_tells_why() -> None:
    """I35: the bucket may have been taken from this device meanwhile. Found by simulation."""
    replica = holding(["hall"], row("a", 1, "{}", buckets=["hall"]))
    asked = differing(replica)
    assert asked is not None
    replica.repaired(asked, None)
    assert (replica.repair(), replica.wants_pull) == (None, True)


def test_an_answer_to_a_repair_asked_elsewhere_is_not_taken() -> None:
    replica = holding(A, row("2", 1, "{}", buckets=A))
    asked = differing(replica)
    assert asked is not None
    lines = answer(asked, [], [leaf_of("unit", "2")])
    replica.pulled(replica.asking, page(A, [], "t2", more=True))
    replica.repaired(asked, lines)
    assert set(replica.bodies("unit")) == {"2"}


def test_a_bucket_whose_sum_is_not_told_is_not_compared() -> None:
    replica = holding(AB, row("1", 1, "{}", buckets=AB))
    replica.pulled(replica.asking, page(AB, [], "t2", sums={}))
    assert (replica.repair(), replica.differences) == (None, [])


# --- snapshots -------------------------------------------------------------------------------------------------------


def offered() -> tuple[Replica, list[m.SnapLine]]:
    """A device that was offered one snapshot of two rows in two chunks."""
    replica, rows = device(), [row("1", 1, "{}", buckets=A), row("2", 1, "{}", buckets=A)]
    n, total = sum_of(one.h for one in rows)
    snap = m.Snap("a", "s1", n, 2, total)
    assert replica.pulled(replica.asking, page(AB, [], "t1", more=True, reset=True, fill=B, snaps=[snap]))
    chunks = [m.SnapChunk(1, *sum_of([rows[0].h])), m.SnapChunk(2, n, total)]
    return replica, [m.SnapHead("a", n, total, 1), rows[0], chunks[0], rows[1], chunks[1]]


def test_what_is_fetched_whole_is_told_with_the_next_pull() -> None:
    replica, lines = offered()
    wanted = replica.snapshot()
    assert wanted is not None
    assert replica.pull_query()["have"] == ""
    replica.fetched(wanted, lines)
    assert (replica.snapshot(), replica.pull_query()["have"], replica.bh) == (None, "a", bh(A))


def test_what_cannot_be_had_is_left_to_the_pages() -> None:
    replica, lines = offered()
    wanted = replica.snapshot()
    assert wanted is not None
    replica.fetched(wanted, lines[:3])
    assert replica.snapshot() == wanted._replace(after=1)
    replica.fetched(wanted._replace(after=1), None)
    assert (replica.snapshot(), replica.pull_query()["have"], replica.bh) == (None, "", bh([]))


def test_a_page_ends_the_fetching_and_what_still_arrives_is_not_taken() -> None:
    replica, lines = offered()
    wanted = replica.snapshot()
    assert wanted is not None
    replica.pulled(replica.asking, page(AB, [], "t2"))
    replica.fetched(wanted, lines)
    assert (replica.snapshot(), replica.rows, replica.whole) == (None, {}, {"a", "b"})
