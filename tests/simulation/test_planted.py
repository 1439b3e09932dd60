"""Every bug planted into the real code is found by the proof machine, or the machine is blind to it."""

import logging
from collections.abc import Iterator

import pytest

from tests.simulation import many
from tests.simulation.mutants import MUTANTS, SEEDS_MAX

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    """What servers of these worlds say in their logs is no news."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("number", range(len(MUTANTS)), ids=[mutant.name.replace(" ", "_") for mutant in MUTANTS])
def test_every_planted_bug_is_found(number: int) -> None:
    """A rule switched off in the real code breaks a law within so many worlds, or the machine is blind to it."""
    _, worlds, law = many.hunt(number, SEEDS_MAX)
    assert law.startswith("LawBroken"), f"after {worlds} worlds: {law or 'nothing broke'}"


def test_the_planted_bugs_are_many() -> None:
    assert all(1 <= mutant.seed <= SEEDS_MAX for mutant in MUTANTS)
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 20
