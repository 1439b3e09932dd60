"""What a norm op does: it publishes a version, never changes one (§6, PRH-01..06, LNG-04, LNG-06)."""

import msgspec

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held, refused, unseen
from server.domain.hall.here import hall_of
from server.domain.hall.rules import day_of, is_day, may_any, of_the_hall
from server.domain.norms import library, ops
from server.domain.norms.ops import (
    Checklist,
    ConductTag,
    EndPhrase,
    Handbook,
    Phrase,
    PutChecklist,
    PutCode,
    PutHandbook,
    PutPhrase,
    PutTagSet,
    ReadHandbook,
    TagSet,
)
from server.domain.norms.registers import REGISTERS
from server.domain.norms.rules import (
    EDITIONS,
    ID,
    ITEMS_MAX,
    TEXT_CHARS_MAX,
    code_wrong,
    list_wrong,
    may_lack,
    names_sane,
    split_version,
)
from server.domain.norms.tables import (
    ChecklistRecord,
    CodeRecord,
    HandbookReadRecord,
    HandbookRecord,
    PhraseRecord,
    TagSetRecord,
)
from server.domain.norms.views import read_face

EDITORS = ("OFF", "EFF", "ADM")
RID_CHARS_MAX = 64


def edits(actor: Actor) -> bool:
    """Those who keep what the hall is measured by."""
    return may_any(actor, *EDITORS)


def put_checklist(tx: Tx, op: Op[PutChecklist]) -> Outcome:
    """A new version of a list, the one after the newest. Those of visits are the check leads' own: nobody else holds them (CHK-05)."""
    a = op.a
    if not ("CHECK" in op.actor.roles if a.use == "visit" else edits(op.actor)):
        return refused("NO_RIGHT")
    name, number = split_version(op.rid)
    known = tx.find(ChecklistRecord, "list = ?", [name], "version")
    if not name or any(one.use != a.use for one in known):
        return refused("INVALID")
    newest = known[-1].version if known else 0
    if number != newest + 1:
        return refused("VERSION_TAKEN" if number <= newest else "INVALID")
    if not _from_today(tx, a.valid_from, op.received_at) or len(a.text) > TEXT_CHARS_MAX:
        return refused("INVALID")
    if wrong := list_wrong(a.use, a.names, a.groups):
        return refused(wrong)
    body = Checklist(a.names, number, a.groups, a.use, a.valid_from, op.actor.uid, a.text)
    library.put_checklist(tx, ChecklistRecord(rid=op.rid, list=name, version=number, use=a.use, body=body))
    return APPLIED


def put_code(tx: Tx, op: Op[PutCode]) -> Outcome:
    """A code as it is from a day on; a head's own items are those of the unit (PRH-04)."""
    code, _, day = op.rid.partition("@")
    rule = op.a.rule
    if not edits(op.actor) and not ("HEAD" in op.actor.roles and rule.unit and rule.unit == op.actor.unit):
        return refused("NO_RIGHT")
    if code_wrong(code, rule) or rule.valid_from != day or not _from_today(tx, day, op.received_at):
        return refused("INVALID")
    if rule.unit and tx.ask("unit", unit=rule.unit) is None:
        return refused("INVALID")
    versions = tx.find(CodeRecord, "code = ?", [code], "valid_from")
    if any(one.rule.unit != rule.unit for one in versions):
        return refused("TAKEN")
    if old := unseen(tx, op, "code"):
        return old
    kept = msgspec.structs.replace(rule, example=False)
    library.put_code(tx, CodeRecord(rid=op.rid, code=code, valid_from=day, rule=kept))
    return APPLIED


def put_phrase(tx: Tx, op: Op[PutPhrase]) -> Outcome:
    """A line of the phrase book."""
    a = op.a
    if not edits(op.actor):
        return refused("NO_RIGHT")
    if old := unseen(tx, op, "phrase"):
        return old
    if not _rid_sane(op.rid) or not names_sane(a.good) or not may_lack(a.bad):
        return refused("INVALID")
    library.put_phrase(tx, PhraseRecord(rid=op.rid, body=Phrase(a.scene, a.good, a.bad, a.order)))
    return APPLIED


