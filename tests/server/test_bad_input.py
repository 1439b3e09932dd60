"""Bad input by kind: overlapping, reversed, 25-hour, other-hall, other-person, backdated, far-future and unknown-type entries.

Evidence is never lost: what cannot be meant is held with its reason, and whoever is entitled decides. What only looks odd is kept: a notice
typed a week later from paper, one that overlaps an earlier one because somebody went straight on to a meeting.
"""

from typing import Any

import pytest

from server.domain.attendance.ops import HandList, Listed, Punch, PunchCorrect
from server.domain.base import Outcome
from server.domain.handover.ops import HandoverItem, Prepare
from server.domain.leave.ops import LeaveRequest
from server.domain.presence.ops import Announce, Extend, Return, StepUp
from server.domain.roster.ops import PutSwap
from tests.server.scenes.attendance import attendance_hall
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.support.cast import Cast

APPLIED = Outcome("applied")
INVALID, NO_RIGHT, UNLIKELY = (Outcome("held", code) for code in ("INVALID", "NO_RIGHT", "TIME_UNLIKELY"))
FAR, LONG_AGO, HUGE = at("10:00", "2126-11-23"), at("10:00", "1990-11-23"), 2**53
NEXT, AFTER = "2026-11-24", "2026-11-25"


def away(**other: Any) -> tuple[str, Any]:
    """王 leaves for a moment."""
    args: dict[str, Any] = {
        "posts": ["w1"],
        "reason": "step_away",
        "leaves_at": at("10:00"),
        "back_at": at("10:20"),
        "person": "wang",
    } | other
    return "away.announce", Announce(**args)


def unit_away(**other: Any) -> tuple[str, Any]:
    """王 says that his whole unit is at a meeting."""
    return away(posts=[], unit="u1", reason="meeting", contact="1", destination="2", back_at=at("11:00"), **other)


def leave(
    from_at: int = at("14:30"), to_at: int = at("17:30"), person: str = "wang", kind: str = "personal", **other: Any
) -> tuple[str, Any]:
    """王 asks for an afternoon."""
    return "leave.request", LeaveRequest(person, kind, from_at, to_at, **other)


def sheet(**other: Any) -> tuple[str, Any]:
    """王 hands w1 to 李 for the next morning."""
    args: dict[str, Any] = {
        "post": "w1",
        "person": "wang",
        "to": "li",
        "from_at": at("08:30", NEXT),
        "to_at": at("12:00", NEXT),
        "reason": "training",
    }
    return "handover.prepare", Prepare(**args | {"items": [HandoverItem("收件")]} | other)


def swap(post: str = "w1", day: str = DAY, a: str = "li", b: str = "wang") -> tuple[str, Any]:
    """王 and 李 change places."""
    return "roster.swap", PutSwap(post, day, a, b)


def step_up(post: str = "w1", moment: int = at("10:00"), **other: Any) -> tuple[str, Any]:
    """王 takes a post."""
    return "cover.step_up", StepUp(post, moment, **other)


