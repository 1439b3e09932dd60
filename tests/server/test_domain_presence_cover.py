"""Who is told of an absence, who is asked to stand in, and when HEAD's word is needed (AWY-02, 03, 05, 07, 08, 12; AB-03, AB-05)."""

from itertools import permutations
from typing import Any

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.hall.handlers import put_person
from server.domain.hall.tables import PersonRecord
from server.domain.incident.ops import Report, Tick
from server.domain.presence.ops import Announce, Answer, Assign, Cancel, GiveConsent, HandBack, Received, Return, StepUp
from server.domain.presence.rules import Serving
from tests.server.scenes.absence import MINUTE, leave, public, said
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.support.memory_tx import MemoryHall

# --- told -------------------------------------------------------------------------------------------------------------


def told(hall: MemoryHall, rid: str = "n1") -> Any:
    """The row that says whom a notice has reached; an empty one when there is none."""
    return hall.row("away.told", rid) or {}


def test_the_phone_of_the_stand_in_says_that_it_has_the_notice() -> None:
    """AWY-08: told is told when the phone has it, and again is no news."""
    hall = small_hall()
    leave(hall, stand_in="li")
    assert "told_at" not in told(hall)
    assert said(hall, "li", "away.received", "n1", Received(), "10:05").st == "applied"
    assert said(hall, "li", "away.received", "n1", Received(), "10:06", at=at("10:01")).st == "applied"
    assert told(hall)["told_at"] == at("10:01"), "the earliest counts, whatever arrived first"
    assert hall.buckets("away.told", "n1") == hall.buckets("away.office", "n1")
    assert said(hall, "qian", "away.received", "n1", Received(), "10:07").code == "NO_RIGHT"


def test_a_receipt_makes_nobodys_decision_stale() -> None:
    hall = small_hall()
    said(hall, "wang", "away.announce", "n1", Announce(["w1"], "errand", at("9:50"), at("10:30"), "wang", stand_in="li"), "10:00")
    version = hall.tx.version("away.office", "n1")
    said(hall, "li", "away.received", "n1", Received(), "10:01")
    assert hall.tx.version("away.office", "n1") == version


def test_the_office_is_told_of_a_unit_wholly_away_when_it_has_it() -> None:
    """AWY-02: 告知办公室 is a time somebody can prove, not a hope."""
    hall = small_hall()
    leave(hall, "zhao", posts=[], unit="u1", reason="training", contact="0000-00001234")
    assert "office_told_at" not in told(hall)
    said(hall, "zhou", "away.received", "n1", Received(), "10:02")
    assert told(hall)["office_told_at"] == at("10:02")
    leave(hall, "feng", rid="n2", posts=[], unit="u2", reason="meeting", contact="0000-00004321", by="zhou")
    assert told(hall, "n2")["office_told_at"] == at("10:00"), "what the office wrote down itself it knows"


def test_a_whole_unit_leaves_how_to_reach_it_and_says_where_it_goes() -> None:
    """AWY-02, AB-07: reason, return and contact; an official absence says where to. What is missing is asked for, and the notice counts."""
    hall = small_hall()
    assert leave(hall, "zhao", posts=[], unit="u1", reason="training").st == "applied"
    assert hall.row("away.office", "n1")["missing"] == ["destination", "contact"]
    assert leave(hall, reason="meeting", rid="n2", contact="8021").st == "applied"
    assert hall.row("away.office", "n2")["missing"] == ["destination"]
    label = public(hall, "w2")
    assert (label["label"], label["all_away"]) == ("suspended", "meeting_training"), (
        "the plate at the door tells the class, never the reason"
    )


def test_one_person_too_leaves_how_to_be_reached() -> None:
    """AWY-01, AB-07: a notice of one person without a contact is asked about by the head; it counts, and one with it is not asked about."""
    hall = small_hall()
    assert leave(hall, contact="  ").st == "applied"
    assert hall.row("away.office", "n1")["missing"] == ["contact"]
    leave(hall, "qian", posts=["w3"], rid="n2", contact="8021")
    assert "missing" not in hall.row("away.office", "n2")


# --- overdue ----------------------------------------------------------------------------------------------------------


def test_an_overdue_return_is_told_to_the_person_then_head_and_stand_in_then_the_office() -> None:
    """AWY-07."""
    hall = small_hall()
    leave(hall, stand_in="li")
    said(hall, "li", "away.answer", "n1", Answer(True), "10:01")
    steps = []
    for clock in ("10:19", "10:20", "10:30", "10:50"):
        hall.tick(at(clock))
        steps.append((told(hall).get("overdue", ""), hall.row("away.office", "n1")["state"]))
    assert steps == [("", "active"), ("person", "active"), ("head", "overdue"), ("office", "overdue")]
    said(hall, "wang", "away.return", "n1", Return(at("10:52")), "10:52")
    assert "overdue" not in told(hall)


