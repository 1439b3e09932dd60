"""台账 of published results and their numbers (IDX-26, IDX-27). Nothing of a sealed visit is in either (CHK-05)."""

from server.domain.base import Column, Measure, Reading, Register
from server.domain.visit.tables import ResultRecord
from sync.errors import N_

PUBLISHED = "state = 'published'"

REGISTERS = (
    Register(
        name="visit_result",
        title=N_("检查结果台账"),
        record=ResultRecord,
        columns=(
            Column("day", N_("检查日期"), "day", "P1"),
            Column("unit", N_("单位"), "unit", "P1"),
            Column("score", N_("得分"), "number", "P2", value=lambda result: result.tenths / 10),
            Column("vetoes", N_("否决项"), "number", "P2"),
            Column("tested", N_("与指南核对次数"), "number", "P2"),
            Column("equal", N_("与指南一致次数"), "number", "P2"),
            Column("published_at", N_("公布时间"), "time", "P1"),
            Column("answered", N_("已有陈述"), "flag", "P2", value=lambda result: bool(result.said)),
            Column("reviewed", N_("经过复核"), "flag", "P2", value=lambda result: bool(result.reviews)),
            Column("text", N_("说明"), "text", "P2"),
        ),
        readings=(Reading(frozenset({"OFF", "CHECK", "DIS", "LEAD", "TOP"})), Reading(frozenset({"HEAD"}), "unit")),
        at="day",
        unit="unit",
        where=PUBLISHED,
    ),
)

MEASURES = (
    Measure(
        record=ResultRecord,
        at="day",
        unit="unit",
        sums={
            "visits": "COUNT(*)",
            "visit_points": "SUM(tenths) / 10",
            "visit_full": "100 * COUNT(*)",
            "visit_vetoes": "SUM(vetoes)",
            "told_tested": "SUM(tested)",
            "told_equal": "SUM(equal)",
        },
        where=PUBLISHED,
    ),
)
