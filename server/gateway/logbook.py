"""The keeper of one site's evidence log: once a minute it enters what waits, and signs nothing while the log contradicts itself."""

import asyncio
import logging
import secrets

from server.store import evidence
from server.store.contract import Store, StoreTrouble, Unit
from server.store.evidence import Draft, Entered
from server.store.people import audit
from sync.minute import SLOTS
from sync.notes import Checkpoint

alarm = logging.getLogger("zaigang.alarm")
SET_BACK_MS = 1_000
"""Less is what a clock is corrected by all the time, and what those of two machines differ by."""


def choose(count: int) -> list[int]:
    """Different places of a minute, at random."""
    return secrets.SystemRandom().sample(range(SLOTS), count)


class Logbook:
    """Enters minutes. `signed`: the last head signed by this process; `broken`: why nothing is signed any more, or empty."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.signed: Checkpoint | None = None
        self.broken = ""
        self._entered = Entered()
        self._stands_still = False
        self._alone = asyncio.Lock()

    async def turn(self) -> None:
        """Enter the minute that is over, if it is not there yet. Business goes on when the log cannot: records wait for their entry."""
        async with self._alone:
            try:
                await self._note_clock()
                await self._enter()
            except StoreTrouble as trouble:
                alarm.warning("a minute of the evidence log waits: %s", trouble)
            except Exception as broken:
                self._tell(str(broken))

    async def _note_clock(self) -> None:
        """While the machine's clock is behind, the site's time stands still; that it did stands in the log."""
        behind, stood = self._store.behind(), self._stands_still
        if behind > SET_BACK_MS and not stood:
            alarm.warning("the clock was set back by %d ms: the time of %s stands still", behind, self._store.facts.id)

            def note(unit: Unit) -> None:
                with unit.step() as tx:
                    audit(tx, "", "clock.back", "", str(behind))

            await self._store.write(note)
        self._stands_still = behind > SET_BACK_MS

    async def _enter(self) -> None:
        facts = self._store.facts
        made = await self._store.read(lambda sql: evidence.draft(sql, facts, self._store.now(), choose, self._entered))
        if made is not None:
            self._entered = made.entered
            self.signed = await self._store.write(lambda unit: self._place(unit, made))
            self.broken = ""

    def _place(self, unit: Unit, made: Draft) -> Checkpoint:
        with unit.step() as tx:
            return evidence.place(tx, self._store.facts, made, self.signed)

    def _tell(self, broken: str) -> None:
        """Once per reason: it is tried again with every turn."""
        if broken != self.broken:
            alarm.critical("the evidence log of %s contradicts itself, nothing more is signed: %s", self._store.facts.id, broken)
        self.broken = broken
