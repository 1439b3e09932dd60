"""The minutes of the evidence log as numbers nobody could know beforehand: what a provable draw takes its chance from (CHK-04)."""

from bisect import bisect_left

from server.store.contract import Sql
from sync.units import MINUTE_MS


def minute_after(sql: Sql, at: int) -> bytes | None:
    """The root of the first entry whose minute began after `at` (ms); None until there is one."""
    row = sql.one("SELECT root FROM log_entry WHERE i = ?", (number_after(sql, at),))
    return bytes(row[0]) if row else None


def number_after(sql: Sql, at: int) -> int:
    """The number that entry has or will have. Ends of minutes rise with their numbers."""

    def end(i: int) -> int:
        row = sql.one("SELECT at FROM log_entry WHERE i = ?", (i,))
        return row[0] if row else 0

    last = sql.one("SELECT max(i) FROM log_entry")
    count = last[0] + 1 if last and last[0] is not None else 0
    return bisect_left(range(count), at + MINUTE_MS, key=end)
