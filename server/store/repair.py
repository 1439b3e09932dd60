"""The leaves of a bucket, for repair: reckoned when asked for, by a scan of the bucket (PROTOCOL.md §2, law I21)."""

from typing import NamedTuple

from server.store.contract import Sql
from server.store.ledger import Device
from server.store.pages import RowReader
from server.store.shapes import Shape
from sync.sums import Told, leaf_of, sum_of


class Differing(NamedTuple):
    """Leaves that differ and their rows, encoded. `more`: other leaves differ too. `ours`: the sum of the whole bucket."""

    leaves: list[int]
    rows: list[bytes]
    more: bool
    ours: Told


def read_leaves(
    sql: Sql,
    device: Device,
    buckets: frozenset[str],
    bucket: str,
    theirs: dict[int, Told],
    bytes_max: int,
    shape: Shape | None = None,
) -> Differing:
    """Compare a bucket, leaf by leaf, with what a device says it has; whole leaves until `bytes_max` is passed."""
    here: dict[int, list[tuple[int, str]]] = {}
    rows = "SELECT v.n, v.kind, v.rid, v.hash FROM bucket_row b JOIN view_row v ON v.n = b.n WHERE b.bucket = ? AND b.live = 1 ORDER BY v.n"
    for n, kind, rid, digest in sql.stream(rows, (bucket,)):
        here.setdefault(leaf_of(kind, rid), []).append((n, digest))
    ours = sum_of(digest for leaf in here.values() for _, digest in leaf)
    differing = [leaf for leaf in sorted(here.keys() | theirs.keys()) if _sum(here, leaf) != theirs.get(leaf, (0, "0" * 16))]
    reader = RowReader(sql, device, buckets, shape=shape)
    for done, leaf in enumerate(differing):
        if reader.size > bytes_max:
            return Differing(differing[:done], reader.rows, True, ours)
        for n, _ in here.get(leaf, ()):
            reader.face(n)
    return Differing(differing, reader.rows, False, ours)


def _sum(here: dict[int, list[tuple[int, str]]], leaf: int) -> Told:
    return sum_of(digest for _, digest in here.get(leaf, ()))
