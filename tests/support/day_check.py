"""The day's part of those who lead an inspection or a campaign, and of everybody around an incident."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.domain.board import ops as board
from server.domain.campaign import ops as campaign
from server.domain.hall.rules import add_days
from server.domain.hot import ops as hot
from server.domain.incident import ops as incident
from server.domain.visit import people_ops as people
from server.domain.visit import plan_ops as plan
from tests.support.act import Act

if TYPE_CHECKING:
    from tests.support.day import Day


def command_acts(day: "Day", reported: str) -> Iterator[Act]:
    """What is written down of an incident, another report of it, the lobby told and cleared (EMG)."""
    lin, wang = day.cast["林"], day.cast["王"].pull()
    other, now = day.new_id("王"), lin.replica.time.now()
    place = next(iter(wang.replica.bodies("post")))
    yield Act("林", "incident.note", incident.NoteStep("action", now, "疏导到二楼"), reported)
    yield Act("王", "incident.report", incident.Report("power", place, now, 4, text="三号照明跳闸"), other)
    yield Act("周", "incident.link", incident.LinkIncident(reported), other)
    yield Act("周", "incident.mistake", incident.MarkMistake("检修拉闸，没有故障"), other)
    yield Act("周", "incident.mistake", incident.MarkMistake("确有故障", stands=True), other)
    yield Act("周", "incident.announce", incident.TellLobby("crowd"), reported)
    yield Act("周", "incident.clear", incident.AllClear(), reported)
    yield Act("周", "incident.plan", incident.PutIncidentPlan([{"zh_Hans": "疏导到二楼"}]), "crowd")


def hot_acts(day: "Day") -> Iterator[Act]:
    """What was frequent becomes an order to a section, is answered, and settled (EMG-06)."""
    zhao = day.cast["赵"].pull()
    unit, today, rid = zhao.replica.body("me", zhao.uid)["unit"], day.today(zhao), day.new_id("周")
    counted = [hot.Counted("incident", "crowd", 2), hot.Counted("problem", "F20", 1)]
    ordered = hot.OrderSection(unit, "排队拥挤", "增开窗口，公示等候时间", add_days(today, -30), today, counted)
    yield Act("周", "hot.order", ordered, rid)
    yield Act("赵", "hot.answer", hot.AnswerOrder("高峰时增开两个窗口"), rid)
    yield Act("周", "hot.settle", hot.SettleOrder(True, "可行"), rid)


def board_acts(day: "Day") -> Iterator[Act]:
    """The office says what it may on the lobby board, and takes one thing off again (DSP-01)."""
    zhou = day.cast["周"].pull()
    today = day.today(zhou)
    month = add_days(f"{today[:7]}-01", -1)[:7]
    notice, leader, contact, totals = (day.new_id("周") for _ in range(4))
    words = {"zh_Hans": "周六上午照常办理。", "en": "Open on Saturday morning as usual."}
    yield Act("周", "board.put", board.PutBoardItem("notice", today, "", {"zh_Hans": "周六开放"}, words, checked=True), notice)
    yield Act("周", "board.put", board.PutBoardItem("leader", today, today, person=zhou.uid), leader)
    yield Act("周", "board.put", board.PutBoardItem("channel", today, phone="010-12345", link="https://hall.example/say"), contact)
    yield Act("周", "board.put", board.PutBoardItem("figures", totals=board.BoardTotals(month, 400, 396, 120, 118)), totals)
    yield Act("周", "board.end", board.EndBoardItem(), notice)


def plan_acts(day: "Day") -> Iterator[Act]:
    """A plan is sealed; drawing it waits for a minute of the log, publishing it for the draw; it is given up, and handed over."""
    sun = day.cast["孙"].pull()
    rid = day.new_id("孙")
    hall = sun.replica.bodies("hall")["hall"]
    first = add_days(day.today(sun), 1)
    units = sorted({post["unit"] for post in sun.replica.bodies("post").values()})
    sealed = plan.CommitPlan(
        title="验收检查",
        method="covert",
        checklist="ms-1",
        units=units,
        visitors=sorted(sun.replica.bodies("visitor")),
        from_day=first,
        to_day=add_days(first, 13),
        slots=[hall["names"]["zh_Hans"], "上午"],
        secret="5a" * 32,
    )
    yield Act("孙", "plan.commit", sealed, rid)
    yield Act("孙", "plan.draw", plan.DrawPlan(), rid, code="TOO_EARLY")
    yield Act("孙", "plan.reveal", plan.RevealPlan(), rid, code="GONE")
    yield Act("孙", "plan.publish", plan.PublishPlan([]), rid, code="GONE")
    yield Act("孙", "plan.replace", plan.ReplaceVisit(units[0], "单位搬迁"), rid, code="GONE")
    yield Act("孙", "plan.hand_over", plan.HandOverPlan(sun.uid, "已由本人负责"), rid, code="INVALID")
    yield Act("孙", "plan.drop", plan.DropPlan("改期"), rid)
    (other,) = set(sun.replica.bodies("check.lead")) - {sun.uid}
    yield Act("孙", "plan.hand_over", plan.HandOverPlan(other, "调离"), rid)


def appointing_acts(day: "Day") -> Iterator[Act]:
    """The director has somebody lead checks from tomorrow; a lead has somebody from outside visit, and ends it (CHK-05, CHK-06)."""
    director, sun = day.cast["首"].pull(), day.cast["孙"].pull()
    rid, today = day.new_id("孙"), day.today(sun)
    yield Act("首", "check.appoint", people.AppointLead(add_days(today, 1)), day.cast["领"].uid)
    yield Act("首", "check.appoint", people.AppointLead(today), director.uid, code="OWN_WORK")
    yield Act("首", "check.relieve", people.RelieveLead(day.cast["领"].uid), sun.uid, code="INVALID")
    yield Act("孙", "check.visitor", people.PutVisitor("示某", add_days(today, 90)), rid)
    yield Act("孙", "check.visitor", people.PutVisitor(ends=True), rid, {rid: 1})


def campaign_acts(day: "Day") -> Iterator[Act]:
    """A campaign over one unit: self-check, a problem from the order to its verification, another closed as not done, one entered by
    mistake, a phase ended.
    """
    zhao, wang = day.cast["赵"].pull(), day.cast["王"].pull()
    unit = zhao.replica.body("me", zhao.uid)["unit"]
    today = day.today(zhao)
    camp, check, mine, found, open_, wrong = (day.new_id(who) for who in "周赵赵林周周")
    duty = campaign.CampaignDuty("d1", "张贴动员标语", wang.uid, today)
    mobilise = campaign.Phase("mobilise", today, today, duties=[duty])
    phases = [mobilise, campaign.Phase("self_check", add_days(today, 1), add_days(today, 30), ["逐项自查"])]
    yield Act("周", "camp.put", campaign.PutCampaign("专项整治", [unit], phases, zhao.uid), camp)
    problems = [campaign.FoundProblem(mine, "F15", "未戴工牌", fixed="已佩戴")]
    yield Act("赵", "camp.self_check", campaign.SelfCheck(camp, unit, problems), check)
    yield Act("赵", "camp.output", campaign.Output(camp, unit, "rule", "首问登记办法", today), day.new_id("赵"))
    yield Act("王", "camp.duty", campaign.ReportDuty("d1", text="已张贴"), camp)
    yield Act("周", "camp.file", campaign.AddFile(camp, "整治方案"), day.new_id("周"), photo=True)
    yield Act("周", "camp.finish", campaign.FinishPhase(0), camp)
    yield Act("林", "problem.find", campaign.FindProblem(unit, "patrol", "F20", "清单没有一次给全", campaign=camp), found)
    yield Act("周", "problem.order", campaign.OrderProblem("五日内补齐", wang.uid), found)
    yield Act("王", "problem.measures", campaign.SetMeasures("重印清单"), found)
    yield Act("王", "problem.claim", campaign.ClaimDone("清单已上墙"), found)
    yield Act("周", "problem.verify", campaign.VerifyProblem(True, "现场看过", "当面告知，无物可拍"), found)
    yield Act("周", "problem.find", campaign.FindProblem(unit, "media", "F33", "公示过期"), open_)
    yield Act("周", "problem.close", campaign.CloseProblem("未见整改"), open_)
    yield Act("周", "problem.find", campaign.FindProblem(unit, "media", "F33", "公示过期"), wrong)
    yield Act("赵", "problem.answer", campaign.AnswerProblem("不是本单位的公示", dispute=True), wrong)
    yield Act("周", "problem.withdraw", campaign.WithdrawProblem("登记错单位"), wrong)
