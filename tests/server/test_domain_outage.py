"""What was written on paper while nothing else worked is typed in later and names its sheet (EMG-10); missing proof is no proof."""

from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.ops import ClaimDone, FindProblem
from server.domain.handover.ops import Prepare
from server.domain.incident.ops import Report
from server.domain.presence.ops import Announce
from tests.server.scenes.small_hall import ACTORS, DOMAINS, at, small_hall
from tests.support.memory_tx import MemoryHall

PAPER = "补录〔2026〕7号"
HALL = DOMAINS if CAMPAIGN in DOMAINS else (*DOMAINS, CAMPAIGN)


def typed_in(hall: MemoryHall, kind: str, args: Any, who: str = "wang") -> Outcome:
    """Said at eleven of something that was written down at ten."""
    return hall.send(ACTORS[who], kind, "r1", args, received=at("11:00"))


@pytest.mark.parametrize(
    ("kind", "row", "args"),
    [
        ("away.announce", "away.office", Announce(["w1"], "step_away", at("10:00"), at("10:20"), "wang", stand_in="li", paper=PAPER)),
        ("handover.prepare", "handover", Prepare("w1", "wang", "li", at("14:30"), at("17:30"), "sudden", [], why="断网", paper=PAPER)),
        ("incident.report", "incident", Report("system", "w1", at("10:00"), 3, paper=PAPER)),
    ],
)
def test_what_was_written_on_paper_names_its_sheet(kind: str, row: str, args: Any) -> None:
    """EMG-10: the record is marked 补录 with the number of the paper; without one it is not."""
    hall = small_hall(domains=HALL)
    assert typed_in(hall, kind, args).st == "applied"
    assert hall.row(row, "r1")["paper"] == PAPER


def test_an_away_notice_typed_in_later_is_a_late_one_with_its_own_times() -> None:
    """EMG-10, EVD-05: the paper says when it was; that it was typed in afterwards is for the head to judge."""
    hall = small_hall(domains=HALL)
    typed_in(hall, "away.announce", Announce(["w1"], "step_away", at("10:00"), at("10:20"), "wang", paper=PAPER))
    row = hall.row("away.office", "r1")
    assert (row["late"], row["leaves_at"], row["announced_at"]) == (True, at("10:00"), at("11:00"))


def test_a_claim_that_names_photos_it_does_not_bring_is_kept_for_a_person() -> None:
    """RCT-02: nothing of it is lost, and nothing is rectified by it."""
    hall = small_hall(domains=HALL)
    hall.send(ACTORS["chen"], "problem.find", "p1", FindProblem("u1", "patrol", "F20", "清单不全"), received=at("9:30"))
    claim = ClaimDone("已改", ["a" * 64], ["b" * 64])
    assert hall.send(ACTORS["zhao"], "problem.claim", "p1", claim, received=at("10:00")) == Outcome("held", "INVALID")
    assert hall.row("problem", "p1")["state"] == "found"
