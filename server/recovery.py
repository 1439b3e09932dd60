"""`python -m server backup`, `restore`, `replay`, `rescue`: keeping the records, and the day after a disaster."""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from server.app import DOMAINS, system_clock
from server.gateway import rescue
from server.gateway.again import Again
from server.gateway.problems import ProblemError
from server.gateway.run import Runner
from server.keeping import note_of
from server.seed import open_kept
from server.settings import Settings
from server.store import aside, backup, held, ledger
from server.store.contract import Store, Unit, UnsafeStore
from server.store.institutions import Institutions
from server.store.postgres import new_epoch, sites_in
from server.store.sqlite import WRITER, Connection, FolderLock, prepare
from sync.cursor import Seal
from sync.messages import RescueAnswer, RescueFile


def backup_options(parser: argparse.ArgumentParser) -> None:
    """Options of `backup`."""
    parser.add_argument("--to", required=True, metavar="FOLDER", help="where the copies go, best on another disk")


def run_backup(settings: Settings, given: argparse.Namespace) -> int:
    """Copy and verify every hall of the data folder, whether a server runs or not; what is in the copies is durable from then on."""
    folder = Path(given.to).expanduser().absolute()
    halls = sorted(settings.data.glob(f"*{backup.SUFFIX}"))
    if folder == settings.data:
        raise UnsafeStore("backups must not go into the data folder itself: each would be served as a hall")
    if not halls:
        raise UnsafeStore(f"{settings.data} holds no hall")
    try:
        lock: FolderLock | None = FolderLock(settings.data)
    except UnsafeStore:
        lock = None
    try:
        for hall in halls:
            if lock is not None:
                _up_to_date(hall)
            made = backup.make(hall, folder, system_clock())
            if lock is not None:
                _mark(hall, made)
            else:
                # The running server is the only one that writes: it looks the copy through and moves the mark, within a minute.
                note_of(settings.data, made.site).write_text(f"{made.path}\n", "utf-8")
            # No size, no commit: both count what is sealed, and such lines are mailed about.
            print(f"{made.site}: {made.path} verified")
    finally:
        if lock is not None:
            lock.close()
    return 0


def _up_to_date(hall: Path) -> None:
    sql = Connection(hall, WRITER)
    try:
        prepare(sql, Institutions(DOMAINS), system_clock(), None)
    finally:
        sql.close()


def _mark(hall: Path, made: backup.Backup) -> None:
    sql = Connection(hall, WRITER)
    try:
        sql.run("BEGIN IMMEDIATE")
        backup.durable(sql, made, system_clock())
        sql.run("COMMIT")
    finally:
        sql.close()


def restore_options(parser: argparse.ArgumentParser) -> None:
    """Options of `restore`."""
    parser.add_argument("file", help="a backup")


def run_restore(settings: Settings, given: argparse.Namespace) -> int:
    """Put a backup in the place of its hall's database; what was there is kept beside it."""
    lock = FolderLock(settings.data)
    try:
        made = backup.restore(Path(given.file).expanduser().absolute(), settings.data, Institutions(DOMAINS), system_clock())
    finally:
        lock.close()
    print(f"{made.site}: restored from {given.file} as epoch {made.epoch}")
    print("Devices send again what came after it. Everybody signs in anew. Disable again what was disabled since the backup.")
    return 0


def run_restored(settings: Settings, _: argparse.Namespace) -> int:
    """A PostgreSQL database was put back from a backup: every hall in it begins a new epoch. No server may run."""
    if not settings.database:
        raise UnsafeStore("restored needs --database; a backup of a hall's file is put back by restore FILE")
    for hall in sites_in(settings.database):
        epoch = new_epoch(settings.database, hall, Institutions(DOMAINS), system_clock())
        print(f"{hall}: goes on as epoch {epoch}")
    return 0


def replay_options(parser: argparse.ArgumentParser) -> None:
    """Options of `replay`."""
    parser.add_argument("--op", metavar="ID", help="only this op; otherwise all whose handler failed")


