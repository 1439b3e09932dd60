"""台账 of problems, of rectification and of what was closed (RCT-01..05), with who reads them (§7); the numbers of IDX-28 and IDX-29."""

from collections.abc import Mapping, Sequence

from server.domain.base import Column, Measure, Reading, Register, Related
from server.domain.campaign.tables import ProblemRecord
from server.domain.hall.ops import Names
from sync.errors import N_

SOURCES = {
    "self_check": N_("自查"),
    "patrol": N_("巡查"),
    "covert": N_("暗访"),
    "complaint": N_("投诉"),
    "rating": N_("评价"),
    "evaluation": N_("政风行风评议"),
    "meeting": N_("首席代表会议"),
    "media": N_("媒体反映"),
}
LEVELS = {"minor": N_("轻微"), "serious": N_("较重"), "grave": N_("严重")}
STATES = {
    "found": N_("已登记"),
    "ordered": N_("已交办"),
    "rectifying": N_("整改中"),
    "claimed": N_("待核实"),
    "returned": N_("退回重改"),
    "verified": N_("已销号"),
    "not_done": N_("未整改"),
    "lifted": N_("已撤销"),
}
READINGS = (
    Reading(frozenset({"OFF", "EFF", "CHECK", "DIS", "LEAD", "TOP"})),
    Reading(frozenset({"HEAD"}), "unit"),
)


def _returned(problem: ProblemRecord) -> int:
    return sum(fact.kind == "returned" for fact in problem.facts)


def _behind(problem: ProblemRecord) -> Sequence[Related]:
    filters: Mapping[str, str] = {"code": problem.code}
    return (Related("problem", N_("同类问题"), filters, problem.found_at, problem.found_at),)


UNIT = Column("unit", N_("单位"), "unit", "P1")
STATE = Column("state", N_("状态"), "choice", "P1", choices=STATES)
OWNER = Column("owner", N_("责任人"), "person", "P1")


def registers(names: Mapping[str, Names]) -> tuple[Register, ...]:
    """The three registers, with the hall's own list of codes."""
    code = Column("code", N_("问题类别"), "choice", "P1", choices=names)
    return _problems(code), _rectifications(code), _closed(code)


def _problems(code: Column) -> Register:
    return Register(
        name="problem",
        title=N_("问题台账"),
        record=ProblemRecord,
        columns=(
            Column("found_at", N_("发现时间"), "time", "P1"),
            UNIT,
            code,
            Column("text", N_("情况"), "text", "P2"),
            Column("grade", N_("程度"), "choice", "P1", choices=LEVELS),
            Column("source", N_("来源"), "choice", "P1", choices=SOURCES),
            STATE,
            Column("due_at", N_("整改期限"), "time", "P1", value=lambda p: p.due_at or None),
            OWNER,
            Column("by", N_("发现人"), "person", "P1"),
            Column("again", N_("复发"), "flag", "P1", value=lambda p: bool(p.recurs)),
        ),
        readings=READINGS,
        at="found_at",
        unit="unit",
        own="owner",
        totals="state",
        related=_behind,
    )


def _rectifications(code: Column) -> Register:
    return Register(
        name="rectification",
        title=N_("整改台账"),
        record=ProblemRecord,
        columns=(
            Column("due_at", N_("整改期限"), "time", "P1"),
            UNIT,
            code,
            Column("demand", N_("整改要求"), "text", "P2"),
            OWNER,
            STATE,
            Column("overdue", N_("逾期"), "flag", "P1"),
            Column("first_due_at", N_("原定期限"), "time", "P1", value=lambda p: p.first_due_at or None),
            Column("extended", N_("展期"), "flag", "P1"),
            Column("unproven", N_("时间待核"), "flag", "P1"),
            Column("claimed_at", N_("报告完成"), "time", "P1", value=lambda p: p.claimed_at or None),
            Column("returned", N_("退回次数"), "number", "P1", value=_returned),
            Column("closed_at", N_("核实销号"), "time", "P1", value=lambda p: p.closed_at or None),
            Column("found_at", N_("发现时间"), "time", "P1"),
        ),
        readings=READINGS,
        at="due_at",
        unit="unit",
        own="owner",
        where="due_at > 0 AND NOT lifted",
        totals="state",
        related=_behind,
    )


def _closed(code: Column) -> Register:
    return Register(
        name="closed",
        title=N_("销号台账"),
        record=ProblemRecord,
        columns=(
            Column("closed_at", N_("核实销号"), "time", "P1"),
            UNIT,
            code,
            Column("came_back", N_("销号后又出现"), "flag", "P1"),
            Column("grade", N_("程度"), "choice", "P1", choices=LEVELS),
            OWNER,
            Column("found_at", N_("发现时间"), "time", "P1"),
        ),
        readings=READINGS,
        at="closed_at",
        unit="unit",
        own="owner",
        where="closed_at > 0",
        totals="code",
        related=_behind,
    )


VERIFIED = "CASE WHEN state = 'verified' THEN 1 ELSE 0 END"
VERIFIED_IN_TIME = "CASE WHEN state = 'verified' AND NOT overdue AND NOT unproven AND NOT extended THEN 1 ELSE 0 END"
CAME_BACK = "CASE WHEN came_back THEN 1 ELSE 0 END"
MEASURES = (
    # IDX-28: by the day on which the term ends.
    Measure(
        ProblemRecord,
        "due_at",
        "unit",
        {"rct_due": "count(*)", "rct_verified": f"sum({VERIFIED})", "rct_in_time": f"sum({VERIFIED_IN_TIME})"},
        where="due_at > 0 AND NOT lifted",
    ),
    # IDX-29: of those closed, how many were there again within the window.
    Measure(ProblemRecord, "closed_at", "unit", {"rct_closed": "count(*)", "rct_back": f"sum({CAME_BACK})"}, where="closed_at > 0"),
)
