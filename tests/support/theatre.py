"""A stage for offline conflicts: a whole server over the small hall, reached by requests without a network, and everybody's phones.

Signed ops go through push, rows come back through pull. The hall is made once; `keep` and `back_to` take the server's file and the phones
to a moment again, so that one scene is played in every order of arrival from the same signed ops.
"""

import copy
import random
import shutil
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from server.app import DOMAINS
from sync import messages as m
from sync.keys import key_from
from sync.ops import OpKind
from sync.replica import Replica
from tests.server.scenes.play import GUARDED, Play, Said
from tests.server.scenes.small_hall import PEOPLE, at, lay_out
from tests.simulation.hall import SITE
from tests.simulation.loop import VirtualLoop
from tests.simulation.server import SimServer, founded
from tests.simulation.store import Disk
from tests.support.clock import DeviceClocks, Ids, World

BEGIN = at("07:30")
MORNING = "08:00"
DRIFT_MS = -200_000
SCREEN = "screen"
KINDS: dict[str, OpKind] = {op.kind: op for domain in DOMAINS for op in domain.ops}
WAITS = ("REF_WAIT", "BEHIND_HELD")
"""Why an op may be held that only came before what it refers to."""
_line: msgspec.json.Decoder[m.PullLine] = msgspec.json.Decoder(m.PullLine)
Phones = dict[str, "Phone"]
Rows = dict[tuple[str, str], str]


class Phone:
    """One phone of one person, or the screen in the lobby: its replica, its clocks and its cookie."""

    def __init__(self, stage: "Theatre", name: str) -> None:
        self.name = name
        self.uid = next(uid for uid in sorted((*PEOPLE, SCREEN), key=len, reverse=True) if name.startswith(uid))
        self.clocks = DeviceClocks(stage.world, DRIFT_MS if name.endswith("B") else 0)
        self.replica = Replica(SITE, key_from(sum(n * ord(c) for n, c in enumerate(name, 7))), self.clocks, Ids(name), "load-1")
        self.cookie = ""
        self.heard_at = 0

    def copy(self, world: World) -> "Phone":
        """The phone as it is now; rows are never changed, and time is everybody's."""
        kept: list[Any] = [world, self.replica.key, *self.replica.rows.values()]
        return copy.deepcopy(self, {id(one): one for one in kept})

    def rows(self) -> Rows:
        """Everything it holds but what the server said of its own ops."""
        return {key: row.body for key, row in self.replica.rows.items() if key[0] != "op.result"}


class Moment(NamedTuple):
    """The server's file, everybody's phones, and the time."""

    file: bytes
    phones: Phones
    at: int


