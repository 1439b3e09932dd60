"""Law I18 over the real institutions: every op kind of a sealed check, from seeds, beside an ordinary morning (CHK-05, PRV-16).

A small hall lives one morning twice: without and with what a check team and its lead say to each other, their photos, and what waits on
their phones. Everybody else, one person of every role (the efficiency group on mornings without drawn rounds of its own) and a stranger,
must receive the same bytes: frames, answers, pages, whole first pulls, and the desk of each: registers, filtered, row by row, as files and
on paper, indices, numbers of papers, devices, and answers to who guesses. Every second morning goes on after the period of a plan.
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
from server.domain.bulletin.ops import DraftBulletin
from server.domain.campaign.ops import FindProblem, Phase, PutCampaign
from server.domain.facility.ops import Inspect
from server.domain.hall.handlers import put_person
from server.domain.hall.ops import HeldReject
from server.domain.hall.rules import visitor_number
from server.domain.hall.tables import PersonRecord, RoleTerm, UnitTerm
from server.domain.incident.ops import Report
from server.domain.irregular.ops import CommitRounds, DropRounds
from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.patrol.ops import Observe, RoundStart, Tie, ZoneClear
from server.domain.presence.ops import Announce
from server.domain.roster.ops import EndPerson, PutPerson
from server.domain.supervisor.ops import FileReport
from server.domain.trail.ops import FindingVoid
from server.domain.visit.case_ops import OpenCase, PermitCase, StepCase
from server.domain.visit.ops import ItemAnswer, Mark, RecordVisit, Void
from server.domain.visit.people_ops import AppointLead, PutVisitor, RelieveLead
from server.domain.visit.plan_ops import CommitPlan, DrawPlan, DropPlan, HandOverPlan, PublishPlan, ReplaceVisit, RevealPlan
from server.domain.visit.result_ops import SettleItem, WithdrawVisit
from sync.ops import OpKind
from sync.vital import Vital, Waits
from tests.server.scenes.small_hall import KNEW, PEOPLE, at, lay_out
from tests.simulation import hall, readers
from tests.simulation.hidden import Compared, Guest, Told, calm, difference, unheard
from tests.simulation.keys import make_cheap
from tests.simulation.loop import VirtualLoop
from tests.simulation.power import MEMORY
from tests.simulation.server import SimServer, founded
from tests.simulation.store import Disk

BEGIN = at("10:10")
AUDIENCE = frozenset({"sun", "gong", "wu", "zheng", "mei", "tang"})
"""The lead, another who takes a plan over, the two visitors, and two of the team who work in the hall, one of them in its office; of drawn
rounds, which are sealed, too, the efficiency group (陈); of appointments the director.
"""
OTHER_PEOPLE = {
    "adm": ("", ("ADM",)),
    "top": ("c-lead", ("TOP",)),
    "gong": ("c-lead", ("CHECK",)),
    "mei": ("u2", ("STF", "TEAM")),
    "tang": ("u2", ("OFF", "TEAM")),
    "he": ("", ("TEAM",)),
    "jian": ("", ("SUP",)),
    "ji": ("c-discipline", ("DIS",)),
    "board": ("", ("BOARD",)),
}
STEP_SECONDS = 7
LATER_MS = 17 * 24 * 3_600_000
"""After the period of one plan, and the days its lead has to reveal it; before another is due that may have nothing sealed."""
RIDS = ["m1", "v1", "v2", "v3", "d1", "d2", "d3", "case", "permit", "plan", "over", "plan:1", "over:1", "mei", "wu", "xin"]
"""Of what is sealed; a third of them is guessed each morning."""
UNDER_SEAL = {"known", "covert", "led"}
"""Of ops that are like any other but for what they name: nothing of them waits on a phone when it tells how it is doing."""
KINDS: dict[str, OpKind] = {op.kind: op for domain in DOMAINS for op in domain.ops}
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
        self.leap_ms = 0

    @property
    def at(self) -> int:
        return BEGIN + self.leap_ms + int(self._loop.time() * 1000)

    def __call__(self) -> int:
        return self.at


def ordinary(rng: random.Random, now: Callable[[], int]) -> Iterator[Said]:
    """What is said in both worlds."""
    yield Said("lin", "patrol.start", "round", RoundStart("2026-11-23T10", "hourly", now()))
    yield Said("zhou", "bulletin.draft", "bulletin", DraftBulletin("check", "2026-11-01", "2026-11-30"))
    for n in range(rng.randint(3, 6)):
        post = rng.choice(["w1", "w2", "w3"])
        yield rng.choice(
            [
                Said("lin", "patrol.observe", f"o{n}", Observe("round", post, rng.choice(["empty_no_notice", "serving"]), now(), KNEW)),
                Said("wang", "away.announce", f"n{n}", Announce(["w1"], "step_away", now(), now() + 600_000, "wang")),
                Said("lin", "patrol.observe", f"o{n}", Observe("round", post, "serving", now(), KNEW), photo=True),
                Said("lin", "patrol.zone_clear", "round", ZoneClear("A", ["w1", "w2"], now(), KNEW)),
                Said("lin", "facility.inspect", f"f{n}", walked(now()), photo=True),
                Said(rng.choice(["mei", "sun"]), "incident.report", f"i{n}", Report("other", post, now(), 3)),
                Said("qian", "incident.report", f"i{n}", Report("crowd", post, now(), 3)),
                Said("zhou", "problem.find", f"p{n}", FindProblem("u1", "patrol", "F15", "未戴工牌")),
                Said("jian", "sup.report", f"r{n}", FileReport("seen", "叫号屏不亮", now(), "u1")),
            ]
        )
    # The office asks about its own desk, where nobody else could decide if all that is declared were told.
    yield Said("chen", "patrol.observe", "desk", Observe("", "d1", "empty_no_notice", now(), KNEW))
    yield Said("zhou", "finding.void", "desk", FindingVoid("看错了"))
    # Somebody to whom a visitor has a tie belongs elsewhere than was known.
    elsewhere = PutPerson("李", "li", [UnitTerm("u2", "2026-01-01")], [RoleTerm("STF", "2026-01-01")])
    yield Said("zhou", "org.person", "li", elsewhere, "person")


def walked(now: int) -> Inspect:
    """An inspection of the hall, all well."""
    answers = [ItemAnswer(item, "full") for item in items_of(shipped_checklists()["fa-1"])]
    return Inspect(checklist="fa-1", from_at=now - 900_000, to_at=now, answers=answers, said_tenths=1000)


def sheet(rng: random.Random, mission: str, now: int, first: Mark = "fail") -> RecordVisit:
    """A visitor's sheet, filled in part."""
    marks: list[Mark] = ["full", "half", "fail", "na"]
    picked = rng.sample(ITEMS[1:], rng.randint(5, len(ITEMS) - 1))
    answers = [ItemAnswer(item, rng.choice(marks), rng.choice(["", "等了二十分钟"])) for item in picked]
    return RecordVisit(mission, "ms-1", now - 900_000, now - 60_000, [ItemAnswer(ITEMS[0], first, "响了八声"), *answers])


