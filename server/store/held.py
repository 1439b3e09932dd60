"""The queue of held ops: each has people who may decide it, an owner and a deadline (PROTOCOL §1, §2; REL).

Who hears of one is decided by whose institution it belongs to: what is held of a sealed check is told inside its audience only (I18).
"""

from typing import NamedTuple, get_args

import msgspec

from server.domain.base import Face, Times
from server.domain.hall.ops import OpDecided, OpHeld, Role
from server.domain.hall.params import DEFAULT_RULES
from server.domain.hall.rules import held_for, is_outside
from server.store import people
from server.store.contract import Sql, Unit
from server.store.ledger import Device, Kept, device_n, kept_n, name_of, readable
from server.store.site import hall_rules
from server.store.transaction import Transaction
from sync.clock import Window
from sync.ops import to_json
from sync.units import DAY_MS

ARGS_CHARS_MAX = 2_000
SEALED_ROLES = frozenset(("TEAM", "CHECK", "SUP"))
CHECK = frozenset(("role:CHECK",))


class Entry(NamedTuple):
    """A held op of the queue. `rid`: of its row; `audience`: the buckets that see and decide it."""

    n: int
    rid: str
    device: int
    uid: str
    code: str
    window: Window
    audience: frozenset[str]


_ENTRY = "SELECT n, rid, device, uid, code, window, audience FROM held_op"


def _entry(row: tuple[int, str, int, str, str, str, str]) -> Entry:
    n, rid, device, uid, code, window, audience = row
    return Entry(n, rid, device, uid, code, _window(window), frozenset(msgspec.json.decode(audience, type=list[str])))


def _window(text: str) -> Window:
    return msgspec.json.decode(text, type=Window)


def open_entry(sql: Sql, rid: str) -> Entry | None:
    """The entry that waits for a decision under this rid."""
    row = sql.one(f"{_ENTRY} WHERE rid = ? AND decided_at IS NULL AND code <> 'BEHIND_HELD'", (rid,))
    return _entry(row) if row else None


def window(sql: Sql, n: int) -> Window | None:
    """What the time of op `n` was worth, if it is in the queue."""
    row = sql.one("SELECT window FROM held_op WHERE n = ?", (n,))
    return _window(row[0]) if row else None


def behind(sql: Sql, device: int, rid: str) -> list[int]:
    """Ops of a device that are held behind another one on the same record, in order."""
    rows = sql.all(
        "SELECT h.n, o.body FROM held_op h JOIN op o ON o.n = h.n WHERE h.device = ? AND h.code = 'BEHIND_HELD'"
        " AND h.decided_at IS NULL ORDER BY h.n",
        (device,),
    )
    return [n for n, body in rows if (read := readable(body)) is not None and read.rid == rid]


def note(tx: Transaction, device: Device, kept: Kept, judged: Window) -> None:
    """Put an op into the queue, move it there, or take it out, by its present outcome."""
    if kept.st != "held" or kept.code in ("REF_WAIT", "SET_ASIDE", None):
        leave(tx, kept.n)
        return
    owner, audience = _whose(tx, device, kept)
    rid = kept.id or f"op-{kept.n}"
    days = int(hall_rules(tx.sql).get("evd.held_days", DEFAULT_RULES["evd.held_days"]))
    due_at = tx.now + days * DAY_MS
    tx.sql.run(
        "INSERT INTO held_op (n, rid, device, uid, code, window, owner, audience, since_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (n) DO UPDATE SET code = excluded.code, owner = excluded.owner, audience = excluded.audience,"
        " since_at = excluded.since_at, due_at = excluded.due_at, decided_at = NULL",
        (
            *(kept.n, rid, device.n, device.uid, kept.code, to_json(judged), owner),
            *(msgspec.json.encode(sorted(audience)).decode(), tx.now, due_at),
        ),
    )
    shown = frozenset[str]() if kept.code == "BEHIND_HELD" else audience
    tx.project(Face("op.held", rid, shown, _row(tx, device, kept, judged, owner, due_at)))


