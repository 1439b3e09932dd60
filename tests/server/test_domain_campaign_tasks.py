"""Tasks of a campaign with who answers for each, its papers, and what the lobby is told of rectification (CAMP-01, RCT-05)."""

from typing import Any

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.board.handlers import DOMAIN as BOARD
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.ops import (
    AddFile,
    CampaignDuty,
    ClaimDone,
    FindProblem,
    FinishPhase,
    Phase,
    PutCampaign,
    ReportDuty,
    VerifyProblem,
)
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit
from sync.ops import Blob
from tests.server.scenes.small_hall import ACTORS, DOMAINS, PEOPLE, at, small_hall
from tests.support.memory_tx import MemoryHall

HALL = (*DOMAINS, CAMPAIGN, BOARD)
PHOTO = Blob("5a" * 32, 4_000, "image/jpeg", at("10:00"))
DUTIES = [CampaignDuty("d1", "张贴标语", "wang", "2026-11-25"), CampaignDuty("d2", "开动员会")]
SAID: dict[str, Any] = {"title": "专项整治", "units": ["u1", "u2"], "first": "ma", "deputy": "chen"}


def phases(duties: list[CampaignDuty], who: str = "zhao") -> list[Phase]:
    return [Phase("mobilise", "2026-11-23", "2026-11-27", who=who, duties=duties), Phase("acceptance", "2026-11-30", "2026-12-04")]


def campaign(duties: list[CampaignDuty] = DUTIES, who: str = "zhao") -> MemoryHall:
    hall = small_hall(domains=HALL)
    assert put(hall, duties, who).st == "applied"
    return hall


def put(hall: MemoryHall, duties: list[CampaignDuty], who: str = "zhao") -> Outcome:
    guard = {"c1": version} if (version := hall.tx.version("campaign", "c1")) else {}
    return hall.send(ACTORS["zhou"], "camp.put", "c1", PutCampaign(phases=phases(duties, who), **SAID), guard=guard)


def done(hall: MemoryHall, who: str, duty: str = "d1", clock: str = "10:00", **more: Any) -> Outcome:
    return hall.send(ACTORS[who], "camp.duty", "c1", ReportDuty(duty, **more), at=at(clock))


def test_each_task_has_who_answers_for_it_and_by_when_and_says_when_it_is_done() -> None:
    """CAMP-01: tasks and responsibles; everybody of the hall sees both."""
    hall = campaign()
    assert done(hall, "wang", text="四处已贴").st == "applied"
    row = hall.row("campaign", "c1")
    assert row["phases"][0]["duties"][0] == {"id": "d1", "text": "张贴标语", "who": "wang", "by_day": "2026-11-25"}
    assert row["done"] == {"d1": {"by": "wang", "at": at("10:00"), "text": "四处已贴"}}
    assert hall.buckets("campaign", "c1") == {"hall"}


@pytest.mark.parametrize(
    ("who", "duty", "phase", "st"),
    [
        ("wang", "d1", "zhao", "applied"),
        ("li", "d1", "zhao", "held"),
        ("zhao", "d1", "zhao", "held"),
        ("zhao", "d2", "zhao", "applied"),
        ("ma", "d2", "", "applied"),
        ("chen", "d2", "", "applied"),
        ("feng", "d2", "", "held"),
        ("zhou", "d1", "zhao", "applied"),
        ("zhou", "d9", "zhao", "held"),
    ],
)
def test_a_task_is_reported_by_who_answers_for_it_or_who_leads(who: str, duty: str, phase: str, st: str) -> None:
    """CAMP-01: who is named for the task, else for its phase, else for the campaign."""
    assert done(campaign(who=phase), who, duty).st == st


def test_what_was_said_of_a_task_last_counts_in_whatever_order_it_arrives() -> None:
    """CAMP-01, OFF-05."""
    hall = campaign()
    done(hall, "zhou", clock="11:00", done=False, text="标语被遮挡")
    done(hall, "wang", clock="10:00")
    assert "done" not in hall.row("campaign", "c1")
    done(hall, "wang", clock="11:30")
    assert hall.row("campaign", "c1")["done"]["d1"]["at"] == at("11:30")


def test_what_is_done_stays_done_when_the_plan_is_changed() -> None:
    hall = campaign()
    done(hall, "wang")
    assert put(hall, [CampaignDuty("d3", "另一项"), *DUTIES]).st == "applied"
    assert hall.row("campaign", "c1")["done"].keys() == {"d1"}


@pytest.mark.parametrize(
    "duties",
    [
        [CampaignDuty("d1", " ")],
        [CampaignDuty("", "张贴标语")],
        [CampaignDuty("d1", "张贴标语"), CampaignDuty("d1", "开会")],
        [CampaignDuty("d1", "张贴标语", by_day="2026-12-01")],
        [CampaignDuty("d1", "张贴标语", by_day="soon")],
        [CampaignDuty("d1", "张贴标语", "nobody")],
    ],
)
def test_a_task_that_cannot_be_is_refused(duties: list[CampaignDuty]) -> None:
    assert put(small_hall(domains=HALL), duties).code == "INVALID"


def test_a_report_that_came_before_its_campaign_waits_for_it() -> None:
    assert done(small_hall(domains=HALL), "wang").code == "REF_WAIT"


def file(hall: MemoryHall, who: str = "zhou", rid: str = "f1", blobs: tuple[Blob, ...] = (PHOTO,), **more: Any) -> Outcome:
    said = hall.op(ACTORS[who], "camp.file", rid, AddFile(**({"campaign": "c1", "title": "整治方案"} | more)))
    return hall.run(msgspec.structs.replace(said, blobs=list(blobs)))


