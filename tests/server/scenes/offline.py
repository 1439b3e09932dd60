"""The offline conflicts of catalogue §2.2 told by real devices: who says what when, all of it offline, and what comes out of it.

Every line is saved on a phone at its time; the phones reach the server in the afternoon, in whatever order. Sentences are what people
read: {王}, {李} … stand for names, {w} and {w2} for the numbers of two windows; times are those of the hall.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import msgspec

from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.patrol.ops import Knew, Observe, Seen, Withdraw, ZoneClear
from server.domain.presence.ops import Announce, Answer, Extend, JudgeLate, Return
from server.domain.roster.ops import PutSwap
from server.domain.trail.ops import FindingDecide, FindingVoid


class Stage(Protocol):
    """What a line may ask of the hall it is said in: `w`, the window of 王, `w2`, another; ids of people and of the scene's records."""

    w: str
    w2: str
    zone: str
    day: str

    def at(self, clock: str) -> int: ...

    def uid(self, name: str) -> str: ...

    def rid(self, name: str) -> str: ...

    def knew(self, who: str) -> Knew: ...


Make = Callable[[Stage], msgspec.Struct]


class Line(NamedTuple):
    """Somebody says something on his phone at `clock`. `doubtful`: by a clock set back before, which nobody can believe."""

    who: str
    clock: str
    kind: str
    rid: str
    make: Make
    doubtful: bool = False


class Outcome(NamedTuple):
    """What must be read in the end: state, both counts, whom it names and the sentence in two scripts."""

    state: str
    post_count: int
    person_count: int
    hans: str
    hant: str
    person: str = "王"


class Play(NamedTuple):
    """A conflict. `before`: said online meanwhile; `after`: decided when everything has arrived; `seen`: the findings."""

    id: str
    lines: tuple[Line, ...]
    seen: dict[str, Outcome]
    after: tuple[Line, ...] = ()
    before: tuple[Line, ...] = ()


# --- what is said -----------------------------------------------------------------------------------------------------


def sees(rid: str, clock: str, what: Seen = "empty_no_notice", who: str = "林", *, post: str = "w", person: str = "", **more: Any) -> Line:
    """An inspector looks at a window."""

    def make(s: Stage) -> msgspec.Struct:
        named = s.uid(person) if person else None
        return Observe("round", getattr(s, post), what, s.at(clock), s.knew(who), person=named, **more)

    return Line(who, clock, "patrol.observe", rid, make)


def again(rid: str, clock: str, first: str, what: Seen = "empty_no_notice", who: str = "林") -> Line:
    """The second look."""
    return Line(who, clock, "patrol.observe", rid, lambda s: Observe("round", s.w, what, s.at(clock), s.knew(who), recheck_of=s.rid(first)))


def all_there(clock: str, who: str) -> Line:
    """The zone of the window, all present."""
    return Line(who, clock, "patrol.zone_clear", "round", lambda s: ZoneClear(s.zone, [s.w], s.at(clock), s.knew(who)))


def leaves(clock: str, back: str, *, left: str = "", doubtful: bool = False, stand_in: str = "") -> Line:
    """王 leaves his window, or says afterwards that he left."""

    def make(s: Stage) -> msgspec.Struct:
        b = s.uid(stand_in) if stand_in else None
        return Announce([s.w], "meeting", s.at(left or clock), s.at(back), s.uid("王"), stand_in=b)

    return Line("王", clock, "away.announce", "n1", make, doubtful)


def back(clock: str) -> Line:
    """王 is back."""
    return Line("王", clock, "away.return", "n1", lambda s: Return(s.at(clock)))


def longer(clock: str, until: str) -> Line:
    """王 will be longer."""
    return Line("王", clock, "away.extend", "n1", lambda s: Extend(s.at(until)))


def says_yes(clock: str) -> Line:
    """李 will stand in."""
    return Line("李", clock, "away.answer", "n1", lambda s: Answer(True))


def judges(accept: bool) -> Line:
    """赵 judges the late notice."""
    return Line("赵", "15:30", "away.judge_late", "n1", lambda s: JudgeLate(accept, "情况属实" if accept else "应当先告示"))


def asks_leave(clock: str) -> Line:
    """王 asks for the day off."""
    ask = lambda s: LeaveRequest(s.uid("王"), "personal", s.at("08:30"), s.at("17:30"), "家中有事")  # noqa: E731
    return Line("王", clock, "leave.request", "l1", ask)


def decides_leave(who: str, accept: bool) -> Line:
    """An approver decides on the leave."""
    return Line(who, "15:30", "leave.decide", "l1", lambda s: LeaveDecide(accept, "" if accept else "人手不足"))


def swaps(who: str, clock: str) -> Line:
    """李 takes the window from now on, 王 is his B."""
    return Line(who, clock, "roster.swap", "swap", lambda s: PutSwap(s.w, s.day, s.uid("李"), s.uid("王")))


def rules(count: bool) -> Line:
    """周 decides a doubt."""
    return Line("周", "15:30", "finding.decide", "o1", lambda s: FindingDecide(count, "核对了办件记录"))


