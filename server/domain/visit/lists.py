"""The checklist a visit is recorded by, from those who keep the hall's norms (CHK-07)."""

from server.domain.base import Tx
from server.domain.norms.rules import shipped_checklists, split_version
from server.domain.visit.ops import Checklist


def checklist_of(tx: Tx, rid: str) -> Checklist | None:
    """A version of a checklist: the hall's own, or a shipped one where nobody keeps any."""
    if tx.knows("checklist"):
        found: Checklist | None = tx.ask("checklist", id=rid)
        return found
    return shipped_checklists().get(rid)


def same_list(one: str, other: str) -> bool:
    """Whether these are versions of one checklist: a phone may not have heard of the newest yet."""
    return one == other or split_version(one)[0] == split_version(other)[0] != ""
