"""How often somebody may ask: token buckets."""

from collections.abc import Callable

from server.gateway.problems import ProblemError
from sync.units import MINUTE_MS

SUBJECTS_MAX = 10_000


class Bucket:
    """`burst` tokens at once, then `rate` more in one unit of the clock that `take` is told, never above `burst`."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, burst: float, rate: float) -> None:
        self._burst = self._left = burst
        self._rate = rate
        self._at = 0.0

    def level(self, now: float) -> float:
        """How many there are at a moment; a clock set back takes none away."""
        return min(self._burst, self._left + max(0.0, now - self._at) * self._rate)

    def take(self, now: float) -> bool:
        """Use one; False when there is none."""
        self._left, self._at = self.level(now), now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Brake:
    """A bucket per subject: `burst` at once, then `per_minute`."""

    def __init__(self, burst: int, per_minute: int, clock: Callable[[], int]) -> None:
        self._burst = burst
        self._per_ms = per_minute / MINUTE_MS
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def check(self, subject: str) -> None:
        """Use one, or raise `rate_limited`."""
        now = self._clock()
        if subject not in self._buckets:
            if len(self._buckets) >= SUBJECTS_MAX:
                # The fullest go: those who asked seldom or long ago, so that a flood of subjects frees nobody it has held up.
                emptiest = sorted(self._buckets, key=lambda one: self._buckets[one].level(now))[: SUBJECTS_MAX // 2]
                self._buckets = {one: self._buckets[one] for one in emptiest}
            self._buckets[subject] = Bucket(self._burst, self._per_ms)
        if not self._buckets[subject].take(now):
            raise ProblemError("rate_limited", retry_after_s=60)
