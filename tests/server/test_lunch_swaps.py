"""Lunch duty beside what people say and take on themselves: swaps, standing in, leave (CAL-05, ORG-09, AB-01, LV-10)."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.hall.duty import assigned, is_parted, session_starts
from server.domain.hall.handlers import put_duty
from server.domain.hall.ops import LUNCH, SessionDuty, Swap
from server.domain.hall.tables import DutyRecord
from server.domain.handover.ops import HandoverItem, Prepare, SheetAnswer
from server.domain.patrol.ops import Observe
from server.domain.presence.ops import Announce, Answer, Assign, StepUp
from server.domain.roster.ops import PublishRoster, PutSwap
from tests.server.scenes.leave import AFTERNOON, MORNING, WHOLE_DAY, asks, says
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import DAY, KNEW, at
from tests.server.test_lunch_duty import LI, SEEN, WED, drafted, ended, ledger, look, lunch_hall, on_duty, send
from tests.support.memory_tx import MemoryHall

BOTH = SessionDuty(LUNCH, "wang", "li")
"""The same two people have the session and lunch duty."""
ZHAO_STEPS_UP = Said("zhao", "11:50", "cover.step_up", "c1", StepUp("w1", at("11:50")))


def swap(who: str, clock: str, a: str, b: str, rid: str = "sw") -> Said:
    return Said(who, clock, "roster.swap", rid, PutSwap("w1", DAY, a, b))


def duty_at(hall: MemoryHall, post: str, a: str, b: str, *later: SessionDuty) -> None:
    put_duty(hall.tx, DutyRecord(rid=f"{DAY}:{post}", day=DAY, post=post, a=a, b=b, later=list(later)))


# --- swaps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [swap("li", "09:30", "li", "wang"), swap("wang", "11:40", "li", "wang")], ids=["li", "wang"])
def test_a_swap_before_noon_holds_over_lunch_when_the_same_people_have_both_duties(said: Said) -> None:
    """ORG-09, EVD-04: whoever gave the window away is not accused over lunch, in any order of arrival."""
    hall = ended(said, *SEEN, later=(BOTH,))
    assert [on_duty(hall, clock)[0] for clock in ("11:50", "12:20", "15:00")] == ["li", "li", "li"]
    assert ledger(hall)[2:4] == (int(said.who == "li"), "li"), "what another says of him, he may not have known"


def test_what_the_office_says_of_one_duty_alone_parts_it_from_the_other() -> None:
    """ORG-07, EVD-04: a swap holds over lunch as long as the office has the same people in both; what was before stays."""
    starts = session_starts(lunch_hall().tx.ask("hall"), DAY)
    own = Swap(at("09:30"), "li", "wang", "li", op="s")
    office = {
        "lunch": Swap(at("12:30"), "qian", "zhao", "zhou", "", lunch=True),
        "session": Swap(at("11:00"), "qian", "zhao", "zhou", ""),
    }
    shown = {}
    for what, said in office.items():
        duty = DutyRecord(rid="d", day=DAY, post="w1", a="wang", b="li", later=[BOTH], swaps=[own, said])
        shown[what] = [assigned(duty, starts, at(clock)).a for clock in ("10:00", "11:30", "12:20", "12:40", "15:00")]
    assert shown == {"lunch": ["li", "li", "li", "qian", "li"], "session": ["li", "qian", "wang", "wang", "qian"]}


def test_lunch_duty_handed_over_and_back_leaves_the_afternoon_alone() -> None:
    """ORG-09, EVD-04: session 王/李, lunch 李/王: what both say of lunch says nothing of 14:40, in any order of arrival."""
    taken, back = swap("wang", "12:10", "wang", "li", "s1"), swap("li", "13:00", "li", "wang", "s2")
    hall = ended(taken, back, look("o1", "14:40"), look("o2", "14:51"), later=(SessionDuty(LUNCH, "li", "wang"),))
    assert [on_duty(hall, clock)[0] for clock in ("12:05", "12:20", "13:10", "14:40")] == ["li", "wang", "li", "wang"]
    assert ledger(hall)[2:4] == (1, "wang")


# --- standing in -------------------------------------------------------------------------------------------------------


def test_who_stood_in_does_not_resume_in_an_afternoon_that_is_anothers() -> None:
    """AB-01, EVD-04: 王, over lunch and in the afternoon 李; 赵 took the window for 王."""
    later = (SessionDuty(1, "li", "wang"), LI)
    hall = lunch_hall(*later)
    assert hall.run(ZHAO_STEPS_UP.op(hall, at("11:50"))).st == "applied"
    shown = []
    for clock in ("11:55", "12:20", "14:40"):
        hall.tick(at(clock))
        shown.append((hall.row("post.pub", "w1")["label"], hall.row("post.pub", "w1").get("stand_in", "")))
    assert shown == [("covered", "赵"), ("on_post", ""), ("on_post", "")]
    hall = ended(ZHAO_STEPS_UP, look("o1", "14:40"), look("o2", "14:51"), later=later)
    assert ledger(hall) == ("unattended", 1, 1, "li", "explain.unattended")
    assert hall.row("finding", "o1").get("cover_count", 0) == 0


def test_a_swap_in_the_afternoon_ends_nobodys_standing_in() -> None:
    """AB-01: whether it resumes is decided as the afternoon begins; on a day without lunch duty a swap ends none either."""
    starts = session_starts(lunch_hall().tx.ask("hall"), DAY)
    duty = DutyRecord(rid="d", day=DAY, post="w1", a="wang", b="li", later=[LI], swaps=[Swap(at("15:00"), "li", "wang", "li", op="s")])
    assert [is_parted(duty, starts, at("11:50"), at(clock)) for clock in ("12:20", "14:40", "15:10")] == [True, False, False]


def promise(stand_in: str = "zhao") -> tuple[Said, ...]:
    away = Announce(["w1"], "trip", at("11:00"), at("15:30"), "wang", stand_in=stand_in)
    return (
        Said("wang", "10:50", "away.announce", "n1", away),
        Said(stand_in, "10:55", "away.answer", "n1", Answer(True)),
    )


def sheet() -> tuple[Said, ...]:
    given = Prepare("w1", "wang", "zhao", at("10:30"), at("16:00"), "meeting", [HandoverItem("x")], why="临时")
    return (Said("wang", "10:00", "handover.prepare", "s1", given), Said("zhao", "10:10", "handover.answer", "s1", SheetAnswer(True, "")))


@pytest.mark.parametrize("stands_in", [(ZHAO_STEPS_UP,), promise(), sheet()], ids=["step-up", "promise", "sheet"])
def test_over_lunch_whoever_has_lunch_duty_answers_for_the_work_not_who_stood_in_before(stands_in: tuple[Said, ...]) -> None:
    """CAL-05, AB-03, PTL-08: 赵 answers for 王's sessions; a matter seen at 12:20 is 李's, in every order of arrival."""
    seen = Observe("r1", "w1", "serving", at("12:20"), KNEW, codes=["P8"], note="玩手机")
    said = (*stands_in, Said("lin", "12:20", "patrol.observe", "o1", seen))
    for order in permutations(said):
        hall = lunch_hall()
        hall.tick(at("15:00"))
        waiting = list(order)
        for _ in said:
            waiting = [one for one in waiting if hall.run(one.op(hall)).st != "applied"]
        assert waiting == []
        assert [hall.tx.ask("serving", post="w1", at=at(clock)).person for clock in ("11:55", "12:20", "15:00")] == ["zhao", "li", "zhao"]
        assert hall.row("coded", "o1")["person"] == "li"


def test_who_is_away_in_the_sessions_says_nothing_of_who_has_lunch_duty() -> None:
    """CAL-05, EMG-07: with 王's notice alone, at 12:20 李 answers for the window; in the afternoon nobody does."""
    hall = lunch_hall()
    assert send(hall, "wang", "away.announce", "n1", promise()[0].args, "10:50").st == "applied"
    hall.tick(at("15:00"))
    assert [hall.tx.ask("serving", post="w1", at=at(clock)).person for clock in ("11:55", "12:20", "15:00")] == ["", "li", ""]


