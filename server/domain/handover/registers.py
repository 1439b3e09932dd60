"""台账 of handovers for the desk (AB), who reads what of them (§7), and the numbers of IDX-07."""

from server.domain.base import Column, Measure, Reading, Register, Related
from server.domain.handover.tables import HandoverRecord
from sync.errors import N_

REASONS = {
    "leave": N_("请假"),
    "trip": N_("公务出差"),
    "meeting": N_("会议"),
    "training": N_("培训"),
    "rotation": N_("轮岗"),
    "sudden": N_("突发情况"),
    "other": N_("其他"),
}
STATES = {
    "prepared": N_("待送达"),
    "delivered": N_("已送达，待确认"),
    "accepted": N_("已接受"),
    "declined": N_("不能接受"),
    "in_force": N_("顶岗中"),
    "handed_back": N_("已交回，待确认"),
    "closed": N_("已办结"),
    "withdrawn": N_("已撤回"),
}
TROUBLES = {
    "": N_("无"),
    "declined": N_("不能接受"),
    "away": N_("届时离岗"),
    "leave": N_("届时请假"),
    "silent": N_("尚未确认"),
    "unreached": N_("尚未送达"),
    "busy": N_("已接别处"),
}

REGISTERS = (
    Register(
        name="handover",
        title=N_("工作移交台账"),
        record=HandoverRecord,
        columns=(
            Column("from_at", N_("移交自"), "time", "P1"),
            Column("to_at", N_("移交至"), "time", "P1"),
            Column("post", N_("岗位"), "post", "P1"),
            Column("unit", N_("单位"), "unit", "P1"),
            Column("a", N_("移交人"), "person", "P1"),
            Column("b", N_("接收人"), "person", "P1"),
            Column("reason", N_("移交原因"), "choice", "P1", choices=REASONS),
            Column("planned", N_("提前一天移交"), "flag", "P1"),
            Column("state", N_("状态"), "choice", "P1", choices=STATES),
            Column("trouble", N_("待协调"), "choice", "P1", choices=TROUBLES),
            Column("paper", N_("补录纸质单号"), "text", "P1"),
            Column("items", N_("事项数"), "number", "P1", value=lambda sheet: len(sheet.items)),
            Column("made_at", N_("填写时间"), "time", "P1"),
            Column("taken_at", N_("顶岗时间"), "time", "P1", value=lambda sheet: sheet.taken_at or None),
            Column("why", N_("未提前的原因"), "text", "P2"),
            Column("unexplained", N_("未说明原因"), "flag", "P1", value=lambda sheet: not sheet.planned and not sheet.why.strip()),
        ),
        readings=(
            Reading(frozenset({"OFF"})),
            Reading(frozenset({"HEAD"}), "unit"),
            Reading(frozenset({"INS"}), hidden=frozenset({"why", "items", "reason"})),
            Reading(frozenset({"LEAD", "TOP"}), hidden=frozenset({"why"}), sealed=frozenset({"a", "b", "post"})),
        ),
        at="from_at",
        unit="unit",
        own="a",
        totals="state",
        related=lambda sheet: (
            Related("cover", N_("顶岗记录"), {"post": sheet.post}, sheet.from_at, sheet.to_at),
            Related("away", N_("离岗告示"), {"person": sheet.a}, sheet.from_at, sheet.to_at),
        ),
    ),
)

MEASURES = (
    Measure(
        HandoverRecord,
        "from_at",
        "unit",
        {
            "handed_ahead": "sum(CASE WHEN planned THEN 1 ELSE 0 END)",
            "planned_absences": "sum(CASE WHEN reason NOT IN ('leave', 'sudden') THEN 1 ELSE 0 END)",
        },
        where="state NOT IN ('withdrawn', 'declined')",
    ),
)