def end_phrase(tx: Tx, op: Op[EndPhrase]) -> Outcome:
    """A line is taken out of the book; what was said of it elsewhere keeps its words."""
    if not edits(op.actor):
        return refused("NO_RIGHT")
    if tx.version("phrase", op.rid) is None:
        return refused("GONE")
    tx.retract("phrase", op.rid)
    return APPLIED


def put_tags(tx: Tx, op: Op[PutTagSet]) -> Outcome:
    """A catalogue of conduct."""
    a = op.a
    if not edits(op.actor):
        return refused("NO_RIGHT")
    if old := unseen(tx, op, "tagset"):
        return old
    if not _rid_sane(op.rid) or not names_sane(a.names) or not _tags_sane(a.tags):
        return refused("INVALID")
    library.put_tags(tx, TagSetRecord(rid=op.rid, body=TagSet(a.names, a.tags, a.order)))
    return APPLIED


def _tags_sane(tags: list[ConductTag]) -> bool:
    ids = {tag.id for tag in tags}
    return len(ids) == len(tags) <= ITEMS_MAX and all(ID.fullmatch(tag.id) and names_sane(tag.names) for tag in tags)


def put_handbook(tx: Tx, op: Op[PutHandbook]) -> Outcome:
    """An edition of the handbook; everybody is asked to read it."""
    a = op.a
    if not edits(op.actor):
        return refused("NO_RIGHT")
    newest = max((one.number for one in tx.find(HandbookRecord)), default=0)
    if op.rid != str(newest + 1):
        return refused("VERSION_TAKEN" if EDITIONS.fullmatch(op.rid) and int(op.rid) <= newest else "INVALID")
    if not names_sane(a.title) or not names_sane(a.text, TEXT_CHARS_MAX) or not _from_today(tx, a.from_day, op.received_at):
        return refused("INVALID")
    body = Handbook(a.title, a.text, a.from_day, op.actor.uid)
    library.put_handbook(tx, HandbookRecord(rid=op.rid, number=newest + 1, body=body))
    return APPLIED


def read_handbook(tx: Tx, op: Op[ReadHandbook]) -> Outcome:
    """I have read it (PRH-06): the first time is kept."""
    if not of_the_hall(op.actor):
        return held("NO_RIGHT")
    if tx.get(HandbookRecord, op.rid) is None:
        return held("REF_WAIT")
    rid, at = f"{op.rid}:{op.actor.uid}", min(op.a.at, op.window.at)
    known = tx.get(HandbookReadRecord, rid)
    if known is None or at < known.at:
        known = HandbookReadRecord(rid=rid, edition=op.rid, person=op.actor.uid, unit=op.actor.unit, at=at)
        tx.put(known)
    tx.project(read_face(known))
    return APPLIED


def _from_today(tx: Tx, day: str, received_at: int) -> bool:
    """A rule never begins on a past day: what has happened keeps the rule of its day (GEN-03)."""
    hall = hall_of(tx)
    return is_day(day) and day >= day_of(received_at, hall.tz)


def _rid_sane(rid: str) -> bool:
    return 0 < len(rid) <= RID_CHARS_MAX


DOMAIN = Domain(
    name="norms",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(ChecklistRecord, CodeRecord, PhraseRecord, TagSetRecord, HandbookRecord, HandbookReadRecord),
    handlers={
        "norm.checklist": put_checklist,
        "norm.code": put_code,
        "norm.phrase": put_phrase,
        "norm.phrase_end": end_phrase,
        "norm.tags": put_tags,
        "norm.handbook": put_handbook,
        "norm.read": read_handbook,
    },
    found=library.put_shipped,
    answers={
        "checklist": library.checklist,
        "checklist_now": library.checklist_now,
        "code": library.code_on,
        "code_barred": library.code_barred,
    },
    registers=REGISTERS,
)
