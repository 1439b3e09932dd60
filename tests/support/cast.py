"""The named cast (issue 2, "test where users stand"): whole devices in Python, joined by HTTP and a socket to a real running server.

林 inspector · 陈 efficiency group · 王 the A of a window · 李 his B · 赵 head of their unit · 周 office · 吴 and 郑 mystery shoppers ·
孙 check lead · 管 administrator · 领 a leader · 纪 discipline inspection · 首 director · 监 a social supervisor · 屏 a lobby screen.
A stranger is `httpx.Client` alone.
"""

import os
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import httpx
import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from server.app import DOMAINS
from server.seed import DEMO_PASSWORD
from sync import messages as m
from sync.keys import Key, b64, key_from
from sync.ops import Blob, OpKind
from sync.replica import Damaged, OutboxOp, Replica
from tests.support.clock import DeviceClocks, Ids, World

SITE = "yunting"
FRAME_SECONDS_MAX = 30
"""When a frame that must come is given up."""
KINDS: dict[str, OpKind] = {op.kind: op for domain in DOMAINS for op in domain.ops}
PERSONAS = {
    **{"林": "inspector", "王": "staff", "李": "standin", "赵": "head", "周": "office"},
    **{"吴": "shopper", "郑": "shopper2", "孙": "checklead", "管": "admin", "领": "leader", "陈": "efficiency", "监": "supervisor"},
    "纪": "discipline",
    "首": "director",
}
PLAIN = ssl.create_default_context()
"""Made once for all: a client that makes its own reads every authority there is, and nobody here speaks TLS."""
Layout = Literal["hall", "whereabouts", "door", "overview"]

_lines = msgspec.json.Decoder(m.PullLine)
_snap_lines = msgspec.json.Decoder(m.SnapLine)
_frames = msgspec.json.Decoder(m.ServerFrame)


def fresh_secret() -> int:
    """A new key's secret number."""
    return int.from_bytes(os.urandom(32), "big") % (2**255)


