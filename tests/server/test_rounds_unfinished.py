"""Rounds that were never walked to their end, and what was not yet known when a round arrived (PTL-06, PTL-07, CAL-05, CON-08, CON-43)."""

import random
from typing import Any

import pytest

from server.domain.hall.days import HallDay
from server.domain.hall.tables import RoleTerm, UnitTerm
from server.domain.patrol.handlers import DOMAIN as PATROL
from server.domain.patrol.ops import Observe, RoundFinish, RoundStart, Tie, Withdraw, ZoneClear
from server.domain.patrol.rules import reached
from server.domain.patrol.tables import ObservationRecord, RoundRecord, SlotRecord
from server.domain.roster.ops import EndPerson, PutPerson, PutSwap
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at, small_hall
from tests.server.test_lunch_duty import lunch_hall
from tests.server.test_trail_rounds import ends, kept, left, part, repeated, send, slots
from tests.support.memory_tx import MemoryHall

TEN = f"{DAY}T10"
ALL = ("w1", "w2", "w3", "d1")


def begun(rid: str = "r1", who: str = "lin", clock: str = "10:02") -> Said:
    return Said(who, clock, "patrol.start", rid, RoundStart(f"{DAY}T{clock[:2]}", "hourly", at(clock)))


def looked(*posts: str, rid: str = "r1", who: str = "lin", clock: str = "10:05") -> Said:
    return Said(who, clock, "patrol.zone_clear", rid, ZoneClear("A", list(posts), at(clock), KNEW))


def slot(hall: MemoryHall, rid: str = TEN) -> SlotRecord:
    found = hall.tx.get(SlotRecord, rid)
    assert found is not None
    return found


def test_an_hour_in_which_every_post_was_looked_at_has_its_round_though_nobody_ended_it() -> None:
    """PTL-06, CON-08: the phone died before the end; in every order of arrival. That it was not ended stays to be seen."""
    empty = Said("lin", "10:08", "patrol.observe", "o1", Observe("r1", "d1", "empty_no_notice", at("10:08"), KNEW))
    for hall in ends(begun(), looked("w1", "w2"), looked("w3", clock="10:07"), empty):
        assert kept(hall)[TEN][1]
        assert slot(hall).round == "r1"
        assert hall.row("round", "r1")["state"] == "running"
        assert hall.row("round", "r1")["looked"] == 4


def test_looks_of_a_round_nobody_ended_make_the_hour_of_another_whole() -> None:
    """CON-08, PTL-06: two inspectors share an hour and the phone of one dies; nothing is left to look at, nobody has done it twice."""
    mine, *others = part("chen", "r2", "10:03", ["w3", "d1"])
    for hall in ends(begun(), looked("w1", "w2"), *others, first=[mine]):
        assert kept(hall)[TEN][1]
        assert (repeated(hall), left(hall)) == ([], {"r1": [], "r2": []})


def test_an_hour_that_was_looked_at_in_part_by_a_round_nobody_ended_says_so() -> None:
    """PTL-06, IDX-24: n of m, and no time without anybody; what is looked at later by another makes it whole."""
    hall = small_hall("08:00")
    send(hall, begun(), looked("w1", "w2"))
    hall.tick(at("11:11"))
    assert slots(hall)["10"] == ("partial", "r1")
    assert (slot(hall).looked, slot(hall).due, slot(hall).gap_min) == (2, 4, 92)
    late = [one._replace(clock="11:20") for one in part("chen", "r2", "10:40", ["w3", "d1"])]
    send(hall, *late)
    assert slots(hall)["10"] == ("late", "r1")


def test_looks_on_a_round_that_was_left_open_are_none_of_its_hour_once_that_is_long_over() -> None:
    """PTL-06, CAL-10: at half past eleven nobody walks the hour of ten; in every order of arrival, ended or not."""
    forgotten = looked("w3", "d1", clock="11:30")
    over = Said("lin", "11:31", "patrol.finish", "r1", RoundFinish(at("11:31")))
    for more in ([], [over]):
        for hall in ends(looked("w1", "w2"), forgotten, *more, first=[begun()]):
            assert (slot(hall).state, slot(hall).looked) == ("partial", 2)


