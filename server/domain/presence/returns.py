"""Who is back is back from every absence: returns are facts of their own, and an absence ends by the earliest that bears on it (AWY-07).

What a return ends depends on when it was said, never on whether it or the notice reached the server first (EVD-01).
"""

from server.domain.base import Tx
from server.domain.hall.rules import DAY_MS, FOREVER
from server.domain.presence.tables import BackRecord, Mark, NoticeRecord

BACK_DAYS = 3
"""A return may shorten absences begun so many days before it that had ended later; one still open it ends however old it is."""
MARKS_MAX = 50


def note_back(tx: Tx, notice: NoticeRecord, mark: Mark, *, alone: bool = False) -> None:
    """Keep a return. `alone`: it speaks of this notice only (it was cancelled after leaving)."""
    tx.put(
        BackRecord(rid=mark.op, notice=notice.rid, person=notice.person, whole_unit=notice.whole_unit, at=mark.at, mark=mark, alone=alone)
    )


def returned_of(tx: Tx, notice: NoticeRecord) -> tuple[Mark | None, Mark | None]:
    """The earliest return that ended the absence, whoever said it, and the earliest the person said himself."""
    returns = _returns_of(tx, notice)
    return _earliest(returns), _earliest([mark for mark in returns if mark.by == notice.person])


def _earliest(marks: list[Mark]) -> Mark | None:
    return min(marks, key=lambda m: (m.at, m.op), default=None)


def _returns_of(tx: Tx, notice: NoticeRecord) -> list[Mark]:
    """Every return that ended it: its own, or one from another absence, said after this notice by a trusted clock."""
    marks = [notice.returned] if notice.returned else []
    for back in tx.find(BackRecord, "person = ? AND at >= ?", [notice.person, notice.leaves_at], f"at, rid LIMIT {MARKS_MAX}"):
        mine = back.notice == notice.rid
        others = back.whole_unit == notice.whole_unit and not back.alone and back.mark.grade != "C"
        if mine or (others and back.mark.made_at > notice.announced_at):
            marks.append(back.mark)
    return marks


def also_ended(tx: Tx, notice: NoticeRecord, mark: Mark) -> list[NoticeRecord]:
    """Other absences of the person that a return may have ended, or ended earlier than was known."""
    since = mark.at - BACK_DAYS * DAY_MS
    # Two questions, each with an index: one with OR would go through everything the person ever announced.
    found = tx.find(NoticeRecord, "person = ? AND leaves_at <= ? AND leaves_at >= ?", [notice.person, mark.at, since])
    found += tx.find(NoticeRecord, "person = ? AND until_at = ? AND leaves_at < ?", [notice.person, FOREVER, since])
    return [n for n in found if n.rid != notice.rid and returned_of(tx, n) != (n.returned, n.own_return)]
