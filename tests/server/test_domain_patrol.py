"""Patrol through its handlers: rounds, sightings, and findings that come out the same whatever reaches the server first."""

from itertools import islice, permutations
from typing import Any

import msgspec
import pytest

from server.domain.base import Actor
from server.domain.patrol.ops import Observe, RoundFinish, RoundStart, Tie, Withdraw, ZoneClear
from server.domain.trail.explain import EXPLANATIONS
from server.domain.trail.ops import FindingAnswer, FindingDecide, FindingVoid
from tests.server.scenes.conflicts import NOTICE_CLEARS, SCENES, Ledger, Scene, all_present, back, empty, look, notice
from tests.server.scenes.others_word import OTHERS_WORD_SCENES
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

ORDERS_MAX = 12
ALL_SCENES = (*SCENES, *OTHERS_WORD_SCENES)
CON_01 = Scene("", (empty("o1", "10:02"), notice("9:58", "9:58", "10:15")), {})
BEGUN = Said("lin", "10:00", "patrol.start", "r1", RoundStart(f"{DAY}T10", "hourly", at("10:00")))


def play(scene: Scene, facts: tuple[Said, ...]) -> MemoryHall:
    """The scene with its facts arriving in this order, decisions after."""
    hall = small_hall("09:00", **scene.rules)
    for said in (*facts, *scene.decisions):
        outcome = hall.run(said.op(hall))
        assert outcome.st == "applied" or outcome.code == "REF_WAIT"
    hall.tick(at("15:30"))
    return hall


def ledgers(hall: MemoryHall) -> dict[str, Ledger]:
    """Every finding as a scene states it."""
    return {rid: Ledger(b["state"], b["post_count"], b["person_count"], b["explain"]["key"]) for rid, b in hall.rows("finding")}


@pytest.mark.parametrize("scene", ALL_SCENES, ids=lambda s: s.id)
def test_a_conflict_ends_as_the_catalogue_says(scene: Scene) -> None:
    assert ledgers(play(scene, scene.facts)) == scene.findings


@pytest.mark.parametrize("scene", ALL_SCENES, ids=lambda s: s.id)
def test_every_order_of_arrival_leaves_the_same_rows(scene: Scene) -> None:
    first = {key: shown[::2] for key, shown in play(scene, scene.facts).tx.rows.items()}
    for order in islice(permutations(scene.facts), 1, ORDERS_MAX):
        assert {key: shown[::2] for key, shown in play(scene, order).tx.rows.items()} == first


def test_the_sentence_names_the_times_and_the_person() -> None:
    body = play(CON_01, CON_01.facts).row("finding", "o1")
    assert body["explain"]["params"] == {
        "seen": at("10:02"),
        "made": at("9:58"),
        "left": at("9:58"),
        "back": at("10:15"),
        "person": "wang",
        "minutes": 10,
    }
    assert body["notice"] == "n1"
    assert body["person"] == "wang"


def test_both_of_whom_one_contradicts_the_other_are_asked_and_see_both_clocks() -> None:
    """CON-07: with the offsets of their clocks; what they say is for those who patrol, not for the person."""
    hall = small_hall()
    for said, offset in ((empty("o1", "10:02"), 4_000), (look("o2", "10:03", "serving", "chen"), -61_000)):
        op = said.op(hall)
        hall.run(msgspec.structs.replace(op, window=msgspec.structs.replace(op.window, offset_ms=offset)))
    body = hall.row("finding", "o1")
    assert body["asked"] == ["chen", "lin"]
    received = at("15:00")
    assert body["times"] == [
        {"what": "seen", "at": at("10:02"), "received_at": received, "grade": "A", "offset_ms": 4_000},
        {"what": "present", "at": at("10:03"), "received_at": received, "grade": "A", "offset_ms": -61_000},
    ]
    assert hall.send(ACTORS["chen"], "finding.answer", "o1", FindingAnswer("看的是隔壁窗口")).st == "applied"
    assert (hall.row("finding", "o1")["asked"], hall.row("finding", "o1")["answers"]) == (["lin"], ["看的是隔壁窗口"])
    assert "answers" not in hall.row("finding.own", "o1")
    assert hall.send(ACTORS["ma"], "finding.answer", "o1", FindingAnswer("我也看到")).code == "NO_RIGHT"


