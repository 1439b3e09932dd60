"""The indices of §11 (IDX-01..09, 24..29, 37, 41): each is defined here once, as what is counted above and below the line. Pure.

The numbers come from the ledgers of the trail (server/domain/trail/ledger.py names them), and from the `measures` of other institutions.
Fewer cases than the hall's `idx.min_n` make no rate: the counts are shown.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from server.domain.trail.ledger import Numbers, add, lag_seconds
from sync.desk import IndexPoint
from sync.errors import N_

Kind = Literal["rate", "minutes", "number", "delay", "average"]
MAX = "max_"
ONCE = "once_"
PER_WHOLE = 10_000
"""A rate is told in hundredths of a percent."""


class Facts(NamedTuple):
    """A register in which the facts behind an index are, with its filters."""

    register: str
    filters: Mapping[str, str] = {}


class Index(NamedTuple):
    """One index. `top` and `bottom`: the numbers added up above and below the line; `parts`: numbers shown side by side; `cases`: what
    counts as cases where those below the line are points or minutes (`idx.min_n`).

    `counts`: what is counted above and below, in words; `good`: whether high or low is good; `percent`: of a delay.
    """

    id: str
    key: str
    title: str
    kind: Kind
    good: Literal["high", "low"]
    counts: tuple[str, str]
    top: tuple[str, ...]
    bottom: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    facts: tuple[Facts, ...] = ()
    percent: int = 0


INDICES: tuple[Index, ...] = (
    Index(
        id="IDX-01",
        key="on_post",
        title=N_("在岗率"),
        kind="rate",
        good="high",
        counts=(N_("见到有人在岗"), N_("巡查所见应到岗位")),
        top=("looks_served",),
        bottom=("looks",),
        facts=(Facts("observation"), Facts("finding")),
    ),
    Index(
        id="IDX-02",
        key="punctual",
        title=N_("准点率"),
        kind="rate",
        good="high",
        counts=(N_("没有迟到早退的场次"), N_("应到场次")),
        top=("sessions_on_time",),
        bottom=("sessions_due",),
        facts=(Facts("attendance"),),
    ),
    Index(
        id="IDX-03",
        key="noticed",
        title=N_("告示率"),
        kind="rate",
        good="high",
        counts=(N_("事先告示的离岗"), N_("全部离岗")),
        top=("absences_noticed",),
        bottom=("absences",),
        facts=(Facts("away"), Facts("finding")),
    ),
    Index(
        id="IDX-04",
        key="covered",
        title=N_("AB顶岗率"),
        kind="rate",
        good="high",
        counts=(N_("有人顶岗的分钟"), N_("离岗分钟")),
        top=("covered_min",),
        bottom=("absent_min",),
        cases=("absences",),
        facts=(Facts("cover"), Facts("away")),
    ),
    Index(
        id="IDX-05",
        key="unattended",
        title=N_("空岗时长"),
        kind="minutes",
        good="low",
        counts=(N_("空岗分钟"), N_("离岗分钟")),
        top=("noticed_empty_min", "bare_empty_min"),
        bottom=("absent_min",),
        parts=(("noticed_empty_min", N_("有告示")), ("bare_empty_min", N_("无告示"))),
        facts=(Facts("finding"), Facts("away")),
    ),
    Index(
        id="IDX-06",
        key="in_time",
        title=N_("按时返岗率"),
        kind="rate",
        good="high",
        counts=(N_("按时返岗"), N_("已返岗的离岗告示")),
        top=("ended_in_time",),
        bottom=("ended",),
        facts=(Facts("away", {"state": "returned"}),),
    ),
    Index(
        id="IDX-07",
        key="handed_ahead",
        title=N_("计划移交率"),
        kind="rate",
        good="high",
        counts=(N_("提前移交"), N_("计划内离岗")),
        top=("handed_ahead",),
        bottom=("planned_absences",),
        facts=(Facts("handover"),),
    ),
    Index(
        id="IDX-08",
        key="leave_back",
        title=N_("销假及时率"),
        kind="rate",
        good="high",
        counts=(N_("按时销假"), N_("已结束的请假")),
        top=("leaves_reported",),
        bottom=("leaves_ended",),
        facts=(Facts("leave"),),
    ),
    Index(
        id="IDX-09",
        key="both_away",
        title=N_("同时离岗冲突"),
        kind="number",
        good="low",
        counts=(N_("A、B都已准假的场次"), ""),
        top=("both_away",),
        facts=(Facts("leave"),),
    ),
    Index(
        id="IDX-24",
        key="patrol_done",
        title=N_("巡查完成率"),
        kind="rate",
        good="high",
        counts=(N_("已巡时段"), N_("应巡时段")),
        top=("slots_done",),
        bottom=("slots_due",),
        facts=(Facts("slot"), Facts("round", {"type": "hourly"})),
    ),
    Index(
        id="IDX-24",
        key="patrol_gap",
        title=N_("最长未巡间隔"),
        kind="minutes",
        good="low",
        counts=(N_("最长未巡分钟"), ""),
        top=("max_gap_min",),
        facts=(Facts("slot"),),
    ),
    Index(
        id="IDX-25",
        key="covered_units",
        title=N_("检查覆盖率"),
        kind="rate",
        good="high",
        counts=(N_("已查单位"), N_("检查范围内单位")),
        top=("once_reached",),
        bottom=("once_in_scope",),
        facts=(Facts("coverage"),),
    ),
    Index(
        id="IDX-26",
        key="visit_score",
        title=N_("暗访平均得分率"),
        kind="rate",
        good="high",
        counts=(N_("得分"), N_("满分")),
        top=("visit_points",),
        bottom=("visit_full",),
        cases=("visits",),
        facts=(Facts("visit_result"),),
    ),
    Index(
        id="IDX-26",
        key="visit_veto",
        title=N_("一票否决数"),
        kind="number",
        good="low",
        counts=(N_("不合格的否决项"), ""),
        top=("visit_vetoes",),
        facts=(Facts("visit_result"),),
    ),
    Index(
        id="IDX-27",
        key="told_equal",
        title=N_("告知一致率"),
        kind="rate",
        good="high",
        counts=(N_("与指南一致"), N_("核对过的告知")),
        top=("told_equal",),
        bottom=("told_tested",),
        facts=(Facts("visit_result"),),
    ),
    Index(
        id="IDX-28",
        key="rectified",
        title=N_("整改完成率"),
        kind="rate",
        good="high",
        counts=(N_("已核实销号"), N_("到期应整改")),
        top=("rct_verified",),
        bottom=("rct_due",),
        facts=(Facts("rectification"),),
    ),
    Index(
        id="IDX-28",
        key="rectified_in_time",
        title=N_("整改按期率"),
        kind="rate",
        good="high",
        counts=(N_("按期整改"), N_("已核实销号")),
        top=("rct_in_time",),
        bottom=("rct_verified",),
        facts=(Facts("rectification", {"state": "verified"}),),
    ),
    Index(
        id="IDX-29",
        key="came_back",
        title=N_("复发率"),
        kind="rate",
        good="low",
        counts=(N_("销号后又出现"), N_("已销号")),
        top=("rct_back",),
        bottom=("rct_closed",),
        facts=(Facts("closed"),),
    ),
    Index(
        id="IDX-37",
        key="in_place",
        title=N_("三到位达标率"),
        kind="rate",
        good="high",
        counts=(N_("三到位及时"), N_("突发事件")),
        top=("incidents_in_time",),
        bottom=("incidents",),
        facts=(Facts("incident", {"drill": "0"}),),
    ),
    Index(
        id="IDX-37",
        key="to_responder",
        title=N_("处置响应用时"),
        kind="average",
        good="low",
        counts=(N_("分钟合计"), N_("已处理的事件")),
        top=("handled_min",),
        bottom=("incidents_handled",),
        facts=(Facts("incident", {"drill": "0"}),),
    ),
    Index(
        id="IDX-37",
        key="to_report",
        title=N_("报告用时"),
        kind="average",
        good="low",
        counts=(N_("分钟合计"), N_("已报告的事件")),
        top=("reported_min",),
        bottom=("incidents_reported",),
        facts=(Facts("incident", {"drill": "0"}),),
    ),
    Index(
        id="IDX-41",
        key="late",
        title=N_("补告示率"),
        kind="rate",
        good="low",
        counts=(N_("补告示"), N_("离岗告示")),
        top=("late_notices",),
        bottom=("notices",),
        facts=(Facts("late"),),
    ),
    Index(
        id="IDX-41",
        key="pending",
        title=N_("待核率"),
        kind="rate",
        good="low",
        counts=(N_("待核"), N_("巡查问题")),
        top=("pending",),
        bottom=("findings",),
        facts=(Facts("finding", {"state": "pending"}),),
    ),
    Index(
        id="IDX-41",
        key="lag50",
        title=N_("数据迟到（半数）"),
        kind="delay",
        good="low",
        counts=(N_("记录"), ""),
        top=("lag",),
        percent=50,
        facts=(Facts("away"), Facts("observation")),
    ),
    Index(
        id="IDX-41",
        key="lag95",
        title=N_("数据迟到（95%）"),
        kind="delay",
        good="low",
        counts=(N_("记录"), ""),
        top=("lag",),
        percent=95,
        facts=(Facts("away"), Facts("observation")),
    ),
)


class Span(NamedTuple):
    """Days, both included; `provisional` while a month among them is not closed (EVD-10)."""

    from_day: str
    to_day: str
    provisional: bool


def point(index: Index, numbers: Numbers, span: Span, min_n: int) -> IndexPoint:
    """The value of an index, with the cases it rests on."""
    top, bottom = _count(index.top, numbers), _count(index.bottom, numbers)
    return IndexPoint(
        from_day=span.from_day,
        to_day=span.to_day,
        top=top,
        bottom=bottom,
        value=_value(index, numbers, top, bottom, max(1, min_n)),
        parts=[numbers.get(key, 0) for key, _ in index.parts],
        provisional=span.provisional,
    )


def _value(index: Index, numbers: Numbers, top: int, bottom: int, min_n: int) -> int | None:
    """None where there are too few cases for a rate, a delay or an average to say anything."""
    if index.kind == "delay":
        return lag_seconds(numbers, index.percent) if top >= min_n else None
    if index.kind not in ("rate", "average"):
        return top
    cases = _count(index.cases or index.bottom, numbers)
    if not bottom or cases < min_n:
        return None
    return round(top * (PER_WHOLE if index.kind == "rate" else 1) / bottom)


def _count(keys: Iterable[str], numbers: Numbers) -> int:
    """The sum of these numbers; "lag" stands for all classes of delay."""
    return sum(n for k, n in numbers.items() if k in keys or ("lag" in keys and k.startswith("lag")))


def together(units: Iterable[Numbers]) -> Numbers:
    """The numbers of several units added up; of a number whose name begins with `max_` the greatest counts."""
    total: Numbers = {}
    for numbers in units:
        _mix(total, numbers, (MAX,))
    return total


def gather(into: Numbers, more: Numbers) -> None:
    """`into` with `more` of the same unit added; of a number whose name begins with `max_` or `once_` the greater counts: a unit that was
    visited in two months is one unit. `into` is changed."""
    _mix(into, more, (MAX, ONCE))


def _mix(into: Numbers, more: Numbers, greatest: tuple[str, ...]) -> None:
    longest = {key: max(into.get(key, 0), value) for key, value in more.items() if key.startswith(greatest)}
    add(into, {key: value for key, value in more.items() if not key.startswith(greatest)})
    into.update(longest)


def worst_first(index: Index, points: Iterable[tuple[str, IndexPoint]]) -> list[tuple[str, IndexPoint]]:
    """Units in the order in which somebody should look at them; those with too few cases last, by name of the id."""
    sign = 1 if index.good == "high" else -1
    known = [(unit, p) for unit, p in points if p.top or p.bottom]
    return sorted(known, key=lambda one: (one[1].value is None, sign * (one[1].value or 0), -one[1].bottom, one[0]))
