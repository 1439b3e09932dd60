"""The server dies and comes back: what it acknowledged is there, what it did not is sent again, and screens catch up (laws I1, I2, I13)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.domain.incident.ops import Report
from server.domain.presence.ops import Announce, Return
from sync import messages as m
from tests.support.cast import Cast, Link, renew_screen
from tests.support.clock import World
from tests.support.day import MINUTE, post_of
from tests.support.hall import Hall
from tests.support.server import serve


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path / "data")
    hall.start()
    yield hall
    hall.stop()


def test_a_killed_server_has_lost_nothing_it_acknowledged_and_takes_the_rest_once(hall: Hall, world: World) -> None:
    cast = Cast(hall.url, world)
    lin = cast["林"].pull()
    place, epoch = sorted(lin.replica.bodies("post"))[0], lin.replica.epoch
    for n in range(60):
        lin.save("incident.report", Report("other", place, lin.replica.time.now(), 3, text=f"k{n}"))
        if n in (19, 39):
            answer = lin.push_once(lin.replica.push())
            if n == 19:
                lin.replica.push_answered(answer)  # the answer of the second push is lost with the server
            hall.restart()
    lin.push()
    assert lin.pull().replica.epoch == epoch
    assert [op.state for op in lin.replica.outbox] == ["applied"] * 60
    texts = [body["text"] for body in lin.replica.bodies("incident").values()]
    assert sorted(texts) == sorted(f"k{n}" for n in range(60))
    assert lin.replica.state() == lin.refetch()
    cast.close()


def test_a_board_that_was_away_while_much_changed_equals_a_fresh_load(hall: Hall, world: World) -> None:
    cast = Cast(hall.url, world)
    wang, screen = cast["王"].pull(), cast["屏"]
    with screen.live():
        pass
    post, before = post_of(wang), screen.replica.cursor
    for n in range(25):
        now = wang.replica.time.now()
        notice = wang.do("away.announce", Announce([post], "step_away", now, now + (n + 5) * MINUTE, wang.uid)).rid
        wang.do("away.return", Return(now + 1), notice)
        if n == 12:
            hall.restart()
    renew_screen(screen)
    with screen.live() as link:
        link.settle()
        assert screen.replica.cursor != before
        assert screen.replica.state() == screen.refetch()
        assert not any(isinstance(f, m.Ok) and f.mode == "reset" for f in link.frames)
    cast.close()


def test_a_server_that_goes_says_when_to_come_back(world: World) -> None:
    """I31: and that not everybody is to come at the same moment."""
    with serve(clock=world) as server:
        cast = Cast(server.base_url, world)
        lin = cast["林"]
        with lin.socket() as socket:
            link = Link(lin, socket)
            link.meet()
            server.close()
            bye = link.next()
            assert isinstance(bye, m.Bye)
            assert bye.after_ms > 0
            assert bye.spread_ms > 0
            assert lin.replica.live == "closed"
        cast.close()
