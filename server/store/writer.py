"""The one writer of a site, whatever its database: steps, units, batches and group commits.

group    units as they come, one flush to the disk for all of them
batch    units of a group that may run twice: what they write is gathered and written together (server/store/pen.py)
unit     one caller's work, a plain function of steps
step     stands or falls alone, and takes the next commit number when it changed something devices can see
"""

import asyncio
import logging
import queue
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from server.store import horizon, site
from server.store.contract import Committed, SiteFacts, Sql, StoreTrouble, Unit
from server.store.institutions import Institutions
from server.store.pen import Pen, Torn
from server.store.people import grant
from server.store.proofs import borne_out
from server.store.sums import Sums
from server.store.transaction import Changes, Transaction

alarm = logging.getLogger("zaigang.alarm")
GROUP_UNITS_MAX = 256
GROUP_SECONDS_MAX = 0.1
NUMBERED = ("op", "view_row", "device", "contact", "audit", "account_was")


class Engine(Sql, Protocol):
    """The writer's own connection."""

    def begin(self) -> bool:
        """Open the transaction of a group. True when another process has committed since this one's last group."""

    def commit(self, people: Sequence[str]) -> None:
        """End it and flush it to the disk. `people`: whose rights may have changed, for other processes."""

    @property
    def in_transaction(self) -> bool:
        """Whether the transaction still stands: a grave error may have ended it."""

    def trouble(self, error: Exception) -> StoreTrouble | None:
        """The passing trouble behind an error of the engine; None when the statement itself is wrong."""

    @property
    def is_failed(self) -> bool:
        """Whether a statement's error has made the transaction take nothing more until a savepoint is undone."""


class Step:
    """A transaction object that is applied or undone when it is left."""

    def __init__(self, writer: "Writer") -> None:
        self._writer = writer

    def __enter__(self) -> Transaction:
        self._writer.sql.begin()
        self._tx = self._writer.transaction()
        return self._tx

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        writer = self._writer
        if error is None:
            writer.sql.end()
            writer.finished(self._tx)
            return
        writer.sql.undo(writer.engine.in_transaction)
        if isinstance(error, Exception) and (passing := writer.engine.trouble(error)):
            raise passing from error


class Batch(NamedTuple):
    """Where an open batch began, and the steps it has finished. `whole`: its group has nothing before it."""

    head: int
    counters: dict[str, int]
    steps: list[Transaction]
    whole: bool


class Writer:
    """The state of the one writer: its connection, the head, fresh numbers, and what the open group changed. Implements `Unit`."""

    def __init__(self, engine: Engine, facts: SiteFacts, institutions: Institutions, clock: Callable[[], int]) -> None:
        self.engine = engine
        self.sql = Pen(engine)
        self.now = site.last_at(engine)
        self._facts = facts
        self._institutions = institutions
        self._clock = clock
        self._batch: Batch | None = None
        self._loaded = False

    def _load(self) -> None:
        """Read the head and the numbers in use: at start, and after a group that did not commit."""
        self.head = self.committed = site.head(self.engine)
        self.not_before(site.last_at(self.engine))
        self.counters = {table: (self.engine.one(f"SELECT max(n) FROM {table}") or (None,))[0] or 0 for table in NUMBERED}
        self.changes = Changes({}, [], {}, {})
        self.sums = Sums(self.engine)
        self.marked_at = horizon.marked_at(self.engine)
        self._loaded = True

    # --- steps ---

    def step(self) -> Step:
        """Open a step."""
        return Step(self)

    def transaction(self) -> Transaction:
        """The transaction of the step being opened."""
        return Transaction(self._facts, self.now, self.head + 1, self.sql, self._institutions, self.counters, grant, borne_out)

    def finished(self, step: Transaction) -> None:
        """Count a step in."""
        if step.stamped:
            self.head += 1
        if self._batch is None:
            self._take(step)
        else:
            self._batch.steps.append(step)

    def _take(self, step: Transaction) -> None:
        self.changes.take(step)
        self.sums.take(step.tally)

    # --- batches ---

    def open_batch(self, whole: bool) -> None:
        """From here on writes are gathered.

        A savepoint makes SQLite copy every page that changes, a tenth of what writing costs; a `whole` batch goes with its transaction.
        """
        if not whole:
            self.engine.run("SAVEPOINT batch")
        self._batch = Batch(self.head, dict(self.counters), [], whole)
        self.sql.batching = True

    def close_batch(self) -> None:
        """Write what was gathered. Raises `Torn` when that cannot be done."""
        if self._batch is not None:
            self.sql.close_batch()
            if not self._batch.whole:
                self.engine.run("RELEASE batch")
            for step in self._batch.steps:
                self._take(step)
            self._batch = None

    def undo_batch(self, cause: BaseException | None) -> None:
        """Nothing of the batch remains. Raises when the `cause` took the whole transaction with it."""
        assert self._batch is not None, "only an open batch is torn"
        self.sql.drop()
        if not self.engine.in_transaction:
            passing = self.engine.trouble(cause) if isinstance(cause, Exception) else None
            raise passing or StoreTrouble(False, "the transaction was lost")
        undone, self._batch = self._batch, None
        self.head = undone.head
        self.counters.update(undone.counters)
        if undone.whole:
            self.engine.run("ROLLBACK")
            self.begin()
        else:
            self.engine.run("ROLLBACK TO batch")
            self.engine.run("RELEASE batch")

    # --- groups ---

    def turn(self) -> None:
        """A new unit begins: time never goes back within a site, whatever process or clock tells it."""
        self.not_before(self._clock())
        self.sql.forget_answers()

    def not_before(self, at: int) -> None:
        """The site has told this time (ms) already."""
        self.now = max(self.now, at)

    def begin(self) -> None:
        """Open the group."""
        if self.engine.begin() or not self._loaded:
            self.sql.drop()
            self._load()

    def commit(self) -> Committed | None:
        """One head update, one flush. None when nobody needs to hear of it."""
        if self.head != self.committed:
            site.move_head(self.engine, self.head)
            self.sums.flush(self.engine)
            self._mark()
        self.engine.commit(list(self.changes.people))
        self.sql.trim()
        base, self.committed = self.committed, self.head
        changes, self.changes = self.changes, Changes({}, [], {}, {})
        if self.head == base and not changes.people:
            return None
        return Committed(base, self.head, list(changes.rows.values()), changes.own, changes.heads, changes.people)

    def _mark(self) -> None:
        """Note once a day how far the site has come: by this what is old is known as such."""
        if horizon.is_due(self.marked_at, self.now):
            horizon.mark(self.engine, self.head, self.now)
            self.marked_at = self.now

    def abandon(self) -> None:
        """Give the group up; what is in memory is read again before the next."""
        self._loaded = False
        self._batch = None
        self.sql.drop()
        with suppress(Exception):
            if self.engine.in_transaction:
                self.engine.run("ROLLBACK")


