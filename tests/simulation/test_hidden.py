"""I18: a thousand pairs of worlds that differ only in what nobody else may know (T7). `test_secrecy.py` takes a real check (PRV-16)."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.simulation.hidden import bare, compare, told

SEEDS = 1_000


def test_nobody_outside_the_audience_receives_another_byte() -> None:
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        found = list(pool.map(compare, range(SEEDS), chunksize=20))
    assert [difference for *_, difference in found if difference][:3] == []
    assert sum(messages for messages, *_ in found) > 50 * SEEDS


def test_the_comparison_sees_what_is_not_hidden() -> None:
    """The control: the same acts before everybody's eyes."""
    assert sum(told(seed, False) != told(seed, True, "hall") for seed in range(5)) >= 4


def test_only_sealed_cursors_are_left_out_of_the_comparison() -> None:
    token = "Ab3_" * 14 + "xyz"
    assert bare(f'{{"to":"{token}","rid":"{token}","v":5}}') == f'{{"to":"<59>","rid":"{token}","v":5}}'
