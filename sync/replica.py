"""A whole device in Python: outbox, clock, replica, live session (PROTOCOL.md §1, §2, §3, §5). The twin of `pwa/src/sync`.

Pure: clocks, ids and the key are passed in, nothing is sent. A driver moves the messages:

    save -> push() -> [HTTP] -> push_answered()          what left, and what became of it
    pull_query() -> [HTTP] -> pulled()                   rows, the ack and the cursor move together
    snapshot() -> [HTTP] -> fetched()                    large buckets at a start from nothing, before the next pull
    repair() -> [HTTP] -> repaired()                     the leaves of a bucket whose sum differs, before the next pull
    hello(hi) -> [socket] -> frame() ... at()            frames apply iff they continue this cursor; otherwise `wants_pull`
"""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

import msgspec

from sync import messages as m
from sync.keys import Key
from sync.outbox import Outbox, OutboxOp
from sync.rows import bucket_set_hash
from sync.shelf import Damaged, Shelf, Stored, check_hashes
from sync.snapshot import Fetching, Wanted
from sync.sums import NOTHING, Told
from sync.timekeeper import Clocks
from sync.version import SHAPES

Live = Literal["closed", "pull", "live"]
SECOND_DIFFERENCE_MS = 24 * 3_600_000
"""A sum that differs again within this time after a repair is no accident: the rows are fetched anew."""
RESTART_AGAIN_MS = 3_600_000
"""Rows are not fetched anew for their sums more often than this: if that does not help, the fault is not here."""
__all__ = ["Asked", "Damaged", "Difference", "OutboxOp", "Replica", "Stored"]


class Asked(NamedTuple):
    """Where a device stood when it asked: a page is taken only by one that stands there still.

    `bh`: what it held whole (the same cursor comes back after a fill); `turn` counts the times it began anew or was repaired.
    """

    dev: str
    cursor: str
    epoch: str
    bh: str
    turn: int


class Difference(NamedTuple):
    """A bucket whose sum was not the server's: both sums, and when it was found (ms)."""

    bucket: str
    mine: Told
    theirs: Told
    at: int


