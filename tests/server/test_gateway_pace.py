"""What one person may ask of the server in a minute, on all devices together; nobody else is held up by it."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from server.gateway.pace import Brake, Bucket
from server.gateway.problems import ProblemError
from sync import messages as m
from sync.units import MINUTE_MS
from tests.server.test_evicted import audited, flush, tell
from tests.support.cast import Cast
from tests.support.clock import World
from tests.support.server import RunningServer, serve_demo


@pytest.fixture(scope="module")
def world() -> World:
    return World(1_773_799_800_000)


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[RunningServer]:
    with serve_demo(clock=world, starts_per_minute=6, frames_per_minute=60) as up:
        yield up


@pytest.fixture
def cast(server: RunningServer, world: World) -> Iterator[Cast]:
    world.pass_ms(MINUTE_MS)
    people = Cast(server.base_url, world)
    yield people
    people.close()


def test_rows_from_nothing_are_given_so_often_a_minute_to_a_person_whatever_the_device(cast: Cast, world: World) -> None:
    lins = [cast.device("林").pull(), cast.device("林").pull()]
    answers = [lins[n % 2].pull_response(cur="") for n in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert (answers[-1].json()["type"], answers[-1].headers["retry-after"]) == ("rate_limited", "60")
    assert cast["周"].pull().replica.rows
    assert lins[0].pull_response().status_code == 200
    world.pass_ms(MINUTE_MS)
    assert lins[1].pull_response(cur="").status_code == 200


def test_a_cursor_of_nobody_counts_as_a_start_from_nothing(cast: Cast) -> None:
    wang = cast["王"].pull()
    answers = [wang.pull_response(cur="x" * 59).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_the_sockets_of_a_person_say_together_so_often_where_they_stand_and_no_oftener(cast: Cast, world: World) -> None:
    lins = [cast.device("林").pull(), cast.device("林").pull()]
    with ExitStack() as open_sockets:
        links = [open_sockets.enter_context(lin.live()) for lin in lins]
        other = open_sockets.enter_context(cast["周"].live())
        for n in range(10):
            links[n % 2].send(lins[n % 2].replica.at())
            links[n % 2].settle()
        links[0].send(lins[0].replica.at())
        assert links[0].closed_with() == 4400
        other.send(other.device.replica.at())
        other.settle()
        links[1].settle()
        world.pass_ms(MINUTE_MS)
        links[1].send(lins[1].replica.at())
        links[1].settle()
        assert not isinstance(links[1].frames[-1], m.Bye)


def test_what_a_device_says_went_wrong_is_audited_once_a_day_and_kind(cast: Cast, world: World, server: RunningServer) -> None:
    """I34: the first of each kind at once; a device that says something else each time fills no book."""
    lin = cast["林"].pull()

    def told() -> list[str]:
        flush(server)
        return [text for dev, text in audited(server, "device.trouble") if dev == lin.replica.dev]

    for text in ("lost 4-6", "lost 7", "sums hall 1:a 2:b", "sums pub 1:a 2:b", "odd", "odder"):
        tell(lin, m.Vital(trouble=text))
    assert told() == ["lost 4-6", "sums hall 1:a 2:b", "odd"]
    world.pass_ms(24 * 60 * MINUTE_MS)
    cast["林"].sign_in("inspector")
    tell(lin, m.Vital(trouble="lost 8"))
    assert told()[3:] == ["lost 8"]


# --- buckets ----------------------------------------------------------------------------------------------------------


def test_a_flood_of_frames_uses_up_its_budget_and_a_steady_device_does_not() -> None:
    flood, steady = Bucket(100, 20), Bucket(100, 20)
    assert sum(flood.take(0.0) for _ in range(1000)) == 100
    assert all(steady.take(n / 10) for n in range(1000))


def is_held_up(brake: Brake, subject: str) -> bool:
    try:
        brake.check(subject)
    except ProblemError as problem:
        return problem.id == "rate_limited"
    return False


def test_a_flood_of_subjects_frees_nobody_who_has_used_up_what_a_minute_allows() -> None:
    brake = Brake(30, 60, lambda: 1_773_799_800_000)
    assert [is_held_up(brake, "pair:a") for _ in range(31)] == [False] * 30 + [True]
    for n in range(30_000):
        brake.check(f"pair:{n}")
    assert is_held_up(brake, "pair:a")


def test_a_clock_set_back_holds_nobody_up() -> None:
    times = iter((3_600_000, 0, 0))
    brake = Brake(2, 60, lambda: next(times))
    assert [is_held_up(brake, "pair:a") for _ in range(3)] == [False, False, True]
