"""The register of printed documents: number, copy, hash and who had it; what a copy shown years later is compared with (DOC)."""

from hashlib import sha256
from typing import ClassVar, Literal, NamedTuple

from server.domain.base import Domain, Record, Tx
from server.domain.hall.rules import local
from sync.stamp import Stamp

APART_DIGITS = 8


class PaperRecord(Record):
    """One printed copy, rid: the opaque id in its QR code. `about`: the record it speaks of; `digest`: hash of what it says; `by`: who
    printed it, in `locale`, on the form of this `version`. What it says is not kept here."""

    TABLE: ClassVar[str] = "paper"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("kind", "about"),)

    kind: str
    about: str
    number: str
    copy: int
    at: int
    by: str
    locale: str
    version: int
    digest: str


class PaperSeriesRecord(Record):
    """The last official number of a kind of document in a year, rid `{kind}:{year}`."""

    TABLE: ClassVar[str] = "paper_series"

    n: int


DOMAIN = Domain("papers", ops=(), rows=(), records=(PaperRecord, PaperSeriesRecord), handlers={})


class Asked(NamedTuple):
    """What is to be printed. `each`: every print is a document of its own, with its own number; `sealed`: a number in no order."""

    id: str
    kind: str
    about: str
    by: str
    locale: str
    version: int
    digest: str
    tz: str
    each: bool
    sealed: bool


def enter(tx: Tx, asked: Asked) -> PaperRecord:
    """Give the document its number, or the copy its count, and keep that it was printed."""
    same = [] if asked.each else tx.find(PaperRecord, "kind = ? AND about = ?", [asked.kind, asked.about], order="copy")
    record = PaperRecord(
        rid=asked.id,
        kind=asked.kind,
        about=asked.about,
        number=same[0].number if same else _number_apart(tx, asked) if asked.sealed else _next_number(tx, asked.kind, asked.tz),
        copy=same[-1].copy + 1 if same else 1,
        at=tx.now,
        by=asked.by,
        locale=asked.locale,
        version=asked.version,
        digest=asked.digest,
    )
    tx.put(record)
    return record


def _next_number(tx: Tx, kind: str, tz: str) -> str:
    year = local(tx.now, tz).year
    series = tx.get(PaperSeriesRecord, f"{kind}:{year}") or PaperSeriesRecord(rid=f"{kind}:{year}", n=0)
    series.n += 1
    tx.put(series)
    return f"{year}-{series.n}"


def _number_apart(tx: Tx, asked: Asked) -> str:
    """A number that says nothing of others: in a series, who prints a sealed record would see how many there are (CHK-05)."""
    return f"{local(tx.now, asked.tz).year}-{int.from_bytes(sha256(asked.about.encode()).digest()[:4]) % 10**APART_DIGITS:0{APART_DIGITS}}"


Verdict = Literal["valid", "superseded", "unknown", "forged"]


def compare(stamp: Stamp, kept: PaperRecord | None, newest: PaperRecord | None) -> Verdict:
    """What the register says of a stamp whose signature holds. `newest`: the last copy of the same document."""
    if kept is None:
        return "unknown"
    if (kept.kind, kept.number, kept.copy, kept.at, kept.digest) != (stamp.kind, stamp.number, stamp.copy, stamp.at, stamp.digest):
        return "forged"
    return "superseded" if newest is not None and newest.digest != kept.digest and newest.copy > kept.copy else "valid"