def test_a_finding_shows_when_everything_behind_it_was_made_and_when_it_arrived() -> None:
    """CON-02: both clocks of the notice and of the sighting, for those who patrol, the head and the person."""
    hall = play(CON_01, CON_01.facts)
    times = [(one["what"], one["at"], one["received_at"]) for one in hall.row("finding", "o1")["times"]]
    assert times == [("notice", at("9:58"), at("15:00")), ("seen", at("10:02"), at("15:00"))]
    assert hall.row("finding.own", "o1")["times"] == hall.row("finding", "o1")["times"]


def test_before_the_notice_arrives_the_sighting_stands_alone_and_the_person_is_not_told_of_a_glance() -> None:
    hall = small_hall()
    hall.run(empty("o1", "10:02").op(hall))
    assert ledgers(hall)["o1"].state == "glance"
    assert hall.row("finding.own", "o1") is None
    hall.run(notice("9:58", "9:58", "10:15").op(hall))
    assert ledgers(hall)["o1"] == NOTICE_CLEARS
    assert hall.row("finding.own", "o1")["explain"]["key"] == "own.notice_before"


def test_a_finding_changes_sides_when_a_late_fact_arrives_and_nobody_keeps_the_old_one() -> None:
    hall = small_hall()
    for said in (empty("o2", "10:13"), empty("o3", "10:24")):
        hall.run(said.op(hall))
    assert list(ledgers(hall)) == ["o2"]
    hall.run(empty("o1", "10:02", "chen").op(hall))
    assert list(ledgers(hall)) == ["o1"]
    assert hall.row("finding.own", "o2") is None


def test_only_those_who_patrol_see_sightings_and_the_office_sees_findings() -> None:
    hall = play(CON_01, CON_01.facts)
    assert hall.buckets("obs", "o1") == {"role:INS", "role:EFF", "u:lin"}
    assert hall.buckets("finding", "o1") == {"role:INS", "role:EFF", "role:OFF"}
    assert hall.buckets("finding.own", "o1") == {"u:wang", "head:u1", "role:DIS"}


def test_the_persons_own_face_does_not_name_the_inspector() -> None:
    hall = play(CON_01, CON_01.facts)
    assert "lin" not in hall.tx.rows["finding.own", "o1"].body
    assert "observations" not in hall.row("finding.own", "o1")


@pytest.mark.parametrize("who", ["wang", "zhao", "zhou", "wu"])
def test_who_does_not_patrol_cannot_record_a_round(who: str) -> None:
    hall = small_hall()
    before = dict(hall.tx.rows)
    for said in (empty("o1", "10:02", who), all_present("10:03", who), BEGUN._replace(who=who)):
        outcome = hall.run(said.op(hall))
        assert (outcome.st, outcome.code) == ("held", "NO_RIGHT")
    assert hall.tx.rows == before


def test_a_sighting_at_a_post_that_does_not_exist_is_kept_for_a_person() -> None:
    hall = small_hall()
    outcome = hall.send(ACTORS["lin"], "patrol.observe", "o1", Observe("r1", "w9", "idle", at("10:00"), KNEW))
    assert (outcome.st, outcome.code) == ("held", "INVALID")
    outcome = hall.send(ACTORS["lin"], "patrol.zone_clear", "r1", ZoneClear("A", ["w1", "w9"], at("10:00"), KNEW))
    assert (outcome.st, outcome.code) == ("held", "INVALID")


def test_an_inspector_at_a_post_of_the_own_unit_is_recorded_and_marked() -> None:
    """PTL-07."""
    hall = small_hall()
    actor = ACTORS["lin"]._replace(unit="u1")
    hall.send(actor, "patrol.observe", "o1", Observe("r1", "w1", "idle", at("9:00"), KNEW))
    hall.send(ACTORS["lin"], "patrol.observe", "o2", Observe("r1", "w1", "idle", at("9:00"), KNEW))
    assert hall.row("obs", "o1")["own_unit"] is True
    assert "own_unit" not in hall.row("obs", "o2")


