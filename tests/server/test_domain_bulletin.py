"""Bulletins through their handlers: confirmed facts only, two versions, read by those they are for (PTL-10, CHK-10, DOC-13, DOC-15)."""

import json
from typing import Any

import pytest
from msgspec import structs

from server.domain.base import Outcome
from server.domain.bulletin.handlers import DOMAIN as BULLETIN
from server.domain.bulletin.ops import (
    BulletinCase,
    BulletinDetail,
    BulletinLine,
    BulletinWording,
    DraftBulletin,
    EditBulletin,
    IssueBulletin,
    WithdrawBulletin,
)
from server.domain.bulletin.rules import is_period, lines_of, public_lines
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.ops import FindProblem, OrderProblem, WithdrawProblem
from server.domain.patrol.ops import Observe, RoundFinish, RoundStart, ZoneClear
from server.domain.trail.ops import FindingAnswer, FindingVoid
from server.domain.visit.coverage import CoverageRecord
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit
from server.domain.visit.result_ops import AnswerVisit, WithdrawVisit
from server.domain.visit.tables import ResultRecord
from tests.server.scenes.small_hall import ACTORS, DAY, DOMAINS, KNEW, PEOPLE, at, small_hall
from tests.support.memory_tx import MemoryHall

HALL = (*DOMAINS, CAMPAIGN, BULLETIN)
WEEK = "patrol_week", "2026-11-23", "2026-11-29"
LATER = "2026-12-01"
"""A day after the three working days to answer what was seen on Monday."""
GOOD = BulletinCase("u2", "延时服务", "午间有人值守", public=True)
CASE = BulletinCase("u1", "两次见空岗", "十点零二分、十点十三分两次未见人员")
WORDING = BulletinWording(
    title="巡查周报",
    method="每小时一轮",
    overall="一号窗口十点空岗",
    public_overall="总体平稳",
    good=[GOOD],
    cases=[CASE],
    demands="举一反三",
    annex="钱某已谈话",
)


def seen(hall: MemoryHall, rid: str, clock: str, post: str = "w1", seen: str = "empty_no_notice", **more: Any) -> None:
    args = Observe("r1", post, seen, at(clock), KNEW, **more)  # type: ignore[arg-type]
    assert hall.send(ACTORS["lin"], "patrol.observe", rid, args, at=at(clock), received=at(clock)).st == "applied"


def a_week() -> MemoryHall:
    """Monday: an hour with a round, w1 twice seen empty, w2 once, a reminder given; then a week passes."""
    hall = small_hall("08:00", domains=HALL)
    hall.send(ACTORS["lin"], "patrol.start", "r1", RoundStart(f"{DAY}T09", "hourly", at("9:05")), at=at("9:05"), received=at("9:06"))
    hall.send(ACTORS["lin"], "patrol.zone_clear", "r1", ZoneClear("B", ["w3", "d1"], at("9:10"), KNEW), at=at("9:10"), received=at("9:11"))
    hall.send(ACTORS["lin"], "patrol.finish", "r1", RoundFinish(at("9:30")), at=at("9:30"), received=at("9:31"))
    seen(hall, "o1", "10:02")
    seen(hall, "o2", "10:13")
    seen(hall, "o3", "10:05", "w2")
    seen(hall, "o4", "10:15", "w3", "serving", codes=["P12"], reminded=True)
    hall.tick(at("12:30"))
    return hall


def draft(hall: MemoryHall, who: str = "chen", period: tuple[str, str, str] = WEEK, day: str = LATER, rid: str = "b1") -> Outcome:
    return hall.send(ACTORS[who], "bulletin.draft", rid, DraftBulletin(*period), received=at("09:00", day))  # type: ignore[arg-type]


def act(hall: MemoryHall, kind: str, args: Any, who: str = "chen", rid: str = "b1", **how: Any) -> Outcome:
    guard = {rid: hall.tx.version("bulletin", rid) or 0}
    return hall.send(ACTORS[who], f"bulletin.{kind}", rid, args, **({"guard": guard} | how))


def issued(wording: BulletinWording = WORDING) -> MemoryHall:
    hall = a_week()
    draft(hall)
    assert act(hall, "edit", EditBulletin(wording)).st == "applied"
    assert act(hall, "issue", IssueBulletin()).st == "applied"
    return hall


# What it is made of ---------------------------------------------------------------------------------------------------


