"""What the product brings along, and what other institutions ask: the examples of a new hall, the version in force (PRH-05, FAC-06)."""

from collections.abc import Collection

import msgspec

from server.domain.base import Tx
from server.domain.hall.here import today_of
from server.domain.hall.rules import add_days
from server.domain.norms.ops import Checklist, CodeRule, Use
from server.domain.norms.rules import examples, may_record, shipped_checklists, split_version
from server.domain.norms.tables import ChecklistRecord, CodeRecord, HandbookRecord, PhraseRecord, TagSetRecord
from server.domain.norms.views import checklist_face, code_face, handbook_face, phrase_face, tags_face

FIRST_EDITION = "1"


def put_shipped(tx: Tx) -> None:
    """Give a hall the checklists and examples it has no version of, and what has changed of a list it took as it came; else a no-op."""
    for rid, checklist in shipped_checklists().items():
        _put_shipped_list(tx, rid, checklist)
    if tx.get(HandbookRecord, FIRST_EDITION) is not None:
        return
    shipped = examples()
    for code, rule in shipped.codes.items():
        put_code(tx, CodeRecord(rid=f"{code}@{rule.valid_from}", code=code, valid_from=rule.valid_from, rule=rule))
    for rid, phrase in shipped.phrases.items():
        put_phrase(tx, PhraseRecord(rid=rid, body=phrase))
    for rid, tags in shipped.tags.items():
        put_tags(tx, TagSetRecord(rid=rid, body=tags))
    put_handbook(tx, HandbookRecord(rid=FIRST_EDITION, number=1, body=shipped.handbook))


def _put_shipped_list(tx: Tx, rid: str, shipped: Checklist) -> None:
    """A list the hall does not have; or, where its newest version is one that came with the product and asks for something else than the
    present one, that as the next version, in force from today. What the hall has made its own is its own; no version ever changes.
    """
    name, number = split_version(rid)
    newest = max(tx.find(ChecklistRecord, "list = ?", [name]), key=lambda one: one.version, default=None)
    if newest is None:
        put_checklist(tx, ChecklistRecord(rid=rid, list=name, version=number, use=shipped.use, body=shipped))
    elif not newest.body.by and (newest.body.names, newest.body.groups) != (shipped.names, shipped.groups):
        version = max(number, newest.version + 1)
        body = msgspec.structs.replace(shipped, version=version, valid_from=today_of(tx))
        put_checklist(tx, ChecklistRecord(rid=f"{name}-{version}", list=name, version=version, use=shipped.use, body=body))


def put_checklist(tx: Tx, record: ChecklistRecord) -> None:
    """Keep a version and show it."""
    tx.put(record)
    tx.project(checklist_face(record))


def put_code(tx: Tx, record: CodeRecord) -> None:
    """Keep what a code is from a day on, and show it."""
    tx.put(record)
    tx.project(code_face(record))


def put_phrase(tx: Tx, record: PhraseRecord) -> None:
    """Keep a line of the phrase book and show it."""
    tx.put(record)
    tx.project(phrase_face(record))


def put_tags(tx: Tx, record: TagSetRecord) -> None:
    """Keep a catalogue of conduct and show it."""
    tx.put(record)
    tx.project(tags_face(record))


def put_handbook(tx: Tx, record: HandbookRecord) -> None:
    """Keep an edition of the handbook and show it."""
    tx.put(record)
    tx.project(handbook_face(record))


# --- answers ----------------------------------------------------------------------------------------------------------


def checklist(tx: Tx, *, id: str) -> Checklist | None:
    """A version of a list: one that was ever published, or is shipped and not yet known here."""
    known = tx.get(ChecklistRecord, id)
    return known.body if known else shipped_checklists().get(id)


def checklist_now(tx: Tx, *, use: Use, day: str) -> tuple[str, Checklist] | None:
    """The newest list of this use that is in force on a day."""
    known = {one.rid: one.body for one in tx.find(ChecklistRecord, "use = ?", [use])}
    every = known or {rid: one for rid, one in shipped_checklists().items() if one.use == use}
    valid = [(one.valid_from, one.version, rid) for rid, one in every.items() if one.valid_from <= day]
    return (max(valid)[2], every[max(valid)[2]]) if valid else None


def code_on(tx: Tx, *, code: str, day: str) -> CodeRule | None:
    """A code as it was on a day; one that is younger than that day as it was first."""
    found = tx.find(CodeRecord, "code = ?", [code], "valid_from")
    begun = [one.rule for one in found if one.valid_from <= day]
    return begun[-1] if begun else found[0].rule if found else examples().codes.get(code)


def code_barred(tx: Tx, *, code: str, roles: Collection[str], unit: str, day: str) -> str:
    """Why holders of these roles could not record a code of a unit that day: INVALID when it was never one, or is another unit's own
    (PRH-04); NO_RIGHT when it is not theirs to record (PRH-01); "" when they can. What is recorded with a retired one counts.
    """
    # Nobody knows the hour at which a rule was laid down: on its first day the one before it will do, so that no evidence is lost.
    rules = [code_on(tx, code=code, day=one) for one in (day, add_days(day, -1))]
    fitting = [rule for rule in rules if rule and rule.unit in ("", unit)]
    if not fitting:
        return "INVALID"
    return "" if any(may_record(rule, roles) for rule in fitting) else "NO_RIGHT"
