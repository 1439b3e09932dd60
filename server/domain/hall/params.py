"""The parameters of a hall: what each is called, its default, and what it may be set to (catalogue §16, GEN-03).

A key that says its unit is counted in it: `_min`, `_minutes`, `_s`, `_seconds`, `_hours`, `_days`, `_years`, `_percent`. Other numbers are
counts. Days of the terms whose label says 工作日 are working days of the hall's calendar, all others are days of the calendar.
"""

import re
from typing import NamedTuple, get_args

from server.domain.hall.ops import Role, Value
from sync.errors import N_

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
ROLES: frozenset[str] = frozenset(get_args(Role)) - {"BOARD"}


class Count(NamedTuple):
    """A number from `low` to `high`, both included."""

    label: str
    default: int
    low: int
    high: int


class Switch(NamedTuple):
    """Yes or no."""

    label: str
    default: bool


class Choice(NamedTuple):
    """One of `options`, by their names."""

    label: str
    default: str
    options: dict[str, str]


class Clock(NamedTuple):
    """A time of day, "HH:MM"."""

    label: str
    default: str


class Roles(NamedTuple):
    """Roles, separated by commas."""

    label: str
    default: str


Param = Count | Switch | Choice | Clock | Roles

PARAMS: dict[str, Param] = {
    "awy.short_min": Count(N_("暂离不必告示的时长"), 10, 0, 60),
    "awy.consent_min": Count(N_("暂离须经负责人同意的时长"), 30, 1, 480),
    "awy.return_grace_min": Count(N_("返岗宽限"), 10, 0, 120),
    "awy.standin_confirm_min": Count(N_("顶岗人应答时限"), 3, 1, 60),
    "awy.overdue_office_min": Count(N_("逾期未返转办公室的时长"), 30, 1, 480),
    "awy.duty_level": Count(N_("限制离岗的突发事件等级（该级及以上）"), 2, 1, 4),
    "awy.step_max_hours": Count(N_("一次暂离最长"), 12, 1, 24),
    "awy.max_days": Count(N_("一次离岗最长"), 62, 1, 400),
    "awy.ahead_days": Count(N_("离岗告示最多提前"), 62, 1, 400),
    "awy.late_days": Count(N_("离岗补报最多追溯"), 31, 1, 400),
    "evd.vacancy_min_minutes": Count(N_("空岗认定所需时长"), 10, 1, 120),
    "evd.offset_tolerance_s": Count(N_("设备时钟容许偏差"), 120, 1, 600),
    "evd.anchor_hours": Count(N_("设备校时有效期"), 24, 1, 168),
    "evd.answer_days": Count(N_("陈述时限（工作日）"), 3, 1, 30),
    "evd.review_days": Count(N_("申请复核时限（工作日）"), 15, 1, 90),
    "evd.blob_days": Count(N_("附件补传时限"), 7, 1, 90),
    "evd.ref_wait_days": Count(N_("等待所依据记录的时限"), 5, 1, 60),
    "evd.held_days": Count(N_("留存事项处理时限"), 3, 1, 60),
    "evd.pending_days": Count(N_("存疑认定时限（工作日）"), 3, 1, 30),
    "evd.daily_close": Clock(N_("日结时间（次一工作日）"), "12:00"),
    "evd.monthly_close_day": Count(N_("月结日（次月第几个工作日）"), 3, 1, 15),
    "ab.min_staff_per_post": Count(N_("每岗最少人数"), 2, 1, 5),
    "ab.handover_ahead_days": Count(N_("计划离岗提前移交（工作日）"), 1, 1, 10),
    "ab.answer_before_min": Count(N_("移交确认须早于开始的时长"), 60, 0, 1440),
    "ab.max_live_posts_warn": Count(N_("一人同时顶岗数提醒线"), 1, 1, 10),
    "ab.max_live_posts_consent": Count(N_("一人同时顶岗数须同意线"), 2, 1, 10),
    "ab.change_notice_days": Count(N_("排班变动须说明理由的提前期（工作日）"), 0, 0, 30),
    "ab.sheet_max_days": Count(N_("移交单最长期间"), 400, 1, 800),
    "ab.sheet_ahead_days": Count(N_("移交单最多提前"), 92, 1, 400),
    "ab.sheet_late_days": Count(N_("移交单最多补填追溯"), 31, 1, 400),
    "att.grace_min": Count(N_("迟到早退宽限"), 0, 0, 60),
    "att.late_early_month_limit": Count(N_("每月迟到早退容许次数"), 3, 0, 31),
    "att.half_day_minutes": Count(N_("折算半天的迟到早退时长（0 为不折算）"), 30, 0, 240),
    "att.punches": Count(N_("每日签到签退次数"), 4, 2, 4),
    "att.missing_half_day": Switch(N_("缺卡无理由按半天计"), False),
    "att.corrections_month": Count(N_("每月补签次数"), 2, 0, 31),
    "att.in_hall_required": Switch(N_("须在大厅网络内签到"), False),
    "att.open_minutes": Count(N_("最早可提前签到"), 120, 0, 480),
    "att.due": Choice(N_("考勤对象"), "everyone", {"everyone": N_("全体人员"), "roster": N_("当日有排班的人员")}),
    "att.exempt_roles": Roles(N_("免考勤的角色"), "LEAD,TOP"),
    "att.late_days": Count(N_("考勤补报最多追溯"), 62, 1, 400),
    "lv.day_hours": Count(N_("一天折合工时"), 8, 1, 24),
    "lv.file_days": Count(N_("口头请假后补办时限（工作日）"), 1, 1, 30),
    "lv.ahead_days": Count(N_("请假最多提前"), 400, 1, 800),
    "lv.late_days": Count(N_("补假最多追溯"), 400, 1, 800),
    "lv.silent_hours": Count(N_("审批人未批转上一级的时长（工作时间）"), 4, 1, 80),
    "lv.return_grace_min": Count(N_("销假宽限"), 30, 0, 480),
    "lv.shown_days": Count(N_("假期在设备上保留"), 60, 1, 400),
    "lv.read_minutes": Count(N_("查看密封证明的开放时长"), 15, 1, 120),
    "lv.sealed_years": Count(N_("健康事由和证明保存（次年起）"), 1, 0, 10),
    "lv.absence_first_days": Count(N_("旷工第一次预警"), 5, 1, 30),
    "lv.absence_second_days": Count(N_("旷工第二次预警"), 10, 1, 30),
    "lv.absence_limit_days": Count(N_("连续旷工上限"), 15, 1, 60),
    "lv.absence_year_days": Count(N_("全年累计旷工上限"), 30, 1, 120),
    "ptl.interval_min": Count(N_("巡查间隔"), 60, 10, 480),
    "ptl.tolerance_min": Count(N_("巡查容许偏差"), 10, 0, 60),
    "ptl.first_minor_reminder": Switch(N_("每月首次轻微问题当场提醒即止"), True),
    "ptl.irregular_per_zone": Count(N_("不定时巡查每区次数"), 2, 1, 20),
    "ptl.irregular_percent": Count(N_("不定时巡查覆盖比例"), 60, 1, 100),
    "ptl.irregular_step_min": Count(N_("不定时巡查抽取时刻的间隔"), 30, 5, 240),
    "ptl.irregular_window_min": Count(N_("不定时巡查到场时限"), 20, 5, 120),
    "ptl.points_min": Count(N_("一次巡查最少到场的分区数"), 3, 0, 50),
    "ptl.video_roles": Roles(N_("可记录视频巡查的角色"), "EFF,OFF"),
    "chk.coverage_min_percent": Count(N_("检查覆盖最低比例"), 30, 1, 100),
    "chk.team_min": Count(N_("检查组最少人数"), 2, 1, 10),
    "chk.tell_days": Count(N_("公布后告知本人的时限（工作日）"), 1, 1, 30),
    "chk.dwell_min_minutes": Count(N_("检查停留最短时长"), 10, 0, 240),
    "chk.batch_items": Count(N_("短时间集中填写的项数提示线"), 10, 2, 100),
    "chk.batch_seconds": Count(N_("短时间集中填写的时长提示线"), 15, 1, 600),
    "sup.answer_days": Count(N_("监督意见答复时限（工作日）"), 10, 1, 60),
    "sup.inform_days": Count(N_("监督询问答复时限（工作日）"), 15, 1, 60),
    "rct.simple_days": Count(N_("简单问题整改时限（工作日）"), 5, 1, 60),
    "rct.complex_days": Count(N_("复杂问题整改时限（工作日）"), 15, 1, 120),
    "rct.recurrence_days": Count(N_("重复发生认定期"), 90, 1, 400),
    "rct.collective_count": Count(N_("同类问题集中提示次数"), 3, 2, 100),
    "rct.public_days": Count(N_("大屏整改公示期"), 90, 1, 400),
    "rct.proof": Choice(
        N_("现场发现的问题凭什么核实通过"),
        "reason",
        {"material": N_("必须有整改前后的材料"), "reason": N_("整改前后的材料，或无法提供的原因"), "words": N_("写明怎样核实即可")},
    ),
    "fac.minor_days": Count(N_("轻微故障维修时限（工作日）"), 5, 1, 60),
    "fac.serious_days": Count(N_("较重故障维修时限（工作日）"), 3, 1, 60),
    "fac.grave_days": Count(N_("严重故障维修时限（工作日）"), 1, 1, 60),
    "idx.min_n": Count(N_("计算比率的最少件数"), 10, 3, 1000),
    "dsp.stale_hide_min": Count(N_("大屏断网后隐去时间"), 10, 1, 120),
    "dsp.stale_static_min": Count(N_("大屏断网后只显示服务目录"), 30, 1, 480),
    "dsp.empty_neighbour_min": Count(N_("空岗后引导至邻窗"), 10, 1, 120),
    "dsp.kept_days": Count(N_("公示内容到期后保留"), 60, 1, 400),
    "emg.responder_min": Count(N_("突发事件现场响应时限"), 3, 1, 60),
    "emg.head_min": Count(N_("突发事件负责人响应时限"), 5, 1, 120),
    "emg.lead_min": Count(N_("突发事件领导响应时限"), 15, 1, 240),
    "emg.link_min": Count(N_("同一突发事件归并时长"), 30, 1, 240),
    "emg.handling_min": Count(N_("突发事件处理到位时限"), 15, 1, 480),
    "emg.report_min": Count(N_("突发事件报告到位时限"), 30, 1, 480),
    "emg.feedback_hours": Count(N_("突发事件反馈到位时限"), 24, 1, 240),
    "emg.order_days": Count(N_("热点督办办理时限（工作日）"), 5, 1, 60),
    "prv.mask_citizen_days": Count(N_("群众个人信息隐去"), 90, 1, 800),
    "dev.shown_days": Count(N_("办结记录在设备上保留"), 400, 30, 2000),
    "sec.pin": Choice(N_("设备 PIN"), "offered", {"required": N_("必须使用"), "offered": N_("建议使用"), "off": N_("不使用")}),
    "sec.lease_hours": Count(N_("设备解锁有效期"), 12, 1, 72),
    "off.max_offline_days": Count(N_("离线数据保留"), 30, 1, 90),
    "off.max_offline_sealed_hours": Count(N_("离线密封数据保留"), 24, 1, 168),
}
"""Every parameter that decides something, in the order of the settings screen."""

