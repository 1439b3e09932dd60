"""One browser profile of one person: the Python device over a bad network, with a wrong clock, crashes, and storage that goes back."""

import copy
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from sync import messages as m
from sync.keys import Key
from sync.outbox import OutboxOp
from sync.replica import Damaged, Replica
from tests.simulation import hall
from tests.simulation.laws import LawBroken, View
from tests.simulation.network import Lane
from tests.simulation.server import Answer, Socket
from tests.support.clock import DeviceClocks, Ids

if TYPE_CHECKING:
    from tests.simulation.world import SimWorld

_line: msgspec.json.Decoder[m.PullLine] = msgspec.json.Decoder(m.PullLine)
_snap: msgspec.json.Decoder[m.SnapLine] = msgspec.json.Decoder(m.SnapLine)
_frame: msgspec.json.Decoder[m.ServerFrame] = msgspec.json.Decoder(m.ServerFrame)
_encode = msgspec.json.encode
Then = Callable[[Answer], None]
PATIENCE_SECONDS = 90
PAGES_MAX = 1_000
"""Nothing takes so many answers one after another."""


class Device:
    """An agent that records, syncs and suffers. `saved`: what was confirmed as saved, as a device that keeps its word still has it.

    `old`: its app is the first release; the present one comes while ops wait in its outbox. `judged`: how many differences
    the law of them has seen.
    """

    def __init__(self, world: "SimWorld", name: str, uid: str, key: Callable[[int], Key]) -> None:
        self.world, self.name, self.uid = world, name, uid
        self.rng = random.Random(f"{world.seed}/{name}")
        self._releases = random.Random(f"{world.seed}/{name}/release")
        self.old = self._releases.random() < world.plan.upgrades
        self.lane = Lane(random.Random(f"{world.seed}/{name}/net"), world.plan.faults, world.counts)
        self.clocks = DeviceClocks(world.clock, self._skew())
        self._keys, self._key_n = key, 0
        self.load = 0
        self.replica = Replica(hall.SITE, self.fresh_key(), self.clocks, Ids(f"{world.seed}/{name}"), self.load_name)
        self.replica.sv = self._shapes
        self.cookie, self.nonce = "", ""
        self.socket: Socket | None = None
        self.view: View | None = None
        self.saved: list[str] = []
        self.asleep = False
        self.lost = self.enrolled = self.rolled_back = False
        self._pages = self._fruitless = self.damages = self.judged = 0
        self.acked_mark: object = None
        self.crashing: list[str] = []
        self._busy_until = {"push": 0.0, "pull": 0.0, "enrol": 0.0, "session": 0.0}

    def _skew(self) -> int:
        """Most clocks are about right, some are years off."""
        if self.rng.random() < self.world.plan.skewed:
            self.world.counts["clock years off"] += 1
            return self.rng.choice((-1, 1)) * self.rng.randrange(10 * 365 * 86_400_000)
        return self.rng.randrange(-30_000, 30_000)

    @property
    def _shapes(self) -> int:
        """The row shapes its app reads."""
        return hall.OLD_SHAPES if self.old else hall.SHAPES

    @property
    def load_name(self) -> str:
        return f"{self.name}-{self.load}"

    def fresh_key(self) -> Key:
        """A key nobody has used."""
        self._key_n += 1
        return self._keys(int.from_bytes(random.Random(f"{self.world.seed}/{self.name}/key/{self._key_n}").randbytes(31), "big") + 1)

    @property
    def unfinished(self) -> bool:
        """Whether it knows of something to fetch before it has everything."""
        r = self.replica
        return r.wants_pull or r.distrusted or r.repair() is not None or r.snapshot() is not None

    # --- recording ---------------------------------------------------------------------------------------------------

    def record(self) -> None:
        """Save one op of some kind; a tab that crashes before the transaction ends has saved nothing."""
        if self.replica.wiped or self.lost or self.asleep:
            return
        if self._dies():
            return
        op = self._draft()
        if self.world.plan.tabs and self.rng.random() < 0.3:
            rival = self._draft()
            if self._keep(rival):
                self.world.counts["tab lost the race"] += 1
                self._keep(op)
                op = self._draft()
        self._keep(op)
        if self.old and self._releases.random() < 0.15:
            self.world.counts["upgraded"] += 1
            self.old = False
            self.reload()
        self._dies()

    def _keep(self, op: OutboxOp) -> bool:
        """The strict transaction of a save."""
        if not self.replica.keep(op):
            return False
        self.saved.append(op.id)
        self.world.saved(self, op)
        return True

    def _draft(self) -> OutboxOp:
        """What people do: mostly new notes, then what is done about them."""
        rng, plan, r = self.rng, self.world.plan, self.replica
        notes = sorted(rid for kind, rid in r.rows if kind == "sim.note")
        roll = rng.random()
        if notes and roll < 0.15:
            rid = rng.choice(notes)
            guard = {rid: r.rows["sim.note", rid].ver} if rng.random() < 0.7 else None
            return r.draft(hall.MOVE, hall.Move(self._audience()), rid, guard)
        if notes and roll < 0.22:
            return r.draft(hall.ERASE, hall.Erase(), rng.choice(notes))
        way = rng.choices(["", "crash", "hold"], [1, plan.poison, plan.poison])[0]
        own = [rid for rid in notes if rng.random() < 0.3] + self.crashing[-3:]
        rid = rng.choice(own) if own and rng.random() < 0.35 else None
        if rng.random() < plan.old_ops or self.old:
            return r.draft(hall.WRITE_OLD, hall.WriteOld("old", self._audience()), rid)
        if rng.random() < plan.poison:
            return r.draft(hall.LATER, hall.Write("later", ["hall"]), rid)
        about = ""
        if rid is None and rng.random() < 0.1 and self.world.rids:
            about = rng.choice(self.world.rids)
        op = r.draft(hall.WRITE, hall.Write("new", self._audience(), about, way), rid)
        if way == "crash":
            self.crashing.append(op.rid)
        return op

    def _audience(self) -> list[str]:
        everybody = [
            *(f"unit:{unit}" for unit in hall.UNITS),
            "role:OFF",
            "role:INS",
            "hall",
            "pub",
            *(f"u:{uid}" for uid in self.world.uids),
        ]
        return sorted(self.rng.sample(everybody, self.rng.choice((0, 1, 1, 2, 3))))

    # --- life --------------------------------------------------------------------------------------------------------

    def _dies(self) -> bool:
        """The browser is gone in the middle of something: storage stays as it is."""
        if self.rng.random() < self.world.plan.crash:
            self.crash()
            return True
        return False

    def crash(self) -> None:
        """Whatever was under way is forgotten; the app is opened again some time later."""
        self.world.counts["device crash"] += 1
        self.reload()

    def reload(self) -> None:
        """A new page load over the same storage."""
        self.load += 1
        if self.socket is not None:
            self.socket.lost()
        self.clocks.reload()
        self.replica.time.reload(self.clocks, self.load_name)
        if self.replica.sv != self._shapes:
            # Rows in the older shape go, and come again by repair: a difference for each bucket is no fault.
            self.damages += 1 + len(self.replica.buckets)
            self.replica.reshape(self._shapes)
        self._busy_until = dict.fromkeys(self._busy_until, 0.0)

    def freeze(self) -> Any:
        """The storage as it is now."""
        memo: dict[int, Any] = {id(kept): kept for kept in (self.clocks, self.replica.new_id, self.replica.key)}
        return copy.deepcopy(self.replica, memo), list(self.saved)

    def thaw(self, frozen: Any) -> None:
        """The storage goes back to an earlier state: what was saved since is gone from here."""
        replica, saved = copy.deepcopy(frozen, {id(kept): kept for kept in (self.clocks, self.replica.new_id)})
        self.replica, self.saved, self.view = replica, saved, None
        self.rolled_back, self.judged = True, -1
        self.world.counts["storage rollback"] += 1
        self.reload()

    # --- asking ------------------------------------------------------------------------------------------------------

    def ask(self, lane: str, method: str, path: str, then: Then, query: str = "", body: bytes = b"") -> None:
        """One request through the network; `then` gets each answer that comes back, however late, while this page is open."""
        world, load = self.world, self.load
        self._busy_until[lane] = world.loop.time() + PATIENCE_SECONDS
        for seconds in self.lane.copies("up"):
            world.loop.call_later(seconds, self._arrive, load, method, path, then, query, self.lane.cut(body))

    def _arrive(self, load: int, method: str, path: str, then: Then, query: str, body: bytes) -> None:
        if self.world.server.up:
            self.world.server.spawn(self._serve(load, method, path, then, query, body))

    async def _serve(self, load: int, method: str, path: str, then: Then, query: str, body: bytes) -> None:
        answer = await self.world.server.ask(method, path, query, body, self.cookie)
        self.world.left(self, answer.body.decode())
        if answer.status >= 500 and answer.status not in (503, 507):
            raise LawBroken(f"S4 {method} {path} was answered {answer.status}: {answer.body[:300]!r}")
        self.world.counts["answers"] += 1
        for seconds in self.lane.copies("down"):
            whole = answer._replace(body=self.lane.cut(answer.body))
            self.world.loop.call_later(seconds, self._answered, load, then, whole)

    def _answered(self, load: int, then: Then, answer: Answer) -> None:
        if load != self.load or self.replica.wiped:
            return
        self.world.trace(self, answer.body)
        if answer.status == 200 or (answer.status, then.__name__) in ((404, "fetched"), (403, "repaired")):
            try:
                if answer.status != 200:
                    msgspec.json.decode(answer.body, type=m.ProblemBody)  # One that was cut off is no answer.
                then(answer)
            except (msgspec.DecodeError, Damaged):
                self.world.counts["unreadable"] += 1
        else:
            self._refused(answer, then)

    def _refused(self, answer: Answer, then: Then) -> None:
        """A problem instead of an answer. Only a push tells a revoked device what it is to do."""
        try:
            problem = msgspec.json.decode(answer.body, type=m.ProblemBody).type
        except msgspec.DecodeError:
            return
        self.world.counts[f"problem {problem}"] += 1
        if problem == "login_required":
            self.cookie = ""
        elif problem == "device_unknown":
            self.enrol()
        elif problem == "device_revoked" and then.__name__ == "pushed":
            self.world.was_stolen(self)
        elif problem == "device_revoked" and self.is_free("push"):
            self.push()

    def is_free(self, lane: str) -> bool:
        """Whether nothing is under way there, or not answered in time."""
        return self.world.loop.time() >= self._busy_until[lane]

    # --- syncing -----------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """One try: whatever is due next."""
        if self.asleep or self.lost or self.replica.wiped:
            return
        r = self.replica
        if not self.cookie and self.is_free("session"):
            self.sign_in()
        if r.trouble == "fork":
            self.enrol()
        elif r.pending and self.is_free("push"):
            self.push()
        if self.cookie and self.is_free("pull") and (r.wants_pull or r.live != "live" or self.rng.random() < 0.3):
            self.pull()
        if self.cookie and self.world.plan.live and self.socket is None:
            self.connect()

    def sign_in(self) -> None:
        body = _encode(m.SignIn(persona=self.uid))
        self.ask("session", "POST", f"/s/{hall.SITE}/session", self._signed_in, body=body)

    def _signed_in(self, answer: Answer) -> None:
        session = msgspec.json.decode(answer.body, type=m.Session)
        self.cookie, self.nonce = answer.headers["set-cookie"].partition(";")[0], session.nonce
        self._busy_until["session"] = 0

    def enrol(self) -> None:
        """Make this device known, or, when its chain is broken, a successor."""
        if not self.cookie or not self.is_free("enrol"):
            return
        r = self.replica
        message = r.enrol_anew(self.fresh_key(), self.nonce) if r.trouble == "fork" else r.enrol(self.nonce)
        self.ask("enrol", "POST", f"/s/{hall.SITE}/devices", self._enrolled, body=_encode(message))

    def _enrolled(self, answer: Answer) -> None:
        self._busy_until["enrol"] = 0
        before, self.enrolled = self.replica.dev, True
        self._step(lambda: self.replica.enrolled(msgspec.json.decode(answer.body, type=m.Enrolled)))
        if self.replica.dev != before:
            self.world.counts["re-enrolled"] += 1
            self.view = None
            if self.socket is not None:
                self.socket.lost()

    def push(self) -> None:
        """Send what waits; sometimes the next push before the first is answered."""
        r = self.replica
        push = r.push(vital=r.vital("sim"))
        self._send(push)
        last = r.acked + len(push.ops)
        if self.world.plan.pipelined and last < r.head.seq:
            self.world.counts["pipelined"] += 1
            self._send(r.push(after=last))

    def _send(self, push: m.Push) -> None:
        def pushed(answer: Answer) -> None:
            self._pushed(push, answer)

        self.ask("push", "POST", f"/s/{hall.SITE}/push", pushed, body=_encode(push))

    def _pushed(self, push: m.Push, answer: Answer) -> None:
        self._busy_until["push"] = 0
        got = msgspec.json.decode(answer.body, type=m.PushAnswer)
        before = self.replica.acked
        self._step(lambda: self.replica.push_answered(got, push))
        self._fruitless = self._fruitless + 1 if self.replica.acked == before else 0
        if self._fruitless > PAGES_MAX:
            raise LawBroken(f"I35 {self.name} has pushed {PAGES_MAX} times and got no further")
        if got.stop:
            self.world.counts[f"stop {got.stop.code}"] += 1
        self.world.counts["push answers taken"] += 1
        if self.replica.wiped:
            self.world.wiped(self)
        if self.replica.pending and not got.stop and not self.replica.trouble:
            self.push()

    def pull(self) -> None:
        """Ask for what comes next: a snapshot, a repair, or a page."""
        r = self.replica
        asked = r.asking
        if (wanted := r.snapshot()) is not None:
            path, query = f"/s/{hall.SITE}/snapshot/{wanted.id}", f"after={wanted.after}" if wanted.after else ""

            def fetched(answer: Answer) -> None:
                self._fetched(wanted, answer)

            self.ask("pull", "GET", path, fetched, query=query)
        elif (repair := r.repair()) is not None:

            def repaired(answer: Answer) -> None:
                self._repaired(repair, answer)

            self.ask("pull", "POST", f"/s/{hall.SITE}/repair", repaired, body=_encode(repair))
        else:
            query = "&".join(f"{k}={v}" for k, v in r.pull_query().items())
            self.ask("pull", "GET", f"/s/{hall.SITE}/pull", lambda answer: self._pulled(asked, answer), query=query)

    def _pulled(self, asked: Any, answer: Answer) -> None:
        self._busy_until["pull"] = 0
        lines = page(answer)
        if asked != self.replica.asking:
            self.world.counts["stale pages"] += 1
        elif isinstance(lines[0], m.PullHead) and lines[0].reset:
            self.world.counts["resets"] += 1
            self.view = None
        more = self._step(lambda: self.replica.pulled(asked, lines))
        self.world.counts["pages taken"] += 1
        self._after_rows(more)

    def _repaired(self, asked: m.Repair, answer: Answer) -> None:
        self._busy_until["pull"] = 0
        lines = page(answer) if answer.status == 200 else None
        self._step(lambda: self.replica.repaired(asked, lines))
        self.world.counts["repairs"] += 1
        self._after_rows(True)

    def _fetched(self, wanted: Any, answer: Answer) -> None:
        self._busy_until["pull"] = 0
        lines = [_snap.decode(line) for line in answer.body.split(b"\n") if line] if answer.status == 200 else None
        self._step(lambda: self.replica.fetched(wanted, lines))
        self.world.counts["snapshots"] += 1
        self._after_rows(True)

    def _after_rows(self, more: bool) -> None:
        self._pages = self._pages + 1 if more else 0
        if self._pages > PAGES_MAX:
            raise LawBroken(f"I23 {self.name} has asked for {PAGES_MAX} pages and is still not there")
        if more:
            self.pull()
        elif self.socket is not None and self.socket.open and self.replica.live != "closed":
            self.socket.say(_encode(self.replica.at()).decode())

    # --- live --------------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Open the live socket, if the server can be reached both ways."""
        if not (self.world.server.up and self.lane.up and self.lane.down):
            return
        self.world.counts["sockets"] += 1
        opened: list[Socket] = []
        self.socket = self.world.server.connect(
            self.cookie, lambda text: self._heard(opened[0], text), lambda code: self._over(opened, code)
        )
        opened.append(self.socket)

    def _heard(self, socket: Socket, text: str) -> None:
        """A frame leaves the server."""
        self.world.left(self, text)
        if self.lane.breaks():
            socket.lost()
            return
        if not self.lane.loses_frame():
            for seconds in self.lane.copies("down"):
                self.world.loop.call_later(seconds, self._framed, socket, text)

    def _over(self, opened: list[Socket], code: int) -> None:
        if opened and self.socket is opened[0]:
            self.socket = None
            self.replica.live = "closed"
            if code == 4401:
                self.cookie = ""

    def _framed(self, socket: Socket, text: str) -> None:
        if socket is not self.socket or self.replica.wiped:
            return
        self.world.trace(self, text.encode())
        frame = _frame.decode(text)
        before = self.replica.cursor
        answer = self._step(lambda: self.replica.frame(frame))
        if isinstance(frame, m.Commit) and self.replica.cursor != before:
            self.world.counts["frames taken"] += 1
        if answer is not None:
            socket.say(_encode(answer).decode())
        if self.replica.wants_pull and self.is_free("pull"):
            self.pull()

    # --- judged ------------------------------------------------------------------------------------------------------

    def _step(self, step: Callable[[], Any]) -> Any:
        """One transaction of the device, and the laws right after it."""
        if self._dies():
            return False
        result = step()
        self.world.judge(self)
        return result


def page(answer: Answer) -> list[m.PullLine]:
    """The lines of a page; one cut short ends without its end."""
    lines = [_line.decode(line) for line in answer.body.split(b"\n") if line]
    if not lines:
        raise Damaged("an empty page")
    return lines
