"""Until when a review may be asked for: a rule of the hall, shown to whom it concerns; a late word is kept, its request is not taken up
(EVD-12).
"""

import pytest

from server.domain.base import Outcome
from server.domain.patrol.ops import Observe
from server.domain.trail.ops import FindingAnswer
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit
from server.domain.visit.result_ops import AnswerVisit, TellPerson
from server.domain.visit.views import own_rid
from tests.server.scenes.small_hall import ACTORS, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

ASKED = FindingAnswer("当时在柜台下取件", review=True)
LATE = Outcome("applied", "REVIEW_LATE")
LAST = "2026-12-14"
"""The fifteenth working day after the Monday of the finding."""


def found(**rules: int) -> MemoryHall:
    """An empty window, seen twice, that counts for 王."""
    hall = small_hall(**rules)
    for rid, clock in (("o1", "10:00"), ("o2", "10:15")):
        seen = Observe("r1", "w1", "empty_no_notice", at(clock), KNEW)
        assert hall.send(ACTORS["lin"], "patrol.observe", rid, seen, at=at(clock), received=at(clock)).st == "applied"
    assert hall.row("finding.own", "o1")["person_count"] == 1
    return hall


def ask(hall: MemoryHall, day: str, clock: str = "10:00", who: str = "wang") -> Outcome:
    return hall.send(ACTORS[who], "finding.answer", "o1", ASKED, at=at(clock, day), received=at(clock, day), not_before=at(clock, day))


def test_a_finding_says_until_when_a_review_may_be_asked_for() -> None:
    """EVD-12, GEN-03: `evd.review_days`, counted from being told."""
    assert found().row("finding.own", "o1")["review_until"] == LAST
    assert found(**{"evd.review_days": 5}).row("finding.own", "o1")["review_until"] == "2026-11-30"


@pytest.mark.parametrize(("day", "clock", "late"), [(LAST, "17:30", False), (LAST, "17:31", True), ("2026-12-15", "9:00", True)])
def test_a_late_request_is_answered_with_its_code_and_its_words_stay(day: str, clock: str, late: bool) -> None:
    """EVD-12: in time it makes a doubt that somebody else decides; late it changes nothing, and nothing that was said is lost."""
    hall = found()
    assert ask(hall, day, clock) == (LATE if late else Outcome("applied"))
    row = hall.row("finding.own", "o1")
    assert (row["state"], row["answers"]) == ("unattended" if late else "pending", [ASKED.text])


def test_what_may_have_been_asked_in_time_is_taken_as_asked_in_time() -> None:
    """EVD-03: said without a network, proven only when it arrives; nobody loses his review to a dead spot."""
    hall = found()
    late = {"at": at("17:00", LAST), "received": at("9:00", "2026-12-20")}
    assert hall.send(ACTORS["wang"], "finding.answer", "o1", ASKED, **late).st == "applied"
    assert hall.row("finding.own", "o1")["state"] == "pending"
    hall = found()
    doubtful = {"at": at("9:00", "2026-12-16"), "received": at("9:00", "2026-12-16"), "grade": "C", "not_before": at("9:00", LAST)}
    assert hall.send(ACTORS["wang"], "finding.answer", "o1", ASKED, **doubtful) == Outcome("applied")


def test_who_asks_to_have_reviewed_what_counts_for_nobody_is_told_so() -> None:
    """EVD-12, GEN-08: what an inspector coded is answered, and the answer stays; nothing was decided that others could look at again."""
    hall = small_hall()
    seen = Observe("r1", "w1", "serving", at("10:00"), KNEW, codes=["P12"])
    assert hall.send(ACTORS["lin"], "patrol.observe", "o1", seen, at=at("10:00"), received=at("10:00")).st == "applied"
    assert ask(hall, "2026-11-24") == Outcome("applied", "NO_REVIEW")
    assert hall.row("coded", "o1")["answers"] == [ASKED.text]


def published() -> MemoryHall:
    hall = small_hall()
    answers = [ItemAnswer("MS01", "fail", "响了八声", at=at("9:05"))]
    hall.send(ACTORS["wu"], "visit.record", "v1", RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), answers), received=at("10:00"))
    guard = {"v1": hall.tx.version("visit", "v1") or 0}
    assert hall.send(ACTORS["sun"], "visit.publish", "v1", Publish("只查一项"), guard=guard, received=at("10:10")).st == "applied"
    return hall


def say(hall: MemoryHall, who: str, day: str) -> Outcome:
    when = at("9:00", day)
    return hall.send(ACTORS[who], "visit.answer", "v1", AnswerVisit("当时系统故障", True), received=when, not_before=when)


def test_a_result_has_the_same_term_and_whoever_is_told_later_has_all_of_it() -> None:
    """EVD-12, CHK-09: the head from the publication, the person from being told."""
    hall = published()
    assert hall.send(ACTORS["zhao"], "visit.tell", "v1", TellPerson("wang"), received=at("9:00", "2026-11-25")).st == "applied"
    assert hall.row("visit.unit", "v1")["review_until"] == LAST
    assert hall.row("visit.own", own_rid("v1", "wang"))["review_until"] == "2026-12-16"
    assert say(hall, "zhao", "2026-12-15") == LATE
    assert hall.row("visit.unit", "v1").get("asked") is None
    assert [one["text"] for one in hall.row("visit.unit", "v1")["answers"]] == ["当时系统故障"]
    assert say(hall, "wang", "2026-12-15") == Outcome("applied")
    assert hall.row("visit.unit", "v1")["asked"] is True
