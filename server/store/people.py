"""People as the site knows them: accounts, sessions, tries at signing in, wall screens waiting to be paired."""

from typing import NamedTuple

import msgspec

from server.domain.base import Actor
from server.domain.hall.rules import buckets_of
from server.store import ledger, vitals
from server.store.contract import Sql
from server.store.pen import fact
from server.store.transaction import Grant, Transaction
from sync.units import DAY_MS


class Account(NamedTuple):
    """A person who may sign in. `password`: argon2id hash, or None when there is none to sign in with. `active`: not ended."""

    uid: str
    login: str | None
    name: str
    password: str | None
    unit: str
    roles: tuple[str, ...]
    persona: str | None = None
    active: bool = True


class SignedIn(NamedTuple):
    """A session with its person. `token`: SHA-256 of what the cookie holds; `dev`: the device it belongs to, if one is known."""

    token: str
    uid: str
    name: str
    unit: str
    roles: tuple[str, ...]
    nonce: str
    until_at: int
    dev: str | None = None

    @property
    def actor(self) -> Actor:
        """The person as handlers know them."""
        return Actor(self.uid, self.unit, frozenset(self.roles))


class Attempts(NamedTuple):
    """Failures in a row, and until when the next try is refused."""

    failures: int
    until_at: int


class Paired(NamedTuple):
    """A wall screen that asked for a code."""

    dev: str
    key: bytes
    code: str
    until_at: int
    paired_at: int | None


ATTEMPTS_KEPT_MS = 7 * DAY_MS
_ACCOUNT = "SELECT uid, login, name, password, unit, roles, persona FROM account"


def audience(actor: Actor) -> frozenset[str]:
    """Every bucket this person may read, without a device's own. A wall screen reads the lobby's faces and what it is to show; one that
    was paired as the office's overview the inside faces of posts, too (P1), and nothing else (DSP-09).
    """
    if "BOARD" in actor.roles:
        return frozenset(("pub", f"u:{actor.uid}", *(("inside",) if "INSIDE" in actor.roles else ())))
    return buckets_of(actor.uid, actor.unit, actor.roles)


def buckets(actor: Actor, dev: str) -> frozenset[str]:
    """Every bucket a device of this person may read."""
    return audience(actor) | {f"dev:{dev}"}


# --- accounts --------------------------------------------------------------------------------------------------------


def _account(row: tuple[str, ...]) -> Account:
    uid, login, name, password, unit, roles, persona = row
    return Account(uid, login, name, password, unit, msgspec.json.decode(roles, type=tuple[str, ...]), persona)


def put_account(tx: Transaction, account: Account) -> None:
    """Make an account, or replace it. Whoever listens for this person hears what it means for him in the same commit (law I19).

    What the person's rights were until now is kept: what was said before is judged by them (PROTOCOL §2).
    """
    before = tx.sql.one("SELECT unit, roles, active FROM account WHERE uid = ?", (account.uid,))
    if before and before != (account.unit, msgspec.json.encode(account.roles).decode(), int(account.active)):
        tx.sql.run(
            "INSERT INTO account_was (n, uid, until_at, unit, roles, active) VALUES (?, ?, ?, ?, ?, ?)",
            (tx.next_n("account_was"), account.uid, tx.now, *before),
        )
    tx.sql.run(
        "INSERT INTO account (uid, login, name, password, unit, roles, persona, active, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (uid) DO UPDATE SET login = excluded.login, name = excluded.name, password = excluded.password,"
        " unit = excluded.unit, roles = excluded.roles, persona = excluded.persona, active = excluded.active",
        (*account[:5], msgspec.json.encode(account.roles).decode(), account.persona, int(account.active), tx.now),
    )
    if not account.active:
        tx.sql.run("DELETE FROM session WHERE uid = ?", (account.uid,))
    if before:
        for device in ledger.devices_of(tx.sql, account.uid):
            vitals.show(tx, device)
    tx.people[account.uid] = audience(Actor(account.uid, account.unit, frozenset(account.roles))) if account.active else None


