"""A phone works one full working week without a server: everything staff and inspectors do, with what the phone holds (OFF-01, OFF-02)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from server.domain.attendance.ops import Punch
from server.domain.hall.rules import add_days, at_time
from server.domain.handover.ops import HandoverItem, Prepare
from server.domain.leave.ops import LeaveRequest
from server.domain.patrol.ops import Observe, RoundFinish, RoundStart, ZoneClear
from server.domain.presence.ops import Announce, Return, StepUp
from sync.messages import Beacon
from tests.support.cast import PERSONAS, SITE, Cast, Device
from tests.support.clock import World
from tests.support.day import knew
from tests.support.server import RunningServer

Open = Callable[[World], AbstractContextManager[RunningServer]]
TZ = "Asia/Shanghai"
MONDAY = "2026-03-16"
WEEK = tuple(add_days(MONDAY, n) for n in range(5))
EDGES = (("in", 0, "08:20"), ("out", 0, "12:01"), ("in", 1, "14:20"), ("out", 1, "17:31"))


def at(day: str, clock: str) -> int:
    return at_time(day, clock, TZ)


def duty(device: Device, day: str) -> dict[str, Any]:
    """The post this person holds that day, by the roster the phone has."""
    found: dict[str, Any] = next(one for one in device.replica.bodies("duty").values() if one["day"] == day and one["a"] == device.uid)
    return found


def its_needs_are_there(phone: Device) -> None:
    """OFF-02: two years of calendar (the second by the fixed days, CAL-03), the rule set, lists, phrases, and which window does what."""
    hall = phone.replica.body("hall", "hall")
    assert {"2026-02-17", "2027-01-01"} <= set(hall["days"])
    assert hall["rule_set"]
    assert hall["rules"]
    assert all(phone.replica.bodies(kind) for kind in ("checklist", "phrase", "handbook", "unit"))
    windows = {str(name["zh_Hans"]): post for post in phone.replica.bodies("post").values() for name in post["services"]}
    assert {post["zone"] for post in windows.values()} <= {zone["id"] for zone in hall["zones"]}
    assert windows["企业设立登记"]["zone"] == "A"


def a_day_of_staff(world: World, wang: Device, li: Device, day: str) -> None:
    """Signed in and out four times; a meeting with cover, a handover and, on one day, a leave."""
    post = duty(wang, day)["post"]
    for way, session, clock in EDGES:
        world.at = max(world.at, at(day, clock))
        wang.save("att.punch", Punch(day, session, way))  # type: ignore[arg-type]
        if clock == "08:20":
            world.at = at(day, "09:00")
            notice = wang.save("away.announce", Announce([post], "meeting", world.at, at(day, "10:00"), wang.uid, stand_in=li.uid)).rid
            li.save("cover.step_up", StepUp(post, world.at + 60_000))
            world.at = at(day, "09:50")
            wang.save("away.return", Return(world.at), notice)
    if day == WEEK[2]:
        begin = at(add_days(MONDAY, 9), "08:30")
        wang.save("leave.request", LeaveRequest(wang.uid, "annual", begin, at(add_days(MONDAY, 9), "12:00")))
        wang.save("handover.prepare", Prepare(post, wang.uid, li.uid, begin, begin + 3 * 3_600_000, "leave", [HandoverItem("一件待办")]))


def a_round(world: World, lin: Device, day: str) -> None:
    """One round of a zone at eleven with an exception, on the posts the phone knows."""
    posts = lin.replica.bodies("post")
    zone = next(iter(posts.values()))["zone"]
    here = sorted(rid for rid, body in posts.items() if body["zone"] == zone)
    begun = lin.save("patrol.start", RoundStart(f"{day}T11", "hourly", world.at)).rid
    lin.save("patrol.observe", Observe(begun, here[-1], "idle", world.at, knew(lin)))
    lin.save("patrol.zone_clear", ZoneClear(zone, here[:-1], world.at, knew(lin)), begun)
    lin.save("patrol.finish", RoundFinish(world.at), begun)


async def time_mark(server: RunningServer) -> Beacon:
    """What the wall of the lobby shows as its code of time."""
    return server.app.gate.places[SITE].beacon("")


@pytest.mark.parametrize("marks", [True, False], ids=["with the time code of the lobby", "without any mark of time"])
def test_a_week_without_a_server_takes_effect_as_it_happened(opened: Open, marks: bool) -> None:
    """OFF-01, OFF-02, OFF-05, EVD-03: five days, the app started anew each morning, with roster, calendar and rules of the Sunday before.

    All of it takes effect. Days proven by the lobby's time code count as they were; what nothing proves accuses nobody.
    """
    world = World(at(add_days(MONDAY, -1), "20:00"))
    with opened(world) as server:
        cast = Cast(server.base_url, world)
        personas = {cast[name].pull(): PERSONAS[name] for name in "林李王"}
        server.tick()  # contacts are written behind the answer: before the world goes on
        lin, li, wang = personas
        assert all(duty(wang, day) for day in WEEK), "the roster of seven days is on the phone"
        its_needs_are_there(wang)
        for day in WEEK:
            for device in personas:
                device.clocks.reload()
                device.replica.time.reload(device.clocks, f"load-{day}")
                if marks:
                    world.at = max(world.at, at(day, "08:00"))
                    mark = server.call(lambda: time_mark(server))
                    device.replica.time.contact(mark.t, mark)
            a_day_of_staff(world, wang, li, day)
            world.at = at(day, "17:40")
            a_round(world, lin, day)
        assert sum(len(one.replica.pending) for one in personas) == len(WEEK) * (4 + 2 + 1 + 4) + 2
        world.at = at(WEEK[-1], "18:30")
        server.tick()
        for device, persona in personas.items():
            device.sign_in(persona)
            results = device.push()
            assert {(r.st, r.code) for r in results} == {("applied", None)}
            assert {r.grade for r in results} == ({"A"} if marks else {"A", "C"})
        server.tick()
        exceptions = [one for one in wang.pull().replica.bodies("att.exc").values() if one["day"] in WEEK]
        assert {one["state"] for one in exceptions} == ({"cleared"} if marks else {"pending"}), "the alarms of the week are taken back"
        assert not [one for one in exceptions if one.get("counted")]
        assert not [one for one in wang.replica.bodies("finding.own").values() if one["person"] == wang.uid]
        cast.close()
