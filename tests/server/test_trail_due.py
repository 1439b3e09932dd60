"""For what nobody is counted: hours in which nobody was due, what the person had not heard, a hall that was told to leave (ORG-01, EVD-02,
EVD-04, EMG-11)."""

from itertools import permutations
from typing import Any

import msgspec
import pytest

from server.domain.attendance.ops import EndExcuse, ExcuseAll
from server.domain.hall.days import HallDay
from server.domain.hall.handlers import put_duty
from server.domain.hall.tables import DutyRecord, PostRecord
from server.domain.incident.ops import AllClear, Report, TellLobby, Tick
from server.domain.patrol.ops import Observe
from server.domain.presence.ops import Announce, Received, Return
from server.domain.roster.ops import DutyCell, PublishRoster, PutDraft, PutPost
from tests.server.scenes.attendance import attendance_hall
from tests.server.scenes.conflicts import empty
from tests.server.scenes.ledger import kept_as_made, ledger, told
from tests.server.scenes.others_word import AWAY, HEAD_ENDS, OTHERS_WORD_SCENES, SEEN
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, PEOPLE, at, small_hall
from tests.server.test_domain_patrol import play
from tests.support.memory_tx import MemoryHall
from tests.support.sentences import explains, sentence

NEXT_DAY = "2026-11-24"
NAMES = {uid: name for uid, (name, _, _) in PEOPLE.items()}


def send(hall: MemoryHall, who: str, kind: str, rid: str, args: Any, clock: str, day: str = DAY) -> Any:
    return hall.send(ACTORS[who], kind, rid, args, received=at(clock, day))


# --- when somebody has to be there -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first", "again"),
    [(DAY, "13:00", "13:11"), (DAY, "7:50", "8:05"), (DAY, "17:31", "17:45"), ("2026-11-28", "10:00", "10:11")],
    ids=["noon", "before opening", "after closing", "a Saturday"],
)
def test_outside_the_sessions_of_the_hall_nobody_is_missed(day: str, first: str, again: str) -> None:
    """ORG-01, EVD-04: the looks are kept, and make no finding and no number."""
    hall = small_hall("07:00", today=day)
    put_duty(hall.tx, DutyRecord(rid=f"{day}:w1", day=day, post="w1", a="wang", b="li"))
    for rid, clock in (("o1", first), ("o2", again)):
        assert (
            send(hall, "lin", "patrol.observe", rid, Observe("r1", "w1", "empty_no_notice", at(clock, day), KNEW), clock, day).st
            == "applied"
        )
    hall.tick(at("17:50", day))
    assert (list(hall.rows("finding")), hall.row("obs", "o1")["post"]) == ([], "w1")
    kept_as_made(hall, day)


@pytest.mark.parametrize("closed_first", [True, False])
def test_on_a_day_the_office_closed_nobody_is_missed(closed_first: bool) -> None:
    """ORG-01, CAL-01: in either order of arrival."""
    closing = ("hall.day", "hall", HallDay(DAY, DAY, "closed", "停电"))
    hall = small_hall("09:00")
    if closed_first:
        send(hall, "zhou", *closing, "9:05")
    for said in SEEN:
        hall.run(said.op(hall, at("15:00")))
    if not closed_first:
        assert ledger(hall) == ("unattended", 1, 1, "explain.unattended")
        send(hall, "zhou", *closing, "15:05")
    assert ledger(hall) is None
    kept_as_made(hall)


@pytest.mark.parametrize(("more", "clock"), [({"required": False}, "10:00"), ({"sessions": [0]}, "15:00")])
def test_where_or_when_nobody_has_to_be_at_a_post_nobody_is_missed_from_the_day_after_it_was_said(more: Any, clock: str) -> None:
    """ORG-01, GEN-03: what has begun of the day, and days gone by, are judged as they were."""
    hall = small_hall("09:00")

    def looks(day: str) -> None:
        for n in range(2):
            seen = at(clock, day) + n * 660_000
            args = Observe("r1", "w1", "empty_no_notice", seen, KNEW)
            assert hall.send(ACTORS["lin"], "patrol.observe", f"{day}-{n}", args, at=seen, received=at("17:00", day)).st == "applied"

    post: PostRecord = hall.tx.ask("post", post="w1")
    put = PutPost(post.number, "A", "u1", group="all", order=1, **more)
    assert hall.send(ACTORS["zhou"], "org.post", "w1", put, guard={"w1": hall.tx.version("post", "w1") or 0}).st == "applied"
    looks(DAY)
    looks(NEXT_DAY)
    assert (ledger(hall, f"{DAY}-0"), ledger(hall, f"{NEXT_DAY}-0")) == (("unattended", 1, 1, "explain.unattended"), None)
    kept_as_made(hall)


