"""An event loop whose time is simulated: nothing waits, the next timer is always now. One thread, no sockets, the same order every time."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from heapq import heappop, heappush
from itertools import count
from typing import Any


class VirtualLoop(asyncio.BaseEventLoop):
    """asyncio over simulated seconds. `closing` runs nothing more: what a run left behind is simply forgotten.

    A world is mostly timers: they are kept and run here, without what a loop needs that really waits.
    """

    _ready: "deque[asyncio.Handle]"
    _stopping: bool

    def __init__(self) -> None:
        super().__init__()
        self._seconds = 0.0
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = count()
        self.set_exception_handler(self._failed)
        self.failures: list[BaseException] = []

    def time(self) -> float:
        """Simulated seconds since the loop was made."""
        return self._seconds

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heappush(self._timers, (when, next(self._numbers), handle))
        return handle

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.TimerHandle:
        return self.call_at(self._seconds + delay, callback, *args, context=context)

    def _run_once(self) -> None:
        """What is ready; when nothing is, time leaps to the next timer."""
        ready, timers = self._ready, self._timers
        while not ready and not self._stopping:
            if not timers:
                raise RuntimeError("nothing is left to happen")
            self._seconds = max(self._seconds, timers[0][0])
            self._take_due()
        if timers and timers[0][0] <= self._seconds:
            self._take_due()
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()

    def _take_due(self) -> None:
        while self._timers and self._timers[0][0] <= self._seconds:
            handle = heappop(self._timers)[2]
            if not handle.cancelled():
                self._ready.append(handle)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """It is passed over when its time comes."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """At once, in this thread: no other ever runs."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

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