@pytest.mark.parametrize("stands_in", [(ZHAO_STEPS_UP,), promise(), sheet()], ids=["step-up", "promise", "sheet"])
def test_who_stood_in_at_a_window_that_is_anothers_over_lunch_is_missed_where_he_has_lunch_duty(stands_in: tuple[Said, ...]) -> None:
    """CAL-05, AB-01: 赵 stood in at w1 for 王; over lunch w1 is 李's and w2 is 赵's, who is not there."""
    for order in permutations((*stands_in, look("o1", "12:20", "w2"), look("o2", "12:31", "w2"))):
        hall = lunch_hall()
        duty_at(hall, "w2", "qian", "wang", SessionDuty(LUNCH, "zhao"))
        hall.tick(at("15:00"))
        waiting = list(order)
        for _ in order:
            waiting = [one for one in waiting if hall.run(one.op(hall)).st != "applied"]
        assert (waiting, ledger(hall)) == ([], ("unattended", 1, 1, "zhao", "explain.unattended"))


def test_an_order_to_a_window_that_is_closed_over_lunch_excuses_nobody_from_lunch_duty() -> None:
    """CAL-05, AB-10: HEAD sent 王 to w2, where nobody has lunch duty; he has it at w1. Back in the session it is a doubt as before."""
    sent = (
        Said("qian", "11:00", "away.announce", "n2", Announce(["w2"], "trip", at("11:30"), at("15:00"), "qian")),
        Said("zhao", "11:10", "away.assign", "n2", Assign("wang", "去")),
    )
    for looks, found in ((SEEN, ("unattended", 1)), ((look("o1", "14:40"), look("o2", "14:51")), ("pending", 0))):
        hall = lunch_hall(SessionDuty(LUNCH, "wang"))
        hall.tick(at("15:00"))
        assert {hall.run(one.op(hall)).st for one in (*sent, *looks)} == {"applied"}
        assert (ledger(hall)[0], ledger(hall)[2]) == found