def test_nobody_answers_for_hours_for_which_nobody_had_been_published() -> None:
    """ORG-01, CON-42, EVD-04: today's first roster, written in the afternoon, counts from then on."""
    hall = small_hall("09:00")
    hall.tx._db.execute("DELETE FROM duty WHERE post = 'w1'")
    hall.tx._rows.clear()
    for said in (empty("o1", "10:02"), empty("o2", "10:13")):
        hall.run(said.op(hall, said.at))
    hall.tick(at("15:00"))
    assert send(hall, "zhao", "roster.draft", "d", PutDraft([DutyCell(DAY, "w1", "li", "qian")]), "15:00").st == "applied"
    assert send(hall, "zhao", "roster.publish", "p", PublishRoster(DAY, DAY, ["w1"], {}, "补排"), "15:01").st == "applied"
    assert ledger(hall) == ("unattended", 1, 0, "explain.nobody")
    for said in (empty("o3", "15:20"), empty("o4", "15:31")):
        hall.run(said.op(hall, said.at))
    assert (ledger(hall, "o3"), hall.row("finding", "o3")["person"]) == (("unattended", 1, 1, "explain.unattended"), "li")
    assert hall.tx.ask("posts_of", uid="li", day=DAY) == ["d1", "w1"][1:]
    kept_as_made(hall)


# --- what a person had said, or had not heard ----------------------------------------------------------------------------


def test_a_notice_by_an_old_roster_clears_at_the_post_the_newest_one_gives() -> None:
    """CON-42, EVD-02: his phone had him at w2; whichever of notice and looks arrives first."""
    facts = (Said("wang", "9:58", "away.announce", "n1", Announce(["w2"], "meeting", at("9:58"), at("11:00"), "wang")), *SEEN)
    for order in permutations(facts):
        hall = small_hall("09:00")
        put_duty(hall.tx, DutyRecord(rid=f"{DAY}:w2", day=DAY, post="w2", a="qian", b="zhao"))
        for said in order:
            assert hall.run(said.op(hall)).st == "applied"
        assert ledger(hall) == ("explained", 1, 0, "explain.notice_before")
        kept_as_made(hall)


def test_a_notice_by_a_roster_that_had_him_in_another_unit_is_his_all_the_same() -> None:
    """CON-42, AWY-01: what his phone still had; of a post he never had nobody says that he leaves it."""
    hall = small_hall("09:00")
    for clock, cell in (("9:10", DutyCell(NEXT_DAY, "w3", "wang", "feng")), ("9:20", DutyCell(NEXT_DAY, "w3", "feng", "qian"))):
        assert send(hall, "zhou", "roster.draft", f"d{clock}", PutDraft([cell]), clock).st == "applied"
        assert (
            send(hall, "zhou", "roster.publish", f"p{clock}", PublishRoster(NEXT_DAY, NEXT_DAY, ["w3"], {}, "调整"), clock).st == "applied"
        )
    for n, clock in enumerate(("10:10", "10:21")):
        look = Observe("r1", "w1", "empty_no_notice", at(clock, NEXT_DAY), KNEW)
        send(hall, "lin", "patrol.observe", f"o{n}", look, clock, NEXT_DAY)
    assert ledger(hall, "o0") == ("unattended", 1, 1, "explain.unattended")
    args = Announce(["w3"], "meeting", at("9:58", NEXT_DAY), at("11:00", NEXT_DAY), "wang")
    said = {"at": at("9:58", NEXT_DAY), "received": at("15:00", NEXT_DAY)}
    assert hall.send(ACTORS["li"], "away.announce", "n0", msgspec.structs.replace(args, person="li"), **said).code == "NO_RIGHT"
    assert hall.send(ACTORS["wang"], "away.announce", "n1", args, **said).st == "applied"
    assert ledger(hall, "o0") == ("explained", 1, 0, "explain.notice_before")