# --- who stands in ----------------------------------------------------------------------------------------------------


def trouble(hall: MemoryHall, rid: str = "n1") -> str:
    """Why HEAD is asked about a notice."""
    return str(told(hall, rid).get("trouble", ""))


def test_head_is_asked_at_once_when_b_says_no() -> None:
    hall = small_hall()
    leave(hall, stand_in="li", back_at=at("11:00"))
    assert trouble(hall) == ""
    said(hall, "li", "away.answer", "n1", Answer(False, "在接待"), "10:01")
    assert trouble(hall) == "declined"
    said(hall, "qian", "cover.step_up", "k1", StepUp("w1", at("10:02"), "n1"), "10:02")
    assert trouble(hall) == "", "somebody serves"
    said(hall, "qian", "cover.hand_back", "k1", HandBack(at("10:10")), "10:10")
    assert trouble(hall) == "declined"


def test_head_is_asked_at_once_when_b_is_away_too() -> None:
    """AB-05: A and B must not be away together."""
    hall = small_hall()
    leave(hall, "li", rid="n0", posts=[], clock="9:55", back_at=at("11:00"))
    leave(hall, stand_in="li")
    assert trouble(hall) == "away"
    said(hall, "li", "away.return", "n0", Return(at("10:03")), "10:03")
    assert trouble(hall) != "away"
    later = small_hall()
    leave(later, stand_in="li")
    said(later, "li", "away.answer", "n1", Answer(True), "10:01")
    assert trouble(later) == ""
    leave(later, "li", rid="n0", posts=[], clock="10:05", back_at=at("11:00"))
    assert trouble(later) == "away", "a stand-in who leaves later is asked about, too"


def test_silence_is_told_apart_from_not_being_reached() -> None:
    """AWY-08, CON-11: who was never reached has not kept silent."""
    hall = small_hall()
    leave(hall, stand_in="li", back_at=at("11:00"))
    hall.tick(at("10:03"))
    assert trouble(hall) == "unreached"
    said(hall, "li", "away.received", "n1", Received(), "10:04")
    assert trouble(hall) == "silent"


def test_nobody_named_at_a_required_post_is_heads_matter() -> None:
    hall = small_hall()
    leave(hall)
    assert trouble(hall) == "nobody"
    said(hall, "wang", "away.return", "n1", Return(at("10:05")), "10:05")
    assert trouble(hall) == ""


@pytest.mark.parametrize(("by", "code"), [("wang", None), ("zhao", None), ("zhou", None), ("li", "NO_RIGHT"), ("feng", "NO_RIGHT")])
def test_another_stand_in_is_named_by_the_person_head_or_office(by: str, code: str | None) -> None:
    hall = small_hall()
    leave(hall, stand_in="li", back_at=at("11:00"))
    said(hall, "li", "away.answer", "n1", Answer(False), "10:01")
    assert said(hall, by, "away.assign", "n1", Assign("qian"), "10:02").code == code
    if code is None:
        row = hall.row("away.office", "n1")
        assert (row["stand_in"], row["cover"], trouble(hall)) == ("qian", "told", "")
        assert "u:qian" in hall.buckets("away.office", "n1")
        assert "u:li" not in hall.buckets("away.office", "n1"), "who is asked no more needs it no more"
        said(hall, "qian", "away.answer", "n1", Answer(True), "10:03")
        assert (public(hall)["label"], public(hall)["stand_in"]) == ("covered", "钱")


def test_the_last_named_is_asked_whatever_arrives_first() -> None:
    facts = (
        ("wang", "away.announce", Announce(["w1"], "meeting", at("10:00"), at("11:00"), "wang", stand_in="li"), "10:00"),
        ("li", "away.answer", Answer(False), "10:01"),
        ("zhao", "away.assign", Assign("qian"), "10:02"),
        ("qian", "away.answer", Answer(True), "10:03"),
    )
    ends = set()
    for order in permutations(facts):
        if order.index(facts[3]) < order.index(facts[2]):
            continue  # nobody answers before the site has asked him
        hall = small_hall()
        for who, kind, args, clock in order:
            op = hall.op(ACTORS[who], kind, "n1", args, at=at(clock), received=at("10:05"), op_id=f"{who}-{kind}")
            hall.run(op)
        hall.tick(at("10:06"))
        ends.add((hall.tx.rows["away.office", "n1"].body, hall.tx.rows["post.pub", "w1"].body, trouble(hall)))
    assert len(ends) == 1
    assert '"stand_in":"qian"' in ends.pop()[0]


def test_nobody_stands_in_for_himself_or_for_somebody_unknown() -> None:
    hall = small_hall()
    leave(hall, stand_in="li")
    assert said(hall, "zhao", "away.assign", "n1", Assign("wang"), "10:02").code == "INVALID"
    assert said(hall, "zhao", "away.assign", "n1", Assign("nobody"), "10:02").code == "INVALID"


