"""A hall in memory: the transaction handlers write through, without store, network or gateway: rules are tested where they are written.

Records live in an in-memory SQLite of the same shape as the real one, so that `find` conditions are real SQL. Rows keep versions.
"""

import copy
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, get_origin, get_type_hints

import msgspec

from server.domain.base import Actor, Borne, Domain, Face, Measure, Op, Outcome, Record, Touched
from server.domain.hall.blobs import BlobRecord, blob_rid, records_showing
from sync.clock import Grade, Verdict, Window
from sync.ops import Blob

R = TypeVar("R", bound=Record)


class Shown(NamedTuple):
    """One projected row: who sees it, its version and its exact body."""

    buckets: frozenset[str]
    version: int
    body: str


class MemoryTx:
    """`server.domain.base.Tx` over one in-memory database."""

    def __init__(self, domains: Sequence[Domain], site: str = "test", now: int = 0) -> None:
        self.site = site
        self.now = now
        self.rows: dict[tuple[str, str], Shown] = {}
        self.accounts: dict[str, tuple[str, str, str, tuple[str, ...], bool]] = {}
        self._db = sqlite3.connect(":memory:")
        self._versions: dict[tuple[str, str], int] = {}
        self.minutes: list[tuple[int, bytes]] = []
        self.borne: Borne | None = None
        self._touched: set[Touched] = set()
        self._rows: dict[tuple[str, str], tuple[Any, ...] | None] = {}
        self._shared: dict[tuple[str, str], Any] = {}
        self._found: dict[str, dict[tuple[Any, ...], list[tuple[Any, ...]]]] = {}
        """Rows of each table by question, until the table changes: the same is asked again and again."""
        self._answers = {question: answer for d in domains for question, answer in d.answers.items()}
        for record in (r for d in domains for r in d.records):
            columns = ", ".join(f'"{f}"' for f in _readers(record))
            self._db.execute(f'CREATE TABLE "{record.TABLE}" ({columns}, PRIMARY KEY (rid))')

    def copy(self) -> "MemoryTx":
        """Another hall in the same state."""
        other = copy.copy(self)
        other.rows, other.accounts, other.minutes = dict(self.rows), dict(self.accounts), list(self.minutes)
        other._versions, other._touched = dict(self._versions), set(self._touched)
        other._rows, other._shared, other._found = {}, {}, {}
        other._db = sqlite3.connect(":memory:")
        self._db.commit()
        self._db.backup(other._db)
        return other

    def get(self, record: type[R], rid: str) -> R | None:
        """As the store does: one object for all who ask where a record is shared, else a new one."""
        key = (record.TABLE, rid)
        if key not in self._rows:
            self._rows[key] = self._db.execute(_select(record, "rid = ?", "rid"), (rid,)).fetchone()
        row = self._rows[key]
        if row is None or not record.SHARED:
            return None if row is None else _load(record, row)
        if key not in self._shared:
            self._shared[key] = _load(record, row)
        shared: R = self._shared[key]
        return shared

    def find(self, record: type[R], where: str = "", params: Sequence[Any] = (), order: str = "rid") -> list[R]:
        found = self._found.setdefault(record.TABLE, {})
        question = (where, order, *params)
        if question not in found:
            found[question] = self._db.execute(_select(record, where, order), params).fetchall()
        return [_load(record, row) for row in found[question]]

    def together(self, record: type[R], value: str, **equal: Any) -> list[R]:
        where = " AND ".join(f'"{name}" = ?' for name in (record.TOGETHER, *equal))
        return self.find(record, where, [value, *equal.values()])

    def sums(self, measure: Measure) -> dict[str, dict[str, int]]:
        """What a measure comes to, by unit."""
        table = f'"{measure.record.TABLE}" WHERE {measure.where or "TRUE"}'
        select = f'SELECT "{measure.unit}", {", ".join(measure.sums.values())} FROM {table} GROUP BY 1'
        return {unit: dict(zip(measure.sums, values, strict=True)) for unit, *values in self._db.execute(select)}

    def put(self, record: Record) -> None:
        fields = [(getattr(record, name), read) for name, read in _readers(type(record)).items()]
        values = [value if read in (_itself, bool) else msgspec.json.encode(value).decode() for value, read in fields]
        marks = ", ".join("?" * len(values))
        self._rows.pop((record.TABLE, record.rid), None)
        self._shared.pop((record.TABLE, record.rid), None)
        self._found.pop(record.TABLE, None)
        self._db.execute(f'INSERT OR REPLACE INTO "{record.TABLE}" VALUES ({marks})', values)

    def project(self, face: Face) -> None:
        key = (face.kind, face.rid)
        body = msgspec.json.encode(face.body).decode()
        known = self.rows.get(key)
        if known and known.buckets == face.buckets and known.body == body:
            return
        if not face.buckets:
            self.rows.pop(key, None)
            return
        self._versions[key] = self._versions.get(key, 0) + 1
        self.rows[key] = Shown(face.buckets, self._versions[key], body)

    def retract(self, kind: str, rid: str) -> None:
        self.rows.pop((kind, rid), None)

    def version(self, kind: str, rid: str) -> int | None:
        shown = self.rows.get((kind, rid))
        return shown.version if shown else None

    def touch(self, post: str, from_at: int = 0, to_at: int = 0) -> None:
        self._touched.add(Touched(post, "", from_at, to_at))

    def touch_person(self, uid: str, from_at: int, to_at: int) -> None:
        self._touched.add(Touched("", uid, from_at, to_at))

    def grant(self, uid: str, login: str, name: str, unit: str, roles: Sequence[str], active: bool) -> None:
        self.accounts[uid] = (login, name, unit, tuple(roles), active)

    def knows(self, question: str) -> bool:
        return question in self._answers

    def ask(self, question: str, **about: Any) -> Any:
        return self._answers[question](self, **about)

    def minute_after(self, at: int) -> bytes | None:
        """Of `minutes` (end in ms, root), which a test fills."""
        return next((root for end, root in self.minutes if end >= at + 60_000), None)

    def bind(self, what: bytes) -> bytes:
        """There is no log here that could tell."""
        return bytes(32)

    def borne_out(self, op: str, what: bytes, nonce: bytes) -> Borne | None:
        return self.borne

    def take_touched(self) -> frozenset[Touched]:
        """What was touched since the last call."""
        touched, self._touched = frozenset(self._touched), set()
        return touched

    def undo_point(self) -> None:
        """Start of one op: what follows can be undone by `undo`."""
        self._db.execute("SAVEPOINT op")
        self._before = (dict(self.rows), dict(self._versions))

    def undo(self) -> None:
        """Back to the last undo point."""
        self._db.execute("ROLLBACK TO op")
        self.rows, self._versions = self._before
        self._touched = set()
        self._rows, self._shared, self._found = {}, {}, {}


