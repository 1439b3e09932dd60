"""Findings follow from facts: whenever something about a post changed, the days on which it was seen empty are reconciled anew."""

from server.domain.base import Tx
from server.domain.hall.blobs import Attached, attached, show_in
from server.domain.hall.ops import Hall
from server.domain.hall.rules import DAY_MS, add_days, day_of, day_start, minutes_ms, next_working_day, rule, sessions
from server.domain.hall.tables import DutyRecord, PostRecord
from server.domain.patrol.rules import WHAT, Found, Params, PostFacts, Sighting, reconcile
from server.domain.patrol.tables import EmptyDayRecord, FindingAnswerRecord, FindingRecord, ObservationRecord, ZoneSeenRecord
from server.domain.patrol.views import finding_faces
from server.domain.presence.rules import PostDay, still_matters

DAYS_BACK = 40
"""How late a fact may be and still change a finding: beyond the monthly close only adjustments do (EVD-10)."""


def settle(tx: Tx, touched: frozenset[str]) -> None:
    """Reconcile every touched post for every day on which somebody saw it empty."""
    hall: Hall = tx.ask("hall")
    since = add_days(day_of(tx.now, hall.tz), -DAYS_BACK)
    for post_id in sorted(touched):
        days = tx.find(EmptyDayRecord, "post = ? AND day >= ?", [post_id, since], "day")
        post: PostRecord | None = tx.ask("post", post=post_id) if days else None
        if post is not None:
            for day in days:
                _reconcile_day(tx, hall, post, day.day)


def _reconcile_day(tx: Tx, hall: Hall, post: PostRecord, day: str) -> None:
    """Findings of one post and day: show what is, take back what is no more."""
    params = Params(
        minutes_ms(hall, "evd.vacancy_min_minutes"),
        minutes_ms(hall, "awy.return_grace_min"),
        rule(hall, "evd.offset_tolerance_s") * 1000,
    )
    found = reconcile(_facts(tx, hall, post, day), params)
    known = {f.rid for f in tx.find(FindingRecord, "post = ? AND day = ? AND state <> ''", [post.rid, day])}
    said = tx.find(FindingAnswerRecord, "post = ? AND day = ?", [post.rid, day], "at, rid")
    for one in found:
        _show(tx, hall, post, day, one, [a.text for a in said if a.finding in one.observations])
    for rid in sorted(known - {f.rid for f in found}):
        _take_back(tx, rid)


def _facts(tx: Tx, hall: Hall, post: PostRecord, day: str) -> PostFacts:
    """Everything known about the post on that day."""
    start, end = day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz)
    duty: DutyRecord | None = tx.ask("duty_of", post=post.rid, day=day)
    away: PostDay = tx.ask("post_day", post=post.rid, from_at=start - DAY_MS, to_at=end)
    seen = tx.find(ObservationRecord, "post = ? AND day = ?", [post.rid, day])
    sightings = [Sighting(o.rid, o.at, WHAT[o.seen], o.grade, o.inspector, o.waited, bool(o.withdrawn)) for o in seen]
    for zone in tx.find(ZoneSeenRecord, "day = ? AND zone = ?", [day, post.zone]):
        if post.rid in zone.posts:
            sightings.append(Sighting(zone.rid, zone.at, "present", zone.grade, zone.inspector))
    a = duty.a if duty else ""
    return PostFacts(
        a=a,
        sightings=tuple(sightings),
        notices=tuple(n for n in away.notices if still_matters(n, a, start)),
        covers=tuple(c for c in away.covers if start <= c.from_at < end),
        breaks=tuple(closes for _, closes in sessions(hall, day)),
    )


def _show(tx: Tx, hall: Hall, post: PostRecord, day: str, found: Found, answers: list[str]) -> None:
    record = FindingRecord(
        rid=found.rid,
        post=post.rid,
        day=day,
        unit=post.unit,
        person=found.person,
        observations=list(found.observations),
        state=found.state,
    )
    tx.put(record)
    until = next_working_day(hall, day, rule(hall, "evd.answer_days"))
    for face in finding_faces(found, post.rid, post.unit, answers, until, _photos(tx, found)):
        tx.project(face)


def _photos(tx: Tx, found: Found) -> list[Attached]:
    """What was photographed in an episode; the finding shows it too, to the office as well."""
    shown: dict[str, Attached] = {}
    for rid in found.observations:
        seen = tx.get(ObservationRecord, rid)
        if seen and seen.blobs:
            show_in(tx, found.rid, seen.inspector, seen.blobs)
            shown |= {one.sha256: one for one in attached(tx, seen.inspector, seen.blobs)}
    return list(shown.values())


def _take_back(tx: Tx, rid: str) -> None:
    """The facts no longer make this finding: its rows go; the observations stay."""
    record = tx.get(FindingRecord, rid)
    if record:
        record.state = ""
        tx.put(record)
    tx.retract("finding", rid)
    tx.retract("finding.own", rid)
