"""台账 of orders to sections for the desk (EMG-06)."""

from server.domain.base import Column, Reading, Register, Related
from server.domain.hot.tables import HotOrderRecord
from sync.errors import N_

STATES = {"ordered": N_("已交办"), "answered": N_("待审核"), "returned": N_("退回重报"), "settled": N_("已办结")}

REGISTERS = (
    Register(
        name="hot_order",
        title=N_("热点难点交办台账"),
        record=HotOrderRecord,
        columns=(
            Column("at", N_("交办时间"), "time", "P1"),
            Column("unit", N_("责任科室"), "unit", "P1"),
            Column("topic", N_("热点难点"), "text", "P1"),
            Column("demand", N_("要求"), "text", "P1"),
            Column("state", N_("状态"), "choice", "P1", choices=STATES),
            Column("due_at", N_("答复期限"), "time", "P1"),
            Column("overdue", N_("逾期"), "flag", "P1"),
            Column("answered_at", N_("答复时间"), "time", "P1", value=lambda order: order.answered_at or None),
            Column("by", N_("交办人"), "person", "P1"),
        ),
        readings=(Reading(frozenset({"OFF", "EFF", "LEAD", "TOP"})), Reading(frozenset({"HEAD"}), "unit")),
        at="at",
        unit="unit",
        totals="state",
        related=lambda order: (Related("incident", N_("该科室的突发事件"), {}, order.at, order.at),),
    ),
)