TABLE: dict[str, tuple[tuple[str, Any], Outcome]] = {
    # away notices
    "away": (away(), APPLIED),
    "away reversed": (away(back_at=at("09:00")), INVALID),
    "away 25 hours": (away(back_at=at("11:00", NEXT)), UNLIKELY),
    "away until 2126": (away(back_at=FAR), UNLIKELY),
    "away other hall": (away(posts=["yunting2-w1"]), INVALID),
    "away other person": (away(person="li"), NO_RIGHT),
    "away nobody": (away(person="nobody"), INVALID),
    "away backdated to 1990": (away(leaves_at=LONG_AGO, back_at=LONG_AGO + 600_000), UNLIKELY),
    "away far future": (away(leaves_at=FAR, back_at=FAR + 600_000), UNLIKELY),
    "away beyond any calendar": (away(leaves_at=HUGE, back_at=HUGE + 600_000), UNLIKELY),
    "away told a day later": (away(leaves_at=at("10:00", "2026-11-20"), back_at=at("10:20", "2026-11-20")), APPLIED),
    "away typed from paper a week later": (
        away(leaves_at=at("10:00", "2026-11-16"), back_at=at("10:20", "2026-11-16"), paper="7"),
        APPLIED,
    ),
    "off until the next working day": (away(reason="off_today", back_at=at("17:00", NEXT)), APPLIED),
    "off today for a week": (away(reason="off_today", back_at=at("17:00", "2026-11-30")), UNLIKELY),
    "errand of three days": (away(reason="errand", destination="x", back_at=at("17:00", AFTER)), UNLIKELY),
    "a training of a month": (away(reason="training", destination="x", back_at=at("17:00", "2026-12-23")), APPLIED),
    "a trip of a year": (away(reason="trip", destination="x", back_at=at("17:00", "2027-11-23")), UNLIKELY),
    # the whole unit
    "unit by somebody who does not lead it": (unit_away(), NO_RIGHT),
    "unit reversed": (unit_away(leaves_at=at("12:00")), INVALID),
    "unit other hall": (away(posts=[], unit="yunting2-u1", reason="meeting"), INVALID),
    "unit other person's": (away(posts=[], unit="u2", reason="meeting"), NO_RIGHT),
    "unit backdated to 1990": (unit_away(leaves_at=LONG_AGO), UNLIKELY),
    "unit far future": (away(posts=[], unit="u1", reason="meeting", leaves_at=FAR, back_at=FAR + 600_000), UNLIKELY),
    # leave
    "leave": (leave(), APPLIED),
    "leave reversed": (leave(at("17:30"), at("14:30")), INVALID),
    "leave 25 hours": (leave(at("08:30", NEXT), at("09:30", AFTER)), APPLIED),
    "leave until 2126": (leave(to_at=FAR), INVALID),
    "leave other hall": (leave(stand_in="yunting2-li"), INVALID),
    "leave other person": (leave(person="feng"), NO_RIGHT),
    "leave nobody": (leave(person="nobody"), INVALID),
    "leave backdated to 1971": (leave(1000, at("12:00", "1971-01-01")), UNLIKELY),
    "leave filed a week later": (leave(at("08:30", "2026-11-16"), at("12:00", "2026-11-16")), APPLIED),
    "leave far future": (leave(at("08:30", "2150-01-01"), at("12:00", "2150-01-01")), UNLIKELY),
    "leave beyond any calendar": (leave(HUGE, HUGE + 1), UNLIKELY),
    "leave unknown type": (leave(kind="holiday_on_mars"), INVALID),
    # hand-over sheets
    "sheet": (sheet(), APPLIED),
    "sheet reversed": (sheet(to_at=at("08:00", NEXT)), INVALID),
    "sheet until 2126": (sheet(to_at=FAR), UNLIKELY),
    "sheet other hall": (sheet(post="yunting2-w1"), INVALID),
    "sheet other person": (sheet(post="w3", person="feng"), NO_RIGHT),
    "sheet backdated to 1990": (sheet(from_at=LONG_AGO), UNLIKELY),
    "sheet far future": (sheet(from_at=FAR, to_at=FAR + 600_000), UNLIKELY),
    "sheet beyond any calendar": (sheet(from_at=HUGE, to_at=HUGE + 1), UNLIKELY),
    # swaps
    "swap": (swap(), APPLIED),
    "swap with oneself": (swap(b="li"), INVALID),
    "swap other hall": (swap(post="yunting2-w1"), INVALID),
    "swap of others": (swap(post="w3", a="qian", b="feng"), NO_RIGHT),
    "swap with somebody who is not there": (swap(a="feng"), INVALID),
    "swap backdated": (swap(day="2026-11-20"), INVALID),
    "swap far future": (swap(day="2126-11-23"), INVALID),
    "swap no day": (swap(day="25:00"), INVALID),
    # step-ups
    "step-up": (step_up("w2"), APPLIED),
    "step-up of one's own post, which stands in for nobody": (step_up(), APPLIED),
    "step-up other hall": (step_up("yunting2-w1"), INVALID),
    "step-up backdated to 1990": (step_up("w2", LONG_AGO), UNLIKELY),
    "step-up far future": (step_up("w2", FAR), UNLIKELY),
    "step-up beyond any calendar": (step_up("w2", HUGE), UNLIKELY),
}


@pytest.mark.parametrize(("said", "expected"), TABLE.values(), ids=TABLE)
def test_what_cannot_be_meant_is_held_with_its_reason_and_changes_nothing(said: tuple[str, Any], expected: Outcome) -> None:
    """AWY-01, AWY-02, LV-01, AB-02, ORG-09, EVD-05: the table of bad input, one line a kind."""
    hall = small_hall("10:00")
    before = dict(hall.tx.rows)
    assert hall.send(ACTORS["wang"], said[0], "r1", said[1]) == expected
    assert (hall.tx.rows == before) is (expected != APPLIED)


ATTENDANCE: dict[str, tuple[str, str, Any, Outcome]] = {
    "punch": ("wang", "att.punch", Punch(DAY, 0, "in"), APPLIED),
    "punch of another day": ("wang", "att.punch", Punch("2026-11-20", 0, "in"), INVALID),
    "punch far future": ("wang", "att.punch", Punch("2126-11-23", 0, "in"), INVALID),
    "punch no day": ("wang", "att.punch", Punch("2026-11-31", 0, "in"), INVALID),
    "punch no session": ("wang", "att.punch", Punch(DAY, 99, "in"), INVALID),
    "correction": ("wang", "att.correct", PunchCorrect(DAY, 0, "in", at("08:30"), "x"), APPLIED),
    "correction of another day's time": ("wang", "att.correct", PunchCorrect(DAY, 0, "in", at("08:30", "2026-11-20"), "x"), INVALID),
    "correction of 1990": ("wang", "att.correct", PunchCorrect("1990-11-23", 0, "in", LONG_AGO, "x"), UNLIKELY),
    "correction far future": ("wang", "att.correct", PunchCorrect("2126-11-23", 0, "in", FAR, "x"), INVALID),
    "list": ("zhao", "att.hand_list", HandList("u1", DAY, 0, "in", [Listed("wang", at("08:20"))], "power"), APPLIED),
    "list of another unit": ("wang", "att.hand_list", HandList("u2", DAY, 0, "in", [Listed("feng", at("08:20"))], "power"), NO_RIGHT),
    "list of another unit's people": (
        "zhao",
        "att.hand_list",
        HandList("u1", DAY, 0, "in", [Listed("feng", at("08:20"))], "power"),
        INVALID,
    ),
    "list twice the same": ("zhao", "att.hand_list", HandList("u1", DAY, 0, "in", [Listed("wang", at("08:20"))] * 2, "power"), INVALID),
    "list of 1990": ("zhao", "att.hand_list", HandList("u1", "1990-11-23", 0, "in", [Listed("wang", LONG_AGO)], "power"), UNLIKELY),
    "list far future": ("zhao", "att.hand_list", HandList("u1", "2126-11-23", 0, "in", [Listed("wang", FAR)], "power"), UNLIKELY),
}