@pytest.mark.parametrize(
    ("times", "counts"),
    [([], False), ([59], False), ([60], True), ([100], True), ([170], True), ([171], False), ([59, 171], False), ([59, 100], True)],
)
def test_the_hour_of_a_round_is_an_interval_and_its_tolerance(times: list[int], counts: bool) -> None:
    """CAL-10: begun at 70, interval 90, tolerance 10."""
    assert reached({"w1": times}, 60, 170) == (frozenset({"w1"}) if counts else frozenset())


def test_a_look_whose_time_nobody_can_prove_changes_no_hour_after_the_daily_close() -> None:
    """EVD-03, CON-09: neither that of a round left open, nor that of one that was ended; it is kept all the same."""
    for ended in (False, True):
        hall = small_hall("08:00")
        send(hall, begun(), looked("w1", "w2"))
        if ended:
            send(hall, Said("lin", "10:30", "patrol.finish", "r1", RoundFinish(at("10:30"))))
        hall.tick(at("13:00", "2026-11-24"))
        args = ZoneClear("B", ["w3", "d1"], at("10:06"), KNEW)
        how: dict[str, Any] = {"at": at("10:06"), "received": at("13:00", "2026-11-24")}
        assert hall.send(ACTORS["lin"], "patrol.zone_clear", "r1", args, **how, grade="C").st == "applied"
        assert (slot(hall).state, slot(hall).looked) == ("partial", 2)
        assert hall.row("round", "r1")["looked"] == 4
        assert hall.send(ACTORS["lin"], "patrol.zone_clear", "r1", args, **how, grade="A").st == "applied"
        assert kept(hall)[TEN] == ("done", True)


def test_a_round_that_was_begun_after_its_looks_had_arrived_is_one() -> None:
    """PTL-06: phones send their parts in any order."""
    hall = small_hall("08:00")
    send(hall, Said("lin", "09:02", "patrol.start", "r0", RoundStart(f"{DAY}T09", "hourly", at("09:02"))))
    send(hall, looked("w1", "w2", "w3", "d1"))
    hall.tick(at("11:11"))
    assert slots(hall)["10"] == ("missed", None)
    send(hall, begun()._replace(clock="11:12", args=RoundStart(TEN, "hourly", at("10:02"))))
    assert slots(hall)["10"] == ("late", "r1")


# --- what was not yet known when it arrived ----------------------------------------------------------------------------


def over_lunch(first: str) -> MemoryHall:
    """李, who had lunch duty at w1, is of the hall no more from this day on; a round of 12:20 arrives before or after that is known."""
    hall = lunch_hall()
    hall.tick(at("12:30"))
    walked = [
        Said("lin", "12:20", "patrol.start", "r1", RoundStart(f"{DAY}T12", "hourly", at("12:20"))),
        Said("lin", "12:21", "patrol.finish", "r1", RoundFinish(at("12:21"))),
    ]
    for step in (first, *({"round", "roster"} - {first})):
        if step == "round":
            for one in walked:
                assert hall.send(ACTORS[one.who], one.kind, one.rid, one.args, at=at(one.clock), received=at("12:30")).st == "applied"
        else:
            ended = hall.send(ACTORS["zhou"], "org.person_end", "li", EndPerson(DAY), received=at("12:30"), guard=version(hall, "li"))
            assert ended.st == "applied"
    return hall


def test_a_round_over_lunch_looks_at_the_windows_with_lunch_duty_by_the_newest_roster() -> None:
    """CAL-05, CON-42: whatever arrived first."""
    known = {first: over_lunch(first).tx.get(RoundRecord, "r1") for first in ("round", "roster")}
    assert known["round"] == known["roster"]
    assert (known["round"].posts, known["round"].left) == ([], [])


def version(hall: MemoryHall, uid: str) -> dict[str, int]:
    return {uid: hall.tx.version("person", uid) or 0}


def belongs(hall: MemoryHall, *units: UnitTerm) -> None:
    """The office enters where 林 belongs, and belonged."""
    args = PutPerson("林", "lin", list(units), [RoleTerm("INS", "2020-01-01")])
    assert hall.send(ACTORS["zhou"], "org.person", "lin", args, guard=version(hall, "lin")).st == "applied"


