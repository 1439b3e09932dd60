"""The national year calendar shipped with the product (CAL-02): which days differ from Monday to Friday."""

from functools import cache
from pathlib import Path

import msgspec

from server.domain.hall.rules import add_days

PUBLISHED = Path(__file__).parent / "calendar_2026.json"


class Span(msgspec.Struct):
    """Days of one kind, both ends included."""

    name: str
    first: str = msgspec.field(name="from")
    last: str = msgspec.field(name="to")
    kind: str


class YearCalendar(msgspec.Struct):
    """One published year. `version` is named in every term computed with it."""

    year: int
    version: str
    days: list[Span]


@cache
def published() -> YearCalendar:
    """The newest year there is."""
    return msgspec.json.decode(PUBLISHED.read_bytes(), type=YearCalendar)


def day_kinds() -> dict[str, str]:
    """Kinds of the days that differ, by ISO day (CAL-01): `holiday` or `make_up`."""
    kinds = {}
    for span in published().days:
        day = span.first
        while day <= span.last:
            kinds[day] = span.kind
            day = add_days(day, 1)
    return kinds
