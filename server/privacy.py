"""`python -m server privacy`: what is kept of people, field by field: class, purpose, ground, readers, term (PRV-01, PRV-07).

The file for an impact assessment (个人信息保护影响评估), in the language of the law it is for. A field belongs to the purpose of its
institution; an institution without one is a mistake the tests find.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TextIO

import msgspec

from server.app import DOMAINS
from server.domain.base import Domain, Reading, Record, Register
from sync.ops import RowKind

PURPOSES = Path(__file__).parent / "privacy.json"
SENSITIVE = {
    "proofs": "P3",
    "proof_text": "P3",
    "proof_days": "P3",
    "phone": "P2",
    "contact": "P2",
    "sex": "P2",
    "text": "P2",
    "worked_since": "P2",
    "employment": "P2",
    "entered": "P2",
    "left_day": "P2",
}
"""Fields whose class does not follow from their institution, by name."""
PUBLIC_ROWS = frozenset({"hall", "post", "post.pub", "board.pub", "unit"})


class Purpose(msgspec.Struct):
    """Why an institution keeps what it keeps, by which law, for how long; `class`: of a field nothing else is said of."""

    purpose: str
    ground: str
    kept: str
    privacy: str = msgspec.field(name="class")


class Line(msgspec.Struct, frozen=True):
    """One field of one record or row. `readers`: roles that may open its register, "" where there is none."""

    domain: str
    kind: str
    of: str
    field: str
    privacy: str
    purpose: Purpose
    readers: str = ""


class Sheet(msgspec.Struct):
    """The words of the file: its head, what is called kept here and held by devices, and the purpose of every institution."""

    head: list[str]
    kept: str
    held: str
    institutions: dict[str, Purpose]


@cache
def sheet() -> Sheet:
    """As it is written down."""
    return msgspec.json.decode(PURPOSES.read_bytes(), type=Sheet)


def lines(domains: Sequence[Domain] = DOMAINS) -> Iterator[Line]:
    """Every field that is kept, and every field a device may hold. Raises `KeyError` for an institution without a purpose."""
    for domain in domains:
        why = sheet().institutions[domain.name]
        for record in domain.records:
            yield from _record(domain, record, why)
        for row in domain.rows:
            yield from _row(domain, row, why)


def _record(domain: Domain, record: type[Record], why: Purpose) -> Iterator[Line]:
    register = next((r for r in domain.registers if r.record is record), None)
    for field in msgspec.structs.fields(record):
        readers = _readers(register, field.name) if register else ""
        yield Line(domain.name, sheet().kept, record.TABLE, field.name, _class(register, field.name, why), why, readers)


def _row(domain: Domain, row: RowKind, why: Purpose) -> Iterator[Line]:
    for field in msgspec.structs.fields(row.body):
        privacy = "P0" if row.kind in PUBLIC_ROWS else SENSITIVE.get(field.name, why.privacy)
        yield Line(domain.name, sheet().held, row.kind, field.name, privacy, why)


def _class(register: Register | None, field: str, why: Purpose) -> str:
    """As the register's column says, else by the name of the field, else as the institution's usual."""
    column = next((c for c in register.columns if c.key == field), None) if register else None
    return column.privacy if column else SENSITIVE.get(field, why.privacy)


def _readers(register: Register, field: str) -> str:
    """Roles that read the column as it stands; "*" behind those who must say what for."""
    shown = [reading for reading in register.readings if field not in reading.hidden]
    return " ".join(_reader(reading, field) for reading in shown)


def _reader(reading: Reading, field: str) -> str:
    return "/".join(sorted(reading.roles)) + ("*" if field in reading.sealed else "")


def write(file: TextIO) -> int:
    """The table as CSV; how many fields it has."""
    out = csv.writer(file)
    out.writerow(sheet().head)
    count = 0
    for one in lines():
        out.writerow(
            (one.domain, one.kind, one.of, one.field, one.privacy, one.purpose.purpose, one.purpose.ground, one.readers, one.purpose.kept)
        )
        count += 1
    return count


def options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--out", type=Path, help="write the table there (CSV, UTF-8 with BOM) instead of printing it")


def run(given: argparse.Namespace) -> int:
    """Write the table."""
    if given.out is None:
        write(sys.stdout)
        return 0
    with given.out.open("w", encoding="utf-8-sig", newline="") as file:
        count = write(file)
    print(f"{given.out}: {count} fields")
    return 0
