"""Ops of the ledger that are run again: what waited for a record, what a person accepts, what crashed and is replayed (laws I4, I7).

Each runs as its author, with the window judged when it came; its device and every device that repeated it are told the new outcome.
"""

import re
import traceback
from typing import Any

import msgspec

from server.domain.base import APPLIED, Held, Outcome, Times, refused
from server.gateway.run import Runner, Said, Undone, noted
from server.store import aside, held, ledger, people
from server.store.contract import Sql, StoreTrouble, Unit
from server.store.ledger import Kept, readable
from server.store.transaction import Transaction
from sync.clock import Window
from sync.errors import CODES
from sync.messages import Result
from sync.ops import NUMBER_MAX, NUMBER_MIN, OpBody, to_json

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def entered(body: OpBody, times: Times) -> OpBody | None:
    """The op with other times in the place of those it says; None where it says none of that name and kind."""
    said: dict[str, Any] = msgspec.json.decode(body.a)
    for name, time in times.items():
        is_time = name == "at" or name.endswith("_at")
        both_days = all(isinstance(one, str) and DAY.fullmatch(one) for one in (time, said.get(name)))
        if not both_days and not (is_time and type(time) is type(said.get(name)) is int and NUMBER_MIN <= time <= NUMBER_MAX):
            return None
    return msgspec.structs.replace(body, a=msgspec.Raw(msgspec.json.encode({**said, **times})))


