"""The commands of `python -m server`, and what they print: one screen of plain text for the person at the console."""

import argparse
import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields
from typing import NamedTuple

from server import bench, generate, golden, locales, logs, past, privacy, reconcile, recovery, screenshots, serve, witness
from server.app import DOMAINS, App, create_app, system_clock
from server.gateway.gate import Gate
from server.gateway.public import sites_of
from server.seed import DEMO_PASSWORD, SUFFIX, open_kept, open_sites
from server.settings import BadSetting, Settings
from server.store.contract import UnsafeStore
from server.store.institutions import Institutions
from server.store.sqlite import FolderLock, is_demo
from server.store.threaded import ThreadedStore
from sync.messages import Site


class Command(NamedTuple):
    """One sub-command. `settings` names the settings it takes as options; `options` adds its own; `run` returns the exit code.

    One that does not make the folders it is given finds them, or says that they are not there.
    """

    name: str
    help: str
    settings: tuple[str, ...]
    run: Callable[[Settings, argparse.Namespace], int]
    options: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    makes_folders: bool = False


def address(settings: Settings, port: int) -> str:
    """Where people find the server."""
    if settings.origins:
        return settings.origins[0]
    host = serve.outward_host() if settings.host in ("0.0.0.0", "::") else settings.host
    host = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls_cert else 'http'}://{host}:{port}"


def welcome(settings: Settings, gate: Gate, port: int, sites: Sequence[Site]) -> str:
    """The screen of a started server."""
    url = address(settings, port)
    lines = ["", f"  Zaigang        {url}", f"  lobby display  {url}/display", f"  data           {settings.data}", ""]
    for site in sites:
        lines.append(f"  {site.names['zh_Hans']} ({site.id}){': sign in as one of' if site.personas else ''}")
        lines += [f"    {one.id:<10} {one.role:<6} {one.name}" for one in site.personas]
    if settings.demo:
        lines += ["", f"  or with the badge number of anybody in the hall and the password {DEMO_PASSWORD}", ""]
    if gate.setup_code:
        lines += [f"  first-run administrator code: {gate.setup_code}", f"  it works once, at {url}/setup", ""]
    if not settings.loopback and not settings.secure:
        lines += [
            "  Warning: on plain http only this machine can install the app; give --tls-cert and --tls-key, or put a proxy in front.",
            "",
        ]
    return "\n".join(lines)


def run_serve(settings: Settings, _: argparse.Namespace) -> int:
    """Serve until stopped."""
    serve.check_port(settings.host, settings.port)
    app = create_app(settings)

    def started(port: int) -> None:
        asyncio.get_running_loop().create_task(_say_welcome(settings, app, port))

    return 0 if serve.run(app, settings, started) else 1


async def _say_welcome(settings: Settings, app: App, port: int) -> None:
    print(welcome(settings, app.gate, port, await sites_of(app.gate)), flush=True)


def run_migrate(settings: Settings, _: argparse.Namespace) -> int:
    """Bring the databases of a folder to this release and say so."""
    return asyncio.run(_open_all(settings, open_kept))


def run_demo(settings: Settings, given: argparse.Namespace) -> int:
    """Make the demo halls; with --fresh those in the folder go first, a real hall never."""
    if given.fresh:
        lock = FolderLock(settings.data)
        try:
            _throw_away(settings)
        finally:
            lock.close()
    if given.days < 0:
        raise BadSetting(f"days must be a number of days, not {given.days}")
    if given.days:
        asyncio.run(past.make_all(settings, Institutions(DOMAINS), system_clock(), given.days, print))
    return asyncio.run(_open_all(settings, open_sites))


def _throw_away(settings: Settings) -> None:
    for path in settings.data.glob(f"*{SUFFIX}"):
        if not is_demo(path):
            raise UnsafeStore(f"{path} is no demo hall: nothing was thrown away. Choose another folder with --data")
    for path in settings.data.glob(f"*{SUFFIX}*"):
        path.unlink()
    for folder in ("blobs", "uploads"):
        shutil.rmtree(settings.data / folder, ignore_errors=True)


async def _open_all(settings: Settings, opened: Callable[..., Awaitable[list[ThreadedStore]]]) -> int:
    lock = FolderLock(settings.data)
    try:
        for store in await opened(settings, Institutions(DOMAINS), system_clock):
            print(f"{store.facts.id}: ready at {settings.data}")
            await store.close()
    finally:
        lock.close()
    return 0


def run_generate(_: Settings, given: argparse.Namespace) -> int:
    """Write the generated files, or with --check say which are stale."""
    made = generate.files((op for d in DOMAINS for op in d.ops), (row for d in DOMAINS for row in d.rows))
    stale = [path for path, text in made.items() if not path.is_file() or path.read_text("utf-8") != text]
    for path in stale:
        if not given.check:
            path.write_text(made[path], "utf-8")
        print(f"{'stale' if given.check else 'wrote'}: {path.relative_to(generate.ROOT)}")
    return 1 if stale and given.check else 0


def _generate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")


def _demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fresh", action="store_true", help="throw away the halls in the folder first")
    parser.add_argument("--days", type=int, default=0, help="halls that are not there yet get so many days behind them (365: some minutes)")


HALLS = ("data", "database")
SERVE_SETTINGS = tuple(f.name for f in fields(Settings))
COMMANDS: Sequence[Command] = (
    Command("serve", "serve the halls of a data folder", SERVE_SETTINGS, run_serve, makes_folders=True),
    Command("migrate", "bring the halls to this release", HALLS, run_migrate),
    Command("demo", "make the demo halls", ("data", "seed", "examples"), run_demo, _demo_options, makes_folders=True),
    Command("backup", "copy and verify every hall, whether it is served or not", ("data",), recovery.run_backup, recovery.backup_options),
    Command(
        "restore", "put a backup in the place of its hall", ("data",), recovery.run_restore, recovery.restore_options, makes_folders=True
    ),
    Command("restored", "say that a PostgreSQL database was put back from a backup", ("database",), recovery.run_restored),
    Command("replay", "run records whose handler failed again", HALLS, recovery.run_replay, recovery.replay_options),
    Command("rescue", "import a rescue file", HALLS, recovery.run_rescue, recovery.rescue_options),
    Command("reconcile", "make findings and ledgers anew from the facts, or compare", HALLS, reconcile.run, reconcile.options),
    Command(
        "privacy",
        "what is kept of people: fields, classes, purposes, readers, terms",
        (),
        lambda _, given: privacy.run(given),
        privacy.options,
    ),
    Command("generate", "write the schema and the TypeScript types", (), run_generate, _generate_options),
    Command("golden", "write the corpus of a release: signed ops of every kind", (), lambda _, given: golden.run(given), golden.options),
    Command("locales", "extract, update or check the catalogues", (), lambda _, given: locales.run(given), locales.add_arguments),
    Command("screenshots", "take the pictures of the documentation", (), lambda _, given: screenshots.run(given)),
    Command("log", "the evidence log: key, export, erase", ("data",), logs.run, logs.add_arguments),
    Command("witness", "cosign the evidence log of a hall, elsewhere", (), witness.run, witness.add_arguments),
    Command("bench", "measure it beside ceilings taken in the same run", (), lambda _, given: bench.run(given), bench.add_arguments),
)