def any_open(sql: Sql) -> bool:
    """Whether anything waits for a decision."""
    return sql.one("SELECT 1 FROM held_op WHERE decided_at IS NULL LIMIT 1") is not None


def tell_anew(unit: Unit) -> None:
    """Who may hear of what is held follows the hall's rules as they are now: a narrower one takes it from those who saw it (PRH-07)."""
    with unit.step() as tx:
        for row in tx.sql.all(f"{_ENTRY} WHERE decided_at IS NULL AND code <> 'BEHIND_HELD' ORDER BY n"):
            entry = _entry(row)
            device, kept = device_n(tx.sql, entry.device), kept_n(tx.sql, entry.n)
            owner, audience = _whose(tx, device, kept)
            if audience == entry.audience:
                continue
            (due_at,) = tx.sql.one("SELECT due_at FROM held_op WHERE n = ?", (entry.n,)) or (tx.now,)
            told = (owner, msgspec.json.encode(sorted(audience)).decode(), entry.n)
            tx.sql.run("UPDATE held_op SET owner = ?, audience = ? WHERE n = ?", told)
            tx.project(Face("op.held", entry.rid, audience, _row(tx, device, kept, entry.window, owner, due_at)))


def _whose(tx: Transaction, device: Device, kept: Kept) -> tuple[Role, frozenset[str]]:
    """Who owns a held op, and which buckets see it."""
    assert kept.code is not None, "held with a reason"
    sealed = apart(tx, device, kept.body)
    return (_owner(sealed, held_for(kept.code)[0]), sealed) if sealed else held_for(kept.code)


def apart(tx: Transaction, device: Device, text: str) -> frozenset[str] | None:
    """The buckets that alone hear of a held op of these bytes, because of what it speaks of or who says it; None when it is open."""
    body, name = readable(text), name_of(text)
    sealed = tx.sealed_for(name.k, name.rid, bytes(body.a) if body else b"{}", device.uid)
    actor = people.actor(tx.sql, device.uid)
    roles = actor.roles if actor else frozenset[str]()
    if is_outside(roles) and (sealed is None or any(bucket.startswith("role:") for bucket in sealed)):
        sealed = CHECK  # who comes from outside is known to the check leads alone, whichever institution he wrote to
    if sealed is None and roles & SEALED_ROLES and (not tx.is_known(name.k) or tx.is_under_seal(name.k)):
        sealed = CHECK
    return sealed


def _owner(audience: frozenset[str], usual: Role) -> Role:
    """Who answers for a sealed one: the usual owner if he hears of it, else a role that does; the check leads for one of theirs."""
    heard: list[Role] = [role for role in get_args(Role) if f"role:{role}" in audience]
    return usual if usual in heard else heard[0] if heard else "CHECK"


def _row(tx: Transaction, device: Device, kept: Kept, judged: Window, owner: Role, due_at: int) -> OpHeld:
    body = readable(kept.body)
    args = bytes(body.a).decode() if body else kept.body
    actor = people.actor(tx.sql, device.uid)
    return OpHeld(
        k=kept.name.k,
        rid=kept.name.rid,
        uid=device.uid,
        unit=actor.unit if actor else "",
        dev=device.dev,
        code=kept.code or "",
        owner=owner,
        at=judged.at,
        grade=judged.grade,
        received_at=kept.at,
        due_at=due_at,
        args=args[:ARGS_CHARS_MAX],
    )


def leave(tx: Transaction, n: int) -> None:
    """Op `n` is no longer held, whatever it came to; nobody had to decide."""
    row = tx.sql.one("SELECT rid FROM held_op WHERE n = ? AND decided_at IS NULL", (n,))
    if row is not None:
        tx.sql.run("UPDATE held_op SET decided_at = ? WHERE n = ?", (tx.now, n))
        tx.retract("op.held", row[0])


def decided(tx: Transaction, entry: Entry, by: str, accepted: bool, text: str, times: Times) -> None:
    """Tell the author what was decided of his op, by whom and why."""
    tx.project(Face("op.decided", entry.rid, frozenset((f"u:{entry.uid}",)), OpDecided(accepted, by, tx.now, text, dict(times))))
