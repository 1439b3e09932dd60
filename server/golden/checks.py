"""What a check says around its visits, in the golden corpus: applications followed, sheets joined, results told; supervisors."""

from collections.abc import Iterator

from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.supervisor import ops as supervisor
from server.domain.visit import case_ops as case
from server.domain.visit import ops as visit
from server.domain.visit import result_ops as results
from server.golden.stage import TODAY, Act, Ids, Stage
from sync.units import MINUTE_MS

LATER = "2026-03-31"
NEXT_YEAR = "2027-03-17"


def scenes(stage: Stage, mission: str) -> Iterator[list[Act]]:
    """A test application from its permission to its end, two sheets of one mission, and what becomes of their result."""
    now, new = stage.clock, Ids("checks")
    permit, followed, one, other, taken = (new(now.at) for _ in range(5))
    yield [
        Act("checklead", "case.permit", case.PermitCase(mission, "T-7", "a trade licence", LATER), permit),
        Act("head", "case.permit", case.PermitCase(mission, "T-8", "a trade licence", LATER)),
    ]
    yield [
        Act("shopper", "case.open", case.OpenCase(mission, "test", "a trade licence", "T-7"), followed),
        Act("shopper", "case.open", case.OpenCase(mission, "test", "a trade licence")),
        Act("shopper", "case.step", case.StepCase("receipt", now.at - MINUTE_MS, number="118", due_day="2026-03-25"), followed),
        Act("shopper", "case.step", case.StepCase("withdrawn", now.at, "it was a test", equal="yes"), followed),
    ]
    items = list(items_of(shipped_checklists()["ms-1"]))
    answers = [visit.ItemAnswer(item, "fail" if n < 2 else "full") for n, item in enumerate(items)]
    times = now.at - 40 * MINUTE_MS, now.at - 5 * MINUTE_MS
    yield [Act("shopper", "visit.record", visit.RecordVisit(mission, "ms-1", *times, answers), one)]
    yield [
        Act("shopper2", "visit.record", visit.RecordVisit(mission, "ms-1", *times, [visit.ItemAnswer(items[0], "full")]), other),
        Act("shopper2", "visit.record", visit.RecordVisit(mission, "ms-1", *times, answers[:5]), taken),
    ]
    yield [Act("shopper2", "visit.withdraw", results.WithdrawVisit("handed in twice"), taken, _version(stage, "visit", taken))]
    # The first sheet of this mission is published: what everybody reads is taken back before its facts are asked about again.
    yield [Act("checklead", "visit.withdraw", results.WithdrawVisit("another sheet came in"), one, _version(stage, "visit", one))]
    settled = results.SettleItem(items[0], "fail", "it was recorded")
    yield [
        Act("checklead", "visit.settle", settled, mission, _version(stage, "visit.team", mission)),
        Act("checklead", "visit.settle", settled, mission, {mission: 1}),
    ]
    yield from _result_scenes(stage, one)
    yield from supervisor_scenes(stage)


def _result_scenes(stage: Stage, one: str) -> Iterator[list[Act]]:
    uid = stage.uids
    yield [Act("checklead", "visit.check", results.FactCheck("is it so"), one, _version(stage, "visit", one))]
    (told,) = stage.found("SELECT rid FROM view_row WHERE kind = 'visit.unit' AND body IS NOT NULL")
    yield [Act("head", "visit.answer", results.AnswerVisit("the line was down"), told)]
    yield [Act("checklead", "visit.publish", visit.Publish(), one, _version(stage, "visit", one))]
    yield [
        Act("head", "visit.tell", results.TellPerson(uid["staff"]), told),
        Act("inspector", "visit.tell", results.TellPerson(uid["staff"]), told),
    ]
    yield [Act("staff", "visit.answer", results.AnswerVisit("I was on another call", review=True), told)]
    yield [Act("standin", "visit.answer", results.AnswerVisit("not mine"), told)]
    review = results.ReviewVisit("the recording says the same")
    yield [Act("checklead", "visit.review", review, told, _version(stage, "visit.unit", told))]
    yield [Act("checklead", "visit.withdraw", results.WithdrawVisit("a wrong photo"), one, _version(stage, "visit", one))]


def supervisor_scenes(stage: Stage) -> Iterator[list[Act]]:
    """A supervisor is engaged and resigns; another reports and is answered."""
    now, new = stage.clock, Ids("supervisors")
    engaged, report = new(now.at), new(now.at)
    yield [
        Act("office", "sup.nominate", supervisor.Nominate("He", "citizen", "the office, by identity card"), engaged),
        Act("office", "sup.appoint", supervisor.Appoint("S-099", TODAY, NEXT_YEAR), engaged),
        Act("office", "sup.appoint", supervisor.Appoint("S-098", NEXT_YEAR, TODAY), engaged),
        Act("office", "sup.end", supervisor.EndTerm("resigned", "moved away"), engaged),
    ]
    yield [Act("supervisor", "sup.report", supervisor.FileReport("request", "how long one waits", now.at), report)]
    yield [Act("staff", "sup.report", supervisor.FileReport("seen", "not mine to report", now.at))]
    yield [
        Act("office", "sup.answer", supervisor.AnswerReport("twelve minutes on average"), report),
        Act("office", "sup.answer", supervisor.AnswerReport("once more"), report),
    ]


def _version(stage: Stage, kind: str, rid: str) -> dict[str, int]:
    """The version a decision rests on."""
    (version,) = stage.found("SELECT ver FROM view_row WHERE kind = ? AND rid = ?", kind, rid)
    return {rid: int(version)}
