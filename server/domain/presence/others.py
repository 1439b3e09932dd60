"""What absence needs to know from other institutions; one that this installation does not have simply knows nothing."""

from typing import Any, NamedTuple, Protocol

from server.domain.base import Tx
from server.domain.hall.here import hall_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, day_of, rule
from server.domain.hall.tables import PostRecord


class LeaveSpan(Protocol):
    """A leave as its own institution tells it; times in ms."""

    from_at: int
    to_at: int
    state: str
    decided_at: int
    told_at: int


class Sheet(Protocol):
    """A handover sheet as its own institution tells it to whom it was given; times in ms, FOREVER when it has not happened."""

    post: str
    from_at: int
    until_at: int
    accepted_at: int
    taken_at: int
    ended_at: int


class Holders(NamedTuple):
    """A and B of a post at a moment, "" for nobody."""

    a: str
    b: str


class Handed(NamedTuple):
    """Who took a post over by a handover sheet, since when (ms); "" when nobody did."""

    person: str
    from_at: int


NOT_HANDED = Handed("", 0)


def maybe(tx: Tx, question: str, default: Any, **about: Any) -> Any:
    """The answer to a question, or `default` where no institution here answers it."""
    return tx.ask(question, **about) if tx.knows(question) else default


def holders(tx: Tx, hall: Hall, post: str, at: int) -> Holders:
    """Who is A and B of a post at that moment: sessions of the day and swaps counted, where somebody keeps a roster (ORG-09)."""
    assigned = maybe(tx, "on_duty", None, post=post, at=at)
    if assigned is None:
        assigned = tx.ask("duty_of", post=post, day=day_of(at, hall.tz))
    return Holders(assigned.a, assigned.b) if assigned else Holders("", "")


def ever_named(tx: Tx, hall: Hall, post: str, at: int) -> set[str]:
    """Everybody who was published for the post that day at any time (CON-42)."""
    named: set[str] = maybe(tx, "ever_named", set(), post=post, day=day_of(at, hall.tz))
    return named


def belongs(tx: Tx, *, uid: str, unit: str, post: str, at: int) -> bool:
    """True when the post is of the person's unit, or the person is its A or B that day, or was by a roster a phone may still have
    (CON-42)."""
    record: PostRecord | None = tx.ask("post", post=post)
    if record is None or record.unit == unit:
        return True
    hall = hall_of(tx)
    return uid in holders(tx, hall, post, at) or uid in ever_named(tx, hall, post, at)


def on_leave(tx: Tx, uid: str, from_at: int, to_at: int) -> bool:
    """True when the person has approved leave that touches the span."""
    return bool(leaves_in(tx, uid, from_at, to_at))


def leaves_in(tx: Tx, uid: str, from_at: int, to_at: int) -> list[LeaveSpan]:
    """Approved leave of the person that touches the span."""
    leaves: list[LeaveSpan] = maybe(tx, "leaves_of", [], uid=uid, from_at=from_at, to_at=to_at) if uid else []
    return [one for one in leaves if one.state == "approved" and one.from_at < to_at and from_at < one.to_at]


def leaves_known(tx: Tx, uid: str, from_at: int, to_at: int, at: int) -> list[LeaveSpan]:
    """Leave of the person that touches the span and had been approved, or told by phone (LV-05), by `at` (ms)."""
    leaves: list[LeaveSpan] = maybe(tx, "leaves_of", [], uid=uid, from_at=from_at, to_at=to_at)
    called = [one for one in leaves if one.state in ("pending", "approved") and 0 < one.told_at <= at]
    return called + [one for one in leaves if one.state == "approved" and one.decided_at <= at]


def duty_in_force(tx: Tx, hall: Hall, at: int) -> bool:
    """True when a grave incident was being dealt with at that moment (AWY-12)."""
    level = rule(hall, "awy.duty_level", at)
    return bool(maybe(tx, "emergencies", [], level=level, from_at=at, to_at=at + 1))


def handed_over(tx: Tx, post: str, at: int) -> Handed:
    """Who serves the post by a handover sheet at that moment."""
    person, from_at = maybe(tx, "taken_over", ("", 0), post=post, at=at)
    return Handed(person, from_at)


def handed_to(tx: Tx, uid: str, since: int) -> list[str]:
    """Posts of the handover sheets for the person that last beyond that moment, begun or not, whatever he answered."""
    sheets: list[Sheet] = maybe(tx, "handed_to", [], uid=uid, from_at=since, to_at=FOREVER)
    return [one.post for one in sheets]


def serves_by_sheet(tx: Tx, uid: str, from_at: int, to_at: int) -> list[str]:
    """Posts the person serves, or has agreed to serve, by handover sheets in the span."""
    sheets: list[Sheet] = maybe(tx, "handed_to", [], uid=uid, from_at=from_at, to_at=to_at)
    mine = [one for one in sheets if min(one.accepted_at, one.taken_at) < FOREVER]
    return [one.post for one in mine if min(one.until_at, one.ended_at) > from_at]


def sheets_in_force(tx: Tx, uid: str, at: int) -> list[tuple[str, int]]:
    """Posts the person serves by handover sheets at that moment, and since when (ms)."""
    sheets: list[Sheet] = maybe(tx, "handed_to", [], uid=uid, from_at=at, to_at=at + 1)
    begun = [(one, min(one.taken_at, max(one.from_at, one.accepted_at))) for one in sheets]
    return [(one.post, since) for one, since in begun if since <= at < min(one.until_at, one.ended_at)]


def shut_since(tx: Tx, post: str) -> int:
    """Since when something broken closes the window (ms); 0: nothing does (FAC-07)."""
    at: int = maybe(tx, "shut_by_fault", 0, post=post)
    return at


def seen_empty(tx: Tx, post: str, since: int) -> int:
    """When a patrol first saw nobody at the post, nobody having been seen there since; 0: it did not (DSP-08)."""
    at: int = maybe(tx, "seen_empty", 0, post=post, since=since)
    return at
