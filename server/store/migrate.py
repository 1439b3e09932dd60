"""Bringing a database to this release: numbered raw-SQL files per dialect, then the institutions' tables. Run under the file lock."""

import hashlib
from importlib import resources

from server.store.contract import Sql, UnsafeStore
from server.store.institutions import Institutions
from server.store.site import give_rescue_key
from server.store.sums import fill

# What SQL alone cannot do to rows already there, by the migration it follows.
AFTERWARDS = {"0002_sums": fill, "0004_up": give_rescue_key}


def files(dialect: str) -> list[tuple[str, str]]:
    """(name, text) of every migration of a dialect, in order."""
    folder = resources.files("server.store.migrations")
    suffix = f".{dialect}.sql"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(suffix)]
    return sorted((entry.name.removesuffix(suffix), entry.read_text("utf-8")) for entry in found)


def statements(text: str) -> list[str]:
    """The statements of a migration file: separated by a semicolon at the end of a line, so that triggers stay whole."""
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    parts = "\n".join(lines).split(";\n")
    return [part.strip() for part in parts if part.strip()]


def migrate(sql: Sql, institutions: Institutions, now: int) -> list[str]:
    """Apply what is missing; returns the names applied. Inside the caller's transaction: all of it or nothing."""
    sql.run("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY NOT NULL, sha256 TEXT NOT NULL, at INTEGER NOT NULL)")
    done = dict(sql.all("SELECT name, sha256 FROM migration"))
    known = files("sqlite")
    if later := sorted(set(done) - {name for name, _ in known}):
        raise UnsafeStore(f"this database was changed by a later release (migration {later[-1]}): start that release")
    applied = []
    for name, text in known:
        if name in done:
            continue
        for statement in statements(text):
            sql.run(statement)
        if name in AFTERWARDS:
            AFTERWARDS[name](sql)
        digest = hashlib.sha256(text.encode()).hexdigest()
        sql.run("INSERT INTO migration (name, sha256, at) VALUES (?, ?, ?)", (name, digest, now))
        applied.append(name)
    for table in institutions.tables.values():
        table.create(sql)
    return applied
