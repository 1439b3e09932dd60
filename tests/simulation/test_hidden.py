"""I18: pairs of worlds that differ only in what nobody else may know (T7). `./run hidden` compares 1,000 of them, or as many as it is told.

`test_secrecy.py` takes one real check through real sockets (PRV-16).
"""

import pytest

from server.app import DOMAINS
from server.domain.visit.result_ops import FactCheck
from tests.simulation.hidden import bare, compare, told
from tests.simulation.hide import compared
from tests.simulation.sealed import Said, compare_checks, hidden, morning

SEEDS = 100
MORNINGS = 8


def test_nobody_outside_the_audience_receives_another_byte() -> None:
    found = [compare(seed) for seed in range(SEEDS)]
    assert [one.found for one in found if one.found][:3] == []
    assert sum(one.messages for one in found) > 50 * SEEDS


def test_nobody_outside_a_check_receives_another_byte() -> None:
    """CHK-05, PRV-15, PRV-16: plans, draws, visits, photos, test cases, team answers and held ops, before every other role."""
    found = [compare_checks(seed) for seed in range(MORNINGS)]
    assert [one.found for one in found if one.found][:3] == []
    assert sum(one.messages for one in found) > 100 * MORNINGS


@pytest.mark.nightly
def test_a_thousand_mornings_of_a_check_leave_no_trace() -> None:
    """CHK-05, PRV-16."""
    assert [one.found for one in compared(compare_checks, range(1_000), 20) if one.found][:3] == []


@pytest.mark.nightly
def test_a_thousand_worlds_of_the_proof_machine_leave_no_trace() -> None:
    """PRV-16."""
    assert [one.found for one in compared(compare, range(1_000), 20) if one.found][:3] == []


def test_what_is_hidden_takes_effect_and_is_of_every_sealed_kind_that_can_stay_hidden() -> None:
    """CHK-05: a comparison of worlds in which nothing happened would prove nothing."""
    became = {one for seed in range(3) for one in morning(seed, True)[1]}
    families = ("plan", "case", "visit", "irregular")
    told_outside = {"plan.reveal", "visit.check", "visit.publish", "visit.tell", "visit.answer", "visit.review"}
    kinds = {op.kind for domain in DOMAINS for op in domain.ops if op.kind.split(".")[0] in families} - told_outside
    assert {f"{kind} applied" for kind in kinds} <= became
    assert "visit.record held" in became


def test_the_comparison_sees_what_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """The controls: the same acts before everybody's eyes, and a check that is told to the head of its unit."""
    assert sum(told(seed, False) != told(seed, True, "hall") for seed in range(5)) >= 4

    def spoken(rng: object, now: object) -> list[Said]:
        story = [one for one in hidden(rng, now) if one.rid == "v1" and one.kind == "visit.record"]  # type: ignore[arg-type]
        return [*story, *(one._replace(kind="visit.check", args=FactCheck(), sees="visit", who="sun", photo=False) for one in story)]

    monkeypatch.setattr("tests.simulation.sealed.hidden", spoken)
    assert any(compare_checks(seed).found for seed in range(3))


def test_only_sealed_cursors_are_left_out_of_the_comparison() -> None:
    token = "Ab3_" * 14 + "xyz"
    assert bare(f'{{"to":"{token}","rid":"{token}","v":5}}') == f'{{"to":"<59>","rid":"{token}","v":5}}'