def walked_own(first: str) -> MemoryHall:
    hall = small_hall("08:00")
    belongs(hall, UnitTerm("c-patrol", "2020-01-01"))
    hall.tick(at("10:40"))
    for step in (first, *({"looks", "office"} - {first})):
        if step == "office":
            belongs(hall, UnitTerm("c-patrol", "2020-01-01", "2026-11-21"), UnitTerm("u2", "2026-11-22"))
            continue
        empty = Observe("r1", "w3", "empty_no_notice", at("10:08"), KNEW)
        for kind, rid, args in (
            ("patrol.start", "r1", begun().args),
            ("patrol.zone_clear", "r1", looked("w1", "w2").args),
            ("patrol.observe", "o1", empty),
            ("patrol.finish", "r1", RoundFinish(at("10:30"))),
        ):
            assert hall.send(ACTORS["lin"], kind, rid, args, at=at("10:10"), received=at("10:40")).st == "applied"
    hall.tick(at("11:20"))
    return hall


def test_whose_unit_an_inspector_looked_at_follows_from_where_he_belonged_that_day() -> None:
    """PTL-07, CON-43: whatever arrived first; what he saw there waits for another, and his round leaves it to others."""
    seen = {}
    for first in ("looks", "office"):
        hall = walked_own(first)
        look, walked = hall.tx.get(ObservationRecord, "o1"), hall.tx.get(RoundRecord, "r1")
        seen[first] = (look.own_unit, walked.unit, walked.left, hall.row("obs", "o1")["own_unit"], slot(hall).state)
    assert seen["looks"] == seen["office"] == (True, "u2", ["d1"], True, "partial")


def facts_of_a_morning(rng: random.Random) -> list[tuple[str, str, str, Any, int, str]]:
    """Rounds of two inspectors, some left open, with looks, ties, what is taken back and swaps: who, kind, rid, arguments, minute from 8:00
    and what its time is worth.
    """
    said: list[tuple[str, str, str, Any, int, str]] = []
    for n in range(rng.randint(2, 4)):
        who, rid, began, posts = rng.choice(["lin", "chen"]), f"r{n}", rng.randint(25, 270), ["w1", "w2", "w3", "d1"]
        kind = rng.choice(["hourly", "hourly", "hourly", "irregular", "opening"])
        said.append((who, "patrol.start", rid, RoundStart(f"{DAY}T{8 + began // 60:02d}", kind, minute(began)), began, "A"))
        for one in range(rng.randint(1, 4)):
            then, oid = began + rng.choice([1, 8, 20, 75, 120]), f"o{n}{one}"
            if rng.random() < 0.5:
                args: Any = ZoneClear("A", rng.sample(posts, rng.randint(1, 4)), minute(then), KNEW)
                said.append((who, "patrol.zone_clear", rid, args, then, "A"))
                continue
            args = Observe(rid, rng.choice(posts), rng.choice(["serving", "empty_no_notice"]), minute(then), KNEW)
            said.append((who, "patrol.observe", oid, args, then, rng.choice("AAC")))
            if rng.random() < 0.3:
                said.append((who, "patrol.withdraw", oid, Withdraw("看错"), then + 5, "A"))
        if rng.random() < 0.6:
            said.append((who, "patrol.finish", rid, RoundFinish(minute(began + 25)), began + 25, "A"))
    who = rng.choice(["lin", "chen"])
    said.append(
        (who, "patrol.tie", who, Tie(rng.choice([[], ["u1"], ["u2"]]), rng.choice([[], ["wang"], ["li"]])), rng.randint(0, 200), "A")
    )
    said.append(("wang", "roster.swap", "s1", PutSwap("w1", DAY, *rng.choice([("wang", "li"), ("li", "wang")])), rng.randint(40, 300), "A"))
    return said


def minute(n: int) -> int:
    return at("08:00") + n * 60_000


