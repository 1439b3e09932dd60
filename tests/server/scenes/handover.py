"""CON-10..13 and AB-10 as scenes: who had been told what when A handed over, whatever arrives first (catalogue §2.2, §4.6).

In the scenes of a notice the stand-in is asked by the notice itself; in those of a sheet A had handed the work over before.
"""

from typing import Literal

from server.domain.handover.ops import HandoverItem, Prepare, SheetAnswer, SheetReceived
from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.presence.ops import Announce, Received, StepUp
from tests.server.scenes.conflicts import Ledger, Said, Scene, accepts, empty, notice
from tests.server.scenes.small_hall import at

Grade = Literal["A", "B", "C"]


def received(clock: str) -> Said:
    """李's phone has the notice."""
    return Said("li", clock, "away.received", "n1", Received())


def sheet(clock: str = "9:00", *, grade: Grade = "A") -> Said:
    """王 hands w1 to 李 from 10:00 to 12:00."""
    made = Prepare("w1", "wang", "li", at("10:00"), at("12:00"), "trip", [HandoverItem("收件三份")], why="临时公务")
    return Said("wang", clock, "handover.prepare", "s1", made, grade)


def sheet_received(clock: str) -> Said:
    """李's phone has the sheet."""
    return Said("li", clock, "handover.received", "s1", SheetReceived())


def sheet_answered(clock: str, accept: bool = True) -> Said:
    """李 says yes or no to the sheet."""
    return Said("li", clock, "handover.answer", "s1", SheetAnswer(accept, "" if accept else "当天培训"))


def li_leaves(clock: str = "10:03", back: str = "11:00") -> Said:
    """李 goes away himself, and names nobody."""
    return Said("li", clock, "away.announce", "n2", Announce([], "step_away", at(clock), at(back), "li"))


def li_steps_up_elsewhere(clock: str) -> Said:
    """李 takes w2."""
    return Said("li", clock, "cover.step_up", "k2", StepUp("w2", at(clock)))


LEAVE = (
    Said("li", "8:40", "leave.request", "l1", LeaveRequest("li", "annual", at("8:30"), at("17:30"))),
    Said("zhao", "8:50", "leave.decide", "l1", LeaveDecide(True)),
    Said("zhou", "8:55", "leave.decide", "l1", LeaveDecide(True)),
)
"""李's leave of the day, asked for and approved by HEAD and the office in the morning."""

LEFT = notice("9:58", "9:58", "11:30", stand_in="li", reason="meeting")
SEEN = (empty("o1", "10:05"), empty("o2", "10:16", recheck_of="o1"))

SCENES = (
    Scene(
        "CON-10 B had accepted, then was not there: A is cleared, B's part is looked into",
        (LEFT, accepts("9:59"), *SEEN),
        {"o1": Ledger("explained", 1, 0, "explain.stand_in_absent")},
    ),
    Scene(
        "CON-10 by a sheet",
        (sheet(), sheet_answered("9:20"), *SEEN),
        {"o1": Ledger("explained", 1, 0, "explain.handover_absent")},
    ),
    Scene(
        "CON-11 the notice never reached B: nobody is counted",
        (LEFT, *SEEN),
        {"o1": Ledger("explained", 1, 0, "explain.stand_in_unreached")},
    ),
    Scene(
        "CON-11 it reached B after the look",
        (LEFT, *SEEN, received("10:20")),
        {"o1": Ledger("explained", 1, 0, "explain.stand_in_unreached")},
    ),
    Scene(
        "CON-11 the sheet never reached B",
        (sheet(), *SEEN),
        {"o1": Ledger("explained", 1, 0, "explain.handover_unreached")},
    ),
    Scene(
        "CON-12 B had it and did not answer",
        (LEFT, received("9:59"), *SEEN),
        {"o1": Ledger("explained", 1, 0, "explain.stand_in_silent")},
    ),
    Scene(
        "CON-12 by a sheet",
        (sheet(), sheet_received("9:01"), *SEEN),
        {"o1": Ledger("explained", 1, 0, "explain.handover_silent")},
    ),
    Scene(
        "CON-13 B's leave had been approved earlier",
        (LEFT, *LEAVE, *SEEN),
        {"o1": Ledger("explained", 1, 0, "explain.stand_in_on_leave")},
    ),
    Scene(
        "CON-13 by a sheet",
        (sheet(), *LEAVE, *SEEN),
        {"o1": Ledger("explained", 1, 0, "explain.handover_unavailable")},
    ),
    Scene(
        "EVD-03 a sheet whose clock cannot be trusted neither clears nor accuses",
        (sheet(grade="C"), *SEEN),
        {"o1": Ledger("pending", 1, 0, "explain.notice_clock")},
    ),
    Scene(
        "a sheet B had declined before the look does not clear A",
        (sheet(), sheet_answered("9:20", accept=False), *SEEN),
        {"o1": Ledger("unattended", 1, 1, "explain.unattended")},
    ),
)
