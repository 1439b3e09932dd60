"""The sentences by which leave explains itself to the person and to those who decide (EVD-11, CON-14..19).

Parameters are typed by name (patrol's PARAMS and `LEAVE_PARAMS`): times are ms, people uids, amounts hundredths of a day, types their code.
"""

from typing import Literal

from server.domain.hall.sentence import Explain
from sync.errors import N_

LEAVE_PARAMS: dict[str, Literal["time", "person", "post", "number", "days", "leave"]] = {
    "by": "person",
    "other": "person",
    "first": "person",
    "until": "time",
    "from_at": "time",
    "back": "time",
    "made": "time",
    "claimed": "time",
    "due": "time",
    "days": "days",
    "left": "days",
    "was": "days",
    "type": "leave",
    "old": "leave",
    "post": "post",
}
"""What each parameter of a sentence is."""

LEAVE_EXPLANATIONS: dict[str, str] = {
    "leave.needs_cover": N_(
        "{other} 的请假先获批准，{post} 同时无人顶岗。本次请假照样有效，列为“已批·待补岗”，请科室负责人另行安排第三人。"
    ),
    "leave.both_away": N_("{other} 同时请假，{post} 无人顶岗。本次请假照样有效，列为“已批·待补岗”，请科室负责人另行安排第三人。"),
    "leave.both_protected": N_("{other} 同时请假，{post} 无人顶岗。法定假不受影响，请科室负责人另行安排第三人。"),
    "leave.concurring": N_("{by} 与 {first} 的审批结果相同，记为一次批准，假期只扣一次。"),
    "leave.by_rank": N_("{first} 与 {by} 的审批结果不同，按权限高低以 {by} 的决定为准。"),
    "leave.relied_on": N_("{until} 之前的部分已按批准休假，仍算已批；其余部分按后来的决定办理。"),
    "leave.same_twice": N_("与另一张请假单日期重叠、假别相同，建议合并：天数取并集，只扣一次。"),
    "leave.overlap": N_("与另一张请假单日期重叠、假别不同（{type}），请本人选定一种；重叠的时间只算一次。"),
    "leave.over_quota": N_("批准后{type}超出余额 {days} 天。批准有效，列为“超额待处理”，请负责人转换假别。"),
    "leave.converted": N_("{by} 将假别由{old}改为{type}。"),
    "leave.back_in_time": N_("{back} 已销假，早于应销假时间 {due}，不算逾期，提醒已撤销。"),
    "leave.back_late": N_("应在 {due} 前销假，{back} 才销假，未说明原因，待办公室认定。"),
    "leave.back_late_reason": N_("应在 {due} 前销假，{back} 才销假，已说明原因。"),
    "leave.back_unproven": N_("{made} 才报告 {claimed} 已返岗，待负责人或办公室确认；确认前不算按时，也不算逾期。"),
    "leave.back_clock": N_("销假称 {claimed} 返岗，但设备时间无法核实，{made} 收到，待负责人或办公室确认；确认前不算按时，也不算逾期。"),
    "leave.back_counted": N_("{made} 才报告 {claimed} 已返岗，待负责人或办公室确认；确认前按 {back} 销假。"),
    "leave.back_vouched": N_("{made} 才报告 {claimed} 已返岗，{by} 已确认。"),
    "leave.recalled": N_("{by} 因工作需要召回，{from_at} 起停止休假，余下天数退回。"),
    "leave.recounted": N_("日历更新，计假天数由 {was} 天改为 {days} 天。"),
    "leave.provisional": N_("跨入尚未公布日历的年度，天数为暂定，公布后自动重算。"),
    "leave.filed_late": N_("事后补办，应在 {due} 前补办。"),
    "leave.ineligible": N_("{type}与登记的性别不符，请办公室核实。"),
}
"""Message id by key. One source for both sides; the phone translates."""


def explain(key: str, **params: str | int) -> Explain:
    """One sentence. Raises `KeyError` for a key nobody has worded."""
    LEAVE_EXPLANATIONS[key]
    return Explain(key, params)
