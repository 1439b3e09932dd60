"""What an absence can mean: how far from now it may lie and how long it may last. All else is held for a person, never lost.

Late is no fault: what was said on a phone without a link, or first on paper, is evidence (EVD-05, EMG-10). The limits are the hall's (§16).
"""

from collections.abc import Sequence

from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, day_of, day_start, near, next_working_day, rule
from server.domain.presence.ops import Reason
from sync.units import DAY_MS, HOUR_MS

OF_THE_DAY: frozenset[Reason] = frozenset({"errand", "off_today"})
"""Absences of a day: whoever says so is back on the next working day."""


def longest_until(hall: Hall, reason: Reason, leaves_at: int) -> int:
    """Until when (ms) an absence of this class that begins at `leaves_at` can last."""
    if reason == "step_away":
        return leaves_at + rule(hall, "awy.step_max_hours", leaves_at) * HOUR_MS
    longest = leaves_at + rule(hall, "awy.max_days", leaves_at) * DAY_MS
    if reason not in OF_THE_DAY:
        return longest
    next_day = next_working_day(hall, day_of(leaves_at, hall.tz))
    return min(longest, day_start(add_days(next_day, 1), hall.tz))


def can_last(hall: Hall, reason: Reason, leaves_at: int, back_at: int) -> bool:
    """True when an absence of this class can last so long."""
    return back_at <= longest_until(hall, reason, leaves_at)


def can_begin(hall: Hall, at: int, said: Sequence[int]) -> bool:
    """True when an absence, or standing in for one, that was said at one of these moments can begin then."""
    return near(at, said, rule(hall, "awy.late_days", max(said)), rule(hall, "awy.ahead_days", max(said)))
