"""台账 of attendance for the desk: days, exceptions, punches (ATT), who reads what of them (§7), and the numbers of IDX-02."""

from server.domain.attendance.tables import DayRecord, ExceptionRecord, PunchRecord
from server.domain.base import Column, Measure, Reading, Register, Related
from sync.errors import N_
from sync.units import DAY_MS

READ_BY_OFFICE = Reading(frozenset({"OFF"}))
OWN_UNIT = Reading(frozenset({"HEAD"}), "unit")
WAYS = {"in": N_("签到"), "out": N_("签退")}
METHODS = {"phone": N_("手机打卡"), "terminal": N_("考勤终端"), "hand_list": N_("手工签到表"), "correction": N_("补签")}
KINDS = {
    "ok": N_("正常"),
    "waiting": N_("未到时间"),
    "unseen": N_("尚未签到"),
    "late": N_("迟到"),
    "early": N_("早退"),
    "half_day": N_("缺勤半天"),
    "missing": N_("缺卡"),
    "absent": N_("未见出勤"),
    "pending": N_("待核"),
    "leave": N_("请假"),
    "official": N_("公务外出"),
    "excused": N_("统一免计"),
}
STATES = {
    "detected": N_("待说明"),
    "pending": N_("待核"),
    "answered": N_("已说明，待认定"),
    "explained": N_("说明已采信，不计"),
    "confirmed": N_("已认定"),
    "appealed": N_("申诉中"),
    "upheld": N_("申诉后维持"),
    "withdrawn": N_("申诉后撤销，不计"),
    "cleared": N_("已核销，不计"),
}
DAY_STATES = {"open": N_("未结"), "provisional": N_("暂结"), "closed": N_("已结")}
GRADES = {"A": N_("A：时间有凭据"), "B": N_("B：按校正后的时间"), "C": N_("C：时间无法核实，由人判定")}


def _edge(day: DayRecord, session: int, out: bool) -> int | None:
    """When the person signed in (or out) of a session; None when not."""
    if session >= len(day.spells):
        return None
    return (day.spells[session].out_at if out else day.spells[session].in_at) or None


REGISTERS = (
    Register(
        name="attendance",
        title=N_("考勤异常台账"),
        record=ExceptionRecord,
        columns=(
            Column("day", N_("日期"), "day", "P2"),
            Column("person", N_("姓名"), "person", "P2"),
            Column("unit", N_("单位"), "unit", "P2"),
            Column("kind", N_("异常"), "choice", "P2", choices=KINDS),
            Column("way", N_("签到签退"), "choice", "P2", choices=WAYS),
            Column("due_at", N_("应到时间"), "time", "P2"),
            Column("at", N_("实到时间"), "time", "P2", value=lambda one: one.at or None),
            Column("minutes", N_("分钟"), "number", "P2"),
            Column("state", N_("状态"), "choice", "P2", choices=STATES),
            Column("counted", N_("计次"), "flag", "P2"),
            Column("until", N_("陈述截止"), "day", "P2"),
            Column("grade", N_("时间凭据"), "choice", "P2", choices=GRADES),
        ),
        readings=(
            READ_BY_OFFICE,
            OWN_UNIT,
            Reading(frozenset({"EFF"}), where="state IN ('confirmed', 'appealed', 'upheld')"),
            Reading(frozenset({"LEAD", "TOP"}), sealed=frozenset({"person"})),
        ),
        at="day",
        unit="unit",
        own="person",
        totals="state",
        related=lambda one: (
            Related("attendance_day", N_("考勤日"), {"person": one.person}, one.due_at, one.due_at),
            Related("punch", N_("签到签退记录"), {"person": one.person}, one.due_at, one.due_at),
            Related("leave", N_("请假"), {"person": one.person}, one.due_at - 30 * DAY_MS, one.due_at),
        ),
    ),
    Register(
        name="attendance_day",
        title=N_("考勤日台账"),
        record=DayRecord,
        columns=(
            Column("day", N_("日期"), "day", "P2"),
            Column("person", N_("姓名"), "person", "P2"),
            Column("unit", N_("单位"), "unit", "P2"),
            Column("due", N_("应到场次"), "number", "P2"),
            Column("in1", N_("第一场签到"), "time", "P2", value=lambda day: _edge(day, 0, False)),
            Column("out1", N_("第一场签退"), "time", "P2", value=lambda day: _edge(day, 0, True)),
            Column("in2", N_("第二场签到"), "time", "P2", value=lambda day: _edge(day, 1, False)),
            Column("out2", N_("第二场签退"), "time", "P2", value=lambda day: _edge(day, 1, True)),
            Column("plain", N_("无异常"), "flag", "P2"),
            Column("state", N_("状态"), "choice", "P2", choices=DAY_STATES),
        ),
        readings=(READ_BY_OFFICE, OWN_UNIT),
        at="day",
        unit="unit",
        own="person",
        totals="state",
    ),
    Register(
        name="punch",
        title=N_("签到签退台账"),
        record=PunchRecord,
        columns=(
            Column("at", N_("时间"), "time", "P2"),
            Column("person", N_("姓名"), "person", "P2"),
            Column("unit", N_("单位"), "unit", "P2"),
            Column("way", N_("签到签退"), "choice", "P2", choices=WAYS),
            Column("method", N_("方式"), "choice", "P2", choices=METHODS),
            Column("in_hall", N_("在大厅内"), "flag", "P2", value=lambda punch: None if punch.in_hall < 0 else bool(punch.in_hall)),
            Column("grade", N_("时间凭据"), "choice", "P2", choices=GRADES),
            Column("received_at", N_("送达时间"), "time", "P2"),
            Column("by", N_("登记人"), "person", "P2"),
        ),
        readings=(READ_BY_OFFICE, OWN_UNIT),
        at="at",
        unit="unit",
        own="person",
        totals="method",
    ),
)

MEASURES = (
    Measure(DayRecord, "day", "unit", {"sessions_due": "sum(due)", "sessions_on_time": "sum(due)"}, where="state <> 'open' AND due > 0"),
    # Late or early, absent, without a punch nobody explained, or converted into half a day (ATT-04); a session counts once.
    Measure(
        ExceptionRecord,
        "day",
        "unit",
        {"sessions_on_time": "-count(DISTINCT person || ':' || CAST(session AS text))"},
        where="kind IN ('late', 'early', 'absent', 'missing', 'half_day') AND counted",
    ),
)
