"""`GET /s/{site}/pull`: rows after a cursor as NDJSON, from one read transaction, with the ack of the device's own ops and a beacon."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl

import msgspec

from server.domain.hall.audiences import NOBODY
from server.gateway.access import Reader, reader
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.wire import COMPRESS_FROM, AsgiReceive, AsgiScope, AsgiSend, accepted_coding, compress, header, respond
from server.store.contract import Sql
from server.store.horizon import head_and_horizon
from server.store.pages import read_fill, read_page
from server.store.shapes import Shape
from server.store.snapshots import Snapshot
from server.store.sums import sums_of
from sync.cursor import Cursor
from sync.messages import Head, PullEnd, PullHead
from sync.rows import ROW_PAGE_MAX, bucket_set_hash
from sync.scope import Plan, after_fill, after_rows, plan

WAIT_SECONDS_MAX = 25
PAGE_ROWS = ROW_PAGE_MAX
FIELDS_MAX = 20
BRIEF_COMMITS = 8
_encoder = msgspec.json.Encoder()


class Asked(NamedTuple):
    """The query of a pull. `have`: the buckets the device holds whole, when it was asked; `head`: its chain head as it reports it."""

    dev: str
    cur: str
    epoch: str
    bh: str
    have: frozenset[str] | None
    wait: int
    sv: int
    head: Head | None


class Found(NamedTuple):
    """What one read transaction gave. `idle`: nothing changed for this device."""

    reader: Reader
    idle: bool
    body: bytes
    coding: str


async def pull(gate: Gate, place: Place, scope: AsgiScope, _: AsgiReceive, send: AsgiSend) -> None:
    """Serve one pull; with `wait`, hold an empty answer until something changes."""
    asked = parse(scope["query_string"])
    coding = accepted_coding(header(scope, b"accept-encoding"))
    cursor = place.seal.open_cursor(asked.cur) if asked.cur and asked.epoch in ("", place.epoch) else None

    async def look() -> Found:
        if cursor is not None and place.is_near(cursor.pos):
            try:
                return await place.store.read(lambda sql: find(sql, place, gate, scope, asked, coding, cursor, brief=True), brief=True)
            except Lengthy:
                pass
        return await place.store.read(lambda sql: find(sql, place, gate, scope, asked, coding, cursor))

    found = await look()
    if asked.head is not None:
        place.contact(found.reader.device, asked.head)
    if asked.wait and found.idle:
        with place.hub.watch(found.reader.buckets, found.reader.who.uid, found.reader.who.token) as waiter:
            # Looked at again inside the watch: a commit between the two reads must not be slept through.
            found = await look()
            if found.idle and await waiter.wait(min(asked.wait, WAIT_SECONDS_MAX)):
                found = await look()
    headers = [("content-type", "application/x-ndjson"), ("vary", "accept-encoding")]
    if found.coding:
        headers.append(("content-encoding", found.coding))
    await respond(send, 200, headers, found.body)


def parse(query: bytes) -> Asked:
    """The query, or `malformed`."""
    given = _given(query)
    dev, hs, hh = given.get("dev", ""), given.get("hs", ""), given.get("hh", "")
    numbers = (given.get("wait", ""), given.get("sv", ""), hs)
    if not re.fullmatch(r"[0-9a-f]{32}", dev) or not all(re.fullmatch(r"\d{0,15}", n) for n in numbers):
        raise ProblemError("malformed")
    head = Head(int(hs), hh) if hs and hh else None
    have = None if "have" not in given else frozenset(filter(None, given["have"].split(",")))
    text = {name: given.get(name, "") for name in ("cur", "epoch", "bh")}
    return Asked(dev, **text, have=have, wait=int(given.get("wait") or 0), sv=int(given.get("sv") or 1), head=head)


def _given(query: bytes) -> dict[str, str]:
    """The fields of a query, or `malformed`."""
    try:
        text = query.decode("ascii")
        if "%" not in text and "+" not in text:
            # Nothing is escaped, as apps of ours send it: a pull is asked often.
            fields = [field.split("=") for field in text.split("&")] if text else []
            if len(fields) <= FIELDS_MAX and all(len(field) == 2 for field in fields):
                return dict(fields)
        return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=FIELDS_MAX))
    except ValueError:
        raise ProblemError("malformed") from None


class Lengthy(Exception):
    """Raised when a brief read would have to read many rows."""


def find(
    sql: Sql, place: Place, gate: Gate, scope: AsgiScope, asked: Asked, coding: str, cursor: Cursor | None, brief: bool = False
) -> Found:
    """Read one page, and compress it. `brief`: only if it is a small one; else `Lengthy`."""
    who = reader(sql, scope, gate.jar(place), asked.dev, place.clock())
    head, limit = head_and_horizon(sql)
    step = plan(cursor, head, limit, who.buckets, asked.bh, asked.have)
    if place.small_since is None:
        place.small_since = head
    if brief and (step.reset or step.fill or head - step.cursor.pos > BRIEF_COMMITS):
        raise Lengthy
    if step.reset:
        gate.starts.check(who.who.uid)
    shape = place.shape(asked.sv)
    snaps = place.snapshots.offered(sql, who.buckets) if step.reset and shape is None else []
    turn = _by_snapshots(who, snaps) if snaps else _turn(sql, who, step, head, asked, shape)
    sums = {} if turn.more else sums_of(sql, who.buckets)
    token = asked.cur if turn.to == cursor else place.seal.cursor(turn.to)
    beacon = place.beacon("" if "BOARD" in who.who.roles else who.device.link.hex())
    lines = [
        _encoder.encode(
            PullHead(place.epoch, sorted(who.buckets), turn.bh, step.reset, sorted(turn.fill), step.ask, [one.offer for one in snaps])
        ),
        *turn.rows,
        _encoder.encode(PullEnd(token, turn.more, who.device.head, who.device.dur, beacon, beacon.t, sums)),
    ]
    body = b"\n".join(lines) + b"\n"
    coding = coding if len(body) >= COMPRESS_FROM else ""
    idle = not (turn.rows or turn.more or step.reset)
    return Found(who, idle, compress(body, coding), coding)


class Turn(NamedTuple):
    """One page: its rows, the cursor after it, what the device holds whole then (`bh`) and what it does not yet (`fill`)."""

    rows: list[bytes]
    to: Cursor
    more: bool
    bh: str
    fill: frozenset[str]


def _by_snapshots(who: Reader, snaps: list[Snapshot]) -> Turn:
    """Large buckets come as files. Removals since the oldest of them are needed, so it stands there for the horizon, too."""
    oldest = min(one.cid for one in snaps)
    whole = frozenset(one.bucket for one in snaps)
    return Turn([], Cursor(oldest, oldest), True, bucket_set_hash(whole), who.buckets - whole)


def _turn(sql: Sql, who: Reader, step: Plan, head: int, asked: Asked, shape: Shape | None) -> Turn:
    """Read what the plan says."""
    if step.ask:
        return Turn([], step.cursor, True, asked.bh, NOBODY)
    if step.fill:
        page = read_fill(sql, who.device, who.buckets, step.fill, step.cursor, rows_max=PAGE_ROWS, shape=shape)
        fill = step.fill if page.more else NOBODY
        return Turn(page.rows, after_fill(step.cursor, page.to, page.more), True, bucket_set_hash(who.buckets - fill), fill)
    if step.cursor == (head, head, 0, 0):
        return Turn([], step.cursor, False, bucket_set_hash(who.buckets), NOBODY)
    at, start = step.cursor.pos, step.cursor.start
    page = read_page(sql, who.device, who.buckets, at, rows_max=PAGE_ROWS, start=start, shape=shape, head=head)
    moved = page.rows or step.cursor.start > step.cursor.pos
    to = after_rows(step.cursor, page.to, page.more, head) if moved else step.cursor
    return Turn(page.rows, to, page.more, bucket_set_hash(who.buckets), NOBODY)
