"""A small institution that uses every road an op and a row can take, and says of each what must have become of it.

Every text a face carries holds a token `§…§` that stands for one audience. `TOKENS` tells which, so that any byte that leaves the
server can be judged by whom it may reach. `Effect` counts how often an op took effect.
"""

from functools import cache
from typing import Any, ClassVar

import msgspec

from server.domain.base import APPLIED, Domain, Face, Op, Outcome, Record, Tx, held, refused
from sync.ops import Older, OpKind, RowKind, command, evidence

SITE = "sim"
OLD_SHAPES, SHAPES = 1, 2
"""The row shapes of the app's first release and of its present one (PROTOCOL §2)."""
UNITS = ("A", "B")
TOKENS: dict[str, frozenset[str]] = {}
"""What each token's text may be seen by. Grows while worlds run; a token is never given a second audience."""


class WriteOld(msgspec.Struct):
    """`sim.write` 1: the first release knew no reference."""

    text: str
    to: list[str]


class Write(msgspec.Struct):
    """`sim.write` 2: put a note before an audience. `about`: another note it needs; `way`: how its handler is to behave."""

    text: str
    to: list[str]
    about: str = ""
    way: str = ""


class Move(msgspec.Struct):
    """`sim.move`: give a note another audience (PROTOCOL §2)."""

    to: list[str]


class Erase(msgspec.Struct):
    """`sim.erase`: nobody sees the note any more."""


class Body(msgspec.Struct):
    """Row `sim.note`; the first release knew no `writes`."""

    text: str
    writes: int


def _without_writes(body: Any) -> Any:
    return {"text": body["text"]}


@cache
def older(kind: str, body: str) -> str:
    """A row's body as the app's first release reads it."""
    return msgspec.json.encode(_without_writes(msgspec.json.decode(body))).decode() if kind == "sim.note" else body


class Public(msgspec.Struct):
    """Row `sim.pub`: how many writes, and a token of its own."""

    text: str


class NoteRecord(Record):
    """A note. `writes`: the ops that wrote it, in the order of their effect."""

    TABLE: ClassVar[str] = "sim_note"

    text: str
    writer: str
    to: list[str]
    writes: list[str]
    erased: bool = False


class Effect(Record):
    """How often an op took effect; `rid` is the op's id."""

    TABLE: ClassVar[str] = "sim_effect"

    times: int
    note: str


def audience(note: NoteRecord) -> frozenset[str]:
    """Who sees a note in full. Writers always keep their own."""
    return frozenset((*note.to, f"u:{note.writer}"))


def faces(note: NoteRecord) -> list[Face]:
    """What each audience sees of a note."""
    if note.erased:
        return [Face("sim.note", note.rid, frozenset(), Body("", 0)), Face("sim.pub", note.rid, frozenset(), Public(""))]
    whole = Face("sim.note", note.rid, audience(note), Body(f"§{note.text}§", len(note.writes)))
    public = Face("sim.pub", note.rid, frozenset(("pub",)) if "pub" in note.to else frozenset(), Public(f"§{note.text}p§"))
    return [whole, public]


def show(tx: Tx, note: NoteRecord) -> None:
    tx.put(note)
    TOKENS[note.text] = audience(note)
    TOKENS[note.text + "p"] = frozenset(("pub",))
    for face in faces(note):
        tx.project(face)


def count(tx: Tx, op: Op, rid: str) -> None:  # type: ignore[type-arg]
    """Note that the op took effect."""
    before = tx.get(Effect, op.id)
    tx.put(Effect(rid=op.id, times=(before.times if before else 0) + 1, note=rid))


def write(tx: Tx, op: Op[Write]) -> Outcome:
    """A fact: applied, or held in every way there is."""
    if op.a.about and tx.get(NoteRecord, op.a.about) is None:
        return held("REF_WAIT")
    before = tx.get(NoteRecord, op.rid)
    writer, writes = (before.writer, before.writes) if before else (op.actor.uid, [])
    if writer != op.actor.uid:
        return held("NO_RIGHT")
    count(tx, op, op.rid)
    show(tx, NoteRecord(rid=op.rid, text=op.id, writer=writer, to=op.a.to, writes=[*writes, op.id]))
    if op.a.way == "crash":
        raise ValueError("told to")
    return held("NO_RIGHT") if op.a.way == "hold" else APPLIED


def write_old(tx: Tx, op: Op[WriteOld]) -> Outcome:
    """The first release's note, still taken."""
    now = Op(op.id, op.kind, op.rid, Write(op.a.text, op.a.to), op.dev, op.actor, op.window, op.received_at, op.guard)
    return write(tx, now)


def move(tx: Tx, op: Op[Move]) -> Outcome:
    """A decision: another audience from now on."""
    note = tx.get(NoteRecord, op.rid)
    if note is None or note.erased:
        return refused("GONE")
    present = tx.version("sim.note", op.rid)
    if op.guard.get(op.rid) not in (None, present):
        return refused("STALE", present)
    count(tx, op, op.rid)
    note.text, note.to = op.id, op.a.to
    show(tx, note)
    return APPLIED


def erase(tx: Tx, op: Op[Erase]) -> Outcome:
    """A decision: gone for everybody."""
    note = tx.get(NoteRecord, op.rid)
    if note is None or note.erased:
        return refused("GONE")
    count(tx, op, op.rid)
    note.erased = True
    show(tx, note)
    return APPLIED


WRITE_OLD, WRITE = evidence("sim.write", 1, WriteOld), evidence("sim.write", 2, Write)
MOVE, ERASE = command("sim.move", 1, Move), command("sim.erase", 1, Erase)
LATER = OpKind("sim.later", 7, "e", Write, 24)
"""An op of a release the server does not know yet."""


def domain() -> Domain:
    """The institution."""
    return Domain(
        name="sim",
        ops=(WRITE_OLD, WRITE, MOVE, ERASE),
        rows=(RowKind("sim.note", Body, (Older(OLD_SHAPES, _without_writes),)), RowKind("sim.pub", Public)),
        records=(NoteRecord, Effect),
        handlers={"sim.write": _write, "sim.move": move, "sim.erase": erase},
    )


def _write(tx: Tx, op: Op) -> Outcome:  # type: ignore[type-arg]
    """Both releases of `sim.write`."""
    return write(tx, op) if isinstance(op.a, Write) else write_old(tx, op)