def test_the_recheck_timer_runs_until_somebody_has_looked_again() -> None:
    """PTL-04."""
    hall = small_hall()
    hall.run(empty("o1", "10:02").op(hall))
    assert hall.row("obs", "o1")["recheck_due_at"] == at("10:12")
    hall.run(look("o2", "10:12", "serving", recheck_of="o1").op(hall))
    assert "recheck_due_at" not in hall.row("obs", "o1")
    assert "recheck_due_at" not in hall.row("obs", "o2")


def test_a_sighting_written_down_much_later_is_a_memory() -> None:
    hall = small_hall()
    args = Observe("r1", "w1", "empty_no_notice", at("9:20"), KNEW, waited=True)
    hall.send(ACTORS["lin"], "patrol.observe", "o1", args, at=at("10:02"), received=at("10:03"))
    assert hall.row("obs", "o1")["grade"] == "C"
    assert ledgers(hall)["o1"] == Ledger("pending", 1, 0, "explain.sighting_clock")


def test_nothing_is_seen_after_it_was_written_down() -> None:
    hall = small_hall()
    args = Observe("r1", "w1", "idle", at("16:00"), KNEW)
    hall.send(ACTORS["lin"], "patrol.observe", "o1", args, at=at("10:02"), received=at("10:03"))
    assert hall.row("obs", "o1")["at"] == at("10:02")


def test_a_round_counts_its_exceptions_without_those_taken_back() -> None:
    hall = small_hall()
    for said in (empty("o1", "10:02"), look("o2", "10:04", "idle"), BEGUN):
        hall.run(said.op(hall))
    assert hall.row("round", "r1")["exceptions"] == 2
    hall.send(ACTORS["lin"], "patrol.withdraw", "o2", Withdraw("看错"))
    assert hall.row("round", "r1")["exceptions"] == 1


@pytest.mark.parametrize(
    ("kind", "rid", "args"), [("patrol.finish", "r1", RoundFinish(at("11:00"))), ("patrol.withdraw", "o1", Withdraw("看错"))]
)
def test_a_round_is_ended_and_a_sighting_taken_back_only_by_its_author(kind: str, rid: str, args: Any) -> None:
    hall = small_hall()
    assert hall.send(ACTORS["lin"], kind, rid, args).code == "REF_WAIT"
    hall.run(BEGUN.op(hall))
    hall.run(empty("o1", "10:02").op(hall))
    assert hall.send(ACTORS["chen"], kind, rid, args).code == "NO_RIGHT"
    assert hall.send(ACTORS["lin"], kind, rid, args).st == "applied"


def test_taking_back_needs_a_reason() -> None:
    hall = small_hall()
    hall.run(empty("o1", "10:02").op(hall))
    assert hall.send(ACTORS["lin"], "patrol.withdraw", "o1", Withdraw("  ")).code == "INVALID"
    assert hall.row("obs", "o1").get("withdrawn", "") == ""


def test_the_person_and_the_head_may_answer_and_both_sides_read_it() -> None:
    hall = play(CON_01, CON_01.facts)
    assert hall.send(ACTORS["qian"], "finding.answer", "o1", FindingAnswer("不是我")).code == "NO_RIGHT"
    assert hall.send(ACTORS["wang"], "finding.answer", "o1", FindingAnswer("去二楼送件")).st == "applied"
    assert hall.send(ACTORS["zhao"], "finding.answer", "o1", FindingAnswer("情况属实")).st == "applied"
    assert hall.row("finding", "o1")["answers"] == ["去二楼送件", "情况属实"]
    assert hall.row("finding.own", "o1")["answers"] == ["去二楼送件", "情况属实"]


def test_an_answer_stays_when_the_episode_is_cut_anew() -> None:
    hall = small_hall()
    for said in (empty("o2", "10:13"), empty("o3", "10:24")):
        hall.run(said.op(hall))
    hall.send(ACTORS["wang"], "finding.answer", "o2", FindingAnswer("在后台"))
    hall.run(empty("o1", "10:02").op(hall))
    assert hall.row("finding", "o1")["answers"] == ["在后台"]


def test_the_person_has_three_working_days_to_answer() -> None:
    hall = play(CON_01, CON_01.facts)
    assert hall.row("finding.own", "o1")["answer_until"] == "2026-11-26"


