"""台账 of the handbook for the desk: who has read which edition, and when (PRH-06)."""

from server.domain.base import Column, Reading, Register
from server.domain.norms.tables import HandbookReadRecord
from sync.errors import N_

REGISTERS = (
    Register(
        name="handbook",
        title=N_("纪律手册阅知台账"),
        record=HandbookReadRecord,
        columns=(
            Column("at", N_("阅知时间"), "time", "P1"),
            Column("edition", N_("手册版次"), "text", "P1"),
            Column("person", N_("人员"), "person", "P1"),
            Column("unit", N_("单位"), "unit", "P1"),
        ),
        readings=(Reading(frozenset({"OFF", "EFF"})), Reading(frozenset({"HEAD"}), "unit")),
        at="at",
        unit="unit",
        own="person",
    ),
)
