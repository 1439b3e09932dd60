"""Who sees which face of attendance (§7): the person, HEAD of the unit and OFF; those who patrol only that there is an exception."""

from collections.abc import Iterable, Sequence

from server.domain.attendance.ops import (
    AttAdjustment,
    AttCandidate,
    AttCorrection,
    AttCounts,
    AttDay,
    AttException,
    AttExceptionPatrol,
    AttExcuse,
    AttList,
    AttListed,
    AttSheet,
    AttUnit,
    DayLine,
    MonthTotals,
    PunchShown,
    SheetState,
)
from server.domain.attendance.tables import (
    AdjustmentRecord,
    AnswerRecord,
    CorrectionRecord,
    DayRecord,
    ExceptionRecord,
    ExcuseRecord,
    HandListRecord,
    PunchRecord,
    SheetRecord,
)
from server.domain.base import Face
from server.domain.hall.audiences import NOBODY, OFFICE, PATROL
from server.domain.hall.blobs import Attached


def concerned(person: str, unit: str) -> frozenset[str]:
    """The three who see a person's attendance."""
    return OFFICE | {f"u:{person}", f"head:{unit}"}


def day_face(record: DayRecord, punches: Iterable[PunchRecord]) -> Face:
    """A day that still runs; afterwards the sheet has it."""
    shown = [
        PunchShown(p.session, p.way, p.at, p.received_at, p.grade, p.method, None if p.in_hall < 0 else bool(p.in_hall)) for p in punches
    ]
    body = AttDay(record.person, record.unit, record.day, record.spells, shown, record.state)
    return Face("att.day", record.rid, concerned(record.person, record.unit) if record.state == "open" else NOBODY, body)


def exception_faces(record: ExceptionRecord, answers: Sequence[AnswerRecord]) -> list[Face]:
    """An exception with its clocks, and that there is one. One that the facts cleared is no exception to those who patrol."""
    judged = record.appeal_judged or record.decided
    body = AttException(
        person=record.person,
        unit=record.unit,
        day=record.day,
        session=record.session,
        way=record.way,
        kind=record.kind,
        state=record.state,
        explain=record.explain,
        due_at=record.due_at,
        at=record.at,
        received_at=record.received_at,
        grade=record.grade,
        minutes=record.minutes,
        counted=record.counted,
        answer_until=record.until,
        was_answer_until=record.was_until,
        answers=[a.text for a in answers if not a.appeal],
        appeal=next((a.text for a in answers if a.appeal), ""),
        decided_at=judged.at if judged else 0,
        decided_by=judged.by if judged else "",
        decision=judged.text if judged else "",
    )
    brief = AttExceptionPatrol(record.person, record.unit, record.day, record.session, record.way, record.kind, record.state)
    open_to_patrol = record.shown and record.state != "cleared"
    return [
        Face("att.exc", record.rid, concerned(record.person, record.unit) if record.shown else NOBODY, body),
        Face("att.exc.ins", record.rid, PATROL if open_to_patrol else NOBODY, brief),
    ]


def sheet_face(record: SheetRecord, state: SheetState, lines: list[DayLine], totals: MonthTotals, due_at: int) -> Face:
    """A person's month."""
    said = record.said
    body = AttSheet(
        person=record.person,
        unit=record.unit,
        month=record.month,
        state=state,
        days=lines,
        totals=totals,
        due_at=due_at,
        text=said.text if said else "",
        confirmed_at=said.at if said and said.accept and record.said_totals == totals else 0,
    )
    return Face("att.sheet", record.rid, concerned(record.person, record.unit) if record.shown else NOBODY, body)


def unit_face(rid: str, body: AttUnit, shown: bool) -> Face:
    """How far a unit's month is."""
    return Face("att.unit", rid, OFFICE | {f"head:{body.unit}"} if shown else NOBODY, body)


def counts_face(rid: str, body: AttCounts) -> Face:
    """A settled month of a unit as numbers (ATT-09)."""
    return Face("att.counts", rid, OFFICE | {f"unit:{body.unit}", "role:LEAD"}, body)


def correction_face(record: CorrectionRecord, nth: int, shown: bool) -> Face:
    """A request to set a missing punch right."""
    judged = record.judged
    body = AttCorrection(
        person=record.person,
        unit=record.unit,
        day=record.day,
        session=record.session,
        way=record.way,
        claim_at=record.claim_at,
        text=record.text,
        at=record.at,
        received_at=record.received_at,
        grade=record.grade,
        nth=nth,
        state=record.state,
        decided_by=judged.by if judged else "",
        decided_at=judged.at if judged else 0,
        decision=judged.text if judged else "",
    )
    return Face("att.correction", record.rid, concerned(record.person, record.unit) if shown else NOBODY, body)


def list_face(record: HandListRecord, blobs: list[Attached], shown: bool) -> Face:
    """A hand list, for its author, HEAD and OFF; the people on it see their own punch."""
    judged = record.judged
    body = AttList(
        unit=record.unit,
        day=record.day,
        session=record.session,
        way=record.way,
        people=record.people,
        cause=record.cause,
        by=record.by,
        at=record.at,
        received_at=record.received_at,
        state=record.state,
        text=record.text,
        blobs=blobs,
        decided_by=judged.by if judged else "",
        decided_at=judged.at if judged else 0,
        decision=judged.text if judged else "",
    )
    return Face("att.list", record.rid, concerned(record.by, record.unit) if shown else NOBODY, body)


def listed_faces(record: HandListRecord, shown: bool) -> list[Face]:
    """What a hand list says of each person, for that person alone; its author has the whole."""
    judged = record.judged
    return [
        Face(
            "att.listed",
            f"{record.rid}:{one.person}",
            frozenset({f"u:{one.person}"}) if shown and one.person != record.by else NOBODY,
            AttListed(
                person=one.person,
                day=record.day,
                session=record.session,
                way=record.way,
                claim_at=one.at,
                cause=record.cause,
                by=record.by,
                at=record.at,
                received_at=record.received_at,
                state=record.state,
                decided_by=judged.by if judged else "",
                decided_at=judged.at if judged else 0,
                decision=judged.text if judged else "",
            ),
        )
        for one in record.people
    ]


def excuse_face(record: ExcuseRecord) -> Face:
    """A general excuse or standing permission; its ground is the office's alone."""
    body = AttExcuse(
        from_at=record.from_at,
        to_at=record.to_at,
        cause=record.cause,
        text=record.text,
        by=record.by,
        at=record.at,
        units=record.units,
        people=record.people,
        daily_from=record.daily_from,
        daily_to=record.daily_to,
        ended=record.ended,
    )
    return Face("att.excuse", record.rid, OFFICE, body)


def adjustment_face(record: AdjustmentRecord) -> Face:
    """A change of what was settled."""
    judged = record.judged
    body = AttAdjustment(
        person=record.person,
        unit=record.unit,
        day=record.day,
        session=record.session,
        way=record.way,
        was=record.was,
        counts=record.counts,
        text=record.text,
        at=record.at,
        by=record.by,
        approved=judged.accept if judged else None,
        approved_by=judged.by if judged else "",
        approved_at=judged.at if judged else 0,
    )
    return Face("att.adjustment", record.rid, concerned(record.person, record.unit), body)


def candidate_face(rid: str, body: AttCandidate) -> Face:
    """More events than allowed: for those who may look into it, and the person (GEN-05, GEN-08)."""
    return Face("att.candidate", rid, (concerned(body.person, body.unit) | {"role:EFF"}) if body.events else NOBODY, body)
