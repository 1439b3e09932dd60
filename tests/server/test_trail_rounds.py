"""Hourly rounds: one slot done twice, a missed one that arrives after all (CON-08, CON-09, CAL-10), by real devices and in memory."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from server.domain.base import Actor
from server.domain.hall.handlers import put_duty
from server.domain.hall.ops import Hall
from server.domain.hall.tables import DutyRecord
from server.domain.patrol.ops import Observe, RoundFinish, RoundStart, Tie, Withdraw, ZoneClear
from server.domain.patrol.rules import RoundFact, first_round, slot_state
from server.domain.patrol.slots import due_slots, hours_of
from server.domain.patrol.tables import RoundRecord, SlotRecord
from server.domain.roster.ops import EndUse, PutPost
from server.domain.trail.ops import FindingVoid
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at, small_hall
from tests.server.test_lunch_duty import lunch_hall
from tests.support.memory_tx import MemoryHall

ALL = ("w1", "w2", "w3", "d1")


def round_of(who: str, rid: str, clock: str, slot: str = "10") -> tuple[Said, Said, Said]:
    """A whole round of half an hour."""
    hour, minute = clock.split(":")
    done = f"{hour}:{int(minute) + 25:02d}"
    return (
        Said(who, clock, "patrol.start", rid, RoundStart(f"{DAY}T{slot}", "hourly", at(clock))),
        Said(who, clock, "patrol.zone_clear", rid, ZoneClear("B", list(ALL), at(clock), KNEW)),
        Said(who, done, "patrol.finish", rid, RoundFinish(at(done))),
    )


def slots(hall: MemoryHall) -> dict[str, tuple[str, str | None]]:
    """Alarms by the hour, and the round that took each back."""
    return {rid[-2:]: (body["state"], body.get("round")) for rid, body in hall.rows("slot")}


def test_a_missed_slot_is_told_and_its_alarm_withdrawn_by_a_round_that_arrives_late() -> None:
    """CON-09: 0 missed in the end; "missed" is provisional until the daily close at noon of the next working day."""
    hall = small_hall("08:00")
    for said in round_of("lin", "r0", "09:05", "09"):
        hall.send(ACTORS[said.who], said.kind, said.rid, said.args, received=at(said.clock))
    hall.tick(at("11:09"))
    assert slots(hall) == {}
    hall.tick(at("11:11"))
    assert slots(hall) == {"10": ("missed", None)}
    assert hall.row("slot", f"{DAY}T10")["final_at"] == at("12:00", "2026-11-24")
    assert hall.buckets("slot", f"{DAY}T10") == {"role:INS", "role:EFF", "role:OFF"}
    for said in round_of("lin", "r1", "10:02"):
        hall.run(said.op(hall))
    assert slots(hall) == {"10": ("late", "r1")}
    assert hall.row("slot", f"{DAY}T10")["alarm_at"] == at("11:11")


def test_a_round_that_was_merely_begun_is_none_and_a_hall_that_never_patrolled_misses_nothing() -> None:
    """PTL-06."""
    hall = small_hall("08:00")
    hall.tick(at("11:30"))
    assert slots(hall) == {}
    started, *_ = round_of("lin", "r1", "10:02")
    hall.run(started.op(hall))
    hall.tick(at("15:05"))
    assert slots(hall)["10"] == ("missed", None)


def test_an_alarm_leaves_the_devices_after_two_days() -> None:
    hall = small_hall("08:00")
    hall.run(round_of("lin", "r1", "10:02")[0].op(hall))
    hall.tick(at("15:30"))
    assert slots(hall)
    hall.tick(at("13:00", "2026-11-26"))
    assert not [rid for rid, _ in hall.rows("slot") if rid.startswith(DAY)]


@pytest.mark.parametrize(
    ("now", "hours"),
    [("09:00", []), ("09:40", []), ("10:10", ["09"]), ("12:10", ["09", "10", "11"]), ("18:00", ["09", "10", "11", "15", "16"])],
)
def test_slots_are_the_whole_opening_hours_that_are_over_with_tolerance(now: str, hours: list[str]) -> None:
    """CAL-10."""
    hall = small_hall("08:00")
    assert [slot[-2:] for slot, _ in due_slots(hall.tx.ask("hall"), DAY, at(now))] == hours


def test_the_walk_counts_not_its_arrival() -> None:
    """CON-08, CON-09, PTL-06."""
    every = frozenset({"w1", "w2"})
    early, late = RoundFact("b", "s", 10, 99, "A", every), RoundFact("a", "s", 20, 30, "A", every)
    assert first_round([late, early]).rid == "b"
    assert [slot_state((), 100, 0, now) for now in (99, 100)] == ["due", "missed"]
    assert [slot_state((early,), 100, alarm_at, 200) for alarm_at in (0, 120)] == ["done", "late"]
    part = late._replace(looked=frozenset(), missing=every)
    assert [slot_state((part,), 100, alarm_at, now) for alarm_at, now in ((0, 99), (0, 100), (120, 200))] == ["due", "partial", "partial"]
    assert first_round([part, late, early]) == early


def send(hall: MemoryHall, *facts: Said) -> None:
    for fact in facts:
        assert hall.send(ACTORS[fact.who], fact.kind, fact.rid, fact.args, received=at(fact.clock)).st == "applied"


def repeated(hall: MemoryHall) -> list[str]:
    return [rid for rid, body in hall.rows("round") if body.get("repeated")]


def test_a_round_that_was_begun_and_never_walked_to_its_end_makes_no_other_a_repeated_one() -> None:
    """CON-08, PTL-06: the phone of the first dies after its start; another walks the hour, which has its round, once. When the first
    arrives after all, it is the earlier of two.
    """
    hall = small_hall("08:00")
    send(hall, *round_of("lin", "r9", "9:15", "09"))
    begun, cleared, ended = round_of("lin", "r1", "10:02")
    send(hall, begun, *round_of("chen", "r2", "10:20"))
    hall.tick(at("11:11"))
    assert (repeated(hall), slots(hall), kept(hall)[f"{DAY}T10"]) == ([], {}, ("done", True))
    send(hall, cleared._replace(clock="11:20"), ended._replace(clock="11:20"))
    assert (repeated(hall), slots(hall), kept(hall)[f"{DAY}T10"]) == (["r2"], {}, ("done", True))


def test_a_round_on_which_nothing_was_looked_at_makes_no_other_a_repeated_one() -> None:
    """CON-08, PTL-06: in whatever order its looks arrive."""
    hall = small_hall("08:00")
    begun, cleared, ended = round_of("lin", "r1", "10:02")
    send(hall, begun, *round_of("chen", "r2", "10:20"), ended._replace(clock="10:50"))
    assert repeated(hall) == []
    send(hall, cleared._replace(clock="10:55"))
    assert repeated(hall) == ["r2"]


def kept(hall: MemoryHall) -> dict[str, tuple[str, bool]]:
    """Every slot that was noted: its state, and whether it has its round."""
    return {slot.rid: (slot.state, slot.made) for slot in hall.tx.find(SlotRecord)}


def walk(hall: MemoryHall, rid: str, clock: str, slot: str, received: int = 0, posts: Sequence[str] = ALL, grade: Any = "A") -> None:
    """A round of a minute begun at `clock` and named for `slot`, with these posts all present."""
    begun = at(clock)
    lines: list[tuple[str, Any]] = [("patrol.start", RoundStart(f"{DAY}T{slot}", "hourly", begun))]
    if posts:
        lines.append(("patrol.zone_clear", ZoneClear("B", list(posts), begun, KNEW)))
    for kind, args in (*lines, ("patrol.finish", RoundFinish(begun + 60_000))):
        hall.send(ACTORS["lin"], kind, rid, args, at=begun, received=received or begun, grade=grade)


def test_a_server_that_was_off_notes_the_hours_it_slept_through() -> None:
    """CAL-10, PTL-06, IDX-24: the last hour of a day, and whole days; what arrives of them later counts."""
    hall = small_hall("08:00")
    walk(hall, "r9", "09:05", "09")
    hall.tick(at("11:30"))
    hall.tick(at("08:30", "2026-11-26"))
    noted = kept(hall)
    assert [rid[8:] for rid in noted] == [f"{day}T{hour}" for day in (23, 24, 25) for hour in ("09", "10", "11", "15", "16")]
    # What is over for good when it is noted raises no alarm any more; yesterday is still open.
    assert {rid[8:10] for rid, _ in hall.rows("slot")} == {"25"}
    walk(hall, "r15", "15:05", "15", received=at("08:40", "2026-11-26"))
    assert kept(hall)[f"{DAY}T15"] == ("done", True)
    tx_before = dict(hall.tx.rows)
    hall.tick(at("08:41", "2026-11-26"))
    assert dict(hall.tx.rows) == tx_before


def test_a_server_looks_back_no_further_than_a_month() -> None:
    """IDX-24."""
    hall = small_hall("08:00")
    walk(hall, "r9", "09:05", "09")
    hall.tick(at("11:30"))
    hall.tick(at("08:30", "2027-06-01"))
    days = sorted({rid[:10] for rid in kept(hall)})
    assert days[0] == DAY
    assert days[1] >= "2027-05-01"


def test_the_time_of_a_round_says_which_hour_it_is_for() -> None:
    """PTL-06: not what its phone calls it; within tolerance of two hours the name decides."""
    hall = small_hall("08:00")
    walk(hall, "r8", "08:40", "08")
    hall.tick(at("12:30"))
    assert kept(hall)[f"{DAY}T09"] == ("done", True)
    walk(hall, "r14", "14:35", "10")
    assert kept(hall)[f"{DAY}T10"] == ("missed", False)
    assert hall.row("round", "r14")["slot"] == f"{DAY}T15"
    walk(hall, "r10", "11:05", "10", received=at("14:40"))
    assert kept(hall)[f"{DAY}T10"] == ("late", True)
    assert kept(hall)[f"{DAY}T11"] == ("missed", False)


def test_a_round_that_looked_at_nothing_is_none() -> None:
    """PTL-06: posts expected and posts seen are shown; looks that arrive after the end make it a round, in part and then whole."""
    hall = small_hall("08:00")
    walk(hall, "r9", "09:05", "09", posts=())
    hall.tick(at("10:30"))
    assert kept(hall) == {f"{DAY}T09": ("missed", False)}
    assert hall.row("round", "r9")["due"] == 4
    assert "looked" not in hall.row("round", "r9")
    late = ZoneClear("A", ["w1", "w2"], at("09:06"), KNEW)
    hall.send(ACTORS["lin"], "patrol.zone_clear", "r9", late, at=at("09:06"), received=at("10:31"))
    assert kept(hall) == {f"{DAY}T09": ("partial", False)}
    assert hall.row("round", "r9")["looked"] == 2
    late = ZoneClear("B", ["w3", "d1"], at("09:06"), KNEW)
    hall.send(ACTORS["lin"], "patrol.zone_clear", "r9", late, at=at("09:06"), received=at("10:32"))
    assert kept(hall) == {f"{DAY}T09": ("late", True)}


def test_two_rounds_too_far_apart_are_told_though_each_hour_has_one() -> None:
    """CAL-10: no gap above `ptl.interval_min` and its tolerance; a round in between takes the alarm back."""
    hall = small_hall("08:00")
    walk(hall, "r9", "09:01", "09")
    walk(hall, "r10", "10:59", "10")
    hall.tick(at("11:30"))
    assert {rid[-2:]: (body["state"], body.get("gap_min")) for rid, body in hall.rows("slot")} == {"10": ("wide", 118)}
    assert kept(hall)[f"{DAY}T10"] == ("done", True)
    walk(hall, "r9b", "09:55", "09", received=at("11:40"))
    assert slots(hall)["10"][0] == "late"
    longer: dict[str, Any] = {"ptl.interval_min": 110}
    lax = small_hall("08:00", **longer)
    walk(lax, "r9", "09:01", "09")
    walk(lax, "r10", "10:59", "10")
    lax.tick(at("11:30"))
    assert slots(lax) == {}


@pytest.mark.parametrize(
    ("received", "grade", "state"),
    [
        (("11:30", "2026-11-24"), "C", "late"),
        (("13:00", "2026-11-24"), "C", "missed"),
        (("13:00", "2026-11-30"), "A", "late"),
        (("13:00", "2026-12-03"), "A", "missed"),
    ],
)
def test_what_arrives_after_a_close_changes_no_hour(received: tuple[str, str], grade: str, state: str) -> None:
    """CON-09, EVD-03, EVD-10: a time nobody can prove until the daily close, any time until the monthly one; the round itself is kept."""
    hall = small_hall("08:00")
    walk(hall, "r9", "09:05", "09")
    hall.tick(at("12:30"))
    hall.tick(at(*received))
    walk(hall, "r10", "10:05", "10", received=at(*received), grade=grade)
    assert kept(hall)[f"{DAY}T10"][0] == state
    assert hall.tx.get(RoundRecord, "r10") is not None


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ((("08:30", "12:00"),), [("09", "08:30", "10:00"), ("10", "10:00", "11:00"), ("11", "11:00", "12:00")]),
        ((("14:30", "17:30"),), [("15", "14:30", "16:00"), ("16", "16:00", "17:30")]),
        ((("08:20", "11:40"),), [("08", "08:20", "09:00"), ("09", "09:00", "10:00"), ("10", "10:00", "11:00"), ("11", "11:00", "11:40")]),
        ((("09:00", "09:20"),), [("09", "09:00", "09:20")]),
        ((("09:40", "10:20"),), [("09", "09:40", "10:20")]),
    ],
)
def test_every_minute_of_opening_time_is_in_a_slot(opening: tuple[tuple[str, str], ...], expected: list[tuple[str, str, str]]) -> None:
    """CAL-10: a short piece of an hour belongs to the slot beside it."""
    hall: Hall = small_hall("08:00").tx.ask("hall")
    hours = replace(hall, hours={str(day): list(opening) for day in range(1, 6)})
    assert hours_of(hours, DAY) == [(f"{DAY}T{slot}", at(first), at(last)) for slot, first, last in expected]


def test_a_round_of_some_posts_does_an_hour_in_part() -> None:
    """PTL-06, CAL-10, IDX-24: it is told as n of m, counts as no slot done, and hinders nobody from walking the rest."""
    hall = small_hall("08:00")
    walk(hall, "r9", "09:05", "09", posts=["w1"])
    hall.tick(at("11:30"))
    assert kept(hall)[f"{DAY}T09"] == ("partial", False)
    told = hall.row("slot", f"{DAY}T09")
    assert (told["state"], told["looked"], told["due"], told["round"]) == ("partial", 1, 4, "r9")
    assert hall.row("round", "r9")["missing"] == 3
    numbers = hall.tx.ask("patrolled", from_day=DAY, to_day=DAY)
    assert (numbers.slots_due, numbers.slots_done, numbers.slots_partial) == (2, 0, 1)
    assert numbers.gap_min < 120, "somebody was there: it is no time without a round"
    walk(hall, "r9b", "09:20", "09", received=at("11:40"))
    assert kept(hall)[f"{DAY}T09"] == ("late", True)
    assert hall.row("slot", f"{DAY}T09")["round"] == "r9b"
    assert repeated(hall) == []


@pytest.mark.parametrize("first", ["tie", "round"])
def test_a_round_leaves_to_others_what_its_inspector_has_ties_to(first: str) -> None:
    """PTL-06, PTL-07: his own unit and declared ties are no part of what he must look at, whichever arrives first."""
    hall = small_hall("08:00")
    tie = Said("lin", "08:50", "patrol.tie", "lin", Tie(["u2"], ["wang"]))
    if first == "tie":
        send(hall, tie)
    walk(hall, "r9", "09:05", "09", posts=["d1"])
    hall.tick(at("10:30"))
    if first == "round":
        assert kept(hall) == {f"{DAY}T09": ("partial", False)}
        send(hall, tie._replace(clock="08:50"))
    assert kept(hall)[f"{DAY}T09"] == ("done" if first == "tie" else "late", True)
    own = small_hall("08:00")
    for kind, args in (
        ("start", RoundStart(f"{DAY}T09", "hourly", at("09:05"))),
        ("zone_clear", ZoneClear("A", ["w1", "w2", "w3"], at("09:05"), KNEW)),
        ("finish", RoundFinish(at("09:30"))),
    ):
        own.send(Actor("zhou", "c-office", frozenset({"INS"})), f"patrol.{kind}", "r9", args, at=at("09:05"), received=at("09:30"))
    own.tick(at("10:30"))
    assert kept(own) == {f"{DAY}T09": ("done", True)}


def ends(*said: Said, first: Sequence[Said] = ()) -> Iterator[MemoryHall]:
    """The hall at 12:30, when all that phones had to say came in at 12:10, in every order but for what came `first`."""
    before = small_hall("12:10")
    for one in first:
        before.send(ACTORS[one.who], one.kind, one.rid, one.args, at=at(one.clock))
    for order in permutations(said):
        hall, waiting = before.copy(), list(order)
        while waiting:
            held = [one for one in waiting if hall.send(ACTORS[one.who], one.kind, one.rid, one.args, at=at(one.clock)).code == "REF_WAIT"]
            assert len(held) < len(waiting)
            waiting = held
        hall.tick(at("12:30"))
        yield hall


def part(who: str, rid: str, clock: str, posts: Sequence[str]) -> tuple[Said, Said, Said]:
    """A round on which only these posts were looked at."""
    begun, cleared, ended = round_of(who, rid, clock)
    return begun, cleared._replace(args=replace(cleared.args, posts=list(posts))), ended


def left(hall: MemoryHall) -> dict[str, list[str]]:
    """What every round and all the others of its hour left out."""
    return {rid: body.get("left", []) for rid, body in hall.rows("round")}


def test_inspectors_who_share_an_hour_do_it_together() -> None:
    """CON-08, PTL-06: each looks at half of the hall; in every order of arrival, with no repeated round, and no post left to look at."""
    begun, *rest = part("chen", "r2", "10:03", ["w3", "d1"])
    for hall in ends(*part("lin", "r1", "10:02", ["w1", "w2"]), *rest, first=[begun]):
        assert kept(hall)[f"{DAY}T10"][1], "the hour has its rounds"
        assert (repeated(hall), left(hall)) == ([], {"r1": [], "r2": []})
    hall = small_hall("08:00")
    send(hall, *part("lin", "r1", "10:02", ["w1", "w2"]), *part("chen", "r2", "10:03", ["w3", "d1"]))
    hall.tick(at("11:11"))
    assert kept(hall)[f"{DAY}T10"] == ("done", True)
    assert "10" not in slots(hall)
    assert hall.tx.ask("patrolled", from_day=DAY, to_day=DAY).slots_partial == 0
    send(hall, *round_of("lin", "r3", "10:31"))
    assert repeated(hall) == ["r3"], "the hour was whole before it"


def test_what_two_rounds_of_an_hour_both_left_out_is_told_as_left() -> None:
    """CON-08, PTL-06: n of m of both; each round says what nobody looked at."""
    one, other = part("lin", "r1", "10:02", ["w1", "w2"]), part("chen", "r2", "10:03", ["w2", "d1"])
    for hall in ends(*one[1:], *other[1:], first=[one[0], other[0]]):
        told = hall.tx.get(SlotRecord, f"{DAY}T10")
        assert told is not None
        assert (told.state, told.made, told.looked, told.due) == ("partial", False, 3, 4)
        assert left(hall) == {"r1": ["w3"], "r2": ["w3"]}


def test_a_post_that_each_of_two_inspectors_had_to_leave_to_the_other_is_looked_at_by_neither() -> None:
    """CON-08, PTL-06, PTL-07: no tie makes an hour whole in which a post nobody looked at was the other's to look at."""
    ties = (Said("lin", "08:50", "patrol.tie", "lin", Tie(["u2"], [])), Said("chen", "08:50", "patrol.tie", "chen", Tie(["u1"], [])))
    hall = small_hall("08:00")
    send(hall, *ties, *part("lin", "r1", "10:02", ["d1"]), *part("chen", "r2", "10:03", ["d1"]))
    hall.tick(at("11:11"))
    assert {rid: len(posts) > 0 for rid, posts in left(hall).items()} == {"r1": True, "r2": True}
    assert kept(hall)[f"{DAY}T10"] == ("partial", False)


