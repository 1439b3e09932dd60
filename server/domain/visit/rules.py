"""Pure decisions about visits. What an answer sheet is worth is said by the hall's norms (CHK-07, catalogue §6)."""

from collections.abc import Iterable
from typing import NamedTuple

from server.domain.norms.rules import HALVES as HALVES
from server.domain.norms.rules import answers_wrong as answers_wrong
from server.domain.norms.rules import failed_items as failed_items
from server.domain.norms.rules import items_of as items_of
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


def notes_for_unit(answers: Iterable[ItemAnswer]) -> list[ItemAnswer]:
    """What the unit is told beside the score: notes and photos at items that lost points; nothing else the visitor wrote or took."""
    return [a for a in answers if a.mark in ("fail", "half") and (a.note or a.photos)]


class Checked(NamedTuple):
    """What checks came to over some days, as far as it is public: (unit, tenths, vetoes) of each published result; units in the scope of
    revealed plans of these days, and those of them with a published result (CHK-02).
    """

    results: list[tuple[str, int, int]]
    scope: int
    reached: int