@pytest.mark.parametrize("seed", range(10))
def test_whatever_arrives_first_of_a_morning_of_rounds_its_end_is_the_same(seed: int) -> None:
    """EVD-01, PTL-06, PTL-07, CON-08: records, slots and everything anybody is shown."""
    rng = random.Random(f"rounds/{seed}")
    said, before, ended = list(enumerate(facts_of_a_morning(rng))), lunch_hall(now="13:50"), set()
    for _ in range(4):
        rng.shuffle(said)
        hall = before.copy()
        for number, (who, kind, rid, args, then, grade) in said:
            op = hall.op(ACTORS[who], kind, rid, args, at=minute(then), received=at("13:50"), grade=grade, op_id=f"op{number:03d}")
            hall.run(op)
        hall.tick(at("13:55"))
        kept_now = [str(one) for record in (RoundRecord, SlotRecord, ObservationRecord) for one in hall.tx.find(record)]
        shown = [f"{key} {row.body!r}" for key, row in sorted(hall.tx.rows.items()) if row.buckets and key[0] in ("round", "slot", "obs")]
        ended.add("\n".join([*kept_now, *shown]))
    assert len(ended) == 1


def opening(hall: MemoryHall, kind: Any, clock: str, day: str = DAY) -> None:
    said = HallDay(DAY, DAY, kind, "台风")
    assert hall.send(ACTORS["zhou"], "hall.day", "hall", said, at=at(clock, day), received=at(clock, day)).st == "applied"


def due_and_done(hall: MemoryHall) -> tuple[int, int]:
    """IDX-24 of the day, by the measure and as bulletins are made of it."""
    (measure,) = PATROL.measures
    numbers = hall.tx.sums(measure).get("", {"slots_due": 0, "slots_done": 0})
    told = hall.tx.ask("patrolled", from_day=DAY, to_day=DAY)
    assert (numbers["slots_due"], numbers["slots_done"]) == (told.slots_due, told.slots_done)
    return told.slots_due, told.slots_done


def test_no_hour_of_a_day_that_is_closed_wants_a_round_though_that_is_said_afterwards() -> None:
    """CAL-01, CAL-10, IDX-24: its alarms go and nothing is counted; where it is taken back, the hours it stood closed stay so."""
    hall = small_hall("08:00")
    send(hall, begun(), looked("w1", "w2", "w3", "d1"))
    hall.tick(at("11:15"))
    assert (slots(hall), due_and_done(hall)) == ({"09": ("missed", None)}, (2, 1))
    opening(hall, "closed", "11:20")
    hall.tick(at("11:21"))
    assert (slots(hall), due_and_done(hall)) == ({}, (0, 0))
    opening(hall, "calendar", "11:40")
    hall.tick(at("17:45"))
    assert kept(hall)[f"{DAY}T11"] == ("exempt", False), "the hall stood closed until the afternoon"
    assert {rid[-2:]: state for rid, (state, _) in kept(hall).items() if rid[-2:] in ("09", "10", "15")} == {
        "09": "missed",
        "10": "done",
        "15": "missed",
    }
    assert due_and_done(hall) == (4, 1)


# --- hours walked on a round that was left open --------------------------------------------------------------------------


def test_what_was_looked_at_on_a_round_left_open_counts_for_the_hour_it_was_looked_at_in() -> None:
    """PTL-06, CAL-10: as a round of its own would, in every order of arrival; each look once, however often its posts were seen before."""
    whole = [looked("w1", "w2", clock="11:20"), looked("w3", "d1", clock="11:25")]
    for hall in ends(looked(*ALL), *whole, first=[begun()]):
        assert {rid[-2:]: made for rid, (_, made) in kept(hall).items()} == {"09": False, "10": True, "11": True}
        assert (slot(hall, f"{DAY}T11").round, slot(hall, f"{DAY}T11").state) == ("r1", "done")
    over = Said("lin", "11:31", "patrol.finish", "r1", RoundFinish(at("11:31")))
    for more in ([], [over]):
        for hall in ends(looked(*ALL), looked("w1", "w2", clock="11:20"), *more, first=[begun()]):
            assert (slot(hall).state, slot(hall, f"{DAY}T11").state, slot(hall, f"{DAY}T11").looked) == ("done", "partial", 2)


