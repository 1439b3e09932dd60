"""The day's part of a check beside the visits themselves: applications followed, sheets joined, results told and answered; supervisors."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from server.domain.hall.rules import add_days
from server.domain.supervisor import ops as supervisor
from server.domain.visit import case_ops as case
from server.domain.visit import ops as visit
from server.domain.visit import result_ops as results
from tests.support.act import Act

if TYPE_CHECKING:
    from tests.support.day import Day


def case_acts(day: "Day", mission: str) -> Iterator[Act]:
    """A test application with its permission, from its receipt to its withdrawal (CHK-08)."""
    wu, permit, rid = day.cast["吴"], day.new_id("孙"), day.new_id("吴")
    now = wu.replica.time.now()
    allowed = case.PermitCase(mission, "测2026-7", "个体户登记", add_days(day.today(wu), 30))
    yield Act("孙", "case.permit", allowed, permit)
    yield Act("吴", "case.open", case.OpenCase(mission, "test", "个体户登记", "测2026-7"), rid)
    yield Act("吴", "case.step", case.StepCase("receipt", now - 60_000, number="受2026-118", due_day=add_days(day.today(wu), 5)), rid)
    yield Act("吴", "case.step", case.StepCase("withdrawn", now, "说明是测试，当场撤回", equal="yes"), rid)


def team_acts(day: "Day", whole: visit.RecordVisit, rid: str) -> Iterator[Act]:
    """The other visitor saw one item otherwise; the lead decides it (CON-35)."""
    *answers, last = whole.answers
    other = msgspec.structs.replace(whole, answers=[*answers, visit.ItemAnswer(last.item, "half")], said="稍等")
    yield Act("郑", "visit.record", other, rid)
    version = day.cast["孙"].pull().replica.rows["visit.team", whole.mission].ver
    yield Act("孙", "visit.settle", results.SettleItem(last.item, "full", "录音为证"), whole.mission, {whole.mission: version})


def result_acts(day: "Day", rid: str) -> Iterator[Act]:
    """Facts checked with the head, published, passed on, answered, reviewed, withdrawn and published again (CHK-09)."""
    sun, wang = day.cast["孙"], day.cast["王"].pull()

    def guard(kind: str) -> dict[str, int]:
        return {rid: sun.pull().replica.rows[kind, rid].ver}

    yield Act("孙", "visit.check", results.FactCheck("请核对"), rid, guard("visit"))
    yield Act("赵", "visit.answer", results.AnswerVisit("当时系统升级"), rid)
    yield Act("孙", "visit.publish", visit.Publish("请举一反三"), rid, guard("visit"))
    yield Act("赵", "visit.tell", results.TellPerson(wang.uid), rid)
    yield Act("王", "visit.answer", results.AnswerVisit("电话当时占线", review=True), rid)
    yield Act("孙", "visit.review", results.ReviewVisit("录音与记录一致，维持"), rid, guard("visit.unit"))
    yield Act("孙", "visit.withdraw", results.WithdrawVisit("照片有误"), rid, guard("visit"))
    yield Act("孙", "visit.publish", visit.Publish("请举一反三"), rid, guard("visit"))


def supervisor_acts(day: "Day") -> Iterator[Act]:
    """One supervisor reports and is answered; another is engaged and resigns (SUP)."""
    zhou, jian = day.cast["周"].pull(), day.cast["监"].pull()
    report, other, today = day.new_id("监"), day.new_id("周"), day.today(zhou)
    unit = next(iter(zhou.replica.bodies("post").values()))["unit"]
    yield Act("监", "sup.report", supervisor.FileReport("seen", "叫号屏坏了半天", jian.replica.time.now(), unit), report)
    yield Act("周", "sup.answer", supervisor.AnswerReport("已修好"), report)
    yield Act("周", "sup.nominate", supervisor.Nominate("何示", "enterprise", "办公室核对身份"), other)
    yield Act("周", "sup.appoint", supervisor.Appoint("监099", today, add_days(today, 364)), other)
    yield Act("周", "sup.end", supervisor.EndTerm("resigned", "迁往外地"), other)
