"""台账 of the trail for the desk: findings (EVD), with who reads what of them (§7)."""

from collections.abc import Sequence

from server.domain.base import Column, Reading, Register, Related
from server.domain.trail.tables import FindingRecord
from sync.errors import N_

STATES = {
    "glance": N_("临时不在位"),
    "unattended": N_("空岗无告示"),
    "explained": N_("已说明"),
    "pending": N_("待核"),
    "late_notice": N_("补告示"),
    "covered": N_("已顶岗"),
    "contradictory": N_("记录矛盾"),
    "withdrawn": N_("已撤回"),
}
GRADES = {"A": N_("A：时间有凭据"), "B": N_("B：按校正后的时间"), "C": N_("C：时间无法核实，由人判定")}


def _behind_finding(finding: FindingRecord) -> Sequence[Related]:
    """What was seen at the post that day, and who had said what."""
    span = finding.from_at, finding.to_at
    return (
        Related("observation", N_("巡查记录"), {"post": finding.post}, *span),
        Related("away", N_("离岗告示"), {"posts": finding.post}, *span),
        Related("cover", N_("顶岗记录"), {"post": finding.post}, *span),
    )


REGISTERS = (
    Register(
        name="finding",
        title=N_("巡查问题台账"),
        record=FindingRecord,
        columns=(
            Column("from_at", N_("首见时间"), "time", "P2"),
            Column("to_at", N_("至"), "time", "P2"),
            Column("post", N_("岗位"), "post", "P2"),
            Column("unit", N_("单位"), "unit", "P2"),
            Column("state", N_("结论"), "choice", "P2", choices=STATES),
            Column("person", N_("责任人"), "person", "P2"),
            Column("post_count", N_("岗位计"), "number", "P2"),
            Column("person_count", N_("个人计"), "number", "P2"),
            Column("seen", N_("见空岗次数"), "number", "P2", value=lambda finding: len(finding.observations)),
            Column("grade", N_("时间凭据"), "choice", "P2", choices=GRADES),
        ),
        readings=(
            Reading(frozenset({"OFF", "INS", "EFF"})),
            # A glance accuses nobody and is told to nobody else (EVD-08).
            Reading(frozenset({"HEAD"}), "unit", where="state <> 'glance'"),
            Reading(frozenset({"DIS"}), where="state <> 'glance'"),
            Reading(frozenset({"LEAD", "TOP"}), sealed=frozenset({"person", "post", "person_count"})),
        ),
        at="from_at",
        unit="unit",
        own="person",
        where="state <> ''",
        totals="state",
        related=_behind_finding,
    ),
)
