"""Orders of arrival: whatever comes first, the end is the same (EVD-01)."""

import math
import random
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TypeVar

T = TypeVar("T")
MOST = 24
"""All orders of four facts, and a day's share of those of more."""
ALL = False
"""Set by --nightly."""


def orders(facts: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """Every order; of more than `MOST`, by day the one given, its reverse and a fixed draw of the others."""
    if ALL or math.factorial(len(facts)) <= MOST:
        yield from permutations(facts)
        return
    yield tuple(facts)
    yield tuple(reversed(facts))
    draw = random.Random(len(facts))
    for _ in range(MOST - 2):
        yield tuple(draw.sample(facts, len(facts)))
