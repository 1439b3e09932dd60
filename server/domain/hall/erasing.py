"""What goes from the ledger when its term is over (PRV-04): an institution names it, the server's chores carry it out.

Only the words and files go; number, kind, commitment and every proof of the evidence log stay (EVD-15).
"""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from server.domain.base import Record, Tx
from sync.ops import Blob


class ErasureRecord(Record):
    """An op to be erased, rid = its id: why, since when it is due (ms), and the files its record shows (rids of `BlobRecord`)."""

    TABLE: ClassVar[str] = "erasure"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("done",)

    about: str
    reason: str
    at: int
    files: list[str] = msgspec.field(default_factory=list)
    done: bool = False


def erase_op(tx: Tx, op: str, about: str, reason: str, by: str = "", files: Iterable[Blob] = ()) -> None:
    """Let the op `op` of record `about` be erased, with the files of `by` that it names."""
    if tx.get(ErasureRecord, op) is None:
        tx.put(ErasureRecord(rid=op, about=about, reason=reason, at=tx.now, files=[f"{by}.{blob.sha256}" for blob in files]))


RECORDS: tuple[type[Record], ...] = (ErasureRecord,)
