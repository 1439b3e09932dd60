"""Proofs out of the evidence log, as texts that anybody can check without the server (docs/evidence.md)."""

from server.domain.base import Borne
from server.store import evidence
from server.store.contract import SiteFacts, Sql
from server.store.evidence import Placed
from server.store.minutes import number_after
from sync import merkle
from sync.minute import Entry, Opening, bound_salt, commitment
from sync.notes import Proof, proof_text


class _Head:
    """A signed head proofs lead to. `count`: of so many entries; `note`: its text."""

    def __init__(self, sql: Sql, count: int, note: str) -> None:
        self._node = evidence.tiles_of(sql).node
        self.count = count
        self.note = note

    def path(self, entry: int) -> tuple[bytes, ...]:
        return tuple(merkle.inclusion(self._node, entry, self.count))


def of_record(sql: Sql, facts: SiteFacts, found: Placed, salt: bytes) -> str:
    """That a record is in the log, under the newest head."""
    return _record(sql, facts, found, salt, evidence.body_hash(found.body), _Head(sql, *evidence.newest(sql)))


def _record(sql: Sql, facts: SiteFacts, found: Placed, salt: bytes, body_hash: bytes, head: _Head) -> str:
    entry, tree = evidence.minute(sql, facts, found.entry)
    opening = Opening(found.slot, entry.at, found.at, salt, body_hash, found.link, tuple(tree.path(found.slot)))
    return str(Proof(opening, found.entry, head.path(found.entry), head.note))


def borne_out(sql: Sql, facts: SiteFacts, op_id: str, what: bytes, nonce: bytes) -> Borne | None:
    """That op `op_id` was bound to `what`, and which minute of the log was the first to begin after it, with the one before.

    Under the first head that a witness cosigned after that minute, else under the newest. None while the log does not have it all, and
    for an op that bears out nothing of the kind. Holds when the op itself was erased, too: the hash of its text stays.
    """
    row = sql.one(
        "SELECT o.n, l.hash, l.body_hash FROM op o JOIN log_leaf l ON l.kind = 'op' AND l.n = o.n WHERE o.id = ?",
        (op_id,),
    )
    found = evidence.placed(sql, row[0]) if row else None
    if row is None or found is None:
        return None
    body_hash = row[2] or evidence.body_hash(found.body)
    salt = bound_salt(what, nonce)
    number = number_after(sql, found.at)
    cosigned = sql.one("SELECT min(size) FROM log_cosignature WHERE size > ?", (max(number, found.entry),))
    count, note = evidence.newest(sql)
    if cosigned and cosigned[0] is not None:
        count, note = cosigned[0], evidence.note_of(sql, cosigned[0]) or ""
    if commitment(salt, body_hash, found.link, found.at) != row[1] or count <= max(number, found.entry):
        return None
    head = _Head(sql, count, note)
    before, after = (_minute(sql, one, head) for one in (number - 1, number))
    return Borne(_record(sql, facts, found, salt, body_hash, head), before, after)


def _minute(sql: Sql, number: int, head: _Head) -> str:
    row = sql.one("SELECT at, root FROM log_entry WHERE i = ?", (number,))
    return proof_text(Entry(*row).packed, number, head.path(number), head.note) if row else ""
