"""Absence through its handlers: who may say it, what follows from it, and what each of the four faces shows (AWY-01..10, AB)."""

from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.presence.ops import Announce, Answer, Cancel, Close, Extend, HandBack, JudgeLate, Return, StepUp
from tests.server.scenes.absence import MINUTE, leave, public, said
from tests.server.scenes.small_hall import ACTORS, at, small_hall

# --- the four faces ---------------------------------------------------------------------------------------------------


def test_one_notice_has_exactly_four_faces_each_with_its_own_audience() -> None:
    hall = small_hall()
    leave(hall, stand_in="li", text="去银行", destination="二楼", contact="0000-00001234")
    assert hall.buckets("away.office", "n1") == {"u:wang", "u:li", "head:u1", "role:OFF"}
    assert hall.buckets("away.unit", "n1") == {"unit:u1"}
    assert hall.buckets("away.ins", "n1") == {"role:INS", "role:EFF", "role:DIS"}
    assert hall.buckets("post.pub", "w1") == {"pub"}
    assert {kind for kind, rid in hall.tx.rows if rid == "n1"} == {"away.office", "away.unit", "away.ins"}


def test_reason_text_destination_and_phone_reach_only_who_may_have_them() -> None:
    hall = small_hall()
    leave(hall, text="去银行办私事", destination="二楼会议室", contact="0000-00001234", handed=["三份收件"])
    bodies = {kind: hall.tx.rows[kind, "n1"].body for kind in ("away.office", "away.unit", "away.ins")}
    for secret, faces in {
        "去银行办私事": {"away.office"},
        "0000-00001234": {"away.office"},
        "三份收件": {"away.office"},
        "二楼会议室": {"away.office", "away.unit"},
    }.items():
        assert {kind for kind, body in bodies.items() if secret in body} == faces
    lobby = "".join(shown.body for (kind, _), shown in hall.tx.rows.items() if "pub" in shown.buckets and kind == "post.pub")
    assert not any(secret in lobby for secret in ("去银行", "0000-00001234", "会议室"))


def test_the_lobby_gets_no_row_kind_but_posts_and_the_hall() -> None:
    hall = small_hall()
    leave(hall, stand_in="li")
    said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("10:01"), "n1"), "10:01")
    assert {kind for kind, _ in hall.seen_by("pub")} == {"post.pub", "hall"}


# --- who may say it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "allowed"), [("wang", True), ("zhao", True), ("zhou", True), ("li", False), ("feng", False), ("lin", False), ("wu", False)]
)
def test_a_notice_comes_from_the_person_the_head_or_the_office(by: str, allowed: bool) -> None:
    hall = small_hall()
    before = dict(hall.tx.rows)
    outcome = leave(hall, by=by)
    assert outcome == (Outcome("applied") if allowed else Outcome("held", "NO_RIGHT"))
    assert (hall.tx.rows == before) is not allowed


def test_nobody_empties_a_post_of_another_unit() -> None:
    hall = small_hall()
    assert leave(hall, posts=["w3"]).code == "NO_RIGHT"
    assert leave(hall, "qian", posts=["w3"]).st == "applied", "钱 is the B of w3 today"


@pytest.mark.parametrize(
    "wrong",
    [{"back_at": at("10:00")}, {"stand_in": "wang"}, {"stand_in": "nobody"}, {"posts": ["w9"]}, {"unit": "u9"}],
    ids=["no time away", "own stand-in", "unknown stand-in", "unknown post", "unknown unit"],
)
def test_an_inconsistent_notice_is_kept_for_a_person_and_has_no_effect(wrong: dict[str, Any]) -> None:
    hall = small_hall()
    assert leave(hall, **wrong) == Outcome("held", "INVALID")
    assert hall.row("away.office", "n1") is None


def test_the_same_record_is_not_announced_twice() -> None:
    hall = small_hall()
    leave(hall)
    assert leave(hall, clock="10:05").code == "INVALID"


@pytest.mark.parametrize(
    ("kind", "args"),
    [("away.extend", Extend(at("11:00"))), ("away.return", Return(at("10:10"))), ("away.cancel", Cancel()), ("away.answer", Answer(True))],
)
def test_what_follows_a_notice_waits_for_it_and_then_takes_effect(kind: str, args: Any) -> None:
    who = "li" if kind == "away.answer" else "wang"
    early, late = small_hall(), small_hall()
    assert said(early, who, kind, "n1", args, "10:10").code == "REF_WAIT"
    leave(early, stand_in="li")
    leave(late, stand_in="li")
    said(late, who, kind, "n1", args, "10:10")
    for hall in (early, late):
        hall.tick(at("10:12"))
    assert early.row("away.unit", "n1") == late.row("away.unit", "n1")
    assert public(early) == public(late)


