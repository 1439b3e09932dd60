"""Carries out what institutions have marked for erasure: bodies leave the ledger, files the blob store (PRV-04)."""

from server.domain.hall.blobs import BlobRecord
from server.domain.hall.erasing import ErasureRecord
from server.store.contract import Unit
from server.store.evidence import ErasedAlready, NotErasable, erase
from server.store.transaction import Transaction

BY = "server"


def carry_out(unit: Unit) -> int:
    """Erase what is due; what is not in the log yet, or still held, waits for the next turn. Returns how many ops were erased."""
    count = 0
    with unit.step() as tx:
        for one in tx.find(ErasureRecord, "done = ?", [False]):
            try:
                erase(tx, one.rid, BY, one.reason)
                count += 1
            except ErasedAlready:
                pass
            except NotErasable:
                continue
            for blob in one.files:
                _let_go(tx, one.about, blob)
            one.done = True
            tx.put(one)
    return count


def _let_go(tx: Transaction, record: str, blob: str) -> None:
    """The record shows this file no more; when none does, its bytes go with the next sweep."""
    tx.sql.run("DELETE FROM blob_bound WHERE record = ? AND blob = ?", (record, blob))
    known = tx.get(BlobRecord, blob)
    if known is None or tx.sql.one("SELECT 1 FROM blob_bound WHERE blob = ? LIMIT 1", (blob,)):
        return
    tx.retract("blob.state", blob)
    known.named, known.until_at = False, tx.now
    tx.put(known)