# --- HEAD's word ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "reason", "consent"), [(30, "step_away", "none"), (31, "step_away", "waiting"), (90, "meeting", "none")]
)
def test_a_long_step_away_needs_heads_word(minutes: int, reason: str, consent: str) -> None:
    """AWY-05."""
    hall = small_hall()
    leave(hall, reason=reason, back_at=at("10:00") + minutes * MINUTE)
    assert hall.row("away.office", "n1").get("consent", "none") == consent
    assert public(hall)["label"] != "on_post", "it is asked for, and does not bar anybody"


def test_an_extension_beyond_the_threshold_needs_it_too_and_what_head_wrote_for_others_does_not() -> None:
    hall = small_hall()
    leave(hall, by="zhao", back_at=at("11:00"))
    assert hall.row("away.office", "n1").get("consent", "none") == "none"


def test_head_agrees_or_says_why_not_and_nobody_agrees_to_his_own() -> None:
    hall = small_hall()
    leave(hall, back_at=at("11:00"))
    assert said(hall, "wang", "away.consent", "n1", GiveConsent(True), "10:01").code == "NO_RIGHT"
    assert said(hall, "feng", "away.consent", "n1", GiveConsent(True), "10:01").code == "NO_RIGHT"
    assert said(hall, "zhao", "away.consent", "n1", GiveConsent(False), "10:01") == Outcome("refused", "INVALID"), "a refusal says why"
    assert said(hall, "zhao", "away.consent", "n1", GiveConsent(False, "窗口人多"), "10:02").st == "applied"
    row = hall.row("away.office", "n1")
    assert (row["consent"], row["consent_text"]) == ("refused", "窗口人多")
    assert said(hall, "zhao", "away.consent", "n1", GiveConsent(True), "10:03").st == "applied"
    assert hall.row("away.office", "n1")["consent"] == "given"


def test_what_needs_no_word_is_not_decided() -> None:
    hall = small_hall()
    leave(hall)
    assert said(hall, "zhao", "away.consent", "n1", GiveConsent(True), "10:01") == Outcome("refused", "INVALID")


# --- emergency duty (AWY-12) ------------------------------------------------------------------------------------------


def emergency(hall: MemoryHall, clock: str = "9:55", level: int = 1) -> None:
    """A grave incident at w3."""
    said(hall, "lin", "incident.report", "i1", Report("fire", "w3", at(clock), level), clock)


def test_while_an_emergency_is_in_force_leaving_needs_heads_word() -> None:
    hall = small_hall()
    emergency(hall)
    assert leave(hall).st == "applied", "what somebody says of himself is never lost"
    assert hall.row("away.office", "n1")["barred"] == "duty"
    assert public(hall)["label"] == "on_post", "nobody has gone as long as HEAD has not agreed"
    said(hall, "zhao", "away.consent", "n1", GiveConsent(True), "10:02")
    assert "barred" not in hall.row("away.office", "n1")
    assert public(hall)["label"] == "step_away"


@pytest.mark.parametrize("level", [3, 4])
def test_a_small_incident_keeps_nobody(level: int) -> None:
    hall = small_hall()
    emergency(hall, level=level)
    leave(hall)
    assert public(hall)["label"] == "step_away"


def test_an_emergency_that_is_over_keeps_nobody() -> None:
    hall = small_hall()
    emergency(hall, "9:00")
    for clock, tick in (
        ("9:05", Tick("handling", at("9:05"))),
        ("9:06", Tick("report", at("9:06"))),
        ("9:07", Tick("feedback", at("9:07"))),
    ):
        said(hall, "chen", "incident.tick", "i1", tick, clock)
    leave(hall)
    assert public(hall)["label"] == "step_away"


def test_whether_somebody_was_kept_does_not_depend_on_what_arrived_first() -> None:
    ends = set()
    facts = (
        ("lin", "incident.report", "i1", Report("fire", "w3", at("9:55"), 1), "9:55"),
        ("wang", "away.announce", "n1", Announce(["w1"], "step_away", at("10:00"), at("10:20"), "wang"), "10:00"),
    )
    for order in permutations(facts):
        hall = small_hall()
        for who, kind, rid, args, clock in order:
            hall.run(hall.op(ACTORS[who], kind, rid, args, at=at(clock), received=at("10:05"), op_id=kind))
        ends.add((hall.tx.rows["away.office", "n1"].body, hall.tx.rows["post.pub", "w1"].body))
    assert len(ends) == 1
    assert '"barred":"duty"' in ends.pop()[0]


# --- the office is never empty (AWY-03) -------------------------------------------------------------------------------


