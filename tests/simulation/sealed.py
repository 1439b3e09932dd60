"""Law I18 over the real institutions: every op kind of a sealed check, from seeds, beside an ordinary morning (CHK-05, PRV-16).

A small hall lives one morning twice: without and with what a check team and its lead say to each other. Everybody else, one person of
every role (the efficiency group on mornings without drawn rounds of its own), must receive the same bytes: frames, answers, pages, whole
first pulls, and the desk of each: registers, filtered, row by row and as files, and indices.
"""

import asyncio
import random
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

import msgspec

from server.app import DOMAINS
from server.domain.campaign.ops import FindProblem
from server.domain.hall.handlers import put_person
from server.domain.hall.tables import PersonRecord
from server.domain.incident.ops import Report
from server.domain.irregular.ops import CommitRounds, DropRounds
from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.patrol.ops import Observe, RoundStart
from server.domain.presence.ops import Announce
from server.domain.supervisor.ops import FileReport
from server.domain.visit.case_ops import OpenCase, PermitCase, StepCase
from server.domain.visit.ops import ItemAnswer, Mark, RecordVisit, Void
from server.domain.visit.plan_ops import CommitPlan, DrawPlan, DropPlan, PublishPlan, ReplaceVisit
from server.domain.visit.result_ops import SettleItem, WithdrawVisit
from sync.desk import RegisterInfo, RegisterList, RegisterPage
from sync.ops import Blob, OpKind
from tests.server.scenes.small_hall import KNEW, PEOPLE, at, lay_out
from tests.simulation import hall
from tests.simulation.hidden import Compared, Guest, Told, calm, difference, unheard
from tests.simulation.keys import make_cheap
from tests.simulation.loop import VirtualLoop
from tests.simulation.power import MEMORY
from tests.simulation.server import SimServer, founded
from tests.simulation.store import Disk

BEGIN = at("10:10")
AUDIENCE = frozenset({"sun", "wu", "zheng"})
"""The lead and the two visitors; of drawn rounds, which are sealed, too, the efficiency group (陈)."""
OTHER_PEOPLE = {
    "adm": ("", ("ADM",)),
    "top": ("c-lead", ("TOP",)),
    "he": ("", ("TEAM",)),
    "jian": ("", ("SUP",)),
    "ji": ("c-discipline", ("DIS",)),
    "board": ("", ("BOARD",)),
}
STEP_SECONDS = 7
KINDS: dict[str, OpKind] = {op.kind: op for domain in DOMAINS for op in domain.ops}
TURNS = 4
"""Each register is read on one of so many mornings, and taken as a file on another."""
ITEMS = list(items_of(shipped_checklists()["ms-1"]))


class Said(NamedTuple):
    """One op: who, of which kind, about which record. `sees`: the row whose version it decides on."""

    who: str
    kind: str
    rid: str
    args: msgspec.Struct
    sees: str = ""
    photo: bool = False


class _Clock:
    """True time of a morning."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    @property
    def at(self) -> int:
        return BEGIN + int(self._loop.time() * 1000)

    def __call__(self) -> int:
        return self.at


def ordinary(rng: random.Random, now: Callable[[], int]) -> Iterator[Said]:
    """What is said in both worlds."""
    yield Said("lin", "patrol.start", "round", RoundStart("2026-11-23T10", "hourly", now()))
    for n in range(rng.randint(3, 6)):
        post = rng.choice(["w1", "w2", "w3"])
        yield rng.choice(
            [
                Said("lin", "patrol.observe", f"o{n}", Observe("round", post, rng.choice(["empty_no_notice", "serving"]), now(), KNEW)),
                Said("wang", "away.announce", f"n{n}", Announce(["w1"], "step_away", now(), now() + 600_000, "wang")),
                Said("qian", "incident.report", f"i{n}", Report("crowd", post, now(), 3)),
                Said("zhou", "problem.find", f"p{n}", FindProblem("u1", "patrol", "F15", "未戴工牌")),
                Said("jian", "sup.report", f"r{n}", FileReport("seen", "叫号屏不亮", now(), "u1")),
            ]
        )


def sheet(rng: random.Random, mission: str, now: int, first: Mark = "fail") -> RecordVisit:
    """A visitor's sheet, filled in part."""
    marks: list[Mark] = ["full", "half", "fail", "na"]
    picked = rng.sample(ITEMS[1:], rng.randint(5, len(ITEMS) - 1))
    answers = [ItemAnswer(item, rng.choice(marks), rng.choice(["", "等了二十分钟"])) for item in picked]
    return RecordVisit(mission, "ms-1", now - 900_000, now - 60_000, [ItemAnswer(ITEMS[0], first, "响了八声"), *answers])


