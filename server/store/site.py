"""What a site is: made once, read at every start."""

import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from server.store import faces
from server.store.contract import SiteFacts, Sql, UnsafeStore
from server.store.pen import fact
from sync import rescue
from sync.units import DAY_MS


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
        "INSERT INTO site (id, epoch, head, names, locale, demo, seal_key, sign_key, created_at, rescue_key)"
        " VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(new.id, new.random(8).hex(), msgspec.json.encode(new.names).decode(), new.locale, int(new.demo)),
            *(new.random(64), new.random(32), now, rescue.secret(new.random)),
        ),
    )


def exists(sql: Sql) -> bool:
    """Whether this database has its site yet."""
    return sql.one("SELECT 1 FROM site") is not None


def facts(sql: Sql) -> SiteFacts:
    """The site of this database."""
    row = sql.one("SELECT id, epoch, names, locale, demo, seal_key, sign_key, rescue_key FROM site")
    if row is None:
        raise UnsafeStore("this database holds no site")
    site, epoch, names, locale, demo, *keys = row
    return SiteFacts(site, epoch, msgspec.json.decode(names, type=dict[str, str]), locale, bool(demo), *keys)


def give_rescue_key(sql: Sql) -> None:
    """A site made before there was one gets its rescue key."""
    sql.run("UPDATE site SET rescue_key = ? WHERE rescue_key IS NULL", (rescue.secret(secrets.token_bytes),))


def site_id(sql: Sql) -> str:
    """The id of this database's site."""
    return fact(sql, "site", "id", _site_id)


def _site_id(sql: Sql) -> str:
    row = sql.one("SELECT id FROM site")
    return str(row[0]) if row else ""


def head(sql: Sql) -> int:
    """The last commit number."""
    row = sql.one("SELECT head FROM site")
    return int(row[0]) if row else 0


def last_at(sql: Sql) -> int:
    """The latest time the site has kept (ms): of its last op, audit entry and minute of the log; 0 before any."""
    row = sql.one(
        "SELECT max(at) FROM (SELECT at FROM op WHERE n = (SELECT max(n) FROM op)"
        " UNION ALL SELECT at FROM audit WHERE n = (SELECT max(n) FROM audit)"
        " UNION ALL SELECT at FROM log_entry WHERE i = (SELECT max(i) FROM log_entry)) AS told"
    )
    return row[0] or 0 if row else 0


def move_head(sql: Sql, head: int) -> None:
    """The one head update of a group commit."""
    sql.run("UPDATE site SET head = ?", (head,))


class _HallRules(msgspec.Struct):
    rules: dict[str, Any] = {}


@lru_cache(maxsize=4)
def _rules_in(body: str) -> dict[str, Any]:
    return msgspec.json.decode(body, type=_HallRules).rules


def hall_rules(sql: Sql) -> dict[str, Any]:
    """The hall's parameters as they are now; none before the hall is set up."""
    hall = faces.now(sql, "hall", "hall")
    return _rules_in(hall.body) if hall and hall.body else {}


RESTORED_MS = 30 * DAY_MS
"""How long after a restore devices may still come back that the restored database never knew: as long as they keep what they sent."""


def restored_lately(sql: Sql, now: int) -> bool:
    """Whether this database was restored from a backup not long ago."""
    row = sql.one("SELECT restored_at FROM site")
    return row is not None and row[0] > 0 and now - row[0] < RESTORED_MS
