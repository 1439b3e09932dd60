"""One step of the writer: what handlers write through (`server.domain.base.Tx`), plus the ledger's side for the committer.

Everything a step does is undone together when it fails. A step that changed something devices can see takes the next commit number.
"""

import threading
from collections.abc import Callable, Sequence
from os import urandom
from typing import Any, NamedTuple, Protocol

from server.domain.base import NO_TIMES, Borne, Face, Held, Outcome, R, Record, Times, Touched
from server.store import faces
from server.store.contract import OwnChange, RowChange, SiteFacts, Sql
from server.store.institutions import Institutions
from server.store.minutes import minute_after
from server.store.pen import Pen
from server.store.sums import Tally
from sync.messages import Head
from sync.minute import SALT_BYTES, bound_salt
from sync.ops import to_json

SETTLE_ROUNDS_MAX = 5
SALTS_DRAWN = 512


class HeldOps(Protocol):
    """The queue of held ops, as whoever opens a step for an op provides it."""

    def find(self, sql: Sql, rid: str) -> Held | None: ...

    def decide(self, tx: "Transaction", rid: str, by: str, accept: bool, text: str, times: Times) -> Outcome: ...


class Grant(NamedTuple):
    """What a person may do: name, unit and roles, and whether there is access at all."""

    uid: str
    login: str
    name: str
    unit: str
    roles: tuple[str, ...]
    active: bool


class Salts(threading.local):
    """Random salts drawn many at a time: for each draw the writer would let the loop run, and wait for its turn again."""

    def __init__(self) -> None:
        self._drawn: list[bytes] = []

    def one(self) -> bytes:
        """The next."""
        if not self._drawn:
            drawn = urandom(SALT_BYTES * SALTS_DRAWN)
            self._drawn = [drawn[at : at + SALT_BYTES] for at in range(0, len(drawn), SALT_BYTES)]
        return self._drawn.pop()


_salts = Salts()