def takes_back(rid: str, clock: str) -> Line:
    """林 takes a record back."""
    return Line("林", clock, "patrol.withdraw", rid, lambda s: Withdraw("看错窗口"))


def voids(rid: str) -> Line:
    """周 takes a record back after publication."""
    return Line("周", "15:30", "finding.void", rid, lambda s: FindingVoid("两张照片是另一个窗口"))


# --- what comes of it -------------------------------------------------------------------------------------------------

CLEARED = Outcome(
    "explained",
    1,
    0,
    "10:02 见空岗；{王} 09:58 已告示离岗，预计 10:30 返回。岗位计一次，个人不计。",
    "10:02 見空崗；{王} 09:58 已告示離崗，預計 10:30 返回。崗位計一次，個人不計。",
)
TWICE = Outcome(
    "unattended",
    1,
    1,
    "10:02 至 10:13 空岗，没有离岗告示，也无人顶岗。岗位计一次，个人计一次。",
    "10:02 至 10:13 空崗，沒有離崗告示，也無人頂崗。崗位計一次，個人計一次。",
)
LOOKS = (sees("o1", "10:02"), again("o2", "10:13", "o1"))

PLAYS = (
    Play("CON-01 the notice of 9:58 clears the sighting of 10:02", (*LOOKS, leaves("09:58", "10:30"), back("10:28")), {"o1": CLEARED}),
    Play(
        "CON-02 a notice by a clock nobody can believe: the office decides",
        (*LOOKS, leaves("09:58", "10:30", doubtful=True)),
        {
            "o1": Outcome(
                "pending",
                1,
                0,
                "10:02 见空岗；{王} 的告示称 09:58 作出，但设备时间无法核实，待办公室判定。岗位计一次，个人暂不计。",
                "10:02 見空崗；{王} 的告示稱 09:58 作出，但裝置時間無法核實，待辦公室判定。崗位計一次，個人暫不計。",
            )
        },
    ),
    Play(
        "CON-02 the office decides for the person",
        (*LOOKS, leaves("09:58", "10:30", doubtful=True)),
        {
            "o1": Outcome(
                "explained",
                1,
                0,
                "10:02 见空岗；存疑之处已由 {周} 判定，{王} 不计。岗位计一次。",
                "10:02 見空崗；存疑之處已由 {周} 判定，{王} 不計。崗位計一次。",
            )
        },
        (rules(False),),
    ),
    Play(
        "CON-02 the office decides against the person",
        (*LOOKS, leaves("09:58", "10:30", doubtful=True)),
        {
            "o1": Outcome(
                "unattended",
                1,
                1,
                "10:02 见空岗；存疑之处已由 {周} 判定，{王} 计一次。岗位计一次。",
                "10:02 見空崗；存疑之處已由 {周} 判定，{王} 計一次。崗位計一次。",
            )
        },
        (rules(True),),
    ),
    Play(
        "CON-03 a notice of 10:05 says 9:55, HEAD accepts",
        (sees("o1", "10:02"), leaves("10:05", "10:30", left="09:55")),
        {
            "o1": Outcome(
                "late_notice",
                1,
                0,
                "10:02 见空岗；{王} 10:05 补告示，称 09:55 离岗，科室负责人已认可。岗位计一次，个人不计，另计补告示一次。",
                "10:02 見空崗；{王} 10:05 補告示，稱 09:55 離崗，科室負責人已認可。崗位計一次，個人不計，另計補告示一次。",
            )
        },
        (judges(True),),
    ),
    Play(
        "CON-03 HEAD refuses",
        (sees("o1", "10:02"), leaves("10:05", "10:30", left="09:55")),
        {
            "o1": Outcome(
                "unattended",
                1,
                1,
                "10:02 见空岗；{王} 10:05 补告示，称 09:55 离岗，科室负责人未认可。岗位计一次，个人计一次。",
                "10:02 見空崗；{王} 10:05 補告示，稱 09:55 離崗，科室負責人未認可。崗位計一次，個人計一次。",
            )
        },
        (judges(False),),
    ),
    Play(
        "CON-04 an extension of 10:01 clears 10:20",
        (leaves("09:55", "10:00"), longer("10:01", "10:30"), sees("o1", "10:20")),
        {
            "o1": Outcome(
                "explained",
                1,
                0,
                "10:20 见空岗；{王} 09:55 已告示离岗，预计 10:30 返回。岗位计一次，个人不计。",
                "10:20 見空崗；{王} 09:55 已告示離崗，預計 10:30 返回。崗位計一次，個人不計。",
            )
        },
    ),
    Play(
        "CON-04 without it the return is overdue",
        (leaves("09:55", "10:00"), sees("o1", "10:20")),
        {
            "o1": Outcome(
                "unattended",
                1,
                1,
                "10:20 见空岗；{王} 原定 10:00 返回，已超过宽限 10 分钟，此前没有续报。岗位计一次，个人计一次。",
                "10:20 見空崗；{王} 原定 10:00 返回，已超過寬限 10 分鐘，此前沒有續報。崗位計一次，個人計一次。",
            )
        },
    ),
    Play(
        "CON-05 李 had said yes and nobody serves: 王 is cleared",
        (*LOOKS, leaves("09:58", "10:30", stand_in="李"), says_yes("09:59")),
        {
            "o1": Outcome(
                "explained",
                1,
                0,
                "10:02 见空岗；{王} 09:58 已告示离岗，由 {李} 代为履职，但当时无人顶岗。岗位计一次，个人不计，顶岗情况另行了解。",
                "10:02 見空崗；{王} 09:58 已告示離崗，由 {李} 代為履職，但當時無人頂崗。崗位計一次，個人不計，頂崗情況另行了解。",
            )
        },
    ),
    Play(
        "CON-06 two inspectors, one absence",
        (sees("o1", "10:02"), sees("o2", "10:06", who="陈"), again("o3", "10:13", "o1")),
        {"o1": TWICE},
    ),
    Play(
        "CON-07 empty at 10:02, present at 10:03",
        (sees("o1", "10:02"), all_there("10:03", "陈")),
        {
            "o1": Outcome(
                "contradictory",
                0,
                0,
                "10:02 有人记空岗，10:03 另有人记在岗，两者相差不到 2 分钟，互相矛盾，不计，请双方核对。",
                "10:02 有人記空崗，10:03 另有人記在崗，兩者相差不到 2 分鐘，互相矛盾，不計，請雙方核對。",
            )
        },
    ),
    Play(
        "CON-22 the leave is still to be decided",
        (*LOOKS, asks_leave("09:55")),
        {
            "o1": Outcome(
                "pending",
                1,
                0,
                "10:02 见空岗；{王} 这段时间的请假还在审批，批准前不作判定。岗位计一次，个人暂不计。",
                "10:02 見空崗；{王} 這段時間的請假還在審批，批准前不作判定。崗位計一次，個人暫不計。",
            )
        },
    ),
    Play(
        "CON-22 the leave is approved and clears",
        (*LOOKS, asks_leave("09:55")),
        {
            "o1": Outcome(
                "explained",
                1,
                0,
                "10:02 见空岗；{王} 当时已获准请假。岗位计一次，个人不计。",
                "10:02 見空崗；{王} 當時已獲准請假。崗位計一次，個人不計。",
            )
        },
        (decides_leave("赵", True), decides_leave("周", True)),
    ),
    Play("CON-22 the leave is refused and confirms", (*LOOKS, asks_leave("09:55")), {"o1": TWICE}, (decides_leave("赵", False),)),
    Play(
        "CON-23 李 had swapped in offline: the record binds to the window, not to whom the inspector named",
        (sees("o1", "10:02", person="王"), again("o2", "10:13", "o1"), swaps("李", "09:57")),
        {"o1": TWICE._replace(person="李")},
    ),
    Play(
        "CON-23 王 alone says 李 had it: it clears 王, and 李 is asked before he is counted",
        (sees("o1", "10:02", person="王"), again("o2", "10:13", "o1"), swaps("王", "09:57")),
        {
            "o1": Outcome(
                "pending",
                1,
                0,
                "10:02 至 10:13 空岗；{王} 称 09:57 起由 {李} 在岗，{李} 当时是否知情待核实，待办公室判定。岗位计一次，个人暂不计。",
                "10:02 至 10:13 空崗；{王} 稱 09:57 起由 {李} 在崗，{李} 當時是否知情待核實，待辦公室判定。崗位計一次，個人暫不計。",
                person="李",
            )
        },
    ),
    Play(
        "CON-24 off post, and seen at another window: one fact",
        (*LOOKS, sees("o3", "10:08", "other", "陈", post="w2", person="王", codes=["P8"])),
        {"o1": TWICE},
    ),
    Play(
        "CON-42 the roster was changed while the inspector was offline",
        (sees("o1", "10:02", person="王"), again("o2", "10:13", "o1")),
        {"o1": TWICE._replace(person="李")},
        before=(swaps("周", "09:56"),),
    ),
    Play(
        "CON-44 taken back by its author before anybody was told",
        (*LOOKS, takes_back("o1", "10:40"), takes_back("o2", "10:41")),
        {
            "o1": Outcome("withdrawn", 0, 0, "10:02 的空岗记录已由记录人撤回，不计。", "10:02 的空崗紀錄已由記錄人撤回，不計。"),
            "o2": Outcome("withdrawn", 0, 0, "10:13 的空岗记录已由记录人撤回，不计。", "10:13 的空崗紀錄已由記錄人撤回，不計。"),
        },
    ),
    Play(
        "CON-44 after publication by the office alone",
        LOOKS,
        {
            "o1": Outcome("withdrawn", 0, 0, "10:02 的空岗记录已由记录人撤回，不计。", "10:02 的空崗紀錄已由記錄人撤回，不計。"),
            "o2": Outcome("withdrawn", 0, 0, "10:13 的空岗记录已由记录人撤回，不计。", "10:13 的空崗紀錄已由記錄人撤回，不計。"),
        },
        (voids("o1"), voids("o2")),
    ),
)
