"""What cameras show, ties of inspectors, codes in the zones, and the longest time without a round (PTL-06..09, PTL-11, PRH-07, IDX-24)."""

from collections.abc import Callable
from functools import partial
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from server.domain.base import Outcome
from server.domain.hall.handlers import put_duty, put_person, put_screen
from server.domain.hall.ops import Role, Swap
from server.domain.hall.tables import DutyRecord, HallRecord, PersonRecord, ScreenRecord, UnitTerm
from server.domain.patrol.handlers import DOMAIN as PATROL
from server.domain.patrol.ops import Observe, PutCodes, RoundFinish, RoundStart, ScanPoint, Tie, VideoSeen, Withdraw, ZoneClear
from server.domain.patrol.registers import REGISTERS
from server.domain.patrol.rules import Patrolled, gaps
from server.domain.patrol.tables import ObservationRecord, SlotRecord
from server.reports.rights import readings_of
from sync.ops import Blob, to_json
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, PEOPLE, at, small_hall
from tests.support.memory_tx import MemoryHall

CLIP = "录像机二号盘 10:02"


def film(hall: MemoryHall, clock: str = "10:02", who: str = "chen", rid: str = "v1", said: str = "10:05", **more: Any) -> Outcome:
    args: dict[str, Any] = {"camera": "C-07", "at": at(clock), "post": "w1", "seen": "empty_no_notice", "clip": CLIP} | more
    return hall.send(ACTORS[who], "patrol.video", rid, VideoSeen(**args), at=at(said), received=at(said))


def look(hall: MemoryHall, clock: str, seen: str = "empty_no_notice", who: str = "lin", rid: str = "o1") -> Outcome:
    args = Observe("r1", "w1", seen, at(clock), KNEW, recheck_of="v1")  # type: ignore[arg-type]
    return hall.send(ACTORS[who], "patrol.observe", rid, args, at=at(clock), received=at(clock))


def test_a_video_record_is_a_source_with_readers_of_its_own_and_the_floor_is_asked_without_camera_or_clip() -> None:
    """PTL-11, PRH-07."""
    hall = small_hall()
    assert film(hall).st == "applied"
    assert hall.buckets("video", "v1") == {"u:chen", "role:EFF", "role:OFF"}
    assert (hall.row("video", "v1")["camera"], hall.row("video", "v1")["at"], hall.row("video", "v1")["clip"]) == (
        "C-07",
        at("10:02"),
        CLIP,
    )
    assert hall.row("obs", "v1") is None
    assert hall.row("video.ask", "v1") == {"post": "w1", "since": at("10:02"), "due_at": at("10:12")}
    others = {f"u:{uid}" for uid in PEOPLE} - {"u:chen"} | {"role:INS", "role:LEAD", "unit:u1", "head:u1", "hall", "pub"}
    told = str(hall.seen_by(*others))
    assert "C-07" not in told
    assert CLIP not in told


def test_who_reads_video_records_is_a_rule_of_the_hall() -> None:
    """PRH-07."""
    hall = small_hall(**{"ptl.video_roles": "EFF"})
    assert film(hall, who="zhou").code == "NO_RIGHT"
    assert film(hall).st == "applied"
    assert hall.buckets("video", "v1") == {"u:chen", "role:EFF"}


def test_a_person_on_the_floor_who_still_sees_nobody_makes_a_finding_of_it() -> None:
    """PTL-11, EVD-08: the camera saw it first, the second look was a person's."""
    hall = small_hall()
    film(hall)
    assert hall.row("finding", "v1")["state"] == "glance"
    look(hall, "10:13")
    assert hall.row("video.ask", "v1") is None
    assert hall.row("video", "v1")["recheck_seen"] == "empty_no_notice"
    assert (hall.row("finding", "v1")["state"], hall.row("finding", "v1")["observations"]) == ("unattended", ["v1", "o1"])


def test_a_person_on_the_floor_who_sees_somebody_ends_it() -> None:
    """PTL-11."""
    hall = small_hall()
    film(hall)
    look(hall, "10:07", "serving")
    assert hall.row("finding", "v1")["state"] == "glance"
    assert hall.row("video", "v1")["recheck"] == "o1"