class Again:
    """Runs kept ops again inside one unit. `amended`: new results by the op's id as its device knows it."""

    def __init__(self, unit: Unit, runner: Runner) -> None:
        self._unit = unit
        self._runner = runner
        self.amended: dict[str, Result] = {}

    # --- what waited -------------------------------------------------------------------------------------------------

    def wake(self, rid: str) -> None:
        """Something arrived: run again what waited for it, and what waited for that."""
        arrived = [rid]
        while arrived:
            for n, _, window in aside.waiting_for(self._unit.sql, arrived.pop()):
                if self.retry(n, window):
                    arrived.append(ledger.kept_n(self._unit.sql, n).name.rid)

    def sweep(self, wait_ms: int) -> None:
        """Run everything that waits again (a wake may have been lost), and give up what waited longer than `wait_ms`."""
        for n, window, at in aside.all_waiting(self._unit.sql):
            if not aside.waits(self._unit.sql, n):
                continue
            if self.retry(n, window):
                self.wake(ledger.kept_n(self._unit.sql, n).name.rid)
            elif aside.waits(self._unit.sql, n) and self._unit.now - at >= wait_ms:
                with self._unit.step() as tx:
                    self._amend(tx, ledger.kept_n(tx.sql, n), Outcome("held", "REF_LOST"), window)

    def retry(self, n: int, window: Window) -> bool:
        """Run a held op again. True when it is applied now."""
        kept = ledger.kept_n(self._unit.sql, n)
        device = ledger.device_n(self._unit.sql, kept.device)
        body = readable(kept.body)
        assert body is not None, "only what can be read is run again"
        try:
            with self._unit.step() as tx:
                tx.held_ops = self
                outcome = self._runner.run(tx, device, Said(body, kept.id or body.id, window))
                if outcome.st != "applied":
                    raise Undone(outcome)
                tx.settle()
                result = self._amend(tx, kept, noted(body, outcome, window), window)
        except Undone as undone:
            if undone.outcome.code == kept.code:
                return False
            with self._unit.step() as tx:
                result = self._amend(tx, kept, undone.outcome, window)
        except StoreTrouble:
            raise
        except Exception as crash:
            self._runner.crashed(body.k, body.id, crash)
            with self._unit.step() as tx:
                result = self._amend(tx, kept, Outcome("held", "INTERNAL"), window)
                aside.bury(tx, device, n, body.rid, trace(crash))
        self.amended[result.id] = result
        return result.st == "applied"

    def _amend(self, tx: Transaction, kept: Kept, outcome: Outcome, window: Window) -> Result:
        """Keep the new outcome of an op, and put it where it belongs now."""
        aside.stop_waiting(tx, kept.n)
        aside.dig_up(tx, kept.n)
        amended = kept._replace(st=outcome.st, code=outcome.code, cur=outcome.cur)
        device = ledger.device_n(tx.sql, kept.device)
        ledger.amend(tx, device, amended)
        if outcome.code == "REF_WAIT":
            aside.wait(tx, kept.n, device, window)
        held.note(tx, device, amended, window)
        return amended.result(amended.name)

    # --- what crashed ------------------------------------------------------------------------------------------------

    def replay(self, n: int) -> bool:
        """Run an op whose handler crashed again, after a fix, and then what was held behind it. True when it is applied now."""
        kept, window = ledger.kept_n(self._unit.sql, n), held.window(self._unit.sql, n)
        if window is None or not self.retry(n, window):
            return False
        self.follow(kept.device, kept.name.rid)
        return True

    def follow(self, device: int, rid: str) -> None:
        """An op is held no more: what its device said of the same record after it goes on in order (I4), and what waited for it."""
        self.wake(rid)
        known = ledger.device_n(self._unit.sql, device)
        for n in held.behind(self._unit.sql, device, rid):
            if aside.is_blocked(self._unit.sql, known, rid):
                return
            window = held.window(self._unit.sql, n)
            assert window is not None, "what is held behind another has its window kept"
            if self.retry(n, window):
                self.wake(rid)

    # --- what a person decides (`server.domain.base.Tx.held`, `Tx.decide`) ------------------------------------------

    def find(self, sql: Sql, rid: str) -> Held | None:
        """The held op that waits for a decision under this rid."""
        entry = held.open_entry(sql, rid)
        return Held(entry.uid, entry.audience) if entry else None

    def decide(self, tx: Transaction, rid: str, by: str, accept: bool, text: str, times: Times) -> Outcome:
        """Let a held op take effect, or set it aside for good; all of it in the decider's own transaction.

        `times`: what it is entered with where the times said cannot be meant. Its bytes stay what its author signed.
        """
        entry = held.open_entry(tx.sql, rid)
        assert entry is not None, "looked up before it is decided"
        kept = ledger.kept_n(tx.sql, entry.n)
        if accept:
            outcome = self._as_said(tx, kept, entry.window, times)
            if outcome.st != "applied":
                return outcome
        else:
            outcome = Outcome("held", "SET_ASIDE")
        result = self._amend(tx, kept, outcome, entry.window)
        held.decided(tx, entry, by, accept, text, times)
        why = f"{text} {to_json(dict(times))}" if times else text
        people.audit(tx, by, "held.accept" if accept else "held.reject", rid, why)
        tx.decided.append((entry.device, kept.name.rid))
        self.amended[result.id] = result
        return APPLIED

    def _as_said(self, tx: Transaction, kept: Kept, window: Window, times: Times) -> Outcome:
        """What a held op comes to in a decider's transaction; one that does not apply refuses the decision."""
        body = readable(kept.body)
        if body is not None and times:
            body = entered(body, times) if kept.code == "TIME_UNLIKELY" else None
        if body is None:
            return refused("INVALID")
        try:
            outcome = self._runner.run(tx, ledger.device_n(tx.sql, kept.device), Said(body, kept.id or body.id, window))
        except StoreTrouble:
            raise
        except Exception as crash:
            self._runner.crashed(body.k, body.id, crash)
            return refused("INTERNAL")
        if outcome.st == "applied":
            return noted(body, outcome, window)
        code = outcome.code or "INVALID"
        return refused(code if CODES[code].outcome in ("refused", "either") else "INVALID", outcome.cur)


def trace(crash: Exception) -> str:
    """The end of a crash's traceback, to be kept with the op."""
    return "".join(traceback.format_exception(crash))[-4_000:]
