"""DOC-08 人员去向一览表: who is where, for the wall (AWY-01, AWY-11). rid: a unit, or `hall` for those who read the whole of it."""

import msgspec

from server.domain.hall.rules import day_of
from server.domain.presence.ops import Label
from server.domain.presence.rules import person_label
from server.papers.faces import Kind, Reader, Seen
from server.papers.kinds.notices import Notice, SeenPublic, back, label, on_leave, open_notices, stand_in
from server.papers.values import Value, Values, at, word

SEES_ALL = frozenset({"OFF", "INS", "EFF"})
HALL = "hall"


class SeenDuty(msgspec.Struct):
    """The part of row `duty` a board uses."""

    day: str
    post: str
    a: str


def data(reader: Reader, rid: str) -> Values | None:
    """Units, plate names, labels, expected return, stand-in, as-of time: public states only (AWY-09)."""
    sees_all = not reader.actor.roles.isdisjoint(SEES_ALL)
    if not (sees_all or (rid != HALL and rid == reader.actor.unit)):
        return None
    everybody = reader.faces.all("person", Seen)
    units = sorted({p.unit for p in everybody.values() if p.unit} if rid == HALL else {rid})
    people = {uid: p for uid, p in everybody.items() if p.unit in units and "BOARD" not in p.roles}
    if not people:
        return None
    notices, posts, absent = open_notices(reader), _posts_today(reader), on_leave(reader)
    order = sorted(people, key=lambda uid: (units.index(people[uid].unit), _natural(people[uid].badge), uid))
    return {
        "unit": word("whole_hall") if rid == HALL else reader.unit(rid),
        "as_of": at(reader.now),
        "people": [_line(reader, uid, people[uid], uid in absent, notices, posts) for uid in order],
    }


def _line(reader: Reader, uid: str, person: Seen, absent: bool, notices: list[Notice], posts: dict[str, list[str]]) -> Values:
    mine = [n for n in notices if n.person == uid or (n.whole_unit and _takes_along(reader, n, uid, person, posts.get(uid, [])))]
    # One's own notice before that of the whole unit; leave before both, with no word of what kind it is.
    found = None if absent else min(mine, key=lambda n: n.person != uid, default=None)
    return {
        "unit": reader.unit(person.unit),
        "name": reader.plate(uid),
        "posts": [post for rid in posts.get(uid, []) if (post := reader.post(rid))] or None,
        "label": _label(reader, "off_today" if absent else label(found) if found else None, posts.get(uid, [])),
        "back": back(reader, found) if found else None,
        "stand_in": stand_in(reader, found) if found else None,
    }


def _takes_along(reader: Reader, notice: Notice, uid: str, person: Seen, posts: list[str]) -> bool:
    """Whether somebody is away with his unit: not back alone, nor at a window of its that is his, as the lobby has it (AWY-02)."""
    public = [one for rid in posts if rid in notice.posts and (one := reader.faces.get("post.pub", rid, SeenPublic))]
    back = uid in notice.back_alone or any(one.label == "on_post" for one in public)
    return _unit_of(reader, notice) == person.unit and not back


def _label(reader: Reader, away: Label | None, posts: list[str]) -> Value:
    """As the lobby has it: of who is not away, by his own posts (AWY-09)."""
    public = [one for rid in posts if (one := reader.faces.get("post.pub", rid, SeenPublic))]
    label = person_label(away, [one.label for one in public])
    return word(f"label.{label}", name=public[0].stand_in) if label == "covered" else word(f"label.{label}")


def _unit_of(reader: Reader, notice: Notice) -> str:
    seen = reader.person(notice.person)
    return notice.unit or (seen.unit if seen else "")


def _posts_today(reader: Reader) -> dict[str, list[str]]:
    """Posts by the person who is their A today."""
    today = day_of(reader.now, reader.hall.tz)
    found: dict[str, list[str]] = {}
    for duty in sorted(reader.faces.all("duty", SeenDuty).values(), key=lambda d: d.post):
        if duty.day == today:
            found.setdefault(duty.a, []).append(duty.post)
    return found


def _natural(badge: str) -> tuple[int, str]:
    """Badges in the order people count them: 9 before 10."""
    return (len(badge), badge)


KIND = Kind("whereabouts", data, each=True)
