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
    `TOGETHER`: an immutable text column. The writer remembers which records share a value of it; "" is never shared.

    Columns follow the fields: str, int and bool as they are, everything else as JSON text. The Piccolo table is derived from it.
    """

    TABLE: ClassVar[str]
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ()
    SHARED: ClassVar[bool] = False
    TOGETHER: ClassVar[str] = ""

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


Times = Mapping[str, int | str]
"""Times somebody enters in the place of those that were said, by the name of the argument: ms, or an ISO day."""
NO_TIMES: Times = MappingProxyType({})


class Touched(NamedTuple):
    """Facts about a post, or about a person, changed; they lie between two moments (ms), both 0 when that is not known."""

    post: str = ""
    person: str = ""
    from_at: int = 0
    to_at: int = 0


class Held(NamedTuple):
    """A held op that waits for a person: who said it, and the buckets whose readers may decide."""

    uid: str
    audience: frozenset[str]


class Borne(NamedTuple):
    """What the evidence log proves, as `.tlog-proof` texts under one signed head: where an op stands; the first minute that began after
    it was taken; and the one before that, "" when there is none.
    """

    record: str
    before: str
    minute: str


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

    def together(self, record: type[R], value: str, **equal: Any) -> list[R]:
        """Records with this value in the column they are found `TOGETHER` by, and these in others, by rid: none is asked for twice."""

    def put(self, record: Record) -> None:
        """Insert or replace by rid."""

    def project(self, face: Face) -> None:
        """Make `face` what its buckets see, and only they; a no-op when nothing changes. An empty bucket set retracts it."""

    def retract(self, kind: str, rid: str) -> None:
        """Nobody sees this row any more."""

    def version(self, kind: str, rid: str) -> int | None:
        """Present version of a projected row, for a command's `if`."""

    def touch(self, post: str, from_at: int = 0, to_at: int = 0) -> None:
        """Something that bears on this post changed: every domain's `settle` gets it before the op ends, every `review` with the span
        (ms) in which the changed facts lie. Without a span it may bear on any day of the months that are not closed."""

    def touch_person(self, uid: str, from_at: int, to_at: int) -> None:
        """Facts about this person between two moments (ms) changed: every domain's `review` gets it before the op ends."""

    def knows(self, question: str) -> bool:
        """Whether any domain of this site answers `question`."""

    def ask(self, question: str, **about: Any) -> Any:
        """Ask the domain that owns `question` (a key of its `answers`); the types are in its rules.py."""

    def grant(self, uid: str, login: str, name: str, unit: str, roles: Sequence[str], active: bool) -> None:
        """What a person may do from now on (VIS-02); devices hear of it with the commit. A new person gets an account without a password;
        `login` of somebody else is not taken."""

    def minute_after(self, at: int) -> bytes | None:
        """The root of the first minute of the evidence log that began after `at` (ms): a number nobody could know then.

        None until it is there.
        """

    def bind(self, what: bytes) -> bytes:
        """Bind the running op to these 32 bytes, so that the log can prove it later. Returns a nonce; until that is published the op looks
        like any other.
        """

    def borne_out(self, op: str, what: bytes, nonce: bytes) -> Borne | None:
        """That op (by its id) was bound to `what`, and the first minute that began after it; None while the log does not show it."""

    def held(self, rid: str) -> Held | None:
        """The held op behind row (`op.held`, `rid`), while it waits for a decision."""

    def decide(self, rid: str, by: str, accept: bool, text: str, times: Times = NO_TIMES) -> Outcome:
        """Run a held op as its author said it, or set it aside; refused when it cannot take effect. `times`: said anew by the decider."""


def stale(tx: Tx, op: Op[Any], kind: str, rid: str = "") -> Outcome | None:
    """STALE, when the op names in `if` another version of this row than the present one; whoever names none decides on what there is.
    Without `rid` it is the op's own record.
    """
    rid = rid or op.rid
    present = tx.version(kind, rid)
    return refused("STALE", present) if op.guard.get(rid, present) != present else None


def unseen(tx: Tx, op: Op[Any], kind: str, rid: str = "") -> Outcome | None:
    """STALE, unless the op names in `if` the present version of this row, if it has one: nobody changes what he has not seen as it is."""
    rid = rid or op.rid
    present = tx.version(kind, rid)
    return refused("STALE", present) if op.guard.get(rid) != present else None


Handler = Callable[[Tx, Op[Any]], Outcome]


