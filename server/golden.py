"""`python -m server golden`: the corpus of a release: a hall as that release kept it, and signed ops of every kind it knew (A7, I25).

Made once per release, from fixed keys and a fixed clock, and never changed: every later release must take these very bytes and come to the
same outcomes. `tests/test_golden.py` replays every corpus there is.
"""

import argparse
import asyncio
import gzip
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from server.app import DOMAINS
from server.domain.demo import PERSONAS
from server.domain.hall.ops import HeldAccept, HeldReject
from server.domain.handover import ops as handover
from server.domain.incident import ops as incident
from server.domain.patrol import ops as patrol
from server.domain.presence import ops as presence
from server.domain.trail import ops as trail
from server.domain.visit import ops as visit
from server.domain.visit.rules import checklists, items_of
from server.gateway.place import Place
from server.gateway.push import arrange, take
from server.seed import fill
from server.settings import ROOT
from server.store import ledger, people
from server.store.contract import Sql, Unit
from server.store.institutions import Institutions
from server.store.ledger import readable
from server.store.site import NewSite
from server.store.sqlite import Connection, SqliteStore
from sync.keys import key_from
from sync.messages import Enrolled, Head, Push, Result
from sync.ops import OpKind, first_link
from sync.outbox import Outbox, OutboxOp
from sync.version import SOFTWARE

FOLDER = ROOT / "tests" / "golden"
SITE = "yunting"
BEGIN_MS = 1_773_799_800_000
"""Wednesday 2026-03-18, 10:10 in the hall."""
MINUTE_MS = 60_000
KINDS: dict[str, OpKind] = {kind.kind: kind for domain in DOMAINS for kind in domain.ops}


class Sent(msgspec.Struct):
    """One push of the corpus: when it came (ms), its message, and what became of its ops."""

    at: int
    push: Push
    results: list[Result]


class Corpus(msgspec.Struct):
    """What a release leaves behind. `database.sql.gz` beside it is the hall before the first push."""

    release: int
    software: str
    site: str
    sent: list[Sent]


class Clock:
    """The time of the corpus: for the server and for every device."""

    def __init__(self) -> None:
        self.at = BEGIN_MS

    def __call__(self) -> int:
        return self.at

    def wall_ms(self) -> int:
        """A device's wall clock, which is right."""
        return self.at

    def mono_ms(self) -> int:
        """A device's monotonic clock since its page was loaded."""
        return self.at - BEGIN_MS


