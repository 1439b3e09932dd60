"""Spans of time, [from, to) in ms: joined, cut and taken from each other. Pure."""

from collections.abc import Iterable

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """Spans joined where they meet, by time: no moment twice."""
    joined: list[Span] = []
    for start, end in sorted(s for s in spans if s[0] < s[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def cut(spans: Iterable[Span], from_at: int, to_at: int) -> list[Span]:
    """The parts of `spans` inside [from_at, to_at)."""
    return [(max(s, from_at), min(e, to_at)) for s, e in spans if max(s, from_at) < min(e, to_at)]


def within(spans: Iterable[Span], bounds: Iterable[Span]) -> list[Span]:
    """The parts of `spans` that lie in `bounds`."""
    bounds = list(bounds)
    return union([(max(a, c), min(b, d)) for a, b in spans for c, d in bounds])


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """`spans` with every moment of `taken` cut out, by time."""
    left = sorted(spans)
    for start, end in taken:
        left = [part for s, e in left for part in ((s, min(e, start)), (max(s, end), e)) if part[0] < part[1]]
    return left
