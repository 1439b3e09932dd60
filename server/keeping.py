"""What a running server does for its records now and then: it backs them up, and gives what waits another chance (PROTOCOL §1)."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from server.domain.hall.params import DEFAULT_RULES
from server.gateway.again import Again
from server.gateway.place import Place
from server.gateway.run import Runner
from server.settings import Settings
from server.store import aside, backup, erasing
from server.store.backup import Backup, BadBackup
from server.store.contract import StoreTrouble, Unit
from server.store.institutions import Institutions
from server.store.postgres import has_synchronous_replica
from server.store.site import hall_rules
from sync.units import DAY_MS, HOUR_MS

alarm = logging.getLogger("zaigang.alarm")


def note_of(data: Path, hall: str) -> Path:
    """Where a backup made beside a running server leaves its name for it."""
    return data / f"{hall}.verified"


class Keeper:
    """Does this for all halls of one server; backups one at a time, beside the loop."""

    def __init__(self, settings: Settings, places: Mapping[str, Place], institutions: Institutions) -> None:
        self._settings = settings
        self._places = places
        self._institutions = institutions

    def begin(self) -> None:
        """Once at the start: what a cut in the middle of a backup has left goes."""
        folder = self._settings.backup_folder
        if folder is None:
            return
        for hall in self._places:
            for gone in backup.clear(folder, hall):
                alarm.warning("a backup that was cut short is removed: %s", gone)

    async def turn(self) -> None:
        """Do what is due. Called every minute; a hall whose backup fails is told in the log and tried again."""
        for place in self._places.values():
            if not place.store.leads:
                continue
            with suppress(StoreTrouble):
                await place.store.write(self._retry_waiting)
                await place.store.write(erasing.carry_out)
            try:
                if place.store.shared:
                    await self._ask_replica(place)
                    continue
                await self._take_up(place)
                if await self._is_due(place):
                    await self.back_up(place)
            except (BadBackup, OSError) as error:
                alarm.error("no backup of %s: %s", place.id, error)

    def _retry_waiting(self, unit: Unit) -> None:
        """Run what waits for a record again: a wake may have been lost. What waited too long goes to a person (REF_LOST)."""
        if aside.has_waiting(unit.sql):
            days = int(hall_rules(unit.sql).get("evd.ref_wait_days", DEFAULT_RULES["evd.ref_wait_days"]))
            Again(unit, Runner(unit, self._institutions)).sweep(days * DAY_MS)

    async def back_up(self, place: Place) -> Backup:
        """One backup of one hall, verified; what it holds is durable from now on. Raises `BadBackup` or `OSError`."""
        folder = self._settings.backup_folder
        assert folder is not None, "asked for only with a folder"
        made = await asyncio.get_running_loop().run_in_executor(None, backup.make, self._database(place), folder, place.clock())
        await self._tell(place, made)
        backup.thin_out(folder, place.id, self._settings.backup_keep)
        return made

    def _database(self, place: Place) -> Path:
        """The file of a hall; there is none when a database server keeps it, and its backups too."""
        return self._settings.data / f"{place.id}{backup.SUFFIX}"

    async def _is_due(self, place: Place) -> bool:
        if self._settings.backup_folder is None or not self._database(place).is_file():
            return False
        last_at = await place.store.read(backup.last_at)
        return place.clock() - last_at >= self._settings.backup_hours * HOUR_MS

    async def _ask_replica(self, place: Place) -> None:
        """A database of several machines: what a synchronous replica has on its disk is durable, and it has every visible commit."""
        state = await place.store.read(lambda sql: backup.state_of(sql) if has_synchronous_replica(sql) else None)
        if state is not None and state.head > await place.store.read(backup.durable_head):
            await self._tell(place, state)

    async def _take_up(self, place: Place) -> None:
        """A backup that was made beside this server: looked through again, for only its name was left."""
        note = note_of(self._settings.data, place.id)
        if not note.is_file():
            return
        path = Path(note.read_text("utf-8").strip())
        note.unlink()
        await self._tell(place, await asyncio.get_running_loop().run_in_executor(None, backup.verify, path))

    async def _tell(self, place: Place, made: Backup) -> None:
        def unit(unit: Unit) -> bool:
            return backup.durable(unit.sql, made, unit.now)

        if await place.store.write(unit):
            place.hub.durable(made.marks)
