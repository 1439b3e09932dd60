"""What the desk sets in the golden corpus: units and people, roster, leave, plans of inspection, campaigns, calendar and hours."""

from collections.abc import Iterator

import msgspec

from server.domain.board import ops as board
from server.domain.campaign import ops as campaign
from server.domain.hall.calendar import SHIPPED
from server.domain.hall.days import HallCalendar, HallDay, HallOpening
from server.domain.hall.settings import HallAbout, HallRules
from server.domain.hall.tables import RoleTerm, UnitTerm
from server.domain.hot import ops as hot
from server.domain.incident import ops as incident
from server.domain.leave import ops as leaves
from server.domain.leave.policy import defaults
from server.domain.roster import ops as roster
from server.domain.visit import people_ops as people
from server.domain.visit import plan_ops as plans
from server.golden.stage import BEGIN_MS, TODAY, Act, Ids, Stage
from sync.ops import Blob
from sync.units import DAY_MS, HOUR_MS, MINUTE_MS

UNIT, ZONE, SERVICE, POST, PERSON = "u90", "Z", "s900", "Z01", "p900"
NAMES = {"zh_Hans": "Pilot", "en": "Pilot"}
MONDAY = "2026-03-23"
PLAN_BEGINS, PLAN_ENDS = "2026-03-19", "2026-03-20"
UTILITY = "u27"


def scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """Everything the desk says, and a few things it is not let do. One push for each list."""
    yield from organisation_scenes()
    yield from roster_scenes(stage, post)
    yield from leave_scenes(stage)
    yield from leave_rule_scenes(stage)
    yield from plan_scenes(stage)
    yield from appointing_scenes(stage)
    yield from campaign_scenes(stage)
    yield from hot_scenes(stage)
    yield from calendar_scenes()
    yield from board_scenes(stage)


def organisation_scenes() -> Iterator[list[Act]]:
    """A unit with a zone, a service, a post and a person comes, and goes again."""
    unit = roster.PutUnit(NAMES, "resident")
    person = roster.PutPerson("pilot", "9001", [UnitTerm(UNIT, TODAY)], [RoleTerm("STF", TODAY)])
    qualified = roster.Qualify(PERSON, SERVICE, trained=True, authorised=True)
    yield [Act("staff", "org.unit", unit, UNIT)]
    yield [
        Act("admin", "org.unit", unit, UNIT),
        Act("admin", "org.zone", roster.PutZone(NAMES, 3, 9), ZONE),
        Act("admin", "org.service", roster.PutService(NAMES, UNIT), SERVICE),
        Act("admin", "org.post", roster.PutPost("Z01", ZONE, UNIT, services=[SERVICE], required=False), POST),
        Act("admin", "org.person", person, PERSON),
        Act("admin", "org.qualify", qualified, f"{PERSON}.{SERVICE}"),
        Act("admin", "org.unit_end", roster.EndUse("not yet"), UNIT),
    ]
    yield [
        Act("admin", "org.person_end", roster.EndPerson(TODAY), PERSON),
        Act("admin", "org.post_end", roster.EndUse(), POST),
        Act("admin", "org.service_end", roster.EndUse(), SERVICE),
        Act("admin", "org.zone_end", roster.EndUse(), ZONE),
        Act("admin", "org.unit_end", roster.EndUse("the pilot is over"), UNIT),
    ]


def roster_scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """A day is changed and published, another is copied and dropped; A and B change places and back."""
    a, b, day = stage.uids["staff"], stage.uids["standin"], PLAN_ENDS
    new = Ids("roster")
    changed = roster.PutDraft([roster.DutyCell(day, post, b, a)])
    yield [
        Act("head", "roster.consent", roster.Consent(b, day, day, 3, "agreed"), new(stage.clock.at)),
        Act("head", "roster.draft", changed),
        Act("head", "roster.publish", roster.PublishRoster(day, day, [post])),
        Act("head", "roster.publish", roster.PublishRoster(day, day, [post], text="a training")),
        Act("head", "roster.draft", roster.PutDraft([roster.DutyCell(MONDAY, post, b, a)])),
        Act("head", "roster.discard", roster.Discard(MONDAY, MONDAY, [post])),
        Act("head", "roster.copy", roster.CopyRoster(day, MONDAY, 1, [post])),
        Act("head", "roster.discard", roster.Discard(MONDAY, MONDAY)),
    ]
    yield [
        Act("staff", "roster.swap", roster.PutSwap(post, TODAY, b, a, "the printer"), new(stage.clock.at)),
        Act("staff", "roster.swap", roster.PutSwap(post, TODAY, a, b, "back again"), new(stage.clock.at)),
        Act("staff", "roster.draft", changed),
    ]
    yield [Act("inspector", "roster.swap", roster.PutSwap(post, TODAY, b, a))]