@pytest.mark.parametrize(
    ("kind", "args"), [("away.extend", Extend(at("11:00"))), ("away.return", Return(at("10:10"))), ("away.cancel", Cancel())]
)
def test_only_subject_head_and_office_change_a_notice(kind: str, args: Any) -> None:
    for who in ("li", "feng", "lin"):
        hall = small_hall()
        leave(hall)
        assert said(hall, who, kind, "n1", args, "10:10").code == "NO_RIGHT"
    for who in ("wang", "zhao", "zhou"):
        hall = small_hall()
        leave(hall)
        assert said(hall, who, kind, "n1", args, "10:10").st == "applied"


def test_only_the_stand_in_answers() -> None:
    hall = small_hall()
    leave(hall, stand_in="li")
    assert said(hall, "zhao", "away.answer", "n1", Answer(True), "10:01").code == "NO_RIGHT"
    assert said(hall, "li", "away.answer", "n1", Answer(True), "10:01").st == "applied"


# --- life of a notice -------------------------------------------------------------------------------------------------


def test_away_overdue_after_grace_and_back() -> None:
    hall = small_hall()
    leave(hall)
    hall.tick(at("10:29"))
    assert hall.row("away.unit", "n1")["state"] == "active"
    hall.tick(at("10:30"))
    assert hall.row("away.unit", "n1")["state"] == "overdue"
    assert public(hall)["label"] == "suspended"
    said(hall, "wang", "away.return", "n1", Return(at("10:40")), "10:40")
    assert hall.row("away.unit", "n1")["state"] == "returned"
    assert (public(hall)["label"], public(hall)["since"]) == ("on_post", at("10:40"))


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 0, 3, 1), (0, 2, 1, 3), (2, 3, 0, 1)])
def test_since_when_he_is_back_does_not_depend_on_what_arrived_first(order: tuple[int, ...]) -> None:
    """AWY-04: two absences at the same time, of which the earlier word of being back ends both."""
    hall = small_hall("9:00")
    hall.tick(at("11:00"))
    long, short = (Announce(["w1"], "step_away", at(leaves), at(back), "wang") for leaves, back in (("9:28", "9:58"), ("9:24", "9:34")))
    heard: list[tuple[str, str, Any, str]] = [
        ("away.announce", "long", long, "9:23"),
        ("away.return", "long", Return(at("9:58")), "9:58"),
        ("away.announce", "short", short, "9:04"),
        ("away.return", "short", Return(at("9:34")), "9:34"),
    ]
    for kind, rid, args, clock in (heard[n] for n in order):
        assert said(hall, "wang", kind, rid, args, "11:00", at=at(clock)).st == "applied"
    assert (public(hall)["label"], public(hall)["since"]) == ("on_post", at("9:34"))


def test_an_extension_moves_the_return_and_the_last_said_counts() -> None:
    hall = small_hall()
    leave(hall)
    said(hall, "wang", "away.extend", "n1", Extend(at("10:40")), "10:30", at=at("10:18"))
    said(hall, "wang", "away.extend", "n1", Extend(at("11:00")), "10:31", at=at("10:15"))
    assert hall.row("away.unit", "n1")["back_at"] == at("10:40")
    hall.tick(at("10:49"))
    assert hall.row("away.unit", "n1")["state"] == "active"
    hall.tick(at("10:50"))
    assert hall.row("away.unit", "n1")["state"] == "overdue"


def test_taking_it_back_before_leaving_cancels_and_after_leaving_means_being_back() -> None:
    hall = small_hall()
    leave(hall, clock="9:30", leaves_at=at("10:00"), back_at=at("10:30"))
    said(hall, "wang", "away.cancel", "n1", Cancel(), "9:40")
    assert hall.row("away.unit", "n1")["state"] == "cancelled"
    leave(hall, rid="n2", clock="10:00")
    said(hall, "wang", "away.cancel", "n2", Cancel(), "10:09")
    assert hall.row("away.unit", "n2")["state"] == "returned"


def test_who_is_back_is_back_from_every_earlier_absence() -> None:
    hall = small_hall()
    leave(hall, clock="9:00")
    leave(hall, rid="n2", clock="10:00")
    said(hall, "wang", "away.return", "n2", Return(at("10:10")), "10:10")
    assert hall.row("away.unit", "n1")["state"] == "returned"
    assert public(hall)["label"] == "on_post"