def unplanned(post: str) -> MemoryHall:
    """The small hall, where nobody is planned at the post tomorrow: it may be closed."""
    hall = small_hall("08:00")
    put_duty(hall.tx, DutyRecord(rid=f"2026-11-24:{post}", day="2026-11-24", post=post, a="", b=""))
    return hall


@pytest.mark.parametrize("first", ["round", "office"])
@pytest.mark.parametrize(
    ("kind", "rid", "clock", "args", "posts", "whole"),
    [
        ("org.post", "w9", "10:15", PutPost("9", "B", "u2"), ALL, True),
        ("org.post", "w9", "09:40", PutPost("9", "B", "u2"), ALL, False),
        ("org.post_end", "w3", "10:15", EndUse("撤窗"), ("w1", "w2", "d1"), True),
        ("org.post_end", "w3", "10:40", EndUse("撤窗"), ("w1", "w2", "d1"), False),
    ],
)
def test_the_windows_of_its_time_make_a_round_whole_whenever_it_arrives(
    first: str, kind: str, rid: str, clock: str, args: Any, posts: Sequence[str], whole: bool
) -> None:
    """PTL-06, CON-08: of 10:02 to 10:27; a window that was opened meanwhile is none of it, nor one that was closed before its end."""
    hall = unplanned("w3")
    begun, cleared, ended = part("lin", "r1", "10:02", posts)
    changed = Said("zhou", clock, kind, rid, args)
    if first == "round":
        send(hall, *sorted([begun, cleared, changed, ended], key=lambda said: at(said.clock)))
    else:
        send(hall, changed, *(said._replace(clock="10:50") for said in (begun, cleared, ended)))
    hall.tick(at("11:11"))
    assert kept(hall)[f"{DAY}T10"] == ("done" if whole else "partial", whole)


