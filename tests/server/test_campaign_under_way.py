"""What holds of a campaign that is already under way: units that are closed, phases that are done, lists and outputs (CAMP-02..06)."""

import pytest
from msgspec.structs import replace

from server.domain.base import Outcome
from server.domain.campaign.ops import ClaimDone, FinishPhase, FoundProblem, Output, Phase, SelfCheck
from server.domain.hall.tables import UnitRecord
from tests.server.test_domain_campaign import PHASES, SEEN, act, campaign, find, put


def test_a_unit_that_is_closed_in_the_middle_holds_nothing_up() -> None:
    """CAMP-02, CAMP-04: nobody heads it to report; what is verified of it lets it go, what is open does not."""
    hall = campaign()
    find(hall, "p2", unit="u2")
    act(hall, "chen", "camp.finish", FinishPhase(0), "c1")
    act(hall, "zhao", "camp.self_check", SelfCheck("c1", "u1", [], "赵"), "s1")
    closed = hall.tx.get(UnitRecord, "u2")
    assert closed is not None
    hall.tx.put(replace(closed, retired=True))
    assert put(hall, units=["u1"]) == Outcome("refused", "SCOPE_PROBLEMS")
    assert act(hall, "chen", "camp.finish", FinishPhase(1), "c1") == Outcome("refused", "NOT_ALL_VERIFIED")
    act(hall, "feng", "problem.claim", ClaimDone("已改"), "p2")
    assert act(hall, "lin", "problem.verify", SEEN, "p2", "10:10").st == "applied"
    assert act(hall, "chen", "camp.finish", FinishPhase(1), "c1").st == "applied"
    assert put(hall, units=["u1"]).st == "applied"


def test_what_was_decided_of_a_phase_that_is_done_stays() -> None:
    """CAMP-04: neither its days nor whether all had to be verified is laid down otherwise afterwards."""
    hall = campaign()
    assert act(hall, "chen", "camp.finish", FinishPhase(0), "c1").st == "applied"
    first, *rest = PHASES
    for other in (Phase(first.kind, first.from_day, "2026-11-07"), Phase(first.kind, first.from_day, first.to_day, all_verified=True)):
        assert put(hall, phases=[other, *rest]) == Outcome("refused", "INVALID")
    assert put(hall, phases=[first, *rest[:-1], replace(rest[-1], to_day="2026-12-12")]).st == "applied"


@pytest.mark.parametrize("first", ["list", "zero"])
def test_a_unit_that_found_something_has_no_zero_report(first: str) -> None:
    """CAMP-03: an empty list beside one with a problem does not make it none."""
    hall = campaign()
    lists = {"list": [FoundProblem("p1", "F20", "清单不全")], "zero": []}
    for name in sorted(lists, key=lambda one: one != first):
        assert act(hall, "zhao", "camp.self_check", SelfCheck("c1", "u1", lists[name], "赵"), name).st == "applied"
    progress = hall.row("campaign", "c1")["progress"]["u1"]
    assert (progress["found"], progress.get("zero", False)) == (1, False)


def test_an_output_takes_the_place_of_no_other() -> None:
    """CAMP-06: one whose name is taken is kept for a person; nothing recorded is lost."""
    hall = campaign()
    evaluation = Output("c1", "u1", "evaluation", "评议", "2026-12-01", figure=90)
    assert act(hall, "chen", "camp.output", evaluation, "e1").st == "applied"
    assert act(hall, "feng", "camp.output", Output("c1", "u2", "practice", "好做法", "2026-12-01"), "e1") == Outcome("held", "INVALID")
    assert hall.row("camp.output", "e1")["unit"] == "u1"
