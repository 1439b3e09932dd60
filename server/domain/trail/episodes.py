"""Episodes (EVD-07): sightings of an empty post until somebody serves again, what ended them, and what one is found to be."""

from collections.abc import Sequence
from typing import NamedTuple

from server.domain.hall.rules import FOREVER
from server.domain.hall.sentence import Explain
from server.domain.patrol.rules import Sighting
from server.domain.presence.rules import NoticeFact
from server.domain.trail.facts import Grade, Params, PostFacts
from server.domain.trail.judge import accuses, came_back, holder_of, is_about, is_empty
from server.domain.trail.ops import FindingState, SaidAt


class Found(NamedTuple):
    """One episode as reconciled. `rid`: its first sighting. `cover`: the stand-in it concerns, `cover_count`: 1 when his part is to be
    decided by people (CON-10, CON-12). `doubt`: what the office may decide. `also`: more to the same fact
    (EVD-06); `note`: for those who patrol alone. `times`: of the records behind it (CON-02); `asked`: whose contradict each other (CON-07).
    """

    rid: str
    from_at: int
    to_at: int
    state: FindingState
    observations: tuple[str, ...]
    explain: Explain
    own: Explain
    post_count: int
    person_count: int
    grade: Grade
    person: str = ""
    notice: str = ""
    cover: str = ""
    cover_count: int = 0
    doubt: bool = False
    also: Explain | None = None
    note: Explain | None = None
    times: tuple[SaidAt, ...] = ()
    asked: tuple[str, ...] = ()


class End(NamedTuple):
    """What ends an episode: somebody seen, a return, a stand-in, or the closing of the hall."""

    at: int
    kind: str
    who: str = ""
    inspector: str = ""
    notice: NoticeFact | None = None


class Episode(NamedTuple):
    """Empty sightings with nobody serving in between, and what ended them. `live`: everything seen that day."""

    facts: PostFacts
    params: Params
    live: tuple[Sighting, ...]
    group: tuple[Sighting, ...]
    end: End | None


def episodes_of(facts: PostFacts, params: Params) -> list[Episode]:
    """Everything seen that day, cut into episodes."""
    live = tuple(sorted((s for s in facts.sightings if not s.withdrawn), key=lambda s: (s.at, s.id)))
    cut = _episodes([s for s in live if is_empty(s)], _ends(facts, live), facts)
    return [Episode(facts, params, live, tuple(group), end) for group, end in cut]


def _ends(facts: PostFacts, live: Sequence[Sighting]) -> list[End]:
    """Every trusted proof that somebody served again (EVD-07); grade C proves nothing (EVD-03), nor does who has a tie there (PTL-07)."""
    ends = [End(s.at, s.what, "", s.inspector) for s in live if s.what in ("present", "covered") and accuses(s)]
    back = [n for n in (*facts.notices, *facts.unnamed) if came_back(n)]
    ends += [End(n.proved_at, "returned", n.member or n.person, "", n) for n in back]
    ends += [End(c.proved_at, "cover", c.person) for c in facts.covers if c.grade != "C"]
    ends += [End(at, "returned", who) for at, who in facts.arrivals]
    ends += [End(at, "closed") for at in facts.breaks]
    return sorted(ends, key=lambda end: end[:4])


def _bears(end: End, a: str, facts: PostFacts) -> bool:
    """A return of others than whoever has the post says nothing of it; that his unit is back from elsewhere, others say (EVD-04)."""
    told = end.notice
    return told is None or (is_about(told, a) and (told not in facts.unnamed or not told.whole_unit or told.end_by == a))


def _episodes(empties: Sequence[Sighting], ends: Sequence[End], facts: PostFacts) -> list[tuple[list[Sighting], End | None]]:
    """Empty sightings cut where somebody served in between; each with what ended it."""
    episodes: list[tuple[list[Sighting], End | None]] = []
    group: list[Sighting] = []

    def end_before(sighting: Sighting, until: int) -> End | None:
        """The first end after what was seen last, that says something of whoever had the post then."""
        a = holder_of(facts, sighting).a
        return _first_end([end for end in ends if _bears(end, a, facts)], group[-1].at, until)

    for sighting in empties:
        if group and (cut := end_before(sighting, sighting.at)):
            episodes.append((group, cut))
            group = []
        group.append(sighting)
    if group:
        episodes.append((group, end_before(group[-1], FOREVER)))
    return episodes


def _first_end(ends: Sequence[End], after: int, until: int) -> End | None:
    return next((e for e in ends if after < e.at <= until), None)
