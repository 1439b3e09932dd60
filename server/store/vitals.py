"""How devices are doing, as the office and administrators see it (A11): is it safe to disable one?

What a device of the check team holds unsent would tell of a sealed check: the office and administrators see its plain facts only, and
of a visitor from outside the office does not even learn that there is a device (I18).
"""

from typing import NamedTuple

import msgspec

from server.domain.base import Face
from server.domain.hall.ops import DeviceState
from server.domain.hall.rules import is_outside
from server.store.contract import Sql
from server.store.ledger import Device
from server.store.transaction import Transaction
from sync.messages import Vital

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
FREE_STEP = 256 * 1024 * 1024
CHECK_TEAM = frozenset(("TEAM", "CHECK", "SUP"))


class State(NamedTuple):
    """What is kept of a device's word about itself. `contact_at`: by the hour; `free`: by 256 MB."""

    unsent: int = 0
    blobs: int = 0
    oldest_at: int | None = None
    app: str = ""
    free: int = -1
    kept: bool = False
    contact_at: int = 0


def state_of(said: Vital, taken: int, now: int) -> State:
    """The state after a contact that took `taken` of the ops the device counted as unsent."""
    unsent = max(0, said.unsent - taken)
    free = said.free - said.free % FREE_STEP if said.free >= 0 else -1
    oldest_at = said.oldest_at if unsent or said.blobs else None
    return State(unsent, max(0, said.blobs), oldest_at, said.app[:40], free, said.kept, now - now % HOUR_MS)


def is_news(before: State, after: State, since_ms: int) -> bool:
    """Whether a new state is worth a row: at once when something begins or ends to wait, otherwise at most once a minute."""
    if before == after:
        return False
    begins_or_ends = (before.unsent > 0, before.blobs > 0) != (after.unsent > 0, after.blobs > 0)
    return begins_or_ends or (before.app, before.kept) != (after.app, after.kept) or since_ms >= MINUTE_MS


def put(tx: Transaction, device: Device, state: State) -> None:
    """Keep what a device said of itself, and show it."""
    tx.sql.run(
        "INSERT INTO device_vital (device, unsent, blobs, oldest_at, app, free, kept, contact_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (device) DO UPDATE SET unsent = excluded.unsent, blobs = excluded.blobs, oldest_at = excluded.oldest_at,"
        " app = excluded.app, free = excluded.free, kept = excluded.kept, contact_at = excluded.contact_at",
        (device.n, *state._replace(kept=int(state.kept))),  # type: ignore[arg-type]
    )
    show(tx, device)


def kept(sql: Sql, device: Device) -> State:
    """What the device last said of itself."""
    row = sql.one("SELECT unsent, blobs, oldest_at, app, free, kept, contact_at FROM device_vital WHERE device = ?", (device.n,))
    return State(*row)._replace(kept=bool(row[5])) if row else State()


def show(tx: Transaction, device: Device) -> None:
    """Make the rows of a device what they should be."""
    row = tx.sql.one("SELECT name, unit, roles FROM account WHERE uid = ?", (device.uid,))
    name, unit, roles = row or ("", "", "[]")
    held = frozenset(msgspec.json.decode(roles, type=list[str]))
    for face in device_faces(device, (name, unit), held, kept(tx.sql, device)):
        tx.project(face)


def device_faces(device: Device, who: tuple[str, str], roles: frozenset[str], state: State) -> list[Face]:
    """The two faces of a device: `who` is name and unit of its person, `roles` what the person does."""
    sealed, outside = bool(roles & CHECK_TEAM), is_outside(roles)
    whole = DeviceState(
        dev=device.dev,
        label=device.label,
        uid=device.uid,
        name=who[0],
        unit=who[1],
        unsent=state.unsent,
        blobs=state.blobs,
        oldest_at=state.oldest_at,
        app=state.app,
        free=state.free,
        kept=state.kept,
        contact_at=state.contact_at,
        revoked=device.revoked_at is not None,
        stolen=bool(device.stolen),
        closed=device.closed_at is not None,
    )
    plain = msgspec.structs.replace(whole, unsent=0, blobs=0, oldest_at=None, free=-1) if sealed else whole
    if outside:
        plain = msgspec.structs.replace(plain, app="", kept=False, contact_at=0)
    audience = frozenset({"role:ADM"} if outside else {"role:ADM", "role:OFF"})
    return [
        Face("device.state", device.dev, audience, plain),
        Face("device.sealed", device.dev, frozenset({"role:CHECK"}) if sealed else frozenset(), whole),
    ]
