"""The real server in a process of its own, living at a time the journey chooses: `python -m tests.support.serve PORT DATA AHEAD_MS`.

One op crashes its handler here, for the journeys that ask what a poison op holds up: an incident whose text is POISON.
"""

import sys
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

from server.app import DOMAINS, create_app, system_clock
from server.domain.base import Domain, Op, Outcome, Tx
from server.serve import Server, config
from server.settings import Settings

POISON = "poison"


def poisoned(domain: Domain) -> Domain:
    """The institution of incidents with a mistake in it; any other as it is."""
    report = domain.handlers.get("incident.report")
    if report is None:
        return domain

    def crash(tx: Tx, op: Op[Any]) -> Outcome:
        outcome = report(tx, op)
        if op.a.text == POISON:
            raise RuntimeError("a mistake in the program")
        return outcome

    return domain._replace(handlers={**domain.handlers, "incident.report": crash})


class Dated:
    """Puts the chosen time into the Date header, which a lobby screen with a wrong clock goes by."""

    def __init__(self, app: Any, clock: Callable[[], int]) -> None:
        self._app, self._clock = app, clock

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        async def dated(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(self._clock() / 1000, usegmt=True).encode()
                message = {**message, "headers": [*message.get("headers", ()), (b"date", date)]}
            await send(message)

        await self._app(scope, receive, dated if scope["type"] == "http" else send)


def main() -> None:
    port, data, ahead_ms = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

    def clock() -> int:
        return system_clock() + ahead_ms

    settings = Settings(port=port, data=data)
    chosen = config(Dated(create_app(settings, domains=tuple(map(poisoned, DOMAINS)), clock=clock), clock), settings)
    chosen.date_header = False
    Server(chosen).run()


if __name__ == "__main__":
    main()
