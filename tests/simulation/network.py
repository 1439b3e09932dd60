"""What lies between one device and the server: late, lost, doubled, cut short, one way only. All of it drawn from the device's own seed."""

import random
from collections import Counter
from typing import NamedTuple

MINUTE = 60.0


class Faults(NamedTuple):
    """How bad a network is; chances per message. `late_seconds`: the longest delay, longer than any device waits between two tries."""

    drop: float = 0.12
    double: float = 0.08
    cut: float = 0.04
    late: float = 0.08
    late_seconds: float = 20 * MINUTE
    break_socket: float = 0.02
    lose_frame: float = 0.05


NONE = Faults(0, 0, 0, 0, 0, 0, 0)


class Lane:
    """One device's network, both ways. `up`, `down`: whether anything gets through at all that way."""

    def __init__(self, rng: random.Random, faults: Faults, counts: "Counter[str]") -> None:
        self._rng, self.faults, self._counts = rng, faults, counts
        self.up = self.down = True

    def heal(self) -> None:
        """No more faults."""
        self.faults, self.up, self.down = NONE, True, True

    def copies(self, way: str) -> list[float]:
        """After how many seconds each copy of a message arrives; none when it is lost."""
        if not (self.up if way == "up" else self.down):
            self._counts["partitioned"] += 1
            return []
        if self._happens("drop"):
            return []
        return [self._delay() for _ in range(2 if self._happens("double") else 1)]

    def cut(self, body: bytes) -> bytes:
        """The body as it arrives: whole, or only its beginning."""
        return body[: self._rng.randrange(len(body))] if body and self._happens("cut") else body

    def breaks(self) -> bool:
        """Whether the socket breaks under this frame."""
        return self._happens("break_socket")

    def loses_frame(self) -> bool:
        """Whether this frame never comes."""
        return self._happens("lose_frame")

    def _delay(self) -> float:
        if self._happens("late"):
            return self._rng.uniform(1, self.faults.late_seconds)
        return self._rng.uniform(0.01, 0.4)

    def _happens(self, fault: str) -> bool:
        chance: float = getattr(self.faults, fault)
        if chance and self._rng.random() < chance:
            self._counts[fault] += 1
            return True
        return False