def test_the_last_of_the_office_leaves_only_with_somebodys_word() -> None:
    hall = small_hall()
    assert leave(hall, "han", posts=["d1"], back_at=at("11:00")).st == "applied"
    assert leave(hall, "zhou", rid="n2", posts=[], clock="10:05", back_at=at("10:15")).st == "applied"
    assert hall.row("away.office", "n2")["barred"] == "office"
    said(hall, "han", "away.return", "n1", Return(at("10:08")), "10:08")
    assert "barred" not in hall.row("away.office", "n2"), "somebody is there again"


def test_the_only_one_of_the_office_leaves_only_with_somebodys_word() -> None:
    """AWY-03, ORG-06: an office of one person is empty without that person; away from the working hours nobody minds."""
    hall = small_hall()
    zhou = hall.tx.get(PersonRecord, "zhou")
    assert zhou
    put_person(hall.tx, msgspec.structs.replace(zhou, unit="u2"))
    leave(hall, "han", posts=["d1"], reason="errand", back_at=at("10:30"))
    assert (hall.row("away.office", "n1")["barred"], hall.row("away.office", "n1")["consent"]) == ("office", "waiting")
    assert public(hall, "d1")["label"] == "on_post"
    said(hall, "zhou", "away.consent", "n1", GiveConsent(True), "10:02")
    assert public(hall, "d1")["label"] == "official_out"
    leave(hall, "han", rid="n2", posts=["d1"], clock="17:31", back_at=at("20:00"))
    assert "barred" not in hall.row("away.office", "n2")


def test_who_said_it_first_may_go_whatever_arrives_first() -> None:
    ends = set()
    facts = (
        ("han", "n1", Announce(["d1"], "meeting", at("10:00"), at("11:00"), "han"), "10:00"),
        ("zhou", "n2", Announce([], "meeting", at("10:10"), at("10:40"), "zhou"), "10:02"),
    )
    for order in permutations(facts):
        hall = small_hall()
        for who, rid, args, clock in order:
            hall.run(hall.op(ACTORS[who], "away.announce", rid, args, at=at(clock), received=at("10:05"), op_id=rid))
        ends.add(tuple(hall.row("away.office", rid).get("barred", "") for rid in ("n1", "n2")))
    assert ends == {("", "office")}


def test_after_hours_the_office_may_be_empty() -> None:
    hall = small_hall()
    leave(hall, "han", posts=["d1"], clock="17:30", back_at=at("20:00"))
    leave(hall, "zhou", rid="n2", posts=[], clock="17:31", back_at=at("20:00"))
    assert "barred" not in hall.row("away.office", "n2")


# --- what others may ask ----------------------------------------------------------------------------------------------


def test_who_did_what_follows_b() -> None:
    """AB-03: while B stands in, the work is B's."""
    hall = small_hall()
    assert hall.tx.ask("serving", post="w1", at=at("9:30")) == Serving("wang", "A")
    leave(hall, stand_in="li", back_at=at("11:00"))
    assert hall.tx.ask("serving", post="w1", at=at("10:01")) == Serving("", "")
    said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("10:02"), "n1"), "10:02")
    assert hall.tx.ask("serving", post="w1", at=at("10:30")) == Serving("li", "B", "k1")
    said(hall, "wang", "away.return", "n1", Return(at("10:40")), "10:40")
    assert hall.tx.ask("serving", post="w1", at=at("10:30")) == Serving("li", "B", "k1"), "what was B's stays B's"
    assert hall.tx.ask("serving", post="w1", at=at("10:41")) == Serving("wang", "A")


def test_a_promise_serves_as_well_as_a_step_up() -> None:
    hall = small_hall()
    leave(hall, stand_in="li", back_at=at("11:00"))
    said(hall, "li", "away.answer", "n1", Answer(True), "10:01")
    assert hall.tx.ask("serving", post="w1", at=at("10:30")) == Serving("li", "B", "n1")


def test_notices_of_a_person_are_told_by_span_with_those_of_the_whole_unit() -> None:
    hall = small_hall()
    leave(hall, clock="9:30", back_at=at("9:50"))
    said(hall, "wang", "away.return", "n1", Return(at("9:45")), "9:45")
    leave(hall, "zhao", rid="n2", posts=[], unit="u1", reason="training", back_at=at("12:00"), contact="0000-00001234")
    leave(hall, rid="n3", clock="10:01")
    said(hall, "wang", "away.cancel", "n3", Cancel(), "10:02")

    def rids(start: str, end: str) -> list[str]:
        return [n.rid for n in hall.tx.ask("away_of", uid="wang", from_at=at(start), to_at=at(end))]

    assert (rids("9:00", "9:20"), rids("9:40", "9:41"), rids("9:46", "9:50"), rids("11:00", "11:01")) == ([], ["n1"], [], ["n2"])
