"""Away notices as documents read them: each by its fullest face, and what the public may know of it (AWY-09)."""

import msgspec

from server.domain.hall.rules import day_of
from server.domain.presence.ops import Label, Reason
from server.domain.presence.rules import away_label
from server.papers.faces import Reader
from server.papers.values import Value, at
from sync.units import MINUTE_MS

FACES = ("away.ins", "away.unit", "away.office")
ROUND_MS = 5 * MINUTE_MS


class Notice(msgspec.Struct):
    """What every face of a notice has."""

    person: str
    posts: list[str]
    reason: Reason
    leaves_at: int
    back_at: int
    state: str
    cover: str
    whole_unit: bool = False
    unit: str = ""
    stand_in: str | None = None
    back_alone: list[str] = []


def notice(reader: Reader, rid: str) -> Notice | None:
    """A notice by its fullest face."""
    found = (reader.faces.get(kind, rid, Notice) for kind in reversed(FACES))
    return next((one for one in found if one is not None), None)


def open_notices(reader: Reader) -> list[Notice]:
    """Every notice in force now that this reader knows, whoever left first first."""
    found: dict[str, Notice] = {}
    for kind in FACES:
        found.update(reader.faces.all(kind, Notice))
    here = [n for n in found.values() if n.state in ("active", "overdue") and n.leaves_at <= reader.now]
    return sorted(here, key=lambda n: (n.leaves_at, n.person))


class Absence(msgspec.Struct):
    """What every face of a leave has. `state` only for those who decide, `settled` only for the unit."""

    person: str
    from_at: int
    to_at: int
    state: str = "approved"
    settled: bool = True


GRANTED = frozenset({"approved", "running"})


def on_leave(reader: Reader) -> set[str]:
    """Who is on approved leave now, as far as this reader knows."""
    faces = [one for kind in ("leave.ins", "leave.unit", "leave") for one in reader.faces.all(kind, Absence).values()]
    return {one.person for one in faces if one.settled and one.state in GRANTED and one.from_at <= reader.now < one.to_at}


def label(notice: Notice) -> Label:
    """The public label: a class, never a reason."""
    return away_label(notice.reason, whole_unit=notice.whole_unit, overdue=notice.state == "overdue")


def back(reader: Reader, notice: Notice) -> Value:
    """When somebody is expected back, rounded up to five minutes (DSP-01); nothing for one who is off for the day, or overdue."""
    if notice.reason == "off_today" or notice.state == "overdue":
        return None
    then = -(-notice.back_at // ROUND_MS) * ROUND_MS
    same_day = day_of(then, reader.hall.tz) == day_of(reader.now, reader.hall.tz)
    return at(then, "time" if same_day else "datetime")


AGREED = ("accepted", "in_force")
UNATTENDED: frozenset[Label] = frozenset({"step_away", "official_out", "meeting_training", "off_today", "suspended"})


class SeenPublic(msgspec.Struct):
    """The part of row `post.pub` these documents use."""

    label: Label
    stand_in: str = ""
    go_to: str = ""


def stand_in(reader: Reader, notice: Notice) -> str | None:
    """The plate of the one who stands in: nobody is put up on paper who has not said yes, nor where the lobby says nobody is."""
    seen = [one.label for rid in notice.posts if (one := reader.faces.get("post.pub", rid, SeenPublic))]
    empty = notice.leaves_at <= reader.now and bool(seen) and UNATTENDED.issuperset(seen)
    return reader.plate(notice.stand_in) if notice.cover in AGREED and not empty else None