def test_a_finding_is_in_the_draft_only_when_nothing_can_clear_it_any_more() -> None:
    """PTL-10, EVD-12: within the time to answer it waits; a glance never comes in; what is explained later goes out again."""
    hall = a_week()
    draft(hall, day="2026-11-25")
    early = hall.row("bulletin", "b1")
    assert (early["details"], early["numbers"].get("findings", 0), early["numbers"]["waiting"]) == ([], 0, 1)
    draft(hall)
    row = hall.row("bulletin", "b1")
    assert [(one["unit"], one["post"], one["what"]) for one in row["details"]] == [("u1", "w1", "unattended")]
    assert (row["numbers"]["findings"], row["numbers"].get("waiting", 0)) == (1, 0)
    assert row["lines"] == [{"unit": "u1", "findings": 1}]


def test_a_person_who_may_still_answer_is_in_no_bulletin() -> None:
    """PTL-10: an answer alone changes nothing; a finding withdrawn or void is gone."""
    hall = a_week()
    hall.send(ACTORS["wang"], "finding.answer", "o1", FindingAnswer("去送件"))
    hall.tx.ask("void_observation", observation="o2", by="zhou", text="看错窗口")
    touched = hall.tx.take_touched()
    for domain in hall.domains:
        if domain.review:
            domain.review(hall.tx, touched)
    draft(hall)
    assert hall.row("bulletin", "b1")["details"] == []


def test_the_numbers_of_the_week_are_those_of_its_rounds_and_looks() -> None:
    """PTL-10, DOC-13."""
    hall = a_week()
    draft(hall)
    numbers = hall.row("bulletin", "b1")["numbers"]
    assert {key: numbers[key] for key in ("slots_due", "slots_done", "gap_min", "looks", "served", "reminders")} == {
        "slots_due": 3, "slots_done": 1, "gap_min": 175, "looks": 6, "served": 3, "reminders": 1,
    }  # fmt: skip


def test_problems_come_in_once_they_are_ordered_to_be_rectified() -> None:
    """PTL-10, CHK-10: by unit and code; what was found by a patrol in its bulletin, by a check in its own."""
    hall = a_week()
    for rid, source in (("p1", "patrol"), ("p2", "patrol"), ("p3", "covert")):
        hall.send(ACTORS["zhou"], "problem.find", rid, FindProblem("u2", source, "F20", "没有一次告知"))  # type: ignore[arg-type]
    for rid in ("p1", "p3"):
        assert hall.send(ACTORS["zhou"], "problem.order", rid, OrderProblem("五日内补齐", "feng")).st == "applied"
    draft(hall)
    draft(hall, "sun", ("check", "2026-11-01", "2026-11-30"), rid="b2")
    assert {line["unit"]: line.get("codes") for line in hall.row("bulletin", "b1")["lines"]} == {"u1": None, "u2": {"F20": 1}}
    assert [(one["unit"], one["what"]) for one in hall.row("bulletin", "b2")["details"]] == [("u2", "F20")]


def test_an_inspection_bulletin_knows_published_results_and_revealed_coverage_alone() -> None:
    """CHK-10, DOC-15, CHK-05."""
    hall = a_week()

    def result(rid: str, unit: str, state: str, tenths: int, vetoes: int = 0) -> ResultRecord:
        return ResultRecord(
            rid=rid,
            mission="m1",
            unit=unit,
            day="2026-11-10",
            checklist="ms-1",
            visits=[],
            state=state,
            tenths=tenths,
            vetoes=vetoes,  # type: ignore[arg-type]
        )

    for record in (result("v1", "u1", "published", 900), result("v2", "u1", "published", 590, 1), result("v3", "u2", "checking", 100)):
        hall.tx.put(record)
    for unit, reached in (("u1", "yes"), ("u2", "no")):
        hall.tx.put(
            CoverageRecord(rid=f"p:{unit}", plan="p", unit=unit, category="", day="2026-11-27", title="x", drawn=True, reached=reached)
        )
    draft(hall, "sun", ("check", "2026-11-01", "2026-11-30"))
    row = hall.row("bulletin", "b1")
    assert row["lines"] == [{"unit": "u1", "results": 2, "tenths": 745, "vetoes": 1}]
    assert (row["numbers"]["results"], row["numbers"]["scope"], row["numbers"]["reached"]) == (2, 2, 1)


