"""Rights are those of the moment an op says, kept inside what can be proven of it, not those of its arrival (PROTOCOL §1, §2, step 7)."""

import pytest

from server.domain.patrol.ops import Observe
from server.domain.presence.ops import Announce, Close
from server.store import people
from server.store.contract import Unit
from server.store.people import Account
from sync import messages as m
from tests.server.conftest import Open
from tests.support.cast import Cast, Device
from tests.support.clock import World
from tests.support.day import MINUTE, knew, post_of
from tests.support.server import RunningServer

START = 1_773_799_800_000
HOUR = 60 * MINUTE


def become(server: RunningServer, device: Device, roles: tuple[str, ...], active: bool = True) -> None:
    """This person's rights change now."""
    place = server.app.gate.place(device.site)

    def unit(unit: Unit) -> None:
        row = unit.sql.one("SELECT uid, login, name, password, unit FROM account WHERE uid = ?", (device.uid,))
        assert row is not None
        with unit.step() as tx:
            people.put_account(tx, Account(*row, roles, active=active))

    server.call(lambda: place.store.write(unit))


def seen(device: Device, post: str) -> m.Result | None:
    """An observation, recorded now."""
    now = device.replica.time.now()
    device.save("patrol.observe", Observe(device.replica.new_id(now), post, "empty_no_notice", now, knew(device)))
    return None


@pytest.mark.parametrize("active", [True, False])
def test_what_an_inspector_saw_before_he_was_moved_counts_and_what_he_saw_afterwards_does_not(opened: Open, active: bool) -> None:
    world = World(START)
    with opened(world) as server:
        cast = Cast(server.base_url, world)
        lin, post = cast["林"].pull(), post_of(cast["王"].pull())
        world.pass_ms(HOUR)
        seen(lin, post)
        world.pass_ms(HOUR)
        become(server, lin, ("STF",), active)
        world.pass_ms(HOUR)
        seen(lin, post)
        assert [(r.st, r.code) for r in lin.push()] == [("applied", None), ("held", "NO_RIGHT")]
        become(server, lin, ("INS",))
        world.pass_ms(HOUR)
        seen(lin, post)
        assert [(r.st, r.code) for r in lin.push()] == [("applied", None)]
        cast.close()


def test_a_right_is_not_had_back_by_claiming_an_earlier_time_than_can_be_proven(opened: Open) -> None:
    world = World(START)
    with opened(world) as server:
        cast = Cast(server.base_url, world)
        lin, post = cast["林"].pull(), post_of(cast["王"].pull())
        world.pass_ms(HOUR)
        become(server, lin, ("STF",))
        world.pass_ms(HOUR)
        lin.pull()
        lin.clocks.set_wall(-2 * HOUR)
        seen(lin, post)
        assert [(r.st, r.code) for r in lin.push()] == [("held", "NO_RIGHT")]
        cast.close()


def test_a_decision_needs_its_right_when_it_is_carried_out(opened: Open) -> None:
    world = World(START)
    with opened(world) as server:
        cast = Cast(server.base_url, world)
        wang, zhao = cast["王"].pull(), cast["赵"].pull()
        now = wang.replica.time.now()
        notice = wang.do("away.announce", Announce([post_of(wang)], "errand", now, now + 5 * MINUTE, wang.uid)).rid
        world.pass_ms(HOUR)
        zhao.save("away.close", Close("x"), notice)
        world.pass_ms(HOUR)
        become(server, zhao, ("STF",))
        assert [(r.st, r.code) for r in zhao.push()] == [("refused", "NO_RIGHT")]
        cast.close()