class Waiting(NamedTuple):
    """A unit and who waits for it. `repeatable`: it may run twice, so its writes may be gathered."""

    unit: Callable[[Unit], Any]
    repeatable: bool
    answer: "asyncio.Future[Any]"


class Done(NamedTuple):
    """A unit's value, or the error it ends with."""

    answer: "asyncio.Future[Any]"
    value: Any
    error: Exception | None


class Group:
    """One group commit: units as they come, up to a bound in number and time; then one flush for all."""

    def __init__(self, writer: Writer, waiting: "queue.SimpleQueue[Waiting | None]") -> None:
        self._writer = writer
        self._waiting = waiting
        self._batch: list[Waiting] = []
        self._done: list[Done] = []
        self.closing = False

    def commit(self, first: Waiting) -> tuple[list[Done], Committed | None]:
        """Run the group; what every unit ends with, and what listeners hear."""
        self._current = first
        try:
            self._writer.begin()
            self._gather()
            self._close_batch()
            return self._done, self._writer.commit()
        except Exception as error:
            alarm.error("a group commit failed", exc_info=error)
            self._writer.abandon()
            passing = error if isinstance(error, StoreTrouble) else self._writer.engine.trouble(error) or StoreTrouble(False, str(error))
            waiting = {d.answer for d in self._done} | {w.answer for w in self._batch} | {self._current.answer}
            return [Done(answer, None, passing) for answer in waiting], None

    def _gather(self) -> None:
        deadline = time.monotonic() + GROUP_SECONDS_MAX
        count = 0
        while True:
            self._take(self._current)
            count += 1
            if count >= GROUP_UNITS_MAX or time.monotonic() >= deadline:
                return
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                return
            if following is None:
                self.closing = True
                return
            self._current = following

    def _take(self, waiting: Waiting) -> None:
        """Run one unit, in the open batch if it may run twice."""
        if not waiting.repeatable:
            self._close_batch()
            self._done.append(self._one(waiting))
            return
        if not self._batch:
            self._writer.open_batch(whole=not self._done)
        self._batch.append(waiting)
        try:
            self._done.append(self._one(waiting))
        except Torn as torn:
            self._again(torn)

    def _close_batch(self) -> None:
        """Write what the batch gathered."""
        try:
            self._writer.close_batch()
        except Torn as torn:
            self._again(torn)
        self._batch.clear()

    def _again(self, torn: Torn) -> None:
        """The batch cannot be written as a whole: undo it and run its units again, each write at once."""
        alarm.warning("a batch of %d is run again one by one: %s", len(self._batch), torn.__cause__)
        answers = {waiting.answer for waiting in self._batch}
        self._done = [done for done in self._done if done.answer not in answers]
        self._writer.undo_batch(torn.__cause__)
        for waiting in self._batch:
            self._done.append(self._one(waiting))
        self._batch.clear()

    def _one(self, waiting: Waiting) -> Done:
        """Run one unit. Trouble that took the whole transaction with it ends the group; any other error is the unit's own."""
        self._writer.turn()
        try:
            done = Done(waiting.answer, waiting.unit(self._writer), None)
        except Exception as error:
            if not self._writer.engine.in_transaction:
                raise
            done = Done(waiting.answer, None, error)
        if self._writer.sql.batching and self._writer.engine.is_failed:
            raise Torn from done.error
        if not self._writer.engine.in_transaction:
            # The unit swallowed an error that undid everything before it, too.
            raise StoreTrouble(False, "the transaction was lost")
        return done
