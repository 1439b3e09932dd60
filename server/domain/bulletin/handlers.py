"""What a bulletin op does (PTL-10, CHK-10): numbers from confirmed facts, words from people, read by others once it is issued."""

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, refused, stale
from server.domain.bulletin import ops
from server.domain.bulletin.gather import Facts, gather, is_same
from server.domain.bulletin.ops import DraftBulletin, EditBulletin, IssueBulletin, Kind, WithdrawBulletin
from server.domain.bulletin.registers import REGISTERS
from server.domain.bulletin.rules import fallen, is_period, is_sane, named_in, names_in, public_wording
from server.domain.bulletin.tables import BulletinRecord
from server.domain.bulletin.views import editors, faces
from server.domain.hall.here import today_of
from server.domain.hall.rules import add_days, is_unlisted
from server.domain.hall.tables import PersonRecord
from server.domain.norms.rules import CodeRule

LOOKED_AT_DAYS = 400
"""How long after its last day a bulletin is looked at: what is older changes no more (docs/fairness.md)."""


def _edits(actor: Actor, kind: Kind) -> bool:
    return not actor.roles.isdisjoint(editors(kind))


def draft(tx: Tx, op: Op[DraftBulletin]) -> Outcome:
    """Make a draft, or the numbers of one anew, of what is confirmed now; its period is over or has begun."""
    a, known = op.a, tx.get(BulletinRecord, op.rid)
    if not _edits(op.actor, a.kind):
        return refused("NO_RIGHT")
    if not is_period(a.kind, a.from_day, a.to_day) or a.from_day > today_of(tx):
        return refused("INVALID")
    if known and (known.state != "draft" or known.kind != a.kind):
        return refused("GONE", tx.version("bulletin", op.rid))
    record = known or BulletinRecord(rid=op.rid, kind=a.kind, from_day="", day="", by=op.actor.uid, numbers=ops.BulletinNumbers(0))
    record.from_day, record.day = a.from_day, a.to_day
    record.numbers, record.lines, record.details = gather(tx, a.kind, a.from_day, a.to_day)
    _save(tx, record)
    return APPLIED


def edit(tx: Tx, op: Op[EditBulletin]) -> Outcome:
    """All of the wording anew, on exactly the version seen."""
    record = _own(tx, op)
    if isinstance(record, Outcome):
        return record
    if record.state != "draft":
        return refused("GONE", tx.version("bulletin", op.rid))
    if not is_sane(op.a.wording, frozenset(unit.rid for unit in tx.ask("units"))):
        return refused("INVALID")
    record.wording, record.title = op.a.wording, op.a.wording.title
    _save(tx, record)
    return APPLIED


def issue(tx: Tx, op: Op[IssueBulletin]) -> Outcome:
    """Issue both versions; the public one names nobody of the hall (CHK-09). What was confirmed when the draft was made may have been taken
    back since: then its numbers are made anew first (PTL-10).
    """
    record = _own(tx, op)
    if isinstance(record, Outcome):
        return record
    if record.state != "draft":
        return refused("GONE", tx.version("bulletin", op.rid))
    public = public_wording(record.wording)
    if not public.title.strip() or not record.wording.overall.strip() or not public.overall.strip():
        return refused("INVALID")
    if named_in(public, _names(tx, op.actor)):
        return refused("NAMED")
    now = gather(tx, record.kind, record.from_day, record.day)
    if not is_same(Facts(record.numbers, record.lines, record.details), now):
        return refused("OUTDATED")
    year = today_of(tx)[:4]
    before = tx.find(BulletinRecord, "kind = ? AND number >= ? AND number < ?", [record.kind, f"{year}-", f"{year}."])
    record.number, record.state = f"{year}-{len(before) + 1}", "issued"
    record.issued_at, record.issued_by = tx.now, op.actor.uid
    _save(tx, record)
    return APPLIED


def withdraw(tx: Tx, op: Op[WithdrawBulletin]) -> Outcome:
    """Drop a draft, or take back what was issued, with the reason; everybody reads that one, so that it names nobody either (CHK-09)."""
    record = _own(tx, op)
    if isinstance(record, Outcome):
        return record
    if record.state not in ("draft", "issued"):
        return refused("GONE", tx.version("bulletin", op.rid))
    if not op.a.text.strip():
        return refused("INVALID")
    if record.issued_at and names_in(op.a.text, _names(tx, op.actor)):
        return refused("NAMED")
    record.state, record.text = "withdrawn" if record.issued_at else "dropped", op.a.text
    _save(tx, record)
    return APPLIED


def _names(tx: Tx, actor: Actor) -> list[str]:
    """Names that are not told to the public; a visitor's for check leads alone: no answer tells others that it is one (CHK-05)."""
    people: list[PersonRecord] = tx.ask("people")
    return [person.name for person in people if "CHECK" in actor.roles or not is_unlisted(person.roles)]


def tick(tx: Tx) -> None:
    """Once a day, and when facts of its days have moved, each issued one is held against the facts, one at a time: its editors learn what
    of it was taken back (CON-44).
    """
    today = today_of(tx)
    since = add_days(today, -LOOKED_AT_DAYS)
    for record in tx.find(BulletinRecord, "state = 'issued' AND checked_on < ? AND day >= ?", [today, since], "checked_on, rid LIMIT 1"):
        now = gather(tx, record.kind, record.from_day, record.day)
        record.checked_on = today
        units = fallen(record.details, record.lines, now.details, now.lines)
        if units == record.fallen:
            tx.put(record)
        else:
            record.fallen = units
            _save(tx, record)


def told_moved(tx: Tx, *, day: str) -> None:
    """Something of a day may not stand any more: issued bulletins of it are looked at next."""
    for record in tx.find(BulletinRecord, "state = 'issued' AND checked_on > '' AND from_day <= ? AND day >= ?", [day, day]):
        record.checked_on = ""
        tx.put(record)


def _own(tx: Tx, op: Op[EditBulletin] | Op[IssueBulletin] | Op[WithdrawBulletin]) -> BulletinRecord | Outcome:
    """The bulletin, when this actor edits it in the version named in `if`."""
    record = tx.get(BulletinRecord, op.rid)
    if record is None or not _edits(op.actor, record.kind):
        return refused("NO_RIGHT")
    return stale(tx, op, "bulletin") or record


def _save(tx: Tx, record: BulletinRecord) -> None:
    tx.put(record)
    for face in faces(record, [unit.rid for unit in tx.ask("units")], _told(tx, record)):
        tx.project(face)


def _told(tx: Tx, record: BulletinRecord) -> frozenset[str]:
    """The codes in it whose name may stand in a public bulletin (PRH-01); none where the hall keeps no list."""
    if not tx.knows("code"):
        return frozenset()
    found: dict[str, CodeRule | None] = {code: tx.ask("code", code=code, day=record.day) for line in record.lines for code in line.codes}
    return frozenset(code for code, known in found.items() if known and known.public)


DOMAIN = Domain(
    name="bulletin",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(BulletinRecord,),
    handlers={"bulletin.draft": draft, "bulletin.edit": edit, "bulletin.issue": issue, "bulletin.withdraw": withdraw},
    tick=tick,
    answers={"told_moved": told_moved},
    registers=REGISTERS,
)
