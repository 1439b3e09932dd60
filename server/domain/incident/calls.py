"""Whom an incident calls: the first responsible of its place, and whoever stands in for somebody who is not there (EMG-01, EMG-07)."""

from collections.abc import Iterable

from server.domain.base import Tx
from server.domain.hall.here import hall_of
from server.domain.hall.tables import PersonRecord, PostRecord, UnitRecord
from server.domain.incident.rules import Escalated
from server.domain.incident.tables import IncidentRecord


def responsible(tx: Tx, place: str) -> tuple[str, str] | None:
    """Unit and first responsible of a post or zone, as of now; a zone is the office's. None for a place the hall does not have.

    The head of the unit; where there is none, or he is away, his deputy; else whoever answers for the post.
    """
    post: PostRecord | None = tx.ask("post", post=place)
    if post is not None:
        unit: UnitRecord | None = tx.ask("unit", unit=post.unit)
        return post.unit, _answers(tx, unit, place)
    hall = hall_of(tx)
    if place not in {zone.id for zone in hall.zones}:
        return None
    office: UnitRecord | None = tx.ask("office")
    return (office.rid, _answers(tx, office, office.contact_post)) if office else ("", "")


def called(tx: Tx, record: IncidentRecord, step: Escalated) -> list[str]:
    """Who exactly is called now by a step of the ladder: those on the spot, the head, the leader in charge (EMG-07)."""
    unit: UnitRecord | None = tx.ask("unit", unit=record.unit) if record.unit else None
    if step == "responder":
        return _known(tx, [record.responder, on_the_spot(tx, record.place)])
    if step == "head":
        head = unit.head if unit else ""
        return _known(tx, [head, "" if _is_there(tx, head) else _deputy(tx, unit)])
    people: list[PersonRecord] = tx.ask("people")
    leader = unit.leader if unit else ""
    return _known(tx, [leader] if leader else sorted(one.rid for one in people if "LEAD" in one.roles))


def on_the_spot(tx: Tx, place: str) -> str:
    """Whoever answers for the work at a post now; "" for a zone."""
    if not place or tx.ask("post", post=place) is None or not tx.knows("serving"):
        return ""
    person: str = tx.ask("serving", post=place, at=tx.now).person
    return person


def _answers(tx: Tx, unit: UnitRecord | None, post: str) -> str:
    head = unit.head if unit else ""
    if _is_there(tx, head):
        return head
    return _deputy(tx, unit) or on_the_spot(tx, post) or head


def _deputy(tx: Tx, unit: UnitRecord | None) -> str:
    """Of the unit's chief representative and its other heads the first who is there; "" for none."""
    if unit is None:
        return ""
    people: list[PersonRecord] = tx.ask("people")
    heads = sorted(one.rid for one in people if one.unit == unit.rid and "HEAD" in one.roles)
    return next((uid for uid in (unit.chief, *heads) if uid != unit.head and _is_there(tx, uid)), "")


def _is_there(tx: Tx, uid: str) -> bool:
    """Neither away nor on leave now, as far as the hall knows."""
    if not uid:
        return False
    span = {"uid": uid, "from_at": tx.now, "to_at": tx.now + 1}
    away = bool(tx.ask("away_of", **span)) if tx.knows("away_of") else False
    leaves = tx.ask("leaves_of", **span) if tx.knows("leaves_of") else []
    return not away and not any(one.state == "approved" and one.from_at <= tx.now < one.to_at for one in leaves)


def _known(tx: Tx, uids: Iterable[str]) -> list[str]:
    return [uid for uid in dict.fromkeys(uids) if uid and tx.ask("person", uid=uid) is not None]
