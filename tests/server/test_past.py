"""The days a demo hall has behind it: everything said had its effect, what was handed over came back, today looks like any other day."""

import asyncio
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.app import DOMAINS
from server.past import make
from server.store.institutions import Institutions
from server.store.sqlite import Connection

UNTIL = int(datetime(2026, 11, 24, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int], int]:
    """The small hall with five days behind it: its database, what had no effect, how much was said."""
    data = tmp_path_factory.mktemp("past")
    past = asyncio.run(make(data, "jinghu", Institutions(DOMAINS), UNTIL, 5, 1, lambda _: None))
    return data / "jinghu.sqlite", dict(past.without_effect), past.facts


def test_everything_that_was_said_had_its_effect(lived: tuple[Path, dict[str, int], int]) -> None:
    _, without_effect, facts = lived
    assert facts > 150
    assert without_effect == {}


def test_what_was_handed_over_came_back(lived: tuple[Path, dict[str, int], int]) -> None:
    """AB-06."""
    sql = Connection(lived[0], ("query_only=ON",))
    try:
        over = dict(sql.all("SELECT state, count(*) FROM handover WHERE to_at < ? GROUP BY state", (UNTIL,)))
    finally:
        sql.close()
    assert over.keys() <= {"closed", "handed_back"}
    assert over["closed"] > 3


def test_it_ends_with_the_examples_of_today(lived: tuple[Path, dict[str, int], int]) -> None:
    sql = Connection(lived[0], ("query_only=ON",))
    try:
        kinds = {kind for (kind,) in sql.all("SELECT DISTINCT kind FROM view_row WHERE body IS NOT NULL")}
    finally:
        sql.close()
    assert kinds >= {"problem", "repair", "bulletin.pub", "leave"}
