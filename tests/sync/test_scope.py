"""What a device gets next, as a table (PROTOCOL.md §2; laws I22, I23)."""

import pytest

from sync.cursor import Cursor
from sync.rows import bucket_set_hash
from sync.scope import Plan, after_fill, after_rows, plan, tag_of

A, B, C = (frozenset((name,)) for name in ("a", "b", "c"))
AB, ABC = A | B, A | B | C
HEAD = 100


def bh(buckets: frozenset[str]) -> str:
    return bucket_set_hash(buckets)


NOTHING = Plan(Cursor(0, HEAD), reset=True)
CASES = {
    "nowhere": ((None, 0, AB, "", None), NOTHING),
    "as before": ((Cursor(50, 50), 0, AB, bh(AB), None), Plan(Cursor(50, 50))),
    "in the middle of a start": ((Cursor(20, 90), 0, AB, bh(AB), None), Plan(Cursor(20, 90))),
    "just at the horizon": ((Cursor(50, 50), 50, AB, bh(AB), None), Plan(Cursor(50, 50))),
    "behind the horizon": ((Cursor(50, 50), 51, AB, bh(AB), None), NOTHING),
    "a start the horizon passes while it pages": ((Cursor(20, 90), 89, AB, bh(AB), None), Plan(Cursor(20, 90))),
    "a start from before the horizon": ((Cursor(20, 90), 91, AB, bh(AB), None), NOTHING),
    "another set": ((Cursor(50, 50), 0, AB, bh(A), None), Plan(Cursor(50, 50), ask=True)),
    "another set, behind the horizon": ((Cursor(50, 50), 51, AB, bh(A), None), NOTHING),
    "another set, told": ((Cursor(50, 50), 0, AB, bh(A), A), Plan(Cursor(50, 50, 0, tag_of(B)), fill=B)),
    "another set, told wrongly": ((Cursor(50, 50), 0, AB, bh(A), B), NOTHING),
    "only less": ((Cursor(50, 50), 0, A, bh(AB), AB), Plan(Cursor(50, 50))),
    "more and less": ((Cursor(50, 50), 0, A | C, bh(AB), AB), Plan(Cursor(50, 50, 0, tag_of(C)), fill=C)),
    "holding none": ((Cursor(50, 50), 0, AB, bh(frozenset()), frozenset()), Plan(Cursor(50, 50, 0, tag_of(AB)), fill=AB)),
    "a fill goes on": ((Cursor(50, 50, 30, tag_of(B)), 0, AB, bh(A), A), Plan(Cursor(50, 50, 30, tag_of(B)), fill=B)),
    "a fill, not told": ((Cursor(50, 50, 30, tag_of(B)), 0, AB, bh(A), None), Plan(Cursor(50, 50, 30, tag_of(B)), ask=True)),
    "a fill of another set": ((Cursor(50, 50, 30, tag_of(B)), 0, ABC, bh(A), A), Plan(Cursor(50, 50, 0, tag_of(B | C)), fill=B | C)),
    "a fill no longer wanted": ((Cursor(50, 50, 30, tag_of(B)), 0, A, bh(A), A), Plan(Cursor(50, 50))),
    "a fill in the middle of a start": ((Cursor(20, 90), 60, AB, bh(A), A), Plan(Cursor(20, 90, 0, tag_of(B)), fill=B)),
}


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_what_comes_next(given: tuple[Cursor | None, int, frozenset[str], str, frozenset[str] | None], expected: Plan) -> None:
    cursor, horizon, buckets, told, have = given
    assert plan(cursor, HEAD, horizon, buckets, told, have) == expected


def test_a_fill_moves_only_how_far_it_is_and_leaves_no_trace_at_its_end() -> None:
    cursor = Cursor(50, 50, 10, tag_of(B))
    assert after_fill(cursor, 30, True) == Cursor(50, 50, 30, tag_of(B))
    assert after_fill(cursor, 50, False) == Cursor(50, 50)


@pytest.mark.parametrize(
    ("cursor", "to", "more", "after"),
    [
        (Cursor(0, 90), 20, True, Cursor(20, 90)),
        (Cursor(80, 90), 95, True, Cursor(95, 95)),
        (Cursor(50, 50), 60, True, Cursor(60, 60)),
        (Cursor(50, 50), 60, False, Cursor(HEAD, HEAD)),
        (Cursor(20, 90), 20, False, Cursor(HEAD, HEAD)),
    ],
)
def test_pages_move_the_cursor_to_their_last_commit_and_the_last_to_the_head(cursor: Cursor, to: int, more: bool, after: Cursor) -> None:
    """Who has caught up by changes needs removals from there on; who starts from nothing, from where it began."""
    assert after_rows(cursor, to, more, HEAD) == after


def test_a_set_always_has_a_name_and_another_set_another() -> None:
    assert len({tag_of(s) for s in (A, B, C, AB, ABC, B | C)} | {0}) == 7
