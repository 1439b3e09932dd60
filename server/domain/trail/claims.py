"""What clocks nobody can believe say of who served: a step-up, a return, a punch, somebody seen, a swap (EVD-03); and what only somebody
with a tie to the place has seen (PTL-07).

It clears nobody. But whoever would not be counted were it true is in doubt, and a person looks at it (EVD-04).
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from server.domain.hall.rules import FOREVER
from server.domain.trail.explain import Values
from server.domain.trail.facts import PostFacts
from server.domain.trail.judge import accuses

CLAIMS_MAX = 8
"""With more unproven claims than this about one episode, combinations are not tried: the episode is in doubt."""


class Claim(NamedTuple):
    """Somebody served from `at` on, by the word of `who` (a uid, "" for an inspector). `rid`: the record that says so; `b`: whose post it
    would be by a swap.
    """

    at: int
    kind: Literal["cover", "returned", "arrived", "present", "tied", "swapped"]
    rid: str
    who: str = ""
    b: str = ""


def claims_of(facts: PostFacts, from_at: int, to_at: int) -> list[Claim]:
    """Every unproven word that bears on the span (ms), by time."""
    live = [s for s in facts.sightings if s.what in ("present", "covered") and not accuses(s) and not s.withdrawn]
    found = [Claim(s.at, "present" if s.grade == "C" else "tied", s.id) for s in live if from_at <= s.at <= to_at]
    found += [
        Claim(c.from_at, "cover", c.rid, c.person) for c in facts.covers if c.grade == "C" and c.from_at <= to_at and c.until_at > from_at
    ]
    ended = [n for n in facts.notices if n.end_grade == "C" and not n.cancelled and n.ended_at < FOREVER]
    found += [Claim(n.ended_at, "returned", n.rid, n.member or n.person) for n in ended if n.ended_at <= to_at]
    found += [Claim(at, "arrived", "", who) for at, who in facts.unproven_arrivals if from_at <= at <= to_at]
    found += [Claim(s.at, "swapped", s.rid, s.by, s.a) for s in facts.unproven_swaps if s.at <= to_at]
    return sorted(found)


def believing(facts: PostFacts, claims: Sequence[Claim]) -> PostFacts:
    """The facts as they would be were these claims proven."""
    rids = {(claim.kind, claim.rid) for claim in claims}
    holders = next((s.holders for s in reversed(facts.unproven_swaps) if ("swapped", s.rid) in rids), facts.holders)
    arrived = tuple((claim.at, claim.who) for claim in claims if claim.kind == "arrived")
    return facts._replace(
        sightings=tuple(s._replace(grade="A", tied=False) if {("present", s.id), ("tied", s.id)} & rids else s for s in facts.sightings),
        covers=tuple(c._replace(grade="A") if ("cover", c.rid) in rids else c for c in facts.covers),
        notices=tuple(n._replace(end_grade="A") if ("returned", n.rid) in rids else n for n in facts.notices),
        arrivals=(*facts.arrivals, *arrived),
        holders=holders,
    )


def speaks_against(facts: PostFacts, span: tuple[int, int], counts: Callable[[PostFacts], bool]) -> Claim | None:
    """The unproven claim that would clear the person: if it were true, alone or with one other, `counts` would say no (EVD-04)."""
    claims = claims_of(facts, *span)
    if len(claims) > CLAIMS_MAX:
        return claims[0]
    together = (*combinations(claims, 1), *combinations(claims, 2))
    return next((some[0] for some in together if not counts(believing(facts, some))), None)


def said_of(claim: Claim, seen: int, person: str) -> tuple[str, Values]:
    """Key and parameters of the sentence that shows the claim."""
    if claim.kind == "cover":
        return "explain.cover_clock", {"b": claim.who, "person": person, "seen": seen, "taken": claim.at}
    if claim.kind in ("present", "tied"):
        key = "explain.present_clock" if claim.kind == "present" else "explain.present_tied"
        return key, {"person": person, "present": claim.at, "seen": seen}
    if claim.kind == "swapped":
        return "explain.swap_clock", {"b": claim.b, "by": claim.who, "person": person, "seen": seen, "taken": claim.at}
    return "explain.return_clock", {"back": claim.at, "person": claim.who, "seen": seen}
