"""What reconciliation takes: every fact about one post on one day, whoever said it and whenever it arrived. Values only."""

from typing import Literal, NamedTuple

from server.domain.hall.rules import FOREVER
from server.domain.handover.rules import HandoverFact
from server.domain.patrol.rules import Sighting, Stray
from server.domain.presence.rules import CoverFact, NoticeFact

Grade = Literal["A", "B", "C"]


class Params(NamedTuple):
    """The hall's parameters, in ms (§16). `consent`: a longer step-away needs HEAD's word (AWY-05)."""

    vacancy: int
    grace: int
    tolerance: int
    consent: int = FOREVER


class Holder(NamedTuple):
    """Who is A and B of the post at a moment, by the newest roster (CON-23, CON-42). `version`: of that roster.

    `by`: who alone says that A has it, and could not be read by him yet; "": the plan, his own word, or a swap he could read. `since`: from
    when on (ms).
    """

    a: str
    b: str = ""
    version: int = 0
    by: str = ""
    since: int = 0


class LeaveFact(NamedTuple):
    """One leave of a person, or the request for it (CON-22). A recalled leave ends at the recall."""

    rid: str
    person: str
    from_at: int
    to_at: int
    state: Literal["pending", "approved", "refused"]
    decided_at: int = 0


class Ruling(NamedTuple):
    """What the office made of a doubtful sighting (CON-02). `by` is empty when its term passed: then nobody is counted."""

    sighting: str
    at: int
    by: str
    counts: bool


class Asked(NamedTuple):
    """Somebody concerned asked for a review of a finding with this sighting (EVD-12)."""

    sighting: str
    at: int


class Excuse(NamedTuple):
    """A stand-in who could not stand in: himself away by a notice made before, on leave, permitted to be away (ATT-07), or at another post
    (CON-12, CON-13); or perhaps could not: he has asked for leave (CON-22).

    `named`: he had named somebody for the time he was away; `sent_at`: when HEAD or the office sent him there, or away (ms), 0: not.
    """

    person: str
    from_at: int
    to_at: int
    kind: Literal["away", "leave", "leave_asked", "permitted", "elsewhere"]
    known_at: int = 0
    named: bool = False
    sent_at: int = 0


class Elsewhere(NamedTuple):
    """Whoever held the post at a look was to be at another, `there`, since `taken` (ms). `proven`: he had taken that one, or has a sheet in
    force there (AB-01); else he had promised to, says so by a clock nobody can believe, or is A there as well (EVD-04).
    """

    sighting: str
    there: str
    taken: int
    proven: bool


class UnprovenSwap(NamedTuple):
    """`by` says, by a clock nobody can believe, that `a` has the post from `at` (ms) on. `holders`: whose it would be at each look."""

    rid: str
    at: int
    by: str
    a: str
    holders: tuple[tuple[str, Holder], ...]


class PostFacts(NamedTuple):
    """Every fact about one post on one day. `a`: the day's A, where no `holders` are known by sighting. `breaks`: closing times (ms).

    `leaves` are those of whoever held the post; `excused`: what kept stand-ins from standing in;
    `shifts`: who was A from when to when in opening hours (ms), by the newest roster;
    `arrivals`: when whoever held the post signed in, by a trusted clock (ms, uid); `unproven_arrivals`: by one nobody can believe.
    `unnamed`: notices of whoever held the post that name it not, since his phone knew another roster, or for another reason.
    `permitted`: the looks at which whoever held the post was generally excused, or had a standing permission (ATT-07);
    `permit_ended`: those at which he was, as it stood then, by one that was taken back afterwards.
    `unproven_swaps`: those whose time counts from when the server had them, as they were claimed.
    """

    a: str
    sightings: tuple[Sighting, ...]
    notices: tuple[NoticeFact, ...] = ()
    covers: tuple[CoverFact, ...] = ()
    breaks: tuple[int, ...] = ()
    holders: tuple[tuple[str, Holder], ...] = ()
    leaves: tuple[LeaveFact, ...] = ()
    handovers: tuple[HandoverFact, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    strays: tuple[Stray, ...] = ()
    excused: tuple[Excuse, ...] = ()
    arrivals: tuple[tuple[int, str], ...] = ()
    shifts: tuple[tuple[int, int, str], ...] = ()
    unproven_arrivals: tuple[tuple[int, str], ...] = ()
    reviews: tuple[Asked, ...] = ()
    unproven_swaps: tuple[UnprovenSwap, ...] = ()
    unnamed: tuple[NoticeFact, ...] = ()
    permitted: tuple[str, ...] = ()
    permit_ended: tuple[str, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
