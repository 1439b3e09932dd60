"""疏散: while lobby screens tell everybody to leave, nobody anywhere in the hall is off post or late (EMG-08, EMG-11)."""

from typing import ClassVar

from server.domain.base import Op, Record, Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, add_days, day_of, day_start
from server.domain.incident.ops import TellLobby
from server.domain.incident.rules import others_than_reporter
from server.domain.incident.tables import IncidentRecord


class EvacuationRecord(Record):
    """From when (trusted time, ms) an incident emptied the hall; `cleared_at`: until when it was told, FOREVER while it is; `until_at`:
    until when nobody is counted, 0: everybody is, since nobody but the reporter has a part in it.
    """

    TABLE: ClassVar[str] = "evacuation"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("incident", "until_at")

    incident: str
    by: str
    from_at: int
    cleared_at: int = FOREVER
    until_at: int = 0


def begin(tx: Tx, op: Op[TellLobby], main: IncidentRecord) -> None:
    """Lobby screens begin to tell everybody to leave."""
    if not _told(tx, main):
        tx.put(EvacuationRecord(rid=op.id, incident=main.rid, by=op.actor.uid, from_at=op.window.at))


def clear(tx: Tx, main: IncidentRecord, at: int) -> None:
    """They tell it no longer, from `at` (ms) on."""
    for one in _told(tx, main):
        one.cleared_at = at
        tx.put(one)


def pass_on(tx: Tx, op: str, mistaken: IncidentRecord, heir: IncidentRecord | None) -> None:
    """A report was a mistake, says `op`: what was told of it ends, and goes on as told of its `heir` while screens say so."""
    assert mistaken.mistake is not None, "it was marked"
    at = mistaken.mistake.at
    for one in tx.find(EvacuationRecord, "incident = ? AND cleared_at = ?", [mistaken.rid, FOREVER]):
        one.cleared_at = at
        tx.put(one)
        if heir and heir.showing and heir.showing.message == "evacuate" and heir.ended_at == FOREVER and not _told(tx, heir):
            tx.put(EvacuationRecord(rid=op, incident=heir.rid, by=one.by, from_at=at))


def _told(tx: Tx, main: IncidentRecord) -> list[EvacuationRecord]:
    """What is told of any report of the incident: another may have become its main one since."""
    reports = tx.find(IncidentRecord, "main = ?", [main.rid])
    return [one for report in reports for one in tx.find(EvacuationRecord, "incident = ? AND cleared_at = ?", [report.rid, FOREVER])]


def derive(tx: Tx, hall: Hall, report: IncidentRecord) -> None:
    """Until when each evacuation frees, by all that was done about its incident: no longer than its day."""
    for one in tx.find(EvacuationRecord, "incident = ?", [report.rid]):
        day_end = day_start(add_days(day_of(one.from_at, hall.tz), 1), hall.tz)
        alone = not others_than_reporter(report, {one.by})
        # Whether or not there was a reason to leave: people were told to.
        until = min(one.cleared_at, report.ended_at, day_end)
        until = 0 if alone or until <= one.from_at else until
        if until != one.until_at:
            one.until_at = until
            tx.put(one)
            for post in tx.ask("posts"):
                tx.touch(post.rid, one.from_at, max(one.from_at, tx.now))


def evacuated(tx: Tx, from_at: int, to_at: int) -> list[EvacuationRecord]:
    """Evacuations of the hall that meet [from_at, to_at)."""
    return tx.find(EvacuationRecord, "until_at > ? AND from_at < ?", [from_at, to_at], "from_at, rid")
