"""检查覆盖 as a register and a number (IDX-25, CHK-02, CHK-03): of revealed plans only, so that nothing of a sealed one is counted."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from server.domain.base import Column, Measure, Reading, Record, Register, Tx
from server.domain.hall.here import hall_of
from server.domain.hall.rules import FOREVER, day_start, rule
from server.domain.hall.tables import PostRecord, UnitRecord
from server.domain.hall.terms import due_by
from server.domain.visit.draw import ScopeUnit, needed
from server.domain.visit.plan_ops import Covered
from server.domain.visit.rules import Checked, PlanChecked
from server.domain.visit.tables import MissionRecord, PlanRecord, ResultRecord, VisitRecord
from server.domain.visit.views import requests
from sync.errors import N_

YES_NO = {"yes": N_("已查"), "no": N_("未查")}


class CoverageRecord(Record):
    """A unit in the frozen scope of a revealed plan, rid `{plan}:{unit}`. `day`: the last of the period; `category`: its stratum."""

    TABLE: ClassVar[str] = "check_coverage"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("day", "rid"),)

    plan: str
    unit: str
    category: str
    day: str
    title: str
    drawn: bool
    reached: str


def keep(tx: Tx, plan: PlanRecord, missions: Iterable[MissionRecord]) -> None:
    """Every unit of the scope, and whether it has a published result: distinct units, however often each was visited."""
    missions = _counting(plan, missions)
    drawn = {mission.unit for mission in missions}
    reached = {mission.unit for mission in missions if mission.state == "published"}
    for unit in plan.inputs.units:
        tx.put(
            CoverageRecord(
                rid=f"{plan.rid}:{unit.id}",
                plan=plan.rid,
                unit=unit.id,
                category=unit.category,
                day=plan.to_day,
                title=plan.title,
                drawn=unit.id in drawn,
                reached="yes" if unit.id in reached else "no",
            )
        )


def scope_of(tx: Tx, units: Iterable[UnitRecord]) -> list[ScopeUnit]:
    """Units with their category and the numbers of their windows, as they are now."""
    posts: list[PostRecord] = tx.ask("posts")
    return [ScopeUnit(unit.rid, unit.category, sorted(post.number for post in posts if post.unit == unit.rid)) for unit in units]


def checks_of(tx: Tx, *, campaign: str) -> list[PlanChecked]:
    """How far the revealed plans of a campaign have come, in the order of their periods (CAMP-07): nothing of a sealed one (CHK-05)."""
    found = []
    for plan in _revealed(tx, campaign):
        covered, categories = of_plan(plan, _missions(tx, plan))
        found.append(PlanChecked(plan.title, needed(len(plan.inputs.units), plan.inputs.coverage_percent), covered, categories))
    return found


def covered_of(tx: Tx, *, campaign: str, units: Iterable[str], days: Iterable[tuple[str, str]]) -> PlanChecked:
    """How far all revealed plans of a campaign together have come over its `units`, by results of visits made within `days`, spans of ISO
    days that begin with the first (CHK-02, CHK-03). What was drawn counts as drawn whenever it was to be visited.
    """
    spans, drawn, seen = sorted(days), set[str](), list[tuple[str, str]]()
    for plan in _revealed(tx, campaign):
        for mission in _counting(plan, _missions(tx, plan)):
            drawn.add(mission.unit)
            results = tx.find(ResultRecord, "mission = ? AND state = 'published'", [mission.rid])
            if any(first <= one.day <= last for one in results for first, last in spans):
                seen.append((mission.unit, mission.window))
    hall = hall_of(tx)
    known = [unit for one in units if (unit := tx.ask("unit", unit=one))]
    covered, categories = coverage(scope_of(tx, known), drawn, seen)
    percent = rule(hall, "chk.coverage_min_percent", day_start(spans[0][0], hall.tz))
    return PlanChecked("", needed(len(known), percent), covered, categories)


def _revealed(tx: Tx, campaign: str) -> list[PlanRecord]:
    return tx.find(PlanRecord, "campaign = ? AND state = 'revealed'", [campaign], "from_day, rid")


def _missions(tx: Tx, plan: PlanRecord) -> list[MissionRecord]:
    return tx.find(MissionRecord, "plan = ?", [plan.rid])


def _counting(plan: PlanRecord, missions: Iterable[MissionRecord]) -> list[MissionRecord]:
    """Without those that came to nothing and were replaced."""
    replaced = {one.unit for one in plan.replaced}
    return [one for one in missions if one.state != "void" or one.unit not in replaced]


def of_plan(plan: PlanRecord, missions: Iterable[MissionRecord]) -> tuple[Covered, dict[str, Covered]]:
    """How far a plan has come, in all and by category."""
    missions = _counting(plan, missions)
    return coverage(plan.inputs.units, [m.unit for m in missions], [(m.unit, m.window) for m in missions if m.state == "published"])


def coverage(units: Sequence[ScopeUnit], drawn: Iterable[str], published: Iterable[tuple[str, str]]) -> tuple[Covered, dict[str, Covered]]:
    """In all and by category: distinct units and windows of the scope with a published visit; a second visit adds nothing (CHK-02)."""
    drawn_units, seen = set(drawn), set(published)
    reached = {unit for unit, _ in seen}

    def of(scope: Sequence[ScopeUnit]) -> Covered:
        ids = {unit.id for unit in scope}
        windows = {(unit.id, window) for unit in scope for window in unit.windows}
        return Covered(len(ids), len(ids & drawn_units), len(ids & reached), len(windows), len(windows & seen))

    categories = sorted({unit.category for unit in units})
    return of(units), {name: of([u for u in units if u.category == name]) for name in categories}


def checked(tx: Tx, *, from_day: str, to_day: str) -> Checked:
    """Published results of these days, and the coverage of revealed plans that end in them."""
    results = tx.find(ResultRecord, "day >= ? AND day <= ? AND state = 'published'", [from_day, to_day])
    scope = tx.find(CoverageRecord, "day >= ? AND day <= ?", [from_day, to_day])
    told = [one for one in results if not open_until(tx, one)]
    units = {one.unit for one in scope}
    reached = {one.unit for one in scope if one.reached == "yes"}
    return Checked([(one.unit, one.tenths, one.vetoes) for one in told], len(units), len(reached), len(results) - len(told))


def result_open(tx: Tx, *, result: str) -> bool:
    """Whether this is a published result that is not to be told to others yet (PRV-17)."""
    known = tx.get(ResultRecord, result)
    return known is not None and known.state == "published" and open_until(tx, known) > 0


def result_stands(tx: Tx, *, result: str) -> bool | None:
    """Whether a published result, named by itself or by one of its sheets, was not taken back. None: nobody was told of any (CHK-05)."""
    known, sheet = tx.get(ResultRecord, result), tx.get(VisitRecord, result)
    if known is None and sheet:
        known = next((one for one in tx.find(ResultRecord, "mission = ?", [sheet.mission]) if result in one.visits), None)
        if known is None and sheet.published_at:
            return False
    return known.state == "published" if known and known.published_at else None


def result_seen(tx: Tx, *, result: str) -> int:
    """When a visit was made, or the first of a result (ms), for what was made of it (RCT-03); 0: there is none."""
    known = tx.get(ResultRecord, result)
    sheets = [tx.get(VisitRecord, rid) for rid in ([result] if known is None else known.visits)]
    return min((sheet.arrived_at for sheet in sheets if sheet), default=0)


def visit_team(tx: Tx, *, visit: str) -> frozenset[str]:
    """Who knows of a visit before anybody is told: its team, its lead and who led it before."""
    known = tx.get(VisitRecord, visit)
    mission = tx.get(MissionRecord, known.mission) if known else None
    return frozenset({mission.lead, *mission.team, *leads_before(tx, mission)} - {""}) if mission else frozenset()


def leads_before(tx: Tx, mission: MissionRecord) -> list[str]:
    """Who led a mission, or the plan that drew it, before, the last one last."""
    plan = tx.get(PlanRecord, mission.plan) if mission.plan else None
    return [*(one.of for one in (plan.handed if plan else ())), *(one.of for one in mission.led)]


def lead_at(mission: MissionRecord, at: int) -> str:
    """Who led a mission at a moment (ms)."""
    return next((one.of for one in mission.led if at < one.until_at), mission.lead)


def open_until(tx: Tx, result: ResultRecord) -> int:
    """Until when (ms) others are not told of a published result, 0: they may be. Nobody of the unit has said a word since it was published
    and there is still time, or a review that was asked for is not decided (PRV-17, EVD-12).
    """
    if requests(result) > result.decided:
        return FOREVER
    until_at = due_by(hall_of(tx), "evd.answer_days", result.published_at).at
    answered = any(word.at >= result.published_at for word in result.said)
    return until_at if not answered and tx.now <= until_at else 0


REGISTERS = (
    Register(
        name="coverage",
        title=N_("检查覆盖台账"),
        record=CoverageRecord,
        columns=(
            Column("day", N_("检查期间结束"), "day", "P1"),
            Column("title", N_("检查方案"), "text", "P1"),
            Column("unit", N_("单位"), "unit", "P1"),
            Column("category", N_("类别"), "text", "P1"),
            Column("drawn", N_("抽中"), "flag", "P1"),
            Column("reached", N_("结果"), "choice", "P1", choices=YES_NO),
        ),
        readings=(Reading(frozenset({"OFF", "CHECK", "EFF", "LEAD", "TOP"})), Reading(frozenset({"HEAD"}), "unit")),
        at="day",
        unit="unit",
        totals="reached",
    ),
)

MEASURES = (
    Measure(
        record=CoverageRecord,
        at="day",
        unit="unit",
        # A unit in the scopes of two plans is one unit, however long the span.
        sums={"once_in_scope": "COUNT(DISTINCT unit)", "once_reached": "COUNT(DISTINCT CASE WHEN reached = 'yes' THEN unit END)"},
    ),
)