def has_rounds(seed: int) -> bool:
    """Whether the efficiency group draws rounds this morning, and so is not among those who are compared."""
    return seed % 2 == 0


def appoints(seed: int) -> bool:
    """Whether the director has somebody lead checks this morning, and so is not among those who are compared."""
    return seed % 3 == 0


def goes_on(seed: int) -> bool:
    """Whether the hall is seen again, when a plan would be revealed by itself if no visit of it were sealed."""
    return not has_rounds(seed)


def hidden(rng: random.Random, now: Callable[[], int], rounds: bool = True) -> Iterator[Said]:
    """What only the audience may know, in an order that makes sense, some of it left out. `rounds`: those of the efficiency group, too."""
    laid_down = CommitPlan(
        title="验收",
        method=rng.choice(["covert", "phone", "tracking"]),
        checklist="ms-1",
        units=["u1", "u2", "c-office"],
        visitors=["wu", "zheng"],
        from_day="2026-11-24",
        to_day="2026-11-27",
        slots=["上午"],
        secret="5a" * 32,
        coverage_percent=rng.choice([30, 50, 100]),
        campaign="camp",
    )
    # Somebody who could be drawn and is not, for ties to every unit, must not hear of it either.
    other = msgspec.structs.replace(laid_down, visitors=["wu", "zheng", "jian"], recused={"jian": laid_down.units})
    over = msgspec.structs.replace(laid_down, to_day=laid_down.from_day, coverage_percent=100)
    # Given up, it is told after its period.
    dropped = [Said("sun", "plan.commit", "plan2", other), Said("sun", "plan.drop", "plan2", DropPlan("改期"), "plan")]
    first, second = sheet(rng, "m1", now()), sheet(rng, "m1", now(), "full")
    story = [
        Said("top", "check.appoint", "mei", AppointLead("2026-11-24"), "check.lead"),
        Said("sun", "check.visitor", "xin", PutVisitor("辛某", "2026-12-04"), "check.visitor"),
        Said("sun", "check.visitor", "gong", PutVisitor(last_day="2026-11-30"), "check.visitor"),
        Said("sun", "plan.commit", "plan", laid_down),
        Said("sun", "plan.draw", "plan", DrawPlan(), "plan"),
        Said("wu", "visit.record", "d1", sheet(rng, "plan:1", now()), photo=True),
        Said("sun", "visit.void", "d1", Void("身份暴露"), "visit"),
        Said("sun", "plan.replace", "plan", ReplaceVisit("u1", "单位搬迁"), "plan"),
        Said("sun", "plan.replace", "plan", ReplaceVisit("u2", "单位搬迁"), "plan"),
        Said("sun", "plan.replace", "plan", ReplaceVisit("c-office", "单位搬迁"), "plan"),
        Said("zheng", "visit.record", "d2", sheet(rng, "plan:2", now()), photo=True),
        Said("sun", "plan.reveal", "plan", RevealPlan(), "plan"),
        Said("sun", "plan.hand_over", "plan", HandOverPlan("gong", "调离"), "plan"),
        Said("gong", "plan.hand_over", "plan", HandOverPlan("sun", "交回"), "plan"),
        Said("sun", "plan.publish", "plan", PublishPlan(["v1", "no such visit"], unchecked=True), "plan"),
        Said("sun", "plan.commit", "over", over),
        Said("sun", "plan.draw", "over", DrawPlan(), "plan"),
        Said("wu", "visit.record", "d3", sheet(rng, "over:1", now()), photo=True),
        Said("mei", "patrol.tie", "mei", Tie(["u1"], ["wang"])),
        Said("wu", "patrol.tie", "wu", Tie(["c-lead"], [], "亲属")),
        Said("tang", "patrol.tie", "tang", Tie(["c-office"], [], "亲属")),
        Said("zheng", "patrol.tie", "zheng", Tie([], ["li"], "亲属")),
        *(dropped if rounds else []),
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
        Said("sun", "held.reject", "v3", HeldReject("没有这次检查"), "op.held"),
        Said("wu", "problem.find", "known", FindProblem("u1", "patrol", "F15", "未戴工牌", fact="v1")),
        Said("zheng", "problem.find", "covert", FindProblem("u1", "covert", "F15", "未戴工牌")),
        Said("zheng", "visit.withdraw", "v2", WithdrawVisit("记错窗口"), "visit"),
        Said("sun", "visit.void", "v1", Void("身份暴露"), "visit"),
        Said("sun", "check.visitor", "xin", PutVisitor(ends=True), "check.visitor"),
        Said("top", "check.relieve", "sun", RelieveLead("gong"), "check.lead"),
        Said("sun", "problem.find", "led", FindProblem("no such unit", "patrol", "F15", "未戴工牌", fact="v1")),
        Said("sun", "case.step", "case", StepCase("withdrawn", now(), "当场撤回")),
    ]
    # Else the plan has nothing sealed, and is rightly revealed; and what names a visit names none, and is like any other.
    needed = {("plan.commit", "over"), ("plan.draw", "over"), ("visit.record", "d3"), ("visit.record", "v1")}
    yield from (said for said in story if (rng.random() < 0.85 or (said.kind, said.rid) in needed) and (rounds or said.who != "chen"))


