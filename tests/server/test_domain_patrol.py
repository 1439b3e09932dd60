"""Patrol through its handlers: rounds, sightings, and findings that come out the same whatever reaches the server first."""

from itertools import islice, permutations
from typing import Any

import pytest

from server.domain.patrol.ops import Observe, RoundFinish, Withdraw, ZoneClear
from server.domain.trail.explain import EXPLANATIONS
from server.domain.trail.ops import FindingAnswer
from tests.server.scenes.conflicts import NOTICE_CLEARS, ROUNDS, SCENES, Ledger, Said, Scene, all_present, back, empty, look, notice
from tests.server.scenes.small_hall import ACTORS, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

ORDERS_MAX = 12
BY_ID = {scene.id: scene for scene in SCENES}
CON_01 = BY_ID["CON-01 notice of 9:58 arrives after the sighting of 10:02"]


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


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.id)
def test_a_conflict_ends_as_the_catalogue_says(scene: Scene) -> None:
    assert ledgers(play(scene, scene.facts)) == scene.findings


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.id)
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


def test_two_sightings_with_nothing_in_between_are_one_episode_and_both_stay_visible() -> None:
    hall = play(BY_ID["CON-06 two inspectors, one absence"], BY_ID["CON-06 two inspectors, one absence"].facts)
    assert hall.row("finding", "o1")["observations"] == ["o1", "o2", "o3"]
    assert {rid for rid, _ in hall.rows("obs")} == {"o1", "o2", "o3"}


def test_only_those_who_patrol_see_sightings_and_the_office_sees_findings() -> None:
    hall = play(CON_01, CON_01.facts)
    assert hall.buckets("obs", "o1") == {"role:INS", "role:EFF", "u:lin"}
    assert hall.buckets("finding", "o1") == {"role:INS", "role:EFF", "role:OFF"}
    assert hall.buckets("finding.own", "o1") == {"u:wang", "head:u1"}


def test_the_persons_own_face_does_not_name_the_inspector() -> None:
    hall = play(CON_01, CON_01.facts)
    assert "lin" not in hall.tx.rows["finding.own", "o1"].body
    assert "observations" not in hall.row("finding.own", "o1")


@pytest.mark.parametrize("who", ["wang", "zhao", "zhou", "wu"])
def test_who_does_not_patrol_cannot_record_a_round(who: str) -> None:
    hall = small_hall()
    before = dict(hall.tx.rows)
    for said in (empty("o1", "10:02", who), all_present("10:03", who), ROUNDS[0]._replace(who=who)):
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


def test_one_slot_done_by_two_is_complete_once_and_both_rounds_stay() -> None:
    """PTL-01, PTL-06, CON-08."""
    for order in permutations(ROUNDS):
        hall = small_hall()
        for said in order:
            hall.run(said.op(hall))
        first, second = hall.row("round", "r1"), hall.row("round", "r2")
        assert first["state"] == "done"
        assert "repeated" not in first
        assert [z["posts"] for z in first["zones"]] == [["w1", "w2"]]
        assert (second["state"], second["repeated"]) == ("running", True)
        assert hall.buckets("round", "r1") == {"role:INS", "role:EFF", "role:OFF"}


def test_a_round_counts_its_exceptions_without_those_taken_back() -> None:
    hall = small_hall()
    for said in (empty("o1", "10:02"), look("o2", "10:04", "idle"), ROUNDS[0]):
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
    hall.run(ROUNDS[0].op(hall))
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
    late = notice("9:58", "9:58", "10:30").op(hall)
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
    assert {found.key for scene in SCENES for found in scene.findings.values()} <= set(EXPLANATIONS)
