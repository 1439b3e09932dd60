"""The room where a site's uploads become photos and sounds of records: verified, made safe, sealed, and told to those who wait."""

import asyncio
import hashlib
import logging

from server.domain.hall.blobs import TOLD_MS, BlobRecord, blob_rid, records_showing, show_state
from server.gateway.media import Safe, make_safe
from server.gateway.parts import LIFE_MS, Parts, Upload
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.settings import Settings
from server.store.blobs import BlobStore, forget, undurable
from server.store.contract import StoreTrouble, Unit
from server.store.transaction import Transaction

alarm = logging.getLogger("zaigang.alarm")
AT_ONCE = 2
COPIED_AT_ONCE = 200


class BlobRoom:
    """Uploads in progress and stored files of one site. `busy`: ids of uploads a request of this process is writing to."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self.place = place
        self.settings = settings
        self.parts = Parts((settings.uploads or settings.data / "uploads") / place.id, place.clock)
        self.store = BlobStore(settings.blob_store_url, settings.data / "blobs", place.id, place.store.facts.seal_key)
        self.busy: set[str] = set()
        self._few = asyncio.Semaphore(AT_ONCE)

    async def finish(self, upload: Upload) -> None:
        """A whole upload: kept and told, or refused with its problem. Safe to run again after a crash anywhere inside."""
        async with self._few:
            data = await asyncio.to_thread(self.parts.read, upload)
            if upload.part == "full" and (len(data) != upload.size or hashlib.sha256(data).hexdigest() != upload.sha256):
                self.parts.drop(upload)
                raise ProblemError("blob_hash")
            try:
                safe = await make_safe(data, upload.mime, upload.part)
            except ProblemError as refusal:
                code = refusal.id
                if upload.part == "full":
                    await self.place.store.write(lambda unit: self._refuse(unit, upload, code))
                self.parts.drop(upload)
                raise
            await self._keep(upload, data, safe)
            self.parts.drop(upload)

    async def _keep(self, upload: Upload, data: bytes, safe: Safe) -> None:
        """Files first, then the record that names them; files no record names in the end are thrown away."""
        whole = upload.part == "full"
        files = {"file": data if whole else b"", "view": safe.picture if whole else b"", "thumb": safe.thumb}
        # Names follow from the upload: a run after a crash writes the same files again.
        names = {role: f"{upload.id}.{role}" if body else "" for role, body in files.items()}
        for role, name in names.items():
            if name:
                await self.store.put(name, files[role])
        unused = await self.place.store.write(lambda unit: self._record(unit, upload, names))
        for name in unused:
            await self.store.delete(name)

    def _record(self, unit: Unit, upload: Upload, names: dict[str, str]) -> list[str]:
        """Note the files of a blob; returns the names of those that are not needed, new or old."""
        with unit.step() as tx:
            record = self._of(tx, upload)
            there = {record.thumb, *names.values()}
            # The preview of a photo that was refused is of nothing.
            if record.state != "stored" and (upload.part == "full" or record.state != "refused"):
                record.thumb = names["thumb"] or record.thumb
                record.state = "partial"
                if upload.part == "full":
                    record.file, record.view, record.state, record.code = names["file"], names["view"], "stored", ""
                    record.size, record.mime = upload.size, upload.mime
                    record.dur, record.at = False, tx.now
                self._tell(tx, record)
            return sorted(there - {record.file, record.view, record.thumb, ""})

    def _refuse(self, unit: Unit, upload: Upload, code: str) -> None:
        """Note why a blob was not taken. Its hash stays in the record that names it."""
        with unit.step() as tx:
            record = self._of(tx, upload)
            if record.state != "stored":
                record.state, record.code = "refused", code
                self._tell(tx, record)

    def _of(self, tx: Transaction, upload: Upload) -> BlobRecord:
        """The record of an upload's blob; one that no op names yet is parked."""
        rid = blob_rid(upload.uid, upload.sha256)
        known = tx.get(BlobRecord, rid)
        return known or BlobRecord(rid=rid, uid=upload.uid, sha256=upload.sha256, size=upload.size, mime=upload.mime, at=tx.now)

    def _tell(self, tx: Transaction, record: BlobRecord) -> None:
        record.until_at = tx.now + (TOLD_MS if record.named else LIFE_MS)
        tx.put(record)
        show_state(tx, record)
        for rid in records_showing(tx, record.rid):
            for attached in self.place.institutions.attached:
                attached(tx, rid)
        tx.settle()

    async def tell_again(self, uid: str, sha256: str) -> None:
        """A phone sends what is here: the row that says so went before it saw it."""
        await self.place.store.write(lambda unit: self._tell_again(unit, blob_rid(uid, sha256)))

    def _tell_again(self, unit: Unit, rid: str) -> None:
        with unit.step() as tx:
            record = tx.get(BlobRecord, rid)
            if record is not None and record.named and not record.until_at:
                record.until_at = tx.now + TOLD_MS
                tx.put(record)
                show_state(tx, record)

    # --- chores ---

    async def sweep(self) -> None:
        """Finish what a restart interrupted, throw away what nobody finished, let parked bytes go."""
        self.parts.scan()
        for upload in self.parts.expired():
            with self.parts.alone(upload) as mine:
                if mine:
                    self.parts.drop(upload)
        for upload in [u for u in self.parts.open.values() if self.parts.offset(u) == u.size]:
            with self.parts.alone(upload) as mine:
                if not mine:
                    continue
                try:
                    await self.finish(upload)
                except ProblemError as refusal:
                    alarm.warning("an upload was refused: %s", refusal.id)
                except StoreTrouble as trouble:
                    alarm.error("an upload waits: %s", trouble)
        for name in await self.place.store.write(self._let_go):
            await self.store.delete(name)
            if self.settings.backup_folder is not None:
                await self.store.delete_copy(name, self.settings.backup_folder / "blobs" / self.place.id)

    async def make_durable(self) -> None:
        """Copy what is stored beside the backups, and tell its people that it is safe: once the rows that name it are in a backup, too."""
        folder = self.settings.backup_folder
        if folder is None and not self.store.keeps_itself:
            return
        safe = []
        for rid, names in await self.place.store.read(lambda sql: undurable(sql, COPIED_AT_ONCE)):
            try:
                for name in names:
                    if folder is not None and not self.store.keeps_itself:
                        await self.store.copy_to(name, folder / "blobs" / self.place.id)
                safe.append(rid)
            except (StoreTrouble, OSError) as error:
                alarm.error("a photo or sound was not backed up: %s", error)
        if safe:
            await self.place.store.write(lambda unit: self._note_durable(unit, safe))

    def _note_durable(self, unit: Unit, rids: list[str]) -> None:
        with unit.step() as tx:
            for rid in rids:
                record = tx.get(BlobRecord, rid)
                if record is not None and record.state == "stored":
                    record.dur = True
                    tx.put(record)
                    show_state(tx, record)

    def _let_go(self, unit: Unit) -> list[str]:
        """Records whose time is over; returns the names of files to delete."""
        names: list[str] = []
        with unit.step() as tx:
            for record in tx.find(BlobRecord, "until_at > 0 AND until_at <= ?", [tx.now]):
                if record.named and record.state == "stored" and not record.dur:
                    # Its phone keeps the only other copy, and would send it again to a site that says nothing of it.
                    record.until_at = tx.now + TOLD_MS
                    tx.put(record)
                elif record.named:
                    tx.retract("blob.state", record.rid)
                    record.until_at = 0
                    tx.put(record)
                else:
                    names += [name for name in (record.file, record.view, record.thumb) if name]
                    forget(tx.sql, record.rid)
        return names