def test_a_fact_that_arrives_days_later_still_corrects_the_finding() -> None:
    hall = small_hall()
    for said in (empty("o1", "10:02"), empty("o2", "10:13")):
        hall.run(said.op(hall))
    assert ledgers(hall)["o1"].person_count == 1
    hall.tick(at("09:00", "2026-11-27"))
    late = notice("9:58", "9:58", "10:25").op(hall)
    hall.run(hall.op(ACTORS["wang"], late.kind, "n1", late.a, at=at("9:58"), received=at("09:05", "2026-11-27")))
    assert ledgers(hall)["o1"] == NOTICE_CLEARS


def test_a_return_forgotten_yesterday_accuses_nobody_today() -> None:
    hall = small_hall()
    hall.run(notice("9:58", "9:58", "10:15").op(hall))
    hall.tick(at("09:00", "2026-11-24"))
    args = Observe("r1", "w1", "empty_no_notice", at("10:00", "2026-11-24"), KNEW)
    hall.send(ACTORS["lin"], "patrol.observe", "o1", args, received=at("10:00", "2026-11-24"))
    assert ledgers(hall)["o1"].state == "glance"


def test_a_sighting_before_leaving_and_one_after_the_return_are_not_explained_by_the_notice() -> None:
    hall = small_hall()
    for said in (notice("9:58", "9:58", "10:30"), back("10:10"), empty("o1", "9:50"), empty("o2", "10:20")):
        hall.run(said.op(hall))
    assert {rid: one.state for rid, one in ledgers(hall).items()} == {"o1": "glance", "o2": "glance"}


def test_every_sentence_used_by_a_scene_exists() -> None:
    assert {found.key for scene in ALL_SCENES for found in scene.findings.values()} <= set(EXPLANATIONS)


def missed(hall: MemoryHall, who: Actor = ACTORS["lin"], received: str = "10:15") -> None:
    """Two looks at an empty w1, ten minutes apart, by one inspector."""
    for rid, clock in (("o1", "10:02"), ("o2", "10:13")):
        args = Observe("r1", "w1", "empty_no_notice", at(clock), KNEW)
        hall.send(who, "patrol.observe", rid, args, at=at(clock), received=at(received))


def test_a_review_asked_for_makes_a_doubt_that_the_office_decides_for_good() -> None:
    """EVD-12, EVD-04: the person is not counted meanwhile; the decision has a reason; asking again changes nothing."""
    hall = small_hall()
    missed(hall)
    assert ledgers(hall)["o1"] == Ledger("unattended", 1, 1, "explain.unattended")
    hall.send(ACTORS["wang"], "finding.answer", "o1", FindingAnswer("当时在柜台下取件", review=True), at=at("10:20"), received=at("10:20"))
    assert ledgers(hall)["o1"] == Ledger("pending", 1, 0, "explain.in_review")
    assert hall.row("finding", "o1")["doubt"] is True
    assert hall.row("finding.own", "o1")["explain"]["key"] == "own.in_review"
    assert hall.send(ACTORS["zhou"], "finding.decide", "o1", FindingDecide(True, " "), at=at("10:40")).code == "INVALID"
    assert hall.send(ACTORS["zhou"], "finding.decide", "o1", FindingDecide(True, "监控可见无人"), at=at("10:40")).st == "applied"
    assert ledgers(hall)["o1"] == Ledger("unattended", 1, 1, "explain.ruled_against")
    hall.send(ACTORS["wang"], "finding.answer", "o1", FindingAnswer("仍不同意", review=True), at=at("10:50"), received=at("10:50"))
    assert ledgers(hall)["o1"] == Ledger("unattended", 1, 1, "explain.ruled_against")


def test_a_review_nobody_decides_lapses_for_the_person_after_its_own_term() -> None:
    """EVD-12, CON-02: three working days from the asking, not from the finding."""
    hall = small_hall()
    missed(hall)
    hall.tick(at("09:00", "2026-11-26"))
    args = FindingAnswer("请复核", review=True)
    hall.send(ACTORS["wang"], "finding.answer", "o1", args, at=at("09:10", "2026-11-26"), received=at("09:10", "2026-11-26"))
    hall.tick(at("18:00", "2026-11-30"))
    assert ledgers(hall)["o1"].state == "pending"
    hall.tick(at("18:00", "2026-12-01"))
    assert ledgers(hall)["o1"] == Ledger("explained", 1, 0, "explain.lapsed")


