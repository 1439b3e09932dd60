"""Who sees what of a finding (§7): those who patrol and the office all of it; the person, the stand-in and the head no inspector's name."""

from typing import NamedTuple

from server.domain.base import Face
from server.domain.hall.audiences import NOBODY, PATROL_AND_OFFICE
from server.domain.hall.blobs import Attached
from server.domain.trail.episodes import Found
from server.domain.trail.ops import Finding, FindingOwn
from server.domain.trail.tables import FindingAnswerRecord, FindingRecord


class Until(NamedTuple):
    """The last days (ISO) to answer a finding, to decide its doubt, and to ask for a review of it; "" for none."""

    answer: str
    decide: str
    review: str


def finding_faces(
    found: Found, record: FindingRecord, answers: list[FindingAnswerRecord], until: Until, blobs: list[Attached]
) -> list[Face]:
    """Two faces of a finding; the discipline section reads what the unit does (§7). A glance accuses nobody and is told to nobody but those
    who patrol and the office.
    """
    concerned = {f"head:{record.unit}", "role:DIS"} | {f"u:{uid}" for uid in (found.person, found.cover) if uid}
    whole = Finding(
        post=record.post,
        from_at=found.from_at,
        to_at=found.to_at,
        state=found.state,
        observations=list(found.observations),
        explain=found.explain,
        post_count=found.post_count,
        person_count=found.person_count,
        grade=found.grade,
        person=found.person or None,
        notice=found.notice or None,
        answers=[one.text for one in answers],
        blobs=blobs,
        cover=found.cover or None,
        cover_count=found.cover_count,
        doubt=found.doubt,
        decide_until=until.decide,
        also=found.also,
        note=found.note,
        answer_until="" if found.state == "glance" else until.answer,
        was_answer_until="" if found.state == "glance" else record.was_until,
        times=list(found.times),
        asked=[uid for uid in found.asked if uid not in {one.by for one in answers}],
    )
    own = FindingOwn(
        post=record.post,
        from_at=found.from_at,
        to_at=found.to_at,
        state=found.state,
        explain=found.own,
        post_count=found.post_count,
        person_count=found.person_count,
        grade=found.grade,
        answer_until=until.answer,
        review_until=until.review,
        was_answer_until=record.was_until,
        person=found.person or None,
        notice=found.notice or None,
        answers=[one.text for one in answers if not one.patrol],
        cover=found.cover or None,
        cover_count=found.cover_count,
        also=found.also,
        told_at=record.told_at,
        times=list(found.times),
    )
    return [
        Face("finding", found.rid, PATROL_AND_OFFICE, whole),
        Face("finding.own", found.rid, NOBODY if found.state == "glance" else frozenset(concerned), own),
    ]
