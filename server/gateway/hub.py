"""Who hears of a commit: sockets and long polls by bucket, each frame's rows encoded once, every send bounded.

Nothing here awaits a send: one phone that stops reading must not hold up the others. A link sends by steps; what does not fit is
thrown away and told as one poke, for the state can always be pulled.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec

from server.store.contract import Committed, RowChange
from server.store.shapes import Shapes
from sync.cursor import Cursor, Seal
from sync.live import NOT_YOURS, SIGN_IN, STALLED, LiveSession, encode
from sync.messages import DELTA_BYTES_MAX, Poke, Row
from sync.rows import row_hash

alarm = logging.getLogger("zaigang.alarm")
QUEUE_FRAMES_MAX = 32
QUEUE_BYTES_MAX = 256 * 1024
STALLED_AFTER_S = 30
SendEvent = Callable[[Any], Coroutine[Any, Any, None]]
POKE = encode(Poke())
NO_SHAPES = Shapes(())
_row = msgspec.json.Encoder()
Entry = tuple[int, str]
"""A row of a commit by its index, and a bucket that holds it; none (empty) for a bucket it has left."""
NOBODY: "frozenset[Link]" = frozenset()


class Link:
    """One socket's bounded way out. `abort` drops the connection when nothing else can end it; `write` sends at once or says no.

    `uid`, `token`, `until_at`: the person and the session it rests on; `board`: a wall screen; `level`: the older row shapes its app
    needs (0: none); `stuck_since`: loop time since which a send waits.
    """

    __slots__ = (
        *("_abort", "_over", "_poke", "_queue", "_queued", "_send", "_write"),
        *("beat_at", "board", "level", "session", "stuck_since", "token", "uid", "until_at"),
    )

    def __init__(
        self,
        session: LiveSession,
        send: SendEvent,
        abort: Callable[[], None] | None = None,
        write: Callable[[bytes], bool] | None = None,
    ) -> None:
        self.session = session
        self.uid = ""
        self.token = ""
        self.until_at = 0
        self.board = False
        self.beat_at = 0.0
        self.stuck_since: float | None = None
        self._send = send
        self._abort = abort
        self._write = write
        self.level = 0
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._poke = False
        self._over = False

    def text(self, text: str) -> None:
        """Send a frame given as text."""
        self.frame(text.encode())

    def frame(self, frame: bytes) -> None:
        """Send a frame, now or when the socket drains; past the bound everything queued becomes one poke."""
        if self._over:
            return
        if self.stuck_since is None:
            if self._write is None or not self._write(frame):
                self._start(_said(frame))
            return
        self._queue.append(frame)
        self._queued += len(frame)
        if len(self._queue) > QUEUE_FRAMES_MAX or self._queued > QUEUE_BYTES_MAX:
            self._queue.clear()
            self._queued = 0
            self._poke = True
            self.session.behind()

    def anew(self, text: str) -> None:
        """Send this frame instead of everything that still waits."""
        self._queue.clear()
        self._queued = 0
        self.text(text)

    def close(self, code: int, reason: str) -> None:
        """End the connection; frames not yet under way are dropped."""
        if self._over:
            return
        self.session.phase = "closed"
        self._queue.clear()
        self._poke = False
        if self.stuck_since is None:
            self._start({"type": "websocket.close", "code": code, "reason": reason})
        elif self._abort is not None:
            self._abort()
        self._over = True

    def _start(self, event: Any) -> None:
        self._step(self._send(event))

    def _step(self, sending: Coroutine[Any, Any, None]) -> None:
        """Run a send until it is done or must wait for the socket; then go on when its future says so."""
        try:
            waits: Any = sending.send(None)
        except StopIteration:
            self.stuck_since = None
            return
        except Exception:
            # The peer is gone: the handler's receive ends the session.
            self._over = True
            self.stuck_since = None
            return
        loop = asyncio.get_running_loop()
        if self.stuck_since is None:
            self.stuck_since = loop.time()
        if waits is None:
            loop.call_soon(self._go_on, sending)
            return
        # The same bookkeeping `asyncio.Task` does for a future its coroutine awaits.
        waits._asyncio_future_blocking = False
        waits.add_done_callback(lambda _: self._go_on(sending))

    def _go_on(self, sending: Coroutine[Any, Any, None]) -> None:
        self._step(sending)
        while self.stuck_since is None and self._queue and not self._over:
            frame = self._queue.popleft()
            self._queued -= len(frame)
            self._start(_said(frame))
        if self.stuck_since is None and self._poke and not self._over:
            self._poke = False
            self._start(_said(POKE.encode()))


def _said(frame: bytes) -> Any:
    """A frame as ASGI has it sent."""
    return {"type": "websocket.send", "text": frame.decode()}


class Waiter:
    """A long poll that waits for one of its buckets, or for news of its person or session."""

    def __init__(self, buckets: frozenset[str], uid: str = "", token: str = "") -> None:
        self.buckets = buckets
        self.uid = uid
        self.token = token
        self.woken = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Whether it was woken in time."""
        try:
            await asyncio.wait_for(self.woken.wait(), seconds)
        except TimeoutError:
            return False
        return True