def test_who_saw_it_decides_no_doubt_of_it() -> None:
    """EVD-12, CON-02: the observer cannot decide, whatever else he may do in the hall."""
    hall = small_hall()
    both = ACTORS["lin"]._replace(roles=frozenset({"INS", "OFF"}))
    missed(hall, both)
    hall.send(ACTORS["wang"], "finding.answer", "o1", FindingAnswer("请复核", review=True))
    assert hall.send(both, "finding.decide", "o1", FindingDecide(True, "我看到的")).code == "OBSERVER"
    assert ledgers(hall)["o1"].person_count == 0
    assert hall.send(ACTORS["zhou"], "finding.decide", "o1", FindingDecide(False, "有办件记录")).st == "applied"


def test_what_is_seen_where_one_has_a_tie_accuses_nobody_by_itself() -> None:
    """PTL-07: it waits for the office; somebody without a tie who saw it long enough, too, settles it."""
    hall = small_hall()
    missed(hall, ACTORS["lin"]._replace(unit="u1"))
    assert ledgers(hall)["o1"] == Ledger("pending", 1, 0, "explain.sighting_tied")
    assert hall.row("finding", "o1")["doubt"] is True
    for rid, clock in (("o3", "10:04"), ("o4", "10:15")):
        hall.send(ACTORS["chen"], "patrol.observe", rid, Observe("r2", "w1", "empty_no_notice", at(clock), KNEW), at=at(clock))
    assert ledgers(hall)["o1"] == Ledger("unattended", 1, 1, "explain.unattended")


def test_a_tie_declared_later_on_the_phone_but_earlier_in_time_takes_the_count_back() -> None:
    """PTL-07, EVD-02."""
    hall = small_hall()
    missed(hall)
    assert ledgers(hall)["o1"].person_count == 1
    hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie([], ["wang"]), at=at("09:30"), received=at("10:30"))
    assert ledgers(hall)["o1"] == Ledger("pending", 1, 0, "explain.sighting_tied")


@pytest.mark.parametrize("clock", ["10:01", "10:07", "10:13"])
@pytest.mark.parametrize("whole_zone", [False, True])
def test_somebody_seen_by_whoever_has_a_tie_there_clears_nobody_by_itself(clock: str, whole_zone: bool) -> None:
    """PTL-07, EVD-04, CON-07: 李 of the same unit patrols, too; the office looks at it, and 陈, who has no tie, settles it."""
    hall = small_hall()
    missed(hall)
    of_the_unit = ACTORS["li"]._replace(roles=frozenset({"STF", "INS"}))
    look = Observe("r9", "w1", "serving", at(clock), KNEW)
    kind, args = ("patrol.zone_clear", ZoneClear("A", ["w1", "w2"], at(clock), KNEW)) if whole_zone else ("patrol.observe", look)
    assert hall.send(of_the_unit, kind, "seen", args, at=at(clock)).st == "applied"
    assert ledgers(hall)["o1"] == Ledger("pending", 1, 0, "explain.present_tied")
    assert hall.row("finding", "o1")["doubt"] is True
    free = Observe("r2", "w1", "serving", at("10:07"), KNEW)
    assert hall.send(ACTORS["chen"], "patrol.observe", "o9", free, at=at("10:07")).st == "applied"
    assert ledgers(hall)["o1"].person_count == 0


@pytest.mark.parametrize("late", [False, True])
def test_a_tie_takes_back_what_a_tap_on_the_whole_zone_had_cleared(late: bool) -> None:
    """PTL-07: whichever arrives first."""
    hall = small_hall()
    missed(hall)
    tie = ("patrol.tie", "chen", Tie([], ["wang"]), "09:30")
    tap = ("patrol.zone_clear", "r2", ZoneClear("A", ["w1"], at("10:07"), KNEW), "10:07")
    for kind, rid, args, clock in (tap, tie) if late else (tie, tap):
        assert hall.send(ACTORS["chen"], kind, rid, args, at=at(clock), received=at("10:30")).st == "applied"
    assert ledgers(hall)["o1"] == Ledger("pending", 1, 0, "explain.present_tied")