def test_the_public_version_names_only_codes_that_may_be_named() -> None:
    """PRH-01: the others are counted without their name."""
    lines = [BulletinLine("u1", findings=1, codes={"F20": 2, "F30": 1}), BulletinLine("u2", codes={"F20": 1})]
    told = public_lines(lines, frozenset({"F30"}))
    assert told == [BulletinLine("u1", findings=1, codes={"F30": 1, "other": 2}), BulletinLine("u2", codes={"other": 1})]
    assert lines[1].codes == {"F20": 1}


def test_units_with_most_to_tell_come_first() -> None:
    details = [BulletinDetail("u1", 1, "F20"), BulletinDetail("u2", 2, "unattended", "w3"), BulletinDetail("u2", 3, "F20")]
    assert lines_of(details, [("u3", 800, 0)]) == [
        BulletinLine("u2", findings=1, codes={"F20": 1}),
        BulletinLine("u1", codes={"F20": 1}),
        BulletinLine("u3", results=1, tenths=800),
    ]


# Who writes and who reads ---------------------------------------------------------------------------------------------


def test_a_draft_is_for_its_editors_and_what_is_issued_for_its_readers() -> None:
    """PTL-10, CHK-10, VIS-01."""
    hall = a_week()
    draft(hall)
    assert hall.buckets("bulletin", "b1") == {"role:OFF", "role:EFF"}
    assert hall.row("bulletin.in", "b1") is hall.row("bulletin.pub", "b1") is None
    hall = issued()
    assert hall.buckets("bulletin.pub", "b1") == {"hall"}
    assert hall.buckets("bulletin.in", "b1") >= {"role:LEAD", "role:INS", "head:u1", "head:u2", "role:OFF"}
    assert not hall.buckets("bulletin.in", "b1") & {"hall", "unit:u1"}
    assert (hall.row("bulletin", "b1")["number"], hall.row("bulletin.in", "b1")["number"]) == ("2026-1", "2026-1")


def test_the_public_version_tells_units_and_nobody() -> None:
    """CHK-09, DOC-15: no window, no time, no annex, no case that was not marked for it; inside there is all of it."""
    hall = issued()
    public, inside = hall.row("bulletin.pub", "b1"), hall.row("bulletin.in", "b1")
    assert public["lines"] == inside["lines"] == [{"unit": "u1", "findings": 1}]
    assert (public["overall"], inside["overall"]) == ("总体平稳", "一号窗口十点空岗")
    assert [case["title"] for case in public["good"]] == ["延时服务"]
    assert not {"details", "cases", "annex"} & public.keys()
    assert [one["post"] for one in inside["details"]] == ["w1"]
    assert (inside["cases"][0]["title"], inside["annex"]) == ("两次见空岗", "钱某已谈话")
    text = json.dumps(public, ensure_ascii=False)
    assert not any(f'"{uid}"' in text for uid in PEOPLE)
    assert "w1" not in text


def test_what_looks_like_wrong_doing_goes_to_the_discipline_section_and_into_no_version() -> None:
    """CHK-10: not even when it was marked for the public."""
    case = BulletinCase("u1", "收受礼品线索", "转有关部门核查", public=True, referred=True)
    hall = issued(structs.replace(WORDING, cases=[CASE, case]))
    assert hall.buckets("bulletin.referred", "b1") == {"role:CHECK", "role:DIS"}
    assert [one["title"] for one in hall.row("bulletin.referred", "b1")["cases"]] == ["收受礼品线索"]
    told = json.dumps([hall.row("bulletin.in", "b1"), hall.row("bulletin.pub", "b1")], ensure_ascii=False)
    assert "收受礼品" not in told
    assert act(hall, "withdraw", WithdrawBulletin("数字有误")).st == "applied"
    assert hall.row("bulletin.referred", "b1") is not None
    assert issued().row("bulletin.referred", "b1") is None


def test_a_public_version_that_names_somebody_of_the_hall_is_not_issued() -> None:
    """CHK-09, PRV-22: names only after a decision, and never here."""
    hall = a_week()
    person = hall.tx.ask("person", uid="qian")
    person.name = "钱小明"
    hall.tx.put(person)
    draft(hall)
    for field in ("public_overall", "title", "demands"):
        wording = {"title": "巡查周报", "overall": "有空岗", "public_overall": "平稳"} | {field: "请钱小明整改"}
        act(hall, "edit", EditBulletin(BulletinWording(**wording)))
        assert act(hall, "issue", IssueBulletin()) == Outcome("refused", "NAMED")
    act(hall, "edit", EditBulletin(BulletinWording(title="巡查周报", overall="钱小明已谈话", public_overall="平稳", annex="钱小明")))
    assert act(hall, "issue", IssueBulletin()).st == "applied"


