"""Records a second, durable: single records from many phones, whole outboxes, and the store alone; each beside its ceiling."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from server.bench import bare
from server.bench.crowd import FAULT, REPORT, Phone, Said, body_of, enrol, places, pushes
from server.bench.load import Answers, Process, Run, flood, free_port
from server.domain.base import Face
from server.domain.incident.handlers import DOMAIN as INCIDENT
from server.domain.incident.tables import IncidentRecord
from server.domain.incident.views import incident_face
from server.store import ledger
from server.store.contract import Unit
from server.store.institutions import Institutions
from server.store.site import NewSite
from server.store.sqlite import Connection, SqliteStore
from sync.messages import PushAnswer

PHONES = 16
STORE_CLIENTS = 64
BATCH = 50
RATE_MAX = 6000
"""No machine this runs on pushes more single records a second: bounds what is prepared."""


class Lost(RuntimeError):
    """The server said something other than "applied", or its database holds another number of ops: no figure counts."""


async def single(
    process: Process, phones: Sequence[Phone], where: Sequence[str], seconds: float, said: Said
) -> tuple[Run, list[list[bytes]]]:
    """One record a push, every phone at once; with the requests, to be sent to the bare app too."""
    each = max(20, int(seconds * RATE_MAX / len(phones) / 4))
    queues = [pushes(process, phone, where, each, 1, said) for phone in phones]
    run, answers = await flood(process, queues, seconds * 4)
    all_applied(answers, run.units)
    return run, queues


async def batches(
    process: Process, phones: Sequence[Phone], where: Sequence[str], each: int, said: Said = REPORT
) -> tuple[Run, list[list[bytes]]]:
    """`each` pushes of `BATCH` records from every phone; a latency is that of one push. With the requests, to be sent to bare apps too."""
    queues = [pushes(process, phone, where, each, BATCH, said) for phone in phones]
    run, answers = await flood(process, queues, 600, BATCH)
    all_applied(answers, run.units)
    return run, queues


def all_applied(answers: Answers, units: int) -> None:
    """Raise `Lost` unless that many records were applied."""
    applied = sum(r.st == "applied" for raw in answers.bodies for r in body_of(raw, PushAnswer).results)
    if applied != units:
        raise Lost(f"{units} records sent, {applied} applied")


def ops_on_disk(database: Path) -> int:
    """How many ops a database holds."""
    sql = Connection(database, ())
    (count,) = sql.one("SELECT count(*) FROM op") or (0,)
    sql.close()
    return int(count)


# --- the store alone ---------------------------------------------------------------------------------------------------


class Row:
    """What one incident report writes: ledger, result, record, one face in five buckets, the device's head."""

    def __init__(self, n: int, body: str) -> None:
        self.n, self.body = n, body
        self.rid = f"{n:08x}-0000-7000-8000-000000000000"
        self.link = n.to_bytes(32, "big")
        self.record = IncidentRecord(
            rid=self.rid,
            kind="dispute",
            place="p",
            unit="u",
            found_at=n,
            received_at=n,
            level=3,
            reporter="r",
            responder="s",
            people=2,
            text="",
            ticks=[],
            due_at=n,
            found_on=str(n // 12),
        )
        self.face: Face = incident_face(self.record, [self.record], "", [])


def store_unit(device: ledger.Device, row: Row) -> Callable[[Unit], int]:
    """One record through the store's own transaction: no decoding, no rules."""

    def unit(unit: Unit) -> int:
        with unit.step() as tx:
            moved = device._replace(seq=row.n, link=row.link)
            tx.put(row.record)
            tx.project(row.face)
            consumed = ledger.Consumed(row.rid, row.n, row.link, row.body, "applied", None, "A", row.n)
            ledger.keep(tx, moved, consumed)
            ledger.move_device(tx, moved)
        return row.n

    return unit


async def store(folder: Path, rows: Sequence[Row]) -> Run:
    """Every row as a unit of its own, `STORE_CLIENTS` waiting at a time, group commits as in service."""
    site = SqliteStore(folder / "store.sqlite", Institutions([INCIDENT]), lambda: 1, NewSite("bench", {}, "zh_Hans", True))
    dev = "0" * 32

    def add(unit: Unit) -> ledger.Device | None:
        with unit.step() as tx:
            ledger.add_device(tx, dev, b"", "u", "", bytes(32))
        return ledger.device(unit.sql, dev)

    device = await site.write(add)
    assert device is not None, "just added"
    queue = iter(rows)

    async def client() -> None:
        for row in queue:
            await site.write(store_unit(device, row), repeatable=True)

    cpu, start = time.process_time(), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(STORE_CLIENTS)))
    run = Run(len(rows), time.perf_counter() - start, time.process_time() - cpu, [])
    await site.close()
    if ops_on_disk(folder / "store.sqlite") != len(rows):
        raise Lost("the store lost records")
    return run


