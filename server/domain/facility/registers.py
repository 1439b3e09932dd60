"""台账 of inspections and repairs for the desk (FAC-05, FAC-06), with who reads them (§7)."""

from server.domain.base import Column, Reading, Register, Related
from server.domain.facility.rules import order_of
from server.domain.facility.tables import InspectionRecord, RepairRecord
from sync.errors import N_

KINDS = {"fault": N_("故障"), "missing": N_("缺失")}
SEVERITIES = {"minor": N_("轻微"), "serious": N_("较重"), "grave": N_("严重")}
STATES = {
    "reported": N_("已报修"),
    "assigned": N_("已派修"),
    "repaired": N_("已修，待检查"),
    "checked": N_("已修好"),
    "dropped": N_("不予维修"),
}
NAMED = frozenset({"by", "owner"})


def _when(repair: RepairRecord, kind: str) -> int | None:
    return max((fact.at for fact in repair.facts if fact.kind == kind), default=None)


REGISTERS = (
    Register(
        name="facility",
        title=N_("场所检查台账"),
        record=InspectionRecord,
        columns=(
            Column("to_at", N_("检查时间"), "time", "P1"),
            Column("place", N_("区域"), "text", "P1"),
            Column("by", N_("检查人"), "person", "P1"),
            Column("checklist", N_("检查表版本"), "text", "P1"),
            Column("score", N_("得分"), "text", "P1", value=lambda one: f"{one.tenths / 10:.1f}"),
            Column("failed", N_("不合格项"), "number", "P1"),
            Column("text", N_("说明"), "text", "P1"),
            Column("received_at", N_("送达时间"), "time", "P1"),
        ),
        readings=(Reading(frozenset({"OFF", "INS", "EFF"})), Reading(frozenset({"LEAD", "TOP"}), hidden=frozenset({"by", "text"}))),
        at="to_at",
        own="by",
        related=lambda one: (Related("repair", N_("报修"), {"inspection": one.rid}, one.to_at, one.to_at),),
    ),
    Register(
        name="repair",
        title=N_("设施维修台账"),
        record=RepairRecord,
        columns=(
            Column("reported_at", N_("报修时间"), "time", "P1"),
            Column("place", N_("地点"), "post", "P1"),
            Column("unit", N_("单位"), "unit", "P1"),
            Column("item", N_("检查项"), "text", "P1"),
            Column("kind", N_("问题类别"), "choice", "P1", choices=KINDS),
            Column("severity", N_("程度"), "choice", "P1", choices=SEVERITIES),
            Column("text", N_("情况"), "text", "P1"),
            Column("state", N_("状态"), "choice", "P1", choices=STATES),
            Column("by", N_("报修人"), "person", "P1"),
            Column("owner", N_("维修人"), "person", "P1"),
            Column("assigned_at", N_("派修时间"), "time", "P1", value=lambda one: order.at if (order := order_of(one.facts)) else None),
            Column("due_at", N_("维修期限"), "time", "P1", value=lambda one: one.due_at or None),
            Column("overdue", N_("逾期"), "flag", "P1"),
            Column("extended", N_("展期"), "flag", "P1"),
            Column("repaired_at", N_("修好时间"), "time", "P1", value=lambda one: _when(one, "repaired")),
            Column("checked_at", N_("检查通过时间"), "time", "P1", value=lambda one: _when(one, "checked")),
            Column("closes", N_("影响开窗"), "flag", "P1"),
            Column("inspection", N_("场所检查"), "text", "P1"),
        ),
        readings=(
            Reading(frozenset({"OFF", "INS", "EFF"})),
            Reading(frozenset({"HEAD"}), "unit"),
            Reading(frozenset({"LEAD", "TOP"}), hidden=NAMED),
        ),
        at="reported_at",
        unit="unit",
        own="by",
        totals="state",
    ),
)