def grant(tx: Transaction, given: Grant) -> None:
    """Make the account of a person what the organisation says of him; nothing when it is so already. Its password stays."""
    row = tx.sql.one("SELECT login, name, password, unit, roles, persona, active FROM account WHERE uid = ?", (given.uid,))
    login, name, password, unit, roles, persona, active = row or (None, "", None, "", "[]", None, 0)
    taken = tx.sql.one("SELECT 1 FROM account WHERE login = ? AND uid <> ?", (given.login, given.uid))
    # The first administrator chose a login of his own: only one that is none yet, or a former badge number, follows the badge.
    wanted = login if taken or not given.login or (row and login and not login.isdigit()) else given.login
    same = (login, name, unit, bool(active)) == (wanted, given.name, given.unit, given.active)
    if row and same and tuple(msgspec.json.decode(roles, type=list[str])) == given.roles:
        return
    put_account(tx, Account(given.uid, wanted, given.name, password, given.unit, given.roles, persona, given.active))


def give_password(tx: Transaction, uid: str, password: str, keep: str = "") -> list[str]:
    """A person gets another password (its hash); sessions opened with the old one end, but `keep`. Returns their digests."""
    tx.sql.run("UPDATE account SET password = ? WHERE uid = ?", (password, uid))
    return end_sessions(tx, uid, keep)


def end_sessions(tx: Transaction, uid: str, keep: str = "") -> list[str]:
    """Every session of a person ends, but `keep`. Returns their digests."""
    tokens = [token for (token,) in tx.sql.all("SELECT token FROM session WHERE uid = ? AND token <> ?", (uid, keep))]
    tx.sql.run("DELETE FROM session WHERE uid = ? AND token <> ?", (uid, keep))
    return tokens


def by_login(sql: Sql, login: str) -> Account | None:
    """The active account with this login."""
    row = sql.one(f"{_ACCOUNT} WHERE login = ? AND active = 1", (login,))
    return _account(row) if row else None


def by_uid(sql: Sql, uid: str) -> Account | None:
    """The active account of a person."""
    row = sql.one(f"{_ACCOUNT} WHERE uid = ? AND active = 1", (uid,))
    return _account(row) if row else None


def by_persona(sql: Sql, persona: str) -> Account | None:
    """The demo account on offer under this name; in a demo hall anybody may be played by uid."""
    row = sql.one(f"{_ACCOUNT} WHERE (persona = ?1 OR uid = ?1) AND active = 1 ORDER BY persona IS NULL", (persona,))
    return _account(row) if row else None


def personas(sql: Sql) -> list[Account]:
    """The demo accounts on offer, in the order they were made."""
    return [_account(row) for row in sql.all(f"{_ACCOUNT} WHERE persona IS NOT NULL AND active = 1 ORDER BY created_at, uid")]


def has_accounts(sql: Sql) -> bool:
    """Whether anybody can sign in yet."""
    return sql.one("SELECT 1 FROM account WHERE login IS NOT NULL OR persona IS NOT NULL") is not None


class Rights(NamedTuple):
    """What a person may and might do: now, and until which moments (ms, rising) it was otherwise. None: no active account."""

    now: Actor | None
    before: list[tuple[int, Actor | None]]

    def at(self, at: int | None) -> Actor | None:
        """The rights of a moment; of now without one."""
        if at is None or not self.before:
            return self.now
        return next((was for until_at, was in self.before if at < until_at), self.now)


def rights(sql: Sql, uid: str) -> Rights:
    """The rights of a person over time."""
    return fact(sql, "account", uid, lambda below: _rights(below, uid))


def _rights(sql: Sql, uid: str) -> Rights:
    rows = sql.all("SELECT until_at, unit, roles, active FROM account_was WHERE uid = ? ORDER BY until_at, n", (uid,))
    before = [(until_at, _actor(uid, unit, roles) if active else None) for until_at, unit, roles, active in rows]
    return Rights(actor(sql, uid), before)


def _actor(uid: str, unit: str, roles: str) -> Actor:
    return Actor(uid, unit, frozenset(msgspec.json.decode(roles, type=list[str])))


def actor(sql: Sql, uid: str) -> Actor | None:
    """The person behind a device; None when the account is gone."""
    row = sql.one("SELECT unit, roles FROM account WHERE uid = ? AND active = 1", (uid,))
    return _actor(uid, row[0], row[1]) if row else None


# --- sessions --------------------------------------------------------------------------------------------------------


def open_session(tx: Transaction, token: str, uid: str, nonce: str, until_at: int, dev: str) -> None:
    """A browser is signed in, as this device if that is one of the person's in use; sessions that ended are forgotten."""
    tx.sql.run("DELETE FROM session WHERE until_at <= ?", (tx.now,))
    tx.sql.run(
        "INSERT INTO session (token, uid, nonce, until_at, created_at) VALUES (?, ?, ?, ?, ?)", (token, uid, nonce, until_at, tx.now)
    )
    device = ledger.device(tx.sql, dev) if dev else None
    if device and device.uid == uid and device.revoked_at is None:
        bind_session(tx, token, dev)