def idle(guest: Guest, sealed: Waits | None = None) -> None:
    """Nothing open waits on this phone; of what is sealed so much, or as much as before."""
    before = guest.vital.sealed if guest.vital else None
    guest.vital = Vital(app="sim", free=1 << 30, kept=True, sealed=sealed or before or Waits())


async def say(guests: dict[str, Guest], said: Said, rng: random.Random) -> str:
    """One op, sent at once; what became of it, e.g. "case.open applied"."""
    guest = guests[said.who]
    if said.sees:
        await guest.pull()
    if said.sees == "op.held":
        waiting = guest.replica.bodies("op.held").items()
        said = said._replace(rid=next((rid for rid, body in waiting if body["rid"] == said.rid), said.rid))
    seen = guest.replica.rows.get((said.sees, said.rid))
    guard = {said.rid: seen.ver} if seen else None
    blobs = [readers.blob(said.rid, guest.replica.time.now())] if said.photo else None
    guest.replica.save(KINDS[said.kind], said.args, said.rid, guard, blobs=blobs)
    idle(guest, Waits(2, 1, guest.replica.time.now()) if KINDS[said.kind].sealed else None)
    if not KINDS[said.kind].sealed and said.rid not in UNDER_SEAL:
        guest.vital = msgspec.structs.replace(guest.vital, unsent=1, oldest_at=guest.replica.time.now())
    (result,) = await guest.push()
    if said.photo:
        await readers.upload(guest, said.rid, rng.choice([("thumb", "full"), ("thumb",)]))
    return f"{said.kind} {result.st}"