def leave_scenes(stage: Stage) -> Iterator[list[Act]]:
    """A leave from the request to the recall; one told by phone, filed and taken back; two made one and ended."""
    uid, now, new = stage.uids, stage.clock, Ids("leaves")
    asked, told, twice, again = (new(now.at) for _ in range(4))
    begin = BEGIN_MS + 5 * DAY_MS
    end = begin + 180 * MINUTE_MS
    annual = leaves.LeaveRequest(uid["staff"], "annual", begin + DAY_MS, end + DAY_MS)
    yield [
        Act("staff", "leave.request", leaves.LeaveRequest(uid["staff"], "personal", begin, end, "family", uid["standin"]), asked),
        Act("staff", "leave.decide", leaves.LeaveDecide(True), asked),
        Act("staff", "leave.request", leaves.LeaveRequest(uid["staff"], "no such type", begin, end)),
    ]
    yield [
        Act("head", "leave.decide", leaves.LeaveDecide(True, "agreed"), asked),
        Act("head", "leave.cover", leaves.LeaveCover(uid["head"]), asked),
        Act("head", "leave.told", leaves.LeaveTold(uid["standin"], now.at, begin, end, "rang up"), told),
    ]
    yield [Act("office", "leave.decide", leaves.LeaveDecide(True), asked)]
    yield [Act("staff", "leave.proof", leaves.LeaveProof(1, "a ticket"), asked)]
    yield [
        Act("office", "leave.open", leaves.LeaveOpen("to check the proof"), asked),
        Act("office", "leave.open", leaves.LeaveOpen(" "), asked),
    ]
    yield [
        Act("head", "leave.convert", leaves.LeaveConvert("annual", "there is some left"), asked),
        Act("head", "leave.recall", leaves.LeaveRecall(begin, "an inspection that day"), asked),
    ]
    yield [
        Act("standin", "leave.request", leaves.LeaveRequest(uid["standin"], "sick", begin, end, "a fever"), told),
        Act("standin", "leave.withdraw", leaves.LeaveWithdraw("well again"), told),
    ]
    yield [
        Act("staff", "leave.request", annual, twice),
        Act("staff", "leave.request", msgspec.structs.replace(annual, to_at=end + DAY_MS + HOUR_MS), again),
        Act("staff", "leave.merge", leaves.LeaveMerge(twice), again),
        Act("staff", "leave.return", leaves.LeaveReturn(now.at), twice),
    ]


def leave_rule_scenes(stage: Stage) -> Iterator[list[Act]]:
    """A type of leave and a table of approvers from today on, what a person's entitlement rests on, a deputy."""
    kind = msgspec.structs.replace(next(one.rule for one in defaults().types if one.code == "personal"), valid_from=TODAY)
    entitled = leaves.LeaveEntitle("2012-07-01", granted={"2026:comp": 100})
    yield [
        Act("office", "leave.type", leaves.LeaveSetType(kind), f"personal@{TODAY}"),
        Act("office", "leave.type", leaves.LeaveSetType(kind), "personal@2020-01-01"),
        Act("office", "leave.chain", leaves.LeaveSetChain(TODAY, defaults().chains["usual"]), f"usual@{TODAY}"),
        Act("office", "leave.entitle", entitled, stage.uids["staff"]),
        Act("office", "leave.deputy", leaves.LeaveDeputy(stage.uids["standin"], TODAY, TODAY), stage.uids["head"]),
    ]