def test_a_window_that_is_changed_or_used_again_was_there_or_not_as_before() -> None:
    """PTL-06, ORG-01: a new number makes no window a new one; one that is opened again is."""
    for again in (False, True):
        hall = unplanned("w3")
        if again:
            send(hall, Said("zhou", "08:30", "org.post_end", "w3", EndUse("撤窗")))
        send(hall, Said("zhou", "10:40", "org.post", "w3", PutPost("33", "B", "u2")))
        send(hall, *(said._replace(clock="10:50") for said in part("lin", "r1", "10:02", ["w1", "w2", "d1"])))
        assert left(hall) == {"r1": [] if again else ["w3"]}


@pytest.mark.parametrize(("clock", "slot"), [("11:59", "11"), ("12:01", "11"), ("14:25", "15"), ("14:31", "15")])
def test_an_hour_beside_lunch_is_done_by_a_look_at_every_window(clock: str, slot: str) -> None:
    """PTL-06, CAL-05, CAL-10: begun within tolerance of the hour, a round has all of its windows to look at, not those of lunch alone."""
    begun = at(clock)
    for posts, whole in ((["w1"], False), (ALL, True)):
        facts = (
            Said("lin", clock, "patrol.start", "r0", RoundStart(f"{DAY}T{slot}", "hourly", begun)),
            Said("lin", clock, "patrol.zone_clear", "r0", ZoneClear("A", list(posts), begun, KNEW)),
            Said("lin", clock, "patrol.finish", "r0", RoundFinish(begun + 60_000)),
        )
        hall = lunch_hall()
        for said in facts:
            hall.send(ACTORS[said.who], said.kind, said.rid, said.args, at=at("14:40"), received=at("14:40"))
        hall.tick(at("16:11"))
        assert kept(hall)[f"{DAY}T{slot}"][1] is whole
        assert hall.row("round", "r0")["due"] == 4


@pytest.mark.parametrize("by", ["author", "office"])
def test_a_look_that_is_taken_back_was_a_look_of_its_round(by: str) -> None:
    """PTL-06, CON-44: whoever corrects himself is told of no hour done in part, and no hour loses its round; in every order of arrival."""
    begun, cleared, ended = part("lin", "r9", "09:05", ["w1", "w2", "w3"])
    seen = Said("lin", "09:06", "patrol.observe", "o1", Observe("r9", "d1", "empty_no_notice", at("09:06"), KNEW))
    back = Said("lin", "10:40", "patrol.withdraw", "o1", Withdraw("看错"))
    if by == "office":
        back = Said("chen", "10:40", "finding.void", "o1", FindingVoid("看错了窗口"))
    begun = begun._replace(args=replace(begun.args, slot=f"{DAY}T09"))
    hall = small_hall("08:00")
    send(hall, begun, seen, cleared, ended)
    hall.tick(at("10:30"))
    send(hall, back)
    assert (slots(hall), kept(hall)) == ({}, {f"{DAY}T09": ("done", True)})
    assert left(hall) == {"r9": []}
    for end in ends(begun, seen, cleared, ended, *([back] if by == "author" else [])):
        assert kept(end)[f"{DAY}T09"][1]
