"""A stand-in who is away, busy or on leave: the public is not sent to nobody, and HEAD is asked at once (AB-05, CON-12, CON-13)."""

from collections.abc import Callable

import pytest

from server.app import DOMAINS
from server.domain.handover.ops import HandoverItem, Prepare, SheetAnswer, SheetClose
from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.presence.ops import Announce, Answer, Cancel, Close, Extend, Return, StepUp
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.support.memory_tx import MemoryHall


def lobby(hall: MemoryHall, post: str) -> tuple[str, str]:
    """What the public reads of a post, and who stands in there."""
    row = hall.row("post.pub", post)
    return row["label"], row.get("stand_in", "")


def trouble(hall: MemoryHall, notice: str) -> str:
    """Why HEAD is asked about a notice."""
    told: dict[str, str] = hall.row("away.told", notice) or {}
    return told.get("trouble", "")


def send(hall: MemoryHall, who: str, kind: str, rid: str, args: object, clock: str) -> None:
    """Say it at that time; the server has it at once."""
    assert hall.send(ACTORS[who], kind, rid, args, received=at(clock)).st == "applied"  # type: ignore[arg-type]


U1_GONE = Announce([], "meeting", at("09:58"), at("11:00"), "zhao", unit="u1", contact="1", destination="政府")
ENDS = {
    "himself takes it back": ("wang", "away.cancel", Cancel(), "10:11"),
    "head takes it back": ("zhao", "away.cancel", Cancel("回来了"), "10:15"),
    "head closes it": ("zhao", "away.close", Close("回来了"), "10:15"),
    "himself is back": ("wang", "away.return", Return(at("10:15")), "10:15"),
}


@pytest.mark.parametrize("how", ENDS)
def test_the_post_he_serves_shows_it_at_once_when_a_stand_ins_absence_is_over(how: str) -> None:
    """AB-05, CON-12: whichever way it ended, nothing else has to happen first."""
    hall = small_hall("09:00")
    send(hall, "qian", "away.announce", "q1", Announce(["w2"], "meeting", at("09:58"), at("11:50"), "qian", stand_in="wang"), "09:50")
    send(hall, "wang", "cover.step_up", "k1", StepUp("w2", at("10:00"), "q1"), "10:00")
    send(hall, "wang", "away.announce", "n1", Announce(["w1"], "step_away", at("10:10"), at("10:25"), "wang"), "10:10")
    assert (lobby(hall, "w2")[0], trouble(hall, "q1")) == ("meeting_training", "away")
    who, kind, args, clock = ENDS[how]
    send(hall, who, kind, "n1", args, clock)
    assert lobby(hall, "w2") == ("covered", "王")
    assert trouble(hall, "q1") == ""


# --- busy, on leave, with his whole unit --------------------------------------------------------------------------------


def sheet(hall: MemoryHall) -> None:
    """钱 hands w2 over to 李 from 9:30 to 11:30, who says yes."""
    args = Prepare("w2", "qian", "li", at("09:30"), at("11:30"), "meeting", [HandoverItem("一件")], why="临时")
    send(hall, "qian", "handover.prepare", "s1", args, "09:10")
    send(hall, "li", "handover.answer", "s1", SheetAnswer(True, ""), "09:20")


def wang_leaves(hall: MemoryHall) -> None:
    """王 leaves w1 at 9:58 and names 李."""
    send(hall, "wang", "away.announce", "n1", Announce(["w1"], "meeting", at("09:58"), at("11:00"), "wang", stand_in="li"), "09:15")


@pytest.mark.parametrize("first", [sheet, wang_leaves])
def test_a_stand_in_who_serves_another_post_by_a_sheet_is_busy(first: Callable[[MemoryHall], None]) -> None:
    """AB-05, CON-12: HEAD is asked at once, whichever was said first; once the sheet is over nobody is."""
    hall = small_hall("09:00")
    for said in (first, wang_leaves if first is sheet else sheet):
        said(hall)
    assert trouble(hall, "n1") == "busy"
    send(hall, "qian", "handover.close", "s1", SheetClose(), "09:40")
    assert trouble(hall, "n1") == "unreached", "what is left to say of him"


def test_a_post_is_not_shown_as_served_by_somebody_whose_leave_has_begun() -> None:
    """AB-05, LV-06: 李, who is not on the roster of w2, stands in there and is on leave from 10:30 to 11:00."""
    hall = small_hall("09:00")
    send(hall, "qian", "away.announce", "q1", Announce(["w2"], "meeting", at("09:58"), at("11:50"), "qian", stand_in="li"), "09:50")
    send(hall, "li", "cover.step_up", "k1", StepUp("w2", at("10:00"), "q1"), "10:00")
    send(hall, "li", "leave.request", "l1", LeaveRequest("li", "personal", at("10:30"), at("11:00")), "10:20")
    for who in ("zhao", "zhou"):
        send(hall, who, "leave.decide", "l1", LeaveDecide(True), "10:21")
    seen = []
    for clock in ("10:29", "10:31", "11:01"):
        hall.tick(at(clock))
        seen.append((lobby(hall, "w2")[0], trouble(hall, "q1")))
    assert seen == [("covered", ""), ("meeting_training", "leave"), ("covered", "")]


