"""Pure decisions about visits. What an answer sheet is worth is said by the hall's norms (CHK-07, catalogue §6).

Answers of this domain, for `Tx.ask`: `checked`(from_day, to_day) -> Checked · `result_open`(result) -> bool: a published result its unit
has neither answered nor had the time to answer, so that nothing of it is told to others (PRV-17) · `result_stands`(result) ->
bool | None: a published result was not taken back, None: nobody was told of one · `result_seen`(result) -> int, when it or one of its
sheets was visited (ms), 0: there is none · `visit_team`(visit) -> frozenset[str], who knows of a visit from the beginning ·
`checks_of`(campaign) -> list[PlanChecked], the revealed plans of a campaign · `covered_of`(campaign, units, days) -> PlanChecked, all of
them over those units, by visits made on those days · `lead_moved`(uid): a person was put, and leads checks or does not, or belongs
elsewhere · `ties_declared`(uid): somebody has declared ties · `belonged`(uid, unit, from_at, to_at, openly) -> bool,
`decides_own`(uid, units, at, roles, but) -> bool: who is of a unit or has a tie to it (recuse.py).
"""

from collections.abc import Iterable
from typing import NamedTuple

from server.domain.norms.rules import HALVES as HALVES
from server.domain.norms.rules import answers_wrong as answers_wrong
from server.domain.norms.rules import failed_items as failed_items
from server.domain.norms.rules import items_of as items_of
from server.domain.norms.rules import photos_sent as photos_sent
from server.domain.norms.rules import score as score
from server.domain.visit.draw import SECRET_BYTES as SECRET_BYTES
from server.domain.visit.draw import Candidate as Candidate
from server.domain.visit.draw import CannotDraw as CannotDraw
from server.domain.visit.draw import Drawn as Drawn
from server.domain.visit.draw import Inputs as Inputs
from server.domain.visit.draw import ScopeUnit as ScopeUnit
from server.domain.visit.draw import check as check
from server.domain.visit.draw import commitment_of as commitment_of
from server.domain.visit.draw import draw as draw
from server.domain.visit.draw import needed as needed
from server.domain.visit.draw import seed_of as seed_of
from server.domain.visit.ops import ItemAnswer
from server.domain.visit.plan_ops import Covered as Covered


def notes_for_unit(answers: Iterable[ItemAnswer]) -> list[ItemAnswer]:
    """What the unit is told beside the score: notes and photos at items that lost points; nothing else the visitor wrote or took."""
    return [a for a in answers if a.mark in ("fail", "half") and (a.note or a.photos)]


class Checked(NamedTuple):
    """What checks came to over some days, as far as it may be told: (unit, tenths, vetoes) of each published result its unit has answered
    or had the time to answer (PRV-17), and how many still `waiting` for that; units in the scope of revealed plans of these days, and
    those of them with a published result (CHK-02).
    """

    results: list[tuple[str, int, int]]
    scope: int
    reached: int
    waiting: int = 0


class PlanChecked(NamedTuple):
    """How far a revealed plan has come, or all of a campaign (`title` ""), in all and by category (CHK-02, CHK-03)."""

    title: str
    needed: int
    covered: Covered
    categories: dict[str, Covered]


class Vetoed(NamedTuple):
    """A veto item that failed in a published result: its id, the finding code it stands for, and what was seen (§6)."""

    item: str
    code: str
    text: str
