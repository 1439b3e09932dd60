"""A whole day of the hall, said once: on six devices somebody arrives, leaves the window with and without notice, is covered, seen, goes on
leave by a deputy's approval and comes back, and confirms the month (EVD-01, AWY, AB, LV, ATT).

`test_trail_orders.py` plays it in random orders of arrival; the journey `test_whole_day.py` plays it with hands on screens, and compares
what the devices sent with it. 王 has the window, 李 is his B, 赵 heads their unit, 林 walks the rounds, 周 is the office; the sixth device
is the screen in the lobby.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from server.domain.attendance.ops import AnswerException, AttDecide, ConfirmSheet, MonthTotals, Punch
from server.domain.leave.ops import LeaveDecide, LeaveDeputy, LeaveRequest, LeaveReturn
from server.domain.patrol.ops import Knew, Observe, RoundFinish, RoundStart
from server.domain.presence.ops import Announce, HandBack, JudgeLate, Return, StepUp
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import at


class Place(NamedTuple):
    """Where the day is lived: which day, whose window, and who is who there; the line of last month that is still open, and its sheet."""

    day: str
    post: str
    people: dict[str, str]
    open_line: str
    sheet: str


KNEW = Knew(1, [], 0)
"""What a phone knew is its own affair: no two halls have it alike."""
RECORD = re.compile(r"[a-z]\d")
"""Names of records in the script; devices make ids of their own."""


def whole_day(place: Place) -> tuple[Said, ...]:
    """Everything that is said on that day, in its order. Times within arguments are as exact as hands are: to some minutes."""
    wang, li, zhao = (place.people[name] for name in ("wang", "li", "zhao"))
    day, post = place.day, place.post

    def when(clock: str) -> int:
        return at(clock, day)

    def looks(clock: str, going: str, seen: str) -> tuple[Said, Said]:
        return (
            Said("lin", clock, "patrol.start", going, RoundStart(f"{day}T{clock[:2]}", "hourly", when(clock)), day=day),
            Said("lin", clock, "patrol.observe", seen, Observe(going, post, "empty_no_notice", when(clock), KNEW, waited=True), day=day),
        )

    def said(who: str, clock: str, kind: str, rid: str, args: msgspec.Struct) -> Said:
        return Said(who, clock, kind, rid, args, day=day)

    return (
        said("zhao", "08:10", "leave.deputy", zhao, LeaveDeputy(li, day, day)),
        said("wang", "08:21", "att.punch", "p1", Punch(day, 0, "in")),
        said("li", "08:21", "att.punch", "p2", Punch(day, 0, "in")),
        said("wang", "09:58", "away.announce", "n1", Announce([post], "step_away", when("09:58"), when("10:28"), wang, stand_in=li)),
        *looks("10:02", "r1", "o1"),
        said("li", "10:05", "cover.step_up", "k1", StepUp(post, when("10:05"))),
        said("li", "10:25", "cover.hand_back", "k1", HandBack(when("10:25"))),
        said("wang", "10:25", "away.return", "n1", Return(when("10:25"))),
        said("lin", "10:40", "patrol.finish", "r1", RoundFinish(when("10:40"))),
        *looks("11:08", "r2", "o2"),
        said("wang", "11:14", "away.announce", "n2", Announce([post], "step_away", when("11:04"), when("11:34"), wang, stand_in=li)),
        said("lin", "11:20", "patrol.finish", "r2", RoundFinish(when("11:20"))),
        said("wang", "11:20", "away.return", "n2", Return(when("11:20"))),
        said("wang", "11:40", "leave.request", "l1", LeaveRequest(wang, "annual", when("14:30"), when("17:30"), stand_in=li)),
        said("wang", "12:01", "att.punch", "p3", Punch(day, 0, "out")),
        said("li", "12:01", "att.punch", "p4", Punch(day, 0, "out")),
        said("li", "13:00", "leave.decide", "l1", LeaveDecide(True)),
        said("zhou", "13:00", "leave.decide", "l1", LeaveDecide(True)),
        said("zhao", "13:00", "away.judge_late", "n2", JudgeLate(True, "取件属实")),
        said("wang", "15:29", "att.punch", "p5", Punch(day, 1, "in")),
        said("wang", "15:29", "leave.return", "l1", LeaveReturn(when("15:29"))),
        said("wang", "17:31", "att.punch", "p6", Punch(day, 1, "out")),
        said("wang", "17:31", "att.answer", place.open_line, AnswerException("路上拥堵")),
        said("zhao", "17:31", "att.decide", place.open_line, AttDecide(True, "属实")),
        said("wang", "17:31", "att.confirm", place.sheet, ConfirmSheet(True, totals=MonthTotals(days=5))),
    )


class Sent(NamedTuple):
    """One op as a device sent it: whose, when it says it was said (ms), and the rest of it."""

    who: str
    at: int
    kind: str
    rid: str
    args: dict[str, Any]


HANDS_MS = 5 * 60_000
"""Hands and screens take their time: what they say lies this near the time of the script."""


def differences(script: Sequence[Said], sent: Sequence[Sent]) -> list[str]:
    """Where what was sent is not what the script says: by person and kind in their order, records by whatever names they have."""
    names: dict[str, str] = {}
    found = []
    for who, kind in sorted({(one.who, one.kind) for one in (*script, *sent)}):
        wanted = [one for one in script if (one.who, one.kind) == (who, kind)]
        had = [one for one in sent if (one.who, one.kind) == (who, kind)]
        if len(wanted) != len(had):
            found.append(f"{who} {kind}: {len(wanted)} in the script, {len(had)} sent")
        for said, one in zip(wanted, had, strict=False):
            pairs = [("rid", said.rid, one.rid), ("at", said.at, one.at)]
            args = msgspec.to_builtins(said.args)
            pairs += [(key, args.get(key), one.args.get(key)) for key in sorted(args.keys() | one.args.keys()) if key != "knew"]
            found += [f"{who} {kind} {said.clock} {key}: {a} in the script, {b} sent" for key, a, b in pairs if not _same(a, b, names)]
    return found


def _same(wanted: Any, had: Any, names: dict[str, str]) -> bool:
    """Times are near, ids of records stand for one another throughout."""
    if isinstance(wanted, int) and isinstance(had, int) and wanted > HANDS_MS:
        return abs(wanted - had) <= HANDS_MS
    if isinstance(wanted, str) and isinstance(had, str) and RECORD.fullmatch(wanted):
        return names.setdefault(wanted, had) == had
    return bool(wanted == had)