class Device:
    """One browser profile at a running server: its replica, its cookies, and what it last heard."""

    def __init__(self, url: str, clocks: DeviceClocks, *, site: str = SITE, secret: int | None = None) -> None:
        self.url, self.site = url, site
        secret = secret if secret is not None else fresh_secret()
        self.clocks = clocks
        self.replica = Replica(site, key_from(secret), clocks, Ids(secret), "load-1")
        self.http = httpx.Client(base_url=url, headers={"Origin": url}, timeout=40, trust_env=False, verify=PLAIN)
        self.uid = ""
        self.may_differ = False

    # --- who ---------------------------------------------------------------------------------------------------------

    def sign_in(self, persona: str) -> m.Session:
        """Sign in as a demo persona."""
        return self._sign_in(m.SignIn(persona=persona))

    def sign_in_as(self, badge: str) -> m.Session:
        """Sign in as anybody of a demo hall."""
        return self._sign_in(m.SignIn(name=badge, password=DEMO_PASSWORD))

    def sign_in_with(self, login: str, password: str) -> m.Session:
        """Sign in with an account and its password."""
        return self._sign_in(m.SignIn(name=login, password=password))

    def _sign_in(self, who: m.SignIn) -> m.Session:
        session = msgspec.json.decode(self.post("session", who).raise_for_status().content, type=m.Session)
        self.uid, self.nonce = session.uid, session.nonce
        return session

    def enrol(self) -> m.Enrolled:
        """Make this device known to the site."""
        answer = self.post("devices", self.replica.enrol(self.nonce))
        enrolled = msgspec.json.decode(answer.raise_for_status().content, type=m.Enrolled)
        self.replica.enrolled(enrolled)
        return enrolled

    def post(self, path: str, message: Any) -> httpx.Response:
        """One POST under the site."""
        content = message if isinstance(message, bytes) else msgspec.json.encode(message)
        return self.http.post(f"/s/{self.site}/{path}", content=content, headers={"Content-Type": "application/json"})

    # --- recording and sending ---------------------------------------------------------------------------------------

    def save(
        self, kind: str, args: msgspec.Struct, rid: str | None = None, guard: dict[str, int] | None = None, blobs: list[Blob] | None = None
    ) -> OutboxOp:
        """Record on this device; nothing is sent."""
        return self.replica.save(KINDS[kind], args, rid, guard, blobs=blobs)

    def push(self) -> list[m.Result]:
        """Send everything that waits; what became of it."""
        results: list[m.Result] = []
        while True:
            answer = self.push_once(self.replica.push())
            self.replica.push_answered(answer)
            results += answer.results
            if answer.stop or not self.replica.pending:
                return results

    def push_once(self, push: m.Push) -> m.PushAnswer:
        """One push and its answer; the replica is told nothing."""
        return msgspec.json.decode(self.post("push", push).raise_for_status().content, type=m.PushAnswer)

    def do(
        self, kind: str, args: msgspec.Struct, rid: str | None = None, guard: dict[str, int] | None = None, blobs: list[Blob] | None = None
    ) -> m.Result:
        """Record, send, and return what became of it."""
        op = self.save(kind, args, rid, guard, blobs)
        self.push()
        assert op.result is not None
        return op.result

    # --- receiving ---------------------------------------------------------------------------------------------------

    def pull_text(self, wait: int = 0, **changes: str) -> bytes:
        """The bytes of one pull."""
        return self.pull_response(wait, **changes).raise_for_status().content

    def pull_response(self, wait: int = 0, **changes: str) -> httpx.Response:
        """One pull, whatever it answers."""
        return self.http.get(f"/s/{self.site}/pull", params={**self.replica.pull_query(wait), **changes})

    def pull(self) -> "Device":
        """Catch up. Unless a test damaged its rows, what it holds is what the server says it holds."""
        catch_up(self.replica, self.http, f"/s/{self.site}")
        assert self.may_differ or not self.replica.differences
        return self

    def refetch(self) -> dict[tuple[str, str], tuple[int, str, str, tuple[str, ...]]]:
        """What a pull from nothing would give this device now; the replica is left alone."""
        shadow = Replica(self.site, self.replica.key, self.clocks, Ids(0), "shadow")
        shadow.outbox = self.replica.outbox
        shadow.epoch = self.replica.epoch
        catch_up(shadow, self.http, f"/s/{self.site}")
        return shadow.state()

    @contextmanager
    def live(self) -> Iterator["Link"]:
        """A live link, caught up before it is handed over."""
        with self.socket() as socket:
            link = Link(self, socket)
            link.meet()
            yield link

    @contextmanager
    def socket(self, origin: str | None = None) -> Iterator[ClientConnection]:
        """The bare socket with this device's cookies."""
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.http.cookies.jar)
        url = self.url.replace("http", "ws", 1) + f"/s/{self.site}/live"
        with connect(
            url, additional_headers={"Cookie": cookies}, origin=origin or self.url, compression=None, close_timeout=1, proxy=None
        ) as socket:  # type: ignore[arg-type]
            yield socket

    def close(self) -> None:
        """Let go of the connections."""
        self.http.close()


def catch_up(replica: Replica, http: httpx.Client, base: str) -> None:
    """Fetch snapshots, pages and repairs until there is nothing more to ask for."""
    more = True
    while more:
        while wanted := replica.snapshot():
            answer = http.get(f"{base}/snapshot/{wanted.id}", params={"after": wanted.after})
            replica.fetched(wanted, snapshot_lines(answer.content) if answer.is_success else None)
        if repair := replica.repair():
            replica.repaired(repair, page(http.post(f"{base}/repair", content=msgspec.json.encode(repair)).raise_for_status().content))
        else:
            asked, query = replica.asking, replica.pull_query()
            more = replica.pulled(asked, page(http.get(f"{base}/pull", params=query).raise_for_status().content))


def snapshot_lines(content: bytes) -> list[m.SnapLine]:
    """The lines of a snapshot."""
    return [_snap_lines.decode(line) for line in content.splitlines() if line]


def page(content: bytes) -> list[m.PullLine]:
    """The lines of a pull answer. A stream cut before its end does not hold together."""
    lines = [_lines.decode(line) for line in content.splitlines() if line]
    if not lines:
        raise Damaged("an empty page")
    return lines


