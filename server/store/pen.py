"""The writer's pen: in a batch, what steps write waits in memory and goes to the database together, many rows to a statement.

Who reads never notices: a fact asked for by its key is the one noted last, and any other read has what waits written first.
A step that is undone before anything of it was written costs nothing; after that, its savepoint is undone.
What waits may turn out not to be writable (a full disk, a value no column takes). Whose fault it is cannot be told then: `Torn` undoes
the batch, and its units run again, each write at once.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from server.store.contract import Sql, Values

T = TypeVar("T")
FACTS_MAX = 4096
"""How many facts of one kind are kept in memory between batches."""
ABOUT = {"view_row": ("face", "shown"), "bucket_row": ("face",), "account_was": ("account",)}
"""What facts the rows of a table bear on, where it is not what is called like it."""
_GONE: Any = object()
_WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+"?(\w+)')


class Torn(BaseException):
    """What waited could not be written. No `Exception`: whoever runs at that moment is not to blame."""


class Wanted(NamedTuple):
    """Which of `keys` does a table have? Those it has not are noted as `nothing` of what they are `about`."""

    about: str
    table: str
    column: str
    keys: Sequence[str]
    nothing: Any = None


@lru_cache(maxsize=1024)
def _looked_up(asked: tuple[tuple[str, str, str, int], ...]) -> str:
    return " UNION ".join(
        f"SELECT '{about}', {column} FROM \"{table}\" WHERE {column} IN ({', '.join('?' * count)})" for about, table, column, count in asked
    )


def _filled(keys: Sequence[str]) -> Sequence[str]:
    """As many keys as the next power of two, the last one repeated: pushes of all lengths ask in a few texts, which are parsed once."""
    return [*keys, *[keys[-1]] * ((1 << (len(keys) - 1).bit_length()) - len(keys))]


@lru_cache(maxsize=2048)
def _table(sql: str) -> str:
    """The table a statement writes to; nothing when it cannot be told."""
    found = _WRITES.match(sql)
    return found[1] if found else ""


class Pen:
    """`Sql` over the writer's connection, with rows that wait and facts that are known.

    A fact is immutable and true of the database together with what waits. `batching`: whether writes may wait at all.
    """

    def __init__(self, below: Sql) -> None:
        self.below = below
        self.batching = False
        self._rows: dict[str, dict[Hashable, Values]] = {}
        self._waits = False
        self._facts: dict[str, dict[Hashable, Any]] = {}
        self._shared: dict[Hashable, Any] = {}
        self._answers: dict[str, dict[Hashable, Any]] = {}
        # What the open step changed here, to be undone with it: (rows of which statement, key, what was there).
        self._own_rows: list[tuple[str, Hashable, Any]] = []
        self._own_facts: list[tuple[str, Hashable, Any]] = []
        self._in_step = self._saved = False

    # --- Sql -------------------------------------------------------------------------------------------------------------

    def one(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        """First row, or None."""
        if self._waits:
            self._write_out()
        return self.below.one(sql, values)

    def all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows."""
        if self._waits:
            self._write_out()
        return self.below.all(sql, values)

    def stream(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Rows one by one."""
        if self._waits:
            self._write_out()
        return self.below.stream(sql, values)

    def run(self, sql: str, values: Values = ()) -> int:
        """Change rows now; what was known of their table is no longer."""
        self._before_writing(sql)
        return self.below.run(sql, values)

    def many(self, sql: str, rows: Sequence[Values]) -> None:
        """The same change for many rows, now."""
        self._before_writing(sql)
        self.below.many(sql, rows)

    # --- what waits ------------------------------------------------------------------------------------------------------

    def later(self, sql: str, key: Hashable, values: Values) -> None:
        """Make this change by the end of the batch; of several with one key only the last. Facts about it are for the caller to note."""
        if not self.batching or self._saved:
            self.below.run(sql, values)
            return
        rows = self._rows.get(sql)
        if rows is None:
            rows = self._rows[sql] = {}
        if self._in_step:
            self._own_rows.append((sql, key, rows.get(key, _GONE)))
        rows[key] = values
        self._waits = True

    def all_later(self, sql: str, changes: Iterable[tuple[Hashable, Values]]) -> None:
        """The same for several (key, values)."""
        if not self.batching or self._saved:
            self.below.many(sql, [values for _, values in changes])
            return
        rows = self._rows.get(sql)
        if rows is None:
            rows = self._rows[sql] = {}
        for key, values in changes:
            if self._in_step:
                self._own_rows.append((sql, key, rows.get(key, _GONE)))
            rows[key] = values
            self._waits = True

    def has_written(self, sql: str) -> bool:
        """Whether the database itself has all rows of this statement: those of earlier steps are written now, if the open step has none."""
        rows = self._rows.get(sql)
        if not rows:
            return True
        if any(own == sql for own, _, _ in self._own_rows):
            return False
        self._write([sql])
        return True

    def flush(self) -> None:
        """Write what waits."""
        self._write(self._rows)
        self._waits = False

    def _write(self, statements: Iterable[str]) -> None:
        try:
            for sql in statements:
                if rows := self._rows[sql]:
                    self.below.many(sql, list(rows.values()))
                    rows.clear()
        except Exception as error:
            raise Torn from error

    def close_batch(self) -> None:
        """Write what waits; from here on writes are made at once."""
        self.flush()
        self.batching = False

    def trim(self) -> None:
        """Forget what was known when it has become much. Nothing may wait."""
        for known in (self._shared, *self._facts.values()):
            if len(known) > FACTS_MAX:
                known.clear()

    def drop(self) -> None:
        """Forget everything: what waits, and what is known."""
        self.batching = self._waits = self._in_step = self._saved = False
        for kept in (self._rows, self._facts, self._shared, self._answers, self._own_rows, self._own_facts):
            kept.clear()

    # --- what is known ---------------------------------------------------------------------------------------------------

    def fact(self, about: str, key: Hashable, load: Callable[[Sql], T]) -> T:
        """What is known under a key, else what `load` finds in the database."""
        facts = self._facts.get(about)
        found = facts.get(key, _GONE) if facts else _GONE
        if found is _GONE:
            # Whatever waits under this key is noted, so that nothing else can bear on it.
            found = load(self.below)
            self.note(about, key, found)
        known: T = found
        return known

    def note(self, about: str, key: Hashable, value: Any) -> None:
        """From here on this is so."""
        facts = self._facts.get(about)
        if facts is None:
            facts = self._facts[about] = {}
        self._own_facts.append((about, key, facts.get(key, _GONE)))
        facts[key] = value

    def look_up(self, wanted: Sequence[Wanted]) -> None:
        """Find out at once which of these keys the tables have, where nothing is known of them: one question instead of many.

        Those a table has not are noted; the others are left to be asked for.
        """
        assert not self._in_step, "what a step finds may go with it"
        asked: list[tuple[str, str, str, int]] = []
        keys: list[str] = []
        absent: dict[str, dict[Hashable, Any]] = {}
        for about, table, column, every, nothing in wanted:
            known = self._facts.get(about, ())
            if unknown := [key for key in every if key not in known]:
                filled = _filled(unknown)
                asked.append((about, table, column, len(filled)))
                keys += filled
                absent[about] = dict.fromkeys(unknown, nothing)
        if not asked:
            return
        for about, key in self.below.all(_looked_up(tuple(asked)), keys):
            absent[about].pop(key, None)
        for about, facts in absent.items():
            self._facts.setdefault(about, {}).update(facts)

    def known(self, about: str, key: Hashable, otherwise: Any) -> Any:
        """What is known under a key, if anything is."""
        facts = self._facts.get(about)
        return facts.get(key, otherwise) if facts else otherwise

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """One object for all who ask, until `unshare` or until a step is undone: one may have changed it before it was."""
        found: T | None = self._shared.get(key)
        if found is None:
            found = self._shared[key] = make()
        return found

    def unshare(self, key: Hashable) -> None:
        """It has changed."""
        self._shared.pop(key, None)

    def answer(self, table: str, question: Hashable, ask: Callable[[], T]) -> T:
        """What a question about one table comes to: asked once, until the table changes, a step is undone or the unit is over.

        Handlers ask the same again for every op of a push: whether somebody is on leave now, who serves at a post.
        """
        answers = self._answers.get(table)
        if answers is None:
            answers = self._answers[table] = {}
        found = answers.get(question, _GONE)
        if found is _GONE:
            found = answers[question] = ask()
        known: T = found
        return known

    def changed(self, table: str) -> None:
        """What was answered of this table may not be so any more."""
        self._answers.pop(table, None)

    def forget_answers(self) -> None:
        """Nobody asks the same again."""
        self._answers.clear()

    # --- steps -----------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A step begins. Steps do not nest."""
        assert not self._in_step, "one step at a time"
        self._own_rows.clear()
        self._own_facts.clear()
        if not self.batching:
            self._save()
        self._in_step = True

    def end(self) -> None:
        """The step stands."""
        if self._saved:
            self.below.run("RELEASE step")
        self._in_step = self._saved = False
        self._own_rows.clear()
        self._own_facts.clear()

    def undo(self, alive: bool) -> None:
        """The step is undone. `alive`: the transaction still stands."""
        for sql, key, before in reversed(self._own_rows):
            _restore(self._rows[sql], key, before)
        for about, key, before in reversed(self._own_facts):
            _restore(self._facts.setdefault(about, {}), key, before)
        self._own_rows.clear()
        self._own_facts.clear()
        self._shared.clear()
        self._answers.clear()
        saved, self._in_step, self._saved = self._saved, False, False
        if saved and alive:
            self.below.run("ROLLBACK TO step")
            self.below.run("RELEASE step")

    def _save(self) -> None:
        """A savepoint around what the step writes from here on."""
        self.below.run("SAVEPOINT step")
        self._saved = True

    def _write_out(self) -> None:
        """Something is about to read the database: what waits must be in it, and the open step's part in its savepoint."""
        own = {(sql, key): self._rows[sql][key] for sql, key, _ in self._own_rows}
        for sql, key, before in reversed(self._own_rows):
            _restore(self._rows[sql], key, before)
        self._own_rows.clear()
        self.flush()
        if own:
            self._save()
        for (sql, _), values in own.items():
            self.below.run(sql, values)

    def _before_writing(self, sql: str) -> None:
        if self._waits:
            self._write_out()
        if self._in_step and not self._saved:
            self._save()
        if table := _table(sql):
            for about in ABOUT.get(table, (table,)):
                self._facts.pop(about, None)
            self._answers.pop(table, None)
        else:
            self._facts.clear()
            self._answers.clear()
        self._shared.clear()


def fact(sql: Sql, about: str, key: Hashable, load: Callable[[Sql], T]) -> T:
    """What the pen knows under this key; from any other connection what it reads now. `load` may read nothing that waits unnoted."""
    return sql.fact(about, key, load) if isinstance(sql, Pen) else load(sql)


def _restore(kept: dict[Hashable, Any], key: Hashable, before: Any) -> None:
    if before is _GONE:
        kept.pop(key, None)
    else:
        kept[key] = before