def plan_scenes(stage: Stage) -> Iterator[list[Act]]:
    """One plan is drawn with a minute that came after it and published when its days are over, another is given up. Of the drawn one, which
    takes a unit of either category whatever that minute is, the only one of its category is replaced.
    """
    new = Ids("plans")
    drawn, dropped = new(stage.clock.at), new(stage.clock.at)
    plan = plans.CommitPlan(
        "acceptance",
        "covert",
        "ms-1",
        ["u01", "u02", UTILITY],
        [stage.uids["shopper"], stage.uids["shopper2"]],
        PLAN_BEGINS,
        PLAN_ENDS,
        ["morning"],
        "5a" * 32,
        coverage_percent=60,
    )
    yield [
        Act("checklead", "plan.commit", plan, drawn),
        Act("checklead", "plan.commit", plan, dropped),
        Act("checklead", "plan.commit", msgspec.structs.replace(plan, from_day=TODAY)),
        Act("checklead", "plan.draw", plans.DrawPlan(), drawn),
        Act("checklead", "plan.drop", plans.DropPlan("the scope was wrong"), dropped),
    ]
    (other,) = stage.found("SELECT rid FROM person WHERE roles LIKE '%CHECK%' AND rid <> ?", stage.uids["checklead"])
    # A minute of the log that began after the plan: something must be said in it, and it must be over.
    stage.wait(stage.clock.at + 2 * MINUTE_MS)
    yield [Act("inspector", "plan.draw", plans.DrawPlan(), drawn)]
    stage.wait(stage.clock.at + 2 * MINUTE_MS)
    yield [
        Act("checklead", "plan.draw", plans.DrawPlan(), drawn),
        Act("checklead", "plan.replace", plans.ReplaceVisit(UTILITY, "closed for good"), drawn),
        Act("checklead", "plan.replace", plans.ReplaceVisit(UTILITY, "once more"), drawn),
        Act("checklead", "plan.hand_over", plans.HandOverPlan(stage.uids["checklead"], "mine already"), drawn),
        Act("checklead", "plan.hand_over", plans.HandOverPlan(other, "moves to another section"), dropped),
        Act("checklead", "plan.publish", plans.PublishPlan(["nothing yet"]), drawn),
        Act("checklead", "plan.reveal", plans.RevealPlan(), drawn),
    ]


def appointing_scenes(stage: Stage) -> Iterator[list[Act]]:
    """The director has a leader lead checks from a day on, and takes it back; a lead has somebody from outside visit, and ends it."""
    visitor = Ids("appointing")(stage.clock.at)
    (other,) = stage.found("SELECT rid FROM person WHERE roles LIKE '%CHECK%' AND rid <> ?", stage.uids["checklead"])
    yield [
        Act("director", "check.appoint", people.AppointLead(PLAN_BEGINS), stage.uids["leader"]),
        Act("director", "check.appoint", people.AppointLead(PLAN_ENDS, ends=True), stage.uids["leader"]),
        Act("director", "check.appoint", people.AppointLead(TODAY), stage.uids["director"]),
    ]
    yield [Act("office", "check.appoint", people.AppointLead(TODAY), stage.uids["leader"])]
    yield [
        Act("director", "check.relieve", people.RelieveLead(stage.uids["leader"]), stage.uids["checklead"]),
        Act("director", "check.relieve", people.RelieveLead(stage.uids["checklead"]), other),
    ]
    yield [
        Act("checklead", "check.visitor", people.PutVisitor("a guest", PLAN_ENDS), visitor),
        Act("checklead", "check.visitor", people.PutVisitor(ends=True), visitor),
        Act("checklead", "check.visitor", people.PutVisitor(ends=True), visitor),
    ]


def campaign_scenes(stage: Stage) -> Iterator[list[Act]]:
    """A campaign with a self-check and what it leaves behind; a problem that is rectified, one that is not, and one that was none."""
    uid, new, now = stage.uids, Ids("campaign"), stage.clock
    rid, fixed, found, left, twice = (new(now.at) for _ in range(5))
    phases = [
        campaign.Phase("mobilise", "2026-03-16", TODAY, duties=[campaign.CampaignDuty("d1", "put up the notice", uid["staff"], TODAY)]),
        campaign.Phase("self_check", "2026-03-19", "2026-03-31", ["item by item"]),
    ]
    laid = campaign.PutCampaign("clean windows", ["u01"], phases, uid["leader"])
    wrong = campaign.FindProblem("u01", "patrol", "F05", "nobody at the window", campaign=rid)
    yield [
        Act("checklead", "camp.put", laid, rid),
        Act("checklead", "camp.put", msgspec.structs.replace(laid, phases=[]), rid, {rid: 1}),
        Act("checklead", "camp.put", laid, rid),
        Act("checklead", "camp.finish", campaign.FinishPhase(0, "everybody knows"), rid),
        Act("checklead", "camp.finish", campaign.FinishPhase(1), rid),
    ]
    problems = [campaign.FoundProblem(fixed, "F01", "late twice", fixed="talked about")]
    yield [
        Act("head", "camp.self_check", campaign.SelfCheck(rid, "u01", problems)),
        Act("head", "camp.self_check", campaign.SelfCheck(rid, "u01", [])),
        Act("head", "camp.output", campaign.Output(rid, "u01", "training", "how to say one is away", TODAY)),
    ]
    yield [
        Act("staff", "camp.duty", campaign.ReportDuty("d1", text="it hangs"), rid),
        Act("staff", "camp.duty", campaign.ReportDuty("d2"), rid),
        Act(
            "checklead", "camp.file", campaign.AddFile(rid, "the plan"), new(now.at), blobs=(Blob("5e" * 32, 90_000, "image/jpeg", now.at),)
        ),
    ]
    yield [Act("inspector", "problem.find", wrong, one) for one in (found, left, twice)]
    yield [Act("head", "problem.answer", campaign.AnswerProblem("this one is there already", dispute=True), twice)]
    yield [
        Act("inspector", "problem.withdraw", campaign.WithdrawProblem("entered twice"), twice),
        Act("inspector", "problem.withdraw", campaign.WithdrawProblem("once more"), twice),
    ]
    yield [
        Act("checklead", "problem.order", campaign.OrderProblem("somebody at every window", uid["staff"]), found),
        Act("checklead", "problem.order", campaign.OrderProblem("somebody at every window", uid["staff"]), left),
        Act("checklead", "problem.close", campaign.CloseProblem("not done"), left),
    ]
    yield [
        Act("staff", "problem.measures", campaign.SetMeasures("B is told earlier"), found),
        Act("staff", "problem.claim", campaign.ClaimDone("done for a week"), found),
        Act("staff", "problem.claim", campaign.ClaimDone("which one"), new(now.at)),
    ]
    yield [
        Act("inspector", "problem.verify", campaign.VerifyProblem(True, "it is so", "who was missing cannot be photographed now"), found),
        Act("inspector", "problem.verify", campaign.VerifyProblem(True, "seen again"), found),
    ]