class Replica(Outbox):
    """One device of one person at one site. `new_id(now_ms)` makes UUIDv7 strings.

    `buckets`: all it may read; `whole`: those it has completely up to its cursor; `sv`: the shapes its app reads (PROTOCOL §2);
    `differences`: every one ever found, for the report; `distrusted`: sums differ, and it is not the time yet to fetch the rows anew.
    """

    def __init__(self, site: str, key: Key, clocks: Clocks, new_id: Callable[[int], str], load: str) -> None:
        super().__init__(site, key, clocks, new_id, load)
        self.shelf = Shelf()
        self.fetching = Fetching()
        self.buckets: frozenset[str] = frozenset()
        self.whole: frozenset[str] = frozenset()
        self.sv = SHAPES
        self.differences: list[Difference] = []
        self._differing: list[str] = []
        self._open: set[str] = set()
        self._repaired: dict[str, int] = {}
        self._restarted_at: int | None = None
        self.distrusted = False
        self._have = False
        self.cursor = ""
        self.turn = 0
        self.live: Live = "closed"
        self.wants_pull = True

    # --- down --------------------------------------------------------------------------------------------------------

    def pull_query(self, wait: int = 0) -> dict[str, str]:
        """The query of the next pull."""
        head = self.head
        query = {"dev": self.dev, "cur": self.cursor, "epoch": self.epoch, "bh": self.bh, "wait": str(wait), "sv": str(self.sv)}
        if self._have:
            query["have"] = ",".join(sorted(self.whole))
        return {**query, "hs": str(head.seq), "hh": head.hash}

    @property
    def rows(self) -> dict[tuple[str, str], Stored]:
        """Every row by (kind, rid). To be read only: what changes it is a method of the shelf."""
        return self.shelf.rows

    @property
    def bh(self) -> str:
        """What names the buckets this device holds whole; empty when it has begun with none."""
        return bucket_set_hash(self.whole) if self.cursor else ""

    @property
    def asking(self) -> Asked:
        """Where this device stands: to be kept with a pull that is sent now."""
        return Asked(self.dev, self.cursor, self.epoch, self.bh, self.turn)

    def pulled(self, asked: str | Asked, lines: Iterable[m.PullLine]) -> bool:
        """Apply one page asked for at `asked` (or at that cursor): all of it or nothing. True when there is more to ask for at once."""
        head, rows, end = _page(lines)
        if asked != (self.asking if isinstance(asked, Asked) else self.cursor):
            return True  # another page moved the cursor meanwhile: this one is stale
        if self.epoch and head.epoch != self.epoch:
            self._new_epoch(head.epoch, end.ack, end.dur)
        if head.reset:
            self.shelf.clear()
            self.shown = 0
            self._differing, self._open = [], set()
        # A page goes on without what was not fetched by now: it fills those buckets itself.
        self.fetching.offered(head.snaps)
        for row in rows:
            self.shelf.take(row)
        self._read_now(head)
        self.cursor, self.epoch = end.to, head.epoch
        (self._taken if end.more else self._ack)(end.ack)  # Only a last page shows all that the ack covers.
        self._take_results(rows)
        self._contact(end.now, end.beacon)
        self._durable(end.dur, end.now)
        self.wants_pull = end.more
        if not end.more:
            self._ask_again()
            self._compare(end.sums, end.now)
        return self.wants_pull or bool(self._differing)

    def _read_now(self, head: m.PullHead) -> None:
        """Which buckets this device may read after a page, and which of them it holds whole."""
        self.buckets = frozenset(head.buckets)
        if head.ask:
            self.whole &= self.buckets
        elif head.snaps:
            self.whole = frozenset()
        else:
            self.whole = self.buckets - frozenset(head.fill)
        self._have = head.ask or self.whole != self.buckets
        self.shelf.narrow(self.buckets)

    def _from_nothing(self) -> None:
        self.cursor, self.turn, self.wants_pull = "", self.turn + 1, True
        self._differing, self._open, self._have = [], set(), False
        self.fetching.offered([])

    def _wipe(self) -> None:
        super()._wipe()
        self.shelf.clear()
        self.buckets = self.whole = frozenset()

    def _take_results(self, rows: Iterable[m.Row]) -> None:
        """Results that arrive as rows: what an answer lost on the wire would have said (law I7)."""
        for row in rows:
            if row.k == "op.result" and row.d is not None:
                self._settle(msgspec.json.decode(b'{"id":' + msgspec.json.encode(row.rid) + b"," + row.d.encode()[1:], type=m.Result))

    # --- snapshots ---------------------------------------------------------------------------------------------------

    def snapshot(self) -> Wanted | None:
        """The snapshot to fetch before the next pull, if any."""
        return self.fetching.next

    def fetched(self, wanted: Wanted, lines: Iterable[m.SnapLine] | None) -> None:
        """Take what came of a snapshot, whole chunks of it; None: it cannot be had."""
        if wanted != self.fetching.next:
            return
        if lines is None:
            self.fetching.skip()
        else:
            self.fetching.take(wanted, lines, self.shelf)
        self.whole = self.fetching.whole

    # --- sums and repair ---------------------------------------------------------------------------------------------

    def audit(self, part: int) -> list[tuple[str, str]]:
        """Once a day another part: rows whose body is damaged, which are gone now and come again with the next pull."""
        damaged = self.shelf.audit(part)
        self.wants_pull = True
        return damaged

    def reshape(self, sv: int) -> None:
        """A new release of the app reads these shapes: what came in older ones is fetched again, and nothing else (PROTOCOL §2).

        One that was put back cannot read what it has: everything is.
        """
        if sv < self.sv:
            self._from_nothing()
        self.sv, self.wants_pull, self._repaired = sv, True, {}
        self.shelf.reshape()

    def repair(self) -> m.Repair | None:
        """The repair to ask for before the next pull, if any."""
        if not self._differing:
            return None
        bucket = self._differing[0]
        return m.Repair(self.dev, self.cursor, self.epoch, self.bh, bucket, self.shelf.leaves(bucket), self.sv)

    def repaired(self, asked: m.Repair, lines: Iterable[m.PullLine] | None) -> None:
        """Take the leaves that differ: all of them or nothing; None: the site does not repair this. A pull follows."""
        if lines is None:
            # The bucket is not this device's any more: the next page tells what is.
            self._differing, self.wants_pull = [], True
            return
        lines = list(lines)
        told_leaves = [line for line in lines if isinstance(line, m.Leaf)]
        leaves = frozenset(leaf for line in told_leaves for leaf in line.leaves)
        head, rows, end = _page(line for line in lines if not isinstance(line, m.Leaf))
        if (asked.cur, asked.epoch, asked.bh) != (self.cursor, self.epoch, self.bh) or asked.bucket not in self._differing:
            return  # It stands elsewhere by now, or may read other buckets.
        self.shelf.repair(asked.bucket, leaves, rows)
        self._taken(end.ack)
        self._contact(end.now, end.beacon)
        self._durable(end.dur, end.now)
        if asked.bucket not in head.fill:
            self._differing.remove(asked.bucket)
            # Where the server could not compare (other rights, another epoch) the pull tells why, and this was no repair.
            if told_leaves:
                self._repaired[asked.bucket] = end.now
                self._open.discard(asked.bucket)
        self.wants_pull, self.turn = True, self.turn + 1  # A page from before knows less than the leaves.

    def _compare(self, sums: dict[str, Told], now: int) -> None:
        """Find buckets whose sum is not the server's (law I20); the second time within a day the rows are no longer trusted.

        A difference is one until it is repaired: a page that was late, or a repair in which nothing was compared, tells nothing new.
        """
        pairs = [(bucket, self.shelf.sum(bucket), sums.get(bucket, NOTHING)) for bucket in sorted(self.whole) if bucket in sums]
        found = [Difference(bucket, mine, theirs, now) for bucket, mine, theirs in pairs if mine != theirs]
        self.differences += [one for one in found if one.bucket not in self._open]
        self._differing = [one.bucket for one in found]
        self._open = set(self._differing)
        again = any(now - self._repaired.get(bucket, now - SECOND_DIFFERENCE_MS) < SECOND_DIFFERENCE_MS for bucket in self._open)
        self.distrusted = again and self._restarted_at is not None and now - self._restarted_at < RESTART_AGAIN_MS
        if self.distrusted:
            self._differing = []
        elif again:
            self._restarted_at = now
            self._from_nothing()

    # --- live --------------------------------------------------------------------------------------------------------

    def hello(self, hi: m.Hi) -> m.Hello:
        """The answer to the server's first frame."""
        self.live = "pull"
        return m.Hello(self.dev, self.cursor, self.bh, self.head, self.prove(hi.nonce), len(self.pending), self.sv)

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
                    self._from_nothing()
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
        if self.live != "live" or frame.prev != self.cursor or frame.bh != self.bh:
            self.wants_pull = True
            return
        check_hashes(frame.rows)
        for row in frame.rows:
            self.shelf.take(row)
        self.cursor = frame.to
        self._ack(frame.ack)
        self._take_results(frame.rows)
        self._durable(frame.dur)

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
    check_hashes(rows)
    return lines[0], rows, lines[-1]
