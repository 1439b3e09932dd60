"""Who sees a visit: its visitors and its lead, not a byte for anybody else; once published also head, office, leaders (CHK-05, CHK-09)."""

import hashlib
from typing import NamedTuple

from server.domain.base import Face
from server.domain.hall.audiences import NOBODY
from server.domain.hall.blobs import Attached
from server.domain.visit.ops import CaseTold, Checklist, Mission, Score, Visit, VisitUnit
from server.domain.visit.result_ops import Hint, VisitOwn, VisitPublic, VisitTeam
from server.domain.visit.rules import failed_items, notes_for_unit, score
from server.domain.visit.tables import MissionRecord, ResultRecord, VisitRecord
from server.domain.visit.team import Joined, parts_of


class Until(NamedTuple):
    """The last days (ISO) to pass a result on, to answer it and to ask for a review of it, "" while it is not told."""

    tell: str
    answer: str
    review: str


def sealed(mission: MissionRecord) -> frozenset[str]:
    """The audience of a mission: personal buckets only, so that no shared counter moves."""
    return own(mission.lead, *(uid for uid in mission.team if uid not in mission.gone))


def own(*uids: str) -> frozenset[str]:
    """The personal buckets of these; "" is nobody, as where the lead of a mission is gone."""
    return frozenset(f"u:{uid}" for uid in uids if uid)


def mission_face(mission: MissionRecord) -> Face:
    """A mission, for its visitors and its lead; it carries the names it needs."""
    body = Mission(
        checklist=mission.checklist,
        unit=mission.unit,
        unit_names=mission.unit_names,
        window=mission.window,
        from_day=mission.from_day,
        to_day=mission.to_day,
        team=mission.team,
        team_names=mission.team_names,
        lead=mission.lead,
        story=mission.story,
        state=mission.state,
        slot=mission.slot,
        method=mission.method,
    )
    return Face("mission", mission.rid, sealed(mission), body)


def visit_face(visit: VisitRecord, mission: MissionRecord, checklist: Checklist, blobs: list[Attached]) -> Face:
    """One visitor's sheet, for the team and the lead."""
    body = Visit(
        mission=visit.mission,
        checklist=visit.checklist,
        unit=visit.unit,
        visitor=visit.visitor,
        arrived_at=visit.arrived_at,
        left_at=visit.left_at,
        received_at=visit.received_at,
        grade=visit.grade,
        answers=visit.answers,
        score=score(checklist, visit.answers),
        state=visit.state,
        badge=visit.badge,
        story=visit.story,
        said=visit.said,
        revealed=visit.revealed,
        conflict=visit.conflict,
        text=visit.text,
        published_at=visit.published_at or None,
        blobs=blobs,
    )
    return Face("visit", visit.rid, sealed(mission), body)


def team_face(
    mission: MissionRecord,
    checklist_rid: str,
    checklist: Checklist,
    visits: list[str],
    whole: Joined,
    asked: dict[str, list[Hint]],
    counted: tuple[int, int],
) -> Face:
    """The sheets of a team as one, for its lead alone (CON-35). `counted`: items somebody has marked, and all of them."""
    body = VisitTeam(
        checklist=checklist_rid,
        visits=visits,
        differs=whole.differs,
        undecided=whole.undecided,
        answers=whole.answers,
        score=score(checklist, whole.answers),
        parts=parts_of(checklist, whole.answers),
        hints=asked,
        answered=counted[0],
        items=counted[1],
    )
    return Face("visit.team", mission.rid, own(mission.lead), body)


def unit_face(
    result: ResultRecord,
    mission: MissionRecord,
    checklist: Checklist,
    whole: Joined,
    blobs: list[Attached],
    until: Until,
    cases: list[CaseTold],
    counted: tuple[int, int],
    after_draw: bool,
    there: list[str],
) -> Face:
    """The result for the unit: its head alone while facts are checked, with office and leaders once published; nobody once void.

    Withdrawn, it says that and why, and nothing else. `counted`: items somebody has marked, and all of them; `there`: who belonged to the
    unit on that day.
    """
    shown = result.state in ("published", "checking")
    body = VisitUnit(
        unit=result.unit,
        day=result.day,
        window=mission.window,
        score=score(checklist, whole.answers if shown else []),
        failed=failed_items(checklist, whole.answers) if shown else [],
        notes=notes_for_unit(whole.answers) if shown else [],
        published_at=result.published_at,
        text=result.text,
        blobs=blobs if shown else [],
        state="published" if result.state == "void" else result.state,
        parts=parts_of(checklist, whole.answers) if shown else [],
        undecided=whole.undecided if shown else 0,
        tell_until=until.tell,
        answer_until=until.answer,
        review_until=until.review,
        told=sorted(result.told),
        answers=result.said,
        reviews=result.reviews,
        asked=requests(result) > result.decided,
        cases=cases,
        answered=counted[0] if shown else 0,
        items=counted[1] if shown else 0,
        after_draw=shown and after_draw,
        people=there if result.state == "published" else [],
    )
    return Face("visit.unit", result.rid, _told(result, mission), body)


def _told(result: ResultRecord, mission: MissionRecord) -> frozenset[str]:
    """Who sees what the unit sees."""
    if result.state == "void":
        return NOBODY
    near = own(mission.lead) | {f"head:{result.unit}"}
    return near | {"role:OFF", "role:LEAD", "role:DIS"} if result.published_at else near


def requests(result: ResultRecord) -> int:
    """How often a review was asked for."""
    return sum(said.review for said in result.said)


def own_rid(result: str, uid: str) -> str:
    """The rid of a person's row of a result: short enough to stand in the address of a photo."""
    return hashlib.sha256(f"{result}.{uid}".encode()).hexdigest()[:32]


def own_face(
    result: ResultRecord,
    mission: MissionRecord,
    checklist: Checklist,
    whole: Joined,
    blobs: list[Attached],
    uid: str,
    since_at: int,
    until: Until,
) -> Face:
    """The result for a person it was passed on to, with what he or she said to it. `since_at` (ms): it has been told as it stands."""
    shown = result.state == "published"
    body = VisitOwn(
        visit=result.rid,
        unit=result.unit,
        day=result.day,
        window=mission.window,
        score=score(checklist, whole.answers if shown else []),
        failed=failed_items(checklist, whole.answers) if shown else [],
        notes=notes_for_unit(whole.answers) if shown else [],
        state="published" if shown else "withdrawn",
        told_at=since_at,
        answer_until=until.answer,
        review_until=until.review,
        text="" if result.state == "checking" else result.text,
        answers=[said for said in result.said if said.by == uid],
        reviews=result.reviews,
        blobs=blobs if shown else [],
    )
    return Face("visit.own", own_rid(result.rid, uid), NOBODY if result.state == "void" else frozenset({f"u:{uid}"}), body)


def public_face(result: ResultRecord, mission: MissionRecord, worth: Score, *, told: bool) -> Face:
    """The published result at the level of the unit, for social supervisors once others are told of it (CHK-09, SUP-02, PRV-17)."""
    body = VisitPublic(unit=result.unit, unit_names=mission.unit_names, day=result.day, score=worth)
    return Face("visit.public", result.rid, frozenset({"role:SUP"}) if told else NOBODY, body)
