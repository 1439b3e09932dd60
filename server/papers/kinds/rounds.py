"""DOC-13 巡查记录表 (PTL-01, PTL-02, PTL-08): one round, zone by zone, with what was recorded on it. rid: the round."""

from server.domain.patrol.ops import Observation, Round
from server.papers.faces import Kind, Reader
from server.papers.values import Value, Values, at, day, names, span, word

OF_SEEN = frozenset({"P1", "P2", "P3", "P4", "P5", "P6"})
"""Codes that only repeat what was seen (§6.3)."""


def data(reader: Reader, rid: str) -> Values | None:
    """A round that is over, for those who patrol; what its author took back is not in it."""
    one = reader.faces.get("round", rid, Round)
    if one is None or one.finished_at is None:
        return None
    seen = [o for o in reader.faces.all("obs", Observation).values() if o.round == rid and not o.withdrawn]
    looked = {post for zone in one.zones for post in zone.posts} | {o.post for o in seen}
    return {
        "type": word(f"type.{one.type}"),
        "slot": word("slot_of", day=day(one.slot[:10]), hour=one.slot[11:]),
        "inspector": reader.name(one.inspector),
        "span": span(one.started_at, one.finished_at, reader.hall.tz),
        "posts": word("of_due", n=str(len(looked)), m=str(one.due)) if one.due else word("count_of", n=str(len(looked))),
        "points": [_zone(reader, zone) for zone in one.points] or None,
        "reminders": word("times_of", n=str(sum(o.reminded for o in seen))),
        "queue": None if one.queue_len is None else word("people_of", n=str(one.queue_len)),
        "remark": one.remark or None,
        "zones": [
            {"zone": _zone(reader, z.zone), "at": at(z.at, "time"), "present": [reader.post(post) for post in z.posts]} for z in one.zones
        ],
        "records": [_record(reader, o) for o in sorted(seen, key=lambda o: (o.at, o.post))],
        "sign_inspector": reader.name(one.inspector),
    }


def _zone(reader: Reader, zone: str) -> Value:
    found = next((one.names for one in reader.hall.zones if one.id == zone), None)
    return names(found) if found else zone


def _record(reader: Reader, one: Observation) -> Values:
    return {
        "post": reader.post(one.post),
        "at": at(one.at, "time"),
        "seen": word(f"seen.{one.seen}"),
        "codes": [word(f"code.{code}") for code in one.codes if code not in OF_SEEN] or None,
        "reminded": word("reminded.yes") if one.reminded else None,
        "note": one.note or None,
    }


KIND = Kind("patrol_round", data)