def test_nobody_is_back_in_the_future() -> None:
    hall = small_hall()
    leave(hall)
    said(hall, "wang", "away.return", "n1", Return(at("16:00")), "10:10")
    assert hall.row("away.office", "n1")["returned_at"] == at("10:12"), "two minutes are a clock's tolerance"


def test_one_person_coming_back_does_not_bring_back_the_whole_unit() -> None:
    hall = small_hall()
    leave(hall, "zhao", rid="n1", posts=[], unit="u1", reason="training", back_at=at("12:00"))
    leave(hall, "zhao", rid="n2", posts=[], clock="10:05")
    said(hall, "zhao", "away.return", "n2", Return(at("10:10")), "10:10")
    assert hall.row("away.unit", "n1")["state"] == "active"


def test_a_departure_announced_ahead_shows_only_when_it_comes() -> None:
    hall = small_hall()
    leave(hall, clock="9:30", reason="meeting", leaves_at=at("10:00"), back_at=at("11:00"))
    assert public(hall)["label"] == "on_post"
    hall.tick(at("10:00"))
    assert public(hall)["label"] == "meeting_training"


def test_an_ended_notice_leaves_the_devices_after_a_day_and_a_half() -> None:
    hall = small_hall()
    leave(hall)
    said(hall, "wang", "away.return", "n1", Return(at("10:10")), "10:10")
    hall.tick(at("22:09", "2026-11-24"))
    assert hall.row("away.office", "n1") is not None
    hall.tick(at("22:10", "2026-11-24"))
    assert not any(kind.startswith("away.") for kind, _ in hall.tx.rows)


@pytest.mark.parametrize(("made", "late"), [("10:00", False), ("10:02", False), ("10:02:01", True), ("10:05", True)])
def test_a_notice_made_after_leaving_is_late_beyond_two_minutes(made: str, late: bool) -> None:
    hall = small_hall()
    args = Announce(["w1"], "step_away", at("10:00"), at("10:30"), "wang")
    said(hall, "wang", "away.announce", "n1", args, "10:30", at=at(made))
    assert hall.row("away.ins", "n1")["late"] is late


def test_the_head_judges_a_late_notice_on_what_was_seen_and_nobody_judges_the_own_one() -> None:
    hall = small_hall()
    late = Announce(["w1"], "errand", at("9:50"), at("10:30"), "wang")
    said(hall, "wang", "away.announce", "n1", late, "10:00")
    version = hall.tx.version("away.office", "n1") or 0
    judge = JudgeLate(True, "急事")
    assert said(hall, "wang", "away.judge_late", "n1", judge, "10:01").code == "NO_RIGHT"
    assert said(hall, "feng", "away.judge_late", "n1", judge, "10:01").code == "NO_RIGHT"
    assert said(hall, "zhao", "away.judge_late", "n1", judge, "10:01", guard={"n1": version + 1}) == Outcome("refused", "STALE", version)
    assert said(hall, "zhao", "away.judge_late", "n1", judge, "10:01", guard={"n1": version}).st == "applied"
    assert hall.row("away.office", "n1")["late_accepted"] is True
    again = JudgeLate(False, " \n")
    assert said(hall, "zhao", "away.judge_late", "n1", again, "10:02") == Outcome("refused", "INVALID"), "a judgement has a reason (EVD-05)"
    own = Announce([], "errand", at("9:50"), at("10:30"), "zhao")
    said(hall, "zhao", "away.announce", "n2", own, "10:00")
    assert said(hall, "zhao", "away.judge_late", "n2", judge, "10:02").code == "NO_RIGHT"
    assert said(hall, "zhou", "away.judge_late", "n2", judge, "10:02").st == "applied"


def test_what_is_not_late_is_not_judged() -> None:
    hall = small_hall()
    leave(hall)
    assert said(hall, "zhao", "away.judge_late", "n1", JudgeLate(True, ""), "10:01") == Outcome("refused", "INVALID")
    assert said(hall, "zhao", "away.judge_late", "n9", JudgeLate(True, ""), "10:01") == Outcome("refused", "NO_RIGHT")


def test_the_head_closes_what_nobody_ended_once() -> None:
    hall = small_hall()
    leave(hall)
    hall.tick(at("10:45"))
    assert said(hall, "li", "away.close", "n1", Close("已在岗"), "10:46") == Outcome("refused", "NO_RIGHT")
    assert said(hall, "zhao", "away.close", "n1", Close("已在岗"), "10:46").st == "applied"
    assert hall.row("away.unit", "n1")["state"] == "closed"
    assert public(hall)["label"] == "on_post"
    assert said(hall, "zhao", "away.close", "n1", Close("已在岗"), "10:47").code == "GONE"