class Transaction:
    """The transaction of one step. `next_n` gives fresh row numbers per table; `grant` keeps what people may do; `prove` looks into the
    evidence log. `salt`: what the op kept in this step gets in the place of a random one, when it was bound to something.
    """

    def __init__(
        self,
        facts: SiteFacts,
        now: int,
        cid: int,
        sql: Pen,
        institutions: Institutions,
        counters: dict[str, int],
        grant: Callable[["Transaction", Grant], None],
        prove: Callable[[Sql, SiteFacts, str, bytes, bytes], Borne | None],
    ) -> None:
        self.site = facts.id
        self.now = now
        self.sql = sql
        self.stamped = False
        self.rows: dict[tuple[str, str], RowChange] = {}
        self.own: list[OwnChange] = []
        self.heads: dict[str, Head] = {}
        self.people: dict[str, frozenset[str] | None] = {}
        self.tally = Tally()
        self.held_ops: HeldOps | None = None
        self.salt: bytes | None = None
        self.decided: list[tuple[int, str]] = []
        self._cid = cid
        self._institutions = institutions
        self._counters = counters
        self._grant = grant
        self._facts = facts
        self._prove = prove
        self._touched: set[Touched] = set()

    # --- records ---

    def get(self, record: type[R], rid: str) -> R | None:
        """The record with this rid."""
        found: R | None = self._institutions.tables[record].get(self.sql, rid)
        return found

    def find(self, record: type[R], where: str = "", params: Sequence[Any] = (), order: str = "rid") -> list[R]:
        """Records matching a condition over their columns."""
        found: list[R] = self._institutions.tables[record].find(self.sql, where, params, order)
        return found

    def together(self, record: type[R], value: str, **equal: Any) -> list[R]:
        """Records with this value in the column they are found `TOGETHER` by, and these in others, by rid."""
        found: list[R] = self._institutions.tables[record].together(self.sql, value, equal)
        return found

    def put(self, record: Record) -> None:
        """Insert or replace by rid."""
        self._institutions.tables[type(record)].put(self.sql, record)

    # --- faces ---

    def project(self, face: Face) -> None:
        """Make `face` what exactly its buckets see."""
        body = to_json(face.body) if face.buckets else None
        change = faces.show(self.sql, self.tally, self._cid, self.next_n("view_row"), face.kind, face.rid, body, face.buckets)
        if change is not None:
            self.emit(change)

    def retract(self, kind: str, rid: str) -> None:
        """Nobody sees this row any more."""
        change = faces.show(self.sql, self.tally, self._cid, 0, kind, rid, None, frozenset())
        if change is not None:
            self.emit(change)

    def version(self, kind: str, rid: str) -> int | None:
        """Present version of a projected row."""
        return faces.version(self.sql, kind, rid)

    # --- other institutions ---

    def touch(self, post: str, from_at: int = 0, to_at: int = 0) -> None:
        """Every domain's `settle` gets this post before the step ends, every `review` with the span of the facts."""
        self._touched.add(Touched(post, "", from_at, to_at))

    def touch_person(self, uid: str, from_at: int, to_at: int) -> None:
        """Every domain's `review` gets this person before the step ends."""
        self._touched.add(Touched("", uid, from_at, to_at))

    def knows(self, question: str) -> bool:
        """Whether any domain answers `question`."""
        return question in self._institutions.answers

    def ask(self, question: str, **about: Any) -> Any:
        """Ask the domain that owns `question`."""
        return self._institutions.answers[question](self, **about)

    def settle(self) -> None:
        """Let every domain recompute what bears on touched posts, until nothing more is touched."""
        for _ in range(SETTLE_ROUNDS_MAX):
            if not self._touched:
                return
            touched, self._touched = frozenset(self._touched), set()
            if posts := frozenset(t.post for t in touched if t.post):
                for settle in self._institutions.settles:
                    settle(self, posts)
            for review in self._institutions.reviews:
                review(self, touched)
        raise RuntimeError(f"settling touches posts again and again: {sorted(self._touched)}")

    def found(self) -> None:
        """Let every domain lay down what the hall begins with and does not have yet."""
        for _, found in self._institutions.founds:
            found(self)

    # --- accounts ---

    def grant(self, uid: str, login: str, name: str, unit: str, roles: Sequence[str], active: bool) -> None:
        """What a person may do from now on."""
        self._grant(self, Grant(uid, login, name, unit, tuple(roles), active))

    def minute_after(self, at: int) -> bytes | None:
        """The root of the first minute of the log that began after `at`."""
        return minute_after(self.sql, at)

    def fresh_salt(self) -> bytes:
        """What hides a record in the log."""
        return _salts.one()

    def bind(self, what: bytes) -> bytes:
        """Hide `what` in the salt of the op being run; returns what opens it."""
        nonce = self.fresh_salt()
        self.salt = bound_salt(what, nonce)
        return nonce

    def borne_out(self, op: str, what: bytes, nonce: bytes) -> Borne | None:
        """What the log says of an op that was bound to `what`."""
        return self._prove(self.sql, self._facts, op, what, nonce)

    # --- held ops ---

    def held(self, rid: str) -> Held | None:
        """The held op that waits for a decision under this rid."""
        return self.held_ops.find(self.sql, rid) if self.held_ops else None

    def decide(self, rid: str, by: str, accept: bool, text: str, times: Times = NO_TIMES) -> Outcome:
        """Run a held op, or set it aside; `decided` gets its device and record, for what is held behind it."""
        if self.held_ops is None:
            raise RuntimeError("held ops are decided by ops")
        return self.held_ops.decide(self, rid, by, accept, text, times)

    def sealed_for(self, kind: str, rid: str, args: bytes, uid: str) -> frozenset[str] | None:
        """The buckets that alone may hear of a held op of this kind; None when its institution is open."""
        told = self._institutions.sealed_by(kind)
        return told(self, rid, args, uid) if told else None

    def is_known(self, kind: str) -> bool:
        """Whether this op kind is one of ours."""
        return self._institutions.is_ours(kind)

    def is_under_seal(self, kind: str) -> bool:
        """Whether an op of this kind speaks of what is under embargo, or of who must not be known."""
        return self._institutions.is_under_seal(kind)

    # --- the committer's side ---

    def stamp(self) -> int:
        """The commit number of this step, which is thereby used."""
        self.stamped = True
        return self._cid

    def next_n(self, table: str) -> int:
        """A fresh number for a row of `table`, above every one before."""
        self._counters[table] += 1
        return self._counters[table]

    def emit(self, change: RowChange) -> None:
        """Tell devices of a changed row after the commit."""
        self.stamp()
        before = self.rows.pop((change.kind, change.rid), None)
        self.rows[change.kind, change.rid] = join(before, change)

    def emit_own(self, dev: str, make: Callable[[], RowChange]) -> None:
        """Tell one device of a row in its own bucket, which `make` makes if it listens; the step is stamped."""
        self.own.append(OwnChange(dev, make))


def join(before: RowChange | None, after: RowChange) -> RowChange:
    """Two changes of one row, told as one."""
    return after if before is None else after._replace(hit=before.hit | after.hit)


class Changes(NamedTuple):
    """What the steps of a group commit did, for listeners."""

    rows: dict[tuple[str, str], RowChange]
    own: list[OwnChange]
    heads: dict[str, Head]
    people: dict[str, frozenset[str] | None]

    def take(self, step: Transaction) -> None:
        """Add a finished step; later changes of a row come after earlier ones."""
        for key, change in step.rows.items():
            self.rows[key] = join(self.rows.pop(key, None), change)
        self.own.extend(step.own)
        self.heads.update(step.heads)
        self.people.update(step.people)
