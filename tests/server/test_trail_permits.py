"""Who was excused by the office, or has a standing permission, answers for no post: as A and as a stand-in, by what had been laid down
then, whatever was taken back afterwards (ATT-07, EVD-02, EVD-04)."""

from itertools import permutations
from typing import Any

import msgspec
import pytest

from server.domain.attendance.ops import EndExcuse, ExcuseAll
from server.domain.base import Outcome
from server.domain.presence.ops import HandBack, Received, StepUp
from server.domain.trail.ops import FindingDecide
from tests.server.scenes.attendance import NEXT, attendance_hall, decide, exc, punch, state
from tests.server.scenes.conflicts import accepts, empty, look, notice, steps_up
from tests.server.scenes.handover import sheet, sheet_answered, sheet_received
from tests.server.scenes.ledger import kept_as_made, ledger
from tests.server.scenes.others_word import SEEN
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, PEOPLE, at
from tests.support.memory_tx import MemoryHall
from tests.support.sentences import explains, sentence

NAMES = {uid: name for uid, (name, _, _) in PEOPLE.items()}
AWAY = notice("9:58", "9:58", "11:30", stand_in="li", reason="meeting")
TAKES = Said("li", "9:59", "cover.step_up", "k1", StepUp("w1", at("9:59"), "n1"))
READ = Said("li", "9:59", "away.received", "n1", Received())
WAYS = {
    "named, has read it": (AWAY, READ),
    "named, said yes": (AWAY, accepts("9:59")),
    "took the post": (AWAY, TAKES),
    "took it with nobody asking": (steps_up("9:59"),),
    "has the sheet": (sheet("9:00"), sheet_received("9:01")),
    "said yes to the sheet": (sheet("9:00"), sheet_answered("9:02")),
}


def permits(who: str = "li", from_clock: str = "10:00", to_clock: str = "11:00", said: str = "7:05", rid: str = "e1") -> Said:
    """周 lets somebody be absent."""
    return Said("zhou", said, "att.excuse", rid, ExcuseAll(at(from_clock), at(to_clock), "nursing", "哺乳", people=[who]))


def told(*facts: Said) -> MemoryHall:
    hall = attendance_hall()
    for said in facts:
        assert hall.run(said.op(hall)).st == "applied", said
    kept_as_made(hall)
    return hall


def ends(hall: MemoryHall, clock: str, rid: str = "e1") -> Outcome:
    """周 says that it was a mistake."""
    return hall.send(ACTORS["zhou"], "att.end_excuse", rid, EndExcuse("录错"), at=at(clock), received=at(clock))


def part(hall: MemoryHall, rid: str = "o1") -> tuple[Any, ...]:
    """Whether A counts, who stands in, whether his part counts."""
    row = hall.row("finding", rid)
    return row["person_count"], row.get("cover", ""), row.get("cover_count", 0)


# --- the stand-in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("known", ["before", "arrives last", "laid down afterwards"])
def test_a_stand_in_who_is_permitted_to_be_absent_is_not_looked_into(way: str, known: str) -> None:
    """ATT-07, CON-10, CON-12: promised or not, by notice, by sheet or by taking the post; whenever it was said, as for A."""
    facts = (*WAYS[way], *SEEN)
    assert part(told(*facts)) == (0, "li", 1)
    permit = permits(said="11:30" if known == "laid down afterwards" else "7:05")
    hall = told(permit, *facts) if known == "before" else told(*facts, permit)
    assert (part(hall), hall.row("finding", "o1")["explain"]["key"].endswith("_permitted")) == ((0, "li", 0), True)


@pytest.mark.parametrize(("from_clock", "to_clock", "counts"), [("9:30", "10:15", 0), ("10:15", "11:00", 0), ("9:30", "10:05", 1)])
@pytest.mark.parametrize("way", ["took the post", "named, said yes", "said yes to the sheet"])
def test_only_the_looks_at_which_he_had_to_be_there_are_weighed(way: str, from_clock: str, to_clock: str, counts: int) -> None:
    """ATT-07, EVD-08: of two looks one is left, and a glance counts for nobody."""
    assert part(told(*WAYS[way], permits("li", from_clock, to_clock), *SEEN)) == (0, "li", counts)


def test_when_his_hour_is_over_the_stand_in_answers_again() -> None:
    """ATT-07, CON-10: of four looks of one absence the last two are his."""
    later = (empty("o3", "11:05"), empty("o4", "11:16"))
    hall = told(AWAY, TAKES, permits(), *SEEN, *later)
    assert (part(hall), hall.row("finding", "o1")["explain"]["params"]["seen"]) == ((0, "li", 1), at("11:05"))


