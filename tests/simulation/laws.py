"""The oracle: what the server had committed at every moment, and the laws it holds every device to, step by step (PROTOCOL.md §9)."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from server.domain.hall.rules import buckets_of
from server.store import ledger
from server.store.contract import Committed, RowChange, Sql
from sync.cursor import Seal
from sync.replica import Replica
from tests.simulation import hall
from tests.simulation.hall import TOKENS
from tests.simulation.store import InlineStore

Key = tuple[str, ...]
"""(kind, rid); of a result also its device, for a re-signed op has one with each."""
TOKEN = re.compile(r"§([0-9a-f-]+p?)§")


class LawBroken(AssertionError):
    """A law does not hold. The message begins with its id."""


class Seen(NamedTuple):
    """A row somebody sees: version, hash, body, and the buckets that hold it."""

    ver: int
    hash: str
    body: str
    buckets: frozenset[str]


Rows = dict[Key, Seen]
SEEN = itemgetter(slice(4))
"""What a device holds of a row, as far as the server tells it."""
_FACES = (
    "SELECT v.kind, v.rid, v.ver, v.hash, v.body, b.bucket FROM view_row v JOIN bucket_row b ON b.n = v.n AND b.live = 1"
    " WHERE v.body IS NOT NULL"
)
_RESULTS = "SELECT d.dev, r.seq FROM result r JOIN device d ON d.n = r.device WHERE r.live = 1"


def rows_now(sql: Sql) -> Rows:
    """Every row anybody sees, read from the tables themselves."""
    found: dict[Key, Seen] = {}
    for kind, rid, ver, digest, body, bucket in sql.all(_FACES):
        before = found.get((kind, rid))
        found[kind, rid] = Seen(ver, digest, body, frozenset((bucket,)) | (before.buckets if before else frozenset()))
    for dev, seq in sql.all(_RESULTS):
        device = ledger.device(sql, dev)
        assert device is not None
        kept = ledger.kept_at(sql, device, seq)
        assert kept is not None
        change = ledger.row_change(dev, kept, 0)
        if row := _seen(change):
            found[change.kind, change.rid, dev] = row
    return found


def _seen(change: RowChange) -> Seen | None:
    return Seen(change.ver, change.hash, change.body, change.live) if change.body is not None and change.live else None


class Log:
    """All commits of one incarnation of the site. `groups`: (last commit number, rows as they were changed)."""

    def __init__(self, seal: Seal) -> None:
        self.seal = seal
        self.now: Rows = {}
        self.heads: list[int] = []
        self.groups: list[dict[Key, Seen | None]] = []
        self.first: dict[Key, int] = {}

    def catch_up(self, head: int, rows: Rows) -> int:
        """Take what the tables hold after a start; returns how many rows had changed without being told."""
        changed: dict[Key, Seen | None] = {key: row for key, row in rows.items() if self.now.get(key) != row}
        changed |= {key: None for key in self.now if key not in rows}
        if changed or self.head != head:
            self._take(head, changed)
        return len(changed)

    @property
    def head(self) -> int:
        """The last commit heard of; -1 before the first."""
        return self.heads[-1] if self.heads else -1

    def committed(self, group: Committed) -> None:
        """One group commit, as listeners hear of it: it begins where the last one ended, and its last number is that of a change (I11)."""
        own = [(one.dev, one.make()) for one in group.own]
        numbers = [change.cid for change in (*group.rows, *(change for _, change in own))]
        if group.base != self.head or max(numbers, default=group.base) != group.head or min(numbers, default=group.head) < group.base:
            raise LawBroken(f"I11 commits {group.base} to {group.head} with {sorted(set(numbers))} follow {self.head}")
        changed: dict[Key, Seen | None] = {(change.kind, change.rid): _seen(change) for change in group.rows}
        changed |= {(change.kind, change.rid, dev): _seen(change) for dev, change in own}
        self._take(group.head, changed)

    def _take(self, head: int, changed: dict[Key, Seen | None]) -> None:
        self.heads.append(head)
        self.groups.append(changed)
        for key, row in changed.items():
            if key[0] == "op.result":
                self.first.setdefault(key, head)
            if row is None:
                self.now.pop(key, None)
            else:
                self.now[key] = row

    def index(self, pos: int) -> int:
        """How many groups a device at commit `pos` has whole. A group is seen by readers all at once."""
        return min(bisect_left(self.heads, pos) + 1, len(self.heads)) if pos else 0


class View:
    """What one device should hold, advanced with its cursor. `judged`: what it held when that was last found to be so."""

    def __init__(self, log: Log, buckets: frozenset[str]) -> None:
        self.log, self.buckets = log, buckets
        self.index = 0
        self.pos = 0
        self.rows: Rows = {}
        self.judged: object = None

    def advance(self, index: int) -> None:
        """Apply the groups up to this one."""
        for group in self.log.groups[self.index : index]:
            for (kind, rid, *dev), row in group.items():
                if dev and f"dev:{dev[0]}" not in self.buckets:
                    continue
                mine = row.buckets & self.buckets if row else None
                if row and mine:
                    self.rows[kind, rid] = Seen(row.ver, row.hash, row.body, mine)
                    self.judged = None
                elif self.rows.pop((kind, rid), None):
                    self.judged = None
        self.index = index


class Oracle:
    """Judges every step of every device."""

    def __init__(self) -> None:
        self.logs: dict[str, Log] = {}
        self.audiences: dict[str, frozenset[str]] = {}
        self.untold = 0

    # --- the server's side ---

    def opened(self, store: InlineStore) -> None:
        """A server has opened the hall."""
        facts = store.facts
        log = self.logs.setdefault(facts.epoch, Log(Seal(facts.seal_key, facts.id, facts.epoch)))
        store.listen(lambda group: self.committed(facts.epoch, group))
        (head,) = store.reader.one("SELECT head FROM site") or (0,)
        self.untold += log.catch_up(head, rows_now(store.reader))
        self.audiences = {
            uid: buckets_of(uid, unit, _roles(roles)) if active else frozenset()
            for uid, unit, roles, active in store.reader.all("SELECT uid, unit, roles, active FROM account")
        }

    def committed(self, epoch: str, group: Committed) -> None:
        """A commit, before anybody else hears of it."""
        self.audiences.update({uid: buckets or frozenset() for uid, buckets in group.people.items()})
        self.logs[epoch].committed(group)

    def left(self, uid: str, text: str) -> None:
        """Bytes left the server for a person: none of them may be of a record outside his buckets (I18, I19)."""
        for token in TOKEN.findall(text):
            if not TOKENS[token] & self.audiences[uid]:
                raise LawBroken(f"I18 {uid} was sent {token}, which is for {sorted(TOKENS[token])}")

    # --- the device's side ---

    def position(self, replica: Replica) -> tuple[int, int]:
        """(start, pos) of a device's cursor."""
        cursor = self.logs[replica.epoch].seal.open_cursor(replica.cursor)
        if cursor is None:
            raise LawBroken("I14 a cursor of nobody")
        return cursor.start, cursor.pos

    def check(self, replica: Replica, view: View | None, whole: bool) -> View | None:
        """After a page or frame was applied: its cursor never went back, and at a cut it holds what the server held then (I12, I14)."""
        if not replica.cursor:
            return None
        log = self.logs[replica.epoch]
        _, pos = self.position(replica)
        if view is not None and view.log is log and pos < view.pos and view.buckets == replica.buckets:
            raise LawBroken(f"I14 cursor went from {view.pos} to {pos}")
        index = log.index(pos)
        if view is None or view.log is not log or view.buckets != replica.buckets or view.index > index:
            view = View(log, replica.buckets)
        view.pos = pos
        self.shown(replica, log, index)
        if whole:
            view.advance(index)
            # Most pages bring nothing: what was found right before needs no second look.
            if view.judged != (held := (replica.sv, list(replica.rows.values()))):
                self.same(replica, view.rows, f"I12 at {pos}")
                view.judged = held
        return view

    def shown(self, replica: Replica, log: Log, index: int) -> None:
        """I15: what is no longer laid over the rows is in them. Never neither."""
        last = replica.op(replica.shown)
        head = log.first.get(("op.result", last.id, replica.dev)) if last else None
        if head is not None and head > (log.heads[index - 1] if index else 0):
            raise LawBroken(f"I15 op {replica.shown} counts as shown, but its rows have not come")

    def same(self, replica: Replica, rows: Rows, law: str) -> None:
        """The device holds exactly these rows, each in the shape its app reads."""
        mine = replica.rows
        if replica.sv < hall.SHAPES:
            rows = {key: row._replace(body=hall.older(key[0], row.body)) for key, row in rows.items()}
        if dict(zip(mine, map(SEEN, mine.values()), strict=True)) != rows:
            missing = sorted(rows.keys() - mine.keys())
            extra = sorted(mine.keys() - rows.keys())
            other = [(key, row, mine[key]) for key, row in rows.items() if key in mine and mine[key][:4] != row]
            raise LawBroken(f"{law}: missing {missing[:3]}, extra {extra[:3]}, other {other[:2]}")


def _roles(text: str) -> Iterable[str]:
    return re.findall(r'"(\w+)"', text)