async def _live_through(seed: int, with_it: bool, sim: SimServer, clock: _Clock) -> tuple[Told, list[str]]:
    async with sim.lock:
        await sim.start()
    make_cheap(sim.place)
    readers.hold_photos(sim.app.gate.rooms[hall.SITE])
    guests = {uid: Guest(sim, clock, uid) for uid in (*PEOPLE, *OTHER_PEOPLE)}  # type: ignore[arg-type]
    for guest in guests.values():
        idle(guest)
        await guest.arrive()
    seen, secret = random.Random(f"seen/{seed}"), random.Random(f"secret/{seed}")
    # Plans are laid down for it: its coverage, its summary and bulletins are those of what has been published.
    acceptance = PutCampaign("验收", ["u1", "u2", "c-office"], [Phase("acceptance", "2026-11-24", "2026-11-27")], "ma")
    await say(guests, Said("zhou", "camp.put", "camp", acceptance), seen)
    audience = AUDIENCE | ({"chen"} if has_rounds(seed) else set()) | ({"top"} if appoints(seed) else set())
    others = [guest for uid, guest in guests.items() if uid not in audience]
    acts, story = list(ordinary(seen, clock)), list(hidden(secret, clock, has_rounds(seed)))
    story = [one for one in story if one.who != "top" or appoints(seed)]
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
        await _next_second()
        await beat(guests[seen.choice(["sun", "mei", "lin"])])
        await seen.choice(others).pull()
    if with_it:
        for one in story[told:]:
            became.append(await say(guests, one, secret))
        await guests["wu"].ask("GET", "paper/visit_record/v1.pdf", known=())
    await _next_step(sim, len(acts))
    if not appoints(seed):
        # The director has another lead what the lead leads, in both worlds: he must not tell one from the other.
        await say(guests, Said("top", "check.relieve", "sun", RelieveLead("gong"), "check.lead"), seen)
    # The lead leaves, in both worlds: what he led is shown to the other one alone (VIS-02).
    await say(guests, Said("adm", "org.person_end", "sun", EndPerson("2026-11-23")), seen)
    # The office hits upon the number of a visitor.
    guessed = PutPerson("新人", visitor_number("xin"), [UnitTerm("u1", "2026-01-01")], [])
    await say(guests, Said("zhou", "org.person", "new", guessed), seen)
    await _next_step(sim, len(acts) + 1)
    if goes_on(seed):
        became += await _later(guests, with_it, sim, clock, seen, secret)
    for guest in others:
        guest.replica._from_nothing()
        await guest.pull()
    # Somebody has taken the very photo of a visit.
    await readers.upload(guests["lin"], "v1", ["full"])
    for guest in others:
        await readers.read_desk(guest, seed)
        await readers.read_house(guest)
        await readers.guess(guest, RIDS[seed % 3 :: 3])
        await guest.ask("POST", "people/xin/password", known=(403, 404))
        for act in acts:
            await guest.ask("GET", f"paper/incident_report/{act.rid}.pdf", known=(200, 404))
        for paper in ("bulletin_in/bulletin", "campaign_summary/camp"):
            await guest.ask("GET", f"paper/{paper}.pdf", known=(200, 404))
    stranger = Guest(sim, clock, "stranger")
    await readers.knock(stranger, RIDS)
    async with sim.lock:
        await sim.stop()
    return {guest.uid: guest.heard for guest in (*others, stranger)}, became