def test_the_alarm_of_the_next_hour_does_not_accuse_whoever_walked_it_on_a_round_left_open() -> None:
    """PTL-06, CON-09: within tolerance of its own hour, too, where that needed the look no more; one that arrives late takes it back."""
    for clock in ("11:05", "11:11"):
        hall = small_hall("08:00")
        send(hall, begun(), looked(*ALL), looked(*ALL, clock=clock))
        hall.tick(at("12:11"))
        assert slots(hall) == {"09": ("missed", None)}
        assert kept(hall)[f"{DAY}T11"] == ("done", True)
        assert due_and_done(hall) == (3, 2)
    hall = small_hall("08:00")
    send(hall, begun(), looked(*ALL))
    hall.tick(at("12:11"))
    assert slots(hall)["11"] == ("missed", None)
    late = looked(*ALL, clock="11:11")
    assert hall.send(ACTORS["lin"], late.kind, "r1", late.args, at=at("11:11"), received=at("12:20")).st == "applied"
    assert slots(hall)["11"] == ("late", "r1")


def test_a_look_that_its_own_hour_needs_is_none_of_the_next() -> None:
    """PTL-06, CAL-10: one walk does not make two hours."""
    hall = small_hall("08:00")
    send(hall, begun(), looked(*ALL, clock="11:05"))
    hall.tick(at("12:11"))
    assert (kept(hall)[TEN], kept(hall)[f"{DAY}T11"]) == (("done", True), ("missed", False))


def test_a_round_begun_before_the_hall_opens_counts_for_the_hour_it_was_walked_in() -> None:
    """PTL-06: an hour that needs no round takes no look from one that does."""
    for hall in ends(looked(*ALL, clock="08:40"), first=[begun(clock="08:15")]):
        assert (slot(hall, f"{DAY}T09").state, slot(hall, f"{DAY}T09").round) == ("done", "r1")


def test_a_second_look_after_a_round_was_ended_walks_no_other_hour() -> None:
    """PTL-06, EVD-08, IDX-24: whichever arrives first; the hour is still without a round."""
    over = Said("lin", "10:50", "patrol.finish", "r1", RoundFinish(at("10:50")))
    again = Said("lin", "11:12", "patrol.observe", "o1", Observe("r1", "d1", "serving", at("11:12"), KNEW))
    for hall in ends(looked(*ALL), over, again, first=[begun()]):
        assert (kept(hall)[TEN][1], kept(hall)[f"{DAY}T11"]) == (True, ("missed", False))


def test_an_open_round_and_another_share_the_hour_they_both_walked() -> None:
    """CON-08, PTL-06: nothing is left of it; whatever is begun once it is whole is a repeated round."""
    mine = Said("chen", "11:21", "patrol.start", "r2", RoundStart(f"{DAY}T11", "hourly", at("11:21")))
    rest = looked("w3", "d1", rid="r2", who="chen", clock="11:22")
    over = Said("chen", "11:30", "patrol.finish", "r2", RoundFinish(at("11:30")))
    for hall in ends(looked(*ALL), looked("w1", "w2", clock="11:20"), rest, over, first=[begun(), mine]):
        assert kept(hall)[f"{DAY}T11"] == ("done", True)
        assert (repeated(hall), left(hall)["r2"]) == ([], [])
    for hall in ends(looked(*ALL), looked(*ALL, clock="11:20"), rest, over, first=[begun(), mine]):
        assert repeated(hall) == ["r2"]


def test_a_round_nobody_ended_in_the_evening_counts_for_the_morning_it_is_walked_on_in() -> None:
    """PTL-06: whatever was left of it; ties declared or known later say what that morning had to look at (PTL-07)."""
    next_day = "2026-11-24"
    hall = small_hall("08:00")
    send(hall, begun(clock="16:02"), looked(*ALL, clock="16:05"))
    hall.tick(at("10:05", next_day))
    again = ZoneClear("A", ["w1", "w2", "d1"], at("09:05", next_day), KNEW)
    said = {"at": at("09:05", next_day), "received": at("10:06", next_day)}
    assert hall.send(ACTORS["lin"], "patrol.zone_clear", "r1", again, **said).st == "applied"
    hall.tick(at("10:11", next_day))
    assert kept(hall)[f"{next_day}T09"] == ("partial", False)
    tie = {"at": at("08:50", next_day), "received": at("10:12", next_day)}
    assert hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie(["u2"], []), **tie).st == "applied"
    assert kept(hall)[f"{next_day}T09"] == ("late", True)
