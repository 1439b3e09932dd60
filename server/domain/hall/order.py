"""What was said, in the order of its moments: the same whatever arrived first; the op's id decides between two of one moment."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Said(Protocol):
    """Something that was said by an op, for a moment (ms)."""

    @property
    def at(self) -> int: ...

    @property
    def op(self) -> str: ...


S = TypeVar("S", bound=Said)


def by_moment(said: Said) -> tuple[int, str]:
    """The key it is ordered by."""
    return said.at, said.op


def earlier(known: S | None, new: S) -> S:
    """Of two of one kind the earlier stands, whichever arrived first (CON-19)."""
    return new if known is None else min(known, new, key=by_moment)


def in_order(said: Iterable[S]) -> list[S]:
    """In the order in which it was said."""
    return sorted(said, key=by_moment)