@pytest.mark.parametrize(("who", "kind", "code"), [("zhou", "patrol_week", None), ("zhou", "check", None), ("sun", "check", "NAMED")])
def test_no_answer_tells_that_a_name_is_a_visitors_but_to_a_check_lead(who: str, kind: Any, code: str | None) -> None:
    """CHK-05: the office tries names in a bulletin and hears nothing of a visitor from outside; a lead is kept from naming one."""
    hall = a_week()
    person = hall.tx.ask("person", uid="wu")
    person.name = "吴小明"
    hall.tx.put(person)
    assert draft(hall, who, (kind, *WEEK[1:])).st == "applied"
    act(hall, "edit", EditBulletin(BulletinWording(title="通报", overall="平稳", public_overall="吴小明到过现场")), who)
    assert act(hall, "issue", IssueBulletin(), who).code == code


def test_what_was_taken_back_since_the_draft_is_not_published() -> None:
    """PTL-10, CON-44: a finding voided in between is in no bulletin; made anew, the draft is issued with its wording."""
    hall = a_week()
    draft(hall)
    act(hall, "edit", EditBulletin(WORDING))
    hall.tx.ask("void_observation", observation="o2", by="zhou", text="看错窗口")
    touched = hall.tx.take_touched()
    for domain in hall.domains:
        if domain.review:
            domain.review(hall.tx, touched)
    assert act(hall, "issue", IssueBulletin()) == Outcome("refused", "OUTDATED")
    assert hall.row("bulletin.pub", "b1") is None
    draft(hall)
    assert act(hall, "issue", IssueBulletin()).st == "applied"
    assert (hall.row("bulletin.in", "b1")["lines"], hall.row("bulletin.in", "b1")["title"]) == ([], "巡查周报")


def test_the_editors_of_an_issued_bulletin_learn_what_of_it_was_taken_back() -> None:
    """CON-44, PTL-10: its readers have read it; whoever wrote it takes it back or not."""
    hall = issued()
    hall.tick(at("9:00", "2026-12-02"))
    assert "fallen" not in hall.row("bulletin", "b1")
    gone = hall.row("bulletin", "b1")["details"][0]
    finding = next(rid for rid, row in hall.rows("finding") if (row["post"], row["from_at"]) == (gone["post"], gone["at"]))
    assert hall.send(ACTORS["zhou"], "finding.void", finding, FindingVoid("录像显示有人"), at=at("9:10", "2026-12-02")).st == "applied"
    hall.tick(at("9:00", "2026-12-03"))
    assert hall.row("bulletin", "b1")["fallen"] == [gone["unit"]]
    assert "fallen" not in hall.row("bulletin.in", "b1")


def test_a_draft_whose_facts_stand_is_issued_however_much_later() -> None:
    """PTL-10: when the numbers were made does not matter."""
    hall = a_week()
    draft(hall)
    act(hall, "edit", EditBulletin(WORDING))
    assert act(hall, "issue", IssueBulletin(), received=at("09:00", "2026-12-03")).st == "applied"


def test_a_check_bulletin_waits_for_the_units_to_answer_what_was_published_to_them() -> None:
    """PRV-17: neither the result nor a problem that comes from it; answered, or when the time for it is over, both."""
    check = "check", "2026-11-01", "2026-11-30"

    def told(hall: MemoryHall, day: str) -> tuple[int, int, int]:
        assert draft(hall, "sun", check, day).st == "applied"
        numbers = hall.row("bulletin", "b1")["numbers"]
        return numbers.get("results", 0), numbers.get("problems", 0), numbers.get("waiting", 0)

    for answer, then in ((None, "2026-11-27"), (AnswerVisit("当时系统故障"), DAY), (AnswerVisit("请复核", review=True), "")):
        hall = small_hall(domains=HALL)
        sheet = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), [ItemAnswer("MS19", "fail", "训斥"), ItemAnswer("MS02", "full")])
        hall.send(ACTORS["wu"], "visit.record", "v1", sheet, received=at("10:00"))
        guard = {"v1": hall.tx.version("visit", "v1") or 0}
        assert hall.send(ACTORS["sun"], "visit.publish", "v1", Publish("只查了两项"), guard=guard, received=at("10:10")).st == "applied"
        ((rid, _),) = hall.rows("problem")
        hall.send(ACTORS["zhou"], "problem.order", rid, OrderProblem("整改", "wang"), received=at("10:11"))
        assert told(hall, DAY) == (0, 0, 1)
        if answer:
            assert hall.send(ACTORS["zhao"], "visit.answer", "v1", answer, received=at("11:00")).st == "applied"
        assert told(hall, then or "2026-11-30") == ((1, 1, 0) if then else (0, 0, 1))


