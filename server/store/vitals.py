"""How devices are doing, as the office and administrators see it: is it safe to disable one?

What a device holds unsent of a sealed check would tell of it. So every device counts that apart, whoever carries it: office and
administrators see what is open, the check leads the whole of their team's devices. No field tells one device from another (I18). Of a
visitor who is in no list of the hall nobody but they learns that there is a device.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from server.domain.base import Face
from server.domain.hall.ops import DeviceState
from server.domain.hall.rules import is_unlisted
from server.store.contract import Sql
from server.store.ledger import Device
from server.store.transaction import Transaction
from sync.units import HOUR_MS, MINUTE_MS
from sync.vital import Vital, Waits

FREE_STEP = 256 * 1024 * 1024
CHECK_TEAM = frozenset(("TEAM", "CHECK", "SUP"))
Kind = Literal["open", "whole"]
"""What everybody may know of a device, and all there is to know."""


class State(NamedTuple):
    """What is kept of a device's word about itself. `contact_at`: by the hour; `free`: by 256 MB."""

    unsent: int = 0
    blobs: int = 0
    oldest_at: int | None = None
    app: str = ""
    free: int = -1
    kept: bool = False
    contact_at: int = 0


def open_state(said: Vital, taken: int, now: int) -> State:
    """What is open of a device after a contact that took `taken` of the open ops it counted as unsent."""
    return _state(said, Waits(said.unsent - taken, said.blobs, said.oldest_at), now)


def whole_state(said: Vital, taken: int, now: int) -> State:
    """All that a device said of itself, after a contact that took `taken` of its ops."""
    sealed = said.sealed or Waits()
    oldest_at = min((at for at in (said.oldest_at, sealed.oldest_at) if at is not None), default=None)
    return _state(said, Waits(said.unsent + sealed.unsent - taken, said.blobs + sealed.blobs, oldest_at), now)


def _state(said: Vital, waits: Waits, now: int) -> State:
    unsent, blobs = max(0, waits.unsent), max(0, waits.blobs)
    free = said.free - said.free % FREE_STEP if said.free >= 0 else -1
    oldest_at = waits.oldest_at if unsent or blobs else None
    return State(unsent, blobs, oldest_at, said.app[:40], free, said.kept, now - now % HOUR_MS)


def is_news(before: State, after: State, since_ms: int) -> bool:
    """Whether a new state is worth a row: at once when something begins or ends to wait, otherwise at most once a minute."""
    if before == after:
        return False
    begins_or_ends = (before.unsent > 0, before.blobs > 0) != (after.unsent > 0, after.blobs > 0)
    return begins_or_ends or (before.app, before.kept) != (after.app, after.kept) or since_ms >= MINUTE_MS


def put(tx: Transaction, device: Device, news: Mapping[Kind, State], *, apart: bool) -> None:
    """Keep what a device said of itself, and show it. `apart`: its app counts what is sealed apart; an older one on a device of the check
    team is not believed to hold anything open.
    """
    for kind, state in news.items():
        if kind == "open" and not apart and roles_of(tx.sql, device) & CHECK_TEAM:
            state = state._replace(unsent=0, blobs=0, oldest_at=None, free=-1)
        tx.sql.run(
            "INSERT INTO vital (device, kind, unsent, blobs, oldest_at, app, free, kept, contact_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (device, kind) DO UPDATE SET unsent = excluded.unsent, blobs = excluded.blobs, oldest_at = excluded.oldest_at,"
            " app = excluded.app, free = excluded.free, kept = excluded.kept, contact_at = excluded.contact_at",
            (device.n, kind, *state._replace(kept=int(state.kept))),  # type: ignore[arg-type]
        )
    show(tx, device)


def kept(sql: Sql, device: Device, kind: Kind) -> State:
    """What the device last said of itself, of this kind."""
    row = sql.one("SELECT unsent, blobs, oldest_at, app, free, kept, contact_at FROM vital WHERE device = ? AND kind = ?", (device.n, kind))
    return State(*row)._replace(kept=bool(row[5])) if row else State()


def roles_of(sql: Sql, device: Device) -> frozenset[str]:
    """What the person does whose device it is."""
    row = sql.one("SELECT roles FROM account WHERE uid = ?", (device.uid,))
    return frozenset(msgspec.json.decode(row[0], type=list[str])) if row else frozenset()


def show(tx: Transaction, device: Device) -> None:
    """Make the rows of a device what they should be."""
    who = tx.sql.one("SELECT name, unit FROM account WHERE uid = ?", (device.uid,)) or ("", "")
    for face in device_faces(device, who, roles_of(tx.sql, device), kept(tx.sql, device, "open"), kept(tx.sql, device, "whole")):
        tx.project(face)


def device_faces(device: Device, who: tuple[str, str], roles: frozenset[str], state: State, whole: State) -> list[Face]:
    """The two faces of a device: `who` is name and unit of its person, `roles` what the person does."""
    hall = frozenset[str]() if is_unlisted(roles) else frozenset({"role:ADM", "role:OFF"})
    leads = frozenset({"role:CHECK"}) if roles & CHECK_TEAM else frozenset[str]()
    return [
        Face("device.state", device.dev, hall, _body(device, who, state)),
        Face("device.sealed", device.dev, leads, _body(device, who, whole)),
    ]


def _body(device: Device, who: tuple[str, str], state: State) -> DeviceState:
    return DeviceState(
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
