"""What a device is to be given next: rows from nothing, the rest of buckets it newly got, or what changed (PROTOCOL.md §2).

Pure. A device's cursor says up to which commit its *whole* buckets are complete; when the set it may read has become another, only the
difference is fetched: lost buckets are dropped by the device, new ones are filled up to the same commit, and then all go on together.
"""

from typing import NamedTuple

from sync.cursor import Cursor
from sync.rows import bucket_set_hash


class Plan(NamedTuple):
    """The next page. `reset`: from nothing. `ask`: nothing yet, the device must say what it holds whole.

    `cursor`: where it goes on. `fill`: buckets to be filled first, up to `cursor.pos`.
    """

    cursor: Cursor
    reset: bool = False
    ask: bool = False
    fill: frozenset[str] = frozenset()


def plan(cursor: Cursor | None, head: int, horizon: int, buckets: frozenset[str], bh: str, have: frozenset[str] | None) -> Plan:
    """What a device at `cursor` (None: nowhere, or of another epoch) gets that may read `buckets` and says it holds `bh`, or `have`.

    The horizon is compared with `start`, never with `pos`: a device that starts from nothing gets no rows that left before it began,
    so removals forgotten meanwhile are nothing to it, however long it takes (law I23).
    """
    if cursor is None or cursor.start < horizon:
        return Plan(Cursor(0, head), reset=True)
    if bh == bucket_set_hash(buckets):
        return Plan(Cursor(cursor.pos, cursor.start))
    if have is None:
        return Plan(cursor, ask=True)
    if bh != bucket_set_hash(have):
        return Plan(Cursor(0, head), reset=True)
    fill = buckets - have
    if not fill:
        return Plan(Cursor(cursor.pos, cursor.start))
    tag = tag_of(fill)
    return Plan(Cursor(cursor.pos, cursor.start, cursor.fill if cursor.tag == tag else 0, tag), fill=fill)


def tag_of(fill: frozenset[str]) -> int:
    """What in a cursor names the buckets being filled; never 0."""
    return int(bucket_set_hash(fill)[:8], 16) or 1


def after_fill(cursor: Cursor, filled_to: int, more: bool) -> Cursor:
    """The cursor after a page of a fill."""
    return cursor._replace(fill=filled_to) if more else Cursor(cursor.pos, cursor.start)


def after_rows(cursor: Cursor, to: int, more: bool, head: int) -> Cursor:
    """The cursor after a page of changes: up to the last commit in it, or, when nothing more is to come, up to the head."""
    return Cursor(to, max(cursor.start, to)) if more else Cursor(head, head)