def hot_scenes(stage: Stage) -> Iterator[list[Act]]:
    """What was frequent becomes an order to a section; its answer is returned once, then settled."""
    rid = Ids("hot")(stage.clock.at)
    ordered = hot.OrderSection("u01", "queues", "open more windows", "2026-02-01", TODAY, [hot.Counted("incident", "crowd", 3)], 5)
    yield [
        Act("office", "hot.order", ordered, rid),
        Act("office", "hot.order", msgspec.structs.replace(ordered, counted=[])),
        Act("office", "hot.settle", hot.SettleOrder(True), rid),
    ]
    plan = incident.PutIncidentPlan([NAMES])
    yield [Act("office", "incident.plan", plan, "crowd"), Act("office", "incident.plan", plan, "no such kind")]
    yield [Act("head", "hot.answer", hot.AnswerOrder("two more from nine to eleven"), rid)]
    yield [Act("office", "hot.settle", hot.SettleOrder(False, "and on Mondays?"), rid)]
    yield [Act("head", "hot.answer", hot.AnswerOrder("on Mondays, too"), rid)]
    yield [Act("office", "hot.settle", hot.SettleOrder(True), rid)]


def calendar_scenes() -> Iterator[list[Act]]:
    """A year's calendar, hours from a day on, a closed day; all of days to come."""
    day = [("09:00", "12:00"), ("13:30", "17:00")]
    yield [
        Act("office", "hall.calendar", HallCalendar((SHIPPED / "cn-2026.json").read_text(encoding="utf-8")), "hall"),
        Act("office", "hall.calendar", HallCalendar("{}"), "hall"),
        Act("office", "hall.opening", HallOpening("2026-06-02", {str(n): day for n in range(1, 6)}), "hall"),
        Act("office", "hall.day", HallDay("2026-06-05", "2026-06-05", "closed", "a repair"), "hall"),
        Act("office", "hall.rules", HallRules("2026-06-02", {"att.grace_min": 5}, "a trial"), "hall"),
        Act("office", "hall.about", HallAbout(phone="0000-12345678", plate="surname_title"), "hall"),
    ]


def board_scenes(stage: Stage) -> Iterator[list[Act]]:
    """What the office says on the lobby board, and what is kept off it."""
    new = Ids("board")
    notice, leader, contact, totals = (new(stage.clock.at) for _ in range(4))
    said = board.PutBoardItem("notice", TODAY, "", NAMES, NAMES, checked=True)
    yield [
        Act("staff", "board.put", said, notice),
        Act("office", "board.put", said, notice),
        Act("office", "board.put", msgspec.structs.replace(said, words={"zh_Hans": "13900000000"}), notice),
        Act("office", "board.put", board.PutBoardItem("leader", TODAY, TODAY, person=stage.uids["office"]), leader),
        Act("office", "board.put", board.PutBoardItem("channel", TODAY, phone="12345", link="https://hall.example/say"), contact),
        Act("office", "board.put", board.PutBoardItem("figures", totals=board.BoardTotals("2026-02", 400, 396, 120, 118)), totals),
        Act("office", "board.end", board.EndBoardItem(), notice),
        Act("office", "board.end", board.EndBoardItem(), notice),
    ]