def test_a_stand_in_whose_whole_unit_is_away_serves_nobody_elsewhere() -> None:
    """AB-05, AWY-02: 钱 of u1 had promised w3; u1 leaves as a whole, and HEAD of w3 is asked. Whoever takes a post after that is there."""
    hall = small_hall("09:00")
    send(hall, "feng", "away.announce", "f", Announce(["w3"], "trip", at("10:00"), at("11:30"), "feng", stand_in="qian"), "09:05")
    send(hall, "qian", "away.answer", "f", Answer(True), "09:10")
    send(hall, "zhao", "away.announce", "u", U1_GONE, "09:20")
    hall.tick(at("10:01"))
    assert (lobby(hall, "w3"), trouble(hall, "f")) == (("official_out", ""), "away")
    send(hall, "qian", "cover.step_up", "k", StepUp("w3", at("10:20"), "f"), "10:20")
    assert (lobby(hall, "w3"), trouble(hall, "f")) == (("covered", "钱"), "")
    send(hall, "zhao", "away.return", "u", Return(at("10:40")), "10:40")
    assert lobby(hall, "w3") == ("covered", "钱")


def test_a_promise_holds_again_when_the_whole_unit_is_back() -> None:
    """AB-05."""
    hall = small_hall("09:00")
    send(hall, "feng", "away.announce", "f", Announce(["w3"], "trip", at("10:00"), at("11:30"), "feng", stand_in="qian"), "09:05")
    send(hall, "qian", "away.answer", "f", Answer(True), "09:10")
    send(hall, "zhao", "away.announce", "u", U1_GONE, "09:20")
    hall.tick(at("10:01"))
    send(hall, "zhao", "away.return", "u", Return(at("10:40")), "10:40")
    assert (lobby(hall, "w3"), trouble(hall, "f")) == (("covered", "钱"), "")


# --- who has promised to take a post by a sheet, and goes ---------------------------------------------------------------


def handed(hall: MemoryHall, from_at: str = "10:20") -> None:
    """冯 hands w3 over to 钱 of u1 until 11:30, who says yes."""
    args = Prepare("w3", "feng", "qian", at(from_at), at("11:30"), "trip", [HandoverItem("一件")], why="临时")
    send(hall, "feng", "handover.prepare", "s1", args, "09:10")
    send(hall, "qian", "handover.answer", "s1", SheetAnswer(True, ""), "09:20")


def asked(hall: MemoryHall) -> str:
    """Why 冯 and the head are asked about the sheet; the office reads the same."""
    told: list[str] = [hall.row(kind, "s1").get("trouble", "") for kind in ("handover", "handover.cover")]
    assert len({*told}) == 1
    return told[0]


@pytest.mark.parametrize("who", ["zhao", "qian"])
def test_whoever_relies_on_a_sheet_is_told_at_once_that_its_stand_in_goes(who: str) -> None:
    """AB-05, AWY-02, CON-13: with his whole unit or alone, as soon as he is expected to be away then, and until he is back."""
    hall = small_hall("09:00", domains=DOMAINS)
    handed(hall)
    gone = Announce(["w2"], "meeting", at("09:58"), at("10:10"), "qian", destination="政府") if who == "qian" else U1_GONE
    send(hall, who, "away.announce", "u", gone, "09:50")
    before = asked(hall)
    send(hall, who, "away.extend", "u", Extend(at("11:00")), "10:05")
    seen = [asked(hall)]
    hall.tick(at("10:25"))
    assert lobby(hall, "w3") == ("on_post", "")
    seen.append(asked(hall))
    send(hall, who, "away.return", "u", Return(at("10:40")), "10:40")
    assert (before, seen, asked(hall)) == ("" if who == "qian" else "away", ["away", "away"], "")
    assert lobby(hall, "w3") == ("covered", "钱")


def test_who_takes_the_post_all_the_same_is_there() -> None:
    """AB-01, AWY-02."""
    hall = small_hall("09:00", domains=DOMAINS)
    handed(hall)
    send(hall, "zhao", "away.announce", "u", U1_GONE, "09:50")
    send(hall, "qian", "cover.step_up", "k", StepUp("w3", at("10:22")), "10:22")
    assert (asked(hall), lobby(hall, "w3")) == ("", ("covered", "钱"))


