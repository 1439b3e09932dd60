"""What patrol knows of a post: sightings as facts, and whether every hour had its round (PTL, CAL-10, CON-08, CON-09).

Answers of this domain, for `Tx.ask`: `seen_at`(post, day, zone) -> list[Sighting], everything seen at a post of that zone on a day ·
`strays_of`(uid, from_at, to_at) -> list[Stray], where an inspector saw this person idling at a post ·
`coded_at`(post, day) -> list[CodedSighting], sightings with a code that says something of a person ·
`empty_days`(post, from_day, to_day) -> list[str], days on which somebody saw the post empty ·
`seen_empty`(post, since) -> int: when a patrol first saw nobody there, nobody having been seen since; 0: it did not ·
`first_day`() -> str: the first day anything was seen, "" for none ·
`irregular_round`(zone, from_at, to_at) -> str: the irregular round on which the zone was looked at ·
`tied_units`(uid, at, openly) -> frozenset[str]: units an inspector has declared a tie to, at a moment (ms) or, without it, now; `openly`:
those others may learn of · `tied_to`(uid) -> frozenset[str]: who has declared a tie to this person ·
`zone_mark`(zone) -> str: the code that hangs there ·
`patrolled`(from_day, to_day) -> Patrolled, what the patrol of these days came to ·
`photos_of`(observation) -> (uid, blobs) · `sighting`(observation) -> SeenAt | None ·
`void_observation`(observation, by, text) -> Outcome (CON-44).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from sync.units import MINUTE_MS

Grade = Literal["A", "B", "C"]
What = Literal["empty", "plate", "present", "covered", "neutral"]

WHAT: dict[str, What] = {
    "serving": "present",
    "idle": "present",
    "empty_notice": "plate",
    "empty_no_notice": "empty",
    "covered": "covered",
    "suspended": "neutral",
    "other": "neutral",
}
EMPTY: frozenset[What] = frozenset({"empty", "plate"})
STRAY_CODE = "P8"
"""串岗闲聊 of the quick list (§6.3)."""
FAULT_CODES = frozenset({"P7", "P8", "P9", "P10", "P11", "P12", "P13"})
"""Codes of the quick list that say something of a person: late, chat, screen, phone, badge, dress, manner."""
PRAISE_CODE = "P0"
"""表扬: concerns whoever the inspector names, and nobody else (§6.3)."""


class Sighting(NamedTuple):
    """One look at a post; a "zone all present" is one for each post it covers. `what` "plate": empty, with a notice standing there.

    `knew`: roster version on the inspector's phone (EVD-09); `named`: whom the inspector took the person for, which decides nothing.
    `withdrawn`: its author took it back at `withdrawn_at` (ms), `void`: the office or the efficiency group did (CON-44). `tied`: at a post
    of the inspector's own unit, or one he has declared a tie to (PTL-07). `offset_ms`: by how much the phone's clock was corrected, None:
    nobody knows (CON-07).
    """

    id: str
    at: int
    what: What
    grade: Grade
    inspector: str
    waited: bool = False
    withdrawn: bool = False
    knew: int = 0
    named: str = ""
    received_at: int = 0
    withdrawn_at: int = 0
    void: bool = False
    tied: bool = False
    offset_ms: int | None = None


class SeenAt(NamedTuple):
    """A look at a post on a day (ISO)."""

    post: str
    day: str
    sighting: Sighting


class Stray(NamedTuple):
    """Somebody seen idling at a post that is not his own (串岗, CON-24); `look`: the record itself."""

    id: str
    at: int
    post: str
    person: str
    grade: Grade
    look: Sighting


class CodedSighting(NamedTuple):
    """What an inspector coded beside the state of a post (FAULT_CODES, praise by name); `named`: whom he named, if anybody; `look`: the
    record itself.
    """

    rid: str
    at: int
    codes: list[str]
    grade: Grade
    named: str
    note: str
    reminded: bool
    look: Sighting


class Patrolled(NamedTuple):
    """What patrol came to over some days (PTL-10): hours due, those with a round of every post, those whose round came late, those looked
    at in part, the longest time without a round (opening minutes); rounds walked, looks at posts, those that met somebody, on-the-spot
    reminders.
    """

    slots_due: int = 0
    slots_done: int = 0
    slots_late: int = 0
    slots_partial: int = 0
    gap_min: int = 0
    rounds: int = 0
    looks: int = 0
    served: int = 0
    reminders: int = 0


class RoundFact(NamedTuple):
    """An hourly round, walked to its end or not: when it was begun (ms), when the server got it, what its time is worth, the posts that
    were looked at, and those its inspector had to look at and has not (PTL-06).
    """

    rid: str
    slot: str
    started_at: int
    received_at: int
    grade: Grade = "A"
    looked: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


SlotState = Literal["due", "missed", "partial", "late", "done", "exempt"]
"""`missed` until a round arrives, `partial` until every post was looked at; `late`: that arrived after an alarm, which is withdrawn
(CON-09); `exempt`: the hall was closed then, by what it has said since."""


def slot_state(rounds: Sequence[RoundFact], slot_end_at: int, alarm_at: int, now: int) -> SlotState:
    """What became of the round of one hour. `alarm_at`: when its absence was first told, 0 never. The creation time of a round counts."""
    if rounds and not left_out(rounds):
        return "late" if alarm_at else "done"
    if now < slot_end_at:
        return "due"
    return "partial" if rounds else "missed"


def reached(times: Mapping[str, Sequence[int]], first: int, last: int) -> frozenset[str]:
    """The posts looked at from `first` to `last` (ms): a round does one hour (PTL-06). `times`: post -> when."""
    return frozenset(post for post, looks in times.items() if any(first <= at <= last for at in looks))


def unused(times: Mapping[str, Sequence[int]], first: int, last: int, ends: int) -> dict[str, list[int]]:
    """What was looked at on a round left open once its hour was over (`ends`, ms), but for the look at each post that hour
    takes, from `first` to `last` (PTL-06).
    """
    needed = {post: min((at for at in looks if first <= at <= last), default=0) for post, looks in times.items()}
    rest = {post: [at for at in looks if at >= ends and at != needed[post]] for post, looks in times.items()}
    return {post: looks for post, looks in rest.items() if looks}


def completes(one: RoundFact, daily_at: int, closed_at: int) -> bool:
    """Whether a round can make a slot done: a post was looked at (PTL-06), and it arrived while numbers follow the facts. After the daily
    close (ms) a time nobody can prove changes nothing any more, after the monthly close nothing does (EVD-03, EVD-10).
    """
    return bool(one.looked) and one.received_at < (daily_at if one.grade == "C" else closed_at)


def slot_walked(hours: Sequence[tuple[str, int, int]], named: str, started_at: int, tolerance: int) -> str:
    """The slot a round was walked in: by when it began, whatever it was named for; the name decides only within tolerance of both (ms).

    `hours`: (slot, from, to) of the day (ms). "" when no hour that needs a round is near (PTL-06).
    """
    near = [slot for slot, start, end in hours if start - tolerance <= started_at < end + tolerance]
    inside = [slot for slot, start, end in hours if start <= started_at < end]
    return named if named in near else next(iter(inside or near), "")


def since_last(start: int, end: int, opens: int, walked: Sequence[int]) -> int:
    """Minutes from the round before, or from opening, to the first round of an hour (ms); 0 without one. Closed time is exempt (CAL-10)."""
    first = min((at for at in walked if start <= at < end), default=0)
    return (first - max([opens, *(at for at in walked if at < first)])) // MINUTE_MS if first else 0


def left_out(rounds: Sequence[RoundFact]) -> frozenset[str]:
    """The posts an hour still lacks: of what a round of it had to look at, what none of them did; inspectors may share an hour (CON-08).

    The round that lacks least decides: whatever a second one leaves out makes a whole hour no less whole (PTL-06).
    """
    looked = frozenset[str]().union(*(one.looked for one in rounds))
    return min((one.missing - looked for one in rounds), key=len, default=frozenset())


def whole_by(rounds: Iterable[RoundFact]) -> tuple[int, str] | None:
    """The round with which an hour lacked no post any more, by when it was begun and its rid: whatever was begun after it is a repeated one
    (CON-08). None while posts are left.
    """
    looked, open_still = frozenset[str](), list[frozenset[str]]()
    for one in sorted(rounds, key=lambda r: (r.started_at, r.rid)):
        looked |= one.looked
        open_still.append(one.missing)
        if any(missing <= looked for missing in open_still):
            return one.started_at, one.rid
    return None


def first_round(rounds: Iterable[RoundFact]) -> RoundFact:
    """The round a slot is completed by: the earliest walked of those that looked at most (CON-08)."""
    return min(rounds, key=lambda r: (len(r.missing), r.started_at, r.rid))


def gaps(hours: Sequence[tuple[str, int, int]], sessions: Sequence[tuple[int, int]], walked: Sequence[int]) -> dict[str, int]:
    """Opening minutes without a round, told at the hour in which they end (IDX-24): at the first round of the hour, or at its end.

    `hours`: (slot, from, to) of a day in order (ms); `walked`: when hourly rounds began.
    """
    found = {}
    for slot, start, end in hours:
        before = [at for at in walked if at < start]
        since = max(before, default=min((a for a, _ in sessions), default=start))
        until = min((at for at in walked if start <= at < end), default=end)
        found[slot] = sum(max(0, min(b, until) - max(a, since)) for a, b in sessions) // MINUTE_MS
    return found
