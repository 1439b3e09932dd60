"""The core tables as Piccolo knows them: what the migrations have come to, in one place, each table with what it is for.

Statements of the core are SQL of their own; nothing else says what its schema is now, and a test compares the two, both ways.

Piccolo's own SQLite engine opens a connection and a thread per query and must never serve traffic: `DECLARED` refuses to connect.
"""

from typing import Any, NoReturn

from piccolo.columns import BigInt, Bytea, Integer, Text
from piccolo.engine.sqlite import SQLiteEngine
from piccolo.table import Table


class DeclaredOnly(SQLiteEngine):
    """An engine that names its dialect and nothing more."""

    async def get_connection(self) -> NoReturn:
        """Refused: reads go through the store's readers, writes through its writer."""
        raise RuntimeError("tables are declared with Piccolo; statements run through the store")

    async def _run_in_new_connection(self, *_: Any, **__: Any) -> NoReturn:
        await self.get_connection()
        raise AssertionError("unreachable: get_connection raises")


DECLARED = DeclaredOnly(path="declared-only")


class Site(Table, tablename="site", db=DECLARED):
    """One row: what this database is."""

    id = Text(primary_key=True)
    epoch = Text()
    head = BigInt()
    names = Text()
    locale = Text()
    demo = Integer()
    seal_key = Bytea()
    sign_key = Bytea()
    created_at = BigInt()
    rescue_key = Bytea(null=True)
    durable = BigInt()
    durable_at = BigInt()
    restored_at = BigInt()


class Account(Table, tablename="account", db=DECLARED):
    """A person (or wall screen) who may sign in. `roles` is JSON text; `persona` names a demo account on offer."""

    uid = Text(primary_key=True)
    login = Text(null=True)
    name = Text()
    password = Text(null=True, secret=True)
    unit = Text()
    roles = Text()
    persona = Text(null=True)
    active = Integer()
    created_at = BigInt()


class Session(Table, tablename="session", db=DECLARED):
    """A signed-in browser; `token` is the SHA-256 of what the cookie holds, `dev` the device it belongs to, and ends with."""

    token = Text(primary_key=True, secret=True)
    uid = Text()
    nonce = Text()
    until_at = BigInt()
    created_at = BigInt()
    dev = Text(null=True)


class LoginAttempt(Table, tablename="login_attempt", db=DECLARED):
    """Failures in a row by account, address or known browser."""

    subject = Text(primary_key=True)
    failures = Integer()
    last_at = BigInt()
    until_at = BigInt()


class Device(Table, tablename="device", db=DECLARED):
    """A browser profile x person x site: its key, its chain head, and the last claim of time in its chain."""

    n = BigInt(primary_key=True)
    dev = Text()
    key = Bytea()
    uid = Text()
    label = Text()
    seq = BigInt()
    link = Bytea()
    claim_at = BigInt(null=True)
    seen = BigInt()
    created_at = BigInt()
    revoked_at = BigInt(null=True)
    stolen = Integer()
    closed_at = BigInt(null=True)
    replaces = BigInt(null=True)
    dur = BigInt()


class Pairing(Table, tablename="pairing", db=DECLARED):
    """A wall screen waiting for an administrator."""

    dev = Text(primary_key=True)
    key = Bytea()
    code = Text()
    until_at = BigInt()
    paired_at = BigInt(null=True)


class Contact(Table, tablename="contact", db=DECLARED):
    """When a device first reported a chain head, and when last, if it did again."""

    n = BigInt(primary_key=True)
    device = BigInt()
    seq = BigInt()
    link = Bytea()
    at = BigInt()
    last_at = BigInt(null=True)


class Op(Table, tablename="op", db=DECLARED):
    """The ledger: exact op bodies; `salt` of its commitment, gone with the body once it is erased."""

    n = BigInt(primary_key=True)
    id = Text(null=True)
    at = BigInt()
    body = Text()
    salt = Bytea(null=True)


class Result(Table, tablename="result", db=DECLARED):
    """What became of an op."""

    n = BigInt(primary_key=True)
    device = BigInt()
    seq = BigInt()
    link = Bytea()
    cid = BigInt()
    live = Integer()
    ver = Integer()
    st = Text()
    code = Text(null=True)
    first_st = Text(null=True)
    grade = Text()
    cur = BigInt(null=True)
    first_n = BigInt(null=True)


class DeadOp(Table, tablename="dead_op", db=DECLARED):
    """An op whose handler crashed, to be run again by an operator."""

    n = BigInt(primary_key=True)
    device = BigInt()
    rid = Text()
    error = Text()
    at = BigInt()


class Waiting(Table, tablename="waiting", db=DECLARED):
    """An op held until what it refers to arrives; `window` is its judged time (JSON)."""

    n = BigInt(primary_key=True)
    device = BigInt()
    window = Text()


