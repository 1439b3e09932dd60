"""The up side of a device: its chain, its outbox, what it sends and what becomes of it (PROTOCOL.md §1, §6; PROTOCOL.md sections 1 and 6).

Pure: clocks, ids and keys are passed in, nothing is sent. An op is kept until the server has it in a verified backup (`dur`), so that a
server restored from that backup can be given the rest again. `sync/replica.py` adds the down side.
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import msgspec

from sync import messages as m
from sync.keys import Key, b64
from sync.ops import (
    PUSH_BYTES_MAX,
    PUSH_OPS_MAX,
    Blob,
    OpKind,
    Orig,
    device_id,
    first_link,
    hello_bytes,
    next_link,
    push_bytes,
    receipt_code,
    to_json,
)
from sync.timekeeper import Clocks, Timekeeper, beacon_holds
from sync.vital import Vital

RETAINED_OPS_MAX = 5_000
RETAINED_MS_MAX = 30 * 24 * 3_600_000

OpState = Literal["saved", "delivered", "applied", "held", "refused"]
Trouble = Literal["", "fork"]
"""Why this device stopped sending: it keeps everything and waits to be enrolled anew (PROTOCOL §6)."""


class OutboxOp(msgspec.Struct):
    """One saved op: its exact bytes, its link (hex), and what is known of its fate. `code` is the local receipt.

    `saved_at`: server-corrected time of saving, ms.
    """

    seq: int
    id: str
    k: str
    rid: str
    body: str
    link: str
    code: str
    state: OpState = "saved"
    result: m.Result | None = None
    saved_at: int = 0


class _Resigned(msgspec.Struct):
    """What a re-signed op takes over as it is: every field but those of its place, byte for byte where it matters."""

    v: int
    site: str
    id: str
    t: str
    k: str
    sv: int
    rid: str
    a: msgspec.Raw
    clk: msgspec.Raw
    guard: msgspec.Raw | msgspec.UnsetType = msgspec.field(name="if", default=msgspec.UNSET)
    g: str | msgspec.UnsetType = msgspec.UNSET
    blobs: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    orig: Orig | msgspec.UnsetType = msgspec.UNSET


class Place(NamedTuple):
    """Where an op stands in a chain: its device, number, and the link before it (hex)."""

    dev: str
    seq: int
    prev: str


def resigned(op: OutboxOp, dev: str, place: Place) -> str:
    """The body of `op` (of device `dev`) at another place of another chain: same id, arguments and clocks, and where it stood first."""
    try:
        old = msgspec.json.decode(op.body, type=_Resigned)
    except (msgspec.MsgspecError, RecursionError):
        return op.body  # Nobody can read it; its bytes are what there is to keep.
    if old.orig is msgspec.UNSET:
        old.orig = Orig(dev, op.seq, op.link)
    rest = to_json(old)
    return f'{{"dev":"{place.dev}","seq":{place.seq},"prev":"{place.prev}",{rest[1:]}'


class Outbox:
    """The chain of one device of one person at one site. `new_id(now_ms)` makes UUIDv7 strings."""

    def __init__(self, site: str, key: Key, clocks: Clocks, new_id: Callable[[int], str], load: str) -> None:
        self.site, self.key, self.dev = site, key, device_id(key.public)
        self.new_id = new_id
        self.time = Timekeeper(clocks, load)
        self.epoch = ""
        self.server_key = ""
        self.rescue_key = ""
        self.outbox: list[OutboxOp] = []
        self.acked = 0
        self.shown = 0
        self.dur = 0
        self.floor = m.Head(0, first_link(site, self.dev).hex())
        self.successor: Key | None = None
        self.trouble: Trouble = ""
        self.wiped = False
        self.retry_ms = 0

    # --- the chain ---------------------------------------------------------------------------------------------------

    def link(self, seq: int) -> str:
        """Link number `seq` (hex) of this device's chain, from its floor on. Raises KeyError for one it never had or has forgotten."""
        if seq == self.floor.seq:
            return self.floor.hash
        op = self.op(seq)
        if op is None:
            raise KeyError(seq)
        return op.link

    def op(self, seq: int) -> OutboxOp | None:
        """The op with this number, if it is kept here."""
        at = bisect_left(self.outbox, seq, key=_seq)
        return self.outbox[at] if at < len(self.outbox) and self.outbox[at].seq == seq else None

    @property
    def head(self) -> m.Head:
        """The last number this device has used."""
        last = self.outbox[-1] if self.outbox else None
        return m.Head(last.seq, last.link) if last and last.seq > self.floor.seq else self.floor

    @property
    def pending(self) -> list[OutboxOp]:
        """Ops the server has not confirmed by number and hash, in order."""
        return self.outbox[bisect_left(self.outbox, self.acked + 1, key=_seq) :]

    @property
    def unshown(self) -> list[OutboxOp]:
        """Ops whose effect the rows do not show yet: what a person sees is the rows with these laid over them (laws I15, I16)."""
        return self.outbox[bisect_left(self.outbox, self.shown + 1, key=_seq) :]

    @property
    def retained(self) -> list[OutboxOp]:
        """Confirmed ops above what is known to be in a verified backup: a restored server may ask for them again."""
        since = max(self.dur, self.floor.seq)
        return self.outbox[bisect_left(self.outbox, since + 1, key=_seq) : bisect_left(self.outbox, self.acked + 1, key=_seq)]

    # --- enrolment ---------------------------------------------------------------------------------------------------

    def enrol(self, nonce: str, label: str = "") -> m.Enrol:
        """The enrolment message for a session's nonce."""
        return m.Enrol(b64(self.key.public), self.prove(nonce), label)

    def enrol_anew(self, key: Key, nonce: str, label: str = "") -> m.Enrol:
        """The chain is broken: the message that enrols a fresh key in its place (PROTOCOL §6). Keep the key before sending this."""
        self.successor = key
        proof = b64(key.sign(hello_bytes(self.site, device_id(key.public), nonce)))
        return m.Enrol(b64(key.public), proof, label, after=self.dev)

    def enrolled(self, answer: m.Enrolled) -> None:
        """The site knows this device now; as a successor, it takes over what is not known durable."""
        self.server_key, self.rescue_key = answer.server_key, answer.rescue_key
        self._contact(answer.now, answer.beacon)
        if self.successor is not None and answer.dev == device_id(self.successor.public):
            self._move_to(self.successor, answer.epoch)
            self._taken(answer.last)
        elif answer.dev != self.dev:
            return  # Meant for a key that was given up meanwhile.
        elif self.epoch not in ("", answer.epoch):
            self._new_epoch(answer.epoch, answer.last, 0)
        else:
            self.epoch = answer.epoch
            self._taken(answer.last)

    def prove(self, nonce: str) -> str:
        """Signature that shows possession of the key."""
        return b64(self.key.sign(hello_bytes(self.site, self.dev, nonce)))

    def _move_to(self, key: Key, epoch: str) -> None:
        """Begin a new chain under `key` and sign into it, in order, everything not known durable."""
        since = max(self.dur, self.floor.seq)
        old, carried = self.dev, [op for op in self.outbox if op.seq > since or op.state != "applied"]
        self.key, self.dev, self.successor = key, device_id(key.public), None
        self.epoch, self.trouble, self.acked, self.shown, self.dur = epoch, "", 0, 0, 0
        self.floor, self.outbox = m.Head(0, first_link(self.site, self.dev).hex()), []
        for op in carried:
            body = resigned(op, old, Place(self.dev, self.head.seq + 1, self.head.hash))
            self.append(op.id, op.k, op.rid, body).saved_at = op.saved_at
        self._from_nothing()

    # --- recording ---------------------------------------------------------------------------------------------------

    def save(
        self,
        kind: OpKind,
        args: msgspec.Struct,
        rid: str | None = None,
        guard: dict[str, int] | None = None,
        blobs: list[Blob] | None = None,
    ) -> OutboxOp:
        """Record one intent: number, link and exact bytes. Never waits for the network."""
        op = self.draft(kind, args, rid, guard, blobs)
        taken = self.keep(op)
        assert taken, "nobody else moved the head"
        return op

    def draft(
        self,
        kind: OpKind,
        args: msgspec.Struct,
        rid: str | None = None,
        guard: dict[str, int] | None = None,
        blobs: list[Blob] | None = None,
    ) -> OutboxOp:
        """An op that continues the present head, not yet kept: another tab may keep one first."""
        now = self.time.now()
        head, op_id = self.head, self.new_id(now)
        rid = rid or self.new_id(now)
        body: dict[str, Any] = {
            **{"v": 1, "site": self.site, "dev": self.dev, "seq": head.seq + 1, "prev": head.hash, "id": op_id},
            **{"t": kind.cls, "k": kind.kind, "sv": kind.version, "rid": rid, "a": args, "clk": self.time.read()},
        }
        if guard:
            body["if"] = guard
        if blobs:
            body["blobs"] = blobs
        return self._link(op_id, kind.kind, rid, to_json(body), now)

    def keep(self, op: OutboxOp) -> bool:
        """Put a drafted op at the end of the chain, if the head is still the one it continues (compare and set)."""
        head = self.head
        if op.seq != head.seq + 1 or op.link != next_link(bytes.fromhex(head.hash), op.body).hex():
            return False
        self.outbox.append(op)
        return True

    def append(self, op_id: str, kind: str, rid: str, body: str) -> OutboxOp:
        """Put exact bytes at the end of the chain."""
        op = self._link(op_id, kind, rid, body, self.time.now())
        self.outbox.append(op)
        return op

    def _link(self, op_id: str, kind: str, rid: str, body: str, now: int) -> OutboxOp:
        head = self.head
        link = next_link(bytes.fromhex(head.hash), body).hex()
        return OutboxOp(head.seq + 1, op_id, kind, rid, body, link, receipt_code(body), saved_at=now)

    # --- up ----------------------------------------------------------------------------------------------------------

    @property
    def seen(self) -> int:
        """The highest number up to which every result is stored here: the server may forget their result rows."""
        count = self.floor.seq
        for op in self.outbox[bisect_left(self.outbox, count + 1, key=_seq) :]:
            if op.result is None:
                break
            count = op.seq
        return count

    def push(self, after: int | None = None, vital: Vital | None = None) -> m.Push:
        """The next push: pending ops in order up to the limits, one signature over the last link. No ops when nothing waits.

        `after`: begin behind this number instead, when another push with the ops up to it is still on its way.
        """
        begin = max(self.acked, after or 0)
        bodies, last = _fitting(self.outbox[bisect_left(self.outbox, begin + 1, key=_seq) :], begin)
        sig = b64(self.key.sign(push_bytes(self.site, self.dev, last, bytes.fromhex(self.link(last)))))
        return m.Push(1, self.dev, bodies, sig, self.epoch or None, self.seen, vital)

    def rescue(self) -> list[m.Push]:
        """Everything unsent as pushes that another terminal may send in this device's place."""
        pushes: list[m.Push] = []
        rest = self.pending
        while rest:
            pushes.append(self.push(rest[0].seq - 1))
            rest = rest[len(pushes[-1].ops) :]
        return pushes

    def vital(self, app: str, free: int = -1, kept: bool = False) -> Vital:
        """How this device is doing. `free`: bytes of storage left; `kept`: the browser promised to keep the storage."""
        unsent = [op for op in self.pending if op.state == "saved"]
        oldest_at = min((op.saved_at for op in unsent), default=None)
        return Vital(len(unsent), 0, oldest_at, app, free, kept)

    def push_answered(self, answer: m.PushAnswer, asked: m.Push | None = None) -> None:
        """Settle what the server says became of ops, by number and hash; note why it stopped, if it did.

        `asked`: the push it answers. An answer to another chain or another epoch than the present one is old news.
        """
        if asked is not None and (asked.dev, asked.epoch or "") != (self.dev, self.epoch):
            return
        stop = answer.stop
        self.retry_ms = stop.retry_ms if stop else 0
        if answer.epoch != self.epoch and (self.epoch or (stop and stop.code == "epoch")):
            self._new_epoch(answer.epoch, answer.last, answer.dur)
            return
        self.epoch = answer.epoch  # The first answer may come before that to the enrolment.
        if not self._taken(answer.last):
            return
        for result in answer.results:
            op = self.op(result.seq)
            if op is not None and op.result is None:
                self._settle(result)  # An answer may be late: what a row said meanwhile stands.
        self._contact(answer.now, answer.beacon)
        self._durable(answer.dur, answer.now)
        match stop and stop.code:
            case "gap":
                self._gap(stop.want if stop else 0)
            case "fork":
                self.trouble = "fork"
            case "wipe" if not self.pending:
                self._wipe()

    # --- what becomes of ops -----------------------------------------------------------------------------------------

    def _ack(self, head: m.Head) -> bool:
        """The rows at the cursor show everything up to this head of this chain: it counts with them, never before (law I15)."""
        if not self._taken(head):
            return False
        self.shown = max(self.shown, head.seq)
        return True

    def _taken(self, head: m.Head) -> bool:
        """Take the server's head of this chain. An ack for bytes this device never wrote settles nothing (law I8)."""
        if head.seq < self.floor.seq:
            return True  # Old news: more than that is durable.
        if not self._wrote(head):
            self.trouble = "fork"
            return False
        self.acked = max(self.acked, head.seq)
        for op in reversed(self.outbox[: bisect_left(self.outbox, self.acked + 1, key=_seq)]):
            if op.state != "saved":
                break
            op.state = "delivered"
        return True

    def _ask_again(self) -> None:
        """Everything up to here was fetched: an op acknowledged without its result is sent again, for its row is gone (law I7).

        That is so when the storage went back to before the result came: the server was told that it is known here.
        """
        for op in self.outbox[bisect_left(self.outbox, self.floor.seq + 1, key=_seq) :]:
            if op.seq > self.acked:
                return
            if op.result is None:
                self.acked = op.seq - 1
                return

    def _wrote(self, head: m.Head) -> bool:
        """Whether this is a link of this chain, and everything after it is still here."""
        return self.floor.seq <= head.seq <= self.head.seq and self.link(head.seq) == head.hash

    def _settle(self, result: m.Result) -> None:
        """Take a word on an op; only for the op it names and only once its number is confirmed."""
        op = self.op(result.seq) if 0 < result.seq <= self.acked else None
        if op is None or op.id != result.id:
            return
        op.result = result
        state = result.first if result.st == "dup" else result.st
        op.state = "delivered" if state is None or state == "dup" else state

    def _gap(self, want: int) -> None:
        """The server lacks what it should have: send from there again, or, when it is gone here too, begin a new chain."""
        if want <= self.floor.seq:
            self.trouble = "fork"
        else:
            self.acked = min(self.acked, want - 1)

    def _durable(self, dur: int, now: int | None = None) -> None:
        """Forget settled ops up to `dur`, which a verified backup holds.

        Given the server's `now`, also forget those kept longer than `RETAINED_MS_MAX`.
        """
        self.dur = max(self.dur, min(dur, self.acked))
        limit, retained = self.dur, self.retained
        if len(retained) > RETAINED_OPS_MAX:
            limit = retained[-RETAINED_OPS_MAX].seq - 1
        for op in retained:
            if now is None or op.result is None or op.result.at > now - RETAINED_MS_MAX:
                break
            limit = max(limit, op.seq)
        # `seen` counts from the floor: it may not pass an op whose result has not come.
        unknown = next((op.seq for op in self.outbox if op.result is None), limit + 1)
        limit = min(limit, unknown - 1)
        gone = [op for op in self.outbox if op.seq <= limit and op.state == "applied"]
        if gone:
            self.floor = max(self.floor, m.Head(gone[-1].seq, gone[-1].link), key=_seq)
            self.outbox = [op for op in self.outbox if op.seq > limit or op.state != "applied"]

    # --- restored servers, ended devices -----------------------------------------------------------------------------

    def _new_epoch(self, epoch: str, last: m.Head, dur: int) -> None:
        """The server was restored: what it has is verified by hash, everything after is unsent again, rows come from nothing.

        Of a head this device never wrote only what both call durable is proven.
        """
        self.epoch, self.dur = epoch, min(self.dur, dur, last.seq)
        self._from_nothing()
        if self._wrote(last):
            self.acked = last.seq
        else:
            self.trouble, self.acked = "fork", self.dur
        self.shown = min(self.shown, self.acked)
        for op in self.pending:
            op.state, op.result = "saved", None

    def _wipe(self) -> None:
        """The device was ended and nothing waits here: forget everything."""
        self.wiped = True
        self.outbox, self.floor = [], m.Head(0, first_link(self.site, self.dev).hex())
        self.acked = self.shown = 0
        self._from_nothing()

    def _from_nothing(self) -> None:
        """What was fetched under the old epoch or key says nothing any more."""

    def _contact(self, now: int, beacon: m.Beacon) -> None:
        if not self.server_key or beacon_holds(self.server_key, self.site, beacon):
            self.time.contact(now, beacon)


def _seq(one: OutboxOp | m.Head) -> int:
    return one.seq


def _fitting(ops: list[OutboxOp], begin: int) -> tuple[list[str], int]:
    """The bodies of as many ops as one push takes, up to a hole, and the number of the last."""
    bodies: list[str] = []
    size, last = 0, begin
    for op in ops[:PUSH_OPS_MAX]:
        size += len(msgspec.json.encode(op.body)) + 1
        if bodies and (size > PUSH_BYTES_MAX - 1024 or op.seq > last + 1):
            break
        bodies.append(op.body)
        last = op.seq
    return bodies, last