def test_a_cameras_clock_is_never_worth_more_than_a_corrected_one() -> None:
    """EVD-03."""
    hall = small_hall()
    film(hall)
    assert hall.row("video", "v1")["grade"] == "B"


@pytest.mark.parametrize(
    ("clock", "seen_at", "grade"), [("10:04", "10:04", "B"), ("10:05", "10:05", "B"), ("10:09", "10:05", "C"), ("23:00", "10:05", "C")]
)
def test_a_camera_that_is_fast_is_kept_at_the_time_of_writing_and_accuses_nobody(clock: str, seen_at: str, grade: str) -> None:
    """EVD-03: nobody writes down what is still to come, and what is written must not wait for ever."""
    hall = small_hall()
    args = VideoSeen("C-07", at(clock), "w1", "empty_no_notice")
    assert hall.send(ACTORS["chen"], "patrol.video", "v1", args, at=at("10:05"), received=at("10:30")).st == "applied"
    assert (hall.row("video", "v1")["at"], hall.row("video", "v1")["grade"]) == (at(seen_at), grade)


@pytest.mark.parametrize("taken_back", ["withdrawn", "void"])
@pytest.mark.parametrize("first", ["film", "look"])
def test_a_look_that_is_taken_back_leaves_the_question_open_again(taken_back: str, first: str) -> None:
    """PTL-11, CON-44: whichever arrived first; on the next day nobody can look back."""
    hall = small_hall()
    for step in (film, look) if first == "film" else (look, film):
        step(hall, "10:02" if step is film else "10:04")
    assert (hall.row("video", "v1")["recheck"], hall.row("video.ask", "v1")) == ("o1", None)

    def take_back(rid: str) -> None:
        if taken_back == "void":
            assert hall.tx.ask("void_observation", observation=rid, by="zhou", text="看错窗口").st == "applied"
        else:
            assert hall.send(ACTORS["lin"], "patrol.withdraw", rid, Withdraw("看错窗口")).st == "applied"

    take_back("o1")
    assert not {"recheck", "recheck_seen"} & hall.row("video", "v1").keys()
    assert hall.row("video.ask", "v1") is not None
    look(hall, "10:13", rid="o2")
    assert (hall.row("video", "v1")["recheck"], hall.row("video.ask", "v1")) == ("o2", None)
    hall.tick(at("08:00", "2026-11-24"))
    take_back("o2")
    assert hall.row("video.ask", "v1") is None


def test_an_inspector_is_asked_again_when_the_second_look_is_taken_back() -> None:
    """PTL-04, CON-44."""
    hall = small_hall()
    for rid, clock, again in (("o1", "10:02", None), ("o2", "10:05", "o1")):
        args = Observe("r1", "w1", "empty_no_notice", at(clock), KNEW, recheck_of=again)
        hall.send(ACTORS["lin"], "patrol.observe", rid, args, at=at(clock), received=at(clock))
    assert "recheck_due_at" not in hall.row("obs", "o1")
    hall.send(ACTORS["lin"], "patrol.withdraw", "o2", Withdraw("看错窗口"))
    assert hall.row("obs", "o1")["recheck_due_at"] == at("10:12")


def test_a_narrower_rule_takes_camera_findings_from_those_who_read_them_before() -> None:
    """PRH-07: what is there already, too."""
    hall = small_hall()
    film(hall)
    record = hall.tx.get(HallRecord, "hall")
    assert record is not None
    for roles in ("EFF", "EFF,OFF"):
        record.hall.rules["ptl.video_roles"] = roles
        hall.tx.put(record)
        hall.tick(at("10:06"))
        assert hall.buckets("video", "v1") == {"u:chen", *(f"role:{role}" for role in roles.split(","))}
    version = hall.tx.version("video", "v1")
    hall.tick(at("10:07"))
    assert hall.tx.version("video", "v1") == version


def test_the_register_of_camera_findings_is_for_the_same_roles() -> None:
    """PRH-07, VIS-01."""
    register = next(one for one in REGISTERS if one.name == "video")
    for rules, readers in (
        ({}, {"EFF", "OFF"}),
        ({"ptl.video_roles": "EFF"}, {"EFF"}),
        ({"ptl.video_roles": "LEAD, INS"}, {"LEAD", "INS"}),
    ):
        assert {role for role in get_args(Role) if readings_of(register, {role}, rules)} == readers


