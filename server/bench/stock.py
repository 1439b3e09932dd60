"""A hall that has been at work for years: its database filled before the server starts, through the store's own steps."""

import time
from collections.abc import Callable
from pathlib import Path

from server.app import create_app
from server.bench.crowd import SITE, TEXT
from server.domain.hall.rules import FOREVER
from server.domain.incident.tables import IncidentRecord
from server.domain.incident.views import incident_face
from server.settings import Settings
from server.store import ledger
from server.store.contract import Unit
from sync.errors import CODES
from sync.ops import first_link
from sync.units import DAY_MS

RECORDS_EACH = 500
DEV = "0" * 32
TEXTS = [said.text for said in CODES.values()]
"""Sentences of the length people write, in the language of the hall."""
PLACES = 60
MONTH_MS = 30 * DAY_MS
BODY = f'{{"v":1,"site":"{SITE}","dev":"{DEV}","k":"incident.report","text":"{TEXT}","pad":"{"x" * 300}"}}'


def report(n: int, before: int) -> IncidentRecord:
    """An incident closed a month `before` now (ms), so that it is not long over. No two are alike in what a packer could make use of, but
    for what records have in common.
    """
    found_at = before - MONTH_MS - n
    mixed = n * 2_654_435_761 % 2**32
    return IncidentRecord(
        rid=f"00000000-{n >> 32 & 65535:04x}-7000-8000-{n:012x}",
        kind="system",
        place=f"00000000-0000-7000-8000-{mixed % PLACES:012x}",
        unit="",
        found_at=found_at,
        received_at=found_at,
        level=4,
        reporter=f"p{mixed % 199}",
        responder="",
        people=n % 9,
        text=TEXTS[mixed % len(TEXTS)] + TEXTS[mixed // 1_009 % len(TEXTS)],
        ticks=[],
        due_at=FOREVER,
        ended_at=found_at,
    )


def add_device(unit: Unit) -> None:
    """The device all of it came from, whose person is no longer there."""
    with unit.step() as tx:
        ledger.add_device(tx, DEV, b"", "nobody", "", first_link(SITE, DEV))


def records(first: int, count: int) -> Callable[[Unit], None]:
    """Records as ops leave them: body, result, record, face."""

    def unit(unit: Unit) -> None:
        device = ledger.known_device(unit.sql, DEV)
        for n in range(first, first + count):
            with unit.step() as tx:
                record = report(n, unit.now)
                tx.put(record)
                tx.project(incident_face(record, [record], "", []))
                device = device.at(n, n.to_bytes(32, "big"), n)
                ledger.keep(tx, device, ledger.Consumed(record.rid, n, device.link, BODY, "applied", None, "A", n))
                ledger.move_device(tx, device)

    return unit


async def stock(data: Path, count: int, database: str = "") -> float:
    """Fill the hall of `data`, or of a PostgreSQL `database`, with so many records and make the snapshots that are due; returns seconds."""
    start = time.perf_counter()
    app = create_app(Settings(data=data, database=database))
    await app.start()
    try:
        store = app.gate.place(SITE).store
        await store.write(add_device)
        for first in range(1, count + 1, RECORDS_EACH):
            await store.write(records(first, min(RECORDS_EACH, count + 1 - first)), repeatable=True)
        # Else the server would begin with them, beside what is measured.
        await app.make_snapshots()
    finally:
        await app.stop()
    return time.perf_counter() - start
