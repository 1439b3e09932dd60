"""A tiny institution for tests of the machinery: notes on posts, with a handler for every way an op can end."""

from typing import Any, ClassVar

import msgspec

from server.domain.base import APPLIED, Domain, Face, Op, Outcome, Record, Tx, held, refused
from sync.ops import RowKind, command, evidence


class Write(msgspec.Struct):
    """`note.write`: put a note."""

    text: str
    about: str = ""


class Close(msgspec.Struct):
    """`note.close`, a command."""


class Note(msgspec.Struct):
    """Row `note`: everything."""

    text: str
    state: str


class NotePublic(msgspec.Struct):
    """Row `note.pub`: only its state."""

    state: str


class NoteRecord(Record):
    """How a note is kept."""

    TABLE: ClassVar[str] = "note"
    TOGETHER: ClassVar[str] = "about"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("state", ("state", "about"))

    text: str
    state: str = "open"
    about: str = ""
    writer: str | None = None
    times: tuple[int, ...] = ()
    loud: bool = False


class CountRecord(Record):
    """How often a post was touched, kept by `settle`."""

    TABLE: ClassVar[str] = "note_count"

    touched: int


class Count(msgspec.Struct):
    """Row `note.count`."""

    touched: int


def show(tx: Tx, note: NoteRecord) -> None:
    """Keep a note and show its faces."""
    tx.put(note)
    tx.project(Face("note", note.rid, frozenset(("hall", f"u:{note.writer}")), Note(note.text, note.state)))
    tx.project(Face("note.pub", note.rid, frozenset(("pub",)), NotePublic(note.state)))


def write(tx: Tx, op: Op[Write]) -> Outcome:
    """A note; words in it make the handler misbehave."""
    if op.a.about and tx.get(NoteRecord, op.a.about) is None:
        return held("REF_WAIT")
    show(tx, NoteRecord(rid=op.rid, text=op.a.text, about=op.a.about, writer=op.actor.uid, times=(op.window.at,)))
    tx.touch("P1")
    if op.a.text == "crash":
        raise ValueError("this handler crashes when told to")
    if op.a.text == "hold":
        return held("NO_RIGHT")
    return APPLIED


def close(tx: Tx, op: Op[Close]) -> Outcome:
    """Close a note."""
    note = tx.get(NoteRecord, op.rid)
    if note is None:
        return refused("GONE")
    if "OFF" not in op.actor.roles:
        return refused("NO_RIGHT")
    present = tx.version("note", op.rid)
    if op.guard.get(op.rid) not in (None, present):
        return refused("STALE", present)
    note.state = "closed"
    show(tx, note)
    return APPLIED


def settle(tx: Tx, posts: frozenset[str]) -> None:
    """Count what was touched."""
    for post in posts:
        before = tx.get(CountRecord, post)
        count = CountRecord(rid=post, touched=(before.touched if before else 0) + 1)
        tx.put(count)
        tx.project(Face("note.count", post, frozenset(("hall",)), Count(count.touched)))


def _how_many(tx: Tx, *, state: str) -> int:
    return len(tx.find(NoteRecord, "state = ?", [state]))


WRITE, CLOSE = evidence("note.write", 1, Write), command("note.close", 1, Close)


def domain(**changes: Any) -> Domain:
    """The institution; `changes` replace parts of it."""
    whole = Domain(
        name="note",
        ops=(WRITE, CLOSE),
        rows=(RowKind("note", Note), RowKind("note.pub", NotePublic), RowKind("note.count", Count)),
        records=(NoteRecord, CountRecord),
        handlers={"note.write": write, "note.close": close},
        settle=settle,
        answers={"notes": _how_many},
    )
    return whole._replace(**changes)
