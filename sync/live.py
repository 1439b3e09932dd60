"""The server side of one live connection: frames in, effects out, no I/O (PROTOCOL.md §3). `server/gateway/live.py` performs the effects.

    hello ──Identify──▶ identified ──Read──▶ live ◀──────────┐
                            │ other buckets, other epoch     │ at, and the rest fits a frame
                            ▼                                │
                           pull ─────────────────────────────┘   overflow or a large delta: live ──▶ pull

The connection carries hints and shortcuts only: a frame applies iff it continues the device's cursor, and anything may become a poke.
"""

from typing import Literal, NamedTuple

import msgspec

from sync import messages as m
from sync.cursor import Cursor, Seal
from sync.keys import bytes_of
from sync.ops import hello_bytes, verify
from sync.rows import bucket_set_hash
from sync.version import PROTOCOL
from sync.vital import Vital

Phase = Literal["hello", "reading", "pull", "live", "closed"]
BAD_FRAME, SIGN_IN, NOT_YOURS, DIFFERS, STALLED = 4400, 4401, 4403, 4409, 1013

_device_frames: msgspec.json.Decoder[m.DeviceFrame] = msgspec.json.Decoder(m.Hello | m.At | m.Ping)
_encoder = msgspec.json.Encoder()


class Send(NamedTuple):
    """Send this text."""

    text: str


class Shut(NamedTuple):
    """Close the connection with this code; `reason` is an id of sync/errors.py where one fits."""

    code: int
    reason: str


class Identify(NamedTuple):
    """Look this device up and call `identified`."""

    dev: str


class Read(NamedTuple):
    """Read what changed after this commit for the session's buckets and call `changed`."""

    pos: int


class Contact(NamedTuple):
    """The device reported this chain head: it bounds times (PROTOCOL §5)."""

    head: m.Head


Effect = Send | Shut | Identify | Read | Contact


class Identity(NamedTuple):
    """A device as the site knows it: its key and chain `head`, the `buckets` it may see, whether it is the signed-in person's `own`.

    `forked`: its chain was closed, or the head it reports contradicts what it sent before (law I9).
    """

    key: bytes
    head: m.Head
    buckets: frozenset[str]
    own: bool
    revoked: bool
    forked: bool


class Changed(NamedTuple):
    """Encoded rows after the position asked for. `to`: last commit among them; `head`: last commit there was; `small`: they fit a frame."""

    rows: list[bytes]
    to: int
    head: int
    small: bool


def encode(frame: m.ServerFrame) -> str:
    """A frame as text."""
    return _encoder.encode(frame).decode()


def commit_frame(prev: str, to: str, bh: str, rows: bytes, end: bytes) -> bytes:
    """A commit frame around rows encoded before (once for all devices that get the same): the bytes of `encode(Commit(…))`."""
    return b"%b%b%b" % (f'{{"t":"c","prev":"{prev}","to":"{to}","bh":"{bh}","rows":['.encode(), rows, end)


def frame_end(ack: m.Head, dur: int) -> bytes:
    """The end of a commit frame; cached per session, because `ack` and `dur` seldom change."""
    return f'],"ack":{{"seq":{ack.seq},"hash":"{ack.hash}"}},"dur":{dur}}}'.encode()