# --- leave -------------------------------------------------------------------------------------------------------------


def on_leave(who: str, span: tuple[str, str], *later: SessionDuty, **asked: Any) -> MemoryHall:
    """The hall with approved leave of somebody."""
    hall = lunch_hall(*later, now="07:50")
    for one in (asks("a", who, "08:00", *span, **asked), says("a", "zhao", "08:10"), says("a", "zhou", "08:11")):
        hall.run(one.op(hall, one.at))
    assert hall.row("leave", "a")["state"] in ("approved", "on_leave")
    return hall


@pytest.mark.parametrize(
    ("span", "later", "slots"),
    [
        (WHOLE_DAY, LI, [("12:00", "none", "")]),
        (WHOLE_DAY, SessionDuty(LUNCH, "li", "zhao"), [("12:00", "ok", "zhao")]),
        # 钱's window is closed over lunch: he is free then.
        (WHOLE_DAY, SessionDuty(LUNCH, "li", "qian"), [("12:00", "ok", "qian")]),
        (MORNING, LI, []),
        (AFTERNOON, LI, []),
    ],
)
def test_leave_of_whoever_has_lunch_duty_says_who_is_there_instead(span: Any, later: SessionDuty, slots: Any) -> None:
    """LV-10, CAL-05."""
    shown = on_leave("li", span, later).row("leave", "a").get("cover", [])
    assert [(one["from_at"], one["st"], one.get("stand_in") or "") for one in shown] == [(at(clock), st, who) for clock, st, who in slots]


def test_who_publishes_lunch_duty_of_somebody_on_leave_is_told() -> None:
    """LV-10, ORG-02: 李 has the whole Wednesday off; 钱 would be there as his B."""
    hall = on_leave("li", WHOLE_DAY, day=WED)
    shown = []
    for lunch in (LI, SessionDuty(LUNCH, "li", "qian"), SessionDuty(LUNCH, "qian")):
        send(hall, "zhou", "roster.draft", "r1", drafted(lunch), "08:20")
        shown.append([(gap["post"], gap["kind"], gap["n"]) for gap in hall.row("roster.check", WED).get("gaps", []) if gap["post"] == "w1"])
    assert shown == [[("w1", "on_leave", LUNCH)], [], []]
    send(hall, "zhou", "roster.draft", "r2", drafted(LI), "08:21")
    assert send(hall, "zhou", "roster.publish", "p1", PublishRoster(WED, WED, posts=["w1"]), "08:22").code == "ROSTER_UNCOVERED"