def _itself(value: Any) -> Any:
    return value


@cache
def _readers(record: type[Record]) -> dict[str, Callable[[Any], Any]]:
    """How each field comes out of its column: text (also of a closed set), numbers and truth as they are, everything else is JSON."""
    hints = get_type_hints(record)
    names = [f.name for f in msgspec.structs.fields(record)]
    return {name: _reader(hints[name]) for name in names}


def _reader(kind: Any) -> Callable[[Any], Any]:
    if kind is bool:
        return bool
    return _itself if kind in (str, int) or get_origin(kind) is Literal else msgspec.json.Decoder(kind).decode


@cache
def _select(record: type[Record], where: str, order: str) -> str:
    columns = ", ".join(f'"{n}"' for n in _readers(record))
    return f'SELECT {columns} FROM "{record.TABLE}"{f" WHERE {where}" if where else ""} ORDER BY {order}'


@cache
def _loading(record: type[Record]) -> tuple[tuple[str, ...], tuple[tuple[int, Callable[[Any], Any]], ...]]:
    """The names of the columns, and what makes a value of those that are not kept as they are."""
    readers = _readers(record)
    return tuple(readers), tuple((n, read) for n, read in enumerate(readers.values()) if read is not _itself)


def _load(record: type[R], row: tuple[Any, ...]) -> R:
    names, readers = _loading(record)
    values = list(row)
    for n, read in readers:
        values[n] = read(values[n])
    return record(**dict(zip(names, values, strict=True)))