def test_who_ended_a_notice_for_its_person_is_told_to_his_phone_which_says_that_it_has_it() -> None:
    """EVD-02, EVD-04, AWY-08: the row says by whom until then; a receipt of his own end there is none."""
    hall = told(AWAY, HEAD_ENDS)
    assert hall.row("away.told", "n1")["ended_by"] == "zhao"
    assert "u:wang" in hall.buckets("away.told", "n1")
    assert send(hall, "wang", "away.received", "n1", Received(), "15:31").st == "applied"
    assert hall.row("away.told", "n1")["ended_told_at"] == at("15:31")
    assert send(hall, "qian", "away.received", "n1", Received(), "15:32").code == "NO_RIGHT"
    own = told(AWAY, Said("wang", "10:05", "away.return", "n1", Return(at("10:05"))))
    assert "ended_by" not in (own.row("away.told", "n1") or {})


@pytest.mark.parametrize(
    ("who", "person", "unit", "outcome"), [("li", "li", "u1", "NO_RIGHT"), ("zhao", "zhao", "u1", None), ("zhou", "li", "u1", None)]
)
def test_that_the_whole_unit_is_away_its_head_or_the_office_says(who: str, person: str, unit: str, outcome: str | None) -> None:
    """AWY-02, §13: it clears everybody in it."""
    hall = small_hall("09:00")
    args = Announce([], "meeting", at("9:58"), at("11:00"), person, unit=unit, contact="1")
    assert send(hall, who, "away.announce", "n9", args, "9:58").code == outcome
    for said in SEEN:
        hall.run(said.op(hall))
    assert ledger(hall) == (("unattended", 1, 1, "explain.unattended") if outcome else ("explained", 1, 0, "explain.notice_before"))


@pytest.mark.parametrize("excused_first", [True, False])
@pytest.mark.parametrize("people", [["wang"], []], ids=["nursing", "weather"])
def test_who_was_permitted_to_be_absent_is_not_counted_and_the_sentence_does_not_say_why(people: list[str], excused_first: bool) -> None:
    """ATT-07, EVD-04, PRV-03: in either order of arrival; one that was taken back before the session explains nothing."""
    hall = attendance_hall()
    daily = {"daily_from": "10:00", "daily_to": "10:30"} if people else {}
    args = ExcuseAll(at("9:30"), at("11:00"), "nursing" if people else "weather", "哺乳时间", people=people, **daily)
    facts = [Said("zhou", "7:05", "att.excuse", "e1", args), *SEEN]
    for said in facts if excused_first else facts[::-1]:
        assert hall.run(said.op(hall)).st == "applied"
    assert ledger(hall) == ("explained", 1, 0, "explain.permitted")
    kept_as_made(hall)
    assert send(hall, "zhou", "att.end_excuse", "e1", EndExcuse("录错"), "7:30").st == "applied"
    assert ledger(hall) == ("unattended", 1, 1, "explain.unattended")
    kept_as_made(hall)


# --- the hall is told to leave -------------------------------------------------------------------------------------------


def fire(reporter: str = "lin", place: str = "w3") -> MemoryHall:
    """A fire in zone B, reported at 9:40."""
    hall = small_hall("09:30")
    assert send(hall, reporter, "incident.report", "i1", Report("fire", place, at("9:40"), 1), "9:40").st == "applied"
    return hall


def seen_empty(hall: MemoryHall, *clocks: str) -> None:
    for clock in clocks:
        said = empty(f"o{clock}", clock)
        assert hall.run(said.op(hall, said.at)).st == "applied"


def test_while_lobby_screens_say_to_leave_nobody_in_the_hall_is_off_post() -> None:
    """EMG-08, EMG-11: zone A is emptied for a fire in zone B, until all is clear."""
    hall = fire()
    assert send(hall, "zhou", "incident.announce", "i1", TellLobby("evacuate", "A"), "9:41").st == "applied"
    seen_empty(hall, "9:50", "10:01")
    assert ledger(hall, "o9:50") is None
    assert hall.tx.ask("suspensions", post="w1", from_at=at("9:00"), to_at=at("12:00")) == [(at("9:41"), at("0:00", NEXT_DAY))]
    assert send(hall, "zhou", "incident.clear", "i1", AllClear(), "10:20").st == "applied"
    seen_empty(hall, "10:30", "10:41")
    assert (ledger(hall, "o9:50"), ledger(hall, "o10:30")) == (None, ("unattended", 1, 1, "explain.unattended"))
    assert hall.tx.ask("suspensions", post="w1", from_at=at("9:00"), to_at=at("12:00")) == [(at("9:41"), at("10:20"))]
    kept_as_made(hall)


