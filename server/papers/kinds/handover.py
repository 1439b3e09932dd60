"""DOC-10 工作移交单: what changes hands at a post, and the part for giving it back (AB-02, AB-06). rid: the sheet."""

from server.domain.handover.ops import HandoverItem, HandoverRow
from server.papers.faces import Kind, Reader
from server.papers.values import Value, Values, at, day, span, word

END_STATES = frozenset({"declined", "withdrawn"})


def data(reader: Reader, rid: str) -> Values | None:
    """Posts, items, dues, materials, seals, from, to, signatures, hand-back part; for A, B and the head."""
    sheet = reader.faces.get("handover", rid, HandoverRow)
    if sheet is None or sheet.state in END_STATES:
        return None
    back = sheet.back_at
    return {
        "a": reader.name(sheet.a),
        "b": reader.name(sheet.b) or "",
        "post": reader.post(sheet.post),
        "unit": reader.unit(sheet.unit),
        "span": span(sheet.from_at, sheet.to_at, reader.hall.tz),
        "reason": word(f"reason.{sheet.reason}"),
        "made": at(sheet.made_at, "short"),
        "planned": word("planned.yes" if sheet.planned else "planned.no"),
        "why": sheet.why or None,
        "keys": sheet.keys or None,
        "notes": sheet.notes or None,
        "items": [_item(n, item) for n, item in enumerate(sheet.items, 1)],
        "sign_a": reader.name(sheet.a),
        "sign_b": reader.name(sheet.b),
        "sign_head": None,
        "back": at(back) if back else "",
        "report": sheet.report,
        "open": [sheet.items[n].matter for n in sheet.open_items if n < len(sheet.items)] or word("none") if back else "",
        "sign_back_b": None,
        "sign_back_a": None,
    }


def _item(n: int, item: HandoverItem) -> dict[str, Value]:
    return {
        "n": str(n),
        "matter": item.matter,
        "state": word(f"state.{item.state}"),
        "due": day(item.due, "short") if item.due else None,
        "appointment": at(item.appointment, "short") if item.appointment else None,
        "materials": item.materials or None,
    }


KIND = Kind("handover", data)
