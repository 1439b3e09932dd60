"""台账 of patrol for the desk: observations and rounds (PTL), with who reads what of them (§7)."""

from collections.abc import Sequence

from server.domain.base import Column, Measure, Reading, Register, Related
from server.domain.patrol.tables import ObservationRecord, RoundRecord, SlotRecord
from sync.errors import N_
from sync.units import DAY_MS

PATROL_ROLES = frozenset({"INS", "EFF"})

SEEN = {
    "serving": N_("在岗服务"),
    "idle": N_("在岗待机"),
    "empty_notice": N_("空岗-有告示"),
    "empty_no_notice": N_("空岗-无告示"),
    "covered": N_("B顶岗"),
    "suspended": N_("暂停"),
    "other": N_("其他"),
}
SLOTS = {
    "missed": N_("未巡"),
    "partial": N_("只巡了一部分"),
    "late": N_("补到"),
    "done": N_("已巡"),
    "due": N_("待巡"),
    "exempt": N_("闭厅，无需巡查"),
}
TYPES = {"hourly": N_("整点巡查"), "irregular": N_("不定时巡查"), "opening": N_("开门巡查"), "closing": N_("关门巡查")}
GRADES = {"A": N_("A：时间有凭据"), "B": N_("B：按校正后的时间"), "C": N_("C：时间无法核实，由人判定")}


def _behind_round(one: RoundRecord) -> Sequence[Related]:
    return (Related("observation", N_("巡查记录"), {"round": one.rid}, one.started_at, one.finished_at or one.started_at + DAY_MS),)


def _behind_slot(slot: SlotRecord) -> Sequence[Related]:
    return (Related("round", N_("巡查轮次"), {"slot": slot.rid}, slot.over_at - DAY_MS // 2, slot.over_at),)


REGISTERS = (
    Register(
        name="observation",
        title=N_("巡查记录台账"),
        record=ObservationRecord,
        columns=(
            Column("at", N_("所见时间"), "time", "P2"),
            Column("post", N_("岗位"), "post", "P2"),
            Column("seen", N_("所见"), "choice", "P2", choices=SEEN),
            Column("codes", N_("快捷代码"), "text", "P2", value=lambda seen: " ".join(seen.codes)),
            Column("person", N_("所见人员"), "person", "P2"),
            Column("inspector", N_("巡查人"), "person", "P1"),
            Column("reminded", N_("当场提醒"), "flag", "P2"),
            Column("waited", N_("原地等候"), "flag", "P2"),
            Column("own_unit", N_("本单位岗位"), "flag", "P1"),
            Column("tied", N_("应当回避"), "flag", "P1"),
            Column("note", N_("说明"), "text", "P2"),
            Column("withdrawn", N_("撤回理由"), "text", "P2"),
            Column("received_at", N_("送达时间"), "time", "P1"),
            Column("grade", N_("时间凭据"), "choice", "P2", choices=GRADES),
            Column("round", N_("巡查轮次"), "text", "P1"),
        ),
        # Unpublished, they are for those who patrol alone (§7).
        readings=(Reading(PATROL_ROLES),),
        at="at",
        unit="post",
        # What cameras show is a source of its own, with readers of its own (PRH-07).
        where="source = ''",
        totals="seen",
        related=lambda seen: (Related("finding", N_("巡查问题"), {"post": seen.post}, seen.at, seen.at),),
    ),
    Register(
        name="round",
        title=N_("巡查轮次台账"),
        record=RoundRecord,
        columns=(
            Column("started_at", N_("开始"), "time", "P1"),
            Column("finished_at", N_("结束"), "time", "P1", value=lambda one: one.finished_at or None),
            Column("type", N_("巡查类型"), "choice", "P1", choices=TYPES),
            Column("inspector", N_("巡查人"), "person", "P1"),
            Column("slot", N_("时段"), "text", "P1"),
            Column("posts_seen", N_("已看岗位"), "number", "P1"),
            Column("posts_due", N_("应看岗位"), "number", "P1"),
            Column("queue_len", N_("候办人数"), "number", "P1", value=lambda one: one.queue_len if one.queue_len >= 0 else None),
            Column("remark", N_("备注"), "text", "P1"),
            Column("grade", N_("时间凭据"), "choice", "P1", choices=GRADES),
        ),
        readings=(Reading(PATROL_ROLES), Reading(frozenset({"OFF"}), where="type = 'hourly'")),
        at="started_at",
        totals="type",
        related=_behind_round,
    ),
    Register(
        name="slot",
        title=N_("整点巡查时段台账"),
        record=SlotRecord,
        columns=(
            Column("rid", N_("时段"), "text", "P1"),
            Column("day", N_("日期"), "day", "P1"),
            Column("state", N_("结果"), "choice", "P1", choices=SLOTS),
            Column("looked", N_("已看岗位"), "number", "P1", value=lambda one: one.looked if one.due else None),
            Column("due", N_("应看岗位"), "number", "P1", value=lambda one: one.due or None),
            Column("gap_min", N_("未巡间隔（分钟）"), "number", "P1"),
            Column("wide", N_("间隔超限"), "flag", "P1"),
            Column("over_at", N_("应巡时间已过"), "time", "P1"),
            Column("round", N_("巡查轮次"), "text", "P1"),
        ),
        readings=(Reading(PATROL_ROLES | {"OFF", "LEAD", "TOP"}),),
        at="day",
        totals="state",
        related=_behind_slot,
    ),
    Register(
        name="video",
        title=N_("视频巡查台账"),
        record=ObservationRecord,
        columns=(
            Column("at", N_("画面时间"), "time", "P2"),
            Column("post", N_("岗位"), "post", "P2"),
            Column("seen", N_("所见"), "choice", "P2", choices=SEEN),
            Column("inspector", N_("记录人"), "person", "P1"),
            # Which camera and which recording is read for a stated purpose only (PRH-07, VIS-03).
            Column("camera", N_("摄像头编号"), "text", "P3"),
            Column("clip", N_("录像位置"), "text", "P3"),
            Column("note", N_("说明"), "text", "P2"),
            Column("withdrawn", N_("撤回理由"), "text", "P2"),
            Column("received_at", N_("送达时间"), "time", "P1"),
            Column("grade", N_("时间凭据"), "choice", "P2", choices=GRADES),
        ),
        readings=(Reading(frozenset({"EFF", "OFF"}), sealed=frozenset({"camera", "clip"}), rule="ptl.video_roles"),),
        at="at",
        unit="post",
        where="source = 'video'",
        totals="seen",
        related=lambda seen: (Related("finding", N_("巡查问题"), {"post": seen.post}, seen.at, seen.at),),
    ),
)

MEASURES = (
    # IDX-24: hours due and done; the longest time without a round, of which the greatest counts and not the sum.
    Measure(
        record=SlotRecord,
        at="day",
        unit="unit",
        sums={"slots_due": "COUNT(*)", "slots_done": "SUM(CASE WHEN made THEN 1 ELSE 0 END)", "max_gap_min": "MAX(gap_min)"},
        where="state <> 'exempt'",
    ),
)
