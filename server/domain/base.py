"""What every institution is made of, and what its handlers may do: the only names a domain needs from the server.

A handler is one plain function, read top to bottom: may this person, is it sane, write the records, show the faces.
It runs inside the committer's transaction, in a savepoint of its own; results, receipts and audit are written by the same transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar

import msgspec

from sync.clock import Window
from sync.ops import Blob, OpKind, RowKind, Upcast


class Record(msgspec.Struct, kw_only=True):
    """A domain record as it is kept. `TABLE` names its table; `INDEX` the columns (or tuples of columns) looked up by.

    `SHARED`: read often and changed seldom, so that all who ask get one object: whoever changes a field puts it in the same step.

    Columns follow the fields: str, int and bool as they are, everything else as JSON text. The Piccolo table is derived from it.
    """

    TABLE: ClassVar[str]
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ()
    SHARED: ClassVar[bool] = False

    rid: str


R = TypeVar("R", bound=Record)
A = TypeVar("A", bound=msgspec.Struct)


class Face(NamedTuple):
    """One projection of a record: exactly these `buckets` see `body` as row (`kind`, `rid`). Equal (kind, rid, ver) means equal bytes."""

    kind: str
    rid: str
    buckets: frozenset[str]
    body: msgspec.Struct


class Actor(NamedTuple):
    """The person behind an op, with the roles that count for it."""

    uid: str
    unit: str
    roles: frozenset[str]


class Outcome(NamedTuple):
    """What became of an op. `code` from `sync.errors.CODES`; `cur`: present version of the row a refused command was about."""

    st: Literal["applied", "held", "refused"]
    code: str | None = None
    cur: int | None = None


APPLIED = Outcome("applied")


def held(code: str) -> Outcome:
    """Kept, not effective, waiting for a person (or for what it refers to). For evidence."""
    return Outcome("held", code)


def refused(code: str, cur: int | None = None) -> Outcome:
    """A command that was not carried out. The op stays in the ledger and on the device."""
    return Outcome("refused", code, cur)


class Held(NamedTuple):
    """A held op that waits for a person: who said it, and the buckets whose readers may decide."""

    uid: str
    audience: frozenset[str]


class Op(msgspec.Struct, Generic[A], frozen=True):
    """An op as a handler sees it: decoded arguments, who, what its time is worth. `received_at` ms; `blobs`: photos and sounds it names."""

    id: str
    kind: str
    rid: str
    a: A
    dev: str
    actor: Actor
    window: Window
    received_at: int
    guard: dict[str, int]
    blobs: list[Blob] = []


class Tx(Protocol):
    """The transaction a handler writes through. Reads see its own writes."""

    @property
    def site(self) -> str: ...

    @property
    def now(self) -> int:
        """Server time of this transaction, ms."""

    def get(self, record: type[R], rid: str) -> R | None: ...

    def find(self, record: type[R], where: str = "", params: Sequence[Any] = (), order: str = "rid") -> list[R]:
        """Records matching the SQL condition `where` over their columns (never built from user text)."""

    def put(self, record: Record) -> None:
        """Insert or replace by rid."""

    def project(self, face: Face) -> None:
        """Make `face` what its buckets see, and only they; a no-op when nothing changes. An empty bucket set retracts it."""

    def retract(self, kind: str, rid: str) -> None:
        """Nobody sees this row any more."""

    def version(self, kind: str, rid: str) -> int | None:
        """Present version of a projected row, for a command's `if`."""

    def touch(self, post: str) -> None:
        """Something that bears on this post changed: every domain's `settle` gets it before the op ends."""

    def ask(self, question: str, **about: Any) -> Any:
        """Ask the domain that owns `question` (a key of its `answers`); the types are in its rules.py."""

    def held(self, rid: str) -> Held | None:
        """The held op behind row (`op.held`, `rid`), while it waits for a decision."""

    def decide(self, rid: str, by: str, accept: bool, text: str) -> Outcome:
        """Run a held op as its author said it, or set it aside; refused when it cannot take effect."""


Handler = Callable[[Tx, Op[Any]], Outcome]


class Domain(NamedTuple):
    """One institution, as app.py lists it.

    `settle(tx, posts)` recomputes projections of touched posts; `tick(tx)` does what time alone makes due (called every few seconds,
    writes nothing when nothing is due); `answers` are the questions other domains may ask; `attached(tx, rid)` shows a record of its own
    again because a photo or sound it names has arrived; `upcasts` bring older versions of its ops up to the present one;
    `sealed(tx, rid, args, uid)`: the buckets that alone may hear of an op of this institution that was held.
    """

    name: str
    ops: tuple[OpKind, ...]
    rows: tuple[RowKind, ...]
    records: tuple[type[Record], ...]
    handlers: dict[str, Handler]
    settle: Callable[[Tx, frozenset[str]], None] | None = None
    tick: Callable[[Tx], None] | None = None
    answers: Mapping[str, Callable[..., Any]] = MappingProxyType({})
    attached: Callable[[Tx, str], None] | None = None
    upcasts: tuple[Upcast, ...] = ()
    sealed: Callable[[Tx, str, bytes, str], frozenset[str]] | None = None
