"""台账 of supervisors' reports (SUP-03, SUP-04)."""

from server.domain.base import Column, Reading, Register
from server.domain.supervisor.tables import ReportRecord
from sync.errors import N_

KINDS = {"seen": N_("所见情况"), "suggestion": N_("意见建议"), "request": N_("申请了解情况")}

REGISTERS = (
    Register(
        name="supervisor_report",
        title=N_("监督报告台账"),
        record=ReportRecord,
        columns=(
            Column("at", N_("所见时间"), "time", "P1"),
            Column("kind", N_("报告类别"), "choice", "P1", choices=KINDS),
            Column("unit", N_("单位"), "unit", "P1"),
            Column("text", N_("内容"), "text", "P2"),
            Column("due_day", N_("答复期限"), "day", "P1"),
            Column("overdue", N_("已逾期"), "flag", "P1"),
            Column("answer", N_("答复"), "text", "P2"),
            Column("answered_by", N_("答复人"), "person", "P1"),
            Column("answered_at", N_("答复时间"), "time", "P1", value=lambda report: report.answered_at or None),
            Column("received_at", N_("送达时间"), "time", "P1"),
        ),
        readings=(Reading(frozenset({"OFF", "EFF"})),),
        at="at",
        unit="unit",
        own="by",
        totals="kind",
    ),
)