def test_a_held_camera_finding_is_decided_by_its_readers_alone() -> None:
    """PRH-07: camera, clip and note stand in its arguments; what is held about a record of one, too. Other ops of a patrol are open."""
    hall = small_hall(**{"ptl.video_roles": "EFF"})
    film(hall)
    told = [
        ("v9", VideoSeen("C-07", at("10:02"), "w1", "idle")),
        ("v1", Withdraw("看错摄像头")),
        ("o1", Observe("r1", "w1", "idle", 1, KNEW)),
        ("o1", Withdraw("看错")),
    ]
    sealed: Any = PATROL.sealed
    heard = [sealed(hall.tx, rid, to_json(args).encode(), "lin") for rid, args in told]
    assert heard == [{"role:EFF"}, {"role:EFF"}, None, None]
    for broken in (b"{}", b"[1]", b'{"camera": 7}'):
        assert sealed(hall.tx, "v9", broken, "lin") == {"role:EFF"}


def test_a_question_to_the_floor_lapses_with_its_day_and_with_the_record() -> None:
    """PTL-11: nobody can look back."""
    hall = small_hall()
    film(hall)
    film(hall, rid="v2", post="w2")
    assert hall.send(ACTORS["chen"], "patrol.withdraw", "v2", Withdraw("看错摄像头")).st == "applied"
    assert [rid for rid, _ in hall.rows("video.ask")] == ["v1"]
    hall.tick(at("08:00", "2026-11-24"))
    assert list(hall.rows("video.ask")) == []
    film(hall, rid="v3", said="17:00")
    assert hall.row("video.ask", "v3") is None


@pytest.mark.parametrize("wrong", [{"camera": " "}, {"camera": "x" * 41}, {"at": 0}, {"post": "w9"}, {"clip": "x" * 201}])
def test_a_video_record_without_camera_time_or_post_waits_for_a_person(wrong: dict[str, Any]) -> None:
    """PTL-11."""
    assert film(small_hall(), **wrong) == Outcome("held", "INVALID")


def test_a_clip_is_named_and_never_copied() -> None:
    """PRH-07."""
    hall = small_hall()
    op = hall.op(ACTORS["chen"], "patrol.video", "v1", VideoSeen("C-07", at("9:00"), "w1", "serving"))
    picture = Blob(sha256="a" * 64, mime="image/jpeg", size=1, taken=1)
    assert hall.run(replace(op, blobs=[picture])) == Outcome("held", "INVALID")


# Ties -----------------------------------------------------------------------------------------------------------------


def test_a_declared_tie_marks_what_the_inspector_sees_there() -> None:
    """PTL-07: the unit, or kin who hold the post that day."""
    hall = small_hall()
    assert hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie(["u2"], ["qian"], "亲属")).st == "applied"
    assert hall.buckets("tie", "lin") == {"u:lin", "role:EFF", "role:OFF"}
    for post in ("w1", "w2", "w3"):
        hall.send(ACTORS["lin"], "patrol.observe", f"o-{post}", Observe("r1", post, "idle", at("9:00"), KNEW))
    assert [hall.row("obs", f"o-{post}").get("tied", False) for post in ("w1", "w2", "w3")] == [False, True, True]


def test_another_roster_of_the_day_marks_what_was_seen_anew() -> None:
    """PTL-07: whoever is planned there, or changed places into it, whenever that becomes known."""
    hall = small_hall()
    hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie([], ["qian"], "亲属"))
    hall.send(ACTORS["lin"], "patrol.observe", "o", Observe("r1", "w1", "idle", at("9:00"), KNEW))

    def marked(clock: str, **changed: Any) -> bool:
        duty = hall.tx.get(DutyRecord, f"{DAY}:w1")
        assert duty
        put_duty(hall.tx, replace(duty, **changed))
        hall.tick(at(clock))
        return bool(hall.row("obs", "o").get("tied", False))

    assert marked("10:00") is False
    assert marked("10:01", b="qian") is True
    assert marked("10:02", b="li") is False
    assert marked("10:03", swaps=[Swap(at("9:30"), "qian", "wang", "zhao")]) is True


