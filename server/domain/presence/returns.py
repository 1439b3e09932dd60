"""Who is back is back from every absence: returns are facts of their own, and an absence ends by the earliest that bears on it (AWY-07).

What a return ends depends on when it was said, never on whether it or the notice reached the server first (EVD-01).
"""

from server.domain.base import Tx
from server.domain.hall.order import by_moment
from server.domain.hall.rules import FOREVER
from server.domain.presence.rules import ended
from server.domain.presence.tables import BackRecord, Mark, NoticeRecord
from sync.units import DAY_MS

BACK_DAYS = 3
"""A return may shorten absences begun so many days before it that had ended later; one still open it ends however old it is."""
MARKS_MAX = 50
MEMBERS_MAX = 500


def note_back(tx: Tx, notice: NoticeRecord, mark: Mark, *, alone: bool = False) -> list[NoticeRecord]:
    """Keep a return; the other absences it may bear on. `alone`: it speaks of this notice only (it was cancelled after leaving)."""
    unit = notice.unit if mark.by == notice.person and not (notice.whole_unit or alone) else ""
    tx.put(
        BackRecord(
            rid=mark.op,
            notice=notice.rid,
            person=notice.person,
            whole_unit=notice.whole_unit,
            at=mark.at,
            mark=mark,
            alone=alone,
            unit=unit,
        )
    )
    if alone:
        return []
    return _also_ended(tx, notice, notice.person, mark) + (_of_unit(tx, unit, mark.at) if unit else [])


def note_back_alone(tx: Tx, notice: NoticeRecord, mark: Mark) -> list[NoticeRecord]:
    """Keep that one of the unit is back while the others stay away; the absences it may bear on, the unit's and his own."""
    tx.put(BackRecord(rid=mark.op, notice=notice.rid, person=mark.by, whole_unit=True, at=mark.at, mark=mark, alone=True, unit=notice.unit))
    return _of_unit(tx, notice.unit, notice.leaves_at) + _also_ended(tx, notice, mark.by, mark)


def _of_unit(tx: Tx, unit: str, at: int) -> list[NoticeRecord]:
    """Absences of the whole unit that had not ended by then."""
    return tx.find(NoticeRecord, "unit = ? AND until_at >= ? AND whole_unit = ?", [unit, at, True])


def backs_of(tx: Tx, notice: NoticeRecord) -> list[Mark]:
    """Who has come back alone from an absence of the whole unit, or meanwhile from one of his own: each by the earliest mark that bears on
    it, one that can be believed before one that cannot (EVD-03)."""
    if not notice.whole_unit:
        return []
    end = ended(notice)
    first: dict[str, Mark] = {}
    found = tx.find(BackRecord, "unit = ? AND at >= ?", [notice.unit, notice.leaves_at], f"at, rid LIMIT {MEMBERS_MAX}")
    for back in sorted(found, key=lambda back: back.mark.grade == "C"):
        later = back.mark.grade != "C" and back.mark.made_at > notice.announced_at and (end is None or back.at < end.at)
        if back.person != notice.person and (back.notice == notice.rid or later):
            first.setdefault(back.person, back.mark)
    return list(first.values())


def returned_of(tx: Tx, notice: NoticeRecord) -> tuple[Mark | None, Mark | None]:
    """The earliest return that ended the absence, whoever said it, and the earliest the person said himself."""
    returns = _returns_of(tx, notice)
    return _earliest(returns), _earliest([mark for mark in returns if mark.by == notice.person])


def _earliest(marks: list[Mark]) -> Mark | None:
    return min(marks, key=by_moment, default=None)


def _returns_of(tx: Tx, notice: NoticeRecord) -> list[Mark]:
    """Every return that ended it: its own, or one from another absence, said after this notice by a trusted clock. Who has come back alone
    from that of his unit is back from his own."""
    marks = [notice.returned] if notice.returned else []
    for back in tx.find(BackRecord, "person = ? AND at >= ?", [notice.person, notice.leaves_at], f"at, rid LIMIT {MARKS_MAX}"):
        mine = back.notice == notice.rid
        others = (bool(back.unit) and not notice.whole_unit) or (back.whole_unit == notice.whole_unit and not back.alone)
        if mine or (others and back.mark.grade != "C" and back.mark.made_at > notice.announced_at):
            marks.append(back.mark)
    return marks


def _also_ended(tx: Tx, notice: NoticeRecord, person: str, mark: Mark) -> list[NoticeRecord]:
    """Other absences of the person that a return may have ended, or ended earlier than was known."""
    since = mark.at - BACK_DAYS * DAY_MS
    # Two questions, each with an index: one with OR would go through everything the person ever announced.
    found = tx.find(NoticeRecord, "person = ? AND leaves_at <= ? AND leaves_at >= ?", [person, mark.at, since])
    found += tx.find(NoticeRecord, "person = ? AND until_at = ? AND leaves_at < ?", [person, FOREVER, since])
    return [n for n in found if n.rid != notice.rid and returned_of(tx, n) != (n.returned, n.own_return)]
