"""The end of what is sealed: reasons of health and proofs go when their term is over, from records, files and ledger (PRV-04)."""

from collections.abc import Iterator

from server.domain.base import Tx
from server.domain.hall.erasing import erase_op
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, at_time, day_of, rule
from server.domain.leave.ops import PrivacyClass
from server.domain.leave.tables import LeaveRecord

ERASED: PrivacyClass = "P3"
"""The class whose words and papers are deleted; papers of other classes follow the rules of the archive."""
TURN_MAX = 100


def erase_at(hall: Hall, leave: LeaveRecord) -> int:
    """When reason and proofs go (ms): so many years (`lv.sealed_years`) after the year of the leave; FOREVER when nothing is sealed."""
    if leave.privacy != ERASED or not any(text or blobs for _, text, blobs in _sealed(leave)):
        return FOREVER
    year = int(day_of(leave.to_at, hall.tz)[:4]) + rule(hall, "lv.sealed_years", leave.to_at) + 1
    return at_time(f"{year}-01-01", "00:00", hall.tz)


def _sealed(leave: LeaveRecord) -> Iterator[tuple[str, str, bool]]:
    """Every op that may say or show something of health: its id, its words, whether it has files."""
    for said in (leave.asked, leave.told, leave.withdrawn, leave.taken_back, *leave.backs):
        if said is not None:
            yield said.op, said.text, False
    for proof in leave.proofs:
        yield proof.op, proof.text, bool(proof.blobs)


def due(tx: Tx) -> list[LeaveRecord]:
    """Leaves whose sealed part has reached its term, or was never looked at."""
    return tx.find(LeaveRecord, "erase_at <= ?", [tx.now])[:TURN_MAX]


def erase(tx: Tx, leave: LeaveRecord) -> None:
    """Take the words out of the record; let the ledger and the files follow. Dates, type and decisions stay."""
    for op, text, files in _sealed(leave):
        if text and not files:
            erase_op(tx, op, leave.rid, "PRV-04")
    for proof in leave.proofs:
        if proof.text or proof.blobs:
            erase_op(tx, proof.op, leave.rid, "PRV-04", proof.by, proof.blobs)
        proof.text, proof.blobs = "", []
    for said in (leave.asked, leave.told, leave.withdrawn, leave.taken_back, leave.returned, *leave.backs):
        if said is not None:
            said.text = ""