class Ids:
    """UUIDv7 from a seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def __call__(self, now_ms: int) -> str:
        tail = self._random.getrandbits(74)
        number = (now_ms & (1 << 48) - 1) << 80 | 7 << 76 | (tail >> 62) << 64 | 2 << 62 | tail & (1 << 62) - 1
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Act(NamedTuple):
    """One op of the corpus: whose device says it, of which kind, about which record (a new one without a name)."""

    who: str
    kind: str
    args: msgspec.Struct
    rid: str = ""
    guard: dict[str, int] = {}  # noqa: RUF012 - never changed


class Stage:
    """The hall with its devices, one for every persona and one that was disabled."""

    def __init__(self, place: Place, clock: Clock, uids: dict[str, str]) -> None:
        self.place, self.clock, self.uids = place, clock, uids
        self.sent: list[Sent] = []
        self.devices = {name: Outbox(SITE, key_from(1000 + n), clock, Ids(name), "load-1") for n, name in enumerate([*uids, "lost"])}

    def enrol(self, unit: Unit) -> None:
        """Make the devices known; the lost one is ended at once."""
        with unit.step() as tx:
            for name, device in self.devices.items():
                uid = self.uids.get(name, self.uids["standin"])
                ledger.add_device(tx, device.dev, device.key.public, uid, name, first_link(SITE, device.dev))
            ledger.revoke(tx, self.devices["lost"].dev)
            tx.sql.run("UPDATE account SET password = NULL")

    def greet(self) -> None:
        """Every device hears the server once."""
        for device in self.devices.values():
            head = Head(0, first_link(SITE, device.dev).hex())
            beacon = self.place.beacon(head.hash)
            device.enrolled(Enrolled(device.dev, self.place.epoch, head, beacon, beacon.t, self.place.server_key))

    def save(self, act: Act) -> OutboxOp:
        """Record an act on its device."""
        return self.devices[act.who].save(KINDS[act.kind], act.args, act.rid or None, act.guard or None)

    async def push(self, who: str) -> list[Result]:
        """Send what waits on a device, and keep what was sent and what came of it."""
        self.clock.at += 30_000
        device = self.devices[who]
        message = device.push()
        ops = arrange(message, [readable(text) for text in message.ops], device.acked + 1, bytes.fromhex(device.link(device.acked)))
        taken = await take(self.place, message, ops)
        device.acked = taken.device.seq
        self.sent.append(Sent(self.clock.at, message, taken.results))
        return taken.results


def scenes(stage: Stage, post: str, mission: str) -> Iterator[list[Act]]:
    """Every op kind, and the ways an op may end other than well. One push for each list."""
    now = stage.clock
    new = Ids("records")
    round_id, seen, notice, cover, late, incident_id, first, second = (new(now.at) for _ in range(8))
    knew = patrol.Knew(1, [], now.at)
    uid = stage.uids
    yield [
        Act("inspector", "patrol.start", patrol.RoundStart("2026-03-18T10", "hourly", now.at), round_id),
        Act("inspector", "patrol.observe", patrol.Observe(round_id, post, "empty_no_notice", now.at, knew, codes=["P4"]), seen),
        Act("inspector", "patrol.zone_clear", patrol.ZoneClear("A", ["A02"], now.at, knew), round_id),
    ]
    yield [Act("staff", "finding.answer", trail.FindingAnswer("to fetch paper, back in two minutes"), seen)]
    yield [
        Act("inspector", "patrol.withdraw", patrol.Withdraw("the wrong window"), seen),
        Act("inspector", "patrol.finish", patrol.RoundFinish(now.at), round_id),
    ]
    leave = presence.Announce(
        [post],
        "trip",
        now.at,
        now.at + 30 * MINUTE_MS,
        uid["staff"],
        stand_in=uid["standin"],
        destination="city office",
        text="to hand in papers",
    )
    yield [Act("staff", "away.announce", leave, notice)]
    yield [
        Act("standin", "away.answer", presence.Answer(True), notice),
        Act("standin", "cover.step_up", presence.StepUp(post, now.at, notice), cover),
    ]
    yield [Act("staff", "away.extend", presence.Extend(now.at + 50 * MINUTE_MS, "traffic"), notice)]
    yield [Act("standin", "cover.hand_back", presence.HandBack(now.at, "handed back"), cover)]
    yield [Act("staff", "away.return", presence.Return(now.at), notice)]
    planned, open_one = new(now.at), new(now.at)
    yield [
        Act("staff", "away.announce", presence.Announce([post], "meeting", now.at + 3_600_000, now.at + 7_200_000, uid["staff"]), planned),
        Act("staff", "away.cancel", presence.Cancel("put off"), planned),
        Act("staff", "away.announce", presence.Announce([post], "errand", now.at - 600_000, now.at + 300_000, uid["staff"]), late),
        Act("staff", "away.announce", presence.Announce([post], "step_away", now.at, now.at + 480_000, uid["staff"]), open_one),
    ]
    yield [
        Act("head", "away.judge_late", presence.JudgeLate(True, "it is so"), late),
        Act("head", "away.close", presence.Close("seen at the post"), open_one),
        Act("head", "away.close", presence.Close("there is none"), new(now.at)),
    ]
    yield [
        Act("inspector", "incident.report", incident.Report("crowd", post, now.at, 3, 20, "many people queue"), incident_id),
        Act("inspector", "incident.tick", incident.Tick("handling", now.at, "one more window"), incident_id),
        Act("inspector", "incident.tick", incident.Tick("handling", now.at, "not here yet"), new(now.at)),
        Act("inspector", "incident.report", incident.Report("other", "no such place", now.at, 3)),
    ]
    yield from cover_scenes(stage, post)
    items = list(items_of(checklists()["ms-1"]))
    answers = [visit.ItemAnswer(item, "fail" if n < 2 else "full", "a long wait" if n < 2 else "") for n, item in enumerate(items)]
    recorded = visit.RecordVisit(mission, "ms-1", now.at - 40 * MINUTE_MS, now.at - 5 * MINUTE_MS, answers, badge="417", story="a question")
    yield [Act("shopper", "visit.record", recorded, first)]
    yield [Act("shopper2", "visit.record", msgspec.structs.replace(recorded, story="once more"), second)]
    yield [
        Act("checklead", "visit.publish", visit.Publish("look at the others, too"), first, {first: 1}),
        Act("checklead", "visit.void", visit.Void("recognised"), second, {second: 1}),
        Act("checklead", "visit.publish", visit.Publish("published already"), first, {first: 1}),
    ]
    yield [Act("staff", "visit.record", recorded)]
    lost = stage.devices["lost"]
    reports = [
        Act("lost", "incident.report", incident.Report("other", post, now.at, 3, text=text)) for text in ("a lamp flickers", "said twice")
    ]
    yield reports
    taken, dropped = lost.outbox[-2:]
    yield [
        Act("admin", "held.accept", HeldAccept("looked at"), taken.id),
        Act("admin", "held.reject", HeldReject("the same as another"), dropped.id),
    ]


def cover_scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """Stand-ins that change, HEAD's word, and work that changes hands."""
    now, uid = stage.clock, stage.uids
    new = Ids("covers")
    asked, long, sheet, other = (new(now.at) for _ in range(4))
    planned = presence.Announce([post], "meeting", now.at + 3_600_000, now.at + 7_200_000, uid["staff"], stand_in=uid["standin"])
    away = presence.Announce([post], "step_away", now.at, now.at + 45 * MINUTE_MS, uid["staff"])
    yield [Act("staff", "away.announce", planned, asked), Act("staff", "away.announce", away, long)]
    yield [Act("standin", "away.received", presence.Received(), asked), Act("standin", "away.received", presence.Received(), new(now.at))]
    yield [
        Act("head", "away.assign", presence.Assign(uid["head"], "I stand in"), asked),
        Act("head", "away.consent", presence.GiveConsent(True), long),
        Act("head", "away.consent", presence.GiveConsent(True), new(now.at)),
    ]
    yield [Act("staff", "away.return", presence.Return(now.at), long)]
    items = [handover.HandoverItem("a transfer of insurance", due="2026-03-20"), handover.HandoverItem("papers to be completed")]
    begin = now.at + 20 * 60 * MINUTE_MS
    made = handover.Prepare(
        post, uid["staff"], uid["standin"], begin, begin + 180 * MINUTE_MS, "training", items, ["the seal"], "the drawer"
    )
    yield [Act("staff", "handover.prepare", made, sheet), Act("staff", "handover.prepare", made, other)]
    yield [
        Act("standin", "handover.received", handover.SheetReceived(), sheet),
        Act("standin", "handover.answer", handover.SheetAnswer(False, "in training, too"), sheet),
    ]
    yield [Act("head", "handover.assign", handover.SheetAssign(uid["standin"], "the training is put off"), sheet)]
    yield [
        Act("standin", "handover.answer", handover.SheetAnswer(True), sheet),
        Act("standin", "handover.item", handover.ItemNote(0, "done", "completed"), sheet),
        Act("standin", "handover.item", handover.ItemNote(9, "done"), sheet),
        Act("standin", "handover.back", handover.Back(now.at, "one is completed"), sheet),
    ]
    yield [
        Act("staff", "handover.close", handover.SheetClose(), sheet),
        Act("staff", "handover.withdraw", handover.SheetWithdraw("put off"), other),
    ]


