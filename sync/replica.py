"""A whole device in Python: outbox, clock, replica, live session (sync.md A3, A4, A8, A10). The twin of `pwa/src/sync`.

Pure: clocks, ids and the key are passed in, nothing is sent. A driver moves the messages:

    save -> push() -> [HTTP] -> push_answered()          what left, and what became of it
    pull_query() -> [HTTP] -> pulled()                   rows, the ack and the cursor move together
    hello(hi) -> [socket] -> frame() ... at()            frames apply iff they continue this cursor; otherwise `wants_pull`
"""

import base64
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from sync import messages as m
from sync.ops import PUSH_BYTES_MAX, PUSH_OPS_MAX, Clk, OpKind, device_id, first_link, hello_bytes, next_link, push_bytes, receipt_code
from sync.rows import bucket_set_hash, row_hash

STEP_MS = 120_000
"""A wall clock that falls behind the monotonic one by more than this was set back (A8, hint)."""

OpState = Literal["saved", "delivered", "applied", "held", "refused"]
Trouble = Literal["", "epoch", "fork"]
"""Why this device stopped sending: it keeps everything and waits to be enrolled anew (A9)."""
Live = Literal["closed", "pull", "live"]


class Clocks(Protocol):
    """The two clocks of a browser. `mono_ms` starts at the page load and may pause in sleep."""

    def wall_ms(self) -> int: ...

    def mono_ms(self) -> int: ...


class Key(NamedTuple):
    """A device key: raw public point (65 bytes) and a function that signs to raw r||s (64 bytes)."""

    public: bytes
    sign: Callable[[bytes], bytes]


def key_from(secret: int) -> Key:
    """The P-256 key of a secret number; its signatures are deterministic (RFC 6979), so a run repeats byte for byte."""
    private = ec.derive_private_key(secret, ec.SECP256R1())
    public = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    def sign(message: bytes) -> bytes:
        der = private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return Key(public, sign)


def b64(data: bytes) -> str:
    """base64url without padding, as every signature and key travels."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The inverse of `b64`."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def beacon_holds(server_key: str, site: str, beacon: m.Beacon) -> bool:
    """True when the site (raw Ed25519 key, base64url) signed this beacon."""
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(unb64(server_key))
        key.verify(unb64(beacon.s), m.beacon_bytes(site, beacon.id, beacon.t, beacon.n))
    except (InvalidSignature, ValueError):
        return False
    return True


class Timekeeper:
    """The device's sense of time: the offset measured at the last contact, the last beacon, and whether the clock was set back."""

    def __init__(self, clocks: Clocks, load: str, tz: str = "Asia/Shanghai") -> None:
        self.clocks, self.load, self.tz = clocks, load, tz
        self.off: int | None = None
        self._beacon: tuple[str, str, int] | None = None
        self._stepped = False
        self._seen = (clocks.wall_ms(), clocks.mono_ms())

    def reload(self, clocks: Clocks, load: str) -> None:
        """A new page load: the monotonic clock starts again, what was measured stays."""
        self.clocks, self.load = clocks, load
        self._stepped = self._stepped or clocks.wall_ms() < self._seen[0] - STEP_MS
        self._seen = (clocks.wall_ms(), clocks.mono_ms())

    def contact(self, now: int, beacon: m.Beacon) -> None:
        """The server was reached: measure the offset anew and remember its beacon."""
        self.off = now - self.clocks.wall_ms()
        self._beacon = (beacon.id, self.load, self.clocks.mono_ms())
        self._stepped = False
        self._seen = (self.clocks.wall_ms(), self.clocks.mono_ms())

    def read(self) -> Clk:
        """What the clocks say now, to be signed with an op."""
        wall, mono = self.clocks.wall_ms(), self.clocks.mono_ms()
        self._stepped = self._stepped or wall - self._seen[0] < mono - self._seen[1] - STEP_MS
        self._seen = (wall, mono)
        b, bo, bm = self._beacon or (None, None, None)
        return Clk(wall, self.load, mono, self.tz, self.off, b, bo, bm, self._stepped)

    def now(self) -> int:
        """Server-corrected present time, ms."""
        return self.clocks.wall_ms() + (self.off or 0)