# --- the whole unit ---------------------------------------------------------------------------------------------------


def test_a_unit_wholly_away_suspends_all_its_posts_and_sends_people_to_a_neighbour() -> None:
    hall = small_hall()
    assert leave(hall, "zhao", posts=[], unit="u1", reason="training").st == "applied"
    assert {p: public(hall, p)["label"] for p in ("w1", "w2", "w3")} == {"w1": "suspended", "w2": "suspended", "w3": "on_post"}
    assert public(hall, "w1")["go_to"] == "w3"
    assert hall.row("away.office", "n1")["whole_unit"] is True


def test_the_office_is_never_empty_in_working_hours() -> None:
    hall = small_hall()
    assert leave(hall, "zhou", posts=[], unit="c-office") == Outcome("held", "OFFICE_NEVER_EMPTY")
    assert leave(hall, "zhou", posts=[], unit="c-office", leaves_at=at("17:30"), back_at=at("20:00")).st == "applied"
    assert leave(hall, "han", rid="n2", posts=["d1"]).st == "applied", "one person of the office may go"


def test_putting_off_the_return_empties_the_office_no_more_than_leaving_does() -> None:
    """AWY-03: what may not be announced may not be had by extending either; units without the contact post may."""
    hall = small_hall()
    leave(hall, "zhou", posts=[], unit="c-office", leaves_at=at("12:05"), back_at=at("13:00"))
    assert said(hall, "zhou", "away.extend", "n1", Extend(at("14:00")), "12:30").st == "applied", "the hall is closed over noon"
    assert said(hall, "zhou", "away.extend", "n1", Extend(at("16:00")), "12:40") == Outcome("held", "OFFICE_NEVER_EMPTY")
    assert hall.row("away.office", "n1")["back_at"] == at("14:00")
    leave(hall, "zhao", rid="n2", posts=[], unit="u1", clock="12:40")
    assert said(hall, "zhao", "away.extend", "n2", Extend(at("16:00")), "12:41").st == "applied"


# --- stand-ins --------------------------------------------------------------------------------------------------------


def test_told_silent_after_three_minutes_then_accepted_then_in_force() -> None:
    hall = small_hall()
    leave(hall, clock="9:50", stand_in="li", leaves_at=at("10:00"), back_at=at("10:30"))
    assert hall.row("away.unit", "n1")["cover"] == "told"
    hall.tick(at("9:53"))
    assert hall.row("away.unit", "n1")["cover"] == "silent"
    said(hall, "li", "away.answer", "n1", Answer(True), "9:55")
    assert hall.row("away.unit", "n1")["cover"] == "accepted"
    hall.tick(at("10:00"))
    assert hall.row("away.unit", "n1")["cover"] == "in_force"
    assert (public(hall)["label"], public(hall)["stand_in"], public(hall)["back_at"]) == ("covered", "李", at("10:30"))


def test_a_stand_in_who_declines_leaves_the_reason_on_the_board() -> None:
    hall = small_hall()
    leave(hall, stand_in="li", reason="meeting")
    said(hall, "li", "away.answer", "n1", Answer(False, "在接待"), "10:01")
    assert hall.row("away.office", "n1")["cover"] == "declined"
    assert public(hall)["label"] == "meeting_training"


def test_the_last_answer_counts_however_they_arrive() -> None:
    hall = small_hall()
    leave(hall, stand_in="li")
    said(hall, "li", "away.answer", "n1", Answer(False), "10:10", at=at("10:05"))
    said(hall, "li", "away.answer", "n1", Answer(True), "10:11", at=at("10:02"))
    assert hall.row("away.unit", "n1")["cover"] == "declined"


def test_a_stand_in_who_is_away_too_covers_nobody() -> None:
    hall = small_hall()
    leave(hall, stand_in="li")
    said(hall, "li", "away.answer", "n1", Answer(True), "10:01")
    assert public(hall)["label"] == "covered"
    leave(hall, "li", rid="n2", posts=[], clock="10:05")
    assert public(hall)["label"] == "step_away"
    said(hall, "li", "away.return", "n2", Return(at("10:09")), "10:09")
    assert public(hall)["label"] == "covered"