class Hub:
    """Links and waiters of one site, by bucket."""

    def __init__(self, seal: Seal, shapes: Shapes = NO_SHAPES) -> None:
        self.links: set[Link] = set()
        self._seal = seal
        self._shapes = shapes
        self._by_bucket: dict[str, set[Link]] = {}
        self._waiters: dict[str, set[Waiter]] = {}
        self._waiting: set[Waiter] = set()
        self._leaving = False
        # Counts what was heard of people, sessions and devices: who looked one up before and joins now must look again.
        self.regrants = 0

    # --- who listens ---

    def join(self, link: Link) -> None:
        """The session behind this link has its buckets now."""
        self.links.add(link)
        for bucket in link.session.buckets:
            self._by_bucket.setdefault(bucket, set()).add(link)

    def leave(self, link: Link) -> None:
        """The connection is over."""
        self.links.discard(link)
        _drop(self._by_bucket, link.session.buckets, link)

    @contextmanager
    def watch(self, buckets: frozenset[str], uid: str = "", token: str = "") -> Iterator[Waiter]:
        """Notice changes in these buckets, and of this person and session, for the length of a `with`."""
        waiter = Waiter(buckets, uid, token)
        if self._leaving:
            waiter.woken.set()
        self._waiting.add(waiter)
        for bucket in buckets:
            self._waiters.setdefault(bucket, set()).add(waiter)
        try:
            yield waiter
        finally:
            self._waiting.discard(waiter)
            _drop(self._waiters, buckets, waiter)

    def release(self) -> None:
        """The server goes: nobody is held any more. A long poll that is cut by force would hear an error, after all had waited for it."""
        self._leaving = True
        self._wake(lambda _: True)

    # --- what they hear ---

    def publish(self, committed: Committed) -> None:
        """Tell everybody concerned of a commit. Called on the loop, after the commit's units were answered."""
        if committed.people:
            self._regrant(committed.people)
        if not self._by_bucket and not self._waiters:
            return
        for link in self._own_links(committed):
            link.session.ack = committed.heads[link.session.dev]
        heard = {dev for dev in {own.dev for own in committed.own} if self._heard(f"dev:{dev}")}
        rows = committed.rows + [own.make() for own in committed.own if own.dev in heard]
        if self._waiters:
            for bucket in {bucket for change in rows for bucket in change.hit} & self._waiters.keys():
                for waiter in self._waiters[bucket]:
                    waiter.woken.set()
        encoder = Encoder(rows, self._seal, self._shapes)
        for link, news in self._concerned(rows).items():
            if frame := self._frame(link, news, encoder):
                link.frame(frame)

    def _concerned(self, rows: list[RowChange]) -> "dict[Link, News]":
        """Who hears of which of these rows, in which buckets."""
        root, concerned = News(()), dict[Link, News]()
        for index, change in enumerate(rows):
            for bucket in change.hit:
                links = self._by_bucket.get(bucket)
                if not links:
                    continue
                entry = (index, bucket if bucket in change.live else "")
                if not concerned:
                    concerned = dict.fromkeys(links, root.then(entry))
                    continue
                for link in links:
                    concerned[link] = concerned.get(link, root).then(entry)
            for bucket in change.live - change.hit:
                # Nothing new there, but the row is in it: whoever is told of the row is told where he has it.
                for link in self._by_bucket.get(bucket, NOBODY):
                    news = concerned.get(link)
                    if news is not None and news.entries[-1][0] == index:
                        concerned[link] = news.then((index, bucket))
        return concerned

    def _regrant(self, people: dict[str, frozenset[str] | None]) -> None:
        """Rights changed: before any row is told, whoever it concerns stands on his new buckets, or is shut out (law I19)."""
        self.regrants += 1
        for link in [link for link in self.links if link.uid in people]:
            granted = people[link.uid]
            if granted is None:
                link.close(SIGN_IN, "login_required")
            else:
                self._rescope(link, granted | {f"dev:{link.session.dev}"})
        self._wake(lambda waiter: waiter.uid in people)

    def _rescope(self, link: Link, buckets: frozenset[str]) -> None:
        session = link.session
        if buckets == session.buckets or session.phase == "closed":
            return
        _drop(self._by_bucket, session.buckets, link)
        told = session.rescope(buckets)
        self.join(link)
        link.anew(told)

    def _wake(self, concerned: Callable[[Waiter], bool]) -> None:
        for waiter in filter(concerned, self._waiting):
            waiter.woken.set()

    def _heard(self, bucket: str) -> bool:
        return bucket in self._by_bucket or bucket in self._waiters

    def _own_links(self, committed: Committed) -> list[Link]:
        return [link for dev in committed.heads for link in self._by_bucket.get(f"dev:{dev}", ())]

    def _frame(self, link: Link, news: "News", encoder: "Encoder") -> bytes | None:
        """What tells a link of its news, if it is to be told now."""
        session = link.session
        try:
            told = news.told.get(link.level) or encoder.tell(news, link.level)
            if session.phase == "reading":
                session.hit(told.last)
            if session.phase != "live" or told.last <= session.pos:
                return None
            if told.fits:
                return session.advance(told.rows, told.to, told.last)
        except Exception as crash:
            # Rows it was not told must not be passed over by the next frame.
            alarm.error("a commit could not be told to a socket", exc_info=crash)
        session.behind()
        return POKE.encode()

    def sweep(self, now_ms: int) -> None:
        """Close what is stuck and what is no longer signed in. Called every second or so."""
        now = asyncio.get_running_loop().time()
        for link in list(self.links):
            if link.stuck_since is not None and now - link.stuck_since > STALLED_AFTER_S:
                link.close(STALLED, "stalled")
            elif link.until_at <= now_ms:
                link.close(SIGN_IN, "login_required")

    def close_session(self, token: str) -> None:
        """The browser has signed out."""
        self.regrants += 1
        for link in [link for link in self.links if link.token == token]:
            link.close(SIGN_IN, "login_required")
        self._wake(lambda waiter: waiter.token == token)

    def durable(self, marks: Mapping[str, int]) -> None:
        """A backup was verified: up to which of its numbers each device's ops are in it. Told with the next frame."""
        for dev, seq in marks.items():
            for link in self._by_bucket.get(f"dev:{dev}", ()):
                link.session.dur = seq

    def close_device(self, dev: str) -> None:
        """The device was revoked."""
        self.regrants += 1
        for link in list(self._by_bucket.get(f"dev:{dev}", ())):
            link.close(NOT_YOURS, "device_revoked")
        self._wake(lambda waiter: f"dev:{dev}" in waiter.buckets)


