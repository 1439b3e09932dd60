"""The doors of the evidence log: `/s/{site}/log/…` (PROTOCOL.md section 8). Checkpoints and tiles are public; a proof is its author's."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.session import AnyRequest, signed_in
from server.gateway.static import FOREVER
from server.store import backup, evidence, ledger, proofs
from server.store.contract import Sql, Unit
from sync import merkle
from sync.merkle import Tile
from sync.messages import Cosign, LogState, LogView, Witnessed
from sync.notes import BadNote, Note, Vkey, cosigned_at, number, read_checkpoint, read_note, read_vkey, sign_checkpoint, std_b64

PLAIN = "text/plain"
MAY_SEE_STATE = frozenset(("ADM", "OFF", "EFF"))
AHEAD_SECONDS_MAX = 300


@get("/s/{site:str}/log/checkpoint")
async def checkpoint(request: AnyRequest, place: NamedDependency[Place]) -> Response[Any]:
    """The newest head: as a note, or with `from` also how it continues the tree of that size."""
    known = request.query_params.get("from")
    if known is None:
        _, note = await place.store.read(evidence.newest)
        if not note:
            raise ProblemError("not_found")
        return Response(note, media_type=PLAIN)
    size = _size(known)
    return Response(await place.store.read(lambda sql: _view(sql, place, size)))


def _size(text: str) -> int:
    try:
        return number(text)
    except BadNote:
        raise ProblemError("malformed") from None


def _view(sql: Sql, place: Place, known: int) -> LogView:
    size, note = evidence.newest(sql)
    if not note:
        raise ProblemError("not_found")
    node = evidence.tiles_of(sql).node
    proof = merkle.consistency(node, known, size) if known <= size else []
    return LogView(note, str(evidence.vkey(place.store.facts)), [std_b64(one) for one in proof], evidence.newest_cosigned(sql))


@get("/s/{site:str}/log/tile/{path:path}")
async def tile(path: FromPath[str], place: NamedDependency[Place]) -> Response[bytes]:
    """A tile of the tree or a bundle of entries (c2sp.org/tlog-tiles): never changes, and may be kept for ever."""
    named = merkle.read_tile_path(path.removeprefix("/"))
    if named is None:
        raise ProblemError("not_found")
    level, n, width = named

    def read(sql: Sql) -> bytes:
        size, _ = evidence.newest(sql)
        where = Tile(0 if level == "entries" else int(level), n)
        if width > merkle.tile_width(size, where):
            raise ProblemError("not_found")
        if level == "entries":
            return evidence.bundle(sql, n, width)
        return evidence.tiles_of(sql).tile(where)[: width * merkle.HASH_BYTES]

    body = await place.store.read(read)
    return Response(body, media_type="application/octet-stream", headers={"cache-control": FOREVER})


@get("/s/{site:str}/log/proof/{op:str}")
async def proof(request: AnyRequest, op: FromPath[str], gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Response[str]:
    """The proof of one of the person's own ops, as a `.tlog-proof`. An op of somebody else is as unknown as one that never was."""
    who = await signed_in(gate, place, request)
    gate.brake.check(f"proof:{who.uid}")
    text = await place.store.read(lambda sql: _proof(sql, place, who.uid, op))
    return Response(text, media_type=PLAIN)


def _proof(sql: Sql, place: Place, uid: str, op_id: str) -> str:
    _, kept = ledger.own_id(sql, uid, op_id)
    if kept is None:
        raise ProblemError("not_found")
    found = evidence.placed(sql, kept.n)
    if found is None:
        raise ProblemError("proof_pending", retry_after_s=60)
    if found.salt is None:
        raise ProblemError("not_found")
    return proofs.of_record(sql, place.store.facts, found, found.salt)


@post("/s/{site:str}/log/cosignature", status_code=204)
async def cosignature(
    request: AnyRequest, data: JSONBody[Cosign], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> Response[None]:
    """A configured witness has cosigned a checkpoint of this log."""
    gate.brake.check(f"cosign:{request.client.host if request.client else ''}")
    try:
        note = read_note(data.note)
        head = read_checkpoint(note.text)
    except BadNote:
        raise ProblemError("malformed") from None
    key, time_s = _witness(gate, note)
    if time_s * 1000 > place.clock() + AHEAD_SECONDS_MAX * 1000:
        raise ProblemError("signature_bad")
    facts = place.store.facts

    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            size = evidence.size(tx.sql)
            known = 0 < head.size <= size and head.origin == evidence.origin_of(facts)
            if not known or merkle.root(evidence.tiles_of(tx.sql).node, head.size) != head.root:
                raise ProblemError("log_diverged")
            line = note.by(key)
            assert line is not None, "just verified"
            evidence.keep_cosignature(tx, sign_checkpoint(head, evidence.signer_of(facts)), head.size, key.name, time_s * 1000, str(line))

    await place.store.write(unit)
    return Response(None, status_code=204)


def _witness(gate: Gate, note: Note) -> tuple[Vkey, int]:
    """Which configured witness cosigned a note, and when (s)."""
    for text in gate.settings.log_witness_keys:
        key = read_vkey(text)
        if (time_s := cosigned_at(note, key)) is not None:
            return key, time_s
    raise ProblemError("signature_bad")


@get("/s/{site:str}/log/state")
async def state(request: AnyRequest, gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Response[LogState]:
    """How the log stands, for those who answer for it."""
    await signed_in(gate, place, request, MAY_SEE_STATE)
    names = [read_vkey(text).name for text in gate.settings.log_witness_keys]

    def read(sql: Sql) -> LogState:
        seen = evidence.cosigned(sql)
        witnesses = [Witnessed(name, *seen.get(name, (0, 0))) for name in names]
        return LogState(evidence.size(sql), evidence.last_at(sql), place.log.broken, witnesses, backup.last_at(sql))

    return Response(await place.store.read(read))
