"""`POST /s/{site}/push`: signed ops in, outcomes out.

The device's signature is the only key to this door: an expired session keeps nothing on a phone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from server.gateway.consume import Consumer, Sent
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.vitals import Took
from server.gateway.wire import AsgiReceive, AsgiScope, AsgiSend, read_body, respond
from server.store import evidence, ledger
from server.store.contract import Sql, Unit
from server.store.ledger import Device, name_of, readable
from sync.keys import bytes_of
from sync.messages import Push, PushAnswer, Result, Stop
from sync.ops import PUSH_BYTES_MAX, PUSH_OPS_MAX, OpBody, chain, push_bytes, verify
from sync.version import PROTOCOL

# Op bodies travel as JSON strings: quoting may double them, and the envelope needs a little.
REQUEST_BYTES_MAX = 2 * PUSH_BYTES_MAX + 16 * 1024
_decoder = msgspec.json.Decoder(Push)
_encoder = msgspec.json.Encoder()


class Taken(NamedTuple):
    """What the writer made of a push."""

    device: Device
    results: list[Result]
    stop: Stop | None


async def push(_: Gate, place: Place, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
    """Serve one push."""
    message = parse(await read_body(scope, receive, REQUEST_BYTES_MAX))
    bodies = [readable(text) for text in message.ops]
    key = place.keys.get(message.dev)
    elsewhere = message.epoch is not None and message.epoch != place.epoch
    if key is None or elsewhere or not bodies or bodies[0] is None:
        await push_slowly(place, message, bodies, elsewhere, send)
        return
    ops = arrange(message, bodies, bodies[0].seq, link_of(bodies[0].prev))
    if not is_signed(place.id, message, key, ops[-1].seq, ops[-1].link):
        raise ProblemError("signature_bad")
    await answer(place, message, send, await take(place, message, ops))


async def push_slowly(place: Place, message: Push, bodies: list[OpBody | None], elsewhere: bool, send: AsgiSend) -> None:
    """A push that needs the device looked up first: its first since the start, an empty one, one that cannot be read at its beginning."""

    def look(sql: Sql) -> tuple[Device, int, bytes]:
        device = known_device(sql, message.dev)
        return device, *anchor(sql, message, bodies, device)

    device, first_seq, before = await place.store.read(look)
    place.keys[device.dev] = device.key
    ops = arrange(message, bodies, first_seq, before)
    seq, link = (ops[-1].seq, ops[-1].link) if ops else (device.seq, device.link)
    # Whoever merely knows a device's id learns nothing of it, not even how much it has sent.
    if not is_signed(place.id, message, device.key, seq, link):
        # Without ops it is signed over a head that this database may not know any more: a pull tells more.
        raise ProblemError("epoch_changed" if elsewhere and not ops else "signature_bad")
    refuse_stolen(device)
    if elsewhere:
        await answer(place, message, send, Taken(device, [], Stop("epoch")))
    elif ops or message.seen > device.seen:
        await answer(place, message, send, await take(place, message, ops))
    else:
        await answer(place, message, send, Taken(device, [], ended(device)))


async def take(place: Place, message: Push, ops: list[Sent]) -> Taken:
    """Let the writer consume the ops."""

    def unit(unit: Unit) -> Taken:
        device = known_device(unit.sql, message.dev)
        refuse_stolen(device)
        consumer = Consumer(unit, place.institutions, place.seal, device)
        stop = consumer.consume(ops, message.seen)
        if consumer.device.seq > device.seq and consumer.device.link == ops[-1].link:
            evidence.keep_signature(unit.sql, device.n, consumer.device.seq, bytes_of(message.sig))
        return Taken(consumer.device, consumer.results, stop or ended(consumer.device))

    return await place.store.write(unit, repeatable=True)


async def answer(place: Place, message: Push, send: AsgiSend, taken: Taken) -> None:
    """Outcomes with the head they acknowledge and a fresh beacon."""
    sealed = sum(place.institutions.is_under_seal(result.k) for result in taken.results)
    open_ = len(taken.results) - sealed
    place.vitals.note(taken.device, message.vital, Took(open_, sealed), silent=bool(message.ops) and not open_)
    beacon = place.beacon(taken.device.link.hex())
    body = PushAnswer(place.epoch, taken.device.head, taken.device.dur, taken.results, beacon, beacon.t, taken.stop)
    await respond(send, 200, [("content-type", "application/json")], _encoder.encode(body))


def parse(body: bytes) -> Push:
    """The message, within its limits."""
    try:
        message = _decoder.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise ProblemError("malformed") from None
    if message.v != PROTOCOL:
        raise ProblemError("version_old" if message.v < PROTOCOL else "unsupported")
    if any("\0" in text for text in message.ops):
        raise ProblemError("malformed")  # JSON writes NUL as an escape: this is no op of any device
    if len(message.ops) > PUSH_OPS_MAX or sum(map(len, message.ops)) > PUSH_BYTES_MAX:
        raise ProblemError("too_large")
    return message


def known_device(sql: Sql, dev: str) -> Device:
    """The device that pushes."""
    device = ledger.device(sql, dev)
    if device is None:
        raise ProblemError("device_unknown")
    return device


def refuse_stolen(device: Device) -> None:
    """A key that is not its person's any more sends nothing (PROTOCOL §2)."""
    if device.revoked_at is not None and device.stolen:
        raise ProblemError("device_revoked")


def ended(device: Device) -> Stop | None:
    """What an ended device is told: wipe yourself (revoked), or go on under a new key (chain closed)."""
    if device.revoked_at is not None:
        return Stop("wipe", want=device.seq + 1)
    return Stop("fork", want=device.seq + 1) if device.closed_at is not None else None


def anchor(sql: Sql, message: Push, bodies: Sequence[OpBody | None], device: Device) -> tuple[int, bytes]:
    """Number of the first op and the link before it.

    An op that cannot be read takes its number from its neighbours, else from the ledger when it is sent again, else it follows the last.
    """
    if bodies and (first := bodies[0]) is not None:
        return first.seq, link_of(first.prev)
    first_seq = next((body.seq - i for i, body in enumerate(bodies) if body is not None), device.seq + 1)
    if message.ops and all(body is None for body in bodies):
        _, kept = ledger.own_id(sql, device.uid, name_of(message.ops[0]).id)
        if kept is not None and kept.device == device.n and kept.body == message.ops[0]:
            first_seq = kept.seq
    return first_seq, ledger.link_at(sql, device, first_seq - 1) or device.link


def arrange(message: Push, bodies: Sequence[OpBody | None], first_seq: int, before: bytes) -> list[Sent]:
    """The ops of a push at their places in the chain."""
    links = chain(before, message.ops)
    previous = [before, *links[:-1]]
    return [Sent(first_seq + i, previous[i], links[i], text, bodies[i], name_of(text, bodies[i])) for i, text in enumerate(message.ops)]


def link_of(text: str) -> bytes:
    """A link from its hex."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ProblemError("malformed") from None


def is_signed(site: str, message: Push, key: bytes, seq: int, link: bytes) -> bool:
    """Whether the device signed this link of its chain."""
    return verify(key, push_bytes(site, message.dev, seq, link), bytes_of(message.sig))