class MemoryHall:
    """Domains run as the committer runs them: one savepoint per op, settle after it, held references retried, ticks by hand."""

    def __init__(self, domains: Sequence[Domain], now: int) -> None:
        self.domains = domains
        self.tx = MemoryTx(domains, now=now)
        self._kinds = {kind.kind: kind for d in domains for kind in d.ops}
        self._handlers = {kind: handler for d in domains for kind, handler in d.handlers.items()}
        self._waiting: list[Op[Any]] = []
        self._numbers = iter(range(1, 10**9))

    def copy(self) -> "MemoryHall":
        """Another hall in the same state, for which nothing waits."""
        other = copy.copy(self)
        other.tx, other._waiting, other._numbers = self.tx.copy(), [], copy.copy(self._numbers)
        return other

    def op(
        self,
        actor: Actor,
        kind: str,
        rid: str,
        args: msgspec.Struct,
        *,
        at: int | None = None,
        received: int | None = None,
        grade: Grade = "A",
        verdict: Verdict = "OK",
        guard: dict[str, int] | None = None,
        op_id: str = "",
        not_before: int = 0,
        blobs: Sequence[Blob] = (),
    ) -> Op[Any]:
        """An op as the committer would hand it over; by default made and received now."""
        assert isinstance(args, self._kinds[kind].args), f"{kind} takes {self._kinds[kind].args.__name__}"
        received = self.tx.now if received is None else received
        at = received if at is None else at
        window = Window(not_before=not_before, not_after=received, at=at, verdict=verdict, grade=grade)
        number = op_id or f"op{next(self._numbers):06d}"
        return Op(number, kind, rid, args, f"dev-{actor.uid}", actor, window, received, guard or {}, list(blobs))

    def run(self, op: Op[Any]) -> Outcome:
        """Run one op at its time of receipt, then whatever waited for it."""
        self.tx.now = max(self.tx.now, op.received_at)
        outcome = self._run(op)
        if outcome.code == "REF_WAIT":
            self._waiting.append(op)
        elif outcome.st == "applied":
            waiting, self._waiting = self._waiting, []
            for other in waiting:
                self.run(other)
        return outcome

    def send(self, actor: Actor, kind: str, rid: str, args: msgspec.Struct, **how: Any) -> Outcome:
        """Make and run an op."""
        return self.run(self.op(actor, kind, rid, args, **how))

    def bytes_of(self, uid: str, sha256: str, state: Literal["stored", "refused"] = "stored") -> None:
        """The bytes of a photo an op of this person names have come, or were refused: what shows it is shown again."""
        known = self.tx.get(BlobRecord, blob_rid(uid, sha256))
        assert known is not None
        known.state = state
        self.tx.put(known)
        for rid in records_showing(self.tx, known.rid):
            for domain in self.domains:
                if domain.attached:
                    domain.attached(self.tx, rid)

    def found(self) -> None:
        """Lay down what a hall begins with."""
        for domain in self.domains:
            if domain.found:
                domain.found(self.tx)

    def tick(self, now: int) -> None:
        """Let time pass until `now` and do what it makes due in a founded hall."""
        self.tx.now = now
        if self.tx.knows("founded") and not self.tx.ask("founded"):
            return
        for domain in self.domains:
            if domain.tick:
                domain.tick(self.tx)
                self.settle()

    def seen_by(self, *buckets: str) -> dict[tuple[str, str], Any]:
        """Every row in one of the buckets, decoded."""
        return {key: msgspec.json.decode(shown.body) for key, shown in self.tx.rows.items() if shown.buckets & set(buckets)}

    def row(self, kind: str, rid: str) -> Any:
        """The body of a row, decoded; None when nobody sees it."""
        shown = self.tx.rows.get((kind, rid))
        return msgspec.json.decode(shown.body) if shown else None

    def buckets(self, kind: str, rid: str) -> set[str]:
        """Who sees a row."""
        shown = self.tx.rows.get((kind, rid))
        return set(shown.buckets) if shown else set()

    def rows(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Every row of a kind, by rid."""
        for (k, rid), shown in sorted(self.tx.rows.items()):
            if k == kind:
                yield rid, msgspec.json.decode(shown.body)

    def _run(self, op: Op[Any]) -> Outcome:
        self.tx.undo_point()
        outcome = self._handlers[op.kind](self.tx, op)
        if outcome.st == "applied":
            self.settle()
        else:
            self.tx.undo()
        return outcome

    def settle(self) -> None:
        """Let every domain draw its conclusions from what was touched."""
        while touched := self.tx.take_touched():
            posts = frozenset(t.post for t in touched if t.post)
            for domain in self.domains:
                if posts and domain.settle:
                    domain.settle(self.tx, posts)
            for domain in self.domains:
                if domain.review:
                    domain.review(self.tx, touched)
