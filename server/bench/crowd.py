"""Phones for the load: enrolled devices whose pushes are signed and whose requests are bytes before the clock starts."""

import itertools
import secrets
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from server.bench.load import Line, Process, dial, get, post
from server.domain.facility.ops import OPS as FAULTS
from server.domain.facility.ops import ReportFault
from server.domain.incident.ops import OPS as INCIDENTS
from server.domain.incident.ops import Report
from sync import messages as m
from sync.errors import CODES
from sync.ids import uuid7
from sync.keys import key_from
from sync.ops import OpKind
from sync.replica import Replica
from sync.units import HOUR_MS

SITE = "yunting"
PERSONA = "inspector"
APART_MS = 2 * HOUR_MS
LANES, LANE_RECORDS = 300, 1_000
"""So many phones report so much each without two reports coming near each other; all of it lies after 1938, before which nothing counts."""
ID_APART_MS = 1_000
"""A phone makes its ids when its records are saved, which is one after the other."""
TEXT = CODES["STEPPED"].text
"""A sentence of ordinary length in the language of the hall."""
T = TypeVar("T")


_lanes = itertools.count()


class SteadyClocks:
    """A phone's clocks at one moment: the ops of a bench are all saved now."""

    def __init__(self, at_ms: int) -> None:
        self._at_ms = at_ms

    def wall_ms(self) -> int:
        """Now."""
        return self._at_ms

    def mono_ms(self) -> int:
        """One second after the page load."""
        return 1000


class Phone(NamedTuple):
    """One enrolled device with the cookie of its person. `lane`: its own stretch of the past, for what it reports."""

    replica: Replica
    cookie: str
    lane: int = 0


def body_of(raw: bytes, as_type: type[T]) -> T:
    """The decoded body of a raw 200 answer."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0] + b" ":
        raise RuntimeError(raw[:600].decode("utf-8", "replace"))
    return msgspec.json.decode(body, type=as_type)


def cookies_of(raw: bytes) -> str:
    """The cookies an answer sets, as a request sends them back."""
    lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    values = [line.split(b":", 1)[1].split(b";")[0].strip() for line in lines if line.lower().startswith(b"set-cookie:")]
    return b"; ".join(values).decode()


async def enrol(process: Process, count: int, persona: str = PERSONA) -> list[Phone]:
    """`count` devices of one person, an inspector."""
    line = await dial(process.port)
    site = f"/s/{SITE}"
    raw = await line.ask(post(f"{site}/session", process.port, msgspec.json.encode(m.SignIn(persona=persona))))
    session, cookie = body_of(raw, m.Session), cookies_of(raw)
    phones = [await _enrol_one(process, line, session, cookie) for _ in range(count)]
    line.close()
    return phones


async def _enrol_one(process: Process, line: Line, session: m.Session, cookie: str) -> Phone:
    clocks = SteadyClocks(time.time_ns() // 1_000_000)
    replica = Replica(SITE, key_from(1 + secrets.randbelow(2**250)), clocks, ids_apart(), "bench")
    body = msgspec.json.encode(replica.enrol(session.nonce))
    raw = await line.ask(post(f"/s/{SITE}/devices", process.port, body, cookie))
    replica.enrolled(body_of(raw, m.Enrolled))
    return Phone(replica, cookie, next(_lanes) % LANES)


def ids_apart() -> Callable[[int], str]:
    """What makes the ids of one phone: each later than the one before, as it would save them."""
    count = itertools.count(-LANE_RECORDS)
    return lambda now_ms: new_id(now_ms + next(count) * ID_APART_MS)


def new_id(now_ms: int) -> str:
    """A fresh UUIDv7."""
    return uuid7(now_ms, secrets.randbits(74))


async def places(process: Process) -> list[str]:
    """Posts of the hall, to report from; as somebody sees them to whom little else is shown."""
    (phone,) = await enrol(process, 1, "staff")
    line = await dial(process.port)
    raw = await line.ask(get(pull_path(phone.replica), process.port, phone.cookie))
    line.close()
    lines = raw.partition(b"\r\n\r\n")[2].split(b"\n")
    rows = (msgspec.json.decode(text) for text in lines if text.startswith(b'{"t":"r"'))
    return sorted(row["rid"] for row in rows if row["k"] == "post")


def pull_path(replica: Replica) -> str:
    """Path and query of the next pull."""
    return f"/s/{SITE}/pull?" + "&".join(f"{k}={v}" for k, v in replica.pull_query().items())


class Said(NamedTuple):
    """What the phones of a load say again and again."""

    kind: OpKind
    say: Callable[[Phone, str], msgspec.Struct]


def _apart(phone: Phone) -> int:
    """Further than any two reports of one thing from every other record of the load: of those a hall has few.

    They are exercises, which change nobody's day: what the rules cost is measured by `bench reconcile`.
    """
    return phone.replica.time.now() - (phone.lane * LANE_RECORDS + len(phone.replica.outbox)) * APART_MS


def _incident(phone: Phone, place: str) -> Report:
    return Report("dispute", place, _apart(phone), 3, 2, TEXT, drill=True)


def _fault(phone: Phone, place: str) -> ReportFault:
    return ReportFault(place, TEXT, phone.replica.time.now(), severity="serious")


REPORT = Said(next(op for op in INCIDENTS if op.kind == "incident.report"), _incident)
"""Reports of one thing are joined, and who is called depends on who is there: what a record of rules costs."""
FAULT = Said(next(op for op in FAULTS if op.kind == "repair.report"), _fault)
"""Something does not work at a post: one record, one face, no other fact moves. What a plain record costs."""


def pushes(process: Process, phone: Phone, where: Sequence[str], count: int, ops_each: int, said: Said = REPORT) -> list[bytes]:
    """Requests that push `count` x `ops_each` fresh records, chained and signed."""
    replica = phone.replica
    requests = []
    for _push in range(count):
        for _op in range(ops_each):
            replica.save(said.kind, said.say(phone, where[len(replica.outbox) % len(where)]))
        push = replica.push()
        replica.acked = len(replica.outbox)
        requests.append(post(f"/s/{SITE}/push", process.port, msgspec.json.encode(push)))
    return requests