def test_the_reason_for_taking_back_names_nobody_of_the_hall() -> None:
    """CHK-09: everybody reads it; why a draft was dropped nobody does."""
    hall = issued()
    person = hall.tx.ask("person", uid="qian")
    person.name = "钱小明"
    hall.tx.put(person)
    assert act(hall, "withdraw", WithdrawBulletin("钱小明当日请假")) == Outcome("refused", "NAMED")
    assert "withdrawn" not in hall.row("bulletin.pub", "b1")
    draft(hall, rid="b2")
    assert act(hall, "withdraw", WithdrawBulletin("钱小明当日请假"), rid="b2").st == "applied"


def test_what_is_withdrawn_says_why_and_nothing_else() -> None:
    hall = issued()
    assert act(hall, "withdraw", WithdrawBulletin(" ")).code == "INVALID"
    assert act(hall, "withdraw", WithdrawBulletin("数字有误")).st == "applied"
    for kind in ("bulletin.in", "bulletin.pub"):
        row = hall.row(kind, "b1")
        assert (row["withdrawn"], row["lines"], "overall" in row, "details" in row) == ("数字有误", [], False, False)
    assert act(hall, "edit", EditBulletin(WORDING)).code == "GONE"


def test_numbers_count_on_by_kind_and_year_and_a_dropped_draft_takes_none() -> None:
    """DOC: number."""
    hall = issued()
    draft(hall, rid="b2")
    assert act(hall, "withdraw", WithdrawBulletin("重复"), rid="b2").st == "applied"
    assert hall.buckets("bulletin", "b2") == set()
    draft(hall, "zhou", ("patrol_month", "2026-11-01", "2026-11-30"), rid="b3")
    draft(hall, "zhou", rid="b4")
    for rid in ("b3", "b4"):
        act(hall, "edit", EditBulletin(WORDING), "zhou", rid)
        act(hall, "issue", IssueBulletin(), "zhou", rid)
    assert [hall.row("bulletin", rid)["number"] for rid in ("b1", "b3", "b4")] == ["2026-1", "2026-1", "2026-2"]


@pytest.mark.parametrize(
    ("who", "kind"), [("lin", "patrol_week"), ("zhao", "patrol_week"), ("sun", "patrol_week"), ("ma", "patrol_week"), ("wu", "patrol_week")]
)
def test_others_write_none_and_learn_nothing(who: str, kind: str) -> None:
    assert draft(a_week(), who).code == "NO_RIGHT"
    for one in ("edit", "issue", "withdraw"):
        args = {"edit": EditBulletin(WORDING), "issue": IssueBulletin(), "withdraw": WithdrawBulletin("x")}[one]
        assert act(issued(), one, args, who).code == act(a_week(), one, args, who).code == "NO_RIGHT"


def test_a_wording_is_decided_on_in_the_version_that_was_seen() -> None:
    hall = a_week()
    draft(hall)
    assert act(hall, "edit", EditBulletin(WORDING), guard={"b1": 99}).code == "STALE"
    assert act(hall, "issue", IssueBulletin()).code == "INVALID"


@pytest.mark.parametrize(
    "wrong",
    [
        BulletinWording(title="x" * 121),
        BulletinWording(overall="x" * 8001),
        BulletinWording(cases=[BulletinCase("u9", "t", "t")]),
        BulletinWording(good=[BulletinCase("u1", " ", "t")]),
        BulletinWording(cases=[BulletinCase("u1", "t", "t")] * 41),
    ],
)
def test_a_wording_that_cannot_stand_is_refused(wrong: BulletinWording) -> None:
    hall = a_week()
    draft(hall)
    assert act(hall, "edit", EditBulletin(wrong)).code == "INVALID"


