"""`POST /s/{site}/repair`: a device's sum of a bucket differs; it gets the leaves that differ, whole (PROTOCOL.md §2, laws I20, I21)."""

import logging
import re

import msgspec

from server.gateway.access import Reader, reader
from server.gateway.cookies import Jar
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.wire import (
    COMPRESS_FROM,
    AsgiReceive,
    AsgiScope,
    AsgiSend,
    accepted_coding,
    compress,
    header,
    read_body,
    respond,
)
from server.store.contract import Sql
from server.store.repair import Differing, read_leaves
from sync.messages import Leaf, PullEnd, PullHead, Repair
from sync.rows import bucket_set_hash
from sync.sums import LEAVES, Told, told

REPAIR_BYTES_MAX = 64 * 1024
REPAIR_PAGE_BYTES = 512 * 1024
EVERYBODYS = frozenset(("hall", "pub"))
alarm = logging.getLogger("zaigang.alarm")
_decoder = msgspec.json.Decoder(Repair)
_encoder = msgspec.json.Encoder()
_SUM = re.compile(r"[0-9a-f]{16}")


async def repair(gate: Gate, place: Place, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
    """Serve one repair. Whatever bucket is not the device's own is refused alike, whether it exists or not."""
    jar = gate.jar(place)
    message = decode(await read_body(scope, receive, REPAIR_BYTES_MAX))
    who = await place.store.read(lambda sql: reader(sql, scope, jar, message.dev, place.clock()))
    gate.brake.check(f"repair:{who.device.dev}")
    body = await place.store.read(lambda sql: answer(sql, place, jar, scope, message))
    coding = accepted_coding(header(scope, b"accept-encoding")) if len(body) >= COMPRESS_FROM else ""
    headers = [("content-type", "application/x-ndjson"), ("vary", "accept-encoding")]
    if coding:
        headers.append(("content-encoding", coding))
    await respond(send, 200, headers, compress(body, coding))


def decode(body: bytes) -> Repair:
    """The message, or `malformed`."""
    try:
        message = _decoder.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise ProblemError("malformed") from None
    if not all(0 <= leaf < LEAVES and n >= 0 and _SUM.fullmatch(total) for leaf, (n, total) in message.leaves.items()):
        raise ProblemError("malformed")
    return message


def answer(sql: Sql, place: Place, jar: Jar, scope: AsgiScope, message: Repair) -> bytes:
    """The page. Runs in a reader thread."""
    who = reader(sql, scope, jar, message.dev, place.clock())
    bh = bucket_set_hash(who.buckets)
    if message.bucket not in who.buckets or message.bucket.startswith("dev:"):
        raise ProblemError("forbidden")
    lines: list[bytes] = []
    more = False
    stands = message.epoch == place.epoch and message.bh == bh and place.seal.open_cursor(message.cur) is not None
    if stands:
        found = read_leaves(sql, who.device, who.buckets, message.bucket, message.leaves, REPAIR_PAGE_BYTES, place.shape(message.sv))
        _tell(who, message, found)
        lines = [_encoder.encode(Leaf(message.bucket, found.leaves)), *found.rows]
        more = found.more
    head = PullHead(place.epoch, sorted(who.buckets), bh, False, [message.bucket] if more else [])
    beacon = place.beacon("" if "BOARD" in who.who.roles else who.device.link.hex())
    end = PullEnd(message.cur, True, who.device.head, who.device.dur, beacon, beacon.t)
    return b"\n".join([_encoder.encode(head), *lines, _encoder.encode(end)]) + b"\n"


def _tell(who: Reader, message: Repair, found: Differing) -> None:
    """Both sums, for whoever looks for the cause; which bucket, and how many rows, only where that is no secret (I18)."""
    theirs: Told = told(sum(n for n, _ in message.leaves.values()), sum(int(total, 16) for _, total in message.leaves.values()))
    if message.bucket in EVERYBODYS:
        alarm.warning("bucket %s differs on device %s: %s there, %s here", message.bucket, who.device.dev, theirs, found.ours)
    else:
        alarm.warning("a bucket differs on device %s: %s there, %s here", who.device.dev, theirs[1], found.ours[1])
