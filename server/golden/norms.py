"""What the hall is measured by and what is broken in it, in the golden corpus: lists, codes, words; an inspection and its repairs."""

from collections.abc import Iterator

from server.domain.facility import ops as facility
from server.domain.norms import ops as norms
from server.domain.norms.rules import items_of, shipped_checklists
from server.golden.stage import TODAY, Act, Ids, Stage
from sync.units import MINUTE_MS

NAMES = {"zh_Hans": "Own", "en": "Own"}


def scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """Everything the desk keeps of its own, a few things it is not let do, and who has read the handbook."""
    groups = [norms.ChecklistGroup("A", NAMES, [norms.ChecklistItem("A01", NAMES, 100)])]
    short = [norms.ChecklistGroup("A", NAMES, [norms.ChecklistItem("A01", NAMES, 99)])]
    yield [
        Act("office", "norm.checklist", norms.PutChecklist(NAMES, "facility", groups, TODAY), "own-1"),
        Act("office", "norm.checklist", norms.PutChecklist(NAMES, "facility", groups, TODAY), "own-1"),
        Act("office", "norm.checklist", norms.PutChecklist(NAMES, "facility", short, TODAY), "own-2"),
        Act("office", "norm.code", norms.PutCode(norms.CodeRule(NAMES, "slackness", TODAY, points=1)), f"K01@{TODAY}"),
        Act("office", "norm.phrase", norms.PutPhrase("greet", NAMES), "own-phrase"),
        Act("office", "norm.phrase_end", norms.EndPhrase(), "own-phrase"),
        Act("office", "norm.tags", norms.PutTagSet(NAMES, [norms.ConductTag("T1", NAMES)]), "own-tags"),
        Act("office", "norm.handbook", norms.PutHandbook(NAMES, NAMES, TODAY), "2"),
    ]
    yield [
        Act("staff", "norm.read", norms.ReadHandbook(stage.clock.at), "2"),
        Act("staff", "norm.code", norms.PutCode(norms.CodeRule(NAMES, "slackness", TODAY)), f"K02@{TODAY}"),
    ]
    yield from facility_scenes(stage, post)


def facility_scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """An inspection with one fault that is repaired, a score that does not add up, a report that is dropped (FAC-05)."""
    now, new = stage.clock, Ids("facility")
    seen, other, wrong = (new(now.at) for _ in range(3))
    items = items_of(shipped_checklists()["fa-1"])
    answers = [norms.ItemAnswer(item, "fail", "out of date") if item == "FF05" else norms.ItemAnswer(item, "full") for item in items]
    span = now.at - 30 * MINUTE_MS, now.at
    yield [
        Act("inspector", "facility.inspect", facility.Inspect("fa-1", *span, answers, 970), seen),
        Act("inspector", "facility.inspect", facility.Inspect("fa-1", *span, answers, 1000), wrong),
        Act("inspector", "facility.inspect", facility.Inspect("fa-9", *span, answers, 970)),
    ]
    kit = f"{seen}.FF05"
    yield [Act("office", "repair.assign", facility.AssignRepair(stage.uids["staff"]), kit)]
    yield [
        Act("staff", "repair.done", facility.Repaired("a new one", now.at), kit),
        Act("staff", "repair.report", facility.ReportFault(post, "the lamp flickers", now.at), other),
    ]
    yield [Act("inspector", "repair.check", facility.CheckRepair(True), kit)]
    yield [Act("office", "repair.drop", facility.DropRepair("it is steady again"), other)]