def tie(hall: MemoryHall, units: list[str], said: str, received: str, **how: Any) -> Outcome:
    return hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie(units, []), at=at(said), received=at(received), **how)


def test_what_is_seen_is_marked_by_the_declaration_of_its_time_whichever_arrives_first() -> None:
    """PTL-07: a declaration holds from when it was made until the next one."""

    def see(hall: MemoryHall, clock: str) -> None:
        args = Observe("r1", "w1", "idle", at(clock), KNEW)
        hall.send(ACTORS["lin"], "patrol.observe", f"o-{clock}", args, at=at(clock), received=at("12:00"))

    acts: list[Callable[[MemoryHall], Any]] = [
        *(partial(see, clock=clock) for clock in ("09:10", "09:40", "10:10")),
        partial(tie, units=["u1"], said="09:30", received="12:00"),
        partial(tie, units=[], said="10:00", received="12:00"),
    ]
    for order in (acts, acts[::-1], [*acts[3:], *acts[:3]], [*acts[:2:-1], *acts[:3]]):
        hall = small_hall()
        for act in order:
            act(hall)
        assert [row.get("tied", False) for _, row in hall.rows("obs")] == [False, True, False]
        assert hall.row("tie", "lin")["units"] == []


def test_a_phone_that_is_a_year_ahead_does_not_outlast_later_declarations() -> None:
    """PTL-07, EVD-02: a declaration is worth the latest moment it can have been made."""
    hall = small_hall()
    ahead = at("10:00", "2027-11-23")
    hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie(["u1"], []), at=ahead, received=at("10:00"), verdict="FUTURE", grade="C")
    assert hall.row("tie", "lin")["at"] == at("10:00")
    tie(hall, ["u2"], "10:05", "10:06")
    assert hall.row("tie", "lin")["units"] == ["u2"]
    assert hall.tx.ask("tied_units", uid="lin") == {"u2"}


def test_ties_are_ones_own_and_the_newest_says_all() -> None:
    """PTL-07."""
    hall = small_hall()
    assert hall.send(ACTORS["lin"], "patrol.tie", "chen", Tie(["u2"], [])).code == "NO_RIGHT"
    assert hall.send(ACTORS["wang"], "patrol.tie", "wang", Tie(["u2"], [])).code == "NO_RIGHT"
    assert hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie(["u9"], [])).code == "INVALID"
    hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie([], []), at=at("10:00"), received=at("10:01"))
    hall.send(ACTORS["lin"], "patrol.tie", "lin", Tie(["u2"], []), at=at("09:30"), received=at("10:02"))
    assert hall.row("tie", "lin")["units"] == []


def test_a_window_on_a_recording_is_ones_own_by_the_unit_of_that_day() -> None:
    """PTL-07, PTL-11, CON-43: whatever the office entered first."""
    for entered_first in (True, False):
        hall = small_hall()
        for office in (entered_first, not entered_first):
            if not office:
                assert film(hall, who="zhou", post="w3").st == "applied"
                continue
            person = hall.tx.get(PersonRecord, "zhou")
            assert person is not None
            units = [UnitTerm("u2", "2020-01-01", DAY), UnitTerm("c-office", "2026-11-24")]
            put_person(hall.tx, replace(person, units=units, roles=["OFF", "EFF"]))
            hall.tx.touch_person("zhou", at("00:00"), at("23:00"))
            hall.tick(at("10:10"))
        found = hall.tx.get(ObservationRecord, "v1")
        assert found is not None
        assert found.own_unit


# Codes in the zones ---------------------------------------------------------------------------------------------------