@pytest.mark.parametrize("before", [False, True])
def test_whoever_relies_on_a_sheet_is_told_too_when_its_stand_in_has_taken_the_post_and_goes(before: bool) -> None:
    """AB-05, CON-12: 钱, who stands at w3 since 9:42, leaves at 10:00, as he said before or after he took it, until he is back."""
    hall = small_hall("09:00", domains=DOMAINS)
    handed(hall, "09:40")
    away = Announce(["w2"], "step_away", at("10:00"), at("10:25"), "qian")
    if before:
        send(hall, "qian", "away.announce", "n", away, "09:30")
    send(hall, "qian", "cover.step_up", "k", StepUp("w3", at("09:42")), "09:42")
    if not before:
        assert asked(hall) == ""
        send(hall, "qian", "away.announce", "n", away, "09:50")
    hall.tick(at("10:05"))
    assert (asked(hall), lobby(hall, "w3")[1]) == ("away", "")
    send(hall, "qian", "away.return", "n", Return(at("10:20")), "10:20")
    assert (asked(hall), lobby(hall, "w3")) == ("", ("covered", "钱"))


def test_the_absence_of_the_unit_takes_nobody_from_a_sheet_he_has_begun_at_anothers_window_nor_tells_of_its_own_twice() -> None:
    """AB-05, AWY-02: 钱 serves w3 since 9:40; 李 had promised w2, which is away with u1 itself."""
    hall = small_hall("09:00", domains=DOMAINS)
    handed(hall, "09:40")
    args = Prepare("w2", "qian", "li", at("10:20"), at("11:30"), "meeting", [HandoverItem("一件")], why="临时")
    send(hall, "qian", "handover.prepare", "s2", args, "09:10")
    send(hall, "li", "handover.answer", "s2", SheetAnswer(True, ""), "09:20")
    send(hall, "zhao", "away.announce", "u", U1_GONE, "09:50")
    for clock in ("09:55", "10:25"):
        hall.tick(at(clock))
        assert (asked(hall), hall.row("handover", "s2").get("trouble", "")) == ("", "")


def test_an_absence_forgotten_the_day_before_is_none_from_a_sheet() -> None:
    """AWY-07, AB-05: the lobby takes him for there as well; one he is not back from on the day itself is."""
    next_day = "2026-11-24"
    hall = small_hall("09:00", domains=DOMAINS)
    send(hall, "qian", "away.announce", "n", Announce(["w2"], "step_away", at("16:30"), at("17:00"), "qian"), "09:05")
    args = Prepare("w3", "feng", "qian", at("10:20", next_day), at("11:30", next_day), "trip", [HandoverItem("一件")])
    send(hall, "feng", "handover.prepare", "s1", args, "09:10")
    send(hall, "qian", "handover.answer", "s1", SheetAnswer(True, ""), "09:20")
    told = [asked(hall)]
    for clock in ("10:25", "11:00"):
        hall.tick(at(clock, next_day))
        told.append(asked(hall))
    assert told == ["", "", ""]
    assert lobby(hall, "w3") == ("covered", "钱")
    late = Announce(["w2"], "step_away", at("11:01", next_day), at("11:05", next_day), "qian")
    assert hall.send(ACTORS["qian"], "away.announce", "n2", late, received=at("11:01", next_day)).st == "applied"
    hall.tick(at("11:20", next_day))
    assert (asked(hall), lobby(hall, "w3")[1]) == ("away", "")


@pytest.mark.parametrize("who", ["zhao", "qian"])
def test_whoever_relies_on_a_promise_is_told_at_once_too_when_its_stand_in_stays_away_longer(who: str) -> None:
    """AB-05, AWY-02, CON-13: 冯 leaves at 10:20, 钱 of u1 has said yes and is expected back at 10:10, then at 11:00."""
    hall = small_hall("09:00")
    send(hall, "feng", "away.announce", "f", Announce(["w3"], "trip", at("10:20"), at("11:30"), "feng", stand_in="qian"), "09:05")
    send(hall, "qian", "away.answer", "f", Answer(True), "09:10")
    gone = Announce(["w2"], "meeting", at("09:58"), at("10:10"), who, destination="政府")
    if who == "zhao":
        gone = Announce([], "meeting", at("09:58"), at("10:10"), who, unit="u1", contact="1", destination="政府")
    send(hall, who, "away.announce", "u", gone, "09:50")
    told = [trouble(hall, "f")]
    send(hall, who, "away.extend", "u", Extend(at("11:00")), "10:05")
    told.append(trouble(hall, "f"))
    assert told == ["", "away"]
    assert {"u:feng", "head:u2", "role:OFF"} <= hall.buckets("away.told", "f")
