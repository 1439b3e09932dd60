"""Time as evidence through a real server whose clock the tests turn: 9:58 against 10:02, whoever arrives first (CON-01..03, law I26)."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.domain.patrol.ops import Observe, RoundStart
from server.domain.presence.ops import Announce
from tests.server.conftest import Open
from tests.support.cast import Cast, Device
from tests.support.clock import World
from tests.support.day import MINUTE, knew, post_of

DAY = "2026-03-18"


def at(clock: str) -> int:
    """A time of the test's Wednesday in the hall, ms."""
    return int(datetime.fromisoformat(f"{DAY}T{clock}:00").replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


class Scene:
    """A hall on that morning: both phones had contact at 9:50 and go offline."""

    def __init__(self, world: World, cast: Cast) -> None:
        self.world, self.cast = world, cast
        self.wang, self.lin = cast["王"].pull(), cast["林"].pull()
        self.post = post_of(self.wang)
        cast["屏"].pull()

    def go(self, clock: str) -> None:
        """It becomes `clock`."""
        assert at(clock) >= self.world.at
        self.world.at = at(clock)

    def announce(self, leaves: str = "", back: str = "10:40") -> str:
        """王 announces, offline; leaving now unless said otherwise."""
        leaves_at = at(leaves) if leaves else self.wang.replica.time.now()
        return self.wang.save("away.announce", Announce([self.post], "trip", leaves_at, at(back), self.wang.uid)).rid

    def observe(self) -> str:
        """林 sees the window empty, offline, knowing of no notice."""
        now = self.lin.replica.time.now()
        round_id = self.lin.save("patrol.start", RoundStart(f"{DAY}T10", "hourly", now)).rid
        return self.lin.save("patrol.observe", Observe(round_id, self.post, "empty_no_notice", now, knew(self.lin), waited=True)).rid

    def faces(self) -> dict[str, Any]:
        """What everybody sees of it in the end, without versions and times of receipt."""
        seen: dict[str, Any] = {}
        for name in "林王赵周屏":
            rows = self.cast[name].pull().replica.rows
            kinds = ("finding", "finding.own", "post.pub")
            mine = {key: row for key, row in rows.items() if key[0] in kinds and (key[0] != "post.pub" or key[1] == self.post)}
            seen[name] = {key: re.sub(r',"(told|received)_at":\d+', "", row.body or "") for key, row in mine.items()}
        return seen


@pytest.fixture
def scene(opened: Open) -> Callable[[], AbstractContextManager[Scene]]:
    @contextmanager
    def make() -> Iterator[Scene]:
        world = World(at("09:50"))
        with opened(world) as server:
            cast = Cast(server.base_url, world, seed=7)
            yield Scene(world, cast)
            cast.close()

    return make


def told(scene: Scene, device: Device, observed: str) -> tuple[str, int]:
    """State and person count of the finding, as this device sees it."""
    kind = "finding" if device is scene.lin else "finding.own"
    body = device.pull().replica.body(kind, observed)
    return body["state"], body["person_count"]


Make = Callable[[], AbstractContextManager[Scene]]


def run_case(scene: Scene, first: str, second: str) -> dict[str, Any]:
    """Notice at 9:58, observation at 10:02, both offline; `first` finds a network at 10:05, `second` at 10:40."""
    scene.go("09:58")
    notice = scene.announce()
    scene.go("10:02")
    observed = scene.observe()
    devices = {"notice": scene.wang, "observation": scene.lin}
    scene.go("10:05")
    assert [(r.st, r.code, r.grade) for r in devices[first].push()][-1] == ("applied", None, "A")
    if first == "observation":
        assert told(scene, scene.lin, observed)[0] in ("glance", "unattended", "pending")
    scene.go("10:41")
    assert [(r.st, r.code, r.grade) for r in devices[second].push()][-1] == ("applied", None, "A")
    scene.go("10:45")
    assert told(scene, scene.lin, observed) == told(scene, scene.wang, observed) == ("explained", 0)
    finding = scene.lin.replica.body("finding", observed)
    own = scene.wang.replica.body("finding.own", observed)
    assert finding["notice"] == own["notice"] == notice
    sentences = [(body["explain"]["key"].split(".")[1], body["explain"]["params"]) for body in (finding, own)]
    assert sentences[0] == sentences[1]
    return scene.faces()


def test_the_notice_of_9_58_clears_the_sighting_of_10_02_whichever_arrives_first(scene: Make) -> None:
    with scene() as one, scene() as two:
        assert run_case(one, "observation", "notice") == run_case(two, "notice", "observation")


def test_a_wrong_but_steady_clock_changes_nothing_but_the_grade(scene: Make) -> None:
    with scene() as here:
        here.wang.clocks.set_wall(-9 * 60 * MINUTE)
        here.wang.pull()
        here.go("09:58")
        here.announce()
        here.go("10:02")
        observed = here.observe()
        here.lin.push()
        here.go("10:20")
        assert [(r.st, r.code, r.grade) for r in here.wang.push()] == [("applied", None, "B")]
        assert told(here, here.lin, observed) == ("explained", 0)


def test_a_claim_before_the_last_contact_is_backdated_and_a_person_decides(scene: Make) -> None:
    with scene() as here:
        here.go("10:02")
        observed = here.observe()
        here.lin.push()
        here.go("10:06")
        here.wang.pull()
        here.wang.clocks.set_wall(-8 * MINUTE)
        here.wang.replica.time.reload(here.wang.clocks, "load-2")
        here.announce(leaves="09:58")
        here.go("10:20")
        (result,) = here.wang.push()
        assert (result.st, result.code, result.grade) == ("applied", "BACKDATED", "C")
        state, person_count = told(here, here.lin, observed)
        assert (state, person_count) == ("pending", 0)


def test_a_contact_that_reported_the_chain_bounds_a_later_delivery(scene: Make) -> None:
    with scene() as here:
        here.go("09:58")
        here.announce()
        here.wang.pull()
        here.go("11:30")
        here.wang.clocks.set_wall(3 * 60 * MINUTE)
        (result,) = here.wang.push()
        assert (result.code, result.grade) == (None, "A")
        assert here.wang.replica.time.now() == here.world.at


def test_a_clock_set_forward_claims_the_future(scene: Make) -> None:
    with scene() as here:
        here.go("09:58")
        here.wang.clocks.set_wall(60 * MINUTE)
        here.announce(back="12:00")
        (result,) = here.wang.push()
        assert (result.st, result.code, result.grade) == ("applied", "FUTURE", "C")


def test_a_notice_made_after_the_sighting_is_late_and_the_head_decides(scene: Make) -> None:
    with scene() as here:
        here.go("10:02")
        observed = here.observe()
        here.lin.push()
        here.go("10:05")
        notice = here.announce(leaves="09:55")
        here.wang.push()
        assert here.cast["赵"].pull().replica.body("away.office", notice)["late"] is True
        assert told(here, here.lin, observed)[0] == "late_notice"


def test_sleep_and_a_night_offline_keep_a_truthful_phone_believed(scene: Make) -> None:
    with scene() as here:
        here.wang.clocks.sleep(5 * 60 * MINUTE)
        here.wang.save("away.announce", Announce([here.post], "meeting", here.world.at, here.world.at + 30 * MINUTE, here.wang.uid))
        here.wang.clocks.sleep(14 * 60 * MINUTE)
        here.wang.save("away.announce", Announce([here.post], "meeting", here.world.at, here.world.at + 30 * MINUTE, here.wang.uid))
        assert [(r.st, r.code, r.grade) for r in here.wang.push()] == [("applied", None, "A")] * 2
