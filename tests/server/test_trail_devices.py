"""CON-01..07, 22..24, 42, 44 by real devices: all of it said offline, pushed in many orders, read in two scripts (EVD-01..11)."""

from collections.abc import Iterator
from itertools import permutations
from random import Random
from typing import Any

import msgspec
import pytest

from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, at_time, works_on
from server.domain.patrol.ops import Knew
from tests.server.scenes.offline import PLAYS, Line, Play
from tests.support.cast import PERSONAS, Cast, Device
from tests.support.clock import DeviceClocks, World
from tests.support.day import knew, post_of
from tests.support.sentences import sentence
from tests.support.server import RunningServer

TZ = "Asia/Shanghai"
ORDERS_MAX = 4
FIRST_DAY = "2026-03-18"


@pytest.fixture(scope="module")
def world() -> World:
    return World(at_time(FIRST_DAY, "07:00", TZ))


class Theatre:
    """The hall, its people with their phones, and the day that is played on."""

    def __init__(self, server: RunningServer, world: World) -> None:
        self.server, self.world = server, world
        self.cast = Cast(server.base_url, world)
        self.day = FIRST_DAY
        self.rids: dict[str, str] = {}
        self._second: Device | None = None
        self._badge = ""
        self._open(FIRST_DAY)

    # --- days --------------------------------------------------------------------------------------------------------

    def next_day(self) -> None:
        """The next working day, twenty to ten: everybody has contact and then goes offline."""
        day = add_days(self.day, 1)
        while not works_on(self._hall, day):
            day = add_days(day, 1)
        self._open(day)

    def _open(self, day: str) -> None:
        self.day, self.rids = day, {}
        self.world.at = max(self.world.at, at_time(day, "09:40", TZ))
        self.server.tick()
        for name in ("王", "李", "赵", "周", "林"):
            self.cast[name].sign_in(PERSONAS[name])
            self.cast[name].pull()
        chen = self.chen
        chen.sign_in_as(self._badge)
        chen.pull()
        self.server.tick()  # contacts are written behind the answer: before the world goes on
        self.w = post_of(self.cast["王"])
        rows = self.cast["林"].replica.bodies("post")
        self.zone = rows[self.w]["zone"]
        self.w2 = next(p for p, body in sorted(rows.items()) if body["zone"] == self.zone and p != self.w)

    @property
    def _hall(self) -> Hall:
        return msgspec.convert(self.cast["林"].replica.body("hall", "hall"), Hall)

    @property
    def chen(self) -> Device:
        """A second inspector."""
        if self._second is None:
            people = self.cast["林"].pull().replica.bodies("person")
            other = next(b for uid, b in sorted(people.items()) if "INS" in b["roles"] and uid != self.cast["林"].uid)
            self._second, self._badge = Device(self.server.base_url, DeviceClocks(self.world)), other["badge"]
            self._second.sign_in_as(self._badge)
            self._second.enrol()
        return self._second

    # --- what lines ask (scenes.offline.Stage) -----------------------------------------------------------------------

    def at(self, clock: str) -> int:
        return at_time(self.day, clock, TZ)

    def device(self, name: str) -> Device:
        return self.chen if name == "陈" else self.cast[name]

    def uid(self, name: str) -> str:
        return self.device(name).uid

    def rid(self, name: str) -> str:
        if name not in self.rids:
            self.rids[name] = self.cast["林"].replica.new_id(self.at("10:00"))
        return self.rids[name]

    def knew(self, who: str) -> Knew:
        return knew(self.device(who))

    # --- playing -----------------------------------------------------------------------------------------------------

    def say(self, line: Line) -> None:
        """Save a line on its phone at its time; a doubtful one is claimed by a clock set back after the last contact."""
        device, at = self.device(line.who), self.at(line.clock)
        if not line.doubtful:
            self.world.at = max(self.world.at, at)
            device.save(line.kind, line.make(self), self.rid(line.rid))
            return
        device.pull()
        self.server.tick()
        ahead = self.world.at - at
        device.clocks.set_wall(-ahead)
        device.replica.time.reload(device.clocks, f"set-back-{self.day}")
        device.save(line.kind, line.make(self), self.rid(line.rid))
        device.clocks.set_wall(ahead)
        device.replica.time.reload(device.clocks, f"right-again-{self.day}")

    def play(self, play: Play, order: tuple[str, ...]) -> None:
        """The whole conflict, phones arriving in `order`."""
        for line in play.before:
            self.say(line)
            assert [r.st for r in self.device(line.who).push()] == ["applied"]
        for line in sorted(play.lines, key=lambda one: (one.doubtful, one.clock)):
            self.say(line)
        self.world.at = self.at("15:00")
        for name in order:
            for result in self.device(name).push():
                assert result.st == "applied" or result.code in ("REF_WAIT", "BEHIND_HELD"), (play.id, order, result)
        for line in play.after:
            self.world.at = max(self.world.at, self.at(line.clock))
            device = self.device(line.who).pull()
            result = device.do(line.kind, line.make(self), self.rid(line.rid))
            assert result.st == "applied", (play.id, line, result)
        self.server.tick()

    def read(self) -> dict[str, Any]:
        """Findings of the day at the window, by the name of their first sighting, as the office's phone has them."""
        names = {rid: name for name, rid in self.rids.items()}
        rows = self.cast["周"].pull().replica.bodies("finding")
        return {names[rid]: body for rid, body in rows.items() if rid in names}

    def own(self, rid: str) -> Any:
        """The person's own face of a finding; None while it accuses nobody."""
        rows = self.cast["王"].pull().replica.bodies("finding.own")
        return rows.get(self.rids[rid])

    def names(self) -> dict[str, str]:
        return {uid: body["name"] for uid, body in self.cast["周"].replica.bodies("person").items()}

    def numbers(self) -> dict[str, str]:
        return {rid: body["number"] for rid, body in self.cast["周"].replica.bodies("post").items()}

    def close(self) -> None:
        self.cast.close()
        if self._second:
            self._second.close()