class LiveSession:
    """One connection. `nonce`: fresh and random; the device signs it to prove its key."""

    __slots__ = (
        *("_end", "_greeting", "_hello", "_seal", "_sought", "ack", "bh", "buckets", "dev", "dur", "epoch", "hit_at", "nonce"),
        *("phase", "pos", "site", "token"),
    )

    def __init__(self, site: str, epoch: str, seal: Seal, nonce: str) -> None:
        self.site = site
        self.epoch = epoch
        self.nonce = nonce
        self.phase: Phase = "hello"
        self.dev = ""
        self.buckets: frozenset[str] = frozenset()
        self.bh = ""
        self.token = ""
        self.pos = 0
        self.ack = m.Head(0, "")
        self.dur = 0
        self.hit_at = 0
        self._seal = seal
        self._hello: m.Hello | None = None
        self._greeting: m.Beacon | None = None
        self._sought = ""
        self._end: tuple[m.Head | None, int, bytes] = (None, 0, b"")

    @property
    def reported(self) -> m.Head:
        """The chain head of the hello."""
        return self._hello.head if self._hello else m.Head(0, "")

    @property
    def sv(self) -> int:
        """The shape release of the app, from its hello."""
        return self._hello.sv if self._hello else 1

    @property
    def vital(self) -> Vital | None:
        """How the device said in its hello that it is doing."""
        return self._hello.vital if self._hello else None

    def open(self, now: int) -> list[Effect]:
        """The server speaks first."""
        return [Send(encode(m.Hi((PROTOCOL, PROTOCOL), self.epoch, now, self.nonce, m.HEARTBEAT_SECONDS)))]

    def receive(self, text: str | bytes) -> list[Effect]:
        """One frame of the device."""
        if len(text) > m.FRAME_BYTES_MAX:
            return self.close(BAD_FRAME, "too_large")
        try:
            frame = _device_frames.decode(text)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return self.close(BAD_FRAME, "unsupported")
        match frame:
            case m.Hello() if self.phase == "hello":
                self._hello = frame
                return [Identify(frame.dev)]
            case m.Ping() if self.phase != "hello":
                return [Send(encode(m.Pong()))]
            case m.At() if self.phase in ("pull", "live"):
                return [Contact(frame.head), *self._seek(frame.cur)]
            case m.At() if self.phase == "reading":
                self._sought = frame.cur
                return [Contact(frame.head)]
            case _:
                return self.close(BAD_FRAME, "malformed")

    def identified(self, who: Identity | None, beacon: m.Beacon) -> list[Effect]:
        """Who said hello. From here on the session has buckets and may hear of commits."""
        hello = self._hello
        assert hello is not None, "asked for by hello"
        if who is None:
            return self.close(NOT_YOURS, "device_unknown")
        if who.revoked:
            return self.close(NOT_YOURS, "device_revoked")
        if not verify(who.key, hello_bytes(self.site, hello.dev, self.nonce), bytes_of(hello.sig)):
            return self.close(NOT_YOURS, "signature_bad")
        if not who.own:
            return self.close(SIGN_IN, "login_required")
        if who.forked:
            return self.close(DIFFERS, "fork")
        self.dev, self.ack, self.buckets = hello.dev, who.head, who.buckets
        self.bh = bucket_set_hash(who.buckets)
        contact: list[Effect] = [Contact(hello.head)]
        cursor = self._seal.open_cursor(hello.cur) if hello.cur else None
        if hello.cur and cursor is None:
            return contact + self._greet("reset", beacon)
        if cursor is None or not cursor.whole or hello.bh != self.bh:
            return contact + self._greet("pull", beacon)
        self._greeting = beacon
        return contact + self._seek(hello.cur)

    def changed(self, changed: Changed) -> list[Effect]:
        """What `Read` found: a frame, or a poke when it is too much for one."""
        if self.phase != "reading":
            return []
        greeting, self._greeting = self._greeting, None
        sought, self._sought = self._sought, ""
        if sought:
            # Meanwhile the device has pulled and stands elsewhere: read on from there.
            return [*(self._greet("live", greeting) if greeting else []), *self._seek(sought)]
        if not changed.small:
            return self._greet("pull", greeting) if greeting else self._poke()
        effects = self._greet("live", greeting) if greeting else []
        if changed.rows:
            rows = b",".join(changed.rows)
            effects.append(Send(self.advance(rows, self.seal_at(changed.to), changed.to).decode()))
        # A commit that came after this was read is read too before frames of later commits may follow.
        self.phase = "reading" if self.hit_at > changed.head else "live"
        return [*effects, Read(self.pos)] if self.phase == "reading" else effects

    def hit(self, cid: int) -> None:
        """A commit changed something for this session while it reads."""
        self.hit_at = max(self.hit_at, cid)

    def advance(self, rows: bytes, to: str, pos: int) -> bytes:
        """The frame that carries the device on from its cursor to `to`."""
        ack, dur, end = self._end
        if ack is not self.ack or dur != self.dur:
            end = frame_end(self.ack, self.dur)
            self._end = self.ack, self.dur, end
        frame = commit_frame(self.token, to, self.bh, rows, end)
        self.token, self.pos = to, pos
        return frame

    def seal_at(self, pos: int) -> str:
        """The token of a device that has everything up to `pos`."""
        return self._seal.cursor(Cursor(pos, pos))

    def rescope(self, buckets: frozenset[str]) -> str:
        """The device may read these from now on: it must pull before any frame follows (law I19). Returns the frame that says so."""
        self.buckets, self.bh = buckets, bucket_set_hash(buckets)
        greeting, self._greeting = self._greeting, None
        self.phase, self._sought = "pull", ""
        return encode(m.Ok("pull", self.bh, greeting) if greeting else m.Poke())

    def behind(self) -> None:
        """Frames were thrown away: the device must pull before any other applies."""
        self.phase = "pull"

    def close(self, code: int, reason: str) -> list[Effect]:
        """End the connection."""
        self.phase = "closed"
        return [Shut(code, reason)]

    def _seek(self, token: str) -> list[Effect]:
        """Stand at a cursor and read on from there."""
        cursor = self._seal.open_cursor(token)
        if cursor is None or not cursor.whole:
            # Not of this epoch, or in the middle of starting or of filling: only a pull goes on from there.
            return self._poke()
        self.token, self.pos = token, cursor.pos
        self.phase, self.hit_at = "reading", 0
        return [Read(cursor.pos)]

    def _greet(self, mode: Literal["live", "pull", "reset"], beacon: m.Beacon) -> list[Effect]:
        self.phase = "live" if mode == "live" else "pull"
        return [Send(encode(m.Ok(mode, self.bh, beacon)))]

    def _poke(self) -> list[Effect]:
        self.phase = "pull"
        return [Send(encode(m.Poke()))]