async def make(release: int, data: Path) -> tuple[Corpus, str]:
    """The corpus of this very software, and its hall before the first push as SQL."""
    clock, institutions = Clock(), Institutions(DOMAINS)
    data.mkdir()
    new = NewSite(SITE, {"zh_Hans": SITE}, "zh_Hans", True, random.Random("golden").randbytes)
    first = SqliteStore(data / f"{SITE}.sqlite", institutions, clock, new)
    await fill(first, 1)
    uids = await first.read(_personas)
    stage = Stage(Place(first, institutions, clock, data / "snapshots"), clock, uids)
    await first.write(stage.enrol)
    post, mission = await first.read(lambda sql: _where(sql, uids))
    dump = await first.read(lambda _: _dump(data / f"{SITE}.sqlite"))
    stage.greet()
    for acts in scenes(stage, post, mission):
        for act in acts:
            stage.save(act)
        await stage.push(acts[0].who)
    await first.close()
    return Corpus(release, SOFTWARE, SITE, stage.sent), dump


def _personas(sql: Sql) -> dict[str, str]:
    found = {account.persona: account.uid for account in people.personas(sql) if account.persona}
    return {name: found[name] for name in PERSONAS}


def _where(sql: Sql, uids: dict[str, str]) -> tuple[str, str]:
    """The post of the staff persona that day, and an open mission."""
    post = sql.one("SELECT post FROM duty WHERE day = '2026-03-18' AND a = ? ORDER BY post", (uids["staff"],))
    mission = sql.one("SELECT rid FROM mission ORDER BY rid")
    assert post is not None, "the staff persona has a window"
    assert mission is not None, "the demo hall has missions"
    return post[0], mission[0]


