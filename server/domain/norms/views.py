"""Who sees the hall's norms (§7): what everybody is measured by is for everybody of the hall; checklists for those who record by them."""

from server.domain.base import Face
from server.domain.hall.audiences import HALL, NOBODY
from server.domain.norms.ops import CodeRow, HandbookRead, Use
from server.domain.norms.tables import ChecklistRecord, CodeRecord, HandbookReadRecord, HandbookRecord, PhraseRecord, TagSetRecord

EDITORS = frozenset({"role:OFF", "role:EFF", "role:ADM"})
READERS: dict[Use, frozenset[str]] = {
    "visit": frozenset({"role:TEAM", "role:SUP", "role:CHECK"}),
    "facility": frozenset({"role:INS", "role:CHECK"}) | EDITORS,
    "quick": HALL,
}


def checklist_face(record: ChecklistRecord) -> Face:
    """A version of a checklist, for those who record by it and those who edit it."""
    return Face("checklist", record.rid, READERS[record.use], record.body)


def code_face(record: CodeRecord) -> Face:
    """A code; a unit's own item is for the unit and those who supervise (PRH-04)."""
    unit = record.rule.unit
    seen = frozenset({f"unit:{unit}", "role:INS", "role:CHECK", "role:LEAD"}) | EDITORS if unit else HALL
    return Face("code", record.rid, seen, CodeRow(record.code, record.rule))


def phrase_face(record: PhraseRecord) -> Face:
    """A line of the phrase book."""
    return Face("phrase", record.rid, HALL, record.body)


def tags_face(record: TagSetRecord) -> Face:
    """A catalogue of conduct; one without tags is gone."""
    return Face("tagset", record.rid, HALL if record.body.tags else NOBODY, record.body)


def handbook_face(record: HandbookRecord) -> Face:
    """An edition of the handbook."""
    return Face("handbook", record.rid, HALL, record.body)


def read_face(record: HandbookReadRecord) -> Face:
    """That somebody has read it, for the person, the head of the unit and the office."""
    seen = {f"u:{record.person}", "role:OFF", *([f"head:{record.unit}"] if record.unit else [])}
    return Face("handbook.read", record.rid, frozenset(seen), HandbookRead(record.edition, record.person, record.unit, record.at))
