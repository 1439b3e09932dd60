"""The store's contract: all that the rest of the server knows of a database. SQLite implements it; PostgreSQL can.

Writes are *units*: plain functions run by the one writer of the site, many to a commit. A unit works in *steps*; each step stands or
falls alone (a savepoint) and takes the next commit number when it changed something devices can see. The answer to a unit leaves
after the commit is on disk; listeners hear of the commit after that.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from sync.messages import Head

if TYPE_CHECKING:
    from server.store.pen import Pen
    from server.store.transaction import Transaction

T = TypeVar("T")
Values = Sequence[Any]


class StoreTrouble(Exception):
    """The store could not take a write now; nothing of the unit's open step remains. `full`: there is no room on the disk."""

    def __init__(self, full: bool, reason: str) -> None:
        super().__init__(reason)
        self.full = full


class UnsafeStore(Exception):
    """The store must not be opened: its message says why and what to do."""


class Sql(Protocol):
    """A connection as core queries use it: `?` parameters, rows as tuples."""

    def one(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        """First row, or None."""

    def all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows."""

    def stream(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Rows one by one, several streams at a time."""

    def run(self, sql: str, values: Values = ()) -> int:
        """Change rows; returns how many. On a reader this is an error."""

    def many(self, sql: str, rows: Sequence[Values]) -> None:
        """The same change for many rows."""


class RowChange(NamedTuple):
    """A row after a commit. `live`: buckets that hold it now; `hit`: buckets for which something changed (entered, left, new version)."""

    cid: int
    kind: str
    rid: str
    ver: int
    hash: str
    body: str | None
    live: frozenset[str]
    hit: frozenset[str]


class OwnChange(NamedTuple):
    """A row of a device's own bucket (`op.result`) changed. Kept elsewhere than the faces, and made into a row only if somebody listens."""

    dev: str
    make: Callable[[], RowChange]


class Committed(NamedTuple):
    """One group commit: changed faces, changed results, the new chain heads by device id, and people whose rights may have changed.

    `base`: the head before it. `people`: by uid, the buckets they may read now (without a device's own); None when they may not sign in
    any more.
    """

    base: int
    head: int
    rows: list[RowChange]
    own: list[OwnChange]
    heads: dict[str, Head]
    people: dict[str, frozenset[str] | None] = {}  # noqa: RUF012 - never changed


class Unit(Protocol):
    """What a write may use. `sql` reads and writes core tables inside the current step."""

    @property
    def now(self) -> int: ...

    @property
    def sql(self) -> "Pen": ...

    def not_before(self, at: int) -> None:
        """The site has told the time `at` (ms) already: it is no sooner now."""

    def step(self) -> AbstractContextManager["Transaction"]:
        """Open a step. An exception undoes all of it and goes on to the unit."""


class SiteFacts(NamedTuple):
    """What a site is: made once, changed only by restore (`epoch`) or its administrator (`names`)."""

    id: str
    epoch: str
    names: dict[str, str]
    locale: str
    demo: bool
    seal_key: bytes
    sign_key: bytes
    rescue_key: bytes


class Store(Protocol):
    """One site. `write` and `read` may be awaited from one event loop; both run elsewhere."""

    @property
    def facts(self) -> SiteFacts: ...

    @property
    def leads(self) -> bool:
        """Whether the jobs that must run once run in this process."""

    @property
    def shared(self) -> bool:
        """Whether other processes may serve this site beside this one."""

    @property
    def writers(self) -> Sequence[int]:
        """Threads (native ids) that write to a database inside this process; none when a server keeps it."""

    def now(self) -> int:
        """The site's time (ms): the clock's, and never before a time the site has kept."""

    def behind(self) -> int:
        """How far the machine's clock is behind the site's time (ms): somebody set it back."""

    async def write(self, unit: Callable[[Unit], T], repeatable: bool = False) -> T:
        """Run `unit` in the writer and return its value once it is durable. Raises what it raises, or `StoreTrouble`.

        `repeatable`: running it again after its steps were undone comes to the same, so what it writes may be gathered with others'.
        """

    async def read(self, query: Callable[[Sql], T], brief: bool = False) -> T:
        """Run `query` over one consistent state of everything committed. `brief`: it looks up a few rows, and may be run on the loop."""

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """Call `listener` on the event loop after each commit that changed what devices see, after its units were answered."""

    async def close(self) -> None:
        """Finish what was accepted, then close."""
