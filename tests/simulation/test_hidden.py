"""I18: pairs of worlds that differ only in what nobody else may know. `./run hidden` compares 1,000 of them, or as many as it is told.

`test_secrecy.py` takes one real check through real sockets (PRV-16).
"""

import logging
import re
from functools import cache
from typing import Any, get_args

import pytest

from server.app import DOMAINS
from server.domain.base import Column, Domain, Register
from server.domain.hall.params import Role
from server.domain.visit.recuse import units_of
from server.domain.visit.result_ops import FactCheck
from server.domain.visit.tables import VisitRecord
from server.store.vitals import device_faces
from tests.simulation import sealed
from tests.simulation.hidden import bare, compare, told
from tests.simulation.hide import compared
from tests.simulation.sealed import Said, compare_checks, hidden, morning

SEEDS = 50
MORNINGS = 8


def test_nobody_outside_the_audience_receives_another_byte() -> None:
    found = [compare(seed) for seed in range(SEEDS)]
    assert [one.found for one in found if one.found][:3] == []
    assert sum(one.messages for one in found) > 50 * SEEDS


def test_nobody_outside_a_check_receives_another_byte() -> None:
    """CHK-05, PRV-15, PRV-16: who is appointed to lead and to visit, plans, draws, what is void and replaced, visits with their photos,
    ties, test cases, team answers, held ops, papers, and phones with sealed records waiting, before every other role and a stranger.
    """
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
    became = {one for seed in range(4) for one in morning(seed, True)[1]}
    families = ("plan", "case", "visit", "irregular", "check")
    told_outside = {"plan.reveal", "visit.check", "visit.publish", "visit.tell", "visit.answer", "visit.review"}
    kinds = {op.kind for domain in DOMAINS for op in domain.ops if op.kind.split(".")[0] in families} - told_outside
    assert {f"{kind} applied" for kind in kinds} <= became
    assert {"visit.record held", "held.reject applied", "problem.find held"} <= became


def test_the_comparison_sees_what_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """The controls: the same acts before everybody's eyes, and a check that is told to the head of its unit."""
    assert sum(told(seed, False) != told(seed, True, "hall") for seed in range(5)) >= 4

    def spoken(rng: object, now: object, rounds: bool) -> list[Said]:
        story = [one for one in hidden(rng, now, rounds) if one.rid == "v1" and one.kind == "visit.record"]  # type: ignore[arg-type]
        return [*story, *(one._replace(kind="visit.check", args=FactCheck(), sees="visit", who="sun", photo=False) for one in story)]

    monkeypatch.setattr("tests.simulation.sealed.hidden", spoken)
    assert any(compare_checks(seed).found for seed in range(3))


def _tells_all(device: Any, who: Any, roles: Any, _: Any, whole: Any) -> Any:
    """The faces of a device, as if the office counted what is sealed, too."""
    return device_faces(device, who, roles, whole, whole)


def _of_all_ties(tx: Any, uid: str, *moments: int, **_: bool) -> frozenset[str]:
    """Units of somebody, as if what a visitor declares bore on the answer to anybody."""
    return units_of(tx, uid, *moments)


@pytest.mark.parametrize(
    ("where", "leak"),
    [
        ("server.store.vitals.device_faces", _tells_all),
        ("server.domain.patrol.ties.OPEN", ("INS", "EFF", "TEAM")),
        ("server.domain.visit.plans._has_sealed", lambda _tx, _plan: False),
        ("server.domain.visit.views.sealed", lambda _: frozenset({"role:OFF"})),
        ("server.domain.campaign.handlers.CHECK_LEADS", frozenset({"role:OFF"})),
        ("server.domain.visit.recuse.units_of", _of_all_ties),
    ],
)
def test_the_comparison_sees_what_phones_ties_plans_and_problems_let_out(monkeypatch: pytest.MonkeyPatch, where: str, leak: Any) -> None:
    """CHK-05, controls: the office counts what waits sealed; a tie, the end of a period, a visit, a problem that names one are told."""
    monkeypatch.setattr(where, leak)
    assert any(compare_checks(seed).found for seed in range(3))


def _of_visits(one: Any) -> Any:
    """A register or measure of results, made one of sealed visits."""
    leaky = one._replace(record=VisitRecord, at="received_at", where="")
    if isinstance(leaky, Register):
        return leaky._replace(columns=(Column("unit", "单位", "unit", "P1"), Column("received_at", "时间", "time", "P1")))
    return leaky._replace(sums=dict.fromkeys(leaky.sums, "COUNT(*)"))


@pytest.mark.parametrize("part", ["registers", "measures"])
def test_the_comparison_sees_what_the_desk_lets_out(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """CHK-05, a control: a register or an index that counts visits nobody has published."""
    leaky = [d._replace(**{part: tuple(map(_of_visits, getattr(d, part)))}) if d.name == "visit" else d for d in DOMAINS]
    monkeypatch.setattr(sealed, "DOMAINS", tuple(leaky))
    monkeypatch.setattr(sealed, "_ground", cache(sealed._Ground))
    assert compare_checks(0).found


def test_the_log_names_nothing_of_a_check(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """CHK-05, T3, T7: plans, draws, visits and photos leave no line; one tells of a visit that breaks its handler that something did."""

    def crash(_tx: object, op: Any) -> Any:
        raise ValueError(f"{op.a.mission} of {op.actor.uid}")

    def broken(domain: Domain) -> Domain:
        return domain._replace(handlers={**domain.handlers, "visit.record": crash}) if domain.name == "visit" else domain

    caplog.set_level(logging.INFO)
    assert "visit.record applied" in morning(0, True)[1]
    assert caplog.text == ""
    monkeypatch.setattr(sealed, "DOMAINS", tuple(map(broken, DOMAINS)))
    monkeypatch.setattr(sealed, "_ground", cache(sealed._Ground))
    assert "visit.record held" in morning(0, True)[1]
    assert {record.getMessage() for record in caplog.records} == {"an op crashed its handler"}
    assert not re.search("visit|plan|m1|v1|w1|u1|wu|zheng|吴|郑", caplog.text)


def test_somebody_of_every_role_but_the_audience_is_compared() -> None:
    """PRV-16, T7: the efficiency group belongs to the audience on mornings that draw rounds of its own, and is compared on the others."""
    people = {
        **{uid: person[2] for uid, person in sealed.PEOPLE.items()},
        **{uid: roles for uid, (_, roles) in sealed.OTHER_PEOPLE.items()},
    }
    compared_with = {role for uid, roles in people.items() if uid not in sealed.AUDIENCE for role in roles}
    assert set(get_args(Role)) - compared_with == {"CHECK"}
    assert {role for uid in sealed.AUDIENCE for role in people[uid]} == {"CHECK", "TEAM", "STF", "OFF"}
    assert {sealed.has_rounds(seed) for seed in range(MORNINGS)} == {True, False}


def test_only_sealed_cursors_are_left_out_of_the_comparison() -> None:
    token = "Ab3_" * 14 + "xyz"
    assert bare(f'{{"to":"{token}","rid":"{token}","v":5}}') == f'{{"to":"<59>","rid":"{token}","v":5}}'
