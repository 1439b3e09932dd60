"""台账 of leave for the desk (LV, LVT), who reads what of it (§7), and the numbers of IDX-07 and IDX-08."""

import json
from pathlib import Path

from server.domain.base import Column, Measure, Reading, Register, Related
from server.domain.leave.rules import stand_in_at
from server.domain.leave.tables import SECRET, SECRET_READERS, LeaveRecord
from server.domain.leave.views import MEDICAL
from sync.errors import N_
from sync.units import DAY_MS

_SHIPPED = json.loads((Path(__file__).parent / "defaults.json").read_text(encoding="utf-8"))["types"]
TYPES: dict[str, dict[str, str]] = {one["code"]: one["rule"]["names"] for one in _SHIPPED}
OPEN = {code: names for code, names in TYPES.items() if code not in {one["code"] for one in _SHIPPED if one["rule"]["privacy"] == SECRET}}
"""Types whose names may be shown to readers who must not learn of secret (P4) leave."""
NOT_SECRET = f"privacy <> '{SECRET}'"
"""Rows for readers who must not learn of a suspension or an investigation: all but the secret ones (§8, VIS-01)."""
LEADERS = frozenset({"LEAD", "TOP"})
STATES = {
    "told": N_("已电话报告，待补办"),
    "pending": N_("待审批"),
    "approved": N_("已批准"),
    "running": N_("休假中"),
    "ended": N_("待销假"),
    "overdue": N_("逾期未销假"),
    "returned": N_("已销假"),
    "extended": N_("已续假"),
    "refused": N_("未批准"),
    "withdrawn": N_("已撤回"),
    "recalled": N_("已召回"),
    "merged": N_("已合并"),
}
SAID = {
    "then": N_("当时报告"),
    "late": N_("事后报告，待确认"),
    "clock": N_("时间无法核实，待确认"),
    "vouched": N_("负责人或办公室已确认"),
}
TAKEN = "state IN ('approved', 'running', 'ended', 'overdue', 'returned', 'extended', 'recalled')"


def _open_type(leave: LeaveRecord) -> str | None:
    """The type, unless it was one that tells of a person's health or family when the leave began (P3): which one is read for a purpose
    only (LV-09). One the hall added itself is known by its code."""
    return "sealed" if leave.privacy in MEDICAL else leave.type or None


def _returned_at(leave: LeaveRecord) -> int | None:
    return leave.returned.at if leave.returned else None


REGISTERS = (
    Register(
        name="leave",
        title=N_("请销假台账"),
        record=LeaveRecord,
        columns=(
            Column("from_at", N_("请假开始"), "time", "P2"),
            Column("to_at", N_("请假结束"), "time", "P2"),
            Column("person", N_("请假人"), "person", "P2"),
            Column("unit", N_("单位"), "unit", "P2"),
            Column("class", N_("假别"), "choice", "P2", value=_open_type, choices={**OPEN, "sealed": N_("敏感假别")}),
            Column("type", N_("具体假别"), "choice", "P3", choices=TYPES),
            Column("days", N_("计假天数"), "text", "P2", value=lambda leave: f"{leave.centidays / 100:g}"),
            Column("state", N_("状态"), "choice", "P2", choices=STATES),
            Column("stand_in", N_("顶岗人"), "person", "P1", value=lambda leave: stand_in_at(leave, leave.from_at) or None),
            Column("needs_cover", N_("待补岗"), "flag", "P2"),
            Column("over_quota", N_("超额"), "flag", "P2"),
            Column("approved_at", N_("批准时间"), "time", "P2", value=lambda leave: leave.approved_at or None),
            Column("returned_at", N_("销假时间"), "time", "P2", value=_returned_at),
            Column("back_late", N_("逾期销假"), "flag", "P2"),
            Column("back_said", N_("销假报告"), "choice", "P2", value=lambda leave: leave.back_said or None, choices=SAID),
        ),
        readings=(
            Reading(frozenset({"OFF"}), where=NOT_SECRET),
            Reading(frozenset({"HEAD"}), "unit", hidden=frozenset({"type"}), where=NOT_SECRET),
            Reading(LEADERS, hidden=frozenset({"type", "class"}), sealed=frozenset({"person", "stand_in"}), where=NOT_SECRET),
            Reading(frozenset(SECRET_READERS), sealed=frozenset({"person", "stand_in"}), where=f"privacy = '{SECRET}'"),
        ),
        at="from_at",
        unit="unit",
        own="person",
        totals="state",
        related=lambda leave: (
            Related("handover", N_("工作移交"), {"a": leave.person}, leave.from_at - DAY_MS, leave.to_at),
            Related("away", N_("离岗告示"), {"person": leave.person}, leave.from_at, leave.to_at),
            Related("attendance", N_("考勤异常"), {"person": leave.person}, leave.from_at, leave.to_at),
        ),
    ),
)

MEASURES = (
    # IDX-07: a leave that was asked for a day ahead is a planned absence, an urgent one is not; what is handed over for another reason, its
    # own sheet counts.
    Measure(LeaveRecord, "from_at", "unit", {"planned_absences": "count(*)"}, where=f"{TAKEN} AND planned AND {NOT_SECRET}"),
    # IDX-08: by the day it ended; one whose return is not due yet is not counted. In time is what is known to be (EVD-03).
    Measure(
        LeaveRecord,
        "to_at",
        "unit",
        {
            "leaves_ended": "count(*)",
            "leaves_reported": "sum(CASE WHEN state = 'returned' AND NOT (back_late OR back_unproven) THEN 1 ELSE 0 END)",
        },
        where=f"state IN ('returned', 'overdue') AND {NOT_SECRET}",
    ),
)