def test_a_scanned_zone_code_proves_a_round_and_a_made_up_one_waits_for_a_person() -> None:
    """PTL-09: the codes are the office's to print; a round tells at which zones somebody stood."""
    hall = small_hall()
    assert hall.send(ACTORS["lin"], "patrol.codes", "zones", PutCodes("5a" * 16)).code == "NO_RIGHT"
    assert hall.send(ACTORS["zhou"], "patrol.codes", "zones", PutCodes("5a")).code == "INVALID"
    assert hall.send(ACTORS["zhou"], "patrol.codes", "zones", PutCodes("5a" * 16)).st == "applied"
    assert hall.buckets("zone.codes", "zones") == {"role:OFF", "role:ADM"}
    codes = hall.row("zone.codes", "zones")["codes"]
    assert codes.keys() == {"A", "B"}
    hall.send(ACTORS["lin"], "patrol.point", "r1", ScanPoint(codes["B"], at("10:01")))
    hall.send(ACTORS["lin"], "patrol.start", "r1", RoundStart(f"{DAY}T10", "hourly", at("10:00")))
    for code in (codes["A"], codes["A"]):
        assert hall.send(ACTORS["lin"], "patrol.point", "r1", ScanPoint(code, at("10:02"))).st == "applied"
    assert hall.row("round", "r1")["points"] == ["A", "B"]
    assert hall.send(ACTORS["lin"], "patrol.point", "r1", ScanPoint("zaigang-zone:A:AAAAAAAAAA", 1)).code == "INVALID"
    assert hall.send(ACTORS["wang"], "patrol.point", "r1", ScanPoint(codes["A"], 1)).code == "NO_RIGHT"


def scan(hall: MemoryHall, who: str, code: str, clock: str, day: str = DAY, received: str = "") -> Outcome:
    then = at(clock, day)
    return hall.send(ACTORS[who], "patrol.point", "r1", ScanPoint(code, then), at=then, received=at(received, day) if received else then)


def test_a_round_is_proven_by_its_own_inspector_on_its_own_day_alone() -> None:
    """PTL-09: neither a colleague's scan nor one of the next morning says where he stood."""
    hall = small_hall()
    hall.send(ACTORS["zhou"], "patrol.codes", "zones", PutCodes("5a" * 16))
    codes = hall.row("zone.codes", "zones")["codes"]
    hall.send(ACTORS["lin"], "patrol.start", "r1", RoundStart(f"{DAY}T10", "hourly", at("10:00")), at=at("10:00"), received=at("10:00"))
    assert scan(hall, "lin", codes["A"], "10:05").st == "applied"
    assert scan(hall, "chen", codes["B"], "10:06").st == "applied"
    assert scan(hall, "lin", codes["B"], "09:00", "2026-11-24").st == "applied"
    assert hall.row("round", "r1")["points"] == ["A"]


def test_a_code_scanned_offline_before_codes_were_made_anew_proves_and_an_old_one_no_longer_does() -> None:
    """PTL-09: by when it can have been scanned at the earliest."""
    hall = small_hall()
    hall.send(ACTORS["zhou"], "patrol.codes", "zones", PutCodes("5a" * 16))
    codes = hall.row("zone.codes", "zones")["codes"]
    hall.send(ACTORS["lin"], "patrol.start", "r1", RoundStart(f"{DAY}T10", "hourly", at("10:00")), at=at("10:00"), received=at("10:00"))
    hall.tick(at("10:30"))
    assert hall.send(ACTORS["zhou"], "patrol.codes", "zones", PutCodes("6b" * 16), at=at("10:30"), received=at("10:30")).st == "applied"
    assert scan(hall, "lin", codes["A"], "10:06", received="10:40").st == "applied"
    assert hall.row("round", "r1")["points"] == ["A"]
    assert scan(hall, "lin", codes["B"], "10:50").code == "INVALID"


def test_a_wall_screen_has_the_code_of_its_zone_and_the_new_one_when_codes_are_made_anew() -> None:
    """PTL-09: the time code on the wall proves the zone; a screen of which no zone is known has none."""
    hall = small_hall()
    put_screen(hall.tx, ScreenRecord(rid="board-1", layout="hall", zone="A"))
    put_screen(hall.tx, ScreenRecord(rid="board-2", layout="hall"))
    assert hall.row("screen", "board-1") == {"layout": "hall"}
    marks = []
    for secret in ("5a", "6b"):
        hall.send(ACTORS["zhou"], "patrol.codes", "zones", PutCodes(secret * 16))
        marks.append(hall.row("screen", "board-1")["mark"])
        assert marks[-1] == hall.row("zone.codes", "zones")["codes"]["A"]
    assert marks[0] != marks[1]
    assert "mark" not in hall.row("screen", "board-2")
    assert hall.buckets("screen", "board-1") == {"u:board-1"}


