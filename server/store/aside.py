"""Ops set aside: those whose handler crashed, and those that wait for what they refer to (PROTOCOL §1; laws I4, I6)."""

import msgspec

from server.store.contract import Sql
from server.store.ledger import Device
from server.store.pen import fact
from server.store.transaction import Transaction
from sync.clock import Window
from sync.ops import to_json


def bury(tx: Transaction, known: Device, n: int, rid: str, error: str) -> None:
    """Keep an op whose handler crashed for a later run by hand."""
    tx.sql.run("INSERT INTO dead_op (n, device, rid, error, at) VALUES (?, ?, ?, ?, ?)", (n, known.n, rid, error, tx.now))


def has_dead_ops(sql: Sql, known: Device) -> bool:
    """Whether any op of this device crashed."""
    return fact(sql, "dead_op", known.n, lambda below: below.one("SELECT 1 FROM dead_op WHERE device = ?", (known.n,)) is not None)


def is_blocked(sql: Sql, known: Device, rid: str) -> bool:
    """Whether an earlier op of this device on this record crashed (order per record, law I4)."""
    return sql.one("SELECT 1 FROM dead_op WHERE device = ? AND rid = ?", (known.n, rid)) is not None


def wait(tx: Transaction, n: int, known: Device, window: Window) -> None:
    """An op waits for what it refers to; its time is judged already."""
    tx.sql.run("INSERT INTO waiting (n, device, window) VALUES (?, ?, ?)", (n, known.n, to_json(window)))


def dig_up(tx: Transaction, n: int) -> None:
    """The op crashes no more."""
    tx.sql.run("DELETE FROM dead_op WHERE n = ?", (n,))


def dead_ops(sql: Sql, op_id: str | None = None) -> list[int]:
    """Numbers of ops whose handler crashed, oldest first; or only that of one op."""
    if op_id is None:
        return [n for (n,) in sql.all("SELECT n FROM dead_op ORDER BY n")]
    return [n for (n,) in sql.all("SELECT d.n FROM dead_op d JOIN op o ON o.n = d.n WHERE o.id = ?", (op_id,))]


def all_waiting(sql: Sql) -> list[tuple[int, Window, int]]:
    """(n, window, since when) of everything that waits, oldest first."""
    rows = sql.all("SELECT w.n, w.window, o.at FROM waiting w JOIN op o ON o.n = w.n ORDER BY w.n")
    return [(n, msgspec.json.decode(window, type=Window), at) for n, window, at in rows]


def waits(sql: Sql, n: int) -> bool:
    """Whether op `n` still waits."""
    return sql.one("SELECT 1 FROM waiting WHERE n = ?", (n,)) is not None


def has_waiting(sql: Sql) -> bool:
    """Whether anything waits."""
    return fact(sql, "waiting", None, lambda below: below.one("SELECT 1 FROM waiting") is not None)


def waiting_for(sql: Sql, rid: str) -> list[tuple[int, int, Window]]:
    """(n, device number, window) of waiting ops whose body names this record, oldest first."""
    rows = sql.all("SELECT w.n, w.device, w.window FROM waiting w JOIN op o ON o.n = w.n WHERE instr(o.body, ?) > 0 ORDER BY w.n", (rid,))
    return [(n, number, msgspec.json.decode(window, type=Window)) for n, number, window in rows]


def stop_waiting(tx: Transaction, n: int) -> None:
    """The op has its outcome."""
    tx.sql.run("DELETE FROM waiting WHERE n = ?", (n,))
