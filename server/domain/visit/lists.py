"""The checklist a visit is recorded by, from those who keep the hall's norms (CHK-07)."""

from server.domain.base import Tx
from server.domain.norms.rules import shipped_checklists
from server.domain.visit.ops import Checklist


def checklist_of(tx: Tx, rid: str) -> Checklist | None:
    """A version of a checklist: the hall's own, or a shipped one where nobody keeps any."""
    if tx.knows("checklist"):
        found: Checklist | None = tx.ask("checklist", id=rid)
        return found
    return shipped_checklists().get(rid)