def test_papers_of_a_campaign_are_there_for_the_hall_until_they_are_taken_off() -> None:
    """CAMP-01: documents."""
    hall = campaign()
    assert file(hall).st == "applied"
    row = hall.row("camp.file", "f1")
    assert (row["title"], row["by"], [one["sha256"] for one in row["blobs"]]) == ("整治方案", "zhou", [PHOTO.sha256])
    assert hall.buckets("camp.file", "f1") == {"hall"}
    assert hall.row("blob.due", "f1")["missing"] == 1
    assert file(hall, "chen", gone=True, blobs=()).st == "applied"
    assert hall.row("camp.file", "f1") is None
    assert hall.row("blob.due", "f1") is None


@pytest.mark.parametrize(
    ("who", "more", "code"),
    [
        ("wang", {}, "NO_RIGHT"),
        ("zhou", {"blobs": ()}, "INVALID"),
        ("zhou", {"title": " "}, "INVALID"),
        ("zhou", {"campaign": "c9"}, "REF_WAIT"),
        ("zhou", {"gone": True}, "REF_WAIT"),
    ],
)
def test_a_paper_that_cannot_be_is_held(who: str, more: dict[str, Any], code: str) -> None:
    assert file(campaign(), who, **more).code == code


def test_a_phase_that_is_done_stays_as_it_is_when_the_plan_is_changed() -> None:
    """CAMP-01, CAMP-04: it is not taken out, nor does another take its number."""
    hall = campaign()
    assert hall.send(ACTORS["zhou"], "camp.finish", "c1", FinishPhase(0)).st == "applied"
    first, second = phases(DUTIES)
    guard = {"c1": hall.tx.version("campaign", "c1") or 0}
    for changed in ([second], [Phase("rules", "2026-11-23", "2026-11-27"), second]):
        assert hall.send(ACTORS["zhou"], "camp.put", "c1", PutCampaign(phases=changed, **SAID), guard=guard).code == "INVALID"
    longer = Phase("acceptance", "2026-11-30", "2026-12-18")
    assert hall.send(ACTORS["zhou"], "camp.put", "c1", PutCampaign(phases=[first, longer], **SAID), guard=guard).st == "applied"
    assert hall.row("campaign", "c1")["finished"] == [0]


# --- the lobby --------------------------------------------------------------------------------------------------------


def rectified(hall: MemoryHall, count: int) -> None:
    """So many problems of two units; the first one verified, the second claimed."""
    for n in range(count):
        unit = "u1" if n % 2 else "u2"
        found = FindProblem(unit, "patrol", "F15", f"未戴工牌 {n}", fact="")
        assert hall.send(ACTORS["lin"], "problem.find", f"p{n}", found, at=at("9:30")).st == "applied"
    for n in range(2):
        head = "zhao" if n % 2 else "feng"
        hall.send(ACTORS[head], "problem.claim", f"p{n}", ClaimDone("已改"), at=at("10:00"))
    guard = {"p0": hall.tx.version("problem", "p0") or 0}
    verify = VerifyProblem(True, "看过", "无物可拍")
    assert hall.send(ACTORS["lin"], "problem.verify", "p0", verify, at=at("10:10"), guard=guard).st == "applied"


def told(hall: MemoryHall, day: str = "2026-11-24") -> Any:
    hall.tick(at("8:00", day))
    return hall.row("board.pub", "progress")


def test_the_public_sees_how_far_rectification_has_come_in_totals() -> None:
    """RCT-05, DSP-03: once a day, no campaign, no unit, nobody; a unit counts as done when nothing of it is open."""
    hall = campaign()
    rectified(hall, 10)
    row = told(hall)
    assert row["progress"] == {"since": "2026-08-26", "found": 10, "rectified": 2, "verified": 1, "units": 2, "done": 0}
    assert row.keys() == {"kind", "first", "until", "at", "progress"}
    assert hall.buckets("board.pub", "progress") == {"pub"}
    assert not any(
        name in hall.tx.rows["board.pub", "progress"].body for name in ("u1", "c1", "专项", *(one[0] for one in PEOPLE.values()))
    )


def test_few_problems_are_not_told_and_what_was_told_goes_with_them() -> None:
    """RCT-05, `idx.min_n`, `rct.public_days`: the numbers of a day are those it began with, once there are enough."""
    hall = campaign()
    rectified(hall, 9)
    assert told(hall) is None
    for rid, clock in (("p9", "9:30"), ("p10", "9:40")):
        found = FindProblem("u1", "patrol", "F15", "未戴工牌")
        hall.send(ACTORS["lin"], "problem.find", rid, found, at=at(clock, "2026-11-24"), received=at(clock, "2026-11-24"))
        hall.tick(at(clock, "2026-11-24"))
    assert hall.row("board.pub", "progress")["progress"]["found"] == 10
    assert told(hall, "2026-11-25")["progress"]["found"] == 11
    assert told(hall, "2027-03-01") is None


def test_what_a_unit_may_still_answer_is_not_told_to_the_public() -> None:
    """RCT-05, PRV-17: a problem of a result counts for the lobby once the unit has had its time."""
    hall = campaign()
    rectified(hall, 10)
    answers = [ItemAnswer("MS11", "fail", "无人", at=at("9:05")), ItemAnswer("MS01", "full")]
    hall.send(ACTORS["wu"], "visit.record", "v1", RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), answers), received=at("10:00"))
    guard = {"v1": hall.tx.version("visit", "v1") or 0}
    assert hall.send(ACTORS["sun"], "visit.publish", "v1", Publish("只查几项"), guard=guard, received=at("11:00")).st == "applied"
    assert sum(1 for _ in hall.rows("problem")) == 11
    assert told(hall)["progress"]["found"] == 10
    assert told(hall, "2026-11-30")["progress"]["found"] == 11
