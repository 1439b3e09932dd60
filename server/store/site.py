"""What a site is: made once, read at every start."""

import secrets
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from server.store.contract import SiteFacts, Sql, UnsafeStore


class NewSite(NamedTuple):
    """What a site is made of. `random`: where its epoch and keys come from."""

    id: str
    names: dict[str, str]
    locale: str
    demo: bool
    random: Callable[[int], bytes] = secrets.token_bytes


def create(sql: Sql, new: NewSite, now: int) -> None:
    """Make the site of an empty database: its epoch and its keys."""
    sql.run(
        "INSERT INTO site (id, epoch, head, names, locale, demo, seal_key, sign_key, created_at) VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?)",
        (
            *(new.id, new.random(8).hex(), msgspec.json.encode(new.names).decode(), new.locale, int(new.demo)),
            *(new.random(64), new.random(32), now),
        ),
    )


def exists(sql: Sql) -> bool:
    """Whether this database has its site yet."""
    return sql.one("SELECT 1 FROM site") is not None


def facts(sql: Sql) -> SiteFacts:
    """The site of this database."""
    row = sql.one("SELECT id, epoch, names, locale, demo, seal_key, sign_key FROM site")
    if row is None:
        raise UnsafeStore("this database holds no site")
    site, epoch, names, locale, demo, seal_key, sign_key = row
    return SiteFacts(site, epoch, msgspec.json.decode(names, type=dict[str, str]), locale, bool(demo), seal_key, sign_key)


def site_id(sql: Sql) -> str:
    """The id of this database's site."""
    row = sql.one("SELECT id FROM site")
    return str(row[0]) if row else ""


def head(sql: Sql) -> int:
    """The last commit number."""
    row = sql.one("SELECT head FROM site")
    return int(row[0]) if row else 0


def move_head(sql: Sql, head: int) -> None:
    """The one head update of a group commit."""
    sql.run("UPDATE site SET head = ?", (head,))
