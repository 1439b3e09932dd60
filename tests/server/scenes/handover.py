"""CON-10..13 and AB-10 as scenes: who had been told what when A handed over, whatever arrives first (catalogue §2.2, §4.6).

In the scenes of a notice the stand-in is asked by the notice itself; in those of a sheet A had handed the work over before.
"""

from server.domain.handover.ops import HandoverItem, Prepare, SheetAnswer, SheetReceived
from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.presence.ops import Announce, Received, StepUp
from tests.server.scenes.conflicts import accepts, empty, notice
from tests.server.scenes.play import Both, Grade, Play, Read, Said, finding
from tests.server.scenes.small_hall import at


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
EARLY = at("10:30")
"""The phones are back while 王 is still away: a gap can be filled."""


def gap(trouble: str) -> tuple[Read, ...]:
    """HEAD has it on the screen at once, and 王 is told."""
    return tuple(Read(who, "away.told", "n1", {"trouble": trouble}) for who in ("zhao", "wang"))


def cleared(*says: Both, cover_count: int = 0) -> tuple[Read, ...]:
    """The window counts, 王 does not; whether 李's part is looked into."""
    return finding("o1", *says, state="explained", post=1, person=0, cover="li", cover_count=cover_count)


PROMISED = Both(
    "10:05 见空岗；王 09:58 已告示离岗，由李代为履职，但当时无人顶岗。岗位计一次，个人不计，顶岗情况另行了解。",
    "10:05 見空崗；王 09:58 已告示離崗，由李代為履職，但當時無人頂崗。崗位計一次，個人不計，頂崗情況另行了解。",
)
UNREACHED = Both(
    "10:05 见空岗；王 09:58 已告示离岗，交由李代为履职，当时还未送达（交接未达）。岗位计一次，双方都不计，请负责人安排顶岗。",
    "10:05 見空崗；王 09:58 已告示離崗，交由李代為履職，當時還未送達（交接未達）。崗位計一次，雙方都不計，請負責人安排頂崗。",
)

PLAYS = (
    Play(
        "CON-10 B had accepted, then left without a word: A is cleared, B's part is looked into",
        (LEFT, accepts("9:59"), *SEEN),
        cleared(PROMISED, cover_count=1),
    ),
    Play(
        "CON-10 B had accepted, then left with a notice that names nobody: that does not free him of his promise",
        (LEFT, accepts("9:59"), li_leaves(), *SEEN),
        cleared(PROMISED, cover_count=1),
    ),
    Play(
        "CON-10 by a sheet",
        (sheet(), sheet_answered("9:20"), *SEEN),
        cleared(
            Both(
                "10:05 见空岗；王 09:00 已把工作移交李，李已接收，但当时不在窗口。岗位计一次，王个人不计，顶岗情况另行了解。",
                "10:05 見空崗；王 09:00 已把工作移交李，李已接收，但當時不在窗口。崗位計一次，王個人不計，頂崗情況另行了解。",
            ),
            cover_count=1,
        ),
    ),
    Play(
        "CON-11 the notice never reached B: nobody is counted, and HEAD has the gap at once",
        (LEFT, *SEEN),
        (
            *cleared(UNREACHED),
            *gap("unreached"),
        ),
        arrives=EARLY,
        ends=at("10:40"),
    ),
    Play(
        "CON-11 it reached B after the look",
        (LEFT, *SEEN, received("10:20")),
        cleared(UNREACHED),
    ),
    Play(
        "CON-11 the sheet never reached B",
        (sheet(), *SEEN),
        cleared(
            Both(
                "10:05 见空岗；王 09:00 把工作移交李，当时还未送达（交接未达）。岗位计一次，双方都不计，请负责人安排顶岗。",
                "10:05 見空崗；王 09:00 把工作移交李，當時還未送達（交接未達）。崗位計一次，雙方都不計，請負責人安排頂崗。",
            )
        ),
    ),
    Play(
        "CON-12 B had it and did not answer: he knew, and his part is looked into",
        (LEFT, received("9:59"), *SEEN),
        cleared(
            Both(
                "10:05 见空岗；王 09:58 已告示离岗，交由李代为履职，李已收到而未回复。岗位计一次，个人不计，顶岗情况另行了解。",
                "10:05 見空崗；王 09:58 已告示離崗，交由李代為履職，李已收到而未回覆。崗位計一次，個人不計，頂崗情況另行了解。",
            ),
            cover_count=1,
        ),
    ),
    Play(
        "CON-12 by a sheet",
        (sheet(), sheet_received("9:01"), *SEEN),
        cleared(
            Both(
                "10:05 见空岗；王 09:00 已把工作移交李，李已收到而未回复。岗位计一次，王个人不计，顶岗情况另行了解。",
                "10:05 見空崗；王 09:00 已把工作移交李，李已收到而未回覆。崗位計一次，王個人不計，頂崗情況另行了解。",
            ),
            cover_count=1,
        ),
    ),
    Play(
        "CON-13 B's leave had been approved earlier: A is not counted, HEAD gets the gap, A is told",
        (LEFT, *SEEN),
        (
            *cleared(
                Both(
                    "10:05 见空岗；王 09:58 已告示离岗，交由李代为履职，但李已获准请假。岗位计一次，双方都不计，请负责人安排顶岗。",
                    "10:05 見空崗；王 09:58 已告示離崗，交由李代為履職，但李已獲准請假。崗位計一次，雙方都不計，請負責人安排頂崗。",
                )
            ),
            *gap("leave"),
        ),
        before=LEAVE,
        arrives=EARLY,
        ends=at("10:40"),
    ),
    Play(
        "CON-13 by a sheet, while the last approval is on its way, too",
        (sheet(), LEAVE[2], *SEEN),
        cleared(
            Both(
                "10:05 见空岗；王 09:00 把工作移交李，但李已获准请假。岗位计一次，双方都不计，请负责人安排顶岗。",
                "10:05 見空崗；王 09:00 把工作移交李，但李已獲准請假。崗位計一次，雙方都不計，請負責人安排頂崗。",
            )
        ),
        before=LEAVE[:2],
    ),
    Play(
        "CON-11 a sheet whose clock cannot be trusted neither clears nor accuses",
        (sheet(grade="C"), *SEEN),
        finding(
            "o1",
            Both(
                "10:05 见空岗；王的告示称 09:00 作出，但设备时间无法核实，待办公室判定。岗位计一次，个人暂不计。",
                "10:05 見空崗；王的告示稱 09:00 作出，但裝置時間無法核實，待辦公室判定。崗位計一次，個人暫不計。",
            ),
            state="pending",
            post=1,
            person=0,
        ),
    ),
    Play(
        "CON-12 a sheet B had declined before the look does not clear A",
        (sheet(), sheet_answered("9:20", accept=False), *SEEN),
        finding(
            "o1",
            Both(
                "10:05 至 10:16 空岗，没有离岗告示，也无人顶岗。岗位计一次，个人计一次。",
                "10:05 至 10:16 空崗，沒有離崗告示，也無人頂崗。崗位計一次，個人計一次。",
            ),
            state="unattended",
            post=1,
            person=1,
        ),
    ),
)
