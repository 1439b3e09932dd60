"""Halls and phones for journeys. Every journey gets its own server process and its own copy of a freshly made demo hall."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.support.browser import DESK, PHONE, WALL, Board, MakeBoard, MakePhone, Phone, playwright
from tests.support.hall import Hall, build_app


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with playwright() as one:
        yield one


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo hall as its first start leaves it; copied, never used."""
    build_app()
    hall = Hall(tmp_path_factory.mktemp("seeded") / "data")
    hall.start()
    hall.stop()
    return hall.data


@pytest.fixture
def hall(seeded: Path, tmp_path: Path) -> Iterator[Hall]:
    """A running demo hall on a Tuesday morning."""
    one = Hall.copy_of(seeded, tmp_path / "data")
    one.start()
    yield one
    one.kill()


@pytest.fixture
def another_hall(seeded: Path, tmp_path: Path) -> Iterator[Hall]:
    """A second world that began the same."""
    one = Hall.copy_of(seeded, tmp_path / "another")
    one.start()
    yield one
    one.kill()


@pytest.fixture
def phone(driver: Playwright, hall: Hall) -> Iterator[MakePhone]:
    """Makes phones: `phone("staff_a")` is that persona's, signed in. No page of theirs may have thrown an error at the end."""
    made: list[Phone] = []

    def make(persona: str = "", *, at: Hall = hall, **options: Any) -> Phone:
        one = Phone(driver, at.url, ahead_ms=at.ahead_ms, **options)
        made.append(one)
        if persona:
            one.sign_in(at.names(), at.person(persona))
        return one

    yield make
    errors = [error for one in made for error in one.errors]
    for one in made:
        one.destroy()
    assert errors == []


@pytest.fixture
def desk(phone: MakePhone) -> MakePhone:
    """Makes desks: the same app on a wide screen."""
    return lambda persona, **options: phone(persona, size=DESK, **options)


@pytest.fixture
def board(driver: Playwright, hall: Hall, phone: MakePhone) -> Iterator[MakeBoard]:
    """Makes paired lobby boards: the code on the wall is confirmed by the administrator on a phone."""
    made: list[Board] = []

    def make() -> Board:
        one = Board(driver, hall.url, ahead_ms=hall.ahead_ms, size=WALL)
        made.append(one)
        one.pair(phone("admin", size=PHONE))
        return one

    yield make
    for one in made:
        one.destroy()
