"""Social supervisors: limited accounts that end by themselves, reports that are owed an answer (SUP-01..04)."""

from typing import Any

import pytest

from server.domain.base import Actor, Outcome
from server.domain.hall.handlers import DOMAIN as HALL
from server.domain.hall.rules import buckets_of
from server.domain.norms.handlers import DOMAIN as NORMS
from server.domain.supervisor.handlers import DOMAIN as SUPERVISOR
from server.domain.supervisor.ops import AnswerReport, Appoint, EndTerm, FileReport, Nominate
from server.domain.supervisor.rules import state_on
from server.domain.visit.handlers import DOMAIN as VISIT
from server.domain.visit.handlers import put_mission
from server.domain.visit.ops import ItemAnswer, RecordVisit
from server.domain.visit.plan_ops import CommitPlan
from tests.server.scenes.small_hall import ACTORS, at, mission, small_hall
from tests.support.memory_tx import MemoryHall

SUP = Actor("sup1", "", frozenset({"SUP"}))
ENGAGERS = {"role:OFF", "role:EFF", "role:CHECK", "role:LEAD"}


def hall_with(now: str = "09:00") -> MemoryHall:
    return small_hall(now, domains=(HALL, NORMS, VISIT, SUPERVISOR))


def nominate(hall: MemoryHall, who: str = "zhou", **more: Any) -> Outcome:
    args: dict[str, Any] = {"name": "何某", "kind": "citizen", "checked": "周，核对身份与利害关系", "units": ["u1"]} | more
    return hall.send(ACTORS[who], "sup.nominate", "sup1", Nominate(**args), guard=seen(hall))


def seen(hall: MemoryHall) -> dict[str, int]:
    present = hall.tx.version("supervisor", "sup1")
    return {"sup1": present} if present else {}


def appoint(hall: MemoryHall, who: str = "ma", **more: Any) -> Outcome:
    args: dict[str, Any] = {"number": "监001", "from_day": "2026-11-23", "to_day": "2027-11-22"} | more
    return hall.send(ACTORS[who], "sup.appoint", "sup1", Appoint(**args), guard=seen(hall))


def engaged(**term: str) -> MemoryHall:
    hall = hall_with()
    assert nominate(hall).st == "applied"
    assert appoint(hall, **term).st == "applied"
    return hall


def file(hall: MemoryHall, rid: str = "r1", who: Actor = SUP, received: str = "10:00", **more: Any) -> Outcome:
    args: dict[str, Any] = {"kind": "seen", "text": "叫号屏坏了半天", "at": at("9:30"), "unit": "u1"} | more
    return hall.send(who, "sup.report", rid, FileReport(**args), received=at(received))


def test_a_nominated_person_has_no_account_an_appointed_one_has_for_the_term() -> None:
    """SUP-01, SUP-02."""
    hall = hall_with()
    nominate(hall)
    assert "sup1" not in hall.tx.accounts
    assert hall.row("supervisor", "sup1")["state"] == "nominated"
    appoint(hall)
    assert hall.tx.accounts["sup1"] == ("监001", "何某", "", ("SUP",), True)
    assert hall.row("supervisor", "sup1")["state"] == "active"


def test_the_account_ends_with_the_term_by_itself() -> None:
    """SUP-02: and a new term opens it again."""
    hall = engaged(to_day="2026-11-24")
    hall.tick(at("23:59", "2026-11-24"))
    assert hall.tx.accounts["sup1"][-1] is True
    hall.tick(at("0:00", "2026-11-25"))
    assert hall.tx.accounts["sup1"][-1] is False
    assert hall.row("supervisor", "sup1")["state"] == "expired"
    assert appoint(hall, from_day="2026-11-26", to_day="2027-11-25").st == "applied"
    assert hall.tx.accounts["sup1"][-1] is False
    hall.tick(at("0:00", "2026-11-26"))
    assert hall.tx.accounts["sup1"][-1] is True


