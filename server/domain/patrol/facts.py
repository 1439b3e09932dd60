"""What patrol tells other institutions: the answers of this domain (rules.py)."""

from collections.abc import Sequence

from server.domain.base import APPLIED, Outcome, Tx, refused
from server.domain.hall.here import hall_of
from server.domain.hall.rules import day_of
from server.domain.hall.tables import PostRecord
from server.domain.patrol.rules import EMPTY, FAULT_CODES, PRAISE_CODE, STRAY_CODE, WHAT, CodedSighting, SeenAt, Sighting, Stray
from server.domain.patrol.tables import EmptyDayRecord, ObservationRecord, RoundRecord, ZoneSeenRecord
from server.domain.patrol.ties import is_tied
from sync.ops import Blob
from sync.units import DAY_MS


def seen_at(tx: Tx, *, post: str, day: str, zone: str) -> list[Sighting]:
    """Every look at a post of `zone` on a day: observations, and zones that were all present."""
    seen = [_sighting(o) for o in tx.find(ObservationRecord, "post = ? AND day = ?", [post, day])]
    for zone_seen in tx.find(ZoneSeenRecord, "day = ? AND zone = ?", [day, zone]):
        if post in zone_seen.posts:
            seen.append(_present(tx, post, zone_seen))
    return seen


def _sighting(o: ObservationRecord) -> Sighting:
    return Sighting(
        o.rid,
        o.at,
        WHAT[o.seen],
        o.grade,
        o.inspector,
        o.waited,
        bool(o.withdrawn or o.void),
        o.knew.roster_version,
        o.person,
        o.received_at,
        o.withdrawn_at,
        bool(o.void),
        o.own_unit or o.tied,
        o.offset_ms,
    )


def _present(tx: Tx, post: str, zone: ZoneSeenRecord) -> Sighting:
    place: PostRecord | None = tx.ask("post", post=post)
    tied = place is not None and (place.unit == zone.unit or is_tied(tx, zone.inspector, place, zone.at, zone.day))
    seen = Sighting(zone.rid, zone.at, "present", zone.grade, zone.inspector, received_at=zone.received_at, offset_ms=zone.offset_ms)
    return seen._replace(tied=tied)


def sighting(tx: Tx, *, observation: str) -> SeenAt | None:
    """One look, with its post and day."""
    seen = tx.get(ObservationRecord, observation)
    return SeenAt(seen.post, seen.day, _sighting(seen)) if seen else None


def moved(tx: Tx, observation: str) -> None:
    """Somebody has taken an observation back: what others made of it may not stand any more."""
    if tx.knows("facts_moved"):
        tx.ask("facts_moved", facts=[observation])


def strays_of(tx: Tx, *, uid: str, from_at: int, to_at: int) -> list[Stray]:
    """Where inspectors saw this person idling at a post, by its quick code, taken back or not (CON-24)."""
    found = tx.find(ObservationRecord, "person = ? AND at >= ? AND at < ?", [uid, from_at, to_at], "at, rid")
    return [Stray(o.rid, o.at, o.post, uid, o.grade, _sighting(o)) for o in found if STRAY_CODE in o.codes]


def coded_at(tx: Tx, *, post: str, day: str) -> list[CodedSighting]:
    """Sightings of a post and day with codes that say something of a person, praise only by name; by time, taken back or not."""
    found = tx.find(ObservationRecord, "post = ? AND day = ? AND source = ''", [post, day], "at, rid")
    coded = [(o, [code for code in o.codes if code in FAULT_CODES or (code == PRAISE_CODE and o.person)]) for o in found]
    return [CodedSighting(o.rid, o.at, [*codes], o.grade, o.person, o.note, o.reminded, _sighting(o)) for o, codes in coded if codes]


def empty_days(tx: Tx, *, post: str, from_day: str, to_day: str) -> list[str]:
    """Days on which somebody saw the post empty."""
    return [e.day for e in tx.find(EmptyDayRecord, "post = ? AND day >= ? AND day <= ?", [post, from_day, to_day], "day")]


def first_day(tx: Tx) -> str:
    """The first day of which anything was seen; "" for none."""
    first = tx.find(ObservationRecord, "day = (SELECT min(day) FROM observation)", [], "rid LIMIT 1")
    zones = tx.find(ZoneSeenRecord, "day = (SELECT min(day) FROM patrol_zone_seen)", [], "rid LIMIT 1")
    return min([*(o.day for o in first), *(z.day for z in zones)], default="")


def seen_empty(tx: Tx, *, post: str, since: int) -> int:
    """When a patrol first saw nobody at the post since then, nobody having been seen there afterwards (ms); 0: it did not (DSP-08)."""
    hall = hall_of(tx)
    record: PostRecord | None = tx.ask("post", post=post)
    day = day_of(max(since, tx.now), hall.tz)
    if record is None or tx.get(EmptyDayRecord, f"{post}:{day}") is None:
        return 0
    looks = seen_at(tx, post=post, day=day, zone=record.zone)
    first = 0
    for seen in sorted(looks, key=lambda s: (s.at, s.id)):
        if seen.withdrawn or seen.at < since or seen.grade == "C":
            continue
        first = (first or seen.at) if seen.what in EMPTY else 0 if seen.what in ("present", "covered") else first
    return first


def irregular_round(tx: Tx, *, zone: str, from_at: int, to_at: int) -> str:
    """The irregular round, if any, that somebody began between the two moments (ms) and on which the zone was looked at (PTL-05)."""
    rounds = tx.find(RoundRecord, "started_at >= ? AND started_at <= ? AND type = 'irregular'", [from_at, to_at], "started_at, rid")
    posts = {post.rid for post in tx.ask("posts") if post.zone == zone} if rounds else set()
    for one in rounds:
        if tx.find(ZoneSeenRecord, "round = ? AND zone = ?", [one.rid, zone], "rid LIMIT 1"):
            return one.rid
        last = (one.finished_at or one.started_at + DAY_MS) + 1
        seen = tx.find(ObservationRecord, "at >= ? AND at < ? AND round = ?", [one.started_at, last, one.rid])
        if any(o.post in posts and not o.withdrawn for o in seen):
            return one.rid
    return ""


def photos_of(tx: Tx, *, observation: str) -> tuple[str, Sequence[Blob]]:
    """Who photographed what at an observation."""
    seen = tx.get(ObservationRecord, observation)
    return (seen.inspector, seen.blobs) if seen else ("", ())


def touch_day(tx: Tx, post: str, at: int, named: str = "") -> None:
    """Something about a look at a post changed; whoever was named there may have been missed elsewhere (CON-24)."""
    tx.touch(post, at, at + 1)
    if named:
        tx.touch_person(named, at, at + 1)


def may_void(seen: ObservationRecord | None, by: str) -> Outcome:
    """An observation that is there and not void yet, by anybody but its author and whom it names (CON-44)."""
    if seen is None or seen.void:
        return refused("GONE")
    return refused("NO_RIGHT") if by in (seen.inspector, seen.person) else APPLIED