def has_rounds(seed: int) -> bool:
    """Whether the efficiency group draws rounds this morning, and so is not among those who are compared."""
    return seed % 2 == 0


def hidden(rng: random.Random, now: Callable[[], int], rounds: bool = True) -> Iterator[Said]:
    """What only the audience may know, in an order that makes sense, some of it left out. `rounds`: those of the efficiency group, too."""
    laid_down = CommitPlan(
        title="验收",
        method=rng.choice(["covert", "phone", "tracking"]),
        checklist="ms-1",
        units=["u1", "u2"],
        visitors=["wu", "zheng"],
        from_day="2026-11-24",
        to_day="2026-11-27",
        slots=["上午"],
        secret="5a" * 32,
        coverage_percent=rng.choice([50, 100]),
    )
    # Somebody who could be drawn and is not, for ties to every unit, must not hear of it either.
    other = msgspec.structs.replace(laid_down, visitors=["wu", "zheng", "jian"], recused={"jian": ["u1", "u2"]})
    first, second = sheet(rng, "m1", now()), sheet(rng, "m1", now(), "full")
    story = [
        Said("sun", "plan.commit", "plan", laid_down),
        Said("sun", "plan.draw", "plan", DrawPlan(), "plan"),
        Said("sun", "plan.replace", "plan", ReplaceVisit("u1", "单位搬迁"), "plan"),
        Said("sun", "plan.replace", "plan", ReplaceVisit("u2", "单位搬迁"), "plan"),
        Said("sun", "plan.publish", "plan", PublishPlan(["v1", "no such visit"], unchecked=True), "plan"),
        Said("sun", "plan.commit", "plan2", other),
        Said("sun", "plan.drop", "plan2", DropPlan("改期"), "plan"),
        Said("chen", "irregular.commit", "irr", CommitRounds("2026-11-24", "2026-11-27", "5a" * 32)),
        Said("chen", "irregular.drop", "irr", DropRounds("改期"), "irregular"),
        Said("sun", "case.permit", "permit", PermitCase("m1", "测7", "个体户登记", "2026-11-30")),
        Said("wu", "case.open", "case", OpenCase("m1", "test", "个体户登记", "测7")),
        Said("wu", "case.step", "case", StepCase("receipt", now(), number="受118", due_day="2026-11-27"), photo=True),
        Said("zheng", "case.step", "case", StepCase("withdrawn", now(), "当场撤回", equal="no")),
        Said("wu", "visit.record", "v1", first, photo=True),
        Said("zheng", "visit.record", "v2", second, photo=True),
        Said("sun", "visit.settle", "m1", SettleItem(ITEMS[0], "half"), "visit.team"),
        Said("zheng", "visit.record", "v3", sheet(rng, "no such mission", now())),
        Said("zheng", "visit.withdraw", "v2", WithdrawVisit("记错窗口"), "visit"),
        Said("sun", "visit.void", "v1", Void("身份暴露"), "visit"),
    ]
    yield from (said for said in story if rng.random() < 0.85 and (rounds or said.who != "chen"))


async def say(guests: dict[str, Guest], said: Said, rng: random.Random) -> str:
    """One op, sent at once; what became of it, e.g. "case.open applied"."""
    guest = guests[said.who]
    if said.sees:
        await guest.pull()
    seen = guest.replica.rows.get((said.sees, said.rid))
    guard = {said.rid: seen.ver} if seen else None
    blobs = [Blob(rng.randbytes(32).hex(), 1000, "image/jpeg", guest.replica.time.now())] if said.photo else None
    guest.replica.save(KINDS[said.kind], said.args, said.rid, guard, blobs=blobs)
    (result,) = await guest.push()
    return f"{said.kind} {result.st}"


