"""A hall kept by an earlier release comes up with all it holds, or stays as it was (server/store/migrate.py)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.store import migrate
from server.store.contract import Sql, Unit
from server.store.ledger import Device
from server.store.vitals import State, kept
from tests.support.stores import opened
from tests.support.tiny import NoteRecord

LAST = "0009_device_open"
"""The newest migration of the halls these tests begin with."""
files, statements = migrate.files, migrate.statements
OPEN = [(1, 3, 2, 9, "0.1.0", 512, 1, 7), (2, 0, 0, None, "0.1.0", -1, 0, 8)]
WHOLE = [(1, 4, 2, 5, "0.1.0", 512, 1, 7), (2, 6, 1, 3, "0.1.0", 256, 0, 8), (3, 1, 0, 2, "0.0.9", 0, 1, 6)]


@pytest.fixture
def before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hall as a release kept it that knew no later migration, with a note, and what three devices said of themselves."""
    path = tmp_path / "s.sqlite"

    def fill(unit: Unit) -> None:
        with unit.step() as tx:
            tx.put(NoteRecord(rid="a", text="kept"))
            for table, rows in (("device_open", OPEN), ("device_vital", WHOLE)):
                for row in rows:
                    tx.sql.run(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    async def make() -> None:
        async with opened(path) as store:
            await store.write(fill)

    with monkeypatch.context() as earlier:
        earlier.setattr(migrate, "files", lambda dialect: [file for file in files(dialect) if file[0] <= LAST])
        asyncio.run(make())
    return path


def read(path: Path, question: Callable[[Sql], Any]) -> Any:
    """What the hall answers once it is up."""

    async def ask() -> Any:
        async with opened(path) as store:
            return await store.read(question)

    return asyncio.run(ask())


def holds(sql: Sql) -> tuple[Any, ...]:
    """Notes, and what devices said: all this hall was given."""
    devices = [Device(n, "d" * 32, b"", "u", "phone", 9, b"", None, 0, None) for n in (1, 2, 3)]
    said = {kind: [kept(sql, device, kind) for device in devices] for kind in ("open", "whole")}
    return sql.all("SELECT rid, text FROM note"), said, [name for (name,) in sql.all("SELECT name FROM migration ORDER BY name")]


def state(row: tuple[Any, ...]) -> State:
    return State(*row[1:])._replace(kept=bool(row[6]))


EVERYTHING = (
    [("a", "kept")],
    {"open": [*map(state, OPEN), State()], "whole": [*map(state, WHOLE)]},
    [name for name, _ in files("sqlite")],
)


def test_what_devices_said_of_themselves_outlives_the_tables_it_was_kept_in(before: Path) -> None:
    for _ in range(2):
        assert read(before, holds) == EVERYTHING


def test_a_start_that_fails_anywhere_in_an_upgrade_leaves_the_hall_as_it_was(before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start brings it up whole, whichever statement could not be done."""
    todo = [statement for name, text in files("sqlite") if name > LAST for statement in statements(text)]
    for last in todo:

        def cut(text: str, last: str = last) -> list[str]:
            said = statements(text)
            return [*said[: said.index(last) + 1], "SELECT no_such_column"] if last in said else said

        with monkeypatch.context() as failing:
            failing.setattr(migrate, "statements", cut)
            with pytest.raises(Exception, match="no_such_column"):
                read(before, holds)
        with monkeypatch.context() as earlier:
            earlier.setattr(migrate, "files", lambda dialect: [file for file in files(dialect) if file[0] <= LAST])
            assert read(before, rows_of_before) == (OPEN, WHOLE)
    assert read(before, holds) == EVERYTHING


def rows_of_before(sql: Sql) -> tuple[Any, ...]:
    return tuple(sql.all(f"SELECT * FROM {table} ORDER BY device") for table in ("device_open", "device_vital"))