@pytest.mark.parametrize(
    ("state", "day", "then"),
    [
        ("appointed", "2026-11-22", "appointed"),
        ("appointed", "2026-11-23", "active"),
        ("active", "2026-11-24", "active"),
        ("active", "2026-11-25", "expired"),
        ("dismissed", "2026-11-23", "dismissed"),
        ("resigned", "2026-11-25", "resigned"),
        ("nominated", "2026-11-23", "nominated"),
    ],
)
def test_what_a_term_makes_of_a_supervisor(state: Any, day: str, then: str) -> None:
    """SUP-02."""
    assert state_on(state, "2026-11-23", "2026-11-24", day) == then


def test_a_supervisor_reads_the_own_matters_and_nothing_of_the_personnel() -> None:
    """SUP-02, VIS-01."""
    hall = engaged()
    mine = buckets_of("sup1", "", ["SUP"])
    assert mine == {"u:sup1", "role:SUP"}
    kinds = {kind for kind, _ in hall.seen_by(*mine)}
    assert kinds == {"hall", "me", "sup.own", "checklist"}
    own = hall.row("sup.own", "sup1")
    assert (own["unit_names"].keys(), "checked" in own) == ({"u1"}, False)
    assert hall.row("person", "sup1") is None
    assert hall.buckets("supervisor", "sup1") == ENGAGERS


def test_an_ended_engagement_closes_the_account_at_once_and_needs_a_reason() -> None:
    """SUP-02."""
    hall = engaged()
    end = lambda text, who="zhou": hall.send(ACTORS[who], "sup.end", "sup1", EndTerm("resigned", text), guard=seen(hall))  # noqa: E731
    assert end(" ").code == "INVALID"
    assert end("迁往外地", "wang").code == "NO_RIGHT"
    assert end("迁往外地").st == "applied"
    assert hall.tx.accounts["sup1"][-1] is False
    assert end("再次").code == "GONE"
    hall.tick(at("9:00", "2026-11-24"))
    assert hall.row("supervisor", "sup1")["state"] == "resigned"


def test_a_supervisor_may_be_drawn_for_a_visit_and_records_it_like_any_visitor() -> None:
    """SUP-01, CHK-12: sealed from everybody else like any mission."""
    hall = engaged()
    assert hall.buckets("visitor", "sup1") == {"role:CHECK"}
    scope = {"units": ["u1"], "visitors": ["wu", "zheng", "sup1"], "from_day": "2026-11-24", "to_day": "2026-11-27", "slots": ["上午"]}
    plan = CommitPlan(title="监督员走访", method="open", checklist="ms-1", secret="5a" * 32, coverage_percent=100, **scope)
    assert hall.send(ACTORS["sun"], "plan.commit", "p1", plan).st == "applied"
    one = mission()
    one.team = ["sup1", "wu"]
    put_mission(hall.tx, one)
    args = RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), [ItemAnswer("MS01", "full")])
    assert hall.send(SUP, "visit.record", "v1", args, received=at("10:00")).st == "applied"
    assert hall.buckets("visit", "v1") == {"u:sun", "u:sup1", "u:wu"}


@pytest.mark.parametrize(("kind", "due"), [("seen", "2026-12-07"), ("suggestion", "2026-12-07"), ("request", "2026-12-14")])
def test_every_report_has_a_day_by_which_it_is_answered(kind: str, due: str) -> None:
    """SUP-03, SUP-04: working days of the hall's calendar; a request to know is a record with a term of its own."""
    hall = engaged()
    assert file(hall, kind=kind).st == "applied"
    row = hall.row("sup.report", "r1")
    assert (row["due_day"], row["by_name"], row["unit_names"]) == (due, "何某", {"zh_Hans": "u1"})
    assert hall.buckets("sup.report", "r1") == {"u:sup1", "role:OFF", "role:EFF"}


def test_what_is_not_answered_in_time_is_shown_as_overdue_and_stays_so() -> None:
    """SUP-03."""
    hall = engaged()
    file(hall)
    hall.tick(at("17:30", "2026-12-07"))
    assert "overdue" not in hall.row("sup.report", "r1")
    hall.tick(at("17:31", "2026-12-07"))
    assert hall.row("sup.report", "r1")["overdue"] is True
    answer = AnswerReport("已修好，并换了备用屏。")
    assert hall.send(ACTORS["wang"], "sup.answer", "r1", answer).code == "NO_RIGHT"
    assert hall.send(ACTORS["zhou"], "sup.answer", "r1", answer, received=at("9:00", "2026-12-08")).st == "applied"
    row = hall.row("sup.report", "r1")
    assert (row["overdue"], row["answer"], row["answered_by"]) == (True, "已修好，并换了备用屏。", "zhou")
    assert hall.send(ACTORS["zhou"], "sup.answer", "r1", answer).code == "GONE"


