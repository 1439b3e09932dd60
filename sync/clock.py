"""Time as evidence (PROTOCOL.md §5; EVD-02, EVD-03). All times in milliseconds since 1970, server time unless said otherwise.

A claim ("it happened at 9:58") is judged against the provable window: the op cannot be older than the beacon it quotes, nor younger
than the first contact that reported a chain head covering it. The grade is computed here and nowhere else:
A anchored, B drifted (offset known but large: the corrected time is used), C unknown (a person decides; never accuses, never clears).
"""

from typing import Literal

import msgspec

from sync.ops import Clk

Verdict = Literal["OK", "BACKDATED", "FUTURE", "STEPPED", "WIDE_WINDOW"]
Grade = Literal["A", "B", "C"]


class Policy(msgspec.Struct, frozen=True):
    """Dated parameters: `evd.offset_tolerance_s` and `evd.anchor_hours` of the hall, `window_hours` of the op kind."""

    tolerance_ms: int = 120_000
    anchor_ms: int = 24 * 3_600_000
    window_ms: int = 8 * 24 * 3_600_000


class Evidence(msgspec.Struct, frozen=True):
    """What can be proven about one op. `previous_at`: the corrected claim of the op before it in the same chain."""

    received_at: int
    beacon_at: int | None = None
    contact_before: int | None = None
    contact_after: int | None = None
    previous_at: int | None = None


class Window(msgspec.Struct, frozen=True):
    """The provable window of one op, its claim and what they are worth. `at` is the time rules use: the corrected claim; `offset_ms`: by
    how much the device's clock was corrected, None: nobody knows.
    """

    not_before: int
    not_after: int
    at: int
    verdict: Verdict
    grade: Grade
    offset_ms: int | None = None


def judge(clk: Clk, proof: Evidence, policy: Policy) -> Window:
    """Judge a device's claim. For truthful clocks the verdict is OK; a claim before `not_before` is BACKDATED (law I26)."""
    at = clk.w + (clk.off or 0)
    not_before = max(proof.beacon_at or 0, proof.contact_before or 0)
    not_after = min(proof.received_at, proof.contact_after or proof.received_at)
    tolerance = policy.tolerance_ms

    if at < not_before - tolerance:
        verdict: Verdict = "BACKDATED"
    elif at > not_after + tolerance:
        verdict = "FUTURE"
    elif _stepped(clk, proof, at, tolerance):
        verdict = "STEPPED"
    elif not_after - not_before > policy.window_ms:
        verdict = "WIDE_WINDOW"
    else:
        verdict = "OK"

    anchored = proof.beacon_at is not None and clk.off is not None and at - proof.beacon_at <= policy.anchor_ms
    if verdict != "OK" or not anchored:
        grade: Grade = "C"
    else:
        grade = "A" if abs(clk.off or 0) <= tolerance else "B"
    return Window(not_before, not_after, at, verdict, grade, clk.off)


def within(window: Window, at: int) -> int:
    """A moment that was claimed, moved into what can be proven (ms)."""
    return min(max(at, window.not_before), window.not_after)


def proven(window: Window, at: int) -> int:
    """The latest moment (ms) a claim can stand for. A claim of grade C counts as of its arrival, so it can clear nobody (EVD-03)."""
    return window.not_after if window.grade == "C" else within(window, at)


def earliest(window: Window, at: int) -> int:
    """The earliest moment (ms) a claim can stand for. A claim of grade C counts as early as possible, so it can accuse nobody (EVD-03)."""
    return window.not_before if window.grade == "C" else within(window, at)


def _stepped(clk: Clk, proof: Evidence, at: int, tolerance: int) -> bool:
    """A clock that went back: seen by the device, against its own chain, or against the monotonic clock of one page load."""
    if clk.st:
        return True
    if proof.previous_at is not None and at < proof.previous_at - tolerance:
        return True
    if proof.beacon_at is not None and clk.bm is not None and clk.bo == clk.o:
        # performance.now may pause in sleep, so it only bounds elapsed time from below.
        return at - proof.beacon_at < clk.m - clk.bm - tolerance
    return False
