"""Halls and phones for journeys. Every journey gets its own server process and its own copy of a freshly made demo hall.

Those who appear in most journeys have signed in at that hall already, through its door; their first phone in a journey is a copy, too.
"""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.support.browser import DESK, PHONE, WALL, Board, MakeBoard, MakePhone, Phone, playwright
from tests.support.hall import Hall, build_app, morning_ms

SIGNED_IN = ("staff", "office", "inspector", "head", "standin", "shopper", "admin", "checklead")
# So long before the morning of a journey they do.
EARLIER_MS = 8 * 60_000


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Who reads that a journey failed also reads what its screens showed: where it failed it may never do so again."""
    try:
        yield
    except Exception as error:
        for one in Phone.running:
            error.add_note(one.looks())
        raise


@pytest.fixture(scope="package")
def driver() -> Iterator[Playwright]:
    """From one journey to the next and no further: while it is there, an event loop runs in this process; other tests bring their own."""
    with playwright() as one:
        yield one


@pytest.fixture(scope="session")
def seeded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`data` of a demo hall as its first start leaves it, and `phones` signed in there; copied, never used. Every process has the same."""
    here = tmp_path_factory.getbasetemp()
    run = here.parent if hasattr(request.config, "workerinput") else here
    seeded = run / "seeded"
    with (run / "seeded.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not seeded.exists():
            build_app()
            begun = run / "begun"
            (begun / "phones").mkdir(parents=True)
            hall = Hall(begun / "data", morning_ms() - EARLIER_MS)
            hall.start()
            if not request.config.getoption("--without-chromium"):
                with playwright() as driver:
                    sign_in_everybody(driver, hall, begun / "phones")
            hall.stop()
            begun.rename(seeded)
    return seeded


def sign_in_everybody(driver: Playwright, hall: Hall, profiles: Path) -> None:
    """Through the door, all at once; each profile is kept under the name of its persona."""
    phones = {persona: Phone(driver, hall.url, ahead_ms=hall.ahead_ms) for persona in SIGNED_IN}
    for persona, phone in phones.items():
        phone.enter(hall.names(), hall.person(persona))
    for persona, phone in phones.items():
        phone.arrived()
        phone.fetched()
        phone.kill()
        shutil.copytree(phone.profile, profiles / persona)
        phone.destroy()


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
    """Makes phones: `phone("staff")` is signed in. No page of theirs may have thrown an error at the end."""
    made: list[Phone] = []

    def make(persona: str = "", *, at: Hall = hall, **options: Any) -> Phone:
        ready = at.phones.pop(persona, None)
        one = Phone(driver, at.url, ahead_ms=at.ahead_ms, ready=ready, **options)
        made.append(one)
        if ready:
            one.open()
            one.arrived()
        elif persona:
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
    admin: list[Phone] = []

    def make() -> Board:
        one = Board(driver, hall.url, ahead_ms=hall.ahead_ms, size=WALL)
        made.append(one)
        if not admin:
            admin.append(phone("admin", size=PHONE))
        one.pair(admin[0])
        return one

    yield make
    for one in made:
        one.destroy()
