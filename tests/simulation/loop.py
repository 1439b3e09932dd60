"""An event loop whose time is simulated: nothing waits, the next timer is always now. One thread, no sockets, the same order every time."""

import asyncio
from typing import Any


class _Leap:
    """Stands where a selector would: instead of waiting for a timer, time leaps to it."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing is left to happen")
        if timeout > 0:
            self._loop.leap()
        return []

    def close(self) -> None:
        pass


class VirtualLoop(asyncio.BaseEventLoop):
    """asyncio over simulated seconds. `closing` runs nothing more: what a run left behind is simply forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self._seconds = 0.0
        self._selector = _Leap(self)
        self.set_exception_handler(self._failed)
        self.failures: list[BaseException] = []

    def time(self) -> float:
        """Simulated seconds since the loop was made."""
        return self._seconds

    def leap(self) -> None:
        """Go to the next timer."""
        self._seconds = max(self._seconds, self._scheduled[0].when())  # type: ignore[attr-defined]

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """At once, in this thread: no other ever runs."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def _failed(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A callback raised: the run must not go on as if nothing had happened."""
        if (error := context.get("exception")) is not None:
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """End the run with this error."""
        self.failures.append(error)
        self.stop()
