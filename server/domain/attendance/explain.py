"""The sentences by which attendance explains itself (EVD-11). Parameters are typed by name; times are ms."""

from typing import Literal

from sync.errors import N_

PARAMS: dict[str, Literal["time", "person", "post", "number"]] = {
    "due": "time",
    "at": "time",
    "received": "time",
    "end": "time",
    "proof": "time",
    "late": "number",
    "ladder": "number",
}

EXPLANATIONS: dict[str, str] = {
    "att.late": N_("应 {due} 签到，{at} 签到，迟到 {late} 分钟。"),
    "att.early": N_("应 {due} 签退，{at} 签退，早退 {late} 分钟。"),
    "att.half_in": N_("应 {due} 签到，{at} 签到，晚 {late} 分钟，满 {ladder} 分钟按缺勤半天计，不再计迟到。"),
    "att.half_out": N_("应 {due} 签退，{at} 签退，早 {late} 分钟，满 {ladder} 分钟按缺勤半天计，不再计早退。"),
    "att.missing_in": N_("应 {due} 签到，没有查到签到记录，可以补签或说明。"),
    "att.missing_out": N_("应 {due} 签退，没有查到签退记录，可以补签或说明。"),
    "att.unsigned_in": N_("应 {due} 签到，没有查到签到记录；未补签、未说明的，按缺勤半天计。"),
    "att.unsigned_out": N_("应 {due} 签退，没有查到签退记录；未补签、未说明的，按缺勤半天计。"),
    "att.absent": N_("{due} 至 {end} 没有查到签到、签退、请假、公务外出或在岗记录。"),
    "att.clock_in": N_("签到称 {at} 作出，但设备时间无法核实，{received} 收到，待核，不计。"),
    "att.clock_out": N_("签退称 {at} 作出，但设备时间无法核实，{received} 收到，待核，不计。"),
    "att.clock_proof": N_("打卡称 {at} 作出，但设备时间无法核实，{received} 收到；另有 {proof} 的在岗记录可供核对，待核，不计。"),
    "att.request": N_("已申请补签 {at}，待负责人审批，审批前不计。"),
    "att.listed": N_("手工签到表记为 {at}，待核实，核实前不计。"),
    "att.outside": N_("{at} 的打卡没有在大厅内的证明，待核，不计。"),
    "att.too_early": N_("{at} 的签到离上班时间过早，待核，不计。"),
    "att.leave_waiting": N_("{at} 起的请假尚待审批，审批前不计。"),
    "att.away_waiting": N_("{at} 起的离岗告示尚待核实或认定，认定前不计。"),
    "att.excuse_ended": N_("{at} 起统一免计，后来取消；取消前是否免计待认定，认定前不计。"),
    "att.in_time": N_("应 {due} 签到；{at} 已签到，{received} 收到，按时，不计。"),
    "att.out_time": N_("应 {due} 签退；{at} 已签退，{received} 收到，未早退，不计。"),
    "att.seen": N_("应 {due} 签到；{proof} 已有人见其在岗，不计迟到。"),
    "att.leave": N_("{at} 起已批准请假，不计。"),
    "att.official": N_("{at} 起公务外出已告示，不计。"),
    "att.excused": N_("{at} 起统一免计，不计。"),
    "att.incident": N_("{at} 起所在区域处置突发事件，不计。"),
    "att.cleared": N_("按现有记录，这里没有异常，不计。"),
}
"""Message id by key."""