def coded(hall: MemoryHall, rid: str, clock: str, codes: list[Any], *, reminded: bool = False, day: str = DAY, post: str = "w1") -> None:
    """林 sees somebody on post, and codes something beside it."""
    now = at(clock, day)
    hall.tick(now)
    args = Observe("r1", post, "serving", now, KNEW, codes=["P1", *codes], note="看手机", reminded=reminded)
    assert hall.send(ACTORS["lin"], "patrol.observe", rid, args, at=now, received=now).st == "applied"


def test_a_coded_sighting_reaches_whom_it_concerns_and_can_be_answered() -> None:
    """GEN-08, EVD-12: the person and the head, without the inspector's name; praise and facility problems concern nobody."""
    hall = small_hall()
    coded(hall, "o1", "10:02", ["P10"])
    coded(hall, "o2", "10:05", ["P14", "P0"])
    assert [rid for rid, _ in hall.rows("coded")] == ["o1"]
    assert hall.buckets("coded", "o1") == {"u:wang", "head:u1", "role:INS", "role:EFF", "role:OFF", "role:DIS"}
    body = hall.row("coded", "o1")
    assert (body["codes"], body["person"], body["note"], body["answer_until"]) == (["P10"], "wang", "看手机", "2026-11-26")
    assert "lin" not in hall.tx.rows["coded", "o1"].body
    assert hall.send(ACTORS["qian"], "finding.answer", "o1", FindingAnswer("不是我")).code == "NO_RIGHT"
    assert hall.send(ACTORS["wang"], "finding.answer", "o1", FindingAnswer(" ")).code == "INVALID"
    assert hall.send(ACTORS["wang"], "finding.answer", "o1", FindingAnswer("在核对办件短信")).st == "applied"
    assert hall.row("coded", "o1")["answers"] == ["在核对办件短信"]
    hall.send(ACTORS["zhou"], "finding.void", "o1", FindingVoid("不是他"))
    assert hall.row("coded", "o1") is None


def test_what_is_coded_of_somebody_at_a_window_of_another_unit_is_told_to_his_own_head() -> None:
    """PRH-01, CHK-09, CON-43: to the unit he belonged to that day, and to the unit of the window; each may say its part."""
    hall = small_hall("09:00")
    seen = Observe("r1", "w3", "serving", at("10:00"), KNEW, codes=["P10"], person="wang")
    assert hall.send(ACTORS["lin"], "patrol.observe", "o1", seen, at=at("10:00"), received=at("10:00")).st == "applied"
    assert {"u:wang", "head:u1", "head:u2"} <= hall.buckets("coded", "o1")
    for head in ("zhao", "feng"):
        assert hall.send(ACTORS[head], "finding.answer", "o1", FindingAnswer("已问过")).st == "applied"


def test_praise_reaches_whom_it_names_and_is_neither_answered_nor_the_first_of_a_month() -> None:
    """GEN-08, PTL-08, PTL-10: recorded about somebody, told to him; without an inspector's name, and nothing waits for a word to it."""
    hall = small_hall("09:00")
    praise = Observe("r1", "w1", "serving", at("10:00"), KNEW, codes=["P1", "P0"], person="qian", note="耐心", reminded=True)
    assert hall.send(ACTORS["lin"], "patrol.observe", "o1", praise, at=at("10:00"), received=at("10:00")).st == "applied"
    body = hall.row("coded", "o1")
    assert (body["codes"], body["person"], body["note"], body["ended"], body["answer_until"]) == (["P0"], "qian", "耐心", True, "")
    assert "u:qian" in hall.buckets("coded", "o1")
    assert "u:wang" not in hall.buckets("coded", "o1")
    assert "lin" not in hall.tx.rows["coded", "o1"].body
    assert hall.tx.ask("sighting_open", sighting="o1") is False
    fault = Observe("r1", "w1", "serving", at("10:30"), KNEW, codes=["P10"], person="qian", reminded=True)
    assert hall.send(ACTORS["lin"], "patrol.observe", "o2", fault, at=at("10:30"), received=at("10:30")).st == "applied"
    assert hall.row("coded", "o2")["ended"] is True, "it is still the first of the month"
    hall.send(ACTORS["zhou"], "finding.void", "o1", FindingVoid("不是他"))
    assert hall.row("coded", "o1") is None


