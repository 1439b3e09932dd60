"""Faces in buckets: what each audience sees of a record, latest version only (sync.md A4, decisions 6 and 7)."""

from typing import NamedTuple

from server.store.contract import RowChange, Sql
from sync.rows import row_hash


class Present(NamedTuple):
    """A projected row as it is now."""

    n: int
    ver: int
    body: str | None
    live: frozenset[str]


def present(sql: Sql, kind: str, rid: str) -> Present | None:
    """The row and the buckets that hold it."""
    row = sql.one("SELECT n, ver, body FROM view_row WHERE rid = ? AND kind = ?", (rid, kind))
    if row is None:
        return None
    n, ver, body = row
    live = sql.all("SELECT bucket FROM bucket_row WHERE n = ? AND live = 1", (n,))
    return Present(n, ver, body, frozenset(b for (b,) in live))


def version(sql: Sql, kind: str, rid: str) -> int | None:
    """Present version of a row somebody sees."""
    row = sql.one("SELECT ver FROM view_row WHERE rid = ? AND kind = ? AND body IS NOT NULL", (rid, kind))
    return row[0] if row else None


def versions_seen(sql: Sql, rid: str, buckets: frozenset[str]) -> dict[str, int]:
    """Versions, by kind, of the rows of a record that an audience of `buckets` sees."""
    rows = sql.all(
        "SELECT v.kind, v.ver, b.bucket FROM view_row v JOIN bucket_row b ON b.n = v.n AND b.live = 1"
        " WHERE v.rid = ? AND v.body IS NOT NULL",
        (rid,),
    )
    return {kind: ver for kind, ver, bucket in rows if bucket in buckets}


def show(sql: Sql, cid: int, n: int, kind: str, rid: str, body: str | None, buckets: frozenset[str]) -> RowChange | None:
    """Make `body` what exactly `buckets` see; `n` numbers the row if it is new. None when nothing changes."""
    now = present(sql, kind, rid)
    if now is None:
        if body is None or not buckets:
            return None
        ver, digest = 1, row_hash(kind, rid, 1, body)
        sql.run("INSERT INTO view_row (n, kind, rid, ver, hash, body) VALUES (?, ?, ?, ?, ?, ?)", (n, kind, rid, ver, digest, body))
        return _place(sql, RowChange(cid, kind, rid, ver, digest, body, buckets, buckets), n)
    changed = body != now.body
    hit = (buckets | now.live) if changed else (buckets ^ now.live)
    if not hit:
        return None
    ver = now.ver + 1 if changed else now.ver
    digest = row_hash(kind, rid, ver, body or "")
    if changed:
        sql.run("UPDATE view_row SET ver = ?, hash = ?, body = ? WHERE n = ?", (ver, digest, body, now.n))
    return _place(sql, RowChange(cid, kind, rid, ver, digest, body, buckets, hit), now.n)


def _place(sql: Sql, change: RowChange, n: int) -> RowChange:
    """Stamp the buckets that were hit."""
    sql.many(
        "INSERT INTO bucket_row (n, bucket, cid, live) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (n, bucket) DO UPDATE SET cid = excluded.cid, live = excluded.live",
        [(n, bucket, change.cid, int(bucket in change.live)) for bucket in sorted(change.hit)],
    )
    return change