def store_bare(folder: Path, rows: Sequence[Row]) -> Run:
    """The very rows the store wrote, table by table, by the bare writer into the same schema."""
    source = Connection(folder / "store.sqlite", ())
    schema = [
        sql for (sql,) in source.all("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
    ]
    units: list[list[bare.Statement]] = [[] for _ in rows]
    for table in ("op", "result", "incident", "view_row", "bucket_row"):
        key = "found_at" if table == "incident" else "n"
        columns = [name for _, name, *_ in source.all(f"PRAGMA table_info({table})")]
        marks = ", ".join("?" * len(columns))
        at = columns.index(key)
        for row in source.all(f"SELECT * FROM {table}"):
            units[row[at] - 1].append(bare.Statement(f"INSERT INTO {table} VALUES ({marks})", row))
    for n, unit in enumerate(units, 1):
        unit.append(bare.Statement("UPDATE device SET seq = ?, link = ? WHERE n = 1", (n, n.to_bytes(32, "big"))))
    source.close()
    return bare.write_bare(folder / "bare.sqlite", schema, units, 256, STORE_CLIENTS)


def compare_store(folder: Path, count: int) -> tuple[Run, Run]:
    """The store and the bare writer, one after the other, the same rows."""
    body = '{"v":1,"a":"' + "x" * 420 + '"}'
    rows = [Row(n, body) for n in range(1, count + 1)]
    return asyncio.run(store(folder, rows)), store_bare(folder, rows)


class Pushed(NamedTuple):
    """Single plain records and incident reports, pushes of `BATCH` of either; the same pushes of plain records to bare apps.

    Bare ASGI reads, decodes and answers; `signing` also checks one signature a push and makes one; `durable` inserts the records of a
    push by id and commits them to the disk; `litestar` does so field by field, behind that framework.
    """

    single: Run
    single_incidents: Run
    bare: Run
    signing: Run
    many: Run
    incidents: Run
    bare_many: Run
    durable: Run
    litestar: Run

    @property
    def units(self) -> int:
        """How many records the server was sent."""
        return self.single.units + self.single_incidents.units + self.many.units + self.incidents.units


async def to_asgi(folder: Path, queues: Sequence[Sequence[bytes]], seconds: float, units_each: int, key: str = "") -> Run:
    """The same pushes to a bare ASGI app."""
    port = free_port()
    with Process(["-m", "server.bench.bare", "asgi", str(port), key], port, folder / "bare.log") as floor:
        return (await flood(floor, queues, seconds, units_each))[0]


async def to_durable(folder: Path, queues: Sequence[Sequence[bytes]], units_each: int, database: str, kind: str = "durable") -> Run:
    """The same pushes to a bare app that keeps the records on the disk: in a file, or in a `database` beside that of the server."""
    port, where = free_port(), database or str(folder / f"{kind}.sqlite")
    with Process(["-m", "server.bench.bare", kind, str(port), where], port, folder / f"{kind}.log") as floor:
        return (await flood(floor, queues, 600, units_each))[0]


async def compare_push(process: Process, folder: Path, seconds: float, database: str = "") -> Pushed:
    """Everything over HTTP, one after the other. `database`: an empty one for the bare writer, where the server has one."""
    # Phones of their own for each stretch: what one did not get to send in time is missing in its chain.
    phones, callers, others, reporters = [await enrol(process, PHONES) for _ in range(4)]
    where, each = await places(process), max(2, int(seconds * RATE_MAX / PHONES / BATCH))
    many, outboxes = await batches(process, others, where, each, FAULT)
    incidents, _ = await batches(process, reporters, where, each)
    one, queues = await single(process, phones, where, seconds, FAULT)
    one_incident, _ = await single(process, callers, where, seconds, REPORT)
    key = phones[0].replica.key.public.hex()
    bare, signing = await to_asgi(folder, queues, seconds * 4, 1), await to_asgi(folder, queues, seconds * 4, 1, key)
    bare_many, durable = await to_asgi(folder, outboxes, 600, BATCH), await to_durable(folder, outboxes, BATCH, database)
    litestar = await to_durable(folder, outboxes, BATCH, database, "litestar")
    return Pushed(one, one_incident, bare, signing, many, incidents, bare_many, durable, litestar)


class Drained(NamedTuple):
    """Backlogs of many phones at once (W1), and the same pushes to a bare durable app."""

    run: Run
    durable: Run


async def drain_backlogs(process: Process, folder: Path, phones: int, records: int, database: str = "") -> Drained:
    """Every phone comes back with `records` unsent records. `database`: an empty one for the bare writer, where the server has one."""
    crowd = await enrol(process, phones)
    where = await places(process)
    run, queues = await batches(process, crowd, where, max(1, records // BATCH))
    return Drained(run, await to_durable(folder, queues, BATCH, database))
