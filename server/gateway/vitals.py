"""What devices say of themselves with every push and hello, written down when it is news; nobody waits for it."""

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple

from server.store import ledger, people, vitals
from server.store.contract import Store, Unit
from server.store.ledger import Device
from server.store.vitals import Kind, State
from sync.ops import countable
from sync.units import DAY_MS
from sync.vital import Vital

alarm = logging.getLogger("zaigang.alarm")
TROUBLE_CHARS_MAX = 400
TROUBLE_AGAIN_MS = DAY_MS
"""How often one device may enter trouble of one kind in the audit: a phone says what it likes, and each entry stays for years."""
TROUBLE_KINDS = ("lost", "sums")
"""What an app of ours tells: numbers that are gone, sums that repair did not cure. Anything else is one kind more."""


class Took(NamedTuple):
    """How many of a device's unsent ops a contact took."""

    open: int
    sealed: int


NOTHING = Took(0, 0)


class Vitals:
    """Keeps in mind what each device last said, so that most contacts cost nothing."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._last: dict[tuple[str, Kind], tuple[State, int]] = {}
        self._troubles: dict[str, str] = {}
        self._audited: dict[tuple[str, str], int] = {}
        self._notes: set[asyncio.Future[None]] = set()

    def note(self, device: Device, said: Vital | None, took: Took = NOTHING, *, silent: bool = False) -> None:
        """A device told how it is doing, at a contact that took some of its ops. Nonsense is not heard.

        `silent`: it brought sealed ops alone. Without them it would not have been: the office and administrators see nothing of it (I18).
        """
        if said is None or not countable(said) or "\0" in said.app + said.trouble:
            return
        if said.trouble and self._troubles.get(device.dev) != said.trouble:
            self._troubles[device.dev] = said.trouble
            self._audit(device, said.trouble[:TROUBLE_CHARS_MAX])
        now = self._clock()
        told: dict[Kind, State] = {"whole": vitals.whole_state(said, sum(took), now)}
        if not silent:
            told["open"] = vitals.open_state(said, took.open, now)
        news = {kind: state for kind, state in told.items() if self._is_news(device.dev, kind, state, now)}
        if not news:
            return

        def unit(unit: Unit) -> None:
            known = ledger.known_device(unit.sql, device.dev)
            with unit.step() as tx:
                vitals.put(tx, known, news, apart=said.sealed is not None)

        self._write(unit)

    def _is_news(self, dev: str, kind: Kind, state: State, now: int) -> bool:
        before, at = self._last.get((dev, kind), (State(), 0))
        is_news = vitals.is_news(before, state, now - at)
        if is_news:
            self._last[dev, kind] = (state, now)
        return is_news

    def _audit(self, device: Device, trouble: str) -> None:
        """Storage that lost or changed something on a device is never silent (I34): an alarm each time, an audit entry once a day."""
        alarm.warning("device %s: %s", device.dev, trouble)
        kind, now = trouble.partition(" ")[0], self._clock()
        subject = (device.dev, kind if kind in TROUBLE_KINDS else "")
        if now - self._audited.get(subject, now - TROUBLE_AGAIN_MS) < TROUBLE_AGAIN_MS:
            return
        self._audited[subject] = now

        def unit(unit: Unit) -> None:
            with unit.step() as tx:
                people.audit(tx, device.uid, "device.trouble", device.dev, trouble)

        self._write(unit)

    def _write(self, unit: Callable[[Unit], None]) -> None:
        task = asyncio.ensure_future(self._store.write(unit))
        self._notes.add(task)
        task.add_done_callback(self._noted)

    def _noted(self, task: "asyncio.Future[None]") -> None:
        self._notes.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            alarm.warning("how a device is doing was not kept: %s", error)