def _dump(path: Path) -> str:
    sql = Connection(path, ("query_only=ON",))
    try:
        return "\n".join(["BEGIN;", *_statements(sql), "COMMIT;", ""])
    finally:
        sql.close()


def _statements(sql: Sql) -> Iterator[str]:
    """A whole database as SQL: tables with their rows, then what stands on them."""
    made = sql.all("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name")
    for kind, name, statement in made:
        if kind == "table":
            yield f"{statement};"
            columns = ", ".join(f'quote("{row[1]}")' for row in sql.all(f'PRAGMA table_info("{name}")'))
            for row in sql.all(f'SELECT {columns} FROM "{name}" ORDER BY 1, 2'):
                yield f'INSERT INTO "{name}" VALUES ({", ".join(row)});'
    yield from (f"{statement};" for kind, _, statement in made if kind != "table")


def load(folder: Path, data: Path) -> Corpus:
    """Put the hall of a corpus into an empty data folder; its pushes."""
    corpus = msgspec.json.decode((folder / "corpus.json").read_bytes(), type=Corpus)
    data.mkdir(parents=True)
    sql = Connection(data / f"{corpus.site}.sqlite", ())
    sql.raw.executescript(gzip.decompress((folder / "database.sql.gz").read_bytes()).decode())
    sql.close()
    return corpus


def run(given: argparse.Namespace) -> int:
    """Write the corpus of a release that has none yet."""
    folder = FOLDER / f"release-{given.release}"
    if folder.exists() and not given.anew:
        print(f"{folder} is there already: a corpus is never changed")
        return 1
    with TemporaryDirectory() as scratch:
        corpus, dump = asyncio.run(make(given.release, Path(scratch) / "data"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.json").write_bytes(msgspec.json.format(msgspec.json.encode(corpus), indent=1) + b"\n")
    (folder / "database.sql.gz").write_bytes(gzip.compress(dump.encode(), 9, mtime=0))
    print(f"wrote {len(corpus.sent)} pushes to {folder}")
    return 0


def options(parser: argparse.ArgumentParser) -> None:
    """Options of `golden`."""
    parser.add_argument("--release", type=int, required=True, help="number of the release whose corpus this is")
    parser.add_argument("--anew", action="store_true", help="replace a corpus that no release has been made with")
