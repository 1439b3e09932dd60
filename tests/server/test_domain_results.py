"""What is told of a visit and said to it: fact check, publication, the person, answers, review, withdrawal (CHK-09, CON-44, EVD-12)."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from server.domain.base import Actor, Outcome
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.tables import ProblemRecord
from server.domain.hall.handlers import put_person
from server.domain.hall.tables import PersonRecord, UnitTerm
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit, Void
from server.domain.visit.result_ops import AnswerVisit, FactCheck, ReviewVisit, TellPerson, WithdrawVisit
from server.domain.visit.tables import ResultRecord
from server.domain.visit.views import own_rid
from tests.server.scenes.small_hall import ACTORS, DOMAINS, PEOPLE, at, mission, small_hall
from tests.support.memory_tx import MemoryHall

WITH_PROBLEMS = (*DOMAINS, CAMPAIGN)
OWN = own_rid("v1", "wang")
ANSWERS = [ItemAnswer("MS01", "fail", "响了八声", at=at("9:05")), ItemAnswer("MS02", "full"), ItemAnswer("MS05", "full")]
SECRETS = ("wu", "吴", "工号四一七", "请稍等", "想开店")
STRANGERS = [uid for uid in PEOPLE if uid not in ("sun", "zhao")]


def recorded() -> MemoryHall:
    """One visit handed in, with what only the lead may read."""
    hall = small_hall()
    args = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), ANSWERS, badge="工号四一七", said="请稍等", story="想开店")
    assert hall.send(ACTORS["wu"], "visit.record", "v1", args, received=at("10:00")).st == "applied"
    return hall


def lead(hall: MemoryHall, kind: str, args: msgspec.Struct, clock: str = "10:10", day: str = "2026-11-23", who: str = "sun") -> Outcome:
    guard = {"v1": hall.tx.version("visit", "v1") or 0}
    return hall.send(ACTORS[who], kind, "v1", args, guard=guard, received=at(clock, day))


def published() -> MemoryHall:
    hall = recorded()
    assert lead(hall, "visit.publish", Publish("请整改")).st == "applied"
    return hall


def told() -> MemoryHall:
    hall = published()
    assert hall.send(ACTORS["zhao"], "visit.tell", "v1", TellPerson("wang"), received=at("11:00")).st == "applied"
    return hall


def say(hall: MemoryHall, who: str, text: str = "当时系统故障", *, review: bool = False) -> Outcome:
    return hall.send(ACTORS[who], "visit.answer", "v1", AnswerVisit(text, review), received=at("14:40"))


def test_the_facts_are_checked_with_the_head_alone_before_anything_is_published() -> None:
    """CHK-09, PRV-15: office and leaders see nothing yet, no index counts it."""
    hall = recorded()
    assert lead(hall, "visit.check", FactCheck("请核对")).st == "applied"
    assert hall.buckets("visit.unit", "v1") == {"head:u1", "u:sun"}
    row = hall.row("visit.unit", "v1")
    assert (row["state"], row["answer_until"]) == ("checking", "2026-11-26")
    assert not any(secret in hall.tx.rows["visit.unit", "v1"].body for secret in SECRETS)
    assert hall.row("visit.public", "v1") is None


def test_publication_waits_for_the_unit_or_for_the_end_of_its_time() -> None:
    """EVD-12: silence is no confession, and no veto either."""
    hall = recorded()
    lead(hall, "visit.check", FactCheck())
    assert lead(hall, "visit.publish", Publish("只查了几项")).code == "ANSWER_TIME"
    assert lead(hall, "visit.publish", Publish("只查了几项"), "17:30", "2026-11-26").code == "ANSWER_TIME"
    assert lead(hall, "visit.publish", Publish("只查了几项"), "17:31", "2026-11-26").st == "applied"
    hall = recorded()
    lead(hall, "visit.check", FactCheck())
    assert say(hall, "zhao").st == "applied"
    assert lead(hall, "visit.publish", Publish("只查了几项"), "15:00").st == "applied"
    assert [one["text"] for one in hall.row("visit.unit", "v1")["answers"]] == ["当时系统故障"]


def test_what_everybody_read_is_not_checked_again_behind_their_backs() -> None:
    """CHK-09, CON-35: not by a late sheet of the team either."""
    hall = published()
    assert lead(hall, "visit.check", FactCheck()).code == "GONE"
    late = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), [ItemAnswer("MS01", "full")])
    assert hall.send(ACTORS["zheng"], "visit.record", "v2", late, received=at("11:00")).st == "applied"
    guard = {"v2": hall.tx.version("visit", "v2") or 0}
    assert hall.send(ACTORS["sun"], "visit.check", "v2", FactCheck(), guard=guard).code == "GONE"
    assert hall.row("visit.unit", "v1")["state"] == "published"


def test_a_withdrawn_result_is_checked_with_the_head_alone_like_a_new_one() -> None:
    """CHK-09, PRV-15, EVD-12: what was said to the published version does not end the time for this one."""
    hall = told()
    say(hall, "zhao")
    assert lead(hall, "visit.withdraw", WithdrawVisit("照片有误"), "15:00").st == "applied"
    assert lead(hall, "visit.check", FactCheck("请再核对"), "15:10").st == "applied"
    assert hall.buckets("visit.unit", "v1") == {"head:u1", "u:sun"}
    assert (hall.row("visit.unit", "v1")["published_at"], "published_at" in hall.row("visit", "v1")) == (0, False)
    own = hall.row("visit.own", OWN)
    assert (own["state"], own["failed"], own.get("text", "")) == ("withdrawn", [], "")
    assert lead(hall, "visit.publish", Publish("只查了几项"), "15:20").code == "ANSWER_TIME"
    assert hall.send(ACTORS["zhao"], "visit.answer", "v1", AnswerVisit("已核对"), received=at("15:30")).st == "applied"
    assert lead(hall, "visit.publish", Publish("只查了几项"), "15:40").st == "applied"
    assert hall.buckets("visit.unit", "v1") == {"head:u1", "u:sun", "role:OFF", "role:LEAD", "role:DIS"}


def test_only_what_the_head_may_have_said_to_this_check_ends_its_time() -> None:
    """EVD-12, EVD-03: neither what was provably said before it, nor the word of a person who is not shown it."""
    hall = told()
    lead(hall, "visit.withdraw", WithdrawVisit("照片有误"), "15:00")
    lead(hall, "visit.check", FactCheck(), "15:10")
    before = hall.op(ACTORS["zhao"], "visit.answer", "v1", AnswerVisit("对公布结果的说明"), at=at("15:01"), received=at("15:20"))
    assert hall.run(replace(before, window=replace(before.window, not_after=at("15:02")))).st == "applied"
    assert hall.send(ACTORS["wang"], "visit.answer", "v1", AnswerVisit("我在接电话"), received=at("15:21")).st == "applied"
    assert lead(hall, "visit.publish", Publish("只查了几项"), "15:30").code == "ANSWER_TIME"
    unproven = hall.op(ACTORS["zhao"], "visit.answer", "v1", AnswerVisit("已核对"), at=at("9:00"), received=at("15:40"), grade="C")
    assert hall.run(unproven).st == "applied"
    assert lead(hall, "visit.publish", Publish("只查了几项"), "15:45").st == "applied"


def test_the_result_goes_from_the_lead_to_the_head_to_the_person() -> None:
    """CHK-09, EVD-12: who it concerns reads it, without the visitor, and knows until when to answer."""
    hall = published()
    assert hall.buckets("visit.unit", "v1") == {"head:u1", "u:sun", "role:OFF", "role:LEAD", "role:DIS"}
    assert hall.row("visit.unit", "v1")["tell_until"] == "2026-11-24"
    assert not hall.seen_by("u:wang").keys() & {("visit.own", OWN), ("visit.unit", "v1")}
    hall = told()
    assert hall.buckets("visit.own", OWN) == {"u:wang"}
    own = hall.row("visit.own", OWN)
    assert (own["answer_until"], [item["id"] for item in own["failed"]], own["notes"]) == (
        "2026-11-26",
        ["MS01"],
        [{"item": "MS01", "mark": "fail", "note": "响了八声"}],
    )
    assert not any(secret in hall.tx.rows["visit.own", OWN].body for secret in SECRETS)
    assert hall.row("visit.unit", "v1")["told"] == ["wang"]


@pytest.mark.parametrize("who", STRANGERS)
def test_only_the_head_of_the_unit_passes_it_on(who: str) -> None:
    """CHK-09: and a guess at a record is answered like one that is not there."""
    hall = published()
    known = hall.send(ACTORS[who], "visit.tell", "v1", TellPerson("wang"))
    assert known == hall.send(ACTORS[who], "visit.tell", "v9", TellPerson("wang")) == Outcome("refused", "NO_RIGHT")
    assert hall.send(ACTORS["zhao"], "visit.tell", "v1", TellPerson("feng")).code == "INVALID"


def test_whoever_belonged_to_the_unit_on_that_day_is_told_wherever_he_is_now_and_a_newcomer_is_not() -> None:
    """CHK-09, CON-43."""
    hall = recorded()
    for uid, terms in (
        ("wang", [UnitTerm("u1", "2026-01-01", "2026-11-23"), UnitTerm("u2", "2026-11-24")]),
        ("feng", [UnitTerm("u2", "2026-01-01", "2026-11-23"), UnitTerm("u1", "2026-11-24")]),
    ):
        person = hall.tx.get(PersonRecord, uid)
        assert person is not None
        put_person(hall.tx, replace(person, unit=terms[-1].unit, units=terms))
    assert lead(hall, "visit.publish", Publish("请整改"), "9:00", "2026-11-25").st == "applied"
    assert hall.row("visit.unit", "v1")["people"] == ["li", "qian", "wang", "zhao"]
    assert hall.send(ACTORS["zhao"], "visit.tell", "v1", TellPerson("feng")).code == "INVALID"
    assert hall.send(ACTORS["zhao"], "visit.tell", "v1", TellPerson("wang")).st == "applied"
    assert hall.buckets("visit.own", OWN) == {"u:wang"}


def test_unit_and_person_say_their_part_and_each_sees_only_what_is_theirs() -> None:
    """EVD-12, GEN-08: the head sees the person's answer, the person not the head's."""
    hall = told()
    assert (say(hall, "zhao", "窗口正在交接").st, say(hall, "wang", "我在接另一部电话", review=True).st) == ("applied", "applied")
    assert [one["by"] for one in hall.row("visit.unit", "v1")["answers"]] == ["wang", "zhao"]
    assert [one["text"] for one in hall.row("visit.own", OWN)["answers"]] == ["我在接另一部电话"]
    assert say(hall, "wang", " ").code == "INVALID"


@pytest.mark.parametrize("who", ["li", "feng", "zhou", "ma", "wu"])
def test_nobody_else_says_anything_to_it_and_learns_nothing_from_trying(who: str) -> None:
    """CHK-05: what he said is kept for a person all the same."""
    hall = told()
    assert say(hall, who) == Outcome("held", "NO_RIGHT") == say(small_hall(), who)


def decide(hall: MemoryHall, who: str = "sun", **more: Any) -> Outcome:
    args = ReviewVisit(**({"text": "录音显示五声内接听", "changed": {"MS01": "full"}} | more))
    guard = {"v1": hall.tx.version("visit.unit", "v1") or 0}
    return hall.send(ACTORS[who], "visit.review", "v1", args, guard=guard, received=at("16:00"))


def test_a_review_is_decided_on_what_was_asked_and_the_score_follows() -> None:
    """EVD-12, CHK-09."""
    hall = told()
    assert decide(hall).code == "GONE"
    say(hall, "wang", review=True)
    before = hall.row("visit.unit", "v1")["score"]["tenths"]
    assert decide(hall).st == "applied"
    row, own = hall.row("visit.unit", "v1"), hall.row("visit.own", OWN)
    assert (before, row["score"]["tenths"], row["failed"], row["notes"]) == (600, 1000, [], [])
    assert [one["text"] for one in own["reviews"]] == ["录音显示五声内接听"]
    assert {a["item"]: a["mark"] for a in hall.row("visit", "v1")["answers"]}["MS01"] == "fail"


def test_who_observed_decides_no_review_even_when_he_leads() -> None:
    """EVD-12: the observer cannot decide."""
    hall = told()
    say(hall, "wang", review=True)
    one = mission()
    one.team, one.state = ["wu", "zheng", "sun"], "published"
    hall.tx.put(one)
    assert decide(hall).code == "OBSERVER"
    assert decide(hall, "ma").st == "applied"
    assert decide(hall, "wu").code == "NO_RIGHT"


def test_nobody_decides_a_review_of_the_own_unit_or_of_what_he_was_told() -> None:
    """EVD-12: a lead or leader whom it concerns is like any observer."""
    hall = told()
    say(hall, "wang", review=True)
    of_the_unit = Actor("ma", "u1", frozenset({"LEAD"}))
    told_to = Actor("wang", "c-lead", frozenset({"LEAD"}))
    lead_there = Actor("sun", "u1", frozenset({"CHECK"}))
    guard = {"v1": hall.tx.version("visit.unit", "v1") or 0}
    for actor in (of_the_unit, told_to, lead_there):
        assert hall.send(actor, "visit.review", "v1", ReviewVisit("维持"), guard=guard).code == "OWN_WORK"
    say(hall, "zhao")
    assert decide(hall, "zhao").code == "NO_RIGHT"
    spoke = Actor("zhao", "c-lead", frozenset({"LEAD"}))
    guard = {"v1": hall.tx.version("visit.unit", "v1") or 0}
    assert hall.send(spoke, "visit.review", "v1", ReviewVisit("维持"), guard=guard).code == "OWN_WORK"


def test_every_review_answers_a_new_request_and_takes_nothing_back_it_does_not_name() -> None:
    """EVD-12: the first one stays to be read, and so does what it granted."""
    hall = told()
    say(hall, "wang", review=True)
    assert hall.row("visit.unit", "v1")["asked"] is True
    assert decide(hall).st == "applied"
    assert "asked" not in hall.row("visit.unit", "v1")
    assert decide(hall, text="改回", changed={"MS01": "fail"}).code == "GONE"
    # Asked offline before the first review, received after it: nobody has answered that one.
    args = AnswerVisit("还有一项", review=True)
    assert hall.send(ACTORS["zhao"], "visit.answer", "v1", args, at=at("15:00"), received=at("17:00")).st == "applied"
    assert decide(hall, "ma", text="维持", changed={}).st == "applied"
    row = hall.row("visit.unit", "v1")
    assert ([one["text"] for one in row["reviews"]], row["score"]["tenths"], row["failed"]) == (["录音显示五声内接听", "维持"], 1000, [])


@pytest.mark.parametrize("wrong", [{"text": " "}, {"changed": {"MS99": "full"}}])
def test_a_review_without_a_reason_or_of_an_unknown_item_is_refused(wrong: dict[str, Any]) -> None:
    """CHK-09."""
    hall = told()
    say(hall, "wang", review=True)
    assert decide(hall, **wrong).code == "INVALID"


def test_a_review_on_another_version_than_the_present_one_is_stale() -> None:
    """CHK-09."""
    hall = told()
    say(hall, "wang", review=True)
    assert hall.send(ACTORS["sun"], "visit.review", "v1", ReviewVisit("是"), guard={"v1": 1}).code == "STALE"


def test_a_visitor_takes_the_own_sheet_back_before_publication_with_a_reason() -> None:
    """CON-44."""
    hall = recorded()
    assert lead(hall, "visit.withdraw", WithdrawVisit(" "), who="wu").code == "INVALID"
    assert lead(hall, "visit.withdraw", WithdrawVisit("走错窗口"), who="zheng").code == "NO_RIGHT"
    assert lead(hall, "visit.withdraw", WithdrawVisit("走错窗口"), who="wu").st == "applied"
    assert (hall.row("visit", "v1")["state"], hall.row("visit", "v1")["text"]) == ("void", "走错窗口")
    assert hall.row("visit.team", "m1") is None


def test_after_publication_only_the_lead_withdraws_and_the_unit_is_told_why() -> None:
    """CON-44: the record stays; nothing of what failed stands there any more."""
    hall = told()
    assert lead(hall, "visit.withdraw", WithdrawVisit("走错窗口"), who="wu").code == "GONE"
    assert lead(hall, "visit.withdraw", WithdrawVisit("照片有误")).st == "applied"
    row, own = hall.row("visit.unit", "v1"), hall.row("visit.own", OWN)
    assert (row["state"], row["text"], row["failed"], row["notes"]) == ("withdrawn", "照片有误", [], [])
    assert (own["state"], own["failed"]) == ("withdrawn", [])
    assert hall.row("visit", "v1")["answers"]
    assert lead(hall, "visit.publish", Publish("照片已核对")).st == "applied"
    assert hall.row("visit.unit", "v1")["state"] == "published"


def test_what_is_void_is_seen_by_nobody_outside() -> None:
    """CHK-05, CON-44."""
    hall = told()
    assert lead(hall, "visit.void", Void("身份暴露")).st == "applied"
    assert (hall.row("visit.unit", "v1"), hall.row("visit.own", OWN), hall.row("visit.public", "v1")) == (None, None, None)


def test_a_result_with_items_nobody_has_marked_is_told_only_with_a_reason() -> None:
    """CHK-07, CHK-02: three of 46 are no whole visit; unit and lead see so. What is marked 不适用 is marked."""
    hall = recorded()
    assert lead(hall, "visit.publish", Publish(" ")) == Outcome("refused", "ITEMS_OPEN")
    assert (hall.row("visit.team", "m1")["answered"], hall.row("visit.team", "m1")["items"]) == (3, 46)
    assert lead(hall, "visit.publish", Publish("当天只查电话")).st == "applied"
    row = hall.row("visit.unit", "v1")
    assert (row["answered"], row["items"], row["text"]) == (3, 46, "当天只查电话")


VETOED = [ItemAnswer("MS19", "fail", "大声训斥"), ItemAnswer("MS02", "full"), ItemAnswer("MS38", "full")]


def test_a_failed_veto_item_is_a_problem_at_once_when_it_is_published_and_not_before() -> None:
    """§6, CHK-05: grave, under the code of the item; the same for the list of problems until the result does not stand any more."""
    hall = small_hall(domains=WITH_PROBLEMS)
    quiet = hall.copy()
    args = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), VETOED)
    hall.send(ACTORS["wu"], "visit.record", "v1", args, received=at("10:00"))
    others = {f"u:{uid}" for uid in PEOPLE} - {"u:sun", "u:wu", "u:zheng"} | {
        "hall",
        "head:u1",
        "role:OFF",
        "role:EFF",
        "role:CHECK",
        "role:LEAD",
    }
    assert hall.seen_by(*others) == quiet.seen_by(*others)
    assert hall.tx.find(ProblemRecord) == []
    assert lead(hall, "visit.publish", Publish("只查了几项")).st == "applied"
    ((rid, row),) = hall.rows("problem")
    assert (row["unit"], row["source"], row["code"], row["level"], row["state"], row["fact"]) == (
        "u1",
        "covert",
        "F16",
        "grave",
        "found",
        "v1",
    )
    assert "大声训斥" in row["text"]
    assert not any(word in str(row) for word in ("wu", "吴"))
    say(hall, "zhao", review=True)
    guard = {"v1": hall.tx.version("visit.unit", "v1") or 0}
    changed = ReviewVisit("录音听不清", {"MS19": "full"})
    assert hall.send(ACTORS["ma"], "visit.review", "v1", changed, guard=guard, received=at("15:00")).st == "applied"
    assert hall.row("problem", rid)["state"] == "lifted"


def test_what_was_opened_for_a_result_is_lifted_and_stands_again_with_it() -> None:
    """§6, CON-44."""
    hall = small_hall(domains=WITH_PROBLEMS)
    hall.send(ACTORS["wu"], "visit.record", "v1", RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), VETOED), received=at("10:00"))
    states = []
    for kind, args in (
        ("publish", Publish("x")),
        ("withdraw", WithdrawVisit("照片有误")),
        ("publish", Publish("x")),
        ("void", Void("暴露")),
    ):
        assert lead(hall, f"visit.{kind}", args).st == "applied"
        states.append([row["state"] for _, row in hall.rows("problem")])
    assert states == [["found"], ["lifted"], ["found"], ["lifted"]]


def test_a_telephone_test_is_told_in_its_two_parts() -> None:
    """CHK-11: switchboard and business desk, 45 and 55 points, by the form and the ways of every visit."""
    hall = small_hall()
    one = mission()
    one.checklist, one.method = "tel-1", "phone"
    hall.tx.put(one)
    answers = [ItemAnswer("TL01", "full"), ItemAnswer("TL02", "fail"), ItemAnswer("TL03", "full"), ItemAnswer("TL04", "half")]
    answers += [ItemAnswer(f"TL{n:02d}", "full") for n in range(5, 11)]
    args = RecordVisit("m1", "tel-1", at("9:00"), at("9:06"), answers)
    assert hall.send(ACTORS["wu"], "visit.record", "v1", args, received=at("10:00")).st == "applied"
    assert hall.row("visit.team", "m1")["hints"] == {"v1": ["alone"]}, "a call is short by nature"
    lead(hall, "visit.publish", Publish())
    assert [(part["id"], part["got_halves"] / 2, part["possible"]) for part in hall.row("visit.unit", "v1")["parts"]] == [
        ("A", 29.0, 45),
        ("B", 55.0, 55),
    ]


def test_the_unit_the_office_and_the_leaders_learn_of_it_together_and_supervisors_no_earlier() -> None:
    """PRV-17: one act shows it to all of them; the person hears of it from the head of the unit, nobody in public."""
    hall = recorded()
    assert lead(hall, "visit.publish", Publish("只查了几项")).st == "applied"
    assert hall.buckets("visit.unit", "v1") >= {"head:u1", "role:OFF", "role:LEAD"}
    assert not any(shown.buckets & {"pub", "hall"} for (kind, _), shown in hall.tx.rows.items() if kind.startswith("visit"))


def test_supervisors_read_the_unit_and_its_score_and_nothing_else() -> None:
    """CHK-09, SUP-02: no item, no note, no window, no person."""
    hall = told()
    assert hall.row("visit.public", "v1") is None, "the unit has its time to answer first (PRV-17)"
    hall.tick(at("10:00", "2026-12-04"))
    assert hall.buckets("visit.public", "v1") == {"role:SUP"}
    assert hall.row("visit.public", "v1").keys() == {"unit", "unit_names", "day", "score"}


def test_a_word_to_a_result_that_was_withdrawn_opens_the_one_published_anew_to_nobody() -> None:
    """PRV-17, EVD-12: unit and person have their time to answer what it says then."""
    hall = told()
    say(hall, "zhao", "谢谢")
    assert hall.buckets("visit.public", "v1") == {"role:SUP"}
    assert lead(hall, "visit.withdraw", WithdrawVisit("再认定"), "15:00").st == "applied"
    assert lead(hall, "visit.publish", Publish("只查了几项"), "9:00", "2026-12-20").st == "applied"
    assert hall.tx.ask("result_open", result="v1")
    assert hall.row("visit.public", "v1") is None
    own = hall.row("visit.own", OWN)
    assert (own["told_at"], own["answer_until"]) == (at("9:00", "2026-12-20"), hall.row("visit.unit", "v1")["answer_until"])
    again = AnswerVisit("仍然属实")
    assert hall.send(ACTORS["zhao"], "visit.answer", "v1", again, received=at("9:10", "2026-12-20")).st == "applied"
    assert hall.buckets("visit.public", "v1") == {"role:SUP"}


def test_a_word_in_the_fact_check_is_none_to_what_is_published() -> None:
    """PRV-17, CHK-09: a fact corrected is no answer to the result."""
    hall = recorded()
    lead(hall, "visit.check", FactCheck("请核对"))
    assert say(hall, "zhao", "窗口号写错了").st == "applied"
    assert lead(hall, "visit.publish", Publish("只查了几项"), "15:00").st == "applied"
    assert hall.tx.ask("result_open", result="v1")
    assert hall.row("visit.public", "v1") is None


def test_what_was_told_is_compared_with_the_guide() -> None:
    """IDX-26, IDX-27: what the indices add up, once published."""
    hall = published()
    (found,) = hall.tx.find(ResultRecord)
    assert (found.tested, found.equal, found.tenths, found.vetoes) == (1, 1, 600, 0)