def run_replay(settings: Settings, given: argparse.Namespace) -> int:
    """Run ops whose handler failed again, after a fix, and what was held behind them. Ends with 1 when one of those told fails still."""
    return asyncio.run(_replay(settings, given.op))


async def _replay(settings: Settings, op_id: str | None) -> int:
    lock = FolderLock(settings.data)
    institutions = Institutions(DOMAINS)
    failed, told = 0, False
    try:
        for store in await open_kept(settings, institutions, system_clock):
            for op, done in await store.write(lambda unit: replay(unit, institutions, op_id)):
                print(f"{store.facts.id}: op {op} {'applied' if done else 'is held still'}")
                failed, told = failed + (not done), True
            await store.close()
    finally:
        lock.close()
    print("done" if told or not op_id else f"{op_id}: no such record waits for its handler")
    return 1 if failed else 0


def rescue_options(parser: argparse.ArgumentParser) -> None:
    """Options of `rescue`."""
    parser.add_argument("file", help="a rescue file")


def run_rescue(settings: Settings, given: argparse.Namespace) -> int:
    """Import a rescue file into its hall; no server may run. Where one runs, an administrator imports it in the app."""
    try:
        first, *lines = Path(given.file).expanduser().read_bytes().splitlines()
        records = [msgspec.json.decode(first, type=RescueFile), *_more(lines)]
    except (OSError, ValueError) as error:
        raise UnsafeStore(f"{given.file} cannot be read as a rescue file: {error}") from None
    try:
        asyncio.run(_rescue(settings, records))
        if files := len(lines) + 1 - len(records):
            print(f"{files} photos and sounds in it: start the server and let an administrator import it in the app, too")
        return 0
    except ProblemError as problem:
        raise UnsafeStore(f"{given.file} was not imported: {problem.id}") from None


def _more(lines: Sequence[bytes]) -> Iterator[RescueFile]:
    """The lines that go on with records: they come before the photos and sounds, of which one that is damaged stops nothing."""
    for line in lines:
        if b'"more":true' not in line:
            return
        yield msgspec.json.decode(line, type=RescueFile)


async def _rescue(settings: Settings, records: Sequence[RescueFile]) -> None:
    lock = FolderLock(settings.data)
    institutions = Institutions(DOMAINS)
    try:
        stores = await open_kept(settings, institutions, system_clock)
        store = next((one for one in stores if one.facts.id == records[0].site), None)
        if store is None:
            raise UnsafeStore(f"{settings.data} holds no hall {records[0].site}")
        facts = store.facts
        here = rescue.Site(facts.id, institutions, Seal(facts.seal_key, facts.id, facts.epoch), facts.rescue_key)
        for line in records:
            answer = await _carry(store, here, line)
            print(
                f"{facts.id}: device {answer.dev} of {answer.uid}: {answer.ops} records, {answer.known} known already, {answer.held} held"
            )
        for one in stores:
            await one.close()
    finally:
        lock.close()


async def _carry(store: Store, here: rescue.Site, line: RescueFile) -> RescueAnswer:
    """One line of records. Who reads the console may belong to a unit that is checked: what is sealed is in no number."""
    inside = rescue.opened(here, line)
    ops = await store.read(lambda sql: rescue.checked(sql, here, inside))
    told = await store.write(lambda unit: rescue.take(unit, here, inside.dev, ops, frozenset()))
    return await store.write(lambda unit: rescue.finish(unit, inside, told, ""))


def replay(unit: Unit, institutions: Institutions, op_id: str | None) -> list[tuple[str, bool]]:
    """Run what crashed again, oldest first: (id, whether it is applied now). One not everybody may hear of is told only to who names it."""
    again = Again(unit, Runner(unit, institutions))
    told = []
    for n in aside.dead_ops(unit.sql, op_id):
        kept = ledger.kept_n(unit.sql, n)
        if held.window(unit.sql, n) is not None:
            with unit.step() as tx:
                apart = institutions.is_under_seal(kept.name.k) or held.apart(tx, ledger.device_n(tx.sql, kept.device), kept.body)
            done = again.replay(n)
            if op_id or not apart:
                told.append((kept.name.id, done))
    return told
