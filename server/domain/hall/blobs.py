"""Photos and sounds of records (PROTOCOL.md §7): whose they are, which record shows them, what is still missing and until when (EVD-13).

A blob is known per person: what one person sent tells nobody whether another sent the same bytes. A record *binds* the blobs its op
names; only what a record binds can be read, and only by those who see the record (I32).
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal

import msgspec

from server.domain.base import Face, Op, Record, Tx
from server.domain.hall.here import hall_of
from server.domain.hall.rules import rule
from sync.ops import Blob, OpBody, RowKind, sane_blobs
from sync.units import DAY_MS

TOLD_MS = 60 * DAY_MS
"""How long a person's devices are told that a blob is stored or refused."""
State = Literal["missing", "stored", "refused"]
AboutKind = Literal["obs", "incident", "visit", "att.list", "leave", "problem", "facility", "repair", "case", "sup.report", "camp.file"]


class Attached(msgspec.Struct, omit_defaults=True):
    """A photo or sound as a face names it. `st`: whether its bytes have arrived; `thumb`: a preview has."""

    sha256: str
    mime: str
    size: int
    taken: int
    st: State = "missing"
    thumb: bool = False


class BlobState(msgspec.Struct, omit_defaults=True):
    """Row `blob.state`, rid `{uid}.{sha256}`, for the person who sent it: how far it is, and why it was refused (a problem's identifier).

    `dur`: its bytes are in a verified backup, or in a store that keeps its own; the phone may then free its copy.
    """

    sha256: str
    size: int
    state: Literal["partial", "stored", "refused"]
    code: str = ""
    dur: bool = False


class BlobDue(msgspec.Struct):
    """Row `blob.due`, rid = record: `missing` of `of` photos and sounds named by `by` have not arrived; they should have by `due_at`."""

    about: AboutKind
    by: str
    missing: int
    of: int
    due_at: int


class BlobRecord(Record):
    """The bytes of one person under one hash, rid `{uid}.{sha256}`.

    Names in the blob store: `file`, as received and never given out; `view`, the photo written anew, or the sound without its tags;
    `thumb`, a preview.
    `named`: an op of the person names them; until then they are parked. `until_at`: when parked bytes go, or the state row of
    named ones does; 0 never (ms).
    """

    TABLE: ClassVar[str] = "blob"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("uid", "at"), "until_at", ("dur", "state"), "sha256")

    uid: str
    sha256: str
    size: int
    mime: str
    at: int
    state: Literal["named", "partial", "stored", "refused"] = "named"
    code: str = ""
    file: str = ""
    view: str = ""
    thumb: str = ""
    named: bool = False
    dur: bool = False
    until_at: int = 0


class BoundRecord(Record):
    """A record shows a blob of a person, rid `{record}.{sha256}`."""

    TABLE: ClassVar[str] = "blob_bound"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("blob", "record")

    record: str
    blob: str


def blob_rid(uid: str, sha256: str) -> str:
    """The rid of a person's blob."""
    return f"{uid}.{sha256}"


def name(tx: Tx, uid: str, body: OpBody) -> None:
    """An op was consumed, whatever became of it: its person may send the bytes it names."""
    if sane_blobs(body.blobs):
        _name(tx, uid, body.blobs)


def _name(tx: Tx, uid: str, blobs: Iterable[Blob]) -> None:
    for blob in blobs:
        rid = blob_rid(uid, blob.sha256)
        known = tx.get(BlobRecord, rid)
        if known is None:
            tx.put(BlobRecord(rid=rid, uid=uid, sha256=blob.sha256, size=blob.size, mime=blob.mime, at=tx.now, named=True))
        elif not known.named:
            known.named, known.until_at = True, tx.now + TOLD_MS
            if known.state != "stored":
                # What is parked may be no more than a preview, which is of another size and kind.
                known.size, known.mime = blob.size, blob.mime
            tx.put(known)
            show_state(tx, known)


def bind(tx: Tx, op: Op[Any]) -> list[Blob]:
    """The blobs of an op, each once, from now on shown by its record."""
    once = {blob.sha256: blob for blob in op.blobs}
    _name(tx, op.actor.uid, once.values())
    show_in(tx, op.rid, op.actor.uid, once.values())
    return list(once.values())


def show_in(tx: Tx, record: str, uid: str, blobs: Iterable[Blob]) -> None:
    """`record` shows these blobs of a person, from now on."""
    for blob in blobs:
        rid = f"{record}.{blob.sha256}"
        if tx.get(BoundRecord, rid) is None:
            tx.put(BoundRecord(rid=rid, record=record, blob=blob_rid(uid, blob.sha256)))


def attached(tx: Tx, uid: str, blobs: Iterable[Blob]) -> list[Attached]:
    """Blobs of a person as a face names them now."""
    return [_attached(tx.get(BlobRecord, blob_rid(uid, blob.sha256)), blob) for blob in blobs]


def _attached(known: BlobRecord | None, blob: Blob) -> Attached:
    state: State = known.state if known and known.state in ("stored", "refused") else "missing"
    return Attached(blob.sha256, blob.mime, blob.size, blob.taken, state, bool(known and known.thumb))


def show_due(tx: Tx, about: AboutKind, rid: str, by: str, shown: Sequence[Attached], buckets: Iterable[str], received_at: int) -> None:
    """Make what is missing a work item of `buckets`, or take it back when nothing is. What was refused is not waited for."""
    missing = sum(one.st == "missing" for one in shown)
    if not missing:
        tx.retract("blob.due", rid)
        return
    hall = hall_of(tx)
    due = BlobDue(about, by, missing, len(shown), received_at + rule(hall, "evd.blob_days", received_at) * DAY_MS)
    tx.project(Face("blob.due", rid, frozenset(buckets), due))


def show_state(tx: Tx, record: BlobRecord) -> None:
    """Tell the person how far a blob is."""
    if record.state == "named" or not record.named:
        return
    body = BlobState(record.sha256, record.size, record.state, record.code, record.dur)
    tx.project(Face("blob.state", record.rid, frozenset({f"u:{record.uid}"}), body))


def records_showing(tx: Tx, blob: str) -> list[str]:
    """The records that show a blob."""
    return [bound.record for bound in tx.find(BoundRecord, "blob = ?", [blob])]


def records_alike(tx: Tx, blobs: Iterable[Blob]) -> set[str]:
    """The records that show the bytes of one of these blobs, whoever sent them. For hints: which they are is told to nobody (I32)."""
    same = [known.rid for blob in blobs for known in tx.find(BlobRecord, "sha256 = ?", [blob.sha256])]
    return {record for rid in same for record in records_showing(tx, rid)}


ROWS = (RowKind("blob.state", BlobState), RowKind("blob.due", BlobDue))
RECORDS: tuple[type[Record], ...] = (BlobRecord, BoundRecord)