# The hours ------------------------------------------------------------------------------------------------------------


def test_the_longest_time_without_a_round_is_opening_time_alone() -> None:
    """IDX-24."""
    hours = [("8", 30, 60), ("9", 60, 120), ("10", 120, 180), ("14", 360, 420)]
    hours = [(slot, start * 60_000, end * 60_000) for slot, start, end in hours]
    sessions = [(30 * 60_000, 180 * 60_000), (360 * 60_000, 420 * 60_000)]
    assert gaps(hours, sessions, []) == {"8": 30, "9": 90, "10": 150, "14": 210}
    assert gaps(hours, sessions, [70 * 60_000, 125 * 60_000]) == {"8": 30, "9": 40, "10": 55, "14": 115}


def test_hours_done_late_and_missed_are_kept_with_their_gaps_and_a_late_round_shortens_the_next_one() -> None:
    """IDX-24, PTL-06, CON-09."""
    hall = small_hall("08:00")

    def walk(rid: str, clock: str, hour: str, received: str) -> None:
        end = at(clock) + 20 * 60_000
        hall.send(ACTORS["lin"], "patrol.start", rid, RoundStart(f"{DAY}T{hour}", "hourly", at(clock)), at=at(clock), received=at(received))
        hall.send(
            ACTORS["lin"],
            "patrol.zone_clear",
            rid,
            ZoneClear("B", ["w1", "w2", "w3", "d1"], at(clock), KNEW),
            at=at(clock),
            received=at(received),
        )
        hall.send(ACTORS["lin"], "patrol.finish", rid, RoundFinish(end), at=end, received=at(received))

    walk("r9", "09:10", "09", "09:35")
    hall.tick(at("12:30"))
    slots = {slot.rid[-2:]: (slot.state, slot.gap_min, slot.made) for slot in hall.tx.find(SlotRecord)}
    assert slots == {"09": ("done", 40, True), "10": ("missed", 110, False), "11": ("missed", 170, False)}
    walk("r10", "10:20", "10", "12:40")
    slots = {slot.rid[-2:]: (slot.state, slot.gap_min, slot.made) for slot in hall.tx.find(SlotRecord)}
    assert slots == {"09": ("done", 40, True), "10": ("late", 70, True), "11": ("missed", 100, False)}
    told = hall.tx.ask("patrolled", from_day=DAY, to_day=DAY)
    assert told == Patrolled(slots_due=3, slots_done=2, slots_late=1, gap_min=100, rounds=2, looks=8, served=8)


@pytest.mark.parametrize("first", ["round", "photo"])
@pytest.mark.parametrize("kind", ["hourly", "irregular"])
def test_missing_photos_tell_the_office_of_no_round_it_may_not_know(kind: Any, first: str) -> None:
    """PTL-05, EVD-13: whichever arrives first; the efficiency group and the inspector hear of all of them."""
    hall = small_hall()
    picture = Blob(sha256="a" * 64, mime="image/jpeg", size=1, taken=1)
    photo = replace(hall.op(ACTORS["lin"], "patrol.observe", "o1", Observe("r1", "w1", "idle", at("8:55"), KNEW)), blobs=[picture])
    begin = hall.op(ACTORS["lin"], "patrol.start", "r1", RoundStart(f"{DAY}T08", kind, at("8:50")))
    for op in (begin, photo) if first == "round" else (photo, begin):
        assert hall.run(op).st == "applied"
    assert hall.buckets("blob.due", "o1") == {"u:lin", "role:EFF", *(["role:OFF"] if kind == "hourly" else [])}


def test_the_office_sees_hourly_rounds_and_no_irregular_one() -> None:
    """PTL-05: what irregular rounds there are is for those who patrol."""
    hall = small_hall()
    for rid, kind in (("r1", "hourly"), ("r2", "irregular")):
        hall.send(ACTORS["lin"], "patrol.start", rid, RoundStart(f"{DAY}T10", kind, at("10:00")))  # type: ignore[arg-type]
    assert hall.buckets("round", "r1") == {"role:INS", "role:EFF", "role:OFF"}
    assert hall.buckets("round", "r2") == {"role:INS", "role:EFF"}
