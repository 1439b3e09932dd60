"""The day's part of those who keep what the hall is measured by, and of its premises: lists, codes, words; an inspection, its repairs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.domain.facility import ops as facility
from server.domain.norms import ops as norms
from tests.support.act import Act

if TYPE_CHECKING:
    from tests.support.day import Day

MINUTE = 60_000


def norm_acts(day: "Day") -> Iterator[Act]:
    """A list, a code, a line of the phrase book, tags and a handbook, all of the hall's own; the handbook is read (PRH, LNG)."""
    wang = day.cast["王"].pull()
    today, phrase, tags = day.today(wang), day.new_id("周"), day.new_id("周")
    named = {"zh_Hans": "自查", "en": "Own check"}
    groups = [norms.ChecklistGroup("A", named, [norms.ChecklistItem("A01", named, 100)])]
    yield Act("周", "norm.checklist", norms.PutChecklist(named, "facility", groups, today), "own-1")
    yield Act("周", "norm.code", norms.PutCode(norms.CodeRule(named, "slackness", today, points=1)), f"K01@{today}")
    yield Act("周", "norm.phrase", norms.PutPhrase("greet", named), phrase)
    yield Act("周", "norm.phrase_end", norms.EndPhrase(), phrase)
    yield Act("周", "norm.tags", norms.PutTagSet(named, [norms.ConductTag("T1", named)]), tags)
    yield Act("周", "norm.handbook", norms.PutHandbook(named, named, today), "2")
    yield Act("王", "norm.read", norms.ReadHandbook(wang.replica.time.now()), "2")


def facility_acts(day: "Day") -> Iterator[Act]:
    """An inspection with one fault: repaired, seen by somebody else; another thing is reported and dropped (FAC-05)."""
    lin, wang = day.cast["林"].pull(), day.cast["王"].pull()
    checklist = lin.replica.body("checklist", "fa-1")
    items = [item["id"] for group in checklist["groups"] for item in group["items"]]
    answers = [norms.ItemAnswer(item, "fail", "过期") if item == "FF05" else norms.ItemAnswer(item, "full") for item in items]
    now, seen, other = lin.replica.time.now(), day.new_id("林"), day.new_id("王")
    kit, place = f"{seen}.FF05", sorted(wang.replica.bodies("post"))[0]
    yield Act("林", "facility.inspect", facility.Inspect("fa-1", now - 30 * MINUTE, now, answers, 970), seen)
    yield Act("周", "repair.assign", facility.AssignRepair(wang.uid), kit)
    yield Act("王", "repair.done", facility.Repaired("已换新", now), kit)
    yield Act("林", "repair.check", facility.CheckRepair(True), kit)
    yield Act("王", "repair.report", facility.ReportFault(place, "灯不亮", now), other)
    yield Act("周", "repair.drop", facility.DropRepair("已恢复"), other)