def test_a_stand_in_is_away_until_somebody_says_otherwise_however_overdue() -> None:
    """AWY-09, AB-05: nobody is shown serving one window while his own stands suspended; a notice of yesterday accuses nobody."""
    hall = small_hall()
    leave(hall, stand_in="qian", back_at=at("11:30"))
    said(hall, "qian", "away.answer", "n1", Answer(True), "10:01")
    leave(hall, "qian", rid="n2", posts=["w2"], clock="10:05", back_at=at("10:20"))
    hall.tick(at("10:31"))
    said(hall, "wang", "away.extend", "n1", Extend(at("11:40")), "10:35")
    assert (public(hall, "w2")["label"], public(hall)["label"]) == ("suspended", "step_away")
    assert hall.row("away.told", "n1")["trouble"] == "away"
    said(hall, "wang", "away.return", "n1", Return(at("10:40")), "10:40")
    tomorrow = at("9:00", "2026-11-24")
    hall.tick(tomorrow)
    again = Announce(["w1"], "step_away", tomorrow, tomorrow + 20 * MINUTE, "wang", stand_in="qian")
    hall.send(ACTORS["wang"], "away.announce", "n3", again, received=tomorrow)
    hall.send(ACTORS["qian"], "away.answer", "n3", Answer(True), received=tomorrow)
    assert public(hall)["label"] == "covered"


def test_a_stand_in_who_leaves_as_announced_covers_nobody_from_that_minute() -> None:
    """AB-05: nobody has to say anything for the lobby to know."""
    hall = small_hall()
    leave(hall, stand_in="li", back_at=at("11:30"))
    said(hall, "li", "away.answer", "n1", Answer(True), "10:01")
    leave(hall, "li", rid="n2", posts=[], clock="10:02", leaves_at=at("10:10"), back_at=at("10:40"))
    assert public(hall)["label"] == "covered"
    hall.tick(at("10:10"))
    assert public(hall)["label"] == "step_away"


def test_b_takes_the_post_without_a_notice_and_hands_it_back() -> None:
    hall = small_hall()
    assert said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("10:00")), "10:00").st == "applied"
    assert (public(hall)["label"], public(hall)["plate"], public(hall)["stand_in"]) == ("covered", "王", "李")
    assert hall.buckets("cover", "k1") == {"u:li", "u:wang", "head:u1", "role:OFF", "role:INS"}
    assert said(hall, "qian", "cover.hand_back", "k1", HandBack(at("10:20")), "10:20").code == "NO_RIGHT"
    assert said(hall, "li", "cover.hand_back", "k1", HandBack(at("10:20")), "10:20").st == "applied"
    assert public(hall)["label"] == "on_post"
    assert hall.row("cover", "k1")["until_at"] == at("10:20")


@pytest.mark.parametrize(("who", "code"), [("wang", None), ("feng", "NO_RIGHT"), ("lin", "NO_RIGHT"), ("qian", None), ("zhou", None)])
def test_the_post_is_taken_by_its_b_a_colleague_or_the_office(who: str, code: str | None) -> None:
    hall = small_hall()
    assert said(hall, who, "cover.step_up", "k1", StepUp("w1", at("10:00")), "10:00").code == code


def test_a_coming_back_relieves_b() -> None:
    hall = small_hall()
    leave(hall, stand_in="li")
    said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("10:02"), "n1"), "10:02")
    assert hall.row("away.unit", "n1")["cover"] == "in_force"
    said(hall, "wang", "away.return", "n1", Return(at("10:15")), "10:15")
    assert hall.row("cover", "k1")["until_at"] == at("10:15")
    assert public(hall)["label"] == "on_post"


def test_a_step_up_that_arrives_after_the_return_is_already_over() -> None:
    hall = small_hall()
    leave(hall, stand_in="li")
    said(hall, "wang", "away.return", "n1", Return(at("10:15")), "10:15")
    said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("10:02"), "n1"), "10:20", at=at("10:02"))
    assert hall.row("cover", "k1")["until_at"] == at("10:15")
    assert public(hall)["label"] == "on_post"


def test_a_cover_ends_with_its_day() -> None:
    hall = small_hall()
    said(hall, "li", "cover.step_up", "k1", StepUp("w1", at("17:00")), "17:00")
    hall.tick(at("9:00", "2026-11-24"))
    assert public(hall)["label"] == "on_post"
    assert hall.row("cover", "k1")["until_at"] == at("00:00", "2026-11-24")
    hall.tick(at("9:00", "2026-11-26"))
    assert hall.row("cover", "k1") is None