class Told(NamedTuple):
    """News as they are sent: encoded rows, the last commit among them and its cursor. `fits`: not too much for a frame."""

    rows: bytes
    last: int
    to: str
    fits: bool


class News:
    """Some rows of a commit as (index, bucket that holds it or nothing). Links that hear of the same share one, and its encoding."""

    __slots__ = ("_more", "entries", "told")

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self.told: dict[int, Told] = {}
        self._more: dict[Entry, News] = {}

    def then(self, entry: Entry) -> "News":
        """The same and one more."""
        found = self._more.get(entry)
        if found is None:
            found = self._more[entry] = News((*self.entries, entry))
        return found


class Encoder:
    """The rows of one commit as JSON, each combination once."""

    def __init__(self, rows: list[RowChange], seal: Seal, shapes: Shapes) -> None:
        self._all = rows
        self._seal = seal
        self._shapes = shapes
        self._rows: dict[tuple[int, frozenset[str], int], bytes] = {}
        self._tokens: dict[int, str] = {}

    def tell(self, news: News, level: int) -> Told:
        """What a device gets whose app needs shapes of this level."""
        mine: dict[int, set[str]] = {}
        for index, bucket in news.entries:
            mine.setdefault(index, set()).update((bucket,) if bucket else ())
        rows = b",".join([self._one(index, frozenset(buckets), level) for index, buckets in mine.items()])
        last = max(self._all[index].cid for index in mine)
        told = news.told[level] = Told(rows, last, self._token(last), len(rows) <= DELTA_BYTES_MAX)
        return told

    def _token(self, pos: int) -> str:
        """The cursor of a device that has everything up to `pos`."""
        found = self._tokens.get(pos)
        if found is None:
            found = self._tokens[pos] = self._seal.cursor(Cursor(pos, pos))
        return found

    def _one(self, index: int, mine: frozenset[str], level: int) -> bytes:
        found = self._rows.get((index, mine, level))
        if found is None:
            change = self._all[index]
            # A device that lost the row must not learn even the hash of its present body.
            digest = change.hash if mine else row_hash(change.kind, change.rid, change.ver, "")
            row = Row(sorted(mine), change.kind, change.rid, change.ver, digest, change.body if mine else None)
            shape = self._shapes.shape(level)
            found = self._rows[index, mine, level] = _row.encode(shape(row) if shape else row)
        return found


def _drop(index: dict[str, set[Any]], buckets: frozenset[str], one: object) -> None:
    for bucket in buckets:
        members = index.get(bucket)
        if members is not None:
            members.discard(one)
            if not members:
                del index[bucket]