def bind_session(tx: Transaction, token: str, dev: str) -> None:
    """The browser that is signed in is this device: when it ends, the session does."""
    tx.sql.run("UPDATE session SET dev = ? WHERE token = ?", (dev, token))


def sessions_of(sql: Sql, dev: str) -> list[str]:
    """Digests of the sessions that belong to a device."""
    return [token for (token,) in sql.all("SELECT token FROM session WHERE dev = ?", (dev,))]


def end_session(tx: Transaction, token: str) -> None:
    """The browser has signed out."""
    tx.sql.run("DELETE FROM session WHERE token = ?", (token,))


def session(sql: Sql, token: str, now: int) -> SignedIn | None:
    """The session behind a cookie, if it holds."""
    row = sql.one(
        "SELECT s.token, s.uid, a.name, a.unit, a.roles, s.nonce, s.until_at, s.dev FROM session s JOIN account a ON a.uid = s.uid"
        " WHERE s.token = ? AND s.until_at > ? AND a.active = 1",
        (token, now),
    )
    if row is None:
        return None
    token, uid, name, unit, roles, nonce, until_at, dev = row
    return SignedIn(token, uid, name, unit, msgspec.json.decode(roles, type=tuple[str, ...]), nonce, until_at, dev)


# --- tries at signing in ---------------------------------------------------------------------------------------------


def attempts(sql: Sql, subject: str) -> Attempts:
    """Failures in a row of an account, an address or a known browser."""
    row = sql.one("SELECT failures, until_at FROM login_attempt WHERE subject = ?", (subject,))
    return Attempts(*row) if row else Attempts(0, 0)


def put_attempts(tx: Transaction, subject: str, tried: Attempts) -> None:
    """Note a failure; those of last week are forgotten."""
    tx.sql.run("DELETE FROM login_attempt WHERE last_at < ?", (tx.now - ATTEMPTS_KEPT_MS,))
    tx.sql.run(
        "INSERT INTO login_attempt (subject, failures, last_at, until_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, until_at = excluded.until_at",
        (subject, tried.failures, tx.now, tried.until_at),
    )


def clear_attempts(tx: Transaction, subject: str) -> None:
    """A success ends the row of failures."""
    tx.sql.run("DELETE FROM login_attempt WHERE subject = ?", (subject,))


# --- wall screens ----------------------------------------------------------------------------------------------------


def put_pairing(tx: Transaction, asked: Paired) -> None:
    """A wall screen shows this code until it ends or an administrator confirms it."""
    tx.sql.run("DELETE FROM pairing WHERE dev = ? OR (until_at <= ? AND paired_at IS NULL)", (asked.dev, tx.now))
    tx.sql.run("INSERT INTO pairing (dev, key, code, until_at, paired_at) VALUES (?, ?, ?, ?, ?)", asked)


def pairing(sql: Sql, dev: str) -> Paired | None:
    """The pairing a device asked for."""
    row = sql.one("SELECT dev, key, code, until_at, paired_at FROM pairing WHERE dev = ?", (dev,))
    return Paired(*row) if row else None


def pairing_of(sql: Sql, code: str) -> Paired | None:
    """The pairing behind a code."""
    row = sql.one("SELECT dev, key, code, until_at, paired_at FROM pairing WHERE code = ?", (code,))
    return Paired(*row) if row else None


def confirm_pairing(tx: Transaction, dev: str) -> None:
    """An administrator has seen the code on the wall."""
    tx.sql.run("UPDATE pairing SET paired_at = ? WHERE dev = ?", (tx.now, dev))


def drop_pairing(tx: Transaction, dev: str) -> None:
    """The screen must be confirmed again."""
    tx.sql.run("DELETE FROM pairing WHERE dev = ?", (dev,))


def audit(tx: Transaction, uid: str, act: str, about: str, detail: str = "") -> None:
    """Who did what that is not an op."""
    tx.sql.run(
        "INSERT INTO audit (n, at, uid, act, about, detail, salt) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (tx.next_n("audit"), tx.now, uid, act, about, detail, tx.fresh_salt()),
    )
