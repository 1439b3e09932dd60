"""Who reads what of a register (VIS-01, VIS-03, VIS-05): by projection and by field, decided here and nowhere else."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from server.domain.base import Column, Reading, Register
from server.domain.hall.rules import roles_of

Sight = Literal["open", "sealed", "hidden"]

SEALED_CLASSES = frozenset({"P3", "P4", "P5"})
"""Sensitive personal information and what must stay secret: read only for a stated purpose, and every reading leaves a trace (VIS-03)."""


def readings_of(register: Register, roles: Collection[str], rules: Mapping[str, object]) -> tuple[Reading, ...]:
    """What these roles read of the register under the hall's `rules`; nothing for those it is not for."""
    return tuple(reading for reading in register.readings if not _roles(reading, rules).isdisjoint(roles))


def _roles(reading: Reading, rules: Mapping[str, object]) -> frozenset[str]:
    return roles_of(rules[reading.rule]) if reading.rule in rules else reading.roles


def sight(reading: Reading, column: Column, purpose: str) -> Sight:
    """Whether this reading shows the column: `sealed` columns open for a purpose, `hidden` ones never."""
    if column.key in reading.hidden:
        return "hidden"
    if column.key in reading.sealed or column.privacy in SEALED_CLASSES:
        return "open" if purpose else "sealed"
    return "open"


def best(readings: Iterable[Reading], column: Column, purpose: str) -> Sight:
    """What the best of several readings makes of the column."""
    sights = {sight(reading, column, purpose) for reading in readings}
    return "open" if "open" in sights else "sealed" if "sealed" in sights else "hidden"


def columns_of(register: Register, readings: Collection[Reading]) -> tuple[Column, ...]:
    """The columns of which these readings see anything at all."""
    return tuple(column for column in register.columns if best(readings, column, "purpose") != "hidden")


def opened_by_purpose(readings: Collection[Reading], columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns that are read only because a purpose was stated: what the trace names."""
    return tuple(column for column in columns if best(readings, column, "") == "sealed")
