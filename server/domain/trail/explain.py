"""The sentences by which reconciliation explains itself, to those who patrol and to the person concerned (EVD-11).

Keys are `explain.*`; a key `own.*` of the same ending is the wording for the person and the head of the unit, where it differs.
Parameters are typed by name (PARAMS), so that a phone can write times, names and post numbers its own way.
"""

from typing import Literal

from sync.errors import N_

PARAMS: dict[str, Literal["time", "person", "post", "number"]] = {
    "seen": "time",
    "again": "time",
    "made": "time",
    "left": "time",
    "back": "time",
    "taken": "time",
    "present": "time",
    "person": "person",
    "b": "person",
    "minutes": "number",
    "by": "person",
    "then": "time",
    "there": "post",
}
"""What each parameter of a sentence is: times are ms, people are uids."""

EXPLANATIONS: dict[str, str] = {
    "explain.glance": N_("{seen} 见空岗，只看到一次，未满 {minutes} 分钟，不计。"),
    "explain.returned": N_("{seen} 见空岗，{back} 已有人在岗，未满 {minutes} 分钟，不计。"),
    "explain.changed_hands": N_("{seen} 至 {again} 空岗，其间岗位责任人有变动，分不清由谁负责。岗位计一次，个人不计。"),
    "explain.covered": N_("{seen} 见空岗，{taken} 起由 {b} 顶岗，未满 {minutes} 分钟，不计。"),
    "explain.unattended": N_("{seen} 至 {again} 空岗，没有离岗告示，也无人顶岗。岗位计一次，个人计一次。"),
    "explain.nobody": N_("{seen} 至 {again} 空岗，当日排班没有责任人。岗位计一次，个人不计。"),
    "explain.waited": N_("{seen} 见空岗，巡查人员原地等候满 {minutes} 分钟，没有离岗告示，也无人顶岗。岗位计一次，个人计一次。"),
    "explain.notice_before": N_("{seen} 见空岗；{person} {made} 已告示离岗，预计 {back} 返回。岗位计一次，个人不计。"),
    "explain.stand_in_absent": N_(
        "{seen} 见空岗；{person} {made} 已告示离岗，由 {b} 代为履职，但当时无人顶岗。岗位计一次，个人不计，顶岗情况另行了解。"
    ),
    "explain.cover_absent": N_("{seen} 见空岗；{b} 已于 {taken} 顶岗，但当时不在窗口。岗位计一次，{person} 个人不计，顶岗情况另行了解。"),
    "explain.stand_in_silent": N_(
        "{seen} 见空岗；{person} {made} 已告示离岗，交由 {b} 代为履职，{b} 已收到而未回复。岗位计一次，个人不计，顶岗情况另行了解。"
    ),
    "explain.stand_in_unreached": N_(
        "{seen} 见空岗；{person} {made} 已告示离岗，交由 {b} 代为履职，当时还未送达（交接未达）。岗位计一次，双方都不计，请负责人安排顶岗。"
    ),
    "explain.stand_in_on_leave": N_(
        "{seen} 见空岗；{person} {made} 已告示离岗，交由 {b} 代为履职，但 {b} 已获准请假。岗位计一次，双方都不计，请负责人安排顶岗。"
    ),
    "explain.handover_absent": N_(
        "{seen} 见空岗；{person} {made} 已把工作移交 {b}，{b} 已接收，但当时不在窗口。岗位计一次，{person} 个人不计，顶岗情况另行了解。"
    ),
    "explain.handover_silent": N_(
        "{seen} 见空岗；{person} {made} 已把工作移交 {b}，{b} 已收到而未回复。岗位计一次，{person} 个人不计，顶岗情况另行了解。"
    ),
    "explain.handover_unreached": N_(
        "{seen} 见空岗；{person} {made} 把工作移交 {b}，当时还未送达（交接未达）。岗位计一次，双方都不计，请负责人安排顶岗。"
    ),
    "explain.handover_unavailable": N_(
        "{seen} 见空岗；{person} {made} 把工作移交 {b}，但 {b} 已获准请假。岗位计一次，双方都不计，请负责人安排顶岗。"
    ),
    "explain.on_leave": N_("{seen} 见空岗；{person} 当时已获准请假。岗位计一次，个人不计。"),
    "explain.elsewhere": N_("{seen} 见空岗；{person} 自 {taken} 起在 {there} 顶岗。岗位计一次，个人不计。"),
    "explain.two_posts": N_(
        "{seen} 见空岗；{person} 同一时间在 {there} 也有岗位任务，当时在哪里待核实，待办公室判定。岗位计一次，个人暂不计。"
    ),
    "explain.permitted": N_("{seen} 见空岗；{person} 当时按规定准许不在岗。岗位计一次，个人不计。"),
    "explain.permit_ended": N_(
        "{seen} 见空岗；{person} 当时准许不在岗，后来准许被取消，本人当时是否知情待核实，待办公室判定。岗位计一次，个人暂不计。"
    ),
    "explain.stand_in_permitted": N_(
        "{seen} 见空岗；{person} {made} 已告示离岗，交由 {b} 代为履职，但 {b} 当时准许不在岗。岗位计一次，双方都不计，请负责人安排顶岗。"
    ),
    "explain.handover_permitted": N_(
        "{seen} 见空岗；{person} {made} 把工作移交 {b}，但 {b} 当时准许不在岗。岗位计一次，双方都不计，请负责人安排顶岗。"
    ),
    "explain.cover_permitted": N_(
        "{seen} 见空岗；{b} 已于 {taken} 顶岗，但 {b} 当时准许不在岗。岗位计一次，双方都不计，请负责人安排顶岗。"
    ),
    "explain.leave_pending": N_("{seen} 见空岗；{person} 这段时间的请假还在审批，批准前不作判定。岗位计一次，个人暂不计。"),
    "explain.ruled_clear": N_("{seen} 见空岗；存疑之处已由 {by} 判定，{person} 不计。岗位计一次。"),
    "explain.ruled_against": N_("{seen} 见空岗；存疑之处已由 {by} 判定，{person} 计一次。岗位计一次。"),
    "explain.lapsed": N_("{seen} 见空岗；存疑之处在期限内没有判定，按规定 {person} 不计。岗位计一次。"),
    "explain.in_review": N_("{seen} 见空岗，原计 {person} 个人一次；对此有人申请复核，待办公室判定。岗位计一次，个人暂不计。"),
    "explain.stray": N_("{then} 另有记录见 {person} 在 {there} 串岗，属于同一事实，不另计次。"),
    "explain.newer_roster": N_("{seen} 记录时手机上的排班不是最新，责任人按最新排班认定为 {person}。"),
    "explain.overdue": N_("{seen} 见空岗；{person} 原定 {back} 返回，已超过宽限 {minutes} 分钟，此前没有续报。岗位计一次，个人计一次。"),
    "explain.late_waiting": N_("{seen} 见空岗；{person} {made} 补告示，称 {left} 离岗，待科室负责人认定。岗位计一次，个人暂不计。"),
    "explain.late_accepted": N_(
        "{seen} 见空岗；{person} {made} 补告示，称 {left} 离岗，科室负责人已认可。岗位计一次，个人不计，另计补告示一次。"
    ),
    "explain.late_refused": N_("{seen} 见空岗；{person} {made} 补告示，称 {left} 离岗，科室负责人未认可。岗位计一次，个人计一次。"),
    "explain.notice_clock": N_("{seen} 见空岗；{person} 的告示称 {made} 作出，但设备时间无法核实，待办公室判定。岗位计一次，个人暂不计。"),
    "explain.unasked": N_(
        "{seen} 见空岗；{person} 的离岗告示由他人代为作出，原定 {back} 返回，本人是否知情待核实。岗位计一次，个人暂不计。"
    ),
    "explain.sighting_clock": N_("{seen} 至 {again} 见空岗，但巡查设备的时间无法核实，待办公室判定。岗位计一次，个人暂不计。"),
    "explain.sighting_tied": N_(
        "{seen} 至 {again} 见空岗，但记录人对这个岗位应当回避，仅凭其记录不能认定，待办公室判定。岗位计一次，个人暂不计。"
    ),
    "explain.cover_clock": N_("{seen} 见空岗；{b} 称 {taken} 已顶岗，但设备时间无法核实，待办公室判定。岗位计一次，{person} 个人暂不计。"),
    "explain.return_clock": N_("{seen} 见空岗；{person} 称 {back} 已返岗，但设备时间无法核实，待办公室判定。岗位计一次，个人暂不计。"),
    "explain.swap_clock": N_(
        "{seen} 见空岗；{by} 称 {taken} 起由 {b} 在岗，但设备时间无法核实，待办公室判定。岗位计一次，{person} 个人暂不计。"
    ),
    "explain.present_clock": N_(
        "{seen} 见空岗；另有记录称 {present} 有人在岗，但设备时间无法核实，待办公室判定。岗位计一次，{person} 个人暂不计。"
    ),
    "explain.present_tied": N_(
        "{seen} 见空岗；另有记录称 {present} 有人在岗，但记录人对这个岗位应当回避，待办公室判定。岗位计一次，{person} 个人暂不计。"
    ),
    "explain.swapped": N_(
        "{seen} 至 {again} 空岗；{by} 称 {taken} 起由 {person} 在岗，{person} 当时是否知情待核实，待办公室判定。岗位计一次，个人暂不计。"
    ),
    "explain.unagreed": N_(
        "{seen} 见空岗；{person} {made} 已告示离岗，预计 {back} 返回，但须经负责人同意而未得同意，待办公室判定。岗位计一次，个人暂不计。"
    ),
    "explain.ended_by": N_(
        "{seen} 见空岗；{person} {made} 已告示离岗，预计 {back} 返回；{by} 称 {then} 起告示已结束，"
        "{person} 当时是否知情待核实，待办公室判定。岗位计一次，个人暂不计。"
    ),
    "explain.other_post": N_(
        "{seen} 见空岗；{person} {made} 已告示离岗，但告示写的是其另一岗位，是否也离开本岗位待核实，待办公室判定。岗位计一次，个人暂不计。"
    ),
    "explain.unit_away": N_(
        "{seen} 见空岗；{person} 所在单位 {made} 已告示全室离岗，但没有写明这个岗位，{person} 是否随同离开待核实，待办公室判定。"
        "岗位计一次，个人暂不计。"
    ),
    "explain.sheet_ended": N_(
        "{seen} 见空岗；{person} {made} 已移交工作；{by} 称 {then} 起移交已结束，{person} 当时是否知情待核实，待办公室判定。"
        "岗位计一次，个人暂不计。"
    ),
    "explain.plate_seen": N_("{seen} 见空岗，现场摆有告示，系统里没有对应的离岗告示，待核实。岗位计一次，个人暂不计。"),
    "explain.contradictory": N_("{seen} 有人记空岗，{present} 另有人记在岗，两者相差不到 {minutes} 分钟，互相矛盾，不计，请双方核对。"),
    "explain.withdrawn": N_("{seen} 的空岗记录已由记录人撤回，不计。"),
    "own.unattended": N_("{seen} 至 {again} 巡查见空岗，没有查到 {person} 的离岗告示，也无人顶岗。暂计个人一次，可以说明情况。"),
    "own.waited": N_("{seen} 起巡查见空岗满 {minutes} 分钟，没有查到 {person} 的离岗告示，也无人顶岗。暂计个人一次，可以说明情况。"),
    "own.overdue": N_(
        "{seen} 巡查见空岗；{person} 原定 {back} 返回，超过宽限 {minutes} 分钟，没有查到此前的续报。暂计个人一次，可以说明情况。"
    ),
    "own.notice_before": N_("{seen} 巡查见空岗；{person} {made} 已告示离岗，预计 {back} 返回，说明清楚，不计个人。"),
    "own.stand_in_absent": N_("{seen} 巡查见空岗；{person} {made} 已告示离岗并交由 {b} 代为履职，说明清楚，不计个人。"),
    "own.late_waiting": N_("{seen} 巡查见空岗；{person} {made} 补告示，称 {left} 离岗。请科室负责人认定，认定前不计个人。"),
    "own.notice_clock": N_("{seen} 巡查见空岗；{person} 的告示称 {made} 作出，设备时间无法核实。由办公室判定，判定前不计个人。"),
    "own.unasked": N_("{seen} 巡查见空岗；{person} 的离岗告示由他人代为作出，原定 {back} 返回。请说明是否知情，核实前不计个人。"),
    "own.ended_by": N_("{seen} 巡查见空岗；{person} {made} 已告示离岗，{by} 称 {then} 起告示已结束。请说明是否知情，核实前不计个人。"),
    "own.permit_ended": N_("{seen} 巡查见空岗；{person} 当时准许不在岗，后来准许被取消。请说明当时是否知情，核实前不计个人。"),
    "own.other_post": N_("{seen} 巡查见空岗；{person} {made} 已告示离岗，告示写的是另一岗位。请说明是否也离开本岗位，核实前不计个人。"),
    "own.unit_away": N_(
        "{seen} 巡查见空岗；{person} 所在单位 {made} 已告示全室离岗，没有写明这个岗位。请说明是否随同离开，核实前不计个人。"
    ),
    "own.two_posts": N_("{seen} 巡查见空岗；{person} 同一时间在 {there} 也有岗位任务。请说明当时在哪里，核实前不计个人。"),
    "own.sheet_ended": N_("{seen} 巡查见空岗；{person} {made} 已移交工作，{by} 称 {then} 起移交已结束。请说明是否知情，核实前不计个人。"),
    "own.sighting_clock": N_("{seen} 至 {again} 巡查见空岗，巡查设备的时间无法核实。由办公室判定，判定前不计个人。"),
    "own.in_review": N_("{seen} 巡查见空岗，原计 {person} 个人一次；已申请复核，由办公室判定，判定前不计个人。"),
    "own.sighting_tied": N_("{seen} 至 {again} 巡查见空岗，记录人应当回避。由办公室判定，判定前不计个人。"),
    "own.contradictory": N_("{seen} 的空岗记录与 {present} 的在岗记录互相矛盾，不计。"),
    "own.ruled_against": N_("{seen} 巡查见空岗；存疑之处已由 {by} 判定，计 {person} 个人一次，可以说明情况。"),
    "own.ruled_clear": N_("{seen} 巡查见空岗；存疑之处已由 {by} 判定，{person} 个人不计。"),
    "own.withdrawn": N_("{seen} 的空岗记录已撤回，不计。"),
}
"""Message id by key. One source for both sides; the phone translates."""


Values = dict[str, str | int]
"""Parameters of a sentence by name."""


def own_key(key: str) -> str:
    """The key of the person's wording, or the common one."""
    own = key.replace("explain.", "own.")
    return own if own in EXPLANATIONS else key