class Vital(Table, tablename="vital", db=DECLARED):
    """What a device last said of itself, by its number and by whom it is for (`server/store/vitals.py`)."""

    device = BigInt(primary_key=True)
    kind = Text(primary_key=True)
    unsent = BigInt()
    blobs = BigInt()
    oldest_at = BigInt(null=True)
    app = Text()
    free = BigInt()
    kept = Integer()
    contact_at = BigInt()


class OrigLink(Table, tablename="orig_link", db=DECLARED):
    """Where a re-signed op stood first, proven by hash."""

    n = BigInt(primary_key=True)
    branch = BigInt()
    device = BigInt()
    seq = BigInt()
    link = Bytea()


class AccountWas(Table, tablename="account_was", db=DECLARED):
    """What an account was until a moment."""

    n = BigInt(primary_key=True)
    uid = Text()
    until_at = BigInt()
    unit = Text()
    roles = Text()
    active = Integer()


class HeldOp(Table, tablename="held_op", db=DECLARED):
    """A held op that waits for a person; `window` and `audience` are JSON."""

    n = BigInt(primary_key=True)
    rid = Text()
    device = BigInt()
    uid = Text()
    code = Text()
    window = Text()
    owner = Text()
    audience = Text()
    since_at = BigInt()
    due_at = BigInt()
    decided_at = BigInt(null=True)


class ViewRow(Table, tablename="view_row", db=DECLARED):
    """The latest version of a projected row; no body when nobody sees it."""

    n = BigInt(primary_key=True)
    kind = Text()
    rid = Text()
    ver = BigInt()
    hash = Text()
    body = Text(null=True)


class BucketRow(Table, tablename="bucket_row", db=DECLARED):
    """A row's place in a bucket, keyed by (n, bucket); `cid` is the commit that last changed it there."""

    n = BigInt(primary_key=True)
    bucket = Text()
    cid = BigInt()
    live = Integer()


class BucketSum(Table, tablename="bucket_sum", db=DECLARED):
    """How many rows a bucket has, and the sum of their hashes (16 hex digits)."""

    bucket = Text(primary_key=True)
    n = BigInt()
    sum = Text()


class CommitMark(Table, tablename="commit_mark", db=DECLARED):
    """The last commit at a time; `purged`: what left a bucket up to it is forgotten."""

    cid = BigInt(primary_key=True)
    at = BigInt()
    purged = Integer()


class Audit(Table, tablename="audit", db=DECLARED):
    """Who did what that is not an op: sign-ins, enrolments, pairings, set-up."""

    n = BigInt(primary_key=True)
    at = BigInt()
    uid = Text()
    act = Text()
    about = Text()
    detail = Text()
    salt = Bytea(null=True)


class Signed(Table, tablename="signed", db=DECLARED):
    """What a device signed at a push, keyed by (device, seq): the link of its op `seq`."""

    device = BigInt(primary_key=True)
    seq = BigInt()
    sig = Bytea()


class LogEntry(Table, tablename="log_entry", db=DECLARED):
    """One minute of the evidence log: its end and the root over its records."""

    i = BigInt(primary_key=True)
    at = BigInt()
    root = Bytea()


class LogLeaf(Table, tablename="log_leaf", db=DECLARED):
    """A record's place in a minute, keyed by (entry, slot); `body_hash` once the record is erased."""

    entry = BigInt(primary_key=True)
    slot = BigInt()
    kind = Text()
    n = BigInt()
    hash = Bytea()
    body_hash = Bytea(null=True)


class LogTile(Table, tablename="log_tile", db=DECLARED):
    """Up to 256 hashes of the log's tree, keyed by (level, n)."""

    level = BigInt(primary_key=True)
    n = BigInt()
    hashes = Bytea()


class LogCheckpoint(Table, tablename="log_checkpoint", db=DECLARED):
    """A signed head: the newest, and those that witnesses cosigned."""

    size = BigInt(primary_key=True)
    note = Text()


class LogCosignature(Table, tablename="log_cosignature", db=DECLARED):
    """A witness's line for a checkpoint, keyed by (size, name)."""

    size = BigInt(primary_key=True)
    name = Text()
    at = BigInt()
    line = Text()


CORE: tuple[type[Table], ...] = (
    *(Site, Account, Session, LoginAttempt, Device, Pairing, Contact),
    *(Vital, OrigLink, AccountWas, HeldOp),
    *(Op, Result, DeadOp, Waiting, ViewRow, BucketRow, BucketSum, CommitMark, Audit),
    *(Signed, LogEntry, LogLeaf, LogTile, LogCheckpoint, LogCosignature),
)