class Link:
    """One live socket of a device. Every frame it got is kept, as bytes and decoded."""

    def __init__(self, device: Device, socket: ClientConnection) -> None:
        self.device, self.socket = device, socket
        self.texts: list[str] = []
        self.frames: list[m.ServerFrame] = []

    def next(self, timeout: float = FRAME_SECONDS_MAX) -> m.ServerFrame | None:
        """The next frame, applied to the replica; None when none came in time."""
        try:
            text = self.socket.recv(timeout=timeout)
        except TimeoutError:
            return None
        assert isinstance(text, str)
        frame = _frames.decode(text)
        self.texts.append(text)
        self.frames.append(frame)
        answer = self.device.replica.frame(frame)
        if answer is not None:
            self.send(answer)
        return frame

    def send(self, frame: m.DeviceFrame) -> None:
        """Send one frame."""
        self.socket.send(msgspec.json.encode(frame), text=True)

    def meet(self) -> None:
        """Say hello and catch up until frames follow."""
        replica = self.device.replica
        assert isinstance(self.next(), m.Hi)
        assert isinstance(self.next(), m.Ok)
        self.catch_up()
        assert replica.live == "live"

    def catch_up(self) -> None:
        """Pull when the replica asks for it, and say where it stands."""
        if self.device.replica.wants_pull or self.device.replica.live != "live":
            self.device.pull()
            self.send(self.device.replica.at())

    def until(self, reached: Callable[[Replica], bool], frames_max: int = 200) -> None:
        """Take frames, pulling when asked to, until the replica is where the test wants it."""
        for _ in range(frames_max):
            if reached(self.device.replica):
                return
            frame = self.next()
            assert frame is not None, "no frame came in time"
            self.catch_up()
        raise AssertionError("never got there")

    def settle(self, timeout: float = FRAME_SECONDS_MAX) -> None:
        """Take every frame that is on its way: a probe sent now is answered behind them."""
        self.send(m.Ping())
        while not isinstance(frame := self.next(timeout), m.Pong):
            assert frame is not None, "the socket went silent"
            self.catch_up()

    def quiet(self, timeout: float = 0.4) -> list[m.ServerFrame]:
        """Every frame that still comes within `timeout` of the one before."""
        got = []
        while (frame := self.next(timeout)) is not None:
            got.append(frame)
        return got

    def closed_with(self, timeout: float = FRAME_SECONDS_MAX) -> int | None:
        """The code the server closes this socket with, in so many seconds in all, whatever comes before."""
        until = time.monotonic() + timeout
        try:
            while True:
                self.socket.recv(timeout=max(0, until - time.monotonic()))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


class Cast:
    """The people of one site, each with a device of their own, made when first named."""

    def __init__(self, url: str, world: World, *, site: str = SITE, seed: int | None = None) -> None:
        self.url, self.world, self.site, self.seed = url, world, site, seed
        self._devices: dict[str, Device] = {}

    def __getitem__(self, name: str) -> Device:
        if name not in self._devices:
            self._devices[name] = self.screen() if name == "屏" else self.device(name)
        return self._devices[name]

    def device(self, name: str, clocks: DeviceClocks | None = None, *, spare: bool = False) -> Device:
        """One more device of this person, signed in and enrolled; in a seeded cast it has a key of its own only when `spare`."""
        secret = self._secret(name)
        if spare and secret is not None:
            secret += 500_000
        device = Device(self.url, clocks or DeviceClocks(self.world), site=self.site, secret=secret)
        device.sign_in(PERSONAS[name])
        device.enrol()
        return device

    def screen(self, layout: Layout = "hall", unit: str = "", zone: str = "", post: str = "") -> Device:
        """A screen, by default in the lobby, paired by the administrator's confirmation of its code."""
        secret = self._secret("屏") if layout == "hall" else None
        device = Device(self.url, DeviceClocks(self.world), site=self.site, secret=secret)
        key: Key = device.replica.key
        pairing = device.post("displays", m.PairingAsk(b64(key.public), device.replica.prove("pair"))).raise_for_status()
        code = msgspec.json.decode(pairing.content, type=m.Pairing).code
        self["管"].post("displays/confirm", m.PairingConfirm(code, "大厅", layout, unit, zone, post)).raise_for_status()
        renew_screen(device)
        return device

    def _secret(self, name: str) -> int | None:
        return None if self.seed is None else self.seed * 1000 + ord(name)

    def close(self) -> None:
        """Everybody goes home."""
        for device in self._devices.values():
            device.close()


def renew_screen(device: Device) -> None:
    """A paired screen renews its own session with its key; a server that finds its clock wrong tells the time."""
    at = device.clocks.wall_ms()
    for _ in range(2):
        answer = device.post("displays/session", m.DeviceProof(device.replica.dev, at, device.replica.prove(str(at))))
        if answer.status_code == 401:
            at = answer.json()["params"]["now"]
    answer.raise_for_status()
