"""Who sees which face of an absence (AWY, §7): the office, the unit, those who patrol; and the post's public face. Nothing else exists."""

from server.domain.base import Face
from server.domain.hall.audiences import NOBODY
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, plate
from server.domain.hall.tables import PersonRecord, PostRecord, UnitRecord
from server.domain.presence.lobby import PublicState
from server.domain.presence.ops import AwayInspector, AwayOffice, AwayTold, AwayUnit, Cover, PostInside, PostPublic, Told
from server.domain.presence.rules import (
    back_at,
    ended,
    ended_told_at,
    is_barred,
    is_retired,
    missing,
    office_told_at,
    told_at,
)
from server.domain.presence.tables import CoverRecord, NoticeRecord

CLASS_AND_TIMES = frozenset({"role:INS", "role:EFF", "role:DIS"})
"""Who learns of an absence its class and times, and no reason (§7)."""


def notice_faces(notice: NoticeRecord, now: int, overdue: Told) -> list[Face]:
    """The faces of one notice; retired notices have none. `overdue`: how far an overdue return has been told."""
    office = frozenset({f"u:{notice.person}", f"head:{notice.unit}", "role:OFF"} | ({f"u:{notice.stand_in}"} if notice.stand_in else set()))
    end = ended(notice)
    told = AwayTold(
        told_at=_or_none(told_at(notice)),
        office_told_at=_or_none(office_told_at(notice)),
        trouble=notice.trouble,
        overdue=overdue,
        ended_by=end.by if end and end.by != notice.person else "",
        ended_told_at=_or_none(ended_told_at(notice)),
    )
    audiences = (office, office if told != AwayTold() else NOBODY, frozenset({f"unit:{notice.unit}"}), CLASS_AND_TIMES)
    bodies = (_office(notice), told, _unit(notice), _inspector(notice))
    kinds = ("away.office", "away.told", "away.unit", "away.ins")
    retired = is_retired(notice, now)
    return [Face(k, notice.rid, NOBODY if retired else b, body) for k, b, body in zip(kinds, audiences, bodies, strict=True)]


def _or_none(at: int) -> int | None:
    return None if at == FOREVER else at


def _office(n: NoticeRecord) -> AwayOffice:
    return AwayOffice(
        person=n.person,
        unit=n.unit,
        whole_unit=n.whole_unit,
        posts=n.posts,
        reason=n.reason,
        text=n.text,
        destination=n.destination,
        contact=n.contact,
        leaves_at=n.leaves_at,
        back_at=back_at(n),
        announced_at=n.announced_at,
        received_at=n.received_at,
        grade=n.grade,
        state=n.state,
        cover=n.cover,
        late=n.late,
        late_accepted=n.judged.accept if n.judged else None,
        returned_at=n.returned.at if n.returned else None,
        stand_in=n.stand_in or None,
        by=n.by,
        handed=n.handed,
        late_text=n.judged.text if n.judged else "",
        reply_text=n.reply.text if n.reply else "",
        consent=n.consent,
        consent_text=n.consented.text if n.consented else "",
        barred=n.barred if is_barred(n) else "",
        leave=n.leave,
        missing=missing(n),
        paper=n.paper,
        back_alone=sorted(m.by for m in n.backs),
    )


def _unit(n: NoticeRecord) -> AwayUnit:
    return AwayUnit(
        person=n.person,
        whole_unit=n.whole_unit,
        posts=n.posts,
        reason=n.reason,
        destination=n.destination,
        leaves_at=n.leaves_at,
        back_at=back_at(n),
        state=n.state,
        cover=n.cover,
        stand_in=n.stand_in or None,
        by=n.by,
        barred=n.barred if is_barred(n) else "",
        back_alone=sorted(m.by for m in n.backs),
    )


def _inspector(n: NoticeRecord) -> AwayInspector:
    return AwayInspector(
        person=n.person,
        posts=n.posts,
        reason=n.reason,
        leaves_at=n.leaves_at,
        back_at=back_at(n),
        announced_at=n.announced_at,
        received_at=n.received_at,
        grade=n.grade,
        state=n.state,
        cover=n.cover,
        late=n.late,
        stand_in=n.stand_in or None,
        by=n.by,
        barred=n.barred if is_barred(n) else "",
        back_alone=sorted(m.by for m in n.backs),
    )


def cover_face(cover: CoverRecord, unit: str) -> Face:
    """For B, A, the head of the post's unit, the office and those who patrol."""
    audience = {f"u:{cover.person}", f"head:{unit}", "role:OFF", "role:INS"}
    if cover.for_person:
        audience.add(f"u:{cover.for_person}")
    body = Cover(
        post=cover.post,
        person=cover.person,
        for_person=cover.for_person,
        from_at=cover.from_at,
        notice=cover.notice or None,
        until_at=_or_none(cover.until_at),
    )
    return Face("cover", cover.rid, frozenset(audience) if cover.shown else NOBODY, body)


class Plates:
    """Writes people's plates by the hall's policy (DSP-06)."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def of(self, person: PersonRecord | None) -> str:
        """The plate of `person`, "" for nobody."""
        return plate(self._hall, person.name, person.badge, person.title) if person else ""


def public_face(post: PostRecord, unit: UnitRecord | None, state: PublicState, plates: tuple[str, str, str], go_to: str) -> Face:
    """The only thing the lobby learns about a post (AWY-09, DSP-02). `plates`: of the day's A, of B, of the one who stands in."""
    body = PostPublic(
        number=post.number,
        zone=post.zone,
        order=post.order,
        unit=unit.names if unit else {},
        services=post.services,
        label=state.label,
        plate=plates[0],
        b=plates[1],
        since=state.since,
        stand_in=plates[2],
        back_at=state.back_at or None,
        go_to=go_to,
        unit_id=post.unit,
        all_away=state.all_away,
    )
    return Face("post.pub", post.rid, frozenset({"pub"}), body)


def inside_face(
    post: PostRecord, unit: UnitRecord | None, state: PublicState, plates: tuple[str, str, str], notice: NoticeRecord | None
) -> Face:
    """What a screen paired as the office's overview learns about a post (P1, DSP-09). `plates`: of A, of B, of the one who stands in."""
    body = PostInside(
        number=post.number,
        zone=post.zone,
        order=post.order,
        unit=unit.names if unit else {},
        label=state.label,
        a=plates[0],
        b=plates[1],
        required=post.required,
        since=state.since,
        by=plates[2],
        reason=notice.reason if notice else "",
        destination=notice.destination if notice else "",
        left_at=notice.leaves_at if notice else None,
        back_at=back_at(notice) if notice else None,
        cover=notice.cover if notice else "none",
        overdue=notice is not None and notice.state == "overdue",
    )
    return Face("post.in", post.rid, frozenset({"inside"}), body)