@pytest.fixture(scope="module")
def theatre(server: RunningServer, world: World) -> Iterator[Theatre]:
    stage = Theatre(server, world)
    yield stage
    stage.close()


def orders(play: Play) -> list[tuple[str, ...]]:
    """Orders of arrival of the phones: all of them, or a seeded few."""
    phones = list(dict.fromkeys(line.who for line in play.lines))
    every = list(permutations(phones))
    return every if len(every) <= ORDERS_MAX else Random(play.id).sample(every, ORDERS_MAX)


@pytest.mark.parametrize("play", PLAYS, ids=lambda p: p.id)
def test_a_conflict_said_offline_ends_alike_in_every_order_and_explains_itself(theatre: Theatre, play: Play) -> None:
    """CON-01..07, 22, 23, 24, 42, 44; EVD-01, 02, 03, 11: state, both counts, person and sentence in zh-Hans and zh-Hant."""
    noted = set()
    for order in orders(play):
        theatre.next_day()
        theatre.play(play, order)
        found = theatre.read()
        people, posts = theatre.names(), theatre.numbers()
        known = {name: people[theatre.uid(name)] for name in ("王", "李", "周")}
        assert found.keys() == play.seen.keys(), order
        for rid, expected in play.seen.items():
            body = found[rid]
            assert (body["state"], body["post_count"], body["person_count"]) == expected[:3], (order, body["explain"])
            assert body["person"] == theatre.uid(expected.person), order
            assert sentence(body["explain"], "zh_Hans", people, posts) == expected.hans.format(**known)
            assert sentence(body["explain"], "zh_Hant_TW", people, posts) == expected.hant.format(**known)
            noted.add((rid, bool(body.get("also")), bool(body.get("note")), body["grade"], body.get("cover_count")))
    assert len(noted) == len(play.seen), "what belongs to the same fact follows from the facts, not from their order"


@pytest.mark.parametrize("id", [p.id for p in PLAYS if p.id[:6] in ("CON-24", "CON-42", "CON-23")])
def test_what_belongs_to_the_same_fact_is_named_with_it(theatre: Theatre, id: str) -> None:
    """CON-24: 串岗 is a note, not a second count; CON-23, CON-42: the inspector learns that the roster says otherwise."""
    play = next(p for p in PLAYS if p.id == id)
    theatre.next_day()
    theatre.play(play, orders(play)[0])
    body = theatre.read()["o1"]
    people, posts = theatre.names(), theatre.numbers()
    if id.startswith("CON-24"):
        who, where = people[theatre.uid("王")], posts[theatre.w2]
        assert sentence(body["also"], "zh_Hans", people, posts) == f"10:08 另有记录见 {who} 在 {where} 串岗，属于同一事实，不另计次。"
        assert theatre.own("o1")["also"] == body["also"]
    else:
        who = people[theatre.uid("李")]
        assert sentence(body["note"], "zh_Hant_TW", people, posts) == f"10:02 記錄時手機上的排班不是最新，責任人按最新排班認定為 {who}。"
        assert theatre.own("o1") is None, "whom it does not concern does not see it"