Kind = Literal["text", "number", "minutes", "time", "day", "flag", "choice", "person", "unit", "post"]
"""What a cell holds: `time` ms, `day` ISO, `flag` yes or no, `choice` one of a closed set, the last three an id; a list of ids is fine."""
Privacy = Literal["P0", "P1", "P2", "P3", "P4", "P5"]


class Column(NamedTuple):
    """One column of a register. `title` and the words of `choices` are message ids (or names by language); `privacy`: see catalogue 0.4.

    `value` makes the cell of the record; without it the cell is the record's field `key`. A column whose `key` is a plain field of the
    record can be filtered and sorted by; a list of ids can be filtered by. From P3 on a cell is read only for a stated purpose (VIS-03).
    """

    key: str
    title: str
    kind: Kind = "text"
    privacy: Privacy = "P1"
    value: Callable[[Any], Any] | None = None
    choices: Mapping[str, str | Mapping[str, str]] = MappingProxyType({})


class Reading(NamedTuple):
    """What holders of a role read of a register (VIS-01): which `rows` (of the hall, of their own unit, about themselves; of those, the
    ones that fulfil the SQL of `where`), without the `hidden` columns; the `sealed` ones only for a stated purpose, which leaves a trace
    (VIS-05). `rule`: the key of the hall's rule that names the roles instead ("EFF,OFF"); `roles` are then those of a hall without it.
    """

    roles: frozenset[str]
    rows: Literal["hall", "unit", "own"] = "hall"
    hidden: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    where: str = ""
    rule: str = ""


class Related(NamedTuple):
    """Where the facts behind a row are: a register, filtered, from the day of one moment to that of another (ms)."""

    register: str
    title: str
    filters: Mapping[str, str]
    from_at: int
    to_at: int


class Register(NamedTuple):
    """台账: the records of one kind as a table for the desk, with who reads what of it (§7). Server, screen and exports need no more.

    `at`: the field by which a span of days is cut (ms, or an ISO day) and which is sorted by at first: give the record an INDEX that
    begins with it and ends with `rid`. `unit`: the field that names the unit, or "post" when it is that of the post in field `post`.
    `own`: the field that names the person concerned. `where`: SQL over the record's fields that all of its rows fulfil.
    `totals`: a choice column by which rows are counted. Names, columns and choices travel in the reader's language.
    """

    name: str
    title: str
    record: type[Record]
    columns: tuple[Column, ...]
    readings: tuple[Reading, ...]
    at: str
    unit: str = ""
    own: str = ""
    where: str = ""
    totals: str = ""
    related: Callable[[Any], Sequence[Related]] | None = None


class Measure(NamedTuple):
    """Numbers for the indices (§11) that follow from records of one kind: `sums` gives for each the SQL aggregate over the record's fields,
    by the field `unit`, over a span of the field `at` (ms, or an ISO day) of records that fulfil `where`.
    """

    record: type[Record]
    at: str
    unit: str
    sums: Mapping[str, str]
    where: str = ""


class Domain(NamedTuple):
    """One institution, as app.py lists it.

    `settle(tx, posts)` recomputes projections of touched posts; `review(tx, touched)` what follows from the facts of days gone by, too;
    `found(tx)` lays down what a hall begins with and does not have yet (called when it is founded and at every start of the server, so that
    an older hall gets what is new; what is there stays as it is); `tick(tx)` does what time alone makes due (called every few seconds in a
    founded hall, writes nothing when nothing is due); `answers` are the questions other domains may ask; `attached(tx, rid)` shows a record
    of its own again because a photo or sound it names has arrived; `upcasts` bring older versions of its ops up to the present one;
    `sealed(tx, rid, args, uid)`: the buckets that alone may hear of an op of this institution that was held, None when it is as open as
    any; `registers`: its tables for the desk; `measures`: its numbers for the indices.
    """

    name: str
    ops: tuple[OpKind, ...]
    rows: tuple[RowKind, ...]
    records: tuple[type[Record], ...]
    handlers: dict[str, Handler]
    settle: Callable[[Tx, frozenset[str]], None] | None = None
    review: Callable[[Tx, frozenset[Touched]], None] | None = None
    found: Callable[[Tx], None] | None = None
    tick: Callable[[Tx], None] | None = None
    answers: Mapping[str, Callable[..., Any]] = MappingProxyType({})
    attached: Callable[[Tx, str], None] | None = None
    upcasts: tuple[Upcast, ...] = ()
    sealed: Callable[[Tx, str, bytes, str], frozenset[str] | None] | None = None
    registers: tuple[Register, ...] = ()
    measures: tuple[Measure, ...] = ()
