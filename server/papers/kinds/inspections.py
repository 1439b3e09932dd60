"""DOC-14 场所检查表 and 暗访记录表: an answer sheet with every item of its version of the checklist, filled in (FAC-06, CHK-07)."""

from collections.abc import Collection, Iterable

from server.domain.facility.ops import Inspection, RepairTask
from server.domain.hall.blobs import Attached
from server.domain.norms.rules import Checklist, ItemAnswer, Score
from server.domain.visit.ops import Mission, Visit
from server.papers.faces import Kind, Reader
from server.papers.values import Value, Values, names, span, word

UNSEALED = frozenset({"published", "withdrawn", "void"})


def facility(reader: Reader, rid: str) -> Values | None:
    """One inspection, for those who patrol and the office; its faults with what has become of them."""
    seen = reader.faces.get("facility", rid, Inspection)
    checklist = reader.faces.get("checklist", seen.checklist, Checklist) if seen else None
    if seen is None or checklist is None:
        return None
    repairs = {one.item: one for one in reader.faces.all("repair", RepairTask).values() if one.inspection == rid}
    return {
        "place": _place(reader, seen.place),
        "when": span(seen.from_at, seen.to_at, reader.hall.tz),
        "inspector": reader.name(seen.by),
        **_head(checklist, seen.score),
        "text": seen.text or None,
        "items": _items(checklist, seen.answers, seen.blobs),
        "faults": [_fault(reader, repairs[item]) for item in seen.failed if item in repairs] or None,
        "sign_inspector": reader.name(seen.by),
        "sign_office": None,
    }


def visit(reader: Reader, rid: str) -> Values | None:
    """One visit, for its visitors and its lead alone; marked as sealed until the result is told (CHK-05)."""
    seen = reader.faces.get("visit", rid, Visit)
    checklist = reader.faces.get("checklist", seen.checklist, Checklist) if seen else None
    if seen is None or checklist is None:
        return None
    mission = reader.faces.get("mission", seen.mission, Mission)
    team = dict(zip(mission.team, mission.team_names, strict=True)) if mission else {}
    return {
        **({} if seen.state in UNSEALED else {"class": "P5"}),
        "unit": names(mission.unit_names) if mission else None,
        "window": word("post.window", number=mission.window) if mission else None,
        "when": span(seen.arrived_at, seen.left_at, reader.hall.tz),
        "visitor": team.get(seen.visitor) or reader.name(seen.visitor),
        "badge": seen.badge or None,
        **_head(checklist, seen.score),
        "story": seen.story or None,
        "said": seen.said or None,
        "revealed": word("yes" if seen.revealed else "no_word"),
        "conflict": seen.conflict or word("none"),
        "items": _items(checklist, seen.answers, seen.blobs),
        "result": seen.text or None,
        "sign_visitor": team.get(seen.visitor) or reader.name(seen.visitor),
        "sign_second": None,
        "sign_lead": None,
    }


def _head(checklist: Checklist, score: Score) -> Values:
    return {
        "checklist": word("list_of", name=names(checklist.names), n=str(checklist.version)),
        "score": word("capped_of" if score.capped else "score_of", n=_tenths(score.tenths)),
        "grade": word(f"grade.{score.grade}"),
    }


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def _items(checklist: Checklist, answers: Iterable[ItemAnswer], blobs: Iterable[Attached]) -> list[dict[str, Value]]:
    """Every item of the list with the kinds of its evidence; one without an answer has a place to write."""
    given = {answer.item: answer for answer in answers}
    sounds = {blob.sha256 for blob in blobs if blob.mime.startswith("audio/")}
    return [
        {
            "group": word("group_of", id=group.id, name=names(group.names)),
            "no": item.id,
            "item": names(item.names),
            "points": str(item.points) if item.points else None,
            "verdict": word(f"mark.{given[item.id].mark}") if item.id in given else None,
            "note": _note(given.get(item.id), sounds),
        }
        for group in checklist.groups
        for item in group.items
    ]


def _note(answer: ItemAnswer | None, sounds: Collection[str]) -> Value:
    if answer is None:
        return None
    heard = sum(blob in sounds for blob in answer.photos)
    kinds = {"photos_of": len(answer.photos) - heard, "sounds_of": heard}
    return [*([answer.note] if answer.note else []), *(word(kind, n=str(n)) for kind, n in kinds.items() if n)] or None


def _fault(reader: Reader, repair: RepairTask) -> dict[str, Value]:
    return {
        "fault": repair.item,
        "what": word("what_of", kind=word(f"kind.{repair.kind}"), severity=word(f"severity.{repair.severity}")),
        "where": _place(reader, repair.place),
        "state": word(f"state.{repair.state}"),
        "owner": reader.name(repair.owner),
    }


def _place(reader: Reader, place: str) -> Value:
    """A window, a zone, or the whole hall."""
    if not place:
        return word("whole_hall")
    zone = next((zone.names for zone in reader.hall.zones if zone.id == place), None)
    return names(zone) if zone else reader.post(place) or place


FACILITY = Kind("facility_check", facility)
VISIT = Kind("visit_record", visit, sealed=True)
