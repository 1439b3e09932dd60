"""Who reads what of a bulletin (§7, CHK-09): its editors all of it; once issued the hall's heads and inspectors, and everybody by unit."""

from collections.abc import Iterable

from server.domain.base import Face
from server.domain.bulletin.ops import Bulletin, BulletinIssued, BulletinNumbers, BulletinReferred
from server.domain.bulletin.rules import public_lines, public_numbers, public_wording, referred, told_wording
from server.domain.bulletin.tables import BulletinRecord
from server.domain.hall.audiences import HALL, NOBODY

READERS = frozenset({"role:OFF", "role:EFF", "role:INS", "role:LEAD", "role:CHECK", "role:DIS"})
DISCIPLINE = frozenset({"role:CHECK", "role:DIS"})


def editors(kind: str) -> frozenset[str]:
    """Roles that write bulletins of a kind."""
    return frozenset({"OFF", "CHECK" if kind == "check" else "EFF"})


def faces(record: BulletinRecord, units: Iterable[str], told: frozenset[str]) -> list[Face]:
    """The work copy, and the two versions of what was issued. `units`: all of the hall, whose heads read the internal one; `told`: codes
    whose name may stand in the public one (PRH-01).
    """
    shown = record.state in ("issued", "withdrawn") and record.issued_at > 0
    inside = READERS | {f"head:{unit}" for unit in units}
    drafts = frozenset(f"role:{role}" for role in editors(record.kind)) if record.state != "dropped" else NOBODY
    return [
        Face("bulletin", record.rid, drafts, _work(record)),
        Face("bulletin.in", record.rid, inside if shown else NOBODY, _issued(record, None)),
        Face("bulletin.pub", record.rid, HALL if shown else NOBODY, _issued(record, told)),
        _referred_face(record, shown=shown),
    ]


def _referred_face(record: BulletinRecord, *, shown: bool) -> Face:
    """What looks like wrong-doing stays with the discipline section, even when the bulletin is taken back."""
    cases = referred(record.wording)
    body = BulletinReferred(record.kind, record.number, record.issued_at, record.issued_by, cases)
    return Face("bulletin.referred", record.rid, DISCIPLINE if shown and cases else NOBODY, body)


def _work(record: BulletinRecord) -> Bulletin:
    return Bulletin(
        kind=record.kind,
        from_day=record.from_day,
        to_day=record.day,
        state=record.state,
        by=record.by,
        numbers=record.numbers,
        lines=record.lines,
        details=record.details,
        wording=record.wording,
        number=record.number,
        issued_at=record.issued_at,
        issued_by=record.issued_by,
        text=record.text,
        fallen=record.fallen,
    )


def _issued(record: BulletinRecord, told: frozenset[str] | None) -> BulletinIssued:
    """What was issued; with `told` its public version."""
    public = told is not None
    if record.state == "withdrawn":
        return BulletinIssued(
            kind=record.kind,
            from_day=record.from_day,
            to_day=record.day,
            number=record.number,
            issued_at=record.issued_at,
            title=record.wording.title,
            numbers=BulletinNumbers(made_at=record.numbers.made_at),
            lines=[],
            withdrawn=record.text,
        )
    wording = public_wording(record.wording) if public else told_wording(record.wording)
    return BulletinIssued(
        kind=record.kind,
        from_day=record.from_day,
        to_day=record.day,
        number=record.number,
        issued_at=record.issued_at,
        title=wording.title,
        numbers=public_numbers(record.numbers) if public else record.numbers,
        lines=record.lines if told is None else public_lines(record.lines, told),
        method=wording.method,
        overall=wording.overall,
        good=wording.good,
        cases=wording.cases,
        demands=wording.demands,
        terms=wording.terms,
        annex=wording.annex,
        details=[] if public else record.details,
    )