def test_looks_that_arrive_before_the_hall_was_told_are_looked_at_again() -> None:
    """EMG-11, EVD-01."""
    hall = fire()
    for said in SEEN:
        hall.run(said.op(hall, at("10:30")))
    assert ledger(hall) == ("unattended", 1, 1, "explain.unattended")
    tells = hall.op(ACTORS["zhou"], "incident.announce", "i1", TellLobby("evacuate"), at=at("10:05"), received=at("10:31"))
    assert hall.run(tells).st == "applied"
    assert ledger(hall) is None


def test_who_reported_it_frees_nobody_by_his_own_word_alone() -> None:
    """EMG-11, GEN-02: the office reports and tells the hall to leave; it counts once somebody else has acted."""
    hall = fire("zhou")
    assert send(hall, "zhou", "incident.announce", "i1", TellLobby("evacuate"), "9:41").st == "applied"
    seen_empty(hall, "9:50", "10:01")
    assert ledger(hall, "o9:50") == ("unattended", 1, 1, "explain.unattended")
    assert send(hall, "lin", "incident.tick", "i1", Tick("handling", at("9:45"), "疏散"), "10:05").st == "applied"
    assert ledger(hall, "o9:50") is None


def test_another_message_ends_the_evacuation() -> None:
    """EMG-08, EMG-11."""
    hall = fire()
    send(hall, "zhou", "incident.announce", "i1", TellLobby("evacuate"), "9:41")
    assert send(hall, "zhou", "incident.announce", "i1", TellLobby("power"), "10:00").st == "applied"
    seen_empty(hall, "10:05", "10:16")
    assert ledger(hall, "o10:05") == ("unattended", 1, 1, "explain.unattended")


# --- in words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scene", "hans", "hant"),
    [
        (
            "EVD-02 HEAD says he is back, who neither said so nor could read it",
            "10:10 见空岗；王 09:58 已告示离岗，预计 11:00 返回；赵称 10:05 起告示已结束，"
            "王当时是否知情待核实，待办公室判定。岗位计一次，个人暂不计。",
            "10:10 見空崗；王 09:58 已告示離崗，預計 11:00 返回；赵稱 10:05 起告示已結束，"
            "王當時是否知情待核實，待辦公室判定。崗位計一次，個人暫不計。",
        ),
        (
            "CON-42 he named another post that was his, too",
            "10:10 见空岗；王 09:58 已告示离岗，但告示写的是其另一岗位，是否也离开本岗位待核实，待办公室判定。岗位计一次，个人暂不计。",
            "10:10 見空崗；王 09:58 已告示離崗，但告示寫的是其另一崗位，是否也離開本崗位待核實，待辦公室判定。崗位計一次，個人暫不計。",
        ),
        (
            "CON-10 B says the work is handed back",
            "10:10 见空岗；王 09:00 已移交工作；李称 10:05 起移交已结束，王当时是否知情待核实，待办公室判定。岗位计一次，个人暂不计。",
            "10:10 見空崗；王 09:00 已移交工作；李稱 10:05 起移交已結束，王當時是否知情待核實，待辦公室判定。崗位計一次，個人暫不計。",
        ),
    ],
)
def test_a_doubt_by_others_word_is_explained_in_both_scripts(scene: str, hans: str, hant: str) -> None:
    """EVD-11."""
    one = next(s for s in OTHERS_WORD_SCENES if s.id == scene)
    body = play(one, one.facts).row("finding", "o1")
    said = [[sentence(e, locale, NAMES, {}) for e in explains(body)] for locale in ("zh_Hans", "zh_Hant_TW")]
    assert (hans in said[0], hant in said[1]) == (True, True), said


def test_a_permission_is_explained_in_both_scripts() -> None:
    """EVD-11, PRV-03."""
    hall = attendance_hall()
    hall.run(Said("zhou", "7:05", "att.excuse", "e1", ExcuseAll(at("9:30"), at("11:00"), "nursing", "哺乳", people=["wang"])).op(hall))
    for said in SEEN:
        hall.run(said.op(hall))
    found = [[sentence(e, locale, NAMES, {}) for e in explains(hall.row("finding", "o1"))] for locale in ("zh_Hans", "zh_Hant_TW")]
    assert "10:10 见空岗；王当时按规定准许不在岗。岗位计一次，个人不计。" in found[0]
    assert "10:10 見空崗；王當時按規定准許不在崗。崗位計一次，個人不計。" in found[1]