def test_an_answer_given_in_time_offline_is_not_overdue_however_late_it_arrives() -> None:
    """SUP-03, EVD-02."""
    hall = engaged()
    file(hall)
    hall.tick(at("9:00", "2026-12-08"))
    late = at("10:00", "2026-12-08")
    hall.send(ACTORS["zhou"], "sup.answer", "r1", AnswerReport("已修好"), at=at("17:00", "2026-12-07"), received=late)
    assert "overdue" not in hall.row("sup.report", "r1")


def test_a_time_that_cannot_be_proven_neither_shortens_a_term_nor_keeps_it() -> None:
    """SUP-03, EVD-03: the term runs from the receipt; an answer that says it was in time is in time when that can be proven."""
    hall = engaged()
    args = FileReport(kind="seen", text="叫号屏坏了半天", at=at("9:30", "2026-11-02"), unit="u1")
    assert hall.send(SUP, "sup.report", "r1", args, at=at("9:31", "2026-11-02"), received=at("10:00"), grade="C").st == "applied"
    assert (hall.row("sup.report", "r1")["due_day"], hall.row("sup.report", "r1").get("overdue", False)) == ("2026-12-07", False)
    hall.tick(at("9:00", "2026-12-08"))
    late, claimed = at("10:00", "2026-12-08"), at("17:00", "2026-12-07")
    assert hall.send(ACTORS["zhou"], "sup.answer", "r1", AnswerReport("已修好"), at=claimed, received=late, grade="C").st == "applied"
    row = hall.row("sup.report", "r1")
    assert (row["overdue"], row["answered_at"]) == (True, late)


def test_a_report_of_a_phone_that_is_fast_is_kept_with_the_time_that_can_be_true() -> None:
    """SUP-03, EVD-03."""
    hall = engaged()
    args = FileReport(kind="seen", text="叫号屏坏了半天", at=at("10:06"), unit="u1")
    assert hall.send(SUP, "sup.report", "r1", args, at=at("10:05"), received=at("10:00"), grade="C").st == "applied"
    assert (hall.row("sup.report", "r1")["at"], hall.row("sup.report", "r1")["grade"]) == (at("10:00"), "C")


def test_only_supervisors_report() -> None:
    """SUP-02: what anybody else says so is kept for a person."""
    assert file(engaged(), who=ACTORS["wang"]) == Outcome("held", "NO_RIGHT")


@pytest.mark.parametrize("wrong", [{"text": " "}, {"unit": "u77"}])
def test_an_inconsistent_report_is_kept_for_a_person(wrong: dict[str, Any]) -> None:
    """SUP-03."""
    assert file(engaged(), **wrong) == Outcome("held", "INVALID")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"number": " "}, "INVALID"),
        ({"number": "wang"}, "TAKEN"),
        ({"to_day": "2026-11-22", "from_day": "2026-11-20"}, "INVALID"),
        ({"to_day": "2026-11-22"}, "INVALID"),
        ({"to_day": "2036-11-22"}, "INVALID"),
        ({"from_day": "bald"}, "INVALID"),
        ({"who": "wang"}, "NO_RIGHT"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused(wrong: dict[str, str], code: str) -> None:
    """SUP-02."""
    hall = hall_with()
    nominate(hall)
    assert appoint(hall, **wrong).code == code


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"name": ""}, "INVALID"), ({"checked": " "}, "INVALID"), ({"units": ["u77"]}, "INVALID"), ({"who": "lin"}, "NO_RIGHT")],
)
def test_nobody_is_nominated_unchecked_or_for_units_that_are_none(wrong: dict[str, Any], code: str) -> None:
    """SUP-01."""
    assert nominate(hall_with(), **wrong).code == code