@pytest.mark.parametrize(("who", "kind", "args", "expected"), ATTENDANCE.values(), ids=ATTENDANCE)
def test_attendance_that_cannot_be_meant_is_held_with_its_reason(who: str, kind: str, args: Any, expected: Outcome) -> None:
    """ATT-05, ATT-06: a punch has no time of its own to claim; lists and corrections do."""
    hall = attendance_hall()
    hall.tick(at("10:00"))
    before = dict(hall.tx.rows)
    assert hall.send(ACTORS[who], kind, "r1", args) == expected
    assert (hall.tx.rows == before) is (expected != APPLIED)


def test_a_step_away_cannot_be_put_off_for_a_century_and_explains_nothing_the_day_after() -> None:
    """AWY-07: what may not be announced may not be had by extending either."""
    hall = small_hall("10:00")
    hall.send(ACTORS["wang"], *_named(away()))
    assert hall.send(ACTORS["wang"], "away.extend", "r1", Extend(FAR)) == UNLIKELY
    assert hall.send(ACTORS["wang"], "away.extend", "r1", Extend(at("11:00"))) == APPLIED
    hall.tick(at("09:00", NEXT))
    assert hall.row("post.pub", "w1")["label"] == "on_post"


def test_a_notice_that_overlaps_an_open_one_is_kept_and_one_return_ends_both() -> None:
    """EVD-01: straight from a step away to a meeting; the last said counts at the window, and neither fact is lost."""
    hall = small_hall("10:00")
    hall.send(ACTORS["wang"], *_named(away()))
    meeting = away(reason="meeting", destination="二楼", leaves_at=at("10:10"), back_at=at("11:00"))[1]
    assert hall.send(ACTORS["wang"], "away.announce", "r2", meeting, received=at("10:10")) == APPLIED
    hall.tick(at("10:11"))
    assert hall.row("post.pub", "w1")["label"] == "meeting_training"
    hall.send(ACTORS["wang"], "away.return", "r2", Return(at("10:50")), received=at("10:50"))
    assert {hall.row("away.office", rid)["state"] for rid in ("r1", "r2")} == {"returned"}


def test_how_long_and_how_far_is_the_halls_own_rule() -> None:
    """GEN-03: limits are parameters of the hall (§16)."""
    rules: dict[str, Any] = {"awy.step_max_hours": 1, "awy.late_days": 1, "lv.ahead_days": 30}
    strict = small_hall("10:00", **rules)
    for said in (
        away(back_at=at("11:01")),
        away(leaves_at=at("09:00", "2026-11-20"), back_at=at("09:20", "2026-11-20")),
        leave(at("08:30", "2027-01-04"), at("12:00", "2027-01-04")),
    ):
        assert strict.send(ACTORS["wang"], *_named(said)) == UNLIKELY
        assert small_hall("10:00").send(ACTORS["wang"], *_named(said)) == APPLIED


def _named(said: tuple[str, Any]) -> tuple[str, str, Any]:
    return said[0], "r1", said[1]


def test_an_unknown_kind_of_anything_is_held_and_the_next_record_goes_through(cast: Cast) -> None:
    """OFF-05: a reason, a way or a class nobody has defined comes from a newer or a broken app; it is kept for the server to read later."""
    wang = cast["王"]
    now = wang.pull().replica.time.now()
    post, other = "w-nowhere", wang.uid
    odd = {
        "away.announce": Announce([], "holiday", now, now + 600_000, wang.uid),  # type: ignore[arg-type]
        "handover.prepare": Prepare(post, wang.uid, other, now, now + 1, "boredom", []),  # type: ignore[arg-type]
        "att.punch": Punch("2026-11-23", 0, "sideways"),  # type: ignore[arg-type]
        "leave.request": LeaveRequest(wang.uid, "holiday_on_mars", now, now + 3_600_000),
        "roster.swap": PutSwap("w-nowhere", "2026-11-23", wang.uid, ""),
    }
    for kind, args in odd.items():
        result = wang.do(kind, args)
        assert (result.st, result.code) in {("held", "UNSUPPORTED"), ("held", "INVALID")}, kind
    assert wang.do("away.announce", Announce([], "step_away", now, now + 600_000, wang.uid)).st == "applied"