class Theatre:
    """The hall with its people, who get a phone when they first speak or read."""

    def __init__(self, folder: Path) -> None:
        self.world = World(BEGIN)
        self.phones: Phones = {}
        data = folder / "data"
        people = [(uid, unit, tuple(roles)) for uid, (_, unit, roles) in PEOPLE.items()]
        founded(data, [*people, (SCREEN, "", ("BOARD",))], self.world, DOMAINS, _lay_out)
        self._loop = VirtualLoop()
        self._server = SimServer(data, self.world, Disk(random.Random(0)), lambda _: None, DOMAINS)
        self._loop.run_until_complete(self._server.start())
        self.tick()
        self.begin = self.keep()

    def close(self) -> None:
        """Everybody goes home."""
        self._loop.run_until_complete(self._server.stop())
        self._loop.close()
        shutil.rmtree(self._server.data)

    # --- time --------------------------------------------------------------------------------------------------------

    def keep(self) -> Moment:
        """The present moment; the server rests until somebody goes `back_to` one."""
        self._loop.run_until_complete(self._server.stop())
        file = self._server.path.read_bytes()
        return Moment(file, {name: phone.copy(self.world) for name, phone in self.phones.items()}, self.world.at)

    def back_to(self, moment: Moment) -> None:
        """It is that moment again."""
        self._loop.run_until_complete(self._server.stop())
        self._server.path.write_bytes(moment.file)
        self.world.at = moment.at
        self.phones = {name: phone.copy(self.world) for name, phone in moment.phones.items()}
        self._loop.run_until_complete(self._server.start())

    def tick(self, now: int = 0) -> None:
        """The server does what is due (at `now`)."""
        self.world.at = max(self.world.at, now)
        self._loop.run_until_complete(self._server.app.tick())

    # --- phones ------------------------------------------------------------------------------------------------------

    def phone(self, name: str) -> Phone:
        """A phone that has a network now: signed in, and up to date."""
        if name not in self.phones:
            self.phones[name] = Phone(self, name)
        phone = self.phones[name]
        if not phone.heard_at or self.world.at - phone.heard_at > at("12:00") - at("00:00"):
            self._enter(phone)
        phone.heard_at = self.world.at
        self._pull(phone)
        # When it was heard is written behind the answer: before the world goes on.
        self._loop.run_until_complete(self._server.store.write(lambda _: None))
        return phone

    def _enter(self, phone: Phone) -> None:
        session = self._post(phone, "session", m.SignIn(persona=phone.uid), m.Session)
        if not phone.heard_at:
            phone.replica.enrolled(self._post(phone, "devices", phone.replica.enrol(session.nonce), m.Enrolled))

    def save(self, said: Said) -> None:
        """Somebody records something at its time, without a network; by a clock that was set back it is later than it says."""
        phone = self.phones[said.device]
        wrong_ms = self.world.at - said.at if said.grade == "C" else 0
        assert wrong_ms or said.grade != "C", "a clock that is set back says an earlier time"
        phone.clocks.set_wall(-wrong_ms)
        phone.replica.save(KINDS[said.kind], said.args, said.rid, _guard(phone, said))
        phone.clocks.set_wall(wrong_ms)

    def push(self, name: str) -> list[m.Result]:
        """Everything this phone has recorded."""
        phone = self.phones[name]
        push = phone.replica.push()
        answer = self._post(phone, "push", push, m.PushAnswer)
        phone.replica.push_answered(answer, push)
        assert not phone.replica.pending
        results: list[m.Result] = answer.results
        return results

    def _pull(self, phone: Phone) -> None:
        more = True
        while more:
            asked = phone.replica.asking
            query = "&".join(f"{k}={v}" for k, v in phone.replica.pull_query().items())
            more = phone.replica.pulled(asked, [_line.decode(line) for line in self._ask(phone, "GET", "pull", query).split(b"\n") if line])
        assert not phone.replica.differences

    def _post(self, phone: Phone, path: str, message: msgspec.Struct, answer: type[Any]) -> Any:
        return msgspec.json.decode(self._ask(phone, "POST", path, body=msgspec.json.encode(message)), type=answer)

    def _ask(self, phone: Phone, method: str, path: str, query: str = "", body: bytes = b"") -> bytes:
        answer = self._loop.run_until_complete(self._server.ask(method, f"/s/{SITE}/{path}", query, body, phone.cookie))
        assert answer.status == 200, (phone.name, path, answer)
        if path == "session":
            phone.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer.body

    # --- playing -----------------------------------------------------------------------------------------------------

    def rehearse(self, play: Play) -> Moment:
        """From the morning to the moment before the phones come back: what was said online has arrived, the rest lies on the phones."""
        self.back_to(self.begin)
        for name in dict.fromkeys((*play.phones, *(one.device for one in play.before))):
            self.phone(name)
        spoken = sorted((one for one in (*play.before, *play.facts) if one.grade != "C"), key=lambda one: one.at)
        for when, one in sorted([*((one.at, one) for one in spoken), *((when, None) for when in play.looks)], key=lambda step: step[0]):
            if one is None:
                self.tick(when)
                continue
            self._morning(one)
            self.world.at = max(self.world.at, when)
            if one in play.before:
                self.phone(one.device)
            self.save(one)
            if one in play.before:
                assert [(r.st, r.code) for r in self.push(one.device)] == [("applied", None)], (play.id, one)
        self.world.at = max(self.world.at, play.arrives)
        for one in play.facts:
            if one.grade == "C":
                self.save(one)
        return self.keep()

    def _morning(self, said: Said) -> None:
        """Who speaks on another day had a network on its morning."""
        morning = at(MORNING, said.day)
        if self.phones[said.device].heard_at < at("00:00", said.day) and morning > self.world.at:
            self.world.at = morning
            self.phone(said.device)

    def arrive(self, play: Play, order: tuple[str, ...]) -> None:
        """The phones come back in this order; then it is decided what is to be decided, and the server does what is due."""
        self.tick(play.arrives)
        for name in order:
            for result in self.push(name):
                assert result.st == "applied" or result.code in WAITS, (play.id, order, result)
        for said in play.after:
            self.world.at = max(self.world.at, said.at)
            self.phone(said.device)
            self.save(said)
            assert [(r.st, r.code) for r in self.push(said.device)] == [("applied", None)], (play.id, order, said)
        self.tick(play.ends)
        for name in play.phones:
            results = [op.result for op in self.phone(name).replica.outbox]
            assert all(result and result.st == "applied" for result in results), (play.id, order, results)

    def ends(self, play: Play) -> dict[tuple[str, ...], dict[str, Rows]]:
        """By order of arrival: what each phone of the scene, and each reader, has pulled in the end."""
        eve = self.rehearse(play)
        found = {}
        for order in permutations(play.phones):
            self.back_to(eve)
            self.arrive(play, order)
            readers = (*play.phones, *(read.who for read in play.reads))
            found[order] = {name: self.phone(name).rows() for name in dict.fromkeys(readers)}
        return found


def _guard(phone: Phone, said: Said) -> dict[str, int] | None:
    """What a decision goes by: the row its phone shows."""
    seen = phone.replica.rows.get((GUARDED[said.kind], said.rid)) if said.kind in GUARDED else None
    return {said.rid: seen.ver} if seen else None


def _lay_out(tx: Any) -> None:
    lay_out(tx)
    tx.found()
    tx.settle()
