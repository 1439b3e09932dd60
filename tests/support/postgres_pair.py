"""Two PostgreSQL servers of a test's own, the second a synchronous standby of the first: what Patroni keeps, without Patroni.

Killed as a machine dies: every process of the first at once, with SIGKILL. `promote` is what a manager of such a pair does then.
"""

import os
import pwd
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from tests.support import memory, postgres

SETTINGS = "listen_addresses = ''\nmax_connections = 60\nshared_buffers = 32MB\nwal_receiver_status_interval = 1s\n"
WAIT_SECONDS = 2
"""How long a server waits for one of the two to answer: no less can be said."""


class Pair:
    """`url` names both: whoever connects gets the one that takes writes."""

    def __init__(self, folder: Path) -> None:
        self._first, self._second = folder / "a", folder / "b"
        self._bin = postgres.programs()
        # PostgreSQL refuses to run as root; the package has made somebody for it.
        self._user = "pgserver" if os.geteuid() == 0 else None
        for place in (folder, self._first, self._second):
            place.mkdir(exist_ok=True)
            if self._user is not None:
                os.chown(place, pwd.getpwnam(self._user).pw_uid, -1)
        self.url = self._url(f"{self._first},{self._second}", target_session_attrs="read-write", connect_timeout=str(WAIT_SECONDS))

    def start(self, like: str) -> None:
        """Both, in step with each other, with a copy of the database `like`."""
        self._run("initdb", "-D", str(self._first / "data"), "-U", "postgres", "-A", "trust", "-E", "utf8", "--no-sync")
        self._settle(self._first)
        dump = self._run("pg_dump", "--no-owner", like)
        self._run("psql", "-q", "-v", "ON_ERROR_STOP=1", self._url(str(self._first)), given=dump)
        self._run(
            "pg_basebackup", "-D", str(self._second / "data"), "-h", str(self._first), "-U", "postgres", "-R", "-c", "fast", "--no-sync"
        )
        self._settle(self._second)
        with psycopg.connect(self._url(str(self._first)), autocommit=True) as raw:
            raw.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            raw.execute("SELECT pg_reload_conf()")

    def in_step(self) -> bool:
        """Whether commits wait for the second."""
        with psycopg.connect(self._url(str(self._first)), autocommit=True) as raw:
            return raw.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone() is not None

    def kill(self) -> None:
        """The machine of the first is gone."""
        os.killpg(os.getpgid(self._pid(self._first)), signal.SIGKILL)

    def promote(self) -> None:
        """The second takes writes from now on."""
        self._run("pg_ctl", "-D", str(self._second / "data"), "-w", "promote")

    def stop(self) -> None:
        """Whatever still runs."""
        for folder in (self._first, self._second):
            if (folder / "data/postmaster.pid").exists():
                subprocess.run(
                    [self._bin / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"], user=self._user, capture_output=True
                )

    def _settle(self, folder: Path) -> None:
        with (folder / "data/postgresql.conf").open("a") as conf:
            conf.write(f"{SETTINGS}unix_socket_directories = '{folder}'\n")
        self._run("pg_ctl", "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "start")

    def _pid(self, folder: Path) -> int:
        return int((folder / "data/postmaster.pid").read_text().split("\n")[0])

    def _url(self, hosts: str, **more: str) -> str:
        return "postgresql://postgres@/postgres?" + urlencode({"host": hosts, **more})

    def _run(self, program: str, *arguments: str, given: bytes = b"") -> bytes:
        # What pg_ctl leaves running keeps its output: a pipe of it would never end.
        output = subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE
        return subprocess.run((self._bin / program, *arguments), user=self._user, input=given, stdout=output, check=True).stdout or b""


@contextmanager
def pair(like: str) -> Iterator[Pair]:
    """Two servers with the content of a database."""
    with tempfile.TemporaryDirectory(prefix="zg-pair-", dir=memory.folder(), ignore_cleanup_errors=True) as folder:
        both = Pair(Path(folder))
        try:
            both.start(like)
            yield both
        finally:
            both.stop()
