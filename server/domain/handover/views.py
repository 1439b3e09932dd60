"""Who sees which face of a handover (§4.6): A, B and HEAD all of it; those who patrol, and the office, the cover state."""

from server.domain.base import Face
from server.domain.hall.audiences import NOBODY, PATROL_AND_OFFICE
from server.domain.hall.rules import FOREVER
from server.domain.handover.ops import HandoverCover, HandoverRow
from server.domain.handover.rules import answer_of, delivered_at, items_now, open_items
from server.domain.handover.tables import HandoverRecord


def _or_none(at: int) -> int | None:
    return None if at in (0, FOREVER) else at


def sheet_faces(sheet: HandoverRecord) -> list[Face]:
    """The two faces of a sheet; a retired one has none."""
    whole = frozenset({f"u:{sheet.a}", f"head:{sheet.unit}"} | ({f"u:{sheet.b}"} if sheet.b else set()))
    cover = HandoverCover(
        post=sheet.post,
        a=sheet.a,
        b=sheet.b,
        from_at=sheet.from_at,
        to_at=sheet.to_at,
        state=sheet.state,
        planned=sheet.planned,
        trouble=sheet.trouble,
    )
    return [
        Face("handover", sheet.rid, whole if sheet.shown else NOBODY, _whole(sheet)),
        Face("handover.cover", sheet.rid, PATROL_AND_OFFICE if sheet.shown else NOBODY, cover),
    ]


def _whole(sheet: HandoverRecord) -> HandoverRow:
    said = answer_of(sheet, sheet.b)
    accepted = said is not None and said.accept
    return HandoverRow(
        post=sheet.post,
        unit=sheet.unit,
        a=sheet.a,
        b=sheet.b,
        from_at=sheet.from_at,
        to_at=sheet.to_at,
        reason=sheet.reason,
        items=items_now(sheet),
        state=sheet.state,
        planned=sheet.planned,
        made_at=sheet.made_at,
        grade=sheet.grade,
        by=sheet.by,
        keys=sheet.keys,
        notes=sheet.notes,
        why=sheet.why,
        paper=sheet.paper,
        notice=sheet.notice,
        leave=sheet.leave,
        delivered_at=_or_none(delivered_at(sheet)),
        accepted_at=said.at if said and accepted else None,
        declined_text=said.text if said and not accepted else "",
        taken_at=_or_none(sheet.taken_at),
        forced=bool(sheet.taken_at) and not accepted,
        back_at=sheet.back.at if sheet.back else None,
        report=sheet.back.text if sheet.back else "",
        trouble=sheet.trouble,
        open_items=open_items(sheet),
        a_back=sheet.a_back,
    )
