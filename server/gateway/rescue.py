"""`POST /s/{site}/rescue`: a rescue file carried in by an administrator is a push by another road (PROTOCOL.md §6).

What continues the device's chain is consumed as if the device had sent it; of one that was disabled, lost or stolen it is held with grade C
(EVD-14). What does not is kept on a branch and waits for a person: never lost, and never doubled, for an op that is known by its id is
taken once whichever road it came.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.domain.base import held
from server.domain.hall import blobs
from server.gateway.consume import UNKNOWN_WINDOW, Consumer, Sent
from server.gateway.gate import Gate
from server.gateway.place import SEQ_MAX, Place
from server.gateway.problems import ProblemError
from server.gateway.push import arrange, is_signed, known_device, link_of
from server.gateway.session import AnyRequest, signed_in
from server.store import evidence, ledger, people
from server.store import held as held_ops
from server.store.contract import Sql, StoreTrouble, Unit
from server.store.institutions import Institutions
from server.store.ledger import Consumed, Device, readable
from server.store.transaction import Transaction
from sync.clock import Window
from sync.cursor import Seal
from sync.keys import bytes_of
from sync.messages import Push, RescueAnswer, RescueFile
from sync.ops import PUSH_OPS_MAX, chain
from sync.rescue import BadRescue, Rescued, open_file

FILE_BYTES_MAX = 16 * 1024 * 1024
MAY_IMPORT = frozenset(("ADM",))


class Site(NamedTuple):
    """What an import needs of a site, served or not."""

    id: str
    institutions: Institutions
    seal: Seal
    rescue_key: bytes


class Tally(NamedTuple):
    """What became of some ops of a file; of those whoever carries it in may not hear of, nothing (I18)."""

    ops: int = 0
    known: int = 0
    held: int = 0
    branch: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*(a + b for a, b in zip(self, other, strict=True)))


@post("/s/{site:str}/rescue", status_code=200, request_max_body_size=FILE_BYTES_MAX)
async def rescue(
    request: AnyRequest, data: JSONBody[RescueFile], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> RescueAnswer:
    """Import a rescue file; importing it again changes nothing."""
    who = await signed_in(gate, place, request, MAY_IMPORT)
    here = Site(place.id, place.institutions, place.seal, place.store.facts.rescue_key)
    inside = opened(here, data)
    ops = await place.store.read(lambda sql: checked(sql, here, inside))
    told, hears = Tally(), people.audience(who.actor)
    for begin in range(0, len(ops), PUSH_OPS_MAX):
        part = ops[begin : begin + PUSH_OPS_MAX]
        told = told.plus(await place.store.write(lambda unit, part=part: take(unit, here, inside.dev, part, hears)))  # type: ignore[misc]
    return await place.store.write(lambda unit: finish(unit, inside, told, who.uid))


def opened(here: Site, file: RescueFile) -> Rescued:
    """What the file holds, or `rescue_bad`."""
    try:
        inside = open_file(file, here.id, here.rescue_key)
    except BadRescue:
        raise ProblemError("rescue_bad") from None
    # JSON writes NUL as an escape: what holds one is no op of any device, and not every database could keep its bytes (see `push.parse`).
    if not 0 < inside.first <= SEQ_MAX or any("\0" in text for text in inside.ops):
        raise ProblemError("rescue_bad")
    return inside


def checked(sql: Sql, here: Site, inside: Rescued) -> list[Sent]:
    """The ops at their places, if the device named is known and signed them.

    That it was stolen since does not count here: its owner hands in what was exported before, and a person decides.
    """
    device = known_device(sql, inside.dev)
    message = Push(1, inside.dev, inside.ops, inside.sig)
    ops = arrange(message, [readable(text) for text in inside.ops], inside.first, link_of(inside.prev))
    seq, link = (ops[-1].seq, ops[-1].link) if ops else (inside.first - 1, link_of(inside.prev))
    if not is_signed(here.id, message, device.key, seq, link):
        raise ProblemError("signature_bad")
    return ops


def take(unit: Unit, here: Site, dev: str, ops: Sequence[Sent], hears: frozenset[str]) -> Tally:
    """Consume what continues the chain; keep the rest on a branch. `hears`: the buckets of whoever carries it in."""
    device = known_device(unit.sql, dev)
    consumer = Consumer(unit, here.institutions, here.seal, device)
    stop = consumer.consume(ops, 0)
    if stop is not None and stop.code == "busy":
        raise StoreTrouble(False, "importing stopped half-way; do it again")
    results = consumer.results
    with unit.step() as tx:
        fates = ["known" if r.seq <= device.seq or r.st == "dup" else r.st for r in results] + _branch(tx, device, ops[len(results) :])
        told = Counter(fate for op, fate in zip(ops, fates, strict=True) if _may_hear(tx, device, op, hears))
    return Tally(told.total(), told["known"], told["held"] + told["branch"], told["branch"])


def _may_hear(tx: Transaction, device: Device, op: Sent, hears: frozenset[str]) -> bool:
    """Whether somebody with these buckets may know that there is such an op: what is sealed is told to its audience alone."""
    audience = held_ops.apart(tx, device, op.text) or (held_ops.CHECK if tx.is_under_seal(op.name.k) else None)
    return audience is None or not audience.isdisjoint(hears)


def _branch(tx: Transaction, device: Device, ops: Sequence[Sent]) -> list[str]:
    """Ops that do not continue the chain: each is kept once, without effect, for a person to decide. Returns what became of each."""
    fates = []
    branch: Device | None = None
    for op in ops:
        kept_as, first = ledger.own_id(tx.sql, device.uid, op.name.id)
        if first is not None:
            fates.append("known")
            continue
        if branch is None or branch.seq + 1 != op.seq:
            branch = _branch_at(tx, device, op)
        branch = _keep(tx, branch, msgspec.structs.replace(op, kept_as=kept_as))
        fates.append("branch")
    return fates


def _branch_at(tx: Transaction, device: Device, op: Sent) -> Device:
    """The branch that begins with this op."""
    dev = hashlib.sha256(f"zg-branch\n{device.dev}\n{op.link.hex()}".encode()).hexdigest()[:32]
    return ledger.device(tx.sql, dev) or ledger.add_branch(tx, device, dev, op.seq - 1, op.prev)


def _keep(tx: Transaction, branch: Device, op: Sent) -> Device:
    window = _window(op, tx.now)
    moved = branch._replace(seq=op.seq, link=op.link)
    if op.body and op.body.blobs:
        blobs.name(tx, branch.uid, op.body)
    outcome = held("RESCUED") if op.body else held("INVALID")
    entry = ledger.keep(tx, moved, Consumed(op.kept_as, op.seq, op.link, op.text, "held", outcome.code, "C", None))
    held_ops.note(tx, moved, entry, window)
    ledger.move_device(tx, moved)
    return moved


def _window(op: Sent, now: int) -> Window:
    """Nothing of a branch is proven by the chain: its time is a claim for a person to judge."""
    if op.body is None:
        return UNKNOWN_WINDOW
    return Window(0, now, op.body.clk.w + (op.body.clk.off or 0), "OK", "C")


def finish(unit: Unit, inside: Rescued, told: Tally, by: str) -> RescueAnswer:
    """Note who carried it in."""
    device = known_device(unit.sql, inside.dev)
    if inside.ops:
        last = inside.first + len(inside.ops) - 1, chain(link_of(inside.prev), inside.ops)[-1]
        evidence.keep_rescued(unit.sql, device.key, *last, bytes_of(inside.sig))
    with unit.step() as tx:
        people.audit(tx, by, "rescue.import", inside.dev, f"{told.ops} ops, {told.known} known, {told.branch} on a branch")
    return RescueAnswer(inside.dev, device.uid, *told)