LATER: dict[str, Value] = {
    "fq.reply_days": 7,
    "tl.ask_leader_days": 2,
    "tl.study_days": 7,
    "tl.due_soon_days": 1,
    "tl.instant_max_minutes": 30,
    "stp.max_days_supplement": 10,
    "stp.max_days_site": 15,
    "acc.collective_threshold": 3,
    "acc.statement_days": 3,
    "acc.appeal_days": 15,
    "cmp.accept_days": 2,
    "cmp.simple_days": 1,
    "cmp.complex_days": 5,
    "cmp.retaliation_watch_days": 180,
    "sat.first_contact_days": 1,
    "sat.rectify_days": 5,
}
"""Parameters of institutions that are not here yet: known by their default, but nobody can set what decides nothing."""

DEFAULT_RULES: dict[str, Value] = LATER | {key: param.default for key, param in PARAMS.items()} | {"demo.always_open": False}
"""What holds where a hall has said nothing else."""


def fits(key: str, value: Value) -> bool:
    """True when a hall may set the parameter to this."""
    match PARAMS.get(key):
        case Count(_, _, low, high):
            return type(value) is int and low <= value <= high
        case Switch():
            return type(value) is bool
        case Choice(_, _, options):
            return value in options
        case Clock():
            return isinstance(value, str) and CLOCK.fullmatch(value) is not None
        case Roles():
            return isinstance(value, str) and ROLES.issuperset(value.split(",") if value else [])
    return False
