"""What follows in the golden corpus from being seen and from signing in: findings, attendance, the months settled and adjusted."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from server.domain.attendance import ops as att
from server.domain.patrol import ops as patrol
from server.domain.trail import ops as trail
from server.domain.visit import plan_ops as plans
from server.golden.stage import TODAY, Act, Ids, Stage
from sync.units import DAY_MS, HOUR_MS

YESTERDAY, MONTH = "2026-03-17", "2026-03"
ZONE = ZoneInfo("Asia/Shanghai")


def at(moment: str) -> int:
    """An ISO time of the hall, in ms."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=ZONE).timestamp() * 1000)


def scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """The rest of the day, and what is settled in the weeks after it. One push for each list."""
    yield from trail_scenes(stage, post)
    yield from attendance_scenes(stage)
    stage.wait(at("2026-03-23T10:00"))
    plan = stage.found("SELECT rid FROM check_plan WHERE state = 'drawn'")[0]
    yield [Act("checklead", "plan.reveal", plans.RevealPlan("as laid down"), plan)]
    stage.wait(at("2026-04-01T09:00"))
    yield [Act("office", "att.close_month", att.CloseMonth(), MONTH)]
    yield from settlement_scenes(stage)


def trail_scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """A doubt the office decides, an observation it takes back, and a sighting of a closed month that adjusts a number."""
    now, new = stage.clock, Ids("trail")
    round_id, seen, old = (new(now.at) for _ in range(3))
    knew = patrol.Knew(1, [], now.at)
    others = "SELECT post FROM duty WHERE day = ? AND post NOT IN (SELECT post FROM away_post) ORDER BY post DESC"
    quiet = stage.found(others, TODAY)[0]
    yield [
        Act("inspector", "patrol.observe", patrol.Observe(round_id, quiet, "empty_notice", now.at, knew, waited=True), seen),
        Act("inspector", "patrol.observe", patrol.Observe(round_id, post, "serving", now.at - 35 * DAY_MS, knew), old),
    ]
    change = stage.found("SELECT rid FROM ledger_adjustment WHERE state = 'proposed' AND \"of\" = ?", post)[0]
    yield [
        Act("office", "finding.decide", trail.FindingDecide(False, "there are papers of that hour"), seen),
        Act("office", "finding.decide", trail.FindingDecide(False, "there is none"), new(now.at)),
        Act("office", "finding.void", trail.FindingVoid("the picture is of another window"), seen),
        Act("office", "ledger.adjust", trail.LedgerAdjust(True, "as the papers say"), change),
        Act("office", "ledger.adjust", trail.LedgerAdjust(True, "once more"), change),
    ]


def attendance_scenes(stage: Stage) -> Iterator[list[Act]]:
    """Punches and what stands in for them, an exception that is answered and decided, an excuse and its end, a day closed early."""
    uid, now, new = stage.uids, stage.clock, Ids("attendance")
    listed, corrected, excuse = (new(now.at) for _ in range(3))
    late = stage.found("SELECT rid FROM att_exception WHERE person = ? AND kind = 'late' ORDER BY rid", uid["staff"])[0]
    yield [
        Act("staff", "att.punch", att.Punch(TODAY, 0, "out")),
        Act("staff", "att.punch", att.Punch("2020-01-01", 0, "in")),
        Act("staff", "att.correct", att.PunchCorrect(YESTERDAY, 1, "out", at(f"{YESTERDAY}T17:45"), "forgotten"), corrected),
        Act("staff", "att.answer", att.AnswerException("a traffic jam"), late),
        Act("staff", "att.confirm", att.ConfirmSheet(True), f"{MONTH}:{uid['staff']}"),
    ]
    people = [att.Listed(uid["staff"], at(f"{YESTERDAY}T08:25"))]
    yield [Act("standin", "att.hand_list", att.HandList("u01", YESTERDAY, 0, "in", people, "power", "no light"), listed)]
    yield [
        Act("head", "att.decide_list", att.AttDecide(True), listed),
        Act("head", "att.decide_correction", att.AttDecide(True), corrected),
        Act("head", "att.decide", att.AttDecide(False, "there was none"), late),
        Act("head", "att.decide", att.AttDecide(True), late),
    ]
    span = now.at - HOUR_MS, now.at + HOUR_MS
    yield [
        Act("office", "att.excuse", att.ExcuseAll(*span, "weather", "a storm", ["u02"]), excuse),
        Act("office", "att.end_excuse", att.EndExcuse("it was another day"), excuse),
        Act("office", "att.close_day", att.CloseDay(), YESTERDAY),
        Act("office", "att.close_day", att.CloseDay(), TODAY),
    ]


def settlement_scenes(stage: Stage) -> Iterator[list[Act]]:
    """Every unit is vouched for, the month is settled before its time, and what was settled is set right in the open."""
    waiting = stage.found(
        "SELECT rid FROM att_exception WHERE month = ? AND state IN ('answered', 'pending', 'appealed') AND person <> ? ORDER BY rid",
        MONTH,
        stage.uids["office"],
    )
    units = stage.found("SELECT DISTINCT unit FROM att_sheet WHERE month = ? ORDER BY unit", MONTH)
    counted = stage.found("SELECT rid FROM att_exception WHERE person = ? AND counted = 1 ORDER BY rid", stage.uids["staff"])[0]
    yield [
        *(Act("office", "att.decide", att.AttDecide(True, "looked at"), rid) for rid in waiting),
        *(Act("office", "att.confirm_unit", att.ConfirmUnitMonth(), f"{MONTH}:{unit}") for unit in units),
        Act("office", "att.close_month", att.CloseMonth(), MONTH),
        Act("office", "att.adjust", att.AdjustSettled(False, "the clock was wrong"), counted),
    ]
    yield [Act("head", "att.approve", att.AttDecide(True), counted), Act("head", "att.approve", att.AttDecide(True), counted)]
