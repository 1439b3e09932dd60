"""The real server as the main thing of a process of its own, living at a time the journey chooses.

One op crashes its handler here, for the journeys that ask what a poison op holds up: an incident whose text is POISON.
"""

import os
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

from server.app import DOMAINS, create_app, system_clock
from server.domain.base import Domain, Op, Outcome, Tx
from server.serve import Server, config
from server.settings import Settings
from server.store.records import record_tables

for one in DOMAINS:
    record_tables(one.records)  # compiled before processes are forked from this one

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


def serve(port: int, data: Path, ahead_ms: int, log: Path) -> None:
    """Serve until the process ends; what it prints goes to `log`."""
    with log.open("ab") as said:
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)

    def clock() -> int:
        return system_clock() + ahead_ms

    settings = Settings(port=port, data=data, examples=0)
    chosen = config(Dated(create_app(settings, domains=tuple(map(poisoned, DOMAINS)), clock=clock), clock), settings)
    chosen.date_header = False
    Server(chosen).run()