@pytest.mark.parametrize(
    ("kind", "first", "last", "fits"),
    [
        ("patrol_week", "2026-11-23", "2026-11-29", True),
        ("patrol_week", "2026-11-24", "2026-11-30", False),
        ("patrol_week", "2026-11-23", "2026-11-30", False),
        ("patrol_month", "2026-02-01", "2026-02-28", True),
        ("patrol_month", "2026-02-01", "2026-03-31", False),
        ("patrol_month", "2026-02-02", "2026-02-28", False),
        ("check", "2026-11-03", "2026-11-03", True),
        ("check", "2026-11-03", "2026-11-02", False),
        ("check", "2024-11-03", "2026-11-02", False),
        ("check", "morgen", "2026-11-02", False),
    ],
)
def test_a_week_begins_on_monday_and_a_month_is_a_calendar_month(kind: Any, first: str, last: str, fits: bool) -> None:
    assert is_period(kind, first, last) is fits


def test_a_period_to_come_has_no_draft() -> None:
    assert draft(a_week(), period=("patrol_week", "2026-12-07", "2026-12-13")).code == "INVALID"


def test_what_falls_is_told_to_the_editors_at_once_and_not_only_the_next_day() -> None:
    """CON-44, PTL-10: a finding that was cleared."""
    hall = issued()
    hall.tick(at("9:00", "2026-12-02"))
    gone = hall.row("bulletin", "b1")["details"][0]
    finding = next(rid for rid, row in hall.rows("finding") if (row["post"], row["from_at"]) == (gone["post"], gone["at"]))
    hall.send(ACTORS["zhou"], "finding.void", finding, FindingVoid("录像显示有人"), at=at("9:10", "2026-12-02"))
    hall.tick(at("9:11", "2026-12-02"))
    assert hall.row("bulletin", "b1")["fallen"] == [gone["unit"]]


def test_a_problem_that_is_taken_back_is_told_to_the_editors_of_its_bulletin_at_once() -> None:
    """CON-44, CHK-10."""
    hall = a_week()
    hall.send(ACTORS["zhou"], "problem.find", "p1", FindProblem("u2", "covert", "F20", "没有一次告知"))
    hall.send(ACTORS["ma"], "problem.order", "p1", OrderProblem("改", "feng"), guard={"p1": hall.tx.version("problem", "p1") or 0})
    draft(hall, "sun", ("check", "2026-11-23", "2026-11-29"), rid="b2")
    assert act(hall, "edit", EditBulletin(WORDING), "sun", "b2").st == "applied"
    assert act(hall, "issue", IssueBulletin(), "sun", "b2").st == "applied"
    hall.tick(at("9:00", "2026-12-02"))
    assert "fallen" not in hall.row("bulletin", "b2")
    guard = {"p1": hall.tx.version("problem", "p1") or 0}
    told = hall.send(ACTORS["zhou"], "problem.withdraw", "p1", WithdrawProblem("登记错单位"), at=at("9:10", "2026-12-02"), guard=guard)
    assert told.st == "applied"
    hall.tick(at("9:11", "2026-12-02"))
    assert hall.row("bulletin", "b2")["fallen"] == ["u2"]


def test_a_published_result_that_is_taken_back_is_told_to_the_editors_of_its_bulletin_at_once() -> None:
    """CON-44, CHK-10."""
    hall = small_hall(domains=HALL)
    sheet = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), [ItemAnswer("MS02", "full")])
    hall.send(ACTORS["wu"], "visit.record", "v1", sheet, received=at("10:00"))

    def decide(kind: str, args: Any, received: int) -> str:
        guard = {"v1": hall.tx.version("visit", "v1") or 0}
        return hall.send(ACTORS["sun"], kind, "v1", args, guard=guard, received=received).st

    assert decide("visit.publish", Publish("只查了一项"), at("10:10")) == "applied"
    draft(hall, "sun", ("check", "2026-11-23", "2026-11-30"), rid="b2")
    assert act(hall, "edit", EditBulletin(WORDING), "sun", "b2").st == "applied"
    assert act(hall, "issue", IssueBulletin(), "sun", "b2").st == "applied"
    hall.tick(at("9:00", "2026-12-02"))
    assert "fallen" not in hall.row("bulletin", "b2")
    assert decide("visit.withdraw", WithdrawVisit("走错窗口"), at("9:10", "2026-12-02")) == "applied"
    hall.tick(at("9:11", "2026-12-02"))
    assert hall.row("bulletin", "b2")["fallen"] == ["u1"]
