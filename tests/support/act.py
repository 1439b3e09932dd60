"""One op of a played day."""

from typing import NamedTuple

import msgspec


class Act(NamedTuple):
    """Who says it, of which kind, about which record. `code`: what it is refused for when it waits for time no test has; else applied.
    `photo`: it names one.
    """

    who: str
    kind: str
    args: msgspec.Struct
    rid: str
    guard: dict[str, int] | None = None
    code: str | None = None
    photo: bool = False