async def _live_through(seed: int, with_it: bool, sim: SimServer, clock: _Clock) -> tuple[Told, list[str]]:
    async with sim.lock:
        await sim.start()
    make_cheap(sim.place)
    guests = {uid: Guest(sim, clock, uid) for uid in (*PEOPLE, *OTHER_PEOPLE)}  # type: ignore[arg-type]
    for guest in guests.values():
        await guest.arrive()
    seen, secret = random.Random(f"seen/{seed}"), random.Random(f"secret/{seed}")
    audience = AUDIENCE | {"chen"} if has_rounds(seed) else AUDIENCE
    others = [guest for uid, guest in guests.items() if uid not in audience]
    acts, story = list(ordinary(seen, clock)), list(hidden(secret, clock, has_rounds(seed)))
    # Which part of the story stands before which act.
    cuts = sorted(secret.randint(0, len(story)) for _ in acts)
    told, became = 0, []
    for number, act in enumerate(acts):
        if with_it:
            for one in story[told : cuts[number]]:
                became.append(await say(guests, one, secret))
            told = cuts[number]
        await _next_step(sim, number)
        await say(guests, act, seen)
        await seen.choice(others).pull()
    if with_it:
        for one in story[told:]:
            became.append(await say(guests, one, secret))
    await _next_step(sim, len(acts))
    for guest in others:
        guest.replica._from_nothing()
        await guest.pull()
    for guest in others:
        await read_desk(guest, seed)
    async with sim.lock:
        await sim.stop()
    return {guest.uid: guest.heard for guest in others}, became


async def read_desk(guest: Guest, seed: int) -> None:
    """A part of what this person may read: registers filtered, a row of them with what lies behind it, others as files, the indices."""
    listed = msgspec.json.decode(await guest.ask("GET", "registers"), type=RegisterList)
    for number, one in enumerate(listed.registers):
        path, turn = f"register/{one.name}", (number + seed) % TURNS
        if turn == 0:
            page = msgspec.json.decode(await guest.ask("GET", path, _filter(one)), type=RegisterPage)
            for row in page.rows[:1]:
                await guest.ask("GET", f"{path}/{row.rid}")
        elif turn == TURNS // 2:
            await guest.ask("GET", f"{path}.csv")
    if listed.registers:
        await guest.ask("GET", "indices", known=(200, 403))


def _filter(register: RegisterInfo) -> str:
    """A query by what the register can be filtered by: all words but the last of a choice, else the unit that is visited."""
    choices = [column for column in register.columns if column.filters and not column.sealed and len(column.choices) > 1]
    if choices:
        return f"f.{choices[0].key}={','.join(value for value, _ in choices[0].choices[:-1])}"
    return "unit=u1" if "u1" in dict(register.units) else ""


async def _next_step(sim: SimServer, number: int) -> None:
    """The same moment in both worlds, and what time makes due in it."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(100 + (number + 1) * STEP_SECONDS - loop.time())
    await sim.app.tick()


def morning(seed: int, with_it: bool) -> tuple[Told, list[str]]:
    """All that reached each person outside the audience, and what became of what the audience said."""
    loop = VirtualLoop()
    clock = _Clock(loop)
    # A morning is too short for a minute of the log to begin and end after a plan; the draw takes its chance from this one.
    with calm(seed), patch("server.store.transaction.minute_after", lambda _sql, _at: b"\7" * 32):
        sim = _ground().laid_out(clock)
        try:
            return loop.run_until_complete(_live_through(seed, with_it, sim, clock))
        finally:
            loop.close()


def compare_checks(seed: int) -> Compared:
    """One pair of mornings."""
    with unheard():
        return difference(seed, morning(seed, False)[0], morning(seed, True)[0])


class _Ground:
    """What all mornings of a process stand on: one server over one folder, laid out anew for each."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="zaigang-sealed-", dir=MEMORY)
        root = Path(self._folder.name)
        people = [(uid, unit, tuple(roles)) for uid, (_, unit, roles) in PEOPLE.items()]
        people += [(uid, unit, roles) for uid, (unit, roles) in OTHER_PEOPLE.items()]
        founded(root / "founded", people, lambda: BEGIN, DOMAINS, _people_of_the_hall)
        self._data = root / "data"
        self._founded = root / "founded" / f"{hall.SITE}.sqlite"
        self._clock: _Clock | None = None
        self._sim = SimServer(self._data, self._now, Disk(random.Random(0)), lambda _: None, DOMAINS)

    def _now(self) -> int:
        assert self._clock is not None, "a morning has its clock"
        return self._clock()

    def laid_out(self, clock: _Clock) -> SimServer:
        """The server, stopped, over a hall as it was founded."""
        self._clock = clock
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir()
        shutil.copy(self._founded, self._data)
        self._sim.lock = asyncio.Lock()
        return self._sim


def _people_of_the_hall(tx: Any) -> None:
    """The small hall, and one more person of every role it lacks."""
    lay_out(tx)
    for uid, (unit, roles) in OTHER_PEOPLE.items():
        outside = not unit
        put_person(tx, PersonRecord(rid=uid, name=uid, badge=uid, unit=unit, title={"zh_Hans": "职员"}, roles=list(roles), outside=outside))


@cache
def _ground() -> _Ground:
    return _Ground()
