"""What phone and server must know alike of a hall's day: vectors that vitest satisfies, too (pwa/test/features/twins.test.ts)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

import server.domain.hall
from server.domain.hall.duty import has_parted
from server.domain.hall.ops import Duty, Hall
from server.domain.hall.rules import lunch_span
from server.domain.hall.tables import DutyRecord
from server.domain.patrol.slots import hours_of
from server.domain.presence.bounds import can_begin, can_last, longest_until

FILE = Path(server.domain.hall.__file__).parent / "vectors.json"


def _is_unlikely(hall: Hall, reason: Any, leaves_at: int, back_at: int, now: int) -> bool:
    return not (can_begin(hall, leaves_at, [now]) and can_last(hall, reason, leaves_at, back_at))


def _is_parted(hall: Hall, duty: Any, from_at: int, at: int) -> bool:
    row = msgspec.convert(duty, Duty)
    first, *later = row.plan
    record = DutyRecord(rid="d", day=row.day, post=row.post, a=first.a, b=first.b, c=first.c, later=later, swaps=row.swaps)
    return has_parted(hall, record, from_at, at)


DOES: dict[str, Callable[..., Any]] = {
    "hours_of": lambda hall, day: [list(hour) for hour in hours_of(hall, day)],
    "longest_until": longest_until,
    "lunch_span": lambda hall, day: (span := lunch_span(hall, day)) and list(span),
    "is_unlikely": _is_unlikely,
    "is_parted": _is_parted,
}
VECTORS: dict[str, Any] = json.loads(FILE.read_bytes())
HALLS = {name: msgspec.convert(hall, Hall) for name, hall in VECTORS["halls"].items()}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_the_server_says_what_the_vector_says(case: dict[str, Any]) -> None:
    """CAL-05, CAL-10, AWY-01, AB-01."""
    given = dict(case["input"])
    assert DOES[given.pop("fn")](HALLS[case["hall"]], **given) == case["expected"]


def test_every_function_has_vectors() -> None:
    assert {case["input"]["fn"] for case in VECTORS["cases"]} == DOES.keys()
