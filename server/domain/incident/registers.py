"""台账 of incidents for the desk (EMG-03, EMG-07), with who reads it (§7)."""

from server.domain.base import Column, Measure, Reading, Register, Related
from server.domain.incident.tables import IncidentRecord
from sync.errors import N_

KINDS = {
    "dispute": N_("纠纷争执"),
    "crowd": N_("人群聚集"),
    "system": N_("系统故障"),
    "power": N_("停电"),
    "medical": N_("突发疾病"),
    "fire": N_("火情"),
    "security": N_("治安安全"),
    "media": N_("媒体采访"),
    "opinion": N_("舆情"),
    "other": N_("其他"),
}
LEVELS = {"1": N_("特别重大"), "2": N_("重大"), "3": N_("较大"), "4": N_("一般")}
STATES = {
    "reported": N_("已报告，待处理"),
    "handling": N_("处理中"),
    "resolved": N_("三到位，待总结"),
    "closed": N_("已办结"),
    "mistaken": N_("误报"),
}


REGISTERS = (
    Register(
        name="incident",
        title=N_("突发事件台账"),
        record=IncidentRecord,
        columns=(
            Column("found_at", N_("发现时间"), "time", "P1"),
            Column("kind", N_("事件类别"), "choice", "P1", choices=KINDS),
            Column("level", N_("级别"), "choice", "P1", choices=LEVELS),
            Column("place", N_("地点"), "post", "P1"),
            Column("unit", N_("单位"), "unit", "P1"),
            Column("people", N_("涉及人数"), "number", "P1"),
            Column("state", N_("状态"), "choice", "P1", choices=STATES),
            Column("handled_at", N_("处理到位"), "time", "P1", value=lambda incident: incident.handled_at or None),
            Column("reported_at", N_("报告到位"), "time", "P1", value=lambda incident: incident.reported_at or None),
            Column("fed_back_at", N_("反馈到位"), "time", "P1", value=lambda incident: incident.told_at or None),
            Column("reporter", N_("报告人"), "person", "P1"),
            Column("responder", N_("首位责任人"), "person", "P1"),
            Column("text", N_("情况"), "text", "P2"),
            Column("received_at", N_("送达时间"), "time", "P1"),
            Column("in_time", N_("三到位及时"), "flag", "P1"),
            Column("linked", N_("并入其他事件"), "flag", "P1", value=lambda incident: incident.main != incident.rid),
            Column("drill", N_("演练"), "flag", "P1"),
            Column("mistake", N_("误报原因"), "text", "P2", value=lambda incident: incident.mistake.text if incident.mistake else None),
            Column("paper", N_("补录纸质单号"), "text", "P1"),
        ),
        readings=(Reading(frozenset({"OFF", "INS", "EFF", "LEAD", "TOP"})), Reading(frozenset({"HEAD"}), "unit")),
        at="found_at",
        unit="unit",
        own="reporter",
        totals="kind",
        related=lambda incident: (
            Related("incident", N_("同一地点的事件"), {"place": incident.place}, incident.found_at, incident.found_at),
        ),
    ),
)

MEASURES = (
    # IDX-37: one of its reports is the incident; an exercise is none, nor what was reported by mistake.
    Measure(
        IncidentRecord,
        "found_at",
        "unit",
        {
            "incidents": "count(*)",
            "incidents_in_time": "sum(CASE WHEN in_time THEN 1 ELSE 0 END)",
            "incidents_handled": "sum(CASE WHEN handled_at > 0 THEN 1 ELSE 0 END)",
            "handled_min": "sum(waited_min)",
            "incidents_reported": "sum(CASE WHEN reported_at > 0 THEN 1 ELSE 0 END)",
            "reported_min": "sum(report_min)",
        },
        where="rid = main AND NOT drill AND state <> 'mistaken'",
    ),
)
