"""Who looks at the evidence log from outside: a witness that keeps every head it is shown, and the auditors' checker over what is left.

The log of one name only grows (R1, T6): through crashes, power cuts, restores, and a server whose clock is set back.
"""

import random

import msgspec

from server.store import evidence
from server.store.sqlite import sqlite3
from sync.messages import LogView
from sync.witnessing import Keeper
from tests.simulation.hall import SITE
from tests.simulation.laws import LawBroken
from tests.simulation.server import SimServer
from tools import zaigang_verify as verify

PATH = f"/s/{SITE}/log/checkpoint"
_view = msgspec.json.Decoder(LogView)


class Salts:
    """Stands for the salts of records where a run must repeat."""

    def __init__(self, seed: object) -> None:
        self._rng = random.Random(f"{seed}/salts")

    def one(self) -> bytes:
        return self._rng.randbytes(32)


class Outside:
    """One keeper for each name the log has had. `looks`: how many heads were taken."""

    def __init__(self) -> None:
        self._keepers: dict[str, Keeper] = {}
        self.looks = 0

    async def look(self, server: SimServer) -> None:
        """Ask for the newest head, as any device may, and compare it with what was kept."""
        if not server.up:
            return
        facts, log = server.store.facts, server.place.log
        if log.broken:
            raise LawBroken(f"T6 the log contradicts itself: {log.broken}")
        name = evidence.origin_of(facts)
        keeper = self._keepers.setdefault(name, Keeper(evidence.vkey(facts).public))
        answer = await server.ask("GET", PATH, f"from={keeper.size}")
        if answer.status != 200:
            if answer.status == 404 and keeper.size:
                raise LawBroken(f"T6 the log of {keeper.size} minutes is gone")
            return
        view = _view.decode(answer.body)
        if not view.checkpoint.startswith(name + "\n"):
            return  # Restored a moment ago: its first minute under the new name is not over.
        self.looks += 1
        if (verdict := keeper.take(view)) not in ("first", "same", "grown"):
            raise LawBroken(f"T6 of {keeper.size} minutes, a head came that is {verdict}: {view.checkpoint!r}")

    async def audit(self, server: SimServer) -> str:
        """At rest: every record is in the log, and the checker finds nothing to say. Returns its head, of this incarnation."""
        await server.place.log.turn()
        await self.look(server)
        keeper = self._keepers[evidence.origin_of(server.store.facts)]
        if keeper.seen is None or server.place.epoch not in keeper.seen.checkpoint.origin:
            raise LawBroken(f"T6 the log of incarnation {server.place.epoch} has no head of its own")
        sql = sqlite3.connect(server.path)
        try:
            keys = [verify.Vkey(keeper.seen.checkpoint.origin, 1, evidence.vkey(server.store.facts).public)]
            checker = verify.Checker(verify.Database(sql), keys, [verify.read_note(keeper.seen.note)], [])
            checker.check()
        finally:
            sql.close()
        found = [one.text for one in checker.findings]
        if checker.counts["waiting"]:
            found.append(f"{checker.counts['waiting']} records wait")
        if found:
            raise LawBroken(f"T6 the checker finds {len(found)} things: {found[:3]}")
        return keeper.seen.note
