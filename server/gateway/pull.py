"""`GET /s/{site}/pull`: rows after a cursor as NDJSON, from one read transaction, with the ack of the device's own ops and a beacon."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl

import msgspec

from server.gateway.access import Reader, reader
from server.gateway.cookies import Jar
from server.gateway.desk import Desk
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.wire import COMPRESS_FROM, AsgiReceive, AsgiScope, AsgiSend, accepted_coding, compress, header, respond
from server.store import site as sites
from server.store.contract import Sql
from server.store.pages import Page, read_page
from sync.cursor import Cursor
from sync.messages import Head, PullEnd, PullHead
from sync.rows import bucket_set_hash

WAIT_SECONDS_MAX = 25
_encoder = msgspec.json.Encoder()


class Asked(NamedTuple):
    """The query of a pull. `head`: the device's chain head as it reports it."""

    dev: str
    cur: str
    epoch: str
    bh: str
    wait: int
    head: Head | None


class Found(NamedTuple):
    """What one read transaction gave."""

    reader: Reader
    page: Page
    reset: bool
    to: Cursor
    body: bytes
    coding: str


async def pull(desk: Desk, place: Place, scope: AsgiScope, _: AsgiReceive, send: AsgiSend) -> None:
    """Serve one pull; with `wait`, hold an empty answer until something changes."""
    jar = desk.jar(place)
    asked = parse(scope["query_string"])
    coding = accepted_coding(header(scope, b"accept-encoding"))
    found = await place.store.read(lambda sql: find(sql, place, jar, scope, asked, coding))
    if asked.head is not None:
        place.contact(found.reader.device, asked.head)
    if asked.wait and not found.page.rows and not found.reset:
        with place.hub.watch(found.reader.buckets) as waiter:
            # Looked at again inside the watch: a commit between the two reads must not be slept through.
            found = await place.store.read(lambda sql: find(sql, place, jar, scope, asked, coding))
            if not found.page.rows and await waiter.wait(min(asked.wait, WAIT_SECONDS_MAX)):
                found = await place.store.read(lambda sql: find(sql, place, jar, scope, asked, coding))
    headers = [("content-type", "application/x-ndjson"), ("vary", "accept-encoding")]
    if found.coding:
        headers.append(("content-encoding", found.coding))
    await respond(send, 200, headers, found.body)


def parse(query: bytes) -> Asked:
    """The query, or `malformed`."""
    try:
        given = dict(parse_qsl(query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(query), max_num_fields=20))
    except ValueError:
        raise ProblemError("malformed") from None
    dev, hs, hh = given.get("dev", ""), given.get("hs", ""), given.get("hh", "")
    if not re.fullmatch(r"[0-9a-f]{32}", dev) or not all(re.fullmatch(r"\d{0,15}", n) for n in (given.get("wait", ""), hs)):
        raise ProblemError("malformed")
    head = Head(int(hs), hh) if hs and hh else None
    return Asked(dev, given.get("cur", ""), given.get("epoch", ""), given.get("bh", ""), int(given.get("wait") or 0), head)


def find(sql: Sql, place: Place, jar: Jar, scope: AsgiScope, asked: Asked, coding: str) -> Found:
    """Read one page. Runs in a reader thread; so does the compression."""
    who = reader(sql, scope, jar, asked.dev, place.clock())
    bh = bucket_set_hash(who.buckets)
    cursor = place.seal.open_cursor(asked.cur) if asked.cur else None
    reset = cursor is None or asked.bh != bh or (asked.epoch not in ("", place.epoch))
    if cursor is None or reset:
        cursor = Cursor(0, sites.head(sql))
    page = read_page(sql, who.device, who.buckets, cursor.pos)
    start = cursor.start if cursor.start > cursor.pos else sites.head(sql)
    to = Cursor(page.to, start if page.more else page.to)
    moved = reset or page.rows or to != cursor
    token = place.seal.cursor(to) if moved else asked.cur
    beacon = place.beacon("" if "BOARD" in who.who.roles else who.device.link.hex())
    lines = [
        _encoder.encode(PullHead(place.epoch, sorted(who.buckets), bh, reset)),
        *page.rows,
        _encoder.encode(PullEnd(token, page.more, who.device.head, 0, beacon, beacon.t)),
    ]
    body = b"\n".join(lines) + b"\n"
    coding = coding if len(body) >= COMPRESS_FROM else ""
    return Found(who, page, reset, to, compress(body, coding), coding)