class OutboxOp(msgspec.Struct):
    """One saved op: its exact bytes, its link (hex), and what is known of its fate. `code` is the local receipt (experience.md)."""

    seq: int
    id: str
    k: str
    rid: str
    body: str
    link: str
    code: str
    state: OpState = "saved"
    result: m.Result | None = None


class Stored(NamedTuple):
    """One row of the replica: version, hash, exact body text, and the buckets it is in."""

    ver: int
    hash: str
    body: str
    buckets: frozenset[str]


class Damaged(ValueError):
    """A page or frame that does not hold together; nothing of it was applied."""


class Replica:
    """One device of one person at one site. `new_id(now_ms)` makes UUIDv7 strings."""

    def __init__(self, site: str, key: Key, clocks: Clocks, new_id: Callable[[int], str], load: str) -> None:
        self.site, self.key, self.dev = site, key, device_id(key.public)
        self.new_id = new_id
        self.time = Timekeeper(clocks, load)
        self.epoch = ""
        self.server_key = ""
        self.outbox: list[OutboxOp] = []
        self.acked = 0
        self.dur = 0
        self.trouble: Trouble = ""
        self.rows: dict[tuple[str, str], Stored] = {}
        self.buckets: frozenset[str] = frozenset()
        self.cursor = ""
        self.live: Live = "closed"
        self.wants_pull = True
        self.retry_ms = 0

    # --- the chain ---------------------------------------------------------------------------------------------------

    def link(self, seq: int) -> str:
        """Link number `seq` (hex) of this device's chain; number 0 is its first link."""
        return self.outbox[seq - 1].link if seq else first_link(self.site, self.dev).hex()

    @property
    def head(self) -> m.Head:
        """The last number this device has used."""
        return m.Head(len(self.outbox), self.link(len(self.outbox)))

    @property
    def pending(self) -> list[OutboxOp]:
        """Ops the server has not confirmed by number and hash, in order."""
        return self.outbox[self.acked :]

    # --- enrolment and recording -------------------------------------------------------------------------------------

    def enrol(self, nonce: str, label: str = "") -> m.Enrol:
        """The enrolment message for a session's nonce."""
        return m.Enrol(b64(self.key.public), self.prove(nonce), label)

    def enrolled(self, answer: m.Enrolled) -> None:
        """The site knows this device now."""
        self.epoch, self.server_key = answer.epoch, answer.server_key
        self._contact(answer.now, answer.beacon)
        self._ack(answer.last)

    def prove(self, nonce: str) -> str:
        """Signature that shows possession of the key."""
        return b64(self.key.sign(hello_bytes(self.site, self.dev, nonce)))

    def save(
        self, kind: OpKind, args: msgspec.Struct, rid: str | None = None, guard: dict[str, int] | None = None, group: str | None = None
    ) -> OutboxOp:
        """Record one intent: number, link and exact bytes. Never waits for the network."""
        now = self.time.now()
        head, op_id = self.head, self.new_id(now)
        rid = rid or self.new_id(now)
        body: dict[str, Any] = {
            **{"v": 1, "site": self.site, "dev": self.dev, "seq": head.seq + 1, "prev": head.hash, "id": op_id},
            **{"t": kind.cls, "k": kind.kind, "sv": kind.version, "rid": rid, "a": args, "clk": self.time.read()},
        }
        if guard:
            body["if"] = guard
        if group:
            body["g"] = group
        return self.append(op_id, kind.kind, rid, msgspec.json.encode(body).decode())

    def append(self, op_id: str, kind: str, rid: str, body: str) -> OutboxOp:
        """Put exact bytes at the end of the chain."""
        link = next_link(bytes.fromhex(self.head.hash), body).hex()
        op = OutboxOp(len(self.outbox) + 1, op_id, kind, rid, body, link, receipt_code(body))
        self.outbox.append(op)
        return op

    # --- up ----------------------------------------------------------------------------------------------------------

    @property
    def seen(self) -> int:
        """The highest number up to which every result is stored here: the server may forget their result rows."""
        count = 0
        while count < len(self.outbox) and self.outbox[count].result is not None:
            count += 1
        return count

    def push(self) -> m.Push:
        """The next push: pending ops in order up to the limits, one signature over the last link. No ops when nothing waits."""
        bodies: list[str] = []
        size = 0
        for op in self.pending[:PUSH_OPS_MAX]:
            size += len(msgspec.json.encode(op.body)) + 1
            if bodies and size > PUSH_BYTES_MAX - 1024:
                break
            bodies.append(op.body)
        last = self.acked + len(bodies)
        sig = b64(self.key.sign(push_bytes(self.site, self.dev, last, bytes.fromhex(self.link(last)))))
        return m.Push(1, self.dev, bodies, sig, self.epoch or None, self.seen)

    def push_answered(self, answer: m.PushAnswer) -> None:
        """Settle what the server says became of ops, by number and hash; note why it stopped, if it did."""
        stop = answer.stop
        self.retry_ms = stop.retry_ms if stop else 0
        if stop and stop.code == "epoch":
            self.trouble = "epoch"
            return
        if not self._ack(answer.last):
            return
        for result in answer.results:
            self._settle(result)
        self.dur = max(self.dur, answer.dur)
        self._contact(answer.now, answer.beacon)
        if stop and stop.code == "gap":
            self.acked = min(self.acked, stop.want - 1)
        elif stop and stop.code == "fork":
            self.trouble = "fork"

    def _ack(self, head: m.Head) -> bool:
        """Take the server's head of this chain. An ack for bytes this device never wrote settles nothing (law I8)."""
        if head.seq > len(self.outbox) or self.link(head.seq) != head.hash:
            self.trouble = "fork"
            return False
        self.acked = max(self.acked, head.seq)
        for op in reversed(self.outbox[: self.acked]):
            if op.state != "saved":
                break
            op.state = "delivered"
        return True

    def _settle(self, result: m.Result) -> None:
        """Keep the first word on an op; only for the op it names and only once its number is confirmed."""
        op = self.outbox[result.seq - 1] if 0 < result.seq <= self.acked else None
        if op is None or op.id != result.id:
            return
        op.result = result
        state = result.first if result.st == "dup" else result.st
        op.state = "delivered" if state is None or state == "dup" else state

    def _contact(self, now: int, beacon: m.Beacon) -> None:
        if not self.server_key or beacon_holds(self.server_key, self.site, beacon):
            self.time.contact(now, beacon)

    # --- down --------------------------------------------------------------------------------------------------------

    def pull_query(self, wait: int = 0) -> dict[str, str]:
        """The query of the next pull."""
        head = self.head
        bh = bucket_set_hash(self.buckets) if self.cursor else ""
        query = {"dev": self.dev, "cur": self.cursor, "epoch": self.epoch, "bh": bh, "wait": str(wait)}
        return {**query, "hs": str(head.seq), "hh": head.hash}

    def pulled(self, asked: str, lines: Iterable[m.PullLine]) -> bool:
        """Apply one page asked for at cursor `asked`: all of it or nothing. True when there is more to ask for at once."""
        head, rows, end = _page(lines)
        if asked != self.cursor:
            return True  # another page moved the cursor meanwhile: this one is stale
        if self.epoch and head.epoch != self.epoch:
            self.trouble = "epoch"
        fresh = {} if head.reset else dict(self.rows)
        for row in rows:
            _apply(fresh, row)
        self.rows, self.buckets, self.cursor, self.epoch = fresh, frozenset(head.buckets), end.to, head.epoch
        self.dur = max(self.dur, end.dur)
        self._ack(end.ack)
        self._take_results(rows)
        self._contact(end.now, end.beacon)
        self.wants_pull = end.more
        return end.more

    def _take_results(self, rows: Iterable[m.Row]) -> None:
        """Results that arrive as rows: what an answer lost on the wire would have said (law I7)."""
        for row in rows:
            if row.k == "op.result" and row.d is not None:
                self._settle(msgspec.json.decode(b'{"id":' + msgspec.json.encode(row.rid) + b"," + row.d.encode()[1:], type=m.Result))

    # --- live --------------------------------------------------------------------------------------------------------

    def hello(self, hi: m.Hi) -> m.Hello:
        """The answer to the server's first frame."""
        bh = bucket_set_hash(self.buckets) if self.cursor else ""
        self.live = "pull"
        return m.Hello(self.dev, self.cursor, bh, self.head, self.prove(hi.nonce), len(self.pending))

    def at(self) -> m.At:
        """After a pull: where this device stands now; frames follow from there."""
        self.live = "live"
        return m.At(self.cursor, self.head)

    def frame(self, frame: m.ServerFrame) -> m.DeviceFrame | None:
        """Take one frame; returns the answer it asks for, if any. Look at `wants_pull` afterwards."""
        match frame:
            case m.Hi():
                return self.hello(frame)
            case m.Ok():
                self._contact(frame.beacon.t, frame.beacon)
                self.live = "live" if frame.mode == "live" else "pull"
                self.wants_pull = self.wants_pull or frame.mode != "live"
                if frame.mode == "reset":
                    self.cursor = ""
            case m.Commit():
                self._commit(frame)
            case m.Poke():
                self.wants_pull = True
            case m.Heartbeat():
                self._contact(frame.now, frame.beacon)
            case m.Bye():
                self.live, self.retry_ms = "closed", frame.after_ms
            case m.Pong():
                pass
        return None

    def _commit(self, frame: m.Commit) -> None:
        """Apply a cut iff it continues this cursor over this bucket set; anything else means pull (laws I12, I14, I19)."""
        if self.live != "live" or frame.prev != self.cursor or frame.bh != bucket_set_hash(self.buckets):
            self.wants_pull = True
            return
        fresh = dict(self.rows)
        for row in frame.rows:
            _apply(fresh, row)
        self.rows, self.cursor = fresh, frame.to
        self.dur = max(self.dur, frame.dur)
        self._ack(frame.ack)
        self._take_results(frame.rows)

    # --- reading -----------------------------------------------------------------------------------------------------

    def bodies(self, kind: str) -> dict[str, Any]:
        """Every row of a kind, decoded, by rid."""
        return {rid: msgspec.json.decode(row.body) for (k, rid), row in sorted(self.rows.items()) if k == kind}

    def body(self, kind: str, rid: str) -> Any:
        """One decoded row, or None."""
        row = self.rows.get((kind, rid))
        return msgspec.json.decode(row.body) if row else None

    def state(self) -> dict[tuple[str, str], tuple[int, str, str, tuple[str, ...]]]:
        """Everything the server gave this device, comparable: law "state + frame == re-fetch" (I24)."""
        return {k: (r.ver, r.hash, r.body, tuple(sorted(r.buckets))) for k, r in self.rows.items()}


def _page(lines: Iterable[m.PullLine]) -> tuple[m.PullHead, list[m.Row], m.PullEnd]:
    """The parts of one whole page; a stream cut before its end is no page."""
    lines = list(lines)
    if len(lines) < 2 or not isinstance(lines[0], m.PullHead) or not isinstance(lines[-1], m.PullEnd):
        raise Damaged("a page without its head or its end")
    rows = [line for line in lines if isinstance(line, m.Row)]
    if len(rows) != len(lines) - 2:
        raise Damaged("a page with two heads or ends")
    return lines[0], rows, lines[-1]


def _apply(rows: dict[tuple[str, str], Stored], row: m.Row) -> None:
    """One row: put it as it is now in these buckets, or drop it when it left all of them."""
    if row.d is None:
        rows.pop((row.k, row.rid), None)
        return
    if row_hash(row.k, row.rid, row.v, row.d) != row.h:
        raise Damaged(f"hash of {row.k} {row.rid}")
    rows[row.k, row.rid] = Stored(row.v, row.h, row.d, frozenset(row.b))
