"""`python -m server COMMAND`: the one entry. Every command tells its options with --help."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import fields

from server.console import COMMANDS, Command
from server.settings import BadSetting, Settings, prepare_folders, read
from server.store.contract import UnsafeStore


def parser(commands: Sequence[Command]) -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="./run", description="Zaigang: the service discipline of a public-service hall, offline first")
    subs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    helps = {f.name: (f.metadata["help"], f.default) for f in fields(Settings)}
    for command in commands:
        sub = subs.add_parser(command.name, help=command.help, description=command.help)
        for name in command.settings:
            if name == "mode":
                sub.add_argument(
                    "--empty", dest="mode", action="store_const", const="empty", help="one hall to be set up, instead of the demo"
                )
                continue
            sentence, default = helps[name]
            shown = f" ({default})" if default not in (None, (), "") else ""
            sub.add_argument(f"--{name.replace('_', '-')}", help=f"{sentence}{shown}")
        command.options(sub)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code. Says what is wrong in one sentence, never with a stack, when an operator can put it right."""
    commands = {command.name: command for command in COMMANDS}
    given = parser(list(commands.values())).parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        settings = read(vars(given), os.environ)
        command = commands[given.command]
        if command.makes_folders or settings.database:
            prepare_folders(settings)
        elif "data" in command.settings and not settings.data.is_dir():
            raise BadSetting(f"data must be the folder of the halls, but {settings.data} is not there")
        return command.run(settings, given)
    except (BadSetting, UnsafeStore) as wrong:
        print(f"server: {wrong}", file=sys.stderr)
        return 2
    except OSError as wrong:
        if wrong.filename is None:
            raise
        print(f"server: {wrong.filename}: {wrong.strerror}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130


if __name__ == "__main__":
    sys.exit(main())
