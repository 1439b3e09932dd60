"""How long what left a bucket is remembered (PROTOCOL.md §2, laws I22, I23).

A device that stood before the horizon may have missed that a row left: it starts from nothing. Marks of (commit, time), one a day,
tell which commits are old enough.
"""

from typing import NamedTuple

from server.store.contract import Sql, Store, Unit
from sync.units import DAY_MS

PURGE_ROWS = 500


class Old(NamedTuple):
    """What may be forgotten: removals as (row number, bucket), the last commit among them, and the mark they are older than."""

    removals: list[tuple[int, str]]
    last: int
    mark: int


def is_due(marked_at: int, now: int) -> bool:
    """Whether a day has passed since the last mark."""
    return now - marked_at >= DAY_MS


def marked_at(sql: Sql) -> int:
    """When the last mark was made (ms)."""
    row = sql.one("SELECT max(at) FROM commit_mark")
    return int(row[0]) if row and row[0] is not None else 0


def mark(sql: Sql, cid: int, now: int) -> None:
    """Commit `cid` is the last one now."""
    sql.run("INSERT INTO commit_mark (cid, at, purged) VALUES (?, ?, 0) ON CONFLICT (cid) DO UPDATE SET at = excluded.at", (cid, now))


def head_and_horizon(sql: Sql) -> tuple[int, int]:
    """The last commit, and the last of which a removal is forgotten, with one question."""
    head, purged = sql.one("SELECT head, (SELECT max(cid) FROM commit_mark WHERE purged = 1) FROM site") or (0, None)
    return int(head), int(purged or 0)


def horizon(sql: Sql) -> int:
    """The last commit of which a removal is forgotten."""
    row = sql.one("SELECT max(cid) FROM commit_mark WHERE purged = 1")
    return int(row[0]) if row and row[0] is not None else 0


async def purge(store: Store, now: int, days: int) -> int:
    """Forget what left buckets more than `days` days ago, a little at a time; returns how many entries went."""
    old = await store.read(lambda sql: _old(sql, now - days * DAY_MS))
    for start in range(0, len(old.removals), PURGE_ROWS):
        chunk = old.removals[start : start + PURGE_ROWS]
        await store.write(lambda unit, chunk=chunk: _forget(unit, old, chunk))  # type: ignore[misc]
    return len(old.removals)


def _old(sql: Sql, before: int) -> Old:
    row = sql.one("SELECT max(cid) FROM commit_mark WHERE at <= ?", (before,))
    limit = int(row[0]) if row and row[0] is not None else 0
    found = sql.all("SELECT n, bucket, cid FROM bucket_row WHERE live = 0 AND cid <= ?", (limit,))
    return Old([(n, bucket) for n, bucket, _ in found], max((cid for *_, cid in found), default=0), limit)


def _forget(unit: Unit, old: Old, removals: list[tuple[int, str]]) -> None:
    """One step. The horizon is there with the first removal gone, so that nobody reads on over the gap."""
    with unit.step() as tx:
        tx.sql.run(
            "INSERT INTO commit_mark (cid, at, purged) SELECT ?, at, 1 FROM commit_mark WHERE cid = ?"
            " ON CONFLICT (cid) DO UPDATE SET purged = 1",
            (old.last, old.mark),
        )
        tx.sql.run("DELETE FROM commit_mark WHERE cid < ? AND cid <> ?", (old.mark, old.last))
        tx.sql.many("DELETE FROM bucket_row WHERE n = ? AND bucket = ? AND live = 0 AND cid <= ?", [(*one, old.mark) for one in removals])