async def _later(
    guests: dict[str, Guest], with_it: bool, sim: SimServer, clock: _Clock, seen: random.Random, secret: random.Random
) -> list[str]:
    """Weeks later, everybody comes again. The plan whose period is over has a sealed visit: neither hand nor time reveals it."""
    clock.leap_ms = LATER_MS
    del guests["sun"]
    for guest in guests.values():
        if guest.socket is not None:
            guest.socket.lost()
        guest.cookie = ""
        idle(guest)
        await guest.sign_in()
        await guest.listen()
    became = []
    for number in range(2):
        await _next_step(sim, 20 + number)
        await say(guests, Said("mei", "incident.report", f"later{number}", Report("other", "w3", clock(), 3)), seen)
        for kind in ("check", "patrol_month"):
            drafted = DraftBulletin(kind, "2026-11-01", "2026-11-30")
            await say(guests, Said("zhou", "bulletin.draft", f"{kind}{number}", drafted), seen)
        if with_it and number == 0:
            await guests["gong"].pull()
            became.append(await say(guests, Said("gong", "plan.hand_over", "over", HandOverPlan("gong", "接手"), "plan"), secret))
            became.append(await say(guests, Said("gong", "plan.reveal", "over", RevealPlan(), "plan"), secret))
    return became


async def beat(guest: Guest) -> None:
    """A phone asks what the site thinks of it, and tells how it is doing."""
    idle(guest)
    await guest.push()
    await _next_second()


async def _next_step(sim: SimServer, number: int) -> None:
    """The same moment in both worlds, and what time makes due in it."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(100 + (number + 1) * STEP_SECONDS - loop.time())
    await sim.app.tick()
    await _next_second()


async def _next_second() -> None:
    """Each commit takes a millisecond: what is hidden takes none from what follows."""
    now = asyncio.get_running_loop().time()
    await asyncio.sleep(int(now) + 1 - now)


def morning(seed: int, with_it: bool) -> tuple[Told, list[str]]:
    """All that reached each person outside the audience, and what became of what the audience said."""
    loop = VirtualLoop()
    clock = _Clock(loop)
    # A morning is too short for a minute of the log to begin and end after a plan; the draw takes its chance from this one.
    with (
        calm(seed),
        patch("server.store.transaction.minute_after", lambda _sql, _at: b"\7" * 32),
        patch("server.papers.press.Press.print", readers.print_plainly),
        patch("server.gateway.blobroom.make_safe", readers.make_plainly),
    ):
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
