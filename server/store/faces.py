"""Faces in buckets: what each audience sees of a record, latest version only (PROTOCOL.md §2)."""

from typing import Any, NamedTuple

from server.domain.hall.audiences import NOBODY
from server.store.contract import RowChange, Sql
from server.store.pen import Pen
from server.store.sums import Tally
from sync.rows import row_hash

_ROW = (
    "INSERT INTO view_row (n, kind, rid, ver, hash, body) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (n) DO UPDATE SET ver = excluded.ver, hash = excluded.hash, body = excluded.body"
)
_PLACE = (
    "INSERT INTO bucket_row (n, bucket, cid, live) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (n, bucket) DO UPDATE SET cid = excluded.cid, live = excluded.live"
)


ANY: Any = object()


class Present(NamedTuple):
    """A projected row as it is now."""

    n: int
    ver: int
    hash: str
    body: str | None
    live: frozenset[str]


def present(sql: Sql, kind: str, rid: str) -> Present | None:
    """The row and the buckets that hold it."""
    row = sql.one("SELECT n, ver, hash, body FROM view_row WHERE rid = ? AND kind = ?", (rid, kind))
    if row is None:
        return None
    n, ver, digest, body = row
    live = sql.all("SELECT bucket FROM bucket_row WHERE n = ? AND live = 1", (n,))
    return Present(n, ver, digest, body, frozenset(b for (b,) in live))


def version(pen: Pen, kind: str, rid: str) -> int | None:
    """Present version of a row somebody sees."""
    found = now(pen, kind, rid)
    return found.ver if found is not None and found.body is not None else None


def now(sql: Sql, kind: str, rid: str) -> Present | None:
    """The row as it is now."""
    if isinstance(sql, Pen):
        # Most of what is shown is shown for the first time. All kinds a record has rows of are known, or it is not known whether any.
        kinds = sql.known("shown", rid, ANY)
        # A row that waits to be written is known as a face, whatever the database was found to have.
        if kinds is not ANY and kind not in kinds and sql.known("face", (kind, rid), ANY) is ANY:
            return None
        return sql.fact("face", (kind, rid), lambda below: present(below, kind, rid))
    return present(sql, kind, rid)


def versions_seen(sql: Sql, rid: str, buckets: frozenset[str]) -> dict[str, int]:
    """Versions, by kind, of the rows of a record that an audience of `buckets` sees."""
    rows = sql.all(
        "SELECT v.kind, v.ver, b.bucket FROM view_row v JOIN bucket_row b ON b.n = v.n AND b.live = 1"
        " WHERE v.rid = ? AND v.body IS NOT NULL",
        (rid,),
    )
    return {kind: ver for kind, ver, bucket in rows if bucket in buckets}


def show(pen: Pen, tally: Tally, cid: int, n: int, kind: str, rid: str, body: str | None, buckets: frozenset[str]) -> RowChange | None:
    """Make `body` what exactly `buckets` see; `n` numbers the row if it is new. None when nothing changes. `tally` hears what moved."""
    was = now(pen, kind, rid)
    if was is None:
        if body is None or not buckets:
            return None
        ver, digest = 1, row_hash(kind, rid, 1, body)
        tally.move(buckets, NOBODY, "0", buckets, digest)
        return _keep(pen, RowChange(cid, kind, rid, ver, digest, body, buckets, buckets), n, True)
    changed = body != was.body
    hit = (buckets | was.live) if changed else (buckets ^ was.live)
    if not hit:
        return None
    ver = was.ver + 1 if changed else was.ver
    digest = row_hash(kind, rid, ver, body or "") if changed else was.hash
    tally.move(hit, was.live, was.hash, buckets, digest)
    return _keep(pen, RowChange(cid, kind, rid, ver, digest, body, buckets, hit), was.n, changed)


def _keep(pen: Pen, change: RowChange, n: int, changed: bool) -> RowChange:
    """Write the row if it `changed`, and stamp the buckets that were hit."""
    cid, kind, rid, ver, digest, body, live, hit = change
    if changed:
        pen.later(_ROW, n, (n, kind, rid, ver, digest, body))
    pen.all_later(_PLACE, [((n, bucket), (n, bucket, cid, int(bucket in live))) for bucket in sorted(hit)])
    pen.note("face", (kind, rid), Present(n, ver, digest, body, live))
    if (kinds := pen.known("shown", rid, ANY)) is not ANY and kind not in kinds:
        pen.note("shown", rid, (*kinds, kind))
    return change