def test_praise_that_is_taken_back_is_gone_and_its_look_accuses_nobody() -> None:
    """CON-44, GEN-08, EVD-04: 钱 was praised at a window that was the wrong one; nobody had been told anything against 王."""
    hall = small_hall("09:00")
    empty = Observe("", "w1", "empty_no_notice", at("10:00"), KNEW, codes=["P0"], person="qian", note="帮隔壁")
    hall.send(ACTORS["lin"], "patrol.observe", "o1", empty, at=at("10:00"), received=at("10:00"))
    assert "u:qian" in hall.buckets("coded", "o1")
    hall.send(ACTORS["lin"], "patrol.withdraw", "o1", Withdraw("看错窗口"), at=at("10:01"), received=at("10:01"))
    assert hall.row("coded", "o1") is None
    again = Observe("", "w1", "empty_no_notice", at("10:11"), KNEW)
    hall.send(ACTORS["chen"], "patrol.observe", "o2", again, at=at("10:11"), received=at("10:11"))
    states = {rid: (body["state"], body["person_count"]) for rid, body in hall.rows("finding")}
    assert states == {"o1": ("withdrawn", 0), "o2": ("glance", 0)}


def test_an_answer_that_comes_before_what_it_answers_waits() -> None:
    """GEN-08, EVD-01."""
    assert small_hall().send(ACTORS["wang"], "finding.answer", "o1", FindingAnswer("在核对")).code == "REF_WAIT"


def test_the_first_minor_matter_of_a_month_ends_with_the_reminder_given_on_the_spot() -> None:
    """PTL-08: a parameter of the hall; whatever arrives first, the earliest of the month is the first."""

    def ended(hall: MemoryHall) -> list[str]:
        return [rid for rid, body in hall.rows("coded") if body.get("ended")]

    hall = small_hall()
    coded(hall, "o2", "10:30", ["P10"], reminded=True)
    assert ended(hall) == ["o2"]
    coded(hall, "o3", "11:00", ["P12"], reminded=True)
    assert ended(hall) == ["o2"]
    args = Observe("r1", "w1", "serving", at("9:40"), KNEW, codes=["P1", "P7"])
    hall.send(ACTORS["chen"], "patrol.observe", "o1", args, at=at("9:40"), received=at("11:05"))
    assert ended(hall) == []
    hall.send(ACTORS["chen"], "patrol.withdraw", "o1", Withdraw("看错窗口"))
    assert ended(hall) == ["o2"]
    coded(hall, "o4", "9:00", ["P10"], reminded=True, post="w3", day="2026-12-01")
    assert ended(hall) == ["o2"]  # nobody is planned there that day: it is nobody's first
    off: dict[str, Any] = {"ptl.first_minor_reminder": False}
    strict = small_hall(**off)
    coded(strict, "o2", "10:30", ["P10"], reminded=True)
    assert ended(strict) == []


def test_a_round_may_end_with_how_many_waited_and_what_the_day_was_like() -> None:
    """PTL §5.1, Annex A: optional, and kept in the register; a number nobody can have counted is held."""
    hall = small_hall()
    hall.run(BEGUN.op(hall))
    assert hall.send(ACTORS["lin"], "patrol.finish", "r1", RoundFinish(at("10:20"), queue_len=-3)).code == "INVALID"
    hall.send(ACTORS["lin"], "patrol.finish", "r1", RoundFinish(at("10:20"), queue_len=12, remark=" 大雨，人少 "))
    assert (hall.row("round", "r1")["queue_len"], hall.row("round", "r1")["remark"]) == (12, "大雨，人少")


def test_what_is_coded_by_whoever_has_a_tie_there_says_so() -> None:
    """PTL-07: to the person, the head and the discipline section alike; a tie that becomes known later marks it, too."""
    hall = small_hall()
    coded(hall, "o1", "10:00", ["P13"])
    assert "tied" not in hall.row("coded", "o1")
    hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie(["u1"], []), at=at("09:30"), received=at("10:30"))
    assert hall.row("coded", "o1")["tied"] is True
