"""`python -m server log …`: the evidence log at the console: take it away for an auditor, show its key, erase a record."""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from server.app import DOMAINS, system_clock
from server.seed import SUFFIX, open_kept
from server.settings import BadSetting, Settings
from server.store import evidence, site
from server.store.contract import SiteFacts, Sql, Unit
from server.store.evidence import NotErasable
from server.store.export import export
from server.store.institutions import Institutions
from server.store.sqlite import READER, Connection, FolderLock

T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `log`."""
    parser.add_argument("--hall", help="id of the hall; needed where the folder holds several")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("key", help="print the key that verifies checkpoints and proofs")
    out = acts.add_parser("export", help="write everything zaigang-verify needs, while the server runs or not")
    out.add_argument("--to", type=Path, required=True, help="folder to write to; it then holds the records' texts")
    erase = acts.add_parser("erase", help="erase the text of a record; every proof goes on to hold. Stop the server first")
    erase.add_argument("--op", required=True, help="id of the op")
    erase.add_argument("--reason", required=True, help="why, for the audit")
    for act in acts.choices.values():  # they may stand behind the act, too
        for name in ("--data", "--hall"):
            act.add_argument(name, default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Run the act; the exit code."""
    hall = _hall(settings, given.hall)
    if given.act == "erase":
        return asyncio.run(_erase(settings, hall, given.op, given.reason))
    if given.act == "key":
        print(_look(settings, hall, lambda _, facts: str(evidence.vkey(facts))))
        return 0
    _look(settings, hall, lambda sql, facts: export(sql, facts, given.to))
    # Not how many: that counts what is sealed, too.
    print(f"{hall}: written to {given.to}")
    return 0


def _hall(settings: Settings, chosen: str | None) -> str:
    halls = sorted(path.name.removesuffix(SUFFIX) for path in settings.data.glob(f"*{SUFFIX}"))
    if chosen is None and len(halls) == 1:
        return halls[0]
    if chosen not in halls:
        if not halls:
            raise BadSetting(f"data must be the folder of the halls, but {settings.data} holds none")
        raise BadSetting(f"hall must be one of {', '.join(halls)}" + (f", not {chosen!r}" if chosen else ": say which by --hall"))
    return chosen


def _look(settings: Settings, hall: str, query: Callable[[Sql, SiteFacts], T]) -> T:
    """Read one consistent state, beside a server that may be running."""
    with closing(Connection(settings.data / f"{hall}{SUFFIX}", READER)) as sql:
        sql.run("BEGIN")
        return query(sql, site.facts(sql))


async def _erase(settings: Settings, hall: str, op_id: str, reason: str) -> int:
    lock = FolderLock(settings.data)
    try:
        for store in await open_kept(settings, Institutions(DOMAINS), system_clock):
            try:
                if store.facts.id == hall:
                    await store.write(lambda unit: _erase_one(unit, op_id, reason))
                    print(f"{hall}: op {op_id} is erased")
            finally:
                await store.close()
    except NotErasable as why:
        print(f"{op_id}: {why}")
        return 1
    finally:
        lock.close()
    return 0


def _erase_one(unit: Unit, op_id: str, reason: str) -> None:
    with unit.step() as tx:
        evidence.erase(tx, op_id, "console", reason)