def test_who_gave_the_post_back_between_two_looks_is_not_counted_for_the_second() -> None:
    """EVD-08, AB-06: one glance is left."""
    given = Said("li", "10:15", "cover.hand_back", "k1", HandBack(at("10:15")))
    assert part(told(steps_up("9:59"), given, *SEEN))[2] == 0


def test_a_permission_that_arrives_later_reaches_posts_no_roster_names_its_person_for() -> None:
    """ATT-07, EVD-01: 钱 took w1 of his own accord, and is B of w3 and A of w2."""
    hall = told(Said("qian", "9:59", "cover.step_up", "k9", StepUp("w1", at("9:59"))), *SEEN)
    assert part(hall) == (0, "qian", 1)
    assert hall.run(permits("qian").op(hall)).st == "applied"
    assert part(hall) == (0, "qian", 0)
    kept_as_made(hall)


def test_what_is_said_of_a_permitted_stand_in_in_both_scripts() -> None:
    """EVD-11, PRV-03: not why."""
    said = {
        "named, said yes": (
            "交由李代为履职，但李当时准许不在岗。岗位计一次，双方都不计",
            "交由李代為履職，但李當時准許不在崗。崗位計一次，雙方都不計",
        ),
        "has the sheet": ("把工作移交李，但李当时准许不在岗。", "把工作移交李，但李當時准許不在崗。"),
        "took it with nobody asking": ("李已于 09:59 顶岗，但李当时准许不在岗。", "李已於 09:59 頂崗，但李當時准許不在崗。"),
    }
    for way, (hans, hant) in said.items():
        row = told(*WAYS[way], permits(), *SEEN).row("finding", "o1")
        found = ["".join(sentence(e, locale, NAMES, {}) for e in explains(row)) for locale in ("zh_Hans", "zh_Hant_TW")]
        assert (hans in found[0], hant in found[1]) == (True, True), found


# --- a permission that was taken back ------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_what_was_permitted_then_accuses_nobody_though_it_was_a_mistake(order: tuple[int, ...]) -> None:
    """ATT-07, EVD-02, EVD-04: whoever relied on it as it stood is in doubt, in every order of arrival; the office decides."""
    facts = (permits("wang"), *SEEN)
    hall = told(*(facts[n] for n in order))
    assert ends(hall, "15:05").st == "applied"
    assert ledger(hall) == ("pending", 1, 0, "explain.permit_ended")
    kept_as_made(hall)
    against = FindingDecide(True, "早已当面告知")
    assert hall.send(ACTORS["zhou"], "finding.decide", "o1", against, received=at("15:20")).st == "applied"
    assert ledger(hall) == ("unattended", 1, 1, "explain.ruled_against")


@pytest.mark.parametrize(
    ("said", "ended", "outcome"),
    [
        ("7:05", "9:30", ("pending", 1, 0, "explain.permit_ended")),
        ("7:05", "7:30", ("unattended", 1, 1, "explain.unattended")),
        ("11:00", "15:05", ("unattended", 1, 1, "explain.unattended")),
        ("10:15", "15:05", ("pending", 1, 0, "explain.permit_ended")),
    ],
    ids=["this session, he may not have heard", "before this session", "laid down after both looks", "laid down between them"],
)
def test_it_is_relied_on_from_when_it_was_laid_down_to_the_session_after_its_end(said: str, ended: str, outcome: Any) -> None:
    """EVD-02, EVD-04: as a recall holds from the next session (CON-14)."""
    hall = attendance_hall()
    for fact in (permits("wang", said=said), *SEEN):
        assert hall.run(fact.op(hall)).st == "applied"
    ends(hall, ended)
    assert ledger(hall) == outcome
    kept_as_made(hall)


def test_a_glance_at_what_was_permitted_then_makes_no_doubt() -> None:
    """EVD-08."""
    hall = told(permits("wang"), SEEN[0])
    ends(hall, "15:05")
    assert ledger(hall) == ("glance", 0, 0, "explain.glance")


def test_a_stand_in_who_relied_on_a_permission_is_not_looked_into_when_it_is_taken_back() -> None:
    """ATT-07, EVD-04: laid down only afterwards, nobody relied on it."""
    hall = told(permits(), *WAYS["took the post"], *SEEN)
    ends(hall, "15:05")
    assert part(hall) == (0, "li", 0)
    kept_as_made(hall)
    late = told(permits(said="12:00"), *WAYS["took the post"], *SEEN)
    ends(late, "15:05")
    assert part(late) == (0, "li", 1)
    kept_as_made(late)


def test_a_permission_that_was_taken_back_is_explained_in_both_scripts() -> None:
    """EVD-11."""
    hall = told(permits("wang"), *SEEN)
    ends(hall, "15:05")
    found = [[sentence(e, locale, NAMES, {}) for e in explains(hall.row("finding", "o1"))] for locale in ("zh_Hans", "zh_Hant_TW")]
    assert any("10:10 见空岗；王当时准许不在岗，后来准许被取消" in one for one in found[0]), found
    assert any("10:10 見空崗；王當時准許不在崗，後來准許被取消" in one for one in found[1]), found


