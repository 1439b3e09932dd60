"""Who sees which face of an absence (AWY, §7): the office, the unit, those who patrol; and the post's public face. Nothing else exists."""

from server.domain.base import Face
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, plate
from server.domain.hall.tables import PersonRecord, PostRecord, UnitRecord
from server.domain.presence.ops import AwayInspector, AwayOffice, AwayUnit, Cover, PostPublic
from server.domain.presence.rules import PublicState, back_at, is_retired
from server.domain.presence.tables import CoverRecord, NoticeRecord

NOBODY: frozenset[str] = frozenset()


def notice_faces(notice: NoticeRecord, now: int) -> list[Face]:
    """Three faces of one notice; retired notices have none."""
    office = frozenset({f"u:{notice.person}", f"head:{notice.unit}", "role:OFF"} | ({f"u:{notice.stand_in}"} if notice.stand_in else set()))
    audiences = (office, frozenset({f"unit:{notice.unit}"}), frozenset({"role:INS", "role:EFF"}))
    bodies = (_office(notice), _unit(notice), _inspector(notice))
    kinds = ("away.office", "away.unit", "away.ins")
    retired = is_retired(notice, now)
    return [Face(k, notice.rid, NOBODY if retired else b, body) for k, b, body in zip(kinds, audiences, bodies, strict=True)]


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
        until_at=None if cover.until_at == FOREVER else cover.until_at,
    )
    return Face("cover", cover.rid, frozenset(audience) if cover.shown else NOBODY, body)


class Plates:
    """Writes people's plates by the hall's policy (DSP-06)."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def of(self, person: PersonRecord | None) -> str:
        """The plate of `person`, "" for nobody."""
        return plate(self._hall, person.name, person.badge, person.title) if person else ""


def public_face(post: PostRecord, unit: UnitRecord | None, state: PublicState, plates: tuple[str, str], go_to: str) -> Face:
    """The only thing the lobby learns about a post (AWY-09, DSP-02). `plates`: of the day's A and of the one who stands in."""
    body = PostPublic(
        number=post.number,
        zone=post.zone,
        order=post.order,
        unit=unit.names if unit else {},
        services=post.services,
        label=state.label,
        plate=plates[0],
        since=state.since,
        stand_in=plates[1],
        back_at=state.back_at or None,
        go_to=go_to,
    )
    return Face("post.pub", post.rid, frozenset({"pub"}), body)