# --- attendance -------------------------------------------------------------------------------------------------------


def storm(hall: MemoryHall, said: str, ended: str) -> None:
    """周 excuses everybody until nine, and ends that."""
    args = ExcuseAll(at("08:00"), at("09:00"), "weather", "暴雨")
    assert hall.send(ACTORS["zhou"], "att.excuse", "e1", args, at=at(said), received=at(said)).st == "applied"
    assert ends(hall, ended).st == "applied"


def test_who_came_as_late_as_he_was_allowed_then_is_in_doubt_and_not_late() -> None:
    """ATT-07, EVD-03, EVD-04: in whatever order; the head may accept it, and what waits counts nobody."""
    for punched_first in (True, False):
        hall = attendance_hall()
        if punched_first:
            punch(hall, "wang", "in", 0, "08:50")
        storm(hall, "07:05", "10:00")
        if not punched_first:
            punch(hall, "wang", "in", 0, "08:50", received="10:05")
        assert state(hall, exc()) == ("pending", "pending", False)
        assert hall.row("att.exc", exc())["explain"]["key"] == "att.excuse_ended"
        assert decide(hall, "zhao", "att.decide", exc(), True).st == "applied"
        assert state(hall, exc()) == ("pending", "explained", False)


@pytest.mark.parametrize(("said", "ended"), [("09:10", "10:00"), ("07:05", "07:30")], ids=["laid down later", "ended before work began"])
def test_what_nobody_could_rely_on_changes_nothing(said: str, ended: str) -> None:
    """ATT-07, EVD-04."""
    hall = attendance_hall()
    punch(hall, "wang", "in", 0, "08:50")
    storm(hall, said, ended)
    assert state(hall, exc()) == ("late", "detected", False)


def test_a_standing_permission_that_ends_binds_from_the_next_session_on() -> None:
    """ATT-07: the days before stay in doubt, those after are as every day."""
    hall = attendance_hall()
    args = ExcuseAll(at("00:00"), at("00:00", "2026-12-31"), "granted", "哺乳", people=["wang"], daily_from="08:30", daily_to="09:30")
    hall.send(ACTORS["zhou"], "att.excuse", "e1", args, at=at("07:00"), received=at("07:00"))
    for day in (DAY, NEXT):
        hall.tick(at("07:30", day))
        if day == NEXT:
            hall.send(ACTORS["zhou"], "att.end_excuse", "e1", msgspec.convert({"text": "期满"}, EndExcuse), received=at("07:40", day))
        punch(hall, "wang", "in", 0, "09:25", day=day, received_day=day)
    assert [state(hall, exc(day=day)) for day in (DAY, NEXT)] == [("pending", "pending", False), ("half_day", "detected", False)]


# --- what was coded beside the state of a post --------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["named, has read it", *[one for one in WAYS if one not in ("named, has read it", "has the sheet")]])
def test_what_is_coded_at_a_post_concerns_whoever_worked_there(way: str) -> None:
    """GEN-08, AB-03: not him who was away, in every order of arrival; whom the inspector named it concerns all the same."""
    looks = [look(rid, "10:20", "serving", codes=["P1", "P10"], person=named) for rid, named in (("o1", None), ("o2", "wang"))]
    facts = (*WAYS[way], *looks)
    for order in (facts, facts[::-1]):
        hall = attendance_hall()
        for said in order:
            assert hall.run(said.op(hall)).code in (None, "REF_WAIT")
        taken = "wang" if way == "named, has read it" else "li"
        assert [hall.row("coded", rid)["person"] for rid in ("o1", "o2")] == [taken, "wang"]
        assert (f"u:{taken}" in hall.buckets("coded", "o1"), len(hall.buckets("coded", "o1"))) == (True, 6)


def test_whom_it_turns_out_to_concern_later_has_his_own_time_to_answer() -> None:
    """EVD-12: told on Monday to 王, on Thursday to 李, who had taken the post."""
    hall = attendance_hall()
    hall.run(look("o1", "10:20", "serving", codes=["P1", "P10"]).op(hall))
    assert (hall.row("coded", "o1")["person"], hall.row("coded", "o1")["answer_until"]) == ("wang", "2026-11-26")
    hall.tick(at("16:00", "2026-11-26"))
    hall.run(steps_up("9:59").op(hall, at("16:00", "2026-11-26")))
    assert (hall.row("coded", "o1")["person"], hall.row("coded", "o1")["answer_until"]) == ("li", "2026-12-01")
